//! A slice of the state: some facts and documents as of a point, read through the index.
//!
//! Always holds: a slice has the same values as the fold of the whole record. A fact depends on the
//! events that the index lists for it, on those of the ledger and its editors, and on later events
//! that act on these; they are folded here by the same fold. Each event that is read has the hash
//! in the index. As of now, rows are taken from the index as stored.
//! Not here: rows of an answer (`gather`). Source: FORMAT.md section 8.

use crate::index::{
    EventMark, Index, IndexError, RowKind, RowValue, Snapshot, Term, Terms, TreeKind, WordIndex,
};
use crate::ledger::query::acts::{Acts, QueryError, one, put, some};
use crate::ledger::query::revocation_impact::ChangedFact;
use crate::ledger::reader::Record;
use annals_core::fold::operation::Operation;
use annals_core::fold::{BodyOpening, Fold};
use annals_core::hash::Hash;
use annals_core::state::{State, Status};
use annals_core::time::Time;
use annals_core::verify::Report;
use annals_core::verify::examine::Examined;
use std::collections::{BTreeMap, BTreeSet};

/// Chooses facts and documents by the index as of the point, and by the state of the ledger and its
/// editors as of that point.
pub type Query<'f> = dyn Fn(&Snapshot<'_>, &State) -> Result<BTreeSet<u64>, IndexError> + 'f;

/// The state as of a point, whole or in part, and the faults that folding found.
pub(super) struct FactState {
    pub state: State,
    pub size: u64,
    pub head: Option<Hash>,
    pub root: Hash,
    pub at: Option<Time>,
    pub faults: usize,
    pub later_version: Option<(u64, u64)>,
}

impl From<Report> for FactState {
    fn from(report: Report) -> FactState {
        let Report { state, size, head, root, at, later_version, .. } = report;
        FactState { state, size, head, root, at, faults: report.faults.len(), later_version }
    }
}

/// What a view reads from the index after it is opened.
pub(super) struct Slice<'a> {
    index: &'a Index,
    then: Snapshot<'a>,
    now: Snapshot<'a>,
    /// The events that the state as of the point depends on, by position.
    events: Vec<u64>,
}

/// The state as of a point, the state as of now if that is later, and the slice for later queries.
pub(super) type OpenedSlice<'a> = (FactState, Option<FactState>, Slice<'a>);

/// Which events of the record a slice has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SliceReach {
    /// All of the selected facts and documents.
    Lives,
    /// These, and every redaction of an event of the ledger and its editors.
    LivesAndRedactions,
    /// Of facts only the acts from this position on, and their state before it and now.
    Since(u64),
}

/// Opens a slice: the state as of the point, the state as of now if that is later, and the slice
/// for later queries.
pub(super) fn open<'a>(
    record: &'a Record,
    index: &'a Index,
    size: u64,
    ask: &Query<'_>,
    reach: SliceReach,
) -> Result<OpenedSlice<'a>, QueryError> {
    let then = index.snapshot(size)?;
    let mut acts = Acts::none(&record.source, index);
    acts.add(administration(&then)?)?;
    let mut named = ask(&then, &acts.fold(&then)?)?;
    expect_few(record, &then, &named)?;
    match reach {
        SliceReach::Lives => acts.add(lives(&then, &named)?)?,
        SliceReach::LivesAndRedactions => {
            acts.add(lives(&then, &named)?)?;
            acts.add(redactions_of_none(&then)?)?;
        }
        SliceReach::Since(first) => add_recent(&mut acts, &then, first, &named)?,
    }
    let mut cited = BTreeSet::new();
    for of in acts.cited.difference(&named) {
        // The cited event may not be a document: `verify` reports that fault.
        if then.get(TreeKind::Standing, *of)?.is_some_and(|row| row.what.is_document()) {
            cited.insert(*of);
        }
    }
    acts.add(lives(&then, &cited)?)?;
    named.extend(cited);
    let mut state = acts.fold(&then)?;
    if matches!(reach, SliceReach::Since(_)) {
        put_rows(&then, &named, &mut state.fold)?;
    }
    let standing = stood(index, size, state)?;
    let whole = index.size();
    let now = match size < whole {
        true => Some(stood(index, whole, present(&acts, &index.snapshot(whole)?, &named)?)?),
        false => None,
    };
    let events = acts.acts.iter().map(|(position, ..)| *position).collect();
    Ok((standing, now, Slice { index, then, now: index.snapshot(whole)?, events }))
}

/// Opens the whole state as of a point from the stored rows: status only, without any text.
pub(super) fn open_standing<'a>(
    record: &'a Record,
    index: &'a Index,
    size: u64,
) -> Result<(FactState, Slice<'a>), QueryError> {
    let (then, now) = (index.snapshot(size)?, index.snapshot(index.size())?);
    let mut acts = Acts::none(&record.source, index);
    acts.add(administration(&then)?)?;
    let State { history, mut fold, .. } = acts.fold(&then)?;
    then.each(TreeKind::Standing, 0..u64::MAX, RowKind::All, &mut |row| row.put(&mut fold))?;
    let mut undone = Vec::new();
    then.each(TreeKind::Marks, 0..u64::MAX, RowKind::All, &mut |row| {
        row.put(&mut fold)?;
        if let RowValue::Mark(mark) = &row.what {
            undone.extend(mark.undone(row.of));
        }
        Ok(())
    })?;
    let standing = stood(index, size, State::restored(history, fold, undone))?;
    Ok((standing, Slice { index, then, now, events: Vec::new() }))
}

fn stood(index: &Index, size: u64, state: State) -> Result<FactState, IndexError> {
    let last = size.checked_sub(1);
    Ok(FactState {
        state,
        size,
        head: last.map(|last| index.hash(last)).transpose()?,
        root: index.root(size)?,
        at: last.map(|last| index.event(last)).transpose()?.map(|kept| kept.at),
        faults: 0,
        later_version: None,
    })
}

/// The events of the ledger and its editors.
pub(in crate::ledger) fn administration(
    snapshot: &Snapshot<'_>,
) -> Result<BTreeSet<u64>, IndexError> {
    let mut events = BTreeSet::new();
    snapshot.each(TreeKind::Administration, 0..u64::MAX, RowKind::Administration, &mut |row| {
        events.insert(row.of);
        Ok(())
    })?;
    Ok(events)
}

/// The redactions of events that are about no fact and no document.
fn redactions_of_none(snapshot: &Snapshot<'_>) -> Result<BTreeSet<u64>, IndexError> {
    let mut events = BTreeSet::new();
    snapshot.each(TreeKind::Administration, 0..u64::MAX, RowKind::Redactions, &mut |row| {
        if let RowValue::Redaction { event, .. } = row.what
            && snapshot.index().event(event)?.about == [None, None]
        {
            events.insert(row.of);
        }
        Ok(())
    })?;
    Ok(events)
}

/// Refuses facts and documents with more events than an answer may read.
fn expect_few(
    record: &Record,
    snapshot: &Snapshot<'_>,
    named: &BTreeSet<u64>,
) -> Result<(), QueryError> {
    let bound = record.bound();
    if bound == u64::MAX {
        return Ok(());
    }
    let mut events = 0;
    for of in named {
        events += snapshot.life(*of)?.len() as u64;
        let what = "all events of what was selected";
        record.expect_bound(events, what).map_err(QueryError::Failed)?;
    }
    Ok(())
}

fn put_rows(
    snapshot: &Snapshot<'_>,
    named: &BTreeSet<u64>,
    fold: &mut Fold,
) -> Result<(), IndexError> {
    for of in named {
        if let Some(row) = snapshot.get(TreeKind::Standing, *of)? {
            row.put(fold)?;
        }
    }
    Ok(())
}

/// Adds, of facts, the acts from a position on and what these ended, what was undone or opened
/// since then, and the revisions in force at both points; of documents, all their events.
fn add_recent(
    acts: &mut Acts<'_>,
    snapshot: &Snapshot<'_>,
    first: u64,
    named: &BTreeSet<u64>,
) -> Result<(), QueryError> {
    let index = snapshot.index();
    let before = index.snapshot(first.min(snapshot.size))?;
    let mut events = BTreeSet::new();
    for of in named {
        match snapshot.get(TreeKind::Standing, *of)? {
            None => {}
            Some(row) if row.what.is_document() => events.extend(snapshot.life(*of)?),
            Some(row) => {
                let old = before.get(TreeKind::Standing, *of)?.and_then(|row| row.revision());
                events.extend([Some(*of), old, row.revision()].into_iter().flatten());
                events.extend(snapshot.life_since(*of, first)?);
            }
        }
    }
    for event in before.differ(snapshot, TreeKind::Marks)? {
        let about = index.event(event)?.about;
        if about.iter().flatten().any(|of| named.contains(of)) {
            events.insert(event);
        }
    }
    acts.add(events)?;
    let ended = acts.acts.iter().filter_map(|(_, _, operation)| match operation {
        Operation::Upheld { dispute: event } | Operation::Reinstated { retraction: event } => {
            Some(*event)
        }
        Operation::Released { event } | Operation::Redacted { event } => Some(*event),
        _ => None,
    });
    acts.add(ended.collect())
}

/// The events that facts and documents depend on.
pub(in crate::ledger) fn lives(
    snapshot: &Snapshot<'_>,
    of: &BTreeSet<u64>,
) -> Result<BTreeSet<u64>, IndexError> {
    let mut events = BTreeSet::new();
    for position in of {
        events.extend(snapshot.life(*position)?);
    }
    Ok(events)
}

/// The facts or the document at a position, or those that the event there is about, with every fact
/// that they were ever related to.
pub fn subjects(snapshot: &Snapshot<'_>, position: u64) -> Result<BTreeSet<u64>, IndexError> {
    let index = snapshot.index();
    let mut named = BTreeSet::new();
    if position >= snapshot.size {
        return Ok(named);
    }
    named.extend(index.event(position)?.about.into_iter().flatten());
    for of in named.clone() {
        for event in snapshot.life(of)? {
            named.extend(index.event(event)?.about.into_iter().flatten());
        }
    }
    Ok(named)
}

/// The facts whose words may cite a document, as of the point, in time proportional to them: those
/// of which a revision cites it, and those whose words are or were withheld.
pub fn citing(snapshot: &Snapshot<'_>, document: u64) -> Result<BTreeSet<u64>, IndexError> {
    let index = snapshot.index();
    let mut named = withheld(snapshot)?;
    let events = index.own_terms()?.find(index, Term::Citation(document))?;
    for event in events.into_iter().filter(|event| *event < snapshot.size) {
        named.extend(index.event(event)?.about.into_iter().flatten());
    }
    Ok(named)
}

/// The documents of which the capture or a description, as of the point, ever said that they are
/// derived from this one, in time proportional to them.
pub fn ever_derived(snapshot: &Snapshot<'_>, from: u64) -> Result<BTreeSet<u64>, IndexError> {
    ever_derived_by(snapshot, &snapshot.index().own_terms()?, from)
}

/// The documents that [`ever_derived`] finds, by terms that are open already.
pub fn ever_derived_by(
    snapshot: &Snapshot<'_>,
    terms: &Terms,
    from: u64,
) -> Result<BTreeSet<u64>, IndexError> {
    let index = snapshot.index();
    let mut documents = BTreeSet::new();
    let events = terms.find(index, Term::Derived(from))?;
    for event in events.into_iter().filter(|event| *event < snapshot.size) {
        documents.extend(index.event(event)?.about.into_iter().flatten());
    }
    Ok(documents)
}

/// The facts whose words are or were withheld, as of the point.
pub fn withheld(snapshot: &Snapshot<'_>) -> Result<BTreeSet<u64>, IndexError> {
    let index = snapshot.index();
    let mut events = index.own_terms()?.find(index, Term::Unread)?;
    // What is redacted now is withheld as of an earlier point too.
    let now = index.snapshot(index.size())?;
    now.each(TreeKind::Administration, 0..u64::MAX, RowKind::Redactions, &mut |row| {
        if let RowValue::Redaction { event, .. } = row.what {
            events.push(event);
        }
        Ok(())
    })?;
    let mut named = BTreeSet::from_iter(snapshot.positions(RowKind::Sealed)?);
    for event in events.into_iter().filter(|event| *event < snapshot.size) {
        named.extend(index.event(event)?.about.into_iter().flatten());
    }
    Ok(named)
}

/// Selects the [`subjects`] of a position.
pub fn subjects_of(
    position: u64,
) -> impl Fn(&Snapshot<'_>, &State) -> Result<BTreeSet<u64>, IndexError> {
    move |snapshot, _| subjects(snapshot, position)
}

/// Selects every document, and no fact.
pub fn all_documents(snapshot: &Snapshot<'_>, _: &State) -> Result<BTreeSet<u64>, IndexError> {
    Ok(snapshot.positions(RowKind::Documents)?.into_iter().collect())
}

/// Selects no fact: the ledger and its editors only.
pub fn no_fact(_: &Snapshot<'_>, _: &State) -> Result<BTreeSet<u64>, IndexError> {
    Ok(BTreeSet::new())
}

/// The facts and documents whose state after `size` events differs from that after `earlier`
/// events, or on which an event between them acts.
pub fn touched(index: &Index, earlier: u64, size: u64) -> Result<BTreeSet<u64>, IndexError> {
    let (old, new) = (index.snapshot(earlier)?, index.snapshot(size)?);
    let mut named = old.differ(&new, TreeKind::Standing)?;
    let needed = (old.confirmations()?, new.confirmations()?);
    if needed.0 != needed.1 {
        // The required number changed, so an unchanged fact may have another status now.
        let enough = |needed| new.positions(RowKind::Status(Status::Confirmed, needed));
        let (before, after) = (enough(needed.0)?, enough(needed.1)?);
        let (before, after) = (BTreeSet::from_iter(before), BTreeSet::from_iter(after));
        named.extend(before.symmetric_difference(&after));
    }
    Ok(named)
}

/// What the events are about that were undone, are in force again, or whose words were redacted or
/// released, after `size` events and not after `earlier` events.
pub fn undone_between(index: &Index, earlier: u64, size: u64) -> Result<BTreeSet<u64>, IndexError> {
    let (old, new) = (index.snapshot(earlier)?, index.snapshot(size)?);
    let mut named = BTreeSet::new();
    for event in old.differ(&new, TreeKind::Marks)? {
        let (before, after) = (old.mark(event)?, new.mark(event)?);
        let is_undone = |mark: &EventMark| mark.undone(event).is_some();
        // It may be another revocation alone that undoes it now.
        if is_undone(&before) == is_undone(&after) && before.opening() == after.opening() {
            continue;
        }
        named.extend(index.event(event)?.about.into_iter().flatten());
    }
    Ok(named)
}

/// The suspect revocation that undid an event, for people: see [`State::undoing`].
fn undoing(
    snapshot: &Snapshot<'_>,
    event: u64,
    revocations: impl FnOnce() -> Vec<u64>,
) -> Result<Option<u64>, IndexError> {
    let Some(named) = snapshot.mark(event)?.undone(event).map(|undone| undone.by) else {
        return Ok(None);
    };
    let mut since = named;
    for revocation in
        revocations().into_iter().rev().filter(|revocation| *revocation < snapshot.size)
    {
        since = revocation;
        if snapshot.index().snapshot(revocation)?.mark(event)?.undone(event).is_none() {
            break;
        }
    }
    let stands = since == named || snapshot.mark(since)?.undone(since).is_none();
    Ok(Some(if stands { since } else { named }))
}

/// The number of events that each suspect revocation undid, as [`State::undoing`] names it;
/// `revocations` are all suspect ones as of the point, by position.
pub(super) fn undone_counts(
    snapshot: &Snapshot<'_>,
    revocations: &[u64],
) -> Result<BTreeMap<u64, u64>, IndexError> {
    let mut undone = BTreeMap::new();
    for revocation in revocations {
        let (before, after) =
            (snapshot.index().snapshot(*revocation)?, snapshot.index().snapshot(revocation + 1)?);
        for event in before.differ(&after, TreeKind::Marks)? {
            let (was, is) = (before.mark(event)?.undone(event), after.mark(event)?.undone(event));
            match (was.is_some(), is.is_some()) {
                (false, true) => _ = undone.insert(event, *revocation),
                (true, false) => _ = undone.remove(&event),
                _ => {}
            }
        }
    }
    let mut counts = BTreeMap::new();
    for (event, since) in &undone {
        let stands = !undone.contains_key(since);
        let named = snapshot.mark(*event)?.undone(*event).map_or(*since, |undone| undone.by);
        *counts.entry(if stands { *since } else { named }).or_default() += 1;
    }
    Ok(counts)
}

/// Facts whose status another number of confirmations turned.
pub struct TurnedFacts {
    /// Their positions, ascending.
    pub facts: Vec<u64>,
    /// Whether more confirmations are required than before.
    pub is_raised: bool,
}

/// The facts whose status turned when this event required this number of confirmations.
pub fn turned_by_threshold(
    index: &Index,
    event: u64,
    confirmations: u8,
) -> Result<TurnedFacts, IndexError> {
    let snapshot = index.snapshot(event)?;
    let before = snapshot.confirmations()?;
    let kind = RowKind::Between(before.min(confirmations), before.max(confirmations));
    Ok(TurnedFacts { facts: snapshot.positions(kind)?, is_raised: before < confirmations })
}

/// The state as of now: the stored rows of the selected facts and documents.
fn present(
    acts: &Acts<'_>,
    snapshot: &Snapshot<'_>,
    named: &BTreeSet<u64>,
) -> Result<State, QueryError> {
    let Acts { source, index, .. } = acts;
    let acts_then = &acts.acts;
    let mut now = Acts::none(*source, index);
    now.add(administration(snapshot)?)?;
    let mut state = now.fold(snapshot)?;
    put_rows(snapshot, named, &mut state.fold)?;
    for (event, _, operation) in acts_then {
        state.fold.put_seal(*event, operation.seal());
        put(&mut state.fold, *event, &snapshot.mark(*event)?);
    }
    Ok(state)
}

impl Slice<'_> {
    /// The state as of the point in the index.
    pub(super) fn then(&self) -> &Snapshot<'_> {
        &self.then
    }

    pub(super) fn events(&self) -> &[u64] {
        &self.events
    }

    /// The facts and documents that a suspect revocation turned, or of which it undid an act.
    pub(super) fn turned_by_revocation(&self, event: u64) -> Result<BTreeSet<u64>, IndexError> {
        let mut objects = touched(self.index, event, event + 1)?;
        objects.extend(undone_between(self.index, event, event + 1)?);
        Ok(objects)
    }

    /// The event at a position, checked against the hash in the index.
    pub(super) fn event(&self, record: &Record, position: u64) -> Result<Examined, QueryError> {
        let found = one(&record.source, self.index, position)?;
        found.ok_or(QueryError::Index(IndexError::Changed(position)))
    }

    /// Calls `each` with the events at these ascending positions, or with `None` where the event is
    /// not the one in the index.
    pub(super) fn events_at(
        &self,
        record: &Record,
        positions: &[u64],
        each: &mut dyn FnMut(u64, Option<Examined>),
    ) -> Result<(), QueryError> {
        some(&record.source, self.index, positions, each)
    }

    pub(super) fn life(&self, of: u64) -> Result<Vec<u64>, IndexError> {
        self.then.life(of)
    }

    /// The suspect revocation that undid an event; `revocations` are all suspect ones.
    pub(super) fn undone_by(
        &self,
        event: u64,
        revocations: impl FnOnce() -> Vec<u64>,
    ) -> Result<Option<u64>, IndexError> {
        undoing(&self.then, event, revocations)
    }

    pub(super) fn was_undone(&self, event: u64, at: u64) -> Result<bool, IndexError> {
        Ok(self.index.snapshot(at)?.mark(event)?.undone(event).is_some())
    }

    /// The suspect revocation that undoes an event as of now, not as of the point; `revocations`
    /// are all suspect ones.
    pub(super) fn undone_by_now(
        &self,
        event: u64,
        revocations: impl FnOnce() -> Vec<u64>,
    ) -> Result<Option<u64>, IndexError> {
        undoing(&self.now, event, revocations)
    }

    /// Whether the body of an event is released, and whether it is redacted, as of now.
    pub(super) fn opening(&self, event: u64) -> Result<BodyOpening, IndexError> {
        Ok(self.now.mark(event)?.opening())
    }

    pub(super) fn about(&self, event: u64) -> Result<Vec<u64>, IndexError> {
        Ok(self.index.event(event)?.about.into_iter().flatten().collect())
    }

    pub(super) fn revisions(&self) -> Result<Vec<(u64, u64)>, IndexError> {
        let mut found = Vec::new();
        self.then.each(TreeKind::Standing, 0..u64::MAX, RowKind::Facts, &mut |row| {
            found.extend(row.revision().map(|revision| (revision, row.of)));
            Ok(())
        })?;
        Ok(found)
    }

    /// The facts whose status changed when this event required this number of confirmations.
    pub(super) fn turned_by(
        &self,
        event: u64,
        confirmations: u8,
    ) -> Result<Vec<ChangedFact>, IndexError> {
        let TurnedFacts { facts, is_raised } =
            turned_by_threshold(self.index, event, confirmations)?;
        let (before, after) = match is_raised {
            true => (Status::Confirmed, Status::Asserted),
            false => (Status::Asserted, Status::Confirmed),
        };
        let (before, after) = (Some(before), Some(after));
        let (suspect, cleared, revision) = (false, false, None);
        let changed = |fact| ChangedFact { fact, before, after, suspect, cleared, revision };
        Ok(facts.into_iter().map(changed).collect())
    }

    /// The words of the record.
    pub(super) fn words(&self, record: &Record) -> Result<WordIndex<'_>, IndexError> {
        WordIndex::open(&record.paths.ledger, self.index)
    }

    /// The fact of which an event is the present revision as of the point.
    pub(super) fn revised(&self, event: u64) -> Result<Option<u64>, IndexError> {
        let [Some(fact), _] = self.index.event(event)?.about else { return Ok(None) };
        let row = self.then.get(TreeKind::Standing, fact)?;
        Ok(row.filter(|row| row.revision() == Some(event)).map(|row| row.of))
    }

    pub(super) fn documents(&self) -> Result<Vec<u64>, IndexError> {
        self.then.positions(RowKind::Documents)
    }
}
