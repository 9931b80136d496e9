//! The index: the state after any event, so that an answer need not fold the record again.
//!
//! ```text
//! <ledger>/index/events   64 bytes an event: its time, its offset in its journal file, the offset
//!                         of its rows in `tree`, the facts or the document that it is about, the
//!                         numbers of keys and roots after it
//!                hashes   40 bytes a node of the record's Merkle tree, in the order of completion
//!                keys     48 bytes a key, in the order in which the record names them
//!                tree     rows (the state of a fact, a document, a relation after an event) and
//!                         the nodes of three trees over them, by position: 16 ways, copied on
//!                         change
//!                roots    64 bytes a point: every 256 events, and after each suspect revocation;
//!                         the totals there are in `tree`
//!                terms, sorted
//!                         16 bytes a term: which events have a body, a document, a claim, a
//!                         passage or an agent
//!                words, runs, redacted
//!                         which facts have a word, a topic, a date
//!                seal     the state of these files and of the journal, signed by the log key
//! ```
//!
//! A tree whose changed nodes are copied exists for every point at once: a row as of a point is
//! found by a walk down from the root before it, and over the rows of the at most 255 events since.
//! Two roots that share a node do not differ below it; this makes comparing points fast.
//!
//! The index is not in sled, although the store is: opening sled locks it and may rewrite it, while
//! a reader of the index waits for nobody, writes nothing and works on read-only media.
//!
//! Always holds: the files are derived from the journal alone, byte for byte; they can be deleted
//! at any time, and are checked by building them again. They are never synced and never evidence:
//! their hashes must give the root in the journal's last commit line; every other entry carries a
//! check of its bytes, its place and the hash of the event after which it was written, so that a
//! file of another record, or of a diverged copy, is never accepted for this one; an event that is
//! read through them must have its hash. If a check fails, the journal is folded.
//! Only a record without faults is indexed. Not here: answers (`ledger::query`).

mod build;
mod files;
mod node;
mod node_file;
mod read;
mod row;
mod status;
mod stored_row;
mod compare_or_write;
mod facet;
mod shortlist;
mod terms;
mod totals;
mod trie;
mod searched_texts;
mod word_runs;
mod word_search;
mod words;

pub use build::Builder;
pub use read::{Index, Snapshot};
pub use row::{EventMark, Row, RowKind, RowValue, may_have};
pub use searched_texts::{TextField, searched_texts};
pub use shortlist::{Facets, Shortlist};
pub use status::{BuildMode, IndexStatus};
pub use terms::{QuotedPassage, Term, Terms, claim_digest, quoted};
pub use totals::Totals;
pub use trie::TreeKind;
pub use word_search::WordIndex;

use crate::disk::disk_error::{Obstacle, is_kind_of_writing};
use annals_core::hash::Hash;
use siphasher::sip::SipHasher13;
use std::hash::Hasher;
use std::path::{Path, PathBuf};

/// The folder of a ledger's index.
pub const FOLDER: &str = "index";
/// The number of events between two roots.
const STRIDE: u64 = 256;
/// The beginning of `tree`. A change of any layout here changes it.
const HEADER: &[u8; 16] = b"annals index 12\n";
/// Bytes of an event's entry.
const EVENT: u64 = 64;
/// Bytes of a root's entry.
const ROOT: u64 = 64;
/// Bytes of a hash's entry.
const HASH: u64 = 40;
/// Bytes of a key's entry.
const KEY: u64 = 48;

/// The names of the files, in the order in which they are written: `events` last.
pub const NAMES: [&str; 10] =
    ["tree", "keys", "hashes", "roots", "terms", "sorted", "words", "runs", "redacted", "events"];

/// The folder of the index of the ledger in this folder.
pub fn folder(ledger: &Path) -> PathBuf {
    ledger.join(FOLDER)
}

/// Why the index cannot answer, so that the caller folds the record instead.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// There is no index.
    #[error("there is no index")]
    Absent,
    /// It ends before the journal: a writer is at work, or was interrupted.
    #[error("the index ends before the record: it has {has} events, the journal {size}")]
    Behind {
        /// The number of events in the index.
        has: u64,
        /// The number of events in the journal.
        size: u64,
    },
    /// Another version of this program made the index.
    #[error(
        "the index was made by another version of this program; the next writer makes it again"
    )]
    Version,
    /// The index is of another record.
    #[error("the index is not that of this record: {0}")]
    Other(String),
    /// So much of it is wrong that it is built from the start.
    #[error("too much of the index is to be made again")]
    TooMuch,
    /// An event in the journal is not the one that was indexed.
    #[error("event {0} in the journal is not the one that was indexed")]
    Changed(u64),
    /// The content of the index is not what was written.
    #[error("the index is damaged: {0}")]
    Damaged(String),
    /// A file could not be read.
    #[error("the index cannot be read: {0}")]
    Unreadable(#[source] std::io::Error),
    /// A file could not be written.
    #[error("the index cannot be written: {0}")]
    Unwritten(#[source] std::io::Error),
}

impl From<std::io::Error> for IndexError {
    fn from(error: std::io::Error) -> IndexError {
        match is_kind_of_writing(error.kind()) {
            true => IndexError::Unwritten(error),
            false => IndexError::Unreadable(error),
        }
    }
}

impl IndexError {
    /// Whether the index itself is wrong: it exists, and is neither one that the next writer
    /// continues nor a right one of another journal.
    pub fn is_wrong(&self) -> bool {
        use IndexError::{Damaged, Other, Unreadable, Unwritten};
        matches!(self, Other(_) | Damaged(_) | Unreadable(_) | Unwritten(_))
    }

    /// What to do about an index that [`IndexError::is_wrong`]. One that this user may not read is
    /// not known to be damaged.
    pub fn advice(&self) -> &'static str {
        let is = |cause, obstacle| Obstacle::of(cause) == Some(obstacle);
        match self {
            IndexError::Unreadable(cause) if is(cause, Obstacle::Denied) => {
                "permission is denied, and nothing is known to be damaged: ask the owner of the \
                 files, or let them be read"
            }
            IndexError::Unwritten(cause) if is(cause, Obstacle::Denied) => {
                "permission to write is denied, and nothing is known to be damaged: ask the owner \
                 of the files, or let this user write there"
            }
            IndexError::Unreadable(cause) | IndexError::Unwritten(cause)
                if is(cause, Obstacle::OpenFiles) =>
            {
                "the limit of open files is too low (ulimit -n), and nothing is known to be damaged"
            }
            _ => "annals repair --index rebuilds the index",
        }
    }
}

fn damaged(why: impl Into<String>) -> IndexError {
    IndexError::Damaged(why.into())
}

/// The check of a record of a file: SipHash-1-3 over its kind, its place and its bytes, keyed with
/// the first 16 bytes of the hash of the event that it follows from (zeros for a hash of an event
/// or of a node, which commits to that itself). It finds damage and what belongs to another record;
/// anybody who can write the files can compute it, so it is no evidence.
#[inline]
fn check(what: &str, place: u64, after: Option<&Hash>, bytes: &[u8]) -> [u8; 8] {
    let [low, high] = after.map_or([0; 2], |hash| numbers(&hash.0));
    let mut hasher = SipHasher13::new_with_keys(low, high);
    let parts = [what.as_bytes(), &place.to_le_bytes(), bytes];
    // The hash is over the parts one after the other; few bytes are put together first.
    let mut whole = [0; 96];
    let mut length = 0;
    for part in parts {
        if let Some(to) = whole.get_mut(length..length + part.len()) {
            to.copy_from_slice(part);
        }
        length += part.len();
    }
    match whole.get(..length) {
        Some(whole) => hasher.write(whole),
        None => parts.into_iter().for_each(|part| hasher.write(part)),
    }
    hasher.finish().to_le_bytes()
}

/// Little-endian numbers of 8 bytes.
#[inline]
fn numbers<const N: usize>(bytes: &[u8]) -> [u64; N] {
    let mut out = [0; N];
    for (number, eight) in out.iter_mut().zip(bytes.as_chunks::<8>().0) {
        *number = u64::from_le_bytes(*eight);
    }
    out
}

fn bytes_of(numbers: &[u64]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

/// The index of the hash of a complete subtree, in the order of completion.
fn stored_hash_index(level: u32, index: u64) -> u64 {
    let mut leaf = index;
    for _ in 0..level {
        leaf = 2 * leaf + 1;
    }
    // Leaf n is completed after n leaves and the inner nodes over them: n/2 + n/4 + …
    let mut before = 0;
    let mut rest = leaf;
    while rest > 0 {
        before += rest;
        rest >>= 1;
    }
    before + u64::from(level)
}

#[cfg(test)]
mod tests;
