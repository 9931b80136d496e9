//! Submitting: events that were signed in a copy, sent to the server that keeps its record.
//!
//! ```text
//! documents ─► submission ─► receipt ─► judged against the copy ─► pull ─► the same events at the
//! promised places, under the promised root
//! ```
//!
//! Always holds: nothing is called written before this copy's own verifier has taken it from the
//! server, under the root that the receipt promised. The same events are always sent as the same
//! statements. Not here: signing (`write`), bringing the copy up to date (`follow`), requests
//! (`record_server`). Source: FORMAT.md section 17.

use crate::archive::web::{Web, is_unreached};
use crate::clock::Clock;
use crate::disk::lock::LockWait;
use crate::disk::{self, FileMode};
use crate::ledger::error::{Delivery, KeptEvents, LedgerError, chain};
use crate::ledger::exchange::follow::{PullDepth, PullOptions, pull};
use crate::ledger::following::FollowingMark;
use crate::ledger::paths::Paths;
use crate::ledger::published_place::PublishedPlace;
use crate::ledger::query::{View, no_fact};
use crate::ledger::reader::Record;
use crate::ledger::second_look::SecondLook;
use crate::ledger::write::outbox::{OutboxFiles, prune_all_placed, waiting};
use crate::ledger::write::writer::{RecordServer, SentEvents, Writer};
use crate::record_server::{
    ServerAnswer, ServerConnection, ServerProblem, TURN_PATH, document_path,
};
use annals_core::event::Entry;
use annals_core::event::record::{self, Reading};
use annals_core::hash::Hash;
use annals_core::key::{SecretKey, SigningKey};
use annals_core::receipt::ReceiptText;
use annals_core::rule::Fault;
use annals_core::signed_request::RequestText;
use annals_core::submission::{SubmissionText, SubmittedEvent};
use annals_core::text::Origin;
use annals_core::verdict::Verdict;
use expected::{expected_log_key, known, tree_at};
use std::io;
use std::time::Duration;

mod expected;

/// How often the same bytes are sent while the server is busy or does not answer.
const TRIES: u32 = 4;
/// The longest pause between two tries.
const PAUSE: Duration = Duration::from_secs(5);
/// The pause after nobody answered.
const SHORT_PAUSE: Duration = Duration::from_millis(250);

/// The server of a copy's record, and how the copy is brought up to date.
#[derive(Clone)]
pub struct CopyServer {
    paths: Paths,
    /// The address that is asked.
    asked: String,
    /// The address as it is shown.
    address: String,
    jobs: usize,
    wait: LockWait,
    /// The key that stamps the copy.
    key: Option<SecretKey>,
    clock: Clock,
    /// How often the same bytes are sent.
    tries: u32,
}

/// Whether the place that a copy follows is a server to which events can be sent.
#[derive(Debug)]
pub enum ServerFound {
    /// It is.
    Server,
    /// It has published files alone.
    Files,
    /// Nobody answered: whether it is one is not known.
    Silent(io::Error),
}

impl CopyServer {
    /// The server of the copy at these paths; `None` if what it follows is no address.
    ///
    /// Errors: the mark of the copy is damaged.
    pub fn of(
        paths: &Paths,
        jobs: usize,
        wait: LockWait,
        key: Option<SecretKey>,
        clock: Clock,
    ) -> Result<Option<CopyServer>, LedgerError> {
        let Some(mark) = FollowingMark::of(paths)? else { return Ok(None) };
        let PublishedPlace::Address(asked) = mark.published_place() else { return Ok(None) };
        Web::at(&asked).map_err(|why| LedgerError::Usage(why.to_string()))?;
        let (paths, address) = (paths.clone(), mark.shown_place());
        Ok(Some(CopyServer { paths, asked, address, jobs, wait, key, clock, tries: TRIES }))
    }

    /// This server, which did not answer when it was looked for: each request is sent only once.
    pub fn silent(self) -> CopyServer {
        CopyServer { tries: 1, ..self }
    }

    /// Whether a server answers there.
    pub fn find(&self) -> ServerFound {
        match self.connection().is_server() {
            Ok(true) => ServerFound::Server,
            Ok(false) => ServerFound::Files,
            Err(why) => ServerFound::Silent(why),
        }
    }

    /// Brings the copy up to date; its size.
    ///
    /// Errors: as a pull's.
    pub fn pull(&self) -> Result<u64, LedgerError> {
        let CopyServer { paths, jobs, wait, key, clock, .. } = self;
        let options = PullOptions {
            jobs: *jobs,
            wait: *wait,
            depth: PullDepth::New,
            key: key.as_ref(),
            now: clock.peek(),
            progress: None,
        };
        pull(paths, options).map(|outcome| outcome.size)
    }

    /// Brings the copy up to this size. Of several servers of one record, the one that is read from
    /// may have what another one placed a moment later.
    fn pull_up_to(&self, size: u64) -> Result<(), LedgerError> {
        let looks = SecondLook::at(&self.asked);
        let behind = |why: io::Error| self.not_sent(why.to_string(), Delivery::Placed);
        while self.pull()? < size {
            if !looks.again().map_err(behind)? {
                break;
            }
        }
        Ok(())
    }

    /// Waits until the record of the server has more than `size` events, for a while: whether it
    /// has.
    ///
    /// Errors: the server does not answer.
    pub fn wait_after(&self, size: u64) -> io::Result<bool> {
        self.connection().wait_after(size)
    }

    fn connection(&self) -> ServerConnection {
        ServerConnection::new(&self.asked)
    }

    /// Sends documents; `key` signs the requests.
    fn send_documents(
        &self,
        origin: &Origin,
        documents: &[(Hash, Vec<u8>)],
        key: &dyn SigningKey,
    ) -> Result<(), LedgerError> {
        let connection = self.connection();
        for (digest, bytes) in documents {
            let (path, body) = (document_path(digest), *digest);
            let request = RequestText { origin, method: "PUT", path: &path, body };
            let signature = request.sign(key, self.clock.peek())?;
            let sent = self.until_answered(|| connection.put_document(digest, bytes, &signature));
            let sent = sent.map_err(|error| match error {
                LedgerError::NotSent { address, why, reached: Delivery::Unknown, kept } => {
                    let reached = Delivery::NoDocuments;
                    LedgerError::NotSent { address, why, reached, kept }
                }
                error => error,
            });
            if let Err(problem) = sent? {
                return Err(self.refused(&problem));
            }
        }
        Ok(())
    }

    /// Sends a request until the server has an answer for it and is not busy. Returns the answer,
    /// or a problem by which nothing was placed.
    fn until_answered<T>(
        &self,
        send: impl Fn() -> io::Result<ServerAnswer<T>>,
    ) -> Result<Result<T, ServerProblem>, LedgerError> {
        let (mut why, mut reached) = (String::new(), Delivery::Unreached);
        for attempt in 1..=self.tries {
            let pause = match send() {
                Ok(ServerAnswer::Done(done)) => return Ok(Ok(done)),
                Ok(ServerAnswer::Refused(problem)) if problem.says_unplaced() => {
                    return Ok(Err(problem));
                }
                Ok(ServerAnswer::Refused(problem)) => {
                    let end = if problem.detail.is_empty() { "" } else { ", " };
                    why = format!("status {}{end}{}", problem.status, problem.detail);
                    reached = Delivery::Unknown;
                    problem.retry_after.map_or(SHORT_PAUSE, Duration::from_secs)
                }
                Ok(ServerAnswer::Strange(answer)) => {
                    (why, reached) = (answer.what, Delivery::Unknown);
                    if answer.stays {
                        break;
                    }
                    answer.retry_after.map_or(SHORT_PAUSE, Duration::from_secs)
                }
                Err(failed) => {
                    if !is_unreached(&failed) {
                        reached = Delivery::Unknown;
                    }
                    why = failed.to_string();
                    SHORT_PAUSE
                }
            };
            if attempt < self.tries {
                std::thread::sleep(pause.min(PAUSE));
            }
        }
        Err(self.not_sent(why, reached))
    }

    fn not_sent(&self, why: String, reached: Delivery) -> LedgerError {
        let (address, kept) = (self.address.clone(), KeptEvents::Nowhere);
        LedgerError::NotSent { address, why, reached, kept }
    }

    /// An error after a receipt: where the copy is in use or cannot be written, the events are
    /// placed and this copy cannot say so.
    fn open(&self, error: LedgerError) -> LedgerError {
        match error.verdict() {
            Verdict::CouldNotTell | Verdict::Conflict => {
                self.not_sent(chain(&error), Delivery::Placed)
            }
            _ => error,
        }
    }

    /// An error of reading the copy before anything was sent: the events are kept all the same.
    fn unread(&self, error: LedgerError) -> LedgerError {
        match error {
            LedgerError::Disk(_)
            | LedgerError::Journal(_)
            | LedgerError::Source(_)
            | LedgerError::Elsewhere(_) => self.not_sent(chain(&error), Delivery::Unread),
            other => other,
        }
    }

    fn refused(&self, problem: &ServerProblem) -> LedgerError {
        let why = match problem.is("documents-missing") {
            true => "the documents that it captures are not there: run the command that signed it \
                     again, which sends them"
                .to_owned(),
            false => problem.detail.clone(),
        };
        let (address, status, rule) = (self.address.clone(), problem.status, problem.rule);
        LedgerError::ServerRefused { address, status, rule, why }
    }

    fn broken(&self, why: String) -> LedgerError {
        LedgerError::ReceiptBroken { address: self.address.clone(), why, kept: None }
    }

    /// Compares what the copy has now with what a receipt promised.
    fn compare(
        &self,
        submission: &SubmissionText,
        receipt: &ReceiptText,
    ) -> Result<(), LedgerError> {
        let record = Record::open(self.paths.clone())?;
        let promised = &receipt.checkpoint.checkpoint;
        if record.size() < promised.size {
            let size = record.size();
            let why = format!("it promises {} events, and {size} are published", promised.size);
            return Err(self.broken(why));
        }
        let end = receipt.first + receipt.places.len() as u64;
        let mut there = Vec::new();
        for position in receipt.first..end {
            there.extend(record.event(position)?.map(|event| event.reading.hash));
        }
        let events = submission.events.iter().zip(&receipt.places);
        let ours = events.map(|(event, place)| record::hash(&event.record(place)));
        let root = tree_at(&record, promised.size)?.root();
        if there.iter().copied().eq(ours) && root == promised.root {
            return Ok(());
        }
        // The log key signed the receipt's checkpoint: it is evidence.
        let path = self.paths.following().with_extension("receipt");
        let path = if disk::is_there(&path)? { disk::free_aside(&path) } else { path };
        disk::replace(&path, &receipt.text(), FileMode::Shared)?;
        let why = "what it promises is not what the server publishes".to_owned();
        let kept = Some(path);
        Err(LedgerError::ReceiptBroken { address: self.address.clone(), why, kept })
    }
}

impl RecordServer for CopyServer {
    fn expect_sendable(&self, events: &SentEvents<'_>) -> Result<(), LedgerError> {
        let record = Record::open(self.paths.clone())?;
        submission_on(&record, events.entries).map(drop)
    }

    fn place(
        &self,
        events: &SentEvents<'_>,
        key: Option<&dyn SigningKey>,
    ) -> Result<u64, LedgerError> {
        let unread = |error| self.unread(error);
        let record = Record::open(self.paths.clone()).map_err(unread)?;
        let SentEvents { entries, documents } = *events;
        let submission = submission_on(&record, entries).map_err(|error| match error {
            // They were kept all the same, and nothing sends them.
            LedgerError::Usage(why) if key.is_none() => {
                LedgerError::Usage(format!("{why}; annals outbox drop gives them up"))
            }
            error => self.unread(error),
        })?;
        let log_key = expected_log_key(self, &record, entries).map_err(unread)?;
        if let Some(key) = key {
            self.send_documents(&submission.origin, documents, key)?;
        }
        let (text, connection) = (submission.text(), self.connection());
        let receipt = match self.until_answered(|| connection.submit(&text))? {
            Ok(receipt) => receipt,
            Err(problem) if problem.is("outrun") => {
                return Err(match self.pull() {
                    Ok(_) => LedgerError::Outrun(format!("the record of {} went on", self.address)),
                    Err(error) if is_of_reading(&error) => {
                        self.not_sent(chain(&error), Delivery::Outrun)
                    }
                    Err(error) => error,
                });
            }
            Err(problem) => return Err(self.refused(&problem)),
        };
        let known = known(&record, submission.from, log_key)?;
        receipt.judge(&submission, &known).map_err(|fault| self.broken(fault.to_string()))?;
        let pulled = self.pull_up_to(receipt.checkpoint.checkpoint.size);
        let compared = pulled.and_then(|()| self.compare(&submission, &receipt));
        compared.map(|()| receipt.first).map_err(|error| self.open(error))
    }

    fn writer(&self) -> Result<Writer, LedgerError> {
        let stamp = self.key.as_ref().map(SecretKey::public);
        Writer::of_copy(self.paths.clone(), stamp, Box::new(self.clone()))
    }

    fn take_turn(&self, key: &dyn SigningKey) -> Result<(), LedgerError> {
        let record = Record::open(self.paths.clone())?;
        let view = View::some(&record, record.size(), &no_fact)?;
        let origin = view.state().fold.ledger.as_ref().ok_or_else(unopened)?.origin.clone();
        let (method, path, body) = ("POST", TURN_PATH, Hash::of(&[]));
        let request = RequestText { origin: &origin, method, path, body };
        let signature = request.sign(key, self.clock.peek())?;
        match self.connection().take_turn(&signature) {
            Ok(ServerAnswer::Done(_)) => Ok(()),
            Ok(ServerAnswer::Refused(problem)) => Err(self.refused(&problem)),
            Ok(ServerAnswer::Strange(answer)) => Err(self.not_sent(answer.what, Delivery::Unknown)),
            Err(why) => Err(self.not_sent(why.to_string(), Delivery::Unknown)),
        }
    }

    fn address(&self) -> &str {
        &self.address
    }
}

/// Whether an error is one of reading what a server publishes: nothing is known to be wrong with
/// it, and nothing of it was taken.
pub fn is_of_reading(error: &LedgerError) -> bool {
    matches!(error, LedgerError::Elsewhere(_))
}

/// The submission of events that were signed for the end of a copy.
///
/// Errors: they fit no submission.
fn submission_on(record: &Record, entries: &[Entry]) -> Result<SubmissionText, LedgerError> {
    let view = View::some(record, record.size(), &no_fact)?;
    let ledger = view.state().fold.ledger.as_ref().ok_or_else(unopened)?;
    submission(&ledger.origin, entries, ledger.window).map_err(unsendable)
}

fn unopened() -> LedgerError {
    LedgerError::Usage("the record has no first event".to_owned())
}

/// The submission of events that were signed for the end of a copy: one alone may be placed after
/// what others wrote meanwhile; several name each other perhaps, and keep their places.
fn submission(origin: &Origin, entries: &[Entry], window: u64) -> Result<SubmissionText, Fault> {
    let [entry] = entries else { return SubmissionText::exact(origin, entries) };
    let Reading { statement, signature, .. } = Reading::of(&entry.record);
    let (Some(statement), Some(signature)) = (statement, signature) else {
        return SubmissionText::exact(origin, entries);
    };
    let kind = statement.kind;
    let body = entry.body.clone().unwrap_or_default();
    let event = SubmittedEvent::new(statement, &signature, body);
    match window > 0 && !kind.stands_at_its_base() {
        true => SubmissionText::free(origin, vec![event]),
        false => SubmissionText::next(origin, event),
    }
}

fn unsendable(fault: Fault) -> LedgerError {
    LedgerError::Usage(format!(
        "expected events that fit one submission, found more or others ({fault}): enter them in \
         smaller parts"
    ))
}

/// The refusal to send where a ledger has no server to which events can be sent.
///
/// Errors: the mark of a copy is damaged.
pub fn no_server(paths: &Paths) -> Result<LedgerError, LedgerError> {
    let why = match FollowingMark::of(paths)? {
        Some(mark) => format!(
            "expected the copy of a server's record, found a copy of the files at {}, to which \
             nothing can be sent; if a server keeps the record at another address, make a copy \
             from there (annals clone) with these keys, and send from it; annals outbox drop gives \
             up what waits",
            mark.shown_place()
        ),
        None => "expected the copy of a server's record, found another ledger; here the command \
                 that signed writes it: say it again"
            .to_owned(),
    };
    Ok(LedgerError::Usage(why))
}

/// What waits in the outbox for the record of a ledger; in a copy without what a pull brought
/// since.
///
/// Errors: outbox or record cannot be read.
pub fn still_waiting(paths: &Paths) -> Result<OutboxFiles, LedgerError> {
    let mut files = waiting(paths)?;
    if files.waiting.is_empty() {
        return Ok(files);
    }
    let record = Record::open(paths.clone())?;
    let view = View::some(&record, record.size(), &no_fact)?;
    let Some(ledger) = &view.state().fold.ledger else { return Ok(files) };
    if FollowingMark::is_at(paths)? {
        prune_all_placed(paths, &record.source, ledger.window)?;
        files = waiting(paths)?;
    }
    files.retain_of(&ledger.origin);
    Ok(files)
}
