//! In place of the lanes, for processors that cannot have them.
//!
//! Always holds: no value of [`Lanes`] exists, so nothing here runs. Not here: the verdicts
//! (`engine`).

use crate::rounds::HashState;
use curve25519_dalek::edwards::EdwardsPoint;
use curve25519_dalek::scalar::Scalar;

/// A proof that this processor has the lanes: there is none.
#[derive(Clone, Copy, Debug)]
pub enum Lanes {}

/// The multiples of a point for the lanes: there are none.
#[derive(Clone, Copy, Debug)]
pub enum LaneTable {}

/// A padded message of one block: there is none.
#[derive(Clone, Copy, Debug)]
pub enum Block {}

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

impl Lanes {
    /// The name of the processor's feature.
    pub const FEATURES: &'static str = "AVX-512 IFMA";

    /// The lanes: none.
    pub fn detect() -> Option<Lanes> {
        None
    }

    /// The multiples of a point.
    pub fn table(self, _: &EdwardsPoint) -> LaneTable {
        match self {}
    }

    /// The encodings of `[S]B − [k]A`.
    pub fn encodings(self, _: &LaneTable, _: &[Product<'_>]) -> Vec<[u8; 32]> {
        match self {}
    }

    /// SHA-512 of at most eight blocks.
    pub fn hashes(self, _: &[Block]) -> [[u8; 64]; 8] {
        match self {}
    }
}

impl Block {
    /// The block of a message in parts: none.
    pub fn of(_: &[&[u8]]) -> Option<Block> {
        None
    }
}

/// A proof that this processor has instructions for the rounds of SHA-256: there is none.
#[derive(Clone, Copy, Debug)]
pub enum HashUnit {}

impl HashUnit {
    /// The unit: none.
    pub fn detect() -> Option<HashUnit> {
        None
    }

    /// Takes blocks into states.
    pub fn compress<const N: usize>(self, _: &mut [&mut HashState; N], _: [&[[u8; 64]]; N]) {
        match self {}
    }
}
