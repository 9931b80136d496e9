//! `annals log` and `annals status`.

use crate::archivist::story::{dark_story, retimed_story, story};

#[test]
fn the_life_of_one_fact() {
    let story = story();
    let expected = "     5  2022-01-27 08:00Z  fact.asserted, Ada Example
        Sullivan met Grushko in Moscow.
    10  2022-02-01 09:00Z  fact.corrected 5, Bo Berg
        wrong-date: Wednesday was the 26th
        now: “Sullivan met Grushko in Moscow {+on Wednesday+}.”
        when 2022-01-26, “Wednesday”, derived, before 2022-01-25, “Wednesday”, derived
    13  2022-02-01 09:00Z  fact.related 5 supports 4, Bo Berg
        supports: they met for it
3 events, now asserted, corrected ×1
as of position 13 (14 of 14 events), head \
2813f6aafd76c986e877d1ad83e7e8154013631218f0962b9dee84ca0a5d3327, recorded 2022-02-01T09:00:03Z
";
    assert_eq!(story.told("log 5"), expected);
    let answer = story.run("log 10");
    assert_eq!(answer.out, expected);
    assert_eq!(answer.err, "note: event 10 acts on 5; this is the life of 5\n");
    let answer = story.run("log 99");
    let why = "annals: expected a position from 0 to 13, found 99\n";
    assert_eq!((answer.exit, answer.err.as_str()), (2, why));
}

fn positions(told: &str) -> Vec<u64> {
    let rows = told.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    rows.map(|row| row["position"].as_u64().unwrap()).collect()
}

#[test]
fn filters_and_order() {
    let story = story();
    let log = |asked: &str| positions(&story.told(&format!("log --format jsonl {asked}")));
    assert_eq!(log("--from 12"), [12, 13]);
    assert_eq!(log("--until 1"), [0, 1]);
    assert_eq!(log("--from 2022-02-01"), [10, 11, 12, 13]);
    assert_eq!(log("--until 2022-01-26"), [0, 1, 2]);
    assert_eq!(log("--from head"), [13]);
    assert_eq!(log("--by bo --reverse"), [13, 12, 11, 10, 8]);
    assert_eq!(log("--type editor"), [1, 2]);
    assert_eq!(log("--type fact.disputed"), [12]);
    assert_eq!(log("4 --reverse"), [13, 8, 4]);
    assert_eq!(log("5 --from 6"), [10, 13]);
    let all: Vec<u64> = (0..14).rev().collect();
    assert_eq!(log("--reverse"), all);
    assert_eq!(log("--newest"), all);
    assert_eq!(log("--topic GRUSHKO"), [5, 10, 13]);
    assert_eq!(log("--topic grushko --newest --until 12"), [10, 5]);
    assert_eq!(log("--topic answers --document 3"), [3, 4, 8, 13]);
    assert_eq!(log("--document 3"), (3..14).collect::<Vec<u64>>());
    assert_eq!(log("--document 3 --by cole"), [9]);
    assert_eq!(log("--document 3 --type fact.disputed"), [12]);
    assert_eq!(log("7 --newest"), [12, 7]);
    assert_eq!(story.run("log --document 4").exit, 2);
    assert_eq!(story.run("log --type facts").exit, 2);
}

#[test]
fn a_stretch_runs_forwards_and_may_be_empty() {
    let story = story();
    // Given two points the other way round, of each kind.
    for (from, until) in [
        ("3", "1"),
        ("3", "2"),
        ("head", "12"),
        ("10", "2022-01-31"),
        ("2022-02-01", "9"),
        ("2022-01-31", "2022-01-30"),
        ("2022-02-01T09:00:01", "2022-02-01T08:59"),
    ] {
        let answer = story.run(&format!("log --from {from} --until {until}"));
        let why = format!(
            "annals: expected --from a point that is not after that of --until, found {from:?} \
             after {until:?}; say the two the other way round\n"
        );
        assert_eq!((answer.exit, answer.err, answer.out.as_str()), (2, why, ""));
    }
    // Where nothing happened between two points in order, there is no event.
    let log = |asked: &str| positions(&story.told(&format!("log --format jsonl {asked}")));
    for stretch in ["2022-01-29 --until 2022-01-30", "2022-02-02 --until head", "2022-02-02"] {
        assert_eq!(log(&format!("--from {stretch}")), [0; 0], "{stretch}");
    }
    assert_eq!(log("--from 3 --until 3"), [3]);
    assert_eq!(log("--from head --until head"), [13]);
    assert_eq!(log("--from 2022-02-01 --until 10"), [10]);
}

#[test]
fn the_life_of_a_fact_that_was_disputed() {
    let told = story().told("log 7");
    let expected = "     7  2022-01-27 08:00Z  fact.asserted, Ada Example
        The core question was not answered.
    12  2022-02-01 09:00Z  fact.disputed 7, Bo Berg
        misquotation, error in the document: he said it otherwise
2 events, now disputed
";
    assert!(told.starts_with(expected), "{told}");
    let then = story().told("log 7 --as-of 9");
    assert!(then.contains("1 event, now asserted\nas of position 9 (10 of 14 events)"), "{then}");
}

#[test]
fn undone_and_redacted_events_say_so() {
    let story = dark_story();
    let told = story.told("log --from 7 --until head");
    assert!(
        told.contains("     7  2022-01-27 08:00Z  fact.asserted, Ada Example\n        [the words")
    );
    assert!(told.contains("fact.asserted, Cy Cole (undone by 14)\n"), "{told}");
    let life = story.told("log 7");
    assert!(life.contains("    15  2022-03-01 10:00Z  body.redacted 7, Ada Example\n"), "{life}");
}

#[test]
fn status_lists_pending_work() {
    let expected = "record        example.org/record
title         The record
size          16 events
facts         5: 1 retracted, 1 disputed, 1 confirmed, 2 asserted
              1 corrected, 1 suspect
undone        1 event, by 14 (Ada Example): Cy Cole (key ed4928c628d1c2c6) compromised, suspect from 9
confirmed     once 1 other person confirmed the words
waiting       2: 5, 9
disputes      open: 1: 12
documents     1
editors       Ada Example, admin and editor, active
              Bo Berg, editor, active
              Cy Cole, editor, revoked by 14
redacted      1 by Ada Example, court-order
checkpoint    covers 16 of 16 events (annals verify checks it)
store         present
marks         the log key signed 16 of 16 events
as of position 15 (16 of 16 events), head ";
    let told = dark_story().told("status");
    assert!(told.starts_with(expected), "{told}");
}

#[test]
fn an_older_copy_is_detected_by_the_marks() {
    let (older, newer) = (story(), dark_story());
    let marks = |story: &crate::archivist::story::Story| story.folder.path().join("keys/log.marks");
    std::fs::copy(marks(&newer), marks(&older)).unwrap();
    let answer = older.run("status");
    assert_eq!(answer.exit, 4);
    let line = "marks         the log key signed 16 events, here are 14: this is an older copy";
    assert!(answer.out.contains(line), "{}", answer.out);
}

#[test]
fn a_retimed_record_has_one_answer_by_date_and_clock() {
    let story = retimed_story();
    let log = |asked: &str| positions(&story.run(&format!("log --format jsonl {asked}")).out);
    // Events 10 to 13 say February; event 14 after them says 09:00 on 27 January.
    let all: Vec<u64> = (0..15).collect();
    assert_eq!(log("--until 2022-01-27"), all[..10]);
    assert_eq!(log("--until 2022-01-27T08:30"), all[..10]);
    assert_eq!(log("--from 2022-01-27T09:00"), all[10..]);
    assert_eq!(log("--from 2022-02-01"), all[10..]);
    let corrected = |asked: &str| log(&format!("{asked} --clock corrected"));
    assert_eq!(corrected("--until 2022-01-27"), all);
    assert_eq!(corrected("--until 2022-01-27T08:30"), all[..10]);
    assert_eq!(corrected("--from 2022-01-27T09:00"), all[10..]);
    assert!(corrected("--from 2022-02-01").is_empty());
}
