//! An event's bytes and values, strict both ways.

/// One event as a source holds it: raw bytes, nothing judged.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Entry {
    /// The record: three lines, each with its LF.
    pub record: Vec<u8>,
    /// The body without LF; `None` if it is withheld.
    pub body: Option<Vec<u8>>,
}
