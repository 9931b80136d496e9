//! Precomputed multiples of one point, so that a multiplication by it costs 32 additions and no
//! doubling.
//!
//! ```text
//! window w of 32, entry d of 128:  d · 256^w · P, for d = 1..=128
//! scalar = Σ digit[w] · 256^w, each digit in −127..=128; the product is a sum of 32 entries
//! ```
//!
//! Always holds: the product is the same group element as with any other multiplication, so no
//! verdict depends on it. A table has 655,360 bytes and takes about a millisecond, so it is only
//! for keys that signed many events. Not for secrets: the memory that is read depends on the
//! digits. Source: fixed-base windows (Yao, Brickell et al.); `curve25519-dalek` adds the points.

use curve25519_dalek::edwards::EdwardsPoint;
use curve25519_dalek::scalar::Scalar;

/// The digits of a scalar.
pub const WINDOWS: usize = 32;
/// The greatest digit, and the number of entries of a window.
pub const ENTRIES: usize = 128;

/// The multiples of one point.
pub struct PrecomputedTable(Vec<EdwardsPoint>);

impl PrecomputedTable {
    /// Computes the multiples of `point`.
    pub fn of(point: &EdwardsPoint) -> PrecomputedTable {
        let mut all = Vec::with_capacity(WINDOWS * ENTRIES);
        let mut base = *point;
        for _ in 0..WINDOWS {
            let mut entry = base;
            for _ in 1..ENTRIES {
                all.push(entry);
                entry += base;
            }
            all.push(entry);
            base = entry + entry;
        }
        PrecomputedTable(all)
    }

    /// `sum` + `scalar` · P.
    pub fn add(&self, mut sum: EdwardsPoint, scalar: &Scalar) -> EdwardsPoint {
        let windows = self.0.chunks_exact(ENTRIES);
        for (digit, entries) in digits(scalar).into_iter().zip(windows) {
            let entry = usize::from(digit.unsigned_abs()).checked_sub(1).map(|at| &entries[at]);
            match entry {
                Some(entry) if digit > 0 => sum += entry,
                Some(entry) => sum -= entry,
                None => {}
            }
        }
        sum
    }
}

/// The digits of a scalar below 2^255 to the base 256, least first, each in −127..=128.
pub fn digits(scalar: &Scalar) -> [i16; WINDOWS] {
    let mut carry = 0;
    scalar.to_bytes().map(|byte| {
        let digit = i16::from(byte) + carry;
        carry = i16::from(digit > 128);
        digit - 256 * carry
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use curve25519_dalek::constants::ED25519_BASEPOINT_POINT as B;
    use curve25519_dalek::traits::Identity;
    use proptest::prelude::*;

    fn check(scalar: Scalar, point: EdwardsPoint) {
        let found = PrecomputedTable::of(&point).add(EdwardsPoint::identity(), &scalar);
        assert_eq!(found, point * scalar);
        assert_eq!(found.compress(), (point * scalar).compress());
    }

    #[test]
    fn the_edges_of_digits_and_scalars() {
        let repeated = |byte: u8| Scalar::from_bytes_mod_order([byte; 32]);
        for byte in [0, 1, 127, 128, 129, 254, 255] {
            check(repeated(byte), B);
            check(Scalar::from(u64::from(byte)), B);
            check(-Scalar::from(u64::from(byte)), B * Scalar::from(7_u8));
        }
        let digit = digits(&repeated(0x80));
        assert!(digit.iter().all(|digit| (-127..=128).contains(digit)));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]
        #[test]
        fn a_product_is_the_product(scalar: [u8; 32], point: [u8; 32]) {
            let (scalar, point) = (Scalar::from_bytes_mod_order(scalar),
                B * Scalar::from_bytes_mod_order(point));
            check(scalar, point);
        }
    }
}
