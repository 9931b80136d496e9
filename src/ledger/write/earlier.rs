//! Earlier acts: an act that is in the record already and is submitted again, as after a lost
//! receipt.
//!
//! Always holds: an act about people or the ledger is a repeat if the last act on the same matter
//! has the same signer, arguments and texts. What no longer holds of a submission is reported, with
//! the event that ended it.
//! Not here: finding a submission again (`outbox`), the reaction to it (`cli`).

use crate::ledger::error::LedgerError;
use crate::ledger::reader::Record;
use crate::ledger::write::prepared_batch::Receipt;
use crate::ledger::write::resolve::ResolvedDraft;
use crate::ledger::write::writer::Writer;
use annals_core::event::args::Args;
use annals_core::event::body::Content;
use annals_core::event::record::Statement;
use annals_core::fold::history::Act;
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
        match on_matter(writer, args).next() {
            Some(act) => EarlierAct::at(writer, act.position),
            None => Ok(None),
        }
    }

    fn at(writer: &Writer, position: u64) -> Result<Option<EarlierAct>, LedgerError> {
        let event = Record::open(writer.paths.clone())?.event(position)?;
        Ok(event.and_then(|event| {
            let Statement { by, args, .. } = event.reading.statement?;
            Some(EarlierAct { position, by, args, content: event.body?.content })
        }))
    }

    /// The acts on the matter of these arguments that one of these keys signed, the last one first,
    /// and the position of the last one of all, which is none of them: it replaced them.
    pub fn replaced(
        writer: &Writer,
        args: &Args,
        keys: &[PublicKey],
    ) -> Result<Option<(Vec<EarlierAct>, u64)>, LedgerError> {
        let history = &writer.verifier.chain.state.history;
        let mut acts = on_matter(writer, args);
        let Some(last) = acts.next() else { return Ok(None) };
        let is_ours = |act: &&Act| history.key(act.by).is_some_and(|by| keys.contains(&by));
        let read = |act: &Act| EarlierAct::at(writer, act.position).transpose();
        let earlier = acts.filter(is_ours).filter_map(read).collect::<Result<_, _>>()?;
        Ok(Some((earlier, last.position)))
    }

    /// Whether its arguments and content are those of `act`.
    pub fn is(&self, act: &ResolvedDraft) -> bool {
        self.args == act.args && self.content == act.content
    }

    /// The receipt that is returned instead of writing it again.
    pub fn receipt(&self) -> Receipt {
        Receipt { first: self.position, count: 1, already: true }
    }
}

/// The acts on the matter of these arguments, the last one first. What was undone is no reason not
/// to do it again.
fn on_matter<'a>(writer: &'a Writer, args: &'a Args) -> impl Iterator<Item = &'a Act> {
    let state = &writer.verifier.chain.state;
    let stands = |act: &&Act| state.undone_by(act.position).is_none();
    let acts = state.history.acts().iter().rev();
    acts.filter(|act| is_on_matter(args, &act.operation)).filter(stands)
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

/// An event of an earlier submission that does not hold any more, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SupersededEvent {
    /// Its position.
    pub position: u64,
    /// Why it does not hold any more, in words that continue `event N …`.
    pub why: String,
    /// What kind of event it is.
    pub kind: SupersededKind,
}

/// What kind of event does not hold any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SupersededKind {
    /// A document or a fact, which is in the record in any case.
    Entry,
    /// A confirmation of words that were corrected since: the present words can be confirmed.
    OfEarlierWords,
    /// Another act.
    Act,
}

impl SupersededEvent {
    /// Its position, and why it does not hold any more, as a clause.
    pub fn describe(&self) -> String {
        format!("event {} {}", self.position, self.why)
    }
}

/// The events of a submission that do not hold any more because of later events, by position: a
/// confirmation of a revision that was corrected since, a fact that was retracted, what was undone.
pub fn overtaken(state: &State, receipt: &Receipt) -> Vec<SupersededEvent> {
    let end = receipt.first.saturating_add(receipt.count);
    let acts = (receipt.first..end).filter_map(|position| state.history.act(position));
    let over = acts.filter_map(|act| {
        let (position, operation) = (act.position, &act.operation);
        let is_entry =
            matches!(operation, Operation::Asserted | Operation::Captured | Operation::Sealed(_));
        let why = match is_entry {
            true => entry(state, position),
            false => undone(state, position).or_else(|| ended(state, position, operation)),
        };
        let of_earlier_words = match operation {
            Operation::Confirmed { on } => {
                state.fold.fact_of_revision(*on).is_some_and(|fact| fact.revision != *on)
            }
            _ => false,
        };
        let kind = match (is_entry, of_earlier_words) {
            (true, _) => SupersededKind::Entry,
            (_, true) => SupersededKind::OfEarlierWords,
            _ => SupersededKind::Act,
        };
        Some(SupersededEvent { position, why: why?, kind })
    });
    over.collect()
}

/// How a fact or a document stands, if not as it was entered.
fn entry(state: &State, position: u64) -> Option<String> {
    if state.fold.document(position).is_some_and(|document| document.suspect) {
        let undone = undone(state, position).unwrap_or_default();
        return Some(format!(
            "{undone}: annals document describe {position} by another person vouches for it"
        ));
    }
    let Some(fact) = state.fold.fact(position) else {
        // What was set aside does not stand; a document that does is not suspect here.
        return undone(state, position).filter(|_| state.fold.document(position).is_none());
    };
    if let Some(by) = fact.retraction() {
        return Some(format!(
            "is a fact that is retracted by {by}: annals reinstate {position} ends the retraction"
        ));
    }
    if fact.suspect {
        let undone = undone(state, position).unwrap_or_default();
        return Some(format!(
            "{undone}: annals confirm {position} by another person vouches for it"
        ));
    }
    (fact.revision != position)
        .then(|| format!("is a fact that has other words since {}", fact.revision))
}

/// Why acts that hold no more are not written again as if nothing were there.
pub fn why_refused(over: &[SupersededEvent]) -> String {
    let over: Vec<String> = over.iter().map(SupersededEvent::describe).collect();
    format!("this is in the record already and does not hold any more: {}", over.join("; "))
}

fn undone(state: &State, position: u64) -> Option<String> {
    let by = state.undoing(position)?;
    Some(format!("was undone by {by}, because the key may be stolen"))
}

/// The description of a document that was in force before an event, if there was one after its
/// capture.
pub fn last_description(state: &State, document: u64, before: u64) -> Option<u64> {
    let mut acts = state.history.acts().iter().rev();
    let describes = |operation: &Operation| match operation {
        Operation::Described { document: of } => *of == document,
        _ => false,
    };
    let stands = |position| position < before && state.undone_by(position).is_none();
    acts.find(|act| describes(&act.operation) && stands(act.position)).map(|act| act.position)
}

/// Why the present state does not result from this act, if a later event ended it.
fn ended(state: &State, position: u64, operation: &Operation) -> Option<String> {
    let fold = &state.fold;
    let by = |ends: &dyn Fn(&Operation) -> bool| ended_by(state, position, ends);
    match operation {
        Operation::Confirmed { on } => {
            let fact = fold.fact_of_revision(*on)?;
            let (name, revision) = (fact.position, fact.revision);
            if revision != *on {
                return Some(format!("confirmed words that {revision} corrected"));
            }
            let retraction = fact.retraction()?;
            Some(format!(
                "confirmed fact {name}, which is retracted by {retraction} (annals reinstate \
                 {name} ends the retraction)"
            ))
        }
        Operation::Corrected(_) => {
            let revision = fold.fact_of_revision(position)?.revision;
            (revision != position).then(|| format!("gave words that {revision} corrected"))
        }
        Operation::Disputed { on } | Operation::DisputedDocument { on } => {
            let fact = fold.fact_of_revision(*on)?;
            if fact.disputes().iter().any(|open| open.position == position) {
                return None;
            }
            let by = by(&|later| match later {
                Operation::Upheld { dispute } => *dispute == position,
                Operation::Corrected(corrected) => corrected.resolves.contains(&position),
                _ => false,
            });
            Some(format!("is a dispute that was closed{by}"))
        }
        Operation::Retracted { on } => {
            if fold.fact_of_revision(*on)?.retraction() == Some(position) {
                return None;
            }
            let ends = |later: &Operation| match later {
                Operation::Reinstated { retraction } => *retraction == position,
                _ => false,
            };
            Some(format!("is a retraction that was ended{}", by(&ends)))
        }
        Operation::Related(_) if !fold.relations().contains_key(&position) => {
            let ends = |later: &Operation| match later {
                Operation::Withdrawn { relation } => *relation == position,
                _ => false,
            };
            Some(format!("is a relation that was withdrawn{}", by(&ends)))
        }
        Operation::Described { document } => {
            let last =
                last_description(state, *document, u64::MAX).filter(|last| *last != position)?;
            Some(format!("is a description that {last} replaced"))
        }
        // Closing a dispute, ending a retraction and withdrawing a relation are permanent.
        _ => None,
    }
}

/// The event after this one that ends it, as ` by 7`; empty if it is not known here.
fn ended_by(state: &State, position: u64, ends: &dyn Fn(&Operation) -> bool) -> String {
    let acts = state.history.acts();
    let later = acts.get(acts.partition_point(|act| act.position <= position)..);
    let ends = |act: &&Act| ends(&act.operation) && state.undone_by(act.position).is_none();
    let end = later.unwrap_or_default().iter().find(ends);
    end.map(|act| format!(" by {}", act.position)).unwrap_or_default()
}
