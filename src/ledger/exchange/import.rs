//! Import: makes a ledger of a bag, as a copy to read or, on request, as the one to continue.
//!
//! ```text
//! read only     the default
//! taken over    the log key and its marks are here, and the marks end at the bag's end: writable
//!               otherwise: writable once an admin has named another log key
//! ```
//!
//! Always holds: only a complete bag, with a record that verifies, becomes a ledger. It is built
//! beside the target and renamed last. A part of a record is never taken over, because it would
//! fork. No log key signs that may have signed more elsewhere. Not here: the check before a write
//! (`imported`). Source: FORMAT.md section 14, "Import"; THREATS.md.

use crate::archive::bag::read::{BagSizes, stream};
use crate::archive::bag::target::{BagTarget, FolderBagTarget};
use crate::disk::lock::LockWait;
use crate::keys::HighWaterMarks;
use crate::ledger::audit::options::Audit;
use crate::ledger::error::LedgerError;
use crate::ledger::exchange::bag_audit::{BagAudit, audit_bag, is_of_ledger};
use crate::ledger::exchange::protected_place::{ProtectedPlace, expect_unprotected};
use crate::ledger::exchange::steps::Steps;
use crate::ledger::folder_kind::expect_free_ground;
use crate::ledger::imported::ImportStatus;
use crate::ledger::paths::{ATTRIBUTES, NO_TEXT, Paths};
use crate::ledger::reader::Record;
use crate::ledger::write::writer::make_index;
use annals_core::key::{PublicKey, SecretKey};
use annals_core::rule::{Fault, Rule};
use annals_core::verify::Report;
use std::path::Path;

/// The options of an import.
pub struct ImportOptions<'a> {
    /// The available log keys, if the ledger is to be taken over.
    pub take_over: Option<&'a [SecretKey]>,
    /// The number of threads that verify.
    pub jobs: usize,
    /// How long to wait for another import to the same place.
    pub wait: LockWait,
    /// Receives the progress.
    pub steps: Steps<'a>,
}

/// The result of an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImportedLedger {
    /// Number of events.
    pub size: u64,
    /// How the ledger may be used.
    pub imported: ImportStatus,
}

/// Makes a ledger of a bag.
///
/// Errors: the bag or the record in it is incomplete; there is something at the ledger's path; the
/// bag is a part of a record and was to be taken over; the marks of the log key are of a later
/// size.
pub fn import(
    bag: &Path,
    paths: &Paths,
    options: &ImportOptions<'_>,
) -> Result<ImportedLedger, LedgerError> {
    expect_unprotected(
        &paths.ledger,
        &[ProtectedPlace::Bag(bag), ProtectedPlace::Keys(&paths.keys)],
    )?;
    expect_free_ground(&paths.ledger)?;
    let audit = Audit { jobs: options.jobs, ..Audit::default() };
    let bag_audit = audit_bag(bag, &audit, options.steps)?;
    let report = whole(bag, &bag_audit)?;
    let size = report.size;
    let imported = match options.take_over {
        None => ImportStatus::ReadOnly(bag_audit.sizes.map_or(size, |sizes| sizes.record)),
        Some(keys) => taken_over(&bag_audit, report, paths, keys)?,
    };
    // The record's state is no longer needed and may be large.
    let manifest = bag_audit.checked.manifest;
    drop(bag_audit.record);
    let mut target = FolderBagTarget::open(&paths.ledger, options.wait)?;
    for (name, digest) in &manifest {
        let inside = name.strip_prefix("data/").filter(|name| is_of_ledger(name));
        let Some(inside) = inside.and_then(|name| name.strip_prefix("ledger/")) else { continue };
        target.begin(inside)?;
        let copied = stream(&bag.join(name), &mut |piece| target.add(piece))?;
        target.end()?;
        if copied != *digest {
            let why = format!("{name} was changed while it was read");
            return Err(LedgerError::Bag(bag.to_owned(), why));
        }
    }
    if let Some(text) = imported.write() {
        put(&mut target, "imported", text.as_bytes())?;
    }
    put(&mut target, ATTRIBUTES, NO_TEXT.as_bytes())?;
    target.finish()?;
    // A bag contains no index, so it is built here.
    let progress = |done| options.steps.jump("index", done);
    make_index(paths, Record::open(paths.clone())?.journal()?, Some(&progress))?;
    Ok(ImportedLedger { size, imported })
}

fn put(target: &mut FolderBagTarget, name: &str, bytes: &[u8]) -> Result<(), LedgerError> {
    target.begin(name)?;
    target.add(bytes)?;
    Ok(target.end()?)
}

/// The report on the record, if there is no fault at all.
fn whole<'b>(bag: &Path, bag_audit: &'b BagAudit) -> Result<&'b Report, LedgerError> {
    if let Some(why) = bag_audit.all_wrong().next() {
        return Err(LedgerError::Bag(bag.to_owned(), why.to_owned()));
    }
    let wrong = |why: String| LedgerError::Bag(bag.to_owned(), why);
    let record = bag_audit.record.as_ref().map_err(|error| wrong(error.to_string()))?;
    let report = &record.audit.report;
    if !report.faults.is_empty() {
        return Err(LedgerError::Faulty(report.faults.clone()));
    }
    match report.later_version {
        Some((position, v)) => Err(wrong(format!(
            "event {position} is of format {v}, which this program does not know"
        ))),
        None => Ok(report),
    }
}

/// How the ledger may be used after it is taken over.
fn taken_over(
    bag_audit: &BagAudit,
    report: &Report,
    paths: &Paths,
    log_keys: &[SecretKey],
) -> Result<ImportStatus, LedgerError> {
    let (size, root) = (report.size, report.root);
    if bag_audit.sizes != Some(BagSizes { bag: size, record: size }) {
        let of = bag_audit.sizes.map_or(0, |sizes| sizes.record);
        return Err(LedgerError::Usage(format!(
            "the bag holds the first {size} of {of} events: a ledger that went on from there would \
             be another one than the record (a fork); nothing was imported; take over a bag of the \
             whole, or import this one to read it"
        )));
    }
    let Some(ledger) = &report.state.fold.ledger else {
        return Err(LedgerError::Usage("the bag holds no event".to_owned()));
    };
    let mark = HighWaterMarks::at(paths.marks()).last_for(&ledger.origin)?;
    if let Some(mark) = &mark
        && (mark.size > size || (mark.size == size && mark.root != root))
    {
        let marked = mark.marked_checkpoint();
        return Err(match marked.is_damaged(&report.log) {
            true => LedgerError::Faulty(vec![Fault::of(Rule::Unreadable, marked.damage())]),
            false => LedgerError::MemoryContradicts(format!(
                "the log key signed size {}, and the bag has {size} events or another root: it is \
                 older than the record, or of another copy; nothing was imported; take over a \
                 newer bag, or go on with the ledger that it was exported from",
                mark.size
            )),
        });
    }
    let held = |public: &PublicKey| log_keys.iter().any(|key| key.public() == *public);
    let marked = mark.is_some_and(|mark| mark.size == size);
    let needed = [Some(ledger.log_key), ledger.old_log_key];
    match marked && needed.iter().flatten().all(held) {
        true => Ok(ImportStatus::No),
        false => Ok(ImportStatus::Rekey(ledger.log_key)),
    }
}
