//! What other writers committed to a home beside which they write at the same time.
//!
//! Always holds: such an event is judged as one of this writer's own is, its signature too, before
//! it is shown; what the log key has not signed of it is signed after that, and only then read by
//! others. Not here: how a home gives it (`home`). Source: FORMAT.md section 18.

use super::Writer;
use crate::ledger::error::LedgerError;
use crate::ledger::write::batch::faults_of_last;
use crate::ledger::write::prepared::Prepared;
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
        loop {
            while self.home.is_behind()? {
                self.take_later()?;
            }
            if self.size() == before {
                return Ok(0);
            }
            match self.sign_later() {
                // Another one signed what came meanwhile.
                Err(LedgerError::BehindMark { .. }) if self.home.is_behind()? => {}
                signed => return signed.map(|()| self.size() - before),
            }
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
        self.index_committed();
        Ok(())
    }

    fn judge_later(&mut self, entries: &[Entry]) -> Result<(), LedgerError> {
        self.take_back();
        let mut prepared = Prepared { first: self.size(), ..Prepared::default() };
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
        self.sign_checkpoint(&mut *memory, None)?;
        self.committed();
        Ok(())
    }
}
