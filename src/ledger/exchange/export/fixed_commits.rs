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
pub struct FixedCommits<'a>(pub &'a dyn Source);

impl Source for FixedCommits<'_> {
    fn size(&self) -> u64 {
        self.0.size()
    }

    fn walk(&self, from: u64) -> Result<Walk<'_>, SourceError> {
        Ok(Box::new(self.0.walk(from)?.map(|batch| batch.map(regrouped))))
    }

    fn document(&self, digest: &Hash) -> Result<Option<Vec<u8>>, SourceError> {
        self.0.document(digest)
    }
}

fn regrouped(batch: Batch) -> Batch {
    let until = batch.first + batch.entries.len() as u64;
    let ends = (batch.first + 1..=until).filter(|counted| counted.is_multiple_of(COMMIT));
    let commit_lines =
        ends.map(|counted| CommitLine { counted, parsed: None, sum_holds: true }).collect();
    Batch { commit_lines, ..batch }
}
