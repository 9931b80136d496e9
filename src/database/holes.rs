//! Rows that a record lacks below its end, as a database that was damaged may: how many there are,
//! and putting them back.
//!
//! Always holds: a row that is there stays as it is. Not here: what the rows should be
//! (`ledger::exchange::relocate`).

use super::rows::IS_WHOLE;
use super::{Database, DatabaseError};
use annals_core::event::Entry;
use annals_core::hash::Hash;

impl Database {
    /// How many events of a record of this size are missing.
    ///
    /// Errors: they cannot be counted.
    pub fn missing(&mut self, id: i32, size: u64) -> Result<u64, DatabaseError> {
        let end = self.signed(size)?;
        let query = "SELECT count(*) FROM annals.event WHERE ledger = $1 AND position < $2";
        let row = self.client.query_one(query, &[&id, &end]);
        let there: i64 = self.value(&row.map_err(self.failed("count its events"))?, 0)?;
        Ok(size.saturating_sub(u64::try_from(there).unwrap_or(0)))
    }

    /// The events that are there from a position on and before another, with their positions.
    ///
    /// Errors: they cannot be read.
    pub fn present(
        &mut self,
        id: i32,
        from: u64,
        end: u64,
    ) -> Result<Vec<(u64, Entry)>, DatabaseError> {
        let (first, after) = (self.signed(from)?, self.signed(end)?);
        let query = "SELECT position, record, body FROM annals.event \
             WHERE ledger = $1 AND position >= $2 AND position < $3";
        let rows = self.client.query(query, &[&id, &first, &after]);
        let entry = |row: &postgres::Row| {
            let position: i64 = self.value(row, 0)?;
            let entry = Entry { record: self.value(row, 1)?, body: self.value(row, 2)? };
            Ok((u64::try_from(position).unwrap_or(0), entry))
        };
        rows.map_err(self.failed("give its events"))?.iter().map(entry).collect()
    }

    /// Adds events at positions below the end that are free, all or none.
    ///
    /// Errors: they were not added.
    pub fn put_back(&mut self, id: i32, events: &[(u64, &Entry)]) -> Result<(), DatabaseError> {
        let failed = self.failed("add events that are missing");
        let at: Result<Vec<i64>, _> = events.iter().map(|(at, _)| self.signed(*at)).collect();
        let at = at?;
        let mut work = self.client.transaction().map_err(&failed)?;
        let query = "INSERT INTO annals.event (ledger, position, record, body) \
             VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
        let insert = work.prepare(query).map_err(&failed)?;
        for ((_, entry), at) in events.iter().zip(at) {
            work.execute(&insert, &[&id, &at, &entry.record, &entry.body]).map_err(&failed)?;
        }
        work.commit().map_err(failed)
    }

    /// Whether a document is there with all of its bytes.
    ///
    /// Errors: that cannot be read.
    pub fn is_whole(&mut self, id: i32, digest: &Hash) -> Result<bool, DatabaseError> {
        let found = self.client.query_opt(IS_WHOLE, &[&id, &digest.0.as_slice()]);
        Ok(found.map_err(self.failed("look for a document"))?.is_some())
    }
}
