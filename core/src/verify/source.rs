//! The interface between verification and the places that hold a record.
//!
//! A journal, a store, an export and a published directory implement [`Source`], and one verifier
//! reads them all. Always holds: a source only splits bytes into entries; it checks nothing but
//! whether the lines can be separated.
//! Not here: any reading of files (`journal`, `store`). Source: FORMAT.md section 9.

use crate::event::Entry;
use crate::hash::Hash;
use crate::key::Disagreement;
use crate::rule::Rule;

/// The greatest number of entries in a [`Batch`]: what is made of them while they are verified
/// stays in the cache of a core.
pub const BATCH: usize = 256;

/// Consecutive entries of a record, in order, with the commit lines and damage between them.
#[derive(Debug, Default, Clone)]
pub struct Batch {
    /// Number of entries before the first one of this batch.
    pub first: u64,
    /// At most [`BATCH`] entries.
    pub entries: Vec<Entry>,
    /// The commit lines after these entries, in order.
    pub closings: Vec<CommitLine>,
    /// Places that could not be read as events, or contradict them (rules 910 and 971–974).
    pub damage: Vec<Damage>,
}

/// A closing line of a journal: `= <size> <base64 root> <base64 sum>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitLine {
    /// Number of entries before this line, counted.
    pub counted: u64,
    /// The values of the line; `None` if it is not in form.
    pub parsed: Option<ClosingLine>,
    /// Whether the sum in the line is SHA-256 of the commit's bytes.
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
    /// The length of the line in bytes, with its LF.
    pub fn bytes(&self) -> u64 {
        let digits = u64::from(self.size.checked_ilog10().unwrap_or(0)) + 1;
        // `= `, a space, 44 characters of base64, a space, 44 more, LF.
        2 + digits + 1 + 44 + 1 + 44 + 1
    }
}

/// A place in a source that could not be read as events, or that contradicts them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// The position to report: for most rules, the number of entries before it.
    pub counted: u64,
    /// The rule that it breaks.
    pub rule: Rule,
    /// What was found, where (file, line), what was expected.
    pub why: String,
}

/// The batches of a record in order; the walk ends after the first error.
pub type Walk<'a> = Box<dyn Iterator<Item = Result<Batch, SourceError>> + Send + 'a>;

/// A place that holds a record.
pub trait Source: Sync {
    /// Number of events in the record, without an unfinished commit.
    fn size(&self) -> u64;

    /// All batches from entry `from` on, in order, up to [`Source::size`].
    fn walk(&self, from: u64) -> Result<Walk<'_>, SourceError>;

    /// The entry after this number of others, if the source can find it without a walk; a walk
    /// finds the others.
    fn entry_at(&self, _index: u64) -> Result<Option<Entry>, SourceError> {
        Ok(None)
    }

    /// The bytes of the document with this SHA-256; `None` if it is missing.
    fn document(&self, digest: &Hash) -> Result<Option<Vec<u8>>, SourceError>;

    /// How the whole source was changed in transfer; nothing of it is verified then.
    fn changed(&self) -> Option<String> {
        None
    }

    /// Number of bytes after the end of the record that are not part of it (an unfinished commit).
    fn ignored_bytes(&self) -> u64 {
        0
    }
}

/// A source that could not be read: what, and the cause.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {what}")]
pub struct SourceError {
    /// The file or store.
    pub what: String,
    /// The cause.
    #[source]
    pub cause: std::io::Error,
}

impl From<Disagreement> for SourceError {
    fn from(disagreement: Disagreement) -> SourceError {
        let cause = std::io::Error::other(disagreement);
        SourceError { what: "the signatures".to_owned(), cause }
    }
}
