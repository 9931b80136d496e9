//! The target of a publication, written file by file.
//!
//! Always holds: after [`PublishTarget::put`] a file is complete and durable; a file that
//! [`PublishTarget::add`] wrote is so after [`PublishTarget::sync`], as all names are; nothing is
//! written through a link; files that are not part of a publication are left unchanged.
//! Not here: what is written, and in which order (`ledger::exchange::publish`).
//! Source: FORMAT.md section 9, "Published directory".

use crate::archive::{BODIES, CHECKPOINT, DOCUMENTS, TILES};
use crate::disk::lock::{Lock, LockWait};
use crate::disk::{self, DiskError, FileMode, Links};
use annals_core::hash::Hash;
use annals_core::tlog::MAX_NOTE;
use std::collections::BTreeSet;
use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

/// The only temporary file: there is one publisher at a time, and it writes one file at a time.
const NEW: &str = ".new";
/// What the last whole publication left: which checkpoint, and how its file was last changed.
const SETTLED: &str = ".settled";
/// The maximum size of that file, in bytes.
const MAX_SETTLED: u64 = 1 << 10;
/// The number of added files from which on the whole file system is synced instead of each file.
const MANY: usize = 1_024;
/// The publisher's lock file, if the folder itself cannot be locked.
const LOCK: &str = ".lock";
/// How long a waiting publisher sleeps between two attempts.
const PAUSE: Duration = Duration::from_millis(20);
/// The holder of a locked folder: a lock of the system has no name of its holder.
const HOLDER: &str = "another annals publish";
/// The names of a publication in its directory.
const OURS: [&str; 4] = [CHECKPOINT, TILES, BODIES, DOCUMENTS];
/// The files of a web site that may be beside a publication, for browsers and static hosts.
const OF_THE_SITE: [&str; 11] = [
    "404.html",
    "CNAME",
    "LICENSE",
    "README.md",
    "_headers",
    "_redirects",
    "favicon.ico",
    "humans.txt",
    "index.html",
    "robots.txt",
    "sitemap.xml",
];

/// The state of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetLock {
    /// A file with the expected bytes.
    Same,
    /// Nothing.
    Absent,
    /// A file with other bytes, or a link.
    Other,
    /// A folder.
    Folder,
}

/// A place for files by name: a trait, so that tests can make each step fail.
pub trait PublishTarget {
    /// The bytes of a file, `None` if it is missing; an error if it has more than `bound`.
    fn read(&self, name: &str, bound: u64) -> Result<Option<Vec<u8>>, DiskError>;
    /// The state of a name, compared with these bytes.
    fn holds(&self, name: &str, bytes: &[u8]) -> Result<TargetLock, DiskError>;
    /// The names in a folder; none if there is no such folder.
    fn names(&self, folder: &str) -> Result<Vec<String>, DiskError>;
    /// Calls `take` with each name in a folder, in no order, without holding all of them.
    fn each_name(&self, folder: &str, take: &mut dyn FnMut(&str)) -> Result<(), DiskError> {
        self.names(folder)?.iter().for_each(|name| take(name));
        Ok(())
    }
    /// Writes a whole file in place, durably.
    fn put(&mut self, name: &str, bytes: &[u8]) -> Result<(), DiskError>;
    /// Writes a whole file where there is none; it is durable after [`PublishTarget::sync`].
    fn add(&mut self, name: &str, bytes: &[u8]) -> Result<(), DiskError> {
        self.put(name, bytes)
    }
    /// Whether the checkpoint is the file that the last whole publication left, so that every file
    /// of its size was written here.
    fn is_settled(&self) -> Result<bool, DiskError> {
        Ok(false)
    }
    /// Keeps that the publication of the present checkpoint is whole.
    fn settle(&mut self) -> Result<(), DiskError> {
        Ok(())
    }
    /// Removes a file, or a folder and all files in it; nothing if it is missing.
    fn remove(&mut self, name: &str) -> Result<(), DiskError>;
    /// Makes all added files durable, and the names of all written and removed ones.
    fn sync(&mut self) -> Result<(), DiskError>;
}

/// A folder as target, held by one publisher.
#[derive(Debug)]
pub struct FolderTarget {
    folder: PathBuf,
    touched: BTreeSet<PathBuf>,
    /// Added files that are not yet durable.
    added: Vec<PathBuf>,
    _hold: Hold,
}

/// When a written file is durable.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Durable {
    AtOnce,
    WhenSynced,
}

/// The lock of a folder for one publisher.
#[derive(Debug)]
enum Hold {
    /// The folder itself is locked, and no lock file is written.
    Folder { locked: File },
    /// A lock file in the folder.
    File { _lock: Lock },
}

impl Hold {
    fn take(folder: &Path, wait: LockWait) -> Result<Hold, DiskError> {
        let began = Instant::now();
        let mut reported = false;
        // Some systems cannot open a folder, and some file systems cannot lock one.
        while let Ok(file) = File::open(folder) {
            match file.try_lock() {
                Ok(()) => return Ok(Hold::Folder { locked: file }),
                Err(TryLockError::Error(_)) => break,
                Err(TryLockError::WouldBlock) if began.elapsed() < wait.most => {
                    if !reported {
                        (wait.report)(HOLDER);
                        reported = true;
                    }
                    thread::sleep(PAUSE.min(wait.most.saturating_sub(began.elapsed())));
                }
                Err(TryLockError::WouldBlock) => {
                    let (path, holder) = (folder.to_owned(), HOLDER.to_owned());
                    return Err(DiskError::Held { path, holder });
                }
            }
        }
        Ok(Hold::File { _lock: Lock::take(&folder.join(LOCK), wait)? })
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        // Unlocked explicitly, as a `Lock` does it.
        if let Hold::Folder { locked } = self {
            let _ = locked.unlock();
        }
    }
}

impl FolderTarget {
    /// Opens a folder for publishing, or creates it; its parent must exist.
    ///
    /// Errors: the folder holds something that no publication has (nothing is written then), or
    /// another publisher is at work for longer than `wait`.
    pub fn open(folder: &Path, wait: impl Into<LockWait>) -> Result<FolderTarget, DiskError> {
        if disk::kind(folder, Links::Follow)?.is_none() {
            disk::create_dir(folder)?;
        }
        let known = |name: &str| OURS.contains(&name) || OF_THE_SITE.contains(&name);
        let foreign = |name: &String| !name.starts_with('.') && !known(name);
        if let Some(name) = list(folder)?.into_iter().find(foreign) {
            let why = format!("{name} is no part of a published record; name an empty folder");
            let cause = io::Error::new(io::ErrorKind::AlreadyExists, why);
            return Err(disk::error("publish into", folder)(cause));
        }
        let hold = Hold::take(folder, wait.into())?;
        let (touched, added) = (BTreeSet::new(), Vec::new());
        let mut target = FolderTarget { folder: folder.to_owned(), touched, added, _hold: hold };
        target.remove(NEW)?;
        Ok(target)
    }

    /// Creates the parent folders of a name. Something else in their place is removed, except a
    /// link, which is an error, because its target is not part of the publication.
    fn make_folders(&self, name: &str) -> Result<(), DiskError> {
        let mut path = self.folder.clone();
        let mut parts: Vec<&str> = name.split('/').collect();
        parts.pop();
        for part in parts {
            path.push(part);
            match fs::symlink_metadata(&path) {
                Ok(about) if about.is_dir() => continue,
                Ok(about) if about.is_symlink() => {
                    let why = "it is a link: nothing is written through one";
                    let cause = io::Error::new(io::ErrorKind::AlreadyExists, why);
                    return Err(disk::error("publish into", &path)(cause));
                }
                Ok(_) => fs::remove_file(&path).map_err(disk::error("remove", &path))?,
                Err(cause) if cause.kind() == io::ErrorKind::NotFound => {}
                Err(cause) => return Err(disk::error("read", &path)(cause)),
            }
            fs::create_dir(&path).map_err(disk::error("make folder", &path))?;
        }
        Ok(())
    }

    /// Writes a file by the name of the only temporary one; returns its path.
    fn write(&mut self, name: &str, bytes: &[u8], durable: Durable) -> Result<PathBuf, DiskError> {
        let (path, new) = (self.folder.join(name), self.folder.join(NEW));
        self.make_folders(name)?;
        let write = || {
            // Never written through a link: the name must be free.
            if disk::open::look(&new)?.is_some() {
                fs::remove_file(&new)?;
            }
            let mut file = File::create_new(&new)?;
            file.write_all(bytes)?;
            if durable == Durable::AtOnce {
                file.sync_all()?;
            }
            fs::rename(&new, &path)
        };
        if let Err(cause) = write() {
            let _ = fs::remove_file(&new);
            return Err(disk::error("write", &path)(cause));
        }
        self.touch(&path);
        Ok(path)
    }

    /// Makes added files durable: each, or all at once where there are many.
    fn sync_added(&mut self) -> Result<(), DiskError> {
        let added = std::mem::take(&mut self.added);
        if added.len() >= MANY && disk::sync_file_system(&self.folder)? {
            return Ok(());
        }
        added.iter().try_for_each(|path| disk::sync_file(path))
    }

    /// The present checkpoint, and how its file was last changed; `None` where there is none, or
    /// the system does not say so.
    fn settled(&self) -> Result<Option<String>, DiskError> {
        let path = self.folder.join(CHECKPOINT);
        let about = disk::open::look(&path).map_err(disk::error("look for", &path))?;
        let change = about.filter(fs::Metadata::is_file).as_ref().and_then(disk::change);
        let Some(change) = change else { return Ok(None) };
        let bytes = disk::read_up_to(&path, MAX_NOTE as u64)?;
        Ok(Some(format!("annals published v1\n{}\n{change}\n", Hash::of(&[&bytes]))))
    }

    /// Records every folder from a file up to the target.
    fn touch(&mut self, path: &Path) {
        let inside = path.ancestors().skip(1).take_while(|above| above.starts_with(&self.folder));
        for folder in inside {
            if !self.touched.insert(folder.to_owned()) {
                break;
            }
        }
    }
}

impl PublishTarget for FolderTarget {
    fn read(&self, name: &str, bound: u64) -> Result<Option<Vec<u8>>, DiskError> {
        let read = disk::inside(&self.folder, name).and_then(|path| disk::read(&path, bound));
        match read {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.is_missing() => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn holds(&self, name: &str, bytes: &[u8]) -> Result<TargetLock, DiskError> {
        use io::ErrorKind::{NotADirectory, NotFound};
        let path = self.folder.join(name);
        let about = match fs::symlink_metadata(&path) {
            Ok(about) => about,
            Err(cause) if matches!(cause.kind(), NotFound | NotADirectory) => {
                return Ok(TargetLock::Absent);
            }
            Err(cause) => return Err(disk::error("look for", &path)(cause)),
        };
        if about.is_dir() {
            return Ok(TargetLock::Folder);
        }
        let length = bytes.len() as u64;
        if !about.is_file() || about.len() != length {
            return Ok(TargetLock::Other);
        }
        match disk::read_up_to(&path, length)? == bytes {
            true => Ok(TargetLock::Same),
            false => Ok(TargetLock::Other),
        }
    }

    fn names(&self, folder: &str) -> Result<Vec<String>, DiskError> {
        match list(&self.folder.join(folder)) {
            Err(error) if error.is_missing() => Ok(Vec::new()),
            // There is a file in its place; the first `put` into the folder replaces it.
            Err(_) if disk::is_file_at(&self.folder.join(folder))? => Ok(Vec::new()),
            other => other,
        }
    }

    fn each_name(&self, folder: &str, take: &mut dyn FnMut(&str)) -> Result<(), DiskError> {
        match each_in(&self.folder.join(folder), take) {
            Err(error) if error.is_missing() => Ok(()),
            // There is a file in its place; the first `put` into the folder replaces it.
            Err(_) if disk::is_file_at(&self.folder.join(folder))? => Ok(()),
            other => other,
        }
    }

    fn put(&mut self, name: &str, bytes: &[u8]) -> Result<(), DiskError> {
        self.write(name, bytes, Durable::AtOnce).map(|_| ())
    }

    fn add(&mut self, name: &str, bytes: &[u8]) -> Result<(), DiskError> {
        let path = self.write(name, bytes, Durable::WhenSynced)?;
        self.added.push(path);
        match self.added.len() < MANY {
            true => Ok(()),
            false => self.sync_added(),
        }
    }

    fn is_settled(&self) -> Result<bool, DiskError> {
        let left = disk::read_optional(&self.folder.join(SETTLED), MAX_SETTLED).unwrap_or_default();
        Ok(left.is_some() && left == self.settled()?.map(String::into_bytes))
    }

    fn settle(&mut self) -> Result<(), DiskError> {
        let Some(text) = self.settled()? else { return Ok(()) };
        // Without it the next publication compares every file; so it need not be durable.
        disk::replace_unsynced(&self.folder.join(SETTLED), text.as_bytes(), FileMode::Shared)
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

    fn sync(&mut self) -> Result<(), DiskError> {
        self.sync_added()?;
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
    let mut names = Vec::new();
    each_in(folder, &mut |name| names.push(name.to_owned()))?;
    names.sort();
    Ok(names)
}

fn each_in(folder: &Path, take: &mut dyn FnMut(&str)) -> Result<(), DiskError> {
    for entry in fs::read_dir(folder).map_err(disk::error("read folder", folder))? {
        let entry = entry.map_err(disk::error("read folder", folder))?;
        take(&entry.file_name().to_string_lossy());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_free_after_its_publisher_though_a_child_process_still_has_it() {
        let folder = tempfile::tempdir().unwrap();
        let held = Hold::take(folder.path(), LockWait::default()).unwrap();
        let _of_a_child = match &held {
            Hold::Folder { locked } => Some(locked.try_clone().unwrap()),
            Hold::File { .. } => None,
        };
        drop(held);
        assert!(Hold::take(folder.path(), LockWait::default()).is_ok());
    }
}
