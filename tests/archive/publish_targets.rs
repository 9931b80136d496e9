//! Ledgers on a disk, publish targets in memory, and one that fails on purpose.

use crate::support::Ledger;
use crate::support::files::Files;
use annals::archive::publish_target::{PublishTarget, TargetLock};
use annals::disk::DiskError;
use annals::ledger::error::LedgerError;
use annals::ledger::exchange::publish::{Publication, PublishableRecord};
use annals::ledger::paths::Paths;
use annals::ledger::reader::Record;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// A record that grows event by event: six of a newsroom, then changes.
pub fn ledger(size: u64) -> Ledger {
    let mut ledger = Ledger::newsroom();
    while ledger.size() < size {
        let confirmations = 1 + ledger.size() % 9;
        ledger.sign("ada", crate::support::acts::changed(confirmations));
    }
    ledger
}

/// Writes files below a folder.
pub fn write(folder: &Path, files: &Files) {
    for (name, bytes) in files {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder is made");
        fs::write(path, bytes).expect("a file is written");
    }
}

/// The first `size` events of a ledger, written to a folder and opened.
pub fn record(folder: &Path, ledger: &Ledger, size: u64) -> Record {
    write(folder, &cut(ledger, size).files());
    Record::open(Paths::new(folder.join("ledger"), None)).expect("a record")
}

/// The ledger when it had `size` events.
pub fn cut(ledger: &Ledger, size: u64) -> Ledger {
    let mut cut = ledger.clone();
    cut.events.truncate(size as usize);
    cut.closes.retain(|count| *count <= size);
    cut.expected = size;
    cut
}

/// Publishes the first `size` events of a ledger.
pub fn put(
    shelf: &mut dyn PublishTarget,
    ledger: &Ledger,
    size: u64,
) -> Result<Publication, LedgerError> {
    let folder = tempfile::tempdir().expect("a folder");
    PublishableRecord::of(&record(folder.path(), ledger, size), 1, None)?.publish(shelf)
}

/// How a step fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It was done, but reported as failed.
    Kept,
    /// It was not done.
    Lost,
}

/// A target in memory that fails at one of its steps, and at every later one.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    pub files: BTreeMap<String, Vec<u8>>,
    /// Steps so far: puts, removals and syncs.
    pub steps: usize,
    /// The step that fails, and how.
    pub fails: Option<(usize, Fate)>,
}

impl Memory {
    fn step(&mut self, act: impl FnOnce(&mut BTreeMap<String, Vec<u8>>)) -> Result<(), DiskError> {
        let step = self.steps;
        self.steps += 1;
        match self.fails {
            Some((at, _)) if step > at => Err(stopped()),
            Some((at, Fate::Lost)) if step == at => Err(stopped()),
            Some((at, Fate::Kept)) if step == at => {
                act(&mut self.files);
                Err(stopped())
            }
            _ => {
                act(&mut self.files);
                Ok(())
            }
        }
    }

    /// The files, named as in a vector.
    pub fn published(&self) -> Files {
        let named =
            |(name, bytes): (&String, &Vec<u8>)| (format!("published/{name}"), bytes.clone());
        self.files.iter().map(named).collect()
    }
}

fn stopped() -> DiskError {
    DiskError::Strange {
        path: "stopped".into(),
        strange: annals::disk::Strange { expected: "a file", found: "a folder" },
    }
}

impl PublishTarget for Memory {
    fn read(&self, name: &str, _: u64) -> Result<Option<Vec<u8>>, DiskError> {
        Ok(self.files.get(name).cloned())
    }

    fn holds(&self, name: &str, bytes: &[u8]) -> Result<TargetLock, DiskError> {
        let folder = format!("{name}/");
        Ok(match self.files.get(name) {
            Some(found) if found == bytes => TargetLock::Same,
            Some(_) => TargetLock::Other,
            None if self.files.keys().any(|file| file.starts_with(&folder)) => TargetLock::Folder,
            None => TargetLock::Absent,
        })
    }

    fn names(&self, folder: &str) -> Result<Vec<String>, DiskError> {
        let inside = self.files.keys().filter_map(|name| {
            let rest = name.strip_prefix(folder)?.strip_prefix('/')?;
            (!rest.contains('/')).then(|| rest.to_owned())
        });
        Ok(inside.collect())
    }

    fn put(&mut self, name: &str, bytes: &[u8]) -> Result<(), DiskError> {
        self.step(|files| {
            files.insert(name.to_owned(), bytes.to_vec());
        })
    }

    fn remove(&mut self, name: &str) -> Result<(), DiskError> {
        self.step(|files| {
            files.retain(|file, _| file != name && !file.starts_with(&format!("{name}/")));
        })
    }

    fn sync(&mut self) -> Result<(), DiskError> {
        self.step(|_| ())
    }
}
