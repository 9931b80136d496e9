//! SHA-256 digests and hex: the only module that hashes, and the one spelling of 32 bytes.
//!
//! Always holds: a `Hash` is 32 bytes; its text is exactly 64 lower-case hex digits, and no other
//! text is read as one. Not here: the values that are hashed (`event`, `merkle`), the computation
//! (`annals-ed25519`; SHA-512 by the `sha2` crate). Source: FIPS 180-4; hex is written by the `hex`
//! crate.

use annals_ed25519::sha256;
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha512};
use std::fmt;

pub(crate) use sha256::Preimage;

/// 32 bytes: a SHA-256 digest, a salt, or any other value whose text is 64 hex digits.
///
/// Ordered as bytes. Text form: 64 lower-case hex digits.
///
/// ```
/// use annals_core::hash::Hash;
/// let empty = Hash::of(&[b""]);
/// assert!(empty.to_string().starts_with("e3b0c442"));
/// assert_eq!(Hash::parse(&empty.to_string()), Some(empty));
/// assert_eq!(Hash::parse(&empty.to_string().to_uppercase()), None);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// SHA-256 of the parts, one after the other with nothing between.
    pub fn of(parts: &[&[u8]]) -> Hash {
        Hash(sha256::digest(parts))
    }

    /// SHA-256 of each, in order: cheaper together than one by one.
    pub(crate) fn of_each<'a>(all: impl ExactSizeIterator<Item = Preimage<'a>>) -> Vec<Hash> {
        sha256::digests(all).into_iter().map(Hash).collect()
    }

    /// Reads 64 lower-case hex digits; `None` for anything else.
    pub fn parse(text: &str) -> Option<Hash> {
        read_hex(text).map(Hash)
    }

    /// The first 16 hex digits, for people.
    pub fn short(&self) -> String {
        shortened(self.to_string())
    }
}

/// The first 16 characters of hex digits.
pub(crate) fn shortened(mut digits: String) -> String {
    digits.truncate(16);
    digits
}

/// SHA-512 of the parts, one after the other.
pub fn sha512(parts: &[&[u8]]) -> [u8; 64] {
    let mut hasher = Sha512::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().into()
}

/// SHA-256 over bytes that come piece by piece.
#[derive(Clone, Default)]
pub struct RunningHash(sha256::RunningDigest);

impl RunningHash {
    /// Takes the next bytes.
    pub fn add(&mut self, bytes: &[u8]) {
        self.0.add(bytes);
    }

    /// The digest of all bytes since the last one, and begins anew.
    pub fn finish(&mut self) -> Hash {
        Hash(self.0.finish())
    }
}

/// SHA-512 over bytes that come piece by piece, as the manifests of a bag name files.
#[derive(Clone, Default)]
pub struct Running512(Sha512);

impl Running512 {
    /// Takes the next bytes.
    pub fn add(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// 128 lower-case hex digits of all bytes since the last digest; begins anew.
    pub fn finish(&mut self) -> String {
        hex::encode(self.0.finalize_reset())
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(&self.0, f)
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(&self.0, f)
    }
}

/// `N` bytes from exactly `2 N` lower-case hex digits; `None` for anything else.
pub fn read_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() != 2 * N {
        return None;
    }
    let mut out = [0; N];
    let mut bad = 0;
    let (eights, rest) = text.as_bytes().as_chunks::<8>();
    let (fours, last) = out.as_chunks_mut::<4>();
    for (four, eight) in fours.iter_mut().zip(eights) {
        let (value, wrong) = read_eight(*eight);
        *four = value;
        bad |= wrong;
    }
    let mut eight = [b'0'; 8];
    eight[..rest.len()].copy_from_slice(rest);
    let (value, wrong) = read_eight(eight);
    last.copy_from_slice(&value[..last.len()]);
    (bad | wrong == 0).then_some(out)
}

/// Four bytes from eight digits; the number beside them is 0 if each is a lower-case hex digit.
#[inline]
fn read_eight(digits: [u8; 8]) -> ([u8; 4], u64) {
    const ONES: u64 = u64::MAX / 255;
    let text = u64::from_le_bytes(digits);
    // Bit 6 tells a letter from a decimal digit; 'a' has the low bits of 1.
    let values = (text & (ONES * 0xf)) + (text >> 6 & ONES) * 9;
    // What these values are written as is compared with what was read.
    let letters = (values + ONES * 6) >> 4 & ONES;
    let written = values + ONES * u64::from(b'0') + letters * u64::from(b'a' - b'0' - 10);
    let wrong = (written ^ text) | (values & (ONES * 0xf0));
    let pairs = (values << 4 | values >> 8) & (u64::MAX / 0xffff * 0xff);
    let fours = (pairs | pairs >> 8) & (u64::MAX / 0xffff_ffff * 0xffff);
    let [a, b, _, _, c, d, ..] = fours.to_le_bytes();
    ([a, b, c, d], wrong)
}

/// Writes bytes as lower-case hex.
pub fn write_hex(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str(&hex::encode(bytes))
}

/// Adds bytes as lower-case hex.
pub fn append_hex(bytes: &[u8], out: &mut Vec<u8>) {
    const LETTERS: &[u8; 16] = b"0123456789abcdef";
    let digits = |byte: &u8| [byte >> 4, byte & 15].map(|digit| LETTERS[usize::from(digit)]);
    out.extend(bytes.iter().flat_map(digits));
}

/// Serialises bytes as a string of lower-case hex, without a heap allocation up to 64 bytes.
pub fn serialize_hex<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    let mut buffer = [0u8; 128];
    let length = bytes.len() * 2;
    let short = length <= buffer.len()
        && hex::encode_to_slice(bytes, &mut buffer[..length.min(128)]).is_ok();
    match std::str::from_utf8(&buffer[..length.min(128)]) {
        Ok(text) if short => serializer.serialize_str(text),
        _ => serializer.serialize_str(&hex::encode(bytes)),
    }
}

/// Deserialises exactly `2 N` lower-case hex digits.
pub fn deserialize_hex<'de, D, const N: usize>(deserializer: D) -> Result<[u8; N], D::Error>
where
    D: Deserializer<'de>,
{
    struct HexVisitor<const N: usize>;
    impl<const N: usize> Visitor<'_> for HexVisitor<N> {
        type Value = [u8; N];
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "{} lower-case hex digits", 2 * N)
        }
        fn visit_str<E: de::Error>(self, text: &str) -> Result<[u8; N], E> {
            read_hex(text).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
        }
    }
    deserializer.deserialize_str(HexVisitor)
}

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize_hex(&self.0, serializer)
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Hash, D::Error> {
        deserialize_hex(deserializer).map(Hash)
    }
}
