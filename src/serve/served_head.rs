//! The record as readers see it: everything that its checkpoint covers.
//!
//! Always holds: it has no event above the checkpoint. Not here: when it changes (`sequencer`), the
//! files that it gives (`ledger::exchange::publish`).
//! Source: FORMAT.md section 17.

use crate::ledger::error::LedgerError;
use crate::ledger::exchange::publish::served::ServedRecord;
use crate::ledger::reader;
use crate::ledger::write::writer::Writer;
use annals_core::hash::Hash;
use annals_core::roster::Roster;

/// The record as readers see it: everything that its checkpoint covers.
pub struct ServedHead {
    /// The record.
    pub record: ServedRecord,
    /// Who may sign.
    pub roster: Roster,
    /// The digest of the recovery key, if the record has one.
    pub recovery: Option<Hash>,
}

impl ServedHead {
    /// What is served after a commit of this writer; `before` is what was served before it.
    pub fn of(writer: &Writer, before: Option<&ServedRecord>) -> Result<ServedHead, LedgerError> {
        let note = reader::checkpoint(&writer.paths)?.unwrap_or_default();
        let grown = before.zip(writer.journal()).and_then(|(before, journal)| {
            // An index that was made again is opened again.
            before.grown(journal, note.clone()).ok()
        });
        let record = match grown {
            Some(record) => record,
            None => ServedRecord::open(&writer.paths.ledger, note)?,
        };
        let fold = &writer.verifier.chain.state.fold;
        let recovery = fold.ledger.as_ref().and_then(|ledger| ledger.recovery);
        Ok(ServedHead { record, roster: fold.roster.clone(), recovery })
    }
}
