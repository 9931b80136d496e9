//! Documents that were sent and that no event names yet.
//!
//! ```text
//! <ledger>/.upload/<key of the sender>/<sha256>
//! ```
//!
//! Always holds: a file has the digest that is its name; a sender has at most [`MOST_BYTES`] here,
//! none older than [`MOST_AGE`] once something is sent. Not here: who may send (`routes`), the
//! documents of the record (`journal`). Source: FORMAT.md section 17.

use crate::disk::{self, DiskError, FileMode};
use crate::ledger::error::LedgerError;
use crate::ledger::exchange::placing::SentDocuments;
use annals_core::event::body::MAX_DOCUMENT;
use annals_core::hash::{Hash, RunningHash};
use annals_core::key::PublicKey;
use annals_core::time::Time;
use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, UNIX_EPOCH};

/// The most bytes that one sender has here.
pub const MOST_BYTES: u64 = 1 << 30;
/// How long a document is kept that no event names.
pub const MOST_AGE: Duration = Duration::from_secs(24 * 3_600);
/// The folder, in that of the ledger.
const FOLDER: &str = ".upload";
/// How the name of a document ends that is being received.
const PARTIAL: &str = "partial";

/// The lengths of documents that were sent, when a submission that captures them arrived. What is
/// longer or shorter later, or came later, is not read for it: it was not counted.
pub type DocumentLengths = BTreeMap<Hash, u64>;

/// The documents that were sent.
#[derive(Debug)]
pub struct Uploads {
    folder: PathBuf,
    next: AtomicU64,
    /// Who sends something now.
    sending: Mutex<BTreeSet<PublicKey>>,
}

/// Why a document is not taken.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// It is another one than its name says.
    #[error("expected a document with the SHA-256 {expected}, found one with {found}")]
    Digest {
        /// The name.
        expected: Hash,
        /// The digest of what was sent.
        found: Hash,
    },
    /// It is longer than a document may be.
    #[error("expected at most {MAX_DOCUMENT} bytes, found more")]
    TooLarge,
    /// The sender has too much here.
    #[error(
        "expected at most {MOST_BYTES} bytes of documents that no event names, found {0} and this"
    )]
    TooMuch(u64),
    /// The sender sends another one now.
    #[error("expected one document of a key at a time, found a second one")]
    Second,
    /// It cannot be kept.
    #[error(transparent)]
    Disk(#[from] DiskError),
}

/// A document that is being sent.
pub struct Upload {
    file: File,
    partial: PathBuf,
    place: PathBuf,
    expected: Hash,
    running: RunningHash,
    length: u64,
    /// The most bytes that the sender may add.
    most: u64,
    before: u64,
    /// Ends with the upload.
    #[expect(dead_code, reason = "it is held until it is dropped")]
    sending: Sending,
}

/// A sender who sends something, until this is dropped.
struct Sending {
    all: Arc<Uploads>,
    key: PublicKey,
}

impl Sending {
    fn begin(all: &Arc<Uploads>, key: PublicKey) -> Result<Sending, UploadError> {
        let is_first = all.sending.lock().unwrap_or_else(PoisonError::into_inner).insert(key);
        match is_first {
            true => Ok(Sending { all: Arc::clone(all), key }),
            false => Err(UploadError::Second),
        }
    }
}

impl Drop for Sending {
    fn drop(&mut self) {
        self.all.sending.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}

impl Uploads {
    /// The uploads of the ledger in this folder.
    pub fn of(ledger: &Path) -> Uploads {
        Uploads { folder: ledger.join(FOLDER), next: AtomicU64::new(0), sending: Mutex::default() }
    }

    /// Removes files that a killed server received in part: their names would be taken, and their
    /// bytes would count. The caller holds the ledger's lock, so no upload is under way.
    pub fn remove_partial(&self) {
        for folder in self.senders() {
            for found in fs::read_dir(&folder).into_iter().flatten().flatten() {
                if found.path().extension().is_some_and(|extension| extension == PARTIAL) {
                    let _ = fs::remove_file(found.path());
                }
            }
        }
    }

    /// Begins to take a document from a sender; what is too old is removed first.
    ///
    /// Errors: the sender has too much here; the folder cannot be written to.
    pub fn begin(
        self: &Arc<Self>,
        sender: &PublicKey,
        digest: Hash,
        now: Time,
    ) -> Result<Upload, UploadError> {
        let sending = Sending::begin(self, *sender)?;
        self.remove_old(now);
        let folder = self.folder.join(sender.to_string());
        fs::create_dir_all(&folder).map_err(disk::error("make folder", &folder))?;
        let before = lengths(&folder);
        let most = MOST_BYTES.saturating_sub(before);
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let partial = folder.join(format!("{digest}.{number}.{PARTIAL}"));
        let file = disk::create_new(&partial, FileMode::Shared);
        let file = file.map_err(disk::error("make", &partial))?;
        let (place, running) = (folder.join(digest.to_string()), RunningHash::default());
        let (expected, length) = (digest, 0);
        Ok(Upload { file, partial, place, expected, running, length, most, before, sending })
    }

    /// The document of this digest, if somebody sent it and it has at most this length.
    fn get(&self, digest: &Hash, length: u64) -> Result<Option<Vec<u8>>, DiskError> {
        for folder in self.senders() {
            let place = folder.join(digest.to_string());
            let read = match disk::read_up_to(&place, length.saturating_add(1)) {
                Err(error) if error.is_missing() => continue,
                read => read?,
            };
            // A damaged file is none.
            if read.len() as u64 <= length && Hash::of(&[&read]) == *digest {
                return Ok(Some(read));
            }
        }
        Ok(None)
    }

    /// The lengths of those of these documents that somebody sent: of several files of one, of
    /// which some may be damaged, the greatest.
    pub fn lengths(&self, digests: impl IntoIterator<Item = Hash>) -> DocumentLengths {
        let senders = LazyCell::new(|| self.senders());
        let length = |digest: Hash| {
            let about = |folder: &PathBuf| folder.join(digest.to_string()).symlink_metadata().ok();
            Some((digest, senders.iter().filter_map(about).map(|file| file.len()).max()?))
        };
        digests.into_iter().filter_map(length).collect()
    }

    /// Removes a document that the record has now. What cannot be removed is removed when it is
    /// old.
    pub fn remove(&self, digest: &Hash) {
        for folder in self.senders() {
            let _ = fs::remove_file(folder.join(digest.to_string()));
        }
    }

    fn senders(&self) -> Vec<PathBuf> {
        let listed = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        listed.map(|found| found.path()).collect()
    }

    fn remove_old(&self, now: Time) {
        for folder in self.senders() {
            for found in fs::read_dir(&folder).into_iter().flatten().flatten() {
                let changed = found.metadata().and_then(|about| about.modified());
                let changed = changed.ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
                let now = Duration::from_micros(u64::try_from(now.micros()).unwrap_or(0));
                if changed.is_some_and(|changed| now.saturating_sub(changed) > MOST_AGE) {
                    let _ = fs::remove_file(found.path());
                }
            }
        }
    }
}

/// The documents that submissions capture, as they were counted when these arrived.
pub struct CountedUploads<'a> {
    /// All documents that were sent.
    pub uploads: &'a Uploads,
    /// Those that were counted.
    pub lengths: &'a DocumentLengths,
}

impl SentDocuments for CountedUploads<'_> {
    fn sent(&self, digest: &Hash) -> Result<Option<Vec<u8>>, LedgerError> {
        let Some(length) = self.lengths.get(digest) else { return Ok(None) };
        Ok(self.uploads.get(digest, *length)?)
    }
}

impl Upload {
    /// Takes the next bytes.
    ///
    /// Errors: too many; they cannot be written.
    pub fn add(&mut self, bytes: &[u8]) -> Result<(), UploadError> {
        self.length += bytes.len() as u64;
        if self.length > MAX_DOCUMENT {
            return Err(UploadError::TooLarge);
        }
        if self.length > self.most {
            return Err(UploadError::TooMuch(self.before));
        }
        self.running.add(bytes);
        Ok(self.file.write_all(bytes).map_err(disk::error("write", &self.partial))?)
    }

    /// Keeps the whole document, durably.
    ///
    /// Errors: it has another digest; it cannot be kept.
    pub fn finish(self) -> Result<(), UploadError> {
        let found = self.running.clone().finish();
        if found != self.expected {
            return Err(UploadError::Digest { expected: self.expected, found });
        }
        self.file.sync_all().map_err(disk::error("sync", &self.partial))?;
        let renamed = fs::rename(&self.partial, &self.place);
        renamed.map_err(disk::error("rename to", &self.place))?;
        Ok(disk::sync_folder(disk::parent(&self.place))?)
    }
}

impl Drop for Upload {
    /// Removes the partial file; a finished one has its final name already.
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.partial);
    }
}

/// Bytes of a block of most disks.
const BLOCK: u64 = 4_096;

/// The bytes that the files in a folder occupy on most disks, so that small ones are not free.
fn lengths(folder: &Path) -> u64 {
    let listed = fs::read_dir(folder).into_iter().flatten().flatten();
    let length = |found: io::Result<fs::Metadata>| {
        let length = found.map_or(0, |about| about.len());
        length.max(1).next_multiple_of(BLOCK)
    };
    listed.map(|found| length(found.metadata())).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_whose_length_changed_since_it_was_counted_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let uploads = Arc::new(Uploads::of(folder.path()));
        let (sender, now) = (PublicKey([1; 32]), Time::from_micros(0).unwrap());
        let document = b"A document.".as_slice();
        let (digest, later) = (Hash::of(&[document]), Hash::of(&[b"Another one."]));
        let send = |bytes: &[u8]| {
            let mut upload = uploads.begin(&sender, Hash::of(&[bytes]), now).unwrap();
            upload.add(bytes).unwrap();
            upload
        };
        let under_way = send(document);
        assert_eq!(uploads.lengths([digest]), DocumentLengths::new());
        under_way.finish().unwrap();
        let lengths = uploads.lengths([digest, later]);
        assert_eq!(lengths, DocumentLengths::from([(digest, 11)]));

        let counted = CountedUploads { uploads: &uploads, lengths: &lengths };
        assert_eq!(counted.sent(&digest).unwrap().as_deref(), Some(document));
        send(b"Another one.").finish().unwrap();
        assert_eq!(counted.sent(&later).unwrap(), None, "it came after the count");
        let place = folder.path().join(FOLDER).join(sender.to_string()).join(digest.to_string());
        for changed in [b"A document, and more.".as_slice(), b"A doc"] {
            fs::write(&place, changed).unwrap();
            assert_eq!(counted.sent(&digest).unwrap(), None);
        }
    }
}
