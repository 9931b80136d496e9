//! Checks before a write: the ledger's end, its checkpoint, its marks, its store.
//!
//! Always holds: a contradiction of the record is an error here, so that no writer writes over it.
//! Not here: writing (`writer`). Source: FORMAT.md section 9.

use crate::disk;
use crate::index::{BuildMode, Builder, IndexStatus};
use crate::journal::Journal;
use crate::keys::Mark;
use crate::ledger::error::LedgerError;
use crate::ledger::paths::Paths;
use crate::ledger::reader;
use crate::ledger::write::notice::Notice;
use crate::store::{Store, StoreError};
use annals_core::rule::{Fault, Rule};
use annals_core::tlog::{Checkpoint, Note, Signed, key_id};
use annals_core::verify::anchors::Anchors;
use annals_core::verify::source::Source;
use annals_core::verify::{Follower, Options, Verifier, follow};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The files of a ledger by name, length and time of the last change, and its checkpoint: two
/// stamps are equal if no writer was at work between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    logs: Vec<(PathBuf, u64, Option<SystemTime>)>,
    checkpoint: Option<Vec<u8>>,
}

impl Stamp {
    /// The present stamp.
    pub fn of(paths: &Paths) -> Result<Stamp, LedgerError> {
        let folder = paths.ledger.join("journal");
        let listed = std::fs::read_dir(&folder).map_err(disk::error("list", &folder))?;
        let mut logs = Vec::new();
        for found in listed {
            let found = found.map_err(disk::error("list", &folder))?;
            let path = found.path();
            let about = found.metadata().map_err(disk::error("read", &path))?;
            logs.push((path, about.len(), about.modified().ok()));
        }
        logs.sort();
        Ok(Stamp { logs, checkpoint: reader::checkpoint(paths)? })
    }
}

/// Refuses a record that ends before the size in its checkpoint: it is read, never written.
pub fn check_end(record: &dyn Source, covered: Option<u64>) -> Result<(), LedgerError> {
    let size = record.size();
    match covered {
        Some(signed) if signed > size => Err(LedgerError::Short { signed, size }),
        _ => Ok(()),
    }
}

/// Refuses a checkpoint that the log key signed over another record: it is evidence and is not
/// overwritten. Returns why a checkpoint is foreign, if the log key did not sign it.
pub fn check_checkpoint(
    anchors: &Anchors,
    record: &dyn Source,
    verifier: &Verifier,
) -> Result<Option<String>, LedgerError> {
    if anchors.checkpoint.is_none() {
        return Ok(None);
    }
    let faults = verifier.anchor_faults(anchors, record);
    let foreign = |fault: &&Fault| {
        matches!(
            fault.rule,
            Rule::CheckpointForm
                | Rule::CheckpointOrigin
                | Rule::CheckpointSignature
                | Rule::Unreadable
        )
    };
    match faults.iter().find(foreign) {
        Some(fault) => Ok(Some(fault.to_string())),
        None if faults.is_empty() => Ok(None),
        None => Err(LedgerError::Faulty(faults)),
    }
}

/// Checks every signature of a record that no checkpoint covers.
pub fn check_signatures(record: &dyn Source, jobs: usize) -> Result<(), LedgerError> {
    let mut verifier = Verifier::default();
    let options = Options { jobs, signatures: true, ..Options::state(u64::MAX) };
    follow(record, options, &mut verifier)?;
    match verifier.faults.is_empty() {
        true => Ok(()),
        false => Err(LedgerError::Faulty(verifier.faults)),
    }
}

/// Renames a file to the first free `<name>-aside-<n>`.
pub fn set_aside(path: &Path) -> Result<PathBuf, LedgerError> {
    let aside = disk::free_aside(path);
    std::fs::rename(path, &aside).map_err(disk::error("move aside", path))?;
    disk::sync_folder(disk::parent(path))?;
    Ok(aside)
}

/// The last mark of this record, from which the record continues, given the last one in the log
/// key's memory. A record behind its mark is read, never written. What damage explains is reported
/// as damage.
pub fn check_mark(
    last: Option<Mark>,
    record: &dyn Source,
    verifier: &Verifier,
) -> Result<Option<Mark>, LedgerError> {
    let Some(mark) = last else { return Ok(None) };
    let (marked, size) = (mark.size, verifier.chain.size());
    let anchors = Anchors { mark: Some(mark.marked_checkpoint()), ..Anchors::default() };
    let faults = match marked < size {
        true => {
            let mut at = Verifier::new(&anchors);
            follow(record, Options::state(marked), &mut at)?;
            at.anchor_faults(&anchors, record)
        }
        false => verifier.anchor_faults(&anchors, record),
    };
    let mut of_marks = faults.into_iter().filter(|fault| fault.rule != Rule::CheckpointForm);
    match of_marks.next() {
        None => Ok(Some(mark)),
        Some(Fault { rule: Rule::BehindMark, .. }) => Err(LedgerError::BehindMark { marked, size }),
        Some(Fault { rule: Rule::Short, .. }) => Err(LedgerError::Short { signed: marked, size }),
        Some(fault) => Err(LedgerError::Faulty(vec![fault])),
    }
}

/// Whether the journal as it is on the disk now holds what a mark is of.
pub fn holds_now(ledger: &Path, mark: &Mark) -> Result<bool, LedgerError> {
    let journal = Journal::open(ledger, Some(mark.size))?;
    if journal.size() < mark.size {
        return Ok(false);
    }
    let anchors = Anchors { mark: Some(mark.marked_checkpoint()), ..Anchors::default() };
    let mut at = Verifier::new(&anchors);
    follow(&journal, Options::state(mark.size), &mut at)?;
    let faults = at.anchor_faults(&anchors, &journal);
    Ok(faults.iter().all(|fault| fault.rule == Rule::CheckpointForm))
}

/// The mark that the log key wrote before it signed the checkpoint here, if the checkpoint is of
/// this record as it is and signed by the present log key.
pub fn mark_of_checkpoint(checkpoint: Option<&[u8]>, verifier: &Verifier) -> Option<Mark> {
    let ledger = verifier.chain.state.fold.ledger.as_ref()?;
    let note = Note::parse(checkpoint?)?;
    let key = &ledger.log_key;
    if note.signed_by(&ledger.origin, &key.accept()?, key) != Signed::Yes {
        return None;
    }
    let checkpoint = Checkpoint::parse(&note.text)?;
    let id = key_id(&ledger.origin, key);
    let signature = note.signatures.iter().find(|signature| signature.id == id)?;
    Mark::of(&ledger.origin, &checkpoint, signature)
}

/// An empty store in place of one that cannot be used, which is kept aside.
pub fn store_anew(
    paths: &Paths,
    journal: &Journal,
    why: &str,
) -> Result<(Box<dyn Store>, Notice), LedgerError> {
    let path = set_aside(&paths.store())?;
    let notice = Notice::StoreAside { path, why: why.to_owned(), events: journal.size() };
    Ok((paths.store_place().create()?, notice))
}

/// Opens the store, or builds it from the verified journal if there is no store or it cannot be
/// read, even if the disk failed only once while it was opened; an unreadable store is kept aside.
/// A store with another record is an error.
pub fn open_store(
    paths: &Paths,
    journal: &Journal,
) -> Result<(Box<dyn Store>, Option<Notice>), LedgerError> {
    let again = |why: &str| {
        let (store, notice) = store_anew(paths, journal, why)?;
        Ok((store, Some(notice)))
    };
    let store = match paths.store_place().open() {
        Err(StoreError::Missing(folder)) => {
            return match folder.symlink_metadata() {
                Err(cause) if cause.kind() == io::ErrorKind::NotFound => {
                    let notice = Notice::StoreBuilt(journal.size());
                    Ok((paths.store_place().create()?, Some(notice)))
                }
                Err(cause) => Err(disk::error("read", &folder)(cause).into()),
                Ok(_) => again("its folder holds no store"),
            };
        }
        Err(StoreError::Damaged(why)) => return again(&why),
        other => other?,
    };
    let head = store.head()?;
    let expected = match head.size.checked_sub(1) {
        None => None,
        Some(last) => journal
            .read(last..head.size)?
            .first()
            .map(|entry| annals_core::event::record::hash(&entry.record)),
    };
    if head.size > journal.size() {
        let why = format!("it has {} events, the journal {}", head.size, journal.size());
        return Err(LedgerError::Store(why));
    }
    if head.hash != expected {
        let why = format!("its event {} is another one", head.size.saturating_sub(1));
        return Err(LedgerError::Store(why));
    }
    Ok((store, None))
}

/// The index to continue with, completed: missing entries are added; an index with other content is
/// built again. Failing to write the index is not an error.
pub fn go_on_with_index(
    paths: &Paths,
    journal: &Journal,
    checked: Builder,
) -> Result<Builder, LedgerError> {
    match checked.goes_on() {
        true => {
            checked.allow(&paths.ledger);
            Ok(checked)
        }
        false => Ok(make_index(paths, journal, None)?.0),
    }
}

/// Builds the index of a journal, unless it is complete. The caller holds the lock.
pub fn make_index(
    paths: &Paths,
    journal: &Journal,
    progress: Option<&(dyn Fn(u64) + Sync)>,
) -> Result<(Builder, IndexStatus), LedgerError> {
    let build = || {
        let index = Builder::open(&paths.ledger, journal.starts(), BuildMode::Write);
        let follower = Some(&index as &dyn Follower);
        let options = Options { follower, progress, ..Options::state(u64::MAX) };
        follow(journal, options, &mut Verifier::default())?;
        let built = index.end();
        Ok((index, built))
    };
    match build()? {
        (index, _) if index.is_to_begin_again() => build(),
        built => Ok(built),
    }
}
