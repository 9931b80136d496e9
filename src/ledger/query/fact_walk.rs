//! A walk over facts by the index, some at a time.
//!
//! Always holds: facts come by position, each once, but those that cite a document may come by the
//! events that gave them their present words; fewer than requested only at the end. Only rows are
//! read, no events. Not here: what a fact must be besides (`cli`).

use crate::index::{Facets, IndexError, Row, RowKind, Shortlist, Snapshot, Term, TreeKind};
use crate::ledger::query::{citing, touched, turned_by_threshold, undone_between};
use annals_core::fold::history::Act;
use annals_core::fold::operation::Operation;
use annals_core::fold::{Fact, Fold};
use annals_core::key::PublicKey;
use annals_core::state::{State, Status};
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::BTreeSet;

/// Where a walk looks for facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FactSource {
    /// Among all facts.
    All,
    /// Among those of these statuses.
    Statuses(Vec<Status>),
    /// Among those whose words may cite this document.
    Document(u64),
    /// Among those whose present words cite this document, by the events that gave them these
    /// words: in time proportional to the requested number. Facts with withheld words are left out.
    Citing(u64),
    /// Among those that changed from this position on (see [`changed_since`]).
    Since(u64),
}

/// A walk that goes on where it was.
pub struct FactWalk {
    source: FactSource,
    /// The first position that was not searched.
    next: Cell<u64>,
    /// The topic and the date that the facts are to have.
    facets: Facets,
    /// The events that may give them, once they were looked up.
    shortlist: OnceCell<Option<Shortlist>>,
    /// The facts that were not yet searched, where all of them are listed first.
    listed: RefCell<Option<BTreeSet<u64>>>,
    /// Whether facts are found too that were set aside.
    fallen: bool,
}

/// Whether a fact is taken, by its row.
pub type KeepFact<'k> = dyn Fn(&Row) -> Result<bool, IndexError> + 'k;

/// The number of positions that are searched at once, at first.
const STEP: u64 = 1_024;

impl FactWalk {
    /// A walk from the first fact on.
    pub fn new(source: FactSource) -> FactWalk {
        FactWalk::after(source, None)
    }

    /// A walk from the first fact after a position on.
    pub fn after(source: FactSource, position: Option<u64>) -> FactWalk {
        let next = position.map_or(0, |position| position.saturating_add(1));
        let (facets, shortlist, listed) = (Facets::default(), OnceCell::new(), RefCell::default());
        FactWalk { source, next: Cell::new(next), facets, shortlist, listed, fallen: false }
    }

    /// This walk, limited to facts whose present words may have these topics or dates.
    pub fn with(self, facets: Facets) -> FactWalk {
        FactWalk { facets, ..self }
    }

    /// This walk, also over facts that were set aside. Their words are in no list of topics or
    /// dates, so the limit of [`FactWalk::with`] is removed and every fact is looked at.
    pub fn with_fallen(self) -> FactWalk {
        FactWalk { facets: Facets::default(), fallen: true, ..self }
    }

    fn takes(&self, row: &Row) -> bool {
        row.revision().is_some() || self.fallen && row.is_fallen_fact()
    }

    /// The next `count` facts that `keep` takes; `state` is that of the ledger and its editors.
    pub fn next(
        &self,
        snapshot: &Snapshot<'_>,
        state: &State,
        count: usize,
        keep: &KeepFact<'_>,
    ) -> Result<BTreeSet<u64>, IndexError> {
        let shortlist = self.shortlist(snapshot)?;
        let keep = |row: &Row| {
            let event = row.revision();
            let is_listed = shortlist.is_none_or(|list| event.is_some_and(|event| list.has(event)));
            Ok(is_listed && keep(row)?)
        };
        let needed = state.fold.ledger.as_ref().map_or(1, |ledger| ledger.confirmations);
        let mut found = match &self.source {
            FactSource::All => self.rows(snapshot, &[RowKind::Facts], count, &keep)?,
            FactSource::Statuses(statuses) => {
                let kind = |status: &Status| RowKind::Status(*status, needed);
                let kinds: Vec<RowKind> = statuses.iter().map(kind).collect();
                self.rows(snapshot, &kinds, count, &keep)?
            }
            FactSource::Citing(document) => {
                return self.citing(snapshot, *document, count, &keep);
            }
            FactSource::Document(document) => {
                self.named(snapshot, &|| citing(snapshot, *document), count, &keep)?
            }
            FactSource::Since(first) => {
                self.named(snapshot, &|| changed_since(snapshot, state, *first), count, &keep)?
            }
        };
        if let Some(beyond) = found.iter().nth(count).copied() {
            found.split_off(&beyond);
            self.next.set(beyond);
        }
        Ok(found)
    }

    /// The events that may give facts the topic and the date; looked up once.
    fn shortlist(&self, snapshot: &Snapshot<'_>) -> Result<Option<&Shortlist>, IndexError> {
        if self.shortlist.get().is_none() {
            // Nobody else sets it meanwhile.
            let _ = self.shortlist.set(self.facets.list(snapshot)?);
        }
        Ok(self.shortlist.get().and_then(Option::as_ref))
    }

    /// The next facts whose present words cite a document.
    fn citing(
        &self,
        snapshot: &Snapshot<'_>,
        document: u64,
        count: usize,
        keep: &KeepFact<'_>,
    ) -> Result<BTreeSet<u64>, IndexError> {
        let index = snapshot.index();
        let terms = index.own_terms()?;
        let shortlist = self.shortlist(snapshot)?;
        let mut found = BTreeSet::new();
        while found.len() < count && self.next.get() < snapshot.size {
            // Of a list few events may be left.
            let least = shortlist.map_or(0, |_| STEP as usize);
            let most = least.max(count - found.len());
            let events = terms.find_from(index, Term::Citation(document), self.next.get(), most)?;
            let end = events.last().map_or(snapshot.size, |last| last + 1);
            let is_listed = |event: &u64| shortlist.is_none_or(|list| list.has(*event));
            for event in events.into_iter().filter(is_listed) {
                if event >= snapshot.size {
                    break;
                }
                if found.len() == count {
                    self.next.set(event);
                    return Ok(found);
                }
                for fact in index.event(event)?.about.into_iter().flatten() {
                    let row = snapshot.get(TreeKind::Standing, fact)?;
                    if let Some(row) = row.filter(|row| row.revision() == Some(event))
                        && keep(&row)?
                    {
                        found.insert(fact);
                    }
                }
            }
            self.next.set(end);
        }
        Ok(found)
    }

    /// The facts of a set that come next: more than `count`, if there are so many. The set is made
    /// once.
    fn named(
        &self,
        snapshot: &Snapshot<'_>,
        of: &dyn Fn() -> Result<BTreeSet<u64>, IndexError>,
        count: usize,
        keep: &KeepFact<'_>,
    ) -> Result<BTreeSet<u64>, IndexError> {
        let listed = self.listed.take();
        let mut listed = listed.map_or_else(of, Ok)?;
        let rest = listed.split_off(&self.next.get());
        let mut found = BTreeSet::new();
        for fact in rest.iter().copied() {
            if found.len() > count {
                break;
            }
            self.next.set(fact + 1);
            let row = snapshot.get(TreeKind::Standing, fact)?;
            if let Some(row) = row.filter(|row| self.takes(row))
                && keep(&row)?
            {
                found.insert(fact);
            }
        }
        self.listed.replace(Some(rest));
        Ok(found)
    }

    /// The facts of some kinds that come next: more than `count`, if there are so many.
    fn rows(
        &self,
        snapshot: &Snapshot<'_>,
        kinds: &[RowKind],
        count: usize,
        keep: &KeepFact<'_>,
    ) -> Result<BTreeSet<u64>, IndexError> {
        let short = self.shortlist(snapshot)?.filter(|list| list.is_short(snapshot.size));
        let (mut found, first, mut step) = (BTreeSet::new(), self.next.get(), STEP);
        while found.len() <= count && self.next.get() < snapshot.size {
            let next = self.next.get();
            // Where the facts of the list are far apart, they are looked up.
            if let Some(list) = short
                && (self.listed.borrow().is_some() || next - first > list.length())
            {
                let rest = count.saturating_sub(found.len());
                found.extend(self.named(snapshot, &|| list.facts(snapshot, kinds), rest, keep)?);
                break;
            }
            let end = next.saturating_add(step);
            for kind in kinds {
                snapshot.each(TreeKind::Standing, next..end, *kind, &mut |row| {
                    if self.takes(&row) && keep(&row)? {
                        found.insert(row.of);
                    }
                    Ok(())
                })?;
            }
            self.next.set(end);
            step = step.saturating_mul(2);
        }
        Ok(found)
    }
}

/// What changed from position `first` on: what an event acts on or creates, what a suspect
/// revocation undid or put in force again, and the facts whose status another number of
/// confirmations turned. `state` is that of the ledger and its editors.
pub fn changed_since(
    snapshot: &Snapshot<'_>,
    state: &State,
    first: u64,
) -> Result<BTreeSet<u64>, IndexError> {
    let (index, first) = (snapshot.index(), first.min(snapshot.size));
    let mut changed = touched(index, first, snapshot.size)?;
    changed.extend(undone_between(index, first, snapshot.size)?);
    for act in state.history.acts().iter().filter(|act| act.position >= first) {
        if let Operation::Changed { confirmations } = act.operation
            && snapshot.mark(act.position)?.undone(act.position).is_none()
        {
            changed.extend(turned_by_threshold(index, act.position, confirmations)?.facts);
        }
    }
    Ok(changed)
}

/// Whether one of these keys may have signed a revision of a fact: the row has the signers of the
/// first one and of the present one, not of others, nor of those that were undone.
pub fn may_be_by(row: &Row, state: &State, keys: &[PublicKey]) -> Result<bool, IndexError> {
    let mut fold = Fold::default();
    row.put(&mut fold)?;
    let is_one = |key| state.history.key(key).is_some_and(|key| keys.contains(&key));
    let others = |fact: &Fact| fact.corrected > 1 || state.history.acts().iter().any(undoes);
    let by = |fact: &Fact| is_one(fact.asserter) || is_one(fact.author) || others(fact);
    Ok(fold.fact(row.of).is_some_and(by))
}

/// Whether an act may undo others.
pub fn undoes(act: &Act) -> bool {
    matches!(&act.operation, Operation::Revoked(revoked) if revoked.suspect_from.is_some())
}
