//! The paths of a ledger and of its keys.
//!
//! Always holds: names are those of FORMAT.md section 9. Not here: reading them.

use crate::disk::lock::{Lock, LockWait};
use crate::disk::open::{is_folder, name as kind_name};
use crate::disk::{self, DiskError, is_folder_at, is_there};
use crate::ledger::error::LedgerError;
use crate::ledger::folder_kind;
use crate::ledger::published_place::PublishedPlace;
use crate::store::place::StorePlace;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// The file in a ledger's folder that makes git treat its files as binary: git changes the line
/// endings of text on some systems, and every byte of a record counts.
pub const ATTRIBUTES: &str = ".gitattributes";
/// Its content.
pub const NO_TEXT: &str = "* -text\n";

/// The folders of a ledger and of the keys beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paths {
    /// The ledger's folder.
    pub ledger: PathBuf,
    /// The folder of keys.
    pub keys: PathBuf,
}

impl Paths {
    /// A ledger's folder, and its keys: `keys` beside it unless another folder is given.
    pub fn new(ledger: PathBuf, keys: Option<PathBuf>) -> Paths {
        let beside = || {
            if PublishedPlace::address(&ledger).is_some() {
                return PathBuf::from("keys");
            }
            let parent = ledger.parent().filter(|parent| !parent.as_os_str().is_empty());
            parent.unwrap_or(Path::new(".")).join("keys")
        };
        let keys = keys.unwrap_or_else(beside);
        Paths { ledger, keys }
    }

    /// The ledger that `start` is in, by whatever name, else the nearest folder `ledger` with a
    /// journal, in `start` or above it, as git finds its repository; none beyond a bag or a
    /// published record that `start` is in. What is left of a lost ledger ends the search, and in
    /// `start` keys without one, or anything else of that name: no other record stands in for it.
    pub fn find(start: &Path) -> Result<Option<PathBuf>, DiskError> {
        for folder in start.ancestors() {
            if folder_kind::is_ledger(folder)? {
                return Ok(Some(folder.to_owned()));
            }
            let inner = folder.join("ledger");
            if is_folder_at(&inner)? && is_folder_at(&inner.join("journal"))? {
                return Ok(Some(inner));
            }
            if folder_kind::is_left_of_ledger(&inner)? {
                return Ok(Some(inner));
            }
            let is_taken = folder == start
                && (is_there(&inner)? || folder_kind::is_of_keys(&folder.join("keys"))?);
            if is_taken || folder_kind::is_handed_over(folder)? {
                return Ok(None);
            }
        }
        Ok(None)
    }

    /// Refuses a path that is not a ledger with a journal; the error names what it is instead.
    pub fn expect_ledger(&self) -> Result<(), LedgerError> {
        match self.has_journal()? {
            true => Ok(()),
            false => Err(LedgerError::JournalLost(self.ledger.clone())),
        }
    }

    /// Refuses a ledger whose journal has no byte.
    pub fn expect_events(&self) -> Result<(), LedgerError> {
        let journal = self.ledger.join("journal");
        let failed = || disk::error("look into", &journal);
        for file in std::fs::read_dir(&journal).map_err(failed())? {
            if file.and_then(|file| file.metadata()).map_err(failed())?.len() > 0 {
                return Ok(());
            }
        }
        Err(LedgerError::JournalEmpty(self.ledger.clone()))
    }

    /// Refuses a path that is not a ledger; a ledger that lost its journal is accepted, because
    /// repair rebuilds it.
    pub fn expect_repairable(&self) -> Result<(), LedgerError> {
        self.has_journal().map(drop)
    }

    /// Refuses an outbox or drafts that are no folder, or a link to one: nothing is written outside
    /// of them. A reader needs neither.
    pub fn expect_own_folders(&self) -> Result<(), LedgerError> {
        for folder in [self.outbox(), self.drafts()] {
            match is_folder(&folder) {
                // Keys that are a file have no folders; those of another user may be closed.
                Err(cause) if cause.kind() == io::ErrorKind::NotADirectory => {}
                Err(cause) if cause.kind() == io::ErrorKind::PermissionDenied => {}
                looked => drop(looked.map_err(disk::error("look into", &folder))?),
            }
        }
        Ok(())
    }

    /// Takes the lock of a writer of the ledger.
    ///
    /// Errors: another writer holds it for longer than `wait`; the ledger is that of a bag.
    pub fn take_lock(&self, wait: impl Into<LockWait>) -> Result<Lock, LedgerError> {
        folder_kind::expect_no_bag(&self.ledger)?;
        Ok(Lock::take(&self.lock(), wait)?)
    }

    /// Whether a ledger has its journal; an error if the path is not a ledger.
    ///
    /// The folders inside a ledger must be folders, not links: nothing is read or written outside
    /// of them.
    fn has_journal(&self) -> Result<bool, LedgerError> {
        let ledger = || self.ledger.clone();
        if let Some(place) = PublishedPlace::address(&self.ledger) {
            let shown = PathBuf::from(place.to_string());
            return Err(LedgerError::AnotherFolder(shown, self.published()));
        }
        match std::fs::metadata(&self.ledger) {
            Ok(about) if about.is_dir() => {}
            Ok(about) => {
                return Err(LedgerError::NotAFolder(ledger(), kind_name(about.file_type())));
            }
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => {
                return Err(self.absent()?);
            }
            Err(cause) => return Err(disk::error("look into", &self.ledger)(cause).into()),
        }
        // Store and index are derived: a fault in them never prevents an answer.
        let documents = self.documents();
        is_folder(&documents).map_err(disk::error("look into", &documents))?;
        let journal = self.ledger.join("journal");
        if is_folder(&journal).map_err(disk::error("look into", &journal))? {
            return Ok(true);
        }
        if let Some(found) = folder_kind::other_kind(&self.ledger)? {
            return Err(LedgerError::AnotherFolder(ledger(), found));
        }
        // Files that only a ledger has, besides its journal.
        let mut others = false;
        for path in [self.checkpoint(), self.store().join("db")] {
            others |= about(&path)?.is_some_and(|about| about.is_file());
        }
        if !others && !self.has_documents()? {
            let advice = folder_kind::other_ledgers(&[]);
            return Err(LedgerError::NoLedger { path: ledger(), advice });
        }
        Ok(false)
    }

    /// The error where nothing is at the path: in a bag or a published record it names that,
    /// because no ledger is made there, and otherwise the ledgers that are beside it.
    fn absent(&self) -> Result<LedgerError, LedgerError> {
        let around = self.ledger.parent().unwrap_or(Path::new("."));
        let around = if around.as_os_str().is_empty() { Path::new(".") } else { around };
        let may_be_made = folder_kind::expect_free_ground(&self.ledger).is_ok();
        Ok(match folder_kind::other_kind(around)? {
            Some(found) if !may_be_made => LedgerError::AnotherFolder(around.to_owned(), found),
            _ => {
                let here = |ledger: PathBuf| match ledger.strip_prefix(".") {
                    Ok(inner) => inner.to_owned(),
                    Err(_) => ledger,
                };
                let beside = folder_kind::ledgers_in(around).into_iter().map(here);
                let advice = folder_kind::other_ledgers(&beside.collect::<Vec<_>>());
                LedgerError::NoLedger { path: self.ledger.clone(), advice }
            }
        })
    }

    /// That a place is a published record, and what to do.
    pub fn published(&self) -> String {
        folder_kind::published(&self.ledger)
    }

    /// Whether there is a file with the name of a document.
    fn has_documents(&self) -> Result<bool, DiskError> {
        let is_digest =
            |name: &str| name.len() == 64 && name.bytes().all(|b| b.is_ascii_hexdigit());
        let folder = self.documents();
        if !is_folder_at(&folder)? {
            return Ok(false);
        }
        for found in std::fs::read_dir(&folder).map_err(disk::error("list", &folder))? {
            let name = found.map_err(disk::error("list", &folder))?.file_name();
            if name.to_str().is_some_and(is_digest) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The file that keeps version control from changing the ledger's files.
    pub fn attributes(&self) -> PathBuf {
        self.ledger.join(ATTRIBUTES)
    }

    /// The latest signed checkpoint.
    pub fn checkpoint(&self) -> PathBuf {
        self.ledger.join("checkpoint")
    }

    /// The earlier signed checkpoints of an imported copy.
    pub fn checkpoints(&self) -> PathBuf {
        self.ledger.join("checkpoints")
    }

    /// The file that marks this ledger as an imported copy.
    pub fn imported(&self) -> PathBuf {
        self.ledger.join("imported")
    }

    /// The file that marks this ledger as a copy that follows a published record.
    pub fn following(&self) -> PathBuf {
        self.ledger.join("following")
    }

    /// The file that says that the record is kept in a database.
    pub fn home(&self) -> PathBuf {
        self.ledger.join("home")
    }

    /// The name of the folder while a record is moved into a database or back.
    pub fn moving(&self) -> PathBuf {
        self.ledger.join("home.move")
    }

    /// What a copy is to be, from before a pull writes to it until the pull is finished: a pin.
    pub fn following_pin(&self) -> PathBuf {
        self.ledger.join("following.pin")
    }

    /// What shows that the publisher contradicted a copy at its last pull.
    pub fn following_evidence(&self) -> PathBuf {
        self.ledger.join("following.evidence")
    }

    /// What a pull that is not finished has read of a server so far.
    pub fn pulling(&self) -> PathBuf {
        self.ledger.join(".pull")
    }

    /// The folder of documents.
    pub fn documents(&self) -> PathBuf {
        self.ledger.join("document")
    }

    /// The folder of the store.
    pub fn store(&self) -> PathBuf {
        self.ledger.join("db")
    }

    /// The place where the store is created and opened.
    pub fn store_place(&self) -> StorePlace {
        StorePlace::new(self.store())
    }

    /// The writer's lock.
    pub fn lock(&self) -> PathBuf {
        self.ledger.join("lock")
    }

    /// The log key.
    pub fn log_key(&self) -> PathBuf {
        self.keys.join("log.key")
    }

    /// The marks of the log key.
    pub fn marks(&self) -> PathBuf {
        self.keys.join("log.marks")
    }

    /// The folder of typed drafts that are not yet written.
    pub fn drafts(&self) -> PathBuf {
        self.keys.join("drafts")
    }

    /// The state of the record at the last `annals` without a command.
    pub fn last_look(&self) -> PathBuf {
        self.keys.join("last-look.json")
    }

    /// The outbox: signed batches that may not be acknowledged.
    pub fn outbox(&self) -> PathBuf {
        self.keys.join("outbox")
    }
}

/// The metadata of a path; `None` if nothing exists at it.
///
/// Errors: the path cannot be read, which does not count as absence.
fn about(path: &Path) -> Result<Option<fs::Metadata>, DiskError> {
    use io::ErrorKind::{NotADirectory, NotFound};
    match fs::metadata(path) {
        Ok(about) => Ok(Some(about)),
        Err(cause) if matches!(cause.kind(), NotADirectory | NotFound) => Ok(None),
        Err(cause) => Err(disk::error("read", path)(cause)),
    }
}
