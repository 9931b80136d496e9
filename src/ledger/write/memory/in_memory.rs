//! A log key's memory that is itself only in memory, for tests: the shortest implementation.
//!
//! Always holds: the contract, except that nothing survives the process. A holder holds no lock:
//! the comparison with the last mark is what keeps two writers apart, as in a register elsewhere.
//! Not here: faults (`faulty`). Source: the contract in [`super`].

use crate::disk::lock::LockWait;
use crate::keys::Mark;
use crate::ledger::write::memory::{HeldMemory, Memory, MemoryError};
use annals_core::hash::Hash;
use annals_core::text::Origin;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The last mark of each record. A clone is the same memory.
#[derive(Clone, Debug, Default)]
pub struct LastMarks(Arc<Mutex<BTreeMap<String, Mark>>>);

impl LastMarks {
    fn marks(&self) -> MutexGuard<'_, BTreeMap<String, Mark>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Memory for LastMarks {
    fn last(&self, origin: &Origin) -> Result<Option<Mark>, MemoryError> {
        Ok(self.marks().get(&**origin).cloned())
    }

    fn hold(&self, _wait: LockWait) -> Result<Box<dyn HeldMemory>, MemoryError> {
        Ok(Box::new(self.clone()))
    }

    fn is_there(&self) -> Result<bool, MemoryError> {
        Ok(!self.marks().is_empty())
    }
}

impl HeldMemory for LastMarks {
    fn last(&self, origin: &Origin) -> Result<Option<Mark>, MemoryError> {
        Memory::last(self, origin)
    }

    fn advance(
        &mut self,
        from: Option<&Mark>,
        to: &Mark,
        _proof: &[Hash],
    ) -> Result<(), MemoryError> {
        let mut marks = self.marks();
        let last = marks.get(&*to.origin);
        let is_back = last.is_some_and(|last| {
            to.size < last.size || (to.size == last.size && to.root != last.root)
        });
        if last != from || is_back {
            return Err(MemoryError::Outrun(last.map_or(0, |last| last.size)));
        }
        marks.insert(to.origin.to_string(), to.clone());
        Ok(())
    }
}
