//! OpenSSH private keys, unencrypted and of Ed25519: read once, to be imported.
//!
//! ```text
//! "openssh-key-v1" 00, s "none", s "none", s "", u32 1, s <public blob>, s <private part>
//! public blob    s "ssh-ed25519", s <32 bytes>
//! private part   u32 c, u32 c, <public blob's fields>, s <seed 32, public 32>, s <comment>,
//!                padding 01 02 03 … up to a multiple of 8
//! ```
//!
//! (s: u32 length, big-endian, then the bytes.) Always holds: every byte is checked, and the three
//! copies of the public key equal that of the seed.
//! Not here: encrypted keys; `ssh-keygen -p` removes the passphrase.
//! Source: PROTOCOL.key of OpenSSH; RFC 8709.

use crate::keys::error::{KeysError, shown};
use annals_core::key::SecretKey;
use std::path::Path;

const MAGIC: &[u8] = b"openssh-key-v1\0";
const ED25519: &[u8] = b"ssh-ed25519";

/// Reads the bytes in the PEM block; `path` is for messages.
pub(super) fn read(path: &Path, bytes: &[u8]) -> Result<SecretKey, KeysError> {
    let damaged = |what: &str| KeysError::damaged(path, what);
    let short = || damaged("it ends too early");
    let outer = bytes.strip_prefix(MAGIC).ok_or_else(|| damaged("no `openssh-key-v1`"))?;
    let mut outer = Fields(outer);
    if outer.string().ok_or_else(short)? != b"none" {
        let found = "an encrypted OpenSSH key; take a copy and run `ssh-keygen -p -N '' -f COPY`";
        let (path, found) = (path.to_owned(), found.to_owned());
        return Err(KeysError::NotAKey { path, expected: "an unencrypted OpenSSH key", found });
    }
    let plain = outer.string() == Some(b"none") && outer.string() == Some(b"");
    if !plain || outer.number() != Some(1) {
        return Err(damaged("it is not one key without a passphrase"));
    }
    let mut public = Fields(outer.string().ok_or_else(short)?);
    let private = outer.string().ok_or_else(short)?;
    let kind = public.string().ok_or_else(short)?;
    if kind != ED25519 {
        let found = format!("an OpenSSH key of type {}", shown(&String::from_utf8_lossy(kind)));
        return Err(KeysError::Algorithm { path: path.to_owned(), found });
    }
    let key = public.string().ok_or_else(short)?;
    if !outer.0.is_empty() || !public.0.is_empty() {
        return Err(damaged("bytes after the key"));
    }
    read_private(private, key).ok_or_else(|| damaged("its private part"))
}

/// The key of the private part, if the part is correct and belongs to `public`.
fn read_private(part: &[u8], public: &[u8]) -> Option<SecretKey> {
    let mut fields = Fields(part);
    let same = fields.number()? == fields.number()?;
    let kind = fields.string()?;
    let again = fields.string()?;
    let (seed, third) = fields.string()?.split_first_chunk::<32>()?;
    let _comment = fields.string()?;
    let padding = fields.0;
    let secret = SecretKey::from_seed(*seed);
    let whole = part.len().is_multiple_of(8) && padding.len() < 8;
    let counted = padding.iter().zip(1u8..).all(|(found, expected)| *found == expected);
    let expected = secret.public().0;
    let publics = [public, again, third].iter().all(|found| **found == expected);
    (same && kind == ED25519 && whole && counted && publics).then_some(secret)
}

/// The remaining bytes of a sequence of fields.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn number(&mut self) -> Option<u32> {
        let (number, rest) = self.0.split_first_chunk::<4>()?;
        self.0 = rest;
        Some(u32::from_be_bytes(*number))
    }

    fn string(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.number()?).ok()?;
        let (string, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(string)
    }
}
