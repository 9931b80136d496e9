//! The index: built by the writer, never trusted over the journal, rebuilt at any time.

use crate::faults::newsroom::{Answer, JOURNAL, Newsroom, copy_folder, fact, newsroom};

const FILES: [&str; 5] = ["tree", "keys", "hashes", "roots", "events"];
const ASKED: [&str; 6] = [
    "replay --format json",
    "replay --as-of 3 --state",
    "show 2 --as-of 3",
    "log 3",
    "diff 1 4 --format json",
    "editor list --format json",
];

/// The ending of the note that an answer was made without the index.
const NOTE: &str = "; the answer is from the journal; annals repair --index rebuilds the index";

fn path(name: &str) -> String {
    format!("ledger/index/{name}")
}

fn answers(room: &Newsroom) -> Vec<(i32, String, String)> {
    let answer = |line: &&str| {
        let answer = room.run(line);
        let told = answer.told();
        let told = told.lines().filter(|line| !line.ends_with(NOTE)).collect::<String>();
        (answer.exit, answer.out.clone(), told)
    };
    ASKED.iter().map(answer).collect()
}

/// The program's output without an index.
fn folded() -> Vec<(i32, String, String)> {
    let room = newsroom();
    room.remove("ledger/index");
    answers(&room)
}

#[test]
fn a_writer_leaves_a_whole_index_however_the_events_were_committed() {
    let room = newsroom();
    for name in FILES {
        assert!(room.has(&path(name)), "{name}");
    }
    assert!(room.run("verify").out.contains("\nindex: 5 events, as folded anew\n"));
    let whole = "index: whole, 5 events; nothing was to be repaired\n";
    assert_eq!(room.run("repair --index").out, whole);
    assert!(room.has("ledger/index/stamp"), "the writer's, which only a writer makes");
    room.remove("ledger/index/stamp");
    let kept = room.snapshot();
    room.remove("ledger/index");
    let built = "index: built from the journal, 5 events\n";
    assert_eq!(room.run("repair --index").out, built);
    assert!(room.snapshot() == kept, "made at once it is the same as made commit by commit");
}

#[test]
fn who_reads_writes_nothing_with_an_index_or_without_one() {
    let room = newsroom();
    let before = room.snapshot();
    assert_eq!(answers(&room), folded());
    assert!(room.snapshot() == before);
    room.remove("ledger/index");
    let before = room.snapshot();
    assert_eq!(answers(&room), folded());
    assert!(room.snapshot() == before);
    assert!(!room.run("verify").out.contains("index"), "what is not there is nobody's concern");
}

#[test]
fn no_byte_of_it_can_change_an_answer() {
    let whole = newsroom();
    let folded = folded();
    for name in FILES {
        let bytes = whole.read(&path(name));
        for at in (0..bytes.len()).step_by(bytes.len() / 12 + 1) {
            let room = whole.copy();
            let mut flipped = bytes.clone();
            flipped[at] ^= 1 << (at % 8);
            room.write(&path(name), flipped);
            assert_eq!(answers(&room), folded, "{name}, byte {at}");
            let verified = room.run("verify");
            assert_eq!(verified.exit, 2, "{name}, byte {at}: {verified:?}");
            let told = format!("damage: rule 902 index: {name}, byte {at}; annals repair --index");
            assert!(verified.out.contains(&told), "{verified:?}");
        }
    }
}

#[test]
fn a_damaged_index_is_mended_by_repair_and_by_the_next_writer() {
    // This few events have no root.
    for name in FILES.iter().filter(|name| **name != "roots") {
        let room = newsroom();
        let kept = room.snapshot();
        let mut bytes = room.read(&path(name));
        let at = bytes.len() / 2;
        bytes[at] ^= 4;
        room.write(&path(name), &bytes);
        let other = room.copy();
        assert_eq!(room.run("repair --index").out, "index: built from the journal, 5 events\n");
        assert!(room.snapshot() == kept, "{name}");
        other.expect_appended(&fact("Lavrov spoke.", "Lavrov said"), "written at 5\n");
        let verified = other.run("verify");
        assert_eq!(verified.exit, 0, "{name}: {verified:?}");
        assert!(verified.out.contains("\nindex: 6 events, as folded anew\n"), "{verified:?}");
    }
}

#[test]
fn one_that_ends_early_is_no_damage_and_the_next_writer_goes_on_with_it() {
    for name in FILES {
        let room = newsroom();
        let bytes = room.read(&path(name));
        room.write(&path(name), &bytes[..bytes.len() * 2 / 3]);
        assert_eq!(answers(&room), folded(), "{name}");
        let verified = room.run("verify");
        assert_eq!(verified.exit, 0, "{name}: {verified:?}");
        let behind = "it ends before the record; the next writer goes on with it";
        if name != "roots" {
            assert!(verified.out.contains(behind), "{name}: {verified:?}");
        }
        room.expect_appended(&fact("Lavrov spoke.", "Lavrov said"), "written at 5\n");
        let told = room.run("verify").out;
        assert!(told.contains("\nindex: 6 events, as folded anew\n"), "{name}: {told}");
    }
}

/// Unsynced bytes can be zeros after a power cut: at the end, in the middle, beyond the end, in one
/// file or in all; and one file can be shorter than the others.
#[test]
fn what_a_power_cut_leaves_of_it_is_no_damage_and_the_next_writer_goes_on_with_it() {
    let room = newsroom();
    let folded = folded();
    let files = FILES.map(|name| (name, room.read(&path(name))));
    let zeros = |bytes: &[u8], from: usize, until: usize| {
        let mut bytes = bytes.to_vec();
        bytes[from..until].fill(0);
        bytes
    };
    type Cut<'a> = &'a dyn Fn(&[u8]) -> Vec<u8>;
    let cuts: [(&str, Cut<'_>); 6] = [
        ("zeros at the end", &|all| zeros(all, all.len() * 2 / 3, all.len())),
        ("nothing but zeros", &|all| vec![0; all.len()]),
        ("a lost write", &|all| zeros(all, all.len() / 3, all.len() / 3 + all.len().min(60) / 2)),
        ("zeros beyond", &|all| [all, &[0; 4_096]].concat()),
        ("a torn end", &|all| all[..all.len().saturating_sub(5)].to_vec()),
        ("nothing", &|_| Vec::new()),
    ];
    for (what, cut) in cuts {
        let each = files.iter().map(|(name, bytes)| vec![(*name, cut(bytes))]);
        let all = files.iter().map(|(name, bytes)| (*name, cut(bytes))).collect();
        for cut in each.chain([all]) {
            let room = newsroom();
            let names: Vec<&str> = cut.iter().map(|(name, _)| *name).collect();
            let case = format!("{what} in {names:?}");
            cut.iter().for_each(|(name, bytes)| room.write(&path(name), bytes));
            assert_eq!(answers(&room), folded, "{case}");
            let verified = room.run("verify");
            assert_eq!(verified.exit, 0, "{case}: {verified:?}");
            let behind = "it ends before the record; the next writer goes on with it";
            let there = what == "zeros beyond" || names == ["roots"];
            assert_eq!(verified.out.contains(behind), !there, "{case}: {verified:?}");
            room.expect_appended(&fact("Lavrov spoke.", "Lavrov said"), "written at 5\n");
            let told = room.run("verify").out;
            assert!(told.contains("\nindex: 6 events, as folded anew\n"), "{case}: {told}");
        }
    }
}

/// An index that an earlier version of the program built is rebuilt, and is not damage.
#[test]
fn the_index_of_another_version_is_made_again_by_the_next_writer() {
    for header in [b"annals index 1\n\n", b"annals index 9\n\n", b"annals index 10\n"] {
        let room = newsroom();
        let mut bytes = room.read(&path("tree"));
        bytes[..16].copy_from_slice(header);
        room.write(&path("tree"), bytes);
        assert_eq!(answers(&room), folded());
        let verified = room.run("verify");
        assert_eq!(verified.exit, 0, "{verified:?}");
        assert!(verified.out.contains("made by another version of this program"), "{verified:?}");
        room.expect_appended(&fact("Lavrov spoke.", "Lavrov said"), "written at 5\n");
        assert!(room.run("verify").out.contains("\nindex: 6 events, as folded anew\n"));
    }
}

/// A copy of an older ledger's index, and the index of another record.
#[test]
fn the_index_of_another_record_is_not_believed() {
    let before = newsroom();
    let after = before.copy();
    after.expect_appended(&fact("Lavrov spoke.", "Lavrov said"), "written at 5\n");
    let other = newsroom();
    other.expect_appended(&fact("Another spoke.", "Lavrov said"), "written at 5\n");
    let without = after.copy();
    without.remove("ledger/index");
    let expected = answers(&without);
    for from in [&before, &other] {
        let room = after.copy();
        room.remove("ledger/index");
        copy_folder(&from.path("ledger/index"), &room.path("ledger/index"));
        assert_eq!(answers(&room), expected);
    }
}

/// An index of a longer record: its beginning is that of this one.
#[test]
fn an_index_that_goes_on_answers_for_what_is_there() {
    let room = newsroom();
    let after = room.copy();
    after.expect_appended(&fact("Lavrov spoke.", "Lavrov said"), "written at 5\n");
    room.remove("ledger/index");
    copy_folder(&after.path("ledger/index"), &room.path("ledger/index"));
    assert_eq!(answers(&room), folded());
    assert_eq!(room.run("verify").exit, 0);
    let other = fact("Another spoke.", "Lavrov said");
    room.expect_appended(&other, "written at 5\n");
    assert!(room.run("verify").out.contains("\nindex: 6 events, as folded anew\n"));
}

#[test]
fn an_index_that_cannot_be_written_hinders_no_writer() {
    let room = newsroom();
    room.remove("ledger/index");
    room.write("ledger/index", "?");
    room.expect_appended(&fact("Lavrov spoke.", "Lavrov said"), "written at 5\n");
    let verified = room.run("verify");
    assert_eq!(verified.exit, 0, "{verified:?}");
    let repaired = room.run("repair --index");
    assert_eq!(repaired.exit, 2, "{repaired:?}");
    assert!(repaired.told().starts_with("annals: the index was not made: "), "{repaired:?}");
}

/// If an event is not the indexed one, the answer is made without the index.
#[test]
fn a_changed_event_is_found_by_whoever_reads_it() {
    let room = newsroom();
    let text = String::from_utf8(room.read(JOURNAL)).unwrap();
    let told = "warning: the record has 1 fault; annals verify lists all faults\n";
    for (from, to) in [
        ("lasted two hours.\",\"lang", "lasted ten hours.\",\"lang"),
        ("\"vouch\":\"said\"", "\"vouch\":\"so\""),
        ("\"sealed\":null", "\"sealed\":\"by-hand\""),
    ] {
        let at = text.rfind(from).expect("it stands there");
        let changed = [&text[..at], to, &text[at + from.len()..]].concat();
        room.write(JOURNAL, changed);
        let ask = ["show 4", "show 3", "replay"];
        let with: Vec<Answer> = ask.iter().map(|line| room.run(line)).collect();
        assert!(with.iter().any(|answer| answer.exit == 1), "{with:?}");
        let bare = room.copy();
        bare.remove("ledger/index");
        for (with, line) in with.iter().zip(ask) {
            let without = bare.run(line);
            assert_eq!(with.out, without.out, "{line}, {from}");
            // A body with other bytes is reported; the fold reports other faults.
            let said = |answer: &Answer| answer.told().replace(told, "");
            assert_eq!(said(with), said(&without), "{line}, {from}");
        }
    }
}

/// FORMAT.md section 9: of a record with a fault the index is not judged. It is not made from one
/// either: the sound one stays.
#[test]
fn an_index_is_not_blamed_for_a_body_that_was_changed() {
    let room = newsroom();
    let text = String::from_utf8(room.read(JOURNAL)).unwrap();
    room.write(JOURNAL, text.replace("lasted two hours.\",\"lang", "lasted ten hours.\",\"lang"));
    let before = room.snapshot();
    let verified = room.run("verify");
    assert_eq!(verified.exit, 1, "{verified:?}");
    assert!(verified.out.contains("rule 601"), "{verified:?}");
    assert!(
        verified.out.contains("\nindex: not compared: the record has a fault\n"),
        "{verified:?}"
    );
    assert!(!verified.out.contains("902") && !verified.out.contains("--index"), "{verified:?}");
    let repaired = room.run("repair --index");
    assert_eq!(repaired.exit, 2, "{repaired:?}");
    assert!(repaired.told().contains("event 3 has a fault; answers fold"), "{repaired:?}");
    assert!(room.snapshot() == before);
    // The journal from the store, and the index is as it was.
    assert_eq!(room.run("repair").exit, 0);
    assert!(room.run("verify").out.contains("\nindex: 5 events, as folded anew\n"));
    // A checkpoint that is wrong makes a changed index no fault of its own.
    let room = newsroom();
    let mut keys = room.read("ledger/index/keys");
    keys[9] ^= 1;
    room.write("ledger/index/keys", keys);
    room.remove("ledger/checkpoint");
    let verified = room.run("verify");
    assert!(
        verified.out.contains("\nindex: not compared: the record has a fault\n"),
        "{verified:?}"
    );
}

/// The command that a note advises is about the ledger and the keys that were named.
#[test]
fn a_note_on_the_index_names_the_ledger_that_was_named() {
    let room = newsroom();
    copy_folder(&room.path("ledger"), &room.path("o/ledger"));
    copy_folder(&room.path("keys"), &room.path("o/k"));
    for name in FILES {
        let path = format!("o/{}", path(name));
        let mut bytes = room.read(&path);
        bytes.iter_mut().for_each(|byte| *byte ^= 0x55);
        room.write(&path, bytes);
    }
    let places = "--ledger o/ledger --keys o/k";
    let told = room.run(&format!("replay {places}")).told();
    let end = format!("; the answer is from the journal; annals {places} repair --index rebuilds");
    assert!(told.contains(&end), "{told}");
    let repaired = room.run(&format!("{places} repair --index"));
    assert_eq!(repaired.exit, 0, "{repaired:?}");
    assert_eq!(room.run(&format!("replay {places}")).told(), "");
}
