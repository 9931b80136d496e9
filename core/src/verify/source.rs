//! The seam between verification and the places that hold a record.
//!
//! Declared here, by the one who needs it: a journal, a store, later an export or a published
//! directory implement [`Source`], and one verifier judges them all. Always holds: a source only
//! cuts bytes into entries; it judges nothing but whether lines can be told apart.
//! Not here: any reading of files (`journal`, `store`). Source: FORMAT.md section 9.

use crate::event::Entry;
use crate::hash::Hash;
use crate::rule::Rule;

/// How many entries a [`Batch`] holds at most.
pub const BATCH: usize = 1_024;

/// Consecutive entries of a record, in order, with what stood between them.
#[derive(Debug, Default, Clone)]
pub struct Batch {
    /// How many entries stand before the first one of this span.
    pub first: u64,
    /// At most [`BATCH`] entries.
    pub entries: Vec<Entry>,
    /// The closing lines met after one of these entries, in order.
    pub closings: Vec<CommitLine>,
    /// Places that could not be read as events, or contradict them (rules 910 and 971–974).
    pub damage: Vec<Damage>,
}

/// A closing line of a journal: `= <size> <base64 root> <base64 sum>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitLine {
    /// How many entries of the record stand before this line, counted.
    pub counted: u64,
    /// What the line says; `None` if it is not in form.
    pub said: Option<ClosingLine>,
    /// Whether the sum that the line says is SHA-256 of the commit's bytes.
    pub sum_holds: bool,
}

/// The three values of a closing line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClosingLine {
    /// Events in the record so far.
    pub size: u64,
    /// Root of the tree of that size.
    pub root: Hash,
    /// SHA-256 of the commit's bytes before this line.
    pub sum: Hash,
}

impl ClosingLine {
    /// How many bytes the line has, its LF among them.
    pub fn bytes(&self) -> u64 {
        let digits = u64::from(self.size.checked_ilog10().unwrap_or(0)) + 1;
        // `= `, a space, 44 characters of base64, a space, 44 more, LF.
        2 + digits + 1 + 44 + 1 + 44 + 1
    }
}

/// A place in a source that could not be read as events, or is not what follows from them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// The position to tell: of most rules, how many entries stand before it.
    pub counted: u64,
    /// The rule that it breaks.
    pub rule: Rule,
    /// What was found, where (file, line), what was expected.
    pub why: String,
}

/// Spans of a record in order; the walk ends after the first error.
pub type Walk<'a> = Box<dyn Iterator<Item = Result<Batch, SourceError>> + Send + 'a>;

/// Something that holds a record and can be read from its start.
pub trait Source: Sync {
    /// How many events the record has (its unfinished commit, if there is one, left out).
    fn size(&self) -> u64;

    /// All spans from entry `from` on, in order, up to [`Source::size`].
    fn walk(&self, from: u64) -> Result<Walk<'_>, SourceError>;

    /// The bytes of the document of this SHA-256; `None` if it is not there.
    fn document(&self, digest: &Hash) -> Result<Option<Vec<u8>>, SourceError>;

    /// What was changed of all of it on its way, where that is so: then nothing of it is judged.
    fn changed(&self) -> Option<String> {
        None
    }

    /// Bytes after the end of the record that are no part of it (an unfinished commit).
    fn ignored_bytes(&self) -> u64 {
        0
    }
}

/// A source that could not be read: what, where, and the cause.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {what}")]
pub struct SourceError {
    /// The file or store.
    pub what: String,
    /// Why not.
    #[source]
    pub cause: std::io::Error,
}
