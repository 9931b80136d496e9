//! The places of words in a text: occurrences, borders, and the ellipsis between two ends.

use crate::edges::Unit;
use crate::loose::{Hyphens, Loose};
use crate::quote::Text;
use crate::text::in_quotes;
use memchr::memmem;
use std::fmt;

/// Words of a document for a message: a space that does not break a line is one like others.
fn shown(words: &str) -> String {
    in_quotes(&words.replace(['\u{A0}', '\u{202F}', '\u{2009}'], " "))
}

/// Why words do not point at one place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QuoteSearchError {
    /// There is nothing to search for.
    #[error("the quotation is empty")]
    Empty,
    /// Not in the document; the nearest place in it.
    #[error("the quotation does not stand in the document: {0}")]
    NotFound(NearestPlace),
    /// In the document with another letter case.
    #[error(
        "the quotation does not stand in the document: {} does, at code point {at}, in another \
         letter case; give the words as the document has them",
        shown(.found)
    )]
    OtherCase {
        /// Its code point.
        at: usize,
        /// The words of the document.
        found: String,
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
    /// Every place has an edge inside a word, a number, an address or a character.
    #[error(
        "the quotation {} inside the {unit} {} at code points {start}..{end}; quote all of \
         it, or say that the edge is meant to be there with --exact-edges (exact_edges in a draft)",
        match .edge { Edge::Begin => "begins", Edge::End => "ends" },
        shown(.whole)
    )]
    Cut {
        /// Which edge of the quotation is inside of it.
        edge: Edge,
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
        /// Their number.
        count: usize,
        /// The first few places, as `start..end`.
        places: String,
    },
    /// More places than the search examines.
    #[error(
        "{} stands more than {MOST_PLACES} times in the document; give more \
         words", in_quotes(.words))]
    TooMany {
        /// The words of the quotation, or of its end, that are in so many places.
        words: String,
    },
    /// More than one ellipsis, or one without words on both sides.
    #[error(
        "the quotation has an ellipsis that is not between words, or more than one; expected one: \
         first words … last words"
    )]
    Ellipsis,
    /// There is no such occurrence.
    #[error("expected an occurrence from 1 to {count}, found {nth}")]
    NoSuchOccurrence {
        /// The requested number.
        nth: usize,
        /// The number of places.
        count: usize,
    },
}

/// The edge of a quotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// Its beginning.
    Begin,
    /// Its end.
    End,
}

/// The side of a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Before it.
    Before,
    /// After it.
    After,
}

/// The nearest place to words that are not in a document, and the first difference there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NearestPlace {
    /// Its code point.
    pub at: usize,
    /// The longest run of the typed words there (may be empty).
    pub found: String,
    /// The side of the first difference.
    pub side: Side,
    /// The text of the document there.
    pub document: String,
    /// The text of the quotation there.
    pub quotation: String,
}

impl fmt::Display for NearestPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let NearestPlace { at, found, side, document, quotation } = self;
        if found.is_empty() {
            return write!(f, "no word of {} does", in_quotes(quotation));
        }
        let side = match side {
            Side::Before => "before",
            Side::After => "after",
        };
        let document = match document.as_str() {
            "" => "nothing".to_owned(),
            words => in_quotes(words),
        };
        write!(
            f,
            "the nearest place is {} at code point {at}; {side} it the document has \
             {document}, the quotation has {}",
            in_quotes(found),
            in_quotes(quotation)
        )
    }
}

/// For each beginning of a needle, the length of the longest shorter beginning that it ends with.
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

/// All places of words in a text, in order, with overlaps; at most one more than [`MOST_PLACES`]. A
/// word that is broken at the end of a line is found with and without its hyphen; where nothing is
/// found, hyphens inside words are ignored.
pub fn occurrences(text: &Text, words: &str) -> Vec<TextPlace> {
    let mut places = Vec::new();
    let needle = |hyphens| Loose::new(words.trim(), hyphens);
    let joined = text.loose(Hyphens::Joined);
    add_places(&mut places, joined, &needle(Hyphens::Joined));
    if joined.has_broken_words() {
        for hyphens in [Hyphens::Kept, Hyphens::Spaced] {
            add_places(&mut places, text.loose(hyphens), &needle(hyphens));
        }
        places.sort_unstable();
        places.dedup();
    }
    if places.is_empty() {
        add_places(&mut places, text.loose(Hyphens::Ignored), &needle(Hyphens::Ignored));
    }
    places
}

/// The words before and after the first ellipsis in the typed words, if there is one; also of one
/// in brackets, as quotations are printed, and of one of two characters.
///
/// ```
/// use annals_core::quote_search::places::split_ellipsis;
/// assert_eq!(split_ellipsis("They met […] again"), Some(("They met ", " again")));
/// assert_eq!(split_ellipsis("王毅……会谈"), Some(("王毅", "会谈")));
/// assert_eq!(split_ellipsis("They met (twice"), None);
/// ```
pub fn split_ellipsis(typed: &str) -> Option<(&str, &str)> {
    let is_dots = |c: char| matches!(c, '…' | '⋯');
    let (before, after) = match typed.split_once(is_dots) {
        // In Chinese and Japanese it is two characters.
        Some((before, after)) => (before, after.trim_start_matches(is_dots)),
        None => {
            let (before, after) = typed.split_once("...")?;
            (before, after.trim_start_matches("..."))
        }
    };
    let in_brackets = |open, close| Some((before.strip_suffix(open)?, after.strip_prefix(close)?));
    in_brackets('[', ']').or_else(|| in_brackets('(', ')')).or(Some((before, after)))
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
    /// The place from `start` to before `end`; `None` if a number is too large.
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

/// The greatest number of places of the same words that are examined.
pub const MOST_PLACES: usize = 100_000;

/// Adds the places of `needle` in `hay`, up to one more than [`MOST_PLACES`] in all.
fn add_places(places: &mut Vec<TextPlace>, hay: &Loose, needle: &Loose) {
    let needle = needle.as_str().trim_matches(' ');
    let mut add = |at| {
        let (start, end) = hay.span(at, at + needle.len());
        if places.len() <= MOST_PLACES {
            places.extend(TextPlace::new(start, end));
        }
    };
    match hay.places(needle) {
        Some(places) => places.into_iter().for_each(add),
        None => each_occurrence(hay.as_str().as_bytes(), needle.as_bytes(), &mut add),
    }
}

/// Calls `found` with each offset of a needle, with overlaps, in time proportional to the text.
///
/// After an occurrence the next one is the length of the needle's smallest period on, if it
/// overlaps: then only as many bytes are compared. Any other is farther on than half the needle
/// (Fine and Wilf), so that what is searched again is at most the text once more.
pub fn each_occurrence(hay: &[u8], needle: &[u8], found: &mut dyn FnMut(usize)) {
    if needle.is_empty() {
        return;
    }
    let finder = memmem::Finder::new(needle);
    let Some(mut at) = finder.find(hay) else { return };
    let border = borders(needle).last().copied().unwrap_or_default();
    let (period, new) = (needle.len() - border, needle.get(border..));
    loop {
        found(at);
        let (next, end) = (at + period, at + needle.len());
        let overlaps = border > 0 && hay.get(end..end + period) == new;
        at = match overlaps {
            true => next,
            false => match hay.get(next..).and_then(|rest| finder.find(rest)) {
                Some(more) => next + more,
                None => return,
            },
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_space_that_does_not_break_is_shown_as_a_space() {
        let error = QuoteSearchError::Cut {
            edge: Edge::End,
            unit: Unit::Number,
            whole: "4\u{A0}800\u{A0}Kč".to_owned(),
            start: 6,
            end: 14,
        };
        let begin = "the quotation ends inside the number \"4 800 Kč\" at code points 6..14;";
        assert!(error.to_string().starts_with(begin), "{error}");
        assert_eq!(shown("a\u{200B}b"), "\"a\\u{200b}b\"");
    }
}
