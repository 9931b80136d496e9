//! Reading drafts: JSON Lines and TOML, every bad draft reported with its line.
//!
//! Always holds: one bad draft hides no other, and one bad field of it neither; an unknown field is
//! reported with the nearest known ones. Not here: the fields (`draft`), what they resolve to
//! (`resolve`).

use crate::ledger::error::{DraftField, Reasons, Unresolved};
use crate::ledger::write::draft::json_places::{column, repeated};
use crate::ledger::write::draft::wrong_fields::{FieldPath, PathStep, WrongField, read_fields};
use crate::ledger::write::draft::{Draft, DraftError, FieldLines, Input, PlacedDraft, fields_of};
use annals_core::event::vocabulary::Type;
use annals_core::text::in_quotes;
use serde::Deserialize;
use serde_json::error::Category;
use similar::get_close_matches;
use std::collections::HashSet;
use std::fmt::Display;
use unicode_normalization::char::is_combining_mark;

/// Reads JSON Lines: one draft a line; empty lines are skipped. All bad lines are reported.
///
/// ```
/// use annals::ledger::write::draft::json_lines;
/// let drafts = json_lines(r#"{"type":"fact.confirmed","fact":17,"how":"reread"}"#);
/// assert_eq!(drafts.map(|drafts| drafts.len()), Ok(1));
/// ```
pub fn json_lines(text: &str) -> Result<Vec<PlacedDraft>, Vec<DraftError>> {
    all_or_errors(read_json_lines(text))
}

/// Reads TOML: a `[[draft]]` table for each draft. All bad ones are reported.
pub fn toml_tables(text: &str) -> Result<Vec<PlacedDraft>, Vec<DraftError>> {
    all_or_errors(read_toml(text))
}

fn all_or_errors(input: Input) -> Result<Vec<PlacedDraft>, Vec<DraftError>> {
    if input.unread.is_empty() { Ok(input.drafts) } else { Err(input.unread) }
}

/// Reads JSON Lines; keeps the errors of bad drafts beside the readable ones. As in TOML, a line
/// that begins with # is a note.
pub fn read_json_lines(text: &str) -> Input {
    let mut input = Input::default();
    if let Some(why) = other_form(text) {
        let line = text.lines().position(|line| !line.trim().is_empty()).unwrap_or_default() + 1;
        input.unread.push(DraftError { line, why: why.into(), ..DraftError::default() });
        return input;
    }
    for (line, content) in text.lines().enumerate().map(|(at, line)| (at + 1, line)) {
        if content.trim().is_empty() || is_note(content) {
            continue;
        }
        let read = json_draft(content);
        let value = || serde_json::from_str::<serde_json::Value>(content).ok();
        let name = || value().and_then(|value| Some(value.get("ref")?.as_str()?.to_owned()));
        let name = if read.wrong.is_empty() { None } else { name() };
        input.add(read, PlacedDraft { line, ..PlacedDraft::default() }, name);
    }
    input
}

/// Whether a line is a note.
fn is_note(line: &str) -> bool {
    line.trim_start().starts_with('#')
}

/// Whether a line names columns of a table of facts or acts.
fn is_header(line: &str) -> bool {
    let names: Vec<&str> = line.split([',', ';', '\t']).collect();
    let is_known = |name: &&str| {
        let name = name.trim().trim_matches('"').to_lowercase();
        ["type", "claim", "quote"].contains(&name.as_str())
    };
    names.len() > 1 && names.iter().any(is_known)
}

/// The format of a text that is not JSON Lines as a whole: reported once, not for each line.
fn other_form(text: &str) -> Option<String> {
    const EXPECTED: &str = "expected JSON Lines, a draft in braces on each line";
    let is_content = |line: &&str| !line.is_empty() && !is_note(line);
    let mut lines = text.lines().map(str::trim).filter(is_content);
    let (first, several) = (lines.next()?, lines.next().is_some());
    let json = || serde_json::from_str::<serde_json::Value>(text);
    if first.starts_with("[[") || !first.starts_with(['{', '[']) {
        let table = toml::from_str::<toml::Table>(text);
        if first.starts_with("[[draft]]") || table.is_ok_and(|table| !table.is_empty()) {
            return Some(format!(
                "{EXPECTED}; found TOML: give the file a name that ends in .toml"
            ));
        }
    }
    if !first.starts_with(['{', '[']) && is_header(first) {
        return Some(format!(
            "{EXPECTED}; found a table: give it in a file with a name that ends in .csv (.tsv with \
             a TAB between its cells)"
        ));
    }
    if !text.lines().any(|line| line.trim_start().starts_with(['{', '['])) {
        let found = match is_yaml(text) {
            true => "found YAML, which is not read: TOML, JSON Lines and tables are",
            false => {
                "found none on any line; what is quoted, such as an article, is captured with \
                 annals document add FILE"
            }
        };
        return Some(format!("{EXPECTED}; {found}"));
    }
    match first.chars().next() {
        Some('[') if json().is_ok() => Some(format!(
            "{EXPECTED}; found one JSON array: leave out its brackets and commas, and put each \
             draft on a line of its own"
        )),
        Some('{') if several && json().is_ok() => Some(format!(
            "{EXPECTED}; found one JSON object over several lines: put it on one line"
        )),
        _ => None,
    }
}

/// Whether a text is a list or fields of YAML: each line is one, or is set off.
fn is_yaml(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let is_one = |line: &str| {
        let bare = line.trim_start();
        let bare = bare.strip_prefix("- ").unwrap_or(bare);
        let key = bare.split_once(':').map(|(key, _)| key.trim());
        line.starts_with([' ', '-', '#'])
            || key.is_some_and(|key| !key.is_empty() && !key.contains(' '))
    };
    lines.all(is_one)
}

/// What can be read of a draft, and what is wrong with the rest.
struct ReadDraft {
    /// The draft of what can be read, without short forms; none where it is no draft.
    draft: Option<Draft>,
    /// What is wrong, each with its line where the draft has several.
    wrong: Vec<(Unresolved, Option<usize>)>,
    /// The names of the fields that could not be read.
    unread: Vec<String>,
}

impl ReadDraft {
    /// A draft with what is wrong with its short forms, beside the fields that could not be read.
    fn unabridged(
        draft: Option<Draft>,
        mut wrong: Vec<(Unresolved, Option<usize>)>,
        mut unread: Vec<String>,
    ) -> ReadDraft {
        let draft = draft.map(|draft| {
            let (draft, Reasons(mut all)) = draft.unabridged();
            all.retain(|why| !unread.iter().any(|field| why.may_follow_from(field)));
            unread.extend(all.iter().filter_map(|why| Some(why.field()?.name.to_string())));
            wrong.extend(all.into_iter().map(|why| (why, None)));
            draft
        });
        ReadDraft { draft, wrong, unread }
    }

    /// No draft at all.
    fn none(why: Unresolved) -> ReadDraft {
        ReadDraft { draft: None, wrong: vec![(why, None)], unread: Vec::new() }
    }
}

impl Input {
    /// Adds a draft that stands at this place, and all that is wrong with it.
    fn add(&mut self, read: ReadDraft, placed: PlacedDraft, name: Option<String>) {
        let line = placed.line;
        for (why, field_line) in read.wrong {
            let of_field = || placed.lines.of_field(why.field()?);
            let field_line = field_line.or_else(of_field);
            let (name, why) = (name.clone(), why.into());
            self.unread.push(DraftError { line, field_line, name, why, column: None });
        }
        if let Some(draft) = read.draft {
            self.drafts.push(PlacedDraft { draft, unread: read.unread, ..placed });
        }
    }
}

fn json_draft(line: &str) -> ReadDraft {
    if !line.trim_start().starts_with('{') {
        let found: String = line.trim().chars().take(20).collect();
        let why = format!("expected a draft in braces, found {}", in_quotes(&found));
        return ReadDraft::none(Unresolved::Draft(why));
    }
    // Most drafts are whole, and are read once.
    if let Ok(draft) = serde_json::from_str(line) {
        return ReadDraft::unabridged(Some(draft), Vec::new(), Vec::new());
    }
    let value: serde_json::Value = match serde_json::from_str(line) {
        Ok(value) => value,
        Err(error) => return ReadDraft::none(Unresolved::Draft(json_why(line, &error))),
    };
    let (draft, fields) = read_fields(value);
    let mut wrong: Vec<(FieldPath, Option<usize>, String)> = Vec::new();
    let mut unread: Vec<String> = fields.iter().map(WrongField::unread).collect();
    for (path, column) in repeated(line) {
        if let Some(PathStep::Field(name)) = path.0.last() {
            let why = format!("expected a field once, found `{name}` again");
            wrong.push((path.outer(), Some(column), why));
            unread.push(name.clone());
        }
    }
    for field in &fields {
        let column = column(line, &field.path, field.is_unknown());
        wrong.push((shown_path(field), column, why(&field.why)));
    }
    wrong.sort_by_key(|(_, column, _)| *column);
    let mut listed = HashSet::new();
    let with_column = |(path, column, why): (FieldPath, Option<usize>, String)| {
        let why = listed_once(&mut listed, why);
        let why = match column {
            Some(column) => format!("{why} (column {column})"),
            None => why,
        };
        (of_value(&path, why), None)
    };
    ReadDraft::unabridged(draft, wrong.into_iter().map(with_column).collect(), unread)
}

/// The path that an error names: an unknown field is named in the path of its parent.
fn shown_path(field: &WrongField) -> FieldPath {
    if field.is_unknown() { field.path.outer() } else { field.path.clone() }
}

/// Why a line is no JSON.
fn json_why(line: &str, error: &serde_json::Error) -> String {
    // The library counts lines within one line; only the column is useful.
    let text = error.to_string();
    let text = text.rfind(" at line ").and_then(|cut| text.get(..cut)).unwrap_or(&text);
    let column = error.column();
    if error.classify() == Category::Eof {
        return format!("expected JSON, found its end too early (column {column})");
    }
    let found = line.get(column.saturating_sub(1)..).and_then(|rest| rest.chars().next());
    let found = found.map(|found| format!("{found:?}")).unwrap_or("other bytes".to_owned());
    // For these the library reports only that it expected something else.
    let why = match text.starts_with("expected ") {
        true => String::new(),
        false => format!(": {text}"),
    };
    format!("expected JSON, found {found} (column {column}){why}")
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tables {
    #[serde(default)]
    draft: Vec<toml::Spanned<toml::Value>>,
}

/// Reads TOML; keeps the errors of bad drafts beside the readable ones.
pub fn read_toml(text: &str) -> Input {
    let mut input = Input::default();
    let line_of = |at: usize| text.get(..at).map_or(1, |before| before.matches('\n').count() + 1);
    let tables = match toml::from_str::<Tables>(text) {
        Ok(tables) => tables.draft,
        Err(error) => {
            let line = line_of(error.span().map_or(0, |span| span.start));
            let why = match toml::from_str::<toml::Table>(text) {
                Ok(_) => {
                    "expected a table [[draft]] for each draft, and nothing beside them".to_owned()
                }
                Err(_) if text.trim_start().starts_with('{') => "expected TOML, found what looks \
                     like JSON Lines: give the file a name that does not end in .toml"
                    .to_owned(),
                Err(_) => format!("expected TOML: {}", error.message()),
            };
            input.unread.push(DraftError { line, why: why.into(), ..DraftError::default() });
            return input;
        }
    };
    let mut lines = FieldLines::of_drafts(text).into_iter();
    for table in tables {
        let line = line_of(table.span().start);
        let value = table.into_inner();
        let name = value.get("ref").and_then(toml::Value::as_str).map(str::to_owned);
        let placed =
            PlacedDraft { line, lines: lines.next().unwrap_or_default(), ..PlacedDraft::default() };
        let (draft, fields) = read_fields(value);
        let mut listed = HashSet::new();
        let wrong = fields.iter().map(|field| {
            let why = listed_once(&mut listed, why(&field.why));
            let of_value = of_value(&shown_path(field), why);
            (of_value, placed.lines.at(&field.path.column()))
        });
        let unread = fields.iter().map(WrongField::unread).collect();
        let read = ReadDraft::unabridged(draft, wrong.collect(), unread);
        input.add(read, placed, name);
    }
    input
}

/// What is wrong with the value at a path within a draft, or with the draft itself.
fn of_value(path: &FieldPath, why: String) -> Unresolved {
    match path.0.is_empty() {
        true => Unresolved::Draft(why),
        false => Unresolved::at(path.shown(), why),
    }
}

/// The path within a draft, such as `evidence[0].stance`; none for the draft itself. An unknown
/// field is named in the path of its parent.
pub(super) fn path<E: Display>(error: &serde_path_to_error::Error<E>) -> Option<DraftField> {
    let path = error.path().to_string();
    let place = match error.inner().to_string().starts_with("unknown field ") {
        true => path.rsplit_once('.').map_or("", |(outer, _)| outer),
        false => path.trim_matches('.'),
    };
    (!place.is_empty()).then(|| place.to_owned().into())
}

/// The fault of a value, in words without the names of a program's types.
pub(super) fn why(text: &str) -> String {
    let text = text.trim_end();
    if let Some(field) = text.strip_prefix("duplicate field ") {
        return format!("expected a field once, found {field} again");
    }
    if let Some(variant) = text.strip_prefix("unknown variant ") {
        return nearest(&format!("unknown word {variant}"));
    }
    let wrong = ["invalid type: ", "invalid value: ", "invalid length: "];
    let wrong = wrong.iter().find_map(|start| text.strip_prefix(start));
    match wrong.and_then(|rest| rest.rsplit_once(", expected ")) {
        Some((found, expected)) => format!("expected {}, found {}", kind(expected), shown(found)),
        None => nearest(text),
    }
}

/// A type, in words for people.
fn kind(expected: &str) -> &str {
    match expected {
        "usize" | "u64" => "a whole number",
        "a string" => "text in quotes",
        "a boolean" => "true or false",
        "a sequence" => "a list in brackets",
        "path string" => "the name of a file",
        expected if expected.starts_with("struct ") => "fields in braces",
        expected => expected,
    }
}

/// A value that was found, as typed if it is short.
fn shown(found: &str) -> String {
    let number = |found: &str| found.split('`').nth(1).map(str::to_owned);
    match found {
        "map" => "fields in braces".to_owned(),
        "sequence" => "a list in brackets".to_owned(),
        found if found.starts_with("string ") => with_marks(found.trim_start_matches("string ")),
        found => number(found).unwrap_or_else(|| found.to_owned()),
    }
}

/// A text as the library escapes it, with the marks of its letters, which it escapes too.
fn with_marks(escaped: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(escaped.len()), escaped);
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        let number = after.strip_prefix("u{").and_then(|number| number.split_once('}'));
        let mark = number.and_then(|(digits, after)| {
            let c = char::from_u32(u32::from_str_radix(digits, 16).ok()?)?;
            is_combining_mark(c).then_some((c, after))
        });
        rest = match mark {
            Some((mark, after)) => {
                out.push(mark);
                after
            }
            None => {
                // What is escaped may be a backslash itself.
                let length = after.chars().next().map_or(0, char::len_utf8);
                let (escaped, after) = after.split_at(length);
                out.push('\\');
                out.push_str(escaped);
                after
            }
        };
    }
    out + rest
}

/// The maximum number and distance of suggestions for a wrong word.
const NEAREST: usize = 3;
const ALIKE: f32 = 0.6;

/// The known words nearest to an unknown one, instead of a list of all.
fn nearest(why: &str) -> String {
    let whole = || why.trim_end().to_owned();
    let Some((head, list)) = why.split_once(", expected one of ") else { return whole() };
    let Some((_, found)) = head.split_once('`') else { return whole() };
    let found = found.trim_end_matches('`');
    let mut known: Vec<&str> = list.split('`').skip(1).step_by(2).collect();
    // A draft makes no event of another type.
    known.retain(|word| Type::parse(word).is_none_or(|kind| !fields_of(kind).is_empty()));
    if known.len() <= 8 {
        return whole();
    }
    let mut near = get_close_matches(found, &known, NEAREST, ALIKE);
    if near.is_empty() {
        near = known.iter().copied().filter(|word| word.starts_with(found)).collect();
    }
    match near.as_slice() {
        [] => format!("{head}{LISTED}{}", known.join(", ")),
        near => format!("{head}; the nearest known ones: {}", near.join(", ")),
    }
}

/// What comes before a list of all known words.
const LISTED: &str = "; expected one of ";

/// A reason without its list of all known words, if an earlier reason of the same draft has it.
fn listed_once(listed: &mut HashSet<String>, why: String) -> String {
    match why.split_once(LISTED) {
        Some((head, list)) if !listed.insert(list.to_owned()) => head.to_owned(),
        _ => why,
    }
}
