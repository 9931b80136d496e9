//! Cells and columns of a table of drafts: how a value is spelled in a cell, and which field a
//! column is.
//!
//! Always holds: what a cell is written from is what it is read as, whatever the value; a column is
//! named as the field is, with `.` before a field inside of it and a number, from 1, for an item of
//! a list. Not here: rows (`table`, `write`). Source: docs/drafts.md.

use crate::ledger::error::{Column, DraftField, InputPlace, Refusal};
use crate::ledger::table::starts_formula;
use crate::ledger::write::draft::DraftError;
use serde_json::{Map, Value};

/// What stands in a cell for a value that is given and empty.
pub const EMPTY: &str = "(none)";
/// What a row that is a note begins with.
pub const NOTE: char = '#';
/// What stands between the items of a list in one cell.
const BETWEEN: char = ';';

/// Columns whose cells hold a whole list.
const LISTS: [&str; 7] =
    ["topics", "authors", "resolves", "according_to", "agent_type", "act", "role"];
/// Those of which an item that is left out keeps its place.
const PARALLEL: [&str; 3] = ["agent_type", "act", "role"];

/// Whether a text is digits, and perhaps spaces around them.
fn is_number(text: &str) -> bool {
    let text = text.trim();
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a cell's text would be read as something else than this text.
fn is_marked(text: &str) -> bool {
    is_number(text) || text == EMPTY || text.starts_with(NOTE) || starts_formula(text)
}

/// The cell of a text. Where it begins as a formula does, the table adds the apostrophe.
pub fn cell_of_text(text: &str) -> String {
    let bare = text.trim_start_matches('\'');
    let marked = match text.starts_with('\'') {
        true => is_marked(bare) && !starts_formula(bare),
        false => text == EMPTY || text.starts_with(NOTE),
    };
    match text.is_empty() {
        true => EMPTY.to_owned(),
        false if marked => format!("'{text}"),
        false => text.to_owned(),
    }
}

/// The cell of a name of an earlier draft: one of digits alone would be read as a position.
pub fn cell_of_name(text: &str) -> String {
    if is_number(text) && !starts_formula(text) { format!("'{text}") } else { cell_of_text(text) }
}

/// The one cell of a list, where it can be read back.
pub fn cell_of_list(items: &[Option<&str>]) -> Option<String> {
    let fits = |item: &&str| {
        !item.is_empty() && item.trim() == *item && !item.contains(BETWEEN) && *item != EMPTY
    };
    if items.is_empty() || !items.iter().flatten().all(fits) {
        return None;
    }
    let items: Vec<&str> = items.iter().map(|item| item.unwrap_or_default()).collect();
    let cell = items.join("; ");
    let plain =
        !cell.starts_with(['\'', NOTE]) && !starts_formula(&cell) && !cell.trim().is_empty();
    plain.then_some(cell)
}

/// The values that a cell may stand for, the likeliest first; none where it is empty.
pub fn values(column: &str, cell: &str) -> Vec<Value> {
    if cell.is_empty() {
        return Vec::new();
    }
    if cell == EMPTY {
        return vec![Value::Object(Map::new()), Value::Array(Vec::new()), Value::from("")];
    }
    let literal = cell.strip_prefix('\'').filter(|rest| is_marked(rest.trim_start_matches('\'')));
    let is_list = LISTS.contains(&column);
    match literal {
        Some(text) if is_list => vec![Value::from(vec![text])],
        Some(text) => vec![Value::from(text)],
        None if is_list => lists(column, cell),
        None => scalars(cell),
    }
}

fn scalars(text: &str) -> Vec<Value> {
    let trimmed = text.trim();
    let number = is_number(text).then(|| trimmed.parse::<u64>().ok()).flatten().map(Value::from);
    let flag = match trimmed {
        word if word.eq_ignore_ascii_case("true") => Some(Value::from(true)),
        word if word.eq_ignore_ascii_case("false") => Some(Value::from(false)),
        _ => None,
    };
    let texts = [Value::from(text), Value::from(trimmed)];
    number.into_iter().chain(flag).chain(texts).collect()
}

/// A list whose items are numbers or texts: all of one kind, or each of its own.
fn lists(column: &str, cell: &str) -> Vec<Value> {
    let parallel = PARALLEL.contains(&column);
    let items = cell.split(BETWEEN).map(str::trim).filter(|item| parallel || !item.is_empty());
    let items: Vec<&str> = items.collect();
    let text = |item: &&str| if item.is_empty() { Value::Null } else { Value::from(*item) };
    let number = |item: &&str| scalars(item).into_iter().next().unwrap_or_default();
    let [texts, numbers]: [Vec<Value>; 2] =
        [items.iter().map(text).collect(), items.iter().map(number).collect()];
    // Numbers first: text of digits is taken where a position is meant.
    vec![Value::from(numbers), Value::from(texts)]
}

/// Puts a value at the path of a column; the fields before it are made. False where another column
/// of the row gave something there already, or left out the item before.
pub fn put(target: &mut Value, path: &str, value: Value) -> bool {
    let Some((first, rest)) = split(path) else { return false };
    let slot = match first.parse::<usize>() {
        Ok(number) => {
            if target.is_null() {
                *target = Value::Array(Vec::new());
            }
            let Value::Array(items) = target else { return false };
            match number.checked_sub(1) {
                Some(at) if at == items.len() => items.push(Value::Null),
                Some(at) if at < items.len() => {}
                _ => return false,
            }
            items.get_mut(number - 1)
        }
        Err(_) => {
            if target.is_null() {
                *target = Value::Object(Map::new());
            }
            let Value::Object(fields) = target else { return false };
            Some(fields.entry(first).or_insert(Value::Null))
        }
    };
    let Some(slot) = slot else { return false };
    match rest {
        Some(rest) => put(slot, rest, value),
        None if slot.is_null() => {
            *slot = value;
            true
        }
        None => false,
    }
}

fn split(path: &str) -> Option<(&str, Option<&str>)> {
    let (first, rest) = match path.split_once('.') {
        Some((first, rest)) => (first, Some(rest)),
        None => (path, None),
    };
    (!first.is_empty()).then_some((first, rest))
}

/// A path with every number in it 1: what holds of one item holds of each.
pub fn first_items(path: &str) -> String {
    let first =
        |part: &str| if part.parse::<usize>().is_ok() { "1".to_owned() } else { part.to_owned() };
    path.split('.').map(first).collect::<Vec<_>>().join(".")
}

/// The numbers in a column's name: which items of lists it is about.
pub fn items(path: &str) -> Vec<usize> {
    path.split('.').filter_map(|part| part.parse().ok()).collect()
}

/// The columns of a table by their names, in order; none in a file of lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Columns(pub Vec<String>);

impl Columns {
    /// Whether these are the columns of a table.
    pub fn is_table(&self) -> bool {
        !self.0.is_empty()
    }

    /// Where the row of a draft is, and the cell in it, if that is known; in a file of lines the
    /// line.
    pub fn place(&self, draft: usize, column: Option<usize>, line: usize) -> Option<InputPlace> {
        if !self.is_table() {
            return (line > 0).then_some(InputPlace::Line { draft, line });
        }
        let column = column.map(|index| {
            let name = self.0.get(index).cloned().unwrap_or_default();
            Column { index, name }
        });
        Some(InputPlace::Row { row: draft, column })
    }

    /// The refusal of what could not be read.
    pub fn refusal(&self, error: &DraftError) -> Refusal {
        let line = error.field_line.unwrap_or(error.line);
        let place = self.place(error.line, error.column, line);
        Refusal { place, name: error.name.clone(), rule: None, why: error.why.clone() }
    }

    /// The column of a field of a draft; none in a file of lines.
    pub fn of_field(&self, whole: &DraftField) -> Option<usize> {
        let (field, inner) = (&*whole.name, whole.part.unwrap_or_default());
        let named = |name: &str| self.0.iter().position(|column| column == name);
        let begins = |name: &str| {
            let begins = |column: &String| {
                let rest = column.strip_prefix(name);
                rest.is_some_and(|rest| rest.starts_with('.'))
            };
            self.0.iter().position(begins)
        };
        // The short forms, where the table has them.
        let short = match (field, inner) {
            ("when", "as_written") => named("as_written"),
            ("attribution", "agent") | ("attribution", "") => named("according_to"),
            ("attribution", inner) => named(inner),
            _ => None,
        };
        let exact = named(&format!("{field}.{inner}"));
        let of_item = whole.item_path().and_then(|path| named(&path));
        of_item.or(short).or(exact).or_else(|| named(field)).or_else(|| begins(field)).or_else(
            || {
                let inside = |column: &String| column.rsplit('.').next() == Some(field);
                self.0.iter().position(inside)
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::error::part_of;

    #[test]
    fn a_field_leads_to_its_column() {
        let columns =
            ["quote", "when", "as_written", "according_to", "topics.1", "evidence.1.span.start"];
        let columns = Columns(columns.map(str::to_owned).to_vec());
        for (field, column) in [
            (DraftField::from("quote"), Some(0)),
            (part_of("when", "edtf"), Some(1)),
            (part_of("when", "as_written"), Some(2)),
            ("when".into(), Some(1)),
            ("attribution".into(), Some(3)),
            (part_of("topics", "name"), Some(4)),
            ("span".into(), None),
        ] {
            assert_eq!(columns.of_field(&field), column, "{field}");
        }
    }

    #[test]
    fn a_value_is_put_where_its_column_says() {
        let mut row = Value::Null;
        let mut gives = |path: &str, value: &str| put(&mut row, path, Value::from(value));
        assert!(gives("claim", "C."));
        assert!(gives("evidence.1.quote.exact", "q"));
        assert!(gives("evidence.2.document", "d"));
        assert!(!gives("evidence.4.document", "d"), "an item is left out");
        assert!(!gives("evidence.0.document", "d"));
        assert!(!gives("claim", "again"));
        assert!(!gives("claim.inner", "x"));
        let expected = r#"{"claim":"C.","evidence":[{"quote":{"exact":"q"}},{"document":"d"}]}"#;
        assert_eq!(row.to_string(), expected);
    }
}
