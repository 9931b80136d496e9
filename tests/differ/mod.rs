//! Two implementations of FORMAT.md: random records, proofs, published directories, submissions and
//! receipts with random changes, verified by this program and by `scripts/reverify.py`, must give
//! one verdict: exit, every fault with its position, the state, the counts.
//!
//! Always holds: the same number and seed give the same cases. A few run here, thousands by
//! `scripts/differ`. Differences are left in `target/differ/` as vectors. Without Python's
//! `cryptography` this fails with a message. Not here: hand-made cases (`vectors`,
//! `second_implementation`).

mod files;
mod proofs;
mod records;
mod submissions;
mod words;

use crate::cases::{self, Case};
use crate::support::tamper::Dice;
use crate::support::{self, Files};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The number of cases given to the other program at once.
const AT_ONCE: u64 = 200;

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

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

/// The files of one case.
fn files(dice: &mut Dice) -> Files {
    match dice.below(10) {
        0 => proofs::changed(dice),
        1 => files::published(dice),
        _ => files::ledger(dice),
    }
}

/// The program's verdict on some files, as a vector that the other implementation must confirm.
fn verdict(name: String, files: Files) -> Case {
    let (exit, faults, state) = cases::outcome(&files);
    let stateless = state.is_none();
    Case { name, rule: None, about: "Made by chance.", files, exit, faults, stateless }
}

/// Writes these cases to a folder of `target/differ` and verifies them with the other program;
/// differences are printed and kept there.
fn ask(cases: &[Case]) -> Vec<String> {
    let folder = root().join("target/differ");
    std::fs::create_dir_all(&folder).expect("the folder can be made");
    let path = |case: &Case| folder.join(format!("{}.json", case.name));
    for case in cases {
        std::fs::write(path(case), case.to_json()).expect("a vector can be written");
    }
    let mut command = Command::new(python());
    command.arg(root().join("scripts/reverify.py")).arg("--vector").args(cases.iter().map(path));
    let output = command.output().expect("reverify.py runs");
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    let judged = told.lines().last().unwrap_or_default().to_owned();
    assert!(judged.contains(" passed, "), "run scripts/python first: {errors}");
    let mut different: Vec<String> = told.lines().map(str::to_owned).collect();
    different.pop();
    for case in cases {
        let name = path(case);
        if !different.iter().any(|line| line.starts_with(&*name.to_string_lossy())) {
            std::fs::remove_file(name).expect("it can be removed");
        }
    }
    different
}

/// Compares the command on the files of a ledger on a disk, with all its anchors, with the
/// library's verdict on them in memory.
fn ask_the_command(case: &Case) {
    let folder = tempfile::tempdir().expect("a folder");
    support::disk::write(folder.path(), &case.files);
    let mut command = Command::new(env!("CARGO_BIN_EXE_annals"));
    command.current_dir(&folder).env_remove("ANNALS_LEDGER").env_remove("ANNALS_KEYS");
    command.args("verify --ledger ledger --no-store --format json".split(' '));
    for name in ["pin", "policy"] {
        if case.files.contains_key(name) {
            command.arg(format!("--{name}")).arg(name);
        }
    }
    let output = command.output().expect("the program runs");
    let name = &case.name;
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(i32::from(case.exit)), "{name}: {errors}");
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let rows = told["faults"].as_array().expect("faults").iter();
    let faults: Vec<(u16, Option<u64>)> = rows
        .map(|row| (row["rule"].as_u64().expect("a rule") as u16, row["position"].as_u64()))
        .collect();
    assert_eq!(faults, case.faults, "{name}");
    let counts = cases::counts(&case.files);
    let counts = serde_json::to_value(counts).expect("JSON");
    for name in ["not_checkable", "ignored_bytes"] {
        assert_eq!(told[name], counts[name], "{}", case.name);
    }
}

/// The vectors of anchors: for these, reading from a disk matters.
#[test]
fn the_command_says_of_a_ledger_on_disk_what_its_vector_expects() {
    let mut asked = 0;
    for case in cases::all() {
        let ledger = case.files.keys().any(|name| name.starts_with("ledger/journal/"));
        if ledger && case.rule.is_some_and(|rule| rule > 700) {
            ask_the_command(&case);
            asked += 1;
        }
    }
    assert!(asked > 60, "{asked}");
}

#[test]
fn both_programs_come_to_one_verdict() {
    let (count, seed) = (number("ANNALS_DIFFER_CASES", 40), number("ANNALS_DIFFER_SEED", 1));
    let mut different = Vec::new();
    let (mut exits, mut rules) = ([0_u64; 6], std::collections::BTreeMap::<u16, u64>::new());
    for first in (0..count).step_by(AT_ONCE as usize) {
        let batch: Vec<Case> = (first..count.min(first + AT_ONCE))
            .map(|index| {
                let mut dice = Dice(seed << 32 | index);
                verdict(format!("differ-{seed}-{index:06}"), files(&mut dice))
            })
            .collect();
        for case in &batch {
            support::disk::expect_read_as_split(&case.name, &case.files);
            if case.files.keys().any(|name| name.starts_with("ledger/journal/")) {
                ask_the_command(case);
            }
            exits[usize::from(case.exit)] += 1;
            case.faults.iter().for_each(|(rule, _)| *rules.entry(*rule).or_default() += 1);
        }
        let found = ask(&batch);
        found.iter().for_each(|line| eprintln!("{line}"));
        different.extend(found);
    }
    eprintln!("{count} cases of seed {seed}; by exit {exits:?}; by rule {rules:?}");
    assert!(different.is_empty(), "{} of {count} differ: see target/differ", different.len());
    assert!(exits[0] > 0 && exits[1] > 0, "some hold and some do not: {exits:?}");
}

/// A submission or a receipt costs little, so a few hundred are judged here too.
#[test]
fn both_programs_judge_submissions_alike() {
    let (count, seed) = (number("ANNALS_DIFFER_CASES", 600), number("ANNALS_DIFFER_SEED", 1));
    let mut different = Vec::new();
    let mut rules = std::collections::BTreeMap::<u16, u64>::new();
    for first in (0..count).step_by(AT_ONCE as usize) {
        let batch: Vec<Case> = (first..count.min(first + AT_ONCE))
            .map(|index| {
                let mut dice = Dice(seed << 32 | index);
                let files = submissions::changed(&mut dice);
                verdict(format!("differ-submission-{seed}-{index:06}"), files)
            })
            .collect();
        let told = batch.iter().map(|case| case.faults.first().map_or(0, |(rule, _)| *rule));
        told.for_each(|rule| *rules.entry(rule).or_default() += 1);
        let found = ask(&batch);
        found.iter().for_each(|line| eprintln!("{line}"));
        different.extend(found);
    }
    eprintln!("{count} submissions of seed {seed}; by rule {rules:?}");
    assert!(different.is_empty(), "{} of {count} differ: see target/differ", different.len());
    let reached = [0, 1101, 1102, 1111, 1112, 1113, 1114, 1115];
    assert!(count < 400 || reached.iter().all(|rule| rules.contains_key(rule)), "{rules:?}");
}
