//! `annals pull`: brings a copy up to date with the published record that it follows.

use crate::cli::shared::{JobsArgs, PullReport, pull_options};
use crate::cli::terminal::{
    CliError, Command, Context, Exit, Format, Group, Progress, counted, done_as, formats, json,
};
use crate::ledger::exchange::follow::{PullDepth, pull};
use clap::Args;
use std::io::Write;

/// Bring a copy that annals clone made up to date
///
/// What is new is verified before it is part of the copy, and the copy is left as it was where
/// anything is wrong. A publisher who goes back behind what was pulled before, or publishes another
/// record of the same log key, is exit 4, and evidence of it is kept beside the copy's mark
/// (LEDGER/following.evidence). To continue a pull that was interrupted, run it again.
#[derive(Debug, Args)]
pub struct PullArgs {
    #[command(flatten)]
    jobs: JobsArgs,
    /// Verify the whole copy with what is new, not only what is new
    #[arg(long)]
    verify_first: bool,
}

impl Command for PullArgs {
    const GROUP: Group = Group::Archivist;

    fn formats(&self) -> &'static [Format] {
        formats::OBJECT
    }

    fn run(self, context: &mut Context) -> Result<Exit, CliError> {
        run(context, self)
    }
}

fn run(context: &mut Context, args: PullArgs) -> Result<Exit, CliError> {
    let paths = context.paths()?;
    let key = context.stamp_key()?;
    let progress = Progress::counting("pull");
    let report = |done| progress.at(done);
    let depth = if args.verify_first { PullDepth::Whole } else { PullDepth::New };
    let options = pull_options(context, args.jobs.count(), depth)?;
    let options = options.with(key.as_ref(), &report);
    let outcome = pull(&paths, options)?;
    drop(progress);
    let mut out = done_as(context.format());
    let place = &outcome.place;
    match context.format() {
        Format::Text if outcome.before == outcome.size => {
            writeln!(out, "up to date: {} of {place}", counted(outcome.size, "event"))?;
        }
        Format::Text => writeln!(
            out,
            "pulled events {} to {} from {place}",
            outcome.before,
            outcome.size.saturating_sub(1)
        )?,
        _ => json(&mut out, &PullReport::of(&outcome, &paths))?,
    }
    out.flush()?;
    Ok(Exit::Yes)
}
