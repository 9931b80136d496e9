//! Reading drafts: JSON Lines and TOML, every bad one told with its line.
//!
//! Always holds: one bad draft hides no other; an unknown field is told with the known ones that
//! are nearest to it. Not here: the fields (`draft`), what they resolve to (`settle`).

use super::{Draft, DraftError, Input, Placed};
use serde::Deserialize;
use similar::get_close_matches;

/// Reads JSON Lines: one draft a line; empty lines are passed over. All bad lines are told.
///
/// ```
/// use annals::ledger::draft::json_lines;
/// let drafts = json_lines(r#"{"type":"fact.confirmed","fact":17,"how":"reread"}"#);
/// assert_eq!(drafts.map(|drafts| drafts.len()), Ok(1));
/// ```
pub fn json_lines(text: &str) -> Result<Vec<Placed>, Vec<DraftError>> {
    all_or_errors(read_json_lines(text))
}

/// Reads TOML: a `[[draft]]` table for each draft. All bad ones are told.
pub fn toml_tables(text: &str) -> Result<Vec<Placed>, Vec<DraftError>> {
    all_or_errors(read_toml(text))
}

fn all_or_errors(input: Input) -> Result<Vec<Placed>, Vec<DraftError>> {
    if input.unread.is_empty() { Ok(input.drafts) } else { Err(input.unread) }
}

/// Reads JSON Lines; what cannot be read is kept beside what can.
pub fn read_json_lines(text: &str) -> Input {
    let mut input = Input::default();
    for (line, content) in text.lines().enumerate().map(|(at, line)| (at + 1, line)) {
        if content.trim().is_empty() {
            continue;
        }
        match serde_json::from_str(content) {
            Ok(draft) => input.drafts.push(Placed { line, draft }),
            Err(error) => {
                let value = serde_json::from_str::<serde_json::Value>(content).ok();
                let name = value.and_then(|value| Some(value.get("ref")?.as_str()?.to_owned()));
                input.unread.push(DraftError { line, name, why: json_why(&error) });
            }
        }
    }
    input
}

fn json_why(error: &serde_json::Error) -> String {
    // The library counts lines within one line; the column is what helps.
    let text = error.to_string();
    let cut = text.rfind(" at line ").unwrap_or(text.len());
    format!("{} (column {})", nearest(&text[..cut]), error.column())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tables {
    #[serde(default)]
    draft: Vec<toml::Spanned<toml::Value>>,
}

/// Reads TOML; what cannot be read is kept beside what can.
pub fn read_toml(text: &str) -> Input {
    let mut input = Input::default();
    let line_of = |at: usize| text.get(..at).map_or(1, |before| before.matches('\n').count() + 1);
    let tables = match toml::from_str::<Tables>(text) {
        Ok(tables) => tables.draft,
        Err(error) => {
            let line = line_of(error.span().map_or(0, |span| span.start));
            let why = nearest(error.message());
            input.unread.push(DraftError { line, name: None, why });
            return input;
        }
    };
    for table in tables {
        let line = line_of(table.span().start);
        let value = table.into_inner();
        let name = value.get("ref").and_then(toml::Value::as_str).map(str::to_owned);
        match Draft::deserialize(value) {
            Ok(draft) => input.drafts.push(Placed { line, draft }),
            Err(error) => {
                let why = nearest(error.message());
                input.unread.push(DraftError { line, name, why });
            }
        }
    }
    input
}

/// Words that are nearest to a wrong one: at most so many, and so alike.
const NEAREST: usize = 3;
const ALIKE: f32 = 0.6;

/// The known words that are nearest to an unknown one, in place of a list of all of them.
fn nearest(why: &str) -> String {
    let whole = || why.trim_end().to_owned();
    let Some((head, list)) = why.split_once(", expected one of ") else { return whole() };
    let Some((_, found)) = head.split_once('`') else { return whole() };
    let found = found.trim_end_matches('`');
    let known: Vec<&str> = list.split('`').skip(1).step_by(2).collect();
    if known.len() <= 8 {
        return whole();
    }
    let mut near = get_close_matches(found, &known, NEAREST, ALIKE);
    if near.is_empty() {
        near = known.iter().copied().filter(|word| word.starts_with(found)).collect();
    }
    match near.as_slice() {
        [] => format!("{head}; expected one of {}", known.join(", ")),
        near => format!("{head}; the nearest known ones: {}", near.join(", ")),
    }
}
