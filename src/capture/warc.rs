//! Web archives: the pages in a WARC or WACZ file, and the text of one.
//!
//! Always holds: all that is unpacked has a bound together; a page is an answer 200 in the archive,
//! as it was received. Not here: the text of a page (`read`). Source: ISO 28500 (WARC),
//! the WACZ specification of Webrecorder, RFC 9112 (chunks).

use crate::capture::media_type::{self, detect};
use crate::capture::reading::{ArchivedPage, CaptureRequest, MAX_UNPACKED, Unquotable};
use crate::capture::unzipped::Unzipped;
use flate2::read::{MultiGzDecoder, ZlibDecoder};
use std::collections::BTreeSet;
use std::io::Read;
use warc::{RawRecordHeader, WarcHeader, WarcReader};

/// The most headers of an answer.
const MAX_HEADERS: usize = 256;
/// The most pages that are named.
const MAX_NAMED: usize = 50;

/// An answer in an archive.
pub(super) struct ArchivedAnswer {
    address: String,
    captured_at: Option<String>,
    /// Its media type.
    pub(super) kind: String,
    /// The character set that the server named.
    pub(super) charset: Option<String>,
    /// The bytes, without codings.
    pub(super) body: Vec<u8>,
}

impl From<&ArchivedAnswer> for ArchivedPage {
    fn from(answer: &ArchivedAnswer) -> ArchivedPage {
        let (address, captured_at) = (answer.address.clone(), answer.captured_at.clone());
        ArchivedPage { address, captured_at }
    }
}

/// The answer that is meant: of the page that is named, or of the only page.
pub(super) fn page(request: &CaptureRequest, bytes: &[u8]) -> Result<ArchivedAnswer, Unquotable> {
    let (archives, listed) = match request.media_type == media_type::WACZ {
        true => unpacked_wacz(bytes)?,
        false => (vec![unpacked(bytes)?], BTreeSet::new()),
    };
    let (mut pages, mut known, mut meant) = (Vec::new(), BTreeSet::new(), None);
    for archive in &archives {
        for answer in answers(archive)? {
            if known.contains(&answer.address) {
                continue;
            }
            let page = match listed.is_empty() {
                true => is_page(&answer.kind),
                false => listed.contains(&answer.address),
            };
            if page {
                known.insert(answer.address.clone());
                pages.push(answer.address.clone());
            }
            let wanted = request.page.as_ref().map_or(page, |address| *address == answer.address);
            if wanted && meant.is_none() {
                meant = Some(answer);
            }
        }
    }
    let meant_one = request.page.is_some() || pages.len() == 1;
    pages.truncate(MAX_NAMED);
    match (meant, &request.page) {
        (Some(answer), _) if meant_one => Ok(answer),
        (_, Some(address)) => Err(Unquotable::NoPage(address.clone(), pages)),
        (None, None) => Err(Unquotable::NoText("no page is in the archive".to_owned())),
        (Some(_), None) => Err(Unquotable::Pages(pages)),
    }
}

/// What is a page in a browser, not a part of one.
fn is_page(kind: &str) -> bool {
    [media_type::HTML, media_type::XHTML, media_type::PDF, media_type::DOCX].contains(&kind)
}

/// The archives in a WACZ file, and the addresses that it lists as pages.
fn unpacked_wacz(bytes: &[u8]) -> Result<(Vec<Vec<u8>>, BTreeSet<String>), Unquotable> {
    let mut files = Unzipped::open(bytes)?;
    let mut names: Vec<String> = files.names().collect();
    names.retain(|name| {
        name.starts_with("archive/") && (name.ends_with(".warc") || name.ends_with(".warc.gz"))
    });
    names.sort();
    let (mut archives, mut left) = (Vec::new(), MAX_UNPACKED);
    for name in names {
        let archive = unpacked(&files.file(&name)?.unwrap_or_default())?;
        left = left.checked_sub(archive.len() as u64).ok_or_else(too_large)?;
        archives.push(archive);
    }
    let pages = files.file("pages/pages.jsonl")?.unwrap_or_default();
    let listed = pages.split(|byte| *byte == b'\n').filter_map(|line| {
        let line: serde_json::Value = serde_json::from_slice(line).ok()?;
        Some(line.get("url")?.as_str()?.to_owned())
    });
    Ok((archives, listed.collect()))
}

/// A WARC file, unpacked if it is compressed.
fn unpacked(bytes: &[u8]) -> Result<Vec<u8>, Unquotable> {
    match bytes.starts_with(b"\x1F\x8B") {
        true => inflated(MultiGzDecoder::new(bytes)),
        false => Ok(bytes.to_vec()),
    }
}

fn inflated(packed: impl Read) -> Result<Vec<u8>, Unquotable> {
    let mut bytes = Vec::new();
    let read = packed.take(MAX_UNPACKED + 1).read_to_end(&mut bytes);
    read.map_err(|error| Unquotable::Broken(error.to_string()))?;
    match bytes.len() as u64 > MAX_UNPACKED {
        true => Err(too_large()),
        false => Ok(bytes),
    }
}

fn too_large() -> Unquotable {
    Unquotable::Bound(format!("it unpacks to more than {MAX_UNPACKED} bytes"))
}

/// The answers 200 of a WARC file, in their order.
fn answers(archive: &[u8]) -> Result<Vec<ArchivedAnswer>, Unquotable> {
    let mut answers = Vec::new();
    for record in WarcReader::new(archive).iter_raw_records() {
        let (head, block) = record.map_err(|error| Unquotable::Broken(error.to_string()))?;
        answers.extend(answer(&head, &block));
    }
    Ok(answers)
}

fn answer(head: &RawRecordHeader, block: &[u8]) -> Option<ArchivedAnswer> {
    let field = |name: &WarcHeader| {
        let value = head.headers.get(name)?;
        Some(String::from_utf8_lossy(value).trim().trim_matches(['<', '>']).to_owned())
    };
    let address = field(&WarcHeader::TargetURI)?;
    let captured_at = field(&WarcHeader::Date);
    let (content_type, body) = match field(&WarcHeader::WarcType)?.as_str() {
        "response" => response(block)?,
        "resource" => (field(&WarcHeader::ContentType), block.to_vec()),
        _ => return None,
    };
    let (named, charset) = content_type.as_deref().map(split_content_type).unwrap_or_default();
    let name = address.split(['?', '#']).next().unwrap_or_default();
    let kind = detect(&body, named.as_deref(), name.as_ref());
    Some(ArchivedAnswer { address, captured_at, kind, charset, body })
}

/// The content type and the body of an HTTP answer 200, without its transfer and content codings.
fn response(block: &[u8]) -> Option<(Option<String>, Vec<u8>)> {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut head = httparse::Response::new(&mut headers);
    let start = match head.parse(block) {
        Ok(httparse::Status::Complete(start)) if head.code == Some(200) => start,
        _ => return None,
    };
    let field = |name: &str| {
        let header = head.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name))?;
        Some(String::from_utf8_lossy(header.value).trim().to_owned())
    };
    let mut body = block.get(start..)?.to_vec();
    if field("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked")) {
        // Some archives keep the header and not the chunks.
        body = unchunked(&body).unwrap_or(body);
    }
    let coding = field("content-encoding").unwrap_or_default().to_ascii_lowercase();
    let body = match coding.as_str() {
        "gzip" | "x-gzip" if body.starts_with(b"\x1F\x8B") => {
            inflated(MultiGzDecoder::new(&body[..])).ok()?
        }
        "deflate" => inflated(ZlibDecoder::new(&body[..])).ok()?,
        _ => body,
    };
    Some((field("content-type"), body))
}

/// The bytes of chunks; `None` where they are none.
fn unchunked(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    loop {
        let end = rest.windows(2).position(|pair| pair == b"\r\n")?;
        let size = std::str::from_utf8(rest.get(..end)?).ok()?.split(';').next()?.trim();
        let size = usize::from_str_radix(size, 16).ok()?;
        rest = rest.get(end + 2..)?;
        if size == 0 {
            return Some(bytes);
        }
        bytes.extend_from_slice(rest.get(..size)?);
        rest = rest.get(size..)?.strip_prefix(b"\r\n")?;
    }
}

/// A media type and its character set: `text/html; charset="utf-8"`.
pub(super) fn split_content_type(value: &str) -> (Option<String>, Option<String>) {
    let mut parts = value.split(';');
    let kind = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
    let charset = parts.find_map(|part| {
        let (name, value) = part.split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case("charset")
            .then(|| value.trim().trim_matches('"').to_owned())
    });
    (Some(kind).filter(|kind| kind.contains('/')), charset)
}
