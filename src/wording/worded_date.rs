//! The dates that English words give: whole ones, and those that count from a document's date.
//!
//! Always holds: it proposes and decides nothing; a date that needs the document's is *derived*,
//! one that the words give whole is *stated*; without a document's date only whole ones are found.
//! A weekday is the last one up to the document's date, or in what is to come the next one; a day
//! without a year the nearest one, if that does not contradict the sentence. Words that leave it
//! open give no date. Not here: other languages, times of the day.
//! Source: FORMAT.md, **When**.

use crate::wording::figured_date;
use crate::wording::wrong_date::{meant, wrong_date};
use annals_core::edtf;
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
const TO_COME: [&str; 14] = [
    "begins",
    "starts",
    "resumes",
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
/// Words before what is to come or was: they leave a weekday open.
const OPEN: [&str; 12] = [
    "opens", "closes", "ends", "meets", "meet", "sits", "sit", "returns", "plays", "faces",
    "votes", "begin",
];
/// How many words before a weekday can leave it open.
const OPEN_REACH: usize = 8;
/// Words before `since` that count or compare what was so since then: it did not begin then.
const COUNTED_SINCE: [&str; 16] = [
    "first", "second", "third", "fourth", "fifth", "only", "last", "latest", "once", "twice",
    "time", "times", "most", "least", "best", "worst",
];
/// Words that end like a superlative and are none.
const NO_SUPERLATIVE: [&str; 8] =
    ["west", "forest", "protest", "interest", "arrest", "request", "contest", "harvest"];
/// How many words before `since` can count or compare.
const SINCE_REACH: usize = 8;
/// Words between two years of which one is meant, or both.
const OR: [&str; 4] = ["or", "and", "nor", "to"];
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
        if since.is_some_and(|since| is_counted(before.get(..since).unwrap_or_default())) {
            (at, after_date) = (at + taken, true);
            continue;
        }
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

/// Whether the words before `since` count or compare what was so since then: `the first time`, `its
/// highest level`.
fn is_counted(before: &[&str]) -> bool {
    let clause = before.iter().rev().take(SINCE_REACH).take_while(|word| !SAYING.contains(word));
    clause.copied().any(|word| {
        let is_superlative =
            word.len() > 5 && word.ends_with("est") && !NO_SUPERLATIVE.contains(&word);
        COUNTED_SINCE.contains(&word) || is_superlative || is_ordinal(word)
    })
}

/// Why a text is no date, as the end of a message: how it is written, if words or figures give one
/// date alone (`: write 2026-11-26`); else as [`wrong_date`].
pub fn why_no_date(text: &str) -> String {
    let known = wrong_date(text);
    let text = text.trim();
    if !known.is_empty() {
        return known;
    }
    meant_date(text).map(|edtf| format!(": write {edtf}")).unwrap_or_default()
}

/// The one date that words or figures give alone.
pub fn meant_date(text: &str) -> Option<String> {
    if let Some(figures) = meant(text) {
        return Some(figures);
    }
    match dates(text, None).as_slice() {
        [one] if one.words == text => Some(one.edtf.clone()),
        _ => figured_date::stated(text),
    }
}

/// Words that may stand between a date and what it dates.
const JOINTS: [&str; 6] = ["on", "in", "at", "by", "during", "since"];

/// Whether the words of a date stand beside a passage in its sentence, with a name between them at
/// most: `⟦they met⟧ in Moscow on Wednesday`, `In 2019, ⟦they met⟧`.
pub fn is_beside(date: &str, passage: &str, sentence: &str) -> bool {
    let Some((before, after)) = sentence.split_once(passage) else { return false };
    let is_joint = |gap: &str| {
        let is_small = |word: &str| {
            word.starts_with(char::is_uppercase) || JOINTS.contains(&word.to_lowercase().as_str())
        };
        gap.chars().all(|c| c.is_alphabetic() || c.is_whitespace())
            && gap.unicode_words().all(is_small)
    };
    let is_after = after.split_once(date).is_some_and(|(gap, _)| is_joint(gap));
    let begins = before.split_once(date).is_some_and(|(begin, gap)| {
        let begin = begin.trim().to_lowercase();
        (begin.is_empty() || JOINTS.contains(&&*begin))
            && gap.chars().all(|c| c == ',' || c.is_whitespace())
    });
    is_after || begins
}

fn weekday_of_date(words: &[&str]) -> bool {
    words.first().is_some_and(|word| weekday(word).is_some())
}

/// How many words name days without saying which: all of them are passed over.
fn open_words(words: &[&str]) -> usize {
    let day = |word: &str| day_number(word).is_some();
    let one_of_two = |word: &str| word == "and" || word == "or";
    match words {
        [one, to, other, ..]
            if weekday(one).is_some()
                && weekday(other).is_some()
                && (TO.contains(to) || *to == "and") =>
        {
            3
        }
        [one, joint, other, "of", name, ..]
            if one_of_two(joint) && day(one) && day(other) && month(name).is_some() =>
        {
            5
        }
        [one, joint, other, name, ..]
            if one_of_two(joint) && day(one) && day(other) && month(name).is_some() =>
        {
            4
        }
        [one, joint, other, ..]
            if one_of_two(joint) && month(one).is_some() && month(other).is_some() =>
        {
            3
        }
        ["in" | "since" | "during", rest @ ..] if open_words(rest) > 0 => 1 + open_words(rest),
        words => open_years(words),
    }
}

/// How many words name several years: `in 2020 or 2021`, `March 2019, 2020 and 2021`.
fn open_years(words: &[&str]) -> usize {
    let is_year = |at: usize| words.get(at).is_some_and(|word| year(word).is_some());
    let Some(first) = (0..=3).find(|at| is_year(*at)) else { return 0 };
    if first > 0 && whole(words).is_none_or(|date| date.taken != first + 1) {
        return 0;
    }
    let mut taken = first + 1;
    loop {
        let joint = words.get(taken).is_some_and(|word| OR.contains(word));
        let next = taken + usize::from(joint);
        // A date in figures goes on with its month.
        let is_figures = words.get(next + 1).is_some_and(|word| word.len() == 2 && is_figure(word));
        if !is_year(next) || is_figures {
            break;
        }
        taken = next + 1;
    }
    if taken > first + 1 { taken } else { 0 }
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
    if let Some(first) = whole(words).filter(|date| date.skipped == 0)
        && words.get(first.taken).is_some_and(|word| joins(word))
        && let Some(last) = whole(words.get(first.taken + 1..)?)
        && last.skipped == 0
    {
        let is_after = edtf::days(&first.edtf)?.last < edtf::days(&last.edtf)?.first;
        return is_after.then(|| Reading {
            skipped: 0,
            taken: first.taken + 1 + last.taken,
            edtf: format!("{}/{}", first.edtf, last.edtf),
            basis: Basis::Stated,
        });
    }
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

/// Whether the words before a weekday leave open whether it was or is to come.
fn is_left_open(before: &[&str]) -> bool {
    let clause = before.iter().rev().take(OPEN_REACH);
    let mut clause = clause.take_while(|word| !SAYING.contains(word) && !JOINING.contains(word));
    clause.any(|word| OPEN.contains(word))
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
    // `Monday week` is a week after the next Monday.
    let is_later = rest.first().is_some_and(|word| matches!(*word, "week" | "fortnight"));
    if is_name || has_date || is_later {
        return None;
    }
    let is_next = matches!(before.last(), Some(&("coming" | "upcoming")));
    match is_next || is_to_come(before) || will_be(rest) {
        true => derived(1, from.nth_weekday(1, wanted).ok()?),
        false if is_left_open(before) => None,
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
mod tests;
