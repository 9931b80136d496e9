//! Small files of this module: opening, reading, creating.
//!
//! Always holds: reads are bounded, and the bytes are wiped when dropped; a file is created
//! completely and durably (its bytes and its name), or not at all. Not here: how that is done
//! (`disk`), the meaning of the bytes. Source: `disk`.

use crate::disk::{self, DiskError};
use crate::keys::error::KeysError;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use zeroize::Zeroizing;

pub(super) use crate::disk::FileMode;
pub(super) use crate::disk::open::Links;

/// Creates a file that must not exist, with these bytes, durably.
pub(super) fn write_new(path: &Path, bytes: &[u8], mode: FileMode) -> Result<(), KeysError> {
    disk::write_new(path, bytes, mode).map_err(refused)
}

/// Creates a folder that must not exist.
pub(super) fn make_folder(path: &Path) -> Result<(), KeysError> {
    disk::create_dir(path).map_err(refused)
}

fn refused(fault: DiskError) -> KeysError {
    match fault {
        DiskError::Io { what, path, cause } => KeysError::io(what, &path)(cause),
        other => KeysError::Disk(other),
    }
}

/// Opens a file for reading; refuses folders, pipes and the like. Links inside the folder of keys
/// are not followed.
pub(super) fn open(path: &Path, links: Links) -> Result<File, KeysError> {
    disk::open::open(path, links).map_err(KeysError::io("read", path))
}

/// Reads at most `max` bytes; `None` if there are more. The bytes are wiped when dropped.
pub(super) fn read(
    file: &File,
    path: &Path,
    max: usize,
) -> Result<Option<Zeroizing<Vec<u8>>>, KeysError> {
    // Allocated at full size: a growing buffer would leave copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(max + 1));
    let taken = file.take(max as u64 + 1).read_to_end(&mut bytes);
    taken.map_err(KeysError::io("read", path))?;
    Ok((bytes.len() <= max).then_some(bytes))
}
