//! Each write of a commit fails, and its bytes are kept or lost: the caller cannot distinguish
//! this, and the next writer, with the same drafts, gives the same record in both cases.

use crate::faults::newsroom::{EVENTS, JOURNAL, Newsroom, fact, newsroom};
use annals::disk::DiskError;
use annals::disk::append::{Appender, Medium};
use annals::journal::{Journal, JournalError, JournalWriter, ROTATE_AT};
use annals::ledger::error::LedgerError;
use annals::ledger::write::writer::store_entries;
use annals::store::faulty::{Fails, Faulty};
use annals::store::{Store, StoreError, sled};
use annals_core::hash::Hash;
use annals_core::verdict::Verdict;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// The failing steps of an append, and the resulting file.
#[derive(Clone, Copy, Debug)]
struct Failing {
    /// The write fails after this number of bytes.
    write: Option<usize>,
    /// The sync fails.
    sync: bool,
    /// The truncation fails.
    cut: bool,
    /// The bytes are lost after a failed sync.
    lost: bool,
}

struct Fragile {
    file: File,
    length: u64,
    failing: Failing,
}

fn failed() -> io::Error {
    io::Error::other("as told")
}

impl Medium for Fragile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let Some(most) = self.failing.write else { return self.file.write_all(bytes) };
        self.file.write_all(&bytes[..most])?;
        Err(failed())
    }

    fn sync(&mut self) -> io::Result<()> {
        if !self.failing.sync {
            return self.file.sync_data();
        }
        if self.failing.lost {
            self.file.set_len(self.length)?;
        }
        Err(failed())
    }

    fn truncate(&mut self, length: u64) -> io::Result<()> {
        match self.failing.cut {
            true => Err(failed()),
            false => self.file.set_len(length),
        }
    }

    fn length(&self) -> io::Result<u64> {
        Ok(self.file.metadata()?.len())
    }
}

/// The newsroom, and the newsroom with one more fact; before that the fact is in the outbox.
fn before_and_after() -> (Newsroom, Newsroom) {
    let before = newsroom();
    let drafts = fact("Lavrov spoke.", "Lavrov said");
    before.write("drafts.jsonl", &drafts);
    before.keep(&drafts);
    let after = before.copy();
    assert_eq!(after.run("append drafts.jsonl").exit, 0);
    (before, after)
}

fn expect_finished(room: &Newsroom, after: &Newsroom, why: &str) {
    let answer = room.run("append drafts.jsonl");
    assert_eq!(answer.exit, 0, "{why}: {answer:?}");
    assert!(room.read(JOURNAL) == after.read(JOURNAL), "{why}");
    room.expect_whole(EVENTS + 1);
}

#[test]
fn the_journals_write_fails_kept_and_lost() {
    let (before, after) = before_and_after();
    let start = before.read(JOURNAL).len();
    let commit = after.read(JOURNAL)[start..].to_vec();
    let good = Failing { write: None, sync: false, cut: false, lost: false };
    let half = commit.len() / 2;
    let cases = [
        // Nothing, half or all of it was written, and is truncated.
        (Failing { write: Some(0), ..good }, false, 0),
        (Failing { write: Some(half), ..good }, false, 0),
        (Failing { write: Some(commit.len()), ..good }, false, 0),
        // The truncation fails, or its result is unknown.
        (Failing { write: Some(half), cut: true, ..good }, true, half),
        (Failing { write: Some(commit.len()), cut: true, ..good }, true, commit.len()),
        (Failing { write: Some(half), sync: true, ..good }, true, 0),
        // The sync fails: kept, lost.
        (Failing { sync: true, ..good }, true, commit.len()),
        (Failing { sync: true, lost: true, ..good }, true, 0),
    ];
    for (failing, unknown, kept) in cases {
        let room = before.copy();
        let path = room.path(JOURNAL);
        let file = OpenOptions::new().append(true).open(&path).unwrap();
        let medium = Fragile { file, length: start as u64, failing };
        let mut appender = Appender::over(medium, &path, start as u64);
        let error = appender.append(&commit).unwrap_err();
        let told = matches!(error, DiskError::Unknown { .. });
        assert_eq!(told, unknown, "{failing:?}: {error}");
        if unknown {
            let again = appender.append(&commit).unwrap_err();
            assert!(matches!(again, DiskError::Poisoned { .. }), "{failing:?}: {again}");
        }
        drop(appender);
        assert_eq!(room.read(JOURNAL).len(), start + kept, "{failing:?}");
        expect_finished(&room, &after, &format!("{failing:?}"));
    }
}

fn open_store(path: &Path) -> Box<dyn Store> {
    Box::new(sled::open(path, 0).unwrap())
}

#[test]
fn the_stores_write_fails_kept_and_lost() {
    let (before, after) = before_and_after();
    let journal = Journal::open(&after.path("ledger"), Some(EVENTS + 1)).unwrap();
    let entries = journal.read(EVENTS..EVENTS + 1).unwrap();
    for fails in [Fails::Kept, Fails::Lost] {
        let room = before.copy();
        room.write(JOURNAL, after.read(JOURNAL));
        let mut store = Faulty::new(open_store(&room.path("ledger/db")), 1, fails);
        let error = store_entries(&mut store, EVENTS, &entries).unwrap_err();
        assert!(matches!(error, LedgerError::StoreIo(StoreError::Unknown(_))), "{error}");
        drop(store);
        let size = open_store(&room.path("ledger/db")).head().unwrap().size;
        assert_eq!(size, EVENTS + u64::from(fails == Fails::Kept));
        expect_finished(&room, &after, &format!("{fails:?}"));
    }
}

/// If the lock has no effect: what another writer wrote and acknowledged is neither truncated nor
/// written behind.
#[test]
fn what_another_writer_wrote_is_refused_and_not_cut_off() {
    let (room, _) = before_and_after();
    let (ledger, covered) = (room.path("ledger"), Some(EVENTS));
    // A writer that has read the journal, and one that is about to write; with torn bytes after the
    // end, which a writer moves aside, and without.
    for torn in ["", "torn"] {
        let room = room.copy();
        let ledger = room.path("ledger");
        let whole = room.read(JOURNAL);
        room.write(JOURNAL, [&whole[..], torn.as_bytes()].concat());
        let read = Journal::open(&ledger, covered).unwrap();
        expect_finished_by(&room);
        let written = room.read(JOURNAL);
        let refused = JournalWriter::resume(&read, ROTATE_AT).unwrap_err();
        let told = refused.to_string();
        assert!(told.contains("another process writes to it at the same time"), "{told}");
        assert!(room.read(JOURNAL) == written, "nothing is cut off");
    }
    let (mut late, _) = JournalWriter::open(&ledger, covered, ROTATE_AT).unwrap();
    expect_finished_by(&room);
    let written = room.read(JOURNAL);
    let entries = Journal::open(&ledger, None).unwrap().read(EVENTS..EVENTS + 1).unwrap();
    let refused = late.commit(&entries, EVENTS + 1, Hash::of(&[b"root"])).unwrap_err();
    let JournalError::Disk(DiskError::Changed { .. }) = &refused else { panic!("{refused}") };
    assert_eq!(LedgerError::from(refused).verdict(), Verdict::Conflict);
    assert!(room.read(JOURNAL) == written, "nothing is written behind it");
    room.expect_whole(EVENTS + 1);
}

fn expect_finished_by(room: &Newsroom) {
    let answer = room.run("append drafts.jsonl");
    assert_eq!(answer.exit, 0, "{answer:?}");
}
