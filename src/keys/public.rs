//! Public key files: SubjectPublicKeyInfo in PEM.
//!
//! Always holds: a key that was read is acceptable (rule 301), so it can be used to verify. The 113
//! bytes written are those of `openssl pkey -pubout`.
//! Not here: the holder of a key, whom only the record names. Source: RFC 5280, RFC 8410, RFC 7468.

use crate::keys::error::KeysError;
use crate::keys::pem::{self, Pem};
use annals_core::key::PublicKey;
use pkcs8::der::Decode;
use pkcs8::spki::SubjectPublicKeyInfoRef;
use std::path::Path;

/// The text of a public key file.
///
/// ```
/// use annals_core::key::SecretKey;
/// use annals::keys::{read_public, write_public};
/// let key = SecretKey::from_seed([7; 32]).public();
/// let text = write_public(&key);
/// assert!(text.starts_with("-----BEGIN PUBLIC KEY-----\n"));
/// assert_eq!(read_public("ada.pub".as_ref(), text.as_bytes())?, key);
/// # Ok::<(), annals::keys::KeysError>(())
/// ```
pub fn write_public(key: &PublicKey) -> String {
    // 44 bytes of DER: a fixed head, then the key. A test compares them with openssl.
    let mut der = vec![0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00];
    der.extend_from_slice(&key.0);
    let base64 = annals_core::tlog::to_base64(&der);
    format!("-----BEGIN PUBLIC KEY-----\n{base64}\n-----END PUBLIC KEY-----\n")
}

/// Reads the text of a public key file; `path` is for messages.
pub fn read_public(path: &Path, text: &[u8]) -> Result<PublicKey, KeysError> {
    let Pem { label, der } = pem::read(path, text, "a public key")?;
    if label != pem::PUBLIC {
        return Err(pem::unexpected(path, label, "a public key"));
    }
    let damaged = |fault: pkcs8::der::Error| KeysError::damaged(path, fault);
    let info = SubjectPublicKeyInfoRef::from_der(&der).map_err(damaged)?;
    pem::check_algorithm(path, &info.algorithm)?;
    let bytes = info.subject_public_key.as_bytes();
    let Some(bytes) = bytes.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok()) else {
        return Err(KeysError::damaged(path, "the key is not 32 bytes"));
    };
    let key = PublicKey(bytes);
    match key.accept() {
        Some(_) => Ok(key),
        None => Err(KeysError::Unacceptable { path: path.to_owned(), key }),
    }
}
