//! The interface between verification and the places that hold a record.
//!
//! A journal, a store, an export and a published directory implement [`Source`], and one verifier
//! reads them all. Always holds: a source only splits bytes into entries; it checks nothing but
//! whether the lines can be separated.
//! Not here: any reading of files (`journal`, `store`). Source: FORMAT.md section 9.

use crate::event::{Entry, record};
use crate::hash::Hash;
use crate::key::Disagreement;
use crate::merkle::Tree;
use crate::rule::Rule;

/// The greatest number of entries in a [`Batch`]: what is made of them while they are verified
/// stays in the cache of a core.
pub const BATCH: usize = 256;

/// A [`BatchGroups`] batch ends with the one that makes it this long, in events or bytes.
const GROUPED: usize = 1_024;
const GROUPED_BYTES: usize = 4 << 20;

/// Consecutive entries of a record, in order, with the commit lines and damage between them.
#[derive(Debug, Default, Clone)]
pub struct Batch {
    /// Number of entries before the first one of this batch.
    pub first: u64,
    /// At most [`BATCH`] entries; a batch of [`BatchGroups`] may have more.
    pub entries: Vec<Entry>,
    /// The commit lines after these entries, in order.
    pub commit_lines: Vec<CommitLine>,
    /// Places that could not be read as events, or contradict them (rules 910 and 971–974).
    pub damage: Vec<Damage>,
}

/// A commit line of a journal (FORMAT.md: closing line): `= <size> <base64 root> <base64 sum>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitLine {
    /// Number of entries before this line, counted.
    pub counted: u64,
    /// The values of the line; `None` if it is not in form.
    pub parsed: Option<CommitLineValues>,
    /// Whether the sum in the line is SHA-256 of the commit's bytes.
    pub sum_holds: bool,
}

/// The three values of a commit line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommitLineValues {
    /// Events in the record so far.
    pub size: u64,
    /// Root of the tree of that size.
    pub root: Hash,
    /// SHA-256 of the commit's bytes before this line.
    pub sum: Hash,
}

impl CommitLineValues {
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

/// The entries of a record in order, each with the number of those before it; they end after the
/// first error.
pub type Entries<'a> = Box<dyn Iterator<Item = Result<(u64, Entry), SourceError>> + Send + 'a>;

/// The batches of a walk, some together: for writers that sync after each.
///
/// Always holds: in order, each once; a group ends with the batch that gives it 1,024 events or
/// 4 MiB. After the first error, what was read before it comes first.
///
/// ```
/// use annals_core::event::Entry;
/// use annals_core::verify::source::{Batch, BatchGroups};
/// let entries = || vec![Entry::default(); 256];
/// let batch = move |first| Ok(Batch { first, entries: entries(), ..Batch::default() });
/// let groups = BatchGroups::of(Box::new((0..5).map(move |number| batch(256 * number))));
/// let sizes: Vec<_> = groups.flatten().map(|group| (group.first, group.entries.len())).collect();
/// assert_eq!(sizes, [(0, 1_024), (1_024, 256)]);
/// ```
pub struct BatchGroups<'a> {
    walk: Walk<'a>,
    /// The error after the last group.
    error: Option<SourceError>,
}

impl<'a> BatchGroups<'a> {
    /// Groups the batches of a walk.
    pub fn of(walk: Walk<'a>) -> BatchGroups<'a> {
        BatchGroups { walk, error: None }
    }
}

impl Iterator for BatchGroups<'_> {
    type Item = Result<Batch, SourceError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(error) = self.error.take() {
            return Some(Err(error));
        }
        let mut group: Option<Batch> = None;
        let mut bytes = 0;
        for batch in &mut self.walk {
            let batch = match (batch, &group) {
                (Ok(batch), _) => batch,
                (Err(error), None) => return Some(Err(error)),
                (Err(error), Some(_)) => {
                    self.error = Some(error);
                    break;
                }
            };
            let length =
                |entry: &Entry| entry.record.len() + entry.body.as_ref().map_or(0, Vec::len);
            bytes += batch.entries.iter().map(length).sum::<usize>();
            let joined = match group.take() {
                None => batch,
                Some(mut before) => {
                    before.entries.extend(batch.entries);
                    before.commit_lines.extend(batch.commit_lines);
                    before.damage.extend(batch.damage);
                    before
                }
            };
            let is_full = joined.entries.len() >= GROUPED || bytes >= GROUPED_BYTES;
            group = Some(joined);
            if is_full {
                break;
            }
        }
        group.map(Ok)
    }
}

/// A place that holds a record.
pub trait Source: Sync {
    /// Number of events in the record, without an unfinished commit.
    fn size(&self) -> u64;

    /// All batches from entry `from` on, in order, up to [`Source::size`].
    fn walk(&self, from: u64) -> Result<Walk<'_>, SourceError>;

    /// All entries from number `from` on, in order, up to [`Source::size`].
    fn entries(&self, from: u64) -> Result<Entries<'_>, SourceError> {
        let entries = self.walk(from)?.flat_map(|batch| {
            let (batch, error) = match batch {
                Ok(batch) => (batch, None),
                Err(error) => (Batch::default(), Some(Err(error))),
            };
            (batch.first..).zip(batch.entries).map(Ok).chain(error)
        });
        let is_wanted = move |entry: &Result<(u64, Entry), SourceError>| {
            entry.as_ref().map_or(true, |(index, _)| *index >= from)
        };
        Ok(Box::new(entries.filter(is_wanted)))
    }

    /// The tree of the first `size` entries, or of all of them where there are fewer.
    fn tree(&self, size: u64) -> Result<Tree, SourceError> {
        let mut tree = Tree::default();
        for entry in self.entries(0)?.take(usize::try_from(size).unwrap_or(usize::MAX)) {
            tree.push(record::hash(&entry?.1.record));
        }
        Ok(tree)
    }

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

    /// Whether only the checkpoint says how many events there are. Where that is not in form, no
    /// event was read, and no mark and no pin is compared.
    fn is_sized_by_checkpoint(&self) -> bool {
        false
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
