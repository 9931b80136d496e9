//! `annals document list`: all documents as of a point.
//!
//! Always holds: one row for each capture, with its last description; csv and jsonl carry as-of and
//! head as columns. Not here: the page of one document (`show`).

use crate::cli::terminal::options::Format;
use crate::cli::terminal::context::Context;
use crate::cli::terminal::exit::{Exit, Failure};
use crate::cli::terminal::output::{json, out, visible};
use crate::cli::render::provenance;
use crate::cli::render::columns::broken;
use crate::cli::render::words;
use annals_core::hash::Hash;
use crate::ledger::table::Table;
use crate::ledger::query::AsOf;
use crate::ledger::query::gather::gather;
use crate::ledger::query::row::{DocumentRow, dated};
use clap::Args;
use serde::Serialize;
use std::io::Write;

/// List the documents
#[derive(Debug, Args)]
pub struct ListArgs {
    /// What the record held at this point [default: head]
    #[arg(long, value_name = "POINT")]
    as_of: Option<String>,
}

#[derive(Serialize)]
struct Whole<'a> {
    #[serde(flatten)]
    as_of: &'a AsOf,
    documents: &'a [DocumentRow],
}

#[derive(Serialize)]
struct Line<'a> {
    as_of: Option<u64>,
    head: Option<Hash>,
    #[serde(flatten)]
    row: &'a DocumentRow,
}

pub fn run(context: &Context, args: &ListArgs) -> Result<Exit, Failure> {
    let record = context.record()?;
    let (view, names) = provenance::view(context, &record, args.as_of.as_deref())?;
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
        Format::Json => json(&mut out, &Whole { as_of: &as_of, documents: &rows })?,
        Format::Jsonl => {
            for row in &rows {
                json(&mut out, &Line { as_of: as_of.position, head: as_of.head, row })?;
            }
        }
        Format::Csv => csv(&mut out, &as_of, &rows)?,
    }
    out.flush()?;
    Ok(provenance::warn(&view, gathered.damaged))
}

/// Columns before the words: position and two spaces.
const INDENT: usize = 8;

fn text(out: &mut dyn Write, row: &DocumentRow) -> Result<(), Failure> {
    let heading = format!("{:>6}  ", row.document);
    let mut below = Vec::new();
    match &row.about {
        None => writeln!(out, "{heading}{}", words::untold(row.withheld))?,
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
        (row.suspect, "suspect"),
        (row.sealed, "sealed"),
        (row.redacted, "redacted"),
        (!row.described.is_empty(), "described anew"),
    ];
    let flags: Vec<&str> = flags.iter().filter(|(so, _)| *so).map(|(_, word)| *word).collect();
    below.extend((!flags.is_empty()).then(|| flags.join(", ")));
    below.push(format!("— {}", words::who(&row.captured)));
    for line in below {
        writeln!(out, "{}", words::hanging(&" ".repeat(INDENT), &line, INDENT))?;
    }
    Ok(writeln!(out)?)
}

const COLUMNS: [&str; 25] = [
    "as_of",
    "head",
    "document",
    "hash",
    "sha256",
    "bytes",
    "media_type",
    "title",
    "lang",
    "captured_at",
    "derived_from",
    "method",
    "url",
    "publisher",
    "authors",
    "published",
    "published_as_written",
    "archived_at",
    "rights",
    "described",
    "suspect",
    "sealed",
    "redacted",
    "by",
    "key",
];

/// Writes a header and a row for each document.
pub fn csv(out: &mut dyn Write, as_of: &AsOf, rows: &[DocumentRow]) -> Result<(), Failure> {
    let mut table = Table::new(out);
    table.row(&COLUMNS).map_err(broken)?;
    for row in rows {
        table.row(&cells(as_of, row)).map_err(broken)?;
    }
    Ok(table.end()?)
}

fn cells(as_of: &AsOf, row: &DocumentRow) -> [String; 25] {
    let shown = |value: Option<String>| value.unwrap_or_default();
    let about = row.about.as_deref();
    let short = |value: Option<&str>| value.unwrap_or_default().to_owned();
    let authors = about.and_then(|about| about.authors.as_ref()).into_iter().flatten();
    let authors: Vec<&str> = authors.map(|name| &**name).collect();
    let published = about.and_then(|about| about.published.as_ref());
    [
        shown(as_of.position.map(|position| position.to_string())),
        shown(as_of.head.map(|head| head.to_string())),
        row.document.to_string(),
        row.hash.to_string(),
        shown(about.map(|about| about.sha256.to_string())),
        shown(about.map(|about| about.bytes.to_string())),
        shown(about.map(|about| about.media_type.to_string())),
        shown(about.map(|about| about.title.to_string())),
        shown(about.map(|about| about.lang.to_string())),
        shown(about.map(|about| about.captured_at.to_string())),
        shown(about.and_then(|about| about.derived_from).map(|from| from.to_string())),
        short(about.and_then(|about| about.method.as_deref())),
        short(about.and_then(|about| about.url.as_deref())),
        short(about.and_then(|about| about.publisher.as_deref())),
        authors.join("; "),
        short(published.and_then(|published| published.edtf.as_deref())),
        short(published.and_then(|published| published.as_written.as_deref())),
        short(about.and_then(|about| about.archived_at.as_deref())),
        short(about.and_then(|about| about.rights.as_deref())),
        row.described.len().to_string(),
        row.suspect.to_string(),
        row.sealed.to_string(),
        row.redacted.to_string(),
        row.captured.by.clone(),
        row.captured.key.to_string(),
    ]
}
