//! Said: an act that is in the record already, said once more, as after a lost receipt.
//!
//! Always holds: an act about people or the ledger is in the record already where the last act on
//! the same matter has the same signer, arguments and words; a submission of acts on facts that
//! was overtaken is told, and is not taken for one that counts.
//! Not here: how a submission is found again (`outbox`), what is done then (`cli`).

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

/// An act of the record, as it was said.
#[derive(Clone, Debug, PartialEq)]
pub struct EarlierAct {
    /// Its position.
    pub position: u64,
    /// Who signed it.
    pub by: PublicKey,
    /// Its arguments.
    pub args: Args,
    /// Its words.
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

    /// Whether it says what `act` says.
    pub fn is(&self, act: &Resolved) -> bool {
        self.args == act.args && self.content == act.content
    }

    /// What is told of it in place of writing it once more.
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

/// The acts of a submission that count no more, for the record went on: a confirmation of words
/// that were corrected since, a relation that was withdrawn. None where documents or facts are
/// among its events: whoever submits these again has them in the record.
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

/// Whether an act on a fact, and nothing later, is why the fact stands as it does.
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
        // What closes a dispute, ends a retraction or withdraws a relation is for good.
        _ => true,
    }
}
