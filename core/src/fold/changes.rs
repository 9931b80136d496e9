//! What acts changed in a fold, kept so that they can be taken back.
//!
//! Always holds: nothing is kept until [`Fold::keep_changes`]; taken back in reverse order, the
//! changes of an act leave the fold as it was before the act. Not here: which changes belong to
//! which act (`state`). Source: the undo log of a database.

use crate::fold::{Fold, FoldChange};

impl Fold {
    /// Keeps the changes of all later acts; forgets those so far.
    pub(crate) fn keep_changes(&mut self) {
        self.changes.start();
    }

    /// The number of changes kept.
    pub(crate) fn changed(&self) -> usize {
        self.changes.len()
    }

    /// Takes back all changes after the first `kept`, the last one first.
    pub(crate) fn take_back(&mut self, kept: usize) {
        for change in self.changes.after(kept) {
            self.reverse(change);
        }
    }

    fn reverse(&mut self, change: FoldChange) {
        match change {
            FoldChange::Ledger(before) => self.ledger = before.map(|ledger| *ledger),
            FoldChange::Enrolled => self.roster.remove_last(),
            FoldChange::Member(before) => self.roster.put(*before),
            FoldChange::Asserted => _ = self.facts.pop(),
            FoldChange::Fact { index, before } => self.facts[index] = before,
            FoldChange::Captured => _ = self.documents.pop(),
            FoldChange::Document { index, before } => self.documents[index] = before,
            FoldChange::Target { event, before: Some(target) } => {
                self.targets.insert(event, target);
            }
            FoldChange::Target { event, before: None } => _ = self.targets.remove(&event),
            FoldChange::Relation { relation, before: Some(triple) } => {
                self.relations.insert(relation, triple);
            }
            FoldChange::Relation { relation, before: None } => _ = self.relations.remove(&relation),
            FoldChange::Related(triple) => _ = self.triples.remove(&triple),
            FoldChange::Unrelated(triple) => _ = self.triples.insert(triple),
            FoldChange::Seal { event, before: Some(seal) } => _ = self.seals.insert(event, seal),
            FoldChange::Seal { event, before: None } => _ = self.seals.remove(&event),
            FoldChange::Released(event) => _ = self.released.remove(&event),
            FoldChange::Redacted(event) => _ = self.redacted.remove(&event),
        }
    }
}
