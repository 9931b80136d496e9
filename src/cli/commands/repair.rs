//! `annals repair`: rebuilds damaged or lost files from complete ones.

use crate::cli::render::report::text::faults;
use crate::cli::render::report::{self, FaultReport};
use crate::cli::shared::named_keys;
use crate::cli::terminal::advised::with_places;
use crate::cli::terminal::{
    CliError, Command, Context, Exit, Format, Group, Progress, counted, done, done_as, formats,
    json, shown_path, visible,
};
use crate::disk::together::cores;
use crate::index::IndexStatus;
use crate::ledger::audit::AuditReport;
use crate::ledger::error::LedgerError;
use crate::ledger::exchange::repair::step::Step;
use crate::ledger::exchange::repair::{CopyKind, CopyState, RepairOptions, index, repair};
use crate::ledger::paths::Paths;
use crate::ledger::reader::Record;
use annals_core::hash::Hash;
use clap::Args;
use serde::Serialize;
use std::io::Write;
use std::path::{Path, PathBuf};

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

/// What was found and done, for programs.
#[derive(Serialize)]
struct RepairJson {
    steps: Vec<StepJson>,
    #[serde(flatten)]
    verdict: Option<RepairVerdict>,
}

/// The verdict on the record after the repair, by the names of `annals verify`.
#[derive(Serialize)]
struct RepairVerdict {
    verdict: String,
    exit: Exit,
    size: u64,
    head: Option<Hash>,
    faults: Vec<FaultReport>,
}

/// A step.
#[derive(Serialize)]
struct StepJson {
    step: StepKind,
    /// The place or the part that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    what: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<FoundState>,
    /// What it was built from.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    /// Number of events.
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<Hash>,
}

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "kebab-case")]
enum StepKind {
    Found,
    Built,
    KeptAside,
    Missing,
    Nothing,
}

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "kebab-case")]
enum FoundState {
    Whole,
    Damaged,
    NotTaken,
    NotCompared,
    Absent,
}

impl StepJson {
    fn of(step: Step) -> StepJson {
        let none = StepJson {
            step: StepKind::Built,
            what: None,
            state: None,
            from: None,
            path: None,
            size: None,
            why: None,
            position: None,
            sha256: None,
        };
        let named = |what: &str| Some(what.to_owned());
        let copy = || named("copy");
        match step {
            Step::Found { place, path, state } => {
                let (state, size, why) = match state {
                    CopyState::Whole(size) => (FoundState::Whole, Some(size), None),
                    CopyState::Damaged { why, .. } => (FoundState::Damaged, None, Some(why)),
                    CopyState::Unfit { events, why } => {
                        (FoundState::NotTaken, Some(events), Some(why))
                    }
                    CopyState::Unknown(why) => (FoundState::NotCompared, None, Some(why)),
                    CopyState::Absent => (FoundState::Absent, None, None),
                };
                StepJson {
                    step: StepKind::Found,
                    what: Some(place.to_string()),
                    state: Some(state),
                    path: Some(path.display().to_string()),
                    size,
                    why,
                    ..none
                }
            }
            Step::Built { place, from, events } => StepJson {
                what: Some(place.to_string()),
                from: Some(from.to_string()),
                size: Some(events),
                ..none
            },
            Step::Aside { place, path } => StepJson {
                step: StepKind::KeptAside,
                what: named(place),
                path: Some(path.display().to_string()),
                ..none
            },
            Step::Document(sha256) => {
                StepJson { what: named("document"), from: copy(), sha256: Some(sha256), ..none }
            }
            Step::NoDocument { position, digest } => StepJson {
                step: StepKind::Missing,
                what: named("document"),
                position: Some(position),
                sha256: Some(digest),
                ..none
            },
            Step::Checkpoint(size) => {
                StepJson { what: named("checkpoint"), from: copy(), size: Some(size), ..none }
            }
            Step::Index(size) => {
                StepJson { what: named("index"), from: named("journal"), size: Some(size), ..none }
            }
            Step::Nothing { .. } => StepJson { step: StepKind::Nothing, ..none },
        }
    }
}

impl Command for RepairArgs {
    const GROUP: Group = Group::SetUp;

    fn formats(&self) -> &'static [Format] {
        formats::OBJECT
    }

    fn run(self, context: &mut Context) -> Result<Exit, CliError> {
        run(context, self)
    }
}

fn run(context: &mut Context, args: RepairArgs) -> Result<Exit, CliError> {
    let paths = context.paths()?;
    named_keys::expect_there(context, named_keys::NOT_WRITTEN)?;
    if args.index {
        return make(context, &paths);
    }
    let jobs = cores();
    let options = RepairOptions { from: args.from, jobs, wait: context.wait()? };
    if context.format() != Format::Text {
        return for_programs(context, &paths, &options);
    }
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
        Ok(()) | Err(CliError::ClosedPipe) => Ok(Exit::from(audited.verdict())),
        Err(failure) => Err(failure),
    }
}

/// Repairs with one object at the end, also where the repair fails: then without a verdict.
fn for_programs(context: &Context, paths: &Paths, asked: &RepairOptions) -> Result<Exit, CliError> {
    let mut steps = Vec::new();
    let audited = repair(paths, asked, &mut |step| steps.push(StepJson::of(step)));
    let verdict = audited.as_ref().ok().map(|audited| RepairVerdict {
        verdict: report::verdict(audited),
        exit: Exit::from(audited.verdict()),
        size: audited.report.size,
        head: audited.report.head,
        faults: report::faults(&audited.report),
    });
    write(context, &RepairJson { steps, verdict })?;
    Ok(Exit::from(audited?.verdict()))
}

fn write(context: &Context, repaired: &RepairJson) -> Result<(), CliError> {
    let mut out = done_as(context.format());
    json(&mut out, repaired)?;
    Ok(out.flush()?)
}

/// Builds the index, and reports the result.
fn make(context: &Context, paths: &Paths) -> Result<Exit, CliError> {
    let progress = Progress::new(Record::open(paths.clone())?.size(), "fold");
    let built = index(paths, context.wait()?, Some(&|done| progress.at(done)))?;
    drop(progress);
    if let (IndexStatus::Same { events, wrote }, true) = (&built, context.format() != Format::Text)
    {
        let step = if *wrote { Step::Index(*events) } else { Step::Nothing { whole: true } };
        write(context, &RepairJson { steps: vec![StepJson::of(step)], verdict: None })?;
        return Ok(Exit::Yes);
    }
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
        Step::Found { place, path, state } => format!("{place}: {}", found(state, path)),
        Step::Built { place, from: CopyKind::Copy, events } => {
            format!("{place}: taken from the copy, {}", counted(*events, "event"))
        }
        Step::Built { place, from, events } => {
            format!("{place}: built from the {from}, {}", counted(*events, "event"))
        }
        Step::Aside { place, path } => {
            format!("{place}: the old one is kept at {}", shown_path(path))
        }
        Step::Document(digest) => format!("document {digest}: taken from the copy"),
        Step::NoDocument { position, digest } => with_places(&format!(
            "document {digest}: missing or damaged here, captured by event {position}, and not \
             found elsewhere; annals repair --from COPY looks for it in another copy"
        ))
        .into_owned(),
        Step::Checkpoint(size) => format!("checkpoint: taken from the copy, size {size}"),
        Step::Index(events) => {
            format!("index: built from the journal, {}", counted(*events, "event"))
        }
        Step::Nothing { whole: true } => "nothing was to be repaired".to_owned(),
        Step::Nothing { whole: false } => "nothing could be repaired from what is here".to_owned(),
    }
}

/// What was found at a path.
fn found(state: &CopyState, path: &Path) -> String {
    let path = shown_path(path);
    match state {
        CopyState::Whole(events) => format!("whole, {}, at {path}", counted(*events, "event")),
        CopyState::Damaged { why, more } => {
            let more = if *more > 0 { format!(" (and {more} more)") } else { String::new() };
            format!("damaged, at {path}: {}{more}", visible(why))
        }
        CopyState::Unfit { events, why } => {
            let events = counted(*events, "event");
            format!("{events}, not taken, at {path}: {}", visible(why))
        }
        CopyState::Unknown(why) => {
            format!("not compared, at {path}: it cannot be copied: {}", visible(why))
        }
        CopyState::Absent => format!("there is none at {path}"),
    }
}

fn end(out: &mut dyn Write, audited: &AuditReport) -> Result<(), CliError> {
    faults(out, &report::faults(&audited.report))?;
    writeln!(out, "verified: {}", report::verdict(audited))?;
    if let Some(head) = audited.report.head {
        writeln!(out, "size {}, head {head}", audited.report.size)?;
    }
    Ok(out.flush()?)
}
