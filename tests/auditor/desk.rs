//! A folder with a record in it, and the program run there.

use crate::support::files::{CHECKPOINT, note};
use crate::support::{Files, Ledger, acts};
use std::path::PathBuf;
use std::process::Command;
use tempfile::TempDir;

pub struct Desk {
    folder: TempDir,
}

pub struct Answer {
    pub out: String,
    pub err: String,
    pub exit: i32,
}

impl Answer {
    /// Whether a line of standard output begins with this.
    pub fn says(&self, start: &str) -> bool {
        self.out.lines().any(|line| line.starts_with(start))
    }
}

impl Desk {
    pub fn with(files: &Files) -> Desk {
        let desk = Desk { folder: tempfile::tempdir().unwrap() };
        desk.put(files);
        desk
    }

    /// Puts another record, or another copy, in place of the present one; other files stay.
    pub fn put(&self, files: &Files) {
        let _ = std::fs::remove_dir_all(self.path("ledger"));
        std::fs::create_dir_all(self.path("ledger/journal")).unwrap();
        for (name, bytes) in files {
            let path = self.path(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    pub fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// Runs `annals` with these words, split at spaces.
    pub fn run(&self, line: &str) -> Answer {
        let mut command = Command::new(env!("CARGO_BIN_EXE_annals"));
        command.current_dir(self.folder.path()).args(line.split(' '));
        for name in ["ANNALS_LEDGER", "ANNALS_KEYS", "ANNALS_EDITOR"] {
            command.env_remove(name);
        }
        let done = command.env("ANNALS_CLOCK", "2026-03-01T10:00:00Z").output().unwrap();
        Answer {
            out: String::from_utf8(done.stdout).unwrap(),
            err: String::from_utf8(done.stderr).unwrap(),
            exit: done.status.code().unwrap(),
        }
    }
}

/// A ledger with one event more than there are numbers: each changes the confirmations.
pub fn ledger(numbers: &[u8]) -> Ledger {
    let mut ledger = Ledger::opened();
    for number in numbers {
        ledger.sign("ada", acts::changed(u64::from(*number)));
    }
    ledger
}

/// The files of a ledger with another checkpoint.
pub fn signed(ledger: &Ledger, checkpoint: String) -> Files {
    let mut files = ledger.files();
    files.insert(CHECKPOINT.to_owned(), checkpoint.into_bytes());
    files
}

/// A checkpoint with any text, signed by the log key.
pub fn by_log(text: &str) -> String {
    note(text, &["log".to_owned()])
}
