//! The files of a record that a verification could not read.
//!
//! Always holds: each name is kept once, with the first reason; a missing file is not one of them.
//! Not here: which faults they are (`ledger::audit`). Source: FORMAT.md section 9, rule 911.

use crate::disk::DiskError;
use crate::disk::disk_error::Obstacle;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Names, relative to the place of the record, each with the reason.
#[derive(Debug, Default)]
pub struct UnreadFiles(Mutex<BTreeMap<String, UnreadFile>>);

/// Why a file could not be read.
#[derive(Clone, Debug)]
pub struct UnreadFile {
    /// The message.
    pub why: String,
    /// Whether something else is in its place: a folder, a link or a pipe.
    pub is_strange: bool,
    /// What kept it from being read, if it may be as it was.
    pub obstacle: Option<Obstacle>,
}

impl UnreadFiles {
    /// Keeps the name of a file that cannot be read.
    pub fn keep(&self, name: &str, why: &DiskError) {
        let cause = std::error::Error::source(why).map(|cause| format!(": {cause}"));
        let is_strange = matches!(why, DiskError::Strange { .. });
        let (obstacle, why) = (why.obstacle(), format!("{why}{}", cause.unwrap_or_default()));
        let file = UnreadFile { why, is_strange, obstacle };
        // No update is left half done when a thread panics.
        let mut unread = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        unread.entry(name.to_owned()).or_insert(file);
    }

    /// All names and reasons.
    pub fn all(&self) -> BTreeMap<String, UnreadFile> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
