//! A date that is given as stated, beside words of the document that deny it.
//!
//! Always holds: it is a hint for the signer and refuses nothing; words that are not understood
//! deny no date, but for English words without any figure or name of a day. Not here: dates that
//! are derived or inferred, which words need not give.

use crate::ledger::write::figured_date;
use crate::ledger::write::figures::{digit, figures};
use crate::ledger::write::worded_date::dates;
use annals_core::edtf::days;
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

/// The language of a tag without its region and script.
pub fn primary(lang: &str) -> String {
    lang.split('-').next().unwrap_or_default().to_ascii_lowercase()
}

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
        by_sun.chain(by_moon).map(|year| format!("{year:04}")).collect::<Vec<String>>()
    })
}

/// Words that narrow no date.
const BESIDE: [&str; 9] = ["in", "on", "of", "the", "during", "since", "by", "until", "from"];

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
    let read = dates(words, None);
    let found: Vec<String> = read.iter().map(|date| date.edtf.clone()).collect();
    let overlaps = |text: &String| days(text).is_none_or(|days| days.overlap(&given));
    if !found.is_empty() {
        let list = found.join(" and ");
        if !found.iter().any(overlaps) {
            return Some(format!("the words “{words}” give {list}, not {edtf}"));
        }
        return read
            .first()
            .filter(|date| found.len() == 1 && is_all(&date.words, words))
            .and_then(|date| differs(&date.edtf, edtf, words));
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
    let years = figures(words).into_iter().map(|figure| figure.digits);
    let years: Vec<String> =
        years.filter(|digits| digits.len() == 4 && ("1000".."3000").contains(&&**digits)).collect();
    if !years.is_empty() {
        if years.iter().any(overlaps) {
            return another_day(edtf, words);
        }
        let years = years.join(" and ");
        return Some(format!("the words “{words}” have the year {years}, not that of {edtf}"));
    }
    let is_dated = |word: &str| {
        let word = word.to_lowercase();
        DATED.iter().any(|begin| word.starts_with(begin))
    };
    let has_figure = words.chars().any(|c| digit(c).is_some());
    let nothing = primary(lang) == "en" && !has_figure && !words.unicode_words().any(is_dated);
    nothing.then(|| format!("the words “{words}” give no date, and {edtf} is called stated"))
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
/// days beyond the ends that the words name.
fn differs(found: &str, edtf: &str, words: &str) -> Option<String> {
    let (wide, given) = (days(found)?, days(edtf)?);
    let is_within = wide.first <= given.first && given.last <= wide.last;
    let has_ends = given.first.is_some() && given.last.is_some();
    match is_within {
        _ if wide == given || !has_ends => None,
        true if !found.contains('/') => {
            Some(format!("the words “{words}” give {found}, and {edtf} is more exact"))
        }
        false if found.contains('/') => {
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
        for (edtf, words, lang) in [
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
            ("2022-01-26", "Wednesday", "en"),
            ("2022-01-26", "on the 26th", "en"),
            ("2022-01-26", "cередa", "uk"),
            ("2022/2023", "in 2022", "en"),
            ("2022-01-26", "26 มกราคม 2565", "th"),
            ("2022-01-26", "۶ بهمن ۱۴۰۰", "fa"),
            ("2022-01-26", "٢٣ جمادى الآخرة ١٤٤٣", "ar"),
        ] {
            assert_eq!(denied(edtf, words, lang), None, "{edtf} {words}");
        }
    }
}
