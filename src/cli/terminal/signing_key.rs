//! Which key here signs, before it is opened.
//!
//! Always holds: a key that may sign nothing is refused with the reason and what to do. Not here:
//! opening it (`context`), the folder of keys (`keys`).

use crate::cli::terminal::exit::CliError;
use crate::keys::{KeyFolder, KeyName, KeyPresence, KeysError, ListedKey, Listing};
use crate::ledger::error::{LedgerError, chain};
use annals_core::key::PublicKey;
use annals_core::roster::{Member, Roster};
use annals_core::state::State;

/// Refuses a key that may sign nothing here, before its passphrase is requested.
pub fn may_sign(name: &str, key: &PublicKey, state: &State) -> Result<(), LedgerError> {
    let enrolled = state.history.ever(key);
    match state.fold.roster.member(key) {
        Some(Member { revoked: Some(at), .. }) => Err(LedgerError::Key(format!(
            "the key of {name} is revoked since event {at} and signs nothing any more (rule 403)"
        ))),
        Some(_) => Ok(()),
        None if let Some((at, by)) = enrolled.and_then(|at| Some((at, state.undoing(at)?))) => {
            Err(LedgerError::Key(format!(
                "the enrolment of the key of {name}, event {at}, was undone by {by}, and a key is \
                 enrolled once (rule 405); annals key new NAME makes another one, an admin \
                 enrols it"
            )))
        }
        None => Err(LedgerError::Key(format!(
            "the key of {name} is not enrolled in this ledger (rule 402); {}",
            enrolled_by(name)
        ))),
    }
}

/// What enrols a key that was made here.
pub fn enrolled_by(name: &str) -> String {
    format!(
        "hand {name}.request, which is beside the key, to an admin, who enrols it with annals \
         editor add {name}.request --role editor"
    )
}

/// The secret keys here that may sign.
pub fn signers(keys: &KeyFolder, roster: &Roster) -> Result<Vec<(KeyName, PublicKey)>, CliError> {
    let here = keys.list()?.keys.into_iter().filter(|listed| may_sign_here(listed, roster));
    Ok(here.filter_map(|listed| Some((listed.handle, listed.public?))).collect())
}

/// Whether a listed key is a secret one that is here and may sign, as far as that is known.
pub fn may_sign_here(listed: &ListedKey, roster: &Roster) -> bool {
    let member = listed.public.and_then(|key| roster.member(&key));
    listed.held != KeyPresence::Elsewhere && member.is_some_and(|member| member.revoked.is_none())
}

/// The first of these keys, where it does not matter which one signs: one key that has several
/// names here, in files of one kind.
pub fn any_of(keys: &[ListedKey]) -> Option<&ListedKey> {
    let first = keys.first()?;
    let is_alike = |listed: &ListedKey| {
        listed.public.is_some() && (listed.public, listed.held) == (first.public, first.held)
    };
    (keys.len() == 1 || keys.iter().all(is_alike)).then_some(first)
}

pub fn only_signer(
    keys: &KeyFolder,
    roster: &Roster,
    fit: &dyn Fn(&Member) -> bool,
) -> Result<KeyName, CliError> {
    let row = |listed: &ListedKey| roster.member(&listed.public?);
    let Listing { keys: mut here, faults } = keys.list()?;
    here.retain(|listed| listed.held != KeyPresence::Elsewhere);
    let unfit = |listed: &ListedKey| {
        let path = keys.secret_path(&listed.handle);
        let why = match (listed.public, row(listed)) {
            (None, _) => "is encrypted, and its .pub is not beside it: --by says that it signs",
            (Some(_), None) => "is a key that is not enrolled in this ledger",
            (Some(_), Some(Member { revoked: Some(_), .. })) => "is a key that is revoked",
            _ => return None,
        };
        Some(format!("{} {why}", path.display()))
    };
    let unfits: Vec<String> = here.iter().filter_map(unfit).collect();
    let new = |listed: &&ListedKey| listed.public.is_some() && row(listed).is_none();
    let next = match here.iter().find(new) {
        Some(listed) => enrolled_by(&listed.handle),
        None => "annals key new NAME makes one, an admin enrols it".to_owned(),
    };
    here.retain(|listed| row(listed).is_some_and(|row| row.revoked.is_none()));
    if here.iter().any(|listed| row(listed).is_some_and(fit)) {
        here.retain(|listed| row(listed).is_some_and(fit));
    }
    if let Some(one) = any_of(&here) {
        return Ok(one.handle.clone());
    }
    match here.as_slice() {
        // An unreadable key may be the missing one: its fault is reported.
        [] => Err(match <[KeysError; 1]>::try_from(faults) {
            Ok([fault]) if unfits.is_empty() => fault.into(),
            faults => {
                let faults = faults.map_or_else(|many| many, Vec::from);
                let mut why: Vec<String> = faults.iter().map(|fault| chain(fault)).collect();
                why.extend(unfits);
                let colon = if why.is_empty() { "" } else { ": " };
                LedgerError::Key(format!(
                    "no secret key in {} may sign{colon}{}; {next}",
                    keys.path().display(),
                    why.join("; ")
                ))
                .into()
            }
        }),
        several => {
            let names: Vec<String> = several.iter().map(|it| it.handle.to_string()).collect();
            let names = names.join(", ");
            Err(CliError::usage(format!("several keys can sign; choose one with --by: {names}")))
        }
    }
}
