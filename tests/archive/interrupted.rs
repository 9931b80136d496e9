//! A publication that is interrupted at each of its steps, and continued.
//!
//! Always holds: after any interruption, a reader finds every file for the checkpoint's size; the
//! continued publication equals an uninterrupted one byte for byte.

use crate::archive::publish_targets::{Fate, Memory, ledger, put, record, write};
use crate::support::Ledger;
use crate::support::source::judge_with;
use annals::archive::publish_target::{FolderTarget, PublishTarget};
use annals::ledger::exchange::publish::PublishableRecord;
use std::fs;
use std::path::Path;
use std::time::Duration;

/// Publishes `sizes`, stops `next` at every step, publishes `after`; compares with `expected`.
fn stop_everywhere(ledger: &Ledger, sizes: &[u64], next: u64, after: u64) {
    let mut before = Memory::default();
    for size in sizes {
        put(&mut before, ledger, *size).expect("it is published");
    }
    let published = sizes.last().copied().unwrap_or(0);
    before.steps = 0;
    // Verified once, published many times.
    let places = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let records = [record(places[0].path(), ledger, next), record(places[1].path(), ledger, after)];
    let [next_one, last_one] = records
        .each_ref()
        .map(|record| PublishableRecord::of(record, 1, None).expect("it verifies"));
    let mut whole = before.clone();
    next_one.publish(&mut whole).expect("it is published");
    let steps = whole.steps;
    assert!(steps > 3, "there is something to stop");
    let mut finished = 0;
    // A kept step leaves what the next step leaves when it is lost.
    let lost = (0..steps).map(|step| (step, Fate::Lost));
    for (step, fate) in lost.chain([(steps - 1, Fate::Kept)]) {
        let mut shelf = Memory { fails: Some((step, fate)), ..before.clone() };
        next_one.publish(&mut shelf).expect_err("it is stopped");
        let stopped = format!("stopped at step {step} of {steps}, {fate:?}");
        let checkpoint = shelf.files.get("checkpoint");
        // Readers find the size before, or the whole new one.
        let found = match checkpoint {
            None => 0,
            Some(bytes) if Some(bytes) == before.files.get("checkpoint") => published,
            Some(_) => next,
        };
        if found > 0 {
            let outcome = judge_with(&shelf.published(), 1);
            assert_eq!((outcome.exit, outcome.report.size), (0, found), "{stopped}: {outcome}");
        }
        finished += usize::from(found == next);
        shelf.fails = None;
        last_one.publish(&mut shelf).expect("it goes on");
        let mut in_order: Vec<u64> = sizes.to_vec();
        in_order.extend((found == next).then_some(next));
        in_order.push(after);
        assert_same(&shelf, &ledger.published_now(&in_order), &stopped);
    }
    assert!((1..steps).contains(&finished), "some stops are before, some after");
}

fn assert_same(shelf: &Memory, expected: &crate::support::Files, stopped: &str) {
    let found = shelf.published();
    assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>(), "{stopped}");
    assert!(found == *expected, "{stopped}: the names are the same, the bytes are not");
}

#[test]
fn the_first_publication_is_stopped_and_repeated() {
    stop_everywhere(&ledger(7), &[], 7, 7);
}

#[test]
fn a_later_one_is_stopped_and_repeated() {
    stop_everywhere(&ledger(12), &[6], 12, 12);
}

#[test]
fn a_later_one_is_stopped_and_the_record_grows_before_the_next() {
    stop_everywhere(&ledger(14), &[6, 7], 10, 14);
}

#[test]
fn one_that_fills_a_tile_is_stopped() {
    stop_everywhere(&ledger(258), &[250, 254], 257, 258);
}

#[test]
fn one_is_stopped_before_the_tile_is_full_that_the_next_fills() {
    stop_everywhere(&ledger(257), &[252], 254, 257);
}

/// All files of a folder by name, except those that are not part of a publication.
fn list(folder: &Path, above: &str, files: &mut crate::support::Files) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().to_string_lossy().into_owned();
        match entry.path().is_dir() {
            true => list(&entry.path(), &format!("{above}{name}/"), files),
            false if name.starts_with('.') => {}
            false => {
                files.insert(format!("{above}{name}"), fs::read(entry.path()).unwrap());
            }
        }
    }
}

#[test]
fn a_folder_holds_what_memory_holds_and_no_temporary_file() {
    let ledger = ledger(300);
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("pub");
    for size in [6, 7, 290, 300] {
        let mut shelf = FolderTarget::open(&folder, Duration::ZERO).unwrap();
        put(&mut shelf, &ledger, size).unwrap();
        // Possible remains of the next write after a power cut.
        drop(shelf);
        fs::write(folder.join(".new"), "half a ti").unwrap();
    }
    drop(FolderTarget::open(&folder, Duration::ZERO).unwrap());
    assert!(!folder.join(".new").exists());
    let mut found = crate::support::Files::new();
    list(&folder, "published/", &mut found);
    let expected = ledger.published_now(&[6, 7, 290, 300]);
    assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    assert!(found == expected);
}

#[test]
fn a_put_that_fails_leaves_no_half_file() {
    let place = tempfile::tempdir().unwrap();
    let mut shelf = FolderTarget::open(place.path(), Duration::ZERO).unwrap();
    // A folder in place of the file.
    let blocked = [("body/a/b".to_owned(), b"x".to_vec())].into();
    write(place.path(), &blocked);
    let failed = shelf.put("body/a", b"new").unwrap_err();
    assert!(failed.to_string().starts_with("cannot write "), "{failed}");
    assert!(!place.path().join(".new").exists());
    assert_eq!(shelf.names("body").unwrap(), ["a"]);
    shelf.remove("body/a").unwrap();
    shelf.put("body/a", b"new").unwrap();
    assert_eq!(shelf.read("body/a", 9).unwrap().as_deref(), Some(&b"new"[..]));
    shelf.remove("body/nothing").unwrap();
    shelf.sync().unwrap();
}
