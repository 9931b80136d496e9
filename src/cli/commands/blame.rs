//! `annals blame`: a document's text, with the fact of each quotation.
//!
//! Always holds: text that no fact quotes is shown as such and counted; a quotation that is not the
//! document's words is listed separately, never marked in the text. Not here: the layout
//! (`blame/margin`), the places of spans (`query/spans`).

mod margin;

use crate::cli::render::{provenance, words};
use crate::cli::shared::filter::withheld;
use crate::cli::shared::page_limit::note_more;
use crate::cli::shared::{FilterArgs, PageArgs, UNDATED, facts, note_derived};
use crate::cli::terminal::output::line_of_answer;
use crate::cli::terminal::{
    CliError, Command, Context, EditorOption, Exit, Format, Group, formats, json, note, out,
    visible, width,
};
use crate::ledger::answer::blame::{BlameAnswer, BlameView};
use crate::ledger::answer::page::PageEnd;
use crate::ledger::answer::parts::FactParts;
use crate::ledger::query::spans::{Coverage, Segment};
use crate::ledger::query::{AsOf, View};
use annals_core::hash::Hash;
use clap::Args;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::Write;

/// Read a document with, for each quotation, the fact that rests on it
///
/// What stands between ⟦ and ⟧ is quoted by the facts whose numbers stand after ⟦; all other text
/// is quoted by none. Of many facts the first are shown, by when their present words were recorded;
/// --limit shows more.
#[derive(Debug, Args)]
pub struct BlameArgs {
    /// Position of the document
    #[arg(value_name = "DOCUMENT")]
    of: u64,
    /// What the record held at this point [default: head]
    #[arg(long, value_name = "POINT")]
    as_of: Option<String>,
    #[command(flatten)]
    filters: FilterArgs,
    #[command(flatten)]
    page: PageArgs,
}

impl Command for BlameArgs {
    const GROUP: Group = Group::Archivist;
    const EDITOR: EditorOption = EditorOption::Filters;

    fn formats(&self) -> &'static [Format] {
        formats::OBJECT
    }

    fn run(self, context: &mut Context) -> Result<Exit, CliError> {
        run(context, self)
    }
}

fn run(context: &mut Context, args: BlameArgs) -> Result<Exit, CliError> {
    let record = context.record()?;
    let size = provenance::size(context, &record, args.as_of.as_deref())?;
    let filters = args.filters.filters(context)?;
    let of = BlameView::open(&record, size, args.of, &filters)?;
    let most = args.page.most(context.format());
    let view = &of.named.view;
    provenance::note_view(view)?;
    let mut answer = of.answer(most)?;
    note_derived(args.of, &answer.derived, "annals blame");
    let how = withheld(&record);
    for (count, how) in [(answer.withheld, how), (answer.not_as_signed, "not as signed")] {
        if count > 0 {
            let told = facts(count, &format!("may quote it too: the words are {how}"));
            note(format!("note: {told}"));
        }
    }
    let mut out = out(context.format());
    let written = write(&mut out, context.format(), view, &mut answer, &args);
    if written.is_err() && answer.is_partial() {
        note("note: what was written is a part of the answer: the rest could not be read");
    }
    written?;
    out.flush()?;
    note_more(answer.end, answer.facts.len(), context.format());
    Ok(provenance::warn(view, answer.damaged))
}

/// Writes the document and the facts in a format.
fn write(
    out: &mut dyn Write,
    format: Format,
    view: &View<'_>,
    answer: &mut BlameAnswer<'_, '_>,
    args: &BlameArgs,
) -> Result<(), CliError> {
    match format {
        Format::Text => page(out, view, answer, args.filters.when.as_deref())?,
        Format::Json | Format::Csv => answer.write_json(out)?,
        Format::Jsonl => {
            let AsOf { position: as_of, head, .. } = answer.as_of;
            for segment in &answer.segments {
                json(out, &BlameLine { as_of, head, document: args.of, segment })?;
            }
        }
    }
    Ok(())
}

/// The text with the facts in its margin: their notes stand where their quotations begin, so all of
/// them are made first.
fn page(
    out: &mut dyn Write,
    view: &View<'_>,
    answer: &mut BlameAnswer<'_, '_>,
    when: Option<&str>,
) -> Result<(), CliError> {
    let about = answer.document.about.as_ref();
    let title = about.map(|about| visible(&about.title)).unwrap_or_default();
    let heading = format!("document {}: ", answer.document.document);
    let suspect = if answer.document.suspect { " (suspect)" } else { "" };
    let title = format!("{title}{suspect}");
    writeln!(out, "{}\n", words::hanging(&heading, &title, heading.len()))?;
    let mut notes = BTreeMap::new();
    answer.each(&mut |fact| {
        notes.insert(fact.fact, margin::note(fact));
        Ok::<(), CliError>(())
    })?;
    margin::write(out, &answer.segments, &notes, width())?;
    apart(out, answer)?;
    let when = when.map(|when| format!(", when {when}")).unwrap_or_default();
    writeln!(out, "{}", line_of_answer(&format!("{}{when}", counted(answer)), 2))?;
    provenance::line(out, &answer.as_of)?;
    provenance::since(out, view, &answer.since)
}

/// Quotations that are not the document's words, and facts that a date filter could not test.
fn apart(out: &mut dyn Write, answer: &mut BlameAnswer<'_, '_>) -> Result<(), CliError> {
    for span in answer.quotations().filter(|span| !span.holds) {
        let (number, start, end) = (span.fact, span.start, span.end);
        writeln!(
            out,
            "fact {number} quotes other words than stand at {start} to {end}; annals verify \
             shows more"
        )?;
    }
    if !answer.undated.is_empty() {
        writeln!(out, "{}:", facts(answer.undated.len(), UNDATED))?;
        answer.each_undated(&mut |fact| {
            let heading = format!("{:>6}  {}  ", fact.fact, words::status(fact.status));
            let claim = fact.claim.as_deref().map(visible).unwrap_or_default();
            Ok::<(), CliError>(writeln!(out, "{}", words::hanging(&heading, &claim, 19))?)
        })?;
        writeln!(out)?;
    }
    Ok(())
}

/// `37 facts quote 2100 of 2937 code points (71 %); 837 in 20 places are quoted by none`
fn counted(answer: &BlameAnswer<'_, '_>) -> String {
    let Coverage { length, quoted, unquoted, gaps } = answer.coverage;
    let count = answer.facts.len();
    let verb = if count < 2 { "quotes" } else { "quote" };
    if count == 0 && answer.end == PageEnd::Whole {
        let asked = if answer.is_filtered { " that was asked for" } else { "" };
        return format!("no fact{asked} quotes any of {length} code points");
    }
    let part = (quoted * 100).checked_div(length).unwrap_or(0);
    let places = if gaps == 1 { "place" } else { "places" };
    let facts = facts(count, verb);
    let none = match answer.end {
        PageEnd::Whole if answer.is_filtered => "none of the facts that were asked for".to_owned(),
        PageEnd::Whole => "none".to_owned(),
        PageEnd::More => {
            format!("none of these; there are more facts{}", answer.end.hint(count))
        }
    };
    let quoted = format!("{facts} {quoted} of {length} code points ({part} %)");
    match gaps {
        0 if unquoted == 0 => quoted,
        0 => format!("{quoted}; the others are spaces and marks"),
        _ => format!("{quoted}; {unquoted} in {gaps} {places} are quoted by {none}"),
    }
}

#[derive(Serialize)]
struct BlameLine<'a> {
    as_of: Option<u64>,
    head: Option<Hash>,
    document: u64,
    #[serde(flatten)]
    segment: &'a Segment,
}
