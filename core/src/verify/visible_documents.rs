//! The documents that an event may name: those before its base.
//!
//! Source: FORMAT.md section 7.

use crate::event::args::Seal;
use crate::event::body::Evidence;
use crate::event::vocabulary::Type;
use crate::rule::{Rule, Violation};
use crate::state::State;

/// The documents that an event may name (608): captures that were applied before it, within the
/// part of the record that its signer had (its base).
#[derive(Clone, Copy)]
pub struct VisibleDocuments<'a> {
    /// The state before the event.
    pub state: &'a State,
    /// The event's base.
    pub base: u64,
    /// The event's own position, if it was applied; else `u64::MAX`.
    pub before: u64,
}

impl VisibleDocuments<'_> {
    /// Whether a document is one of them.
    pub fn has(&self, document: u64) -> bool {
        let act = self.state.history.act(document);
        document < self.base.min(self.before)
            && act.is_some_and(|act| act.operation.kind() == Type::DocumentCaptured)
    }

    /// Rule 608 of `derived_from`.
    pub fn check_derived(&self, from: Option<u64>, violations: &mut Vec<Violation>) {
        if let Some(from) = from.filter(|from| !self.has(*from)) {
            let why = format!("derived_from {from} is no document");
            violations.push(Violation::of(Rule::DocumentNamed, why));
        }
    }

    /// Rule 615.
    pub fn check_sealed(&self, evidence: &[Evidence], seal: Seal, violations: &mut Vec<Violation>) {
        let sealed = |entry: &&Evidence| {
            let quoted = entry.quote.is_some() && self.has(entry.document);
            quoted && self.state.fold.seal(entry.document).is_some()
        };
        if seal == Seal::Open
            && let Some(entry) = evidence.iter().find(sealed)
        {
            let why = format!("document {} is sealed and the fact is not", entry.document);
            violations.push(Violation::of(Rule::QuotesSealed, why));
        }
    }
}
