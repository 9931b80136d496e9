//! A record whose stamp holds: its journal and its index, without a verification.
//!
//! Always holds: the checkpoint in its place is of the size and the root of the stamp. Not here:
//! when a stamp holds (`stamp`), whether the mark is of it too (`writer`).

use crate::journal::Journal;
use crate::ledger::error::LedgerError;
use crate::ledger::paths::Paths;
use crate::ledger::reader;
use crate::ledger::write::slice::RecordSlice;
use crate::ledger::write::stamp::LedgerStamp;
use annals_core::key::PublicKey;
use annals_core::text::Origin;
use annals_core::tlog::{Checkpoint, Note};

/// A record whose stamp holds.
pub struct StampedRecord {
    /// Its checkpoint, as it is in its file.
    pub note: Vec<u8>,
    /// Its stamp.
    pub stamp: LedgerStamp,
    /// Its journal.
    pub journal: Journal,
    /// Its index, and what was read through it.
    pub slice: RecordSlice,
}

impl StampedRecord {
    /// The record, if its stamp is signed by one of these keys and holds.
    pub fn open(paths: &Paths, keys: &[PublicKey]) -> Result<Option<StampedRecord>, LedgerError> {
        let Some(note) = reader::checkpoint(paths)? else { return Ok(None) };
        let signed = Note::parse(&note).and_then(|note| Checkpoint::parse(&note.text));
        let Some(signed) = signed else { return Ok(None) };
        let Ok(origin) = Origin::new(signed.origin.as_str()) else { return Ok(None) };
        for key in keys {
            let Some(stamp) = LedgerStamp::read(paths, &origin, key)? else { continue };
            if (signed.size, signed.root) != (stamp.size, stamp.root) {
                return Ok(None);
            }
            let journal = Journal::open_known(&paths.ledger, stamp.size, stamp.root)?;
            let terms = stamp.length("terms").unwrap_or(0);
            let opened = RecordSlice::open(&paths.ledger, stamp.size, stamp.root, terms);
            return Ok(opened.ok().map(|slice| StampedRecord { note, stamp, journal, slice }));
        }
        Ok(None)
    }
}
