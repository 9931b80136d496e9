//! `annals review`: each fact that waits for the signer, in its place in the document.
//!
//! Always holds: a confirmation or dispute is of the revision that was shown; all are signed at the
//! end, or none. Without a terminal, or in a format for programs, it lists the waiting facts and
//! writes nothing, unless it is to ask (`--ask`). Not here: `submit`.

mod listing;
mod page;
mod session;

use crate::cli::commands::review::listing::FactLister;
use crate::cli::commands::review::session::ReviewSession;
use crate::cli::render::provenance;
use crate::cli::shared::waiting::{self, Candidates, ReviewScope, waits_for};
use crate::cli::shared::{
    DraftFile, DraftSubmission, PageArgs, PartKind, ReceiptPart, SubmitOptions, WriteArgs,
    WriteStatus, expect_signer, fields, note_derived, note_more,
};
use crate::cli::terminal::ask::Consent;
use crate::cli::terminal::{
    CliError, Command, Context, Exit, Format, Group, ask, formats, json, note, out, visible,
    wrapped,
};
use crate::index::Facets;
use crate::ledger::answer::filter::{FactFilters, document_at, expect_topic, has_topic};
use crate::ledger::answer::page::PageEnd;
use crate::ledger::error::LedgerError;
use crate::ledger::query::gather::{GatheredRows, PART, Rows, gather};
use crate::ledger::query::names::Names;
use crate::ledger::query::row::FactRow;
use crate::ledger::query::summary::Summary;
use crate::ledger::query::{Query, View, no_fact};
use crate::ledger::reader::Record;
use crate::ledger::write::draft::{Draft, Input, Name};
use annals_core::event::vocabulary::ConfirmationMethod;
use annals_core::search::typed;
use annals_core::state::Status;
use annals_core::text::Person;
use clap::Args;
use serde::Serialize;
use std::cell::Cell;
use std::collections::BTreeSet;
use std::io::Write;

/// Confirm, dispute or skip each fact that waits for you
///
/// A fact waits for you if its words can be read and are not yours, you have neither confirmed
/// them nor an open dispute of them, and others have not confirmed them often enough. On a
/// terminal each is shown in its place in the document, and one key answers: c confirms, d
/// disputes, e edits the claim as a correction, s skips, b goes back (also from the last question;
/// < from a question for words), q finishes; all of it is signed at the end. Elsewhere what waits
/// is listed.
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
    #[command(flatten)]
    page: PageArgs,
    /// How you confirm them
    #[arg(long, value_parser = fields::how(), default_value = "reread")]
    how: ConfirmationMethod,
    #[command(flatten)]
    write: WriteArgs,
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
    let is_list = !ask::on_terminal() || (context.format() != Format::Text && !args.ask);
    if !is_list {
        context.begin_write(args.write.dry_run)?;
    }
    let record = context.record()?;
    let scope = if args.all { ReviewScope::All } else { ReviewScope::Unconfirmed };
    let filters = FactFilters { document: args.document, ..FactFilters::default() };
    let (editors, names) = provenance::view_of(context, &record, None, &filters.documents())?;
    expect_topic(args.topic.as_deref())?;
    if let Some(document) = args.document {
        document_at(&editors, document, "--document")?;
        note_derived(document, &editors.derived_documents(document)?, "--document");
    }
    let (reviewer, person) = provenance::reviewer(context, &editors, &names)?;
    let reviewing = Reviewing { args: &args, names: &names, person: &person, scope };
    let most = args.page.most(if args.ask { Format::Text } else { context.format() });
    if is_list && most == usize::MAX {
        return reviewing.list(context, &record, editors, &reviewer);
    }
    if !is_list {
        expect_signer(context, &args.write)?;
    }
    let Waiting { view, rows, end, damaged } = reviewing.waiting(&record, editors, most)?;
    let exit = provenance::warn(&view, damaged);
    let waiting = match end {
        PageEnd::Whole => reviewing.sentence(rows.len(), &reviewer),
        PageEnd::More => {
            let shown = waiting::part(rows.len(), &reviewer, reviewing.at_most(&view)?);
            format!("{shown}{}", end.hint(rows.len()))
        }
    };
    if is_list {
        let (as_of, mut out) = (view.as_of(), out(context.format()));
        let mut lister = FactLister::new(&mut out, context.format(), &as_of, &reviewer)?;
        rows.iter().try_for_each(|row| lister.row(&view, row))?;
        lister.end(&waiting, end)?;
        out.flush()?;
        note_more(end, rows.len(), context.format());
        return Ok(exit);
    }
    note(waiting);
    if rows.is_empty() {
        print_nothing(context)?;
        return Ok(exit);
    }
    let kept = DraftFile::new(context, "jsonl", "")?;
    let first = answered(context, &args, &view, &rows, &kept, Vec::new());
    let outcome = reviewing.until_legal(context, &kept, first, most);
    kept.end(outcome.map(|written| written.unwrap_or(exit)), "", args.write.dry_run)
}

/// What came of a session.
enum SessionEnd {
    /// All is written, or was only to be shown; `None` where there was nothing to write.
    Ended(Option<Exit>),
    /// These answers are refused.
    Refused(LedgerError, Vec<Draft>),
}

/// Asks for each fact, with the answers that there are, and signs.
fn answered(
    context: &mut Context,
    args: &ReviewArgs,
    view: &View<'_>,
    rows: &[FactRow],
    kept: &DraftFile,
    answers: Vec<Draft>,
) -> Result<SessionEnd, CliError> {
    let mut session = ReviewSession::new(view, rows, args.how, kept, answers);
    loop {
        let drafts = session.run()?;
        if drafts.is_empty() {
            note("nothing was written");
            return print_nothing(context).map(|()| SessionEnd::Ended(None));
        }
        let parts = drafts.iter().filter_map(|draft| part(rows, draft)).collect();
        let options = SubmitOptions { parts, ..SubmitOptions::of(&args.write) };
        match sign(context, &Input::of(drafts.iter().cloned()), &options) {
            Ok(Signing::Ended(exit)) => return Ok(SessionEnd::Ended(Some(exit))),
            Ok(Signing::Back) => {}
            Err(CliError::Ledger(refused @ LedgerError::Refused(_))) => {
                return Ok(SessionEnd::Refused(refused, drafts));
            }
            Err(failure) => return Err(failure),
        }
    }
}

/// Whose review it is, and of what.
struct Reviewing<'a> {
    args: &'a ReviewArgs,
    names: &'a Names,
    person: &'a Person,
    scope: ReviewScope,
}

/// The facts that wait, or the first of them.
struct Waiting<'a> {
    /// A view that has them.
    view: View<'a>,
    rows: Vec<FactRow>,
    end: PageEnd,
    damaged: u64,
}

impl Reviewing<'_> {
    /// The first `most` facts that wait, by position. `editors` has the ledger and its editors.
    fn waiting<'a>(
        &self,
        record: &'a Record,
        editors: View<'a>,
        most: usize,
    ) -> Result<Waiting<'a>, CliError> {
        let candidates = self.candidates();
        let (rows, end, damaged) = (Vec::new(), PageEnd::Whole, 0);
        let mut waiting = Waiting { view: editors, rows, end, damaged };
        // A folded view has every fact.
        if waiting.view.is_folded() {
            return self.folded(waiting, most);
        }
        // One more shows whether there are more.
        let mut count = most.saturating_add(1);
        let mut times = 0;
        loop {
            let asked = Cell::new(0);
            let ask: &Query<'_> = &|snapshot, state| {
                let found = candidates.next(snapshot, state, count)?;
                asked.set(found.len());
                Ok(found)
            };
            waiting.view = View::some(record, record.size(), ask)?;
            provenance::note_folded(&waiting.view);
            if waiting.view.is_folded() {
                return self.folded(waiting, most);
            }
            let GatheredRows { facts, damaged, .. } = self.gather(&waiting.view)?;
            waiting.rows.extend(facts.into_values());
            waiting.damaged += damaged;
            times += 1;
            if waiting.rows.len() > most || asked.get() < count {
                break;
            }
            count = count.saturating_mul(2);
        }
        if times == 1 && waiting.rows.len() <= most {
            return Ok(waiting);
        }
        waiting.cut(most);
        let shown: BTreeSet<u64> = waiting.rows.iter().map(|row| row.fact).collect();
        waiting.view = View::some(record, record.size(), &|_, _| Ok(shown.clone()))?;
        waiting.damaged = gather(&waiting.view, self.names, &|fact| shown.contains(&fact))?.damaged;
        Ok(waiting)
    }

    /// Asks again for the facts that others changed meanwhile, until the answers are written.
    fn until_legal(
        &self,
        context: &mut Context,
        kept: &DraftFile,
        mut end: Result<SessionEnd, CliError>,
        most: usize,
    ) -> Result<Option<Exit>, CliError> {
        loop {
            let (refused, answers) = match end? {
                SessionEnd::Ended(exit) => return Ok(exit),
                SessionEnd::Refused(refused, answers) => (refused, answers),
            };
            let record = context.record()?;
            let (editors, _) = provenance::view_of(context, &record, None, &no_fact)?;
            let Waiting { view, rows, .. } = self.waiting(&record, editors, most)?;
            let is_of =
                |row: &FactRow, draft: &Draft| draft.on == Some(Name::Position(row.revision));
            if answers.iter().all(|draft| rows.iter().any(|row| is_of(row, draft))) {
                return Err(refused.into());
            }
            CliError::Ledger(refused).report(Format::Text);
            note(wrapped("what others changed meanwhile is asked again; other answers stay", 0));
            end = answered(context, self.args, &view, &rows, kept, answers);
        }
    }

    /// Lists all facts that wait, some at a time.
    fn list<'a>(
        &self,
        context: &Context,
        record: &'a Record,
        editors: View<'a>,
        reviewer: &str,
    ) -> Result<Exit, CliError> {
        let (as_of, mut out) = (editors.as_of(), out(context.format()));
        let mut lister = FactLister::new(&mut out, context.format(), &as_of, reviewer)?;
        let candidates = self.candidates();
        let (mut view, mut count, mut last) = (editors, 0, None);
        let mut damaged = BTreeSet::new();
        loop {
            let asked = Cell::new(0);
            if !view.is_folded() {
                let ask: &Query<'_> = &|snapshot, state| {
                    let found = candidates.next(snapshot, state, PART)?;
                    asked.set(found.len());
                    Ok(found)
                };
                view = View::some(record, record.size(), ask)?;
                provenance::note_folded(&view);
            }
            let rows = Rows::read(&view, self.names, &|fact| {
                last.is_none_or(|last| fact > last) && self.waits(&view, fact)
            })?;
            let mut latest = last;
            rows.each(&mut |row| {
                latest = Some(row.fact);
                if keeps(self.args, &row) {
                    count += 1;
                    lister.row(&view, &row)?;
                }
                Ok::<(), CliError>(())
            })?;
            last = latest;
            damaged.extend(rows.damaged_events());
            if view.is_folded() || asked.get() < PART {
                break;
            }
        }
        lister.end(&self.sentence(count, reviewer), PageEnd::Whole)?;
        out.flush()?;
        Ok(provenance::warn(&view, damaged.len() as u64))
    }

    /// The sentence with the number of facts that wait for the reviewer and pass the filters.
    fn sentence(&self, count: usize, reviewer: &str) -> String {
        let document = self.args.document.map(|document| format!("that rest on {document}"));
        let topic = self.args.topic.as_ref();
        let topic = topic.map(|topic| format!("with the topic “{}”", visible(topic)));
        let asked: Vec<String> = topic.into_iter().chain(document).collect();
        let of = if asked.is_empty() { "" } else { ", of those " };
        format!("{}{of}{}", waiting::sentence(count, reviewer), asked.join(" and "))
    }

    /// The facts that may wait, by the index.
    fn candidates(&self) -> Candidates<'_> {
        let topic = self.args.topic.as_deref().map(typed);
        let facets = Facets { topic, ..Facets::default() };
        Candidates::new(self.person, self.scope, self.args.document, facets)
    }

    /// Whether a fact of a view waits.
    fn waits(&self, view: &View<'_>, position: u64) -> bool {
        let fact = view.state().fold.fact(position);
        fact.is_some_and(|fact| waits_for(self.person, view.state(), fact, self.scope))
    }

    /// The first facts that wait, of a folded view.
    fn folded<'a>(&self, opened: Waiting<'a>, most: usize) -> Result<Waiting<'a>, CliError> {
        let mut waiting = Waiting { rows: Vec::new(), ..opened };
        let GatheredRows { facts, damaged, .. } = self.gather(&waiting.view)?;
        (waiting.rows, waiting.damaged) = (facts.into_values().collect(), damaged);
        if waiting.rows.len() > most {
            waiting.cut(most);
            let shown: BTreeSet<u64> = waiting.rows.iter().map(|row| row.fact).collect();
            let wanted = |fact: u64| shown.contains(&fact);
            waiting.damaged = gather(&waiting.view, self.names, &wanted)?.damaged;
        }
        Ok(waiting)
    }

    /// Those facts of a view that wait.
    fn gather(&self, view: &View<'_>) -> Result<GatheredRows, CliError> {
        let mut gathered = gather(view, self.names, &|fact| self.waits(view, fact))?;
        gathered.facts.retain(|_, row| keeps(self.args, row));
        Ok(gathered)
    }

    /// How many facts wait at most, if they are not chosen by their words.
    fn at_most(&self, view: &View<'_>) -> Result<Option<u64>, CliError> {
        if self.args.document.is_some() || self.args.topic.is_some() {
            return Ok(None);
        }
        let counts = Summary::of(view, 0)?.by_status;
        let count = |status| counts.get(&status).copied().unwrap_or(0);
        let few = count(Status::Asserted) + count(Status::Disputed);
        Ok(Some(match self.scope {
            ReviewScope::Unconfirmed => few,
            ReviewScope::All => few + count(Status::Confirmed),
        }))
    }
}

impl Waiting<'_> {
    /// Keeps the first `most` facts.
    fn cut(&mut self, most: usize) {
        if self.rows.len() > most {
            self.rows.truncate(most);
            self.end = PageEnd::More;
        }
    }
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
    match DraftSubmission::of(input).ask(&mut agree).run(context, options) {
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
    let topic = |wanted: &String| has_topic(words, &typed(wanted));
    let readable = words.withheld.is_none();
    readable && args.document.is_none_or(document) && args.topic.as_ref().is_none_or(topic)
}
