//! `annals document`: captured, described anew, listed.
//!
//! Always holds: the bytes of a document never change; a new description takes over what is not
//! given. Not here: quoting (`append`), the page of one document (`show`).

pub mod list;

use crate::cli::render::provenance;
use crate::cli::shared::{SubmitOptions, submit};
use crate::cli::shared::{WriteArgs, filled};
use crate::cli::terminal::Context;
use crate::cli::terminal::Format;
use crate::cli::terminal::ask;
use crate::cli::terminal::formats;
use crate::cli::terminal::{CliError, Exit};
use crate::cli::terminal::{Command, Group};
use crate::disk;
use crate::ledger::error::LedgerError;
use crate::ledger::query::gather::gather;
use crate::ledger::write::draft::{DatingDraft, Draft, Input, Name};
use crate::ledger::write::loaded::FileAccess;
use annals_core::event::body::{Captured, MAX_DOCUMENT};
use annals_core::event::vocabulary::Type;
use clap::{Args, Subcommand};
use std::path::{Path, PathBuf};

/// Capture, describe and list documents
#[derive(Debug, Args)]
#[command(visible_alias = "doc")]
pub struct DocumentArgs {
    #[command(subcommand)]
    command: DocumentCommand,
}

#[derive(Debug, Subcommand)]
enum DocumentCommand {
    /// Capture a file: its bytes are kept, and named by their digest
    Add(DocumentAddArgs),
    /// Describe a document anew; what is not given is taken over, an empty value is left out
    #[command(visible_alias = "correct")]
    Describe(DescribeArgs),
    /// List the documents
    List(list::DocumentListArgs),
}

#[derive(Debug, Args)]
struct DocumentAddArgs {
    /// The file
    file: PathBuf,
    #[command(flatten)]
    about: AboutArgs,
    #[command(flatten)]
    write: WriteArgs,
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

/// A description.
#[derive(Debug, Args)]
struct AboutArgs {
    /// Its title
    #[arg(long)]
    title: Option<String>,
    /// Its language, such as en
    #[arg(long)]
    lang: Option<String>,
    /// Who published it
    #[arg(long)]
    publisher: Option<String>,
    /// Where it was found
    #[arg(long)]
    url: Option<String>,
    /// Who wrote it; may be given several times
    #[arg(long = "author", value_name = "NAME")]
    authors: Vec<String>,
    /// When it was published: an EDTF date such as 2022-01-27
    #[arg(long, value_name = "EDTF")]
    published: Option<String>,
    /// The same in the document's words, which stand in it
    #[arg(long, value_name = "WORDS")]
    published_as_written: Option<String>,
    /// Where a copy is kept
    #[arg(long, value_name = "URL")]
    archived_at: Option<String>,
    /// Who holds the rights
    #[arg(long)]
    rights: Option<String>,
    /// How it was captured
    #[arg(long)]
    method: Option<String>,
    /// The document that this was made from
    #[arg(long, value_name = "POSITION")]
    derived_from: Option<u64>,
    /// What kind of file it is [default: by its ending]
    #[arg(long, value_name = "TYPE")]
    media_type: Option<String>,
    /// When it was captured [default: now]
    #[arg(long, value_name = "TIME")]
    captured_at: Option<String>,
}

impl AboutArgs {
    /// The fields of a draft.
    fn draft(self) -> Draft {
        let (edtf, as_written) = (self.published, self.published_as_written);
        let dated = edtf.is_some() || as_written.is_some();
        let (edtf, as_written) = (edtf.and_then(filled), as_written.and_then(filled));
        let authors = self.authors.iter().filter(|name| !name.is_empty()).cloned();
        Draft {
            media_type: self.media_type,
            title: self.title,
            lang: self.lang,
            captured_at: self.captured_at,
            derived_from: self.derived_from.map(Name::Position),
            method: self.method.and_then(filled),
            url: self.url.and_then(filled),
            publisher: self.publisher.and_then(filled),
            authors: (!self.authors.is_empty()).then(|| authors.collect()),
            published: dated.then_some(DatingDraft { edtf, as_written }),
            archived_at: self.archived_at.and_then(filled),
            rights: self.rights.and_then(filled),
            ..Draft::default()
        }
    }

    /// What is not given is what it was.
    fn taking_over(self, old: &Captured) -> AboutArgs {
        let short = |given: Option<String>, old: Option<&str>| given.or(old.map(str::to_owned));
        let authors = old.authors.iter().flatten().map(|name| name.to_string());
        let published = old.published.as_ref();
        let edtf = published.and_then(|published| published.edtf.as_deref());
        let as_written = published.and_then(|published| published.as_written.as_deref());
        AboutArgs {
            title: short(self.title, Some(&old.title)),
            lang: short(self.lang, Some(&old.lang)),
            publisher: short(self.publisher, old.publisher.as_deref()),
            url: short(self.url, old.url.as_deref()),
            authors: match self.authors.is_empty() {
                true => authors.collect(),
                false => self.authors,
            },
            published: short(self.published, edtf),
            published_as_written: short(self.published_as_written, as_written),
            archived_at: short(self.archived_at, old.archived_at.as_deref()),
            rights: short(self.rights, old.rights.as_deref()),
            method: short(self.method, old.method.as_deref()),
            derived_from: self.derived_from.or(old.derived_from),
            media_type: short(self.media_type, Some(&old.media_type)),
            captured_at: short(self.captured_at, Some(old.captured_at.as_str())),
        }
    }
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
        DocumentCommand::Add(args) => add(context, args),
        DocumentCommand::Describe(args) => describe(context, args),
        DocumentCommand::List(args) => list::run(context, &args),
    }
}

fn add(context: &mut Context, args: DocumentAddArgs) -> Result<Exit, CliError> {
    let DocumentAddArgs { file, mut about, write } = args;
    let bytes = disk::read_named(&file, MAX_DOCUMENT).map_err(LedgerError::from)?;
    let media_type = about.media_type.take().map_or_else(|| media_type(&file, &bytes), Ok)?;
    about.media_type = Some(media_type);
    about.title = Some(ask::given(about.title, "title of the document", "--title")?);
    about.lang = Some(ask::given(about.lang, "language of the document (such as en)", "--lang")?);
    let kind = Some(Type::DocumentCaptured);
    let draft = Draft { kind, file: Some(file), ..about.draft() };
    let named = SubmitOptions { files: FileAccess::All, ..SubmitOptions::of(&write) };
    submit(context, &Input::of([draft]), &named)
}

/// The media type by the file's ending, and by whether it is UTF-8: only such a text is quoted.
fn media_type(file: &Path, bytes: &[u8]) -> Result<String, CliError> {
    let guess = mime_guess::from_path(file).first();
    let utf8 = std::str::from_utf8(bytes);
    match (guess, utf8) {
        (Some(guess), Err(error)) if guess == "text/plain" => Err(CliError::usage(format!(
            "{}: expected a text in UTF-8, found other bytes from byte {} on; convert it to UTF-8, \
             so that it can be quoted, or say what it is with --media-type",
            file.display(),
            error.valid_up_to()
        ))),
        (Some(guess), _) => Ok(guess.essence_str().to_owned()),
        (None, Ok(_)) => Ok("text/plain".to_owned()),
        (None, Err(_)) => Ok("application/octet-stream".to_owned()),
    }
}

fn describe(context: &mut Context, args: DescribeArgs) -> Result<Exit, CliError> {
    let DescribeArgs { document, statement, about, write } = args;
    let old = present(context, document)?;
    let question = "statement (why it is described anew)";
    let statement = Some(ask::given(statement, question, "--statement")?);
    let (kind, place) = (Some(Type::DocumentDescribed), Some(Name::Position(document)));
    let about = match old {
        Some(old) => about.taking_over(&old).draft(),
        None => about.draft(),
    };
    let draft = Draft { kind, document: place, statement, ..about };
    submit(context, &Input::of([draft]), &SubmitOptions::of(&write))
}

/// The present description; `None` where it is not told.
fn present(context: &Context, document: u64) -> Result<Option<Box<Captured>>, CliError> {
    let record = context.record()?;
    let (view, names) = provenance::view(context, &record, None)?;
    let mut gathered = gather(&view, &names, &|_| false)?;
    let row = gathered.documents.remove(&document).ok_or_else(|| {
        LedgerError::NotFound(format!("{document} is no document; annals document list shows them"))
    })?;
    Ok(row.about)
}
