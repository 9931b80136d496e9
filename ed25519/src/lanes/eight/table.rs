//! The multiples of one point, for additions in lanes.
//!
//! ```text
//! window w of 32, entry d of 128:  d · 256^w · P, for d = 1..=128
//! entry: y + x, y − x, 2dxy, five limbs each: 15 words and one unused, two lines of 64 bytes
//! ```
//!
//! Always holds: every entry is canonical. A table has 524,288 bytes. Not here: digits, sums.
//! Source: fixed-base windows (Yao, Brickell et al.).

use crate::lanes::eight::field::{EightReduced, Limbs51, constant, limbs_of};
use crate::lanes::eight::memory::{EightWords, load, transpose};
use crate::lanes::eight::point::{EightAddends, EightPoints, affine};
use crate::lanes::windows::{Encoded, first_entries};
use crate::multiples::{ENTRIES, WINDOWS};
use core::array::from_fn;
use curve25519_dalek::edwards::EdwardsPoint;

/// A square root of −1: the even one.
const ROOT: Limbs51 =
    [0x61b274a0ea0b0, 0xd5a5fc8f189d, 0x7ef5e9cbd0c60, 0x78595a6804c9e, 0x2b8324804fc1d];
/// 2d.
const TWICE_D: Limbs51 =
    [0x69b9426b2f159, 0x35050762add7a, 0x3cf44c0038052, 0x6738cc7407977, 0x2406d9dc56dff];

/// A prepared affine point.
#[derive(Clone, Copy)]
#[repr(C, align(128))]
pub struct EightEntry(pub [EightWords; 2]);

/// The identity: what a digit 0 adds.
pub static IDENTITY: EightEntry = EightEntry([[1, 0, 0, 0, 0, 1, 0, 0], [0; 8]]);

/// The multiples of one point.
pub struct EightTable(Vec<EightEntry>);

impl EightTable {
    /// Computes the multiples of `point`, eight windows in eight lanes.
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn of(point: &EdwardsPoint) -> EightTable {
        let coordinates: Vec<[Limbs51; 2]> =
            first_entries(point).iter().map(|encoded| affine_of(encoded)).collect();
        let mut table = vec![IDENTITY; WINDOWS * ENTRIES];
        for (group, bases) in coordinates.chunks_exact(8).enumerate() {
            let coordinate = |at: usize| {
                let lanes: [Limbs51; 8] = from_fn(|lane| bases[lane][at]);
                EightReduced::from_limbs(&lanes)
            };
            let step = addends(&[coordinate(0), coordinate(1)]);
            let mut multiple = EightPoints::identity();
            let mut multiples = Vec::with_capacity(ENTRIES);
            for _ in 0..ENTRIES {
                multiple.add(&step);
                multiples.push(multiple);
            }
            for (at, affine) in affine(&multiples).iter().enumerate() {
                let EightAddends { sum, difference, product } = addends(affine);
                let parts = [sum.limbs(), difference.limbs(), product.limbs()];
                for lane in 0..8 {
                    let words: [u64; 15] = from_fn(|word| parts[word / 5][lane][word % 5]);
                    let entry = &mut table[(8 * group + lane) * ENTRIES + at].0;
                    entry[0].copy_from_slice(&words[..8]);
                    entry[1][..7].copy_from_slice(&words[8..]);
                }
            }
        }
        EightTable(table)
    }

    /// The entry of a digit's magnitude in a window.
    #[inline]
    pub fn entry(&self, window: usize, magnitude: u16) -> &EightEntry {
        match usize::from(magnitude).checked_sub(1) {
            None => &IDENTITY,
            Some(at) => self.0.get(window * ENTRIES + at).unwrap_or(&IDENTITY),
        }
    }
}

/// Affine points, prepared to be added.
#[target_feature(enable = "avx512f,avx512ifma")]
fn addends(affine: &[EightReduced; 2]) -> EightAddends {
    let [x, y] = affine;
    let product = x.times(y).times(&constant(TWICE_D));
    EightAddends {
        sum: y.wide().plus(&x.wide()).reduce(),
        difference: y.wide().minus(&x.wide()).reduce(),
        product,
    }
}

/// The entries of eight lanes; those of the lanes in `negative` are negated.
#[inline]
#[target_feature(enable = "avx512f")]
pub fn gather(entries: &[&EightEntry; 8], negative: u8) -> EightAddends {
    let line = |at: usize| transpose(from_fn(|lane| load(&entries[lane].0[at])));
    let [a, b, c, d, e, f, g, h] = line(0);
    let [i, j, k, l, m, n, o, _] = line(1);
    let (sum, difference) = (EightReduced([a, b, c, d, e]), EightReduced([f, g, h, i, j]));
    EightAddends {
        sum: sum.select(&difference, negative),
        difference: difference.select(&sum, negative),
        product: EightReduced([k, l, m, n, o]).negate_where(negative),
    }
}

/// The affine coordinates of an encoded point, x then y.
#[target_feature(enable = "avx512f,avx512ifma")]
fn affine_of(encoded: &Encoded) -> [Limbs51; 2] {
    let minus_root = constant(ROOT).negate_where(u8::MAX);
    let x = constant(limbs_of(&encoded.turned)).times(&minus_root);
    [x.limbs()[0], limbs_of(&encoded.y)]
}
