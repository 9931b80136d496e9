//! The steps of a repair, as they are reported.

use annals_core::hash::Hash;
use std::fmt;
use std::path::PathBuf;

/// What was found or done, told as it happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// What a place holds.
    Found(CopyKind, PathBuf, CopyState),
    /// The first was built from the second, so many events.
    Built(CopyKind, CopyKind, u64),
    /// What was in a place is kept here.
    Aside(&'static str, PathBuf),
    /// A document was taken from the copy.
    Document(Hash),
    /// A document that event is missing, and the copy, if there is one, has it not.
    NoDocument(u64, Hash),
    /// The checkpoint was taken from the copy; its size.
    Checkpoint(u64),
    /// The index was made from the journal; of how many events.
    Index(u64),
    /// All was well: nothing was changed.
    Nothing,
}

/// What a place was found to hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CopyState {
    /// A whole record of so many events.
    Whole(u64),
    /// A record that is not whole: why, and how many faults more.
    Damaged(String, usize),
    /// A copy that is whole by itself, of so many events, and cannot take the place of what was
    /// signed here: why.
    Unfit(u64, String),
    /// It cannot be looked at: why.
    Unknown(String),
    /// Nothing.
    Absent,
}

/// Where a record can be held.
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
