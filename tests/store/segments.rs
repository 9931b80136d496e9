//! A store in segments: where they begin, and what is left of one that is missing, damaged or
//! unfinished.

use annals::store::sled::segments::{LIMIT, create, open, open_copy};
use annals::store::{Appended, Store, StoreError, StoreHead};
use annals_core::event::Entry;
use annals_core::hash::Hash;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

fn head(size: u64) -> StoreHead {
    let hash = Some(Hash::of(&[&size.to_be_bytes()])).filter(|_| size > 0);
    StoreHead { size, hash }
}

fn entry(number: u64) -> Entry {
    let record = format!("{{\"seq\":{number}}}\nstatement\nsignature\n").into_bytes();
    Entry { record, body: Some(vec![b'x'; number as usize % 5_000]) }
}

fn entries(range: std::ops::Range<u64>) -> Vec<Entry> {
    range.map(entry).collect()
}

fn append(store: &mut dyn Store, from: u64, to: u64) {
    let written = store.append(&head(from), &head(to), &entries(from..to)).unwrap();
    assert_eq!(written, Appended::Written);
}

/// A store of 25 entries in batches of five, with a limit of ten: three segments.
fn three() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("db");
    let mut store = create(&db, 10).unwrap();
    (0..25).step_by(5).for_each(|from| append(&mut store, from, from + 5));
    (folder, db)
}

/// The names in the folder of segments.
fn segments(db: &Path) -> Vec<String> {
    let listed = fs::read_dir(db.join("segments")).unwrap();
    let names = listed.map(|found| found.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

fn bytes_below(folder: &Path, found: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => bytes_below(&path, found),
            false => _ = found.insert(path.clone(), fs::read(&path).unwrap()),
        }
    }
}

#[test]
fn a_segment_begins_with_the_batch_after_its_limit() {
    let (_folder, db) = three();
    assert_eq!(segments(&db), [format!("{:020}", 10), format!("{:020}", 20)]);
    let mut store = open(&db, 10).unwrap();
    assert_eq!(store.head().unwrap(), head(25));
    assert_eq!(store.read(0..99).unwrap(), entries(0..25));
    // Back and forth, within one and over the borders.
    for range in [7..13, 0..1, 9..10, 10..11, 19..21, 3..24, 24..25] {
        assert_eq!(store.read(range.clone()).unwrap(), entries(range));
    }
    // A batch is not divided.
    append(&mut store, 25, 60);
    assert_eq!(segments(&db).len(), 2);
    append(&mut store, 60, 61);
    assert_eq!(segments(&db).last(), Some(&format!("{:020}", 60)));
    drop(store);
    assert_eq!(open(&db, 10).unwrap().read(0..99).unwrap(), entries(0..61));
}

#[test]
fn a_store_of_an_earlier_version_goes_on_in_segments() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("db");
    let mut whole = annals::store::sled::create(&db, &StoreHead::EMPTY).unwrap();
    append(&mut whole, 0, 40);
    drop(whole);
    let mut store = open(&db, 10).unwrap();
    append(&mut store, 40, 41);
    assert_eq!(segments(&db), [format!("{:020}", 40)]);
    assert_eq!(store.read(0..99).unwrap(), entries(0..41));
}

#[test]
fn one_process_has_the_store_open_whichever_segment_it_is_at() {
    let (_folder, db) = three();
    let store = open(&db, LIMIT).unwrap();
    assert!(matches!(open(&db, LIMIT), Err(StoreError::Held(_))));
    drop(store);
    open(&db, LIMIT).unwrap();
}

#[test]
fn a_copy_is_read_and_removed_and_the_store_is_not_touched() {
    let (folder, db) = three();
    let held = open(&db, LIMIT).unwrap();
    let mut before = BTreeMap::new();
    bytes_below(&db, &mut before);
    let copy = folder.path().join("copy");
    let copied = open_copy(&db, &copy).unwrap();
    assert_eq!(copied.read(0..99).unwrap(), entries(0..25));
    assert!(matches!(open_copy(&db, &copy), Err(StoreError::ThereAlready(_))));
    drop(copied);
    assert!(!copy.exists());
    let mut after = BTreeMap::new();
    bytes_below(&db, &mut after);
    assert!(before == after);
    drop(held);
}

#[test]
fn what_a_crash_left_of_a_new_segment_is_made_anew() {
    let (_folder, db) = three();
    let unfinished = db.join("segments").join(format!("{:020}.partial", 25));
    for empty in [true, false] {
        fs::create_dir(&unfinished).unwrap();
        if !empty {
            fs::write(unfinished.join("db"), b"half").unwrap();
        }
        drop(open(&db, 10).unwrap());
        assert!(!unfinished.exists());
    }
    // A segment without entries, before its first batch.
    drop(annals::store::sled::create(&unfinished, &head(25)).unwrap());
    fs::rename(&unfinished, unfinished.with_extension("")).unwrap();
    let mut store = open(&db, 10).unwrap();
    assert_eq!(store.head().unwrap(), head(25));
    append(&mut store, 25, 26);
    assert_eq!(store.read(0..99).unwrap(), entries(0..26));
    assert_eq!(segments(&db).len(), 3);
}

#[test]
fn a_missing_or_damaged_segment_is_an_error_or_fewer_entries() {
    for (named, damage) in [(10, false), (10, true), (0, true)] {
        let (_folder, db) = three();
        let segment = match named {
            0 => db.clone(),
            first => db.join("segments").join(format!("{first:020}")),
        };
        match damage {
            false => fs::remove_dir_all(&segment).unwrap(),
            true => {
                let file = segment.join("db");
                let mut bytes = fs::read(&file).unwrap();
                let end = bytes.len().min(40_000);
                bytes[..end].fill(7);
                fs::write(&file, bytes).unwrap();
            }
        }
        let store = open(&db, 10).unwrap();
        assert_eq!(store.head().unwrap(), head(25));
        match store.read(0..99) {
            Ok(read) => assert!(read.len() < 25 && read == entries(0..read.len() as u64)),
            Err(error) => assert!(matches!(error, StoreError::Damaged(_)), "{error}"),
        }
    }
}

#[test]
fn a_foreign_name_among_the_segments_is_reported() {
    for (name, what) in [("notes", "a folder notes"), ("10", "a folder 10")] {
        let (_folder, db) = three();
        fs::create_dir(db.join("segments").join(name)).unwrap();
        let Err(error) = open(&db, 10) else { panic!("{name}") };
        let text = error.to_string();
        assert!(
            text.ends_with(&format!("folders with a position of 20 digits, found {what}")),
            "{text}"
        );
    }
}
