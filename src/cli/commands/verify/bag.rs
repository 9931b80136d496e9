//! The verdict on a bag for people and as JSON: its files, then the record in it.
//!
//! Always holds: a bag of a part of a record is reported as such. Not here: the verdict itself
//! (`ledger::exchange::bag_audit`), the lines of a record (`verify`).

use crate::archive::bag::read::sizes;
use crate::cli::commands::verify::options::{VerifyArgs, keep_page, warn_of_pin};
use crate::cli::render::report::bag::BagReport;
use crate::cli::render::report::page::PageContext;
use crate::cli::render::report::section::WithSections;
use crate::cli::render::report::{VerdictReport, page, text as record};
use crate::cli::terminal::{
    CliError, Context, Exit, Format, Progress, counted, done_as, json, visible,
};
use crate::ledger::audit::options::Audit;
use crate::ledger::audit::periods::periods;
use crate::ledger::error::LedgerError;
use crate::ledger::exchange::bag_audit::{BagRecord, audit_bag};
use crate::ledger::exchange::steps::Steps;
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
    let bag_audit = audit_bag(folder, options, Steps(Some(&report)))?;
    drop(progress);
    let verdict = bag_audit.verdict();
    let mut out = done_as(context.format());
    let report = match &bag_audit.record {
        Ok(BagRecord { record, audit }) => {
            let roster = periods(&record.source, &audit.report).map_err(LedgerError::from)?;
            Some(VerdictReport::of_bag(&bag_audit, audit, roster))
        }
        Err(_) => None,
    };
    let bag = BagReport::of(&bag_audit);
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
    match bag_audit.record {
        Ok(_) => Ok(report.map_or(verdict.into(), |report| report.exit)),
        Err(error) => Err(error.into()),
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
