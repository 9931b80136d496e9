//! A writer that reads what the next events need against one that judges the whole record.
//!
//! Always holds: histories are random, with stolen keys; the acts that are tried are legal and
//! illegal. Both writers must give the same verdict, word for word.

use crate::index::{Clerk, entry, paths};
use crate::support::keys;
use crate::support::random;
use annals::entropy::Seeded;
use annals::index::IndexStatus;
use annals::keys::KeyFolder;
use annals::ledger::error::LedgerError;
use annals::ledger::exchange::repair;
use annals::ledger::paths::Paths;
use annals::ledger::reader::Record;
use annals::ledger::write::append::commit;
use annals::ledger::write::batch::verify_last;
use annals::ledger::write::prepared_batch::PreparedBatch;
use annals::ledger::write::slice::Needs;
use annals::ledger::write::writer::Writer;
use annals_core::event::Entry;
use annals_core::event::body::{Body, Content, Evidence};
use annals_core::event::record::Reading;
use std::fs;
use std::path::Path;
use std::time::Duration;

/// A new newsroom's ledger with its log key, at the end of which a writer has been.
pub fn stamped(clerk: &Clerk, folder: &Path) -> Paths {
    let paths = paths(&clerk.write(folder));
    let keys = KeyFolder::make(&paths.keys).expect("a folder of keys");
    keys.add_log(&keys::secret("log"), &mut Seeded::new("slice")).expect("a log key");
    fs::write(paths.marks(), clerk.ledger.mark(clerk.ledger.size())).expect("a mark");
    let whole = open(&paths);
    assert!(whole.is_whole(), "nobody has been here");
    drop(whole);
    paths
}

pub fn open(paths: &Paths) -> Writer {
    Writer::open(paths.clone(), Duration::from_secs(60)).expect("a writer")
}

/// The positions that an event names, and those of the documents in its body.
fn named(entry: &Entry) -> Vec<u64> {
    let statement = Reading::of(&entry.record).statement.expect("a statement");
    let mut named = statement.args.positions();
    let body = entry.body.as_deref().and_then(|bytes| Body::parse(bytes).ok());
    let cited = |evidence: &[Evidence]| -> Vec<u64> {
        evidence.iter().map(|entry| entry.document).collect()
    };
    named.extend(match body.map(|body| body.content) {
        Some(Content::FactAsserted(content)) => cited(&content.fact.evidence),
        Some(Content::FactCorrected(content)) => cited(&content.fact.evidence),
        Some(Content::FactConfirmed(content)) => cited(&content.evidence.unwrap_or_default()),
        Some(
            Content::FactDisputed(content)
            | Content::FactUpheld(content)
            | Content::FactReinstated(content),
        ) => cited(&content.evidence.unwrap_or_default()),
        Some(Content::DocumentCaptured(content)) => content.derived_from.into_iter().collect(),
        Some(Content::DocumentDescribed(content)) => content.derived_from.into_iter().collect(),
        _ => Vec::new(),
    });
    named
}

fn verdict(writer: &mut Writer, entry: &Entry) -> Result<Option<String>, LedgerError> {
    let (entries, first) = (vec![entry.clone()], writer.size());
    let broken =
        verify_last(writer, &PreparedBatch { entries, first, ..PreparedBatch::default() })?;
    Ok(broken.map(|broken| broken.why))
}

/// The verdict of a writer that judges the whole record.
fn of_the_whole(paths: &Paths, entry: &Entry) -> Option<String> {
    let mut whole = Writer::dry_run(paths.clone()).expect("a writer");
    whole.need_all().expect("all");
    verdict(&mut whole, entry).expect("a verdict")
}

/// The number of acts that were refused, and of those that were written.
#[derive(Default)]
struct Count {
    refused: usize,
    written: u64,
}

/// Tries random acts, and writes those that are legal, except the last third of them.
fn history(seed: u64, acts: usize, count: &mut Count) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut clerk = Clerk::new(seed, 1 + seed % 2);
    let paths = stamped(&clerk, folder.path());
    let mut slice = open(&paths);
    assert!(!slice.is_whole(), "the stamp of the writer before holds");
    for number in 0..acts {
        let mut tried = clerk.ledger.clone();
        let (by, act) = random::act(&mut tried, &mut clerk.dice);
        for (digest, bytes) in &tried.documents {
            fs::write(paths.documents().join(digest), bytes).expect("a document");
        }
        tried.sign(by, act);
        let entry = entry(tried.events.last().expect("an event"));
        let text = String::from_utf8_lossy(&entry.record).into_owned();
        let expected = of_the_whole(&paths, &entry);
        slice.need(&Needs::positions(named(&entry))).expect("a slice");
        let found = match verdict(&mut slice, &entry) {
            Err(LedgerError::IndexFailed(_)) => {
                assert!(text.contains("suspect_from"), "{text}");
                slice.need_all().expect("all");
                verdict(&mut slice, &entry).expect("a verdict")
            }
            found => found.expect("a verdict"),
        };
        assert_eq!(found, expected, "history {seed}, act {number}: {text}");
        count.refused += usize::from(expected.is_some());
        let write = expected.is_none() && number % 3 < 2 && !text.contains("ledger.rekeyed");
        if write {
            let (entries, first) = (vec![entry], slice.size() - 1);
            let prepared = PreparedBatch { entries, first, ..PreparedBatch::default() };
            commit(&mut slice, &prepared).expect("a receipt");
            clerk.ledger = tried;
            count.written += 1;
        }
        if number % 7 == 0 || slice.is_whole() {
            drop(slice);
            slice = open(&paths);
            assert!(!slice.is_whole(), "history {seed}, act {number}: {text}");
        }
    }
    drop(slice);
    let record = Record::open(paths.clone()).expect("readable");
    assert_eq!(record.size(), clerk.ledger.events.len() as u64);
    let report = record.against().expect("judged");
    assert!(report.faults.is_empty(), "{:?}", report.faults);
    let whole = IndexStatus::Same { events: record.size(), wrote: false };
    assert_eq!(repair::index(&paths, Duration::ZERO, None).expect("an index"), whole);
}

/// `ANNALS_HISTORIES` sets the number of further histories.
#[test]
fn a_slice_gives_the_verdict_of_the_whole_record() {
    let more = std::env::var("ANNALS_HISTORIES").ok().and_then(|text| text.parse().ok());
    let mut count = Count::default();
    for seed in 1..3 + more.unwrap_or(0_u64) {
        history(seed, 150, &mut count);
    }
    assert!(count.refused > 20 && count.written > 60, "{} {}", count.refused, count.written);
}
