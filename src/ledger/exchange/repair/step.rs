//! The steps of a repair, as they are reported.

use annals_core::hash::Hash;
use std::fmt;
use std::path::PathBuf;

/// A finding or an action of a repair, reported as it happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The state of a place.
    Found(CopyKind, PathBuf, CopyState),
    /// The first place was built from the second; the number of events.
    Built(CopyKind, CopyKind, u64),
    /// The old content of a place was kept at this path.
    Aside(&'static str, PathBuf),
    /// A document was taken from the copy.
    Document(Hash),
    /// The document of this event is missing, and the copy, if there is one, lacks it too.
    NoDocument(u64, Hash),
    /// The checkpoint was taken from the copy; its size.
    Checkpoint(u64),
    /// The index was built from the journal; the number of events.
    Index(u64),
    /// Nothing was changed.
    Nothing {
        /// Whether the record here has no fault, so that nothing was to be repaired.
        whole: bool,
    },
}

/// The state of a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CopyState {
    /// A complete record; the number of events.
    Whole(u64),
    /// A damaged record: the first fault, and the number of further faults.
    Damaged(String, usize),
    /// It is complete by itself, but is not the record that was signed here: older, or another; the
    /// number of events and the reason.
    Unfit(u64, String),
    /// It cannot be examined; the reason.
    Unknown(String),
    /// There is nothing.
    Absent,
}

/// The kinds of place that hold a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CopyKind {
    /// The journal of this ledger.
    Journal,
    /// Its store.
    Store,
    /// The journal of another copy.
    Copy,
}

impl fmt::Display for CopyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            CopyKind::Journal => "journal",
            CopyKind::Store => "store",
            CopyKind::Copy => "copy",
        })
    }
}
