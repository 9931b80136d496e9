//! A writer is killed at any moment: acknowledged events are recorded, nothing is half written, and
//! no fact is entered twice when the same file is submitted again.

use crate::faults::newsroom::{Answer, EVENTS, JOURNAL, Newsroom, fact, newsroom};
use std::collections::BTreeMap;
use std::io::Read;
use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

/// The number of killed writers: a few here, hundreds by `scripts/crash`.
fn rounds() -> u64 {
    std::env::var("ANNALS_CRASH_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(12)
}

/// Repeatable numbers that look random: splitmix64.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Three drafts of one round, with their own document.
fn drafts(room: &Newsroom, round: u64) -> String {
    room.write(&format!("text-{round}.txt"), format!("In round {round} nothing was said at all."));
    let document = format!(
        r#"{{"type":"document.captured","file":"text-{round}.txt","title":"Round {round}","lang":"en","media_type":"text/plain","captured_at":"2022-01-27T07:00:00.000000Z","ref":"text"}}"#
    );
    let quoted =
        |claim: String, quote: &str| fact(&claim, quote).replace('}', r#","document":"text"}"#);
    let one = quoted(format!("Round {round}, first."), &format!("In round {round} nothing"));
    let two = quoted(format!("Round {round}, second."), "nothing was said at all");
    format!("{document}\n{one}\n{two}\n")
}

/// Starts entering a file, and kills the process after this time. Returns its answer if it was
/// faster.
fn killed_after(room: &Newsroom, file: &str, pause: Duration) -> Option<String> {
    let mut command = room.command(&format!("append {file}"));
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    sleep(pause);
    child.kill().unwrap();
    let mut out = String::new();
    child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
    child.wait().unwrap();
    (out.ends_with(" events\n")).then_some(out)
}

#[test]
fn whatever_was_acknowledged_is_there_and_nothing_is_there_twice() {
    let room = newsroom();
    let mut chance = 7;
    let mut acknowledged = BTreeMap::new();
    let whole = {
        let other = room.copy();
        other.write("drafts.jsonl", drafts(&other, 0));
        let began = std::time::Instant::now();
        assert_eq!(other.run("append drafts.jsonl").exit, 0);
        began.elapsed()
    };
    for round in 0..rounds() {
        let file = format!("drafts-{round}.jsonl");
        room.write(&file, drafts(&room, round));
        let share = next(&mut chance) % 1_200;
        let pause = whole * u32::try_from(share).unwrap() / 1_000;
        if let Some(told) = killed_after(&room, &file, pause) {
            acknowledged.insert(round, told);
        }
        expect_readable(&room);
        // Some are submitted again at once, some only after later ones.
        if next(&mut chance).is_multiple_of(2) {
            expect_entered(&room, round);
        }
    }
    for round in 0..rounds() {
        expect_entered(&room, round);
    }
    let facts = room.facts();
    for round in 0..rounds() {
        for part in ["first", "second"] {
            let claim = format!("Round {round}, {part}.");
            let found: Vec<u64> =
                facts.iter().filter(|(_, said)| *said == claim).map(|(at, _)| *at).collect();
            assert_eq!(found.len(), 1, "{claim}: {found:?}");
            if let Some(told) = acknowledged.get(&round) {
                let (first, last) = positions(told);
                assert!((first..=last).contains(&found[0]), "{told}, found at {found:?}");
            }
        }
    }
    room.expect_whole(EVENTS + 3 * rounds());
}

/// First and last position of a receipt: `written at 5 to 7 (3 events)`.
fn positions(told: &str) -> (u64, u64) {
    let words: Vec<u64> = told.split(' ').filter_map(|word| word.parse().ok()).collect();
    assert!(words.len() >= 2, "{told}");
    (words[0], words[1])
}

/// A killed repair leaves the damaged or the new journal, or the old one aside and none; the next
/// repair completes it, and everything that existed before still does.
#[test]
fn a_killed_repair_is_ended_by_the_next_one() {
    let whole = newsroom();
    let mut chance = 11;
    for round in 0..rounds() / 2 {
        let room = whole.copy();
        room.write(JOURNAL, format!("damaged in round {round}"));
        let mut child = room.command("repair").stdout(Stdio::null()).spawn().unwrap();
        sleep(Duration::from_micros(next(&mut chance) % 150_000));
        child.kill().unwrap();
        child.wait().unwrap();
        let answer = room.run("repair --ledger ledger");
        assert_eq!(answer.exit, 0, "round {round}: {answer:?}");
        room.expect_whole(EVENTS);
        assert!(room.facts() == whole.facts());
        let kept = room.read("ledger/journal-aside-1/00000000000000000000.log");
        assert_eq!(kept, format!("damaged in round {round}").into_bytes());
        assert!(!room.has("ledger/.repair"));
    }
}

/// After a kill, readers find a complete record, or an unfinished one.
fn expect_readable(room: &Newsroom) {
    let Answer { out, err, exit } = room.run("verify");
    assert!(err.lines().all(|line| line.starts_with("note: ")), "{err}");
    let damages: Vec<&str> = out.lines().filter(|line| line.starts_with("damage")).collect();
    let faults = out.lines().any(|line| line.starts_with("fault") || line.starts_with("fork"));
    assert!(!faults, "{out}");
    // The store may be behind or unfinished: the next writer completes it.
    let of_store = |line: &&str| line.contains("store");
    assert!(damages.iter().all(of_store), "{out}");
    assert_eq!(exit, if damages.is_empty() { 0 } else { 2 }, "{out}");
}

/// The same file again: written or already recorded, and complete.
fn expect_entered(room: &Newsroom, round: u64) {
    let answer = room.run(&format!("append drafts-{round}.jsonl"));
    assert_eq!(answer.exit, 0, "round {round}: {answer:?}");
    let told = answer.out.starts_with("written at ") || answer.out.starts_with("already at ");
    assert!(told, "{answer:?}");
}

/// A file that a killed writer had not renamed is removed by the next one, and nothing else.
#[test]
fn the_next_writer_removes_what_a_killed_one_had_not_yet_renamed() {
    let room = newsroom();
    let left = [
        "ledger/.checkpoint.tmp-4194305-0",
        "ledger/document/.x.tmp-4194305-3",
        "keys/.log.marks.tmp-4194305-1",
    ];
    let kept = ["ledger/.checkpoint.tmp-notes", "keys/.mine"];
    for name in left.iter().chain(&kept) {
        room.write(name, "half");
    }
    assert_eq!(room.run("verify").exit, 0);
    assert!(left.iter().all(|name| room.has(name)), "a reader removes nothing");
    room.expect_appended(&fact("Lavrov spoke.", "Lavrov said"), "written at 5\n");
    assert!(left.iter().all(|name| !room.has(name)) && kept.iter().all(|name| room.has(name)));
}
