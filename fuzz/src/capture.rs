//! Properties of captured files and of tables of drafts.
//!
//! Always holds: what our readers make of any bytes can be recorded. Not here: a library that
//! panics, loops or grows, which the program contains in a process of its own (`capture::worker`)
//! and a target does not count (`contained.rs`).

use annals::capture::{CaptureReading, CaptureRequest, TextExtent, media_type, read};
use annals::ledger::write::draft::{DraftForm, Separator, read_table, written};
use annals_core::event::body::MAX_DOCUMENT;
use annals_core::quote::Text;
use annals_core::text::{Edtf, Lang, Words};

/// A web page.
pub fn capture_html(bytes: &[u8]) {
    captured(media_type::HTML, bytes);
}

/// A PDF.
pub fn capture_pdf(bytes: &[u8]) {
    captured(media_type::PDF, bytes);
}

/// A DOCX.
pub fn capture_docx(bytes: &[u8]) {
    captured(media_type::DOCX, bytes);
}

/// A web archive: WACZ where it is a zip file, else WARC.
pub fn capture_archive(bytes: &[u8]) {
    let is_zip = bytes.starts_with(b"PK");
    captured(if is_zip { media_type::WACZ } else { media_type::WARC }, bytes);
}

/// A Markdown text.
pub fn capture_markdown(bytes: &[u8]) {
    captured(media_type::MARKDOWN, bytes);
}

/// A text of any encoding.
pub fn capture_text(bytes: &[u8]) {
    captured(media_type::PLAIN, bytes);
}

/// What is read of a file can be recorded, and goes between two processes as it is.
fn captured(media_type: &str, bytes: &[u8]) {
    for extent in [TextExtent::Main, TextExtent::Page] {
        let request = CaptureRequest {
            media_type: media_type.to_owned(),
            extent,
            ..CaptureRequest::default()
        };
        let reading = read(&request, bytes);
        let line = serde_json::to_string(&reading).expect("a reading is JSON");
        let again: CaptureReading = serde_json::from_str(&line).expect("a reading");
        assert_eq!(again, reading);
        let CaptureReading { proposal, text } = reading;
        let lines = proposal.authors.iter().chain(&proposal.title).chain(&proposal.publisher);
        for line in lines {
            assert!(Words::<2_000>::new(line.as_str()).is_ok(), "{line:?}");
        }
        for date in proposal.published.iter().chain(&proposal.created) {
            assert!(Edtf::new(date.as_str()).is_ok(), "{date:?}");
        }
        assert!(proposal.lang.is_none_or(|lang| Lang::new(lang).is_ok()));
        let Ok(derived) = text else { continue };
        assert!(!derived.text.trim().is_empty(), "a text without a word");
        assert!(derived.text.len() as u64 <= MAX_DOCUMENT);
        assert!(Words::<2_000>::new(derived.method.as_str()).is_ok(), "{:?}", derived.method);
        assert!(Text::new(derived.text.into_bytes()).is_some(), "a text that cannot be quoted");
    }
}

/// Drafts in a table: each is read once, with its row; written again, it is the same draft.
pub fn table(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    for separator in [Separator::Found, Separator::Tab] {
        let input = read_table(text, separator);
        let rows = text.matches(['\n', '\r']).count() + 1;
        let drafts = input.drafts.iter().map(|placed| placed.line);
        for row in drafts.chain(input.unread.iter().map(|error| error.line)) {
            assert!((1..=rows).contains(&row), "row {row} of {rows}");
        }
        let Ok(drafts) = input.whole() else { continue };
        let again = written(&drafts, DraftForm::Csv).expect("a table");
        let found = read_table(&again, Separator::Found).whole();
        assert_eq!(found.ok().as_ref(), Some(&drafts), "{again}");
    }
}
