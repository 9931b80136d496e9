//! What other writers committed to a home beside which they write at the same time.
//!
//! Always holds: such an event is judged as one of this writer's own is, its signature too, before
//! it is shown; what the log key has not signed of it is signed after that, and only then read by
//! others. Not here: how a home gives it (`home`). Source: FORMAT.md section 18.

use super::Writer;
use super::uncommitted::index_committed;
use crate::ledger::error::LedgerError;
use crate::ledger::write::batch::faults_of_last;
use crate::ledger::write::prepared_batch::PreparedBatch;
use crate::ledger::write::slice::Needs;
use annals_core::event::Entry;
use annals_core::rule::{Fault, Rule};

impl Writer {
    /// Takes what other writers have committed since this one last looked: judges it, shows it, and
    /// signs the record as it is then. Returns the number of these events.
    ///
    /// Errors: the rules refuse one of them; the record cannot be read or signed.
    pub fn catch_up(&mut self) -> Result<u64, LedgerError> {
        let before = self.size();
        if self.home.is_behind()? {
            self.sign_with_later()?;
        }
        Ok(self.size() - before)
    }

    /// Takes what other writers have committed, and signs the record as it is then.
    pub(super) fn sign_with_later(&mut self) -> Result<(), LedgerError> {
        let mut tries = 0;
        loop {
            while self.home.is_behind()? {
                self.take_later()?;
            }
            match self.sign_later() {
                // Another one signed what came meanwhile, or this very size.
                Err(LedgerError::Outrun(_) | LedgerError::BehindMark { .. })
                    if self.home.is_behind()? || tries == 0 =>
                {
                    tries += 1;
                }
                signed => return signed,
            }
        }
    }

    /// Makes sure that the memory has the record as it is.
    pub(super) fn remember(&mut self) -> Result<(), LedgerError> {
        let marked = self.mark.as_ref().map_or(0, |mark| mark.size);
        match self.size() > 0 && marked < self.size() && self.check_log_keys().is_ok() {
            true => self.sign_with_later(),
            false => Ok(()),
        }
    }

    /// Judges the next of these events, and shows them.
    fn take_later(&mut self) -> Result<(), LedgerError> {
        let entries = self.home.later()?;
        self.need_entries(&entries)?;
        match self.judge_later(&entries) {
            Err(LedgerError::IndexFailed(_)) if !self.is_whole() => {
                self.need_all()?;
                self.judge_later(&entries)?;
            }
            judged => judged?,
        }
        let group = self.group(&entries);
        let shown = self.home.show_later(&group);
        if shown.is_err() {
            self.take_back();
        }
        shown?;
        self.unstamped = None;
        self.index_later();
        Ok(())
    }

    fn index_later(&mut self) {
        let next = self.home.local().and_then(|local| local.next_offset());
        let Writer { verifier, uncommitted, index, .. } = self;
        index_committed(index, &mut verifier.chain.state, uncommitted, next);
        self.signed = 0;
        self.verifier.keep_changes();
    }

    fn judge_later(&mut self, entries: &[Entry]) -> Result<(), LedgerError> {
        self.take_back();
        let mut prepared = PreparedBatch { first: self.size(), ..PreparedBatch::default() };
        for entry in entries {
            prepared.entries.push(entry.clone());
            let faults = faults_of_last(self, &prepared)?;
            if !faults.is_empty() {
                self.take_back();
                return Err(LedgerError::FaultyLater(faults));
            }
        }
        match self.check_signatures() {
            Err(LedgerError::NotAllowed { why, .. }) => {
                let fault = Fault::at(prepared.first, Rule::Signature, why);
                Err(LedgerError::FaultyLater(vec![fault]))
            }
            checked => checked,
        }
    }

    /// Makes sure that the verifier has what these events name.
    fn need_entries(&mut self, entries: &[Entry]) -> Result<(), LedgerError> {
        match Needs::of_entries(entries) {
            Some(needs) => self.need(&needs),
            None => self.need_all(),
        }
    }

    fn sign_later(&mut self) -> Result<(), LedgerError> {
        self.check_log_keys()?;
        let mut memory = self.hold_memory()?;
        self.sign_checkpoint(&mut *memory)?;
        self.committed();
        Ok(())
    }
}
