//! Publish: the record as static files; writes only new or damaged files, the checkpoint last.
//!
//! Always holds: nothing is written before every event is judged, by this publisher or by the
//! writer whose stamp holds, and the checkpoint covers all of them. Whenever writing stops, a
//! reader finds every file for the size in the published checkpoint. The earlier publication is a
//! prefix of the new one. Every published file is compared with the one derived from the record,
//! byte for byte, and written again if it differs; after a whole publication the next one does so
//! only for what is new (`incremental`), unless more is asked for. A size that a witness cosigned
//! has its partial tiles, even if that size was never published. A sealed or redacted body or
//! document is not published, even if a copy of it exists elsewhere; its line in a body bundle is
//! removed before the checkpoint that withholds it is written. Not here: how a file is written
//! (`archive::publish_target`).
//! Source: FORMAT.md section 9, "Published directory".

pub mod incremental;
pub mod served;

use crate::archive::publish_target::{PublishTarget, TargetLock};
use crate::archive::tile::{self, Tile, Tiling, WIDTH};
use crate::archive::{BODIES, CHECKPOINT, DOCUMENTS, body_bundle};
use crate::keys::HighWaterMarks;
use crate::ledger::audit::audit;
use crate::ledger::audit::options::Audit;
use crate::ledger::error::LedgerError;
use crate::ledger::exchange::steps::Steps;
use crate::ledger::reader::Record;
use annals_core::event::Entry;
use annals_core::event::args::Seal;
use annals_core::event::body::{Body, Content};
use annals_core::event::record::{self, Reading};
use annals_core::fold::{BodyOpening, Fold};
use annals_core::hash::Hash;
use annals_core::merkle::Tree;
use annals_core::pin::{LogKeys, signed_by};
use annals_core::text::Origin;
use annals_core::tlog::{Checkpoint, MAX_NOTE, Note, Signed, key_id};
use annals_core::verify::Report;
use annals_core::verify::source::Source;
use std::collections::BTreeMap;
use std::ops::Range;

/// The result of a publication.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Publication {
    /// The size published before; 0 if there was none.
    pub before: u64,
    /// The size published now.
    pub size: u64,
    /// Files that were written.
    pub written: u64,
    /// Files and folders that were removed: partial tiles of full ones, and withheld bodies or
    /// documents.
    pub removed: u64,
    /// Of the written files, those of the size published before that were damaged or missing.
    pub mended: u64,
}

/// A completely verified record that its checkpoint covers: only such a record can be published.
pub struct PublishableRecord<'a> {
    record: &'a Record,
    report: Report,
    checkpoint: Checkpoint,
    note: &'a [u8],
    steps: Steps<'a>,
}

impl<'a> PublishableRecord<'a> {
    /// Verifies a record on `jobs` threads.
    ///
    /// Errors: the record does not verify, or its checkpoint does not cover all of it.
    pub fn of(
        record: &'a Record,
        jobs: usize,
        progress: Option<&(dyn Fn(u64) + Sync)>,
    ) -> Result<PublishableRecord<'a>, LedgerError> {
        record.expect_events()?;
        let options = Audit { jobs, ..Audit::default() };
        let report = audit(record, &options, progress)?.report;
        if !report.faults.is_empty() {
            return Err(LedgerError::Faulty(report.faults));
        }
        if let Some((position, v)) = report.later_version {
            return Err(LedgerError::Later { position, v });
        }
        let checkpoint = report.anchors.checkpoint.clone().filter(|c| c.size == report.size);
        let (Some(checkpoint), Some(note)) = (checkpoint, &record.checkpoint) else {
            return Err(LedgerError::Usage(format!(
                "the checkpoint does not cover all {} events: a writer is at work, or was \
                 interrupted and the next one signs; nothing was done",
                report.size
            )));
        };
        Ok(PublishableRecord { record, report, checkpoint, note, steps: Steps::default() })
    }

    /// The checkpoint, which covers all of the record.
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// This record; its publication reports its progress to `steps`.
    pub fn reporting(self, steps: Steps<'a>) -> PublishableRecord<'a> {
        PublishableRecord { steps, ..self }
    }

    /// Publishes the record to a target.
    ///
    /// Errors: the record is a part of one; what is published there is not an earlier state of this
    /// record; a file cannot be written.
    pub fn publish(&self, target: &mut dyn PublishTarget) -> Result<Publication, LedgerError> {
        expect_whole(self.record)?;
        let before = before(self, target)?;
        let cosigned = cosigned(self.record, &self.checkpoint)?;
        let withheld = Withheld::Folded(&self.report.state.fold);
        let new = before..self.report.size;
        let mut publisher = Publisher::new(target, withheld, new, Tiling::default());
        for entry in self.record.source.entries(0)? {
            let (position, entry) = entry?;
            publisher.event(position, &entry, &self.record.source)?;
            self.steps.at("publish", position);
        }
        publisher.finish(&cosigned, self.note)
    }
}

/// Refuses a part of a record: who reads a publication would take it for the whole.
pub fn expect_whole(record: &Record) -> Result<(), LedgerError> {
    let Some(of) = record.part_of else { return Ok(()) };
    let (ledger, size) = (record.paths.ledger.clone(), record.size());
    Err(LedgerError::PartPublished { ledger, size, of })
}

/// The sizes up to the published one that witnesses cosigned, as far as the ledger has kept them.
fn cosigned(record: &Record, now: &Checkpoint) -> Result<Vec<u64>, LedgerError> {
    let Ok(origin) = Origin::new(now.origin.clone()) else { return Ok(Vec::new()) };
    let marks = HighWaterMarks::at(record.paths.checkpoints()).all_for(&origin, now.size)?;
    Ok(marks.into_iter().map(|mark| mark.size).collect())
}

/// The size that the target has published; an error if it is not of this record.
fn before(
    verified: &PublishableRecord<'_>,
    target: &dyn PublishTarget,
) -> Result<u64, LedgerError> {
    let PublishableRecord { record, report, checkpoint: now, .. } = verified;
    let Some(bytes) = target.read(CHECKPOINT, MAX_NOTE as u64)? else {
        return match is_of_another(record, target)? {
            true => Err(LedgerError::Usage(
                "what is published there has no checkpoint and begins with the event 0 of another \
                 record; nothing was written; publish into another folder"
                    .to_owned(),
            )),
            false => Ok(0),
        };
    };
    let note = Note::parse(&bytes);
    let Some((old, note)) = note.and_then(|n| Some((Checkpoint::parse(&n.text)?, n))) else {
        return Err(LedgerError::Usage(
            "the published checkpoint is not in form; nothing was written; remove it and publish \
             again, if this is the folder of this record, or publish into an empty folder"
                .to_owned(),
        ));
    };
    let why = if old.origin != now.origin {
        format!("a record named {}", old.origin)
    } else if old.size > now.size {
        if is_later(&old, now, target)? {
            return Err(LedgerError::Usage(format!(
                "what is published there is a later state of this record: {} events, here are {}; \
                 nothing was written; a copy is brought up to date by annals pull, a ledger that \
                 lost its end by annals repair --from COPY",
                old.size, now.size
            )));
        }
        format!("a record of {} events, this one has {}", old.size, now.size)
    } else if record.source.tree(old.size)?.root() != old.root {
        format!("another record of {} events", old.size)
    } else {
        return Ok(old.size);
    };
    match is_damaged(&note, &report.log, &now.origin) {
        // Another name is no other state of this record.
        false if old.origin != now.origin => Err(LedgerError::Usage(format!(
            "what is published there is {why}, and this one is named {}; nothing was written; \
             publish into another folder",
            now.origin
        ))),
        true => Err(LedgerError::Usage(format!(
            "the published checkpoint is damaged: it says {why}, and the log key that it names did \
             not sign that; nothing was written; remove it, and publish again"
        ))),
        false => Err(LedgerError::PublishedOther(why)),
    }
}

/// Whether a target has, under its checkpoint, a record that goes on from this one.
fn is_later(
    published: &Checkpoint,
    now: &Checkpoint,
    target: &dyn PublishTarget,
) -> Result<bool, LedgerError> {
    let mut tree = Tree::default();
    while tree.size() < published.size {
        let width = (published.size - tree.size()).min(WIDTH);
        let name = Tile { level: 0, index: tree.size() / WIDTH, width }.name();
        let hashes = target.read(&name, WIDTH * HASH)?.unwrap_or_default();
        let (hashes, rest) = hashes.as_chunks();
        if hashes.len() as u64 != width || !rest.is_empty() {
            return Ok(false);
        }
        for hash in hashes {
            if tree.size() == now.size && tree.root() != now.root {
                return Ok(false);
            }
            tree.push(Hash(*hash));
        }
    }
    Ok(tree.root() == published.root)
}

/// Whether the first bundle of a target begins with event 0 of another record.
fn is_of_another(record: &Record, target: &dyn PublishTarget) -> Result<bool, LedgerError> {
    let full = Tile { level: 0, index: 0, width: WIDTH }.bundle_name();
    let folder = folder_of(&full);
    let partial = target.names(&folder)?.into_iter().map(|name| format!("{folder}/{name}"));
    let ours = record.event(0)?.map(|event| event.reading.hash);
    for name in partial.chain([full]) {
        let Ok(Some(bundle)) = target.read(&name, tile::MAX_BUNDLE) else { continue };
        let first = tile::cut(&bundle, 1).records.into_iter().next();
        let theirs = first.map(|first| Reading::of(&first)).filter(|it| it.statement.is_some());
        // A damaged one proves nothing.
        if theirs.is_some_and(|theirs| Some(theirs.hash) != ours) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a note names a log key of the record but none of them signed it: such a note is damaged,
/// and is not evidence of another record.
fn is_damaged(note: &Note, log: &[LogKeys], origin: &str) -> bool {
    let keys = || log.iter().flat_map(LogKeys::each);
    let of = |key| note.signatures.iter().any(|line| line.id == key_id(origin, &key));
    keys().any(of) && !keys().any(|key| signed_by(note, origin, &key) == Signed::Yes)
}

/// A publication in progress.
struct Publisher<'a> {
    target: &'a mut dyn PublishTarget,
    withheld: Withheld<'a>,
    /// The size published before, and the size to publish now.
    before: u64,
    size: u64,
    tiling: Tiling,
    bundle: Vec<u8>,
    /// The lines of the present bundle of bodies.
    bodies: Vec<u8>,
    /// Digests of the bodies and documents that may be published: in order, some perhaps twice.
    open: [Vec<Hash>; 2],
    done: Publication,
}

/// Which bodies are withheld.
#[derive(Clone, Copy)]
enum Withheld<'a> {
    /// As the fold of the whole record has it.
    Folded(&'a Fold),
    /// As these openings of earlier events have it; no event since releases or redacts one.
    Opened(&'a BTreeMap<u64, BodyOpening>),
}

impl Withheld<'_> {
    fn has(self, position: u64, entry: &Entry) -> bool {
        match self {
            Withheld::Folded(fold) => fold.seal(position).is_some() || fold.is_redacted(position),
            Withheld::Opened(openings) => {
                let statement = Reading::of(&entry.record).statement;
                let sealed = statement.is_none_or(|it| it.args.sealed() != Seal::Open);
                let opening = openings.get(&position);
                opening.is_some_and(|it| it.redacted)
                    || sealed && opening.is_none_or(|it| !it.released)
            }
        }
    }
}

/// Whether a file belongs to the size published before.
#[derive(Clone, Copy, PartialEq, Eq)]
enum FileAge {
    /// It does: the file is written only to repair it.
    Published,
    /// It does not.
    New,
}

/// Bytes of a hash in a tile.
const HASH: u64 = 32;
/// The index of a set: bodies or documents.
const BODY: usize = 0;
const DOCUMENT: usize = 1;
const FOLDERS: [&str; 2] = [BODIES, DOCUMENTS];

impl<'a> Publisher<'a> {
    /// A publication of the events `new`, after those that are published; `tiling` has the hashes
    /// of the events that are not written again.
    fn new(
        target: &'a mut dyn PublishTarget,
        withheld: Withheld<'a>,
        new: Range<u64>,
        tiling: Tiling,
    ) -> Publisher<'a> {
        let Range { start: before, end: size } = new;
        Publisher {
            target,
            withheld,
            before,
            size,
            tiling,
            bundle: Vec::new(),
            bodies: Vec::new(),
            open: Default::default(),
            done: Publication { before, ..Publication::default() },
        }
    }

    /// Publishes the files of one event.
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
                self.put(&tile.bundle_name(), &bundle, self.age(position))?;
            }
            self.put(&tile.name(), &tile::bytes(&hashes), self.age(position))?;
        }
        self.done.size = position + 1;
        let open = entry.body.as_deref().filter(|_| !self.withheld.has(position, entry));
        body_bundle::add_body(&mut self.bodies, open);
        if (position + 1).is_multiple_of(WIDTH) || position + 1 == self.size {
            let bodies = std::mem::take(&mut self.bodies);
            // What stands in it changes with what is withheld, not only with what is new.
            let age = self.age(self.size - 1);
            self.put(&body_bundle::name(position / WIDTH), &bodies, age)?;
        }
        open.map_or(Ok(()), |bytes| self.open_body(bytes, source))
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
        self.open[which].push(digest);
        let Some(bytes) = bytes()? else { return Ok(()) };
        let name = format!("{}/{digest}", FOLDERS[which]);
        // A missing one may have been withheld until a newer event.
        let is_old = |there: TargetLock| there != TargetLock::Absent || self.before == self.size;
        let there = self.target.holds(&name, &bytes)?;
        let age = if is_old(there) { FileAge::Published } else { FileAge::New };
        self.put_where(&name, &bytes, age, there)
    }

    /// Whether the files of an event belong to the size published before.
    fn age(&self, position: u64) -> FileAge {
        if position < self.before { FileAge::Published } else { FileAge::New }
    }

    /// Writes a file that is missing or differs.
    fn put(&mut self, name: &str, bytes: &[u8], age: FileAge) -> Result<(), LedgerError> {
        let there = self.target.holds(name, bytes)?;
        self.put_where(name, bytes, age, there)
    }

    fn put_where(
        &mut self,
        name: &str,
        bytes: &[u8],
        age: FileAge,
        there: TargetLock,
    ) -> Result<(), LedgerError> {
        match there {
            TargetLock::Same => return Ok(()),
            TargetLock::Absent => self.target.add(name, bytes)?,
            TargetLock::Folder => {
                self.target.remove(name)?;
                self.target.put(name, bytes)?;
            }
            TargetLock::Other => self.target.put(name, bytes)?,
        }
        self.done.written += 1;
        self.done.mended += u64::from(age == FileAge::Published);
        Ok(())
    }

    fn remove(&mut self, name: &str) -> Result<(), LedgerError> {
        self.target.remove(name)?;
        self.done.removed += 1;
        Ok(())
    }

    /// Writes the partial tiles, then the checkpoint; then removes what is withheld.
    fn finish(mut self, cosigned: &[u64], note: &[u8]) -> Result<Publication, LedgerError> {
        let before = self.before;
        let partial: Vec<_> = self.tiling.partial().map(|(t, h)| (t, tile::bytes(h))).collect();
        let bundle = std::mem::take(&mut self.bundle);
        let kept = PublishedState { before, cosigned };
        for (tile, bytes) in partial {
            let there = self.names_of(tile)?;
            for width in kept.widths(tile, &there) {
                let part = Tile { width, ..tile };
                let age = kept.age(tile, width, &there);
                self.put(&part.name(), first_of(&bytes, HASH * width), age)?;
                if tile.level == 0 {
                    let records = tile::first_records(&bundle, width);
                    self.put(&part.bundle_name(), records, age)?;
                }
            }
            // A full tile is not of this size; a reader without the partial one would fall back to
            // it.
            self.remove_if_there(&tile.full().name())?;
            if tile.level == 0 {
                self.remove_if_there(&tile.full().bundle_name())?;
            }
        }
        self.target.sync()?;
        self.remove_partial(kept)?;
        self.target.sync()?;
        if self.target.read(CHECKPOINT, MAX_NOTE as u64)?.as_deref() != Some(note) {
            self.target.put(CHECKPOINT, note)?;
            self.done.written += 1;
            self.target.sync()?;
        }
        if let Withheld::Folded(_) = self.withheld {
            self.remove_withheld()?;
        }
        self.target.sync()?;
        self.target.settle()?;
        Ok(self.done)
    }

    /// Removes the bodies and documents that may not be published.
    fn remove_withheld(&mut self) -> Result<(), LedgerError> {
        for which in [BODY, DOCUMENT] {
            self.open[which].sort_unstable();
            let (open, mut gone) = (&self.open[which], Vec::new());
            self.target.each_name(FOLDERS[which], &mut |name| {
                gone.extend(Hash::parse(name).filter(|digest| open.binary_search(digest).is_err()));
            })?;
            gone.sort();
            for digest in gone {
                self.remove(&format!("{}/{digest}", FOLDERS[which]))?;
            }
        }
        Ok(())
    }

    /// The names in the folders of a tile's partial tiles and bundles.
    fn names_of(&self, tile: Tile) -> Result<Vec<String>, LedgerError> {
        let mut names = self.target.names(&folder_of(&tile.full().name()))?;
        if tile.level == 0 {
            names.extend(self.target.names(&folder_of(&tile.full().bundle_name()))?);
        }
        Ok(names)
    }

    fn remove_if_there(&mut self, name: &str) -> Result<(), LedgerError> {
        match self.target.holds(name, &[])? {
            TargetLock::Absent => Ok(()),
            _ => self.remove(name),
        }
    }

    /// Removes partial tiles and bundles of full ones, and those of a size that was never
    /// published, which an interrupted publication left.
    fn remove_partial(&mut self, kept: PublishedState<'_>) -> Result<(), LedgerError> {
        let old = tile::ends(kept.before);
        for now in tile::ends(self.done.size) {
            let first = Tile { level: now.level, index: 0, width: 0 };
            let old = old.get(usize::from(now.level)).copied().unwrap_or(first);
            for index in old.index..=now.index {
                let keep = |width: u64| index == now.index && kept.keeps(now, width);
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
        let folder = folder_of(full);
        let names = self.target.names(&folder)?;
        let (kept, gone): (Vec<_>, Vec<_>) =
            names.into_iter().partition(|name| name.parse().is_ok_and(keep));
        if kept.is_empty() && !gone.is_empty() {
            return self.remove(&folder);
        }
        gone.iter().try_for_each(|name| self.remove(&format!("{folder}/{name}")))
    }
}

/// Which partial tiles of the last tile are kept beside that of the present size: those of sizes
/// that were published, if they exist, and those of sizes that were cosigned.
#[derive(Clone, Copy)]
struct PublishedState<'a> {
    before: u64,
    cosigned: &'a [u64],
}

impl PublishedState<'_> {
    /// Whether a partial tile of this width was published before: it is a tile of the last
    /// publication, or of an earlier size and in the folder. `there` has the widths in the folder.
    fn age(&self, tile: Tile, width: u64, there: &[String]) -> FileAge {
        let old = tile::ends(self.before).get(usize::from(tile.level)).copied();
        let is_last = old.is_some_and(|old| (old.index, old.width) == (tile.index, width));
        let is_there = self.is_published(tile, width) && there.contains(&width.to_string());
        if is_last || is_there { FileAge::Published } else { FileAge::New }
    }

    /// Whether a partial tile of this width is of a size that may have been published.
    fn is_published(&self, tile: Tile, width: u64) -> bool {
        let old = tile::ends(self.before).get(usize::from(tile.level)).copied();
        old.is_some_and(|old| old.index == tile.index && (1..=old.width).contains(&width))
    }

    fn is_cosigned(&self, tile: Tile, width: u64) -> bool {
        self.cosigned.iter().any(|size| {
            let end = tile::ends(*size).get(usize::from(tile.level)).copied();
            end.is_some_and(|end| (end.index, end.width) == (tile.index, width))
        })
    }

    fn keeps(&self, tile: Tile, width: u64) -> bool {
        width == tile.width
            || (width < tile.width
                && (self.is_published(tile, width) || self.is_cosigned(tile, width)))
    }

    /// The widths that must exist, given the names that exist.
    fn widths(&self, tile: Tile, there: &[String]) -> Vec<u64> {
        let is_there = |width: u64| there.contains(&width.to_string());
        (1..=tile.width)
            .filter(|width| {
                *width == tile.width
                    || self.is_cosigned(tile, *width)
                    || (self.is_published(tile, *width) && is_there(*width))
            })
            .collect()
    }
}

/// The folder of the partial tiles of a full tile.
fn folder_of(full: &str) -> String {
    format!("{full}.p")
}

fn first_of(bytes: &[u8], length: u64) -> &[u8] {
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    bytes.get(..length).unwrap_or(bytes)
}
