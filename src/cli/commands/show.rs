//! `annals show`: one fact in full, or the page of any other event.

mod document;
mod event;
pub mod fact;
mod section;

use crate::cli::render::{Printer, columns, csv as document_csv, provenance};
use crate::cli::terminal::{
    CliError, Command, Context, EditorOption, Exit, Format, Group, formats, out, visible,
};
use crate::ledger::answer::show::{ShowAnswer, ShownPage};
use crate::ledger::query::gather::GatheredRows;
use clap::Args;
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

impl Command for ShowArgs {
    const GROUP: Group = Group::Archivist;
    const EDITOR: EditorOption = EditorOption::Unused;

    fn formats(&self) -> &'static [Format] {
        formats::TABLE
    }

    fn run(self, context: &mut Context) -> Result<Exit, CliError> {
        run(context, self)
    }
}

fn run(context: &mut Context, args: ShowArgs) -> Result<Exit, CliError> {
    let record = context.record()?;
    let size = provenance::size(context, &record, args.as_of.as_deref())?;
    let answer = ShowAnswer::read(&record, size, args.position)?;
    let view = &answer.named.view;
    provenance::note_view(view)?;
    let mut out = out(context.format());
    match (context.format(), &answer.page) {
        (Format::Text, page) => {
            text(&mut out, &answer)?;
            provenance::line(&mut out, &view.as_of())?;
            if let ShownPage::Fact(_) = page {
                provenance::since(&mut out, view, &answer.since)?;
            }
        }
        (Format::Csv, ShownPage::Fact(row)) => {
            columns::write(&mut out, &view.as_of(), std::iter::once(&**row))?;
        }
        (Format::Csv, ShownPage::Document(row)) => {
            document_csv(&mut out, &view.as_of(), std::slice::from_ref(&**row))?;
        }
        (Format::Csv, ShownPage::Event(row)) => {
            let as_of = view.as_of();
            let mut printer = Printer::new(&mut out, Format::Csv, &as_of)?;
            printer.row(row)?;
            printer.end(None)?;
        }
        _ => answer.write_json(&mut out)?,
    }
    out.flush()?;
    Ok(provenance::warn(view, answer.gathered.damaged))
}

fn text(out: &mut dyn Write, answer: &ShowAnswer<'_>) -> Result<(), CliError> {
    let ShowAnswer { named, gathered, page, derived, .. } = answer;
    match page {
        ShownPage::Fact(row) => fact::page(out, &named.view, gathered, row),
        ShownPage::Document(row) => {
            document::page(out, &named.view, row, &titled(gathered, derived))
        }
        ShownPage::Event(row) => event::page(out, &named.view, row, answer.ended.as_ref()),
    }
}

/// `2: Title`, of each of these documents.
fn titled(gathered: &GatheredRows, documents: &[u64]) -> Vec<String> {
    let title = |document: &u64| {
        let about = gathered.documents.get(document).and_then(|row| row.about.as_ref());
        about.map(|about| visible(&about.title)).unwrap_or_default()
    };
    documents.iter().map(|document| format!("{document}: {}", title(document))).collect()
}
