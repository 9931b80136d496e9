//! A text that is searched many times: the places of its pieces of eight bytes.
//!
//! Always holds: the result is that of a comparison with each place of the text, overlaps included.
//! The index is made once a text was searched a few times, and takes about as many bytes as the
//! text. A search that it cannot shorten (few bytes, or bytes that repeat all over the text) is
//! left to the caller. Not here: what is searched for (`quote`, `loose`).
//! Source: n-gram indexes, as in Zobel and Moffat, Inverted Files for Text Search Engines, 2006.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// The number of bytes of a piece.
const GRAM: usize = 8;
/// The distance of the indexed pieces, in bytes.
const STEP: usize = 8;
/// The least number of bytes to search for: at any place, they contain an indexed piece.
const LEAST: usize = GRAM + STEP - 1;
/// The least number of bytes of a text that gets an index.
const LARGE: usize = 2 << 10;
/// The number of searches that are left to the caller before the index is made.
const SCANNED: u32 = 8;
/// The number of pieces of the searched bytes among which the rarest is chosen.
const CHOICE: usize = 8;
/// The greatest number of places that are compared.
const MOST: usize = 1_024;

/// The index of a text, made when it is worth it.
///
/// ```
/// use annals_core::grams::GramIndex;
/// let text = "one fact after another, one fact after the next. ".repeat(4_000);
/// let text = text + "The last fact.";
/// let index = GramIndex::default();
/// let places = |words: &str| index.places(text.as_bytes(), words.as_bytes());
/// assert_eq!((0..8).find_map(|_| places("the next. The last")), None, "searched for at first");
/// assert_eq!(places("the next. The last"), text.find("the next. The last").map(|at| vec![at]));
/// assert_eq!(places("one fact after another"), None, "everywhere");
/// ```
#[derive(Debug, Default)]
pub struct GramIndex {
    searches: AtomicU32,
    grams: OnceLock<Grams>,
}

impl Clone for GramIndex {
    /// An index that is made anew where it is needed.
    fn clone(&self) -> GramIndex {
        GramIndex::default()
    }
}

impl GramIndex {
    /// The byte offsets, in order, at which `needle` stands in `text`; `None` where the caller is
    /// to search for it. `text` must be the same at each call.
    pub fn places(&self, text: &[u8], needle: &[u8]) -> Option<Vec<usize>> {
        if text.len() < LARGE || needle.len() < LEAST {
            return None;
        }
        if self.searches.load(Ordering::Relaxed) < SCANNED {
            self.searches.fetch_add(1, Ordering::Relaxed);
            return None;
        }
        let grams = self.grams.get_or_init(|| Grams::new(text));
        let mut places = grams.candidates(needle)?;
        places.retain(|at| text.get(*at..).is_some_and(|rest| rest.starts_with(needle)));
        places.sort_unstable();
        Some(places)
    }
}

/// The places of every eighth piece, by a hash of its bytes.
#[derive(Debug)]
struct Grams {
    /// Where the places of a hash begin in `places`; one more than there are hashes.
    begins: Vec<u32>,
    /// Numbers of pieces.
    places: Vec<u32>,
    /// The number of bits by which a product is shifted to a hash.
    shift: u32,
}

impl Grams {
    fn new(text: &[u8]) -> Grams {
        let count = (text.len() / STEP).next_power_of_two().max(2);
        let shift = u64::BITS - count.ilog2();
        let pieces = || text.windows(GRAM).step_by(STEP).map(|piece| hash(piece, shift));
        let mut begins = vec![0_u32; count + 1];
        pieces().for_each(|hash| begins[hash + 1] += 1);
        for hash in 0..count {
            begins[hash + 1] += begins[hash];
        }
        let mut next = begins.clone();
        let mut places = vec![0; begins[count] as usize];
        for (hash, piece) in pieces().zip(0..) {
            places[next[hash] as usize] = piece;
            next[hash] += 1;
        }
        Grams { begins, places, shift }
    }

    fn of(&self, piece: &[u8]) -> &[u32] {
        let hash = hash(piece, self.shift);
        &self.places[self.begins[hash] as usize..self.begins[hash + 1] as usize]
    }

    /// The places at which these bytes may stand, each once; `None` if they are too many.
    fn candidates(&self, needle: &[u8]) -> Option<Vec<usize>> {
        let mut found = Vec::new();
        for first in 0..STEP {
            let mut rarest: Option<(usize, &[u32])> = None;
            for at in (first..=needle.len() - GRAM).step_by(STEP).take(CHOICE) {
                let pieces = self.of(&needle[at..at + GRAM]);
                if rarest.is_none_or(|(_, others)| pieces.len() < others.len()) {
                    rarest = Some((at, pieces));
                }
                if pieces.len() <= 1 {
                    break;
                }
            }
            let (at, pieces) = rarest?;
            if found.len() + pieces.len() > MOST {
                return None;
            }
            found.extend(pieces.iter().filter_map(|piece| {
                let begins = *piece as usize * STEP;
                begins.checked_sub(at)
            }));
        }
        Some(found)
    }
}

fn hash(piece: &[u8], shift: u32) -> usize {
    let bytes = piece.try_into().map_or(0, u64::from_le_bytes);
    (bytes.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> shift) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_places_are_those_of_a_comparison_of_each(
            letters in prop::collection::vec(0..4_u8, 300..600),
            repeated in 40..80_usize,
            needles in prop::collection::vec((0..40_000_usize, 1..60_usize), 1..20),
        ) {
            let unit: String = letters.iter().map(|n| char::from(b'a' + n)).collect();
            let mut text = unit.repeat(repeated).into_bytes();
            // Some of the repetitions differ in one letter.
            for at in (0..text.len()).step_by(997) {
                text[at] = b'z';
            }
            prop_assume!(text.len() >= LARGE);
            let index = GramIndex::default();
            for (start, length) in needles {
                let start = start % (text.len() - length);
                let needle = text[start..start + length].to_vec();
                let compared: Vec<usize> =
                    (0..text.len()).filter(|at| text[*at..].starts_with(&needle)).collect();
                if let Some(places) = index.places(&text, &needle) {
                    prop_assert_eq!(&places, &compared);
                }
                let mut other = needle;
                other[0] = b'!';
                prop_assert!(index.places(&text, &other).is_none_or(|places| places.is_empty()));
            }
        }
    }

    #[test]
    fn after_a_few_searches_the_index_answers() {
        let text: Vec<u8> =
            (100..4_000_u32).flat_map(|n| format!("line {n} of them\n").into_bytes()).collect();
        let index = GramIndex::default();
        for number in 0..100_u32 {
            let needle = format!("line {} of them", 100 + number * 37);
            let at = text.windows(needle.len()).position(|window| window == needle.as_bytes());
            let found = index.places(&text, needle.as_bytes());
            let expected = at.filter(|_| number >= SCANNED).map(|at| vec![at]);
            assert_eq!(found, expected, "{needle}");
        }
        assert_eq!(index.places(&text, b"line 4"), None, "too few bytes");
        assert_eq!(index.places(b"line 40 of them", b"line 40 of them"), None, "a small text");
    }
}
