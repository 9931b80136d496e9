//! The steps of a repair, as they are reported.

use annals_core::hash::Hash;
use std::fmt;
use std::path::PathBuf;

/// A finding or an action of a repair, reported as it happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// What was found in a place.
    Found {
        /// The kind of place.
        place: CopyKind,
        /// Its path.
        path: PathBuf,
        /// Its state.
        state: CopyState,
    },
    /// A place was built from another one.
    Built {
        /// The place.
        place: CopyKind,
        /// The other one.
        from: CopyKind,
        /// The number of events.
        events: u64,
    },
    /// The old content of a place was kept.
    Aside {
        /// The place.
        place: &'static str,
        /// The new path.
        path: PathBuf,
    },
    /// A document was taken from the copy.
    Document(Hash),
    /// A document is missing, and the copy, if there is one, lacks it too.
    NoDocument {
        /// The event that captured it.
        position: u64,
        /// Its digest.
        digest: Hash,
    },
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
    /// A damaged record.
    Damaged {
        /// The first fault.
        why: String,
        /// The number of further faults.
        more: usize,
    },
    /// It is complete by itself, but is not the record that was signed here: older, or another.
    Unfit {
        /// The number of events.
        events: u64,
        /// The reason.
        why: String,
    },
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
