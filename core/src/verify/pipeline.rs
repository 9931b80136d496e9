//! Many threads over one reader: spans are examined in parallel and joined in order.
//!
//! Always holds: the caller sees spans in the order of the record, whatever the threads do; one
//! thread at a time reads; where the system starts fewer threads than asked, these do all the work.
//! Not here: what is examined (`examine`).

use crate::key::{KeyCache, ThreadKeys};
use crate::verify::examine::{Examined, check_signatures, examine, examine_known};
use crate::verify::source::{Batch, CommitLine, Damage, Source, SourceError, Walk};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::mpsc::{SyncSender, sync_channel};

/// A span whose events were examined.
#[derive(Debug)]
pub struct ExaminedSpan {
    /// How many events stand before it.
    pub first: u64,
    /// Its events.
    pub events: Vec<Examined>,
    /// Closing lines after one of these events.
    pub closings: Vec<CommitLine>,
    /// Places that could not be read as events.
    pub damage: Vec<Damage>,
}

/// How to walk.
#[derive(Clone, Copy, Debug)]
pub struct ReadPlan {
    /// Number of threads that examine; at least 1.
    pub jobs: usize,
    /// Whether signatures are checked.
    pub signatures: bool,
    /// How many events from the start have signatures that are not checked again.
    pub signed_for: u64,
    /// How many events from the start were verified before.
    pub known: u64,
    /// Number of events after which to stop.
    pub until: u64,
}

type ThreadTurn = (u64, Result<ExaminedSpan, SourceError>);

/// Walks a source; `each` takes the spans in order and says whether to go on.
pub fn run(
    source: &dyn Source,
    plan: ReadPlan,
    each: &mut dyn FnMut(ExaminedSpan) -> Result<bool, SourceError>,
) -> Result<(), SourceError> {
    let reader = Mutex::new(BatchReader { walk: source.walk(0)?, next: 0, ended: false });
    let ring = KeyCache::default();
    if plan.jobs <= 1 {
        return alone((&reader, &ring), plan, each);
    }
    std::thread::scope(|scope| {
        let (sender, receiver) = sync_channel(2 * plan.jobs);
        let mut started = 0;
        for _ in 0..plan.jobs {
            let (sender, reader, ring) = (sender.clone(), &reader, &ring);
            let thread = std::thread::Builder::new();
            let worker = move || work((reader, ring), plan, &sender);
            if thread.spawn_scoped(scope, worker).is_err() {
                // The system gives no more threads: those that started do all the work.
                break;
            }
            started += 1;
        }
        drop(sender);
        if started == 0 {
            return alone((&reader, &ring), plan, each);
        }
        let mut waiting = BTreeMap::new();
        let mut next = 0;
        for (index, span) in receiver {
            waiting.insert(index, span);
            while let Some(span) = waiting.remove(&next) {
                next += 1;
                // Dropping the receiver ends the threads at their next span.
                if !each(span?)? {
                    return Ok(());
                }
            }
        }
        Ok(())
    })
}

/// Examines everything on this thread.
fn alone(
    (reader, ring): Shared<'_, '_>,
    plan: ReadPlan,
    each: &mut dyn FnMut(ExaminedSpan) -> Result<bool, SourceError>,
) -> Result<(), SourceError> {
    let mut keys = ThreadKeys::new(ring);
    while let Some((_, span)) = turn(reader, plan, &mut keys) {
        if !each(span?)? {
            break;
        }
    }
    Ok(())
}

struct BatchReader<'a> {
    walk: Walk<'a>,
    next: u64,
    ended: bool,
}

type Shared<'a, 'b> = (&'a Mutex<BatchReader<'b>>, &'a KeyCache);

fn work((reader, ring): Shared<'_, '_>, plan: ReadPlan, sender: &SyncSender<ThreadTurn>) {
    let mut keys = ThreadKeys::new(ring);
    while let Some(turn) = turn(reader, plan, &mut keys) {
        if sender.send(turn).is_err() {
            return;
        }
    }
}

fn turn(
    reader: &Mutex<BatchReader<'_>>,
    plan: ReadPlan,
    keys: &mut ThreadKeys<'_>,
) -> Option<ThreadTurn> {
    let (index, span) = {
        let mut reader = reader.lock().ok()?;
        if reader.ended {
            return None;
        }
        let span = reader.walk.next()?;
        let end = |span: &Batch| span.first + span.entries.len() as u64;
        reader.ended = span.as_ref().map_or(true, |span| end(span) >= plan.until);
        let index = reader.next;
        reader.next += 1;
        (index, span)
    };
    Some((index, span.map(|span| examine_span(span, plan, keys))))
}

fn examine_span(span: Batch, plan: ReadPlan, keys: &mut ThreadKeys<'_>) -> ExaminedSpan {
    let Batch { first, mut entries, mut closings, mut damage } = span;
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
        check_signatures(new, keys);
    }
    ExaminedSpan { first, events, closings, damage }
}
