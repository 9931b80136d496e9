//! `annals dispute`: states that the words of a fact are wrong.
//!
//! Always holds: a dispute has a reason, a place of the error and a statement. Not here: closing it
//! (`uphold`, `correct`).

use crate::cli::shared::{
    ErrorArgs, QuoteArgs, SubmitOptions, WriteArgs, errors, expect_legal, present, submit_typed,
};
use crate::cli::terminal::{CliError, Command, Context, Exit, Format, Group, formats};
use crate::ledger::write::draft::{Draft, Name};
use annals_core::event::vocabulary::{Stance, Type};
use clap::Args;

/// Dispute the words of a fact
///
/// A document that is quoted contradicts the claim, unless --stance says otherwise.
#[derive(Debug, Args)]
pub struct DisputeArgs {
    /// Position of the fact
    fact: u64,
    #[command(flatten)]
    why: ErrorArgs,
    #[command(flatten)]
    place: QuoteArgs,
    #[command(flatten)]
    write: WriteArgs,
}

impl Command for DisputeArgs {
    const GROUP: Group = Group::Editor;

    fn formats(&self) -> &'static [Format] {
        formats::OBJECT
    }

    fn run(self, context: &mut Context) -> Result<Exit, CliError> {
        run(context, self)
    }
}

fn run(context: &mut Context, args: DisputeArgs) -> Result<Exit, CliError> {
    args.place.check()?;
    context.begin_write(args.write.dry_run)?;
    let draft = Draft {
        kind: Some(Type::FactDisputed),
        fact: Some(Name::Position(args.fact)),
        reason: args.why.reason,
        error_in: args.why.said.error_in,
        statement: args.why.said.statement.clone(),
        evidence: args.place.evidence(Stance::Contradicts).map(|entry| vec![entry]),
        ..Draft::default()
    };
    expect_legal(context, draft.clone(), &args.write)?;
    present::show(context, &[args.fact], &args.write)?;
    let (reason, statement) = errors(&args.why)?;
    let draft = Draft { reason: Some(reason), statement: Some(statement), ..draft };
    submit_typed(context, draft, &SubmitOptions::of(&args.write))
}
