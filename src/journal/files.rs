//! The files of a journal, by name.
//!
//! Always holds: a file's name is 20 digits and `.log`; the order of the names is the order of the
//! positions. Not here: the content of files; whether a name is true (`read.rs` counts).
//! Source: FORMAT.md section 9.

use crate::disk::open::{Links, look, open};
use crate::disk::unread::UnreadFiles;
use crate::disk::{self, DiskError};
use crate::journal::{FOLDER, JournalError};
use annals_core::transfer::{self, Changed};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The ending of the name of every file of the record.
const ENDING: &str = ".log";

/// An upper bound of the length of a journal's first line, in bytes.
const FIRST_LINE: u64 = 4_096;

/// A file of the journal.
#[derive(Debug, Clone)]
pub(super) struct LogFile {
    /// The position of its first event, by its name.
    pub first: u64,
    pub path: PathBuf,
    /// Its length in bytes when it was listed.
    pub bytes: u64,
}

/// The files of a journal when it was opened.
#[derive(Debug, Default, Clone)]
pub(super) struct JournalFiles {
    /// Ordered by name.
    pub logs: Vec<LogFile>,
}

/// The folder of a ledger's journal.
pub(super) fn folder(ledger: &Path) -> PathBuf {
    ledger.join(FOLDER)
}

/// The path of the file whose first event has this position.
pub(super) fn path(ledger: &Path, first: u64) -> PathBuf {
    folder(ledger).join(format!("{first:020}{ENDING}"))
}

/// Lists the journal of a ledger; where `unread` is given, without the files that cannot be read,
/// which are kept there.
pub(super) fn list(
    ledger: &Path,
    unread: Option<&UnreadFiles>,
) -> Result<JournalFiles, JournalError> {
    let folder = folder(ledger);
    if !disk::open::is_folder(&folder).map_err(disk::error("list", &folder))? {
        return Err(JournalError::Missing(folder));
    }
    // A writer ends a file before it begins the next: if a file's length is read after all names,
    // the file is complete if a later one exists.
    let mut files = named(&folder)?;
    for log in std::mem::take(&mut files.logs) {
        if let (Some(unread), Err(error)) = (unread, is_readable(&log)) {
            unread.keep(&format!("{FOLDER}/{}", name(&log.path)), &error);
            continue;
        }
        // A writer removes a file that holds no event of the record.
        if let Some(about) = look(&log.path).map_err(disk::error("read", &log.path))? {
            files.logs.push(LogFile { bytes: about.len(), ..log });
        }
    }
    Ok(files)
}

/// That a file can be opened to be read, if it is there.
fn is_readable(log: &LogFile) -> Result<(), DiskError> {
    match open(&log.path, Links::Refuse) {
        Ok(_) => Ok(()),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(cause) => Err(disk::error("read", &log.path)(cause)),
    }
}

/// The files of a journal by name, without their lengths.
fn named(folder: &Path) -> Result<JournalFiles, JournalError> {
    let mut files = JournalFiles::default();
    let failed = |cause| JournalError::Disk(disk::error("list", folder)(cause));
    for found in fs::read_dir(folder).map_err(failed)? {
        let path = found.map_err(failed)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let Some(digits) = name.strip_suffix(ENDING).filter(|stem| is_position(stem)) else {
            continue;
        };
        // A number that does not fit is larger than every valid position.
        let first = digits.parse().unwrap_or(u64::MAX);
        files.logs.push(LogFile { first, path, bytes: 0 });
    }
    // The names have one length, so their order is that of the numbers.
    files.logs.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(files)
}

/// Whether the stem is exactly 20 digits; other names are not part of the record.
fn is_position(stem: &str) -> bool {
    stem.len() == 20 && stem.bytes().all(|byte| byte.is_ascii_digit())
}

/// How a journal was changed in transit, by the first line of its first file.
pub(super) fn changed(logs: &[LogFile]) -> Result<Option<Changed>, DiskError> {
    let Some(log) = logs.first() else { return Ok(None) };
    let bytes = disk::read_up_to(&log.path, FIRST_LINE)?;
    let line = bytes.split_inclusive(|byte| *byte == b'\n').next().unwrap_or_default();
    Ok(transfer::changed(line).filter(|how| *how != Changed::LineEnds || line.ends_with(b"\r\n")))
}

/// The name of a file for messages.
pub(super) fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
