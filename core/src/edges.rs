//! Edges: whether a position in a text is inside a word, a number, an address or a character.
//!
//! Always holds: words are those of Unicode's word boundaries (UAX 29): `don't` and `example.org`
//! are one, `ex-president` is two; in scripts without spaces each character is a word. A number is
//! its digits with their separators, sign, currency, magnitude and unit. Only characters near the
//! position are read, so that the work does not grow with the text. Not here: the search for a
//! place (`quote_search`). Source: unicode-segmentation; Unicode Standard Annex 29.

mod words;
mod units;
mod below_zero;
mod shares;
mod number;
mod phrases;
mod spelled;
mod signs;

pub use crate::edges::below_zero::{below_zero, minus_before, zero_before};
pub use crate::edges::shares::{percent_before, points};
use crate::edges::words::{WordKind, number_word, without_ending};
use crate::loose::{is_hyphen, is_ignored, line_breaks};
use std::fmt;
use std::ops::Range;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation};

/// What a position is inside of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A character as displayed: a letter with its marks, a flag.
    Character,
    /// A word.
    Word,
    /// A number with its unit.
    Number,
    /// A web or mail address.
    Address,
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unit::Character => "character",
            Unit::Word => "word",
            Unit::Number => "number",
            Unit::Address => "address",
        })
    }
}

/// The number of characters that are read on each side of a position.
const NEAR: usize = 128;

/// As [`unit_at`], but without numbers that have several words: inside of `5 per cent` there are
/// places between words.
pub fn word_at(text: &str, at: usize) -> Option<(Unit, Range<usize>)> {
    let (near, back, at) = near(text, at)?;
    unit_of_words(near, at).map(|(unit, found)| (unit, back + found.start..back + found.end))
}

/// The characters around a byte offset, the offset of the first one, and the place among them.
fn near(text: &str, at: usize) -> Option<(&str, usize, usize)> {
    let (before, after) = (text.get(..at)?, text.get(at..)?);
    if before.is_empty() || after.is_empty() {
        return None;
    }
    // The bytes that begin characters are counted: nothing is decoded.
    let begins = |(_, byte): &(usize, u8)| byte & 0xC0 != 0x80;
    let back = before.bytes().enumerate().rev().filter(begins).nth(NEAR - 1);
    let back = back.map_or(0, |(byte, _)| byte);
    let on = after.bytes().enumerate().filter(begins).nth(NEAR);
    let on = on.map_or(text.len(), |(byte, _)| at + byte);
    Some((text.get(back..on)?, back, at - back))
}

fn unit_of_words(near: &str, at: usize) -> Option<(Unit, Range<usize>)> {
    let inside = |unit: Unit, found: Option<Range<usize>>| found.map(|found| (unit, found));
    inside(Unit::Address, address(near, at))
        .or_else(|| inside(Unit::Word, formula(near, at)))
        .or_else(|| inside(Unit::Word, signed(near, at)))
        .or_else(|| inside(Unit::Word, broken(near, at)))
        .or_else(|| inside(Unit::Word, word(near, at)))
        .or_else(|| inside(Unit::Character, character(near, at)))
}

/// A word with figures above or below the line (`CO₂`, `x²`); after a longer word a raised figure
/// is the mark of a note.
fn formula(text: &str, at: usize) -> Option<Range<usize>> {
    let is_low = |c: char| matches!(c, '\u{2080}'..='\u{209C}');
    let is_high = |c: char| matches!(c, '²' | '³' | '¹' | '\u{2070}'..='\u{207F}');
    let is_part = |c: char| c.is_alphanumeric() || is_low(c) || is_high(c);
    let (before, after) = (text.get(..at)?, text.get(at..)?);
    let is_inside = before.ends_with(is_part) && after.starts_with(is_part);
    let start = before.char_indices().rev().take_while(|(_, c)| is_part(*c)).last()?.0;
    let end = at + after.find(|c| !is_part(c)).unwrap_or(after.len());
    let whole = text.get(start..end)?;
    let letters = whole.chars().take_while(|c| c.is_alphabetic() && !is_high(*c)).count();
    let low = whole.contains(is_low) && letters > 0;
    let name: String = whole.chars().take(letters).collect();
    // A sign, an element or a measure; after another word it is the mark of a note.
    let is_sign = letters == 1
        || letters == 2 && (name.contains(char::is_uppercase) || number_word(&name).is_some());
    let high = whole.contains(is_high) && is_sign;
    (is_inside && (low || high)).then_some(start..end)
}

/// Words that may follow a hyphen at the end of a line without being of the word before it
/// (`pre-⏎and post-war`).
const AFTER_HYPHENS: &[&str] =
    &["and", "or", "und", "oder", "bis", "et", "ou", "и", "или", "та", "або", "en", "och", "og"];

/// A word that is broken with a hyphen at the end of a line, if the place is inside of it: half of
/// it may be the contrary of it (`un-⏎able`).
fn broken(text: &str, at: usize) -> Option<Range<usize>> {
    let is_part = |c: char| c.is_alphabetic() || is_combining_mark(c) || "'’ʼ".contains(c);
    let hyphens = text.char_indices().filter(|(_, c)| is_hyphen(*c));
    hyphens.into_iter().find_map(|(hyphen, sign)| {
        let (before, after) = (text.get(..hyphen)?, text.get(hyphen + sign.len_utf8()..)?);
        let rest = after.trim_start();
        let blank = after.get(..after.len() - rest.len())?;
        let start = before.trim_end_matches(is_part).len();
        let length = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        let end = text.len() - rest.len() + length;
        let is_one = start < hyphen && length > 0 && line_breaks(blank.chars()) == 1;
        let is_inside = start < at && at < end;
        let is_free = || AFTER_HYPHENS.contains(&rest.get(..length).unwrap_or_default());
        (is_one && is_inside && !is_free()).then_some(start..end)
    })
}

/// A name with signs: `AT&T`, `C++`, `C#`, a rating (`A+`, `AA-`), a number after a hyphen
/// (`COVID-19`).
fn signed(text: &str, at: usize) -> Option<Range<usize>> {
    let (before, after) = (text.get(..at)?, text.get(at..)?);
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '&' | '+' | '#' | '-' | '‑');
    // A hyphen at the end of a line: COVID-⏎19.
    let is_break = |at: usize| {
        let hyphen = text.get(..at).is_some_and(|before| before.ends_with(['-', '‑']));
        let rest = text.get(at..).unwrap_or_default();
        hyphen && (rest.starts_with('\n') || rest.starts_with("\r\n"))
    };
    let is_in = |(byte, c): (usize, char)| {
        is_part(c) || is_break(byte) || c == '\n' && byte.checked_sub(1).is_some_and(is_break)
    };
    let start = before.char_indices().rev().take_while(|part| is_in(*part)).last();
    let end = after.char_indices().find(|(byte, c)| !is_in((at + byte, *c)));
    let end = end.map_or(text.len(), |(byte, _)| at + byte);
    let start = start.map_or(at, |(byte, _)| byte);
    let run = text.get(start..end)?;
    let names = [
        joined_by(run, at - start, '&', char::is_alphabetic),
        joined_by(run, at - start, '-', char::is_numeric),
        joined_by(run, at - start, '‑', char::is_numeric),
        ends_in_signs(run, at - start),
    ];
    names.into_iter().flatten().next().map(|found| start + found.start..start + found.end)
}

/// The letters with a sign and what fits behind it, if the place is inside of them.
fn joined_by(run: &str, at: usize, sign: char, fits: fn(char) -> bool) -> Option<Range<usize>> {
    run.match_indices(sign).find_map(|(found, sign)| {
        let (before, after) = (run.get(..found)?, run.get(found + sign.len()..)?);
        let letters = before.chars().rev().take_while(|c| c.is_alphabetic());
        let start = found - letters.map(char::len_utf8).sum::<usize>();
        let broken = after.len() - after.trim_start_matches(['\r', '\n']).len();
        let after = after.get(broken..)?;
        let more = after.find(|c: char| !fits(c)).unwrap_or(after.len());
        let more = if more > 0 { broken + more } else { 0 };
        let end = found + sign.len() + more;
        (start < found && more > 0 && start < at && at < end).then_some(start..end)
    })
}

/// A short name in capitals that ends in signs, if the place is inside of it.
fn ends_in_signs(run: &str, at: usize) -> Option<Range<usize>> {
    let letters = run.find(|c: char| !c.is_ascii_uppercase())?;
    let (name, signs) = run.split_at(letters);
    let is_language = name.len() == 1 && ["++", "#", "+"].contains(&signs);
    let is_rating = (1..=4).contains(&name.len())
        && name.chars().all(|c| ('A'..='D').contains(&c))
        && ["+", "-"].contains(&signs);
    ((is_language || is_rating) && 0 < at && at < run.len()).then_some(0..run.len())
}

/// What the byte offset `at`, a boundary of code points, is inside of, with its byte range; `None`
/// if it is inside nothing.
///
/// ```
/// use annals_core::edges::{Unit, unit_at};
/// let text = "It cost €9.8 million.";
/// assert_eq!(unit_at(text, 12), Some((Unit::Number, 8..22)));
/// assert_eq!(unit_at(text, 8), None);
/// ```
pub fn unit_at(text: &str, at: usize) -> Option<(Unit, Range<usize>)> {
    let (near, back, at) = near(text, at)?;
    let in_words = || {
        let found = [phrases::phrase(near, at), spelled::spelled(near, at)];
        found.into_iter().flatten().max_by_key(Range::len)
    };
    let number = number::around(near, at).or_else(in_words).or_else(|| number_in_words(near, at));
    let number = number.map(|found| (Unit::Number, found));
    let (unit, found) = number.or_else(|| unit_of_words(near, at))?;
    Some((unit, back + found.start..back + found.end))
}

/// A number in words, if the place is inside of it: tens with what is added to them (`twenty-five`,
/// `двадцять п’ять`), and a number with its magnitude (`five million`), its per cent or its
/// currency (`six per cent`, `twelve million pounds`).
fn number_in_words(text: &str, at: usize) -> Option<Range<usize>> {
    let is_part = |c: char| c.is_alphabetic() || is_combining_mark(c) || "'’ʼ-‑".contains(c);
    let begin = |end: usize| {
        let before = text.get(..end).unwrap_or_default();
        before.trim_end_matches(is_part).len()
    };
    let end = |from: usize| {
        let rest = text.get(from..).unwrap_or_default();
        from + rest.find(|c| !is_part(c)).unwrap_or(rest.len())
    };
    let numbers = |range: Range<usize>| -> Option<Vec<WordKind>> {
        let words = text.get(range)?.split(['-', '‑']);
        let kinds = words.map(|word| number_word(word).map(|word| word.kind)).collect();
        Option::<Vec<_>>::filter(kinds, |kinds| kinds.iter().all(|kind| kind.is_number()))
    };
    let (first, last) = (begin(at), end(at));
    if first < at && at < last {
        let whole = numbers(first..last).filter(|kinds| kinds.len() > 1);
        return whole.map(|_| first..last);
    }
    // A place between two words.
    let gap = |c: char| matches!(c, ' ' | '\u{A0}' | '\u{202F}');
    let left_end = text.get(..at)?.trim_end_matches(gap).len();
    let right = text.len() - text.get(at..)?.trim_start_matches(gap).len();
    if right - left_end == 0 || right - left_end > 3 {
        return None;
    }
    let (left, right_end) = (begin(left_end), end(right));
    let before = numbers(left..left_end)?;
    let joins = numbers(right..right_end).is_some_and(|after| {
        matches!(
            (before.last(), after.first()),
            (Some(WordKind::Tens), Some(WordKind::Ones))
                | (Some(WordKind::Tens | WordKind::Ones), Some(WordKind::Magnitude(_)))
        )
    });
    if joins {
        return Some(left..right_end);
    }
    // Its per cent or its currency; shorter words are also others: en euros, to pounds.
    const SHORTEST: usize = 3;
    if text.get(left..left_end)?.chars().count() < SHORTEST {
        return None;
    }
    let next_end = |from: usize| {
        let rest = text.get(from..)?;
        let blank = rest.chars().next().filter(|c| gap(*c))?;
        let begin = from + blank.len_utf8();
        Some(end(begin)).filter(|end| *end > begin)
    };
    let second = next_end(right_end);
    let ends = [second.and_then(next_end), second, Some(right_end)];
    ends.into_iter().flatten().find_map(|end| {
        let unit = number_word(&text.get(right..end)?.replace(gap, " "))?;
        matches!(unit.kind, WordKind::Percent | WordKind::Money).then_some(left..end)
    })
}

/// The number of zeros of a magnitude in any language; `None` of another word.
///
/// ```
/// use annals_core::edges::magnitude;
/// assert_eq!([magnitude("crore"), magnitude("Mrd"), magnitude("men")], [Some(7), Some(9), None]);
/// ```
pub fn magnitude(word: &str) -> Option<usize> {
    match number_word(word)?.kind {
        WordKind::Magnitude(zeros) => Some(zeros),
        _ => None,
    }
}

/// The one currency or measure that a word names in the languages of CLDR: `crown` of `kronor`;
/// `None` if it is none, or one of several.
///
/// ```
/// use annals_core::edges::amount_kind;
/// assert_eq!(["forint", "kronor", "dolar"].map(amount_kind), [
///     Some("forint"),
///     Some("crown"),
///     Some("dollar"),
/// ]);
/// ```
pub fn amount_kind(word: &str) -> Option<&'static str> {
    number_word(word)?.meaning
}

/// A Turkish, Hungarian or Finnish word for a currency or a measure without its ending.
///
/// ```
/// use annals_core::edges::amount_stem;
/// assert_eq!(["lirayı", "euróra", "liras"].map(amount_stem), [Some("lira"), Some("euró"), None]);
/// ```
pub fn amount_stem(word: &str) -> Option<&'static str> {
    without_ending(word)
}

/// The zeros of a magnitude that is one after an amount of money alone: `bi` of `R$ 4,5 bi`.
pub fn magnitude_of_money(word: &str) -> Option<usize> {
    words::short_magnitude(word)
}

/// Whether a word or a phrase is a part of a hundred in some language.
pub fn is_percent(word: &str) -> bool {
    number_word(word).is_some_and(|word| word.kind == WordKind::Percent)
}

/// The characters between white space around a position.
fn run(text: &str, at: usize) -> Range<usize> {
    let start = text.get(..at).and_then(|before| {
        let (byte, blank) = before.char_indices().rev().find(|(_, c)| c.is_whitespace())?;
        Some(byte + blank.len_utf8())
    });
    let end = text.get(at..).and_then(|after| after.find(char::is_whitespace));
    start.unwrap_or(0)..end.map_or(text.len(), |end| at + end)
}

fn word(text: &str, at: usize) -> Option<Range<usize>> {
    let run = run(text, at);
    let words = text.get(run.clone())?.split_word_bound_indices();
    // What nobody sees after a word is no part of it.
    let mut words = words.map(|(byte, word)| (run.start + byte, word.trim_end_matches(is_ignored)));
    let (start, word) = words.find(|(start, word)| *start < at && at < start + word.len())?;
    let (first, rest) = word.split_at_checked(at - start)?;
    let letters = word.chars().any(char::is_alphanumeric);
    (letters && !is_elided(first, rest)).then_some(start..start + word.len())
}

/// Whether `first` is an article or a pronoun without its vowel (l’Ukraine, dell’anno).
fn is_elided(first: &str, rest: &str) -> bool {
    const ELIDED: &[&str] = &[
        "l", "d", "j", "m", "n", "s", "t", "c", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu",
        "dell", "all", "nell", "sull", "dall", "un", "quell", "quest",
    ];
    let Some(article) = first.strip_suffix(['\'', '’', 'ʼ']) else { return false };
    let vowel = rest.nfd().next().is_some_and(|c| "aeiouyhAEIOUYHœŒæÆ".contains(c));
    vowel && ELIDED.contains(&article.to_lowercase().as_str())
}

fn character(text: &str, at: usize) -> Option<Range<usize>> {
    let mut cursor = GraphemeCursor::new(at, text.len(), true);
    if cursor.is_boundary(text, 0).ok()? {
        return None;
    }
    let start = GraphemeCursor::new(at, text.len(), true).prev_boundary(text, 0).ok()?;
    let end = GraphemeCursor::new(at, text.len(), true).next_boundary(text, 0).ok()?;
    let (start, end) = (start?, end?);
    // What nobody sees after a character is no part of it.
    let rest = text.get(at..end)?;
    (!rest.chars().all(is_ignored)).then_some(start..end)
}

/// An address with its scheme, a mail address, or one that begins with `www.`.
fn address(text: &str, at: usize) -> Option<Range<usize>> {
    let part = |c: char| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '"');
    let start = text.get(..at)?.char_indices().rev().find(|(_, c)| !part(*c));
    let start = start.map_or(0, |(byte, c)| byte + c.len_utf8());
    let end = text.get(at..)?.find(|c| !part(c)).map_or(text.len(), |end| at + end);
    let run = text.get(start..end)?;
    let begins = |found: usize, part: fn(char) -> bool| {
        let before = run.get(..found).unwrap_or_default();
        before.rfind(|c| !part(c)).map_or(0, |byte| byte + 1)
    };
    let ended = |from: usize| {
        let rest = run.get(from..).unwrap_or_default();
        from + rest.trim_end_matches(|c: char| ".,;:!?)]}'".contains(c)).len()
    };
    let web = run.find("://").map(|at| begins(at, |c| c.is_ascii_alphanumeric()));
    let web = web.or_else(|| run.find("www."));
    let web = web.map(|first| first..ended(first));
    let mail = run.find('@').and_then(|sign| {
        let first = begins(sign, |c| c.is_ascii_alphanumeric() || "._%+-".contains(c));
        let rest = run.get(sign + 1..)?;
        let host = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
        let length = rest.find(|c| !host(c)).unwrap_or(rest.len());
        let host = rest.get(..length)?.trim_end_matches(['.', '-']);
        (first < sign && host.contains('.')).then(|| first..sign + 1 + host.len())
    });
    let found = web.or(mail)?;
    let found = start + found.start..start + found.end;
    (found.start < at && at < found.end).then_some(found)
}

#[cfg(test)]
mod tests;
