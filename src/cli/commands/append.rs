//! `annals append`: facts from a pointing quotation, from a file, from an editor, or from prompts.
//!
//! Always holds: everything that is entered together is written, or nothing; typed input is kept in
//! a file until it is written. Not here: resolving and writing (`submit`).

mod known;
mod date_question;
mod questions;
mod conversation;
mod edit;

use crate::cli::commands::append::conversation::Beginning;
use crate::cli::shared::{
    DraftFile, DraftSubmission, QuoteArgs, SubmitOptions, WordsArgs, WriteArgs, basis_alone,
    expect_signer, fields, present, read, submit_typed,
};
use crate::cli::terminal::ask::LineQuestion;
use crate::cli::terminal::{CliError, Command, Context, Exit, Format, Group, ask, data, formats};
use crate::disk::is_there;
use crate::ledger::write::draft::{Draft, DraftForm, Input, template, written};
use crate::ledger::write::draft_input::FileAccess;
use annals_core::event::vocabulary::{Stance, Type};
use annals_core::text::in_quotes;
use clap::Args;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Enter facts: one by --quote and --claim, many from a file, or by being asked
///
/// The quotation points: "first words … last words", loose about spaces, quotation marks and
/// dashes. The document's own words are shown and recorded. Without anything given, on a terminal,
/// or with --document alone, each thing is asked for: `<` goes back, and the date that English
/// words such as "Thursday", "last week" or "on 27 January" give is proposed, counted from the day
/// on which the document was published.
#[derive(Debug, Args)]
pub struct AppendArgs {
    /// Drafts: JSON Lines (.jsonl), TOML (.toml), a table (.csv, .tsv), or - for JSON Lines on
    /// standard input
    file: Option<PathBuf>,
    /// Print a file to begin with, or the drafts of FILE in this form; nothing is entered
    #[arg(long, value_name = "FORM", value_parser = fields::draft_form())]
    template: Option<DraftForm>,
    /// Write drafts in $VISUAL or $EDITOR, beginning with a template or with the file
    #[arg(long)]
    edit: bool,
    /// Take the files that drafts name from everywhere, not only from the folder of the drafts;
    /// never from the folder of keys
    #[arg(long)]
    any_file: bool,
    #[command(flatten)]
    place: QuoteArgs,
    #[command(flatten)]
    words: WordsArgs,
    #[command(flatten)]
    write: WriteArgs,
}

impl Command for AppendArgs {
    const GROUP: Group = Group::Editor;

    fn formats(&self) -> &'static [Format] {
        // A template has a form of its own.
        if self.template.is_some() { formats::TEXT } else { formats::OBJECT }
    }

    fn run(self, context: &mut Context) -> Result<Exit, CliError> {
        run(context, self)
    }
}

fn run(context: &mut Context, args: AppendArgs) -> Result<Exit, CliError> {
    let one_fact = !args.words.is_empty() || !args.place.is_empty();
    if one_fact && (args.edit || args.template.is_some() || args.file.is_some()) {
        return Err(CliError::usage(both_given(args.file.as_deref())));
    }
    if let Some(form) = args.template {
        return print_template(form, &args);
    }
    args.words.check()?;
    if args.words.has_basis_alone() {
        return Err(basis_alone());
    }
    context.begin_write(args.write.dry_run)?;
    let files = match args.any_file {
        true => FileAccess::All,
        false => FileAccess::OfTheFolder,
    };
    match &args.file {
        _ if args.edit => {
            let options = SubmitOptions { files, ..SubmitOptions::of(&args.write) };
            edit::run(context, args.file.as_deref(), &options)
        }
        Some(file) => {
            let mut kept = DraftFile::there(context, file)?;
            let input = kept.read(context)?;
            if let Some(drafts) = unfinished(&kept, &input) {
                let beginning = Beginning { document: None, kept: Some((kept, drafts)) };
                return conversation::run(context, &args.write, beginning);
            }
            let folder = file.parent().unwrap_or(Path::new("")).to_owned();
            let options = SubmitOptions { folder, files, ..SubmitOptions::of(&args.write) };
            kept.expect_words(context, &input, options.dry_run)?;
            present::show_charges(context, &input, &args.write)?;
            let outcome = DraftSubmission::of(&input).run(context, &options);
            kept.written(outcome, options.dry_run)
        }
        None if ask::on_terminal() && args.asks() => {
            let document = args.place.document;
            conversation::run(context, &args.write, Beginning { document, kept: None })
        }
        None if one_fact => one(context, args),
        None => Err(CliError::usage(
            "expected a file of drafts (- for standard input), --quote with --claim, or --edit; \
             on a terminal, nothing, and each thing is asked for",
        )),
    }
}

/// Why drafts and the options of a fact do not go together. A file that is not there is a word of a
/// value without quotation marks.
fn both_given(file: Option<&Path>) -> String {
    let expected = "expected either drafts (a file, or --edit) or the options of one fact, found";
    match file.filter(|file| !is_there(file).unwrap_or(true)) {
        Some(word) => format!(
            "{expected} both: {} is taken for a file of drafts, and there is none; a value of \
             several words stands in quotes",
            in_quotes(&word.to_string_lossy())
        ),
        None => format!("{expected} both; a draft says all of its fact itself"),
    }
}

/// A template, or the drafts of a file in another form.
fn print_template(form: DraftForm, args: &AppendArgs) -> Result<Exit, CliError> {
    let text = match &args.file {
        None => template(form)?,
        Some(file) => written(&read(file)?.whole()?, form)?,
    };
    let mut out = data();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(Exit::Yes)
}

impl AppendArgs {
    /// Whether nothing is given, or the document alone.
    fn asks(&self) -> bool {
        let document_alone = QuoteArgs { document: self.place.document, ..QuoteArgs::default() };
        self.words.is_empty() && self.place == document_alone
    }
}

/// The drafts of a conversation that ended before its last answer; `None` if there are none, if
/// the file of drafts is another's, or if no terminal is attached to continue on.
fn unfinished(kept: &DraftFile, input: &Input) -> Option<Vec<Draft>> {
    if !ask::on_terminal() || !input.unread.is_empty() || !kept.is_ours() {
        return None;
    }
    let drafts: Vec<Draft> = input.drafts.iter().map(|placed| placed.draft.clone()).collect();
    let is_open = || kept.unfinished_line().is_some_and(|line| line.open.is_some());
    (drafts.iter().any(conversation::is_unfinished) || is_open()).then_some(drafts)
}

/// One fact from the options.
fn one(context: &mut Context, args: AppendArgs) -> Result<Exit, CliError> {
    let AppendArgs { mut place, mut words, write, .. } = args;
    if place.quote.is_none() || words.claim.is_none() {
        expect_signer(context, &write)?;
    }
    let question = "quotation (the document's words, or first words … last words)";
    place.quote = Some(LineQuestion::new(question).option("--quote").given_or_ask(place.quote)?);
    let question = "claim (one sentence that stands by itself)";
    words.claim = Some(LineQuestion::new(question).option("--claim").given_or_ask(words.claim)?);
    let evidence = place.evidence(Stance::Supports).into_iter().collect();
    let draft = Draft { kind: Some(Type::FactAsserted), evidence: Some(evidence), ..words.draft() };
    submit_typed(context, draft, &SubmitOptions::shown(&write))
}
