//! The reading of the bytes of a capture: their media type, their description of themselves, their
//! text.
//!
//! Always holds: what cannot be read or quoted is a note; it is an error only where the options do
//! not fit the bytes. Not here: the formats (`capture`); what is written of it (`add`).

use crate::capture::media_type::{DOCX, MARKDOWN, OCTETS, PDF, PLAIN, WACZ, WARC, is_source};
use crate::capture::other_form::other_form;
use crate::capture::{
    CaptureReading, CaptureRequest, DerivedText, ProposedDescription, TextExtent, Unquotable,
    detect, has_words, utf8_text, worker,
};
use crate::cli::commands::document::add::known::{DocumentCache, RecordedDocuments};
use crate::cli::terminal::{CliError, Context, note, visible, wrapped};
use crate::ledger::write::draft_input::LoadedFile;
use annals_core::hash::Hash;
use clap::ValueEnum;
use std::path::PathBuf;

/// How much of a document its text is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TextChoice {
    /// The article of a page, the body of a file
    Main,
    /// All of a page or file, with menus, notes and comments
    Page,
    /// No text: the bytes alone
    None,
}

/// The bytes that are captured, and what their source says of them.
pub struct CaptureInput {
    /// The bytes.
    pub file: LoadedFile,
    /// The file's path, or the path of the address.
    pub source: PathBuf,
    /// The media type that a server named.
    pub named: Option<String>,
    /// The character set that a server named.
    pub charset: Option<String>,
}

/// What the editor chose for the reading.
pub struct ReadingOptions {
    /// The media type, in place of the detected one.
    pub media_type: Option<String>,
    /// How much is to be text.
    pub text: TextChoice,
    /// The encoding.
    pub encoding: Option<String>,
    /// The page of an archive.
    pub page: Option<String>,
    /// The language.
    pub lang: Option<String>,
}

/// What was read of the bytes.
pub struct CapturedDocument {
    /// Their media type.
    pub media_type: String,
    /// Their description of themselves.
    pub proposal: ProposedDescription,
    /// The text to quote from.
    pub text: Option<DerivedText>,
    /// Whether the text is recorded only if it is in the record already.
    pub is_without_text: bool,
}

/// Reads the bytes: their media type, their description of themselves, their text. A note reports
/// what cannot be read.
pub fn read(
    context: &Context,
    documents: &DocumentCache,
    input: &CaptureInput,
    options: ReadingOptions,
) -> Result<CapturedDocument, CliError> {
    let bytes = &input.file.bytes;
    let detected = || detect(bytes, input.named.as_deref(), &input.source);
    let media_type = options.media_type.clone().unwrap_or_else(detected);
    expect_fitting(&options, &media_type)?;
    let plain = plain_text(input, &options);
    if let (PLAIN, Some(text)) = (media_type.as_str(), plain) {
        if !has_words(text) {
            note("note: nothing of it can be quoted: it has no words".to_owned());
        }
        let proposal = ProposedDescription::default();
        return Ok(CapturedDocument { media_type, proposal, text: None, is_without_text: true });
    }
    let is_detected = options.media_type.is_none();
    let is_without_text = options.text == TextChoice::None;
    let request = CaptureRequest {
        media_type,
        charset: input.charset.clone(),
        encoding: options.encoding,
        lang: options.lang,
        extent: match options.text {
            TextChoice::Page => TextExtent::Page,
            TextChoice::Main | TextChoice::None => TextExtent::Main,
        },
        page: options.page,
    };
    let started =
        std::env::current_exe().and_then(|program| worker::read(&program, &request, bytes));
    let CaptureReading { proposal, text } = started.map_err(|error| {
        CliError::usage(format!("cannot start the process that reads the document: {error}"))
    })?;
    let mut media_type = request.media_type;
    let text = match text {
        text if is_without_text => text.ok(),
        // A text without marks is its own text; the same bytes are not recorded twice.
        Ok(derived) if derived.text.as_bytes() == bytes || is_source(&media_type) => {
            match is_detected && media_type == MARKDOWN {
                true => media_type = PLAIN.to_owned(),
                false => note_source(documents.get(context)?, &input.file.digest, &media_type),
            }
            None
        }
        Err(Unquotable::Kind(kind)) if is_readable(&kind, bytes) => {
            note_source(documents.get(context)?, &input.file.digest, &kind);
            None
        }
        text => quotable_text(text)?,
    };
    // In the record a text/plain is UTF-8.
    if media_type == PLAIN && plain.is_none() {
        media_type = OCTETS.to_owned();
    }
    Ok(CapturedDocument { media_type, proposal, text, is_without_text })
}

/// Refuses options that are of another kind of document.
fn expect_fitting(options: &ReadingOptions, media_type: &str) -> Result<(), CliError> {
    if options.encoding.is_some() && [PDF, DOCX].contains(&media_type) {
        return Err(CliError::usage(format!(
            "--encoding is of a page or a text: expected one, found {media_type}, which has its \
             own; leave the option out; nothing was written"
        )));
    }
    if options.page.is_some() && ![WARC, WACZ].contains(&media_type) {
        return Err(CliError::usage(format!(
            "--page is of a web archive: expected WARC or WACZ, found {media_type}; where a page \
             was found is --url; nothing was written"
        )));
    }
    Ok(())
}

/// The bytes as a text, if they are one in UTF-8.
fn plain_text<'a>(input: &'a CaptureInput, options: &ReadingOptions) -> Option<&'a str> {
    let bytes = &input.file.bytes;
    match options.encoding.as_deref() {
        Some(named) if named != "UTF-8" && !bytes.is_ascii() => None,
        named => utf8_text(bytes, named.or(input.charset.as_deref())),
    }
}

/// The text to quote from, with notes on what it leaves out, or on why there is none.
fn quotable_text(text: Result<DerivedText, Unquotable>) -> Result<Option<DerivedText>, CliError> {
    match text {
        Ok(derived) => {
            for omission in &derived.left_out {
                note(wrapped(&format!("note: {omission}"), 0));
            }
            Ok(Some(derived))
        }
        Err(Unquotable::Pages(pages)) => Err(no_page("it holds several pages".to_owned(), &pages)),
        Err(Unquotable::NoPage(page, pages)) => {
            Err(no_page(format!("it holds no page {page}"), &pages))
        }
        Err(why) => {
            note(wrapped(&format!("note: nothing of it can be quoted: {why}"), 0));
            Ok(None)
        }
    }
}

/// Notes that a file of another kind is a text, unless the record has it as one.
fn note_source(documents: &RecordedDocuments, digest: &Hash, media_type: &str) {
    let way = match documents.last_with(digest) {
        Some(there) if &*there.about.media_type == PLAIN => return,
        Some(there) => {
            let document = there.row.document;
            format!("annals document describe {document} --media-type text/plain --statement WHY")
        }
        None => "--media-type text/plain".to_owned(),
    };
    note(wrapped(
        &format!("note: nothing of it can be quoted as {media_type}; it can with {way}, as it is"),
        0,
    ));
}

/// Whether bytes of a kind that is not read here are a text that a person may read as it is.
fn is_readable(kind: &str, bytes: &[u8]) -> bool {
    const NOT_FOR_PEOPLE: [&str; 2] = ["postscript", "xml"];
    let is_of = |name: &&str| kind.contains(*name);
    !NOT_FOR_PEOPLE.iter().any(is_of)
        && other_form(kind).is_none()
        && utf8_text(bytes, None).is_some_and(has_words)
        && !bytes.contains(&0)
}

fn no_page(why: String, pages: &[String]) -> CliError {
    let pages: Vec<String> = pages.iter().map(|page| format!("\n  {}", visible(page))).collect();
    CliError::usage(format!(
        "{why}; name one with --page, or record the archive alone with --text none; nothing was \
         written{}",
        pages.concat()
    ))
}
