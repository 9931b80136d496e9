//! Files by name: the seam between a published record and where its files are.
//!
//! Always holds: a name is one that this program made, never one from a file that was read; a file
//! larger than its bound is not read to its end. Not here: what is in the files (`published`).
//! Source: FORMAT.md section 9, "Published directory".

use crate::disk::{self, DiskError};
use annals_core::verify::source::SourceError;
use std::io;
use std::path::{Path, PathBuf};

/// Something that holds the files of a published record.
pub trait Files: Send + Sync {
    /// The first bytes of a file, at most `bound` of them; `None` if there is no such file.
    fn get(&self, name: &str, bound: u64) -> Result<Option<Vec<u8>>, SourceError>;

    /// The names, up to some number, in whose place something came that is no file of a record: a
    /// page of HTML.
    fn pages(&self) -> Vec<String> {
        Vec::new()
    }

    /// Whether a name that no record has is answered as if it were there: then what is found under
    /// other names says nothing.
    fn answers_every_name(&self) -> bool {
        false
    }

    /// Where the files are, for people.
    fn place(&self) -> String;
}

/// A folder of files.
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// The files of this folder.
    pub fn new(path: &Path) -> Folder {
        Folder(path.to_owned())
    }
}

impl Files for Folder {
    fn get(&self, name: &str, bound: u64) -> Result<Option<Vec<u8>>, SourceError> {
        let path = self.0.join(name);
        match disk::inside(&self.0, name).and_then(|path| disk::read_up_to(&path, bound)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.is_missing() => Ok(None),
            Err(error) => {
                let what = path.display().to_string();
                let cause = match error {
                    DiskError::Io { cause, .. } => cause,
                    other => io::Error::other(other),
                };
                Err(SourceError { what, cause })
            }
        }
    }

    fn place(&self) -> String {
        self.0.display().to_string()
    }
}
