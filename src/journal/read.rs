//! Reading a journal: opening it, walking it as a [`Source`], reading documents.
//!
//! Always holds: nothing is written or locked; a journal to which a writer appends is read as it
//! was when it was opened. A walk yields all bytes of the record as entries, commit lines or
//! damage, and counts the actual events, whatever names and commit lines say.
//! Not here: the end of the record (`end.rs`), the framing (`frame.rs`), verification (`verify`).
//! Source: FORMAT.md section 9.

use crate::disk::at::read_at;
use crate::disk::open::{Links, open};
use crate::disk::unread::UnreadFiles;
use crate::disk::{self, DiskError};
use crate::journal::end::{self, End};
use crate::journal::files::{self, JournalFiles};
use crate::journal::frame::{FrameItem, Framer, Wanted};
use crate::journal::{DOCUMENT_BOUND, DOCUMENTS, JournalError, LINE_BOUND};
use annals_core::event::Entry;
use annals_core::hash::Hash;
use annals_core::rule::Rule;
use annals_core::transfer::Changed;
use annals_core::verify::source::{BATCH, Batch, Damage, Source, SourceError, Walk};
use std::fs::File;
use std::io::{self, Read, Take};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A batch ends once its entries have this many bytes, so that large bodies do not add up.
const BATCH_BYTES: usize = 16 << 20;

/// The number of bytes first read for one event, and at most for many.
const FETCH: usize = 4 << 10;
const FETCH_MANY: usize = 128 << 10;

/// Up to this mean distance of positions their events are read many at a time.
const CLOSE: u64 = 8;

/// The part of a journal file that was read last.
struct Window {
    /// The first position of the file.
    first: u64,
    file: File,
    bytes: Vec<u8>,
    /// Where the part begins; no offset of an event before the first reading.
    offset: u64,
    /// The number of bytes of it.
    count: usize,
}

/// The journal of a ledger, as it was when it was opened.
#[derive(Clone, Debug)]
pub struct Journal {
    ledger: PathBuf,
    files: JournalFiles,
    end: End,
    changed: Option<Changed>,
    /// Of a journal that is opened for a verdict: the files that cannot be read.
    unread: Option<Arc<UnreadFiles>>,
}

impl Journal {
    /// Opens the journal of the ledger in this folder, for reading only.
    ///
    /// `covered` is the size of the ledger's checkpoint, `None` if it has none: a last commit whose
    /// sum or size does not hold is unfinished only if no checkpoint covers it. Reads the last
    /// file, and all files if their names and content disagree. Errors: there is no journal, or a
    /// file cannot be read; a fault of the content is not an error.
    pub fn open(ledger: &Path, covered: Option<u64>) -> Result<Journal, JournalError> {
        Journal::open_around(ledger, covered, None)
    }

    /// As [`Journal::open`], for a verdict where `unread` is given: a file of the journal and a
    /// document that cannot be read count as missing, and are kept there.
    pub fn open_around(
        ledger: &Path,
        covered: Option<u64>,
        unread: Option<Arc<UnreadFiles>>,
    ) -> Result<Journal, JournalError> {
        let files = files::list(ledger, unread.as_deref())?;
        let end = end::find(&files.logs, covered)?;
        let changed = files::changed(&files.logs)?;
        let ledger = ledger.to_owned();
        Ok(Journal { ledger, files, end, changed, unread })
    }

    /// Opens the journal of the ledger in this folder, which is known to end, with the last byte of
    /// its last file, after `size` events with this root. Only names and lengths are read.
    pub fn open_known(ledger: &Path, size: u64, root: Hash) -> Result<Journal, JournalError> {
        let files = files::list(ledger, None)?;
        let last = files.logs.len().saturating_sub(1);
        let offset = files.logs.last().map_or(0, |log| log.bytes);
        let end = End { file: last, offset, size, root: Some(root), ..End::default() };
        Ok(Journal::known(ledger.to_owned(), files, end))
    }

    /// The first event of the ledger in this folder, whatever follows it; `None` if the first file
    /// holds none. Files that cannot be read are passed over where `unread` is given.
    pub fn opening(
        ledger: &Path,
        unread: Option<&UnreadFiles>,
    ) -> Result<Option<Entry>, JournalError> {
        let Some(log) = files::list(ledger, unread)?.logs.into_iter().next() else {
            return Ok(None);
        };
        let failed = || disk::error("read", &log.path);
        let reader = open(&log.path, Links::Refuse).map_err(failed())?.take(log.bytes);
        let wanted = Wanted { from: 0, sums: false };
        let mut framer = Framer::new(reader, files::name(&log.path), 0, wanted);
        while let Some(item) = framer.next().map_err(failed())? {
            if let FrameItem::Entry(entry) = item {
                return Ok(Some(entry));
            }
        }
        Ok(None)
    }

    /// The journal of the first `size` events, if a commit ends there.
    pub fn up_to(&self, size: u64) -> Result<Option<Journal>, JournalError> {
        let end = end::up_to(&self.files.logs, &self.end, size)?;
        Ok(end.map(|end| Journal::known(self.ledger.clone(), self.files.clone(), end)))
    }

    /// The journal with known files and end.
    pub(super) fn known(ledger: PathBuf, files: JournalFiles, end: End) -> Journal {
        Journal { ledger, files, end, changed: None, unread: None }
    }

    /// All entries in order, in batches; sums are not computed.
    pub fn entries(&self) -> impl Iterator<Item = Result<Batch, SourceError>> {
        JournalWalk::new(self, Wanted { from: 0, sums: false })
    }

    /// The entries at these positions, in order; of a range beyond the record's end, the part
    /// before the end. Reads from the start of the file that holds the first entry (from the first
    /// file, if names may be wrong), without sums. All of the range is held in memory. If the
    /// journal is damaged, fewer entries may be returned.
    pub fn read(&self, range: Range<u64>) -> Result<Vec<Entry>, SourceError> {
        let mut found = Vec::new();
        if range.is_empty() {
            return Ok(found);
        }
        let wanted = Wanted { from: range.start, sums: false };
        for batch in JournalWalk::new(self, wanted) {
            let left = range.end - range.start - found.len() as u64;
            found.extend(batch?.entries.into_iter().take(left as usize));
            if found.len() as u64 == range.end - range.start {
                break;
            }
        }
        Ok(found)
    }

    /// Refuses a journal of which all lines were changed, as version control does on some systems.
    pub fn expect_unchanged(&self) -> Result<(), JournalError> {
        match (self.changed, self.files.logs.first()) {
            (Some(how), Some(log)) => Err(JournalError::Changed { path: log.path.clone(), how }),
            _ => Ok(()),
        }
    }

    /// Refuses a journal whose last commit does not hold although the checkpoint covers it: nothing
    /// may be appended to it.
    pub fn expect_end(&self) -> Result<(), JournalError> {
        self.expect_unchanged()?;
        match self.end.fault {
            Some(why) => Err(JournalError::Damaged { size: self.end.size, why }),
            None => Ok(()),
        }
    }

    /// Writes again in place, durably, each file of the record that holds an event after the first
    /// `signed` ones: their writer may have ended before they were on stable storage. The caller
    /// holds the lock, and there is nothing after the record's end.
    pub fn write_again(&self, signed: u64) -> Result<(), JournalError> {
        let logs = self.files.logs.iter().take(self.end.file + 1);
        let logs: Vec<_> = logs.collect();
        let first = logs.iter().rposition(|log| log.first <= signed).unwrap_or(0);
        for log in logs.into_iter().skip(first) {
            disk::rewrite(&log.path, 0)?;
        }
        Ok(())
    }

    /// The path of a document in this ledger, whether it exists or not.
    pub fn document_path(ledger: &Path, digest: &Hash) -> PathBuf {
        ledger.join(DOCUMENTS).join(digest.to_string())
    }

    /// The root in the last commit line; `None` if the record ends otherwise.
    pub fn root(&self) -> Option<Hash> {
        self.end.root.filter(|_| self.end.fault.is_none() && !self.end.misnamed)
    }

    /// The first positions of the record's files.
    pub fn starts(&self) -> impl Iterator<Item = u64> + '_ {
        self.files.logs.iter().take(self.end.file + 1).map(|log| log.first)
    }

    /// The number of bytes of the last file that belong to the record.
    pub fn offset(&self) -> u64 {
        self.end.offset
    }

    /// The entry at a position whose four lines begin at this offset of its file; `None` if there
    /// are no four lines.
    pub fn fetch(&self, position: u64, offset: u64) -> Result<Option<Entry>, SourceError> {
        self.fetch_in(&mut None, FETCH, position, offset)
    }

    /// The entries from a position on whose lines begin at these offsets of their files, read many
    /// at a time; fewer where there are no four lines.
    pub fn fetch_from(&self, first: u64, offsets: &[u64]) -> Result<Vec<Entry>, SourceError> {
        let (mut window, mut entries) = (None, Vec::new());
        let size = offsets.len().saturating_mul(FETCH).clamp(FETCH, FETCH_MANY);
        for (offset, position) in offsets.iter().zip(first..) {
            match self.fetch_in(&mut window, size, position, *offset)? {
                Some(entry) => entries.push(entry),
                None => break,
            }
        }
        Ok(entries)
    }

    /// Calls `each` with the entry at each of these ascending positions, whose four lines begin at
    /// these offsets of their files, or with `None` if there are no four lines. Entries that are
    /// close together are read many at a time.
    pub fn fetch_each(
        &self,
        places: &[(u64, u64)],
        each: &mut dyn FnMut(u64, Option<Entry>),
    ) -> Result<(), SourceError> {
        let ends = places.first().zip(places.last());
        let distance = ends.map_or(0, |((first, _), (last, _))| last - first);
        let is_dense = distance / CLOSE <= places.len() as u64;
        let size = places.len().saturating_mul(FETCH).clamp(FETCH, FETCH_MANY);
        let (mut window, size) = (None, if is_dense { size } else { FETCH });
        for (position, offset) in places {
            each(*position, self.fetch_in(&mut window, size, *position, *offset)?);
        }
        Ok(())
    }

    /// The entry from the part that was read last; else another part, of `size` bytes or as many as
    /// it takes, is read from its offset on.
    fn fetch_in(
        &self,
        window: &mut Option<Window>,
        size: usize,
        position: u64,
        offset: u64,
    ) -> Result<Option<Entry>, SourceError> {
        let after = self.files.logs.partition_point(|file| file.first <= position);
        let log = after.checked_sub(1).and_then(|index| self.files.logs.get(index));
        let Some(log) = log else { return Ok(None) };
        let failed = |cause| unreadable(&log.path, cause);
        let window = match window {
            Some(window) if window.first == log.first => window,
            other => {
                let file = open(&log.path, Links::Refuse).map_err(failed)?;
                let bytes = vec![0; size];
                other.insert(Window { first: log.first, file, bytes, offset: u64::MAX, count: 0 })
            }
        };
        loop {
            let skip = offset.checked_sub(window.offset).and_then(|it| usize::try_from(it).ok());
            let part = skip.and_then(|skip| window.bytes[..window.count].get(skip..));
            let part = part.unwrap_or_default();
            let ends: Vec<usize> = memchr::memchr_iter(b'\n', part).take(4).collect();
            if let [_, _, third, fourth] = ends.as_slice() {
                let body = &part[third + 1..*fourth];
                let body = (body != b"-").then(|| body.to_vec());
                return Ok(Some(Entry { record: part[..=*third].to_vec(), body }));
            }
            if skip == Some(0) {
                let length = window.bytes.len();
                if window.count < length || length > 4 * LINE_BOUND {
                    return Ok(None);
                }
                window.bytes.resize(length * 8, 0);
            }
            window.count = read_at(&window.file, &mut window.bytes, offset).map_err(failed)?;
            window.offset = offset;
        }
    }

    pub(super) fn ledger(&self) -> &Path {
        &self.ledger
    }

    pub(super) fn files(&self) -> &JournalFiles {
        &self.files
    }

    pub(super) fn end(&self) -> &End {
        &self.end
    }
}

impl Source for Journal {
    /// If file names agree with the commit lines before them, they are trusted: a walk can yield
    /// another number of entries if both were changed alike.
    fn size(&self) -> u64 {
        self.end.size
    }

    fn walk(&self, from: u64) -> Result<Walk<'_>, SourceError> {
        let wanted = Wanted { from, sums: true };
        Ok(Box::new(JournalWalk::new(self, wanted)))
    }

    /// At most one byte more than [`DOCUMENT_BOUND`] is read: a larger document is truncated, and
    /// so its digest differs from its name.
    fn document(&self, digest: &Hash) -> Result<Option<Vec<u8>>, SourceError> {
        let path = Journal::document_path(&self.ledger, digest);
        match disk::read_up_to(&path, DOCUMENT_BOUND + 1) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.is_missing() => Ok(None),
            Err(error) if let Some(unread) = &self.unread => {
                unread.keep(&format!("{DOCUMENTS}/{digest}"), &error);
                Ok(None)
            }
            Err(DiskError::Io { cause, .. }) => Err(unreadable(&path, cause)),
            Err(error) => Err(unreadable(&path, io::Error::other(error))),
        }
    }

    fn changed(&self) -> Option<String> {
        self.expect_unchanged().err().map(|error| error.to_string())
    }

    fn ignored_bytes(&self) -> u64 {
        self.end.ignored
    }
}

/// A walk: the framer of the present file, and the item that does not fit into the present batch.
struct JournalWalk<'a> {
    journal: &'a Journal,
    wanted: Wanted,
    /// The file to open next.
    file: usize,
    framer: Option<Framer<Take<File>>>,
    /// Whether the framer is inside a file.
    inside: bool,
    /// The number of events so far.
    counted: u64,
    pending: Vec<FrameItem>,
    ended: bool,
}

impl<'a> JournalWalk<'a> {
    fn new(journal: &'a Journal, wanted: Wanted) -> JournalWalk<'a> {
        let logs = &journal.files.logs;
        let file = match journal.end.misnamed {
            true => 0,
            false => {
                let after = logs.partition_point(|file| file.first <= wanted.from);
                after.saturating_sub(1).min(journal.end.file)
            }
        };
        let counted = match (file, logs.get(file)) {
            (1.., Some(log)) => log.first,
            _ => 0,
        };
        JournalWalk {
            journal,
            wanted,
            file,
            framer: None,
            inside: false,
            counted,
            pending: Vec::new(),
            ended: false,
        }
    }

    fn misnamed(&self, name: &str, expected: &str) -> FrameItem {
        FrameItem::Damage(Damage {
            counted: self.counted,
            rule: Rule::JournalFraming,
            why: format!("{name}: a file is misnamed or missing, expected is {expected}"),
        })
    }

    /// The next item of the record; `None` at its end.
    fn item(&mut self) -> Result<Option<FrameItem>, SourceError> {
        loop {
            if let Some(item) = self.pending.pop() {
                return Ok(Some(item));
            }
            if let Some(framer) = self.framer.as_mut().filter(|_| self.inside) {
                let path = &self.journal.files.logs[self.file - 1].path;
                let item = framer.next().map_err(|cause| unreadable(path, cause))?;
                self.counted = framer.counted;
                match item {
                    Some(item) => return Ok(Some(item)),
                    None => self.inside = false,
                }
            } else if !self.open_next()? {
                return Ok(None);
            }
        }
    }

    /// Opens the next file; `false` if the record has no more.
    fn open_next(&mut self) -> Result<bool, SourceError> {
        let end = &self.journal.end;
        let Some(log) = self.journal.files.logs.get(self.file) else {
            return Ok(false);
        };
        if self.file > end.file {
            return Ok(false);
        }
        let limit = if self.file == end.file { end.offset } else { log.bytes };
        let file = open(&log.path, Links::Refuse).map_err(|cause| unreadable(&log.path, cause))?;
        let (reader, name) = (file.take(limit), files::name(&log.path));
        let ignored = self.file == end.file && end.offset == 0;
        if log.first != self.counted && !ignored {
            let expected = format!("{:020}.log", self.counted);
            self.pending.push(self.misnamed(&name, &expected));
        }
        match &mut self.framer {
            Some(framer) => framer.turn_to(reader, name),
            none => *none = Some(Framer::new(reader, name, self.counted, self.wanted)),
        }
        self.file += 1;
        self.inside = true;
        Ok(true)
    }

    /// As many items as fit into a batch.
    fn next_batch(&mut self) -> Result<Option<Batch>, SourceError> {
        let mut batch = Batch::default();
        let mut bytes = 0;
        batch.first = self.counted.max(self.wanted.from);
        while let Some(item) = self.item()? {
            let full = batch.entries.len() == BATCH || bytes >= BATCH_BYTES;
            match item {
                FrameItem::Entry(_) if full => {
                    self.pending.push(item);
                    return Ok(Some(batch));
                }
                FrameItem::Entry(entry) => {
                    if batch.entries.is_empty() {
                        batch.first = self.counted - 1;
                    }
                    bytes += entry.record.len() + entry.body.as_ref().map_or(0, Vec::len);
                    batch.entries.push(entry);
                }
                FrameItem::CommitLine(closing) if self.includes(closing.counted, 1) => {
                    batch.commit_lines.push(closing);
                }
                FrameItem::Damage(damage) if self.includes(damage.counted, 0) => {
                    batch.damage.push(damage)
                }
                _ => {}
            }
            if batch.commit_lines.len() + batch.damage.len() >= BATCH {
                return Ok(Some(batch));
            }
        }
        let empty =
            batch.entries.is_empty() && batch.commit_lines.is_empty() && batch.damage.is_empty();
        Ok((!empty).then_some(batch))
    }

    /// Whether an item after `counted` events is part of this walk.
    fn includes(&self, counted: u64, least: u64) -> bool {
        self.wanted.from == 0 || counted >= self.wanted.from + least
    }
}

impl Iterator for JournalWalk<'_> {
    type Item = Result<Batch, SourceError>;

    fn next(&mut self) -> Option<Result<Batch, SourceError>> {
        if self.ended {
            return None;
        }
        let batch = self.next_batch().transpose();
        self.ended = !matches!(batch, Some(Ok(_)));
        batch
    }
}

fn unreadable(path: &Path, cause: io::Error) -> SourceError {
    let what = path.display().to_string();
    SourceError { what, cause }
}
