//! `annals correct`: a new revision of the words of a fact.
//!
//! Always holds: a field without an option keeps the value of the present revision; an empty value
//! removes the field; open disputes that are not resolved are named. Not here: `submit`.

use crate::cli::shared::{
    DraftSubmission, QuoteArgs, ReasonArgs, SubmitOptions, WordsArgs, WriteArgs, basis_alone,
    expect_signer, present,
};
use crate::cli::terminal::ask::LineQuestion;
use crate::cli::terminal::{CliError, Command, Context, Exit, Format, Group, ask, formats, note};
use crate::ledger::query::row::{Charge, FactRow};
use crate::ledger::write::draft::{
    Draft, EvidenceDraft, ExactDraft, Name, QuoteDraft, SpanDraft, TranslationDraft,
};
use annals_core::event::body::Evidence;
use annals_core::event::vocabulary::{Reason, Stance, Type};
use clap::Args;

/// Correct a fact: a new revision of its words
///
/// What is not given is taken over. An empty value leaves a field out: --topic "" for no topic.
/// --quote takes the place of what the fact quotes from the same document, whose stance and
/// reliability stay; what it quotes from others stays.
#[derive(Debug, Args)]
pub struct CorrectArgs {
    /// Position of the fact
    fact: u64,
    #[command(flatten)]
    why: ReasonArgs,
    /// An open dispute that this resolves; may be given several times
    #[arg(long, value_name = "POSITION")]
    resolves: Vec<u64>,
    #[command(flatten)]
    words: WordsArgs,
    #[command(flatten)]
    place: QuoteArgs,
    #[command(flatten)]
    write: WriteArgs,
}

impl Command for CorrectArgs {
    const GROUP: Group = Group::Editor;

    fn formats(&self) -> &'static [Format] {
        formats::OBJECT
    }

    fn run(self, context: &mut Context) -> Result<Exit, CliError> {
        run(context, self)
    }
}

fn run(context: &mut Context, mut args: CorrectArgs) -> Result<Exit, CliError> {
    context.begin_write(args.write.dry_run)?;
    let old = present::fact(context, args.fact)?;
    present::note_revision(args.fact, &old);
    if args.why.said.statement.is_none() {
        expect_signer(context, &args.write)?;
    }
    if args.words.is_empty() && args.place.quote.is_none() {
        args.words.claim = Some(new_claim(&old)?);
    }
    args.place.check_quoted()?;
    args.words.check()?;
    if args.words.has_basis_alone() && old.words.when.is_none() {
        return Err(basis_alone());
    }
    let reason = ask::closed_word(args.why.reason, Reason::ALL, "reason", "--reason")?;
    let question = "statement (what was wrong, in a sentence for readers)";
    let question = LineQuestion::new(question).option("--statement");
    let statement = question.given_or_ask(args.why.said.statement.take())?;
    // What is taken over, and which disputes are open, is as it is when this is written.
    let make = |context: &Context| {
        let old = present::fact(context, args.fact)?;
        let resolves = resolves(context, &old, reason, args.resolves.clone())?;
        Ok(Draft {
            kind: Some(Type::FactCorrected),
            fact: Some(Name::Position(args.fact)),
            reason: Some(reason),
            error_in: args.why.said.error_in,
            statement: Some(statement.clone()),
            resolves: Some(resolves.into_iter().map(Name::Position).collect()),
            evidence: evidence(&old, args.place.clone()),
            ..args.words.clone().draft()
        })
    };
    DraftSubmission::made(&make).keep_typed().run(context, &SubmitOptions::shown(&args.write))
}

fn new_claim(old: &FactRow) -> Result<String, CliError> {
    let nothing = || {
        CliError::usage(
            "expected what to correct (--claim, --quote, --according-to, --when, --topic, --lang \
             or --vouch), found none; nothing was written",
        )
    };
    if !ask::on_terminal() {
        return Err(nothing());
    }
    let before = old.words.claim.clone().unwrap_or_default();
    let claim = LineQuestion::new("claim").initial(&before).filled().ask()?;
    if claim == before { Err(nothing()) } else { Ok(claim) }
}

/// The disputes that the correction resolves: those given, or, on a terminal, those chosen.
fn resolves(
    context: &Context,
    old: &FactRow,
    reason: Reason,
    mut resolves: Vec<u64>,
) -> Result<Vec<u64>, CliError> {
    let open: Vec<&Charge> = old.disputes.iter().filter(|dispute| dispute.stands).collect();
    // More precise words resolve no dispute, because nothing was wrong.
    if !resolves.is_empty() || open.is_empty() || reason == Reason::MorePrecise {
        return Ok(resolves);
    }
    if !context.global.yes && ask::on_terminal() {
        for dispute in open {
            note(present::charge("dispute", dispute, old));
            if ask::yes("does this correction resolve it?")? {
                resolves.push(dispute.act.event);
            }
        }
        return Ok(resolves);
    }
    let names: Vec<String> = open.iter().map(|dispute| dispute.act.event.to_string()).collect();
    note(format!(
        "note: fact {} has open disputes, which stay open: {}; --resolves names those that this \
         resolves",
        old.fact,
        names.join(", ")
    ));
    Ok(resolves)
}

/// The quotation that is given, and the evidence from other documents.
fn evidence(old: &FactRow, mut place: QuoteArgs) -> Option<Vec<EvidenceDraft>> {
    let first = old.words.supporting().map(|row| row.evidence.document);
    place.document = place.document.or(first);
    place.quote.as_ref()?;
    let rows = old.words.evidence.iter().map(|row| &row.evidence);
    let replaced = rows.clone().filter(|entry| Some(entry.document) == place.document);
    place.reliability = place.reliability.or(replaced.clone().find_map(|entry| entry.reliability));
    let stances: Vec<Stance> = replaced.map(|entry| entry.stance).collect();
    let stance = match stances.contains(&Stance::Supports) {
        true => Stance::Supports,
        false => stances.first().copied().unwrap_or(Stance::Supports),
    };
    let given = place.evidence(stance)?;
    let others = rows.filter(|entry| Some(entry.document) != place.document).map(as_draft);
    Some(std::iter::once(given).chain(others).collect())
}

/// Evidence of the record, as a draft that resolves to the same evidence.
fn as_draft(entry: &Evidence) -> EvidenceDraft {
    let quote = entry.quote.as_ref().map(|quote| {
        QuoteDraft::Exact(ExactDraft {
            exact: Some(quote.exact.to_string()),
            prefix: Some(quote.prefix.to_string()),
            suffix: Some(quote.suffix.to_string()),
        })
    });
    let span = entry.span.as_ref();
    let translation = entry.translation.as_ref().map(|translation| TranslationDraft {
        lang: Some(translation.lang.to_string()),
        text: Some(translation.text.to_string()),
        by: Some(translation.by),
    });
    EvidenceDraft {
        document: Some(Name::Position(entry.document)),
        stance: Some(entry.stance),
        quote,
        nth: None,
        exact_edges: Some(true),
        span: span.map(|span| SpanDraft { start: Some(span.start), end: Some(span.end) }),
        reliability: entry.reliability,
        translation,
    }
}
