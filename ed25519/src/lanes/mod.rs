//! Several signatures at once, in the lanes of the processor's vectors; two messages at once, in
//! its unit for SHA-256.
//!
//! ```text
//! memory < windows < four     AVX2: four signatures
//!                  < eight    AVX-512 IFMA: eight, and SHA-512 of eight messages
//!        < sha256             SHA extensions
//! ```
//!
//! Always holds: a [`FourLanes`], an [`EightLanes`] or a [`HashUnit`] exists only where the
//! processor has the features. This is the reason why the calls into the functions that need them
//! are sound. Not here: the comparison with dalek (`engine`). Source: FORMAT.md section 2, "Verdict
//! on a signature".

mod eight;
mod four;
mod memory;
mod sha256;
mod windows;

pub use eight::EightTable;
pub use four::FourTable;

use crate::lane_trait::{Challenge, Lanes, Product};
use crate::rounds::HashState;
use curve25519_dalek::edwards::EdwardsPoint;
use curve25519_dalek::scalar::Scalar;

/// A proof that this processor has AVX-512 IFMA.
#[derive(Clone, Copy, Debug)]
pub struct EightLanes(());

/// A proof that this processor has AVX2.
#[derive(Clone, Copy, Debug)]
pub struct FourLanes(());

impl EightLanes {
    /// The lanes, where the processor and the operating system have them.
    pub fn detect() -> Option<EightLanes> {
        let found = is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512ifma");
        found.then_some(EightLanes(()))
    }
}

impl FourLanes {
    /// The lanes, where the processor and the operating system have them.
    pub fn detect() -> Option<FourLanes> {
        is_x86_feature_detected!("avx2").then_some(FourLanes(()))
    }
}

impl Lanes for EightLanes {
    const FEATURES: &'static str = "AVX-512 IFMA";

    type Table = EightTable;

    fn table(self, point: &EdwardsPoint) -> EightTable {
        // SAFETY: `self` proves that the processor has the features.
        unsafe { EightTable::of(point) }
    }

    fn encodings(self, base: &EightTable, products: &[Product<'_, EightTable>]) -> Vec<[u8; 32]> {
        // SAFETY: `self` proves that the processor has the features.
        unsafe { eight::encodings(base, products) }
    }

    fn challenges(self, all: &[Challenge<'_>]) -> Vec<Scalar> {
        // SAFETY: `self` proves that the processor has the features.
        unsafe { eight::challenges(all) }
    }
}

impl Lanes for FourLanes {
    const FEATURES: &'static str = "AVX2";

    type Table = FourTable;

    fn table(self, point: &EdwardsPoint) -> FourTable {
        // SAFETY: `self` proves that the processor has the features.
        unsafe { FourTable::of(point) }
    }

    fn encodings(self, base: &FourTable, products: &[Product<'_, FourTable>]) -> Vec<[u8; 32]> {
        // SAFETY: `self` proves that the processor has the features.
        unsafe { four::encodings(base, products) }
    }

    fn challenges(self, all: &[Challenge<'_>]) -> Vec<Scalar> {
        all.iter().map(Challenge::scalar).collect()
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
