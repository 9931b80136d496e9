//! Files by name: the interface between a published record and the place of its files.
//!
//! Always holds: a name is one that this program makes, never one from a file; of a file larger
//! than its bound, only the bound is read; a page of HTML in place of a file does not count as a
//! file.
//! Not here: the content of the files (`published`).
//! Source: FORMAT.md section 9, "Published directory".

use crate::archive::{BODIES, DOCUMENTS};
use crate::disk::unread::{UnreadFile, UnreadFiles};
use crate::disk::{self, DiskError};
use annals_core::hash::Hash;
use annals_core::verify::source::SourceError;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The maximum number of names of pages that is kept.
const MAX_PAGES: usize = 1_000;

/// A place with the files of a published record.
pub trait PublishedFiles: Send + Sync {
    /// The first bytes of a file, at most `bound` of them; `None` if there is no such file.
    fn get(&self, name: &str, bound: u64) -> Result<Option<Vec<u8>>, SourceError>;

    /// Reads these files ahead, several at a time, where that takes less time than one by one. An
    /// error is returned when the file is read.
    fn prefetch(&self, _wanted: &[WantedFile]) {}

    /// Forgets what is kept of the files; whether something of an earlier reading was.
    fn forget(&self) -> bool {
        false
    }

    /// After a verified reading: keeps of bodies and documents only these, the ones that may be
    /// shown.
    fn keep_only(&self, _open: &BTreeSet<Hash>) {}

    /// The file in which a reader remembers what it saw of the record, where there is one.
    fn memory(&self) -> Option<PathBuf> {
        None
    }

    /// The names, up to a limit, for which the place returned a page of HTML instead of a file.
    fn pages(&self) -> Vec<String> {
        Vec::new()
    }

    /// The files that could not be read, where they count as missing, each with the reason.
    fn unread(&self) -> BTreeMap<String, UnreadFile> {
        BTreeMap::new()
    }

    /// Whether the place has an answer for a name that no record has: then its other answers prove
    /// nothing.
    fn answers_every_name(&self) -> bool {
        false
    }

    /// The place of the files, for messages.
    fn place(&self) -> String;
}

/// A file that will be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WantedFile {
    /// Its name.
    pub name: String,
    /// How many bytes of it will be read.
    pub bound: u64,
}

/// The names for which a page of HTML was returned, up to a limit.
#[derive(Debug, Default)]
pub struct Pages(Mutex<Vec<String>>);

impl Pages {
    /// Adds a name, once: the same file may be requested again.
    pub fn add(&self, name: &str) {
        // No update is left half done when a thread panics.
        let mut pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if pages.len() < MAX_PAGES && !pages.iter().any(|page| page == name) {
            pages.push(name.to_owned());
        }
    }

    /// All names.
    pub fn all(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Whether the bytes are a page of HTML, returned in place of a file.
pub fn is_html(bytes: &[u8]) -> bool {
    begins_as(bytes, "<!doctype html") || begins_as(bytes, "<html")
}

/// Whether the bytes begin with this text, in any case, after a byte order mark and white space.
pub fn begins_as(bytes: &[u8], start: &str) -> bool {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
    bytes.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start.as_bytes()))
}

/// The digest that a name says of its file, as those of bodies and documents do.
pub fn name_digest(name: &str) -> Option<Hash> {
    let (folder, digest) = name.split_once('/')?;
    [BODIES, DOCUMENTS].contains(&folder).then(|| Hash::parse(digest)).flatten()
}

/// Whether the name of a file is its digest.
pub fn is_named_so(name: &str, bytes: &[u8]) -> bool {
    name_digest(name).is_some_and(|digest| digest == Hash::of(&[bytes]))
}

/// A folder of files.
#[derive(Debug)]
pub struct PublishedFolder {
    path: PathBuf,
    pages: Pages,
    /// For a verdict: the files that cannot be read, which count as missing.
    unread: Option<UnreadFiles>,
}

impl PublishedFolder {
    /// The files of this folder.
    pub fn new(path: &Path) -> PublishedFolder {
        PublishedFolder { path: path.to_owned(), pages: Pages::default(), unread: None }
    }

    /// The files of this folder, for a verdict: a file that cannot be read counts as missing, and
    /// is listed with the reason ([`PublishedFiles::unread`]).
    pub fn for_verdict(path: &Path) -> PublishedFolder {
        PublishedFolder { unread: Some(UnreadFiles::default()), ..PublishedFolder::new(path) }
    }
}

impl PublishedFiles for PublishedFolder {
    fn get(&self, name: &str, bound: u64) -> Result<Option<Vec<u8>>, SourceError> {
        let path = self.path.join(name);
        match disk::inside(&self.path, name).and_then(|path| disk::read_up_to(&path, bound)) {
            Ok(bytes) if is_html(&bytes) && !is_named_so(name, &bytes) => {
                self.pages.add(name);
                Ok(None)
            }
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.is_missing() => Ok(None),
            Err(error) if let Some(unread) = &self.unread => {
                unread.keep(name, &error);
                Ok(None)
            }
            Err(error) => {
                let what = path.display().to_string();
                let cause = match error {
                    DiskError::Io { cause, .. } => cause,
                    other => io::Error::other(other),
                };
                Err(SourceError { what, cause })
            }
        }
    }

    fn pages(&self) -> Vec<String> {
        self.pages.all()
    }

    fn unread(&self) -> BTreeMap<String, UnreadFile> {
        self.unread.as_ref().map(UnreadFiles::all).unwrap_or_default()
    }

    fn place(&self) -> String {
        self.path.display().to_string()
    }
}
