//! `annals replay`: the facts as of a point in the record.

use crate::cli::render::columns::broken;
use crate::cli::render::{provenance, tally_lines, words};
use crate::cli::shared::{FilterArgs, PageLimit, UNDATED, facts, limit, note_left_out, note_more};
use crate::cli::terminal::{
    CliError, Command, Context, EditorOption, Exit, Format, Group, formats, json, note, out,
};
use crate::ledger::answer::page::{FactPage, PageEnd};
use crate::ledger::answer::parts::FactParts;
use crate::ledger::answer::replay::{FactsView, ReplayAnswer};
use crate::ledger::answer::tally::TallyReport;
use crate::ledger::query::columns::{Facts, NameColumn};
use crate::ledger::query::row::FactRow;
use crate::ledger::query::{AsOf, View};
use clap::Args;
use serde::Serialize;
use std::io::Write;

/// Show the facts as of a point in the record
///
/// Do you want to see later corrections? As of now (no --as-of), when then (--when): yes.
/// As of then (--as-of): no.
#[derive(Debug, Args)]
pub struct ReplayArgs {
    /// What the record held at this point [default: head]
    #[arg(long, value_name = "POINT")]
    as_of: Option<String>,
    #[command(flatten)]
    filters: FilterArgs,
    /// Only facts after this position: the next page of an answer with --limit
    #[arg(long, value_name = "POSITION")]
    after: Option<u64>,
    /// At most this many facts, or all [default: all]
    #[arg(long, value_name = "N", value_parser = limit)]
    limit: Option<PageLimit>,
    /// The state in its one spelling as JSON, to compare with another program's
    #[arg(long)]
    #[arg(conflicts_with_all = ["when", "topic", "status", "document", "after", "limit"])]
    state: bool,
}

impl Command for ReplayArgs {
    const GROUP: Group = Group::Archivist;
    const EDITOR: EditorOption = EditorOption::Filters;

    fn formats(&self) -> &'static [Format] {
        if self.state { formats::OBJECT } else { formats::TABLE }
    }

    fn run(self, context: &mut Context) -> Result<Exit, CliError> {
        run(context, self)
    }
}

fn run(context: &mut Context, args: ReplayArgs) -> Result<Exit, CliError> {
    let record = context.record()?;
    let mut out = out(context.format());
    if args.state {
        let size = provenance::size(context, &record, args.as_of.as_deref())?;
        let view = View::standing(&record, size)?;
        provenance::note_folded(&view);
        let as_of = view.as_of();
        let (state, root) = (view.state(), view.root());
        annals_core::state::dump::write(&mut out, state, as_of.size, as_of.head, root)?;
        writeln!(out)?;
        out.flush()?;
        return Ok(provenance::warn(&view, 0));
    }
    let size = provenance::size(context, &record, args.as_of.as_deref())?;
    let filters = args.filters.filters(context)?;
    let most = args.limit.map_or(usize::MAX, PageLimit::most);
    let of = FactsView::open(&record, size, &filters, FactPage { after: args.after, most })?;
    let view = &of.named.view;
    provenance::note_view(view)?;
    let mut answer = of.answer()?;
    let undone = answer.undone()?;
    let written = write(&mut out, context.format(), &mut answer, &args, &undone);
    if written.is_err() && answer.is_partial {
        note("note: what was written is a part of the answer: the rest could not be read");
    }
    written?;
    note_left_out(&of.filter, &record);
    for (label, text) in tally_lines(&undone) {
        note(format!("note: {label}: {text}"));
    }
    match context.format() {
        Format::Text => {
            provenance::line(&mut out, &answer.as_of())?;
            provenance::since(&mut out, view, &answer.since())?;
        }
        Format::Json | Format::Jsonl | Format::Csv => {}
    }
    out.flush()?;
    let shown = answer.facts.len() + answer.undated.len();
    note_more(answer.end(), shown, context.format());
    Ok(provenance::warn(view, answer.damaged()))
}

/// Writes the facts in a format.
fn write(
    out: &mut dyn Write,
    format: Format,
    answer: &mut ReplayAnswer<'_, '_>,
    args: &ReplayArgs,
    undone: &TallyReport,
) -> Result<(), CliError> {
    let AsOf { position: as_of, head, .. } = answer.as_of();
    match format {
        Format::Text => text(out, answer, args)?,
        Format::Json => answer.write_json(out, &undone.undone)?,
        Format::Jsonl => {
            let mut line = |row: &FactRow| json(out, &ReplayLine { as_of, head, row });
            answer.each(&mut line)?;
            answer.each_undated(&mut line)?;
        }
        Format::Csv => {
            let point = answer.as_of();
            let mut table = Facts::new(out, &point, NameColumn::AtEvent).map_err(broken)?;
            let mut line = |row: &FactRow| table.row(row).map_err(broken);
            answer.each(&mut line)?;
            answer.each_undated(&mut line)?;
            table.end().map_err(broken)?;
        }
    }
    Ok(())
}

fn text(
    out: &mut dyn Write,
    answer: &mut ReplayAnswer<'_, '_>,
    args: &ReplayArgs,
) -> Result<(), CliError> {
    answer.each(&mut |row| fact(out, row))?;
    let (count, without) = (answer.facts.len(), answer.undated.len());
    let when = args.filters.when.as_ref().map(|when| format!("when {when}"));
    writeln!(out, "{}", facts(count, &when.unwrap_or_default()))?;
    if without > 0 {
        writeln!(out, "\n{}:\n", facts(without, UNDATED))?;
        answer.each_undated(&mut |row| fact(out, row))?;
    }
    if let (PageEnd::More, Some(last)) = (answer.end(), answer.last()) {
        writeln!(out, "there are more after {last} (--after {last})")?;
    }
    Ok(())
}

/// Columns before the words: position, two spaces, status, two spaces.
const INDENT: usize = 19;

/// Writes one fact: its words, and below them everything that qualifies them.
pub fn fact(out: &mut dyn Write, row: &FactRow) -> Result<(), CliError> {
    let heading = format!("{:>6}  {}  ", row.fact, words::status(row.status));
    writeln!(out, "{}", words::hanging(&heading, &words::claim(&row.words), INDENT))?;
    let mut below =
        |text: &str| writeln!(out, "{}", words::hanging(&" ".repeat(INDENT), text, INDENT));
    let overlays = words::overlays(row);
    if !overlays.is_empty() {
        below(&overlays.join(", "))?;
    }
    if let Some(before) = row.before() {
        let present = row.revisions.iter().find(|other| other.act.event == row.revision);
        let text = format!("before: “{}”", words::claim(&before.words));
        let reason = present.and_then(|present| present.reason);
        let reason = reason.map(|reason| format!(" ({reason})")).unwrap_or_default();
        below(&format!("{text}{reason}"))?;
    }
    for dispute in row.disputes.iter().filter(|dispute| dispute.stands) {
        let (by, of) = (words::who(&dispute.act), words::of_earlier(dispute, row));
        let charge = words::charge(dispute);
        below(&format!("disputed by {}{of}: {charge} ({by})", dispute.act.event))?;
    }
    if let Some(retraction) = row.retraction() {
        let by = words::who(&retraction.act);
        let charge = words::charge(retraction);
        below(&format!("retracted by {}: {charge} ({by})", retraction.act.event))?;
    }
    if let Some(authors) = words::authors(row) {
        below(&authors)?;
    }
    Ok(writeln!(out)?)
}

#[derive(Serialize)]
struct ReplayLine<'a> {
    as_of: Option<u64>,
    head: Option<annals_core::hash::Hash>,
    #[serde(flatten)]
    row: &'a FactRow,
}
