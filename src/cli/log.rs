//! `annals log`: the events one after the other, or the whole life of one fact.

use crate::cli::args::Format;
use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure};
use crate::cli::output::{json, note, out, visible};
use crate::cli::provenance::{self, minute};
use crate::cli::replay::columns::broken;
use crate::cli::words::{hanging, untold};
use crate::event::args::Args as EventArgs;
use crate::event::words::Type;
use crate::key::PublicKey;
use crate::ledger::point::{Bound, no_position};
use crate::ledger::view::event::{EventRow, Owners, row};
use crate::ledger::view::names::Names;
use crate::ledger::view::{AsOf, Seen, View};
use clap::Args;
use serde::Serialize;
use std::io::Write;

/// Show the events, or the whole life of one fact
#[derive(Debug, Args)]
pub struct LogArgs {
    /// Only what was done to the fact or document at this position
    position: Option<u64>,
    /// From this point on
    #[arg(long, value_name = "POINT")]
    from: Option<String>,
    /// Up to and with this point; names are as of it
    #[arg(long, value_name = "POINT")]
    until: Option<String>,
    /// Only events of this type, such as fact.corrected, or of a family, such as fact
    #[arg(long = "type", value_name = "TYPE", value_parser = kind)]
    kind: Option<String>,
    /// The last first
    #[arg(long)]
    reverse: bool,
}

fn kind(text: &str) -> Result<String, String> {
    let family = |kind: &&Type| kind.as_str().split('.').next() == Some(text);
    match Type::parse(text).is_some() || Type::ALL.iter().any(|kind| family(&kind)) {
        true => Ok(text.to_owned()),
        false => {
            let all: Vec<&str> = Type::ALL.iter().map(|kind| kind.as_str()).collect();
            Err(format!(
                "expected fact, document, editor, ledger, body, or one of {}",
                all.join(", ")
            ))
        }
    }
}

/// How many events are read at a time where the last come first: each time the file they stand in
/// is read from its start.
const CHUNK: u64 = 16_384;

pub fn run(context: &mut Context, args: LogArgs) -> Result<Exit, Failure> {
    let record = context.record()?;
    let (view, names) = provenance::view(context, &record, args.until.as_deref())?;
    let from = match &args.from {
        Some(text) => provenance::point(context, &record, text, Bound::Start)?,
        None => 0,
    };
    let by = context.global.editor.as_deref();
    let by = by.map(|name| provenance::keys(&record, &names, name)).transpose()?;
    let of = args.position.map(|position| subject(&view, position)).transpose()?;
    let asked = Asked { from, until: view.as_of().size, of, by, kind: args.kind };
    let mut out = out();
    let as_of = view.as_of();
    let mut printer = Printer::new(&mut out, context.format(), &as_of)?;
    let walked = match args.reverse {
        false => forward(&view, &names, &asked, &mut |row| printer.row(row)),
        true => backward(&view, &names, &asked, &mut |row| printer.row(row)),
    };
    walked?;
    printer.end()?;
    out.flush()?;
    Ok(provenance::warn(&view, 0))
}

/// Which events are asked for.
struct Asked {
    from: u64,
    until: u64,
    of: Option<u64>,
    by: Option<Vec<PublicKey>>,
    kind: Option<String>,
}

impl Asked {
    fn wants(&self, seen: &Seen, on: &[u64]) -> bool {
        let said = seen.statement();
        let of = self.of.is_none_or(|of| of == seen.position || on.contains(&of));
        let by = |keys: &Vec<PublicKey>| said.is_some_and(|said| keys.contains(&said.by));
        let kind = |wanted: &String| {
            said.is_some_and(|said| {
                let kind = said.kind.as_str();
                kind == wanted || kind.split('.').next() == Some(wanted)
            })
        };
        let since = seen.position >= self.from;
        since && of && self.by.as_ref().is_none_or(by) && self.kind.as_ref().is_none_or(kind)
    }
}

type Each<'a> = dyn FnMut(&EventRow) -> Result<(), Failure> + 'a;

fn forward(
    view: &View<'_>,
    names: &Names,
    asked: &Asked,
    each: &mut Each<'_>,
) -> Result<(), Failure> {
    let mut owners = Owners::default();
    let mut failed = Ok(());
    // What an event acts on is known from the events before it: read from the start.
    view.walk(asked.of.unwrap_or(0), asked.until, &mut |seen| {
        let on = seen.statement().map(|said| owners.keep(seen.position, &said.args));
        let on = on.unwrap_or_default();
        if asked.wants(seen, &on) {
            failed = each(&row(view, names, seen, on));
        }
        failed.is_ok()
    })?;
    failed
}

fn backward(
    view: &View<'_>,
    names: &Names,
    asked: &Asked,
    each: &mut Each<'_>,
) -> Result<(), Failure> {
    let mut owners = Owners::default();
    let mut on_each: Vec<(u64, Vec<u64>)> = Vec::new();
    view.walk(asked.of.unwrap_or(0), asked.until, &mut |seen| {
        let on = seen.statement().map(|said| owners.keep(seen.position, &said.args));
        let on = on.unwrap_or_default();
        if asked.wants(seen, &on) {
            on_each.push((seen.position, on));
        }
        true
    })?;
    let mut until = asked.until;
    while let Some((last, _)) = on_each.last() {
        until = until.min(last + 1);
        let from = until.saturating_sub(CHUNK);
        let mut rows = Vec::new();
        let first = on_each.partition_point(|(position, _)| *position < from);
        let mut wanted = on_each.split_off(first).into_iter().peekable();
        view.walk(from, until, &mut |seen| {
            if let Some((_, on)) = wanted.next_if(|(position, _)| *position == seen.position) {
                rows.push(row(view, names, seen, on));
            }
            true
        })?;
        for row in rows.iter().rev() {
            each(row)?;
        }
    }
    Ok(())
}

/// The fact or document whose life is asked for; an act on one leads to it.
fn subject(view: &View<'_>, position: u64) -> Result<u64, Failure> {
    let size = view.as_of().size;
    if position >= size {
        return Err(no_position(position, size).into());
    }
    let mut owners = Owners::default();
    let mut on = Vec::new();
    view.walk(0, position + 1, &mut |seen| {
        if let Some(said) = seen.statement() {
            on = owners.keep(seen.position, &said.args);
        }
        true
    })?;
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
            Err(Failure::usage(why))
        }
    }
}

#[derive(Serialize)]
struct Line<'a> {
    as_of: Option<u64>,
    head: Option<crate::hash::Hash>,
    #[serde(flatten)]
    row: &'a EventRow,
}

/// Writes rows as they come.
struct Printer<'a> {
    out: &'a mut dyn Write,
    format: Format,
    as_of: &'a AsOf,
    count: u64,
}

const COLUMNS: [&str; 14] = [
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
];

impl<'a> Printer<'a> {
    fn new(
        out: &'a mut dyn Write,
        format: Format,
        as_of: &'a AsOf,
    ) -> Result<Printer<'a>, Failure> {
        match format {
            Format::Json => {
                let head = serde_json::to_string(as_of).map_err(std::io::Error::other)?;
                let open = head.strip_suffix('}').unwrap_or(&head);
                write!(out, "{open},\"events\":[")?;
            }
            Format::Csv => record(out, &COLUMNS.map(str::to_owned))?,
            _ => {}
        }
        Ok(Printer { out, format, as_of, count: 0 })
    }

    fn row(&mut self, row: &EventRow) -> Result<(), Failure> {
        self.count += 1;
        let AsOf { position: as_of, head, .. } = *self.as_of;
        match self.format {
            Format::Text => text(self.out, row),
            Format::Json => {
                let comma = if self.count > 1 { "," } else { "" };
                let row = serde_json::to_string(row).map_err(std::io::Error::other)?;
                Ok(write!(self.out, "{comma}{row}")?)
            }
            Format::Jsonl => json(self.out, &Line { as_of, head, row }),
            Format::Csv => record(self.out, &columns(self.as_of, row)),
        }
    }

    fn end(self) -> Result<(), Failure> {
        match self.format {
            Format::Text => {
                let events = if self.count == 1 { "event" } else { "events" };
                writeln!(self.out, "{} {events}", self.count)?;
                provenance::line(self.out, self.as_of)
            }
            Format::Json => Ok(writeln!(self.out, "]}}")?),
            _ => Ok(()),
        }
    }
}

fn record(out: &mut dyn Write, fields: &[String]) -> Result<(), Failure> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(fields).map_err(broken)?;
    Ok(writer.flush()?)
}

fn columns(as_of: &AsOf, row: &EventRow) -> [String; 14] {
    let shown = |value: Option<String>| value.unwrap_or_default();
    let on: Vec<String> = row.on.iter().map(u64::to_string).collect();
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
    ]
}

/// The closed word that says why or how.
fn reason(args: &EventArgs) -> Option<String> {
    Some(match args {
        EventArgs::FactDisputed(args) => args.reason.to_string(),
        EventArgs::FactCorrected(args) => args.reason.to_string(),
        EventArgs::FactRetracted(args) => args.reason.to_string(),
        EventArgs::FactConfirmed(args) => args.how.to_string(),
        EventArgs::FactRelated(args) => args.rel.to_string(),
        EventArgs::EditorRevoked(args) => args.reason.to_string(),
        EventArgs::LedgerRekeyed(args) => args.reason.to_string(),
        EventArgs::BodyRedacted(args) => args.reason.to_string(),
        _ => return None,
    })
}

/// Who, when, what; and below it why and the words.
fn text(out: &mut dyn Write, row: &EventRow) -> Result<(), Failure> {
    let kind = row.kind.map_or("not in form".to_owned(), |kind| kind.to_string());
    let by = row.by.as_deref().map(visible).unwrap_or_default();
    let on: Vec<String> =
        row.on.iter().filter(|on| **on != row.position).map(u64::to_string).collect();
    let on = if on.is_empty() { String::new() } else { format!(" {}", on.join(" and ")) };
    let mut marks = String::new();
    if let Some(by) = row.undone_by {
        marks.push_str(&format!(" (undone by {by})"));
    }
    if !row.applied {
        marks.push_str(" (not applied: it breaks a rule)");
    }
    writeln!(out, "{:>6}  {}  {kind}{on}, {by}{marks}", row.position, minute(row.at))?;
    let reason = row.args.as_ref().and_then(reason);
    let words = match (&row.words, row.withheld) {
        (Some(words), _) => Some(visible(words)),
        (None, None) => None,
        (None, why) => Some(untold(why)),
    };
    let parts: Vec<String> = [reason, words].into_iter().flatten().collect();
    let mut below = |text: &str| writeln!(out, "{}", hanging(&" ".repeat(8), text, 8));
    if !parts.is_empty() {
        below(&parts.join(": "))?;
    }
    if let Some(claim) = &row.claim {
        below(&format!("now: “{}”", visible(claim)))?;
    }
    Ok(())
}
