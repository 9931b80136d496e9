//! Loaded drafts: each with the file that it names, read exactly once.
//!
//! Always holds: what is resolved, signed, kept and named is made of the same bytes, whatever
//! becomes of the file in between; drafts name no file outside of their folder unless a person
//! allows it, and never one of the folder of keys or a secret key. Not here: what drafts say
//! (`draft`), what they resolve to (`resolve`).

use crate::disk;
use crate::keys::is_secret;
use crate::ledger::error::chain;
use crate::ledger::write::draft::{Columns, Draft, DraftError, Input, Placed};
use annals_core::event::body::MAX_DOCUMENT;
use annals_core::hash::Hash;
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

/// The bytes of a file that a draft names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadedFile {
    /// Where they were read.
    pub path: PathBuf,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// SHA-256 of them.
    pub digest: Hash,
}

/// Which files drafts may name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FileAccess {
    /// Those of the folder that the drafts are in, and of folders in it.
    #[default]
    OfTheFolder,
    /// All: a person named the file, or allows the drafts to.
    All,
}

/// Where the files of drafts are.
#[derive(Clone, Copy, Debug)]
pub struct Reach<'a> {
    /// The folder that relative names begin in.
    pub folder: &'a Path,
    /// The folder of keys, of which no file is taken.
    pub keys: &'a Path,
    /// Which files may be named.
    pub files: FileAccess,
}

/// A draft with its file.
#[derive(Clone, Debug, PartialEq)]
pub struct LoadedDraft {
    /// The line (from 1) at which it begins, or the row of a table; 0 where it stands in no file.
    pub line: usize,
    /// The draft.
    pub draft: Draft,
    /// The fields of it that could not be read.
    pub unread: Vec<String>,
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
    /// The columns of a table; none in a file of lines.
    pub columns: Columns,
}

impl LoadedInput {
    /// Reads the file of each draft.
    pub fn read(input: &Input, reach: Reach<'_>) -> LoadedInput {
        let drafts = input.drafts.iter().map(|placed| LoadedDraft::read(placed, reach)).collect();
        LoadedInput { drafts, unread: input.unread.clone(), columns: input.columns.clone() }
    }

    /// The documents that the drafts bring.
    pub fn documents(&self) -> Vec<(Hash, Vec<u8>)> {
        let files = self.drafts.iter().filter_map(|loaded| loaded.file.as_ref().ok()?.as_ref());
        files.map(|file| (file.digest, file.bytes.clone())).collect()
    }

    /// Where the documents that the drafts bring were read.
    pub fn places(&self) -> BTreeMap<Hash, PathBuf> {
        let files = self.drafts.iter().filter_map(|loaded| loaded.file.as_ref().ok()?.as_ref());
        files.map(|file| (file.digest, file.path.clone())).collect()
    }
}

impl LoadedDraft {
    /// A draft with the file that it names.
    pub fn read(placed: &Placed, reach: Reach<'_>) -> LoadedDraft {
        let Placed { line, draft, unread } = placed.clone();
        let file = draft.file.as_ref().map(|file| read_file(reach, file)).transpose();
        LoadedDraft { line, draft, unread, file: file.map_err(|why| format!("file: {why}")) }
    }
}

impl Reach<'_> {
    /// The file of this name, links followed, or why it is not taken.
    fn place(&self, file: &Path) -> Result<PathBuf, String> {
        let path = self.folder.join(file);
        let leads_out = || {
            format!(
                "expected a file in the folder of the drafts, found {}, which leads out of it; \
                 --any-file takes it all the same",
                file.display()
            )
        };
        let up = |part: Component<'_>| !matches!(part, Component::Normal(_) | Component::CurDir);
        if self.files == FileAccess::OfTheFolder && file.components().any(up) {
            return Err(leads_out());
        }
        let place = path.canonicalize().map_err(disk::error("read", &path));
        let place = place.map_err(|error| chain(&error))?;
        if self.keys.canonicalize().is_ok_and(|keys| place.starts_with(keys)) {
            let path = path.display();
            return Err(format!("{path} is in the folder of keys, of which no file is captured"));
        }
        if self.files == FileAccess::OfTheFolder {
            let here = match self.folder.as_os_str().is_empty() {
                true => Path::new("."),
                false => self.folder,
            };
            let here = here.canonicalize().map_err(disk::error("look into", here));
            if !place.starts_with(here.map_err(|error| chain(&error))?) {
                return Err(leads_out());
            }
        }
        Ok(place)
    }
}

fn read_file(reach: Reach<'_>, file: &Path) -> Result<LoadedFile, String> {
    let (path, place) = (reach.folder.join(file), reach.place(file)?);
    // No link is followed any more: the place is the one that was judged.
    let bytes = disk::read(&place, MAX_DOCUMENT).map_err(|error| chain(&error))?;
    if is_secret(&bytes) {
        let path = path.display();
        return Err(format!("{path} holds a secret key, which is captured by no draft"));
    }
    let digest = Hash::of(&[&bytes]);
    Ok(LoadedFile { path, bytes, digest })
}
