//! What was read over HTTP, kept in a folder: each file is asked for once, several at a time.
//!
//! ```text
//! <cache>/<sha256 of the address>/   place   known   seen   tile/…   body/…   document/…
//! ```
//!
//! Always holds: the checkpoint is asked for anew; a body or a document is taken only where it has
//! the digest of its name; tiles and entry bundles follow from the signed checkpoint, with which
//! their reader compares them; bundles of bodies and what is known to be absent hold for one
//! checkpoint. A folder is its owner's alone (0700), and what is kept in it has a bound. What
//! cannot be kept is no error: it is asked for again.
//! Not here: how a name is asked for (`web`), when all of it is forgotten (`ledger::reader`).
//! Source: FORMAT.md section 9, "Published directory".

use crate::archive::files::{PublishedFiles, WantedFile, is_named_so, name_digest};
use crate::archive::web::{CONNECTIONS, shown_address};
use crate::archive::{BODIES, BODY_BUNDLES, CHECKPOINT, DOCUMENTS};
use crate::disk::temporary::Temporary;
use crate::disk::{self, DiskError};
use annals_core::hash::Hash;
use annals_core::verify::source::SourceError;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::{fs, thread};

/// The most bytes that are kept; more are asked for again.
const MAX_KEPT: u64 = 4 << 30;
/// The most bytes of the file of what is known.
const MAX_KNOWN: u64 = 64 << 20;
/// What was there when it was last read, and what was absent then.
const KNOWN: &str = "known";
/// What the last reading saw of the record, in the form of a pin.
const SEEN: &str = "seen";
/// The address, for people.
const PLACE: &str = "place";

/// Where what comes over HTTP is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CachePlace {
    /// In a folder that goes with this run.
    Scratch,
    /// Below this folder, for the next run.
    Below(PathBuf),
}

/// A folder for the files of one address.
#[derive(Debug)]
pub struct Cache {
    folder: PathBuf,
    /// Where the folder goes with this run.
    scratch: Option<Temporary>,
}

impl Cache {
    /// The folder of an address, which is made where it is not there.
    pub fn of(place: &CachePlace, address: &str) -> Result<Cache, DiskError> {
        let CachePlace::Below(root) = place else {
            let scratch = Temporary::make()?;
            return Ok(Cache { folder: scratch.path().to_owned(), scratch: Some(scratch) });
        };
        let address = address.trim_end_matches('/');
        disk::ensure_private(root)?;
        let folder = root.join(Hash::of(&[address.as_bytes()]).to_string());
        disk::ensure_private(&folder)?;
        let shown = shown_address(address);
        disk::put_private(&folder.join(PLACE), format!("{shown}\n").as_bytes())?;
        Ok(Cache { folder, scratch: None })
    }

    fn is_scratch(&self) -> bool {
        self.scratch.is_some()
    }
}

/// What holds for one checkpoint.
#[derive(Debug, Default)]
struct KnownState {
    /// The digest of the checkpoint's bytes.
    checkpoint: Option<Hash>,
    /// Names that are not there.
    absent: BTreeSet<String>,
}

impl KnownState {
    /// The file: the digest of all behind it, the checkpoint's, the names.
    fn write(&self) -> Option<String> {
        let mut rest = format!("{}\n", self.checkpoint?);
        rest.extend(self.absent.iter().map(|name| format!("{name}\n")));
        Some(format!("{}\n{rest}", Hash::of(&[rest.as_bytes()])))
    }

    fn parse(bytes: Vec<u8>) -> Option<KnownState> {
        let text = String::from_utf8(bytes).ok()?;
        let (sum, rest) = text.split_once('\n')?;
        let mut lines = rest.lines();
        let checkpoint = Hash::parse(lines.next()?);
        let absent = lines.map(str::to_owned).collect();
        let holds = Hash::parse(sum)? == Hash::of(&[rest.as_bytes()]);
        holds.then_some(KnownState { checkpoint, absent })
    }
}

/// Files that are kept in a cache once they came.
pub struct CachedFiles<F> {
    files: F,
    cache: Cache,
    known: Mutex<KnownState>,
    /// Whether something of an earlier reading may be here.
    is_used: AtomicBool,
    /// Bytes of the files that are kept, bundles and tiles of earlier readings left out.
    bytes: AtomicU64,
}

impl<F: PublishedFiles> CachedFiles<F> {
    /// These files, kept in this cache.
    pub fn new(files: F, cache: Cache) -> CachedFiles<F> {
        let known = disk::read_optional(&cache.folder.join(KNOWN), MAX_KNOWN).ok().flatten();
        let known = known.and_then(KnownState::parse).unwrap_or_default();
        let bytes = [BODIES, DOCUMENTS].map(|name| bytes_in(&cache.folder.join(name)));
        let is_used = disk::is_there(&cache.folder.join("tile")).unwrap_or(true);
        CachedFiles {
            files,
            cache,
            known: Mutex::new(known),
            is_used: AtomicBool::new(is_used),
            bytes: AtomicU64::new(bytes.iter().sum()),
        }
    }

    fn known(&self) -> MutexGuard<'_, KnownState> {
        // Nothing of it is left half done where a thread ends.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The checkpoint, as it is now. What holds for another one is forgotten.
    fn checkpoint(&self, bound: u64) -> Result<Option<Vec<u8>>, SourceError> {
        let found = self.files.get(CHECKPOINT, bound)?;
        let digest = found.as_ref().map(|bytes| Hash::of(&[bytes]));
        let mut known = self.known();
        if known.checkpoint != digest {
            *known = KnownState { checkpoint: digest, absent: BTreeSet::new() };
            let _ = fs::remove_dir_all(self.cache.folder.join(BODY_BUNDLES));
            // So a reading that is stopped leaves its bundles to the next one.
            self.remember(&known);
        }
        Ok(found)
    }

    fn remember(&self, known: &KnownState) {
        if let Some(text) = known.write().filter(|_| !self.cache.is_scratch()) {
            let _ = disk::put_private(&self.cache.folder.join(KNOWN), text.as_bytes());
        }
    }

    fn kept(&self, name: &str, bound: u64) -> Option<Vec<u8>> {
        let bytes = disk::read(&self.cache.folder.join(name), bound).ok()?;
        (name_digest(name).is_none() || is_named_so(name, &bytes)).then_some(bytes)
    }

    fn keep(&self, name: &str, bytes: &[u8]) {
        if name_digest(name).is_some() && !is_named_so(name, bytes) {
            return;
        }
        let length = bytes.len() as u64;
        if self.bytes.fetch_add(length, Ordering::Relaxed) + length > MAX_KEPT {
            self.bytes.fetch_sub(length, Ordering::Relaxed);
            return;
        }
        let mut folder = self.cache.folder.clone();
        let (above, _) = name.rsplit_once('/').unwrap_or_default();
        let made = above.split('/').try_for_each(|part| {
            folder.push(part);
            disk::ensure_private(&folder)
        });
        let _ = made.and_then(|()| disk::put_private(&self.cache.folder.join(name), bytes));
    }

    /// Whether a file need not be asked for ahead.
    fn is_at_hand(&self, name: &str) -> bool {
        self.bytes.load(Ordering::Relaxed) >= MAX_KEPT
            || self.known().absent.contains(name)
            || disk::is_file_at(&self.cache.folder.join(name)).unwrap_or(false)
    }
}

impl<F: PublishedFiles> PublishedFiles for CachedFiles<F> {
    fn get(&self, name: &str, bound: u64) -> Result<Option<Vec<u8>>, SourceError> {
        if name == CHECKPOINT {
            return self.checkpoint(bound);
        }
        if self.known().absent.contains(name) {
            return Ok(None);
        }
        if let Some(bytes) = self.kept(name, bound) {
            return Ok(Some(bytes));
        }
        let found = self.files.get(name, bound)?;
        match &found {
            Some(bytes) => self.keep(name, bytes),
            None => drop(self.known().absent.insert(name.to_owned())),
        }
        Ok(found)
    }

    fn prefetch(&self, wanted: &[WantedFile]) {
        let missing: Vec<_> = wanted.iter().filter(|file| !self.is_at_hand(&file.name)).collect();
        let (next, failed) = (AtomicUsize::new(0), AtomicBool::new(false));
        let ask = || {
            while !failed.load(Ordering::Relaxed)
                && let Some(file) = missing.get(next.fetch_add(1, Ordering::Relaxed))
            {
                // An error is returned when the file is needed, and asked for again.
                let found = self.get(&file.name, file.bound);
                failed.fetch_or(found.is_err(), Ordering::Relaxed);
            }
        };
        thread::scope(|scope| {
            for _ in 1..CONNECTIONS.min(missing.len()) {
                let _ = thread::Builder::new().spawn_scoped(scope, ask);
            }
            ask();
        });
    }

    fn forget(&self) -> bool {
        let names = ["tile", BODIES, DOCUMENTS];
        names.iter().for_each(|name| drop(fs::remove_dir_all(self.cache.folder.join(name))));
        self.bytes.store(0, Ordering::Relaxed);
        self.known().absent.clear();
        let _ = fs::remove_file(self.cache.folder.join(KNOWN));
        self.is_used.swap(false, Ordering::Relaxed)
    }

    fn keep_only(&self, open: &BTreeSet<Hash>) {
        if self.cache.is_scratch() {
            return;
        }
        for folder in [BODIES, DOCUMENTS].map(|name| self.cache.folder.join(name)) {
            let names = fs::read_dir(&folder).into_iter().flatten().flatten();
            let names = names.filter_map(|entry| entry.file_name().into_string().ok());
            let closed = |name: &String| Hash::parse(name).is_some_and(|it| !open.contains(&it));
            names.filter(closed).for_each(|name| drop(fs::remove_file(folder.join(name))));
        }
        let mut known = self.known();
        // What may be there, and was not, is asked for again.
        known.absent.retain(|name| name_digest(name).is_none_or(|digest| !open.contains(&digest)));
        self.remember(&known);
    }

    fn memory(&self) -> Option<PathBuf> {
        (!self.cache.is_scratch()).then(|| self.cache.folder.join(SEEN))
    }

    fn pages(&self) -> Vec<String> {
        self.files.pages()
    }

    fn answers_every_name(&self) -> bool {
        self.files.answers_every_name()
    }

    fn place(&self) -> String {
        self.files.place()
    }
}

/// Bytes of the files in a folder.
fn bytes_in(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.metadata().ok()).map(|about| about.len()).sum()
}
