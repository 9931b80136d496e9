//! SHA-256 of one message, piece by piece, and of many messages, two at a time.
//!
//! Always holds: a digest is that of FIPS 180-4. Where the processor has rounds of SHA-256, they
//! are used (`lanes`); otherwise `sha2` takes the blocks. Not here: which bytes are hashed (the
//! caller). Source: FIPS 180-4, section 5.1.1; the crate `sha2`.

use crate::lanes::HashUnit;
use crate::rounds::{HashState, START};
use sha2::block_api::compress256;

/// A SHA-256 digest.
pub type Digest = [u8; 32];

/// The bytes of a block.
const BLOCK: usize = 64;
/// The bytes of the length at the end of the last block.
const LENGTH: usize = 8;

/// What is hashed: a byte, where one is given, and bytes.
#[derive(Clone, Copy, Debug)]
pub struct Preimage<'a> {
    /// The byte before the others.
    pub first: Option<u8>,
    /// The others.
    pub bytes: &'a [u8],
}

/// SHA-256 over bytes that come piece by piece.
#[derive(Clone)]
pub struct RunningDigest {
    unit: Option<HashUnit>,
    state: HashState,
    /// The bytes since the last whole block, and their number.
    open: [u8; BLOCK],
    held: usize,
    /// The number of bytes so far.
    length: u64,
}

impl Default for RunningDigest {
    fn default() -> RunningDigest {
        let (unit, state) = (HashUnit::detect(), START);
        RunningDigest { unit, state, open: [0; BLOCK], held: 0, length: 0 }
    }
}

impl RunningDigest {
    /// Takes the next bytes.
    pub fn add(&mut self, mut bytes: &[u8]) {
        self.length += bytes.len() as u64;
        if self.held > 0 {
            let (taken, rest) = bytes.split_at(bytes.len().min(BLOCK - self.held));
            self.open[self.held..self.held + taken.len()].copy_from_slice(taken);
            self.held += taken.len();
            bytes = rest;
            if self.held < BLOCK {
                return;
            }
            compress(self.unit, &mut self.state, &[self.open]);
        }
        let (blocks, rest) = bytes.as_chunks();
        if !blocks.is_empty() {
            compress(self.unit, &mut self.state, blocks);
        }
        self.open[..rest.len()].copy_from_slice(rest);
        self.held = rest.len();
    }

    /// The digest of all bytes since the last one; begins anew.
    pub fn finish(&mut self) -> Digest {
        let (last, count) = padded(&self.open[..self.held], self.length);
        compress(self.unit, &mut self.state, &last[..count]);
        let digest = bytes_of(&self.state);
        (self.state, self.held, self.length) = (START, 0, 0);
        digest
    }
}

/// The digest of the parts, one after the other.
pub fn digest(parts: &[&[u8]]) -> Digest {
    let mut running = RunningDigest::default();
    parts.iter().for_each(|part| running.add(part));
    running.finish()
}

/// The digest of each, in order. Two are computed at a time where the processor can.
pub fn digests<'a>(all: impl ExactSizeIterator<Item = Preimage<'a>>) -> Vec<Digest> {
    let unit = HashUnit::detect();
    let mut digests = vec![[0; 32]; all.len()];
    let mut waiting = all.enumerate().map(|(index, one)| Hashing::new(index, one));
    let mut put = |done: &Hashing<'_>| digests[done.index] = bytes_of(&done.state);
    let mut pair = (waiting.next(), waiting.next());
    while let (Some(one), Some(other)) = (&mut pair.0, &mut pair.1) {
        let count = compress_two(unit, one, other);
        for side in [&mut pair.0, &mut pair.1] {
            if let Some(hashing) = side
                && !hashing.go_on(count)
            {
                put(hashing);
                *side = waiting.next();
            }
        }
    }
    for mut hashing in [pair.0, pair.1].into_iter().flatten() {
        loop {
            let Hashing { state, blocks, run, done, .. } = &mut hashing;
            let list = &blocks.run(*run)[*done..];
            compress(unit, state, list);
            let count = list.len();
            if !hashing.go_on(count) {
                break;
            }
        }
        put(&hashing);
    }
    digests
}

/// The blocks of a message, in three runs: the one with its first byte, where there is such a byte;
/// those that are as they are in its bytes; the last one or two, which are padded.
struct Blocks<'a> {
    first: Option<[u8; BLOCK]>,
    middle: &'a [[u8; BLOCK]],
    last: [[u8; BLOCK]; 2],
    lasts: usize,
}

/// A message that is being hashed.
struct Hashing<'a> {
    index: usize,
    state: HashState,
    blocks: Blocks<'a>,
    /// The number of the present run.
    run: usize,
    /// The number of its blocks that were taken.
    done: usize,
}

impl<'a> Blocks<'a> {
    fn of(preimage: Preimage<'a>) -> Blocks<'a> {
        let Preimage { first, mut bytes } = preimage;
        let length = bytes.len() as u64 + u64::from(first.is_some());
        let mut open = [0; BLOCK];
        let mut block = None;
        if let Some(first) = first {
            let (taken, rest) = bytes.split_at(bytes.len().min(BLOCK - 1));
            open[0] = first;
            open[1..=taken.len()].copy_from_slice(taken);
            if taken.len() < BLOCK - 1 {
                let (last, lasts) = padded(&open[..=taken.len()], length);
                return Blocks { first: None, middle: &[], last, lasts };
            }
            block = Some(open);
            bytes = rest;
        }
        let (middle, rest) = bytes.as_chunks();
        let (last, lasts) = padded(rest, length);
        Blocks { first: block, middle, last, lasts }
    }

    /// The blocks of a run; the last run is that of number 2.
    fn run(&self, number: usize) -> &[[u8; BLOCK]] {
        match number {
            0 => self.first.as_slice(),
            1 => self.middle,
            _ => &self.last[..self.lasts],
        }
    }
}

impl<'a> Hashing<'a> {
    fn new(index: usize, preimage: Preimage<'a>) -> Hashing<'a> {
        let blocks = Blocks::of(preimage);
        let mut hashing = Hashing { index, state: START, blocks, run: 0, done: 0 };
        hashing.go_on(0);
        hashing
    }

    /// Notes that so many blocks were taken; returns whether there are more.
    fn go_on(&mut self, count: usize) -> bool {
        self.done += count;
        while self.done == self.blocks.run(self.run).len() {
            if self.run == 2 {
                return false;
            }
            (self.run, self.done) = (self.run + 1, 0);
        }
        true
    }
}

/// Takes blocks into both states; returns how many into each.
fn compress_two(unit: Option<HashUnit>, one: &mut Hashing<'_>, other: &mut Hashing<'_>) -> usize {
    let left = one.blocks.run(one.run).len() - one.done;
    let right = other.blocks.run(other.run).len() - other.done;
    let count = left.min(right);
    let one_blocks = &one.blocks.run(one.run)[one.done..one.done + count];
    let other_blocks = &other.blocks.run(other.run)[other.done..other.done + count];
    match unit {
        Some(unit) => {
            unit.compress(&mut [&mut one.state, &mut other.state], [one_blocks, other_blocks])
        }
        None => {
            compress256(&mut one.state, one_blocks);
            compress256(&mut other.state, other_blocks);
        }
    }
    count
}

fn compress(unit: Option<HashUnit>, state: &mut HashState, blocks: &[[u8; BLOCK]]) {
    match unit {
        Some(unit) => unit.compress(&mut [state], [blocks]),
        None => compress256(state, blocks),
    }
}

/// The one or two last blocks of a message of this length: its last bytes, fewer than a block, a
/// bit, zeros, the length in bits.
fn padded(rest: &[u8], length: u64) -> ([[u8; BLOCK]; 2], usize) {
    let mut last = [[0; BLOCK]; 2];
    last[0][..rest.len()].copy_from_slice(rest);
    last[0][rest.len()] = 0x80;
    let count = if rest.len() < BLOCK - LENGTH { 1 } else { 2 };
    last[count - 1][BLOCK - LENGTH..].copy_from_slice(&length.wrapping_mul(8).to_be_bytes());
    (last, count)
}

fn bytes_of(state: &HashState) -> Digest {
    let mut digest = [0; 32];
    for (bytes, word) in digest.chunks_exact_mut(4).zip(state) {
        bytes.copy_from_slice(&word.to_be_bytes());
    }
    digest
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use sha2::Digest as _;

    fn expected(parts: &[&[u8]]) -> Digest {
        let mut hasher = sha2::Sha256::new();
        parts.iter().for_each(|part| hasher.update(part));
        hasher.finalize().into()
    }

    #[test]
    fn every_length_around_a_block_is_hashed() {
        let bytes: Vec<u8> = (0..300_u16).map(|at| at.to_le_bytes()[0].wrapping_mul(31)).collect();
        let all = || (0..bytes.len()).map(|length| &bytes[..length]);
        for first in [None, Some(0), Some(1)] {
            let found = digests(
                all().map(|bytes| Preimage { first, bytes }).collect::<Vec<_>>().into_iter(),
            );
            for (bytes, found) in all().zip(found) {
                let first = first.as_slice();
                assert_eq!(found, expected(&[first, bytes]), "{} bytes", bytes.len());
                assert_eq!(found, digest(&[first, bytes]), "{} bytes", bytes.len());
            }
        }
    }

    proptest! {
        #[test]
        fn messages_of_any_lengths_are_hashed_as_each_alone(
            all in prop::collection::vec(
                (any::<Option<u8>>(), prop::collection::vec(any::<u8>(), 0..700)),
                0..12,
            ),
        ) {
            let preimages = all.iter().map(|(first, bytes)| Preimage { first: *first, bytes });
            let found = digests(preimages);
            prop_assert_eq!(found.len(), all.len());
            for ((first, bytes), found) in all.iter().zip(found) {
                prop_assert_eq!(found, expected(&[first.as_slice(), bytes]));
            }
        }

        #[test]
        fn pieces_are_hashed_as_the_whole(
            pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 0..8),
        ) {
            let parts: Vec<&[u8]> = pieces.iter().map(Vec::as_slice).collect();
            let mut running = RunningDigest::default();
            for _ in 0..2 {
                parts.iter().for_each(|part| running.add(part));
                prop_assert_eq!(running.finish(), expected(&parts));
            }
        }
    }
}
