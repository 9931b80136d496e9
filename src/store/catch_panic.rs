//! Runs third-party code that panics on damage, and turns the panic into a value silently.
//!
//! Always holds: a panic of this thread inside [`quietly`] is caught and not printed; every other
//! panic is printed as usual, except those of sled's own threads, which cannot be caught or
//! handled.
//! Not here: which code panics (`sled.rs`). A process built with `panic = "abort"` would still end.
//! Source: `std::panic`.

use std::any::Any;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;
use std::thread;

/// The beginning of the names of sled's own threads.
const SLED_THREADS: &str = "sled-";

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Runs `work`; `Err` is the message of the panic that ended it.
///
/// The caller must discard what `work` was changing: it may be half changed.
pub(super) fn quietly<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    install();
    let before = QUIET.replace(true);
    let outcome = catch_unwind(AssertUnwindSafe(work));
    QUIET.set(before);
    outcome.map_err(message)
}

/// Puts one hook before the present one, once in the life of the process: removing it again would
/// race with other threads that set theirs.
fn install() {
    static ONCE: Once = Once::new();
    // A thread that unwinds (in a drop) cannot change hooks; then the panic is printed.
    if thread::panicking() {
        return;
    }
    ONCE.call_once(|| {
        let previous = take_hook();
        set_hook(Box::new(move |info| {
            let foreign =
                thread::current().name().is_some_and(|name| name.starts_with(SLED_THREADS));
            if !QUIET.get() && !foreign {
                previous(info);
            }
        }));
    });
}

fn message(payload: Box<dyn Any + Send>) -> String {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| payload.downcast_ref::<&str>().copied());
    text.unwrap_or("a panic without a message").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_its_message() {
        assert_eq!(quietly(|| 7), Ok(7));
        let number = 3;
        assert_eq!(quietly(|| panic!("page {number}")), Err::<(), _>("page 3".to_owned()));
        assert_eq!(quietly(|| panic!("fixed")), Err::<(), _>("fixed".to_owned()));
        assert!(!QUIET.get());
    }
}
