//! Documents as CSV: one row each.
//!
//! Source: docs of `annals document list`.

use crate::cli::render::columns::broken;
use crate::cli::terminal::CliError;
use crate::ledger::query::AsOf;
use crate::ledger::query::row::DocumentRow;
use crate::ledger::table::Table;
use std::io::Write;
pub const COLUMNS: [&str; 25] = [
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
pub fn csv(out: &mut dyn Write, as_of: &AsOf, rows: &[DocumentRow]) -> Result<(), CliError> {
    let mut table = Table::new(out);
    table.row(&COLUMNS).map_err(broken)?;
    for row in rows {
        table.row(&cells(as_of, row)).map_err(broken)?;
    }
    Ok(table.end()?)
}

pub fn cells(as_of: &AsOf, row: &DocumentRow) -> [String; 25] {
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
        row.standing_descriptions().count().to_string(),
        row.suspect.to_string(),
        row.sealed.to_string(),
        row.redacted.to_string(),
        row.captured.by.clone(),
        row.captured.key.to_string(),
    ]
}
