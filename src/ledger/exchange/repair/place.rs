//! Replacing a damaged record with a complete one.
//!
//! Always holds: the replacement was built in its own folder, is synced, and has the root of the
//! record it was built from. The old record is first renamed to `<name>-aside-<n>`, and renamed
//! back if the replacement fails. Not here: which record is correct (`repair`). Source: FORMAT.md
//! section 9.

use crate::disk::{self, DiskError, FileMode, Links, PathKind, free_aside};
use crate::journal::{JournalWriter, ROTATE_AT};
use crate::ledger::error::LedgerError;
use crate::ledger::exchange::repair::record_copy::ReadCopy;
use crate::ledger::exchange::repair::scratch::Scratch;
use crate::ledger::exchange::repair::step::{CopyKind, Step};
use crate::ledger::paths::Paths;
use crate::ledger::reader::{checkpoint as checkpoint_of, covered};
use crate::ledger::write::writer::store_entries;
use crate::store::place::StorePlace;
use annals_core::event::Entry;
use annals_core::event::record::hash;
use annals_core::merkle::Tree;
use annals_core::verify::source::{BatchGroups, Source};
use std::fs;
use std::path::{Path, PathBuf};

/// Builds the journal from a record and puts it in its place.
pub fn journal(
    paths: &Paths,
    scratch: &Scratch,
    record: &ReadCopy,
    on_step: &mut dyn FnMut(Step),
) -> Result<(), LedgerError> {
    let built = build_journal(record, scratch.folder())?;
    check(&built, record)?;
    let aside = put(&scratch.path("journal"), &paths.ledger.join("journal"))?;
    let (place, from) = (CopyKind::Journal, record.place.kind);
    on_step(Step::Built { place, from, events: built.size() });
    report_aside("journal", aside, on_step);
    Ok(())
}

/// Builds the store from a record and puts it in its place.
pub fn store(
    paths: &Paths,
    scratch: &Scratch,
    record: &ReadCopy,
    on_step: &mut dyn FnMut(Step),
) -> Result<(), LedgerError> {
    let folder = scratch.path("db");
    let built = build_store(&*record.source, &folder)?;
    check(&built, record)?;
    let aside = put(&folder, &paths.store())?;
    let (place, from) = (CopyKind::Store, record.place.kind);
    on_step(Step::Built { place, from, events: built.size() });
    report_aside("store", aside, on_step);
    Ok(())
}

/// Moves aside what is no file in the place of the checkpoint. Returns whether there was such.
pub fn no_checkpoint(paths: &Paths, on_step: &mut dyn FnMut(Step)) -> Result<bool, LedgerError> {
    let here = paths.checkpoint();
    match disk::kind(&here, Links::Refuse)? {
        None | Some(PathKind::File) => return Ok(false),
        Some(_) => {}
    }
    let aside = free_aside(&here);
    fs::rename(&here, &aside).map_err(disk::error("move aside", &here))?;
    disk::sync_folder(disk::parent(&here))?;
    report_aside("checkpoint", Some(aside), on_step);
    Ok(true)
}

/// Takes the checkpoint of another copy if the one here does not hold or is of a smaller size.
pub fn checkpoint(
    paths: &Paths,
    record: &ReadCopy,
    copy: Option<&ReadCopy>,
    on_step: &mut dyn FnMut(Step),
) -> Result<bool, LedgerError> {
    let copy = copy.filter(|copy| copy.is_whole());
    let Some((copy, theirs)) = copy.and_then(|copy| Some((copy, copy.own_signed?))) else {
        return Ok(false);
    };
    if theirs > record.report.size || record.signed.is_some_and(|ours| ours >= theirs) {
        return Ok(false);
    }
    let taken = checkpoint_of(&Paths::new(copy.place.path.clone(), None))?;
    let Some(taken) = taken.filter(|taken| covered(Some(taken)) == Some(theirs)) else {
        return Ok(false);
    };
    let here = paths.checkpoint();
    let bytes = checkpoint_of(paths)?;
    let aside = match bytes {
        Some(bytes) => {
            let free = free_aside(&here);
            disk::write_new(&free, &bytes, FileMode::Shared)?;
            Some(free)
        }
        None => None,
    };
    disk::replace(&here, &taken, FileMode::Shared)?;
    on_step(Step::Checkpoint(theirs));
    report_aside("checkpoint", aside, on_step);
    Ok(true)
}

/// Writes the entries of a record to a new journal in `ledger`. Commits end where they end in the
/// source; a store does not keep that, so each of its batches becomes one commit.
fn build_journal(record: &ReadCopy, ledger: &Path) -> Result<Tree, LedgerError> {
    let mut writer = JournalWriter::create(ledger, ROTATE_AT)?;
    let mut tree = Tree::default();
    let mut open: Vec<Entry> = Vec::new();
    for batch in record.source.walk(0)? {
        let batch = batch?;
        let mut entries = batch.entries.into_iter();
        for closing in batch.commit_lines {
            let whole = closing.counted.saturating_sub(tree.size() + open.len() as u64);
            open.extend(entries.by_ref().take(whole as usize));
            close(&mut writer, &mut tree, &mut open)?;
        }
        open.extend(entries);
        if record.place.kind == CopyKind::Store {
            close(&mut writer, &mut tree, &mut open)?;
        }
    }
    close(&mut writer, &mut tree, &mut open)?;
    Ok(tree)
}

fn close(
    writer: &mut JournalWriter,
    tree: &mut Tree,
    open: &mut Vec<Entry>,
) -> Result<(), LedgerError> {
    if !open.is_empty() {
        open.iter().for_each(|entry| tree.push(hash(&entry.record)));
        writer.commit(open, tree.size(), tree.root())?;
        open.clear();
    }
    Ok(())
}

/// Fills a new store, then closes and opens it once: a store that was never reopened can be empty
/// after damage.
fn build_store(source: &dyn Source, folder: &Path) -> Result<Tree, LedgerError> {
    let place = StorePlace::new(folder.to_owned());
    let mut store = place.create()?;
    let mut tree = Tree::default();
    for group in BatchGroups::of(source.walk(0)?) {
        let group = group?;
        store_entries(&mut store, group.first, &group.entries)?;
        group.entries.iter().for_each(|entry| tree.push(hash(&entry.record)));
    }
    drop(store);
    drop(place.open()?);
    Ok(tree)
}

/// Checks that the new copy has the verified size and root: no other process changed the source.
fn check(built: &Tree, record: &ReadCopy) -> Result<(), LedgerError> {
    let report = &record.report;
    if (report.size, report.root) == (built.size(), built.root()) {
        return Ok(());
    }
    Err(LedgerError::Usage(format!(
        "{} was changed while it was read; nothing was put in place, try again",
        record.place
    )))
}

/// Renames `new` to `path`. An existing file is kept aside, and renamed back if that fails.
fn put(new: &Path, path: &Path) -> Result<Option<PathBuf>, DiskError> {
    let aside = disk::is_there(path)?.then(|| free_aside(path));
    if let Some(aside) = &aside {
        fs::rename(path, aside).map_err(disk::error("move aside", path))?;
    }
    if let Err(cause) = fs::rename(new, path) {
        if let Some(aside) = &aside {
            fs::rename(aside, path).map_err(disk::error("move back", aside))?;
        }
        return Err(disk::error("put in place", path)(cause));
    }
    disk::sync_folder(disk::parent(path))?;
    Ok(aside)
}

fn report_aside(place: &'static str, aside: Option<PathBuf>, on_step: &mut dyn FnMut(Step)) {
    if let Some(path) = aside {
        on_step(Step::Aside { place, path });
    }
}
