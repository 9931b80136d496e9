//! `annals repair`: rebuilds damaged or lost files from complete ones.

use crate::cli::render::report::VerdictReport;
use crate::cli::render::report::text::faults;
use crate::cli::terminal::{CliError, Command, Context, Exit, Group, Progress, done, visible};
use crate::index::IndexStatus;
use crate::ledger::audit::Audited;
use crate::ledger::error::LedgerError;
use crate::ledger::exchange::repair::step::Step;
use crate::ledger::exchange::repair::{CopyKind, CopyState, RepairOptions, index, repair};
use crate::ledger::paths::Paths;
use crate::ledger::reader::Record;
use clap::Args;
use std::io::Write;
use std::path::PathBuf;

/// Build a damaged or lost journal from the store, the store from the journal
#[derive(Debug, Args)]
pub struct RepairArgs {
    /// Another copy of this ledger: take from it the journal, if it is whole and goes on from what
    /// is signed here, and documents that are missing or damaged here
    #[arg(long, value_name = "COPY")]
    from: Option<PathBuf>,
    /// Make the index again from the journal, and nothing else; without it, answers as of a point
    /// fold the whole record
    #[arg(long, conflicts_with = "from")]
    index: bool,
}

impl Command for RepairArgs {
    const GROUP: Group = Group::SetUp;

    fn run(self, context: &mut Context) -> Result<Exit, CliError> {
        run(context, self)
    }
}

fn run(context: &mut Context, args: RepairArgs) -> Result<Exit, CliError> {
    let paths = context.paths()?;
    if args.index {
        return make(context, &paths);
    }
    let jobs = std::thread::available_parallelism().map_or(1, usize::from);
    let options = RepairOptions { from: args.from, jobs, wait: context.wait()? };
    // A failing standard output prevents neither the repair nor its report.
    let mut out = done();
    let mut failed = Ok(());
    let mut on_step = |step: Step| {
        let written = writeln!(out, "{}", line(&step)).and_then(|()| out.flush());
        failed = std::mem::replace(&mut failed, Ok(())).and(written);
    };
    let audited = repair(&paths, &options, &mut on_step)?;
    let written = end(&mut out, &audited);
    match failed.map_err(CliError::from).and(written) {
        Ok(()) | Err(CliError::ClosedPipe) => Ok(Exit::from(audited.report.verdict())),
        Err(failure) => Err(failure),
    }
}

/// Builds the index, and reports the result.
fn make(context: &Context, paths: &Paths) -> Result<Exit, CliError> {
    let progress = Progress::new(Record::open(paths.clone())?.size(), "fold");
    let built = index(paths, context.wait()?, Some(&|done| progress.at(done)))?;
    drop(progress);
    let mut out = done();
    match &built {
        IndexStatus::Same { events, wrote: false } => {
            writeln!(out, "index: whole, {events} events; nothing was to be repaired")?;
        }
        IndexStatus::Same { events, wrote: true } => {
            writeln!(out, "index: built from the journal, {events} events")?;
        }
        IndexStatus::Not(why) => return Err(LedgerError::Index(why.clone()).into()),
        IndexStatus::Absent | IndexStatus::Behind | IndexStatus::Differs(_) => {
            return Err(LedgerError::Index("what was written is not there".to_owned()).into());
        }
    }
    out.flush()?;
    Ok(Exit::Yes)
}

fn line(step: &Step) -> String {
    match step {
        Step::Found(place, path, CopyState::Whole(events)) => {
            format!("{place}: whole, {events} events, at {}", path.display())
        }
        Step::Found(place, path, CopyState::Damaged(why, more)) => {
            let more = if *more > 0 { format!(" (and {more} more)") } else { String::new() };
            format!("{place}: damaged, at {}: {}{more}", path.display(), visible(why))
        }
        Step::Found(place, path, CopyState::Unfit(events, why)) => {
            let path = path.display();
            format!("{place}: {events} events, not taken, at {path}: {}", visible(why))
        }
        Step::Found(place, path, CopyState::Unknown(why)) => {
            let path = path.display();
            format!("{place}: not compared, at {path}: it cannot be copied: {}", visible(why))
        }
        Step::Found(place, path, CopyState::Absent) => {
            format!("{place}: there is none at {}", path.display())
        }
        Step::Built(what, CopyKind::Copy, events) => {
            format!("{what}: taken from the copy, {events} events")
        }
        Step::Built(what, from, events) => {
            format!("{what}: built from the {from}, {events} events")
        }
        Step::Aside(what, path) => format!("{what}: the old one is kept at {}", path.display()),
        Step::Document(digest) => format!("document {digest}: taken from the copy"),
        Step::NoDocument(position, digest) => format!(
            "document {digest}: missing or damaged here, captured by event {position}, and not \
             found elsewhere; annals repair --from COPY looks for it in another copy"
        ),
        Step::Checkpoint(size) => format!("checkpoint: taken from the copy, size {size}"),
        Step::Index(events) => format!("index: built from the journal, {events} events"),
        Step::Nothing => "nothing was to be repaired".to_owned(),
    }
}

fn end(out: &mut dyn Write, audited: &Audited) -> Result<(), CliError> {
    let report = VerdictReport::of(audited, Vec::new());
    faults(out, &report)?;
    writeln!(out, "verified: {}", report.verdict)?;
    if let Some(head) = audited.report.head {
        writeln!(out, "size {}, head {head}", audited.report.size)?;
    }
    Ok(out.flush()?)
}
