//! The witness's door: HTTP/1.1 on a socket, as much of it as `add-checkpoint` needs.
//!
//! Always holds: a request has a bound on its head, its body and its time, a machine on its
//! connections; one that stalls keeps nobody else waiting. The standard library's sockets and
//! `httparse` are used because the servers that are crates give no deadline for a whole request.
//! Not here: what is answered (`keeper`). No TLS: a proxy in front speaks it. Source: RFC 9112.

use crate::tlog::NoteSignature;
use crate::witness::keeper::{Answer, Keeper};
use crate::witness::request::MAX_REQUEST;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// The most bytes of a request's head.
const MAX_HEAD: usize = 16 << 10;
/// The most header lines.
const MAX_HEADERS: usize = 64;
/// How long a request may take to arrive, and an answer to leave.
pub const PATIENCE: Duration = Duration::from_secs(10);
/// The most connections at a time.
const MAX_CONNECTIONS: usize = 64;
/// The most requests on one connection.
const MAX_REQUESTS: usize = 1_000;

/// What a server needs beside its socket.
pub struct Around<'a> {
    /// The witness.
    pub keeper: &'a Mutex<Keeper>,
    /// Seconds since 1970.
    pub now: &'a (dyn Fn() -> u64 + Sync),
    /// Told of each answer, in one line.
    pub told: &'a (dyn Fn(&str) + Sync),
    /// How long a request may take to arrive.
    pub patience: Duration,
}

/// A request that was read whole, or the status that refuses it.
enum Asked {
    Body(Vec<u8>),
    Refused(u16, &'static str),
    /// The other side is gone, or sent nothing more.
    Gone,
}

/// Serves until the socket fails.
pub fn serve(listener: &TcpListener, around: &Around<'_>) -> io::Result<()> {
    let open = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for stream in listener.incoming() {
            let mut stream = match stream {
                Ok(stream) => stream,
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => continue,
                Err(error) => return Err(error),
            };
            if open.fetch_add(1, Ordering::AcqRel) >= MAX_CONNECTIONS {
                open.fetch_sub(1, Ordering::AcqRel);
                // Whoever cannot take even this is not waited for.
                let _ = stream.set_write_timeout(Some(Duration::from_millis(100)));
                let _ = refuse(&mut stream, 503, "too many connections");
                continue;
            }
            let open = &open;
            scope.spawn(move || {
                // A connection that fails concerns nobody else.
                let _ = talk(&mut stream, around);
                open.fetch_sub(1, Ordering::AcqRel);
            });
        }
        Ok(())
    })
}

/// One request after the other on a connection.
fn talk(stream: &mut TcpStream, around: &Around<'_>) -> io::Result<()> {
    stream.set_write_timeout(Some(around.patience))?;
    let mut buffer = Vec::new();
    for _ in 0..MAX_REQUESTS {
        match read_request(stream, &mut buffer, around.patience)? {
            Asked::Gone => return Ok(()),
            Asked::Refused(status, why) => return refuse(stream, status, why),
            Asked::Body(body) => {
                let answer = match around.keeper.lock() {
                    Ok(mut keeper) => keeper.answer(&body, (around.now)()),
                    Err(_) => Answer::Refused(500, "a thread failed; start it again".to_owned()),
                };
                (around.told)(&line_about(&body, &answer));
                write_answer(stream, &answer)?;
            }
        }
    }
    Ok(())
}

/// Reads one request; what came after it stays in the buffer.
fn read_request(
    stream: &mut TcpStream,
    buffer: &mut Vec<u8>,
    patience: Duration,
) -> io::Result<Asked> {
    let deadline = Instant::now() + patience;
    let (head, length, expects) = loop {
        match parse_head(buffer) {
            Head::Whole { head, length, expects } => break (head, length, expects),
            Head::Refused(status, why) => return Ok(Asked::Refused(status, why)),
            Head::Partial if buffer.len() >= MAX_HEAD => {
                return Ok(Asked::Refused(431, "expected a head of at most 16384 bytes"));
            }
            Head::Partial => {}
        }
        match read_more(stream, buffer, deadline) {
            Ok(0) => return Ok(Asked::Gone),
            Ok(_) => {}
            Err(error) if is_late(&error) && buffer.is_empty() => return Ok(Asked::Gone),
            Err(error) if is_late(&error) => return Ok(Asked::Refused(408, "too slow")),
            Err(error) => return Err(error),
        }
    };
    if expects && buffer.len() < head + length {
        stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
    }
    while buffer.len() < head + length {
        match read_more(stream, buffer, deadline) {
            Ok(0) => return Ok(Asked::Gone),
            Ok(_) => {}
            Err(error) if is_late(&error) => return Ok(Asked::Refused(408, "too slow")),
            Err(error) => return Err(error),
        }
    }
    let rest = buffer.split_off(head + length);
    let request = std::mem::replace(buffer, rest);
    Ok(Asked::Body(request.into_iter().skip(head).collect()))
}

fn read_more(stream: &mut TcpStream, buffer: &mut Vec<u8>, deadline: Instant) -> io::Result<usize> {
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

enum Head {
    Partial,
    Whole { head: usize, length: usize, expects: bool },
    Refused(u16, &'static str),
}

fn parse_head(bytes: &[u8]) -> Head {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    let head = match request.parse(bytes) {
        Ok(httparse::Status::Complete(head)) => head,
        Ok(httparse::Status::Partial) => return Head::Partial,
        Err(_) => return Head::Refused(400, "expected a request of HTTP/1.1"),
    };
    if !request.path.is_some_and(|path| path.ends_with("/add-checkpoint")) {
        return Head::Refused(404, "expected the path add-checkpoint");
    }
    if request.method != Some("POST") {
        return Head::Refused(405, "expected POST");
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
            std::str::from_utf8(one).ok().and_then(crate::tlog::decimal)
        }
        _ => return Head::Refused(411, "expected one Content-Length"),
    };
    match length.map(usize::try_from) {
        Some(Ok(length)) if length <= MAX_REQUEST => {
            Head::Whole { head, length, expects: !values("expect").is_empty() }
        }
        Some(_) => Head::Refused(413, "expected a body of at most 131072 bytes"),
        None => Head::Refused(400, "expected Content-Length to be a number"),
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

fn write(
    stream: &mut TcpStream,
    status: u16,
    kind: &str,
    (connection, body): (&str, &str),
) -> io::Result<()> {
    let answer = format!(
        "HTTP/1.1 {status} {}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\
         Connection: {connection}\r\n\r\n{body}",
        reason(status),
        body.len()
    );
    stream.write_all(answer.as_bytes())
}

const TEXT: &str = "text/plain; charset=utf-8";

/// Refuses a request that was not read whole: the connection is of no use after it.
fn refuse(stream: &mut TcpStream, status: u16, why: &str) -> io::Result<()> {
    write(stream, status, TEXT, ("close", &format!("{why}\n")))
}

fn write_answer(stream: &mut TcpStream, answer: &Answer) -> io::Result<()> {
    match answer {
        Answer::Cosigned(line) => write(stream, 200, TEXT, ("keep-alive", &spelled(line))),
        Answer::Size(size) => {
            write(stream, 409, "text/x.tlog.size", ("keep-alive", &format!("{size}\n")))
        }
        Answer::Refused(status, why) => {
            write(stream, *status, TEXT, ("keep-alive", &format!("{why}\n")))
        }
    }
}

/// A signature line with its LF.
fn spelled(line: &NoteSignature) -> String {
    format!("\u{2014} {} {}\n", line.name, line.blob())
}

/// What was asked and answered, for whoever watches.
fn line_about(body: &[u8], answer: &Answer) -> String {
    let asked = crate::witness::request::AddCheckpoint::parse(body);
    let about = asked.map(|asked| format!("{} {}", asked.checkpoint.origin, asked.checkpoint.size));
    let about = about.unwrap_or_else(|_| "a request out of form".to_owned());
    match answer {
        Answer::Cosigned(_) => format!("{about}: cosigned"),
        Answer::Size(size) => format!("{about}: 409, it is at size {size} here"),
        Answer::Refused(status, why) => format!("{about}: {status}, {why}"),
    }
}
