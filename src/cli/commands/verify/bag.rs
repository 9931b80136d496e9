//! The verdict on a bag for people and as JSON: its files, then the record in it.
//!
//! Always holds: a bag of a part of a record is reported as such. Not here: the verdict itself
//! (`ledger::exchange::bag_audit`), the lines of a record (`verify`).

use crate::archive::bag::read::sizes;
use crate::cli::commands::verify::options::{VerifyArgs, keep_page, warn_of_pin};
use crate::cli::render::report::bag::BagReport;
use crate::cli::render::report::page::PageContext;
use crate::cli::render::report::section::WithSections;
use crate::cli::render::report::{self, BagFiles};
use crate::cli::render::report::{page, text as record};
use crate::cli::terminal::{
    CliError, Context, Exit, Format, Progress, counted, done_as, json, visible,
};
use crate::ledger::audit::options::Audit;
use crate::ledger::audit::periods::periods;
use crate::ledger::error::LedgerError;
use crate::ledger::exchange::bag_audit::{BagAudit, BagRecord, NoteStatus, audit_bag};
use crate::ledger::exchange::steps::Steps;
use annals_core::transfer::Changed;
use annals_core::verdict::Verdict;
use serde::Serialize;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

/// The maximum number of files reported in full.
const IN_FULL: usize = 20;

/// Verifies a bag and prints the verdict.
pub fn run(
    context: &mut Context,
    folder: &Path,
    options: &Audit,
    args: &VerifyArgs,
) -> Result<Exit, CliError> {
    let began = Instant::now();
    let progress = Progress::new(sizes(folder)?.map_or(0, |sizes| sizes.bag), "verify");
    let report = |step, done| progress.step(step, done);
    let bagged = audit_bag(folder, options, Steps(Some(&report)))?;
    drop(progress);
    let exit = Exit::from(bagged.verdict());
    let mut out = done_as(context.format());
    let report = match &bagged.record {
        Ok(BagRecord { record, audit }) => {
            let roster = periods(&record.source, &audit.report).map_err(LedgerError::from)?;
            let mut report = report::VerdictReport::of(audit, roster);
            report.bag = Some(files(&bagged));
            report.verdict = verdict(&bagged).map_or(report.verdict, str::to_owned);
            report.exit = exit;
            Some(report)
        }
        Err(_) => None,
    };
    let bag = BagReport::of(&bagged);
    let seconds = began.elapsed().as_secs_f64();
    match context.format() {
        Format::Text => {
            text(&mut out, &bag)?;
            if let Some(report) = &report {
                record::write(&mut out, report, seconds)?;
            }
        }
        _ => json(&mut out, &BagJson { record: report.as_ref().map(WithSections::of), bag: &bag })?,
    }
    let flushed = out.flush();
    if let Some(report) = &report {
        warn_of_pin(report);
        let around = PageContext { place: folder, pin: args.pin.as_deref(), bag: Some(&bag) };
        keep_page(context, args, |now| page::write(report, &around, now, seconds))?;
    }
    flushed?;
    match bagged.record {
        Ok(_) => Ok(exit),
        Err(error) => Err(error.into()),
    }
}

/// What is wrong with the files of the bag. A note of a later version is not damaged.
fn files(bagged: &BagAudit) -> BagFiles {
    let unlisted = bagged.checked.unlisted;
    let later = usize::from(matches!(bagged.note, NoteStatus::Later(_)));
    let has_line_ends = |why: &str| why.contains(Changed::LineEnds.what());
    let of_record = bagged.record.iter().flat_map(|it| &it.audit.report.faults);
    BagFiles {
        unlisted: unlisted > 0,
        damaged: bagged.all_wrong().count() > unlisted + later,
        line_ends: bagged.all_wrong().any(has_line_ends)
            || of_record.into_iter().any(|fault| has_line_ends(&fault.why)),
    }
}

/// The verdict on the record and on the bag.
#[derive(Serialize)]
struct BagJson<'a> {
    #[serde(flatten)]
    record: Option<WithSections<'a>>,
    bag: &'a BagReport,
}

/// Writes the lines about the bag, before those about the record.
fn text(out: &mut dyn Write, bag: &BagReport) -> Result<(), CliError> {
    for line in &bag.lines {
        writeln!(out, "bag: {}", line.text)?;
    }
    for why in bag.wrong.iter().take(IN_FULL) {
        writeln!(out, "damage: {}", visible(why))?;
    }
    if bag.wrong.len() > IN_FULL {
        writeln!(out, "and {}", counted((bag.wrong.len() - IN_FULL) as u64, "more file"))?;
    }
    Ok(())
}

/// The last line if the record is right and the bag is not.
fn verdict(bagged: &BagAudit) -> Option<&'static str> {
    bagged.all_wrong().next()?;
    Some(match bagged.verdict() {
        Verdict::No => "no: the bag is not the one that was signed, or the record breaks its rules",
        Verdict::Forked => report::forked(&bagged.record.as_ref().ok()?.audit.report),
        _ if matches!(bagged.note, NoteStatus::Later(_)) && bagged.all_wrong().count() == 1 => {
            "could not tell: a newer program is needed"
        }
        _ => "could not tell: the bag is damaged",
    })
}
