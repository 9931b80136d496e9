//! PDF: the text of its pages, in their order.
//!
//! Always holds: a page that the library fails on is named in the method, so that a part is never
//! taken for the whole. Not here: recognition of letters in images. Source: ISO 32000.

use crate::capture::library::{PDF, method};
use crate::capture::proposal::ProposedDescription;
use crate::capture::reading::{CaptureReading, DerivedText, Omission, Unquotable};
use pdf_extract::{Document, Object, PlainTextOutput, output_doc_page};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The text and the information of a file.
pub(super) fn read(bytes: &[u8]) -> CaptureReading {
    let loaded = catch_unwind(|| Document::load_mem(bytes));
    let mut document = match loaded {
        Ok(Ok(document)) => document,
        Ok(Err(error)) => {
            return CaptureReading::unquotable(Unquotable::Broken(error.to_string()));
        }
        Err(_) => return CaptureReading::unquotable(failed()),
    };
    let encrypted = document.is_encrypted();
    if encrypted && !matches!(catch_unwind(AssertUnwindSafe(|| document.decrypt(""))), Ok(Ok(()))) {
        return CaptureReading::unquotable(Unquotable::Encrypted);
    }
    CaptureReading { proposal: proposal(&document), text: text(&document) }
}

fn text(document: &Document) -> Result<DerivedText, Unquotable> {
    let pages = document.get_pages();
    let (mut text, mut failing) = (String::new(), Vec::new());
    for number in pages.keys() {
        match page_text(document, *number) {
            Some(page) => {
                text.push_str(&tidied(&page));
                text.push_str("\n\n");
            }
            None => failing.push(number.to_string()),
        }
    }
    if pages.is_empty() || failing.len() == pages.len() {
        return Err(failed());
    }
    if text.trim().is_empty() {
        let why = "its pages are images, such as those of a scan";
        return Err(Unquotable::NoText(why.to_owned()));
    }
    let without = match failing.is_empty() {
        true => None,
        false => Some(format!("page {} of {}", failing.join(", "), pages.len())),
    };
    let but = without.as_ref().map(|pages| format!(", without {pages}")).unwrap_or_default();
    let method = method(&format!("text of the pages by {PDF}{but}"));
    let left_out = without.map(|pages| Omission::Unread(format!("{pages}, which cannot be read")));
    Ok(DerivedText { text: format!("{}\n", text.trim()), method, left_out, page: None })
}

/// The text of a page; `None` where the library fails on it.
fn page_text(document: &Document, number: u32) -> Option<String> {
    let read = || {
        let mut text = String::new();
        output_doc_page(document, &mut PlainTextOutput::new(&mut text), number).map(|()| text)
    };
    catch_unwind(AssertUnwindSafe(read)).ok()?.ok()
}

/// Lines without white space at their ends, and at most one empty line between two.
fn tidied(page: &str) -> String {
    let mut lines: Vec<&str> = page.lines().map(str::trim).collect();
    lines.dedup_by(|line, before| line.is_empty() && before.is_empty());
    lines.join("\n").trim().to_owned()
}

fn failed() -> Unquotable {
    Unquotable::Broken(format!("{PDF} fails on it"))
}

/// What the document information and the catalog say.
fn proposal(document: &Document) -> ProposedDescription {
    let mut proposal = ProposedDescription::default();
    let value = |object: &Object| -> Option<String> {
        let (_, object) = document.dereference(object).ok()?;
        Some(pdf_text(object.as_str().ok()?))
    };
    if let Ok((_, Object::Dictionary(info))) =
        document.trailer.get(b"Info").and_then(|info| document.dereference(info))
    {
        let field = |name: &[u8]| info.get(name).ok().and_then(value).unwrap_or_default();
        proposal.offer_title(&field(b"Title"));
        proposal.offer_authors(field(b"Author").split(';'));
        proposal.offer_created(&field(b"CreationDate"));
    }
    let lang = document.catalog().ok().and_then(|catalog| catalog.get(b"Lang").ok());
    proposal.offer_lang(&lang.and_then(value).unwrap_or_default());
    proposal
}

/// A text string: UTF-16 or UTF-8 with a mark, else PDFDocEncoding, of which the part that is
/// Latin-1 is read.
fn pdf_text(bytes: &[u8]) -> String {
    match encoding_rs::Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding.decode(bytes).0.into_owned(),
        None => bytes.iter().map(|byte| char::from(*byte)).collect(),
    }
}
