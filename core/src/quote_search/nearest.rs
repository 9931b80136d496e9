//! The place in a document that is nearest to words that are not in it.
//!
//! Always holds: the search is one pass over the document for each of the first typed words; in a
//! script without spaces, for each of the first characters.
//! Not here: words that are found (`quote_search`).

use crate::loose::{Hyphens, Loose, is_unspaced};
use crate::quote::Text;
use crate::quote_search::places::{
    NearestPlace, QuoteSearchError, Side, borders, occurrences, split_ellipsis,
};
use std::ops::Range;

/// The nearest place and the first difference there. For `first … last`, those of the part that is
/// not found.
pub(super) fn nearest(text: &Text, typed: &str) -> QuoteSearchError {
    let loose = text.loose(Hyphens::Joined);
    let hay: Vec<char> = loose.as_str().chars().collect();
    let (mut part, mut from) = (typed, 0);
    if let Some((first, last)) = split_ellipsis(typed) {
        let is_empty = |words: &str| folded(words).as_str().is_empty();
        match occurrences(text, first).first() {
            Some(place) if !is_empty(last) => {
                part = last;
                let passed = loose.as_str().get(..loose.byte_near(place.span().1));
                from = passed.map_or(0, |text| text.chars().count());
            }
            _ => part = if is_empty(first) { last } else { first },
        }
    }
    let part = part.trim();
    let quoted = folded(part);
    let typed: Vec<char> = quoted.as_str().chars().collect();
    if let Some(range) = in_other_case(&hay, &typed, from) {
        let (start, end) = span(loose, &hay, range.start..range.end);
        let words = text.slice(start, end).unwrap_or_default();
        let found = words.chars().take(MOST_SHOWN).collect();
        return QuoteSearchError::OtherCase { at: start, found };
    }
    let MatchRun { at, of, length } = longest_run(&hay, &typed, from);
    let end = of + length;
    let side = if end == typed.len() && of > 0 { Side::Before } else { Side::After };
    let (document, quotation) = match side {
        Side::Before => (last_of(at), last_of(of)),
        Side::After => (first_of(at + length, hay.len()), first_of(end, typed.len())),
    };
    // Of a long run, the end next to the difference is shown.
    let shown = length.min(SHOWN);
    let skipped = if side == Side::Before { 0 } else { length - shown };
    let found = at + skipped..at + skipped + shown;
    let own = |range: Range<usize>| {
        let (start, end) = span(loose, &hay, range);
        text.slice(start, end).unwrap_or_default().to_owned()
    };
    let (start, end) = span(&quoted, &typed, quotation);
    QuoteSearchError::NotFound(NearestPlace {
        at: span(loose, &hay, found.start..found.start + 1).0,
        found: own(found),
        side,
        document: own(document),
        quotation: part.chars().skip(start).take(end.saturating_sub(start)).collect(),
    })
}

/// The first place of words in another letter case, between other words.
fn in_other_case(hay: &[char], typed: &[char], from: usize) -> Option<Range<usize>> {
    let small = |c: &char| match c {
        'ς' => 'σ',
        c => c.to_lowercase().next().unwrap_or(*c),
    };
    let (hay, typed): (Vec<char>, Vec<char>) =
        (hay.iter().map(small).collect(), typed.iter().map(small).collect());
    let MatchRun { at, length, .. } = longest_beginning(&hay, &typed, from);
    let ends = !hay.get(at + length).is_some_and(|c| c.is_alphanumeric());
    (length == typed.len() && length > 0 && ends).then_some(at..at + length)
}

fn folded(words: &str) -> Loose {
    Loose::new(words.trim(), Hyphens::Joined)
}

/// The code points of a text that some characters of its folding come from.
fn span(loose: &Loose, chars: &[char], range: Range<usize>) -> (usize, usize) {
    let byte = |at: usize| chars.iter().take(at).map(|c| c.len_utf8()).sum();
    match range.is_empty() {
        true => (0, 0),
        false => loose.span(byte(range.start), byte(range.end)),
    }
}

/// The number of characters of a run that are shown.
const SHOWN: usize = 40;
/// The number of characters of words in another letter case that are shown.
const MOST_SHOWN: usize = 120;
/// The number of characters of a difference that are shown.
const DIFFERENCE: usize = 24;
/// The number of words, or of characters without spaces, that are tried as the beginning of a run.
const WORDS: usize = 24;
/// The number of shorter runs with the same end that are tried.
const SHORTER: usize = 8;

fn first_of(from: usize, length: usize) -> Range<usize> {
    from..length.min(from + DIFFERENCE)
}

fn last_of(end: usize) -> Range<usize> {
    end.saturating_sub(DIFFERENCE)..end
}

/// Characters that the document and the typed words share: the offset in each, and their number.
#[derive(Clone, Copy, Default)]
struct MatchRun {
    at: usize,
    of: usize,
    length: usize,
}

/// The longest run that begins at some typed word; the earliest of equal ones.
fn longest_run(hay: &[char], typed: &[char], from: usize) -> MatchRun {
    let begins = |of: &usize| {
        *of == 0
            || typed.get(of - 1) == Some(&' ')
            || typed.get(*of).is_some_and(|c| is_unspaced(*c))
    };
    let mut best = MatchRun::default();
    for of in (0..typed.len()).filter(begins).take(WORDS) {
        let found = longest_beginning(hay, &typed[of..], from);
        if found.length > best.length {
            best = MatchRun { of, ..found };
        }
        // Once the beginning of the quotation is found, the end of its run is the first difference.
        if best.length > typed.len() / 2 {
            break;
        }
    }
    best
}

/// The longest beginning of some words that begins a word of the document.
fn longest_beginning(hay: &[char], words: &[char], from: usize) -> MatchRun {
    let borders = borders(words);
    let mut best = MatchRun::default();
    let mut matched = 0;
    for (at, c) in hay.iter().enumerate().skip(from) {
        while matched == words.len() || (matched > 0 && words[matched] != *c) {
            matched = borders[matched - 1];
        }
        matched += usize::from(words[matched] == *c);
        let mut length = matched;
        for _ in 0..SHORTER {
            if length <= best.length {
                break;
            }
            let start = at + 1 - length;
            if start == 0 || !hay[start - 1].is_alphanumeric() || is_unspaced(hay[start]) {
                best = MatchRun { at: start, of: 0, length };
            } else {
                length = borders[length - 1];
            }
        }
    }
    best
}
