//! The part of a record that goes into a bag.

use annals_core::pin::LogKeys;
use annals_core::text::Origin;
use annals_core::verify::Report;

/// The part of a record that goes into a bag.
pub struct Part {
    /// Number of events.
    pub size: u64,
    /// Number of events of the whole record.
    pub of: u64,
    /// The ledger's name.
    pub origin: Origin,
    /// The report on the part.
    pub report: Report,
}

impl Part {
    /// The log keys after the first `size` events.
    pub fn keys(&self, size: u64) -> Option<&LogKeys> {
        self.report.log.iter().rev().find(|keys| keys.size <= size)
    }
}
