//! The trust anchors beside the subject: a pin, a policy, a log key.
//!
//! Always holds: a named file that is missing or malformed is an error; the policy beside the keys
//! is used if none is named. Not here: their meaning (`verify::proof`).

use crate::cli::terminal::{CliError, Context, note};
use crate::disk::read_optional;
use crate::ledger::error::LedgerError;
use crate::ledger::paths::Paths;
use annals_core::tlog::policy::{Log, MAX_POLICY, Policy};
use annals_core::tlog::{Checkpoint, KeyKind, Note, VerifierKey};
use annals_core::verify::proof::ProofContext;
use std::path::{Path, PathBuf};

/// All given anchors.
pub fn expected(
    context: &Context,
    pin: Option<&Path>,
    policy: Option<&Path>,
    log_key: Option<&str>,
) -> Result<ProofContext, CliError> {
    let pin = pin.map(named_file).transpose()?;
    let keys = || match (&context.global.keys, context.paths()) {
        (Some(keys), _) => keys.clone(),
        (None, Ok(paths)) => paths.keys,
        (None, Err(_)) => PathBuf::from("keys"),
    };
    let policy = match policy {
        Some(path) => Some((named_file(path)?, path.to_owned())),
        None => beside(&keys())?,
    };
    let policy = policy.map(|(bytes, path)| read(&bytes, &path)).transpose()?;
    let log_key = log_key.map(key).transpose()?;
    Ok(ProofContext { pin, policy, log_key })
}

/// The policy of a ledger: the named one, or the one beside its keys.
pub fn policy_of(paths: &Paths, named: Option<&Path>) -> Result<Option<Policy>, CliError> {
    if named.is_some() {
        return named_policy(named);
    }
    beside(&paths.keys)?.map(|(bytes, path)| read(&bytes, &path)).transpose()
}

/// The policy that was named.
pub fn named_policy(named: Option<&Path>) -> Result<Option<Policy>, CliError> {
    named.map(|path| read(&named_file(path)?, path)).transpose()
}

/// The policy of a record that is not a ledger here: the named one, or the one beside the keys that
/// are named (`--keys`), unless its logs are all of other records. `checkpoint` is that of the
/// record.
pub fn policy_for(
    context: &Context,
    named: Option<&Path>,
    checkpoint: Option<&[u8]>,
) -> Result<Option<Policy>, CliError> {
    let (None, Some(keys)) = (named, &context.global.keys) else { return named_policy(named) };
    let Some((bytes, path)) = beside(keys)? else { return Ok(None) };
    let policy = read(&bytes, &path)?;
    let signed = checkpoint.and_then(Note::parse);
    let origin = signed.and_then(|note| Checkpoint::parse(&note.text)).map(|head| head.origin);
    let is_of_record = |log: &Log| origin.as_deref().is_none_or(|origin| log.key.name == origin);
    match policy.logs.is_empty() || policy.logs.iter().any(is_of_record) {
        true => Ok(Some(policy)),
        false => {
            note(format!(
                "note: the policy {} is of other records, and was not compared",
                path.display()
            ));
            Ok(None)
        }
    }
}

fn beside(keys: &Path) -> Result<Option<(Vec<u8>, PathBuf)>, CliError> {
    let path = keys.join("policy");
    let there = read_optional(&path, MAX_POLICY as u64).map_err(LedgerError::from)?;
    Ok(there.map(|bytes| (bytes, path)))
}

fn named_file(path: &Path) -> Result<Vec<u8>, CliError> {
    let there = read_optional(path, MAX_POLICY as u64).map_err(LedgerError::from)?;
    let missing = || LedgerError::NotFound(format!("nothing at {}", path.display()));
    Ok(there.ok_or_else(missing)?)
}

fn read(bytes: &[u8], path: &Path) -> Result<Policy, CliError> {
    Policy::parse(bytes).map_err(|error| CliError::usage(format!("{}: {error}", path.display())))
}

fn key(text: &str) -> Result<VerifierKey, CliError> {
    let key =
        VerifierKey::parse(text).map_err(|why| CliError::usage(format!("--log-key: {why}")))?;
    match key.kind {
        KeyKind::Note => Ok(key),
        KeyKind::Cosignature => Err(CliError::usage(
            "--log-key: expected a log's key, of type 01; found a witness's, of type 04",
        )),
    }
}
