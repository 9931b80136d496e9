//! The rows of one record: its head, its events, documents and checkpoint.
//!
//! Always holds: a commit swaps the head that the writer names for the next one, under a lock of
//! the row, in the transaction that adds the events; what was not acknowledged by the database is
//! [`DatabaseError::Unknown`]. Not here: what the bytes mean.

use super::{Database, DatabaseError, words};
use crate::store::StoreHead;
use annals_core::event::Entry;
use annals_core::hash::Hash;
use postgres::Row;
use postgres::types::{FromSql, ToSql, Type};
use std::sync::atomic::Ordering;

/// The size of a part of a document, in bytes.
const PART: usize = 512 << 10;
/// The most events that are read at once, and the bytes after which no more are read.
const MOST_EVENTS: i64 = 1_024;
const MOST_BYTES: usize = 8 << 20;
/// How many rows are fetched at once while events are read.
const FETCHED: i32 = 64;

/// A record in a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptRecord {
    /// Its number in the database.
    pub id: i32,
    /// Its name.
    pub origin: String,
    /// Its head.
    pub row: HeadRow,
}

/// Where a record ends, as its row says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeadRow {
    /// Size and last hash.
    pub head: StoreHead,
    /// The root of its tree.
    pub root: Hash,
    /// Where the record is kept, if that is elsewhere: it was moved away, or is being moved here.
    pub moved: Option<String>,
}

/// Events to commit together, and the heads between which they lead.
#[derive(Clone, Copy, Debug)]
pub struct RowGroup<'a> {
    /// The head that they continue.
    pub from: StoreHead,
    /// The head after them.
    pub to: StoreHead,
    /// The root of the tree after them.
    pub root: Hash,
    /// The events, in order.
    pub entries: &'a [Entry],
    /// Where the record is kept while it is moved here; `None` if it is kept here.
    pub kept: Option<&'a str>,
}

/// The result of a commit that did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowsWritten {
    /// The events are there, durably.
    Written,
    /// The head was another one: nothing was written; the present head.
    Outrun(StoreHead),
}

/// The columns of [`HeadRow`].
const HEAD: &str = "SELECT size, head, root, moved FROM annals.ledger WHERE id = $1";

/// Swaps the head for the next one if it is the expected one, and only then adds the events: one
/// statement, which locks the row. It is no COPY: a program that stands still within a COPY keeps
/// the lock of the record, and no time limit of the database ends it.
const COMMIT: &str = "WITH swapped AS ( \
     UPDATE annals.ledger SET size = $2, head = $3, root = $4 \
     WHERE id = $1 AND size = $5 AND head IS NOT DISTINCT FROM $6 \
     AND moved IS NOT DISTINCT FROM $7 RETURNING id) \
     INSERT INTO annals.event (ledger, position, record, body) \
     SELECT id, $5 + number - 1, record, body \
     FROM swapped, unnest($8, $9) WITH ORDINALITY AS new (record, body, number)";

/// Puts a checkpoint. This transaction waits for no disk: the next writer signs what no checkpoint
/// covers.
const NOTE: &str = "UPDATE annals.checkpoint SET size = $2, note = $3 \
     FROM set_config('synchronous_commit', 'off', true) \
     WHERE ledger = $1 AND (size < $2 OR note = '')";

/// Whether a document is there with all of its bytes.
pub(super) const IS_WHOLE: &str = "SELECT 1 FROM annals.whole AS whole \
     WHERE ledger = $1 AND sha256 = $2 AND bytes = (\
     SELECT coalesce(sum(octet_length(part.bytes)), 0) FROM annals.document AS part \
     WHERE part.ledger = whole.ledger AND part.sha256 = whole.sha256)";

impl Database {
    /// The records that the database keeps, by name.
    ///
    /// Errors: it cannot be read, or a row is not in form.
    pub fn records(&mut self) -> Result<Vec<KeptRecord>, DatabaseError> {
        let query = "SELECT size, head, root, moved, id, origin FROM annals.ledger ORDER BY origin";
        let rows = self.client.query(query, &[]).map_err(self.failed("list its records"))?;
        let kept = |row: &Row| {
            let (id, origin) = (self.value(row, 4)?, self.value(row, 5)?);
            Ok(KeptRecord { id, origin, row: self.head_of(row)? })
        };
        rows.iter().map(kept).collect()
    }

    /// Adds an empty record, which is kept at `kept` until it is moved here; `empty` is the root of
    /// a tree without events. Returns its number.
    ///
    /// Errors: there is one of this name.
    pub fn add_record(
        &mut self,
        origin: &str,
        empty: &Hash,
        kept: &str,
    ) -> Result<i32, DatabaseError> {
        let failed = self.failed("add a record");
        let mut work = self.client.transaction().map_err(&failed)?;
        let query = "INSERT INTO annals.ledger (id, origin, size, root, moved) \
             SELECT coalesce(max(id), 0) + 1, $1, 0, $2, $3 FROM annals.ledger RETURNING id";
        let row = work.query_one(query, &[&origin, &empty.0.as_slice(), &kept]).map_err(&failed)?;
        let id: i32 = row.try_get(0).map_err(&failed)?;
        let query = "INSERT INTO annals.checkpoint (ledger, size, note) VALUES ($1, 0, '')";
        work.execute(query, &[&id]).map_err(&failed)?;
        work.commit().map_err(&failed)?;
        Ok(id)
    }

    /// Where a record ends.
    ///
    /// Errors: it cannot be read, or is not there.
    pub fn head(&mut self, id: i32) -> Result<HeadRow, DatabaseError> {
        let row = self.client.query_typed_opt(HEAD, &[(&id, Type::INT4)]);
        let row = row.map_err(self.failed("tell its head"))?;
        self.head_of(&self.expect_row(row)?)
    }

    /// Where a record ends, once every commit that was sent to the database is done or is not: the
    /// row is locked for it. All that is there is then durable, as far as the database promises.
    ///
    /// Errors: it cannot be read.
    pub fn settled_head(&mut self, id: i32) -> Result<HeadRow, DatabaseError> {
        let failed = self.failed("tell its head");
        let mut work = self.client.transaction().map_err(&failed)?;
        // A write, so that this commit waits for every earlier one, on the standbys too.
        let query = "UPDATE annals.ledger SET size = size WHERE id = $1 \
             RETURNING size, head, root, moved";
        let row = work.query_typed_opt(query, &[(&id, Type::INT4)]).map_err(&failed)?;
        work.commit().map_err(&failed)?;
        let row = self.expect_row(row)?;
        match self.unconfirmed.swap(false, Ordering::SeqCst) {
            true => Err(self.unknown("keep its last commits on a standby", "the wait was ended")),
            false => self.head_of(&row),
        }
    }

    /// The events from a position on, in order: at most 1,024 of them, and no more after 8 MiB.
    ///
    /// Errors: they cannot be read, or one of them is missing.
    pub fn events(&mut self, id: i32, from: u64) -> Result<Vec<Entry>, DatabaseError> {
        let failed = self.failed("give its events");
        let first = self.signed(from)?;
        let mut work = self.client.transaction().map_err(&failed)?;
        let query = "SELECT position, record, body FROM annals.event \
             WHERE ledger = $1 AND position >= $2 ORDER BY position LIMIT $3";
        let portal = work.bind(query, &[&id, &first, &MOST_EVENTS]).map_err(&failed)?;
        let (mut found, mut bytes, mut gap) = (Vec::new(), 0, None);
        'all: loop {
            let rows = work.query_portal(&portal, FETCHED).map_err(&failed)?;
            for row in &rows {
                let position: i64 = row.try_get(0).map_err(&failed)?;
                let expected = first + found.len() as i64;
                if position != expected {
                    gap = Some((expected, position));
                    break 'all;
                }
                let record = row.try_get(1).map_err(&failed)?;
                let entry = Entry { record, body: row.try_get(2).map_err(&failed)? };
                bytes += entry.record.len() + entry.body.as_ref().map_or(0, Vec::len);
                found.push(entry);
            }
            if rows.is_empty() || bytes >= MOST_BYTES {
                break;
            }
        }
        drop(portal);
        work.rollback().map_err(&failed)?;
        match gap {
            None => Ok(found),
            Some((expected, found)) => {
                let expected = format!("the event at {expected}");
                Err(self.damaged(expected, format!("the one at {found} after those before it")))
            }
        }
    }

    /// The event at a position; `None` if there is none.
    ///
    /// Errors: it cannot be read.
    pub fn event(&mut self, id: i32, position: u64) -> Result<Option<Entry>, DatabaseError> {
        let position = self.signed(position)?;
        let query = "SELECT record, body FROM annals.event WHERE ledger = $1 AND position = $2";
        let row = self.client.query_opt(query, &[&id, &position]);
        let row = row.map_err(self.failed("give an event"))?;
        let entry =
            |row: Row| Ok(Entry { record: self.value(&row, 0)?, body: self.value(&row, 1)? });
        row.map(entry).transpose()
    }

    /// Adds events at the head that they continue.
    ///
    /// Errors: [`DatabaseError::Failed`] if nothing was written, [`DatabaseError::Unknown`] if that
    /// is not known.
    pub fn commit(&mut self, id: i32, group: &RowGroup<'_>) -> Result<RowsWritten, DatabaseError> {
        self.commit_with(id, group, || ())
    }

    /// Adds events as [`Database::commit`] does; `before_commit` runs after the last statement of
    /// the transaction and before its COMMIT.
    ///
    /// Errors: as [`Database::commit`].
    pub(super) fn commit_with(
        &mut self,
        id: i32,
        group: &RowGroup<'_>,
        before_commit: impl FnOnce(),
    ) -> Result<RowsWritten, DatabaseError> {
        let RowGroup { from, to, root, entries, kept } = group;
        let failed = self.failed("add events");
        let (before, after) = (self.signed(from.size)?, self.signed(to.size)?);
        let records: Vec<&[u8]> = entries.iter().map(|entry| &*entry.record).collect();
        let bodies: Vec<Option<&[u8]>> =
            entries.iter().map(|entry| entry.body.as_deref()).collect();
        let hash = |head: &StoreHead| head.hash.map(|hash| hash.0.to_vec());
        let values: [(&(dyn ToSql + Sync), Type); 9] = [
            (&id, Type::INT4),
            (&after, Type::INT8),
            (&hash(to), Type::BYTEA),
            (&root.0.as_slice(), Type::BYTEA),
            (&before, Type::INT8),
            (&hash(from), Type::BYTEA),
            (kept, Type::TEXT),
            (&records, Type::BYTEA_ARRAY),
            (&bodies, Type::BYTEA_ARRAY),
        ];
        let mut work = self.client.transaction().map_err(&failed)?;
        // The answer is read: a transaction that the database gave up commits without an error.
        let added = work.execute_typed(COMMIT, &values).map_err(&failed)?;
        if added != entries.len() as u64 {
            drop(work);
            let row = self.head(id)?;
            return match row.moved.filter(|place| Some(place.as_str()) != *kept) {
                Some(place) => Err(DatabaseError::KeptElsewhere(kept_at(&place))),
                None => Ok(RowsWritten::Outrun(row.head)),
            };
        }
        self.unconfirmed.store(false, Ordering::SeqCst);
        before_commit();
        let committed = work.commit();
        match committed {
            Ok(()) if self.unconfirmed.swap(false, Ordering::SeqCst) => {
                Err(self.unknown("add events", "the wait for a standby was ended"))
            }
            Ok(()) => Ok(RowsWritten::Written),
            Err(error) if is_refused(&error) => Err(failed(error)),
            Err(error) => Err(self.unknown("add events", &words(&error))),
        }
    }

    /// Keeps documents, each whole or not at all, durably.
    ///
    /// Errors: they were not kept.
    pub fn keep(&mut self, id: i32, documents: &[(Hash, Vec<u8>)]) -> Result<(), DatabaseError> {
        let failed = self.failed("keep a document");
        for (digest, bytes) in documents {
            let digest = digest.0.as_slice();
            let mut work = self.client.transaction().map_err(&failed)?;
            if work.query_opt(IS_WHOLE, &[&id, &digest]).map_err(&failed)?.is_some() {
                work.rollback().map_err(&failed)?;
                continue;
            }
            let query = "INSERT INTO annals.document (ledger, sha256, part, bytes) \
                 VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
            let insert = work.prepare(query).map_err(&failed)?;
            for (bytes, part) in bytes.chunks(PART).zip(0_i32..) {
                work.execute(&insert, &[&id, &digest, &part, &bytes]).map_err(&failed)?;
            }
            let query = "INSERT INTO annals.whole (ledger, sha256, bytes) VALUES ($1, $2, $3) \
                 ON CONFLICT DO NOTHING";
            work.execute(query, &[&id, &digest, &(bytes.len() as i64)]).map_err(&failed)?;
            work.commit().map_err(&failed)?;
        }
        Ok(())
    }

    /// The bytes of a document; `None` if it is not there.
    ///
    /// Errors: it cannot be read, or is not the document of this digest.
    pub fn document(&mut self, id: i32, digest: &Hash) -> Result<Option<Vec<u8>>, DatabaseError> {
        let failed = self.failed("give a document");
        let there = "SELECT bytes FROM annals.whole WHERE ledger = $1 AND sha256 = $2";
        let values: [&(dyn postgres::types::ToSql + Sync); 2] = [&id, &digest.0.as_slice()];
        if self.client.query_opt(there, &values).map_err(&failed)?.is_none() {
            return Ok(None);
        }
        let parts = "SELECT bytes FROM annals.document WHERE ledger = $1 AND sha256 = $2 \
             ORDER BY part";
        let mut bytes = Vec::new();
        for row in self.client.query(parts, &values).map_err(&failed)? {
            bytes.extend_from_slice(row.try_get(0).map_err(&failed)?);
        }
        let found = Hash::of(&[&bytes]);
        match found == *digest {
            true => Ok(Some(bytes)),
            false => Err(self.damaged(format!("the document {digest}"), format!("{found}"))),
        }
    }

    /// The checkpoint of a record: its size, and the bytes of its note; `None` if it has none.
    ///
    /// Errors: it cannot be read.
    pub fn note(&mut self, id: i32) -> Result<Option<(u64, Vec<u8>)>, DatabaseError> {
        let query = "SELECT size, note FROM annals.checkpoint WHERE ledger = $1";
        let row = self.client.query_opt(query, &[&id]).map_err(self.failed("give a checkpoint"))?;
        let Some(row) = row else { return Ok(None) };
        let (size, note): (i64, Vec<u8>) = (self.value(&row, 0)?, self.value(&row, 1)?);
        Ok(Some((u64::try_from(size).unwrap_or(0), note)).filter(|(_, note)| !note.is_empty()))
    }

    /// Puts the checkpoint of a size, unless there is one of this size or a larger one. It need not
    /// be durable: the next writer signs what no checkpoint covers.
    ///
    /// Errors: it was not put.
    pub fn put_note(&mut self, id: i32, size: u64, note: &[u8]) -> Result<(), DatabaseError> {
        let failed = self.failed("put a checkpoint");
        let size = self.signed(size)?;
        let values: [(&(dyn ToSql + Sync), Type); 3] =
            [(&id, Type::INT4), (&size, Type::INT8), (&note, Type::BYTEA)];
        self.client.execute_typed(NOTE, &values).map(drop).map_err(failed)
    }

    /// Notes where a record of this head is kept from now on, in place of `from`; `None` is this
    /// database.
    ///
    /// Errors: it was not noted; its head is another one, or it is kept at a third place.
    pub fn move_record(
        &mut self,
        id: i32,
        head: &StoreHead,
        from: Option<&str>,
        to: Option<&str>,
    ) -> Result<(), DatabaseError> {
        let failed = self.failed("note where the record is kept");
        let (size, hash) = (self.signed(head.size)?, head.hash.map(|hash| hash.0.to_vec()));
        let query = "UPDATE annals.ledger SET moved = $2 \
             WHERE id = $1 AND size = $3 AND head IS NOT DISTINCT FROM $4 \
             AND moved IS NOT DISTINCT FROM $5";
        let values: [&(dyn ToSql + Sync); 5] = [&id, &to, &size, &hash, &from];
        if self.client.execute(query, &values).map_err(failed)? == 1 {
            return Ok(());
        }
        let row = self.head(id)?;
        match row.moved.filter(|place| Some(place.as_str()) != from) {
            Some(place) => Err(DatabaseError::KeptElsewhere(kept_at(&place))),
            None => Err(self.damaged(
                format!("a record of {} events that ends as the one here", head.size),
                "another one",
            )),
        }
    }

    fn head_of(&self, row: &Row) -> Result<HeadRow, DatabaseError> {
        let (size, head, root): (i64, Option<Vec<u8>>, Vec<u8>) =
            (self.value(row, 0)?, self.value(row, 1)?, self.value(row, 2)?);
        let form = || self.damaged("a size and hashes of 32 bytes", "another row of a record");
        let hash = |bytes: &[u8]| <[u8; 32]>::try_from(bytes).map(Hash).map_err(|_| form());
        let head = head.as_deref().map(hash).transpose()?;
        let size = u64::try_from(size).map_err(|_| form())?;
        let head = StoreHead { size, hash: head };
        Ok(HeadRow { head, root: hash(&root)?, moved: self.value(row, 3)? })
    }

    /// A value of a row; an error where the column is of another type than its table should have.
    pub(super) fn value<'a, T: FromSql<'a>>(
        &self,
        row: &'a Row,
        column: usize,
    ) -> Result<T, DatabaseError> {
        row.try_get(column).map_err(self.failed("give a value of the expected type"))
    }

    fn expect_row(&self, row: Option<Row>) -> Result<Row, DatabaseError> {
        row.ok_or_else(|| self.no_row())
    }

    fn no_row(&self) -> DatabaseError {
        self.damaged("the row of the record", "none")
    }

    pub(super) fn unknown(&self, doing: &str, why: &str) -> DatabaseError {
        let (address, doing) = (self.address.to_string(), doing.to_owned());
        DatabaseError::Unknown { address, doing, why: why.to_owned() }
    }

    /// A number as the database has it.
    pub(super) fn signed(&self, number: u64) -> Result<i64, DatabaseError> {
        let large = |_| self.damaged("a position below 2^63", number.to_string());
        i64::try_from(number).map_err(large)
    }
}

/// That a record is kept elsewhere.
fn kept_at(place: &str) -> String {
    format!("the record is kept in {place}, not in this database; it is served from there")
}

/// Whether the database answered a commit, and refused it.
fn is_refused(error: &postgres::Error) -> bool {
    use postgres::error::SqlState;
    error.as_db_error().is_some_and(|error| {
        let code = error.code();
        // The class 40 means that the transaction was rolled back, but for 40003; of the others
        // the integrity of keys and checks does.
        code.code().starts_with("23")
            || code.code().starts_with("40") && *code != SqlState::T_R_STATEMENT_COMPLETION_UNKNOWN
    })
}
