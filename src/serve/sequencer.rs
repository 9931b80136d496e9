//! The sequencer: one thread with the writer, which places what waits, one commit after the other.
//!
//! Always holds: nothing is answered as written before it is committed and the checkpoint that
//! covers it is in its place; readers see no event above that checkpoint. A writer that fails is
//! opened anew before the next commit, so that what it left is completed first. A commit has what
//! came while the one before was written; nothing waits for more to come, but what yields
//! (`precedence`). Not here: judging (`ledger::exchange::placing`), whose turn it is (`waiting`,
//! `turns`), HTTP (`routes`).
//! Source: FORMAT.md section 17.

use crate::clock::Clock;
use crate::database::DatabaseError;
use crate::disk::lock::LockWait;
use crate::ledger::error::{LedgerError, chain};
use crate::ledger::exchange::placing::{
    PlacedEvents, PlacingContext, PlacingError, captured, place_group, receipt,
};
use crate::ledger::paths::Paths;
use crate::ledger::query::absent::absent_documents;
use crate::ledger::reader;
use crate::ledger::write::admin::ClockCheck;
use crate::ledger::write::append::{FarClock, far_clock};
use crate::ledger::write::writer::{HomePlace, Writer};
use crate::serve::metrics;
use crate::serve::precedence::Precedence;
use crate::serve::problem::{Problem, ProblemKind};
use crate::serve::served_head::ServedHead;
use crate::serve::trouble::trouble;
use crate::serve::turns::Turns;
use crate::serve::uploads::{CountedUploads, DocumentLengths, Uploads};
use crate::serve::waiting::{FairQueue, InFlight, Ticket, bytes, signer};
use annals_core::key::PublicKey;
use annals_core::submission::{MAX_SUBMITTED, Placing, SubmissionText};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::sync::{oneshot, watch};
use tokio::time::timeout;

/// After how long a ledger that could not be opened is tried again.
const REOPEN_PAUSE: Duration = Duration::from_secs(2);
/// How often a home is looked at in which other programs may write.
const POLL_INTERVAL: Duration = Duration::from_millis(200);
/// After how long opening such a home is tried again.
const SHARED_REOPEN_PAUSE: Duration = Duration::from_millis(500);
/// After how long without an answer from its home a record counts as one that cannot be written to.
const HOME_TIMEOUT: Duration = Duration::from_secs(10);
/// The longest wait of a submission for its answer.
const SUBMISSION_TIMEOUT: Duration = Duration::from_secs(20);
/// The longest wait for what others committed.
const CATCH_UP_TIMEOUT: Duration = Duration::from_secs(8);
/// How often a group is placed again after another program was first.
const MAX_OUTRUN_RETRIES: usize = 16;
/// How often a thread that is asked to end is looked at.
const JOIN_POLL: Duration = Duration::from_millis(10);
/// About how many bytes the events and documents of one commit have, if they are of several
/// submissions.
const MOST_BYTES: usize = 16 << 20;

/// What to change where a server made its copy of a database's record, and no memory is named.
const OWN_MEMORY: &str = "this server made its copy anew and remembers in keys/log.marks alone \
    what the log key signed: where another server of the record has a witness for it, end this \
    one, remove its ledger folder, and start it with the same --memory and --memory-key";

/// The queue of a sequencer, and what it serves.
pub struct Sequencer {
    queue: Mutex<Option<Sender<Job>>>,
    in_flight: Arc<InFlight>,
    thread: Mutex<Option<JoinHandle<()>>>,
    head: watch::Receiver<Arc<ServedHead>>,
    condition: Arc<Mutex<Condition>>,
    /// How often what others committed was taken.
    polls: watch::Receiver<u64>,
    is_shared: bool,
    /// What kind of home the record has.
    pub home: &'static str,
}

/// Whether events can be placed.
#[derive(Default)]
struct Condition {
    /// Why nothing can be placed now, if so.
    trouble: Option<String>,
    /// Whether the record is kept elsewhere by now.
    is_moved: bool,
    /// What to change at the home, although events can be placed.
    warning: Option<&'static str>,
    /// Since when the record is at work, if it is.
    busy_since: Option<Instant>,
}

/// What waits for the sequencer.
enum Job {
    Submit(WaitingSubmission),
    Turn { key: PublicKey, answer: oneshot::Sender<Result<Duration, Problem>> },
}

/// A submission that waits for its place.
struct WaitingSubmission {
    submission: SubmissionText,
    /// The documents that were sent for it: they are read with it.
    documents: DocumentLengths,
    answer: oneshot::Sender<Result<Vec<u8>, Problem>>,
    since: Instant,
    _ticket: Ticket,
}

impl WaitingSubmission {
    fn document_bytes(&self) -> usize {
        usize::try_from(self.documents.values().sum::<u64>()).unwrap_or(usize::MAX)
    }
}

/// The answers to submissions: a receipt's text, or why there is none.
type Receipts = Vec<Result<Vec<u8>, Problem>>;

/// How a sequencer is started.
pub struct SequencerOptions {
    /// The paths of the ledger.
    pub paths: Paths,
    /// Where the record is kept.
    pub home: HomePlace,
    /// How long to wait for another writer.
    pub wait: LockWait,
    /// The clock that dates events.
    pub clock: Clock,
    /// Whether this clock is checked.
    pub check: ClockCheck,
    /// The documents that were sent.
    pub uploads: Arc<Uploads>,
    /// Receives the lines of the log.
    pub log: Arc<dyn Fn(&str) + Send + Sync>,
}

/// The state of the thread.
struct SequencerThread {
    paths: Paths,
    home: HomePlace,
    wait: LockWait,
    clock: Clock,
    writer: Option<Writer>,
    /// When the record could not be opened the last time.
    refused_at: Option<Instant>,
    /// Why the record could not be written to, as it was logged; `None` while it can be.
    reason: Option<String>,
    uploads: Arc<Uploads>,
    head: watch::Sender<Arc<ServedHead>>,
    polls: watch::Sender<u64>,
    condition: Arc<Mutex<Condition>>,
    /// What to change at the files of the record, as it was at the start.
    lacking: Option<&'static str>,
    turns: Turns,
    /// Submissions by the key that signed them.
    waiting: FairQueue<WaitingSubmission>,
    precedence: Precedence,
    /// Submissions for the very end of the record that let those of other keys go first.
    yielding: Vec<WaitingSubmission>,
    log: Arc<dyn Fn(&str) + Send + Sync>,
}

impl Sequencer {
    /// Opens the ledger and starts the thread.
    ///
    /// Errors: the ledger cannot be written to, or has no event; the clock here is before the last
    /// event's time, and is checked. One that is long after it is reported: a record may rest.
    pub fn start(options: SequencerOptions) -> Result<Sequencer, LedgerError> {
        let SequencerOptions { paths, home, wait, clock, check, uploads, log } = options;
        // It comes back for a lock that it did not get.
        let wait = LockWait { polls: true, ..wait };
        let begins_a_memory = home.begins_a_memory(&paths)?;
        let writer = home.open(paths.clone(), wait)?;
        writer.check_log_keys()?;
        match far_clock(&writer, clock.peek()) {
            Some(FarClock::Before(why)) if check == ClockCheck::On => {
                return Err(LedgerError::Clock(why));
            }
            Some(FarClock::After(rested)) => log(&rested),
            Some(FarClock::Before(why) | FarClock::LongAfter(why)) => {
                log(&format!("warning: {why}"));
            }
            None => {}
        }
        let (head, head_receiver) = watch::channel(Arc::new(ServedHead::of(&writer, None)?));
        let lacking = match home.is_shared() {
            true => begins_a_memory.then_some(OWN_MEMORY).inspect(|why| {
                log(&format!("warning: {why}"));
            }),
            false => lacking(&paths, &*log),
        };
        let warning = writer.warning();
        warning.inspect(|warning| log(warning));
        let warning = lacking.or(warning);
        writer.notices.iter().for_each(|notice| log(&notice.text(&writer.paths)));
        let condition = Condition { warning, ..Condition::default() };
        let condition = Arc::new(Mutex::new(condition));
        let (polls, poll_receiver) = watch::channel(0);
        let (queue, jobs) = channel();
        let (kind, is_shared) = (home.kind(), home.is_shared());
        let state = SequencerThread {
            paths,
            home,
            wait,
            clock,
            writer: Some(writer),
            refused_at: None,
            reason: None,
            uploads,
            head,
            polls,
            condition: Arc::clone(&condition),
            lacking,
            turns: Turns::default(),
            waiting: FairQueue::empty(),
            precedence: Precedence::default(),
            yielding: Vec::new(),
            log,
        };
        let thread = std::thread::Builder::new().name("sequencer".to_owned());
        let thread = thread.spawn(move || state.run(&jobs)).map_err(LedgerError::NoThread)?;
        Ok(Sequencer {
            queue: Mutex::new(Some(queue)),
            in_flight: Arc::default(),
            thread: Mutex::new(Some(thread)),
            head: head_receiver,
            condition,
            polls: poll_receiver,
            is_shared,
            home: kind,
        })
    }

    /// The record as it is served now.
    pub fn head(&self) -> Arc<ServedHead> {
        Arc::clone(&self.head.borrow())
    }

    /// The record as it is served once it has what others committed before this call: after two
    /// more polls of a home that is shared, because one that runs now may have begun before.
    ///
    /// Errors: the home of the record does not answer in time.
    pub async fn caught_up(&self) -> Result<Arc<ServedHead>, Problem> {
        if self.is_shared {
            let mut polls = self.polls.clone();
            let enough = *polls.borrow() + 2;
            if !matches!(
                timeout(CATCH_UP_TIMEOUT, polls.wait_for(|it| *it >= enough)).await,
                Ok(Ok(_))
            ) {
                let why = "whether another server enrolled this key is not known now: send the \
                           same bytes again";
                return Err(Problem::busy(why, 1));
            }
        }
        Ok(self.head())
    }

    /// A receiver of each new head.
    pub fn watch(&self) -> watch::Receiver<Arc<ServedHead>> {
        self.head.clone()
    }

    /// Why nothing can be placed now, if so.
    pub fn trouble(&self) -> Option<String> {
        let condition = locked(&self.condition);
        let is_silent = condition.busy_since.is_some_and(|since| since.elapsed() >= HOME_TIMEOUT);
        let silent = is_silent.then(|| "the home of the record does not answer".to_owned());
        condition.trouble.clone().or(silent)
    }

    /// Whether the record is kept elsewhere by now: what is read here may be old.
    pub fn is_moved(&self) -> bool {
        locked(&self.condition).is_moved
    }

    /// What to change at the home of the record, although events can be placed.
    pub fn warning(&self) -> Option<&'static str> {
        locked(&self.condition).warning
    }

    /// Sets what to change, where nothing else is to be changed.
    pub fn warn(&self, warning: &'static str) {
        locked(&self.condition).warning.get_or_insert(warning);
    }

    /// Places a submission, in its turn; returns its receipt's text.
    ///
    /// Errors: why it was not placed, or that the same bytes must be sent again.
    pub async fn submit(
        &self,
        submission: SubmissionText,
        documents: DocumentLengths,
    ) -> Result<Vec<u8>, Problem> {
        let (answer, placed) = oneshot::channel();
        let (since, _ticket) = (Instant::now(), self.in_flight.enter(&submission)?);
        let waiting = WaitingSubmission { submission, documents, answer, since, _ticket };
        self.send(Job::Submit(waiting))?;
        match timeout(SUBMISSION_TIMEOUT, placed).await {
            Ok(placed) => placed.unwrap_or_else(|_| Err(stopping())),
            Err(_) => Err(unwritten()),
        }
    }

    /// Gives a key its turn: only its submissions are placed until it ends. Returns for how long.
    ///
    /// Errors: it had a turn a short time ago.
    pub async fn turn(&self, key: PublicKey) -> Result<Duration, Problem> {
        let (answer, turn) = oneshot::channel();
        self.send(Job::Turn { key, answer })?;
        match timeout(SUBMISSION_TIMEOUT, turn).await {
            Ok(turn) => turn.unwrap_or_else(|_| Err(stopping())),
            Err(_) => Err(Problem::busy("the record cannot be written to now", 2)),
        }
    }

    fn send(&self, job: Job) -> Result<(), Problem> {
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        match queue.as_ref().is_some_and(|queue| queue.send(job).is_ok()) {
            true => Ok(()),
            false => Err(stopping()),
        }
    }

    /// Places what waits, takes nothing more, and closes the ledger.
    pub fn stop(&self) {
        self.stop_unless(&AtomicBool::new(false));
    }

    /// Stops as [`Sequencer::stop`] does, but does not wait any longer once `at_once` is set.
    /// Returns whether the writer's thread has ended.
    pub fn stop_unless(&self, at_once: &AtomicBool) -> bool {
        drop(self.queue.lock().unwrap_or_else(PoisonError::into_inner).take());
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(thread) = thread else { return true };
        while !thread.is_finished() {
            if at_once.load(Ordering::SeqCst) {
                return false;
            }
            std::thread::sleep(JOIN_POLL);
        }
        let _ = thread.join();
        true
    }
}

impl Drop for Sequencer {
    fn drop(&mut self) {
        self.stop();
    }
}

impl SequencerThread {
    fn run(mut self, jobs: &Receiver<Job>) {
        let mut is_open = true;
        while is_open || !self.waiting.is_empty() {
            is_open &= self.receive_jobs(jobs, is_open);
            let group = self.next_group();
            if !group.is_empty() {
                self.place(group);
            }
        }
    }

    /// Takes what has come; waits for something where nothing can be placed. False at the end.
    fn receive_jobs(&mut self, jobs: &Receiver<Job>, is_open: bool) -> bool {
        let mut first = None;
        let now = Instant::now();
        let yields = self.precedence.left(now).filter(|_| !self.yielding.is_empty());
        if yields.is_none() {
            self.end_yielding();
        }
        let has_none = match self.turns.holder(now) {
            Some(holder) => !self.waiting.has(&holder),
            None => self.waiting.is_empty(),
        };
        if is_open && has_none {
            let again = match self.writer.is_none() {
                true => Some(self.reopen_pause()),
                false => self.home.is_shared().then_some(POLL_INTERVAL),
            };
            let left = self.turns.left(now).into_iter().chain(yields).min();
            let heard = match left.or(again) {
                Some(left) => jobs.recv_timeout(left),
                None => jobs.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            match heard {
                Ok(job) => first = Some(job),
                Err(RecvTimeoutError::Timeout) if yields.is_some() => {}
                Err(RecvTimeoutError::Timeout) => self.poll_home(),
                Err(RecvTimeoutError::Disconnected) => {
                    self.turns.end();
                    self.end_yielding();
                    return false;
                }
            }
        }
        for job in first.into_iter().chain(jobs.try_iter()) {
            match job {
                // Nobody waits for this turn any more.
                Job::Turn { answer, .. } if answer.is_closed() => {}
                Job::Turn { key, answer } => {
                    self.end_yielding();
                    let _ = answer.send(self.turns.take(key, Instant::now()));
                }
                Job::Submit(waiting) => self.enqueue(waiting, Instant::now()),
            }
        }
        true
    }

    /// Lets a submission wait in its key's queue; or lets it yield, where it is for the very end of
    /// the record and others were outrun.
    fn enqueue(&mut self, waiting: WaitingSubmission, now: Instant) {
        let key = signer(&waiting.submission);
        let has_precedence = self.precedence.since(&key, now).is_some();
        let yields = waiting.submission.placing != Placing::Free
            && !has_precedence
            && self.precedence.left(now).is_some()
            && self.turns.holder(now).is_none();
        if yields {
            self.yielding.push(waiting);
            return;
        }
        self.waiting.push(key, waiting);
        if has_precedence {
            self.end_yielding();
        }
    }

    /// Moves the submissions that yielded to a key with precedence into the queue of all others.
    fn end_yielding(&mut self) {
        for waiting in std::mem::take(&mut self.yielding) {
            self.waiting.push(signer(&waiting.submission), waiting);
        }
    }

    /// Looks at the record while nothing waits: one that could not be written to may be now, and
    /// others may have written.
    fn poll_home(&mut self) {
        let was_open = self.writer.is_some();
        if was_open && !self.home.is_shared() {
            return;
        }
        let polled = match was_open {
            true => self.receipts_with_retry(&[]),
            false => self.receipts(&[]),
        };
        match polled {
            Ok(_) if was_open => {}
            Ok(_) => self.log("the record can be written to again"),
            Err(error) => self.give_up(&error),
        }
    }

    /// After how long a record that could not be opened is tried again. Until then its folder is
    /// free for who would put it right.
    fn reopen_pause(&self) -> Duration {
        match self.home.is_shared() {
            true => SHARED_REOPEN_PAUSE,
            false => REOPEN_PAUSE,
        }
    }

    /// Closes a record that cannot be written to, and says why, once for each reason.
    fn give_up(&mut self, error: &LedgerError) {
        let why = chain(error);
        if self.reason.as_ref() != Some(&why) {
            self.log(&format!("the writer failed: {why}"));
            self.reason = Some(why);
        }
        let mut condition = self.condition();
        condition.trouble = Some(trouble(error).to_owned());
        let moved = matches!(error, LedgerError::Database(DatabaseError::KeptElsewhere(_)));
        condition.is_moved = moved;
        drop(condition);
        self.writer = None;
        self.refused_at = Some(Instant::now());
    }

    /// What is placed in the next commit: from one key after the other, as much as a commit has.
    /// Those that need the very end of the record come first, of them those that were outrun.
    fn next_group(&mut self) -> Vec<WaitingSubmission> {
        if let Some(key) = self.turns.holder(Instant::now()) {
            return self.waiting.pop_of(&key).into_iter().collect();
        }
        let (mut group, mut events, mut size) = (Vec::new(), 0, 0);
        while events < MAX_SUBMITTED as usize && size < MOST_BYTES {
            let Some(waiting) = self.waiting.pop() else { break };
            events += waiting.submission.events.len();
            size += bytes(&waiting.submission) + waiting.document_bytes();
            group.push(waiting);
        }
        let now = Instant::now();
        group.sort_by_key(|waiting| {
            let since = self.precedence.since(&signer(&waiting.submission), now);
            (waiting.submission.placing == Placing::Free, since.is_none(), since)
        });
        group
    }

    /// Places a group, and answers each of its submissions.
    fn place(&mut self, group: Vec<WaitingSubmission>) {
        let answers = self.placed(&group);
        // What is refused ends no turn: anybody can send again what its holder once signed.
        let holder = self.turns.holder(Instant::now());
        let mut placed = group.iter().zip(&answers).filter(|(_, answer)| answer.is_ok());
        if placed.any(|(waiting, _)| Some(signer(&waiting.submission)) == holder) {
            self.turns.end();
        }
        let now = Instant::now();
        for (waiting, placed) in group.into_iter().zip(answers) {
            self.record_precedence(&waiting.submission, &placed, now);
            metrics::submitted(&placed, waiting.since.elapsed());
            // Whoever sent it may be gone: the same bytes again have the same answer.
            let _ = waiting.answer.send(placed);
        }
    }

    /// Updates the precedence of the signer after the answer to a submission: a key that was outrun
    /// gets it, a key whose submission was placed loses it.
    fn record_precedence(
        &mut self,
        submission: &SubmissionText,
        answer: &Result<Vec<u8>, Problem>,
        now: Instant,
    ) {
        if submission.placing == Placing::Free {
            return;
        }
        match answer.as_ref().map_err(|problem| problem.kind) {
            Ok(_) => self.precedence.placed(&signer(submission)),
            Err(ProblemKind::Outrun) => self.precedence.outrun(signer(submission), now),
            Err(_) => {}
        }
    }

    /// The receipts of submissions, or why they cannot be written.
    fn placed(&mut self, group: &[WaitingSubmission]) -> Receipts {
        let refused = || group.iter().map(|_| Err(unwritten())).collect();
        let is_early = |at: Instant| at.elapsed() < self.reopen_pause();
        if self.writer.is_none() && self.refused_at.is_some_and(is_early) {
            return refused();
        }
        self.receipts_with_retry(group).unwrap_or_else(|error| {
            self.give_up(&error);
            refused()
        })
    }

    /// The receipts of submissions; once more with a writer that is opened anew where the one that
    /// was open failed.
    fn receipts_with_retry(
        &mut self,
        group: &[WaitingSubmission],
    ) -> Result<Receipts, LedgerError> {
        let was_open = self.writer.is_some();
        match self.receipts(group) {
            Ok(receipts) => Ok(receipts),
            Err(first) if !was_open => Err(first),
            Err(first) => {
                self.log(&format!("the writer failed: {}", chain(&first)));
                self.writer = None;
                self.receipts(group)
            }
        }
    }

    /// The receipts of submissions; meanwhile the record counts as busy.
    fn receipts(&mut self, group: &[WaitingSubmission]) -> Result<Receipts, LedgerError> {
        self.condition().busy_since = Some(Instant::now());
        let receipts = self.write(group);
        if receipts.is_ok() {
            self.reason = None;
        }
        let mut condition = self.condition();
        condition.busy_since = None;
        if receipts.is_ok() {
            (condition.trouble, condition.is_moved) = (None, false);
        }
        drop(condition);
        receipts
    }

    fn write(&mut self, group: &[WaitingSubmission]) -> Result<Receipts, LedgerError> {
        let submissions: Vec<&SubmissionText> =
            group.iter().map(|waiting| &waiting.submission).collect();
        let lengths: DocumentLengths =
            group.iter().flat_map(|waiting| waiting.documents.clone()).collect();
        let now = self.clock.now();
        let uploads = Arc::clone(&self.uploads);
        let writer = match &mut self.writer {
            Some(writer) => writer,
            none => {
                let writer = self.home.open(self.paths.clone(), self.wait)?;
                writer.check_log_keys()?;
                locked(&self.condition).warning = self.lacking.or(writer.warning());
                writer.notices.iter().for_each(|it| (self.log)(&it.text(&writer.paths)));
                self.head.send_replace(Arc::new(ServedHead::of(&writer, None)?));
                none.insert(writer)
            }
        };
        let counted = CountedUploads { uploads: &uploads, lengths: &lengths };
        let mut tries = 0;
        let (before, placed) = loop {
            if writer.catch_up()? > 0 {
                let before = Arc::clone(&self.head.borrow());
                self.head.send_replace(Arc::new(ServedHead::of(writer, Some(&before.record))?));
            }
            self.polls.send_modify(|polls| *polls += 1);
            let before = Arc::clone(&self.head.borrow());
            let context = PlacingContext { record: &before.record, sent: &counted, now };
            match place_group(writer, &submissions, &context) {
                Err(LedgerError::Outrun(_))
                    if self.home.is_shared() && tries < MAX_OUTRUN_RETRIES =>
                {
                    tries += 1
                }
                placed => break (before, placed?),
            }
        };
        let is_new = |placed: &Result<PlacedEvents, PlacingError>| {
            placed.as_ref().is_ok_and(|placed| !placed.already)
        };
        let head = match placed.iter().any(is_new) {
            false => Arc::clone(&before),
            true => {
                let head = Arc::new(ServedHead::of(writer, Some(&before.record))?);
                self.head.send_replace(Arc::clone(&head));
                metrics::committed(1, head.record.size() - before.record.size());
                head
            }
        };
        let mut receipts = Vec::new();
        for (placed, submission) in placed.into_iter().zip(&submissions) {
            receipts.push(match placed {
                Ok(PlacedEvents { first, already }) => {
                    if !already {
                        captured(submission).iter().for_each(|digest| uploads.remove(digest));
                    }
                    Ok(receipt(submission, first, &head.record)?.text())
                }
                Err(refused) => Err(Problem::from(refused)),
            });
        }
        Ok(receipts)
    }

    fn condition(&self) -> MutexGuard<'_, Condition> {
        locked(&self.condition)
    }

    fn log(&self, line: &str) {
        (self.log)(line);
    }
}

fn locked(condition: &Mutex<Condition>) -> MutexGuard<'_, Condition> {
    condition.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The advice if the record lacks documents, without which nobody can make a whole copy of it; logs
/// a warning. `None` if it lacks none or cannot be read: its readers report that.
fn lacking(paths: &Paths, log: &(dyn Fn(&str) + Send + Sync)) -> Option<&'static str> {
    let record = reader::Record::open(paths.clone()).ok()?;
    let absent = absent_documents(&record).ok()?;
    let first = absent.first()?;
    let count = absent.len();
    log(&format!(
        "warning: documents that are not here: {count}, the first captured by event {first}: \
         nobody can make a whole copy of it; stop the server, and annals repair --from COPY takes \
         them from another copy"
    ));
    Some("documents of the record are not here (annals verify); annals repair --from COPY")
}

fn unwritten() -> Problem {
    Problem::busy(
        "the server could not write it, or not say whether it did: send the same bytes again, and \
         nothing is written twice",
        1,
    )
}

fn stopping() -> Problem {
    Problem::busy("the server is being stopped", 5)
}
