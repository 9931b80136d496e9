//! The report on a bag: its files, the derived files, its signature.
//!
//! Always holds: a bag of a part of a record is reported as such. Not here: the record in it.

use crate::cli::render::report::lines::{Line, Section, line};
use crate::cli::render::report::subject::{BagDamage, ReportSubject};
use crate::cli::render::report::{VerdictReport, exit, forked};
use crate::cli::terminal::counted;
use crate::ledger::audit::AuditReport;
use crate::ledger::audit::periods::Period;
use crate::ledger::exchange::bag_audit::{BagAudit, NoteStatus, is_of_pin};
use annals_core::transfer::Changed;
use annals_core::verdict::Verdict;
use serde::Serialize;

/// The report on a bag.
#[derive(Serialize)]
pub struct BagReport {
    /// The number of files of the payload that match the manifest.
    pub files: u64,
    /// The number of files that follow from the record.
    pub derived: u64,
    /// The number of earlier checkpoints that hold.
    pub checkpoints: u64,
    /// Whether the log key signed it.
    pub signed: bool,
    /// Number of events of the record that it was taken from.
    pub of: Option<u64>,
    /// The files for which nothing signed vouches; absent if there is none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unsigned_files: Vec<String>,
    /// The faults, file by file.
    pub wrong: Vec<String>,
    /// Number of files that the manifest lists.
    #[serde(skip)]
    pub listed: u64,
    /// Number of events in it, by its own account.
    #[serde(skip)]
    pub size: Option<u64>,
    /// Why no file was derived again.
    #[serde(skip)]
    pub not_compared: &'static str,
    /// Whether the record in it was read.
    #[serde(skip)]
    pub is_read: bool,
    /// The state of the log key's note.
    #[serde(skip)]
    pub signature: &'static str,
    /// The lines for people.
    pub lines: Vec<Line>,
}

impl BagReport {
    /// The report on an audited bag.
    pub fn of(bag_audit: &BagAudit) -> BagReport {
        let mut bag = BagReport {
            files: bag_audit.checked.payload_files,
            derived: bag_audit.derived,
            checkpoints: bag_audit.checkpoints,
            signed: bag_audit.note == NoteStatus::Yes,
            of: bag_audit.sizes.map(|sizes| sizes.record),
            unsigned_files: bag_audit.unsigned_files().into_iter().map(str::to_owned).collect(),
            wrong: bag_audit.all_wrong().map(str::to_owned).collect(),
            listed: bag_audit.checked.manifest.len() as u64,
            size: bag_audit.sizes.map(|sizes| sizes.bag),
            not_compared: match &bag_audit.record {
                Err(_) => "the record in it cannot be read",
                Ok(it) if !it.audit.report.faults.iter().all(is_of_pin) => {
                    "the record in it has faults"
                }
                Ok(it) if it.audit.report.later_version.is_some() => {
                    "the record in it is of a later format"
                }
                Ok(_) => "the manifest lists none of them",
            },
            is_read: bag_audit.record.is_ok(),
            signature: match &bag_audit.note {
                NoteStatus::Yes => "the log key signed the tag manifest",
                NoteStatus::Unsigned => "the tag manifest is not signed",
                NoteStatus::Unjudged => "the note is not judged: the record in it cannot be read",
                NoteStatus::Later(_) => "the note is of a later version: see below",
                NoteStatus::Changed(_) => "the note is not judged: see below",
                NoteStatus::No(_) => "the note does not hold: see below",
            },
            lines: Vec::new(),
        };
        bag.lines = bag_section(&bag).lines;
        bag
    }
}

impl VerdictReport {
    /// The report on the record in a bag, with the overall verdict.
    pub fn of_bag(
        bag_audit: &BagAudit,
        audited: &AuditReport,
        roster: Vec<Period>,
    ) -> VerdictReport {
        let subject = ReportSubject::Bag(BagDamage::of(bag_audit, audited));
        let report = VerdictReport::of(audited, roster, subject);
        VerdictReport {
            verdict: verdict(bag_audit, audited).map_or(report.verdict, str::to_owned),
            exit: exit(bag_audit.verdict(), &audited.pin),
            ..report
        }
    }
}

/// The verdict if the record is right and the bag is not.
fn verdict(bag_audit: &BagAudit, audited: &AuditReport) -> Option<&'static str> {
    bag_audit.all_wrong().next()?;
    Some(match bag_audit.verdict() {
        Verdict::No => "no: the bag is not the one that was signed, or the record breaks its rules",
        Verdict::Forked => forked(&audited.report),
        _ if matches!(bag_audit.note, NoteStatus::Later(_))
            && bag_audit.all_wrong().count() == 1 =>
        {
            "could not tell: a newer program is needed"
        }
        _ => "could not tell: the bag is damaged",
    })
}

impl BagDamage {
    /// A note of a later version is not damaged.
    fn of(bag_audit: &BagAudit, audited: &AuditReport) -> BagDamage {
        let unlisted = bag_audit.checked.unlisted;
        let later = usize::from(matches!(bag_audit.note, NoteStatus::Later(_)));
        let has_line_ends = |why: &str| why.contains(Changed::Cr.what());
        // A pin is no part of the bag.
        let mut own = audited.report.faults.iter().filter(|fault| !is_of_pin(fault));
        BagDamage {
            unlisted: unlisted > 0,
            damaged: bag_audit.all_wrong().count() > unlisted + later,
            unsigned_files: bag_audit.unsigned_files().into_iter().map(str::to_owned).collect(),
            line_ends: bag_audit.all_wrong().any(has_line_ends)
                || own.any(|fault| has_line_ends(&fault.why)),
        }
    }
}

/// The lines of a bag, before those of the record in it.
fn bag_section(bag: &BagReport) -> Section {
    let mut lines =
        vec![line("files", format!("{} of {} files as the manifest says", bag.files, bag.listed))];
    lines.push(match bag.derived {
        0 => line("views", format!("not compared: {}", bag.not_compared)),
        count => line("views", format!("{count} files follow from the record, byte for byte")),
    });
    if bag.checkpoints > 0 {
        let hold = if bag.checkpoints == 1 { "holds" } else { "hold" };
        let what = format!("{} {hold}", counted(bag.checkpoints, "earlier checkpoint"));
        lines.push(line("earlier checkpoints", what));
    }
    lines.push(line("signature", bag.signature));
    lines.push(match (bag.size, bag.of) {
        (Some(size), Some(of)) if size < of => line(
            "holds",
            format!(
                "as of position {}: a part, the first {size} of {of} events; what came after is \
                 not here",
                size.saturating_sub(1)
            ),
        ),
        (Some(size), Some(_)) if bag.is_read => {
            line("holds", format!("the whole record of {size} events"))
        }
        (Some(size), Some(_)) => {
            let what = format!("by bag-info.txt the whole record of {size} events");
            line("holds", what)
        }
        _ => line("holds", "bag-info.txt does not say how much of the record"),
    });
    Section::new("bag", "The bag", lines)
}
