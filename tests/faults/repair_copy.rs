//! `annals repair --from COPY`: what another copy of the ledger can repair, and what not.

use crate::faults::newsroom::{EVENTS, JOURNAL, Newsroom, TEXT, copy_folder, fact, newsroom};
use crate::support::Ledger;
use annals_core::hash::Hash;
use std::fs;

const LAVROV: &str =
    r#"{"claim":"Lavrov spoke.","lang":"en","vouch":"said","quote":"Lavrov said"}"#;

/// Puts a copy of a ledger, without keys, beside the room.
fn put_copy(room: &Newsroom, of: &Newsroom) {
    copy_folder(&of.path("ledger"), &room.path("copy"));
}

fn document() -> String {
    format!("ledger/document/{}", Hash::of(&[TEXT.as_bytes()]))
}

#[test]
fn the_journal_comes_from_the_copy_with_its_commits_and_checkpoint() {
    let room = newsroom();
    put_copy(&room, &newsroom());
    let whole = room.read(JOURNAL);
    room.write(JOURNAL, &whole[..whole.len() - 700]);
    room.write("ledger/db/db", "");
    room.remove("ledger/checkpoint");
    let answer = room.run("repair --from copy");
    assert_eq!(answer.exit, 0, "{answer:?}");
    let told = answer.out.lines().map(|line| line.split(": rule ").next().unwrap());
    let told: Vec<&str> = told.collect();
    assert_eq!(
        told[2..7],
        [
            "copy: whole, 5 events, at copy",
            "journal: taken from the copy, 5 events",
            "journal: the old one is kept at ledger/journal-aside-1",
            "store: taken from the copy, 5 events",
            "store: the old one is kept at ledger/db-aside-1",
        ]
    );
    assert_eq!(
        told[7..9],
        ["checkpoint: taken from the copy, size 5", "verified: yes: the record is whole",]
    );
    assert!(room.read(JOURNAL) == whole);
    room.expect_whole(EVENTS);
    room.expect_appended(LAVROV, "written at 5\n");
}

/// A longer copy that continues the record here is the newer one.
#[test]
fn a_newer_copy_is_taken_and_an_older_one_never() {
    let (older, newer) = (newsroom(), newsroom());
    newer.expect_appended(LAVROV, "written at 5\n");
    let room = older.copy();
    put_copy(&room, &newer);
    let answer = room.run("repair --from copy");
    assert_eq!(answer.exit, 0, "{answer:?}");
    assert!(answer.out.contains("journal: taken from the copy, 6 events\n"), "{answer:?}");
    assert!(answer.out.contains("checkpoint: taken from the copy, size 6\n"), "{answer:?}");
    room.expect_whole(6);
    // An older copy of a complete ledger is useless.
    let room = newer.copy();
    put_copy(&room, &older);
    let before = room.snapshot();
    let answer = room.run("repair --from copy");
    let older =
        "copy: 5 events, not taken, at copy: rule 705 short: the checkpoint covers 6 events";
    assert!(answer.out.contains(older), "{answer:?}");
    assert!(answer.out.contains("nothing was to be repaired\n"), "{answer:?}");
    assert!(room.snapshot() == before);
    // Nor in place of a damaged one: the checkpoint and the marks are of a later size.
    for forgets in ["ledger/checkpoint", "keys/log.marks"] {
        let room = room.copy();
        room.remove(JOURNAL);
        room.remove("ledger/db");
        room.remove(forgets);
        let before = room.snapshot();
        let answer = room.run("repair --from copy");
        assert_eq!(answer.exit, 2, "{answer:?}");
        assert!(answer.told().contains("nothing whole is here to repair from"), "{answer:?}");
        assert!(room.snapshot() == before);
    }
}

/// The documents that the newer events capture come with these, at once.
#[test]
fn the_documents_of_newer_events_come_with_them() {
    let (room, newer) = (newsroom(), newsroom());
    newer.write("second.txt", "The envoy left at noon.\n");
    let captured = newer.run("document add second.txt --title Second --lang en --yes");
    assert_eq!(captured.exit, 0, "{captured:?}");
    put_copy(&room, &newer);
    let answer = room.run("repair --from copy");
    assert_eq!(answer.exit, 0, "{answer:?}");
    let digest = Hash::of(&[b"The envoy left at noon.\n"]);
    let taken = format!("document {digest}: taken from the copy\n");
    assert!(answer.out.contains(&taken), "{answer:?}");
    assert!(answer.out.contains("verified: yes: the record is whole\n"), "{answer:?}");
    room.expect_whole(6);
    assert_eq!(room.read(&format!("ledger/document/{digest}")), b"The envoy left at noon.\n");
    let again = room.run("repair --from copy");
    assert!(again.out.contains("nothing was to be repaired\n"), "{again:?}");
}

/// A ledger keeps what is sealed, so it comes too; one that has it nowhere lacks nothing.
#[test]
fn sealed_documents_of_newer_events_come_with_them() {
    let mut record = Ledger::newsroom();
    let older = record.clone();
    record.capture("ada", "Sealed words.", "\"by-hand\"");
    record.capture("ada", "Open words.", "null");
    let room = Newsroom { folder: tempfile::tempdir().unwrap() };
    let put = |record: &Ledger, folder: &str| {
        for (name, bytes) in record.files() {
            if let Some(name) = name.strip_prefix("ledger/") {
                let path = room.path(&format!("{folder}/{name}"));
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, bytes).unwrap();
            }
        }
    };
    let name = |text: &str| format!("document/{}", Hash::of(&[text.as_bytes()]));
    for (there, expected) in
        [(true, ["Sealed words.", "Open words."]), (false, ["", "Open words."])]
    {
        for folder in ["ledger", "copy"].into_iter().filter(|folder| room.has(folder)) {
            room.remove(folder);
        }
        put(&older, "ledger");
        put(&record, "copy");
        if !there {
            room.remove(&format!("copy/{}", name("Sealed words.")));
        }
        let answer = room.run("repair --from copy");
        assert_eq!(answer.exit, 0, "{answer:?}");
        assert!(!answer.out.contains("not found"), "{answer:?}");
        assert!(answer.out.contains("verified: yes: the record is whole\n"), "{answer:?}");
        let found = ["Sealed words.", "Open words."].map(|text| {
            let name = format!("ledger/{}", name(text));
            if room.has(&name) {
                String::from_utf8(room.read(&name)).unwrap()
            } else {
                String::new()
            }
        });
        assert_eq!(found, expected);
    }
}

#[test]
fn a_copy_of_another_record_a_damaged_one_and_the_ledger_itself_are_refused() {
    let room = newsroom();
    let other = Newsroom { folder: tempfile::tempdir().unwrap() };
    let init = "init --origin example.org/record --title Record --name Ada --no-passphrase";
    assert_eq!(other.run(init).exit, 0);
    put_copy(&room, &other);
    let before = room.snapshot();
    let answer = room.run("repair --from copy");
    assert_eq!(answer.exit, 2, "{answer:?}");
    let why = "annals: expected another copy of this ledger's record at copy, found one that does \
               not begin with the same event 0, and that neither the checkpoint nor the log key's \
               marks here know; nothing was changed\n";
    assert_eq!(answer.told(), why);
    let answer = room.run("repair --from ledger");
    let why = "annals: expected another copy of the ledger, found ledger itself\n";
    assert_eq!((answer.exit, &*answer.told()), (2, why));
    let answer = room.run("repair --from keys");
    let why = "annals: expected a ledger's folder at keys, found a folder of keys; a ledger is \
               the folder that the journal is in\n";
    assert_eq!((answer.exit, &*answer.told()), (2, why));
    let answer = room.run("repair --from nowhere");
    let why = "annals: no ledger at nowhere; --from names the folder of another copy of this \
               ledger\n";
    assert_eq!((answer.exit, &*answer.told()), (2, why));
    let answer = room.run("repair --from article.txt");
    let why = "annals: expected another copy of this ledger at article.txt, found a file; --from \
               names the folder that its journal is in\n";
    assert_eq!((answer.exit, &*answer.told()), (2, why));
    assert!(room.snapshot() == before);
    // A damaged copy is reported and not used.
    room.remove("copy");
    put_copy(&room, &newsroom());
    let text = room.journal().replace("lasted two", "lasted ten");
    room.write("copy/journal/00000000000000000000.log", text);
    room.remove(JOURNAL);
    room.remove("ledger/db");
    let answer = room.run("repair --from copy");
    assert_eq!(answer.exit, 2, "{answer:?}");
    assert!(answer.out.contains("copy: damaged, at copy: event 3: rule 601"), "{answer:?}");
}

/// One log key signed both: somebody was shown another record.
#[test]
fn a_copy_that_verifies_and_differs_is_a_fork() {
    let (room, other) = (newsroom(), newsroom());
    room.expect_appended(LAVROV, "written at 5\n");
    other.expect_appended(&fact("It was in Moscow.", "in Moscow"), "written at 5\n");
    put_copy(&room, &other);
    let before = room.snapshot();
    let answer = room.run("repair --from copy");
    assert_eq!(answer.exit, 4, "{answer:?}");
    let named = "annals: forked: the journal at ledger/journal and the copy at copy both verify, \
                 and differ from event 5 on (";
    assert!(answer.told().starts_with(named), "{answer:?}");
    assert!(room.snapshot() == before);
}

#[test]
fn documents_that_are_missing_or_damaged_come_from_the_copy() {
    let room = newsroom();
    put_copy(&room, &newsroom());
    let name = document();
    let digest = Hash::of(&[TEXT.as_bytes()]);
    room.write(&name, "Sullivan never met anybody.");
    let verified = room.run("verify");
    assert_eq!(verified.exit, 1, "{verified:?}");
    let advice = "what to do: annals repair --from COPY takes documents from another copy\n";
    assert!(verified.out.contains(advice), "{verified:?}");
    let alone = room.run("repair");
    assert_eq!(alone.exit, 1, "{alone:?}");
    let lacks = format!(
        "document {digest}: missing or damaged here, captured by event 1, and not found \
         elsewhere; annals repair --from COPY looks for it in another copy\n"
    );
    assert!(alone.out.contains(&lacks), "{alone:?}");
    let answer = room.run("repair --from copy");
    assert_eq!(answer.exit, 0, "{answer:?}");
    let taken = format!(
        "document {digest}: taken from the copy\ndocument: the old one is kept at \
         {name}-aside-1\n"
    );
    assert!(answer.out.contains(&taken), "{answer:?}");
    assert_eq!(room.read(&format!("{name}-aside-1")), b"Sullivan never met anybody.");
    room.expect_whole(EVENTS);
    // The whole folder can be missing, or a folder be in place of the document.
    room.remove("ledger/document");
    assert_eq!(room.run("repair --from copy").exit, 0);
    room.remove(&name);
    fs::create_dir(room.path(&name)).unwrap();
    assert_eq!(room.run("repair --from copy").exit, 0);
    room.expect_whole(EVENTS);
    // Bytes with another digest are not used.
    room.remove(&name);
    room.write(&name.replace("ledger/", "copy/"), "another text");
    let answer = room.run("repair --from copy");
    assert_eq!(answer.exit, 1, "{answer:?}");
    assert!(answer.out.contains(&lacks), "{answer:?}");
    assert!(!room.has(&name));
}

/// What a copy says of itself: that the record has more events. A writer that goes on from it would
/// fork the record.
#[test]
fn a_copy_of_a_part_is_not_taken_for_the_record() {
    let room = newsroom();
    assert_eq!(room.run("export --as-of 3 --to part").exit, 0);
    assert_eq!(room.run("import part --to copy").exit, 0);
    for copy in ["copy", "part/data/ledger"] {
        let room = room.copy();
        let text = String::from_utf8(room.read(JOURNAL)).unwrap();
        room.write(JOURNAL, text.replace("lasted two hours", "lasted ten hours"));
        room.remove("ledger/db");
        room.remove("ledger/checkpoint");
        room.remove("keys/log.marks");
        let before = room.snapshot();
        let answer = room.run(&format!("repair --from {copy}"));
        assert_eq!(answer.exit, 2, "{answer:?}");
        let found = format!(
            "copy: 4 events, not taken, at {copy}: it is a part of a record of 5 events, by its own \
             account\n"
        );
        assert!(answer.out.contains(&found), "{answer:?}");
        assert!(answer.told().contains("nothing whole is here to repair from"), "{answer:?}");
        assert!(room.snapshot() == before);
    }
    // A part is repaired from that part.
    let ledger = room.path("copy/journal").read_dir().unwrap().next().unwrap().unwrap().path();
    fs::remove_file(ledger).unwrap();
    fs::create_dir(room.path("none")).unwrap();
    let answer = room.run("repair --from part/data/ledger --ledger copy --keys none");
    assert!(answer.out.contains("journal: taken from the copy, 4 events\n"), "{answer:?}");
}
