//! Examination on several threads: batches are read one after the other, examined in parallel, and
//! taken in order.
//!
//! Every thread does all three: it reads a batch, examines it, and if the batch is the next one,
//! takes it, with those that wait after it. So all threads have work until the end, and most
//! batches are taken where they were examined.
//!
//! Always holds: the caller receives the batches in the order of the record, one at a time,
//! whatever the threads do; one thread at a time reads; where the system starts fewer threads than
//! requested, those that started do all the work. Not here: the examination of an event
//! (`examine`).

use crate::key::{KeyCache, ThreadKeys, Way};
use crate::verify::examine::{Examined, check_signatures, examine_each, examine_known};
use crate::verify::source::{Batch, CommitLine, Damage, Source, SourceError, Walk};
use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// A batch whose events were examined.
#[derive(Debug)]
pub struct ExaminedBatch {
    /// Number of events before it.
    pub first: u64,
    /// Its events.
    pub events: Vec<Examined>,
    /// The commit lines after these events.
    pub commit_lines: Vec<CommitLine>,
    /// Places that could not be read as events.
    pub damage: Vec<Damage>,
}

/// What to read and how to examine it.
#[derive(Clone, Copy, Debug)]
pub struct ReadPlan {
    /// Number of threads that examine; at least 1.
    pub jobs: usize,
    /// Whether signatures are checked.
    pub signatures: bool,
    /// Number of events from the start whose signatures are skipped.
    pub signed_for: u64,
    /// Number of events from the start that were verified before.
    pub known: u64,
    /// Number of events after which to stop.
    pub until: u64,
    /// How signatures are verified.
    pub way: Way,
}

/// Takes the batches in order; returns whether to go on.
pub type Take<'t> = dyn FnMut(ExaminedBatch) -> Result<bool, SourceError> + Send + 't;

/// Reads and examines a source; `take` receives the batches in order.
pub fn run(source: &dyn Source, plan: ReadPlan, take: &mut Take<'_>) -> Result<(), SourceError> {
    let reader = Mutex::new(BatchReader { walk: source.walk(0)?, next: 0, ended: false });
    let order = Order { take: Some(take), waiting: BTreeMap::new(), next: 0, ended: None };
    let (order, moved) = (Mutex::new(order), Condvar::new());
    let examination = Examination { reader, cache: KeyCache::new(plan.way), plan, order, moved };
    std::thread::scope(|scope| {
        for _ in 1..plan.jobs {
            let started = std::thread::Builder::new().spawn_scoped(scope, || examination.work());
            if started.is_err() {
                // The system gives no more threads: those that started do all the work.
                break;
            }
        }
        examination.work();
    });
    let order = examination.order.into_inner().unwrap_or_else(PoisonError::into_inner);
    order.ended.unwrap_or(Ok(()))
}

struct BatchReader<'a> {
    walk: Walk<'a>,
    next: u64,
    ended: bool,
}

/// The examined batches on their way to the caller.
struct Order<'t, 'f> {
    /// `None` while a thread is in it.
    take: Option<&'t mut Take<'f>>,
    /// Batches that were examined before those before them were taken, by number.
    waiting: BTreeMap<u64, Result<ExaminedBatch, SourceError>>,
    /// The number of the batch that is to be taken next.
    next: u64,
    /// The end, where it came before that of the source.
    ended: Option<Result<(), SourceError>>,
}

/// One examination of a source: what its threads share.
struct Examination<'a, 't, 'f> {
    reader: Mutex<BatchReader<'a>>,
    cache: KeyCache,
    plan: ReadPlan,
    order: Mutex<Order<'t, 'f>>,
    /// A batch was taken, or the end has come.
    moved: Condvar,
}

/// Ends the examination for the other threads, should this one panic.
struct EndOnPanic<'e, 'a, 't, 'f>(&'e Examination<'a, 't, 'f>);

impl Drop for EndOnPanic<'_, '_, '_, '_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.order().ended.get_or_insert(Ok(()));
            self.0.moved.notify_all();
        }
    }
}

impl<'a, 't, 'f> Examination<'a, 't, 'f> {
    /// Reads, examines and takes batches until none is left or the end has come.
    fn work(&self) {
        let _guard = EndOnPanic(self);
        let mut keys = ThreadKeys::new(&self.cache);
        while let Some((number, batch)) = self.read() {
            let batch = batch.and_then(|batch| examine_batch(batch, self.plan, &mut keys));
            if !self.put(number, batch) {
                return;
            }
        }
    }

    /// The next batch, and its number.
    fn read(&self) -> Option<(u64, Result<Batch, SourceError>)> {
        let mut reader = self.reader.lock().ok()?;
        if reader.ended {
            return None;
        }
        let batch = reader.walk.next()?;
        let end = |batch: &Batch| batch.first + batch.entries.len() as u64;
        reader.ended = batch.as_ref().map_or(true, |batch| end(batch) >= self.plan.until);
        let number = reader.next;
        reader.next += 1;
        Some((number, batch))
    }

    fn order(&self) -> MutexGuard<'_, Order<'t, 'f>> {
        self.order.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands over an examined batch, and takes all batches whose turn it is, unless another thread
    /// does. Waits while many batches wait. Returns whether to go on.
    fn put(&self, number: u64, batch: Result<ExaminedBatch, SourceError>) -> bool {
        let mut order = self.order();
        order.waiting.insert(number, batch);
        while order.ended.is_none() {
            let next = order.next;
            if order.take.is_some()
                && let Some(batch) = order.waiting.remove(&next)
                && let Some(take) = order.take.take()
            {
                drop(order);
                let taken = batch.and_then(&mut *take);
                order = self.order();
                order.take = Some(take);
                order.next += 1;
                match taken {
                    Ok(true) => {}
                    Ok(false) => order.ended = Some(Ok(())),
                    Err(error) => order.ended = Some(Err(error)),
                }
                self.moved.notify_all();
            } else if order.waiting.len() > 2 * self.plan.jobs {
                order = self.moved.wait(order).unwrap_or_else(PoisonError::into_inner);
            } else {
                return true;
            }
        }
        false
    }
}

fn examine_batch(
    batch: Batch,
    plan: ReadPlan,
    keys: &mut ThreadKeys<'_>,
) -> Result<ExaminedBatch, SourceError> {
    let Batch { first, mut entries, mut commit_lines, mut damage } = batch;
    let room = plan.until.saturating_sub(first);
    if (entries.len() as u64) > room {
        entries.truncate(usize::try_from(room).unwrap_or(usize::MAX));
        commit_lines.retain(|closing| closing.counted <= plan.until);
        damage.retain(|damage| damage.counted <= plan.until);
    }
    let known = usize::try_from(plan.known.saturating_sub(first)).unwrap_or(usize::MAX);
    let (before, new) = entries.split_at(known.min(entries.len()));
    let mut events: Vec<Examined> = before.iter().map(examine_known).collect();
    examine_each(new, &mut events);
    let signed = usize::try_from(plan.signed_for.saturating_sub(first)).unwrap_or(usize::MAX);
    if plan.signatures
        && let Some(new) = events.get_mut(before.len().max(signed)..)
    {
        check_signatures(new.iter_mut(), keys)?;
    }
    Ok(ExaminedBatch { first, events, commit_lines, damage })
}
