//! What is wrong with a date that has the form of one: a day that its month has not, an interval
//! that ends before it begins, a date or an interval that is written otherwise.
//!
//! Not here: what is a date (`annals_core::edtf`).

use annals_core::edtf::is_edtf;
use jiff::civil::{Date, ISOWeekDate, Weekday};

/// Why a text is no date, as the end of a message (`: 2022-02 has no day 29`); empty if it has not
/// the form of a date.
pub fn wrong_date(text: &str) -> String {
    if let Some(blank) = blank(text) {
        return blank;
    }
    if DAY_WORDS.contains(&text) {
        return ": write the day itself, for the record is read on other days too".to_owned();
    }
    let (day, time) =
        text.split_once(['T', ' ']).map_or((text, None), |(day, time)| (day, Some(time)));
    let sides: Vec<&str> = day.split('/').collect();
    let why = match sides.as_slice() {
        [from, to] if is_edtf(from) && is_edtf(to) && !is_edtf(day) => {
            Some("the interval ends before it begins".to_owned())
        }
        sides => sides.iter().find_map(|side| wrong_side(side)),
    };
    let timed = time.filter(|_| is_edtf(day));
    let timed = timed.map(|_| format!("{day} is enough: a date here has no time"));
    let otherwise = || meant(text).map(|date| format!("write {date}"));
    why.or(timed)
        .or_else(otherwise)
        .or_else(|| two_readings(text))
        .map(|why| format!(": {why}"))
        .unwrap_or_default()
}

/// Words for a day that is another one tomorrow.
const DAY_WORDS: [&str; 4] = ["today", "yesterday", "tomorrow", "now"];

/// That a date has a blank before or after it.
fn blank(text: &str) -> Option<String> {
    let date = text.trim();
    (date != text && is_edtf(date)).then(|| format!(": write {date}, without a blank around it"))
}

/// The date that figures in another form mean: `14.05.2024`, `2024-5-14`, `2016-2018`, `2020s`,
/// `05/14/2024`, `2024-W20-2` and `2024-135`.
pub fn meant(text: &str) -> Option<String> {
    if let Some(week) = week(text) {
        return Some(week);
    }
    let parts: Vec<&str> = text.split(|c: char| !c.is_ascii_digit()).collect();
    let is_year = |text: &&str| text.len() == 4;
    let found = match parts.as_slice() {
        [from, to] if is_year(from) && is_year(to) => format!("{from}/{to}"),
        [year, day] if is_year(year) && day.len() == 3 && text.contains('-') => {
            let day = day.parse().ok()?;
            let first = Date::new(year.parse().ok()?, 1, 1).ok()?;
            first.with().day_of_year(day).build().ok()?.to_string()
        }
        [decade, ""] if is_year(decade) && text.ends_with("0s") => {
            format!("{}X", decade.get(..3).unwrap_or_default())
        }
        [whole] if whole.len() == 8 => {
            let (year, rest) = whole.split_at_checked(4)?;
            let (month, day) = rest.split_at_checked(2)?;
            format!("{year}-{month}-{day}")
        }
        [year, month, day] if is_year(year) => format!("{year}-{month:0>2}-{day:0>2}"),
        [day, month, year] if is_year(year) && text.matches('.').count() == 2 => {
            format!("{year}-{month:0>2}-{day:0>2}")
        }
        _ => match slashed(text)?.as_slice() {
            [one] => one.clone(),
            _ => return None,
        },
    };
    is_edtf(&found).then_some(found)
}

/// The days that figures between slashes may mean: by the day first, then by the month first.
fn slashed(text: &str) -> Option<Vec<String>> {
    let parts: Vec<&str> = text.split('/').collect();
    let is_number = |part: &&str| part.bytes().all(|byte| byte.is_ascii_digit());
    let [one, other, year] = parts.as_slice() else { return None };
    let is_short = |part: &str| (1..=2).contains(&part.len());
    if !parts.iter().all(is_number) || year.len() != 4 || !is_short(one) || !is_short(other) {
        return None;
    }
    let mut found =
        vec![format!("{year}-{other:0>2}-{one:0>2}"), format!("{year}-{one:0>2}-{other:0>2}")];
    found.dedup();
    found.retain(|date| is_edtf(date) && Date::strptime("%Y-%m-%d", date).is_ok());
    Some(found)
}

/// That figures between slashes may mean two days.
fn two_readings(text: &str) -> Option<String> {
    match slashed(text)?.as_slice() {
        [one, other] => Some(format!("this may be two days: write {one} or {other}")),
        _ => None,
    }
}

/// The day of a week date (`2026-W44-1`, `2026W441`), or the days of a week (`2026-W44`).
fn week(text: &str) -> Option<String> {
    let (year, rest) = text.split_once(['W', 'w'])?;
    let year = year.strip_suffix('-').unwrap_or(year);
    let (week, day) = rest.split_at_checked(2)?;
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if year.len() != 4 || ![year, week].into_iter().all(is_number) {
        return None;
    }
    let at = |day: i8| {
        let weekday = Weekday::from_monday_one_offset(day).ok()?;
        let date = ISOWeekDate::new(year.parse().ok()?, week.parse().ok()?, weekday).ok()?;
        Some(date.date())
    };
    match day.strip_prefix('-').unwrap_or(day) {
        "" if day.is_empty() => Some(format!("{}/{}", at(1)?, at(7)?)),
        day if day.len() == 1 => Some(at(day.parse().ok()?)?.to_string()),
        _ => None,
    }
}

fn wrong_side(side: &str) -> Option<String> {
    let number = |text: &str, width: usize| {
        let is_number = text.len() == width && text.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| text.parse::<i16>().ok()).flatten()
    };
    if let Some(year) = side.strip_prefix('-') {
        let is_year = number(year, 4).is_some();
        return is_year.then(|| "years are 0000 to 9999".to_owned());
    }
    let parts: Vec<&str> = side.split('-').collect();
    let (year, rest) = parts.split_first()?;
    let (name, year) = (*year, number(year, 4)?);
    let month = rest.first().and_then(|month| number(month, 2))?;
    let Some(first) = i8::try_from(month).ok().and_then(|month| Date::new(year, month, 1).ok())
    else {
        let is_season = rest.len() == 1 && (21..=24).contains(&month);
        return (!is_season).then(|| format!("{name} has no month {month:02}"));
    };
    let day = rest.get(1).and_then(|day| number(day, 2))?;
    let has_day = (1..=i16::from(first.days_in_month())).contains(&day);
    (!has_day).then(|| format!("{name}-{month:02} has no day {day:02}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_a_date_is_named() {
        for (text, why) in [
            ("2022-02-29", ": 2022-02 has no day 29"),
            ("2022-13", ": 2022 has no month 13"),
            ("2022-06/2022-01", ": the interval ends before it begins"),
            ("2022-01/2022-04-31", ": 2022-04 has no day 31"),
            ("2022-01-26T10:00Z", ": 2022-01-26 is enough: a date here has no time"),
            ("2022 ", ": write 2022, without a blank around it"),
            (" 2022-01", ": write 2022-01, without a blank around it"),
            ("today", ": write the day itself, for the record is read on other days too"),
            ("-0044", ": years are 0000 to 9999"),
            ("nonsense", ""),
            ("14.05.2024", ": write 2024-05-14"),
            ("2024-5-14", ": write 2024-05-14"),
            ("2024/05/14", ": write 2024-05-14"),
            ("20240514", ": write 2024-05-14"),
            ("2016-2018", ": write 2016/2018"),
            ("2016–2018", ": write 2016/2018"),
            ("2020s", ": write 202X"),
            ("05/14/2024", ": write 2024-05-14"),
            ("14/05/2024", ": write 2024-05-14"),
            ("05/04/2024", ": this may be two days: write 2024-04-05 or 2024-05-04"),
            ("05/05/2024", ": write 2024-05-05"),
            ("13/14/2024", ""),
            ("05/14/24", ""),
            ("2026-W44-1", ": write 2026-10-26"),
            ("2026W441", ": write 2026-10-26"),
            ("2026-W44", ": write 2026-10-26/2026-11-01"),
            ("2026-W54", ""),
            ("2026-299", ": write 2026-10-26"),
            ("2026-366", ""),
            ("2022-21", ""),
        ] {
            assert_eq!(wrong_date(text), why, "{text}");
        }
    }
}
