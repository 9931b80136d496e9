//! Repair of missing or damaged documents from another copy.
//!
//! Always holds: only bytes with the digest in the record are taken; a damaged document is kept
//! aside. Not here: documents that an event withholds, which are not missing.
//! Source: FORMAT.md sections 3 and 7 (rules 605, 606).

use crate::disk::{self, FileMode};
use crate::journal::Journal;
use crate::ledger::error::LedgerError;
use crate::ledger::exchange::repair::compare::entries;
use crate::ledger::exchange::repair::holding::Holding;
use crate::ledger::exchange::repair::step::{CopyKind, Step};
use crate::ledger::exchange::repair::stored::document;
use crate::ledger::paths::Paths;
use annals_core::event::body::{Body, Content};
use annals_core::hash::Hash;
use annals_core::rule::{Fault, Rule};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Takes from `copy` every document that the record names and this ledger lacks. Returns whether
/// there was one.
pub fn take(
    paths: &Paths,
    record: &Holding,
    copy: Option<&Path>,
    on_step: &mut dyn FnMut(Step),
) -> Result<bool, LedgerError> {
    let mut taken = false;
    for (position, digest) in lacking(paths, record)? {
        let there = copy.and_then(|copy| document(copy, &digest));
        let Some(bytes) = there.filter(|bytes| Hash::of(&[bytes]) == digest) else {
            on_step(Step::NoDocument(position, digest));
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
            on_step(Step::Aside("document", aside));
        }
        taken = true;
    }
    Ok(taken)
}

/// The events whose document is missing or damaged here, and its digest. The verdict on another
/// copy was about the documents there, so of its record every one that is open is looked for here.
fn lacking(paths: &Paths, record: &Holding) -> Result<Vec<(u64, Hash)>, LedgerError> {
    let of_copy = record.report.as_ref().filter(|_| record.place == CopyKind::Copy);
    let fold = of_copy.map(|report| &report.state.fold);
    let is_open = |at: u64| fold.is_some_and(|it| it.seal(at).is_none() && !it.is_redacted(at));
    let of_document =
        |fault: &&Fault| matches!(fault.rule, Rule::DocumentMissing | Rule::DocumentDigest);
    let faults = record.report.iter().flat_map(|report| &report.faults);
    let named: BTreeSet<u64> =
        faults.filter(of_document).filter_map(|fault| fault.position).collect();
    let mut lacking = Vec::new();
    if named.is_empty() && fold.is_none() {
        return Ok(lacking);
    }
    for (entry, position) in entries(record.source()?)?.zip(0..) {
        let body = match named.contains(&position) || is_open(position) {
            true => entry?.body.and_then(|body| Body::parse(&body).ok()),
            false => None,
        };
        if let Some(Content::DocumentCaptured(captured)) = body.map(|body| body.content) {
            let here = document(&paths.ledger, &captured.sha256);
            if here.is_none_or(|bytes| Hash::of(&[&bytes]) != captured.sha256) {
                lacking.push((position, captured.sha256));
            }
        }
    }
    Ok(lacking)
}
