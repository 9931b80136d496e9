//! Words that limit the amount after them: `almost`, `up to`, `at least`.
//!
//! Always holds: of a language that is not here no word limits. Not here: what is told of them
//! (`ledger::write::notes`); signs before a number (`>50`, `~40`), which are a part of it
//! (`edges`).

use crate::wording::named_days::months;
use unicode_segmentation::UnicodeSegmentation;

/// The words and phrases of a language that limit the amount after them, in lower case.
pub fn hedges(lang: &str) -> &'static [&'static str] {
    match lang {
        "en" => &[
            "almost",
            "nearly",
            "about",
            "around",
            "approximately",
            "roughly",
            "some",
            "up to",
            "at least",
            "at most",
            "as many as",
            "as few as",
            "more than",
            "less than",
            "fewer than",
            "no more than",
            "no fewer than",
            "not more than",
            "over",
            "under",
            "below",
            "above",
            "close to",
            "just over",
            "just under",
            "an estimated",
            "estimated",
            "well over",
        ],
        "de" => &[
            "fast",
            "beinahe",
            "knapp",
            "rund",
            "etwa",
            "ungefähr",
            "circa",
            "ca.",
            "zirka",
            "gut",
            "bis zu",
            "mindestens",
            "wenigstens",
            "höchstens",
            "maximal",
            "mehr als",
            "weniger als",
            "über",
            "unter",
            "geschätzt",
            "geschätzte",
        ],
        "fr" => &[
            "presque",
            "près de",
            "environ",
            "quelque",
            "jusqu’à",
            "jusqu'à",
            "au moins",
            "au plus",
            "plus de",
            "moins de",
            "autour de",
        ],
        "es" => &[
            "casi",
            "cerca de",
            "unos",
            "unas",
            "alrededor de",
            "aproximadamente",
            "hasta",
            "al menos",
            "por lo menos",
            "como mínimo",
            "como máximo",
            "más de",
            "menos de",
        ],
        "pt" => &[
            "quase",
            "cerca de",
            "aproximadamente",
            "até",
            "pelo menos",
            "no mínimo",
            "no máximo",
            "mais de",
            "menos de",
            "uns",
            "umas",
        ],
        "it" => &[
            "quasi",
            "circa",
            "fino a",
            "almeno",
            "al massimo",
            "più di",
            "meno di",
            "oltre",
            "intorno a",
        ],
        "nl" => &[
            "bijna",
            "ongeveer",
            "circa",
            "zo’n",
            "zo'n",
            "tot",
            "minstens",
            "minimaal",
            "hoogstens",
            "maximaal",
            "meer dan",
            "minder dan",
            "ruim",
            "krap",
        ],
        "pl" => &[
            "prawie",
            "niemal",
            "około",
            "ok.",
            "blisko",
            "do",
            "co najmniej",
            "przynajmniej",
            "najwyżej",
            "ponad",
            "mniej niż",
            "więcej niż",
        ],
        "cs" => &[
            "téměř",
            "skoro",
            "asi",
            "přibližně",
            "zhruba",
            "kolem",
            "okolo",
            "až",
            "nejméně",
            "alespoň",
            "nejvýše",
            "přes",
            "více než",
            "méně než",
            "necelých",
        ],
        "sk" => &[
            "takmer",
            "skoro",
            "asi",
            "približne",
            "zhruba",
            "okolo",
            "až",
            "najmenej",
            "aspoň",
            "najviac",
            "vyše",
            "viac ako",
            "menej ako",
        ],
        "uk" => &[
            "майже",
            "близько",
            "приблизно",
            "орієнтовно",
            "до",
            "щонайменше",
            "принаймні",
            "не менше",
            "не менш як",
            "не більше",
            "щонайбільше",
            "понад",
            "більше",
            "більш як",
            "більше ніж",
            "менше",
            "менш як",
            "менше ніж",
        ],
        "ru" => &[
            "почти",
            "около",
            "примерно",
            "приблизительно",
            "порядка",
            "до",
            "минимум",
            "как минимум",
            "по меньшей мере",
            "не менее",
            "не более",
            "максимум",
            "более",
            "больше",
            "свыше",
            "менее",
            "меньше",
        ],
        "sv" => &[
            "nästan",
            "omkring",
            "ungefär",
            "cirka",
            "upp till",
            "minst",
            "högst",
            "mer än",
            "fler än",
            "mindre än",
            "färre än",
            "drygt",
            "knappt",
        ],
        "da" | "no" | "nb" | "nn" => &[
            "næsten",
            "nesten",
            "omkring",
            "rundt",
            "cirka",
            "ca.",
            "op til",
            "opp til",
            "mindst",
            "minst",
            "højst",
            "maks",
            "mere end",
            "mer enn",
            "flere enn",
            "mindre end",
            "mindre enn",
        ],
        _ => &[],
    }
}

/// English words with which a claim says a limit in its own way.
const OTHER_WORDS: &[&str] = &[
    "exceed",
    "exceeds",
    "exceeded",
    "exceeding",
    "or more",
    "or less",
    "or fewer",
    "maximum",
    "minimum",
    "no less",
    "no fewer",
    "no more",
    "upwards",
    "younger",
    "older",
    "capped",
    "topped",
    "surpassed",
    "below",
    "above",
];

/// The most words of a phrase.
const LONGEST: usize = 3;

/// The words at the end of a text that limit the amount after it: `up to` of `it killed up to`; the
/// longest phrase that is one.
pub fn hedge_at_end<'a>(text: &'a str, lang: &str) -> Option<&'a str> {
    let text = Some(text.trim_end()).filter(|trimmed| trimmed.len() < text.len())?;
    let mut starts: Vec<usize> = text
        .rmatch_indices(char::is_whitespace)
        .map(|(at, blank)| at + blank.len())
        .filter(|start| {
            text.get(*start..).is_some_and(|rest| !rest.starts_with(char::is_whitespace))
        })
        .take(LONGEST)
        .collect();
    if starts.len() < LONGEST {
        starts.push(text.len() - text.trim_start().len());
    }
    let phrase = |start: &usize| {
        let found = text.get(*start..)?;
        let found = found.trim_start_matches(|c: char| !c.is_alphabetic());
        let words: Vec<String> = found.split_whitespace().map(str::to_lowercase).collect();
        hedges(lang).contains(&words.join(" ").as_str()).then_some(found)
    };
    starts.iter().rev().find_map(phrase)
}

/// Limits that are also said of times (`until`), of subjects (`about`) and in ranges.
const AMBIGUOUS: &[&str] = &[
    "до",
    "do",
    "tot",
    "až",
    "až do",
    "hasta",
    "até",
    "jusqu’à",
    "jusqu'à",
    "fino a",
    "bis",
    "bis zu",
    "about",
    "over",
    "über",
    "um",
    "unter",
    "sobre",
    "circa",
    "su",
    "til",
    "till",
    "om",
    "о",
    "об",
    "o",
];
/// Words with which a range begins: `from 5 to 10`, `від 5 до 10`.
const FROM: &[&str] = &[
    "from", "between", "від", "от", "од", "ад", "od", "von", "zwischen", "van", "tussen", "de",
    "du", "des", "dal", "da", "del", "desde", "entre", "från", "fra", "mellan", "mellem", "mellom",
    "di",
];
/// How many words before a limit a range may begin.
const RANGE: usize = 4;

/// Whether a limit is none, because it says when something is (`до 2030 року`, `tot 5 mei`), what
/// it is about, or stands in a range (`від 5 до 10`): by the text that ends with it, and the amount
/// with what follows.
pub fn is_no_limit(hedge: &str, before: &str, amount: &str, lang: &str) -> bool {
    if !AMBIGUOUS.contains(&hedge.to_lowercase().as_str()) {
        return false;
    }
    let digits = amount.chars().take_while(char::is_ascii_digit).count();
    let (figures, behind) = amount.split_at(digits);
    let goes_on = behind.trim_start_matches(['.', ',']).starts_with(char::is_numeric);
    let is_year = figures.parse().is_ok_and(|year: u16| (1900..=2100).contains(&year)) && !goes_on;
    let next: Vec<&str> = behind.unicode_words().take(2).collect();
    let is_day = (1..3).contains(&digits) && !months(&next.join(" "), lang).is_empty();
    let earlier = before.unicode_words().rev().skip(hedge.unicode_words().count()).take(RANGE);
    let earlier: Vec<String> = earlier.map(str::to_lowercase).collect();
    let is_range = earlier.iter().any(|word| FROM.contains(&word.as_str()))
        && earlier.iter().any(|word| word.starts_with(char::is_numeric));
    is_year || is_day || is_range
}

/// Whether a text limits an amount, as far as its language is known: with a word of its own, or
/// with a sign.
pub fn has_hedge(text: &str, lang: &str) -> bool {
    let words: Vec<String> = text.unicode_words().map(str::to_lowercase).collect();
    let spaced = format!(" {} ", words.join(" "));
    let has = |hedge: &&str| spaced.contains(&format!(" {} ", hedge.trim_end_matches('.')));
    let in_other_words = lang == "en" && OTHER_WORDS.iter().any(has);
    in_other_words || hedges(lang).iter().any(has) || text.contains(['~', '≈', '<', '>', '≤', '≥'])
}

/// An amount in figures, and the words before it that limit it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitedAmount<'a> {
    /// The words that limit it.
    pub hedge: &'a str,
    /// Its figures.
    pub figures: &'a str,
}

/// The amounts of a text that words before them limit, in order.
pub fn limited_amounts<'a>(text: &'a str, lang: &str) -> Vec<LimitedAmount<'a>> {
    let limited = |(start, figures): (usize, &'a str)| {
        let before = text.get(..start)?;
        // A currency or a sign stands between.
        let is_sign = |c: char| !c.is_alphanumeric() && !c.is_whitespace();
        let before = before.trim_end_matches(is_sign);
        let hedge = hedge_at_end(before, lang)?;
        let is_limit = !is_no_limit(hedge, before, text.get(start..)?, lang);
        is_limit.then_some(LimitedAmount { hedge, figures })
    };
    figures(text).filter_map(limited).collect()
}

/// Whether a text has these figures as an amount of its own.
pub fn has_figures(text: &str, wanted: &str) -> bool {
    figures(text).any(|(_, found)| found == wanted)
}

/// The figures of a text with the signs between them, each with its byte offset.
fn figures(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_part = |c: char| ".,'’".contains(c);
    let mut from = 0;
    std::iter::from_fn(move || {
        let start = from + text.get(from..)?.find(char::is_alphanumeric)?;
        let rest = text.get(start..)?;
        let is_inner = |(at, c): &(usize, char)| {
            let next = rest.get(at + c.len_utf8()..).and_then(|rest| rest.chars().next());
            c.is_alphanumeric() || is_part(*c) && next.is_some_and(char::is_numeric)
        };
        let end = rest.char_indices().find(|part| !is_inner(part));
        let end = end.map_or(rest.len(), |(at, _)| at);
        from = start + end.max(1);
        Some((start, rest.get(..end)?))
    })
    .filter(|(_, found)| found.chars().all(|c| !c.is_alphabetic()))
}

/// Whether quoted words begin with an amount in figures, with its currency or without.
pub fn is_amount(quoted: &str) -> bool {
    let is_sign = |c: char| !c.is_alphanumeric() && !c.is_whitespace();
    quoted.trim_start_matches(is_sign).starts_with(char::is_numeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_limits_the_next_amount_is_found() {
        for (text, lang, found) in [
            ("Almost ", "en", Some("Almost")),
            ("It killed up to ", "en", Some("up to")),
            ("It was no more\nthan ", "en", Some("no more\nthan")),
            ("He said (at least ", "en", Some("at least")),
            ("They walked up the hill to ", "en", None),
            ("It has more ", "en", None),
            ("about", "en", None),
            ("Fast ", "de", Some("Fast")),
            ("Es waren bis zu ", "de", Some("bis zu")),
            ("Прийшло щонайменше ", "uk", Some("щонайменше")),
            ("Près de ", "fr", Some("Près de")),
            ("almost ", "xx", None),
            ("", "en", None),
        ] {
            assert_eq!(hedge_at_end(text, lang), found, "{text}");
        }
    }

    #[test]
    fn a_claim_that_limits_keeps_the_note_back() {
        assert!(has_hedge("Nearly 100 people came.", "en"));
        assert!(has_hedge(">100 people came.", "en"));
        assert!(has_hedge("Es kamen rund 100.", "de"));
        assert!(has_hedge("Es kamen ca. 100.", "de"));
        assert!(!has_hedge("100 people came.", "en"));
        let limited = |text, lang| -> Vec<(&str, &str)> {
            let found = limited_amounts(text, lang);
            found.iter().map(|amount| (amount.hedge, amount.figures)).collect()
        };
        assert_eq!(limited("Up to 50 died, 12 fled.", "en"), [("Up to", "50")]);
        let both = [("More than", "1,200.50"), ("about", "3")];
        assert_eq!(limited("More than €1,200.50 in about 3 days", "en"), both);
        assert_eq!(limited("до 20 людей", "uk"), [("до", "20")]);
        assert_eq!(limited("about 2,030 people", "en"), [("about", "2,030")]);
        // A day, a year, a subject or a range.
        for (text, lang) in [
            ("до 20 січня", "uk"),
            ("Програма діє до 2030 року", "uk"),
            ("від 5 до 10 років", "uk"),
            ("van 3 tot 5 mei", "nl"),
            ("loopt tot 2030.", "nl"),
            ("Er sprach über 2015", "de"),
            ("talks about 2030 targets", "en"),
        ] {
            assert_eq!(limited(text, lang), [], "{text}");
        }
        assert!(has_hedge("The dead exceeded 100.", "en"));
        assert!(has_hedge("100 or more people came.", "en"));
        assert_eq!(limited("about A4 and the 1990s", "en"), []);
        assert!(has_figures("There were 50.", "50") && !has_figures("There were 500.", "50"));
        assert!(is_amount("100 people") && is_amount("€5 million") && !is_amount("people"));
    }
}
