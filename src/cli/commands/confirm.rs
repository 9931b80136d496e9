//! `annals confirm`: confirmations of facts whose words were read again.
//!
//! Always holds: a confirmation is of the present words of a fact. Not here: rules (`legal`).

use crate::cli::render::provenance;
use crate::cli::shared::positions::{PositionList, Positions};
use crate::cli::shared::receipt::{PartKind, ReceiptPart};
use crate::cli::shared::waiting::{self, ReviewScope, waits_for};
use crate::cli::shared::{
    QuoteArgs, SubmitOptions, WriteArgs, expect_legal, fields, present, submit,
};
use crate::cli::terminal::{
    CliError, Command, Context, Exit, Format, Group, ask, formats, note, visible, wrapped,
};
use crate::ledger::error::LedgerError;
use crate::ledger::write::draft::{Draft, Input, Name};
use annals_core::event::vocabulary::{How, Stance, Type};
use annals_core::fold::Fact;
use annals_core::fold::history::KeyIndex;
use annals_core::fold::operation::Operation;
use annals_core::state::State;
use clap::Args;

/// Confirm facts by reading them again
///
/// Each number is a fact, or the correction whose words were read: then it is refused if the fact
/// was corrected again since. A range such as 3-22 (or 3-5,9) means the facts in it that wait for
/// you; all are signed at once.
#[derive(Debug, Args)]
pub struct ConfirmArgs {
    /// Positions of the facts, or ranges of positions
    #[arg(required = true, value_name = "FACTS")]
    facts: Vec<PositionList>,
    /// How you confirm them
    #[arg(long, value_parser = fields::how())]
    how: Option<How>,
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
    let Meant { facts, recorded } = facts(context, &args.facts)?;
    if args.how.is_none() {
        for fact in &facts {
            let draft = Draft {
                kind: Some(Type::FactConfirmed),
                fact: Some(Name::Position(*fact)),
                ..Draft::default()
            };
            expect_legal(context, Some(draft), &args.write)?;
        }
    }
    present::show(context, &facts, &args.write)?;
    let how = ask::word(args.how, How::ALL, "how do you confirm", "--how")?;
    let evidence = args.place.evidence(Stance::Supports).map(|entry| vec![entry]);
    let draft = |fact: &u64| Draft {
        kind: Some(Type::FactConfirmed),
        fact: Some(Name::Position(*fact)),
        how: Some(how),
        evidence: evidence.clone(),
        ..Draft::default()
    };
    let options = SubmitOptions { recorded, ..SubmitOptions::of(&args.write) };
    submit(context, &Input::of(facts.iter().map(draft)), &options)
}

/// The facts that are meant.
struct Meant {
    facts: Vec<u64>,
    /// The confirmations of all of them that the signer has written before; empty if one waits.
    recorded: Vec<ReceiptPart>,
}

/// The facts that are meant, each once: those named, and of a range those that wait for the signer.
fn facts(context: &Context, given: &[PositionList]) -> Result<Meant, CliError> {
    let parts = || given.iter().flat_map(|PositionList(parts)| parts);
    let mut facts = Vec::new();
    let mut add = |fact: u64| {
        if !facts.contains(&fact) {
            facts.push(fact);
        }
    };
    let named = |part: &Positions| matches!(part, Positions::One(_));
    if parts().all(named) {
        parts().for_each(|part| {
            if let Positions::One(fact) = part {
                add(*fact);
            }
        });
        return Ok(Meant { facts, recorded: Vec::new() });
    }
    let record = context.record()?;
    let (view, names) = provenance::view(context, &record, None)?;
    let (reviewer, person) = provenance::reviewer(context, &view, &names)?;
    let confirmed = |fact: &&&Fact| {
        let mine = |key: &KeyIndex| view.state().history.person(*key) == Some(&person);
        fact.retraction().is_none() && fact.confirmed_by().iter().any(mine)
    };
    let mut again = Vec::new();
    for part in parts() {
        let (first, last) = match *part {
            Positions::One(fact) => {
                add(fact);
                continue;
            }
            Positions::Range { first, last } => (first, last),
        };
        let of_range = |fact: &&Fact| (first..=last).contains(&fact.position);
        let waits = |fact: &&Fact| waits_for(&person, view.state(), fact, ReviewScope::Unconfirmed);
        let all = view.state().fold.facts().iter().filter(of_range);
        let (waiting, others): (Vec<&Fact>, Vec<&Fact>) = all.partition(waits);
        let done = others.iter().filter(confirmed).map(|fact| fact.position);
        again.extend(done);
        note(format!("of {first}-{last} {}", waiting::sentence(waiting.len(), &reviewer)));
        if !others.is_empty() {
            let others: Vec<String> = others.iter().map(|fact| fact.position.to_string()).collect();
            let why = "own words, confirmed or disputed already, or retracted";
            note(wrapped(&format!("left out ({why}): {}", others.join(", ")), 0));
        }
        waiting.iter().for_each(|fact| add(fact.position));
    }
    // The same command again: its receipt may have been lost.
    let mut recorded = Vec::new();
    if facts.is_empty() {
        again.sort_unstable();
        again.dedup();
        let mine = |key: KeyIndex| view.state().history.person(key) == Some(&person);
        recorded = confirmations(view.state(), &again, &mine);
        facts = again;
    }
    match facts.is_empty() {
        false => Ok(Meant { facts, recorded }),
        true => {
            let why = format!("no fact of these waits for {}", visible(&reviewer));
            Err(LedgerError::NotAllowed { kind: Type::FactConfirmed, why }.into())
        }
    }
}

/// The confirmations of the present words of these facts by the keys of a person.
fn confirmations(
    state: &State,
    facts: &[u64],
    mine: &dyn Fn(KeyIndex) -> bool,
) -> Vec<ReceiptPart> {
    let found = state.history.acts().iter().filter_map(|act| {
        let Operation::Confirmed { on } = act.operation else { return None };
        let fact = state.fold.fact_of_revision(on).filter(|fact| fact.revision == on)?;
        let (fact, revision) = (fact.position, fact.revision);
        let stands = facts.contains(&fact) && mine(act.by);
        (stands && state.undone_by(act.position).is_none()).then_some(ReceiptPart {
            already: Some(act.position),
            kind: PartKind::Act { kind: Type::FactConfirmed, fact, revision },
            text: None,
        })
    });
    found.collect()
}
