//! The order of a commit, interrupted at every step: outbox kept · documents written · half of the
//! journal's lines · commit line · store · mark · checkpoint. Each state is composed on disk from
//! the files before and after the commit; readers report or ignore it, the next writer completes
//! it.

use crate::faults::newsroom::{EVENTS, JOURNAL, Newsroom, WHOLE, copy_folder, newsroom};
use annals_core::hash::Hash;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

const NEW: &str = "Another text. The core question is still open, said one of them.";
const DRAFTS: &str = r#"{"type":"document.captured","file":"second.txt","title":"Second","lang":"en","media_type":"text/plain","captured_at":"2022-01-27T07:00:00.000000Z","ref":"second"}
{"claim":"The question is open.","lang":"en","vouch":"said","quote":"The core question is still open","document":"second"}
"#;
const CHECKPOINT: &str = "ledger/checkpoint";
const MARKS: &str = "keys/log.marks";

/// The newsroom before and after events 5 and 6, which come with a document. Before the commit they
/// are only in the outbox.
fn before_and_after() -> (Newsroom, Newsroom) {
    let before = newsroom();
    before.write("second.txt", NEW);
    before.write("drafts.jsonl", DRAFTS);
    before.keep(DRAFTS);
    let after = before.copy();
    after.expect_appended(DRAFTS, "written at 5 to 6 (2 events)\n");
    (before, after)
}

fn document() -> String {
    format!("ledger/document/{}", Hash::of(&[NEW.as_bytes()]))
}

/// Takes a file or folder from the other newsroom.
fn take(room: &Newsroom, from: &Newsroom, name: &str) {
    match from.path(name).is_dir() {
        true => {
            if room.has(name) {
                room.remove(name);
            }
            copy_folder(&from.path(name), &room.path(name));
        }
        false => room.write(name, from.read(name)),
    }
}

/// The same drafts again: these bytes, once.
fn expect_finished(room: &Newsroom, after: &Newsroom, told: &str, notes: &[&str]) {
    let answer = room.run("append drafts.jsonl");
    assert_eq!(answer.exit, 0, "{answer:?}");
    assert!(answer.out.starts_with(told), "{answer:?}");
    let said = answer.told();
    let said: Vec<&str> = said.lines().collect();
    assert_eq!(said, notes);
    assert!(room.read(JOURNAL) == after.read(JOURNAL), "the same bytes as were signed first");
    assert_eq!(room.read(CHECKPOINT), after.read(CHECKPOINT));
    assert_eq!(room.facts(), after.facts());
    room.expect_whole(EVENTS + 2);
}

/// Readers see the record before or after, and report which.
fn expect_read(room: &Newsroom, events: u64, told: &str) {
    let snapshot = room.snapshot();
    let verified = room.run("verify");
    assert_eq!(verified.exit, 0, "{verified:?}");
    assert!(verified.out.contains(WHOLE), "{verified:?}");
    assert!(verified.out.contains(told), "{verified:?}");
    let log = room.run("log --format jsonl");
    assert_eq!(log.exit, 0, "{log:?}");
    assert_eq!(log.out.lines().count() as u64, events, "{}", log.out);
    assert!(room.snapshot() == snapshot, "readers write nothing");
}

const AGAIN: &str = "note: this was signed before and not written; the same bytes are used again";

#[test]
fn stopped_after_the_outbox_was_kept() {
    let (room, after) = before_and_after();
    expect_read(&room, EVENTS, "store: 5 events, as in the journal\n");
    expect_finished(&room, &after, "written at 5 to 6 (2 events)\n", &[AGAIN]);
}

#[test]
fn stopped_after_the_documents_were_written() {
    let (room, after) = before_and_after();
    take(&room, &after, &document());
    expect_read(&room, EVENTS, "store: 5 events, as in the journal\n");
    expect_finished(&room, &after, "written at 5 to 6 (2 events)\n", &[AGAIN]);
}

#[test]
fn stopped_in_the_middle_of_the_journals_lines() {
    let (first, after) = before_and_after();
    let (start, whole) = (first.read(JOURNAL).len(), after.read(JOURNAL));
    let closing =
        whole.len() - 1 - whole[..whole.len() - 1].iter().rev().position(|b| *b == b'\n').unwrap();
    // One byte, half of a line, whole events without their commit line, half of the commit line.
    for end in [start + 1, start + 40, (start + whole.len()) / 2, closing, closing + 30] {
        let room = first.copy();
        take(&room, &after, &document());
        room.write(JOURNAL, &whole[..end]);
        let torn = end - start;
        let told =
            format!("ignored: {torn} bytes of an unfinished commit after the record's end\n");
        expect_read(&room, EVENTS, &told);
        let aside = format!(
            "note: an unfinished commit ({torn} bytes) was moved to ledger/journal/aside-5"
        );
        let answer = room.run("append drafts.jsonl");
        assert_eq!(answer.exit, 0, "{answer:?}");
        assert_eq!(answer.told(), format!("{aside}\n{AGAIN}\n"));
        assert!(room.read("ledger/journal/aside-5") == whole[start..end]);
        assert!(room.read(JOURNAL) == whole);
        expect_finished(&room, &after, "already at 5 to 6 (2 events)\n", &[]);
    }
}

#[test]
fn stopped_after_the_closing_line() {
    let (room, after) = before_and_after();
    for name in [&*document(), JOURNAL] {
        take(&room, &after, name);
    }
    // The events are written: readers see them; the store and the checkpoint are behind.
    let verified = room.run("verify");
    assert_eq!(verified.exit, 2, "{verified:?}");
    let behind = "damage: event 5: rule 901 store: it holds 5 events, the journal 7; annals repair \
                  rebuilds it from the journal\n";
    assert!(verified.out.contains(behind), "{verified:?}");
    assert_eq!(room.run("log --format jsonl").out.lines().count(), 7);
    let notes = ["note: 2 events were added to the store", "note: the checkpoint of 7 was signed"];
    expect_finished(&room, &after, "already at 5 to 6 (2 events)\n", &notes);
}

#[test]
fn stopped_after_the_store_was_written() {
    let (room, after) = before_and_after();
    for name in [&*document(), JOURNAL, "ledger/db"] {
        take(&room, &after, name);
    }
    let told =
        "unsigned: the last 2 events are newer than the checkpoint; the next write signs them\n";
    expect_read(&room, EVENTS + 2, told);
    let notes = ["note: the checkpoint of 7 was signed"];
    expect_finished(&room, &after, "already at 5 to 6 (2 events)\n", &notes);
    assert_eq!(room.read(MARKS), after.read(MARKS));
}

/// The mark and the store are written at the same time, so either may be there first.
#[test]
fn stopped_after_the_mark_was_written_and_before_the_store() {
    let (room, after) = before_and_after();
    for name in [&*document(), JOURNAL, MARKS] {
        take(&room, &after, name);
    }
    room.write("ledger/.checkpoint.tmp-1-0", after.read(CHECKPOINT));
    let verified = room.run("verify");
    assert_eq!(verified.exit, 2, "{verified:?}");
    let notes = ["note: 2 events were added to the store", "note: the checkpoint of 7 was signed"];
    expect_finished(&room, &after, "already at 5 to 6 (2 events)\n", &notes);
}

/// A power cut may keep the receipts' file whole, or cut, in either folder.
#[test]
fn stopped_while_the_outbox_was_pruned() {
    let (before, after) = before_and_after();
    let name = before.outbox();
    let digest = name.rsplit('/').next().unwrap().to_owned();
    let written = format!("keys/outbox/written/{digest}");
    let (whole, cut) = (before.read(&name), after.read(&written));
    assert!(whole.starts_with(&cut) && whole.len() > cut.len());
    for (place, bytes) in [(&name, &whole), (&name, &cut), (&written, &whole), (&written, &cut)] {
        let room = after.copy();
        room.remove("keys/outbox");
        std::fs::create_dir_all(room.path("keys/outbox/written")).unwrap();
        room.write(place, bytes);
        expect_finished(&room, &after, "already at 5 to 6 (2 events)\n", &[]);
    }
}

#[test]
fn stopped_in_the_middle_of_the_mark_and_after_it() {
    let (first, after) = before_and_after();
    let marks = after.read(MARKS);
    for end in [marks.len() - 20, marks.len()] {
        let room = first.copy();
        for name in [&*document(), JOURNAL, "ledger/db"] {
            take(&room, &after, name);
        }
        room.write(MARKS, &marks[..end]);
        let told = "unsigned: the last 2 events are newer than the checkpoint; the next write signs them\n";
        expect_read(&room, EVENTS + 2, told);
        let notes = ["note: the checkpoint of 7 was signed"];
        expect_finished(&room, &after, "already at 5 to 6 (2 events)\n", &notes);
    }
}

#[test]
fn stopped_after_the_checkpoint_was_replaced() {
    let (before, room) = before_and_after();
    let after = room.copy();
    take(&room, &before, "keys/outbox");
    // A temporary file that was not renamed is ignored.
    room.write("ledger/.checkpoint.tmp-1-0", "example.org/record\n7\n");
    expect_read(&room, EVENTS + 2, "store: 7 events, as in the journal\n");
    expect_finished(&room, &after, "already at 5 to 6 (2 events)\n", &[]);
}

/// A truncated document under its own name: its commit is not written yet.
#[test]
fn a_document_that_was_half_written_is_written_again() {
    let (room, after) = before_and_after();
    room.write(&document(), &NEW[..9]);
    expect_read(&room, EVENTS, "store: 5 events, as in the journal\n");
    expect_finished(&room, &after, "written at 5 to 6 (2 events)\n", &[AGAIN]);
}

/// Events that no checkpoint covers are verified completely before they are signed: a missing body
/// and a missing document are reported, and nothing is moved or signed.
#[test]
fn what_is_not_signed_yet_is_signed_over_only_where_it_is_whole() {
    let (before, after) = before_and_after();
    let (start, whole) = (before.read(JOURNAL).len(), after.read(JOURNAL));
    let commit = String::from_utf8(whole[start..].to_vec()).unwrap();
    let mut lines: Vec<&str> = commit.lines().collect();
    let closing = lines.pop().unwrap().rsplit_once(' ').unwrap().0;
    let last = lines.len() - 1;
    lines[last] = "-";
    let commit = format!("{}\n", lines.join("\n"));
    let sum = STANDARD.encode(Hash::of(&[commit.as_bytes()]).0);
    let withheld = [&whole[..start], format!("{commit}{closing} {sum}\n").as_bytes()].concat();
    let body = "event 6: rule 604 body-missing: the body is withheld and no event explains it";
    let missing =
        "event 5: rule 605 document-missing: the document is not there and no event explains it";
    for (journal, has_document, told) in [(withheld, true, body), (whole, false, missing)] {
        let room = before.copy();
        if has_document {
            take(&room, &after, &document());
        }
        room.write(JOURNAL, journal);
        let snapshot = room.snapshot();
        for command in ["append drafts.jsonl", "ledger change --title New"] {
            let answer = room.run(command);
            assert_eq!(answer.exit, 1, "{answer:?}");
            assert!(answer.told().contains(told), "{answer:?}");
            let now = room.snapshot();
            let changed = now.iter().filter(|(name, bytes)| snapshot.get(*name) != Some(bytes));
            let changed: Vec<_> = changed.map(|(name, _)| name).collect();
            assert_eq!((changed, now.len()), (vec![], snapshot.len()), "{command}");
        }
    }
}
