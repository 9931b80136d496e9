//! `annals move`: the record goes into a database, or back into its folder.

use crate::cli::shared::database::{MemoryArgs, database_address};
use crate::cli::shared::{JobsArgs, WriteStatus};
use crate::cli::terminal::{
    CliError, Command, Context, Exit, Format, Group, Progress, counted, done_as, formats, json,
    visible,
};
use crate::ledger::exchange::relocate::{
    MoveOptions, MoveOutcome, RestoredRows, move_to_database, move_to_folder,
};
use crate::ledger::exchange::steps::Steps;
use clap::Args;
use serde::Serialize;
use std::io::Write;

/// Move the record into a PostgreSQL database, or back into its folder
///
/// The record is verified first. What is moved is the same, byte for byte: events, documents,
/// checkpoint. The folder stays, as the copy that the server of the database keeps; it is written
/// to through annals serve --home alone, until the record is moved back. To continue a move that
/// was interrupted, run the same command again. Where the database has lost events or documents, as
/// a restored backup has, --to puts them back from the copy. Where the database has another
/// address, --to writes it down in the copy.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
#[group(required = true, multiple = false, args = ["to", "from"])]
pub struct MoveArgs {
    /// The database that keeps the record from now on
    #[arg(long, value_name = "URL")]
    to: Option<String>,
    /// The database that kept it until now: the folder keeps it from now on
    #[arg(long, value_name = "URL")]
    from: Option<String>,
    /// The name of the record, where the database has several and there is no folder yet
    #[arg(long, value_name = "NAME", requires = "from")]
    origin: Option<String>,
    #[command(flatten)]
    memory: MemoryArgs,
    #[command(flatten)]
    jobs: JobsArgs,
}

const AFTER_HELP: &str = "\
URL is postgres://USER@HOST/DATABASE, as libpq reads it; annals store init makes the tables there.
PGPASSWORD has the password; beyond this machine the connection is TLS, and PGSSLROOTCERT names the
certificates that are trusted for it, PEM, in place of the public authorities. annals help newsroom
has the whole way.";

/// What was moved, for programs.
#[derive(Serialize)]
struct MoveReport<'a> {
    status: WriteStatus,
    origin: &'a str,
    /// Where the record is kept now.
    home: String,
    size: u64,
    /// The number of events that were there before.
    before: u64,
    /// What was missing among these, and was put back.
    restored: RestoredJson,
}

/// How many rows were put back.
#[derive(Serialize)]
struct RestoredJson {
    events: u64,
    documents: u64,
}

impl Command for MoveArgs {
    const GROUP: Group = Group::SetUp;

    fn formats(&self) -> &'static [Format] {
        formats::OBJECT
    }

    fn run(self, context: &mut Context) -> Result<Exit, CliError> {
        run(context, self)
    }
}

fn run(context: &mut Context, args: MoveArgs) -> Result<Exit, CliError> {
    let MoveArgs { to, from, origin, memory, jobs } = args;
    let memory = memory.witness()?;
    let address = database_address(to.as_deref().or(from.as_deref()).unwrap_or_default())?;
    let paths = context.paths()?;
    let progress = Progress::counting("verify");
    let report = |done| progress.at(done);
    let step = |step, done| progress.step(step, done);
    let options = MoveOptions {
        address: &address,
        memory: memory.as_ref(),
        jobs: jobs.count(),
        wait: context.wait()?,
        progress: Some(&report),
        steps: Steps(Some(&step)),
        entropy: &mut *context.entropy,
    };
    let outcome = match to {
        Some(_) => move_to_database(&paths, options)?,
        None => move_to_folder(&paths, origin.as_deref(), options)?,
    };
    drop(progress);
    let home = match to {
        Some(_) => address.to_string(),
        None => paths.ledger.display().to_string(),
    };
    let mut out = done_as(context.format());
    match context.format() {
        Format::Text => writeln!(out, "{}", summary(&outcome, &home))?,
        _ => {
            let MoveOutcome { origin, before, size, restored } = &outcome;
            let status = match before == size && *restored == RestoredRows::default() {
                true => WriteStatus::Already,
                false => WriteStatus::Written,
            };
            let RestoredRows { events, documents } = *restored;
            let restored = RestoredJson { events, documents };
            let (size, before) = (*size, *before);
            let origin = &visible(origin);
            json(&mut out, &MoveReport { status, origin, home, size, before, restored })?;
        }
    }
    out.flush()?;
    Ok(Exit::Yes)
}

/// What was moved, as a line.
fn summary(outcome: &MoveOutcome, home: &str) -> String {
    let MoveOutcome { origin, before, size, restored } = outcome;
    let (origin, events) = (visible(origin), counted(*size, "event"));
    let were = if *size == 1 { "was" } else { "were" };
    let new = format!("events {before} to {} were new there", size.saturating_sub(1));
    let (lost, documents) =
        (counted(restored.events, "event"), counted(restored.documents, "document"));
    let is_restored = *restored != RestoredRows::default();
    let what = match (before == size, *before > 0) {
        (true, _) if is_restored => format!(
            "its {events} {were} there already, except {lost} and {documents}, which were put back"
        ),
        (true, _) => format!("its {events} {were} there already"),
        (false, true) if is_restored => {
            format!("{new}, and {lost} and {documents} were put back")
        }
        (false, true) => new,
        (false, false) => events,
    };
    format!("{origin} is kept in {home}: {what}")
}
