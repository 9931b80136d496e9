//! The lock of a ledger's one writer.
//!
//! Always holds: at most one [`Lock`] on a path exists at a time, over all processes; the file is
//! made by a writer only, is never removed or renamed, and names its holder while it is held. The
//! lock is the system's (flock), so it ends with its process, however that ends; what the file
//! says is for people. Not here: readers, who never wait and never lock.
//! Source: `std::fs::File::try_lock`.

use super::{DiskError, error, read_up_to};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How long a waiting writer sleeps between two attempts.
const PAUSE: Duration = Duration::from_millis(20);
/// How many bytes of the holder's line are read.
const HOLDER_BYTES: u64 = 4_096;

/// The right to write, until it is dropped.
#[derive(Debug)]
pub struct Lock {
    file: File,
}

impl Lock {
    /// Takes the lock, waiting up to `wait` for another holder to end.
    ///
    /// Writes process id and command line of this process into the file. Errors:
    /// [`DiskError::Held`] naming the holder, or what kept the file from being opened.
    ///
    /// ```
    /// use annals::disk::{DiskError, lock::Lock};
    /// use std::time::Duration;
    /// let folder = tempfile::tempdir()?;
    /// let path = folder.path().join("lock");
    /// let held = Lock::take(&path, Duration::ZERO)?;
    /// let second = Lock::take(&path, Duration::ZERO);
    /// assert!(matches!(second, Err(DiskError::Held { .. })));
    /// drop(held);
    /// Lock::take(&path, Duration::ZERO)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn take(path: &Path, wait: Duration) -> Result<Lock, DiskError> {
        let mut options = OpenOptions::new();
        // Not truncated here: the present holder's line must stay readable.
        let file = options.write(true).create(true).truncate(false).open(path);
        let file = file.map_err(error("open", path))?;
        let began = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::Error(cause)) => return Err(error("lock", path)(cause)),
                Err(TryLockError::WouldBlock) if began.elapsed() < wait => {
                    sleep(PAUSE.min(wait.saturating_sub(began.elapsed())));
                }
                Err(TryLockError::WouldBlock) => {
                    let path = path.to_owned();
                    let holder = holder(&path);
                    return Err(DiskError::Held { path, holder });
                }
            }
        }
        let mut lock = Lock { file };
        lock.sign().map_err(error("write", path))?;
        Ok(lock)
    }

    /// Writes who holds the lock. Not synced: it says nothing after a power cut.
    fn sign(&mut self) -> std::io::Result<()> {
        self.file.set_len(0)?;
        let words: Vec<_> = std::env::args_os().map(|a| a.to_string_lossy().into_owned()).collect();
        let line = format!("process {}: {}\n", std::process::id(), words.join(" "));
        self.file.write_all(line.as_bytes())
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // The name of a past holder would only mislead; the lock itself ends with the handle.
        let _ = self.file.set_len(0);
    }
}

/// Whether a writer holds the lock now. Writes nothing; false where there is no lock file.
pub fn is_held(path: &Path) -> bool {
    let file = File::open(path);
    file.is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

/// What the lock file says, as one line that is safe to print.
fn holder(path: &Path) -> String {
    let bytes = read_up_to(path, HOLDER_BYTES).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let line: String = text.trim_end().chars().filter(|c| !c.is_control()).collect();
    match line.is_empty() {
        true => "a process that has not yet written its name".to_owned(),
        false => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_writer_hears_who_the_first_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let held = Lock::take(&path, Duration::ZERO).unwrap();
        let Err(DiskError::Held { holder, .. }) = Lock::take(&path, Duration::from_millis(50))
        else {
            panic!("two holders");
        };
        assert!(holder.starts_with(&format!("process {}: ", std::process::id())));
        drop(held);
        assert_eq!(std::fs::read(&path).unwrap(), b"");
    }

    #[test]
    fn a_waiting_writer_gets_the_lock_when_it_is_let_go() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let held = Lock::take(&path, Duration::ZERO).unwrap();
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| Lock::take(&path, Duration::from_secs(60)));
            sleep(Duration::from_millis(60));
            drop(held);
            assert!(waiting.join().unwrap().is_ok());
        });
    }
}
