//! A log key's memory that fails on purpose, in the way that a plan says.
//!
//! Always holds: the contract, above all sentence 4: the caller cannot distinguish kept from lost.
//! Not here: chance; the caller plans each fault. Source: `home::faulty`.

use crate::disk::lock::LockWait;
use crate::keys::Mark;
use crate::ledger::write::home::faulty::FaultPlan;
use crate::ledger::write::memory::{HeldMemory, Memory, MemoryError};
use annals_core::hash::Hash;
use annals_core::text::Origin;
use std::path::PathBuf;

/// What goes wrong in a memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MemoryFault {
    /// It cannot be held.
    Unreachable,
    /// It does not advance, and the answer is an error.
    AdvanceLost,
    /// It advances, and the answer is an error.
    AdvanceKept,
}

/// Wraps a memory and makes it fail as planned.
pub struct FaultyMemory<M: Memory> {
    inner: M,
    faults: FaultPlan<MemoryFault>,
}

impl<M: Memory> FaultyMemory<M> {
    /// A memory that fails as this plan says.
    pub fn new(inner: M, faults: FaultPlan<MemoryFault>) -> FaultyMemory<M> {
        FaultyMemory { inner, faults }
    }
}

fn unknown() -> MemoryError {
    MemoryError::Unknown("as planned".to_owned())
}

impl<M: Memory> Memory for FaultyMemory<M> {
    fn last(&self, origin: &Origin) -> Result<Option<Mark>, MemoryError> {
        self.inner.last(origin)
    }

    fn hold(&self, wait: LockWait) -> Result<Box<dyn HeldMemory>, MemoryError> {
        if self.faults.come(&[MemoryFault::Unreachable]).is_some() {
            return Err(unknown());
        }
        let held = self.inner.hold(wait)?;
        Ok(Box::new(HeldFaulty { held, faults: self.faults.clone() }))
    }

    fn is_there(&self) -> Result<bool, MemoryError> {
        self.inner.is_there()
    }

    fn is_damaged(&self, mark: &Mark) -> Result<bool, MemoryError> {
        self.inner.is_damaged(mark)
    }
}

struct HeldFaulty {
    held: Box<dyn HeldMemory>,
    faults: FaultPlan<MemoryFault>,
}

impl HeldMemory for HeldFaulty {
    fn last(&self, origin: &Origin) -> Result<Option<Mark>, MemoryError> {
        self.held.last(origin)
    }

    fn advance(
        &mut self,
        from: Option<&Mark>,
        to: &Mark,
        proof: &[Hash],
    ) -> Result<(), MemoryError> {
        match self.faults.come(&[MemoryFault::AdvanceLost, MemoryFault::AdvanceKept]) {
            None => self.held.advance(from, to, proof),
            Some(MemoryFault::AdvanceKept) => {
                self.held.advance(from, to, proof).and(Err(unknown()))
            }
            Some(_) => Err(unknown()),
        }
    }

    fn compares_trees(&self) -> bool {
        self.held.compares_trees()
    }

    fn mend(&mut self, mark: &Mark) -> Result<Option<PathBuf>, MemoryError> {
        self.held.mend(mark)
    }
}
