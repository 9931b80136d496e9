//! A fact in its place in the document, as a reviewer reads it.
//!
//! Always holds: claim, quotations, attribution, date, open disputes and author are there. Not
//! here: which facts (`review`).

use crate::cli::render::{quotation, words};
use crate::cli::terminal::{CliError, visible, wrapped};
use crate::ledger::query::View;
use crate::ledger::query::row::FactRow;
use std::io::Write;

/// One fact in its place in the document.
pub fn page(out: &mut dyn Write, view: &View<'_>, row: &FactRow) -> Result<(), CliError> {
    let heading = format!("{:>6}  {}  ", row.fact, words::status(row.status));
    writeln!(out, "{}", words::hanging(&heading, &words::claim(&row.words), 19))?;
    let mut lines = Vec::new();
    let overlays = words::overlays(row);
    if !overlays.is_empty() {
        lines.push(overlays.join(", "));
    }
    let shown = &row.words;
    for entry in &shown.evidence {
        let title = entry.title.as_deref().map_or("[title not available]".to_owned(), visible);
        let document = entry.evidence.document;
        lines.push(format!("document {document} {}: {title}", entry.evidence.stance));
        lines.extend(quotation::lines(view, entry)?);
        lines.extend(words::beside_quote(&entry.evidence));
    }
    lines
        .extend(words::attribution(&shown.attribution).map(|hops| format!("according to: {hops}")));
    if shown.when.is_some() {
        lines.push(format!("when: {}", words::when(&shown.when)));
    }
    lines.extend(words::beside_claim(shown));
    for dispute in row.disputes.iter().filter(|dispute| dispute.stands) {
        let charge = words::charge(dispute);
        let of = words::of_earlier(dispute, row);
        lines.push(format!("disputed by {}{of}: {charge}", dispute.act.event));
    }
    lines.extend(words::authors(row));
    for line in lines {
        writeln!(out, "{}", wrapped(&line, 19))?;
    }
    Ok(writeln!(out)?)
}
