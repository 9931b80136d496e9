//! The target of a bag: files are written one after the other into a folder that is not yet a bag.
//!
//! Always holds: until [`BagTarget::finish`] there is nothing under the bag's name. The remains of
//! an interrupted export, in `.<name>.partial` beside it, have no `bagit.txt` under the bag's name
//! and are removed by the next export of that name. Not here: what is written (`bag`,
//! `ledger::exchange::export`). Source: FORMAT.md section 14.

use crate::disk::lock::{Lock, LockWait};
use crate::disk::open::is_folder;
use crate::disk::{self, DiskError, Links, PathKind};
use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A place for the files of a bag: a trait, so that tests can make each step fail.
pub trait BagTarget {
    /// Begins a file of this name, with `/` between folders; missing folders are created.
    fn begin(&mut self, name: &str) -> Result<(), DiskError>;
    /// Adds bytes to the open file.
    fn add(&mut self, bytes: &[u8]) -> Result<(), DiskError>;
    /// Ends the file.
    fn end(&mut self) -> Result<(), DiskError>;
    /// Makes the bytes of all ended files durable.
    fn sync(&mut self) -> Result<(), DiskError>;
    /// Makes all files and their names durable, then gives the bag its name.
    fn finish(&mut self) -> Result<(), DiskError>;
    /// The folder of the files before that.
    fn folder(&self) -> &Path;
}

/// The number of files synced at once: the disk completes many waiting syncs with one write.
const SYNCING: usize = 16;
/// The exporter's lock, in the folder that it writes to.
const LOCK: &str = ".lock";

/// A folder beside the bag, which is renamed to the bag's name last.
#[derive(Debug)]
pub struct FolderBagTarget {
    bag: PathBuf,
    partial: PathBuf,
    folders: BTreeSet<PathBuf>,
    file: Option<(PathBuf, File)>,
    /// Files that are ended and not yet durable.
    unsettled: Vec<PathBuf>,
    finished: bool,
    _lock: Lock,
}

impl FolderBagTarget {
    /// A target for the bag of this name, which must not exist; its parent must.
    ///
    /// Errors: something has the name, or another export writes it for longer than `wait`.
    pub fn open(bag: &Path, wait: impl Into<LockWait>) -> Result<FolderBagTarget, DiskError> {
        expect_free(bag)?;
        let name = bag.file_name().ok_or_else(|| {
            let why = "expected the name of a folder that is not there yet";
            disk::error("write", bag)(io::Error::new(io::ErrorKind::InvalidInput, why))
        })?;
        expect_parent(bag)?;
        let partial = bag.with_file_name(format!(".{}.partial", name.to_string_lossy()));
        match is_folder(&partial).map_err(disk::error("look into", &partial))? {
            true => expect_remains(&partial, LOCK)?,
            false => disk::create_dir(&partial)?,
        }
        let lock = Lock::take(&partial.join(LOCK), wait);
        // Another one finished while this one waited.
        expect_free(bag)?;
        let lock = lock?;
        clear(&partial)?;
        let folders = BTreeSet::from([partial.clone()]);
        let bag = bag.to_owned();
        let unsettled = Vec::new();
        Ok(FolderBagTarget {
            bag,
            partial,
            folders,
            file: None,
            unsettled,
            finished: false,
            _lock: lock,
        })
    }

    fn make_folders(&mut self, path: &Path) -> Result<(), DiskError> {
        let above: Vec<PathBuf> = path.ancestors().skip(1).map(Path::to_owned).collect();
        for folder in above.into_iter().rev().filter(|folder| folder.starts_with(&self.partial)) {
            if !self.folders.contains(&folder) {
                fs::create_dir(&folder).map_err(disk::error("make folder", &folder))?;
                self.folders.insert(folder);
            }
        }
        Ok(())
    }
}

/// Refuses the name of something that is there.
fn expect_free(bag: &Path) -> Result<(), DiskError> {
    if !disk::is_there(bag)? {
        return Ok(());
    }
    let why = "it is there already: name a folder that is not there; nothing was changed";
    Err(disk::error("write", bag)(io::Error::new(io::ErrorKind::AlreadyExists, why)))
}

/// Refuses a target whose folder is not there: the name of the folder beside it says nothing to a
/// reader.
fn expect_parent(bag: &Path) -> Result<(), DiskError> {
    let above = bag.parent().filter(|above| !above.as_os_str().is_empty());
    match above {
        Some(above) if !disk::is_folder_at(above)? => {
            let above = above.display();
            let why = format!("expected the folder {above}, found none: make it first");
            Err(disk::error("make", bag)(io::Error::new(io::ErrorKind::NotFound, why)))
        }
        _ => Ok(()),
    }
}

/// Refuses a folder beside a target that has files and no lock: no command of this program left
/// them, and it would remove them.
pub fn expect_remains(partial: &Path, lock: &str) -> Result<(), DiskError> {
    let mut listed = fs::read_dir(partial).map_err(disk::error("list", partial))?;
    if listed.next().is_none() || disk::is_there(&partial.join(lock))? {
        return Ok(());
    }
    let why = "expected what an interrupted command left, found other files: move the folder away, \
               or name another target; nothing was changed";
    Err(disk::error("write", partial)(io::Error::new(io::ErrorKind::AlreadyExists, why)))
}

/// The error for a thread that ended without a result.
fn lost() -> DiskError {
    let cause = io::Error::other("a thread that synced files ended early");
    disk::error("sync", Path::new("the bag"))(cause)
}

/// Removes the remains of an interrupted export.
fn clear(partial: &Path) -> Result<(), DiskError> {
    for entry in fs::read_dir(partial).map_err(disk::error("list", partial))? {
        let path = entry.map_err(disk::error("list", partial))?.path();
        if disk::kind(&path, Links::Refuse)? == Some(PathKind::Folder) {
            fs::remove_dir_all(&path).map_err(disk::error("remove", &path))?;
        } else if path.file_name().is_none_or(|name| name != LOCK) {
            fs::remove_file(&path).map_err(disk::error("remove", &path))?;
        }
    }
    Ok(())
}

impl BagTarget for FolderBagTarget {
    fn begin(&mut self, name: &str) -> Result<(), DiskError> {
        let path = self.partial.join(name);
        self.make_folders(&path)?;
        let file = OpenOptions::new().write(true).create_new(true).open(&path);
        self.file = Some((path.clone(), file.map_err(disk::error("make", &path))?));
        Ok(())
    }

    fn add(&mut self, bytes: &[u8]) -> Result<(), DiskError> {
        match &mut self.file {
            Some((path, file)) => file.write_all(bytes).map_err(disk::error("write", path)),
            None => Ok(()),
        }
    }

    fn end(&mut self) -> Result<(), DiskError> {
        self.unsettled.extend(self.file.take().map(|(path, _)| path));
        Ok(())
    }

    fn sync(&mut self) -> Result<(), DiskError> {
        let files = std::mem::take(&mut self.unsettled);
        let share = files.len().div_ceil(SYNCING).max(1);
        let sync = |files: &[PathBuf]| files.iter().try_for_each(|path| disk::sync_file(path));
        std::thread::scope(|scope| {
            let shares = files.chunks(share).map(|files| scope.spawn(move || sync(files)));
            let shares: Vec<_> = shares.collect();
            shares.into_iter().try_for_each(|share| share.join().unwrap_or_else(|_| Err(lost())))
        })
    }

    fn finish(&mut self) -> Result<(), DiskError> {
        self.sync()?;
        for folder in self.folders.iter().rev() {
            disk::sync_folder(folder)?;
        }
        fs::rename(&self.partial, &self.bag).map_err(disk::error("put in place", &self.bag))?;
        self.finished = true;
        // It is whole and in its place, whatever becomes of its name.
        let named = disk::sync_name(&self.bag);
        let lock = self.bag.join(LOCK);
        fs::remove_file(&lock).map_err(disk::error("remove", &lock))?;
        named.and_then(|()| disk::sync_folder(&self.bag))
    }

    fn folder(&self) -> &Path {
        &self.partial
    }
}

impl Drop for FolderBagTarget {
    fn drop(&mut self) {
        if !self.finished {
            // Remaining files are removed by the next export of this name, and are not a bag.
            let _ = fs::remove_dir_all(&self.partial);
        }
    }
}

/// A target that only computes digests and writes nothing.
#[derive(Debug, Default)]
pub struct NullBagTarget;

impl BagTarget for NullBagTarget {
    fn begin(&mut self, _name: &str) -> Result<(), DiskError> {
        Ok(())
    }
    fn add(&mut self, _bytes: &[u8]) -> Result<(), DiskError> {
        Ok(())
    }
    fn end(&mut self) -> Result<(), DiskError> {
        Ok(())
    }
    fn sync(&mut self) -> Result<(), DiskError> {
        Ok(())
    }
    fn finish(&mut self) -> Result<(), DiskError> {
        Ok(())
    }
    fn folder(&self) -> &Path {
        Path::new("")
    }
}
