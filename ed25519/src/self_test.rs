//! Known answers, computed in lanes before the first signature is.
//!
//! Always holds: the answers were not computed by the lanes. Not here: the comparison of every
//! refused signature with dalek (`engine`). Source: RFC 8032 section 7.1 (the keys of tests 1, 2);
//! the crate `sha2`; the scalars are those at which digits and carries are at their ends.

use crate::lane_trait::{Challenge, Lanes, Product};
use crate::rule::AcceptedKey;
use curve25519_dalek::edwards::EdwardsPoint;
use curve25519_dalek::scalar::Scalar;

/// The scalar and the public key of the secret key of RFC 8032, tests 1 and 2: A = sB.
const KEYS: [[&str; 2]; 2] = [
    [
        "307c83864f2833cb427a2ef1c00a013cfdff2768d980c0a3a520f006904de94f",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    ],
    [
        "68bd9ed75882d52815a97585caf4790a7f6c6b3b7f821c5e259a24b02e502e51",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    ],
];

/// Whether the lanes give the known answers; `base` has the multiples of B.
pub fn passes<L: Lanes>(lanes: L, base: &L::Table) -> bool {
    let hashed = bytes(KEYS[0][1]).and_then(AcceptedKey::accept).is_some_and(|key| {
        let messages: [&[u8]; 9] =
            [b"", b"abc", &[0xff; 47], &[7; 48], b"a", b"b", b"c", b"d", b""];
        let r = key.bytes();
        let all = messages.map(|message| Challenge { r, key: &key, message });
        lanes.challenges(&all) == all.map(|challenge| challenge.scalar())
    });
    let known = KEYS.iter().all(|texts| match texts.map(bytes) {
        [Some(scalar), Some(public)] => {
            // RFC 8032 leaves the scalar above ℓ; the multiple of B is the same.
            let s = Scalar::from_bytes_mod_order(scalar);
            let products = [Product { s, k: Scalar::ZERO, minus: base }; 8];
            lanes.encodings(base, &products).iter().all(|encoding| *encoding == public)
        }
        _ => false,
    });
    let ends: Vec<Scalar> = [0x00, 0x01, 0x7f, 0x80, 0x81, 0xff]
        .into_iter()
        .flat_map(|byte| [Scalar::from_bytes_mod_order([byte; 32]), -Scalar::from(byte)])
        .collect();
    let pairs: Vec<[Scalar; 2]> = ends.iter().flat_map(|s| ends.iter().map(|k| [*s, *k])).collect();
    let products: Vec<Product<'_, L::Table>> =
        pairs.iter().map(|[s, k]| Product { s: *s, k: *k, minus: base }).collect();
    let found = lanes.encodings(base, &products);
    let same = pairs.iter().zip(&found).all(|([s, k], found)| {
        let expected = EdwardsPoint::mul_base(&(s + k)).compress().0;
        expected == *found
    });
    hashed && known && same && found.len() == pairs.len()
}

fn bytes(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(bytes)
}
