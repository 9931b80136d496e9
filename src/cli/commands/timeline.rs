//! `annals timeline`: one HTML page with a slider over the record's time.
//!
//! Always holds: the page is self-contained and forbids every network access; the same head, point
//! and filters give the same bytes; it contains no withheld text. The file is written whole or not
//! at all. Not here: the layout (`timeline/page.*`).

mod data;
mod page;

use crate::cli::render::provenance;
use crate::cli::shared::{Filter, FilterArgs, UNDATED, facts};
use crate::cli::terminal::{
    CliError, Command, Context, EditorOption, Exit, Format, Group, OutputKind, OutputPlace,
    formats, json, out, streams,
};
use crate::ledger::error::LedgerError;
use crate::ledger::exchange::apart::ProtectedPlace;
use crate::ledger::query::gather::gather;
use crate::ledger::query::summary::Summary;
use crate::ledger::query::{AsOf, View, no_fact};
use annals_core::hash::Hash;
use clap::Args;
use serde::Serialize;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Write one HTML page to look at: a slider over the record's time, the facts in the document
///
/// The page needs no network. It shows the facts as they stood at each event: their words in the
/// document's text, corrections before and after, who says that who says it. A page has at most
/// 5000 facts: what a browser opens in about a second.
#[derive(Debug, Args)]
pub struct TimelineArgs {
    /// The file to write, or - for standard output
    #[arg(long, value_name = "FILE")]
    html: PathBuf,
    /// Up to and with this point [default: head]
    #[arg(long, value_name = "POINT")]
    as_of: Option<String>,
    #[command(flatten)]
    filters: FilterArgs,
}

/// The maximum number of facts of a page, which people must be able to read.
const MOST: u64 = 5_000;

#[derive(Serialize)]
struct TimelineReport<'a> {
    #[serde(flatten)]
    as_of: &'a AsOf,
    file: &'a Path,
    bytes: usize,
    sha256: Hash,
    facts: usize,
    undated: usize,
}

impl Command for TimelineArgs {
    const GROUP: Group = Group::Archivist;
    const EDITOR: EditorOption = EditorOption::Filters;

    fn formats(&self) -> &'static [Format] {
        if self.html == Path::new("-") { formats::TEXT } else { formats::OBJECT }
    }

    fn run(self, context: &mut Context) -> Result<Exit, CliError> {
        run(context, self)
    }
}

fn run(context: &mut Context, args: TimelineArgs) -> Result<Exit, CliError> {
    let paths = context.paths()?;
    let place = match args.html == Path::new("-") {
        true => None,
        false => {
            Some(OutputPlace::new(&args.html, OutputKind::Timeline, &ProtectedPlace::of(&paths))?)
        }
    };
    let record = context.record()?;
    let size = provenance::size(context, &record, args.as_of.as_deref())?;
    let whole = View::some(&record, size, &no_fact)?;
    if !args.filters.read_words(context) {
        let summary = Summary::of(&whole, 0)?;
        let count = args
            .filters
            .status
            .map_or(summary.facts(), |status| summary.by_status.get(&status).copied().unwrap_or(0));
        expect_readable(count)?;
    }
    // The page has every event of no fact, such as the redaction of a title, which no slice has.
    let view = if whole.is_folded() { whole } else { View::open(&record, size)? };
    let (view, names) = provenance::begin(&record, view)?;
    let filter = Filter::new(context, &record, &view, &names, &args.filters)?;
    let gathered = gather(&view, &names, &|fact| filter.has_status(&view, fact))?;
    let rows = gathered.facts.into_values().filter(|row| filter.keeps(row)).collect();
    let (dated, undated) = filter.by_date(rows, |row| &row.words);
    filter.note_withheld();
    let count = dated.len() + undated.len();
    expect_readable(count as u64)?;
    let filters = data::Picked { dated, undated, when: args.filters.when.clone() };
    let data = data::of(&view, &names, filters, gathered.documents)?;
    let page = page::page(&data)?;
    let Some(place) = place else {
        let mut out = streams::data();
        out.write_all(&page)?;
        out.flush()?;
        return Ok(provenance::warn(&view, gathered.damaged));
    };
    place.put(&page)?;
    let mut out = out(context.format());
    let as_of = view.as_of();
    let (bytes, undated) = (page.len(), data.undated());
    match context.format() {
        Format::Text => {
            writeln!(out, "{}: {}, {bytes} bytes", args.html.display(), facts(count, ""))?;
            if undated > 0 {
                writeln!(out, "{}", facts(undated, UNDATED))?;
            }
            provenance::line(&mut out, &as_of)?;
        }
        _ => {
            let (file, sha256) = (args.html.as_path(), Hash::of(&[&page]));
            json(
                &mut out,
                &TimelineReport { as_of: &as_of, file, bytes, sha256, facts: count, undated },
            )?;
        }
    }
    out.flush()?;
    Ok(provenance::warn(&view, gathered.damaged))
}

/// An error if a page of so many facts is not readable.
fn expect_readable(count: u64) -> Result<(), CliError> {
    if count <= MOST {
        return Ok(());
    }
    let why = format!(
        "expected at most {MOST} facts for one page, found {count}; narrow them with --topic, \
         --document, --when or --by"
    );
    Err(LedgerError::Usage(why).into())
}
