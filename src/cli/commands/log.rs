//! `annals log`: the events in order, or all events of one fact.
//!
//! Always holds: each event is written as it comes; a closed pipe ends the walk.
//! Not here: which events (`ledger::answer::log`), writing events (`render/events`).

use crate::cli::render::{Printer, events, provenance};
use crate::cli::shared::{PageLimit, limit};
use crate::cli::terminal::{
    CliError, Command, Context, EditorOption, Exit, Format, Group, formats, note, out,
};
use crate::ledger::answer::log::{LogAnswer, LogOrder, LogRequest, kind};
use crate::ledger::answer::order::expect_forward;
use crate::ledger::answer::page::PageEnd;
use crate::ledger::query::point::{Bound, PointContext, is_year};
use clap::Args;
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
    /// At most this many events, or all [default: all]
    #[arg(long, value_name = "N", value_parser = limit)]
    limit: Option<PageLimit>,
}

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
    let until = provenance::size(context, &record, args.until.as_deref())?;
    let from = match &args.from {
        Some(text) => provenance::point(context, &record, text, Bound::Start)?,
        None => 0,
    };
    if let (Some(from), Some(until)) = (&args.from, &args.until) {
        let around = PointContext::new(&context.global.tz, context.clock.peek())?;
        let clock = provenance::date_clock(context);
        expect_forward(&record, from, "--until", until, &around, clock)?;
    }
    let order = if args.newest { LogOrder::NewestFirst } else { LogOrder::OldestFirst };
    let request = LogRequest {
        position: args.position,
        from,
        until,
        by: provenance::editor(context)?,
        kind: args.kind,
        document: args.document,
        topic: args.topic,
        order,
        most: args.limit.map_or(usize::MAX, PageLimit::most),
    };
    let answer = LogAnswer::open(&record, request)?;
    let view = &answer.named.view;
    provenance::note_view(view)?;
    if let (Some(position), Some(of)) = (args.position, answer.of)
        && of != position
    {
        note(format!("note: event {position} acts on {of}; this is the life of {of}"));
    }
    let mut out = out(context.format());
    if context.format() == Format::Json {
        answer.write_json(&mut out)?;
        out.flush()?;
        return Ok(provenance::warn(view, 0));
    }
    let as_of = view.as_of();
    let mut printer = Printer::new(&mut out, context.format(), &as_of)?;
    printer.life = answer.of.is_some() && order == LogOrder::OldestFirst;
    let mut last = None;
    let end = answer.each(&mut |row| {
        last = Some(row.position);
        printer.row(row)
    })?;
    printer.end(answer.of.and_then(|fact| events::standing(view, fact)))?;
    out.flush()?;
    if let (PageEnd::More, Some(last)) = (end, last) {
        let next = match order {
            LogOrder::OldestFirst => format!("--from {}", point(last.saturating_add(1))),
            LogOrder::NewestFirst => format!("--until {}", point(last.saturating_sub(1))),
        };
        note(format!("note: there are more ({next})"));
    }
    Ok(provenance::warn(view, 0))
}

/// A position as a point: four digits alone would be a year.
fn point(position: u64) -> String {
    let digits = position.to_string();
    if is_year(&digits) { format!("event:{digits}") } else { digits }
}
