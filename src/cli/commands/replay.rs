//! `annals replay`: the facts as of a point in the record.

use crate::cli::render::provenance;
use crate::cli::render::words;
use crate::cli::render::{TallyReport, UndoingReport};
use crate::cli::shared::{Filter, FilterArgs, UNDATED, facts};
use crate::cli::terminal::Context;
use crate::cli::terminal::Format;
use crate::cli::terminal::formats;
use crate::cli::terminal::out;
use crate::cli::terminal::{CliError, Exit};
use crate::cli::terminal::{Command, EditorOption, Group};
use crate::cli::terminal::{json, note};
use crate::ledger::query::gather::gather;
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
    asked: FilterArgs,
    /// The state in its one spelling as JSON, to compare with another program's
    #[arg(long, conflicts_with_all = ["when", "topic", "status", "document"])]
    state: bool,
}

/// The facts that were asked for; those without a date apart.
struct ReplayAnswer {
    as_of: AsOf,
    facts: Vec<FactRow>,
    undated: Vec<FactRow>,
    since: Vec<LaterChange>,
    tally: TallyReport,
}

/// What suspect revocations undid as of the point, which a reader of facts must know.
fn undone(record: &Record, view: &View<'_>, names: &Names) -> Result<TallyReport, CliError> {
    let acts = view.state().history.acts().iter();
    let suspect =
        |deed: &Operation| matches!(deed, Operation::Revoked(row) if row.suspect_from.is_some());
    if !acts.into_iter().any(|act| suspect(&act.deed)) {
        return Ok(TallyReport::default());
    }
    // A view of some facts knows of no other undone events.
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
        provenance::tell_folded(&view);
        let as_of = view.as_of();
        let dump =
            annals_core::state::dump::dump(view.state(), as_of.size, as_of.head, view.root());
        out.write_all(&dump)?;
        writeln!(out)?;
        out.flush()?;
        return Ok(provenance::warn(&view, 0));
    }
    let ask: &Query<'_> = &|slot, state| args.asked.named(slot, state);
    let (view, names) = provenance::view_of(context, &record, args.as_of.as_deref(), ask)?;
    let filter = Filter::new(context, &record, (&view, &names), &args.asked)?;
    let gathered = gather(&view, &names, &|fact| filter.takes(&view, fact))?;
    let facts: Vec<FactRow> =
        gathered.facts.into_values().filter(|row| filter.keeps(row)).collect();
    filter.tell_unasked();
    let (facts, undated) = filter.by_date(facts, |row| &row.words);
    let rows = facts.iter().chain(&undated).map(|row| row.fact);
    let since = since(&view, rows);
    let tally = undone(&record, &view, &names)?;
    let answer = ReplayAnswer { as_of: view.as_of(), facts, undated, since, tally };
    match context.format() {
        Format::Text => text(&mut out, &view, &answer, &args)?,
        Format::Json => json(&mut out, &ReplayJson::of(&answer))?,
        Format::Jsonl => {
            for row in answer.facts.iter().chain(&answer.undated) {
                json(
                    &mut out,
                    &ReplayLine { as_of: answer.as_of.position, head: answer.as_of.head, row },
                )?;
            }
        }
        Format::Csv => crate::cli::render::columns::write(
            &mut out,
            &answer.as_of,
            answer.facts.iter().chain(&answer.undated),
        )?,
    }
    out.flush()?;
    Ok(provenance::warn(&view, gathered.damaged))
}

fn text(
    out: &mut dyn Write,
    view: &View<'_>,
    answer: &ReplayAnswer,
    args: &ReplayArgs,
) -> Result<(), CliError> {
    for row in &answer.facts {
        fact(out, row)?;
    }
    let (count, without) = (answer.facts.len(), answer.undated.len());
    if let Some(when) = &args.asked.when {
        writeln!(out, "{}", facts(count, &format!("when {when}")))?;
        if without > 0 {
            writeln!(out, "\n{}:\n", facts(without, UNDATED))?;
            for row in &answer.undated {
                fact(out, row)?;
            }
        }
    } else {
        writeln!(out, "{}", facts(count, ""))?;
    }
    provenance::line(out, &answer.as_of)?;
    provenance::since(out, view, &answer.since)
}

/// Columns before the words: position, two spaces, status, two spaces.
const INDENT: usize = 19;

/// One fact: its words, and below them all that qualifies them.
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
        let said = format!("before: “{}”", words::claim(&before.words));
        let reason = present.and_then(|present| present.reason);
        let reason = reason.map(|reason| format!(" ({reason})")).unwrap_or_default();
        below(&format!("{said}{reason}"))?;
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
struct ReplayJson<'a> {
    #[serde(flatten)]
    as_of: &'a AsOf,
    facts: &'a [FactRow],
    undated: &'a [FactRow],
    since: &'a [LaterChange],
    undone: &'a [UndoingReport],
}

impl<'a> ReplayJson<'a> {
    fn of(answer: &'a ReplayAnswer) -> ReplayJson<'a> {
        let ReplayAnswer { as_of, facts, undated, since, tally } = answer;
        ReplayJson { as_of, facts, undated, since, undone: tally.undoings() }
    }
}

#[derive(Serialize)]
struct ReplayLine<'a> {
    as_of: Option<u64>,
    head: Option<annals_core::hash::Hash>,
    #[serde(flatten)]
    row: &'a FactRow,
}
