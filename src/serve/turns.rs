//! Turns: an admin whose acts need the exact end of the record gets a moment in which nobody else
//! writes.
//!
//! Always holds: a turn lasts at most [`LENGTH`], and a key has one at most once in [`PAUSE`]; a
//! turn ends when the first submission of its key is placed. Not here: who may have a turn
//! (`routes`).

use crate::serve::problem::{Problem, ProblemKind};
use annals_core::key::PublicKey;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// How long a turn lasts at most.
pub const LENGTH: Duration = Duration::from_secs(2);
/// How long a key waits from one turn to the next.
pub const PAUSE: Duration = Duration::from_secs(10);

/// The present turn, and the last one of each key.
#[derive(Debug, Default)]
pub struct Turns {
    now: Option<(PublicKey, Instant)>,
    last: BTreeMap<PublicKey, Instant>,
}

impl Turns {
    /// Gives a key its turn; returns for how long.
    ///
    /// Errors: another key has its turn; this one had one a short time ago.
    pub fn take(&mut self, key: PublicKey, now: Instant) -> Result<Duration, Problem> {
        if let Some(left) = self.left(now) {
            return Err(Problem::busy("another key has its turn", left.as_secs() + 1));
        }
        self.last.retain(|_, last| now.duration_since(*last) < PAUSE);
        if let Some(last) = self.last.get(&key) {
            let wait = PAUSE.saturating_sub(now.duration_since(*last)).as_secs() + 1;
            let why = format!(
                "expected {} seconds between two turns of a key, found one a short time ago",
                PAUSE.as_secs()
            );
            let problem = Problem::new(ProblemKind::TooMuch, why);
            return Err(Problem { retry_after: Some(wait), ..problem });
        }
        self.last.insert(key, now);
        self.now = Some((key, now + LENGTH));
        Ok(LENGTH)
    }

    /// How long the present turn still lasts; `None` if no key has a turn.
    pub fn left(&self, now: Instant) -> Option<Duration> {
        let (_, end) = self.now?;
        end.checked_duration_since(now).filter(|left| !left.is_zero())
    }

    /// The key that has its turn.
    pub fn holder(&self, now: Instant) -> Option<PublicKey> {
        let (key, _) = self.now?;
        self.left(now).map(|_| key)
    }

    /// Ends the present turn.
    pub fn end(&mut self) {
        self.now = None;
    }
}
