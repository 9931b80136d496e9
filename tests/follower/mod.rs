//! Copies that follow a published record: made, brought up to date, lied to, and stopped.
//!
//! Always holds: a copy is compared with a fresh one, and with what it was, file by file. Not here:
//! each system call of a clone and of a pull (`torture`).

mod killed;
mod lies;
mod story;
mod withheld;

use crate::archive::publish_targets::{cut, write};
use crate::support::Ledger;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A folder with a ledger, what is published of it in `www`, and a cache.
pub struct Desk {
    place: tempfile::TempDir,
}

#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Desk {
    /// The first `size` events of a ledger, published.
    pub fn of(ledger: &Ledger, size: u64) -> Desk {
        let desk = Desk { place: tempfile::tempdir().unwrap() };
        desk.publish(ledger, size);
        desk
    }

    /// Publishes a later size in the same folder.
    pub fn publish(&self, ledger: &Ledger, size: u64) {
        write(self.place.path(), &cut(ledger, size).files());
        self.good(&["publish", "www", "--ledger", "ledger"]);
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.place.path().join(name)
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_annals"));
        command.current_dir(self.place.path()).args(arguments).stdin(Stdio::null());
        for name in ["ANNALS_LEDGER", "ANNALS_KEYS", "ANNALS_EDITOR"] {
            command.env_remove(name);
        }
        command.env("ANNALS_CACHE", self.path("cache"));
        command.env("ANNALS_CLOCK", "2026-11-29T08:00:00Z");
        command
    }

    pub fn annals(&self, arguments: &[&str]) -> Answer {
        let done = self.command(arguments).output().expect("annals runs");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
        let (out, err) = (self.shown(&text(done.stdout)), self.shown(&text(done.stderr)));
        let note = "note: the clock is set to 2026-11-29T08:00:00.000000Z by ANNALS_CLOCK\n";
        Answer { code: done.status.code().unwrap_or(-1), out, err: err.replace(note, "") }
    }

    /// The text with the folder left out.
    fn shown(&self, text: &str) -> String {
        let real = self.place.path().canonicalize().unwrap();
        text.replace(real.to_str().unwrap(), "DESK")
    }

    /// A command that must succeed; its output.
    pub fn good(&self, arguments: &[&str]) -> String {
        let answer = self.annals(arguments);
        assert_eq!(answer.code, 0, "{arguments:?}: {answer:?}");
        answer.out
    }

    pub fn start(&self, arguments: &[&str]) -> Child {
        let mut command = self.command(arguments);
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("annals runs")
    }

    /// How a copy was verified by its last pull, and its size.
    pub fn pulled(&self, copy: &str) -> (String, u64) {
        let out = self.good(&["pull", "--ledger", copy, "--format", "json"]);
        let answer: serde_json::Value = serde_json::from_str(&out).unwrap();
        (answer["verified"].as_str().unwrap().to_owned(), answer["size"].as_u64().unwrap())
    }

    /// That a copy is whole, and has the events and documents of a fresh one.
    pub fn expect_as_fresh(&self, copy: &str, place: &str) {
        let whole = self.annals(&["verify", copy]);
        assert_eq!(whole.code, 0, "{whole:?}");
        self.good(&["clone", place, "fresh"]);
        assert_eq!(content(&self.path(copy)), content(&self.path("fresh")));
        std::fs::remove_dir_all(self.path("fresh")).unwrap();
        assert!(!self.path(copy).join(".pull").exists());
    }
}

/// What a ledger holds, wherever its commits end: the lines of its events, its documents, its
/// checkpoint.
pub fn content(ledger: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut content = BTreeMap::new();
    let mut events = Vec::new();
    for (name, bytes) in files(ledger) {
        let is_log = name.starts_with("journal/") && name.ends_with(".log");
        if is_log {
            let lines = bytes.split_inclusive(|byte| *byte == b'\n');
            events.extend(lines.filter(|line| !line.starts_with(b"= ")).flatten().copied());
        } else if name.starts_with("document/") || name == "checkpoint" {
            content.insert(name, bytes);
        }
    }
    content.insert("events".to_owned(), events);
    content
}

/// Every file below a folder, by its name.
pub fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    fn add(root: &Path, folder: &Path, found: &mut BTreeMap<String, Vec<u8>>) {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            match entry.file_type().unwrap().is_dir() {
                true => add(root, &entry.path(), found),
                false => {
                    let name = entry.path().strip_prefix(root).unwrap().display().to_string();
                    found.insert(name, std::fs::read(entry.path()).unwrap());
                }
            }
        }
    }
    let mut found = BTreeMap::new();
    add(folder, folder, &mut found);
    found
}
