//! Reading captured bytes: one reader for each format.
//!
//! Always holds: a text without a word is none. Not here: bounds in time and memory (`worker`).

use crate::capture::other_form::other_form;
use crate::capture::reading::{ArchivedPage, CaptureReading, CaptureRequest, Unquotable};
use crate::capture::{docx, html, library, markdown, media_type, pdf, text, warc};
use annals_core::event::body::MAX_DOCUMENT;

/// Reads bytes in this process, without its bounds in time and memory.
///
/// ```
/// use annals::capture::{CaptureRequest, read};
/// let request = CaptureRequest { media_type: "text/html".into(), ..Default::default() };
/// let page = b"<html lang=en><title>A day</title><p>They met on Thursday.</p></html>";
/// let reading = read(&request, page);
/// assert_eq!(reading.proposal.title.as_deref(), Some("A day"));
/// assert_eq!(reading.text.map(|derived| derived.text), Ok("They met on Thursday.\n".to_owned()));
/// ```
pub fn read(request: &CaptureRequest, bytes: &[u8]) -> CaptureReading {
    let kind = request.media_type.as_str();
    let mut reading = match kind {
        media_type::HTML | media_type::XHTML => html::read(request, bytes),
        media_type::PDF => pdf::read(bytes),
        media_type::DOCX => docx::read(request.extent, bytes),
        media_type::MARKDOWN => markdown::read(request, bytes),
        media_type::WARC | media_type::WACZ => of_archive(request, bytes),
        _ if kind.starts_with("text/") && other_form(kind).is_none() => text::read(request, bytes),
        _ => CaptureReading::unquotable(Unquotable::Kind(kind.to_owned())),
    };
    if let Ok(derived) = &reading.text {
        let length = derived.text.len() as u64;
        if !text::has_words(&derived.text) {
            reading.text = Err(Unquotable::NoText("nothing but white space".to_owned()));
        } else if length > MAX_DOCUMENT {
            let why = format!("its text has {length} bytes; a document has at most {MAX_DOCUMENT}");
            reading.text = Err(Unquotable::Bound(why));
        }
    }
    reading
}

/// Reads the page that is meant in a web archive.
fn of_archive(request: &CaptureRequest, bytes: &[u8]) -> CaptureReading {
    let (page, answer) = match warc::page(request, bytes) {
        Ok(answer) => (ArchivedPage::from(&answer), answer),
        Err(why) => return CaptureReading::unquotable(why),
    };
    let is_archive = [media_type::WARC, media_type::WACZ].contains(&answer.kind.as_str());
    if is_archive || media_type::is_xml(&answer.kind) {
        return CaptureReading::unquotable(Unquotable::Kind(answer.kind));
    }
    let (media_type, charset) = (answer.kind, answer.charset);
    let inner = CaptureRequest { media_type, charset, page: None, ..request.clone() };
    let mut reading = read(&inner, &answer.body);
    if let Ok(derived) = &mut reading.text {
        derived.page = Some(page);
        derived.method = format!("page in the archive by {}; {}", library::WARC, derived.method);
    }
    reading
}
