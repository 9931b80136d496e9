//! A published record as a `Source`, read from files by name.
//!
//! Always holds: only what follows from the records is trusted; a complete walk compares each tile
//! with the hashes of the records read. Memory is bounded whatever the files hold. Not here: the
//! place of the files (`files`, `web`), the verdict (`verify`).
//! Source: FORMAT.md section 9, "Published directory".

use crate::archive::files::PublishedFiles;
use crate::archive::tile::{self, Tile, Tiling, WIDTH};
use crate::archive::{BODIES, CHECKPOINT, DOCUMENTS};
use annals_core::event::Entry;
use annals_core::event::record::{self, Reading};
use annals_core::hash::Hash;
use annals_core::rule::Rule;
use annals_core::tlog::{Checkpoint, MAX_NOTE, Note};
use annals_core::verify::source::{BATCH, Batch, Damage, Source, SourceError, Walk};
use std::collections::VecDeque;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};

/// A batch ends once its entries have this many bytes, so that large bodies do not add up.
const SPAN_BYTES: usize = 16 << 20;
/// The maximum number of bytes read of a body: a longer one has another digest than its name.
const BODY: u64 = 2 * 1_048_576;
/// The maximum number of bytes read of a document: one more than a document may have.
const DOCUMENT: u64 = 67_108_864 + 1;
/// One byte more than the longest bundle has.
const BUNDLE: u64 = tile::MAX_BUNDLE + 1;
/// The maximum number of malformed or misplaced records read from a server, which could send them
/// without end.
const MALFORMED: u64 = 10_000;
/// Bytes of a hash in a tile.
const HASH: u64 = 32;

/// A record in files by name, as of the checkpoint read when it was opened.
pub struct Published {
    files: Box<dyn PublishedFiles>,
    checkpoint: Option<Vec<u8>>,
    size: u64,
    tiles: AtomicU64,
    /// The number of malformed records after which reading ends.
    most_malformed: u64,
    malformed: AtomicU64,
}

impl Published {
    /// Reads the checkpoint. A missing or malformed checkpoint is not an error: the record then has
    /// no event, and verification reports the reason. A page of HTML in its place is an error.
    pub fn open(files: Box<dyn PublishedFiles>) -> Result<Published, SourceError> {
        let (tiles, malformed, most_malformed) = (AtomicU64::new(0), AtomicU64::new(0), u64::MAX);
        let mut published =
            Published { files, checkpoint: None, size: 0, tiles, most_malformed, malformed };
        published.read_checkpoint()?;
        match published.checkpoint.is_none() && !published.files.pages().is_empty() {
            true => Err(published.no_checkpoint("a page of HTML or nothing")),
            false => Ok(published),
        }
    }

    fn no_checkpoint(&self, found: &str) -> SourceError {
        let what = format!("{}/{CHECKPOINT}", self.files.place());
        SourceError { what, cause: no_record(&format!("a signed checkpoint, found {found}")) }
    }

    fn read_checkpoint(&mut self) -> Result<(), SourceError> {
        self.checkpoint = self.files.get(CHECKPOINT, MAX_NOTE as u64 + 1)?;
        let note = self.checkpoint.as_deref().and_then(Note::parse);
        self.size = note.and_then(|note| Checkpoint::parse(&note.text)).map_or(0, |c| c.size);
        Ok(())
    }

    /// Reads the checkpoint again; returns whether it changed, so that every file may have changed.
    pub fn look_again(&mut self) -> Result<bool, SourceError> {
        let before = self.checkpoint.take();
        self.read_checkpoint()?;
        self.tiles = AtomicU64::new(0);
        self.malformed = AtomicU64::new(0);
        Ok(self.checkpoint != before)
    }

    /// As [`Published::open`], for a server: a malformed checkpoint is an error, because it may be
    /// a page that the server or a proxy returned.
    pub fn open_served(files: Box<dyn PublishedFiles>) -> Result<Published, SourceError> {
        let published = Published::open(files)?;
        match published.checkpoint.as_deref() {
            Some(bytes) if !is_checkpoint(bytes) => Err(published.no_checkpoint(&start_of(bytes))),
            _ => Ok(Published { most_malformed: MALFORMED, ..published }),
        }
    }

    /// The names for which a page of HTML was returned.
    pub fn pages(&self) -> Vec<String> {
        self.files.pages()
    }

    /// An error if the place has an answer for every name, so that the answers prove nothing.
    pub fn doubt(&self) -> Option<SourceError> {
        self.files.answers_every_name().then(|| SourceError {
            what: self.files.place(),
            cause: no_record("404 for a file that no record has, found an answer for every name"),
        })
    }

    /// The bytes of the checkpoint.
    pub fn checkpoint(&self) -> Option<&[u8]> {
        self.checkpoint.as_deref()
    }

    /// The number of tiles that complete walks found right.
    pub fn good_tiles(&self) -> u64 {
        self.tiles.load(Ordering::Relaxed)
    }

    /// The entry of a record, with the body that it names; and whether the record names another
    /// position than this one.
    fn entry(&self, record: Vec<u8>, position: u64) -> Result<(Entry, bool), SourceError> {
        let reading = Reading::of(&record);
        let is_misplaced = reading.place.is_some_and(|place| place.seq != position);
        let body = match reading.statement {
            Some(statement) => self.files.get(&format!("{BODIES}/{}", statement.body), BODY)?,
            None if self.malformed.fetch_add(1, Ordering::Relaxed) >= self.most_malformed => {
                let most = self.most_malformed;
                let cause = no_record(&format!("records, found more than {most} out of form"));
                return Err(SourceError { what: self.files.place(), cause });
            }
            None => None,
        };
        Ok((Entry { record, body }, is_misplaced))
    }

    /// The file of a tile or bundle, or of the full one in its place; and whether it is the full
    /// one.
    fn get(
        &self,
        tile: Tile,
        name: fn(&Tile) -> String,
        bound: u64,
    ) -> Result<Option<(Vec<u8>, bool)>, SourceError> {
        if let Some(bytes) = self.files.get(&name(&tile), bound)? {
            return Ok(Some((bytes, false)));
        }
        if tile.width == WIDTH {
            return Ok(None);
        }
        Ok(self.files.get(&name(&tile.full()), bound)?.map(|bytes| (bytes, true)))
    }

    /// Compares a tile with the hashes of the records.
    fn compare(&self, tile: Tile, hashes: &[Hash]) -> Result<Option<Damage>, SourceError> {
        let tile_damage = |rule: Rule, i: u64, why: String| {
            Some(Damage {
                counted: tile.first_event(i),
                rule,
                why: format!("{}: {why}", tile.name()),
            })
        };
        let Some((bytes, full)) = self.get(tile, Tile::name, WIDTH * HASH + 1)? else {
            return Ok(tile_damage(Rule::TileMissing, 0, "it is not there".to_owned()));
        };
        let expected = HASH * if full { WIDTH } else { tile.width };
        if bytes.len() as u64 != expected {
            let why = format!("expected {expected} bytes, found {}", bytes.len());
            return Ok(tile_damage(Rule::TileHash, 0, why));
        }
        let pairs = bytes.chunks_exact(HASH as usize).zip(hashes).zip(0..);
        for ((found, hash), i) in pairs {
            if found != hash.0 {
                let why = format!("hash {i} is not the one that follows from the records, {hash}");
                return Ok(tile_damage(Rule::TileHash, i, why));
            }
        }
        if hashes.len() as u64 == tile.width {
            self.tiles.fetch_add(1, Ordering::Relaxed);
        }
        Ok(None)
    }
}

impl Source for Published {
    fn size(&self) -> u64 {
        self.size
    }

    fn walk(&self, from: u64) -> Result<Walk<'_>, SourceError> {
        Ok(Box::new(PublishedWalk {
            published: self,
            counted: from,
            records: VecDeque::new(),
            tiling: (from == 0).then(Tiling::default),
            damage: Vec::new(),
            misplaced: 0,
            ended: false,
        }))
    }

    fn document(&self, digest: &Hash) -> Result<Option<Vec<u8>>, SourceError> {
        self.files.get(&format!("{DOCUMENTS}/{digest}"), DOCUMENT)
    }
}

fn is_checkpoint(bytes: &[u8]) -> bool {
    Note::parse(bytes).is_some_and(|note| Checkpoint::parse(&note.text).is_some())
}

/// The length of the bytes, and their beginning.
fn start_of(bytes: &[u8]) -> String {
    let start = String::from_utf8_lossy(bytes.get(..bytes.len().min(40)).unwrap_or_default());
    match bytes.len() {
        0 => "an empty file".to_owned(),
        length => format!("{length} bytes that begin {start:?}"),
    }
}

fn no_record(expected: &str) -> io::Error {
    let why = format!(
        "expected {expected}: what is there is no record; a network that asks to sign in \
         first, or a server that has a page for every name, answers so"
    );
    io::Error::new(io::ErrorKind::InvalidData, why)
}

/// Whether the bytes are three lines, each with its LF, as the framing of a journal requires of a
/// record.
fn is_three_lines(record: &[u8]) -> bool {
    record.ends_with(b"\n") && record.iter().filter(|byte| **byte == b'\n').count() == 3
}

/// A walk; a walk from event 0 compares the tiles too.
struct PublishedWalk<'a> {
    published: &'a Published,
    /// The number of events returned or skipped so far.
    counted: u64,
    /// Records of the present bundle that are not yet returned.
    records: VecDeque<Vec<u8>>,
    tiling: Option<Tiling>,
    damage: Vec<Damage>,
    /// The number of records that name another position.
    misplaced: u64,
    ended: bool,
}

impl PublishedWalk<'_> {
    /// The next record; `None` at the record's end.
    fn record(&mut self) -> Result<Option<Vec<u8>>, SourceError> {
        if self.records.is_empty() && !self.ended {
            self.ended = !self.bundle()?;
        }
        let Some(record) = self.records.pop_front() else {
            self.end_early()?;
            return Ok(None);
        };
        self.counted += 1;
        let full = self.tiling.as_mut().map(|tiling| tiling.push(record::hash(&record)));
        for (tile, hashes) in full.unwrap_or_default() {
            self.damage.extend(self.published.compare(tile, &hashes)?);
        }
        Ok(Some(record))
    }

    /// Handles a record that ended before its size: compares the tiles that begin before its end,
    /// as far as their hashes follow from the records that were read.
    fn end_early(&mut self) -> Result<(), SourceError> {
        let Some(tiling) = self.tiling.take() else { return Ok(()) };
        for (tile, hashes) in tiling.partial() {
            let tile = tile.called_for(self.published.size);
            self.damage.extend(self.published.compare(tile, hashes)?);
        }
        Ok(())
    }

    /// Reads the next bundle; false if there is none.
    fn bundle(&mut self) -> Result<bool, SourceError> {
        let size = self.published.size;
        if self.counted >= size {
            let tiling = self.tiling.take().unwrap_or_default();
            for (tile, hashes) in tiling.partial() {
                self.damage.extend(self.published.compare(tile, hashes)?);
            }
            return Ok(false);
        }
        let index = self.counted / WIDTH;
        let width = WIDTH.min(size - index * WIDTH);
        let tile = Tile { level: 0, index, width };
        let mut add_damage = |counted, rule, why: String| {
            let why = format!("{}: {why}", tile.bundle_name());
            self.damage.push(Damage { counted, rule, why });
        };
        let Some((bytes, full)) = self.published.get(tile, Tile::bundle_name, BUNDLE)? else {
            add_damage(self.counted, Rule::BundleMissing, "it is not there".to_owned());
            return Ok(false);
        };
        let mut cut = tile::cut(&bytes, width);
        let framed = cut.records.iter().take_while(|record| is_three_lines(record)).count();
        cut.records.truncate(framed);
        let (got, rest) = (framed as u64, cut.rest);
        if got < width {
            let why = format!("expected {width} records of three lines, found {got}");
            add_damage(index * WIDTH + got, Rule::BundleForm, why);
        } else if rest > 0 && !full {
            let why = format!("{rest} bytes stand after its last record");
            add_damage(index * WIDTH + got, Rule::BundleForm, why);
        }
        let skip = usize::try_from(self.counted % WIDTH).unwrap_or(usize::MAX);
        self.records = cut.records.into_iter().skip(skip).collect();
        // A short bundle ends the record, after its records are returned.
        self.ended = got < width;
        Ok(!self.ended)
    }

    fn span(&mut self) -> Result<Option<Batch>, SourceError> {
        let mut span = Batch { first: self.counted, ..Batch::default() };
        let mut bytes = 0;
        while span.entries.len() < BATCH && bytes < SPAN_BYTES {
            let position = self.counted;
            let Some(record) = self.record()? else { break };
            let (entry, is_misplaced) = self.published.entry(record, position)?;
            self.misplaced += u64::from(is_misplaced);
            if self.misplaced >= self.published.most_malformed {
                // A server may send the same ones without end; enough of them were reported.
                self.ended = true;
                self.records.clear();
            }
            bytes += entry.record.len() + entry.body.as_ref().map_or(0, Vec::len);
            span.entries.push(entry);
        }
        span.damage = std::mem::take(&mut self.damage);
        Ok((!span.entries.is_empty() || !span.damage.is_empty()).then_some(span))
    }
}

impl Iterator for PublishedWalk<'_> {
    type Item = Result<Batch, SourceError>;

    fn next(&mut self) -> Option<Self::Item> {
        let span = self.span();
        if span.is_err() {
            self.ended = true;
            self.records.clear();
        }
        span.transpose()
    }
}
