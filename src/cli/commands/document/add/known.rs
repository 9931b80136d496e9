//! The documents of the record, for one that is to be captured: which have its bytes or its text.
//!
//! Always holds: one cache reads the record once, at the first question about it. Not here: what is
//! written (`add`).

use crate::capture::media_type::PLAIN;
use crate::cli::render::provenance;
use crate::cli::terminal::{CliError, Context};
use crate::ledger::query::gather::gather;
use crate::ledger::query::row::DocumentRow;
use annals_core::event::body::Captured;
use annals_core::hash::Hash;
use std::cell::OnceCell;
use std::collections::BTreeMap;

/// The documents of the record, read at the first question about them.
#[derive(Default)]
pub struct DocumentCache(OnceCell<RecordedDocuments>);

impl DocumentCache {
    /// The documents.
    pub fn get(&self, context: &Context) -> Result<&RecordedDocuments, CliError> {
        if let Some(documents) = self.0.get() {
            return Ok(documents);
        }
        let documents = RecordedDocuments::read(context)?;
        Ok(self.0.get_or_init(|| documents))
    }
}

/// The documents of the record, by position; none where there is no record.
#[derive(Default)]
pub struct RecordedDocuments(BTreeMap<u64, DocumentRow>);

impl RecordedDocuments {
    /// Reads them.
    pub fn read(context: &Context) -> Result<RecordedDocuments, CliError> {
        let Some(record) = context.record_here()? else { return Ok(RecordedDocuments::default()) };
        let (view, names) = provenance::view(context, &record, None)?;
        Ok(RecordedDocuments(gather(&view, &names, &|_| false)?.documents))
    }

    /// The last one with these bytes.
    pub fn last_with(&self, digest: &Hash) -> Option<RecordedDocument<'_>> {
        self.described().rfind(|document| document.about.sha256 == *digest)
    }

    /// The first one with these bytes whose capture was undone because a key may be stolen.
    pub fn suspect_with(&self, digest: &Hash) -> Option<&DocumentRow> {
        let suspect = |document: &RecordedDocument<'_>| {
            document.row.suspect && document.about.sha256 == *digest
        };
        self.described().find(suspect).map(|document| document.row)
    }

    /// The text to quote from of a document: the last that is one of these texts, or else the last
    /// that was made of it.
    pub fn text_of(&self, document: u64, texts: &[Hash]) -> Option<u64> {
        let is_meant = |other: &RecordedDocument<'_>| {
            other.row.document != document && texts.contains(&other.about.sha256)
        };
        let is_made_of_it = |other: &RecordedDocument<'_>| {
            other.about.derived_from == Some(document) && &*other.about.media_type == PLAIN
        };
        let text =
            self.described().rfind(is_meant).or_else(|| self.described().rfind(is_made_of_it));
        text.map(|text| text.row.document)
    }

    fn described(&self) -> impl DoubleEndedIterator<Item = RecordedDocument<'_>> {
        self.0
            .values()
            .filter_map(|row| Some(RecordedDocument { row, about: row.about.as_deref()? }))
    }
}

/// A document of the record whose description is here.
pub struct RecordedDocument<'a> {
    /// Its row.
    pub row: &'a DocumentRow,
    /// Its description.
    pub about: &'a Captured,
}
