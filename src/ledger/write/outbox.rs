//! The outbox: signed events, kept from before they are written until they are acknowledged.
//!
//! ```text
//! annals outbox v2
//! origin <name of the record>
//! submission <SHA-256 of ledger, key, drafts and the files that they name, 64 hex>
//! first <position of its first event>
//! count <number of events>
//! head <hash of its last event, 64 hex>
//! signature <of the editor's key over the lines above, 128 hex>
//! …                                        its events, four lines each, until they are written
//! ```
//!
//! Always holds: a submission has one file, named by its digest. Submitting the same drafts again
//! finds it, so no fact is entered twice after a lost receipt. Only the key that signs a submission
//! can make a valid file for it: the head commits to every event through the chain of hashes, and
//! each event to its body. Once the events are in the record and a checkpoint covers them, the file
//! is cut to its first lines, without a body, and moved to the folder `written`. A damaged file is
//! moved aside and stays until a person removes it. Events that are signed anew while a server may
//! have them are kept beside (`superseded`).
//! A file of the first version has `v1` and no origin: it is of the record that has what its events
//! name, and is read as before.
//! Not here: signing events (`append`), verifying them (`verify`).
//! Source: FORMAT.md section 9, the order of a commit.

use crate::disk::open::{is_folder, open_to_write};
use crate::disk::{self, DiskError, FileMode, read_optional};
use crate::ledger::error::LedgerError;
use crate::ledger::paths::Paths;
use crate::ledger::write::draft_input::LoadedInput;
use crate::ledger::write::home::entry_of;
use annals_core::event::body::{Body, Content};
use annals_core::event::record::{self, Reading, Statement};
use annals_core::event::{Entry, canonical};
use annals_core::hash::{Hash, RunningHash, read_hex};
use annals_core::key::{KEPT_TAG, PublicKey, Signature, SigningError, SigningKey, signed_bytes};
use annals_core::time::Time;
use annals_core::verify::Verifier;
use annals_core::verify::source::Source;
use std::fs;
use std::path::{Path, PathBuf};
pub use waiting::{DamagedFile, OutboxFiles, WaitingEvents, short_name, waiting};

mod superseded;
mod waiting;

/// The maximum size of an outbox file, in bytes.
const BOUND: u64 = 4 << 30;
/// The maximum size of the seven lines, in bytes.
const HEADER_BOUND: u64 = 1_024;
/// The folder of written submissions, inside the outbox.
const WRITTEN: &str = "written";
/// How old the places of several events may be that are sent again, in microseconds: half of what a
/// server takes.
const MOST_LATE: i64 = 5_000_000;
/// The first line, and that of the first version.
const VERSION: &str = "annals outbox v2";
const FIRST_VERSION: &str = "annals outbox v1";

/// The file of a submission, and its key.
pub struct Submission {
    folder: PathBuf,
    /// The name of the record.
    origin: String,
    name: Hash,
    key: PublicKey,
    count: u64,
}

/// A kept submission, compared with the record.
#[derive(Debug)]
pub enum KeptSubmission {
    /// There is none, or the record continued without its events.
    Nothing,
    /// All events are in the record, from this position on.
    Recorded(u64),
    /// They are not in the record, and may be placed at its present end.
    Pending {
        /// The events.
        entries: Vec<Entry>,
        /// Which end they were signed for.
        fit: PendingFit,
    },
    /// The record has the same act of the same key, signed on another machine; its position.
    Same(u64),
    /// The file is damaged; the reason.
    Damaged(String),
}

/// The end of the record that pending events were signed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PendingFit {
    /// The present one.
    AtEnd,
    /// An earlier one; it is one event, which may be moved.
    Movable,
}

/// The first lines of a submission's file, with their signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The name of the record that they were signed for; `None` in a file of the first version.
    origin: Option<String>,
    submission: Hash,
    first: u64,
    count: u64,
    head: Hash,
    signature: Signature,
}

/// The file and the header that a commit keeps before it writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxFile {
    folder: PathBuf,
    header: Header,
}

impl Submission {
    /// The submission of these drafts by this key.
    pub fn of(
        paths: &Paths,
        verifier: &Verifier,
        input: &LoadedInput,
        key: &PublicKey,
    ) -> Submission {
        let ledger = verifier.chain.state.fold.ledger.as_ref();
        let origin = ledger.map(|ledger| ledger.origin.to_string()).unwrap_or_default();
        let (folder, name) = (paths.outbox(), submission_name(&origin, input, key));
        Submission { folder, origin, name, key: *key, count: input.drafts.len() as u64 }
    }

    /// Its name: the digest of what was submitted.
    pub fn name(&self) -> String {
        self.name.to_string()
    }

    /// The kept submission, compared with the record.
    pub fn find(
        &self,
        verifier: &Verifier,
        source: &dyn Source,
    ) -> Result<KeptSubmission, LedgerError> {
        if let Some(recorded) = self.superseded(source)? {
            return Ok(KeptSubmission::Recorded(recorded.first()));
        }
        let pending = self.find_pending(verifier, source)?;
        if !matches!(pending, KeptSubmission::Nothing | KeptSubmission::Damaged(_)) {
            return Ok(pending);
        }
        let written = match read_start(&self.written())? {
            None => return Ok(pending),
            Some(read) => read.and_then(|bytes| self.header(&bytes)),
        };
        Ok(match (written, pending) {
            (Ok(header), pending) => match recorded(&header, source)? {
                true => KeptSubmission::Recorded(header.first),
                false => {
                    match placed_elsewhere(&self.written(), &header, window(verifier), source)? {
                        Some(first) => KeptSubmission::Recorded(first),
                        // The record is an older copy than the one that these were written to.
                        None => pending,
                    }
                }
            },
            (Err(why), KeptSubmission::Nothing) => KeptSubmission::Damaged(why),
            (Err(_), pending) => pending,
        })
    }

    fn find_pending(
        &self,
        verifier: &Verifier,
        source: &dyn Source,
    ) -> Result<KeptSubmission, LedgerError> {
        let read = match read(&self.pending(), BOUND)? {
            None => return Ok(KeptSubmission::Nothing),
            Some(read) => read.and_then(|bytes| Ok((self.header(&bytes)?, bytes))),
        };
        let (header, bytes) = match read {
            Ok(read) => read,
            Err(why) => return Ok(KeptSubmission::Damaged(why)),
        };
        if recorded(&header, source)? {
            return Ok(KeptSubmission::Recorded(header.first));
        }
        if let Some(first) = placed_elsewhere(&self.pending(), &header, window(verifier), source)? {
            return Ok(KeptSubmission::Recorded(first));
        }
        let gap = verifier.chain.size().checked_sub(header.first);
        let Some(gap) = gap.filter(|gap| *gap <= window(verifier)) else {
            return Ok(KeptSubmission::Nothing);
        };
        let entries = match entries(&bytes, &header) {
            Ok(entries) => entries,
            Err(why) => return Ok(KeptSubmission::Damaged(why)),
        };
        if gap > 0 {
            return Ok(match &entries[..] {
                [entry] if is_movable(entry) => match same_act(entry, source)? {
                    Some(position) => KeptSubmission::Same(position),
                    None => KeptSubmission::Pending { entries, fit: PendingFit::Movable },
                },
                _ => KeptSubmission::Nothing,
            });
        }
        let first = entries.first().and_then(|entry| Reading::of(&entry.record).place);
        let follows = first.is_some_and(|place| place.prev == verifier.chain.head);
        Ok(match follows {
            true => KeptSubmission::Pending { entries, fit: PendingFit::AtEnd },
            false => KeptSubmission::Nothing,
        })
    }

    /// Prunes the file of events that a server is found to have placed.
    pub fn prune_placed(&self, source: &dyn Source) -> Result<(), LedgerError> {
        if let Some(recorded) = self.superseded(source)? {
            return Ok(recorded.keeping.prune_to_records(&recorded.entries)?);
        }
        let Some(Ok(bytes)) = read(&self.pending(), BOUND)? else { return Ok(()) };
        let Ok(header) = self.header(&bytes) else { return Ok(()) };
        let entries = in_fours(bytes.get(header.text().len()..).unwrap_or_default());
        Ok(OutboxFile { folder: self.folder.clone(), header }.prune_to_records(&entries)?)
    }

    /// The file that keeps these events until they are acknowledged.
    pub fn keeping(
        &self,
        first: u64,
        entries: &[Entry],
        key: &dyn SigningKey,
    ) -> Result<Option<OutboxFile>, SigningError> {
        let Some(last) = entries.last() else { return Ok(None) };
        let head = record::hash(&last.record);
        let (origin, submission, count) = (Some(self.origin.clone()), self.name, self.count);
        let signature = Signature([0; 64]);
        let mut header = Header { origin, submission, first, count, head, signature };
        header.signature = key.sign(&signed_bytes(KEPT_TAG, header.signed_text().as_bytes()))?;
        Ok(Some(OutboxFile { folder: self.folder.clone(), header }))
    }

    /// Moves a damaged file aside; returns its new path.
    pub fn set_aside(&self) -> Result<PathBuf, LedgerError> {
        let pending = self.pending();
        let path = if disk::is_there(&pending)? { pending } else { self.written() };
        let aside = disk::free_aside(&path);
        fs::rename(&path, &aside).map_err(disk::error("move aside", &path))?;
        disk::sync_folder(disk::parent(&path))?;
        Ok(aside)
    }

    /// The header of a file, if it is of this submission and signed by its key.
    fn header(&self, bytes: &[u8]) -> Result<Header, String> {
        let header = Header::parse(bytes).ok_or("its first lines are not in form")?;
        let is_of_another = header.origin.as_ref().is_some_and(|origin| *origin != self.origin);
        if header.submission != self.name || is_of_another {
            return Err("it is of other drafts, another ledger or another key".to_owned());
        }
        if !header.is_signed_by(&self.key) {
            return Err(format!("its signature is not one of the key {}", self.key));
        }
        if header.count != self.count {
            return Err(format!("it says {} drafts, not {}", header.count, self.count));
        }
        Ok(header)
    }

    /// Whether something waits in its file.
    pub fn waits(&self) -> bool {
        matches!(read(&self.pending(), BOUND), Ok(Some(Ok(bytes))) if self.header(&bytes).is_ok())
    }

    fn pending(&self) -> PathBuf {
        pending(&self.folder, &self.name)
    }

    fn written(&self) -> PathBuf {
        written(&self.folder, &self.name)
    }
}

impl OutboxFile {
    /// Keeps signed entries, synced; replaces an older file of that submission.
    pub fn keep(&self, entries: &[Entry]) -> Result<(), LedgerError> {
        let mut out = self.header.text().into_bytes();
        let length = |entry: &Entry| entry.record.len() + entry.body.as_ref().map_or(0, Vec::len);
        out.reserve(entries.iter().map(|entry| length(entry) + 1).sum());
        for entry in entries {
            out.extend_from_slice(&entry.record);
            out.extend_from_slice(entry.body.as_deref().unwrap_or_default());
            out.push(b'\n');
        }
        is_folder(&self.folder).map_err(disk::error("look into", &self.folder))?;
        disk::create_missing(&self.folder)?;
        let path = pending(&self.folder, &self.header.submission);
        Ok(disk::replace_together(&path, &out, FileMode::Private)?)
    }

    /// Prunes the file once its events are in the record and covered: only their position is kept.
    pub fn prune(&self) -> Result<(), DiskError> {
        prune(&self.folder, &self.header)
    }

    /// Prunes the file as [`OutboxFile::prune`] does, for events that a server placed elsewhere
    /// than their signer did. Their records are kept, without bodies, because these events are
    /// found by their statements alone.
    pub fn prune_to_records(&self, entries: &[Entry]) -> Result<(), DiskError> {
        let mut out = self.header.text().into_bytes();
        for entry in entries {
            out.extend_from_slice(&entry.record);
            out.extend_from_slice(b"-\n");
        }
        let place = written(&self.folder, &self.header.submission);
        disk::create_missing(disk::parent(&place))?;
        disk::replace(&place, &out, FileMode::Private)?;
        superseded::remove(&self.folder, &self.header.submission)?;
        self.forget()
    }

    /// Removes the file: its events were refused, or given up. Of what they were signed as before
    /// only as much stays as finds a late placing.
    pub fn forget(&self) -> Result<(), DiskError> {
        superseded::cut(&self.folder, &self.header.submission)?;
        disk::remove_optional(&pending(&self.folder, &self.header.submission)).map(drop)
    }
}

/// The name of the submission of these drafts by this key to the record of this origin.
pub fn submission_name(origin: &str, input: &LoadedInput, key: &PublicKey) -> Hash {
    let mut whole = RunningHash::default();
    whole.add(origin.as_bytes());
    whole.add(&key.0);
    for loaded in &input.drafts {
        whole.add(&canonical::write(&loaded.draft));
        if let Ok(Some(file)) = &loaded.file {
            whole.add(&file.digest.0);
        }
    }
    whole.finish()
}

/// Whether a server refuses these events as too old, although they fit its record. Several events
/// keep the times of their signer, which a server takes within some seconds of its clock; a single
/// one gets a new place. They are signed anew: both are for the same end of the record, so only one
/// of them can be placed. Which of them it was is looked for before they are signed once more
/// ([`Submission::supersede`]).
pub fn is_late(entries: &[Entry], now: Time) -> bool {
    let place = |entry: &Entry| Reading::of(&entry.record).place;
    let mut places = entries.iter().filter_map(place);
    entries.len() > 1 && places.any(|place| (now.micros() - place.at.micros()).abs() > MOST_LATE)
}

/// The damaged files that were moved aside, by name. No prune removes one: it may hold the only
/// copy of what was typed, and therefore clear text, also of bodies that the record withholds.
pub fn listed_aside(paths: &Paths) -> Vec<PathBuf> {
    let folders = [paths.outbox(), paths.outbox().join(WRITTEN)];
    let listed = folders.iter().filter_map(|folder| fs::read_dir(folder).ok());
    let is_aside = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        name.split_once("-aside-").is_some_and(|(name, _)| Hash::parse(name).is_some())
    };
    let paths = listed.flatten().flatten().map(|found| found.path());
    let mut aside: Vec<PathBuf> = paths.filter(is_aside).collect();
    aside.sort();
    aside
}

/// Prunes the files of a writer that was interrupted: every file whose events the record holds. The
/// caller holds the lock, and a checkpoint covers the record. A file that cannot be pruned is left
/// to the next writer.
pub fn prune_written(paths: &Paths, source: &dyn Source) {
    let folder = paths.outbox();
    if !is_folder(&folder).unwrap_or(false) {
        return;
    }
    let listed = fs::read_dir(&folder).into_iter().flatten().flatten();
    for found in listed {
        let name = found.file_name();
        if let Some(name) = name.to_str().and_then(Hash::parse) {
            let _ = prune_if_written(source, &folder, &name);
        }
    }
}

fn prune_if_written(source: &dyn Source, folder: &Path, name: &Hash) -> Result<(), LedgerError> {
    let path = pending(folder, name);
    let start = disk::read_up_to(&path, HEADER_BOUND)?;
    match Header::parse(&start).filter(|header| header.submission == *name) {
        Some(header) if recorded(&header, source)? => Ok(prune(folder, &header)?),
        None if is_recorded_in_old_form(&path, source)? => {
            Ok(fs::remove_file(&path).map_err(disk::error("remove", &path))?)
        }
        _ => Ok(()),
    }
}

/// Whether a file without a header, as version 0.1.0 wrote them, holds events of the record only.
fn is_recorded_in_old_form(path: &Path, source: &dyn Source) -> Result<bool, LedgerError> {
    let bytes = disk::read(path, BOUND)?;
    let kept = in_fours(&bytes);
    let first = kept.first().and_then(|entry| Reading::of(&entry.record).place);
    let Some(place) = first else { return Ok(false) };
    let end = place.seq.saturating_add(kept.len() as u64);
    if end > source.size() {
        return Ok(false);
    }
    let mut expected = kept.iter();
    for found in source.entries(place.seq)?.take(kept.len()) {
        if expected.next() != Some(&found?.1) {
            return Ok(false);
        }
    }
    Ok(expected.len() == 0)
}

/// The bytes of a file, or why it is damaged; `None` if there is no file.
fn read(path: &Path, bound: u64) -> Result<Option<Result<Vec<u8>, String>>, LedgerError> {
    match read_optional(path, bound) {
        Ok(read) => Ok(read.map(Ok)),
        Err(error @ (DiskError::Strange { .. } | DiskError::TooLarge { .. })) => {
            Ok(Some(Err(error.to_string())))
        }
        Err(error) => Err(error.into()),
    }
}

/// The beginning of a file, as [`read`]: a power cut may have left the events after the header.
fn read_start(path: &Path) -> Result<Option<Result<Vec<u8>, String>>, LedgerError> {
    match disk::read_up_to(path, HEADER_BOUND) {
        Ok(read) => Ok(Some(Ok(read))),
        Err(error) if error.is_missing() => Ok(None),
        Err(error @ DiskError::Strange { .. }) => Ok(Some(Err(error.to_string()))),
        Err(error) => Err(error.into()),
    }
}

impl Header {
    fn parse(bytes: &[u8]) -> Option<Header> {
        let mut lines = bytes.split_inclusive(|byte| *byte == b'\n');
        let mut read = 0;
        let mut next = || {
            let line = lines.next()?;
            read += line.len();
            std::str::from_utf8(line).ok()?.strip_suffix('\n')
        };
        let version = next()?;
        let mut after = |word: &str| next()?.strip_prefix(word)?.strip_prefix(' ');
        let origin = match version {
            VERSION => Some(after("origin")?.to_owned()),
            FIRST_VERSION => None,
            _ => return None,
        };
        let header = Header {
            origin,
            submission: Hash::parse(after("submission")?)?,
            first: after("first")?.parse().ok()?,
            count: after("count")?.parse().ok()?,
            head: Hash::parse(after("head")?)?,
            signature: Signature(read_hex(after("signature")?)?),
        };
        // The header has one notation: what is read must equal what would be written.
        (bytes.get(..read)? == header.text().as_bytes()).then_some(header)
    }

    fn text(&self) -> String {
        format!("{}signature {}\n", self.signed_text(), self.signature)
    }

    /// The lines that are signed.
    fn signed_text(&self) -> String {
        let Header { origin, submission, first, count, head, .. } = self;
        let beginning = match origin {
            Some(origin) => format!("{VERSION}\norigin {origin}\n"),
            None => format!("{FIRST_VERSION}\n"),
        };
        format!("{beginning}submission {submission}\nfirst {first}\ncount {count}\nhead {head}\n")
    }

    fn is_signed_by(&self, key: &PublicKey) -> bool {
        let message = signed_bytes(KEPT_TAG, self.signed_text().as_bytes());
        key.accept().is_some_and(|key| key.verifies(&message, &self.signature))
    }
}

fn pending(folder: &Path, submission: &Hash) -> PathBuf {
    folder.join(submission.to_string())
}

fn written(folder: &Path, submission: &Hash) -> PathBuf {
    folder.join(WRITTEN).join(submission.to_string())
}

/// Cuts a file to its header and moves it to those that are written. Nothing is synced: after a
/// power cut the file is whole or cut, in one of the two folders, and its header is the same.
fn prune(folder: &Path, header: &Header) -> Result<(), DiskError> {
    let (path, place) = (pending(folder, &header.submission), written(folder, &header.submission));
    disk::create_missing(disk::parent(&place))?;
    let file = open_to_write(&path).map_err(disk::error("write to", &path))?;
    file.set_len(header.text().len() as u64).map_err(disk::error("cut", &path))?;
    fs::rename(&path, &place).map_err(disk::error("move", &path))
}

/// Whether the record holds all events of a submission: it holds the last one, whose hash commits
/// to those before it.
fn recorded(header: &Header, source: &dyn Source) -> Result<bool, LedgerError> {
    let end = header.first.checked_add(header.count).filter(|end| *end <= source.size());
    let Some(last) = end.and_then(|end| end.checked_sub(1)) else { return Ok(false) };
    let entry = entry_of(source, last)?;
    Ok(entry.is_some_and(|entry| record::hash(&entry.record) == header.head))
}

/// The events of a file; each is committed to by the next one, the last one by the header.
fn entries(bytes: &[u8], header: &Header) -> Result<Vec<Entry>, String> {
    let events = bytes.get(header.text().len()..).unwrap_or_default();
    let kept = in_fours(events);
    let lines = memchr::memchr_iter(b'\n', events).count();
    let whole = events.last().is_none_or(|last| *last == b'\n') && lines == 4 * kept.len();
    if !whole || kept.len() as u64 != header.count {
        return Err(format!(
            "expected {} lines of {} events, found {lines}",
            header.count.saturating_mul(4),
            header.count
        ));
    }
    let mut expected = header.head;
    for (index, entry) in kept.iter().enumerate().rev() {
        let position = header.first.saturating_add(index as u64);
        let reading = Reading::of(&entry.record);
        let body = entry.body.as_deref().map(|body| Hash::of(&[body]));
        let (place, statement) = (reading.place, reading.statement);
        let (Some(place), Some(statement)) = (place, statement) else {
            return Err(format!("event {position} is not in form"));
        };
        if reading.hash != expected || body != Some(statement.body) {
            return Err(format!("event {position} is not the one that was signed"));
        }
        expected = place.prev.unwrap_or(expected);
    }
    Ok(kept)
}

/// Where the statements of a file are in the record, if a server placed them elsewhere than
/// their signer did.
fn placed_elsewhere(
    path: &Path,
    header: &Header,
    window: u64,
    source: &dyn Source,
) -> Result<Option<u64>, LedgerError> {
    let (size, first) = (source.size(), header.first);
    let end = size.min(first.saturating_add(window).saturating_add(header.count));
    if first >= end {
        return Ok(None);
    }
    let Some(Ok(bytes)) = read(path, BOUND)? else { return Ok(None) };
    let digest = |entry: &Entry| Reading::of(&entry.record).statement_digest;
    let kept = in_fours(bytes.get(header.text().len()..).unwrap_or_default());
    let is_signed = kept.last().is_some_and(|last| record::hash(&last.record) == header.head);
    let kept: Vec<Hash> = kept.iter().map(digest).collect();
    if !is_signed || kept.len() as u64 != header.count {
        return Ok(None);
    }
    let mut there = Vec::new();
    for entry in source.entries(first)?.take((end - first) as usize) {
        there.push(digest(&entry?.1));
    }
    let found = there.windows(kept.len()).position(|some| some == kept);
    Ok(found.map(|offset| first + offset as u64))
}

/// The position of the last event from the base of `entry` on with the same key, arguments and
/// content: the act was signed again on another machine; those before it may be ended. A document
/// is the same by its SHA-256. Reads from the base to the end.
///
/// Errors: the record cannot be read.
pub fn same_act(entry: &Entry, source: &dyn Source) -> Result<Option<u64>, LedgerError> {
    let Some((statement, content)) = act_of(entry) else { return Ok(None) };
    if statement.base >= source.size() {
        return Ok(None);
    }
    let mut same = None;
    for entry in source.entries(statement.base)? {
        let (position, found) = entry?;
        let Some((other, words)) = act_of(&found) else { continue };
        let is_same = match (&content, &words) {
            (Content::DocumentCaptured(one), Content::DocumentCaptured(other)) => {
                one.sha256 == other.sha256
            }
            (one, other) => one == other,
        };
        if is_same && (&other.by, &other.args) == (&statement.by, &statement.args) {
            same = Some(position);
        }
    }
    Ok(same)
}

/// The statement and the words of an event.
pub fn act_of(entry: &Entry) -> Option<(Statement, Content)> {
    let statement = Reading::of(&entry.record).statement?;
    Some((statement, Body::parse(entry.body.as_deref()?).ok()?.content))
}

/// How far from its base an event of the judged record may be placed.
fn window(verifier: &Verifier) -> u64 {
    verifier.chain.state.fold.ledger.as_ref().map_or(0, |ledger| ledger.window)
}

/// Prunes what waits in the outbox of a copy and is in the record, which may place events `window`
/// after their base.
///
/// Errors: outbox or record cannot be read.
pub fn prune_all_placed(
    paths: &Paths,
    source: &dyn Source,
    window: u64,
) -> Result<(), LedgerError> {
    for WaitingEvents { path, keeping, entries } in waiting(paths)?.waiting {
        let header = &keeping.header;
        let (folder, name) = (&keeping.folder, &header.submission);
        if let Some(earlier) = superseded::recorded_of(folder, name, source, Header::parse)? {
            earlier.keeping.prune_to_records(&earlier.entries)?;
            continue;
        }
        let is_placed =
            recorded(header, source)? || placed_elsewhere(&path, header, window, source)?.is_some();
        if is_placed {
            keeping.prune_to_records(&entries)?;
        }
    }
    Ok(())
}

/// Whether an event may stand after its base.
pub fn is_movable(entry: &Entry) -> bool {
    let statement = Reading::of(&entry.record).statement;
    statement.is_some_and(|statement| !statement.kind.stands_at_its_base())
}

/// Groups of four lines: the three of a record, and a body.
fn in_fours(bytes: &[u8]) -> Vec<Entry> {
    let lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
    let entries = lines.chunks_exact(4).map(|lines| Entry {
        record: lines[..3].concat(),
        body: lines[3].strip_suffix(b"\n").map(<[u8]>::to_vec),
    });
    entries.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use annals_core::key::SecretKey;

    /// The header as it was written before it named its record.
    fn of_the_first_version(key: &SecretKey) -> String {
        let (name, head) = (Hash::of(&[b"drafts"]), Hash::of(&[b"event"]));
        let signed =
            format!("annals outbox v1\nsubmission {name}\nfirst 7\ncount 2\nhead {head}\n");
        let signature = key.sign(&signed_bytes(KEPT_TAG, signed.as_bytes()));
        format!("{signed}signature {signature}\n")
    }

    #[test]
    fn a_header_of_the_first_version_is_read_and_written_as_it_was() {
        let key = SecretKey::from_seed([7; 32]);
        let text = of_the_first_version(&key);
        let with_events = format!("{text}an event\n");
        let header = Header::parse(with_events.as_bytes()).unwrap();
        assert_eq!((&header.origin, header.first, header.count), (&None, 7, 2));
        assert!(header.is_signed_by(&key.public()));
        assert_eq!(header.text(), text);
        // One that names its record has the second version.
        let origin = Some("example.org/record".to_owned());
        let mut named = Header { origin, ..header };
        named.signature = key.sign(&signed_bytes(KEPT_TAG, named.signed_text().as_bytes()));
        assert!(
            named.text().starts_with("annals outbox v2\norigin example.org/record\nsubmission ")
        );
        assert_eq!(Header::parse(named.text().as_bytes()), Some(named.clone()));
        for bad in [
            named.text().replace(" v2\n", " v1\n"),
            text.replace(" v1\n", " v2\n"),
            text.replace(" v1\n", " v3\n"),
            text.replace("first 7", "first 07"),
            text.replace("count 2\n", ""),
        ] {
            assert_eq!(Header::parse(bad.as_bytes()), None, "{bad}");
        }
    }
}
