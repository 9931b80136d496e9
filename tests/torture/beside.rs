//! Readers and auditors beside eight writers and a publisher: no answer is wrong, and no fork is
//! reported.
//!
//! Always holds: an event acknowledged before a reader began is in the reader's answer, once.

use crate::faults::newsroom::{Newsroom, fact, newsroom};
use crate::torture::scenario::{Run, bounded};
use crate::torture::table::{Row, minutes};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

const WRITERS: u64 = 8;
const READERS: usize = 3;

/// The queries beside the writers; each must end with exit code 0 and without a warning.
/// `{n}` is a number of the query's own.
const QUESTIONS: [&[&str]; 15] = [
    &["verify"],
    &["status"],
    &["export --to bag-{n}", "verify bag-{n}"],
    &["replay --format jsonl"],
    &["verify pub"],
    &["show 2"],
    &["log --format jsonl"],
    &["find two"],
    &["verify --jobs 1 --no-store"],
    &["blame 1"],
    &["diff 1 4"],
    &["prove 2 -o {n}.proof"],
    &["timeline --html {n}.html"],
    &["document list"],
    &["verify --first --pin {n}.pin"],
];

/// Facts that were acknowledged, with their positions.
type Acknowledged = Mutex<Vec<(u64, String)>>;

fn write(room: &Newsroom, writer: u64, ended: &AtomicBool, seen: &Acknowledged, row: &Mutex<Row>) {
    for round in 0.. {
        if ended.load(Ordering::Relaxed) {
            return;
        }
        let claim = format!("Writer {writer} said it {round} times.");
        let file = format!("by-{writer}-{round}.jsonl");
        room.write(&file, fact(&claim, "The talks lasted two hours"));
        let mut mine = Row::default();
        let run = bounded(room.command(&format!("append {file} --wait 60s")), &file, &mut mine);
        let position = run.out.strip_prefix("written at ").and_then(|rest| rest.lines().next());
        let position = position.and_then(|text| text.parse().ok());
        let mut row = row.lock().unwrap();
        row.broken += mine.broken;
        match position.filter(|_| run.exit == Some(0)) {
            Some(position) => {
                row.acknowledged += 1;
                seen.lock().unwrap().push((position, claim));
            }
            None => {
                row.dead_ends += 1;
                row.accused += u64::from(run.exit == Some(4));
                row.note(format!("{file}: {run:?}"));
            }
        }
    }
}

fn publish(room: &Newsroom, ended: &AtomicBool, row: &Mutex<Row>) {
    while !ended.load(Ordering::Relaxed) {
        let mut mine = Row::default();
        let run = bounded(room.command("publish pub"), "publish", &mut mine);
        judge(&run, "publish pub", &mut mine);
        add(row, mine);
    }
}

fn add(row: &Mutex<Row>, mine: Row) {
    let mut row = row.lock().unwrap();
    row.cases += mine.cases;
    row.lost += mine.lost;
    row.accused += mine.accused;
    row.broken += mine.broken;
    mine.why.into_iter().for_each(|why| row.note(why));
}

/// Counts an answer, and its faults.
fn judge(run: &Run, line: &str, row: &mut Row) {
    row.cases += 1;
    let doubts = ["warning", "damage", "fork", "fault:", "corrupt", "missing"];
    let doubt = run.err.lines().find(|text| doubts.iter().any(|word| text.contains(word)));
    if run.exit == Some(4) {
        row.accused += 1;
    } else if run.exit != Some(0) || doubt.is_some() {
        row.broken += 1;
    } else {
        return;
    }
    row.note(format!("{line}: {run:?}"));
}

fn read(
    room: &Newsroom,
    next: &AtomicU64,
    ended: &AtomicBool,
    seen: &Acknowledged,
    row: &Mutex<Row>,
) {
    while !ended.load(Ordering::Relaxed) {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let question = QUESTIONS[number as usize % QUESTIONS.len()];
        let mut mine = Row::default();
        for line in question {
            let line = line.replace("{n}", &format!("answer-{number}"));
            let before: Vec<(u64, String)> = seen.lock().unwrap().clone();
            let run = bounded(room.command(&line), &line, &mut mine);
            judge(&run, &line, &mut mine);
            if line.starts_with("replay") {
                compare(&run, &before, &mut mine);
            }
        }
        let _ = std::fs::remove_dir_all(room.path(&format!("bag-answer-{number}")));
        add(row, mine);
    }
}

/// Each acknowledged fact is in the answer, once, at its position.
fn compare(run: &Run, before: &[(u64, String)], row: &mut Row) {
    for (position, claim) in before {
        let said = format!("\"claim\":\"{claim}\"");
        let rows: Vec<&str> = run.out.lines().filter(|line| line.contains(&said)).collect();
        let at = format!("\"fact\":{position},");
        if rows.len() != 1 || !rows[0].contains(&at) {
            row.lost += 1;
            row.note(format!("{claim} at {position}: {rows:?}"));
        }
    }
}

#[test]
fn no_answer_is_wrong_beside_eight_writers_and_a_publisher() {
    let room = newsroom();
    assert_eq!(room.run("publish pub").exit, 0);
    let time = minutes().map_or(8.0, |minutes| (minutes * 60.0 / 3.0).min(600.0));
    let (ended, next) = (AtomicBool::new(false), AtomicU64::new(0));
    let seen = Mutex::new(Vec::new());
    let row = Mutex::new(Row::new(format!("beside {WRITERS} writers, {time:.0} s")));
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let (room, ended, seen, row) = (&room, &ended, &seen, &row);
            scope.spawn(move || write(room, writer, ended, seen, row));
        }
        scope.spawn(|| publish(&room, &ended, &row));
        for _ in 0..READERS {
            scope.spawn(|| read(&room, &next, &ended, &seen, &row));
        }
        let until = Instant::now() + Duration::from_secs_f64(time);
        while Instant::now() < until {
            std::thread::sleep(Duration::from_millis(100));
        }
        ended.store(true, Ordering::Relaxed);
    });
    let mut row = row.into_inner().unwrap();
    row.all = row.cases;
    let last = room.run("replay --format jsonl");
    compare(&Run::from(last), &seen.into_inner().unwrap(), &mut row);
    let whole = room.run("verify");
    row.unjudged += u64::from(whole.exit != 0);
    row.note(format!("at the end: {whole:?}"));
    row.finish();
}
