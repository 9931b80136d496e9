//! What is put right before SIGINT, SIGTERM or SIGHUP ends the process.
//!
//! Always holds: the signal ends the process as if nothing waited for it. Not here: servers, which
//! end in their own time (`serve`, `key_agent`). Source: signal(7).

use std::sync::{Mutex, Once, PoisonError};

type Act = Box<dyn Fn() + Send>;

/// What is done, in this order.
static ACTS: Mutex<Vec<Act>> = Mutex::new(Vec::new());

/// Does this too before a signal ends the process.
pub fn before_signals_end(act: impl Fn() + Send + 'static) {
    ACTS.lock().unwrap_or_else(PoisonError::into_inner).push(Box::new(act));
    start();
}

#[cfg(unix)]
fn start() {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    static STARTED: Once = Once::new();
    STARTED.call_once(|| {
        // If signals cannot be waited for, they end the process at once.
        let Ok(mut signals) = signal_hook::iterator::Signals::new([SIGHUP, SIGINT, SIGTERM]) else {
            return;
        };
        let wait = move || {
            for signal in signals.forever() {
                let acts = ACTS.lock().unwrap_or_else(PoisonError::into_inner);
                acts.iter().for_each(|act| act());
                let _ = signal_hook::low_level::emulate_default_handler(signal);
            }
        };
        let _ = std::thread::Builder::new().name("signals".to_owned()).spawn(wait);
    });
}

#[cfg(not(unix))]
fn start() {}
