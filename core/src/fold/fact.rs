//! A fact in its state after some events.
//!
//! Always holds: the confirmations are those of the present revision.
//! Not here: what changes a fact (`fold`), its status (`state`). Source: FORMAT.md section 8.

use crate::fold::history::KeyIndex;

/// A fact in its present state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// Position of its `fact.asserted`: its name.
    pub position: u64,
    /// Position of the event that made the present revision.
    pub revision: u64,
    /// The signer of its assertion.
    pub asserter: KeyIndex,
    /// The signer of the present revision.
    pub author: KeyIndex,
    /// Number of corrections.
    pub corrected: u32,
    /// Whether its assertion was struck and no other person has vouched for it since.
    pub suspect: bool,
    /// The confirmer of the present revision, if there is exactly one.
    confirmer: Option<KeyIndex>,
    more: Option<Box<More>>,
}

/// The parts that most facts do not have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct More {
    /// The confirmers of the present revision, if there are several.
    pub(super) confirmed_by: Vec<KeyIndex>,
    pub(super) disputes: Vec<Dispute>,
    pub(super) retraction: Option<u64>,
}

/// An open dispute of a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dispute {
    /// Position of the `fact.disputed`.
    pub position: u64,
    /// Whether the dispute places the error in the document.
    pub in_document: bool,
}

impl Fact {
    /// A fact that was just asserted.
    pub fn asserted(position: u64, by: KeyIndex) -> Fact {
        Fact {
            position,
            revision: position,
            asserter: by,
            author: by,
            corrected: 0,
            suspect: false,
            confirmer: None,
            more: None,
        }
    }

    /// The fact restored with these confirmers of its present revision, open disputes and
    /// retraction.
    pub fn standing(
        self,
        confirmed_by: &[KeyIndex],
        disputes: Vec<Dispute>,
        retraction: Option<u64>,
    ) -> Fact {
        let mut fact = Fact { confirmer: None, more: None, ..self };
        confirmed_by.iter().for_each(|by| fact.confirm(*by));
        if retraction.is_some() || !disputes.is_empty() {
            let more = fact.more();
            (more.disputes, more.retraction) = (disputes, retraction);
        }
        fact
    }

    /// The confirmers of the present revision, in order.
    pub fn confirmed_by(&self) -> &[KeyIndex] {
        match &self.more {
            Some(more) if !more.confirmed_by.is_empty() => &more.confirmed_by,
            _ => self.confirmer.as_slice(),
        }
    }

    /// Open disputes, by position.
    pub fn disputes(&self) -> &[Dispute] {
        self.more.as_ref().map_or(&[], |more| &more.disputes)
    }

    /// The retraction in force.
    pub fn retraction(&self) -> Option<u64> {
        self.more.as_ref().and_then(|more| more.retraction)
    }

    pub(super) fn more(&mut self) -> &mut More {
        self.more.get_or_insert_default()
    }

    pub(super) fn confirm(&mut self, by: KeyIndex) {
        if self.confirmed_by().is_empty() {
            self.confirmer = Some(by);
            return;
        }
        let only = self.confirmer.take();
        self.more().confirmed_by.extend(only.into_iter().chain([by]));
    }

    pub(super) fn begin_revision(&mut self, revision: u64, author: KeyIndex) {
        self.revision = revision;
        self.author = author;
        self.corrected += 1;
        self.confirmer = None;
        if let Some(more) = &mut self.more {
            more.confirmed_by.clear();
        }
    }
}
