//! Nothing is read twice: the files of drafts in an append, the events and documents of a record in
//! a verification. What is judged is therefore what is signed, even if a file changes meanwhile.
//!
//! Uses `strace`, if it is available and may trace.

use crate::faults::newsroom::{EVENTS, Newsroom, fact, newsroom};
use crate::torture::{has_strace, traced};
use annals::journal::Journal;
use annals_core::event::record::hash;
use annals_core::hash::Hash;
use annals_core::state::State;
use annals_core::verify::anchors::Anchors;
use annals_core::verify::chain::EventOutcome;
use annals_core::verify::examine::Examined;
use annals_core::verify::source::{CommitLine, Source, SourceError, Walk};
use annals_core::verify::{Follower, Options, verify};
use std::collections::BTreeMap;
use std::sync::Mutex;

const NEW: &str = "Another text. The core question is still open, said one of them.";

/// How often a run of these words, which must succeed, opens each of these files.
fn openings<const N: usize>(room: &Newsroom, line: &str, files: [&str; N]) -> [usize; N] {
    let log = tempfile::NamedTempFile::new().unwrap();
    let path = log.path().to_str().unwrap();
    let calls = "trace=open,openat,openat2";
    let output = traced(room, &[path, "-y", "-e", calls], line).output().unwrap();
    assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    let trace = String::from_utf8(std::fs::read(log.path()).unwrap()).unwrap();
    files.map(|file| {
        let opened = format!("/{file}>");
        trace.lines().filter(|call| call.trim_end().ends_with(&opened)).count()
    })
}

#[test]
fn each_file_of_an_append_is_opened_once() {
    if !has_strace() {
        return;
    }
    let room = newsroom();
    room.write("second.txt", NEW);
    let captured = r#"{"type":"document.captured","file":"second.txt","title":"Second","lang":"en","captured_at":"2022-01-27T07:00:00.000000Z","ref":"second"}"#;
    let quoting = fact("The question is open.", "The core question is still open")
        .replace('}', r#","document":"second"}"#);
    room.write("drafts.jsonl", format!("{captured}\n{quoting}\n"));
    let files = ["drafts.jsonl", "second.txt"];
    assert_eq!(openings(&room, "append drafts.jsonl --dry-run", files), [1, 1]);
    assert_eq!(openings(&room, "append drafts.jsonl", files), [1, 1]);
    // Appended again, as after a crash.
    assert_eq!(openings(&room, "append drafts.jsonl", files), [1, 1]);
    room.expect_whole(EVENTS + 2);
}

#[test]
fn a_captured_file_is_opened_once() {
    if !has_strace() {
        return;
    }
    let room = newsroom();
    room.write("second.txt", NEW);
    let add = "document add second.txt --title Second --lang en";
    assert_eq!(openings(&room, add, ["second.txt"]), [1]);
    room.expect_whole(EVENTS + 1);
}

#[test]
fn each_document_of_a_verification_is_opened_once() {
    if !has_strace() {
        return;
    }
    let room = newsroom();
    let document = Hash::of(&[crate::faults::newsroom::TEXT.as_bytes()]).to_string();
    assert_eq!(openings(&room, "verify", [&document]), [1]);
}

/// Counts the events that a verification reports.
#[derive(Default)]
struct Counter {
    events: Mutex<Vec<(u64, Hash)>>,
    commit_lines: Mutex<Vec<u64>>,
}

impl Follower for Counter {
    fn event(&self, _: &State, examined: &Examined, outcome: &EventOutcome) {
        self.events.lock().unwrap().push((outcome.position, examined.reading.hash));
    }

    fn commit_line(&self, line: &CommitLine) {
        self.commit_lines.lock().unwrap().push(line.counted);
    }
}

/// A source that counts how often its events and documents are read.
struct CountedSource<'a> {
    source: &'a dyn Source,
    events: Mutex<BTreeMap<u64, u32>>,
    documents: Mutex<BTreeMap<Hash, u32>>,
}

impl Source for CountedSource<'_> {
    fn size(&self) -> u64 {
        self.source.size()
    }

    fn walk(&self, from: u64) -> Result<Walk<'_>, SourceError> {
        let batches = self.source.walk(from)?.inspect(|batch| {
            let Ok(batch) = batch else { return };
            let mut events = self.events.lock().unwrap();
            for position in (batch.first..).take(batch.entries.len()) {
                *events.entry(position).or_default() += 1;
            }
        });
        Ok(Box::new(batches))
    }

    fn document(&self, digest: &Hash) -> Result<Option<Vec<u8>>, SourceError> {
        *self.documents.lock().unwrap().entry(*digest).or_default() += 1;
        self.source.document(digest)
    }
}

#[test]
fn each_event_of_a_verification_is_read_and_reported_once() {
    let room = newsroom();
    let journal = Journal::open(&room.path("ledger"), None).unwrap();
    let hashes: Vec<(u64, Hash)> = journal
        .walk(0)
        .unwrap()
        .flat_map(|batch| batch.unwrap().entries)
        .zip(0..)
        .map(|(entry, position)| (position, hash(&entry.record)))
        .collect();
    assert_eq!(hashes.len() as u64, EVENTS);
    for jobs in 1..=3 {
        let counter = Counter::default();
        let source = CountedSource {
            source: &journal,
            events: Mutex::default(),
            documents: Mutex::default(),
        };
        let options = Options { follower: Some(&counter), ..Options::whole(jobs) };
        let anchors =
            Anchors { checkpoint: Some(room.read("ledger/checkpoint")), ..Anchors::default() };
        let report = verify(&source, &anchors, options).unwrap();
        assert!(report.faults.is_empty(), "{:?}", report.faults);
        assert_eq!(counter.events.into_inner().unwrap(), hashes, "on {jobs} threads");
        assert_eq!(counter.commit_lines.into_inner().unwrap(), [1, 3, 4, 5], "on {jobs} threads");
        let read: Vec<(u64, u32)> = source.events.into_inner().unwrap().into_iter().collect();
        assert_eq!(read, [(0, 1), (1, 1), (2, 1), (3, 1), (4, 1)], "on {jobs} threads");
        let read: Vec<u32> = source.documents.into_inner().unwrap().into_values().collect();
        assert_eq!(read, [1], "on {jobs} threads");
    }
}
