//! A ledger open for writing: one writer at a time, everything before it finished.
//!
//! Always holds: the writer has the lock; journal, store, mark and checkpoint agree when it is
//! open; what it commits has passed the same judge that verifies. Not here: drafts (`append`).
//! Source: FORMAT.md section 9; the order of a commit.

use crate::disk::lock::Lock;
use crate::disk::{self, Mode};
use crate::event::Entry;
use crate::hash::Hash;
use crate::journal::{Aside, Journal, JournalWriter, ROTATE_AT};
use crate::key::{PublicKey, SecretKey};
use crate::keys::{Mark, Marks};
use crate::ledger::append::chain;
use crate::ledger::error::LedgerError;
use crate::ledger::imported::Imported;
use crate::ledger::paths::Paths;
use crate::ledger::record::{self, covered};
use crate::store::sled::SledStore;
use crate::store::{Appended, Head, Store, StoreError, sled};
use crate::tlog::{Checkpoint, Note, NoteSignature};
use crate::verify::ends::Ends;
use crate::verify::source::Source;
use crate::verify::{Judge, Options, follow};
use std::path::PathBuf;
use std::time::Duration;

/// How many events go into the store in one batch.
const BATCH: usize = 1_024;
/// How many committed entries are kept before they are read from the journal instead.
const KEEP: usize = 8_192;

/// What a writer found unfinished and finished, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// An unfinished commit was moved aside.
    Aside(PathBuf, u64),
    /// There was no store; it was built from the journal.
    StoreBuilt(u64),
    /// The store lacked so many events; they were added from the journal.
    StoreCaughtUp(u64),
    /// The checkpoint was behind; it was signed anew.
    CheckpointSigned(u64),
}

/// A ledger open for writing.
pub struct Writer {
    /// Where it is.
    pub paths: Paths,
    /// Chain, state and content of everything written.
    pub judge: Judge,
    /// The journal as it was opened: where documents and earlier bodies are read.
    pub journal: Journal,
    /// What was found unfinished.
    pub notices: Vec<Notice>,
    /// Entries that were committed after the journal was opened for reading.
    pub recent: Vec<Entry>,
    writer: JournalWriter,
    store: SledStore,
    marks: Marks,
    log_keys: Vec<SecretKey>,
    imported: Imported,
    _lock: Lock,
}

impl Writer {
    /// Opens a ledger for writing. Waits up to `wait` for another writer to end. `log_keys` are
    /// the present log key and, after a rotation, the old one.
    pub fn open(
        paths: Paths,
        log_keys: Vec<SecretKey>,
        wait: Duration,
    ) -> Result<Writer, LedgerError> {
        paths.expect_ledger(false)?;
        let imported = Imported::of(&paths)?;
        imported.expect_writable(&paths)?;
        let lock = Lock::take(&paths.lock(), wait)?;
        let checkpoint = record::checkpoint(&paths)?;
        let covered = covered(checkpoint.as_deref());
        let journal = Journal::open(&paths.ledger, covered)?;
        check_end(&journal, covered)?;
        let mut judge = Judge::new(&Ends::default());
        let jobs = std::thread::available_parallelism().map_or(1, usize::from);
        let options = Options { jobs, contents: true, ..Options::state(u64::MAX) };
        follow(&journal, options, &mut judge)?;
        if !judge.faults.is_empty() {
            return Err(LedgerError::Faulty(std::mem::take(&mut judge.faults)));
        }
        let marks = Marks::at(paths.marks());
        check_marks(&marks, &journal, &judge)?;
        let (store, built) = open_store(&paths, &journal, &judge)?;
        // Only now is anything moved: a writer that refuses leaves the evidence as it was.
        let (writer, aside) = JournalWriter::resume(&journal, ROTATE_AT)?;
        let mut notices: Vec<Notice> = built.into_iter().collect();
        notices.extend(aside.map(|Aside { path, bytes }| Notice::Aside(path, bytes)));
        let recent = Vec::new();
        let mut this = Writer {
            paths,
            judge,
            journal,
            notices,
            recent,
            writer,
            store,
            marks,
            log_keys,
            imported,
            _lock: lock,
        };
        this.catch_up()?;
        // Without its log keys a record can still be given a new one.
        if covered != Some(this.size()) && this.size() > 0 && this.check_log_keys().is_ok() {
            this.sign_checkpoint()?;
            this.notices.push(Notice::CheckpointSigned(this.size()));
        }
        Ok(this)
    }

    /// Makes the ledger at `paths`, which must not be there, around its first event.
    pub fn create(paths: Paths, log_key: SecretKey) -> Result<Writer, LedgerError> {
        if paths.ledger.exists() {
            return Err(LedgerError::ThereAlready(paths.ledger));
        }
        disk::make_folder(&paths.ledger)?;
        disk::make_folder(&paths.documents())?;
        let lock = Lock::take(&paths.lock(), Duration::ZERO)?;
        let writer = JournalWriter::create(&paths.ledger, ROTATE_AT)?;
        let journal = writer.journal();
        let store = sled::create(&paths.store())?;
        let marks = Marks::at(paths.marks());
        Ok(Writer {
            paths,
            judge: Judge::new(&Ends::default()),
            journal,
            notices: Vec::new(),
            recent: Vec::new(),
            writer,
            store,
            marks,
            log_keys: vec![log_key],
            imported: Imported::No,
            _lock: lock,
        })
    }

    /// The number of events.
    pub fn size(&self) -> u64 {
        self.judge.chain.size()
    }

    /// Refuses to go on without a log key that the next checkpoint needs: to be asked before
    /// anything is written.
    pub fn check_log_keys(&self) -> Result<(), LedgerError> {
        let Some(ledger) = &self.judge.chain.state.fold.ledger else { return Ok(()) };
        self.imported.expect_rekeyed(ledger)?;
        for public in [Some(ledger.log_key), ledger.old_log_key].into_iter().flatten() {
            if !self.holds_log_key(&public) {
                return Err(missing_log_key(&self.paths, &public));
            }
        }
        Ok(())
    }

    /// Whether this log key is at hand.
    pub fn holds_log_key(&self, public: &PublicKey) -> bool {
        self.log_keys.iter().any(|key| key.public() == *public)
    }

    /// Takes a log key that is about to become the present one.
    pub fn hold_log_key(&mut self, key: SecretKey) {
        self.log_keys.push(key);
    }

    /// Commits entries that the judge has taken already, with the documents they came with:
    /// documents → journal → store → mark → checkpoint. The commit point is the closing line.
    pub fn commit(
        &mut self,
        entries: &[Entry],
        documents: &[(Hash, Vec<u8>)],
    ) -> Result<(), LedgerError> {
        if let Some(ledger) = &self.judge.chain.state.fold.ledger {
            self.imported.expect_rekeyed(ledger)?;
        }
        if !documents.is_empty() && !self.paths.documents().is_dir() {
            disk::make_folder(&self.paths.documents())?;
        }
        for (digest, bytes) in documents {
            let path = Journal::document_path(&self.paths.ledger, digest);
            match disk::write_new(&path, bytes, Mode::Shared) {
                Err(error) if error.is_there_already() => {
                    disk::replace(&path, bytes, Mode::Shared)?;
                }
                other => other?,
            }
        }
        let (size, root) = (self.size(), self.judge.chain.tree().root());
        let first = size - entries.len() as u64;
        self.writer.commit(entries, (size, root))?;
        self.finish(first, entries).map_err(|error| LedgerError::NotAcknowledged {
            first,
            last: size - 1,
            what: chain(&error),
        })
    }

    fn finish(&mut self, first: u64, entries: &[Entry]) -> Result<(), LedgerError> {
        store_entries(&mut self.store, first, entries)?;
        self.sign_checkpoint()?;
        if self.recent.len() + entries.len() > KEEP {
            self.journal = self.writer.journal();
            self.recent.clear();
        } else {
            self.recent.extend_from_slice(entries);
        }
        Ok(())
    }

    /// Adds to the store what only the journal has.
    fn catch_up(&mut self) -> Result<(), LedgerError> {
        let behind = self.store.head()?.size;
        if behind == self.size() {
            return Ok(());
        }
        for span in self.journal.walk(behind)? {
            let span = span?;
            store_entries(&mut self.store, span.first, &span.entries)?;
        }
        let added = self.size() - behind;
        if !matches!(self.notices.first(), Some(Notice::StoreBuilt(_))) {
            self.notices.push(Notice::StoreCaughtUp(added));
        }
        Ok(())
    }

    /// Signs the record as it stands: mark first, then the checkpoint is replaced.
    fn sign_checkpoint(&mut self) -> Result<(), LedgerError> {
        let Some(ledger) = &self.judge.chain.state.fold.ledger else { return Ok(()) };
        let (size, root) = (self.size(), self.judge.chain.tree().root());
        let origin = ledger.origin.clone();
        let text = Checkpoint { origin: origin.to_string(), size, root }.text();
        let mut signatures = Vec::new();
        for public in [Some(ledger.log_key), ledger.old_log_key].into_iter().flatten() {
            let key = self.log_keys.iter().find(|key| key.public() == public);
            let key = key.ok_or_else(|| missing_log_key(&self.paths, &public))?;
            if public == ledger.log_key {
                self.marks.append(&Mark::sign(key, origin.clone(), size, root))?;
            }
            signatures.push(NoteSignature::sign(&text, &origin, key));
        }
        let note = Note { text, signatures }.write();
        Ok(disk::replace(&self.paths.checkpoint(), note.as_bytes(), Mode::Shared)?)
    }
}

fn missing_log_key(paths: &Paths, public: &PublicKey) -> LedgerError {
    LedgerError::Key(format!(
        "expected the log key {public} in {}, which is not there; without it no checkpoint can be \
         signed, so nothing is written: put back a copy, or let an admin say annals ledger rekey \
         --reason compromised",
        paths.keys.display()
    ))
}

/// Adds entries from position `first` on, in batches, behind the store's own head.
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
        let hash = batch.last().map(|entry| crate::event::record::hash(&entry.record));
        let to = Head { size: from.size + batch.len() as u64, hash };
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

/// A record that ends before what its checkpoint signs is read, never written.
fn check_end(journal: &Journal, covered: Option<u64>) -> Result<(), LedgerError> {
    journal.expect_end()?;
    let size = journal.size();
    match covered {
        Some(signed) if signed > size => Err(LedgerError::Short { signed, size }),
        _ => Ok(()),
    }
}

/// A record behind its mark is read, never written.
fn check_marks(marks: &Marks, journal: &Journal, judge: &Judge) -> Result<(), LedgerError> {
    let Some(ledger) = &judge.chain.state.fold.ledger else { return Ok(()) };
    let Some(mark) = marks.last_for(&ledger.origin)? else { return Ok(()) };
    let size = judge.chain.size();
    let behind = LedgerError::BehindMark { marked: mark.size, size };
    if mark.size > size {
        return Err(behind);
    }
    if mark.size == size {
        return if mark.root == judge.chain.tree().root() { Ok(()) } else { Err(behind) };
    }
    let ends = Ends { mark: Some((mark.size, mark.root)), ..Ends::default() };
    let mut at = Judge::new(&ends);
    follow(journal, Options::state(mark.size), &mut at)?;
    if at.chain.tree().root() == mark.root { Ok(()) } else { Err(behind) }
}

/// Opens the store, or builds it from the journal where there is none. One that differs from the
/// journal is damage.
fn open_store(
    paths: &Paths,
    journal: &Journal,
    judge: &Judge,
) -> Result<(SledStore, Option<Notice>), LedgerError> {
    let store = match sled::open(&paths.store()) {
        Err(StoreError::Missing(_)) if !paths.store().exists() => {
            let notice = Notice::StoreBuilt(judge.chain.size());
            return Ok((sled::create(&paths.store())?, Some(notice)));
        }
        Err(StoreError::Missing(_)) => {
            return Err(LedgerError::Store("its folder holds no store".to_owned()));
        }
        Err(StoreError::Damaged(why)) => return Err(LedgerError::Store(why)),
        other => other?,
    };
    let head = store.head()?;
    let expected = match head.size.checked_sub(1) {
        None => None,
        Some(last) => journal
            .read(last..head.size)?
            .first()
            .map(|entry| crate::event::record::hash(&entry.record)),
    };
    if head.size > judge.chain.size() {
        let why = format!("it has {} events, the journal {}", head.size, judge.chain.size());
        return Err(LedgerError::Store(why));
    }
    if head.hash != expected {
        let why = format!("its event {} is another one", head.size.saturating_sub(1));
        return Err(LedgerError::Store(why));
    }
    Ok((store, None))
}
