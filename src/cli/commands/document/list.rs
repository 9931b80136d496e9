//! `annals document list`: all documents as of a point.
//!
//! Always holds: there is one row for each capture, with its last description; csv and jsonl have
//! as-of and head as columns. Not here: the page of one document (`show`).

use crate::cli::render::{csv, provenance, words};
use crate::cli::terminal::{CliError, Context, Exit, Format, json, out, visible};
use crate::ledger::query::gather::gather;
use crate::ledger::query::row::{DocumentRow, dated};
use crate::ledger::query::{AsOf, all_documents};
use annals_core::hash::Hash;
use clap::Args;
use serde::Serialize;
use std::io::Write;

/// List the documents
#[derive(Debug, Args)]
pub struct DocumentListArgs {
    /// What the record held at this point [default: head]
    #[arg(long, value_name = "POINT")]
    as_of: Option<String>,
}

#[derive(Serialize)]
struct DocumentsJson<'a> {
    #[serde(flatten)]
    as_of: &'a AsOf,
    documents: &'a [DocumentRow],
}

#[derive(Serialize)]
struct DocumentLine<'a> {
    as_of: Option<u64>,
    head: Option<Hash>,
    #[serde(flatten)]
    row: &'a DocumentRow,
}

pub fn run(context: &Context, args: &DocumentListArgs) -> Result<Exit, CliError> {
    let record = context.record()?;
    let (view, names) =
        provenance::view_of(context, &record, args.as_of.as_deref(), &all_documents)?;
    let gathered = gather(&view, &names, &|_| false)?;
    let rows: Vec<DocumentRow> = gathered.documents.into_values().collect();
    let as_of = view.as_of();
    let mut out = out(context.format());
    match context.format() {
        Format::Text => {
            for row in &rows {
                text(&mut out, row)?;
            }
            match rows.len() {
                0 => writeln!(out, "no document")?,
                1 => writeln!(out, "1 document")?,
                more => writeln!(out, "{more} documents")?,
            }
            provenance::line(&mut out, &as_of)?;
        }
        Format::Json => json(&mut out, &DocumentsJson { as_of: &as_of, documents: &rows })?,
        Format::Jsonl => {
            for row in &rows {
                json(&mut out, &DocumentLine { as_of: as_of.position, head: as_of.head, row })?;
            }
        }
        Format::Csv => csv(&mut out, &as_of, &rows)?,
    }
    out.flush()?;
    Ok(provenance::warn(&view, gathered.damaged))
}

/// Columns before the words: position and two spaces.
const INDENT: usize = 8;

fn text(out: &mut dyn Write, row: &DocumentRow) -> Result<(), CliError> {
    let heading = format!("{:>6}  ", row.document);
    let mut below = Vec::new();
    match &row.about {
        None => writeln!(out, "{heading}{}", words::withheld_text(row.withheld))?,
        Some(about) => {
            writeln!(out, "{}", words::hanging(&heading, &visible(&about.title), INDENT))?;
            let facts = [
                about.publisher.as_deref().map(visible),
                about.published.as_ref().map(|published| visible(&dated(published))),
                Some(about.lang.to_string()),
                Some(about.media_type.to_string()),
                Some(format!("{} bytes", about.bytes)),
                about.derived_from.map(|from| format!("derived from {from}")),
            ];
            below.push(facts.into_iter().flatten().collect::<Vec<_>>().join(", "));
            below.push(format!("sha256 {}", about.sha256));
        }
    }
    let flags = [
        (row.suspect, words::suspect(row)),
        (row.sealed, "sealed"),
        (row.redacted, "redacted"),
        (row.standing_descriptions().next().is_some(), "described anew"),
    ];
    let flags: Vec<&str> = flags.iter().filter(|(so, _)| *so).map(|(_, word)| *word).collect();
    below.extend((!flags.is_empty()).then(|| flags.join(", ")));
    below.push(format!("— {}", words::who(&row.captured)));
    for line in below {
        writeln!(out, "{}", words::hanging(&" ".repeat(INDENT), &line, INDENT))?;
    }
    Ok(writeln!(out)?)
}
