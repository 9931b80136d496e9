//! Four elements of the field modulo p = 2^255 − 19 at once, in nine limbs of 29 bits.
//!
//! ```text
//! value of a lane = l0 + l1·2^29 + l2·2^58 + … + l8·2^232
//! FourReduced: each limb < 2^29 + 2^17 (after a negation: < 2^30)
//! FourWide:    each limb < 2^63.9
//! ```
//!
//! A product of two limbs has at most 60 bits and is not split. Nine limbs have 261 bits, and 2^261
//! is 1,216 modulo p. A product is left wide: sums of products are reduced once.
//!
//! Always holds: the bounds above, stated at each function; nothing overflows 64 bits, and a factor
//! of a product has at most 32. Not constant in time for its callers, who use it on public data.
//! Source: `VPMULUDQ` (Intel SDM); the inversion's chain is the usual one for 2^255 − 21.

use crate::lanes::four::memory::{FourWords, load, store};
use core::arch::x86_64::{
    __m256i, _mm256_add_epi64, _mm256_and_si256, _mm256_blendv_epi8, _mm256_mul_epu32,
    _mm256_or_si256, _mm256_set1_epi64x, _mm256_setzero_si256, _mm256_slli_epi64,
    _mm256_srli_epi64, _mm256_sub_epi64,
};
use core::array::from_fn;

/// The number of limbs.
pub(super) const LIMBS: usize = 9;
const MASK: u64 = (1 << 29) - 1;
/// The bits of the last limb that are below 2^255.
const LAST: u64 = (1 << 23) - 1;
/// 2^261 modulo p.
const FOLD: u64 = 19 << 6;
/// 64p in limbs.
const P64: [u64; LIMBS] = [MASK - (FOLD - 1), MASK, MASK, MASK, MASK, MASK, MASK, MASK, MASK];

/// Four elements that may be multiplied.
#[derive(Clone, Copy)]
pub struct FourReduced(pub [__m256i; LIMBS]);

/// Four elements that may be added, subtracted and reduced.
#[derive(Clone, Copy)]
pub struct FourWide(pub [__m256i; LIMBS]);

/// An element in limbs below 2^29, the last below 2^23: of one lane, outside vectors.
pub type Limbs29 = [u32; LIMBS];

/// Carries the bits from 2^29 on of a limb to the next one.
#[inline]
#[target_feature(enable = "avx2")]
fn carry(limbs: &mut [__m256i], from: usize) {
    let bits = _mm256_srli_epi64::<29>(limbs[from]);
    limbs[from] = _mm256_and_si256(limbs[from], _mm256_set1_epi64x(MASK.cast_signed()));
    limbs[from + 1] = _mm256_add_epi64(limbs[from + 1], bits);
}

/// The same element in every lane.
#[inline]
#[target_feature(enable = "avx2")]
pub fn constant(limbs: Limbs29) -> FourReduced {
    FourReduced(from_fn(|k| _mm256_set1_epi64x(i64::from(limbs[k]))))
}

impl FourReduced {
    /// The product. The limbs of one factor may be below 2^30. Of the product each is below 2^62.3,
    /// and below 2^61.3 where both factors are reduced.
    #[inline]
    #[target_feature(enable = "avx2")]
    pub fn mul(&self, other: &FourReduced) -> FourWide {
        let (left, right) = (&self.0, &other.0);
        let product = |i: usize, j: usize| _mm256_mul_epu32(left[i], right[j]);
        // The sum of products whose limbs have these numbers. Written out, because a loop over the
        // limbs leaves each sum in memory. A sum has at most nine terms below 2^30 · (2^29 + 2^17):
        // it is below 2^62.2.
        macro_rules! sum {
            ($i:literal $j:literal $(, $k:literal $l:literal)*) => {{
                let sum = product($i, $j);
                $(let sum = _mm256_add_epi64(sum, product($k, $l));)*
                sum
            }};
        }
        let mask = _mm256_set1_epi64x(MASK.cast_signed());
        let mut bits = _mm256_setzero_si256();
        // A limb from 2^261 on, of which the bits from 2^29 on are carried to the next one.
        let mut carried = |sum: __m256i| {
            let sum = _mm256_add_epi64(sum, bits);
            bits = _mm256_srli_epi64::<29>(sum);
            _mm256_and_si256(sum, mask)
        };
        let upper = [
            carried(sum!(1 8, 2 7, 3 6, 4 5, 5 4, 6 3, 7 2, 8 1)),
            carried(sum!(2 8, 3 7, 4 6, 5 5, 6 4, 7 3, 8 2)),
            carried(sum!(3 8, 4 7, 5 6, 6 5, 7 4, 8 3)),
            carried(sum!(4 8, 5 7, 6 6, 7 5, 8 4)),
            carried(sum!(5 8, 6 7, 7 6, 8 5)),
            carried(sum!(6 8, 7 7, 8 6)),
            carried(sum!(7 8, 8 7)),
            carried(sum!(8 8)),
            // The last one is below 2^31.
            bits,
        ];
        let fold = _mm256_set1_epi64x(FOLD.cast_signed());
        let folded =
            |k: usize, sum: __m256i| _mm256_add_epi64(sum, _mm256_mul_epu32(upper[k], fold));
        FourWide([
            folded(0, sum!(0 0)),
            folded(1, sum!(0 1, 1 0)),
            folded(2, sum!(0 2, 1 1, 2 0)),
            folded(3, sum!(0 3, 1 2, 2 1, 3 0)),
            folded(4, sum!(0 4, 1 3, 2 2, 3 1, 4 0)),
            folded(5, sum!(0 5, 1 4, 2 3, 3 2, 4 1, 5 0)),
            folded(6, sum!(0 6, 1 5, 2 4, 3 3, 4 2, 5 1, 6 0)),
            folded(7, sum!(0 7, 1 6, 2 5, 3 4, 4 3, 5 2, 6 1, 7 0)),
            folded(8, sum!(0 8, 1 7, 2 6, 3 5, 4 4, 5 3, 6 2, 7 1, 8 0)),
        ])
    }

    /// The product, reduced.
    #[target_feature(enable = "avx2")]
    pub fn times(&self, other: &FourReduced) -> FourReduced {
        self.mul(other).reduce()
    }

    /// As a wide element.
    #[inline]
    #[target_feature(enable = "avx2")]
    pub fn wide(&self) -> FourWide {
        FourWide(self.0)
    }

    /// The lanes of a mask negated: 128p − x. The element's limbs are below 2^29; the result's are
    /// below 2^30.
    #[inline]
    #[target_feature(enable = "avx2")]
    pub fn negate_where(&self, mask: __m256i) -> FourReduced {
        let negated = FourReduced(from_fn(|k| {
            _mm256_sub_epi64(_mm256_set1_epi64x((2 * P64[k]).cast_signed()), self.0[k])
        }));
        self.select(&negated, mask)
    }

    /// `self` in the lanes where the mask has zeros, `other` where it has ones.
    #[inline]
    #[target_feature(enable = "avx2")]
    pub fn select(&self, other: &FourReduced, mask: __m256i) -> FourReduced {
        FourReduced(from_fn(|k| _mm256_blendv_epi8(self.0[k], other.0[k], mask)))
    }

    /// x^(p − 2): the inverse; 0 for 0.
    #[target_feature(enable = "avx2")]
    pub fn invert(&self) -> FourReduced {
        let squared = |x: &FourReduced, times: usize| {
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

    /// The limbs of the canonical elements, each below 2^29 and the element below p.
    #[target_feature(enable = "avx2")]
    pub fn canonical(&self) -> [__m256i; LIMBS] {
        let nineteen = |bits| _mm256_mul_epu32(bits, _mm256_set1_epi64x(19));
        let mut limbs = self.0;
        // The first pass takes at most 7 bits from above 2^255, the second at most one; then the
        // element is below 2^255, and so below 2p.
        for _ in 0..2 {
            for at in 0..LIMBS - 1 {
                carry(&mut limbs, at);
            }
            let last = limbs[LIMBS - 1];
            let above = nineteen(_mm256_srli_epi64::<23>(last));
            limbs[LIMBS - 1] = _mm256_and_si256(last, _mm256_set1_epi64x(LAST.cast_signed()));
            limbs[0] = _mm256_add_epi64(limbs[0], above);
        }
        // It is at least p if and only if the sum with 19 is at least 2^255.
        let mut sum = limbs;
        sum[0] = _mm256_add_epi64(sum[0], _mm256_set1_epi64x(19));
        for at in 0..LIMBS - 1 {
            carry(&mut sum, at);
        }
        let at_least_p = nineteen(_mm256_srli_epi64::<23>(sum[LIMBS - 1]));
        limbs[0] = _mm256_add_epi64(limbs[0], at_least_p);
        for at in 0..LIMBS - 1 {
            carry(&mut limbs, at);
        }
        let last = limbs[LIMBS - 1];
        limbs[LIMBS - 1] = _mm256_and_si256(last, _mm256_set1_epi64x(LAST.cast_signed()));
        limbs
    }

    /// The four little-endian words of each canonical element, without a sign bit.
    #[target_feature(enable = "avx2")]
    pub fn words(&self) -> [__m256i; 4] {
        let [a, b, c, d, e, f, g, h, i] = self.canonical();
        let or3 = |x, y, z| _mm256_or_si256(_mm256_or_si256(x, y), z);
        [
            or3(a, _mm256_slli_epi64::<29>(b), _mm256_slli_epi64::<58>(c)),
            or3(_mm256_srli_epi64::<6>(c), _mm256_slli_epi64::<23>(d), _mm256_slli_epi64::<52>(e)),
            or3(_mm256_srli_epi64::<12>(e), _mm256_slli_epi64::<17>(f), _mm256_slli_epi64::<46>(g)),
            or3(_mm256_srli_epi64::<18>(g), _mm256_slli_epi64::<11>(h), _mm256_slli_epi64::<40>(i)),
        ]
    }

    /// Four elements from the limbs of each.
    #[inline]
    #[target_feature(enable = "avx2")]
    pub fn from_limbs(lanes: &[Limbs29; 4]) -> FourReduced {
        FourReduced(from_fn(|limb| {
            let words: FourWords = from_fn(|lane| u64::from(lanes[lane][limb]));
            load(&words)
        }))
    }

    /// The canonical limbs of each lane.
    #[target_feature(enable = "avx2")]
    pub fn limbs(&self) -> [Limbs29; 4] {
        let limbs = self.canonical();
        let limbs: [FourWords; LIMBS] = from_fn(|limb| store(limbs[limb]));
        // A canonical limb has 29 bits.
        from_fn(|lane| from_fn(|limb| limbs[limb][lane] as u32))
    }
}

impl FourWide {
    /// The sum. Its limbs must stay below 2^63.9.
    #[inline]
    #[target_feature(enable = "avx2")]
    pub fn plus(&self, other: &FourWide) -> FourWide {
        FourWide(from_fn(|k| _mm256_add_epi64(self.0[k], other.0[k])))
    }

    /// The difference, plus 2^40 p, whose limbs are between 2^62.9 and 2^63. Limbs of both are
    /// below 2^62.4.
    #[inline]
    #[target_feature(enable = "avx2")]
    pub fn minus(&self, other: &FourWide) -> FourWide {
        FourWide(from_fn(|k| {
            let bias = _mm256_set1_epi64x((P64[k] << 34).cast_signed());
            _mm256_sub_epi64(_mm256_add_epi64(self.0[k], bias), other.0[k])
        }))
    }

    /// Carries each limb into the next, the last one into the first: from below 2^63.9 to below
    /// 2^29 + 2^17.
    #[inline]
    #[target_feature(enable = "avx2")]
    pub fn reduce(&self) -> FourReduced {
        let mut limbs = self.0;
        // Two chains, so that each waits for fewer others.
        for step in 0..4 {
            carry(&mut limbs, step);
            carry(&mut limbs, 4 + step);
        }
        // The carries are below 2^35: 1,216 = 2^10 + 2^7 + 2^6 times the last is below 2^46.
        let last = limbs[LIMBS - 1];
        let bits = _mm256_srli_epi64::<29>(last);
        limbs[LIMBS - 1] = _mm256_and_si256(last, _mm256_set1_epi64x(MASK.cast_signed()));
        let fold = _mm256_add_epi64(
            _mm256_slli_epi64::<10>(bits),
            _mm256_add_epi64(_mm256_slli_epi64::<7>(bits), _mm256_slli_epi64::<6>(bits)),
        );
        limbs[0] = _mm256_add_epi64(limbs[0], fold);
        carry(&mut limbs, 0);
        carry(&mut limbs, 4);
        FourReduced(limbs)
    }
}

/// The limbs of the 255 low bits of 32 little-endian bytes.
pub fn limbs_of(bytes: &[u8; 32]) -> Limbs29 {
    let word = |at: usize| from_fn::<u8, 8, _>(|byte| bytes[8 * at + byte]);
    let [a, b, c, d] = from_fn(|at| u64::from_le_bytes(word(at)));
    let limbs = [
        a,
        a >> 29,
        a >> 58 | b << 6,
        b >> 23,
        b >> 52 | c << 12,
        c >> 17,
        c >> 46 | d << 18,
        d >> 11,
        d >> 40 & LAST,
    ];
    // 29 bits are left of each.
    limbs.map(|limb| (limb & MASK) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A number below p, least word first.
    type Number = [u64; 4];

    const P: Number = [u64::MAX - 18, u64::MAX, u64::MAX, u64::MAX >> 1];

    /// The naive model: the sum modulo p of numbers below p.
    fn plus(one: Number, other: Number) -> Number {
        let mut carry = 0;
        let sum: Number = from_fn(|at| {
            let word = u128::from(one[at]) + u128::from(other[at]) + carry;
            carry = word >> 64;
            word as u64
        });
        let mut borrow = false;
        let less: Number = from_fn(|at| {
            let (word, first) = sum[at].overflowing_sub(P[at]);
            let (word, second) = word.overflowing_sub(u64::from(borrow));
            borrow = first || second;
            word
        });
        if borrow { sum } else { less }
    }

    fn shifted(mut number: Number, bits: usize) -> Number {
        (0..bits).for_each(|_| number = plus(number, number));
        number
    }

    /// The number of limbs of any size.
    fn number(limbs: impl Iterator<Item = u64>) -> Number {
        limbs
            .enumerate()
            .fold([0; 4], |sum, (at, limb)| plus(sum, shifted([limb, 0, 0, 0], 29 * at)))
    }

    fn times(one: Number, other: Number) -> Number {
        (0..255).rev().fold([0; 4], |sum, bit| {
            let sum = plus(sum, sum);
            if other[bit / 64] >> (bit % 64) & 1 == 1 { plus(sum, one) } else { sum }
        })
    }

    /// The limbs of a lane.
    fn lane(vectors: &[__m256i; LIMBS], lane: usize) -> impl Iterator<Item = u64> {
        // SAFETY: the tests that call this return where the processor has no AVX2.
        vectors.map(move |vector| unsafe { store(vector) }[lane]).into_iter()
    }

    fn has_lanes() -> bool {
        is_x86_feature_detected!("avx2")
    }

    #[target_feature(enable = "avx2")]
    fn vectors(lanes: &[[u64; LIMBS]; 4]) -> [__m256i; LIMBS] {
        from_fn(|limb| load(&from_fn(|lane| lanes[lane][limb])))
    }

    #[target_feature(enable = "avx2")]
    fn check(one: &[[u64; LIMBS]; 4], other: &[[u64; LIMBS]; 4]) {
        let (left, right) = (FourReduced(vectors(one)), FourReduced(vectors(other)));
        let product = left.mul(&right);
        let difference = product.minus(&product.plus(&product).reduce().wide());
        let (reduced, words) = (product.reduce(), product.reduce().words());
        let less = difference.reduce();
        for at in 0..4 {
            let expected = times(number(one[at].into_iter()), number(other[at].into_iter()));
            assert_eq!(number(lane(&product.0, at)), expected);
            assert_eq!(number(lane(&reduced.0, at)), expected);
            assert_eq!(words.map(|word| store(word)[at]), expected, "in its one spelling");
            assert_eq!(plus(number(lane(&less.0, at)), expected), [0; 4], "x − 2x");
            assert!(lane(&reduced.0, at).all(|limb| limb < (1 << 29) + (1 << 17)));
            assert!(lane(&less.0, at).all(|limb| limb < (1 << 29) + (1 << 17)));
        }
    }

    #[test]
    fn elements_at_their_bounds() {
        if !has_lanes() {
            return;
        }
        const REDUCED: u64 = (1 << 29) + (1 << 17) - 1;
        let sides: [[u64; LIMBS]; 6] = [
            [0; LIMBS],
            [REDUCED; LIMBS],
            P64,
            from_fn(|limb| if limb == 8 { LAST } else { MASK }),
            [MASK - 18, MASK, MASK, MASK, MASK, MASK, MASK, MASK, LAST],
            [1, 0, 0, 0, 0, 0, 0, 0, LAST + 1],
        ];
        for one in sides {
            for other in sides.into_iter().chain([[(1 << 30) - 1; LIMBS]]) {
                // SAFETY: the processor has AVX2.
                unsafe { check(&[one; 4], &[other; 4]) };
            }
        }
        // Sums of wide elements at their bounds are reduced too.
        let wide = [(1_u64 << 63) + (1 << 62) + (1 << 61) + (1 << 60) - 1; LIMBS];
        // SAFETY: the processor has AVX2.
        let reduced = unsafe { FourWide(vectors(&[wide; 4])).reduce() };
        assert_eq!(number(lane(&reduced.0, 0)), number(wide.into_iter()));
        assert!(lane(&reduced.0, 0).all(|limb| limb < (1 << 29) + (1 << 17)));
    }

    proptest! {
        #[test]
        fn products_are_those_of_numbers(
            lanes in prop::array::uniform4(prop::array::uniform9(0_u64..(1 << 29) + (1 << 17))),
            others in prop::array::uniform4(prop::array::uniform9(0_u64..1 << 30)),
        ) {
            if has_lanes() {
                // SAFETY: the processor has AVX2.
                unsafe { check(&lanes, &others) };
            }
        }

        #[test]
        fn bytes_are_read_and_written(bytes: [u8; 32]) {
            if has_lanes() {
                let limbs = limbs_of(&bytes);
                // SAFETY: the processor has AVX2.
                let words = unsafe { constant(limbs).words() };
                let expected = number(limbs.into_iter().map(u64::from));
                // SAFETY: as above.
                prop_assert_eq!(words.map(|word| unsafe { store(word) }[3]), expected);
                let (mut read, mut last) = ([0; 4], bytes);
                last[31] &= 0x7f;
                for (word, bytes) in read.iter_mut().zip(last.as_chunks::<8>().0) {
                    *word = u64::from_le_bytes(*bytes);
                }
                prop_assert_eq!(plus(read, [0; 4]), expected);
            }
        }

        #[test]
        fn an_inverse_times_the_number_is_one(
            lanes in prop::array::uniform4(prop::array::uniform9(1_u64..1 << 29)),
        ) {
            if has_lanes() {
                // SAFETY: the processor has AVX2.
                let one = unsafe {
                    let x = FourReduced(vectors(&lanes));
                    x.times(&x.invert()).words().map(|word| store(word))
                };
                prop_assert_eq!(one, [[1; 4], [0; 4], [0; 4], [0; 4]]);
            }
        }
    }
}
