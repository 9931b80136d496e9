//! `annals dispute`: the words of a fact are said to be wrong.
//!
//! Always holds: a dispute has a reason, a place of the error and a statement. Not here: what
//! closes it (`uphold`, `correct`).

use crate::cli::ask;
use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure};
use crate::cli::given::{ErrorArgs, QuoteArgs, WriteArgs};
use crate::cli::present;
use crate::cli::submit::{Submission, submit_typed};
use annals_core::event::words::{Reason, Stance, Type};
use crate::ledger::draft::{Draft, Name};
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

pub fn run(context: &mut Context, args: DisputeArgs) -> Result<Exit, Failure> {
    present::show(context, &[args.fact], &args.write)?;
    let (reason, statement) = errors(&args.why)?;
    let draft = Draft {
        kind: Some(Type::FactDisputed),
        fact: Some(Name::Position(args.fact)),
        reason: Some(reason),
        error_in: args.why.said.error_in,
        statement: Some(statement),
        evidence: args.place.evidence(Stance::Contradicts).map(|entry| vec![entry]),
        ..Draft::default()
    };
    submit_typed(context, &[draft], &Submission::of(&args.write))
}

/// The reason and statement of a dispute or a retraction, given or asked for.
pub fn errors(why: &ErrorArgs) -> Result<(Reason, String), Failure> {
    let all: Vec<Reason> =
        Reason::ALL.iter().copied().filter(|reason| *reason != Reason::MorePrecise).collect();
    if why.reason == Some(Reason::MorePrecise) {
        return Err(Failure::usage("--reason: more-precise is for corrections only"));
    }
    let reason = ask::word(why.reason, &all, "reason", "--reason")?;
    let question = "statement (why, in a sentence for readers)";
    Ok((reason, ask::given(why.said.statement.clone(), question, "--statement")?))
}
