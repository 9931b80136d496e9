//! Numbers of several words: `half a million`, `one and a half million`, `a million and a half`, `a
//! quarter of a million`, `half an hour`, `two-thirds`, `hundreds of thousands`, `four point two
//! million`, `a hundred thousand`, `minus five`.
//!
//! Always holds: the words stand next to each other, with a space or a hyphen between two. Not
//! here: a number and the word after it (`edges`); which word is a number (`words`).

use crate::edges::words::{WordKind, number_word};
use hashbrown::HashMap;
use std::ops::Range;
use std::sync::LazyLock;
use unicode_normalization::char::is_combining_mark;

/// What a word is in a number of several words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Number,
    Magnitude,
    /// A measure or a currency.
    Measure,
    Half,
    /// A half in a language that has no article before or after it.
    BareHalf,
    /// *And a half* in one word.
    AndHalf,
    Dozen,
    Fraction,
    /// `one`, before one part of a whole.
    One,
    Single,
    And,
    Article,
    Of,
    Point,
    Minus,
}

use Part::{
    And, AndHalf, Article, BareHalf, Dozen, Fraction, Half, Magnitude, Measure, Minus, Number, Of,
    One, Point, Single,
};

/// The numbers of several words, the longest first.
const PHRASES: &[&[Part]] = &[
    &[Number, Point, Number, Number, Magnitude],
    &[Number, And, Article, Half, Magnitude],
    &[Number, Magnitude, And, Article, Half],
    &[Article, Magnitude, And, Article, Half],
    &[Article, Single, Of, Article, Magnitude],
    &[Number, Fraction, Of, Article, Magnitude],
    &[Article, Single, Of, Magnitude],
    &[Number, Fraction, Of, Magnitude],
    &[Single, Of, Article, Magnitude],
    &[Number, Magnitude, And, BareHalf],
    &[Article, Magnitude, And, BareHalf],
    &[Number, Measure, And, Article, Half],
    &[Article, Measure, And, Article, Half],
    &[Half, Of, Article, Magnitude],
    &[Number, Point, Number, Magnitude],
    &[Number, And, Article, Half],
    &[Number, And, Half, Magnitude],
    &[Magnitude, And, Article, Half],
    &[Measure, And, Article, Half],
    &[Half, Article, Magnitude],
    &[Half, Article, Dozen],
    &[Half, Article, Measure],
    &[Magnitude, And, BareHalf],
    &[Measure, And, BareHalf],
    &[Number, And, BareHalf],
    &[Number, AndHalf, Magnitude],
    &[Magnitude, AndHalf, Magnitude],
    &[Number, AndHalf],
    &[Magnitude, AndHalf],
    &[Number, Fraction, Magnitude],
    &[BareHalf, Dozen],
    &[BareHalf, Measure],
    &[Number, Dozen],
    &[Minus, Number],
    &[Magnitude, Of, Magnitude],
    &[Magnitude, Magnitude],
    &[Half, Magnitude],
    &[Number, Fraction],
    &[One, Single],
];

/// The most words of a number before or after a place in it.
const MOST: usize = 4;

/// The fewest letters of a measure after a half.
const SHORTEST_MEASURE: usize = 3;

/// Words for a half and a quarter, before a magnitude or after a number and *and*, but for *half*.
const BARE_HALVES: &[&str] = &[
    "anderthalb",
    "eineinhalb",
    "zweieinhalb",
    "halbe",
    "halben",
    "halbes",
    "чверть",
    "четверть",
    "ćwierć",
    "čtvrt",
    "половиною",
    "половиной",
    "пів",
    "півтора",
    "півтори",
    "полтора",
    "полторы",
    "demi",
    "medio",
    "media",
    "mezzo",
    "mezza",
    "meio",
    "meia",
    "pół",
    "półtora",
    "půl",
    "půldruhého",
    "yarım",
    "نصف",
    "نیم",
    "חצי",
    "μισό",
    "ήμισυ",
    "आधा",
    "डेढ़",
    "ढाई",
    "halve",
    "anderhalf",
    "halv",
    "halvannen",
    "puoli",
    "puolitoista",
    "fél",
    "másfél",
];

/// Words for parts of a whole, after a number.
const FRACTIONS: &[&str] = &[
    "halves",
    "thirds",
    "quarters",
    "fourths",
    "fifths",
    "sixths",
    "eighths",
    "tenths",
    "hundredths",
    "drittel",
    "viertel",
    "fünftel",
    "sechstel",
    "achtel",
    "zehntel",
    "tiers",
    "quarts",
    "cinquièmes",
    "tercios",
    "cuartos",
    "quintos",
    "terzi",
    "quarti",
    "quinti",
    "terços",
    "третини",
    "третин",
    "чверті",
    "чвертей",
    "трети",
    "третей",
    "четверти",
    "четвертей",
    "trzecie",
    "trzecich",
    "piąte",
    "piątych",
    "czwarte",
    "třetiny",
    "čtvrtiny",
    "derde",
    "kwart",
    "tredjedelar",
    "tredjedeler",
    "fjärdedelar",
];

/// Words for one part of a whole, after `one`: alone they may count (`a third man`).
const SINGLES: &[&str] = &[
    "half", "third", "quarter", "fifth", "tenth", "quart", "tiers", "cuarto", "tercio", "quarto",
    "terzo", "terço",
];

const DOZENS: &[&str] = &[
    "dozen",
    "douzaine",
    "docena",
    "dozzina",
    "dúzia",
    "dutzend",
    "dozijn",
    "dussin",
    "дюжини",
    "дюжины",
    "tuzina",
    "tucet",
];

/// Measures of time, of which a half may be. A number and such a word are two.
const TIMES: &[&str] = &[
    "minute",
    "minutes",
    "hour",
    "hours",
    "day",
    "days",
    "week",
    "weeks",
    "month",
    "months",
    "year",
    "years",
    "mile",
    "stunde",
    "stunden",
    "tag",
    "tage",
    "jahr",
    "jahre",
    "heure",
    "heures",
    "jour",
    "jours",
    "an",
    "ans",
    "hora",
    "horas",
    "día",
    "días",
    "año",
    "años",
    "ora",
    "ore",
    "anno",
    "anni",
    "ano",
    "anos",
    "годину",
    "години",
    "рік",
    "року",
    "роки",
    "часа",
    "год",
    "года",
];

/// Words of which a half may be, in the singular, beside dozens: such a half belongs to the word
/// after it and not to the number before *and* (`eine Million und eine halbe Stunde`).
const HALVED: &[&str] = &[
    "minute",
    "hour",
    "day",
    "week",
    "month",
    "year",
    "mile",
    "century",
    "stunde",
    "tag",
    "woche",
    "monat",
    "jahr",
    "meile",
    "jahrhundert",
    "liter",
    "meter",
    "kilometer",
    "kilo",
    "tonne",
    "heure",
    "journée",
    "jour",
    "an",
    "siècle",
    "litre",
    "hora",
    "día",
    "dia",
    "año",
    "mes",
    "siglo",
    "litro",
    "metro",
    "tonelada",
    "ora",
    "giorno",
    "anno",
    "secolo",
    "ano",
    "uur",
    "jaar",
    "timme",
    "time",
    "år",
    "години",
    "року",
    "дня",
    "століття",
    "часа",
    "года",
    "godziny",
    "roku",
    "hodiny",
];

const AND_HALVES: &[&str] = &["buçuk", "ونصف", "وربع", "וחצי", "ורבע"];
const MINUSES: &[&str] = &["minus", "минус", "мінус"];

/// Words for many of a magnitude.
const MANY: &[&str] = &[
    "tens",
    "dozens",
    "scores",
    "hundreds",
    "dizaines",
    "centaines",
    "milliers",
    "decenas",
    "cientos",
    "centenares",
    "centinaia",
    "dezenas",
    "centenas",
    "десятки",
    "десятків",
    "десятков",
    "сотні",
    "сотень",
    "сотни",
    "сотен",
    "dziesiątki",
    "setki",
    "stovky",
    "desítky",
    "مئات",
    "عشرات",
];

const ANDS: &[&str] =
    &["and", "und", "et", "y", "e", "и", "і", "й", "та", "i", "a", "en", "og", "з", "із", "с", "و"];
const ARTICLES: &[&str] = &["a", "an", "one", "un", "una", "um", "uma", "ein", "eine"];
const OFS: &[&str] = &["of", "de", "di", "van"];
const POINTS: &[&str] = &["point", "komma", "virgule", "coma", "virgola", "vírgula"];

/// The number of several words, if the place is inside of it.
pub(super) fn phrase(text: &str, at: usize) -> Option<Range<usize>> {
    let words = words_around(text, at, MOST);
    let parts: Vec<Vec<Part>> = words.iter().map(|word| parts_of(text.get(word.clone()))).collect();
    let matches = |phrase: &[Part], first: usize| {
        let found = parts.get(first..first + phrase.len());
        found.is_some_and(|found| found.iter().zip(phrase).all(|(of, part)| of.contains(part)))
    };
    // A half of what is named after it belongs to that.
    let is_free = |phrase: &[Part], first: usize| {
        let is_half = matches!(phrase.last(), Some(Half | BareHalf)) && phrase.contains(&And);
        let next = words.get(first + phrase.len()).and_then(|next| text.get(next.clone()));
        is_half && next.is_some_and(|next| is_halved(&next.to_lowercase()))
    };
    let stands = |phrase: &[Part], first: usize| matches(phrase, first) && !is_free(phrase, first);
    PHRASES.iter().find_map(|phrase| {
        (0..words.len()).filter(|first| stands(phrase, *first)).find_map(|first| {
            let start = words.get(first)?.start;
            let end = words.get(first + phrase.len() - 1)?.end;
            (start < at && at < end).then_some(start..end)
        })
    })
}

/// Whether a word in small letters is one of which a half may be.
fn is_halved(word: &str) -> bool {
    HALVED.contains(&word) || DOZENS.contains(&word)
}

/// The listed words, each with what it may be.
static LISTED: LazyLock<HashMap<&'static str, Vec<Part>>> = LazyLock::new(|| {
    let lists: [(&[&'static str], Part); 14] = [
        (TIMES, Measure),
        (MANY, Magnitude),
        (&["half"], Half),
        (BARE_HALVES, Half),
        (BARE_HALVES, BareHalf),
        (AND_HALVES, AndHalf),
        (DOZENS, Dozen),
        (MINUSES, Minus),
        (FRACTIONS, Fraction),
        (SINGLES, Single),
        (&["one"], One),
        (ANDS, And),
        (ARTICLES, Article),
        (OFS, Of),
    ];
    let mut listed: HashMap<&str, Vec<Part>> = HashMap::new();
    for (words, part) in lists.into_iter().chain([(POINTS, Point)]) {
        words.iter().for_each(|word| listed.entry(word).or_default().push(part));
    }
    listed
});

/// What a word may be.
fn parts_of(word: Option<&str>) -> Vec<Part> {
    let Some(word) = word else { return Vec::new() };
    let mut parts = LISTED.get(word.to_lowercase().as_str()).cloned().unwrap_or_default();
    // With the article of Arabic: المليون.
    let bare = word.strip_prefix("ال").unwrap_or(word);
    match number_word(bare).map(|found| found.kind) {
        Some(WordKind::Hundreds | WordKind::Tens | WordKind::Ones) => parts.push(Number),
        Some(WordKind::Magnitude(_)) => parts.push(Magnitude),
        Some(WordKind::Measure | WordKind::Money)
            if word.chars().nth(SHORTEST_MEASURE - 1).is_some() =>
        {
            parts.push(Measure);
        }
        None if word.len() <= 2 && word.bytes().all(|byte| byte.is_ascii_digit()) => {
            parts.push(Number);
        }
        _ => {}
    }
    parts
}

/// The words around a place, at most so many on each side, in order, as far as one gap follows the
/// other.
pub(super) fn words_around(text: &str, at: usize, most: usize) -> Vec<Range<usize>> {
    let is_letter = |c: char| c.is_alphabetic() || is_combining_mark(c) || "'’ʼ".contains(c);
    let is_part = |c: char| is_letter(c) || c.is_ascii_digit();
    let gap = |text: &str| {
        let is_space = |c: char| matches!(c, ' ' | '\u{A0}' | '\u{202F}');
        let spaces = text.len() - text.trim_start_matches(is_space).len();
        let is_hyphen = spaces == 0 && text.starts_with(['-', '‑']);
        if is_hyphen { text.chars().next().map_or(0, char::len_utf8) } else { spaces }
    };
    let mut start = at;
    for _ in 0..most {
        let before = text.get(..start).unwrap_or_default();
        let bare = before.trim_end_matches([' ', '\u{A0}', '\u{202F}']);
        let bare =
            if bare.len() == before.len() { bare.trim_end_matches(['-', '‑']) } else { bare };
        let word = bare.trim_end_matches(is_part).len();
        if word == bare.len() {
            break;
        }
        start = word;
    }
    let mut words = Vec::new();
    let mut next = start;
    loop {
        let rest = text.get(next..).unwrap_or_default();
        let length = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        if length == 0 {
            return words;
        }
        words.push(next..next + length);
        let after = words.iter().filter(|word| word.start >= at).count();
        let skipped = gap(rest.get(length..).unwrap_or_default());
        if skipped == 0 || after > most {
            return words;
        }
        next += length + skipped;
    }
}
