//! The part of a record that goes into a bag.

use annals_core::hash::Hash;
use annals_core::pin::LogKeys;
use annals_core::text::Origin;
use annals_core::verify::Report;
use std::collections::BTreeSet;

/// The end of a verified record, or of its part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordEnd {
    /// Number of events.
    pub size: u64,
    /// Root of the tree.
    pub root: Hash,
    /// Hash of the last event.
    pub head: Option<Hash>,
}

impl From<&Report> for RecordEnd {
    fn from(report: &Report) -> RecordEnd {
        RecordEnd { size: report.size, root: report.root, head: report.head }
    }
}

/// The part of a record that goes into a bag: of its state only what the copy needs, because the
/// state may be large.
pub struct Part {
    /// Number of events, root and last hash.
    pub end: RecordEnd,
    /// Number of events of the whole record.
    pub of: u64,
    /// Whether the part is the whole.
    pub is_whole: bool,
    /// The ledger's name.
    pub origin: Origin,
    /// The log keys, each with the size from which it is valid.
    pub log: Vec<LogKeys>,
    /// The events whose bodies are redacted.
    pub redacted: BTreeSet<u64>,
}

impl Part {
    /// The log keys after the first `size` events.
    pub fn keys(&self, size: u64) -> Option<&LogKeys> {
        self.log.iter().rev().find(|keys| keys.size <= size)
    }
}
