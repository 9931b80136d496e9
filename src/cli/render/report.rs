//! The verdict as a report: one structure for text, JSON and page.
//!
//! Always holds: the content does not depend on the machine, the time or the number of threads; the
//! fields are those of docs/verify-report.md. Not here: the layout.

pub mod lines;
pub mod subject;
mod advice;
pub mod section;
pub mod text;
pub mod page;
pub mod bag;

use crate::archive::published::body_files::BodyFiles;
use crate::cli::render::report::subject::ReportSubject;
use crate::cli::terminal::exit::Exit;
use crate::cli::terminal::visible;
use crate::disk::disk_error::Obstacle;
use crate::index::IndexStatus;
use crate::ledger::answer::tally::TallyReport;
use crate::ledger::audit::periods::Period;
use crate::ledger::audit::{AuditReport, AuditSubject, EvidenceFound, PinFound, StoreFound};
use crate::ledger::following::FoundEvidence;
use crate::ledger::query::row::Named;
use crate::ledger::query::tally::Tally;
use annals_core::evidence::Claim;
use annals_core::hash::Hash;
use annals_core::key::PublicKey;
use annals_core::naming::{self, HeldName};
use annals_core::rule::{Class, Fault, Rule};
use annals_core::time::Time;
use annals_core::tlog::{to_base64, vkey};
use annals_core::verdict::Verdict;
use annals_core::verify::Report;
use annals_core::verify::cosigned::MissingTrust;
use serde::{Serialize, Serializer};
use std::collections::HashSet;

/// The verdict and the results of all comparisons.
#[derive(Serialize)]
pub struct VerdictReport {
    pub report: &'static str,
    pub verdict: String,
    pub exit: Exit,
    pub origin: Option<String>,
    pub size: u64,
    pub part_of: Option<u64>,
    pub head: Option<Hash>,
    pub root: String,
    pub recorded: Option<Time>,
    pub checks: Vec<CheckCount>,
    pub not_checked_again: u64,
    pub not_checkable: u64,
    pub ignored_bytes: u64,
    pub ignored_signature_lines: usize,
    pub checkpoint: Option<CheckpointReport>,
    pub log_keys: Vec<LogKey>,
    pub pin: PinReport,
    pub memory_compared: bool,
    /// What the log key signed, if that is later than this part of a record.
    pub memory_later: Option<u64>,
    /// What the log key signed by its own memory, if the checkpoint is of more events.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_earlier: Option<u64>,
    /// Whether a log key that signed the checkpoint is beside the record and its memory is not.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub memory_missing: bool,
    /// What shows that the publisher of this copy contradicted it, if a pull found that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contradiction: Option<FoundEvidence>,
    pub store: CopyReport,
    pub index: CopyReport,
    /// The files of bodies in a published folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body_files: Option<BodyFilesReport>,
    pub witnesses: Vec<CosignatureReport>,
    #[serde(serialize_with = "as_messages")]
    pub trust_missing: Vec<MissingTrust>,
    /// Why the policy was not read, if one was given and cannot be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_unread: Option<String>,
    /// That the folder of keys that was named is not there, if it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keys_missing: Option<String>,
    pub anchored: EventRange,
    pub unanchored: EventRange,
    pub evidence: Option<EvidenceFile>,
    pub no_evidence: Option<String>,
    pub explained: Vec<String>,
    pub roster: Vec<Period>,
    #[serde(flatten)]
    pub tally: TallyReport,
    pub later_version: Option<Later>,
    pub faults: Vec<FaultReport>,
    /// Whether a newer program wrote the pin: it is not damaged.
    #[serde(skip)]
    pub is_pin_later: bool,
    /// What the verdict is about: the advice depends on it.
    #[serde(skip)]
    pub subject: ReportSubject,
}

/// One kind of check.
#[derive(Serialize)]
pub struct CheckCount {
    pub check: &'static str,
    pub checked: u64,
    pub of: &'static str,
    pub faults: usize,
}

/// The checkpoint, if it is well formed.
#[derive(Serialize)]
pub struct CheckpointReport {
    pub size: u64,
    pub root: String,
    pub holds: bool,
}

/// A key that signs checkpoints, and the first size that it signs.
#[derive(Serialize)]
pub struct LogKey {
    pub from_size: u64,
    pub key: PublicKey,
    pub verifier: Option<String>,
    pub old_key: Option<PublicKey>,
}

/// The result of the comparison with the pin.
#[derive(Serialize)]
pub struct PinReport {
    pub state: PinState,
    pub size: Option<u64>,
    pub before: Option<u64>,
    /// Why it could not be written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// The state of the pin, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PinState {
    /// No pin was given.
    None,
    /// The pin was created.
    Made,
    /// The pin holds; there is no newer event.
    Holds,
    /// The pin holds and was moved forward.
    Moved,
    /// The pin holds and was not moved, because only new events were checked.
    Kept,
    /// The pin is later than this part of the record.
    Later,
    /// The pin was not changed, because the record does not hold.
    Left,
    /// The record holds, and the pin could not be written.
    NotWritten,
}

/// Whether a derived copy agrees with the journal, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ComparisonState {
    /// It agrees.
    Same,
    /// It was not compared.
    NotCompared,
    /// It differs.
    Differs,
}

/// The comparison with the store or with the index.
#[derive(Serialize)]
pub struct CopyReport {
    pub state: ComparisonState,
    pub why: Option<String>,
}

/// The comparison of the files of bodies in a published folder with their names.
#[derive(Serialize)]
pub struct BodyFilesReport {
    pub state: ComparisonState,
    pub why: Option<&'static str>,
    /// How many there should be of the bodies that stand in bundles too.
    pub wanted: u64,
    pub missing: u64,
    pub other: u64,
}

/// A witness of the policy that cosigned, and the time: seconds since 1970.
#[derive(Serialize)]
pub struct CosignatureReport {
    pub name: String,
    pub time: u64,
}

/// A range of events, and its anchor.
#[derive(Serialize)]
pub struct EventRange {
    pub events: u64,
    pub first: Option<u64>,
    pub last: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_pin: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_checkpoint: Option<u64>,
}

/// An evidence file, which can be shown to others.
#[derive(Serialize)]
pub struct EvidenceFile {
    pub file: String,
    pub claim: Claim,
}

/// An event of a format that this program does not know.
#[derive(Serialize)]
pub struct Later {
    pub position: u64,
    pub format: u64,
}

/// A fault.
#[derive(Serialize)]
pub struct FaultReport {
    pub rule: u16,
    pub name: &'static str,
    pub class: Class,
    pub position: Option<u64>,
    pub why: String,
}

impl VerdictReport {
    /// The report of an audit.
    pub fn of(audited: &AuditReport, roster: Vec<Period>, subject: ReportSubject) -> VerdictReport {
        let report = &audited.report;
        let ledger = audited.subject.ledger();
        let origin = report.state.fold.ledger.as_ref().map(|ledger| ledger.origin.to_string());
        let (evidence, no_evidence) = match &audited.evidence {
            EvidenceFound::None => (None, None),
            EvidenceFound::NotWritten(why) => (None, Some(why.clone())),
            EvidenceFound::Written(file, claim) => {
                let file = file.display().to_string();
                (Some(EvidenceFile { file, claim: *claim }), None)
            }
        };
        let base64 = |root: &Hash| to_base64(&root.0);
        let anchored = report.anchored();
        let (covered, size) = (anchored.events(), report.size);
        let held = roster.iter().filter_map(|period| {
            let name = period.name.as_deref()?;
            Some(HeldName { key: &period.key, person: Some(&period.person), name })
        });
        let alike: HashSet<PublicKey> = naming::alike(held).into_iter().collect();
        VerdictReport {
            report: "annals verify 1",
            verdict: match (subject.obstacle(), audited.verdict()) {
                (Some(Obstacle::Denied), Verdict::CouldNotTell) => {
                    "could not tell: permission to read a part of it is denied".to_owned()
                }
                (Some(Obstacle::OpenFiles), Verdict::CouldNotTell) => {
                    "could not tell: too few files may be open to read all of it".to_owned()
                }
                _ => verdict(audited),
            },
            exit: exit(audited.verdict(), &audited.pin),
            size,
            part_of: ledger.and_then(|ledger| ledger.part_of),
            head: report.head,
            root: base64(&report.root),
            recorded: report.at,
            checks: checks(audited),
            not_checked_again: report.known,
            not_checkable: report.counts.not_checkable,
            ignored_bytes: report.ignored_bytes,
            ignored_signature_lines: report.anchors.ignored_lines,
            checkpoint: report.anchors.checkpoint.as_ref().map(|checkpoint| CheckpointReport {
                size: checkpoint.size,
                root: base64(&checkpoint.root),
                holds: report.anchors.checkpoint_holds,
            }),
            log_keys: log_keys(report, origin.as_deref()),
            origin,
            pin: pin(&audited.pin),
            memory_compared: ledger.is_some_and(|ledger| ledger.is_marked),
            memory_later: ledger.and_then(|ledger| ledger.later_mark),
            memory_earlier: ledger.and_then(|ledger| ledger.earlier_mark),
            memory_missing: ledger.is_some_and(|ledger| ledger.is_mark_missing),
            contradiction: ledger.and_then(|ledger| ledger.contradiction.clone()),
            store: match ledger {
                Some(ledger) => store(&ledger.store),
                None => not_compared("a published record has none"),
            },
            body_files: body_files(&audited.subject),
            index: ledger.map_or_else(|| not_compared(NO_INDEX), |ledger| index(&ledger.index)),
            witnesses: audited
                .policy_result
                .witnesses
                .iter()
                .map(|(name, time)| CosignatureReport { name: name.clone(), time: *time })
                .collect(),
            trust_missing: audited.policy_result.missing.clone(),
            policy_unread: audited.unread_policy.clone(),
            keys_missing: audited.missing_keys.clone(),
            anchored: EventRange {
                by_pin: anchored.by_pin,
                by_checkpoint: anchored.by_checkpoint,
                ..EventRange::of(0, covered)
            },
            unanchored: EventRange::of(covered, size),
            evidence,
            no_evidence,
            tally: TallyReport::of(&Tally::of(&report.state), &|key, event| {
                told_apart(&alike, named(&roster, report, key, event), key)
            }),
            explained: report.anchors.explained.clone(),
            roster,
            later_version: later(report),
            faults: faults(report),
            is_pin_later: report.anchors.pin_later_version.is_some(),
            subject,
        }
    }
}

/// The messages of missing trust.
fn as_messages<S: Serializer>(missing: &[MissingTrust], to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(missing.iter().map(MissingTrust::to_string))
}

impl EventRange {
    fn of(start: u64, end: u64) -> EventRange {
        let events = end.saturating_sub(start);
        let (first, last) = match events {
            0 => (None, None),
            _ => (Some(start), Some(end - 1)),
        };
        EventRange { events, first, last, by_pin: None, by_checkpoint: None }
    }
}

impl FaultReport {
    /// Where it is, for people. That of a closing line is the number of events before it, and no
    /// event may be there.
    pub fn place(&self) -> Option<String> {
        let position = self.position?;
        match position.checked_sub(1) {
            Some(last) if self.rule == Rule::Closing.number() => {
                Some(format!("after event {last}"))
            }
            _ => Some(format!("event {position}")),
        }
    }

    fn of(fault: &Fault) -> FaultReport {
        FaultReport {
            rule: fault.rule.number(),
            name: fault.rule.name(),
            class: fault.rule.class(),
            position: fault.position,
            why: fault.why.clone(),
        }
    }
}

/// A name, with the first digits of its key if a reader could mistake it for another person's.
fn told_apart(alike: &HashSet<PublicKey>, named: Named, key: &PublicKey) -> Named {
    if !alike.contains(key) {
        return named;
    }
    let apart = |name: String| format!("{name} (key {})", key.short());
    Named { then: apart(named.then), now: named.now.map(apart) }
}

/// The name of a key just before an event, by the periods.
fn named(roster: &[Period], report: &Report, key: &PublicKey, event: u64) -> Named {
    let recovery = report.state.fold.ledger.as_ref().and_then(|ledger| ledger.recovery);
    if recovery == Some(key.digest()) {
        return Named { then: "recovery key".to_owned(), now: None };
    }
    let named: Vec<&Period> =
        roster.iter().filter(|period| period.key == *key && period.name.is_some()).collect();
    let name = |period: Option<&&Period>| period.and_then(|period| period.name.clone());
    let now = name(named.last());
    let then = name(named.iter().rev().find(|period| period.from.event < event));
    let unnamed = || format!("key {}", key.short());
    let then = then.or_else(|| name(named.first())).unwrap_or_else(unnamed);
    let now = now.filter(|now| *now != then);
    Named { then, now }
}

/// All faults of a report.
pub fn faults(report: &Report) -> Vec<FaultReport> {
    report.faults.iter().map(FaultReport::of).collect()
}

/// The first event that this program cannot verify, if any.
pub fn later(report: &Report) -> Option<Later> {
    report.later_version.map(|(position, format)| Later { position, format })
}

/// The exit of a verdict: a pin that was asked for and could not be written is not done.
pub fn exit(verdict: Verdict, pin: &PinFound) -> Exit {
    match (verdict, pin) {
        (Verdict::Yes, PinFound::NotWritten(_)) => Exit::Unknown,
        _ => Exit::from(verdict),
    }
}

/// The verdict as a sentence.
pub fn verdict(audited: &AuditReport) -> String {
    let report = &audited.report;
    let part_of = audited.subject.ledger().and_then(|ledger| ledger.part_of);
    let part = part_of.map(|of| format!("this part ({} of {of})", report.size));
    if let (Some(part), Some(later)) = (&part, later_anchor(audited))
        && report.class().is_none()
    {
        return format!("could not tell: {part} is older than {later}, by its own account");
    }
    let whole = match &part {
        Some(part) => format!("{part} is as signed"),
        None => "the record is whole".to_owned(),
    };
    match (audited.verdict(), report.class()) {
        (Verdict::Yes, _) if report.known > 0 => match part {
            Some(part) => format!("yes: what is new since the pin in {part} is as signed"),
            None => "yes: what is new since the pin is whole".to_owned(),
        },
        (Verdict::Yes, _) if matches!(audited.pin, PinFound::NotWritten(_)) => {
            format!("yes: {whole}; but the pin was not written")
        }
        (Verdict::Yes, _) => format!("yes: {whole}"),
        (Verdict::No, _) => "no: the record breaks its rules".to_owned(),
        (Verdict::Forked, _) => forked(report).to_owned(),
        (Verdict::TrustMissing, _) => {
            let missing = audited.policy_result.missing.iter();
            let other = missing.filter(|missing| matches!(missing, MissingTrust::OtherRecord(_)));
            let why = other.map(MissingTrust::to_string).next();
            let why = why.unwrap_or_else(|| "what the policy asks for is missing".to_owned());
            format!("could not trust: {whole}, and {why}")
        }
        (_, Some(_)) if report.faults.iter().all(|fault| fault.rule == Rule::PinOrigin) => {
            let pin = report.anchors.pin.as_ref();
            let origin = pin.map(|pin| pin.checkpoint.origin.as_str()).unwrap_or_default();
            format!("could not tell: the pin is of another record ({})", visible(origin))
        }
        (_, Some(_)) => "could not tell: something is damaged".to_owned(),
        _ if report.later_version.is_none() && audited.missing_keys.is_some() => {
            format!("could not tell: {whole}, and the folder of keys that was named is not there")
        }
        _ if report.later_version.is_none() && audited.unread_policy.is_some() => {
            format!("could not tell: {whole}, and the policy was not read")
        }
        _ => "could not tell: a newer program is needed".to_owned(),
    }
}

/// The verdict where a pin or the log key's memory is contradicted. A record that is only shorter
/// than the pin may be an older copy of the same one.
pub fn forked(report: &Report) -> &'static str {
    match is_only_cut(report.faults.iter().map(|fault| fault.rule)) {
        true => "no: events that were seen before are missing here",
        false => "no: this is not the record that was seen or signed before",
    }
}

/// Whether the pin saw more events, and nothing else accuses anybody.
fn is_only_cut(faults: impl Iterator<Item = Rule>) -> bool {
    let mut accusing = faults.filter(|rule| rule.class() == Class::Fork).peekable();
    accusing.peek().is_some() && accusing.all(|rule| rule == Rule::CutBelowPin)
}

/// The anchor that is later than this part of a record: the pin, or else the log key's memory.
fn later_anchor(audited: &AuditReport) -> Option<String> {
    let signed = |marked| format!("the log key's own memory, which signed {marked}");
    match audited.pin {
        PinFound::Later(pinned) => Some(format!("the pin, which saw {pinned}")),
        _ => audited.subject.ledger()?.later_mark.map(signed),
    }
}

fn checks(audited: &AuditReport) -> Vec<CheckCount> {
    let report = &audited.report;
    let check = |check, of, checked, (low, high): (u16, u16)| {
        let within = |rule: Rule| (low..=high).contains(&rule.number());
        let faults = report.faults.iter().filter(|fault| within(fault.rule)).count();
        CheckCount { check, checked, of, faults }
    };
    let (size, counts) = (report.size, &report.counts);
    let signed = report.anchors.checkpoint.as_ref().map_or(0, |checkpoint| checkpoint.size);
    vec![
        check("form", "records", size, (101, 105)),
        check("chain", "places, links, times", size, (201, 299)),
        check("signature", "signatures", size - report.known.min(size), (301, 399)),
        check("legality", "roles and transitions", size, (401, 599)),
        check("content", "bodies", counts.bodies, (601, 604)),
        check("document", "documents", counts.documents, (605, 608)),
        check("quotation", "quotations", counts.quotations, (609, 616)),
        match audited.subject {
            AuditSubject::Ledger(_) => {
                check("closing", "closing lines", report.commit_lines, (706, 706))
            }
            AuditSubject::Published { tiles, .. } => {
                check("tile", "tiles and their bundles", tiles, (971, 974))
            }
        },
        check("checkpoint", "events signed for", signed, (701, 705)),
    ]
}

fn log_keys(report: &Report, origin: Option<&str>) -> Vec<LogKey> {
    let log_key = |keys: &annals_core::pin::LogKeys| LogKey {
        from_size: keys.size,
        key: keys.key,
        verifier: origin.map(|origin| vkey(origin, &keys.key)),
        old_key: keys.old,
    };
    report.log.iter().map(log_key).collect()
}

fn pin(found: &PinFound) -> PinReport {
    if let PinFound::NotWritten(why) = found {
        let (state, why) = (PinState::NotWritten, Some(why.clone()));
        return PinReport { state, size: None, before: None, why };
    }
    let (state, size, before) = match *found {
        PinFound::None => (PinState::None, None, None),
        PinFound::Made(size) => (PinState::Made, Some(size), None),
        PinFound::Moved { from, to } if from == to => (PinState::Holds, Some(to), None),
        PinFound::Moved { from, to } => (PinState::Moved, Some(to), Some(from)),
        PinFound::Kept(size) => (PinState::Kept, Some(size), None),
        PinFound::Later(size) => (PinState::Later, Some(size), None),
        PinFound::Left | PinFound::NotWritten(_) => (PinState::Left, None, None),
    };
    PinReport { state, size, before, why: None }
}

fn store(found: &StoreFound) -> CopyReport {
    match found {
        StoreFound::Same(_) => CopyReport { state: ComparisonState::Same, why: None },
        StoreFound::NotCompared(why) => not_compared(why),
        StoreFound::Differs => CopyReport { state: ComparisonState::Differs, why: None },
    }
}

/// Why a missing index is not compared.
pub const NO_INDEX: &str = "there is none here";

/// Why the files of bodies on a server are not compared.
const BODIES_SERVED: &str = "not asked for where a bundle has the body";

fn body_files(subject: &AuditSubject) -> Option<BodyFilesReport> {
    let AuditSubject::Published { bodies, .. } = subject else { return None };
    let BodyFiles { wanted, missing, other } = bodies.unwrap_or_default();
    let state = match bodies {
        None => ComparisonState::NotCompared,
        Some(_) if missing + other > 0 => ComparisonState::Differs,
        Some(_) => ComparisonState::Same,
    };
    let why = bodies.is_none().then_some(BODIES_SERVED);
    Some(BodyFilesReport { state, why, wanted, missing, other })
}

fn not_compared(why: &str) -> CopyReport {
    CopyReport { state: ComparisonState::NotCompared, why: Some(why.to_owned()) }
}

fn index(found: &IndexStatus) -> CopyReport {
    match found {
        IndexStatus::Same { .. } => CopyReport { state: ComparisonState::Same, why: None },
        IndexStatus::Differs(_) => CopyReport { state: ComparisonState::Differs, why: None },
        IndexStatus::Absent => not_compared(NO_INDEX),
        IndexStatus::Behind => {
            not_compared("it ends before the record; the next writer goes on with it")
        }
        IndexStatus::Not(why) => not_compared(why),
    }
}
