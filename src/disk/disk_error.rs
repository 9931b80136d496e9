//! Why a file could not be read or written.
//!
//! Always holds: an error names the operation and the path; the system's error is its source. After
//! each of them it is known whether something was written, but where its name says otherwise.
//! Not here: the operations (`super`).

use crate::disk::open::Strange;
use rustix::io::Errno;
use std::io;
use std::path::PathBuf;

/// Why a file could not be read or written: the operation, the path and the cause.
#[derive(Debug, thiserror::Error)]
pub enum DiskError {
    /// An operation failed before it had an effect, or while it only read.
    #[error("cannot {what} {}", path.display())]
    Io {
        /// The operation: a verb.
        what: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's error.
        #[source]
        cause: io::Error,
    },
    /// The file is larger than the reader allows.
    #[error("{} has more than {bound} bytes", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The maximum size in bytes.
        bound: u64,
    },
    /// The path leads to a link, a folder, a pipe or something else that is not expected there.
    #[error("expected {} at {}, found {}", strange.expected, path.display(), strange.found)]
    Strange {
        /// The path.
        path: PathBuf,
        /// What was expected and what was found.
        strange: Strange,
    },
    /// An append failed, and the file was truncated to its old length: nothing was written.
    #[error("cannot append to {}; nothing was written", path.display())]
    NotWritten {
        /// The file.
        path: PathBuf,
        /// The system's error.
        #[source]
        cause: io::Error,
    },
    /// A write or its fsync failed so that the content of stable storage is unknown.
    #[error("cannot {what} {}; it is not known what is on disk", path.display())]
    Unknown {
        /// The step that failed: a verb.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// The system's error.
        #[source]
        cause: io::Error,
    },
    /// What was made is whole and in its place; that its name is on stable storage is not known.
    #[error(
        "{} is there and whole, but a power cut may take it away: the folder above it could not \
         be synced; run sync, or copy it to another disk", path.display()
    )]
    Unsynced {
        /// What was made.
        path: PathBuf,
        /// The system's error.
        #[source]
        cause: io::Error,
    },
    /// An earlier append ended in [`DiskError::Unknown`]: this handle writes no more.
    #[error("{} takes no more writes after a failed one; open it again", path.display())]
    Poisoned {
        /// The file.
        path: PathBuf,
    },
    /// The length of the file differs from the one that the holder of the lock left: nothing was
    /// written.
    #[error(
        "{} has {found} bytes, expected {expected}: another process writes to it at the same time, \
         so the lock does nothing on this file system; write from one machine, or keep the ledger \
         on a disk that locks", path.display()
    )]
    Changed {
        /// The file.
        path: PathBuf,
        /// The expected length in bytes.
        expected: u64,
        /// The length found.
        found: u64,
    },
    /// Another process wrote to a file of which this one has the lock: nothing was written.
    #[error(
        "{} was written by another process at the same time, so the lock does nothing on this \
         file system; write from one machine, or keep the ledger on a disk that locks",
        path.display()
    )]
    Overwritten {
        /// The file or its folder.
        path: PathBuf,
    },
    /// Another writer has the lock.
    #[error("{} is held by another writer: {holder}", path.display())]
    Held {
        /// The lock file.
        path: PathBuf,
        /// Process id and command line of the holder, in one line.
        holder: String,
    },
}

/// What kept a file from being read or written, and says nothing of what is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// Permission is denied.
    Denied,
    /// This process, or the machine, may not open more files.
    OpenFiles,
}

impl Obstacle {
    /// The obstacle that an operation met, if it was one.
    pub fn of(cause: &io::Error) -> Option<Obstacle> {
        if cause.kind() == io::ErrorKind::PermissionDenied {
            return Some(Obstacle::Denied);
        }
        match Errno::from_io_error(cause)? {
            Errno::MFILE | Errno::NFILE => Some(Obstacle::OpenFiles),
            _ => None,
        }
    }
}

impl DiskError {
    /// Whether the cause is a missing file or folder.
    pub fn is_missing(&self) -> bool {
        matches!(self, DiskError::Io { cause, .. } if cause.kind() == io::ErrorKind::NotFound)
    }

    /// Whether the cause is a denied permission.
    pub fn is_denied(&self) -> bool {
        use io::ErrorKind::PermissionDenied;
        matches!(self, DiskError::Io { cause, .. } if cause.kind() == PermissionDenied)
    }

    /// What kept the file from being read or written, if that says nothing of what is in it.
    pub fn obstacle(&self) -> Option<Obstacle> {
        match self {
            DiskError::Io { cause, .. } => Obstacle::of(cause),
            _ => None,
        }
    }

    /// Whether it is a write that failed, and no reading.
    pub fn is_of_writing(&self) -> bool {
        match self {
            DiskError::Io { what, .. } => is_verb_of_writing(what),
            DiskError::NotWritten { .. } | DiskError::Unknown { .. } => true,
            _ => false,
        }
    }

    /// Whether the cause is an existing file.
    pub fn is_there_already(&self) -> bool {
        matches!(self, DiskError::Io { cause, .. } if cause.kind() == io::ErrorKind::AlreadyExists)
    }
}

/// Whether the verb of an operation that failed is one of writing: those of reading are few.
pub fn is_verb_of_writing(what: &str) -> bool {
    const READING: [&str; 8] =
        ["find", "list", "look at", "look for", "look into", "open", "read", "read folder"];
    !READING.contains(&what)
}

/// Whether the system has such an error for writing alone.
pub fn is_kind_of_writing(kind: io::ErrorKind) -> bool {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, ReadOnlyFilesystem, StorageFull};
    matches!(kind, FileTooLarge | QuotaExceeded | ReadOnlyFilesystem | StorageFull)
}
