//! The facts that wait as a list, each written as it is read.
//!
//! Always holds: the same facts and bytes as of a page that has all of them. Not here: which facts
//! wait (`review`), one fact for people (`page`).

use crate::cli::commands::review::page::page;
use crate::cli::render::{broken, provenance};
use crate::cli::terminal::{CliError, Format, json};
use crate::ledger::answer::page::PageEnd;
use crate::ledger::answer::{JsonItems, json_of};
use crate::ledger::query::columns::{Facts, NameColumn};
use crate::ledger::query::row::FactRow;
use crate::ledger::query::{AsOf, View};
use annals_core::hash::Hash;
use serde::Serialize;
use std::io::Write;

#[derive(Serialize)]
struct ReviewHead<'a> {
    #[serde(flatten)]
    as_of: &'a AsOf,
    reviewer: &'a str,
}

#[derive(Serialize)]
struct ReviewLine<'a> {
    as_of: Option<u64>,
    head: Option<Hash>,
    #[serde(flatten)]
    row: &'a FactRow,
}

/// Writes facts in a format: the head when it is made, then a fact at a time, then the end.
pub struct FactLister<'o> {
    as_of: &'o AsOf,
    form: ListForm<'o>,
}

enum ListForm<'o> {
    Text(&'o mut dyn Write),
    Json(JsonItems<'o>),
    Jsonl(&'o mut dyn Write),
    Csv(Box<Facts<'o, &'o mut dyn Write>>),
}

impl<'o> FactLister<'o> {
    /// Writes the head.
    pub fn new(
        out: &'o mut dyn Write,
        format: Format,
        as_of: &'o AsOf,
        reviewer: &str,
    ) -> Result<FactLister<'o>, CliError> {
        let form = match format {
            Format::Text => ListForm::Text(out),
            Format::Json => {
                let head = json_of(&ReviewHead { as_of, reviewer })?;
                write!(out, "{},\"waiting\":[", head.strip_suffix('}').unwrap_or(&head))?;
                ListForm::Json(JsonItems::new(out))
            }
            Format::Jsonl => ListForm::Jsonl(out),
            Format::Csv => {
                let table = Facts::new(out, as_of, NameColumn::AtEvent).map_err(broken)?;
                ListForm::Csv(Box::new(table))
            }
        };
        Ok(FactLister { as_of, form })
    }

    /// Writes a fact of a view.
    pub fn row(&mut self, view: &View<'_>, row: &FactRow) -> Result<(), CliError> {
        let AsOf { position: as_of, head, .. } = *self.as_of;
        match &mut self.form {
            ListForm::Text(out) => page(*out, view, row),
            ListForm::Json(items) => Ok(items.put(row)?),
            ListForm::Jsonl(out) => json(*out, &ReviewLine { as_of, head, row }),
            ListForm::Csv(table) => table.row(row).map_err(broken),
        }
    }

    /// Writes the end; `waiting` says how many there are.
    pub fn end(self, waiting: &str, end: PageEnd) -> Result<(), CliError> {
        match self.form {
            ListForm::Text(out) => {
                writeln!(out, "{waiting}")?;
                provenance::line(out, self.as_of)
            }
            ListForm::Json(items) => {
                Ok(writeln!(items.into_out(), "],\"more\":{}}}", json_of(&end)?)?)
            }
            ListForm::Jsonl(_) => Ok(()),
            ListForm::Csv(table) => table.end().map_err(broken),
        }
    }
}
