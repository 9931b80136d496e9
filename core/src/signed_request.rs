//! Signed requests: the key that asks a server for something that not everybody may ask for.
//!
//! ```text
//! annals asked v1
//! origin <origin>
//! method <PUT, POST or GET>
//! path <the path of the request, with its query>
//! body <SHA-256 of the body, 64 hex>
//! created <time>
//! ```
//!
//! The editor's key signs the digest of these lines under a tag of its own. The request carries the
//! key, the time and the signature in one header; the rest is the request itself.
//!
//! Always holds: a header has one spelling; a signature is for one record, one request and one
//! time. Not here: whether the key is enrolled, and how old the time may be (`serve`).
//! Source: FORMAT.md section 17, "Signed request".

use crate::hash::{Hash, read_hex};
use crate::key::{PublicKey, REQUEST_TAG, Signature, SigningError, SigningKey, signed_bytes};
use crate::time::Time;

/// The name of the header.
pub const REQUEST_HEADER: &str = "annals-request";

/// What a request signs, but for its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestText<'a> {
    /// The name of the record.
    pub origin: &'a str,
    /// The method.
    pub method: &'a str,
    /// The path below the address of the record, from its first `/`, with the query.
    pub path: &'a str,
    /// The digest of the body; that of no bytes where there is none.
    pub body: Hash,
}

impl RequestText<'_> {
    /// The header's value: the request signed now by this key.
    ///
    /// ```
    /// use annals_core::hash::Hash;
    /// use annals_core::key::SecretKey;
    /// use annals_core::signed_request::{RequestText, RequestSignature};
    /// use annals_core::time::Time;
    /// let key = SecretKey::from_seed([7; 32]);
    /// let path = "/v1/turn";
    /// let (origin, body) = ("example.org/r", Hash::of(&[]));
    /// let request = RequestText { origin, method: "POST", path, body };
    /// let now = Time::parse("2026-11-29T08:00:00.000000Z").unwrap();
    /// let header = request.sign(&key, now)?;
    /// let signature = RequestSignature::parse(&header).unwrap();
    /// assert_eq!((signature.key, signature.created), (key.public(), now));
    /// assert!(signature.is_of(&request));
    /// assert!(!signature.is_of(&RequestText { method: "GET", ..request }));
    /// # Ok::<(), annals_core::SigningError>(())
    /// ```
    ///
    /// # Errors
    /// The key cannot sign.
    pub fn sign(&self, key: &dyn SigningKey, now: Time) -> Result<String, SigningError> {
        let signature = key.sign(&self.message(now))?;
        Ok(format!("{} {} {signature}", key.public(), now.as_str()))
    }

    /// The 47 bytes that a key signs: a tag, and the digest of the request and its time.
    fn message(&self, created: Time) -> [u8; 47] {
        let RequestText { origin, method, path, body } = self;
        let text = format!(
            "annals asked v1\norigin {origin}\nmethod {method}\npath {path}\nbody {body}\n\
             created {}\n",
            created.as_str()
        );
        signed_bytes(REQUEST_TAG, text.as_bytes())
    }
}

/// The value of the header that signs a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestSignature {
    /// The key that signed the request.
    pub key: PublicKey,
    /// When it was signed, by the sender's clock.
    pub created: Time,
    signature: Signature,
}

impl RequestSignature {
    /// Reads a header's value: key, time and signature, each after one space; `None` if it is
    /// not in form.
    pub fn parse(value: &str) -> Option<RequestSignature> {
        let mut words = value.split(' ');
        let key = PublicKey::parse(words.next()?)?;
        let created = Time::parse(words.next()?)?;
        let signature = Signature(read_hex(words.next()?)?);
        words.next().is_none().then_some(RequestSignature { key, created, signature })
    }

    /// Whether this is the key's signature of `request`; `false` for a key that is not acceptable.
    pub fn is_of(&self, request: &RequestText<'_>) -> bool {
        let message = request.message(self.created);
        self.key.accept().is_some_and(|key| key.verifies(&message, &self.signature))
    }
}
