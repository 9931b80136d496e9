//! An event that was read for an answer.
//!
//! Not here: reading it, and which of its words may be shown (`View`).

use annals_core::event::record::Statement;
use annals_core::hash::Hash;
use annals_core::time::Time;
use annals_core::verify::examine::Examined;

/// An event that was read.
pub struct ViewedEvent {
    /// Its position.
    pub position: u64,
    /// The result of examining it.
    pub examined: Examined,
}

impl ViewedEvent {
    /// The event at an index of its journal; a damaged one has no place of its own.
    pub(super) fn of(index: u64, examined: Examined) -> ViewedEvent {
        let position = examined.reading.place.map_or(index, |place| place.seq);
        ViewedEvent { position, examined }
    }

    /// Its statement, if it is well formed.
    pub fn statement(&self) -> Option<&Statement> {
        self.examined.reading.statement.as_ref()
    }

    /// Its hash.
    pub fn hash(&self) -> Hash {
        self.examined.reading.hash
    }

    /// Its time.
    pub fn at(&self) -> Option<Time> {
        self.examined.reading.place.map(|place| place.at)
    }
}
