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
use crate::ledger::error::LedgerError;
use crate::ledger::exchange::export::context;
use crate::ledger::exchange::export::context::failed;
use crate::ledger::reader::Record;
use annals_core::state::dump;
use annals_core::time::Time;
use annals_core::verify::Verifier;
use annals_core::verify::anchors::Anchors;
use annals_core::verify::content::CheckDepth;
use annals_core::verify::examine::examine_known;
use annals_core::verify::source::Source;
use jiff::Timestamp;

/// The maximum number of mementos, except for one each year.
pub const MOST: usize = 400;
/// The maximum number of events folded for all mementos together, except for one each year: each
/// memento is a state as large as its record, and mementos must not dominate a bag.
pub const MOST_EVENTS: usize = 10_000_000;

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

/// Writes the mementos and their map.
pub fn write(record: &Record, times: &[Time], bag: &mut Bagger<'_>) -> Result<(), LedgerError> {
    let points = points(times);
    bag.put("memento/timemap.link", map(&points).as_bytes())?;
    let mut next = points.iter().peekable();
    let mut judge = Verifier::new(&Anchors::default());
    for span in record.journal.walk(0)? {
        for entry in span?.entries {
            judge.event(&examine_known(&entry), &record.journal, CheckDepth::Nothing)?;
            let chain = &judge.chain;
            if let Some(point) = next.next_if(|point| point.size == chain.size()) {
                let (size, root) = (chain.size(), chain.tree().root());
                let name = format!("memento/{}/state.json", point.stamp());
                context::write(bag, &name, &mut |out| {
                    dump::write(out, &chain.state, size, chain.head, &root).map_err(failed)
                })?;
            }
        }
    }
    Ok(())
}

/// The points of mementos. An event's time is the greatest of its own and of all earlier ones, so
/// that the points rise even where a clock was set back, and no later event changes an earlier one.
fn points(times: &[Time]) -> Vec<MementoPoint> {
    let mut greatest: Vec<Time> = times.to_vec();
    for index in 1..greatest.len() {
        greatest[index] = greatest[index].max(greatest[index - 1]);
    }
    let each = |length: usize| {
        let mut points: Vec<MementoPoint> = Vec::new();
        for (at, size) in greatest.iter().copied().zip(1..) {
            let of = |time: &Time| time.as_str().get(..length).unwrap_or_default().to_owned();
            match points.last_mut().filter(|last| of(&last.at) == of(&at)) {
                Some(last) => *last = MementoPoint { size, at },
                None => points.push(MementoPoint { size, at }),
            }
        }
        points
    };
    let fits = |points: &Vec<MementoPoint>| {
        points.len() <= MOST && points.len().saturating_mul(times.len()) <= MOST_EVENTS
    };
    // By day, by month, by year.
    [10, 7].into_iter().map(each).find(fits).unwrap_or_else(|| each(4))
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
