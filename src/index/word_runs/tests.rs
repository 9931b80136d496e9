//! Tests of runs: their places, merging, and finding words in them.

use super::*;
use crate::index::status::BuildMode;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

#[test]
fn a_run_is_where_the_runs_before_it_end() {
    for (next, place) in (0..).zip(RunPlace::all(5_000)) {
        assert_eq!(place.number, next, "{place:?}");
        if place.events > SMALLEST {
            let below: Vec<RunPlace> = place.merged().collect();
            assert_eq!(below[0].first, place.first);
            assert!(below.windows(2).all(|two| two[0].last() + 1 == two[1].first));
            assert_eq!(below[below.len() - 1].last(), place.last());
            assert!(below.iter().all(|run| run.number < place.number));
        }
    }
    for smallest in 1..=5_000 {
        let runs = RunPlace::covering(smallest);
        assert_eq!(runs[0].first, 0);
        assert!(runs.windows(2).all(|two| two[0].last() + 1 == two[1].first));
        assert_eq!(runs[runs.len() - 1].last() + 1, smallest * SMALLEST);
    }
}

fn hash(event: u64) -> Hash {
    Hash::of(&[&event.to_le_bytes()])
}

/// The words of an event: some in many events, some long, one of its own.
fn words(event: u64) -> BTreeSet<String> {
    let mut words = BTreeSet::from([format!("own{event}"), format!("w{}", event % 7)]);
    if event.is_multiple_of(5) {
        words.insert("common".to_owned());
    }
    if event.is_multiple_of(1_000) {
        words.insert(format!("long{}", "x".repeat(event as usize % 9_000)));
    }
    words
}

/// Writes all runs of this number of spans.
fn written(folder: &Path, spans: u64, mode: BuildMode) -> (CompareOrWrite, CompareOrWrite) {
    let open = |name| CompareOrWrite::open(folder, name, mode).expect("a file");
    let (mut to, mut runs) = (open("words"), open("runs"));
    for place in RunPlace::all(spans) {
        if place.events > SMALLEST {
            merge(&mut to, &mut runs, place, &|event| Ok(hash(event))).expect("merged");
            continue;
        }
        let mut all: BTreeMap<String, Vec<u64>> = BTreeMap::new();
        for event in place.first..=place.last() {
            for word in words(event) {
                all.entry(word).or_default().push(event);
            }
        }
        let mut run = RunWriter::new(&mut to, &mut runs, place, hash(place.last()));
        for (word, events) in &all {
            run.put(word.as_bytes(), events).expect("put");
        }
        run.end().expect("ended");
    }
    to.end().expect("ended");
    runs.end().expect("ended");
    (to, runs)
}

#[test]
fn merged_runs_have_what_the_runs_below_have() {
    let folder = tempfile::tempdir().expect("a folder");
    let spans = 2 * MERGED + 1;
    let (to, runs) = written(folder.path(), spans, BuildMode::Write);
    let covering = RunPlace::covering(spans);
    assert_eq!(covering.iter().map(|run| run.events).collect::<Vec<_>>(), [8_192, 8_192, 256]);
    for place in covering {
        let run = OpenRun::open(&to, &runs, place, hash(place.last())).expect("a run");
        let expected = |word: &str| -> Vec<u64> {
            (place.first..=place.last()).filter(|event| words(*event).contains(word)).collect()
        };
        let own = format!("own{}", place.first + 77);
        for word in ["common", "w3", "long", "zzz", "", &own] {
            let mut found = Vec::new();
            let from = run.find(word).expect("a block");
            let within = &mut |entry: &WordEntry<'_>| {
                if entry.word == word.as_bytes() {
                    found = run.events(entry)?;
                }
                Ok(entry.word <= word.as_bytes())
            };
            run.each(from..run.blocks, within).expect("read");
            assert_eq!(found, expected(word), "{word}");
        }
        assert!(OpenRun::open(&to, &runs, place, hash(1)).is_err(), "of another record");
    }
    let (to, runs) = written(folder.path(), spans, BuildMode::Check);
    assert!(to.differs.is_none() && runs.differs.is_none(), "read back, they are the same");
}
