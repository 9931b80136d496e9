//! `annals confirm`: confirmations of facts whose words were read again.
//!
//! Always holds: a confirmation is of the present words of a fact. Not here: rules (`legal`).

use crate::cli::render::provenance;
use crate::cli::shared::positions::{PositionList, Positions};
use crate::cli::shared::receipt::{PartKind, ReceiptPart, print_recorded};
use crate::cli::shared::waiting::{self, ReviewScope, waits_for};
use crate::cli::shared::{
    DraftSubmission, QuoteArgs, SubmitOptions, WriteArgs, expect_legal, fields, present,
};
use crate::cli::terminal::{
    CliError, Command, Context, Exit, Format, Group, ask, formats, note, visible, wrapped,
};
use crate::ledger::error::LedgerError;
use crate::ledger::query::View;
use crate::ledger::write::draft::{Draft, EvidenceDraft, Input, Name, QuoteDraft};
use crate::ledger::write::writer::Writer;
use annals_core::event::args::Args;
use annals_core::event::body::{Content, Evidence};
use annals_core::event::vocabulary::{ConfirmationMethod, Stance, Type};
use annals_core::fold::Fact;
use annals_core::fold::history::KeyIndex;
use annals_core::fold::operation::Operation;
use annals_core::verify::examine::BodyFound;
use std::collections::BTreeMap;

/// Confirm facts by reading them again
///
/// Each number is a fact, or the correction whose words were read: then it is refused if the fact
/// was corrected again since. A range such as 3-22 (or 3-5,9) means the facts in it that wait for
/// you; all are signed at once.
#[derive(Debug, clap::Args)]
pub struct ConfirmArgs {
    /// Positions of the facts, or ranges of positions
    #[arg(required = true, value_name = "FACTS")]
    facts: Vec<PositionList>,
    /// How you confirm them
    #[arg(long, value_parser = fields::how())]
    how: Option<ConfirmationMethod>,
    #[command(flatten)]
    place: QuoteArgs,
    #[command(flatten)]
    write: WriteArgs,
}

impl Command for ConfirmArgs {
    const GROUP: Group = Group::Editor;

    fn formats(&self) -> &'static [Format] {
        formats::OBJECT
    }

    fn run(self, context: &mut Context) -> Result<Exit, CliError> {
        run(context, self)
    }
}

fn run(context: &mut Context, args: ConfirmArgs) -> Result<Exit, CliError> {
    args.place.check()?;
    context.begin_write(args.write.dry_run)?;
    let facts = facts(context, &args.facts)?;
    if args.how.is_none() {
        for fact in &facts {
            let draft = Draft {
                kind: Some(Type::FactConfirmed),
                fact: Some(Name::Position(*fact)),
                ..Draft::default()
            };
            expect_legal(context, draft, &args.write)?;
        }
    }
    present::show(context, &facts, &args.write)?;
    let how = ask::closed_word(args.how, ConfirmationMethod::ALL, "how do you confirm", "--how")?;
    let evidence = args.place.evidence(Stance::Supports).map(|entry| vec![entry]);
    let draft = |fact: &u64| Draft {
        kind: Some(Type::FactConfirmed),
        fact: Some(Name::Position(*fact)),
        how: Some(how),
        evidence: evidence.clone(),
        ..Draft::default()
    };
    let options = SubmitOptions::of(&args.write);
    let input = Input::of(facts.iter().map(draft));
    let outcome = DraftSubmission::of(&input).run(context, &options);
    match outcome {
        // The confirmations may be in the record already, by one command or several, whose
        // receipts were lost.
        Err(CliError::Ledger(LedgerError::Refused(refusals))) if !options.again => {
            match recorded(context, &facts, how, args.place.evidence(Stance::Supports))? {
                Some(recorded) => {
                    let writer = Writer::dry_run(context.paths()?)?;
                    print_recorded(context, &recorded, &writer)
                }
                None => Err(LedgerError::Refused(refusals).into()),
            }
        }
        outcome => outcome,
    }
}

/// The facts that are meant, each once: those named, and of a range those that wait for the signer;
/// where no fact of all these is new to the signer, those that the signer confirmed before.
fn facts(context: &Context, given: &[PositionList]) -> Result<Vec<u64>, CliError> {
    let parts = || given.iter().flat_map(|PositionList(parts)| parts);
    let mut facts = Vec::new();
    let named = parts().map(|part| match part {
        Positions::One(fact) => Some(*fact),
        Positions::Range { .. } => None,
    });
    if let Some(named) = named.collect::<Option<Vec<u64>>>() {
        named.into_iter().for_each(|fact| add(&mut facts, fact));
        return Ok(facts);
    }
    let record = context.record()?;
    let (view, names) = provenance::view(context, &record, None)?;
    let fold = &view.state().fold;
    let (reviewer, person) = provenance::reviewer(context, &view, &names)?;
    let confirmed = |fact: &Fact| {
        let mine = |key: &KeyIndex| view.state().history.person(*key) == Some(&person);
        fact.retraction().is_none() && fact.confirmed_by().iter().any(mine)
    };
    let (mut with_earlier, mut is_again) = (Vec::new(), true);
    for part in parts() {
        let (first, last) = match *part {
            Positions::One(fact) => {
                add(&mut facts, fact);
                add(&mut with_earlier, fact);
                is_again &= fold.fact_of_revision(fact).is_some_and(&confirmed);
                continue;
            }
            Positions::Range { first, last } => (first, last),
        };
        let of_range = |fact: &&Fact| (first..=last).contains(&fact.position);
        let waits = |fact: &&Fact| waits_for(&person, view.state(), fact, ReviewScope::Unconfirmed);
        let all = fold.facts().iter().filter(of_range);
        let (waiting, others): (Vec<&Fact>, Vec<&Fact>) = all.partition(waits);
        let done = others.iter().filter(|fact| confirmed(fact));
        done.for_each(|fact| add(&mut with_earlier, fact.position));
        let sentence = waiting::sentence(waiting.len(), &reviewer);
        let absent = beyond(first, last, view.as_of().size);
        note(format!("of {first}-{last} {sentence}{absent}"));
        if !others.is_empty() {
            let others: Vec<String> = others.iter().map(|fact| fact.position.to_string()).collect();
            let why = "own words, confirmed or disputed already, or retracted";
            note(wrapped(&format!("left out ({why}): {}", others.join(", ")), 0));
        }
        is_again &= waiting.is_empty();
        waiting.iter().for_each(|fact| add(&mut facts, fact.position));
    }
    // Everything was confirmed before: the command is repeated, its receipt may have been lost.
    let facts = if is_again { with_earlier } else { facts };
    if facts.is_empty() {
        let why = format!("no fact of these waits for {}", visible(&reviewer));
        return Err(LedgerError::NotAllowed { kind: Type::FactConfirmed, why }.into());
    }
    Ok(facts)
}

/// Which positions of a range the record of this size does not have, after a sentence.
fn beyond(first: u64, last: u64, size: u64) -> String {
    let from = first.max(size);
    let end = size.saturating_sub(1);
    match last.checked_sub(from) {
        None => String::new(),
        Some(0) => format!("; {last} is not there: the record ends at {end}"),
        Some(_) => format!("; {from} to {last} are not there: the record ends at {end}"),
    }
}

fn add(facts: &mut Vec<u64>, fact: u64) {
    if !facts.contains(&fact) {
        facts.push(fact);
    }
}

/// The confirmations of all these facts that the signer has written before, of their present words,
/// in the same way and with the same words; `None` if there is not one of each.
fn recorded(
    context: &Context,
    facts: &[u64],
    how: ConfirmationMethod,
    evidence: Option<EvidenceDraft>,
) -> Result<Option<Vec<ReceiptPart>>, CliError> {
    let record = context.record()?;
    let (view, names) = provenance::view(context, &record, None)?;
    let state = view.state();
    let Ok((_, person)) = provenance::reviewer(context, &view, &names) else { return Ok(None) };
    let found = facts.iter().map(|number| state.fold.fact_of_revision(*number));
    let Some(found) = found.collect::<Option<Vec<&Fact>>>() else { return Ok(None) };
    let is_meant = |fact: &&Fact| facts.contains(&fact.position) || facts.contains(&fact.revision);
    if !found.iter().all(|fact| is_meant(fact) && fact.retraction().is_none()) {
        return Ok(None);
    }
    let revisions: BTreeMap<u64, u64> =
        found.iter().map(|fact| (fact.revision, fact.position)).collect();
    let mut confirmed = BTreeMap::new();
    for act in state.history.acts() {
        let Operation::Confirmed { on } = act.operation else { continue };
        let Some(fact) = revisions.get(&on) else { continue };
        let mine = state.history.person(act.by) == Some(&person);
        if !mine || state.undone_by(act.position).is_some() {
            continue;
        }
        if is_same(&view, act.position, how, evidence.as_ref())? {
            confirmed.insert(*fact, (act.position, on));
        }
    }
    let mut parts: Vec<ReceiptPart> = confirmed
        .into_iter()
        .map(|(fact, (position, revision))| ReceiptPart {
            already: Some(position),
            kind: PartKind::Act { kind: Type::FactConfirmed, fact, revision },
            text: None,
        })
        .collect();
    parts.sort_by_key(|part| part.already);
    Ok((parts.len() == revisions.len()).then_some(parts))
}

/// Whether a confirmation of the record is in this way and with these words of a document.
fn is_same(
    view: &View<'_>,
    position: u64,
    how: ConfirmationMethod,
    evidence: Option<&EvidenceDraft>,
) -> Result<bool, CliError> {
    let Some(event) = view.event(position)? else { return Ok(false) };
    let (Some(statement), BodyFound::Good(body)) = (event.statement(), &event.examined.body) else {
        return Ok(false);
    };
    let (Args::FactConfirmed(args), Content::FactConfirmed(content)) =
        (&statement.args, &body.content)
    else {
        return Ok(false);
    };
    let of_record = content.evidence.as_deref().unwrap_or_default();
    Ok(args.how == how
        && match (of_record, evidence) {
            ([], None) => true,
            ([one], Some(draft)) => is_evidence(one, draft),
            _ => false,
        })
}

/// Whether evidence of the record is what was typed, where the words were typed as they are there.
fn is_evidence(of_record: &Evidence, draft: &EvidenceDraft) -> bool {
    let quoted = of_record.quote.as_ref().map(|quote| &*quote.exact);
    let typed = match &draft.quote {
        Some(QuoteDraft::Pointing(words)) => Some(words.as_str()),
        Some(QuoteDraft::Exact(words)) => words.exact.as_deref(),
        None => None,
    };
    let document = draft.document.as_ref();
    quoted == typed
        && document.is_none_or(|named| *named == Name::Position(of_record.document))
        && draft.nth.is_none()
}
