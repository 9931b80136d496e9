//! A date that is given as stated, beside words of the document that deny it.
//!
//! Always holds: it is a hint for the signer and refuses nothing; words that are not understood
//! deny no date, but for English words without any figure or name of a day. Not here: dates that
//! are derived or inferred, which words need not give.

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

/// Why the words do not give the date, if that can be said.
pub fn denied(edtf: &str, words: &str, lang: &str) -> Option<String> {
    let given = days(edtf)?;
    let read = dates(words, None);
    let found: Vec<String> = read.iter().map(|date| date.edtf.clone()).collect();
    let overlaps = |text: &String| days(text).is_none_or(|days| days.overlap(&given));
    if !found.is_empty() {
        let list = found.join(" and ");
        return (!found.iter().any(overlaps))
            .then(|| format!("the words “{words}” give {list}, not {edtf}"));
    }
    // In any language a year is written in four digits.
    let years = figures(words).into_iter().map(|figure| figure.digits);
    let years: Vec<String> =
        years.filter(|digits| digits.len() == 4 && ("1000".."3000").contains(&&**digits)).collect();
    if !years.is_empty() {
        return (!years.iter().any(overlaps)).then(|| {
            format!("the words “{words}” have the year {}, not that of {edtf}", years.join(" and "))
        });
    }
    let is_dated = |word: &str| {
        let word = word.to_lowercase();
        DATED.iter().any(|begin| word.starts_with(begin))
    };
    let has_figure = words.chars().any(|c| digit(c).is_some());
    let nothing = primary(lang) == "en" && !has_figure && !words.unicode_words().any(is_dated);
    nothing.then(|| format!("the words “{words}” give no date, and {edtf} is called stated"))
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
        for (edtf, words, lang) in [
            ("2022-01", "27 January 2022", "en"),
            ("2022-01-27", "27. Januar 2022", "de"),
            ("2022-01-26", "Wednesday", "en"),
            ("2022-01-26", "on the 26th", "en"),
            ("2022-01-26", "cередa", "uk"),
            ("2022/2023", "in 2022", "en"),
        ] {
            assert_eq!(denied(edtf, words, lang), None, "{edtf} {words}");
        }
    }
}
