//! Acts read through the index, and their fold: the same fold as that of the whole record.
//!
//! Always holds: each event that is read has the hash in the index. Not here: which events are read
//! (`indexed`). Source: FORMAT.md section 8.

use crate::index::{EventMark, Index, IndexError, Snapshot};
use crate::ledger::error::LedgerError;
use crate::ledger::reader::source::EventSource;
use annals_core::event::body::Content;
use annals_core::fold::Fold;
use annals_core::fold::history::History;
use annals_core::fold::operation::Operation;
use annals_core::key::PublicKey;
use annals_core::refold::{UndoKind, Undone};
use annals_core::state::State;
use annals_core::verify::examine::{BodyFound, Examined, examine};
use annals_core::verify::source::SourceError;
use std::collections::BTreeSet;

/// Why there is no slice.
pub(in crate::ledger) enum QueryError {
    /// The index cannot answer; a fold of the journal can.
    Index(IndexError),
    /// The journal cannot be read either.
    Failed(LedgerError),
}

impl From<QueryError> for LedgerError {
    fn from(error: QueryError) -> LedgerError {
        match error {
            QueryError::Index(why) => LedgerError::IndexFailed(why.to_string()),
            QueryError::Failed(error) => error,
        }
    }
}

impl From<IndexError> for QueryError {
    fn from(why: IndexError) -> QueryError {
        QueryError::Index(why)
    }
}

impl From<SourceError> for QueryError {
    fn from(error: SourceError) -> QueryError {
        QueryError::Failed(error.into())
    }
}

/// Acts that were read, by position, and the documents that their bodies cite.
pub(in crate::ledger) struct Acts<'a> {
    pub source: &'a dyn EventSource,
    pub index: &'a Index,
    /// Position, signer, operation.
    pub acts: Vec<(u64, PublicKey, Operation)>,
    pub cited: BTreeSet<u64>,
}

impl<'a> Acts<'a> {
    /// No acts yet.
    pub fn none(source: &'a dyn EventSource, index: &'a Index) -> Acts<'a> {
        Acts { source, index, acts: Vec::new(), cited: BTreeSet::new() }
    }

    /// Reads those of the events that are not read yet.
    pub fn add(&mut self, events: BTreeSet<u64>) -> Result<(), QueryError> {
        let here = |event: &u64| self.acts.binary_search_by_key(event, |act| act.0).is_ok();
        let events: Vec<u64> = events.into_iter().filter(|event| !here(event)).collect();
        let (source, index) = (self.source, self.index);
        each(source, index, &events, &mut |position, examined| {
            let statement = examined.reading.statement.as_ref();
            let statement = statement.ok_or_else(|| another(position))?;
            self.acts.push((position, statement.by, Operation::of(&statement.args)));
            if let BodyFound::Good(body) = &examined.body {
                cite(&body.content, &mut self.cited);
            }
            Ok(())
        })?;
        self.acts.sort_by_key(|act| act.0);
        Ok(())
    }

    /// The fold of the acts, without those that were undone as of the point.
    pub fn fold(&self, snapshot: &Snapshot<'_>) -> Result<State, IndexError> {
        let (mut history, mut fold) = (History::default(), Fold::default());
        history.name_keys(self.index.keys());
        for (position, by, operation) in &self.acts {
            history.keep(*position, *by, operation.clone());
        }
        let mut undone: Vec<Undone> = Vec::new();
        for act in history.acts() {
            let mark = snapshot.mark(act.position)?;
            let entry = matches!(
                act.operation,
                Operation::Asserted | Operation::Captured | Operation::Sealed(_)
            );
            let mark_undone = mark.undone(act.position);
            fold.promise(act);
            put(&mut fold, act.position, &mark);
            match &mark_undone {
                None => fold.apply(act, &history),
                Some(Undone { how: UndoKind::Struck, .. }) if entry => {
                    fold.apply(act, &history);
                    fold.suspect(act.position);
                }
                Some(_) => {}
            }
            undone.extend(mark_undone);
        }
        Ok(State::restored(history, fold, undone))
    }
}

/// Adds the documents that a body cites as evidence.
pub fn cite(content: &Content, cited: &mut BTreeSet<u64>) {
    cited.extend(content.evidence().iter().map(|entry| entry.document));
}

fn another(position: u64) -> QueryError {
    QueryError::Index(IndexError::Changed(position))
}

/// How many events are read at once.
const PART: usize = 256;

/// Calls `each` with the events at these ascending positions, each with the hash in the index.
fn each(
    source: &dyn EventSource,
    index: &Index,
    positions: &[u64],
    each: &mut dyn FnMut(u64, &Examined) -> Result<(), QueryError>,
) -> Result<(), QueryError> {
    for part in positions.chunks(PART) {
        let mut done = Ok(());
        some(source, index, part, &mut |position, examined| {
            if done.is_ok() {
                let examined = examined.ok_or_else(|| another(position));
                done = examined.and_then(|examined| each(position, &examined));
            }
        })?;
        done?;
    }
    Ok(())
}

/// Calls `each` with the events at these ascending positions, or with `None` where the event has
/// not the hash in the index.
pub(super) fn some(
    source: &dyn EventSource,
    index: &Index,
    positions: &[u64],
    each: &mut dyn FnMut(u64, Option<Examined>),
) -> Result<(), QueryError> {
    let place = |position: &u64| Ok((*position, index.event(*position)?.place));
    let places = positions.iter().map(place).collect::<Result<Vec<_>, IndexError>>()?;
    let mut done = Ok(());
    source.fetch_each(&places, &mut |position, entry| {
        let examined = entry.map(|entry| examine(&entry));
        let hash = index.hash(position);
        let is_it = |it: &Examined| hash.as_ref().is_ok_and(|hash| it.reading.hash == *hash);
        each(position, examined.filter(is_it));
        if let Err(why) = hash {
            done = Err(why);
        }
    })?;
    Ok(done?)
}

/// The event at a position; `None` if its hash is not the one in the index.
pub(in crate::ledger) fn one(
    source: &dyn EventSource,
    index: &Index,
    position: u64,
) -> Result<Option<Examined>, QueryError> {
    let entry = source.fetch(position, index.event(position)?.place)?;
    let Some(entry) = entry else { return Ok(None) };
    let examined = examine(&entry);
    Ok((examined.reading.hash == index.hash(position)?).then_some(examined))
}

/// Applies to the fold what later events did to an event's body.
pub(super) fn put(fold: &mut Fold, event: u64, mark: &EventMark) {
    fold.put_opening(event, mark.opening());
}
