//! The dates that English words give: whole ones, and those that count from a document's date.
//!
//! Always holds: it proposes and decides nothing; a date that needs the document's is *derived*,
//! one that the words give whole is *stated*; without a document's date only whole ones are found.
//! A weekday is the last one up to the document's date, or in what is to come the next one; a day
//! without a year the nearest one, if that does not contradict the sentence. Words that leave it
//! open give no date. Not here: other languages, times of the day.
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

/// Words before what is to come.
const TO_COME: [&str; 11] = [
    "takes",
    "will",
    "shall",
    "won't",
    "scheduled",
    "due",
    "plans",
    "plan",
    "planned",
    "expected",
    "upcoming",
];
/// Words after which a sentence is about the past again.
const SAYING: [&str; 10] = [
    "said",
    "says",
    "told",
    "announced",
    "wrote",
    "reported",
    "added",
    "confirmed",
    "stated",
    "met",
];
/// Words before a weekday that is a name, or no single day.
const NO_DAY: [&str; 16] = [
    "the", "every", "each", "any", "a", "black", "good", "bloody", "ash", "palm", "easter", "holy",
    "super", "cyber", "maundy", "shrove",
];
/// Words of what is to come, where they follow a day in its clause.
const WILL: [&str; 3] = ["will", "shall", "won't"];
/// Words that begin another clause.
const JOINING: [&str; 8] = ["and", "but", "or", "that", "who", "which", "while", "because"];
/// Words that are no things that are counted, though they end as these do.
const NO_PLURAL: [&str; 10] = ["is", "was", "has", "as", "its", "this", "does", "his", "us", "yes"];
/// Things that are counted, though they do not end as others do.
const PLURALS: [&str; 5] = ["people", "men", "women", "children", "police"];
/// Words between the two ends of an interval.
const TO: [&str; 5] = ["to", "until", "till", "through", "–"];
/// The greatest number of words of a date.
const MOST_WORDS: usize = 9;

/// The dates that the words of a text give, in order. `document` is the day of the document.
pub fn dates(text: &str, document: Option<Date>) -> Vec<WordedDate> {
    let words = worded(text);
    let folded = folded(text, &words);
    let (mut found, mut at, mut after_date) = (Vec::new(), 0, false);
    while at < folded.len() {
        let before: Vec<&str> = folded.iter().take(at).map(String::as_str).collect();
        let rest: Vec<&str> = folded.iter().skip(at).take(MOST_WORDS).map(String::as_str).collect();
        // A weekday beside a date is that of the date.
        let is_beside = after_date && weekday_of_date(&rest);
        let read = read(&rest, &before, document).filter(|_| !is_beside);
        let Some(Reading { skipped, taken, edtf, basis }) = read else {
            after_date &= rest.first() == Some(&"a");
            at += open_words(&rest).max(1);
            continue;
        };
        // What has been so since a date goes on.
        let since = match (rest.first(), before.last()) {
            (Some(&"since"), _) => Some(at),
            (_, Some(&"since")) => at.checked_sub(1),
            _ => None,
        };
        let since = since.filter(|_| !edtf.contains('/'));
        let edtf = if since.is_some() { format!("{edtf}/..") } else { edtf };
        let first = words.get(since.unwrap_or(at + skipped)).map(|(start, _)| *start);
        let last = words.get(at + taken - 1).map(|(start, word)| start + word.len());
        if let (Some(first), Some(last)) = (first, last)
            && let Some(words) = text.get(first..last)
        {
            found.push(WordedDate { words: words.to_owned(), edtf, basis });
        }
        at += taken;
        after_date = true;
    }
    found
}

/// The words of a text, and the dashes between two numbers of days.
fn worded(text: &str) -> Vec<(usize, &str)> {
    let is_day = |word: &str| word.len() <= 2 && is_figure(word);
    let mut words: Vec<(usize, &str)> = Vec::new();
    for (start, word) in text.unicode_word_indices() {
        if let Some((before, day)) = words.last().copied()
            && let Some(gap) = text.get(before + day.len()..start)
            && matches!(gap.trim(), "-" | "–" | "—" | "‑")
            && is_day(day)
            && is_day(word)
            && !text.get(..before).is_some_and(|text| text.ends_with(['-', '–', '/']))
        {
            words.push((before + day.len(), "–"));
        }
        words.push((start, word));
    }
    words
}

/// The words in small letters. A figure that may be a count (`2000 people`) or one of two days
/// (`1/2 January`) gets a mark, so that it is no part of a date.
fn folded(text: &str, words: &[(usize, &str)]) -> Vec<String> {
    let mut folded: Vec<String> = words.iter().map(|(_, word)| word.to_lowercase()).collect();
    for (at, ((start, word), (next, _))) in words.iter().zip(words.iter().skip(1)).enumerate() {
        let gap = text.get(start + word.len()..*next).unwrap_or_default();
        let after = folded.get(at + 1).map(String::as_str).unwrap_or_default();
        let is_counted = gap.chars().all(char::is_whitespace)
            && year(word).is_some()
            && (PLURALS.contains(&after)
                || (after.ends_with('s')
                    && !after.contains(['\'', '’'])
                    && !NO_PLURAL.contains(&after)));
        let is_other = gap.trim() == "/" && day_number(word).is_some();
        let marked = match (is_counted, is_other) {
            (true, _) => at..at + 1,
            (_, true) => at..at + 2,
            _ => continue,
        };
        folded.get_mut(marked).into_iter().flatten().for_each(|word| word.push('#'));
    }
    folded
}

fn weekday_of_date(words: &[&str]) -> bool {
    words.first().is_some_and(|word| weekday(word).is_some())
}

/// How many words name days without saying which: all of them are passed over.
fn open_words(words: &[&str]) -> usize {
    let day = |word: &str| day_number(word).is_some();
    match words {
        [one, to, other, ..]
            if weekday(one).is_some()
                && weekday(other).is_some()
                && (TO.contains(to) || *to == "and") =>
        {
            3
        }
        [one, "and", other, "of", name, ..] if day(one) && day(other) && month(name).is_some() => 5,
        [one, "and", other, name, ..] if day(one) && day(other) && month(name).is_some() => 4,
        [one, "and", other, ..] if month(one).is_some() && month(other).is_some() => 3,
        _ => 0,
    }
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

fn read(words: &[&str], before: &[&str], document: Option<Date>) -> Option<Reading> {
    if open_words(words) > 0 {
        return None;
    }
    interval(words, before, document)
        .or_else(|| whole(words))
        .or_else(|| relative(words, before, document?))
}

/// Two days or months with `to` between them: `3 to 5 January`, `between 30 May and 2 June 2022`.
fn interval(words: &[&str], before: &[&str], document: Option<Date>) -> Option<Reading> {
    let is_between = before.last() == Some(&"between");
    let joins = |word: &str| TO.contains(&word) || (is_between && word == "and");
    let year_at = |at: usize| words.get(at).and_then(|word| year(word));
    if let [one, to, other, ..] = words
        && joins(to)
        && let (Some(first), Some(last), Some(year)) = (month(one), month(other), year_at(3))
    {
        let edtf = format!("{year:04}-{first:02}/{year:04}-{last:02}");
        return (first < last).then_some(Reading {
            skipped: 0,
            taken: 4,
            edtf,
            basis: Basis::Stated,
        });
    }
    let (first, last, to) = match day_and_month(words) {
        Some(first) if words.get(first.taken).is_some_and(|word| joins(word)) => {
            let from = first.taken + 1;
            // `January 3 to 5`: the month stands once, before the days.
            let same_month = || {
                let day = day_number(words.get(from)?)
                    .filter(|_| month(words.first().copied().unwrap_or_default()).is_some())?;
                Some(DayAndMonth { day, month: first.month, taken: 1 })
            };
            let last = day_and_month(words.get(from..)?).or_else(same_month)?;
            let to = from + last.taken;
            (first, last, to)
        }
        _ => {
            let (day, joint) = (day_number(words.first()?)?, words.get(1)?);
            let last = day_and_month(words.get(2..)?).filter(|_| joins(joint))?;
            let to = 2 + last.taken;
            (DayAndMonth { day, month: last.month, taken: 1 }, last, to)
        }
    };
    let (start, end, taken, basis) = match (year_at(to), document) {
        (Some(year), _) => {
            let begin = if first.month > last.month { year.checked_sub(1)? } else { year };
            let start = Date::new(begin, first.month, first.day).ok()?;
            (start, Date::new(year, last.month, last.day).ok()?, to + 1, Basis::Stated)
        }
        (None, day) => {
            let end = nearest(&last, day?)?;
            let start = nearest(&first, end)?;
            (start, end, to, Basis::Derived)
        }
    };
    let fits = start < end && (basis == Basis::Stated || fits_tense(start, before, document?));
    fits.then(|| Reading { skipped: 0, taken, edtf: format!("{start}/{end}"), basis })
}

/// Whether the words before a date are about what is to come.
fn is_to_come(before: &[&str]) -> bool {
    let last = |words: &[&str]| before.iter().rposition(|word| words.contains(word));
    last(&TO_COME).is_some_and(|at| last(&SAYING).is_none_or(|said| said < at))
}

/// Whether the words after a day are about what is to come on it: `On Sunday they will vote`.
fn will_be(after: &[&str]) -> bool {
    let clause = after.iter().take_while(|word| !JOINING.contains(word) && !SAYING.contains(word));
    clause.take(4).any(|word| WILL.contains(word))
}

/// Whether a day is before or after the document's as the words before it say.
fn fits_tense(day: Date, before: &[&str], document: Date) -> bool {
    match is_to_come(before) {
        true => day >= document,
        false => day <= document,
    }
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
fn relative(words: &[&str], before: &[&str], from: Date) -> Option<Reading> {
    let derived = |skipped: usize, taken: usize, edtf: String| {
        Some(Reading { skipped, taken, edtf, basis: Basis::Derived })
    };
    let day = |skipped, taken, span: Span| {
        derived(skipped, taken, from.checked_add(span).ok()?.to_string())
    };
    if let Some(found) = day_and_month(words) {
        let day = nearest(&found, from).filter(|day| fits_tense(*day, before, from))?;
        return derived(0, found.taken, day.to_string());
    }
    if words.first().is_some_and(|word| weekday(word).is_some()) {
        return weekday_words(words, before, from);
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
        // Of a month, which is another one.
        ["last" | "next", name, "of", ..] if weekday(name).is_some() => None,
        ["last", name, ..] if weekday(name).is_some() => {
            let before = from.yesterday().ok()?;
            derived(0, 2, latest(weekday(name)?, before)?.to_string())
        }
        ["next", name, ..] if weekday(name).is_some() => {
            derived(0, 2, from.nth_weekday(1, weekday(name)?).ok()?.to_string())
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

/// `Wednesday`, `Wednesday last week`.
fn weekday_words(words: &[&str], before: &[&str], from: Date) -> Option<Reading> {
    let (name, rest) = words.split_first()?;
    let wanted = weekday(name)?;
    let derived = |taken: usize, day: Date| {
        Some(Reading { skipped: 0, taken, edtf: day.to_string(), basis: Basis::Derived })
    };
    let week = match rest {
        ["of", which, "week", ..] => Some((4, *which)),
        [which, "week", ..] => Some((3, *which)),
        _ => None,
    };
    let count = |which: &str| ["last", "this", "next"].iter().position(|word| *word == which);
    if let Some((taken, which)) = week
        && let Some(count) = count(which).and_then(|at| i64::try_from(at).ok())
    {
        let monday = latest(Weekday::Monday, from)?.checked_add((count - 1).weeks()).ok()?;
        let days = i64::from(wanted.since(Weekday::Monday));
        return derived(taken, monday.checked_add(days.days()).ok()?);
    }
    let is_name = before.last().is_some_and(|word| NO_DAY.contains(word))
        // It is where a count of days or weeks begins.
        || matches!(before, [.., "day" | "days" | "week" | "weeks", "from" | "after" | "before"]);
    // The date of the day stands beside it, or a part of it: `Friday the 13th`.
    let has_date = match rest {
        ["of", name, ..] => month(name).is_some(),
        ["the", day, ..] => is_ordinal(day),
        [day, ..] if is_ordinal(day) => true,
        rest => day_and_month(rest).is_some(),
    };
    if is_name || has_date {
        return None;
    }
    let is_next = matches!(before.last(), Some(&("coming" | "upcoming")));
    match is_next || is_to_come(before) || will_be(rest) {
        true => derived(1, from.nth_weekday(1, wanted).ok()?),
        false => derived(1, latest(wanted, from)?),
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
    let day = day_number(day_word)?;
    Some(DayAndMonth { day, month: month(month_word)?, taken })
}

/// The day of a month: `27`, `27th`.
fn day_number(word: &str) -> Option<i8> {
    let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    if !matches!(word.get(digits.len()..), Some("" | "st" | "nd" | "rd" | "th")) {
        return None;
    }
    digits.parse().ok().filter(|day| (1..=31).contains(day))
}

fn is_ordinal(word: &str) -> bool {
    day_number(word).is_some() && word.ends_with(|c: char| c.is_ascii_alphabetic())
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
            ("It will be on 3 Feb", "3 Feb: 2022-02-03 derived"),
            ("in December", "December: 2021-12 derived"),
        ] {
            assert_eq!(found(text), [date], "{text}");
        }
    }

    #[test]
    fn what_stands_around_a_day_says_which_it_is() {
        for (text, date) in [
            ("met on Friday, 28 January 2022 with", "28 January 2022: 2022-01-28 stated"),
            ("on 28 January 2022, a Friday, they", "28 January 2022: 2022-01-28 stated"),
            ("on Wednesday, 26 January, they", "26 January: 2022-01-26 derived"),
            ("met on Wednesday last week", "Wednesday last week: 2022-01-19 derived"),
            ("on Monday of this week", "Monday of this week: 2022-01-24 derived"),
            ("they will meet on Monday", "Monday: 2022-01-31 derived"),
            ("he said on Monday that they will", "Monday: 2022-01-24 derived"),
            ("it will end, he said on Monday", "Monday: 2022-01-24 derived"),
            ("met from 3 to 5 January", "3 to 5 January: 2022-01-03/2022-01-05 derived"),
            ("met 3–5 January 2021", "3–5 January 2021: 2021-01-03/2021-01-05 stated"),
            ("between 30 December and 2 January", {
                "30 December and 2 January: 2021-12-30/2022-01-02 derived"
            }),
            ("met on January 3 to 5, 2021", "January 3 to 5, 2021: 2021-01-03/2021-01-05 stated"),
            ("from March to May 2021", "March to May 2021: 2021-03/2021-05 stated"),
            ("A meeting this coming Monday is set", "Monday: 2022-01-31 derived"),
            ("On Sunday they will vote again", "Sunday: 2022-01-30 derived"),
            ("On Sunday he said that they will", "Sunday: 2022-01-23 derived"),
            ("met on Monday and will go on", "Monday: 2022-01-24 derived"),
            ("The vote takes place on Sunday", "Sunday: 2022-01-30 derived"),
            ("On 5 May 2021, workers met", "5 May 2021: 2021-05-05 stated"),
            ("in 2014 his", "2014: 2014 stated"),
            ("On 27 January 1500 workers met", "27 January: 2022-01-27 derived"),
        ] {
            assert_eq!(found(text), [date], "{text}");
        }
        for text in [
            "met on Friday the 13th with",
            "met on 27 February with",
            "will meet on 20 January",
            "on 3 and 5 January",
            "from Monday to Wednesday",
            "in the Friday Mosque",
            "every Friday",
            "on Black Friday",
            "On 5 May 1500 workers went on strike",
            "in 1200 homes there",
            "In March 2000 people marched",
            "They met two weeks from Monday",
            "on the last Friday of January",
            "on the first Monday of March",
            "On 1/2 January they met",
        ] {
            assert_eq!(found(text), [] as [&str; 0], "{text}");
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
            ("since 2014", "since 2014: 2014/.. stated"),
            ("closed since 5 May 2019", "since 5 May 2019: 2019-05-05/.. stated"),
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
