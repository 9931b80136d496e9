//! The multiples of one point, for additions in four lanes.
//!
//! ```text
//! window w of 32, entry d of 128:  d · 256^w · P, for d = 1..=128
//! entry: y + x, y − x, 2dxy, nine limbs each: 27 words of 32 bits and five unused, two lines of
//!        64 bytes
//! ```
//!
//! Always holds: every entry is canonical. A table has 524,288 bytes. Not here: digits, sums.
//! Source: fixed-base windows (Yao, Brickell et al.).

use crate::lanes::four::field::{FourReduced, LIMBS, Limbs29, constant, limbs_of};
use crate::lanes::four::memory::{FourWords, load, load_pairs, transpose};
use crate::lanes::four::point::{FourAddends, FourPoints, affine};
use crate::lanes::windows::first_entries;
use crate::multiples::{ENTRIES, WINDOWS};
use core::arch::x86_64::{
    __m256i, _mm256_and_si256, _mm256_set1_epi64x, _mm256_setzero_si256, _mm256_srli_epi64,
};
use core::array::from_fn;
use curve25519_dalek::edwards::EdwardsPoint;

/// The odd square root of −1, in its encoding: minus the i of `windows`.
const MINUS_ROOT: [u8; 32] = [
    0x3d, 0x5f, 0xf1, 0xb5, 0xd8, 0xe4, 0x11, 0x3b, 0x87, 0x1b, 0xd0, 0x52, 0xf9, 0xe7, 0xbc, 0xd0,
    0x58, 0x28, 0x04, 0xc2, 0x66, 0xff, 0xb2, 0xd4, 0xf4, 0x20, 0x3e, 0xb0, 0x7f, 0xdb, 0x7c, 0x54,
];
/// 2d, in its encoding.
const TWICE_D: [u8; 32] = [
    0x59, 0xf1, 0xb2, 0x26, 0x94, 0x9b, 0xd6, 0xeb, 0x56, 0xb1, 0x83, 0x82, 0x9a, 0x14, 0xe0, 0x00,
    0x30, 0xd1, 0xf3, 0xee, 0xf2, 0x80, 0x8e, 0x19, 0xe7, 0xfc, 0xdf, 0x56, 0xdc, 0xd9, 0x06, 0x24,
];

/// A prepared affine point.
#[derive(Clone, Copy)]
#[repr(C, align(128))]
pub struct FourEntry(pub [[u32; 16]; 2]);

/// The identity: what a digit 0 adds.
pub static IDENTITY: FourEntry = {
    let mut words = [[0; 16]; 2];
    words[0][0] = 1;
    words[0][LIMBS] = 1;
    FourEntry(words)
};

/// The multiples of one point.
pub struct FourTable(Vec<FourEntry>);

impl FourTable {
    /// Computes the multiples of `point`, four windows in four lanes.
    #[target_feature(enable = "avx2")]
    pub fn of(point: &EdwardsPoint) -> FourTable {
        let mut table = vec![IDENTITY; WINDOWS * ENTRIES];
        for (group, encoded) in first_entries(point).as_chunks::<4>().0.iter().enumerate() {
            let y = FourReduced::from_limbs(&from_fn(|lane| limbs_of(&encoded[lane].y)));
            let turned = FourReduced::from_limbs(&from_fn(|lane| limbs_of(&encoded[lane].turned)));
            let x = turned.times(&constant(limbs_of(&MINUS_ROOT)));
            let step = addends(&[x, y]);
            let mut multiple = FourPoints::identity();
            let mut multiples = Vec::with_capacity(ENTRIES);
            for _ in 0..ENTRIES {
                multiple.add(&step);
                multiples.push(multiple);
            }
            for (at, affine) in affine(&multiples).iter().enumerate() {
                let FourAddends { sum, difference, product } = addends(affine);
                let parts: [[Limbs29; 4]; 3] = [sum.limbs(), difference.limbs(), product.limbs()];
                for lane in 0..4 {
                    let entry = &mut table[(4 * group + lane) * ENTRIES + at].0;
                    let words = entry.as_flattened_mut().chunks_exact_mut(LIMBS);
                    for (words, part) in words.zip(&parts) {
                        words.copy_from_slice(&part[lane]);
                    }
                }
            }
        }
        FourTable(table)
    }

    /// The entry of a digit's magnitude in a window.
    #[inline]
    pub fn entry(&self, window: usize, magnitude: u16) -> &FourEntry {
        match usize::from(magnitude).checked_sub(1) {
            None => &IDENTITY,
            Some(at) => self.0.get(window * ENTRIES + at).unwrap_or(&IDENTITY),
        }
    }
}

/// Affine points, prepared to be added.
#[target_feature(enable = "avx2")]
fn addends(affine: &[FourReduced; 2]) -> FourAddends {
    let [x, y] = affine;
    let product = x.times(y).times(&constant(limbs_of(&TWICE_D)));
    FourAddends {
        sum: y.wide().plus(&x.wide()).reduce(),
        difference: y.wide().minus(&x.wide()).reduce(),
        product,
    }
}

/// The entries of four lanes; those of the lanes that `negative` has ones in are negated.
#[inline]
#[target_feature(enable = "avx2")]
pub fn gather(entries: &[&FourEntry; 4], negative: &FourWords) -> FourAddends {
    let low = _mm256_set1_epi64x(i64::from(u32::MAX));
    // The words of the entries, one after the other, each of all lanes.
    let mut words = [_mm256_setzero_si256(); 32];
    for eight in 0..4 {
        let rows: [__m256i; 4] = from_fn(|lane| {
            let (eights, _) = entries[lane].0.as_flattened().as_chunks::<8>();
            load_pairs(&eights[eight])
        });
        let pairs = transpose(rows);
        for (two, pair) in pairs.into_iter().enumerate() {
            words[8 * eight + 2 * two] = _mm256_and_si256(pair, low);
            words[8 * eight + 2 * two + 1] = _mm256_srli_epi64::<32>(pair);
        }
    }
    let part = |at: usize| FourReduced(from_fn(|limb| words[LIMBS * at + limb]));
    let (sum, difference, product) = (part(0), part(1), part(2));
    let mask = load(negative);
    FourAddends {
        sum: sum.select(&difference, mask),
        difference: difference.select(&sum, mask),
        product: product.negate_where(mask),
    }
}
