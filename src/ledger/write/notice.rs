//! Notices: unfinished work that a writer found and completed, for people.

use std::path::PathBuf;

/// Unfinished work that a writer found and completed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// An unfinished commit was moved aside.
    Aside(PathBuf, u64),
    /// There was no store; it was built from the journal; the number of events.
    StoreBuilt(u64),
    /// The store could not be read. It was kept at this path, for this reason, and built again from
    /// the journal, with this number of events.
    StoreAside(PathBuf, String, u64),
    /// The store lacked this number of events; they were added from the journal.
    StoreCaughtUp(u64),
    /// The checkpoint was behind; it was signed again, at this size.
    CheckpointSigned(u64),
    /// The log key did not sign the checkpoint; it was kept at this path, for this reason.
    CheckpointAside(PathBuf, String),
    /// The last mark, of this size, was damaged and was restored from the checkpoint; the old file
    /// was kept at this path.
    MarkMended(u64, PathBuf),
    /// The marks of the log key end at the first size, the checkpoint is of the second.
    MemoryShort(u64, u64),
    /// A file that should contain a log key, and does not, was ignored.
    KeyPassedOver(String),
}
