//! The shortlist: the events that may give a fact words of some topic or date.
//!
//! The names of the topics, and the dates in their order, follow each other in a run of words: a
//! lookup reads each of them once, however many facts have it.
//!
//! Always holds: of each fact that passes a filter by topic or date the event of its present words
//! is in the list; so are all events whose words are unknown, and those after the last run. Not
//! here: the filters themselves (`ledger::answer::filter`), the spelling of a facet (`facet`).

use crate::index::facet::{DATE, DAY, TOPIC, ends};
use crate::index::read::Snapshot;
use crate::index::row::{Row, RowKind, may_have};
use crate::index::word_search::{EntryStep, WordIndex};
use crate::index::{IndexError, TreeKind};
use annals_core::edtf::Days;
use std::collections::BTreeSet;

/// The topic and the date that facts are to have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facets {
    /// A part of the name of a topic, as it is typed.
    pub topic: Option<String>,
    /// The range of days that the date of a fact must overlap. Facts without a date pass too.
    pub when: Option<Days>,
}

/// The events that may give facts words of some facets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shortlist {
    /// Those in the runs, ascending.
    events: Vec<u64>,
    /// The first event that is in no run. Every event from here on counts as listed.
    end: u64,
}

/// To look up the fact of an event costs as much as this many rows in a walk over all.
const COST: u64 = 8;

impl Facets {
    /// Whether neither a topic nor a date is set.
    pub fn is_empty(&self) -> bool {
        *self == Facets::default()
    }

    /// The events before the point; `None` if every fact passes.
    pub fn list(&self, snapshot: &Snapshot<'_>) -> Result<Option<Shortlist>, IndexError> {
        if self.is_empty() {
            return Ok(None);
        }
        let words = WordIndex::open(snapshot.index().ledger(), snapshot.index())?;
        let topic =
            self.topic.as_ref().map(|part| words.with_topic(part, snapshot.size)).transpose()?;
        let when =
            self.when.as_ref().map(|days| words.with_date(days, snapshot.size)).transpose()?;
        let mut events = match (topic, when) {
            (Some(mut one), Some(other)) => {
                one.retain(|event| other.binary_search(event).is_ok());
                one
            }
            (one, other) => one.or(other).unwrap_or_default(),
        };
        events.extend(words.unknown(snapshot.size)?);
        events.sort_unstable();
        events.dedup();
        Ok(Some(Shortlist { events, end: words.end() }))
    }
}

impl Shortlist {
    /// Whether an event is in it.
    pub fn has(&self, event: u64) -> bool {
        event >= self.end || self.events.binary_search(&event).is_ok()
    }

    /// The number of its events in the runs.
    pub fn length(&self) -> u64 {
        self.events.len() as u64
    }

    /// The events before the point, ascending.
    pub fn events(&self, size: u64) -> impl Iterator<Item = u64> {
        self.events.iter().copied().chain(self.end..size.max(self.end))
    }

    /// Whether looking up its facts one by one costs less than a walk over all rows.
    pub fn is_short(&self, size: u64) -> bool {
        self.length() <= size / COST
    }

    /// The facts of these kinds whose present words, as of the point, are of an event in it.
    pub fn facts(
        &self,
        snapshot: &Snapshot<'_>,
        kinds: &[RowKind],
    ) -> Result<BTreeSet<u64>, IndexError> {
        let mut found = BTreeSet::new();
        if !self.is_short(snapshot.size) {
            for kind in kinds {
                snapshot.each(TreeKind::Standing, 0..u64::MAX, *kind, &mut |row| {
                    found.extend(self.fact_of(&row));
                    Ok(())
                })?;
            }
            return Ok(found);
        }
        let is_wanted = |row: &Row| kinds.iter().any(|kind| may_have(row.what.kinds(), *kind));
        for event in self.events(snapshot.size) {
            for of in snapshot.index().event(event)?.about.into_iter().flatten() {
                let row = snapshot.get(TreeKind::Standing, of)?;
                let row = row.filter(|row| row.revision() == Some(event) && is_wanted(row));
                found.extend(row.map(|row| row.of));
            }
        }
        Ok(found)
    }

    /// The fact of a row, if its present words are of an event in it.
    fn fact_of(&self, row: &Row) -> Option<u64> {
        row.revision().filter(|event| self.has(*event)).map(|_| row.of)
    }
}

impl WordIndex<'_> {
    /// The events before `size`, ascending, of which a topic has this text in its name.
    fn with_topic(&self, part: &str, size: u64) -> Result<Vec<u64>, IndexError> {
        self.listed(TOPIC, size, &|name| match name.contains(part) {
            true => EntryStep::Take,
            false => EntryStep::Skip,
        })
    }

    /// The events before `size`, ascending, whose date may be one of these days or is not given.
    fn with_date(&self, wanted: &Days, size: u64) -> Result<Vec<u64>, IndexError> {
        let (from, until) = ends(wanted);
        self.listed(DATE, size, &|days| match days.split_at_checked(DAY) {
            Some((first, _)) if first > until.as_str() => EntryStep::End,
            Some((_, last)) if last < from.as_str() => EntryStep::Skip,
            _ => EntryStep::Take,
        })
    }
}
