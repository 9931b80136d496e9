//! When each event was undone: where suspect revocations undid it and put it in force again.
//!
//! Always holds: an event is turned only by a suspect revocation after it. Not here: which events a
//! revocation undoes (`refold`). Source: FORMAT.md section 8, "Refold".

use crate::refold::Undone;
use std::collections::BTreeMap;
use std::ops::Range;

/// The suspect revocations that turned an event, by event: the first undid it, the second put it in
/// force again, and so on. Events that were never undone are not in it.
///
/// ```
/// use annals_core::state::State;
///
/// let state = State::default();
/// assert!(!state.undoings().was_undone(3, 10));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Undoings(BTreeMap<u64, Vec<u64>>);

impl Undoings {
    /// What is known of events that were undone at the point of a state alone.
    pub(super) fn at_a_point(undone: &[Undone]) -> Undoings {
        Undoings(undone.iter().map(|undone| (undone.event, vec![undone.by])).collect())
    }

    /// Adds what the revocation `by` turned: `before` and `now` are the events undone before and
    /// after it, by position.
    pub(super) fn add(&mut self, by: u64, before: &[Undone], now: &[Undone]) {
        let is_in = |list: &[Undone], event: u64| {
            list.binary_search_by_key(&event, |undone| undone.event).is_ok()
        };
        let restored = before.iter().filter(|undone| !is_in(now, undone.event));
        let undone = now.iter().filter(|undone| !is_in(before, undone.event));
        for turned in restored.chain(undone) {
            self.0.entry(turned.event).or_default().push(by);
        }
    }

    /// Removes what the revocation `by`, the last one added, turned.
    pub(super) fn take_back(&mut self, by: u64) {
        self.0.retain(|_, turns| {
            turns.pop_if(|last| *last == by);
            !turns.is_empty()
        });
    }

    /// Whether an event was undone just before the event at the position `at`.
    pub fn was_undone(&self, event: u64, at: u64) -> bool {
        let turns = self.0.get(&event).map_or(&[][..], Vec::as_slice);
        !turns.partition_point(|by| *by < at).is_multiple_of(2)
    }

    /// The suspect revocation since which an event has been undone; `None` if it is not undone.
    pub fn undone_since(&self, event: u64) -> Option<u64> {
        let turns = self.0.get(&event).filter(|turns| !turns.len().is_multiple_of(2));
        turns.and_then(|turns| turns.last().copied())
    }

    /// Where an event was undone, in order: from a suspect revocation up to the one that put it in
    /// force again; `u64::MAX` if none did.
    pub fn ranges(&self, event: u64) -> impl Iterator<Item = Range<u64>> {
        let turns = self.0.get(&event).map_or(&[][..], Vec::as_slice);
        turns.chunks(2).filter_map(|turn| {
            let restored = turn.get(1).copied().unwrap_or(u64::MAX);
            turn.first().map(|undone| *undone..restored)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::refold::UndoKind;

    #[test]
    fn an_event_is_undone_from_one_revocation_up_to_the_next_that_restores_it() {
        let undone = |events: &[u64], by| -> Vec<Undone> {
            events.iter().map(|event| Undone { event: *event, by, how: UndoKind::Struck }).collect()
        };
        let states = [vec![], undone(&[2, 3], 5), undone(&[3], 7), undone(&[2, 3], 9)];
        let mut undoings = Undoings::default();
        for (number, by) in [5, 7, 9].into_iter().enumerate() {
            undoings.add(by, &states[number], &states[number + 1]);
        }
        let ranges = |undoings: &Undoings, event| -> Vec<(u64, u64)> {
            undoings.ranges(event).map(|range| (range.start, range.end)).collect()
        };
        assert_eq!(ranges(&undoings, 2), [(5, 7), (9, u64::MAX)]);
        assert_eq!(ranges(&undoings, 3), [(5, u64::MAX)]);
        assert_eq!(undoings.ranges(4).count(), 0);
        let was: Vec<bool> = (4..11).map(|at| undoings.was_undone(2, at)).collect();
        assert_eq!(was, [false, false, true, true, false, false, true]);
        let since = |undoings: &Undoings| [2, 3, 4].map(|event| undoings.undone_since(event));
        assert_eq!(since(&undoings), [Some(9), Some(5), None]);
        undoings.take_back(9);
        assert_eq!(ranges(&undoings, 2), [(5, 7)]);
        assert_eq!(since(&undoings), [None, Some(5), None]);
        undoings.take_back(7);
        undoings.take_back(5);
        assert_eq!(undoings.ranges(3).count(), 0);
    }
}
