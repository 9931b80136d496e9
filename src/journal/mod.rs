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
//! The commit point is the closing line on disk: a commit is written with one write and one
//! fdatasync, and what a power cut leaves of it is no part of the record (`end.rs`).
//!
//! Always holds: reading never writes, and bytes of any kind are read without a panic in bounded
//! memory: a line of more than [`LINE_BOUND`] bytes is damage. Nothing but an unfinished commit is
//! ever passed over silently.
//! Not here: what an event says, whether it is legal, whether a root is right (`verify`); the lock
//! of the one writer (`disk::lock`), which its caller holds.
//! Source: FORMAT.md section 9.

mod commit_line;
mod copy;
mod end;
mod files;
mod frame;
mod line;
mod read;
mod write;

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
/// The most bytes of a line, its LF among them: twice the largest body.
pub const LINE_BOUND: usize = 2 * 1_048_576;
/// The most bytes of a document: FORMAT.md section 1.
pub const DOCUMENT_BOUND: u64 = 67_108_864;

/// Why a journal could not be opened or written. What is wrong with its content is no error but
/// damage, which a walk tells.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// There is no journal folder.
    #[error("there is no journal at {}", .0.display())]
    Missing(PathBuf),
    /// `create` found a journal.
    #[error("there is a journal at {} already", .0.display())]
    ThereAlready(PathBuf),
    /// The end of the journal is damaged, though the checkpoint covers it: nothing is appended.
    #[error(
        "the journal is damaged at its end, at size {size}: {why}; annals repair builds it \
             from the store, annals repair --from COPY takes it from another copy"
    )]
    Damaged {
        /// How many events stand before the damage.
        size: u64,
        /// What is wrong.
        why: &'static str,
    },
    /// All of it was changed on its way; nothing of it can be judged.
    #[error(
        "{} is not as it was written: {}; if git did it, put a file .gitattributes with the line \
             `* -text` into the ledger's folder, commit it, remove journal, document and \
             checkpoint, and check them out again",
        .path.display(), .how.what()
    )]
    Changed {
        /// Its first file.
        path: PathBuf,
        /// What was changed.
        how: Changed,
    },
    /// An entry that would not be read back as it is.
    #[error("entry {position} cannot be written: {why}")]
    Unwritable {
        /// Where it was to stand.
        position: u64,
        /// What is wrong.
        why: &'static str,
    },
    /// The closing line is to say another size than the record would have.
    #[error("the commit says size {said}, but leads to size {counted}")]
    Size {
        /// What the closing line was to say.
        said: u64,
        /// The size after the commit.
        counted: u64,
    },
    /// A file failed; [`DiskError::Unknown`] and [`DiskError::Poisoned`] mean that it is not known
    /// whether the commit was written, every other one that it was not.
    #[error(transparent)]
    Disk(#[from] DiskError),
}
