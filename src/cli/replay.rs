//! `annals replay`: the facts as of a point in the record.

pub mod columns;

use crate::cli::args::Format;
use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure};
use crate::cli::output::{json, note, out};
use crate::cli::provenance;
use crate::cli::words;
use crate::edtf::{Days, days};
use crate::key::PublicKey;
use crate::ledger::error::LedgerError;
use crate::ledger::record::Record;
use crate::ledger::view::gather::gather;
use crate::ledger::view::row::FactRow;
use crate::ledger::view::since::{Became, since};
use crate::ledger::view::{AsOf, View};
use crate::state::Status;
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
    /// What was so at this time: an EDTF date or interval, such as 2022-01 or 2021/2022
    #[arg(long, value_name = "EDTF")]
    when: Option<String>,
    /// Facts with a topic that has these words
    #[arg(long)]
    topic: Option<String>,
    /// Facts of this status
    #[arg(long, value_parser = status)]
    status: Option<Status>,
    /// Facts that rest on this document
    #[arg(long, value_name = "POSITION")]
    document: Option<u64>,
    /// The state in its one spelling as JSON, to compare with another program's
    #[arg(long, conflicts_with_all = ["when", "topic", "status", "document"])]
    state: bool,
}

fn status(text: &str) -> Result<Status, String> {
    let all = [Status::Asserted, Status::Confirmed, Status::Disputed, Status::Retracted];
    let found = all.into_iter().find(|status| status.as_str() == text);
    found.ok_or_else(|| "expected asserted, confirmed, disputed or retracted".to_owned())
}

/// The facts that were asked for; those without a date apart.
struct Answer {
    as_of: AsOf,
    facts: Vec<FactRow>,
    undated: Vec<FactRow>,
    since: Vec<Became>,
}

pub fn run(context: &mut Context, args: ReplayArgs) -> Result<Exit, Failure> {
    let record = context.record()?;
    let (view, names) = provenance::view(context, &record, args.as_of.as_deref())?;
    let mut out = out();
    if args.state {
        let (report, as_of) = (view.report(), view.as_of());
        let dump = crate::state::dump::dump(view.state(), as_of.size, as_of.head, &report.root);
        out.write_all(&dump)?;
        writeln!(out)?;
        out.flush()?;
        return Ok(provenance::warn(&view, 0));
    }
    let filter = Filter::new(context, &record, (&view, &names), &args)?;
    let gathered = gather(&view, &names, &|fact| filter.takes(&view, fact))?;
    let facts: Vec<FactRow> =
        gathered.facts.into_values().filter(|row| filter.keeps(row)).collect();
    filter.tell_unasked();
    let (facts, undated) = filter.by_date(facts);
    let rows = facts.iter().chain(&undated).map(|row| row.fact);
    let since = since(&view, rows);
    let answer = Answer { as_of: view.as_of(), facts, undated, since };
    match context.format() {
        Format::Text => text(&mut out, &view, &answer, &args)?,
        Format::Json => json(&mut out, &Whole::of(&answer))?,
        Format::Jsonl => {
            for row in answer.facts.iter().chain(&answer.undated) {
                json(
                    &mut out,
                    &Line { as_of: answer.as_of.position, head: answer.as_of.head, row },
                )?;
            }
        }
        Format::Csv => {
            columns::write(&mut out, &answer.as_of, answer.facts.iter().chain(&answer.undated))?
        }
    }
    out.flush()?;
    Ok(provenance::warn(&view, gathered.damaged))
}

struct Filter {
    status: Option<Status>,
    topic: Option<String>,
    document: Option<u64>,
    by: Option<Vec<PublicKey>>,
    when: Option<Days>,
    /// How many facts could not be asked, because their words are withheld.
    unasked: std::cell::Cell<usize>,
}

impl Filter {
    fn new(
        context: &Context,
        record: &Record,
        known: (&View<'_>, &crate::ledger::view::names::Names),
        args: &ReplayArgs,
    ) -> Result<Filter, Failure> {
        let (view, names) = known;
        let when = args.when.as_deref().map(|text| {
            days(text).ok_or_else(|| {
                let expected = "expected an EDTF date or interval such as 2022-01-26 or 2021/2022";
                Failure::usage(format!("--when: {expected}, found {text:?}"))
            })
        });
        if let Some(document) = args.document
            && view.state().fold.document(document).is_none()
        {
            let all = view.state().fold.documents().iter();
            let all: Vec<String> = all.take(20).map(|row| row.position.to_string()).collect();
            let why = format!(
                "--document: expected the position of a document ({}), found {document}",
                all.join(", ")
            );
            return Err(LedgerError::NotFound(why).into());
        }
        let by = context.global.editor.as_deref();
        Ok(Filter {
            status: args.status,
            topic: args.topic.as_ref().map(|topic| topic.to_lowercase()),
            document: args.document,
            by: by.map(|name| provenance::keys(record, names, name)).transpose()?,
            when: when.transpose()?,
            unasked: std::cell::Cell::new(0),
        })
    }

    /// What the state alone decides.
    fn takes(&self, view: &View<'_>, position: u64) -> bool {
        let fact = view.state().fold.fact(position);
        let Some(status) = self.status else { return true };
        fact.is_some_and(|fact| view.state().status(fact) == status)
    }

    fn keeps(&self, row: &FactRow) -> bool {
        if self.by.as_ref().is_some_and(|keys| !row.is_by(keys)) {
            return false;
        }
        if row.words.withheld.is_some() && (self.topic.is_some() || self.document.is_some()) {
            self.unasked.set(self.unasked.get() + 1);
            return false;
        }
        let topic = |wanted: &String| {
            row.words.topics.iter().any(|topic| topic.name.to_lowercase().contains(wanted))
        };
        let document =
            |wanted: u64| row.words.evidence.iter().any(|row| row.evidence.document == wanted);
        self.topic.as_ref().is_none_or(topic) && self.document.is_none_or(document)
    }

    fn tell_unasked(&self) {
        if self.unasked.get() > 0 {
            let count = self.unasked.get();
            note(format!("note: {count} facts could not be asked: their words are not told"));
        }
    }

    /// Those that overlap the date asked for, and those that have none.
    fn by_date(&self, facts: Vec<FactRow>) -> (Vec<FactRow>, Vec<FactRow>) {
        let Some(wanted) = self.when else { return (facts, Vec::new()) };
        let of = |row: &FactRow| row.words.when.as_ref()?.edtf.as_deref().and_then(days);
        let (dated, undated): (Vec<_>, Vec<_>) =
            facts.into_iter().partition(|row| of(row).is_some());
        let overlaps = |row: &FactRow| of(row).is_some_and(|days| days.overlap(&wanted));
        (dated.into_iter().filter(overlaps).collect(), undated)
    }
}

fn text(
    out: &mut dyn Write,
    view: &View<'_>,
    answer: &Answer,
    args: &ReplayArgs,
) -> Result<(), Failure> {
    for row in &answer.facts {
        fact(out, row)?;
    }
    let (count, without) = (answer.facts.len(), answer.undated.len());
    if let Some(when) = &args.when {
        writeln!(out, "{}", facts(count, &format!("when {when}")))?;
        if without > 0 {
            writeln!(out, "\n{}:\n", facts(without, "without a date, which may be of any time"))?;
            for row in &answer.undated {
                fact(out, row)?;
            }
        }
    } else {
        writeln!(out, "{}", facts(count, "").trim_end())?;
    }
    provenance::line(out, &answer.as_of)?;
    provenance::since(out, view, &answer.since)
}

fn facts(count: usize, what: &str) -> String {
    match count {
        0 => format!("no fact {what}"),
        1 => format!("1 fact {what}"),
        more => format!("{more} facts {what}"),
    }
}

/// Columns before the words: position, two spaces, status, two spaces.
const INDENT: usize = 19;

/// One fact: its words, and below them all that qualifies them.
fn fact(out: &mut dyn Write, row: &FactRow) -> Result<(), Failure> {
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
struct Whole<'a> {
    #[serde(flatten)]
    as_of: &'a AsOf,
    facts: &'a [FactRow],
    undated: &'a [FactRow],
    since: &'a [Became],
}

impl<'a> Whole<'a> {
    fn of(answer: &'a Answer) -> Whole<'a> {
        let Answer { as_of, facts, undated, since } = answer;
        Whole { as_of, facts, undated, since }
    }
}

#[derive(Serialize)]
struct Line<'a> {
    as_of: Option<u64>,
    head: Option<crate::hash::Hash>,
    #[serde(flatten)]
    row: &'a FactRow,
}
