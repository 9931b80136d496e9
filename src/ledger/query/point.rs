//! A point in the record, as people write it: a position, a time, a hash, `head`, `yesterday`.
//!
//! Always holds: a point resolves to a number of events. A period (a year, a day, an hour, a
//! minute) means its end as an upper bound and its start as a lower one; a day in the given zone
//! also where it has 23 or 25 hours. Four digits are a year, even if there is an event of that
//! number. A time that the clocks of the zone skipped or repeated is refused.
//! Not here: the day of a date (`edtf`); the time of an event (`clock`).

mod clock;
mod meant_point;

use crate::clock::{OFFSETS, has_wrong_offset};
use crate::index::{Index, IndexError};
use crate::ledger::error::LedgerError;
use crate::ledger::query::point::clock::entries;
use crate::ledger::query::point::meant_point::{MeantPoint, meant_by_digits, meant_point};
use crate::ledger::reader::Record;
use annals_core::edtf::days;
use annals_core::event::record::hash;
use annals_core::hash::Hash;
use annals_core::text::in_quotes;
use annals_core::time::Time;
pub use clock::{DateClock, OtherClock, ResolvedDate};
use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Span, Timestamp, Unit, ZonedDateTime};
use std::borrow::Cow;

/// Which end of a named period is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// As a lower bound: the first event of the period is included.
    Start,
    /// As an upper bound, and for as-of: the last event of the period is included.
    End,
}

/// A point, parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Point {
    /// The event at this position.
    Position(u64),
    /// From the first of these times up to, but not including, the second.
    Within(Timestamp, Timestamp),
    /// The event whose hash begins with these hex digits.
    Hash(String),
    /// The last event.
    Head,
    /// The present: it has all events, also those after a clock that ran ahead was set back.
    Now,
}

/// The zone of times written without one, and the current time.
#[derive(Clone, Debug)]
pub struct PointContext {
    /// The zone.
    pub zone: TimeZone,
    /// The current time.
    pub now: Timestamp,
}

impl PointContext {
    /// A context with the zone of this name and this time.
    pub fn new(zone: &str, now: Time) -> Result<PointContext, LedgerError> {
        let zone = match zone {
            // Without the list of all zones of the system, which every process would read.
            "UTC" => TimeZone::UTC,
            zone => TimeZone::get(zone).map_err(|_| {
                usage(format!(
                    "--tz: expected a zone like UTC or Europe/Berlin, found {}",
                    in_quotes(zone)
                ))
            })?,
        };
        Ok(PointContext {
            zone,
            now: Timestamp::from_microsecond(now.micros()).unwrap_or_default(),
        })
    }
}

const EXPECTED: &str = "expected a position (17), a date or time (2027, 2027-03, 2027-03-02, \
     2027-03-02T12:00), a position of four digits as #2027, yesterday, 2 weeks ago, h: and 8 or \
     more hex digits of a hash, head or now";

impl Point {
    /// Reads a point.
    ///
    /// ```
    /// use annals::ledger::query::point::{PointContext, Point};
    /// let now = annals_core::time::Time::parse("2027-03-02T12:00:00.000000Z").ok_or("form")?;
    /// let around = PointContext::new("UTC", now)?;
    /// assert_eq!(Point::parse("17", &around)?, Point::Position(17));
    /// assert_eq!(Point::parse("today", &around)?, Point::parse("2027-03-02", &around)?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn parse(text: &str, around: &PointContext) -> Result<Point, LedgerError> {
        let whole = with_plus(text.trim());
        let text: &str = &whole;
        let unknown = || no_point(text, around);
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let prefix = text.strip_prefix("h:").or((text.len() == 64).then_some(text));
        if let Some(prefix) = prefix {
            return hash_prefix(prefix).ok_or_else(unknown);
        }
        let marked = text.strip_prefix('#').or_else(|| text.strip_prefix("event:"));
        if let Some(number) = marked.or((digits && !is_year(text)).then_some(text)) {
            let digits = number.bytes().all(|byte| byte.is_ascii_digit());
            let position = number.parse().ok().filter(|_| digits);
            return position.map(Point::Position).ok_or_else(unknown);
        }
        if let Some((local, zone)) = text.strip_suffix(']').and_then(|it| it.split_once('[')) {
            return in_zone(text, local, zone, around);
        }
        match text {
            "head" => return Ok(Point::Head),
            "now" => return Ok(Point::Now),
            "today" => return ago(around, Span::new()).ok_or_else(unknown),
            "yesterday" => return ago(around, Span::new().days(-1)).ok_or_else(unknown),
            _ => {}
        }
        if text.ends_with(" ago") {
            let span: Span = text.parse().map_err(|_| unknown())?;
            return ago(around, span).ok_or_else(unknown);
        }
        if let Some(days) = days(text) {
            let zone = &around.zone;
            let start = days.first.map_or(Some(Timestamp::MIN), |first| Some(day(first, zone)?.0));
            let end = days.last.map_or(Some(Timestamp::MAX), |last| Some(day(last, zone)?.1));
            let (start, end) = start.zip(end).ok_or_else(unknown)?;
            return Ok(Point::Within(start, end));
        }
        match text.contains(['T', ' ']) {
            true => time(text, around),
            false => Err(unknown()),
        }
    }

    /// The number of events before this point (for [`Bound::Start`]), or up to and including it
    /// (for [`Bound::End`]); times are those of `clock`. A time before the first event gives 0.
    pub fn resolve(
        &self,
        record: &Record,
        bound: Bound,
        clock: DateClock,
    ) -> Result<ResolvedDate, LedgerError> {
        let after = |position: u64| ResolvedDate::same(position + u64::from(bound == Bound::End));
        match self {
            Point::Head => Ok(ResolvedDate::same(match bound {
                Bound::End => record.size(),
                Bound::Start => record.size().saturating_sub(1),
            })),
            Point::Now => Ok(ResolvedDate::same(record.size())),
            Point::Position(position) if *position < record.size() => Ok(after(*position)),
            Point::Position(position) => Err(match meant_by_digits(*position) {
                Some(date) => usage(format!("{}; {date}", no_position(*position, record))),
                None => no_position(*position, record),
            }),
            Point::Hash(prefix) => find(prefix, record).map(after),
            Point::Within(start, end) => {
                let limit = match bound {
                    Bound::Start => *start,
                    Bound::End => *end,
                };
                match earliest(limit) {
                    Some(limit) => clock::before(record, limit, clock),
                    None => Ok(ResolvedDate::same(record.size())),
                }
            }
        }
    }
}

/// A time with its offset, where an address had a `+` before it, which is a space there.
fn with_plus(text: &str) -> Cow<'_, str> {
    let is_offset = |end: &str| {
        let parts = end.split_once(':');
        let is_pair = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
        parts.is_some_and(|(hours, minutes)| is_pair(hours) && is_pair(minutes))
    };
    match text.rsplit_once(' ') {
        Some((time, offset)) if time.contains('T') && is_offset(offset) => {
            Cow::Owned(format!("{time}+{offset}"))
        }
        _ => Cow::Borrowed(text),
    }
}

/// Whether a bare number is a year: it has exactly four digits.
pub fn is_year(text: &str) -> bool {
    text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The error for a position that is not here, with the positions that are. Of a part, a position of
/// the whole record came later.
pub fn no_position(position: u64, record: &Record) -> LedgerError {
    let size = record.size();
    if let Some(of) = record.part_of.filter(|of| position < *of) {
        return LedgerError::NotFound(format!(
            "this is a part, the first {size} of {of} events: expected one of them, found \
             {position}, which came later and is not in it"
        ));
    }
    LedgerError::NotFound(match size.checked_sub(1) {
        Some(last) => format!("expected a position from 0 to {last}, found {position}"),
        None => format!("expected a position, found {position}: the record has no event"),
    })
}

/// What a text that is no point was meant as, as the end of a message; a proposal can be read.
fn wrong_point(text: &str, around: &PointContext) -> String {
    match meant_point(text) {
        MeantPoint::Wrong(why) => why,
        MeantPoint::Written(meant) if meant != text && Point::parse(&meant, around).is_ok() => {
            format!(": write {meant}")
        }
        MeantPoint::Written(_) => String::new(),
    }
}

/// The error for a text that is no point, with what it was meant as.
fn no_point(text: &str, around: &PointContext) -> LedgerError {
    usage(format!("{EXPECTED}; found {}{}", in_quotes(text), wrong_point(text, around)))
}

fn usage(why: String) -> LedgerError {
    LedgerError::Usage(why)
}

fn hash_prefix(text: &str) -> Option<Point> {
    let text = text.to_ascii_lowercase();
    let hex = text.bytes().all(|byte| byte.is_ascii_hexdigit());
    (hex && (8..=64).contains(&text.len())).then_some(Point::Hash(text))
}

/// From one time to the end of the hour, the minute or the second that another one names; of a time
/// with a fraction of a second, to the end of its microsecond. Times are shown to the minute or to
/// the second, so an event within it is included.
fn period(from: Timestamp, to: Timestamp, named: Unit) -> Point {
    let more = match named {
        Unit::Microsecond => Span::new().microseconds(1),
        Unit::Hour => Span::new().hours(1),
        Unit::Minute => Span::new().minutes(1),
        _ => Span::new().seconds(1),
    };
    Point::Within(from, to.checked_add(more).unwrap_or(Timestamp::MAX))
}

/// The smallest unit that is written in a time of day: two digits are an hour, four an hour and a
/// minute; with a fraction of a second it is the format's smallest, the microsecond.
fn smallest_unit(text: &str) -> Unit {
    let clock = text.split(['T', 't', ' ']).nth(1).unwrap_or_default();
    if clock.contains(['.', ',']) {
        return Unit::Microsecond;
    }
    let clock = clock.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b':');
    match clock.filter(u8::is_ascii_digit).count() {
        ..3 => Unit::Hour,
        3..5 => Unit::Minute,
        _ => Unit::Second,
    }
}

/// The first instant of a day in a zone, and that of the next day.
fn day(date: Date, zone: &TimeZone) -> Option<(Timestamp, Timestamp)> {
    let start = |date: Date| {
        let zoned = date.to_zoned_datetime(zone.clone()).ok()?;
        zoned.start_of_day().ok().map(|start| start.timestamp())
    };
    // The last days of the calendar reach beyond the last timestamp.
    let last = (date.year() == Date::MAX.year()).then_some(Timestamp::MAX);
    let next = date.tomorrow().ok().and_then(start);
    Some((start(date).or(last)?, next.or(last)?))
}

/// A date or time with its zone in brackets behind it (RFC 9557).
fn in_zone(
    text: &str,
    local: &str,
    zone: &str,
    around: &PointContext,
) -> Result<Point, LedgerError> {
    let found = |why: &str| usage(format!("{why}, found {}", in_quotes(text)));
    let zone = zone.strip_prefix('!').unwrap_or(zone);
    let zone = TimeZone::get(zone)
        .map_err(|_| found("expected a zone like Europe/Berlin alone in the brackets"))?;
    let has_offset = local.trim().parse::<Timestamp>().is_ok();
    if has_offset && text.parse::<ZonedDateTime>().is_err() {
        return Err(found("expected a time whose offset is that of its zone"));
    }
    match Point::parse(local, &PointContext { zone, now: around.now }) {
        Ok(point @ Point::Within(..)) => Ok(point),
        Err(why) => match wrong_point(text, around).is_empty() {
            true => Err(why),
            false => Err(no_point(text, around)),
        },
        Ok(_) => Err(found("expected a date or time before a zone in brackets")),
    }
}

/// A duration before now: a whole day if its units are days or longer, else a time.
fn ago(around: &PointContext, span: Span) -> Option<Point> {
    let now = around.now.to_zoned_datetime(around.zone.clone());
    let then = now.checked_add(span).ok()?;
    let clock = [Unit::Hour, Unit::Minute, Unit::Second];
    let has = |unit: &Unit| match unit {
        Unit::Hour => span.get_hours() != 0,
        Unit::Minute => span.get_minutes() != 0,
        _ => span.get_seconds() != 0 || span.get_milliseconds() != 0,
    };
    match clock.iter().any(has) {
        true => {
            let whole = then.subsec_nanosecond() == 0;
            let named = if whole { Unit::Second } else { Unit::Microsecond };
            Some(period(then.timestamp(), then.timestamp(), named))
        }
        false => day(then.date(), &around.zone).map(|(start, end)| Point::Within(start, end)),
    }
}

/// A time of day, with `Z` or an offset, else in the zone of the context.
fn time(text: &str, around: &PointContext) -> Result<Point, LedgerError> {
    let zone = &around.zone;
    let unknown = || no_point(text, around);
    if let Ok(instant) = text.parse::<Timestamp>() {
        if has_wrong_offset(text) {
            let (least, most) = (OFFSETS.start(), OFFSETS.end());
            return Err(usage(format!(
                "expected an offset from {least}:00 to +{most}:00, found {}",
                in_quotes(text)
            )));
        }
        return Ok(period(instant, instant, smallest_unit(text)));
    }
    let local: DateTime = text.parse().map_err(|_| unknown())?;
    let ambiguous = zone.to_ambiguous_timestamp(local);
    if let AmbiguousOffset::Gap { .. } = ambiguous.offset() {
        let why = "there the clocks were put forward past it; name a time before or after, or one \
                   with an offset";
        return Err(usage(format!(
            "expected a time that there was, found {}: {why}",
            in_quotes(text)
        )));
    }
    let (first, last) = (ambiguous.earlier(), ambiguous.later());
    let (first, last) = (first.map_err(|_| unknown())?, last.map_err(|_| unknown())?);
    if first != last {
        let named = |at: Timestamp| {
            let local = at.to_zoned_datetime(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z");
            format!("{local} ({at})")
        };
        let zone = zone.iana_name().unwrap_or("this zone");
        return Err(usage(format!(
            "expected a time that there was once, found {}: in {zone} the clocks were put \
             back and showed it twice, as {} and as {}; name one of the two with its offset",
            in_quotes(text),
            named(first),
            named(last)
        )));
    }
    Ok(period(first, last, smallest_unit(text)))
}

/// The answer of the index, if it can answer.
fn indexed<T>(record: &Record, ask: impl FnOnce(&Index) -> Result<T, IndexError>) -> Option<T> {
    let answer = ask(record.index().ok()?);
    answer.map_err(|why| record.folded_for(&why)).ok()
}

/// The first time, in the format's notation, that is not before this one; `None` after the last.
fn earliest(limit: Timestamp) -> Option<Time> {
    match limit.as_microsecond() {
        _ if limit == Timestamp::MAX => None,
        micros if micros <= 0 => Some(Time::EPOCH),
        micros => Time::from_micros(micros),
    }
}

fn find(prefix: &str, record: &Record) -> Result<u64, LedgerError> {
    let mut found: Vec<(u64, Hash)> = Vec::new();
    record.expect_bound(record.size(), "the hash of every event")?;
    match indexed(record, |index| index.find(prefix)) {
        Some(hashes) => found = hashes,
        None => entries(record, &mut |position, entry| {
            let hash = hash(&entry.record);
            if found.len() < 2 && hash.to_string().starts_with(prefix) {
                found.push((position, hash));
            }
        })?,
    }
    match found.as_slice() {
        [(position, _)] => Ok(*position),
        [(one, first), (other, second), ..] => Err(LedgerError::NotFound(format!(
            "expected the beginning of one hash, found two that begin {prefix}: event {one}, \
             {first}, and event {other}, {second}; give more digits"
        ))),
        [] => Err(LedgerError::NotFound(format!(
            "expected the beginning of the hash of an event here, found none that begins {prefix} \
             among {} events{}",
            record.size(),
            match record.part_of {
                Some(of) => format!(
                    "; this is a part of a record of {of}, and what came later is not in it"
                ),
                None => String::new(),
            }
        ))),
    }
}

#[cfg(test)]
mod tests;
