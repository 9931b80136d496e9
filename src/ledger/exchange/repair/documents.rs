//! Repair of missing or damaged documents from another copy.
//!
//! Always holds: only bytes with the digest in the record are taken; a damaged document is kept
//! aside. Not here: documents that an event withholds, which are not missing.
//! Source: FORMAT.md sections 3 and 7 (rules 605, 606).

use crate::disk::{self, FileMode};
use crate::journal::Journal;
use crate::ledger::error::LedgerError;
use crate::ledger::exchange::repair::record_copy::ReadCopy;
use crate::ledger::exchange::repair::sources::document;
use crate::ledger::exchange::repair::step::{CopyKind, Step};
use crate::ledger::paths::Paths;
use annals_core::event::body::{Body, Content};
use annals_core::hash::Hash;
use annals_core::rule::{Fault, Rule};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Takes from `copy` every document that the record names and this ledger lacks, also a sealed one,
/// which a ledger keeps until it is released. Returns whether there was one.
pub fn take(
    paths: &Paths,
    record: &ReadCopy,
    copy: Option<&Path>,
    on_step: &mut dyn FnMut(Step),
) -> Result<bool, LedgerError> {
    let mut taken = false;
    for LackingDocument { position, digest, is_sealed } in lacking(paths, record)? {
        let there = copy.map(|copy| document(copy, &digest)).transpose()?.flatten();
        let Some(bytes) = there.filter(|bytes| Hash::of(&[bytes]) == digest) else {
            // A copy that was pulled never has what is sealed.
            if !is_sealed {
                on_step(Step::NoDocument { position, digest });
            }
            continue;
        };
        let path = Journal::document_path(&paths.ledger, &digest);
        if !disk::is_folder_at(&paths.documents())? {
            disk::create_dir(&paths.documents())?;
        }
        let old = disk::is_there(&path)?;
        let aside = disk::free_aside(&path);
        if old {
            fs::rename(&path, &aside).map_err(disk::error("move aside", &path))?;
        }
        disk::replace(&path, &bytes, FileMode::Shared)?;
        on_step(Step::Document(digest));
        if old {
            on_step(Step::Aside { place: "document", path: aside });
        }
        taken = true;
    }
    Ok(taken)
}

/// A document that is missing or damaged here.
struct LackingDocument {
    /// The event that captured it.
    position: u64,
    digest: Hash,
    is_sealed: bool,
}

/// The documents that are missing or damaged here. The verdict on another copy was about the
/// documents there, so of its record every one that is not redacted is looked for here.
fn lacking(paths: &Paths, record: &ReadCopy) -> Result<Vec<LackingDocument>, LedgerError> {
    let fold = (record.place.kind == CopyKind::Copy).then_some(&record.report.state.fold);
    let of_document =
        |fault: &&Fault| matches!(fault.rule, Rule::DocumentMissing | Rule::DocumentDigest);
    let faults = record.report.faults.iter();
    let named: BTreeSet<u64> =
        faults.filter(of_document).filter_map(|fault| fault.position).collect();
    let mut lacking = Vec::new();
    if named.is_empty() && fold.is_none() {
        return Ok(lacking);
    }
    for entry in record.source.entries(0)? {
        let (position, entry) = entry?;
        let is_kept = fold.is_some_and(|fold| !fold.is_redacted(position));
        let body = match named.contains(&position) || is_kept {
            true => entry.body.and_then(|body| Body::parse(&body).ok()),
            false => None,
        };
        if let Some(Content::DocumentCaptured(captured)) = body.map(|body| body.content) {
            let digest = captured.sha256;
            let here = document(&paths.ledger, &digest)?;
            if here.is_none_or(|bytes| Hash::of(&[&bytes]) != digest) {
                let is_sealed = fold.is_some_and(|fold| fold.seal(position).is_some());
                lacking.push(LackingDocument { position, digest, is_sealed });
            }
        }
    }
    Ok(lacking)
}
