//! A copy and what is published after it, as one record.
//!
//! Always holds: the copy's own events come first, then those that are published after them; of a
//! withheld body that is published by now, the published bytes are taken. What the first walk gives
//! of the published events is kept as digests, so that the bytes that are written are those that
//! were verified. Not here: the verdict (`pull_verdict`), writing (`commit`).

use crate::archive::published::PublishedSource;
use crate::index::Index;
use crate::journal::Journal;
use annals_core::event::Entry;
use annals_core::event::record::{self, Reading};
use annals_core::hash::Hash;
use annals_core::merkle::Tree;
use annals_core::verify::source::{Batch, Source, SourceError, Walk};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A copy, if it has events, and what is published after it.
pub struct Joined<'a> {
    own: Option<&'a Journal>,
    /// The copy's index, where it can be trusted.
    index: Option<&'a Index>,
    published: &'a PublishedSource,
    /// The size of the copy's checkpoint, if it has one.
    signed: Option<u64>,
    found: Mutex<JoinedFound>,
    is_walked: AtomicBool,
}

/// What the first walk found.
#[derive(Clone, Debug, Default)]
pub struct JoinedFound {
    /// The digest of each batch of the published events.
    pub batches: Vec<Hash>,
    /// The tree of the copy's own events; empty if these were not walked.
    pub tree: Tree,
    /// The root of the copy's own events at the size of its checkpoint, if these were walked.
    pub signed_root: Option<Hash>,
    /// The documents that came from the publisher.
    pub documents: BTreeSet<Hash>,
    /// The copy's own events whose bodies came from the publisher.
    pub released: BTreeSet<u64>,
}

impl<'a> Joined<'a> {
    /// The journal of a copy, and what is published after it.
    pub fn new(
        own: Option<&'a Journal>,
        index: Option<&'a Index>,
        published: &'a PublishedSource,
    ) -> Joined<'a> {
        let (found, is_walked) = (Mutex::default(), AtomicBool::new(false));
        Joined { own, index, published, signed: None, found, is_walked }
    }

    /// This source, of a copy that has a checkpoint of this size; `None` if it has no checkpoint.
    pub fn signed(self, size: Option<u64>) -> Joined<'a> {
        Joined { signed: size, ..self }
    }

    /// What the first walk found.
    pub fn found(self) -> JoinedFound {
        self.found.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn kept(&self) -> MutexGuard<'_, JoinedFound> {
        // No update is left half done when a thread panics.
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn own_size(&self) -> u64 {
        self.own.map_or(0, Journal::size)
    }

    /// The published events after the copy's own, for the first time.
    pub fn later(&self) -> Result<Walk<'_>, SourceError> {
        self.is_walked.store(true, Ordering::Relaxed);
        let batches = self.published.walk(self.own_size())?;
        Ok(Box::new(batches.inspect(|batch| {
            if let Ok(batch) = batch {
                self.kept().batches.push(digest(batch));
            }
        })))
    }

    /// The copy's own events, for the first time.
    fn own(&self, own: &'a Journal) -> Result<Walk<'_>, SourceError> {
        Ok(Box::new(own.walk(0)?.map(|batch| {
            let mut batch = batch?;
            for (entry, position) in batch.entries.iter_mut().zip(batch.first..) {
                self.push(&entry.record);
                if self.add_body(entry)? {
                    self.kept().released.insert(position);
                }
            }
            Ok(batch)
        })))
    }

    fn push(&self, record: &[u8]) {
        let mut found = self.kept();
        found.tree.push(record::hash(record));
        if Some(found.tree.size()) == self.signed {
            found.signed_root = Some(found.tree.root());
        }
    }

    /// Adds the published body of an entry that has none; whether there is one.
    fn add_body(&self, entry: &mut Entry) -> Result<bool, SourceError> {
        let (None, Some(statement)) = (&entry.body, Reading::of(&entry.record).statement) else {
            return Ok(false);
        };
        let body = self.published.body(&statement.body)?;
        entry.body = body.filter(|body| Hash::of(&[body]) == statement.body);
        Ok(entry.body.is_some())
    }
}

impl Source for Joined<'_> {
    fn size(&self) -> u64 {
        self.published.size().max(self.own_size())
    }

    fn walk(&self, from: u64) -> Result<Walk<'_>, SourceError> {
        let is_first = from == 0 && !self.is_walked.load(Ordering::Relaxed);
        Ok(match self.own.filter(|own| from < own.size()) {
            None if is_first => self.later()?,
            None => self.published.walk(from)?,
            Some(own) if is_first => Box::new(self.own(own)?.chain(self.later()?)),
            Some(own) => Box::new(own.walk(from)?.chain(self.published.walk(own.size())?)),
        })
    }

    fn entry_at(&self, index: u64) -> Result<Option<Entry>, SourceError> {
        let own = self.own.filter(|own| index < own.size());
        let place = self.index.and_then(|known| known.event(index).ok());
        match (own, place) {
            (Some(own), Some(place)) => own.fetch(index, place.place),
            _ => Ok(None),
        }
    }

    fn document(&self, digest: &Hash) -> Result<Option<Vec<u8>>, SourceError> {
        let is_it = |bytes: &Vec<u8>| Hash::of(&[bytes]) == *digest;
        let own = self.own.map(|own| own.document(digest)).transpose()?.flatten();
        if own.as_ref().is_some_and(is_it) {
            return Ok(own);
        }
        let published = self.published.document(digest)?;
        if published.as_ref().is_some_and(is_it) {
            self.kept().documents.insert(*digest);
        }
        Ok(published.or(own))
    }

    fn changed(&self) -> Option<String> {
        self.own.and_then(Source::changed)
    }
}

/// The digest of the entries of a batch, as a journal has them.
pub fn digest(batch: &Batch) -> Hash {
    let parts = batch
        .entries
        .iter()
        .flat_map(|entry| [entry.record.as_slice(), entry.body.as_deref().unwrap_or(b"-"), b"\n"]);
    Hash::of(&parts.collect::<Vec<_>>())
}
