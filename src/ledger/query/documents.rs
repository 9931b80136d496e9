//! The documents of a view, and those that are derived from another one, such as the text of a
//! captured page: facts rest on the text, and who knows the page only has to learn of it.
//!
//! Always holds: what a document is derived from is what its last description says that was not
//! undone, as of the point. Not here: which documents a fact cites (`answer/filter`).

use crate::ledger::error::LedgerError;
use crate::ledger::query::{View, ever_derived};
use annals_core::event::body::Content;
use annals_core::fold::history::Act;
use annals_core::fold::operation::{EntryKind, Operation};
use annals_core::state::State;
use std::collections::BTreeSet;

impl View<'_> {
    /// Whether a document was captured at a position, as of the point, also one that was set aside
    /// with its capture: facts may cite it still.
    pub fn is_document(&self, position: u64) -> bool {
        let State { history, fold, .. } = self.state();
        fold.document(position).is_some() || history.act(position).is_some_and(captures)
    }

    /// Whether a document was set aside with its capture, as of the point.
    pub fn is_set_aside(&self, document: u64) -> bool {
        self.state().fold.document(document).is_none() && self.is_document(document)
    }

    /// Whether a document is suspect, as of the point. One that was set aside is suspect for good:
    /// nobody can vouch for it.
    pub fn is_suspect_document(&self, document: u64) -> bool {
        match self.state().fold.document(document) {
            Some(document) => document.suspect,
            None => self.is_document(document),
        }
    }

    /// The positions of the first `most` documents as of the point, also of those that were set
    /// aside.
    pub fn documents(&self, most: usize) -> Vec<u64> {
        let mut documents = match &self.slice {
            Some(slice) => self.or_folded(slice.documents(), folded, Vec::new()),
            None => folded(self),
        };
        documents.truncate(most);
        documents
    }

    /// The documents that are derived from this one, as of the point, by position. A slice must
    /// have been opened with the documents that [`ever_derived`] gives: others are not found.
    ///
    /// Errors: the record cannot be read.
    pub fn derived_documents(&self, from: u64) -> Result<Vec<u64>, LedgerError> {
        let candidates = match &self.slice {
            Some(slice) => {
                let found = ever_derived(slice.then(), from);
                self.or_folded(found, |whole| folded(whole).into_iter().collect(), BTreeSet::new())
            }
            None => folded(self).into_iter().collect(),
        };
        let mut derived = Vec::new();
        for document in candidates {
            if self.derived_from(document)? == Some(from) {
                derived.push(document);
            }
        }
        Ok(derived)
    }

    /// What a document is derived from, if its words are there and say so.
    fn derived_from(&self, document: u64) -> Result<Option<u64>, LedgerError> {
        for event in self.life(document).into_iter().rev() {
            if event != document && self.undone_by(event).is_some() {
                continue;
            }
            let Some(event) = self.event(event)? else { continue };
            match self.content(&event) {
                Ok(Content::DocumentCaptured(captured)) => return Ok(captured.derived_from),
                Ok(Content::DocumentDescribed(described)) => return Ok(described.derived_from),
                _ => {}
            }
        }
        Ok(None)
    }
}

/// All documents of a folded view.
fn folded(view: &View<'_>) -> Vec<u64> {
    let acts = view.state().history.acts().iter();
    acts.filter(|act| captures(act)).map(|act| act.position).collect()
}

/// Whether an act captures a document.
fn captures(act: &Act) -> bool {
    match &act.operation {
        Operation::Captured => true,
        Operation::Sealed(entry) => entry.kind == EntryKind::Document,
        _ => false,
    }
}
