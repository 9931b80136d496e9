//! Eight elements of the field modulo p = 2^255 − 19 at once, in five limbs of 51 bits.
//!
//! ```text
//! value of a lane = l0 + l1·2^51 + l2·2^102 + l3·2^153 + l4·2^204
//! EightReduced: each limb < 2^51 + 2^16 (after a negation: < 2^52)
//! EightWide:    each limb < 2^62
//! ```
//!
//! A product of two limbs is split by the processor at bit 52; the upper part weighs 2^52, which is
//! twice the next limb. A product is left wide: sums of products are reduced once. Arrays are made
//! by `from_fn`: the closure of `array::map` is called by code without the processor's features.
//!
//! Always holds: the bounds above, stated at each function; nothing overflows 64 bits. Not constant
//! in time for its callers, who use it on public data. Source: `VPMADD52LUQ` and `VPMADD52HUQ`
//! (Intel SDM); the inversion's chain is the usual one for 2^255 − 21.

use crate::lanes::eight::memory::{EightWords, load, store};
use core::arch::x86_64::{
    __m512i, _mm512_add_epi64, _mm512_and_si512, _mm512_madd52hi_epu64, _mm512_madd52lo_epu64,
    _mm512_mask_blend_epi64, _mm512_mask_sub_epi64, _mm512_or_si512, _mm512_rol_epi64,
    _mm512_set1_epi64, _mm512_setzero_si512, _mm512_slli_epi64, _mm512_srli_epi64,
    _mm512_sub_epi64,
};
use core::array::from_fn;

/// The number of limbs.
pub(super) const LIMBS: usize = 5;
const MASK: u64 = (1 << 51) - 1;
/// p in limbs.
const P: [u64; LIMBS] = [MASK - 18, MASK, MASK, MASK, MASK];

/// Eight elements that may be multiplied.
#[derive(Clone, Copy)]
pub struct EightReduced(pub [__m512i; LIMBS]);

/// Eight elements that may be added, subtracted and reduced.
#[derive(Clone, Copy)]
pub struct EightWide(pub [__m512i; LIMBS]);

/// An element in limbs below 2^51: of one lane, outside vectors.
pub type Limbs51 = [u64; LIMBS];

/// The product of two reduced elements. Limbs of the factors are below 2^52, of one of them below
/// 2^51 + 2^16. Of the product each is below 2^60. A macro, because a function of this size becomes
/// a call, which sends all vectors through memory.
macro_rules! product {
    ($left:expr, $right:expr) => {{
        let (left, right) = (&$left.0, &$right.0);
        let zero = _mm512_setzero_si512();
        // The five limbs from 2^255 on first, low parts and upper parts.
        let (mut low, mut high) = ([zero; LIMBS], [zero; LIMBS]);
        for i in 0..LIMBS {
            for j in 0..LIMBS {
                if i + j >= LIMBS {
                    let k = i + j - LIMBS;
                    low[k] = _mm512_madd52lo_epu64(low[k], left[i], right[j]);
                }
                if i + j + 1 >= LIMBS {
                    let k = i + j + 1 - LIMBS;
                    high[k] = _mm512_madd52hi_epu64(high[k], left[i], right[j]);
                }
            }
        }
        // At most five terms below 2^52 and five doubled ones below 2^51 + 2^51: x is below 2^56.
        // 2^255 is 19, and 19x = x + 2 · 9x. So x goes to the low parts of the other limbs, 9x to
        // their upper parts, which count twice. 8x is a rotation, which no compiler takes for a
        // factor of a long multiplication.
        for k in 0..LIMBS {
            let x = _mm512_add_epi64(low[k], _mm512_add_epi64(high[k], high[k]));
            low[k] = x;
            high[k] = _mm512_add_epi64(x, _mm512_rol_epi64::<3>(x));
        }
        for i in 0..LIMBS {
            for j in 0..LIMBS {
                if i + j < LIMBS {
                    let k = i + j;
                    low[k] = _mm512_madd52lo_epu64(low[k], left[i], right[j]);
                }
                if i + j + 1 < LIMBS {
                    let k = i + j + 1;
                    high[k] = _mm512_madd52hi_epu64(high[k], left[i], right[j]);
                }
            }
        }
        let mut all = [zero; LIMBS];
        for k in 0..LIMBS {
            all[k] = _mm512_add_epi64(low[k], _mm512_add_epi64(high[k], high[k]));
        }
        EightWide(all)
    }};
}
pub(super) use product;

/// The same element in every lane.
#[inline]
#[target_feature(enable = "avx512f")]
pub fn constant(limbs: Limbs51) -> EightReduced {
    EightReduced(from_fn(|k| _mm512_set1_epi64(limbs[k].cast_signed())))
}

impl EightReduced {
    /// The product, as [`product`] computes it.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn mul(&self, other: &EightReduced) -> EightWide {
        product!(self, other)
    }

    /// The product, reduced.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn times(&self, other: &EightReduced) -> EightReduced {
        self.mul(other).reduce()
    }

    /// As a wide element.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub fn wide(&self) -> EightWide {
        EightWide(self.0)
    }

    /// The lanes of a mask negated: 2p − x. The element's limbs are below 2^51; the result's are
    /// below 2^52.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub fn negate_where(&self, mask: u8) -> EightReduced {
        EightReduced(from_fn(|k| {
            let twice = _mm512_set1_epi64((2 * P[k]).cast_signed());
            _mm512_mask_sub_epi64(self.0[k], mask, twice, self.0[k])
        }))
    }

    /// `self` where the mask is 0, `other` where it is 1.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub fn select(&self, other: &EightReduced, mask: u8) -> EightReduced {
        EightReduced(from_fn(|k| _mm512_mask_blend_epi64(mask, self.0[k], other.0[k])))
    }

    /// x^(p − 2): the inverse; 0 for 0.
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn invert(&self) -> EightReduced {
        let squared = |x: &EightReduced, times: usize| {
            let mut x = *x;
            for _ in 0..times {
                x = x.times(&x);
            }
            x
        };
        let two = squared(self, 1);
        let nine = squared(&two, 2).times(self);
        let eleven = nine.times(&two);
        // one_n is x^(2^n − 1).
        let one_5 = squared(&eleven, 1).times(&nine);
        let one_10 = squared(&one_5, 5).times(&one_5);
        let one_20 = squared(&one_10, 10).times(&one_10);
        let one_40 = squared(&one_20, 20).times(&one_20);
        let one_50 = squared(&one_40, 10).times(&one_10);
        let one_100 = squared(&one_50, 50).times(&one_50);
        let one_200 = squared(&one_100, 100).times(&one_100);
        let one_250 = squared(&one_200, 50).times(&one_50);
        squared(&one_250, 5).times(&eleven)
    }

    /// The limbs of the canonical elements, each below 2^51 and the element below p.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn canonical(&self) -> [__m512i; LIMBS] {
        let mask = _mm512_set1_epi64(MASK.cast_signed());
        let nineteen = _mm512_set1_epi64(19);
        // The element is below 2p. It is at least p if and only if the carry out of x + 19 is 1.
        let mut carry = nineteen;
        for limb in self.0 {
            carry = _mm512_srli_epi64::<51>(_mm512_add_epi64(limb, carry));
        }
        let mut carry = _mm512_madd52lo_epu64(_mm512_setzero_si512(), carry, nineteen);
        self.0.map(|limb| {
            let sum = _mm512_add_epi64(limb, carry);
            carry = _mm512_srli_epi64::<51>(sum);
            _mm512_and_si512(sum, mask)
        })
    }

    /// The four little-endian words of each canonical element, without a sign bit.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn words(&self) -> [__m512i; 4] {
        let [a, b, c, d, e] = self.canonical();
        [
            _mm512_or_si512(a, _mm512_slli_epi64::<51>(b)),
            _mm512_or_si512(_mm512_srli_epi64::<13>(b), _mm512_slli_epi64::<38>(c)),
            _mm512_or_si512(_mm512_srli_epi64::<26>(c), _mm512_slli_epi64::<25>(d)),
            _mm512_or_si512(_mm512_srli_epi64::<39>(d), _mm512_slli_epi64::<12>(e)),
        ]
    }

    /// Eight elements from the limbs of each.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub fn from_limbs(lanes: &[Limbs51; 8]) -> EightReduced {
        EightReduced(from_fn(|limb| {
            let words: EightWords = from_fn(|lane| lanes[lane][limb]);
            load(&words)
        }))
    }

    /// The canonical limbs of each lane.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn limbs(&self) -> [Limbs51; 8] {
        let limbs = self.canonical().map(|limb| store(limb));
        from_fn(|lane| from_fn(|limb| limbs[limb][lane]))
    }
}

impl EightWide {
    /// The sum. Its limbs must stay below 2^62.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub fn plus(&self, other: &EightWide) -> EightWide {
        EightWide(from_fn(|k| _mm512_add_epi64(self.0[k], other.0[k])))
    }

    /// The difference, plus 1,024 p. Limbs of `self` are below 2^61, of `other` below 2^60.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub fn minus(&self, other: &EightWide) -> EightWide {
        EightWide(from_fn(|k| {
            let bias = _mm512_set1_epi64((1024 * P[k]).cast_signed());
            _mm512_sub_epi64(_mm512_add_epi64(self.0[k], bias), other.0[k])
        }))
    }

    /// Carries each limb into the next: from below 2^62 to below 2^51 + 2^16.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn reduce(&self) -> EightReduced {
        let mask = _mm512_set1_epi64(MASK.cast_signed());
        let carry: [__m512i; LIMBS] = from_fn(|k| _mm512_srli_epi64::<51>(self.0[k]));
        let kept: [__m512i; LIMBS] = from_fn(|k| _mm512_and_si512(self.0[k], mask));
        let first = _mm512_madd52lo_epu64(kept[0], carry[LIMBS - 1], _mm512_set1_epi64(19));
        EightReduced(from_fn(|k| match k {
            0 => first,
            k => _mm512_add_epi64(kept[k], carry[k - 1]),
        }))
    }
}

/// The limbs of the 255 low bits of 32 little-endian bytes.
pub fn limbs_of(bytes: &[u8; 32]) -> Limbs51 {
    let word = |at: usize| from_fn::<u8, 8, _>(|byte| bytes[8 * at + byte]);
    let [a, b, c, d] = from_fn(|at| u64::from_le_bytes(word(at)));
    [
        a & MASK,
        (a >> 51 | b << 13) & MASK,
        (b >> 38 | c << 26) & MASK,
        (c >> 25 | d << 39) & MASK,
        d >> 12 & MASK,
    ]
}
