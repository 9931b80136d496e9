//! `annals find`: facts whose claim, quotations or attribution contain the given words.
//!
//! Always holds: a fact is found if each argument is in at least one of its texts; found words are
//! marked ⟦ ⟧, even without colour; without a hit the exit code is 0. Bodies are read once to
//! search, until the page is full, and again for the facts found. Not here: finding facts
//! (`query::search`), comparing words (`annals_core::search`).

mod hits;

use crate::cli::render::{broken, hanging, provenance, words};
use crate::cli::shared::{FilterArgs, PageArgs, UNDATED, facts, note_left_out, note_more};
use crate::cli::terminal::{
    CliError, Command, Context, EditorOption, Exit, Format, Group, formats, json, note, out,
};
use crate::ledger::answer::find::{FindAnswer, FindRequest, FindView, FoundFact};
use crate::ledger::answer::page::PageEnd;
use crate::ledger::answer::parts::FactParts;
use crate::ledger::query::{AsOf, View};
use crate::ledger::table::Table;
use annals_core::hash::Hash;
use annals_core::search::WordMatch;
use clap::Args;
use serde::Serialize;
use std::io::Write;

/// Find words in the claims, quotations and attributions of facts
///
/// Each argument is a word or several words in a row; a fact must have them all. Case does not
/// matter, in any language, nor how a letter with its accent is encoded, nor what is invisible, nor
/// the vowel points of Arabic and Hebrew, nor a hyphen at the end of a line inside a word; the
/// accent itself does: cafe does not find café. Of many facts the first are shown, by when their
/// present words were recorded; --limit shows more.
#[derive(Debug, Args)]
pub struct FindArgs {
    /// Words; several in one pair of quotation marks must follow each other
    #[arg(required = true, value_name = "WORDS")]
    words: Vec<String>,
    /// What the record held at this point [default: head]
    #[arg(long, value_name = "POINT")]
    as_of: Option<String>,
    #[command(flatten)]
    filters: FilterArgs,
    /// Also inside longer words
    #[arg(long)]
    part: bool,
    #[command(flatten)]
    page: PageArgs,
}

impl Command for FindArgs {
    const GROUP: Group = Group::Archivist;
    const EDITOR: EditorOption = EditorOption::Filters;

    fn formats(&self) -> &'static [Format] {
        formats::TABLE
    }

    fn run(self, context: &mut Context) -> Result<Exit, CliError> {
        run(context, self)
    }
}

fn run(context: &mut Context, args: FindArgs) -> Result<Exit, CliError> {
    let matching = if args.part { WordMatch::Part } else { WordMatch::Whole };
    let most = args.page.most(context.format());
    let request = FindRequest::new(args.words.clone(), matching, most)?;
    let record = context.record()?;
    let size = provenance::size(context, &record, args.as_of.as_deref())?;
    let filters = args.filters.filters(context)?;
    let of = FindView::open(&record, size, &filters)?;
    let view = &of.named.view;
    provenance::note_view(view)?;
    let mut answer = of.answer(&request)?;
    note_left_out(&of.filter, &record);
    let mut out = out(context.format());
    let written = write(&mut out, context.format(), view, &mut answer, &args);
    if written.is_err() && answer.is_partial() {
        note("note: what was written is a part of the answer: the rest could not be read");
    }
    written?;
    out.flush()?;
    note_more(answer.both(), answer.found.len() + answer.undated.len(), context.format());
    Ok(provenance::warn(view, answer.damaged))
}

/// Columns before the words: position, two spaces, status, two spaces.
const INDENT: usize = 19;

/// Writes the facts in a format.
fn write(
    out: &mut dyn Write,
    format: Format,
    view: &View<'_>,
    answer: &mut FindAnswer<'_, '_>,
    args: &FindArgs,
) -> Result<(), CliError> {
    match format {
        Format::Text => text(out, view, answer, args.filters.when.as_deref()),
        Format::Json => Ok(answer.write_json(out)?),
        Format::Jsonl => {
            let AsOf { position: as_of, head, .. } = answer.as_of;
            let mut line = |found: &FoundFact| json(out, &FindLine { as_of, head, found });
            answer.each(&mut line)?;
            answer.each_undated(&mut line)
        }
        Format::Csv => columns(out, answer),
    }
}

fn text(
    out: &mut dyn Write,
    view: &View<'_>,
    answer: &mut FindAnswer<'_, '_>,
    when: Option<&str>,
) -> Result<(), CliError> {
    answer.each(&mut |found| fact(out, found))?;
    let when = when.map(|when| format!("when {when}")).unwrap_or_default();
    let (shown, undated) = (answer.found.len(), answer.undated.len());
    writeln!(out, "{}{}", facts(shown, &when), answer.end.sentence(shown))?;
    match (undated, answer.undated_end) {
        (0, PageEnd::Whole) => {}
        (0, PageEnd::More) => writeln!(out, "\nthere may be facts {UNDATED} (--limit)\n")?,
        (_, end) => {
            let more = match end {
                PageEnd::Whole => "",
                PageEnd::More => "; there may be more (--limit)",
            };
            writeln!(out, "\n{}{more}:\n", facts(undated, UNDATED))?;
            answer.each_undated(&mut |found| fact(out, found))?;
        }
    }
    provenance::line(out, &answer.as_of)?;
    provenance::since(out, view, answer.since())
}

fn fact(out: &mut dyn Write, found: &FoundFact) -> Result<(), CliError> {
    let heading = format!("{:>6}  {}  ", found.fact, words::status(found.status));
    let claim = match found.hits.iter().find(|hit| hit.is_claim()) {
        Some(hit) => hits::marked(hit),
        None => words::claim(&found.row.words),
    };
    writeln!(out, "{}", hanging(&heading, &claim, INDENT))?;
    let mut below = |text: &str| writeln!(out, "{}", hanging(&" ".repeat(INDENT), text, INDENT));
    for hit in found.hits.iter().filter(|hit| !hit.is_claim()) {
        below(&format!("{}: {}", hit.place(), hits::marked(hit)))?;
    }
    if !found.overlays.is_empty() {
        below(&found.overlays.join(", "))?;
    }
    if let Some(authors) = words::authors(&found.row) {
        below(&authors)?;
    }
    Ok(writeln!(out)?)
}

#[derive(Serialize)]
struct FindLine<'a> {
    as_of: Option<u64>,
    head: Option<Hash>,
    #[serde(flatten)]
    found: &'a FoundFact,
}

/// A header, and a row for each text of a fact that contains some of the words.
fn columns(out: &mut dyn Write, answer: &mut FindAnswer<'_, '_>) -> Result<(), CliError> {
    const COLUMNS: [&str; 10] =
        ["as_of", "head", "fact", "hash", "status", "when", "in", "document", "marks", "text"];
    let mut table = Table::new(out);
    table.row(&COLUMNS).map_err(broken)?;
    let shown = |value: Option<String>| value.unwrap_or_default();
    let as_of = shown(answer.as_of.position.map(|position| position.to_string()));
    let head = shown(answer.as_of.head.map(|head| head.to_string()));
    let mut rows = |found: &FoundFact| {
        let when = found.row.words.when.as_ref().and_then(|when| when.edtf.as_deref());
        for hit in &found.hits {
            let record = [
                as_of.clone(),
                head.clone(),
                found.fact.to_string(),
                found.hash.to_string(),
                shown(found.status.map(|status| status.to_string())),
                shown(when.map(str::to_owned)),
                hit.within.to_owned(),
                shown(hit.document.map(|document| document.to_string())),
                hit.spans(),
                hit.text.clone(),
            ];
            table.row(&record).map_err(broken)?;
        }
        Ok::<(), CliError>(())
    };
    answer.each(&mut rows)?;
    answer.each_undated(&mut rows)?;
    Ok(table.end()?)
}
