//! `annals show`: one fact in full, or the page of any other event.

mod document;
mod event;
pub mod fact;
mod section;

use crate::cli::render::{Printer, columns, csv as document_csv, provenance};
use crate::cli::terminal::{
    CliError, Command, Context, EditorOption, Exit, Format, Group, formats, json, out,
};
use crate::ledger::error::LedgerError;
use crate::ledger::query::effect::Effects;
use crate::ledger::query::event::{EventRow, on, row};
use crate::ledger::query::gather::{Gathered, gather};
use crate::ledger::query::names::Names;
use crate::ledger::query::point::no_position;
use crate::ledger::query::row::{DocumentRow, FactRow};
use crate::ledger::query::since::{LaterChange, since};
use crate::ledger::query::{AsOf, Query, View, subjects};
use crate::ledger::reader::Record;
use annals_core::fold::operation::Operation;
use clap::Args;
use serde::Serialize;
use std::collections::BTreeSet;
use std::io::Write;

/// Show one fact whole; also a document, an editor or any other event
#[derive(Debug, Args)]
pub struct ShowArgs {
    /// Position of the fact, or of another event
    position: u64,
    /// What the record held at this point [default: head]
    #[arg(long, value_name = "POINT")]
    as_of: Option<String>,
}

/// The kind of the event at a position.
#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Page {
    Fact(Box<FactRow>),
    Document(Box<DocumentRow>),
    Event(Box<EventRow>),
}

#[derive(Serialize)]
struct ShowJson<'a> {
    #[serde(flatten)]
    as_of: AsOf,
    #[serde(flatten)]
    page: &'a Page,
    since: &'a [LaterChange],
}

impl Command for ShowArgs {
    const GROUP: Group = Group::Archivist;
    const EDITOR: EditorOption = EditorOption::Filters;

    fn formats(&self) -> &'static [Format] {
        formats::TABLE
    }

    fn run(self, context: &mut Context) -> Result<Exit, CliError> {
        run(context, self)
    }
}

fn run(context: &mut Context, args: ShowArgs) -> Result<Exit, CliError> {
    let record = context.record()?;
    let position = args.position;
    let ask: &Query<'_> = &|slot, _| subjects(slot, position);
    let (view, names) = provenance::view_of(context, &record, args.as_of.as_deref(), ask)?;
    if position >= view.as_of().size {
        return Err(beyond(&view, &record, position).into());
    }
    let wanted = neighbours(&view, position);
    let mut gathered = gather(&view, &names, &|fact| wanted.contains(&fact))?;
    let page = page(&view, &names, &mut gathered, position)?;
    let since = since(&view, std::iter::once(position));
    let mut out = out(context.format());
    match (context.format(), &page) {
        (Format::Text, page) => {
            text(&mut out, &view, &gathered, page)?;
            provenance::line(&mut out, &view.as_of())?;
            if let Page::Fact(_) = page {
                provenance::since(&mut out, &view, &since)?;
            }
        }
        (Format::Csv, Page::Fact(row)) => {
            columns::write(&mut out, &view.as_of(), std::iter::once(&**row))?;
        }
        (Format::Csv, Page::Document(row)) => {
            document_csv(&mut out, &view.as_of(), std::slice::from_ref(&**row))?;
        }
        (Format::Csv, Page::Event(row)) => {
            let as_of = view.as_of();
            let mut printer = Printer::new(&mut out, Format::Csv, &as_of)?;
            printer.row(row)?;
            printer.end(None)?;
        }
        (_, page) => json(&mut out, &ShowJson { as_of: view.as_of(), page, since: &since })?,
    }
    out.flush()?;
    Ok(provenance::warn(&view, gathered.damaged))
}

/// The error for a position that does not exist, or not yet.
fn beyond(view: &View<'_>, record: &Record, position: u64) -> LedgerError {
    let size = view.as_of().size;
    match position < record.size() {
        false => no_position(position, record.size()),
        true => LedgerError::NotFound(format!(
            "expected a position among the first {size} events, as asked with --as-of; found \
             {position}, which came later"
        )),
    }
}

/// The fact and those ever related to it, whose claims are shown beside it.
fn neighbours(view: &View<'_>, position: u64) -> BTreeSet<u64> {
    let mut facts = BTreeSet::from([position]);
    for act in view.state().history.acts() {
        if let Operation::Related(triple) = &act.operation
            && (triple.from == position || triple.to == position)
        {
            facts.extend([triple.from, triple.to]);
        }
    }
    facts
}

fn page(
    view: &View<'_>,
    names: &Names,
    gathered: &mut Gathered,
    position: u64,
) -> Result<Page, CliError> {
    if let Some(row) = gathered.facts.remove(&position) {
        return Ok(Page::Fact(Box::new(row)));
    }
    if let Some(row) = gathered.documents.remove(&position) {
        return Ok(Page::Document(Box::new(row)));
    }
    let event = view.event(position)?.filter(|event| event.position == position);
    let missing = || LedgerError::NotFound(format!("event {position} could not be read"));
    let event = event.ok_or_else(missing)?;
    let on =
        event.statement().map(|statement| on(view, position, &statement.args)).unwrap_or_default();
    Ok(Page::Event(Box::new(row(&Effects::new(view, names), &event, on)?)))
}

fn text(
    out: &mut dyn Write,
    view: &View<'_>,
    gathered: &Gathered,
    page: &Page,
) -> Result<(), CliError> {
    match page {
        Page::Fact(row) => fact::page(out, view, gathered, row),
        Page::Document(row) => document::page(out, view, row),
        Page::Event(row) => event::page(out, view, row),
    }
}
