//! The place in a document that is nearest to words that do not stand in it.
//!
//! Always holds: it is one pass over the document for each of the first words that were typed.
//! Not here: words that are found (`quote_search`).

use crate::loose::{Hyphens, Loose};
use crate::quote::Text;
use crate::quote_search::places::{PointingError, borders, occurrences, split_ellipsis};

/// The nearest place, and what differs there. Of `first … last`, the part that is not found.
pub(super) fn nearest(text: &Text, typed: &str) -> PointingError {
    let hay: Vec<char> = text.loose().as_str().chars().collect();
    let (mut part, mut from) = (typed, 0);
    if let Some((first, last)) = split_ellipsis(typed) {
        let is_empty = |words: &str| needle(words).is_empty();
        match occurrences(text, first).first() {
            Some(place) if !is_empty(last) => {
                part = last;
                let passed = text.loose().byte_near(place.span().1);
                from = text.loose().as_str().get(..passed).map_or(0, |text| text.chars().count());
            }
            _ => part = if is_empty(first) { last } else { first },
        }
    }
    let typed = needle(part);
    let MatchRun { at, of, length } = longest_run(&hay, &typed, from);
    let end = of + length;
    let before = end == typed.len() && of > 0;
    let (instead, expected) = match before {
        true => (last_of(&hay[..at]), last_of(&typed[..of])),
        false => (first_of(&hay[at + length..]), first_of(&typed[end..])),
    };
    // Of a long run the end that is beside the difference is shown.
    let shown = length.min(SHOWN);
    let skipped = if before { 0 } else { length - shown };
    let byte: usize = hay[..at + skipped].iter().map(|c| c.len_utf8()).sum();
    PointingError::NotFound {
        at: text.loose().span(byte, byte + 1).0,
        found: typed[of + skipped..of + skipped + shown].iter().collect(),
        before,
        instead,
        expected,
    }
}

fn needle(words: &str) -> Vec<char> {
    Loose::new(words.trim(), Hyphens::Joined).as_str().chars().collect()
}

/// How many characters are shown of a run, and of a difference.
const SHOWN: usize = 40;
const DIFFERENCE: usize = 24;
/// How many words are tried as the beginning of a run.
const WORDS: usize = 24;
/// How many shorter runs that end at one place are looked at.
const SHORTER: usize = 8;

fn first_of(chars: &[char]) -> String {
    chars.iter().take(DIFFERENCE).collect()
}

fn last_of(chars: &[char]) -> String {
    chars[chars.len().saturating_sub(DIFFERENCE)..].iter().collect()
}

/// Characters that the document and the typed words share: where in each, and how many.
#[derive(Clone, Copy, Default)]
struct MatchRun {
    at: usize,
    of: usize,
    length: usize,
}

/// The longest run from the beginning of some typed word on, the earliest of equal ones.
fn longest_run(hay: &[char], typed: &[char], from: usize) -> MatchRun {
    let begins = |of: &usize| *of == 0 || typed.get(of - 1) == Some(&' ');
    let mut best = MatchRun::default();
    for of in (0..typed.len()).filter(begins).take(WORDS) {
        let found = longest_beginning(hay, &typed[of..], from);
        if found.length > best.length {
            best = MatchRun { of, ..found };
        }
        // What is found once the quotation's beginning is, is the first difference.
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
            if start == 0 || !hay[start - 1].is_alphanumeric() {
                best = MatchRun { at: start, of: 0, length };
            } else {
                length = borders[length - 1];
            }
        }
    }
    best
}
