//! Temporary folders for copies, and temporary files that a killed process left.
//!
//! Always holds: only the owner can access a folder (0700). It is removed when its [`Temporary`] is
//! dropped, and when SIGINT, SIGTERM or SIGHUP ends the process. A folder that a killed process
//! left is removed by the next process that creates one; its lock and the process number in its
//! name show that it is unused.
//! Not here: the content. Source: `std::fs::File::try_lock`.

use crate::disk::signals::before_signals_end;
use crate::disk::{DiskError, create_private, error};
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, Once, PoisonError};
use std::time::Duration;

/// The beginning of a name; the number of the process and another number follow.
const BEGINS: &str = "annals-store-";
/// The file whose lock marks the folder as used.
const LOCK: &str = "lock";
/// The age from which a folder without a lock counts as abandoned.
const OLD: Duration = Duration::from_secs(3_600);

/// How often a removal is tried beside a thread that creates files.
const TRIES: usize = 1_000;

/// The folders of this process, for the thread that waits for signals.
static FOLDERS: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// A folder that is removed when this is dropped.
#[derive(Debug)]
pub struct Temporary {
    folder: PathBuf,
    /// Held as long as the folder exists.
    _lock: File,
}

impl Temporary {
    /// Creates a folder in the system's folder for temporary files, and removes those that killed
    /// processes left there.
    pub fn make() -> Result<Temporary, DiskError> {
        Temporary::make_in(&std::env::temp_dir())
    }

    fn make_in(parent: &Path) -> Result<Temporary, DiskError> {
        remove_left(parent);
        remove_on_signals();
        let name = |n: u32| parent.join(format!("{BEGINS}{}-{n}", std::process::id()));
        let mut names = (0..1_000).map(name);
        let mut folders = FOLDERS.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = loop {
            let folder = names.next().unwrap_or_else(|| name(0));
            match create_private(&folder) {
                Ok(()) => break folder,
                Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => {
                    if names.len() == 0 {
                        return Err(error("make folder", &folder)(cause));
                    }
                }
                Err(cause) => return Err(error("make folder", &folder)(cause)),
            }
        };
        folders.push(folder.clone());
        drop(folders);
        let path = folder.join(LOCK);
        let locked = OpenOptions::new().write(true).create_new(true).open(&path);
        let locked = locked.and_then(|file| {
            file.try_lock()?;
            Ok(file)
        });
        match locked {
            Ok(lock) => Ok(Temporary { folder, _lock: lock }),
            Err(cause) => {
                remove(&folder);
                Err(error("make", &path)(cause))
            }
        }
    }

    /// The path.
    pub fn path(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        remove(&self.folder);
    }
}

/// Removes a folder of this process. If that fails, the next process removes it.
fn remove(folder: &Path) {
    let _ = fs::remove_dir_all(folder);
    let mut folders = FOLDERS.lock().unwrap_or_else(PoisonError::into_inner);
    folders.retain(|other| other != folder);
}

/// Removes a folder in which another thread may still create files, which makes a removal fail.
fn remove_beside_a_writer(folder: &Path) {
    for _ in 0..TRIES {
        match fs::remove_dir_all(folder) {
            Err(cause) if cause.kind() == io::ErrorKind::DirectoryNotEmpty => {}
            _ => return,
        }
    }
}

/// Removes unused folders. Failing to is not an error.
fn remove_left(parent: &Path) {
    for found in fs::read_dir(parent).into_iter().flatten().flatten() {
        let path = found.path();
        let named = found.file_name().to_str().is_some_and(is_name);
        if named && is_own_folder(&path) && is_left(&path).unwrap_or(false) {
            let _ = fs::remove_dir_all(&path);
        }
    }
}

/// Whether a name has exactly the form of those created here.
fn is_name(name: &str) -> bool {
    let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let numbers = name.strip_prefix(BEGINS).and_then(|rest| rest.split_once('-'));
    numbers.is_some_and(|(process, n)| number(process) && number(n))
}

#[cfg(unix)]
fn is_own_folder(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let own = rustix::process::geteuid().as_raw();
    path.symlink_metadata().is_ok_and(|about| about.is_dir() && about.uid() == own)
}

#[cfg(not(unix))]
fn is_own_folder(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|about| about.is_dir())
}

/// Whether a folder is unused: it is old and not locked, or its lock is free and the process that
/// created it has ended. A new folder may not be locked yet.
fn is_left(folder: &Path) -> io::Result<bool> {
    let made = folder.symlink_metadata()?.modified()?;
    let is_old = made.elapsed().is_ok_and(|age| age > OLD);
    match File::open(folder.join(LOCK)) {
        Ok(file) => Ok(file.try_lock().is_ok() && (is_old || maker_is_gone(folder))),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(is_old),
        Err(cause) => Err(cause),
    }
}

/// Whether the process in a folder's name has ended.
fn maker_is_gone(folder: &Path) -> bool {
    let name = folder.file_name().and_then(|name| name.to_str());
    let process = name.and_then(|name| name.strip_prefix(BEGINS)?.split_once('-'));
    process.and_then(|(process, _)| process.parse().ok()).is_some_and(is_gone)
}

/// Removes the temporary files of [`replace`](super::replace) from a folder if the processes that
/// created them have ended. Failing to is not an error.
pub fn remove_unfinished(folder: &Path) {
    for found in fs::read_dir(folder).into_iter().flatten().flatten() {
        let maker = found.file_name().to_str().and_then(maker);
        let file = found.file_type().is_ok_and(|kind| kind.is_file());
        if file && maker.is_some_and(is_gone) {
            let _ = fs::remove_file(found.path());
        }
    }
}

/// The process that created a temporary file, if the name has the form `.NAME.tmp-PROCESS-N`.
fn maker(name: &str) -> Option<i32> {
    let (of, numbers) = name.strip_prefix('.')?.rsplit_once(".tmp-")?;
    let (process, n) = numbers.split_once('-')?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let named = !of.is_empty() && digits(process) && digits(n);
    process.parse().ok().filter(|process| named && *process > 0)
}

/// Whether there is no such process; false if that cannot be known.
#[cfg(unix)]
fn is_gone(process: i32) -> bool {
    let process = rustix::process::Pid::from_raw(process);
    let answer = process.map(rustix::process::test_kill_process);
    answer.is_some_and(|answer| answer == Err(rustix::io::Errno::SRCH))
}

#[cfg(not(unix))]
fn is_gone(_: i32) -> bool {
    false
}

/// Removes the folders of this process before a signal ends it.
fn remove_on_signals() {
    static STARTED: Once = Once::new();
    STARTED.call_once(|| {
        before_signals_end(|| {
            let folders = FOLDERS.lock().unwrap_or_else(PoisonError::into_inner);
            for folder in folders.iter() {
                remove_beside_a_writer(folder);
            }
            // No other folder is created before the signal ends the process.
            std::mem::forget(folders);
        });
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_private_and_goes_with_its_owner() {
        let parent = tempfile::tempdir().unwrap();
        let one = Temporary::make_in(parent.path()).unwrap();
        let two = Temporary::make_in(parent.path()).unwrap();
        assert_ne!(one.path(), two.path());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(one.path()).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o700);
        }
        fs::write(one.path().join("copy"), b"x").unwrap();
        drop(one);
        assert!(two.path().is_dir(), "what somebody has stays");
        drop(two);
        assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 0);
    }

    #[cfg(unix)]
    #[test]
    fn a_temporary_file_goes_with_the_process_that_made_it() {
        let folder = tempfile::tempdir().unwrap();
        let own = format!(".checkpoint.tmp-{}-0", std::process::id());
        let gone = [".checkpoint.tmp-4194305-0", ".a.tmp-b.tmp-4194305-12"];
        let kept = [&*own, "checkpoint.tmp-4194305-0", ".tmp-4194305-0", ".x.tmp-4194305-", ".x"];
        for name in gone.iter().chain(&kept) {
            fs::write(folder.path().join(name), b"x").unwrap();
        }
        fs::create_dir(folder.path().join(".folder.tmp-4194305-0")).unwrap();
        let link = folder.path().join(".link.tmp-4194305-0");
        std::os::unix::fs::symlink("checkpoint", link).unwrap();
        remove_unfinished(folder.path());
        assert!(gone.iter().all(|name| !folder.path().join(name).exists()));
        assert!(kept.iter().all(|name| folder.path().join(name).exists()));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), kept.len() + 2);
    }

    #[test]
    fn what_a_killed_process_left_goes_and_nothing_else_does() {
        let parent = tempfile::tempdir().unwrap();
        let folder = |name: &str| {
            let folder = parent.path().join(name);
            fs::create_dir(&folder).unwrap();
            fs::write(folder.join("db"), b"x").unwrap();
            folder
        };
        let (left, young) = (folder("annals-store-4194305-0"), folder("annals-store-4194305-1"));
        let others = ["annals-store-7", "annals-store-x-1", "annals-store-7-1.old", "other"];
        let others = others.map(folder);
        fs::write(left.join(LOCK), b"").unwrap();
        let unlocked = folder(&format!("annals-store-{}-4194305", std::process::id()));
        fs::write(unlocked.join(LOCK), b"").unwrap();
        let old = std::time::SystemTime::now() - 2 * OLD;
        others.iter().for_each(|other| File::open(other).unwrap().set_modified(old).unwrap());
        let made = Temporary::make_in(parent.path()).unwrap();
        assert!(!left.exists());
        assert!(young.exists() && unlocked.exists(), "somebody may be making it");
        File::open(&young).unwrap().set_modified(old).unwrap();
        drop((made, Temporary::make_in(parent.path()).unwrap()));
        assert!(!young.exists());
        assert!(others.iter().all(|other| other.is_dir()));
    }
}
