//! `annals verify`: every byte, link, signature, role and quotation; or a proof, or evidence.

mod bag;
mod evidence;
mod given;
mod proof;
mod what;

use crate::archive::bag::read::is_bag;
use crate::archive::published::Published;
use crate::cli::render::report::Told;
use crate::cli::render::report::page::Around;
use crate::cli::render::report::section::WithSections;
use crate::cli::terminal::Context;
use crate::cli::terminal::Format;
use crate::cli::terminal::Progress;
use crate::cli::terminal::formats;
use crate::cli::terminal::out;
use crate::cli::terminal::{Command, Group};
use crate::cli::terminal::{Exit, Failure};
use crate::cli::terminal::{Kind, Place};
use crate::cli::terminal::{json, note};
use crate::ledger::audit::periods::periods;
use crate::ledger::audit::{Audit, Audited, audit_published, audit_settled};
use crate::ledger::error::LedgerError;
use crate::ledger::exchange::apart::Kept;
use crate::ledger::foreign::foreign;
use crate::ledger::reader::Record;
use annals_core::time::Time;
use annals_core::tlog::policy::Policy;
use annals_core::verify::source::Source;
use clap::{Args, value_parser};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;
use what::What;

/// Check every byte, link, signature, role and quotation
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// A ledger's folder, a bag, a published directory or its http:// address, a proof or an
    /// evidence file [default: as --ledger]
    what: Option<PathBuf>,
    /// Compare with what was seen last, and move this file forward if all is well
    #[arg(long, value_name = "FILE")]
    pin: Option<PathBuf>,
    /// Make the pin from what is here now
    #[arg(long, requires = "pin")]
    first: bool,
    /// Check only what is newer than the pin; the pin stays where it is
    #[arg(long, requires = "pin", conflicts_with = "first")]
    only_new: bool,
    /// Where to write evidence if the record is not the pinned one [default: next to the pin]
    #[arg(long, value_name = "FILE", requires = "pin")]
    evidence: Option<PathBuf>,
    /// Write the verdict as a page to read, print and attach to a letter
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// The logs and witnesses that are trusted, and how many of these must have cosigned [default:
    /// `policy` beside the keys, if there is one]
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// The log key of a proof, as you know it from elsewhere: <origin>+<id>+<key>
    #[arg(long, value_name = "VKEY")]
    log_key: Option<String>,
    /// Number of threads, 1 to 256 [default: all cores]
    #[arg(long, value_name = "N", value_parser = value_parser!(u16).range(1..=256))]
    jobs: Option<u16>,
    /// Do not compare the store with the journal
    #[arg(long)]
    no_store: bool,
    /// Do not compare the index with one that is made anew
    #[arg(long)]
    no_index: bool,
}

impl Command for VerifyArgs {
    const GROUP: Group = Group::Auditor;

    fn formats(&self) -> &'static [Format] {
        formats::OBJECT
    }

    fn run(self, context: &mut Context) -> Result<Exit, Failure> {
        run(context, self)
    }
}

fn run(context: &mut Context, args: VerifyArgs) -> Result<Exit, Failure> {
    // Before any work; it is asked again when the page is written.
    place_of_page(context, &args)?;
    match What::open(args.what.clone(), context)? {
        What::Ledger(mut record) => ledger(context, &mut record, args),
        What::Bag(folder) => {
            let policy = given::named_policy(args.policy.as_deref())?;
            bag::run(context, &folder, &asked(&args, policy)?, &args)
        }
        What::Published(place, mut record) => published(context, (&place, &mut record), args),
        What::Evidence(found) => {
            if args.pin.is_some() || args.html.is_some() {
                let why = "an evidence file is judged alone, by what is in it: without --pin and \
                           --html";
                return Err(Failure::usage(why));
            }
            evidence::run(context, found.as_deref().map_err(|why| *why))
        }
        What::Proof(bytes) => {
            if args.first || args.only_new || args.evidence.is_some() || args.html.is_some() {
                let why = "--first, --only-new, --evidence and --html are for whole ledgers, not \
                           for a proof";
                return Err(Failure::usage(why));
            }
            let (pin, policy) = (args.pin.as_deref(), args.policy.as_deref());
            let given = given::given(context, pin, policy, args.log_key.as_deref())?;
            proof::run(context.format(), &bytes, &given)
        }
    }
}

/// How many foreign files are named.
const FOREIGN: usize = 5;

fn ledger(context: &mut Context, record: &mut Record, args: VerifyArgs) -> Result<Exit, Failure> {
    let began = Instant::now();
    let policy = given::policy_of(&record.paths, args.policy.as_deref())?;
    let asked = asked(&args, policy)?;
    let progress = Progress::new(record.size(), "verify");
    let audited = audit_settled(record, &asked, Some(&|done| progress.at(done)))?;
    drop(progress);
    let strange = foreign(&record.paths);
    for path in strange.iter().take(FOREIGN) {
        note(format!("note: {} is no file of a ledger, and was not looked at", path.display()));
    }
    if let Some(more) = strange.len().checked_sub(FOREIGN).filter(|more| *more > 0) {
        note(format!("note: and {more} more files that no ledger has"));
    }
    tell(context, (&record.journal, &record.paths.ledger), (&audited, began), args)
}

fn published(
    context: &mut Context,
    (place, record): (&Path, &mut Published),
    args: VerifyArgs,
) -> Result<Exit, Failure> {
    let began = Instant::now();
    // The policy beside the keys here may well be about another record.
    let asked = asked(&args, given::named_policy(args.policy.as_deref())?)?;
    let progress = Progress::new(record.size(), "verify");
    let audited = audit_published(record, &asked, Some(&|done| progress.at(done)))?;
    drop(progress);
    tell(context, (&*record, place), (&audited, began), args)
}

fn asked(args: &VerifyArgs, policy: Option<Policy>) -> Result<Audit, Failure> {
    if args.log_key.is_some() {
        let why = "--log-key: a whole record names its log keys itself; the key is for proofs";
        return Err(Failure::usage(why));
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    Ok(Audit {
        pin: args.pin.clone(),
        first: args.first,
        only_new: args.only_new,
        evidence: args.evidence.clone(),
        store: !args.no_store,
        index: !args.no_index,
        jobs: args.jobs.map_or(cores, usize::from),
        policy,
    })
}

fn tell(
    context: &mut Context,
    (source, place): (&dyn Source, &Path),
    (audited, began): (&Audited, Instant),
    args: VerifyArgs,
) -> Result<Exit, Failure> {
    let seconds = began.elapsed().as_secs_f64();
    let roster = periods(source, &audited.report).map_err(LedgerError::from)?;
    let told = Told::of(audited, roster);
    let mut out = out(context.format());
    match context.format() {
        Format::Text => crate::cli::render::report::text::write(&mut out, &told, seconds)?,
        _ => json(&mut out, &WithSections::of(&told))?,
    }
    out.flush()?;
    let here = std::env::current_dir()?;
    let place = place.strip_prefix(here).unwrap_or(place);
    let around = Around { place, pin: args.pin.as_deref(), bag: None };
    keep_page(context, &args, |now| {
        crate::cli::render::report::page::write(&told, &around, (now, seconds))
    })?;
    Ok(Exit::of(told.exit))
}

/// Writes the page that was asked for, if one was.
fn keep_page(
    context: &mut Context,
    args: &VerifyArgs,
    page: impl FnOnce(Time) -> String,
) -> Result<(), Failure> {
    if let (Some(path), Some(place)) = (&args.html, place_of_page(context, args)?) {
        let page = page(context.clock.now());
        place.put(page.as_bytes())?;
        note(format_args!("the verdict as a page: {}", path.display()));
    }
    Ok(())
}

/// Where the page is to be written, if one is.
fn place_of_page(context: &Context, args: &VerifyArgs) -> Result<Option<Place>, Failure> {
    let Some(path) = &args.html else { return Ok(None) };
    let paths = context.paths()?;
    let mut kept = Kept::of(&paths);
    if let Some(what) = args.what.as_deref()
        && is_bag(what)?
    {
        kept.push(Kept::Bag(what));
    }
    Ok(Some(Place::new(path, Kind::Verdict, &kept)?))
}
