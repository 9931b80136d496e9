//! What is published, file by file, over several sizes; what is not; what is refused.

use crate::shelves::{Memory, cut, ledger, put, record};
use crate::support::files::CHECKPOINT;
use crate::support::{Ledger, acts, judge};
use annals::archive::shelf::FolderShelf;
use annals::hash::Hash;
use annals::ledger::publish::Verified;
use std::time::Duration;

#[test]
fn the_files_are_those_that_the_page_says() {
    let ledger = ledger(600);
    for sizes in [&[1][..], &[6], &[256], &[300], &[6, 7, 300, 301, 512, 600], &[255, 256, 257]] {
        let mut shelf = Memory::default();
        for size in sizes {
            put(&mut shelf, &ledger, *size).expect("it is published");
        }
        let (found, expected) = (shelf.published(), ledger.published(sizes));
        assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
        for (name, bytes) in &expected {
            assert!(found[name] == *bytes, "{name} after {sizes:?}");
        }
    }
}

#[test]
fn what_was_published_verifies() {
    let mut shelf = Memory::default();
    put(&mut shelf, &ledger(300), 280).unwrap();
    put(&mut shelf, &ledger(300), 300).unwrap();
    let outcome = judge(&shelf.published());
    assert_eq!((outcome.exit, outcome.report.size), (0, 300), "{outcome}");
    assert_eq!(outcome.report.counts.documents, 1);
}

#[test]
fn only_what_is_new_is_written() {
    let ledger = ledger(300);
    let mut shelf = Memory::default();
    put(&mut shelf, &ledger, 299).unwrap();
    let told = put(&mut shelf, &ledger, 300).unwrap();
    // A body; a partial bundle and tile of level 0; that of level 1 is there; the checkpoint.
    assert_eq!((told.before, told.size, told.written, told.removed), (299, 300, 4, 0));
    let steps = shelf.steps;
    let told = put(&mut shelf, &ledger, 300).unwrap();
    assert_eq!((told.before, told.written, told.removed), (300, 0, 0));
    assert_eq!(shelf.steps, steps + 3, "nothing but settlings");
}

#[test]
fn what_is_redacted_since_is_removed_though_the_ledger_still_has_it() {
    let mut ledger = ledger(6);
    let (document, body) = (4, 5);
    let mut shelf = Memory::default();
    put(&mut shelf, &ledger, 6).unwrap();
    let digest =
        |event: usize| format!("body/{}", Hash::of(&[ledger.events[event].body.as_bytes()]));
    let (of_document, of_fact) = (digest(document), digest(body));
    let captured = ledger.documents.keys().next().unwrap();
    let captured = format!("document/{captured}");
    for name in [&of_document, &of_fact, &captured] {
        assert!(shelf.files.contains_key(name), "{name}");
    }
    ledger.sign("dan", acts::redacted(document as u64));
    ledger.sign("dan", acts::redacted(body as u64));
    assert!(ledger.files().contains_key(&format!("ledger/{captured}")));
    let told = put(&mut shelf, &ledger, 8).unwrap();
    assert_eq!(told.removed, 3);
    for name in [&of_document, &of_fact, &captured] {
        assert!(!shelf.files.contains_key(name), "{name}");
    }
    let outcome = judge(&shelf.published());
    assert_eq!(outcome.exit, 0, "{outcome}");
    assert!(outcome.report.counts.not_checkable > 0);
}

#[test]
fn a_sealed_body_is_not_published_until_it_is_released() {
    let mut ledger = Ledger::newsroom();
    let sealed = ledger.sign("ada", acts::asserted_sealed(4, "\"by-hand\""));
    let name = format!("body/{}", Hash::of(&[ledger.events[sealed as usize].body.as_bytes()]));
    let mut shelf = Memory::default();
    put(&mut shelf, &ledger, 7).unwrap();
    assert!(!shelf.files.contains_key(&name));
    assert_eq!(judge(&shelf.published()).exit, 0);
    ledger.sign("ada", acts::released(sealed));
    put(&mut shelf, &ledger, 8).unwrap();
    assert!(shelf.files.contains_key(&name));
    assert_eq!(judge(&shelf.published()).exit, 0);
}

#[test]
fn the_seal_of_words_that_were_undone_lasts() {
    let mut ledger = Ledger::newsroom();
    ledger.sign("ada", acts::asserted_sealed(4, "\"by-hand\""));
    let act = acts::corrected_as(6, 4, "wrong-date", &[], "\"by-hand\"");
    let sealed = ledger.sign("dan", act);
    ledger.sign("ada", acts::stolen("dan", sealed));
    let name = format!("body/{}", Hash::of(&[ledger.events[sealed as usize].body.as_bytes()]));
    let mut shelf = Memory::default();
    put(&mut shelf, &ledger, 9).unwrap();
    assert!(!shelf.files.contains_key(&name), "a struck correction is sealed still");
    assert_eq!(judge(&shelf.published()).exit, 0);
    ledger.sign("bo", acts::released(sealed));
    put(&mut shelf, &ledger, 10).unwrap();
    assert!(shelf.files.contains_key(&name));
    assert_eq!(judge(&shelf.published()).exit, 0);
}

#[test]
fn another_record_or_an_older_one_is_refused_and_nothing_is_written() {
    let ledger = ledger(8);
    let mut shelf = Memory::default();
    put(&mut shelf, &ledger, 7).unwrap();
    let (before, steps) = (shelf.files.clone(), shelf.steps);
    let refused = put(&mut shelf, &ledger, 6).unwrap_err();
    let why = "what is published there is a record of 7 events, this one has 6, no earlier state \
               of this record; nothing was written; publish into another folder";
    assert_eq!((refused.to_string().as_str(), refused.exit()), (why, 4));
    let mut other = cut(&ledger, 6);
    other.sign("ada", acts::retimed());
    other.sign("ada", acts::changed(3));
    let refused = put(&mut shelf, &other, 8).unwrap_err();
    assert!(refused.to_string().contains("another record of 7 events"), "{refused}");
    assert_eq!((shelf.files, shelf.steps), (before, steps));
}

#[test]
fn a_record_with_a_fault_or_events_that_nobody_signed_for_is_not_published() {
    let ledger = ledger(7);
    let folder = tempfile::tempdir().unwrap();
    record(folder.path(), &ledger, 7);
    std::fs::write(folder.path().join(CHECKPOINT), ledger.checkpoint(6)).unwrap();
    let paths = annals::ledger::paths::Paths::new(folder.path().join("ledger"), None);
    let behind = annals::ledger::record::Record::open(paths).unwrap();
    let refused = Verified::of(&behind, 1, None).err().unwrap();
    assert_eq!(
        (refused.to_string().as_str(), refused.exit()),
        (
            "the checkpoint does not cover all 7 events: a writer is at work, or was interrupted \
             and the next one signs; nothing was published",
            2
        )
    );
    let (mut shelf, mut broken) = (Memory::default(), ledger.clone());
    broken.events[5].signature = broken.events[4].signature.clone();
    let refused = put(&mut shelf, &broken, 7).unwrap_err();
    assert!(refused.to_string().starts_with("the record has "), "{refused}");
    assert_eq!((shelf.steps, refused.exit()), (0, 1));
}

#[test]
fn a_folder_of_something_else_is_left_alone_and_two_publishers_wait() {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("letter.txt"), "mine").unwrap();
    let refused = FolderShelf::open(place.path(), Duration::ZERO).unwrap_err();
    let cause = std::error::Error::source(&refused).unwrap().to_string();
    assert_eq!(cause, "letter.txt is no part of a published record; name an empty folder");
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 1);
    let folder = place.path().join("pub");
    let _held = FolderShelf::open(&folder, Duration::ZERO).unwrap();
    let second = FolderShelf::open(&folder, Duration::ZERO).unwrap_err();
    assert!(second.to_string().contains("is held by another writer: process "), "{second}");
}
