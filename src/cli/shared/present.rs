//! The present state of a fact, shown before a prompt about it.
//!
//! Always holds: it goes to stderr, with claim, quotations, attribution and status; a number that
//! names a revision is shown with its fact. Not here: what will be signed (`preview`), the page of
//! a fact (`show`).

use crate::cli::render::{provenance, quotation, words};
use crate::cli::shared::fields::WriteArgs;
use crate::cli::terminal::{CliError, Context, ask, note, wrapped};
use crate::ledger::error::{LedgerError, Refusal, Unresolved};
use crate::ledger::query::gather::gather;
use crate::ledger::query::row::{Charge, FactRow};
use crate::ledger::query::{View, subjects_of};
use crate::ledger::write::draft::{Draft, Input, Name};
use annals_core::event::vocabulary::Type;
use annals_core::fold::Target;
use std::collections::BTreeSet;

/// The maximum number of facts shown.
const SHOWN: usize = 20;

/// The fact for a number: its own, or that of one of its revisions.
pub fn fact(context: &Context, number: u64) -> Result<FactRow, CliError> {
    let record = context.record()?;
    let (view, names) = provenance::view(context, &record, None)?;
    let fact = view.state().fold.fact_of_revision(number).map(|fact| fact.position);
    let mut gathered = gather(&view, &names, &|wanted| Some(wanted) == fact)?;
    let row = fact.and_then(|fact| gathered.facts.remove(&fact));
    row.ok_or_else(|| {
        // As the acts on a fact refuse it that need not look at it first.
        let why = format!("{number} is no fact; annals replay lists them");
        LedgerError::Refused(vec![Refusal::of(Unresolved::at("fact", why))]).into()
    })
}

/// Notes that a number is that of a revision, if it is.
pub fn note_revision(number: u64, row: &FactRow) {
    if let Some(text) = revision(number, row) {
        note(format!("note: {text}"));
    }
}

/// Shows the named facts if a prompt follows, or for a dry run.
pub fn show(context: &Context, numbers: &[u64], write: &WriteArgs) -> Result<(), CliError> {
    if !write.dry_run && !ask::on_terminal() {
        return Ok(());
    }
    let record = context.record()?;
    for number in numbers.iter().take(SHOWN) {
        let (view, names) = provenance::view_of(context, &record, None, &subjects_of(*number))?;
        let fact = view.state().fold.fact_of_revision(*number).map(|fact| fact.position);
        let wanted: BTreeSet<u64> = fact.into_iter().collect();
        let gathered = gather(&view, &names, &|fact| wanted.contains(&fact))?;
        // A number that names no fact is refused, with the reason, when it is resolved.
        for row in gathered.facts.values() {
            page(&view, *number, row)?;
        }
    }
    if let Some(more) = numbers.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        note(format!("and {more} more facts"));
    }
    Ok(())
}

/// Shows a dispute or a retraction, with the fact that it is of, if a prompt follows, or for a dry
/// run.
pub fn show_charge(context: &Context, position: u64, write: &WriteArgs) -> Result<(), CliError> {
    if !write.dry_run && !ask::on_terminal() {
        return Ok(());
    }
    let record = context.record()?;
    let (view, names) = provenance::view_of(context, &record, None, &subjects_of(position))?;
    let fact = match view.state().fold.target(position) {
        Some(Target::Dispute(fact) | Target::Retraction(fact, _)) => fact,
        // What names neither is refused, with the reason, when it is resolved.
        _ => return Ok(()),
    };
    let gathered = gather(&view, &names, &|wanted| wanted == fact)?;
    let Some(row) = gathered.facts.get(&fact) else { return Ok(()) };
    page(&view, fact, row)?;
    let named = [("dispute", &row.disputes), ("retraction", &row.retractions)];
    for (word, charges) in named {
        for of in charges.iter().filter(|of| of.act.event == position) {
            note(charge(word, of, row));
        }
    }
    Ok(())
}

/// Shows the dispute or the retraction that each draft of a file ends.
pub fn show_charges(context: &Context, input: &Input, write: &WriteArgs) -> Result<(), CliError> {
    let charges = input.drafts.iter().filter_map(|placed| {
        let Draft { kind, dispute, retraction, .. } = &placed.draft;
        match (kind, dispute, retraction) {
            (Some(Type::FactUpheld), Some(Name::Position(event)), _)
            | (Some(Type::FactReinstated), _, Some(Name::Position(event))) => Some(*event),
            _ => None,
        }
    });
    charges.take(SHOWN).try_for_each(|event| show_charge(context, event, write))
}

/// A dispute or a retraction in one line, with the words that it is of where they are not the
/// present ones.
pub fn charge(word: &str, charge: &Charge, fact: &FactRow) -> String {
    let (text, by) = (words::charge(charge), words::who(&charge.act));
    let of = fact.revisions.iter().find(|revision| revision.act.event == charge.on);
    let of = of.filter(|revision| revision.act.event != fact.revision);
    let of = of.map(|of| format!("; of the words of {}: “{}”", charge.on, words::claim(&of.words)));
    format!("{word} {}: {text} ({by}){}", charge.act.event, of.unwrap_or_default())
}

/// The note that a number is that of a revision, not of the fact.
fn revision(number: u64, row: &FactRow) -> Option<String> {
    let which = match row.revision == number {
        true => "the present revision",
        false => "a revision",
    };
    (number != row.fact).then(|| format!("event {number} is {which} of fact {}", row.fact))
}

fn page(view: &View<'_>, number: u64, row: &FactRow) -> Result<(), CliError> {
    let overlays: String = words::overlays(row).iter().map(|word| format!(", {word}")).collect();
    note(format!("fact {}: {}{overlays}", row.fact, words::standing(row.status)));
    let mut lines: Vec<String> = revision(number, row).into_iter().collect();
    lines.push(format!("“{}”", words::claim(&row.words)));
    for evidence in &row.words.evidence {
        let stance = evidence.evidence.stance;
        lines.push(format!("document {} {stance}", evidence.evidence.document));
        lines.extend(quotation::lines(view, evidence)?);
        lines.extend(words::beside_quote(&evidence.evidence));
    }
    if row.words.withheld.is_none() {
        let voice = || "the document in its own voice".to_owned();
        let attribution = words::attribution(&row.words.attribution).unwrap_or_else(voice);
        lines.push(format!("according to: {attribution}"));
        lines.push(format!("when: {}", words::when(&row.words.when)));
        lines.extend(words::beside_claim(&row.words));
    }
    lines.extend(words::authors(row));
    for line in lines {
        note(wrapped(&line, 4));
    }
    Ok(())
}
