//! The shelf: where a publication is written, file by file.
//!
//! Always holds: after [`Shelf::put`] a file is whole or not there; after [`Shelf::settle`] all
//! names are on stable storage too. Not here: what is written, and in which order
//! (`ledger::publish`). Source: FORMAT.md section 9, "Published directory".

use crate::archive::{BODIES, CHECKPOINT, DOCUMENTS, TILES};
use crate::disk::lock::Lock;
use crate::disk::{self, DiskError};
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The one temporary file: there is one publisher at a time, and it writes one file at a time.
const NEW: &str = ".new";
/// The publisher's lock.
const LOCK: &str = ".lock";
/// What may stand in a published directory.
const OURS: [&str; 4] = [CHECKPOINT, TILES, BODIES, DOCUMENTS];

/// A place for files by name. A seam, so that tests can let each step fail.
pub trait Shelf {
    /// The bytes of a file, `None` if it is not there; an error if it has more than `bound`.
    fn read(&self, name: &str, bound: u64) -> Result<Option<Vec<u8>>, DiskError>;
    /// Whether a file is there.
    fn holds(&self, name: &str) -> Result<bool, DiskError>;
    /// The names in a folder; none where there is no such folder.
    fn names(&self, folder: &str) -> Result<Vec<String>, DiskError>;
    /// Puts a file in place, whole.
    fn put(&mut self, name: &str, bytes: &[u8]) -> Result<(), DiskError>;
    /// Removes a file, or a folder and all files in it; nothing if it is not there.
    fn remove(&mut self, name: &str) -> Result<(), DiskError>;
    /// Makes the names of all that was put and removed durable.
    fn settle(&mut self) -> Result<(), DiskError>;
}

/// A shelf that is a folder, held by one publisher.
#[derive(Debug)]
pub struct FolderShelf {
    folder: PathBuf,
    touched: BTreeSet<PathBuf>,
    _lock: Lock,
}

impl FolderShelf {
    /// Opens a folder for publishing, or makes it: its parent must be there.
    ///
    /// Errors: the folder holds something that no publication has (nothing is written then), or
    /// another publisher is at work for longer than `wait`.
    pub fn open(folder: &Path, wait: Duration) -> Result<FolderShelf, DiskError> {
        if !folder.exists() {
            disk::make_folder(folder)?;
        }
        let foreign = |name: &String| !name.starts_with('.') && !OURS.contains(&name.as_str());
        if let Some(name) = list(folder)?.into_iter().find(foreign) {
            let why = format!("{name} is no part of a published record; name an empty folder");
            let cause = io::Error::new(io::ErrorKind::AlreadyExists, why);
            return Err(disk::error("publish into", folder)(cause));
        }
        let lock = Lock::take(&folder.join(LOCK), wait)?;
        let mut shelf =
            FolderShelf { folder: folder.to_owned(), touched: BTreeSet::new(), _lock: lock };
        shelf.remove(NEW)?;
        Ok(shelf)
    }

    /// Remembers every folder from a file up to the shelf.
    fn touch(&mut self, path: &Path) {
        let inside = path.ancestors().skip(1).take_while(|above| above.starts_with(&self.folder));
        for folder in inside {
            if !self.touched.insert(folder.to_owned()) {
                break;
            }
        }
    }
}

impl Shelf for FolderShelf {
    fn read(&self, name: &str, bound: u64) -> Result<Option<Vec<u8>>, DiskError> {
        let read = disk::inside(&self.folder, name).and_then(|path| disk::read(&path, bound));
        match read {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.is_missing() => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn holds(&self, name: &str) -> Result<bool, DiskError> {
        let path = disk::inside(&self.folder, name)?;
        match disk::open::look(&path).map_err(disk::error("look for", &path))? {
            None => Ok(false),
            Some(about) if about.is_file() => Ok(true),
            Some(about) => {
                let found = disk::open::name(about.file_type());
                let strange = disk::Strange { expected: "a file", found };
                Err(DiskError::Strange { path, strange })
            }
        }
    }

    fn names(&self, folder: &str) -> Result<Vec<String>, DiskError> {
        match list(&self.folder.join(folder)) {
            Err(error) if error.is_missing() => Ok(Vec::new()),
            other => other,
        }
    }

    fn put(&mut self, name: &str, bytes: &[u8]) -> Result<(), DiskError> {
        let (path, new) = (disk::make_inside(&self.folder, name)?, self.folder.join(NEW));
        let write = || {
            // Never through a link that somebody put there: the name must be free.
            if disk::open::look(&new)?.is_some() {
                fs::remove_file(&new)?;
            }
            let mut file = File::create_new(&new)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&new, &path)
        };
        if let Err(cause) = write() {
            let _ = fs::remove_file(&new);
            return Err(disk::error("write", &path)(cause));
        }
        self.touch(&path);
        Ok(())
    }

    fn remove(&mut self, name: &str) -> Result<(), DiskError> {
        let path = disk::inside(&self.folder, name)?;
        let removed = match fs::symlink_metadata(&path) {
            Ok(about) if about.is_dir() => fs::remove_dir_all(&path),
            Ok(_) => fs::remove_file(&path),
            Err(cause) => Err(cause),
        };
        match removed {
            Ok(()) => self.touch(&path),
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => {}
            Err(cause) => return Err(disk::error("remove", &path)(cause)),
        }
        Ok(())
    }

    fn settle(&mut self) -> Result<(), DiskError> {
        // Deepest first, so that no name leads to a folder whose own names may be lost.
        while let Some(folder) = self.touched.pop_last() {
            match disk::sync_folder(&folder) {
                Err(error) if error.is_missing() => {}
                other => other?,
            }
        }
        Ok(())
    }
}

fn list(folder: &Path) -> Result<Vec<String>, DiskError> {
    let failed = |cause| disk::error("read folder", folder)(cause);
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(|cause| disk::error("read folder", folder)(cause))?;
        names.push(entry.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}
