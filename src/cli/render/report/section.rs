//! The sections of a verdict: one list of labelled lines for text, JSON and page.
//!
//! Always holds: the results of all comparisons are in these lines only, so that no form of the
//! report says less than another. A check that was made is never listed among those that were not.
//! Not here: the table of checks, the faults, the roster (`report`); the layout (`text`, `page`).

use crate::cli::render::report::lines::{ADVICE, COMPARED, Line, Section, line};
use crate::cli::render::report::{
    ComparisonState, EventRange, FaultReport, NO_INDEX, PinState, VerdictReport,
};
use crate::cli::render::tally_lines;
use crate::cli::terminal::advised::with_places;
use crate::cli::terminal::exit::Exit;
use crate::cli::terminal::{counted, seconds_as_moment, visible};
use crate::ledger::write::notice::short_memory;
use annals_core::evidence::Claim;
use annals_core::verify::pinned::OF_LATER_PROGRAM;
use serde::Serialize;

/// All sections of a verdict, in order.
pub fn sections(report: &VerdictReport) -> Vec<Section> {
    vec![
        Section::new("open", "What was not checked", open(report)),
        Section::new("compared", "What it was compared with", compared(report)),
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
    let none = report.pin.state == PinState::None;
    let compared = match (none, report.memory_compared) {
        (true, false) if report.published => {
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
        let what = format!("of size {marked}, later than this part; nobody is accused");
        lines.push(line("memory", what));
    }
    if let (Some(marked), Some(checkpoint)) = (report.memory_earlier, &report.checkpoint) {
        let what = short_memory(marked, checkpoint.size, "the file of marks");
        lines.push(line("memory", what));
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
            format!("of size {size}, later than this part; left as it was, and nobody is accused")
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
        let what = format!("{}: the faults here explain it, and nobody is accused", visible(why));
        lines.push(line("explained", what));
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
        lines.push(line("missing", visible(missing)));
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

/// The advice for a verdict: the repair that may help, and the trust that is missing.
fn advice(report: &VerdictReport) -> Vec<Line> {
    let found = |wanted: &dyn Fn(u16) -> bool| report.faults.iter().any(|fault| wanted(fault.rule));
    let mut lines = Vec::new();
    let mut add = |text: &str| lines.push(line("what to do", with_places(text)));
    if report.later_version.is_some() {
        add("verify again with a newer program");
    }
    if report.is_following && found(&|rule| rule == 801) && !found(&|rule| rule == 802) {
        add("annals pull brings this copy up to date: then verify it again; where the pin still \
             saw more, keep the pin and ask who keeps the record");
    } else if let (Exit::Forked, PinState::None, Some(place)) =
        (report.exit, report.pin.state, &report.database)
    {
        add(&format!(
            "keep a copy of this record as it is; where the database lost events, as a restored \
             backup does, annals repair --from COPY takes them from a copy that has them, such as \
             an editor's, and annals move --to {} then puts them back",
            visible(place)
        ));
    } else if report.exit == Exit::Forked && report.pin.state == PinState::None {
        add("keep a copy of this record as it is; where it is an older copy than the log key \
             signed, annals repair looks for the newer one in the store, annals repair --from COPY \
             in another copy");
    } else if report.exit == Exit::Forked && !found(&|rule| rule == 707 || rule == 802) {
        let evidence = report.evidence.as_ref().map_or(" and", |_| ", the evidence file and");
        let older = match report.bag.is_some() {
            true => {
                "a bag that is older than the pin has fewer events and accuses nobody \
                 (Annals-Recorded in its bag-info.txt is the time of its last event): take a newer \
                 one"
            }
            false => {
                "a copy that is older than the pin has fewer events and accuses nobody: take a \
                 newer one"
            }
        };
        add(&format!(
            "keep the pin{evidence} a copy of this record as they are; {older}, or ask who keeps \
             the record for the one that the pin saw"
        ));
    } else if report.exit == Exit::Forked {
        let evidence = report.evidence.as_ref().map_or(" and", |_| ", the evidence file and");
        add(&format!(
            "keep the pin{evidence} a copy of this record as they are; ask who keeps the record \
             for the one that the pin saw"
        ));
    }
    let is_of_log = |missing: &&String| missing.starts_with("no log of the policy");
    let (of_log, others): (Vec<_>, Vec<_>) = report.trust_missing.iter().partition(is_of_log);
    if report.exit == Exit::Untrusted && !of_log.is_empty() {
        add("the policy names none of the log keys that sign now: compare the record's, which \
             annals witness list prints, with the one that you know by another way, and put it \
             into the policy");
    }
    if report.exit == Exit::Untrusted && !others.is_empty() {
        add(match (report.published, report.bag.is_some()) {
            (true, _) => {
                "ask who publishes the record for a checkpoint with the cosignatures that the \
                     policy names"
            }
            (_, true) => {
                "ask who made the bag for one whose checkpoint has the cosignatures that the \
                     policy names: annals witness collect in the ledger, then annals export"
            }
            _ => "collect the cosignatures that the policy names with annals witness collect",
        });
    }
    if report.keys_missing.is_some() {
        add("name the folder of keys as it is called, or none, and verify again");
    }
    if report.policy_unread.is_some() {
        add("put right the policy, or name another with --policy, and verify again");
    }
    let is_later = |fault: &FaultReport| fault.why.ends_with(OF_LATER_PROGRAM);
    if report.faults.iter().any(|fault| fault.rule == 803 && is_later(fault)) {
        add("keep the pin, and verify again with a newer program");
    } else if found(&|rule| rule == 803) {
        add(
            "the pin is damaged: use a copy of it as it was written; a new one (--init-pin) trusts \
             what is there now",
        );
    }
    if found(&|rule| rule == 804) {
        add("name the pin of this record with --pin");
    }
    if report.published {
        if found(&|rule| !matches!(rule, 803 | 804)) && report.exit != Exit::Forked {
            add("whoever publishes it verifies the ledger, removes the files that are wrong and \
                 publishes again; a reader takes it from another place");
        }
        return lines;
    }
    if let Some(files) = report.bag.filter(|_| report.exit != Exit::Forked) {
        let of_record = found(&|rule| !matches!(rule, 707 | 801..=804));
        if files.line_ends {
            add("if git changed the ends of the lines, put a file .gitattributes with the line \
                 `* -text` into the topmost folder of the bag, commit it, remove all other files, \
                 and check them out again");
        }
        if of_record || files.damaged {
            add("take another copy of the bag, or make a new one of the ledger with annals \
                 export: a bag is not repaired");
        }
        match (files.unlisted, of_record || files.damaged) {
            (true, false) => add("move what no manifest lists out of the bag: all that is listed \
                                  is as it was written"),
            (true, true) => add("move what no manifest lists out of the bag"),
            (false, _) => {}
        }
    }
    if report.bag.is_some() {
        return lines;
    }
    let unread = |part: &str| {
        report.faults.iter().any(|fault| fault.rule == 911 && fault.why.contains(part))
    };
    let is_empty = report.size == 0 && !unread("/journal") && !found(&|rule| rule == 910);
    let of_events = is_empty
        || unread("/journal")
        || found(&|rule| matches!(rule, 101..=604 | 607..=616 | 704..=706 | 910));
    let of_documents = unread("/document/") || found(&|rule| matches!(rule, 605 | 606));
    let changed =
        report.checkpoint.is_none() && (unread("the checkpoint ") || unread("/checkpoint,"));
    // No checkpoint is signed for a journal without an event.
    let of_checkpoint = !is_empty && (changed || found(&|rule| matches!(rule, 701..=703)));
    if is_empty {
        add("the journal has no event, and a ledger has one from its start: it was emptied or cut");
    }
    if of_events {
        add(match report.is_following {
            true => {
                "annals repair builds a damaged journal from the store, if that is whole; \
                 otherwise annals clone makes the copy again"
            }
            false => {
                "annals repair builds a damaged journal from the store, if that is whole; annals \
                 repair --from COPY takes it from another copy"
            }
        });
    }
    if report.is_following {
        // Nobody signs in a copy.
        if of_documents || of_checkpoint {
            add("annals pull brings documents and the checkpoint again");
        }
        return lines;
    }
    if of_documents {
        add("annals repair --from COPY takes documents from another copy");
    }
    if of_checkpoint {
        add(match changed {
            true => {
                "put back a copy of the checkpoint; annals repair moves aside what is no file in \
                 its place; without one the next writer signs it"
            }
            false => "put back a copy of the checkpoint; without one the next writer signs it",
        });
    }
    lines
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
