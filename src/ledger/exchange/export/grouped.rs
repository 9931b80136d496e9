//! The record of a bag in commits that depend on the record alone.
//!
//! Always holds: a commit ends after every `COMMIT` events, whatever the ledger's own commits, so
//! that two copies of a record with different commits give the same bag. Not here: how commits are
//! written (`journal::copy`). Source: FORMAT.md section 14.

use annals_core::hash::Hash;
use annals_core::verify::source::{Batch, CommitLine, Source, SourceError, Walk};

/// The number of events of a commit in a bag.
const COMMIT: u64 = 256;

/// A record without its own commits.
pub struct Grouped<'a>(pub &'a dyn Source);

impl Source for Grouped<'_> {
    fn size(&self) -> u64 {
        self.0.size()
    }

    fn walk(&self, from: u64) -> Result<Walk<'_>, SourceError> {
        Ok(Box::new(self.0.walk(from)?.map(|span| span.map(regrouped))))
    }

    fn document(&self, digest: &Hash) -> Result<Option<Vec<u8>>, SourceError> {
        self.0.document(digest)
    }
}

fn regrouped(span: Batch) -> Batch {
    let until = span.first + span.entries.len() as u64;
    let ends = (span.first + 1..=until).filter(|counted| counted.is_multiple_of(COMMIT));
    let closings =
        ends.map(|counted| CommitLine { counted, parsed: None, sum_holds: true }).collect();
    Batch { closings, ..span }
}
