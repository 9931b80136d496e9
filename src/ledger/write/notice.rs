//! Notices: unfinished work that a writer found and completed, for people.

use crate::ledger::paths::Paths;
use std::path::PathBuf;

/// Unfinished work that a writer found and completed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// An unfinished commit was moved aside.
    Aside(PathBuf, u64),
    /// There was no store; it was built from the journal; the number of events.
    StoreBuilt(u64),
    /// The store could not be read. It was kept aside, and built again from the journal.
    StoreAside {
        /// The path at which it was kept.
        path: PathBuf,
        /// Why it could not be read.
        why: String,
        /// The number of events.
        events: u64,
    },
    /// The store lacked this number of events; they were added from the journal.
    StoreCaughtUp(u64),
    /// The checkpoint was behind; it was signed again, at this size.
    CheckpointSigned(u64),
    /// The log key did not sign the checkpoint; it was kept at this path, for this reason.
    CheckpointAside(PathBuf, String),
    /// The last mark was damaged and was restored from the checkpoint.
    MarkMended {
        /// Its size.
        size: u64,
        /// The path at which the old file was kept.
        path: PathBuf,
    },
    /// The marks of the log key end before the checkpoint.
    MemoryShort {
        /// The size of the last mark.
        marked: u64,
        /// The size of the checkpoint.
        signed: u64,
    },
    /// The marks of the log key are not there, and the log key is.
    MemoryMissing {
        /// The size of the checkpoint.
        signed: u64,
    },
    /// A file that should contain a log key, and does not, was ignored.
    KeyPassedOver(String),
}

impl Notice {
    /// What a writer found and completed, and what to do.
    pub fn text(&self, paths: &Paths) -> String {
        match self {
            Notice::Aside(path, bytes) => {
                let path = path.display();
                format!("note: an unfinished commit ({bytes} bytes) was moved to {path}")
            }
            Notice::StoreBuilt(n) => format!("note: the store was built, {n} events"),
            Notice::StoreAside { path, why, events } => format!(
                "note: the store could not be used ({why}): it was kept as {}, and built again \
                 from the journal, {events} events",
                path.display()
            ),
            Notice::StoreCaughtUp(1) => "note: one event was added to the store".to_owned(),
            Notice::StoreCaughtUp(n) => format!("note: {n} events were added to the store"),
            Notice::CheckpointAside(path, why) => {
                format!("note: the checkpoint was kept as {}: {why}", path.display())
            }
            Notice::MarkMended { size, path } => format!(
                "note: the last line of the log key's memory, for size {size}, was damaged; it was \
                 put right from the checkpoint, and the file as it was is {}",
                path.display()
            ),
            Notice::MemoryShort { marked, signed } => format!(
                "warning: the log key's memory {}",
                short_memory(*marked, *signed, &paths.marks().display().to_string())
            ),
            Notice::MemoryMissing { signed } => format!(
                "warning: the log key's memory {}",
                missing_memory(*signed, &paths.marks().display().to_string())
            ),
            Notice::KeyPassedOver(why) => {
                format!("note: a file that should be a log key was passed over: {why}")
            }
            Notice::CheckpointSigned(n) => format!("note: the checkpoint of {n} was signed"),
        }
    }
}

/// How the log key's memory ends, which is in `file`, if the checkpoint is of more events, and what
/// to do.
pub fn short_memory(marked: u64, signed: u64, file: &str) -> String {
    format!(
        "ends at size {marked}, and the checkpoint is of size {signed}: {file} is an older copy or \
         was cut; put back the newer one, if there is one"
    )
}

/// That the log key's memory, which belongs in `file`, is not there, and what to do.
pub fn missing_memory(signed: u64, file: &str) -> String {
    format!(
        "is not there, and the log key signed a checkpoint of size {signed}: put back {file}, if \
         there is a copy; without it nothing here shows whether the log key signed more than this \
         record has"
    )
}
