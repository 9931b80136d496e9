//! The server of a witness: HTTP/1.1 on a socket, as far as `add-checkpoint` needs it.
//!
//! Always holds: the head, the body and the time of a request are bounded, and so are lines of the
//! log; a stalled request delays no other, and no client can end the server. It uses the standard
//! library's sockets and `httparse`, because the available server crates have no deadline for a
//! whole request. Not here: the answers (`cosigner`), the number of connections (`slots`). No TLS:
//! a proxy in front provides it. Source: RFC 9112.

use crate::witness::cosigner::{CosignAnswer, Cosigner, Reply};
use crate::witness::request::{LAST_CHECKPOINT, MAX_REQUEST};
use crate::witness::slots::Slots;
use annals_core::tlog::{Checkpoint, Note, NoteSignature, to_base64};
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// The maximum size of a request's head, in bytes.
const MAX_HEAD: usize = 16 << 10;
/// The maximum number of header lines.
const MAX_HEADERS: usize = 64;
/// The maximum time for a request to arrive, and for an answer to be sent.
pub const PATIENCE: Duration = Duration::from_secs(10);
/// The maximum number of requests on one connection.
const MAX_REQUESTS: usize = 1_000;
/// The pause after a connection could not be accepted.
const PAUSE: Duration = Duration::from_millis(100);
/// The maximum number of such failures in a row: five minutes.
const MAX_FAILURES: usize = 3_000;
/// The maximum number of characters of an origin in a line of the log.
const MAX_SHOWN: usize = 100;

/// The parameters of a server beside its socket.
pub struct ServerContext<'a> {
    /// The witness.
    pub cosigner: &'a Mutex<Cosigner>,
    /// Seconds since 1970.
    pub now: &'a (dyn Fn() -> u64 + Sync),
    /// Called with one line for each answer.
    pub log: &'a (dyn Fn(&str) + Sync),
    /// The maximum time for a request to arrive.
    pub patience: Duration,
}

/// A complete request, or the status that refuses it.
enum HttpRequest {
    /// Its body, and whether the client asks to close the connection after the answer.
    Whole {
        body: Vec<u8>,
        closes: bool,
    },
    Refused(u16, &'static str),
    /// The client has closed the connection, or sent nothing more.
    Gone,
}

/// Serves until the socket fails permanently. Temporary failures (too many open files, a client
/// that left, no memory) are waited out.
pub fn serve(listener: &TcpListener, context: &ServerContext<'_>) -> io::Result<()> {
    let slots = Slots::of_this_process();
    let mut failures = 0;
    std::thread::scope(|scope| {
        loop {
            let (stream, caller) = match listener.accept() {
                Ok(accepted) => accepted,
                Err(error) if failures == MAX_FAILURES => return Err(error),
                Err(error) => {
                    if failures == 0 {
                        (context.log)(&format!("cannot accept a connection: {error}; waiting"));
                    }
                    failures += 1;
                    slots.evict();
                    std::thread::sleep(PAUSE);
                    continue;
                }
            };
            failures = 0;
            let stream = Arc::new(stream);
            let Some(slot) = slots.enter(&stream, caller.ip()) else {
                turn_away(&stream);
                continue;
            };
            let (slots, talking) = (&slots, Arc::clone(&stream));
            let thread = std::thread::Builder::new().spawn_scoped(scope, move || {
                // The failure of a connection affects no other.
                let _ = talk(&talking, context, slots, slot);
                drop(talking);
                slots.leave(slot);
            });
            if thread.is_err() {
                // The system has no thread available now.
                slots.leave(slot);
                turn_away(&stream);
            }
        }
    })
}

/// Refuses a connection for which there is no slot.
fn turn_away(stream: &TcpStream) {
    // A client that cannot receive even this is not waited for.
    let _ = stream.set_write_timeout(Some(Duration::from_millis(100)));
    let _ = refuse(stream, 503, "too many connections");
}

/// Answers one request after the other on a connection with this slot.
fn talk(
    stream: &TcpStream,
    context: &ServerContext<'_>,
    slots: &Slots,
    slot: u64,
) -> io::Result<()> {
    stream.set_write_timeout(Some(context.patience))?;
    let mut buffer = Vec::new();
    for left in (0..MAX_REQUESTS).rev() {
        slots.set_waiting(slot);
        let request = read_request(stream, &mut buffer, context.patience)?;
        slots.set_busy(slot);
        match request {
            HttpRequest::Gone => return Ok(()),
            HttpRequest::Refused(status, why) => return refuse(stream, status, why),
            HttpRequest::Whole { body, closes } => {
                let reply = match context.cosigner.lock() {
                    Ok(mut cosigner) => cosigner.reply(&body, (context.now)()),
                    Err(_) => failed(),
                };
                (context.log)(&line_about(&reply));
                let closes = closes || left == 0;
                write_reply(stream, &reply, closes)?;
                if closes {
                    return Ok(());
                }
            }
        }
    }
    Ok(())
}

/// Reads one request; later bytes stay in the buffer.
fn read_request(
    mut stream: &TcpStream,
    buffer: &mut Vec<u8>,
    patience: Duration,
) -> io::Result<HttpRequest> {
    let deadline = Instant::now() + patience;
    let (head, length, expects, closes) = loop {
        match parse_head(buffer) {
            RequestHead::Whole { head, length, expects, closes } => {
                break (head, length, expects, closes);
            }
            RequestHead::Refused(status, why) => return Ok(HttpRequest::Refused(status, why)),
            RequestHead::Partial if buffer.len() >= MAX_HEAD => {
                return Ok(HttpRequest::Refused(431, "expected a head of at most 16384 bytes"));
            }
            RequestHead::Partial => {}
        }
        match read_more(stream, buffer, deadline) {
            Ok(0) => return Ok(HttpRequest::Gone),
            Ok(_) => {}
            Err(error) if is_late(&error) && buffer.is_empty() => return Ok(HttpRequest::Gone),
            Err(error) if is_late(&error) => return Ok(HttpRequest::Refused(408, "too slow")),
            Err(error) => return Err(error),
        }
    };
    if expects && buffer.len() < head + length {
        stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
    }
    while buffer.len() < head + length {
        match read_more(stream, buffer, deadline) {
            Ok(0) => return Ok(HttpRequest::Gone),
            Ok(_) => {}
            Err(error) if is_late(&error) => return Ok(HttpRequest::Refused(408, "too slow")),
            Err(error) => return Err(error),
        }
    }
    let rest = buffer.split_off(head + length);
    let request = std::mem::replace(buffer, rest);
    Ok(HttpRequest::Whole { body: request.into_iter().skip(head).collect(), closes })
}

fn read_more(mut stream: &TcpStream, buffer: &mut Vec<u8>, deadline: Instant) -> io::Result<usize> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(io::ErrorKind::TimedOut.into());
    }
    stream.set_read_timeout(Some(left))?;
    let mut chunk = [0; 4_096];
    let read = stream.read(&mut chunk)?;
    buffer.extend_from_slice(chunk.get(..read).unwrap_or_default());
    Ok(read)
}

fn is_late(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock)
}

enum RequestHead {
    Partial,
    Whole { head: usize, length: usize, expects: bool, closes: bool },
    Refused(u16, &'static str),
}

fn parse_head(bytes: &[u8]) -> RequestHead {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    let head = match request.parse(bytes) {
        Ok(httparse::Status::Complete(head)) => head,
        Ok(httparse::Status::Partial) => return RequestHead::Partial,
        Err(_) => return RequestHead::Refused(400, "expected a request of HTTP/1.1"),
    };
    if !request.path.is_some_and(|path| path.ends_with("/add-checkpoint")) {
        return RequestHead::Refused(404, "expected the path add-checkpoint");
    }
    if request.method != Some("POST") {
        return RequestHead::Refused(405, "expected POST");
    }
    let values = |name: &str| {
        let named: Vec<&[u8]> = request
            .headers
            .iter()
            .filter(|header| header.name.eq_ignore_ascii_case(name))
            .map(|header| header.value)
            .collect();
        named
    };
    let lengths = values("content-length");
    let length = match lengths.as_slice() {
        [one] if values("transfer-encoding").is_empty() => {
            std::str::from_utf8(one).ok().and_then(annals_core::tlog::decimal)
        }
        _ => return RequestHead::Refused(411, "expected one Content-Length"),
    };
    // RFC 9112 section 9.3: a connection of HTTP/1.0 is closed as well.
    let is_close = |value: &[u8]| {
        let mut options = value.split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
        options.any(|option| option.eq_ignore_ascii_case(b"close"))
    };
    let closes = request.version == Some(0) || values("connection").into_iter().any(is_close);
    match length.map(usize::try_from) {
        Some(Ok(length)) if length <= MAX_REQUEST => {
            RequestHead::Whole { head, length, expects: !values("expect").is_empty(), closes }
        }
        Some(_) => RequestHead::Refused(413, "expected a body of at most 131072 bytes"),
        None => RequestHead::Refused(400, "expected Content-Length to be a number"),
    }
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        400 => "Bad Request",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        409 => "Conflict",
        411 => "Length Required",
        413 => "Content Too Large",
        422 => "Unprocessable Content",
        431 => "Request Header Fields Too Large",
        503 => "Service Unavailable",
        _ => "Internal Server Error",
    }
}

/// An answer to be written.
struct WriteOutcome<'a> {
    status: u16,
    kind: &'a str,
    connection: &'a str,
    /// The last cosigned checkpoint, if it is sent.
    last: Option<&'a Note>,
    body: &'a str,
}

fn write(mut stream: &TcpStream, answer: &WriteOutcome<'_>) -> io::Result<()> {
    let WriteOutcome { status, kind, connection, last, body } = answer;
    let last =
        last.map(|note| format!("{LAST_CHECKPOINT}: {}\r\n", to_base64(note.write().as_bytes())));
    let text = format!(
        "HTTP/1.1 {status} {}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n{}\
         Connection: {connection}\r\n\r\n{body}",
        reason(*status),
        body.len(),
        last.unwrap_or_default()
    );
    stream.write_all(text.as_bytes())
}

const TEXT: &str = "text/plain; charset=utf-8";

/// Refuses an incomplete request: the connection cannot be used after it.
fn refuse(stream: &TcpStream, status: u16, why: &str) -> io::Result<()> {
    let body = format!("{why}\n");
    write(
        stream,
        &WriteOutcome { status, kind: TEXT, connection: "close", last: None, body: &body },
    )
}

fn write_reply(stream: &TcpStream, reply: &Reply, closes: bool) -> io::Result<()> {
    let (status, kind, body) = match &reply.answer {
        CosignAnswer::Cosigned(line) => (200, TEXT, signature_line(line)),
        CosignAnswer::Size(size) => (409, "text/x.tlog.size", format!("{size}\n")),
        CosignAnswer::Refused(status, why) => (*status, TEXT, format!("{why}\n")),
    };
    let connection = if closes { "close" } else { "keep-alive" };
    let last = reply.last.as_ref();
    write(stream, &WriteOutcome { status, kind, connection, last, body: &body })
}

/// A signature line with its LF.
fn signature_line(line: &NoteSignature) -> String {
    format!("\u{2014} {} {}\n", line.name, line.blob())
}

/// The reply after a thread failed while it held the cosigner.
fn failed() -> Reply {
    let answer = CosignAnswer::Refused(500, "a thread failed; start it again".to_owned());
    Reply { about: None, answer, last: None }
}

/// Request and answer in one line of bounded length.
fn line_about(reply: &Reply) -> String {
    let about = match &reply.about {
        Some(Checkpoint { origin, size, .. }) => format!("{} {size}", clipped(origin)),
        None => "a request out of form".to_owned(),
    };
    match &reply.answer {
        CosignAnswer::Cosigned(_) => format!("{about}: cosigned"),
        CosignAnswer::Size(size) => format!("{about}: 409, it is at size {size} here"),
        CosignAnswer::Refused(status, why) => format!("{about}: {status}, {why}"),
    }
}

/// An origin, truncated for a line of the log.
fn clipped(origin: &str) -> String {
    let mut clipped: String = origin.chars().take(MAX_SHOWN).collect();
    if clipped.len() < origin.len() {
        clipped.push_str("...");
    }
    clipped
}
