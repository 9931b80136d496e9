//! A damaged, truncated, foreign or forged file of the outbox: no event without a signature, no
//! receipt of unwritten events, and the same command again gives a right answer.

use crate::faults::newsroom::{Answer, EVENTS, JOURNAL, Newsroom, copy_folder, fact, newsroom};

const CLAIMS: [&str; 3] = ["Lavrov spoke.", "It was on a Wednesday.", "It took two hours."];

fn drafts() -> String {
    let quotes = ["Lavrov said", "in Moscow on Wednesday", "lasted two hours"];
    let facts = CLAIMS.iter().zip(quotes).map(|(claim, quote)| fact(claim, quote));
    facts.map(|fact| fact + "\n").collect()
}

/// A room with three facts that are only in the outbox.
fn kept() -> Newsroom {
    let room = newsroom();
    room.write("drafts.jsonl", drafts());
    room.keep(&drafts());
    room
}

/// The three facts are in the record once, and the whole record verifies.
fn expect_entered(room: &Newsroom, answer: &Answer, why: &str) {
    assert_eq!(answer.exit, 0, "{why}: {answer:?}");
    assert!(answer.out.ends_with(" 8 events\n"), "{why}: {answer:?}");
    room.expect_whole(EVENTS + 3);
    let facts = room.facts();
    for claim in CLAIMS {
        assert_eq!(facts.iter().filter(|(_, said)| said == claim).count(), 1, "{why}: {facts:?}");
    }
}

const AGAIN: &str = "note: this was signed before and not written; the same bytes are used again";

fn expect_signed_anew(room: &Newsroom, why: &str) {
    let answer = room.run("append drafts.jsonl");
    let told = answer.told();
    let damaged = "note: what was kept of an earlier try is damaged and counts for nothing: ";
    assert!(told.starts_with(damaged), "{why}: {told}");
    assert!(told.contains("-aside-1; the drafts are signed anew\n"), "{why}: {told}");
    expect_entered(room, &answer, why);
}

#[test]
fn every_flipped_byte_is_damage_and_nothing_of_it_is_written() {
    let first = kept();
    let (name, good) = (first.outbox(), first.read(&first.outbox()));
    // The seven lines byte by byte, and the events in steps that hit each of their lines.
    let header = 7 + good.split(|b| *b == b'\n').take(7).map(<[u8]>::len).sum::<usize>();
    let events = (header..good.len()).step_by(211);
    for at in (0..header).step_by(11).chain(events) {
        let room = first.copy();
        let mut bytes = good.clone();
        bytes[at] ^= 1;
        room.write(&name, bytes);
        expect_signed_anew(&room, &format!("byte {at} of {}", good.len()));
    }
}

#[test]
fn a_cut_file_acknowledges_nothing() {
    let first = kept();
    let (name, good) = (first.outbox(), first.read(&first.outbox()));
    let ends: Vec<usize> =
        good.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1).collect();
    assert_eq!(ends.len(), 7 + 3 * 4);
    // Truncated after one event, after two, in a line, in the header, to nothing; and extended.
    for end in [ends[10], ends[14], ends[14] + 30, ends[2], 0] {
        let room = first.copy();
        room.write(&name, &good[..end]);
        expect_signed_anew(&room, &format!("cut at {end}"));
    }
    let room = first.copy();
    let more = [&good[..], &good[ends[14]..]].concat();
    room.write(&name, more);
    expect_signed_anew(&room, "one event twice");
}

/// Forgeries without a key: another submission's file, the form of older versions, other events
/// under the header, a folder.
#[test]
fn a_foreign_file_counts_for_nothing() {
    let first = kept();
    let (name, good) = (first.outbox(), first.read(&first.outbox()));
    let header = 7 + good.split(|b| *b == b'\n').take(7).map(<[u8]>::len).sum::<usize>();
    let others = newsroom();
    others.keep(&fact("Something else.", "Nothing was signed"));
    let foreign = others.read(&others.outbox());
    let journal = first.read(JOURNAL);
    let lines: Vec<&[u8]> = journal.split_inclusive(|byte| *byte == b'\n').collect();
    let written = lines[1 + 4 * 2..].iter().take(4).copied().collect::<Vec<_>>().concat();
    let tampered =
        String::from_utf8(good.clone()).unwrap().replace("Lavrov spoke.", "Lavrov lied.");
    assert_ne!(tampered.as_bytes(), good);
    for (bytes, why) in [
        (foreign, "another submission"),
        (good[header..].to_vec(), "without a header"),
        ([&good[..header], &written].concat(), "an event of the record under the header"),
        (tampered.into_bytes(), "another claim"),
    ] {
        let room = first.copy();
        room.write(&name, bytes);
        expect_signed_anew(&room, why);
    }
    // An older version's file of written events is useless, and is removed silently.
    let room = first.copy();
    room.write(&name, &written);
    let answer = room.run("append drafts.jsonl");
    assert_eq!(answer.told(), "");
    expect_entered(&room, &answer, "in the form of older versions");
    let room = first.copy();
    room.remove(&name);
    std::fs::create_dir(room.path(&name)).unwrap();
    expect_signed_anew(&room, "a folder");
}

/// An unsigned receipt does not count, even if its events are in the record.
#[test]
fn a_forged_receipt_is_no_receipt() {
    let room = newsroom();
    room.write("one.jsonl", fact("Lavrov spoke.", "Lavrov said"));
    assert_eq!(room.run("append one.jsonl").exit, 0);
    room.write("drafts.jsonl", drafts());
    room.keep(&drafts());
    let name = room.outbox();
    room.remove(&name);
    let digest = name.rsplit('/').next().unwrap();
    let written = std::fs::read_dir(room.path("keys/outbox/written")).unwrap();
    let good = std::fs::read_to_string(written.last().unwrap().unwrap().path()).unwrap();
    let forged = good.lines().map(|line| match line.strip_prefix("submission ") {
        Some(_) => format!("submission {digest}\n"),
        None => format!("{line}\n"),
    });
    room.write(&format!("keys/outbox/written/{digest}"), forged.collect::<String>());
    let answer = room.run("append drafts.jsonl --again");
    assert!(answer.out.starts_with("written at 6 to 8 (3 events)\n"), "{answer:?}");
    room.expect_whole(EVENTS + 4);
}

#[test]
fn what_is_acknowledged_leaves_its_place_and_no_body() {
    let room = kept();
    let answer = room.run("append drafts.jsonl");
    assert_eq!(answer.told(), format!("{AGAIN}\n"));
    expect_entered(&room, &answer, "kept");
    let clear = |room: &Newsroom| {
        let files = room.snapshot().into_iter();
        let outbox = files.filter(|(path, _)| path.to_string_lossy().contains("keys/outbox"));
        let found: Vec<String> =
            outbox.map(|(_, bytes)| String::from_utf8(bytes).unwrap()).collect();
        assert!(!found.is_empty());
        found.iter().any(|text| text.contains("Lavrov"))
    };
    assert!(!clear(&room));
    // A lost receipt can still be printed, from the position alone.
    let again = room.run("append drafts.jsonl");
    assert_eq!(
        (again.exit, &*again.out, &*again.told()),
        (0, "already at 5 to 7 (3 events)\n", "")
    );
}

/// An interrupted writer did not prune: the next one does, whatever it writes; also files of older
/// versions.
#[test]
fn the_next_writer_prunes_what_is_written() {
    let room = kept();
    let name = room.outbox();
    let pending = room.read(&name);
    assert_eq!(room.run("append drafts.jsonl").exit, 0);
    room.write(&name, &pending);
    let header = 7 + pending.split(|b| *b == b'\n').take(7).map(<[u8]>::len).sum::<usize>();
    let old = format!("keys/outbox/{}", "0".repeat(64));
    room.write(&old, &pending[header..]);
    let unwritten = format!("keys/outbox/{}", "1".repeat(64));
    room.write(&unwritten, "nothing of the record");
    room.write("other.jsonl", fact("Nothing at all was signed.", "Nothing was signed"));
    assert_eq!(room.run("append other.jsonl").exit, 0);
    assert!(!room.has(&name) && !room.has(&old));
    assert!(room.has(&unwritten), "what is not in the record stays");
    let again = room.run("append drafts.jsonl");
    assert_eq!(again.out, "already at 5 to 7 (3 events)\n");
}

/// An older copy of the ledger with the present keys: the missing events are entered again.
#[test]
fn a_receipt_of_events_that_are_not_there_is_none() {
    let first = newsroom();
    first.write("drafts.jsonl", drafts());
    let room = first.copy();
    assert_eq!(room.run("append drafts.jsonl").exit, 0);
    room.remove("ledger");
    copy_folder(&first.path("ledger"), &room.path("ledger"));
    room.write("keys/log.marks", first.read("keys/log.marks"));
    let answer = room.run("append drafts.jsonl");
    expect_entered(&room, &answer, "an older copy");
}

/// A log key signs nothing that was not verified completely: a journal whose end nobody signed.
#[test]
fn an_end_that_nobody_signed_is_not_signed_over() {
    let room = kept();
    let before = (room.read("ledger/checkpoint"), room.read("keys/log.marks"));
    let store = room.copy();
    assert_eq!(room.run("append drafts.jsonl").exit, 0);
    // The same events with one digit of the last signature changed, closed like a commit.
    let journal = annals::journal::Journal::open(&room.path("ledger"), Some(8)).unwrap();
    let mut entries = journal.read(5..8).unwrap();
    let record = &mut entries[2].record;
    let digit = record.len() - 2;
    record[digit] = if record[digit] == b'0' { b'1' } else { b'0' };
    let mut tree = annals_core::merkle::Tree::default();
    for entry in journal.read(0..5).unwrap().iter().chain(&entries) {
        tree.push(annals_core::event::record::hash(&entry.record));
    }
    let room = store;
    let (mut writer, _) =
        annals::journal::JournalWriter::open(&room.path("ledger"), Some(5), 1 << 20).unwrap();
    writer.commit(&entries, 8, tree.root()).unwrap();
    drop(writer);
    for command in ["append drafts.jsonl", "append drafts.jsonl --dry-run"] {
        let answer = room.run(command);
        assert_eq!(answer.exit, 1, "{answer:?}");
        assert!(answer.told().contains("event 7: rule 302 signature"), "{answer:?}");
    }
    assert!((room.read("ledger/checkpoint"), room.read("keys/log.marks")) == before);
    // Nor if a checkpoint that the log key did not sign covers it.
    let claimed = String::from_utf8(before.0).unwrap().replacen("\n5\n", "\n8\n", 1);
    room.write("ledger/checkpoint", claimed);
    let answer = room.run("append drafts.jsonl");
    assert_eq!(answer.exit, 1, "{answer:?}");
    assert!(answer.told().contains("event 7: rule 302 signature"), "{answer:?}");
    assert!(room.read("keys/log.marks") == before.1);
}

/// A file that was moved aside may hold the only copy of what was typed, in clear text: no writer
/// removes it, and `status` names its path.
#[test]
fn what_is_set_aside_is_listed_until_a_person_removes_it() {
    let room = kept();
    let name = room.outbox();
    let good = room.read(&name);
    room.write(&name, &good[..good.len() / 2]);
    let before = room.run("status");
    let waits = "\noutbox        1 signed submission waits (annals outbox shows it)\n";
    assert!(before.exit == 0 && before.out.contains(waits), "{before:?}");
    expect_signed_anew(&room, "cut");
    let aside = format!("{name}-aside-1");
    let second = format!("keys/outbox/written/{}-aside-1", "ab".repeat(32));
    room.write(&second, "damaged");
    let told = |room: &Newsroom| {
        let answer = room.run("status");
        assert_eq!(answer.exit, 0, "{answer:?}");
        let lines = answer.out.lines().skip_while(|line| !line.starts_with("outbox"));
        let lines: Vec<String> = lines.map(|line| line.replace("ledger/../", "")).collect();
        lines.get(..lines.len().saturating_sub(1)).unwrap_or_default().join("\n")
    };
    let two = format!(
        "outbox        2 damaged files are set aside and may hold words in clear; remove them once \
         nothing in them is needed\n              {aside}\n              {second}"
    );
    let one = format!(
        "outbox        1 damaged file is set aside and may hold words in clear; remove it once \
         nothing in it is needed\n              {aside}"
    );
    // In the order of their paths.
    let mut paths = [&aside, &second];
    paths.sort();
    assert_eq!(paths[0], &aside);
    assert_eq!(told(&room), two);
    room.remove(&second);
    room.expect_appended(&fact("They talked.", "The talks lasted"), "written at ");
    assert_eq!(told(&room), one, "a writer takes nothing away");
    room.remove(&aside);
    assert_eq!(told(&room), "");
}
