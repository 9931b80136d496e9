//! A published record as a `Source`, read from files by name.
//!
//! Always holds: only what follows from the records is trusted; a complete walk compares each tile
//! with the hashes of the records read; a bundle of bodies is a transport only. Memory is bounded
//! whatever the files hold. Not here: the place of the files (`files`, `web`, `cache`), the verdict
//! (`verify`).
//! Source: FORMAT.md section 9, "Published directory".

pub mod body_files;

use crate::archive::body_bundle::{self, MAX_BODY_BUNDLE};
use crate::archive::files::{PublishedFiles, WantedFile};
use crate::archive::tile::{self, Tile, Tiling, WIDTH};
use crate::archive::{BODIES, CHECKPOINT, DOCUMENTS};
use crate::disk;
use crate::disk::unread::UnreadFile;
use annals_core::event::Entry;
use annals_core::event::body::{Body, Content};
use annals_core::event::record::{self, Reading};
use annals_core::event::vocabulary::Type;
use annals_core::hash::Hash;
use annals_core::rule::{Fault, Rule};
use annals_core::text::in_quotes;
use annals_core::tlog::{Checkpoint, MAX_NOTE, Note};
use annals_core::transfer::{Changed, changed};
use annals_core::verify::source::{BATCH, Batch, Damage, Source, SourceError, Walk};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

/// A batch ends once its entries have this many bytes, so that large bodies do not add up.
const BATCH_BYTES: usize = 16 << 20;
/// The maximum number of bytes read of a body: a longer one has another digest than its name.
const BODY: u64 = 2 * 1_048_576;
/// The maximum number of bytes read of a document: one more than a document may have.
const DOCUMENT: u64 = 67_108_864 + 1;
/// One byte more than the longest bundle has.
const BUNDLE: u64 = tile::MAX_BUNDLE + 1;
/// The maximum number of malformed or misplaced records read from a server, which could send them
/// without end.
const MALFORMED: u64 = 10_000;
/// What came in place of a file.
const A_PAGE: &str = "a page of HTML, or nothing,";
/// Bytes of a hash in a tile.
const HASH: u64 = 32;
/// Of how many bundles of records the files are read ahead.
const AHEAD: u64 = 8;

/// A record in files by name, as of the checkpoint read when it was opened.
pub struct PublishedSource {
    files: Box<dyn PublishedFiles>,
    checkpoint: Option<Vec<u8>>,
    size: u64,
    tiles: AtomicU64,
    /// The number of malformed records after which reading ends.
    most_malformed: u64,
    malformed: AtomicU64,
    /// Which documents are read ahead.
    documents_ahead: DocumentsAhead,
    /// Whether a server says what is there.
    is_served: bool,
}

/// Which documents are read ahead.
enum DocumentsAhead {
    None,
    /// All documents, read ahead, for callers that read every one.
    All,
    /// Those of which there is no file in this folder, by their digests.
    NotIn(PathBuf),
}

impl DocumentsAhead {
    fn has(&self, digest: &Hash) -> bool {
        match self {
            DocumentsAhead::None => false,
            DocumentsAhead::All => true,
            DocumentsAhead::NotIn(folder) => {
                !disk::is_file_at(&folder.join(digest.to_string())).unwrap_or(false)
            }
        }
    }
}

impl PublishedSource {
    /// Reads the checkpoint. A missing or malformed checkpoint is not an error: the record then has
    /// no event, and verification reports the reason. A page of HTML in its place is an error.
    pub fn open(files: Box<dyn PublishedFiles>) -> Result<PublishedSource, SourceError> {
        let (tiles, malformed, most_malformed) = (AtomicU64::new(0), AtomicU64::new(0), u64::MAX);
        let mut published = PublishedSource {
            files,
            checkpoint: None,
            size: 0,
            tiles,
            most_malformed,
            malformed,
            documents_ahead: DocumentsAhead::None,
            is_served: false,
        };
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
        let is_other = self.checkpoint != before;
        if is_other {
            self.files.forget();
        }
        Ok(is_other)
    }

    /// Refuses a checkpoint that a program changed on its way, as of a server: the record then
    /// seems to be cut, and is not.
    pub fn expect_checkpoint_as_signed(&self) -> Result<(), SourceError> {
        let formless = self.checkpoint.as_deref().filter(|bytes| !is_checkpoint(bytes));
        match formless.and_then(changed) {
            Some(changed) => Err(self.changed_checkpoint(changed)),
            None => Ok(()),
        }
    }

    /// As [`PublishedSource::open`], for a server: a malformed checkpoint is an error: it may be
    /// a page that the server or a proxy returned.
    pub fn open_served(files: Box<dyn PublishedFiles>) -> Result<PublishedSource, SourceError> {
        let published = PublishedSource::open(files)?;
        match published.checkpoint.as_deref() {
            Some(bytes) if !is_checkpoint(bytes) => Err(match changed(bytes) {
                Some(changed) => published.changed_checkpoint(changed),
                None => published.no_checkpoint(&start_of(bytes)),
            }),
            _ => Ok(PublishedSource { most_malformed: MALFORMED, is_served: true, ..published }),
        }
    }

    fn changed_checkpoint(&self, changed: Changed) -> SourceError {
        let what = format!("{}/{CHECKPOINT}", self.files.place());
        let why = format!("expected the checkpoint as it was signed: {changed}");
        SourceError { what, cause: io::Error::new(io::ErrorKind::InvalidData, why) }
    }

    /// Reads all documents ahead, for callers that read every one.
    pub fn with_documents(self) -> PublishedSource {
        PublishedSource { documents_ahead: DocumentsAhead::All, ..self }
    }

    /// Reads ahead the documents that are not in this folder, for a copy that has the others there.
    pub fn with_documents_not_in(self, folder: PathBuf) -> PublishedSource {
        PublishedSource { documents_ahead: DocumentsAhead::NotIn(folder), ..self }
    }

    /// Forgets what is kept of the files; whether something of an earlier reading was.
    pub fn forget(&self) -> bool {
        self.files.forget()
    }

    /// After a verified reading: keeps of bodies and documents only these.
    pub fn keep_only(&self, open: &BTreeSet<Hash>) {
        self.files.keep_only(open);
    }

    /// The file in which a reader remembers what it saw of the record, where there is one.
    pub fn memory(&self) -> Option<PathBuf> {
        self.files.memory()
    }

    /// The names for which a page of HTML was returned.
    pub fn pages(&self) -> Vec<String> {
        self.files.pages()
    }

    /// A missing body or document is unreadable, not missing, where a server says that it is not
    /// there, or where a page of HTML came in place of a file: rule 911 instead of 604 and 605.
    pub fn set_unread_apart(&self, faults: &mut [Fault]) {
        let pages = self.files.pages();
        let why = match (pages.first(), pages.len()) {
            (None, _) if !self.is_served => return,
            (None, _) => "the server answers that it is not there".to_owned(),
            (Some(first), 1) => format!("{A_PAGE} came in place of 1 file, the first: {first}"),
            (Some(first), more) => {
                format!("{A_PAGE} came in place of {more} files, the first: {first}")
            }
        };
        for fault in faults {
            let what = match fault.rule {
                Rule::BodyMissing => "the body did not come",
                Rule::DocumentMissing => "the document did not come",
                _ => continue,
            };
            (fault.rule, fault.why) = (Rule::Unreadable, format!("{what}: {why}"));
        }
    }

    /// The files that could not be read, each with the reason. A bundle of bodies is none: it takes
    /// nothing away but time.
    pub fn unread(&self) -> BTreeMap<String, UnreadFile> {
        let mut unread = self.files.unread();
        unread.retain(|name, _| !body_bundle::is_name(name));
        unread
    }

    /// Why a file is missing.
    fn absence(&self, name: &str) -> String {
        if self.files.unread().contains_key(name) {
            return "it cannot be read".to_owned();
        }
        match self.files.pages().iter().any(|page| page == name) {
            true => format!("{A_PAGE} came in its place"),
            false => "it is not there".to_owned(),
        }
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

    /// An entry: a record, and the body that it names.
    fn entry(&self, next: NextRecord) -> Result<Entry, SourceError> {
        let NextRecord { record, names, body, .. } = next;
        let body = match (body, names) {
            (Some(body), _) => Some(body),
            (None, Some(digest)) => self.body(&digest)?,
            (None, None) => {
                if self.malformed.fetch_add(1, Ordering::Relaxed) >= self.most_malformed {
                    let most = self.most_malformed;
                    let cause = no_record(&format!("records, found more than {most} out of form"));
                    return Err(SourceError { what: self.files.place(), cause });
                }
                None
            }
        };
        Ok(Entry { record, body })
    }

    /// The body of this digest, if it is there; the caller compares its bytes with the digest.
    pub fn body(&self, digest: &Hash) -> Result<Option<Vec<u8>>, SourceError> {
        self.files.get(&body_name(digest), BODY)
    }

    /// Gives records their bodies, as far as they stand in the bundle of bodies, and reads ahead
    /// what does not.
    fn add_bodies(
        &self,
        index: u64,
        records: &mut VecDeque<NextRecord>,
    ) -> Result<(), SourceError> {
        let name = body_bundle::name(index);
        // A bundle that is missing or that cannot be read takes nothing away but time.
        let bundle = self.files.get(&name, MAX_BODY_BUNDLE).ok().flatten().unwrap_or_default();
        for (next, line) in records.iter_mut().zip(body_bundle::lines(&bundle)) {
            next.body = (next.names == Some(Hash::of(&[line]))).then(|| line.to_vec());
        }
        let alone = records.iter().filter(|next| next.body.is_none());
        let alone = alone.filter_map(|next| next.names);
        self.prefetch(alone.map(|digest| (body_name(&digest), BODY)));
        if !matches!(self.documents_ahead, DocumentsAhead::None) {
            let mut documents = Vec::new();
            for next in records.iter().filter(|next| next.is_capture) {
                let body = match (&next.body, &next.names) {
                    (None, Some(digest)) => self.body(digest)?,
                    (body, _) => body.clone(),
                };
                documents.extend(body.and_then(|body| captured(&body)));
            }
            documents.retain(|digest| self.documents_ahead.has(digest));
            self.prefetch(documents.iter().map(|digest| (document_name(digest), DOCUMENT)));
        }
        Ok(())
    }

    /// Reads ahead the files of the next bundles of records from this one on, and where tiles are
    /// compared, the tiles.
    fn read_ahead(&self, first: u64, tiling: Option<&Tiling>) {
        let at = |index: u64, level: u8| Tile { level, index, width: 0 }.called_for(self.size);
        let tiles: Vec<Tile> = (first..first + AHEAD)
            .map(|index| at(index, 0))
            .filter(|tile| tile.width > 0)
            .collect();
        let is_last = tiles.last().is_some_and(|tile| tile.index == self.size.div_ceil(WIDTH) - 1);
        let mut wanted = Vec::new();
        for tile in &tiles {
            wanted.push((tile.bundle_name(), BUNDLE));
            wanted.push((body_bundle::name(tile.index), MAX_BODY_BUNDLE));
        }
        if tiling.is_some() {
            let above = tile::ends(self.size).into_iter().filter(|end| is_last && end.level > 0);
            let all = tiles.into_iter().chain(above).filter(|tile| tile.width > 0);
            wanted.extend(all.map(|tile| (tile.name(), WIDTH * HASH + 1)));
        }
        self.prefetch(wanted.into_iter());
    }

    fn prefetch(&self, wanted: impl Iterator<Item = (String, u64)>) {
        let wanted: Vec<_> = wanted.map(|(name, bound)| WantedFile { name, bound }).collect();
        self.files.prefetch(&wanted);
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
            return Ok(tile_damage(Rule::TileMissing, 0, self.absence(&tile.name())));
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

impl Source for PublishedSource {
    fn size(&self) -> u64 {
        self.size
    }

    fn walk(&self, from: u64) -> Result<Walk<'_>, SourceError> {
        Ok(Box::new(PublishedWalk {
            published: self,
            counted: from,
            ahead: 0,
            records: VecDeque::new(),
            tiling: (from == 0).then(Tiling::default),
            damage: Vec::new(),
            misplaced: 0,
            ended: false,
        }))
    }

    fn document(&self, digest: &Hash) -> Result<Option<Vec<u8>>, SourceError> {
        self.files.get(&document_name(digest), DOCUMENT)
    }

    fn is_sized_by_checkpoint(&self) -> bool {
        true
    }
}

fn body_name(digest: &Hash) -> String {
    format!("{BODIES}/{digest}")
}

fn document_name(digest: &Hash) -> String {
    format!("{DOCUMENTS}/{digest}")
}

/// The digest of the document that a body captures.
fn captured(body: &[u8]) -> Option<Hash> {
    match Body::parse(body).ok()?.content {
        Content::DocumentCaptured(captured) => Some(captured.sha256),
        _ => None,
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
        length => format!("{length} bytes that begin {}", in_quotes(&start)),
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

/// A record of the present bundle, and what of it says where its body is.
struct NextRecord {
    record: Vec<u8>,
    /// The digest of its body.
    names: Option<Hash>,
    /// The position that it says.
    says: Option<u64>,
    is_capture: bool,
    /// Its body, where a bundle has it.
    body: Option<Vec<u8>>,
}

impl NextRecord {
    fn of(record: Vec<u8>) -> NextRecord {
        let reading = Reading::of(&record);
        let statement = reading.statement.as_ref();
        NextRecord {
            names: statement.map(|statement| statement.body),
            says: reading.place.map(|place| place.seq),
            is_capture: statement.is_some_and(|it| it.args.kind() == Type::DocumentCaptured),
            body: None,
            record,
        }
    }
}

/// A walk; a walk from event 0 compares the tiles too.
struct PublishedWalk<'a> {
    published: &'a PublishedSource,
    /// The number of events returned or skipped so far.
    counted: u64,
    /// The first bundle of records that is not yet read ahead.
    ahead: u64,
    /// Records of the present bundle that were not yet handed out.
    records: VecDeque<NextRecord>,
    tiling: Option<Tiling>,
    damage: Vec<Damage>,
    /// The number of records that name another position.
    misplaced: u64,
    ended: bool,
}

impl PublishedWalk<'_> {
    /// The next record; `None` at the record's end.
    fn record(&mut self) -> Result<Option<NextRecord>, SourceError> {
        if self.records.is_empty() && !self.ended {
            self.ended = !self.bundle()?;
        }
        let Some(next) = self.records.pop_front() else {
            self.end_early()?;
            return Ok(None);
        };
        self.counted += 1;
        let full = self.tiling.as_mut().map(|tiling| tiling.push(record::hash(&next.record)));
        for (tile, hashes) in full.unwrap_or_default() {
            self.damage.extend(self.published.compare(tile, &hashes)?);
        }
        Ok(Some(next))
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
        if index >= self.ahead {
            self.published.read_ahead(index, self.tiling.as_ref());
            self.ahead = index + AHEAD;
        }
        let mut add_damage = |counted, rule, why: String| {
            let why = format!("{}: {why}", tile.bundle_name());
            self.damage.push(Damage { counted, rule, why });
        };
        let Some((bytes, full)) = self.published.get(tile, Tile::bundle_name, BUNDLE)? else {
            let why = self.published.absence(&tile.bundle_name());
            add_damage(self.counted, Rule::BundleMissing, why);
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
        let mut records = cut.records.into_iter().map(NextRecord::of).collect();
        self.published.add_bodies(index, &mut records)?;
        self.records = records.split_off(skip.min(records.len()));
        // A short bundle ends the record, after its records are returned.
        self.ended = got < width;
        Ok(!self.ended)
    }

    fn batch(&mut self) -> Result<Option<Batch>, SourceError> {
        let mut batch = Batch { first: self.counted, ..Batch::default() };
        let mut bytes = 0;
        while batch.entries.len() < BATCH && bytes < BATCH_BYTES {
            let position = self.counted;
            let Some(next) = self.record()? else { break };
            self.misplaced += u64::from(next.says.is_some_and(|stated| stated != position));
            let entry = self.published.entry(next)?;
            if self.misplaced >= self.published.most_malformed {
                // A server may send the same ones without end; enough of them were reported.
                self.ended = true;
                self.records.clear();
            }
            bytes += entry.record.len() + entry.body.as_ref().map_or(0, Vec::len);
            batch.entries.push(entry);
        }
        batch.damage = std::mem::take(&mut self.damage);
        Ok((!batch.entries.is_empty() || !batch.damage.is_empty()).then_some(batch))
    }
}

impl Iterator for PublishedWalk<'_> {
    type Item = Result<Batch, SourceError>;

    fn next(&mut self) -> Option<Self::Item> {
        let batch = self.batch();
        if batch.is_err() {
            self.ended = true;
            self.records.clear();
        }
        batch.transpose()
    }
}
