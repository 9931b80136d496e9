//! PEM and the names of algorithms: the common part of the readers of key files.
//!
//! Always holds: the text is at most 64 KiB, and has one PEM block of RFC 7468 and nothing after
//! it; a byte order mark before it is passed over; an error says what was found instead. Not here:
//! the content of the block (`secret`, `public`, `openssh`). Source: RFC 7468; RFC 8410; the
//! `pem-rfc7468` crate, through `pkcs8`.

use crate::keys::error::{KeysError, shown};
use memchr::memmem;
use pkcs8::der::pem;
use pkcs8::{AlgorithmIdentifierRef, ObjectIdentifier};
use std::path::Path;
use zeroize::Zeroizing;

/// Label of a PrivateKeyInfo.
pub(super) const PLAIN: &str = "PRIVATE KEY";
/// Label of an EncryptedPrivateKeyInfo.
pub(super) const ENCRYPTED: &str = "ENCRYPTED PRIVATE KEY";
/// Label of a SubjectPublicKeyInfo.
pub(super) const PUBLIC: &str = "PUBLIC KEY";
/// Label of OpenSSH's own format.
pub(super) const OPENSSH: &str = "OPENSSH PRIVATE KEY";

/// The maximum size of a file of this module, in bytes; a key takes 400, a request 9,000 at most.
pub(super) const MAX_BYTES: usize = 64 << 10;

/// What some editors put before a text in UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// id-Ed25519, without parameters.
pub(super) const ED25519: AlgorithmIdentifierRef<'static> =
    AlgorithmIdentifierRef { oid: ObjectIdentifier::new_unwrap("1.3.101.112"), parameters: None };

/// A PEM block.
pub(super) struct Pem<'a> {
    pub label: &'a str,
    pub der: Zeroizing<Vec<u8>>,
}

/// Whether a file begins like a secret key file of any kind.
pub(super) fn is_secret(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes).trim_ascii_start();
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default().trim_ascii_end();
    let pem = line.starts_with(b"-----BEGIN ") && line.ends_with(b"PRIVATE KEY-----");
    pem || line.starts_with(b"PRIVATE+KEY+")
}

/// Reads the only block of a text; `expected` names the expected content.
pub(super) fn read<'a>(
    path: &Path,
    text: &'a [u8],
    expected: &'static str,
) -> Result<Pem<'a>, KeysError> {
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    // The old formats of OpenSSL are detected first: they have headers, which RFC 7468 does not
    // allow.
    let begun = labels(text, |line| line);
    if let Some(found) = begun.iter().find_map(|label| old_format(label)) {
        return Err(KeysError::Algorithm { path: path.to_owned(), found: found.to_owned() });
    }
    let Some(first) = begun.first() else {
        let found = match text {
            [] => "an empty file".to_owned(),
            [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => {
                "UTF-16, as some shells write it; save it as UTF-8 or ASCII".to_owned()
            }
            [0x30, ..] if is_pkcs12(text) => {
                "a PKCS#12 archive; take the key out of it with `openssl \
                 pkcs12 -nocerts -nodes`"
                    .to_owned()
            }
            [0x30, ..] => "bytes that may be DER; make PEM of them with `openssl pkey`".to_owned(),
            _ if !labels(text, <[u8]>::trim_ascii_start).is_empty() => {
                "a key whose lines are set off; remove the white space before each of them"
                    .to_owned()
            }
            _ if memmem::find(text, BEGIN.as_bytes()).is_some() => {
                "PEM without its line breaks; put `-----BEGIN …-----`, what follows it and \
                 `-----END …-----` on lines of their own"
                    .to_owned()
            }
            _ => "no line `-----BEGIN …-----`".to_owned(),
        };
        return Err(KeysError::NotAKey { path: path.to_owned(), expected, found });
    };
    if let Some(found) = old_encryption(text) {
        return Err(KeysError::Encryption { path: path.to_owned(), found });
    }
    if ![PLAIN, ENCRYPTED, PUBLIC, OPENSSH].contains(first) {
        return Err(unexpected(path, first, expected));
    }
    if begun.len() > 1 {
        let labels: Vec<String> = begun.iter().map(|label| shown(label)).collect();
        let found = format!("{} keys ({}); give each a file", labels.len(), labels.join(", "));
        return Err(KeysError::NotAKey { path: path.to_owned(), expected, found });
    }
    if has_more(text) {
        let found = "a key with more behind it; keep only the lines from `-----BEGIN …-----` to \
                     `-----END …-----`"
            .to_owned();
        return Err(KeysError::NotAKey { path: path.to_owned(), expected, found });
    }
    decode(text).map_err(|it| KeysError::damaged(path, it))
}

/// Lines of any equal length are accepted: OpenSSH writes 70 characters, not 64.
fn decode(text: &[u8]) -> pem::Result<Pem<'_>> {
    let mut decoder = pem::Decoder::new_detect_wrap(text.trim_ascii_end())?;
    let mut der = Zeroizing::new(Vec::with_capacity(decoder.remaining_len()));
    decoder.decode_to_end(&mut der)?;
    Ok(Pem { label: decoder.type_label(), der })
}

/// The error for a block with another label.
pub(super) fn unexpected(path: &Path, label: &str, expected: &'static str) -> KeysError {
    let found = match label {
        PUBLIC => "a public key".to_owned(),
        PLAIN | ENCRYPTED => "a secret key".to_owned(),
        OPENSSH => "an OpenSSH key; `annals key import` reads it".to_owned(),
        other => shown(other),
    };
    KeysError::NotAKey { path: path.to_owned(), expected, found }
}

/// How a line begins that has a label.
const BEGIN: &str = "-----BEGIN ";
/// How the last line of a block begins.
const END: &str = "-----END ";

/// Whether a text has more than white space behind the last line of its block.
fn has_more(text: &[u8]) -> bool {
    let mut lines = text.split(|byte| matches!(byte, b'\n' | b'\r'));
    let is_end =
        |line: &[u8]| line.starts_with(END.as_bytes()) && line.trim_ascii_end().ends_with(b"-----");
    lines.any(is_end) && lines.any(|line| !line.trim_ascii().is_empty())
}

/// The labels of all lines `-----BEGIN …-----`, and of no line that has more: that may be a secret
/// key without its line breaks. `cut` takes from each line what is no part of it.
fn labels(text: &[u8], cut: fn(&[u8]) -> &[u8]) -> Vec<&str> {
    let lines = text.split(|byte| matches!(byte, b'\n' | b'\r')).map(cut);
    let label = |line| {
        let line: &str = std::str::from_utf8(line).ok()?;
        let label = line.strip_prefix(BEGIN)?.trim_end().trim_end_matches('-');
        let is_label =
            |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b' ';
        Some(label).filter(|label| label.bytes().all(is_label))
    };
    lines.filter_map(label).collect()
}

/// The encryption of PEM itself, before PKCS#8, as named in its headers (RFC 1421).
fn old_encryption(text: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(text).ok()?;
    let header = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    header("Proc-Type:").filter(|value| value.ends_with("ENCRYPTED"))?;
    let cipher = header("DEK-Info:").and_then(|value| value.split(',').next());
    let cipher = shown(cipher.unwrap_or("no cipher named"));
    Some(format!("the encryption of old PEM files (Proc-Type: 4,ENCRYPTED, {cipher})"))
}

/// Whether DER is a PKCS#12 archive: a sequence that begins with the version 3 (RFC 7292).
fn is_pkcs12(der: &[u8]) -> bool {
    let header = match der.get(1) {
        Some(short) if *short < 0x80 => 2,
        Some(long) => 2 + usize::from(long & 0x7F),
        None => return false,
    };
    der.get(header..).is_some_and(|content| content.starts_with(&[2, 1, 3]))
}

fn old_format(label: &str) -> Option<&'static str> {
    match label {
        "RSA PRIVATE KEY" | "RSA PUBLIC KEY" => Some("an RSA key"),
        "EC PRIVATE KEY" | "EC PARAMETERS" => Some("an EC key (ECDSA)"),
        "DSA PRIVATE KEY" | "DSA PARAMETERS" => Some("a DSA key"),
        _ => None,
    }
}

/// Refuses every algorithm but Ed25519, with its name.
pub(super) fn check_algorithm(
    path: &Path,
    found: &AlgorithmIdentifierRef<'_>,
) -> Result<(), KeysError> {
    let name = match found.oid.to_string().as_str() {
        "1.3.101.112" if found.parameters.is_none() => return Ok(()),
        "1.3.101.112" => return Err(KeysError::damaged(path, "id-Ed25519 with parameters")),
        "1.2.840.113549.1.1.1" => "an RSA key".to_owned(),
        "1.2.840.113549.1.1.10" => "an RSA-PSS key".to_owned(),
        "1.2.840.10045.2.1" => "an EC key (ECDSA)".to_owned(),
        "1.2.840.10040.4.1" => "a DSA key".to_owned(),
        "1.3.101.110" => "an X25519 key, which agrees on secrets and cannot sign".to_owned(),
        "1.3.101.111" => "an X448 key, which agrees on secrets and cannot sign".to_owned(),
        "1.3.101.113" => "an Ed448 key".to_owned(),
        other => format!("algorithm {other}"),
    };
    Err(KeysError::Algorithm { path: path.to_owned(), found: name })
}
