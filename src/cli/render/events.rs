//! Events as lines of a log: for people, as JSON lines and columns.
//!
//! Always holds: each event is written as it comes. Not here: which events (`log`).

use crate::cli::render::columns::broken;
use crate::cli::render::objects::{objects, reason, reason_and_place};
use crate::cli::render::word_diff::{changed, changed_claim};
use crate::cli::render::words::{self, hanging, withheld_text};
use crate::cli::render::{effect, provenance};
use crate::cli::terminal::{CliError, Format, json, minute, visible};
use crate::ledger::query::event::EventRow;
use crate::ledger::query::{AsOf, View};
use crate::ledger::table::Table;
use annals_core::event::args::Args as EventArgs;
use annals_core::event::vocabulary::Type;
use serde::Serialize;
use std::io::Write;

#[derive(Serialize)]
struct EventLine<'a> {
    as_of: Option<u64>,
    head: Option<annals_core::hash::Hash>,
    #[serde(flatten)]
    row: &'a EventRow,
}

/// Writes rows as they come.
pub struct Printer<'a> {
    out: &'a mut dyn Write,
    format: Format,
    as_of: &'a AsOf,
    count: u64,
    /// Whether these are the events of one fact, oldest first: then changed words are marked.
    pub life: bool,
}

const COLUMNS: [&str; 20] = [
    "as_of",
    "head",
    "position",
    "hash",
    "at",
    "said",
    "type",
    "by",
    "key",
    "on",
    "reason",
    "words",
    "applied",
    "undone_by",
    "by_now",
    "subject",
    "subject_key",
    "effect",
    "undoes",
    "turned",
];

impl<'a> Printer<'a> {
    /// A printer; writes the text before the first event.
    pub fn new(
        out: &'a mut dyn Write,
        format: Format,
        as_of: &'a AsOf,
    ) -> Result<Printer<'a>, CliError> {
        if format == Format::Csv {
            record(out, &COLUMNS.map(str::to_owned))?;
        }
        Ok(Printer { out, format, as_of, count: 0, life: false })
    }

    /// Writes one event.
    pub fn row(&mut self, row: &EventRow) -> Result<(), CliError> {
        self.count += 1;
        let AsOf { position: as_of, head, .. } = *self.as_of;
        match self.format {
            Format::Text => text(self.out, row, corrected_claim(row).filter(|_| self.life)),
            Format::Json | Format::Jsonl => json(self.out, &EventLine { as_of, head, row }),
            Format::Csv => record(self.out, &columns(self.as_of, row)),
        }
    }

    /// Writes the text after the last event.
    pub fn end(self, standing: Option<String>) -> Result<(), CliError> {
        match self.format {
            Format::Text => {
                let events = if self.count == 1 { "event" } else { "events" };
                writeln!(self.out, "{} {events}{}", self.count, standing.unwrap_or_default())?;
                provenance::line(self.out, self.as_of)
            }
            _ => Ok(()),
        }
    }
}

fn record(out: &mut dyn Write, fields: &[String]) -> Result<(), CliError> {
    let mut table = Table::new(out);
    table.row(fields).map_err(broken)?;
    Ok(table.end()?)
}

fn columns(as_of: &AsOf, row: &EventRow) -> [String; 20] {
    let shown = |value: Option<String>| value.unwrap_or_default();
    let on: Vec<String> = row.on.iter().map(u64::to_string).collect();
    let subject = row.effect.subject.as_ref();
    let impact = row.effect.impact.as_ref();
    let undoes = impact.map(|impact| impact.struck.iter().chain(&impact.set_aside));
    let undoes: Vec<String> = undoes.into_iter().flatten().map(u64::to_string).collect();
    let turned =
        impact.map(|impact| impact.facts.iter().map(|changed_fact| changed_fact.fact.to_string()));
    let turned: Vec<String> = turned.into_iter().flatten().collect();
    [
        shown(as_of.position.map(|position| position.to_string())),
        shown(as_of.head.map(|head| head.to_string())),
        row.position.to_string(),
        row.hash.to_string(),
        shown(row.at.map(|at| at.to_string())),
        shown(row.said.map(|said| said.to_string())),
        shown(row.kind.map(|kind| kind.to_string())),
        shown(row.by.clone()),
        shown(row.key.map(|key| key.to_string())),
        on.join("; "),
        shown(row.args.as_ref().and_then(reason)),
        shown(row.words.clone()),
        row.applied.to_string(),
        shown(row.undone_by.map(|by| by.to_string())),
        shown(row.by_now.clone()),
        shown(subject.map(|subject| subject.name.clone())),
        shown(subject.map(|subject| subject.key.to_string())),
        effect::lines(row).join("; "),
        undoes.join("; "),
        turned.join("; "),
    ]
}

/// The state of the fact as of the point, after its events.
pub fn standing(view: &View<'_>, fact: u64) -> Option<String> {
    let Some(fact) = view.state().fold.fact(fact) else {
        return view.is_fact(fact).then(|| ", now without a status".to_owned());
    };
    let mut text = format!(", now {}", view.state().status(fact));
    if fact.corrected > 0 {
        text.push_str(&format!(", corrected ×{}", fact.corrected));
    }
    if fact.suspect {
        text.push_str(", suspect");
    }
    Some(text)
}

/// The claim of the revision that a correction is of, if its words are here.
fn corrected_claim(row: &EventRow) -> Option<&str> {
    let claim = row.claim.as_deref().filter(|_| row.kind == Some(Type::FactCorrected))?;
    match row.effect.changes.iter().find(|change| change.field == "claim") {
        Some(change) => change.before.as_str(),
        None => Some(claim),
    }
}

/// Writes signer, time and type of an event; below it reason, text and effect, compared with the
/// claim before it if that is given.
pub fn text(out: &mut dyn Write, row: &EventRow, before: Option<&str>) -> Result<(), CliError> {
    let kind = row.kind.map_or("not in form".to_owned(), |kind| kind.to_string());
    let by = visible(&row.signer().to_string());
    // An event that creates a fact or a document acts on no other.
    let others: Vec<u64> = row.on.iter().copied().filter(|on| *on != row.position).collect();
    let on = row.args.as_ref().map(|args| objects(args, &others)).unwrap_or_default();
    let mut marks = String::new();
    if let Some(by) = row.undone_by {
        marks.push_str(&format!(" (undone by {by})"));
    }
    if !row.applied {
        marks.push_str(" (not applied: it breaks a rule)");
    }
    let heading = format!("{:>6}  ", row.position);
    let first = format!("{}  {kind}{on}, {by}{marks}", minute(row.at));
    writeln!(out, "{}", hanging(&heading, &first, 8))?;
    let reason = row.args.as_ref().and_then(reason_and_place);
    // The effect contains the names and titles of these events.
    let named = matches!(
        row.args,
        Some(
            EventArgs::LedgerOpened(_)
                | EventArgs::LedgerChanged(_)
                | EventArgs::EditorEnrolled(_)
                | EventArgs::EditorChanged(_)
        )
    );
    let words = match (&row.words, row.withheld) {
        (Some(_), _) if named => None,
        (Some(words), _) => Some(visible(words)),
        (None, None) => None,
        (None, why) => Some(withheld_text(why)),
    };
    let parts: Vec<String> = [reason, words].into_iter().flatten().collect();
    let mut below = |text: &str| writeln!(out, "{}", hanging(&" ".repeat(8), text, 8));
    // An event of the ledger or its editors is shown by its effect; the reason follows.
    let (effects, act) = (effect::lines(row), row.on.is_empty() || named);
    if act && !effects.is_empty() {
        below(&effects.join("; "))?;
    }
    if !parts.is_empty() {
        below(&parts.join(": "))?;
    }
    match (&row.claim, before) {
        (Some(claim), Some(before)) if claim == before => below(&changed_claim(before, claim))?,
        (Some(claim), Some(before)) => below(&format!("now: “{}”", changed(before, claim)))?,
        (Some(claim), None) => below(&format!("now: “{}”", visible(claim)))?,
        (None, _) => {}
    }
    let after = effects.into_iter().filter(|_| !act);
    for line in after.chain(words::clocks(row.said, row.at)) {
        below(&line)?;
    }
    Ok(())
}
