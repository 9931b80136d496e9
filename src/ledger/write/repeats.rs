//! Repeats: a fact that is in the record already, or in the same input, entered once more.
//!
//! Always holds: two facts are the same if they quote passages of one document that overlap, and
//! their claims are equal but for case, spelling in Unicode and spaces. The same fact is refused
//! unless it is meant; the same passage with another claim is told. Not here: what a claim means.

use crate::ledger::write::outcome::Output;
use crate::ledger::write::resolve::Settled;
use crate::ledger::write::writer::Writer;
use annals_core::event::body::{Content, Fact};
use annals_core::event::vocabulary::Stance;
use annals_core::hash::Hash;
use annals_core::search::folded;
use annals_core::state::{State, Status};
use annals_core::verify::Follower;
use annals_core::verify::chain::Judged;
use annals_core::verify::examine::{BodyFound, Examined};
use annals_core::verify::source::Closing;
use std::cell::RefCell;
use std::collections::HashMap;

/// What becomes of a fact that is entered once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeats {
    /// It is refused, with the number of the fact that it repeats.
    Refused,
    /// It is entered again, on purpose.
    Allowed,
}

/// The passages that facts quote, by document.
#[derive(Debug, Default)]
pub struct Passages {
    by_document: HashMap<u64, Vec<Passage>>,
}

/// A passage of a document, and the claim that it is quoted for.
#[derive(Clone, Copy, Debug)]
struct Passage {
    start: u64,
    end: u64,
    /// The event that quotes it, or the number of the draft that does.
    by: u64,
    claim: Hash,
}

impl Passages {
    /// Adds the passages of a fact's words.
    pub fn add(&mut self, by: u64, fact: &Fact) {
        let claim = claim_of(fact);
        for (document, start, end) in quoted(fact) {
            let passages = self.by_document.entry(document).or_default();
            passages.push(Passage { start, end, by, claim });
        }
    }

    fn overlapping(&self, fact: &Fact) -> impl Iterator<Item = (Passage, bool)> {
        quoted(fact).flat_map(|(document, start, end)| {
            let passages = self.by_document.get(&document).into_iter().flatten();
            let overlap = passages.filter(move |one| one.start < end && start < one.end);
            overlap.map(move |one| (*one, (one.start, one.end) == (start, end)))
        })
    }
}

/// The passages that support a fact: document, first code point, code point after the last.
fn quoted(fact: &Fact) -> impl Iterator<Item = (u64, u64, u64)> {
    let supports = fact.evidence.iter().filter(|entry| entry.stance == Stance::Supports);
    supports.filter_map(|entry| {
        let span = entry.span.as_ref()?;
        Some((entry.document, span.start, span.end))
    })
}

fn claim_of(fact: &Fact) -> Hash {
    Hash::of(&[folded(&fact.claim).as_bytes()])
}

/// Follows a walk and keeps the passages of its facts, beside another follower.
pub struct Following<'a> {
    /// The other one.
    pub beside: &'a dyn Follower,
    /// The passages so far.
    pub passages: RefCell<Passages>,
}

impl Follower for Following<'_> {
    fn event(&self, state: &State, examined: &Examined, judged: &Judged) {
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

    fn closing(&self, closing: &Closing) {
        self.beside.closing(closing);
    }
}

/// Refuses a fact that repeats one of the record or an earlier draft of this input; keeps a note
/// where another one quotes the same passage. `number` is the draft's among those of the input.
pub fn check(
    writer: &Writer,
    settled: &Settled,
    repeats: Repeats,
    out: &mut Output,
) -> Result<(), String> {
    let Content::FactAsserted(content) = &settled.content else { return Ok(()) };
    let (fact, claim) = (&content.fact, claim_of(&content.fact));
    let number = out.asserted;
    out.asserted += 1;
    if repeats == Repeats::Refused {
        if out.passages.overlapping(fact).any(|(passage, _)| passage.claim == claim) {
            return Err("the same passage and the same claim are in an earlier draft of this \
                        input; leave one out, or say --again"
                .to_owned());
        }
        let state = &writer.judge.chain.state;
        for (passage, whole) in writer.passages.overlapping(fact) {
            // Of a fact that was corrected, its present words count.
            let known = state.fold.fact_of_revision(passage.by);
            let Some(known) = known.filter(|known| known.revision == passage.by) else { continue };
            let (position, status) = (known.position, state.status(known));
            let retracted = status == Status::Retracted;
            match (passage.claim == claim, retracted) {
                (true, false) => {
                    return Err(format!(
                        "the same passage and the same claim are fact {position} already, \
                         {status}; another person confirms it with annals confirm {position}; \
                         --again enters it once more"
                    ));
                }
                (true, true) => out.prepared.notes.push(format!(
                    "the same passage and the same claim are fact {position}, which is retracted; \
                     annals reinstate may be what is meant"
                )),
                (false, false) if whole => out.prepared.notes.push(format!(
                    "{} quotes a passage that fact {position} quotes too, with another claim",
                    shown(&fact.claim)
                )),
                _ => {}
            }
        }
    }
    out.passages.add(number, fact);
    Ok(())
}

/// A claim in quotation marks, its end left out if it is long.
fn shown(claim: &str) -> String {
    const MOST: usize = 60;
    let mut start: String = claim.chars().take(MOST).collect();
    if start.len() < claim.len() {
        start.push('…');
    }
    format!("“{start}”")
}
