//! Two sources of one record, side by side.
//!
//! Always holds: only the part that both have is compared. Not here: which of them is correct.

use annals_core::event::record::hash;
use annals_core::hash::Hash;
use annals_core::verify::source::{Source, SourceError};

/// The result of comparing two sources, as far as both reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceComparison {
    /// The same events with the same bodies.
    Same,
    /// The same events; a body differs, or one source withholds it.
    Bodies,
    /// Different events from a position on.
    Forked {
        /// The first position that differs.
        position: u64,
        /// Hash of that event in the first source.
        one_hash: Hash,
        /// Hash of that event in the second source.
        other_hash: Hash,
    },
}

/// Compares two sources entry by entry.
pub fn compare(one: &dyn Source, other: &dyn Source) -> Result<SourceComparison, SourceError> {
    let mut bodies = SourceComparison::Same;
    for (one, other) in one.entries(0)?.zip(other.entries(0)?) {
        let ((position, one), (_, other)) = (one?, other?);
        if one.record != other.record {
            let (one_hash, other_hash) = (hash(&one.record), hash(&other.record));
            return Ok(SourceComparison::Forked { position, one_hash, other_hash });
        }
        if one.body != other.body {
            bodies = SourceComparison::Bodies;
        }
    }
    Ok(bodies)
}
