//! The second implementation, `scripts/reverify.py`, must give the same results: for every vector,
//! for tampered records and for random ones.
//!
//! Always holds: exit, the whole list of rules and positions, the counts and the state are
//! compared. Without Python's `cryptography` these tests fail with a message; they never skip.

use crate::cases::{self, Case, every_type};
use crate::support::acts::Opening;
use crate::support::files::{CHECKPOINT, JOURNAL, MARKS, PIN};
use crate::support::tamper::{self, Dice};
use crate::support::{self, Files, Ledger, acts, judge, random};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn python() -> PathBuf {
    let own = root().join("target/venv/bin/python");
    match std::env::var_os("ANNALS_PYTHON") {
        Some(python) => PathBuf::from(python),
        None if own.exists() => own,
        None => PathBuf::from("python3"),
    }
}

fn reverify(arguments: &[&str]) -> Output {
    let python = python();
    let imports = Command::new(&python).args(["-c", "import cryptography"]).output();
    let ready = imports.is_ok_and(|output| output.status.success());
    assert!(ready, "{} has no package `cryptography`: run scripts/test", python.display());
    let mut command = Command::new(&python);
    command.arg(root().join("scripts/reverify.py")).args(arguments);
    command.output().expect("reverify.py runs")
}

/// Runs vectors of a folder and requires that all of them hold.
fn hold(folder: &Path) {
    let output = reverify(&["--vector", folder.to_str().expect("a path in UTF-8")]);
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    let first: Vec<&str> = told.lines().take(20).collect();
    assert!(output.status.success(), "{}\n{errors}", first.join("\n"));
}

#[test]
fn the_second_implementation_agrees_on_every_vector() {
    hold(&root().join("tests/vectors"));
}

/// The program's verdict on some files, as a vector that the other implementation must confirm.
fn verdict(name: String, files: Files) -> Case {
    let outcome = judge(&files);
    let (exit, stateless) = (outcome.exit, outcome.state.is_none());
    let about = "Made by a test.";
    Case { name, rule: None, about, files, exit, faults: outcome.faults, stateless }
}

fn agree(cases: Vec<Case>) {
    let folder = tempfile::tempdir().expect("a folder");
    for case in &cases {
        let path = folder.path().join(format!("{}.json", case.name));
        std::fs::write(path, case.to_json()).expect("a vector can be written");
    }
    hold(folder.path());
}

/// 60 events of all types.
fn long() -> Ledger {
    let mut ledger = every_type();
    let mut dice = Dice(60);
    while ledger.size() < 60 {
        let (by, act) = random::act(&mut ledger, &mut dice);
        let mut next = ledger.clone();
        next.sign(by, act);
        if judge(&next.files()).faults.is_empty() {
            ledger = next;
        }
    }
    ledger
}

fn bytes_of<'a>(files: &'a mut Files, dice: &mut Dice) -> &'a mut Vec<u8> {
    let names: Vec<String> = files.keys().cloned().collect();
    let name = match dice.below(3) {
        0 => dice.pick(&names),
        _ => JOURNAL.to_owned(),
    };
    files.get_mut(&name).expect("a file")
}

/// A random tampering of a record.
fn tampered(ledger: &Ledger, whole: &Files, dice: &mut Dice) -> Files {
    let mut files = whole.clone();
    let size = ledger.events.len();
    let (at, other) = (dice.below(size), dice.below(size));
    let lines = |files: &Files| {
        let text = String::from_utf8(files[JOURNAL].clone()).expect("text");
        text.lines().map(str::to_owned).collect::<Vec<String>>()
    };
    match dice.below(10) {
        0..=2 => {
            let bit = dice.below(8) as u8;
            let bytes = bytes_of(&mut files, dice);
            if !bytes.is_empty() {
                let at = dice.below(bytes.len());
                bytes[at] ^= 1 << bit;
            }
        }
        3 => {
            let bytes = bytes_of(&mut files, dice);
            let keep = dice.below(bytes.len());
            bytes.truncate(keep);
        }
        4 => {
            let mut all = lines(&files);
            let (at, other) = (dice.below(all.len()), dice.below(all.len()));
            match dice.below(3) {
                0 => drop(all.remove(at)),
                1 => all.insert(other, all[at].clone()),
                _ => all.swap(at, other),
            }
            files.insert(JOURNAL.to_owned(), (all.join("\n") + "\n").into_bytes());
        }
        5 => files = tamper::rearrange(ledger, |events| drop(events.remove(at))),
        6 => files = tamper::rearrange(ledger, |events| events.insert(other, events[at].clone())),
        7 => files = tamper::rearrange(ledger, |events| events.swap(at, other)),
        8 => {
            files = tamper::rearrange(ledger, |events| match dice.below(3) {
                0 => events[at].body = "-".to_owned(),
                1 => events[at].body = events[at].body.replace("reason", "purpose"),
                _ => events[at].body = events[other].body.clone(),
            })
        }
        _ => {
            let names: Vec<String> = files.keys().cloned().collect();
            files.remove(&dice.pick(&names));
        }
    }
    files
}

#[test]
fn the_second_implementation_agrees_on_tampered_records() {
    let ledger = long();
    let whole = ledger.files_with_memory();
    let mut dice = Dice(2026);
    let made = (0..120).map(|case| {
        let mut files = tampered(&ledger, &whole, &mut dice);
        if dice.below(4) == 0 {
            files = whole.keys().fold(files, |mut files, name| {
                if dice.below(9) == 0 && name != JOURNAL {
                    files.remove(name);
                }
                files
            });
        }
        verdict(format!("tampered-{case:03}"), files)
    });
    agree(made.collect());
}

/// Random acts, right and wrong, by random signers: the whole legality, the fold and the refold.
#[test]
fn the_second_implementation_agrees_on_random_records() {
    let mut dice = Dice(1);
    let made = (0..80).map(|case| {
        let window = dice.below(4) as u64;
        let confirmations = 1 + dice.below(2) as u64;
        let opening = Opening { window, confirmations, ..Opening::default() };
        let mut ledger = Ledger::newsroom_as(&opening);
        for _ in 0..30 {
            let (by, act) = random::act(&mut ledger, &mut dice);
            let back = if dice.below(4) == 0 { dice.below(4) as u64 } else { 0 };
            let base = ledger.expected - back;
            let after = Some(ledger.events[base as usize - 1].hash());
            ledger.put(ledger.draft(by, act).with(|d| {
                d.base = base;
                d.after = after;
            }));
        }
        verdict(format!("random-{case:03}"), ledger.files())
    });
    agree(made.collect());
}

/// The same comparison through files on a disk and the other implementation's report.
#[test]
fn the_second_implementation_reports_what_we_report() {
    let ledger = long();
    let whole = ledger.files_with_memory();
    let mut dice = Dice(7);
    for _ in 0..5 {
        let files = tampered(&ledger, &whole, &mut dice);
        let folder = tempfile::tempdir().expect("a folder");
        for (name, bytes) in &files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            std::fs::write(path, bytes).expect("written");
        }
        let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
        let (record, marks, pin) = (path("ledger"), path(MARKS), path(PIN));
        std::fs::create_dir_all(format!("{record}/journal")).expect("made");
        let mut arguments = vec![record.as_str(), "--json", "--state"];
        for (name, option, path) in [(MARKS, "--marks", &marks), (PIN, "--pin", &pin)] {
            if files.contains_key(name) {
                arguments.extend([option, path]);
            }
        }
        let output = reverify(&arguments);
        let theirs: Value = serde_json::from_slice(&output.stdout).expect("a report in JSON");
        let ours = judge(&files);
        assert_eq!(output.status.code(), Some(i32::from(ours.exit)), "{ours}");
        let rows = theirs["faults"].as_array().expect("faults").iter();
        let faults: Vec<(u16, Option<u64>)> = rows
            .map(|row| (row["rule"].as_u64().expect("a rule") as u16, row["position"].as_u64()))
            .collect();
        assert_eq!(faults, ours.faults, "{ours}");
        assert_eq!(theirs["state"], ours.json(), "{ours}");
        let counts = cases::counts(&files);
        let counts = serde_json::to_value(counts).expect("JSON");
        for (name, count) in counts.as_object().expect("counts") {
            assert_eq!(theirs[name], *count, "{name}: {ours}");
        }
    }
    assert!(whole.contains_key(CHECKPOINT) && acts::ORIGIN.contains('.'));
}

/// A sample of the flipped bytes of a small record, its checkpoint and its pin.
#[test]
fn the_second_implementation_agrees_on_flipped_bytes() {
    let mut ledger = Ledger::opened();
    ledger.capture("ada", support::texts::TEXT, "null");
    ledger.sign("ada", acts::asserted(1));
    let whole = ledger.files_with_memory();
    let mut made = Vec::new();
    for (name, bytes) in &whole {
        let step = (bytes.len() / 24).max(1);
        for at in (0..bytes.len()).step_by(step) {
            let mut files = whole.clone();
            tamper::flip(&mut files, name, at, if at % 2 == 0 { 0 } else { 7 });
            made.push(verdict(format!("flip-{:03}", made.len()), files));
        }
    }
    assert!(made.len() > 100 && made.iter().filter(|case| case.exit != 0).count() > 80);
    agree(made);
}

/// The committed record of the article, with the auditor's pin beside it.
#[test]
fn the_second_implementation_agrees_on_the_article() {
    use annals::ledger::paths::Paths;
    use annals::ledger::reader::Record;
    let (ledger, pin) = (root().join("ledger"), root().join("keys/auditor.pin"));
    let (path, pin) = (ledger.to_string_lossy(), pin.to_string_lossy());
    let output = reverify(&[&path, "--pin", &pin, "--json", "--state"]);
    let theirs: Value = serde_json::from_slice(&output.stdout).expect("a report in JSON");
    assert_eq!(output.status.code(), Some(0), "{theirs}");
    assert_eq!(theirs["faults"], serde_json::json!([]));
    let record = Record::open(Paths::new(ledger.clone(), None)).expect("the committed record");
    let report = record.state(record.size()).expect("readable");
    let ours =
        annals_core::state::dump::dump(&report.state, report.size, report.head, &report.root);
    let ours: Value = serde_json::from_slice(&ours).expect("the state in JSON");
    assert_eq!(theirs["state"], ours);
    assert_eq!(ours["facts"].as_array().map(Vec::len), Some(38));
}
