//! Writing a journal: one commit, one write, one fdatasync.
//!
//! Always holds: after `Ok` the commit is on stable storage; after [`DiskError::Unknown`] this
//! writer writes no more. An unfinished commit is moved beside the journal before anything is
//! appended, never deleted. The caller holds the ledger's lock (`disk::lock`).
//! Not here: whether entries are legal, which root is right. Source: FORMAT.md section 9.

use crate::disk::append::Appender;
use crate::disk::open::{Links, open};
use crate::disk::{self, DiskError, FileMode};
use crate::journal::end::End;
use crate::journal::files::{self, JournalFiles, LogFile};
use crate::journal::read::Journal;
use crate::journal::{JournalError, LINE_BOUND, commit_line};
use annals_core::event::Entry;
use annals_core::hash::Hash;
use annals_core::verify::source::{CommitLineValues, Source};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// The usual size in bytes from which the next commit begins a new file.
pub const ROTATE_AT: u64 = 64 << 20;

/// An unfinished commit that was moved out of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aside {
    /// Its new path: `aside-<size>` in the journal's folder, with `.2`, `.3` … if the name is
    /// taken.
    pub path: PathBuf,
    /// Its length in bytes.
    pub bytes: u64,
}

/// The end of a journal, to append to.
#[derive(Debug)]
pub struct JournalWriter {
    ledger: PathBuf,
    /// The files of the record; the last one is `file`.
    files: JournalFiles,
    file: Appender,
    size: u64,
    /// The root in the last commit line.
    root: Option<Hash>,
    rotate_at: u64,
}

impl JournalWriter {
    /// Creates the journal of a ledger whose folder exists and has none.
    pub fn create(ledger: &Path, rotate_at: u64) -> Result<JournalWriter, JournalError> {
        let folder = files::folder(ledger);
        match disk::create_dir(&folder) {
            Err(error) if error.is_there_already() => Err(JournalError::ThereAlready(folder)),
            Err(error) => Err(error.into()),
            Ok(()) => JournalWriter::begin(ledger, 0, JournalFiles::default(), rotate_at),
        }
    }

    /// Opens a journal to append to it, and moves an unfinished commit aside.
    ///
    /// `covered` as in [`Journal::open`]; `rotate_at` in bytes, usually [`ROTATE_AT`]. Returns
    /// [`JournalError::Damaged`] if the last commit does not hold although it is covered, or if a
    /// file is misnamed or missing.
    pub fn open(
        ledger: &Path,
        covered: Option<u64>,
        rotate_at: u64,
    ) -> Result<(JournalWriter, Option<Aside>), JournalError> {
        let journal = Journal::open(ledger, covered)?;
        JournalWriter::resume(&journal, rotate_at)
    }

    /// As [`JournalWriter::open`], for a journal that is open for reading and unchanged since.
    pub fn resume(
        journal: &Journal,
        rotate_at: u64,
    ) -> Result<(JournalWriter, Option<Aside>), JournalError> {
        journal.expect_end()?;
        let (ledger, size) = (journal.ledger(), journal.size());
        if journal.end().misnamed {
            let why = "a file is misnamed or missing";
            return Err(JournalError::Damaged { size, why });
        }
        let mut files = journal.files().clone();
        files.logs.truncate(journal.end().file + 1);
        let Some(log) = files.logs.get(journal.end().file) else {
            let writer = JournalWriter::begin(ledger, size, files, rotate_at)?;
            return Ok((writer, None));
        };
        let mut file = Appender::open(&log.path)?;
        expect_as_listed(journal)?;
        file.expect_length(log.bytes)?;
        let aside = match journal.ignored_bytes() {
            0 => None,
            _ => Some(copy_aside(journal, &files::folder(ledger))?),
        };
        if file.length() > journal.end().offset {
            file.truncate(journal.end().offset)?;
        }
        remove_after(journal, &files::folder(ledger))?;
        let ledger = ledger.to_owned();
        let root = journal.end().root;
        Ok((JournalWriter { ledger, files, file, size, root, rotate_at }, aside))
    }

    /// Continues in a new file after `size` events.
    fn begin(
        ledger: &Path,
        size: u64,
        mut files: JournalFiles,
        rotate_at: u64,
    ) -> Result<JournalWriter, JournalError> {
        let path = files::path(ledger, size);
        let file = Appender::create(&path, FileMode::Shared)?;
        files.logs.push(LogFile { first: size, path, bytes: 0 });
        let (ledger, root) = (ledger.to_owned(), None);
        Ok(JournalWriter { ledger, files, file, size, root, rotate_at })
    }

    /// The journal as of now, for reading; no file is listed or read.
    pub fn journal(&self) -> Journal {
        let mut files = self.files.clone();
        let last = files.logs.len().saturating_sub(1);
        if let Some(log) = files.logs.get_mut(last) {
            log.bytes = self.file.length();
        }
        let (offset, size, root) = (self.file.length(), self.size, self.root);
        let end = End { file: last, offset, size, root, ..End::default() };
        Journal::known(self.ledger.clone(), files, end)
    }

    /// The offset at which the next commit begins, in its file.
    pub fn next_offset(&self) -> u64 {
        if self.goes_on_in_a_new_file() { 0 } else { self.file.length() }
    }

    fn goes_on_in_a_new_file(&self) -> bool {
        let large = self.file.length() >= self.rotate_at;
        large
            && self.file.path() != files::path(&self.ledger, self.size)
            && !self.file.is_poisoned()
    }

    /// The number of events of the journal.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends entries and their commit line, durably.
    ///
    /// `size` is the number of events after this commit, `root` that of the tree of this size. An
    /// error leaves the journal unchanged, except [`DiskError::Unknown`], after which only
    /// [`DiskError::Poisoned`] follows.
    ///
    /// ```
    /// use annals_core::event::Entry;
    /// use annals_core::hash::Hash;
    /// use annals::journal::{Journal, JournalWriter, ROTATE_AT};
    /// let ledger = tempfile::tempdir()?;
    /// let mut writer = JournalWriter::create(ledger.path(), ROTATE_AT)?;
    /// let entry = Entry { record: b"place\nstatement\nsignature\n".to_vec(), body: None };
    /// writer.commit(&[entry.clone()], 1, Hash::of(&[b"root"]))?;
    /// let journal = Journal::open(ledger.path(), None)?;
    /// assert_eq!(journal.read(0..9)?, [entry]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn commit(&mut self, entries: &[Entry], size: u64, root: Hash) -> Result<(), JournalError> {
        let counted = self.size + entries.len() as u64;
        if size != counted || entries.is_empty() {
            return Err(JournalError::Size { said: size, counted });
        }
        let bytes = commit_bytes(self.size, entries, root)?;
        self.rotate()?;
        self.file.append(&bytes)?;
        (self.size, self.root) = (size, Some(root));
        Ok(())
    }

    /// Begins a new file if the present one is large and holds events, so that the names differ.
    fn rotate(&mut self) -> Result<(), JournalError> {
        if self.goes_on_in_a_new_file() {
            let next = files::path(&self.ledger, self.size);
            let next = Appender::create(&next, FileMode::Shared)?;
            let full = std::mem::replace(&mut self.file, next);
            if let Some(log) = self.files.logs.last_mut() {
                log.bytes = full.length();
            }
            let (first, path) = (self.size, self.file.path().to_owned());
            self.files.logs.push(LogFile { first, path, bytes: 0 });
        }
        Ok(())
    }
}

/// Refuses a journal that was written to since it was opened: its end is another one.
fn expect_as_listed(journal: &Journal) -> Result<(), JournalError> {
    let now = files::list(journal.ledger(), None)?.logs;
    let before = &journal.files().logs;
    let other = |one: Option<&LogFile>, other: Option<&LogFile>| {
        one.map(|log| (&log.path, log.bytes)) != other.map(|log| (&log.path, log.bytes))
    };
    let index = (0..now.len().max(before.len())).find(|i| other(before.get(*i), now.get(*i)));
    let Some(index) = index else { return Ok(()) };
    let (before, now) = (before.get(index), now.get(index));
    let path = before.or(now).map(|log| log.path.clone()).unwrap_or_default();
    let bytes = |log: Option<&LogFile>| log.map_or(0, |log| log.bytes);
    let (expected, found) = (bytes(before), bytes(now));
    Err(DiskError::Changed { path, expected, found }.into())
}

/// The bytes of a commit of these entries, the first at position `first`, and of its commit line;
/// `root` is that of the tree after them.
pub(super) fn commit_bytes(
    first: u64,
    entries: &[Entry],
    root: Hash,
) -> Result<Vec<u8>, JournalError> {
    let length = |entry: &Entry| entry.record.len() + entry.body.as_ref().map_or(1, Vec::len);
    let lengths: usize = entries.iter().map(|entry| length(entry) + 1).sum();
    let mut bytes = Vec::with_capacity(lengths + 256);
    for (position, entry) in (first..).zip(entries) {
        let fits = put(&mut bytes, entry);
        fits.map_err(|why| JournalError::Unwritable { position, why })?;
    }
    let (size, sum) = (first + entries.len() as u64, Hash::of(&[&bytes]));
    bytes.extend_from_slice(commit_line::write(&CommitLineValues { size, root, sum }).as_bytes());
    Ok(bytes)
}

/// Adds the four lines of an entry; an error says why they would be read back differently.
fn put(bytes: &mut Vec<u8>, entry: &Entry) -> Result<(), &'static str> {
    let record = entry.record.as_slice();
    if memchr::memchr_iter(b'\n', record).count() != 3 || !record.ends_with(b"\n") {
        return Err("its record is not three lines");
    }
    let body = entry.body.as_deref().unwrap_or(b"-");
    if memchr::memchr(b'\n', body).is_some() || (entry.body.is_some() && body == b"-") {
        return Err("its body is not one line");
    }
    for line in record.split(|byte| *byte == b'\n').chain([body]) {
        if line.starts_with(commit_line::BEGINS) {
            return Err("one of its lines begins like a closing line");
        }
        if line.len() >= LINE_BOUND {
            return Err("one of its lines is too long");
        }
    }
    bytes.extend_from_slice(record);
    bytes.extend_from_slice(body);
    bytes.push(b'\n');
    Ok(())
}

/// Copies all bytes after the end of the record to a new file, durably.
///
/// After a power cut before they are removed from the journal, they are in both places; the next
/// writer then copies them again, under another name.
fn copy_aside(journal: &Journal, folder: &Path) -> Result<Aside, JournalError> {
    let (path, mut to) = new_aside(folder, journal.size())?;
    let mut bytes = 0;
    let end = journal.end();
    for (index, log) in journal.files().logs.iter().enumerate().skip(end.file) {
        let start = if index == end.file { end.offset } else { 0 };
        let copied = copy(&log.path, start, &mut to);
        bytes += copied.map_err(disk::error("set aside the end of", &log.path))?;
    }
    to.sync_all().map_err(disk::error("sync", &path))?;
    disk::sync_folder(folder)?;
    Ok(Aside { path, bytes })
}

fn copy(path: &Path, start: u64, to: &mut File) -> io::Result<u64> {
    let mut from = open(path, Links::Refuse)?;
    from.seek(SeekFrom::Start(start))?;
    io::copy(&mut from.take(u64::MAX), to)
}

/// A new file `aside-<size>`, or the first free name after that.
fn new_aside(folder: &Path, size: u64) -> Result<(PathBuf, File), DiskError> {
    let mut path = folder.join(format!("aside-{size}"));
    for number in 2_u64.. {
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(file) => return Ok((path, file)),
            Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => {}
            Err(cause) => return Err(disk::error("make", &path)(cause)),
        }
        path = folder.join(format!("aside-{size}.{number}"));
    }
    Err(disk::error("make", &path)(io::ErrorKind::AlreadyExists.into()))
}

/// Removes the files after the one in which the record ends; their content was copied aside.
fn remove_after(journal: &Journal, folder: &Path) -> Result<(), DiskError> {
    let after = journal.files().logs.iter().skip(journal.end().file + 1);
    let mut removed = false;
    for log in after {
        fs::remove_file(&log.path).map_err(disk::error("remove", &log.path))?;
        removed = true;
    }
    if removed {
        disk::sync_folder(folder)?;
    }
    Ok(())
}
