//! Signing of many events: each is signed after the one before it, on a thread of its own, while
//! the drafts that follow are resolved and the events before it are verified. Each event gets its
//! place and its signature here.
//!
//! Always holds: the events come back in order, as the same bytes with and without the thread. A
//! few events are signed on the caller's thread. Not here: the bytes of an event (`sign`), which
//! drafts may be resolved before an event is verified (`batch`).

use crate::ledger::error::LedgerError;
use crate::ledger::write::resolve::ResolvedDraft;
use crate::ledger::write::sign::{Slot, WrittenBody, sign_body};
use annals_core::event::Entry;
use annals_core::key::SigningKey;
use annals_core::time::Time;
use std::collections::VecDeque;
use std::io;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{Builder, Scope};

/// The number of events that the thread signs at once: a wake-up of a thread costs as much as an
/// event.
const CHUNK: usize = 32;
/// The number of chunks that may be with the thread while drafts are resolved.
const UNDER_WAY: usize = 3;

/// An event to be signed.
pub struct UnsignedEvent {
    /// Its arguments, content and document.
    pub resolved: ResolvedDraft,
    /// Its body, written by the resolver: the chain of signatures does not wait for it.
    pub body: WrittenBody,
    /// The writer's clock.
    pub now: Time,
}

/// A signed event.
pub struct SignedEvent {
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

/// Events on their way to their signatures. Its thread ends with it.
pub struct SigningQueue<'s, 'e> {
    scope: &'s Scope<'s, 'e>,
    /// Signs the next event, as long as there is no thread.
    signer: EventSigner<'e>,
    thread: Option<SigningThread>,
    /// Events that were not given to the thread yet.
    waiting: Vec<UnsignedEvent>,
    /// Signed events that were not taken yet.
    signed: VecDeque<SignedEvent>,
}

struct SigningThread {
    jobs: Sender<Vec<UnsignedEvent>>,
    signed: Receiver<Result<Vec<SignedEvent>, LedgerError>>,
    /// The number of chunks that it has.
    chunks: usize,
}

/// Signs events one after the other.
#[derive(Clone, Copy)]
struct EventSigner<'e> {
    key: &'e dyn SigningKey,
    /// The place of the next event.
    next: Slot,
}

impl EventSigner<'_> {
    fn sign(&mut self, unsigned: UnsignedEvent) -> Result<SignedEvent, LedgerError> {
        let UnsignedEvent { resolved, body, now } = unsigned;
        let slot = Slot { now, ..self.next };
        let entry = sign_body(&resolved.args, body, &slot, self.key)?;
        self.next = slot.next(&entry.record);
        Ok(SignedEvent { resolved, entry })
    }

    fn sign_all(&mut self, all: Vec<UnsignedEvent>) -> Result<Vec<SignedEvent>, LedgerError> {
        all.into_iter().map(|unsigned| self.sign(unsigned)).collect()
    }
}

impl<'s, 'e> SigningQueue<'s, 'e> {
    /// A queue whose first event gets this place.
    pub fn new(
        scope: &'s Scope<'s, 'e>,
        key: &'e dyn SigningKey,
        next: Slot,
    ) -> SigningQueue<'s, 'e> {
        let signer = EventSigner { key, next };
        SigningQueue { scope, signer, thread: None, waiting: Vec::new(), signed: VecDeque::new() }
    }

    /// Adds the next event.
    ///
    /// Errors: the key gives no signature.
    pub fn put(&mut self, unsigned: UnsignedEvent) -> Result<(), LedgerError> {
        self.waiting.push(unsigned);
        if self.waiting.len() < CHUNK {
            return Ok(());
        }
        if self.thread.is_none() {
            self.thread = self.spawn();
        }
        self.send()
    }

    /// The next signed event; `None` where no more are to be taken at this pace.
    ///
    /// Errors: the key gives no signature.
    pub fn take(&mut self, pace: Pace) -> Result<Option<SignedEvent>, LedgerError> {
        if self.signed.is_empty() {
            let most = match pace {
                Pace::Ahead => UNDER_WAY,
                Pace::Settled => {
                    self.send()?;
                    0
                }
            };
            if let Some(thread) = self.thread.as_mut().filter(|thread| thread.chunks > most) {
                let chunk = thread.signed.recv().map_err(|_| thread_ended())??;
                thread.chunks -= 1;
                self.signed.extend(chunk);
            }
        }
        Ok(self.signed.pop_front())
    }

    /// Gives what waits to the thread; without one, signs it here.
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
                self.signed.extend(self.signer.sign_all(chunk)?);
                Ok(())
            }
        }
    }

    /// A thread that goes on with the signing; `None` if the system gives none.
    fn spawn(&self) -> Option<SigningThread> {
        let (jobs, waiting) = channel();
        let (results, signed) = channel();
        let mut signer = self.signer;
        let run = move || {
            for chunk in waiting {
                if results.send(signer.sign_all(chunk)).is_err() {
                    return;
                }
            }
        };
        let thread = Builder::new().name("sign".to_owned()).spawn_scoped(self.scope, run);
        thread.ok().map(|_| SigningThread { jobs, signed, chunks: 0 })
    }
}

fn thread_ended() -> LedgerError {
    LedgerError::NoThread(io::Error::other("the thread that signs ended early"))
}
