//! The published files over several sizes; files that are not published; refused publications.

use crate::archive::publish_targets::{Memory, cut, ledger, put, record, write};
use crate::support::files::CHECKPOINT;
use crate::support::{Ledger, acts, judge};
use annals::archive::publish_target::{FolderTarget, PublishTarget, TargetLock};
use annals::ledger::exchange::publish::PublishableRecord;
use annals_core::hash::Hash;
use annals_core::verdict::Verdict;
use std::time::Duration;

#[test]
fn the_files_are_those_that_the_page_says() {
    let ledger = ledger(600);
    for sizes in [&[1][..], &[6], &[256], &[300], &[6, 7, 300, 301, 512, 600], &[255, 256, 257]] {
        let mut shelf = Memory::default();
        for size in sizes {
            put(&mut shelf, &ledger, *size).expect("it is published");
        }
        let (found, expected) = (shelf.published(), ledger.published_now(sizes));
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
    // A body, alone and in its bundle; a partial bundle and tile of level 0; that of level 1 is
    // there; the checkpoint.
    assert_eq!((told.before, told.size, told.written, told.removed), (299, 300, 5, 0));
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
    let why = "what is published there is a later state of this record: 7 events, here are 6; \
               nothing was written; a copy is brought up to date by annals pull, a ledger that \
               lost its end by annals repair --from COPY";
    assert_eq!((refused.to_string().as_str(), refused.verdict()), (why, Verdict::CouldNotTell));
    let mut other = cut(&ledger, 6);
    other.sign("ada", acts::retimed());
    other.sign("ada", acts::changed(3));
    let refused = put(&mut shelf, &other, 8).unwrap_err();
    assert!(refused.to_string().contains("another record of 7 events"), "{refused}");
    // A shorter one that goes on otherwise is no earlier state.
    let mut other = cut(&ledger, 5);
    other.sign("ada", acts::retimed());
    let refused = put(&mut shelf, &other, 6).unwrap_err();
    let why = "what is published there is a record of 7 events, this one has 6, no earlier state \
               of this record; nothing was written; publish into another folder";
    assert_eq!((refused.to_string().as_str(), refused.verdict()), (why, Verdict::Forked));
    assert_eq!((shelf.files, shelf.steps), (before, steps));
}

#[test]
fn a_record_with_a_fault_or_events_that_nobody_signed_for_is_not_published() {
    let ledger = ledger(7);
    let folder = tempfile::tempdir().unwrap();
    record(folder.path(), &ledger, 7);
    std::fs::write(folder.path().join(CHECKPOINT), ledger.checkpoint(6)).unwrap();
    let paths = annals::ledger::paths::Paths::new(folder.path().join("ledger"), None);
    let behind = annals::ledger::reader::Record::open(paths).unwrap();
    let refused = PublishableRecord::of(&behind, 1, None).err().unwrap();
    assert_eq!(
        (refused.to_string().as_str(), refused.verdict()),
        (
            "the checkpoint does not cover all 7 events: a writer is at work, or was interrupted \
             and the next one signs; nothing was done",
            Verdict::CouldNotTell
        )
    );
    let (mut shelf, mut broken) = (Memory::default(), ledger.clone());
    broken.events[5].signature = broken.events[4].signature.clone();
    let refused = put(&mut shelf, &broken, 7).unwrap_err();
    assert!(refused.to_string().starts_with("the record has "), "{refused}");
    assert_eq!((shelf.steps, refused.verdict()), (0, Verdict::No));
}

#[test]
fn a_folder_of_something_else_is_left_alone_and_two_publishers_wait() {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("letter.txt"), "mine").unwrap();
    let refused = FolderTarget::open(place.path(), Duration::ZERO).unwrap_err();
    let cause = std::error::Error::source(&refused).unwrap().to_string();
    assert_eq!(cause, "letter.txt is no part of a published record; name an empty folder");
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 1);
    // A ledger has a checkpoint and documents too.
    std::fs::remove_file(place.path().join("letter.txt")).unwrap();
    std::fs::create_dir(place.path().join("journal")).unwrap();
    FolderTarget::open(place.path(), Duration::ZERO).unwrap_err();
    let folder = place.path().join("pub");
    let _held = FolderTarget::open(&folder, Duration::ZERO).unwrap();
    let second = FolderTarget::open(&folder, Duration::ZERO).unwrap_err();
    assert!(
        second.to_string().contains("is held by another writer: another annals publish"),
        "{second}"
    );
}

/// A file that is not in the published folder.
fn outside(file: &std::path::Path) -> std::path::PathBuf {
    let folder = file.ancestors().find(|above| above.ends_with("published")).unwrap();
    folder.with_file_name("elsewhere")
}

/// Ways to damage a file.
const DAMAGES: [fn(&std::path::Path); 6] = [
    |file| {
        let mut bytes = std::fs::read(file).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(file, bytes).unwrap();
    },
    |file| {
        let bytes = std::fs::read(file).unwrap();
        std::fs::write(file, &bytes[..bytes.len() - 1]).unwrap();
    },
    |file| std::fs::write(file, "").unwrap(),
    |file| std::fs::remove_file(file).unwrap(),
    |file| {
        std::fs::remove_file(file).unwrap();
        std::fs::create_dir(file).unwrap();
        std::fs::write(file.join("a"), "a").unwrap();
    },
    |file| {
        let elsewhere = outside(file);
        std::fs::rename(file, &elsewhere).unwrap();
        std::fs::write(&elsewhere, "mine").unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(&elsewhere, file).unwrap();
    },
];

#[test]
fn whatever_is_damaged_there_is_written_again() {
    let ledger = ledger(300);
    let expected = ledger.published_now(&[280, 290, 300]);
    let record_folder = tempfile::tempdir().unwrap();
    let record = record(record_folder.path(), &ledger, 300);
    let verified = PublishableRecord::of(&record, 1, None).unwrap();
    let place = tempfile::tempdir().unwrap();
    write(place.path(), &expected);
    let folder = place.path().join("published");
    let publish = || {
        let mut shelf = FolderTarget::open(&folder, Duration::ZERO).unwrap();
        verified.publish(&mut shelf).unwrap()
    };
    assert_eq!((publish().written, publish().mended), (0, 0));
    let names: Vec<&String> =
        expected.keys().filter(|name| !name.ends_with("/checkpoint")).step_by(37).collect();
    let tiles = expected.keys().filter(|name| name.contains("/tile/"));
    for name in names.into_iter().chain(tiles) {
        let file = place.path().join(name);
        for damage in DAMAGES {
            damage(&file);
            let done = publish();
            assert_eq!((done.written, done.removed, done.mended), (1, 0, 1), "{name}");
            assert!(std::fs::read(&file).unwrap() == expected[name], "{name}");
        }
        let elsewhere = outside(&file);
        assert_eq!(
            std::fs::read(&elsewhere).unwrap(),
            b"mine",
            "nothing is written through a link"
        );
        std::fs::remove_file(elsewhere).unwrap();
    }
    // Whole folders, and a file in the place of one.
    for name in ["tile", "body", "document", "tile/entries", "tile/0", "tile/0/001.p"] {
        let inside = folder.join(name);
        std::fs::remove_dir_all(&inside).unwrap();
        std::fs::write(&inside, "not a folder").unwrap();
        let done = publish();
        assert!(done.written > 0, "{name}");
        assert_eq!(judge_folder(&folder), Verdict::Yes, "{name}");
    }
    // A full tile of which the record has only a part.
    for name in ["tile/0/001", "tile/entries/001", "tile/1/000"] {
        std::fs::write(folder.join(name), [7; 8_192]).unwrap();
        assert_eq!(publish().removed, 1, "{name}");
    }
}

fn judge_folder(folder: &std::path::Path) -> Verdict {
    let files = Box::new(annals::archive::files::PublishedFolder::new(folder));
    let source = annals::archive::published::PublishedSource::open(files).unwrap();
    let checkpoint = source.checkpoint().map(<[u8]>::to_vec);
    let ends = annals_core::verify::anchors::Anchors { checkpoint, ..Default::default() };
    annals_core::verify::verify(&source, &ends, annals_core::verify::Options::whole(1))
        .unwrap()
        .verdict()
}

#[cfg(unix)]
#[test]
fn nothing_is_written_through_a_link_in_the_folder() {
    let place = tempfile::tempdir().unwrap();
    let (elsewhere, folder) = (place.path().join("elsewhere"), place.path().join("pub"));
    std::fs::create_dir(&elsewhere).unwrap();
    std::fs::create_dir(&folder).unwrap();
    std::os::unix::fs::symlink(&elsewhere, folder.join("tile")).unwrap();
    let mut shelf = FolderTarget::open(&folder, Duration::ZERO).unwrap();
    let refused = put(&mut shelf, &ledger(6), 6).unwrap_err();
    assert_eq!(refused.to_string(), format!("cannot publish into {}/tile", folder.display()));
    assert_eq!(std::fs::read_dir(&elsewhere).unwrap().count(), 0);
    assert!(!folder.join("checkpoint").exists());
}

#[test]
fn a_folder_without_its_checkpoint_is_finished_and_that_of_another_record_is_left_alone() {
    let theirs = Ledger::opened_as(&acts::Opening { window: 5, ..Default::default() });
    let ours = ledger(8);
    let mut shelf = Memory::default();
    put(&mut shelf, &ours, 8).unwrap();
    let whole = shelf.files.clone();
    shelf.files.remove("checkpoint");
    assert_eq!(put(&mut shelf, &ours, 8).unwrap().written, 1);
    assert_eq!(shelf.files, whole);
    let mut other = Memory::default();
    put(&mut other, &theirs, 1).unwrap();
    other.files.remove("checkpoint");
    let (before, steps) = (other.files.clone(), other.steps);
    let refused = put(&mut other, &ours, 8).unwrap_err();
    let why = "what is published there has no checkpoint and begins with the event 0 of another ";
    assert!(
        refused.to_string().starts_with(why) && refused.verdict() == Verdict::CouldNotTell,
        "{refused}"
    );
    assert_eq!((other.files, other.steps), (before, steps));
}

#[test]
fn a_page_for_people_may_stand_beside_the_record_and_no_lock_is_left() {
    let place = tempfile::tempdir().unwrap();
    for name in ["index.html", "robots.txt", ".htaccess"] {
        std::fs::write(place.path().join(name), "mine").unwrap();
    }
    let mut shelf = FolderTarget::open(place.path(), Duration::ZERO).unwrap();
    put(&mut shelf, &ledger(6), 6).unwrap();
    assert_eq!(shelf.holds("index.html", b"mine").unwrap(), TargetLock::Same);
    drop(shelf);
    let names = std::fs::read_dir(place.path()).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<_> = names.map(|name| name.into_string().unwrap()).collect();
    names.sort();
    let expected = [
        ".htaccess",
        ".settled",
        "body",
        "checkpoint",
        "document",
        "index.html",
        "robots.txt",
        "tile",
    ];
    assert_eq!(names, expected);
}

#[test]
fn a_size_that_was_cosigned_has_its_partial_tiles() {
    let ledger = ledger(300);
    let folder = tempfile::tempdir().unwrap();
    let line = |size: u64| {
        let note = ledger.checkpoint(size);
        let lines: Vec<&str> = note.lines().collect();
        let blob = lines[4].rsplit_once(' ').unwrap().1;
        format!("{} {size} {} {blob}\n", lines[0], lines[2])
    };
    let record = record(folder.path(), &ledger, 270);
    let lines = line(200) + &line(258) + &line(269) + &line(290);
    std::fs::write(folder.path().join("ledger/checkpoints"), lines).unwrap();
    let mut shelf = Memory::default();
    PublishableRecord::of(&record, 1, None).unwrap().publish(&mut shelf).unwrap();
    let expected = ledger.published_now(&[258, 269, 270]);
    assert_eq!(shelf.published().keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    assert!(shelf.published() == expected);
    assert_eq!(judge(&shelf.published()).exit, 0);
}

/// Over several tiles, and at their ends.
#[test]
fn a_later_state_is_known_at_every_size() {
    let ledger = ledger(600);
    for (published, here) in [(256, 255), (257, 256), (300, 256), (513, 512), (600, 1), (600, 599)]
    {
        let mut shelf = Memory::default();
        put(&mut shelf, &ledger, published).unwrap();
        let refused = put(&mut shelf, &ledger, here).unwrap_err();
        let why = format!("a later state of this record: {published} events, here are {here};");
        assert!(refused.to_string().contains(&why), "{refused}");
        // Whose tiles do not have it is not called one.
        let name = shelf.files.keys().find(|name| name.starts_with("tile/0/")).unwrap().clone();
        shelf.files.get_mut(&name).unwrap()[0] ^= 1;
        let refused = put(&mut shelf, &ledger, here).unwrap_err();
        assert_eq!(refused.verdict(), Verdict::Forked, "{refused}");
    }
}
