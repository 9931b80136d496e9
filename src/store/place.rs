//! The store of a ledger, in a folder: the only module that chooses the kind of store.
//!
//! Not here: the contract (`store`).

use crate::store::sled::segments;
use crate::store::{Store, StoreError};
use std::path::{Path, PathBuf};

/// The folder of a ledger's store: the only type that chooses the kind of store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StorePlace {
    folder: PathBuf,
}

impl StorePlace {
    /// The place in this folder.
    pub fn new(folder: PathBuf) -> StorePlace {
        StorePlace { folder }
    }

    /// Creates an empty store. Errors: there is something at the path already.
    pub fn create(&self) -> Result<Box<dyn Store>, StoreError> {
        Ok(Box::new(segments::create(&self.folder, segments::LIMIT)?))
    }

    /// Opens the store. Errors: there is none, it is damaged, or another process has it open.
    pub fn open(&self) -> Result<Box<dyn Store>, StoreError> {
        Ok(Box::new(segments::open(&self.folder, segments::LIMIT)?))
    }

    /// Opens a copy of the store, made in a folder that must not exist yet: the store itself is
    /// only read.
    pub fn open_copy(&self, copy: &Path) -> Result<Box<dyn Store>, StoreError> {
        Ok(Box::new(segments::open_copy(&self.folder, copy)?))
    }
}
