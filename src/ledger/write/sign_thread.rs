//! Signing of many events: each is signed after the one before it, on a thread of its own, while
//! the drafts that follow are resolved and the events before it are verified. To seal an event is
//! to give it its place and its signature.
//!
//! Always holds: the events come back in order, as the same bytes with and without the thread. A
//! few events are sealed on the caller's thread. Not here: the bytes of an event (`sign`), which
//! drafts may be resolved before an event is verified (`batch`).

use crate::ledger::error::LedgerError;
use crate::ledger::write::resolve::ResolvedDraft;
use crate::ledger::write::sign::{Slot, WrittenBody, seal_body};
use annals_core::event::Entry;
use annals_core::key::SigningKey;
use annals_core::time::Time;
use std::collections::VecDeque;
use std::io;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{Builder, Scope};

/// The number of events that the thread seals at once: a wake-up of a thread costs as much as an
/// event.
const CHUNK: usize = 32;
/// The number of chunks that may be with the thread while drafts are resolved.
const UNDER_WAY: usize = 3;

/// An event to be sealed.
pub struct UnsealedEvent {
    /// Its arguments, content and document.
    pub resolved: ResolvedDraft,
    /// Its body, written by the resolver: the chain of signatures does not wait for it.
    pub body: WrittenBody,
    /// The writer's clock.
    pub now: Time,
}

/// A sealed event.
pub struct SealedEvent {
    /// Its arguments, body and document.
    pub resolved: ResolvedDraft,
    /// Its bytes.
    pub entry: Entry,
}

/// How many events may be under way when others are resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// As many as keep both threads at work.
    Ahead,
    /// None: all of them come back now.
    Settled,
}

/// Events on their way to their seals. Its thread ends with it.
pub struct SealingLine<'s, 'e> {
    scope: &'s Scope<'s, 'e>,
    /// Seals the next event, as long as there is no thread.
    sealer: Sealer<'e>,
    thread: Option<SealingThread>,
    /// Events that were not given to the thread yet.
    waiting: Vec<UnsealedEvent>,
    /// Sealed events that were not taken yet.
    sealed: VecDeque<SealedEvent>,
}

struct SealingThread {
    jobs: Sender<Vec<UnsealedEvent>>,
    sealed: Receiver<Result<Vec<SealedEvent>, LedgerError>>,
    /// The number of chunks that it has.
    chunks: usize,
}

/// Seals events one after the other.
#[derive(Clone, Copy)]
struct Sealer<'e> {
    key: &'e dyn SigningKey,
    /// The place of the next event.
    next: Slot,
}

impl Sealer<'_> {
    fn seal(&mut self, unsealed: UnsealedEvent) -> Result<SealedEvent, LedgerError> {
        let UnsealedEvent { resolved, body, now } = unsealed;
        let slot = Slot { now, ..self.next };
        let entry = seal_body(&resolved.args, body, &slot, self.key)?;
        self.next = slot.next(&entry.record);
        Ok(SealedEvent { resolved, entry })
    }

    fn seal_all(&mut self, all: Vec<UnsealedEvent>) -> Result<Vec<SealedEvent>, LedgerError> {
        all.into_iter().map(|unsealed| self.seal(unsealed)).collect()
    }
}

impl<'s, 'e> SealingLine<'s, 'e> {
    /// A line that begins at this place.
    pub fn new(
        scope: &'s Scope<'s, 'e>,
        key: &'e dyn SigningKey,
        next: Slot,
    ) -> SealingLine<'s, 'e> {
        let sealer = Sealer { key, next };
        SealingLine { scope, sealer, thread: None, waiting: Vec::new(), sealed: VecDeque::new() }
    }

    /// Adds the next event.
    ///
    /// Errors: the key gives no signature.
    pub fn put(&mut self, unsealed: UnsealedEvent) -> Result<(), LedgerError> {
        self.waiting.push(unsealed);
        if self.waiting.len() < CHUNK {
            return Ok(());
        }
        if self.thread.is_none() {
            self.thread = self.spawn();
        }
        self.send()
    }

    /// The next sealed event; `None` where no more are to be taken at this pace.
    ///
    /// Errors: the key gives no signature.
    pub fn take(&mut self, pace: Pace) -> Result<Option<SealedEvent>, LedgerError> {
        if self.sealed.is_empty() {
            let most = match pace {
                Pace::Ahead => UNDER_WAY,
                Pace::Settled => {
                    self.send()?;
                    0
                }
            };
            if let Some(thread) = self.thread.as_mut().filter(|thread| thread.chunks > most) {
                let chunk = thread.sealed.recv().map_err(|_| thread_ended())??;
                thread.chunks -= 1;
                self.sealed.extend(chunk);
            }
        }
        Ok(self.sealed.pop_front())
    }

    /// Gives what waits to the thread; without one, seals it here.
    fn send(&mut self) -> Result<(), LedgerError> {
        let chunk = std::mem::take(&mut self.waiting);
        if chunk.is_empty() {
            return Ok(());
        }
        match &mut self.thread {
            Some(thread) => {
                thread.chunks += 1;
                thread.jobs.send(chunk).map_err(|_| thread_ended())
            }
            None => {
                self.sealed.extend(self.sealer.seal_all(chunk)?);
                Ok(())
            }
        }
    }

    /// A thread that goes on with the sealing; `None` if the system gives none.
    fn spawn(&self) -> Option<SealingThread> {
        let (jobs, waiting) = channel();
        let (results, sealed) = channel();
        let mut sealer = self.sealer;
        let run = move || {
            for chunk in waiting {
                if results.send(sealer.seal_all(chunk)).is_err() {
                    return;
                }
            }
        };
        let thread = Builder::new().name("sealing".to_owned()).spawn_scoped(self.scope, run);
        thread.ok().map(|_| SealingThread { jobs, sealed, chunks: 0 })
    }
}

fn thread_ended() -> LedgerError {
    LedgerError::NoThread(io::Error::other("the thread that signs ended early"))
}
