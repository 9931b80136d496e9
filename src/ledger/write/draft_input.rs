//! Loaded drafts: each with the file that it names, read exactly once.
//!
//! Always holds: a draft is resolved, signed, kept and named from the same bytes, even if the file
//! changes meanwhile. Drafts name no file outside their folder unless a person allows it, and never
//! a file in the folder of keys or a secret key. Not here: the fields of drafts (`draft`), what
//! they resolve to (`resolve`).

use crate::disk::{self, DiskError};
use crate::keys::found_secret;
use crate::ledger::error::{Unresolved, chain};
use crate::ledger::write::draft::{Columns, Draft, DraftError, FieldLines, Input, PlacedDraft};
use annals_core::event::body::MAX_DOCUMENT;
use annals_core::hash::Hash;
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

/// The bytes of a file that a draft names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadedFile {
    /// The path they were read from; `None` if they come from no file.
    pub path: Option<PathBuf>,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// The SHA-256 of the bytes.
    pub digest: Hash,
}

impl LoadedFile {
    /// Bytes that are in hand, and come from no file.
    pub fn in_hand(bytes: Vec<u8>) -> LoadedFile {
        LoadedFile { path: None, digest: Hash::of(&[&bytes]), bytes }
    }

    /// The bytes of a file within reach, read once.
    pub fn read(reach: Reach<'_>, file: &Path) -> Result<LoadedFile, FileError> {
        let (path, place) = (reach.folder.join(file), reach.place(file)?);
        // No link is followed any more: the path is the one that was checked.
        let bytes = disk::read(&place, MAX_DOCUMENT)?;
        if let Some(secret) = found_secret(&bytes) {
            let path = path.display();
            let why = format!("{path} holds {secret}, which is captured by no draft");
            return Err(FileError::Refused(why));
        }
        let digest = Hash::of(&[&bytes]);
        Ok(LoadedFile { path: Some(path), bytes, digest })
    }
}

/// Why the file of a draft cannot be captured.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It may not be captured.
    #[error("{0}")]
    Refused(String),
    /// It cannot be read.
    #[error(transparent)]
    Unreadable(#[from] DiskError),
}

/// Which files drafts may name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FileAccess {
    /// Files in the folder of the drafts, and in its subfolders.
    #[default]
    OfTheFolder,
    /// All files: a person named the file, or allows drafts to name any.
    All,
}

/// The files that drafts can name.
#[derive(Clone, Copy, Debug)]
pub struct Reach<'a> {
    /// The folder that relative names start from.
    pub folder: &'a Path,
    /// The folder of keys; its files are refused.
    pub keys: &'a Path,
    /// Files with a passphrase or a recovery key; they are refused.
    pub secrets: &'a [PathBuf],
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
    /// The lines of its fields, where they do not stand in one.
    pub lines: FieldLines,
    /// The file that it names, or why that cannot be read.
    pub file: Result<Option<LoadedFile>, Unresolved>,
}

/// All drafts of an input, loaded, and the errors of those that could not be read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LoadedInput {
    /// The readable drafts, in order.
    pub drafts: Vec<LoadedDraft>,
    /// The errors of the others.
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

    /// Drafts that are loaded already.
    pub fn of(drafts: impl IntoIterator<Item = LoadedDraft>) -> LoadedInput {
        LoadedInput { drafts: drafts.into_iter().collect(), ..LoadedInput::default() }
    }

    /// The documents of the drafts.
    pub fn documents(&self) -> Vec<(Hash, Vec<u8>)> {
        let files = self.drafts.iter().filter_map(|loaded| loaded.file.as_ref().ok()?.as_ref());
        files.map(|file| (file.digest, file.bytes.clone())).collect()
    }

    /// The paths from which the documents of the drafts were read.
    pub fn places(&self) -> BTreeMap<Hash, PathBuf> {
        let files = self.drafts.iter().filter_map(|loaded| loaded.file.as_ref().ok()?.as_ref());
        files.filter_map(|file| Some((file.digest, file.path.clone()?))).collect()
    }
}

impl LoadedDraft {
    /// A draft of no file of drafts, with the document that it brings.
    pub fn of(draft: Draft, file: LoadedFile) -> LoadedDraft {
        LoadedDraft {
            line: 0,
            draft,
            unread: Vec::new(),
            lines: FieldLines::default(),
            file: Ok(Some(file)),
        }
    }

    /// A draft with the file that it names.
    pub fn read(placed: &PlacedDraft, reach: Reach<'_>) -> LoadedDraft {
        let PlacedDraft { line, draft, unread, lines } = placed.clone();
        let file = draft.file.as_ref().map(|file| LoadedFile::read(reach, file)).transpose();
        let file = file.map_err(|error| Unresolved::at("file", chain(&error)));
        LoadedDraft { line, draft, unread, lines, file }
    }
}

impl Reach<'_> {
    /// The path of the file with this name, links resolved, or why it is refused.
    fn place(&self, file: &Path) -> Result<PathBuf, FileError> {
        let path = self.folder.join(file);
        let leads_out = || {
            FileError::Refused(format!(
                "expected a file in the folder of the drafts, found {}, which leads out of it; \
                 --any-file takes it all the same",
                file.display()
            ))
        };
        let up = |part: Component<'_>| !matches!(part, Component::Normal(_) | Component::CurDir);
        if self.files == FileAccess::OfTheFolder && file.components().any(up) {
            return Err(leads_out());
        }
        let place = path.canonicalize().map_err(disk::error("read", &path))?;
        if self.keys.canonicalize().is_ok_and(|keys| place.starts_with(keys)) {
            let path = path.display();
            let why = format!("{path} is in the folder of keys, of which no file is captured");
            return Err(FileError::Refused(why));
        }
        let is_same = |secret: &PathBuf| secret.canonicalize().is_ok_and(|secret| secret == place);
        if self.secrets.iter().any(is_same) {
            let path = path.display();
            let why = format!(
                "{path} holds a passphrase or a recovery key, as the environment says; it is not \
                 captured"
            );
            return Err(FileError::Refused(why));
        }
        if self.files == FileAccess::OfTheFolder {
            let here = match self.folder.as_os_str().is_empty() {
                true => Path::new("."),
                false => self.folder,
            };
            let here = here.canonicalize().map_err(disk::error("look into", here))?;
            if !place.starts_with(here) {
                return Err(leads_out());
            }
        }
        Ok(place)
    }
}
