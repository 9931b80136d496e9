//! The lock of a ledger's one writer.
//!
//! Always holds: at most one [`Lock`] on a path exists at a time, over all processes. The file is
//! created by a writer only, is never removed or renamed, and names its holder while it is held; a
//! file of that name with other content is refused and left unchanged. The lock is the system's
//! (flock), so it ends with its process, however that ends; the content of the file is for people
//! only. Waiting writers are in the system's own queue, so the first to come is served first; but
//! for those that poll. Only
//! the time without progress counts as waiting: no new holder, no step of the present one. Not
//! here: readers, who never wait and never lock.
//! Source: `std::fs::File::lock`, flock(2).

use crate::disk::open::{Links, open, open_or_make};
use crate::disk::{DiskError, Strange, error, read_up_to};
use std::fs::{File, TryLockError};
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

/// The interval at which a waiting writer checks for progress.
const PAUSE: Duration = Duration::from_millis(100);
/// The number of attempts of a writer that does not wait.
const TRIES: u32 = 3;
/// Longer than a reader holds the lock to check it.
const GLANCE: Duration = Duration::from_millis(500);
/// The maximum length of the holder's line, in bytes.
const HOLDER_BYTES: u64 = 4_096;

/// The beginning of the holder's line, before its process number and a colon.
const HOLDER: &str = "process ";

/// The right to write, until it is dropped.
#[derive(Debug)]
pub struct Lock {
    file: File,
    /// The first line: the holder.
    line: String,
    steps: u64,
}

/// How long to wait for another holder, and a callback for its name; a duration alone has no
/// callback.
#[derive(Clone, Copy, Debug)]
pub struct LockWait {
    /// The maximum time without progress.
    pub most: Duration,
    /// Called at once with the holder's name, and again for each new holder.
    pub report: fn(&str),
    /// Whether to ask again and again, out of the system's queue: for a process that comes back
    /// after it gave up. Who leaves the queue leaves a thread in it until the lock is free.
    pub polls: bool,
}

impl From<Duration> for LockWait {
    fn from(most: Duration) -> LockWait {
        LockWait { most, report: |_| {}, polls: false }
    }
}

impl Default for LockWait {
    fn default() -> LockWait {
        Duration::ZERO.into()
    }
}

impl Lock {
    /// Takes the lock, waiting up to `wait` for other holders to end, and reports their names.
    ///
    /// Writes process id and command line of this process into the file, without what follows the
    /// scheme of an address. Errors: [`DiskError::Held`] with the holder, or the error of opening
    /// the file.
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
    pub fn take(path: &Path, wait: impl Into<LockWait>) -> Result<Lock, DiskError> {
        let waiting = wait.into();
        // Not truncated here: the present holder's line must stay readable.
        let file = open_or_make(path).map_err(error("write to", path))?;
        let file = match file.try_lock() {
            Ok(()) => file,
            Err(TryLockError::Error(cause)) => return Err(error("lock", path)(cause)),
            Err(TryLockError::WouldBlock) if waiting.most.is_zero() => at_once(file, path)?,
            Err(TryLockError::WouldBlock) if waiting.polls => poll(file, path, waiting)?,
            Err(TryLockError::WouldBlock) => queue(file, path, waiting)?,
        };
        expect_ours(path)?;
        let words: Vec<_> = std::env::args_os().map(|a| shown(&a.to_string_lossy())).collect();
        let line = format!("{HOLDER}{}: {}\n", std::process::id(), words.join(" "));
        let mut lock = Lock { file, line, steps: 0 };
        lock.sign().map_err(error("write", path))?;
        Ok(lock)
    }

    /// Reports progress of the holder, so that waiting processes continue to wait.
    pub fn step(&mut self) {
        self.steps += 1;
        // Only waiting processes read it, so an error has no effect.
        let _ = self.sign();
    }

    /// Writes the holder's line. Not synced: it has no meaning after a power cut.
    fn sign(&mut self) -> std::io::Result<()> {
        if self.steps == 0 {
            self.file.set_len(0)?;
        }
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(format!("{}step {}\n", self.line, self.steps).as_bytes())
    }
}

/// An argument as the holder's line has it. An address may have a password, which no file and no
/// message may have: only its scheme is written.
fn shown(argument: &str) -> String {
    match argument.split_once("://") {
        Some((scheme, _)) => format!("{scheme}://…"),
        None => argument.to_owned(),
    }
}

/// Tries a few times, and longer if the file names no holder: a reader that checks the lock
/// ([`is_held`]) holds it for a moment.
fn at_once(file: File, path: &Path) -> Result<File, DiskError> {
    let began = Instant::now();
    let mut tries = 0;
    while tries < TRIES || (holder(path) == UNNAMED && began.elapsed() < GLANCE) {
        thread::sleep(Duration::from_millis(1));
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::Error(cause)) => return Err(error("lock", path)(cause)),
            Err(TryLockError::WouldBlock) => tries += 1,
        }
    }
    Err(held(path))
}

/// Refuses a file that no holder of a lock can have left; it is not overwritten.
fn expect_ours(path: &Path) -> Result<(), DiskError> {
    match is_ours(&read_up_to(path, HOLDER_BYTES)?) {
        true => Ok(()),
        false => {
            let strange =
                Strange { expected: "a lock", found: "a file of other content, left as it is" };
            Err(DiskError::Strange { path: path.to_owned(), strange })
        }
    }
}

/// Whether the bytes are those of a holder, possibly truncated or zeroed by a power cut or a full
/// disk.
fn is_ours(bytes: &[u8]) -> bool {
    let length = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    let written = bytes.get(..length).unwrap_or_default();
    let Some(rest) = written.strip_prefix(HOLDER.as_bytes()) else {
        return HOLDER.as_bytes().starts_with(written);
    };
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    matches!(rest.get(digits), None | Some(b':'))
}

/// Waits in the system's queue until there was no progress for the maximum time.
fn queue(file: File, path: &Path, waiting: LockWait) -> Result<File, DiskError> {
    let (taken, when_taken) = channel();
    // A thread cannot leave the queue: it ends when it has the lock, which is released with the
    // file if nobody waits any more.
    let wait = move || {
        let locked = file.lock().map(|()| file);
        drop(taken.send(locked));
    };
    let spawned = thread::Builder::new().spawn(wait);
    spawned.map_err(error("wait for", path))?;
    until_taken(path, waiting, |pause| match when_taken.recv_timeout(pause) {
        Ok(locked) => Some(locked.map_err(error("lock", path))),
        Err(RecvTimeoutError::Disconnected) => Some(Err(held(path))),
        Err(RecvTimeoutError::Timeout) => None,
    })
}

/// Asks again and again until there was no progress for the maximum time.
fn poll(file: File, path: &Path, waiting: LockWait) -> Result<File, DiskError> {
    let mut file = Some(file);
    until_taken(path, waiting, |pause| {
        thread::sleep(pause);
        match file.as_ref()?.try_lock() {
            Ok(()) => file.take().map(Ok),
            Err(TryLockError::Error(cause)) => Some(Err(error("lock", path)(cause))),
            Err(TryLockError::WouldBlock) => None,
        }
    })
}

/// Waits, reports the holders, and gives up when there was no progress for the maximum time.
/// `taken` waits for a part of it.
fn until_taken(
    path: &Path,
    waiting: LockWait,
    mut taken: impl FnMut(Duration) -> Option<Result<File, DiskError>>,
) -> Result<File, DiskError> {
    let mut reported = String::new();
    let mut last = read_up_to(path, HOLDER_BYTES).unwrap_or_default();
    let mut since = Instant::now();
    loop {
        if let Some(taken) = taken(PAUSE.min(waiting.most)) {
            return taken;
        }
        let now = read_up_to(path, HOLDER_BYTES).unwrap_or_default();
        if now != last {
            (last, since) = (now, Instant::now());
        }
        let holder = holder(path);
        if holder != reported && holder != UNNAMED {
            (waiting.report)(&holder);
            reported = holder;
        }
        if since.elapsed() >= waiting.most {
            return Err(held(path));
        }
    }
}

fn held(path: &Path) -> DiskError {
    DiskError::Held { path: path.to_owned(), holder: holder(path) }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // The line of a past holder would mislead.
        let _ = self.file.set_len(0);
        // Unlocked explicitly: closing alone would leave the lock with a child process forked
        // meanwhile, until that process has started its own program.
        let _ = self.file.unlock();
    }
}

/// Whether a writer holds the lock now. Writes nothing; false if there is no lock file. A writer
/// that does not wait ignores the shared lock that this function takes for a moment.
pub fn is_held(path: &Path) -> bool {
    let file = open(path, Links::Refuse);
    file.is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

/// A holder that has not written its line yet.
const UNNAMED: &str = "a process that has not yet written its name";

/// The first line of the lock file, safe to print.
fn holder(path: &Path) -> String {
    let bytes = read_up_to(path, HOLDER_BYTES).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let line = text.lines().next().unwrap_or_default();
    let line: String = line.chars().filter(|c| !c.is_control()).collect();
    if line.is_empty() { UNNAMED.to_owned() } else { line }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

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
    fn nothing_of_an_address_but_its_scheme_is_in_the_line_of_a_holder() {
        for (argument, line) in [
            ("serve", "serve"),
            ("postgres://desk:secret@127.0.0.1/news", "postgres://…"),
            ("postgres://127.0.0.1/news?password=secret", "postgres://…"),
            ("--home=postgresql://desk:a@b:c@host/news", "--home=postgresql://…"),
            ("http://name:secret@127.0.0.1:8090", "http://…"),
        ] {
            assert_eq!(shown(argument), line);
        }
    }

    #[test]
    fn a_lock_ends_with_its_holder_though_a_child_process_still_has_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let held = Lock::take(&path, Duration::ZERO).unwrap();
        let _of_a_child = held.file.try_clone().unwrap();
        drop(held);
        assert!(Lock::take(&path, Duration::ZERO).is_ok());
    }

    #[test]
    fn a_file_of_somebody_else_is_no_lock_and_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        for foreign in ["dear diary\n", "processes\n", "process x: y\n", " process 1: y\n"] {
            std::fs::write(&path, foreign).unwrap();
            let refused = Lock::take(&path, Duration::ZERO).unwrap_err().to_string();
            let path = path.display();
            let expected =
                format!("expected a lock at {path}, found a file of other content, left as it is");
            assert_eq!(refused, expected);
            assert_eq!(std::fs::read(folder.path().join("lock")).unwrap(), foreign.as_bytes());
        }
        // Content that a killed holder or a power cut can leave.
        for ours in ["", "process 17: annals append\nstep 3\n", "proc", "process 17", "\0\0\0"] {
            std::fs::write(&path, ours).unwrap();
            drop(Lock::take(&path, Duration::ZERO).unwrap());
            assert_eq!(std::fs::read(&path).unwrap(), b"");
        }
    }

    #[test]
    fn a_waiting_writer_gets_the_lock_when_it_is_let_go() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let held = Lock::take(&path, Duration::ZERO).unwrap();
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| Lock::take(&path, Duration::from_secs(60)));
            thread::sleep(Duration::from_millis(60));
            drop(held);
            assert!(waiting.join().unwrap().is_ok());
        });
    }

    #[test]
    fn who_polls_gets_the_lock_too_and_leaves_no_thread_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let held = Lock::take(&path, Duration::ZERO).unwrap();
        let polls = |most| LockWait { polls: true, ..LockWait::from(most) };
        let lock_files = || {
            let open = std::fs::read_dir("/proc/self/fd").unwrap().flatten();
            let of_it = open.filter(|it| std::fs::read_link(it.path()).is_ok_and(|to| to == path));
            of_it.count()
        };
        for _ in 0..5 {
            let refused = Lock::take(&path, polls(Duration::from_millis(20)));
            assert!(matches!(refused, Err(DiskError::Held { .. })));
        }
        if cfg!(target_os = "linux") {
            assert_eq!(lock_files(), 1);
        }
        thread::scope(|scope| {
            let waiting = scope.spawn(|| Lock::take(&path, polls(Duration::from_secs(60))));
            thread::sleep(Duration::from_millis(60));
            drop(held);
            assert!(waiting.join().unwrap().is_ok());
        });
    }

    #[test]
    fn who_waits_says_for_whom_at_once_and_goes_on_while_the_holder_does() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let mut held = Lock::take(&path, Duration::ZERO).unwrap();
        static REPORTED: Mutex<Vec<(Instant, String)>> = Mutex::new(Vec::new());
        let began = Instant::now();
        thread::scope(|scope| {
            let waiting = scope.spawn(|| {
                let report: fn(&str) =
                    |holder| REPORTED.lock().unwrap().push((Instant::now(), holder.to_owned()));
                let most = Duration::from_millis(1_500);
                Lock::take(&path, LockWait { most, report, polls: false }).is_ok()
            });
            // Longer than the maximum, but never that long without a step.
            for _ in 0..25 {
                thread::sleep(Duration::from_millis(100));
                held.step();
            }
            drop(held);
            assert!(waiting.join().unwrap());
            let reported = REPORTED.lock().unwrap();
            assert_eq!(reported.len(), 1, "{reported:?}");
            assert!(reported[0].0 - began < Duration::from_secs(1), "{reported:?}");
            assert!(reported[0].1.starts_with(&format!("process {}: ", std::process::id())));
        });
    }

    #[test]
    fn a_reader_that_looks_keeps_no_writer_out() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        drop(Lock::take(&path, Duration::ZERO).unwrap());
        let reader = open(&path, Links::Refuse).unwrap();
        reader.lock_shared().unwrap();
        thread::scope(|scope| {
            let writer = scope.spawn(|| Lock::take(&path, Duration::ZERO).is_ok());
            thread::sleep(Duration::from_millis(20));
            drop(reader);
            assert!(writer.join().unwrap());
        });
    }

    #[test]
    fn who_came_first_is_served_first() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let held = Lock::take(&path, Duration::ZERO).unwrap();
        let served = Mutex::new(Vec::new());
        thread::scope(|scope| {
            for number in 0..6 {
                let (path, served) = (&path, &served);
                scope.spawn(move || {
                    let lock = Lock::take(path, Duration::from_secs(60)).unwrap();
                    served.lock().unwrap().push(number);
                    thread::sleep(Duration::from_millis(20));
                    drop(lock);
                });
                thread::sleep(Duration::from_millis(60));
            }
            drop(held);
        });
        assert_eq!(*served.lock().unwrap(), [0, 1, 2, 3, 4, 5]);
    }
}
