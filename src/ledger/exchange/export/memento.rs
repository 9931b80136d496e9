//! Mementos: the state as of earlier points, at addresses that a static server can serve.
//!
//! ```text
//! memento/timemap.link                  application/link-format
//! memento/<YYYYMMDDhhmmss>/state.json   the state after the last event of a day
//! ```
//!
//! Always holds: there is one memento for the last event of each UTC day that has an event; if that
//! is too many or too large, of each month, else of each year. The last one is the state of the
//! bag.
//! Not here: a server. Source: RFC 7089 section 5; RFC 6690; FORMAT.md section 14.

use crate::archive::bag::Bagger;
use crate::journal::Journal;
use crate::ledger::error::LedgerError;
use crate::ledger::exchange::export::context;
use crate::ledger::exchange::export::context::failed;
use crate::ledger::exchange::steps::Steps;
use crate::ledger::query::verified_fold::VerifiedFold;
use annals_core::state::dump;
use annals_core::time::Time;
use jiff::Timestamp;

/// The maximum number of mementos, except for one each year.
pub const MOST: usize = 400;
/// The maximum number of events folded for all mementos together, except for one each year: each
/// memento is a state as large as its record, and mementos must not dominate a bag.
pub const MOST_EVENTS: u64 = 10_000_000;

/// A point: the number of events, and the time of the last of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct MementoPoint {
    size: u64,
    at: Time,
}

impl MementoPoint {
    /// The time as fourteen digits.
    fn stamp(&self) -> String {
        let text = self.at.as_str().get(..19).unwrap_or_default();
        text.chars().filter(char::is_ascii_digit).collect()
    }

    /// The time as an HTTP date (RFC 9110).
    fn date(&self) -> String {
        let at = Timestamp::from_microsecond(self.at.micros()).unwrap_or_default();
        at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
    }
}

/// The points of mementos of a record whose events are seen one by one. An event's time is the
/// greatest of its own and of all earlier ones, so that the points rise even where a clock was set
/// back, and no later event changes an earlier one.
#[derive(Default)]
pub struct MementoPoints {
    size: u64,
    greatest: Option<Time>,
    days: Vec<MementoPoint>,
    months: Vec<MementoPoint>,
    years: Vec<MementoPoint>,
}

impl MementoPoints {
    /// Adds the time of the next event.
    pub fn add(&mut self, at: Time) {
        let at = self.greatest.map_or(at, |greatest| greatest.max(at));
        self.greatest = Some(at);
        self.size += 1;
        let point = MementoPoint { size: self.size, at };
        // Of more points than are written, none is.
        for (points, length) in [(&mut self.days, DAY), (&mut self.months, MONTH)] {
            if points.len() <= MOST {
                end_with(points, point, length);
            }
        }
        end_with(&mut self.years, point, YEAR);
    }

    /// The points that fit: by day, by month, or by year.
    fn chosen(self) -> Vec<MementoPoint> {
        let fits = |points: &Vec<MementoPoint>| {
            let folded = (points.len() as u64).saturating_mul(self.size);
            points.len() <= MOST && folded <= MOST_EVENTS
        };
        [self.days, self.months].into_iter().find(fits).unwrap_or(self.years)
    }
}

/// The lengths of the beginning of a time that name its day, month and year.
const DAY: usize = 10;
const MONTH: usize = 7;
const YEAR: usize = 4;

/// Puts a point in the place of the last one if both are of the same day, month or year; else adds
/// it.
fn end_with(points: &mut Vec<MementoPoint>, point: MementoPoint, length: usize) {
    fn start(point: &MementoPoint, length: usize) -> Option<&str> {
        point.at.as_str().get(..length)
    }
    match points.last_mut().filter(|last| start(last, length) == start(&point, length)) {
        Some(last) => *last = point,
        None => points.push(point),
    }
}

/// Folds a record that was verified without a fault, and writes the mementos and their map on the
/// way; returns the fold.
pub fn write(
    journal: &Journal,
    points: MementoPoints,
    bag: &mut Bagger<'_>,
    steps: Steps<'_>,
) -> Result<VerifiedFold, LedgerError> {
    let points = points.chosen();
    bag.put("memento/timemap.link", map(&points).as_bytes())?;
    let mut next = points.iter().peekable();
    VerifiedFold::of(journal, &mut |fold| {
        let VerifiedFold { state, tree, head, .. } = fold;
        let size = tree.size();
        steps.at("fold", size);
        let Some(point) = next.next_if(|point| point.size == size) else { return Ok(()) };
        let name = format!("memento/{}/state.json", point.stamp());
        context::write(bag, &name, &mut |out| {
            dump::write(out, state, size, *head, &tree.root()).map_err(failed)
        })
    })
}

/// The time map, with addresses relative to its own.
fn map(points: &[MementoPoint]) -> String {
    let mut links = vec!["<../state.json>;rel=\"original\"".to_owned()];
    if let (Some(first), Some(last)) = (points.first(), points.last()) {
        let (from, until) = (first.date(), last.date());
        links.push(format!(
            "<timemap.link>;rel=\"self\";type=\"application/link-format\";from=\"{from}\";\
             until=\"{until}\""
        ));
    }
    for (point, index) in points.iter().zip(1..) {
        let first = if index == 1 { "first " } else { "" };
        let last = if index == points.len() { "last " } else { "" };
        let (stamp, date) = (point.stamp(), point.date());
        links
            .push(format!("<{stamp}/state.json>;rel=\"{first}{last}memento\";datetime=\"{date}\""));
    }
    format!("{}\n", links.join(",\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Time {
        Time::parse(&format!("{text}.000000Z")).unwrap()
    }

    fn points(times: &[Time]) -> Vec<MementoPoint> {
        let mut points = MementoPoints::default();
        times.iter().for_each(|at| points.add(*at));
        points.chosen()
    }

    #[test]
    fn the_last_event_of_a_day_is_its_memento_also_where_a_clock_was_set_back() {
        let times = ["2022-01-26T08:00:00", "2022-01-26T09:00:00", "2022-02-01T09:00:00"];
        let times: Vec<Time> = times.into_iter().map(time).collect();
        let sizes = |times: &[Time]| points(times).iter().map(|p| p.size).collect::<Vec<_>>();
        assert_eq!(sizes(&times), [2, 3]);
        let back = [&times[..], &[time("2022-01-26T10:00:00")]].concat();
        assert_eq!(sizes(&back), [2, 4]);
        assert_eq!(points(&times)[0].stamp(), "20220126090000");
        assert_eq!(points(&times)[0].date(), "Wed, 26 Jan 2022 09:00:00 GMT");
    }

    #[test]
    fn many_days_become_months_and_many_months_years() {
        let days = |count: i64, step: i64| -> Vec<Time> {
            let day = 86_400_000_000;
            (0..count).map(|n| Time::EPOCH.plus_micros(n * step * day).unwrap()).collect()
        };
        assert_eq!(points(&days(400, 1)).len(), 400);
        assert_eq!(points(&days(401, 1)).len(), 14);
        assert_eq!(points(&days(401, 31)).len(), 34);
    }

    #[test]
    fn days_of_many_events_become_months_too() {
        // This number of events on each of a hundred days, one microsecond apart.
        let busy = |each: i64| -> Vec<Time> {
            let at =
                |n: i64| Time::EPOCH.plus_micros(n / each * 86_400_000_000 + n % each).unwrap();
            (0..100 * each).map(at).collect()
        };
        assert_eq!(points(&busy(1_000)).len(), 100);
        assert_eq!(points(&busy(1_001)).len(), 4);
    }
}
