//! The primitives of durable files: new file, replaced file, synced folder, bounded read.
//!
//! Always holds: when a function here returns `Ok`, the bytes and the name that leads to them are
//! on stable storage; an error has the operation, the path and the cause. [`append`] has the
//! append-only file, [`lock`] the lock of a ledger's one writer.
//! Not here: the meaning of the bytes; retries (after a failed fsync the state is unknown, so a
//! retry is not sound). Source: POSIX fsync and rename; Rebello et al., "Can Applications Recover
//! from fsync Failures?", 2020.

pub mod append;
pub mod at;
pub mod disk_error;
pub mod closed;
pub mod lock;
pub mod open;
pub mod real_path;
pub mod signals;
pub mod temporary;
pub mod together;
pub mod unread;

use crate::disk;
pub use disk_error::DiskError;
pub use open::{Links, Strange};
use open::{is_folder, look, open, open_to_write};
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// The kind of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathKind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A link, a pipe, a device or a socket.
    Other,
}

/// The kind of a path; `None` if nothing is there. A link is followed as [`Links`] says; a followed
/// link that leads nowhere gives `None`. Every other failure is an error that names the path: what
/// cannot be examined is not missing.
///
/// ```
/// use annals::disk::{PathKind, Links, kind};
/// let folder = tempfile::tempdir()?;
/// let file = folder.path().join("file");
/// std::fs::write(&file, "")?;
/// assert_eq!(kind(folder.path(), Links::Refuse)?, Some(PathKind::Folder));
/// assert_eq!(kind(&file, Links::Refuse)?, Some(PathKind::File));
/// assert_eq!(kind(&folder.path().join("none"), Links::Refuse)?, None);
/// // No name can stand in a file.
/// assert!(kind(&file.join("name"), Links::Refuse).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn kind(path: &Path, links: Links) -> Result<Option<PathKind>, DiskError> {
    let found = match links {
        Links::Refuse => look(path),
        Links::Follow => match fs::metadata(path) {
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(None),
            found => found.map(Some),
        },
    };
    let found = found.map_err(error("look at", path))?;
    Ok(found.map(|about| match about.file_type() {
        it if it.is_file() => PathKind::File,
        it if it.is_dir() => PathKind::Folder,
        _ => PathKind::Other,
    }))
}

/// Whether there is anything at a path, including a link that leads nowhere.
pub fn is_there(path: &Path) -> Result<bool, DiskError> {
    Ok(kind(path, Links::Refuse)?.is_some())
}

/// Whether there is a folder at a path, or a link to one.
pub fn is_folder_at(path: &Path) -> Result<bool, DiskError> {
    Ok(kind(path, Links::Follow)? == Some(PathKind::Folder))
}

/// What is where a folder was expected, in words of an error: `none`, `a file` or another one.
pub fn no_folder(path: &Path) -> Result<&'static str, DiskError> {
    Ok(match kind(path, Links::Follow)? {
        None => "none",
        Some(PathKind::Other) => "a device or a pipe",
        Some(PathKind::File | PathKind::Folder) => "a file",
    })
}

/// Whether there is a file at a path, or a link to one.
pub fn is_file_at(path: &Path) -> Result<bool, DiskError> {
    Ok(kind(path, Links::Follow)? == Some(PathKind::File))
}

/// The number of bytes that [`rewrite`] reads and writes at once.
const REWRITTEN_AT_ONCE: usize = 1 << 20;

/// The permissions of a new file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileMode {
    /// By the user's umask.
    Shared,
    /// The owner only (0600), for secrets.
    Private,
}

/// Makes the names in a folder durable. Does nothing if folders cannot be synced (Windows).
pub fn sync_folder(folder: &Path) -> Result<(), DiskError> {
    if !cfg!(unix) {
        return Ok(());
    }
    let synced = File::open(folder).and_then(|handle| handle.sync_all());
    synced.map_err(error("sync folder", folder))
}

/// Makes the name of what was just put in its place durable.
///
/// Errors: [`DiskError::Unsynced`].
pub fn sync_name(path: &Path) -> Result<(), DiskError> {
    sync_folder(parent(path)).map_err(|error| match error {
        DiskError::Io { cause, .. } => DiskError::Unsynced { path: path.to_owned(), cause },
        other => other,
    })
}

/// Makes the bytes of a file durable that another process wrote.
pub fn sync_file(path: &Path) -> Result<(), DiskError> {
    let synced = open(path, Links::Refuse).and_then(|file| file.sync_all());
    synced.map_err(error("sync", path))
}

/// Makes everything durable that was written to the file system of a folder; false where the system
/// cannot do that.
pub fn sync_file_system(folder: &Path) -> Result<bool, DiskError> {
    #[cfg(target_os = "linux")]
    {
        let synced = File::open(folder).and_then(|handle| Ok(rustix::fs::syncfs(&handle)?));
        synced.map(|()| true).map_err(error("sync the file system of", folder))
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = folder;
        Ok(false)
    }
}

/// The inode of a file, and the times at which its content and the inode itself were last changed,
/// in nanoseconds: no program can set the last one. `None` on a system without these times.
#[cfg(unix)]
pub fn change(about: &fs::Metadata) -> Option<String> {
    use std::os::unix::fs::MetadataExt;
    let nanos = |seconds: i64, nanos: i64| format!("{seconds}.{nanos:09}");
    let content = nanos(about.mtime(), about.mtime_nsec());
    Some(format!("{}:{content}:{}", about.ino(), nanos(about.ctime(), about.ctime_nsec())))
}

/// As on Unix: `None`, for this system has no such times.
#[cfg(not(unix))]
pub fn change(_: &fs::Metadata) -> Option<String> {
    None
}

/// Creates a folder that must not exist yet, durably. Its parent must exist.
pub fn create_dir(folder: &Path) -> Result<(), DiskError> {
    fs::create_dir(folder).map_err(error("make folder", folder))?;
    sync_folder(parent(folder))
}

/// Creates a folder if it is missing, durably; the name of an existing one is synced too, because
/// the call that created it may have been interrupted. Its parent must exist.
pub fn ensure_folder(folder: &Path) -> Result<(), DiskError> {
    create_missing(folder)?;
    sync_folder(parent(folder))
}

/// Creates a folder if it is missing, without a sync; the caller syncs its parent.
pub fn create_missing(folder: &Path) -> Result<(), DiskError> {
    match fs::create_dir(folder) {
        Err(cause) if cause.kind() != io::ErrorKind::AlreadyExists => {
            Err(error("make folder", folder)(cause))
        }
        _ => Ok(()),
    }
}

/// Removes a file, if it is there; returns whether it was. Without a sync.
pub fn remove_optional(path: &Path) -> Result<bool, DiskError> {
    removed(path, fs::remove_file(path))
}

/// Removes a folder with all that is in it, if it is there; returns whether it was. Without a sync.
pub fn remove_folder_optional(folder: &Path) -> Result<bool, DiskError> {
    removed(folder, fs::remove_dir_all(folder))
}

fn removed(path: &Path, result: io::Result<()>) -> Result<bool, DiskError> {
    match result {
        Ok(()) => Ok(true),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(cause) => Err(error("remove", path)(cause)),
    }
}

/// Writes the bytes of a file again in place, from an offset on, and makes them and the file's name
/// durable: for bytes that may not be on stable storage. A sync alone proves nothing about pages
/// that an earlier sync failed on. If it is interrupted, the bytes are unchanged.
pub fn rewrite(path: &Path, from: u64) -> Result<(), DiskError> {
    let file = open_to_write(path).map_err(error("write to", path))?;
    let mut buffer = vec![0; REWRITTEN_AT_ONCE];
    let mut at = from;
    loop {
        let count = at::read_at(&file, &mut buffer, at).map_err(error("read", path))?;
        if count == 0 {
            break;
        }
        let again = at::write_at(&file, &buffer[..count], at);
        again.map_err(|cause| unknown("write again", path, cause))?;
        at += count as u64;
    }
    file.sync_all().map_err(|cause| unknown("sync", path, cause))?;
    sync_folder(parent(path))
}

fn unknown(what: &'static str, path: &Path, cause: io::Error) -> DiskError {
    DiskError::Unknown { what, path: path.to_owned(), cause }
}

/// Writes a file that must not exist yet, durably.
///
/// The bytes are written under a temporary name and then renamed in one step: after any
/// interruption the file is complete or missing, and an existing file is never overwritten. If
/// only the last step fails, [`DiskError::Unsynced`]: the file is in its place.
///
/// ```
/// use annals::disk::{FileMode, read, write_new};
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("note");
/// write_new(&path, b"once", FileMode::Shared)?;
/// assert!(write_new(&path, b"twice", FileMode::Shared).is_err_and(|e| e.is_there_already()));
/// assert_eq!(read(&path, 100)?, b"once");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write_new(path: &Path, bytes: &[u8], mode: FileMode) -> Result<(), DiskError> {
    // Checked first, so that nothing is written if the name is taken; the rename checks again.
    if path.symlink_metadata().is_ok() {
        return Err(error("make", path)(io::ErrorKind::AlreadyExists.into()));
    }
    let temporary = temporary_beside(path);
    write_temporary(&temporary, path, bytes, mode)?;
    if let Err(cause) = rename_new(&temporary, path) {
        let _ = fs::remove_file(&temporary);
        return Err(error("make", path)(cause));
    }
    sync_name(path)
}

/// Renames a file to a name that must be free.
pub fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        use rustix::io::Errno;
        match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
            // The file system does not support the flag.
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {}
            renamed => return renamed.map_err(io::Error::from),
        }
    }
    if to.symlink_metadata().is_ok() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    fs::rename(from, to)
}

/// Writes a file under a temporary name, which need not survive a power cut. An error is about the
/// file at `path`, which it is written for.
fn write_temporary(
    temporary: &Path,
    path: &Path,
    bytes: &[u8],
    mode: FileMode,
) -> Result<(), DiskError> {
    let mut file = create_new(temporary, mode).map_err(error("make", path))?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    if let Err(cause) = written {
        drop(file);
        let _ = fs::remove_file(temporary);
        return Err(error("write", path)(cause));
    }
    Ok(())
}

/// Replaces a file in one step, durably: a reader, also after a power cut, finds all of the old
/// bytes or all of the new ones. The file need not exist before.
///
/// On an error before the rename the old file is unchanged and the temporary one is removed. If
/// only the last step fails, [`DiskError::Unknown`]: the new bytes are in place but may be lost.
pub fn replace(path: &Path, bytes: &[u8], mode: FileMode) -> Result<(), DiskError> {
    let temporary = temporary_beside(path);
    let folder = parent(path);
    // Opened first, so that a lack of file descriptors cannot fail after the rename.
    let handle = File::open(folder).ok().filter(|_| cfg!(unix));
    // The folder is synced once, after the rename: until then the old file is the valid one.
    write_temporary(&temporary, path, bytes, mode)?;
    if let Err(cause) = fs::rename(&temporary, path) {
        let _ = fs::remove_file(&temporary);
        return Err(error("replace", path)(cause));
    }
    let synced = match handle {
        Some(handle) => handle.sync_all().map_err(error("sync folder", folder)),
        None => sync_folder(folder),
    };
    synced.map_err(|failed| match failed {
        DiskError::Io { what, path, cause } => DiskError::Unknown { what, path, cause },
        other => other,
    })
}

/// Replaces a file in one step and makes it durable with its folder and the folder's name; all are
/// synced at the same time. Only for a file that is not needed before this returns: after a power
/// cut in between it may hold anything.
pub fn replace_together(path: &Path, bytes: &[u8], mode: FileMode) -> Result<(), DiskError> {
    let folder = parent(path);
    let open_folder = |folder: &Path| match cfg!(unix) {
        true => File::open(folder).map(Some).map_err(error("open folder", folder)),
        false => Ok(None),
    };
    let folders = [open_folder(folder)?, open_folder(parent(folder))?];
    let file = put_unsynced(path, bytes, mode)?;
    let mut handles = vec![&file];
    handles.extend(folders.iter().flatten());
    together::sync_all(&handles).map_err(|cause| unknown("sync", path, cause))
}

/// A file that is complete under a temporary name, to be put in the place of another once it is
/// synced.
#[derive(Debug)]
pub struct Replacement {
    file: File,
    temporary: PathBuf,
    path: PathBuf,
}

impl Replacement {
    /// Writes the bytes beside `path`, not durably yet.
    pub fn write(path: &Path, bytes: &[u8], mode: FileMode) -> Result<Replacement, DiskError> {
        let temporary = temporary_beside(path);
        let file = create_new(&temporary, mode).map_err(error("make", path))?;
        let mut written = Replacement { file, temporary, path: path.to_owned() };
        written.file.write_all(bytes).map_err(error("write", path))?;
        Ok(written)
    }

    /// Makes the bytes durable, under the temporary name.
    pub fn sync(&self) -> Result<(), DiskError> {
        self.file.sync_all().map_err(error("write", &self.path))
    }

    /// Renames it to its name. After a power cut, the file before it may be there again, whole.
    pub fn put(self) -> Result<(), DiskError> {
        fs::rename(&self.temporary, &self.path).map_err(error("replace", &self.path))
    }
}

impl Drop for Replacement {
    fn drop(&mut self) {
        // After `put` there is none.
        let _ = fs::remove_file(&self.temporary);
    }
}

/// Replaces a file in one step, not durably: after a power cut it may hold anything. Only for what
/// can be made again and is checked when it is read.
pub fn replace_unsynced(path: &Path, bytes: &[u8], mode: FileMode) -> Result<(), DiskError> {
    put_unsynced(path, bytes, mode).map(drop)
}

fn put_unsynced(path: &Path, bytes: &[u8], mode: FileMode) -> Result<File, DiskError> {
    let temporary = temporary_beside(path);
    let mut file = create_new(&temporary, mode).map_err(error("make", path))?;
    let written = file.write_all(bytes).and_then(|()| fs::rename(&temporary, path));
    written.map_err(|cause| {
        let _ = fs::remove_file(&temporary);
        error("replace", path)(cause)
    })?;
    Ok(file)
}

/// Reads a whole file of at most `bound` bytes. A link is not followed.
pub fn read(path: &Path, bound: u64) -> Result<Vec<u8>, DiskError> {
    whole(path, Links::Refuse, bound)
}

/// Reads a whole file of at most `bound` bytes that a person named: a link to it is followed.
pub fn read_named(path: &Path, bound: u64) -> Result<Vec<u8>, DiskError> {
    whole(path, Links::Follow, bound)
}

/// Reads the first `most` bytes of a file, fewer if it has fewer. A link is not followed.
pub fn read_up_to(path: &Path, most: u64) -> Result<Vec<u8>, DiskError> {
    start(path, Links::Refuse, most)
}

/// Reads the first `most` bytes of a file that a person named: a link to it is followed.
pub fn read_named_up_to(path: &Path, most: u64) -> Result<Vec<u8>, DiskError> {
    start(path, Links::Follow, most)
}

fn whole(path: &Path, links: Links, bound: u64) -> Result<Vec<u8>, DiskError> {
    let file = open(path, links).map_err(error("read", path))?;
    let length = file.metadata().map_err(error("read", path))?.len();
    let too_large = || DiskError::TooLarge { path: path.to_owned(), bound };
    // Checked before reading: a sparse file can have a large length and few bytes on the disk.
    if length > bound {
        return Err(too_large());
    }
    let mut bytes = sized(length);
    let got = file.take(bound.saturating_add(1)).read_to_end(&mut bytes);
    got.map_err(error("read", path))?;
    if bytes.len() as u64 > bound { Err(too_large()) } else { Ok(bytes) }
}

/// A buffer for a file of this length: a growing buffer would take up to twice as much. One more
/// byte detects a longer file.
fn sized(length: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    // A failed reservation is reported by the read.
    let _ = bytes.try_reserve_exact(usize::try_from(length).unwrap_or_default().saturating_add(1));
    bytes
}

fn start(path: &Path, links: Links, most: u64) -> Result<Vec<u8>, DiskError> {
    let file = open(path, links).map_err(error("read", path))?;
    let length = file.metadata().map_err(error("read", path))?.len();
    let mut bytes = sized(length.min(most));
    file.take(most).read_to_end(&mut bytes).map_err(error("read", path))?;
    Ok(bytes)
}

/// The path of a file inside a folder; every part of `name` except the last must be a folder, not a
/// link. Parts are separated by `/`. A missing part is not an error.
pub fn inside(folder: &Path, name: &str) -> Result<PathBuf, DiskError> {
    let mut path = folder.to_owned();
    let mut parts = name.split('/').peekable();
    while let Some(part) = parts.next() {
        path.push(part);
        if parts.peek().is_some() {
            is_folder(&path).map_err(error("read", &path))?;
        }
    }
    Ok(path)
}

/// Creates a folder that must not exist yet, accessible to its owner only. Not durable.
pub fn make_private(folder: &Path) -> Result<(), DiskError> {
    create_private(folder).map_err(error("make folder", folder))
}

/// Makes a folder that its owner alone may look into, with those above it, if it is not there; one
/// that is there is made private. Not durable.
///
/// Errors: it is a link, no folder, or somebody else's.
pub fn ensure_private(folder: &Path) -> Result<(), DiskError> {
    if !is_folder(folder).map_err(error("look into", folder))? {
        if let Some(above) = folder.parent() {
            fs::create_dir_all(above).map_err(error("make folder", above))?;
        }
        match create_private(folder) {
            Err(cause) if cause.kind() != io::ErrorKind::AlreadyExists => {
                return Err(error("make folder", folder)(cause));
            }
            _ => return Ok(()),
        }
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(folder).map_err(error("look into", folder))?.permissions().mode();
        if mode & 0o077 != 0 {
            let private = fs::Permissions::from_mode(0o700);
            fs::set_permissions(folder, private).map_err(error("make private", folder))?;
        }
    }
    Ok(())
}

/// Puts a file that is its owner's alone in place in one step. Not durable: for what can be made
/// again.
pub fn put_private(path: &Path, bytes: &[u8]) -> Result<(), DiskError> {
    let temporary = temporary_beside(path);
    let write = || {
        create_new(&temporary, FileMode::Private)?.write_all(bytes)?;
        fs::rename(&temporary, path)
    };
    write().map_err(|cause| {
        let _ = fs::remove_file(&temporary);
        error("write", path)(cause)
    })
}

fn create_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Copies a file to one that must not exist yet, accessible to its owner only. Not durable.
pub fn copy_private(from: &Path, to: &Path) -> Result<(), DiskError> {
    let mut source = open(from, Links::Refuse).map_err(error("read", from))?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut copy = options.open(to).map_err(error("make", to))?;
    let copied = io::copy(&mut source, &mut copy);
    copied.map(drop).map_err(error("copy", from))
}

/// Makes [`DiskError::Io`] about `path`, or [`DiskError::Strange`], of a cause.
pub(crate) fn error(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> DiskError {
    let path = path.to_owned();
    move |cause| match cause.get_ref().and_then(|inner| inner.downcast_ref::<Strange>()) {
        Some(&strange) => DiskError::Strange { path, strange },
        None => DiskError::Io { what, path, cause },
    }
}

/// The folder that contains a path.
pub(crate) fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        Some(_) => Path::new("."),
        None => path,
    }
}

/// Opens a file that must not exist yet, for appending.
pub fn create_new(path: &Path, mode: FileMode) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.append(true).create_new(true);
    #[cfg(unix)]
    if mode == FileMode::Private {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)
}

/// The first free name `<name>-aside-<n>` beside a path, for the old file of a replacement.
pub fn free_aside(path: &Path) -> PathBuf {
    let mut names = (1..).map(|n| aside(path, n));
    names.find(|name| name.symlink_metadata().is_err()).unwrap_or_default()
}

/// The name `<name>-aside-<n>` beside a path.
pub fn aside(path: &Path, n: u64) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!("{name}-aside-{n}"))
}

/// A name in the same folder that no other call of any process uses.
fn temporary_beside(path: &Path) -> PathBuf {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".tmp-{}-{number}", std::process::id()));
    parent(path).join(name)
}

/// The bytes of a file, or `None` if it is missing.
pub fn read_optional(path: &Path, bound: u64) -> Result<Option<Vec<u8>>, DiskError> {
    match disk::read(path, bound) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.is_missing() => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replaced_file_is_the_old_one_or_the_new_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("checkpoint");
        replace(&path, b"one", FileMode::Shared).unwrap();
        replace(&path, b"two", FileMode::Shared).unwrap();
        assert_eq!(read(&path, 3).unwrap(), b"two");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_failed_replace_leaves_what_was_there_and_no_temporary_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("checkpoint");
        fs::create_dir(&path).unwrap();
        fs::write(path.join("inside"), b"kept").unwrap();
        let failed = replace(&path, b"new", FileMode::Shared).unwrap_err();
        assert_eq!(failed.to_string(), format!("cannot replace {}", path.display()));
        assert_eq!(fs::read(path.join("inside")).unwrap(), b"kept");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn reading_is_bounded_and_tells_missing_from_large_from_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f");
        assert!(read(&path, 9).unwrap_err().is_missing());
        write_new(&path, b"0123456789", FileMode::Shared).unwrap();
        assert!(matches!(read(&path, 9), Err(DiskError::TooLarge { bound: 9, .. })));
        assert_eq!(read(&path, 10).unwrap().len(), 10);
        assert_eq!(read_up_to(&path, 4).unwrap(), b"0123");
        assert!(matches!(read(folder.path(), 9), Err(DiskError::Strange { .. })));
    }

    #[test]
    fn what_is_written_again_is_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let bytes: Vec<u8> = (0..3_000_000_u32).map(|at| (at % 251) as u8).collect();
        write_new(&path, &bytes, FileMode::Shared).unwrap();
        for from in [0, 1, 1 << 20, bytes.len() as u64, bytes.len() as u64 + 9] {
            rewrite(&path, from).unwrap();
            assert!(fs::read(&path).unwrap() == bytes, "from {from}");
        }
        assert!(rewrite(&folder.path().join("none"), 0).unwrap_err().is_missing());
    }

    #[test]
    fn a_folder_is_made_once_and_may_be_there() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("inner");
        ensure_folder(&inner).unwrap();
        ensure_folder(&inner).unwrap();
        assert!(inner.is_dir());
        assert!(ensure_folder(&folder.path().join("none/inner")).unwrap_err().is_missing());
    }

    #[cfg(unix)]
    #[test]
    fn a_private_file_is_for_its_owner_only() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        write_new(&path, b"s", FileMode::Private).unwrap();
        replace(&path, b"t", FileMode::Private).unwrap();
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
