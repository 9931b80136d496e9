//! What kind of file bytes are: by how they begin, by the server's word, by the name's ending.
//!
//! Always holds: what the first bytes say for certain goes before a name, for a page may be saved
//! under any. Not here: reading them. Source: the registry of media types of IANA, and the formats'
//! own specifications for their first bytes.

use crate::archive::files::is_html;
use crate::capture::text::is_binary;
use crate::capture::unzipped::Unzipped;
use memchr::memmem;
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

/// XML.
const XML: &str = "text/xml";

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
    // A page may be saved under any name; what a server calls a text is shown as its source.
    let page = if named.is_none() { page(bytes) } else { None };
    let ending = match (ending, page) {
        (Some(ending), Some(_)) if [HTML, XHTML, MARKDOWN].contains(&ending.as_str()) => {
            Some(ending)
        }
        (_, Some(page)) => Some(page.to_owned()),
        (ending, None) => ending,
    };
    match named.or(ending) {
        Some(kind) if kind.starts_with("text/") && is_binary(bytes) => OCTETS.to_owned(),
        Some(kind) => kind,
        None if is_binary(bytes) => OCTETS.to_owned(),
        None => PLAIN.to_owned(),
    }
}

/// HTML or XHTML, by the first tag after comments and the declaration of XML.
fn page(bytes: &[u8]) -> Option<&'static str> {
    let mut rest = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
    let mut kind = HTML;
    loop {
        let end: &[u8] = match () {
            () if is_html(rest) => return Some(kind),
            () if rest.starts_with(b"<!--") => b"-->",
            () if rest.starts_with(b"<?xml") => b"?>",
            () => return None,
        };
        kind = if end == b"?>" { XHTML } else { kind };
        let at = memmem::find(rest, end)?;
        rest = rest.get(at + end.len()..)?.trim_ascii_start();
    }
}

/// Whether a file of this kind is a text that programs read: its source is not what it says.
pub fn is_source(kind: &str) -> bool {
    kind.starts_with("text/") && ![PLAIN, HTML, MARKDOWN].contains(&kind)
}

/// Whether a file of this kind is XML, whose comments and tags no reader sees.
pub fn is_xml(kind: &str) -> bool {
    kind == XML
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
