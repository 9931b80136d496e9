//! The copies of a record: each a complete record, a damaged one, or none.
//!
//! Always holds: every copy is examined by the same verifier, against the checkpoint and the marks
//! of this ledger. Documents are examined separately (`documents`); a checkpoint that the log key
//! did not sign is ignored. Only a copy of the store is written, in the scratch folder. Not here:
//! which copy is used (`repair`). Source: FORMAT.md section 9.

use crate::disk::disk_error::Obstacle;
use crate::disk::{DiskError, is_there};
use crate::journal::{Journal, JournalError};
use crate::keys::{HighWaterMarks, Mark};
use crate::ledger::audit::part_below_mark;
use crate::ledger::error::{LedgerError, chain};
use crate::ledger::exchange::repair::scratch::Scratch;
use crate::ledger::exchange::repair::sources::{JournalSource, StoreSource, is_of_the_disk};
use crate::ledger::exchange::repair::step::{CopyKind, CopyState, Step};
use crate::ledger::imported::ImportStatus;
use crate::ledger::paths::Paths;
use crate::ledger::reader::{checkpoint, covered, part_of};
use annals_core::event::args::Args;
use annals_core::event::record::Reading;
use annals_core::rule::{Fault, Rule};
use annals_core::text::Origin;
use annals_core::verify::anchors::Anchors;
use annals_core::verify::source::{Source, SourceError};
use annals_core::verify::{Options, Report, verify};
use std::fmt;
use std::path::PathBuf;

/// Where a copy of the record is kept.
#[derive(Clone, Debug)]
pub struct CopyPlace {
    /// The kind of place.
    pub kind: CopyKind,
    /// The path.
    pub path: PathBuf,
}

impl fmt::Display for CopyPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the {} at {}", self.kind, self.path.display())
    }
}

/// A place and the result of its examination.
pub struct RecordCopy {
    /// The place.
    pub place: CopyPlace,
    /// What the place contains.
    pub content: CopyContent,
}

/// What is in a place that may contain a copy of the record.
pub enum CopyContent {
    /// There is nothing.
    Absent,
    /// It cannot be examined, so that it must not be changed; the reason.
    Unknown(String),
    /// It cannot be read; the reason.
    Unreadable(String),
    /// A record.
    Read(Box<ReadCopy>),
}

/// A copy of the record that was read and verified.
pub struct ReadCopy {
    /// Where it is.
    pub place: CopyPlace,
    /// Its entries and documents.
    pub source: Box<dyn Source>,
    /// Its report.
    pub report: Report,
    /// Whether something independent confirms that it is this ledger's record: the checkpoint or
    /// the marks here, the journal itself, or for another copy the same event 0 as here.
    pub is_anchored: bool,
    /// The size of this ledger's checkpoint, if it holds for this record.
    pub signed: Option<u64>,
    /// The size of another copy's own checkpoint, if it holds.
    pub own_signed: Option<u64>,
    /// The mark that a record here was compared with.
    mark: Option<Mark>,
    /// Faults of the record itself.
    own_faults: Vec<Fault>,
    /// Faults of another copy against the checkpoint and the marks here.
    conflicts: Vec<Fault>,
    /// Why a record cannot be used for a repair, whether it has faults or not.
    unusable: Option<String>,
    /// Of another copy that is a part of its record, the number of events of the whole, if nothing
    /// here says that there are no more than in the part.
    part_of: Option<u64>,
}

impl RecordCopy {
    /// Examines the journal of the ledger, without an anchor: it is the evidence.
    pub fn journal(paths: &Paths, jobs: usize) -> Result<RecordCopy, LedgerError> {
        let place = CopyPlace { kind: CopyKind::Journal, path: paths.ledger.join("journal") };
        if !is_there(&place.path)? {
            return Ok(RecordCopy { place, content: CopyContent::Absent });
        }
        let checkpoint = checkpoint_here(paths)?;
        let content = match Journal::open(&paths.ledger, covered(checkpoint.as_deref())) {
            Err(error) => CopyContent::not_opened(error)?,
            Ok(journal) => {
                let source = Box::new(JournalSource { journal, ledger: paths.ledger.clone() });
                CopyContent::here(&place, source, paths, true, jobs)?
            }
        };
        Ok(RecordCopy { place, content })
    }

    /// Examines a copy of the ledger's store: opening a damaged store would change it. If the
    /// journal is complete, a complete store is compared with it, whatever was signed.
    pub fn store(
        paths: &Paths,
        scratch: &Scratch,
        journal: &RecordCopy,
        jobs: usize,
    ) -> Result<RecordCopy, LedgerError> {
        let place = CopyPlace { kind: CopyKind::Store, path: paths.store() };
        if !is_there(&place.path)? {
            return Ok(RecordCopy { place, content: CopyContent::Absent });
        }
        let opened = paths.store_place().open_copy(&scratch.path("db-copy"));
        let content = match opened.and_then(|db| StoreSource::new(Box::new(db), &paths.ledger)) {
            Err(error) if error.is_of_the_disk() => CopyContent::Unknown(chain(&error)),
            Err(error) => CopyContent::Unreadable(chain(&error)),
            Ok(source) => {
                let is_compared = journal.whole().is_some();
                CopyContent::here(&place, Box::new(source), paths, is_compared, jobs)?
            }
        };
        Ok(RecordCopy { place, content })
    }

    /// Examines the journal of another copy: against its own checkpoint, and against the checkpoint
    /// and the marks here.
    pub fn other(
        from: &Paths,
        paths: &Paths,
        here: &[&RecordCopy],
        jobs: usize,
    ) -> Result<RecordCopy, LedgerError> {
        let place = CopyPlace { kind: CopyKind::Copy, path: from.ledger.clone() };
        let own = checkpoint(from)?;
        let content = match Journal::open(&from.ledger, covered(own.as_deref())) {
            Err(error) => CopyContent::not_opened(error)?,
            Ok(journal) => {
                let source = Box::new(JournalSource { journal, ledger: from.ledger.clone() });
                let anchors = Anchors { checkpoint: own, mark: None, pin: None };
                match verify(&*source, &anchors, Options::whole(jobs)) {
                    Err(error) => CopyContent::not_judged(error)?,
                    Ok(report) => {
                        let compared = compare_signed(&*source, paths, jobs)?;
                        let is_same = expect_same_opening(&place, &report, &compared, here)?;
                        CopyContent::Read(Box::new(ReadCopy {
                            is_anchored: is_same || compared.is_anchored,
                            signed: compared.signed,
                            own_signed: signed(&report),
                            mark: None,
                            own_faults: own_faults(&report),
                            conflicts: compared.conflicts,
                            unusable: unusable(&*source, &report),
                            part_of: unknown_whole(from, paths, report.size, compared.signed)?,
                            place: place.clone(),
                            source,
                            report,
                        }))
                    }
                }
            }
        };
        Ok(RecordCopy { place, content })
    }

    /// The copy, if it could be read.
    pub fn read(&self) -> Option<&ReadCopy> {
        match &self.content {
            CopyContent::Read(copy) => Some(copy),
            _ => None,
        }
    }

    /// The copy, if it is whole.
    pub fn whole(&self) -> Option<&ReadCopy> {
        self.read().filter(|copy| copy.is_whole())
    }

    /// The sizes of the mark and of the record, if only the mark contradicts the record.
    pub fn behind_mark(&self) -> Option<(u64, u64)> {
        self.read().and_then(ReadCopy::behind_mark)
    }

    /// The state of the place, as a step to report.
    pub fn step(&self) -> Step {
        let state = match &self.content {
            CopyContent::Absent => CopyState::Absent,
            CopyContent::Unknown(why) => CopyState::Unknown(why.clone()),
            CopyContent::Unreadable(why) => CopyState::Damaged { why: why.clone(), more: 0 },
            CopyContent::Read(copy) => copy.state(),
        };
        Step::Found { place: self.place.kind, path: self.place.path.clone(), state }
    }
}

impl CopyContent {
    /// A journal that was not opened.
    ///
    /// Errors: what kept it from being opened says nothing of what is in it, so nothing is built in
    /// its place.
    fn not_opened(error: JournalError) -> Result<CopyContent, LedgerError> {
        match error {
            JournalError::Disk(cause) if cause.obstacle().is_some() => {
                Err(JournalError::Disk(cause).into())
            }
            error => Ok(CopyContent::Unreadable(chain(&error))),
        }
    }

    /// A record that was not read to its end.
    ///
    /// Errors: as [`CopyContent::not_opened`].
    fn not_judged(error: SourceError) -> Result<CopyContent, LedgerError> {
        match error {
            error if is_of_the_disk(&error) => Ok(CopyContent::Unknown(chain(&error))),
            error if Obstacle::of(&error.cause).is_some() => Err(error.into()),
            error => Ok(CopyContent::Unreadable(chain(&error))),
        }
    }

    /// Examines a record of this ledger against its checkpoint and marks; `is_known` if it is this
    /// ledger's record without one of these.
    fn here(
        place: &CopyPlace,
        source: Box<dyn Source>,
        paths: &Paths,
        is_known: bool,
        jobs: usize,
    ) -> Result<CopyContent, LedgerError> {
        let mark = mark(paths, &*source)?;
        let marked = mark.as_ref().map(Mark::marked_checkpoint);
        let anchors = Anchors { checkpoint: checkpoint_here(paths)?, mark: marked, pin: None };
        let mut report = match verify(&*source, &anchors, Options::whole(jobs)) {
            Ok(report) => report,
            Err(error) => return CopyContent::not_judged(error),
        };
        // A part is older than the log key's memory, by its own account.
        let part_of = ImportStatus::of(paths)?.part_of(report.size);
        part_below_mark(part_of, mark.as_ref(), &mut report);
        // An incomplete mark is ignored.
        let has_unreadable = report.faults.iter().any(|fault| fault.rule == Rule::Unreadable);
        let is_damaged = |mark: &Mark| mark.marked_checkpoint().is_damaged(&report.log);
        let mark = mark.filter(|mark| !has_unreadable || !is_damaged(mark));
        let signed = signed(&report);
        Ok(CopyContent::Read(Box::new(ReadCopy {
            is_anchored: is_known || mark.is_some() || signed.is_some(),
            signed,
            own_signed: None,
            mark,
            own_faults: own_faults(&report),
            conflicts: Vec::new(),
            unusable: unusable(&*source, &report),
            part_of: None,
            place: place.clone(),
            source,
            report,
        })))
    }
}

/// Another copy compared with the checkpoint and the marks here.
struct SignedComparison {
    /// The size of the checkpoint here, if it holds for the copy.
    signed: Option<u64>,
    /// Whether there is a mark for its record, or the checkpoint holds.
    is_anchored: bool,
    conflicts: Vec<Fault>,
}

fn compare_signed(
    source: &dyn Source,
    paths: &Paths,
    jobs: usize,
) -> Result<SignedComparison, LedgerError> {
    let mark = mark(paths, source)?;
    let marked = mark.as_ref().map(Mark::marked_checkpoint);
    let anchors = Anchors { checkpoint: checkpoint_here(paths)?, mark: marked, pin: None };
    let options = Options { contents: false, ..Options::whole(jobs) };
    let report = verify(source, &anchors, options)?;
    let is_conflict =
        |fault: &Fault| matches!(fault.rule, Rule::CheckpointRoot | Rule::Short | Rule::BehindMark);
    let conflicts = own_faults(&report).into_iter().filter(is_conflict).collect();
    let signed = signed(&report);
    let is_anchored = mark.is_some() || signed.is_some();
    Ok(SignedComparison { signed, is_anchored, conflicts })
}

/// Refuses a copy of another record; a copy with the same event 0 as a place here is of this one.
/// Returns whether it has the same.
fn expect_same_opening(
    place: &CopyPlace,
    report: &Report,
    compared: &SignedComparison,
    here: &[&RecordCopy],
) -> Result<bool, LedgerError> {
    let other = || LedgerError::OtherRecord(place.path.clone());
    let mut whole = here.iter().filter_map(|copy| copy.whole());
    if whole.any(|copy| copy.report.genesis != report.genesis) {
        return Err(other());
    }
    let mut read = here.iter().filter_map(|copy| copy.read());
    let is_same =
        report.genesis.is_some() && read.any(|copy| copy.report.genesis == report.genesis);
    match is_same || compared.is_anchored || !compared.conflicts.is_empty() {
        true => Ok(is_same),
        false => Err(other()),
    }
}

/// The number of events of the whole, where a copy is a part of a record by its own account;
/// `None` if the checkpoint here is of its size, or the ledger here is that part too. A writer
/// would go on from a part and fork the record.
fn unknown_whole(
    from: &Paths,
    here: &Paths,
    size: u64,
    signed: Option<u64>,
) -> Result<Option<u64>, LedgerError> {
    let of = part_of(from, size)?;
    let is_known = signed == Some(size) || part_of(here, size)? == of;
    Ok(of.filter(|_| !is_known))
}

impl ReadCopy {
    /// Whether the whole record verifies by itself.
    pub fn verifies(&self) -> bool {
        self.unusable.is_none() && self.own_faults.is_empty()
    }

    /// Whether it verifies and neither checkpoint nor marks here contradict it.
    pub fn is_whole(&self) -> bool {
        self.verifies() && self.conflicts.is_empty() && self.part_of.is_none()
    }

    /// The sizes of the mark and of the record, if only the mark contradicts the record.
    fn behind_mark(&self) -> Option<(u64, u64)> {
        let only = !self.own_faults.is_empty()
            && self.unusable.is_none()
            && self.own_faults.iter().all(|fault| fault.rule == Rule::BehindMark);
        self.mark.as_ref().filter(|_| only).map(|mark| (mark.size, self.report.size))
    }

    fn state(&self) -> CopyState {
        let events = self.report.size;
        let unfit = |why| CopyState::Unfit { events, why };
        if let Some(why) = &self.unusable {
            return CopyState::Damaged { why: why.clone(), more: 0 };
        }
        match (self.own_faults.first(), self.conflicts.first()) {
            // Older than what the log key signed, which is no damage.
            (Some(first), _) if self.behind_mark().is_some() => unfit(first.to_string()),
            (Some(first), _) => {
                let more = self.own_faults.len() - 1;
                CopyState::Damaged { why: first.to_string(), more }
            }
            (None, Some(first)) => unfit(first.to_string()),
            (None, None) if let Some(of) = self.part_of => {
                unfit(format!("it is a part of a record of {of} events, by its own account"))
            }
            (None, None) => CopyState::Whole(events),
        }
    }
}

/// The faults of a record itself: without those of its documents, of a checkpoint that the log key
/// did not sign, and of an incomplete mark.
fn own_faults(report: &Report) -> Vec<Fault> {
    use Rule::{CheckpointForm, CheckpointOrigin, CheckpointRoot, CheckpointSignature};
    let unsigned =
        |rule: Rule| matches!(rule, CheckpointForm | CheckpointOrigin | CheckpointSignature);
    let forged = report.faults.iter().any(|fault| unsigned(fault.rule));
    let counts = |fault: &&Fault| match fault.rule {
        Rule::DocumentMissing | Rule::DocumentDigest | Rule::Unreadable => false,
        CheckpointRoot => !forged,
        rule => !unsigned(rule),
    };
    report.faults.iter().filter(counts).cloned().collect()
}

/// The size of the checkpoint that a record was compared with, if it holds.
fn signed(report: &Report) -> Option<u64> {
    let holds = report.anchors.checkpoint.as_ref().filter(|_| report.anchors.checkpoint_holds);
    holds.map(|checkpoint| checkpoint.size)
}

/// Why a record cannot be used for a repair, whether it has faults or not.
fn unusable(source: &dyn Source, report: &Report) -> Option<String> {
    let changed = source.changed();
    let later = || {
        let (position, v) = report.later_version?;
        Some(format!("event {position} is of format {v}, which this program does not know"))
    };
    changed.or_else(later).or_else(|| (report.size == 0).then(|| "it has no event".to_owned()))
}

/// The checkpoint here; what is no file in its place is none.
fn checkpoint_here(paths: &Paths) -> Result<Option<Vec<u8>>, DiskError> {
    match checkpoint(paths) {
        Err(DiskError::Strange { .. }) => Ok(None),
        found => found,
    }
}

/// The last mark here for the record of a source.
fn mark(paths: &Paths, source: &dyn Source) -> Result<Option<Mark>, LedgerError> {
    let Some(origin) = origin(source) else { return Ok(None) };
    Ok(HighWaterMarks::at(paths.marks()).last_for(&origin)?)
}

fn origin(source: &dyn Source) -> Option<Origin> {
    let (_, first) = source.entries(0).ok()?.next()?.ok()?;
    match Reading::of(&first.record).statement?.args {
        Args::LedgerOpened(args) => Some(args.origin),
        _ => None,
    }
}
