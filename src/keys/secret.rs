//! Secret key files: PKCS#8 version 1 in PEM, encrypted unless the user declines.
//!
//! ```text
//! -----BEGIN ENCRYPTED PRIVATE KEY-----      EncryptedPrivateKeyInfo (RFC 5208 section 6):
//! PBES2: scrypt N=2^14 r=8 p=1, salt of 16   bytes, AES-256-CBC (RFC 8018, RFC 7914)
//! -----BEGIN PRIVATE KEY-----                PrivateKeyInfo, 48 bytes of DER:
//! 30 2E  02 01 00                            version 1 (the integer 0)
//!        30 05 06 03 2B 65 70                id-Ed25519, no parameters (RFC 8410)
//!        04 22 04 20 <32 bytes>              the seed
//! ```
//!
//! Always holds: version 1 is written, without the public key, because OpenSSL 3.0 and Python's
//! `cryptography` refuse version 2; both versions are read. scrypt uses 16 MiB, because OpenSSL
//! refuses more than 32 MiB by default, and a larger value would make a key that `openssl pkey`
//! cannot open. The cost that a file may demand is bounded as well.
//! CBC has no check of its own, and an altered byte can give another key without an error: so the
//! caller compares an opened key with its public key (`folder`).
//! Not here: files and their modes (`folder`), prompts (the caller's). Source: the RFCs above.

use crate::entropy::{Entropy, draw};
use crate::keys::error::KeysError;
use crate::keys::pem::{self, Pem};
use crate::keys::schemes;
use annals_core::key::{PublicKey, SecretKey};
use pkcs8::der::Decode;
use pkcs8::der::asn1::OctetStringRef;
use pkcs8::pkcs5::pbes2::{Kdf, Parameters};
use pkcs8::pkcs5::{EncryptionScheme, scrypt};
use pkcs8::{EncryptedPrivateKeyInfoRef, PrivateKeyInfoRef, SecretDocument};
use std::io;
use std::path::Path;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// The source of passphrases: called with the number of the attempt, 1 to [`TRIES`]. `Ok(None)`
/// means that there is no (further) passphrase: a source that knows only one gives it once.
pub type Ask<'a> = dyn FnMut(usize) -> io::Result<Option<Zeroizing<String>>> + 'a;

/// The number of attempts for a passphrase.
pub const TRIES: usize = 3;

/// The protection of a new key file beside its mode.
#[derive(Clone, Copy)]
pub enum Protection<'a> {
    /// Encrypted with this passphrase, by the UTF-8 bytes of its composed form (NFC).
    Passphrase(&'a str),
    /// Unencrypted: on request, or because it is the log key.
    Unencrypted,
}

/// log2 of scrypt's N, then r and p: 16 MiB and about 50 ms.
const SCRYPT: (u8, u32, u32) = (14, 8, 1);
/// The maximum cost that a file may demand: 256 MiB, 16 such passes, ten million rounds.
const MAX_SCRYPT_MEMORY: u64 = 256 << 20;
const MAX_SCRYPT_WORK: u64 = 16 * MAX_SCRYPT_MEMORY;
const MAX_PBKDF2_ROUNDS: u32 = 10_000_000;

/// Generates a secret key.
///
/// ```
/// use annals::entropy::Seeded;
/// use annals::keys::generate;
/// assert_eq!(generate(&mut Seeded::new("ada"))?.public(),
///     generate(&mut Seeded::new("ada"))?.public());
/// # Ok::<(), annals::keys::KeysError>(())
/// ```
pub fn generate(entropy: &mut dyn Entropy) -> Result<SecretKey, KeysError> {
    let seed: Zeroizing<[u8; 32]> = Zeroizing::new(draw(entropy)?);
    Ok(SecretKey::from_seed(*seed))
}

/// The text of a key file.
pub fn write_secret(
    secret: &SecretKey,
    protection: Protection<'_>,
    entropy: &mut dyn Entropy,
) -> Result<Zeroizing<String>, KeysError> {
    let parameters = match protection {
        Protection::Unencrypted => None,
        Protection::Passphrase("") => return Err(KeysError::EmptyPassphrase),
        Protection::Passphrase(phrase) => Some((composed(phrase), draw(entropy)?, draw(entropy)?)),
    };
    let parameters = parameters.as_ref().map(|(phrase, salt, iv)| (phrase.as_str(), *salt, *iv));
    // Encoding 32 bytes cannot fail; the error has a message nevertheless.
    encode(secret, parameters).map_err(|fault| KeysError::damaged(Path::new("(new key)"), fault))
}

/// The composed form (NFC) of a passphrase, which most keyboards give.
fn composed(phrase: &str) -> Zeroizing<String> {
    collected(phrase, phrase.nfc())
}

/// The forms in which a typed passphrase may have been taken, each once: the composed one, the one
/// that was typed, and the decomposed one (NFD), which a file of some systems has.
fn forms(phrase: &str) -> Vec<Zeroizing<String>> {
    let typed = collected(phrase, phrase.chars());
    let mut forms = vec![composed(phrase), typed, collected(phrase, phrase.nfd())];
    forms.dedup();
    forms
}

/// Allocated at full size: a growing string would leave copies behind.
fn collected(phrase: &str, chars: impl Iterator<Item = char>) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(3 * phrase.len()));
    text.extend(chars);
    text
}

type Locked<'a> = (&'a str, [u8; 16], [u8; 16]);

fn encode(secret: &SecretKey, locked: Option<Locked<'_>>) -> pkcs8::Result<Zeroizing<String>> {
    let mut inner = Zeroizing::new([0; 34]);
    inner[..2].copy_from_slice(&[0x04, 0x20]);
    inner[2..].copy_from_slice(&*secret.seed());
    let private_key = OctetStringRef::new(&*inner)?;
    let info = PrivateKeyInfoRef { algorithm: pem::ED25519, private_key, public_key: None };
    let (label, document) = match locked {
        None => (pem::PLAIN, SecretDocument::encode_msg(&info)?),
        Some((phrase, salt, iv)) => {
            let (log_n, r, p) = SCRYPT;
            let scrypt = scrypt::Params::new(log_n, r, p);
            let scrypt = scrypt.map_err(|_| pkcs8::Error::ParametersMalformed)?;
            let parameters = Parameters::generate_scrypt_aes256cbc(scrypt, &salt, iv)?;
            (pem::ENCRYPTED, info.encrypt_with_params(parameters, phrase)?)
        }
    };
    Ok(document.to_pem(label, pkcs8::LineEnding::LF)?)
}

/// Parses the text of a key file; requests the passphrase if it is encrypted; `path` is for
/// messages.
pub fn read_secret(path: &Path, text: &[u8], ask: &mut Ask<'_>) -> Result<SecretKey, KeysError> {
    let Pem { label, der } = pem::read(path, text, "a secret key")?;
    match label {
        pem::PLAIN => read_info(path, &der),
        pem::ENCRYPTED => unlock(path, &der, ask),
        _ => Err(pem::unexpected(path, label, "a secret key")),
    }
}

/// Requests the passphrase up to three times.
fn unlock(path: &Path, der: &[u8], ask: &mut Ask<'_>) -> Result<SecretKey, KeysError> {
    // Checked before a passphrase is requested.
    if let Some(found) = schemes::other(der) {
        return Err(encryption(path, found));
    }
    let info = EncryptedPrivateKeyInfoRef::from_der(der)
        .map_err(|fault| unreadable_encryption(path, fault))?;
    check_cost(path, &info.encryption_algorithm)?;
    for attempt in 1..=TRIES {
        let given = ask(attempt).map_err(|source| match source.kind() {
            io::ErrorKind::InvalidData if attempt > 1 => {
                KeysError::WrongPassphraseFile { why: source.to_string() }
            }
            _ => KeysError::Asking { source },
        })?;
        let Some(phrase) = given else {
            let path = path.to_owned();
            return Err(match attempt {
                1 => KeysError::NeedsPassphrase { path },
                _ => KeysError::WrongPassphrase { path, tries: attempt - 1 },
            });
        };
        for form in forms(&phrase) {
            match info.decrypt(form.as_bytes()) {
                // A wrong passphrase can give valid padding by chance (1 in 256), but not a valid
                // key.
                Ok(plain) if PrivateKeyInfoRef::from_der(plain.as_bytes()).is_err() => {}
                Ok(plain) => return read_info(path, plain.as_bytes()),
                Err(pkcs8::Error::EncryptedPrivateKey(fault)) => match fault {
                    pkcs8::pkcs5::Error::DecryptFailed => {}
                    other => return Err(encryption(path, other)),
                },
                Err(_) => {}
            }
        }
    }
    Err(KeysError::WrongPassphrase { path: path.to_owned(), tries: TRIES })
}

/// Refuses parameters with which a file could exhaust memory or time.
fn check_cost(path: &Path, scheme: &EncryptionScheme) -> Result<(), KeysError> {
    match scheme.pbes2().map(|parameters| &parameters.kdf) {
        Some(Kdf::Scrypt(parameters)) => {
            let (n, r) = (parameters.cost_parameter, u64::from(parameters.block_size));
            let memory = n.saturating_mul(r).saturating_mul(128);
            let work = memory.saturating_mul(u64::from(parameters.parallelization));
            let fair = n > 1 && n.is_power_of_two();
            if !fair || memory > MAX_SCRYPT_MEMORY || work > MAX_SCRYPT_WORK {
                let p = parameters.parallelization;
                return Err(encryption(path, format!("scrypt with N={n} r={r} p={p}")));
            }
        }
        Some(Kdf::Pbkdf2(parameters)) => {
            let rounds = parameters.iteration_count;
            if !(1..=MAX_PBKDF2_ROUNDS).contains(&rounds) {
                return Err(encryption(path, format!("PBKDF2 with {rounds} rounds")));
            }
        }
        _ => {}
    }
    Ok(())
}

fn unreadable_encryption(path: &Path, fault: pkcs8::der::Error) -> KeysError {
    match fault.kind() {
        pkcs8::der::ErrorKind::OidUnknown { oid } => encryption(path, format!("algorithm {oid}")),
        _ => KeysError::damaged(path, fault),
    }
}

fn encryption(path: &Path, found: impl ToString) -> KeysError {
    KeysError::Encryption { path: path.to_owned(), found: found.to_string() }
}

/// Parses a PrivateKeyInfo of either version.
fn read_info(path: &Path, der: &[u8]) -> Result<SecretKey, KeysError> {
    let info = PrivateKeyInfoRef::from_der(der).map_err(|it| KeysError::damaged(path, it))?;
    pem::check_algorithm(path, &info.algorithm)?;
    let inner = info.private_key.as_bytes();
    let seed = inner.strip_prefix(&[0x04, 0x20]).and_then(|seed| <&[u8; 32]>::try_from(seed).ok());
    let Some(seed) = seed else {
        return Err(KeysError::damaged(path, "the key is not 32 bytes"));
    };
    let secret = SecretKey::from_seed(*seed);
    if let Some(half) = info.public_key
        && half.as_bytes() != Some(&secret.public().0)
    {
        return Err(KeysError::damaged(path, "its public half is not that of its secret half"));
    }
    Ok(secret)
}

/// Whether the text of a key file is encrypted, and its public key if it is readable without a
/// passphrase.
pub(super) fn look(path: &Path, text: &[u8]) -> Result<(bool, Option<PublicKey>), KeysError> {
    match pem::read(path, text, "a secret key")? {
        Pem { label: pem::ENCRYPTED, .. } => Ok((true, None)),
        _ => {
            let secret = read_secret(path, text, &mut |_| Ok(None))?;
            Ok((false, Some(secret.public())))
        }
    }
}
