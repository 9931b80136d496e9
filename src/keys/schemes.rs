//! The unsupported encryptions of key files, by name.
//!
//! Always holds: an encryption is named only if the file's outer form is complete and the algorithm
//! is not a supported one; every other file is damaged. Not here: decrypting (`secret`).
//! Source: RFC 8018, appendix A; RFC 7292, appendix C; the registries of the ciphers.

use pkcs8::AlgorithmIdentifierRef;
use pkcs8::der::asn1::{AnyRef, OctetStringRef};
use pkcs8::der::{Decode, Reader, Tag};

const PBES2: &str = "1.2.840.113549.1.5.13";
const PBKDF2: &str = "1.2.840.113549.1.5.12";
/// What PBKDF2 is made of where its parameters name nothing else (RFC 8018, appendix A.2).
const HMAC_SHA_1: &str = "1.2.840.113549.2.7";
/// HMAC with SHA-224, SHA-256, SHA-384 and SHA-512.
const HMAC_SHA_2: [&str; 4] =
    ["1.2.840.113549.2.8", "1.2.840.113549.2.9", "1.2.840.113549.2.10", "1.2.840.113549.2.11"];

/// The encryption of an EncryptedPrivateKeyInfo, if it is known and not supported.
pub(super) fn other(der: &[u8]) -> Option<String> {
    let outer = AnyRef::from_der(der).ok()?;
    let scheme: Result<_, pkcs8::der::Error> = outer.sequence(|reader| {
        let scheme = AlgorithmIdentifierRef::decode(reader)?;
        <&OctetStringRef>::decode(reader)?;
        Ok(scheme)
    });
    let scheme = scheme.ok()?;
    let oid = scheme.oid.to_string();
    if oid == PBES2 {
        return pbes2(scheme.parameters?);
    }
    let old = older(&oid)?;
    Some(format!("{old}, an older encryption than PBES2"))
}

/// The parts of PBES2, if one of them is not supported.
fn pbes2(parameters: AnyRef<'_>) -> Option<String> {
    let pair: Result<_, pkcs8::der::Error> = parameters.sequence(|reader| {
        let kdf = AlgorithmIdentifierRef::decode(reader)?;
        Ok((kdf, AlgorithmIdentifierRef::decode(reader)?))
    });
    let (kdf, cipher) = pair.ok()?;
    let prf = kdf.parameters.filter(|_| kdf.oid.to_string() == PBKDF2).and_then(prf);
    let (kdf, cipher) = (kdf.oid.to_string(), cipher.oid.to_string());
    let known = match kdf.as_str() {
        PBKDF2 => Some("PBKDF2"),
        "1.3.6.1.4.1.11591.4.11" => Some("scrypt"),
        _ => None,
    };
    let is_aes = ["2.16.840.1.101.3.4.1.2", "2.16.840.1.101.3.4.1.22", "2.16.840.1.101.3.4.1.42"]
        .contains(&cipher.as_str());
    let prf = match prf.as_deref() {
        None => None,
        Some(HMAC_SHA_1) => Some("HMAC-SHA-1".to_owned()),
        Some(known) if HMAC_SHA_2.contains(&known) => None,
        Some(other) => Some(format!("function {other}")),
    };
    if known.is_some() && is_aes && prf.is_none() {
        return None;
    }
    let kdf = known.map_or_else(|| format!("key derivation {kdf}"), str::to_owned);
    let kdf = prf.map_or_else(|| kdf.clone(), |prf| format!("{kdf} by {prf}"));
    let cipher = if is_aes { "AES".to_owned() } else { cipher_of(&cipher) };
    Some(format!("PBES2 with {kdf} and {cipher}"))
}

/// The function that PBKDF2 is made of; `None` if its parameters are not in form.
fn prf(parameters: AnyRef<'_>) -> Option<String> {
    let prf: Result<_, pkcs8::der::Error> = parameters.sequence(|reader| {
        <&OctetStringRef>::decode(reader)?;
        u32::decode(reader)?;
        let named = match Tag::peek(reader) {
            Ok(Tag::Integer) => u32::decode(reader).map(|_| reader.is_finished()),
            _ => Ok(reader.is_finished()),
        };
        match named? {
            true => Ok(HMAC_SHA_1.to_owned()),
            false => Ok(AlgorithmIdentifierRef::decode(reader)?.oid.to_string()),
        }
    });
    prf.ok()
}

fn cipher_of(oid: &str) -> String {
    let known = match oid {
        "1.3.14.3.2.7" => "DES",
        "1.2.840.113549.3.7" => "triple DES",
        "1.2.840.113549.3.2" => "RC2",
        "1.2.840.113549.3.4" => "RC4",
        "1.2.840.113549.3.9" => "RC5",
        "1.2.410.200004.1.4" => "SEED",
        "1.2.156.10197.1.104.2" => "SM4",
        _ if oid.starts_with("1.2.410.200046.1.1.") => "ARIA",
        _ if oid.starts_with("1.2.392.200011.61.1.1.1.") => "Camellia",
        _ if oid.starts_with("2.16.840.1.101.3.4.1.") => "AES in another mode than CBC",
        _ => return format!("cipher {oid}"),
    };
    known.to_owned()
}

fn older(oid: &str) -> Option<&'static str> {
    Some(match oid {
        "1.2.840.113549.1.5.1" => "PBES1 with MD2 and DES",
        "1.2.840.113549.1.5.3" => "PBES1 with MD5 and DES",
        "1.2.840.113549.1.5.4" => "PBES1 with MD2 and RC2",
        "1.2.840.113549.1.5.6" => "PBES1 with MD5 and RC2",
        "1.2.840.113549.1.5.10" => "PBES1 with SHA-1 and DES",
        "1.2.840.113549.1.5.11" => "PBES1 with SHA-1 and RC2",
        "1.2.840.113549.1.12.1.1" => "PKCS #12 encryption with SHA-1 and RC4 of 128 bits",
        "1.2.840.113549.1.12.1.2" => "PKCS #12 encryption with SHA-1 and RC4 of 40 bits",
        "1.2.840.113549.1.12.1.3" => "PKCS #12 encryption with SHA-1 and triple DES",
        "1.2.840.113549.1.12.1.4" => "PKCS #12 encryption with SHA-1 and DES of two keys",
        "1.2.840.113549.1.12.1.5" => "PKCS #12 encryption with SHA-1 and RC2 of 128 bits",
        "1.2.840.113549.1.12.1.6" => "PKCS #12 encryption with SHA-1 and RC2 of 40 bits",
        _ => return None,
    })
}
