//! A file of the index that is being made: what is there already is compared, what is not is
//! written.
//!
//! Always holds: up to `base` the file holds what was put in; nothing of it is written again. A
//! sink that may not write tells the first difference and changes nothing.
//! Not here: what is put in (`build`).

use super::Unfit;
use crate::disk::at::{read_at, write_at};
use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

/// How many bytes are held before they are compared or written.
const HELD: usize = 1 << 20;

/// How many bytes are held after a difference: so few that a writer can go on from there.
const MUCH: usize = 16 << 20;

/// A file of the index that is being made.
#[derive(Debug)]
pub(super) struct Sink {
    name: &'static str,
    file: Option<File>,
    /// Bytes before this are in the file.
    base: u64,
    /// Those after them, not yet compared or written.
    held: Vec<u8>,
    may_write: bool,
    /// From here on the file is written, not compared.
    writing: bool,
    /// Where the file holds something else, or ends.
    pub differs: Option<Difference>,
}

/// The first difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Difference {
    /// Another byte, at this offset.
    At(u64),
    /// The file ends, at this offset.
    Ends(u64),
}

impl Sink {
    /// A sink over a file, which is made where there is none and it may be.
    pub fn open(folder: &Path, name: &'static str, may_write: bool) -> Result<Sink, Unfit> {
        let path = folder.join(name);
        let mut options = OpenOptions::new();
        options.read(true);
        if may_write {
            options.write(true).create(true);
        }
        let file = match options.open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            other => Some(other?),
        };
        let held = Vec::new();
        Ok(Sink { name, file, base: 0, held, may_write, writing: false, differs: None })
    }

    /// How many bytes were put in.
    pub fn length(&self) -> u64 {
        self.base + self.held.len() as u64
    }

    /// Puts bytes in.
    pub fn put(&mut self, bytes: &[u8]) -> Result<(), Unfit> {
        self.held.extend_from_slice(bytes);
        if self.held.len() >= HELD { self.flush() } else { Ok(()) }
    }

    /// Lets a sink that only compared write from now on, from where the file ends or differs.
    pub fn allow(&mut self, folder: &Path) -> Result<(), Unfit> {
        let path = folder.join(self.name);
        let options = &mut OpenOptions::new();
        self.file = Some(options.read(true).write(true).create(true).truncate(false).open(path)?);
        self.differs = None;
        self.may_write = true;
        self.end()
    }

    /// Compares or writes what is held.
    pub fn flush(&mut self) -> Result<(), Unfit> {
        if self.held.is_empty() {
            return Ok(());
        }
        if self.differs.is_some() {
            let much = self.held.len() > MUCH;
            return if much { Err(Unfit::Other("it ends early".to_owned())) } else { Ok(()) };
        }
        let Some(file) = &self.file else {
            self.differs = Some(Difference::Ends(0));
            return Ok(());
        };
        if !self.writing {
            let (there, same) = same(file, self.base, &self.held)?;
            if same < self.held.len() {
                let at = self.base + same as u64;
                if !self.may_write {
                    // What was read, not what the file has by now: a writer may be at work.
                    let ends = same == there;
                    self.differs =
                        Some(if ends { Difference::Ends(at) } else { Difference::At(at) });
                    return Ok(());
                }
                file.set_len(self.base)?;
                self.writing = true;
            }
        }
        if self.writing {
            write_at(file, &self.held, self.base)?;
        }
        self.base = self.length();
        self.held.clear();
        Ok(())
    }

    /// Flushes, and cuts off what the file holds beyond.
    pub fn end(&mut self) -> Result<(), Unfit> {
        self.flush()?;
        if let Some(file) = self.file.as_ref().filter(|_| self.may_write)
            && file.metadata()?.len() > self.base
        {
            file.set_len(self.base)?;
        }
        Ok(())
    }

    /// The `count` bytes at an offset, or fewer where what was put in ends.
    pub fn read(&self, at: u64, count: usize) -> Result<Vec<u8>, Unfit> {
        let end = self.length().min(at.saturating_add(count as u64));
        let mut bytes = vec![0; usize::try_from(end.saturating_sub(at)).unwrap_or(0)];
        let in_file = usize::try_from(self.base.min(end).saturating_sub(at)).unwrap_or(0);
        if let Some(file) = self.file.as_ref().filter(|_| in_file > 0) {
            read_at(file, &mut bytes[..in_file], at)?;
        }
        let from = usize::try_from(at.saturating_sub(self.base)).unwrap_or(0);
        for (byte, held) in bytes[in_file..].iter_mut().zip(&self.held[from..]) {
            *byte = *held;
        }
        Ok(bytes)
    }

    /// Whether anything was written.
    pub fn wrote(&self) -> bool {
        self.writing
    }

    /// The file's name.
    pub fn name(&self) -> &'static str {
        self.name
    }
}

/// How many bytes a file has at an offset, of as many as these, and how many at their start are
/// these.
fn same(file: &File, at: u64, bytes: &[u8]) -> io::Result<(usize, usize)> {
    let mut there = vec![0; bytes.len()];
    let count = read_at(file, &mut there, at)?;
    let same = there[..count].iter().zip(bytes).take_while(|(a, b)| a == b).count();
    Ok((count, same))
}
