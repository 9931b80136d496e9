//! A weekday of a claim that is not that of the date beside it.
//!
//! Always holds: it is a hint for the signer and refuses nothing; a weekday with no date directly
//! after it is that of any day. Not here: the words of a date (`stated_date`).

use crate::ledger::write::notes::stated_date::day_of;
use crate::wording::figured_date;
use crate::wording::figures::digit;
use crate::wording::named_days::{months, weekday_name, weekdays};
use jiff::civil::Date;
use unicode_segmentation::UnicodeSegmentation;

/// Words between a weekday and its date, or inside of that date.
const INSIDE_DATE: [&str; 14] =
    ["the", "of", "de", "den", "dem", "der", "le", "el", "il", "del", "di", "d", "dia", "día"];
/// The first year of which a weekday is known by the calendar: before it some countries counted
/// the days otherwise.
const FIRST_YEAR: i16 = 1924;

/// Why a weekday of a text is not that of the date beside it: `Wednesday 26 November 2026`. A date
/// without its year has that of `edtf`, if it is that day otherwise.
pub fn another_weekday(text: &str, lang: &str, edtf: &str) -> Option<String> {
    let given = day_of(edtf);
    weekdays(text, lang).into_iter().find_map(|(word, weekday)| {
        let (_, rest) = text.split_once(&*word)?;
        let (date, shown) = date_at_start(rest, lang, given)?;
        let is_other = date.year() >= FIRST_YEAR && date.weekday() != weekday;
        let name = weekday_name(date.weekday());
        is_other.then(|| format!("the claim has “{word}{shown}”, and {date} is a {name}"))
    })
}

/// The date that a text begins with, with a name of its month or in figures alone, and its words.
fn date_at_start<'a>(text: &'a str, lang: &str, given: Option<Date>) -> Option<(Date, &'a str)> {
    /// The most words of a date, and of bytes before it.
    const MOST: usize = 6;
    const LONGEST_GAP: usize = 3;
    let first = text.find(|c: char| c.is_alphanumeric()).filter(|at| *at <= LONGEST_GAP)?;
    let is_gap = |c: char| matches!(c, ' ' | '\u{A0}' | ',' | '(');
    text.get(..first).filter(|gap| gap.chars().all(is_gap))?;
    let near: String = text.unicode_words().take(MOST).collect::<Vec<_>>().join(" ");
    let named = months(&near, lang);
    let is_part = |word: &str| {
        word.starts_with(|c: char| digit(c).is_some())
            || named.iter().any(|it| it.word.split(' ').any(|name| name == word))
            || INSIDE_DATE.contains(&word)
    };
    let parts = text.unicode_word_indices().take(MOST).take_while(|(_, word)| is_part(word));
    let (at, last) = parts.last()?;
    let words = text.get(..at + last.len())?;
    let years = figured_date::years(words);
    if let Some(stated) = figured_date::stated(words.get(first..)?).filter(|it| it.len() == 10) {
        return Some((stated.parse().ok()?, words));
    }
    let month = match months(words, lang).as_slice() {
        [one] => one.month,
        _ => return None,
    };
    let day = match figured_date::days_beside_month(words).as_slice() {
        [one] => i8::try_from(*one).ok()?,
        _ => return None,
    };
    let year = match years.as_slice() {
        [] => given.filter(|it| (it.month(), it.day()) == (month, day))?.year(),
        [year] => year.parse().ok()?,
        _ => return None,
    };
    Some((Date::new(year, month, day).ok()?, words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weekday_beside_a_date_is_that_of_the_date() {
        for (edtf, text, lang, shown, date) in [
            (
                "2026-11-26",
                "Police spoke on Wednesday 26 November 2026.",
                "en",
                "Wednesday 26 November 2026",
                "2026-11-26 is a Thursday",
            ),
            (
                "",
                "Nine people died on Monday, November 24, 2026.",
                "en",
                "Monday, November 24, 2026",
                "2026-11-24 is a Tuesday",
            ),
            (
                "2026-11-26",
                "Schválili ho ve středu 26. listopadu večer.",
                "cs",
                "středu 26. listopadu",
                "2026-11-26 is a Thursday",
            ),
            (
                "",
                "Es war am Mittwoch, 26.11.2026 so.",
                "de",
                "Mittwoch, 26.11.2026",
                "2026-11-26 is a Thursday",
            ),
        ] {
            let why = Some(format!("the claim has “{shown}”, and {date}"));
            assert_eq!(another_weekday(text, lang, edtf), why, "{text}");
        }
        for (edtf, text, lang) in [
            ("2026-11-24", "Police said on Wednesday that nine died in Monday’s fire.", "en"),
            ("2026-11-26", "Police spoke on Thursday 26 November 2026.", "en"),
            ("2026-11-26", "On Wednesday, 26 people died in November.", "en"),
            ("2026-11-26", "It was between Monday 23 and Thursday 26 November 2026.", "en"),
            ("2026-11-26", "It opens Wednesday 25 to Friday 27 November.", "en"),
            ("2026-11-26", "Schválili ho ve čtvrtek 26. listopadu 2026.", "cs"),
            ("2026-11-26", "Schválili ho ve středu, 26 hlasy.", "cs"),
            ("1905-01-09", "It was on Sunday 9 January 1905.", "en"),
        ] {
            assert_eq!(another_weekday(text, lang, edtf), None, "{text}");
        }
    }
}
