//! The sections of a verdict: one list of labelled lines for text, JSON and page.
//!
//! Always holds: what stands around a verdict is in these lines and nowhere else, so that no form
//! of it says less than another. What was checked is never among what was not.
//! Not here: the table of checks, the faults, the roster (`report`); how it looks (`text`, `page`).

use crate::cli::render::report::lines::{ADVICE, COMPARED, Line, Section, line};
use crate::cli::render::report::{EventRange, NO_INDEX, VerdictReport};
use crate::cli::terminal::exit::Exit;
use crate::cli::terminal::seconds_as_moment;
use crate::cli::terminal::visible;
use serde::Serialize;

/// All sections of a verdict, in the order in which they stand.
pub fn sections(told: &VerdictReport) -> Vec<Section> {
    vec![
        Section::new("open", "What was not checked", open(told)),
        Section::new("compared", "What it was compared with", compared(told)),
        Section::new("anchors", "What speaks for it", anchors(told)),
        Section::new("acts", "What its own acts undid, set back or turned", acts(told)),
        Section::new(ADVICE, "What to do", advice(told)),
    ]
}

fn open(told: &VerdictReport) -> Vec<Line> {
    let mut lines = Vec::new();
    if told.not_checked_again > 0 {
        lines.push(line(
            "only what is new",
            format!(
                "signatures, bodies and quotations of the first {} events were not checked again",
                told.not_checked_again
            ),
        ));
    }
    if told.not_checkable > 0 {
        let withheld = !told.faults.iter().any(|fault| matches!(fault.rule, 104 | 601..=606));
        let why = match withheld {
            true => "withheld by events",
            false => "for what is withheld by events, missing or damaged",
        };
        lines.push(line("not checkable", format!("{} checks, {why}", told.not_checkable)));
    }
    if told.ignored_signature_lines > 0 {
        let count = told.ignored_signature_lines;
        let noun = if count == 1 { "line" } else { "lines" };
        lines.push(line("ignored", format!("{count} signature {noun} of unknown keys")));
    }
    if told.ignored_bytes > 0 {
        let bytes = told.ignored_bytes;
        let what = format!("{bytes} bytes of an unfinished commit after the record's end");
        lines.push(line("ignored", what));
    }
    let signed = told.checkpoint.as_ref().map_or(0, |checkpoint| checkpoint.size);
    if told.faults.is_empty() && signed < told.size {
        let after = told.size - signed;
        let what = format!(
            "the last {after} events are newer than the checkpoint; the next write signs them"
        );
        lines.push(line("unsigned", what));
    }
    if let (false, Some(why)) = (told.store.state == "same", &told.store.why) {
        lines.push(line("store", format!("not compared: {}", visible(why))));
    }
    // What is derived and not there is nobody's concern.
    if let Some(why) = told.index.why.as_ref().filter(|why| *why != NO_INDEX) {
        lines.push(line("index", format!("not compared: {}", visible(why))));
    }
    if let Some(later) = &told.later_version {
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

fn compared(told: &VerdictReport) -> Vec<Line> {
    let mut lines = Vec::new();
    match (told.store.state, &told.store.why) {
        ("same", _) => {
            lines.push(line("store", format!("{} events, as in the journal", told.size)))
        }
        (_, Some(_)) => {}
        _ => lines.push(line("store", "differs from the journal")),
    }
    match (told.index.state, &told.index.why) {
        ("same", _) => lines.push(line("index", format!("{} events, as folded anew", told.size))),
        (_, Some(_)) => {}
        _ => lines.push(line("index", "differs from what the journal folds to")),
    }
    let none = told.pin.state == "none";
    let compared = match (none, told.memory_compared) {
        (true, false) if told.published => {
            "no external checkpoint was compared, only what is published there (see --pin)"
        }
        (true, false) => "no external checkpoint was compared (see --pin)",
        (true, true) => {
            "compared with the log key's own memory; no other external checkpoint (see --pin)"
        }
        (false, false) => "the log key's own memory is not at hand",
        (false, true) => "compared with the log key's own memory",
    };
    lines.push(line(COMPARED, compared));
    let size = told.pin.size.unwrap_or_default();
    let pin = match (told.pin.state, told.pin.before) {
        ("made", _) => format!("made at size {size}"),
        ("holds", _) => format!("holds at size {size}; nothing new is signed for"),
        ("moved", Some(from)) => format!("holds at size {from}, moved forward to {size}"),
        ("kept", _) => {
            format!("holds at size {size}; left there, for only what is new was checked")
        }
        ("later", _) => {
            format!("of size {size}, later than this part; left as it was, and nobody is accused")
        }
        ("left", _) => "left as it was".to_owned(),
        _ => String::new(),
    };
    if !pin.is_empty() {
        lines.push(line("pin", pin));
    }
    for why in &told.explained {
        let what = format!("{}: the faults here explain it, and nobody is accused", visible(why));
        lines.push(line("explained", what));
    }
    lines
}

fn anchors(told: &VerdictReport) -> Vec<Line> {
    let mut lines = Vec::new();
    for witness in &told.witnesses {
        let (name, at) = (visible(&witness.name), seconds_as_moment(witness.time));
        lines.push(line("witness", format!("{name} cosigned the checkpoint at {at}")));
    }
    for missing in &told.trust_missing {
        lines.push(line("missing", visible(missing)));
    }
    if let Some(evidence) = &told.evidence {
        let label = match evidence.claim {
            "forked" => "evidence (forked)",
            _ => "evidence (cut)",
        };
        let file = visible(&evidence.file);
        lines.push(line(label, format!("{file}; annals verify judges it alone")));
    }
    if let Some(why) = &told.no_evidence {
        lines.push(line("no evidence file", format!("{}; keep the pin", visible(why))));
    }
    if told.anchored.events > 0 {
        lines.push(line("anchored", anchored(&told.anchored)));
    }
    if told.unanchored.events > 0 {
        let range = range(&told.unanchored);
        let what = format!("{range}: neither a pin nor a signed checkpoint speaks for them");
        lines.push(line("unanchored", what));
    }
    lines
}

fn acts(told: &VerdictReport) -> Vec<Line> {
    told.tally.lines().into_iter().map(|(label, text)| line(label, text)).collect()
}

/// Which repair may help: the journal from what is whole, documents from another copy.
fn advice(told: &VerdictReport) -> Vec<Line> {
    let found = |wanted: &dyn Fn(u16) -> bool| told.faults.iter().any(|fault| wanted(fault.rule));
    let mut lines = Vec::new();
    let mut add = |text: &str| lines.push(line("what to do", text));
    if told.published {
        if !told.faults.is_empty() && told.exit != Exit::Forked {
            add("whoever publishes it verifies the ledger, removes the files that are wrong and \
                 publishes again; a reader takes it from another place");
        }
        return lines;
    }
    if found(&|rule| matches!(rule, 101..=604 | 607..=616 | 704..=707 | 910)) {
        add("annals repair builds a damaged journal from the store, if that is whole; annals \
             repair --from COPY takes it from another copy");
    }
    if found(&|rule| matches!(rule, 605 | 606)) {
        add("annals repair --from COPY takes documents from another copy");
    }
    if found(&|rule| matches!(rule, 701..=703)) {
        add("put back a copy of the checkpoint; without one the next writer signs it");
    }
    lines
}

/// The first and last event of a stretch, in words.
fn range(stretch: &EventRange) -> String {
    match (stretch.first, stretch.last) {
        (Some(first), Some(last)) if first == last => format!("event {first}"),
        (Some(first), Some(last)) => format!("events {first} to {last}"),
        _ => "no events".to_owned(),
    }
}

/// A stretch with what anchors it, in words.
fn anchored(stretch: &EventRange) -> String {
    let by = |what: &str, size: Option<u64>| size.map(|size| format!("{what} of size {size}"));
    let by = [by("the pin", stretch.by_pin), by("the checkpoint", stretch.by_checkpoint)];
    let by: Vec<String> = by.into_iter().flatten().collect();
    format!("{} (by {})", range(stretch), by.join(" and "))
}

/// A report with its sections, as JSON.
#[derive(Serialize)]
pub struct WithSections<'a> {
    #[serde(flatten)]
    report: &'a VerdictReport,
    sections: Vec<Section>,
}

impl<'a> WithSections<'a> {
    /// The report, and what its sections say.
    pub fn of(report: &'a VerdictReport) -> WithSections<'a> {
        WithSections { report, sections: sections(report) }
    }
}
