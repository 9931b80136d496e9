//! Independent readers: the Library of Congress's bagit and PREMIS schema, rdflib, ro-crate-py.
//! `scripts/python` installs them; without them these tests fail with a message.

use crate::bag::folders::edit;
use crate::bag::story::{Story, dark_story, story};
use std::path::{Path, PathBuf};
use std::process::Command;

pub fn python() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/venv/bin/python");
    match std::env::var_os("ANNALS_PYTHON") {
        Some(python) => PathBuf::from(python),
        None if own.exists() => own,
        None => PathBuf::from("python3"),
    }
}

fn read(story: &Story, bag: &str) -> (bool, String) {
    let imports =
        Command::new(python()).args(["-c", "import bagit, rdflib, rocrate, lxml"]).output();
    let ready = imports.is_ok_and(|output| output.status.success());
    assert!(
        ready,
        "{} has no packages bagit, rdflib, rocrate, lxml: run scripts/python",
        python().display()
    );
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bag/readers.py");
    let mut command = Command::new(python());
    let done = command.arg(script).arg(story.folder.path().join(bag)).output().unwrap();
    let said = String::from_utf8(done.stdout).unwrap();
    let errors = String::from_utf8_lossy(&done.stderr).into_owned();
    (done.status.success(), if done.status.success() { said } else { said + &errors })
}

#[test]
fn everybody_reads_a_bag() {
    let story = story();
    let correct = "correct 7 --reason misquotation --statement he_said_it_so --claim \
                   The_core_question_was_left_open. --resolves 12 --by ada --yes";
    let clock = [("ANNALS_CLOCK", "2022-02-02T09:00:00Z")];
    let corrected = story.run_with(correct, &clock);
    assert_eq!(corrected.exit, 0, "{}", corrected.err);
    story.told("export --to bag");
    let expected = "bagit: valid, Bagging-Date 2022-02-02
bagit: Payload-Oxum holds
rdflib: 5 Claim
rdflib: 7 Quotation
rdflib: 2 CorrectionComment
rdflib: 1 ClaimReview
rdflib: 1 DigitalDocument
rdflib: each claim rests on a quotation
rdflib: each quotation is part of a document
rocrate: The record CC-BY-4.0 2022-02-02T09:00:00.000000Z
rocrate: 11 parts
premis: valid, 7 objects, 15 events, 3 agents
state: size 15
";
    let (good, said) = read(&story, "bag");
    assert_eq!((said.as_str(), good), (expected, true));
}

#[test]
fn a_bag_with_redacted_words_is_read_too() {
    let story = dark_story();
    story.told("export --to bag");
    let (good, said) = read(&story, "bag");
    assert!(good && said.contains("premis: valid, 7 objects, 16 events, 3 agents\n"), "{said}");
}

#[test]
fn their_reader_finds_damage_as_ours_does() {
    let story = story();
    story.told("export --to bag");
    edit(&story.folder.path().join("bag/data/facts.csv"), |bytes| bytes[3] ^= 1);
    let (good, said) = read(&story, "bag");
    assert!(!good && said.contains("data/facts.csv sha512 validation failed"), "{said}");
}
