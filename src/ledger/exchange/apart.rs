//! Protected places: no output is written into the files that it is made of.
//!
//! Always holds: a place is compared by its real path, with links resolved, even if it does not
//! exist yet. Not here: what is written. Source: realpath(3).

use crate::disk;
use crate::ledger::error::LedgerError;
use crate::ledger::folder_kind::{holder, outside};
use crate::ledger::paths::Paths;
use std::io;
use std::path::{Path, PathBuf};

/// A folder into which no other output is written.
#[derive(Clone, Copy, Debug)]
pub enum ProtectedPlace<'a> {
    /// A ledger.
    Ledger(&'a Path),
    /// A folder of keys.
    Keys(&'a Path),
    /// A bag.
    Bag(&'a Path),
    /// A published directory.
    Published(&'a Path),
}

impl<'a> ProtectedPlace<'a> {
    /// A ledger and the keys beside it.
    pub fn of(paths: &'a Paths) -> Vec<ProtectedPlace<'a>> {
        vec![ProtectedPlace::Ledger(&paths.ledger), ProtectedPlace::Keys(&paths.keys)]
    }

    fn folder(self) -> &'a Path {
        match self {
            ProtectedPlace::Ledger(path)
            | ProtectedPlace::Keys(path)
            | ProtectedPlace::Bag(path)
            | ProtectedPlace::Published(path) => path,
        }
    }

    fn name(self) -> &'static str {
        match self {
            ProtectedPlace::Ledger(_) => "the ledger",
            ProtectedPlace::Keys(_) => "the folder of keys",
            ProtectedPlace::Bag(_) => "the bag",
            ProtectedPlace::Published(_) => "the published directory",
        }
    }
}

/// Refuses a place that is one of these folders or is inside one, or inside of another ledger, bag
/// or folder of keys.
pub fn expect_apart(place: &Path, kept: &[ProtectedPlace<'_>]) -> Result<(), LedgerError> {
    expect_outside(place, kept)?;
    match holder(&real(place)?)? {
        Some((kind, folder)) => Err(outside(kind, &folder, place)),
        None => Ok(()),
    }
}

/// Refuses a place that is one of these folders or is inside one.
pub fn expect_outside(place: &Path, kept: &[ProtectedPlace<'_>]) -> Result<(), LedgerError> {
    let real = real(place)?;
    for kept in kept {
        if real.starts_with(self::real(kept.folder())?) {
            return Err(outside(kept.name(), kept.folder(), place));
        }
    }
    Ok(())
}

/// As [`expect_apart`]; also refuses a folder that contains one of these.
pub fn expect_folder_apart(folder: &Path, kept: &[ProtectedPlace<'_>]) -> Result<(), LedgerError> {
    expect_apart(folder, kept)?;
    let above = real(folder)?;
    for kept in kept {
        if real(kept.folder())?.starts_with(&above) {
            return Err(LedgerError::Usage(format!(
                "expected a folder of its own, found {}, in which {} {} is; nothing was written: \
                 name another",
                folder.display(),
                kept.name(),
                kept.folder().display()
            )));
        }
    }
    Ok(())
}

/// The real path of a place. If it does not exist, its existing parent folders are resolved.
fn real(place: &Path) -> Result<PathBuf, LedgerError> {
    let failed = |cause| LedgerError::from(disk::error("look into", place)(cause));
    let mut at = std::path::absolute(place).map_err(failed)?;
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
