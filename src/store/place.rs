//! The store of a ledger, in a folder: the one place that says which kind of store it is.
//!
//! Not here: the contract (`store`).

use crate::store::{Store, StoreError, sled};
use std::path::Path;
use std::path::PathBuf;

/// The store of a ledger, in a folder: the one place that says which kind of store it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StorePlace {
    folder: PathBuf,
}

impl StorePlace {
    /// The place in this folder.
    pub fn new(folder: PathBuf) -> StorePlace {
        StorePlace { folder }
    }

    /// Makes an empty store. Errors: something is there already.
    pub fn create(&self) -> Result<Box<dyn Store>, StoreError> {
        Ok(Box::new(sled::create(&self.folder)?))
    }

    /// Opens the store. Errors: there is none, it is damaged, or another process has it.
    pub fn open(&self) -> Result<Box<dyn Store>, StoreError> {
        Ok(Box::new(sled::open(&self.folder)?))
    }

    /// Opens a copy of the store, made in a folder that is not there yet: the store itself is only
    /// read.
    pub fn open_copy(&self, copy: &Path) -> Result<Box<dyn Store>, StoreError> {
        Ok(Box::new(sled::open_copy(&self.folder, copy)?))
    }
}
