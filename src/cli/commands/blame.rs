//! `annals blame`: a document's text, with the fact of each quotation.
//!
//! Always holds: text that no fact quotes is shown as such and counted; a quotation that is not the
//! document's words is listed separately, never marked in the text. Not here: the layout
//! (`blame/margin`), the places of spans (`query/spans`).

mod margin;
mod quoting;

use crate::cli::commands::blame::margin::Resting;
use crate::cli::commands::blame::quoting::Quoting;
use crate::cli::render::{provenance, words};
use crate::cli::shared::{Filter, FilterArgs, PageArgs, PageEnd, UNDATED, document_at, facts};
use crate::cli::terminal::{
    CliError, Command, Context, EditorOption, Exit, Format, Group, formats, json, note, out,
    visible, width,
};
use crate::ledger::error::LedgerError;
use crate::ledger::query::gather::Rows;
use crate::ledger::query::row::{DocumentRow, FactRow};
use crate::ledger::query::since::LaterChange;
use crate::ledger::query::spans::{Coverage, Quoted, Segment, coverage, quoted, segments};
use crate::ledger::query::{AsOf, Query, View, withheld};
use crate::ledger::reader::DocumentFound;
use annals_core::hash::Hash;
use annals_core::quote::Text;
use clap::Args;
use serde::Serialize;
use std::collections::BTreeSet;
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

struct BlameAnswer<'a> {
    as_of: AsOf,
    document: &'a DocumentRow,
    coverage: Coverage,
    segments: Vec<Segment>,
    facts: Vec<Resting>,
    undated: Vec<Resting>,
    since: Vec<LaterChange>,
    /// Whether these are all facts that quote it.
    end: PageEnd,
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
    let ask: &Query<'_> = &|slot, _| {
        let mut named = withheld(slot)?;
        let documents = [Some(args.of), args.filters.document];
        named.extend(documents.into_iter().flatten().filter(|document| *document < slot.size));
        Ok(named)
    };
    let (view, names) = provenance::view_of(context, &record, args.as_of.as_deref(), ask)?;
    document_at(&view, args.of, "DOCUMENT")?;
    let filter = Filter::new(context, &record, &view, &names, &args.filters)?;
    let rows = Rows::read(&view, &names, &|_| false)?;
    let missing = || LedgerError::NotFound(format!("document {} could not be read", args.of));
    let document = rows.documents.get(&args.of).ok_or_else(missing)?;
    let text = text_of(&view, document)?;
    let most = args.page.most(context.format());
    let quoting = Quoting { document: args.of, filter: &filter, names: &names, most };
    let found = quoting.read(&view)?;
    if found.withheld > 0 {
        let withheld = facts(found.withheld, "may quote it too: the words are withheld");
        note(format!("note: {withheld}"));
    }
    let (facts, undated) =
        (resting(&found.facts, args.of, &text), resting(&found.undated, args.of, &text));
    let spans: Vec<Quoted> = facts.iter().flat_map(|fact| &fact.spans).copied().collect();
    let segments = segments(&text, &spans);
    let quoting: BTreeSet<u64> = facts.iter().chain(&undated).map(|fact| fact.fact).collect();
    let mut since = found.since;
    since.retain(|change| quoting.contains(&change.fact));
    let answer = BlameAnswer {
        as_of: view.as_of(),
        document,
        coverage: coverage(&segments),
        since,
        segments,
        facts,
        undated,
        end: found.end,
    };
    let mut out = out(context.format());
    match context.format() {
        Format::Text => page(&mut out, &view, &answer, args.filters.when.as_deref())?,
        Format::Json | Format::Csv => json(&mut out, &BlameJson::of(&answer))?,
        Format::Jsonl => {
            let AsOf { position: as_of, head, .. } = answer.as_of;
            for segment in &answer.segments {
                json(&mut out, &BlameLine { as_of, head, document: args.of, segment })?;
            }
        }
    }
    out.flush()?;
    answer.end.note(answer.facts.len(), context.format());
    Ok(provenance::warn(&view, found.damaged))
}

/// The facts that quote a text, with the places. All quotations are checked together, in one pass
/// over the text.
fn resting(rows: &[FactRow], document: u64, text: &Text) -> Vec<Resting> {
    let rows: Vec<&FactRow> = rows.iter().collect();
    let spans = quoted(&rows, document, text);
    let quoting = rows.iter().zip(spans).filter(|(_, spans)| !spans.is_empty());
    quoting.map(|(row, spans)| Resting::of(row, spans)).collect()
}

/// The text of a document, or an error with the reason why there is none.
pub fn text_of(view: &View<'_>, row: &DocumentRow) -> Result<Text, CliError> {
    let position = row.document;
    let no = |why: String| LedgerError::NotFound(format!("document {position}: {why}"));
    let Some(about) = &row.about else {
        return Err(no(format!(
            "expected its digest, found {}",
            words::withheld_text(row.withheld)
        ))
        .into());
    };
    let bytes = match view.record.document(&about.sha256)? {
        DocumentFound::Whole(bytes) => Some(bytes),
        DocumentFound::Absent => None,
        DocumentFound::Damaged => {
            return Err(no(format!(
                "expected bytes of sha256 {}, found others: the file in this copy is damaged; \
                 annals repair --from COPY takes it from another copy",
                about.sha256
            ))
            .into());
        }
    };
    let absent = || {
        no(format!(
            "expected its text in this copy, found none of sha256 {}; annals show {position} \
             tells where it was captured",
            about.sha256
        ))
    };
    let text = Text::new(bytes.ok_or_else(absent)?);
    Ok(text.ok_or_else(|| {
        no(format!("expected a text in UTF-8, found other bytes of type {}", &*about.media_type))
    })?)
}

impl Resting {
    fn of(row: &FactRow, spans: Vec<Quoted>) -> Resting {
        let present = row.revisions.iter().find(|revision| revision.act.event == row.revision);
        let confirmations = row.confirmations.iter().filter(|row| row.stands);
        Resting {
            fact: row.fact,
            hash: row.hash,
            status: row.status,
            overlays: words::overlays(row),
            claim: row.words.claim.clone(),
            by: present.map(|revision| revision.act.by.clone()),
            by_now: present.and_then(|revision| revision.act.by_now.clone()),
            at: present.and_then(|revision| revision.act.at),
            confirmed_by: confirmations.map(|row| row.act.signer().to_string()).collect(),
            spans,
        }
    }
}

fn page(
    out: &mut dyn Write,
    view: &View<'_>,
    answer: &BlameAnswer<'_>,
    when: Option<&str>,
) -> Result<(), CliError> {
    let about = answer.document.about.as_ref();
    let title = about.map(|about| visible(&about.title)).unwrap_or_default();
    let heading = format!("document {}: ", answer.document.document);
    writeln!(out, "{}\n", words::hanging(&heading, &title, heading.len()))?;
    margin::write(out, &answer.segments, &answer.facts, width())?;
    apart(out, answer)?;
    let when = when.map(|when| format!(", when {when}")).unwrap_or_default();
    writeln!(out, "{}{when}", counted(answer))?;
    provenance::line(out, &answer.as_of)?;
    provenance::since(out, view, &answer.since)
}

/// Quotations that are not the document's words, and facts that a date filter could not test.
fn apart(out: &mut dyn Write, answer: &BlameAnswer<'_>) -> Result<(), CliError> {
    for fact in &answer.facts {
        for span in fact.spans.iter().filter(|span| !span.holds) {
            let (number, start, end) = (fact.fact, span.start, span.end);
            writeln!(
                out,
                "fact {number} quotes other words than stand at {start} to {end}; annals verify \
                 shows more"
            )?;
        }
    }
    if !answer.undated.is_empty() {
        writeln!(out, "{}:", facts(answer.undated.len(), UNDATED))?;
        for fact in &answer.undated {
            let heading = format!("{:>6}  {}  ", fact.fact, words::status(fact.status));
            let claim = fact.claim.as_deref().map(visible).unwrap_or_default();
            writeln!(out, "{}", words::hanging(&heading, &claim, 19))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// `37 facts quote 2100 of 2937 code points (71 %); 837 in 20 places are quoted by none`
fn counted(answer: &BlameAnswer<'_>) -> String {
    let Coverage { length, quoted, unquoted, gaps } = answer.coverage;
    let count = answer.facts.len();
    let verb = if count == 1 { "quotes" } else { "quote" };
    let part = (quoted * 100).checked_div(length).unwrap_or(0);
    let places = if gaps == 1 { "place" } else { "places" };
    let facts = facts(count, verb);
    let none = match answer.end {
        PageEnd::Whole => "none".to_owned(),
        PageEnd::More => {
            format!("none of these; there are more facts{}", answer.end.hint(count))
        }
    };
    format!(
        "{facts} {quoted} of {length} code points ({part} %); {unquoted} in {gaps} {places} are \
         quoted by {none}"
    )
}

#[derive(Serialize)]
struct BlameJson<'a> {
    #[serde(flatten)]
    as_of: &'a AsOf,
    document: u64,
    hash: Hash,
    title: Option<&'a str>,
    sha256: Option<Hash>,
    coverage: Coverage,
    segments: &'a [Segment],
    facts: &'a [Resting],
    undated: &'a [Resting],
    since: &'a [LaterChange],
    more: PageEnd,
}

impl<'a> BlameJson<'a> {
    fn of(answer: &'a BlameAnswer<'a>) -> BlameJson<'a> {
        let about = answer.document.about.as_ref();
        BlameJson {
            as_of: &answer.as_of,
            document: answer.document.document,
            hash: answer.document.hash,
            title: about.map(|about| &*about.title),
            sha256: about.map(|about| about.sha256),
            coverage: answer.coverage,
            segments: &answer.segments,
            facts: &answer.facts,
            undated: &answer.undated,
            since: &answer.since,
            more: answer.end,
        }
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
