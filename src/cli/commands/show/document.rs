//! The page of a document.

use crate::cli::commands::show::section::section;
use crate::cli::render::{effect, words};
use crate::cli::terminal::{CliError, moment, visible};
use crate::ledger::error::chain;
use crate::ledger::query::View;
use crate::ledger::query::row::{DocumentRow, dated};
use annals_core::hash::Hash;
use annals_core::verify::source::Source;
use std::io::Write;

/// Writes the page; `derived` has a line for each document that is derived from this one.
pub fn page(
    out: &mut dyn Write,
    view: &View<'_>,
    row: &DocumentRow,
    derived: &[String],
) -> Result<(), CliError> {
    let flags =
        [(row.suspect, words::suspect(row)), (row.sealed, "sealed"), (row.redacted, "redacted")];
    let flags: String =
        flags.iter().filter(|(so, _)| *so).map(|(_, word)| format!(", {word}")).collect();
    writeln!(out, "document {}{flags}", row.document)?;
    match &row.about {
        None => writeln!(out, "\n    {}", words::withheld_text(row.withheld))?,
        Some(about) => {
            let mut lines = vec![
                ("title", about.title.to_string()),
                ("sha256", about.sha256.to_string()),
                ("bytes", about.bytes.to_string()),
                ("media type", about.media_type.to_string()),
                ("language", about.lang.to_string()),
                ("captured", moment(about.captured_at)),
            ];
            let authors = about.authors.iter().flatten().map(|author| author.to_string());
            let authors: Vec<String> = authors.collect();
            let more = [
                ("derived from", about.derived_from.map(|from| format!("document {from}"))),
                ("method", about.method.as_deref().map(str::to_owned)),
                ("url", about.url.as_deref().map(str::to_owned)),
                ("publisher", about.publisher.as_deref().map(str::to_owned)),
                ("authors", Some(authors.join("; ")).filter(|text| !text.is_empty())),
                ("published", about.published.as_ref().map(dated)),
                ("archived at", about.archived_at.as_deref().map(str::to_owned)),
                ("rights", about.rights.as_deref().map(str::to_owned)),
            ];
            lines.extend(more.into_iter().filter_map(|(name, value)| Some((name, value?))));
            writeln!(out)?;
            for (name, value) in lines {
                let text = words::hanging(&format!("    {name:<14}"), &visible(&value), 18);
                writeln!(out, "{text}")?;
            }
            let there = match view.record.source.document(&about.sha256) {
                Ok(Some(bytes)) if Hash::of(&[&bytes]) == about.sha256 => "in this copy".to_owned(),
                Ok(Some(_)) => {
                    "damaged in this copy: those that are there have another digest".to_owned()
                }
                Ok(None) => "not in this copy".to_owned(),
                Err(error) => format!("not known to be in this copy: {}", chain(&error)),
            };
            writeln!(out, "    {:<14}{there}", "bytes are")?;
        }
    }
    let captured = format!("{}: by {}", row.captured.event, words::who(&row.captured));
    section(out, "captured", &[captured, format!("    key {}", row.captured.key)])?;
    let mut described = Vec::new();
    for row in &row.described {
        let statement = row.statement.as_deref().map(|text| format!("“{}”", visible(text)));
        let statement = statement.unwrap_or_else(|| words::withheld_text(row.withheld));
        described.push(format!("{}: {statement} — {}", row.act.event, words::who(&row.act)));
        described.extend(row.changes.iter().map(|change| format!("    {}", effect::field(change))));
    }
    section(out, "described anew", &described)?;
    section(out, "derived from it", derived)?;
    section(out, "proof", &[format!("its name outside this record: {}", row.hash)])?;
    Ok(writeln!(out)?)
}
