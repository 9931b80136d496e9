//! `annals verify`: every byte, link, signature, role and quotation.

mod evidence;
mod page;
mod text;
mod told;
mod what;

pub use text::faults;
pub use told::Told;

use crate::cli::args::Format;
use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure};
use crate::cli::output::{json, note, out};
use crate::cli::progress::Progress;
use crate::disk::{self, Mode};
use crate::ledger::audit::periods::periods;
use crate::ledger::audit::{Audit, audit};
use crate::ledger::error::LedgerError;
use crate::ledger::record::Record;
use clap::Args;
use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;
use what::What;

/// Check every byte, link, signature, role and quotation
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// A ledger's folder, or an evidence file [default: as --ledger]
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
    /// Number of threads [default: all cores]
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,
    /// Do not compare the store with the journal
    #[arg(long)]
    no_store: bool,
}

pub fn run(context: &mut Context, args: VerifyArgs) -> Result<Exit, Failure> {
    match What::open(args.what.clone(), context)? {
        What::Ledger(record) => ledger(context, &record, args),
        What::Evidence(found) => {
            if args.pin.is_some() || args.html.is_some() {
                let why = "an evidence file is judged alone, by what is in it: without --pin and \
                           --html";
                return Err(Failure::usage(why));
            }
            evidence::run(context, found.as_deref())
        }
    }
}

fn ledger(context: &mut Context, record: &Record, args: VerifyArgs) -> Result<Exit, Failure> {
    let began = Instant::now();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let asked = Audit {
        pin: args.pin,
        first: args.first,
        only_new: args.only_new,
        evidence: args.evidence,
        store: !args.no_store,
        jobs: args.jobs.unwrap_or(cores).max(1),
    };
    let progress = Progress::new(record.size(), "verify");
    let audited = audit(record, &asked, Some(&|done| progress.at(done)))?;
    drop(progress);
    let seconds = began.elapsed().as_secs_f64();
    let roster = periods(&record.journal, &audited.report).map_err(LedgerError::from)?;
    let told = Told::of(&audited, roster);
    let mut out = out();
    match context.format() {
        Format::Text => text::write(&mut out, &told, seconds)?,
        Format::Json => json(&mut out, &told)?,
        _ => return Err(Failure::usage("verify: expected --format text or json")),
    }
    out.flush()?;
    if let Some(path) = args.html {
        let now = context.clock.now();
        let page = page::write(&told, (&record.paths.ledger, asked.pin.as_deref()), (now, seconds));
        disk::replace(&path, page.as_bytes(), Mode::Shared).map_err(LedgerError::from)?;
        note(format_args!("the verdict as a page: {}", path.display()));
    }
    Ok(Exit::of(told.exit))
}
