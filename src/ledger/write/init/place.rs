//! The place of a new ledger: what stands there, and what is to be done about it.
//!
//! Always holds: looking changes nothing; what an init that was stopped left is told apart from a
//! ledger that somebody writes to. Not here: making (`init`).

use crate::keys::{Handle, KeyFolder};
use crate::ledger::error::LedgerError;
use crate::ledger::paths::Paths;
use crate::ledger::reader::Record;

/// Refuses a place where something is: a ledger, what an init that was stopped left of one, or a
/// log key without its ledger.
pub fn expect_free(paths: &Paths) -> Result<(), LedgerError> {
    if paths.ledger.symlink_metadata().is_ok() {
        return Err(match left(paths) {
            Some(advice) => LedgerError::Stopped(paths.ledger.clone(), advice),
            None => LedgerError::ThereAlready(paths.ledger.clone()),
        });
    }
    let log = paths.log_key();
    if !paths.keys.is_dir() || KeyFolder::open(&paths.keys)?.check_free(&Handle::log()).is_ok() {
        return Ok(());
    }
    let advice = format!(
        "there is no ledger at {}: an init that was stopped left the key, or it is that of a \
         ledger elsewhere; --keys names another folder, or, if nothing was ever signed with the \
         keys here, move them away and say annals init again",
        paths.ledger.display()
    );
    Err(LedgerError::Stopped(log, advice))
}

/// What to do about a ledger's folder that an init may have left when it was stopped.
fn left(paths: &Paths) -> Option<String> {
    let record = match Record::open(paths.clone()) {
        Err(LedgerError::NoLedger(_)) => {
            return Some(
                "it is no ledger: --ledger names another folder, or, if an init that was stopped \
                 left it, remove it and say annals init again"
                    .to_owned(),
            );
        }
        opened => opened.ok()?,
    };
    let signed = record.checkpoint.is_some() || paths.marks().exists();
    match record.size() {
        0 if !signed => Some(
            "it holds no event, and nothing was signed: if an init that was stopped left it, \
             remove it and the keys that were made for it and say annals init again"
                .to_owned(),
        ),
        1 => Some(
            "it holds its first event alone: go on with it; or, if its init was stopped before \
             the recovery key was told, remove it and the keys that were made for it and say \
             annals init again"
                .to_owned(),
        ),
        _ => None,
    }
}
