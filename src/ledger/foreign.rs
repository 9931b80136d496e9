//! Foreign files: files in a ledger's folders that are not part of the record.
//!
//! Always holds: they change no verdict. Files that this program keeps aside there, and names that
//! begin with a dot, are not foreign. Not here: damage (`verify`).

use crate::ledger::paths::Paths;
use annals_core::hash::Hash;
use std::path::{Path, PathBuf};

/// The foreign files in the folders of journal and documents, sorted. A folder that cannot be
/// listed gives none: reading the record reports that error.
pub fn foreign(paths: &Paths) -> Vec<PathBuf> {
    let mut found = in_folder(&paths.ledger.join("journal"), is_of_journal);
    found.extend(in_folder(&paths.documents(), is_of_documents));
    found
}

fn in_folder(folder: &Path, is_ours: fn(&str) -> bool) -> Vec<PathBuf> {
    let listed = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let foreign = listed.filter(|found| {
        let name = found.file_name();
        let name = name.to_string_lossy();
        !name.starts_with('.') && !is_ours(&name)
    });
    let mut found: Vec<PathBuf> = foreign.map(|found| found.path()).collect();
    found.sort();
    found
}

fn is_of_journal(name: &str) -> bool {
    let digits = |stem: &str| stem.len() == 20 && stem.bytes().all(|byte| byte.is_ascii_digit());
    name.strip_suffix(".log").is_some_and(digits) || name.starts_with("aside-")
}

fn is_of_documents(name: &str) -> bool {
    Hash::parse(name.split("-aside-").next().unwrap_or_default()).is_some()
}
