//! What acts changed in a fold, kept so that they can be taken back.
//!
//! Always holds: nothing is kept until [`Fold::keep_changes`]; taken back in reverse order, the
//! changes of an act leave the fold as it was before the act. Not here: which changes belong to
//! which act (`state`). Source: the undo log of a database.

use crate::event::args::Seal;
use crate::fold::operation::Triple;
use crate::fold::{Document, Fact, Fold, Ledger, Target};
use crate::roster::Member;

/// One change, with what was there before it.
#[derive(Clone, Debug)]
pub(super) enum Change {
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

/// The changes of a fold, in order; `None` if they are not kept.
#[derive(Clone, Debug, Default)]
pub(super) struct Changes(Option<Vec<Change>>);

impl Changes {
    /// Keeps a change, if changes are kept.
    pub(super) fn keep(&mut self, change: impl FnOnce() -> Change) {
        if let Some(changes) = &mut self.0 {
            changes.push(change());
        }
    }
}

impl Fold {
    /// Keeps the changes of all later acts; forgets those so far.
    pub(crate) fn keep_changes(&mut self) {
        self.changes = Changes(Some(Vec::new()));
    }

    /// The number of changes kept.
    pub(crate) fn changed(&self) -> usize {
        self.changes.0.as_ref().map_or(0, Vec::len)
    }

    /// Takes back all changes after the first `kept`, the last one first.
    pub(crate) fn take_back(&mut self, kept: usize) {
        while self.changed() > kept {
            if let Some(change) = self.changes.0.as_mut().and_then(Vec::pop) {
                self.reverse(change);
            }
        }
    }

    fn reverse(&mut self, change: Change) {
        match change {
            Change::Ledger(before) => self.ledger = before.map(|ledger| *ledger),
            Change::Enrolled => self.roster.remove_last(),
            Change::Member(before) => self.roster.put(*before),
            Change::Asserted => _ = self.facts.pop(),
            Change::Fact { index, before } => self.facts[index] = before,
            Change::Captured => _ = self.documents.pop(),
            Change::Document { index, before } => self.documents[index] = before,
            Change::Target { event, before: Some(target) } => {
                self.targets.insert(event, target);
            }
            Change::Target { event, before: None } => _ = self.targets.remove(&event),
            Change::Relation { relation, before: Some(triple) } => {
                self.relations.insert(relation, triple);
            }
            Change::Relation { relation, before: None } => _ = self.relations.remove(&relation),
            Change::Related(triple) => _ = self.triples.remove(&triple),
            Change::Unrelated(triple) => _ = self.triples.insert(triple),
            Change::Seal { event, before: Some(seal) } => _ = self.seals.insert(event, seal),
            Change::Seal { event, before: None } => _ = self.seals.remove(&event),
            Change::Released(event) => _ = self.released.remove(&event),
            Change::Redacted(event) => _ = self.redacted.remove(&event),
        }
    }
}
