//! The advice of a verdict: what may mend the record, and where missing trust may be had.
//!
//! Always holds: what is advised can be done where the record is, so it depends on the subject.
//! Not here: the commands that do it.

use crate::cli::render::report::lines::{Line, line};
use crate::cli::render::report::subject::{BagDamage, ReportSubject, UnreadParts};
use crate::cli::render::report::{ComparisonState, PinState, VerdictReport};
use crate::cli::terminal::advised::with_places;
use crate::cli::terminal::exit::Exit;
use crate::cli::terminal::visible;
use crate::disk::disk_error::Obstacle;
use crate::ledger::error::RepairPart;
use annals_core::verify::content::LINE_ENDS;
use annals_core::verify::cosigned::MissingTrust;
use std::borrow::Cow;

/// One piece of advice.
type Advice = Cow<'static, str>;

/// The advice for a verdict.
pub fn advice(report: &VerdictReport) -> Vec<Line> {
    let mut advice: Vec<Advice> = Vec::new();
    if report.later_version.is_some() {
        advice.push("verify again with a newer program".into());
    }
    advice.extend(fork_advice(report));
    advice.extend(trust_advice(report).into_iter().map(Cow::Borrowed));
    advice.extend(pin_advice(report).into_iter().map(Cow::Borrowed));
    let of_subject = match &report.subject {
        ReportSubject::Bag(damage) => bag_advice(report, damage),
        subject if let Some(obstacle) = subject.obstacle() => vec![match obstacle {
            Obstacle::Denied => {
                "ask the owner of the files, or let them be read (chmod, chown), and verify again: \
                 what permission is denied to is not known to be damaged, and nothing is to be \
                 repaired before"
            }
            Obstacle::OpenFiles => {
                "raise the limit of open files (ulimit -n), and verify again: what was not opened \
                 is not known to be damaged, and nothing is to be repaired before"
            }
        }],
        ReportSubject::Published(_) => published_advice(report),
        ReportSubject::Copy(unread) => copy_advice(&Repairs::of(report, *unread)),
        ReportSubject::Ledger(unread) | ReportSubject::ServerCopy { unread, .. } => {
            ledger_advice(&Repairs::of(report, *unread))
        }
    };
    advice.extend(of_subject.into_iter().map(Cow::Borrowed));
    if let ReportSubject::Bag(BagDamage { unsigned_files, .. }) = &report.subject {
        advice.extend(unsigned_advice(unsigned_files));
    }
    advice.iter().map(|text| line("what to do", with_places(text))).collect()
}

/// Whether there is a fault of such a rule.
fn has(report: &VerdictReport, is_wanted: impl Fn(u16) -> bool) -> bool {
    report.faults.iter().any(|fault| is_wanted(fault.rule))
}

/// For a record that contradicts what was seen or signed, or has less.
fn fork_advice(report: &VerdictReport) -> Option<Advice> {
    let is_forked = report.exit == Exit::Forked;
    let has_pin = report.pin.state != PinState::None;
    match &report.subject {
        ReportSubject::Copy(_)
            if has(report, |rule| rule == 801) && !has(report, |it| it == 802) =>
        {
            let text = "annals pull brings this copy up to date: then verify it again; where the \
                        pin still saw more, keep the pin and ask who keeps the record";
            return Some(text.into());
        }
        ReportSubject::ServerCopy { place, .. } if is_forked && !has_pin => {
            let text = format!(
                "keep a copy of this record as it is; where the database lost events, as a \
                 restored backup does, annals repair --from COPY takes them from a copy that has \
                 them, such as an editor's, and annals move --to {} then puts them back",
                visible(place)
            );
            return Some(text.into());
        }
        _ if !is_forked => return None,
        _ if !has_pin => {
            let text = "keep a copy of this record as it is; where it is an older copy than the \
                        log key signed, annals repair looks for the newer one in the store, annals \
                        repair --from COPY in another copy";
            return Some(text.into());
        }
        _ => {}
    }
    let evidence = report.evidence.as_ref().map_or(" and", |_| ", the evidence file and");
    let keep = format!("keep the pin{evidence} a copy of this record as they are");
    let ask = "ask who keeps the record for the one that the pin saw";
    let is_other = has(report, |rule| rule == 707 || rule == 802);
    let older = match &report.subject {
        _ if is_other => return Some(format!("{keep}; {ask}").into()),
        ReportSubject::Bag(_) => {
            "a bag that is older than the pin has fewer events, which is no evidence against the \
             publisher (Annals-Recorded in its bag-info.txt is the time of its last event): take a \
             newer one"
        }
        _ => {
            "a copy that is older than the pin has fewer events, which is no evidence against the \
             publisher: take a newer one"
        }
    };
    Some(format!("{keep}; {older}, or {ask}").into())
}

/// For trust that is missing, or was not judged.
fn trust_advice(report: &VerdictReport) -> Vec<&'static str> {
    let mut advice = Vec::new();
    let of_other = |missing: &MissingTrust| matches!(missing, MissingTrust::OtherRecord(_));
    if report.trust_missing.iter().any(of_other) {
        advice.push("name the policy of this record with --policy");
    } else if report.exit == Exit::Untrusted {
        let (of_log, others): (Vec<_>, Vec<_>) =
            report.trust_missing.iter().partition(|missing| **missing == MissingTrust::Log);
        if !of_log.is_empty() {
            advice.push(
                "the policy names none of the log keys that sign now: compare the record's, which \
                 annals witness list prints, with the one that you know by another way, and put \
                 it into the policy",
            );
        }
        if !others.is_empty() {
            advice.push(match &report.subject {
                ReportSubject::Published(_) => {
                    "ask who publishes the record for a checkpoint with the cosignatures that the \
                     policy names"
                }
                ReportSubject::Bag(_) => {
                    "ask who made the bag for one whose checkpoint has the cosignatures that the \
                     policy names: annals witness collect in the ledger, then annals export"
                }
                _ => "collect the cosignatures that the policy names with annals witness collect",
            });
        }
    }
    if report.keys_missing.is_some() {
        advice.push("name the folder of keys as it is called, or none, and verify again");
    }
    if report.policy_unread.is_some() {
        advice.push("put right the policy, or name another with --policy, and verify again");
    }
    advice
}

/// For a pin that cannot be compared or written.
fn pin_advice(report: &VerdictReport) -> Vec<&'static str> {
    let mut advice = Vec::new();
    if report.is_pin_later {
        advice.push("keep the pin, and verify again with a newer program");
    } else if has(report, |rule| rule == 803) {
        advice.push(
            "the pin is damaged: use a copy of it as it was written; a new one (--init-pin) trusts \
             what is there now",
        );
    }
    if report.pin.state == PinState::NotWritten {
        advice.push(
            "the pin was not written: name a file that can be written with --pin, or let this one \
             be written, and verify again",
        );
    }
    if has(report, |rule| rule == 804) {
        advice.push("name the pin of this record with --pin");
    }
    advice
}

fn published_advice(report: &VerdictReport) -> Vec<&'static str> {
    let is_faulty = has(report, |rule| !matches!(rule, 803 | 804));
    let of_bodies = report.body_files.as_ref();
    let is_incomplete = of_bodies.is_some_and(|files| files.state == ComparisonState::Differs);
    match is_faulty && report.exit != Exit::Forked {
        true => vec![
            "whoever publishes it verifies the ledger, removes the files that are wrong and \
             publishes again; a reader takes it from another place",
        ],
        false if is_incomplete => {
            vec!["whoever publishes it writes these files again: annals publish --verify-first"]
        }
        false => Vec::new(),
    }
}

fn bag_advice(report: &VerdictReport, damage: &BagDamage) -> Vec<&'static str> {
    let mut advice = Vec::new();
    if report.exit == Exit::Forked {
        return advice;
    }
    let is_damaged = damage.damaged || has(report, |rule| !matches!(rule, 707 | 801..=804));
    if damage.line_ends {
        advice.push(
            "if git changed the ends of the lines, put a file .gitattributes with the line \
             `* -text` into the topmost folder of the bag, commit it, remove all other files, and \
             check them out again",
        );
    }
    if is_damaged {
        advice.push(
            "take another copy of the bag, or make a new one of the ledger with annals export: a \
             bag is not repaired",
        );
    }
    if damage.unlisted {
        advice.push(match is_damaged {
            true => "move what no manifest lists out of the bag",
            false => {
                "move what no manifest lists out of the bag: all that is listed is as it was \
                 written"
            }
        });
    }
    advice
}

/// The maximum number of files of a bag that are named.
const NAMED: usize = 5;

/// For the files of a bag for which nothing signed vouches.
fn unsigned_advice(files: &[String]) -> Option<Advice> {
    if files.is_empty() {
        return None;
    }
    let mut named: Vec<String> = files.iter().take(NAMED).map(|name| visible(name)).collect();
    if let Some(more) = files.len().checked_sub(NAMED).filter(|more| *more > 0) {
        named.push(format!("{more} more"));
    }
    let (named, them) = (named.join(", "), if files.len() == 1 { "it" } else { "them" });
    let text = format!(
        "nothing signed vouches for {named}, which anybody may have changed: run no command from \
         {them}; ask who made the bag for one that the log key signed (tagmanifest-sha512.note)"
    );
    Some(text.into())
}

/// The parts of a ledger that its faults ask to repair.
struct Repairs {
    /// Whether the journal has no event.
    is_empty: bool,
    events: bool,
    documents: bool,
    /// Whether only the ends of the lines of a document differ.
    line_ends: bool,
    checkpoint: bool,
    /// Whether the checkpoint is not there as a file, or was changed in transfer.
    is_checkpoint_unread: bool,
}

impl Repairs {
    fn of(report: &VerdictReport, unread: UnreadParts) -> Repairs {
        let is_empty = report.size == 0 && !unread.journal && !has(report, |rule| rule == 910);
        let needs = |part| has(report, |rule| RepairPart::of(rule) == Some(part));
        Repairs {
            is_empty,
            events: is_empty || unread.journal || needs(RepairPart::Events),
            documents: unread.documents || needs(RepairPart::Documents),
            line_ends: report.faults.iter().any(|fault| fault.why.ends_with(LINE_ENDS)),
            // No checkpoint is signed for a journal without an event.
            checkpoint: !is_empty && (unread.checkpoint || needs(RepairPart::Checkpoint)),
            is_checkpoint_unread: unread.checkpoint,
        }
    }

    fn emptied(&self) -> Option<&'static str> {
        let text =
            "the journal has no event, and a ledger has one from its start: it was emptied or cut";
        self.is_empty.then_some(text)
    }
}

/// The advice for a following copy, in which nobody signs.
fn copy_advice(repairs: &Repairs) -> Vec<&'static str> {
    let mut advice = Vec::from_iter(repairs.emptied());
    if repairs.events {
        advice.push(
            "annals repair builds a damaged journal from the store, if that is whole; otherwise \
             annals clone makes the copy again",
        );
    }
    if repairs.documents || repairs.checkpoint {
        advice.push("annals pull brings documents and the checkpoint again");
    }
    advice
}

fn ledger_advice(repairs: &Repairs) -> Vec<&'static str> {
    let mut advice = Vec::from_iter(repairs.emptied());
    if repairs.events {
        advice.push(
            "annals repair builds a damaged journal from the store, if that is whole; annals \
             repair --from COPY takes it from another copy",
        );
    }
    if repairs.line_ends {
        advice.push(
            "if git changed the ends of the lines, put a file .gitattributes with the line \
             `* -text` into the ledger's folder, commit it, remove document, and check it out \
             again",
        );
    }
    if repairs.documents {
        advice.push("annals repair --from COPY takes documents from another copy");
    }
    if repairs.checkpoint {
        advice.push(match repairs.is_checkpoint_unread {
            true => {
                "put back a copy of the checkpoint; annals repair moves aside what is no file in \
                 its place; without one the next writer signs it"
            }
            false => "put back a copy of the checkpoint; without one the next writer signs it",
        });
    }
    advice
}
