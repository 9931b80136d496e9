//! A file of the index under construction: existing bytes are compared, missing ones are written.
//!
//! Always holds: before `base` the file holds what was added; none of it is written again. In
//! compare mode it keeps the first difference and changes nothing. A run of zeros where other bytes
//! belong is the end of the file, not a difference: a power cut leaves zeros in place of bytes that
//! had not reached the disk.
//! Not here: the content (`build`). Source: delayed allocation in ext4 and XFS.

use crate::disk::at::{read_at, write_at};
use crate::disk::open::{Links, open, open_or_make, open_to_write};
use crate::index::IndexError;
use crate::index::status::BuildMode;
use std::fs::File;
use std::io;
use std::path::Path;

/// The number of bytes held before they are compared or written.
const HELD: usize = 1 << 20;

/// The number of bytes held after a difference: up to this many, a writer can continue from there.
const MUCH: usize = 16 << 20;

/// The size of a page in bytes: the system writes a page to the disk whole or not at all.
const PAGE: u64 = 4_096;
/// The minimum number of bytes that must be zero instead of another value, for a run of zeros that
/// ends inside a page: fewer can be changed bytes between zeros.
const LOST: usize = 4;

/// A file of the index under construction.
#[derive(Debug)]
pub(super) struct CompareOrWrite {
    name: &'static str,
    file: Option<File>,
    /// The bytes before this offset are in the file.
    base: u64,
    /// The bytes after them, not yet compared or written.
    held: Vec<u8>,
    access: FileAccess,
    /// Whether bytes are held until [`CompareOrWrite::flush`] is called, because what is added may
    /// be taken back.
    until_flushed: bool,
    /// Where the file differs or ends.
    pub differs: Option<Difference>,
}

/// Whether the file is compared or written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FileAccess {
    /// It is compared; the first difference ends the comparison.
    Compare,
    /// It is compared, and written from the first difference or from its end.
    CompareThenWrite,
    /// The bytes that are added are written.
    Write,
}

/// The first difference between the file and the added bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Difference {
    /// Another byte at this offset.
    At(u64),
    /// The file ends at this offset, or only zeros follow.
    Ends,
}

impl CompareOrWrite {
    /// Opens a file; it is created if it is missing and writing is allowed.
    pub fn open(
        folder: &Path,
        name: &'static str,
        mode: BuildMode,
    ) -> Result<CompareOrWrite, IndexError> {
        let path = folder.join(name);
        let opened = match mode {
            BuildMode::Write => open_or_make(&path),
            BuildMode::Check => open(&path, Links::Refuse),
        };
        let file = match opened {
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            other => Some(other.map_err(|error| match mode {
                BuildMode::Write => IndexError::Unwritten(error),
                BuildMode::Check => error.into(),
            })?),
        };
        let access = match mode {
            BuildMode::Write => FileAccess::CompareThenWrite,
            BuildMode::Check => FileAccess::Compare,
        };
        let (held, until_flushed, differs) = (Vec::new(), false, None);
        Ok(CompareOrWrite { name, file, base: 0, held, access, until_flushed, differs })
    }

    /// Opens a file to which bytes are added after its present end.
    pub fn resume(folder: &Path, name: &'static str) -> Result<CompareOrWrite, IndexError> {
        let file = open_to_write(&folder.join(name)).map_err(IndexError::Unwritten)?;
        let base = file.metadata()?.len();
        let (file, held, access) = (Some(file), Vec::new(), FileAccess::Write);
        Ok(CompareOrWrite { name, file, base, held, access, until_flushed: true, differs: None })
    }

    /// The number of bytes added.
    pub fn length(&self) -> u64 {
        self.base + self.held.len() as u64
    }

    /// Adds bytes.
    pub fn put(&mut self, bytes: &[u8]) -> Result<(), IndexError> {
        self.held.extend_from_slice(bytes);
        if self.held.len() >= HELD && !self.until_flushed { self.flush() } else { Ok(()) }
    }

    /// Allows writing from now on, from where the file ends or differs.
    pub fn allow_writes(&mut self, folder: &Path) -> Result<(), IndexError> {
        let path = folder.join(self.name);
        self.file = Some(open_or_make(&path).map_err(IndexError::Unwritten)?);
        self.differs = None;
        self.access = FileAccess::CompareThenWrite;
        self.until_flushed = true;
        self.end()
    }

    /// Compares or writes the bytes held.
    pub fn flush(&mut self) -> Result<(), IndexError> {
        if self.held.is_empty() {
            return Ok(());
        }
        if self.differs.is_some() {
            return if self.held.len() > MUCH { Err(IndexError::TooMuch) } else { Ok(()) };
        }
        let Some(file) = &self.file else {
            self.differs = Some(Difference::Ends);
            return Ok(());
        };
        if self.access != FileAccess::Write
            && let Some(difference) = difference(file, self.base, &self.held)?
        {
            if self.access == FileAccess::Compare {
                self.differs = Some(difference);
                return Ok(());
            }
            file.set_len(self.base)?;
            self.access = FileAccess::Write;
        }
        if self.access == FileAccess::Write {
            write_at(file, &self.held, self.base)?;
        }
        self.base = self.length();
        self.held.clear();
        Ok(())
    }

    /// Flushes, and truncates the file after the last byte added.
    pub fn end(&mut self) -> Result<(), IndexError> {
        self.flush()?;
        if let Some(file) = self.file.as_ref().filter(|_| self.may_write())
            && file.metadata()?.len() > self.base
        {
            file.set_len(self.base)?;
        }
        Ok(())
    }

    /// The `count` bytes at an offset, or fewer if the added bytes end earlier.
    pub fn read(&self, at: u64, count: usize) -> Result<Vec<u8>, IndexError> {
        let end = self.length().min(at.saturating_add(count as u64));
        let mut bytes = vec![0; usize::try_from(end.saturating_sub(at)).unwrap_or(0)];
        let in_file = usize::try_from(self.base.min(end).saturating_sub(at)).unwrap_or(0);
        if let Some(file) = self.file.as_ref().filter(|_| in_file > 0) {
            read_at(file, &mut bytes[..in_file], at)?;
        }
        let from = usize::try_from(at.saturating_sub(self.base)).unwrap_or(0);
        let held = self.held.get(from..).unwrap_or_default();
        for (byte, held) in bytes[in_file..].iter_mut().zip(held) {
            *byte = *held;
        }
        Ok(bytes)
    }

    /// The first bytes of the existing file, whatever was added.
    pub fn first<const N: usize>(&self) -> Result<Option<[u8; N]>, IndexError> {
        let mut bytes = [0; N];
        match &self.file {
            Some(file) => Ok((read_at(file, &mut bytes, 0)? == N).then_some(bytes)),
            None => Ok(None),
        }
    }

    /// At most `most` bytes of the existing file from an offset on, whatever was added.
    pub fn existing(&self, from: u64, most: usize) -> Result<Vec<u8>, IndexError> {
        let Some(file) = &self.file else { return Ok(Vec::new()) };
        let mut bytes = vec![0; most];
        let count = read_at(file, &mut bytes, from)?;
        bytes.truncate(count);
        Ok(bytes)
    }

    /// Removes all bytes of the file.
    pub fn cut(&mut self) -> Result<(), IndexError> {
        let cut = self.file.as_ref().map_or(Ok(()), |file| file.set_len(0));
        (self.base, self.held) = (0, Vec::new());
        Ok(cut?)
    }

    /// Whether differences and missing bytes are written.
    pub fn may_write(&self) -> bool {
        self.access != FileAccess::Compare
    }

    /// Whether anything was written.
    pub fn wrote(&self) -> bool {
        self.access == FileAccess::Write
    }

    /// The file's name.
    pub fn name(&self) -> &'static str {
        self.name
    }
}

/// The first difference between these bytes and those in the file at an offset.
fn difference(file: &File, base: u64, expected: &[u8]) -> io::Result<Option<Difference>> {
    let mut there = vec![0; expected.len()];
    let count = read_at(file, &mut there, base)?;
    there.truncate(count);
    if there == expected {
        return Ok(None);
    }
    let same = there.iter().zip(expected).take_while(|(a, b)| a == b).count();
    let zeros = there[same..].iter().take_while(|byte| **byte == 0).count();
    let lost = expected[same..same + zeros].iter().filter(|byte| **byte != 0).count();
    let at = base + same as u64;
    let page_end = (at / PAGE + 1) * PAGE;
    // The file may have changed since it was read, because a writer may be at work.
    let ends = same + zeros == count || at + zeros as u64 >= page_end || lost >= LOST;
    Ok(Some(if ends { Difference::Ends } else { Difference::At(at) }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(there: &[u8], expected: &[u8]) -> Option<Difference> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("tree"), there).unwrap();
        let mut file = CompareOrWrite::open(folder.path(), "tree", BuildMode::Check).unwrap();
        file.put(expected).unwrap();
        file.flush().unwrap();
        file.differs
    }

    fn with(at: usize, bytes: &[u8]) -> Vec<u8> {
        let mut all = vec![7; 10_000];
        all[at..at + bytes.len()].copy_from_slice(bytes);
        all
    }

    #[test]
    fn what_a_power_cut_leaves_is_an_end() {
        let whole = vec![7; 10_000];
        assert_eq!(found(&whole, &whole), None);
        assert_eq!(found(&with(9_000, &[0; 1_000]), &whole), Some(Difference::Ends), "a tail");
        assert_eq!(found(&with(9_999, &[0]), &whole), Some(Difference::Ends), "its last byte");
        assert_eq!(found(&whole[..5_000], &whole), Some(Difference::Ends), "a shorter file");
        assert_eq!(found(&[], &whole), Some(Difference::Ends), "an empty one");
        assert_eq!(found(&[0; 10_000], &whole), Some(Difference::Ends), "nothing but zeros");
        assert_eq!(found(&with(4_096, &[0; 4_096]), &whole), Some(Difference::Ends), "a page");
        assert_eq!(found(&with(8_190, &[0; 2]), &whole), Some(Difference::Ends), "to its end");
        assert_eq!(found(&with(700, &[0; 90]), &whole), Some(Difference::Ends), "a lost write");
        assert_eq!(found(&with(100, &[9]), &with(50, &[0; 90])), Some(Difference::At(50)));
    }

    #[test]
    fn a_changed_byte_is_a_difference_also_if_it_is_zero_now() {
        let whole = with(5_000, &[0; 60]);
        for (at, byte) in [(0, 5), (700, 0), (4_999, 0), (5_001, 4), (5_060, 0), (9_999, 6)] {
            let mut changed = whole.clone();
            changed[at] = byte;
            assert_eq!(found(&changed, &whole), Some(Difference::At(at as u64)), "{at}");
        }
    }
}
