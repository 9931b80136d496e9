//! The words that belong to a number before them, and the words for numbers.
//!
//! Always holds: a word counts whatever the language of the text; they are compared without regard
//! to case, apostrophes and the vowel points of Arabic. `words.tsv` is made of CLDR by
//! `scripts/number-words`; the lists below have what is not in it, each word in one list alone.
//! Not here: signs, codes and phrases (`units`). Source: CLDR's compact numbers, units and
//! currencies; num2words.

use hashbrown::HashMap;
use std::borrow::Cow;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;

/// What a word is for the number before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WordKind {
    /// So many zeros.
    Magnitude(usize),
    /// A part of a hundred or a thousand.
    Percent,
    /// A currency.
    Money,
    /// A measure.
    Measure,
    /// The first of two words for one measure.
    Part,
    /// A number of hundreds.
    Hundreds,
    /// A number of tens.
    Tens,
    /// Another number below a hundred.
    Ones,
}

impl WordKind {
    /// Whether it is a number itself.
    pub(super) fn is_number(self) -> bool {
        use WordKind::{Hundreds, Magnitude, Ones, Tens};
        matches!(self, Magnitude(_) | Hundreds | Tens | Ones)
    }
}

/// A word of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NumberWord {
    /// What it is.
    pub(super) kind: WordKind,
    /// Whether German writes it with a capital.
    pub(super) is_noun: bool,
    /// Whether it is also written with a point.
    pub(super) is_abbreviated: bool,
    /// Which currency or measure it is, if CLDR has it as one alone.
    pub(super) meaning: Option<&'static str>,
    /// The languages in which it is a number or a magnitude; none if they are not known.
    pub(super) languages: &'static str,
}

impl NumberWord {
    /// A word that is written small and whole.
    pub(super) fn plain(kind: WordKind) -> NumberWord {
        NumberWord { kind, is_noun: false, is_abbreviated: false, meaning: None, languages: "" }
    }
}

/// The words of CLDR: a line for each, in order, with its kind and with what it is called here.
const WORDS: &str = include_str!("words.tsv");

/// Magnitudes that CLDR has not, with their zeros and the languages in which they stand among words
/// for numbers; `*` stands for any ending.
const MAGNITUDES: &[(&str, usize, &str)] = &[
    ("hundred", 2, "en"),
    ("hundreds", 2, "en"),
    ("hundert", 2, "de"),
    ("hundra", 2, "sv"),
    ("hundre", 2, "no"),
    ("hundrede", 2, "da"),
    ("thousands", 3, "en"),
    ("lakh*", 5, "en"),
    ("crore*", 7, "en"),
    ("mn", 6, ""),
    ("bn", 9, ""),
    ("mdr", 9, ""),
    ("tkr", 3, ""),
    ("mkr", 6, ""),
    ("mdkr", 9, ""),
    ("mila", 3, "it"),
    ("εκατ", 6, ""),
    ("εκατομμυρι*", 6, ""),
    ("δισεκατομμυρι*", 9, ""),
    ("χιλιαδ*", 3, ""),
    ("tsd", 3, ""),
    ("tausend*", 3, "de"),
    ("tysiąc*", 3, "pl"),
    ("tisíc*", 3, "cs sk"),
    ("milion*", 6, "pl cs it ro sr sl sk lt lv"),
    ("miliard*", 9, "pl cs it ro sr sl sk lt lv"),
    ("тысяч*", 3, "ru be"),
    ("тисяч*", 3, "uk"),
    ("миллион*", 6, "ru"),
    ("миллиард*", 9, "ru"),
    ("триллион*", 12, "ru"),
    ("мільйон*", 6, "uk be"),
    ("мільярд*", 9, "uk be"),
    ("трильйон*", 12, "uk"),
    ("milyon*", 6, "tr"),
    ("milyar*", 9, "tr"),
    ("millió*", 6, "hu"),
    ("milliárd*", 9, "hu"),
    ("ezer*", 3, "hu"),
    ("miljoon*", 6, "fi"),
    ("مليون*", 6, "ar"),
    ("مليار*", 9, "ar"),
];

/// Numbers up to ten of languages that num2words has not, or not in every form.
const ONES: &[&str] = &[
    "dwie",
    "dwóch",
    "dwoje",
    "дві",
    "две",
    "двох",
    "двух",
    "трьох",
    "трёх",
    "трех",
    "ثلاث",
    "أربع",
    "خمس",
    "ست",
    "سبع",
    "ثماني",
    "تسع",
    "عشر",
    "یک",
    "دو",
    "سه",
    "شش",
    "نه",
    "ده",
    "שני",
    "שלושה",
    "ארבעה",
    "חמישה",
    "שישה",
    "שבעה",
    "תשעה",
    "עשרה",
    "שתי",
    "שש",
    "üç",
    "δυο",
    "τρια",
    "τρεις",
    "τεσσερα",
    "τεσσερις",
    "πεντε",
    "εξι",
    "επτα",
    "εφτα",
    "οκτω",
    "οχτω",
    "εννεα",
    "εννια",
    "δεκα",
    "एक",
    "दो",
    "तीन",
    "चार",
    "पाँच",
    "पांच",
    "छह",
    "छः",
    "सात",
    "आठ",
    "नौ",
    "दस",
];

/// Parts of a hundred.
const PERCENTS: &[&str] = &[
    "pct",
    "pc",
    "bps",
    "percentage",
    "per cento",
    "la sută",
    "फीसदी",
    "फ़ीसदी",
    "procent*",
    "prosent*",
    "protsen*",
    "százalék*",
    "odstot*",
    "процент*",
    "відсот*",
    "بالمئة",
    "phần trăm",
    "في المئة",
    "في المائة",
    "od sto",
    "אחוז*",
    "prozentpunkt*",
];

/// The same, also with a point.
const SHORT_PERCENTS: &[&str] = &["proc"];

/// Currencies.
const MONEY: &[&str] = &[
    "euro",
    "yuan",
    "yen",
    "грн",
    "руб",
    "євро",
    "евро",
    "дол",
    "долл",
    "kr",
    "złot*",
    "zł",
    "kč",
    "korun*",
    "lei",
    "lira",
    "lire",
    "forint*",
    "ש\"ח",
    "rand",
    "dirham*",
    "שקל*",
    "đồng",
    "baht",
    "تومان",
    "دولار*",
    "دينار*",
    "ريال*",
    "درهم*",
    "جنيه*",
    "ดอลลาร์*",
    "ยูโร*",
    "เยน",
    "หยวน",
];

/// Measures.
const MEASURES: &[&str] = &[
    "dozen",
    "ft",
    "feet",
    "foot",
    "inch",
    "inches",
    "lb",
    "lbs",
    "oz",
    "km",
    "m",
    "cm",
    "mm",
    "nm",
    "km²",
    "m²",
    "km³",
    "m³",
    "ha",
    "kg",
    "g",
    "mg",
    "t",
    "kt",
    "mt",
    "kw",
    "mw",
    "gw",
    "tw",
    "kwh",
    "mwh",
    "gwh",
    "twh",
    "kv",
    "hz",
    "khz",
    "mhz",
    "ghz",
    "kb",
    "mb",
    "gb",
    "tb",
    "h",
    "min",
    "km/h",
    "m/s",
    "mph",
    "kmh",
    "км",
    "м",
    "см",
    "мм",
    "км²",
    "м²",
    "м³",
    "кг",
    "г",
    "мг",
    "т",
    "тонн*",
    "га",
    "л",
    "мл",
    "квт",
    "мвт",
    "гвт",
    "год",
    "хв",
    "ч",
    "мин",
    "сек",
    "км/год",
    "км/ч",
    "м/с",
    "р",
    "рр",
    "гг",
    "°c",
    "kilometre*",
    "miles",
    "tons",
];

/// Measures that German writes with a capital.
const NOUNS: &[&str] = &["uhr", "grad"];

/// The first of two words for one measure: `кв. км`.
const PARTS: &[&str] = &["кв", "куб"];

/// A word of a list, and the place of the list among them: the first one counts.
#[derive(Clone, Copy)]
struct ListedWord {
    list: usize,
    found: NumberWord,
}

/// The words of all lists, so that a word is looked up once.
struct WordTable {
    /// The words of CLDR.
    cldr: HashMap<&'static str, NumberWord>,
    /// Those of the lists here.
    whole: HashMap<&'static str, ListedWord>,
    /// How words of the lists here begin, by their first letter.
    beginnings: HashMap<char, Vec<(&'static str, ListedWord)>>,
}

static TABLE: LazyLock<WordTable> = LazyLock::new(WordTable::of_lists);

impl WordTable {
    fn of_lists() -> WordTable {
        let line = |line: &'static str| {
            let (word, kind) = line.split_once('\t')?;
            Some((word, read(kind)?))
        };
        let mut table = WordTable {
            cldr: WORDS.lines().filter_map(line).collect(),
            whole: HashMap::new(),
            beginnings: HashMap::new(),
        };
        let plain = NumberWord::plain;
        for (word, zeros, languages) in MAGNITUDES {
            let is_abbreviated = ["tsd", "εκατ", "mdr"].contains(word);
            let found = plain(WordKind::Magnitude(*zeros));
            table.add(0, word, NumberWord { is_abbreviated, languages, ..found });
        }
        let abbreviated = |kind| NumberWord { is_abbreviated: true, ..plain(kind) };
        let lists = [
            (ONES, plain(WordKind::Ones)),
            (PERCENTS, plain(WordKind::Percent)),
            (SHORT_PERCENTS, abbreviated(WordKind::Percent)),
            (MONEY, plain(WordKind::Money)),
            (NOUNS, NumberWord { is_noun: true, ..plain(WordKind::Measure) }),
            (MEASURES, plain(WordKind::Measure)),
            (PARTS, abbreviated(WordKind::Part)),
        ];
        for (list, (words, found)) in (1..).zip(lists) {
            words.iter().for_each(|word| table.add(list, word, found));
        }
        table
    }

    fn add(&mut self, list: usize, word: &'static str, found: NumberWord) {
        let listed = ListedWord { list, found };
        match (word.strip_suffix('*'), word.chars().next()) {
            (Some(begin), Some(first)) => {
                self.beginnings.entry(first).or_default().push((begin, listed));
            }
            _ => {
                self.whole.entry(word).or_insert(listed);
            }
        }
    }

    /// What a folded word is by the lists here.
    fn listed(&self, word: &str) -> Option<NumberWord> {
        let whole = self.whole.get(word);
        // A phrase is no ending of a word.
        let first = word.chars().next().filter(|_| !word.contains(' '));
        let begun = first.and_then(|first| self.beginnings.get(&first)).into_iter().flatten();
        let begun = begun.filter(|(begin, _)| word.starts_with(begin)).map(|(_, listed)| listed);
        begun.chain(whole).min_by_key(|listed| listed.list).map(|listed| listed.found)
    }
}

/// What a word is for a number; `None` if it is nothing.
pub(super) fn number_word(word: &str) -> Option<NumberWord> {
    let word = folded(word);
    let is_greek =
        word.starts_with(|c| matches!(c, '\u{370}'..='\u{3FF}' | '\u{1F00}'..='\u{1FFF}'));
    // Accents of Greek do not matter.
    let bare = is_greek
        .then(|| word.nfd().filter(|c| !matches!(c, '\u{300}'..='\u{36F}')).collect::<String>());
    let known = |word: &str| TABLE.cldr.get(word).copied().or_else(|| TABLE.listed(word));
    let cldr = TABLE.cldr.get(&*word).copied();
    cldr.or_else(|| TABLE.listed(bare.as_deref().unwrap_or(&word)))
        .or_else(|| without_ending(&word).and_then(known))
}

/// Currencies and measures of a language that adds endings to its words, and these endings. Those
/// that CLDR or the lists have otherwise are beginnings there (`forint*`).
const ENDED: [(&[&str], &[&str]); 3] = [
    (
        &[
            "lira",
            "euro",
            "avro",
            "dolar",
            "sterlin",
            "ruble",
            "kilometre",
            "metre",
            "santimetre",
            "kilo",
            "kilogram",
            "gram",
            "ton",
            "litre",
            "hektar",
            "varil",
        ],
        &[
            "yı",
            "yi",
            "yu",
            "yü",
            "ya",
            "ye",
            "ı",
            "i",
            "u",
            "a",
            "e",
            "da",
            "de",
            "ta",
            "te",
            "dan",
            "den",
            "tan",
            "ten",
            "ın",
            "in",
            "un",
            "nın",
            "nin",
            "nun",
            "lık",
            "lik",
            "luk",
            "lar",
            "ler",
            "sı",
            "si",
            "su",
            "ydı",
            "ydi",
            "dır",
            "dir",
            "ken",
            "ası",
            "lığına",
        ],
    ),
    (
        &[
            "euró",
            "dollár",
            "font",
            "frank",
            "lej",
            "kilométer",
            "méter",
            "kiló",
            "kilogramm",
            "gramm",
            "tonna",
            "tonná",
            "liter",
            "hektár",
            "korona",
            "koroná",
        ],
        &[
            "ra", "re", "ról", "ről", "ba", "be", "ban", "ben", "ból", "ből", "hoz", "hez", "nál",
            "nél", "tól", "től", "t", "ot", "et", "val", "vel", "ral", "rel", "al", "ért", "ig",
            "nak", "nek", "s", "os", "es", "nyi", "on", "en", "ja", "ját", "jával", "jából",
            "jára",
        ],
    ),
    (
        &["euro", "dollari", "punta", "kruunu", "kilo", "kilometri", "metri", "tonni", "litra"],
        &[
            "a", "n", "on", "in", "an", "un", "lla", "lta", "lle", "ssa", "sta", "ksi", "ja",
            "jen", "ina", "issa", "ista", "illa",
        ],
    ),
];

/// The word without its ending, if it is one of those that have endings.
pub(super) fn without_ending(word: &str) -> Option<&'static str> {
    ENDED.iter().find_map(|(stems, endings)| {
        let is_ended = |stem: &&&str| {
            word.strip_prefix(**stem).is_some_and(|ending| endings.contains(&ending))
        };
        stems.iter().find(is_ended).copied()
    })
}

/// The zeros of a magnitude of Brazil, which is one after an amount of money alone: *mi* is a word
/// of Italian and Spanish.
pub(super) fn short_magnitude(word: &str) -> Option<usize> {
    match word {
        "mi" => Some(6),
        "bi" => Some(9),
        "tri" => Some(12),
        _ => None,
    }
}

/// The number of characters of the longest word that a text in a script without spaces begins with.
pub(super) fn word_at_start(text: &[char]) -> Option<(usize, NumberWord)> {
    const LONGEST: usize = 24;
    let is_unspaced = |c: &char| matches!(c, '\u{E00}'..='\u{109F}' | '\u{1780}'..='\u{17FF}');
    let length = text.iter().take(LONGEST).take_while(|c| is_unspaced(c)).count();
    (2..=length).rev().find_map(|length| {
        let word: String = text.iter().take(length).collect();
        number_word(&word).map(|found| (length, found))
    })
}

/// A word as it is in the lists.
fn folded(word: &str) -> Cow<'_, str> {
    if word.bytes().all(|byte| byte.is_ascii() && byte != b'\'' && !byte.is_ascii_uppercase()) {
        return Cow::Borrowed(word);
    }
    if word.is_ascii() {
        return word.chars().filter(|c| *c != '\'').map(|c| c.to_ascii_lowercase()).collect();
    }
    let is_passed = |c: char| matches!(c, '\'' | '’' | 'ʼ' | '\u{64B}'..='\u{652}');
    let folded = |c: char| if matches!(c, '״' | '”') { '"' } else { c };
    word.to_lowercase().nfc().filter(|c| !is_passed(*c)).map(folded).collect()
}

fn read(kind: &'static str) -> Option<NumberWord> {
    let (kind, meaning) = kind.split_once('\t').map_or((kind, None), |(kind, it)| (kind, Some(it)));
    let (bare, is_abbreviated) = kind.strip_suffix('.').map_or((kind, false), |bare| (bare, true));
    let (bare, is_noun) = bare.strip_suffix('N').map_or((bare, false), |bare| (bare, true));
    let kind = match bare {
        "%" => WordKind::Percent,
        "$" => WordKind::Money,
        "u" => WordKind::Measure,
        "h" => WordKind::Hundreds,
        "t" => WordKind::Tens,
        "o" => WordKind::Ones,
        zeros => WordKind::Magnitude(zeros.parse().ok()?),
    };
    let (meaning, languages) = match kind.is_number() {
        true => (None, meaning.unwrap_or_default()),
        false => (meaning, ""),
    };
    Some(NumberWord { kind, is_noun, is_abbreviated, meaning, languages })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_list_is_found_and_no_word_is_in_two_lists() {
        let mut before = "";
        for line in WORDS.lines() {
            let (word, kind) = line.split_once('\t').unwrap();
            assert!(before < word, "{before} {word}");
            assert_eq!(number_word(word), read(kind), "{word}");
            assert!(read(kind).is_some(), "{line}");
            before = word;
        }
        assert_eq!(number_word("minister"), None);
        let lists = [ONES, PERCENTS, SHORT_PERCENTS, MONEY, MEASURES, NOUNS, PARTS].concat();
        let own = MAGNITUDES.iter().map(|(word, ..)| word).chain(&lists);
        for word in own.filter(|word| !word.ends_with('*')) {
            assert!(!TABLE.cldr.contains_key(word), "{word} is in words.tsv");
        }
    }

    #[test]
    fn words_have_their_kind_in_any_case_and_with_any_points() {
        for (word, kind) in [
            ("Millionen", WordKind::Magnitude(6)),
            ("nghìn", WordKind::Magnitude(3)),
            ("ΧΙΛΙΆΔΕΣ", WordKind::Magnitude(3)),
            ("εκατομμυρίων", WordKind::Magnitude(6)),
            ("crores", WordKind::Magnitude(7)),
            ("دُولَارًا", WordKind::Money),
            ("ευρώ", WordKind::Money),
            ("τοις εκατό", WordKind::Percent),
            ("п’ять", WordKind::Ones),
            ("zwanzig", WordKind::Tens),
        ] {
            assert_eq!(number_word(word).map(|word| word.kind), Some(kind), "{word}");
        }
        assert_eq!(number_word("people"), None);
    }
}
