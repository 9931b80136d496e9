//! The dates that English words give: whole ones, and those that count from a document's date.
//!
//! Always holds: it proposes and decides nothing; a date that needs the document's is *derived*,
//! one that the words give whole is *stated*; without a document's date only whole ones are found.
//! A weekday is the last one up to the document's date, a day without a year the nearest one. Not
//! here: other languages, times of the day.
//! Source: FORMAT.md, **When**.

use annals_core::event::vocabulary::Basis;
use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan};
use unicode_segmentation::UnicodeSegmentation;

/// A date, and the words that give it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WordedDate {
    /// The words as they stand.
    pub words: String,
    /// The date.
    pub edtf: String,
    /// Where it comes from.
    pub basis: Basis,
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
const WEEKDAYS: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const NUMBERS: [&str; 12] = [
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve",
];
const DAY_PARTS: [&str; 4] = ["morning", "afternoon", "evening", "night"];

/// The dates that the words of a text give, in order. `document` is the day of the document.
pub fn dates(text: &str, document: Option<Date>) -> Vec<WordedDate> {
    let words: Vec<(usize, &str)> = text.unicode_word_indices().collect();
    let folded: Vec<String> = words.iter().map(|(_, word)| word.to_lowercase()).collect();
    let (mut found, mut at) = (Vec::new(), 0);
    while at < folded.len() {
        let rest: Vec<&str> = folded.iter().skip(at).take(6).map(String::as_str).collect();
        let Some(Reading { skipped, taken, edtf, basis }) = read(&rest, document) else {
            at += 1;
            continue;
        };
        let first = words.get(at + skipped).map(|(start, _)| *start);
        let last = words.get(at + taken - 1).map(|(start, word)| start + word.len());
        if let (Some(first), Some(last)) = (first, last)
            && let Some(words) = text.get(first..last)
        {
            found.push(WordedDate { words: words.to_owned(), edtf, basis });
        }
        at += taken;
    }
    found
}

/// What the words at one place give.
struct Reading {
    /// How many words stand before the date and belong to no date (`on`, `in`).
    skipped: usize,
    /// How many words are read, those included.
    taken: usize,
    edtf: String,
    basis: Basis,
}

fn read(words: &[&str], document: Option<Date>) -> Option<Reading> {
    whole(words).or_else(|| relative(words, document?))
}

/// A date that needs no other one.
fn whole(words: &[&str]) -> Option<Reading> {
    let stated = |skipped: usize, taken: usize, edtf: String| {
        Some(Reading { skipped, taken, edtf, basis: Basis::Stated })
    };
    if let Some(day) = day_and_month(words)
        && let Some(year) = words.get(day.taken).and_then(|word| year(word))
    {
        return stated(0, day.taken + 1, Date::new(year, day.month, day.day).ok()?.to_string());
    }
    match words {
        [year_word, month, day, ..]
            if year_word.len() == 4 && month.len() == 2 && day.len() == 2 =>
        {
            let date = Date::new(year(year_word)?, month.parse().ok()?, day.parse().ok()?).ok()?;
            stated(0, 3, date.to_string())
        }
        [name, year_word, ..] if month(name).is_some() => {
            stated(0, 2, format!("{:04}-{:02}", year(year_word)?, month(name)?))
        }
        ["in" | "since" | "during", year_word, ..] => stated(1, 2, year(year_word)?.to_string()),
        _ => None,
    }
}

/// A date that counts from the document's.
fn relative(words: &[&str], from: Date) -> Option<Reading> {
    let derived = |skipped: usize, taken: usize, edtf: String| {
        Some(Reading { skipped, taken, edtf, basis: Basis::Derived })
    };
    let day = |skipped, taken, span: Span| {
        derived(skipped, taken, from.checked_add(span).ok()?.to_string())
    };
    if let Some(found) = day_and_month(words) {
        return derived(0, found.taken, nearest(&found, from)?.to_string());
    }
    match words {
        ["the", "day", "before", "yesterday", ..] => day(0, 4, (-2).days()),
        ["the", "day", "after", "tomorrow", ..] => day(0, 4, 2.days()),
        ["yesterday", part, ..] if DAY_PARTS.contains(part) => day(0, 2, (-1).days()),
        ["tomorrow", part, ..] if DAY_PARTS.contains(part) => day(0, 2, 1.days()),
        ["this", part, ..] if DAY_PARTS.contains(part) => day(0, 2, 0.days()),
        ["last", "night", ..] => day(0, 2, (-1).days()),
        ["yesterday", ..] => day(0, 1, (-1).days()),
        ["today" | "tonight", ..] => day(0, 1, 0.days()),
        ["tomorrow", ..] => day(0, 1, 1.days()),
        [which @ ("last" | "this" | "next"), unit @ ("week" | "month" | "year"), ..] => {
            let count = match *which {
                "last" => -1,
                "this" => 0,
                _ => 1,
            };
            derived(0, 2, span_of(unit, count, from)?)
        }
        [count, unit, "ago", ..] => derived(0, 3, ago(number(count)?, unit, from)?),
        ["last", name, ..] if weekday(name).is_some() => {
            let before = from.yesterday().ok()?;
            derived(0, 2, latest(weekday(name)?, before)?.to_string())
        }
        ["next", name, ..] if weekday(name).is_some() => {
            derived(0, 2, from.nth_weekday(1, weekday(name)?).ok()?.to_string())
        }
        [name, ..] if weekday(name).is_some() => {
            derived(0, 1, latest(weekday(name)?, from)?.to_string())
        }
        ["in" | "since" | "during", name, rest @ ..]
            if month(name).is_some() && !rest.first().is_some_and(|word| is_figure(word)) =>
        {
            let month = month(name)?;
            let year = if month > from.month() { from.year().checked_sub(1)? } else { from.year() };
            derived(1, 2, format!("{year:04}-{month:02}"))
        }
        _ => None,
    }
}

struct DayAndMonth {
    day: i8,
    month: i8,
    taken: usize,
}

/// `27 January`, `27th of January`, `January 27`.
fn day_and_month(words: &[&str]) -> Option<DayAndMonth> {
    let (day_word, month_word, taken) = match words {
        [number, "of", name, ..] if month(name).is_some() => (number, name, 3),
        [number, name, ..] if month(name).is_some() => (number, name, 2),
        [name, number, ..] if month(name).is_some() => (number, name, 2),
        _ => return None,
    };
    let digits = day_word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    if !matches!(day_word.get(digits.len()..), Some("" | "st" | "nd" | "rd" | "th")) {
        return None;
    }
    let day: i8 = digits.parse().ok().filter(|day| (1..=31).contains(day))?;
    Some(DayAndMonth { day, month: month(month_word)?, taken })
}

/// The day of that name that is nearest to a date.
fn nearest(wanted: &DayAndMonth, from: Date) -> Option<Date> {
    let years = [from.year().checked_sub(1)?, from.year(), from.year().checked_add(1)?];
    let days = years.iter().filter_map(|year| Date::new(*year, wanted.month, wanted.day).ok());
    days.min_by_key(|date| (*date - from).get_days().abs())
}

/// The last such weekday up to a day.
fn latest(wanted: Weekday, until: Date) -> Option<Date> {
    until.checked_sub(i64::from(until.weekday().since(wanted)).days()).ok()
}

/// The week, month or year that is this many after the one of a day.
fn span_of(unit: &str, count: i64, from: Date) -> Option<String> {
    Some(match unit {
        "week" => {
            let monday = latest(Weekday::Monday, from)?.checked_add(count.weeks()).ok()?;
            format!("{monday}/{}", monday.checked_add(6.days()).ok()?)
        }
        "month" => {
            let first = from.first_of_month().checked_add(count.months()).ok()?;
            format!("{:04}-{:02}", first.year(), first.month())
        }
        _ => format!("{:04}", i64::from(from.year()).checked_add(count)?),
    })
}

/// A count of units before a day; of weeks it is about that day.
fn ago(count: i64, unit: &str, from: Date) -> Option<String> {
    Some(match unit {
        "day" | "days" => from.checked_sub(count.days()).ok()?.to_string(),
        "week" | "weeks" => format!("{}~", from.checked_sub(count.weeks()).ok()?),
        "month" | "months" => span_of("month", -count, from)?,
        "year" | "years" => span_of("year", -count, from)?,
        _ => return None,
    })
}

fn number(word: &str) -> Option<i64> {
    let word = if matches!(word, "a" | "an") { "one" } else { word };
    let spelled = NUMBERS.iter().position(|number| *number == word);
    let spelled = spelled.and_then(|at| i64::try_from(at + 1).ok());
    spelled.or_else(|| word.parse().ok()).filter(|count| (0..1_000).contains(count))
}

fn is_figure(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit())
}

fn year(word: &str) -> Option<i16> {
    word.parse().ok().filter(|year| word.len() == 4 && (1_000..=2_999).contains(year))
}

/// A month by its name or three letters of it.
fn month(word: &str) -> Option<i8> {
    let is = |name: &str| name == word || (word.len() == 3 && name.starts_with(word));
    let at = MONTHS.iter().position(|name| is(name))?;
    i8::try_from(at + 1).ok()
}

fn weekday(word: &str) -> Option<Weekday> {
    let at = WEEKDAYS.iter().position(|name| *name == word)?;
    Weekday::from_monday_one_offset(i8::try_from(at + 1).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words and dates that a text gives in a document of Thursday, 27 January 2022.
    fn found(text: &str) -> Vec<String> {
        let day = Date::constant(2022, 1, 27);
        let line = |date: WordedDate| format!("{}: {} {}", date.words, date.edtf, date.basis);
        dates(text, Some(day)).into_iter().map(line).collect()
    }

    #[test]
    fn words_that_count_from_the_document_give_a_derived_date() {
        for (text, date) in [
            ("They met on Thursday.", "Thursday: 2022-01-27 derived"),
            ("They met on Wednesday.", "Wednesday: 2022-01-26 derived"),
            ("They met on Friday.", "Friday: 2022-01-21 derived"),
            ("last Thursday", "last Thursday: 2022-01-20 derived"),
            ("next Thursday", "next Thursday: 2022-02-03 derived"),
            ("It was yesterday evening.", "yesterday evening: 2022-01-26 derived"),
            ("Yesterday, they met", "Yesterday: 2022-01-26 derived"),
            ("the day before yesterday", "the day before yesterday: 2022-01-25 derived"),
            ("They meet tomorrow.", "tomorrow: 2022-01-28 derived"),
            ("last week", "last week: 2022-01-17/2022-01-23 derived"),
            ("last month", "last month: 2021-12 derived"),
            ("next year", "next year: 2023 derived"),
            ("three days ago", "three days ago: 2022-01-24 derived"),
            ("a week ago", "a week ago: 2022-01-20~ derived"),
            ("2 months ago", "2 months ago: 2021-11 derived"),
            ("on 27 January", "27 January: 2022-01-27 derived"),
            ("on December 17th", "December 17th: 2021-12-17 derived"),
            ("on 3 Feb", "3 Feb: 2022-02-03 derived"),
            ("in December", "December: 2021-12 derived"),
        ] {
            assert_eq!(found(text), [date], "{text}");
        }
    }

    #[test]
    fn a_whole_date_is_stated_and_needs_no_document() {
        for (text, date) in [
            ("on 26 January 2022", "26 January 2022: 2022-01-26 stated"),
            ("January 26, 2022", "January 26, 2022: 2022-01-26 stated"),
            ("the 1st of May 2021", "1st of May 2021: 2021-05-01 stated"),
            ("on 2022-01-26", "2022-01-26: 2022-01-26 stated"),
            ("in January 2022", "January 2022: 2022-01 stated"),
            ("since 2014", "2014: 2014 stated"),
        ] {
            assert_eq!(found(text), [date], "{text}");
            assert_eq!(dates(text, None).len(), 1, "{text}");
        }
    }

    #[test]
    fn other_words_give_none() {
        for text in [
            "They may meet.",
            "on 31 February",
            "in the March",
            "61 of 88 met",
            "ago",
            "",
            "Zwei Tage zuvor",
            "May",
            "the last days",
        ] {
            assert_eq!(found(text), [] as [&str; 0], "{text}");
        }
        assert_eq!(dates("on Wednesday", None), []);
        let two = ["Wednesday: 2022-01-26 derived", "yesterday: 2022-01-26 derived"];
        assert_eq!(found("on Wednesday, and yesterday"), two);
    }
}
