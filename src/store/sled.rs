//! A store in sled 0.34.7: one tree, one folder, and guards against sled's weaknesses.
//!
//! ```text
//! key                                   value
//! 'H'                                   size, u64 big-endian, and the hash's 32 bytes if size > 0
//! 'e' position u64 BE  piece u16 BE     up to 4,096 bytes of a group of entries; position is that
//!                                       of its first entry, pieces count from 0, all but the last
//!                                       have 4,096 bytes
//!
//! group   as many following entries of a batch as fit into 4,096 bytes; at least one
//! entry   length of the record, u16 BE; of the body, u32 BE, ffffffff if it is withheld; both
//! ```
//!
//! Entries are grouped because sled's cost is by the key. A store with the key 'h' has an earlier
//! layout and is reported as damaged; it is then rebuilt from the journal.
//!
//! Always holds: the contract in [`super`]. There is one tree, because a batch is atomic on one
//! tree only. No value is over 4,096 bytes: larger ones go to files that neither flush nor an fsync
//! of `db` reaches. sled's flush is not an fsync on Linux: after it, `db` is synced here. sled
//! panics on damage: every call is caught, and after a panic sled is not called again.
//! Not here: evidence. Opening rewrites a damaged store, so an audit opens a copy.
//! Source: sled 0.34.7; its issue 1452; measurements of simulated power cuts.

mod groups;
pub mod segments;
mod errors;

use crate::disk::open::{self, Links};
use crate::disk::{self, DiskError};
use crate::store::catch_panic::quietly;
use crate::store::sled::errors::{damage, plain};
use crate::store::{Appended, SEGMENTS, Store, StoreError, StoreHead, check};
use annals_core::event::Entry;
use annals_core::hash::Hash;
use std::fs::{self, File, TryLockError};
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::Duration;

/// The size of sled's page cache in memory, in bytes.
const CACHE_BYTES: u64 = 64 << 20;
/// The size of the cache for a copy, which is read once, in order.
const COPY_CACHE_BYTES: u64 = 4 << 20;
/// How often a value of a copy is looked up again. sled looks at what it holds of a page, and of
/// each 256th page after it, once in 64 times that one of them is looked up; a copy is read once,
/// so sled would hold all of it.
const LOOKED_UP: usize = 2;
/// The largest hole of a file that is not looked at, in bytes.
const MOST_HOLE: u64 = 1 << 30;
const HEAD: &[u8] = b"H";
/// The key of the head in the previous layout.
const EARLIER_HEAD: &[u8] = b"h";

/// An open sled store; no other process or value has its folder open.
pub struct SledStore {
    /// `None` only while it is dropped.
    db: Option<sled::Db>,
    /// `<folder>/db`, opened to sync it.
    file: File,
    folder: PathBuf,
    /// Whether a write failed: no more writes.
    refusing: bool,
    /// Whether a call panicked: no more calls.
    broken: AtomicBool,
    /// Whether the folder is a copy that is removed with the store.
    scratch: bool,
}

/// Creates a store in a folder that must not exist yet; its parent must exist. Its first entry
/// comes after `head`.
pub fn create(folder: &Path, head: &StoreHead) -> Result<SledStore, StoreError> {
    if fs::symlink_metadata(folder).is_ok() {
        return Err(StoreError::ThereAlready(folder.to_owned()));
    }
    disk::create_dir(folder)?;
    let mut store = start(folder, CACHE_BYTES)?;
    store.write(|db| db.insert(HEAD, head_bytes(head)).map(drop))?;
    for name in ["conf", "db"] {
        disk::sync_file(&folder.join(name))?;
    }
    disk::sync_folder(&folder.join("blobs"))?;
    disk::sync_folder(folder)?;
    disk::sync_folder(disk::parent(folder))?;
    Ok(store)
}

/// Opens an existing store, whose first entry is at the position `first`. May write: sled recovers
/// and moves data.
pub fn open(folder: &Path, first: u64) -> Result<SledStore, StoreError> {
    open_caching(folder, first, CACHE_BYTES)
}

fn open_caching(folder: &Path, first: u64, cache: u64) -> Result<SledStore, StoreError> {
    expect_store(folder)?;
    let store = start(folder, cache)?;
    let head = store.head()?;
    store.read(head.size.saturating_sub(1).max(first)..head.size)?;
    Ok(store)
}

/// Refuses a folder without a store, in which sled would create an empty one. A link is not a
/// folder.
pub(super) fn expect_store(folder: &Path) -> Result<(), StoreError> {
    let failed = |cause| StoreError::Disk(disk::error("look into", folder)(cause));
    let missing = || Err(StoreError::Missing(folder.to_owned()));
    match open::look(folder).map_err(failed)? {
        Some(about) if about.is_dir() => {}
        Some(about) if about.is_symlink() => {
            return Err(StoreError::Damaged("expected its folder, found a link".to_owned()));
        }
        _ => return missing(),
    }
    match open::look(&folder.join("db")).map_err(failed)? {
        Some(about) if !about.is_dir() => Ok(()),
        _ => missing(),
    }
}

/// Opens a copy of the store in `folder`, made in the new folder `copy` and removed on drop.
///
/// Nothing in `folder` is changed or locked, so a store that another process has open can be read
/// too; a batch that is being written is in the copy whole or not at all.
pub fn open_copy(folder: &Path, first: u64, copy: &Path) -> Result<SledStore, StoreError> {
    expect_store(folder)?;
    if fs::symlink_metadata(copy).is_ok() {
        return Err(StoreError::ThereAlready(copy.to_owned()));
    }
    expect_plain(folder)?;
    let opened = copy_files(folder, copy)
        .and_then(|()| copy_files(&folder.join("blobs"), &copy.join("blobs")))
        .map_err(StoreError::Disk)
        .and_then(|()| open_caching(copy, first, COPY_CACHE_BYTES));
    match opened {
        Ok(mut store) => {
            store.scratch = true;
            Ok(store)
        }
        Err(error) => {
            let _ = fs::remove_dir_all(copy);
            Err(error)
        }
    }
}

impl SledStore {
    /// Closes the store, whose first entry is at `first`, and opens it again. Call this once after
    /// many appends: sled then writes its snapshot file, with which it detects damage that it would
    /// otherwise take for an empty store.
    pub fn settle(self, first: u64) -> Result<SledStore, StoreError> {
        let folder = self.folder.clone();
        drop(self);
        open(&folder, first)
    }

    /// Waits until sled's own threads have released `db` too, so that the next process that opens
    /// the store does not find it held. After ten seconds the cause must be another one.
    fn wait_for_lock(&self) {
        for _ in 0..2_000 {
            match self.file.try_lock() {
                Err(TryLockError::WouldBlock) => sleep(Duration::from_millis(5)),
                // Unlocked explicitly: closing alone would leave the lock with a child process
                // forked meanwhile, until that process has started its own program.
                _ => return drop(self.file.unlock()),
            }
        }
    }

    /// Runs one write, flushes, syncs. After any error no write follows (sentence 9).
    fn write<F>(&mut self, work: F) -> Result<(), StoreError>
    where
        F: FnOnce(&sled::Db) -> sled::Result<()>,
    {
        let done = self.ask(|db| work(db).and_then(|()| db.flush()).map_err(damage));
        let done = done.map_err(|error| error.to_string());
        let synced = done.and_then(|_| self.file.sync_data().map_err(|error| error.to_string()));
        synced.map_err(|why| {
            self.refusing = true;
            StoreError::Unknown(why)
        })
    }

    /// Calls sled, which panics on damage; after a panic it is not called again.
    fn ask<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        F: FnOnce(&sled::Db) -> Result<T, StoreError>,
    {
        let db = self.db.as_ref().filter(|_| !self.broken.load(Ordering::Acquire));
        let Some(db) = db else {
            return Err(StoreError::Damaged("it broke at an earlier call".to_owned()));
        };
        quietly(|| work(db)).unwrap_or_else(|panic| {
            self.broken.store(true, Ordering::Release);
            Err(panicked(panic))
        })
    }
}

impl Store for SledStore {
    fn head(&self) -> Result<StoreHead, StoreError> {
        self.ask(|db| match db.get(HEAD).map_err(damage)? {
            Some(bytes) => read_head(&bytes),
            None => Err(StoreError::Damaged(headless(db).to_owned())),
        })
    }

    fn read(&self, range: Range<u64>) -> Result<Vec<Entry>, StoreError> {
        let end = range.end.min(self.head()?.size);
        let range = range.start.min(end)..end;
        if range.is_empty() {
            return Ok(Vec::new());
        }
        let mut found = Vec::new();
        self.ask(|db| groups::each(db, range, 0, &mut |_, entry| found.push(entry.to_entry())))?;
        Ok(found)
    }

    fn difference(&self, first: u64, entries: &[Entry]) -> Result<Option<u64>, StoreError> {
        let size = self.head()?.size;
        let end = size.min(first.saturating_add(entries.len() as u64));
        let mut differs = None;
        if first < end {
            let mut expected = entries.iter();
            let again = if self.scratch { LOOKED_UP } else { 0 };
            self.ask(|db| {
                groups::each(db, first..end, again, &mut |at, found| {
                    let same = expected.next().is_some_and(|entry| found.is(entry));
                    differs = differs.or((!same).then_some(at));
                })
            })?;
        }
        let missing = !entries.is_empty() && first.saturating_add(entries.len() as u64) > size;
        Ok(differs.or(missing.then_some(first.max(end))))
    }

    fn append(
        &mut self,
        from: &StoreHead,
        to: &StoreHead,
        batch: &[Entry],
    ) -> Result<Appended, StoreError> {
        if self.refusing {
            return Err(StoreError::Refusing);
        }
        check(from, to, batch)?;
        let head = self.head()?;
        if head != *from {
            return Ok(Appended::Conflict(head));
        }
        let mut changes = sled::Batch::default();
        groups::insert(&mut changes, from.size, batch);
        changes.insert(HEAD, head_bytes(to));
        self.write(|db| db.apply_batch(changes))?;
        Ok(Appended::Written)
    }
}

impl Drop for SledStore {
    fn drop(&mut self) {
        let db = self.db.take();
        // Dropping flushes, and so may meet damage too.
        let _ = quietly(|| drop(db));
        self.wait_for_lock();
        if self.scratch {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

/// Opens sled on a folder, and `db` beside it.
fn start(folder: &Path, cache: u64) -> Result<SledStore, StoreError> {
    expect_plain(folder)?;
    remove_unfinished(folder).map_err(disk::error("tidy", folder))?;
    let config = sled::Config::new().path(folder).cache_capacity(cache).flush_every_ms(None);
    let opened = quietly(|| config.open()).map_err(panicked)?;
    let db = opened.map_err(|error| refused(error, folder))?;
    let path = folder.join("db");
    let file = open::open(&path, Links::Refuse).map_err(disk::error("open", &path))?;
    Ok(SledStore {
        db: Some(db),
        file,
        folder: folder.to_owned(),
        refusing: false,
        broken: AtomicBool::new(false),
        scratch: false,
    })
}

/// The maximum size of sled's configuration file, in bytes: it has a few lines.
const MOST_CONF: u64 = 64 << 10;
/// The maximum size of a snapshot beyond that of its pages, in bytes.
const MOST_SNAPSHOT: u64 = 16 << 20;

/// Refuses a folder that holds anything but files and folders: sled would follow a link, wait for a
/// pipe, and read a whole large file that describes few pages.
fn expect_plain(folder: &Path) -> Result<(), StoreError> {
    let failed = |cause| StoreError::Disk(disk::error("list", folder)(cause));
    let listed = match fs::read_dir(folder) {
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(()),
        listed => listed.map_err(failed)?,
    };
    let pages = open::look(&folder.join("db")).ok().flatten().map_or(0, |about| about.len());
    for found in listed {
        let found = found.map_err(failed)?;
        let kind = found.file_type().map_err(failed)?;
        let is_known = found.file_name() == "blobs" || found.file_name() == SEGMENTS;
        if !(kind.is_file() || kind.is_dir() && is_known) {
            let (name, kind) = (found.file_name(), open::name(kind));
            let name = name.to_string_lossy();
            return Err(StoreError::Damaged(format!("expected a file at {name}, found {kind}")));
        }
        let about = found.metadata().map_err(failed)?;
        let length = about.len();
        let name = found.file_name().to_string_lossy().into_owned();
        let most = match name.as_str() {
            "conf" => MOST_CONF,
            name if name.starts_with("snap.") => MOST_SNAPSHOT.saturating_add(pages),
            _ => u64::MAX,
        };
        if kind.is_file() && is_hollow(&about) {
            let why = format!("expected bytes at {name}, found {length}, most of them a hole");
            return Err(StoreError::Damaged(why));
        }
        if kind.is_file() && length > most {
            let why = format!("expected at most {most} bytes at {name}, found {length}");
            return Err(StoreError::Damaged(why));
        }
    }
    Ok(())
}

/// The ending of the name of an incomplete snapshot.
const UNFINISHED: &str = ".generating";

/// Removes a snapshot that a crash or a full disk left incomplete: sled 0.34.7 would take it for
/// the newest one and report the whole store as damaged. It is derived from `db`.
fn remove_unfinished(folder: &Path) -> io::Result<()> {
    let held = |file: File| matches!(file.try_lock(), Err(TryLockError::WouldBlock));
    if open::open(&folder.join("db"), Links::Refuse).is_ok_and(held) {
        return Ok(());
    }
    for found in fs::read_dir(folder)? {
        let path = found?.path();
        if path.to_string_lossy().ends_with(UNFINISHED) {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

/// Whether nearly all of a large file is a hole, which sled never leaves: to copy it, or to look
/// for events in it, takes the time of its length.
#[cfg(unix)]
fn is_hollow(about: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    let held = about.blocks().saturating_mul(512);
    about.len().saturating_sub(held) > MOST_HOLE && held < about.len() / 64
}

/// As on Unix: not known on this system.
#[cfg(not(unix))]
fn is_hollow(_: &fs::Metadata) -> bool {
    false
}

/// The meaning of sled's refusal to open. Only the text says that the lock is held.
fn refused(error: sled::Error, folder: &Path) -> StoreError {
    match plain(error) {
        sled::Error::Io(cause) if cause.kind() == io::ErrorKind::WouldBlock => {
            StoreError::Held(folder.to_owned())
        }
        // The system refused; the content is not at fault.
        sled::Error::Io(cause) if !tells_of_content(cause.kind()) => {
            let (what, path) = ("open", folder.to_owned());
            StoreError::Disk(DiskError::Io { what, path, cause })
        }
        other => damage(other),
    }
}

/// Whether an error of this kind can result from the content of the files.
fn tells_of_content(kind: io::ErrorKind) -> bool {
    use io::ErrorKind::{InvalidData, InvalidInput, NotFound, Other, UnexpectedEof};
    matches!(kind, InvalidData | InvalidInput | NotFound | Other | UnexpectedEof)
}

/// The meaning of a panic of sled: damage. Its message is for sled's authors.
fn panicked(_: String) -> StoreError {
    StoreError::Damaged("its files are damaged where they were read".to_owned())
}

/// The description of a store without a head.
fn headless(db: &sled::Db) -> &'static str {
    match db.get(EARLIER_HEAD) {
        Ok(Some(_)) => "it is in the layout of an earlier version",
        _ => "it has no head",
    }
}

fn head_bytes(head: &StoreHead) -> Vec<u8> {
    let mut bytes = head.size.to_be_bytes().to_vec();
    bytes.extend(head.hash.iter().flat_map(|hash| hash.0));
    bytes
}

fn read_head(bytes: &[u8]) -> Result<StoreHead, StoreError> {
    let (size, rest) = bytes.split_first_chunk().unwrap_or((&[0xff; 8], &[]));
    let size = u64::from_be_bytes(*size);
    let hash = rest.try_into().ok().map(Hash);
    match (size, hash, rest.len()) {
        (0, None, 0) | (1.., Some(_), _) => Ok(StoreHead { size, hash }),
        _ => Err(StoreError::Damaged("its head cannot be read".to_owned())),
    }
}

/// Copies the plain files of a folder into a new one. The copies are readable by this user only,
/// whatever the modes of the originals.
fn copy_files(from: &Path, to: &Path) -> Result<(), DiskError> {
    disk::make_private(to)?;
    let listed = match fs::read_dir(from) {
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(()),
        listed => listed.map_err(disk::error("list", from))?,
    };
    for found in listed {
        let found = found.map_err(disk::error("list", from))?;
        let path = found.path();
        let unfinished = found.file_name().to_string_lossy().ends_with(UNFINISHED);
        let about = found.file_type().map_err(disk::error("read", &path))?;
        if about.is_file() && !unfinished {
            disk::copy_private(&path, &to.join(found.file_name()))?;
        }
    }
    Ok(())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn what_the_system_refuses_is_told_in_its_own_words() {
        let refusal = |text: &str| {
            let cause = io::Error::other(text.to_owned());
            refused(sled::Error::Io(cause), Path::new("db"))
        };
        let lock = "could not acquire lock on \"db/db\": Os { code: ";
        let held = refusal(&format!("{lock}11, kind: WouldBlock, message: \"Try again\" }}"));
        assert_eq!(held.to_string(), "the store at db is held by another process");
        let full = refusal(&format!("{lock}37, kind: Uncategorized, message: \"No locks\" }}"));
        let StoreError::Disk(DiskError::Io { cause, .. }) = full else { panic!("{full}") };
        assert_eq!(cause.to_string(), "No locks available (os error 37)");
        let other = refusal("the file is of another make").to_string();
        let expected =
            "the store cannot be read: its files cannot be read: the file is of another make";
        assert_eq!(other, expected);
    }

    #[test]
    fn a_file_that_is_nearly_all_a_hole_is_damage_that_is_found_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let (path, copy) = (folder.path().join("db"), folder.path().join("copy"));
        drop(create(&path, &StoreHead::EMPTY).unwrap());
        assert!(open_copy(&path, 0, &copy).is_ok());
        File::options().write(true).open(path.join("db")).unwrap().set_len(9 << 30).unwrap();
        let began = std::time::Instant::now();
        let refused = open_copy(&path, 0, &copy).err().unwrap().to_string();
        assert!(refused.contains("found 9663676416, most of them a hole"), "{refused}");
        assert!(began.elapsed() < Duration::from_secs(2));
    }

    #[test]
    fn s9_after_a_failed_sync_nothing_more_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = create(&folder.path().join("db"), &StoreHead::EMPTY).unwrap();
        let head = |size: u64| StoreHead { size, hash: Some(Hash([7; 32])).filter(|_| size > 0) };
        let append = |store: &mut SledStore, from| {
            store.append(&head(from), &head(from + 1), &[Entry::default()])
        };
        assert_eq!(append(&mut store, 0).unwrap(), Appended::Written);
        // A device that cannot be synced simulates a failing disk.
        let healthy = std::mem::replace(&mut store.file, File::open("/dev/null").unwrap());
        assert!(matches!(append(&mut store, 1), Err(StoreError::Unknown(_))));
        store.file = healthy;
        assert!(matches!(append(&mut store, 1), Err(StoreError::Refusing)));
        assert!(matches!(append(&mut store, 2), Err(StoreError::Refusing)));
        drop(store);
        assert!(open(&folder.path().join("db"), 0).unwrap().head().unwrap().size >= 1);
    }
}
