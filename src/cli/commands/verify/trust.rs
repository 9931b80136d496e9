//! The trust anchors beside the subject: a pin, a policy, a log key.
//!
//! Always holds: a named pin that is missing is an error; the policy beside the keys is used if
//! none is named, and one that cannot be read takes no verdict away. Not here: their meaning
//! (`verify::proof`).

use crate::cli::terminal::{CliError, Context, note};
use crate::disk::closed::is_closed;
use crate::disk::{is_file_at, read_optional};
use crate::ledger::audit::given_policy::GivenPolicy;
use crate::ledger::error::LedgerError;
use crate::ledger::paths::Paths;
use annals_core::tlog::policy::{Log, MAX_POLICY};
use annals_core::tlog::{Checkpoint, KeyKind, Note, VerifierKey};
use annals_core::verify::proof::ProofContext;
use std::path::{Path, PathBuf};

/// What is given beside a proof.
pub struct GivenTrust {
    /// What could be read.
    pub context: ProofContext,
    /// Why the policy was not read, if one was given and cannot be.
    pub unread_policy: Option<String>,
}

/// All given anchors.
pub fn expected(
    context: &Context,
    pin: Option<&Path>,
    policy: Option<&Path>,
    log_key: Option<&str>,
) -> Result<GivenTrust, CliError> {
    let pin = pin.map(named_file).transpose()?;
    let keys = || match (&context.global.keys, context.paths()) {
        (Some(keys), _) => keys.clone(),
        (None, Ok(paths)) => paths.keys,
        (None, Err(_)) => PathBuf::from("keys"),
    };
    let given = match policy {
        Some(path) => GivenPolicy::named(path),
        None => beside(&keys()),
    };
    let (policy, unread) = (given.policy().cloned(), given.unread().map(str::to_owned));
    let log_key = log_key.map(key).transpose()?;
    Ok(GivenTrust { context: ProofContext { pin, policy, log_key }, unread_policy: unread })
}

/// The policy of a ledger: the named one, or the one beside its keys.
pub fn policy_of(paths: &Paths, named: Option<&Path>) -> GivenPolicy {
    named.map_or_else(|| beside(&paths.keys), GivenPolicy::named)
}

/// The policy of a record that is not a ledger here: the named one, or the one beside the keys that
/// are named (`--keys`), unless its logs are all of other records. `checkpoint` is that of the
/// record.
pub fn policy_for(
    context: &Context,
    named: Option<&Path>,
    checkpoint: Option<&[u8]>,
) -> GivenPolicy {
    if let Some(path) = named {
        return GivenPolicy::named(path);
    }
    let Some(keys) = &context.global.keys else { return GivenPolicy::None };
    let given = beside(keys);
    let signed = checkpoint.and_then(Note::parse);
    let origin = signed.and_then(|note| Checkpoint::parse(&note.text)).map(|head| head.origin);
    let is_of_record = |log: &Log| origin.as_deref().is_none_or(|origin| log.key.name == origin);
    let logs = given.policy().map(|policy| policy.logs.as_slice()).unwrap_or_default();
    if logs.is_empty() || logs.iter().any(is_of_record) {
        return given;
    }
    note(format!(
        "note: the policy {} is of other records, and was not compared",
        keys.join("policy").display()
    ));
    GivenPolicy::None
}

/// The policy beside keys; none, with a note, if this user may not look into their folder.
fn beside(keys: &Path) -> GivenPolicy {
    if is_closed(&keys.join("policy")) {
        note(format!(
            "note: this user may not read {}: neither the log key's memory nor a policy in it was \
             compared",
            keys.display()
        ));
        return GivenPolicy::None;
    }
    GivenPolicy::beside(keys)
}

fn named_file(path: &Path) -> Result<Vec<u8>, CliError> {
    let there = read_optional(path, MAX_POLICY as u64).map_err(LedgerError::from)?;
    let missing = || LedgerError::NotFound(format!("nothing at {}", path.display()));
    Ok(there.ok_or_else(missing)?)
}

fn key(text: &str) -> Result<VerifierKey, CliError> {
    let key = VerifierKey::parse(text).map_err(|why| match is_file_at(Path::new(text)) {
        Ok(true) => CliError::usage(format!(
            "--log-key: expected the key of a log, <origin>+<id>+<key>, found the name of the file \
             {text}; annals witness list prints that key"
        )),
        _ => CliError::usage(format!("--log-key: {why}")),
    })?;
    match key.kind {
        KeyKind::Note => Ok(key),
        KeyKind::Cosignature => Err(CliError::usage(
            "--log-key: expected a log's key, of type 01; found a witness's, of type 04",
        )),
    }
}
