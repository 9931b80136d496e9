//! The journal: the record on disk, as append-only text.
//!
//! ```text
//! <ledger>/journal/00000000000000000000.log     the name is the position of the first event
//!
//! {"seq":0,…}                                   place      ┐
//! {"v":1,…}                                     statement  │ an event: its record's three lines
//! 5f1c…                                         signature  │ and its body, `-` if withheld
//! {"salt":…}                                    body       ┘
//! …                                             more events
//! = 1 <base64 root> <base64 sum>                the closing line of the commit
//! ```
//!
//! The commit point is the commit line on disk: a commit is written with one write and one
//! fdatasync, and the rest of it after a power cut is not part of the record (`end.rs`).
//!
//! Always holds: reading never writes. Bytes of any kind are read without a panic, in bounded
//! memory: a line of more than [`LINE_BOUND`] bytes is damage. Only an unfinished commit is skipped
//! without a report.
//! Not here: the meaning of an event, whether it is legal, whether a root is right (`verify`); the
//! lock of the one writer (`disk::lock`), which the caller holds.
//! Source: FORMAT.md section 9.

mod bodies;
mod commit_line;
mod copy;
mod end;
mod files;
mod frame;
mod line;
mod read;
mod write;

pub use bodies::change_bodies;
pub use copy::{Copied, copy};
pub use read::Journal;
pub use write::{Aside, JournalWriter, ROTATE_AT};

use crate::disk::DiskError;
use annals_core::transfer::Changed;
use std::path::PathBuf;

/// The folder of the journal in a ledger.
const FOLDER: &str = "journal";
/// The folder of the documents in a ledger.
const DOCUMENTS: &str = "document";
/// The maximum length of a line in bytes, including its LF: twice the largest body.
pub const LINE_BOUND: usize = 2 * 1_048_576;
/// The maximum size of a document in bytes: FORMAT.md section 1.
pub const DOCUMENT_BOUND: u64 = 67_108_864;

/// What to do about a journal whose lines git ended otherwise, for a ledger of its own.
pub const GIT_IN_LEDGER: &str = "; if git did it, put a file .gitattributes with the line \
                                 `* -text` into the ledger's folder, commit it, remove journal, \
                                 document and checkpoint, and check them out again";

/// Why a journal could not be opened or written. A fault of its content is not an error but damage,
/// which a walk reports.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// There is no journal folder.
    #[error("there is no journal at {}", .0.display())]
    Missing(PathBuf),
    /// `create` found a journal.
    #[error("there is a journal at {} already", .0.display())]
    ThereAlready(PathBuf),
    /// The end of the journal is damaged although the checkpoint covers it: nothing is appended.
    #[error(
        "the journal is damaged at its end, at size {size}: {why}; annals repair builds it \
             from the store, annals repair --from COPY takes it from another copy"
    )]
    Damaged {
        /// The number of events before the damage.
        size: u64,
        /// The damage.
        why: &'static str,
    },
    /// The whole journal was changed in transit; it cannot be verified.
    #[error("{} is not as it was written: {}{}", .path.display(), .how.what(), GIT_IN_LEDGER)]
    Changed {
        /// Its first file.
        path: PathBuf,
        /// How it was changed.
        how: Changed,
    },
    /// An entry that would be read back differently.
    #[error("entry {position} cannot be written: {why}")]
    Unwritable {
        /// Its intended position.
        position: u64,
        /// The fault.
        why: &'static str,
    },
    /// The size for the commit line differs from the size that the record would have.
    #[error("the commit says size {said}, but leads to size {counted}")]
    Size {
        /// The size for the commit line.
        said: u64,
        /// The size after the commit.
        counted: u64,
    },
    /// A file operation failed; after [`DiskError::Unknown`] and [`DiskError::Poisoned`] it is not
    /// known whether the commit was written, after every other error it was not.
    #[error(transparent)]
    Disk(#[from] DiskError),
}
