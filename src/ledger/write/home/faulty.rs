//! A home that fails on purpose, at the step and in the way that a plan says.
//!
//! Always holds: the contract, above all sentence 5: after an unknown outcome nothing more is
//! committed until the home is opened anew. The caller cannot distinguish kept from lost. It is in
//! the library so that tests over every home can use it. Not here: chance; the caller plans each
//! fault. Source: the storage tests of torchwood and sunlight.

use crate::ledger::error::LedgerError;
use crate::ledger::write::home::{
    CommitOutcome, EventGroup, Home, HomeError, JudgedHome, LocalJournal, WakeOutcome,
};
use crate::ledger::write::notice::Notice;
use crate::store::StoreHead;
use annals_core::event::Entry;
use annals_core::hash::Hash;
use annals_core::verify::source::{Source, SourceError, Walk};
use std::sync::{Arc, Mutex, PoisonError};

/// What goes wrong in a home.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum HomeFault {
    /// No document is kept, and the home says so.
    DocumentsLost,
    /// The documents are kept, and the answer is an error.
    DocumentsKept,
    /// The group is not committed, and the home says so.
    CommitRefused,
    /// The group is not committed, and the outcome is unknown.
    CommitLost,
    /// The group is committed, and the outcome is unknown.
    CommitKept,
    /// The note is not prepared.
    NoteUnprepared,
    /// The note is prepared, and the answer is an error.
    NotePrepared,
    /// The note is not put.
    NoteLost,
    /// The note is put, and the answer is an error.
    NoteKept,
}

/// The next fault, as its owner plans it. A clone is the same plan.
#[derive(Clone, Debug)]
pub struct FaultPlan<F>(Arc<Mutex<Option<F>>>);

impl<F> Default for FaultPlan<F> {
    fn default() -> FaultPlan<F> {
        FaultPlan(Arc::new(Mutex::new(None)))
    }
}

impl<F: Copy + PartialEq> FaultPlan<F> {
    /// Plans the next fault, in place of one that did not come.
    pub fn plan(&self, fault: Option<F>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = fault;
    }

    /// The planned fault, which has not come yet.
    pub fn planned(&self) -> Option<F> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The planned fault, if it is one of these: it comes now, and once.
    pub(in crate::ledger::write) fn come(&self, of: &[F]) -> Option<F> {
        let mut planned = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        planned.take_if(|fault| of.contains(fault))
    }
}

/// Wraps a home and makes it fail as planned.
pub struct FaultyHome<H: Home> {
    inner: H,
    faults: FaultPlan<HomeFault>,
    /// Whether the outcome of a commit is unknown.
    refusing: bool,
}

impl<H: Home> FaultyHome<H> {
    /// A home that fails as this plan says.
    pub fn new(inner: H, faults: FaultPlan<HomeFault>) -> FaultyHome<H> {
        FaultyHome { inner, faults, refusing: false }
    }
}

fn lost() -> HomeError {
    HomeError::Refused(LedgerError::Usage("not done, as planned".to_owned()))
}

fn unknown() -> HomeError {
    HomeError::Unknown(LedgerError::OutcomeUnknown("as planned".to_owned()))
}

impl<H: Home> Home for FaultyHome<H> {
    fn head(&mut self) -> Result<StoreHead, HomeError> {
        self.inner.head()
    }

    fn note(&mut self) -> Result<Option<Vec<u8>>, HomeError> {
        self.inner.note()
    }

    fn complete(&mut self, judged: &JudgedHome<'_>) -> Result<Vec<Notice>, HomeError> {
        self.inner.complete(judged)
    }

    fn keep(&mut self, documents: &[(Hash, Vec<u8>)]) -> Result<(), HomeError> {
        if documents.is_empty() {
            return Ok(());
        }
        match self.faults.come(&[HomeFault::DocumentsLost, HomeFault::DocumentsKept]) {
            None => self.inner.keep(documents),
            Some(HomeFault::DocumentsKept) => self.inner.keep(documents).and(Err(unknown())),
            Some(_) => Err(lost()),
        }
    }

    fn commit(&mut self, group: &EventGroup<'_>) -> Result<CommitOutcome, HomeError> {
        if self.refusing {
            return Err(lost());
        }
        use HomeFault::{CommitKept, CommitLost, CommitRefused};
        let fault = self.faults.come(&[CommitRefused, CommitLost, CommitKept]);
        self.refusing = matches!(fault, Some(CommitLost | CommitKept));
        match fault {
            None => self.inner.commit(group),
            Some(CommitRefused) => Err(lost()),
            Some(CommitKept) => self.inner.commit(group).and(Err(unknown())),
            Some(_) => Err(unknown()),
        }
    }

    fn prepare_note(
        &mut self,
        note: &[u8],
        group: Option<&EventGroup<'_>>,
    ) -> Result<(), HomeError> {
        match self.faults.come(&[HomeFault::NoteUnprepared, HomeFault::NotePrepared]) {
            None => self.inner.prepare_note(note, group),
            Some(HomeFault::NotePrepared) => {
                self.inner.prepare_note(note, group).and(Err(unknown()))
            }
            Some(_) => Err(lost()),
        }
    }

    fn put_note(&mut self) -> Result<(), HomeError> {
        match self.faults.come(&[HomeFault::NoteLost, HomeFault::NoteKept]) {
            None => self.inner.put_note(),
            Some(HomeFault::NoteKept) => self.inner.put_note().and(Err(unknown())),
            Some(_) => Err(unknown()),
        }
    }

    fn reload(&mut self) -> Result<(), HomeError> {
        self.refusing = false;
        self.inner.reload()
    }

    fn is_writable(&self) -> bool {
        self.inner.is_writable()
    }

    fn step(&self) {
        self.inner.step();
    }

    fn rest(&mut self) -> Result<(), HomeError> {
        self.inner.rest()
    }

    fn wake(&mut self) -> Result<WakeOutcome, HomeError> {
        self.inner.wake()
    }

    fn local(&self) -> Option<&dyn LocalJournal> {
        self.inner.local()
    }

    fn local_mut(&mut self) -> Option<&mut dyn LocalJournal> {
        self.inner.local_mut()
    }
}

impl<H: Home> Source for FaultyHome<H> {
    fn size(&self) -> u64 {
        self.inner.size()
    }

    fn walk(&self, from: u64) -> Result<Walk<'_>, SourceError> {
        self.inner.walk(from)
    }

    fn entry_at(&self, index: u64) -> Result<Option<Entry>, SourceError> {
        self.inner.entry_at(index)
    }

    fn document(&self, digest: &Hash) -> Result<Option<Vec<u8>>, SourceError> {
        self.inner.document(digest)
    }

    fn changed(&self) -> Option<String> {
        self.inner.changed()
    }

    fn ignored_bytes(&self) -> u64 {
        self.inner.ignored_bytes()
    }
}
