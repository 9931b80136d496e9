//! Kept events that were signed anew before it was known what became of them: a server that has
//! them may place them yet.
//!
//! ```text
//! <outbox>/superseded/<submission>-<hash of its last event>      the file as it was kept
//! ```
//!
//! Always holds: of the events that one submission was ever sent as, those that the record has are
//! found, whichever they are. The files go when the submission is written, and are cut to their
//! header, without a body, when it is given up. Not here: which kept events are signed
//! anew (`append`).

use super::{BOUND, HEADER_BOUND, Header, OutboxFile, Submission, in_fours, read, recorded};
use crate::disk::{self, DiskError, FileMode};
use crate::ledger::error::LedgerError;
use annals_core::event::Entry;
use annals_core::hash::Hash;
use annals_core::verify::source::Source;
use std::fs;
use std::path::{Path, PathBuf};

/// The folder, inside the outbox.
const SUPERSEDED: &str = "superseded";

/// Events that were superseded and are in the record all the same.
pub(super) struct RecordedEvents {
    pub keeping: OutboxFile,
    pub entries: Vec<Entry>,
}

impl RecordedEvents {
    /// The position of the first event.
    pub fn first(&self) -> u64 {
        self.keeping.header.first
    }
}

impl Submission {
    /// Keeps the events that wait beside those that are signed in their place, durably.
    pub fn supersede(&self) -> Result<(), LedgerError> {
        let Some(Ok(bytes)) = read(&self.pending(), BOUND)? else { return Ok(()) };
        let Ok(header) = self.header(&bytes) else { return Ok(()) };
        let folder = self.folder.join(SUPERSEDED);
        disk::ensure_folder(&folder)?;
        let path = folder.join(format!("{}-{}", header.submission, header.head));
        Ok(disk::replace(&path, &bytes, FileMode::Private)?)
    }

    /// The superseded events of this submission, signed by its key, that the record has; `None` if
    /// it has none.
    pub(super) fn superseded(
        &self,
        source: &dyn Source,
    ) -> Result<Option<RecordedEvents>, LedgerError> {
        recorded_of(&self.folder, &self.name, source, |bytes| self.header(bytes).ok())
    }
}

/// The superseded events of a submission that the record has; `None` if it has none. `header`
/// reads the header of a file that is to count.
pub(super) fn recorded_of(
    folder: &Path,
    submission: &Hash,
    source: &dyn Source,
    header: impl Fn(&[u8]) -> Option<Header>,
) -> Result<Option<RecordedEvents>, LedgerError> {
    for path in files(folder, submission) {
        let Some(Ok(bytes)) = read(&path, BOUND)? else { continue };
        let Some(header) = header(&bytes).filter(|header| header.submission == *submission) else {
            continue;
        };
        if recorded(&header, source)? {
            let entries = in_fours(bytes.get(header.text().len()..).unwrap_or_default());
            let keeping = OutboxFile { folder: folder.to_owned(), header };
            return Ok(Some(RecordedEvents { keeping, entries }));
        }
    }
    Ok(None)
}

/// Removes the superseded events of a submission that is written.
pub(super) fn remove(folder: &Path, submission: &Hash) -> Result<(), DiskError> {
    for path in files(folder, submission) {
        disk::remove_optional(&path)?;
    }
    Ok(())
}

/// Cuts the files of the superseded events of a submission that is given up to their headers, so
/// that no file has its words. A file that is not in form is removed.
pub(super) fn cut(folder: &Path, submission: &Hash) -> Result<(), DiskError> {
    for path in files(folder, submission) {
        let start = disk::read_up_to(&path, HEADER_BOUND)?;
        match Header::parse(&start) {
            Some(header) => disk::replace(&path, header.text().as_bytes(), FileMode::Private)?,
            None => fs::remove_file(&path).map_err(disk::error("remove", &path))?,
        }
    }
    Ok(())
}

/// The files of a submission.
fn files(folder: &Path, submission: &Hash) -> Vec<PathBuf> {
    let begins = format!("{submission}-");
    let listed = fs::read_dir(folder.join(SUPERSEDED)).into_iter().flatten().flatten();
    let of_it = listed
        .filter(|found| found.file_name().to_str().is_some_and(|name| name.starts_with(&begins)));
    of_it.map(|found| found.path()).collect()
}
