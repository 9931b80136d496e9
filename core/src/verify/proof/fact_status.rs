//! The status of a fact by the acts in a proof.
//!
//! Always holds: the events of the file that section 6 allows are applied, to a state of these
//! events alone. Acts that are not in the file can change the status, and the file cannot show
//! that. Not here: whether the file holds (`proof`). Source: FORMAT.md section 12,
//! "Status".

use crate::event::record::{Place, Reading, Statement};
use crate::event::vocabulary::{Relation, Type};
use crate::fold::history::{Act, History};
use crate::fold::operation::{Operation, Triple};
use crate::fold::{Fact, Fold};
use crate::key::PublicKey;
use crate::legal;
use crate::legal::context::Proposal;
use crate::state::{State, Status, Undoings};
use crate::verify::proof::form::Proof;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// A relation of the fact to another one that stands by the events of the file.
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
    /// The number of confirmations of the present words.
    pub confirmations: usize,
    /// The number of confirmations that make a fact confirmed, by the events of the file.
    pub needed: u8,
    /// The event that made the present revision.
    pub revision: Option<u64>,
    /// How often it was corrected.
    pub corrected: u32,
    /// Whether it was asserted with a key that is suspect from that event on.
    pub suspect: bool,
    /// The events that a suspect revocation undid, each with the revocation.
    pub undone: BTreeMap<u64, u64>,
    /// Where the events of the ledger and its editors were undone, as each suspect revocation left
    /// them.
    pub undoings: Undoings,
    /// The documents in the file that were captured with a key that is suspect from then on, and
    /// that no other person described since; and those whose capture was set aside; by position.
    pub suspect_documents: Vec<u64>,
    /// Relations to other facts that stand.
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
    let Relations { related, undone } = relations(&events, &state, proof.fact);
    let suspect = state.fold.documents().iter().filter(|document| document.suspect);
    let suspect = suspect.map(|document| document.position);
    // A capture that was set aside is in no fold; a struck one is, as suspect until another person
    // describes the document.
    let is_set_aside = |(place, statement): &&(Place, Statement)| {
        let document = || state.fold.document(place.seq);
        let is_undone = undone.contains_key(&place.seq);
        statement.kind == Type::DocumentCaptured && is_undone && document().is_none()
    };
    let set_aside = events.iter().filter(is_set_aside).map(|(place, _)| place.seq);
    let suspect_documents: BTreeSet<u64> = suspect.chain(set_aside).collect();
    let found = FactStatus {
        fact: proof.fact,
        suspect_documents: suspect_documents.into_iter().collect(),
        undone,
        undoings: state.undoings().clone(),
        related,
        ..FactStatus::default()
    };
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
    FactStatus {
        status: Some(status),
        by,
        confirmations: fact.confirmed_by().len(),
        needed: state.fold.ledger.as_ref().map_or(1, |ledger| ledger.confirmations),
        revision: Some(fact.revision),
        corrected: fact.corrected,
        suspect: fact.suspect,
        ..found
    }
}

fn in_form(record: &[u8]) -> Option<(Place, Statement)> {
    let reading = Reading::of(record);
    let event = reading.place.zip(reading.statement);
    event.filter(|_| reading.faults.is_empty())
}

/// The relations of a fact that stand, and every event of the file that was undone.
struct Relations {
    related: Vec<StatedRelation>,
    undone: BTreeMap<u64, u64>,
}

/// The relations of a fact. The other facts are seldom in the file, so the state has none of these
/// relations. They are judged here as a refold judges them: a fact that they name counts as
/// asserted, unless its assertion is in the file, in which case its events decide.
fn relations(events: &[(Place, Statement)], state: &State, fact: u64) -> Relations {
    let mut history = History::default();
    for (place, statement) in events {
        let operation = Operation::of(&statement.args);
        let is_of_fact = match &operation {
            Operation::Related(triple) => [triple.from, triple.to].contains(&fact),
            Operation::Withdrawn { .. } => true,
            _ => state.history.act(place.seq).is_some(),
        };
        if is_of_fact {
            history.keep(place.seq, statement.by, operation);
        }
    }
    let undone = state.undone().iter().map(|undone| undone.event);
    let mut undone: BTreeMap<u64, u64> =
        undone.filter_map(|event| Some((event, state.undoing(event)?))).collect();
    let revocations = suspect_revocations(&history);
    let last = revocations.last().map(|revocation| revocation.position);
    let mut fold = Fold::default();
    for act in history.acts() {
        let Some(by) = history.key(act.by) else { continue };
        let is_relation =
            matches!(act.operation, Operation::Related(_) | Operation::Withdrawn { .. });
        if !is_relation {
            // A struck assertion keeps its fact, as suspect.
            let is_kept = state.fold.fact(act.position).is_some();
            if is_kept || !undone.contains_key(&act.position) {
                fold.apply(act, &history);
            }
            continue;
        }
        if let Operation::Related(triple) = &act.operation {
            let asserted = |end: &u64| events.iter().any(|(place, _)| place.seq == *end);
            let ends = [triple.from, triple.to].into_iter();
            for end in ends.filter(|end| *end != fact && !asserted(end)) {
                fold.put_fact(Fact::asserted(end, act.by));
            }
        }
        let strikes = |revocation: &&Suspicion| {
            let Suspicion { position, key, from } = **revocation;
            key == by && (from..position).contains(&act.position) && !undone.contains_key(&position)
        };
        let striker = revocations.iter().find(strikes).map(|by| by.position);
        match (striker, legal::check_refolded(&history, &fold, act, by)) {
            (Some(striker), _) => _ = undone.insert(act.position, striker),
            (None, Ok(())) => fold.apply(act, &history),
            (None, Err(_)) => {
                let later = last.filter(|last| *last > act.position);
                undone.extend(later.map(|last| (act.position, last)));
            }
        }
    }
    let standing = fold.relations().iter();
    let related = standing.map(|(event, triple)| StatedRelation { event: *event, triple: *triple });
    Relations { related: related.collect(), undone }
}

/// A revocation of a key that is suspect from an event on.
#[derive(Clone, Copy)]
struct Suspicion {
    position: u64,
    key: PublicKey,
    from: u64,
}

fn suspect_revocations(history: &History) -> Vec<Suspicion> {
    let suspicion = |act: &Act| match &act.operation {
        Operation::Revoked(revoked) => {
            let (position, key) = (act.position, revoked.key);
            revoked.suspect_from.map(|from| Suspicion { position, key, from })
        }
        _ => None,
    };
    history.acts().iter().filter_map(suspicion).collect()
}

impl FactStatus {
    /// The facts that update this one, each with the event that states it.
    fn updated_by(&self) -> impl Iterator<Item = (u64, u64)> + '_ {
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
        if self.status == Some(Status::Asserted) && self.confirmations > 0 {
            write!(f, ", {} of {} confirmations", self.confirmations, self.needed)?;
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
