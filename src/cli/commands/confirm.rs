//! `annals confirm`: facts whose words were read again.
//!
//! Always holds: what is confirmed is the present words of each fact. Not here: rules (`legal`).

use crate::cli::shared::fields;
use crate::cli::shared::present;
use crate::cli::shared::{QuoteArgs, WriteArgs};
use crate::cli::shared::{SubmitOptions, submit};
use crate::cli::terminal::Context;
use crate::cli::terminal::Format;
use crate::cli::terminal::ask;
use crate::cli::terminal::formats;
use crate::cli::terminal::{CliError, Exit};
use crate::cli::terminal::{Command, Group};
use crate::ledger::write::draft::{Draft, Input, Name};
use annals_core::event::vocabulary::{How, Stance, Type};
use clap::Args;

/// Confirm facts by reading them again
///
/// Each number is a fact, or the correction whose words were read: then it is refused if the fact
/// was corrected again since.
#[derive(Debug, Args)]
pub struct ConfirmArgs {
    /// Positions of the facts
    #[arg(required = true)]
    facts: Vec<u64>,
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
    present::show(context, &args.facts, &args.write)?;
    let how = ask::word(args.how, How::ALL, "how do you confirm", "--how")?;
    let evidence = args.place.evidence(Stance::Supports).map(|entry| vec![entry]);
    let draft = |fact: &u64| Draft {
        kind: Some(Type::FactConfirmed),
        fact: Some(Name::Position(*fact)),
        how: Some(how),
        evidence: evidence.clone(),
        ..Draft::default()
    };
    submit(context, &Input::of(args.facts.iter().map(draft)), &SubmitOptions::of(&args.write))
}
