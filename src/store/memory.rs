//! A store in memory: the shortest implementation of the contract, for tests and for folds of a
//! copy.
//!
//! Always holds: every sentence of the contract except 6 and 10, which need a disk: the entries end
//! with the value. Not here: durability. Source: the contract in [`super`].

use crate::store::{Appended, Store, StoreError, StoreHead, check};
use annals_core::event::Entry;
use std::ops::Range;

/// Entries in a vector, and the head.
///
/// ```
/// use annals_core::event::Entry;
/// use annals_core::hash::Hash;
/// use annals::store::{Appended, StoreHead, Store, memory::MemoryStore};
/// let mut store = MemoryStore::new();
/// let one = StoreHead { size: 1, hash: Some(Hash::of(&[b"one"])) };
/// let entry = Entry { record: b"one".to_vec(), body: None };
/// assert_eq!(store.append(&StoreHead::EMPTY, &one, &[entry.clone()])?, Appended::Written);
/// assert_eq!(store.append(&StoreHead::EMPTY, &one, &[entry])?, Appended::Conflict(one));
/// # Ok::<(), annals::store::StoreError>(())
/// ```
#[derive(Debug)]
pub struct MemoryStore {
    head: StoreHead,
    entries: Vec<Entry>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> MemoryStore {
        MemoryStore { head: StoreHead::EMPTY, entries: Vec::new() }
    }
}

impl Default for MemoryStore {
    fn default() -> MemoryStore {
        MemoryStore::new()
    }
}

impl Store for MemoryStore {
    fn head(&self) -> Result<StoreHead, StoreError> {
        Ok(self.head)
    }

    fn read(&self, range: Range<u64>) -> Result<Vec<Entry>, StoreError> {
        let end = range.end.min(self.head.size);
        let start = range.start.min(end);
        Ok(self.entries[start as usize..end as usize].to_vec())
    }

    fn append(
        &mut self,
        from: &StoreHead,
        to: &StoreHead,
        batch: &[Entry],
    ) -> Result<Appended, StoreError> {
        check(from, to, batch)?;
        if self.head != *from {
            return Ok(Appended::Conflict(self.head));
        }
        self.entries.extend_from_slice(batch);
        self.head = *to;
        Ok(Appended::Written)
    }
}
