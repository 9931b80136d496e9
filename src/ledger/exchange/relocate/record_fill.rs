//! The rows of a record in a database, while they are filled from its folder.
//!
//! Always holds: a row that is not whole says that the record is kept in the folder, so no server
//! commits to it; no row that is there is changed. Not here: whether the record may go there
//! (`target`), what became of the folder (`relocate`).

use crate::database::{Database, RowGroup, RowsWritten};
use crate::ledger::error::LedgerError;
use crate::ledger::exchange::relocate::put_back::{self, RestoredRows};
use crate::ledger::exchange::relocate::target::FoundRow;
use crate::ledger::reader::Record;
use crate::ledger::write::home::captured;
use crate::store::StoreHead;
use annals_core::event::Entry;
use annals_core::event::record;
use annals_core::merkle::Tree;
use annals_core::tlog::Checkpoint;
use annals_core::verify::source::{Batch, Source};

/// The bytes of the events that are moved together, but for a single one that has more.
const MOST_BYTES: usize = 16 << 20;

/// A record in a database that is compared with its folder, and completed from it.
pub(super) struct RecordFill<'a> {
    database: &'a mut Database,
    record: &'a Record,
    /// The number of the record in the database.
    id: i32,
    /// Where it ended before.
    before: u64,
    /// Where it ends.
    head: StoreHead,
    /// The tree of the events that were compared or added.
    tree: Tree,
    /// The place where the record is kept until the database has all of it; `None` if the database
    /// has all of it already.
    kept: Option<&'a str>,
    restored: RestoredRows,
}

/// A record in a database that has all of its folder.
pub(super) struct FilledRow {
    /// The number of the record in the database.
    pub(super) id: i32,
    /// Where it ends.
    pub(super) head: StoreHead,
    /// Whether the database says that it is kept in the folder.
    pub(super) is_held: bool,
    /// What was missing below its end.
    pub(super) restored: RestoredRows,
}

impl<'a> RecordFill<'a> {
    /// A record that the database has not; it is kept at `here` until it is whole.
    ///
    /// Errors: it cannot be added.
    pub(super) fn new(
        database: &'a mut Database,
        record: &'a Record,
        origin: &str,
        here: &'a str,
    ) -> Result<RecordFill<'a>, LedgerError> {
        let id = database.add_record(origin, &Tree::default().root(), here)?;
        Ok(RecordFill::at(database, record, id, StoreHead::EMPTY, Some(here)))
    }

    /// A record of which the database has a beginning; it is kept at `here` until it is whole.
    ///
    /// Errors: the row is another one by now.
    pub(super) fn of(
        database: &'a mut Database,
        record: &'a Record,
        found: FoundRow,
        here: &'a str,
    ) -> Result<RecordFill<'a>, LedgerError> {
        let FoundRow { id, row, .. } = found;
        database.move_record(id, &row.head, row.moved.as_deref(), Some(here))?;
        Ok(RecordFill::at(database, record, id, row.head, Some(here)))
    }

    /// A record that is kept in the database, with all that the folder has.
    pub(super) fn whole(
        database: &'a mut Database,
        record: &'a Record,
        found: FoundRow,
    ) -> RecordFill<'a> {
        RecordFill::at(database, record, found.id, found.row.head, None)
    }

    fn at(
        database: &'a mut Database,
        record: &'a Record,
        id: i32,
        head: StoreHead,
        kept: Option<&'a str>,
    ) -> RecordFill<'a> {
        let (before, tree, restored) = (head.size, Tree::default(), RestoredRows::default());
        RecordFill { database, record, id, before, head, tree, kept, restored }
    }

    /// Takes the next events of the folder: what the database has is compared and completed, the
    /// others are added.
    ///
    /// Errors: the database has another event; it cannot be read or written.
    pub(super) fn take(&mut self, batch: &Batch) -> Result<(), LedgerError> {
        let there = self.before.saturating_sub(batch.first).min(batch.entries.len() as u64);
        let (there, mut rest) = batch.entries.split_at(there as usize);
        let (id, first) = (self.id, batch.first);
        self.restored += put_back::complete(self.database, id, first, there, self.record)?;
        there.iter().for_each(|entry| self.tree.push(record::hash(&entry.record)));
        while !rest.is_empty() {
            let (group, later) = rest.split_at(group_of(rest));
            self.add(group)?;
            rest = later;
        }
        Ok(())
    }

    /// Adds events with their documents.
    fn add(&mut self, entries: &[Entry]) -> Result<(), LedgerError> {
        for digest in entries.iter().filter_map(captured) {
            if let Some(bytes) = self.record.source.document(&digest)? {
                self.database.keep(self.id, &[(digest, bytes)])?;
            }
        }
        entries.iter().for_each(|entry| self.tree.push(record::hash(&entry.record)));
        let hash = entries.last().map(|entry| record::hash(&entry.record));
        let to = StoreHead { size: self.head.size + entries.len() as u64, hash };
        let (from, root, kept) = (self.head, self.tree.root(), self.kept);
        match self.database.commit(self.id, &RowGroup { from, to, root, entries, kept })? {
            RowsWritten::Written => self.head = to,
            RowsWritten::Outrun(head) => {
                let why = format!("the database went on to {} events meanwhile", head.size);
                return Err(LedgerError::Outrun(why));
            }
        }
        Ok(())
    }

    /// Ends it, once all of the folder was taken.
    ///
    /// Errors: what the database has is not what the checkpoint of the folder covers.
    pub(super) fn finish(self, checkpoint: &Checkpoint) -> Result<FilledRow, LedgerError> {
        let RecordFill { database, id, kept, restored, .. } = self;
        let row = database.head(id)?;
        let found = (row.head.size, row.root);
        // Other servers may have added to a record that was whole before.
        let is_later = kept.is_none() && row.head.size > checkpoint.size;
        if !is_later && found != (checkpoint.size, checkpoint.root) {
            return Err(LedgerError::Outrun(format!(
                "expected {} events in the database, with the root of the checkpoint here, found \
                 {}",
                checkpoint.size, row.head.size
            )));
        }
        Ok(FilledRow { id, head: row.head, is_held: kept.is_some(), restored })
    }
}

/// How many of these events are moved together: as many as have a bounded number of bytes.
fn group_of(entries: &[Entry]) -> usize {
    let mut bytes = 0;
    let fits = |entry: &&Entry| {
        bytes += entry.record.len() + entry.body.as_ref().map_or(0, Vec::len);
        bytes <= MOST_BYTES
    };
    entries.iter().take_while(fits).count().max(1)
}
