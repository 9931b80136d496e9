//! The names of months and weekdays in a text, in its language: `18 листопада`, `1er mars`.
//!
//! Always holds: a word that is also another one (`lutego`, `Mars`, `Mart`) is a month beside a
//! figure only; a language whose names are not known has none. Not here: which date such words give
//! (`worded_date`), figures alone (`figured_date`).
//! Source: the names of the C library's locales, by `pure-rust-locales`.

use crate::wording::figures::digit;
use crate::wording::name_cases::is_slavic;
use annals_core::search::folded;
use jiff::civil::Weekday;
use pure_rust_locales::{Locale, locale_match};
use std::collections::HashSet;
use std::sync::OnceLock;
use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

/// The locales of a language; the first one is that of most of its texts.
const LOCALES: [(&str, &[Locale]); 37] = [
    ("en", &[Locale::en_GB]),
    ("uk", &[Locale::uk_UA]),
    ("ru", &[Locale::ru_RU]),
    ("be", &[Locale::be_BY]),
    ("bg", &[Locale::bg_BG]),
    ("mk", &[Locale::mk_MK]),
    ("sr", &[Locale::sr_RS, Locale::sr_RS_latin]),
    ("hr", &[Locale::hr_HR]),
    ("bs", &[Locale::bs_BA]),
    ("sl", &[Locale::sl_SI]),
    ("cs", &[Locale::cs_CZ]),
    ("sk", &[Locale::sk_SK]),
    ("pl", &[Locale::pl_PL]),
    ("de", &[Locale::de_DE, Locale::de_AT]),
    ("nl", &[Locale::nl_NL]),
    ("fr", &[Locale::fr_FR]),
    ("es", &[Locale::es_ES]),
    ("ca", &[Locale::ca_ES]),
    ("gl", &[Locale::gl_ES]),
    ("pt", &[Locale::pt_PT]),
    ("it", &[Locale::it_IT]),
    ("ro", &[Locale::ro_RO]),
    ("da", &[Locale::da_DK]),
    ("nb", &[Locale::nb_NO]),
    ("no", &[Locale::nb_NO]),
    ("nn", &[Locale::nn_NO]),
    ("sv", &[Locale::sv_SE]),
    ("fi", &[Locale::fi_FI]),
    ("et", &[Locale::et_EE]),
    ("lv", &[Locale::lv_LV]),
    ("lt", &[Locale::lt_LT]),
    ("hu", &[Locale::hu_HU]),
    ("el", &[Locale::el_GR]),
    ("tr", &[Locale::tr_TR]),
    ("ar", &[Locale::ar_EG, Locale::ar_SY, Locale::ar_MA]),
    ("he", &[Locale::he_IL]),
    ("id", &[Locale::id_ID]),
];

/// Languages whose names have other endings in a sentence.
const INFLECTED: &str = "uk ru be bg mk sr hr bs sl cs sk pl fi et lv lt hu el tr";
/// Languages that add articles and further words to a weekday: `onsdagen`, `Donnerstagabend`.
const COMPOUNDING: &str = "de nl da nb no nn sv";
/// Endings and articles of weekdays in these languages.
const AFTER_WEEKDAY: [&str; 12] =
    ["s", "e", "es", "en", "ens", "er", "erne", "ene", "ar", "arna", "ane", "a"];
/// Beginnings of times of the day after a weekday; a *Sonntagsfrage* is asked on any day.
const TIMES_OF_DAY: [&str; 19] = [
    "abend",
    "morgen",
    "nachmittag",
    "vormittag",
    "mittag",
    "nacht",
    "avond",
    "ochtend",
    "middag",
    "namiddag",
    "voormiddag",
    "kväll",
    "morgon",
    "natt",
    "eftermiddag",
    "förmiddag",
    "aften",
    "kveld",
    "ettermiddag",
];
/// Beginnings of words, and whole ones before a blank, that begin nearly as weekdays of their
/// languages do: *среди*, among; *środki*, means.
const NEARLY_WEEKDAYS: [(&str, &str); 13] = [
    ("hu", "szombathely"),
    ("cs sk pl", "sobotk"),
    ("pl", "środk"),
    ("pl", "środek"),
    ("pl", "czwarte"),
    ("cs", "středn"),
    ("sk", "stredn"),
    ("uk", "четверт"),
    ("uk ru", "четверо"),
    ("uk", "серед "),
    ("ru", "среди"),
    ("ru", "четверть"),
    ("tr", "pazarl"),
];
/// Letters that languages write together with the word after them: `בדצמבר`.
const PREFIXES: [(&str, &str); 2] = [("he", "בלמהוכש"), ("ar", "وبلف")];
/// The word after the ordinal that is a weekday in Portuguese, and the one before it in Hebrew.
const AFTER_ORDINAL: &str = "feira";
const BEFORE_ORDINAL: &str = "יום";
/// Beginnings of names of months that are other words too, folded; they count beside a figure.
const OTHER_WORDS: [&str; 8] = ["march", "люто", "люти", "люта", "lute", "aralık", "nisan", "مارس"];
/// Beginnings of names of months that people have too, folded: with a capital they count beside a
/// figure, or after a word for a time.
const NAMES_OF_PEOPLE: [&str; 2] = ["august", "april"];
/// The fewest letters of a name that is a month whatever stands beside it.
const LONG: usize = 5;
/// Short names of months that are other words in small letters too, with their languages.
const SHORT_OTHER_WORDS: [(&str, &str); 4] =
    [("ro", "mai"), ("bg", "май"), ("cs", "září"), ("ar", "آب")];
/// Languages that write months with a capital; `he`, whose short names are other words, has none.
const CAPITAL_MONTHS: &str = "en de id tr he";
/// Words before a month in such a language.
const BEFORE_MONTH: [&str; 29] = [
    "im",
    "seit",
    "ende",
    "anfang",
    "mitte",
    "bis",
    "ab",
    "vom",
    "zum",
    "des",
    "diesen",
    "letzten",
    "vergangenen",
    "kommenden",
    "und",
    "oder",
    "in",
    "since",
    "until",
    "till",
    "by",
    "during",
    "last",
    "next",
    "early",
    "late",
    "mid",
    "bulan",
    "sejak",
];
/// Articles and prepositions between a figure and its month: `26 de noviembre`.
const BETWEEN: [&str; 5] = ["de", "d", "of", "the", "del"];

/// A name of a month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedMonth {
    /// The word as it stands.
    pub word: String,
    /// The month, 1 to 12.
    pub month: i8,
    /// Whether a figure is beside it.
    pub has_figure: bool,
    /// Whether it is the name of a month whatever stands beside it.
    pub is_plain: bool,
}

/// The names of a language: words, folded, with what they name.
#[derive(Default)]
struct DayNames {
    months: Vec<(Vec<String>, i8)>,
    short: Vec<(Vec<String>, i8)>,
    weekdays: Vec<(String, i8)>,
    weekday_form: WeekdayForm,
    /// Beginnings of words that are no weekdays.
    no_weekdays: Vec<&'static str>,
    /// Letters that may stand before a name.
    prefixes: &'static str,
    is_inflected: bool,
    begins: HashSet<[Option<char>; 2]>,
}

/// How a weekday stands in a sentence.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum WeekdayForm {
    /// As it is.
    #[default]
    Plain,
    /// With endings of cases.
    Cases,
    /// With an article, or a word for a time of the day.
    Compound,
    /// Before `feira`, or before the figure of the day: `quinta-feira`, `quinta (26)`.
    Portuguese,
    /// After `יום`.
    Hebrew,
}

/// The language of a tag without its region and script.
pub fn primary(lang: &str) -> String {
    lang.split('-').next().unwrap_or_default().to_ascii_lowercase()
}

/// The names of the languages, by tag.
static NAMES: [OnceLock<DayNames>; LOCALES.len()] = [const { OnceLock::new() }; LOCALES.len()];

impl DayNames {
    fn of(lang: &str, locales: &[Locale]) -> DayNames {
        let is_in = |languages: &str| languages.split(' ').any(|it| it == lang);
        let is_inflected = is_in(INFLECTED);
        let weekday_form = match lang {
            "pt" => WeekdayForm::Portuguese,
            "he" => WeekdayForm::Hebrew,
            _ if is_inflected => WeekdayForm::Cases,
            _ if is_in(COMPOUNDING) => WeekdayForm::Compound,
            _ => WeekdayForm::Plain,
        };
        let prefixes = PREFIXES.iter().find(|(of, _)| *of == lang).map_or("", |(_, it)| it);
        let mut names = DayNames { is_inflected, weekday_form, prefixes, ..DayNames::default() };
        let nearly = NEARLY_WEEKDAYS.iter().filter(|(of, _)| of.split(' ').any(|it| it == lang));
        names.no_weekdays.extend(nearly.map(|(_, begin)| *begin));
        for locale in locales.iter().copied() {
            let other = locale_match!(locale => LC_TIME::ALT_MON).unwrap_or_default();
            let months = locale_match!(locale => LC_TIME::MON);
            for (name, month) in months.iter().zip(1..).chain(other.iter().zip(1..)) {
                names.months.push((parts(name), month));
            }
            for (name, month) in locale_match!(locale => LC_TIME::ABMON).iter().zip(1..) {
                names.short.push((parts(name), month));
            }
            // They begin with Sunday.
            for (name, day) in locale_match!(locale => LC_TIME::DAY).iter().zip(0..) {
                let name = as_typed(name.split('-').next().unwrap_or_default());
                // Before an ending the last vowel may be left out: wtorek, wtorku.
                let stem = is_slavic(lang).then(|| without_last_vowel(&name)).flatten();
                names.weekdays.extend(stem.map(|stem| (stem, day)));
                names.weekdays.push((name, day));
            }
        }
        let months = names.months.iter().chain(&names.short).filter_map(|(name, _)| name.first());
        let all = months.chain(names.weekdays.iter().map(|(name, _)| name));
        names.begins = all.map(|name| beginning(name)).collect();
        names
    }

    /// Whether a word of a text may be a name. A fast check: `false` is certain, `true` is not.
    fn may_be_in(&self, text: &str) -> bool {
        // A letter that stands before names may be one of the name.
        let is_begin = |word: &str| {
            let mut rest = word;
            loop {
                if self.begins.contains(&beginning(rest)) {
                    return true;
                }
                let mut letters = rest.chars();
                match letters.next() {
                    Some(c) if self.prefixes.contains(c) => rest = letters.as_str(),
                    _ => return false,
                }
            }
        };
        text.unicode_words()
            .any(|word| is_begin(word) || word.split(['’', '\'', 'ʼ']).any(is_begin))
    }
}

impl DayNames {
    /// Whether a word is a name after one or two letters that the language writes together with it.
    fn is_prefixed(&self, word: &str, name: &str) -> bool {
        let before = word.strip_suffix(name).filter(|_| !self.prefixes.is_empty());
        before.is_some_and(|it| {
            it.chars().count() <= 2 && it.chars().all(|c| self.prefixes.contains(c))
        })
    }

    /// The weekday that a word is.
    fn weekday(&self, words: &[(&str, String)], at: usize) -> Option<(String, Weekday)> {
        let (word, lower) = words.get(at)?;
        let is_form = |name: &str| match self.weekday_form {
            WeekdayForm::Cases => is_weekday_case(word, lower, name),
            WeekdayForm::Compound => is_compound(lower, name),
            WeekdayForm::Hebrew => name == SABBATH && self.is_prefixed(lower, name),
            WeekdayForm::Plain | WeekdayForm::Portuguese => false,
        };
        let is_nearly = || {
            self.no_weekdays.iter().any(|it| match it.strip_suffix(' ') {
                Some(whole) => lower.as_str() == whole,
                None => lower.starts_with(it),
            })
        };
        let exact = self.weekdays.iter().find(|(name, _)| name == lower);
        // Pazartesi, Monday, begins with Pazar, Sunday.
        let longest = || {
            let forms = self.weekdays.iter().filter(|(name, _)| is_form(name));
            forms.max_by_key(|(name, _)| name.len())
        };
        let (name, day) = exact.or_else(|| longest().filter(|_| !is_nearly()))?;
        let mut word = (*word).to_owned();
        let next = words.get(at + 1);
        match self.weekday_form {
            WeekdayForm::Portuguese if name != "domingo" && name != "sábado" => match next {
                Some((feira, lower)) if lower == AFTER_ORDINAL => word = format!("{word}-{feira}"),
                Some((figure, _)) if figure.chars().next().and_then(digit).is_some() => {}
                _ => return None,
            },
            WeekdayForm::Hebrew if name != SABBATH => {
                let (_, before) = words.get(at.checked_sub(1)?)?;
                if before != BEFORE_ORDINAL && !self.is_prefixed(before, BEFORE_ORDINAL)
                    || before.starts_with('ה')
                {
                    return None;
                }
            }
            _ => {}
        }
        Some((word, Weekday::from_sunday_zero_offset(*day).ok()?))
    }
}

/// The one weekday of Hebrew with a name.
const SABBATH: &str = "שבת";

/// Whether a word is a weekday with the ending of a case. A short name has short endings and small
/// letters, where it is no name of a person: `kedden`.
fn is_weekday_case(word: &str, lower: &str, name: &str) -> bool {
    let (letters, length) = (lower.chars().count(), name.chars().count());
    match length + 1 == LONG {
        true => {
            let is_free = word.starts_with(char::is_lowercase) || name == "kedd";
            is_free && lower.starts_with(name) && letters <= length + 3
        }
        false => is_name(lower, name, true),
    }
}

/// Whether a word is a weekday with an ending or a time of the day.
fn is_compound(word: &str, name: &str) -> bool {
    let Some(rest) = word.strip_prefix(name) else { return false };
    let time = rest.strip_prefix('s').unwrap_or(rest);
    AFTER_WEEKDAY.contains(&rest)
        || TIMES_OF_DAY.iter().any(|it| time.starts_with(it) || rest.starts_with(it))
}

/// A name without the vowel before its last letter, if it has one there that cases leave out.
fn without_last_vowel(name: &str) -> Option<String> {
    let mut letters: Vec<char> = name.chars().collect();
    let vowel = letters.len().checked_sub(2).filter(|at| *at >= 3)?;
    let is_vowel = matches!(letters.get(vowel)?, 'e' | 'a' | 'o' | 'е' | 'а' | 'о');
    is_vowel.then(|| {
        letters.remove(vowel);
        letters.into_iter().collect()
    })
}

/// The first two letters of a word, without case and accents.
fn beginning(word: &str) -> [Option<char>; 2] {
    let letters = word.nfd().filter(|c| c.is_alphabetic());
    let mut letters = letters.flat_map(char::to_lowercase);
    [letters.next(), letters.next()]
}

/// The names of a language, if a word of a text may be one.
fn names_in(text: &str, lang: &str) -> Option<&'static DayNames> {
    let lang = primary(lang);
    let (names, (lang, locales)) = NAMES.iter().zip(LOCALES).find(|(_, (it, _))| *it == lang)?;
    Some(names.get_or_init(|| DayNames::of(lang, locales))).filter(|names| names.may_be_in(text))
}

/// The words of a name, folded, without an article.
fn parts(name: &str) -> Vec<String> {
    let words = name.split([' ', '’', '\'']).map(|word| as_typed(word.trim_end_matches('.')));
    words.filter(|word| !word.is_empty() && !BETWEEN.contains(&word.as_str())).collect()
}

/// The words of a text, cut at apostrophes inside of them (`d’octubre`).
fn words(text: &str) -> Vec<(&str, String)> {
    let words = text.unicode_words().flat_map(|word| {
        let whole = word.contains(['’', '\'', 'ʼ']).then_some(word);
        word.split(['’', '\'', 'ʼ']).chain(whole)
    });
    words.filter(|word| !word.is_empty()).map(|word| (word, as_typed(word))).collect()
}

/// A word without case, in composed letters, with the apostrophe that keyboards have.
fn as_typed(word: &str) -> String {
    let word = folded(word).replace(['’', 'ʼ'], "'");
    if word.is_ascii() { word } else { word.nfc().collect() }
}

/// Whether a word is a name, in a language with endings also with another one.
fn is_name(word: &str, name: &str, is_inflected: bool) -> bool {
    if word == name {
        return true;
    }
    let (letters, length) = (word.chars().count(), name.chars().count());
    if !is_inflected || length < LONG || letters + 1 < length || letters > length + 4 {
        return false;
    }
    let alike = word.chars().zip(name.chars()).take_while(|(one, other)| one == other).count();
    alike == length || (alike + 1 == length && letters <= length + 1)
}

/// Whether a name of a month is one without a figure beside it: long ones are, but for other words;
/// short ones in small letters, where a language writes months so, and else after a word for a
/// time.
fn is_plain(word: &str, before: &str, language: &str) -> bool {
    let lower = as_typed(word);
    if OTHER_WORDS.iter().any(|begin| lower.starts_with(begin)) {
        return false;
    }
    let has_capital = word.starts_with(char::is_uppercase);
    let is_person = has_capital && NAMES_OF_PEOPLE.iter().any(|begin| lower.starts_with(begin));
    if lower.chars().count() >= LONG && !is_person {
        return true;
    }
    if CAPITAL_MONTHS.split(' ').any(|it| it == language) {
        return has_capital && BEFORE_MONTH.contains(&before);
    }
    let is_other = |(of, begin): &(&str, &str)| *of == language && lower.starts_with(begin);
    !has_capital && !SHORT_OTHER_WORDS.iter().any(is_other)
}

/// The months that a text names, in its language.
pub fn months(text: &str, lang: &str) -> Vec<NamedMonth> {
    let Some(names) = names_in(text, lang) else { return Vec::new() };
    let language = primary(lang);
    let words = words(text);
    let is_figure = |at: usize| {
        words.get(at).is_some_and(|(word, _)| word.chars().next().and_then(digit).is_some())
    };
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let after = |count: usize| match words.get(at + count) {
            Some((_, word)) if BETWEEN.contains(&word.as_str()) => is_figure(at + count + 1),
            _ => is_figure(at + count),
        };
        let before = || match at.checked_sub(1).and_then(|before| words.get(before)) {
            Some((_, word)) if BETWEEN.contains(&word.as_str()) => {
                at.checked_sub(2).is_some_and(is_figure)
            }
            Some(_) => is_figure(at - 1),
            None => false,
        };
        let stands = |name: &[String], is_inflected: bool| {
            name.iter().enumerate().all(|(index, part)| {
                words.get(at + index).is_some_and(|(_, word)| {
                    is_name(word, part, is_inflected) || index == 0 && names.is_prefixed(word, part)
                })
            })
        };
        let full = names.months.iter().find(|(name, _)| stands(name, names.is_inflected));
        let short = || {
            let short = names.short.iter().find(|(name, _)| stands(name, false));
            short.filter(|(name, _)| before() || after(name.len()))
        };
        let Some((name, month)) = full.or_else(short) else {
            at += 1;
            continue;
        };
        let word = match names.prefixes.is_empty() {
            true => words.get(at).map_or("", |(word, _)| word),
            false => name.first().map_or("", String::as_str),
        };
        let word_before = at.checked_sub(1).and_then(|before| words.get(before));
        let word_before = word_before.map_or("", |(_, lower)| lower);
        let is_plain = full.is_some() && is_plain(word, word_before, &language);
        let has_figure = before() || after(name.len());
        let all = words.get(at..at + name.len()).unwrap_or_default();
        let word: Vec<&str> = all.iter().map(|(word, _)| *word).collect();
        let word = word.join(" ");
        found.push(NamedMonth { word, month: *month, has_figure, is_plain });
        at += name.len().max(1);
    }
    found
}

/// The weekdays that a text names, in its language, with the words.
pub fn weekdays(text: &str, lang: &str) -> Vec<(String, Weekday)> {
    let Some(names) = names_in(text, lang) else { return Vec::new() };
    let words = words(text);
    (0..words.len()).filter_map(|at| names.weekday(&words, at)).collect()
}

/// The name of a month, in English.
pub fn month_name(month: i8) -> &'static str {
    let names = locale_match!(Locale::en_GB => LC_TIME::MON);
    usize::try_from(month - 1).ok().and_then(|at| names.get(at)).copied().unwrap_or_default()
}

/// The name of a weekday, in English.
pub fn weekday_name(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str, lang: &str) -> Vec<i8> {
        let is_month = |it: &NamedMonth| it.has_figure || it.is_plain;
        months(text, lang).into_iter().filter(is_month).map(|it| it.month).collect()
    }

    #[test]
    fn months_are_known_by_their_names_in_a_language() {
        for (text, lang, month) in [
            ("18 листопада 2026 року", "uk", 11),
            ("у листопаді", "uk", 11),
            ("із 1 грудня", "uk", 12),
            ("26 de noviembre de 2026", "es", 11),
            ("1er mars 2027", "fr", 3),
            ("el 3 d’octubre", "ca", 10),
            ("3 مارس 2027", "ar", 3),
            ("في 3 تشرين الأول", "ar", 10),
            ("am 21. November 2026", "de", 11),
            ("am 3. Jänner 2026", "de-AT", 1),
            ("3 listopada 2026", "pl", 11),
            ("3. listopada 2026", "hr", 10),
            ("5 lutego 2026", "pl", 2),
            ("5 июня", "ru", 6),
            ("5. tammikuuta 2026", "fi", 1),
            ("3 Mart 2026", "tr", 3),
            ("3 sept. 2026", "fr", 9),
            ("au mois de mai", "fr", 5),
            ("en juin et", "fr", 6),
            ("depuis mars", "fr", 3),
            ("im Juni", "de", 6),
            ("seit Mai", "de", 5),
            ("Ende März", "de", 3),
            ("im August", "de", 8),
            ("desde mayo", "es", 5),
            ("sinds mei", "nl", 5),
            ("i augusti", "sv", 8),
            ("em maio", "pt", 5),
            ("в марте", "ru", 3),
            ("in May", "en", 5),
            ("ל-3 בדצמבר 2026", "he", 12),
            ("3 במאי", "he", 5),
            ("ומנובמבר", "he", 11),
            ("3 نوفمبر", "ar", 11),
            ("ونوفمبر", "ar", 11),
        ] {
            assert_eq!(named(text, lang), [month], "{text}");
        }
        for (text, lang) in [
            ("Im Amt waren mehr als je zuvor.", "de"),
            ("La mission vers Mars commence.", "fr"),
            ("Лютий мороз", "uk"),
            ("They may march.", "en"),
            ("La mar es grande", "es"),
            ("August Macke malte es.", "de"),
            ("Juli Zeh schrieb es.", "de"),
            ("El mai bine", "ro"),
            ("Там май няма никой", "bg"),
            ("Mai Thi Nguyen", "fr"),
            ("הבמאי במרכז", "he"),
            ("nothing 3 here", "und"),
            ("", "uk"),
        ] {
            assert_eq!(named(text, lang), [0; 0], "{text}");
        }
    }

    #[test]
    fn weekdays_are_known_by_their_names_in_a_language() {
        for (text, lang, day) in [
            ("on Thursday", "en", Weekday::Thursday),
            ("am Donnerstag", "de", Weekday::Thursday),
            ("у середу", "uk", Weekday::Wednesday),
            ("в п’ятницю", "uk", Weekday::Friday),
            ("el jueves", "es", Weekday::Thursday),
            ("في يوم الخميس", "ar", Weekday::Thursday),
            ("na quinta-feira", "pt", Weekday::Thursday),
            ("nesta terça (24)", "pt", Weekday::Tuesday),
            ("no sábado", "pt-BR", Weekday::Saturday),
            ("på onsdagen", "sv", Weekday::Wednesday),
            ("i torsdags", "sv", Weekday::Thursday),
            ("fredagskvällen", "sv", Weekday::Friday),
            ("onsdagens møde", "da", Weekday::Wednesday),
            ("mittwochs", "de", Weekday::Wednesday),
            ("до середи", "uk", Weekday::Wednesday),
            ("w środę", "pl", Weekday::Wednesday),
            ("am Donnerstagabend", "de", Weekday::Thursday),
            ("op donderdagavond", "nl", Weekday::Thursday),
            ("Kedden", "hu", Weekday::Tuesday),
            ("szerdán", "hu", Weekday::Wednesday),
            ("Pazartesi günü", "tr", Weekday::Monday),
            ("Cumartesi günü", "tr", Weekday::Saturday),
            ("cumaya kadar", "tr", Weekday::Friday),
            ("Salı’ya kadar", "tr", Weekday::Tuesday),
            ("od wtorku", "pl", Weekday::Tuesday),
            ("do piątku", "pl", Weekday::Friday),
            ("od pátku", "cs", Weekday::Friday),
            ("з понеділка", "uk", Weekday::Monday),
            ("ביום שלישי", "he", Weekday::Tuesday),
            ("בשבת", "he", Weekday::Saturday),
        ] {
            let found: Vec<Weekday> = weekdays(text, lang).into_iter().map(|it| it.1).collect();
            assert_eq!(found, [day], "{text}");
        }
        for (text, lang) in [
            ("a segunda vez", "pt"),
            ("ביום השני של המשפט", "he"),
            ("היום שני אנשים", "he"),
            ("salıncak Cumalı", "tr"),
            ("Petković Petkov", "hr"),
            ("Die Sonntagsfrage", "de"),
            ("Szombathely", "hu"),
            ("środki Sobotka czwartego", "pl"),
            ("серед четвертих", "uk"),
            ("среди них четверо и четверть", "ru"),
            ("pazarlama", "tr"),
        ] {
            assert_eq!(weekdays(text, lang), [], "{text}");
        }
        assert_eq!((weekday_name(Weekday::Friday), month_name(12)), ("Friday", "December"));
    }
}
