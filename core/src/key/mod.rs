//! Ed25519 keys and signatures, and the one definition of a valid signature.
//!
//! Always holds: a [`VerifyingKey`] is acceptable (canonical encoding, prime order, not the
//! identity), so a signature by it has the same verdict in every sound implementation.
//! Not here: the arithmetic (`annals-ed25519`), key files (`keys`), who may sign (`roster`).
//! Source: RFC 8032; FORMAT.md section 2, "Verdict on a signature"; the `ed25519-dalek` crate.

mod ring;

pub use annals_ed25519::{Disagreement, Way};
pub use ring::{KeyCache, SignedMessage, ThreadKeys};

use crate::hash::{Hash, deserialize_hex, read_hex, serialize_hex, shortened, write_hex};
use annals_ed25519::AcceptedKey;
use ed25519_dalek::Signer;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// The tag before the digest of every signed statement (15 bytes).
pub const EVENT_TAG: &[u8; 15] = b"annals/event/v1";
/// The tag before the digest of every proof of possession (15 bytes).
pub const ENROL_TAG: &[u8; 15] = b"annals/enrol/v1";
/// The tag before the digest of a submission that an editor's key signs (15 bytes).
pub const KEPT_TAG: &[u8; 15] = b"annals/queue/v1";
/// The tag of what a request to a server signs.
pub const REQUEST_TAG: &[u8; 15] = b"annals/asked/v1";

/// The 32 bytes of an Ed25519 public key, not yet checked. Text form: 64 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PublicKey(pub [u8; 32]);

/// The 64 bytes of an Ed25519 signature, R then S. Text form: 128 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature(pub [u8; 64]);

/// A public key that is acceptable: parsed once, kept for every signature by it.
#[derive(Clone, Debug)]
pub struct VerifyingKey(AcceptedKey);

/// A secret key. Its bytes are wiped when it is dropped and are never printed.
#[derive(Clone)]
pub struct SecretKey(ed25519_dalek::SigningKey);

impl PublicKey {
    /// Reads 64 lower-case hex digits.
    pub fn parse(text: &str) -> Option<PublicKey> {
        read_hex(text).map(PublicKey)
    }

    /// The first 16 hex digits, for people.
    pub fn short(&self) -> String {
        shortened(self.to_string())
    }

    /// The key if it is acceptable: the canonical encoding of a point of prime order that is not
    /// the identity (rule 301); `None` otherwise. Costs about 25 µs: do it once for each key.
    pub fn accept(&self) -> Option<VerifyingKey> {
        AcceptedKey::accept(self.0).map(VerifyingKey)
    }

    /// The simplest verification: parse the key, then dalek's `verify_strict`. The reference of the
    /// benchmark; no verdict uses it.
    pub fn verifies_strict_once(&self, message: &[u8], signature: &Signature) -> bool {
        let parsed = ed25519_dalek::Signature::from_bytes(&signature.0);
        let key = ed25519_dalek::VerifyingKey::from_bytes(&self.0);
        key.is_ok_and(|key| key.verify_strict(message, &parsed).is_ok())
    }

    /// SHA-256 of the 32 bytes: event 0 names the recovery key by it.
    pub fn digest(&self) -> Hash {
        Hash::of(&[&self.0])
    }
}

impl VerifyingKey {
    /// Whether `signature` is this key's over `message`: S < ℓ, R not the identity's encoding, and
    /// the encoding of `[S]B − [k]A` is R byte for byte (rule 302).
    pub fn verifies(&self, message: &[u8], signature: &Signature) -> bool {
        self.0.verifies(message, &signature.0)
    }
}

impl SecretKey {
    /// The key of a 32-byte seed (RFC 8032 secret key).
    ///
    /// ```
    /// use annals_core::key::{signed_bytes, EVENT_TAG, SecretKey};
    /// let secret = SecretKey::from_seed([7; 32]);
    /// let message = signed_bytes(EVENT_TAG, b"{}");
    /// let signature = secret.sign(&message);
    /// let public = secret.public().accept().ok_or("not acceptable")?;
    /// assert!(public.verifies(&message, &signature));
    /// # Ok::<(), &str>(())
    /// ```
    pub fn from_seed(seed: [u8; 32]) -> SecretKey {
        SecretKey(ed25519_dalek::SigningKey::from_bytes(&seed))
    }

    /// The 32-byte seed, to be written into a key file and nowhere else.
    pub fn seed(&self) -> zeroize::Zeroizing<[u8; 32]> {
        zeroize::Zeroizing::new(self.0.to_bytes())
    }

    /// The public key's 32 bytes.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key().to_bytes())
    }

    /// The signature over `message`. Deterministic: the same message gives the same 64 bytes.
    pub fn sign(&self, message: &[u8]) -> Signature {
        Signature(self.0.sign(message).to_bytes())
    }

    /// Proves that the person who enrols this key holds it (FORMAT.md section 4, "Possession").
    pub fn prove_possession(&self, kind: Possession, origin: &str, name: &str) -> Signature {
        self.sign(&possession_bytes(kind, origin, &self.public(), name))
    }
}

/// Why a key that is held elsewhere gave no signature.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a signature by the key {key}, found none: {why}")]
pub struct SigningError {
    /// The key.
    pub key: PublicKey,
    /// What was found.
    pub why: String,
}

/// A key that signs events.
pub trait SigningKey: Sync {
    /// Its public key.
    fn public(&self) -> PublicKey;
    /// Its signature over `message`. A process that holds the secret elsewhere may refuse it.
    fn sign(&self, message: &[u8]) -> Result<Signature, SigningError>;
    /// Whether it can sign. Without a signature a write is only a dry run.
    fn signs(&self) -> bool {
        true
    }
}

impl SigningKey for SecretKey {
    fn public(&self) -> PublicKey {
        SecretKey::public(self)
    }
    fn sign(&self, message: &[u8]) -> Result<Signature, SigningError> {
        Ok(SecretKey::sign(self, message))
    }
}

/// A public key in place of a secret key: for a dry run without the secret.
#[derive(Clone, Copy, Debug)]
pub struct PublicOnly(pub PublicKey);

impl SigningKey for PublicOnly {
    fn public(&self) -> PublicKey {
        self.0
    }
    fn sign(&self, _: &[u8]) -> Result<Signature, SigningError> {
        Ok(Signature([0; 64]))
    }
    fn signs(&self) -> bool {
        false
    }
}

impl SigningKey for Box<dyn SigningKey> {
    fn public(&self) -> PublicKey {
        (**self).public()
    }
    fn sign(&self, message: &[u8]) -> Result<Signature, SigningError> {
        (**self).sign(message)
    }
    fn signs(&self) -> bool {
        (**self).signs()
    }
}

/// The kind of key whose possession is proved.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Possession {
    /// An editor's key; the name is the one in the enrolment's body.
    Editor,
    /// A log key; the name is the origin.
    Log,
}

/// The 47 bytes that are signed: a 15-byte tag, then SHA-256 of the text.
pub fn signed_bytes(tag: &[u8; 15], text: &[u8]) -> [u8; 47] {
    let mut out = [0; 47];
    out[..15].copy_from_slice(tag);
    out[15..].copy_from_slice(&Hash::of(&[text]).0);
    out
}

/// The 47 bytes that prove possession of `key` under `name` for `origin`.
pub fn possession_bytes(kind: Possession, origin: &str, key: &PublicKey, name: &str) -> [u8; 47] {
    let kind = match kind {
        Possession::Editor => "editor",
        Possession::Log => "log",
    };
    signed_bytes(ENROL_TAG, format!("{kind}\n{origin}\n{key}\n{name}").as_bytes())
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(&self.0, f)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(&self.0, f)
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(&self.0, f)
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(&self.0, f)
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey of {}", self.public())
    }
}

impl Serialize for PublicKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize_hex(&self.0, serializer)
    }
}

impl<'de> Deserialize<'de> for PublicKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<PublicKey, D::Error> {
        deserialize_hex(deserializer).map(PublicKey)
    }
}

impl Serialize for Signature {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize_hex(&self.0, serializer)
    }
}

impl<'de> Deserialize<'de> for Signature {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Signature, D::Error> {
        deserialize_hex(deserializer).map(Signature)
    }
}
