//! An error as one JSON object: its class, its message and the parts of it, every refused draft.
//!
//! Always holds: it has every field whether or not the error has the part; no secret is in a
//! message. Not here: errors as text (`exit`). Source: docs/programs.md.

use crate::cli::terminal::advised::with_places;
use crate::cli::terminal::exit::{CliError, Exit};
use crate::cli::terminal::message::MessageParts;
use crate::ledger::error::{Column, InputPlace, LedgerError, Refusal};
use annals_core::text::{is_invisible, is_unseen};
use serde::Serialize;
use std::io::{self, Write};

/// A failure, for programs.
#[derive(Serialize)]
pub struct ErrorJson<'a> {
    error: &'static str,
    message: String,
    causes: Vec<String>,
    #[serde(flatten)]
    parts: MessageParts,
    refused: Vec<RefusalJson<'a>>,
    exit: Exit,
}

impl<'a> ErrorJson<'a> {
    /// A failure of a command.
    pub fn of(failure: &'a CliError) -> ErrorJson<'a> {
        let ledger = match failure {
            CliError::Ledger(error) => Some(error),
            _ => None,
        };
        let refused = match ledger {
            Some(LedgerError::Refused(refusals)) => refusals.as_slice(),
            _ => &[],
        };
        let first = ledger.and_then(|error| std::error::Error::source(error));
        let causes = std::iter::successors(first, |cause| cause.source());
        let causes: Vec<String> =
            causes.map(|cause| with_places(&cause.to_string()).into_owned()).collect();
        let message = with_places(&failure.message()).into_owned();
        let all = || std::iter::once(&message).chain(&causes).map(|text| MessageParts::of(text));
        let advice = ledger.and_then(LedgerError::advice);
        let advice = advice.map(|advice| with_places(advice).into_owned());
        let parts = match failure {
            CliError::NoAnswer { question, advice } => MessageParts {
                expected: Some(question.clone()),
                hint: Some(advice.clone()),
                ..MessageParts::default()
            },
            _ => MessageParts {
                hint: advice.or_else(|| all().find_map(|parts| parts.hint)),
                ..all().find(|parts| parts.expected.is_some()).unwrap_or_default()
            },
        };
        ErrorJson {
            refused: refused.iter().map(RefusalJson::of).collect(),
            parts,
            ..ErrorJson::with(failure.exit(), message, causes)
        }
    }

    /// An error of the arguments.
    pub fn of_argument(message: String, parts: MessageParts) -> ErrorJson<'a> {
        ErrorJson { parts, ..ErrorJson::with(Exit::Unknown, message, Vec::new()) }
    }

    fn with(exit: Exit, message: String, causes: Vec<String>) -> ErrorJson<'a> {
        let error = exit.class().unwrap_or_default();
        let (parts, refused) = (MessageParts::default(), Vec::new());
        ErrorJson { error, message, causes, parts, refused, exit }
    }
}

/// A refusal, with where it stands: a line, or a row and a column of a table.
#[derive(Serialize)]
struct RefusalJson<'a> {
    line: Option<usize>,
    row: Option<usize>,
    column: Option<String>,
    field: Option<&'a str>,
    #[serde(rename = "ref")]
    name: Option<&'a str>,
    message: String,
    #[serde(flatten)]
    parts: MessageParts,
}

impl<'a> RefusalJson<'a> {
    fn of(refusal: &'a Refusal) -> RefusalJson<'a> {
        let (line, row, column) = match &refusal.place {
            None => (None, None, None),
            Some(InputPlace::Line { line, .. }) => (Some(*line), None, None),
            Some(InputPlace::Row { row, column }) => (None, Some(*row), column.as_ref()),
        };
        let why = refusal.beside_place();
        let named = why.field().map(|field| field.name.to_string());
        let message = with_places(&why.to_string()).into_owned();
        let parts = MessageParts::of(&message);
        RefusalJson {
            line,
            row,
            column: column.map(Column::letters),
            field: column.map(|column| column.name.as_str()).filter(|name| !name.is_empty()),
            name: refusal.name.as_deref(),
            message,
            parts: MessageParts { place: parts.place.clone().or(named), ..parts },
        }
    }
}

/// Writes an error as one line; a character that is not seen is escaped as JSON has it.
pub fn write(out: &mut dyn Write, error: &ErrorJson<'_>) -> io::Result<()> {
    let text = serde_json::to_string(error).map_err(io::Error::other)?;
    writeln!(out, "{}", escaped(&text))
}

fn escaped(text: &str) -> String {
    let (mut out, mut before) = (String::with_capacity(text.len()), None);
    for c in text.chars() {
        match is_invisible(c) || is_unseen(before, c) {
            true => {
                let units = c.encode_utf16(&mut [0; 2]).to_vec();
                units.iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}")));
            }
            false => out.push(c),
        }
        before = Some(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_seen_is_escaped_and_read_as_it_was() {
        let message = "found \u{1b}[2J \u{202e}x \u{200b} \u{e0041} \"y\"".to_owned();
        let error = ErrorJson::of_argument(message.clone(), MessageParts::default());
        let mut out = Vec::new();
        write(&mut out, &error).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.is_ascii(), "{text}");
        let read: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(read["message"], message);
    }
}
