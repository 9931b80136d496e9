//! Views: what a record says as of a point, assembled from its state and one walk over bodies.
//!
//! Always holds: status comes from the state alone; words come from bodies that have the committed
//! digest; what is sealed, redacted, withheld or damaged is said to be so and is never left out.
//! Not here: words for people (`cli`), verdicts (`audit`). Source: FORMAT.md sections 4 and 8.

pub mod between;
pub mod columns;
pub mod event;
pub mod frames;
pub mod gather;
pub mod names;
pub mod row;
pub mod saying;
pub mod scan;
pub mod since;
pub mod spans;

use crate::event::args::Seal;
use crate::event::body::{Body, Content};
use crate::event::record::Statement;
use crate::hash::Hash;
use crate::ledger::error::LedgerError;
use crate::ledger::record::Record;
use crate::state::State;
use crate::time::Time;
use crate::verify::Report;
use crate::verify::examine::{BodyFound, Examined, examine};
use crate::verify::source::Source;
use row::Withheld;
use serde::Serialize;

/// A record as of a point, and as it is now.
pub struct View<'a> {
    /// The record.
    pub record: &'a Record,
    then: Report,
    now: Option<Report>,
}

/// As of what an answer holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AsOf {
    /// Position of the last event that is in; `None` before the first.
    #[serde(rename = "as_of")]
    pub position: Option<u64>,
    /// How many events are in.
    pub size: u64,
    /// How many events the record has.
    pub of: u64,
    /// Hash of the last event that is in.
    pub head: Option<Hash>,
    /// Its time.
    pub recorded: Option<Time>,
}

impl<'a> View<'a> {
    /// The record after its first `size` events.
    pub fn open(record: &'a Record, size: u64) -> Result<View<'a>, LedgerError> {
        let then = record.state(size)?;
        let now = match size < record.size() {
            true => Some(record.state(record.size())?),
            false => None,
        };
        Ok(View { record, then, now })
    }

    /// As of what.
    pub fn as_of(&self) -> AsOf {
        let size = self.then.size;
        AsOf {
            position: size.checked_sub(1),
            size,
            of: self.record.size().max(size),
            head: self.then.head,
            recorded: self.then.at,
        }
    }

    /// What folding found as of the point.
    pub fn report(&self) -> &Report {
        &self.then
    }

    /// The state as of the point.
    pub fn state(&self) -> &State {
        &self.then.state
    }

    /// The state now.
    pub fn present(&self) -> &State {
        &self.now.as_ref().unwrap_or(&self.then).state
    }

    /// Whether something came after the point.
    pub fn is_past(&self) -> bool {
        self.now.is_some()
    }

    /// How many faults folding found, now or as of the point.
    pub fn faults(&self) -> usize {
        self.now.as_ref().unwrap_or(&self.then).faults.len()
    }

    /// Position and format of an event that ends what this program can read.
    pub fn later_version(&self) -> Option<(u64, u64)> {
        self.now.as_ref().unwrap_or(&self.then).later_version
    }

    /// Every event from position `from` up to `until`; `each` says whether to go on.
    pub fn walk(
        &self,
        from: u64,
        until: u64,
        each: &mut dyn FnMut(&Seen) -> bool,
    ) -> Result<(), LedgerError> {
        for span in self.record.journal.walk(from)? {
            let span = span?;
            for (entry, index) in span.entries.iter().zip(span.first..) {
                if index < from {
                    continue;
                }
                if index >= until {
                    return Ok(());
                }
                let seen = Seen::of(index, examine(entry));
                if !each(&seen) {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// The events at these ascending positions, in one walk.
    pub fn at(&self, positions: &[u64], each: &mut dyn FnMut(&Seen)) -> Result<(), LedgerError> {
        let (Some(first), Some(last)) = (positions.first(), positions.last()) else {
            return Ok(());
        };
        self.walk(*first, last + 1, &mut |seen| {
            if positions.binary_search(&seen.position).is_ok() {
                each(seen);
            }
            true
        })
    }

    /// The event at a position.
    pub fn event(&self, position: u64) -> Result<Option<Seen>, LedgerError> {
        let entries = self.record.journal.read(position..position + 1)?;
        let entry = entries.first();
        Ok(entry.map(|entry| Seen::of(position, examine(entry))))
    }

    /// What an event's body says, or why that is not told. What is sealed or redacted now is not
    /// told as of an earlier point either.
    pub fn content<'s>(&self, seen: &'s Seen) -> Result<&'s Content, Withheld> {
        let fold = &self.present().fold;
        if fold.is_redacted(seen.position) {
            return Err(Withheld::Redacted);
        }
        let promised = seen.statement().map_or(Seal::Open, |said| said.args.sealed());
        if fold.sealed_now(seen.position, promised).is_some() {
            return Err(Withheld::Sealed);
        }
        match (&seen.examined.body, seen.statement()) {
            (BodyFound::Good(body), Some(said)) if is_of(body, said) => Ok(&body.content),
            (BodyFound::Withheld, _) => Err(Withheld::Missing),
            _ => Err(Withheld::Damaged),
        }
    }

    /// The suspect revocation that undid an event, as of the point.
    pub fn undone_by(&self, position: u64) -> Option<u64> {
        let undone = self.state().undone();
        let index = undone.binary_search_by_key(&position, |undone| undone.event).ok()?;
        undone.get(index).map(|undone| undone.by)
    }

    /// Whether the event at a position was applied, as of the point.
    pub fn is_applied(&self, position: u64) -> bool {
        self.state().history.act(position).is_some()
    }
}

fn is_of(body: &Body, said: &Statement) -> bool {
    body.by == said.by && body.content.kind() == said.kind
}

/// An event that was read.
pub struct Seen {
    /// Its position.
    pub position: u64,
    /// What was found of it.
    pub examined: Examined,
}

impl Seen {
    fn of(index: u64, examined: Examined) -> Seen {
        let position = examined.reading.place.map_or(index, |place| place.seq);
        Seen { position, examined }
    }

    /// Its statement, if it is in form.
    pub fn statement(&self) -> Option<&Statement> {
        self.examined.reading.statement.as_ref()
    }

    /// Its hash.
    pub fn hash(&self) -> Hash {
        self.examined.reading.hash
    }

    /// Its time.
    pub fn at(&self) -> Option<Time> {
        self.examined.reading.place.map(|place| place.at)
    }
}
