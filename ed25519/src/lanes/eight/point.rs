//! Eight points of the curve at once.
//!
//! Always holds: the addition is complete, so it has no exceptional points, and Z is never 0. Not
//! here: tables, scalars. Source: Hisil, Wong, Carter, Dawson, "Twisted Edwards Curves Revisited"
//! (2008), a = −1, the second point affine.

use crate::lanes::eight::field::{EightReduced, EightWide, LIMBS, constant, product};
use core::arch::x86_64::{
    _mm512_add_epi64, _mm512_madd52hi_epu64, _mm512_madd52lo_epu64, _mm512_rol_epi64,
    _mm512_setzero_si512,
};

/// Eight points in extended coordinates: x = X/Z, y = Y/Z, T = XY/Z.
#[derive(Clone, Copy)]
pub struct EightPoints {
    /// Y + X.
    pub sum: EightReduced,
    /// Y − X.
    pub difference: EightReduced,
    /// Z, below 2^60 a limb.
    pub z: EightWide,
    /// T.
    pub t: EightReduced,
}

/// Eight affine points, prepared to be added.
#[derive(Clone, Copy)]
pub struct EightAddends {
    /// y + x.
    pub sum: EightReduced,
    /// y − x.
    pub difference: EightReduced,
    /// 2dxy.
    pub product: EightReduced,
}

impl EightPoints {
    /// Eight times the identity.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub fn identity() -> EightPoints {
        let one = constant([1, 0, 0, 0, 0]);
        EightPoints { sum: one, difference: one, z: one.wide(), t: constant([0; 5]) }
    }

    /// Adds to each point, lane by lane.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn add(&mut self, other: &EightAddends) {
        let a = product!(self.difference, other.difference);
        let b = product!(self.sum, other.sum);
        let c = product!(self.t, other.product);
        let d = self.z.plus(&self.z);
        let e = b.minus(&a).reduce();
        let h = b.plus(&a).reduce();
        let f = d.minus(&c).reduce();
        let g = d.plus(&c).reduce();
        let (x, y) = (product!(e, f), product!(g, h));
        self.sum = y.plus(&x).reduce();
        self.difference = y.minus(&x).reduce();
        self.z = product!(f, g);
        self.t = product!(e, h).reduce();
    }

    /// 2X, 2Y and 2Z.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn doubled(&self) -> [EightReduced; 3] {
        let (sum, difference) = (self.sum.wide(), self.difference.wide());
        [
            sum.minus(&difference).reduce(),
            sum.plus(&difference).reduce(),
            self.z.plus(&self.z).reduce(),
        ]
    }
}

/// The affine coordinates of many points, x then y, with one inversion for all.
#[target_feature(enable = "avx512f,avx512ifma")]
pub fn affine(points: &[EightPoints]) -> Vec<[EightReduced; 2]> {
    let one = constant([1, 0, 0, 0, 0]);
    // The product of all Z before each point.
    let mut before = Vec::with_capacity(points.len());
    let mut product = one;
    for point in points {
        before.push(product);
        let [_, _, z] = point.doubled();
        product = product.times(&z);
    }
    let mut inverse = product.invert();
    let mut all = Vec::with_capacity(points.len());
    for (point, before) in points.iter().zip(&before).rev() {
        let [x, y, z] = point.doubled();
        let own = inverse.times(before);
        inverse = inverse.times(&z);
        all.push([x.times(&own), y.times(&own)]);
    }
    all.reverse();
    all
}
