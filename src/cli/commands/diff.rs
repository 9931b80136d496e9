//! `annals diff`: what changed between two points of the record, and why.
//!
//! Always holds: the first point is not after the second; the answer ends with both; exit 0 whether
//! something changed or not. Not here: what counts as a change (`query/diff`).

mod text;
mod unified;

use crate::cli::commands::diff::unified::{KnownLines, Shown};
use crate::cli::render::provenance;
use crate::cli::shared::{FilterArgs, note_left_out};
use crate::cli::terminal::{
    CliError, Command, Context, EditorOption, Exit, Format, Group, formats, json, out,
};
use crate::ledger::answer::diff::{DiffAnswer, DiffPoints, DiffReach, DiffReport, DiffView};
use crate::ledger::answer::filter::{DateMatch, Filter};
use crate::ledger::query::View;
use crate::ledger::query::diff::PointDiff;
use crate::ledger::query::gather::gather;
use crate::ledger::query::names::Names;
use crate::ledger::query::row::FactRow;
use clap::Args;
use serde::Serialize;
use std::collections::BTreeSet;
use std::io::Write;

/// Show what changed between two points of the record, and why
///
/// Each point is meant as of its end: what the record held on the first against what it held on
/// the second. With a filter of facts only facts and their relations are shown; with --by what that
/// person signed between the points, and the facts that it changed.
#[derive(Debug, Args)]
pub struct DiffArgs {
    /// The earlier point
    #[arg(value_name = "A")]
    from: String,
    /// The later point
    #[arg(value_name = "B", default_value = "head")]
    to: String,
    #[command(flatten)]
    filters: FilterArgs,
    /// As a unified diff of the folded state, one text for each fact
    #[arg(long)]
    unified: bool,
}

impl Command for DiffArgs {
    const GROUP: Group = Group::Archivist;
    const EDITOR: EditorOption = EditorOption::Filters;

    fn formats(&self) -> &'static [Format] {
        if self.unified { formats::TEXT } else { formats::OBJECT }
    }

    fn run(self, context: &mut Context) -> Result<Exit, CliError> {
        run(context, self)
    }
}

fn run(context: &mut Context, args: DiffArgs) -> Result<Exit, CliError> {
    let record = context.record()?;
    let size = |text: &str| provenance::size(context, &record, Some(text));
    let (first, last) = (size(&args.from)?, size(&args.to)?);
    let points = DiffPoints { from: &args.from, to: &args.to, first, last };
    let reach = if args.unified { DiffReach::Whole } else { DiffReach::Between };
    let filters = args.filters.filters(context)?;
    let both = DiffView::open(&record, points, &filters, reach)?;
    let DiffView { from, to, filter } = &both;
    provenance::note_view(&to.view)?;
    provenance::note_view(&from.view)?;
    let answer = both.answer()?;
    note_left_out(filter, &record);
    let mut out = out(context.format());
    match context.format() {
        Format::Text if args.unified => {
            let facts = answer.facts.iter().chain(&answer.undated).map(|change| change.fact);
            let mut facts: BTreeSet<u64> = facts.collect();
            facts.extend(related(&to.view, &to.names, &answer, filter)?);
            let shown = match filter.is_empty() {
                true => Shown::All,
                false => Shown::Facts,
            };
            let old = KnownLines { view: &from.view, names: &from.names };
            let new = KnownLines { view: &to.view, names: &to.names };
            unified::write(&mut out, &old, &new, &facts, shown)?;
            provenances(&mut out, &to.view, &answer)?;
        }
        Format::Text => {
            text::write(&mut out, &answer, args.filters.when.as_deref())?;
            provenances(&mut out, &to.view, &answer)?;
        }
        Format::Jsonl => lines(&mut out, &answer)?,
        Format::Json | Format::Csv => answer.write_json(&mut out)?,
    }
    out.flush()?;
    Ok(provenance::warn(&to.view, answer.changes.damaged))
}

/// The requested facts whose relations changed.
fn related(
    view: &View<'_>,
    names: &Names,
    answer: &DiffAnswer,
    filter: &Filter,
) -> Result<BTreeSet<u64>, CliError> {
    let ends: BTreeSet<u64> = answer.changes.relation_ends().collect();
    if filter.is_empty() || ends.is_empty() {
        return Ok(ends);
    }
    let wanted = |fact: u64| ends.contains(&fact) && filter.has_status(view, fact);
    let rows = gather(view, names, &wanted)?.facts.into_values();
    let keeps = |row: &FactRow| filter.keeps_words(&row.words);
    let wanted = |row: &FactRow| keeps(row) && filter.dated(&row.words) != DateMatch::Out;
    Ok(rows.filter(wanted).map(|row| row.fact).collect())
}

/// Both provenances, and the changes of the facts after the second point.
fn provenances(out: &mut dyn Write, to: &View<'_>, answer: &DiffAnswer) -> Result<(), CliError> {
    provenance::labelled(out, "from: ", &answer.from)?;
    provenance::labelled(out, "to: ", &answer.to)?;
    provenance::since(out, to, &answer.since)
}

#[derive(Serialize)]
struct DiffLine<T: Serialize> {
    from: Option<u64>,
    from_head: Option<annals_core::hash::Hash>,
    as_of: Option<u64>,
    head: Option<annals_core::hash::Hash>,
    section: &'static str,
    #[serde(flatten)]
    row: T,
}

fn lines(out: &mut dyn Write, answer: &DiffAnswer) -> Result<(), CliError> {
    let DiffAnswer { from, to, .. } = answer;
    let (from, from_head, as_of, head) = (from.position, from.head, to.position, to.head);
    for (section, list) in [("facts", &answer.facts), ("undated", &answer.undated)] {
        for change in list {
            let row = DiffReport::of(change);
            json(out, &DiffLine { from, from_head, as_of, head, section, row })?;
        }
    }
    let PointDiff { relations, documents, editors, ledger, undone, restored, described, .. } =
        &answer.changes;
    let events = [
        ("relations", relations),
        ("documents", documents),
        ("editors", editors),
        ("ledger", ledger),
        ("undone", undone),
        ("restored", restored),
    ];
    for (section, list) in events {
        for row in list {
            json(out, &DiffLine { from, from_head, as_of, head, section, row })?;
        }
    }
    for row in described {
        json(out, &DiffLine { from, from_head, as_of, head, section: "described", row })?;
    }
    Ok(())
}
