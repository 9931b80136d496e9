//! The folder beside the ledger in which a repair builds.
//!
//! Always holds: it is removed unless its content was put in place.

use crate::disk;
use crate::ledger::error::LedgerError;
use std::fs;
use std::path::{Path, PathBuf};

/// The folder, inside the ledger's; files that an earlier repair left there are removed.
pub struct Scratch(pub PathBuf);

impl Scratch {
    /// Creates the folder, empty.
    pub fn make(ledger: &Path) -> Result<Scratch, LedgerError> {
        let folder = ledger.join(".repair");
        disk::remove_folder_optional(&folder)?;
        disk::make_private(&folder)?;
        Ok(Scratch(folder))
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.0
    }

    /// The path of a name in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Remaining files are removed by the next repair; readers ignore them.
        let _ = fs::remove_dir_all(&self.0);
    }
}
