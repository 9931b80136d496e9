//! A writer that reads only what the next events need, where the last writer's stamp holds.
//!
//! Always holds: such a writer gives every event the verdict of a writer that judged the whole
//! record; where the index cannot answer, the whole record is judged. A commit is stamped when the
//! writer rests or ends. Not here: which files a stamp covers (`stamp`), what is read (`slice`).
//! Source: FORMAT.md section 9, the order of a commit.

use super::{Commit, Writer};
use crate::index::{Builder, IndexError, IndexStatus};
use crate::ledger::error::LedgerError;
use crate::ledger::write::notice::Notice;
use crate::ledger::write::passages::Passages;
use crate::ledger::write::slice::{Needs, RecordSlice};
use crate::ledger::write::stamp::LedgerStamp;
use annals_core::event::args::Args;
use annals_core::event::body::Fact;
use annals_core::hash::Hash;

/// The number of events after which a slice is made again, so that its state stays small.
const MOST_LATER: u64 = 65_536;

impl Writer {
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
        let (Some(slice), Some(local)) = (&self.slice, self.home.local_mut()) else {
            return Ok(());
        };
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
        local.list_again();
        let again = slice.grown(size, root);
        let again = again.or_else(|_| RecordSlice::open(&self.paths.ledger, size, root, terms));
        let mut again = again.map_err(failed)?;
        again.add(slice.needs());
        self.verifier = again.verifier(local.journal())?;
        self.verifier.keep_changes();
        (self.uncommitted, self.signed) = (Vec::new(), 0);
        let goes_on =
            matches!(self.index.found(), IndexStatus::Same { events, .. } if events == size);
        if let Some(place) = local.next_offset().filter(|_| !goes_on) {
            let last = again.index().snapshot(size).map_err(failed)?;
            let resumed = Builder::resume(&self.paths.ledger, &last, local.journal(), place);
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
        self.unstamped = None;
        self.notices.retain(|notice| matches!(notice, Notice::KeyPassedOver(_)));
        self.home.reload()?;
        if self.home.is_writable() {
            return self.judge_and_complete();
        }
        self.judge().map(drop)
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

    /// Reads what a new fact, whose claim has this digest, may repeat.
    pub(in crate::ledger::write) fn compare(
        &mut self,
        fact: &Fact,
        claim: Hash,
    ) -> Result<(), LedgerError> {
        let (Some(slice), Some(local)) = (&mut self.slice, self.home.local()) else {
            return Ok(());
        };
        Ok(slice.compare(local.journal(), &mut self.verifier, &mut self.passages, fact, claim)?)
    }

    /// Keeps that the record, as it is, is whole in the home, the index and the checkpoint.
    pub(super) fn committed(&mut self) {
        let Some(ledger) = &self.verifier.chain.state.fold.ledger else { return };
        let (origin, log_key) = (ledger.origin.clone(), ledger.log_key);
        let (size, root) = (self.size(), self.verifier.chain.tree().root());
        let place = self.home.local().and_then(|local| local.next_offset());
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
