//! `annals uphold`: closes a dispute; the fact stands.
//!
//! Always holds: an upholding has a statement. Not here: who may uphold (`legal`).

use crate::cli::shared::{
    QuoteArgs, SubmitOptions, WriteArgs, expect_legal, present, submit_typed,
};
use crate::cli::terminal::ask::LineQuestion;
use crate::cli::terminal::{CliError, Command, Context, Exit, Format, Group, formats};
use crate::ledger::write::draft::{Draft, Name};
use annals_core::event::vocabulary::{Stance, Type};
use clap::Args;

/// Close a dispute: the fact stands
#[derive(Debug, Args)]
pub struct UpholdArgs {
    /// Position of the dispute
    dispute: u64,
    /// Why the fact stands, in a sentence for readers
    #[arg(long)]
    statement: Option<String>,
    #[command(flatten)]
    place: QuoteArgs,
    #[command(flatten)]
    write: WriteArgs,
}

impl Command for UpholdArgs {
    const GROUP: Group = Group::Editor;

    fn formats(&self) -> &'static [Format] {
        formats::OBJECT
    }

    fn run(self, context: &mut Context) -> Result<Exit, CliError> {
        run(context, self)
    }
}

fn run(context: &mut Context, args: UpholdArgs) -> Result<Exit, CliError> {
    args.place.check()?;
    context.begin_write(args.write.dry_run)?;
    let draft = Draft {
        kind: Some(Type::FactUpheld),
        dispute: Some(Name::Position(args.dispute)),
        statement: args.statement.clone(),
        evidence: args.place.evidence(Stance::Supports).map(|entry| vec![entry]),
        ..Draft::default()
    };
    expect_legal(context, draft.clone(), &args.write)?;
    present::show_charge(context, args.dispute, &args.write)?;
    let question = "statement (why the fact stands)";
    let statement =
        LineQuestion::new(question).option("--statement").given_or_ask(args.statement)?;
    let draft = Draft { statement: Some(statement), ..draft };
    submit_typed(context, draft, &SubmitOptions::of(&args.write))
}
