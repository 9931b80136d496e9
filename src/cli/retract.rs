//! `annals retract`: a fact is taken back, and stays to be seen.
//!
//! Always holds: a retraction has a reason and a statement. Not here: what ends it (`reinstate`).

use crate::cli::context::Context;
use crate::cli::dispute::errors;
use crate::cli::exit::{Exit, Failure};
use crate::cli::given::{ErrorArgs, WriteArgs};
use crate::cli::present;
use crate::cli::submit::{Submission, submit_typed};
use annals_core::event::words::Type;
use crate::ledger::draft::{Draft, Name};
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

pub fn run(context: &mut Context, args: RetractArgs) -> Result<Exit, Failure> {
    present::show(context, &[args.fact], &args.write)?;
    let (reason, statement) = errors(&args.why)?;
    let draft = Draft {
        kind: Some(Type::FactRetracted),
        fact: Some(Name::Position(args.fact)),
        reason: Some(reason),
        error_in: args.why.said.error_in,
        statement: Some(statement),
        ..Draft::default()
    };
    submit_typed(context, &[draft], &Submission::of(&args.write))
}
