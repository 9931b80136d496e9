//! Opening a record to read it: the journal of a ledger, never the store, or what is published;
//! nothing is written to either.
//!
//! Always holds: a reader waits for no writer and works on read-only media. Files are read in the
//! reverse order of writing (checkpoint, mark, then journal), so the journal read beside a writer
//! is never shorter than its checkpoint. Events that are not yet signed can be left out
//! ([`Record::signed`]). Not here: writing (`writer`), verdicts (`audit`).
//! Source: FORMAT.md section 9.

pub mod published;
pub mod source;

use crate::archive::bag::read::sizes;
use crate::disk::together::cores;
use crate::disk::unread::{UnreadFile, UnreadFiles};
use crate::disk::{self, DiskError, lock};
use crate::index::{Index, IndexError};
use crate::journal::Journal;
use crate::keys::{HighWaterMarks, KeysError, Mark};
use crate::ledger::error::LedgerError;
use crate::ledger::folder_kind::bag_around;
use crate::ledger::following::FollowingMark;
use crate::ledger::imported::ImportStatus;
use crate::ledger::paths::Paths;
use crate::ledger::published_place::PublishedPlace;
use crate::ledger::reader::source::RecordSource;
use annals_core::event::Entry;
use annals_core::event::args::Args;
use annals_core::event::body::Body;
use annals_core::event::record::Reading;
use annals_core::hash::Hash;
use annals_core::pin::{LogKeys, Pin};
use annals_core::tlog::{Checkpoint, MAX_NOTE, Note};
use annals_core::verify::anchors::Anchors;
use annals_core::verify::source::Source;
use annals_core::verify::{Options, Report, verify};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// How long a reader waits for a writer to update the index.
const MOMENT: Duration = Duration::from_millis(20);

/// A record open for reading.
pub struct Record {
    /// Its paths.
    pub paths: Paths,
    /// Its events and documents.
    pub source: RecordSource,
    /// The bytes of its checkpoint.
    pub checkpoint: Option<Vec<u8>>,
    /// If this is a part of a record, the number of events of the whole, by its own account.
    pub part_of: Option<u64>,
    /// The last mark of the log key for this record; an error is rule 911.
    pub mark: Result<Option<Mark>, KeysError>,
    /// Its index, or the reason why it cannot be used.
    index: Result<Index, IndexError>,
    /// The first fault found in the index during a query.
    index_wrong: Mutex<Option<(String, &'static str)>>,
    /// The first problem that may have made an answer wrong.
    trouble: Mutex<Option<String>>,
    /// The events whose bodies were requested and are not in the published record.
    absent: Mutex<BTreeSet<u64>>,
    /// The most events that an answer may read; `None`: all.
    bound: Option<u64>,
    /// Of a record that is opened for a verdict: its files that cannot be read.
    unread: Option<Arc<UnreadFiles>>,
}

/// A document in a copy of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DocumentFound {
    /// The bytes of the document, with the expected digest.
    Whole(Vec<u8>),
    /// A file of this name with another digest: its bytes are not shown as the document's.
    Damaged,
    /// There is no file of this name.
    Absent,
}

impl Record {
    /// Opens the ledger at `paths`.
    pub fn open(paths: Paths) -> Result<Record, LedgerError> {
        Record::open_with(paths, None)
    }

    /// Opens the ledger at `paths` for a verdict: a file that cannot be read counts as missing, and
    /// is named ([`Record::unread`]).
    pub fn open_for_verdict(paths: Paths) -> Result<Record, LedgerError> {
        Record::open_with(paths, Some(Arc::default()))
    }

    /// Opens it again, as it was opened.
    pub fn again(&self) -> Result<Record, LedgerError> {
        Record::open_with(self.paths.clone(), self.unread.as_ref().map(|_| Arc::default()))
    }

    /// The files that could not be read so far, by name, each with the reason.
    pub fn unread(&self) -> BTreeMap<String, UnreadFile> {
        self.unread.as_deref().map(UnreadFiles::all).unwrap_or_default()
    }

    fn open_with(paths: Paths, unread: Option<Arc<UnreadFiles>>) -> Result<Record, LedgerError> {
        paths.expect_ledger()?;
        let checkpoint = match (checkpoint(&paths), &unread) {
            (Err(error), Some(unread)) => {
                unread.keep("checkpoint", &error);
                None
            }
            (found, _) => found?,
        };
        // A copy may be behind a log key that is on the same machine.
        let mark = match FollowingMark::is_at(&paths)? {
            true => Ok(None),
            false => last_mark(&paths, unread.as_ref())?,
        };
        let covered = covered(checkpoint.as_deref());
        let journal = Journal::open_around(&paths.ledger, covered, unread.clone())?;
        let index = index_of(&paths, &journal);
        let part_of = part_of(&paths, journal.size())?;
        let (index_wrong, trouble, absent) = Default::default();
        let source = RecordSource::Journal(journal);
        let bound = None;
        Ok(Record {
            paths,
            source,
            checkpoint,
            part_of,
            mark,
            index,
            index_wrong,
            trouble,
            absent,
            bound,
            unread,
        })
    }

    /// Opens a ledger at its checkpoint, of which journal and index are open, for answers that read
    /// at most `bound` events each. Where the index cannot answer, nothing is folded: that is an
    /// error.
    pub fn bounded(
        paths: Paths,
        journal: Journal,
        index: Index,
        checkpoint: Vec<u8>,
        bound: u64,
    ) -> Result<Record, LedgerError> {
        let part_of = ImportStatus::of(&paths)?.part_of(journal.size());
        Ok(Record {
            paths,
            source: RecordSource::Journal(journal),
            checkpoint: Some(checkpoint),
            part_of,
            mark: Ok(None),
            index: Ok(index),
            index_wrong: Mutex::default(),
            trouble: Mutex::default(),
            absent: Mutex::default(),
            bound: Some(bound),
            unread: None,
        })
    }

    /// Whether answers may read a part of the record alone.
    pub fn is_bounded(&self) -> bool {
        self.bound.is_some()
    }

    /// The most events that an answer may read; all, if it is not bounded.
    pub fn bound(&self) -> u64 {
        self.bound.unwrap_or(u64::MAX)
    }

    /// Refuses an answer that would read so many events; `what` says which.
    pub fn expect_bound(&self, events: u64, what: &str) -> Result<(), LedgerError> {
        match self.bound {
            Some(bound) if events > bound => {
                Err(LedgerError::BeyondBound { bound, what: what.to_owned() })
            }
            _ => Ok(()),
        }
    }

    /// The journal of the ledger.
    ///
    /// Errors: the record is a published one, which has none.
    pub fn journal(&self) -> Result<&Journal, LedgerError> {
        match &self.source {
            RecordSource::Journal(journal) => Ok(journal),
            RecordSource::Published(..) => {
                Err(LedgerError::AnotherFolder(self.paths.ledger.clone(), self.paths.published()))
            }
        }
    }

    /// Whether this is a published record, beside which nothing of a ledger is.
    pub fn is_published(&self) -> bool {
        matches!(self.source, RecordSource::Published(..))
    }

    /// The index, or the reason why it cannot be used.
    pub fn index(&self) -> Result<&Index, &IndexError> {
        self.index.as_ref()
    }

    /// Records that an answer was folded because the index could not give it.
    pub fn folded_for(&self, why: &IndexError) {
        if why.is_wrong() {
            let mut wrong = self.index_wrong.lock().unwrap_or_else(PoisonError::into_inner);
            wrong.get_or_insert_with(|| (why.to_string(), why.advice()));
        }
    }

    /// The fault found in the index during a query, if any, and what to do about it.
    pub fn index_wrong(&self) -> Option<(String, &'static str)> {
        self.index_wrong.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Records a problem that may make an answer wrong.
    pub fn keep_trouble(&self, why: String) {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(why);
    }

    /// The problem that may have made an answer wrong, if any.
    pub fn trouble(&self) -> Option<String> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Records that the body of an event is not in what is published, although no event withholds
    /// it. What is missing in a ledger is a fault of its journal, and found as one.
    pub fn keep_absent(&self, position: u64) {
        if self.is_published() {
            self.absent.lock().unwrap_or_else(PoisonError::into_inner).insert(position);
        }
    }

    /// The number of events whose bodies were requested and are missing from the published record.
    pub fn absent(&self) -> usize {
        self.absent.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Whether the record comes from a server: what does not come is not known to be missing.
    pub fn is_served(&self) -> bool {
        matches!(&self.source, RecordSource::Published(PublishedPlace::Address(_), _))
    }

    /// Opens the signed part of the ledger at `paths`: beside a writer at work, the record up to
    /// its checkpoint. Without a writer, the whole record, including events that an interrupted
    /// writer left unsigned.
    pub fn signed(paths: Paths) -> Result<Record, LedgerError> {
        let mut record = Record::open(paths)?;
        loop {
            let signed = covered(record.checkpoint.as_deref());
            let Some(signed) = signed.filter(|signed| *signed < record.size()) else {
                return Ok(record);
            };
            let there = |mark: &Mark| mark.size <= record.size();
            let marks = record.mark.as_ref().is_ok_and(|mark| mark.as_ref().is_none_or(there));
            if marks
                && lock::is_held(&record.paths.lock())
                && let Some(journal) = record.journal()?.up_to(signed)?
            {
                record.index = index_of(&record.paths, &journal);
                // A mark of events that are left out does not concern the earlier ones.
                record.mark = record.mark.map(|mark| mark.filter(|mark| mark.size <= signed));
                return Ok(Record { source: RecordSource::Journal(journal), ..record });
            }
            let again = Record::open(record.paths.clone())?;
            if again.fingerprint() == record.fingerprint() {
                return Ok(again);
            }
            record = again;
        }
    }

    /// Whether the ledger changed since it was opened, or a writer is at work on it.
    pub fn has_moved(&self) -> bool {
        let now = self.again();
        lock::is_held(&self.paths.lock())
            || now.map_or(true, |now| now.fingerprint() != self.fingerprint())
    }

    /// The values that change with each write.
    fn fingerprint(&self) -> (Option<&[u8]>, Option<&Mark>, u64, Option<Hash>) {
        let mark = self.mark.as_ref().ok().and_then(Option::as_ref);
        (self.checkpoint.as_deref(), mark, self.size(), self.source.root())
    }

    /// The number of events.
    pub fn size(&self) -> u64 {
        self.source.size()
    }

    /// Refuses a ledger's journal without an event.
    pub fn expect_events(&self) -> Result<(), LedgerError> {
        match (self.size(), &self.source) {
            (0, RecordSource::Journal(_)) => self.paths.expect_events(),
            _ => Ok(()),
        }
    }

    /// Whether its journal is empty: nothing that an answer says of it is of the record that was
    /// there.
    pub fn is_emptied(&self) -> bool {
        self.expect_events().is_err()
    }

    /// Verifies the record against checkpoint, mark and itself: everything that a verdict checks in
    /// the ledger's own files, except bodies and documents.
    pub fn against(&self) -> Result<Report, LedgerError> {
        let mark = self.mark.as_ref().ok().and_then(Option::as_ref).map(Mark::marked_checkpoint);
        let anchors = Anchors { checkpoint: self.checkpoint.clone(), mark, pin: None };
        let jobs = cores();
        let options = Options { contents: false, ..Options::whole(jobs) };
        Ok(verify(&self.source, &anchors, options)?)
    }

    /// The state after the first `until` events, without checking signatures and content; for
    /// reading.
    pub fn state(&self, until: u64) -> Result<Report, LedgerError> {
        if self.bound.is_some() {
            let wrong = self.index_wrong().map(|(why, _)| why);
            let wrong = wrong.unwrap_or_else(|| "the index cannot answer".to_owned());
            return Err(LedgerError::IndexFailed(wrong));
        }
        Ok(verify(&self.source, &Anchors::default(), Options::state(until))?)
    }

    /// A document of this copy, by its digest.
    pub fn document(&self, digest: &Hash) -> Result<DocumentFound, LedgerError> {
        Ok(match self.source.document(digest)? {
            None => DocumentFound::Absent,
            Some(bytes) if Hash::of(&[&bytes]) == *digest => DocumentFound::Whole(bytes),
            Some(_) => DocumentFound::Damaged,
        })
    }

    /// Reads the entry at a position.
    pub fn event(&self, position: u64) -> Result<Option<ReadEvent>, LedgerError> {
        let entries = self.source.read(position..position + 1)?;
        Ok(entries.into_iter().next().map(|entry| ReadEvent::of(&entry)))
    }

    /// Whether this is the root of the first `size` events. What the index does not confirm, the
    /// events decide.
    pub fn has_root(&self, size: u64, root: Hash) -> Result<bool, LedgerError> {
        if self.index().is_ok_and(|index| index.root(size).is_ok_and(|found| found == root)) {
            return Ok(true);
        }
        Ok(self.source.tree(size)?.root() == root)
    }

    /// Calls `each` with every event from `from` up to `until`, in order, while `each` returns
    /// true.
    pub fn each(
        &self,
        from: u64,
        until: u64,
        each: &mut dyn FnMut(u64, ReadEvent) -> bool,
    ) -> Result<(), LedgerError> {
        for entry in self.source.entries(from)? {
            let (position, entry) = entry?;
            if position >= until || !each(position, ReadEvent::of(&entry)) {
                break;
            }
        }
        Ok(())
    }
}

/// An event, as far as it can be read.
pub struct ReadEvent {
    /// Its record.
    pub reading: Reading,
    /// Its body, if it is present and well formed.
    pub body: Option<Body>,
}

impl ReadEvent {
    /// Reads an entry.
    pub fn of(entry: &Entry) -> ReadEvent {
        let body = entry.body.as_ref().and_then(|bytes| Body::parse(bytes).ok());
        ReadEvent { reading: Reading::of(&entry.record), body }
    }
}

/// Opens the index of a journal. A writer updates the index just after the journal, so a reader
/// waits for a short time for an index that is behind.
fn index_of(paths: &Paths, journal: &Journal) -> Result<Index, IndexError> {
    let root = journal.root().ok_or(IndexError::Absent)?;
    let open = || Index::open(&paths.ledger, journal.size(), root);
    match open() {
        Err(IndexError::Behind { .. } | IndexError::Other(_) | IndexError::Damaged(_))
            if lock::is_held(&paths.lock()) =>
        {
            thread::sleep(MOMENT);
            open()
        }
        other => other,
    }
}

/// The last mark of the origin that event 0 names; the inner error is rule 911.
fn last_mark(
    paths: &Paths,
    unread: Option<&Arc<UnreadFiles>>,
) -> Result<Result<Option<Mark>, KeysError>, LedgerError> {
    let first = Journal::opening(&paths.ledger, unread.map(Arc::as_ref))?
        .map(|entry| Reading::of(&entry.record));
    let origin = first.and_then(|reading| match reading.statement?.args {
        Args::LedgerOpened(args) => Some(args.origin),
        _ => None,
    });
    let marks = HighWaterMarks::at(paths.marks());
    if marks.is_out_of_reach() {
        return Ok(Ok(None));
    }
    Ok(origin.map_or(Ok(None), |origin| marks.last_for(&origin)))
}

/// What an auditor keeps of a verified record: all of it that is signed for.
pub fn pin_of(report: &Report, anchors: &Anchors) -> Option<Pin> {
    let checkpoint =
        report.anchors.checkpoint.clone().filter(|_| report.anchors.checkpoint_holds)?;
    let note = Note::parse(anchors.checkpoint.as_deref()?)?;
    let at = report.heads.get(&checkpoint.size)?;
    let by_then = |keys: &&LogKeys| keys.size <= checkpoint.size;
    Some(Pin {
        genesis: report.genesis?,
        head: at.head?,
        peaks: at.peaks.clone(),
        log: report.log.iter().filter(by_then).copied().collect(),
        note,
        checkpoint,
    })
}

/// The number of events of the whole record, if a ledger of `size` events is a part of one by its
/// own account, or by that of the bag around it.
pub fn part_of(paths: &Paths, size: u64) -> Result<Option<u64>, DiskError> {
    let imported = ImportStatus::of(paths)?.part_of(size);
    let Some(bag) = bag_around(&paths.ledger)?.filter(|_| imported.is_none()) else {
        return Ok(imported);
    };
    let sizes = sizes(&bag)?.filter(|sizes| sizes.bag == size && sizes.record > size);
    Ok(sizes.map(|sizes| sizes.record))
}

/// The size in a checkpoint, if it is well formed.
pub fn covered(checkpoint: Option<&[u8]>) -> Option<u64> {
    Checkpoint::parse(&Note::parse(checkpoint?)?.text).map(|checkpoint| checkpoint.size)
}

/// The bytes of a ledger's checkpoint, or `None` if there is none. A file longer than a note may be
/// is truncated; it is malformed either way.
pub fn checkpoint(paths: &Paths) -> Result<Option<Vec<u8>>, DiskError> {
    match disk::read_up_to(&paths.checkpoint(), MAX_NOTE as u64 + 1) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.is_missing() => Ok(None),
        Err(error) => Err(error),
    }
}
