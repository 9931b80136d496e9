//! The places of every run of eight bytes of a text, so that longer words are found in it without
//! a search.
//!
//! Always holds: an answer is that of a search through the whole text; where a run is too frequent
//! there is none. Not here: which texts are worth it (`verify::library`). Source: suffix arrays
//! (Manber and Myers), cut to eight bytes.

/// The length of a run.
const RUN: usize = 8;
/// The greatest number of places that are compared.
const MOST: usize = 16;

/// The places of all runs of a text, by their bytes.
#[derive(Debug, Clone)]
pub(super) struct RunPlaces(Vec<u32>);

impl RunPlaces {
    /// The places of a text's runs; `None` if it has 4 GiB or more.
    pub fn of(text: &[u8]) -> Option<RunPlaces> {
        let mut places: Vec<u32> = (0..u32::try_from(text.len()).ok()?).collect();
        places.truncate((text.len() + 1).saturating_sub(RUN));
        places.sort_unstable_by_key(|place| run(text, *place));
        Some(RunPlaces(places))
    }

    /// Whether a needle occurs in the text at one place only; `None` if this is not known here.
    pub fn stands_once(&self, text: &[u8], needle: &[u8]) -> Option<bool> {
        let before = needle.len().checked_sub(RUN)? / 2;
        let wanted = run(needle, u32::try_from(before).ok()?);
        let first = self.0.partition_point(|place| run(text, *place) < wanted);
        let candidates = self.0.get(first..).unwrap_or_default();
        let alike = candidates.iter().take(MOST + 1).take_while(|at| run(text, **at) == wanted);
        let mut found = 0;
        for (count, place) in alike.enumerate() {
            if count == MOST {
                return None;
            }
            let start = (*place as usize).checked_sub(before);
            let here = start.and_then(|start| text.get(start..));
            found += usize::from(here.is_some_and(|here| here.starts_with(needle)));
        }
        Some(found == 1)
    }
}

/// The run at a place, ordered as its bytes.
fn run(text: &[u8], place: u32) -> u64 {
    let bytes = text.get(place as usize..).and_then(|rest| rest.first_chunk());
    bytes.map_or(0, |bytes| u64::from_be_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_answer_is_that_of_a_search(
            letters in prop::collection::vec(0..12_u8, 0..240),
            start in 0..240_usize,
            length in 1..90_usize,
            other in "[ab]{8,20}",
        ) {
            let text: Vec<u8> = letters.iter().map(|n| b"ab"[usize::from(*n == 0)]).collect();
            let places = RunPlaces::of(&text).expect("short");
            let start = start.min(text.len());
            let end = (start + length).min(text.len());
            for needle in [&text[start..end], other.as_bytes()] {
                let found = (0..text.len()).filter(|at| text[*at..].starts_with(needle)).count();
                let answer = places.stands_once(&text, needle);
                prop_assert!(answer.is_none_or(|once| once == (found == 1)), "{needle:?}");
                let frequent = needle.len() < RUN || found > 1 || answer.is_some();
                prop_assert!(frequent || text.len() > 16 + RUN);
            }
        }
    }

    #[test]
    fn a_needle_in_a_usual_text_is_answered() {
        let text = b"Many words; each stands here once, and once only: all but once.";
        let places = RunPlaces::of(text).expect("short");
        assert_eq!(places.stands_once(text, b"words; each"), Some(true));
        assert_eq!(places.stands_once(text, b"no such words"), Some(false));
        assert_eq!(places.stands_once(text, b"once"), None);
        let repeated = b"abcdefgh".repeat(40);
        let places = RunPlaces::of(&repeated).expect("short");
        assert_eq!(places.stands_once(&repeated, b"abcdefgh"), None, "too frequent");
        assert_eq!(RunPlaces::of(b"short").map(|places| places.0.len()), Some(0));
    }
}
