//! `[S]B − [k]A` of many signatures, eight at a time, and their encodings.
//!
//! Always holds: each signature is by itself; what they share is one inversion. Not here: which
//! signatures may come here (`engine`). Source: FORMAT.md section 2, "Verdict on a signature".

use crate::lane_trait::{Challenge, Product};
use crate::lanes::eight::memory::{EightWords, store};
use crate::lanes::eight::point::{EightPoints, affine};
use crate::lanes::eight::sha512::{Block, hash};
use crate::lanes::eight::table::{EightEntry, EightTable, IDENTITY, gather};
use crate::lanes::memory::prefetch;
use crate::multiples::{WINDOWS, digits};
use core::arch::x86_64::{_mm512_slli_epi64, _mm512_xor_si512};
use core::array::from_fn;
use curve25519_dalek::scalar::Scalar;

/// The additions of a signature: one a window of S, one a window of k.
const ADDITIONS: usize = 2 * WINDOWS;
/// The additions by which a prefetch is ahead.
const AHEAD: usize = 4;

/// The entries that eight lanes add up, with the lanes in which each is negated.
struct Plan<'a> {
    entries: [[&'a EightEntry; 8]; ADDITIONS],
    negative: [u8; ADDITIONS],
}

impl<'a> Plan<'a> {
    fn of(base: &'a EightTable, products: &[Product<'a, EightTable>]) -> Plan<'a> {
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
pub fn encodings(base: &EightTable, products: &[Product<'_, EightTable>]) -> Vec<[u8; 32]> {
    let sums: Vec<EightPoints> =
        products.chunks(8).map(|eight| sum(&Plan::of(base, eight))).collect();
    let mut all = Vec::with_capacity(8 * sums.len());
    for [x, y] in affine(&sums) {
        let sign = _mm512_slli_epi64::<63>(x.canonical()[0]);
        let [a, b, c, d] = y.words();
        let words: [EightWords; 4] = [a, b, c, _mm512_xor_si512(d, sign)].map(|word| store(word));
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
fn sum(plan: &Plan<'_>) -> EightPoints {
    let mut points = EightPoints::identity();
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

/// The challenges, in order: eight at a time those of messages that are short enough.
#[target_feature(enable = "avx512f")]
pub fn challenges(all: &[Challenge<'_>]) -> Vec<Scalar> {
    let mut found = vec![Scalar::ZERO; all.len()];
    // The blocks of challenges, and the places in `found` where they belong.
    let (mut blocks, mut places) = (Vec::with_capacity(all.len()), Vec::new());
    for (place, challenge) in all.iter().enumerate() {
        match Block::of(&[challenge.r, challenge.key.bytes(), challenge.message]) {
            Some(block) => {
                blocks.push(block);
                places.push(place);
            }
            None => found[place] = challenge.scalar(),
        }
    }
    for (places, blocks) in places.chunks(8).zip(blocks.chunks(8)) {
        let words = hash(&from_fn(|lane| blocks.get(lane).copied().unwrap_or(Block::EMPTY)));
        for (lane, place) in places.iter().enumerate() {
            let mut bytes = [0; 64];
            for (bytes, words) in bytes.chunks_exact_mut(8).zip(&words) {
                bytes.copy_from_slice(&words[lane].to_be_bytes());
            }
            found[*place] = Scalar::from_bytes_mod_order_wide(&bytes);
        }
    }
    found
}
