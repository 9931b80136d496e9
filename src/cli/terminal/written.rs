//! Files that a person names for an answer to be written into.
//!
//! Always holds: what stands under the name is written over only where it is a file of this
//! program of the same kind, which its first bytes say; nothing is written through a link, into a
//! ledger or into a folder of keys. Asked before any work, and again when it is written. Not here:
//! folders (`ledger::apart`), files that are made once (`disk::write_new`).

use crate::disk::{self, FileMode};
use crate::ledger::error::LedgerError;
use crate::ledger::exchange::apart::{ProtectedPlace, expect_apart};
use std::path::{Path, PathBuf};

/// What is written over by another of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputKind {
    /// The page of a timeline.
    Timeline,
    /// The page of a verdict.
    Verdict,
    /// A page of the manual.
    Manual,
}

/// How many bytes are looked at to know a file.
const START: u64 = 256;

impl OutputKind {
    fn name(self) -> &'static str {
        match self {
            OutputKind::Timeline => "a page of annals timeline",
            OutputKind::Verdict => "a page of annals verify --html",
            OutputKind::Manual => "a manual page of annals",
        }
    }

    /// What stands in the first bytes of every such file.
    fn mark(self) -> &'static [u8] {
        match self {
            OutputKind::Timeline => b"<meta name=\"generator\" content=\"annals timeline\">",
            OutputKind::Verdict => b"<meta name=\"generator\" content=\"annals verify\">",
            OutputKind::Manual => b".TH annals",
        }
    }
}

/// A file to write.
#[derive(Debug)]
pub struct OutputPlace {
    path: PathBuf,
    kind: OutputKind,
}

impl OutputPlace {
    /// The file of this name, if it may be written; in none of the folders that are kept.
    pub fn new(
        path: &Path,
        kind: OutputKind,
        kept: &[ProtectedPlace<'_>],
    ) -> Result<OutputPlace, LedgerError> {
        expect_apart(path, kept)?;
        let place = OutputPlace { path: path.to_owned(), kind };
        place.is_free()?;
        Ok(place)
    }

    /// Whether nothing stands there; an error where something else does than a file of its kind.
    fn is_free(&self) -> Result<bool, LedgerError> {
        let OutputPlace { path, kind } = self;
        let about = disk::open::look(path).map_err(disk::error("look at", path))?;
        let Some(about) = about else { return Ok(true) };
        let other = |found: &str| {
            LedgerError::Usage(format!(
                "expected nothing at {}, or {}, found {found}; it was left as \
                 it is: name another file",
                path.display(),
                kind.name()
            ))
        };
        if !about.is_file() {
            return Err(other(disk::open::name(about.file_type())));
        }
        let start = disk::read_up_to(path, START)?;
        match start.windows(kind.mark().len()).any(|bytes| bytes == kind.mark()) {
            true => Ok(false),
            false => Err(other("another file")),
        }
    }

    /// Writes the file, whole or not at all.
    pub fn put(&self, bytes: &[u8]) -> Result<(), LedgerError> {
        match self.is_free()? {
            true => disk::write_new(&self.path, bytes, FileMode::Shared)?,
            false => disk::replace(&self.path, bytes, FileMode::Shared)?,
        }
        Ok(())
    }
}
