//! Files over HTTP or HTTPS: GET of names from one host, several at a time.
//!
//! Always holds: every wait and every size is bounded, and so are the total time, the number of
//! answers and the bytes; one answer at a time is larger than `LARGE`; no redirect is followed,
//! so only the named host receives requests; a status other than 200, 404 and 410 is an error; a
//! page of HTML in place of a file does not count as a file; user and password of an address are
//! in no sentence. Not here: what is kept of the answers
//! (`cache`). Source: RFC 9110.

use crate::archive::files::{Pages, PublishedFiles, begins_as, is_html, is_named_so, name_digest};
use annals_core::text::is_invisible;
use annals_core::verify::source::SourceError;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use std::io::{self, Read};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use ureq::http::header::AUTHORIZATION;
use ureq::http::{HeaderValue, Request, Response, Uri};
use ureq::middleware::MiddlewareNext;
use ureq::{Agent, Body, SendBody};

/// The maximum time to resolve the address of a host.
const RESOLVE: Duration = Duration::from_secs(10);
/// The maximum time to connect.
const CONNECT: Duration = Duration::from_secs(10);
/// The maximum time of an answer, and the extra time for its maximum size: 64 MiB at 600 kB/s.
const ANSWER: Duration = Duration::from_secs(20);
const ANSWER_BYTES_PER_SECOND: u64 = 600_000;
/// The maximum size of an answer's head, in bytes.
const HEAD: usize = 16 << 10;

/// The maximum total time of all answers; and the extra time for each answer and for each number of
/// bytes, enough for a slow line.
const READING: Duration = Duration::from_secs(60);
const PER_ANSWER: Duration = Duration::from_secs(2);
const BYTES_PER_SECOND: u64 = 10_000;
/// The most answers of a reading, and the most bytes: more than one machine reads of a record.
const MAX_ANSWERS: u32 = 4_000_000;
const MAX_BYTES: u64 = 64 << 30;
/// How many names are asked for at a time, and how many connections are kept open.
pub const CONNECTIONS: usize = 8;
/// An answer of more bytes is read while no other one is.
const LARGE: u64 = 4 << 20;
/// The maximum size of problem details, in bytes.
const MAX_PROBLEM: u64 = 4 << 10;
/// The maximum number of characters of an address, or of what a server says, that are shown.
const MAX_SHOWN: usize = 200;
/// A name that no record has.
const NO_NAME: &str = "no-file-of-a-record";

/// Why an address cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum WebError {
    /// Not an address.
    #[error("expected an address like https://example.org/record, found {0}")]
    Address(String),
}

/// The files below an address.
pub struct Web {
    agent: Agent,
    address: String,
    /// The address as it is shown.
    shown: String,
    /// The maximum total time of all answers, before the first one.
    patience: Duration,
    reading: Mutex<WebReading>,
    /// Held by the one answer that is larger than [`LARGE`].
    large: Mutex<()>,
    pages: Pages,
}

/// Whether a file is requested for the first time, or again without caches because its digest is
/// not its name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum WebLookup {
    First,
    Second,
}

/// The answers so far.
#[derive(Debug, Default)]
struct WebReading {
    /// The time in which at least one answer was waited for.
    spent: Duration,
    /// How many answers are waited for, and since when there is one.
    waiting: usize,
    since: Option<Instant>,
    answers: u32,
    bytes: u64,
}

impl WebReading {
    /// The remaining total time for the next answers.
    fn left(&self, patience: Duration) -> Duration {
        let bytes = Duration::from_secs(self.bytes / BYTES_PER_SECOND);
        let allowed = patience + PER_ANSWER.saturating_mul(self.answers) + bytes;
        allowed.saturating_sub(self.spent())
    }

    fn spent(&self) -> Duration {
        self.spent + self.since.map_or(Duration::ZERO, |since| since.elapsed())
    }

    fn begin(&mut self) {
        self.waiting += 1;
        self.since.get_or_insert_with(Instant::now);
    }

    fn end(&mut self) {
        self.waiting -= 1;
        if self.waiting == 0 {
            self.spent = self.spent();
            self.since = None;
        }
    }

    fn is_too_much(&self) -> bool {
        self.answers >= MAX_ANSWERS || self.bytes >= MAX_BYTES
    }
}

impl Web {
    /// The files below this `http://` or `https://` address. No request is sent yet.
    ///
    /// ```
    /// use annals::archive::web::{Web, WebError};
    /// assert!(Web::at("http://127.0.0.1:8080/record/").is_ok());
    /// assert!(Web::at("https://example.org").is_ok());
    /// assert!(matches!(Web::at("ftp://example.org"), Err(WebError::Address(_))));
    /// assert!(matches!(Web::at("https://example.org/#a"), Err(WebError::Address(_))));
    /// // A password with a `/` as it is: the host would be another one.
    /// let WebError::Address(shown) = Web::at("http://bo:s3/cret@example.org").err().unwrap();
    /// assert_eq!(shown, "…@example.org");
    /// ```
    pub fn at(address: &str) -> Result<Web, WebError> {
        let bad = || {
            // What is no address may have its password anywhere.
            let known = match address.rsplit_once('@') {
                Some((_, rest)) => format!("…@{rest}"),
                None => address.to_owned(),
            };
            WebError::Address(known.chars().filter(|c| !is_invisible(*c)).take(100).collect())
        };
        let uri: Uri = address.parse().map_err(|_| bad())?;
        if !matches!(uri.scheme_str(), Some("http" | "https")) {
            return Err(bad());
        }
        if uri.host().is_none_or(str::is_empty) || uri.query().is_some() || !has_good_port(&uri) {
            return Err(bad());
        }
        // What parses an address drops it without a word.
        if address.contains('#') {
            return Err(bad());
        }
        let address = address.trim_end_matches('/').to_owned();
        let body = answer_time(u64::MAX);
        let agent = agent(CONNECT, ANSWER, body);
        let (reading, large, pages) = (Mutex::default(), Mutex::default(), Pages::default());
        let shown = shown_address(&address);
        Ok(Web { agent, address, shown, patience: READING, reading, large, pages })
    }

    /// The files with another total time before the first answer.
    pub fn within(self, patience: Duration) -> Web {
        Web { patience, ..self }
    }

    fn reading<T>(&self, act: impl FnOnce(&mut WebReading) -> T) -> T {
        // No update is left half done when a thread panics.
        act(&mut self.reading.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Requests a name: the bytes of the answer, at most `bound` of them, and its type; `None` if
    /// there is no such file.
    fn ask(
        &self,
        what: &str,
        bound: u64,
        look: WebLookup,
    ) -> io::Result<Option<(Vec<u8>, String)>> {
        let (left, is_too_much) =
            self.reading(|reading| (reading.left(self.patience), reading.is_too_much()));
        if left.is_zero() {
            return Err(self.too_slow());
        }
        if is_too_much {
            let why = format!(
                "expected a record of at most {MAX_ANSWERS} files and {MAX_BYTES} bytes, found \
                 more; fetch the files and name their folder"
            );
            return Err(io::Error::other(why));
        }
        let limit = left.min(answer_time(bound));
        let mut request = self.agent.get(what).config().timeout_global(Some(limit)).build();
        if look == WebLookup::Second {
            request = request.header("cache-control", "no-cache");
        }
        let answer = request.call().map_err(cause)?;
        match answer.status().as_u16() {
            200 => {}
            404 | 410 => return Ok(None),
            other => {
                let to = answer.headers().get("location").and_then(|to| to.to_str().ok());
                let to = to.map(shown);
                let why = match to.filter(|_| (300..400).contains(&other)) {
                    Some(to) => format!(
                        "expected the answer 200 or 404, found {other}, which leads to {to}: no \
                         redirect is followed; name that address if the record is there"
                    ),
                    None => {
                        let why = detail(answer.into_body().into_reader());
                        let why = why.map(|why| format!(": {why}")).unwrap_or_default();
                        let what = between(other).map(|what| format!(": {what}"));
                        let what = what.unwrap_or_default();
                        format!("expected the answer 200 or 404, found {other}{why}{what}")
                    }
                };
                let kind = match other {
                    401 | 407 => io::ErrorKind::PermissionDenied,
                    429 | 503 => io::ErrorKind::ResourceBusy,
                    _ => io::ErrorKind::Other,
                };
                return Err(io::Error::new(kind, why));
            }
        }
        let header = |name: &str| {
            let value = answer.headers().get(name).and_then(|value| value.to_str().ok());
            value.unwrap_or_default().to_ascii_lowercase()
        };
        let (kind, encoding) = (header("content-type"), header("content-encoding"));
        let length = header("content-length").parse().ok().filter(|_| encoding.is_empty());
        if !matches!(encoding.as_str(), "" | "identity") {
            let encoding = shown(&encoding);
            let why =
                format!("expected bytes as they are or in gzip, found the encoding {encoding}");
            return Err(io::Error::other(why));
        }
        let bytes = self.body(answer.into_body().into_reader(), bound, length)?;
        Ok(Some((bytes, kind)))
    }

    /// The bytes of an answer, which says that it has `length` of them, up to a bound.
    fn body(&self, mut body: impl Read, bound: u64, length: Option<u64>) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let read = self.read_body(&mut body, bound, &mut bytes);
        read.map_err(|cause| ended_early(cause, bytes.len(), length))?;
        Ok(bytes)
    }

    fn read_body(&self, body: &mut impl Read, bound: u64, bytes: &mut Vec<u8>) -> io::Result<()> {
        let start = body.by_ref().take(bound.min(LARGE)).read_to_end(bytes)? as u64;
        if start == LARGE && bound > LARGE {
            let _alone = self.large.lock().unwrap_or_else(PoisonError::into_inner);
            body.take(bound - LARGE).read_to_end(bytes)?;
        }
        Ok(())
    }

    fn too_slow(&self) -> io::Error {
        let (answers, bytes, spent) = self.reading(|r| (r.answers, r.bytes, r.spent().as_secs()));
        let why = format!(
            "the server is too slow: {answers} answers of {bytes} bytes in {spent} s; try again \
             later, or fetch the files and name their folder"
        );
        io::Error::new(io::ErrorKind::TimedOut, why)
    }
}

/// What a status means that is the answer of something between here and a server of a record, such
/// as a proxy, and of no such server to this request.
pub fn between(status: u16) -> Option<&'static str> {
    match status {
        401 | 407 => Some(
            "a proxy there asks for a name and a password: expected them, and right, in the \
             address, as https://NAME:PASSWORD@HOST/…, where @ / # ? % are %40 %2F %23 %3F %25 (a \
             copy has its address in the line `place` of its file `following`)",
        ),
        403 => Some("a proxy there refuses it: ask who runs it"),
        413 => Some(
            "a proxy there takes no request of this size: its limit is to be 64 MiB (nginx: \
             client_max_body_size 64m)",
        ),
        _ => None,
    }
}

/// What a server says that refuses, in problem details (RFC 9457), if it says so.
fn detail(body: impl Read) -> Option<String> {
    let mut bytes = Vec::new();
    body.take(MAX_PROBLEM).read_to_end(&mut bytes).ok()?;
    let problem: serde_json::Value = serde_json::from_slice(&bytes).ok()?;
    problem.get("detail")?.as_str().filter(|text| !text.is_empty()).map(shown)
}

/// A text of a server, without what cannot be seen, up to a bound.
fn shown(text: &str) -> String {
    text.chars().filter(|c| !is_invisible(*c)).take(MAX_SHOWN).collect()
}

/// Whether what follows the host is a port, or nothing.
fn has_good_port(uri: &Uri) -> bool {
    let Some(authority) = uri.authority() else { return false };
    let after_user = authority.as_str().rsplit('@').next().unwrap_or_default();
    after_user == authority.host() || authority.port_u16().is_some()
}

/// An address without its user and password, for everything that is shown. Where a `/` in a
/// password makes it no address, all before the last `@` is left out.
///
/// ```
/// use annals::archive::web::shown_address;
/// assert_eq!(shown_address("https://bo:secret@example.org/@a"), "https://example.org/@a");
/// assert_eq!(shown_address("https://bo:sec/ret@example.org/a"), "https://…@example.org/a");
/// assert_eq!(shown_address("https://example.org:8090/@a"), "https://example.org:8090/@a");
/// ```
pub fn shown_address(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else { return address.to_owned() };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let authority = rest.get(..end).unwrap_or_default();
    if let Some((_, host)) = authority.rsplit_once('@') {
        return format!("{scheme}://{host}{}", rest.get(end..).unwrap_or_default());
    }
    let port = authority.rsplit_once(':').filter(|_| !authority.ends_with(']'));
    let is_password = port.is_some_and(|(_, port)| port.parse::<u16>().is_err());
    match rest.rsplit_once('@').filter(|_| is_password) {
        Some((_, known)) => format!("{scheme}://…@{known}"),
        None => address.to_owned(),
    }
}

/// The maximum time of an answer with at most this many bytes.
fn answer_time(bound: u64) -> Duration {
    const MOST: u64 = 67_108_865;
    ANSWER + Duration::from_secs(bound.min(MOST) / ANSWER_BYTES_PER_SECOND)
}

/// Whether an answer is a page of HTML, or empty: no file of a record is empty except a document.
/// The type alone does not decide: a server may use it for everything unknown.
fn is_page(kind: &str, bytes: &[u8]) -> bool {
    if bytes.is_empty() {
        return true;
    }
    let typed = kind.starts_with("text/html") || kind.starts_with("application/xhtml");
    is_html(bytes) || (typed && begins_as(bytes, "<"))
}

/// Sends user and password of the address as they are meant: the library takes them as spelled.
fn with_login(
    mut request: Request<SendBody>,
    next: MiddlewareNext,
) -> Result<Response<Body>, ureq::Error> {
    if let Some(login) = login(request.uri()) {
        request.headers_mut().insert(AUTHORIZATION, login);
    }
    next.handle(request)
}

/// User and password of an address, decoded (RFC 3986 section 3.2.1), for basic authentication
/// (RFC 7617).
fn login(uri: &Uri) -> Option<HeaderValue> {
    let (userinfo, _) = uri.authority()?.as_str().rsplit_once('@')?;
    let (user, password) = userinfo.split_once(':').unwrap_or((userinfo, ""));
    let decoded = |part| percent_decode_str(part).collect::<Vec<u8>>();
    let login = STANDARD.encode([&decoded(user), &b":"[..], &decoded(password)].concat());
    let mut value = HeaderValue::try_from(format!("Basic {login}")).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// A client without redirects and proxies, with these timeouts.
pub fn agent(connect: Duration, answer: Duration, body: Duration) -> Agent {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .proxy(None)
        .max_idle_connections(CONNECTIONS)
        .max_idle_connections_per_host(CONNECTIONS)
        .timeout_resolve(Some(RESOLVE))
        .timeout_connect(Some(connect))
        .timeout_send_request(Some(answer))
        .timeout_send_body(Some(answer))
        .timeout_recv_response(Some(answer))
        .timeout_recv_body(Some(body))
        .max_response_header_size(HEAD)
        .middleware(with_login)
        .user_agent(concat!("annals/", env!("CARGO_PKG_VERSION")));
    config.build().new_agent()
}

/// How the error of a name that is not known begins.
const NOT_FOUND: &str = "failed to lookup address";

/// The error as an I/O error.
pub fn cause(error: ureq::Error) -> io::Error {
    match error {
        ureq::Error::Io(error) if is_end(&error) => {
            io::Error::new(error.kind(), "the connection ended before an answer came")
        }
        // The system has no kind of error for a name that is not known.
        ureq::Error::Io(error) if error.to_string().starts_with(NOT_FOUND) => {
            io::Error::new(io::ErrorKind::HostUnreachable, error.to_string())
        }
        ureq::Error::Io(error) => match tls_advice(&error.to_string()) {
            Some(why) => io::Error::new(error.kind(), why),
            None => error,
        },
        // Nothing was sent.
        never @ (ureq::Error::HostNotFound
        | ureq::Error::ConnectionFailed
        | ureq::Error::Timeout(ureq::Timeout::Resolve | ureq::Timeout::Connect)) => {
            io::Error::new(io::ErrorKind::HostUnreachable, never.to_string())
        }
        ureq::Error::Protocol(why) => io::Error::other(format!(
            "protocol: {why}: if the server speaks TLS, name it with https://"
        )),
        other => {
            let text = other.to_string();
            io::Error::other(tls_advice(&text).unwrap_or(text))
        }
    }
}

/// What an error of TLS means, in the words of its library and in others.
fn tls_advice(text: &str) -> Option<String> {
    let advice = if text.contains("InvalidContentType") {
        "no TLS is spoken there: name it with http://, if that is meant"
    } else if text.contains("invalid peer certificate") {
        "expected a certificate that a public authority signed for this name"
    } else {
        return None;
    };
    Some(format!("{text}: {advice}"))
}

/// Whether nobody was reached, so that nothing was sent.
pub fn is_unreached(error: &io::Error) -> bool {
    use io::ErrorKind::{
        AddrNotAvailable, ConnectionRefused, HostUnreachable, NetworkDown, NetworkUnreachable,
    };
    let kinds =
        [AddrNotAvailable, ConnectionRefused, HostUnreachable, NetworkDown, NetworkUnreachable];
    kinds.contains(&error.kind())
}

/// The error of an answer that ended before its end, with how much of it came.
fn ended_early(cause: io::Error, read: usize, length: Option<u64>) -> io::Error {
    if !is_end(&cause) {
        return cause;
    }
    let of = length.map_or("before its end".to_owned(), |length| format!("of {length} bytes"));
    let noun = if length.is_none() { " bytes," } else { "" };
    io::Error::new(cause.kind(), format!("the answer ended after {read}{noun} {of}"))
}

/// Whether a server answered that it cannot do it now.
pub fn is_busy(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::ResourceBusy
}

/// Whether the other side ended a connection.
pub fn is_end(error: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    matches!(error.kind(), BrokenPipe | ConnectionAborted | ConnectionReset | UnexpectedEof)
}

impl PublishedFiles for Web {
    fn get(&self, name: &str, bound: u64) -> Result<Option<Vec<u8>>, SourceError> {
        let (asked, what) = (format!("{}/{name}", self.address), format!("{}/{name}", self.shown));
        let began = Instant::now();
        self.reading(WebReading::begin);
        let mut answer = self.ask(&asked, bound, WebLookup::First);
        if let Ok(Some((bytes, _))) = &answer
            && name_digest(name).is_some()
            && !is_named_so(name, bytes)
            && let Ok(second) = self.ask(&asked, bound, WebLookup::Second)
        {
            answer = Ok(second);
        }
        let size = answer.as_ref().map_or(0, |found| found.as_ref().map_or(0, |f| f.0.len()));
        let left = self.reading(|reading| {
            reading.end();
            reading.answers = reading.answers.saturating_add(u32::from(answer.is_ok()));
            reading.bytes += size as u64;
            reading.left(self.patience)
        });
        match answer {
            Ok(Some((bytes, kind))) if is_page(&kind, &bytes) && !is_named_so(name, &bytes) => {
                self.pages.add(name);
                Ok(None)
            }
            Ok(found) => Ok(found.map(|(bytes, _)| bytes)),
            Err(_) if left.is_zero() => Err(SourceError { what, cause: self.too_slow() }),
            Err(_) if began.elapsed() >= answer_time(bound) => {
                let limit = answer_time(bound).as_secs();
                let why = format!("expected a whole answer in {limit} s: the server is too slow");
                Err(SourceError { what, cause: io::Error::new(io::ErrorKind::TimedOut, why) })
            }
            Err(cause) => Err(SourceError { what, cause }),
        }
    }

    fn pages(&self) -> Vec<String> {
        self.pages.all()
    }

    fn answers_every_name(&self) -> bool {
        matches!(self.ask(&format!("{}/{NO_NAME}", self.address), 1, WebLookup::First), Ok(Some(_)))
    }

    fn place(&self) -> String {
        self.shown.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The signs that an address has for itself are written in their percent form.
    #[test]
    fn user_and_password_are_sent_as_they_are_meant() {
        let sent = |address: &str| {
            let login = login(&address.parse().unwrap());
            login.map(|value| value.to_str().unwrap().to_owned())
        };
        let basic = |login: &str| Some(format!("Basic {}", STANDARD.encode(login)));
        for (address, expected) in [
            ("https://desk:secret@example.org/record", basic("desk:secret")),
            ("https://desk:a%2Fb%23c%40%3F%25@example.org/", basic("desk:a/b#c@?%")),
            ("https://d%C3%A9sk:s@example.org/", basic("désk:s")),
            ("https://desk@example.org/", basic("desk:")),
            ("https://desk:50%@example.org/", basic("desk:50%")),
            ("https://example.org/@a", None),
        ] {
            assert_eq!(sent(address), expected, "{address}");
        }
    }
}
