//! `annals verify`: every byte, link, signature, role and quotation.

use crate::cli::args::Format;
use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure};
use crate::cli::output::{json, out, visible};
use crate::cli::progress::Progress;
use crate::ledger::audit::{Audit, Audited, PinFound, StoreFound, audit};
use crate::ledger::paths::Paths;
use crate::ledger::record::Record;
use crate::rule::{Class, Rule};
use clap::Args;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;

/// Check every byte, link, signature, role and quotation
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// The ledger's folder [default: as --ledger]
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
    /// Number of threads [default: all cores]
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,
    /// Do not compare the store with the journal
    #[arg(long)]
    no_store: bool,
}

/// How many faults are told in full; the rest are counted by rule.
const IN_FULL: usize = 20;

pub fn run(context: &mut Context, args: VerifyArgs) -> Result<Exit, Failure> {
    let paths = match args.what {
        Some(what) => Paths::new(what, context.global.keys.clone()),
        None => context.paths()?,
    };
    let began = Instant::now();
    let record = Record::open(paths)?;
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
    let audited = audit(&record, &asked, Some(&|done| progress.at(done)))?;
    drop(progress);
    let mut out = out();
    match context.format() {
        Format::Text => text(&mut out, &audited, began.elapsed().as_secs_f64())?,
        _ => json(&mut out, &Told::of(&audited))?,
    }
    out.flush()?;
    Ok(Exit::of(audited.report.exit()))
}

fn text(out: &mut dyn Write, audited: &Audited, seconds: f64) -> Result<(), Failure> {
    let report = &audited.report;
    let size = report.size;
    let rules = |low: u16, high: u16| {
        let within = |rule: Rule| (low..=high).contains(&rule.number());
        report.faults.iter().filter(|fault| within(fault.rule)).count()
    };
    let mut line = |name: &str, checked: u64, what: &str, faults: usize| {
        let verdict = match faults {
            0 => "good".to_owned(),
            1 => "1 fault".to_owned(),
            more => format!("{more} faults"),
        };
        writeln!(out, "{name:<12}{checked:>9} {what:<28}{verdict}")
    };
    line("form", size, "records", rules(101, 105))?;
    line("chain", size, "places, links, times", rules(201, 299))?;
    line("signature", size, "signatures", rules(301, 399))?;
    line("legality", size, "roles and transitions", rules(401, 599))?;
    let counts = &report.counts;
    line("content", counts.bodies, "bodies", rules(601, 604))?;
    line("document", counts.documents, "documents", rules(605, 608))?;
    line("quotation", counts.quotations, "quotations", rules(609, 616))?;
    line("closing", report.closings, "closing lines", rules(706, 706))?;
    let ends = &report.ends;
    let signed = ends.checkpoint.as_ref().map_or(0, |checkpoint| checkpoint.size);
    line("checkpoint", signed, "events signed for", rules(701, 705))?;
    if counts.not_checkable > 0 {
        writeln!(out, "not checkable: {} checks, withheld by events", counts.not_checkable)?;
    }
    if ends.ignored_lines > 0 {
        writeln!(out, "ignored: {} signature lines of unknown keys", ends.ignored_lines)?;
    }
    if report.ignored_bytes > 0 {
        let bytes = report.ignored_bytes;
        writeln!(out, "ignored: {bytes} bytes of an unfinished commit after the record's end")?;
    }
    if report.faults.is_empty() && signed < size {
        let after = size - signed;
        writeln!(out, "not yet signed for: the last {after} events; the next writer does it")?;
    }
    match &audited.store {
        StoreFound::Same(events) => writeln!(out, "store: {events} events, as in the journal")?,
        StoreFound::NotCompared(why) => writeln!(out, "store: not compared: {why}")?,
        StoreFound::Differs => writeln!(out, "store: differs from the journal")?,
    }
    around(out, audited)?;
    faults(out, audited)?;
    advice(out, audited)?;
    let rate = size as f64 / seconds.max(1e-9);
    writeln!(out, "{}, in {seconds:.2} s ({rate:.0} events/s)", verdict(audited))?;
    if let (Some(head), Some(at)) = (report.head, report.at) {
        writeln!(out, "size {size}, head {head}, recorded {at}")?;
    }
    Ok(())
}

fn around(out: &mut dyn Write, audited: &Audited) -> Result<(), Failure> {
    let marked = match audited.marked {
        true => "the log key's own memory",
        false => "",
    };
    match (&audited.pin, marked) {
        (PinFound::None, "") => {
            writeln!(out, "nothing outside this folder was compared (see --pin)")?;
        }
        (PinFound::None, memory) => {
            writeln!(out, "compared with {memory}; nothing else outside this folder (see --pin)")?;
        }
        (PinFound::Made(size), _) => writeln!(out, "pin: made at size {size}")?,
        (PinFound::Moved(from, to), _) if from == to => {
            writeln!(out, "pin: holds at size {to}; nothing is new")?;
        }
        (PinFound::Moved(from, to), _) => {
            writeln!(out, "pin: holds at size {from}, moved forward to {to}")?;
        }
        (PinFound::Kept(size), _) => writeln!(out, "pin: holds at size {size}")?,
        (PinFound::Left, _) => writeln!(out, "pin: left as it was")?,
    }
    Ok(())
}

pub fn faults(out: &mut dyn Write, audited: &Audited) -> Result<(), Failure> {
    let faults = &audited.report.faults;
    for fault in faults.iter().take(IN_FULL) {
        let class = match fault.rule.class() {
            Class::Fault => "fault",
            Class::Damage => "damage",
            Class::Fork => "fork",
        };
        writeln!(out, "{class}: {}", visible(&fault.to_string()))?;
    }
    let mut rest: BTreeMap<Rule, usize> = BTreeMap::new();
    for fault in faults.iter().skip(IN_FULL) {
        *rest.entry(fault.rule).or_default() += 1;
    }
    for (rule, count) in rest {
        writeln!(out, "and {count} more of rule {rule}")?;
    }
    if let Some((position, v)) = audited.report.later_version {
        writeln!(
            out,
            "event {position} is of format {v}, which this program does not know: all before it \
             was checked, it and what follows was not"
        )?;
    }
    Ok(())
}

/// Which repair may help: the journal from what is whole, documents from another copy.
fn advice(out: &mut dyn Write, audited: &Audited) -> Result<(), Failure> {
    let found = |wanted: &dyn Fn(u16) -> bool| {
        audited.report.faults.iter().any(|fault| wanted(fault.rule.number()))
    };
    if found(&|rule| matches!(rule, 101..=604 | 607..=616 | 704..=707 | 910)) {
        writeln!(
            out,
            "what to do: annals repair builds a damaged journal from the store, if that is whole; \
             annals repair --from COPY takes it from another copy"
        )?;
    }
    if found(&|rule| matches!(rule, 605 | 606)) {
        writeln!(out, "what to do: annals repair --from COPY takes documents from another copy")?;
    }
    if found(&|rule| matches!(rule, 701..=703)) {
        writeln!(
            out,
            "what to do: put back a copy of the checkpoint; without one the next writer signs it"
        )?;
    }
    Ok(())
}

pub fn verdict(audited: &Audited) -> &'static str {
    match (audited.report.exit(), audited.report.class()) {
        (0, _) => "yes: the record is whole",
        (1, _) => "no: the record breaks its rules",
        (4, _) => "no: this is not the record that was seen or signed before",
        (_, Some(_)) => "could not tell: something is damaged",
        _ => "could not tell: a newer program is needed",
    }
}

/// The verdict as JSON.
#[derive(Serialize)]
struct Told<'a> {
    verdict: &'static str,
    exit: u8,
    size: u64,
    head: Option<crate::hash::Hash>,
    root: String,
    recorded: Option<crate::time::Time>,
    origin: Option<&'a str>,
    bodies: u64,
    documents: u64,
    quotations: u64,
    closings: u64,
    not_checkable: u64,
    ignored_bytes: u64,
    checkpoint_size: Option<u64>,
    checkpoint_holds: bool,
    store: &'static str,
    pin: &'static str,
    later_version: Option<u64>,
    faults: Vec<ToldFault<'a>>,
}

#[derive(Serialize)]
struct ToldFault<'a> {
    rule: u16,
    name: &'static str,
    position: Option<u64>,
    why: &'a str,
}

impl<'a> Told<'a> {
    fn of(audited: &'a Audited) -> Told<'a> {
        let report = &audited.report;
        Told {
            verdict: verdict(audited),
            exit: report.exit(),
            size: report.size,
            head: report.head,
            root: crate::tlog::to_base64(&report.root.0),
            recorded: report.at,
            origin: report.state.fold.ledger.as_ref().map(|ledger| &*ledger.origin),
            bodies: report.counts.bodies,
            documents: report.counts.documents,
            quotations: report.counts.quotations,
            closings: report.closings,
            not_checkable: report.counts.not_checkable,
            ignored_bytes: report.ignored_bytes,
            checkpoint_size: report.ends.checkpoint.as_ref().map(|checkpoint| checkpoint.size),
            checkpoint_holds: report.ends.checkpoint_holds,
            store: match audited.store {
                StoreFound::Same(_) => "same",
                StoreFound::NotCompared(_) => "not compared",
                StoreFound::Differs => "differs",
            },
            pin: match audited.pin {
                PinFound::None => "none",
                PinFound::Made(_) => "made",
                PinFound::Moved(..) | PinFound::Kept(_) => "holds",
                PinFound::Left => "left",
            },
            later_version: report.later_version.map(|(_, v)| v),
            faults: report
                .faults
                .iter()
                .map(|fault| ToldFault {
                    rule: fault.rule.number(),
                    name: fault.rule.name(),
                    position: fault.position,
                    why: &fault.why,
                })
                .collect(),
        }
    }
}
