//! A fold put together from rows that were kept, in place of the events that made them.
//!
//! Always holds: what is put in stands as if its events had been applied; only what was put in can
//! be asked. Not here: where rows are kept (`index`). Source: FORMAT.md section 8.

use crate::event::args::Seal;
use crate::fold::operation::Triple;
use crate::fold::{Document, Fact, Fold, Target};

impl Fold {
    /// Puts in a fact, in the place of one of the same name.
    pub fn put_fact(&mut self, fact: Fact) {
        match self.facts.binary_search_by_key(&fact.position, |other| other.position) {
            Ok(index) => self.facts[index] = fact,
            Err(index) => self.facts.insert(index, fact),
        }
    }

    /// Puts in a document, in the place of one of the same name.
    pub fn put_document(&mut self, document: Document) {
        let name = document.position;
        match self.documents.binary_search_by_key(&name, |other| other.position) {
            Ok(index) => self.documents[index] = document,
            Err(index) => self.documents.insert(index, document),
        }
    }

    /// Puts in a relation that stands.
    pub fn put_relation(&mut self, position: u64, triple: Triple) {
        self.targets.insert(position, Target::Relation(triple));
        self.relations.insert(position, triple);
        self.triples.insert(triple);
    }

    /// Puts in what an event's statement promises of its body.
    pub fn put_seal(&mut self, event: u64, seal: Seal) {
        if seal != Seal::Open {
            self.seals.insert(event, seal);
        }
    }

    /// Puts in whether an event's body was released or redacted.
    pub fn put_opening(&mut self, event: u64, released: bool, redacted: bool) {
        if released {
            self.released.insert(event);
        }
        if redacted {
            self.redacted.insert(event);
        }
    }

    /// The seal that an event's statement promises, whether it stands now or not.
    pub fn promised(&self, event: u64) -> Seal {
        self.seals.get(&event).copied().unwrap_or(Seal::Open)
    }

    /// Whether an event's body was released, and whether it was redacted.
    pub fn opening(&self, event: u64) -> (bool, bool) {
        (self.released.contains(&event), self.redacted.contains(&event))
    }
}
