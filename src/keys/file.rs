//! Small files of this room: opened, read and made new.
//!
//! Always holds: what is read is bounded, and wiped when dropped; a file is made new, whole and
//! durable (its bytes and its name), or not at all. Not here: how that is done (`disk`), what the
//! bytes mean. Source: `disk`.

use crate::disk::{self, DiskError};
use crate::keys::error::KeysError;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use zeroize::Zeroizing;

pub(super) use crate::disk::FileMode;
pub(super) use crate::disk::open::Links;

/// Makes a file that was not there, with these bytes, and waits until both are on the disk.
pub(super) fn write_new(path: &Path, bytes: &[u8], mode: FileMode) -> Result<(), KeysError> {
    disk::write_new(path, bytes, mode).map_err(refused)
}

/// Makes a folder that was not there.
pub(super) fn make_folder(path: &Path) -> Result<(), KeysError> {
    disk::create_dir(path).map_err(refused)
}

fn refused(fault: DiskError) -> KeysError {
    match fault {
        DiskError::Io { what, path, cause } => KeysError::io(what, &path)(cause),
        other => KeysError::Disk(other),
    }
}

/// Opens a file to be read, unless it is a folder, a pipe or the like. Inside the folder of keys no
/// link is followed.
pub(super) fn open(path: &Path, links: Links) -> Result<File, KeysError> {
    disk::open::open(path, links).map_err(KeysError::io("read", path))
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
