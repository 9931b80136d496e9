//! A store that fails on purpose: every n-th append fails, with the batch kept or lost.
//!
//! Always holds: the contract, above all sentence 9: a failed append returns
//! [`StoreError::Unknown`], and nothing more is appended until [`Faulty::reopen`]. The caller
//! cannot distinguish kept from lost; code that is right with both is right with a failing disk. It
//! is in the library so that tests over the whole ledger can use it.
//! Not here: chance; the failures are counted. Source: the storage tests of torchwood and sunlight.

use crate::store::{Appended, Store, StoreError, StoreHead};
use annals_core::event::Entry;
use std::ops::Range;

/// The state that a failing append leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fails {
    /// The batch was written, and the answer was lost.
    Kept,
    /// The batch was not written.
    Lost,
}

/// Wraps a store and makes each `every`-th append fail.
#[derive(Debug)]
pub struct Faulty<S: Store> {
    inner: S,
    every: u64,
    fails: Fails,
    appends: u64,
    refusing: bool,
}

impl<S: Store> Faulty<S> {
    /// Every `every`-th append that would be written fails; with 0, none.
    pub fn new(inner: S, every: u64, fails: Fails) -> Faulty<S> {
        Faulty { inner, every, fails, appends: 0, refusing: false }
    }

    /// Accepts appends again, as if the store had been closed and opened.
    pub fn reopen(&mut self) {
        self.refusing = false;
    }

    /// The store inside.
    pub fn into_inner(self) -> S {
        self.inner
    }
}

impl<S: Store> Store for Faulty<S> {
    fn head(&self) -> Result<StoreHead, StoreError> {
        self.inner.head()
    }

    fn read(&self, range: Range<u64>) -> Result<Vec<Entry>, StoreError> {
        self.inner.read(range)
    }

    fn append(
        &mut self,
        from: &StoreHead,
        to: &StoreHead,
        batch: &[Entry],
    ) -> Result<Appended, StoreError> {
        if self.refusing {
            return Err(StoreError::Refusing);
        }
        crate::store::check(from, to, batch)?;
        let head = self.inner.head()?;
        if head != *from {
            return Ok(Appended::Conflict(head));
        }
        self.appends += 1;
        if self.every == 0 || !self.appends.is_multiple_of(self.every) {
            return self.inner.append(from, to, batch);
        }
        self.refusing = true;
        if self.fails == Fails::Kept {
            self.inner.append(from, to, batch)?;
        }
        Err(StoreError::Unknown("as requested".to_owned()))
    }
}
