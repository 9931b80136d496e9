//! Writing drafts: JSON Lines, TOML, CSV or TSV, of which each reads as the same drafts.
//!
//! Always holds: nothing of a draft is lost in any form; a table has the short forms where they say
//! all of a field. Not here: reading (`read`, `table`). Source: docs/drafts.md.

use crate::ledger::table::Table;
use crate::ledger::write::draft::Draft;
use crate::ledger::write::draft::cells::{
    EMPTY, cell_of_list, cell_of_name, cell_of_text, first_items, items,
};
use crate::ledger::write::draft::fields::FIELDS;
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;

/// The forms of a file of drafts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DraftForm {
    /// JSON Lines: a draft a line.
    JsonLines,
    /// TOML: a table `[[draft]]` for each.
    Toml,
    /// Comma-separated values, a row for each.
    Csv,
    /// Tab-separated values, a row for each.
    Tsv,
}

impl DraftForm {
    /// The forms with their names, which are the ends of their files' names.
    pub const ALL: [(&str, DraftForm); 4] = [
        ("csv", DraftForm::Csv),
        ("tsv", DraftForm::Tsv),
        ("jsonl", DraftForm::JsonLines),
        ("toml", DraftForm::Toml),
    ];

    /// The form of this name.
    pub fn named(name: &str) -> Option<DraftForm> {
        let named = |(form, _): &&(&str, DraftForm)| form.eq_ignore_ascii_case(name);
        DraftForm::ALL.iter().find(named).map(|(_, form)| *form)
    }

    /// The form of a file by the end of its name; JSON Lines where that says nothing.
    pub fn of_file(file: &Path) -> DraftForm {
        let end = file.extension().and_then(|end| end.to_str());
        end.and_then(DraftForm::named).unwrap_or(DraftForm::JsonLines)
    }
}

/// The drafts in this form.
pub fn written(drafts: &[Draft], form: DraftForm) -> io::Result<String> {
    match form {
        DraftForm::JsonLines => json_lines(drafts),
        DraftForm::Toml => toml_tables(drafts),
        DraftForm::Csv => table(&rows(drafts)?, b','),
        DraftForm::Tsv => table(&rows(drafts)?, b'\t'),
    }
}

fn json_lines(drafts: &[Draft]) -> io::Result<String> {
    let line = |draft| serde_json::to_string(draft).map(|line| line + "\n");
    Ok(drafts.iter().map(line).collect::<Result<String, _>>()?)
}

fn toml_tables(drafts: &[Draft]) -> io::Result<String> {
    #[derive(Serialize)]
    struct Tables<'a> {
        draft: &'a [Draft],
    }
    toml::to_string(&Tables { draft: drafts }).map_err(io::Error::other)
}

/// A row: the cells by the names of their columns.
type Cells = BTreeMap<String, String>;

/// A row for each draft.
pub(super) fn rows(drafts: &[Draft]) -> io::Result<Vec<Cells>> {
    let row = |draft| {
        let mut cells = Cells::new();
        let mut value = serde_json::to_value(draft)?;
        if let Value::Object(fields) = &mut value {
            abridge(fields, &mut cells);
        }
        flatten(&value, "", &mut cells);
        Ok(cells)
    };
    drafts.iter().map(row).collect()
}

/// A table of rows, with the columns that they have, in the order of the fields.
pub(super) fn table(rows: &[Cells], separator: u8) -> io::Result<String> {
    let columns: BTreeSet<&String> = rows.iter().flat_map(BTreeMap::keys).collect();
    let mut columns: Vec<&String> = columns.into_iter().collect();
    columns.sort_by_key(|name| (rank(name), items(name)));
    let mut bytes = Vec::new();
    let mut table = Table::separated(&mut bytes, separator);
    table.row(&columns)?;
    for row in rows {
        let cells: Vec<&str> =
            columns.iter().map(|name| row.get(*name).map_or("", String::as_str)).collect();
        table.row(&cells)?;
    }
    table.end()?;
    drop(table);
    String::from_utf8(bytes).map_err(io::Error::other)
}

/// Where a column stands among the fields.
fn rank(name: &str) -> usize {
    let path = first_items(name);
    FIELDS.iter().position(|field| field.name == path).unwrap_or(FIELDS.len())
}

/// Moves what a short form says whole into its cell.
fn abridge(fields: &mut Map<String, Value>, cells: &mut Cells) {
    for (name, text) in [("topics", Some("name")), ("authors", None), ("resolves", None)] {
        if let Some(cell) = fields.get(name).and_then(|list| list_cell(list, text)) {
            fields.remove(name);
            cells.insert(name.to_owned(), cell);
        }
    }
    if let Some(parts) = fields.get("attribution").and_then(attribution) {
        fields.remove("attribution");
        cells.extend(parts);
    }
    if let Some(parts) = fields.get("when").and_then(when) {
        fields.remove("when");
        cells.extend(parts);
    }
    if let Some(Value::Object(published)) = fields.get("published")
        && let (1, Some(Value::String(edtf))) = (published.len(), published.get("edtf"))
        && !edtf.is_empty()
    {
        let cell = cell_of_text(edtf);
        fields.remove("published");
        cells.insert("published".to_owned(), cell);
    }
}

/// The only text of an item: itself, or its only field.
fn text_of<'a>(item: &'a Value, only: Option<&str>) -> Option<&'a str> {
    match (item, only) {
        (Value::String(text), None) => Some(text),
        (Value::Object(fields), Some(only)) if fields.len() == 1 => fields.get(only)?.as_str(),
        _ => None,
    }
}

fn list_cell(list: &Value, only: Option<&str>) -> Option<String> {
    let items = list.as_array()?;
    let numbers: Option<Vec<u64>> = items.iter().map(Value::as_u64).collect();
    if let Some(numbers) = numbers.filter(|numbers| !numbers.is_empty()) {
        let numbers: Vec<String> = numbers.iter().map(u64::to_string).collect();
        return Some(numbers.join("; "));
    }
    let texts: Option<Vec<&str>> = items.iter().map(|item| text_of(item, only)).collect();
    let texts: Vec<Option<&str>> = texts?.into_iter().map(Some).collect();
    // In a list of names, digits alone would be positions.
    let digits = |text: &&str| only.is_none() && text.bytes().all(|byte| byte.is_ascii_digit());
    if texts.iter().flatten().any(digits) { None } else { cell_of_list(&texts) }
}

/// The cells of an attribution of which each hop has an agent, a type, an act and a role at most.
fn attribution(value: &Value) -> Option<Vec<(String, String)>> {
    let hops: Option<Vec<&Map<String, Value>>> =
        value.as_array()?.iter().map(Value::as_object).collect();
    let hops = hops.filter(|hops| !hops.is_empty())?;
    let names = ["agent", "agent_type", "act", "role"];
    if hops.iter().any(|hop| hop.keys().any(|name| !names.contains(&name.as_str()))) {
        return None;
    }
    let texts = |name: &str| -> Vec<Option<&str>> {
        hops.iter().map(|hop| hop.get(name).and_then(Value::as_str)).collect()
    };
    let agents = texts("agent");
    if agents.iter().any(Option::is_none) {
        return None;
    }
    let mut cells = vec![("according_to".to_owned(), cell_of_list(&agents)?)];
    for name in ["agent_type", "act", "role"] {
        let texts = texts(name);
        if texts.iter().any(Option::is_some) {
            // An item that is left out at the beginning is kept: the cell begins with `;`.
            cells.push((name.to_owned(), cell_of_list(&texts)?));
        }
    }
    Some(cells)
}

/// The cells of a date.
fn when(value: &Value) -> Option<Vec<(String, String)>> {
    let fields = value.as_object()?;
    let text = |name: &str| fields.get(name).and_then(Value::as_str);
    if fields.is_empty() || text("edtf") == Some("") {
        return None;
    }
    let cells = [("when", "edtf"), ("as_written", "as_written"), ("basis", "basis")];
    let cell = |(column, name): (&str, &str)| Some((column.to_owned(), cell_of_text(text(name)?)));
    Some(cells.into_iter().filter_map(cell).collect())
}

/// Fields that name an event by its position, or an earlier draft by its `ref`.
const NAMES: [&str; 10] = [
    "fact",
    "on",
    "dispute",
    "retraction",
    "relation",
    "from",
    "to",
    "document",
    "resolves",
    "derived_from",
];

/// Every value as the cell of its path.
fn flatten(value: &Value, path: &str, cells: &mut Cells) {
    let inside = |name: &str| match path.is_empty() {
        true => name.to_owned(),
        false => format!("{path}.{name}"),
    };
    let cell = match value {
        Value::Null => return,
        Value::Object(fields) if !fields.is_empty() => {
            fields.iter().for_each(|(name, value)| flatten(value, &inside(name), cells));
            return;
        }
        Value::Array(items) if !items.is_empty() => {
            let numbered = items.iter().zip(1..);
            numbered.for_each(|(item, at)| flatten(item, &inside(&at.to_string()), cells));
            return;
        }
        Value::Object(_) | Value::Array(_) => EMPTY.to_owned(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::String(text) => {
            let field = path.split('.').rfind(|part| part.parse::<usize>().is_err());
            match field.is_some_and(|field| NAMES.contains(&field)) {
                true => cell_of_name(text),
                false => cell_of_text(text),
            }
        }
    };
    // A draft without any field has no cell.
    if !path.is_empty() {
        cells.insert(path.to_owned(), cell);
    }
}
