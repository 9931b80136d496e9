//! A writer over a copy of a record that a server keeps.
//!
//! Always holds: it verifies every event as the writer of the record does, and writes nothing here:
//! what it prepared is placed by the server. Not here: sending (`append::submit`), the copy itself
//! (`exchange::follow`).

use super::{RecordServer, Writer, WriterOptions};
use crate::keys::HeldLogKeys;
use crate::ledger::error::LedgerError;
use crate::ledger::imported::ImportStatus;
use crate::ledger::paths::Paths;
use crate::ledger::write::home::entry_of;
use crate::ledger::write::home::journal_home::JournalHome;
use crate::ledger::write::stamped::StampedRecord;
use annals_core::event::record::Reading;
use annals_core::key::{PublicKey, SigningKey};

impl Writer {
    /// A writer over the copy at these paths. `stamp` is the key that stamped it when it was
    /// brought up to date; without one, all of it is judged.
    ///
    /// Errors: the copy cannot be read, or does not verify.
    pub fn of_copy(
        paths: Paths,
        stamp: Option<PublicKey>,
        server: Box<dyn RecordServer>,
    ) -> Result<Writer, LedgerError> {
        let stamped = match stamp {
            Some(key) => StampedRecord::open(&paths, &[key])?,
            None => None,
        };
        let stamped = stamped.and_then(|StampedRecord { journal, slice, .. }| {
            let verifier = slice.verifier(&journal).ok()?;
            Some((journal, slice, verifier))
        });
        let options = WriterOptions::folder(paths.clone());
        let log_keys = HeldLogKeys::default();
        let mut writer = match stamped {
            Some((journal, slice, mut verifier)) => {
                verifier.keep_changes();
                let home = JournalHome::known(paths, journal, None, options.wait);
                let mut writer = Writer::unread(options, Box::new(home), log_keys);
                (writer.verifier, writer.slice) = (verifier, Some(slice));
                writer
            }
            None => {
                let home = JournalHome::open(paths, None, options.wait)?;
                let mut writer = Writer::unread(options, Box::new(home), log_keys);
                writer.judge()?;
                writer
            }
        };
        (writer.imported, writer.server) = (ImportStatus::Following, Some(server));
        Ok(writer)
    }

    /// Another writer over the same record, which writes nothing: for what is only tried.
    ///
    /// Errors: the record cannot be read, or does not verify.
    pub fn to_try(&self) -> Result<Writer, LedgerError> {
        match &self.server {
            Some(server) => server.writer(),
            None => Writer::dry_run(self.paths.clone()),
        }
    }

    /// Asks the server of the copy for a moment in which nobody else writes.
    ///
    /// Errors: the server refuses it, or does not answer.
    pub fn take_turn(&self, key: &dyn SigningKey) -> Result<(), LedgerError> {
        self.server.as_ref().map_or(Ok(()), |server| server.take_turn(key))
    }

    /// The address of the server that places what this writer prepares, if it is over a copy.
    pub fn server_address(&self) -> Option<&str> {
        self.server.as_ref().map(|server| server.address())
    }

    /// What the record has at a position, if it can be read.
    pub fn reading_of(&self, position: u64) -> Option<Reading> {
        let entry = entry_of(&*self.home, position).ok().flatten()?;
        Some(Reading::of(&entry.record))
    }
}
