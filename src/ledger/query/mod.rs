//! Views: the content of a record as of a point, built from its state and one pass over bodies.
//!
//! Always holds: status comes from the state alone; texts come from bodies with the committed
//! digest; what is sealed, redacted, withheld or damaged is marked so and is never left out. Where
//! the index cannot answer, the journal is folded and answers instead.
//! Not here: texts for people (`cli`), verdicts (`audit`). Source: FORMAT.md sections 4 and 8.

pub(in crate::ledger) mod acts;
pub mod columns;
pub mod documents;
pub mod effect;
pub mod event;
pub mod frames;
pub mod gather;
pub mod absent;
pub mod names;
pub mod row;
pub mod scan;
pub mod search;
pub mod since;
pub mod spans;
pub(in crate::ledger) mod indexed;
pub mod content_text;
pub mod fact_walk;
pub mod undoing;
pub mod diff;
pub mod point;
pub mod revocation_impact;
pub mod summary;
pub mod tally;
pub mod verified_fold;
mod viewed_event;

use crate::index::IndexError;
use crate::ledger::error::{LedgerError, chain};
use crate::ledger::query::indexed::{FactState, Slice, SliceReach};
pub use crate::ledger::query::indexed::{
    Query, all_documents, citing, ever_derived, ever_derived_by, no_fact, subjects, subjects_of,
    touched, turned_by_threshold, undone_between, withheld,
};
use crate::ledger::reader::Record;
use crate::ledger::reader::source::EventSource;
use acts::QueryError;
use annals_core::event::args::Seal;
use annals_core::event::body::{Body, Content};
use annals_core::event::record::Statement;
use annals_core::fold::BodyOpening;
use annals_core::fold::history::Act;
use annals_core::fold::operation::{EntryKind, Operation};
use annals_core::hash::Hash;
use annals_core::state::State;
use annals_core::time::Time;
use annals_core::verify::examine::{BodyFound, examine};
use annals_core::verify::source::Source;
use revocation_impact::ChangedFact;
use row::Withheld;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::{Mutex, OnceLock};
use verified_fold::{Places, VerifiedFold};
pub use viewed_event::ViewedEvent;

/// A record as of a point and as of now: the whole, or some facts and documents of it.
pub struct View<'a> {
    /// The record.
    pub record: &'a Record,
    then: FactState,
    now: Option<FactState>,
    slice: Option<Slice<'a>>,
    /// Where the events of a folded view stand in the journal, if that is known.
    places: Option<Places>,
    folded_because: Option<String>,
    /// The folded view: opened where the index fails after a slice was opened.
    whole: OnceLock<Option<Box<View<'a>>>>,
    /// The events that were read and whose bodies do not have the signed digest.
    damaged: Mutex<BTreeSet<u64>>,
}

/// Up to this many events are read one by one; more are read in one pass.
const FEW: u64 = 1_024;

/// How many events are read at once, where the index has their places.
const PART: usize = 256;

/// The point of the record that an answer is of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AsOf {
    /// Position of the last included event; `None` before the first.
    #[serde(rename = "as_of")]
    pub position: Option<u64>,
    /// The number of included events.
    pub size: u64,
    /// The number of events of the record.
    pub of: u64,
    /// If the record is a part, the number of events of the whole, by its own account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part_of: Option<u64>,
    /// Hash of the last included event.
    pub head: Option<Hash>,
    /// The time of that event.
    pub recorded: Option<Time>,
}

impl<'a> View<'a> {
    /// The record after its first `size` events: the whole of it is folded.
    pub fn open(record: &'a Record, size: u64) -> Result<View<'a>, LedgerError> {
        let then = record.state(size)?.into();
        let now = match size < record.size() {
            true => Some(record.state(record.size())?.into()),
            false => None,
        };
        Ok(View::of(record, then, now, None))
    }

    fn of(
        record: &'a Record,
        then: FactState,
        now: Option<FactState>,
        slice: Option<Slice<'a>>,
    ) -> View<'a> {
        let (places, folded_because, whole) = (None, None, OnceLock::new());
        let damaged = Mutex::default();
        View { record, then, now, slice, places, folded_because, whole, damaged }
    }

    /// The whole of a record that was verified without a fault, by its fold: it is not judged
    /// again, and its events are read one by one.
    pub fn verified(record: &'a Record, fold: VerifiedFold) -> View<'a> {
        let VerifiedFold { state, tree, head, at, places } = fold;
        let (size, root, later_version) = (tree.size(), tree.root(), None);
        let then = FactState { state, size, head, root, at, faults: 0, later_version };
        View { places: Some(places), ..View::of(record, then, None, None) }
    }

    /// The state as of the point, when the view is no longer needed.
    pub fn into_state(self) -> State {
        self.then.state
    }

    /// Whether events are read one by one from where they stand, without an index.
    fn has_places(&self) -> bool {
        self.places.is_some()
    }

    /// Opens a folded view because the index cannot answer.
    fn folded(record: &'a Record, size: u64, why: &IndexError) -> Result<View<'a>, LedgerError> {
        record.folded_for(why);
        Ok(View { folded_because: Some(why.to_string()), ..View::open(record, size)? })
    }

    /// Opens a view of the facts and documents that `ask` selects, through the index, in time
    /// proportional to them; folds the whole record where it has no usable index.
    ///
    /// ```
    /// use annals::ledger::paths::Paths;
    /// use annals::ledger::reader::Record;
    /// use annals::ledger::query::{View, subjects_of};
    /// let record = Record::open(Paths::new("ledger".into(), None))?;
    /// let view = View::some(&record, 44, &subjects_of(24))?;
    /// assert_eq!(view.as_of().position, Some(43));
    /// assert!(view.state().fold.fact(24).is_some());
    /// # Ok::<(), annals::ledger::error::LedgerError>(())
    /// ```
    pub fn some(record: &'a Record, size: u64, ask: &Query<'_>) -> Result<View<'a>, LedgerError> {
        View::sliced(record, size, ask, SliceReach::Lives)
    }

    /// Opens a view as [`View::some`] does, which also has every redaction of an event of the
    /// ledger and its editors.
    pub fn with_redactions(
        record: &'a Record,
        size: u64,
        ask: &Query<'_>,
    ) -> Result<View<'a>, LedgerError> {
        View::sliced(record, size, ask, SliceReach::LivesAndRedactions)
    }

    /// Opens a slice with, of each fact, only the acts from position `first` on, what these ended,
    /// and the revisions in force at both points: what a comparison with the point before `first`
    /// needs.
    pub fn since(
        record: &'a Record,
        size: u64,
        ask: &Query<'_>,
        first: u64,
    ) -> Result<View<'a>, LedgerError> {
        View::sliced(record, size, ask, SliceReach::Since(first))
    }

    fn sliced(
        record: &'a Record,
        size: u64,
        ask: &Query<'_>,
        reach: SliceReach,
    ) -> Result<View<'a>, LedgerError> {
        let opened = match record.index() {
            Ok(index) => crate::ledger::query::indexed::open(record, index, size, ask, reach),
            Err(why) => return View::folded(record, size, why),
        };
        match opened {
            Ok((then, now, slice)) => Ok(View::of(record, then, now, Some(slice))),
            Err(QueryError::Index(why)) => View::folded(record, size, &why),
            Err(QueryError::Failed(error)) => Err(error),
        }
    }

    /// Two views of one record that are to be compared: if one of them was folded, the other is
    /// folded too, because a slice has only the selected facts.
    pub fn alike(from: View<'a>, to: View<'a>) -> Result<(View<'a>, View<'a>), LedgerError> {
        match (&from.slice, &to.slice) {
            (Some(_), None) => Ok((View::open(from.record, from.then.size)?, to)),
            (None, Some(_)) => {
                let to = View::open(to.record, to.then.size)?;
                Ok((from, to))
            }
            _ => Ok((from, to)),
        }
    }

    /// The whole state as of a point without any text: through the index, in time proportional to
    /// its rows; otherwise folded.
    pub fn standing(record: &'a Record, size: u64) -> Result<View<'a>, LedgerError> {
        record.expect_bound(size, "every fact of the record")?;
        let opened = match record.index() {
            Ok(index) => crate::ledger::query::indexed::open_standing(record, index, size),
            Err(why) => return View::folded(record, size, why),
        };
        match opened {
            Ok((then, slice)) => Ok(View::of(record, then, None, Some(slice))),
            Err(QueryError::Index(why)) => View::folded(record, size, &why),
            Err(QueryError::Failed(error)) => Err(error),
        }
    }

    /// The reason why the whole record was folded, if only a part was requested.
    pub fn folded_because(&self) -> Option<&str> {
        self.folded_because.as_deref()
    }

    /// Whether the whole record up to the point was folded.
    pub fn is_folded(&self) -> bool {
        self.slice.is_none()
    }

    /// The number of events that were read to open it by the index.
    pub fn read_events(&self) -> usize {
        self.slice.as_ref().map_or(0, |slice| slice.events().len())
    }

    /// The events that create, describe or act on a fact or document, as of the point.
    pub fn life(&self, of: u64) -> Vec<u64> {
        if let Some(slice) = &self.slice {
            return self.or_folded(slice.life(of), |whole| whole.life(of), Vec::new());
        }
        let acts = self.state().history.acts().iter().map(|act| act.position);
        acts.filter(|event| *event == of || owners(self, *event).contains(&of)).collect()
    }

    /// Answers from the index, or from the folded record if the index cannot. If the record cannot
    /// be folded either, returns `closed` and records the problem.
    fn or_folded<T>(
        &self,
        found: Result<T, IndexError>,
        fold: impl FnOnce(&View<'a>) -> T,
        closed: T,
    ) -> T {
        let why = match found {
            Ok(found) => return found,
            Err(why) => why,
        };
        self.record.folded_for(&why);
        let whole = self.whole.get_or_init(|| match View::open(self.record, self.then.size) {
            Ok(view) => Some(Box::new(view)),
            Err(error) => {
                self.record.keep_trouble(chain(&error));
                None
            }
        });
        whole.as_deref().map_or(closed, fold)
    }

    /// The point of this view.
    pub fn as_of(&self) -> AsOf {
        let size = self.then.size;
        AsOf {
            position: size.checked_sub(1),
            size,
            of: self.record.size().max(size),
            part_of: self.record.part_of,
            head: self.then.head,
            recorded: self.then.at,
        }
    }

    /// The root of the tree as of the point.
    pub fn root(&self) -> &Hash {
        &self.then.root
    }

    /// The state as of the point.
    pub fn state(&self) -> &State {
        &self.then.state
    }

    /// The state as of now.
    pub fn present(&self) -> &State {
        &self.now.as_ref().unwrap_or(&self.then).state
    }

    /// Whether there are events after the point.
    pub fn is_past(&self) -> bool {
        self.now.is_some()
    }

    /// The number of faults that folding found, as of now or as of the point.
    pub fn faults(&self) -> usize {
        self.now.as_ref().unwrap_or(&self.then).faults
    }

    /// Position and format of the first event that this program cannot read, if any.
    pub fn later_version(&self) -> Option<(u64, u64)> {
        self.now.as_ref().unwrap_or(&self.then).later_version
    }

    /// Calls `each` with every event from position `from` up to `until`, while `each` returns true.
    pub fn walk(
        &self,
        from: u64,
        until: u64,
        each: &mut dyn FnMut(&ViewedEvent) -> bool,
    ) -> Result<(), LedgerError> {
        self.walk_some(from..until, &|_| true, each)
    }

    /// Calls `each` with the events at the wanted positions only; of other events only their place
    /// in the journal is read.
    fn walk_some(
        &self,
        Range { start: from, end: until }: Range<u64>,
        wanted: &dyn Fn(u64) -> bool,
        each: &mut dyn FnMut(&ViewedEvent) -> bool,
    ) -> Result<(), LedgerError> {
        if let Some(slice) = self.slice.as_ref().filter(|_| until.saturating_sub(from) < FEW) {
            for position in (from..until).filter(|position| wanted(*position)) {
                let event = self.event_of(slice, position)?;
                if event.is_some_and(|event| !each(&event)) {
                    break;
                }
            }
            return Ok(());
        }
        let events = until.saturating_sub(from);
        self.record.expect_bound(events, &format!("the events from {from} to {until}"))?;
        for entry in self.record.source.entries(from)? {
            let (index, entry) = entry?;
            if index >= until {
                break;
            }
            if seq(&entry.record).is_some_and(|position| !wanted(position)) {
                continue;
            }
            let event = ViewedEvent::of(index, examine(&entry));
            if wanted(event.position) && !each(&event) {
                break;
            }
        }
        Ok(())
    }

    /// Calls `each` with every event that a row of this view may depend on, as of the point.
    pub fn each(&self, each: &mut dyn FnMut(&ViewedEvent)) -> Result<(), LedgerError> {
        match &self.slice {
            Some(slice) => self.at(slice.events(), each),
            None => self.walk(0, self.as_of().size, &mut |event| {
                each(event);
                true
            }),
        }
    }

    /// Calls `each` with the events at these ascending positions.
    pub fn at(
        &self,
        positions: &[u64],
        each: &mut dyn FnMut(&ViewedEvent),
    ) -> Result<(), LedgerError> {
        if let Some(places) = &self.places {
            return positions.chunks(PART).try_for_each(|part| self.placed(places, part, each));
        }
        let Some(slice) = &self.slice else { return self.walk_at(positions, each) };
        for part in positions.chunks(PART) {
            let mut found = Vec::with_capacity(part.len());
            let read = slice.events_at(self.record, part, &mut |_, event| found.push(event));
            if let Err(QueryError::Failed(error)) = read {
                return Err(error);
            }
            // What was not found so is read by itself, which says what is wrong.
            found.resize_with(part.len(), || None);
            for (position, examined) in part.iter().zip(found) {
                let event = match examined {
                    Some(examined) => Some(ViewedEvent::of(*position, examined)),
                    None => self.event_of(slice, *position)?,
                };
                event.iter().for_each(&mut *each);
            }
        }
        Ok(())
    }

    /// The events at these ascending positions.
    pub fn events(&self, positions: &[u64]) -> Result<Vec<ViewedEvent>, LedgerError> {
        let events = positions.iter().map(|position| self.event(*position));
        events.filter_map(Result::transpose).collect()
    }

    fn walk_at(
        &self,
        positions: &[u64],
        each: &mut dyn FnMut(&ViewedEvent),
    ) -> Result<(), LedgerError> {
        let (Some(first), Some(last)) = (positions.first(), positions.last()) else {
            return Ok(());
        };
        let wanted = |position: u64| positions.binary_search(&position).is_ok();
        self.walk_some(*first..last + 1, &wanted, &mut |event| {
            each(event);
            true
        })
    }

    /// The event at a position.
    pub fn event(&self, position: u64) -> Result<Option<ViewedEvent>, LedgerError> {
        match &self.slice {
            Some(slice) => self.event_of(slice, position),
            None => self.read(position),
        }
    }

    /// The event at a position: through the index if it has it, else from the journal.
    fn event_of(
        &self,
        slice: &Slice<'_>,
        position: u64,
    ) -> Result<Option<ViewedEvent>, LedgerError> {
        match slice.event(self.record, position) {
            Ok(examined) => return Ok(Some(ViewedEvent::of(position, examined))),
            Err(QueryError::Failed(error)) => return Err(error),
            Err(QueryError::Index(why)) if why.is_wrong() => self.record.folded_for(&why),
            // The state depends on another event than the one that is read.
            Err(QueryError::Index(why)) => self.record.keep_trouble(why.to_string()),
        }
        self.read(position)
    }

    /// Calls `each` with the events at these ascending positions of a record without faults, from
    /// where they stand.
    fn placed(
        &self,
        places: &Places,
        positions: &[u64],
        each: &mut dyn FnMut(&ViewedEvent),
    ) -> Result<(), LedgerError> {
        let found = positions.iter().filter_map(|at| Some((*at, places.get(*at)?)));
        let mut events = BTreeMap::new();
        self.record.source.fetch_each(&found.collect::<Vec<_>>(), &mut |position, entry| {
            if let Some(entry) = entry.filter(|entry| seq(&entry.record) == Some(position)) {
                events.insert(position, ViewedEvent::of(position, examine(&entry)));
            }
        })?;
        for position in positions {
            let event = match events.remove(position) {
                Some(event) => Some(event),
                None => self.read(*position)?,
            };
            event.iter().for_each(&mut *each);
        }
        Ok(())
    }

    fn read(&self, position: u64) -> Result<Option<ViewedEvent>, LedgerError> {
        let entries = self.record.source.read(position..position + 1)?;
        Ok(entries.first().map(|entry| ViewedEvent::of(position, examine(entry))))
    }

    /// The content of an event's body, or why it is withheld. A body that is sealed or redacted now
    /// is withheld as of an earlier point too.
    pub fn content<'s>(&self, event: &'s ViewedEvent) -> Result<&'s Content, Withheld> {
        let promised = event.statement().map_or(Seal::Open, |statement| statement.args.sealed());
        self.is_told(event.position, promised)?;
        match (&event.examined.body, event.statement()) {
            (BodyFound::Good(body), Some(statement)) if is_of(body, statement) => Ok(&body.content),
            (BodyFound::Withheld, _) => {
                self.record.keep_absent(event.position);
                Err(Withheld::Missing)
            }
            _ => {
                if let Ok(mut damaged) = self.damaged.lock() {
                    damaged.insert(event.position);
                }
                Err(Withheld::Damaged)
            }
        }
    }

    /// The number of events read so far whose bodies do not have the signed digest. Events of a
    /// later format are not counted: their bodies are not read.
    pub fn damaged(&self) -> u64 {
        let end = self.later_version().map_or(u64::MAX, |(position, _)| position);
        self.damaged.lock().map_or(0, |damaged| damaged.range(..end).count() as u64)
    }

    /// An error if the texts of an event with this promised seal are withheld now.
    fn is_told(&self, position: u64, promised: Seal) -> Result<(), Withheld> {
        let folded = |view: &View<'_>| Some(view.present().fold.opening(position));
        let opening = match &self.slice {
            Some(slice) => self.or_folded(slice.opening(position).map(Some), folded, None),
            None => folded(self),
        };
        let BodyOpening { released, redacted } = opening.ok_or(Withheld::Damaged)?;
        match redacted {
            true => Err(Withheld::Redacted),
            false if promised != Seal::Open && !released => Err(Withheld::Sealed),
            false => Ok(()),
        }
    }

    /// The present revision of each fact as of the point, by revision.
    fn revisions(&self) -> Vec<(u64, u64)> {
        let folded = |view: &View<'_>| -> Vec<(u64, u64)> {
            let facts = view.state().fold.facts().iter();
            facts.map(|fact| (fact.revision, fact.position)).collect()
        };
        let mut revisions = match &self.slice {
            Some(slice) => self.or_folded(slice.revisions(), folded, Vec::new()),
            None => folded(self),
        };
        revisions.sort_unstable();
        revisions
    }

    /// The suspect revocation that undid an event, as of the point: see [`State::undoing`].
    pub fn undone_by(&self, position: u64) -> Option<u64> {
        let Some(slice) = &self.slice else { return self.state().undoing(position) };
        let folded = |view: &View<'_>| view.undone_by(position);
        let found = slice.undone_by(position, || suspect_revocations(self.state()));
        self.or_folded(found, folded, None)
    }

    /// Whether an event was undone just before the event at the position `at`.
    pub fn was_undone(&self, position: u64, at: u64) -> bool {
        if let Some(slice) = &self.slice {
            let folded = |view: &View<'_>| view.was_undone(position, at);
            return self.or_folded(slice.was_undone(position, at), folded, false);
        }
        self.state().undoings().was_undone(position, at)
    }

    /// The suspect revocation that undid an event, as of now.
    pub fn undone_by_now(&self, position: u64) -> Option<u64> {
        let Some(slice) = &self.slice else { return self.present().undoing(position) };
        let folded = |view: &View<'_>| view.undone_by_now(position);
        let found = slice.undone_by_now(position, || suspect_revocations(self.present()));
        self.or_folded(found, folded, None)
    }

    /// Whether a fact was asserted at a position, as of the point, also one that does not stand.
    pub fn is_fact(&self, position: u64) -> bool {
        let State { history, fold, .. } = self.state();
        let asserts = |act: &Act| match &act.operation {
            Operation::Asserted => true,
            Operation::Sealed(entry) => entry.kind == EntryKind::Fact,
            _ => false,
        };
        fold.fact(position).is_some() || history.act(position).is_some_and(asserts)
    }

    /// Whether the event at a position was applied, as of the point.
    pub fn is_applied(&self, position: u64) -> bool {
        match &self.slice {
            // A record has an index only if every event is applied.
            Some(_) => position < self.then.size,
            None => self.state().history.act(position).is_some(),
        }
    }

    /// The facts or documents that an applied event creates or acts on, if the index has them.
    fn about(&self, position: u64) -> Option<Vec<u64>> {
        let slice = self.slice.as_ref()?;
        let folded = |view: &View<'_>| owners(view, position);
        Some(self.or_folded(slice.about(position), folded, Vec::new()))
    }

    /// The facts whose status a change of the number of confirmations changed, if the index has
    /// them; `None` if the event is no such change.
    fn turned_by(&self, event: u64) -> Option<Vec<ChangedFact>> {
        let act = self.state().history.act(event)?;
        let Operation::Changed { confirmations } = act.operation else { return None };
        self.slice.as_ref()?.turned_by(event, confirmations).ok()
    }

    /// The facts and documents that a suspect revocation turned, or of which it undid an act, if
    /// the index has them.
    pub fn turned_by_revocation(&self, event: u64) -> Option<BTreeSet<u64>> {
        self.slice.as_ref()?.turned_by_revocation(event).ok()
    }
}

/// The suspect revocations of a state, by position.
pub fn suspect_revocations(state: &State) -> Vec<u64> {
    let is_suspect = |act: &&Act| match &act.operation {
        Operation::Revoked(revoked) => revoked.suspect_from.is_some(),
        _ => false,
    };
    state.history.acts().iter().filter(is_suspect).map(|act| act.position).collect()
}

/// The position at the beginning of a record, if its form is right.
fn seq(record: &[u8]) -> Option<u64> {
    let rest = record.strip_prefix(b"{\"seq\":")?;
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    std::str::from_utf8(rest.get(..digits)?).ok()?.parse().ok()
}

fn is_of(body: &Body, statement: &Statement) -> bool {
    body.by == statement.by && body.content.kind() == statement.kind
}

/// The facts or documents that an applied event creates or acts on, as of the point.
pub fn owners(view: &View<'_>, event: u64) -> Vec<u64> {
    if let Some(about) = view.about(event) {
        return about;
    }
    let mut event = event;
    loop {
        if let Some(fact) = view.state().fold.fact_of_revision(event) {
            return vec![fact.position];
        }
        let Some(act) = view.state().history.act(event) else { return Vec::new() };
        let before = match &act.operation {
            Operation::Asserted | Operation::Captured | Operation::Sealed(_) => return vec![event],
            Operation::Described { document } => return vec![*document],
            Operation::Related(triple) => return vec![triple.from, triple.to],
            Operation::Upheld { dispute } => *dispute,
            Operation::Reinstated { retraction } => *retraction,
            Operation::Withdrawn { relation } => *relation,
            Operation::Released { event } | Operation::Redacted { event } => *event,
            operation => match operation.on() {
                Some(on) => on,
                None => return Vec::new(),
            },
        };
        // An event refers to earlier events only, so the loop ends.
        if before >= event {
            return Vec::new();
        }
        event = before;
    }
}
