//! Store and journal as sources of the record, with the documents of their ledger.
//!
//! Always holds: a document that cannot be read is given as one with other bytes. A store gives
//! entries only; it does not keep where commits ended, so no batch of it has a commit line. Not
//! here: verification (`verify`). Source: FORMAT.md section 9.

use crate::disk::{self, DiskError};
use crate::journal::{DOCUMENT_BOUND, Journal};
use crate::store::{Store, StoreError};
use annals_core::hash::Hash;
use annals_core::verify::source::{Batch, Source, SourceError, Walk};
use std::io;
use std::path::{Path, PathBuf};

/// The number of entries of a batch: bodies have up to 1 MiB each, and a batch is in memory.
const SPAN: u64 = 64;

/// A store as a source of the record.
pub struct StoreSource {
    store: Box<dyn Store>,
    ledger: PathBuf,
    size: u64,
}

impl StoreSource {
    /// The record in `store`, of the ledger whose folder of documents is in `ledger`.
    pub fn new(store: Box<dyn Store>, ledger: &Path) -> Result<StoreSource, StoreError> {
        let size = store.head()?.size;
        Ok(StoreSource { store, ledger: ledger.to_owned(), size })
    }

    fn span(&self, first: u64) -> Result<Batch, SourceError> {
        let expected = SPAN.min(self.size - first);
        let failed = |error: StoreError| unreadable("the store", io::Error::other(error));
        let entries = self.store.read(first..first + expected).map_err(failed)?;
        if entries.len() as u64 != expected {
            let why = format!("{} of {expected} entries from {first} on", entries.len());
            return Err(unreadable("the store", io::Error::other(why)));
        }
        Ok(Batch { first, entries, ..Batch::default() })
    }
}

impl Source for StoreSource {
    fn size(&self) -> u64 {
        self.size
    }

    fn walk(&self, from: u64) -> Result<Walk<'_>, SourceError> {
        let starts = (from..self.size).step_by(SPAN as usize);
        let mut failed = false;
        Ok(Box::new(starts.map_while(move |first| {
            let span = (!failed).then(|| self.span(first))?;
            failed = span.is_err();
            Some(span)
        })))
    }

    fn document(&self, digest: &Hash) -> Result<Option<Vec<u8>>, SourceError> {
        Ok(read_or_other(&self.ledger, digest))
    }
}

/// A document of a ledger; an unreadable one is given as one with other bytes.
fn read_or_other(ledger: &Path, digest: &Hash) -> Option<Vec<u8>> {
    document(ledger, digest).unwrap_or_else(|_| Some(Vec::new()))
}

/// A document of a ledger; one that is damaged so that it cannot be read is given as one with other
/// bytes.
///
/// Errors: what kept it from being read says nothing of what is in it.
pub fn document(ledger: &Path, digest: &Hash) -> Result<Option<Vec<u8>>, DiskError> {
    match disk::read_up_to(&Journal::document_path(ledger, digest), DOCUMENT_BOUND + 1) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.is_missing() => Ok(None),
        Err(error) if error.obstacle().is_some() => Err(error),
        Err(_) => Ok(Some(Vec::new())),
    }
}

/// A journal whose unreadable documents are reported as documents with other bytes.
pub struct JournalSource {
    /// The journal.
    pub journal: Journal,
    /// The folder of its ledger, which contains the documents.
    pub ledger: PathBuf,
}

impl Source for JournalSource {
    fn size(&self) -> u64 {
        self.journal.size()
    }

    fn walk(&self, from: u64) -> Result<Walk<'_>, SourceError> {
        self.journal.walk(from)
    }

    fn document(&self, digest: &Hash) -> Result<Option<Vec<u8>>, SourceError> {
        Ok(read_or_other(&self.ledger, digest))
    }

    fn changed(&self) -> Option<String> {
        self.journal.changed()
    }

    fn ignored_bytes(&self) -> u64 {
        self.journal.ignored_bytes()
    }
}

fn unreadable(what: &str, cause: io::Error) -> SourceError {
    SourceError { what: what.to_owned(), cause }
}

/// Whether the copy of a store could not be made or written: it says nothing of what the store
/// holds.
pub fn is_of_the_disk(error: &SourceError) -> bool {
    let of_store = error.cause.get_ref().and_then(|cause| cause.downcast_ref::<StoreError>());
    of_store.is_some_and(StoreError::is_of_the_disk)
}
