//! The place of a new ledger: what is there already, and advice.
//!
//! Always holds: nothing is changed; the remains of an interrupted init are distinguished from a
//! ledger in use. Not here: creating a ledger (`init`).

use crate::disk::{Links, is_there, kind};
use crate::keys::{KeyFolder, KeyName};
use crate::ledger::error::LedgerError;
use crate::ledger::paths::Paths;
use crate::ledger::reader::Record;

/// Refuses a place that has something: a ledger, the remains of an interrupted init, or a log key
/// without its ledger.
pub fn expect_free(paths: &Paths) -> Result<(), LedgerError> {
    if is_there(&paths.ledger)? {
        return Err(match left(paths)? {
            Some(advice) => LedgerError::Stopped { path: paths.ledger.clone(), advice },
            None => LedgerError::ThereAlready(paths.ledger.clone()),
        });
    }
    let log = paths.log_key();
    let no_keys = kind(&paths.keys, Links::Follow)?.is_none();
    if no_keys || KeyFolder::open(&paths.keys)?.check_free(&KeyName::log()).is_ok() {
        return Ok(());
    }
    let advice = format!(
        "there is no ledger at {}: an init that was stopped left the key, or it is that of a \
         ledger elsewhere; --keys names another folder, or, if nothing was ever signed with the \
         keys here, move them away and say annals init again",
        paths.ledger.display()
    );
    Err(LedgerError::Stopped { path: log, advice })
}

/// The advice for a ledger's folder that an interrupted init may have left.
fn left(paths: &Paths) -> Result<Option<String>, LedgerError> {
    let record = match Record::open(paths.clone()) {
        Err(LedgerError::NoLedger { .. }) => {
            return Ok(Some(
                "it is no ledger: --ledger names another folder, or, if an init that was stopped \
                 left it, remove it and say annals init again"
                    .to_owned(),
            ));
        }
        Err(_) => return Ok(None),
        Ok(record) => record,
    };
    let signed = record.checkpoint.is_some() || is_there(&paths.marks())?;
    Ok(match record.size() {
        0 if !signed => Some(
            "it holds no event, and nothing was signed: if an init that was stopped left it, \
             remove it and the keys that were made for it and say annals init again"
                .to_owned(),
        ),
        1 => Some(
            "it holds its first event alone: go on with it; or, if its init was stopped before \
             the recovery key was shown, remove it and the keys that were made for it and say \
             annals init again"
                .to_owned(),
        ),
        _ => None,
    })
}
