//! The vectors: one small record for each rule and more, as files for any implementation.
//!
//! Always holds: `tests/vectors/*.json` are the output of the generator in `cases`, byte for byte
//! (`ANNALS_BLESS=1` writes them); each gives exactly the expected exit, faults and state. The
//! expected faults are written by hand from FORMAT.md. Not here: stories (`rules`).

use crate::cases::{self, Case};
use crate::support::files::CHECKPOINT;
use crate::support::{self};
use annals_core::rule::Rule;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors")
}

#[test]
fn the_committed_vectors_are_the_generated_ones() {
    let bless = std::env::var_os("ANNALS_BLESS").is_some();
    let mut expected = BTreeSet::new();
    for case in cases::all() {
        let path = folder().join(format!("{}.json", case.name));
        let text = case.to_json();
        if bless {
            std::fs::create_dir_all(folder()).expect("the folder can be made");
            std::fs::write(&path, &text).expect("a vector can be written");
        }
        let found = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(found == text, "{} is not what is generated; see ANNALS_BLESS=1", case.name);
        assert!(expected.insert(format!("{}.json", case.name)), "{} stands twice", case.name);
    }
    let found: BTreeSet<String> = std::fs::read_dir(folder())
        .expect("the folder can be read")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    assert_eq!(found, expected, "vectors that are not generated, or generated and not there");
}

#[test]
fn every_vector_gives_what_it_expects() {
    let mut wrong = Vec::new();
    for case in cases::all() {
        let (exit, faults, state) = cases::outcome(&case.files);
        if (exit, &faults) != (case.exit, &case.faults) {
            wrong.push(format!(
                "{}: expected exit {} and {:?}, found exit {exit} and {faults:?}",
                case.name, case.exit, case.faults
            ));
        }
        if state.is_none() != case.stateless {
            wrong.push(format!("{}: a state is there: {}", case.name, state.is_some()));
        }
    }
    assert!(wrong.is_empty(), "{} vectors:\n{}", wrong.len(), wrong.join("\n"));
}

/// The journal read from disk and the splitter, which follows FORMAT.md sentence by sentence, must
/// agree: events, commit lines, damage, and ignored bytes.
#[test]
fn every_journal_is_read_from_disk_as_the_page_says() {
    let cases = cases::all();
    for case in cases.iter().filter(|case| case.files.contains_key(CHECKPOINT)) {
        support::disk::expect_read_as_split(&case.name, &case.files);
    }
}

#[test]
fn every_rule_that_a_record_can_break_has_a_vector() {
    let told: BTreeSet<u16> = cases::all().iter().filter_map(|case| case.rule).collect();
    let not_shown = [Rule::Store, Rule::Index, Rule::Unreadable];
    for rule in Rule::ALL.iter().filter(|rule| !not_shown.contains(rule)) {
        assert!(told.contains(&rule.number()), "rule {rule} has no vector");
    }
    for case in cases::all() {
        let prefix = format!("{:03}-", case.rule.unwrap_or(0));
        assert!(case.name.starts_with(&prefix), "{} is named for its rule", case.name);
        if let Some(rule) = case.rule {
            let broken = case.faults.iter().any(|(number, _)| *number == rule);
            assert!(broken, "{} breaks its rule", case.name);
        }
        let (first, about) = (case.about.chars().next(), case.about);
        let sentence = about.ends_with('.') && !about.contains(". ") && about.len() <= 160;
        assert!(sentence && first.is_some_and(char::is_uppercase), "{about}");
    }
}

#[test]
fn the_same_vector_is_made_twice_alike() {
    let texts = |cases: Vec<Case>| cases.iter().map(Case::to_json).collect::<Vec<_>>();
    assert_eq!(texts(cases::all()), texts(cases::all()));
}
