//! Publish: the record as static files, only what is new, the checkpoint last.
//!
//! Always holds: nothing is written before the whole record verified and its checkpoint covers it;
//! a reader finds all of the size that the published checkpoint says, whenever the writing stops;
//! what was published before is a beginning of what is published now. A body or a document that is
//! sealed or redacted is not published, wherever else it may still be.
//! Not here: how a file is written (`archive::shelf`). Source: FORMAT.md section 9, "Published
//! directory".

use crate::archive::shelf::Shelf;
use crate::archive::tile::{self, Tile, Tiling, WIDTH};
use crate::archive::{BODIES, CHECKPOINT, DOCUMENTS};
use crate::event::Entry;
use crate::event::body::{Body, Content};
use crate::event::record;
use crate::fold::Fold;
use crate::hash::Hash;
use crate::ledger::audit::{Audit, audit};
use crate::ledger::error::LedgerError;
use crate::ledger::record::Record;
use crate::merkle::Tree;
use crate::pin::{LogKeys, signed_by};
use crate::tlog::{Checkpoint, MAX_NOTE, Note, Signed, key_id};
use crate::verify::Report;
use crate::verify::source::Source;
use std::collections::HashSet;

/// What a publication did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Publication {
    /// The size that was published before; 0 if none was.
    pub before: u64,
    /// The size that is published now.
    pub size: u64,
    /// Files that were written.
    pub written: u64,
    /// Files and folders that were removed: partial tiles of full ones, what is withheld now.
    pub removed: u64,
}

/// A record that verified whole, and whose checkpoint covers all of it: what can be published.
pub struct Verified<'a> {
    record: &'a Record,
    report: Report,
    checkpoint: Checkpoint,
    note: &'a [u8],
}

impl<'a> Verified<'a> {
    /// Verifies a record on `jobs` threads.
    ///
    /// Errors: the record does not verify, or its checkpoint does not cover all of it.
    pub fn of(
        record: &'a Record,
        jobs: usize,
        progress: Option<&(dyn Fn(u64) + Sync)>,
    ) -> Result<Verified<'a>, LedgerError> {
        let asked = Audit { jobs, ..Audit::default() };
        let report = audit(record, &asked, progress)?.report;
        if !report.faults.is_empty() {
            return Err(LedgerError::Faulty(report.faults));
        }
        let checkpoint = report.ends.checkpoint.clone().filter(|c| c.size == report.size);
        let (Some(checkpoint), Some(note)) = (checkpoint, &record.checkpoint) else {
            return Err(LedgerError::Usage(format!(
                "the checkpoint does not cover all {} events: a writer is at work, or was \
                 interrupted and the next one signs; nothing was published",
                report.size
            )));
        };
        Ok(Verified { record, report, checkpoint, note })
    }

    /// Publishes the record on a shelf.
    ///
    /// Errors: what is published there is no earlier state of this record; a file cannot be
    /// written.
    pub fn publish(&self, shelf: &mut dyn Shelf) -> Result<Publication, LedgerError> {
        let before = before(self, shelf)?;
        let mut publisher = Publisher::new(shelf, &self.report.state.fold)?;
        for span in self.record.journal.walk(0)? {
            let span = span?;
            for (entry, position) in span.entries.iter().zip(span.first..) {
                publisher.event(position, entry, &self.record.journal)?;
            }
        }
        publisher.finish(before, self.note)
    }
}

/// The size that is published on a shelf: of this record, or nothing is written there.
fn before(verified: &Verified<'_>, shelf: &dyn Shelf) -> Result<u64, LedgerError> {
    let Verified { record, report, checkpoint: now, .. } = verified;
    let Some(bytes) = shelf.read(CHECKPOINT, MAX_NOTE as u64)? else { return Ok(0) };
    let note = Note::parse(&bytes);
    let Some((old, note)) = note.and_then(|n| Some((Checkpoint::parse(&n.text)?, n))) else {
        return Err(LedgerError::Usage(
            "the published checkpoint is not in form: publish into an empty folder".to_owned(),
        ));
    };
    let why = if old.origin != now.origin {
        format!("a record named {}", old.origin)
    } else if old.size > now.size {
        format!("a record of {} events, this one has {}", old.size, now.size)
    } else if root_at(record, old.size)? != old.root {
        format!("another record of {} events", old.size)
    } else {
        return Ok(old.size);
    };
    match is_damaged(&note, &report.log, &now.origin) {
        true => Err(LedgerError::Usage(format!(
            "the published checkpoint is damaged: it says {why}, and the log key that it names did \
             not sign that; nothing was written; remove it, and publish again"
        ))),
        false => Err(LedgerError::PublishedOther(why)),
    }
}

/// Whether a note names a log key of the record and is signed by none of them: then what it says is
/// not what the log key signed, and speaks of no other record.
fn is_damaged(note: &Note, log: &[LogKeys], origin: &str) -> bool {
    let keys = || log.iter().flat_map(LogKeys::each);
    let of = |key| note.signatures.iter().any(|line| line.id == key_id(origin, &key));
    keys().any(of) && !keys().any(|key| signed_by(note, origin, &key) == Signed::Yes)
}

fn root_at(record: &Record, size: u64) -> Result<Hash, LedgerError> {
    let mut tree = Tree::default();
    for span in record.journal.walk(0)? {
        for entry in span?.entries {
            if tree.size() == size {
                return Ok(tree.root());
            }
            tree.push(record::hash(&entry.record));
        }
    }
    Ok(tree.root())
}

/// A publication under way.
struct Publisher<'a> {
    shelf: &'a mut dyn Shelf,
    fold: &'a Fold,
    tiling: Tiling,
    bundle: Vec<u8>,
    /// Digests of the bodies and documents that are on the shelf.
    there: [HashSet<Hash>; 2],
    /// Digests of the bodies and documents that may be there.
    open: [HashSet<Hash>; 2],
    done: Publication,
}

/// Which of the two sets.
const BODY: usize = 0;
const DOCUMENT: usize = 1;
const FOLDERS: [&str; 2] = [BODIES, DOCUMENTS];

impl<'a> Publisher<'a> {
    fn new(shelf: &'a mut dyn Shelf, fold: &'a Fold) -> Result<Publisher<'a>, LedgerError> {
        let digests = |folder| -> Result<HashSet<Hash>, LedgerError> {
            Ok(shelf.names(folder)?.iter().filter_map(|name| Hash::parse(name)).collect())
        };
        let there = [digests(BODIES)?, digests(DOCUMENTS)?];
        Ok(Publisher {
            shelf,
            fold,
            tiling: Tiling::default(),
            bundle: Vec::new(),
            there,
            open: Default::default(),
            done: Publication::default(),
        })
    }

    /// Publishes what one event brings.
    fn event(
        &mut self,
        position: u64,
        entry: &Entry,
        source: &dyn Source,
    ) -> Result<(), LedgerError> {
        if !tile::add_record(&mut self.bundle, &entry.record) {
            return Err(LedgerError::Usage(format!("event {position} is too long for a bundle")));
        }
        for (tile, hashes) in self.tiling.push(record::hash(&entry.record)) {
            if tile.level == 0 {
                let bundle = std::mem::take(&mut self.bundle);
                self.put_missing(&tile.bundle_name(), &bundle)?;
            }
            self.put_missing(&tile.name(), &tile::bytes(&hashes))?;
        }
        self.done.size = position + 1;
        let withheld = self.fold.seal(position).is_some() || self.fold.is_redacted(position);
        match &entry.body {
            Some(bytes) if !withheld => self.open_body(bytes, source),
            _ => Ok(()),
        }
    }

    /// Publishes the body of an event, and the document that it captures.
    fn open_body(&mut self, bytes: &[u8], source: &dyn Source) -> Result<(), LedgerError> {
        self.put_digest(BODY, Hash::of(&[bytes]), || Ok(Some(bytes.to_vec())))?;
        match Body::parse(bytes).map(|body| body.content) {
            Ok(Content::DocumentCaptured(captured)) => {
                let digest = captured.sha256;
                self.put_digest(DOCUMENT, digest, || Ok(source.document(&digest)?))
            }
            _ => Ok(()),
        }
    }

    fn put_digest(
        &mut self,
        which: usize,
        digest: Hash,
        bytes: impl FnOnce() -> Result<Option<Vec<u8>>, LedgerError>,
    ) -> Result<(), LedgerError> {
        let new = self.open[which].insert(digest) && !self.there[which].contains(&digest);
        if new && let Some(bytes) = bytes()? {
            self.shelf.put(&format!("{}/{digest}", FOLDERS[which]), &bytes)?;
            self.done.written += 1;
        }
        Ok(())
    }

    fn put_missing(&mut self, name: &str, bytes: &[u8]) -> Result<(), LedgerError> {
        if !self.shelf.holds(name)? {
            self.shelf.put(name, bytes)?;
            self.done.written += 1;
        }
        Ok(())
    }

    fn remove(&mut self, name: &str) -> Result<(), LedgerError> {
        self.shelf.remove(name)?;
        self.done.removed += 1;
        Ok(())
    }

    /// The partial tiles, then the checkpoint, then what is withheld goes.
    fn finish(mut self, before: u64, note: &[u8]) -> Result<Publication, LedgerError> {
        self.done.before = before;
        let partial: Vec<_> = self.tiling.partial().map(|(t, h)| (t, tile::bytes(h))).collect();
        for (tile, bytes) in partial {
            self.put_missing(&tile.name(), &bytes)?;
            if tile.level == 0 {
                let bundle = std::mem::take(&mut self.bundle);
                self.put_missing(&tile.bundle_name(), &bundle)?;
            }
        }
        self.shelf.settle()?;
        self.remove_partial(before)?;
        self.shelf.settle()?;
        if self.shelf.read(CHECKPOINT, MAX_NOTE as u64)?.as_deref() != Some(note) {
            self.shelf.put(CHECKPOINT, note)?;
            self.done.written += 1;
            self.shelf.settle()?;
        }
        for which in [BODY, DOCUMENT] {
            let mut gone: Vec<Hash> =
                self.there[which].difference(&self.open[which]).copied().collect();
            gone.sort();
            for digest in gone {
                self.remove(&format!("{}/{digest}", FOLDERS[which]))?;
            }
        }
        self.shelf.settle()?;
        Ok(self.done)
    }

    /// Removes partial tiles and bundles of full ones, and those that an interrupted publication
    /// left of a size that was never published.
    fn remove_partial(&mut self, before: u64) -> Result<(), LedgerError> {
        let old = tile::ends(before);
        for now in tile::ends(self.done.size) {
            let first = Tile { level: now.level, index: 0, width: 0 };
            let old = old.get(usize::from(now.level)).copied().unwrap_or(first);
            for index in old.index..=now.index {
                // Widths up to this one were published, if they are there.
                let published = if index == old.index { old.width } else { 0 };
                let keep = |width: u64| {
                    index == now.index && (width == now.width || (1..=published).contains(&width))
                };
                let tile = Tile { index, width: WIDTH, ..now };
                self.remove_widths(&tile.name(), &keep)?;
                if tile.level == 0 {
                    self.remove_widths(&tile.bundle_name(), &keep)?;
                }
            }
        }
        Ok(())
    }

    fn remove_widths(&mut self, full: &str, keep: &dyn Fn(u64) -> bool) -> Result<(), LedgerError> {
        let folder = format!("{full}.p");
        let names = self.shelf.names(&folder)?;
        let (kept, gone): (Vec<_>, Vec<_>) =
            names.into_iter().partition(|name| name.parse().is_ok_and(keep));
        if kept.is_empty() && !gone.is_empty() {
            return self.remove(&folder);
        }
        gone.iter().try_for_each(|name| self.remove(&format!("{folder}/{name}")))
    }
}
