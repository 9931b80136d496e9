//! The real path of a place, with links and `..` resolved, even if nothing is there yet.
//!
//! Always holds: nothing is written; what is there of the path is resolved, the rest is appended.
//! Not here: what may be written where (`ledger::exchange::apart`). Source: realpath(3).

use crate::disk::{DiskError, error};
use std::io;
use std::path::{Path, PathBuf};

/// The real path of a place. If it does not exist, its existing parent folders are resolved.
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
            Err(cause) if cause.kind() != io::ErrorKind::NotFound => return Err(failed(cause)),
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
