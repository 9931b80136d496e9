//! Answers: what a reading command answers, and its JSON, one file for each command.
//!
//! ```text
//! size of the point, filters ─► view and names ─► rows that pass ─► a text for people (`cli`),
//!     or the one JSON object that `--format json` prints and a server answers
//! ```
//!
//! Always holds: the command line and the server call the same functions, so that their JSON is the
//! same, byte for byte. Not here: the texts for people and the other formats (`cli`), reading
//! points and arguments (`cli`, `serve`). Source: docs/programs.md.

pub mod visible;
pub mod phrases;
pub mod word_diff;
pub mod tally;
pub mod filter;
pub mod page;
pub mod parts;
pub mod choice;
pub mod replay;
pub mod show;
pub mod order;
pub mod log;
pub mod diff;
pub mod hits;
pub mod find;
mod quoting;
pub mod blame;

use crate::ledger::error::LedgerError;
use crate::ledger::query::View;
use crate::ledger::query::names::Names;
use serde::Serialize;
use std::io::{self, Write};

/// Why an answer was not written.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    /// The record could not be read, or does not have what was requested.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The answer could not be written to its reader.
    #[error(transparent)]
    Output(#[from] io::Error),
}

/// A record as of a point, and the names of its editors.
pub struct NamedView<'a> {
    /// The record as of the point.
    pub view: View<'a>,
    /// The names as of the point.
    pub names: Names,
}

impl<'a> NamedView<'a> {
    /// Reads the names of a view.
    pub fn of(view: View<'a>) -> Result<NamedView<'a>, LedgerError> {
        let names = Names::read(&view)?;
        Ok(NamedView { view, names })
    }
}

/// One JSON value.
pub fn json_of(value: &impl Serialize) -> Result<String, io::Error> {
    serde_json::to_string(value).map_err(io::Error::other)
}

/// The items of a JSON array, written one after the other.
pub struct JsonItems<'o> {
    out: &'o mut dyn Write,
    between: &'static str,
}

impl<'o> JsonItems<'o> {
    /// An array of which nothing is written yet; its brackets are the caller's.
    pub fn new(out: &'o mut dyn Write) -> JsonItems<'o> {
        JsonItems { out, between: "" }
    }

    /// Writes an item.
    pub fn put(&mut self, value: &impl Serialize) -> Result<(), AnswerError> {
        write!(self.out, "{}{}", self.between, json_of(value)?)?;
        self.between = ",";
        Ok(())
    }

    /// Where they are written.
    pub fn into_out(self) -> &'o mut dyn Write {
        self.out
    }
}

/// Writes one JSON value and a newline.
pub fn write_json(out: &mut dyn Write, value: &impl Serialize) -> Result<(), io::Error> {
    writeln!(out, "{}", json_of(value)?)
}
