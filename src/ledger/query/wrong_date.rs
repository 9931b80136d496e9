//! What is wrong with a date that has the form of one: a day that its month has not, an interval
//! that ends before it begins.
//!
//! Not here: what is a date (`annals_core::edtf`).

use annals_core::edtf::is_edtf;
use jiff::civil::Date;

/// Why a text is no date, as the end of a message (`: 2022-02 has no day 29`); empty if it has not
/// the form of a date.
pub fn wrong_date(text: &str) -> String {
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
    why.or(timed).map(|why| format!(": {why}")).unwrap_or_default()
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
            ("-0044", ": years are 0000 to 9999"),
            ("nonsense", ""),
            ("2022-21", ""),
        ] {
            assert_eq!(wrong_date(text), why, "{text}");
        }
    }
}
