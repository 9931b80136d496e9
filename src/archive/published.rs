//! A published record, read as any other: a `Source` over files by name.
//!
//! Always holds: nothing is believed of a file but what follows from the records; each tile that a
//! whole walk passes is compared with the hashes of the records in hand. Memory is bounded whatever
//! the files hold. Not here: where the files are (`files`, `web`), the verdict (`verify`).
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

/// A span ends once its entries have this many bytes, so that large bodies do not add up.
const SPAN_BYTES: usize = 16 << 20;
/// The most bytes that are read of a body: a longer one has another digest than its name.
const BODY: u64 = 2 * 1_048_576;
/// The same of a document, and one more.
const DOCUMENT: u64 = 67_108_864 + 1;
/// More bytes than the longest bundle has.
const BUNDLE: u64 = tile::MAX_BUNDLE + 1;
/// How many records out of form, or out of their place, are read of a server, which could send them
/// without end.
const MALFORMED: u64 = 10_000;
/// Bytes of a hash in a tile.
const HASH: u64 = 32;

/// A record in files by name, as of the checkpoint that was read when it was opened.
pub struct Published {
    files: Box<dyn PublishedFiles>,
    checkpoint: Option<Vec<u8>>,
    size: u64,
    tiles: AtomicU64,
    /// How many records out of form there may be before the reading ends.
    most_malformed: u64,
    malformed: AtomicU64,
}

impl Published {
    /// Reads the checkpoint. One that is missing or not in form is no error: then the record has no
    /// event, and verification tells why. A page of HTML in its place is one.
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

    /// Reads the checkpoint again; whether it is another one than before, and so all may be.
    pub fn look_again(&mut self) -> Result<bool, SourceError> {
        let before = self.checkpoint.take();
        self.read_checkpoint()?;
        self.tiles = AtomicU64::new(0);
        self.malformed = AtomicU64::new(0);
        Ok(self.checkpoint != before)
    }

    /// The same of a server: what is no checkpoint in form is an error there, for it may be a page
    /// of whoever answers for the server.
    pub fn open_served(files: Box<dyn PublishedFiles>) -> Result<Published, SourceError> {
        let published = Published::open(files)?;
        match published.checkpoint.as_deref() {
            Some(bytes) if !is_checkpoint(bytes) => Err(published.no_checkpoint(&start_of(bytes))),
            _ => Ok(Published { most_malformed: MALFORMED, ..published }),
        }
    }

    /// The names in whose place a page of HTML came.
    pub fn pages(&self) -> Vec<String> {
        self.files.pages()
    }

    /// That what was found says nothing, where every name is answered.
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

    /// How many tiles whole walks found to be right.
    pub fn good_tiles(&self) -> u64 {
        self.tiles.load(Ordering::Relaxed)
    }

    /// An entry: a record, and the body that it names; and whether it says that it is another event
    /// than the one of this position.
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

    /// The file of a tile or bundle, or of the full one in its place; whether it is that one.
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

    /// Compares a tile with the hashes that follow from the records.
    fn compare(&self, tile: Tile, hashes: &[Hash]) -> Result<Option<Damage>, SourceError> {
        let told = |rule: Rule, i: u64, why: String| {
            Some(Damage {
                counted: tile.first_event(i),
                rule,
                why: format!("{}: {why}", tile.name()),
            })
        };
        let Some((bytes, full)) = self.get(tile, Tile::name, WIDTH * HASH + 1)? else {
            return Ok(told(Rule::TileMissing, 0, "it is not there".to_owned()));
        };
        let expected = HASH * if full { WIDTH } else { tile.width };
        if bytes.len() as u64 != expected {
            let why = format!("expected {expected} bytes, found {}", bytes.len());
            return Ok(told(Rule::TileHash, 0, why));
        }
        let pairs = bytes.chunks_exact(HASH as usize).zip(hashes).zip(0..);
        for ((found, hash), i) in pairs {
            if found != hash.0 {
                let why = format!("hash {i} is not the one that follows from the records, {hash}");
                return Ok(told(Rule::TileHash, i, why));
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

/// How many bytes there are, and how they begin.
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

/// Whether bytes are three lines, each with its LF: what a record of a journal is by its framing.
fn is_three_lines(record: &[u8]) -> bool {
    record.ends_with(b"\n") && record.iter().filter(|byte| **byte == b'\n').count() == 3
}

/// A walk; one from event 0 compares the tiles too.
struct PublishedWalk<'a> {
    published: &'a Published,
    /// Events handed out, or passed by, so far.
    counted: u64,
    /// Records of the present bundle that were not yet handed out.
    records: VecDeque<Vec<u8>>,
    tiling: Option<Tiling>,
    damage: Vec<Damage>,
    /// How many records say that they are another event.
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

    /// Where the record ended before its size: the tiles that begin before that, as far as their
    /// hashes follow from the records that were read.
    fn end_early(&mut self) -> Result<(), SourceError> {
        let Some(tiling) = self.tiling.take() else { return Ok(()) };
        for (tile, hashes) in tiling.partial() {
            let tile = tile.called_for(self.published.size);
            self.damage.extend(self.published.compare(tile, hashes)?);
        }
        Ok(())
    }

    /// Turns to the next bundle; false if there is none to hand out records of.
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
        let mut tell = |counted, rule, why: String| {
            let why = format!("{}: {why}", tile.bundle_name());
            self.damage.push(Damage { counted, rule, why });
        };
        let Some((bytes, full)) = self.published.get(tile, Tile::bundle_name, BUNDLE)? else {
            tell(self.counted, Rule::BundleMissing, "it is not there".to_owned());
            return Ok(false);
        };
        let mut cut = tile::cut(&bytes, width);
        let framed = cut.records.iter().take_while(|record| is_three_lines(record)).count();
        cut.records.truncate(framed);
        let (got, rest) = (framed as u64, cut.rest);
        if got < width {
            let why = format!("expected {width} records of three lines, found {got}");
            tell(index * WIDTH + got, Rule::BundleForm, why);
        } else if rest > 0 && !full {
            let why = format!("{rest} bytes stand after its last record");
            tell(index * WIDTH + got, Rule::BundleForm, why);
        }
        let skip = usize::try_from(self.counted % WIDTH).unwrap_or(usize::MAX);
        self.records = cut.records.into_iter().skip(skip).collect();
        // A bundle that ends early ends the record, once what there is was handed out.
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
                // A server may send the same ones for ever; that they are no record is shown.
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
