//! Examination on several threads: one reader, batches examined in parallel and joined in order.
//!
//! Always holds: the caller receives the batches in the order of the record, whatever the threads
//! do; one thread at a time reads; where the system starts fewer threads than requested, those
//! that started do all the work. Not here: the examination of an event (`examine`).

use crate::key::{KeyCache, ThreadKeys, Way};
use crate::verify::examine::{Examined, check_signatures, examine, examine_known};
use crate::verify::source::{Batch, CommitLine, Damage, Source, SourceError, Walk};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::mpsc::{SyncSender, sync_channel};

/// A batch whose events were examined.
#[derive(Debug)]
pub struct ExaminedBatch {
    /// Number of events before it.
    pub first: u64,
    /// Its events.
    pub events: Vec<Examined>,
    /// The commit lines after these events.
    pub closings: Vec<CommitLine>,
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

/// An examined batch, or the error of reading it, under its number.
struct NumberedBatch {
    number: u64,
    batch: Result<ExaminedBatch, SourceError>,
}

/// Reads and examines a source; `each` takes the batches in order and returns whether to go on.
pub fn run(
    source: &dyn Source,
    plan: ReadPlan,
    each: &mut dyn FnMut(ExaminedBatch) -> Result<bool, SourceError>,
) -> Result<(), SourceError> {
    let reader = Mutex::new(BatchReader { walk: source.walk(0)?, next: 0, ended: false });
    let examination = Examination { reader, cache: KeyCache::new(plan.way), plan };
    if plan.jobs <= 1 {
        return examination.run_alone(each);
    }
    std::thread::scope(|scope| {
        let (sender, receiver) = sync_channel(2 * plan.jobs);
        let mut started = 0;
        for _ in 0..plan.jobs {
            let (sender, examination) = (sender.clone(), &examination);
            let worker = move || examination.send_all(&sender);
            if std::thread::Builder::new().spawn_scoped(scope, worker).is_err() {
                // The system gives no more threads: those that started do all the work.
                break;
            }
            started += 1;
        }
        drop(sender);
        if started == 0 {
            return examination.run_alone(each);
        }
        let mut waiting = BTreeMap::new();
        let mut next = 0;
        for NumberedBatch { number, batch } in receiver {
            waiting.insert(number, batch);
            while let Some(batch) = waiting.remove(&next) {
                next += 1;
                // Dropping the receiver ends the threads at their next batch.
                if !each(batch?)? {
                    return Ok(());
                }
            }
        }
        Ok(())
    })
}

struct BatchReader<'a> {
    walk: Walk<'a>,
    next: u64,
    ended: bool,
}

/// One examination of a source: what its threads share.
struct Examination<'a> {
    reader: Mutex<BatchReader<'a>>,
    cache: KeyCache,
    plan: ReadPlan,
}

impl Examination<'_> {
    /// Examines everything on this thread.
    fn run_alone(
        &self,
        each: &mut dyn FnMut(ExaminedBatch) -> Result<bool, SourceError>,
    ) -> Result<(), SourceError> {
        let mut keys = ThreadKeys::new(&self.cache);
        while let Some(NumberedBatch { batch, .. }) = self.next(&mut keys) {
            if !each(batch?)? {
                break;
            }
        }
        Ok(())
    }

    /// Examines batches on this thread and sends them, until none is left or nobody receives.
    fn send_all(&self, sender: &SyncSender<NumberedBatch>) {
        let mut keys = ThreadKeys::new(&self.cache);
        while let Some(batch) = self.next(&mut keys) {
            if sender.send(batch).is_err() {
                return;
            }
        }
    }

    /// Reads and examines the next batch.
    fn next(&self, keys: &mut ThreadKeys<'_>) -> Option<NumberedBatch> {
        let (number, batch) = {
            let mut reader = self.reader.lock().ok()?;
            if reader.ended {
                return None;
            }
            let batch = reader.walk.next()?;
            let end = |batch: &Batch| batch.first + batch.entries.len() as u64;
            reader.ended = batch.as_ref().map_or(true, |batch| end(batch) >= self.plan.until);
            let number = reader.next;
            reader.next += 1;
            (number, batch)
        };
        let batch = batch.and_then(|batch| examine_batch(batch, self.plan, keys));
        Some(NumberedBatch { number, batch })
    }
}

fn examine_batch(
    batch: Batch,
    plan: ReadPlan,
    keys: &mut ThreadKeys<'_>,
) -> Result<ExaminedBatch, SourceError> {
    let Batch { first, mut entries, mut closings, mut damage } = batch;
    let room = plan.until.saturating_sub(first);
    if (entries.len() as u64) > room {
        entries.truncate(usize::try_from(room).unwrap_or(usize::MAX));
        closings.retain(|closing| closing.counted <= plan.until);
        damage.retain(|damage| damage.counted <= plan.until);
    }
    let known = usize::try_from(plan.known.saturating_sub(first)).unwrap_or(usize::MAX);
    let (before, new) = entries.split_at(known.min(entries.len()));
    let mut events: Vec<Examined> = before.iter().map(examine_known).collect();
    events.extend(new.iter().map(examine));
    let signed = usize::try_from(plan.signed_for.saturating_sub(first)).unwrap_or(usize::MAX);
    if plan.signatures
        && let Some(new) = events.get_mut(before.len().max(signed)..)
    {
        check_signatures(new.iter_mut(), keys)?;
    }
    Ok(ExaminedBatch { first, events, closings, damage })
}
