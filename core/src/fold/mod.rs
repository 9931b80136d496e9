//! The fold: ledger, roster, facts, documents and relations after some events.
//!
//! Always holds: [`Fold::apply`] never refuses; it takes what `legal` allowed, or what a refold
//! applies regardless. Status is computed and never stored.
//! Not here: legality (`legal`), suspect revocations (`refold`). Source: FORMAT.md section 8.

pub mod operation;
mod changes;
mod fact;
pub mod history;
mod restore;

use crate::event::args::{Roles, Seal};
use crate::event::vocabulary::RekeyReason;
use crate::fold::history::{Act, History, KeyIndex};
use crate::fold::operation::{Corrected, EntryKind, Operation, Triple};
use crate::hash::Hash;
use crate::key::PublicKey;
use crate::roster::{Member, Roster};
use crate::text::{Origin, Person};
use crate::undo_log::UndoLog;
pub use fact::{Dispute, Fact};
use hashbrown::{HashMap, HashSet};
pub use restore::BodyOpening;
use std::collections::BTreeMap;

/// The ledger's own parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ledger {
    /// Its permanent name.
    pub origin: Origin,
    /// The key that signs checkpoints.
    pub log_key: PublicKey,
    /// The key before it, if it was rotated (not compromised).
    pub old_log_key: Option<PublicKey>,
    /// The greatest distance of a statement from its base.
    pub window: u64,
    /// The number of confirmations that make a fact confirmed.
    pub confirmations: u8,
    /// SHA-256 of the recovery key.
    pub recovery: Option<Hash>,
}

/// A captured document in its present state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Document {
    /// Position of its `document.captured`: its name.
    pub position: u64,
    /// Who captured it.
    pub author: KeyIndex,
    /// Whether its capture was struck and no other person has described it since.
    pub suspect: bool,
}

/// An event that later events can name: what it refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// A `fact.corrected` of this fact.
    Revision(u64),
    /// A `fact.disputed` of this fact.
    Dispute(u64),
    /// A `fact.retracted` of this fact, by this key.
    Retraction(u64, KeyIndex),
    /// A `fact.related`.
    Relation(Triple),
}

/// Everything that is in force after some events.
#[derive(Clone, Debug, Default)]
pub struct Fold {
    /// The parameters; `None` before event 0.
    pub ledger: Option<Ledger>,
    /// The keys that may sign.
    pub roster: Roster,
    facts: Vec<Fact>,
    documents: Vec<Document>,
    targets: HashMap<u64, Target>,
    relations: BTreeMap<u64, Triple>,
    triples: HashSet<Triple>,
    seals: HashMap<u64, Seal>,
    released: HashSet<u64>,
    redacted: HashSet<u64>,
    changes: UndoLog<FoldChange>,
}

/// One change, with what was there before it.
#[derive(Clone, Debug)]
enum FoldChange {
    /// The parameters of the ledger may have changed.
    Ledger(Option<Box<Ledger>>),
    /// A key was enrolled.
    Enrolled,
    /// A key got other roles or was revoked.
    Member(Box<Member>),
    /// A fact was added.
    Asserted,
    /// A fact changed.
    Fact { index: usize, before: Fact },
    /// A document was added.
    Captured,
    /// A document changed.
    Document { index: usize, before: Document },
    /// An event refers to something.
    Target { event: u64, before: Option<Target> },
    /// The relation of this position changed.
    Relation { relation: u64, before: Option<Triple> },
    /// A relation came into force.
    Related(Triple),
    /// A relation is no longer in force.
    Unrelated(Triple),
    /// An event promised a seal.
    Seal { event: u64, before: Option<Seal> },
    /// A body was released.
    Released(u64),
    /// A body was redacted.
    Redacted(u64),
}

impl Fold {
    /// All facts, by position.
    pub fn facts(&self) -> &[Fact] {
        &self.facts
    }

    /// The fact with this name.
    pub fn fact(&self, position: u64) -> Option<&Fact> {
        self.facts.get(self.fact_index(position)?)
    }

    /// The index of the fact with this name. Most acts are about recent facts, so the search begins
    /// at the last one.
    fn fact_index(&self, position: u64) -> Option<usize> {
        let (mut end, mut step) = (self.facts.len(), 1);
        while end > step && self.facts[end - step].position > position {
            end -= step;
            step *= 2;
        }
        let start = end.saturating_sub(step);
        let near = self.facts.get(start..end)?;
        let found = near.binary_search_by_key(&position, |fact| fact.position).ok()?;
        Some(start + found)
    }

    /// The fact whose assertion or correction `event` is.
    pub fn fact_of_revision(&self, event: u64) -> Option<&Fact> {
        match self.targets.get(&event) {
            Some(Target::Revision(fact)) => self.fact(*fact),
            _ => self.fact(event),
        }
    }

    /// The fact that an operation acts on, whichever event of the fact it names.
    pub fn fact_acted_on(&self, operation: &Operation) -> Option<&Fact> {
        match operation {
            Operation::Upheld { dispute } => match self.target(*dispute)? {
                Target::Dispute(fact) => self.fact(fact),
                _ => None,
            },
            Operation::Reinstated { retraction } => match self.target(*retraction)? {
                Target::Retraction(fact, _) => self.fact(fact),
                _ => None,
            },
            operation => self.fact_of_revision(operation.on()?),
        }
    }

    /// What an event refers to, if later events can name it.
    pub fn target(&self, event: u64) -> Option<Target> {
        self.targets.get(&event).copied()
    }

    /// All documents, by position.
    pub fn documents(&self) -> &[Document] {
        &self.documents
    }

    /// The document with this name.
    pub fn document(&self, position: u64) -> Option<&Document> {
        let index = self.documents.binary_search_by_key(&position, |d| d.position).ok()?;
        self.documents.get(index)
    }

    /// The relations in force, by position.
    pub fn relations(&self) -> &BTreeMap<u64, Triple> {
        &self.relations
    }

    /// Whether this relation is in force.
    pub fn is_related(&self, triple: &Triple) -> bool {
        self.triples.contains(triple)
    }

    /// The seal of an event's body, if it is sealed now.
    pub fn seal(&self, event: u64) -> Option<Seal> {
        self.sealed_now(event, self.seals.get(&event).copied().unwrap_or(Seal::Open))
    }

    /// The seal of an event whose statement promises `seal`, if it is sealed now, whether the event
    /// was applied or not.
    pub fn sealed_now(&self, event: u64, seal: Seal) -> Option<Seal> {
        let opened = self.released.contains(&event) || self.redacted.contains(&event);
        (seal != Seal::Open && !opened).then_some(seal)
    }

    /// Whether an event's body is redacted.
    pub fn is_redacted(&self, event: u64) -> bool {
        self.redacted.contains(&event)
    }

    /// The events whose bodies are redacted, in no order.
    pub fn redacted(&self) -> impl Iterator<Item = u64> + '_ {
        self.redacted.iter().copied()
    }

    /// Applies an act. Never refuses; an act with a missing target changes nothing.
    pub fn apply(&mut self, act: &Act, history: &History) {
        let (position, by) = (act.position, act.by);
        self.promise(act);
        match &act.operation {
            Operation::Asserted => self.assert(position, by),
            Operation::Captured => self.capture(position, by),
            Operation::Sealed(entry) => match entry.kind {
                EntryKind::Document => self.capture(position, by),
                EntryKind::Fact => self.assert(position, by),
            },
            Operation::Confirmed { on } => self.confirm(*on, by, history),
            Operation::Disputed { on } => {
                self.dispute(*on, Dispute { position, in_document: false })
            }
            Operation::DisputedDocument { on } => {
                self.dispute(*on, Dispute { position, in_document: true })
            }
            Operation::Upheld { dispute } => self.close(&[*dispute]),
            Operation::Corrected(correction) => self.correct(act, correction, history),
            Operation::Retracted { on } => self.retract(*on, position, by),
            Operation::Reinstated { retraction } => self.reinstate(*retraction),
            Operation::Related(triple) => self.relate(position, **triple),
            Operation::Withdrawn { relation } => self.withdraw(*relation),
            Operation::Described { document } => self.describe(*document, by, history),
            Operation::Released { event } => {
                if self.released.insert(*event) {
                    self.changes.keep(|| FoldChange::Released(*event));
                }
            }
            Operation::Redacted { event } => {
                if self.redacted.insert(*event) {
                    self.changes.keep(|| FoldChange::Redacted(*event));
                }
            }
            Operation::Retimed | Operation::Upgraded { .. } => {}
            _ => self.administer(act, history),
        }
    }

    /// Keeps the seal that an act promises: it is valid even where a refold leaves the act out.
    pub fn promise(&mut self, act: &Act) {
        let seal = act.operation.seal();
        if seal != Seal::Open {
            let (event, before) = (act.position, self.seals.insert(act.position, seal));
            self.changes.keep(|| FoldChange::Seal { event, before });
        }
    }

    /// Marks an assertion or a capture as suspect.
    pub fn suspect(&mut self, position: u64) {
        if let Ok(index) = self.facts.binary_search_by_key(&position, |fact| fact.position) {
            self.facts[index].suspect = true;
        }
        if let Ok(index) = self.documents.binary_search_by_key(&position, |d| d.position) {
            self.documents[index].suspect = true;
        }
    }

    fn administer(&mut self, act: &Act, history: &History) {
        let ledger = &self.ledger;
        self.changes.keep(|| FoldChange::Ledger(ledger.clone().map(Box::new)));
        match (&act.operation, &mut self.ledger) {
            (Operation::Opened(opened), _) => {
                self.ledger = Some(Ledger {
                    origin: opened.origin.clone(),
                    log_key: opened.log_key,
                    old_log_key: None,
                    window: opened.window,
                    confirmations: opened.confirmations,
                    recovery: opened.recovery,
                });
                if let Some(key) = history.key(act.by) {
                    let (person, roles) = (opened.person.clone(), opened.roles);
                    self.enrol(key, person, roles, act.position);
                }
            }
            (Operation::Changed { confirmations }, Some(ledger)) => {
                ledger.confirmations = *confirmations;
            }
            (Operation::Rekeyed(rekeyed), Some(ledger)) => {
                let rotated = rekeyed.reason == RekeyReason::Rotated;
                ledger.old_log_key = rotated.then_some(ledger.log_key);
                ledger.log_key = rekeyed.log_key;
            }
            (Operation::Enrolled(enrolled), _) => {
                let person = enrolled.person.clone();
                self.enrol(enrolled.key, person, enrolled.roles, act.position);
            }
            (Operation::RolesChanged(change), _) => {
                self.keep_member(&change.key);
                self.roster.change(&change.key, change.roles);
            }
            (Operation::Revoked(revoked), _) => {
                self.keep_member(&revoked.key);
                self.roster.revoke(&revoked.key, act.position);
            }
            _ => {}
        }
    }

    fn enrol(&mut self, key: PublicKey, person: Person, roles: Roles, enrolled: u64) {
        self.roster.enrol(Member { key, person, roles, enrolled, revoked: None });
        self.changes.keep(|| FoldChange::Enrolled);
    }

    fn keep_member(&mut self, key: &PublicKey) {
        if let Some(member) = self.roster.member(key) {
            self.changes.keep(|| FoldChange::Member(Box::new(member.clone())));
        }
    }

    fn assert(&mut self, position: u64, by: KeyIndex) {
        self.facts.push(Fact::asserted(position, by));
        self.changes.keep(|| FoldChange::Asserted);
    }

    fn capture(&mut self, position: u64, author: KeyIndex) {
        self.documents.push(Document { position, author, suspect: false });
        self.changes.keep(|| FoldChange::Captured);
    }

    fn target_is(&mut self, event: u64, target: Target) {
        let before = self.targets.insert(event, target);
        self.changes.keep(|| FoldChange::Target { event, before });
    }

    fn relate(&mut self, position: u64, triple: Triple) {
        self.target_is(position, Target::Relation(triple));
        let before = self.relations.insert(position, triple);
        self.changes.keep(|| FoldChange::Relation { relation: position, before });
        if self.triples.insert(triple) {
            self.changes.keep(|| FoldChange::Related(triple));
        }
    }

    fn withdraw(&mut self, relation: u64) {
        let Some(triple) = self.relations.remove(&relation) else { return };
        self.changes.keep(|| FoldChange::Relation { relation, before: Some(triple) });
        if self.triples.remove(&triple) {
            self.changes.keep(|| FoldChange::Unrelated(triple));
        }
    }

    fn confirm(&mut self, on: u64, by: KeyIndex, history: &History) {
        let Some(fact) = self.fact_mut(on) else { return };
        fact.confirm(by);
        clear(&mut fact.suspect, fact.asserter, by, history);
    }

    fn dispute(&mut self, on: u64, dispute: Dispute) {
        let Some(fact) = self.fact_mut(on) else { return };
        fact.more().disputes.push(dispute);
        let name = fact.position;
        self.target_is(dispute.position, Target::Dispute(name));
    }

    fn close(&mut self, disputes: &[u64]) {
        for dispute in disputes {
            let Some(Target::Dispute(fact)) = self.target(*dispute) else { continue };
            let Some(fact) = self.fact_mut(fact) else { continue };
            fact.more().disputes.retain(|open| open.position != *dispute);
        }
    }

    fn correct(&mut self, act: &Act, correction: &Corrected, history: &History) {
        let Some(fact) = self.fact_mut(correction.on) else { return };
        fact.begin_revision(act.position, act.by);
        clear(&mut fact.suspect, fact.asserter, act.by, history);
        let name = fact.position;
        self.target_is(act.position, Target::Revision(name));
        self.close(&correction.resolves);
    }

    fn retract(&mut self, on: u64, position: u64, by: KeyIndex) {
        let Some(fact) = self.fact_mut(on) else { return };
        fact.more().retraction = Some(position);
        let name = fact.position;
        self.target_is(position, Target::Retraction(name, by));
    }

    fn reinstate(&mut self, retraction: u64) {
        let Some(Target::Retraction(fact, _)) = self.target(retraction) else { return };
        if let Some(fact) = self.fact_mut(fact) {
            fact.more().retraction = None;
        }
    }

    fn describe(&mut self, document: u64, by: KeyIndex, history: &History) {
        if let Ok(index) = self.documents.binary_search_by_key(&document, |d| d.position) {
            let document = &mut self.documents[index];
            self.changes.keep(|| FoldChange::Document { index, before: *document });
            clear(&mut document.suspect, document.author, by, history);
        }
    }

    fn fact_mut(&mut self, revision: u64) -> Option<&mut Fact> {
        let index = match self.targets.get(&revision) {
            Some(Target::Revision(fact)) => self.fact_index(*fact)?,
            _ => self.fact_index(revision)?,
        };
        let fact = self.facts.get_mut(index)?;
        self.changes.keep(|| FoldChange::Fact { index, before: fact.clone() });
        Some(fact)
    }
}

/// An entry is no longer suspect when another person vouches for it.
fn clear(suspect: &mut bool, author: KeyIndex, by: KeyIndex, history: &History) {
    if *suspect && history.person(author) != history.person(by) {
        *suspect = false;
    }
}
