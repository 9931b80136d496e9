//! Audit: the verdict on a whole ledger, compared with every anchor, its store and its index.
//!
//! Always holds: only the pin is written, after a good verdict of the whole record, and evidence
//! where the record is not the pinned one. The store is compared in a copy, so that an audit
//! changes nothing; where it cannot be copied the verdict is given without it. The store is
//! compared beside the verification, and the outcome is as if one followed the other. Not here: the
//! verification itself (`verify`), texts for people (`cli`).
//! Source: FORMAT.md section 9.

pub mod evidence;
pub mod given_policy;
pub mod kept;
pub mod periods;
pub mod prove;
pub mod options;
pub mod unread;

use crate::archive::published::PublishedSource;
use crate::archive::published::body_files::BodyFiles;
use crate::disk::is_there;
use crate::disk::temporary::Temporary;
use crate::index::{BuildMode, Builder, IndexStatus};
use crate::keys::{HighWaterMarks, KeyFolder, KeysError, Mark};
use crate::ledger::audit::options::Audit;
use crate::ledger::error::{LedgerError, chain};
use crate::ledger::following::{FollowingMark, FoundEvidence};
use crate::ledger::home_mark::HomeMark;
use crate::ledger::imported;
use crate::ledger::reader::Record;
use crate::ledger::reader::source::RecordSource;
use crate::store::Store;
use crate::store::place::StorePlace;
use annals_core::rule::{Fault, Rule};
use annals_core::verdict::Verdict;
use annals_core::verify::anchors::Anchors;
use annals_core::verify::cosigned::{self, PolicyResult};
use annals_core::verify::source::Source;
use annals_core::verify::{Follower, Options, Report, verify};
pub use evidence::EvidenceFound;
pub use kept::PinFound;
use std::error::Error;
use std::panic::resume_unwind;
use std::thread::{self, ScopedJoinHandle};

/// The result of the comparison with the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreFound {
    /// The store holds the same events as the journal; their number.
    Same(u64),
    /// The store was not compared; the reason.
    NotCompared(String),
    /// The store differs; the faults say where.
    Differs,
}

/// The verdict and the results of all comparisons.
pub struct AuditReport {
    /// The verdict.
    pub report: Report,
    /// What was verified, and the comparisons that only this kind has.
    pub subject: AuditSubject,
    /// The comparison with the pin.
    pub pin: PinFound,
    /// The evidence that was written, if any.
    pub evidence: EvidenceFound,
    /// Whether the checkpoint meets the policy, where one was given.
    pub policy_result: PolicyResult,
    /// Why the policy that was given is not checked, if it cannot be read.
    pub unread_policy: Option<String>,
    /// That the folder of keys that was named is not there, if it is not.
    pub missing_keys: Option<String>,
}

/// What an audit verified.
pub enum AuditSubject {
    /// A ledger, or the one in a bag.
    Ledger(LedgerComparisons),
    /// A published record.
    Published {
        /// The number of tiles that are right.
        tiles: u64,
        /// The files of bodies that stand in bundles; `None` where they were not compared.
        bodies: Option<BodyFiles>,
    },
}

/// The comparisons of a ledger with what is kept beside its journal.
pub struct LedgerComparisons {
    /// The comparison with the store.
    pub store: StoreFound,
    /// The comparison with the index.
    pub index: IndexStatus,
    /// Whether the marks of the log key were available.
    pub is_marked: bool,
    /// If this is a part of a record, the number of events of the whole, by its own account.
    pub part_of: Option<u64>,
    /// The size of the last mark, if it is later than this part of a record.
    pub later_mark: Option<u64>,
    /// The size of the last mark, if the checkpoint is of a larger one: the marks are an older
    /// copy, or were cut.
    pub earlier_mark: Option<u64>,
    /// Whether the log key is beside the record, signed its checkpoint, and has no mark there.
    pub is_mark_missing: bool,
    /// Whether a pull may bring more events: the ledger is a copy that follows a record.
    pub is_following: bool,
    /// What shows that the publisher of a copy contradicted it, if a pull found that.
    pub contradiction: Option<FoundEvidence>,
    /// The database that keeps the record, if this folder is a copy of a server of it.
    pub database: Option<String>,
}

impl AuditSubject {
    /// The comparisons of a ledger; `None` of a published record.
    pub fn ledger(&self) -> Option<&LedgerComparisons> {
        match self {
            AuditSubject::Ledger(ledger) => Some(ledger),
            AuditSubject::Published { .. } => None,
        }
    }
}

impl AuditReport {
    /// The overall verdict: that of the report; else "could not tell" if the pin or the log key's
    /// memory is later than this part of a record, or the policy or the named folder of keys cannot
    /// be read; else "trust missing".
    pub fn verdict(&self) -> Verdict {
        let is_unread = self.unread_policy.is_some() || self.missing_keys.is_some();
        let later_mark = self.subject.ledger().and_then(|ledger| ledger.later_mark);
        let is_later = later_mark.is_some() || matches!(self.pin, PinFound::Later(_));
        match verdict(&self.report, &self.policy_result) {
            Verdict::Yes | Verdict::TrustMissing if is_later || is_unread => Verdict::CouldNotTell,
            other => other,
        }
    }
}

fn verdict(report: &Report, policy_result: &PolicyResult) -> Verdict {
    match report.verdict() {
        Verdict::Yes if !policy_result.missing.is_empty() => Verdict::TrustMissing,
        other => other,
    }
}

/// How often a ledger is verified again if it changes during verification.
const LOOKS: usize = 8;

/// Verifies a whole ledger. If faults are found and a writer is at work on it, verifies it again; a
/// fault that a later verification does not find is not reported. The record returned is the one
/// verified last.
pub fn audit_until_stable(
    record: &mut Record,
    audit: &Audit,
    progress: Option<&(dyn Fn(u64) + Sync)>,
) -> Result<AuditReport, LedgerError> {
    for _ in 1..LOOKS {
        let examination = examine(record, audit, progress);
        let clean = examination.as_ref().is_ok_and(Examination::is_clean);
        if clean || !record.has_moved() {
            return Ok(examination?.with_imported(record).conclude(audit, &record.source));
        }
        *record = record.again()?;
    }
    Ok(examine(record, audit, progress)?.with_imported(record).conclude(audit, &record.source))
}

/// Verifies the record of a ledger, of a bag, or what is published of one.
pub fn audit(
    record: &Record,
    audit: &Audit,
    progress: Option<&(dyn Fn(u64) + Sync)>,
) -> Result<AuditReport, LedgerError> {
    Ok(examine(record, audit, progress)?.conclude(audit, &record.source))
}

/// The verdict and the comparisons, before the pin and evidence are written.
struct Examination {
    report: Report,
    anchors: Anchors,
    subject: AuditSubject,
    policy_result: PolicyResult,
    /// The size of the pin, if it is greater than that of this part of a record.
    later_pin: Option<u64>,
}

fn examine(
    record: &Record,
    audit: &Audit,
    progress: Option<&(dyn Fn(u64) + Sync)>,
) -> Result<Examination, LedgerError> {
    if let RecordSource::Published(_, published) = &record.source {
        return examine_published(published, audit, progress);
    }
    let mark = record.mark.as_ref().ok().and_then(Option::as_ref);
    let anchors = Anchors {
        checkpoint: record.checkpoint.clone(),
        mark: mark.map(Mark::marked_checkpoint),
        pin: kept::read(audit)?,
    };
    let builder = Builder::open(&record.paths.ledger, record.journal()?.starts(), BuildMode::Check);
    let follower = Some(&builder as &dyn Follower).filter(|_| audit.index);
    let options = Options { follower, ..options(audit, &anchors, progress) };
    let (report, store) = with_store(record, audit, || verify(&record.source, &anchors, options));
    let (mut report, store) = (report?, store?);
    unread::report(&record.unread(), &record.source, &mut report.faults)
        .map_err(LedgerError::from)?;
    let later_pin = part_below_pin(record, &anchors, &mut report.faults);
    let later_mark = part_below_mark(record.part_of, mark, &mut report);
    let is_faulty = !report.faults.is_empty();
    report.faults.extend(unreadable(record, &report));
    let index = index_status(record, audit, &builder, is_faulty);
    if let IndexStatus::Differs(why) = &index {
        let why = format!("{why}; annals repair --index makes it again from the journal");
        report.faults.push(Fault::of(Rule::Index, why));
    }
    let is_following = FollowingMark::is_at(&record.paths)?;
    let subject = AuditSubject::Ledger(LedgerComparisons {
        store: store.report(&mut report.faults),
        index,
        is_marked: mark.is_some(),
        part_of: record.part_of,
        later_mark,
        earlier_mark: earlier_mark(record, mark, &report),
        is_mark_missing: is_mark_missing(record, &report),
        is_following,
        contradiction: FoundEvidence::of(&record.paths).filter(|_| is_following),
        // A mark that is damaged is a fault of its own.
        database: HomeMark::of(&record.paths).ok().flatten().map(|home| home.place),
    });
    let policy_result = check_policy(audit, &anchors, &mut report);
    Ok(Examination { report, anchors, subject, policy_result, later_pin })
}

/// The comparison with the index that `builder` made while the record was verified.
fn index_status(record: &Record, audit: &Audit, builder: &Builder, is_faulty: bool) -> IndexStatus {
    if !audit.index {
        return IndexStatus::Not("not asked".to_owned());
    }
    if record.source.changed().is_some() {
        return IndexStatus::Not("the journal is not judged".to_owned());
    }
    match builder.found() {
        // What it was made from is not known to be this record.
        IndexStatus::Differs(_) | IndexStatus::Not(_) if is_faulty => {
            IndexStatus::Not("the record has a fault".to_owned())
        }
        found => found,
    }
}

/// Where this is a part of a record, by its own account, and the pin is later, a smaller size is
/// not a fault: removes fault 801 and returns the size of the pin.
fn part_below_pin(record: &Record, anchors: &Anchors, faults: &mut Vec<Fault>) -> Option<u64> {
    record.part_of?;
    let cut = |fault: &Fault| fault.rule == Rule::CutBelowPin;
    let pinned = anchors.pinned().filter(|_| faults.iter().any(cut))?;
    faults.retain(|fault| !cut(fault));
    Some(pinned.checkpoint.size)
}

/// Where this is a part of a record, by its own account, and the last mark of the log key is later,
/// a smaller size is not a fault: removes fault 707 and returns the size of the mark. `None` if
/// there was no such fault.
pub fn part_below_mark(
    part_of: Option<u64>,
    mark: Option<&Mark>,
    report: &mut Report,
) -> Option<u64> {
    part_of?;
    let marked = mark.map(|mark| mark.size).filter(|marked| *marked > report.size)?;
    let before = report.faults.len();
    report.faults.retain(|fault| fault.rule != Rule::BehindMark);
    (report.faults.len() < before).then_some(marked)
}

/// The size of the last mark, if the checkpoint is of a larger one, and the marks are the log key's
/// memory: there is no witness that is.
fn earlier_mark(record: &Record, mark: Option<&Mark>, report: &Report) -> Option<u64> {
    let checkpoint = report.anchors.checkpoint.as_ref();
    let signed = checkpoint.filter(|_| report.anchors.checkpoint_holds)?.size;
    let marked = mark.map(|mark| mark.size).filter(|marked| *marked < signed)?;
    let home = HomeMark::of(&record.paths).ok().flatten();
    home.is_none_or(|home| home.memory.is_none()).then_some(marked)
}

/// Whether a log key that signed the checkpoint is beside the record and its memory is not.
fn is_mark_missing(record: &Record, report: &Report) -> bool {
    let ledger = report.state.fold.ledger.as_ref();
    let home = HomeMark::of(&record.paths).ok().flatten();
    matches!(record.mark, Ok(None))
        && report.anchors.checkpoint_holds
        && home.is_none_or(|home| home.memory.is_none())
        && ledger.is_some_and(|ledger| {
            KeyFolder::open(&record.paths.keys).is_ok_and(|keys| keys.has_log_key(&ledger.log_key))
        })
}

/// Verifies a whole published record and compares it with a pin and a policy. If faults are found
/// and the published checkpoint has changed meanwhile, verifies it again.
pub fn audit_published(
    published: &mut PublishedSource,
    audit: &Audit,
    progress: Option<&(dyn Fn(u64) + Sync)>,
) -> Result<AuditReport, LedgerError> {
    for _ in 1..LOOKS {
        let examination = examine_published(published, audit, progress);
        let clean = examination.as_ref().is_ok_and(Examination::is_clean);
        if clean || !published.look_again().map_err(LedgerError::Elsewhere)? {
            return Ok(examination?.conclude(audit, &*published));
        }
    }
    Ok(examine_published(published, audit, progress)?.conclude(audit, &*published))
}

fn examine_published(
    published: &PublishedSource,
    audit: &Audit,
    progress: Option<&(dyn Fn(u64) + Sync)>,
) -> Result<Examination, LedgerError> {
    let checkpoint = published.checkpoint().map(<[u8]>::to_vec);
    let anchors = Anchors { checkpoint, mark: None, pin: kept::read(audit)? };
    let report = verify(published, &anchors, options(audit, &anchors, progress));
    let mut report = report.map_err(LedgerError::Elsewhere)?;
    let tiles = published.good_tiles();
    published.set_unread_apart(&mut report.faults);
    unread::report(&published.unread(), published, &mut report.faults)
        .map_err(LedgerError::Elsewhere)?;
    if report.verdict() == Verdict::No
        && let Some(doubt) = published.doubt()
    {
        return Err(LedgerError::Elsewhere(doubt));
    }
    let policy_result = check_policy(audit, &anchors, &mut report);
    // A file that cannot be read here is no fault: the verdict takes these bodies from bundles.
    let bodies = match audit.body_files {
        true => published.body_files(report.known).map_err(LedgerError::Elsewhere)?,
        false => None,
    };
    let subject = AuditSubject::Published { tiles, bodies };
    Ok(Examination { report, anchors, subject, policy_result, later_pin: None })
}

fn options<'a>(
    audit: &Audit,
    anchors: &Anchors,
    progress: Option<&'a (dyn Fn(u64) + Sync)>,
) -> Options<'a> {
    let known = anchors.pinned().filter(|_| audit.only_new).map_or(0, |pin| pin.checkpoint.size);
    Options { progress, known, way: audit.way, ..Options::whole(audit.jobs) }
}

/// Whether the policy is met; completes the faults of the report and sorts them.
fn check_policy(audit: &Audit, anchors: &Anchors, report: &mut Report) -> PolicyResult {
    let policy_result = match audit.policy.policy() {
        Some(policy) => cosigned::check(policy, anchors.checkpoint.as_deref(), &mut report.faults),
        None => PolicyResult::default(),
    };
    let ignored = &mut report.anchors.ignored_lines;
    *ignored = ignored.saturating_sub(policy_result.lines);
    report.faults.sort();
    policy_result
}

impl Examination {
    /// Whether there is no fault and no trust is missing.
    fn is_clean(&self) -> bool {
        verdict(&self.report, &self.policy_result) == Verdict::Yes
    }

    /// Adds the faults of the files that an import writes; a bag has its own rules for them.
    fn with_imported(mut self, record: &Record) -> Examination {
        let damaged = imported::damaged(&record.paths).into_iter();
        self.report.faults.extend(damaged.map(|why| Fault::of(Rule::Unreadable, why)));
        self.report.faults.sort();
        self
    }

    /// Writes what follows from the verdict: the pin, and evidence.
    fn conclude(self, audit: &Audit, source: &dyn Source) -> AuditReport {
        let Examination { report, anchors, subject, policy_result, later_pin } = self;
        let ledger = subject.ledger();
        let is_mark_later = ledger.is_some_and(|ledger| ledger.later_mark.is_some());
        let pin = match verdict(&report, &policy_result) {
            _ if let Some(pinned) = later_pin => PinFound::Later(pinned),
            _ if is_mark_later && audit.pin.is_some() => PinFound::Left,
            Verdict::TrustMissing if audit.pin.is_some() => PinFound::Left,
            Verdict::Yes if audit.pin.is_some() && audit.is_trust_unread() => PinFound::Left,
            _ => kept::move_on(audit, &anchors, &report),
        };
        let evidence = match ledger.is_some_and(|it| it.is_following) && is_only_cut(&report) {
            true => EvidenceFound::NotWritten(
                "a pull may bring what this copy lacks, and nothing contradicts the pin".to_owned(),
            ),
            false => evidence::keep(audit, source, &anchors, &report),
        };
        AuditReport {
            report,
            subject,
            pin,
            evidence,
            policy_result,
            unread_policy: audit.policy.unread().map(str::to_owned),
            missing_keys: audit.missing_keys.clone(),
        }
    }
}

/// Whether the pin saw more events, and none of them is another one here.
fn is_only_cut(report: &Report) -> bool {
    let has = |rule| report.faults.iter().any(|fault| fault.rule == rule);
    has(Rule::CutBelowPin) && !has(Rule::ForkedFromPin)
}

/// Rule 911 for the marks. Without an applied opening no mark can be assigned to this record, but
/// the form of the last mark is still checked. Where verification ended early, the marks are not
/// checked.
fn unreadable(record: &Record, report: &Report) -> Option<Fault> {
    if record.source.changed().is_some() {
        return None;
    }
    let last;
    let found = match &report.state.fold.ledger {
        Some(_) => record.mark.as_ref().err(),
        None => {
            let marks = HighWaterMarks::at(record.paths.marks());
            last = if marks.is_out_of_reach() { Ok(None) } else { marks.last() };
            last.as_ref().err()
        }
    };
    let of_form = |error: &KeysError| matches!(error, KeysError::MarkForm { .. });
    let reported = found.filter(|error| report.later_version.is_none() || !of_form(error));
    reported.map(|error| Fault::of(Rule::Unreadable, chain(error)))
}

/// Compares the store with the journal, where that is asked, while `verify` runs: neither depends
/// on the other. With one thread, or if the system gives no other, one follows the other.
fn with_store<T>(
    record: &Record,
    audit: &Audit,
    verify: impl FnOnce() -> T,
) -> (T, Result<StoreComparison, LedgerError>) {
    let compare = || match audit.store {
        true if record.source.changed().is_some() => {
            Ok(StoreComparison::not("the journal is not judged"))
        }
        true => compare_store(record),
        false => Ok(StoreComparison::not("not asked")),
    };
    if audit.jobs <= 1 || !audit.store {
        return (verify(), compare());
    }
    thread::scope(|scope| {
        let beside = thread::Builder::new().spawn_scoped(scope, compare);
        let verified = verify();
        let compared = match beside.map(ScopedJoinHandle::join) {
            Ok(Ok(compared)) => compared,
            Ok(Err(panic)) => resume_unwind(panic),
            Err(_) => compare(),
        };
        (verified, compared)
    })
}

/// What a comparison of the store with the journal found.
struct StoreComparison {
    found: StoreFound,
    fault: Option<Fault>,
}

impl StoreComparison {
    /// Not compared, and why.
    fn not(why: impl Into<String>) -> StoreComparison {
        StoreComparison { found: StoreFound::NotCompared(why.into()), fault: None }
    }

    /// Its copy could not be made; why.
    fn not_copied(error: &dyn Error) -> StoreComparison {
        StoreComparison::not(format!("it cannot be copied to be looked at: {}", chain(error)))
    }

    /// What an error says of the store; each segment is copied when it is its turn.
    fn failed(error: &LedgerError) -> StoreComparison {
        match error {
            LedgerError::StoreIo(store) if store.is_of_the_disk() => {
                StoreComparison::not_copied(store)
            }
            _ => {
                let why = format!("{}; annals repair rebuilds it", chain(error));
                StoreComparison::differs(Fault::of(Rule::Unreadable, why))
            }
        }
    }

    /// The store is not the journal's, or cannot be read.
    fn differs(fault: Fault) -> StoreComparison {
        StoreComparison { found: StoreFound::Differs, fault: Some(fault) }
    }

    /// Adds its fault to those of the journal, which decide how a difference is repaired.
    fn report(self, faults: &mut Vec<Fault>) -> StoreFound {
        let StoreComparison { found, fault } = self;
        if let Some(mut fault) = fault {
            if fault.rule == Rule::Store {
                let repair = match faults.is_empty() {
                    true => "annals repair rebuilds it from the journal",
                    false => {
                        "the journal has faults of its own: annals repair finds out which is whole"
                    }
                };
                fault.why = format!("{}; {repair}", fault.why);
            }
            faults.push(fault);
        }
        found
    }
}

fn compare_store(record: &Record) -> Result<StoreComparison, LedgerError> {
    let folder = record.paths.store();
    match is_there(&folder) {
        Ok(true) => {}
        Ok(false) => {
            let why = "there is none here; it is made from the journal when it is needed";
            return Ok(StoreComparison::not(why));
        }
        Err(error) => return Ok(StoreComparison::not(chain(&error))),
    }
    if crate::disk::lock::is_held(&record.paths.lock()) {
        return Ok(StoreComparison::not("a writer holds it"));
    }
    // The store is not evidence: if it cannot be copied, the verdict is that of the journal.
    let scratch = match Temporary::make() {
        Ok(scratch) => scratch,
        Err(error) => return Ok(StoreComparison::not_copied(&error)),
    };
    let store = match StorePlace::new(folder).open_copy(&scratch.path().join("db")) {
        Ok(store) => store,
        Err(_) if record.has_moved() => {
            return Ok(StoreComparison::not("a writer was at work meanwhile"));
        }
        Err(error) => return Ok(StoreComparison::failed(&LedgerError::StoreIo(error))),
    };
    // A pull writes the journal first, and the store from it.
    if is_there(&record.paths.following_pin())? && store.head()?.size < record.size() {
        let why = "a pull was stopped before it wrote all of it; annals pull goes on";
        return Ok(StoreComparison::not(why));
    }
    let compared = differs(record, &store);
    if !matches!(compared, Ok(None)) && record.has_moved() {
        return Ok(StoreComparison::not("a writer was at work meanwhile"));
    }
    match compared {
        Ok(None) => Ok(StoreComparison { found: StoreFound::Same(record.size()), fault: None }),
        Ok(Some(fault)) => Ok(StoreComparison::differs(fault)),
        Err(error) => Ok(StoreComparison::failed(&error)),
    }
}

/// The first difference between store and journal.
fn differs(record: &Record, store: &dyn Store) -> Result<Option<Fault>, LedgerError> {
    let size = store.head()?.size;
    if size != record.size() {
        let journal = record.size();
        let why = format!("it holds {size} events, the journal {journal}");
        return Ok(Some(Fault::at(size.min(journal), Rule::Store, why)));
    }
    for batch in record.journal()?.entries() {
        let batch = batch?;
        if let Some(position) = store.difference(batch.first, &batch.entries)? {
            let why = format!("it holds another event {position}");
            return Ok(Some(Fault::at(position, Rule::Store, why)));
        }
    }
    Ok(None)
}
