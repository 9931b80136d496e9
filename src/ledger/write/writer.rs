//! A record open for writing: verifier, home, memory of the log key, signer, and the index, which
//! follows what is committed. Interrupted work is completed first.
//!
//! Always holds: home, memory and note agree when the writer is open; everything that it commits
//! has passed the verifier; one order for every home: documents, commit, memory, signature, note.
//! A writer of a dry run verifies likewise and changes nothing. Not here: drafts (`append`), the
//! files of a ledger and its lock (`home::journal_home`).
//! Source: FORMAT.md section 9; the order of a commit.

use crate::disk::lock::{Lock, LockWait};
use crate::disk::together::together;
use crate::index::{BuildMode, Builder};
use crate::journal::Journal;
use crate::keys::{HeldLogKeys, HighWaterMarks, KeyFolder, KeysError, Mark, had_log_key};
use crate::ledger::error::{LedgerError, chain};
use crate::ledger::home_mark::HomeMark;
use crate::ledger::imported::ImportStatus;
use crate::ledger::paths::Paths;
pub use crate::ledger::write::home::WakeOutcome;
use crate::ledger::write::home::journal_home::JournalHome;
pub use crate::ledger::write::home::journal_home::store_entries;
use crate::ledger::write::home::{CommitOutcome, EventGroup, Home};
use crate::ledger::write::memory::{HeldMemory, Memory};
use crate::ledger::write::notice::Notice;
use crate::ledger::write::passages::Passages;
use crate::ledger::write::preflight::check_mark;
pub use crate::ledger::write::preflight::make_index;
use crate::ledger::write::slice::RecordSlice;
use crate::store::StoreHead;
use annals_core::event::Entry;
use annals_core::hash::Hash;
use annals_core::key::{KeyCache, PublicKey, SecretKey};
use annals_core::merkle::Tree;
use annals_core::text::Origin;
use annals_core::tlog::{Checkpoint, Note, NoteSignature};
use annals_core::verify::Verifier;
pub use place::HomePlace;
pub use server::{RecordServer, SentEvents};
use std::time::Duration;
pub(super) use uncommitted::VerifiedEvent;
use uncommitted::index_committed;

mod copied;
mod later;
mod needed;
mod opening;
mod place;
mod proof;
mod server;
mod uncommitted;

/// How long to wait for the memory of the log key, unless given.
const WAIT: Duration = Duration::from_secs(10);

/// A ledger open for writing.
pub struct Writer {
    /// Its paths.
    pub paths: Paths,
    /// Chain, state and content of all written events.
    pub verifier: Verifier,
    /// The unfinished work that was found.
    pub notices: Vec<Notice>,
    /// The cache of keys with which the signatures of new events are verified.
    pub(super) key_cache: KeyCache,
    /// The passages that facts of the record quote; of a slice, those that were compared.
    pub(super) passages: Passages,
    /// What was read of the record; `None` if it is the whole.
    pub(super) slice: Option<RecordSlice>,
    /// The place that is the truth of the record: the source of documents and earlier bodies.
    pub(super) home: Box<dyn Home>,
    /// What the log key has signed.
    memory: Box<dyn Memory>,
    /// The events that the verifier has and the record has not, in order.
    pub(super) uncommitted: Vec<VerifiedEvent>,
    /// The number of these whose signatures were verified.
    signed: usize,
    /// The builder of the index; it hears of an event once it is committed.
    index: Builder,
    /// The last mark that is known to be of a prefix of this record.
    mark: Option<Mark>,
    /// The tree of an earlier size, from which the proof for a memory begins.
    proven: Tree,
    /// How long to wait for another user of the same memory.
    wait: LockWait,
    /// The address of the database that keeps the record, if one does.
    database: Option<String>,
    log_keys: Vec<SecretKey>,
    keys_from: KeysFrom,
    imported: ImportStatus,
    /// The last commit that no stamp covers yet.
    unstamped: Option<Commit>,
    /// The server that places events, if this is a copy of its record.
    pub(super) server: Option<Box<dyn RecordServer>>,
}

/// How a writer opens its record.
struct WriterOptions {
    /// The lock, if it is held already.
    lock: Option<Lock>,
    paths: Paths,
    /// How long to wait for another writer, and for another user of the same memory.
    wait: LockWait,
    /// The address of the database that keeps the record, if it is not kept in the folder.
    database: Option<String>,
    memory: Box<dyn Memory>,
    keys_from: KeysFrom,
}

impl WriterOptions {
    /// A record in a folder, with the marks beside it as memory.
    fn folder(paths: Paths) -> WriterOptions {
        WriterOptions {
            lock: None,
            wait: WAIT.into(),
            database: None,
            memory: marks(&paths),
            keys_from: KeysFrom::Folder,
            paths,
        }
    }
}

/// Where the log keys of a writer are from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum KeysFrom {
    /// The ledger's folder of keys, where another writer may put a new one.
    Folder,
    /// The caller.
    Caller,
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

impl Writer {
    /// Opens a ledger for writing. Waits up to `wait` for another writer to end, and reports which
    /// one. The log keys are read once the lock is held, because an earlier writer may have made a
    /// new one. If the last writer's stamp holds, only the ledger and its editors are read, and
    /// [`Writer::need`] reads more; else all is judged.
    pub fn open(paths: Paths, wait: impl Into<LockWait>) -> Result<Writer, LedgerError> {
        HomeMark::expect_none(&paths)?;
        let options = WriterOptions { wait: wait.into(), ..WriterOptions::folder(paths) };
        Writer::open_as(options, |journal| Ok(Box::new(journal)))
    }

    /// Opens a record with its lock, which is taken if it is not held yet.
    fn open_as(
        mut options: WriterOptions,
        home: impl FnOnce(JournalHome) -> Result<Box<dyn Home>, LedgerError>,
    ) -> Result<Writer, LedgerError> {
        let (paths, wait) = (options.paths.clone(), options.wait);
        paths.expect_ledger()?;
        paths.expect_own_folders()?;
        ImportStatus::of(&paths)?.expect_writable(&paths)?;
        let lock = Some(match options.lock.take() {
            Some(lock) => lock,
            None => paths.take_lock(wait)?,
        });
        HomeMark::expect(&paths, options.database.as_deref())?;
        if let Some(stamped) = opening::stamped(&paths, &*options.memory)? {
            let home = home(JournalHome::known(paths, stamped.journal.clone(), lock, wait))?;
            let mut writer = Writer::unread(options, home, HeldLogKeys::default());
            writer.go_on(stamped)?;
            return Ok(writer);
        }
        if options.database.is_none() {
            paths.expect_events()?;
        }
        let log_keys = KeyFolder::open(&paths.keys)?.log_keys()?;
        let home = home(JournalHome::open(paths, lock, wait)?)?;
        let mut writer = Writer::unread(options, home, log_keys);
        writer.judge_and_complete()?;
        Ok(writer)
    }

    /// Opens the record of any home for writing, with any memory of its log keys; judges all of it.
    /// `paths` has the outbox, and the folder of a home that has one.
    pub fn over(
        paths: Paths,
        home: Box<dyn Home>,
        memory: Box<dyn Memory>,
        log_keys: Vec<SecretKey>,
    ) -> Result<Writer, LedgerError> {
        let keys_from = KeysFrom::Caller;
        let options = WriterOptions { memory, keys_from, ..WriterOptions::folder(paths) };
        let log_keys = HeldLogKeys { keys: log_keys, ..HeldLogKeys::default() };
        let mut writer = Writer::unread(options, home, log_keys);
        writer.judge_and_complete()?;
        Ok(writer)
    }

    /// Opens a ledger for a dry run: the same verifier, no lock; nothing is written.
    pub fn dry_run(paths: Paths) -> Result<Writer, LedgerError> {
        paths.expect_ledger()?;
        HomeMark::expect_none(&paths)?;
        let imported = ImportStatus::of(&paths)?;
        imported.expect_writable(&paths)?;
        let options = WriterOptions::folder(paths.clone());
        if let Some(stamped) = opening::stamped(&paths, &*options.memory)? {
            let journal = stamped.journal.clone();
            let home = Box::new(JournalHome::known(paths, journal, None, options.wait));
            let mut writer = Writer::unread(options, home, HeldLogKeys::default());
            writer.adopt(stamped);
            return Ok(writer);
        }
        paths.expect_events()?;
        // It signs nothing, so it needs no key.
        let log_keys = KeyFolder::open(&paths.keys).and_then(|keys| keys.log_keys());
        let home = Box::new(JournalHome::open(paths, None, options.wait)?);
        let mut writer = Writer::unread(options, home, log_keys.unwrap_or_default());
        writer.imported = imported;
        writer.judge()?;
        Ok(writer)
    }

    /// Creates the ledger at `paths`, where there must be none, with its first event.
    pub fn create(paths: Paths, log_key: SecretKey) -> Result<Writer, LedgerError> {
        let home = JournalHome::create(paths.clone(), WAIT.into())?;
        let index = Builder::open(&paths.ledger, std::iter::once(0), BuildMode::Write);
        let log_keys = HeldLogKeys { keys: vec![log_key], ..HeldLogKeys::default() };
        let mut writer = Writer::unread(WriterOptions::folder(paths), Box::new(home), log_keys);
        writer.verifier.keep_changes();
        writer.index = index;
        Ok(writer)
    }

    /// A writer that has read nothing yet.
    fn unread(options: WriterOptions, home: Box<dyn Home>, log_keys: HeldLogKeys) -> Writer {
        let WriterOptions { paths, wait, database, memory, keys_from, .. } = options;
        let mut writer = Writer {
            paths,
            verifier: Verifier::default(),
            notices: Vec::new(),
            key_cache: KeyCache::default(),
            passages: Passages::default(),
            slice: None,
            home,
            memory,
            uncommitted: Vec::new(),
            signed: 0,
            index: Builder::none(),
            mark: None,
            proven: Tree::default(),
            wait,
            database,
            log_keys: Vec::new(),
            keys_from,
            imported: ImportStatus::No,
            unstamped: None,
            server: None,
        };
        writer.hold_log_keys(log_keys);
        writer
    }

    /// Releases the home, so that nobody waits while a person thinks. All work is completed;
    /// [`Writer::wake`] takes it again.
    pub fn rest(&mut self) -> Result<(), LedgerError> {
        self.stamp();
        Ok(self.home.rest()?)
    }

    /// Takes the home again. If another writer was at work meanwhile, the record is opened again,
    /// and the caller must prepare its events again.
    ///
    /// Errors: also where the record was moved to another place meanwhile.
    pub fn wake(&mut self) -> Result<WakeOutcome, LedgerError> {
        let woken = self.home.wake()?;
        if self.home.local().is_some() && self.home.is_writable() {
            HomeMark::expect(&self.paths, self.database.as_deref())?;
        }
        if woken == WakeOutcome::Changed {
            self.open_again()?;
        }
        Ok(woken)
    }

    /// Shows those who wait for the home that work continues.
    pub fn step(&mut self) {
        self.home.step();
    }

    /// The number of events.
    pub fn size(&self) -> u64 {
        self.verifier.chain.size()
    }

    /// The journal with every commit so far; `None` if the home has none.
    pub fn journal(&self) -> Option<Journal> {
        self.home.local()?.present()
    }

    /// Whether the home has a document.
    ///
    /// Errors: it cannot be read.
    pub fn has_document(&self, digest: &Hash) -> Result<bool, LedgerError> {
        Ok(self.home.document(digest)?.is_some())
    }

    /// What to change at the home of the record, although it can be written to.
    pub fn warning(&self) -> Option<&'static str> {
        self.home.warning()
    }

    /// Refuses to continue without a log key that the next checkpoint needs; called before anything
    /// is written.
    pub fn check_log_keys(&self) -> Result<(), LedgerError> {
        if self.server.is_some() {
            // The server signs.
            return Ok(());
        }
        let Some(ledger) = &self.verifier.chain.state.fold.ledger else { return Ok(()) };
        self.imported.expect_rekeyed(ledger)?;
        for public in [Some(ledger.log_key), ledger.old_log_key].into_iter().flatten() {
            self.log_key(&public)?;
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

    fn hold_log_keys(&mut self, held: HeldLogKeys) {
        let HeldLogKeys { keys, faults } = held;
        self.log_keys = keys;
        let passed_over = |fault: &KeysError| Notice::KeyPassedOver(chain(fault));
        self.notices = faults.iter().map(passed_over).collect();
    }

    fn log_key(&self, public: &PublicKey) -> Result<&SecretKey, LedgerError> {
        let key = self.log_keys.iter().find(|key| key.public() == *public);
        key.ok_or_else(|| missing_log_key(&self.paths, public))
    }

    /// Commits entries that the verifier has accepted, with their documents: documents → commit →
    /// memory → note. The memory of the log key is read before the first byte is written, and held
    /// until the new mark is in it.
    pub fn commit(
        &mut self,
        entries: &[Entry],
        documents: &[(Hash, Vec<u8>)],
    ) -> Result<(), LedgerError> {
        let group = self.group(entries);
        let written = self.write_commit(&group, documents);
        if written.is_err() {
            // What the verifier has of these events is not in the record.
            self.take_back();
        }
        let mut memory = written?;
        let finished = match self.finish(&group, &mut *memory) {
            // Another writer signed what it committed after these.
            Err(LedgerError::Outrun(_)) if memory.compares_trees() => self.sign_with_later(),
            finished => finished,
        };
        finished.map_err(|error| LedgerError::NotAcknowledged {
            first: group.from.size,
            last: self.size() - 1,
            what: chain(&error),
        })
    }

    /// Writes documents and entries; returns the held memory.
    fn write_commit(
        &mut self,
        group: &EventGroup<'_>,
        documents: &[(Hash, Vec<u8>)],
    ) -> Result<Box<dyn HeldMemory>, LedgerError> {
        self.expect_uncommitted(group.entries)?;
        self.check_log_keys()?;
        self.check_signatures()?;
        if let Some(ledger) = &self.verifier.chain.state.fold.ledger {
            self.imported.expect_rekeyed(ledger)?;
        }
        self.unstamped = None;
        self.home.keep(documents)?;
        let held = self.hold_memory();
        if held.is_err() {
            // A mark beyond this record may be that of another writer, who committed meanwhile.
            self.expect_head(group)?;
        }
        let memory = held?;
        match self.home.commit(group)? {
            CommitOutcome::Written => Ok(memory),
            CommitOutcome::Outrun(head) => Err(outrun(group, head)),
        }
    }

    /// Refuses to go on if another writer has committed since this one read the record.
    fn expect_head(&mut self, group: &EventGroup<'_>) -> Result<(), LedgerError> {
        match self.home.head()? {
            head if head == group.from => Ok(()),
            head => Err(outrun(group, head)),
        }
    }

    /// Indexes the committed events while the note that covers them is made durable; then puts it
    /// in its place.
    fn finish(
        &mut self,
        group: &EventGroup<'_>,
        memory: &mut dyn HeldMemory,
    ) -> Result<(), LedgerError> {
        let note = self.new_note(memory);
        let Writer { verifier, uncommitted, index, home, mark, .. } = self;
        let next = home.local().and_then(|local| local.next_offset());
        let mut add_to_index =
            || index_committed(index, &mut verifier.chain.state, uncommitted, next);
        let prepared = match note {
            Ok(Some(note)) => note.prepare(memory, mark, &mut **home, Some(group), add_to_index),
            other => {
                add_to_index();
                other.map(drop)
            }
        };
        self.signed = 0;
        self.verifier.keep_changes();
        prepared?;
        self.proven = self.verifier.chain.tree().clone();
        self.home.put_note()?;
        self.committed();
        Ok(())
    }

    /// Holds the memory of the log key, so that nothing else is signed with it until this is
    /// dropped.
    ///
    /// Refuses if it has a mark that this record does not extend: another copy of the ledger with
    /// the same memory signed meanwhile.
    fn hold_memory(&mut self) -> Result<Box<dyn HeldMemory>, LedgerError> {
        let memory = self.memory.hold(self.wait)?;
        if let Some(ledger) = &self.verifier.chain.state.fold.ledger {
            let last = memory.last(&ledger.origin)?;
            if last != self.mark {
                let is_earlier = last.as_ref().is_some_and(|mark| mark.size < self.size());
                self.mark = match memory.compares_trees() && is_earlier {
                    true => last,
                    false => match check_mark(last.clone(), &*self.home, &self.verifier) {
                        Err(behind @ LedgerError::BehindMark { .. }) => {
                            self.is_outrun(last.as_ref())?;
                            return Err(behind);
                        }
                        checked => checked?,
                    },
                };
            }
        }
        Ok(memory)
    }

    /// Signs the record as it is, where another commit is not yet signed.
    fn sign_checkpoint(&mut self, memory: &mut dyn HeldMemory) -> Result<(), LedgerError> {
        let Some(note) = self.new_note(memory)? else { return Ok(()) };
        note.prepare(memory, &mut self.mark, &mut *self.home, None, || ())?;
        self.proven = self.verifier.chain.tree().clone();
        Ok(self.home.put_note()?)
    }

    /// The signed checkpoint of the record at its present size, not yet published. `None` if the
    /// record has no event.
    fn new_note(&self, memory: &dyn HeldMemory) -> Result<Option<NewNote>, LedgerError> {
        let Some(ledger) = &self.verifier.chain.state.fold.ledger else { return Ok(None) };
        let (size, root) = (self.size(), self.verifier.chain.tree().root());
        let origin = ledger.origin.clone();
        let text = Checkpoint { origin: origin.to_string(), size, root }.text();
        let mark = Mark::sign(self.log_key(&ledger.log_key)?, origin.clone(), size, root);
        // The mark has the checkpoint's own signature.
        let mut signatures = vec![mark.signature()];
        if let Some(old) = &ledger.old_log_key {
            signatures.push(NoteSignature::sign(&text, &origin, self.log_key(old)?));
        }
        let proof = match memory.compares_trees() {
            true => self.extension_proof()?,
            false => Vec::new(),
        };
        Ok(Some(NewNote { text: Note { text, signatures }.write(), mark, proof }))
    }
}

/// A signed checkpoint that is not yet published.
struct NewNote {
    text: String,
    mark: Mark,
    /// The consistency proof from the last mark to this checkpoint; empty if the memory does not
    /// compare the trees itself.
    proof: Vec<Hash>,
}

impl NewNote {
    /// Prepares the note at its home, with what the home derives from `group`, while the memory
    /// advances from `mark`, and `then` is done; the note may be seen once both are durable.
    /// Nothing needs its place to be durable, because the next writer signs what no note covers.
    ///
    /// What the home does takes longest, so it is done on this thread.
    fn prepare(
        self,
        memory: &mut dyn HeldMemory,
        mark: &mut Option<Mark>,
        home: &mut dyn Home,
        group: Option<&EventGroup<'_>>,
        mut then: impl FnMut() + Send,
    ) -> Result<(), LedgerError> {
        let prepare = || home.prepare_note(self.text.as_bytes(), group);
        let advance = || {
            let advanced = memory.advance(mark.as_ref(), &self.mark, &self.proof);
            then();
            advanced
        };
        let (prepared, advanced) = together(prepare, advance);
        advanced?;
        *mark = Some(self.mark);
        Ok(prepared?)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.stamp();
    }
}

/// The memory of a ledger's log key: the file of marks.
pub(super) fn marks(paths: &Paths) -> Box<dyn Memory> {
    Box::new(HighWaterMarks::at(paths.marks()))
}

fn outrun(group: &EventGroup<'_>, head: StoreHead) -> LedgerError {
    LedgerError::Outrun(format!(
        "another writer committed first: expected a record of {} events, found one of {}",
        group.from.size, head.size
    ))
}

/// Whether a folder of keys can be listed and has none.
fn has_no_key(keys: &std::path::Path) -> bool {
    let listed = KeyFolder::open(keys).and_then(|keys| keys.list());
    listed.is_ok_and(|listed| listed.keys.is_empty() && listed.faults.is_empty())
}

fn missing_log_key(paths: &Paths, public: &PublicKey) -> LedgerError {
    let keys = paths.keys.display();
    LedgerError::Key(match had_log_key(&paths.keys) {
        true => format!(
            "expected the log key {public} in {keys}, which is not there; without it no checkpoint \
             can be signed, so nothing is written: put back a copy, or let an admin say annals \
             ledger rekey --reason compromised"
        ),
        false if has_no_key(&paths.keys) => format!(
            "expected the log key {public} in {keys}, found no key there: --keys names the folder \
             of keys, if there is another; without its log key a record is only read. Nothing was \
             written"
        ),
        false => format!(
            "expected the log key {public} in {keys}, found no trace of one: this is a copy of the \
             record, and it is written only on the machine that holds its log key. Reading and \
             annals verify work here; to add to the record, send a file of drafts to who holds the \
             log key, who enters it with annals append FILE. Nothing was written"
        ),
    })
}
