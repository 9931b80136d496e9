//! UTC time in its one spelling: 27 bytes, `YYYY-MM-DDTHH:MM:SS.ffffffZ`.
//!
//! Always holds: the day exists, the year is 1970–9999, no second is 60; so the order of the texts
//! is the order of the times. Not here: the clock (`clock`), dates as a person writes them (`edtf`,
//! `ledger`). Source: FORMAT.md section 1; the calendar is `jiff`'s.

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime};
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

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

/// A timestamp of `jiff` ends 26 hours before the end of the last day, so civil times are used.
const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);
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
        let text = self.as_str().trim_end_matches('Z');
        let since =
            text.parse::<DateTime>().map_or(SignedDuration::ZERO, |t| t.duration_since(EPOCH));
        since.as_secs() * 1_000_000 + i64::from(since.subsec_micros())
    }

    /// The time `micros` microseconds after 1970-01-01T00:00:00Z; `None` outside 1970–9999.
    pub fn from_micros(micros: i64) -> Option<Time> {
        let civil = EPOCH.checked_add(SignedDuration::from_micros(micros)).ok()?;
        Time::parse(&format!("{civil:.6}Z"))
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
