//! Writing what was verified to a copy.
//!
//! ```text
//! pin ─► documents ─► bodies that were released ─► journal, commit by commit
//!     ─► bodies that are withheld ─► index and store at the same time ─► checkpoint ─► stamp
//! ```
//!
//! Always holds: only bytes that were verified are written: each batch, document and body is read
//! again and compared with what the verdict was given on. Whatever step is the last one, the copy
//! verifies, and the next pull does the rest. What is withheld is in none of the files when the
//! checkpoint is in its place. Not here: the verdict (`pull_verdict`).
//! Source: FORMAT.md section 9, the order of a commit.

use crate::archive::published::PublishedSource;
use crate::disk::lock::Lock;
use crate::disk::together::together;
use crate::disk::{self, FileMode};
use crate::index::{self, Builder, IndexStatus};
use crate::journal::{Aside, Journal, JournalWriter, ROTATE_AT, change_bodies};
use crate::ledger::error::LedgerError;
use crate::ledger::exchange::follow::joined_source::digest;
use crate::ledger::exchange::follow::pull_verdict::{JudgedPull, StampedCopy};
use crate::ledger::paths::Paths;
use crate::ledger::reader::{self, covered};
use crate::ledger::write::stamp::LedgerStamp;
use crate::ledger::write::stamped::StampedRecord;
use crate::ledger::write::writer::{make_index, store_entries};
use crate::store::{Store, StoreError};
use annals_core::event::Entry;
use annals_core::event::body::{Body, Content};
use annals_core::event::record::{self, Reading};
use annals_core::hash::Hash;
use annals_core::key::SecretKey;
use annals_core::merkle::Tree;
use annals_core::verify::content::CheckDepth;
use annals_core::verify::examine::examine;
use annals_core::verify::source::{BatchGroups, Source, SourceError};
use annals_core::verify::{Follower, Verifier};
use std::collections::BTreeSet;
use std::fs;
use std::io;

/// A commit to a copy.
pub struct CopyCommit<'a> {
    /// The copy.
    pub paths: &'a Paths,
    /// Where the record is published.
    pub published: &'a PublishedSource,
    /// What was verified.
    pub judged: &'a JudgedPull,
    /// The key that stamps the copy.
    pub key: Option<&'a SecretKey>,
    /// The copy's lock.
    pub lock: &'a mut Lock,
}

impl CopyCommit<'_> {
    /// Writes what is new after the copy's own events. `stamped` is the copy where only the new
    /// events were verified; then the index goes on too.
    pub fn write(
        mut self,
        own: Option<Journal>,
        stamped: Option<&StampedCopy>,
    ) -> Result<(), LedgerError> {
        // If this is stopped, and another history is published then, the pin shows it.
        let pin = self.judged.pin.write();
        disk::replace(&self.paths.following_pin(), pin.as_bytes(), FileMode::Shared)?;
        disk::ensure_folder(&self.paths.documents())?;
        self.put_documents()?;
        let own = self.put_released(own)?;
        let size = own.as_ref().map_or(0, Journal::size);
        let mut writer = match &own {
            Some(journal) => {
                let (writer, aside) = JournalWriter::resume(journal, ROTATE_AT)?;
                if let Some(Aside { path, .. }) = aside {
                    // An unfinished commit of an earlier pull, which is read again.
                    fs::remove_file(&path).map_err(disk::error("remove", &path))?;
                }
                let signed = covered_by(self.paths)?.unwrap_or(0);
                if signed < journal.size() {
                    // An interrupted pull may have left these events unsynced.
                    journal.write_again(signed)?;
                }
                writer
            }
            None => JournalWriter::create(&self.paths.ledger, ROTATE_AT)?,
        };
        let mut growing = match stamped {
            Some(copy) => GrowingIndex::of(self.paths, copy)?,
            None => None,
        };
        self.put_events(size, &mut writer, growing.as_mut())?;
        if stamped.is_none() {
            self.withhold(size)?;
        }
        drop(writer);
        let journal = Journal::open(&self.paths.ledger, Some(self.judged.checkpoint.size))?;
        let grown = growing.and_then(|growing| growing.index.lengths());
        let paths = self.paths;
        let put_index = || match grown.clone() {
            Some(lengths) => Ok(Some(lengths)),
            None => put_index(paths, &journal),
        };
        let (stored, lengths) = together(|| self.put_store(&journal), put_index);
        let lengths = lengths?;
        stored?;
        disk::replace(&self.paths.checkpoint(), &self.judged.note, FileMode::Shared)?;
        self.stamp(&journal, lengths);
        Ok(())
    }

    fn put_documents(&mut self) -> Result<(), LedgerError> {
        for digest in &self.judged.found.documents {
            let bytes = self.published.document(digest).map_err(LedgerError::Elsewhere)?;
            let bytes = bytes.filter(|bytes| Hash::of(&[bytes]) == *digest);
            let missing = || LedgerError::Elsewhere(changed(&format!("document {digest}")));
            let bytes = bytes.ok_or_else(missing)?;
            let path = Journal::document_path(&self.paths.ledger, digest);
            match disk::write_new(&path, &bytes, FileMode::Shared) {
                Err(error) if error.is_there_already() => {
                    disk::replace(&path, &bytes, FileMode::Shared)?;
                }
                other => other?,
            }
            self.lock.step();
        }
        Ok(())
    }

    /// Gives the copy's own events the bodies that were released. What is derived from them goes
    /// first, and is made again.
    fn put_released(&self, own: Option<Journal>) -> Result<Option<Journal>, LedgerError> {
        let released = &self.judged.found.released;
        let Some(journal) = own.as_ref().filter(|_| !released.is_empty()) else { return Ok(own) };
        journal.expect_end()?;
        self.remove_derived()?;
        change_bodies::<LedgerError>(journal, released, &mut |position, entry| {
            let named = Reading::of(&entry.record).statement.map(|statement| statement.body);
            let body = match named {
                Some(named) => self.published.body(&named).map_err(LedgerError::Elsewhere)?,
                None => None,
            };
            let body = body.filter(|body| Some(Hash::of(&[body])) == named);
            let missing = || LedgerError::Elsewhere(changed(&format!("event {position}")));
            entry.body = Some(body.ok_or_else(missing)?);
            Ok(())
        })?;
        Ok(Some(Journal::open(&self.paths.ledger, covered_by(self.paths)?)?))
    }

    /// Writes the new events, some batches together as a commit.
    fn put_events(
        &mut self,
        size: u64,
        writer: &mut JournalWriter,
        mut index: Option<&mut GrowingIndex<'_>>,
    ) -> Result<(), LedgerError> {
        let mut tree: Tree = self.judged.found.tree.clone();
        let mut expected = self.judged.found.batches.iter();
        let walk = self.published.walk(size).map_err(LedgerError::Elsewhere)?;
        let verified = walk.map(|batch| {
            let batch = batch?;
            match expected.next() == Some(&digest(&batch)) {
                true => Ok(batch),
                false => Err(changed(&format!("the events from {} on", batch.first))),
            }
        });
        for group in BatchGroups::of(Box::new(verified)) {
            let mut group = group.map_err(LedgerError::Elsewhere)?;
            if group.entries.is_empty() {
                continue;
            }
            for (entry, position) in group.entries.iter_mut().zip(group.first..) {
                tree.push(record::hash(&entry.record));
                if self.judged.closed.contains(&position) {
                    entry.body = None;
                }
            }
            writer.commit(&group.entries, tree.size(), tree.root())?;
            if let Some(index) = &mut index {
                index.add(&group.entries, writer.next_offset());
            }
            self.lock.step();
        }
        match expected.next() {
            None => Ok(()),
            Some(_) => Err(LedgerError::Elsewhere(changed("the last events"))),
        }
    }

    /// Removes from the copy's own `size` events, and the documents, what is withheld by now. What
    /// is derived from them goes first, and is made again.
    fn withhold(&self, size: u64) -> Result<(), LedgerError> {
        if self.judged.closed.range(..size).next().is_none() {
            return Ok(());
        }
        let journal = Journal::open(&self.paths.ledger, covered_by(self.paths)?)?;
        let mut withheld = BTreeSet::new();
        let (mut gone, mut open) = (BTreeSet::new(), BTreeSet::new());
        for batch in journal.walk(0)? {
            let batch = batch?;
            for (entry, position) in batch.entries.iter().zip(batch.first..) {
                let Some(body) = entry.body.as_deref() else { continue };
                let document = captured(body);
                if self.judged.closed.contains(&position) {
                    withheld.insert(position);
                    gone.extend(document);
                } else {
                    open.extend(document);
                }
            }
        }
        if withheld.is_empty() {
            return Ok(());
        }
        self.remove_derived()?;
        for digest in gone.difference(&open) {
            let path = Journal::document_path(&self.paths.ledger, digest);
            if disk::is_there(&path)? {
                fs::remove_file(&path).map_err(disk::error("remove", &path))?;
            }
        }
        disk::sync_folder(&self.paths.documents())?;
        change_bodies::<LedgerError>(&journal, &withheld, &mut |_, entry| {
            entry.body = None;
            Ok(())
        })
    }

    fn remove_derived(&self) -> Result<(), LedgerError> {
        disk::remove_folder_optional(&self.paths.store())?;
        disk::remove_folder_optional(&index::folder(&self.paths.ledger))?;
        Ok(())
    }

    /// Adds to the store what only the journal has. A store that cannot be used is made again.
    fn put_store(&mut self, journal: &Journal) -> Result<(), LedgerError> {
        let place = self.paths.store_place();
        let mut store = match place.open() {
            Ok(store) if is_prefix(store.as_ref(), journal)? => store,
            Ok(_) | Err(StoreError::Missing(_) | StoreError::Damaged(_)) => {
                disk::remove_folder_optional(&self.paths.store())?;
                place.create()?
            }
            Err(error) => return Err(error.into()),
        };
        let behind = store.head()?.size;
        if behind < journal.size() {
            for group in BatchGroups::of(journal.walk(behind)?) {
                let group = group?;
                store_entries(store.as_mut(), group.first, &group.entries)?;
                self.lock.step();
            }
        }
        Ok(())
    }

    /// Stamps the copy, so that the next pull need not verify its own events again. Without a stamp
    /// it does; so an error here is none.
    fn stamp(&self, journal: &Journal, lengths: Option<Vec<(&'static str, u64)>>) {
        let (Some(key), Some(lengths)) = (self.key, lengths) else { return };
        let JudgedPull { origin, checkpoint, .. } = self.judged;
        let Ok((writer, None)) = JournalWriter::resume(journal, ROTATE_AT) else { return };
        let (size, root, place) = (checkpoint.size, checkpoint.root, writer.next_offset());
        if let Ok(Some(stamp)) = LedgerStamp::take(self.paths, origin.clone(), size, root, place)
            && lengths.iter().all(|(name, length)| stamp.length(name) == Some(*length))
        {
            let _ = stamp.write(self.paths, key);
        }
    }
}

/// The error where the publisher gives other bytes than those that were verified.
fn changed(what: &str) -> SourceError {
    let cause = io::Error::other("it is not what was read and verified before: pull again");
    SourceError { what: what.to_owned(), cause }
}

/// Makes or completes the index; the lengths of its files, if it is whole.
fn put_index(
    paths: &Paths,
    journal: &Journal,
) -> Result<Option<Vec<(&'static str, u64)>>, LedgerError> {
    let (builder, status) = make_index(paths, journal, None)?;
    Ok(builder.lengths().filter(|_| matches!(status, IndexStatus::Same { .. })))
}

/// The index of a copy that grows with its journal.
struct GrowingIndex<'a> {
    copy: &'a StampedCopy,
    verifier: Verifier,
    index: Builder,
}

impl<'a> GrowingIndex<'a> {
    /// The index of a stamped copy; `None` where it has to be made by a walk over the journal.
    fn of(paths: &Paths, copy: &'a StampedCopy) -> Result<Option<GrowingIndex<'a>>, LedgerError> {
        let StampedRecord { journal, slice, stamp, .. } = &copy.0;
        let Ok(verifier) = slice.verifier(journal) else { return Ok(None) };
        let last = slice.index().snapshot(slice.size());
        let index =
            last.and_then(|last| Builder::resume(&paths.ledger, &last, journal, stamp.place));
        Ok(index.ok().map(|index| GrowingIndex { copy, verifier, index }))
    }

    /// Adds entries that were committed; the next one begins at `next`. An index that fails is made
    /// again by a walk.
    fn add(&mut self, entries: &[Entry], next: u64) {
        let StampedRecord { journal, slice, .. } = &self.copy.0;
        for entry in entries {
            let examined = examine(entry);
            let before = slice.before(journal, &mut self.verifier, &examined);
            let outcome = self.verifier.event(&examined, journal, CheckDepth::Nothing);
            match (before, outcome) {
                (Ok(()), Ok(outcome)) => {
                    self.index.event(&self.verifier.chain.state, &examined, &outcome);
                }
                _ => self.index = Builder::none(),
            }
        }
        self.index.commit(next);
    }
}

/// The size of the copy's checkpoint, if it has one.
fn covered_by(paths: &Paths) -> Result<Option<u64>, LedgerError> {
    Ok(covered(reader::checkpoint(paths)?.as_deref()))
}

/// Whether a store has the first events of a journal.
fn is_prefix(store: &dyn Store, journal: &Journal) -> Result<bool, LedgerError> {
    let head = store.head()?;
    let last = match head.size.checked_sub(1) {
        None => None,
        Some(last) => journal.read(last..head.size)?.into_iter().next(),
    };
    Ok(head.size <= journal.size() && head.hash == last.map(|entry| record::hash(&entry.record)))
}

/// The digest of the document that a body captures.
fn captured(body: &[u8]) -> Option<Hash> {
    match Body::parse(body).ok()?.content {
        Content::DocumentCaptured(captured) => Some(captured.sha256),
        _ => None,
    }
}
