//! The status of a fact by the acts in a proof.
//!
//! Always holds: the events of the file that section 6 allows are applied, to a state of these
//! events alone. Acts that are not in the file can change the status, and the file cannot show
//! that. Not here: whether the file holds (`proof`). Source: FORMAT.md section 12,
//! "Status".

use crate::event::record::{Place, Reading, Statement};
use crate::event::vocabulary::Relation;
use crate::fold::operation::{Operation, Triple};
use crate::legal::context::Proposal;
use crate::state::{State, Status};
use crate::verify::proof::form::Proof;
use std::collections::BTreeMap;
use std::fmt;

/// A relation of the fact to another one that an event of the file states and none withdraws.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatedRelation {
    /// The event that states it.
    pub event: u64,
    /// The two facts and how they are related.
    pub triple: Triple,
}

/// The status of a fact by the acts in a proof.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FactStatus {
    /// The fact.
    pub fact: u64,
    /// Its status; `None` if its event was not applied.
    pub status: Option<Status>,
    /// The events that give the status: the retraction, the open disputes, the confirmations.
    pub by: Vec<u64>,
    /// The event that made the present revision.
    pub revision: Option<u64>,
    /// How often it was corrected.
    pub corrected: u32,
    /// Whether it was asserted with a key that is suspect from that event on.
    pub suspect: bool,
    /// The events that a suspect revocation undid, each with the revocation.
    pub undone: BTreeMap<u64, u64>,
    /// Relations to other facts.
    pub related: Vec<StatedRelation>,
}

/// The status of the fact of a proof.
pub fn fact_status(proof: &Proof) -> FactStatus {
    let events: Vec<(Place, Statement)> =
        proof.events.iter().filter_map(|shown| in_form(&shown.entry.record)).collect();
    let mut state = State::default();
    for (place, statement) in &events {
        let operation = Operation::of(&statement.args);
        let (position, at, by) = (place.seq, Some(place.at), statement.by);
        if state.check(&Proposal { position, at, by, operation: &operation }).is_ok() {
            state.apply(position, by, operation);
        }
    }
    let undone = state.undone().iter().map(|undone| (undone.event, undone.by)).collect();
    let related = related(&events, proof.fact);
    let found = FactStatus { fact: proof.fact, undone, related, ..FactStatus::default() };
    let Some(fact) = state.fold.fact(proof.fact) else { return found };
    let status = state.status(fact);
    let confirmed = Operation::Confirmed { on: fact.revision };
    let by = match status {
        Status::Retracted => fact.retraction().into_iter().collect(),
        Status::Disputed => fact.disputes().iter().map(|dispute| dispute.position).collect(),
        Status::Confirmed => {
            let acts = state.history.acts().iter().filter(|act| act.operation == confirmed);
            let positions = acts.map(|act| act.position);
            positions.filter(|at| !found.undone.contains_key(at)).collect()
        }
        Status::Asserted => Vec::new(),
    };
    let (revision, corrected) = (Some(fact.revision), fact.corrected);
    let suspect = fact.suspect;
    FactStatus { status: Some(status), by, revision, corrected, suspect, ..found }
}

fn in_form(record: &[u8]) -> Option<(Place, Statement)> {
    let reading = Reading::of(record);
    let event = reading.place.zip(reading.statement);
    event.filter(|_| reading.faults.is_empty())
}

/// The relations of a fact. The other fact is not in the file, so the state has none of them.
fn related(events: &[(Place, Statement)], fact: u64) -> Vec<StatedRelation> {
    let mut found = Vec::new();
    for (place, statement) in events {
        match Operation::of(&statement.args) {
            Operation::Related(triple) if [triple.from, triple.to].contains(&fact) => {
                found.push(StatedRelation { event: place.seq, triple: *triple });
            }
            Operation::Withdrawn { relation } => found.retain(|related| related.event != relation),
            _ => {}
        }
    }
    found
}

impl FactStatus {
    /// The facts that update this one, each with the event that states it.
    pub fn updated_by(&self) -> impl Iterator<Item = (u64, u64)> + '_ {
        let updates = |related: &&StatedRelation| {
            related.triple.rel == Relation::Updates && related.triple.to == self.fact
        };
        self.related.iter().filter(updates).map(|related| (related.triple.from, related.event))
    }
}

/// The status and the events that give it: `retracted (event 9), corrected once`.
impl fmt::Display for FactStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.status {
            None => f.write_str("without a status: its events do not let it stand")?,
            Some(status) => write!(f, "{status}")?,
        }
        let by: Vec<String> = self.by.iter().map(u64::to_string).collect();
        match by.as_slice() {
            [] => {}
            [one] => write!(f, " (event {one})")?,
            several => write!(f, " (events {})", several.join(", "))?,
        }
        match self.corrected {
            0 => {}
            1 => f.write_str(", corrected once")?,
            times => write!(f, ", corrected {times} times")?,
        }
        if self.suspect {
            match self.undone.get(&self.fact) {
                Some(by) => write!(f, ", suspect (event {by})")?,
                None => f.write_str(", suspect")?,
            }
        }
        self.updated_by()
            .try_for_each(|(by, event)| write!(f, ", updated by fact {by} (event {event})"))
    }
}
