//! Events: their bytes and their values, strict both ways.
//!
//! Always holds: a value that is read from bytes is written as the same bytes, or the bytes are
//! refused with the number of the rule. Not here: checks of one event against others (`verify`,
//! `state`).
//! Source: FORMAT.md sections 1–4.

pub mod args;
pub mod body;
pub mod record;
pub mod canonical;
mod spelling;
pub mod vocabulary;

/// One event as a source holds it: raw bytes, not checked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Entry {
    /// The record: three lines, each with its LF.
    pub record: Vec<u8>,
    /// The body without LF; `None` if it is withheld.
    pub body: Option<Vec<u8>>,
}
