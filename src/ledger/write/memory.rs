//! The log key's memory: what the key has signed, kept outside of the home on purpose.
//!
//! The contract. 1. A mark that was advanced to is durable before its signature is published. 2. A
//! memory that is held is advanced by its holder alone. 3. It advances from the last mark that the
//! holder knows, and never back: not to a smaller size, and not to another root of the same size.
//! 4. After [`MemoryError::Unknown`] the memory has the mark or the one before; its next holder
//! finds out which.
//!
//! A home that is restored from a backup, or fails over to a copy that is behind, cannot take its
//! memory back with it: a writer that finds a mark beyond its record signs nothing more.
//!
//! Not here: whether the record extends a mark (`writer`), the file of marks (`keys::marks`).
//! Source: FORMAT.md section 9, "Marks".

pub mod at_witness;
pub mod faulty;
pub mod in_memory;

use crate::disk::lock::LockWait;
use crate::disk::{self, DiskError};
use crate::keys::{HeldMarks, HighWaterMarks, KeysError, Mark};
use crate::ledger::error::LedgerError;
use annals_core::hash::Hash;
use annals_core::text::Origin;
use std::path::PathBuf;

/// What a log key remembers of its signatures. The contract is above.
pub trait Memory: Send {
    /// The last mark for this record; `None` if the key never signed for it.
    fn last(&self, origin: &Origin) -> Result<Option<Mark>, MemoryError>;

    /// Takes the exclusive right to sign with this memory, until the result is dropped; waits up to
    /// `wait` for another holder.
    fn hold(&self, wait: LockWait) -> Result<Box<dyn HeldMemory>, MemoryError>;

    /// Whether anything is remembered in a file here, of any record.
    fn is_there(&self) -> Result<bool, MemoryError>;

    /// Whether it is a file beside the keys, which may be lost or an older copy.
    fn is_beside_keys(&self) -> bool {
        false
    }

    /// Whether the last mark is a damaged form of this one.
    fn is_damaged(&self, _mark: &Mark) -> Result<bool, MemoryError> {
        Ok(false)
    }
}

/// A memory that nobody else signs with until this is dropped.
pub trait HeldMemory: Send {
    /// The last mark for this record.
    fn last(&self, origin: &Origin) -> Result<Option<Mark>, MemoryError>;

    /// Advances from the last mark for the record, `None` if there is none, to the next one,
    /// durably. `from` is a mark that the record extends, or `proof` is the consistency proof from
    /// it to the next one, for a memory that compares the trees itself.
    fn advance(
        &mut self,
        from: Option<&Mark>,
        to: &Mark,
        proof: &[Hash],
    ) -> Result<(), MemoryError>;

    /// Whether it compares the trees itself.
    fn compares_trees(&self) -> bool {
        false
    }

    /// Restores a last mark that is a damaged form of this one; returns the path at which the
    /// damaged memory was kept. `None` if it is not damaged so.
    fn mend(&mut self, _mark: &Mark) -> Result<Option<PathBuf>, MemoryError> {
        Ok(None)
    }
}

/// Why a memory could not be read, held or advanced.
#[derive(Debug, thiserror::Error)]
pub enum MemoryError {
    /// The marks could not be read or written, or refuse the next one.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The lock of the marks, or a file, failed.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// The memory is not at the mark that the holder knows: nothing was changed.
    #[error("the log key's memory is at size {0}, another writer has advanced it")]
    Outrun(u64),
    /// It has another record than the one here.
    #[error("{0}")]
    Contradicts(String),
    /// It cannot be asked, or does not answer as a memory does.
    #[error("the log key's memory cannot be asked: {0}; nothing is signed without it")]
    Absent(String),
    /// It is not known whether the memory advanced.
    #[error("it is not known whether the log key's memory advanced: {0}")]
    Unknown(String),
}

impl From<MemoryError> for LedgerError {
    fn from(error: MemoryError) -> LedgerError {
        match error {
            MemoryError::Keys(cause) => cause.into(),
            MemoryError::Disk(cause) => cause.into(),
            error @ MemoryError::Outrun(_) => LedgerError::Outrun(error.to_string()),
            MemoryError::Contradicts(why) => LedgerError::MemoryContradicts(why),
            error @ MemoryError::Absent(_) => LedgerError::MemoryAbsent(error.to_string()),
            MemoryError::Unknown(why) => LedgerError::OutcomeUnknown(why),
        }
    }
}

/// The file of marks, with its lock, which waits for other processes.
impl Memory for HighWaterMarks {
    fn last(&self, origin: &Origin) -> Result<Option<Mark>, MemoryError> {
        Ok(self.last_for(origin)?)
    }

    fn hold(&self, wait: LockWait) -> Result<Box<dyn HeldMemory>, MemoryError> {
        Ok(Box::new(HighWaterMarks::hold(self, wait)?))
    }

    fn is_there(&self) -> Result<bool, MemoryError> {
        Ok(disk::is_there(self.path())?)
    }

    fn is_beside_keys(&self) -> bool {
        true
    }

    fn is_damaged(&self, mark: &Mark) -> Result<bool, MemoryError> {
        Ok(HighWaterMarks::is_damaged(self, mark)?)
    }
}

/// The lock keeps others from advancing, so the mark before is not compared again.
impl HeldMemory for HeldMarks {
    fn last(&self, origin: &Origin) -> Result<Option<Mark>, MemoryError> {
        Ok(self.last_for(origin)?)
    }

    fn advance(
        &mut self,
        _from: Option<&Mark>,
        to: &Mark,
        _proof: &[Hash],
    ) -> Result<(), MemoryError> {
        Ok(self.append(to)?)
    }

    fn mend(&mut self, mark: &Mark) -> Result<Option<PathBuf>, MemoryError> {
        Ok(HeldMarks::mend(self, mark)?)
    }
}
