//! Keys, persons and salts from names: SHA-256 of `annals example …`, as in FORMAT.md section 10.
//!
//! Always holds: `bo` and `bo-2` are two keys of one person. Not here: who is enrolled.

use annals_core::hash::Hash;
use annals_core::key::{ENROL_TAG, SecretKey, signed_bytes};

fn digest(what: &str, of: &str) -> Hash {
    Hash::of(&[format!("annals example {what} {of}").as_bytes()])
}

/// The secret key of a name.
pub fn secret(name: &str) -> SecretKey {
    SecretKey::from_seed(seed(name))
}

/// Its 32 secret bytes.
pub fn seed(name: &str) -> [u8; 32] {
    digest("key", name).0
}

/// Its public key, 64 hex.
pub fn key(name: &str) -> String {
    secret(name).public().to_string()
}

/// The digest by which event 0 names the recovery key.
pub fn key_digest(name: &str) -> String {
    secret(name).public().digest().to_string()
}

/// The person of a key: the part of its name before a hyphen.
pub fn person(name: &str) -> String {
    let first = name.split('-').next().unwrap_or(name);
    digest("person", first).to_string()[..32].to_owned()
}

/// The name in an enrolment: `Bo Example`.
pub fn spoken(name: &str) -> String {
    let (first, rest) = name.split_at(1);
    format!("{}{rest} Example", first.to_uppercase())
}

/// The salt of event number `index`.
pub fn salt(index: u64) -> String {
    digest("salt", &index.to_string()).to_string()
}

/// The nonce of event 0, 32 hex.
pub fn nonce() -> String {
    Hash::of(&[b"annals example nonce"]).to_string()[..32].to_owned()
}

/// A proof of possession, written out: kind LF origin LF key LF name.
pub fn possession(kind: &str, origin: &str, name: &str, spoken: &str) -> String {
    let text = format!("{kind}\n{origin}\n{}\n{spoken}", key(name));
    secret(name).sign(&signed_bytes(ENROL_TAG, text.as_bytes())).to_string()
}
