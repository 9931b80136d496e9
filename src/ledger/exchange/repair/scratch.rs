//! A folder beside the ledger in which a repair builds.
//!
//! Always holds: it is removed unless what was built was put in place.

use crate::disk;
use crate::ledger::error::LedgerError;
use std::fs;
use std::io;
use std::path::Path;
use std::path::PathBuf;

/// A folder in the ledger where the new is built; what an earlier repair left there goes.
pub struct Scratch(pub PathBuf);

impl Scratch {
    /// Makes it empty.
    pub fn make(ledger: &Path) -> Result<Scratch, LedgerError> {
        let folder = ledger.join(".repair");
        match fs::remove_dir_all(&folder) {
            Err(cause) if cause.kind() != io::ErrorKind::NotFound => {
                return Err(disk::error("remove", &folder)(cause).into());
            }
            _ => disk::make_private(&folder)?,
        }
        Ok(Scratch(folder))
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.0
    }

    /// A name in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What stays is removed by the next repair, and no reader looks at it.
        let _ = fs::remove_dir_all(&self.0);
    }
}
