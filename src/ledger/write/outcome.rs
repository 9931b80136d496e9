//! The results of drafts: their events, their refusals, and the drafts that a refusal affects.
//!
//! Always holds: every bad draft is reported once, in the order of the lines; a draft that is bad
//! only because it names a refused one is not reported. Not here: resolving and signing (`append`,
//! `batch`).

use crate::ledger::error::{LedgerError, Reasons, Refusal, Unresolved};
use crate::ledger::write::draft::{Columns, Draft, Name};
use crate::ledger::write::draft_input::{LoadedDraft, LoadedInput};
use crate::ledger::write::passages::Passages;
use crate::ledger::write::prepared_batch::PreparedBatch;
use crate::ledger::write::resolve::Agents;
use annals_core::rule::Rule;
use annals_core::text::in_quotes;
use std::collections::{HashMap, HashSet};

/// The results so far.
#[derive(Default)]
pub struct Output {
    /// Signed and verified events.
    pub prepared: PreparedBatch,
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
    /// It is refused before its event is judged, and why: it cannot be read or resolved, it repeats
    /// another, or it would change nothing.
    Refused(Reasons),
    /// Its event breaks the rules.
    Illegal(BrokenRule),
    /// It names one that was refused: its own refusal would only repeat the first.
    Repeats,
}

/// The rule that refuses an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokenRule {
    /// The first rule that it breaks.
    pub rule: Rule,
    /// All that it breaks, with advice.
    pub why: String,
}

/// The refusals so far, and the `ref`s of the refused drafts.
pub struct Refusals {
    refused: Vec<Refusal>,
    lost: HashSet<String>,
    columns: Columns,
}

impl Refusals {
    /// The refusals of the drafts that could not be read.
    pub fn of(input: &LoadedInput) -> Refusals {
        let columns = input.columns.clone();
        let refusal = |error| columns.refusal(error);
        let refused: Vec<Refusal> = input.unread.iter().map(refusal).collect();
        let lost = refused.iter().filter_map(|refusal| refusal.name.clone()).collect();
        Refusals { refused, lost, columns }
    }

    /// Whether a draft names a refused one.
    pub fn reach(&self, draft: &Draft) -> bool {
        draft.names().any(|name| matches!(name, Name::Ref(name) if self.lost.contains(name)))
    }

    /// Records the `ref` of a draft, and its refusal if there is one.
    pub fn account(&mut self, loaded: &LoadedDraft, outcome: &Outcome, named: &mut Refs) {
        if let Some(name) = &loaded.draft.name {
            let twice = named.insert(name.clone(), outcome.position).is_some();
            if twice || outcome.result != DraftResult::Good {
                self.lost.insert(name.clone());
            }
            if twice {
                let why = format!("{} is given twice in this input", in_quotes(name));
                self.refuse(loaded, None, Unresolved::at("ref", why).into());
            }
        }
        match &outcome.result {
            DraftResult::Good | DraftResult::Repeats => {}
            // Each field of a file has its own place.
            DraftResult::Refused(why) if loaded.line > 0 => {
                why.0.iter().for_each(|why| self.refuse(loaded, None, why.clone().into()));
            }
            DraftResult::Refused(why) => self.refuse(loaded, None, why.clone()),
            DraftResult::Illegal(BrokenRule { rule, why }) => {
                self.refuse(loaded, Some(*rule), why.clone().into());
            }
        }
    }

    fn refuse(&mut self, loaded: &LoadedDraft, rule: Option<Rule>, why: Reasons) {
        let column = why.field().and_then(|field| self.columns.of_field(field));
        let line = why.field().and_then(|field| loaded.lines.of_field(field));
        let place = self.columns.place(loaded.line, column, line.unwrap_or(loaded.line));
        self.refused.push(Refusal { place, name: loaded.draft.name.clone(), rule, why });
    }

    /// Ends the account.
    ///
    /// Errors: [`LedgerError::Refused`] with all refusals, by line, if there is any.
    pub fn end(mut self) -> Result<(), LedgerError> {
        if self.refused.is_empty() {
            return Ok(());
        }
        self.refused.sort_by(|one, other| one.place.cmp(&other.place));
        Err(LedgerError::Refused(self.refused))
    }
}

/// Positions by `ref`.
pub type Refs = HashMap<String, u64>;
