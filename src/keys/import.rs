//! Import: a key that was created elsewhere becomes an editor's key.
//!
//! Always holds: the file is only read; the key is stored in a new file (`folder`). An OpenSSH key
//! is accepted only if its owner declares that it has no other use: an agent that holds it signs
//! any 47 bytes for every machine it is forwarded to, and annals signs 47 bytes.
//! Not here: the mode of the file, which may come from a file system without modes.
//! Source: `secret`, `openssh`.

use crate::keys::error::KeysError;
use crate::keys::pem::{self, Pem};
use crate::keys::secret::{Ask, read_secret};
use crate::keys::{file, openssh};
use annals_core::key::SecretKey;
use std::path::Path;

/// The other uses of an OpenSSH key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpensshUse {
    /// None, as its owner declares.
    Exclusive,
    /// Unknown.
    Unknown,
}

/// Reads a secret key from a PKCS#8 file (either version, encrypted or not) or, if its owner
/// declares it `Exclusive`, an unencrypted OpenSSH key.
pub fn import(
    path: &Path,
    openssh_use: OpensshUse,
    ask: &mut Ask<'_>,
) -> Result<SecretKey, KeysError> {
    let opened = file::open(path, file::Links::Follow)?;
    let Some(text) = file::read(&opened, path, pem::MAX_BYTES)? else {
        return Err(too_long(path));
    };
    match pem::read(path, &text, "a secret key")? {
        Pem { label: pem::OPENSSH, der } => {
            let key = openssh::read(path, &der)?;
            match openssh_use {
                OpensshUse::Unknown => Err(KeysError::UsedElsewhere { path: path.to_owned() }),
                OpensshUse::Exclusive => Ok(key),
            }
        }
        _ => read_secret(path, &text, ask),
    }
}

/// The error for a file that is too long to be a key.
pub(super) fn too_long(path: &Path) -> KeysError {
    let found = format!("more than {} bytes", pem::MAX_BYTES);
    KeysError::NotAKey { path: path.to_owned(), expected: "a key or a request", found }
}
