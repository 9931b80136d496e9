//! UTC time in its one spelling: 27 bytes, `YYYY-MM-DDTHH:MM:SS.ffffffZ`.
//!
//! Always holds: the day exists, the year is 1970–9999, no second is 60; so the order of the texts
//! is the order of the times. Not here: the clock (`clock`), dates as a person writes them (`edtf`,
//! `ledger`). Source: FORMAT.md section 1; the calendar is `jiff`'s, and Hinnant's arithmetic of
//! days.

use jiff::civil::Date;
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::ops::Range;

/// A UTC time to the microsecond, from 1970-01-01 to 9999-12-31.
///
/// ```
/// use annals_core::time::Time;
/// let time = Time::parse("2026-11-23T20:53:01.123456Z").ok_or("form")?;
/// assert_eq!(Time::from_micros(time.micros()), Some(time));
/// assert_eq!(Time::parse("2026-02-29T00:00:00.000000Z"), None);
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time([u8; 27]);

/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;
/// Days of 400 years.
const ERA: i64 = 146_097;
/// Days from 0000-03-01 to 1970-01-01.
const BEFORE_1970: i64 = 719_468;
const SHAPE: &[u8; 27] = b"0000-00-00T00:00:00.000000Z";

impl Time {
    /// 1970-01-01T00:00:00Z, the first time.
    pub const EPOCH: Time = Time(*b"1970-01-01T00:00:00.000000Z");

    /// Reads the one spelling; `None` for anything else.
    pub fn parse(text: &str) -> Option<Time> {
        let bytes: [u8; 27] = text.as_bytes().try_into().ok()?;
        let shaped = bytes.iter().zip(SHAPE).all(|(byte, shape)| match shape {
            b'0' => byte.is_ascii_digit(),
            other => byte == other,
        });
        if !shaped {
            return None;
        }
        let year = i16::try_from(number(&bytes[0..4])).ok()?;
        let (month, day) = (number(&bytes[5..7]), number(&bytes[8..10]));
        Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
        let clock = number(&bytes[11..13]) < 24
            && number(&bytes[14..16]) < 60
            && number(&bytes[17..19]) < 60;
        (year >= 1970 && clock).then_some(Time(bytes))
    }

    /// The text: 27 ASCII bytes.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    pub fn micros(&self) -> i64 {
        let part = |range: Range<usize>| i64::from(number(&self.0[range]));
        let clock = (part(11..13) * 60 + part(14..16)) * 60 + part(17..19);
        let days = days_since_1970(part(0..4), part(5..7), part(8..10));
        days * DAY + clock * 1_000_000 + part(20..26)
    }

    /// The time `micros` microseconds after 1970-01-01T00:00:00Z; `None` outside 1970–9999.
    pub fn from_micros(micros: i64) -> Option<Time> {
        let (year, month, day) = date_after_1970(micros.div_euclid(DAY));
        if !(1970..=9999).contains(&year) {
            return None;
        }
        let of_day = micros.rem_euclid(DAY);
        let (seconds, fraction) = (of_day / 1_000_000, of_day % 1_000_000);
        let mut bytes = *SHAPE;
        for (range, value) in [
            (0..4, year),
            (5..7, month),
            (8..10, day),
            (11..13, seconds / 3_600),
            (14..16, seconds / 60 % 60),
            (17..19, seconds % 60),
            (20..26, fraction),
        ] {
            put_digits(&mut bytes[range], value);
        }
        Some(Time(bytes))
    }

    /// This time plus `micros` microseconds; `None` outside 1970–9999.
    pub fn plus_micros(&self, micros: i64) -> Option<Time> {
        Time::from_micros(self.micros().checked_add(micros)?)
    }

    /// The latest end of a seal for an event at this time: the year plus ten, the rest unchanged,
    /// compared as text; `None` (no bound) from year 9990 on.
    pub fn seal_bound(&self) -> Option<Time> {
        let year = number(&self.0[0..4]) + 10;
        let mut bytes = self.0;
        bytes[0..4].copy_from_slice(format!("{year:04}").as_bytes().get(0..4)?);
        (year <= 9999).then_some(Time(bytes))
    }
}

fn number(digits: &[u8]) -> u32 {
    digits.iter().fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'))
}

/// Writes the last decimal digits of a value, which is not negative.
fn put_digits(digits: &mut [u8], value: i64) {
    let mut rest = value;
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
}

/// The number of days from 1970-01-01 to a day of the Gregorian calendar. Years are counted from
/// March, so that the day that only leap years have is the last one of a year.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month > 2 { year } else { year - 1 };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * ERA + of_era * 365 + of_era / 4 - of_era / 100 + of_year - BEFORE_1970
}

/// Year, month and day of the Gregorian calendar this number of days after 1970-01-01.
fn date_after_1970(days: i64) -> (i64, i64, i64) {
    let days = days + BEFORE_1970;
    let (era, of_era) = (days.div_euclid(ERA), days.rem_euclid(ERA));
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year + i64::from(month <= 2), month, day)
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Time, D::Error> {
        struct TimeVisitor;
        impl Visitor<'_> for TimeVisitor {
            type Value = Time;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a UTC time like 2026-11-23T20:53:01.123456Z")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Time, E> {
                Time::parse(text).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
            }
        }
        deserializer.deserialize_str(TimeVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::SignedDuration;
    use jiff::civil::DateTime;
    use proptest::prelude::*;

    /// A timestamp of `jiff` ends 26 hours before the end of the last day; a civil time does not.
    const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);
    /// Microseconds from the first time to the last.
    const LAST: i64 = 253_402_300_799_999_999;

    #[test]
    fn the_first_and_the_last_time_are_the_bounds() {
        assert_eq!(Time::from_micros(0), Some(Time::EPOCH));
        assert_eq!(Time::from_micros(LAST), Time::parse("9999-12-31T23:59:59.999999Z"));
        for beyond in [-1, LAST + 1, i64::MIN, i64::MAX] {
            assert_eq!(Time::from_micros(beyond), None, "{beyond}");
        }
    }

    proptest! {
        #[test]
        fn days_are_counted_as_jiff_counts_them(micros in 0..=LAST) {
            let civil = EPOCH.checked_add(SignedDuration::from_micros(micros)).expect("a time");
            let time = Time::parse(&format!("{civil:.6}Z")).expect("a time");
            prop_assert_eq!(Time::from_micros(micros), Some(time));
            prop_assert_eq!(time.micros(), micros);
        }
    }
}
