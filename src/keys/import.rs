//! Import: a key that was made elsewhere becomes an editor's.
//!
//! Always holds: the file is read and left as it is; what is kept of it is written anew (`folder`).
//! An OpenSSH key is taken only from someone who says that it serves nothing else: an agent that
//! holds it signs any 47 bytes for any machine it is forwarded to, and we sign 47 bytes.
//! Not here: the mode of the file, for it may come from a stick that has none.
//! Source: `secret`, `openssh`.

use crate::keys::error::KeysError;
use crate::keys::pem::{self, Pem};
use crate::keys::secret::{Ask, read_secret};
use crate::keys::{file, openssh};
use annals_core::key::SecretKey;
use std::path::Path;

/// What else an OpenSSH key is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpensshUse {
    /// Nothing, as its owner declares.
    Exclusive,
    /// It is not known.
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
        Pem { label: pem::OPENSSH, .. } if openssh_use == OpensshUse::Unknown => {
            Err(KeysError::UsedElsewhere { path: path.to_owned() })
        }
        Pem { label: pem::OPENSSH, der } => openssh::read(path, &der),
        _ => read_secret(path, &text, ask),
    }
}

/// The refusal of a file that is too long to be a key.
pub(super) fn too_long(path: &Path) -> KeysError {
    let found = format!("more than {} bytes", pem::MAX_BYTES);
    KeysError::NotAKey { path: path.to_owned(), expected: "a key or a request", found }
}
