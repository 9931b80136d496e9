//! Large first letters of a PDF's texts that are drawn before other words: a browser draws what
//! floats first.
//!
//! Always holds: a letter moves only to a string of much smaller letters that begins beside it,
//! level with its top; all others stay where they are drawn. Where the blank after a word of one
//! letter may be meant (“A minister”, “Another”), the words of the page and of the language decide.
//! Not here: a letter that is drawn right before its word (`pdf`). Source: Cascading Style Sheets,
//! `initial-letter` and `::first-letter`; stop words by `stop-words`.

use crate::capture::pdf_cells::TextChange;
use std::collections::HashMap;
use unicode_segmentation::UnicodeSegmentation;

/// The size of letters beside the first one of their word, of which they are at most this part.
pub(super) const INITIAL: f64 = 0.5;
/// The height of a capital letter, as a part of its size.
const CAPITAL: f64 = 0.7;
/// How far the tops of the letter and of its line are apart, as a part of the size of the line.
const LEVEL: f64 = 0.8;
/// The most letters of a page that are looked at, and the most characters with marks before one.
const MOST: usize = 256;
const MOST_CHARACTERS: usize = 3;

/// The words of one letter of a language; languages that have none, and others after them.
const WORDS_OF_ONE_LETTER: [(&str, &str); 9] = [
    ("en", "AI"),
    ("de nl fi et lb tr", ""),
    ("fr", "AÀYÔ"),
    ("es it pt ro ca gl", "AÀEÈÉOÓUY"),
    ("cs sk", "AIKOSUVZ"),
    ("pl", "AIOUWZ"),
    ("hr bs sl", "AIKOSUZ"),
    ("da nb nn no sv", "IÅØ"),
    ("", "AIАВЗИІЙКОСУЯЄ"),
];

/// A letter that stands on a line of its own.
#[derive(Debug)]
struct Initial {
    /// Where it stands in the text, with the marks before it.
    start: usize,
    text: String,
    /// Where it ends, its base line and its size.
    x: f64,
    y: f64,
    size: f64,
    /// Where its word begins in the text.
    word: Option<usize>,
}

/// The letters of a page that stand on a line of their own.
#[derive(Debug, Default)]
pub(super) struct Initials {
    all: Vec<Initial>,
}

impl Initials {
    /// Keeps a line that begins at a place of the text and ends at `x`, if it is one letter, with
    /// or without marks before it.
    pub(super) fn keep(&mut self, line: &str, start: usize, x: f64, y: f64, size: f64) {
        let is_known = self.all.last().is_some_and(|last| last.start >= start);
        let mut chars = line.trim_end().chars().rev();
        let is_letter = chars.next().is_some_and(char::is_alphabetic)
            && chars.all(|c| !c.is_alphanumeric() && !c.is_whitespace());
        let is_short = line.chars().count() <= MOST_CHARACTERS;
        if is_letter && is_short && !is_known && self.all.len() < MOST {
            let text = line.trim_end().to_owned();
            self.all.push(Initial { start, text, x, y, size, word: None });
        }
    }

    /// The number of the letter beside which a string begins.
    pub(super) fn beside(&self, x: f64, y: f64, size: f64) -> Option<usize> {
        self.all.iter().rposition(|letter| {
            let full = letter.size;
            let top = y + CAPITAL * size - (letter.y + CAPITAL * full);
            letter.word.is_none()
                && size <= 1.01 * INITIAL * full
                && (letter.x - 0.3 * full..letter.x + 0.5 * full).contains(&x)
                && y > letter.y + 0.5 * size
                && top.abs() <= LEVEL * size
        })
    }

    /// A letter's word begins at this place of the text.
    pub(super) fn put(&mut self, number: usize, word: usize) {
        if let Some(letter) = self.all.get_mut(number) {
            letter.word = Some(word);
        }
    }

    /// The changes of the text of a page in a language that put each letter at its word.
    pub(super) fn changes(&self, text: &str, lang: &str) -> Vec<TextChange> {
        let mut words: HashMap<String, usize> = HashMap::new();
        let mut changes = Vec::new();
        for letter in &self.all {
            let Some((word, after)) = letter.word.and_then(|at| Some((at, text.get(at..)?))) else {
                continue;
            };
            if words.is_empty() {
                for word in text.unicode_words() {
                    *words.entry(word.to_lowercase()).or_default() += 1;
                }
            }
            let gap = if is_apart(&letter.text, after, &words, lang) { " " } else { "" };
            changes.push(TextChange { at: word..word, put: format!("{}{gap}", letter.text) });
            let at = letter.start..letter.start + letter.text.len();
            changes.push(TextChange { at, put: String::new() });
        }
        changes
    }
}

/// Whether a large letter is a word by itself before what follows it, on a page with these words.
fn is_apart(initial: &str, after: &str, words: &HashMap<String, usize>, lang: &str) -> bool {
    let language = lang.split('-').next().unwrap_or_default().to_ascii_lowercase();
    let Some(letter) = initial.chars().next_back() else { return false };
    let rest: String = after.chars().take_while(|c| c.is_alphabetic()).collect();
    let mut first = rest.chars();
    if first.next().is_none_or(char::is_uppercase) {
        // “A” before “Kyiv”, but “N” before “O MINISTER”.
        return first.next().is_some_and(char::is_lowercase);
    }
    let known = WORDS_OF_ONE_LETTER.iter().find(|(languages, _)| {
        languages.is_empty() || languages.split(' ').any(|known| known == language)
    });
    if !known.is_some_and(|(_, letters)| letters.contains(letter)) {
        return false;
    }
    let joined = format!("{letter}{rest}").to_lowercase();
    let small_words = stop_words::lookup(&language).or_else(|| stop_words::lookup("en"));
    let is_small = |word: &str| small_words.is_some_and(|all| all.contains(&word));
    let count = |word: &str| words.get(word).copied().unwrap_or_default();
    // The rest of the word is a word of the page where it stands beside the letter.
    match (count(&joined) > 0, count(&rest) > 1, is_small(&joined)) {
        (true, _, _) | (false, false, true) => false,
        (false, true, _) => true,
        // Israel and Italy begin more texts than a verb after “I”.
        _ => letter != 'I' || language != "en" || is_small(&rest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_a_word_by_itself_where_the_page_or_the_language_say_so() {
        for (letter, after, lang, expected) in [
            ("N", "o minister resigned.", "en", false),
            ("N", "O MINISTER resigned.", "en", false),
            ("A", "minister resigned.", "en", true),
            ("A", "nother minister resigned.", "en", false),
            ("A", "ustria left. Vienna is in Austria.", "en-GB", false),
            ("A", "long road. It was long.", "en", true),
            ("A", "Kyiv court said so.", "en", true),
            ("“I", "was there.", "en", true),
            ("I", "srael said so.", "en", false),
            ("W", "omen said so.", "en", false),
            ("W", "mieście są trzy.", "pl", true),
            ("A", "ngela Merkel sagte es.", "de", false),
            ("В", "Москве сказали.", "ru", true),
            ("О", "ни сказали.", "ru", false),
            ("A", " minister resigned.", "en", false),
            ("A", "", "en", false),
        ] {
            let mut words = HashMap::new();
            for word in after.unicode_words() {
                *words.entry(word.to_lowercase()).or_default() += 1;
            }
            assert_eq!(is_apart(letter, after, &words, lang), expected, "{letter} {after}");
        }
    }
}
