//! `annals verify`: every byte, link, signature, role and quotation; or a proof.

mod given;
mod proof;
mod what;

use crate::archive::published::Published;
use crate::cli::args::Format;
use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure};
use crate::cli::output::{json, out, visible};
use crate::cli::progress::Progress;
use crate::ledger::audit::{Audit, Audited, PinFound, StoreFound, audit, audit_published};
use crate::ledger::paths::Paths;
use crate::ledger::record::Record;
use crate::rule::{Class, Rule};
use crate::verify::source::Source;
use clap::Args;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;
use what::What;

/// Check every byte, link, signature, role and quotation
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// A ledger's folder [default: as --ledger], a published directory or its http:// address, or a
    /// proof
    what: Option<PathBuf>,
    /// Compare with what was seen last, and move this file forward if all is well
    #[arg(long, value_name = "FILE")]
    pin: Option<PathBuf>,
    /// Make the pin from what is here now
    #[arg(long, requires = "pin")]
    first: bool,
    /// The logs and witnesses that are trusted, and how many of these must have cosigned [default:
    /// `policy` beside the keys, if there is one]
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// The log key of a proof, as you know it from elsewhere: <origin>+<id>+<key>
    #[arg(long, value_name = "VKEY")]
    log_key: Option<String>,
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
    match what::what(args.what.as_deref())? {
        What::Ledger => ledger(context, args),
        What::Published(record) => published(context, args, &record),
        What::Proof(bytes) => {
            if args.first {
                return Err(Failure::usage(
                    "--first: a pin is made of a whole ledger, not a proof",
                ));
            }
            let (pin, policy) = (args.pin.as_deref(), args.policy.as_deref());
            let given = given::given(context, pin, policy, args.log_key.as_deref())?;
            proof::run(context.format(), &bytes, &given)
        }
    }
}

fn ledger(context: &mut Context, args: VerifyArgs) -> Result<Exit, Failure> {
    refuse_log_key(&args)?;
    let paths = match args.what {
        Some(what) => Paths::new(what, context.global.keys.clone()),
        None => context.paths()?,
    };
    let began = Instant::now();
    let record = Record::open(paths)?;
    let asked = Audit {
        pin: args.pin,
        first: args.first,
        store: !args.no_store,
        jobs: jobs(args.jobs),
        policy: given::policy_of(&record.paths, args.policy.as_deref())?,
    };
    let progress = Progress::new(record.size(), "verify");
    let audited = audit(&record, &asked, Some(&|done| progress.at(done)))?;
    drop(progress);
    tell(context, &audited, began)
}

fn published(context: &mut Context, args: VerifyArgs, record: &Published) -> Result<Exit, Failure> {
    refuse_log_key(&args)?;
    let began = Instant::now();
    let asked = Audit {
        pin: args.pin,
        first: args.first,
        store: false,
        jobs: jobs(args.jobs),
        // The policy beside the keys here may well be about another record.
        policy: given::named_policy(args.policy.as_deref())?,
    };
    let progress = Progress::new(record.size(), "verify");
    let audited = audit_published(record, &asked, Some(&|done| progress.at(done)))?;
    drop(progress);
    tell(context, &audited, began)
}

fn jobs(asked: Option<usize>) -> usize {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    asked.unwrap_or(cores).max(1)
}

fn refuse_log_key(args: &VerifyArgs) -> Result<(), Failure> {
    match args.log_key {
        None => Ok(()),
        Some(_) => Err(Failure::usage(
            "--log-key: a whole record names its log keys itself; the key is for proofs",
        )),
    }
}

fn tell(context: &Context, audited: &Audited, began: Instant) -> Result<Exit, Failure> {
    let mut out = out();
    match context.format() {
        Format::Text => text(&mut out, audited, began.elapsed().as_secs_f64())?,
        _ => json(&mut out, &Told::of(audited))?,
    }
    out.flush()?;
    Ok(Exit::of(audited.exit()))
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
    match audited.tiles {
        None => line("closing", report.closings, "closing lines", rules(706, 706))?,
        Some(good) => line("tile", good, "tiles and their bundles", rules(971, 974))?,
    }
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
    for (name, seconds) in &audited.witnessed.witnesses {
        let at = proof::at(*seconds);
        writeln!(out, "witness: {} cosigned the checkpoint at {at}", visible(name))?;
    }
    around(out, audited)?;
    for missing in &audited.witnessed.missing {
        writeln!(out, "missing: {}", visible(missing))?;
    }
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
        (PinFound::None, "") if audited.tiles.is_some() => {
            writeln!(out, "nothing but what is published there was compared (see --pin)")?;
        }
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
    match (audited.exit(), audited.report.class()) {
        (0, _) => "yes: the record is whole",
        (1, _) => "no: the record breaks its rules",
        (4, _) => "no: this is not the record that was seen or signed before",
        (5, _) => "could not trust: the record is whole, and what the policy asks for is missing",
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
    tiles: Option<u64>,
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
            exit: audited.exit(),
            size: report.size,
            head: report.head,
            root: crate::tlog::to_base64(&report.root.0),
            recorded: report.at,
            origin: report.state.fold.ledger.as_ref().map(|ledger| &*ledger.origin),
            bodies: report.counts.bodies,
            documents: report.counts.documents,
            quotations: report.counts.quotations,
            closings: report.closings,
            tiles: audited.tiles,
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
                PinFound::Moved(..) => "holds",
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
