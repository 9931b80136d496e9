//! What a database has of the record of a folder, and whether the record may be moved there.
//!
//! ```text
//! the folder has no mark          it is the home: into each database without another history of it
//! its mark names this database    it is the copy: what the database lacks is put back
//! its mark names another one      the same if this one keeps all that the folder has, or the other
//!                                 one cannot be reached
//! ```
//!
//! Never where the database says that the record was moved to another folder.
//!
//! Always holds: nothing is written. Not here: what is moved (`record_fill`). Source: FORMAT.md
//! section 18.

use crate::database::{Database, DatabaseAddress, DatabaseError, HeadRow, KeptRecord};
use crate::ledger::error::LedgerError;
use crate::ledger::exchange::relocate::moving_place;
use crate::ledger::home_mark::HomeMark;
use crate::ledger::reader::Record;
use crate::ledger::write::home::postgres_home::kept_elsewhere;
use annals_core::event::record;
use annals_core::hash::Hash;

/// The row of a database for the record of a folder.
pub(super) struct FoundRow {
    /// The number of the record in the database.
    pub(super) id: i32,
    /// Its name.
    origin: String,
    /// Where it ends, and where it is kept.
    pub(super) row: HeadRow,
    /// Whether one of the two is the beginning of the other one.
    has_same_history: bool,
}

impl FoundRow {
    /// The row of this name, if there is one.
    ///
    /// Errors: the database or the folder cannot be read.
    pub(super) fn of(
        database: &mut Database,
        origin: &str,
        record: &Record,
    ) -> Result<Option<FoundRow>, LedgerError> {
        let kept = database.records()?.into_iter().find(|kept| kept.origin == origin);
        let Some(KeptRecord { id, origin, row }) = kept else { return Ok(None) };
        let has_same_history = is_same_history(database, id, &row, record)?;
        Ok(Some(FoundRow { id, origin, row, has_same_history }))
    }

    /// The row of this name.
    ///
    /// Errors: also where there is none.
    pub(super) fn expect(
        database: &mut Database,
        address: &DatabaseAddress,
        origin: &str,
        record: &Record,
    ) -> Result<FoundRow, LedgerError> {
        FoundRow::of(database, origin, record)?.ok_or_else(|| {
            let why =
                format!("expected the record {origin} in the database at {address}, found none");
            DatabaseError::NoRecord(why).into()
        })
    }

    /// Whether the record is kept there, with all that the folder has.
    pub(super) fn keeps_all_of(&self, record: &Record) -> bool {
        self.row.moved.is_none() && self.has_all_of(record)
    }

    fn has_all_of(&self, record: &Record) -> bool {
        self.has_same_history && self.row.head.size >= record.size()
    }
}

/// Where a record is to be moved, as the folder sees it.
pub(super) struct MoveTarget<'a> {
    /// The database.
    pub(super) address: &'a DatabaseAddress,
    /// The mark of the folder.
    pub(super) mark: Option<&'a HomeMark>,
    /// The folder as a database names it, if a move was begun here.
    pub(super) begun: Option<&'a str>,
}

impl MoveTarget<'_> {
    /// Whether the folder is a copy of this database's record.
    pub(super) fn is_named(&self) -> bool {
        self.mark.is_some_and(|mark| mark.place == self.address.to_string())
    }

    /// Refuses a database that is not, and may not become, the home of the record of this folder.
    ///
    /// Errors: the record is kept in another place; the database has another history of it.
    pub(super) fn expect_home(
        &self,
        found: Option<&FoundRow>,
        record: &Record,
    ) -> Result<(), LedgerError> {
        let MoveTarget { address, mark, begun } = *self;
        if let Some(HomeMark { place, .. }) = mark {
            let has_all = found.is_some_and(|found| found.has_all_of(record));
            if !self.is_named() && !has_all && may_be_reached(place) {
                let (ledger, place) = (record.paths.ledger.clone(), place.clone());
                return Err(LedgerError::KeptElsewhere { ledger, place });
            }
        }
        let moved = found.and_then(|found| found.row.moved.as_deref());
        if let Some(place) = moved.filter(|place| Some(*place) != begun) {
            // A folder without a mark is the home where the database names it.
            let is_home = mark.is_none() && moving_place::is_of(&record.paths, place)?;
            if !is_home {
                return Err(kept_elsewhere(place, address));
            }
        }
        let Some(FoundRow { origin, row, has_same_history, .. }) = found else { return Ok(()) };
        match *has_same_history && (mark.is_some() || row.head.size <= record.size()) {
            true => Ok(()),
            false => Err(LedgerError::Stopped {
                path: record.paths.ledger.clone(),
                advice: format!(
                    "the database at {address} has the record {origin} with {} events, which is no \
                     beginning of the one here: name another database, or the folder that has its \
                     events",
                    row.head.size
                ),
            }),
        }
    }
}

/// The name of the record of a folder, and where it is kept, by the words of a database from which
/// it was moved; `None` if the database has no such record.
///
/// Errors: the database or the folder cannot be read.
pub(super) fn moved_away(
    database: &mut Database,
    record: &Record,
) -> Result<Option<(String, String)>, LedgerError> {
    for KeptRecord { id, origin, row } in database.records()? {
        let Some(place) = &row.moved else { continue };
        if row.head.size.min(record.size()) > 0 && is_same_history(database, id, &row, record)? {
            return Ok(Some((origin, place.clone())));
        }
    }
    Ok(None)
}

/// The hash of the last of the first `size` events.
pub(super) fn last_hash(record: &Record, size: u64) -> Result<Option<Hash>, LedgerError> {
    let Some(last) = size.checked_sub(1) else { return Ok(None) };
    let entries = record.journal()?.read(last..size)?;
    Ok(entries.first().map(|entry| record::hash(&entry.record)))
}

/// Whether the record of a database and the one of a folder have the same event at the end of the
/// shorter one.
fn is_same_history(
    database: &mut Database,
    id: i32,
    row: &HeadRow,
    record: &Record,
) -> Result<bool, LedgerError> {
    let size = record.size();
    if row.head.size <= size {
        return Ok(last_hash(record, row.head.size)? == row.head.hash);
    }
    let Some(last) = size.checked_sub(1) else { return Ok(true) };
    let found = database.event(id, last)?.map(|entry| record::hash(&entry.record));
    Ok(found == last_hash(record, size)?)
}

/// Whether the database that a mark names may be at work still. One that cannot be read from this
/// address counts as such.
fn may_be_reached(place: &str) -> bool {
    DatabaseAddress::parse(place, None, None).map_or(true, |address| address.is_reached())
}
