//! What a copy knows of its record, as far as a receipt is judged with it.
//!
//! Always holds: the log key is that of the record with the submitted events in it, because these
//! may change it: a revocation undoes what a stolen key did. Not here: judging the receipt
//! (`annals_core::verify::receipt`). Source: FORMAT.md section 17, "Receipt".

use super::unopened;
use crate::ledger::error::LedgerError;
use crate::ledger::query::{View, no_fact};
use crate::ledger::reader::Record;
use crate::ledger::write::batch::verify_last;
use crate::ledger::write::prepared_batch::PreparedBatch;
use crate::ledger::write::writer::RecordServer;
use annals_core::event::Entry;
use annals_core::event::args::Args;
use annals_core::event::record::Reading;
use annals_core::event::vocabulary::Type;
use annals_core::merkle::Tree;
use annals_core::tlog::{KeyKind, VerifierKey};
use annals_core::verify::receipt::KnownRecord;
use annals_core::verify::source::Source;

/// What a copy knows of its record at a size, with the log key that is expected.
pub(super) fn known(
    record: &Record,
    size: u64,
    log_key: VerifierKey,
) -> Result<KnownRecord, LedgerError> {
    let root = tree_at(record, size)?.root();
    let head = match size.checked_sub(1) {
        Some(last) => record.event(last)?.map(|event| event.reading.hash),
        None => None,
    };
    Ok(KnownRecord { root, head, log_key })
}

/// The log key of the record with these events at its end.
pub(super) fn expected_log_key(
    server: &dyn RecordServer,
    record: &Record,
    entries: &[Entry],
) -> Result<VerifierKey, LedgerError> {
    let view = View::some(record, record.size(), &no_fact)?;
    let ledger = view.state().fold.ledger.as_ref().ok_or_else(unopened)?;
    let mut log_key = ledger.log_key;
    if entries.iter().any(may_change_log_key) {
        // They were judged before they were signed: what is at fault now is refused by the server.
        let mut writer = server.writer()?;
        writer.need_all()?;
        let mut prepared = PreparedBatch { first: writer.size(), ..PreparedBatch::default() };
        for entry in entries {
            prepared.entries.push(entry.clone());
            verify_last(&mut writer, &prepared)?;
        }
        let after = &writer.verifier.chain.state.fold.ledger;
        log_key = after.as_ref().map_or(log_key, |ledger| ledger.log_key);
    }
    VerifierKey::new(&ledger.origin, KeyKind::Note, log_key).ok_or_else(unopened)
}

/// Whether an event may make another log key the present one.
fn may_change_log_key(entry: &Entry) -> bool {
    let Some(statement) = Reading::of(&entry.record).statement else { return false };
    match &statement.args {
        Args::EditorRevoked(revoked) => revoked.suspect_from.is_some(),
        _ => statement.kind == Type::LedgerRekeyed,
    }
}

/// The tree of the first events of a record.
pub(super) fn tree_at(record: &Record, size: u64) -> Result<Tree, LedgerError> {
    if let Ok(index) = record.index()
        && let Ok(tree) = index.tree(size)
    {
        return Ok(tree);
    }
    Ok(record.source.tree(size)?)
}
