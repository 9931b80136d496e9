//! The schemas of `docs/schema/`, held against everything that the program prints as JSON.
//!
//! Always holds: a command that answers in JSON has a schema; every field of a schema is described,
//! and is printed by some command of this test, or listed here with the reason; a field that is
//! always printed is required; a field that a schema does not name is refused. Not here: the values
//! (`archivist`, `auditor`, `editor`).

mod acts;
mod answers;
mod drafts;
mod elsewhere;
mod records;
mod schemas;
mod served;
mod stored;
mod undone;

use crate::archivist::forms;
use crate::archivist::story::story;
use crate::schema::answers::{Answers, table};
use crate::schema::schemas::{Schemas, id};
use serde_json::Value;
use std::collections::BTreeSet;

/// Parts of schemas that no answer here has, each with the reason.
const NOT_MET: [(&str, &str); 16] = [
    ("common.json#/$defs/changed_fact/properties/revision had no value", "see `archivist`"),
    ("common.json#/$defs/impact/properties/ledger had no value", "see `people`"),
    ("editor-list.json#/$defs/edit/properties/undone_by had no value", "see `people`"),
    (
        "editor-list.json#/$defs/undone_revocation/properties/by_now had no value",
        "it is null where the name is the same",
    ),
    ("key-list.json#/$defs/alone/properties/origin had no value", "it is null without a record"),
    ("lock.json#/properties/keys had no value", "no key is unlocked after it"),
    ("problem.json#/properties/documents had no value", "it is about submissions, see `serve`"),
    ("problem.json#/properties/event had no value", "it is about submissions, see `serve`"),
    ("problem.json#/properties/size had no value", "it is about submissions, see `serve`"),
    ("prove.json#/properties/part_of had no value", "it is about parts, see `bag`"),
    ("show.json#/$defs/of_document/properties/since had no value", "it is about facts"),
    ("show.json#/$defs/of_event/properties/since had no value", "it is about facts"),
    ("status.json#/$defs/marks/oneOf/5 was not met", "the journal is cut, see `faults`"),
    (
        "verify-bag.json#/$defs/bag/properties/unsigned_files had no value",
        "it is about bags without a note, see `bag`",
    ),
    ("verify.json#/$defs/body_files/properties/why had no value", "see `archive`"),
    (
        "verify.json#/$defs/report/properties/memory_earlier had no value",
        "it is about damaged marks, see `faults`",
    ),
];

#[test]
fn every_answer_of_every_command_is_as_its_schema_says() {
    let schemas = Schemas::read();
    let mut answers = Answers::of(&schemas);
    records::all(&mut answers);
    undone::all(&mut answers);
    let has_database = stored::all(&mut answers);
    let wrong = &answers.wrong;
    assert!(wrong.is_empty(), "{} answers:\n{}", wrong.len(), wrong.join("\n\n"));
    let rows = table().into_iter().map(|row| row.command);
    let is_run = |row: &String| has_database || !stored::is_about(row);
    let rows: BTreeSet<String> = rows.filter(is_run).collect();
    assert_eq!(answers.answered, rows, "rows of docs/programs.md, and those with an answer");
    let always_there = answers.coverage.always_there();
    assert_eq!(always_there, BTreeSet::new(), "fields that are always there are required");
    let is_expected = |place: &str| {
        !place.starts_with("draft.json") && (has_database || !stored::is_about(place))
    };
    let missed = answers.coverage.missed(is_expected);
    let missed: Vec<&str> = missed.iter().map(String::as_str).collect();
    assert_eq!(missed, NOT_MET.map(|(part, _)| part), "{}", missed.join("\n"));
}

#[test]
fn every_command_that_answers_in_json_has_a_schema() {
    let rows: BTreeSet<String> = table().into_iter().map(|row| row.command).collect();
    // Formats are checked before all else, so nothing has to be in the folder.
    let (folder, mut with_json) = (tempfile::tempdir().unwrap(), BTreeSet::new());
    let environment = [("XDG_RUNTIME_DIR", folder.path().to_str().unwrap())];
    for command in forms::commands(&story()) {
        // A timeline to standard output is the page itself.
        let needed = forms::needed(&command).replace("--html -", "--html page.html");
        let line = format!("{command} {needed}");
        let line = format!("{} --format json", line.trim());
        let printed = answers::print(folder.path(), &line, &environment);
        if !forms::is_refused(&command, "json", &printed.err) {
            with_json.insert(command);
        }
    }
    // A row with an option is of a command that has a row itself, or that is text without it. These
    // answer without one of their subcommands, which alone are listed.
    let alone = |row: &String| !["annals", "outbox"].contains(&row.as_str());
    let with_schema = rows.iter().map(|row| words_alone(row)).filter(alone);
    let with_schema: BTreeSet<String> = with_schema.collect();
    assert_eq!(with_json, with_schema, "commands with --format json, and those with a schema");
}

/// The words of a row without its options.
fn words_alone(row: &str) -> String {
    let words: Vec<&str> = row.split(' ').filter(|word| !word.starts_with('-')).collect();
    words.join(" ")
}

#[test]
fn every_schema_is_one_with_a_version_and_a_sentence_for_each_field() {
    let schemas = Schemas::read();
    let named: BTreeSet<String> = table().into_iter().flat_map(|row| row.schemas).collect();
    for (file, schema) in &schemas.files {
        jsonschema::meta::validate(schema).unwrap_or_else(|why| panic!("{file}: {why}"));
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema", "{file}");
        assert_eq!(schema["$id"], id(file).as_str(), "{file}");
        assert!(schema["title"].is_string(), "{file}");
        let is_named =
            ["common.json", "error.json", "problem.json", "draft.json"].contains(&file.as_str());
        assert!(is_named || named.contains(file), "docs/programs.md does not name {file}");
    }
    for (place, schema) in schemas.objects() {
        for (name, field) in
            schema.get("properties").and_then(Value::as_object).into_iter().flatten()
        {
            let text = field["description"].as_str().unwrap_or_default();
            let is_sentence = text.ends_with('.') && text.starts_with(char::is_uppercase);
            assert!(is_sentence, "{place}: {name} is described by {text:?}");
        }
    }
}
