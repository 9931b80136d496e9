//! Between memory and vectors of four 64-bit lanes.
//!
//! Always holds: every load and store is of a whole array that a reference proves to be there. Not
//! here: arithmetic. Source: the intrinsics of `core::arch::x86_64`.

use core::arch::x86_64::{
    __m256i, _mm256_loadu_si256, _mm256_permute2x128_si256, _mm256_storeu_si256,
    _mm256_unpackhi_epi64, _mm256_unpacklo_epi64,
};

/// The words of four lanes.
pub type FourWords = [u64; 4];

/// The four words as lanes.
#[inline]
#[target_feature(enable = "avx2")]
pub fn load(words: &FourWords) -> __m256i {
    // SAFETY: the reference is to 32 readable bytes; the load needs no alignment.
    unsafe { _mm256_loadu_si256(words.as_ptr().cast()) }
}

/// Eight words of 32 bits, two of them in each lane, the first below.
#[inline]
#[target_feature(enable = "avx2")]
pub fn load_pairs(words: &[u32; 8]) -> __m256i {
    // SAFETY: the reference is to 32 readable bytes; the load needs no alignment.
    unsafe { _mm256_loadu_si256(words.as_ptr().cast()) }
}

/// The lanes as four words.
#[inline]
#[target_feature(enable = "avx2")]
pub fn store(lanes: __m256i) -> FourWords {
    let mut words = [0; 4];
    // SAFETY: the reference is to 32 writable bytes; the store needs no alignment.
    unsafe { _mm256_storeu_si256(words.as_mut_ptr().cast(), lanes) };
    words
}

/// Four rows of four words as four columns: lane `l` of column `c` is word `c` of row `l`.
#[inline]
#[target_feature(enable = "avx2")]
pub fn transpose(rows: [__m256i; 4]) -> [__m256i; 4] {
    let [a, b, c, d] = rows;
    let (ab, cd) = (_mm256_unpacklo_epi64(a, b), _mm256_unpacklo_epi64(c, d));
    let (ab_odd, cd_odd) = (_mm256_unpackhi_epi64(a, b), _mm256_unpackhi_epi64(c, d));
    [
        _mm256_permute2x128_si256::<0x20>(ab, cd),
        _mm256_permute2x128_si256::<0x20>(ab_odd, cd_odd),
        _mm256_permute2x128_si256::<0x31>(ab, cd),
        _mm256_permute2x128_si256::<0x31>(ab_odd, cd_odd),
    ]
}
