//! The stamp: the files of a ledger as its last writer left them, signed by the log key.
//!
//! ```text
//! annals stamp v1                              <ledger>/index/stamp, a signed note
//! origin <origin>
//! size <number of events>
//! root <root of the tree, base64>
//! place <offset in its journal file at which the next event begins>
//! file <bytes> <change> <path in the ledger>   each file of the journal and of the index
//! ```
//!
//! The change of a file is its inode, and the times at which its content and the inode itself were
//! last changed, in nanoseconds. No program can set the last one: whatever is written to a file
//! after the stamp was taken gives it another stamp. A writer that finds every file as the stamp
//! says, and the checkpoint and the mark of this size and root, need not judge again what an
//! earlier writer judged.
//!
//! Always holds: only the log key can make a stamp for its record; a stamp that does not hold is
//! ignored, and everything is judged. Not here: files that are read by their digest (documents),
//! the store, which a writer compares by its head. A system without these times has no stamps.

use crate::disk;
use crate::disk::open::look;
use crate::index::{self, NAMES};
use crate::keys::KeyFolder;
use crate::ledger::error::LedgerError;
use crate::ledger::paths::Paths;
use crate::ledger::reader::Record;
use annals_core::hash::Hash;
use annals_core::key::{PublicKey, SecretKey};
use annals_core::pin::signed_by;
use annals_core::text::Origin;
use annals_core::tlog::{
    Checkpoint, Note, NoteSignature, Signed, decimal, hash_from_base64, to_base64,
};
use std::fs::Metadata;
use std::path::PathBuf;

/// The first line of a stamp, which is no checkpoint's: an origin has no space.
const FIRST: &str = "annals stamp v1";
/// The maximum size of a stamp, in bytes.
const BOUND: u64 = 4 << 20;

/// A file, and how it was last changed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct FileStamp {
    /// Its path in the ledger, with `/` between names.
    path: String,
    bytes: u64,
    /// Inode, and times of the last change of the content and of the inode.
    change: String,
}

impl FileStamp {
    fn of(path: String, about: &Metadata) -> Option<FileStamp> {
        Some(FileStamp { path, bytes: about.len(), change: disk::change(about)? })
    }

    fn line(&self) -> String {
        format!("file {} {} {}\n", self.bytes, self.change, self.path)
    }

    fn parse(line: &str) -> Option<FileStamp> {
        let mut words = line.strip_prefix("file ")?.splitn(3, ' ');
        let bytes = decimal(words.next()?)?;
        let (change, path) = (words.next()?.to_owned(), words.next()?.to_owned());
        Some(FileStamp { path, bytes, change })
    }
}

/// The state of a ledger's files, and the record that they hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerStamp {
    /// The record's name.
    pub origin: Origin,
    /// The number of events.
    pub size: u64,
    /// The root of their tree.
    pub root: Hash,
    /// The offset in its journal file at which the next event begins.
    pub place: u64,
    files: Vec<FileStamp>,
}

impl LedgerStamp {
    /// The stamp of the present files, which hold this record; `None` where the system has no
    /// stamps, or a file is missing.
    pub fn take(
        paths: &Paths,
        origin: Origin,
        size: u64,
        root: Hash,
        place: u64,
    ) -> Result<Option<LedgerStamp>, LedgerError> {
        let files = files(paths)?;
        Ok(files.map(|files| LedgerStamp { origin, size, root, place, files }))
    }

    /// The stamp in the ledger's folder, if this log key signed it and each file is as it says.
    pub fn read(
        paths: &Paths,
        origin: &Origin,
        log_key: &PublicKey,
    ) -> Result<Option<LedgerStamp>, LedgerError> {
        let bytes = match disk::read_optional(&path(paths), BOUND) {
            Ok(Some(bytes)) => bytes,
            _ => return Ok(None),
        };
        let Some(stamp) = LedgerStamp::parse(&bytes, origin, log_key) else { return Ok(None) };
        Ok(files(paths)?.filter(|files| *files == stamp.files).map(|_| stamp))
    }

    /// Writes the stamp. It is not synced: without it the next writer judges everything.
    pub fn write(&self, paths: &Paths, log_key: &SecretKey) -> Result<(), LedgerError> {
        let text = self.text();
        let signatures = vec![NoteSignature::sign(&text, &self.origin, log_key)];
        let note = Note { text, signatures }.write();
        Ok(disk::replace_unsynced(&path(paths), note.as_bytes(), disk::FileMode::Shared)?)
    }

    /// The length of a file of the index.
    pub fn length(&self, name: &str) -> Option<u64> {
        let path = format!("{}/{name}", index::FOLDER);
        self.files.iter().find(|file| file.path == path).map(|file| file.bytes)
    }

    fn text(&self) -> String {
        let LedgerStamp { origin, size, root, place, files } = self;
        let root = to_base64(&root.0);
        let lines: String = files.iter().map(FileStamp::line).collect();
        format!("{FIRST}\norigin {origin}\nsize {size}\nroot {root}\nplace {place}\n{lines}")
    }

    fn parse(bytes: &[u8], origin: &Origin, log_key: &PublicKey) -> Option<LedgerStamp> {
        let note = Note::parse(bytes)?;
        if note.signed_by(origin, &log_key.accept()?, log_key) != Signed::Yes {
            return None;
        }
        let mut lines = note.text.lines();
        let mut after = |word: &str| lines.next()?.strip_prefix(word);
        (after(FIRST)?.is_empty() && after("origin ")? == &**origin).then_some(())?;
        let size = decimal(after("size ")?)?;
        let root = hash_from_base64(after("root ")?)?;
        let place = decimal(after("place ")?)?;
        let files: Option<Vec<FileStamp>> = lines.map(FileStamp::parse).collect();
        Some(LedgerStamp { origin: origin.clone(), size, root, place, files: files? })
    }
}

/// The path of the stamp.
fn path(paths: &Paths) -> PathBuf {
    index::folder(&paths.ledger).join("stamp")
}

/// The files of the journal and of the index, in the order of their paths.
fn files(paths: &Paths) -> Result<Option<Vec<FileStamp>>, LedgerError> {
    let Some(mut found) = journal_files(paths)? else { return Ok(None) };
    for name in NAMES {
        let path = index::folder(&paths.ledger).join(name);
        let about = look(&path).map_err(disk::error("read", &path))?;
        let name = format!("{}/{name}", index::FOLDER);
        match about.filter(Metadata::is_file).and_then(|about| FileStamp::of(name, &about)) {
            Some(file) => found.push(file),
            None => return Ok(None),
        }
    }
    found.sort();
    Ok(Some(found))
}

/// Everything in the folder of the journal, in the order of the names; `None` where the system has
/// no stamps, or something there is no file.
fn journal_files(paths: &Paths) -> Result<Option<Vec<FileStamp>>, LedgerError> {
    let folder = paths.ledger.join("journal");
    let mut found = Vec::new();
    for entry in std::fs::read_dir(&folder).map_err(disk::error("list", &folder))? {
        let path = entry.map_err(disk::error("list", &folder))?.path();
        let about = look(&path).map_err(disk::error("read", &path))?;
        let name = path.file_name().and_then(|name| name.to_str());
        let file = about.filter(Metadata::is_file).zip(name);
        let file = file.and_then(|(about, name)| FileStamp::of(format!("journal/{name}"), &about));
        match file {
            Some(file) => found.push(file),
            None => return Ok(None),
        }
    }
    found.sort();
    Ok(Some(found))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_holds_only_for_its_files_and_its_log_key() {
        let folder = tempfile::tempdir().unwrap();
        let paths = Paths::new(folder.path().join("ledger"), None);
        let (journal, index) = (paths.ledger.join("journal"), index::folder(&paths.ledger));
        std::fs::create_dir_all(&journal).unwrap();
        std::fs::create_dir_all(&index).unwrap();
        let log = journal.join("00000000000000000000.log");
        std::fs::write(&log, "one").unwrap();
        for name in NAMES {
            std::fs::write(index.join(name), name).unwrap();
        }
        let (key, other) = (SecretKey::from_seed([1; 32]), SecretKey::from_seed([2; 32]));
        let origin = Origin::new("example.org/record").unwrap();
        let taken = LedgerStamp::take(&paths, origin.clone(), 7, Hash([3; 32]), 99).unwrap();
        let stamp = taken.unwrap();
        stamp.write(&paths, &key).unwrap();
        let read = |key: &SecretKey| LedgerStamp::read(&paths, &origin, &key.public()).unwrap();
        assert_eq!(read(&key), Some(stamp.clone()));
        assert_eq!(stamp.length("sorted"), Some(6));
        assert_eq!(read(&other), None);
        // The same bytes at a later time, with the old time of the content put back.
        let before = std::fs::metadata(&log).unwrap().modified().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(20));
        std::fs::write(&log, "two").unwrap();
        let file = std::fs::File::options().write(true).open(&log).unwrap();
        file.set_modified(before).unwrap();
        assert_eq!(read(&key), None);
    }
}

/// The checkpoint of a record of which the last writer judged every event, and whose journal and
/// index are as that writer left them; `None` where that is not known.
pub fn as_judged(record: &Record) -> Result<Option<Checkpoint>, LedgerError> {
    let (Ok(index), Some(bytes)) = (record.index(), record.checkpoint.as_deref()) else {
        return Ok(None);
    };
    let read = Note::parse(bytes).and_then(|note| Some((Checkpoint::parse(&note.text)?, note)));
    let Some((checkpoint, note)) = read else { return Ok(None) };
    let (size, root) = (checkpoint.size, checkpoint.root);
    let Ok(origin) = Origin::new(checkpoint.origin.as_str()) else { return Ok(None) };
    let is_marked = record
        .mark
        .as_ref()
        .is_ok_and(|mark| mark.as_ref().is_some_and(|mark| (mark.size, mark.root) == (size, root)));
    if size != record.size() || !is_marked || !index.root(size).is_ok_and(|it| it == root) {
        return Ok(None);
    }
    let keys = KeyFolder::open(&record.paths.keys).and_then(|keys| keys.log_keys());
    for key in keys.map(|held| held.keys).unwrap_or_default() {
        let key: PublicKey = key.public();
        let stamp = LedgerStamp::read(&record.paths, &origin, &key)?;
        let is_stamped = stamp.is_some_and(|it| (it.size, it.root) == (size, root));
        if is_stamped && signed_by(&note, &origin, &key) == Signed::Yes {
            return Ok(Some(checkpoint));
        }
    }
    Ok(None)
}
