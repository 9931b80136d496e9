//! The real path of a place, with links and `..` resolved, even if nothing is there yet.
//!
//! Always holds: nothing is written; what is there of the path is resolved, the rest is appended,
//! and so is what stands in a folder that this user may not enter.
//! Not here: what may be written where (`ledger::exchange::protected_place`). Source: realpath(3).

use crate::disk::{DiskError, error};
use std::io;
use std::path::{Path, PathBuf};

/// The real path of a place. If it does not exist, or stands in a folder that this user may not
/// look into, and so not write to, the folders above it are resolved.
pub fn real_path(place: &Path) -> Result<PathBuf, DiskError> {
    let failed = error("look into", place);
    let mut at = match std::path::absolute(place) {
        Ok(at) => at,
        Err(cause) => return Err(failed(cause)),
    };
    let mut rest = Vec::new();
    loop {
        match at.canonicalize() {
            Ok(real) => return Ok(rest.iter().rev().fold(real, |path, name| path.join(name))),
            Err(cause) if !is_above(cause.kind()) => return Err(failed(cause)),
            Err(cause) => match (at.file_name(), at.parent()) {
                (Some(name), Some(above)) => {
                    rest.push(name.to_owned());
                    at = above.to_owned();
                }
                _ => return Err(failed(cause)),
            },
        }
    }
}

/// Whether only what is above a place can be resolved, by this error of the place.
fn is_above(kind: io::ErrorKind) -> bool {
    matches!(kind, io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied)
}
