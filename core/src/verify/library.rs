//! The library: captured documents as later events may quote them.
//!
//! Always holds: an applied event fills a row, and no refold removes it; at most 64 MiB of texts
//! are kept in memory. Not here: the checks (`content`). Source: FORMAT.md section 7.

use crate::hash::Hash;
use crate::quote::Text;
use crate::text::Lang;
use crate::undo_log::UndoLog;
use crate::verify::source::{Source, SourceError};
use hashbrown::HashMap;
use std::collections::BTreeMap;

/// A captured document, by its last description.
#[derive(Clone, Debug)]
pub struct LibraryRow {
    /// SHA-256 of its bytes.
    pub digest: Hash,
    /// Its media type.
    pub media_type: String,
    /// Its language.
    pub lang: Lang,
    /// The document that it was derived from.
    pub derived_from: Option<u64>,
}

/// The text of a document.
pub enum LibraryEntry<'a> {
    /// The document is missing, or has another digest.
    Absent,
    /// Its bytes are not UTF-8.
    NoText,
    /// Its text.
    Text(&'a Text),
}

/// All captured documents.
#[derive(Default)]
pub struct Library {
    rows: BTreeMap<u64, LibraryRow>,
    by_digest: HashMap<Hash, u64>,
    texts: HashMap<Hash, Option<Text>>,
    held: usize,
    changes: UndoLog<LibraryChange>,
}

/// A change, with what was there before it.
enum LibraryChange {
    Added { position: u64, digest: Hash, earlier: Option<u64> },
    Described { position: u64, before: LibraryRow },
    TextKept(Hash),
}

/// The greatest number of bytes of texts that are kept for further quotations.
const MAX_HELD: usize = 64 << 20;

impl Library {
    /// All captured documents, by position.
    pub fn documents(&self) -> impl Iterator<Item = (u64, &LibraryRow)> + Clone {
        self.rows.iter().map(|(position, row)| (*position, row))
    }

    /// A captured document.
    pub fn row(&self, position: u64) -> Option<&LibraryRow> {
        self.rows.get(&position)
    }

    /// A captured document, to change its description.
    pub fn row_mut(&mut self, position: u64) -> Option<&mut LibraryRow> {
        let row = self.rows.get_mut(&position)?;
        self.changes.keep(|| LibraryChange::Described { position, before: row.clone() });
        Some(row)
    }

    /// From now on keeps what changes; forgets what was kept before.
    pub(super) fn keep_changes(&mut self) {
        self.changes.start();
    }

    /// The number of changes kept.
    pub(super) fn changed(&self) -> usize {
        self.changes.len()
    }

    /// Takes back all changes after the first `kept`, the last one first.
    pub(super) fn take_back(&mut self, kept: usize) {
        for change in self.changes.after(kept) {
            match change {
                LibraryChange::Added { position, digest, earlier } => {
                    self.rows.remove(&position);
                    match earlier {
                        Some(earlier) => _ = self.by_digest.insert(digest, earlier),
                        None => _ = self.by_digest.remove(&digest),
                    }
                }
                LibraryChange::Described { position, before } => {
                    self.rows.insert(position, before);
                }
                // Whoever needs the text later reads it again.
                LibraryChange::TextKept(digest) => _ = self.texts.remove(&digest),
            }
        }
    }

    /// The position of the last capture with this digest.
    pub fn earlier(&self, digest: &Hash) -> Option<u64> {
        self.by_digest.get(digest).copied()
    }

    /// Adds a captured document.
    pub fn add(&mut self, position: u64, row: LibraryRow) {
        let digest = row.digest;
        let earlier = self.by_digest.insert(digest, position);
        self.rows.insert(position, row);
        self.changes.keep(|| LibraryChange::Added { position, digest, earlier });
    }

    /// The end of the `derived_from` chain of a document, and whether it is known: whether it has a
    /// row.
    pub fn derivation_root(&self, document: u64) -> (u64, bool) {
        let mut at = document;
        loop {
            let Some(row) = self.rows.get(&at) else { return (at, false) };
            match row.derived_from {
                // A derivation names an earlier document, so the loop ends.
                Some(from) if from < at => at = from,
                _ => return (at, true),
            }
        }
    }

    /// Keeps the text of a document for further quotations.
    pub fn keep_text(&mut self, digest: Hash, bytes: Vec<u8>) {
        if self.held + bytes.len() > MAX_HELD {
            self.texts.clear();
            self.held = 0;
        }
        self.held += bytes.len();
        self.texts.insert(digest, Text::new(bytes));
        self.changes.keep(|| LibraryChange::TextKept(digest));
    }

    /// The text of a captured document, kept for further quotations.
    pub fn text(
        &mut self,
        digest: &Hash,
        source: &dyn Source,
    ) -> Result<LibraryEntry<'_>, SourceError> {
        if !self.texts.contains_key(digest) {
            match source.document(digest)? {
                Some(bytes) if Hash::of(&[&bytes]) == *digest => self.keep_text(*digest, bytes),
                _ => return Ok(LibraryEntry::Absent),
            }
        }
        Ok(match self.texts.get(digest) {
            Some(Some(text)) => LibraryEntry::Text(text),
            _ => LibraryEntry::NoText,
        })
    }
}
