//! Earlier acts: an act that is in the record already and is submitted again, as after a lost
//! receipt.
//!
//! Always holds: an act about people or the ledger is a repeat if the last act on the same matter
//! has the same signer, arguments and texts. A submission of acts on facts that no longer count is
//! reported as such.
//! Not here: finding a submission again (`outbox`), the reaction to it (`cli`).

use crate::ledger::error::LedgerError;
use crate::ledger::reader::Record;
use crate::ledger::write::prepared::Receipt;
use crate::ledger::write::resolve::Resolved;
use crate::ledger::write::writer::Writer;
use annals_core::event::args::Args;
use annals_core::event::body::Content;
use annals_core::event::record::Statement;
use annals_core::fold::Dispute;
use annals_core::fold::operation::Operation;
use annals_core::key::PublicKey;
use annals_core::state::State;

/// An act of the record.
#[derive(Clone, Debug, PartialEq)]
pub struct EarlierAct {
    /// Its position.
    pub position: u64,
    /// The key that signed it.
    pub by: PublicKey,
    /// Its arguments.
    pub args: Args,
    /// Its content.
    pub content: Content,
}

impl EarlierAct {
    /// The last act on the matter of these arguments: on the same key, or of the same type.
    pub fn last(writer: &Writer, args: &Args) -> Result<Option<EarlierAct>, LedgerError> {
        let acts = writer.verifier.chain.state.history.acts();
        let last = acts.iter().rev().find(|act| is_on_matter(args, &act.operation));
        let Some(position) = last.map(|act| act.position) else { return Ok(None) };
        let event = Record::open(writer.paths.clone())?.event(position)?;
        Ok(event.and_then(|event| {
            let Statement { by, args, .. } = event.reading.statement?;
            Some(EarlierAct { position, by, args, content: event.body?.content })
        }))
    }

    /// Whether its arguments and content are those of `act`.
    pub fn is(&self, act: &Resolved) -> bool {
        self.args == act.args && self.content == act.content
    }

    /// The receipt that is returned instead of writing it again.
    pub fn receipt(&self) -> Receipt {
        Receipt { first: self.position, count: 1, already: true }
    }
}

fn is_on_matter(args: &Args, operation: &Operation) -> bool {
    match (args, operation) {
        (Args::EditorChanged(args), Operation::RolesChanged(change)) => args.key == change.key,
        (Args::EditorRevoked(args), Operation::Revoked(revoked)) => args.key == revoked.key,
        (Args::LedgerChanged(_), Operation::Changed { .. })
        | (Args::LedgerRekeyed(_), Operation::Rekeyed(_))
        | (Args::LedgerRetimed(_), Operation::Retimed) => true,
        _ => false,
    }
}

/// The acts of a submission that no longer count because of later events: a confirmation of a
/// revision that was corrected since, a relation that was withdrawn. Empty if the submission
/// contains documents or facts, because those are in the record in any case.
pub fn overtaken(state: &State, receipt: &Receipt) -> Vec<u64> {
    let end = receipt.first.saturating_add(receipt.count);
    let acts = || (receipt.first..end).filter_map(|position| state.history.act(position));
    let enters = |operation: &Operation| {
        use Operation::{Asserted, Captured, Described, Sealed};
        matches!(operation, Asserted | Captured | Described { .. } | Sealed(_))
    };
    if acts().any(|act| enters(&act.operation)) {
        return Vec::new();
    }
    let over = acts().filter(|act| !counts(state, act.position, &act.operation));
    over.map(|act| act.position).collect()
}

/// Whether the present state of the fact results from this act and from no later one.
fn counts(state: &State, position: u64, operation: &Operation) -> bool {
    let fold = &state.fold;
    let fact = |on: &u64| fold.fact_of_revision(*on);
    match operation {
        Operation::Confirmed { on } => fact(on).is_some_and(|fact| fact.revision == *on),
        Operation::Corrected(_) => fact(&position).is_some_and(|fact| fact.revision == position),
        Operation::Disputed { on } | Operation::DisputedDocument { on } => {
            let is_open = |open: &Dispute| open.position == position;
            fact(on).is_some_and(|fact| fact.disputes().iter().any(is_open))
        }
        Operation::Retracted { on } => {
            fact(on).is_some_and(|fact| fact.retraction() == Some(position))
        }
        Operation::Related(_) => fold.relations().contains_key(&position),
        // Closing a dispute, ending a retraction and withdrawing a relation are permanent.
        _ => true,
    }
}
