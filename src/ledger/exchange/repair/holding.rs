//! The examination of a place: a complete record, a damaged one, or none.
//!
//! Always holds: every place is examined by the same verifier, against the checkpoint and the marks
//! of this ledger. Documents are examined separately (`documents`); a checkpoint that the log key
//! did not sign is ignored. Only a copy of the store is written, in the scratch folder. Not here:
//! which place is used (`repair`). Source: FORMAT.md section 9.

use crate::disk::{DiskError, is_there};
use crate::journal::Journal;
use crate::keys::{HighWaterMarks, Mark};
use crate::ledger::audit::part_below_mark;
use crate::ledger::error::{LedgerError, chain};
use crate::ledger::exchange::repair::compare::entries;
use crate::ledger::exchange::repair::scratch::Scratch;
use crate::ledger::exchange::repair::step::{CopyKind, CopyState, Step};
use crate::ledger::exchange::repair::stored::{Journaled, Stored};
use crate::ledger::imported::Imported;
use crate::ledger::paths::Paths;
use crate::ledger::reader::{checkpoint, covered, part_of};
use crate::store::StoreError;
use annals_core::event::args::Args;
use annals_core::event::record::Reading;
use annals_core::rule::{Fault, Rule};
use annals_core::text::Origin;
use annals_core::verify::anchors::Anchors;
use annals_core::verify::source::Source;
use annals_core::verify::{Options, Report, verify};
use std::path::PathBuf;

/// A place and the result of its examination.
pub struct Holding {
    /// The kind of place.
    pub place: CopyKind,
    /// The path.
    pub path: PathBuf,
    /// Its report, if it could be read.
    pub report: Option<Report>,
    /// Whether something independent confirms that it is this ledger's record: the checkpoint or
    /// the marks here, the journal itself, or for a copy the same event 0 as here.
    pub anchored: bool,
    /// The size of this ledger's checkpoint, if it holds for this record.
    pub signed: Option<u64>,
    /// The size of the copy's own checkpoint, if it holds.
    pub signed_there: Option<u64>,
    source: Option<Box<dyn Source>>,
    /// Faults of the record itself.
    wrong: Vec<Fault>,
    /// Faults of a copy against the checkpoint and the marks here.
    against: Vec<Fault>,
    unreadable: Option<String>,
    /// Of a copy that is a part of its record, the number of events of the whole, if nothing here
    /// says that there are no more than in the part.
    part_of: Option<u64>,
    /// Why the place could not be examined; nothing is known of it then.
    unknown: Option<String>,
    mark: Option<Mark>,
}

impl Holding {
    /// Examines the journal of the ledger, without an anchor: it is the evidence.
    pub fn journal(paths: &Paths, jobs: usize) -> Result<Holding, LedgerError> {
        let mut holding = Holding::empty(CopyKind::Journal, paths.ledger.join("journal"));
        if !is_there(&holding.path)? {
            return Ok(holding);
        }
        let checkpoint = checkpoint_here(paths)?;
        match Journal::open(&paths.ledger, covered(checkpoint.as_deref())) {
            Err(error) => holding.unreadable = Some(chain(&error)),
            Ok(journal) => {
                let source = Box::new(Journaled(journal, paths.ledger.clone()));
                holding.judge(source, paths, checkpoint, jobs)?;
            }
        }
        holding.anchored = true;
        Ok(holding)
    }

    /// Examines a copy of the ledger's store: opening a damaged store would change it.
    pub fn store(paths: &Paths, scratch: &Scratch, jobs: usize) -> Result<Holding, LedgerError> {
        let mut holding = Holding::empty(CopyKind::Store, paths.store());
        if !is_there(&holding.path)? {
            return Ok(holding);
        }
        let opened = paths.store_place().open_copy(&scratch.path("db-copy"));
        match opened.and_then(|store| Stored::new(Box::new(store), &paths.ledger)) {
            Err(StoreError::Disk(error)) => holding.unknown = Some(chain(&error)),
            Err(error) => holding.unreadable = Some(chain(&error)),
            Ok(stored) => holding.judge(Box::new(stored), paths, checkpoint_here(paths)?, jobs)?,
        }
        Ok(holding)
    }

    /// Examines the journal of another copy: against its own checkpoint, and against the checkpoint
    /// and the marks here.
    pub fn copy(
        from: &Paths,
        paths: &Paths,
        holdings: &[Holding],
        jobs: usize,
    ) -> Result<Holding, LedgerError> {
        let mut holding = Holding::empty(CopyKind::Copy, from.ledger.clone());
        let own = checkpoint(from)?;
        match Journal::open(&from.ledger, covered(own.as_deref())) {
            Err(error) => holding.unreadable = Some(chain(&error)),
            Ok(journal) => {
                let source = Box::new(Journaled(journal, from.ledger.clone()));
                holding.judge(source, paths, own, jobs)?;
                holding.compare_signed(paths, jobs)?;
                holding.compare_openings(holdings)?;
                holding.compare_sizes(from, paths)?;
            }
        }
        Ok(holding)
    }

    /// Kind and path, for a message.
    pub fn named(&self) -> String {
        format!("the {} at {}", self.place, self.path.display())
    }

    fn empty(place: CopyKind, path: PathBuf) -> Holding {
        Holding {
            place,
            path,
            report: None,
            anchored: false,
            signed: None,
            signed_there: None,
            source: None,
            wrong: Vec::new(),
            against: Vec::new(),
            unreadable: None,
            part_of: None,
            unknown: None,
            mark: None,
        }
    }

    /// Examines a record against the checkpoint beside it, and a record here against the marks too.
    fn judge(
        &mut self,
        source: Box<dyn Source>,
        paths: &Paths,
        checkpoint: Option<Vec<u8>>,
        jobs: usize,
    ) -> Result<(), LedgerError> {
        let here = self.place != CopyKind::Copy;
        self.mark = if here { mark(paths, &*source)? } else { None };
        let marked = self.mark.as_ref().map(Mark::marked_checkpoint);
        let ends = Anchors { checkpoint, mark: marked, pin: None };
        match verify(&*source, &ends, Options::whole(jobs)) {
            Err(error) => self.unreadable = Some(chain(&error)),
            Ok(mut report) => {
                // A part is older than the log key's memory, by its own account.
                let part_of = Imported::of(paths)?.part_of(report.size);
                part_below_mark(part_of, self.mark.as_ref(), &mut report);
                let unreadable = |fault: &Fault| fault.rule == Rule::Unreadable;
                let is_damaged = |mark: &Mark| mark.marked_checkpoint().is_damaged(&report.log);
                if report.faults.iter().any(unreadable) {
                    // An incomplete mark is ignored.
                    self.mark = self.mark.take().filter(|mark| !is_damaged(mark));
                }
                self.wrong = wrong(&report);
                self.unreadable = source.changed().or_else(|| unjudged(&report));
                match here {
                    true => self.signed = signed(&report),
                    false => self.signed_there = signed(&report),
                }
                self.anchored = self.mark.is_some() || self.signed.is_some();
                self.report = Some(report);
                self.source = Some(source);
            }
        }
        Ok(())
    }

    /// Compares a copy with the checkpoint and the marks here.
    fn compare_signed(&mut self, paths: &Paths, jobs: usize) -> Result<(), LedgerError> {
        let Some(source) = self.source.as_deref() else { return Ok(()) };
        let mark = mark(paths, source)?;
        let marked = mark.as_ref().map(Mark::marked_checkpoint);
        let ends = Anchors { checkpoint: checkpoint_here(paths)?, mark: marked, pin: None };
        let options = Options { contents: false, ..Options::whole(jobs) };
        let report = verify(source, &ends, options)?;
        let signed_here = |fault: &Fault| {
            matches!(fault.rule, Rule::CheckpointRoot | Rule::Short | Rule::BehindMark)
        };
        self.against = wrong(&report).into_iter().filter(signed_here).collect();
        self.signed = signed(&report);
        self.anchored = mark.is_some() || self.signed.is_some();
        Ok(())
    }

    /// Refuses a copy of another record; a copy with the same event 0 as a place here is of this
    /// one.
    fn compare_openings(&mut self, here: &[Holding]) -> Result<(), LedgerError> {
        let of = |holding: &Holding| holding.report.as_ref().and_then(|report| report.genesis);
        let mine = of(self);
        let whole = |holding: &&Holding| holding.is_whole();
        if here.iter().filter(whole).any(|holding| of(holding) != mine) {
            return Err(LedgerError::OtherRecord(self.path.clone()));
        }
        self.anchored |= here.iter().any(|holding| mine.is_some() && of(holding) == mine);
        if !self.anchored && self.against.is_empty() {
            return Err(LedgerError::OtherRecord(self.path.clone()));
        }
        Ok(())
    }

    /// Refuses a part of a record, by its own account, unless the checkpoint here is of its size,
    /// or the ledger here is that part too: a writer would go on from it and fork the record.
    fn compare_sizes(&mut self, from: &Paths, here: &Paths) -> Result<(), LedgerError> {
        let size = self.size();
        let of = part_of(from, size)?;
        let is_known = self.signed == Some(size) || part_of(here, size)? == of;
        self.part_of = of.filter(|_| !is_known);
        Ok(())
    }

    /// Whether the whole record verifies by itself.
    pub fn verifies(&self) -> bool {
        self.report.is_some() && self.unreadable.is_none() && self.wrong.is_empty()
    }

    /// Whether it verifies and neither checkpoint nor marks here contradict it.
    pub fn is_whole(&self) -> bool {
        self.verifies() && self.against.is_empty() && self.part_of.is_none()
    }

    /// The number of events.
    pub fn size(&self) -> u64 {
        self.report.as_ref().map_or(0, |report| report.size)
    }

    /// The entries.
    pub fn source(&self) -> Result<&dyn Source, LedgerError> {
        self.source.as_deref().ok_or(LedgerError::Irreparable)
    }

    /// The sizes of the mark and of the record, if only the mark contradicts the record.
    pub fn behind_mark(&self) -> Option<(u64, u64)> {
        let only = !self.wrong.is_empty()
            && self.unreadable.is_none()
            && self.wrong.iter().all(|fault| fault.rule == Rule::BehindMark);
        self.mark.as_ref().filter(|_| only).map(|mark| (mark.size, self.size()))
    }

    /// Whether nothing is known of the place, so that it must not be changed.
    pub fn is_unknown(&self) -> bool {
        self.unknown.is_some()
    }

    /// The place and why nothing is known of it, if so.
    pub fn unknown(&self) -> Option<(String, &str)> {
        self.unknown.as_deref().map(|why| (self.named(), why))
    }

    /// The state of the place.
    pub fn found(&self) -> CopyState {
        if let Some(why) = &self.unknown {
            return CopyState::Unknown(why.clone());
        }
        if let Some(why) = &self.unreadable {
            return CopyState::Damaged(why.clone(), 0);
        }
        match (&self.report, self.wrong.first()) {
            (None, _) => CopyState::Absent,
            // Older than what the log key signed, which is no damage.
            (Some(report), Some(first)) if self.behind_mark().is_some() => {
                CopyState::Unfit(report.size, first.to_string())
            }
            (Some(_), Some(first)) => CopyState::Damaged(first.to_string(), self.wrong.len() - 1),
            (Some(report), None) => match self.against.first() {
                Some(first) => CopyState::Unfit(report.size, first.to_string()),
                None if let Some(of) = self.part_of => CopyState::Unfit(
                    report.size,
                    format!("it is a part of a record of {of} events, by its own account"),
                ),
                None => CopyState::Whole(report.size),
            },
        }
    }

    /// The state of the place, as a step to report.
    pub fn step(&self) -> Step {
        Step::Found(self.place, self.path.clone(), self.found())
    }
}

/// The faults of a record itself: without those of its documents, of a checkpoint that the log key
/// did not sign, and of an incomplete mark.
fn wrong(report: &Report) -> Vec<Fault> {
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

/// Why a record without faults cannot be used for a repair.
fn unjudged(report: &Report) -> Option<String> {
    let later = report.later_version.map(|(position, v)| {
        format!("event {position} is of format {v}, which this program does not know")
    });
    later.or_else(|| (report.size == 0).then(|| "it has no event".to_owned()))
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
    let first = entries(source).ok()?.next()?.ok()?;
    match Reading::of(&first.record).statement?.args {
        Args::LedgerOpened(args) => Some(args.origin),
        _ => None,
    }
}
