//! The passages that facts quote, by document, and the claims that they support.
//!
//! Not here: the refusal of a repeated passage (`repeats`).

use crate::index::{claim_digest, quoted};
use annals_core::event::body::{Content, Fact};
use annals_core::hash::Hash;
use annals_core::state::State;
use annals_core::verify::Follower;
use annals_core::verify::chain::EventOutcome;
use annals_core::verify::examine::{BodyFound, Examined};
use annals_core::verify::source::CommitLine;
use std::cell::RefCell;
use std::collections::HashMap;

/// The greatest number of other facts of one passage that are read and named.
pub const MOST_NAMED: usize = 16;

/// The passages that facts quote, by document.
#[derive(Debug, Default)]
pub struct Passages {
    by_document: HashMap<u64, Vec<Passage>>,
}

impl Passages {
    /// Adds the passages of a fact's words.
    pub fn add(&mut self, by: u64, fact: &Fact) {
        let claim = claim_of(fact);
        for (document, start, end) in quoted(fact) {
            let passages = self.by_document.entry(document).or_default();
            let at = passages.partition_point(|passage| passage.by <= by);
            passages.insert(at, Passage { start, end, by, claim });
        }
    }

    /// The passages that overlap those of a fact, and whether each is the same whole passage.
    pub fn overlapping(&self, fact: &Fact) -> impl Iterator<Item = (Passage, bool)> {
        quoted(fact).flat_map(|(document, start, end)| {
            let passages = self.by_document.get(&document).into_iter().flatten();
            let overlap = passages.filter(move |one| one.start < end && start < one.end);
            overlap.map(move |one| (*one, (one.start, one.end) == (start, end)))
        })
    }
}

/// A passage of a document, and the claim that it supports.
#[derive(Clone, Copy, Debug)]
pub struct Passage {
    /// The first code point.
    pub start: u64,
    /// The code point after the last.
    pub end: u64,
    /// The event that quotes it, or the number of the draft.
    pub by: u64,
    /// The digest of the claim, folded.
    pub claim: Hash,
}

/// The digest by which two claims are compared: it ignores case, Unicode normalisation and spaces.
pub fn claim_of(fact: &Fact) -> Hash {
    claim_digest(&fact.claim)
}

/// A follower that collects the passages of the facts of a walk, beside another follower.
pub struct Following<'a> {
    /// The other follower.
    pub beside: &'a dyn Follower,
    /// The passages so far.
    pub passages: RefCell<Passages>,
}

impl Follower for Following<'_> {
    fn event(&self, state: &State, examined: &Examined, judged: &EventOutcome) {
        self.beside.event(state, examined, judged);
        if let (true, BodyFound::Good(body)) = (judged.applied, &examined.body) {
            match &body.content {
                Content::FactAsserted(content) => {
                    self.passages.borrow_mut().add(judged.position, &content.fact);
                }
                Content::FactCorrected(content) => {
                    self.passages.borrow_mut().add(judged.position, &content.fact);
                }
                _ => {}
            }
        }
    }

    fn closing(&self, closing: &CommitLine) {
        self.beside.closing(closing);
    }
}
