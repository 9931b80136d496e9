//! `annals document`: captures, describes and lists documents.
//!
//! Always holds: the bytes of a document never change; a new description keeps every value that is
//! not given. Not here: quoting (`append`), the page of one document (`show`).

mod about;
mod add;
pub mod list;

use crate::cli::commands::document::about::AboutArgs;
use crate::cli::render::provenance;
use crate::cli::shared::{DraftSubmission, SubmitOptions, WriteArgs, expect_legal};
use crate::cli::terminal::ask::LineQuestion;
use crate::cli::terminal::{CliError, Command, Context, Exit, Format, Group, formats};
use crate::ledger::error::{LedgerError, Refusal, Unresolved};
use crate::ledger::query::gather::gather;
use crate::ledger::write::draft::{Draft, Name};
use annals_core::event::body::Captured;
use annals_core::event::vocabulary::Type;
use clap::{Args, Subcommand};

/// Capture, describe and list documents
#[derive(Debug, Args)]
#[command(visible_alias = "doc")]
pub struct DocumentArgs {
    #[command(subcommand)]
    command: DocumentCommand,
}

#[derive(Debug, Subcommand)]
enum DocumentCommand {
    /// Capture a file or a page: its bytes are kept as they are, and its text beside them
    Add(add::DocumentAddArgs),
    /// Describe a document anew; what is not given is taken over, an empty value is left out
    #[command(visible_alias = "correct")]
    Describe(DescribeArgs),
    /// List the documents
    List(list::DocumentListArgs),
}

#[derive(Debug, Args)]
struct DescribeArgs {
    /// Position of the document
    document: u64,
    /// Why it is described anew, in a sentence for readers
    #[arg(long)]
    statement: Option<String>,
    #[command(flatten)]
    about: AboutArgs,
    #[command(flatten)]
    write: WriteArgs,
}

impl Command for DocumentArgs {
    const GROUP: Group = Group::Editor;

    fn formats(&self) -> &'static [Format] {
        match self.command {
            DocumentCommand::List(_) => formats::TABLE,
            _ => formats::OBJECT,
        }
    }

    fn run(self, context: &mut Context) -> Result<Exit, CliError> {
        run(context, self)
    }
}

fn run(context: &mut Context, args: DocumentArgs) -> Result<Exit, CliError> {
    match args.command {
        DocumentCommand::Add(args) => add::run(context, args),
        DocumentCommand::Describe(args) => describe(context, args),
        DocumentCommand::List(args) => list::run(context, &args),
    }
}

fn describe(context: &mut Context, args: DescribeArgs) -> Result<Exit, CliError> {
    let DescribeArgs { document, statement, about, write } = args;
    context.begin_write(write.dry_run)?;
    // A field without an option keeps its value as of the write, not as of the question before it.
    let draft = |context: &Context, statement: Option<String>| -> Result<Draft, CliError> {
        let about = match present(context, document)? {
            Some(old) => about.clone().taking_over(&old).draft(),
            None => about.clone().draft(),
        };
        let (kind, document) = (Some(Type::DocumentDescribed), Some(Name::Position(document)));
        Ok(Draft { kind, document, statement, ..about })
    };
    if statement.is_none() {
        let draft = draft(context, None)?;
        expect_legal(context, draft, &write)?;
    }
    let question = "statement (why it is described anew)";
    let statement =
        Some(LineQuestion::new(question).option("--statement").given_or_ask(statement)?);
    let make = |context: &Context| draft(context, statement.clone());
    DraftSubmission::made(&make).run(context, &SubmitOptions::of(&write))
}

/// The present description; `None` if it is withheld.
fn present(context: &Context, document: u64) -> Result<Option<Box<Captured>>, CliError> {
    let record = context.record()?;
    let (view, names) = provenance::view(context, &record, None)?;
    let mut gathered = gather(&view, &names, &|_| false)?;
    let row = gathered.documents.remove(&document).ok_or_else(|| {
        let why = format!("{document} is no document; annals document list shows them");
        LedgerError::Refused(vec![Refusal::of(Unresolved::at("document", why))])
    })?;
    Ok(row.about)
}
