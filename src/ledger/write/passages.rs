//! The passages that facts quote, and the claims that they support.
//!
//! Always holds: what a new fact may repeat is found without reading other passages, however many
//! facts quote the document.
//! Not here: the refusal of a repeated passage (`repeats`).

use crate::index::{QuotedPassage, claim_digest, quoted};
use annals_core::event::body::{Content, Fact};
use annals_core::event::vocabulary::Stance;
use annals_core::hash::Hash;
use annals_core::state::State;
use annals_core::verify::Follower;
use annals_core::verify::chain::EventOutcome;
use annals_core::verify::examine::{BodyFound, Examined};
use annals_core::verify::source::CommitLine;
use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

/// The greatest number of other facts of one passage that are read and named.
pub const MOST_NAMED: usize = 16;
/// The greatest number of events of one passage of which it is asked what fact they are about.
pub const MOST_READ: usize = 256;

/// The passages that facts quote, by document.
#[derive(Debug, Default)]
pub struct Passages {
    by_claim: HashMap<(u64, Hash), Vec<Passage>>,
    /// By document, first code point, and the one after the last.
    by_place: HashMap<(u64, u64, u64), Vec<Passage>>,
    /// By claim and quoted words: the documents that have them, with the events that quote them.
    by_words: HashMap<(Hash, Hash), Vec<(u64, u64)>>,
    /// By document, first code point, and the one after the last: passages that more facts quote
    /// than are here.
    cut: HashSet<(u64, u64, u64)>,
}

impl Passages {
    /// Adds the passages of a fact's words, whose claim has this digest ([`claim_of`]).
    pub fn add(&mut self, by: u64, fact: &Fact, claim: Hash) {
        for QuotedPassage { document, start, end } in quoted(fact) {
            let passage = Passage { start, end, by, claim };
            let same_claim = self.by_claim.entry((document, claim)).or_default();
            let same_place = self.by_place.entry((document, start, end)).or_default();
            for passages in [same_claim, same_place] {
                let at = passages.partition_point(|passage| passage.by <= by);
                passages.insert(at, passage);
            }
        }
        for (document, words) in worded(fact) {
            let places = self.by_words.entry((claim, words)).or_default();
            let at = places.partition_point(|(_, known)| *known <= by);
            places.insert(at, (document, by));
        }
    }

    /// Notes that more facts quote this passage than are here.
    pub fn cut_off(&mut self, passage: QuotedPassage) {
        self.cut.insert((passage.document, passage.start, passage.end));
    }

    /// The first document of which more facts quote a passage of this fact than are here.
    pub fn document_cut_off(&self, fact: &Fact) -> Option<u64> {
        let is_cut = |one: &QuotedPassage| self.cut.contains(&(one.document, one.start, one.end));
        quoted(fact).find(is_cut).map(|passage| passage.document)
    }

    /// Whether there is anything that a fact may repeat.
    pub fn has(&self, fact: &Fact, claim: Hash) -> bool {
        self.alike(fact, claim).next().is_some() || self.elsewhere(fact, claim).next().is_some()
    }

    /// The passages of the documents of a fact that do not overlap it and support the same claim,
    /// which has this digest, in the order of the facts that quote them.
    pub fn apart(&self, fact: &Fact, claim: Hash) -> impl Iterator<Item = (u64, Passage)> {
        quoted(fact).flat_map(move |QuotedPassage { document, start, end }| {
            let same = self.by_claim.get(&(document, claim)).into_iter().flatten();
            let is_apart = move |one: &&Passage| one.end <= start || end <= one.start;
            same.filter(is_apart).map(move |one| (document, *one))
        })
    }

    /// Where the words that a fact quotes are quoted from another document for the same claim,
    /// which has this digest, in the order of the facts that quote them.
    pub fn elsewhere(&self, fact: &Fact, claim: Hash) -> impl Iterator<Item = Elsewhere> {
        worded(fact).flat_map(move |(document, words)| {
            let places = self.by_words.get(&(claim, words)).into_iter().flatten();
            let others = places.filter(move |(other, _)| *other != document);
            others.map(move |(other, by)| Elsewhere { document, other: *other, by: *by })
        })
    }

    /// For each passage of a fact whose claim has this digest, in the order of the facts that quote
    /// them: those that overlap it and support the same claim, and the same whole passage with
    /// other claims.
    pub fn alike(&self, fact: &Fact, claim: Hash) -> impl Iterator<Item = Passage> {
        quoted(fact).flat_map(move |QuotedPassage { document, start, end }| {
            let same_claim = self.by_claim.get(&(document, claim)).into_iter().flatten();
            let overlaps = move |one: &&Passage| one.start < end && start < one.end;
            let mut same_claim = same_claim.filter(overlaps).peekable();
            let same_place = self.by_place.get(&(document, start, end)).into_iter().flatten();
            let mut others = same_place.filter(move |one| one.claim != claim).peekable();
            std::iter::from_fn(move || match (same_claim.peek(), others.peek()) {
                (Some(one), Some(other)) if one.by <= other.by => same_claim.next().copied(),
                (_, Some(_)) => others.next().copied(),
                (_, None) => same_claim.next().copied(),
            })
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

/// Words of a document that another one has too, quoted for the same claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Elsewhere {
    /// The document of the new fact.
    pub document: u64,
    /// The other document.
    pub other: u64,
    /// The event that quotes it, or the number of the draft.
    pub by: u64,
}

/// The words that support a fact, as digests that ignore spaces, each with its document.
fn worded(fact: &Fact) -> impl Iterator<Item = (u64, Hash)> {
    let supports = fact.evidence.iter().filter(|entry| entry.stance == Stance::Supports);
    supports.filter_map(|entry| {
        let words: Vec<&str> = entry.quote.as_ref()?.exact.split_whitespace().collect();
        Some((entry.document, Hash::of(&[words.join(" ").as_bytes()])))
    })
}

/// The digest by which two claims are compared: it ignores case, Unicode normalisation, spaces, the
/// kind of quotation marks, apostrophes and dashes, and the point at the end.
pub fn claim_of(fact: &Fact) -> Hash {
    claim_digest(&fact.claim)
}

/// A follower that collects the passages of the facts of a walk, beside another follower.
pub struct Following<'a> {
    /// The other follower.
    pub beside: &'a dyn Follower,
    /// The passages so far.
    pub passages: Mutex<Passages>,
}

impl Follower for Following<'_> {
    fn event(&self, state: &State, examined: &Examined, judged: &EventOutcome) {
        self.beside.event(state, examined, judged);
        if let (true, BodyFound::Good(body)) = (judged.applied, &examined.body) {
            let fact = match &body.content {
                Content::FactAsserted(content) => &content.fact,
                Content::FactCorrected(content) => &content.fact,
                _ => return,
            };
            let claim = claim_of(fact);
            let mut passages = self.passages.lock().unwrap_or_else(PoisonError::into_inner);
            passages.add(judged.position, fact, claim);
        }
    }

    fn commit_line(&self, line: &CommitLine) {
        self.beside.commit_line(line);
    }
}
