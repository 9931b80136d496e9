//! An error as one JSON object: its class, its message and the parts of it, every refused draft.
//!
//! Always holds: it has every field whether or not the error has the part; no secret is in a
//! message. Not here: errors as text (`exit`). Source: docs/programs.md.

use crate::cli::terminal::exit::{CliError, Exit};
use crate::cli::terminal::message::MessageParts;
use crate::ledger::error::{Column, InputPlace, LedgerError, Refusal};
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
        let causes: Vec<String> = causes.map(ToString::to_string).collect();
        let message = failure.message();
        let all = || std::iter::once(&message).chain(&causes).map(|text| MessageParts::of(text));
        let parts = all().find(|parts| parts.expected.is_some()).unwrap_or_default();
        let advice = ledger.and_then(LedgerError::advice).map(str::to_owned);
        let hint = advice.or_else(|| all().find_map(|parts| parts.hint));
        ErrorJson {
            refused: refused.iter().map(RefusalJson::of).collect(),
            parts: MessageParts { hint, ..parts },
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
    message: &'a str,
    #[serde(flatten)]
    parts: MessageParts,
}

impl<'a> RefusalJson<'a> {
    fn of(refusal: &'a Refusal) -> RefusalJson<'a> {
        let (line, row, column) = match &refusal.place {
            None => (None, None, None),
            Some(InputPlace::Line(line)) => (Some(*line), None, None),
            Some(InputPlace::Row { row, column }) => (None, Some(*row), column.as_ref()),
        };
        RefusalJson {
            line,
            row,
            column: column.map(Column::letters),
            field: column.map(|column| column.name.as_str()).filter(|name| !name.is_empty()),
            name: refusal.name.as_deref(),
            message: &refusal.why,
            parts: MessageParts::of(&refusal.why),
        }
    }
}

/// Writes an error as one line.
pub fn write(out: &mut dyn Write, error: &ErrorJson<'_>) -> io::Result<()> {
    writeln!(out, "{}", serde_json::to_string(error).map_err(io::Error::other)?)
}
