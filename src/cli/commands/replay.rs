//! `annals replay`: the facts as of a point in the record.

use crate::cli::render::columns::broken;
use crate::cli::render::{TallyReport, provenance, words};
use crate::cli::shared::{Dated, Filter, FilterArgs, UNDATED, facts};
use crate::cli::terminal::{
    CliError, Command, Context, EditorOption, Exit, Format, Group, formats, json, json_of, note,
    out,
};
use crate::ledger::query::columns::{Facts, NameColumn};
use crate::ledger::query::gather::Rows;
use crate::ledger::query::names::Names;
use crate::ledger::query::row::FactRow;
use crate::ledger::query::since::{LaterChange, since};
use crate::ledger::query::tally::Tally;
use crate::ledger::query::{AsOf, Query, View};
use crate::ledger::reader::Record;
use annals_core::fold::operation::Operation;
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
    /// The state in its one spelling as JSON, to compare with another program's
    #[arg(long, conflicts_with_all = ["when", "topic", "status", "document"])]
    state: bool,
}

/// The requested facts; those without a date separately. Rows are made one at a time, because all
/// together would take many times the memory of the record.
struct ReplayAnswer<'a> {
    as_of: AsOf,
    rows: &'a Rows<'a, 'a>,
    filter: &'a Filter,
    /// The facts that were written.
    facts: Vec<u64>,
    undated: Vec<u64>,
}

type Take<'t> = dyn FnMut(&FactRow) -> Result<(), CliError> + 't;

impl ReplayAnswer<'_> {
    /// Calls `take` with the requested rows, except those without a date, which are noted.
    fn each(&mut self, take: &mut Take<'_>) -> Result<(), CliError> {
        let mut refused = false;
        let read = self.rows.each(&mut |row| {
            if !self.filter.keeps(&row) {
                return Ok(());
            }
            match self.filter.dated(&row.words) {
                Dated::In => {
                    self.facts.push(row.fact);
                    let taken = take(&row);
                    refused = taken.is_err();
                    taken
                }
                Dated::Undated => {
                    self.undated.push(row.fact);
                    Ok(())
                }
                Dated::Out => Ok(()),
            }
        });
        if read.is_err() && !refused && !self.facts.is_empty() {
            note("note: what was written is a part of the answer: the rest could not be read");
        }
        read
    }

    /// Calls `take` with the rows without a date, after the others.
    fn each_undated(&self, take: &mut Take<'_>) -> Result<(), CliError> {
        self.rows.each_of(&self.undated, &mut |row| take(&row))
    }

    /// The later changes of the facts that were written.
    fn since(&self, view: &View<'_>) -> Vec<LaterChange> {
        since(view, self.facts.iter().chain(&self.undated).copied())
    }
}

/// The events that suspect revocations undid as of the point, which a reader of facts must know.
fn undone(record: &Record, view: &View<'_>, names: &Names) -> Result<TallyReport, CliError> {
    let acts = view.state().history.acts().iter();
    let suspect = |operation: &Operation| match operation {
        Operation::Revoked(row) => row.suspect_from.is_some(),
        _ => false,
    };
    if !acts.into_iter().any(|act| suspect(&act.operation)) {
        return Ok(TallyReport::default());
    }
    // A view of some facts lacks other undone events.
    let whole = View::standing(record, view.as_of().size)?;
    let tally = Tally::of(whole.state());
    let tally = Tally { undone: tally.undone, ..Tally::default() };
    let shown = TallyReport::of(&tally, &|key, event| names.at(key, event));
    for (label, text) in shown.lines() {
        note(format!("note: {label}: {text}"));
    }
    Ok(shown)
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
    let ask: &Query<'_> = &|slot, state| args.filters.named(slot, state);
    let (view, names) = provenance::view_of(context, &record, args.as_of.as_deref(), ask)?;
    let filter = Filter::new(context, &record, &view, &names, &args.filters)?;
    let rows = Rows::read(&view, &names, &|fact| filter.has_status(&view, fact))?;
    let (facts, undated) = (Vec::new(), Vec::new());
    let mut answer =
        ReplayAnswer { as_of: view.as_of(), rows: &rows, filter: &filter, facts, undated };
    match context.format() {
        Format::Text => text(&mut out, &mut answer, &args)?,
        Format::Json => objects(&mut out, &mut answer)?,
        Format::Jsonl => {
            let AsOf { position: as_of, head, .. } = answer.as_of;
            let mut line = |row: &FactRow| json(&mut out, &ReplayLine { as_of, head, row });
            answer.each(&mut line)?;
            answer.each_undated(&mut line)?;
        }
        Format::Csv => {
            let as_of = view.as_of();
            let mut table = Facts::new(&mut out, &as_of, NameColumn::AtEvent).map_err(broken)?;
            let mut line = |row: &FactRow| table.row(row).map_err(broken);
            answer.each(&mut line)?;
            answer.each_undated(&mut line)?;
            table.end().map_err(broken)?;
        }
    }
    filter.note_withheld();
    let tally = undone(&record, &view, &names)?;
    match context.format() {
        Format::Text => {
            provenance::line(&mut out, &answer.as_of)?;
            provenance::since(&mut out, &view, &answer.since(&view))?;
        }
        Format::Json => {
            let since = json_of(&answer.since(&view))?;
            writeln!(out, ",\"since\":{since},\"undone\":{}}}", json_of(&tally.undoings())?)?;
        }
        Format::Jsonl | Format::Csv => {}
    }
    out.flush()?;
    Ok(provenance::warn(&view, rows.damaged()))
}

fn text(
    out: &mut dyn Write,
    answer: &mut ReplayAnswer<'_>,
    args: &ReplayArgs,
) -> Result<(), CliError> {
    answer.each(&mut |row| fact(out, row))?;
    let (count, without) = (answer.facts.len(), answer.undated.len());
    if let Some(when) = &args.filters.when {
        writeln!(out, "{}", facts(count, &format!("when {when}")))?;
        if without > 0 {
            writeln!(out, "\n{}:\n", facts(without, UNDATED))?;
            answer.each_undated(&mut |row| fact(out, row))?;
        }
    } else {
        writeln!(out, "{}", facts(count, ""))?;
    }
    Ok(())
}

/// Writes the JSON object up to its rows, each row as it is made.
fn objects(out: &mut dyn Write, answer: &mut ReplayAnswer<'_>) -> Result<(), CliError> {
    let head = json_of(&answer.as_of)?;
    write!(out, "{},\"facts\":[", head.trim_end_matches('}'))?;
    let mut between = "";
    answer.each(&mut |row| {
        write!(out, "{between}{}", json_of(row)?)?;
        between = ",";
        Ok(())
    })?;
    write!(out, "],\"undated\":[")?;
    between = "";
    answer.each_undated(&mut |row| {
        write!(out, "{between}{}", json_of(row)?)?;
        between = ",";
        Ok(())
    })?;
    Ok(write!(out, "]")?)
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
        let by = words::who(&dispute.act);
        below(&format!("disputed by {}: {} ({by})", dispute.act.event, words::charge(dispute)))?;
    }
    if let Some(retraction) = row.retraction() {
        let by = words::who(&retraction.act);
        let charge = words::charge(retraction);
        below(&format!("retracted by {}: {charge} ({by})", retraction.act.event))?;
    }
    if let Some(first) = row.revisions.first() {
        below(&format!("— {}", words::who(&first.act)))?;
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
