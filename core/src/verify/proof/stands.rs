//! How a fact stands by the acts that are in a proof.
//!
//! Always holds: what is applied is what section 6 allows in a state of the file's events alone;
//! acts that are not in the file, and later ones, change what is told here, and nobody can see that
//! from the file. Not here: whether the file holds (`proof`). Source: FORMAT.md section 12,
//! "Status".

use crate::event::record::{Place, Reading, Statement};
use crate::event::vocabulary::Relation;
use crate::fold::operation::{Operation, Triple};
use crate::legal::context::Proposal;
use crate::state::{State, Status};
use crate::verify::proof::form::Proof;
use std::collections::BTreeMap;
use std::fmt;

/// A relation of the fact to another one that the file says and does not withdraw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Related {
    /// The event that says so.
    pub event: u64,
    /// From which fact, how, to which.
    pub triple: Triple,
}

/// How a fact stands by the acts of a proof.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stands {
    /// The fact.
    pub fact: u64,
    /// Its status; `None` where the events of the file do not let it stand.
    pub status: Option<Status>,
    /// The events that make it so: the retraction, the open disputes, the confirmations.
    pub by: Vec<u64>,
    /// The event that made the present revision.
    pub revision: Option<u64>,
    /// How often it was corrected.
    pub corrected: u32,
    /// Whether it was asserted with a key that is suspect from there on.
    pub suspect: bool,
    /// Events that a suspect revocation undid, and the revocation.
    pub undone: BTreeMap<u64, u64>,
    /// Relations to other facts.
    pub related: Vec<Related>,
}

/// How the fact of a proof stands.
pub fn stands(proof: &Proof) -> Stands {
    let said: Vec<(Place, Statement)> =
        proof.events.iter().filter_map(|shown| in_form(&shown.entry.record)).collect();
    let mut state = State::default();
    for (place, said) in &said {
        let operation = Operation::of(&said.args);
        let (position, at, by) = (place.seq, Some(place.at), said.by);
        if state.judge(&Proposal { position, at, by, operation: &operation }).is_ok() {
            state.apply(position, by, operation);
        }
    }
    let undone = state.undone().iter().map(|undone| (undone.event, undone.by)).collect();
    let related = related(&said, proof.fact);
    let found = Stands { fact: proof.fact, undone, related, ..Stands::default() };
    let Some(fact) = state.fold.fact(proof.fact) else { return found };
    let status = state.status(fact);
    let confirms = |operation: &Operation| matches!(operation, Operation::Confirmed { on } if *on == fact.revision);
    let by = match status {
        Status::Retracted => fact.retraction().into_iter().collect(),
        Status::Disputed => fact.disputes().iter().map(|dispute| dispute.position).collect(),
        Status::Confirmed => {
            let acts = state.history.acts().iter().filter(|act| confirms(&act.operation));
            let positions = acts.map(|act| act.position);
            positions.filter(|at| !found.undone.contains_key(at)).collect()
        }
        Status::Asserted => Vec::new(),
    };
    let (revision, corrected) = (Some(fact.revision), fact.corrected);
    Stands { status: Some(status), by, revision, corrected, suspect: fact.suspect, ..found }
}

fn in_form(record: &[u8]) -> Option<(Place, Statement)> {
    let reading = Reading::of(record);
    let event = reading.place.zip(reading.statement);
    event.filter(|_| reading.faults.is_empty())
}

/// The relations of a fact. The other fact is not in the file, so its fold knows none of them.
fn related(said: &[(Place, Statement)], fact: u64) -> Vec<Related> {
    let mut found = Vec::new();
    for (place, said) in said {
        match Operation::of(&said.args) {
            Operation::Related(triple) if [triple.from, triple.to].contains(&fact) => {
                found.push(Related { event: place.seq, triple: *triple });
            }
            Operation::Withdrawn { relation } => found.retain(|related| related.event != relation),
            _ => {}
        }
    }
    found
}

impl Stands {
    /// Facts that are said to update this one, and the events that say so.
    pub fn updated_by(&self) -> impl Iterator<Item = (u64, u64)> + '_ {
        let updates = |related: &&Related| {
            related.triple.rel == Relation::Updates && related.triple.to == self.fact
        };
        self.related.iter().filter(updates).map(|related| (related.triple.from, related.event))
    }
}

/// The status, and what makes it so: `retracted (event 9), corrected once`.
impl fmt::Display for Stands {
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
