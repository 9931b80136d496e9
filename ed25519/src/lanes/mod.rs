//! Eight signatures at once, in the lanes of AVX-512 IFMA; two messages at once, in its unit for
//! SHA-256.
//!
//! ```text
//! memory < field < point < table < batch        sha512
//!        < sha256
//! ```
//!
//! Always holds: a [`Lanes`] or a [`HashUnit`] exists only where the processor has the features.
//! This is the reason why the calls into the functions that need them are sound. Not here: the
//! comparison with dalek (`engine`). Source: FORMAT.md section 2, "Verdict on a signature".

mod batch;
mod field;
mod memory;
mod point;
mod sha256;
mod sha512;
mod table;

pub use batch::Product;
pub use sha512::Block;
pub use table::LaneTable;

use crate::rounds::HashState;
use core::array::from_fn;
use curve25519_dalek::edwards::EdwardsPoint;

/// A proof that this processor has the lanes.
#[derive(Clone, Copy, Debug)]
pub struct Lanes(());

impl Lanes {
    /// The name of the processor's feature.
    pub const FEATURES: &'static str = "AVX-512 IFMA";

    /// The lanes, where the processor and the operating system have them.
    pub fn detect() -> Option<Lanes> {
        let found = is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512ifma");
        found.then_some(Lanes(()))
    }

    /// The multiples of a point.
    pub fn table(self, point: &EdwardsPoint) -> LaneTable {
        // SAFETY: `self` proves that the processor has the features.
        unsafe { LaneTable::of(point) }
    }

    /// The encodings of `[S]B − [k]A`, in order; `base` has the multiples of B.
    pub fn encodings(self, base: &LaneTable, products: &[Product<'_>]) -> Vec<[u8; 32]> {
        // SAFETY: `self` proves that the processor has the features.
        unsafe { batch::encodings(base, products) }
    }

    /// SHA-512 of at most eight blocks, in order; the hashes after them mean nothing.
    pub fn hashes(self, blocks: &[Block]) -> [[u8; 64]; 8] {
        let blocks = from_fn(|lane| blocks.get(lane).copied().unwrap_or(Block::EMPTY));
        // SAFETY: `self` proves that the processor has the features.
        unsafe { batch::hashes(&blocks) }
    }
}

/// A proof that this processor has instructions for the rounds of SHA-256.
#[derive(Clone, Copy, Debug)]
pub struct HashUnit(());

impl HashUnit {
    /// The unit, where the processor has it.
    pub fn detect() -> Option<HashUnit> {
        let found = is_x86_feature_detected!("sha")
            && is_x86_feature_detected!("sse4.1")
            && is_x86_feature_detected!("ssse3");
        found.then_some(HashUnit(()))
    }

    /// Takes one block after the other into each state, as many as the shortest list has.
    pub fn compress<const N: usize>(
        self,
        states: &mut [&mut HashState; N],
        blocks: [&[[u8; 64]]; N],
    ) {
        // SAFETY: `self` proves that the processor has the features.
        unsafe { sha256::compress(states, blocks) }
    }
}
