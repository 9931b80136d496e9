//! The report of an error: as text, or as JSON if the command's format is JSON.
//!
//! Always holds: an error is printed with its causes, line by line, and every refused draft. Not
//! here: exit codes (`exit`), its JSON (`error_json`).

use crate::cli::terminal::advised::with_places;
use crate::cli::terminal::ask::unsaved_answers;
use crate::cli::terminal::error_json::{self, ErrorJson};
use crate::cli::terminal::exit::{CliError, Exit};
use crate::cli::terminal::options::Format;
use crate::cli::terminal::streams::err;
use crate::ledger::error::{InputPlace, LedgerError, Refusal};
use std::io::{self, Write};

impl CliError {
    /// Prints the failure on stderr, as text or as one JSON object; its exit code.
    pub fn report(&self, format: Format) -> Exit {
        unsaved_answers::show();
        let mut err = err();
        let text = !format.is_json();
        // Nothing can be printed where stderr itself fails.
        let _ = match self {
            CliError::ClosedPipe => Ok(()),
            _ if !text => error_json::write(&mut err, &ErrorJson::of(self)),
            CliError::Ledger(error) => report_ledger(&mut err, error),
            CliError::Declined => writeln!(err, "{}", self.message()),
            _ => writeln!(err, "annals: {}", with_places(&self.message())),
        };
        self.exit()
    }
}

fn report_ledger(err: &mut dyn Write, error: &LedgerError) -> io::Result<()> {
    writeln!(err, "annals: {}", one_line(error))?;
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        writeln!(err, "  {}", one_line(inner))?;
        cause = inner.source();
    }
    if let Some(advice) = error.advice() {
        writeln!(err, "  {}", with_places(advice))?;
    }
    if let LedgerError::Refused(refusals) = error {
        for refusal in refusals {
            let Refusal { place, name, .. } = refusal;
            let place = named(place.as_ref(), name.as_deref()).replace('\n', "⏎");
            let why = with_places(&refusal.beside_place().to_string()).replace('\n', "⏎");
            match place.as_str() {
                "" => writeln!(err, "  {why}")?,
                place => writeln!(err, "  {place}: {why}")?,
            }
        }
    }
    Ok(())
}

/// An error in one line: a name in it may have a line break, and writes no line of its own.
fn one_line(error: &dyn std::error::Error) -> String {
    with_places(&error.to_string()).replace('\n', "⏎")
}

/// Where a draft stands, with its `ref`.
fn named(place: Option<&InputPlace>, name: Option<&str>) -> String {
    let (place, column) = match place {
        None => (String::new(), None),
        Some(InputPlace::Line { line, .. }) => (format!("line {line}"), None),
        Some(InputPlace::Row { row, column }) => (format!("row {row}"), column.as_ref()),
    };
    let name = name.map(|name| format!(" ({name})")).unwrap_or_default();
    let column = column.map(|column| match column.name.as_str() {
        "" => format!(", column {}", column.letters()),
        name => format!(", column {} ({name})", column.letters()),
    });
    format!("{place}{name}{}", column.unwrap_or_default()).trim_start().to_owned()
}
