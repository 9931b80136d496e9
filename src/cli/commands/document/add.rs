//! `annals document add`: a file or a page is captured, and its text with it.
//!
//! Always holds: the bytes are recorded as they are; the text is a document of its own that names
//! them and how it was made, in the same act; a value of the editor takes precedence over the
//! document's own. Not here: reading formats and fetching (`capture`).

mod known;
mod reading;

use crate::capture::fetch::{FetchBounds, fetch, is_address};
use crate::capture::media_type::PLAIN;
use crate::capture::{DerivedText, ProposedDescription, encoding, language};
use crate::cli::commands::document::about::AboutArgs;
use crate::cli::commands::document::add::known::{DocumentCache, RecordedDocuments};
use crate::cli::commands::document::add::reading::{
    CaptureInput, CapturedDocument, ReadingOptions, TextChoice, read,
};
use crate::cli::shared::{
    DocumentPart, DraftSubmission, PartKind, Preview, ReceiptPart, SubmitOptions, WriteArgs,
    expect_legal_loaded, expect_signer,
};
use crate::cli::terminal::ask::LineQuestion;
use crate::cli::terminal::{CliError, Context, Exit, ask, note, visible, wrapped};
use crate::ledger::error::{LedgerError, Refusal, Unresolved};
use crate::ledger::write::draft::{Draft, Name};
use crate::ledger::write::draft_input::{
    FileAccess, FileError, LoadedDraft, LoadedFile, LoadedInput, Reach,
};
use annals_core::event::vocabulary::Type;
use annals_core::hash::Hash;
use annals_core::rule::Rule;
use annals_core::text::Edtf;
use clap::Args;
use std::path::{Path, PathBuf};
use url::Url;

/// The name by which the text names the bytes in their drafts.
const BYTES: &str = "bytes";
/// The field that has several values.
const AUTHORS: &str = "authors";
/// The fields that have a form of their own.
const LANGUAGE: &str = "language";
const PUBLISHED: &str = "date of publication";

#[derive(Debug, Args)]
pub struct DocumentAddArgs {
    /// The file, or the address of a page
    #[arg(value_name = "FILE|URL")]
    source: PathBuf,
    /// How much of it is the text to quote from
    #[arg(long, value_name = "EXTENT", default_value = "main")]
    text: TextChoice,
    /// The page that is meant, by its address, in a web archive (WARC, WACZ)
    #[arg(long, value_name = "URL")]
    page: Option<String>,
    /// The encoding of a page or a text that names none, or a wrong one, such as windows-1252
    #[arg(long, value_name = "NAME", value_parser = encoding)]
    encoding: Option<String>,
    /// Fetch without TLS too, which anybody on the way can change
    #[arg(long)]
    allow_http: bool,
    /// Fetch from this machine and from private networks too
    #[arg(long)]
    allow_private: bool,
    #[command(flatten)]
    about: AboutArgs,
    #[command(flatten)]
    write: WriteArgs,
}

/// Where bytes and text stand in the record already.
struct EarlierCapture {
    bytes: Option<u64>,
    text: Option<u64>,
    /// How the text was made.
    method: Option<String>,
    /// Who published the document with the text, and when.
    publication: Option<PublishedBy>,
}

impl EarlierCapture {
    fn find(documents: &RecordedDocuments, bytes: &Hash, text: &Hash) -> EarlierCapture {
        let bytes = documents.last_with(bytes).map(|found| found.row.document);
        let Some(text) = documents.last_with(text) else {
            return EarlierCapture { bytes, text: None, method: None, publication: None };
        };
        let about = text.about;
        let day = about.published.as_ref().and_then(|published| published.edtf.as_ref());
        let publication = PublishedBy {
            publisher: about.publisher.as_ref().map(ToString::to_string),
            day: day.map(ToString::to_string),
        };
        let (text, method) = (Some(text.row.document), about.method.as_deref().map(str::to_owned));
        EarlierCapture { bytes, text, method, publication: Some(publication) }
    }
}

pub fn run(context: &mut Context, args: DocumentAddArgs) -> Result<Exit, CliError> {
    let DocumentAddArgs {
        source,
        text,
        page,
        encoding,
        allow_http,
        allow_private,
        mut about,
        write,
    } = args;
    context.begin_write(write.dry_run)?;
    expect_signer(context, &write)?;
    let input = match source.to_str().filter(|source| is_address(source)) {
        Some(address) => {
            let (private, plain) = (allow_private, allow_http);
            let bounds = FetchBounds { private, plain, ..FetchBounds::PUBLIC };
            of_address(context, address, bounds, &mut about)?
        }
        None => of_file(context, source)?,
    };
    if input.file.bytes.is_empty() {
        let source = visible(&input.source.to_string_lossy());
        return Err(CliError::usage(format!(
            "{source}: expected at least one byte, found an empty file; nothing was written"
        )));
    }
    let (media_type, lang) = (about.media_type.take(), about.lang.clone());
    let options = ReadingOptions { media_type, text, encoding, page, lang };
    let mut documents = DocumentCache::default();
    let mut captured = read(context, &documents, &input, options)?;
    if about.published.is_none() {
        let captured_at = about.captured_at.clone();
        let captured_at = captured_at.unwrap_or_else(|| context.clock.peek().to_string());
        captured.proposal.published = not_after(&captured_at, captured.proposal.published);
    }
    if about.title.is_none() || about.lang.is_none() {
        expect_new(context, &documents, &input.file, &captured, &write)?;
    }
    let about = agree(context, about, &captured.proposal)?;
    if ask::on_terminal() {
        // Another writer may have captured it while the person thought.
        documents = DocumentCache::default();
    }
    let (drafts, mut options) = drafts(context, &documents, &input.file, captured, about)?;
    options.dry_run = write.dry_run;
    options.again = write.again;
    options.verify_first = write.verify_first;
    match DraftSubmission::loaded(&drafts).run(context, &options) {
        Err(CliError::Ledger(LedgerError::Refused(refusals))) => {
            // A server may have placed the document meanwhile: the record is read anew.
            Err(advised(&RecordedDocuments::read(context)?, &input.file, &drafts, refusals))
        }
        outcome => outcome,
    }
}

/// Refuses bytes that are in the record already before the questions about them, where nothing else
/// would be captured.
fn expect_new(
    context: &mut Context,
    documents: &DocumentCache,
    file: &LoadedFile,
    captured: &CapturedDocument,
    write: &WriteArgs,
) -> Result<(), CliError> {
    if !ask::on_terminal() || context.global.yes || write.dry_run {
        return Ok(());
    }
    let documents = documents.get(context)?;
    let text = captured.text.as_ref().map(|derived| Hash::of(&[derived.text.as_bytes()]));
    let is_new_text = |text| documents.last_with(&text).is_none();
    let has_new_text = text.is_some_and(is_new_text) && !captured.is_without_text;
    if documents.last_with(&file.digest).is_none() || has_new_text {
        return Ok(());
    }
    let draft = Draft {
        kind: Some(Type::DocumentCaptured),
        file: file.path.clone(),
        media_type: Some(captured.media_type.clone()),
        ..Draft::default()
    };
    let draft = LoadedDraft::of(draft.with_placeholders(), file.clone());
    let input = LoadedInput::of([draft]);
    match expect_legal_loaded(context, &input) {
        Err(CliError::Ledger(LedgerError::Refused(refusals))) => {
            Err(advised(documents, file, &input, refusals))
        }
        judged => judged,
    }
}

/// The refusal of drafts with what can be done about a document that is in the record already.
fn advised(
    documents: &RecordedDocuments,
    file: &LoadedFile,
    input: &LoadedInput,
    mut refusals: Vec<Refusal>,
) -> CliError {
    let files = input.drafts.iter().filter_map(|draft| draft.file.as_ref().ok()?.as_ref());
    let drafted: Vec<Hash> = files.map(|file| file.digest).collect();
    drafted.iter().for_each(|digest| note_suspect(documents, digest));
    if let Some(there) = DocumentThere::find(documents, &file.digest, &drafted) {
        refusals.iter_mut().for_each(|refusal| there.advise(refusal));
    }
    LedgerError::Refused(refusals).into()
}

/// Bytes that are a document of the record already.
struct DocumentThere {
    document: u64,
    media_type: String,
    /// The document that was made of it to quote from.
    text: Option<u64>,
}

impl DocumentThere {
    /// The last document with these bytes, and its text: one of these, or else the last.
    fn find(documents: &RecordedDocuments, bytes: &Hash, texts: &[Hash]) -> Option<DocumentThere> {
        let found = documents.last_with(bytes)?;
        let document = found.row.document;
        let (media_type, text) =
            (found.about.media_type.to_string(), documents.text_of(document, texts));
        Some(DocumentThere { document, media_type, text })
    }

    /// What lets words of it be quoted, in place of the advice for a document that can be quoted.
    fn advise(&self, refusal: &mut Refusal) {
        if self.media_type == PLAIN || refusal.rule != Some(Rule::DocumentRepeated) {
            return;
        }
        let Self { document, media_type, text } = self;
        let advice = match text {
            Some(text) => {
                format!("its text is document {text}: it is quoted with --document {text}")
            }
            None => format!(
                "it is {media_type}, of which nothing can be quoted; where it is a text, annals \
                 document describe {document} --media-type text/plain --statement WHY lets it be \
                 quoted as it is"
            ),
        };
        refusal.why = format!(
            "rule {}: the same document was captured by event {document}; {advice}; it gets \
             another title or date with annals document describe",
            Rule::DocumentRepeated
        )
        .into();
    }
}

/// Notes how a document stands that holds these bytes already, if a stolen key captured it.
fn note_suspect(documents: &RecordedDocuments, digest: &Hash) {
    let Some(row) = documents.suspect_with(digest) else { return };
    let by = row.captured.undone_by.map(|by| format!(" by {by}")).unwrap_or_default();
    let document = row.document;
    let how = match row.set_aside {
        true => format!("it stays suspect, and facts can cite it (--document {document})"),
        false => format!("annals document describe {document} by another person vouches for it"),
    };
    note(wrapped(
        &format!(
            "note: these bytes are document {document}, whose capture was undone{by}, because the \
             key may be stolen: {how}"
        ),
        0,
    ));
}

/// The date of publication that a document has of itself, unless it is after the day of its capture
/// everywhere on earth.
fn not_after(captured_at: &str, published: Option<String>) -> Option<String> {
    let published = published?;
    let day = captured_at.get(..10).and_then(|day| day.parse::<jiff::civil::Date>().ok());
    let last = day.and_then(|day| day.tomorrow().ok()).map(|day| day.to_string());
    let is_after = last.is_some_and(|last| {
        last.get(..published.len()).is_some_and(|last| last < published.as_str())
    });
    if is_after {
        note(format!(
            "note: as the document says itself it was published on {published}, after its capture; \
             this date is not taken"
        ));
    }
    Some(published).filter(|_| !is_after)
}

/// The bytes of a file.
fn of_file(context: &Context, source: PathBuf) -> Result<CaptureInput, CliError> {
    let keys = context.paths()?.keys;
    let (folder, secrets) = (Path::new(""), ask::secret_files());
    let reach = Reach { folder, keys: &keys, secrets: &secrets, files: FileAccess::All };
    let file = LoadedFile::read(reach, &source).map_err(|error| match error {
        FileError::Refused(why) => {
            LedgerError::Refused(vec![Refusal::of(Unresolved::at("file", why))])
        }
        FileError::Unreadable(error) => LedgerError::from(error),
    })?;
    Ok(CaptureInput { file, source, named: None, charset: None })
}

/// The bytes at an address; where they were found, when and how goes into their description.
fn of_address(
    context: &mut Context,
    address: &str,
    bounds: FetchBounds,
    about: &mut AboutArgs,
) -> Result<CaptureInput, CliError> {
    let page = fetch(address, bounds).map_err(|error| CliError::usage(error.to_string()))?;
    about.captured_at.get_or_insert_with(|| context.clock.peek().to_string());
    let path = Url::parse(&page.address).map(|url| url.path().to_owned()).unwrap_or_default();
    about.url.get_or_insert(page.address);
    about.method.get_or_insert(page.method);
    let (named, charset) = (page.named, page.charset);
    let file = LoadedFile::in_hand(page.bytes);
    Ok(CaptureInput { file, source: PathBuf::from(path), named, charset })
}

/// Fills what the editor left out from the document's description of itself. On a terminal the
/// editor accepts or changes each value; without one a note names the fields.
fn agree(
    context: &Context,
    mut about: AboutArgs,
    proposal: &ProposedDescription,
) -> Result<AboutArgs, CliError> {
    let asks = ask::on_terminal() && !context.global.yes;
    let mut taken = Vec::new();
    let mut fill = |given: Option<String>, proposed: Option<&String>, name: &'static str| match (
        given, proposed,
    ) {
        (None, Some(proposed)) if asks => {
            let several = if name == AUTHORS { " (with ; between them)" } else { "" };
            let question = format!("{name} of the document{several}");
            let is_fit = |typed: &str| fit(name, typed);
            LineQuestion::new(&question).initial(proposed).check(&is_fit).ask().map(Some)
        }
        (None, Some(proposed)) => {
            taken.push(name);
            Ok(Some(proposed.clone()))
        }
        (given, _) => Ok(given),
    };
    let title = fill(about.title, proposal.title.as_ref(), "title")?;
    let lang = fill(about.lang, proposal.lang.as_ref(), LANGUAGE)?;
    if about.authors.is_empty() {
        let names = Some(proposal.authors.join("; ")).filter(|names| !names.is_empty());
        let names = fill(None, names.as_ref(), AUTHORS)?;
        let names = names.unwrap_or_default();
        about.authors = names.split(';').map(|name| name.trim().to_owned()).collect();
        about.authors.retain(|name| !name.is_empty());
    }
    about.publisher = fill(about.publisher, proposal.publisher.as_ref(), "publisher")?;
    if about.published_as_written.is_none() {
        let made = proposal.created.as_ref().filter(|_| about.published.is_none());
        let date = proposal.published.as_ref().or(made.filter(|_| asks));
        about.published = fill(about.published, date, PUBLISHED)?;
        if let (Some(made), None) = (made, &about.published) {
            note(format!("note: its file was made on {made}; --published gives its publication"));
        }
    }
    if !taken.is_empty() {
        let taken = taken.join(", ");
        note(wrapped(&format!("note: as the document says itself: {taken}"), 0));
    }
    let filled = |value: Option<String>| value.filter(|value| !value.is_empty());
    let question = LineQuestion::new("title of the document").option("--title");
    about.title = Some(question.given_or_ask(filled(title))?);
    let is_lang = |typed: &str| fit(LANGUAGE, typed);
    let question = LineQuestion::new("language of the document (such as en)").option("--lang");
    about.lang = Some(question.check(&is_lang).given_or_ask(filled(lang))?);
    Ok(about)
}

/// Whether a typed value has the form of its field; an empty one leaves the field out.
fn fit(name: &str, typed: &str) -> Result<(), String> {
    let wrong = match name {
        _ if typed.is_empty() => None,
        LANGUAGE => language(typed).err(),
        PUBLISHED => Edtf::new(typed).err().map(|why| why.to_string()),
        _ => None,
    };
    wrong.map_or(Ok(()), Err)
}

/// The drafts: of the bytes and of their text, or of the one that is not in the record yet.
fn drafts(
    context: &Context,
    documents: &DocumentCache,
    file: &LoadedFile,
    captured: CapturedDocument,
    about: AboutArgs,
) -> Result<(LoadedInput, SubmitOptions), CliError> {
    let kind = Some(Type::DocumentCaptured);
    let CapturedDocument { media_type, text, is_without_text, .. } = captured;
    let bytes = Draft {
        kind,
        file: file.path.clone(),
        media_type: Some(media_type.clone()),
        ..about.draft()
    };
    let part = |part, media_type: &str, text: Option<String>| ReceiptPart {
        already: None,
        kind: PartKind::Document { part, media_type: media_type.to_owned() },
        text,
    };
    let captured = |text| part(DocumentPart::Captured, &media_type, text);
    let found = match text {
        None => None,
        Some(derived) => {
            let digest = Hash::of(&[derived.text.as_bytes()]);
            Some((EarlierCapture::find(documents.get(context)?, &file.digest, &digest), derived))
        }
    };
    let is_there = |(earlier, _): &(EarlierCapture, DerivedText)| {
        !is_without_text || earlier.bytes.is_some() && earlier.text.is_some()
    };
    let Some((earlier, derived)) = found.filter(is_there) else {
        let input = LoadedInput::of([LoadedDraft::of(bytes, file.clone())]);
        let parts = vec![captured(None)];
        return Ok((input, SubmitOptions { parts, ..SubmitOptions::default() }));
    };
    let quotable = |text| part(DocumentPart::Text, PLAIN, text);
    let text_file = LoadedFile::in_hand(derived.text.into_bytes());
    let page = derived.page;
    let captured_at = page.as_ref().and_then(|page| page.captured_at.clone());
    let text = Draft {
        name: None,
        file: None,
        media_type: Some(PLAIN.to_owned()),
        derived_from: Some(match earlier.bytes {
            Some(position) => Name::Position(position),
            None => Name::Ref(BYTES.to_owned()),
        }),
        // If the bytes are in the record already, their text keeps the earlier method, although it
        // could be made by another one now.
        method: earlier.method.filter(|_| earlier.bytes.is_some()).or(Some(derived.method)),
        url: bytes.url.clone().or(page.map(|page| page.address)),
        captured_at: bytes.captured_at.clone().or(captured_at),
        ..bytes.clone()
    };
    let bytes = LoadedDraft::of(Draft { name: Some(BYTES.to_owned()), ..bytes }, file.clone());
    let (mut drafts, mut parts) = (Vec::new(), Vec::new());
    match (earlier.bytes, earlier.text) {
        (Some(at), None) => {
            note(format!("note: the bytes are document {at} already; their text is new"));
            let line = format!("the text of document {at}, which can be quoted");
            parts.push(ReceiptPart { already: Some(at), ..captured(None) });
            parts.push(quotable(Some(line)));
            drafts.push(LoadedDraft::of(text, text_file));
        }
        (None, Some(at)) => {
            let day = text.published.as_ref().and_then(|published| published.edtf.clone());
            let own = PublishedBy { publisher: text.publisher.clone(), day };
            note(wrapped(&same_text(at, earlier.publication, &own), 0));
            parts.push(captured(None));
            parts.push(ReceiptPart { already: Some(at), ..quotable(None) });
            drafts.push(bytes);
        }
        // Both or neither: where both are there, it is the same act once more.
        _ => {
            parts.push(captured(Some(format!("{media_type}, as captured"))));
            parts.push(quotable(Some("its text, which can be quoted".to_owned())));
            let text = Draft { derived_from: Some(Name::Ref(BYTES.to_owned())), ..text };
            drafts.extend([bytes, LoadedDraft::of(text, text_file)]);
        }
    }
    let options = SubmitOptions { preview: Preview::Always, parts, ..SubmitOptions::default() };
    Ok((LoadedInput::of(drafts), options))
}

/// Who published a document, and when.
#[derive(PartialEq, Eq)]
struct PublishedBy {
    publisher: Option<String>,
    /// The date, in EDTF.
    day: Option<String>,
}

/// The note that a text is in the record already: of another publication its facts are that one's.
fn same_text(at: u64, theirs: Option<PublishedBy>, own: &PublishedBy) -> String {
    let said = format!("note: its text is document {at} already, word for word");
    let Some(theirs) = theirs.filter(|theirs| theirs != own) else { return said };
    let named: Vec<String> = [theirs.publisher, theirs.day].into_iter().flatten().collect();
    let of = match named.is_empty() {
        true => "of another publication".to_owned(),
        false => format!("of {}", visible(&named.join(", "))),
    };
    format!(
        "{said}, {of}: a fact that quotes it has that document as its source; --text page makes a \
         text of its own where the pages differ"
    )
}
