//! A fold restored from stored rows instead of events.
//!
//! Always holds: a restored row is as if its events had been applied; a restored fold answers only
//! for the rows that it was given. Not here: the storage of rows (`index`). Source: FORMAT.md
//! section 8.

use crate::event::args::Seal;
use crate::fold::operation::Triple;
use crate::fold::{Document, Fact, Fold, Target};

/// What later events did to the seal of a body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BodyOpening {
    /// Whether it was released.
    pub released: bool,
    /// Whether it was redacted.
    pub redacted: bool,
}

impl Fold {
    /// Restores a fact, in place of one with the same name.
    pub fn put_fact(&mut self, fact: Fact) {
        match self.facts.binary_search_by_key(&fact.position, |other| other.position) {
            Ok(index) => self.facts[index] = fact,
            Err(index) => self.facts.insert(index, fact),
        }
    }

    /// Restores that an event is a revision of this fact.
    pub fn put_revision(&mut self, event: u64, fact: u64) {
        if event != fact {
            self.targets.insert(event, Target::Revision(fact));
        }
    }

    /// Restores a document, in place of one with the same name.
    pub fn put_document(&mut self, document: Document) {
        let name = document.position;
        match self.documents.binary_search_by_key(&name, |other| other.position) {
            Ok(index) => self.documents[index] = document,
            Err(index) => self.documents.insert(index, document),
        }
    }

    /// Restores a relation in force.
    pub fn put_relation(&mut self, position: u64, triple: Triple) {
        self.targets.insert(position, Target::Relation(triple));
        self.relations.insert(position, triple);
        self.triples.insert(triple);
    }

    /// Restores the seal in an event's statement.
    pub fn put_seal(&mut self, event: u64, seal: Seal) {
        if seal != Seal::Open {
            self.seals.insert(event, seal);
        }
    }

    /// Restores whether an event's body was released or redacted.
    pub fn put_opening(&mut self, event: u64, opening: BodyOpening) {
        if opening.released {
            self.released.insert(event);
        }
        if opening.redacted {
            self.redacted.insert(event);
        }
    }

    /// The seal in an event's statement, whether it is in force or not.
    pub fn promised(&self, event: u64) -> Seal {
        self.seals.get(&event).copied().unwrap_or(Seal::Open)
    }

    /// Whether an event's body was released or redacted.
    pub fn opening(&self, event: u64) -> BodyOpening {
        BodyOpening {
            released: self.released.contains(&event),
            redacted: self.redacted.contains(&event),
        }
    }
}
