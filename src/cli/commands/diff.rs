//! `annals diff`: what changed between two points of the record, and why.
//!
//! Always holds: the first point is not after the second; the answer ends with both; exit 0 whether
//! something changed or not. Not here: what counts as a change (`query/diff`).

mod text;
mod unified;

use crate::cli::commands::diff::text::DiffAnswer;
use crate::cli::commands::diff::unified::{KnownLines, Shown};
use crate::cli::render::{changed, provenance};
use crate::cli::shared::{Dated, Filter, FilterArgs};
use crate::cli::terminal::{
    CliError, Command, Context, EditorOption, Exit, Format, Group, formats, json, out,
};
use crate::index::Snapshot;
use crate::ledger::query::diff::{Between, Change, between};
use crate::ledger::query::event::EventRow;
use crate::ledger::query::gather::gather;
use crate::ledger::query::names::Names;
use crate::ledger::query::row::FactRow;
use crate::ledger::query::since::{LaterChange, since};
use crate::ledger::query::{AsOf, Query, View, touched};
use clap::Args;
use serde::Serialize;
use std::collections::BTreeSet;
use std::io::Write;

/// Show what changed between two points of the record, and why
///
/// Each point is meant as of its end: what the record held on the first against what it held on
/// the second. With a filter of facts only facts and their relations are shown.
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
    let sizes = (size(&args.from)?, size(&args.to)?);
    let named = |slot: &Snapshot<'_>| {
        let mut named = touched(slot.index(), sizes.0, sizes.1)?;
        named.extend(args.filters.document.filter(|document| *document < slot.size));
        Ok(named)
    };
    // The editor filter applies to all revisions, and a unified diff shows the whole state.
    let whole = args.unified || context.global.editor.is_some();
    let open = |size: u64, ask: &Query<'_>| match whole {
        true => View::some(&record, size, ask),
        false => View::since(&record, size, ask, sizes.0),
    };
    let to = open(sizes.1, &|slot, _| named(slot))?;
    // A document that is cited now may have existed before.
    let from = open(sizes.0, &|slot, _| {
        let documents = to.state().fold.documents().iter().map(|document| document.position);
        Ok(named(slot)?.into_iter().chain(documents).collect())
    })?;
    let (from, to) = View::alike(from, to)?;
    let (to, names) = provenance::begin(&record, to)?;
    let (from, old_names) = provenance::begin(&record, from)?;
    let (first, last) = (from.as_of(), to.as_of());
    if first.size > last.size {
        return Err(backwards(&args, &first, &last));
    }
    let filter = Filter::new(context, &record, &to, &names, &args.filters)?;
    let wanted = |fact: u64| filter.has_status(&to, fact) || filter.has_status(&from, fact);
    let mut changes = between(&from, &to, &names, &wanted)?;
    if !filter.is_empty() {
        narrow(&mut changes, &filter);
    }
    filter.note_withheld();
    let (mut facts, mut undated) = (Vec::new(), Vec::new());
    for change in &changes.facts {
        let dates = [Some(&change.now), change.before.as_ref()].into_iter().flatten();
        let dates: Vec<Dated> = dates.map(|words| filter.dated(words)).collect();
        match (dates.contains(&Dated::In), dates.contains(&Dated::Undated)) {
            (true, _) => facts.push(change),
            (false, true) => undated.push(change),
            (false, false) => {}
        }
    }
    let listed = facts.iter().chain(&undated).map(|change| change.fact);
    let since = since(&to, listed);
    let answer = DiffAnswer { from: first, to: last, changes: &changes, facts, undated, since };
    let mut out = out(context.format());
    match context.format() {
        Format::Text if args.unified => {
            let facts = answer.facts.iter().chain(&answer.undated).map(|change| change.fact);
            let mut facts: BTreeSet<u64> = facts.collect();
            facts.extend(related(&to, &names, &answer, &filter)?);
            let shown = match filter.is_empty() {
                true => Shown::All,
                false => Shown::Facts,
            };
            let old = KnownLines { view: &from, names: &old_names };
            let new = KnownLines { view: &to, names: &names };
            unified::write(&mut out, &old, &new, &facts, shown)?;
            provenances(&mut out, &to, &answer)?;
        }
        Format::Text => {
            text::write(&mut out, &answer, args.filters.when.as_deref())?;
            provenances(&mut out, &to, &answer)?;
        }
        Format::Jsonl => lines(&mut out, &answer)?,
        Format::Json | Format::Csv => json(&mut out, &DiffJson::of(&answer))?,
    }
    out.flush()?;
    Ok(provenance::warn(&to, changes.damaged))
}

fn backwards(args: &DiffArgs, first: &AsOf, last: &AsOf) -> CliError {
    let position_text = |as_of: &AsOf| match as_of.position {
        Some(position) => format!("position {position}"),
        None => "before the first event".to_owned(),
    };
    let (from, to) = (&args.from, &args.to);
    CliError::usage(format!(
        "expected the earlier point first, found {from:?} ({}) after {to:?} ({}); say annals diff \
         with the two in the other order",
        position_text(first),
        position_text(last)
    ))
}

/// Keeps the requested facts, and the relations between and to them.
fn narrow(changes: &mut Between, filter: &Filter) {
    let kept: BTreeSet<u64> =
        changes.rows.iter().filter(|row| filter.keeps(row)).map(|row| row.fact).collect();
    changes.facts.retain(|change| kept.contains(&change.fact));
    changes.rows.retain(|row| kept.contains(&row.fact));
    changes.relations.retain(|row| row.on.iter().any(|fact| kept.contains(fact)));
    changes.documents.clear();
    changes.editors.clear();
    changes.ledger.clear();
}

/// The requested facts whose relations changed.
fn related(
    view: &View<'_>,
    names: &Names,
    answer: &DiffAnswer<'_>,
    filter: &Filter,
) -> Result<BTreeSet<u64>, CliError> {
    let relations = answer.changes.relations.iter();
    let ends: BTreeSet<u64> = relations.flat_map(|row| row.on.iter().copied()).collect();
    if filter.is_empty() || ends.is_empty() {
        return Ok(ends);
    }
    let wanted = |fact: u64| ends.contains(&fact) && filter.has_status(view, fact);
    let rows = gather(view, names, &wanted)?.facts.into_values();
    let wanted = |row: &FactRow| filter.keeps(row) && filter.dated(&row.words) != Dated::Out;
    Ok(rows.filter(wanted).map(|row| row.fact).collect())
}

/// Both provenances, and the changes of the facts after the second point.
fn provenances(
    out: &mut dyn Write,
    to: &View<'_>,
    answer: &DiffAnswer<'_>,
) -> Result<(), CliError> {
    write!(out, "from: ")?;
    provenance::line(out, &answer.from)?;
    write!(out, "to: ")?;
    provenance::line(out, &answer.to)?;
    provenance::since(out, to, &answer.since)
}

#[derive(Serialize)]
struct DiffJson<'a> {
    from: &'a AsOf,
    to: &'a AsOf,
    facts: Vec<DiffReport<'a>>,
    undated: Vec<DiffReport<'a>>,
    relations: &'a [EventRow],
    documents: &'a [EventRow],
    editors: &'a [EventRow],
    ledger: &'a [EventRow],
    since: &'a [LaterChange],
}

/// A change, with the changed words marked as in the text form.
#[derive(Serialize)]
struct DiffReport<'a> {
    #[serde(flatten)]
    change: &'a Change,
    /// The claim with [-removed-] and {+added+} words; `None` if there is no other claim before it.
    marked: Option<String>,
}

impl<'a> DiffReport<'a> {
    fn of(change: &'a Change) -> DiffReport<'a> {
        DiffReport { change, marked: marked(change) }
    }
}

/// The claim with its changed words marked, if there are two claims.
fn marked(change: &Change) -> Option<String> {
    let before = change.before.as_ref()?.claim.as_deref()?;
    Some(changed(before, change.now.claim.as_deref()?))
}

impl<'a> DiffJson<'a> {
    fn of(answer: &'a DiffAnswer<'a>) -> DiffJson<'a> {
        let reports =
            |list: &[&'a Change]| list.iter().map(|change| DiffReport::of(change)).collect();
        let Between { relations, documents, editors, ledger, .. } = answer.changes;
        DiffJson {
            from: &answer.from,
            to: &answer.to,
            facts: reports(&answer.facts),
            undated: reports(&answer.undated),
            relations,
            documents,
            editors,
            ledger,
            since: &answer.since,
        }
    }
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

fn lines(out: &mut dyn Write, answer: &DiffAnswer<'_>) -> Result<(), CliError> {
    let DiffAnswer { from, to, .. } = answer;
    let (from, from_head, as_of, head) = (from.position, from.head, to.position, to.head);
    for (section, list) in [("facts", &answer.facts), ("undated", &answer.undated)] {
        for change in list {
            let row = DiffReport::of(change);
            json(out, &DiffLine { from, from_head, as_of, head, section, row })?;
        }
    }
    let Between { relations, documents, editors, ledger, .. } = answer.changes;
    let events = [
        ("relations", relations),
        ("documents", documents),
        ("editors", editors),
        ("ledger", ledger),
    ];
    for (section, list) in events {
        for row in list {
            json(out, &DiffLine { from, from_head, as_of, head, section, row })?;
        }
    }
    Ok(())
}
