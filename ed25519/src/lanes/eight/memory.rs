//! Between memory and vectors of eight 64-bit lanes.
//!
//! Always holds: every load and store is of a whole array that a reference proves to be there. Not
//! here: arithmetic. Source: the intrinsics of `core::arch::x86_64`.

use core::arch::x86_64::{
    __m512i, _mm512_loadu_epi64, _mm512_permutex2var_epi64, _mm512_set_epi64, _mm512_shuffle_i64x2,
    _mm512_storeu_epi64, _mm512_unpackhi_epi64, _mm512_unpacklo_epi64,
};

/// The words of eight lanes.
pub type EightWords = [u64; 8];

/// The eight words as lanes.
#[inline]
#[target_feature(enable = "avx512f")]
pub fn load(words: &EightWords) -> __m512i {
    // SAFETY: the reference is to 64 readable bytes; the load needs no alignment.
    unsafe { _mm512_loadu_epi64(words.as_ptr().cast()) }
}

/// The lanes as eight words.
#[inline]
#[target_feature(enable = "avx512f")]
pub fn store(lanes: __m512i) -> EightWords {
    let mut words = [0; 8];
    // SAFETY: the reference is to 64 writable bytes; the store needs no alignment.
    unsafe { _mm512_storeu_epi64(words.as_mut_ptr().cast(), lanes) };
    words
}

/// Eight rows of eight words as eight columns: lane `l` of column `c` is word `c` of row `l`.
#[inline]
#[target_feature(enable = "avx512f")]
pub fn transpose(rows: [__m512i; 8]) -> [__m512i; 8] {
    let [a, b, c, d, e, f, g, h] = rows;
    let low = |x, y| _mm512_unpacklo_epi64(x, y);
    let high = |x, y| _mm512_unpackhi_epi64(x, y);
    // Columns 0, 2, 4, 6 then 1, 3, 5, 7 of two rows, in the four 128-bit parts.
    let even = [low(a, b), low(c, d), low(e, f), low(g, h)];
    let odd = [high(a, b), high(c, d), high(e, f), high(g, h)];
    let [even02, even46] = halves(even);
    let [odd13, odd57] = halves(odd);
    [even02[0], odd13[0], even02[1], odd13[1], even46[0], odd57[0], even46[1], odd57[1]]
}

/// Of four pairs of rows with four 128-bit parts each: the four columns of parts.
#[inline]
#[target_feature(enable = "avx512f")]
fn halves(pairs: [__m512i; 4]) -> [[__m512i; 2]; 2] {
    let [p, q, r, s] = pairs;
    // Parts 0 and 2 of column 0, 1 of p and q: [p0 p1 q0 q1] and [p2 p3 q2 q3].
    let first = _mm512_set_epi64(11, 10, 3, 2, 9, 8, 1, 0);
    let second = _mm512_set_epi64(15, 14, 7, 6, 13, 12, 5, 4);
    let (pq01, pq23) =
        (_mm512_permutex2var_epi64(p, first, q), _mm512_permutex2var_epi64(p, second, q));
    let (rs01, rs23) =
        (_mm512_permutex2var_epi64(r, first, s), _mm512_permutex2var_epi64(r, second, s));
    // [p0 q0 p1 q1] with [r0 s0 r1 s1]: column 0 is [p0 q0 r0 s0].
    [
        [_mm512_shuffle_i64x2::<0x44>(pq01, rs01), _mm512_shuffle_i64x2::<0xee>(pq01, rs01)],
        [_mm512_shuffle_i64x2::<0x44>(pq23, rs23), _mm512_shuffle_i64x2::<0xee>(pq23, rs23)],
    ]
}
