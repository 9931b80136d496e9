//! A writer that reads only what the next events need, where the last writer's stamp holds.
//!
//! Always holds: such a writer gives every event the verdict of a writer that judged the whole
//! record; where the index cannot answer, the whole record is judged. A commit is stamped when the
//! writer rests or ends. Not here: which files a stamp covers (`stamp`), what is read (`slice`).
//! Source: FORMAT.md section 9, the order of a commit.

use super::{Commit, WAIT, WriteHandles, Writer};
use crate::disk::lock::{Lock, LockWait};
use crate::disk::temporary::remove_unfinished;
use crate::index::{Builder, IndexError};
use crate::journal::{JournalWriter, ROTATE_AT};
use crate::keys::{HeldLogKeys, HighWaterMarks, KeyFolder};
use crate::ledger::error::{LedgerError, chain};
use crate::ledger::imported::Imported;
use crate::ledger::paths::Paths;
use crate::ledger::write::notice::Notice;
use crate::ledger::write::outbox;
use crate::ledger::write::passages::Passages;
use crate::ledger::write::preflight::{mark_of_checkpoint, open_store};
use crate::ledger::write::slice::{Needs, RecordSlice};
use crate::ledger::write::stamp::LedgerStamp;
use crate::ledger::write::stamped::StampedRecord;
use annals_core::event::args::Args;
use annals_core::event::body::Fact;
use annals_core::key::{KeyCache, PublicKey, SecretKey};

/// The number of events after which a slice is made again, so that its state stays small.
const MOST_LATER: u64 = 65_536;

impl Writer {
    /// A writer over a slice of the record, if the last writer's stamp holds; it has no handles.
    pub(super) fn stamped(paths: &Paths) -> Result<Option<(Writer, LedgerStamp)>, LedgerError> {
        let imported = Imported::of(paths)?;
        let Ok(HeldLogKeys { keys, faults }) =
            KeyFolder::open(&paths.keys).and_then(|keys| keys.log_keys())
        else {
            return Ok(None);
        };
        let public: Vec<PublicKey> = keys.iter().map(SecretKey::public).collect();
        let Some(stamped) = StampedRecord::open(paths, &public)? else { return Ok(None) };
        let StampedRecord { note, stamp, journal, slice } = stamped;
        let Ok(mut verifier) = slice.verifier(&journal) else { return Ok(None) };
        verifier.keep_changes();
        let marks = HighWaterMarks::at(paths.marks());
        let mark = mark_of_checkpoint(Some(&note), &verifier);
        if mark.is_none() || !marks.last_for(&stamp.origin).is_ok_and(|last| last == mark) {
            return Ok(None);
        }
        let passed_over = faults.iter().map(|fault| Notice::KeyPassedOver(chain(fault)));
        let writer = Writer {
            paths: paths.clone(),
            verifier,
            journal,
            notices: passed_over.collect(),
            recent: Vec::new(),
            keyring: KeyCache::default(),
            passages: Passages::default(),
            slice: Some(slice),
            handles: None,
            resting: None,
            uncommitted: Vec::new(),
            signed: 0,
            index: Builder::none(),
            marks,
            mark,
            wait: WAIT.into(),
            log_keys: keys,
            imported,
            unstamped: None,
        };
        Ok(Some((writer, stamp)))
    }

    /// Takes up the store, the journal and the index of a stamped ledger, to write to them.
    pub(super) fn take_up(
        mut self,
        stamp: &LedgerStamp,
        lock: Lock,
        wait: LockWait,
    ) -> Result<Writer, LedgerError> {
        self.wait = wait;
        if let Some(slice) = &self.slice
            && let Ok(last) = slice.index().slot(self.size())
        {
            self.index = Builder::resume(&self.paths.ledger, &last, &self.journal, stamp.place)
                .unwrap_or_else(|_| Builder::none());
        }
        let (store, built) = open_store(&self.paths, &self.journal, &self.verifier)?;
        let (journal, _) = JournalWriter::resume(&self.journal, ROTATE_AT)?;
        self.handles = Some(WriteHandles { journal, store, lock });
        self.notices.extend(built);
        self.catch_up()?;
        outbox::prune_written(&self.paths, &self.journal);
        for folder in [&self.paths.ledger, &self.paths.documents(), &self.paths.keys] {
            remove_unfinished(folder);
        }
        Ok(self)
    }

    /// Whether the writer has read the whole record.
    pub fn is_whole(&self) -> bool {
        self.slice.is_none()
    }

    /// Makes sure that the verifier has what these needs name, and nothing that was not committed.
    pub fn need(&mut self, needs: &Needs) -> Result<(), LedgerError> {
        self.take_back();
        let size = self.size();
        let Some(slice) = &mut self.slice else { return Ok(()) };
        if slice.has(needs) && size - slice.size() <= MOST_LATER {
            return Ok(());
        }
        slice.add(needs);
        match self.sliced_again() {
            Err(LedgerError::IndexFailed(_)) => self.need_all(),
            sliced => sliced,
        }
    }

    /// Makes the slice and its verifier again, at the last commit.
    fn sliced_again(&mut self) -> Result<(), LedgerError> {
        let Some(slice) = &self.slice else { return Ok(()) };
        let failed = |why: IndexError| LedgerError::IndexFailed(why.to_string());
        let committed = self.unstamped.as_ref();
        let size = committed.map_or(slice.size(), |commit| commit.size);
        let root = committed.map_or_else(|| slice.index().root(size), |commit| Ok(commit.root));
        let root = root.map_err(failed)?;
        let lengths = committed.map(|commit| commit.index.clone());
        let terms =
            match lengths.as_ref().and_then(|all| all.iter().find(|(name, _)| *name == "terms")) {
                Some((_, length)) => *length,
                None => slice.terms_length(),
            };
        if let Some(WriteHandles { journal, .. }) = &self.handles {
            self.journal = journal.journal();
            self.recent.clear();
        }
        let again = RecordSlice::open(&self.paths.ledger, size, root, terms);
        let mut again = again.map_err(failed)?;
        again.add(slice.needs());
        self.verifier = again.verifier(&self.journal)?;
        self.verifier.keep_changes();
        (self.uncommitted, self.signed) = (Vec::new(), 0);
        if let Some(WriteHandles { journal, .. }) = &self.handles {
            let last = again.index().slot(size).map_err(failed)?;
            let place = journal.next_offset();
            let resumed = Builder::resume(&self.paths.ledger, &last, &self.journal, place);
            self.index = resumed.map_err(failed)?;
        }
        self.passages = Passages::default();
        self.slice = Some(again);
        Ok(())
    }

    /// Reads and judges the whole record, as a writer does that finds no stamp.
    pub fn need_all(&mut self) -> Result<(), LedgerError> {
        self.take_back();
        if self.is_whole() {
            return Ok(());
        }
        let (paths, wait) = (self.paths.clone(), self.wait);
        self.unstamped = None;
        if let Some(WriteHandles { journal, store, lock }) = self.handles.take() {
            drop((journal, store));
            *self = Writer::locked_whole(paths, lock, wait)?;
            return Ok(());
        }
        let log_keys = KeyFolder::open(&paths.keys).and_then(|keys| keys.log_keys());
        let imported = Imported::of(&paths)?;
        let judged = Writer::judged(paths, log_keys.unwrap_or_default(), imported, None)?;
        let resting = self.resting.take();
        *self = judged.writer;
        (self.resting, self.wait) = (resting, wait);
        Ok(())
    }

    /// Makes sure that the verifier has what an event with these arguments needs: what they name,
    /// and the whole history where a key is revoked as suspect.
    pub fn need_for(&mut self, args: &Args) -> Result<(), LedgerError> {
        match args {
            Args::EditorRevoked(revoked) if revoked.suspect_from.is_some() => self.need_all(),
            args => self.need(&Needs::positions(args.positions())),
        }
    }

    /// Keeps the agents of a fact that was committed.
    pub(in crate::ledger::write) fn keep_agents(&mut self, fact: &Fact) {
        if let Some(slice) = &mut self.slice {
            slice.keep_agents(fact);
        }
    }

    /// Reads what a new fact may repeat.
    pub(in crate::ledger::write) fn compare(&mut self, fact: &Fact) -> Result<(), LedgerError> {
        let Some(slice) = &mut self.slice else { return Ok(()) };
        Ok(slice.compare(&self.journal, &mut self.verifier, &mut self.passages, fact)?)
    }

    /// Keeps that the record, as it is, is whole in the journal, the index and the checkpoint.
    pub(super) fn committed(&mut self) {
        let Some(ledger) = &self.verifier.chain.state.fold.ledger else { return };
        let (origin, log_key) = (ledger.origin.clone(), ledger.log_key);
        let (size, root) = (self.size(), self.verifier.chain.tree().root());
        let place = self.handles.as_ref().map(|handles| handles.journal.next_offset());
        self.unstamped = self.index.lengths().zip(place).map(|(index, place)| Commit {
            origin,
            log_key,
            size,
            root,
            place,
            index,
        });
    }

    /// Stamps the last commit, so that the next writer need not judge it again. Without a stamp it
    /// does; so an error here is none.
    pub(super) fn stamp(&mut self) {
        let Some(Commit { origin, log_key, size, root, place, index }) = self.unstamped.take()
        else {
            return;
        };
        let Some(key) = self.log_keys.iter().find(|key| key.public() == log_key) else { return };
        if let Ok(Some(stamp)) = LedgerStamp::take(&self.paths, origin, size, root, place)
            && index.iter().all(|(name, length)| stamp.length(name) == Some(*length))
        {
            let _ = stamp.write(&self.paths, key);
        }
    }
}
