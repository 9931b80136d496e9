//! A bag: files with manifests of their digests (BagIt).
//!
//! ```text
//! bagit.txt   bag-info.txt   manifest-sha512.txt   tagmanifest-sha512.txt
//! tagmanifest-sha512.note   FORMAT.md   VERIFY.txt   VERIFY.html   data/…
//! ```
//!
//! [`Bagger`] writes one to a [`target`], [`read`] checks one, [`note`] is the text that the log
//! key signs for it.
//!
//! Always holds: every file under `data` is in the manifest, every other file except the note in
//! the tag manifest; lines are sorted by name; `bagit.txt` is written last. Not here: the content
//! of the payload (`ledger::exchange::export`). Source: RFC 8493; FORMAT.md section 14.

pub mod target;
pub mod note;
pub mod read;

use crate::archive::bag::target::BagTarget;
use crate::disk::DiskError;
use annals_core::hash::Running512;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// The declaration; a folder without it is not a bag.
pub const DECLARATION: &str = "bagit.txt";
/// The text of the declaration.
pub const DECLARED: &str = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";
/// The description of the bag.
pub const INFO: &str = "bag-info.txt";
/// The digests of the payload.
pub const MANIFEST: &str = "manifest-sha512.txt";
/// The digests of the tag files.
pub const TAG_MANIFEST: &str = "tagmanifest-sha512.txt";
/// The log key's signed note of the tag manifest.
pub const NOTE: &str = "tagmanifest-sha512.note";
/// The payload's folder.
pub const PAYLOAD: &str = "data";

/// A file of a bag, as in its manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filed {
    /// SHA-512, 128 hex digits.
    pub digest: String,
    /// Number of bytes.
    pub bytes: u64,
}

/// Writes a bag, file by file.
pub struct Bagger<'a> {
    target: &'a mut dyn BagTarget,
    filed: BTreeMap<String, Filed>,
    tags: BTreeMap<String, Filed>,
    open: Option<(String, Running512, u64)>,
}

impl<'a> Bagger<'a> {
    /// An empty bag in this target.
    pub fn new(target: &'a mut dyn BagTarget) -> Bagger<'a> {
        Bagger { target, filed: BTreeMap::new(), tags: BTreeMap::new(), open: None }
    }

    /// Begins a file of the payload; an open file is ended first.
    pub fn begin(&mut self, name: &str) -> Result<(), DiskError> {
        self.end()?;
        self.target.begin(&format!("{PAYLOAD}/{name}"))?;
        self.open = Some((name.to_owned(), Running512::default(), 0));
        Ok(())
    }

    /// Adds bytes to the open file.
    pub fn add(&mut self, bytes: &[u8]) -> Result<(), DiskError> {
        if let Some((_, digest, count)) = &mut self.open {
            self.target.add(bytes)?;
            digest.add(bytes);
            *count += bytes.len() as u64;
        }
        Ok(())
    }

    /// Ends the open file, if there is one.
    pub fn end(&mut self) -> Result<(), DiskError> {
        if let Some((name, mut digest, bytes)) = self.open.take() {
            self.target.end()?;
            self.filed.insert(name, Filed { digest: digest.finish(), bytes });
        }
        Ok(())
    }

    /// Writes a whole file of the payload.
    pub fn put(&mut self, name: &str, bytes: &[u8]) -> Result<(), DiskError> {
        self.begin(name)?;
        self.add(bytes)?;
        self.end()
    }

    /// The files of the payload so far, by their names under `data`.
    pub fn filed(&self) -> &BTreeMap<String, Filed> {
        &self.filed
    }

    /// Writes the tag files, the declaration last, and gives the bag its name. `sign` makes the
    /// note for the tag manifest's digest, if there is one.
    pub fn finish<E: From<DiskError>>(
        mut self,
        tags: &[(&str, &[u8])],
        sign: &dyn Fn(&str) -> Result<Option<String>, E>,
    ) -> Result<(), E> {
        self.end()?;
        for (name, bytes) in tags {
            self.tag(name, bytes)?;
        }
        let manifest = lines(&self.filed, &format!("{PAYLOAD}/"));
        self.tag(MANIFEST, manifest.as_bytes())?;
        self.tags.insert(DECLARATION.to_owned(), filed(DECLARED.as_bytes()));
        let manifest = lines(&self.tags, "");
        self.file(TAG_MANIFEST, manifest.as_bytes())?;
        if let Some(note) = sign(&filed(manifest.as_bytes()).digest)? {
            self.file(NOTE, note.as_bytes())?;
        }
        self.target.sync()?;
        self.file(DECLARATION, DECLARED.as_bytes())?;
        Ok(self.target.finish()?)
    }

    fn tag(&mut self, name: &str, bytes: &[u8]) -> Result<(), DiskError> {
        self.file(name, bytes)?;
        self.tags.insert(name.to_owned(), filed(bytes));
        Ok(())
    }

    fn file(&mut self, name: &str, bytes: &[u8]) -> Result<(), DiskError> {
        self.target.begin(name)?;
        self.target.add(bytes)?;
        self.target.end()
    }
}

/// Adds bytes to the open file; a failure is a [`DiskError`].
impl Write for Bagger<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.add(bytes).map_err(io::Error::other)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Digest and number of bytes.
pub fn filed(bytes: &[u8]) -> Filed {
    let mut digest = Running512::default();
    digest.add(bytes);
    Filed { digest: digest.finish(), bytes: bytes.len() as u64 }
}

/// The number of bytes and files, as in `Payload-Oxum`.
pub fn oxum(files: &BTreeMap<String, Filed>) -> String {
    let bytes: u64 = files.values().map(|file| file.bytes).sum();
    format!("{bytes}.{}", files.len())
}

fn lines(files: &BTreeMap<String, Filed>, prefix: &str) -> String {
    let line = |(name, file): (&String, &Filed)| format!("{}  {prefix}{name}\n", file.digest);
    files.iter().map(line).collect()
}
