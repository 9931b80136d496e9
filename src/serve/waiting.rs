//! What waits to be placed: bounded for each key and in all, and taken from one key after the
//! other.
//!
//! Always holds: a key that sends much waits for itself, not others for it. Not here: placing
//! (`sequencer`).

use crate::serve::problem::{Problem, ProblemKind};
use annals_core::key::PublicKey;
use annals_core::submission::{MAX_SUBMITTED, SubmissionText};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

/// The most bytes of submissions that wait.
const MOST_BYTES: usize = 64 << 20;
/// The most submissions that wait.
const MOST_WAITING: usize = 4_096;

/// How much waits.
#[derive(Debug, Default)]
pub struct InFlight {
    now: Mutex<InFlightNow>,
}

#[derive(Debug, Default)]
struct InFlightNow {
    /// The number of events by the key that signed the first one.
    events: BTreeMap<PublicKey, u64>,
    bytes: usize,
    submissions: usize,
}

/// A submission that counts as waiting until this is dropped.
#[derive(Debug)]
pub struct Ticket {
    all: Arc<InFlight>,
    key: PublicKey,
    events: u64,
    bytes: usize,
}

impl InFlight {
    /// Counts a submission.
    ///
    /// Errors: its key has too many events that wait; too much waits in all.
    pub fn enter(self: &Arc<Self>, submission: &SubmissionText) -> Result<Ticket, Problem> {
        let key = signer(submission);
        let (events, bytes) = (submission.events.len() as u64, bytes(submission));
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        if now.submissions >= MOST_WAITING || now.bytes + bytes > MOST_BYTES {
            let why = format!("{} submissions of {} bytes wait", now.submissions, now.bytes);
            return Err(Problem::busy(why, 1));
        }
        let own = now.events.entry(key).or_default();
        if *own + events > MAX_SUBMITTED {
            let why = format!("expected at most {MAX_SUBMITTED} events of a key that wait");
            let problem =
                Problem::new(ProblemKind::TooMuch, format!("{why}, found {own} and these"));
            return Err(Problem { retry_after: Some(1), ..problem });
        }
        *own += events;
        now.bytes += bytes;
        now.submissions += 1;
        Ok(Ticket { all: Arc::clone(self), key, events, bytes })
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut now = self.all.now.lock().unwrap_or_else(PoisonError::into_inner);
        now.bytes -= self.bytes;
        now.submissions -= 1;
        if let Some(own) = now.events.get_mut(&self.key) {
            *own -= self.events;
            if *own == 0 {
                now.events.remove(&self.key);
            }
        }
    }
}

/// The key that signed the first event of a submission.
pub fn signer(submission: &SubmissionText) -> PublicKey {
    submission.events.first().map_or(PublicKey([0; 32]), |event| event.statement().by)
}

/// About how many bytes a submission has in memory.
pub fn bytes(submission: &SubmissionText) -> usize {
    let length =
        |event: &annals_core::submission::SubmittedEvent| event.signed().len() + event.body().len();
    submission.events.iter().map(length).sum()
}

/// A queue for each key.
#[derive(Debug)]
pub struct FairQueue<T> {
    queues: BTreeMap<PublicKey, VecDeque<T>>,
    /// The keys of which something waits, in the order of their turns.
    turns: VecDeque<PublicKey>,
}

impl<T> FairQueue<T> {
    /// A queue in which nothing waits.
    pub fn empty() -> FairQueue<T> {
        FairQueue { queues: BTreeMap::new(), turns: VecDeque::new() }
    }

    /// Adds an item at the end of its key's queue.
    pub fn push(&mut self, key: PublicKey, one: T) {
        let queue = self.queues.entry(key).or_default();
        if queue.is_empty() {
            self.turns.push_back(key);
        }
        queue.push_back(one);
    }

    /// Removes and returns the first item of the key whose turn it is; `None` if nothing waits.
    pub fn pop(&mut self) -> Option<T> {
        let key = self.turns.pop_front()?;
        let queue = self.queues.get_mut(&key)?;
        let one = queue.pop_front();
        match queue.is_empty() {
            true => drop(self.queues.remove(&key)),
            false => self.turns.push_back(key),
        }
        one
    }

    /// Removes and returns the first item of this key; `None` if none of its items waits.
    pub fn pop_of(&mut self, key: &PublicKey) -> Option<T> {
        let queue = self.queues.get_mut(key)?;
        let one = queue.pop_front();
        if queue.is_empty() {
            self.queues.remove(key);
            self.turns.retain(|other| other != key);
        }
        one
    }

    /// Whether an item of this key waits.
    pub fn has(&self, key: &PublicKey) -> bool {
        self.queues.contains_key(key)
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.turns.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_sends_much_waits_for_itself() {
        let [one, other] = [1, 2].map(|byte| PublicKey([byte; 32]));
        let mut queue = FairQueue::empty();
        for number in 0..5 {
            queue.push(one, ("one", number));
        }
        queue.push(other, ("other", 0));
        queue.push(other, ("other", 1));
        let order: Vec<_> = std::iter::from_fn(|| queue.pop()).collect();
        let expected = [
            ("one", 0),
            ("other", 0),
            ("one", 1),
            ("other", 1),
            ("one", 2),
            ("one", 3),
            ("one", 4),
        ];
        assert_eq!(order, expected);
        assert!(queue.is_empty());
    }
}
