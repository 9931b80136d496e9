//! `annals reinstate`: ends a retraction.
//!
//! Always holds: the number of a fact stands for its retraction in force, or else for its last one.
//! Not here: who may reinstate (`legal`).

use crate::cli::shared::{
    QuoteArgs, SubmitOptions, WriteArgs, expect_legal, present, submit_typed,
};
use crate::cli::terminal::ask::LineQuestion;
use crate::cli::terminal::{CliError, Command, Context, Exit, Format, Group, formats};
use crate::ledger::reader::Record;
use crate::ledger::write::draft::{Draft, Name};
use annals_core::event::vocabulary::{Stance, Type};
use annals_core::fold::Fact;
use annals_core::fold::history::Act;
use annals_core::fold::operation::Operation;
use annals_core::state::State;
use clap::Args;

/// End a retraction
#[derive(Debug, Args)]
pub struct ReinstateArgs {
    /// Position of the retraction, or of the fact that is retracted
    position: u64,
    /// Why the fact stands again, in a sentence for readers
    #[arg(long)]
    statement: Option<String>,
    #[command(flatten)]
    place: QuoteArgs,
    #[command(flatten)]
    write: WriteArgs,
}

impl Command for ReinstateArgs {
    const GROUP: Group = Group::Editor;

    fn formats(&self) -> &'static [Format] {
        formats::OBJECT
    }

    fn run(self, context: &mut Context) -> Result<Exit, CliError> {
        run(context, self)
    }
}

fn run(context: &mut Context, args: ReinstateArgs) -> Result<Exit, CliError> {
    args.place.check()?;
    context.begin_write(args.write.dry_run)?;
    let retraction = retraction(&context.record()?, args.position)?;
    let draft = Draft {
        kind: Some(Type::FactReinstated),
        retraction: Some(Name::Position(retraction)),
        statement: args.statement.clone(),
        evidence: args.place.evidence(Stance::Supports).map(|entry| vec![entry]),
        ..Draft::default()
    };
    expect_legal(context, draft.clone(), &args.write)?;
    present::show_charge(context, retraction, &args.write)?;
    let question = "statement (why the fact stands again)";
    let statement =
        LineQuestion::new(question).option("--statement").given_or_ask(args.statement)?;
    let draft = Draft { statement: Some(statement), ..draft };
    submit_typed(context, draft, &SubmitOptions::of(&args.write))
}

/// The retraction in force of a fact, or its last one, because this may repeat a reinstatement; for
/// another event, or a fact that was never retracted, the position itself, which is refused.
fn retraction(record: &Record, position: u64) -> Result<u64, CliError> {
    let report = record.state(record.size())?;
    let fact = report.state.fold.fact_of_revision(position);
    let named = fact.and_then(|fact| fact.retraction().or_else(|| last(&report.state, fact)));
    Ok(named.unwrap_or(position))
}

fn last(state: &State, fact: &Fact) -> Option<u64> {
    let retracts = |act: &&Act| match act.operation {
        Operation::Retracted { on } => {
            state.fold.fact_of_revision(on).is_some_and(|of| of.position == fact.position)
        }
        _ => false,
    };
    state.history.acts().iter().rev().find(retracts).map(|act| act.position)
}
