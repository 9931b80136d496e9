//! Marks: what the log key remembers of what it signed.
//!
//! ```text
//! <origin> <size> <base64 root> <base64 of key id ‖ signature>
//! ```
//!
//! Always holds: one line for each checkpoint that the log key signed, in order, on the disk before
//! the signature goes anywhere; a last line without LF is no mark. Only the end of the file is
//! read. Not here: whether to sign (`ledger`, which asks [`Marks::check`] and that the record
//! extends the last mark), nor one writer at a time. Source: FORMAT.md section 9, "Marks".

use super::error::{KeysError, shown};
use super::file;
use crate::hash::Hash;
use crate::key::SecretKey;
use crate::text::Origin;
use crate::tlog::{Checkpoint, NoteSignature, decimal, hash_from_base64, to_base64};
use crate::verify::explained::Remembered;
use std::fs::{File, OpenOptions};
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
    /// Key id and signature, as they stand in the checkpoint.
    pub blob: [u8; 68],
}

impl Mark {
    /// Signs the checkpoint of this size and root. The mark is to be kept before the signature is
    /// shown to anyone.
    pub fn sign(log_key: &SecretKey, origin: Origin, size: u64, root: Hash) -> Mark {
        let checkpoint = Checkpoint { origin: origin.to_string(), size, root };
        let signed = NoteSignature::sign(&checkpoint.text(), &origin, log_key);
        let mut blob = [0; 68];
        blob[..4].copy_from_slice(&signed.id);
        blob[4..].copy_from_slice(&signed.bytes);
        Mark { origin, size, root, blob }
    }

    /// The signature line of the checkpoint.
    pub fn signature(&self) -> NoteSignature {
        let (id, bytes) = self.blob.split_at(4);
        let id = [id[0], id[1], id[2], id[3]];
        NoteSignature { name: self.origin.to_string(), id, bytes: bytes.to_vec() }
    }

    /// What a record is compared with.
    pub fn remembered(&self) -> Remembered {
        let Mark { origin, size, root, .. } = self;
        let checkpoint = Checkpoint { origin: origin.to_string(), size: *size, root: *root };
        Remembered { checkpoint, signature: self.signature() }
    }

    /// The line, with its LF.
    pub fn line(&self) -> String {
        let (root, blob) = (to_base64(&self.root.0), to_base64(&self.blob));
        format!("{} {} {root} {blob}\n", self.origin, self.size)
    }

    /// Reads a line without its LF; `None` if it is not in its one spelling.
    pub fn parse(line: &str) -> Option<Mark> {
        let mut words = line.split(' ');
        let mark = Mark {
            origin: Origin::new(words.next()?).ok()?,
            size: decimal(words.next()?)?,
            root: hash_from_base64(words.next()?)?,
            blob: crate::tlog::from_base64(words.next()?)?.try_into().ok()?,
        };
        words.next().is_none().then_some(mark)
    }
}

/// The file `log.marks`.
#[derive(Clone, Debug)]
pub struct Marks {
    path: PathBuf,
}

/// How much of the end is read at first; a line has at most 420 bytes.
const WINDOW: u64 = 4096;

impl Marks {
    /// The marks in this file, which need not be there yet.
    pub fn at(path: impl Into<PathBuf>) -> Marks {
        Marks { path: path.into() }
    }

    /// Where they are.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The last mark for this record: `None` if the log key never signed for it. A whole line
    /// behind it that is not in form is an error, for it may be a mark for this record (rule 911).
    pub fn last_for(&self, origin: &Origin) -> Result<Option<Mark>, KeysError> {
        self.last_that(|mark| mark.origin == *origin)
    }

    /// The last mark, whatever record it is for. An error if it is not in form (rule 911).
    pub fn last(&self) -> Result<Option<Mark>, KeysError> {
        self.last_that(|_| true)
    }

    fn last_that(&self, wanted: impl Fn(&Mark) -> bool) -> Result<Option<Mark>, KeysError> {
        let Some(file) = self.open()? else { return Ok(None) };
        let mut window = WINDOW;
        loop {
            let (bytes, from_start) = self.end_of(&file, window)?;
            // The first line may have begun before the window; the last has no LF.
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
            window = window.saturating_mul(4);
        }
    }

    /// All marks for this record of a size up to `most`, in the order of the file.
    pub fn all_for(&self, origin: &Origin, most: u64) -> Result<Vec<Mark>, KeysError> {
        let Some(mut file) = self.open()? else { return Ok(Vec::new()) };
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(KeysError::io("read", &self.path))?;
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').unwrap_or_default();
        let mut marks = Vec::new();
        for line in bytes.get(..whole).unwrap_or_default().split(|byte| *byte == b'\n') {
            let mark = std::str::from_utf8(line).ok().and_then(Mark::parse);
            let mark = mark.ok_or_else(|| self.refuse_form(line));
            match mark {
                Ok(mark) if mark.origin == *origin && mark.size <= most => marks.push(mark),
                Ok(_) => {}
                Err(_) if line.is_empty() && whole == 0 => {}
                Err(error) => return Err(error),
            }
        }
        Ok(marks)
    }

    /// Refuses what would contradict the last mark for this record: a smaller size, or the same
    /// size with another root. That a larger one extends it, only the record itself can tell.
    pub fn check(&self, origin: &Origin, size: u64, root: &Hash) -> Result<(), KeysError> {
        let Some(last) = self.last_for(origin)? else { return Ok(()) };
        let found = match size.cmp(&last.size) {
            std::cmp::Ordering::Less => format!("size {size}"),
            std::cmp::Ordering::Equal if *root != last.root => "another root at that size".into(),
            _ => return Ok(()),
        };
        Err(KeysError::Marked { path: self.path.clone(), marked: last.size, found })
    }

    /// Adds one line and waits until it is on the disk. A torn line at the end, which is no mark,
    /// is cut off first.
    pub fn append(&self, mark: &Mark) -> Result<(), KeysError> {
        let io = |doing| KeysError::io(doing, &self.path);
        if self.open()?.is_none() {
            file::write_new(&self.path, b"", file::Mode::Shared)?;
        }
        let options = OpenOptions::new().read(true).write(true).open(&self.path);
        let mut file = options.map_err(io("open"))?;
        let end = self.end_of_whole_lines(&file)?;
        file.set_len(end).map_err(io("cut"))?;
        file.seek(SeekFrom::Start(end)).map_err(io("seek in"))?;
        file.write_all(mark.line().as_bytes()).map_err(io("write"))?;
        file.sync_data().map_err(io("sync"))
    }

    fn open(&self) -> Result<Option<File>, KeysError> {
        match file::open(&self.path) {
            Ok(file) => Ok(Some(file)),
            Err(KeysError::Missing { .. }) => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    /// The last `window` bytes, and whether they are all.
    fn end_of(&self, mut file: &File, window: u64) -> Result<(Vec<u8>, bool), KeysError> {
        let mut bytes = Vec::new();
        let mut read = || {
            let start = file.seek(SeekFrom::End(0))?.saturating_sub(window);
            file.seek(SeekFrom::Start(start))?;
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
            window = window.saturating_mul(4);
        }
    }

    fn refuse_form(&self, line: &[u8]) -> KeysError {
        let found = shown(&String::from_utf8_lossy(line));
        KeysError::MarkForm { path: self.path.clone(), found }
    }
}
