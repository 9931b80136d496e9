//! Repair: builds a damaged or lost journal from the store, the store from the journal, or both
//! from another copy.
//!
//! Always holds: a record replaces another only if it verifies completely and neither the
//! checkpoint nor the marks here contradict it. The replacement is built beside the old one,
//! synced, and then renamed; the old one is kept aside, never deleted. Two records that verify and
//! differ are a fork, and nothing is changed. Not here: the examination of a copy
//! (`record_copy`), its files (`place`).

mod compare;
mod documents;
mod place;
mod record_copy;
mod scratch;
mod sources;
pub mod step;

use crate::disk::lock::LockWait;
use crate::index::IndexStatus;
use crate::ledger::audit::given_policy::GivenPolicy;
use crate::ledger::audit::options::Audit;
use crate::ledger::audit::{AuditReport, audit_until_stable};
use crate::ledger::error::LedgerError;
use crate::ledger::paths::Paths;
use crate::ledger::reader::Record;
use crate::ledger::write::writer::make_index;
use compare::{SourceComparison, compare};
use record_copy::{CopyContent, ReadCopy, RecordCopy};
use scratch::Scratch;
use std::path::PathBuf;
pub use step::{CopyKind, CopyState, Step};

/// The options of a repair.
#[derive(Clone, Debug, Default)]
pub struct RepairOptions {
    /// Another copy of the ledger: the folder that contains its journal.
    pub from: Option<PathBuf>,
    /// The number of threads.
    pub jobs: usize,
    /// How long to wait for a writer.
    pub wait: LockWait,
}

/// Repairs a ledger, reports each step, and verifies the result.
///
/// Errors: [`LedgerError::Irreparable`] if there is no complete copy, [`LedgerError::Fork`] if two
/// records verify and differ. After an error nothing was changed.
pub fn repair(
    paths: &Paths,
    options: &RepairOptions,
    on_step: &mut dyn FnMut(Step),
) -> Result<AuditReport, LedgerError> {
    paths.expect_repairable()?;
    let from = options.from.as_ref().map(|copy| copy_paths(paths, copy)).transpose()?;
    let lock = paths.take_lock(options.wait)?;
    let scratch = Scratch::make(&paths.ledger)?;
    let jobs = options.jobs;
    let journal = RecordCopy::journal(paths, jobs)?;
    on_step(journal.step());
    let store = RecordCopy::store(paths, &scratch, &journal, jobs)?;
    on_step(store.step());
    let other = match &from {
        Some(from) => Some(RecordCopy::other(from, paths, &[&journal, &store], jobs)?),
        None => None,
    };
    if let Some(other) = &other {
        on_step(other.step());
    }
    let copies = Copies { journal, store, other };
    let record = copies.choose()?;
    let mut changed = false;
    if record.place.kind != CopyKind::Journal {
        place::journal(paths, &scratch, record, on_step)?;
        changed = true;
    }
    if !copies.is_store_of(record)? {
        place::store(paths, &scratch, record, on_step)?;
        changed = true;
    }
    let copy = from.as_ref().map(|from| from.ledger.as_path());
    changed |= documents::take(paths, record, copy, on_step)?;
    changed |= place::no_checkpoint(paths, on_step)?;
    changed |= place::checkpoint(paths, record, copies.other(), on_step)?;
    drop((copies, scratch));
    let mended = Record::open(paths.clone())?;
    if let (_, IndexStatus::Same { events, wrote: true }) =
        make_index(paths, mended.journal()?, None)?
    {
        on_step(Step::Index(events));
        changed = true;
    }
    drop(lock);
    // As `annals verify` judges it.
    let policy = GivenPolicy::beside(&paths.keys);
    let options = Audit { store: true, index: true, jobs, policy, ..Audit::default() };
    let audited = audit_until_stable(&mut Record::open(paths.clone())?, &options, None)?;
    if !changed {
        on_step(Step::Nothing { whole: audited.report.faults.is_empty() });
    }
    Ok(audited)
}

/// Builds the index of the journal, unless it is already complete.
pub fn index(
    paths: &Paths,
    wait: impl Into<LockWait>,
    progress: Option<&(dyn Fn(u64) + Sync)>,
) -> Result<IndexStatus, LedgerError> {
    paths.expect_ledger()?;
    let _lock = paths.take_lock(wait)?;
    let record = Record::open(paths.clone())?;
    Ok(make_index(paths, record.journal()?, progress)?.1)
}

/// The paths of the copy; its keys are not used.
fn copy_paths(paths: &Paths, copy: &std::path::Path) -> Result<Paths, LedgerError> {
    let from = Paths::new(copy.to_owned(), None);
    from.expect_ledger().map_err(|error| match error {
        LedgerError::NoLedger { .. } => LedgerError::Usage(format!(
            "no ledger at {}; --from names the folder of another copy of this ledger",
            copy.display()
        )),
        LedgerError::NotAFolder(_, found) => LedgerError::Usage(format!(
            "expected another copy of this ledger at {}, found {found}; --from names the folder \
             that its journal is in",
            copy.display()
        )),
        other => other,
    })?;
    if copy.canonicalize().ok() == paths.ledger.canonicalize().ok() {
        let why = format!("expected another copy of the ledger, found {} itself", copy.display());
        return Err(LedgerError::Usage(why));
    }
    Ok(from)
}

/// The copies of the record that a repair may use.
struct Copies {
    journal: RecordCopy,
    store: RecordCopy,
    /// The copy that was named.
    other: Option<RecordCopy>,
}

impl Copies {
    fn each(&self) -> impl Iterator<Item = &RecordCopy> {
        [&self.journal, &self.store].into_iter().chain(&self.other)
    }

    /// The copy that was named, if it could be read.
    fn other(&self) -> Option<&ReadCopy> {
        self.other.as_ref().and_then(RecordCopy::read)
    }

    /// Chooses the longest complete record; of equal ones the journal, then the copy. All that
    /// verify must agree.
    fn choose(&self) -> Result<&ReadCopy, LedgerError> {
        let read = self.each().filter_map(RecordCopy::read);
        let verified: Vec<&ReadCopy> =
            read.filter(|copy| copy.verifies() && copy.is_anchored).collect();
        for (index, one) in verified.iter().enumerate() {
            for other in &verified[index + 1..] {
                let compared = compare(&*one.source, &*other.source)?;
                if let SourceComparison::Forked { position, one_hash, other_hash } = compared {
                    let (one, other) = (one.place.to_string(), other.place.to_string());
                    return Err(LedgerError::Fork { position, one, one_hash, other, other_hash });
                }
            }
        }
        let rank = |copy: &ReadCopy| match copy.place.kind {
            CopyKind::Journal => 2,
            CopyKind::Copy => 1,
            CopyKind::Store => 0,
        };
        let whole = verified.into_iter().filter(|copy| copy.is_whole());
        let longest = whole.max_by_key(|copy| (copy.report.size, rank(copy)));
        longest.ok_or_else(|| self.irreparable())
    }

    /// The error if nothing here can be used for a repair.
    fn irreparable(&self) -> LedgerError {
        let behind = self.each().find_map(RecordCopy::behind_mark);
        let is_store_behind =
            matches!(self.store.content, CopyContent::Absent) || self.store.behind_mark().is_some();
        if let Some((marked, size)) = behind
            && is_store_behind
            && self.journal.behind_mark().is_some()
        {
            return LedgerError::NewerNotHere { marked, size };
        }
        match &self.store.content {
            CopyContent::Unknown(why) => LedgerError::Usage(format!(
                "{} may be whole, and could not be copied to be looked at: {why}; nothing else \
                 here is whole; nothing was changed; run the same command again once that can be \
                 done",
                self.store.place
            )),
            _ => LedgerError::Irreparable,
        }
    }

    /// Whether the store holds the chosen record, including bodies; a store that cannot be read is
    /// left unchanged and counts as equal.
    fn is_store_of(&self, record: &ReadCopy) -> Result<bool, LedgerError> {
        if matches!(self.store.content, CopyContent::Unknown(_)) {
            return Ok(true);
        }
        let Some(store) = self.store.whole() else { return Ok(false) };
        if store.report.size != record.report.size {
            return Ok(false);
        }
        let same = record.place.kind == CopyKind::Store
            || compare(&*record.source, &*store.source)? == SourceComparison::Same;
        Ok(same)
    }
}
