//! Repair: builds a damaged or lost journal from the store, the store from the journal, or both
//! from another copy.
//!
//! Always holds: a record replaces another only if it verifies completely and neither the
//! checkpoint nor the marks here contradict it. The replacement is built beside the old one,
//! synced, and then renamed; the old one is kept aside, never deleted. Two records that verify and
//! differ are a fork, and nothing is changed. Not here: the examination of a place (`holding`), its
//! files (`place`).

mod compare;
mod documents;
mod holding;
mod place;
mod stored;
mod scratch;
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
use compare::{Compared, compare};
use holding::Holding;
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
    let journal = Holding::journal(paths, options.jobs)?;
    on_step(journal.step());
    let mut store = Holding::store(paths, &scratch, options.jobs)?;
    on_step(store.step());
    // If the journal is complete, a complete store is compared with it, whatever was signed.
    store.anchored |= journal.is_whole();
    let mut holdings = vec![journal, store];
    if let Some(from) = &from {
        let copy = Holding::copy(from, paths, &holdings, options.jobs)?;
        on_step(copy.step());
        holdings.push(copy);
    }
    let record = choose(&holdings)?;
    let mut changed = false;
    if record.place != CopyKind::Journal {
        place::journal(paths, &scratch, record, on_step)?;
        changed = true;
    }
    if !same_as_store(record, &holdings)? {
        place::store(paths, &scratch, record, on_step)?;
        changed = true;
    }
    let copy = from.as_ref().map(|from| from.ledger.as_path());
    changed |= documents::take(paths, record, copy, on_step)?;
    changed |= place::no_checkpoint(paths, on_step)?;
    changed |= place::checkpoint(paths, record, &holdings, on_step)?;
    drop((holdings, scratch));
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
    let jobs = options.jobs;
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
        LedgerError::NoLedger(_) => LedgerError::Usage(format!(
            "no ledger at {}; --from names the folder of another copy of this ledger",
            copy.display()
        )),
        LedgerError::NotAFolder(_) => LedgerError::Usage(format!(
            "expected another copy of this ledger at {}, found a file; --from names the folder \
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

/// Chooses the longest complete record; of equal ones the journal, then the copy. All that verify
/// must agree.
fn choose(holdings: &[Holding]) -> Result<&Holding, LedgerError> {
    let anchored = |holding: &&Holding| holding.verifies() && holding.anchored;
    let verified: Vec<&Holding> = holdings.iter().filter(anchored).collect();
    for (index, one) in verified.iter().enumerate() {
        for other in &verified[index + 1..] {
            let compared = compare(one.source()?, other.source()?)?;
            if let Compared::Forked { position, one: hash, other: other_hash } = compared {
                return Err(LedgerError::Fork {
                    position,
                    one: (one.named(), hash),
                    other: (other.named(), other_hash),
                });
            }
        }
    }
    let rank = |holding: &&&Holding| match holding.place {
        CopyKind::Journal => 2,
        CopyKind::Copy => 1,
        CopyKind::Store => 0,
    };
    let whole = verified.iter().filter(|holding| holding.is_whole());
    let longest = whole.max_by_key(|holding| (holding.size(), rank(holding)));
    longest.copied().ok_or_else(|| irreparable(holdings))
}

/// The error if nothing here can be used for a repair.
fn irreparable(holdings: &[Holding]) -> LedgerError {
    let behind = holdings.iter().find_map(|holding| holding.behind_mark());
    let others =
        holdings.iter().filter(|h| h.place == CopyKind::Store && h.found() != CopyState::Absent);
    let agree = others.clone().all(|holding| holding.behind_mark().is_some());
    match behind.filter(|_| agree && holdings[0].behind_mark().is_some()) {
        Some((marked, size)) => LedgerError::NewerNotHere(marked, size),
        None => match holdings.iter().find_map(Holding::unknown) {
            Some((place, why)) => LedgerError::Usage(format!(
                "{place} may be whole, and could not be copied to be looked at: {why}; nothing \
                 else here is whole; nothing was changed; say the same again once that can be done"
            )),
            None => LedgerError::Irreparable,
        },
    }
}

/// Whether the store holds the chosen record, including bodies; a store that cannot be read is left
/// unchanged and counts as equal.
fn same_as_store(record: &Holding, holdings: &[Holding]) -> Result<bool, LedgerError> {
    let store = holdings.iter().find(|holding| holding.place == CopyKind::Store);
    if store.is_some_and(Holding::is_unknown) {
        return Ok(true);
    }
    let Some(store) = store.filter(|store| store.is_whole()) else { return Ok(false) };
    if store.size() != record.size() {
        return Ok(false);
    }
    let same = record.place == CopyKind::Store
        || compare(record.source()?, store.source()?)? == Compared::Same;
    Ok(same)
}
