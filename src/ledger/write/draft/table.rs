//! Reading drafts from a table: CSV or TSV, a row for each draft.
//!
//! Always holds: one bad cell hides no other, and each is named with its row and its column; rows
//! are counted as a spreadsheet counts them. Not here: encodings (`cli`), how a value is spelled
//! (`cells`).
//! Source: RFC 4180; docs/drafts.md.

use crate::ledger::error::Unresolved;
use crate::ledger::write::draft::cell_quotes::misquoted;
use crate::ledger::write::draft::cells::{Columns, NOTE, first_items, items, put, values};
use crate::ledger::write::draft::read::{path, why};
use crate::ledger::write::draft::{Draft, DraftError, Input, Name, PlacedDraft};
use annals_core::edtf::is_edtf;
use annals_core::text::in_quotes;
use csv::{ReaderBuilder, StringRecord};
use serde_json::{Map, Value};
use std::collections::HashSet;

/// What stands between the cells of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Separator {
    /// What splits the first row into the most known columns: a comma, a semicolon or a TAB.
    Found,
    /// A TAB.
    Tab,
}

/// The separators of spreadsheets; a comma where none fits.
const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];

/// Columns of dates, which spreadsheets like to change.
const DATES: [&str; 4] = ["when", "when.edtf", "published", "published.edtf"];

/// Reads a table. Its first row names the columns; a row that begins with `#` is a note; what
/// cannot be read is kept beside what can.
pub fn read_table(text: &str, separator: Separator) -> Input {
    if let Some(error) = other_form(text) {
        return Input { unread: vec![error], ..Input::default() };
    }
    let separator = match separator {
        Separator::Tab => b'\t',
        Separator::Found => found(text),
    };
    let mut input = Input::default();
    let mut rows = rows(text, separator).into_iter();
    let Some(header) = rows.next() else { return input };
    let misquoted = misquoted(text, separator);
    let is_misquoted = |number: usize| {
        let holds = |line: usize, is_open| line == number || is_open && line < number;
        misquoted.iter().any(|cell| holds(cell.error.line, cell.is_open))
    };
    let misquoted_cells = || misquoted.iter().map(|cell| cell.error.clone());
    if is_misquoted(header.number) {
        input.unread = misquoted_cells().collect();
        return input;
    }
    let names = header.cells.iter().map(|name| name.trim().to_lowercase());
    input.columns = Columns(names.collect());
    input.unread = wrong_columns(&input.columns, header.number);
    let lone = input.columns.0.len() == 1 && !input.unread.is_empty();
    if lone {
        let error = DraftError {
            line: header.number,
            why: "expected the names of columns with a comma, a semicolon or a TAB between them; \
                  annals append --template csv has them all"
                .to_owned()
                .into(),
            ..DraftError::default()
        };
        input.unread = vec![error];
        return input;
    }
    let known: Vec<bool> = (0..input.columns.0.len())
        .map(|at| !input.unread.iter().any(|error| error.column == Some(at)))
        .collect();
    for row in rows.filter(|row| !is_misquoted(row.number)) {
        row.read(&known, &mut input);
    }
    input.unread.extend(misquoted_cells());
    let unclear = unclear_names(&input);
    input.unread.extend(unclear);
    input
}

/// The format of a text that is no table: reported once, not for each line.
fn other_form(text: &str) -> Option<DraftError> {
    let (at, first) = text.lines().enumerate().find(|(_, line)| !line.trim().is_empty())?;
    let (found, ending) = match first.trim() {
        line if line.starts_with("{\"") => ("JSON Lines", ".jsonl"),
        line if line.starts_with("[[draft]]") => ("TOML", ".toml"),
        _ => return None,
    };
    let why = format!(
        "expected a table, whose first row names its columns; found {found}: give the file a name \
         that ends in {ending}"
    );
    Some(DraftError { line: at + 1, why: why.into(), ..DraftError::default() })
}

/// The digits that may be a position of the record or the `ref` of a row.
fn unclear_names(input: &Input) -> Vec<DraftError> {
    let refs: HashSet<u64> =
        input.drafts.iter().filter_map(|row| row.draft.name.as_ref()?.parse().ok()).collect();
    let mut unclear = Vec::new();
    for row in input.drafts.iter().filter(|_| !refs.is_empty()) {
        let positions = row.draft.names().filter_map(|name| match name {
            Name::Position(position) => Some(*position),
            Name::Ref(_) => None,
        });
        for position in positions.filter(|position| refs.contains(position)) {
            unclear.push(DraftError {
                line: row.line,
                name: row.draft.name.clone(),
                why: format!(
                    "expected a position or a ref, found {position}, which is a position and the \
                     ref of a row here; a ref that is meant has an apostrophe before it: \
                     '{position}"
                )
                .into(),
                ..DraftError::default()
            });
        }
    }
    unclear
}

/// The separator that splits the first row into the most known columns.
fn found(text: &str) -> u8 {
    let known = |separator: &u8| {
        let first = rows(text.lines().next().unwrap_or_default(), *separator).into_iter().next();
        let names = first.map(|row| row.cells).unwrap_or_default();
        names.iter().filter(|name| unknown(&name.trim().to_lowercase()).is_none()).count()
    };
    // Of several that fit alike, the first one.
    SEPARATORS.iter().rev().copied().max_by_key(known).unwrap_or(b',')
}

/// A row with its number.
struct Row {
    number: usize,
    cells: Vec<String>,
}

/// The rows as a spreadsheet counts them: from 1, one for each record and each empty line.
fn rows(text: &str, separator: u8) -> Vec<Row> {
    let mut reader = ReaderBuilder::new();
    let mut reader =
        reader.delimiter(separator).has_headers(false).flexible(true).from_reader(text.as_bytes());
    let (mut rows, mut number) = (Vec::new(), 0);
    let mut record = StringRecord::new();
    loop {
        let from = reader.position().byte() as usize;
        // Text in memory is UTF-8 and never fails to be read.
        let Ok(true) = reader.read_record(&mut record) else { return rows };
        // The reader stops between the CR and the LF of the row before.
        let rest = text.get(from..).unwrap_or_default();
        let cut = text.get(..from).is_some_and(|before| before.ends_with('\r'));
        let rest = rest.strip_prefix('\n').filter(|_| cut).unwrap_or(rest);
        number += 1 + empty_lines(rest);
        rows.push(Row { number, cells: record.iter().map(str::to_owned).collect() });
    }
}

/// The empty lines at the beginning of a text, which are no record.
fn empty_lines(text: &str) -> usize {
    let ends = text.find(|c| c != '\n' && c != '\r').unwrap_or(text.len());
    let ends = text.get(..ends).unwrap_or_default();
    ends.matches("\r\n").count() + ends.replace("\r\n", "").len()
}

/// All that is wrong with the names of the columns.
fn wrong_columns(columns: &Columns, line: usize) -> Vec<DraftError> {
    let mut wrong = Vec::new();
    for (at, name) in columns.0.iter().enumerate() {
        let first = columns.0.iter().position(|other| other == name);
        let why = match unknown(name) {
            _ if name.is_empty() => None,
            Some(why) => Some(why),
            None if first != Some(at) => {
                Some("expected each column once, found it again".to_owned())
            }
            None => None,
        };
        let error = |why: String| DraftError {
            line,
            column: Some(at),
            why: why.into(),
            ..DraftError::default()
        };
        wrong.extend(why.map(error));
    }
    wrong
}

/// What is wrong with the name of a column, if it is no field.
fn unknown(name: &str) -> Option<String> {
    let path = first_items(name);
    let read = |value: Value| one(&path, value).map(|_| ());
    let fits = [Value::Null, Value::from(""), Value::Object(Map::new())];
    let mut tried = fits.into_iter().map(read);
    let error = tried.next()?.err()?;
    if tried.any(|read| read.is_ok()) {
        return None;
    }
    Some(match error.contains("unknown field") {
        true => error.replacen("unknown field", "unknown column", 1),
        false => format!("unknown column `{name}`"),
    })
}

/// A draft of which only this field is given; or what is wrong with the value.
fn one(field: &str, value: Value) -> Result<Draft, String> {
    let mut draft = Value::Null;
    if !put(&mut draft, field, value) {
        return Err("unknown field".to_owned());
    }
    let read = serde_path_to_error::deserialize(draft);
    read.map_err(|error: serde_path_to_error::Error<serde_json::Error>| {
        let path = path(&error);
        let why = why(&error.inner().to_string());
        // The column names the field; what is inside of it is named here.
        let path = path.as_ref().map(|path| &*path.name).unwrap_or_default();
        let inner = path.trim_start_matches(|c| c != '[').trim_start_matches('[');
        if inner.is_empty() || field.contains('.') { why } else { item(inner, &why) }
    })
}

/// What is wrong with one item of a list.
fn item(path: &str, why: &str) -> String {
    let digits: String = path.chars().take_while(char::is_ascii_digit).collect();
    match digits.parse::<usize>() {
        Ok(at) => format!("item {}: {why}", at + 1),
        Err(_) => why.to_owned(),
    }
}

impl Row {
    /// Reads the row into the input, unless it is empty or a note.
    fn read(&self, known: &[bool], input: &mut Input) {
        let is_empty = self.cells.iter().all(|cell| cell.trim().is_empty());
        let is_note = self.cells.first().is_some_and(|cell| cell.starts_with(NOTE));
        if is_empty || is_note {
            // A note has a space after its sign; a word that begins so may be meant.
            let is_word = self.cells.first().is_some_and(|cell| {
                cell.strip_prefix(NOTE).is_some_and(|rest| rest.starts_with(char::is_alphanumeric))
            });
            let has_more = self.cells.iter().skip(1).any(|cell| !cell.trim().is_empty());
            input.passed_over.extend((is_word && has_more).then_some(self.number));
            return;
        }
        let (mut draft, mut wrong) = (Value::Object(Map::new()), Vec::new());
        let mut cells: Vec<(usize, &String)> =
            self.cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty()).collect();
        // The first items of a list go before the next ones, however the columns are ordered.
        cells.sort_by_key(|(at, _)| input.columns.0.get(*at).map(|name| items(name)));
        for (at, cell) in cells {
            let column = input.columns.0.get(at).map(String::as_str).unwrap_or_default();
            let put = match column {
                // What is wrong with its name is reported once.
                _ if known.get(at) == Some(&false) => Ok(()),
                "" if cell.trim().is_empty() => Ok(()),
                "" => Err("expected a column with a name, found none".to_owned()),
                column => {
                    value(column, cell).and_then(|value| match put(&mut draft, column, value) {
                        true => Ok(()),
                        false => Err(misplaced(column)),
                    })
                }
            };
            wrong.extend(put.err().map(|why| CellError { column: Some(at), why: why.into() }));
        }
        let columns = &input.columns;
        // Each cell can be read; what is wrong beyond that is between them.
        let read = serde_json::from_value::<Draft>(draft).map_err(|error| why(&error.to_string()));
        let whole = read.map(|draft| {
            let (draft, all) = draft.unabridged();
            let of = |why: Unresolved| {
                let column = why.field().and_then(|field| columns.of_field(field));
                CellError { column, why }
            };
            wrong.extend(all.0.into_iter().map(of));
            draft
        });
        let draft = whole.unwrap_or_else(|why| {
            wrong.push(CellError { column: None, why: why.into() });
            Draft::default()
        });
        let name = draft.name.clone();
        let field = |error: &CellError| columns.0.get(error.column?).cloned();
        let unread = wrong.iter().map(|error| field(error).unwrap_or_default());
        // A column that is none may be misspelled: what is missing may be there.
        let misspelled = known.iter().filter(|known| !**known).map(|_| String::new());
        let unread = unread.chain(misspelled).collect();
        let line = self.number;
        input.unread.extend(wrong.into_iter().map(|CellError { column, why }| DraftError {
            line,
            column,
            name: name.clone(),
            why: why.into(),
            ..DraftError::default()
        }));
        input.drafts.push(PlacedDraft { line, draft, unread, ..PlacedDraft::default() });
    }
}

/// What is wrong with a cell, or with a row.
struct CellError {
    column: Option<usize>,
    why: Unresolved,
}

/// The value of a cell, which its column can have; or what is wrong with it.
fn value(column: &str, cell: &str) -> Result<Value, String> {
    let field = first_items(column);
    let mut failed = None;
    for value in values(column, cell) {
        match one(&field, value.clone()) {
            Ok(_) if is_changed_date(&field, &value) => {
                return Err(format!(
                    "expected a date or an interval such as 2022-01-26 or 2021/2022, found \
                     {}; a spreadsheet changes dates unless their column has the format Text",
                    in_quotes(cell)
                ));
            }
            Ok(_) => return Ok(value),
            Err(why) => failed = Some(why),
        }
    }
    Err(failed.unwrap_or_else(|| "expected a value, found none".to_owned()))
}

fn is_changed_date(field: &str, value: &Value) -> bool {
    let text = value.as_str().filter(|text| !text.is_empty());
    DATES.contains(&field) && text.is_some_and(|text| !is_edtf(text))
}

/// Why a value cannot stand where its column says.
fn misplaced(column: &str) -> String {
    let number = column.split('.').find_map(|part| part.parse::<usize>().ok());
    let item = number.and_then(|number| number.checked_sub(1)).filter(|before| *before > 0);
    match item {
        Some(before) => format!(
            "expected a value for item {before} of the list in a column before this one, or what \
             was given in another column is the same field"
        ),
        None => "expected this field once, found it in another column too".to_owned(),
    }
}
