//! What a text that is no point was meant as: the end of its message.
//!
//! Always holds: what is proposed keeps the hour, the minute and the zone that were typed.
//! Not here: dates alone (`wording`); whether what is proposed can be read (`point`).

use crate::wording::worded_date::{meant_date, why_no_date};
use annals_core::edtf::is_edtf;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// A zone as it was typed behind a time.
enum TypedZone {
    /// None.
    None,
    /// `Z` or an offset, as a point has it.
    Offset(String),
    /// A name such as `Europe/Berlin`.
    Name(String),
    /// An abbreviation such as `CET`, which several zones may have.
    Short(String),
}

/// A time of day as it was typed.
enum TypedClock {
    /// As a point has it: `09:00`, `09:00:30.5`.
    Time(String),
    /// The end of the day: `24:00`.
    Midnight,
    /// An hour or a minute that there is not; the reason.
    Wrong(String),
}

/// What a text that is no point was meant as.
pub enum MeantPoint {
    /// That is not known: what is wrong, as the end of a message; empty if that is not either.
    Wrong(String),
    /// A point in this form.
    Written(String),
}

/// What a text that is no point was meant as.
pub fn meant_point(text: &str) -> MeantPoint {
    let text = text.trim();
    let (rest, zone) = split_zone(text);
    let (date, clock) = split_clock(rest);
    // Behind a date: words that are no time of day. What is proposed would leave them out.
    let first = date.split_once(' ').map(|(first, _)| first).filter(|first| is_edtf(first));
    let is_day = first.is_some_and(|first| first.parse::<Date>().is_ok());
    let day = match is_edtf(date) {
        true => date.to_owned(),
        false => match meant_date(date).filter(|_| !is_day) {
            Some(day) => day,
            None if first.is_some() => return MeantPoint::Wrong(String::new()),
            None => return MeantPoint::Wrong(why_no_date(date)),
        },
    };
    let (day, time) = match clock {
        None => (day, None),
        Some(TypedClock::Time(time)) => (day, Some(time)),
        Some(TypedClock::Wrong(why)) => return MeantPoint::Wrong(format!(": {why}")),
        Some(TypedClock::Midnight) => {
            let next = day.parse::<Date>().ok().and_then(|day| day.tomorrow().ok());
            let Some(next) = next else { return MeantPoint::Wrong(String::new()) };
            (next.to_string(), Some("00:00".to_owned()))
        }
    };
    let local = time.as_ref().map_or_else(|| day.clone(), |time| format!("{day}T{time}"));
    let meant = match (zone, time) {
        (TypedZone::None, _) => local,
        (TypedZone::Name(name), _) => format!("{local}[{name}]"),
        (TypedZone::Offset(offset), Some(_)) => format!("{local}{offset}"),
        (TypedZone::Offset(_), None) => {
            return MeantPoint::Wrong(format!(
                ": a day has its zone by name, as in {local}[Europe/Berlin]; an offset needs a time"
            ));
        }
        (TypedZone::Short(short), _) => {
            return MeantPoint::Wrong(format!(
                ": write {local} and the zone behind it as an offset or by its name, as in +01:00 \
                 or [Europe/Berlin]: {short} is the zone of several places"
            ));
        }
    };
    MeantPoint::Written(meant)
}

/// The date or time that the digits of a position may have been meant as: `20261026`, `202610`,
/// `202610260900`.
pub fn meant_by_digits(position: u64) -> Option<String> {
    let digits = position.to_string();
    let (day, clock) = digits.split_at_checked(8).unwrap_or((&digits, ""));
    let day = match day.len() {
        6 => {
            let (year, month) = day.split_at_checked(4)?;
            let is_month = (1..=12).contains(&month.parse::<u8>().ok()?);
            let is_year = (1800..2200).contains(&year.parse::<u16>().ok()?);
            (is_month && is_year).then(|| format!("{year}-{month}"))?
        }
        8 => meant_date(day)?,
        _ => return None,
    };
    let meant = match (clock.is_empty(), typed_clock(clock)) {
        (true, _) => day,
        (false, Some(TypedClock::Time(time))) => format!("{day}T{time}"),
        (false, _) => return None,
    };
    let is_date = is_edtf(meant.split('T').next().unwrap_or_default());
    is_date.then(|| format!("for the date, write {meant}"))
}

/// The zone at the end of a text, and what stands before it.
fn split_zone(text: &str) -> (&str, TypedZone) {
    if let Some((local, zone)) = text.strip_suffix(']').and_then(|text| text.split_once('[')) {
        return (local.trim_end(), TypedZone::Name(zone.to_owned()));
    }
    if let Some((before, word)) = text.rsplit_once(char::is_whitespace)
        && let Some(zone) = typed_zone(word)
        // Behind a day such a word may be a month, or noon.
        && (!matches!(zone, TypedZone::Short(_)) || split_clock(before.trim_end()).1.is_some())
    {
        return (before.trim_end(), zone);
    }
    // Directly behind the time of day.
    let clock = text.find(':').unwrap_or(text.len());
    let behind = text.get(clock..).unwrap_or_default();
    let sign = behind.find(['+', '-', 'Z', 'z', 'U', 'G']).map(|at| clock + at);
    if let Some((before, word)) = sign.and_then(|at| text.split_at_checked(at))
        && let Some(zone) = typed_zone(word)
    {
        return (before.trim_end(), zone);
    }
    (text, TypedZone::None)
}

/// The zone that a word is.
fn typed_zone(word: &str) -> Option<TypedZone> {
    let upper = word.to_uppercase();
    if ["Z", "UTC", "GMT"].contains(&upper.as_str()) {
        return Some(TypedZone::Offset("Z".to_owned()));
    }
    let bare = ["UTC", "GMT"].iter().find_map(|zone| upper.strip_prefix(zone)).unwrap_or(&upper);
    if bare.starts_with(['+', '-']) {
        return offset(bare).map(TypedZone::Offset);
    }
    let is_name = word.starts_with(char::is_alphabetic) && word.contains('/');
    if is_name && TimeZone::get(word).is_ok() {
        return Some(TypedZone::Name(word.to_owned()));
    }
    let is_short = (3..=5).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_uppercase());
    is_short.then(|| TypedZone::Short(word.to_owned()))
}

/// An offset as a point has it: `+02:00` for `+2`, `+0200` and `+02`.
fn offset(text: &str) -> Option<String> {
    let (sign, digits) = text.split_at_checked(1)?;
    let (hours, minutes) = match digits.split_once(':') {
        Some(parts) => parts,
        None if digits.len() <= 2 => (digits, "00"),
        None => digits.split_at_checked(digits.len() - 2)?,
    };
    let is_pair = |part: &str| {
        (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    (is_pair(hours) && minutes.len() == 2 && is_pair(minutes))
        .then(|| format!("{sign}{hours:0>2}:{minutes}"))
}

/// The date and the time of day of a text.
fn split_clock(text: &str) -> (&str, Option<TypedClock>) {
    let between = |(at, letter): &(usize, char)| {
        let is_digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        let before = text.get(..*at).and_then(|before| before.chars().last());
        let after = text.get(at + 1..).and_then(|after| after.chars().next());
        ['T', 't'].contains(letter) && is_digit(before) && is_digit(after)
    };
    if let Some((at, _)) = text.char_indices().find(between)
        && let (Some(date), Some(clock)) = (text.get(..at), text.get(at + 1..))
        && let Some(clock) = typed_clock(clock)
    {
        return (date, Some(clock));
    }
    let is_digit = |byte: u8| byte.is_ascii_digit();
    let spaces: Vec<usize> = text.rmatch_indices(char::is_whitespace).map(|(at, _)| at).collect();
    // Two words first: `9 am`.
    for at in spaces.iter().take(2).rev() {
        if let (Some(date), Some(clock)) = (text.get(..*at), text.get(*at..))
            && let Some(clock) = typed_clock(clock.trim())
        {
            let date = date.trim_end();
            let date = ["at", "um", "à"].iter().find_map(|word| date.strip_suffix(word));
            let date = date.unwrap_or(text.get(..*at).unwrap_or_default());
            let date = date.trim_end().trim_end_matches(',');
            // Digits alone behind a day and a month are the year.
            let is_bare = text.get(*at..).is_some_and(|it| it.trim().bytes().all(is_digit));
            if !is_bare || is_edtf(date) || meant_date(date).is_some() {
                return (date, Some(clock));
            }
        }
    }
    (text, None)
}

/// The time of day that a text is: `9:00`, `09:00:30`, `0900`, `9am`, `9.30 pm`, `9h30`, `9 Uhr`.
fn typed_clock(text: &str) -> Option<TypedClock> {
    let lower = text.trim().to_lowercase().replace("a.m.", "am").replace("p.m.", "pm");
    let marked = ["am", "pm", "uhr", "h"].iter().find(|mark| lower.ends_with(**mark));
    let figures = marked.and_then(|mark| lower.strip_suffix(mark)).unwrap_or(&lower).trim_end();
    let is_whole = !figures.contains([':', '.', 'h']);
    let mut parts: Vec<String> = match (is_whole, figures.len()) {
        (true, 4 | 6) if figures.is_ascii() => {
            let pairs = figures.as_bytes().chunks(2);
            pairs.map(|pair| String::from_utf8_lossy(pair).into_owned()).collect()
        }
        // A number alone is no time of day.
        (true, _) if marked.is_none() => return None,
        _ => figures.splitn(3, [':', '.', 'h']).map(str::to_owned).collect(),
    };
    let seconds = (parts.len() == 3).then(|| parts.pop()).flatten();
    let is_number =
        |part: &String| (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    if !parts.iter().all(is_number) {
        return None;
    }
    let number = |at: usize| parts.get(at).and_then(|part| part.parse::<u8>().ok());
    let (hour, minute) = (number(0)?, number(1).unwrap_or_default());
    let is_half = marked.is_some_and(|mark| ["am", "pm"].contains(mark));
    let hour = match marked.copied() {
        _ if is_half && !(1..=12).contains(&hour) => {
            return Some(TypedClock::Wrong(format!(
                "am and pm have the hours 1 to 12, not {hour}"
            )));
        }
        Some("am") => hour % 12,
        Some("pm") => hour % 12 + 12,
        _ => hour,
    };
    if (hour, minute) == (24, 0) && seconds.as_deref().is_none_or(|it| it.parse() == Ok(0)) {
        return Some(TypedClock::Midnight);
    }
    if hour > 23 {
        return Some(TypedClock::Wrong(format!("there is no hour {hour}: hours are 00 to 23")));
    }
    if minute > 59 {
        let why = format!("there is no minute {minute}: minutes are 00 to 59");
        return Some(TypedClock::Wrong(why));
    }
    let seconds = match seconds {
        None => String::new(),
        Some(text) => {
            let whole = text.split('.').next().unwrap_or_default();
            let is_second = whole.len() == 2 && whole.parse().is_ok_and(|it: u8| it < 60);
            if !is_second {
                let why = format!("there is no second {text}: seconds are 00 to 59");
                return Some(TypedClock::Wrong(why));
            }
            format!(":{text}")
        }
    };
    Some(TypedClock::Time(format!("{hour:02}:{minute:02}{seconds}")))
}
