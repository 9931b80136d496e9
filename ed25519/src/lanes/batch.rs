//! `[S]B − [k]A` of many signatures, eight at a time, and their encodings.
//!
//! Always holds: each signature is by itself; what they share is one inversion. Not here: which
//! signatures may come here (`lanes`). Source: FORMAT.md section 2, "Verdict on a signature".

use crate::lanes::memory::{LaneWords, prefetch, store};
use crate::lanes::point::{Points, affine};
use crate::lanes::sha512::{Block, hash};
use crate::lanes::table::{IDENTITY, LaneTable, TableEntry, gather};
use crate::multiples::{WINDOWS, digits};
use core::arch::x86_64::{_mm512_slli_epi64, _mm512_xor_si512};
use core::array::from_fn;
use curve25519_dalek::scalar::Scalar;

/// The additions of a signature: one a window of S, one a window of k.
const ADDITIONS: usize = 2 * WINDOWS;
/// The additions by which a prefetch is ahead.
const AHEAD: usize = 4;

/// The numbers of a signature and the multiples of its key.
#[derive(Clone, Copy)]
pub struct Product<'a> {
    /// S, below ℓ.
    pub s: Scalar,
    /// k, below ℓ.
    pub k: Scalar,
    /// The multiples of −A.
    pub minus: &'a LaneTable,
}

/// The entries that eight lanes add up, with the lanes in which each is negated.
struct Plan<'a> {
    entries: [[&'a TableEntry; 8]; ADDITIONS],
    negative: [u8; ADDITIONS],
}

impl<'a> Plan<'a> {
    fn of(base: &'a LaneTable, products: &[Product<'a>]) -> Plan<'a> {
        let mut plan = Plan { entries: [[&IDENTITY; 8]; ADDITIONS], negative: [0; ADDITIONS] };
        for (lane, product) in products.iter().take(8).enumerate() {
            let factors = [(base, digits(&product.s)), (product.minus, digits(&product.k))];
            for (side, (table, digits)) in factors.into_iter().enumerate() {
                for (window, digit) in digits.into_iter().enumerate() {
                    let at = 2 * window + side;
                    plan.entries[at][lane] = table.entry(window, digit.unsigned_abs());
                    plan.negative[at] |= u8::from(digit < 0) << lane;
                }
            }
        }
        plan
    }
}

/// The encodings of `[S]B − [k]A`, in order.
#[target_feature(enable = "avx512f,avx512ifma")]
pub fn encodings(base: &LaneTable, products: &[Product<'_>]) -> Vec<[u8; 32]> {
    let sums: Vec<Points> = products.chunks(8).map(|eight| sum(&Plan::of(base, eight))).collect();
    let mut all = Vec::with_capacity(8 * sums.len());
    for [x, y] in affine(&sums) {
        let sign = _mm512_slli_epi64::<63>(x.canonical()[0]);
        let [a, b, c, d] = y.words();
        let words: [LaneWords; 4] = [a, b, c, _mm512_xor_si512(d, sign)].map(|word| store(word));
        for lane in 0..8 {
            let mut encoding = [0; 32];
            for (bytes, words) in encoding.chunks_exact_mut(8).zip(&words) {
                bytes.copy_from_slice(&words[lane].to_le_bytes());
            }
            all.push(encoding);
        }
    }
    all.truncate(products.len());
    all
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn sum(plan: &Plan<'_>) -> Points {
    let mut points = Points::identity();
    for at in 0..ADDITIONS {
        if let Some(entries) = plan.entries.get(at + AHEAD) {
            for entry in entries {
                prefetch(&entry.0);
            }
        }
        points.add(&gather(&plan.entries[at], plan.negative[at]));
    }
    points
}

/// SHA-512 of eight blocks, as the bytes of each hash.
#[target_feature(enable = "avx512f")]
pub fn hashes(blocks: &[Block; 8]) -> [[u8; 64]; 8] {
    let words = hash(blocks);
    from_fn(|lane| {
        let mut bytes = [0; 64];
        for (bytes, words) in bytes.chunks_exact_mut(8).zip(&words) {
            bytes.copy_from_slice(&words[lane].to_be_bytes());
        }
        bytes
    })
}
