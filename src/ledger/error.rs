//! What can go wrong in a use, and what it means for whoever asked.
//!
//! Always holds: every error says what was expected, what was found, where, and what to do; its
//! exit code is one of the six of the command line. Not here: faults of a record (`rule`).

use crate::disk::DiskError;
use crate::entropy::EntropyError;
use crate::journal::JournalError;
use crate::keys::KeysError;
use crate::rule::Fault;
use crate::store::StoreError;
use crate::verify::source::SourceError;
use std::path::PathBuf;

/// A draft, or a line of one, that is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The line of the input (from 1), where there is one.
    pub line: Option<usize>,
    /// The draft's `ref`.
    pub name: Option<String>,
    /// What was expected and found.
    pub why: String,
}

/// Why a use did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// There is no ledger.
    #[error("no ledger at {}; annals init makes one, --ledger DIR names another", .0.display())]
    NoLedger(PathBuf),
    /// There is one already.
    #[error("{} is there already; nothing was changed", .0.display())]
    ThereAlready(PathBuf),
    /// The rules refuse drafts; nothing was written.
    #[error("{} refused; nothing was written", count(.0.len()))]
    Refused(Vec<Refusal>),
    /// The record breaks its own rules, so nothing is added to it.
    #[error("the record has {} faults, the first: {}; nothing was written; \
             annals verify tells all", .0.len(), first(.0))]
    Faulty(Vec<Fault>),
    /// The log key has signed more than the record holds: it must not fork silently.
    #[error(
        "the log key signed size {marked} and the record has {size} events or another root: \
             this is an older or another copy, opened for reading only; restore the newer one"
    )]
    BehindMark {
        /// Size of the last mark.
        marked: u64,
        /// Size of the record.
        size: u64,
    },
    /// What is published at a place is no earlier state of this record.
    #[error(
        "what is published there is {0}, no earlier state of this record; nothing was written; \
         publish into another folder"
    )]
    PublishedOther(String),
    /// Another writer was faster; nothing was written.
    #[error("{0}; nothing was written; do it again")]
    Outrun(String),
    /// The store and the journal do not agree.
    #[error(
        "the store does not hold what the journal holds: {0}; annals repair rebuilds it from \
             the journal and keeps the old one aside"
    )]
    Store(String),
    /// The writer's clock is far off.
    #[error("{0}; if the clock is right, say --clock-is-right")]
    Clock(String),
    /// A name, a position or a point that leads nowhere.
    #[error("{0}")]
    NotFound(String),
    /// Something was asked that cannot be done so.
    #[error("{0}")]
    Usage(String),
    /// A key that is not the one it must be.
    #[error("{0}")]
    Key(String),
    /// After the commit point: the events are in the record, the rest is not done.
    #[error(
        "written, not acknowledged: events {first} to {last} are in the record, but {what} \
             failed; the next writer finishes the rest"
    )]
    NotAcknowledged {
        /// First position.
        first: u64,
        /// Last position.
        last: u64,
        /// What failed.
        what: String,
    },
    /// The trust that was asked for is missing.
    #[error("{0}")]
    Untrusted(String),
    /// A file could not be read or written.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// A key could not be read or written.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The journal could not be read or written.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The store could not be read or written.
    #[error(transparent)]
    StoreIo(#[from] StoreError),
    /// A source could not be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// No randomness.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}

fn count(refused: usize) -> String {
    match refused {
        1 => "one draft is".to_owned(),
        more => format!("{more} drafts are"),
    }
}

fn first(faults: &[Fault]) -> String {
    faults.first().map(Fault::to_string).unwrap_or_default()
}

impl LedgerError {
    /// The exit code: 1 no, 2 could not tell, 3 conflict, 4 forked, 5 trust missing.
    pub fn exit(&self) -> u8 {
        match self {
            LedgerError::Refused(_) | LedgerError::Faulty(_) => 1,
            LedgerError::Disk(DiskError::Held { .. }) | LedgerError::Outrun(_) => 3,
            LedgerError::StoreIo(StoreError::Held(_)) => 3,
            LedgerError::BehindMark { .. } | LedgerError::PublishedOther(_) => 4,
            LedgerError::Untrusted(_) => 5,
            _ => 2,
        }
    }
}
