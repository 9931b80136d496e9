//! In place of the lanes, for processors that cannot have them.
//!
//! Always holds: no value of [`EightLanes`], [`FourLanes`] or [`HashUnit`] exists, so nothing here
//! runs. Not here: the verdicts (`engine`).

use crate::lane_trait::{Challenge, Lanes, Product};
use crate::rounds::HashState;
use curve25519_dalek::edwards::EdwardsPoint;
use curve25519_dalek::scalar::Scalar;

/// A proof that this processor has eight lanes: there is none.
pub type EightLanes = NoLanes;

/// A proof that this processor has four lanes: there is none.
pub type FourLanes = NoLanes;

/// The multiples of a point for eight lanes: there are none.
pub type EightTable = NoLanes;

/// The multiples of a point for four lanes: there are none.
pub type FourTable = NoLanes;

/// What there is none of.
#[derive(Clone, Copy, Debug)]
pub enum NoLanes {}

impl NoLanes {
    /// The lanes: none.
    pub fn detect() -> Option<NoLanes> {
        None
    }
}

impl Lanes for NoLanes {
    const FEATURES: &'static str = "none";

    type Table = NoLanes;

    fn table(self, _: &EdwardsPoint) -> NoLanes {
        match self {}
    }

    fn encodings(self, _: &NoLanes, _: &[Product<'_, NoLanes>]) -> Vec<[u8; 32]> {
        match self {}
    }

    fn challenges(self, _: &[Challenge<'_>]) -> Vec<Scalar> {
        match self {}
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
