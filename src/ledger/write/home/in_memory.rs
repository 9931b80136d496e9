//! A home in memory: the shortest implementation of the contract, for tests.
//!
//! Always holds: every sentence of the contract, except that nothing survives the process. Several
//! homes may be open over one record; the first to commit is first. Not here: faults (`faulty`).
//! Source: the contract in [`super`].

use crate::ledger::reader::covered;
use crate::ledger::write::home::{
    CommitOutcome, EventGroup, Home, HomeError, JudgedHome, WakeOutcome,
};
use crate::ledger::write::notice::Notice;
use crate::store::StoreHead;
use annals_core::event::Entry;
use annals_core::hash::Hash;
use annals_core::verify::source::{BATCH, Batch, Source, SourceError, Walk};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A record in memory: what is there when no home is open. A clone is the same record.
#[derive(Clone, Debug, Default)]
pub struct MemoryRecord(Arc<Mutex<RecordContent>>);

#[derive(Clone, Debug, Default)]
struct RecordContent {
    entries: Vec<Entry>,
    hash: Option<Hash>,
    documents: BTreeMap<Hash, Vec<u8>>,
    note: Option<Vec<u8>>,
}

impl RecordContent {
    fn head(&self) -> StoreHead {
        StoreHead { size: self.entries.len() as u64, hash: self.hash }
    }
}

impl MemoryRecord {
    /// The entries, in order.
    pub fn entries(&self) -> Vec<Entry> {
        self.content().entries.clone()
    }

    /// Another record with the present content, as a backup has it.
    pub fn backup(&self) -> MemoryRecord {
        let content = self.content().clone();
        MemoryRecord(Arc::new(Mutex::new(content)))
    }

    fn content(&self) -> MutexGuard<'_, RecordContent> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A record in memory as a home.
#[derive(Debug)]
pub struct MemoryHome {
    record: MemoryRecord,
    /// The head as of the last load, and after that of the last commit.
    head: StoreHead,
    prepared: Option<Vec<u8>>,
}

impl MemoryHome {
    /// Opens a home over a record.
    pub fn open(record: &MemoryRecord) -> MemoryHome {
        let (record, head) = (record.clone(), record.content().head());
        MemoryHome { record, head, prepared: None }
    }
}

impl Home for MemoryHome {
    fn head(&mut self) -> Result<StoreHead, HomeError> {
        Ok(self.record.content().head())
    }

    fn note(&mut self) -> Result<Option<Vec<u8>>, HomeError> {
        Ok(self.record.content().note.clone())
    }

    fn complete(&mut self, judged: &JudgedHome<'_>) -> Result<Vec<Notice>, HomeError> {
        if judged.foreign.is_some() {
            self.record.content().note = None;
        }
        Ok(Vec::new())
    }

    fn keep(&mut self, documents: &[(Hash, Vec<u8>)]) -> Result<(), HomeError> {
        self.record.content().documents.extend(documents.iter().cloned());
        Ok(())
    }

    fn commit(&mut self, group: &EventGroup<'_>) -> Result<CommitOutcome, HomeError> {
        let mut content = self.record.content();
        let head = content.head();
        if head != group.from {
            return Ok(CommitOutcome::Outrun(head));
        }
        content.entries.extend_from_slice(group.entries);
        content.hash = group.to.hash;
        self.head = group.to;
        Ok(CommitOutcome::Written)
    }

    fn prepare_note(
        &mut self,
        note: &[u8],
        _group: Option<&EventGroup<'_>>,
    ) -> Result<(), HomeError> {
        self.prepared = Some(note.to_vec());
        Ok(())
    }

    /// A note of fewer events than the present one is not put: another writer was later.
    fn put_note(&mut self) -> Result<(), HomeError> {
        let Some(prepared) = self.prepared.take() else { return Ok(()) };
        let mut content = self.record.content();
        if covered(Some(&prepared)) >= covered(content.note.as_deref()) {
            content.note = Some(prepared);
        }
        Ok(())
    }

    fn reload(&mut self) -> Result<(), HomeError> {
        self.head = self.record.content().head();
        self.prepared = None;
        Ok(())
    }

    fn wake(&mut self) -> Result<WakeOutcome, HomeError> {
        match self.record.content().head() == self.head {
            true => Ok(WakeOutcome::Same),
            false => Ok(WakeOutcome::Changed),
        }
    }
}

impl Source for MemoryHome {
    fn size(&self) -> u64 {
        self.head.size
    }

    fn walk(&self, from: u64) -> Result<Walk<'_>, SourceError> {
        let starts = (from.min(self.head.size)..self.head.size).step_by(BATCH);
        Ok(Box::new(starts.map(|first| {
            let (start, end) = (first as usize, self.head.size as usize);
            let content = self.record.content();
            let entries = content.entries.get(start..end.min(start + BATCH)).unwrap_or_default();
            Ok(Batch { first, entries: entries.to_vec(), ..Batch::default() })
        })))
    }

    fn entry_at(&self, index: u64) -> Result<Option<Entry>, SourceError> {
        let shown = index < self.head.size;
        Ok(self.record.content().entries.get(index as usize).filter(|_| shown).cloned())
    }

    fn document(&self, digest: &Hash) -> Result<Option<Vec<u8>>, SourceError> {
        Ok(self.record.content().documents.get(digest).cloned())
    }
}
