//! `annals review`: each fact that waits for the signer, in its place in the document.
//!
//! Always holds: a confirmation or dispute is of the revision that was shown; all are signed at the
//! end, or none. Without a terminal, or in a format for programs, it lists the waiting facts and
//! writes nothing, unless it is to ask (`--ask`). Not here: `submit`.

mod page;
mod session;

use crate::cli::commands::review::page::page;
use crate::cli::commands::review::session::ReviewSession;
use crate::cli::render::provenance;
use crate::cli::shared::waiting::{self, ReviewScope, waits_for};
use crate::cli::shared::{
    DraftFile, PartKind, ReceiptPart, SubmitOptions, WriteArgs, WriteStatus, fields, submit_asking,
};
use crate::cli::terminal::ask::Consent;
use crate::cli::terminal::{
    CliError, Command, Context, Exit, Format, Group, ask, formats, json, note, out,
};
use crate::ledger::query::gather::gather;
use crate::ledger::query::row::FactRow;
use crate::ledger::query::{AsOf, Query, View, citing, no_fact};
use crate::ledger::write::draft::{Draft, Input, Name};
use annals_core::event::vocabulary::How;
use clap::Args;
use serde::Serialize;
use std::io::Write;

/// Confirm, dispute or skip each fact that waits for you
///
/// A fact waits for you if its words are not yours, you have neither confirmed nor disputed them,
/// and others have not confirmed them often enough. On a terminal each is shown in its place in the
/// document, and one key answers: c confirms, d disputes, e edits the claim as a correction, s
/// skips, b goes back (also from the last question), q finishes; all of it is signed at the end.
/// Elsewhere what waits is listed.
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
    /// Ask on the terminal in every format; the receipt has the format
    #[arg(long)]
    ask: bool,
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
        if self.ask { formats::OBJECT } else { formats::TABLE }
    }

    fn run(self, context: &mut Context) -> Result<Exit, CliError> {
        run(context, self)
    }
}

fn run(context: &mut Context, args: ReviewArgs) -> Result<Exit, CliError> {
    if args.ask && !ask::on_terminal() {
        return Err(CliError::usage(
            "--ask: expected a terminal to ask on, found none; annals review --format json lists \
             what waits, annals append writes the answers to it, a draft each",
        ));
    }
    let record = context.record()?;
    let which = if args.all { ReviewScope::All } else { ReviewScope::Unconfirmed };
    let (editors, names) = provenance::view_of(context, &record, None, &no_fact)?;
    let (reviewer, person) = provenance::reviewer(context, &editors, &names)?;
    // A folded view has every fact.
    let view = match editors.is_folded() {
        true => editors,
        false => {
            let ask: &Query<'_> = &|slot, state| {
                let of = args.document.map(|document| citing(slot, document)).transpose()?;
                waiting::may_wait(&person, slot, state, which, of)
            };
            let view = View::some(&record, record.size(), ask)?;
            provenance::note_folded(&view);
            view
        }
    };
    let waits = |position| {
        let fact = view.state().fold.fact(position);
        fact.is_some_and(|fact| waits_for(&person, view.state(), fact, which))
    };
    let gathered = gather(&view, &names, &waits)?;
    let rows = gathered.facts.into_values().filter(|row| keeps(&args, row));
    let rows: Vec<FactRow> = rows.collect();
    let exit = provenance::warn(&view, gathered.damaged);
    if !ask::on_terminal() || (context.format() != Format::Text && !args.ask) {
        list(context, &view, &reviewer, &rows)?;
        return Ok(exit);
    }
    note(waiting::sentence(rows.len(), &reviewer));
    if rows.is_empty() {
        print_nothing(context)?;
        return Ok(exit);
    }
    let kept = DraftFile::new(context, "jsonl", "")?;
    let mut session = ReviewSession::new(&view, &rows, args.how, &kept);
    let outcome = loop {
        match session.run() {
            Err(failure) => break Err(failure),
            Ok(drafts) if drafts.is_empty() => {
                note("nothing was written");
                break print_nothing(context).map(|()| exit);
            }
            Ok(drafts) => {
                let parts = drafts.iter().filter_map(|draft| part(&rows, draft)).collect();
                let options = SubmitOptions { parts, ..SubmitOptions::of(&args.write) };
                match sign(context, &Input::of(drafts), &options) {
                    Ok(Signing::Ended(exit)) => break Ok(exit),
                    Ok(Signing::Back) => {}
                    Err(failure) => break Err(failure),
                }
            }
        }
    };
    kept.end(outcome, "", args.write.dry_run)
}

/// What came of the last question.
enum Signing {
    /// All is written, or was only to be shown.
    Ended(Exit),
    /// An answer is to be changed first.
    Back,
}

fn sign(
    context: &mut Context,
    input: &Input,
    options: &SubmitOptions,
) -> Result<Signing, CliError> {
    let yes = context.global.yes;
    let mut is_back = false;
    let mut agree = |question: &str| {
        let consent = if yes { Consent::Yes } else { ask::yes_or_back(question)? };
        is_back = consent == Consent::Back;
        if consent == Consent::Yes { Ok(()) } else { Err(CliError::Declined) }
    };
    match submit_asking(context, input, options, &mut agree) {
        Err(CliError::Declined) if is_back => Ok(Signing::Back),
        outcome => outcome.map(Signing::Ended),
    }
}

/// What a draft of the session says of which fact.
fn part(rows: &[FactRow], draft: &Draft) -> Option<ReceiptPart> {
    let revision = |row: &&FactRow| draft.on == Some(Name::Position(row.revision));
    let row = rows.iter().find(revision)?;
    let (fact, revision) = (row.fact, row.revision);
    Some(ReceiptPart {
        already: None,
        kind: PartKind::Act { kind: draft.kind?, fact, revision },
        text: None,
    })
}

/// The receipt of a session that wrote nothing, for programs.
fn print_nothing(context: &Context) -> Result<(), CliError> {
    #[derive(Serialize)]
    struct NothingJson {
        status: WriteStatus,
        count: u64,
    }
    if context.format() != Format::Text {
        let mut out = out(context.format());
        json(&mut out, &NothingJson { status: WriteStatus::Nothing, count: 0 })?;
        out.flush()?;
    }
    Ok(())
}

fn keeps(args: &ReviewArgs, row: &FactRow) -> bool {
    let words = &row.words;
    let document = |wanted: u64| words.evidence.iter().any(|row| row.evidence.document == wanted);
    let topic = |wanted: &String| {
        let wanted = wanted.to_lowercase();
        words.topics.iter().any(|topic| topic.name.to_lowercase().contains(&wanted))
    };
    let readable = words.withheld.is_none();
    readable && args.document.is_none_or(document) && args.topic.as_ref().is_none_or(topic)
}

fn list(
    context: &Context,
    view: &View<'_>,
    reviewer: &str,
    rows: &[FactRow],
) -> Result<(), CliError> {
    let as_of = view.as_of();
    let mut out = out(context.format());
    match context.format() {
        Format::Text => {
            for row in rows {
                page(&mut out, view, row)?;
            }
            writeln!(out, "{}", waiting::sentence(rows.len(), reviewer))?;
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
