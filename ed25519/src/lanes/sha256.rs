//! SHA-256 by the processor's own rounds, for one message or for two at once.
//!
//! The rounds of a message wait for each other. Those of a second message fit into the gaps, so two
//! take little longer than one.
//!
//! Always holds: each state becomes what FIPS 180-4 makes of it, whatever the other one is. Not
//! here: padding, messages (`sha256`). Source: FIPS 180-4, section 6.2.2; Intel, "SHA Extensions".

use crate::lanes::memory::load16;
use crate::rounds::{HashState, ROUND};
use core::arch::x86_64::{
    __m128i, _mm_add_epi32, _mm_alignr_epi8, _mm_cvtsi128_si32, _mm_extract_epi32, _mm_set_epi32,
    _mm_set_epi64x, _mm_setzero_si128, _mm_sha256msg1_epu32, _mm_sha256msg2_epu32,
    _mm_sha256rnds2_epu32, _mm_shuffle_epi8, _mm_shuffle_epi32,
};

/// Takes one block after the other into each of `N` states, as many as the shortest list has.
#[target_feature(enable = "sha,sse4.1,ssse3")]
pub fn compress<const N: usize>(states: &mut [&mut HashState; N], blocks: [&[[u8; 64]]; N]) {
    let zero = _mm_setzero_si128();
    // The words of each state in the order of the instructions: a, b, e, f and c, d, g, h.
    let (mut abef, mut cdgh) = ([zero; N], [zero; N]);
    for lane in 0..N {
        (abef[lane], cdgh[lane]) = ordered(states[lane]);
    }
    let count = blocks.iter().map(|list| list.len()).min().unwrap_or(0);
    #[expect(clippy::needless_range_loop, reason = "one index for the lists of all lanes")]
    for at in 0..count {
        let (abef_before, cdgh_before) = (abef, cdgh);
        let mut words = [[zero; 4]; N];
        for lane in 0..N {
            words[lane] = loaded(&blocks[lane][at]);
        }
        for sixteen in 0..4 {
            for four in 0..4 {
                let constants = constants(4 * sixteen + four);
                for lane in 0..N {
                    let w = &mut words[lane];
                    if sixteen > 0 {
                        w[four] = scheduled(w, four);
                    }
                    let input = _mm_add_epi32(w[four], constants);
                    cdgh[lane] = _mm_sha256rnds2_epu32(cdgh[lane], abef[lane], input);
                    let upper = _mm_shuffle_epi32::<0x0e>(input);
                    abef[lane] = _mm_sha256rnds2_epu32(abef[lane], cdgh[lane], upper);
                }
            }
        }
        for lane in 0..N {
            abef[lane] = _mm_add_epi32(abef[lane], abef_before[lane]);
            cdgh[lane] = _mm_add_epi32(cdgh[lane], cdgh_before[lane]);
        }
    }
    for lane in 0..N {
        *states[lane] = unordered(abef[lane], cdgh[lane]);
    }
}

/// The four constants of these rounds.
#[inline]
#[target_feature(enable = "sse2")]
fn constants(four: usize) -> __m128i {
    let [a, b, c, d] = [0, 1, 2, 3].map(|at| ROUND[4 * four + at].cast_signed());
    _mm_set_epi32(d, c, b, a)
}

/// The next four words of the schedule, in place of the oldest four, which are at `four`.
#[inline]
#[target_feature(enable = "sha,ssse3")]
fn scheduled(w: &[__m128i; 4], four: usize) -> __m128i {
    let [oldest, old, new, newest] = [0, 1, 2, 3].map(|later| w[(four + later) % 4]);
    let sum = _mm_add_epi32(_mm_sha256msg1_epu32(oldest, old), _mm_alignr_epi8::<4>(newest, new));
    _mm_sha256msg2_epu32(sum, newest)
}

/// The sixteen big-endian words of a block.
#[inline]
#[target_feature(enable = "ssse3")]
fn loaded(block: &[u8; 64]) -> [__m128i; 4] {
    let order = _mm_set_epi64x(0x0c0d_0e0f_0809_0a0b, 0x0405_0607_0001_0203);
    let zero = _mm_setzero_si128();
    let mut words = [zero; 4];
    for (word, bytes) in words.iter_mut().zip(block.as_chunks().0) {
        *word = _mm_shuffle_epi8(load16(bytes), order);
    }
    words
}

#[inline]
#[target_feature(enable = "sse4.1,ssse3")]
fn ordered(state: &HashState) -> (__m128i, __m128i) {
    let [a, b, c, d, e, f, g, h] = state.map(u32::cast_signed);
    (_mm_set_epi32(a, b, e, f), _mm_set_epi32(c, d, g, h))
}

#[inline]
#[target_feature(enable = "sse4.1")]
fn unordered(abef: __m128i, cdgh: __m128i) -> HashState {
    let four = |x| {
        [
            _mm_extract_epi32::<3>(x),
            _mm_extract_epi32::<2>(x),
            _mm_extract_epi32::<1>(x),
            _mm_cvtsi128_si32(x),
        ]
    };
    let ([a, b, e, f], [c, d, g, h]) = (four(abef), four(cdgh));
    [a, b, c, d, e, f, g, h].map(i32::cast_unsigned)
}
