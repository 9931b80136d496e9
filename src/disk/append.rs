//! A file that only grows: each append is one write and one fdatasync.
//!
//! Always holds: after `Ok` the bytes are on stable storage; after [`DiskError::NotWritten`] the
//! file is unchanged; a file whose length differs from the one that this handle left is neither
//! written nor truncated ([`DiskError::Changed`]); after [`DiskError::Unknown`] the content is
//! unknown, and the handle refuses every later operation. Not here: where one append ends and the
//! next begins (the reader's framing decides that).
//! Source: "Can Applications Recover from fsync Failures?": pages of a failed fsync may be marked
//! clean, so a later successful fsync proves nothing about them.

use crate::disk::open::open_to_append;
use crate::disk::{DiskError, FileMode, create_new, error, parent, sync_folder};
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The file operations of an [`Appender`]: a trait, so that tests can make each step fail.
pub trait Medium {
    /// Writes all bytes at the end.
    fn write(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// Makes bytes and length durable.
    fn sync(&mut self) -> io::Result<()>;
    /// Truncates the file to `length` bytes.
    fn truncate(&mut self, length: u64) -> io::Result<()>;
    /// Its length in bytes.
    fn length(&self) -> io::Result<u64>;
}

impl Medium for File {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_all(bytes)
    }
    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }
    fn truncate(&mut self, length: u64) -> io::Result<()> {
        self.set_len(length)
    }
    fn length(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }
}

/// An append-only file, its length in bytes, and whether it may still be written.
#[derive(Debug)]
pub struct Appender<M: Medium = File> {
    medium: M,
    path: PathBuf,
    length: u64,
    poisoned: bool,
}

impl Appender {
    /// Creates an empty file that must not exist yet, and makes its name durable.
    pub fn create(path: &Path, mode: FileMode) -> Result<Appender, DiskError> {
        let file = create_new(path, mode).map_err(error("make", path))?;
        file.sync_all().map_err(error("sync", path))?;
        sync_folder(parent(path))?;
        Ok(Appender::over(file, path, 0))
    }

    /// Opens an existing file, to append after its last byte.
    pub fn open(path: &Path) -> Result<Appender, DiskError> {
        let file = open_to_append(path);
        let file = file.map_err(error("write to", path))?;
        let about = file.metadata().map_err(error("open", path))?;
        Ok(Appender::over(file, path, about.len()))
    }
}

impl<M: Medium> Appender<M> {
    /// An appender over any medium that is `length` bytes long; `path` is for errors only.
    pub fn over(medium: M, path: &Path, length: u64) -> Appender<M> {
        let path = path.to_owned();
        Appender { medium, path, length, poisoned: false }
    }

    /// The length of the file in bytes, all of them durable.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// The path of the file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether an earlier append ended in [`DiskError::Unknown`].
    pub fn is_poisoned(&self) -> bool {
        self.poisoned
    }

    /// Appends all bytes with one write, and returns when they are on stable storage.
    ///
    /// Errors: [`DiskError::Changed`], [`DiskError::NotWritten`], [`DiskError::Unknown`],
    /// [`DiskError::Poisoned`].
    pub fn append(&mut self, bytes: &[u8]) -> Result<(), DiskError> {
        self.refuse_if_poisoned()?;
        self.expect_length(self.length)?;
        if let Err(cause) = self.medium.write(bytes) {
            return Err(self.cut_back(cause));
        }
        if let Err(cause) = self.medium.sync() {
            return Err(self.poison("sync", cause));
        }
        self.length += bytes.len() as u64;
        match self.expect_length(self.length) {
            Ok(()) => Ok(()),
            Err(changed) => Err(self.poison("append to", io::Error::other(changed))),
        }
    }

    /// Truncates the file to a smaller length, durably.
    pub fn truncate(&mut self, length: u64) -> Result<(), DiskError> {
        self.refuse_if_poisoned()?;
        self.expect_length(self.length)?;
        match self.medium.truncate(length).and_then(|()| self.medium.sync()) {
            Ok(()) => {
                self.length = length;
                Ok(())
            }
            Err(cause) => Err(self.poison("truncate", cause)),
        }
    }

    /// Refuses a file that another process wrote to.
    pub fn expect_length(&self, expected: u64) -> Result<(), DiskError> {
        let path = || self.path.clone();
        match self.medium.length() {
            Err(cause) => Err(DiskError::Io { what: "read", path: path(), cause }),
            Ok(found) if found != expected => {
                Err(DiskError::Changed { path: path(), expected, found })
            }
            Ok(_) => Ok(()),
        }
    }

    fn cut_back(&mut self, cause: io::Error) -> DiskError {
        let truncated = self.medium.truncate(self.length);
        if truncated.and_then(|()| self.medium.sync()).is_err() {
            return self.poison("append to", cause);
        }
        let path = self.path.clone();
        DiskError::NotWritten { path, cause }
    }

    fn poison(&mut self, what: &'static str, cause: io::Error) -> DiskError {
        self.poisoned = true;
        let path = self.path.clone();
        DiskError::Unknown { what, path, cause }
    }

    fn refuse_if_poisoned(&self) -> Result<(), DiskError> {
        if self.poisoned {
            let path = self.path.clone();
            return Err(DiskError::Poisoned { path });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes in memory; a set flag makes that step fail, after half of its work.
    #[derive(Default)]
    struct Fragile {
        bytes: Vec<u8>,
        write_fails: bool,
        sync_fails: bool,
        cut_fails: bool,
    }

    fn answer(fails: bool) -> io::Result<()> {
        match fails {
            true => Err(io::Error::other("as requested")),
            false => Ok(()),
        }
    }

    impl Medium for Fragile {
        fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
            let length = if self.write_fails { bytes.len() / 2 } else { bytes.len() };
            self.bytes.extend_from_slice(&bytes[..length]);
            answer(self.write_fails)
        }
        fn sync(&mut self) -> io::Result<()> {
            answer(self.sync_fails)
        }
        fn truncate(&mut self, length: u64) -> io::Result<()> {
            answer(self.cut_fails)?;
            self.bytes.truncate(length as usize);
            Ok(())
        }
        fn length(&self) -> io::Result<u64> {
            Ok(self.bytes.len() as u64)
        }
    }

    fn fragile() -> Appender<Fragile> {
        let mut appender = Appender::over(Fragile::default(), Path::new("fragile"), 0);
        appender.append(b"first").unwrap();
        appender
    }

    #[test]
    fn a_failed_write_is_cut_back_and_the_next_one_goes_on() {
        let mut appender = fragile();
        appender.medium.write_fails = true;
        let failed = appender.append(b"second");
        assert!(matches!(failed, Err(DiskError::NotWritten { .. })));
        assert_eq!(appender.medium.bytes, b"first");
        appender.medium.write_fails = false;
        appender.append(b"third").unwrap();
        assert_eq!(appender.medium.bytes, b"firstthird");
        assert_eq!(appender.length(), 10);
    }

    #[test]
    fn a_failed_sync_leaves_it_unknown_and_poisons() {
        let mut appender = fragile();
        appender.medium.sync_fails = true;
        let failed = appender.append(b"second");
        assert!(matches!(failed, Err(DiskError::Unknown { what: "sync", .. })));
        appender.medium.sync_fails = false;
        assert!(matches!(appender.append(b"x"), Err(DiskError::Poisoned { .. })));
        assert!(matches!(appender.truncate(0), Err(DiskError::Poisoned { .. })));
    }

    #[test]
    fn a_write_that_cannot_be_cut_back_is_unknown_too() {
        for (cut_fails, sync_fails) in [(true, false), (false, true)] {
            let mut appender = fragile();
            appender.medium =
                Fragile { write_fails: true, cut_fails, sync_fails, ..appender.medium };
            assert!(matches!(appender.append(b"xx"), Err(DiskError::Unknown { .. })));
            assert!(matches!(appender.append(b"x"), Err(DiskError::Poisoned { .. })));
        }
    }

    #[test]
    fn a_real_file_grows_is_cut_and_is_opened_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let mut appender = Appender::create(&path, FileMode::Shared).unwrap();
        appender.append(b"one,two").unwrap();
        assert!(Appender::create(&path, FileMode::Shared).is_err_and(|e| e.is_there_already()));
        let mut again = Appender::open(&path).unwrap();
        again.truncate(4).unwrap();
        again.append(b"three").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"one,three");
        assert_eq!(again.length(), 9);
    }

    #[test]
    fn what_another_process_wrote_is_neither_followed_nor_cut() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let mut one = Appender::create(&path, FileMode::Shared).unwrap();
        let mut other = Appender::open(&path).unwrap();
        one.append(b"acknowledged").unwrap();
        for _ in 0..2 {
            let refused = other.append(b"lost").unwrap_err();
            assert!(matches!(refused, DiskError::Changed { expected: 0, found: 12, .. }));
            assert!(matches!(other.truncate(0), Err(DiskError::Changed { .. })));
        }
        assert_eq!(std::fs::read(&path).unwrap(), b"acknowledged");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_device_is_an_error() {
        let file = std::fs::OpenOptions::new().append(true).open("/dev/full").unwrap();
        let mut full = Appender::over(file, Path::new("/dev/full"), 0);
        assert!(full.append(b"x").is_err());
    }
}
