//! Marks: the checkpoints that the log key signed.
//!
//! ```text
//! <origin> <size> <base64 root> <base64 of key id ‖ signature>
//! ```
//!
//! Always holds: there is one line for each checkpoint that the log key signed, in order, and it is
//! on the disk before the signature is published; a last line without LF is not a mark. A signer
//! holds [`HighWaterMarks::hold`] from reading the last mark until the new one is on the disk, so
//! that two copies of a ledger that share a folder of keys cannot sign two roots of one size. Only
//! the end of the file is read. Not here: whether the record extends the last mark (`ledger`).
//! Source: FORMAT.md section 9, "Marks".

use crate::disk::closed::is_closed;
use crate::disk::lock::{Lock, LockWait};
use crate::disk::open::open_to_write;
use crate::disk::{self, DiskError};
use crate::keys::error::{KeysError, shown};
use crate::keys::file;
use annals_core::hash::Hash;
use annals_core::key::SecretKey;
use annals_core::text::Origin;
use annals_core::tlog::{Checkpoint, NoteSignature, decimal, hash_from_base64, to_base64};
use annals_core::verify::explained::MarkedCheckpoint;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// A checkpoint that the log key signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The record's name.
    pub origin: Origin,
    /// Number of events.
    pub size: u64,
    /// Root of the tree of that size.
    pub root: Hash,
    /// Key id and signature, as in the checkpoint.
    pub blob: [u8; 68],
}

impl Mark {
    /// Signs the checkpoint of this size and root. The mark must be stored before the signature is
    /// published.
    pub fn sign(log_key: &SecretKey, origin: Origin, size: u64, root: Hash) -> Mark {
        let checkpoint = Checkpoint { origin: origin.to_string(), size, root };
        let signed = NoteSignature::sign(&checkpoint.text(), &origin, log_key);
        let mut blob = [0; 68];
        blob[..4].copy_from_slice(&signed.id);
        blob[4..].copy_from_slice(&signed.bytes);
        Mark { origin, size, root, blob }
    }

    /// The mark of a checkpoint with this signature; `None` if the signature is not one of a log
    /// key.
    pub fn of(origin: &Origin, checkpoint: &Checkpoint, signed: &NoteSignature) -> Option<Mark> {
        let mut blob = [0; 68];
        blob[..4].copy_from_slice(&signed.id);
        blob[4..].copy_from_slice(signed.bytes.get(..64).filter(|_| signed.bytes.len() == 64)?);
        Some(Mark { origin: origin.clone(), size: checkpoint.size, root: checkpoint.root, blob })
    }

    /// The signature line of the checkpoint.
    pub fn signature(&self) -> NoteSignature {
        let (id, bytes) = self.blob.split_at(4);
        let id = [id[0], id[1], id[2], id[3]];
        NoteSignature { name: self.origin.to_string(), id, bytes: bytes.to_vec() }
    }

    /// The size and root that a record is compared with.
    pub fn marked_checkpoint(&self) -> MarkedCheckpoint {
        let Mark { origin, size, root, .. } = self;
        let checkpoint = Checkpoint { origin: origin.to_string(), size: *size, root: *root };
        MarkedCheckpoint { checkpoint, signature: self.signature() }
    }

    /// The line, with its LF.
    pub fn line(&self) -> String {
        let (root, blob) = (to_base64(&self.root.0), to_base64(&self.blob));
        format!("{} {} {root} {blob}\n", self.origin, self.size)
    }

    /// Parses a line without its LF; `None` if it is not in the canonical notation.
    pub fn parse(line: &str) -> Option<Mark> {
        let mut words = line.split(' ');
        let mark = Mark {
            origin: Origin::new(words.next()?).ok()?,
            size: decimal(words.next()?)?,
            root: hash_from_base64(words.next()?)?,
            blob: annals_core::tlog::from_base64(words.next()?)?.try_into().ok()?,
        };
        words.next().is_none().then_some(mark)
    }
}

/// The file `log.marks`.
#[derive(Clone, Debug)]
pub struct HighWaterMarks {
    path: PathBuf,
}

/// The number of bytes first read from the end; a line has at most 420 bytes.
const WINDOW: u64 = 4096;
/// The maximum number of bytes without an LF at the end that count as an incomplete line.
const MOST_TORN: u64 = 64 << 10;
/// The maximum number of bytes of a damaged file that is put right: a million lines and more.
const MOST_MENDED: u64 = 512 << 20;

impl HighWaterMarks {
    /// The marks in this file, which need not exist yet.
    pub fn at(path: impl Into<PathBuf>) -> HighWaterMarks {
        HighWaterMarks { path: path.into() }
    }

    /// The path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The last mark for this record: `None` if the log key never signed for it. A later complete
    /// line that is malformed is an error, because it may be a mark for this record (rule 911).
    pub fn last_for(&self, origin: &Origin) -> Result<Option<Mark>, KeysError> {
        self.last_that(|mark| mark.origin == *origin)
    }

    /// The last mark, for any record. An error if it is malformed (rule 911).
    pub fn last(&self) -> Result<Option<Mark>, KeysError> {
        self.last_that(|_| true)
    }

    fn last_that(&self, wanted: impl Fn(&Mark) -> bool) -> Result<Option<Mark>, KeysError> {
        let Some(file) = self.open()? else { return Ok(None) };
        let mut window = WINDOW;
        loop {
            let (bytes, from_start) = self.end_of(&file, window)?;
            // The first line may begin before the window; the last has no LF.
            let first = usize::from(!from_start);
            let lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
            for line in lines.iter().take(lines.len() - 1).skip(first).rev() {
                let mark = std::str::from_utf8(line).ok().and_then(Mark::parse);
                match mark.ok_or_else(|| self.refuse_form(line))? {
                    mark if wanted(&mark) => return Ok(Some(mark)),
                    _ => {}
                }
            }
            if from_start {
                return Ok(None);
            }
            self.expect_lines(&bytes)?;
            window = window.saturating_mul(4);
        }
    }

    /// Whether they are in a folder that this user may not look into: nobody knows then whether
    /// there are any, and who only reads does without, as where there is no folder of keys.
    pub fn is_out_of_reach(&self) -> bool {
        is_closed(&self.path)
    }

    /// Refuses a file that cannot be read or contains a complete malformed line.
    pub fn check(&self) -> Result<(), KeysError> {
        self.all_that(|_| true).map(drop)
    }

    /// All marks for this record of a size up to `most`, in the order of the file.
    pub fn all_for(&self, origin: &Origin, most: u64) -> Result<Vec<Mark>, KeysError> {
        self.all_that(|mark| mark.origin == *origin && mark.size <= most)
    }

    fn all_that(&self, wanted: impl Fn(&Mark) -> bool) -> Result<Vec<Mark>, KeysError> {
        let Some(file) = self.open()? else { return Ok(Vec::new()) };
        let whole_lines = self.end_of_whole_lines(&file)?;
        (&file).seek(SeekFrom::Start(0)).map_err(KeysError::io("read", &self.path))?;
        let mut file = file.take(whole_lines);
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(KeysError::io("read", &self.path))?;
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').unwrap_or_default();
        let mut marks = Vec::new();
        for line in bytes.get(..whole).unwrap_or_default().split(|byte| *byte == b'\n') {
            let mark = std::str::from_utf8(line).ok().and_then(Mark::parse);
            let mark = mark.ok_or_else(|| self.refuse_form(line));
            match mark {
                Ok(mark) if wanted(&mark) => marks.push(mark),
                Ok(_) => {}
                Err(_) if line.is_empty() && whole == 0 => {}
                Err(error) => return Err(error),
            }
        }
        Ok(marks)
    }

    /// Takes the exclusive right to sign with these marks, waiting up to `wait` for another
    /// process. The lock is the file `log.lock` beside the marks.
    pub fn hold(&self, wait: impl Into<LockWait>) -> Result<HeldMarks, DiskError> {
        let lock = Lock::take(&self.path.with_extension("lock"), wait)?;
        Ok(HeldMarks { marks: self.clone(), _lock: lock })
    }

    /// Whether the file ends with a damaged form of this mark's line: of equal length, with at most
    /// `MAX_DAMAGE` different bytes; or whether it is the last mark for its record in a file whose
    /// ends of lines were changed.
    pub fn is_damaged(&self, mark: &Mark) -> Result<bool, KeysError> {
        Ok(self.put_right(mark)?.is_some())
    }

    /// The whole file as it was before it was damaged, if this mark is the one that
    /// [`HighWaterMarks::is_damaged`] means.
    fn put_right(&self, mark: &Mark) -> Result<Option<Vec<u8>>, KeysError> {
        let Some(file) = self.open()? else { return Ok(None) };
        let line = mark.line();
        let (end, _) = self.end_of(&file, line.len() as u64 + 1)?;
        let (before, end) = end.split_at(end.len().saturating_sub(line.len()));
        let differing = end.iter().zip(line.as_bytes()).filter(|(a, b)| a != b).count();
        let begins = before.last().is_none_or(|byte| *byte == b'\n');
        let is_last = begins && end.len() == line.len() && (1..=MAX_DAMAGE).contains(&differing);
        if !is_last && !matches!(self.last_for(&mark.origin), Err(KeysError::MarkForm { .. })) {
            return Ok(None);
        }
        let mut bytes = Vec::new();
        (&file).seek(SeekFrom::Start(0)).map_err(KeysError::io("read", &self.path))?;
        let mut whole = (&file).take(MOST_MENDED + 1);
        whole.read_to_end(&mut bytes).map_err(KeysError::io("read", &self.path))?;
        if bytes.len() as u64 > MOST_MENDED {
            return Ok(None);
        }
        if is_last {
            bytes.truncate(bytes.len().saturating_sub(line.len()));
            bytes.extend_from_slice(line.as_bytes());
            return Ok(Some(bytes));
        }
        let marks = marks_of_changed_lines(&bytes);
        let last = marks.iter().flatten().rfind(|one| one.origin == mark.origin);
        let whole = marks.iter().flatten().map(Mark::line).collect::<String>();
        Ok((last == Some(mark)).then(|| whole.into_bytes()))
    }

    fn open(&self) -> Result<Option<File>, KeysError> {
        match file::open(&self.path, file::Links::Refuse) {
            Ok(file) => Ok(Some(file)),
            Err(KeysError::Missing { .. }) => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    /// The last `window` bytes, and whether they are the whole file.
    fn end_of(&self, mut file: &File, window: u64) -> Result<(Vec<u8>, bool), KeysError> {
        let mut bytes = Vec::new();
        let mut read = || {
            let end = file.seek(SeekFrom::End(0))?;
            let start = end.saturating_sub(window);
            file.seek(SeekFrom::Start(start))?;
            // One byte more shows the end, so that one read is enough.
            bytes.reserve(usize::try_from(end - start).unwrap_or(0) + 1);
            file.take(window).read_to_end(&mut bytes)?;
            Ok(start == 0)
        };
        let whole = read().map_err(KeysError::io("read", &self.path))?;
        Ok((bytes, whole))
    }

    /// The offset after the last LF.
    fn end_of_whole_lines(&self, file: &File) -> Result<u64, KeysError> {
        let mut window = WINDOW;
        loop {
            let (bytes, from_start) = self.end_of(file, window)?;
            let torn = bytes.iter().rev().position(|byte| *byte == b'\n');
            if torn.is_some() || from_start {
                let length = file.metadata().map_err(KeysError::io("read", &self.path))?.len();
                return Ok(length - torn.unwrap_or(bytes.len()) as u64);
            }
            self.expect_lines(&bytes)?;
            window = window.saturating_mul(4);
        }
    }

    /// Refuses an end of the file that is longer than any incomplete line can be.
    fn expect_lines(&self, end: &[u8]) -> Result<(), KeysError> {
        match end.len() as u64 >= MOST_TORN && !end.contains(&b'\n') {
            true => Err(self.refuse_form(end.get(..80).unwrap_or_default())),
            false => Ok(()),
        }
    }

    fn refuse_form(&self, line: &[u8]) -> KeysError {
        let text = String::from_utf8_lossy(line);
        let mark = text.trim_matches(is_changed);
        let (before, after) = text.split_once(mark).unwrap_or_default();
        let changed = match mark {
            "" if text.is_empty() => Some("an empty line".to_owned()),
            "" => Some(format!("a line of white space, {}", shown(&text))),
            _ if Mark::parse(mark).is_none() => None,
            _ if before.is_empty() => Some(format!("a mark with {} behind it", shown(after))),
            _ => Some(format!("a mark with {} before it", shown(before))),
        };
        let found = match changed {
            Some(changed) => {
                format!(
                    "{changed}, which a writer puts right if the checkpoint is of that mark; if \
                     it is not, put back a copy, and sign nothing until then"
                )
            }
            None => format!("{}; put back a copy, and sign nothing until then", shown(&text)),
        };
        KeysError::MarkForm { path: self.path.clone(), found }
    }
}

/// The marks of a file whose ends of lines an editor, a shell or a program for mail changed: with
/// CR LF, other white space, empty lines or a byte order mark. `None` if a line is no mark apart
/// from that.
fn marks_of_changed_lines(bytes: &[u8]) -> Option<Vec<Mark>> {
    let text = std::str::from_utf8(bytes).ok()?;
    let lines = text.split('\n').map(|line| line.trim_matches(is_changed));
    lines.filter(|line| !line.is_empty()).map(Mark::parse).collect()
}

/// Whether a program that changes the ends of lines, or the beginning of a file, writes this
/// character.
fn is_changed(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\u{FEFF}')
}

/// Whether the last complete line of these bytes is this one.
fn is_last_line(bytes: &[u8], line: &str) -> bool {
    let before = bytes.strip_suffix(line.as_bytes());
    before.is_some_and(|before| before.last().is_none_or(|byte| *byte == b'\n'))
}

/// The maximum number of damaged bytes with which a line is still recognized as the checkpoint's.
const MAX_DAMAGE: usize = 4;

/// The marks of the log key, held by this process alone.
#[derive(Debug)]
pub struct HeldMarks {
    marks: HighWaterMarks,
    _lock: Lock,
}

impl HeldMarks {
    /// The last mark for this record.
    pub fn last_for(&self, origin: &Origin) -> Result<Option<Mark>, KeysError> {
        self.marks.last_for(origin)
    }

    /// Restores a file that is damaged ([`HighWaterMarks::is_damaged`]), if `checkpoint` is its
    /// last mark. A copy of the damaged file is kept beside it, and its path is returned; `None` if
    /// the last mark is another one.
    pub fn mend(&self, checkpoint: &Mark) -> Result<Option<PathBuf>, KeysError> {
        let marks = &self.marks;
        let Some(mut file) = marks.open()? else { return Ok(None) };
        let Some(whole) = marks.put_right(checkpoint)? else { return Ok(None) };
        let mut damaged = Vec::new();
        file.read_to_end(&mut damaged).map_err(KeysError::io("read", &marks.path))?;
        let aside = disk::free_aside(&marks.path);
        disk::write_new(&aside, &damaged, disk::FileMode::Shared)?;
        disk::replace(&marks.path, &whole, disk::FileMode::Shared)?;
        Ok(Some(aside))
    }

    /// Adds a mark, durably. An incomplete line at the end, which is not a mark, is removed first.
    ///
    /// Refuses a mark that contradicts the last one for its record: a smaller size, or the same
    /// size with another root. Whether a larger one extends it is checked by the ledger. A mark
    /// that is there already is not added again.
    pub fn append(&self, mark: &Mark) -> Result<(), KeysError> {
        let marks = &self.marks;
        if let Some(last) = self.last_for(&mark.origin)? {
            let found = match mark.size.cmp(&last.size) {
                std::cmp::Ordering::Less => Some(format!("size {}", mark.size)),
                std::cmp::Ordering::Equal if mark.root != last.root => {
                    Some("another root at that size".into())
                }
                _ => None,
            };
            if let Some(found) = found {
                let path = marks.path.clone();
                return Err(KeysError::Marked { path, marked: last.size, found });
            }
        }
        let io = |doing| KeysError::io(doing, &marks.path);
        if marks.open()?.is_none() {
            file::write_new(&marks.path, b"", file::FileMode::Shared)?;
        }
        let mut file = open_to_write(&marks.path).map_err(io("write to"))?;
        let end = marks.end_of_whole_lines(&file)?;
        if file.metadata().map_err(io("read"))?.len() > end {
            file.set_len(end).map_err(io("cut"))?;
        }
        // The earlier lines may not be durable: a process may have been interrupted before it
        // synced them, or the sync failed. A sync alone proves nothing about such bytes, so the
        // last ones are written again in place.
        let (mut bytes, _) = marks.end_of(&file, WINDOW)?;
        let start = end - bytes.len() as u64;
        let line = mark.line();
        if !is_last_line(&bytes, &line) {
            bytes.extend_from_slice(line.as_bytes());
        }
        file.seek(SeekFrom::Start(start)).map_err(io("seek in"))?;
        file.write_all(&bytes).map_err(io("write"))?;
        file.sync_data().map_err(io("sync"))
    }
}
