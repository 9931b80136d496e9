//! Texts folded for loose search: differences from typing, keyboards and PDF readers are ignored.
//!
//! Always holds: folding keeps every letter and digit; each place in the folded text maps to code
//! points of the original text. Canonically equivalent texts fold to the same text (NFC), and so do
//! ligatures and their letters, wide and narrow forms, and the kinds of white space, of quotation
//! marks and of dashes; soft hyphens, zero-width characters and direction marks are removed, and so
//! are vowel points of Arabic and Hebrew, and the spaces of French punctuation. Letters of Arabic
//! fold to those of Persian.
//! Not here: the choice of a place (`quote_search`); words in any spelling (`search`).
//! Source: unicode-normalization; Unicode Standard Annex 15.

use crate::grams::GramIndex;
use crate::text::{TATWEEL, is_vowel_point};
use unicode_normalization::char::canonical_combining_class;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// How a hyphen at the end of a line inside a word (`govern-`, `ment`) is folded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hyphens {
    /// Hyphen and line break are removed: `government`.
    Joined,
    /// The line break is removed: `govern-ment`.
    Kept,
    /// The line break is white space: `govern- ment`.
    Spaced,
    /// Every hyphen between two letters is removed, with the white space after it; so is white
    /// space between two letters of a script without spaces, and the end of a line between two of
    /// Korean. What keeps two letters of Arabic apart is white space. Single and double quotation
    /// marks are one, but after a figure, where they may be feet and inches.
    Ignored,
}

/// A folded text.
///
/// ```
/// use annals_core::loose::{Hyphens, Loose};
/// let loose = Loose::new("The  “of\u{AD}ﬁce”", Hyphens::Joined);
/// assert_eq!(loose.as_str(), "The \"office\"");
/// assert_eq!(loose.span(5, 11), (6, 12));
/// ```
#[derive(Clone, Debug)]
pub struct Loose {
    folded: String,
    runs: Vec<LooseRun>,
    broken_words: bool,
    grams: GramIndex,
}

/// A piece of the folded text, and the code points of the original text that it comes from.
#[derive(Clone, Copy, Debug)]
struct LooseRun {
    /// The byte at which it begins.
    at: usize,
    /// The first code point, and the one after the last.
    from: usize,
    to: usize,
    /// Whether each folded character comes from one code point.
    even: bool,
}

/// The greatest number of characters of an even run, so that finding a place in it is fast.
const EVEN: usize = 64;

impl Loose {
    /// Folds a text.
    pub fn new(text: &str, hyphens: Hyphens) -> Loose {
        let empty = Loose {
            folded: String::new(),
            runs: Vec::new(),
            broken_words: false,
            grams: GramIndex::default(),
        };
        let mut folder = CaseFolder { loose: empty, hyphens, point: 0 };
        folder.fold(text);
        folder.loose
    }

    /// The folded text.
    pub fn as_str(&self) -> &str {
        &self.folded
    }

    /// The byte offsets in the folded text, in order, at which `words` stand, by an index; `None`
    /// where the caller is to search for them.
    pub fn places(&self, words: &str) -> Option<Vec<usize>> {
        self.grams.places(self.folded.as_bytes(), words.as_bytes())
    }

    /// Whether a hyphen at the end of a line breaks a word of the text.
    pub fn has_broken_words(&self) -> bool {
        self.broken_words
    }

    /// The range of code points that the bytes `start..end` of the folded text come from.
    pub fn span(&self, start: usize, end: usize) -> (usize, usize) {
        let (first, last) = (self.run(start), self.run(end.saturating_sub(1)));
        let chars = |from: usize, to: usize| {
            self.folded.get(from..to).map_or(0, |piece| piece.chars().count())
        };
        let from = match first.even {
            true => first.from + chars(first.at, start),
            false => first.from,
        };
        let to = match last.even {
            true => last.from + chars(last.at, end),
            false => last.to,
        };
        (from, to)
    }

    /// A byte of the folded text that comes from this code point or from one shortly before it.
    pub fn byte_near(&self, point: usize) -> usize {
        let index = self.runs.partition_point(|run| run.to <= point);
        self.runs.get(index).map_or(self.folded.len(), |run| run.at)
    }

    fn run(&self, byte: usize) -> LooseRun {
        let index = self.runs.partition_point(|run| run.at <= byte).saturating_sub(1);
        let none = LooseRun { at: 0, from: 0, to: 0, even: true };
        self.runs.get(index).copied().unwrap_or(none)
    }
}

struct CaseFolder {
    loose: Loose,
    hyphens: Hyphens,
    /// The next code point of the text.
    point: usize,
}

impl CaseFolder {
    fn fold(&mut self, text: &str) {
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let length = segment(rest);
            let (piece, after) = rest.split_at(length);
            let points = if length == first.len_utf8() { 1 } else { piece.chars().count() };
            let skipped = self.piece(piece, first, after, points);
            self.point += points;
            let (passed, after) = after.split_at(skipped);
            self.point += passed.chars().count();
            rest = after;
        }
    }

    /// Folds one character with its marks; returns the number of bytes after it to skip.
    fn piece(&mut self, piece: &str, first: char, after: &str, points: usize) -> usize {
        if points == 1 && (is_hyphen(first) || first == '–' && self.is_between_figures(after)) {
            return self.hyphen(first, after);
        }
        if first == NO_JOIN && self.hyphens == Hyphens::Ignored && self.is_between_arabic(after) {
            self.push(" ", points);
            return 0;
        }
        if is_ignored(first) || first.is_control() && !first.is_whitespace() {
            return 0;
        }
        if first == TATWEEL {
            return 0;
        }
        if first.is_whitespace() {
            let rest = after.trim_start();
            if is_set_off(rest) {
                return after.len() - rest.len();
            }
            let (blank, _) = after.split_at(after.len() - rest.len());
            let breaks = line_breaks(std::iter::once(first).chain(blank.chars())) == 1;
            let unspaced = self.hyphens == Hyphens::Ignored
                && (self.is_between_unspaced(rest) || breaks && self.is_between_hangul(rest));
            if !self.loose.folded.ends_with(' ') && !unspaced {
                self.push(" ", points);
            }
            return after.len() - rest.len();
        }
        if piece.is_ascii() && points == 1 {
            self.push(self.mark(first).encode_utf8(&mut [0; 4]), points);
            return 0;
        }
        let opens = first == '«' && !self.is_after_letter();
        let is_capital = after.chars().next().is_some_and(char::is_uppercase);
        let mut folded = String::new();
        // A kana of half width and its mark are one of full width.
        let is_voiced = piece.chars().skip(1).any(is_half_width_mark);
        if is_voiced {
            folded.extend(piece.nfkc());
        }
        for c in piece.nfc().filter(|_| !is_voiced) {
            match c {
                _ if is_vowel_point(c) => {}
                '…' | '⋯' => folded.push_str("..."),
                'œ' => folded.push_str("oe"),
                'Œ' => folded.push_str(if is_capital { "OE" } else { "Oe" }),
                'æ' => folded.push_str("ae"),
                'Æ' => folded.push_str(if is_capital { "AE" } else { "Ae" }),
                _ if is_off_line(c, self.is_in_word(&folded)) => {
                    folded.extend(std::iter::once(c).nfkc())
                }
                _ if is_compatible(c) => {
                    let letters = std::iter::once(c).nfkc().filter(|c| !is_vowel_point(*c));
                    folded.extend(letters.map(|c| self.as_typed(c)));
                }
                _ => folded.push(self.as_typed(c)),
            }
        }
        if !folded.is_empty() {
            self.push(&folded, points);
        }
        if opens { after.len() - after.trim_start().len() } else { 0 }
    }

    /// A character as keyboards have it: also letters of Arabic that Persian and Urdu write
    /// otherwise.
    fn as_typed(&self, c: char) -> char {
        match c {
            'ي' => 'ی',
            'ك' => 'ک',
            other => self.mark(other),
        }
    }

    fn mark(&self, c: char) -> char {
        let is_after_figure = || self.loose.folded.ends_with(char::is_numeric);
        match mark(c) {
            '\'' if self.hyphens == Hyphens::Ignored && c != '′' && !is_after_figure() => '"',
            mark => mark,
        }
    }

    /// Whether the text so far ends in a word or its punctuation, so that « closes (as in German).
    fn is_after_letter(&self) -> bool {
        let last = self.loose.folded.chars().next_back();
        last.is_some_and(|c| c.is_alphanumeric() || matches!(c, '.' | ',' | '!' | '?'))
    }

    /// Folds a hyphen or a soft hyphen; returns the number of bytes after it to skip.
    fn hyphen(&mut self, hyphen: char, after: &str) -> usize {
        let soft = hyphen == '\u{AD}';
        let gap = after.len() - after.trim_start().len();
        let (blank, rest) = after.split_at(gap);
        let breaks = line_breaks(blank.chars()) == 1;
        let word = self.loose.folded.chars().next_back().is_some_and(is_letter)
            && rest.chars().next().is_some_and(is_letter);
        if word && breaks {
            self.loose.broken_words = true;
            return match self.hyphens {
                Hyphens::Joined | Hyphens::Ignored => gap,
                Hyphens::Kept => {
                    self.push("-", 1);
                    gap
                }
                Hyphens::Spaced => {
                    self.push("-", 1);
                    0
                }
            };
        }
        if word && self.hyphens == Hyphens::Ignored {
            return gap;
        }
        // A number, and a name or a word with one: COVID-19, 5-year.
        let ends = [self.loose.folded.chars().next_back(), rest.chars().next()];
        let figures = ends.iter().all(|c| c.is_some_and(char::is_alphanumeric))
            && ends.iter().any(|c| c.is_some_and(char::is_numeric));
        if figures && breaks && !soft {
            self.loose.broken_words = true;
            self.push("-", 1);
            return if self.hyphens == Hyphens::Kept { gap } else { 0 };
        }
        if !soft {
            self.push("-", 1);
        }
        0
    }

    fn is_between_figures(&self, after: &str) -> bool {
        self.loose.folded.chars().next_back().is_some_and(char::is_numeric)
            && after.trim_start().chars().next().is_some_and(char::is_numeric)
    }

    /// Whether letters of Korean, whose words break anywhere at the end of a line, stand before and
    /// after a place.
    fn is_between_hangul(&self, rest: &str) -> bool {
        let is_hangul = |c: char| matches!(c, '\u{AC00}'..='\u{D7A3}');
        self.loose.folded.chars().next_back().is_some_and(is_hangul)
            && rest.chars().next().is_some_and(is_hangul)
    }

    fn is_between_unspaced(&self, rest: &str) -> bool {
        self.loose.folded.chars().next_back().is_some_and(is_unspaced)
            && rest.chars().next().is_some_and(is_unspaced)
    }

    /// Whether the text, with the folding of what follows, ends in a letter.
    fn is_in_word(&self, folded: &str) -> bool {
        let last = folded.chars().next_back().or_else(|| self.loose.folded.chars().next_back());
        last.is_some_and(char::is_alphabetic)
    }

    /// Whether letters of Arabic stand before and after a place.
    fn is_between_arabic(&self, rest: &str) -> bool {
        let is_arabic = |c: char| matches!(c, '\u{620}'..='\u{6D3}');
        self.loose.folded.chars().next_back().is_some_and(is_arabic)
            && rest.chars().next().is_some_and(is_arabic)
    }

    /// Appends the folding of the next `points` code points of the text.
    fn push(&mut self, folded: &str, points: usize) {
        let (from, to, at) = (self.point, self.point + points, self.loose.folded.len());
        let one = points == 1 && folded.chars().nth(1).is_none();
        match self.loose.runs.last_mut() {
            Some(run) if one && run.even && run.to == from && to - run.from <= EVEN => run.to = to,
            _ => self.loose.runs.push(LooseRun { at, from, to, even: one }),
        }
        self.loose.folded.push_str(folded);
    }
}

/// The length in bytes of the first character with all characters that may compose with it.
fn segment(text: &str) -> usize {
    let mut chars = text.char_indices();
    let Some((_, first)) = chars.next() else { return 0 };
    let mut end = first.len_utf8();
    if !first.is_whitespace() && !is_ignored(first) {
        for (at, c) in chars {
            if c.is_ascii() || is_ignored(c) || !composes(c) {
                break;
            }
            end = at + c.len_utf8();
        }
    }
    end
}

/// Whether a character can compose with the one before it in a canonically equivalent text.
fn composes(c: char) -> bool {
    c >= '\u{300}'
        && (canonical_combining_class(c) != 0
            || is_half_width_mark(c)
            || is_nfc_quick(std::iter::once(c)) == IsNormalized::Maybe)
}

/// Whether a character is removed: it is invisible, or visible only where a line breaks.
pub(crate) fn is_ignored(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}')
}

/// Whether a character is folded to its letters: ligatures, presentation forms, width.
fn is_compatible(c: char) -> bool {
    matches!(c, '\u{132}' | '\u{133}' | '\u{1C4}'..='\u{1CC}' | '\u{1F1}'..='\u{1F3}'
        | '\u{587}' | '\u{FB00}'..='\u{FB4F}' | '\u{FB50}'..='\u{FDFF}'
        | '\u{FE70}'..='\u{FEFE}' | '\u{FF01}'..='\u{FFEE}')
}

/// What keeps two letters apart in a word, as in Persian, where it is also typed as a space.
const NO_JOIN: char = '\u{200C}';

/// The marks of voice of kana of half width.
fn is_half_width_mark(c: char) -> bool {
    matches!(c, '\u{FF9E}' | '\u{FF9F}')
}

/// Whether a character is a raised letter, or, in a word, a raised or lowered figure or letter.
/// After a figure these are an exponent.
fn is_off_line(c: char, is_in_word: bool) -> bool {
    match c {
        '\u{1D2C}'..='\u{1D61}' | '\u{2B0}'..='\u{2B8}' | '\u{2E1}'..='\u{2E3}' | 'ⁿ' | 'ⁱ' => {
            true
        }
        '²' | '³' | '¹' | '\u{2070}'..='\u{2079}' => is_in_word,
        '\u{2080}'..='\u{2089}' | '\u{2090}'..='\u{209C}' | '\u{1D62}'..='\u{1D6A}' => is_in_word,
        _ => false,
    }
}

/// Whether the white space before this text is of French typography: before a colon and the like,
/// and inside of « … ».
fn is_set_off(rest: &str) -> bool {
    let mut letters = rest.chars();
    match letters.next() {
        Some(':' | ';' | '!' | '?') => true,
        Some('»') => !letters.next().is_some_and(char::is_alphanumeric),
        _ => false,
    }
}

/// Quotation marks and dashes as they are typed.
pub(crate) fn mark(c: char) -> char {
    match c {
        c if c.is_whitespace() => ' ',
        '“' | '”' | '„' | '‟' | '«' | '»' | '″' | '״' | '「' | '」' | '『' | '』' => {
            '"'
        }
        '‘' | '’' | '‚' | '‛' | '‹' | '›' | '′' | '`' | 'ʼ' | '׳' => '\'',
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '\u{5BE}' => '-',
        other => other,
    }
}

/// The hyphens that stand inside words, also the one that is seen at the end of a line only.
pub(crate) fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}' | '\u{2011}' | '\u{AD}')
}

fn is_letter(c: char) -> bool {
    c.is_alphabetic() || canonical_combining_class(c) != 0
}

/// Letters of scripts that are written without spaces: Han, Kana, Thai, Lao, Khmer, Burmese.
pub(crate) fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{E00}'..='\u{EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}'
        | '\u{3001}'..='\u{3002}' | '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{4DBF}'
        | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

/// How many lines end in white space.
pub(crate) fn line_breaks(blank: impl Iterator<Item = char>) -> usize {
    let mut count = 0;
    let mut before = ' ';
    for c in blank {
        let ends = matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{C}');
        count += usize::from(ends && !(c == '\n' && before == '\r'));
        before = c;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> String {
        Loose::new(text, Hyphens::Joined).folded
    }

    #[test]
    fn what_is_looked_through_is_folded_away() {
        assert_eq!(folded("cafe\u{301} A\u{30A} \u{1112}\u{1161}\u{11AB}"), "café Å 한");
        assert_eq!(folded("of\u{AD}ﬁce\u{200B} e\u{FB04}et \u{FEDF}\u{FE8E}"), "office efflet لا");
        assert_eq!(folded("1\u{A0}000\u{202F}000\t\r\n5 %"), "1 000 000 5 %");
        assert_eq!(folded("צה״ל 「a」『b』 ג׳"), "צה\"ל \"a\"\"b\" ג'");
        assert_eq!(folded("２０２２ «a» — ’b’…"), "2022 \"a\" - 'b'...");
        assert_eq!(folded("قَالَ الرئـيس שָׁלוֹם"), "قال الرئیس שלום");
        assert_eq!(folded("Il a dit\u{A0}: «\u{202F}Oui\u{202F}»."), "Il a dit: \"Oui\".");
        assert_eq!(folded("Er sagt »Ja« dort"), "Er sagt \"Ja\" dort");
        assert_eq!(folded("œuvre ŒUVRE Œuvre"), "oeuvre OEUVRE Oeuvre");
        assert_eq!(folded("בית־ספר ｶﾞｿﾘﾝ ｶﾅ كتاب"), "בית-ספר ガソリン カナ کتاب");
        assert_eq!(folded("XIXᵉ Mᵐᵉ m² CO₂ 10² ₂"), "XIXe Mme m2 CO2 10² ₂");
        assert_eq!(folded("10² ½ №"), "10² ½ №", "other letters and digits are their own");
    }

    #[test]
    fn a_word_broken_at_the_end_of_a_line_is_joined_and_a_dash_stays() {
        let words = "govern-\r\n  ment, ex-\npresident, govern\u{AD}\nment";
        let fold = |hyphens| Loose::new(words, hyphens).folded;
        assert_eq!(fold(Hyphens::Joined), "government, expresident, government");
        assert_eq!(fold(Hyphens::Kept), "govern-ment, ex-president, govern-ment");
        assert_eq!(fold(Hyphens::Spaced), "govern- ment, ex- president, govern- ment");
        let fold = |words: &str, hyphens| Loose::new(words, hyphens).folded;
        let kept = fold("COVID-\n19, 5-\nyear, 2021–\n22", Hyphens::Kept);
        assert_eq!(kept, "COVID-19, 5-year, 2021-22");
        assert_eq!(fold("정\n부가 말", Hyphens::Ignored), "정부가 말");
        assert_eq!(folded("reports -\nthat, pre- and 10-\n20, a-\n\nb"), {
            "reports - that, pre- and 10- 20, a- b"
        });
        let ignored = Loose::new("ex-president 10-20 北\n京 pre- and", Hyphens::Ignored).folded;
        assert_eq!(ignored, "expresident 10-20 北京 preand");
    }

    #[test]
    fn every_place_leads_back() {
        let text = "Cafe\u{301}  “of\u{AD}ﬁce”\u{200B} of 北京 and \u{1112}\u{1161}\u{11AB}, end";
        let loose = Loose::new(text, Hyphens::Joined);
        let found = |words: &str| {
            let at = loose.as_str().find(words).unwrap();
            let (start, end) = loose.span(at, at + words.len());
            text.chars().skip(start).take(end - start).collect::<String>()
        };
        for (words, own) in [
            ("Café", "Cafe\u{301}"),
            ("é \"", "e\u{301}  “"),
            ("office", "of\u{AD}ﬁce"),
            ("fi", "ﬁ"),
            ("\" of 北", "”\u{200B} of 北"),
            ("한", "\u{1112}\u{1161}\u{11AB}"),
            (", end", ", end"),
        ] {
            assert_eq!(found(words), own);
        }
    }

    #[test]
    fn a_long_text_is_the_same_as_its_characters_one_by_one() {
        let text: String = (0..5_000).map(|at| ["ab c", "é–", "e\u{301}"][at % 3]).collect();
        let loose = Loose::new(&text, Hyphens::Joined);
        let points: Vec<char> = text.chars().collect();
        for (at, c) in loose.as_str().char_indices() {
            let (start, end) = loose.span(at, at + c.len_utf8());
            let own: String = points[start..end].iter().collect();
            assert_eq!(Loose::new(&own, Hyphens::Joined).as_str(), c.to_string());
        }
    }
}
