//! Points of the curve that an honest signer never makes: torsion, small order, other encodings.
//!
//! Source: RFC 8032; FORMAT.md section 2, "Verdict on a signature".

use crate::support::keys;
use curve25519_dalek::constants::{ED25519_BASEPOINT_TABLE, EIGHT_TORSION};
use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsPoint};
use curve25519_dalek::scalar::Scalar;
use sha2::{Digest, Sha512};

/// A point of order 1, 2, 4 or 8.
pub fn torsion(order: usize) -> EdwardsPoint {
    EIGHT_TORSION[8 / order % 8]
}

/// The secret scalar of a name's key.
pub fn scalar(name: &str) -> Scalar {
    let digest: [u8; 64] = Sha512::digest(keys::seed(name)).into();
    let mut low = [0; 32];
    low.copy_from_slice(&digest[..32]);
    low[0] &= 248;
    low[31] &= 127;
    low[31] |= 64;
    Scalar::from_bytes_mod_order(low)
}

/// The point of a name's public key.
pub fn public(name: &str) -> EdwardsPoint {
    &scalar(name) * ED25519_BASEPOINT_TABLE
}

fn challenge(r: &[u8; 32], a: &[u8; 32], message: &[u8]) -> Scalar {
    let mut hasher = Sha512::new();
    hasher.update(r);
    hasher.update(a);
    hasher.update(message);
    let digest: [u8; 64] = hasher.finalize().into();
    Scalar::from_bytes_mod_order_wide(&digest)
}

/// A signature by `name` under the key bytes `a`, whose R is [r]B, written as `encode` says.
pub fn sign(
    name: &str,
    a: &[u8; 32],
    r: Scalar,
    encode: impl Fn(EdwardsPoint) -> [u8; 32],
    message: &[u8],
) -> [u8; 64] {
    let written = encode(&r * ED25519_BASEPOINT_TABLE);
    let s = r + challenge(&written, a, message) * scalar(name);
    let mut out = [0; 64];
    out[..32].copy_from_slice(&written);
    out[32..].copy_from_slice(&s.to_bytes());
    out
}

/// A nonce that is equal in every run.
pub fn nonce() -> Scalar {
    Scalar::from_bytes_mod_order(keys::seed("nonce of a vector"))
}

/// ℓ, the order of the base point, little-endian.
pub const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// S + ℓ: another number of the same class.
pub fn add_order(signature: &[u8; 64]) -> [u8; 64] {
    let mut out = *signature;
    let mut carry = 0u16;
    for (byte, add) in out[32..].iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(add) + carry;
        *byte = sum as u8;
        carry = sum >> 8;
    }
    assert_eq!(carry, 0, "S + ℓ fits");
    out
}

/// The encodings of y = p + `small`: 19 numbers that are written twice in 255 bits.
pub fn beyond_p(small: u8, sign: bool) -> [u8; 32] {
    assert!(small < 19);
    let mut out = [0xff; 32];
    out[0] = 0xed + small;
    out[31] = if sign { 0xff } else { 0x7f };
    out
}

/// A non-canonical encoding of a point that is not of small order.
pub fn large_beyond_p() -> [u8; 32] {
    let found = (0..19).flat_map(|small| [false, true].map(|sign| beyond_p(small, sign)));
    let large = |bytes: &[u8; 32]| {
        CompressedEdwardsY(*bytes).decompress().is_some_and(|point| !point.is_small_order())
    };
    found.into_iter().find(large).expect("such a point")
}
