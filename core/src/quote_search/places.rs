//! Where words stand in a text: occurrences, borders, and the ellipsis between two ends.

use crate::edges::Unit;
use crate::loose::Hyphens;
use crate::loose::Loose;
use crate::quote::Text;
use memchr::memmem;

/// Why words do not point at one place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PointingError {
    /// Nothing to look for.
    #[error("the quotation is empty")]
    Empty,
    /// Not in the document; the nearest place in it, and the first difference there.
    #[error("{}", describe(*.at, .found, *.before, (.instead, .expected)))]
    NotFound {
        /// The code point of the nearest place.
        at: usize,
        /// The longest run of the typed words that stands there (may be empty).
        found: String,
        /// Whether the first difference is before it, not after it.
        before: bool,
        /// What the document has there.
        instead: String,
        /// What was typed there.
        expected: String,
    },
    /// Both ends of `first … last` are in the document, the last words only before the first ones.
    #[error(
        "the quotation does not stand in the document: its first words do, at code point {first}, \
         its last words only before them, at code point {last}"
    )]
    Reversed {
        /// The first place of the first words.
        first: usize,
        /// The last place of the last words.
        last: usize,
    },
    /// Only inside of words, numbers, addresses or characters.
    #[error(
        "the quotation {} inside the {unit} {whole:?} at code points {start}..{end}; quote all of \
         it, or say that the edge is meant to be there with --exact-edges (exact_edges in a draft)",
        if *.begins { "begins" } else { "ends" }
    )]
    Cut {
        /// Whether the quotation begins there; else it ends there.
        begins: bool,
        /// What is cut.
        unit: Unit,
        /// The whole of it.
        whole: String,
        /// Its code points.
        start: usize,
        /// The code point after it.
        end: usize,
    },
    /// More than one place.
    #[error(
        "the quotation stands {count} times in the document, at code points {places}; \
             give more words, or say which with nth"
    )]
    Ambiguous {
        /// How many.
        count: usize,
        /// The first few places, as `start..end`.
        places: String,
    },
    /// More places than are looked at.
    #[error(
        "{words:?} stands more than {MOST_PLACES} times in the document; give more \
         words"
    )]
    TooMany {
        /// The words, or those at the end of a quotation that stand so often.
        words: String,
    },
    /// There is no such occurrence.
    #[error("expected an occurrence from 1 to {count}, found {nth}")]
    NoSuchOccurrence {
        /// Asked for.
        nth: usize,
        /// How many there are.
        count: usize,
    },
}

/// For each beginning of a needle the length of the longest shorter one that it ends with.
pub fn borders<T: PartialEq>(needle: &[T]) -> Vec<usize> {
    let mut borders = vec![0; needle.len()];
    let mut matched = 0;
    for at in 1..needle.len() {
        while matched > 0 && needle[matched] != needle[at] {
            matched = borders[matched - 1];
        }
        if needle[matched] == needle[at] {
            matched += 1;
        }
        borders[at] = matched;
    }
    borders
}

/// All places of words in a text, overlaps counted, in order; one more than are looked at where
/// there are so many. A word that is broken at the end of
/// a line is found with and without its hyphen; where nothing is found, hyphens inside words are
/// looked through.
pub fn occurrences(text: &Text, words: &str) -> Vec<TextPlace> {
    let mut places = Vec::new();
    let needle = |hyphens| Loose::new(words.trim(), hyphens);
    add_places(&mut places, text.loose(), &needle(Hyphens::Joined));
    if text.loose().has_broken_words() {
        for hyphens in [Hyphens::Kept, Hyphens::Spaced] {
            add_places(&mut places, &Loose::new(text.as_str(), hyphens), &needle(hyphens));
        }
        places.sort_unstable();
        places.dedup();
    }
    if places.is_empty() {
        let (hay, needle) = (Loose::new(text.as_str(), Hyphens::Ignored), needle(Hyphens::Ignored));
        add_places(&mut places, &hay, &needle);
    }
    places
}

/// The words before and after the one ellipsis of what was typed, if there is one.
pub fn split_ellipsis(typed: &str) -> Option<(&str, &str)> {
    typed.split_once('…').or_else(|| typed.split_once("..."))
}

/// A place of the document in code points. A document has fewer than 2^32 of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TextPlace {
    /// The first code point.
    pub start: u32,
    /// The code point after the last.
    pub end: u32,
}

impl TextPlace {
    /// The place from `start` to before `end`, if both can be held.
    pub fn new(start: usize, end: usize) -> Option<TextPlace> {
        Some(TextPlace { start: u32::try_from(start).ok()?, end: u32::try_from(end).ok()? })
    }

    /// The first code point.
    pub fn start(&self) -> usize {
        self.start as usize
    }

    /// The first code point, and the one after the last.
    pub fn span(&self) -> (usize, usize) {
        (self.start as usize, self.end as usize)
    }
}

/// How many places of the same words are looked at.
pub const MOST_PLACES: usize = 100_000;

/// Adds the places of `needle` in `hay`, at most one more than are looked at.
pub fn add_places(places: &mut Vec<TextPlace>, hay: &Loose, needle: &Loose) {
    let needle = needle.as_str().trim_matches(' ');
    each_occurrence(hay.as_str().as_bytes(), needle.as_bytes(), &mut |at| {
        let (start, end) = hay.span(at, at + needle.len());
        if places.len() <= MOST_PLACES {
            places.extend(TextPlace::new(start, end));
        }
    });
}

/// The nearest place in words: where, what stands there, and how it differs from what was typed.
pub fn describe(at: usize, found: &str, before: bool, differ: (&str, &str)) -> String {
    let (instead, expected) = differ;
    let not = "the quotation does not stand in the document";
    let side = if before { "before" } else { "after" };
    if found.is_empty() {
        return format!("{not}: no word of {expected:?} does");
    }
    let instead = match instead {
        "" => "nothing".to_owned(),
        words => format!("{words:?}"),
    };
    format!(
        "{not}: the nearest place is {found:?} at code point {at}; {side} it the document has \
         {instead}, the quotation has {expected:?}"
    )
}

/// Calls `found` with each offset of a needle, overlaps counted, in one pass (Knuth, Morris,
/// Pratt) from the first one on.
pub fn each_occurrence(hay: &[u8], needle: &[u8], found: &mut dyn FnMut(usize)) {
    if needle.is_empty() {
        return;
    }
    let Some(first) = memmem::find(hay, needle) else { return };
    let borders = borders(needle);
    let mut matched = 0;
    for (at, byte) in hay.iter().enumerate().skip(first) {
        while matched > 0 && needle.get(matched) != Some(byte) {
            matched = borders.get(matched - 1).copied().unwrap_or_default();
        }
        if needle.get(matched) == Some(byte) {
            matched += 1;
        }
        if matched == needle.len() {
            found(at + 1 - matched);
        }
    }
}
