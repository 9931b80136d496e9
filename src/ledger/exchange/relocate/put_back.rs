//! What a database has of the beginning of a record, compared with the record, and completed.
//!
//! Always holds: no row that is there is changed. Not here: the events after those (`record_fill`).

use crate::database::Database;
use crate::ledger::error::LedgerError;
use crate::ledger::reader::Record;
use crate::ledger::write::home::captured;
use annals_core::event::Entry;
use annals_core::verify::source::Source;
use std::collections::BTreeMap;
use std::ops::AddAssign;

/// What a database lacked below its end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RestoredRows {
    /// The number of events.
    pub events: u64,
    /// The number of documents.
    pub documents: u64,
}

impl AddAssign for RestoredRows {
    fn add_assign(&mut self, more: RestoredRows) {
        self.events += more.events;
        self.documents += more.documents;
    }
}

/// Compares these events, of which the first is at `first`, and their documents with what the
/// database has in their places; adds what it lacks.
///
/// Errors: it has another event; it cannot be read or written.
pub(super) fn complete(
    database: &mut Database,
    id: i32,
    first: u64,
    events: &[Entry],
    record: &Record,
) -> Result<RestoredRows, LedgerError> {
    let end = first + events.len() as u64;
    let present: BTreeMap<u64, Entry> = database.present(id, first, end)?.into_iter().collect();
    let mut missing = Vec::new();
    for (entry, position) in events.iter().zip(first..) {
        match present.get(&position) {
            None => missing.push((position, entry)),
            Some(found) if is_of_same_bytes(found, entry) => {}
            Some(_) => {
                let expected = format!("the event {position} of the record here");
                return Err(database.damaged(expected, "another one in its place").into());
            }
        }
    }
    if !missing.is_empty() {
        database.put_back(id, &missing)?;
    }
    let mut documents = 0;
    for digest in events.iter().filter_map(captured) {
        if !database.is_whole(id, &digest)?
            && let Some(bytes) = record.source.document(&digest)?
        {
            database.keep(id, &[(digest, bytes)])?;
            documents += 1;
        }
    }
    Ok(RestoredRows { events: missing.len() as u64, documents })
}

/// Whether two entries are the same event; a body may be withheld in one of the places.
fn is_of_same_bytes(one: &Entry, other: &Entry) -> bool {
    let bodies = one.body.as_ref().zip(other.body.as_ref());
    one.record == other.record && bodies.is_none_or(|(one, other)| one == other)
}
