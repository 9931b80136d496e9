//! `annals clone`: makes a copy of a published record that annals pull brings up to date.

use crate::cli::shared::{JobsArgs, PullReport, pull_options};
use crate::cli::terminal::{
    CliError, Command, Context, Exit, Format, Group, Progress, counted, done_as, formats, json,
};
use crate::disk::DiskError;
use crate::ledger::error::LedgerError;
use crate::ledger::exchange::follow::{PullDepth, clone_published};
use crate::ledger::file_kind::found_at;
use crate::ledger::folder_kind::any_kind;
use crate::ledger::paths::Paths;
use crate::ledger::published_place::PublishedPlace;
use clap::Args;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Make a copy of a published record, which annals pull brings up to date
///
/// The record is verified whole, as annals verify does it, before the folder has its name: every
/// signature, link, role and quotation, and that its tree is that of a checkpoint signed by its own
/// log key. The copy is an ordinary ledger: every command that reads works in it, without a
/// network. Where the address is a server (annals serve), what is signed in the copy is sent there;
/// a copy of files is only read. What the publisher withholds is not in it.
///
/// To continue a clone that was interrupted, run the same command again.
#[derive(Debug, Args)]
pub struct CloneArgs {
    /// The http(s) address of the published record, or its folder
    #[arg(value_name = "URL|FOLDER")]
    place: PathBuf,
    /// The folder to make; it must not be there yet, or be empty, and not be
    /// the one in which the command runs
    #[arg(value_name = "DIR", default_value = "ledger")]
    dir: PathBuf,
    #[command(flatten)]
    jobs: JobsArgs,
}

impl Command for CloneArgs {
    const GROUP: Group = Group::Archivist;
    const IS_ABOUT_RECORD: bool = false;

    fn formats(&self) -> &'static [Format] {
        formats::OBJECT
    }

    fn run(self, context: &mut Context) -> Result<Exit, CliError> {
        run(context, self)
    }
}

fn run(context: &mut Context, args: CloneArgs) -> Result<Exit, CliError> {
    let Some(place) = PublishedPlace::of(&args.place)? else {
        return Err(not_published(&args.place)?.into());
    };
    let paths = Paths::new(args.dir, context.global.keys.clone());
    let key = context.stamp_key()?;
    let progress = Progress::counting("clone");
    let report = |done| progress.at(done);
    let options = pull_options(context, args.jobs.count(), PullDepth::Whole)?;
    let options = options.with(key.as_ref(), &report);
    let outcome = clone_published(&place, &paths, options)?;
    drop(progress);
    let mut out = done_as(context.format());
    match context.format() {
        Format::Text => writeln!(
            out,
            "cloned {} of {} from {} to {}",
            counted(outcome.size, "event"),
            outcome.origin,
            outcome.place,
            paths.ledger.display()
        )?,
        _ => json(&mut out, &PullReport::of(&outcome, &paths))?,
    }
    out.flush()?;
    Ok(Exit::Yes)
}

/// What stands where a published record was expected.
fn not_published(place: &Path) -> Result<LedgerError, DiskError> {
    let found = found_at(place)?.unwrap_or("none");
    let none = match PublishedPlace::without_scheme(place) {
        Some(hint) => format!("{found}; {hint}"),
        None => format!(
            "{found}: name the address of one, which begins with http:// or https://, or a folder \
             that annals publish wrote"
        ),
    };
    let found = any_kind(place)?.unwrap_or(none);
    let place = place.display();
    Ok(LedgerError::NotFound(format!("expected a published record at {place}, found {found}")))
}
