//! Loaded drafts: each with the file that it names, read exactly once.
//!
//! Always holds: what is settled, signed, kept and named is made of the same bytes, whatever
//! becomes of the file in between. Not here: what drafts say (`draft`), what they resolve to
//! (`settle`).

use crate::disk;
use crate::event::body::MAX_DOCUMENT;
use crate::hash::Hash;
use crate::ledger::append::chain;
use crate::ledger::draft::{Draft, DraftError, Input, Placed};
use std::path::Path;

/// The bytes of a file that a draft names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadedFile {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// SHA-256 of them.
    pub digest: Hash,
}

/// A draft with its file.
#[derive(Clone, Debug, PartialEq)]
pub struct LoadedDraft {
    /// The line (from 1) at which it begins; 0 where it stands in no file.
    pub line: usize,
    /// The draft.
    pub draft: Draft,
    /// The file that it names, or why that cannot be read.
    pub file: Result<Option<LoadedFile>, String>,
}

/// All drafts of an input, loaded, and those that could not be read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LoadedInput {
    /// What could be read, in order.
    pub drafts: Vec<LoadedDraft>,
    /// What could not.
    pub unread: Vec<DraftError>,
}

impl LoadedInput {
    /// Reads the file of each draft; relative ones are in `folder`.
    pub fn read(input: &Input, folder: &Path) -> LoadedInput {
        let drafts = input.drafts.iter().map(|placed| LoadedDraft::read(placed, folder)).collect();
        LoadedInput { drafts, unread: input.unread.clone() }
    }

    /// The documents that the drafts bring.
    pub fn documents(&self) -> Vec<(Hash, Vec<u8>)> {
        let files = self.drafts.iter().filter_map(|loaded| loaded.file.as_ref().ok()?.as_ref());
        files.map(|file| (file.digest, file.bytes.clone())).collect()
    }
}

impl LoadedDraft {
    /// A draft with the file that it names.
    pub fn read(placed: &Placed, folder: &Path) -> LoadedDraft {
        let Placed { line, draft } = placed.clone();
        let file = draft.file.as_ref().map(|file| read_file(&folder.join(file))).transpose();
        LoadedDraft { line, draft, file }
    }
}

fn read_file(path: &Path) -> Result<LoadedFile, String> {
    let bytes = disk::read_named(path, MAX_DOCUMENT);
    let bytes = bytes.map_err(|error| format!("file: {}", chain(&error)))?;
    let digest = Hash::of(&[&bytes]);
    Ok(LoadedFile { bytes, digest })
}
