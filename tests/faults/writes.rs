//! Each write of a commit fails, and what it wrote is kept or lost: the caller cannot tell which,
//! and the next writer, with the same drafts, ends in the same record either way.

use crate::newsroom::{EVENTS, JOURNAL, Newsroom, fact, newsroom};
use annals::disk::DiskError;
use annals::disk::append::{Appender, Medium};
use annals::journal::Journal;
use annals::ledger::error::LedgerError;
use annals::ledger::writer::store_entries;
use annals::store::faulty::{Fails, Faulty};
use annals::store::{Store, StoreError, sled};
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// Which steps of an append fail, and what is on the disk then.
#[derive(Clone, Copy, Debug)]
struct Failing {
    /// The write fails after so many bytes.
    write: Option<usize>,
    /// The sync fails.
    sync: bool,
    /// Cutting back fails.
    cut: bool,
    /// After a failed sync the bytes are gone.
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

    fn cut(&mut self, length: u64) -> io::Result<()> {
        match self.failing.cut {
            true => Err(failed()),
            false => self.file.set_len(length),
        }
    }
}

/// The newsroom and what it becomes by one more fact; before it that is in the outbox.
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
        // Nothing, half or all of it was written, and is cut back.
        (Failing { write: Some(0), ..good }, false, 0),
        (Failing { write: Some(half), ..good }, false, 0),
        (Failing { write: Some(commit.len()), ..good }, false, 0),
        // It cannot be cut back, or nobody knows whether it was.
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
    Box::new(sled::open(path).unwrap())
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
