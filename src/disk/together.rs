//! Work at the same time, not one after another: syncs that wait for the disk, and other work
//! beside them.
//!
//! Always holds: all of the work is done when a function here returns, with or without threads.
//! Not here: which syncs a promise needs (`ledger/write`), and in which order.

use std::fs::File;
use std::io;
use std::panic::resume_unwind;
use std::sync::{Mutex, PoisonError};
use std::thread::{Builder, available_parallelism, scope};

/// Does `other` on a thread of its own while `this` is done; one after the other if the system
/// gives no thread.
pub fn together<T, O: Send>(this: impl FnOnce() -> T, other: impl FnMut() -> O + Send) -> (T, O) {
    let other = Mutex::new(other);
    let work = || (other.lock().unwrap_or_else(PoisonError::into_inner))();
    scope(|scope| {
        let thread = Builder::new().spawn_scoped(scope, work);
        let done = this();
        let others = match thread {
            Ok(thread) => thread.join().unwrap_or_else(|panic| resume_unwind(panic)),
            Err(_) => work(),
        };
        (done, others)
    })
}

/// The number of threads that the system runs at once; 1 if it does not say.
pub fn cores() -> usize {
    available_parallelism().map_or(1, usize::from)
}

/// Syncs files and folders, all at the same time; the first error of them.
pub fn sync_all(handles: &[&File]) -> io::Result<()> {
    match handles {
        [] => Ok(()),
        [only] => only.sync_all(),
        [first, rest @ ..] => {
            let (one, others) = together(|| first.sync_all(), || sync_all(rest));
            one.and(others)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_are_done_and_neither_waits_for_the_other() {
        let (sender, receiver) = std::sync::mpsc::channel();
        let done = together(|| receiver.recv(), || sender.send(7));
        assert_eq!(done, (Ok(7), Ok(())));
    }

    #[test]
    fn an_error_of_any_file_is_the_error() {
        let folder = tempfile::tempdir().unwrap();
        let good = File::create(folder.path().join("a")).unwrap();
        sync_all(&[&good, &good, &good]).unwrap();
        // A device that cannot be synced simulates a failing disk.
        #[cfg(unix)]
        {
            let bad = File::open("/dev/null").unwrap();
            assert!(sync_all(&[&good, &good, &bad]).is_err());
            assert!(sync_all(&[&bad, &good]).is_err());
        }
    }
}
