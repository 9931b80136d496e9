//! The sections of a verdict: one list of labelled lines for text, JSON and page.
//!
//! Always holds: the results of all comparisons are in these lines only, so that no form of the
//! report says less than another. A check that was made is never listed among those that were not.
//! Not here: the table of checks, the faults, the roster (`report`); the layout (`text`, `page`).

use crate::cli::render::report::advice::advice;
use crate::cli::render::report::lines::{ADVICE, COMPARED, Line, Section, line};
use crate::cli::render::report::subject::ReportSubject;
use crate::cli::render::report::{
    BodyFilesReport, ComparisonState, EventRange, NO_INDEX, PinState, VerdictReport,
};
use crate::cli::render::tally_lines;
use crate::cli::terminal::advised::with_places;
use crate::cli::terminal::{counted, seconds_as_moment, visible};
use crate::ledger::write::notice::{missing_memory, short_memory};
use annals_core::evidence::Claim;
use serde::Serialize;

/// That a difference may have other causes than a publisher who lies.
const NO_EVIDENCE: &str = "this is no evidence against the publisher";

/// All sections of a verdict, in order.
pub fn sections(report: &VerdictReport) -> Vec<Section> {
    vec![
        Section::new("open", "What was not checked", open(report)),
        Section::new("compared", "What it was compared with", compared(report)),
        Section::new("against", "What speaks against it", against(report)),
        Section::new("anchors", "What speaks for it", anchors(report)),
        Section::new("acts", "What its own acts undid, set back or turned", acts(report)),
        Section::new(ADVICE, "What to do", advice(report)),
    ]
}

fn open(report: &VerdictReport) -> Vec<Line> {
    let mut lines = Vec::new();
    if report.not_checked_again > 0 {
        lines.push(line(
            "only what is new",
            format!(
                "signatures, bodies, documents and quotations of the first {} events were not \
                 checked again, but for the documents that later events quote",
                report.not_checked_again
            ),
        ));
    }
    if report.not_checkable > 0 {
        let withheld =
            !report.faults.iter().any(|fault| matches!(fault.rule, 104 | 601..=606 | 911));
        let why = match withheld {
            true => "withheld by events",
            false => "for what is withheld by events, missing or damaged",
        };
        lines.push(line("not checkable", format!("{} checks, {why}", report.not_checkable)));
    }
    if report.ignored_signature_lines > 0 {
        let count = report.ignored_signature_lines;
        let noun = if count == 1 { "line" } else { "lines" };
        lines.push(line("ignored", format!("{count} signature {noun} of unknown keys")));
    }
    if report.ignored_bytes > 0 {
        let bytes = report.ignored_bytes;
        let what = format!("{bytes} bytes of an unfinished commit after the record's end");
        lines.push(line("ignored", what));
    }
    let signed = report.checkpoint.as_ref().map_or(0, |checkpoint| checkpoint.size);
    if report.faults.is_empty() && signed < report.size {
        let after = report.size - signed;
        let what = match after {
            1 => "the last event is newer than the checkpoint; the next write signs it".to_owned(),
            more => format!(
                "the last {more} events are newer than the checkpoint; the next write signs them"
            ),
        };
        lines.push(line("unsigned", what));
    }
    if let (false, Some(why)) = (report.store.state == ComparisonState::Same, &report.store.why) {
        lines.push(line("store", format!("not compared: {}", visible(&with_places(why)))));
    }
    // A missing index is not reported.
    if let Some(why) = report.index.why.as_ref().filter(|why| *why != NO_INDEX) {
        lines.push(line("index", format!("not compared: {}", visible(&with_places(why)))));
    }
    if let Some(why) = report.body_files.as_ref().and_then(|files| files.why) {
        lines.push(line("body files", why));
    }
    if let Some(why) = &report.keys_missing {
        lines.push(line("keys", visible(why)));
    }
    if let Some(why) = &report.policy_unread {
        lines.push(line("policy", format!("not checked: {}", visible(why))));
    }
    if let Some(later) = &report.later_version {
        lines.push(line(
            "later format",
            format!(
                "event {} is of format {}, which this program does not know: all before it was \
                 checked, it and what follows was not",
                later.position, later.format
            ),
        ));
    }
    lines
}

fn compared(report: &VerdictReport) -> Vec<Line> {
    let mut lines = Vec::new();
    match (report.store.state, &report.store.why) {
        (ComparisonState::Same, _) => lines
            .push(line("store", format!("{}, as in the journal", counted(report.size, "event")))),
        (_, Some(_)) => {}
        _ => lines.push(line("store", "differs from the journal")),
    }
    match (report.index.state, &report.index.why) {
        (ComparisonState::Same, _) => {
            lines.push(line("index", format!("{}, as folded anew", counted(report.size, "event"))))
        }
        (_, Some(_)) => {}
        _ => lines.push(line("index", "differs from what the journal folds to")),
    }
    if let Some(files) = report.body_files.as_ref().filter(|files| files.why.is_none()) {
        lines.push(line("body files", body_files(files)));
    }
    let none = report.pin.state == PinState::None;
    let compared = match (none, report.memory_compared) {
        (true, false) if matches!(report.subject, ReportSubject::Published(_)) => {
            "no external checkpoint was compared, only what is published there (see --pin)"
        }
        (true, false) => "no external checkpoint was compared (see --pin)",
        (true, true) => {
            "compared with the log key's own memory; no other external checkpoint (see --pin)"
        }
        (false, false) if report.origin.is_none() => {
            "the log key's own memory was not compared: the record here does not name itself"
        }
        (false, false) => "the log key's own memory is not at hand",
        (false, true) => "compared with the log key's own memory",
    };
    lines.push(line(COMPARED, compared));
    if let Some(marked) = report.memory_later {
        let what = format!("of size {marked}, later than this part; {NO_EVIDENCE}");
        lines.push(line("memory", what));
    }
    if let (Some(marked), Some(checkpoint)) = (report.memory_earlier, &report.checkpoint) {
        let what = short_memory(marked, checkpoint.size, "the file of marks");
        lines.push(line("memory", what));
    }
    if let (true, Some(checkpoint)) = (report.memory_missing, &report.checkpoint) {
        let missing = missing_memory(checkpoint.size, "the file of marks");
        lines.push(line("memory", format!("the log key's memory {missing}")));
    }
    let of_pin = report.faults.iter().any(|fault| matches!(fault.rule, 801..=804));
    let is_unread = report.size == 0 && report.checkpoint.is_none() && !of_pin;
    let size = report.pin.size.unwrap_or_default();
    let pin = match (report.pin.state, report.pin.before) {
        (PinState::Made, _) => format!("made at size {size}"),
        (PinState::Holds, _) => format!("holds at size {size}; nothing new is signed for"),
        (PinState::Moved, Some(from)) => format!("holds at size {from}, moved forward to {size}"),
        (PinState::Kept, _) => {
            format!("holds at size {size}; left there, for only what is new was checked")
        }
        (PinState::Later, _) => {
            format!("of size {size}, later than this part; left as it was; {NO_EVIDENCE}")
        }
        (PinState::Left, _) if is_unread => {
            "not compared, for no event could be read; left as it was".to_owned()
        }
        (PinState::Left, _) => "left as it was".to_owned(),
        (PinState::NotWritten, _) => {
            let why = report.pin.why.as_deref().unwrap_or_default();
            format!("could not be written: {}", visible(why))
        }
        _ => String::new(),
    };
    if !pin.is_empty() {
        lines.push(line("pin", pin));
    }
    for why in &report.explained {
        let what = format!("{}: the faults here explain it; {NO_EVIDENCE}", visible(why));
        lines.push(line("explained", what));
    }
    lines
}

/// What the files of bodies are, in words.
fn body_files(files: &BodyFilesReport) -> String {
    let BodyFilesReport { wanted, missing, other, .. } = files;
    match missing + other {
        0 => format!("{}, each with the bytes that its name says", counted(*wanted, "file")),
        _ => format!(
            "{missing} of {wanted} missing, {other} with other bytes than the name says; the \
             bodies were taken from the bundles"
        ),
    }
}

fn against(report: &VerdictReport) -> Vec<Line> {
    let mut lines = Vec::new();
    if let Some(found) = &report.contradiction {
        lines.push(line("evidence", visible(&found.text())));
    }
    if let Some(evidence) = &report.evidence {
        let label = match evidence.claim {
            Claim::Forked => "evidence (forked)",
            Claim::Cut => "evidence (cut)",
        };
        let file = visible(&evidence.file);
        lines.push(line(label, format!("{file}; annals verify checks it by itself")));
    }
    if let Some(why) = &report.no_evidence {
        lines.push(line("no evidence file", format!("{}; keep the pin", visible(why))));
    }
    lines
}

fn anchors(report: &VerdictReport) -> Vec<Line> {
    let mut lines = Vec::new();
    for witness in &report.witnesses {
        let (name, at) = (visible(&witness.name), seconds_as_moment(witness.time));
        lines.push(line("witness", format!("{name} cosigned the checkpoint at {at}")));
    }
    for missing in &report.trust_missing {
        lines.push(line("missing", visible(&missing.to_string())));
    }
    if report.anchored.events > 0 {
        lines.push(line("anchored", anchored(&report.anchored)));
    }
    if report.unanchored.events > 0 {
        let range = range(&report.unanchored);
        let what = format!("{range}: neither a pin nor a signed checkpoint speaks for them");
        lines.push(line("unanchored", what));
    }
    lines
}

fn acts(report: &VerdictReport) -> Vec<Line> {
    tally_lines(&report.tally).into_iter().map(|(label, text)| line(label, text)).collect()
}

/// The first and last event of a range, in words.
fn range(stretch: &EventRange) -> String {
    match (stretch.first, stretch.last) {
        (Some(first), Some(last)) if first == last => format!("event {first}"),
        (Some(first), Some(last)) => format!("events {first} to {last}"),
        _ => "no events".to_owned(),
    }
}

/// A range with its anchor, in words.
fn anchored(stretch: &EventRange) -> String {
    let by = |what: &str, size: Option<u64>| size.map(|size| format!("{what} of size {size}"));
    let by = [by("the pin", stretch.by_pin), by("the checkpoint", stretch.by_checkpoint)];
    let by: Vec<String> = by.into_iter().flatten().collect();
    format!("{} (by {})", range(stretch), by.join(" and "))
}

/// A report with its sections, for JSON.
#[derive(Serialize)]
pub struct WithSections<'a> {
    #[serde(flatten)]
    report: &'a VerdictReport,
    sections: Vec<Section>,
}

impl<'a> WithSections<'a> {
    /// A report with its sections.
    pub fn of(report: &'a VerdictReport) -> WithSections<'a> {
        WithSections { report, sections: sections(report) }
    }
}
