//! `annals repair` with only the ledger itself: the store from the journal, the journal from the
//! store.

use crate::faults::newsroom::{
    EVENTS, JOURNAL, Newsroom, WHOLE, copy_folder, fact, newsroom, prepare,
};
use annals::journal::Journal;
use std::fs;

const DB: &str = "ledger/db/db";

fn expect_repaired(room: &Newsroom, first_lines: &[&str]) {
    let answer = room.run("repair");
    assert_eq!(answer.exit, 0, "{answer:?}");
    for (line, expected) in answer.out.lines().zip(first_lines) {
        assert!(line.starts_with(expected), "expected {expected:?}:\n{}", answer.out);
    }
    assert!(answer.out.contains("verified: yes: the record is whole\n"), "{answer:?}");
    assert!(!room.has("ledger/.repair"));
    room.expect_whole(EVENTS);
    room.expect_appended(&fact("Lavrov spoke.", "Lavrov said"), "written at 5\n");
}

fn entries(room: &Newsroom) -> Vec<annals_core::event::Entry> {
    Journal::open(&room.path("ledger"), Some(EVENTS)).unwrap().read(0..EVENTS).unwrap()
}

#[test]
fn a_good_ledger_is_left_as_it_is() {
    let room = newsroom();
    let before = room.snapshot();
    let answer = room.run("repair");
    assert_eq!(answer.exit, 0, "{answer:?}");
    let told = "journal: whole, 5 events, at ledger/journal
store: whole, 5 events, at ledger/db
nothing was to be repaired
verified: yes: the record is whole
size 5, head ";
    assert!(answer.out.starts_with(told), "{}", answer.out);
    assert!(room.snapshot() == before);
}

#[test]
fn a_damaged_store_is_built_from_the_journal_and_the_old_one_kept() {
    let room = newsroom();
    let whole = room.read(DB);
    type Damage = (&'static str, fn(&Newsroom, &[u8]));
    let damages: [Damage; 5] = [
        ("truncated", |room, whole| room.write(DB, &whole[..600])),
        ("a bit flipped", |room, whole| {
            let mut flipped = whole.to_vec();
            let found = whole.windows(10).position(|bytes| bytes == b"lasted two");
            flipped[found.expect("a body stands in it as it is")] ^= 1;
            room.write(DB, flipped);
        }),
        ("every byte changed", |room, whole| {
            let flipped: Vec<u8> = whole.iter().map(|byte| byte ^ 0x10).collect();
            room.write(DB, flipped);
        }),
        ("empty", |room, _| {
            room.remove("ledger/db");
            fs::create_dir(room.path("ledger/db")).unwrap();
        }),
        ("a file", |room, _| {
            room.remove("ledger/db");
            room.write("ledger/db", "?");
        }),
    ];
    for (name, damage) in damages {
        let room = room.copy();
        damage(&room, &whole);
        let journal = room.journal();
        // The writer rebuilds it, verify names this command, readers are not affected.
        let writing = room.copy();
        let written = writing.append(&fact("Lavrov spoke.", "Lavrov said"));
        assert_eq!(written.exit, 0, "{name}: {written:?}");
        let note = "it was kept as ledger/db-aside-1, and built again from the journal, 5 events\n";
        assert!(written.told().contains(note), "{name}: {written:?}");
        assert!(writing.has("ledger/db-aside-1"), "{name}");
        writing.expect_whole(6);
        let verified = room.run("verify");
        assert_eq!(verified.exit, 2, "{name}: {verified:?}");
        assert!(verified.out.contains("annals repair rebuilds it"), "{name}: {verified:?}");
        for reading in ["status", "log", "replay", "show 2"] {
            assert_eq!(room.run(reading).exit, 0, "{name}: {reading}");
        }
        expect_repaired(
            &room,
            &[
                "journal: whole, 5 events, at ledger/journal",
                "store: damaged, at ledger/db: ",
                "store: built from the journal, 5 events",
                "store: the old one is kept at ledger/db-aside-1",
            ],
        );
        assert!(room.has("ledger/db-aside-1"), "{name}");
        assert!(room.journal().starts_with(&journal), "{name}");
    }
}

/// The first byte of the store's file is that of its first segment: what is added to it afterwards
/// is lost when it is opened again.
#[test]
fn a_store_that_loses_what_is_added_to_it_is_built_again() {
    let room = newsroom();
    let mut flipped = room.read(DB);
    flipped[0] ^= 0x20;
    room.write(DB, flipped);
    let written = room.append(&fact("Lavrov spoke.", "Lavrov said"));
    let note = "note: the store could not be used (it lost again what was added to it): it was \
                kept as ledger/db-aside-1, and built again from the journal, 5 events\n";
    assert_eq!(written.exit, 0, "{written:?}");
    assert!(written.told().contains(note), "{written:?}");
    room.expect_whole(6);
}

#[test]
fn a_missing_store_is_made_by_the_writer_and_by_repair() {
    let room = newsroom();
    room.remove("ledger/db");
    let verified = room.run("verify");
    assert_eq!(verified.exit, 0, "{verified:?}");
    assert!(verified.out.contains("store: not compared: there is none here"), "{verified:?}");
    let other = room.copy();
    let written = other.append(&fact("Lavrov spoke.", "Lavrov said"));
    assert_eq!((written.exit, &*written.told()), (0, "note: the store was built, 5 events\n"));
    other.expect_whole(EVENTS + 1);
    expect_repaired(
        &room,
        &[
            "journal: whole, 5 events, at ledger/journal",
            "store: there is none at ledger/db",
            "store: built from the journal, 5 events",
        ],
    );
    assert!(!room.has("ledger/db-aside-1"));
}

/// An emptied journal is no record: nothing is said of it as of one.
#[test]
fn an_emptied_journal_is_named_as_that() {
    let room = newsroom();
    room.write(JOURNAL, b"");
    room.remove("ledger/checkpoint");
    let empty = "the journal of the ledger at ledger is empty: it was emptied, for a ledger has an \
                 event from its start; annals repair builds it from the store, annals repair --from \
                 COPY takes it from another copy; what was made by annals clone is made again by \
                 it, once this folder is moved away\n";
    for line in [
        "prove 2",
        "publish pub",
        "export --to bag",
        "witness list",
        "confirm 2 --how reread",
        "confirm 2 --how reread --dry-run",
    ] {
        let answer = room.run(line);
        assert_eq!((answer.exit, answer.told()), (2, format!("annals: {empty}")), "{line}");
    }
    let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    for (line, record) in
        [("--format text", "record  unknown"), ("status", "record        unknown")]
    {
        let answer = room.run(line);
        assert!(
            answer.out.starts_with(&format!("{record}: no event of it is here\n")),
            "{answer:?}"
        );
        assert_eq!((answer.exit, flat(&answer.told())), (2, flat(&format!("warning: {empty}"))));
    }
    let verified = room.run("verify");
    let advice: Vec<&str> =
        verified.out.lines().filter_map(|line| line.strip_prefix("what to do: ")).collect();
    let expected = [
        "the journal has no event, and a ledger has one from its start: it was emptied or cut",
        "annals repair builds a damaged journal from the store, if that is whole; annals repair \
         --from COPY takes it from another copy",
    ];
    assert_eq!((verified.exit, advice), (1, expected.to_vec()));
    let repaired = room.run("repair");
    assert!(repaired.out.contains("\njournal: built from the store, 5 events\n"), "{repaired:?}");
}

#[test]
fn a_lost_journal_is_built_from_the_store() {
    let room = newsroom();
    let before = entries(&room);
    room.remove("ledger/journal");
    let lost = |places: &str| {
        format!(
            "annals: the ledger at ledger has no folder journal: it is lost; annals{places} repair \
             builds it from the store, annals{places} repair --from COPY takes it from another \
             copy; what was made by annals clone is made again by it, once this folder is moved \
             away\n"
        )
    };
    let drafts = fact("Lavrov spoke.", "Lavrov said");
    room.write("drafts.jsonl", drafts);
    for command in ["verify", "status", "log", "replay", "show 2", "append drafts.jsonl"] {
        for named in ["", " --ledger ledger"] {
            let answer = room.run(&format!("{command}{named}"));
            assert_eq!((answer.exit, answer.told()), (2, lost(named)), "{command}{named}");
        }
    }
    expect_repaired(
        &room,
        &[
            "journal: there is none at ledger/journal",
            "store: whole, 5 events, at ledger/db",
            "journal: built from the store, 5 events",
            "index: built from the journal, 5 events",
            "verified: ",
        ],
    );
    assert!(entries(&room) == before);
}

/// Its documents alone show that there was a ledger; a folder without any is none.
#[test]
fn a_ledger_of_which_only_documents_are_left_is_known() {
    let room = newsroom();
    for gone in ["ledger/journal", "ledger/checkpoint", "ledger/db"] {
        room.remove(gone);
    }
    let answer = room.run("status");
    assert_eq!(answer.exit, 2);
    assert!(answer.err.contains("has no folder journal: it is lost; annals repair"), "{answer:?}");
    room.remove("ledger/document");
    let answer = room.run("status");
    assert!(answer.err.contains("no ledger at ledger; annals init makes one"), "{answer:?}");
}

/// Every kind of damage of the journal: the store, the checkpoint and the marks identify the
/// original.
#[test]
fn a_damaged_journal_is_built_from_the_store_and_the_old_one_kept() {
    let room = newsroom();
    let text = room.journal();
    let commit_lines: Vec<usize> = text.match_indices("\n= ").map(|(at, _)| at + 1).collect();
    let end_of = |at: usize| at + text[at..].find('\n').unwrap() + 1;
    let replace = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1).into_bytes()
    };
    let middle = text.len() / 2;
    let damages: Vec<(&str, Vec<u8>)> = vec![
        ("empty", Vec::new()),
        ("zeros", vec![0; text.len()]),
        ("cut in the middle of a line", text.as_bytes()[..middle].to_vec()),
        ("cut after a commit", text.as_bytes()[..end_of(commit_lines[2])].to_vec()),
        ("a word of a body", replace("lasted two", "lasted ten")),
        ("a place", replace(r#""seq":3"#, r#""seq":7"#)),
        ("a time that nobody signed", replace("08:00:00.000001Z", "08:00:00.000009Z")),
        (
            "no closing line",
            [&text[..commit_lines[1]], &text[end_of(commit_lines[1])..]].concat().into(),
        ),
        (
            "not UTF-8",
            [&text.as_bytes()[..middle], &[0xff; 9], &text.as_bytes()[middle..]].concat(),
        ),
        ("a huge line", [text.as_bytes(), &vec![b'x'; 3 << 20], text.as_bytes()].concat()),
    ];
    for (name, bytes) in damages {
        let room = room.copy();
        room.write(JOURNAL, &bytes);
        let before = entries(&newsroom());
        let verified = room.run("verify");
        assert!([1, 2, 4].contains(&verified.exit), "{name}: {verified:?}");
        assert!(verified.out.contains("annals repair builds"), "{name}: {verified:?}");
        let refused = room.append(&fact("Lavrov spoke.", "Lavrov said"));
        assert!([1, 2, 4].contains(&refused.exit), "{name}: {refused:?}");
        assert!(refused.err.contains("annals repair"), "{name}: {refused:?}");
        assert!(room.read(JOURNAL) == bytes, "{name}: a refused writer changes nothing");
        expect_repaired(
            &room,
            &[
                "journal: damaged, at ledger/journal: ",
                "store: whole, 5 events, at ledger/db",
                "journal: built from the store, 5 events",
                "journal: the old one is kept at ledger/journal-aside-1",
                "index: built from the journal, 5 events",
                "verified: ",
            ],
        );
        assert!(entries(&room) == before, "{name}");
        let kept = room.read("ledger/journal-aside-1/00000000000000000000.log");
        assert!(kept == bytes, "{name}");
    }
}

#[test]
fn an_unfinished_commit_is_no_reason_to_repair() {
    let room = newsroom();
    let text = room.journal();
    room.write(JOURNAL, format!("{text}{{\"seq\":5,"));
    let answer = room.run("repair");
    assert_eq!(answer.exit, 0, "{answer:?}");
    assert!(answer.out.contains("nothing was to be repaired\n"), "{answer:?}");
}

/// A crash between the two renames leaves no journal, and the new one in the scratch folder.
#[test]
fn an_interrupted_repair_is_begun_anew() {
    let room = newsroom();
    fs::create_dir(room.path("ledger/.repair")).unwrap();
    room.rename("ledger/journal", "ledger/journal-aside-1");
    copy_folder(&room.path("ledger/journal-aside-1"), &room.path("ledger/.repair/journal"));
    expect_repaired(
        &room,
        &[
            "journal: there is none at ledger/journal",
            "store: whole, 5 events, at ledger/db",
            "journal: built from the store, 5 events",
        ],
    );
    assert!(room.has("ledger/journal-aside-1"));
}

/// The store alone is trusted if something signed confirms it; else nothing is.
#[test]
fn a_store_that_nothing_signed_knows_is_not_taken() {
    let room = newsroom();
    room.remove("ledger/checkpoint");
    room.remove("keys/log.marks");
    room.remove(JOURNAL);
    let before = room.snapshot();
    let answer = room.run("repair");
    let why = "annals: nothing whole is here to repair from; nothing was changed; annals repair \
               --from COPY takes the record from another copy of this ledger; what was made by \
               annals clone is made again by it, once this folder is moved away (what waits in \
               keys/outbox stays)\n";
    assert_eq!((answer.exit, &*answer.told()), (2, why), "{answer:?}");
    assert!(room.snapshot() == before);
    // The marks alone are enough.
    let room = newsroom();
    room.remove("ledger/checkpoint");
    room.remove(JOURNAL);
    let answer = room.run("repair");
    assert!(answer.out.contains("journal: built from the store, 5 events\n"), "{answer:?}");
    // Verify still reports the missing checkpoint; the next writer signs it.
    assert_eq!(answer.exit, 1, "{answer:?}");
    room.expect_appended(&fact("Lavrov spoke.", "Lavrov said"), "written at 5\n");
    room.expect_whole(EVENTS + 1);
}

#[test]
fn damage_of_both_copies_is_reported_and_nothing_is_changed() {
    let room = newsroom();
    room.write(JOURNAL, "");
    room.write(DB, "");
    let before = room.snapshot();
    let answer = room.run("repair");
    assert_eq!(answer.exit, 2, "{answer:?}");
    assert!(answer.told().contains("annals repair --from COPY"), "{answer:?}");
    assert!(room.snapshot() == before);
}

/// Two complete records, and nothing signed to choose between them.
#[test]
fn journal_and_store_that_both_verify_and_differ_are_a_fork() {
    let (room, other) = (newsroom(), newsroom());
    room.expect_appended(&fact("Lavrov spoke.", "Lavrov said"), "written at 5\n");
    other.expect_appended(&fact("It was in Moscow.", "in Moscow"), "written at 5\n");
    room.remove("ledger/db");
    copy_folder(&other.path("ledger/db"), &room.path("ledger/db"));
    // While the checkpoint confirms the journal, only the store is damaged.
    let believed = room.copy();
    let answer = believed.run("repair");
    assert!(answer.out.contains("store: built from the journal, 6 events\n"), "{answer:?}");
    // The checkpoint of five events confirms both, and no mark confirms either.
    room.write("ledger/checkpoint", newsroom().read("ledger/checkpoint"));
    room.remove("keys/log.marks");
    let before = room.snapshot();
    let answer = room.run("repair");
    assert_eq!(answer.exit, 4, "{answer:?}");
    let said = answer.told();
    let named = "annals: forked: the journal at ledger/journal and the store at ledger/db both \
                 verify, and differ from event 5 on (";
    assert!(said.starts_with(named), "{said}");
    assert!(said.contains("nothing was changed"), "{said}");
    assert!(room.snapshot() == before);
}

/// A backup without its store, restored over a newer ledger.
#[test]
fn a_ledger_behind_its_mark_is_a_fork_until_the_newer_one_is_found() {
    let room = newsroom();
    let backup = room.copy();
    room.expect_appended(&fact("Lavrov spoke.", "Lavrov said"), "written at 5\n");
    for name in [JOURNAL, "ledger/checkpoint"] {
        room.write(name, backup.read(name));
    }
    let without = room.copy();
    without.remove("ledger/db");
    let answer = without.run("repair");
    assert_eq!(answer.exit, 4, "{answer:?}");
    let newer = "annals: the log key signed size 6, and the record here has 5 events or another \
                 root, in journal and store: it is older or another one, and not damaged; nothing \
                 was changed; annals repair --from COPY takes the newer one ";
    assert!(answer.told().contains(newer), "{answer:?}");
    // A store that is as old as the journal is not damaged either.
    let old = backup.copy();
    old.write("keys/log.marks", room.read("keys/log.marks"));
    let answer = old.run("repair");
    assert_eq!(answer.exit, 4, "{answer:?}");
    for place in ["journal: 5 events, not taken, at ", "store: 5 events, not taken, at "] {
        assert!(answer.out.contains(place), "{answer:?}");
    }
    assert!(answer.told().contains(newer), "{answer:?}");
    let verified = old.run("verify");
    let advice = verified.out.lines().filter(|line| line.starts_with("what to do: "));
    let advice: Vec<&str> = advice.collect();
    assert_eq!(advice.len(), 1, "{verified:?}");
    assert!(advice[0].contains("annals repair --from COPY in another copy"), "{verified:?}");
    // The remaining store has the newer one.
    let answer = room.run("repair");
    assert!(answer.out.contains("journal: built from the store, 6 events\n"), "{answer:?}");
    assert!(answer.out.contains(WHOLE), "{answer:?}");
    assert_eq!(answer.exit, 0, "{answer:?}");
    room.expect_whole(6);
}

/// A store that differs, and a journal with faults: the report does not say that the store is built
/// from that journal.
#[test]
fn a_store_beside_a_journal_with_faults_is_not_advised_away() {
    let room = newsroom();
    let behind = room.copy();
    room.expect_appended(&fact("Lavrov spoke.", "Lavrov said"), "written at 5\n");
    room.remove("ledger/db");
    copy_folder(&behind.path("ledger/db"), &room.path("ledger/db"));
    let store = "damage: event 5: rule 901 store: it holds 5 events, the journal 6; ";
    let from_journal = format!("{store}annals repair rebuilds it from the journal\n");
    let answer = room.run("verify");
    assert!(answer.out.contains(&from_journal), "{}", answer.out);
    room.write(JOURNAL, room.journal().replacen("They met in Moscow.", "They met in Moskow.", 1));
    let neither = format!(
        "{store}the journal has faults of its own: annals repair finds out which is whole\n"
    );
    let answer = room.run("verify");
    assert!(answer.out.contains(&neither), "{}", answer.out);
}

/// A store that cannot be copied is not known to be damaged: it may be what repairs the journal.
#[test]
fn a_store_that_cannot_be_looked_at_is_not_called_damaged() {
    let room = newsroom();
    let text = String::from_utf8(room.read(JOURNAL)).unwrap();
    room.write(JOURNAL, text.replace("lasted two hours", "lasted ten hours"));
    // There is no room for the copy.
    let mut shell = std::process::Command::new("sh");
    prepare(&mut shell, room.folder.path());
    let script = "trap '' XFSZ; ulimit -f 64; exec \"$0\" repair";
    shell.args(["-c", script, env!("CARGO_BIN_EXE_annals")]);
    let answer = room.answer(shell.output().unwrap());
    assert_eq!(answer.exit, 2, "{answer:?}");
    let told = answer.told();
    assert!(told.contains(" may be whole, and could not be copied to be looked at: "), "{told}");
    assert!(told.contains("nothing was changed") && !told.contains("--from"), "{told}");
    assert_eq!(room.run("repair").exit, 0);
    room.expect_whole(EVENTS);
}
