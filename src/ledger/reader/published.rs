//! Opening what is published, to read it: verified first, and compared with what was seen before.
//!
//! Always holds: nothing of a published record is shown before its signatures, its chain, its tree
//! and its checkpoint hold; bodies and documents are held against their digests where they are
//! shown. What was read of an address before and is no beginning of what is there now is a fork, as
//! a pin says it. What is kept and may no longer be shown goes. Not here: the whole verdict
//! (`audit`), which judges bodies, documents and quotations too.
//! Source: FORMAT.md section 9, "Pin", "Published directory".

use crate::archive::published::PublishedSource;
use crate::disk;
use crate::index::IndexError;
use crate::ledger::error::LedgerError;
use crate::ledger::paths::Paths;
use crate::ledger::published_place::PublishedPlace;
use crate::ledger::reader::source::RecordSource;
use crate::ledger::reader::{ReadEvent, Record, pin_of};
use annals_core::event::body::Content;
use annals_core::hash::Hash;
use annals_core::pin::{MAX_PIN, Pin};
use annals_core::verdict::Verdict;
use annals_core::verify::anchors::Anchors;
use annals_core::verify::source::Source;
use annals_core::verify::{Options, Report, verify};
use std::collections::BTreeSet;
use std::sync::Mutex;

/// How often a record is read again that changes while it is read.
const LOOKS: usize = 8;

/// How a published record is read.
pub struct PublishedReading<'a> {
    /// Where it is published.
    pub place: PublishedPlace,
    /// The place as a ledger's, and the keys.
    pub paths: Paths,
    /// Number of threads that verify.
    pub jobs: usize,
    /// Called periodically with the number of events that are verified.
    pub progress: Option<&'a (dyn Fn(u64) + Sync)>,
}

impl Record {
    /// Reads what is published, as far as answers need it verified.
    ///
    /// Errors: it cannot be read; it has a fault; it is not what was read there before.
    pub fn of_published(
        mut published: PublishedSource,
        reading: PublishedReading<'_>,
    ) -> Result<Record, LedgerError> {
        if let Some(seen) = anchors(&published).pinned() {
            let size = seen.checkpoint.size;
            reading.place.catch_up(&mut published, size).map_err(LedgerError::Elsewhere)?;
        }
        let mut looks = LOOKS;
        let mut is_forgotten = false;
        let (anchors, report) = loop {
            let anchors = anchors(&published);
            let report = look(&published, &anchors, &reading)?;
            looks -= 1;
            if report.faults.is_empty() {
                break (anchors, report);
            }
            // What is kept may be damaged, or somebody published meanwhile.
            let was_kept = published.forget();
            is_forgotten = true;
            let is_other = published.look_again().map_err(LedgerError::Elsewhere)?;
            if looks == 0 || !(was_kept || is_other) {
                let seen = anchors.pin.and_then(|_| published.memory());
                let (place, faults) = (reading.place.to_string(), report.faults);
                return Err(LedgerError::FaultyPublished { place, faults, seen });
            }
        };
        if let Some(now) = pin_of(&report, &anchors)
            && (is_forgotten || anchors.pinned().is_none_or(|before| before.note != now.note))
        {
            remember(&published, &now, &report)?;
        }
        Ok(Record {
            checkpoint: anchors.checkpoint,
            source: RecordSource::Published(reading.place, Box::new(published)),
            paths: reading.paths,
            part_of: None,
            mark: Ok(None),
            index: Err(IndexError::Absent),
            index_wrong: Mutex::default(),
            trouble: Mutex::default(),
            absent: Mutex::default(),
            bound: None,
            unread: None,
        })
    }
}

/// The checkpoint, and what was seen before.
fn anchors(published: &PublishedSource) -> Anchors {
    let seen = published.memory();
    let seen = seen.and_then(|path| disk::read_optional(&path, MAX_PIN as u64).ok().flatten());
    // One that is damaged is no auditor's pin: it is written anew.
    let pin = seen.filter(|bytes| Pin::parse(bytes).is_some());
    Anchors { checkpoint: published.checkpoint().map(<[u8]>::to_vec), mark: None, pin }
}

fn look(
    published: &PublishedSource,
    anchors: &Anchors,
    reading: &PublishedReading<'_>,
) -> Result<Report, LedgerError> {
    let options =
        Options { contents: false, progress: reading.progress, ..Options::whole(reading.jobs) };
    let mut report = verify(published, anchors, options).map_err(LedgerError::Elsewhere)?;
    published.set_unread_apart(&mut report.faults);
    let doubt = (report.verdict() == Verdict::No).then(|| published.doubt()).flatten();
    doubt.map_or(Ok(report), |doubt| Err(LedgerError::Elsewhere(doubt)))
}

/// Remembers what was seen, and forgets bodies and documents that may no longer be shown.
fn remember(published: &PublishedSource, now: &Pin, report: &Report) -> Result<(), LedgerError> {
    let Some(path) = published.memory() else { return Ok(()) };
    let fold = &report.state.fold;
    let mut open: BTreeSet<Hash> = BTreeSet::new();
    for batch in published.walk(0).map_err(LedgerError::Elsewhere)? {
        let batch = batch.map_err(LedgerError::Elsewhere)?;
        for (entry, position) in batch.entries.iter().zip(batch.first..) {
            if fold.seal(position).is_some() || fold.is_redacted(position) {
                continue;
            }
            let event = ReadEvent::of(entry);
            open.extend(event.reading.statement.map(|statement| statement.body));
            if let Some(Content::DocumentCaptured(captured)) = event.body.map(|body| body.content) {
                open.insert(captured.sha256);
            }
        }
    }
    published.keep_only(&open);
    // What cannot be remembered is not compared the next time; the answer is right all the same.
    let _ = disk::put_private(&path, now.write().as_bytes());
    Ok(())
}
