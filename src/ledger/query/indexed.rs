//! A slice of the state: some facts and documents as of a point, by the index.
//!
//! Always holds: what stands in a slice stands so in the fold of the whole record. A fact rests on
//! the events that its life names, on those of the ledger and its editors, and on what later
//! events did to these; they are folded here by the same fold. Each event that is read has the
//! hash that the index has of it. As of now, rows are taken as they were kept.
//! Not here: rows of an answer (`gather`). Source: FORMAT.md section 8.

use crate::index::{Index, IndexError, RowKind, RowValue, Snapshot, TreeKind};
use crate::ledger::query::acts::{Acts, QueryError, one, put};
use crate::ledger::reader::Record;
use annals_core::fold::operation::Operation;
use annals_core::fold::{BodyOpening, Fold};
use annals_core::hash::Hash;
use annals_core::state::{State, Status};
use annals_core::time::Time;
use annals_core::verify::Report;
use annals_core::verify::examine::Examined;
use std::collections::BTreeSet;

/// Which facts and documents are asked for, of what stood as of the point and of the ledger and its
/// editors as of it.
pub type Query<'f> = dyn Fn(&Snapshot<'_>, &State) -> Result<BTreeSet<u64>, IndexError> + 'f;

/// The state as of a point, whole or in part, and what folding it found.
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

/// What a view asks the index for later.
pub(super) struct Slice<'a> {
    index: &'a Index,
    then: Snapshot<'a>,
    now: Snapshot<'a>,
    /// The events that the state as of the point rests on, by position.
    events: Vec<u64>,
}

/// The state as of a point, as of now where that is later, and what is asked later.
pub(super) type OpenedSlice<'a> = (FactState, Option<FactState>, Slice<'a>);

/// Opens a slice: as of the point, as of now where that is later, and what is asked later. With
/// `since`, of the facts only what was done from that position on, and what they were there and
/// are.
pub(super) fn open<'a>(
    record: &'a Record,
    index: &'a Index,
    size: u64,
    ask: &Query<'_>,
    since: Option<u64>,
) -> Result<OpenedSlice<'a>, QueryError> {
    let then = index.slot(size)?;
    let mut acts = Acts::none(record, index);
    acts.add(administration(&then)?)?;
    let mut named = ask(&then, &acts.fold(&then)?)?;
    match since {
        None => acts.add(lives(&then, &named)?)?,
        Some(first) => add_recent(&mut acts, &then, first, &named)?,
    }
    let mut cited = BTreeSet::new();
    for of in acts.cited.difference(&named) {
        // What is cited may be no document: that is a fault that `verify` tells.
        if then.get(TreeKind::Standing, *of)?.is_some_and(|row| row.what.is_document()) {
            cited.insert(*of);
        }
    }
    acts.add(lives(&then, &cited)?)?;
    named.extend(cited);
    let mut state = acts.fold(&then)?;
    if since.is_some() {
        put_rows(&then, &named, &mut state.fold)?;
    }
    let standing = stood(index, size, state)?;
    let whole = index.size();
    let now = match size < whole {
        true => Some(stood(index, whole, present(&acts, &index.slot(whole)?, &named)?)?),
        false => None,
    };
    let events = acts.acts.iter().map(|(position, ..)| *position).collect();
    Ok((standing, now, Slice { index, then, now: index.slot(whole)?, events }))
}

/// Opens the whole state as of a point by the rows that were kept: standing, without any words.
pub(super) fn open_standing<'a>(
    record: &'a Record,
    index: &'a Index,
    size: u64,
) -> Result<(FactState, Slice<'a>), QueryError> {
    let (then, now) = (index.slot(size)?, index.slot(index.size())?);
    let mut acts = Acts::none(record, index);
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

fn administration(slot: &Snapshot<'_>) -> Result<BTreeSet<u64>, IndexError> {
    let mut events = BTreeSet::new();
    slot.each(TreeKind::Administration, 0..u64::MAX, RowKind::All, &mut |row| {
        events.insert(row.of);
        Ok(())
    })?;
    Ok(events)
}

fn put_rows(slot: &Snapshot<'_>, named: &BTreeSet<u64>, fold: &mut Fold) -> Result<(), IndexError> {
    for of in named {
        if let Some(row) = slot.get(TreeKind::Standing, *of)? {
            row.put(fold)?;
        }
    }
    Ok(())
}

/// Of facts what was done from a position on and what it ended, what was undone or opened since,
/// and the revisions that stood there and stand; of documents their lives.
fn add_recent(
    acts: &mut Acts<'_>,
    slot: &Snapshot<'_>,
    first: u64,
    named: &BTreeSet<u64>,
) -> Result<(), QueryError> {
    let index = slot.index();
    let before = index.slot(first.min(slot.size))?;
    let mut events = BTreeSet::new();
    for of in named {
        match slot.get(TreeKind::Standing, *of)? {
            None => {}
            Some(row) if row.what.is_document() => events.extend(slot.life(*of)?),
            Some(row) => {
                let old = before.get(TreeKind::Standing, *of)?.and_then(|row| row.revision());
                events.extend([Some(*of), old, row.revision()].into_iter().flatten());
                events.extend(slot.life_since(*of, first)?);
            }
        }
    }
    for event in before.differ(slot, TreeKind::Marks)? {
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

/// The events that facts and documents rest on.
fn lives(slot: &Snapshot<'_>, of: &BTreeSet<u64>) -> Result<BTreeSet<u64>, IndexError> {
    let mut events = BTreeSet::new();
    for position in of {
        events.extend(slot.life(*position)?);
    }
    Ok(events)
}

/// The facts or the document that stand at a position, or that the event there is about, with
/// every fact that they were ever related to.
pub fn subjects(slot: &Snapshot<'_>, position: u64) -> Result<BTreeSet<u64>, IndexError> {
    let index = slot.index();
    let mut named = BTreeSet::new();
    if position >= slot.size {
        return Ok(named);
    }
    named.extend(index.event(position)?.about.into_iter().flatten());
    for of in named.clone() {
        for event in slot.life(of)? {
            named.extend(index.event(event)?.about.into_iter().flatten());
        }
    }
    Ok(named)
}

/// Asks for the ledger and its editors alone.
pub fn no_fact(_: &Snapshot<'_>, _: &State) -> Result<BTreeSet<u64>, IndexError> {
    Ok(BTreeSet::new())
}

/// The facts and documents that stand otherwise after `size` events than after `earlier` events, or
/// that something was done to in between.
pub fn touched(index: &Index, earlier: u64, size: u64) -> Result<BTreeSet<u64>, IndexError> {
    let (old, new) = (index.slot(earlier)?, index.slot(size)?);
    let mut named = old.differ(&new, TreeKind::Standing)?;
    let needed = (old.confirmations()?, new.confirmations()?);
    if needed.0 != needed.1 {
        // As many confirmations mean another status now.
        let enough = |needed| new.positions(RowKind::Status(Status::Confirmed, needed));
        let (before, after) = (enough(needed.0)?, enough(needed.1)?);
        let (before, after) = (BTreeSet::from_iter(before), BTreeSet::from_iter(after));
        named.extend(before.symmetric_difference(&after));
    }
    Ok(named)
}

/// The state as of now: of what is named the rows that were kept.
fn present(
    acts: &Acts<'_>,
    slot: &Snapshot<'_>,
    named: &BTreeSet<u64>,
) -> Result<State, QueryError> {
    let Acts { record, index, .. } = acts;
    let acts_then = &acts.acts;
    let mut now = Acts::none(record, index);
    now.add(administration(slot)?)?;
    let mut state = now.fold(slot)?;
    put_rows(slot, named, &mut state.fold)?;
    for (event, _, operation) in acts_then {
        state.fold.put_seal(*event, operation.seal());
        put(&mut state.fold, *event, &slot.mark(*event)?);
    }
    Ok(state)
}

impl Slice<'_> {
    pub(super) fn events(&self) -> &[u64] {
        &self.events
    }

    /// The event at a position, with the hash that the index has of it.
    pub(super) fn event(&self, record: &Record, position: u64) -> Result<Examined, QueryError> {
        let found = one(record, self.index, position)?;
        found.ok_or(QueryError::Index(IndexError::Changed(position)))
    }

    pub(super) fn life(&self, of: u64) -> Result<Vec<u64>, IndexError> {
        self.then.life(of)
    }

    pub(super) fn undone_by(&self, event: u64) -> Result<Option<u64>, IndexError> {
        Ok(self.then.mark(event)?.undone(event).map(|undone| undone.by))
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

    pub(super) fn documents(&self) -> Result<Vec<u64>, IndexError> {
        self.then.positions(RowKind::Documents)
    }
}
