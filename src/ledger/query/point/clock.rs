//! The two clocks of a date: the recorded one and the corrected one.
//!
//! Always holds: by the recorded clock no later event changes the answer for a date; by the
//! corrected clock a `ledger.retimed` that a suspect revocation undid does not count. Where no
//! clock was set back the two are equal. Not here: the syntax of points (`point`).
//! Source: FORMAT.md section 5, last item.

use crate::index::IndexError;
use crate::ledger::error::LedgerError;
use crate::ledger::query::tally::{retimings, undone_retimings};
use crate::ledger::reader::Record;
use annals_core::event::record::Place;
use annals_core::event::{Entry, canonical};
use annals_core::time::Time;
use annals_core::verify::source::Source;
use std::collections::BTreeSet;

/// The clock by which a date is looked up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DateClock {
    /// The clock by which the events were recorded.
    #[default]
    Recorded,
    /// The clock as corrected by each `ledger.retimed`.
    Corrected,
}

/// The number of events that a point stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolvedDate {
    /// The number of events by the requested clock.
    pub size: u64,
    /// The result of the other clock, if it differs.
    pub other: Option<OtherClock>,
}

/// The result of the clock that was not requested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherClock {
    /// The number of events.
    pub size: u64,
    /// The retimings between the two points, by position.
    pub retimed: Vec<u64>,
}

impl ResolvedDate {
    /// The result where both clocks give this size.
    pub fn same(size: u64) -> ResolvedDate {
        ResolvedDate { size, other: None }
    }
}

/// A range of events with rising times: it begins at event 0, at a retiming, or where the time was
/// set back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stretch {
    start: u64,
    /// Whether the retiming counts for the corrected clock.
    corrects: bool,
}

/// The number of events with a time before `limit`.
pub(super) fn before(
    record: &Record,
    limit: Time,
    clock: DateClock,
) -> Result<ResolvedDate, LedgerError> {
    let found = match indexed(record, limit, clock) {
        Some(found) => found,
        None => walked(record, limit, clock)?,
    };
    let (requested, other, stretches) = found;
    if requested == other {
        return Ok(ResolvedDate::same(requested));
    }
    let between = requested.min(other)..requested.max(other);
    let retimed = stretches.iter().filter(|stretch| stretch.corrects);
    let retimed =
        retimed.map(|stretch| stretch.start).filter(|start| between.contains(start)).collect();
    Ok(ResolvedDate { size: requested, other: Some(OtherClock { size: other, retimed }) })
}

type FoundPoint = (u64, u64, Vec<Stretch>);

fn both<E>(
    stretches: Vec<Stretch>,
    size: u64,
    clock: DateClock,
    below: &dyn Fn(u64) -> Result<bool, E>,
) -> Result<FoundPoint, E> {
    let (recorded, corrected) =
        (recorded(&stretches, size, below)?, corrected(&stretches, size, below)?);
    Ok(match clock {
        DateClock::Recorded => (recorded, corrected, stretches),
        DateClock::Corrected => (corrected, recorded, stretches),
    })
}

/// Through the index; `None` if it cannot answer.
fn indexed(record: &Record, limit: Time, clock: DateClock) -> Option<FoundPoint> {
    let index = record.index().ok()?;
    let ask = || -> Result<FoundPoint, IndexError> {
        let mut stretches = vec![Stretch { start: 0, corrects: true }];
        for (start, undone) in index.retimings()? {
            stretches.push(Stretch { start, corrects: !undone });
        }
        both(stretches, index.size(), clock, &|event| Ok(index.event(event)?.at < limit))
    };
    ask().map_err(|why| record.folded_for(&why)).ok()
}

/// Through the journal.
fn walked(record: &Record, limit: Time, clock: DateClock) -> Result<FoundPoint, LedgerError> {
    let mut stretches = vec![Stretch { start: 0, corrects: true }];
    let (mut below, mut last): (Vec<bool>, Option<Time>) = (Vec::new(), None);
    entries(record, &mut |position, entry| {
        let line = entry.record.split(|byte| *byte == b'\n').next().unwrap_or_default();
        // A place that cannot be read has the time of the place before it.
        let at = canonical::read::<Place>(line).ok().map(|place| place.at).or(last);
        if at < last {
            stretches.push(Stretch { start: position, corrects: true });
        }
        last = at;
        below.push(at.is_none_or(|at| at < limit));
    })?;
    if stretches.len() > 1 {
        let state = record.state(record.size())?.state;
        // A retiming that set nothing back ends what is corrected too, if it was undone.
        let mut starts: BTreeSet<u64> = retimings(&state).collect();
        starts.extend(stretches.iter().skip(1).map(|stretch| stretch.start));
        let undone = undone_retimings(&state);
        stretches.truncate(1);
        for start in starts {
            stretches.push(Stretch { start, corrects: !undone.contains(&start) });
        }
    }
    let size = below.len() as u64;
    let is_below = |event: u64| -> Result<bool, LedgerError> {
        let index = usize::try_from(event).unwrap_or(usize::MAX);
        Ok(below.get(index).copied().unwrap_or(false))
    };
    both(stretches, size, clock, &is_below)
}

/// The first event of a range for which `below` is false, or the end of the range.
fn first_not<E>(start: u64, end: u64, below: &dyn Fn(u64) -> Result<bool, E>) -> Result<u64, E> {
    let (mut low, mut high) = (start, end);
    while low < high {
        let middle = low + (high - low) / 2;
        match below(middle)? {
            true => low = middle + 1,
            false => high = middle,
        }
    }
    Ok(low)
}

/// An event's time is the greatest of its own and of all earlier ones, so the first event that is
/// not below the limit ends the search.
fn recorded<E>(
    stretches: &[Stretch],
    size: u64,
    below: &dyn Fn(u64) -> Result<bool, E>,
) -> Result<u64, E> {
    for (stretch, end) in stretches.iter().zip(ends(stretches, size)) {
        let first = first_not(stretch.start, end, below)?;
        if first < end {
            return Ok(first);
        }
    }
    Ok(size)
}

/// An event's corrected time is the least of its own and of those after it, up to the next set-back
/// that does not count; then the greatest of these up to the event.
fn corrected<E>(
    stretches: &[Stretch],
    size: u64,
    below: &dyn Fn(u64) -> Result<bool, E>,
) -> Result<u64, E> {
    let mut rest: Vec<(Stretch, u64)> =
        stretches.iter().copied().zip(ends(stretches, size)).collect();
    while !rest.is_empty() {
        let next = rest.iter().skip(1).position(|(stretch, _)| !stretch.corrects);
        let group: Vec<(Stretch, u64)> =
            rest.drain(..next.map_or(rest.len(), |next| next + 1)).collect();
        let (Some(first), Some(last)) = (group.first(), group.last()) else { break };
        let (start, end) = (first.0.start, last.1);
        let mut reached = start;
        for (stretch, end) in group.iter().rev() {
            let found = first_not(stretch.start, *end, below)?;
            if found > stretch.start {
                reached = found;
                break;
            }
        }
        if reached < end {
            return Ok(reached);
        }
    }
    Ok(size)
}

fn ends(stretches: &[Stretch], size: u64) -> impl Iterator<Item = u64> + '_ {
    stretches.iter().skip(1).map(|stretch| stretch.start).chain([size])
}

pub fn entries(record: &Record, each: &mut dyn FnMut(u64, &Entry)) -> Result<(), LedgerError> {
    record.expect_bound(record.size(), "every event, for a date or a hash")?;
    for entry in record.source.entries(0)? {
        let (position, entry) = entry?;
        each(position, &entry);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The number of events before each limit by the definition: computes the times event by event.
    fn defined(times: &[u64], undone: &[u64], limit: u64, clock: DateClock) -> u64 {
        let own: Vec<u64> = match clock {
            DateClock::Recorded => times.to_vec(),
            DateClock::Corrected => (0..times.len())
                .map(|event| {
                    let until = undone.iter().map(|at| *at as usize).find(|at| *at > event);
                    *times[event..until.unwrap_or(times.len())].iter().min().unwrap()
                })
                .collect(),
        };
        let greatest = |event: usize| *own[..=event].iter().max().unwrap();
        (0..times.len()).filter(|event| greatest(*event) < limit).count() as u64
    }

    fn found(times: &[u64], undone: &[u64], limit: u64, clock: DateClock) -> u64 {
        let mut stretches = vec![Stretch { start: 0, corrects: true }];
        for event in 1..times.len() {
            let start = event as u64;
            if times[event] < times[event - 1] || undone.contains(&start) {
                stretches.push(Stretch { start, corrects: !undone.contains(&start) });
            }
        }
        let below = |event: u64| Ok::<bool, ()>(times[event as usize] < limit);
        both(stretches, times.len() as u64, clock, &below).unwrap().0
    }

    #[test]
    fn both_clocks_are_what_the_format_defines() {
        let histories: [(&[u64], &[u64]); 7] = [
            // The undone retiming at 3 set nothing back.
            (&[1, 9, 10, 11, 12, 3, 4], &[3]),
            (&[1, 2, 3, 4], &[]),
            (&[1, 2, 9, 10, 3, 4, 11], &[]),
            (&[1, 2, 9, 10, 3, 4, 11], &[4]),
            (&[1, 9, 2, 8, 3, 7, 12], &[4]),
            (&[1, 9, 2, 8, 3, 7, 12], &[2]),
            (&[5, 4, 3, 2, 1], &[2, 3]),
        ];
        for (times, undone) in histories {
            for limit in 0..14 {
                for clock in [DateClock::Recorded, DateClock::Corrected] {
                    let expected = defined(times, undone, limit, clock);
                    let answer = found(times, undone, limit, clock);
                    assert_eq!(answer, expected, "{times:?} {undone:?} {limit} {clock:?}");
                }
            }
        }
    }

    #[test]
    fn by_the_recorded_clock_no_later_event_changes_an_answer() {
        let times = [1, 2, 9, 10, 3, 4, 11, 5, 20];
        for size in 1..times.len() {
            // Only limits that were in the past by the clock of that time.
            for limit in 0..*times[..size].iter().max().unwrap() {
                let then = found(&times[..size], &[], limit, DateClock::Recorded);
                assert_eq!(found(&times, &[], limit, DateClock::Recorded), then);
            }
        }
    }
}
