//! Four points of the curve at once.
//!
//! Always holds: the addition is complete, so it has no exceptional points, and Z is never 0. Not
//! here: tables, scalars. Source: Hisil, Wong, Carter, Dawson, "Twisted Edwards Curves Revisited"
//! (2008), a = −1, the second point affine.

use crate::lanes::four::field::{FourReduced, FourWide, LIMBS, Limbs29, constant};

/// The number 1.
const ONE: Limbs29 = [1, 0, 0, 0, 0, 0, 0, 0, 0];

/// Four points in extended coordinates: x = X/Z, y = Y/Z, T = XY/Z.
#[derive(Clone, Copy)]
pub struct FourPoints {
    /// Y + X.
    pub sum: FourReduced,
    /// Y − X.
    pub difference: FourReduced,
    /// Z, below 2^61.3 a limb.
    pub z: FourWide,
    /// T.
    pub t: FourReduced,
}

/// Four affine points, prepared to be added.
#[derive(Clone, Copy)]
pub struct FourAddends {
    /// y + x.
    pub sum: FourReduced,
    /// y − x.
    pub difference: FourReduced,
    /// 2dxy.
    pub product: FourReduced,
}

impl FourPoints {
    /// Four times the identity.
    #[inline]
    #[target_feature(enable = "avx2")]
    pub fn identity() -> FourPoints {
        let one = constant(ONE);
        FourPoints { sum: one, difference: one, z: one.wide(), t: constant([0; LIMBS]) }
    }

    /// Adds to each point, lane by lane.
    #[inline]
    #[target_feature(enable = "avx2")]
    pub fn add(&mut self, other: &FourAddends) {
        let a = self.difference.mul(&other.difference);
        let b = self.sum.mul(&other.sum);
        let c = self.t.mul(&other.product);
        let d = self.z.plus(&self.z);
        let e = b.minus(&a).reduce();
        let h = b.plus(&a).reduce();
        let f = d.minus(&c).reduce();
        let g = d.plus(&c).reduce();
        let (x, y) = (e.mul(&f), g.mul(&h));
        self.sum = y.plus(&x).reduce();
        self.difference = y.minus(&x).reduce();
        self.z = f.mul(&g);
        self.t = e.mul(&h).reduce();
    }

    /// 2X, 2Y and 2Z.
    #[inline]
    #[target_feature(enable = "avx2")]
    pub fn doubled(&self) -> [FourReduced; 3] {
        let (sum, difference) = (self.sum.wide(), self.difference.wide());
        [
            sum.minus(&difference).reduce(),
            sum.plus(&difference).reduce(),
            self.z.plus(&self.z).reduce(),
        ]
    }
}

/// The affine coordinates of many points, x then y, with one inversion for all.
#[target_feature(enable = "avx2")]
pub fn affine(points: &[FourPoints]) -> Vec<[FourReduced; 2]> {
    let one = constant(ONE);
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
