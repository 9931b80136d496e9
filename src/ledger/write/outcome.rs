//! The results of drafts: their events, their refusals, and the drafts that a refusal affects.
//!
//! Always holds: every bad draft is reported once, in the order of the lines; a draft that is bad
//! only because it names a refused one is not reported. Not here: resolving and signing (`append`,
//! `batch`).

use crate::ledger::error::{LedgerError, Refusal};
use crate::ledger::write::draft::{Draft, DraftError, Name};
use crate::ledger::write::loaded::LoadedDraft;
use crate::ledger::write::passages::Passages;
use crate::ledger::write::prepared::Prepared;
use crate::ledger::write::resolve::Agents;
use std::collections::HashMap;
use std::collections::HashSet;

/// The results so far.
#[derive(Default)]
pub struct Output {
    /// Signed and verified events.
    pub prepared: Prepared,
    /// Agents as at their first use.
    pub agents: Agents,
    /// Positions by `ref`.
    pub named: Refs,
    /// The passages that the drafts of this input quote.
    pub passages: Passages,
    /// The number of facts resolved.
    pub asserted: u64,
}

/// The result of one draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The position that it has or would have.
    pub position: u64,
    /// Whether it is accepted.
    pub result: DraftResult,
}

/// Whether a draft is accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DraftResult {
    /// It is accepted.
    Good,
    /// It is refused; the reason.
    Refused(String),
    /// It names a refused draft: its own refusal would only repeat the first.
    Repeats,
}

/// The refusals so far, and the `ref`s of the refused drafts.
pub struct Refusals {
    refused: Vec<Refusal>,
    lost: HashSet<String>,
}

impl Refusals {
    /// The refusals of the drafts that could not be read.
    pub fn of(unread: &[DraftError]) -> Refusals {
        let refusal = |error: &DraftError| {
            let (name, why) = (error.name.clone(), error.why.clone());
            Refusal { line: Some(error.line), name, why }
        };
        let refused: Vec<Refusal> = unread.iter().map(refusal).collect();
        let lost = refused.iter().filter_map(|refusal| refusal.name.clone()).collect();
        Refusals { refused, lost }
    }

    /// Whether a draft names a refused one.
    pub fn reach(&self, draft: &Draft) -> bool {
        names(draft).any(|name| matches!(name, Name::Ref(name) if self.lost.contains(name)))
    }

    /// Records the `ref` of a draft, and its refusal if there is one.
    pub fn account(&mut self, loaded: &LoadedDraft, outcome: &Outcome, named: &mut Refs) {
        let (name, line) = (&loaded.draft.name, (loaded.line > 0).then_some(loaded.line));
        let refusal = |why| Refusal { line, name: name.clone(), why };
        if let Some(name) = name {
            let twice = named.insert(name.clone(), outcome.position).is_some();
            if twice || outcome.result != DraftResult::Good {
                self.lost.insert(name.clone());
            }
            if twice {
                let why = format!("ref: {name:?} is given twice in this input");
                self.refused.push(refusal(why));
            }
        }
        if let DraftResult::Refused(why) = &outcome.result {
            self.refused.push(refusal(why.clone()));
        }
    }

    /// Returns all refusals as an error, by line, if there are any.
    pub fn end(mut self) -> Result<(), LedgerError> {
        if self.refused.is_empty() {
            return Ok(());
        }
        self.refused.sort_by_key(|refusal| refusal.line);
        Err(LedgerError::Refused(self.refused))
    }
}

/// Every position and `ref` that a draft names.
pub fn names(draft: &Draft) -> impl Iterator<Item = &Name> {
    let own = [
        &draft.fact,
        &draft.on,
        &draft.dispute,
        &draft.retraction,
        &draft.relation,
        &draft.from,
        &draft.to,
        &draft.document,
        &draft.derived_from,
    ];
    let evidence = draft.evidence.iter().flatten().filter_map(|entry| entry.document.as_ref());
    own.into_iter().flatten().chain(draft.resolves.iter().flatten()).chain(evidence)
}

/// Positions by `ref`.
pub type Refs = HashMap<String, u64>;
