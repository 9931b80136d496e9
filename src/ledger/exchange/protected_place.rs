//! Protected places: no output is written into the files that it is made of.
//!
//! Always holds: a place is compared by its real path, with links resolved, even if it does not
//! exist yet (`disk::real_path`). Not here: what is written.

use crate::disk::real_path::real_path;
use crate::ledger::error::LedgerError;
use crate::ledger::folder_kind::{KEYS, holder, outside};
use crate::ledger::paths::Paths;
use std::path::Path;

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
pub fn expect_unprotected(place: &Path, kept: &[ProtectedPlace<'_>]) -> Result<(), LedgerError> {
    expect_outside(place, kept)?;
    match holder(&real_path(place)?)? {
        Some((kind, folder)) => Err(outside(kind, &folder, place)),
        None => Ok(()),
    }
}

/// As [`expect_unprotected`], for a file that may be beside keys: a pin, evidence, the state of a
/// witness.
pub fn expect_unprotected_or_beside_keys(
    place: &Path,
    kept: &[ProtectedPlace<'_>],
) -> Result<(), LedgerError> {
    expect_outside(place, kept)?;
    match holder(&real_path(place)?)?.filter(|(kind, _)| *kind != KEYS) {
        Some((kind, folder)) => Err(outside(kind, &folder, place)),
        None => Ok(()),
    }
}

/// Refuses a place that is one of these folders or is inside one.
fn expect_outside(place: &Path, kept: &[ProtectedPlace<'_>]) -> Result<(), LedgerError> {
    let real = real_path(place)?;
    for kept in kept {
        if real.starts_with(real_path(kept.folder())?) {
            return Err(outside(kept.name(), kept.folder(), place));
        }
    }
    Ok(())
}

/// As [`expect_unprotected`]; also refuses a folder that contains one of these.
pub fn expect_folder_apart(folder: &Path, kept: &[ProtectedPlace<'_>]) -> Result<(), LedgerError> {
    expect_unprotected(folder, kept)?;
    let above = real_path(folder)?;
    for kept in kept {
        if real_path(kept.folder())?.starts_with(&above) {
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
