//! Search: words in texts of any language, in any case and in any Unicode spelling.
//!
//! Always holds: texts are split into words at Unicode's word boundaries (UAX 29) and at
//! apostrophes; words are compared by compatibility caseless matching (D146 of the Unicode
//! Standard), so that ß finds SS, ﬁ finds fi, and é finds e with a combining accent; I with and
//! without a dot are one letter. Invisible characters are looked through. Where a hyphen ends a
//! line inside a word, or a space of no width is between two words, the text has the two words and
//! the joined one. Places are byte ranges of the original text. Not here: the texts that are
//! searched (`cli`); exact quotations (`quote`). Source: unicode-segmentation, caseless,
//! unicode-normalization.

use crate::loose::{is_hyphen, is_ignored, line_breaks, mark};
use crate::text::is_vowel_point;
use caseless::Caseless;
use std::borrow::Cow;
use std::ops::Range;
use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

/// The dot of İ, where it is a mark of its own.
const DOT_ABOVE: char = '\u{307}';

/// Which words of a text match a word of a phrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WordMatch {
    /// Equal words.
    Whole,
    /// Also longer words that contain it, or, at the edges of a longer phrase, that end or begin
    /// with it.
    Part,
}

/// One or more consecutive words.
///
/// ```
/// use annals_core::search::{Phrase, WordMatch};
/// let phrase = Phrase::new("core  PRINCIPLES", WordMatch::Whole).ok_or("no word")?;
/// assert_eq!(phrase.places("The core principles."), [4..19]);
/// assert!(phrase.places("The core's principle").is_empty());
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Debug)]
pub struct Phrase {
    words: Vec<String>,
    matching: WordMatch,
}

impl Phrase {
    /// The words of a text; `None` if it has none. A place always consists of whole words.
    pub fn new(text: &str, matching: WordMatch) -> Option<Phrase> {
        let words: Vec<String> = words(text).map(|(_, word)| fold(word).into_owned()).collect();
        (!words.is_empty()).then_some(Phrase { words, matching })
    }

    /// The places of the phrase in a text, in order, without overlaps.
    pub fn places(&self, text: &str) -> Vec<Range<usize>> {
        SearchedText::new(text).places(self)
    }

    /// Whether a text in these bytes, such as the body of an event, may contain the phrase. A fast
    /// check: `false` is certain, `true` is not.
    pub fn may_be_in(&self, bytes: &[u8]) -> bool {
        let longest = self.words.iter().max_by_key(|word| word.len());
        let Some(word) = longest.filter(|word| word.is_ascii()) else { return true };
        contains(bytes, word.as_bytes()) || folds_to_ascii(bytes) || may_join(bytes)
    }

    /// What each word of a place is compared with, in order.
    pub fn tests(&self) -> impl ExactSizeIterator<Item = WordTest<'_>> {
        let last = self.words.len().saturating_sub(1);
        let part = self.matching == WordMatch::Part;
        self.words.iter().enumerate().map(move |(at, word)| match (at == 0, at == last) {
            (true, true) if part => WordTest::Contains(word),
            (true, false) if part => WordTest::EndsWith(word),
            (false, true) if part => WordTest::StartsWith(word),
            _ => WordTest::Is(word),
        })
    }

    /// How many words at the beginning of `words` are the phrase; `None` if it is not there.
    fn length_at(&self, words: &[FoldedWord]) -> Option<usize> {
        let is_first = |word: &FoldedWord| {
            let mut tests = self.tests();
            let Some(first) = tests.next() else { return false };
            first.holds(&word.text) || word.joined.as_ref().is_some_and(|word| first.holds(word))
        };
        if !words.first().is_some_and(is_first) {
            return None;
        }
        // How many words may have been read, the fewest first; where two are joined there are two
        // ways to read them.
        let mut read = vec![0];
        for test in self.tests() {
            let mut next = Vec::new();
            for at in read {
                let Some(word) = words.get(at) else { continue };
                if test.holds(&word.text) {
                    next.push(at + 1);
                }
                if word.joined.as_ref().is_some_and(|joined| test.holds(joined)) {
                    next.push(at + 2);
                }
            }
            next.dedup();
            read = next;
        }
        read.first().copied()
    }
}

/// What a folded word of a text is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WordTest<'a> {
    /// It is this word.
    Is(&'a str),
    /// It begins with these letters.
    StartsWith(&'a str),
    /// It ends with these letters.
    EndsWith(&'a str),
    /// It contains these letters.
    Contains(&'a str),
}

impl WordTest<'_> {
    /// Whether a folded word passes the test.
    pub fn holds(&self, word: &str) -> bool {
        match self {
            WordTest::Is(searched) => word == *searched,
            WordTest::StartsWith(searched) => word.starts_with(searched),
            WordTest::EndsWith(searched) => word.ends_with(searched),
            WordTest::Contains(searched) => word.contains(searched),
        }
    }
}

/// A word of a text: its byte range, and the word folded.
struct FoldedWord {
    place: Range<usize>,
    text: String,
    /// The word together with the next one, if the two may be one.
    joined: Option<String>,
}

/// A text that is split into words and folded once, for several phrases.
pub struct SearchedText {
    words: Vec<FoldedWord>,
}

impl SearchedText {
    /// Splits and folds a text.
    pub fn new(text: &str) -> SearchedText {
        let mut found: Vec<FoldedWord> = Vec::new();
        for (at, word) in words(text) {
            let folded = fold(word);
            if let Some(before) = found.last_mut()
                && is_joined(text, &before.place, at, word)
            {
                before.joined = Some(format!("{}{folded}", before.text));
            }
            let (place, text) = (at..at + word.len(), folded.into_owned());
            found.push(FoldedWord { place, text, joined: None });
        }
        SearchedText { words: found }
    }

    /// The places of a phrase, in order, without overlaps.
    pub fn places(&self, phrase: &Phrase) -> Vec<Range<usize>> {
        let mut places = Vec::new();
        let mut at = 0;
        while at < self.words.len() {
            let Some(length) = phrase.length_at(&self.words[at..]).filter(|length| *length > 0)
            else {
                at += 1;
                continue;
            };
            let last = at + length - 1;
            places.push(self.words[at].place.start..self.words[last].place.end);
            at = last + 1;
        }
        places
    }
}

/// Whether bytes contain these ASCII letters, in either case.
fn contains(bytes: &[u8], letters: &[u8]) -> bool {
    let Some(first) = letters.first() else { return true };
    let (lower, upper) = (first.to_ascii_lowercase(), first.to_ascii_uppercase());
    memchr::memchr2_iter(lower, upper, bytes).any(|at| {
        let found = bytes.get(at..at + letters.len());
        found.is_some_and(|found| found.eq_ignore_ascii_case(letters))
    })
}

/// Whether bytes may have a hyphen at the end of a line, as a text or as the JSON of one.
fn may_join(bytes: &[u8]) -> bool {
    memchr::memchr_iter(b'-', bytes).any(|at| {
        let after = bytes.get(at + 1..).unwrap_or_default();
        let next = after.iter().find(|byte| **byte != b' ');
        matches!(next, Some(b'\\' | b'\n' | b'\r' | b'\t' | 0x0C | 0x80..))
    })
}

/// Whether bytes have a letter beyond ASCII that folds to an ASCII letter, as ﬁ and é do, or a
/// character that is looked through; the bytes alone do not decide then.
fn folds_to_ascii(bytes: &[u8]) -> bool {
    if bytes.is_ascii() {
        return false;
    }
    let strange = |letter: char| {
        if is_ignored(letter) || is_vowel_point(letter) || is_hyphen(letter) || letter == DOT_ABOVE
        {
            return !letter.is_ascii();
        }
        let looked_up = letter.is_ascii() || is_plain(letter);
        !looked_up && fold(&letter.to_string()).bytes().any(|byte| byte.is_ascii())
    };
    str::from_utf8(bytes).map_or(true, |text| text.chars().any(strange))
}

/// Letters and marks that never fold to an ASCII letter: a faster check than folding.
fn is_plain(letter: char) -> bool {
    matches!(letter, '\u{2013}'..='\u{2016}' | '\u{2018}'..='\u{201E}' | '\u{0400}'..='\u{0FFF}'
        | '\u{3041}'..='\u{3096}' | '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}')
}

/// Sorts ranges, and joins those that touch or overlap.
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
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.unicode_word_indices().flat_map(|(at, word)| {
        let mut from = at;
        word.split(['\'', '’', 'ʼ', '׳']).filter_map(move |part| {
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

/// Whether the word at `at` may be one with the word before it: a hyphen at the end of a line is
/// between them, or nothing but invisible characters.
fn is_joined(text: &str, before: &Range<usize>, at: usize, word: &str) -> bool {
    let Some(gap) = text.get(before.end..at) else { return false };
    if gap == " " || gap.is_empty() {
        return false;
    }
    if gap.chars().all(is_ignored) {
        return true;
    }
    // A soft hyphen belongs to the word before it.
    let soft = text.get(before.clone()).is_some_and(|word| word.ends_with('\u{AD}'));
    let blank = match gap.chars().next() {
        Some(hyphen) if is_hyphen(hyphen) => gap.get(hyphen.len_utf8()..).unwrap_or_default(),
        _ if soft => gap,
        _ => return false,
    };
    let is_letter = |letter: Option<char>| letter.is_some_and(char::is_alphabetic);
    let last = text.get(before.clone()).and_then(|word| word.chars().rfind(|c| !is_ignored(*c)));
    blank.chars().all(char::is_whitespace)
        && line_breaks(blank.chars()) == 1
        && is_letter(last)
        && is_letter(word.chars().next())
}

/// A text folded like words, with single spaces. Texts that differ only in case, Unicode spelling
/// or spaces are equal when folded.
pub fn folded(text: &str) -> String {
    // Of an ASCII text the words can be folded once they are joined.
    let (text, is_ascii) = match text.is_ascii() {
        true => (Cow::Borrowed(text), true),
        false => (fold(text), false),
    };
    let mut folded = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(word);
    }
    if is_ascii {
        folded.make_ascii_lowercase();
    }
    folded
}

/// A name [`folded`], with quotation marks, apostrophes, hyphens and dashes as they are typed: the
/// form by which a name that somebody types is compared with one in the record.
///
/// ```
/// use annals_core::search::typed;
/// assert_eq!(typed("O’Brien  NATO‑Russia"), "o'brien nato-russia");
/// assert_eq!(typed("E\u{301}nergie"), typed("énergie"));
/// ```
pub fn typed(name: &str) -> String {
    folded(name).chars().map(mark).collect()
}

/// Calls `each` with every word of a text, folded, and with every two that may be one: the words
/// that a phrase is compared with.
pub fn each_word(text: &str, each: &mut dyn FnMut(&str)) {
    let mut lower = String::new();
    for piece in pieces(text) {
        let Some(word) = plain_word(piece) else {
            let mut before: Option<(Range<usize>, Cow<'_, str>)> = None;
            for (at, word) in words(piece) {
                let folded = fold(word);
                each(&folded);
                if let Some((place, first)) = before
                    && is_joined(piece, &place, at, word)
                {
                    each(&format!("{first}{folded}"));
                }
                before = Some((at..at + word.len(), folded));
            }
            continue;
        };
        if !word.bytes().any(|byte| byte.is_ascii_uppercase()) {
            each(word);
            continue;
        }
        lower.clear();
        lower.push_str(word);
        lower.make_ascii_lowercase();
        each(&lower);
    }
}

/// Cuts a text before each space that an ASCII character follows, unless the end of a line or a
/// hyphen is beside it: no word, no joined word and no mark reaches over such a place, so the words
/// of the text are those of its pieces.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let whole = rest?;
        // Most pieces are short: a search by vectors costs more.
        let bytes = whole.as_bytes();
        let mut pairs = bytes.array_windows().enumerate();
        let mut before = b'a';
        let end = pairs.position(|(at, [space, next])| {
            let last = std::mem::replace(&mut before, *space);
            *space == b' '
                && next.is_ascii()
                && !is_blank(*next)
                && !may_break(last)
                && (last.is_ascii() || !whole[..at].ends_with(char::is_whitespace))
        });
        let (piece, after) = match end {
            Some(at) => (&whole[..at], Some(&whole[at + 1..])),
            None => (whole, None),
        };
        rest = after;
        Some(piece)
    })
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0B | 0x0C)
}

/// Whether a hyphen, or white space of ASCII, may end with this byte.
fn may_break(byte: u8) -> bool {
    // The last bytes of U+2010, U+2011 and U+00AD.
    is_blank(byte) || matches!(byte, b'-' | 0x90 | 0x91 | 0xAD)
}

/// The word of a piece that is ASCII letters and digits, and marks that end it.
fn plain_word(piece: &str) -> Option<&str> {
    let end = piece.bytes().take_while(u8::is_ascii_alphanumeric).count();
    let (word, marks) = piece.split_at_checked(end)?;
    let ends = marks.bytes().all(|mark| matches!(mark, b'.' | b',' | b';' | b':' | b'!' | b'?'));
    (!word.is_empty() && ends).then_some(word)
}

/// Folds a text. Folding keeps ASCII letters apart from all others, so each run of them is folded
/// by itself.
fn fold(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return match text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            true => Cow::Owned(text.to_ascii_lowercase()),
            false => Cow::Borrowed(text),
        };
    }
    let mut folded = String::with_capacity(text.len());
    for run in text.as_bytes().chunk_by(|a, b| a.is_ascii() == b.is_ascii()) {
        match str::from_utf8(run) {
            Ok(run) if run.is_ascii() => folded.extend(run.chars().map(|c| c.to_ascii_lowercase())),
            Ok(run) => fold_letters(run, &mut folded),
            Err(_) => {}
        }
    }
    let is_changed =
        |c| is_ignored(c) || is_vowel_point(c) || is_greek(c) || matches!(c, DOT_ABOVE | 'ı' | '"');
    if folded.contains(is_changed) {
        folded = one_i(&folded);
    }
    Cow::Owned(folded)
}

/// A folded text without invisible characters and vowel points, which most keyboards do not have,
/// and with one letter for i with and without a dot: Turkish İ and ı are the small and capital
/// forms of letters that others write I and i. Greek letters have no accent, as capitals have none,
/// and a mark inside of a Hebrew word is that of an abbreviation. Points without a letter stay.
fn one_i(folded: &str) -> String {
    let mut plain = String::with_capacity(folded.len());
    let has_letter = folded.chars().any(|c| !is_ignored(c) && !is_vowel_point(c));
    let counts = |c: &char| !(is_ignored(*c) || has_letter && is_vowel_point(*c));
    let is_hebrew = |c: char| matches!(c, 'א'..='ת');
    let mut letters = folded.chars().filter(counts).peekable();
    while let Some(c) = letters.next() {
        match c {
            DOT_ABOVE if plain.ends_with('i') => {}
            'ı' => plain.push('i'),
            '\u{300}' | '\u{301}' | '\u{313}' | '\u{314}' | '\u{342}'
                if plain.trim_end_matches('\u{308}').ends_with(is_greek) => {}
            '"' if plain.ends_with(is_hebrew)
                && letters.peek().is_some_and(|next| is_hebrew(*next)) =>
            {
                plain.push('״');
            }
            other => plain.push(other),
        }
    }
    plain
}

/// A small letter of Greek.
fn is_greek(c: char) -> bool {
    matches!(c, 'α'..='ω')
}

fn fold_letters(text: &str, folded: &mut String) {
    let once: String = text.nfd().default_case_fold().nfkd().collect();
    folded.extend(once.chars().default_case_fold().nfkd());
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    use WordMatch::{Part, Whole};

    fn found<'a>(words: &str, text: &'a str, matching: WordMatch) -> Vec<&'a str> {
        let phrase = Phrase::new(words, matching).unwrap();
        phrase.places(text).into_iter().map(|place| &text[place]).collect()
    }

    #[test]
    fn vowel_points_of_arabic_and_hebrew_do_not_count() {
        let text = "قالَتِ الوزيرةُ: שָׁלוֹם";
        assert_eq!(found("قالت الوزيرة", text, Whole), ["قالَتِ الوزيرةُ"]);
        assert_eq!(found("שלום", text, Whole), ["שָׁלוֹם"]);
        assert_eq!(found("قالَتِ", "قالت", Whole), ["قالت"]);
        assert_eq!(found("محمد", "محـــمد", Whole), ["محـــمد"]);
        assert_eq!(found("\u{640}", text, Part), [""; 0]);
        assert_eq!(found("é", "e", Whole), [""; 0]);
        assert_eq!(typed("الاتِّفاق"), typed("الاتفاق"));
    }

    #[test]
    fn accents_of_greek_and_marks_of_hebrew_abbreviations_do_not_count() {
        assert_eq!(found("ΠΑΠΑΔΑΚΗΣ", "ο Παπαδάκης ήρθε", Whole), ["Παπαδάκης"]);
        assert_eq!(found("παπαδακης", "ο Παπαδάκης", Whole), ["Παπαδάκης"]);
        assert_eq!(found("Παπαδάκης", "Ο ΠΑΠΑΔΑΚΗΣ", Whole), ["ΠΑΠΑΔΑΚΗΣ"]);
        assert_eq!(found("ΤΑΪΛΑΝΔΗ", "στην Ταϊλάνδη, ΐ", Whole), ["Ταϊλάνδη"]);
        for (words, text) in [("ש״ח", "מיליון ש\"ח"), ("ש\"ח", "מיליון ש״ח"), ("ג'ורג'", "ג׳ורג׳")]
        {
            assert_eq!(found(words, text, Part).len(), 1, "{words}");
        }
        assert_eq!(typed("ברק־ארז ש״ח"), typed("ברק-ארז ש\"ח"));
        assert_eq!(found("e", "é", Whole), [""; 0]);
    }

    #[test]
    fn case_is_folded_in_full_in_any_script() {
        assert_eq!(found("STRASSE", "die Straße, die strasse", Whole), ["Straße", "strasse"]);
        assert_eq!(found("ΣΊΣΥΦΟΣ", "ο Σίσυφος", Whole), ["Σίσυφος"]);
        assert_eq!(found("МИД", "Ответ мид России", Whole), ["мид"]);
        assert_eq!(found("office", "the oﬃce", Whole), ["oﬃce"]);
        assert_eq!(found("NATO", "ＮＡＴＯ", Whole), ["ＮＡＴＯ"]);
    }

    #[test]
    fn composed_and_decomposed_letters_are_the_same_and_accents_count() {
        assert_eq!(found("cafe\u{301}", "un café", Whole), ["café"]);
        assert_eq!(found("café", "un cafe\u{301}.", Whole), ["cafe\u{301}"]);
        assert!(found("cafe", "un café", Whole).is_empty());
    }

    #[test]
    fn words_end_at_borders_and_at_apostrophes() {
        assert_eq!(found("Ukraine", "Ukraine’s aid, l'Ukraine", Whole), ["Ukraine", "Ukraine"]);
        assert_eq!(found("don't", "they don’t know", Whole), ["don’t"]);
        assert!(found("answer", "two answers", Whole).is_empty());
        assert_eq!(found("answer", "two answers", Part), ["answers"]);
        assert_eq!(found("U.S.", "the U.S. side", Whole), ["U.S"]);
    }

    #[test]
    fn a_phrase_spans_spaces_dashes_and_scripts_without_spaces() {
        assert_eq!(found("at once from", "at once—from", Whole), ["at once—from"]);
        assert_eq!(found("北京", "在北京的会谈", Whole), ["北京"]);
        assert_eq!(found("core principle", "the core principles", Part), ["core principles"]);
        assert!(found("core principle", "score principles", Whole).is_empty());
        assert_eq!(Phrase::new(" … ", Whole).map(|phrase| phrase.words), None);
    }

    #[test]
    fn what_a_quotation_is_found_through_is_looked_through() {
        for (words, text, place) in [
            ("cooperation", "co\u{AD}oper\u{AD}a\u{AD}tion with", "co\u{AD}oper\u{AD}a\u{AD}tion"),
            ("praised cooperation", "praised co\u{AD}operation", "praised co\u{AD}operation"),
            ("international law", "of inter-\r\n  national law", "inter-\r\n  national law"),
            ("inter national", "of inter-\nnational law", "inter-\nnational"),
            ("government", "the govern\u{AD}\nment.", "govern\u{AD}\nment"),
            ("Zerowidth gap", "zero\u{200B}width gap", "zero\u{200B}width gap"),
            ("zero width", "zero\u{200B}width gap", "zero\u{200B}width"),
            ("میخواهم", "می\u{200C}خواهم", "می\u{200C}خواهم"),
            ("istanbul", "in İstanbul", "İstanbul"),
            ("ISTANBUL", "in I\u{307}stanbul", "I\u{307}stanbul"),
            ("ISPARTA", "ısparta'da", "ısparta"),
            ("co\u{AD}operation", "cooperation", "cooperation"),
        ] {
            assert_eq!(found(words, text, Whole), [place], "{words}");
            let phrase = Phrase::new(words, Whole).unwrap();
            let body = text.replace('\r', "\\r").replace('\n', "\\n");
            assert!(phrase.may_be_in(body.as_bytes()), "{words}");
        }
        for (words, text) in [
            ("prethat", "pre- that"),
            ("1020", "10-\n20"),
            ("ab", "a-\n\nb"),
            ("interlaw", "inter-\nnational law"),
            ("thatis", "that\nis"),
        ] {
            assert_eq!(found(words, text, Whole), [""; 0], "{words}");
        }
    }

    #[test]
    fn what_may_not_stand_somewhere_does_not() {
        let phrase = |words: &str| Phrase::new(words, Part).unwrap();
        assert!(!phrase("core principles").may_be_in("“The core,” — Ответ 北京".as_bytes()));
        assert!(phrase("core principles").may_be_in(b"no PRINCIPLES here"));
        assert!(phrase("office").may_be_in("the oﬃce".as_bytes()));
        assert!(phrase("cafe").may_be_in("un café".as_bytes()));
        assert!(phrase("Ответ").may_be_in(b"nothing"), "of other scripts nothing is said");
        assert!(phrase("core").may_be_in(&[0xff]), "of what is no text neither");
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
    fn a_word_is_broken_before_every_space() {
        for space in ["\u{a0}", "\u{2003}", "\u{202f}", "\u{3000}", "\u{2028}"] {
            let mut found = Vec::new();
            each_word(&format!("govern-\n{space} Ment"), &mut |word| found.push(word.to_owned()));
            let whole = SearchedText::new(&format!("govern-\n{space} Ment"));
            assert_eq!(found.contains(&"government".to_owned()), whole.words[0].joined.is_some());
            assert_eq!(found.len(), if space == "\u{2028}" { 2 } else { 3 }, "{space:?}");
        }
    }

    proptest! {
        #[test]
        fn the_words_of_a_text_are_those_of_its_pieces(
            text in concat!(
                "([ a-zA-Z0-9.,:;!?'\"_\\-\n\t]|-\n",
                "|[’“–éßﬁςı\u{301}\u{307}\u{200b}\u{200d}\u{2010}\u{2028}\u{ad}]",
                "|[\u{a0}京ア🇫👩]){0,60}",
            ),
        ) {
            let mut found = Vec::new();
            each_word(&text, &mut |word| found.push(word.to_owned()));
            let mut expected: Vec<String> = Vec::new();
            let searched = SearchedText::new(&text);
            for (at, word) in searched.words.iter().enumerate() {
                expected.push(word.text.clone());
                let before = at.checked_sub(1).and_then(|at| searched.words[at].joined.clone());
                expected.extend(before);
            }
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn runs_are_folded_as_the_whole(
            text in "[a-cA-C ]{0,3}\\PC{0,20}|[aAéÉßſKıİŉǰ\u{300}\u{345}\u{323}]{0,12}",
        ) {
            let once: String = text.nfd().default_case_fold().nfkd().collect();
            let expected: String = once.chars().default_case_fold().nfkd().collect();
            prop_assert_eq!(fold(&text), one_i(&expected));
        }
    }

    #[test]
    fn places_join() {
        assert_eq!(joined(vec![5..9, 0..2, 2..4, 6..7]), [0..4, 5..9]);
    }
}
