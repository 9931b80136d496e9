//! The sentences of the store contract that need a disk: durability, one process, damage.

use annals::store::sled::{self, SledStore};
use annals::store::{Appended, Store, StoreError, StoreHead};
use annals_core::event::Entry;
use annals_core::hash::Hash;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// The variable that names the folder for a child process of this test.
const FOLDER: &str = "ANNALS_TEST_FOLDER";

fn entry(number: u64) -> Entry {
    let body =
        (!number.is_multiple_of(4)).then(|| vec![number as u8; (number * 397 % 9_000) as usize]);
    let record = format!("record {number}").into_bytes();
    Entry { record, body }
}

fn head(size: u64) -> StoreHead {
    let hash = Some(Hash::of(&[&size.to_be_bytes()])).filter(|_| size > 0);
    StoreHead { size, hash }
}

fn append(store: &mut SledStore, from: u64, to: u64) -> Result<Appended, StoreError> {
    let batch: Vec<_> = (from..to).map(entry).collect();
    store.append(&head(from), &head(to), &batch)
}

fn filled(folder: &Path, size: u64) -> SledStore {
    let mut store = sled::create(folder, &StoreHead::EMPTY).unwrap();
    for from in (0..size).step_by(50) {
        append(&mut store, from, (from + 50).min(size)).unwrap();
    }
    store
}

/// Starts this test program again for one ignored test.
fn child(test: &str, folder: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args([
            &format!("store::sled::{test}"),
            "--exact",
            "--ignored",
            "--nocapture",
            "--test-threads=1",
        ])
        .env(FOLDER, folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn wait_until(mut there: impl FnMut() -> bool) {
    for _ in 0..3_000 {
        if there() {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("waited for half a minute");
}

fn child_folder() -> Option<PathBuf> {
    std::env::var_os(FOLDER).map(PathBuf::from)
}

#[test]
fn create_and_open_are_two_things() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("db");
    assert!(matches!(sled::open(&db, 0), Err(StoreError::Missing(_))));
    assert!(matches!(
        sled::open_copy(&db, 0, &folder.path().join("copy")),
        Err(StoreError::Missing(_))
    ));
    assert!(!db.exists());
    drop(sled::create(&db, &StoreHead::EMPTY).unwrap());
    assert!(matches!(sled::create(&db, &StoreHead::EMPTY), Err(StoreError::ThereAlready(_))));
    assert_eq!(sled::open(&db, 0).unwrap().head().unwrap(), StoreHead::EMPTY);
}

#[test]
fn no_value_ends_in_a_file_that_is_never_synced() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = sled::create(&folder.path().join("db"), &StoreHead::EMPTY).unwrap();
    let body = Some(vec![7; 1_048_576]);
    let large = Entry { record: vec![1; 4_096], body };
    store.append(&head(0), &head(2), &[large.clone(), large]).unwrap();
    let blobs = fs::read_dir(folder.path().join("db/blobs")).unwrap();
    assert_eq!(blobs.count(), 0);
}

#[test]
fn s4_a_range_may_begin_and_end_inside_a_group() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = sled::create(&folder.path().join("db"), &StoreHead::EMPTY).unwrap();
    let small = |at: u64| Entry { record: vec![at as u8; 1_300], ..entry(at) };
    let entries: Vec<_> =
        (0..40).map(|at| if at % 5 == 4 { entry(at) } else { small(at) }).collect();
    store.append(&head(0), &head(25), &entries[..25]).unwrap();
    store.append(&head(25), &head(40), &entries[25..]).unwrap();
    for from in 0..40 {
        for to in from..=40 {
            let expected = &entries[from..to];
            assert_eq!(store.read(from as u64..to as u64).unwrap(), expected, "{from}..{to}");
        }
    }
}

#[test]
fn a_store_of_the_earlier_layout_is_reported_as_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("db");
    let earlier = ::sled::open(&db).unwrap();
    earlier.insert(b"h", &[0; 8]).unwrap();
    earlier.insert([b"r".as_slice(), &[0; 8]].concat(), b"a record").unwrap();
    drop(earlier);
    let mut told = String::new();
    wait_until(|| match sled::open(&db, 0) {
        Err(StoreError::Held(_)) => false,
        Err(error) => {
            told = error.to_string();
            true
        }
        Ok(_) => panic!("it was opened"),
    });
    let expected = "the store cannot be read: it is in the layout of an earlier version";
    assert_eq!(told, expected);
}

#[test]
fn s10_a_second_opening_is_held() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("db");
    let store = filled(&db, 3);
    assert!(matches!(sled::open(&db, 0), Err(StoreError::Held(_))));
    let copy = sled::open_copy(&db, 0, &folder.path().join("copy")).unwrap();
    assert_eq!(copy.head().unwrap(), head(3));
    drop((store, copy));
    assert!(!folder.path().join("copy").exists());
    for _ in 0..50 {
        sled::open(&db, 0).unwrap();
    }
}

#[test]
fn s10_another_process_holds_the_store_until_it_ends() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("db");
    drop(filled(&db, 3));
    let mut holder = child("child_holds_the_store", folder.path());
    wait_until(|| folder.path().join("ready").exists());
    assert!(matches!(sled::open(&db, 0), Err(StoreError::Held(_))));
    let copy = sled::open_copy(&db, 0, &folder.path().join("copy")).unwrap();
    assert_eq!(copy.read(0..9).unwrap(), (0..3).map(entry).collect::<Vec<_>>());
    holder.kill().unwrap();
    holder.wait().unwrap();
    assert_eq!(sled::open(&db, 0).unwrap().head().unwrap(), head(3));
}

#[test]
#[ignore = "a child process of another test"]
fn child_holds_the_store() {
    let Some(folder) = child_folder() else { return };
    let _store = sled::open(&folder.join("db"), 0).unwrap();
    fs::write(folder.join("ready"), "").unwrap();
    std::thread::sleep(Duration::from_secs(60));
}

#[test]
fn s5_s6_a_killed_process_loses_nothing_acknowledged_and_leaves_no_part() {
    for round in 0..6 {
        let folder = tempfile::tempdir().unwrap();
        let db = folder.path().join("db");
        drop(sled::create(&db, &StoreHead::EMPTY).unwrap());
        let mut writer = child("child_appends", folder.path());
        let acknowledged = || fs::read(folder.path().join("ack")).unwrap_or_default().len() as u64;
        wait_until(|| acknowledged() > 20 + round * 7);
        writer.kill().unwrap();
        writer.wait().unwrap();
        let store = sled::open(&db, 0).unwrap();
        let size = store.head().unwrap().size;
        let batches = acknowledged();
        assert!(size == batches * 3 || size == batches * 3 + 3, "{size} of {batches} batches");
        assert_eq!(store.head().unwrap(), head(size));
        assert_eq!(store.read(0..size + 9).unwrap(), (0..size).map(entry).collect::<Vec<_>>());
    }
}

#[test]
#[ignore = "a child process of another test"]
fn child_appends() {
    let Some(folder) = child_folder() else { return };
    let mut store = sled::open(&folder.join("db"), 0).unwrap();
    let options = OpenOptions::new().append(true).create(true).open(folder.join("ack"));
    let mut ack = options.unwrap();
    for size in (0..30_000).step_by(3) {
        append(&mut store, size, size + 3).unwrap();
        ack.write_all(b".").unwrap();
    }
}

/// Opens a damaged copy and reads all of it: an error, the same entries, or fewer.
fn judge(damaged: &Path, size: u64) -> String {
    let store = match sled::open(damaged, 0) {
        Ok(store) => store,
        Err(error) => return format!("error at opening: {error}"),
    };
    let (head_now, entries) = match (store.head(), store.read(0..u64::MAX)) {
        (Ok(head_now), Ok(entries)) => (head_now, entries),
        (Err(error), _) | (_, Err(error)) => return format!("error at reading: {error}"),
    };
    assert!(head_now.size <= size);
    assert_eq!(entries.len() as u64, head_now.size);
    assert!((0..).map(entry).zip(&entries).all(|(expected, found)| expected == *found));
    format!("{} of {size}", head_now.size)
}

fn copy_store(from: &Path, to: &Path) {
    fs::create_dir_all(to.join("blobs")).unwrap();
    for found in fs::read_dir(from).unwrap() {
        let found = found.unwrap();
        if found.file_type().unwrap().is_file() {
            fs::copy(found.path(), to.join(found.file_name())).unwrap();
        }
    }
}

/// Runs in a process of its own: a panic in sled's own threads would break every store in it.
#[test]
fn s11_damage_is_an_error_or_fewer_entries_and_never_a_panic() {
    for settled in ["fresh", "settled"] {
        let folder = tempfile::tempdir().unwrap();
        let store = filled(&folder.path().join("whole"), 300);
        match settled {
            "settled" => drop(store.settle(0).unwrap()),
            _ => drop(store),
        }
        let mut judge = child("child_judges_damage", folder.path());
        let status = judge.wait().unwrap();
        let told = fs::read_to_string(folder.path().join("told")).unwrap_or_default();
        assert!(status.success(), "{settled}: {told}");
        assert_eq!(told.lines().count(), 60, "{settled}");
        assert!(told.contains("error"), "{settled}: {told}");
    }
}

#[test]
#[ignore = "a child process of another test"]
fn child_judges_damage() {
    let Some(folder) = child_folder() else { return };
    let whole = folder.join("whole");
    let bytes = fs::read(whole.join("db")).unwrap();
    let used = bytes.iter().rposition(|byte| *byte != 0).unwrap();
    let mut told = fs::File::create(folder.join("told")).unwrap();
    for trial in 0..60 {
        let damaged = folder.join(format!("damaged-{trial}"));
        copy_store(&whole, &damaged);
        let mut changed = bytes.clone();
        let at = used * (trial + 1) / 61;
        match trial % 4 {
            0 => changed.truncate(at),
            _ => changed[at] ^= 1 << (trial % 8),
        }
        fs::write(damaged.join("db"), changed).unwrap();
        writeln!(told, "{trial}: {}", judge(&damaged, 300)).unwrap();
        fs::remove_dir_all(damaged).unwrap();
    }
}

/// sled would take an incomplete snapshot for the newest one, and report the store as damaged.
#[test]
fn s5_a_snapshot_that_a_crash_left_unfinished_is_no_damage() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("db");
    drop(filled(&path, 60).settle(0).unwrap());
    let unfinished = path.join("snap.FFFFFFFFFFFFFFFF.generating");
    fs::write(&unfinished, b"half").unwrap();
    let copy = sled::open_copy(&path, 0, &folder.path().join("copy")).unwrap();
    assert_eq!(copy.head().unwrap(), head(60));
    drop(copy);
    assert!(unfinished.exists(), "who only looks changes nothing");
    let mut store = sled::open(&path, 0).unwrap();
    assert_eq!(store.head().unwrap(), head(60));
    assert_eq!(append(&mut store, 60, 61).unwrap(), Appended::Written);
    assert!(!unfinished.exists());
}
