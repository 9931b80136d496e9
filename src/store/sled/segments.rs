//! A store in segments: sled stores of a limited number of entries, one after another, because the
//! time to open one grows with its entries.
//!
//! ```text
//! <folder>                              the first segment
//! <folder>/segments/<position>/         a later one, by the position of its first entry, 20 digits
//! ```
//!
//! Always holds: the contract in [`store`](crate::store). Only the last segment is written to; a
//! new one begins with the head of the one before. Opening opens the last one only; an earlier one
//! is opened while it is read. A store without later segments is as earlier versions made it,
//! whatever its size. Not here: the layout of a segment (`sled`).

use crate::disk;
use crate::disk::open::{Links, name};
use crate::store::sled::{self, SledStore};
use crate::store::{Appended, SEGMENTS, Store, StoreError, StoreHead, check};
use annals_core::event::Entry;
use std::fs;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The number of entries after which the next batch begins a segment.
pub const LIMIT: u64 = 65_536;
/// The ending of the name of a segment that is being made.
const UNFINISHED: &str = ".partial";

/// An open store in segments.
pub struct SegmentedStore {
    folder: PathBuf,
    /// The first positions of the segments, in order.
    firsts: Vec<u64>,
    last: SledStore,
    /// The earlier segment that was read last, by its first position.
    earlier: Mutex<Option<(u64, SledStore)>>,
    limit: u64,
    /// The folder in which segments are copied before they are opened, if they are. It is dropped
    /// after the copies.
    copies: Option<CopyFolder>,
}

/// A folder that is removed on drop.
struct CopyFolder(PathBuf);

impl Drop for CopyFolder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Creates an empty store in a folder that must not exist yet; its parent must exist. A segment
/// gets no batch once it has `limit` entries.
pub fn create(folder: &Path, limit: u64) -> Result<SegmentedStore, StoreError> {
    let last = sled::create(folder, &StoreHead::EMPTY)?;
    Ok(SegmentedStore::of(folder, vec![0], last, limit))
}

/// Opens an existing store. May write: sled recovers and moves data.
pub fn open(folder: &Path, limit: u64) -> Result<SegmentedStore, StoreError> {
    sled::expect_store(folder)?;
    let mut firsts = firsts(folder)?;
    loop {
        let first = firsts.last().copied().unwrap_or(0);
        let last = sled::open(&place(folder, first), first)?;
        let listed = self::firsts(folder)?;
        // Another process may have begun a segment before the one here was free.
        if listed == firsts {
            remove_unfinished(folder);
            return Ok(SegmentedStore::of(folder, firsts, last, limit));
        }
        firsts = listed;
    }
}

/// Opens copies of the segments in `folder`, made in the new folder `copy` one at a time and
/// removed on drop. Nothing in `folder` is changed or locked.
pub fn open_copy(folder: &Path, copy: &Path) -> Result<SegmentedStore, StoreError> {
    sled::expect_store(folder)?;
    if fs::symlink_metadata(copy).is_ok() {
        return Err(StoreError::ThereAlready(copy.to_owned()));
    }
    let firsts = firsts(folder)?;
    let first = firsts.last().copied().unwrap_or(0);
    disk::make_private(copy)?;
    let copies = Some(CopyFolder(copy.to_owned()));
    let last = sled::open_copy(&place(folder, first), first, &copy.join("last"))?;
    let store = SegmentedStore::of(folder, firsts, last, LIMIT);
    Ok(SegmentedStore { copies, ..store })
}

/// The folder of the segment that begins at this position.
fn place(folder: &Path, first: u64) -> PathBuf {
    match first {
        0 => folder.to_owned(),
        first => folder.join(SEGMENTS).join(format!("{first:020}")),
    }
}

/// The first positions of the segments, in order.
fn firsts(folder: &Path) -> Result<Vec<u64>, StoreError> {
    let later = folder.join(SEGMENTS);
    let failed = |cause| StoreError::Disk(disk::error("list", &later)(cause));
    let listed = match fs::read_dir(&later) {
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(vec![0]),
        listed => listed.map_err(failed)?,
    };
    let mut firsts = vec![0];
    for found in listed {
        let found = found.map_err(failed)?;
        let text = found.file_name().to_string_lossy().into_owned();
        if text.ends_with(UNFINISHED) {
            continue;
        }
        let kind = found.file_type().map_err(failed)?;
        let first = text.parse().ok().filter(|first| format!("{first:020}") == text && *first > 0);
        match first.filter(|_| kind.is_dir()) {
            Some(first) => firsts.push(first),
            None => {
                return Err(StoreError::Damaged(format!(
                    "expected in {SEGMENTS} folders with a position of 20 digits, found {} {text}",
                    name(kind)
                )));
            }
        }
    }
    firsts.sort_unstable();
    Ok(firsts)
}

/// Removes segments that a crash left unfinished: they have no entries.
fn remove_unfinished(folder: &Path) {
    for found in fs::read_dir(folder.join(SEGMENTS)).into_iter().flatten().flatten() {
        if found.file_name().to_string_lossy().ends_with(UNFINISHED) {
            let _ = fs::remove_dir_all(found.path());
        }
    }
}

impl SegmentedStore {
    fn of(folder: &Path, firsts: Vec<u64>, last: SledStore, limit: u64) -> SegmentedStore {
        let (folder, earlier, copies) = (folder.to_owned(), Mutex::new(None), None);
        SegmentedStore { folder, firsts, last, earlier, limit, copies }
    }

    fn last_first(&self) -> u64 {
        self.firsts.last().copied().unwrap_or(0)
    }

    /// Begins a segment after this head.
    fn begin(&mut self, head: &StoreHead) -> Result<(), StoreError> {
        let path = place(&self.folder, head.size);
        let later = self.folder.join(SEGMENTS);
        disk::ensure_folder(&later)?;
        let unfinished = later.join(format!("{:020}{UNFINISHED}", head.size));
        if disk::kind(&unfinished, Links::Refuse)?.is_some() {
            fs::remove_dir_all(&unfinished).map_err(disk::error("remove", &unfinished))?;
        }
        drop(sled::create(&unfinished, head)?);
        disk::rename_new(&unfinished, &path).map_err(disk::error("make", &path))?;
        disk::sync_folder(&later)?;
        self.last = sled::open(&path, head.size)?;
        self.firsts.push(head.size);
        Ok(())
    }

    /// Asks the store of the segment at this index.
    fn ask_segment<T>(
        &self,
        index: usize,
        ask: &mut dyn FnMut(&SledStore) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let earlier = || self.earlier.lock().unwrap_or_else(PoisonError::into_inner);
        if index + 1 == self.firsts.len() {
            // Copies are read once, in order; sled holds much of what was read.
            if self.copies.is_some() {
                drop(earlier().take());
            }
            return ask(&self.last);
        }
        let first = self.firsts[index];
        let mut earlier = earlier();
        let store = match earlier.take() {
            Some((at, store)) if at == first => store,
            other => {
                drop(other);
                let path = place(&self.folder, first);
                match &self.copies {
                    Some(CopyFolder(copies)) => {
                        sled::open_copy(&path, first, &copies.join(format!("{first:020}")))?
                    }
                    None => sled::open(&path, first)?,
                }
            }
        };
        let answer = ask(&store);
        *earlier = Some((first, store));
        answer
    }

    /// The part of a range that is in one segment, from its start on, and the segment's index.
    fn within(&self, range: &Range<u64>) -> (usize, Range<u64>) {
        let after = self.firsts.partition_point(|first| *first <= range.start);
        let end = self.firsts.get(after).copied().unwrap_or(u64::MAX).min(range.end);
        (after.saturating_sub(1), range.start..end)
    }
}

impl Store for SegmentedStore {
    fn head(&self) -> Result<StoreHead, StoreError> {
        self.last.head()
    }

    fn read(&self, range: Range<u64>) -> Result<Vec<Entry>, StoreError> {
        let end = range.end.min(self.head()?.size);
        let mut entries = Vec::new();
        let mut at = range.start;
        while at < end {
            let (index, part) = self.within(&(at..end));
            let read = self.ask_segment(index, &mut |store| store.read(part.clone()))?;
            let whole = read.len() as u64 == part.end - at;
            entries.extend(read);
            if !whole {
                break;
            }
            at = part.end;
        }
        Ok(entries)
    }

    fn difference(&self, first: u64, entries: &[Entry]) -> Result<Option<u64>, StoreError> {
        let (mut at, mut rest) = (first, entries);
        while !rest.is_empty() {
            let (index, part) = self.within(&(at..at.saturating_add(rest.len() as u64)));
            let count = usize::try_from(part.end - at).unwrap_or(rest.len());
            let (here, later) = rest.split_at(count.min(rest.len()));
            let differs = self.ask_segment(index, &mut |store| store.difference(at, here))?;
            if differs.is_some() {
                return Ok(differs);
            }
            (at, rest) = (part.end, later);
        }
        Ok(None)
    }

    fn append(
        &mut self,
        from: &StoreHead,
        to: &StoreHead,
        batch: &[Entry],
    ) -> Result<Appended, StoreError> {
        check(from, to, batch)?;
        if from.size - self.last_first().min(from.size) >= self.limit && self.head()? == *from {
            self.begin(from)?;
        }
        self.last.append(from, to, batch)
    }
}
