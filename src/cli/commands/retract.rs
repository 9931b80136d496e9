//! `annals retract`: withdraws a fact, which remains visible.
//!
//! Always holds: a retraction has a reason and a statement. Not here: ending it (`reinstate`).

use crate::cli::shared::{
    ErrorArgs, SubmitOptions, WriteArgs, errors, expect_legal, present, submit_typed,
};
use crate::cli::terminal::{CliError, Command, Context, Exit, Format, Group, formats};
use crate::ledger::write::draft::{Draft, Name};
use annals_core::event::vocabulary::Type;
use clap::Args;

/// Retract a fact, with the reason
#[derive(Debug, Args)]
pub struct RetractArgs {
    /// Position of the fact
    fact: u64,
    #[command(flatten)]
    why: ErrorArgs,
    #[command(flatten)]
    write: WriteArgs,
}

impl Command for RetractArgs {
    const GROUP: Group = Group::Editor;

    fn formats(&self) -> &'static [Format] {
        formats::OBJECT
    }

    fn run(self, context: &mut Context) -> Result<Exit, CliError> {
        run(context, self)
    }
}

fn run(context: &mut Context, args: RetractArgs) -> Result<Exit, CliError> {
    context.begin_write(args.write.dry_run)?;
    let draft = Draft {
        kind: Some(Type::FactRetracted),
        fact: Some(Name::Position(args.fact)),
        reason: args.why.reason,
        error_in: args.why.said.error_in,
        statement: args.why.said.statement.clone(),
        ..Draft::default()
    };
    expect_legal(context, draft.clone(), &args.write)?;
    present::show(context, &[args.fact], &args.write)?;
    let (reason, statement) = errors(&args.why)?;
    let draft = Draft { reason: Some(reason), statement: Some(statement), ..draft };
    submit_typed(context, draft, &SubmitOptions::of(&args.write))
}
