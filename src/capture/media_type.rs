//! What kind of file bytes are: by how they begin, by the server's word, by the name's ending.
//!
//! Always holds: what the first bytes say for certain goes before a name, for a page may be saved
//! under any. Not here: reading them. Source: the registry of media types of IANA, and the formats'
//! own specifications for their first bytes.

use crate::archive::files::is_html;
use crate::capture::text::is_binary;
use crate::capture::unzipped::Unzipped;
use std::path::Path;

/// HTML.
pub const HTML: &str = "text/html";
/// HTML as XML.
pub const XHTML: &str = "application/xhtml+xml";
/// PDF.
pub const PDF: &str = "application/pdf";
/// DOCX.
pub const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
/// Markdown.
pub const MARKDOWN: &str = "text/markdown";
/// A web archive, also where it is compressed with gzip.
pub const WARC: &str = "application/warc";
/// Web archives and their index in a zip file.
pub const WACZ: &str = "application/wacz";
/// A text.
pub const PLAIN: &str = "text/plain";
/// Bytes of any kind.
pub const OCTETS: &str = "application/octet-stream";

/// First bytes that say for certain what follows.
const BEGINNINGS: &[(&[u8], &str)] = &[
    (b"%PDF-", PDF),
    (b"WARC/1.", WARC),
    (b"\x89PNG\r\n\x1A\n", "image/png"),
    (b"\xFF\xD8\xFF", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
];

/// The media type of bytes. `named` is the server's media type; `name`, the name of their file.
///
/// ```
/// use annals::capture::detect;
/// assert_eq!(detect(b"%PDF-1.7 ...", None, "report.txt".as_ref()), "application/pdf");
/// assert_eq!(detect(b"Two met.", None, "note.md".as_ref()), "text/markdown");
/// assert_eq!(detect(b"caf\xE9", None, "note".as_ref()), "text/plain");
/// ```
pub fn detect(bytes: &[u8], named: Option<&str>, name: &Path) -> String {
    if let Some((_, kind)) = BEGINNINGS.iter().find(|(start, _)| bytes.starts_with(start)) {
        return (*kind).to_owned();
    }
    if let Some(kind) = packed(bytes, name) {
        return kind.to_owned();
    }
    let ending = mime_guess::from_path(name).first().map(|kind| kind.essence_str().to_owned());
    let named = named.filter(|kind| !kind.is_empty() && *kind != OCTETS).map(str::to_owned);
    // A server calls much a plain text for want of a better word.
    let named = match (named, &ending) {
        (Some(kind), Some(ending)) if kind == PLAIN && ending == MARKDOWN => Some(ending.clone()),
        (named, _) => named,
    };
    match named.or(ending) {
        Some(kind) if kind.starts_with("text/") && is_binary(bytes) => OCTETS.to_owned(),
        Some(kind) => kind,
        None if is_html(bytes) => HTML.to_owned(),
        None if is_binary(bytes) => OCTETS.to_owned(),
        None => PLAIN.to_owned(),
    }
}

/// What a compressed file holds, as far as it concerns us.
fn packed(bytes: &[u8], name: &Path) -> Option<&'static str> {
    if bytes.starts_with(b"\x1F\x8B") {
        let name = name.to_string_lossy().to_ascii_lowercase();
        return name.ends_with(".warc.gz").then_some(WARC);
    }
    if !bytes.starts_with(b"PK\x03\x04") {
        return None;
    }
    let files = Unzipped::open(bytes).ok()?;
    if files.has("word/document.xml") {
        return Some(DOCX);
    }
    (files.has("datapackage.json") && files.names().any(|name| name.starts_with("archive/")))
        .then_some(WACZ)
}
