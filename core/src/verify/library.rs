//! The library: captured documents as later events may quote them.
//!
//! Always holds: an applied event fills a row, and no refold removes it; at most 64 MiB of texts
//! and of the places of their words are kept in memory. Not here: the checks (`content`). Source:
//! FORMAT.md section 7.

use crate::hash::Hash;
use crate::quote::Text;
use crate::text::Lang;
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

/// The number of uses of a text from which on the places of its words are kept.
const WORTH: u32 = 256;
/// The greatest number of bytes of such a text.
const MOST_PLACED: usize = 1 << 20;

/// All captured documents.
#[derive(Default)]
pub struct Library {
    rows: BTreeMap<u64, LibraryRow>,
    by_digest: HashMap<Hash, u64>,
    texts: HashMap<Hash, HeldText>,
    held: usize,
}

/// A document that is kept for further quotations.
struct HeldText {
    /// Its text; `None` if it is not UTF-8.
    text: Option<Text>,
    /// The number of events that quoted it.
    uses: u32,
}

/// The greatest number of bytes of texts, and of the places of their words, that are kept for
/// further quotations.
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
        self.rows.get_mut(&position)
    }

    /// The position of the last capture with this digest.
    pub fn earlier(&self, digest: &Hash) -> Option<u64> {
        self.by_digest.get(digest).copied()
    }

    /// Adds a captured document.
    pub fn add(&mut self, position: u64, row: LibraryRow) {
        self.by_digest.insert(row.digest, position);
        self.rows.insert(position, row);
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
        self.texts.insert(digest, HeldText { text: Text::new(bytes), uses: 0 });
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
        let held = self.texts.get_mut(digest);
        let Some(HeldText { text: Some(text), uses }) = held else {
            return Ok(LibraryEntry::NoText);
        };
        *uses = uses.saturating_add(1);
        let bytes = text.as_str().len();
        let places = 4 * bytes;
        if *uses == WORTH && bytes <= MOST_PLACED && self.held + places <= MAX_HELD {
            text.keep_places();
            self.held += places;
        }
        Ok(LibraryEntry::Text(text))
    }
}
