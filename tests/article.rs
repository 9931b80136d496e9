//! The golden record of format 1: `ledger/` and `keys/` hold every fact of the seed article, and
//! must verify in every later version.
//!
//! Always holds: the committed bytes are only read. Not here: how they were made
//! (`scripts/make-record`). The second implementation verifies them too (`second_implementation`).

use annals::ledger::audit::audit;
use annals::ledger::audit::options::Audit;
use annals::ledger::paths::Paths;
use annals::ledger::reader::Record;
use annals_core::event::body::Content;
use annals_core::quote::Text;
use annals_core::rule::Rule;
use annals_core::verdict::Verdict;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn record() -> Record {
    Record::open(Paths::new(root().join("ledger"), None)).expect("the committed record")
}

fn json(name: &str) -> Value {
    let text = fs::read_to_string(root().join("examples/article").join(name)).expect("a file");
    serde_json::from_str(&text).expect("JSON")
}

/// Every body of the record, by position.
fn contents() -> BTreeMap<u64, Content> {
    let mut found = BTreeMap::new();
    let record = record();
    record
        .each(0, record.size(), &mut |position, event| {
            found.insert(position, event.body.expect("a body in form").content);
            true
        })
        .expect("readable");
    found
}

/// Claim, quoted words and span of each entry, as the record holds them.
fn entered() -> BTreeSet<(String, String, u64, u64)> {
    let facts = contents().into_values().filter_map(|content| match content {
        Content::FactAsserted(asserted) => Some(asserted.fact),
        _ => None,
    });
    let quotes = |fact: annals_core::event::body::Fact| {
        let claim = fact.claim.to_string();
        fact.evidence.into_iter().filter_map(move |entry| {
            let (quote, span) = (entry.quote?, entry.span?);
            Some((claim.clone(), quote.exact.to_string(), span.start, span.end))
        })
    };
    facts.flat_map(quotes).collect()
}

#[test]
fn the_golden_record_verifies_with_its_pin() {
    let asked = Audit { pin: None, store: false, jobs: 2, ..Audit::default() };
    let audited = audit(&record(), &asked, None).expect("readable");
    assert_eq!(audited.report.faults, []);
    assert_eq!(audited.report.verdict(), Verdict::Yes);
    assert!(audited.report.anchors.checkpoint_holds);
    assert_eq!(audited.report.counts.not_checkable, 0);
}

#[test]
fn all_37_facts_stand_in_it_word_for_word() {
    let entered = entered();
    let facts = json("facts.json");
    let facts = facts.as_array().expect("a list");
    assert_eq!(facts.len(), 37);
    for fact in facts {
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        let number = |value: &Value| value.as_u64().expect("a number");
        let row = (
            text(&fact["claim"]),
            text(&fact["quote"]["exact"]),
            number(&fact["span"]["start"]),
            number(&fact["span"]["end"]),
        );
        assert!(entered.contains(&row), "{} is not in the record: {row:?}", fact["id"]);
    }
}

#[test]
fn every_sentence_of_the_article_is_covered() {
    let entered = entered();
    for segment in json("segments.json")["segments"].as_array().expect("segments") {
        if segment["kind"] != "sentence" {
            continue;
        }
        let (start, end) = (segment["start"].as_u64(), segment["end"].as_u64());
        let (start, end) = (start.expect("a start"), end.expect("an end"));
        let covered = entered.iter().any(|(_, _, from, to)| *from < end && *to > start);
        assert!(covered, "{} is quoted by no fact", segment["id"]);
    }
}

#[test]
fn its_document_is_the_article_byte_for_byte() {
    let bytes = fs::read(root().join("examples/article/article.txt")).expect("the article");
    let digest = annals_core::hash::Hash::of(&[&bytes]);
    let path = root().join("ledger/document").join(digest.to_string());
    assert_eq!(fs::read(path).expect("the captured document"), bytes);
    let said = json("segments.json");
    assert_eq!(said["sha256"].as_str(), Some(digest.to_string().as_str()));
    let length = Text::new(bytes.clone()).map(|text| text.len());
    assert_eq!((bytes.len(), length), (2_943, Some(2_937)));
}

#[test]
fn the_article_is_recorded_from_end_to_end() {
    let mut types: BTreeMap<&str, usize> = BTreeMap::new();
    for content in contents().values() {
        *types.entry(content.kind().as_str()).or_default() += 1;
    }
    for (kind, least) in [
        ("editor.enrolled", 3),
        ("editor.revoked", 1),
        ("document.captured", 2),
        ("fact.asserted", 37),
        ("fact.confirmed", 3),
        ("fact.disputed", 1),
        ("fact.corrected", 1),
        ("fact.retracted", 1),
        ("fact.reinstated", 1),
        ("fact.related", 1),
    ] {
        let found = types.get(kind).copied().unwrap_or_default();
        assert!(found >= least, "{kind}: expected {least} or more, found {found}");
    }
    let record = record();
    let state = record.state(record.size()).expect("readable").state;
    assert_eq!(state.undone().len(), 2, "what the stolen key signed is undone");
}

/// A user in a fresh clone: no option, nothing set up.
#[test]
fn verify_and_replay_answer_without_a_flag() {
    let annals = |arguments: &[&str]| {
        let mut command = Command::new(PathBuf::from(env!("CARGO_BIN_EXE_annals")));
        command.args(arguments).current_dir(root());
        for name in ["ANNALS_LEDGER", "ANNALS_KEYS", "ANNALS_EDITOR", "ANNALS_CLOCK"] {
            command.env_remove(name);
        }
        let output = command.output().expect("annals runs");
        (output.status.code(), String::from_utf8(output.stdout).expect("UTF-8"))
    };
    let (exit, told) = annals(&["verify"]);
    assert_eq!(exit, Some(0), "{told}");
    assert!(told.contains("yes: the record is whole"), "{told}");
    let (exit, told) = annals(&["replay"]);
    assert_eq!(exit, Some(0), "{told}");
    assert!(told.contains("Open Door"), "{told}");
}

/// The minimum for a golden record: verification fails when one byte is changed.
#[test]
fn one_changed_letter_is_found() {
    let copy = tempfile::tempdir().expect("a folder");
    let folder = copy.path().join("ledger");
    for sub in ["journal", "document"] {
        fs::create_dir_all(folder.join(sub)).expect("made");
        for file in fs::read_dir(root().join("ledger").join(sub)).expect("listed") {
            let path = file.expect("a file").path();
            let name = path.file_name().expect("a name");
            fs::copy(&path, folder.join(sub).join(name)).expect("copied");
        }
    }
    fs::copy(root().join("ledger/checkpoint"), folder.join("checkpoint")).expect("copied");
    let journal = folder.join("journal/00000000000000000000.log");
    let text = fs::read_to_string(&journal).expect("the journal");
    let changed = text.replacen("ultimatum", "Ultimatum", 1);
    assert_ne!(text, changed);
    fs::write(&journal, changed).expect("written");
    let record = Record::open(Paths::new(folder, None)).expect("the copy");
    let asked = Audit { store: false, jobs: 1, ..Audit::default() };
    let report = audit(&record, &asked, None).expect("readable").report;
    assert_eq!(report.verdict(), Verdict::No);
    assert!(report.faults.iter().any(|fault| fault.rule == Rule::BodyDigest));
}
