//! Repair: a lost or damaged store is built again from the journal.
//!
//! Always holds: the journal must verify first; the old store is kept aside, never deleted.
//! Not here: a damaged journal (see `from_store`). Source: FORMAT.md section 9.

use crate::disk::lock::Lock;
use crate::journal::Journal;
use crate::ledger::error::LedgerError;
use crate::ledger::paths::Paths;
use crate::ledger::record::Record;
use crate::ledger::writer::store_entries;
use crate::store::sled;
use crate::verify::ends::Ends;
use crate::verify::source::Source;
use crate::verify::{Options, verify};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What a repair did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repaired {
    /// Events in the new store.
    pub events: u64,
    /// Where the old store is now.
    pub aside: Option<PathBuf>,
}

/// Builds the store again from the journal.
pub fn repair(paths: &Paths, jobs: usize, wait: Duration) -> Result<Repaired, LedgerError> {
    let record = Record::open(paths.clone())?;
    let lock = Lock::take(&paths.lock(), wait)?;
    let ends = Ends { checkpoint: record.checkpoint.clone(), ..Ends::default() };
    let report = verify(&record.journal, &ends, Options::whole(jobs))?;
    let behind = crate::rule::Rule::Short;
    if report.faults.iter().any(|fault| fault.rule != behind) {
        return Err(LedgerError::Faulty(report.faults));
    }
    let aside = set_aside(&paths.store())?;
    build(&record.journal, &paths.store())?;
    drop(lock);
    Ok(Repaired { events: record.size(), aside })
}

/// Fills a new store at `folder` from a journal, and closes and opens it once: a store that was
/// never opened again can come up empty after damage.
pub fn build(journal: &Journal, folder: &Path) -> Result<(), LedgerError> {
    let mut store = sled::create(folder)?;
    for span in journal.walk(0)? {
        let span = span?;
        store_entries(&mut store, span.first, &span.entries)?;
    }
    store.settle()?;
    Ok(())
}

fn set_aside(store: &Path) -> Result<Option<PathBuf>, LedgerError> {
    if !store.exists() {
        return Ok(None);
    }
    let name = |n: u32| store.with_file_name(format!("db-aside-{n}"));
    let free = (1..).map(name).find(|path| !path.exists());
    let Some(free) = free else { return Ok(None) };
    fs::rename(store, &free).map_err(|cause| {
        let (what, path) = ("move aside", store.to_owned());
        LedgerError::Disk(crate::disk::DiskError::Io { what, path, cause })
    })?;
    Ok(Some(free))
}
