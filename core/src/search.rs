//! Search: words in texts of any language, whatever their case or spelling in Unicode.
//!
//! Always holds: words are cut at Unicode's word borders (UAX 29) and at apostrophes, and compared
//! by compatibility caseless matching (D146 of the Unicode Standard), so that ß finds SS, ﬁ finds
//! fi and é finds e with an accent of its own. Found places are byte ranges of the text as it is.
//! Not here: which texts are searched (`cli`); exact quotations (`quote`).
//! Source: unicode-segmentation, caseless, unicode-normalization.

use caseless::Caseless;
use std::ops::Range;
use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

/// One or more words that follow each other.
///
/// ```
/// use annals_core::search::Phrase;
/// let phrase = Phrase::new("core  PRINCIPLES", false).ok_or("no word")?;
/// assert_eq!(phrase.places("The core principles."), [4..19]);
/// assert!(phrase.places("The core's principle").is_empty());
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Debug)]
pub struct Phrase {
    words: Vec<String>,
    part: bool,
}

impl Phrase {
    /// The words of a text, `None` if it has none. With `part` they are also found inside longer
    /// words, of which the whole is the place.
    pub fn new(text: &str, part: bool) -> Option<Phrase> {
        let words: Vec<String> = cut(text).map(|(_, word)| fold(word)).collect();
        (!words.is_empty()).then_some(Phrase { words, part })
    }

    /// Where the words stand, in order, without overlaps.
    pub fn places(&self, text: &str) -> Vec<Range<usize>> {
        Searched::new(text).places(self)
    }

    /// Whether the words may stand in a text that is spelled out in these bytes, as in the body of
    /// an event, quickly: `false` is certain, `true` is not.
    pub fn may_stand_in(&self, bytes: &[u8]) -> bool {
        let longest = self.words.iter().max_by_key(|word| word.len());
        let Some(word) = longest.filter(|word| word.is_ascii()) else { return true };
        contains(bytes, word.as_bytes()) || has_strange_letter(bytes)
    }

    fn is_at(&self, words: &[(Range<usize>, String)]) -> bool {
        let last = self.words.len() - 1;
        words.len() > last
            && self.words.iter().zip(words).enumerate().all(|(at, (wanted, (_, word)))| {
                match (self.part, at == 0, at == last) {
                    (true, true, true) => word.contains(wanted.as_str()),
                    (true, true, false) => word.ends_with(wanted.as_str()),
                    (true, false, true) => word.starts_with(wanted.as_str()),
                    _ => word == wanted,
                }
            })
    }
}

/// A text cut into words and folded once, for several phrases.
pub struct Searched {
    words: Vec<(Range<usize>, String)>,
}

impl Searched {
    /// Cuts and folds a text.
    pub fn new(text: &str) -> Searched {
        let word = |(at, word): (usize, &str)| (at..at + word.len(), fold(word));
        Searched { words: cut(text).map(word).collect() }
    }

    /// Where the words of a phrase stand, in order, without overlaps.
    pub fn places(&self, phrase: &Phrase) -> Vec<Range<usize>> {
        let mut places = Vec::new();
        let mut at = 0;
        while at < self.words.len() {
            if !phrase.is_at(&self.words[at..]) {
                at += 1;
                continue;
            }
            let last = at + phrase.words.len() - 1;
            places.push(self.words[at].0.start..self.words[last].0.end);
            at = last + 1;
        }
        places
    }
}

/// Whether bytes have these ASCII letters, in either case.
fn contains(bytes: &[u8], letters: &[u8]) -> bool {
    let Some(first) = letters.first() else { return true };
    let (lower, upper) = (first.to_ascii_lowercase(), first.to_ascii_uppercase());
    memchr::memchr2_iter(lower, upper, bytes).any(|at| {
        let found = bytes.get(at..at + letters.len());
        found.is_some_and(|found| found.eq_ignore_ascii_case(letters))
    })
}

/// Whether bytes have a letter beyond ASCII that folds to one of ASCII, as ﬁ and é do: then
/// nothing can be said of the bytes.
fn has_strange_letter(bytes: &[u8]) -> bool {
    if bytes.is_ascii() {
        return false;
    }
    let strange = |letter: char| {
        let looked_up = letter.is_ascii() || is_plain(letter);
        !looked_up && fold(&letter.to_string()).bytes().any(|byte| byte.is_ascii())
    };
    str::from_utf8(bytes).map_or(true, |text| text.chars().any(strange))
}

/// Letters of scripts and marks of which none folds to one of ASCII: looked up without folding.
fn is_plain(letter: char) -> bool {
    matches!(letter, '\u{2013}'..='\u{2016}' | '\u{2018}'..='\u{201E}' | '\u{0400}'..='\u{0FFF}'
        | '\u{3041}'..='\u{3096}' | '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}')
}

/// Ranges sorted, and joined where they touch or overlap.
pub fn joined(mut places: Vec<Range<usize>>) -> Vec<Range<usize>> {
    places.sort_by_key(|place| (place.start, place.end));
    let mut joined: Vec<Range<usize>> = Vec::new();
    for place in places {
        match joined.last_mut() {
            Some(last) if place.start <= last.end => last.end = last.end.max(place.end),
            _ => joined.push(place),
        }
    }
    joined
}

/// The words of a text with their byte offsets. `Ukraine’s` and `l'Ukraine` are two words each.
fn cut(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.unicode_word_indices().flat_map(|(at, word)| {
        let mut from = at;
        word.split(['\'', '’', 'ʼ']).filter_map(move |part| {
            let start = from;
            from = start + part.len();
            from += word
                .get(from - at..)
                .and_then(|rest| rest.chars().next())
                .map_or(0, char::len_utf8);
            (!part.is_empty()).then_some((start, part))
        })
    })
}

/// A text folded as words are, with single spaces: equal where two texts differ in case, spelling
/// in Unicode or spaces alone.
pub fn folded(text: &str) -> String {
    let folded = if text.is_ascii() { text.to_ascii_lowercase() } else { fold(text) };
    let words: Vec<&str> = folded.split_whitespace().collect();
    words.join(" ")
}

fn fold(word: &str) -> String {
    if word.is_ascii() {
        return word.to_ascii_lowercase();
    }
    let once: String = word.nfd().default_case_fold().nfkd().collect();
    once.chars().default_case_fold().nfkd().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found<'a>(words: &str, text: &'a str, part: bool) -> Vec<&'a str> {
        let phrase = Phrase::new(words, part).unwrap();
        phrase.places(text).into_iter().map(|place| &text[place]).collect()
    }

    #[test]
    fn case_is_folded_in_full_in_any_script() {
        assert_eq!(found("STRASSE", "die Straße, die strasse", false), ["Straße", "strasse"]);
        assert_eq!(found("ΣΊΣΥΦΟΣ", "ο Σίσυφος", false), ["Σίσυφος"]);
        assert_eq!(found("МИД", "Ответ мид России", false), ["мид"]);
        assert_eq!(found("office", "the oﬃce", false), ["oﬃce"]);
        assert_eq!(found("NATO", "ＮＡＴＯ", false), ["ＮＡＴＯ"]);
    }

    #[test]
    fn composed_and_decomposed_letters_are_the_same_and_accents_count() {
        assert_eq!(found("cafe\u{301}", "un café", false), ["café"]);
        assert_eq!(found("café", "un cafe\u{301}.", false), ["cafe\u{301}"]);
        assert!(found("cafe", "un café", false).is_empty());
    }

    #[test]
    fn words_end_at_borders_and_at_apostrophes() {
        assert_eq!(found("Ukraine", "Ukraine’s aid, l'Ukraine", false), ["Ukraine", "Ukraine"]);
        assert_eq!(found("don't", "they don’t know", false), ["don’t"]);
        assert!(found("answer", "two answers", false).is_empty());
        assert_eq!(found("answer", "two answers", true), ["answers"]);
        assert_eq!(found("U.S.", "the U.S. side", false), ["U.S"]);
    }

    #[test]
    fn a_phrase_spans_spaces_dashes_and_scripts_without_spaces() {
        assert_eq!(found("at once from", "at once—from", false), ["at once—from"]);
        assert_eq!(found("北京", "在北京的会谈", false), ["北京"]);
        assert_eq!(found("core principle", "the core principles", true), ["core principles"]);
        assert!(found("core principle", "score principles", false).is_empty());
        assert_eq!(Phrase::new(" … ", false).map(|phrase| phrase.words), None);
    }

    #[test]
    fn what_may_not_stand_somewhere_does_not() {
        let phrase = |words: &str| Phrase::new(words, true).unwrap();
        assert!(!phrase("core principles").may_stand_in("“The core,” — Ответ 北京".as_bytes()));
        assert!(phrase("core principles").may_stand_in(b"no PRINCIPLES here"));
        assert!(phrase("office").may_stand_in("the oﬃce".as_bytes()));
        assert!(phrase("cafe").may_stand_in("un café".as_bytes()));
        assert!(phrase("Ответ").may_stand_in(b"nothing"), "of other scripts nothing is said");
        assert!(phrase("core").may_stand_in(&[0xff]), "of what is no text neither");
    }

    #[test]
    fn no_plain_letter_folds_to_one_of_ascii() {
        let plain = ('\u{80}'..=char::MAX).filter(|letter| is_plain(*letter));
        assert!(plain.clone().count() > 30_000);
        for letter in plain {
            assert!(!fold(&letter.to_string()).bytes().any(|byte| byte.is_ascii()), "{letter:?}");
        }
    }

    #[test]
    fn places_join() {
        assert_eq!(joined(vec![5..9, 0..2, 2..4, 6..7]), [0..4, 5..9]);
    }
}
