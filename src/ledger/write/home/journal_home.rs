//! A journal in a folder as the home of a record, with its lock and the store behind it.
//!
//! Always holds: one writer at a time; after a commit the journal is durable, and the store has it
//! before the next note is put. A home without the lock, as in a dry run, changes nothing. Not
//! here: the judgement of the record (`writer`), the index (`index`).
//! Source: FORMAT.md section 9, the order of a commit.

use crate::disk::lock::{Lock, LockWait};
use crate::disk::together::together;
use crate::disk::{self, Replacement};
use crate::journal::{Aside, Journal, JournalWriter, ROTATE_AT};
use crate::ledger::error::LedgerError;
use crate::ledger::paths::{NO_TEXT, Paths};
use crate::ledger::reader::{self, covered};
use crate::ledger::write::home::{
    CommitOutcome, EventGroup, Home, HomeError, JudgedHome, LocalJournal, WakeOutcome,
};
use crate::ledger::write::notice::Notice;
use crate::ledger::write::preflight::{Stamp, open_store, set_aside, store_anew};
use crate::store::{Appended, Store, StoreError, StoreHead};
use annals_core::event::Entry;
use annals_core::event::record;
use annals_core::hash::Hash;
use annals_core::verify::source::{BATCH, Batch, BatchGroups, Source, SourceError, Walk};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The number of committed entries that are kept in memory; more are read from the journal.
const KEEP: usize = 8_192;

/// A ledger's folder as the home of its record.
pub struct JournalHome {
    paths: Paths,
    /// How long to wait for the lock.
    wait: LockWait,
    /// The journal as it was when it was last opened or listed.
    journal: Journal,
    /// Entries that were committed after that.
    recent: Vec<Entry>,
    /// The checkpoint that was read when the journal was opened, until a caller takes it.
    note: Option<Option<Vec<u8>>>,
    /// `None` as long as it is not known.
    head: Option<StoreHead>,
    /// `None` until the record is judged, and without the lock.
    open: Option<OpenFiles>,
    /// The stamp of the ledger's files when the lock was released.
    resting: Option<Stamp>,
    /// A checkpoint beside the present one.
    prepared: Option<Replacement>,
    /// `None` in a dry run, and at rest. It is dropped after all that it protects.
    lock: Mutex<Option<Lock>>,
}

/// What a home appends to.
struct OpenFiles {
    journal: JournalWriter,
    store: Box<dyn Store>,
}

impl JournalHome {
    /// Takes the lock of a ledger, and opens its journal to be judged and written to. Waits up to
    /// `wait` for another writer to end, and reports which one.
    pub fn take(paths: Paths, wait: impl Into<LockWait>) -> Result<JournalHome, LedgerError> {
        let wait = wait.into();
        let lock = paths.take_lock(wait)?;
        JournalHome::open(paths, Some(lock), wait)
    }

    /// Opens the journal of a ledger whose lock is held; without a lock, for a dry run. Refuses one
    /// whose end is damaged.
    pub(in crate::ledger::write) fn open(
        paths: Paths,
        lock: Option<Lock>,
        wait: LockWait,
    ) -> Result<JournalHome, LedgerError> {
        let note = reader::checkpoint(&paths)?;
        let journal = Journal::open(&paths.ledger, covered(note.as_deref()))?;
        journal.expect_end()?;
        let mut home = JournalHome::known(paths, journal, lock, wait);
        home.note = Some(note);
        Ok(home)
    }

    /// The home of a journal that is open.
    pub(in crate::ledger::write) fn known(
        paths: Paths,
        journal: Journal,
        lock: Option<Lock>,
        wait: LockWait,
    ) -> JournalHome {
        JournalHome {
            paths,
            wait,
            journal,
            recent: Vec::new(),
            note: None,
            head: None,
            open: None,
            resting: None,
            prepared: None,
            lock: Mutex::new(lock),
        }
    }

    /// Creates the folder of a ledger at `paths`, where there must be none, with an empty journal.
    pub fn create(paths: Paths, wait: LockWait) -> Result<JournalHome, LedgerError> {
        if disk::is_there(&paths.ledger)? {
            return Err(LedgerError::ThereAlready(paths.ledger));
        }
        disk::create_dir(&paths.ledger)?;
        disk::create_dir(&paths.documents())?;
        disk::write_new(&paths.attributes(), NO_TEXT.as_bytes(), disk::FileMode::Shared)?;
        let lock = paths.take_lock(Duration::ZERO)?;
        let journal = JournalWriter::create(&paths.ledger, ROTATE_AT)?;
        let store = paths.store_place().create()?;
        let mut home = JournalHome::known(paths, journal.journal(), Some(lock), wait);
        home.head = Some(StoreHead::EMPTY);
        home.open = Some(OpenFiles { journal, store });
        Ok(home)
    }

    /// Opens the files to append to. Returns an unfinished commit that was moved aside, and what
    /// was done about the store.
    fn open_files(&mut self, judged: &JudgedHome<'_>) -> Result<Vec<Notice>, LedgerError> {
        let (mut store, built) = open_store(&self.paths, &self.journal)?;
        let mut notices = Vec::new();
        // Files are moved only from here on: a writer that refuses leaves the evidence unchanged.
        if let Some(why) = judged.foreign {
            let path = set_aside(&self.paths.checkpoint())?;
            notices.push(Notice::CheckpointAside(path, why.to_owned()));
        }
        let (journal, aside) = JournalWriter::resume(&self.journal, ROTATE_AT)?;
        self.write_again(judged)?;
        let is_built = built.is_some();
        notices.extend(built);
        notices.extend(aside.map(|Aside { path, bytes }| Notice::Aside(path, bytes)));
        let added = self.catch_up(&mut *store)?;
        if added > 0 && !is_built {
            // A damaged store may lose what was added to it when it is opened again.
            drop(store);
            let notice;
            (store, notice) = match self.paths.store_place().open() {
                Ok(kept) if kept.head()?.size == self.journal.size() => {
                    (kept, Notice::StoreCaughtUp(added))
                }
                Ok(lossy) => {
                    drop(lossy);
                    self.store_anew("it lost again what was added to it")?
                }
                Err(StoreError::Damaged(why)) => self.store_anew(&why)?,
                Err(error) => return Err(error.into()),
            };
            notices.push(notice);
        }
        (self.open, self.head) = (Some(OpenFiles { journal, store }), Some(judged.head));
        Ok(notices)
    }

    /// A store with all events in place of one that cannot be used, which is kept aside.
    fn store_anew(&self, why: &str) -> Result<(Box<dyn Store>, Notice), LedgerError> {
        let (mut store, notice) = store_anew(&self.paths, &self.journal, why)?;
        self.catch_up(&mut *store)?;
        Ok((store, notice))
    }

    /// Writes again, in place, the events that the log key has not signed, with their documents and
    /// all directory entries that lead to them: an interrupted writer may have left them unsynced.
    fn write_again(&self, judged: &JudgedHome<'_>) -> Result<(), LedgerError> {
        if judged.signed >= judged.head.size {
            return Ok(());
        }
        for digest in &judged.documents {
            let path = Journal::document_path(&self.paths.ledger, digest);
            if disk::is_file_at(&path)? {
                disk::rewrite(&path, 0)?;
            }
        }
        self.journal.write_again(judged.signed)?;
        disk::sync_folder(&self.paths.ledger)?;
        Ok(disk::sync_folder(disk::parent(&self.paths.ledger))?)
    }

    /// Adds to the store the events that only the journal has; returns their number.
    fn catch_up(&self, store: &mut dyn Store) -> Result<u64, LedgerError> {
        let behind = store.head()?.size;
        if behind == self.journal.size() {
            return Ok(0);
        }
        for group in BatchGroups::of(self.journal.walk(behind)?) {
            let group = group?;
            store_entries(store, group.first, &group.entries)?;
            self.step();
        }
        Ok(self.journal.size() - behind)
    }

    fn open_again(&mut self) -> Result<(), LedgerError> {
        (self.open, self.prepared, self.head) = (None, None, None);
        let note = reader::checkpoint(&self.paths)?;
        self.journal = Journal::open(&self.paths.ledger, covered(note.as_deref()))?;
        self.journal.expect_end()?;
        self.recent.clear();
        self.note = Some(note);
        Ok(())
    }

    fn keep_all(&self, documents: &[(Hash, Vec<u8>)]) -> Result<(), LedgerError> {
        if self.open.is_none() {
            return Err(not_open());
        }
        if !documents.is_empty() {
            disk::ensure_folder(&self.paths.documents())?;
        }
        for (digest, bytes) in documents {
            let path = Journal::document_path(&self.paths.ledger, digest);
            match disk::write_new(&path, bytes, disk::FileMode::Shared) {
                Err(error) if error.is_there_already() => {
                    disk::replace(&path, bytes, disk::FileMode::Shared)?;
                }
                other => other?,
            }
        }
        Ok(())
    }

    fn append(&mut self, group: &EventGroup<'_>) -> Result<CommitOutcome, LedgerError> {
        let Some(OpenFiles { journal, .. }) = &mut self.open else { return Err(not_open()) };
        if let Some(head) = self.head.filter(|head| *head != group.from) {
            return Ok(CommitOutcome::Outrun(head));
        }
        journal.commit(group.entries, group.to.size, group.root)?;
        self.head = Some(group.to);
        if self.recent.len() + group.entries.len() > KEEP {
            self.journal = journal.journal();
            self.recent.clear();
        } else {
            self.recent.extend_from_slice(group.entries);
        }
        Ok(CommitOutcome::Written)
    }

    /// Adds events that are committed elsewhere, with their documents, as the copy of that record.
    pub(super) fn follow(
        &mut self,
        group: &EventGroup<'_>,
        documents: &[(Hash, Vec<u8>)],
    ) -> Result<(), LedgerError> {
        self.keep_all(documents)?;
        if let CommitOutcome::Outrun(head) = self.append(group)? {
            let (from, size) = (group.from.size, head.size);
            let why = format!("expected a copy of {from} events, found one of {size}");
            return Err(LedgerError::Outrun(why));
        }
        let Some(OpenFiles { store, .. }) = &mut self.open else { return Err(not_open()) };
        store_entries(&mut **store, group.from.size, group.entries)
    }

    fn prepare(&mut self, note: &[u8], group: Option<&EventGroup<'_>>) -> Result<(), LedgerError> {
        // One that was never put goes first: its name may be that of the new one.
        self.prepared = None;
        let Some(OpenFiles { store, .. }) = &mut self.open else { return Err(not_open()) };
        // Written before anything waits for the disk, so that one flush of the file system's own
        // journal has the file and the marks.
        let path = self.paths.checkpoint();
        let replacement = Replacement::write(&path, note, disk::FileMode::Shared)?;
        let (stored, synced) = match group {
            // The store takes longer.
            Some(group) => together(
                || store_entries(&mut **store, group.from.size, group.entries),
                || replacement.sync(),
            ),
            None => (Ok(()), replacement.sync()),
        };
        stored?;
        synced?;
        self.prepared = Some(replacement);
        Ok(())
    }

    fn release(&mut self) -> Result<(), LedgerError> {
        let Some(OpenFiles { journal, store }) = self.open.take() else { return Ok(()) };
        self.journal = journal.journal();
        self.recent.clear();
        self.prepared = None;
        let stamp = Stamp::of(&self.paths);
        drop((journal, store));
        *self.lock.get_mut().unwrap_or_else(PoisonError::into_inner) = None;
        self.resting = Some(stamp?);
        Ok(())
    }

    fn take_again(&mut self) -> Result<WakeOutcome, LedgerError> {
        if self.resting.is_none() {
            return Ok(WakeOutcome::Same);
        }
        let lock = self.paths.take_lock(self.wait)?;
        *self.lock.get_mut().unwrap_or_else(PoisonError::into_inner) = Some(lock);
        if Some(Stamp::of(&self.paths)?) != self.resting.take() {
            return Ok(WakeOutcome::Changed);
        }
        let (store, _) = open_store(&self.paths, &self.journal)?;
        let (journal, _) = JournalWriter::resume(&self.journal, ROTATE_AT)?;
        self.open = Some(OpenFiles { journal, store });
        Ok(WakeOutcome::Same)
    }
}

fn not_open() -> LedgerError {
    LedgerError::Usage("this was opened to try or to wait: nothing is written".to_owned())
}

impl Home for JournalHome {
    /// Reads the last event, if the record was not judged yet.
    fn head(&mut self) -> Result<StoreHead, HomeError> {
        if let Some(head) = self.head {
            return Ok(head);
        }
        let size = self.size();
        let last = self.journal.read(size.saturating_sub(1)..size);
        let last = last.map_err(|error| HomeError::of(error.into()))?;
        let hash = last.first().map(|entry| record::hash(&entry.record));
        Ok(*self.head.insert(StoreHead { size, hash }))
    }

    fn note(&mut self) -> Result<Option<Vec<u8>>, HomeError> {
        match self.note.take() {
            Some(note) => Ok(note),
            None => reader::checkpoint(&self.paths).map_err(|error| HomeError::of(error.into())),
        }
    }

    fn complete(&mut self, judged: &JudgedHome<'_>) -> Result<Vec<Notice>, HomeError> {
        self.open_files(judged).map_err(HomeError::of)
    }

    fn keep(&mut self, documents: &[(Hash, Vec<u8>)]) -> Result<(), HomeError> {
        self.keep_all(documents).map_err(HomeError::of)
    }

    fn commit(&mut self, group: &EventGroup<'_>) -> Result<CommitOutcome, HomeError> {
        self.append(group).map_err(HomeError::of)
    }

    fn prepare_note(
        &mut self,
        note: &[u8],
        group: Option<&EventGroup<'_>>,
    ) -> Result<(), HomeError> {
        self.prepare(note, group).map_err(HomeError::of)
    }

    /// The name of the file is not synced: the next writer signs what no checkpoint covers.
    fn put_note(&mut self) -> Result<(), HomeError> {
        let Some(prepared) = self.prepared.take() else { return Ok(()) };
        self.note = None;
        prepared.put().map_err(|error| HomeError::of(error.into()))
    }

    fn reload(&mut self) -> Result<(), HomeError> {
        self.open_again().map_err(HomeError::of)
    }

    fn is_writable(&self) -> bool {
        self.lock.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    fn step(&self) {
        if let Some(lock) = &mut *self.lock.lock().unwrap_or_else(PoisonError::into_inner) {
            lock.step();
        }
    }

    fn rest(&mut self) -> Result<(), HomeError> {
        self.release().map_err(HomeError::of)
    }

    fn wake(&mut self) -> Result<WakeOutcome, HomeError> {
        self.take_again().map_err(HomeError::of)
    }

    fn local(&self) -> Option<&dyn LocalJournal> {
        Some(self)
    }

    fn local_mut(&mut self) -> Option<&mut dyn LocalJournal> {
        Some(self)
    }
}

impl LocalJournal for JournalHome {
    fn journal(&self) -> &Journal {
        &self.journal
    }

    fn present(&self) -> Option<Journal> {
        self.open.as_ref().map(|open| open.journal.journal())
    }

    fn next_offset(&self) -> Option<u64> {
        self.open.as_ref().map(|open| open.journal.next_offset())
    }

    fn list_again(&mut self) {
        if let Some(journal) = self.present() {
            self.journal = journal;
            self.recent.clear();
        }
    }

    fn load(&mut self, journal: Journal) {
        (self.open, self.prepared) = (None, None);
        (self.note, self.head) = (None, None);
        self.journal = journal;
        self.recent.clear();
    }
}

impl Source for JournalHome {
    fn size(&self) -> u64 {
        self.journal.size() + self.recent.len() as u64
    }

    fn walk(&self, from: u64) -> Result<Walk<'_>, SourceError> {
        let listed = self.journal.size();
        let stored = match from < listed || self.recent.is_empty() {
            true => self.journal.walk(from)?,
            false => Box::new(std::iter::empty()),
        };
        let skip = usize::try_from(from.saturating_sub(listed)).unwrap_or(usize::MAX);
        let recent = self.recent.get(skip..).unwrap_or_default();
        let first = from.max(listed);
        let batches = recent.chunks(BATCH).zip((first..).step_by(BATCH)).map(|(entries, first)| {
            Ok(Batch { first, entries: entries.to_vec(), ..Batch::default() })
        });
        Ok(Box::new(stored.chain(batches)))
    }

    fn entry_at(&self, index: u64) -> Result<Option<Entry>, SourceError> {
        if let Some(index) = index.checked_sub(self.journal.size()) {
            let index = usize::try_from(index).unwrap_or(usize::MAX);
            return Ok(self.recent.get(index).cloned());
        }
        Ok(self.journal.read(index..index + 1)?.into_iter().next())
    }

    fn document(&self, digest: &Hash) -> Result<Option<Vec<u8>>, SourceError> {
        self.journal.document(digest)
    }

    fn changed(&self) -> Option<String> {
        self.journal.changed()
    }

    fn ignored_bytes(&self) -> u64 {
        self.journal.ignored_bytes()
    }
}

/// Adds entries from position `first` on, after the store's own head: together, or where they are
/// many, in parts that are each made durable.
pub fn store_entries(
    store: &mut dyn Store,
    first: u64,
    entries: &[Entry],
) -> Result<(), LedgerError> {
    let mut from = store.head()?;
    if from.size != first {
        let why = format!("expected size {first}, found {}", from.size);
        return Err(LedgerError::Store(why));
    }
    for part in parts(entries) {
        let hash = part.last().map(|entry| record::hash(&entry.record));
        let to = StoreHead { size: from.size + part.len() as u64, hash };
        match store.append(&from, &to, part)? {
            Appended::Written => from = to,
            Appended::Conflict(head) => {
                let why = format!("expected size {}, found {}", from.size, head.size);
                return Err(LedgerError::Store(why));
            }
        }
    }
    Ok(())
}

/// The most events, and about the most bytes, that are added to a store at once.
const STORED_TOGETHER: usize = 1_024;
const STORED_BYTES: usize = 16 << 20;

/// The parts in which entries are added to a store.
fn parts(mut entries: &[Entry]) -> impl Iterator<Item = &[Entry]> {
    std::iter::from_fn(move || {
        let mut bytes = 0;
        let fit = entries.iter().take(STORED_TOGETHER).take_while(|entry| {
            let is_room = bytes < STORED_BYTES;
            bytes += entry.record.len() + entry.body.as_ref().map_or(0, Vec::len);
            is_room
        });
        let (part, rest) = entries.split_at_checked(fit.count())?;
        entries = rest;
        (!part.is_empty()).then_some(part)
    })
}
