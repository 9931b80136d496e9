//! `annals verify`: checks every byte, link, signature, role and quotation of a record; or a proof,
//! or evidence.

mod bag;
mod evidence;
mod trust;
mod proof;
mod what;
mod options;

use crate::archive::published::PublishedSource;
pub use crate::cli::commands::verify::options::VerifyArgs;
use crate::cli::commands::verify::options::{
    expect_kinds, expect_pin_apart, keep_page, place_of_page, warn_of_pin,
};
use crate::cli::render::report::VerdictReport;
use crate::cli::render::report::page::PageContext;
use crate::cli::render::report::section::WithSections;
use crate::cli::render::report::subject::ReportSubject;
use crate::cli::shared::named_keys;
use crate::cli::terminal::{
    CliError, Command, Context, Exit, Format, Group, Progress, counted, done_as, formats, json,
    note, visible,
};
use crate::disk;
use crate::ledger::audit::given_policy::GivenPolicy;
use crate::ledger::audit::options::Audit;
use crate::ledger::audit::periods::periods;
use crate::ledger::audit::{AuditReport, audit_published, audit_until_stable};
use crate::ledger::error::LedgerError;
use crate::ledger::exchange::bag_audit::paths_in;
use crate::ledger::foreign::foreign;
use crate::ledger::published_place::PublishedPlace;
use crate::ledger::reader::{Record, checkpoint};
use annals_core::key::Way;
use annals_core::pin::{MAX_PIN, Pin};
use annals_core::verify::source::Source;
use std::io::Write;
use std::path::Path;
use std::time::Instant;
use what::VerifySubject;

impl Command for VerifyArgs {
    const GROUP: Group = Group::Auditor;

    fn formats(&self) -> &'static [Format] {
        formats::OBJECT
    }

    fn run(self, context: &mut Context) -> Result<Exit, CliError> {
        run(context, self)
    }
}

fn run(context: &mut Context, args: VerifyArgs) -> Result<Exit, CliError> {
    // Checked before any work, and again when the page is written.
    place_of_page(context, &args)?;
    expect_pin_apart(context, &args)?;
    let missing_keys = named_keys::missing(context)?;
    let subject = VerifySubject::open(args.what.clone(), context)?;
    if !matches!(subject, VerifySubject::Evidence(_)) {
        expect_kinds(&args)?;
    }
    match subject {
        VerifySubject::Ledger(mut record) => {
            let policy = trust::policy_of(&record.paths, args.policy.as_deref());
            let options = Audit { missing_keys, ..audit_options(&args, policy)? };
            ledger(context, &mut record, &options, args)
        }
        VerifySubject::Bag(folder) => {
            let checkpoint = checkpoint(&paths_in(&folder)).ok().flatten();
            let named = args.policy.as_deref();
            let policy = trust::policy_for(context, named, checkpoint.as_deref());
            let options = Audit { missing_keys, ..audit_options(&args, policy)? };
            bag::run(context, &folder, &options, &args)
        }
        VerifySubject::Published(place, mut record) => {
            // The policy beside the keys here may be about another record; that of named keys is
            // asked.
            let named = args.policy.as_deref();
            let policy = trust::policy_for(context, named, record.checkpoint());
            let options = Audit { missing_keys, ..audit_options(&args, policy)? };
            published(context, &place, &mut record, &options, args)
        }
        VerifySubject::Evidence(found) => {
            let names_trust = args.policy.is_some() || args.log_key.is_some();
            if args.pin.is_some() || args.html.is_some() || names_trust {
                let why = "an evidence file is judged alone, by what is in it: without --pin, \
                           --html, --policy and --log-key; compare the key that it names with the \
                           log key that you know";
                return Err(CliError::usage(why));
            }
            evidence::run(context, found.as_deref().map_err(|why| *why))
        }
        VerifySubject::Proof(bytes) => {
            if args.init_pin || args.only_new || args.evidence.is_some() || args.html.is_some() {
                let why = "--init-pin, --only-new, --evidence and --html are for whole ledgers, \
                           not for a proof";
                return Err(CliError::usage(why));
            }
            let (pin, policy) = (args.pin.as_deref(), args.policy.as_deref());
            let log_key = args.log_key.as_deref();
            let mut given = trust::expected(context, pin, policy, log_key)?;
            given.unread_policy = given.unread_policy.or(missing_keys);
            proof::run(context.format(), &bytes, &given)
        }
    }
}

/// The maximum number of foreign files that are named.
const FOREIGN: usize = 5;

fn ledger(
    context: &mut Context,
    record: &mut Record,
    options: &Audit,
    args: VerifyArgs,
) -> Result<Exit, CliError> {
    let began = Instant::now();
    let progress = Progress::new(record.size(), "verify");
    let audited = audit_until_stable(record, options, Some(&|done| progress.at(done)))?;
    drop(progress);
    let strange = foreign(&record.paths);
    for path in strange.iter().take(FOREIGN) {
        let path = path.to_string_lossy();
        note(format!("note: {} is no file of a ledger, and was not looked at", visible(&path)));
    }
    if let Some(more) = strange.len().checked_sub(FOREIGN).filter(|more| *more > 0) {
        let more = counted(more as u64, "more file");
        note(format!("note: and {more} that no ledger has"));
    }
    let subject = ReportSubject::of_ledger(record, &audited);
    let judged = JudgedRecord { source: &record.source, place: &record.paths.ledger, subject };
    report(context, judged, &audited, began, args)
}

fn published(
    context: &mut Context,
    place: &Path,
    record: &mut PublishedSource,
    options: &Audit,
    args: VerifyArgs,
) -> Result<Exit, CliError> {
    let began = Instant::now();
    if let Some(place) = PublishedPlace::address(place)
        && let Some(pin) = &args.pin
        && let Some(bytes) = disk::read_optional(pin, MAX_PIN as u64).ok().flatten()
        && let Some(pin) = Pin::parse(&bytes)
    {
        place.catch_up(record, pin.checkpoint.size).map_err(LedgerError::Elsewhere)?;
    }
    let progress = Progress::new(record.size(), "verify");
    let audited = audit_published(record, options, Some(&|done| progress.at(done)))?;
    drop(progress);
    let obstacle = record.unread().values().find_map(|file| file.obstacle);
    let judged =
        JudgedRecord { source: record, place, subject: ReportSubject::Published(obstacle) };
    report(context, judged, &audited, began, args)
}

fn audit_options(args: &VerifyArgs, policy: GivenPolicy) -> Result<Audit, CliError> {
    if args.log_key.is_some() {
        let why = "--log-key: a whole record names its log keys itself; the key is for proofs";
        return Err(CliError::usage(why));
    }
    Ok(Audit {
        pin: args.pin.clone(),
        init_pin: args.init_pin,
        only_new: args.only_new,
        evidence: args.evidence.clone(),
        store: !args.no_store,
        index: !args.no_index,
        body_files: true,
        jobs: args.jobs.count(),
        way: if args.reference { Way::Reference } else { Way::default() },
        policy,
        missing_keys: None,
    })
}

/// A record that was verified, and where it is.
struct JudgedRecord<'a> {
    source: &'a dyn Source,
    place: &'a Path,
    subject: ReportSubject,
}

fn report(
    context: &mut Context,
    judged: JudgedRecord<'_>,
    audited: &AuditReport,
    began: Instant,
    args: VerifyArgs,
) -> Result<Exit, CliError> {
    let seconds = began.elapsed().as_secs_f64();
    let JudgedRecord { source, place, subject } = judged;
    let roster = periods(source, &audited.report).map_err(LedgerError::from)?;
    let report = VerdictReport::of(audited, roster, subject);
    // A pin, evidence or a page may have been written, which is reported if standard output fails.
    let mut out = done_as(context.format());
    match context.format() {
        Format::Text => crate::cli::render::report::text::write(&mut out, &report, seconds)?,
        _ => json(&mut out, &WithSections::of(&report))?,
    }
    let flushed = out.flush();
    warn_of_pin(&report);
    let here = std::env::current_dir()?;
    let place = place.strip_prefix(here).unwrap_or(place);
    let around = PageContext { place, pin: args.pin.as_deref(), bag: None };
    keep_page(context, &args, |now| {
        crate::cli::render::report::page::write(&report, &around, now, seconds)
    })?;
    flushed?;
    Ok(report.exit)
}
