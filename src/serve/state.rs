//! What the answers of a server need, and what all of them may use together.
//!
//! Always holds: what clients make a server do at a time, and what their answers have in memory, is
//! bounded here. Not here: the requests (`routes`, `read`).

use crate::clock::Clock;
use crate::entropy::{System, draw};
use crate::ledger::error::{LedgerError, chain};
use crate::serve::listen::most_connections;
use crate::serve::problem::Problem;
use crate::serve::sequencer::Sequencer;
use crate::serve::uploads::Uploads;
use annals_core::key::KeyCache;
use axum::body::{Body, Bytes};
use axum::extract::State;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

/// How many documents are received at a time.
const UPLOADS: usize = 8;
/// How many bytes of submissions are received at a time, but for the first ones of each.
const MOST_BYTES: usize = 64 << 20;
/// How many bytes of large answers there may be at a time, and from how many on an answer is large.
const MOST_ANSWERED: usize = 512 << 20;
const LARGE_ANSWER: usize = 256 << 10;
/// How many large answers are made at a time.
const MAKING: usize = 4;
/// How many answers are read from the record at a time.
const READING: usize = 4;

/// What answers need.
pub struct ServerState {
    /// The writer's thread.
    pub sequencer: Sequencer,
    /// The documents that were sent.
    pub uploads: Arc<Uploads>,
    /// The clock.
    pub clock: Clock,
    /// Becomes true when the server is being stopped.
    pub stopping: watch::Receiver<bool>,
    /// Called with one line for each submission and each failure.
    pub log: Arc<dyn Fn(&str) + Send + Sync>,
    /// The keys of editors whose signatures were verified.
    pub(super) keys: KeyCache,
    /// How many documents may be received at a time.
    pub(super) receiving: Semaphore,
    /// The bytes of submissions that may be received at a time.
    pub(super) bytes: Semaphore,
    /// How many tails there may be.
    pub(super) tails: Arc<Semaphore>,
    /// How many answers of unknown size may be made at a time.
    pub(super) making: Semaphore,
    /// How many answers may be read from the record at a time.
    pub(super) reading: Semaphore,
    /// The bytes that large answers may have in memory.
    answers: Arc<Semaphore>,
    /// Another one each time that a server starts.
    pub(super) start: [u8; 16],
}

impl ServerState {
    /// The state of a server.
    ///
    /// Errors: the system has no random bytes.
    pub fn new(
        sequencer: Sequencer,
        uploads: Arc<Uploads>,
        clock: Clock,
        stopping: watch::Receiver<bool>,
        log: Arc<dyn Fn(&str) + Send + Sync>,
    ) -> Result<ServerState, LedgerError> {
        let (receiving, bytes) = (Semaphore::new(UPLOADS), Semaphore::new(MOST_BYTES));
        // Half of the connections are left for those who ask for something else.
        let tails = Arc::new(Semaphore::new(most_connections().div_ceil(2)));
        let keys = KeyCache::default();
        let (making, answers) = (Semaphore::new(MAKING), Arc::new(Semaphore::new(MOST_ANSWERED)));
        let reading = Semaphore::new(READING);
        let start = draw(&mut System)?;
        Ok(ServerState {
            sequencer,
            uploads,
            clock,
            stopping,
            log,
            keys,
            receiving,
            bytes,
            tails,
            making,
            reading,
            answers,
            start,
        })
    }
}

/// The state, as a handler of requests has it.
pub type Shared = State<Arc<ServerState>>;

/// The body of an answer. What all large ones have in memory is bounded, however slowly they are
/// read.
pub fn bounded(state: &ServerState, bytes: Vec<u8>) -> Result<Body, Problem> {
    if bytes.len() < LARGE_ANSWER {
        return Ok(Body::from(bytes));
    }
    let count = u32::try_from(bytes.len().min(MOST_ANSWERED)).unwrap_or(u32::MAX);
    let Ok(permit) = Arc::clone(&state.answers).try_acquire_many_owned(count) else {
        return Err(Problem::busy("too many large answers are being read", 5));
    };
    Ok(Body::from(Bytes::from_owner(LargeAnswer { bytes, _permit: permit })))
}

/// The bytes of a large answer, which count until they are sent.
struct LargeAnswer {
    bytes: Vec<u8>,
    _permit: OwnedSemaphorePermit,
}

impl AsRef<[u8]> for LargeAnswer {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

/// What to change where a document of the record could not be read.
const UNREAD_DOCUMENTS: &str = "documents of the record are missing or damaged here \
    (annals verify); annals repair --from COPY";

/// The cause of a failure is written to the log; the client gets its class alone.
pub fn failed(state: &ServerState, why: &LedgerError) -> Problem {
    if matches!(why, LedgerError::DocumentUnread(_)) {
        state.sequencer.warn(UNREAD_DOCUMENTS);
    }
    (state.log)(&format!("cannot answer: {}", chain(why)));
    Problem::busy("the server could not read its record", 2)
}
