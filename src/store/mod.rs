//! Stores: entries by position after one head, changed by compare-and-swap.
//!
//! The contract. Every store satisfies each sentence; `tests/store/contract.rs` tests each by its
//! number on every store.
//!
//! 1. A new store is empty: its head is size 0 without a hash.
//! 2. `append` whose `from` is the head writes the batch after the last entry and makes `to` the
//!    head.
//! 3. `append` whose `from` is not the head writes nothing and returns [`Appended::Conflict`] with
//!    the head.
//! 4. `read` gives the entries of a range in order, byte for byte as they were appended; of a range
//!    beyond the head, the part before it. `difference` compares with what `read` gives.
//! 5. A batch is stored whole or not at all: at every moment, after every error, and after the end
//!    of the process at any point.
//! 6. After [`Appended::Written`] the batch is durable: neither the end of the process nor a power
//!    cut removes it.
//! 7. Bytes are opaque: every byte is kept; an empty body differs from a withheld one.
//! 8. A batch that does not lead from `from` to `to`, or an entry out of bounds, is refused before
//!    anything is written: [`StoreError::Batch`], [`StoreError::TooLarge`].
//! 9. After [`StoreError::Unknown`] it is not known whether the batch was written; the store
//!    refuses further appends with [`StoreError::Refusing`] until it is opened again.
//! 10. One process at a time: a second process that opens the store gets [`StoreError::Held`].
//! 11. A damaged store returns an error, or fewer entries; it never panics.
//!
//! Not here: the meaning of an entry, whether it is legal, which hash is right: a store knows no
//! events. It is never evidence (FORMAT.md section 9, rule 901): the journal is.
//! Source: FORMAT.md section 9; the cells of a compare-and-swap after Herlihy, 1991.

pub mod faulty;
pub mod memory;
mod catch_panic;
pub mod sled;
pub mod place;

use annals_core::event::Entry;
use annals_core::hash::Hash;
use std::ops::Range;
use std::path::PathBuf;

/// The maximum size of a record in a store, in bytes: FORMAT.md section 2.
pub const RECORD_BOUND: usize = 4_096;
/// The maximum size of a body in a store, in bytes: twice what FORMAT.md allows, so that a body
/// that is too large can be kept as the journal has it.
pub const BODY_BOUND: usize = 2 * 1_048_576;

/// The folder of later segments, inside that of the first.
const SEGMENTS: &str = "segments";

/// Size and hash of the last event: the value of the compare-and-swap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoreHead {
    /// The number of entries.
    pub size: u64,
    /// The hash of the last event; `None` if and only if there is none.
    pub hash: Option<Hash>,
}

impl StoreHead {
    /// The head of a store without entries.
    pub const EMPTY: StoreHead = StoreHead { size: 0, hash: None };
}

/// The result of an append that did not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Appended {
    /// The batch is stored and durable.
    Written,
    /// Another append was first: nothing was written; the present head.
    Conflict(StoreHead),
}

/// Entries by position after one head. The contract is the numbered list above.
pub trait Store: Send + Sync {
    /// The present head.
    fn head(&self) -> Result<StoreHead, StoreError>;

    /// The entries at these positions, in order. The caller limits the range, because all of it is
    /// held in memory.
    fn read(&self, range: Range<u64>) -> Result<Vec<Entry>, StoreError>;

    /// The position of the first of these entries, from the position `first` on, that is another
    /// one here or is not here; `None` if all are the same.
    fn difference(&self, first: u64, entries: &[Entry]) -> Result<Option<u64>, StoreError> {
        let found = self.read(first..first.saturating_add(entries.len() as u64))?;
        let same = found.iter().zip(entries).take_while(|(a, b)| a == b).count();
        Ok((same < entries.len()).then_some(first.saturating_add(same as u64)))
    }

    /// Appends a batch of one or more entries if the head is `from`, and makes `to` the head.
    fn append(
        &mut self,
        from: &StoreHead,
        to: &StoreHead,
        batch: &[Entry],
    ) -> Result<Appended, StoreError>;
}

impl<S: Store + ?Sized> Store for Box<S> {
    fn head(&self) -> Result<StoreHead, StoreError> {
        (**self).head()
    }
    fn read(&self, range: Range<u64>) -> Result<Vec<Entry>, StoreError> {
        (**self).read(range)
    }
    fn difference(&self, first: u64, entries: &[Entry]) -> Result<Option<u64>, StoreError> {
        (**self).difference(first, entries)
    }
    fn append(
        &mut self,
        from: &StoreHead,
        to: &StoreHead,
        batch: &[Entry],
    ) -> Result<Appended, StoreError> {
        (**self).append(from, to, batch)
    }
}

/// Why an operation of a store failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no store at this path; `open` never creates one.
    #[error("there is no store at {}", .0.display())]
    Missing(PathBuf),
    /// There is something at this path already; `create` never opens a store.
    #[error("there is something at {} already", .0.display())]
    ThereAlready(PathBuf),
    /// Another process has the store open.
    #[error("the store at {} is held by another process", .0.display())]
    Held(PathBuf),
    /// The files at this path cannot be read as a store.
    #[error("the store cannot be read: {0}")]
    Damaged(String),
    /// The files at this path cannot be written: what is there is not at fault.
    #[error("the store cannot be written: {0}")]
    Unwritten(std::io::Error),
    /// The batch does not lead from one head to the other.
    #[error("the batch does not lead from size {from} to size {to}: {why}")]
    Batch {
        /// Size of the head that it was to be appended to.
        from: u64,
        /// Size of the head that it was to lead to.
        to: u64,
        /// The fault of the batch.
        why: &'static str,
    },
    /// An entry is out of bounds: [`RECORD_BOUND`], [`BODY_BOUND`].
    #[error("the {what} of entry {position} has {bytes} bytes, more than {bound}")]
    TooLarge {
        /// Record or body.
        what: &'static str,
        /// The intended position of the entry.
        position: u64,
        /// Its size in bytes.
        bytes: usize,
        /// The maximum size.
        bound: usize,
    },
    /// A file of the store could not be created, copied or made durable; nothing was appended.
    #[error(transparent)]
    Disk(#[from] crate::disk::DiskError),
    /// It is not known whether the batch was written.
    #[error("it is not known whether the batch was written: {0}")]
    Unknown(String),
    /// An earlier write failed: nothing more is appended until the store is opened again.
    #[error("the store takes no more writes after a failed one; open it again")]
    Refusing,
}

impl StoreError {
    /// Whether a file could not be read, copied or written here: it says nothing of what the store
    /// holds.
    pub fn is_of_the_disk(&self) -> bool {
        matches!(self, StoreError::Disk(_) | StoreError::Unwritten(_))
    }
}

/// Sentence 8: checks that a batch leads from one head to the other and is within bounds.
fn check(from: &StoreHead, to: &StoreHead, batch: &[Entry]) -> Result<(), StoreError> {
    let refuse = |why| {
        let (from, to) = (from.size, to.size);
        Err(StoreError::Batch { from, to, why })
    };
    if batch.is_empty() {
        return refuse("it is empty");
    }
    if from.size.checked_add(batch.len() as u64) != Some(to.size) {
        return refuse("it has another number of entries");
    }
    if to.hash.is_none() {
        return refuse("the new head has no hash");
    }
    for (position, entry) in (from.size..).zip(batch) {
        let body = entry.body.as_ref().map_or(0, Vec::len);
        within("record", position, entry.record.len(), RECORD_BOUND)?;
        within("body", position, body, BODY_BOUND)?;
    }
    Ok(())
}

fn within(what: &'static str, position: u64, bytes: usize, bound: usize) -> Result<(), StoreError> {
    if bytes > bound {
        return Err(StoreError::TooLarge { what, position, bytes, bound });
    }
    Ok(())
}
