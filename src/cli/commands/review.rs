//! `annals review`: each fact that waits for the signer, in its place in the document.
//!
//! Always holds: what is confirmed or disputed is the revision that was shown; all is signed at the
//! end, or nothing. Off a terminal it lists what waits and writes nothing. Not here: `submit`.

use crate::cli::render::provenance;
use crate::cli::render::quotation;
use crate::cli::render::words;
use crate::cli::shared::DraftFile;
use crate::cli::shared::errors;
use crate::cli::shared::fields;
use crate::cli::shared::{ErrorArgs, WriteArgs};
use crate::cli::shared::{SubmitOptions, submit};
use crate::cli::terminal::Context;
use crate::cli::terminal::Format;
use crate::cli::terminal::ask;
use crate::cli::terminal::formats;
use crate::cli::terminal::{CliError, Exit};
use crate::cli::terminal::{Command, Group};
use crate::cli::terminal::{json, note, wrapped};
use crate::cli::terminal::{out, visible};
use crate::ledger::query::gather::gather;
use crate::ledger::query::row::FactRow;
use crate::ledger::query::{AsOf, View};
use crate::ledger::write::draft::{Draft, Input, Name};
use annals_core::event::vocabulary::{ErrorIn, How, Type};
use annals_core::fold::Fact;
use annals_core::fold::history::KeyIndex;
use annals_core::state::State;
use annals_core::text::Person;
use clap::Args;
use serde::Serialize;
use std::io::Write;

/// Confirm, dispute or skip each fact that waits for you
///
/// A fact waits for you if its words are not yours, you have neither confirmed nor disputed them,
/// and others have not confirmed them often enough. On a terminal each is shown in its place in the
/// document; all that you say is signed at the end. Elsewhere what waits is listed.
#[derive(Debug, Args)]
pub struct ReviewArgs {
    /// Facts that rest on this document
    #[arg(long, value_name = "POSITION")]
    document: Option<u64>,
    /// Facts with a topic that has these words
    #[arg(long, visible_alias = "by-topic")]
    topic: Option<String>,
    /// Also facts that others have confirmed often enough
    #[arg(long)]
    all: bool,
    /// How you confirm them
    #[arg(long, value_parser = fields::how(), default_value = "reread")]
    how: How,
    #[command(flatten)]
    write: WriteArgs,
}

#[derive(Serialize)]
struct ReviewJson<'a> {
    #[serde(flatten)]
    as_of: AsOf,
    reviewer: &'a str,
    waiting: &'a [FactRow],
}

#[derive(Serialize)]
struct ReviewLine<'a> {
    as_of: Option<u64>,
    head: Option<annals_core::hash::Hash>,
    #[serde(flatten)]
    row: &'a FactRow,
}

impl Command for ReviewArgs {
    const GROUP: Group = Group::Editor;

    fn formats(&self) -> &'static [Format] {
        formats::TABLE
    }

    fn run(self, context: &mut Context) -> Result<Exit, CliError> {
        run(context, self)
    }
}

fn run(context: &mut Context, args: ReviewArgs) -> Result<Exit, CliError> {
    let record = context.record()?;
    let (view, names) = provenance::view(context, &record, None)?;
    let (reviewer, person) = provenance::reviewer(context, &view, &names)?;
    let waits = |position| {
        let fact = view.state().fold.fact(position);
        fact.is_some_and(|fact| waits_for(&person, view.state(), (fact, args.all)))
    };
    let gathered = gather(&view, &names, &waits)?;
    let rows = gathered.facts.into_values().filter(|row| keeps(&args, row));
    let rows: Vec<FactRow> = rows.collect();
    let exit = provenance::warn(&view, gathered.damaged);
    if !ask::on_terminal() || context.format() != Format::Text {
        list(context, (&view, &reviewer), &rows)?;
        return Ok(exit);
    }
    note(waiting(rows.len(), &reviewer));
    if rows.is_empty() {
        return Ok(exit);
    }
    let kept = DraftFile::new(context, "jsonl", "")?;
    let mut drafts = Vec::new();
    let outcome = match ask_each(&view, (&rows, args.how), (&kept, &mut drafts)) {
        Err(failure) => Err(failure),
        Ok(()) if drafts.is_empty() => {
            note("nothing was written");
            Ok(exit)
        }
        Ok(()) => submit(context, &Input::of(drafts), &SubmitOptions::of(&args.write)),
    };
    kept.end(outcome, "", args.write.dry_run)
}

/// Whether the present words of a fact wait for a person.
fn waits_for(person: &Person, state: &State, asked: (&Fact, bool)) -> bool {
    let (fact, all) = asked;
    let of = |key: KeyIndex| state.history.person(key) == Some(person);
    let mine = of(fact.author) || fact.confirmed_by().iter().any(|key| of(*key));
    let disputed = fact
        .disputes()
        .iter()
        .any(|dispute| state.history.act(dispute.position).is_some_and(|act| of(act.by)));
    let needed = state.fold.ledger.as_ref().map_or(1, |ledger| ledger.confirmations);
    let enough = fact.confirmed_by().len() >= usize::from(needed);
    fact.retraction().is_none() && !mine && !disputed && (all || !enough)
}

fn keeps(args: &ReviewArgs, row: &FactRow) -> bool {
    let words = &row.words;
    let document = |wanted: u64| words.evidence.iter().any(|row| row.evidence.document == wanted);
    let topic = |wanted: &String| {
        let wanted = wanted.to_lowercase();
        words.topics.iter().any(|topic| topic.name.to_lowercase().contains(&wanted))
    };
    let told = words.withheld.is_none();
    told && args.document.is_none_or(document) && args.topic.as_ref().is_none_or(topic)
}

fn list(context: &Context, seen: (&View<'_>, &str), rows: &[FactRow]) -> Result<(), CliError> {
    let (view, reviewer) = seen;
    let as_of = view.as_of();
    let mut out = out(context.format());
    match context.format() {
        Format::Text => {
            for row in rows {
                page(&mut out, view, row)?;
            }
            writeln!(out, "{}", waiting(rows.len(), reviewer))?;
            provenance::line(&mut out, &as_of)?;
        }
        Format::Json => json(&mut out, &ReviewJson { as_of, reviewer, waiting: rows })?,
        Format::Jsonl => {
            for row in rows {
                json(&mut out, &ReviewLine { as_of: as_of.position, head: as_of.head, row })?;
            }
        }
        Format::Csv => {
            crate::cli::render::columns::write(&mut out, &as_of, rows.iter())?;
        }
    }
    Ok(out.flush()?)
}

fn waiting(count: usize, reviewer: &str) -> String {
    let waiting = match count {
        0 => "no fact waits".to_owned(),
        1 => "1 fact waits".to_owned(),
        more => format!("{more} facts wait"),
    };
    format!("{waiting} for {}", visible(reviewer))
}

/// One fact in its place in the document.
fn page(out: &mut dyn Write, view: &View<'_>, row: &FactRow) -> Result<(), CliError> {
    let heading = format!("{:>6}  {}  ", row.fact, words::status(row.status));
    writeln!(out, "{}", words::hanging(&heading, &words::claim(&row.words), 19))?;
    let said = &row.words;
    let mut lines = Vec::new();
    for entry in &said.evidence {
        let title = entry.title.as_deref().map_or("[title not available]".to_owned(), visible);
        let document = entry.evidence.document;
        lines.push(format!("document {document} {}: {title}", entry.evidence.stance));
        lines.extend(quotation::lines(view, entry)?);
    }
    lines.extend(words::attribution(&said.attribution).map(|hops| format!("according to: {hops}")));
    if said.when.is_some() {
        lines.push(format!("when: {}", words::when(&said.when)));
    }
    for dispute in row.disputes.iter().filter(|dispute| dispute.stands) {
        let charge = words::charge(dispute);
        lines.push(format!("disputed by {}: {charge}", dispute.act.event));
    }
    let present = row.revisions.iter().find(|revision| revision.act.event == row.revision);
    lines.extend(present.map(|revision| format!("— {}", words::who(&revision.act))));
    for line in lines {
        writeln!(out, "{}", wrapped(&line, 19))?;
    }
    Ok(writeln!(out)?)
}

/// What is said of each fact, until there is none or no more is wanted.
fn ask_each(
    view: &View<'_>,
    asked: (&[FactRow], How),
    told: (&DraftFile, &mut Vec<Draft>),
) -> Result<(), CliError> {
    let ((rows, how), (kept, drafts)) = (asked, told);
    for (row, at) in rows.iter().zip(1..) {
        page(&mut std::io::stderr().lock(), view, row)?;
        let on = Some(Name::Position(row.revision));
        let question = format!("{at} of {}: confirm, dispute, skip or quit", rows.len());
        match answer(&question)? {
            ReviewAnswer::Skip => {}
            ReviewAnswer::Quit => break,
            ReviewAnswer::Confirm => {
                let (kind, how) = (Some(Type::FactConfirmed), Some(how));
                drafts.push(Draft { kind, on, how, ..Draft::default() });
            }
            ReviewAnswer::Dispute => {
                let (reason, statement) = errors(&ErrorArgs::default())?;
                let error_in = ask::word(None, ErrorIn::ALL, "the error is in the", "")?;
                drafts.push(Draft {
                    kind: Some(Type::FactDisputed),
                    on,
                    reason: Some(reason),
                    error_in: Some(error_in),
                    statement: Some(statement),
                    ..Draft::default()
                });
            }
        }
        kept.save(drafts)?;
    }
    Ok(())
}

enum ReviewAnswer {
    Confirm,
    Dispute,
    Skip,
    Quit,
}

/// A word or its first letter.
fn answer(question: &str) -> Result<ReviewAnswer, CliError> {
    loop {
        let typed = ask::line_from(question, "")?.to_lowercase();
        let is = |word: &str| !typed.is_empty() && word.starts_with(&typed);
        match () {
            () if is("confirm") => return Ok(ReviewAnswer::Confirm),
            () if is("dispute") => return Ok(ReviewAnswer::Dispute),
            () if is("skip") => return Ok(ReviewAnswer::Skip),
            () if is("quit") => return Ok(ReviewAnswer::Quit),
            () => note("expected confirm, dispute, skip or quit, or the first letter of one"),
        }
    }
}
