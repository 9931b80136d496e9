//! Reading and making small files: a stand-in until `disk` has these, then to be removed.
//!
//! Always holds: a file is made new, whole and durable (its bytes and its name), or not at all;
//! what is there is never overwritten. Not here: what the bytes mean.
//! Source: open(2) with O_CREAT | O_EXCL, fsync(2) of the file and of its folder.

use super::error::KeysError;
use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::path::Path;
use zeroize::Zeroizing;

/// Who may read a new file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Readers {
    /// Its owner: mode 0600.
    Owner,
    /// Everyone whom the umask lets.
    Everyone,
}

/// Makes a file that was not there, with these bytes, and waits until both are on the disk.
pub(super) fn write_new(path: &Path, bytes: &[u8], readers: Readers) -> Result<(), KeysError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if readers == Readers::Owner {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(path).map_err(KeysError::io("make", path))?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    if let Err(source) = written {
        // Half a key would stand in the way of a whole one.
        let _ = fs::remove_file(path);
        return Err(KeysError::io("write", path)(source));
    }
    sync_folder_of(path)
}

/// Waits until the name of the file is on the disk.
pub(super) fn sync_folder_of(path: &Path) -> Result<(), KeysError> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.map_err(KeysError::io("sync", folder))
}

/// Opens a file to be read, unless it is a folder, a pipe or the like.
pub(super) fn open(path: &Path) -> Result<File, KeysError> {
    let kind = fs::metadata(path).map_err(KeysError::io("read", path))?;
    if !kind.is_file() {
        let found = if kind.is_dir() { "a folder" } else { "something that is no file" };
        let (path, expected) = (path.to_owned(), "a file");
        return Err(KeysError::NotAKey { path, expected, found: found.to_owned() });
    }
    File::open(path).map_err(KeysError::io("read", path))
}

/// Reads at most `max` bytes; `None` if there are more. They are wiped when dropped.
pub(super) fn read(
    file: &File,
    path: &Path,
    max: usize,
) -> Result<Option<Zeroizing<Vec<u8>>>, KeysError> {
    // Room for all from the start: a buffer that grows leaves copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(max + 1));
    let taken = file.take(max as u64 + 1).read_to_end(&mut bytes);
    taken.map_err(KeysError::io("read", path))?;
    Ok((bytes.len() <= max).then_some(bytes))
}
