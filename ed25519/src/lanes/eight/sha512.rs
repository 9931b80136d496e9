//! SHA-512 of eight short messages at once.
//!
//! Always holds: a message and its padding fill one block of 128 bytes, so it has at most 111
//! bytes: R, A and the 47 bytes that an event's signature is over are exactly as many. Not here:
//! longer messages (`sha2`). Source: FIPS 180-4, sections 5.1.2, 5.3.5 and 6.4.

use crate::lanes::eight::memory::{EightWords, load, store};
use core::arch::x86_64::{
    __m512i, _mm512_add_epi64, _mm512_ror_epi64, _mm512_set1_epi64, _mm512_srli_epi64,
    _mm512_ternarylogic_epi64,
};
use core::array::from_fn;

/// The longest message.
pub const MOST: usize = 111;

/// The initial hash value.
const START: [u64; 8] = [
    0x6a09e667f3bcc908,
    0xbb67ae8584caa73b,
    0x3c6ef372fe94f82b,
    0xa54ff53a5f1d36f1,
    0x510e527fade682d1,
    0x9b05688c2b3e6c1f,
    0x1f83d9abfb41bd6b,
    0x5be0cd19137e2179,
];

/// The constants of the rounds.
const ROUND: [u64; 80] = [
    0x428a2f98d728ae22,
    0x7137449123ef65cd,
    0xb5c0fbcfec4d3b2f,
    0xe9b5dba58189dbbc,
    0x3956c25bf348b538,
    0x59f111f1b605d019,
    0x923f82a4af194f9b,
    0xab1c5ed5da6d8118,
    0xd807aa98a3030242,
    0x12835b0145706fbe,
    0x243185be4ee4b28c,
    0x550c7dc3d5ffb4e2,
    0x72be5d74f27b896f,
    0x80deb1fe3b1696b1,
    0x9bdc06a725c71235,
    0xc19bf174cf692694,
    0xe49b69c19ef14ad2,
    0xefbe4786384f25e3,
    0x0fc19dc68b8cd5b5,
    0x240ca1cc77ac9c65,
    0x2de92c6f592b0275,
    0x4a7484aa6ea6e483,
    0x5cb0a9dcbd41fbd4,
    0x76f988da831153b5,
    0x983e5152ee66dfab,
    0xa831c66d2db43210,
    0xb00327c898fb213f,
    0xbf597fc7beef0ee4,
    0xc6e00bf33da88fc2,
    0xd5a79147930aa725,
    0x06ca6351e003826f,
    0x142929670a0e6e70,
    0x27b70a8546d22ffc,
    0x2e1b21385c26c926,
    0x4d2c6dfc5ac42aed,
    0x53380d139d95b3df,
    0x650a73548baf63de,
    0x766a0abb3c77b2a8,
    0x81c2c92e47edaee6,
    0x92722c851482353b,
    0xa2bfe8a14cf10364,
    0xa81a664bbc423001,
    0xc24b8b70d0f89791,
    0xc76c51a30654be30,
    0xd192e819d6ef5218,
    0xd69906245565a910,
    0xf40e35855771202a,
    0x106aa07032bbd1b8,
    0x19a4c116b8d2d0c8,
    0x1e376c085141ab53,
    0x2748774cdf8eeb99,
    0x34b0bcb5e19b48a8,
    0x391c0cb3c5c95a63,
    0x4ed8aa4ae3418acb,
    0x5b9cca4f7763e373,
    0x682e6ff3d6b2b8a3,
    0x748f82ee5defb2fc,
    0x78a5636f43172f60,
    0x84c87814a1f0ab72,
    0x8cc702081a6439ec,
    0x90befffa23631e28,
    0xa4506cebde82bde9,
    0xbef9a3f7b2c67915,
    0xc67178f2e372532b,
    0xca273eceea26619c,
    0xd186b8c721c0c207,
    0xeada7dd6cde0eb1e,
    0xf57d4f7fee6ed178,
    0x06f067aa72176fba,
    0x0a637dc5a2c898a6,
    0x113f9804bef90dae,
    0x1b710b35131c471b,
    0x28db77f523047d84,
    0x32caab7b40c72493,
    0x3c9ebe0a15c9bebc,
    0x431d67c49c100d4c,
    0x4cc5d4becb3e42b6,
    0x597f299cfc657e2a,
    0x5fcb6fab3ad6faec,
    0x6c44198c4a475817,
];

/// A padded message: the only block of its hash.
#[derive(Clone, Copy)]
pub struct Block([u8; 128]);

impl Block {
    /// A block of zeros, for a lane without a message.
    pub const EMPTY: Block = Block([0; 128]);

    /// The block of a message in parts; `None` where the message is longer than [`MOST`].
    pub fn of(parts: &[&[u8]]) -> Option<Block> {
        let mut block = [0; 128];
        let mut length = 0;
        for part in parts {
            block.get_mut(..MOST)?.get_mut(length..length + part.len())?.copy_from_slice(part);
            length += part.len();
        }
        block[length] = 0x80;
        block[120..].copy_from_slice(&(8 * length as u64).to_be_bytes());
        Some(Block(block))
    }

    fn word(&self, at: usize) -> u64 {
        u64::from_be_bytes(from_fn(|byte| self.0[8 * at + byte]))
    }
}

/// The hashes of eight blocks, as the words of a state: word by word, lane by lane.
#[target_feature(enable = "avx512f")]
pub fn hash(blocks: &[Block; 8]) -> [EightWords; 8] {
    let mut schedule: [__m512i; 16] = from_fn(|at| {
        let words: EightWords = from_fn(|lane| blocks[lane].word(at));
        load(&words)
    });
    let start = START.map(|word| _mm512_set1_epi64(word.cast_signed()));
    let mut state = start;
    for (round, constant) in ROUND.chunks_exact(16).enumerate() {
        for at in 0..16 {
            if round > 0 {
                let (two, fifteen) = (schedule[(at + 14) % 16], schedule[(at + 1) % 16]);
                let small0 = xor3(
                    _mm512_ror_epi64::<1>(fifteen),
                    _mm512_ror_epi64::<8>(fifteen),
                    _mm512_srli_epi64::<7>(fifteen),
                );
                let small1 = xor3(
                    _mm512_ror_epi64::<19>(two),
                    _mm512_ror_epi64::<61>(two),
                    _mm512_srli_epi64::<6>(two),
                );
                let sum = _mm512_add_epi64(schedule[at], schedule[(at + 9) % 16]);
                schedule[at] = _mm512_add_epi64(sum, _mm512_add_epi64(small0, small1));
            }
            let input = _mm512_set1_epi64(constant[at].cast_signed());
            state = step(state, _mm512_add_epi64(schedule[at], input));
        }
    }
    from_fn(|word| store(_mm512_add_epi64(state[word], start[word])))
}

#[inline]
#[target_feature(enable = "avx512f")]
fn xor3(a: __m512i, b: __m512i, c: __m512i) -> __m512i {
    _mm512_ternarylogic_epi64::<0x96>(a, b, c)
}

/// One round; `input` is the schedule's word plus the round's constant.
#[inline]
#[target_feature(enable = "avx512f")]
fn step(state: [__m512i; 8], input: __m512i) -> [__m512i; 8] {
    let [a, b, c, d, e, f, g, h] = state;
    let big1 =
        xor3(_mm512_ror_epi64::<14>(e), _mm512_ror_epi64::<18>(e), _mm512_ror_epi64::<41>(e));
    let big0 =
        xor3(_mm512_ror_epi64::<28>(a), _mm512_ror_epi64::<34>(a), _mm512_ror_epi64::<39>(a));
    // Truth tables: e ? f : g, and the majority of a, b, c.
    let choice = _mm512_ternarylogic_epi64::<0xca>(e, f, g);
    let majority = _mm512_ternarylogic_epi64::<0xe8>(a, b, c);
    let first = _mm512_add_epi64(_mm512_add_epi64(h, input), _mm512_add_epi64(big1, choice));
    let second = _mm512_add_epi64(big0, majority);
    [_mm512_add_epi64(first, second), a, b, c, _mm512_add_epi64(d, first), e, f, g]
}
