//! `[S]B − [k]A` of many signatures, four at a time, and their encodings.
//!
//! Always holds: each signature is by itself; what they share is one inversion. Not here: which
//! signatures may come here (`engine`). Source: FORMAT.md section 2, "Verdict on a signature".

use crate::lane_trait::Product;
use crate::lanes::four::memory::{FourWords, store};
use crate::lanes::four::point::{FourPoints, affine};
use crate::lanes::four::table::{FourEntry, FourTable, IDENTITY, gather};
use crate::lanes::memory::prefetch;
use crate::multiples::{WINDOWS, digits};

/// The additions of a signature: one a window of S, one a window of k.
const ADDITIONS: usize = 2 * WINDOWS;
/// The additions by which a prefetch is ahead.
const AHEAD: usize = 4;

/// The entries that four lanes add up, and ones in the lanes in which each is negated.
struct Plan<'a> {
    entries: [[&'a FourEntry; 4]; ADDITIONS],
    negative: [FourWords; ADDITIONS],
}

impl<'a> Plan<'a> {
    fn of(base: &'a FourTable, products: &[Product<'a, FourTable>]) -> Plan<'a> {
        let mut plan = Plan { entries: [[&IDENTITY; 4]; ADDITIONS], negative: [[0; 4]; ADDITIONS] };
        for (lane, product) in products.iter().take(4).enumerate() {
            let factors = [(base, digits(&product.s)), (product.minus, digits(&product.k))];
            for (side, (table, digits)) in factors.into_iter().enumerate() {
                for (window, digit) in digits.into_iter().enumerate() {
                    let at = 2 * window + side;
                    plan.entries[at][lane] = table.entry(window, digit.unsigned_abs());
                    plan.negative[at][lane] = if digit < 0 { u64::MAX } else { 0 };
                }
            }
        }
        plan
    }
}

/// The encodings of `[S]B − [k]A`, in order.
#[target_feature(enable = "avx2")]
pub fn encodings(base: &FourTable, products: &[Product<'_, FourTable>]) -> Vec<[u8; 32]> {
    let sums: Vec<FourPoints> = products.chunks(4).map(|four| sum(&Plan::of(base, four))).collect();
    let mut all = Vec::with_capacity(4 * sums.len());
    for [x, y] in affine(&sums) {
        let signs = store(x.canonical()[0]);
        let words: [FourWords; 4] = y.words().map(|word| store(word));
        for (lane, sign) in signs.into_iter().enumerate() {
            let mut encoding = [0; 32];
            for (bytes, words) in encoding.chunks_exact_mut(8).zip(&words) {
                bytes.copy_from_slice(&words[lane].to_le_bytes());
            }
            encoding[31] |= u8::from(sign & 1 == 1) << 7;
            all.push(encoding);
        }
    }
    all.truncate(products.len());
    all
}

#[target_feature(enable = "avx2")]
fn sum(plan: &Plan<'_>) -> FourPoints {
    let mut points = FourPoints::identity();
    for at in 0..ADDITIONS {
        if let Some(entries) = plan.entries.get(at + AHEAD) {
            entries.iter().for_each(|entry| prefetch(&entry.0));
        }
        points.add(&gather(&plan.entries[at], &plan.negative[at]));
    }
    points
}
