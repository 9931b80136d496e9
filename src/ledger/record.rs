//! Opening a ledger to read it: the journal, never the store; nothing is written.
//!
//! Always holds: a reader waits for nobody and works on read-only media. Not here: writing
//! (`writer`), verdicts (`audit`). Source: FORMAT.md section 9.

use crate::disk::{self, DiskError, lock};
use crate::event::Entry;
use crate::event::body::Body;
use crate::event::record::Reading;
use crate::index::{Index, Unfit};
use crate::journal::Journal;
use crate::ledger::error::LedgerError;
use crate::ledger::paths::Paths;
use crate::tlog::{Checkpoint, MAX_NOTE, Note};
use crate::verify::ends::Ends;
use crate::verify::source::Source;
use crate::verify::{Options, Report, verify};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// How long a reader waits for a writer's index.
const MOMENT: Duration = Duration::from_millis(20);

/// A ledger open for reading.
pub struct Record {
    /// Where it is.
    pub paths: Paths,
    /// Its events.
    pub journal: Journal,
    /// The bytes of its checkpoint.
    pub checkpoint: Option<Vec<u8>>,
    /// Its index, or why it cannot answer.
    index: Result<Index, Unfit>,
    /// The first thing that was found wrong with the index where an answer asked it.
    index_wrong: Mutex<Option<String>>,
    /// The first thing that may have kept an answer from being right.
    trouble: Mutex<Option<String>>,
}

impl Record {
    /// Opens the ledger at `paths`.
    pub fn open(paths: Paths) -> Result<Record, LedgerError> {
        paths.expect_ledger(false)?;
        let checkpoint = checkpoint(&paths)?;
        let journal = Journal::open(&paths.ledger, covered(checkpoint.as_deref()))?;
        let index = index_of(&paths, &journal);
        let (index_wrong, trouble) = (Mutex::default(), Mutex::default());
        Ok(Record { paths, journal, checkpoint, index, index_wrong, trouble })
    }

    /// The index, or why it cannot answer.
    pub fn index(&self) -> Result<&Index, &Unfit> {
        self.index.as_ref()
    }

    /// Keeps that an answer was folded, because the index could not give it.
    pub fn folded_for(&self, why: &Unfit) {
        if why.is_wrong() {
            let mut wrong = self.index_wrong.lock().unwrap_or_else(PoisonError::into_inner);
            wrong.get_or_insert_with(|| why.to_string());
        }
    }

    /// What is wrong with the index, where an answer asked it.
    pub fn index_wrong(&self) -> Option<String> {
        self.index_wrong.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Keeps that an answer may not be right.
    pub fn keep_trouble(&self, why: String) {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(why);
    }

    /// What may have kept an answer from being right.
    pub fn trouble(&self) -> Option<String> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The number of events.
    pub fn size(&self) -> u64 {
        self.journal.size()
    }

    /// The state after the first `until` events, without signatures and content: for reading.
    pub fn state(&self, until: u64) -> Result<Report, LedgerError> {
        Ok(verify(&self.journal, &Ends::default(), Options::state(until))?)
    }

    /// The entry at a position, read.
    pub fn event(&self, position: u64) -> Result<Option<ReadEvent>, LedgerError> {
        let entries = self.journal.read(position..position + 1)?;
        Ok(entries.into_iter().next().map(|entry| ReadEvent::of(&entry)))
    }

    /// Every event from `from` up to `until`, in order; `each` says whether to go on.
    pub fn each(
        &self,
        from: u64,
        until: u64,
        each: &mut dyn FnMut(u64, ReadEvent) -> bool,
    ) -> Result<(), LedgerError> {
        for span in self.journal.walk(from)? {
            let span = span?;
            for (entry, position) in span.entries.iter().zip(span.first..) {
                if position >= until || !each(position, ReadEvent::of(entry)) {
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}

/// An event as it is read for people: what of it could be read.
pub struct ReadEvent {
    /// Its record.
    pub reading: Reading,
    /// Its body, if it is there and in form.
    pub body: Option<Body>,
}

impl ReadEvent {
    /// Reads an entry.
    pub fn of(entry: &Entry) -> ReadEvent {
        let body = entry.body.as_ref().and_then(|bytes| Body::parse(bytes).ok());
        ReadEvent { reading: Reading::of(&entry.record), body }
    }
}

/// The index of a journal. A writer writes it just after the journal, so one that is behind is
/// waited for, for a moment.
fn index_of(paths: &Paths, journal: &Journal) -> Result<Index, Unfit> {
    let root = journal.root().ok_or(Unfit::Absent)?;
    let open = || Index::open(&paths.ledger, journal.size(), root);
    match open() {
        Err(Unfit::Behind { .. } | Unfit::Other(_) | Unfit::Damaged(_))
            if lock::is_held(&paths.lock()) =>
        {
            thread::sleep(MOMENT);
            open()
        }
        other => other,
    }
}

/// The size that a checkpoint speaks of, if it is in form.
pub fn covered(checkpoint: Option<&[u8]>) -> Option<u64> {
    Checkpoint::parse(&Note::parse(checkpoint?)?.text).map(|checkpoint| checkpoint.size)
}

/// The bytes of a ledger's checkpoint, or `None` where there is none. One of more bytes than a
/// note may have is cut there: it is not in form either way.
pub fn checkpoint(paths: &Paths) -> Result<Option<Vec<u8>>, DiskError> {
    match disk::read_up_to(&paths.checkpoint(), MAX_NOTE as u64 + 1) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.is_missing() => Ok(None),
        Err(error) => Err(error),
    }
}

/// The bytes of a file, or `None` where there is none.
pub fn read_if_there(path: &Path, bound: u64) -> Result<Option<Vec<u8>>, DiskError> {
    match disk::read(path, bound) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.is_missing() => Ok(None),
        Err(error) => Err(error),
    }
}
