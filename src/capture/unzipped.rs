//! Files in a zip file, unpacked in memory.
//!
//! Always holds: all that is unpacked of one archive has a bound together; no file is written.

use crate::capture::reading::{MAX_UNPACKED, Unquotable};
use std::io::{Cursor, Read};
use zip::ZipArchive;
use zip::result::ZipError;

/// An open zip file.
pub(super) struct Unzipped<'b> {
    archive: ZipArchive<Cursor<&'b [u8]>>,
    left: u64,
}

impl<'b> Unzipped<'b> {
    /// Reads the list of files.
    pub(super) fn open(bytes: &'b [u8]) -> Result<Unzipped<'b>, Unquotable> {
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
        Ok(Unzipped { archive, left: MAX_UNPACKED })
    }

    /// The names of the files.
    pub(super) fn names(&self) -> impl Iterator<Item = String> {
        self.archive.file_names().filter_map(|name| Some(name.ok()?.into_owned()))
    }

    /// Whether a file is there.
    pub(super) fn has(&self, name: &str) -> bool {
        self.archive.index_for_name(name).is_some()
    }

    /// The bytes of a file; `None` where it is not there.
    pub(super) fn file(&mut self, name: &str) -> Result<Option<Vec<u8>>, Unquotable> {
        let file = match self.archive.by_name(name) {
            Ok(file) if file.encrypted() => return Err(Unquotable::Encrypted),
            Ok(file) => file,
            Err(ZipError::FileNotFound) => return Ok(None),
            Err(error) => return Err(broken(error)),
        };
        let mut bytes = Vec::new();
        let read = file.take(self.left + 1).read_to_end(&mut bytes);
        read.map_err(|error| Unquotable::Broken(format!("{name}: {error}")))?;
        match self.left.checked_sub(bytes.len() as u64) {
            Some(left) => self.left = left,
            None => {
                let why = format!("it unpacks to more than {MAX_UNPACKED} bytes");
                return Err(Unquotable::Bound(why));
            }
        }
        Ok(Some(bytes))
    }
}

fn broken(error: ZipError) -> Unquotable {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => Unquotable::Encrypted,
        other => Unquotable::Broken(other.to_string()),
    }
}
