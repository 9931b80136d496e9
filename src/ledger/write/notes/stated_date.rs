//! A date that is given as stated, beside words of the document that deny it.
//!
//! Always holds: it is a hint for the signer and refuses nothing; words that are not understood
//! deny no date, but for English words without any figure or name of a day. A date that is derived
//! or inferred is denied by words that name another month, day or weekday alone. Not here: the
//! names of months and weekdays (`named_days`).

use crate::wording::figured_date;
use crate::wording::figures::{digit, figures};
use crate::wording::named_days::{NamedMonth, months, primary, weekday_name, weekdays};
use crate::wording::named_interval;
use crate::wording::worded_date::dates;
use annals_core::edtf::{Days, days};
use jiff::ToSpan;
use jiff::civil::Date;
use unicode_segmentation::UnicodeSegmentation;

/// English words that belong to dates, by their beginning.
const DATED: &[&str] = &[
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
    "mon",
    "tue",
    "wed",
    "thu",
    "fri",
    "sat",
    "sun",
    "day",
    "week",
    "month",
    "year",
    "decade",
    "centur",
    "today",
    "tonight",
    "tomorrow",
    "yesterday",
    "morning",
    "evening",
    "night",
    "noon",
    "spring",
    "summer",
    "autumn",
    "winter",
    "christmas",
    "easter",
    "eve",
    "ago",
    "now",
    "then",
    "twent",
    "thirt",
    "fort",
    "fift",
    "sixt",
    "sevent",
    "eight",
    "ninet",
    "nineteen",
    "second",
    "first",
];

/// Years that languages count from another beginning, and what is added to such a year to have the
/// one or two years of ours in which it is.
const CALENDARS: [(&str, [i64; 2]); 5] = [
    ("th lo km", [-543, -543]),
    ("fa ps tg ckb ku", [621, 622]),
    ("he yi", [-3761, -3760]),
    ("am ti", [7, 8]),
    ("ne", [-57, -56]),
];

/// The years of ours that years of a calendar which a language has may be.
fn counted_otherwise(words: &str, lang: &str) -> impl Iterator<Item = String> {
    let lang = primary(lang);
    let figures = figures(words).into_iter();
    let years = figures.filter(|figure| figure.digits.len() == 4);
    years.filter_map(|figure| figure.digits.parse::<i64>().ok()).flat_map(move |year| {
        let known =
            CALENDARS.iter().filter(|(languages, _)| languages.split(' ').any(|it| it == lang));
        let by_sun = known.flat_map(move |(_, added)| added.iter().map(move |more| year + more));
        // The lunar year of Islam is eleven days shorter.
        let is_lunar = matches!(lang.as_str(), "ar" | "ur" | "fa" | "ps" | "ms" | "tr" | "id");
        let first = year * 970_224 / 1_000_000 + 621;
        let by_moon = [first, first + 1].into_iter().filter(|_| is_lunar && year < 1_500);
        let years = by_sun.chain(by_moon).filter(|year| *year > 0);
        years.map(|year| format!("{year:04}")).collect::<Vec<String>>()
    })
}

/// Words that narrow no date.
const BESIDE: [&str; 10] =
    ["in", "on", "of", "the", "during", "since", "by", "until", "from", "between"];
/// Words beside a day that leave it as it is.
const BESIDE_DAY: [&str; 15] = [
    "morning",
    "afternoon",
    "evening",
    "night",
    "s",
    "noon",
    "midday",
    "lunchtime",
    "early",
    "late",
    "last",
    "next",
    "this",
    "coming",
    "past",
];
/// Short words of other languages that move a day: *vor Donnerstag*, *po středě*.
const MOVES: [&str; 4] = ["vor", "po", "før", "för"];
/// Words that make a day an end of a span, by the languages that have them: *bis Freitag*.
const SPANS: [(&str, &str); 6] = [
    ("de", "bis ab"),
    ("cs sk pl hr sl", "do od"),
    ("da nb nn no", "til"),
    ("sv", "till"),
    ("nl", "tot"),
    ("uk ru", "до"),
];
/// Words that, beside a night, name the day after it: *in der Nacht auf Sonntag*.
const AFTER_NIGHT: [(&str, &str); 4] =
    [("de", "auf zum zu"), ("cs sk pl hr sl", "na"), ("nl", "op"), ("uk ru", "на")];
/// Words for a night.
const NIGHTS: &str = "nacht noci noc nocy natten natt ніч ночь";
/// Words before *week* that leave a weekday beside it as it is: *Thursday next week*; not *the week
/// of Thursday*.
const WHICH_WEEK: [&str; 5] = ["last", "next", "this", "coming", "past"];
/// Parts of a day in other languages than English, and words for *last* and *next*.
const DAY_PARTS: &str = "\
    morgen morgens vormittag vormittags mittag mittags nachmittag nachmittags abend abends nacht \
    nachts früh \
    večer ráno dopoledne odpoledne poledne noci dopoludnia popoludní poobede navečer ujutro \
    prijepodne popodne zvečer zjutraj popoldne dopoldne noći noč \
    wieczorem wieczór rano południe południu nocy \
    soir matin midi nuit soirée matinée dernier prochain \
    noche tarde mañana mediodía madrugada próximo pasado noite manhã próxima passada \
    sera mattina mattino pomeriggio notte scorso prossimo \
    avond ochtend middag namiddag \
    kväll kvällen morgon morgonen förmiddag eftermiddag natt natten aften aftenen formiddag \
    ettermiddag kveld kvelden \
    ввечері увечері вранці зранку вдень вночі уночі вечором ранком \
    вечером утром днём днем ночью \
    este reggel délután délelőtt éjjel hajnalban \
    iltana illalla aamuna aamulla yönä yöllä iltapäivällä \
    seara seară dimineața dimineață noaptea \
    akşam akşamı sabah sabahı gece gecesi βράδυ πρωί απόγευμα μεσημέρι νύχτα";
/// Words for a year, beside it.
const YEAR_WORDS: [&str; 6] = ["року", "рік", "году", "года", "roku", "année"];

/// Why the words do not give the date, if that can be said.
pub fn denied(edtf: &str, words: &str, lang: &str) -> Option<String> {
    let given = days(edtf)?;
    if figured_date::is_before_era(words) {
        return Some(format!(
            "the words “{words}” give a year before the year 1, and {edtf} is after it; there is \
             no date for it here, and the words are kept without one"
        ));
    }
    if let Some(why) = turned_round(edtf, words) {
        return Some(why);
    }
    if counted_otherwise(words, lang).any(|year| days(&year).is_none_or(|it| it.overlap(&given))) {
        // Thai months are those of every calendar of the West; others begin on other days.
        return (primary(lang) == "th").then(|| another_day(edtf, words)).flatten();
    }
    if let Some(found) = named_interval::stated(words, lang) {
        return match days(&found)?.overlap(&given) {
            true => differs(&found, edtf, words),
            false => Some(format!("the words “{words}” give {found}, not {edtf}")),
        };
    }
    let read = dates(words, None);
    let found: Vec<String> = read.iter().map(|date| date.edtf.clone()).collect();
    let overlaps = |text: &String| days(text).is_none_or(|days| days.overlap(&given));
    if !found.is_empty() {
        let list = found.join(" and ");
        if !found.iter().any(overlaps) {
            return Some(format!("the words “{words}” give {list}, not {edtf}"));
        }
        if found.len() > 1 {
            let one_of = found.iter().any(|date| date == edtf);
            return one_of.then(|| several(words, &list, edtf));
        }
        let whole = read.first().filter(|date| is_all(&date.words, words));
        return whole
            .and_then(|date| differs(&date.edtf, edtf, words))
            .or_else(|| contradicted(edtf, words, lang));
    }
    if let Some(figured) = figured_date::read(words) {
        let list = figured.edtf.join(" or ");
        if !figured.edtf.iter().any(overlaps) {
            return Some(format!("the words “{words}” give {list}, not {edtf}"));
        }
        return match figured.edtf.as_slice() {
            [one] if figured.is_all => differs(one, edtf, words),
            _ => None,
        };
    }
    // In any language a year is written in four digits.
    let years = figured_date::years(words);
    if !years.is_empty() {
        let list = years.join(" and ");
        if !years.iter().any(overlaps) {
            return Some(format!("the words “{words}” have the year {list}, not that of {edtf}"));
        }
        if years.len() > 1 && years.iter().any(|year| year == edtf) {
            return Some(several(words, &list, edtf));
        }
        return another_day(edtf, words).or_else(|| contradicted(edtf, words, lang));
    }
    if let Some(why) = contradicted(edtf, words, lang) {
        return Some(why);
    }
    let has_figure = words.chars().any(|c| digit(c).is_some());
    if !has_figure && day_of(edtf).is_some() && !weekdays(words, lang).is_empty() {
        return Some(format!(
            "the words “{words}” give no date without that of the document, and {edtf} is called \
             stated"
        ));
    }
    let is_dated = |word: &str| {
        let word = word.to_lowercase();
        DATED.iter().any(|begin| word.starts_with(begin))
    };
    let nothing = primary(lang) == "en" && !has_figure && !words.unicode_words().any(is_dated);
    nothing.then(|| format!("the words “{words}” give no date, and {edtf} is called stated"))
}

/// That a date is one of several that the words give.
fn several(words: &str, list: &str, edtf: &str) -> String {
    format!("the words “{words}” give {list}, and {edtf} is one of them")
}

/// Why a date that is derived or inferred is not in words which name a month or a weekday, and
/// nothing beside them: what is derived adds the year or the week, and changes no word.
pub fn derived_otherwise(edtf: &str, words: &str, lang: &str) -> Option<String> {
    let months = months(words, lang);
    let days = weekdays(words, lang);
    let is_english = primary(lang) == "en";
    let is_day_word = |word: &str| {
        let lower = word.to_lowercase();
        let is_name = months.iter().any(|it| it.word.split(' ').any(|name| name == word))
            || days.iter().any(|(name, _)| name.split([' ', '-']).any(|name| name == word));
        let is_small = match is_english {
            true => BESIDE.contains(&&*lower) || BESIDE_DAY.contains(&&*lower),
            false => {
                lower.chars().count() <= 3 && !MOVES.contains(&&*lower)
                    || YEAR_WORDS.contains(&&*lower)
                    || DAY_PARTS.split(' ').any(|part| part == lower)
            }
        };
        is_name || is_small || word.chars().next().and_then(digit).is_some()
    };
    let parts: Vec<&str> = words.unicode_words().flat_map(|word| word.split(['’', '\''])).collect();
    let is_week = |at: usize| {
        let before = at.checked_sub(1).and_then(|before| parts.get(before));
        is_english
            && parts.get(at).is_some_and(|word| word.eq_ignore_ascii_case("week"))
            && before.is_some_and(|it| WHICH_WEEK.contains(&&*it.to_lowercase()))
    };
    let is_all = parts.iter().enumerate().all(|(at, word)| is_day_word(word) || is_week(at));
    if is_all && !is_toward(&parts, lang) { contradicted(edtf, words, lang) } else { None }
}

/// Whether words name an end of a span, or the day after the night that is meant.
fn is_toward(parts: &[&str], lang: &str) -> bool {
    let lower: Vec<String> = parts.iter().map(|word| word.to_lowercase()).collect();
    let language = primary(lang);
    let has_one = |list: &str| list.split(' ').any(|one| lower.iter().any(|word| word == one));
    let has = |table: &[(&str, &str)]| {
        table.iter().any(|(languages, words)| {
            languages.split(' ').any(|one| one == language) && has_one(words)
        })
    };
    has(&SPANS) || has_one(NIGHTS) && has(&AFTER_NIGHT)
}

/// Why a date is not that of words which name its month, its day or its weekday, in whatever
/// language.
fn contradicted(edtf: &str, words: &str, lang: &str) -> Option<String> {
    let given = days(edtf)?;
    let named = months(words, lang).into_iter().map(|NamedMonth { word, month, .. }| (word, month));
    let months: Vec<(String, i8)> = named.chain(figured_date::named_months(words)).collect();
    let other = months.first().filter(|_| !months.iter().any(|it| has_month(&given, it.1)));
    if let Some((word, month)) = other {
        return Some(format!(
            "the words “{words}” have the month {month} ({word}), not that of {edtf}"
        ));
    }
    let day = day_of(edtf)?;
    let alone = figured_date::day_alone(words).filter(|_| months.is_empty());
    if months.len() == 1 || alone.is_some() {
        let found = match alone {
            Some(day) => vec![day],
            None => figured_date::days_beside_month(words),
        };
        if !found.is_empty() && !found.contains(&u32::from(day.day().unsigned_abs())) {
            let list: Vec<String> = found.iter().map(u32::to_string).collect();
            let list = list.join(" or ");
            return Some(format!("the words “{words}” have the day {list}, not that of {edtf}"));
        }
    }
    let named = weekdays(words, lang);
    let (word, _) = named.first()?;
    let is_other = named.iter().all(|(_, weekday)| *weekday != day.weekday());
    is_other.then(|| {
        let name = weekday_name(day.weekday());
        format!("the words “{words}” have the weekday {word}, and {edtf} is a {name}")
    })
}

/// The day that a date is, if it is one.
pub fn day_of(edtf: &str) -> Option<Date> {
    let given = days(edtf)?;
    let day = given.first.filter(|_| given.first == given.last);
    day.filter(|_| !edtf.contains('/'))
}

/// Whether days of a month are among these; of a time without an end, or of a year and more, some
/// are.
pub fn has_month(given: &Days, month: i8) -> bool {
    let (Some(first), Some(last)) = (given.first, given.last) else { return true };
    let mut at = first.first_of_month();
    for _ in 0..12 {
        if at > last {
            return false;
        }
        if at.month() == month {
            return true;
        }
        let Ok(next) = at.checked_add(1.month()) else { return true };
        at = next;
    }
    true
}

/// That words which give a date, or have a year, stand without one; `option` is that of the date.
pub fn undated(words: &str, option: &str) -> Option<String> {
    let read = match dates(words, None).as_slice() {
        [one] => Some(one.edtf.clone()),
        _ => figured_date::stated(words),
    };
    let is_year = |digits: &str| digits.len() == 4 && ("1000".."3000").contains(&digits);
    match read {
        Some(edtf) => Some(format!(
            "the words “{words}” give {edtf}, and no date is given: {option} {edtf} gives it, so \
             that it is found by its date"
        )),
        None => figures(words).iter().any(|figure| is_year(&figure.digits)).then(|| {
            format!(
                "the words “{words}” have a year, and no date is given: {option} gives it, so \
                 that it is found by its date"
            )
        }),
    }
}

/// Why an open interval goes the other way than the English word before its date.
fn turned_round(edtf: &str, words: &str) -> Option<String> {
    let first = words.unicode_words().next()?.to_lowercase();
    let (goes, not) = match first.as_str() {
        "since" | "after" if edtf.starts_with("../") => ("begin", "ends"),
        "until" | "till" | "before" if edtf.ends_with("/..") => ("end", "begins"),
        _ => return None,
    };
    Some(format!("the words “{words}” {goes} a time, and {edtf} {not} one"))
}

/// Whether words have nothing beside a date that could narrow it.
fn is_all(date: &str, words: &str) -> bool {
    let rest = words.replacen(date, " ", 1).to_lowercase();
    rest.unicode_words().all(|word| BESIDE.contains(&word))
}

/// Why a date is not the one that words give which may overlap it: it is a part of that, or has
/// days beyond one of the ends that the words name. One with the same ends, less exact, is true.
fn differs(found: &str, edtf: &str, words: &str) -> Option<String> {
    let (wide, given) = (days(found)?, days(edtf)?);
    let is_within = wide.first <= given.first && given.last <= wide.last;
    // The same ends, each less exact: 2019/2021 for 2019-05/2021-02.
    let ends = || found.split('/').zip(edtf.split('/'));
    let is_coarser = edtf.contains('/') && ends().all(|(end, coarse)| end.starts_with(coarse));
    let has_ends = given.first.is_some() && given.last.is_some();
    match is_within {
        _ if wide == given || !has_ends => None,
        true if !found.contains('/') => {
            Some(format!("the words “{words}” give {found}, and {edtf} is more exact"))
        }
        true if found.split('/').any(|end| end == edtf) => {
            Some(format!("the words “{words}” give {found}, and {edtf} is one end of it"))
        }
        false if found.contains('/') && !is_coarser => {
            Some(format!("the words “{words}” give {found}, not {edtf}"))
        }
        _ => None,
    }
}

/// Why a day is not the one that the words have, in whatever language they name its month.
fn another_day(edtf: &str, words: &str) -> Option<String> {
    let day = edtf.trim_end_matches(['?', '~', '%']);
    let day: u32 = day.split('-').nth(2).filter(|_| !edtf.contains('/'))?.parse().ok()?;
    let found = figured_date::days_of_month(words);
    let list: Vec<String> = found.iter().map(u32::to_string).collect();
    (!found.is_empty() && !found.contains(&day)).then(|| {
        format!("the words “{words}” have the day {}, not that of {edtf}", list.join(" or "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_give_another_date_deny_it() {
        let why = |edtf, words, lang| denied(edtf, words, lang).unwrap_or_default();
        assert_eq!(why("2021-05-05", "27 January 2022", "en"), {
            "the words “27 January 2022” give 2022-01-27, not 2021-05-05"
        });
        assert_eq!(why("1999", "2022-01-28", "uk"), {
            "the words “2022-01-28” give 2022-01-28, not 1999"
        });
        assert_eq!(why("1999", "٢٧ يناير ٢٠٢٢", "ar"), {
            "the words “٢٧ يناير ٢٠٢٢” have the year 2022, not that of 1999"
        });
        assert_eq!(why("2021-05-05", "met", "en"), {
            "the words “met” give no date, and 2021-05-05 is called stated"
        });
        for (edtf, words, told) in [
            ("2022-01-26", "27/01/2022", "give 2022-01-27, not 2022-01-26"),
            ("2022-05-03", "03/04/2022", "give 2022-04-03 or 2022-03-04, not 2022-05-03"),
            ("2022-01-27", "2022年1月26日", "give 2022-01-26, not 2022-01-27"),
            ("2022-01-26", "27. Januar 2022", "have the day 27, not that of 2022-01-26"),
            ("2022-01-26", "27 січня 2022 року", "have the day 27, not that of 2022-01-26"),
            ("2022-01-26", "٢٧ يناير ٢٠٢٢", "have the day 27, not that of 2022-01-26"),
            ("2022-01-26", "26 มกราคม 2565", "have the year 2565, not that of 2022-01-26"),
            ("2021-03-15", "March 2021", "give 2021-03, and 2021-03-15 is more exact"),
            ("2021-03-15", "in 2021", "give 2021, and 2021-03-15 is more exact"),
            ("1990", "the 1990s", "give 199X, and 1990 is more exact"),
            ("19XX", "the 19th century", "give 18XX, not 19XX"),
            ("../2015", "since 2015", "begin a time, and ../2015 ends one"),
            ("../1901", "After 1901", "begin a time, and ../1901 ends one"),
            ("2016/..", "until 2016", "end a time, and 2016/.. begins one"),
            ("1900/..", "before 1900", "end a time, and 1900/.. begins one"),
            ("2019/2022", "Between 2019 and 2021", "give 2019/2021, not 2019/2022"),
            (
                "0044",
                "44 BC",
                "give a year before the year 1, and 0044 is after it; there is no date for it \
                 here, and the words are kept without one",
            ),
        ] {
            assert_eq!(why(edtf, words, "uk"), format!("the words “{words}” {told}"));
        }
        for (edtf, words, lang, told) in [
            ("2026-10-18", "18 листопада 2026 року", "uk", {
                "have the month 11 (листопада), not that of 2026-10-18"
            }),
            ("2026-10-26", "26 de noviembre de 2026", "es", {
                "have the month 11 (noviembre), not that of 2026-10-26"
            }),
            ("2027-05-01", "1er mars 2027", "fr", {
                "have the month 3 (mars), not that of 2027-05-01"
            }),
            ("2027-05-03", "3 مارس 2027", "ar", {
                "have the month 3 (مارس), not that of 2027-05-03"
            }),
            ("2026-11-03", "ל-3 בדצמבר 2026", "he", {
                "have the month 12 (בדצמבר), not that of 2026-11-03"
            }),
            ("2026-12-18", "11月18日", "zh", {
                "have the month 11 (11月), not that of 2026-12-18"
            }),
            ("2026-11-11", "11月18日", "zh", { "have the day 18, not that of 2026-11-11" }),
            ("2026-11-01", "12月1日", "ja", {
                "have the month 12 (12月), not that of 2026-11-01"
            }),
            ("2026-11-17", "18日", "ja", { "have the day 18, not that of 2026-11-17" }),
            ("2026-12-18", "11월 18일", "ko", {
                "have the month 11 (11월), not that of 2026-12-18"
            }),
            ("2026-11-19", "på onsdagen", "sv", {
                "have the weekday onsdagen, and 2026-11-19 is a Thursday"
            }),
            ("2026-11-23", "quinta-feira (26)", "pt", {
                "have the weekday quinta-feira, and 2026-11-23 is a Monday"
            }),
            ("2022-01-05", "on Thursday", "en", {
                "have the weekday Thursday, and 2022-01-05 is a Wednesday"
            }),
            ("2022-01-26", "Wednesday", "en", {
                "give no date without that of the document, and 2022-01-26 is called stated"
            }),
            ("2019-05", "between May 2019 and February 2021", "en", {
                "give 2019-05/2021-02, and 2019-05 is one end of it"
            }),
            ("2019-05", "in May 2019 and in February 2021", "en", {
                "give 2019-05 and 2021-02, and 2019-05 is one of them"
            }),
            ("2019-05", "zwischen Mai 2019 und Februar 2021", "de", {
                "give 2019-05/2021-02, and 2019-05 is one end of it"
            }),
            ("2022-01-03", "з 3 до 5 січня 2022 року", "uk", {
                "give 2022-01-03/2022-01-05, and 2022-01-03 is one end of it"
            }),
            ("2023-01", "d’avril à juin 2020", "fr", { "give 2020-04/2020-06, not 2023-01" }),
            ("2020", "in 2020 or 2021", "en", { "give 2020 and 2021, and 2020 is one of them" }),
        ] {
            assert_eq!(why(edtf, words, lang), format!("the words “{words}” {told}"));
        }
        for (edtf, words, lang) in [
            ("2019/2021", "between May 2019 and February 2021", "en"),
            ("2022-01-27", "27/01/2022", "en"),
            ("2022-03-04", "03/04/2022", "en"),
            ("2021-03-10/2021-03-31", "late March 2021", "en"),
            ("2021-03-31", "at the end of March 2021", "en"),
            ("2019/2021", "2019–2021", "en"),
            ("2020", "between 2019 and 2021", "en"),
            ("1990/1993", "the early 1990s", "en"),
            ("18XX", "the 19th century", "en"),
            ("2021", "March 2021", "en"),
            ("2021-03/..", "since March 2021", "en"),
            ("../2016", "until 2016", "en"),
            ("2022-01-28", "KW 4 2022", "de"),
            ("2022-01", "27 January 2022", "en"),
            ("2022-01-27", "27. Januar 2022", "de"),
            ("2022-01-26", "Wednesday, 26 January", "en"),
            ("2027-03-01", "1er mars 2027", "fr"),
            ("2027-03", "1er mars 2027", "fr"),
            ("2026-11-18", "18 листопада 2026 року", "uk"),
            ("2026-11-03/2026-11-05", "3.–5. November 2026", "de"),
            ("2019-05/2021-02", "між травнем 2019 та лютим 2021", "uk"),
            ("2020-05", "d’avril à juin 2020", "fr"),
            ("2026-12-31/2027-01-02", "31 December to 2 January", "en"),
            ("2022-01-26", "on the 26th", "en"),
            ("2022-01-26", "cередa", "uk"),
            ("2022/2023", "in 2022", "en"),
            ("2022-01-26", "26 มกราคม 2565", "th"),
            ("2022-01-26", "۶ بهمن ۱۴۰۰", "fa"),
            ("2022-01-26", "٢٣ جمادى الآخرة ١٤٤٣", "ar"),
            ("2026-11-18", "11月18日", "zh"),
            ("2026-11", "11月", "ja"),
            ("2026-11-18", "18日午後3時", "ja"),
            ("2026-11-15", "3日前", "ja"),
            ("2026-12-03", "ל-3 בדצמבר 2026", "he"),
            ("2026-11-30", "Pazartesi, 30 Kasım", "tr"),
        ] {
            assert_eq!(denied(edtf, words, lang), None, "{edtf} {words}");
        }
    }

    #[test]
    fn what_is_derived_is_in_the_words_that_name_a_day() {
        let why = |edtf, words, lang| derived_otherwise(edtf, words, lang).unwrap_or_default();
        for (edtf, words, lang, told) in [
            ("2026-11-25", "Thursday", "en", {
                "have the weekday Thursday, and 2026-11-25 is a Wednesday"
            }),
            ("2027-01-04", "14 January", "en", "have the day 14, not that of 2027-01-04"),
            ("2026-12-08", "18 December", "en", "have the day 18, not that of 2026-12-08"),
            ("2026-12-18", "am 18. November", "de", {
                "have the month 11 (November), not that of 2026-12-18"
            }),
            ("2026-12-18", "11月18日", "zh", {
                "have the month 11 (11月), not that of 2026-12-18"
            }),
            ("2026-11-26", "ve středu večer", "cs", {
                "have the weekday středu, and 2026-11-26 is a Thursday"
            }),
            ("2026-12-04", "Thursday next week", "en", {
                "have the weekday Thursday, and 2026-12-04 is a Friday"
            }),
            ("2026-11-24", "Monday night’s", "en", {
                "have the weekday Monday, and 2026-11-24 is a Tuesday"
            }),
            ("2026-11-26", "V pátek 27. listopadu večer", "cs", {
                "have the day 27, not that of 2026-11-26"
            }),
            ("2026-11-26", "am Mittwoch abend", "de", {
                "have the weekday Mittwoch, and 2026-11-26 is a Thursday"
            }),
            ("2026-11-26", "mercredi soir", "fr", {
                "have the weekday mercredi, and 2026-11-26 is a Thursday"
            }),
        ] {
            assert_eq!(why(edtf, words, lang), format!("the words “{words}” {told}"));
        }
        for (edtf, words, lang) in [
            ("2026-11-25", "ve středu večer", "cs"),
            ("2026-12-03", "Thursday next week", "en"),
            ("2026-11-23", "Monday night’s", "en"),
            ("2026-11-27", "V pátek 27. listopadu večer", "cs"),
            ("2026-11-21", "In der Nacht auf Sonntag", "de"),
            ("2026-11-21", "In der Nacht zum Sonntag", "de"),
            ("2026-11-21", "V noci na neděli", "cs"),
            ("2026-11-21", "W nocy na niedzielę", "pl"),
            ("2026-11-21", "Natten til søndag", "da"),
            ("2026-11-21", "In de nacht op zondag", "nl"),
            ("2026-11-26", "Bis Freitag mittag", "de"),
            ("2026-11-26", "Do pátku večer", "cs"),
            ("2026-11-28", "Od pátku do neděle večer", "cs"),
            ("2026-11-24", "the week of Monday", "en"),
            ("2026-11-24", "the night after Monday", "en"),
            ("2026-11-25", "am Abend vor Donnerstag", "de"),
            ("2026-11-26", "den po středečním jednání", "cs"),
            ("2026-11-26", "on Thursday evening", "en"),
            ("2026-11-27", "the day after Thursday", "en"),
            ("2027-01-21", "a week after 14 January", "en"),
            ("2027-01-14", "14 January", "en"),
            ("2027-01-14/2027-01-20", "from 14 January", "en"),
            ("2026-11-25", "yesterday", "en"),
            ("2026-11-19", "eine Woche vor dem 26. November", "de"),
        ] {
            assert_eq!(why(edtf, words, lang), "", "{edtf} {words}");
        }
    }
}
