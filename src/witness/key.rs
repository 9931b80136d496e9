//! A witness's key: a secret key of its own, and the name under which it cosigns.
//!
//! Always holds: only `NAME.witness` beside the key files makes a key a witness's, so that no
//! editor's key and no log key can be used to cosign by mistake.
//! Not here: the form of key files (`keys`). Source: FORMAT.md section 13, "Keys".

use crate::disk::{self, DiskError, FileMode};
use crate::entropy::Entropy;
use crate::keys::{KeyFolder, KeyName, KeysError, Protection, generate};
use annals_core::key::SecretKey;
use annals_core::tlog::{KeyKind, VerifierKey};
use annals_core::transfer::{Changed, changed};
use std::path::PathBuf;

/// Why there is no witness's key.
#[derive(Debug, thiserror::Error)]
pub enum WitnessKeyError {
    /// The name is not valid for a key.
    #[error("expected a name like witness.example.org/w1, without spaces and +, found {0:?}")]
    Name(String),
    /// There is no file that makes this key a witness's.
    #[error("{0} is no witness's key: expected {1} beside it; annals witness new makes both")]
    NotAWitness(String, PathBuf),
    /// The file beside the key names another key.
    #[error("{0} is not the verifier key of the secret key beside it")]
    NotOfItsKey(PathBuf),
    /// The file beside the key was changed in transit.
    #[error("{} is not read: {}", .0.display(), .1)]
    Changed(PathBuf, Changed),
    /// A key file could not be read or written.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// A file could not be read or written.
    #[error(transparent)]
    Disk(#[from] DiskError),
}

/// A witness's key and its name.
pub struct WitnessKey {
    /// The secret key.
    pub secret: SecretKey,
    /// Name and public key.
    pub verifier: VerifierKey,
}

/// The file that makes a key a witness's.
pub fn path(keys: &KeyFolder, handle: &KeyName) -> PathBuf {
    keys.path().join(format!("{handle}.witness"))
}

/// Creates a key that cosigns under `name`. It is not encrypted, because a witness signs without a
/// person present.
pub fn make(
    keys: &KeyFolder,
    handle: &KeyName,
    name: &str,
    entropy: &mut dyn Entropy,
) -> Result<VerifierKey, WitnessKeyError> {
    let secret = generate(entropy)?;
    let verifier = VerifierKey::new(name, KeyKind::Cosignature, secret.public())
        .ok_or_else(|| WitnessKeyError::Name(name.to_owned()))?;
    keys.check_free(handle)?;
    // The witness file is written first: without the key it is useless, but harmless.
    let text = format!("{verifier}\n");
    disk::write_new(&path(keys, handle), text.as_bytes(), FileMode::Shared)?;
    keys.add(handle, &secret, Protection::Unencrypted, entropy)?;
    Ok(verifier)
}

/// Reads the key of a witness.
pub fn read(keys: &KeyFolder, handle: &KeyName) -> Result<WitnessKey, WitnessKeyError> {
    let path = path(keys, handle);
    let text = match disk::read(&path, 4_096) {
        Err(error) if error.is_missing() => {
            return Err(WitnessKeyError::NotAWitness(handle.to_string(), path));
        }
        other => other?,
    };
    if let Some(changed) = changed(&text) {
        return Err(WitnessKeyError::Changed(path, changed));
    }
    let secret = keys.secret(handle, &mut |_| Ok(None))?;
    let text = String::from_utf8_lossy(&text);
    match VerifierKey::parse(text.trim_end_matches('\n')) {
        Ok(verifier)
            if verifier.kind == KeyKind::Cosignature && verifier.public == secret.public() =>
        {
            Ok(WitnessKey { secret, verifier })
        }
        _ => Err(WitnessKeyError::NotOfItsKey(path)),
    }
}
