//! The parts of the page, in order.
//!
//! Always holds: a table has a caption and headers with a scope; nothing is shown by colour alone.

use crate::cli::render::report::bag::BagReport;
use crate::cli::render::report::lines::{Line, Section, capital};
use crate::cli::render::report::subject::ReportSubject;
use crate::cli::render::report::{FaultReport, VerdictReport};
use crate::cli::terminal::{visible, zone};
use crate::ledger::answer::tally::TallyReport;
use crate::ledger::audit::periods::{Border, Period};
use annals_core::time::Time;
use maud::{Markup, html};
use std::path::Path;

/// The record that was verified.
pub fn record(report: &VerdictReport) -> Markup {
    let origin = report.origin.as_deref().map_or("none is known".to_owned(), visible);
    html! {
        section aria-labelledby="record" {
            h2 id="record" { "The record" }
            dl {
                dt { "Name (origin)" }
                dd { bdi { (origin) } }
                dt { "Size" }
                dd { (report.size) " events" }
                dt { "Head" }
                dd { code { (report.head.map_or("none".to_owned(), |head| head.to_string())) } }
                dt { "Root of the tree" }
                dd { code { (report.root) } }
                dt { "Last recorded" }
                dd {
                    @match report.recorded {
                        Some(at) => (moment(at)),
                        None => "not known",
                    }
                }
            }
        }
    }
}

/// The number of checks of each kind.
pub fn checks(report: &VerdictReport) -> Markup {
    html! {
        section aria-labelledby="checks" {
            h2 id="checks" { "What was checked" }
            div class="wide" {
                table {
                    caption { "Each kind of check, how many of them, and what was found" }
                    thead {
                        tr {
                            th scope="col" { "Check" }
                            th scope="col" class="number" { "Number" }
                            th scope="col" { "Of" }
                            th scope="col" { "Found" }
                        }
                    }
                    tbody {
                        @for check in &report.checks {
                            tr {
                                th scope="row" { (check.check) }
                                td data-label="Number" class="number" { (check.checked) }
                                td data-label="Of" { (check.of) }
                                td data-label="Found" {
                                    @match check.faults {
                                        0 => "good",
                                        1 => "1 fault",
                                        more => { (more) " faults" }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Every fault.
pub fn faults(report: &VerdictReport) -> Markup {
    html! {
        section aria-labelledby="faults" {
            h2 id="faults" { "Faults" }
            @if report.faults.is_empty() {
                p { "None." }
            } @else {
                div class="wide" {
                    table {
                        caption { (report.faults.len()) " in all, by event and rule (FORMAT.md)" }
                        thead {
                            tr {
                                th scope="col" { "Event" }
                                th scope="col" { "Rule" }
                                th scope="col" { "Kind" }
                                th scope="col" { "What was found" }
                            }
                        }
                        tbody { @for fault in &report.faults { (row(fault)) } }
                    }
                }
            }
        }
    }
}

fn row(fault: &FaultReport) -> Markup {
    html! {
        tr {
            th scope="row" { (place(fault)) }
            td data-label="Rule" { (fault.rule) " " (fault.name) }
            td data-label="Kind" { (fault.class) }
            td data-label="Found" { (visible(&fault.why)) }
        }
    }
}

/// The place of a fault, under the heading of the events.
fn place(fault: &FaultReport) -> String {
    let place = fault.place().unwrap_or_else(|| "–".to_owned());
    place.replace("event ", "")
}

/// A section of labelled lines.
pub fn section(section: &Section, names: &[String]) -> Markup {
    html! {
        section aria-labelledby=(section.id) {
            h2 id=(section.id) { (section.heading) }
            @if section.lines.is_empty() {
                p { "Nothing." }
            } @else {
                (lines(&section.lines, names))
            }
        }
    }
}

/// The names of persons in the lines of the acts, as these lines show them.
pub fn names(tally: &TallyReport) -> Vec<String> {
    let TallyReport { undone, retimed, rekeyed, thresholds } = tally;
    let signed = undone.iter().map(|row| &row.signed).chain(retimed);
    let signed = signed.chain(rekeyed.iter().map(|row| &row.signed));
    let signed = signed.chain(thresholds.iter().map(|row| &row.signed));
    let signers = signed.flat_map(|row| [Some(&row.by), row.by_now.as_ref()]).flatten();
    let all = signers.chain(undone.iter().map(|row| &row.name));
    all.map(|name| visible(name)).filter(|name| !name.is_empty()).collect()
}

/// A sentence whose names keep their own direction: two names from right to left with signs alone
/// between them would be shown in the other order.
fn isolated(text: &str, names: &[String]) -> Markup {
    let found = names.iter().filter_map(|name| Some((text.find(name.as_str())?, name)));
    // Of two that begin at the same place the longer one.
    let first = found.min_by_key(|(at, name)| (*at, usize::MAX - name.len()));
    let split = first.and_then(|(at, name)| {
        let (before, rest) = text.split_at_checked(at)?;
        Some((before, name, rest.strip_prefix(name.as_str())?))
    });
    match split {
        None => html! { (text) },
        Some((before, name, after)) => {
            html! { (before) bdi { (name) } (isolated(after, names)) }
        }
    }
}

/// Labelled lines.
pub fn lines(lines: &[Line], names: &[String]) -> Markup {
    html! {
        dl {
            @for line in lines {
                dt { (capital(line.label)) }
                dd { (isolated(&line.text, names)) }
            }
        }
    }
}

/// The checkpoint and the keys that sign it.
pub fn checkpoint(report: &VerdictReport) -> Markup {
    html! {
        section aria-labelledby="checkpoint" {
            h2 id="checkpoint" { "Checkpoint and log key" }
            @if let Some(checkpoint) = &report.checkpoint {
                dl {
                    dt { "Signed size" }
                    dd { (checkpoint.size) " events" }
                    dt { "Signed root" }
                    dd { code { (checkpoint.root) } }
                    dt { "Holds" }
                    dd { (if checkpoint.holds { "yes" } else { "no: see the faults" }) }
                }
            } @else {
                p { "There is none in form." }
            }
            div class="wide" {
                table {
                    caption { "Log keys, by the size of the record from which on they sign" }
                    thead {
                        tr {
                            th scope="col" class="number" { "From size" }
                            th scope="col" { "Verifier key" }
                            th scope="col" { "Old key that signs too" }
                        }
                    }
                    tbody {
                        @for key in &report.log_keys {
                            tr {
                                th scope="row" class="number" { (key.from_size) }
                                td data-label="Verifier key" {
                                    code { (key.verifier.clone().unwrap_or(key.key.to_string())) }
                                }
                                td data-label="Old key" {
                                    @match key.old_key {
                                        Some(old) => code { (old) },
                                        None => "none",
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The keys that could sign, from when to when.
pub fn roster(report: &VerdictReport) -> Markup {
    html! {
        section aria-labelledby="roster" {
            h2 id="roster" { "Who might sign, from when to when" }
            div class="wide" {
                table {
                    caption { "Names are those that the record gives to its keys" }
                    thead {
                        tr {
                            th scope="col" { "Name" }
                            th scope="col" { "Roles" }
                            th scope="col" { "From" }
                            th scope="col" { "Until" }
                            th scope="col" { "Key" }
                        }
                    }
                    tbody { @for period in &report.roster { (member(period)) } }
                }
            }
        }
    }
}

fn member(period: &Period) -> Markup {
    let name = period.name.as_deref().map_or("not readable".to_owned(), visible);
    let roles = match (period.admin, period.editor) {
        (true, true) => "admin, editor",
        (true, false) => "admin",
        (false, true) => "editor",
        (false, false) => "none",
    };
    html! {
        tr {
            th scope="row" { bdi { (name) } }
            td data-label="Roles" { (roles) }
            td data-label="From" { (border(&period.from)) }
            td data-label="Until" {
                @match &period.until {
                    Some(until) => (border(until)),
                    None => "still",
                }
                @if let Some(from) = period.suspect_from { "; suspect from event " (from) " on" }
            }
            td data-label="Key" { code { (period.key) } }
        }
    }
}

fn border(border: &Border) -> Markup {
    html! {
        "event " (border.event) " (" (border.what) ")"
        @if let Some(at) = border.at { ", " (moment(at)) }
    }
}

/// A time for people, without a fraction of a second that is zero.
pub fn moment(at: Time) -> Markup {
    let exact = at.to_string();
    let short = zone::moment(at).replace('T', " ").replace('Z', " UTC");
    html! { time datetime=(exact) { (short) } }
}

/// How to repeat the verification.
pub fn again(report: &VerdictReport, around: &PageContext<'_>) -> Markup {
    let place = quoted(around.place);
    let pin = around.pin.map_or(String::new(), |pin| format!(" --pin {}", quoted(pin)));
    html! {
        section aria-labelledby="again" {
            h2 id="again" { "How to repeat the check" }
            p { "With this program, on a copy of the same record:" }
            pre { code { "annals verify " (place) (pin) } }
            p {
                "With a second implementation, which shares no code with the first and was written \
                 from FORMAT.md alone:"
            }
            pre { code { "python3 scripts/reverify.py " (place) (pin) } }
            @if let Some(bag) = around.bag {
                p {
                    "With sha512sum, openssl and python3 alone: the steps of VERIFY.txt in "
                    @if bag.unsigned_files.is_empty() { "the bag." } @else {
                        "a bag that the log key signed."
                    }
                }
                (by_hand(report, &around.place.join("data/ledger")))
            } @else if !matches!(report.subject, ReportSubject::Published(_)) {
                (by_hand(report, around.place))
            }
        }
    }
}

/// Commands that hash the first and the last event of a ledger's journal with standard tools.
fn by_hand(report: &VerdictReport, ledger: &Path) -> Markup {
    let ledger = quoted(ledger);
    let event = |which: &str, lines: &str| {
        format!(
            "f=$(ls {ledger}/journal/*.log | {which} -n 1)\n(printf '\\0'; {lines}) | sha256sum"
        )
    };
    let first = event("head", "head -n 3 \"$f\"");
    let last = event("tail", "tail -n 5 \"$f\" | head -n 3");
    let head = report.head.map_or("none".to_owned(), |head| head.to_string());
    html! {
        p {
            "By hand: the last event of the journal hashes to the head (the byte 00, then its \
             three lines)"
        }
        pre { code { (last) } }
        p { "gives " code { (head) } ". Event 0 is hashed the same way:" }
        pre { code { (first) } }
        p {
            "Each event's first line names the hash of the event before it, so the head fixes \
             them all. Each file in the folder " code { "document" } " is named by its own \
             digest: " code { "sha256sum " (ledger) "/document/*" } " shows it."
        }
    }
}

/// A path quoted as one word for a shell.
fn quoted(path: &Path) -> String {
    let text = visible(&path.display().to_string());
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    match !text.is_empty() && text.chars().all(plain) {
        true => text,
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}

/// The paths that the verdict is about.
pub struct PageContext<'a> {
    /// The path of the ledger, the bag or the published directory.
    pub place: &'a Path,
    /// The path of the pin.
    pub pin: Option<&'a Path>,
    /// The bag that the record is in.
    pub bag: Option<&'a BagReport>,
}
