//! What a writer found unfinished and finished, for people.

use std::path::PathBuf;

/// What a writer found unfinished and finished, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// An unfinished commit was moved aside.
    Aside(PathBuf, u64),
    /// There was no store; it was built from the journal.
    StoreBuilt(u64),
    /// The store could not be read: it was kept here, for this reason, and built again from the
    /// journal, so many events.
    StoreAside(PathBuf, String, u64),
    /// The store lacked so many events; they were added from the journal.
    StoreCaughtUp(u64),
    /// The checkpoint was behind; it was signed anew.
    CheckpointSigned(u64),
    /// There was a checkpoint that the log key did not sign so; it was kept aside.
    CheckpointAside(PathBuf, String),
    /// The last mark, for this size, was damaged, and put right from the checkpoint; the file as it
    /// was.
    MarkMended(u64, PathBuf),
    /// The log key's memory ends at this size, before the checkpoint of that size.
    MemoryShort(u64, u64),
    /// A file that should be a log key and is none was passed over.
    KeyPassedOver(String),
}
