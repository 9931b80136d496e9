//! `annals log`: the events in order, or all events of one fact.
//!
//! Always holds: with the oldest first, events are streamed, and only the folded state is in
//! memory; with the newest first, the positions requested and one range of events are. A closed
//! pipe ends the walk.
//! Not here: writing events (`render/events`).

mod order;

use crate::cli::render::{Printer, provenance};
use crate::cli::shared::{document_at, has_topic, rests_on};
use crate::cli::terminal::{
    CliError, Command, Context, EditorOption, Exit, Format, Group, formats, note, out,
};
use crate::ledger::error::LedgerError;
use crate::ledger::query::content_text::{statement_text, words};
use crate::ledger::query::effect::Effects;
use crate::ledger::query::event::{EventRow, on, row};
use crate::ledger::query::point::{Bound, no_position};
use crate::ledger::query::{Query, View, ViewedEvent, owners, subjects};
use annals_core::event::body::Content;
use annals_core::event::vocabulary::Type;
use annals_core::key::PublicKey;
use clap::Args;
use std::collections::BTreeSet;
use std::io::Write;

/// Show the events, or the whole life of one fact
///
/// With a position: all that was ever done to that fact or document, by whom, when and why.
#[derive(Debug, Args)]
pub struct LogArgs {
    /// Only what was done to the fact or document at this position
    position: Option<u64>,
    /// From this point on
    #[arg(long, value_name = "POINT")]
    from: Option<String>,
    /// Up to and with this point; names and standing are as of it
    #[arg(long, value_name = "POINT", visible_alias = "as-of")]
    until: Option<String>,
    /// Only events of this type, such as fact.corrected, or of a family, such as fact
    #[arg(long = "type", value_name = "TYPE", value_parser = kind)]
    kind: Option<String>,
    /// Only what concerns this document: it, facts that ever rested on it, acts that name it
    #[arg(long, value_name = "POSITION")]
    document: Option<u64>,
    /// Only what was done to facts that ever had a topic with these words
    #[arg(long)]
    topic: Option<String>,
    /// The newest first [default: the oldest first]
    #[arg(long, visible_alias = "reverse")]
    newest: bool,
}

fn kind(text: &str) -> Result<String, String> {
    let family = |kind: &&Type| kind.as_str().split('.').next() == Some(text);
    match Type::parse(text).is_some() || Type::ALL.iter().any(|kind| family(&kind)) {
        true => Ok(text.to_owned()),
        false => {
            let all: Vec<&str> = Type::ALL.iter().map(|kind| kind.as_str()).collect();
            Err(format!(
                "expected fact, document, editor, ledger, relation, body, or one of {}",
                all.join(", ")
            ))
        }
    }
}

/// How many events are read at once with the newest first: each time their file is read from its
/// start.
const CHUNK: u64 = 16_384;

impl Command for LogArgs {
    const GROUP: Group = Group::Archivist;
    const EDITOR: EditorOption = EditorOption::Filters;

    fn formats(&self) -> &'static [Format] {
        formats::TABLE
    }

    fn run(self, context: &mut Context) -> Result<Exit, CliError> {
        run(context, self)
    }
}

fn run(context: &mut Context, args: LogArgs) -> Result<Exit, CliError> {
    let record = context.record()?;
    let ask: &Query<'_> = &|slot, _| {
        let mut named = match args.position {
            Some(position) => subjects(slot, position)?,
            None => BTreeSet::new(),
        };
        named.extend(args.document.filter(|document| *document < slot.size));
        Ok(named)
    };
    let (view, names) = provenance::view_of(context, &record, args.until.as_deref(), ask)?;
    let from = match &args.from {
        Some(text) => provenance::point(context, &record, text, Bound::Start)?,
        None => 0,
    };
    if let (Some(from), Some(until)) = (&args.from, &args.until) {
        order::check(context, &record, from, until)?;
    }
    let by = context.global.editor.as_deref();
    let by = by.map(|name| provenance::keys(&record, &names, name)).transpose()?;
    if let Some(document) = args.document {
        document_at(&view, document, "--document")?;
    }
    let of = args.position.map(|position| subject(&view, position)).transpose()?;
    let about = about(&view, &args)?;
    let until = view.as_of().size;
    let first = from.max(of.unwrap_or(0));
    let effects = Effects::new(&view, &names);
    let turned = match of {
        Some(of) => turned(&effects, of)?,
        None => BTreeSet::new(),
    };
    let (kind, document) = (args.kind, args.document);
    let filter = LogFilter { first, until, of, turned, by, kind, about, document };
    let mut out = out(context.format());
    let as_of = view.as_of();
    let mut printer = Printer::new(&mut out, context.format(), &as_of)?;
    printer.life = of.is_some() && !args.newest;
    match args.newest {
        false => forward(&effects, &filter, &mut |row| printer.row(row))?,
        true => backward(&effects, &filter, &mut |row| printer.row(row))?,
    }
    printer.end(of.and_then(|fact| crate::cli::render::events::standing(&view, fact)))?;
    out.flush()?;
    Ok(provenance::warn(&view, 0))
}

/// Which events are requested.
struct LogFilter {
    first: u64,
    until: u64,
    of: Option<u64>,
    /// The events that changed the status of that fact without being about it.
    turned: BTreeSet<u64>,
    by: Option<Vec<PublicKey>>,
    kind: Option<String>,
    /// The facts of the topic and of the document.
    about: Option<BTreeSet<u64>>,
    document: Option<u64>,
}

impl LogFilter {
    fn is_all(&self) -> bool {
        let of = self.of.is_none() && self.about.is_none();
        of && self.by.is_none() && self.kind.is_none()
    }

    /// Walks, oldest first, over events that include the requested ones, while `each` returns true.
    fn walk(
        &self,
        view: &View<'_>,
        each: &mut dyn FnMut(&ViewedEvent) -> bool,
    ) -> Result<(), LedgerError> {
        let Some(of) = self.of else { return view.walk(self.first, self.until, each) };
        let (mut goes_on, mut met) = (true, false);
        view.each(&mut |event| {
            let within = (self.first..self.until).contains(&event.position);
            goes_on = goes_on && (!within || each(event));
            met |= event.position == of;
        })?;
        // An event that is about no fact and no document is its only event.
        let missed = !met && (self.first..self.until).contains(&of);
        if let Some(event) = view.event(of)?.filter(|_| missed) {
            each(&event);
        }
        Ok(())
    }

    fn wants(&self, view: &View<'_>, event: &ViewedEvent, on: &[u64]) -> bool {
        let statement = event.statement();
        let turned = self.turned.contains(&event.position);
        let of = turned || self.of.is_none_or(|of| of == event.position || on.contains(&of));
        let by =
            |keys: &Vec<PublicKey>| statement.is_some_and(|statement| keys.contains(&statement.by));
        let kind = |wanted: &String| {
            statement.is_some_and(|statement| {
                let kind = statement.kind.as_str();
                kind == wanted || kind.split('.').next() == Some(wanted)
            })
        };
        let about = |facts: &BTreeSet<u64>| {
            on.iter().any(|on| facts.contains(on) || self.document == Some(*on))
                || self.document.is_some_and(|document| names_document(view, event, document))
        };
        let cheap = of && self.by.as_ref().is_none_or(by) && self.kind.as_ref().is_none_or(kind);
        cheap && self.about.as_ref().is_none_or(about)
    }
}

/// The events that changed the status of a fact without being about it: changes of the number of
/// confirmations, and suspect revocations.
fn turned(effects: &Effects<'_, '_>, fact: u64) -> Result<BTreeSet<u64>, CliError> {
    let mut found = BTreeSet::new();
    for event in effects.turning(fact) {
        let impact = effects.impact(event)?;
        if impact.is_some_and(|impact| impact.facts.iter().any(|turned| turned.fact == fact)) {
            found.insert(event);
        }
    }
    Ok(found)
}

/// The facts of a topic, of a document, or of both; `None` if neither is given.
fn about(view: &View<'_>, args: &LogArgs) -> Result<Option<BTreeSet<u64>>, CliError> {
    let topic = args.topic.as_ref().map(|topic| topic.to_lowercase());
    if topic.is_none() && args.document.is_none() {
        return Ok(None);
    }
    let (mut of_topic, mut of_document) = (BTreeSet::new(), BTreeSet::new());
    view.walk(0, view.as_of().size, &mut |event| {
        let fact = match view.content(event) {
            Ok(Content::FactAsserted(body)) => words(&body.fact),
            Ok(Content::FactCorrected(body)) => words(&body.fact),
            _ => return true,
        };
        let facts = owners(view, event.position);
        if topic.as_ref().is_some_and(|topic| has_topic(&fact, topic)) {
            of_topic.extend(facts.iter().copied());
        }
        if args.document.is_some_and(|document| rests_on(&fact, document)) {
            of_document.extend(facts);
        }
        true
    })?;
    Ok(Some(match (topic, args.document) {
        (Some(_), Some(_)) => of_topic.intersection(&of_document).copied().collect(),
        (Some(_), None) => of_topic,
        _ => of_document,
    }))
}

/// Whether the evidence of a confirmation, a dispute or the like cites the document.
fn names_document(view: &View<'_>, event: &ViewedEvent, document: u64) -> bool {
    let evidence = statement_text(view.content(event)).evidence;
    evidence.iter().any(|row| row.evidence.document == document)
}

type Each<'a> = dyn FnMut(&EventRow) -> Result<(), CliError> + 'a;

fn acts_on(view: &View<'_>, event: &ViewedEvent) -> Vec<u64> {
    let statement = event.statement();
    statement.map(|statement| on(view, event.position, &statement.args)).unwrap_or_default()
}

fn forward(
    effects: &Effects<'_, '_>,
    filter: &LogFilter,
    each: &mut Each<'_>,
) -> Result<(), CliError> {
    let view = effects.view();
    let mut failed = Ok(());
    filter.walk(view, &mut |event| {
        let on = acts_on(view, event);
        if filter.wants(view, event, &on) {
            failed = row(effects, event, on).map_err(CliError::from).and_then(|row| each(&row));
        }
        failed.is_ok()
    })?;
    failed
}

fn backward(
    effects: &Effects<'_, '_>,
    filter: &LogFilter,
    each: &mut Each<'_>,
) -> Result<(), CliError> {
    let view = effects.view();
    // If few events are requested, ranges without any of them are not read.
    let mut few = match filter.is_all() {
        true => None,
        false => Some(positions(view, filter)?),
    };
    let mut until = filter.until;
    while until > filter.first {
        let mut rows = Vec::new();
        let mut keep = |event: &ViewedEvent| {
            let on = acts_on(view, event);
            if filter.wants(view, event, &on) {
                rows.push(row(effects, event, on));
            }
        };
        match &mut few {
            Some(positions) => {
                let chunk = positions.split_off(positions.len().saturating_sub(CHUNK as usize));
                let Some(first) = chunk.first() else { break };
                view.at(&chunk, &mut keep)?;
                until = *first;
            }
            None => {
                let from = until.saturating_sub(CHUNK).max(filter.first);
                view.walk(from, until, &mut |event| {
                    keep(event);
                    true
                })?;
                until = from;
            }
        }
        for row in rows.into_iter().rev() {
            each(&row?)?;
        }
    }
    Ok(())
}

fn positions(view: &View<'_>, filter: &LogFilter) -> Result<Vec<u64>, CliError> {
    let mut positions = Vec::new();
    filter.walk(view, &mut |event| {
        if filter.wants(view, event, &acts_on(view, event)) {
            positions.push(event.position);
        }
        true
    })?;
    Ok(positions)
}

/// The fact or document whose events are requested; an act on one leads to it.
fn subject(view: &View<'_>, position: u64) -> Result<u64, CliError> {
    let size = view.as_of().size;
    if position >= size {
        return Err(no_position(position, size).into());
    }
    let event = view.event(position)?;
    let on = event.map(|event| acts_on(view, &event)).unwrap_or_default();
    match on.as_slice() {
        [] => Ok(position),
        [one] => {
            if *one != position {
                note(format!("note: event {position} acts on {one}; this is the life of {one}"));
            }
            Ok(*one)
        }
        several => {
            let all: Vec<String> = several.iter().map(u64::to_string).collect();
            let all = all.join(" and ");
            let why = format!("event {position} relates {all}; say annals log with one of them");
            Err(CliError::usage(why))
        }
    }
}
