//! Numbers in words of other languages than English, and in Chinese and Japanese numerals.
//!
//! Always holds: a number in words is equal to the same one in digits; one that is not understood
//! is none. Not here: English, which has halves and magnitudes too (`number_words`).
//! Source: `spelled_values.tsv`, made by `scripts/number-values`.

use crate::wording::figures::Figure;
use crate::wording::named_days::primary;
use crate::wording::number_words::worded_figures;
use annals_core::edges::magnitude;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The maximum number of words of an entry: `five and twenty` is one in Arabic.
const LONGEST: usize = 5;
/// The maximum length, in letters, of a number that is written in one word.
const LONGEST_WORD: usize = 60;
/// What is counted in Chinese and Japanese: a numeral before it is a number.
const COUNTED: &str = "人名个個位歳岁件次倍条條台元円圆头頭匹隻只本";
/// Numerals that are other words.
const OTHER_NUMERALS: [&str; 4] = ["万一", "萬一", "千万", "千萬"];
/// Words that stand between the parts of a number.
const CONJUNCTIONS: [&str; 15] =
    ["e", "et", "y", "und", "en", "og", "och", "i", "і", "и", "و", "ו", "és", "ja", "și"];
/// A particle of Romanian between a number and a thousand.
const PARTICLE: &str = "de";

/// The values of the words of a language.
type Values = HashMap<&'static str, Part>;

/// A part of a number.
#[derive(Clone, Copy)]
struct Part {
    value: u64,
    /// Whether it is one only beside others: `thousands` alone is no number.
    is_beside: bool,
}

static LANGUAGES: LazyLock<HashMap<&'static str, Values>> = LazyLock::new(|| {
    let mut languages: HashMap<&str, Values> = HashMap::new();
    for line in include_str!("spelled_values.tsv").lines() {
        let mut fields = line.split('\t');
        if let (Some(lang), Some(value), Some(word)) = (fields.next(), fields.next(), fields.next())
            && let Ok(number) = value.trim_end_matches('*').parse()
        {
            let part = Part { value: number, is_beside: value.ends_with('*') };
            languages.entry(lang).or_default().insert(word, part);
        }
    }
    languages
});

/// The numbers in words of a text in this language, in order.
pub fn figures_in_words(text: &str, lang: &str) -> Vec<Figure> {
    match primary(lang).as_str() {
        "en" => worded_figures(text),
        "zh" | "ja" | "yue" => numerals(text),
        lang => match LANGUAGES.get(table_of(lang)) {
            Some(values) => of_language(text, values),
            None => Vec::new(),
        },
    }
}

/// The language whose table is also that of this one.
fn table_of(lang: &str) -> &str {
    match lang {
        "nb" | "nn" => "no",
        "hr" | "bs" => "sr",
        "lb" => "de",
        "gl" => "pt",
        "ms" => "id",
        other => other,
    }
}

/// A word of a text.
struct Word {
    /// Where it is.
    place: Range<usize>,
    /// As in the table.
    folded: String,
    /// Whether only a space or a hyphen is between it and the word before.
    is_next: bool,
    /// Whether only a space or a hyphen is between it and a digit before.
    is_after_digit: bool,
}

/// The words of a text; an Arabic or Hebrew `and` that is written with a number is a word.
fn words(text: &str, values: &Values) -> Vec<Word> {
    let mut words = Vec::new();
    let mut end = 0;
    let is_part = |c: char| c.is_alphabetic() || is_left_out(c) || is_combining_mark(c);
    let mut rest = text.char_indices().peekable();
    while let Some((start, c)) = rest.next() {
        if !is_part(c) {
            continue;
        }
        let mut stop = start + c.len_utf8();
        while let Some((at, c)) = rest.next_if(|(_, c)| is_part(*c)) {
            stop = at + c.len_utf8();
        }
        let between = &text[end..start];
        let is_space = |c: char| c == '-' || c == '\u{2010}' || c.is_whitespace();
        let is_next = between.chars().all(is_space);
        let is_after_digit = between.trim_end_matches(is_space).ends_with(char::is_numeric);
        let (place, folded) = (start..stop, folded(&text[start..stop]));
        let is_whole = values.contains_key(&*folded);
        let and = ['و', 'ו'].into_iter().filter(|_| !is_whole).find_map(|and| {
            let after = folded.strip_prefix(and).filter(|after| begins(after, values))?;
            Some((and, after.to_owned()))
        });
        match and {
            Some((and, after)) => {
                let first = and.to_string();
                words.push(Word { place: place.clone(), folded: first, is_next, is_after_digit });
                words.push(Word { place, folded: after, is_next: true, is_after_digit: false });
            }
            None => words.push(Word { place, folded, is_next, is_after_digit }),
        }
        end = stop;
    }
    words
}

/// Whether a word begins an entry of the table.
fn begins(word: &str, values: &Values) -> bool {
    let is_begun =
        |known: &&str| known.strip_prefix(word).is_some_and(|rest| rest.starts_with(' '));
    values.contains_key(word) || values.keys().any(is_begun)
}

/// Apostrophes, and the vowel points of Arabic and Hebrew.
fn is_left_out(c: char) -> bool {
    let is_point = matches!(c, '\u{64B}'..='\u{652}' | '\u{5B0}'..='\u{5C7}');
    is_point || matches!(c, '\'' | '’' | 'ʼ' | '‘')
}

fn folded(word: &str) -> String {
    word.to_lowercase().nfc().filter(|c| !is_left_out(*c)).collect()
}

/// The numbers of a text, part by part.
fn of_language(text: &str, values: &Values) -> Vec<Figure> {
    let words = words(text, values);
    let mut figures = Vec::new();
    let mut number = Number::default();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        if !word.is_next {
            figures.extend(number.take(text));
        }
        let is_between = CONJUNCTIONS.contains(&&*word.folded) || word.folded == PARTICLE;
        if is_between && number.has_parts() {
            at += 1;
        } else if let Some((parts, count)) = part_at(&words[at..], values) {
            // The magnitude of a figure is none of its own: `5 tausend`.
            let is_magnitude = |part: &Part| word.is_after_digit && part.value >= 100;
            for part in parts.into_iter().skip_while(is_magnitude) {
                if !number.takes(part) {
                    figures.extend(number.take(text));
                    number.takes(part);
                }
                number.ends_with(word.place.start..words[at + count - 1].place.end);
            }
            at += count;
        } else {
            let zeros = magnitude(&word.folded).filter(|zeros| *zeros >= 6);
            match zeros.filter(|_| number.has_parts()) {
                Some(zeros) => {
                    number.multiply(zeros);
                    number.ends_with(word.place.clone());
                }
                None => figures.extend(number.take(text)),
            }
            at += 1;
        }
    }
    figures.extend(number.take(text));
    figures
}

/// The values of the longest entry that these words begin with, and its number of words; those of
/// one that is written in one word, `zweihundertfünfzig`.
fn part_at(words: &[Word], values: &Values) -> Option<(Vec<Part>, usize)> {
    for count in (1..=LONGEST.min(words.len())).rev() {
        if words[1..count].iter().any(|word| !word.is_next) {
            continue;
        }
        let folded: Vec<&str> = words[..count].iter().map(|word| &*word.folded).collect();
        if let Some(part) = values.get(&*folded.join(" ")) {
            return Some((vec![*part], count));
        }
    }
    let first = &words.first()?.folded;
    let is_short = first.chars().count() <= LONGEST_WORD;
    is_short.then(|| in_one_word(first, values))?.map(|parts| (parts, 1))
}

/// The values of a word that is made of several: `zwei`, `tausend`, `drei`, `hundert`.
fn in_one_word(word: &str, values: &Values) -> Option<Vec<Part>> {
    if word.is_empty() {
        return Some(Vec::new());
    }
    let mut ends: Vec<usize> = word.char_indices().map(|(at, _)| at).skip(2).collect();
    ends.push(word.len());
    ends.into_iter().rev().find_map(|end| {
        let part = *values.get(&word[..end])?;
        let rest = word[end..].strip_prefix("und").unwrap_or(&word[end..]);
        let after = in_one_word(rest, values)?;
        Some(std::iter::once(part).chain(after).collect())
    })
}

/// A number that is read part by part.
#[derive(Default)]
struct Number {
    /// The thousands.
    whole: u64,
    /// What is below a thousand.
    below: u64,
    /// The millions and more.
    large: u128,
    /// The number of its parts.
    parts: usize,
    /// Whether its first part is none alone.
    is_beside: bool,
    /// Where its words are.
    place: Option<Range<usize>>,
}

impl Number {
    /// What was read below a million counts a larger magnitude.
    fn multiply(&mut self, zeros: usize) {
        let of = u128::from(self.whole + self.below);
        let magnitude = u32::try_from(zeros).ok().and_then(|zeros| 10_u128.checked_pow(zeros));
        let more = magnitude.and_then(|magnitude| magnitude.checked_mul(of)).unwrap_or(u128::MAX);
        self.large = self.large.saturating_add(more);
        (self.whole, self.below) = (0, 0);
    }

    fn has_parts(&self) -> bool {
        self.whole > 0 || self.below > 0
    }

    /// Adds a part. False if it cannot be one of this number.
    fn takes(&mut self, part: Part) -> bool {
        match part.value {
            value @ (1_000 | 2_000) if self.whole == 0 => {
                self.whole = self.below.max(1) * value;
                self.below = 0;
            }
            100 if (2..=9).contains(&self.below) => self.below *= 100,
            value @ 100..1_000 if self.below == 0 => self.below = value,
            value @ 2..100 if self.below.is_multiple_of(100) => self.below += value,
            value @ 2..10 if self.below % 100 >= 20 && self.below.is_multiple_of(10) => {
                self.below += value;
            }
            _ => return false,
        }
        self.parts += 1;
        self.is_beside |= self.parts == 1 && part.is_beside;
        true
    }

    /// These words are the last ones of it.
    fn ends_with(&mut self, words: Range<usize>) {
        self.place.get_or_insert(words.clone()).end = words.end;
    }

    /// The number, if there is one; the next one begins.
    fn take(&mut self, text: &str) -> Option<Figure> {
        let Number { whole, below, large, parts, is_beside, place } = std::mem::take(self);
        let value = large.saturating_add(u128::from(whole + below)).to_string();
        let place = place.filter(|_| !(is_beside && parts == 1))?;
        Some(Figure::in_words(text[place].to_owned(), &value))
    }
}

/// Numbers in Chinese and Japanese numerals from two on: `十二`, `三百`, `两万`.
fn numerals(text: &str) -> Vec<Figure> {
    let mut figures = Vec::new();
    let (mut run, mut before) = (String::new(), None);
    for c in text.chars().chain(['\n']) {
        if numeral(c).is_some() {
            run.push(c);
            continue;
        }
        let run = std::mem::take(&mut run);
        // One numeral alone is mostly a part of another word (`四川`), and after a digit it is a
        // magnitude of a figure (`5千万`).
        let is_alone = run.chars().nth(1).is_none();
        let is_other = is_alone && (run == "一" || !COUNTED.contains(c))
            || OTHER_NUMERALS.contains(&&*run)
            || before.is_some_and(char::is_numeric);
        before = Some(c);
        if let Some(value) = value_of_numerals(&run).filter(|_| !is_other) {
            figures.push(Figure::in_words(run, &value.to_string()));
        }
    }
    figures
}

/// A numeral's value: a digit, or a power of ten.
fn numeral(c: char) -> Option<u64> {
    Some(match c {
        '〇' | '零' => 0,
        '一' => 1,
        '二' | '两' | '兩' => 2,
        '三' => 3,
        '四' => 4,
        '五' => 5,
        '六' => 6,
        '七' => 7,
        '八' => 8,
        '九' => 9,
        '十' => 10,
        '百' => 100,
        '千' => 1_000,
        '万' | '萬' => 10_000,
        '亿' | '億' => 100_000_000,
        _ => return None,
    })
}

fn value_of_numerals(run: &str) -> Option<u64> {
    let parts: Vec<u64> = run.chars().map_while(numeral).collect();
    // Digits alone are a year: `二〇二二`.
    if parts.len() > 1 && parts.iter().all(|part| *part < 10) {
        let digits: String = parts.iter().map(u64::to_string).collect();
        return digits.parse().ok();
    }
    let (mut whole, mut below, mut digit) = (0_u64, 0_u64, 0_u64);
    for part in parts {
        match part {
            0..10 => digit = part,
            10..10_000 => {
                below = below.checked_add(digit.max(1) * part)?;
                digit = 0;
            }
            large => {
                let of = below.checked_add(digit)?.max(1);
                whole = whole.checked_add(of.checked_mul(large)?)?;
                (below, digit) = (0, 0);
            }
        }
    }
    whole.checked_add(below)?.checked_add(digit).filter(|value| *value > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, lang: &str) -> Vec<String> {
        let shown = |figure: Figure| format!("{}: {}", figure.words, figure.value);
        figures_in_words(text, lang).into_iter().map(shown).collect()
    }

    #[test]
    fn numbers_up_to_a_million_have_their_value_in_each_language() {
        let (mut tried, mut wrong) = (0, Vec::new());
        for line in include_str!("spelled_values/examples.tsv").lines() {
            let [lang, value, words] = line.split('\t').collect::<Vec<_>>()[..] else {
                panic!("{line}");
            };
            tried += 1;
            let figures = figures_in_words(words, lang);
            let values: Vec<&str> = figures.iter().map(|figure| &*figure.value).collect();
            if values != [value] {
                wrong.push(format!("{line}: {values:?}"));
            }
        }
        assert_eq!((tried, wrong), (418, Vec::<String>::new()));
    }

    #[test]
    fn a_number_in_words_is_read_in_a_sentence() {
        for (text, lang, expected) in [
            (
                "Bei dem Unglück starben zwölf Menschen, dreihundert wurden verletzt.",
                "de",
                &["zwölf: 12", "dreihundert: 300"][..],
            ),
            ("zwei und drei", "de", &["zwei: 2", "drei: 3"]),
            (
                "Zweihundertfünfzig, zwei Millionen",
                "de",
                &["Zweihundertfünfzig: 250", "zwei Millionen: 2000000"],
            ),
            (
                "загинули двадцять троє людей, п’ятьох поранено",
                "uk",
                &["двадцять троє: 23", "п’ятьох: 5"],
            ),
            (
                "قتل اثنا عشر شخصا وأصيب ثلاثة وعشرون آخرون",
                "ar",
                &["اثنا عشر: 12", "ثلاثة وعشرون: 23"],
            ),
            (
                "Douze morts, quatre-vingt-dix-neuf blessés et trois cents absents",
                "fr",
                &["Douze: 12", "quatre-vingt-dix-neuf: 99", "trois cents: 300"],
            ),
            ("ventitré o duecentocinquanta", "it", &["ventitré: 23", "duecentocinquanta: 250"]),
            (
                "十二人遇难，三百人受伤，一些人十分害怕，两万",
                "zh",
                &["十二: 12", "三百: 300", "两万: 20000"],
            ),
            ("二〇二二年に二千三百億円", "ja", &["二〇二二: 2022", "二千三百億: 230000000000"]),
            ("three", "sv", &[]),
            // Magnitudes of figures and of no number, and words that are mostly others.
            ("5 тысяч людей, тысячи людей, пять тысяч", "ru", &["пять тысяч: 5000"]),
            ("5 tausend, hundert", "de", &["hundert: 100"]),
            (
                "zwei Millionen fünfhunderttausend",
                "de",
                &["zwei Millionen fünfhunderttausend: 2500000"],
            ),
            ("四川の三人、星期三，5千万，万一", "zh", &["三: 3"]),
            ("o lege nouă, nouă sute, sute", "ro", &["nouă sute: 900"]),
            ("trong năm nay có hai người", "vi", &["hai: 2"]),
        ] {
            assert_eq!(found(text, lang), expected, "{text}");
        }
    }
}
