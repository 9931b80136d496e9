//! The verdict for people: one line for each check, the sections, the first faults.
//!
//! Always holds: text of strangers goes through `visible`. Not here: the content (`report`).

use crate::cli::render::report::lines::{ADVICE, COMPARED, Section};
use crate::cli::render::report::section::sections;
use crate::cli::render::report::{FaultReport, VerdictReport};
use crate::cli::terminal::advised::with_places;
use crate::cli::terminal::output::line_of_answer;
use crate::cli::terminal::{CliError, moment, visible};
use std::collections::BTreeMap;
use std::io::Write;

/// The number of faults printed in full; the rest are counted by rule.
const IN_FULL: usize = 20;

/// Writes the verdict.
pub fn write(out: &mut dyn Write, report: &VerdictReport, seconds: f64) -> Result<(), CliError> {
    for check in &report.checks {
        let verdict = match check.faults {
            0 => "good".to_owned(),
            1 => "1 fault".to_owned(),
            more => format!("{more} faults"),
        };
        writeln!(out, "{:<12}{:>9} {:<28}{verdict}", check.check, check.checked, check.of)?;
    }
    let sections = sections(report);
    lines(out, sections.iter().filter(|section| section.id != ADVICE))?;
    faults(out, &report.faults)?;
    lines(out, sections.iter().filter(|section| section.id == ADVICE))?;
    let (size, rate) = (report.size, report.size as f64 / seconds.max(1e-9));
    let verdict = format!("{}, in {seconds:.2} s ({rate:.0} events/s)", report.verdict);
    writeln!(out, "{}", line_of_answer(&verdict, 2))?;
    if let (Some(head), Some(at)) = (report.head, report.recorded) {
        let point = format!("size {size}, head {head}, recorded {}", moment(at));
        writeln!(out, "{}", line_of_answer(&point, 2))?;
    }
    Ok(())
}

/// Writes the lines of these sections: label and text.
pub fn lines<'a>(
    out: &mut dyn Write,
    sections: impl Iterator<Item = &'a Section>,
) -> Result<(), CliError> {
    for line in sections.flat_map(|section| &section.lines) {
        match line.label {
            COMPARED => writeln!(out, "{}", line_of_answer(&line.text, 2))?,
            label => writeln!(out, "{}", line_of_answer(&format!("{label}: {}", line.text), 2))?,
        }
    }
    Ok(())
}

/// Writes the first faults in full, and the number of the others by rule.
pub fn faults(out: &mut dyn Write, faults: &[FaultReport]) -> Result<(), CliError> {
    for fault in faults.iter().take(IN_FULL) {
        writeln!(out, "{}", line_of_answer(&visible(&with_places(&sentence(fault))), 2))?;
    }
    for ((rule, name), count) in rest(faults) {
        writeln!(out, "and {count} more of rule {rule} {name}")?;
    }
    Ok(())
}

/// A fault in one line.
fn sentence(fault: &FaultReport) -> String {
    let FaultReport { rule, name, class, why, .. } = fault;
    match fault.place() {
        Some(place) => format!("{class}: {place}: rule {rule} {name}: {why}"),
        None => format!("{class}: rule {rule} {name}: {why}"),
    }
}

/// The number of faults of each rule that are not printed in full.
fn rest(faults: &[FaultReport]) -> BTreeMap<(u16, &'static str), usize> {
    let mut rest = BTreeMap::new();
    for fault in faults.iter().skip(IN_FULL) {
        *rest.entry((fault.rule, fault.name)).or_default() += 1;
    }
    rest
}
