//! The published files of a record, each made when it is requested.
//!
//! Always holds: every file that a publication of this size has is answered with the same bytes;
//! partial tiles and bundles of every smaller width are answered too, so that a reader of an
//! earlier checkpoint finds its files. What is withheld is never answered. Nothing beyond the size
//! at which the record was opened is read. Not here: HTTP (`serve`).
//! Source: FORMAT.md section 9, "Published directory".

use crate::archive::tile::{self, Tile, WIDTH, index_of};
use crate::archive::{BODIES, BODY_BUNDLES, CHECKPOINT, DOCUMENTS, body_bundle};
use crate::index::{Index, IndexError, RowKind, Snapshot, Term, Terms, TreeKind};
use crate::journal::Journal;
use crate::ledger::error::LedgerError;
use crate::ledger::exchange::publish::Withheld;
use crate::ledger::paths::Paths;
use crate::ledger::reader::Record;
use annals_core::event::Entry;
use annals_core::event::body::{Body, Content};
use annals_core::event::record::Reading;
use annals_core::evidence::SignedCheckpoint;
use annals_core::hash::Hash;
use annals_core::merkle::{Plan, Subtree};
use annals_core::tlog::{Checkpoint, Note};
use annals_core::verify::source::Source;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The most bytes of the events that are answered at once.
const MAX_EVENTS_BYTES: usize = 4 << 20;
/// The most events that are answered at once.
const MAX_EVENTS: u64 = 1_024;
/// The number of events that are read together for a bundle of bodies, which may be large.
const READ_TOGETHER: usize = 32;

/// A record as of its checkpoint, open to answer its published files.
pub struct ServedRecord {
    journal: Journal,
    index: Index,
    terms: Terms,
    note: Vec<u8>,
    signed: SignedCheckpoint,
    ledger: PathBuf,
    /// The number that [`ServedRecord::withheld`] gives, once it was counted.
    withheld: OnceLock<u64>,
}

/// A published file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServedFile {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// How long a copy of it may be kept.
    pub change: FileChange,
}

/// Whether a published file can change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileChange {
    /// Never: hashes and records.
    Never,
    /// When something is withheld: bodies and documents.
    Withheld,
    /// With each event: the checkpoint.
    Always,
}

impl ServedRecord {
    /// Opens a ledger whose writer has just committed or opened it: its journal and index end with
    /// the checkpoint `note`.
    ///
    /// Errors: the checkpoint is not in form; there is no index for it.
    pub fn open(ledger: &Path, note: Vec<u8>) -> Result<ServedRecord, LedgerError> {
        let signed = signed(&note)?;
        let Checkpoint { size, root, .. } = signed.checkpoint;
        let journal = Journal::open_known(ledger, size, root)?;
        let index = Index::open(ledger, size, root).map_err(failed)?;
        let terms = index.own_terms().map_err(failed)?;
        let (ledger, withheld) = (ledger.to_owned(), OnceLock::new());
        Ok(ServedRecord { journal, index, terms, note, signed, ledger, withheld })
    }

    /// A [`Record`] of these events, for answers that read at most `bound` events each.
    ///
    /// Errors: the index cannot be read.
    pub fn record(&self, bound: u64) -> Result<Record, LedgerError> {
        let Checkpoint { size, root, .. } = self.signed.checkpoint;
        let index = Index::open(&self.ledger, size, root).map_err(failed)?;
        let paths = Paths::new(self.ledger.clone(), None);
        Record::bounded(paths, self.journal.clone(), index, self.note.clone(), bound)
    }

    /// How many redactions the record has, and how many facts and documents are sealed.
    ///
    /// Errors: the index cannot be read.
    pub fn withheld(&self) -> Result<u64, LedgerError> {
        if let Some(withheld) = self.withheld.get() {
            return Ok(*withheld);
        }
        let (snapshot, mut count) = (self.snapshot()?, 0);
        for (tree, kind) in
            [(TreeKind::Administration, RowKind::Redactions), (TreeKind::Standing, RowKind::Sealed)]
        {
            let mut one = |_| {
                count += 1;
                Ok(())
            };
            snapshot.each(tree, 0..u64::MAX, kind, &mut one).map_err(failed)?;
        }
        Ok(*self.withheld.get_or_init(|| count))
    }

    /// This record with what its writer committed since: `journal` and the index end with the
    /// checkpoint `note`. What was read of the index is kept.
    ///
    /// Errors: the checkpoint is not in form; the index was made again.
    pub fn grown(&self, journal: Journal, note: Vec<u8>) -> Result<ServedRecord, LedgerError> {
        let signed = signed(&note)?;
        let Checkpoint { size, root, .. } = signed.checkpoint;
        let index = self.index.grown(size, root).map_err(failed)?;
        let terms = self.terms.grown(&index).map_err(failed)?;
        let (ledger, withheld) = (self.ledger.clone(), OnceLock::new());
        Ok(ServedRecord { journal, index, terms, note, signed, ledger, withheld })
    }

    /// The number of events.
    pub fn size(&self) -> u64 {
        self.signed.checkpoint.size
    }

    /// The name of the record.
    pub fn origin(&self) -> &str {
        &self.signed.checkpoint.origin
    }

    /// The checkpoint, as it was signed.
    pub fn note(&self) -> &[u8] {
        &self.note
    }

    /// The checkpoint.
    pub fn checkpoint(&self) -> &SignedCheckpoint {
        &self.signed
    }

    /// The file of this name; `None` if the record has none, or it is withheld.
    ///
    /// Errors: journal or index cannot be read.
    pub fn file(&self, name: &str) -> Result<Option<ServedFile>, LedgerError> {
        let of = |change| move |bytes| ServedFile { bytes, change };
        if name == CHECKPOINT {
            return Ok(Some(of(FileChange::Always)(self.note.clone())));
        }
        if let Some(tile) = Tile::named(name) {
            return Ok(self.tile(tile)?.map(of(FileChange::Never)));
        }
        if let Some(tile) = Tile::of_bundle(name) {
            return Ok(self.bundle(tile)?.map(of(FileChange::Never)));
        }
        let below = |folder: &str| name.strip_prefix(folder)?.strip_prefix('/');
        let bytes = match (below(BODY_BUNDLES).and_then(index_of), below(BODIES), below(DOCUMENTS))
        {
            (Some(index), ..) => self.body_bundle(index)?,
            (_, Some(digest), _) => Hash::parse(digest).map_or(Ok(None), |it| self.body(&it))?,
            (.., Some(digest)) => Hash::parse(digest).map_or(Ok(None), |it| self.document(&it))?,
            _ => None,
        };
        Ok(bytes.map(of(FileChange::Withheld)))
    }

    /// The events from a position on, four lines each as in a journal, withheld bodies as `-`: at
    /// most 1,024 events, and no more than one after 4 MiB.
    ///
    /// Errors: journal or index cannot be read.
    pub fn events(&self, from: u64) -> Result<Vec<u8>, LedgerError> {
        let snapshot = self.snapshot()?;
        let mut bytes = Vec::new();
        for position in from..self.size().min(from.saturating_add(MAX_EVENTS)) {
            let entry = self.entry(position)?;
            bytes.extend_from_slice(&entry.record);
            let body = entry.body.as_deref();
            let open = is_open(&snapshot, position, &entry)?;
            bytes.extend_from_slice(body.filter(|_| open).unwrap_or(b"-"));
            bytes.push(b'\n');
            if bytes.len() >= MAX_EVENTS_BYTES {
                break;
            }
        }
        Ok(bytes)
    }

    /// The events at these positions, of a range below the size.
    ///
    /// Errors: journal or index cannot be read.
    pub fn entries(&self, range: Range<u64>) -> Result<Vec<Entry>, LedgerError> {
        let offsets = range.clone().map(|position| Ok(self.index.event(position)?.place));
        let offsets: Result<Vec<u64>, IndexError> = offsets.collect();
        let entries = self.journal.fetch_from(range.start, &offsets.map_err(failed)?)?;
        match range.start + entries.len() as u64 {
            end if end == range.end => Ok(entries),
            missing => Err(failed(IndexError::Changed(missing))),
        }
    }

    /// Where the event of this statement may be: its digest, and that of its body.
    ///
    /// Errors: journal or index cannot be read.
    pub fn position(&self, statement: &Hash, body: &Hash) -> Result<Option<u64>, LedgerError> {
        for position in self.terms.find(&self.index, Term::Body(body)).map_err(failed)? {
            if position < self.size()
                && Reading::of(&self.entry(position)?.record).statement_digest == *statement
            {
                return Ok(Some(position));
            }
        }
        Ok(None)
    }

    /// The consistency proof from the tree of an earlier size to this one; `None` if `size` is
    /// larger.
    ///
    /// Errors: the index cannot be read.
    pub fn consistency(&self, size: u64) -> Result<Option<Vec<Hash>>, LedgerError> {
        let Some(plan) = Plan::consistency(size, self.size()) else { return Ok(None) };
        plan.hashes(|subtree| self.index.subtree(subtree)).map_err(failed).map(Some)
    }

    fn snapshot(&self) -> Result<Snapshot<'_>, LedgerError> {
        self.index.snapshot(self.size()).map_err(failed)
    }

    fn entry(&self, position: u64) -> Result<Entry, LedgerError> {
        let place = self.index.event(position).map_err(failed)?.place;
        let entry = self.journal.fetch(position, place)?;
        entry.ok_or_else(|| failed(IndexError::Changed(position)))
    }

    /// The hashes of a tile, if the record has as many.
    fn tile(&self, tile: Tile) -> Result<Option<Vec<u8>>, LedgerError> {
        if tile.called_for(self.size()).width < tile.width {
            return Ok(None);
        }
        let (first, level) = (tile.index * WIDTH, 8 * u32::from(tile.level));
        let hashes = (first..first + tile.width)
            .map(|index| self.index.subtree(Subtree { level, index }))
            .collect::<Result<Vec<Hash>, IndexError>>();
        Ok(Some(tile::bytes(&hashes.map_err(failed)?)))
    }

    /// The records of an entry bundle, if the record has as many.
    fn bundle(&self, tile: Tile) -> Result<Option<Vec<u8>>, LedgerError> {
        if tile.called_for(self.size()).width < tile.width {
            return Ok(None);
        }
        let (first, mut bundle) = (tile.index * WIDTH, Vec::new());
        for entry in self.entries(first..first + tile.width)? {
            tile::add_record(&mut bundle, &entry.record);
        }
        Ok(Some(bundle))
    }

    /// The bundle of bodies, as far as the record has events for it.
    fn body_bundle(&self, index: u64) -> Result<Option<Vec<u8>>, LedgerError> {
        let first = index.saturating_mul(WIDTH);
        let end = self.size().min(first.saturating_add(WIDTH));
        if first >= end {
            return Ok(None);
        }
        let (snapshot, mut bundle) = (self.snapshot()?, Vec::new());
        for part in (first..end).step_by(READ_TOGETHER) {
            let entries = self.entries(part..end.min(part + READ_TOGETHER as u64))?;
            for (entry, position) in entries.into_iter().zip(part..) {
                let open = is_open(&snapshot, position, &entry)?;
                body_bundle::add_body(&mut bundle, entry.body.as_deref().filter(|_| open));
            }
        }
        Ok(Some(bundle))
    }

    /// The body of this digest.
    fn body(&self, digest: &Hash) -> Result<Option<Vec<u8>>, LedgerError> {
        self.found(Term::Body(digest), &|entry| {
            let body = entry.body.as_deref()?;
            (Hash::of(&[body]) == *digest).then(|| body.to_vec())
        })
    }

    /// The document of this digest; `None` also where its file is not here.
    ///
    /// Errors: also where its file is damaged: other bytes are never answered.
    fn document(&self, digest: &Hash) -> Result<Option<Vec<u8>>, LedgerError> {
        let captured = |entry: &Entry| {
            let body = Body::parse(entry.body.as_deref()?).ok()?;
            let Content::DocumentCaptured(captured) = body.content else { return None };
            (captured.sha256 == *digest).then_some(captured.sha256)
        };
        match self.found(Term::Document(digest), &captured)? {
            Some(digest) => match self.journal.document(&digest)? {
                Some(bytes) if Hash::of(&[&bytes]) != digest => {
                    Err(LedgerError::DocumentUnread(format!(
                        "expected bytes of sha256 {digest}, found others: the file of the document \
                         is damaged; annals repair --from COPY takes it from another copy"
                    )))
                }
                found => Ok(found),
            },
            None => Ok(None),
        }
    }

    /// What `of` finds in the first event with this term whose body is not withheld.
    fn found<T>(
        &self,
        term: Term<'_>,
        of: &dyn Fn(&Entry) -> Option<T>,
    ) -> Result<Option<T>, LedgerError> {
        let snapshot = self.snapshot()?;
        for position in self.terms.find(&self.index, term).map_err(failed)? {
            let entry = self.entry(position)?;
            if let Some(found) = of(&entry)
                && is_open(&snapshot, position, &entry)?
            {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }
}

/// The checkpoint in a note.
fn signed(note: &[u8]) -> Result<SignedCheckpoint, LedgerError> {
    let none = || LedgerError::Usage("there is no checkpoint to serve".to_owned());
    Note::parse(note).and_then(SignedCheckpoint::of).ok_or_else(none)
}

/// Whether the body of an event may be shown to everybody.
fn is_open(snapshot: &Snapshot<'_>, position: u64, entry: &Entry) -> Result<bool, LedgerError> {
    let opening = snapshot.mark(position).map_err(failed)?.opening();
    Ok(!Withheld::Opened(&BTreeMap::from([(position, opening)])).has(position, entry))
}

fn failed(why: IndexError) -> LedgerError {
    LedgerError::IndexFailed(why.to_string())
}
