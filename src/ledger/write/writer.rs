//! A ledger open for writing: one writer at a time; interrupted work is completed first.
//!
//! Always holds: the writer has the lock; journal, store, mark and checkpoint agree when it is
//! open; everything that it commits has passed the verifier. A writer of a dry run verifies
//! likewise and changes nothing. Not here: drafts (`append`).
//! Source: FORMAT.md section 9; the order of a commit.

use crate::disk::lock::{Lock, LockWait};
use crate::disk::temporary::remove_unfinished;
use crate::disk::together::together;
use crate::disk::{self, Replacement};
use crate::index::{BuildMode, Builder};
use crate::journal::{Aside, Journal, JournalWriter, ROTATE_AT};
use crate::keys::{HeldLogKeys, HeldMarks, HighWaterMarks, KeyFolder, Mark, had_log_key};
use crate::ledger::error::{LedgerError, chain};
use crate::ledger::imported::Imported;
use crate::ledger::paths::{NO_TEXT, Paths};
use crate::ledger::reader::{self, covered};
use crate::ledger::write::notice::Notice;
use crate::ledger::write::outbox;
use crate::ledger::write::passages::{Following, Passages};
pub use crate::ledger::write::preflight::make_index;
use crate::ledger::write::preflight::{
    Stamp, check_checkpoint, check_end, check_marks, check_signatures, go_on_with_index,
    mark_of_checkpoint, open_store, set_aside,
};
use crate::ledger::write::slice::RecordSlice;
use crate::store::{Appended, Store, StoreHead};
use annals_core::event::Entry;
use annals_core::hash::Hash;
use annals_core::key::{KeyCache, PublicKey, SecretKey};
use annals_core::text::Origin;
use annals_core::tlog::{Checkpoint, Note, NoteSignature};
use annals_core::verify::anchors::Anchors;
use annals_core::verify::source::Source;
use annals_core::verify::{Follower, Options, Verifier, follow};
use std::cell::RefCell;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
pub(super) use uncommitted::VerifiedEvent;

mod needed;
mod uncommitted;

/// The number of events that go into the store in one batch.
const BATCH: usize = 1_024;
/// The number of committed entries that are kept in memory; more are read from the journal.
const KEEP: usize = 8_192;
/// How long to wait for the marks of the log key, unless given.
const WAIT: Duration = Duration::from_secs(10);

/// A ledger open for writing.
pub struct Writer {
    /// Its paths.
    pub paths: Paths,
    /// Chain, state and content of all written events.
    pub verifier: Verifier,
    /// The journal as it was opened: the source of documents and earlier bodies.
    pub journal: Journal,
    /// The unfinished work that was found.
    pub notices: Vec<Notice>,
    /// Entries that were committed after the journal was opened for reading.
    pub recent: Vec<Entry>,
    /// The cache of keys with which the signatures of new events are verified.
    pub(super) keyring: KeyCache,
    /// The passages that facts of the record quote; of a slice, those that were compared.
    pub(super) passages: Passages,
    /// What was read of the record; `None` if it is the whole.
    pub(super) slice: Option<RecordSlice>,
    /// `None` in a dry run, and while it rests.
    handles: Option<WriteHandles>,
    /// The stamp of the ledger's files when the writer released the lock.
    resting: Option<Stamp>,
    /// The events that the verifier has and the record has not, in order.
    pub(super) uncommitted: Vec<VerifiedEvent>,
    /// The number of these whose signatures were verified.
    signed: usize,
    /// The builder of the index; it hears of an event once it is in the journal.
    index: Builder,
    marks: HighWaterMarks,
    /// The last mark that is known to be of a prefix of this record.
    mark: Option<Mark>,
    /// How long to wait for another writer, and for another user of the same marks.
    wait: LockWait,
    log_keys: Vec<SecretKey>,
    imported: Imported,
    /// The last commit that no stamp covers yet.
    unstamped: Option<Commit>,
}

/// A commit that is whole in the journal, the index and the checkpoint.
#[derive(Clone)]
struct Commit {
    origin: Origin,
    log_key: PublicKey,
    size: u64,
    root: Hash,
    /// The offset in its journal file at which the next event begins.
    place: u64,
    /// The lengths of the index's files, by name.
    index: Vec<(&'static str, u64)>,
}

/// The state of the ledger when a resting writer has the lock again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Woken {
    /// The record is unchanged.
    Same,
    /// Another writer was at work.
    Changed,
}

/// The open files of a writer.
struct WriteHandles {
    journal: JournalWriter,
    store: Box<dyn Store>,
    lock: Lock,
}

/// A verified record, and what must be repaired before it is written to.
struct Judged {
    writer: Writer,
    /// Why the checkpoint is not of this record, if so.
    foreign: Option<String>,
    /// The mark of which the last line of the marks' file is a damaged form, if so.
    damaged: Option<Mark>,
}

impl Writer {
    /// Opens a ledger for writing. Waits up to `wait` for another writer to end, and reports which
    /// one. The log keys are read once the lock is held, because an earlier writer may have made a
    /// new one. If the last writer's stamp holds, only the ledger and its editors are read, and
    /// [`Writer::need`] reads more; else all is judged.
    pub fn open(paths: Paths, wait: impl Into<LockWait>) -> Result<Writer, LedgerError> {
        let wait = wait.into();
        paths.expect_ledger()?;
        Imported::of(&paths)?.expect_writable(&paths)?;
        let lock = Lock::take(&paths.lock(), wait)?;
        Writer::locked(paths, lock, wait)
    }

    /// Opens a ledger whose lock is held.
    fn locked(paths: Paths, lock: Lock, wait: LockWait) -> Result<Writer, LedgerError> {
        match Writer::stamped(&paths)? {
            Some((writer, stamp)) => writer.take_up(&stamp, lock, wait),
            None => Writer::locked_whole(paths, lock, wait),
        }
    }

    /// Opens a ledger whose lock is held, and judges all of it.
    fn locked_whole(paths: Paths, lock: Lock, wait: LockWait) -> Result<Writer, LedgerError> {
        let imported = Imported::of(&paths)?;
        imported.expect_writable(&paths)?;
        let lock = Mutex::new(lock);
        let log_keys = KeyFolder::open(&paths.keys)?.log_keys()?;
        let step = |_| {
            if let Ok(mut lock) = lock.lock() {
                lock.step();
            }
        };
        let judged = Writer::judged(paths, log_keys, imported, Some(&step))?;
        let Judged { writer: mut this, foreign, damaged } = judged;
        this.wait = wait;
        let lock = lock.into_inner().unwrap_or_else(PoisonError::into_inner);
        let signed = match &foreign {
            None => covered(reader::checkpoint(&this.paths)?.as_deref()),
            Some(_) => None,
        };
        let (store, built) = open_store(&this.paths, &this.journal, &this.verifier)?;
        // Files are moved only from here on: a writer that refuses leaves the evidence unchanged.
        if let Some(why) = &foreign {
            let path = set_aside(&this.paths.checkpoint())?;
            this.notices.push(Notice::CheckpointAside(path, why.clone()));
        }
        if let Some(mark) = &damaged
            && let Some(path) = this.marks.hold(this.wait)?.mend(mark)?
        {
            this.notices.push(Notice::MarkMended(mark.size, path));
        }
        let (journal, aside) = JournalWriter::resume(&this.journal, ROTATE_AT)?;
        this.write_again(signed.unwrap_or(0))?;
        let checked = std::mem::replace(&mut this.index, Builder::none());
        this.index = go_on_with_index(&this.paths, &this.journal, checked)?;
        this.index.commit(journal.next_offset());
        this.handles = Some(WriteHandles { journal, store, lock });
        this.notices.extend(built);
        this.notices.extend(aside.map(|Aside { path, bytes }| Notice::Aside(path, bytes)));
        this.catch_up()?;
        // A record without its log keys can still be given a new one.
        let mut is_signed = signed == Some(this.size());
        if !is_signed && this.size() > 0 && this.check_log_keys().is_ok() {
            let memory = this.hold_memory()?;
            this.sign_checkpoint(&memory)?;
            this.notices.push(Notice::CheckpointSigned(this.size()));
            is_signed = true;
        }
        if is_signed {
            outbox::prune_written(&this.paths, &this.journal);
        }
        for folder in [&this.paths.ledger, &this.paths.documents(), &this.paths.keys] {
            remove_unfinished(folder);
        }
        if is_signed {
            this.committed();
        }
        Ok(this)
    }

    /// Releases the lock and the store, so that nobody waits while a person thinks. All work is
    /// completed; [`Writer::wake`] takes the lock again.
    pub fn rest(&mut self) -> Result<(), LedgerError> {
        self.stamp();
        if let Some(WriteHandles { journal, .. }) = self.handles.take() {
            self.journal = journal.journal();
            self.recent.clear();
            self.resting = Some(Stamp::of(&self.paths)?);
        }
        Ok(())
    }

    /// Takes the lock again. If another writer was at work meanwhile, the ledger is opened again,
    /// and the caller must prepare its events again.
    pub fn wake(&mut self) -> Result<Woken, LedgerError> {
        let Some(before) = self.resting.take() else { return Ok(Woken::Same) };
        let lock = Lock::take(&self.paths.lock(), self.wait)?;
        if Stamp::of(&self.paths)? != before {
            *self = Writer::locked(self.paths.clone(), lock, self.wait)?;
            return Ok(Woken::Changed);
        }
        let (store, _) = open_store(&self.paths, &self.journal, &self.verifier)?;
        let (journal, _) = JournalWriter::resume(&self.journal, ROTATE_AT)?;
        self.handles = Some(WriteHandles { journal, store, lock });
        Ok(Woken::Same)
    }

    /// Opens a ledger for a dry run: the same verifier, no lock; nothing is written.
    pub fn dry_run(paths: Paths) -> Result<Writer, LedgerError> {
        paths.expect_ledger()?;
        let imported = Imported::of(&paths)?;
        imported.expect_writable(&paths)?;
        if let Some((writer, _)) = Writer::stamped(&paths)? {
            return Ok(writer);
        }
        // It signs nothing, so it needs no key.
        let log_keys = KeyFolder::open(&paths.keys).and_then(|keys| keys.log_keys());
        Ok(Writer::judged(paths, log_keys.unwrap_or_default(), imported, None)?.writer)
    }

    /// The verified record, and why its checkpoint is not its own, if so.
    fn judged(
        paths: Paths,
        log_keys: HeldLogKeys,
        imported: Imported,
        progress: Option<&(dyn Fn(u64) + Sync)>,
    ) -> Result<Judged, LedgerError> {
        let ends = Anchors { checkpoint: reader::checkpoint(&paths)?, ..Anchors::default() };
        let covered = covered(ends.checkpoint.as_deref());
        let journal = Journal::open(&paths.ledger, covered)?;
        check_end(&journal, covered)?;
        let mut verifier = Verifier::new(&ends);
        let jobs = std::thread::available_parallelism().map_or(1, usize::from);
        let index = Builder::open(&paths.ledger, journal.starts(), BuildMode::Check);
        let following = Following { beside: &index, passages: RefCell::default() };
        let follower = Some(&following as &dyn Follower);
        // Events that the log key has not signed are verified in full, because it is about to sign
        // them.
        let signed_for = covered.unwrap_or(0);
        let options = Options { follower, signed_for, progress, ..Options::whole(jobs) };
        follow(&journal, options, &mut verifier)?;
        if !verifier.faults.is_empty() {
            return Err(LedgerError::Faulty(std::mem::take(&mut verifier.faults)));
        }
        if let Some((position, v)) = verifier.later_version() {
            return Err(LedgerError::Later { position, v });
        }
        let passages = following.passages.into_inner();
        verifier.keep_changes();
        let foreign = check_checkpoint(&ends, &journal, &verifier)?;
        if foreign.is_some() {
            // A checkpoint that the log key did not sign covers nothing.
            check_signatures(&journal, jobs)?;
        }
        let from = if foreign.is_some() { 0 } else { signed_for };
        let missing = verifier.contents.unexplained(&verifier.chain.state, from);
        if !missing.is_empty() {
            return Err(LedgerError::Faulty(missing));
        }
        let marks = HighWaterMarks::at(paths.marks());
        let known = mark_of_checkpoint(ends.checkpoint.as_deref(), &verifier);
        let damaged = match known.filter(|_| foreign.is_none()) {
            Some(mark) if marks.is_damaged(&mark)? => Some(mark),
            _ => None,
        };
        let mark = match &damaged {
            Some(mark) => Some(mark.clone()),
            None => check_marks(&marks, &journal, &verifier)?,
        };
        let HeldLogKeys { keys: log_keys, faults } = log_keys;
        let mut notices: Vec<Notice> =
            faults.iter().map(|fault| Notice::KeyPassedOver(chain(fault))).collect();
        let remembered = mark.as_ref().map_or(0, |mark| mark.size);
        if let Some(signed) = covered.filter(|signed| foreign.is_none() && *signed > remembered)
            && disk::is_there(marks.path())?
        {
            notices.push(Notice::MemoryShort(remembered, signed));
        }
        let (recent, handles) = (Vec::new(), None);
        let keyring = KeyCache::default();
        let writer = Writer {
            paths,
            verifier,
            journal,
            notices,
            recent,
            keyring,
            passages,
            slice: None,
            handles,
            resting: None,
            uncommitted: Vec::new(),
            signed: 0,
            index,
            marks,
            mark,
            wait: WAIT.into(),
            log_keys,
            imported,
            unstamped: None,
        };
        Ok(Judged { writer, foreign, damaged })
    }

    /// Creates the ledger at `paths`, where there must be none, with its first event.
    pub fn create(paths: Paths, log_key: SecretKey) -> Result<Writer, LedgerError> {
        if disk::is_there(&paths.ledger)? {
            return Err(LedgerError::ThereAlready(paths.ledger));
        }
        disk::create_dir(&paths.ledger)?;
        disk::create_dir(&paths.documents())?;
        disk::write_new(&paths.attributes(), NO_TEXT.as_bytes(), disk::FileMode::Shared)?;
        let lock = Lock::take(&paths.lock(), Duration::ZERO)?;
        let writer = JournalWriter::create(&paths.ledger, ROTATE_AT)?;
        let journal = writer.journal();
        let store = paths.store_place().create()?;
        let marks = HighWaterMarks::at(paths.marks());
        let index = Builder::open(&paths.ledger, journal.starts(), BuildMode::Write);
        let mut verifier = Verifier::default();
        verifier.keep_changes();
        Ok(Writer {
            paths,
            verifier,
            journal,
            notices: Vec::new(),
            recent: Vec::new(),
            keyring: KeyCache::default(),
            passages: Passages::default(),
            slice: None,
            handles: Some(WriteHandles { journal: writer, store, lock }),
            resting: None,
            uncommitted: Vec::new(),
            signed: 0,
            index,
            marks,
            mark: None,
            wait: WAIT.into(),
            log_keys: vec![log_key],
            imported: Imported::No,
            unstamped: None,
        })
    }

    /// Renews the lock: those who wait for it see that work continues.
    pub fn step(&mut self) {
        if let Some(WriteHandles { lock, .. }) = &mut self.handles {
            lock.step();
        }
    }

    /// The number of events.
    pub fn size(&self) -> u64 {
        self.verifier.chain.size()
    }

    /// Refuses to continue without a log key that the next checkpoint needs; called before anything
    /// is written.
    pub fn check_log_keys(&self) -> Result<(), LedgerError> {
        let Some(ledger) = &self.verifier.chain.state.fold.ledger else { return Ok(()) };
        self.imported.expect_rekeyed(ledger)?;
        for public in [Some(ledger.log_key), ledger.old_log_key].into_iter().flatten() {
            if !self.holds_log_key(&public) {
                return Err(missing_log_key(&self.paths, &public));
            }
        }
        Ok(())
    }

    /// Whether this log key is available.
    pub fn holds_log_key(&self, public: &PublicKey) -> bool {
        self.log_keys.iter().any(|key| key.public() == *public)
    }

    /// Adds a log key that is about to become the present one.
    pub fn hold_log_key(&mut self, key: SecretKey) {
        self.log_keys.push(key);
    }

    /// Commits entries that the verifier has accepted, with their documents: documents → journal →
    /// store → mark → checkpoint. The commit point is the commit line. The marks of the log key are
    /// read before the first byte is written, and held until the new mark is in them.
    pub fn commit(
        &mut self,
        entries: &[Entry],
        documents: &[(Hash, Vec<u8>)],
    ) -> Result<(), LedgerError> {
        let written = self.write_commit(entries, documents);
        if written.is_err() {
            // What the verifier has of these events is not in the record.
            self.take_back();
        }
        let memory = written?;
        let first = self.size() - entries.len() as u64;
        self.index_committed()?;
        self.finish(first, entries, &memory).map_err(|error| LedgerError::NotAcknowledged {
            first,
            last: self.size() - 1,
            what: chain(&error),
        })
    }

    /// Writes documents and journal; returns the held marks.
    fn write_commit(
        &mut self,
        entries: &[Entry],
        documents: &[(Hash, Vec<u8>)],
    ) -> Result<HeldMarks, LedgerError> {
        self.expect_uncommitted(entries)?;
        self.check_signatures()?;
        if let Some(ledger) = &self.verifier.chain.state.fold.ledger {
            self.imported.expect_rekeyed(ledger)?;
        }
        self.unstamped = None;
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
        let memory = self.hold_memory()?;
        let (size, root) = (self.size(), self.verifier.chain.tree().root());
        self.handles()?.journal.commit(entries, size, root)?;
        Ok(memory)
    }

    fn finish(
        &mut self,
        first: u64,
        entries: &[Entry],
        memory: &HeldMarks,
    ) -> Result<(), LedgerError> {
        let Some(mut handles) = self.handles.take() else { return Ok(()) };
        let store = || store_entries(&mut handles.store, first, entries);
        let signed = self.sign_checkpoint_beside(memory, store);
        self.handles = Some(handles);
        signed?;
        self.committed();
        if self.recent.len() + entries.len() > KEEP {
            self.journal = self.handles()?.journal.journal();
            self.recent.clear();
        } else {
            self.recent.extend_from_slice(entries);
        }
        Ok(())
    }

    /// Writes again, in place, the events that the log key has not signed, with their documents and
    /// all directory entries that lead to them: an interrupted writer may have left them unsynced.
    fn write_again(&self, signed: u64) -> Result<(), LedgerError> {
        if signed >= self.size() {
            return Ok(());
        }
        for (position, row) in self.verifier.contents.library.documents() {
            let path = Journal::document_path(&self.paths.ledger, &row.digest);
            if position >= signed && disk::is_file_at(&path)? {
                disk::rewrite(&path, 0)?;
            }
        }
        self.journal.write_again(signed)?;
        disk::sync_folder(&self.paths.ledger)?;
        Ok(disk::sync_folder(disk::parent(&self.paths.ledger))?)
    }

    fn handles(&mut self) -> Result<&mut WriteHandles, LedgerError> {
        let none = || {
            LedgerError::Usage("this was opened to try or to wait: nothing is written".to_owned())
        };
        self.handles.as_mut().ok_or_else(none)
    }

    /// Adds to the store the events that only the journal has.
    fn catch_up(&mut self) -> Result<(), LedgerError> {
        let Some(WriteHandles { store, lock, .. }) = &mut self.handles else { return Ok(()) };
        let behind = store.head()?.size;
        if behind == self.verifier.chain.size() {
            return Ok(());
        }
        for span in self.journal.walk(behind)? {
            let span = span?;
            store_entries(store, span.first, &span.entries)?;
            lock.step();
        }
        let added = self.size() - behind;
        let built =
            |notice: &Notice| matches!(notice, Notice::StoreBuilt(_) | Notice::StoreAside(..));
        if !self.notices.iter().any(built) {
            self.notices.push(Notice::StoreCaughtUp(added));
        }
        Ok(())
    }

    /// Holds the marks of the log key, so that nothing else is signed with it until this is
    /// dropped.
    ///
    /// Refuses if they contain a mark that this record does not extend: another copy of the ledger
    /// with the same folder of keys signed meanwhile.
    fn hold_memory(&mut self) -> Result<HeldMarks, LedgerError> {
        let memory = self.marks.hold(self.wait)?;
        if let Some(ledger) = &self.verifier.chain.state.fold.ledger
            && memory.last_for(&ledger.origin)? != self.mark
        {
            let journal = Journal::open(&self.paths.ledger, None)?;
            self.mark = check_marks(&self.marks, &journal, &self.verifier)?;
        }
        Ok(memory)
    }

    /// Signs the record as it is: writes the mark, then replaces the checkpoint.
    fn sign_checkpoint(&mut self, memory: &HeldMarks) -> Result<(), LedgerError> {
        self.sign_checkpoint_beside(memory, || Ok(()))
    }

    /// The same, and does other work meanwhile. The checkpoint is in its place once the mark is
    /// durable and the other work is done; nothing needs the name to be durable, because the next
    /// writer signs what no checkpoint covers.
    fn sign_checkpoint_beside(
        &mut self,
        memory: &HeldMarks,
        mut work: impl FnMut() -> Result<(), LedgerError> + Send,
    ) -> Result<(), LedgerError> {
        let Some(ledger) = &self.verifier.chain.state.fold.ledger else { return work() };
        let (size, root) = (self.size(), self.verifier.chain.tree().root());
        let origin = ledger.origin.clone();
        let text = Checkpoint { origin: origin.to_string(), size, root }.text();
        let (mut signatures, mut mark) = (Vec::new(), None);
        for public in [Some(ledger.log_key), ledger.old_log_key].into_iter().flatten() {
            let key = self.log_keys.iter().find(|key| key.public() == public);
            let key = key.ok_or_else(|| missing_log_key(&self.paths, &public))?;
            if public == ledger.log_key {
                mark = Some(Mark::sign(key, origin.clone(), size, root));
            }
            signatures.push(NoteSignature::sign(&text, &origin, key));
        }
        let note = Note { text, signatures }.write();
        let path = self.paths.checkpoint();
        let replacement = || Replacement::write(&path, note.as_bytes(), disk::FileMode::Shared);
        let marked = || mark.iter().try_for_each(|mark| memory.append(mark));
        let ((marked, replacement), worked) = together(|| together(marked, replacement), work);
        marked?;
        self.mark = mark;
        worked?;
        Ok(replacement?.put()?)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.stamp();
    }
}

fn missing_log_key(paths: &Paths, public: &PublicKey) -> LedgerError {
    let keys = paths.keys.display();
    LedgerError::Key(match had_log_key(&paths.keys) {
        true => format!(
            "expected the log key {public} in {keys}, which is not there; without it no checkpoint \
             can be signed, so nothing is written: put back a copy, or let an admin say annals \
             ledger rekey --reason compromised"
        ),
        false => format!(
            "expected the log key {public} in {keys}, found no trace of one: this is a copy of the \
             record, and it is written only on the machine that holds its log key. Reading and \
             annals verify work here; to add to the record, send a file of drafts to who holds the \
             log key, who enters it with annals append FILE. Nothing was written"
        ),
    })
}

/// Adds entries from position `first` on, in batches, after the store's own head.
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
    for batch in entries.chunks(BATCH) {
        let hash = batch.last().map(|entry| annals_core::event::record::hash(&entry.record));
        let to = StoreHead { size: from.size + batch.len() as u64, hash };
        match store.append(&from, &to, batch)? {
            Appended::Written => from = to,
            Appended::Conflict(head) => {
                let why = format!("expected size {}, found {}", from.size, head.size);
                return Err(LedgerError::Store(why));
            }
        }
    }
    Ok(())
}
