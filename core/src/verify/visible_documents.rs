//! The documents that an event may name: those that its base has seen.
//!
//! Source: FORMAT.md section 7.

use crate::event::args::Seal;
use crate::event::body::Evidence;
use crate::event::vocabulary::Type;
use crate::rule::Rule;
use crate::state::State;

/// The documents that an event may name (608): captures that were applied before it, and that its
/// signer had before her.
#[derive(Clone, Copy)]
pub struct VisibleDocuments<'a> {
    /// What stands before the event.
    pub state: &'a State,
    /// The event's base.
    pub base: u64,
    /// The applied event's own position; `u64::MAX` where it was not applied.
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
    pub fn check_derived(&self, from: Option<u64>, broken: &mut Vec<(Rule, String)>) {
        if let Some(from) = from.filter(|from| !self.has(*from)) {
            broken.push((Rule::DocumentNamed, format!("derived_from {from} is no document")));
        }
    }

    /// Rule 615.
    pub fn check_sealed(
        &self,
        evidence: &[Evidence],
        seal: Seal,
        broken: &mut Vec<(Rule, String)>,
    ) {
        let sealed = |entry: &&Evidence| {
            let quoted = entry.quote.is_some() && self.has(entry.document);
            quoted && self.state.fold.seal(entry.document).is_some()
        };
        if seal == Seal::Open
            && let Some(entry) = evidence.iter().find(sealed)
        {
            let why = format!("document {} is sealed and the fact is not", entry.document);
            broken.push((Rule::QuotesSealed, why));
        }
    }
}
