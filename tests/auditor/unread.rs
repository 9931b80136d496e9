//! A folder, a link or a pipe in the place of a file of a record: the verdict is given, names it,
//! and is that of the second implementation.

use crate::auditor::desk::Desk;
use crate::support::{Ledger, acts};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const JOURNAL: &str = "journal/00000000000000000000.log";
const DOCUMENT: &str = "document/991e9c1d6cf397ddd99e6b083f1e3ce66946f6fc4d1176634af741768e565a0b";

/// The rules that are broken where this file cannot be read, in a ledger, and what is said of it.
const LEDGER: [(&str, &[u64]); 3] =
    [("checkpoint", &[911]), (DOCUMENT, &[911]), (JOURNAL, &[705, 911])];
const PUBLISHED: [(&str, &[u64]); 4] = [
    ("checkpoint", &[911]),
    (DOCUMENT, &[911]),
    ("tile/0/000.p/4", &[911, 973]),
    ("tile/entries/000.p/4", &[705, 911, 971]),
];

/// A record with a document and a fact, published and in a bag.
fn desk() -> Desk {
    let mut ledger = Ledger::opened();
    ledger.sign("ada", acts::enrolled("bo", acts::EDITOR));
    ledger.capture("ada", crate::support::texts::TEXT, "null");
    ledger.sign("ada", acts::asserted(2));
    let desk = Desk::with(&ledger.files());
    assert_eq!(desk.run("publish pub").exit, 0);
    assert_eq!(desk.run("export --to bag --unsigned").exit, 0);
    desk
}

fn copy(from: &Path, to: &Path) {
    let _ = fs::remove_dir_all(to);
    assert!(Command::new("cp").arg("-a").args([from, to]).status().unwrap().success());
}

/// Puts something that is no file in the place of a file.
fn put(kind: &str, path: &Path) {
    fs::remove_file(path).unwrap();
    match kind {
        "a folder" => fs::create_dir(path).unwrap(),
        "a link" => std::os::unix::fs::symlink("/etc/passwd", path).unwrap(),
        _ => assert!(Command::new("mkfifo").arg(path).status().unwrap().success()),
    }
}

/// The exit code and the rules of the second implementation.
fn second(place: &Path) -> (i64, Vec<u64>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let python = std::env::var("ANNALS_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let mut command = Command::new(python);
    command.arg(root.join("scripts/reverify.py")).arg(place).arg("--json");
    let output = command.env("PYTHONDONTWRITEBYTECODE", "1").output().unwrap();
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    (told["exit"].as_i64().unwrap(), rules(&told))
}

/// The rules that are broken. The store is not the second implementation's.
fn rules(report: &Value) -> Vec<u64> {
    let faults = report["faults"].as_array().unwrap().iter();
    let mut rules: Vec<u64> = faults.map(|fault| fault["rule"].as_u64().unwrap()).collect();
    rules.retain(|rule| *rule != 901);
    rules.sort_unstable();
    rules
}

#[test]
fn what_is_no_file_in_the_place_of_one_is_named_in_a_report() {
    let desk = desk();
    let ledger = LEDGER.map(|(name, rules)| ("ledger", PathBuf::from(name), rules));
    let published = PUBLISHED.map(|(name, rules)| ("pub", PathBuf::from(name), rules));
    let bag = LEDGER.map(|(name, rules)| ("bag", Path::new("data/ledger").join(name), rules));
    for (place, name, expected) in ledger.into_iter().chain(published).chain(bag) {
        for kind in ["a folder", "a link", "a named pipe"] {
            let other = desk.path("other");
            copy(&desk.path(place), &other);
            put(kind, &other.join(&name));
            let answer = desk.run("verify other --format json");
            let report: Value = serde_json::from_str(&answer.out).unwrap();
            let about =
                format!("{place}, {}, {kind}: {}{}", name.display(), answer.out, answer.err);
            assert_eq!(rules(&report), expected, "{about}");
            let why = format!("expected a file at other/{}, found {kind}", name.display());
            assert!(answer.out.contains(&format!("\"why\":\"{why}\"")), "{about}");
            assert_eq!(answer.exit, 2, "{about}");
            assert_eq!(second(&other), (2, expected.to_vec()), "{about}");
        }
    }
}

/// What `verify` advises for a checkpoint and a document that are no files, done.
#[test]
fn repair_moves_aside_what_is_no_file() {
    let desk = desk();
    copy(&desk.path("ledger"), &desk.path("whole"));
    put("a link", &desk.path("ledger/checkpoint"));
    put("a folder", &desk.path("ledger").join(DOCUMENT));
    let advised = desk.run("verify");
    for line in [
        "what to do: annals repair --from COPY takes documents from another copy",
        "what to do: put back a copy of the checkpoint; annals repair moves aside what is no file \
         in its place",
    ] {
        assert!(advised.says(line), "{}", advised.out);
    }
    let repaired = desk.run("repair --from whole");
    assert_eq!(repaired.exit, 0, "{}{}", repaired.out, repaired.err);
    assert!(repaired.says("checkpoint: the old one is kept at "), "{}", repaired.out);
    assert!(repaired.says("checkpoint: taken from the copy, size 4"), "{}", repaired.out);
    assert_eq!(desk.read("ledger/checkpoint"), desk.read("whole/checkpoint"));
    assert!(desk.path("ledger/checkpoint-aside-1").is_symlink());
    assert!(desk.path(&format!("ledger/{DOCUMENT}-aside-1")).is_dir());
    assert_eq!(desk.run("verify").exit, 0);
}
