//! A record in memory: entries and documents that the caller has read.
//!
//! Always holds: it returns what was added, in that order. Not here: files (the program's
//! journal), damage and commit lines.

use crate::event::Entry;
use crate::hash::Hash;
use crate::verify::source::{BATCH, Batch, Source, SourceError, Walk};
use std::collections::BTreeMap;

/// Entries of a record in order, from event 0 on, and documents by their SHA-256.
#[derive(Debug, Clone, Default)]
pub struct MemorySource {
    entries: Vec<Entry>,
    documents: BTreeMap<Hash, Vec<u8>>,
}

impl MemorySource {
    /// Adds the next event: its record (three lines, each with its LF), and its body without a LF,
    /// `None` where it is withheld.
    pub fn push(&mut self, record: Vec<u8>, body: Option<Vec<u8>>) {
        self.entries.push(Entry { record, body });
    }

    /// Adds a document; returns its SHA-256, by which events name it.
    pub fn add_document(&mut self, bytes: Vec<u8>) -> Hash {
        let digest = Hash::of(&[&bytes]);
        self.documents.insert(digest, bytes);
        digest
    }
}

impl Source for MemorySource {
    fn size(&self) -> u64 {
        self.entries.len() as u64
    }

    fn walk(&self, from: u64) -> Result<Walk<'_>, SourceError> {
        let from = usize::try_from(from).unwrap_or(usize::MAX).min(self.entries.len());
        let batches =
            self.entries[from..].chunks(BATCH).enumerate().map(move |(index, entries)| {
                let first = (from + index * BATCH) as u64;
                Ok(Batch { first, entries: entries.to_vec(), ..Batch::default() })
            });
        Ok(Box::new(batches))
    }

    fn document(&self, digest: &Hash) -> Result<Option<Vec<u8>>, SourceError> {
        Ok(self.documents.get(digest).cloned())
    }
}
