//! Output files that a person names.
//!
//! Always holds: an existing file is overwritten only if it is a file of this program of the same
//! kind, by its first bytes; nothing is written through a link, into a ledger or into a folder of
//! keys. This is checked before any work, and again when it is written. Not here: folders
//! (`ledger::exchange::protected_place`), files that are written once (`disk::write_new`).

use crate::disk::{self, FileMode};
use crate::ledger::error::LedgerError;
use crate::ledger::exchange::protected_place::{ProtectedPlace, expect_unprotected};
use std::path::{Path, PathBuf};

/// The kind of an output file; only a file of the same kind is overwritten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputKind {
    /// The page of a timeline.
    Timeline,
    /// The page of a verdict.
    Verdict,
    /// A page of the manual.
    Manual,
}

/// The number of bytes read to recognize a file.
const START: u64 = 256;

impl OutputKind {
    fn name(self) -> &'static str {
        match self {
            OutputKind::Timeline => "a page of annals timeline",
            OutputKind::Verdict => "a page of annals verify --html",
            OutputKind::Manual => "a manual page of annals",
        }
    }

    /// The text in the first bytes of every such file.
    fn mark(self) -> &'static [u8] {
        match self {
            OutputKind::Timeline => b"<meta name=\"generator\" content=\"annals timeline\">",
            OutputKind::Verdict => b"<meta name=\"generator\" content=\"annals verify\">",
            OutputKind::Manual => b".TH annals",
        }
    }
}

/// The path of an output file.
#[derive(Debug)]
pub struct OutputPlace {
    path: PathBuf,
    kind: OutputKind,
}

impl OutputPlace {
    /// The output file of this name, if it may be written; refused inside a protected folder.
    pub fn new(
        path: &Path,
        kind: OutputKind,
        kept: &[ProtectedPlace<'_>],
    ) -> Result<OutputPlace, LedgerError> {
        expect_unprotected(path, kept)?;
        let place = OutputPlace { path: path.to_owned(), kind };
        place.is_free()?;
        Ok(place)
    }

    /// Whether the name is free; an error if it is not a file of the same kind.
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

    /// Writes the file atomically.
    pub fn put(&self, bytes: &[u8]) -> Result<(), LedgerError> {
        match self.is_free()? {
            true => disk::write_new(&self.path, bytes, FileMode::Shared)?,
            false => disk::replace(&self.path, bytes, FileMode::Shared)?,
        }
        Ok(())
    }
}
