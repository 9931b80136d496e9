//! A ledger made of a published record: a copy to read.
//!
//! Always holds: what is sealed or redacted is withheld in the copy too; the commits follow from
//! the record alone; the folder is built beside and gets its name last; nobody writes to the copy.
//! Not here: a ledger made of a bag, which may be taken over (`import`).
//! Source: FORMAT.md section 9, "Published directory"; section 14, "Import".

use crate::archive::bag::target::{BagTarget, FolderBagTarget};
use crate::archive::published::PublishedSource;
use crate::disk::lock::LockWait;
use crate::disk::temporary::Temporary;
use crate::journal::{Copied, copy};
use crate::ledger::audit::audit_published;
use crate::ledger::audit::options::Audit;
use crate::ledger::error::LedgerError;
use crate::ledger::exchange::export::fixed_commits::FixedCommits;
use crate::ledger::exchange::protected_place::{ProtectedPlace, expect_unprotected};
use crate::ledger::folder_kind::expect_free_ground;
use crate::ledger::imported::ImportStatus;
use crate::ledger::paths::{ATTRIBUTES, NO_TEXT, Paths};
use crate::ledger::published_place::PublishedPlace;
use crate::ledger::reader::Record;
use crate::ledger::write::writer::make_index;
use annals_core::event::Entry;
use annals_core::event::body::{Body, Content};
use annals_core::hash::Hash;
use annals_core::verify::source::Source;
use std::collections::BTreeSet;

/// How a published record is imported.
pub struct PublishedImport<'a> {
    /// Number of threads that verify.
    pub jobs: usize,
    /// How long to wait for another import to the same place.
    pub wait: LockWait,
    /// Called periodically with the number of events that are verified.
    pub progress: Option<&'a (dyn Fn(u64) + Sync)>,
}

/// Makes a ledger of what is published at a place; the number of its events.
///
/// Errors: the published record does not verify whole; there is something at the ledger's place.
pub fn import_published(
    place: &PublishedPlace,
    published: &mut PublishedSource,
    paths: &Paths,
    options: &PublishedImport<'_>,
) -> Result<u64, LedgerError> {
    let mut kept = vec![ProtectedPlace::Keys(&paths.keys)];
    if let PublishedPlace::Folder(folder) = place {
        kept.push(ProtectedPlace::Published(folder));
    }
    expect_unprotected(&paths.ledger, &kept)?;
    expect_free_ground(&paths.ledger)?;
    let audit = Audit { jobs: options.jobs, ..Audit::default() };
    let report = audit_published(published, &audit, options.progress)?.report;
    if !report.faults.is_empty() {
        let (place, faults, seen) = (place.to_string(), report.faults, None);
        return Err(LedgerError::FaultyPublished { place, faults, seen });
    }
    if let Some((position, v)) = report.later_version {
        return Err(LedgerError::Later { position, v });
    }
    write(published, published.checkpoint(), paths, options.wait)?;
    make_index(paths, Record::open(paths.clone())?.journal()?, None)?;
    Ok(report.size)
}

/// A copy of a published record in a folder that goes when it is dropped.
pub struct PublishedCopy {
    /// The copy.
    pub record: Record,
    _scratch: Temporary,
}

impl PublishedCopy {
    /// Copies a record that was opened. Whether the copy is whole is judged of the copy.
    pub fn of(record: &Record) -> Result<PublishedCopy, LedgerError> {
        let scratch = Temporary::make()?;
        let keys = Some(record.paths.keys.clone());
        let paths = Paths::new(scratch.path().join("ledger"), keys);
        let checkpoint = record.checkpoint.as_deref();
        write(&record.source, checkpoint, &paths, LockWait::default())?;
        Ok(PublishedCopy { record: Record::open(paths)?, _scratch: scratch })
    }
}

fn write(
    source: &dyn Source,
    checkpoint: Option<&[u8]>,
    paths: &Paths,
    wait: LockWait,
) -> Result<(), LedgerError> {
    let mut target = FolderBagTarget::open(&paths.ledger, wait)?;
    let mut documents = BTreeSet::new();
    let mut is_begun = false;
    copy::<LedgerError>(&FixedCommits(source), source.size(), &mut |next| {
        match next {
            Copied::File(name) => {
                if is_begun {
                    target.end()?;
                }
                target.begin(&name)?;
                is_begun = true;
            }
            Copied::Commit(bytes) => target.add(bytes)?,
            Copied::Entry(_, entry) => documents.extend(captured(entry)),
            Copied::Root(..) => {}
        }
        Ok(())
    })?;
    if is_begun {
        target.end()?;
    }
    let mut put = |name: &str, bytes: &[u8]| {
        target.begin(name)?;
        target.add(bytes)?;
        target.end()
    };
    for digest in documents {
        if let Some(bytes) = source.document(&digest)? {
            put(&format!("document/{digest}"), &bytes)?;
        }
    }
    if let Some(checkpoint) = checkpoint {
        put("checkpoint", checkpoint)?;
    }
    if let Some(text) = ImportStatus::ReadOnly(source.size()).write() {
        put("imported", text.as_bytes())?;
    }
    put(ATTRIBUTES, NO_TEXT.as_bytes())?;
    Ok(target.finish()?)
}

fn captured(entry: &Entry) -> Option<Hash> {
    match Body::parse(entry.body.as_deref()?).ok()?.content {
        Content::DocumentCaptured(captured) => Some(captured.sha256),
        _ => None,
    }
}
