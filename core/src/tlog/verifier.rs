//! Verifier keys: a name, a kind of signature and a public key, and their text form.
//!
//! Always holds: a [`VerifierKey`] that was read is acceptable (rule 301), its id is the one of its
//! name and bytes, and it is written as the same text. Not here: secret keys (`keys`), notes.
//! Source: C2SP signed-note v1.0.0, "Verifier keys"; tlog-cosignature v1.0.1.

use crate::hash::{Hash, read_hex};
use crate::key::{PublicKey, VerifyingKey};
use crate::text::in_quotes;
use crate::tlog::{from_base64, to_base64};
use std::fmt;

/// What a key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyKind {
    /// A note: type 01, what a log signs.
    Note = 1,
    /// A cosignature/v1: type 04, what a witness signs.
    Cosignature = 4,
}

/// A key that is known by name, so that its signature lines can be distinguished from others.
#[derive(Clone, Debug)]
pub struct VerifierKey {
    /// Its name; a log's is its origin.
    pub name: String,
    /// What it signs.
    pub kind: KeyKind,
    /// The key.
    pub public: PublicKey,
    accepted: VerifyingKey,
}

impl PartialEq for VerifierKey {
    fn eq(&self, other: &VerifierKey) -> bool {
        (&self.name, self.kind, self.public) == (&other.name, other.kind, other.public)
    }
}

impl Eq for VerifierKey {}

impl VerifierKey {
    /// The key of a name; `None` if the name is not in form or the key not acceptable.
    pub fn new(name: &str, kind: KeyKind, public: PublicKey) -> Option<VerifierKey> {
        let accepted = public.accept().filter(|_| is_name(name))?;
        Some(VerifierKey { name: name.to_owned(), kind, public, accepted })
    }

    /// Reads `<name>+<8 hex>+<base64(type ‖ key)>`.
    ///
    /// ```
    /// use annals_core::tlog::{KeyKind, VerifierKey};
    /// let text = "example.com/behind-the-sofa+5abaf938+\
    ///             AWbguFjkYqYJ5m/nE3DIFtiEb/ED1UmaIqf+w3/bxCSn";
    /// let key = VerifierKey::parse(text).unwrap();
    /// assert_eq!((key.name.as_str(), key.kind), ("example.com/behind-the-sofa", KeyKind::Note));
    /// assert_eq!(key.to_string(), text);
    /// assert!(VerifierKey::parse(&text.replace("5aba", "5ABA")).is_err());
    /// ```
    ///
    /// # Errors
    /// What was expected and what was found.
    pub fn parse(text: &str) -> Result<VerifierKey, String> {
        let form = "expected <name>+<8 lower-case hex digits>+<base64 of type and key>";
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(bytes)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(format!("{form}, found {}", in_quotes(text)));
        };
        if !is_name(name) {
            return Err(format!("{form}; {} is no name of a key", in_quotes(name)));
        }
        let id: [u8; 4] =
            read_hex(id).ok_or_else(|| format!("{form}, found the id {}", in_quotes(id)))?;
        let typed =
            from_base64(bytes).ok_or_else(|| format!("{form}, found {}", in_quotes(bytes)))?;
        let (kind, key) = match typed.split_first() {
            Some((1, key)) => (KeyKind::Note, key),
            Some((4, key)) => (KeyKind::Cosignature, key),
            Some((other, _)) => {
                return Err(format!(
                    "expected a key of type 01 (Ed25519 note) or 04 (cosignature/v1), found type \
                     {other:02x}"
                ));
            }
            None => return Err(format!("{form}, found no key")),
        };
        let key: [u8; 32] = key
            .try_into()
            .map_err(|_| format!("expected 32 bytes of an Ed25519 key, found {}", key.len()))?;
        let key = VerifierKey::new(name, kind, PublicKey(key))
            .ok_or_else(|| format!("the key of {name} is not acceptable"))?;
        match key.id() == id {
            true => Ok(key),
            false => Err(format!(
                "expected the id {} of this name and key, found {}",
                hex::encode(key.id()),
                hex::encode(id)
            )),
        }
    }

    /// First 4 bytes of SHA-256(name ‖ 0A ‖ type ‖ key): how a signature line names it.
    pub fn id(&self) -> [u8; 4] {
        id_of(&self.name, self.kind, &self.public)
    }

    /// The key, ready to verify.
    pub fn accepted(&self) -> &VerifyingKey {
        &self.accepted
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let typed = [&[self.kind as u8], &self.public.0[..]].concat();
        write!(f, "{}+{}+{}", self.name, hex::encode(self.id()), to_base64(&typed))
    }
}

/// Whether a key may have this name: not empty, no `+`, no space, nothing that controls.
pub fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|c: char| c == '+' || c.is_whitespace() || c.is_control())
}

/// The id of a key of any kind under a name.
pub fn id_of(name: &str, kind: KeyKind, key: &PublicKey) -> [u8; 4] {
    let digest = Hash::of(&[name.as_bytes(), b"\n", &[kind as u8], &key.0]).0;
    [digest[0], digest[1], digest[2], digest[3]]
}

/// The key id of an Ed25519 note key: first 4 bytes of SHA-256(name ‖ 0A ‖ 01 ‖ key).
pub fn key_id(name: &str, key: &PublicKey) -> [u8; 4] {
    id_of(name, KeyKind::Note, key)
}

/// The text form of a note key: `<name>+<8 hex>+<base64(01 ‖ key)>`.
pub fn vkey(name: &str, key: &PublicKey) -> String {
    let typed = [&[KeyKind::Note as u8], &key.0[..]].concat();
    format!("{name}+{}+{}", hex::encode(key_id(name, key)), to_base64(&typed))
}
