//! Templates of draft files: every field of a draft, with what it is, and an example of each type.
//!
//! Always holds: the examples have every field; a template that nobody filled in holds no draft,
//! but the lines of JSON, which has no notes. Not here: the fields (`fields`), how drafts are
//! written (`write`). Source: docs/drafts.md.

use crate::ledger::write::draft::Draft;
use crate::ledger::write::draft::cells::NOTE;
use crate::ledger::write::draft::fields::{FIELDS, Field};
use crate::ledger::write::draft::read::read_json_lines;
use crate::ledger::write::draft::write::{self, DraftForm, table, written};
use std::collections::BTreeMap;
use std::io;

/// A draft of each type, and one that has its fields in full.
const EXAMPLES: &str = include_str!("examples.jsonl");

/// What a template begins with, where the form has notes.
const HEAD: &str = "\
# Drafts for annals: each becomes one event, all of them or none. docs/drafts.md says more.
# A draft needs only the fields of its type. These are all of them:
";

/// A template of a file of drafts: every field with its description, and examples to overwrite.
pub fn template(form: DraftForm) -> io::Result<String> {
    match form {
        DraftForm::JsonLines => Ok(EXAMPLES.to_owned()),
        DraftForm::Toml => toml(),
        DraftForm::Csv => rows(b','),
        DraftForm::Tsv => rows(b'\t'),
    }
}

fn examples() -> Vec<Draft> {
    read_json_lines(EXAMPLES).drafts.into_iter().map(|placed| placed.draft).collect()
}

fn toml() -> io::Result<String> {
    let mut text = HEAD.to_owned();
    for Field { name, what } in FIELDS {
        text.push_str(&format!("#   {name}: {what}\n"));
    }
    text.push_str("#\n# Examples, of which the lines lose their # to count:\n#\n");
    for line in written(&examples(), DraftForm::Toml)?.lines() {
        text.push_str(format!("# {line}").trim_end());
        text.push('\n');
    }
    Ok(text)
}

fn rows(separator: u8) -> io::Result<String> {
    // The first column says that a row is a note.
    let note = |mut row: BTreeMap<String, String>| {
        let first = row.entry("ref".to_owned()).or_default();
        *first = format!("{NOTE} {first}").trim_end().to_owned();
        row
    };
    let what = FIELDS.iter().map(|field| (field.name.to_owned(), field.what.to_owned()));
    let mut all = vec![note(what.collect())];
    all.extend(write::rows(&examples())?.into_iter().map(note));
    table(&all, separator)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::write::draft::cells::first_items;
    use crate::ledger::write::draft::{Separator, read_table, read_toml};
    use serde_json::Value;
    use std::collections::BTreeSet;

    /// Every path of a value, numbers being 1.
    fn paths(value: &Value, path: &str, into: &mut BTreeSet<String>) {
        let inside =
            |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
        match value {
            Value::Object(fields) => {
                fields.iter().for_each(|(name, value)| paths(value, &inside(name), into))
            }
            Value::Array(items) if items.iter().any(Value::is_object) => {
                items.iter().for_each(|value| paths(value, &inside("1"), into));
            }
            _ => drop(into.insert(path.to_owned())),
        }
    }

    #[test]
    fn the_examples_have_every_field_and_no_other() {
        let mut found = BTreeSet::new();
        for line in EXAMPLES.lines() {
            paths(&serde_json::from_str(line).unwrap(), "", &mut found);
        }
        let fields: BTreeSet<String> = FIELDS.iter().map(|field| field.name.to_owned()).collect();
        assert_eq!(found, fields);
        assert_eq!(fields.len(), FIELDS.len());
    }

    #[test]
    fn the_fields_are_those_of_a_draft() {
        // The reader names all that it knows.
        let known = |of: &str| -> BTreeSet<String> {
            let path = if of.is_empty() { "?".to_owned() } else { format!("{of}.?") };
            let mut draft = Value::Null;
            assert!(crate::ledger::write::draft::cells::put(&mut draft, &path, Value::Null));
            let error = serde_json::from_value::<Draft>(draft).unwrap_err().to_string();
            error.split('`').skip(3).step_by(2).map(str::to_owned).collect()
        };
        let of = |of: &str| -> BTreeSet<String> {
            let inside = FIELDS.iter().filter_map(|field| match of {
                "" => Some(field.name),
                of => field.name.strip_prefix(of)?.strip_prefix('.'),
            });
            inside.filter_map(|name| name.split('.').next()).map(str::to_owned).collect()
        };
        let mut all = known("");
        assert!(all.remove("sealed"), "sealing is not built");
        // What stands in parts only.
        assert_eq!(of(""), all);
        for inner in [
            "evidence.1",
            "evidence.1.span",
            "evidence.1.translation",
            "attribution.1",
            "when",
            "published",
            "topics.1",
        ] {
            assert_eq!(of(inner), known(inner), "{inner}");
        }
        for field in FIELDS {
            assert_eq!(first_items(field.name), field.name);
        }
    }

    #[test]
    fn a_template_is_read_as_it_is() {
        let count = EXAMPLES.lines().count();
        let lines = read_json_lines(&template(DraftForm::JsonLines).unwrap());
        assert_eq!((lines.drafts.len(), lines.unread.as_slice()), (count, &[][..]));
        let read = [
            read_table(&template(DraftForm::Csv).unwrap(), Separator::Found),
            read_table(&template(DraftForm::Tsv).unwrap(), Separator::Tab),
            read_toml(&template(DraftForm::Toml).unwrap()),
        ];
        for input in read {
            assert_eq!((input.drafts.as_slice(), input.unread.as_slice()), (&[][..], &[][..]));
        }
        // Without the marks of notes it is the examples.
        let toml = template(DraftForm::Toml).unwrap();
        let (_, toml) = toml.split_once("to count:\n#\n").unwrap();
        let toml: String = toml.lines().map(|line| line[1..].to_owned() + "\n").collect();
        let toml = read_toml(&toml);
        let csv = template(DraftForm::Csv).unwrap();
        let csv = csv.split_once('\n').unwrap();
        let csv =
            csv.1.lines().skip(1).map(|line| line.trim_start_matches("# ").trim_start_matches('#'));
        let csv: Vec<&str> = csv.collect();
        let head = template(DraftForm::Csv).unwrap().lines().next().unwrap().to_owned();
        let csv = read_table(&format!("{head}\n{}", csv.join("\n")), Separator::Found);
        let drafts = |input: &crate::ledger::write::draft::Input| -> Vec<Draft> {
            input.drafts.iter().map(|placed| placed.draft.clone()).collect()
        };
        assert_eq!(csv.unread, []);
        assert_eq!(drafts(&toml), drafts(&lines));
        assert_eq!(drafts(&csv), drafts(&lines));
    }
}
