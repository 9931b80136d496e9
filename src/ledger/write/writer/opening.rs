//! Opening a record to write to it: the whole of it is judged, or a stamp holds.
//!
//! Always holds: nothing is changed before the record is judged; then the home completes what an
//! interrupted writer left, the index is completed, and what the log key has not signed is signed.
//! Not here: the checks themselves (`preflight`), what a slice reads (`needed`, `slice`).
//! Source: FORMAT.md section 9.

use super::{KeysFrom, Writer};
use crate::disk::DiskError;
use crate::disk::temporary::remove_unfinished;
use crate::disk::together::cores;
use crate::index::{BuildMode, Builder};
use crate::journal::Journal;
use crate::keys::{HeldLogKeys, KeyFolder, Mark};
use crate::ledger::error::LedgerError;
use crate::ledger::imported::ImportStatus;
use crate::ledger::paths::Paths;
use crate::ledger::reader::covered;
use crate::ledger::write::home::JudgedHome;
use crate::ledger::write::memory::Memory;
use crate::ledger::write::notice::Notice;
use crate::ledger::write::outbox;
use crate::ledger::write::passages::Following;
use crate::ledger::write::preflight::{
    check_checkpoint, check_end, check_mark, check_signatures, go_on_with_index, holds_now,
    mark_of_checkpoint,
};
use crate::ledger::write::slice::RecordSlice;
use crate::ledger::write::stamp::LedgerStamp;
use crate::ledger::write::stamped::StampedRecord;
use crate::store::StoreHead;
use annals_core::hash::Hash;
use annals_core::key::{PublicKey, SecretKey};
use annals_core::verify::anchors::Anchors;
use annals_core::verify::source::Source;
use annals_core::verify::{Follower, Options, Verifier, follow};
use std::sync::{Mutex, PoisonError};

/// What must be completed before a judged record is written to.
pub(super) struct Unfinished {
    /// The number of events that the note covers; `None` if there is none, or it is foreign.
    signed: Option<u64>,
    /// Why the note is not of this record, if so.
    foreign: Option<String>,
    /// The mark of which the last one of the memory is a damaged form, if so.
    damaged: Option<Mark>,
}

/// A ledger whose last writer's stamp holds.
pub(super) struct Stamped {
    pub(super) journal: Journal,
    stamp: LedgerStamp,
    slice: RecordSlice,
    verifier: Verifier,
    mark: Option<Mark>,
    log_keys: HeldLogKeys,
    imported: ImportStatus,
}

/// The ledger at these paths, if its last writer's stamp holds.
pub(super) fn stamped(paths: &Paths, memory: &dyn Memory) -> Result<Option<Stamped>, LedgerError> {
    let imported = ImportStatus::of(paths)?;
    let log_keys = KeyFolder::open(&paths.keys).and_then(|keys| keys.log_keys());
    let Ok(log_keys) = log_keys else { return Ok(None) };
    let public: Vec<PublicKey> = log_keys.keys.iter().map(SecretKey::public).collect();
    let Some(stamped) = StampedRecord::open(paths, &public)? else { return Ok(None) };
    let StampedRecord { note, stamp, journal, slice } = stamped;
    let Ok(mut verifier) = slice.verifier(&journal) else { return Ok(None) };
    verifier.keep_changes();
    let mark = mark_of_checkpoint(Some(&note), &verifier);
    if mark.is_none() || !memory.last(&stamp.origin).is_ok_and(|last| last == mark) {
        return Ok(None);
    }
    Ok(Some(Stamped { journal, stamp, slice, verifier, mark, log_keys, imported }))
}

impl Writer {
    /// Judges the record in the home, and completes what is unfinished.
    pub(super) fn judge_and_complete(&mut self) -> Result<(), LedgerError> {
        self.imported = ImportStatus::of(&self.paths)?;
        self.imported.expect_writable(&self.paths)?;
        let unfinished = self.judge()?;
        self.complete(unfinished)
    }

    /// Opens the record again: another writer was at work.
    pub(super) fn open_again(&mut self) -> Result<(), LedgerError> {
        self.take_back();
        self.unstamped = None;
        if self.keys_from == KeysFrom::Folder {
            let stamped = stamped(&self.paths, &*self.memory)?;
            if let (Some(stamped), Some(local)) = (stamped, self.home.local_mut()) {
                local.load(stamped.journal.clone());
                return self.go_on(stamped);
            }
            let log_keys = KeyFolder::open(&self.paths.keys)?.log_keys()?;
            self.hold_log_keys(log_keys);
        }
        self.home.reload()?;
        self.judge_and_complete()
    }

    /// Goes on with a ledger whose stamp holds, whose journal the home has loaded.
    pub(super) fn go_on(&mut self, stamped: Stamped) -> Result<(), LedgerError> {
        let stamp = self.adopt(stamped);
        if let (Some(slice), Some(local)) = (&self.slice, self.home.local())
            && let Ok(last) = slice.index().snapshot(self.size())
        {
            let (ledger, journal) = (&self.paths.ledger, local.journal());
            let resumed = Builder::resume(ledger, &last, journal, stamp.place);
            self.index = resumed.unwrap_or_else(|_| Builder::none());
        }
        let (head, signed) = (self.head(), self.size());
        let judged = JudgedHome { head, signed, foreign: None, documents: Vec::new() };
        let completed = self.home.complete(&judged)?;
        self.notices.extend(completed);
        outbox::prune_written(&self.paths, &*self.home);
        self.remove_unfinished();
        Ok(())
    }

    /// Takes what was read of a ledger whose stamp holds; nothing is written.
    pub(super) fn adopt(&mut self, stamped: Stamped) -> LedgerStamp {
        let Stamped { stamp, slice, verifier, mark, log_keys, imported, .. } = stamped;
        self.hold_log_keys(log_keys);
        (self.verifier, self.slice, self.passages) = (verifier, Some(slice), Default::default());
        (self.mark, self.imported) = (mark, imported);
        self.prove_from_here();
        self.index = Builder::none();
        stamp
    }

    /// Judges all of the record in the home; nothing is written.
    pub(super) fn judge(&mut self) -> Result<Unfinished, LedgerError> {
        let anchors = Anchors { checkpoint: self.home.note()?, ..Anchors::default() };
        let covered = covered(anchors.checkpoint.as_deref());
        let source: &dyn Source = &*self.home;
        check_end(source, covered)?;
        let mut verifier = Verifier::new(&anchors);
        let jobs = cores();
        let index = self.home.local().map_or_else(Builder::none, |local| {
            Builder::open(&self.paths.ledger, local.journal().starts(), BuildMode::Check)
        });
        let following = Following { beside: &index, passages: Mutex::default() };
        let follower = Some(&following as &dyn Follower);
        // Events that the log key has not signed are verified in full, because it is about to sign
        // them.
        let signed_for = covered.unwrap_or(0);
        let step = |_| self.home.step();
        let progress: Option<&(dyn Fn(u64) + Sync)> = Some(&step);
        let options = Options { follower, signed_for, progress, ..Options::whole(jobs) };
        follow(source, options, &mut verifier)?;
        if !verifier.faults.is_empty() {
            return Err(LedgerError::Faulty(std::mem::take(&mut verifier.faults)));
        }
        if let Some((position, v)) = verifier.later_version() {
            return Err(LedgerError::Later { position, v });
        }
        let passages = following.passages.into_inner().unwrap_or_else(PoisonError::into_inner);
        verifier.keep_changes();
        let foreign = check_checkpoint(&anchors, source, &verifier)?;
        if foreign.is_some() {
            // A checkpoint that the log key did not sign covers nothing.
            check_signatures(source, jobs)?;
        }
        let from = if foreign.is_some() { 0 } else { signed_for };
        let missing = verifier.contents.unexplained(&verifier.chain.state, from);
        if !missing.is_empty() {
            return Err(LedgerError::Faulty(missing));
        }
        let known = mark_of_checkpoint(anchors.checkpoint.as_deref(), &verifier);
        let damaged = match known.filter(|_| foreign.is_none()) {
            Some(mark) if self.memory.is_damaged(&mark)? => Some(mark),
            _ => None,
        };
        let mut is_of_others = false;
        let mark = match (&damaged, &verifier.chain.state.fold.ledger) {
            (Some(mark), _) => Some(mark.clone()),
            (None, Some(ledger)) => {
                let last = self.memory.last(&ledger.origin)?;
                match check_mark(last.clone(), source, &verifier) {
                    // It is of events that other writers committed.
                    Err(LedgerError::BehindMark { .. }) if self.is_outrun(last.as_ref())? => {
                        is_of_others = true;
                        None
                    }
                    checked => checked?,
                }
            }
            (None, None) => None,
        };
        let remembered = mark.as_ref().map_or(0, |mark| mark.size);
        let is_compared = foreign.is_none() && !is_of_others && self.memory.is_beside_keys();
        if let Some(signed) = covered.filter(|signed| is_compared && *signed > remembered) {
            let ledger = verifier.chain.state.fold.ledger.as_ref();
            match self.memory.is_there()? {
                true => self.notices.push(Notice::MemoryShort { marked: remembered, signed }),
                // Where nobody signs with the log key there is none.
                false if ledger.is_some_and(|ledger| self.holds_log_key(&ledger.log_key)) => {
                    self.notices.push(Notice::MemoryMissing { signed });
                }
                false => {}
            }
        }
        (self.verifier, self.passages, self.slice) = (verifier, passages, None);
        (self.index, self.mark) = (index, mark);
        self.prove_from_here();
        let signed = covered.filter(|_| foreign.is_none());
        Ok(Unfinished { signed, foreign, damaged })
    }

    /// Whether other writers committed what this record is said to lack.
    ///
    /// Errors: one wrote to the journal although this one has the lock.
    pub(super) fn is_outrun(&mut self, mark: Option<&Mark>) -> Result<bool, LedgerError> {
        if self.home.is_behind()? {
            return Ok(true);
        }
        let is_local = self.home.local().is_some();
        match mark.filter(|_| is_local) {
            Some(mark) if holds_now(&self.paths.ledger, mark)? => {
                // A dry run has no lock.
                match self.home.is_writable() {
                    false => Ok(true),
                    true => Err(DiskError::Overwritten { path: self.paths.ledger.clone() }.into()),
                }
            }
            _ => Ok(false),
        }
    }

    /// Completes what an interrupted writer left, and signs what the log key has not signed.
    pub(super) fn complete(&mut self, unfinished: Unfinished) -> Result<(), LedgerError> {
        let Unfinished { signed, foreign, damaged } = unfinished;
        let (head, foreign) = (self.head(), foreign.as_deref());
        let documents = self.documents_after(signed.unwrap_or(0));
        let judged = JudgedHome { head, signed: signed.unwrap_or(0), foreign, documents };
        let completed = self.home.complete(&judged)?;
        if let Some(mark) = &damaged
            && let Some(path) = self.memory.hold(self.wait)?.mend(mark)?
        {
            self.notices.push(Notice::MarkMended { size: mark.size, path });
        }
        self.notices.extend(completed);
        if let Some(local) = self.home.local() {
            let checked = std::mem::replace(&mut self.index, Builder::none());
            self.index = go_on_with_index(&self.paths, local.journal(), checked)?;
            if let Some(next) = local.next_offset() {
                self.index.commit(next);
            }
        }
        // A record without its log keys can still be given a new one.
        let mut is_signed = signed == Some(self.size());
        let is_whole = !self.home.is_behind()?;
        if !is_signed && is_whole && self.size() > 0 && self.check_log_keys().is_ok() {
            let mut memory = self.hold_memory()?;
            self.sign_checkpoint(&mut *memory)?;
            self.notices.push(Notice::CheckpointSigned(self.size()));
            is_signed = true;
        }
        if is_signed {
            outbox::prune_written(&self.paths, &*self.home);
        }
        self.remove_unfinished();
        if is_signed {
            self.committed();
        }
        Ok(())
    }

    fn head(&self) -> StoreHead {
        StoreHead { size: self.size(), hash: self.verifier.chain.head }
    }

    /// The documents that the events from this position on capture.
    fn documents_after(&self, signed: u64) -> Vec<Hash> {
        let documents = self.verifier.contents.library.documents();
        let after = documents.filter(|(position, _)| *position >= signed);
        after.map(|(_, row)| row.digest).collect()
    }

    /// Removes the temporary files that an interrupted writer left.
    fn remove_unfinished(&self) {
        if self.home.local().is_some() {
            for folder in [&self.paths.ledger, &self.paths.documents(), &self.paths.keys] {
                remove_unfinished(folder);
            }
        }
    }
}
