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

use crate::archive::web::Web;
use crate::clock::Clock;
use crate::disk::lock::LockWait;
use crate::disk::{self, FileMode};
use crate::ledger::error::{KeptEvents, LedgerError, chain};
use crate::ledger::exchange::follow::{PullDepth, PullOptions, pull};
use crate::ledger::following::FollowingMark;
use crate::ledger::paths::Paths;
use crate::ledger::published_place::PublishedPlace;
use crate::ledger::query::{View, no_fact};
use crate::ledger::reader::Record;
use crate::ledger::write::outbox::{OutboxFiles, settle_placed, waiting};
use crate::ledger::write::writer::{RecordServer, SentEvents, Writer};
use crate::record_server::{
    ServerAnswer, ServerConnection, ServerProblem, TURN_PATH, document_path,
};
use annals_core::event::Entry;
use annals_core::event::record::{self, Reading};
use annals_core::hash::Hash;
use annals_core::key::{SecretKey, SigningKey};
use annals_core::merkle::Tree;
use annals_core::receipt::ReceiptText;
use annals_core::rule::Fault;
use annals_core::signed_request::RequestText;
use annals_core::submission::{SubmissionText, SubmittedEvent};
use annals_core::text::Origin;
use annals_core::tlog::{KeyKind, VerifierKey};
use annals_core::verdict::Verdict;
use annals_core::verify::receipt::KnownRecord;
use annals_core::verify::source::Source;
use std::io;
use std::time::Duration;

/// How often the same bytes are sent while the server is busy or does not answer.
const TRIES: u32 = 4;
/// How often a copy is brought up until it has what a receipt promises.
const PULLS: u32 = 12;
/// The longest pause between two tries.
const PAUSE: Duration = Duration::from_secs(5);
/// The pause after nobody answered.
const SHORT_PAUSE: Duration = Duration::from_millis(250);

/// The server of a copy's record, and how the copy is brought up to date.
#[derive(Clone)]
pub struct CopyServer {
    paths: Paths,
    address: String,
    jobs: usize,
    wait: LockWait,
    /// The key that stamps the copy.
    key: Option<SecretKey>,
    clock: Clock,
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
        let PublishedPlace::Address(address) = mark.published_place() else { return Ok(None) };
        Web::at(&address).map_err(|why| LedgerError::Usage(why.to_string()))?;
        let paths = paths.clone();
        Ok(Some(CopyServer { paths, address, jobs, wait, key, clock }))
    }

    /// Whether a server answers there.
    pub fn find(&self) -> ServerFound {
        match self.connection().is_server() {
            Ok(true) => ServerFound::Server,
            Ok(false) => ServerFound::Files,
            Err(why) => ServerFound::Silent(why),
        }
    }

    /// Brings the copy up to date.
    ///
    /// Errors: as a pull's.
    pub fn pull(&self) -> Result<(), LedgerError> {
        let CopyServer { paths, jobs, wait, key, clock, .. } = self;
        let options = PullOptions {
            jobs: *jobs,
            wait: *wait,
            depth: PullDepth::New,
            key: key.as_ref(),
            now: clock.peek(),
            progress: None,
        };
        pull(paths, options).map(drop)
    }

    /// Brings the copy up to this size. Of several servers of one record, the one that is read from
    /// may have what another one placed a moment later.
    fn pull_up_to(&self, size: u64) -> Result<(), LedgerError> {
        for _ in 0..PULLS {
            self.pull()?;
            if Record::open(self.paths.clone())?.size() >= size {
                break;
            }
            std::thread::sleep(SHORT_PAUSE);
        }
        Ok(())
    }

    /// Waits until the record of the server has more than `size` events, for a while.
    ///
    /// Errors: the server does not answer.
    pub fn wait_after(&self, size: u64) -> io::Result<()> {
        self.connection().wait_after(size).map(drop)
    }

    fn connection(&self) -> ServerConnection {
        ServerConnection::new(&self.address)
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
            if let ServerAnswer::Refused(problem) = sent? {
                return Err(self.refused(&problem));
            }
        }
        Ok(())
    }

    /// Sends until somebody answers, and is not busy.
    fn until_answered(
        &self,
        send: impl Fn() -> io::Result<ServerAnswer>,
    ) -> Result<ServerAnswer, LedgerError> {
        let (mut why, mut reached) = (String::new(), false);
        for attempt in 1..=TRIES {
            let pause = match send() {
                Ok(ServerAnswer::Refused(problem)) if !problem.says_unplaced() => {
                    let end = if problem.detail.is_empty() { "" } else { ", " };
                    why = format!("status {}{end}{}", problem.status, problem.detail);
                    reached = true;
                    problem.retry_after.map_or(SHORT_PAUSE, Duration::from_secs)
                }
                Ok(answer) => return Ok(answer),
                Err(failed) => {
                    reached |= failed.kind() != io::ErrorKind::ConnectionRefused;
                    why = failed.to_string();
                    SHORT_PAUSE
                }
            };
            if attempt < TRIES {
                std::thread::sleep(pause.min(PAUSE));
            }
        }
        Err(self.not_sent(why, reached))
    }

    fn not_sent(&self, why: String, reached: bool) -> LedgerError {
        LedgerError::NotSent {
            address: self.address.clone(),
            why,
            reached,
            kept: KeptEvents::Nowhere,
        }
    }

    /// An error after a receipt: where the copy is in use or cannot be written, the events are
    /// placed and this copy cannot say so.
    fn open(&self, error: LedgerError) -> LedgerError {
        match error.verdict() {
            Verdict::CouldNotTell | Verdict::Conflict => {
                let why = format!(
                    "it gave a receipt, and the copy here could not be brought up to date: {}",
                    chain(&error)
                );
                self.not_sent(why, true)
            }
            _ => error,
        }
    }

    fn refused(&self, problem: &ServerProblem) -> LedgerError {
        let why = match problem.is("documents-missing") {
            true => "the documents that it captures are not there: say the command that signed it \
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
    fn place(
        &self,
        events: &SentEvents<'_>,
        key: Option<&dyn SigningKey>,
    ) -> Result<u64, LedgerError> {
        let record = Record::open(self.paths.clone())?;
        let SentEvents { entries, documents } = *events;
        let view = View::some(&record, record.size(), &no_fact)?;
        let window = view.state().fold.ledger.as_ref().map_or(0, |ledger| ledger.window);
        let (origin, _) = known(&record, 0)?;
        let submission = submission(&origin, entries, window).map_err(unsendable)?;
        if let Some(key) = key {
            self.send_documents(&origin, documents, key)?;
        }
        let (text, connection) = (submission.text(), self.connection());
        let receipt = match self.until_answered(|| connection.submit(&text))? {
            ServerAnswer::Done(bytes) => ReceiptText::parse(&bytes),
            ServerAnswer::Refused(problem) if problem.is("outrun") => {
                self.pull()?;
                return Err(LedgerError::Outrun(format!("the record of {} went on", self.address)));
            }
            ServerAnswer::Refused(problem) => return Err(self.refused(&problem)),
        };
        let receipt = receipt.map_err(|fault| self.broken(fault.to_string()))?;
        let (_, known) = known(&record, submission.from)?;
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
        let origin = known(&record, 0)?.0;
        let (method, path, body) = ("POST", TURN_PATH, Hash::of(&[]));
        let request = RequestText { origin: &origin, method, path, body };
        let signature = request.sign(key, self.clock.peek())?;
        match self.connection().take_turn(&signature) {
            Ok(ServerAnswer::Done(_)) => Ok(()),
            Ok(ServerAnswer::Refused(problem)) => Err(self.refused(&problem)),
            Err(why) => Err(self.not_sent(why.to_string(), true)),
        }
    }

    fn address(&self) -> &str {
        &self.address
    }
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
        settle_placed(paths, &record.source, ledger.window)?;
        files = waiting(paths)?;
    }
    files.retain_of(&ledger.origin);
    Ok(files)
}

/// The name of a record, and what a copy knows of it at a size.
fn known(record: &Record, size: u64) -> Result<(Origin, KnownRecord), LedgerError> {
    let view = View::some(record, record.size(), &no_fact)?;
    let ledger = view.state().fold.ledger.as_ref();
    let none = || LedgerError::Usage("the record has no first event".to_owned());
    let ledger = ledger.ok_or_else(none)?;
    let key = VerifierKey::new(&ledger.origin, KeyKind::Note, ledger.log_key).ok_or_else(none)?;
    let root = tree_at(record, size)?.root();
    let head = match size.checked_sub(1) {
        Some(last) => record.event(last)?.map(|event| event.reading.hash),
        None => None,
    };
    Ok((ledger.origin.clone(), KnownRecord { root, head, log_key: key }))
}

/// The tree of the first events of a record.
fn tree_at(record: &Record, size: u64) -> Result<Tree, LedgerError> {
    if let Ok(index) = record.index()
        && let Ok(tree) = index.tree(size)
    {
        return Ok(tree);
    }
    let mut tree = Tree::default();
    for batch in record.source.walk(0)? {
        for entry in batch?.entries {
            if tree.size() == size {
                return Ok(tree);
            }
            tree.push(record::hash(&entry.record));
        }
    }
    Ok(tree)
}
