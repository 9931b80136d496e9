//! What the outbox has: signed events that wait, and files that cannot be read.
//!
//! Always holds: the outbox is that of a folder of keys, which several records may share, so each
//! file says of which record it is, but for those of the first version; no file is passed over. Not
//! here: what of it the record has by now (`prune_all_placed`).

use super::{BOUND, Header, OutboxFile, entries, pending, read};
use crate::disk::{self, DiskError, Links, PathKind};
use crate::ledger::error::LedgerError;
use crate::ledger::paths::Paths;
use annals_core::event::Entry;
use annals_core::event::record::Reading;
use annals_core::hash::Hash;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The number of digits by which a submission is named in messages.
const SHORT_NAME: usize = 16;

/// The digits by which a submission is named in messages, of all of them.
pub fn short_name(name: &str) -> &str {
    name.get(..SHORT_NAME).unwrap_or(name)
}

/// The files of an outbox.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutboxFiles {
    /// What waits, in the order in which it was signed.
    pub waiting: Vec<WaitingEvents>,
    /// The files that cannot be read, by name.
    pub damaged: Vec<DamagedFile>,
}

/// Signed events that wait in the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingEvents {
    /// The file that keeps them.
    pub path: PathBuf,
    /// What is known of the file.
    pub keeping: OutboxFile,
    /// The events, in order, at the places that their signer gave them.
    pub entries: Vec<Entry>,
}

/// A file of the outbox that may hold signed events and cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DamagedFile {
    /// The file.
    pub path: PathBuf,
    /// The name of its submission.
    pub name: String,
    /// The damage.
    pub why: String,
}

impl OutboxFiles {
    /// Whether nothing waits and no file is damaged.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty() && self.damaged.is_empty()
    }

    /// The number of submissions that wait, and of damaged files.
    pub fn count(&self) -> u64 {
        (self.waiting.len() + self.damaged.len()) as u64
    }

    /// Removes from the list what was signed for another record than the one of this name. Damaged
    /// files stay: their record is not known.
    pub fn retain_of(&mut self, origin: &str) {
        let is_of = |one: &WaitingEvents| {
            one.keeping.header.origin.as_ref().is_none_or(|name| name == origin)
        };
        self.waiting.retain(is_of);
    }
}

impl WaitingEvents {
    /// Its name: the digest of what was submitted.
    pub fn name(&self) -> String {
        self.keeping.header.submission.to_string()
    }
}

impl DamagedFile {
    /// Removes the file.
    pub fn remove(&self) -> Result<(), DiskError> {
        fs::remove_file(&self.path).map_err(disk::error("remove", &self.path))
    }
}

/// What the outbox of a folder of keys has, whichever record it is of.
///
/// Errors: the outbox cannot be listed, or a file of it not read by this user.
pub fn waiting(paths: &Paths) -> Result<OutboxFiles, LedgerError> {
    let folder = paths.outbox();
    // What is no folder of this program's own has nothing of it; a writer refuses it.
    if disk::kind(&folder, Links::Refuse)?.is_some_and(|kind| kind != PathKind::Folder) {
        return Ok(OutboxFiles::default());
    }
    let listed = match fs::read_dir(&folder) {
        Err(cause) if is_absent(cause.kind()) => return Ok(OutboxFiles::default()),
        listed => listed.map_err(disk::error("list", &folder))?,
    };
    let mut names = Vec::new();
    for found in listed {
        let name = found.map_err(disk::error("list", &folder))?.file_name();
        names.extend(name.to_str().and_then(Hash::parse));
    }
    names.sort();
    let mut files = OutboxFiles::default();
    for name in names {
        let path = pending(&folder, &name);
        let Some(bytes) = read(&path, BOUND)? else { continue };
        match bytes.and_then(|bytes| kept(&folder, &name, &bytes)) {
            Ok((keeping, entries)) => files.waiting.push(WaitingEvents { path, keeping, entries }),
            Err(why) => files.damaged.push(DamagedFile { path, name: name.to_string(), why }),
        }
    }
    let said = |one: &WaitingEvents| {
        let first = one.entries.first().map(|entry| Reading::of(&entry.record));
        first.and_then(|reading| reading.statement).map(|statement| statement.said)
    };
    files.waiting.sort_by_key(said);
    Ok(files)
}

/// The header and the events of a file, or why it is damaged.
fn kept(folder: &Path, name: &Hash, bytes: &[u8]) -> Result<(OutboxFile, Vec<Entry>), String> {
    let header = Header::parse(bytes).ok_or("its first lines are not in form")?;
    if header.submission != *name {
        return Err(format!("it is the file of {}", header.submission));
    }
    let entries = entries(bytes, &header)?;
    Ok((OutboxFile { folder: folder.to_owned(), header }, entries))
}

/// Whether an error means that a folder is absent: also where a file is in place of a parent.
fn is_absent(kind: io::ErrorKind) -> bool {
    matches!(kind, io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}
