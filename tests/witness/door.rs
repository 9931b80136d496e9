//! The server: garbage, floods and stalls over HTTP; good requests are answered nevertheless.

use crate::witness::logs::{Log, log_key, post, talk, witness_key};
use annals::disk::DiskError;
use annals::witness::cosigner::{Cosigner, Shelf};
use annals::witness::serve::{ServerContext, serve};
use annals::witness::state::WitnessState;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

struct Nowhere;

impl Shelf for Nowhere {
    fn keep(&mut self, _: &[u8]) -> Result<(), DiskError> {
        Ok(())
    }
}

/// A witness in a thread of this test, with short timeouts.
fn start(patience: Duration) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        let (shelf, state) = (Box::new(Nowhere), WitnessState::default());
        let cosigner = Mutex::new(Cosigner::new(witness_key(), vec![log_key()], shelf, state));
        let (now, log) = (|| 1_700_000_000, |_: &str| ());
        serve(&listener, &ServerContext { cosigner: &cosigner, now: &now, log: &log, patience })
    });
    address
}

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a timeout");
    stream
}

/// Status and body of the answer to some bytes on a connection of their own.
fn said(address: SocketAddr, bytes: &[u8]) -> (u16, String) {
    let heard = talk(&mut connect(address), bytes).expect("an answer");
    (heard.status, heard.body)
}

#[test]
fn requests_follow_each_other_on_one_connection() {
    let (address, log) = (start(Duration::from_secs(30)), Log::new(0, 9));
    let mut stream = connect(address);
    let first = talk(&mut stream, &post(log.request(0, 4).write().as_bytes())).expect("an answer");
    assert_eq!(first.status, 200);
    let line = "\u{2014} witness.example.org/w1 ";
    assert!(first.body.starts_with(line) && first.body.ends_with('\n'), "{}", first.body);
    let second = talk(&mut stream, &post(log.request(0, 9).write().as_bytes())).expect("an answer");
    assert_eq!((second.status, second.body.as_str()), (409, "4\n"));
    assert!(second.head.contains("Content-Type: text/x.tlog.size\r\n"), "{}", second.head);
    let third = talk(&mut stream, &post(log.request(4, 9).write().as_bytes())).expect("an answer");
    assert_eq!(third.status, 200);
    // Two at once, and one in single bytes.
    let two = [post(b"old"), post(b"old")].concat();
    assert_eq!(talk(&mut stream, &two).expect("an answer").status, 400);
    let request = post(log.request(9, 9).write().as_bytes());
    let mut stream = connect(address);
    let (last, rest) = request.split_last().expect("bytes");
    rest.iter().for_each(|byte| stream.write_all(&[*byte]).expect("a byte is sent"));
    assert_eq!(talk(&mut stream, &[*last]).expect("an answer").status, 200);
}

/// Who asks for it has the connection closed after the answer (RFC 9112 section 9.6).
#[test]
fn a_connection_is_closed_for_who_asks_for_it() {
    let (address, log) = (start(Duration::from_secs(60)), Log::new(0, 4));
    let body = log.request(0, 4).write();
    for (version, header) in
        [("1.1", "Connection: close\r\n"), ("1.1", "Connection: te, Close\r\n"), ("1.0", "")]
    {
        let mut stream = connect(address);
        let length = body.len();
        let head =
            format!("POST /add-checkpoint HTTP/{version}\r\n{header}Content-Length: {length}");
        stream.write_all(format!("{head}\r\n\r\n{body}").as_bytes()).expect("a request is sent");
        let mut heard = String::new();
        // The end comes long before the deadline of a connection that stays open.
        stream.read_to_string(&mut heard).expect("an end");
        assert!(
            heard.starts_with("HTTP/1.1 ") && heard.contains("Connection: close\r\n"),
            "{heard}"
        );
    }
}

#[test]
fn garbage_is_refused_with_its_status() {
    let address = start(Duration::from_secs(30));
    let head = |line: &str, headers: &str| format!("{line} HTTP/1.1\r\n{headers}\r\n").into_bytes();
    let many = "X: y\r\n".repeat(65);
    let long = format!("X: {}\r\n", "y".repeat(17_000));
    let cases = [
        (b"SSH-2.0-OpenSSH_9.6\r\n\r\n".to_vec(), 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n".to_vec(), 400),
        (head("POST /add-checkpoint", &many), 400),
        (head("GET /", ""), 404),
        (head("POST /add-checkpoints", "Content-Length: 0\r\n"), 404),
        (head("GET /add-checkpoint", ""), 405),
        (head("POST /add-checkpoint", ""), 411),
        (head("POST /add-checkpoint", "Transfer-Encoding: chunked\r\n"), 411),
        (head("POST /add-checkpoint", "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n"), 411),
        (head("POST /add-checkpoint", "Content-Length: 1\r\nContent-Length: 2\r\n"), 411),
        (head("POST /add-checkpoint", "Content-Length: 131073\r\n"), 413),
        (head("POST /add-checkpoint", "Content-Length: 9007199254740991\r\n"), 413),
        (head("POST /add-checkpoint", "Content-Length: -1\r\n"), 400),
        (head("POST /add-checkpoint", "Content-Length: 99999999999999999999\r\n"), 400),
        (head("POST /add-checkpoint", &long), 431),
        (post(&[0xFF; 1_000]), 400),
        (post(b""), 400),
    ];
    for (bytes, status) in cases {
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(80)]).into_owned();
        assert_eq!(said(address, &bytes).0, status, "{shown:?}");
    }
    let log = Log::new(0, 2);
    assert_eq!(said(address, &post(log.request(0, 2).write().as_bytes())).0, 200);
}

#[test]
fn whoever_stalls_or_leaves_keeps_nobody_waiting() {
    let (address, log) = (start(Duration::from_millis(300)), Log::new(0, 2));
    // A request that never ends, a head without an end, a client that leaves in the middle.
    let mut stalled = connect(address);
    stalled.write_all(b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 9\r\n\r\nold").unwrap();
    let mut silent = connect(address);
    silent.write_all(b"POST /add-check").unwrap();
    let mut gone = connect(address);
    gone.write_all(b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 9\r\n\r\nold").unwrap();
    gone.shutdown(Shutdown::Both).unwrap();
    assert_eq!(said(address, &post(log.request(0, 2).write().as_bytes())).0, 200);
    for mut stream in [stalled, silent] {
        let mut heard = String::new();
        stream.read_to_string(&mut heard).expect("it is answered, and closed");
        assert!(heard.starts_with("HTTP/1.1 408 Request Timeout\r\n"), "{heard}");
    }
    // A silent connection is closed without an answer.
    let mut heard = Vec::new();
    connect(address).read_to_end(&mut heard).expect("it is closed");
    assert_eq!(heard, b"");
}

#[test]
fn connections_that_say_nothing_keep_no_caller_out() {
    let (address, log) = (start(Duration::from_secs(30)), Log::new(0, 2));
    let mut held: Vec<TcpStream> = (0..200).map(|_| connect(address)).collect();
    let request = post(log.request(0, 2).write().as_bytes());
    assert_eq!(said(address, &request).0, 200);
    // Clients in the middle of a request are treated alike.
    let (half, _) = request.split_at(40);
    held.extend((0..200).map(|_| connect(address)));
    held.iter_mut().for_each(|stream| drop(stream.write_all(half)));
    let request = post(log.request(2, 2).write().as_bytes());
    for _ in 0..9 {
        assert_eq!(said(address, &request).0, 200);
    }
    // Connections that lost their slots were closed; the last ones have theirs.
    let mut first = Vec::new();
    let ended = held[0].read_to_end(&mut first);
    assert!(ended.is_err() || first.is_empty(), "{first:?}");
}

#[test]
fn a_line_of_the_log_has_a_bound() {
    let lines: &'static Mutex<Vec<String>> = Box::leak(Box::default());
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        let (shelf, state) = (Box::new(Nowhere), WitnessState::default());
        let cosigner = Mutex::new(Cosigner::new(witness_key(), vec![log_key()], shelf, state));
        let log = |line: &str| lines.lock().unwrap().push(line.to_owned());
        let patience = Duration::from_secs(30);
        serve(&listener, &ServerContext { cosigner: &cosigner, now: &|| 1, log: &log, patience })
    });
    let root = annals_core::tlog::to_base64(&[0; 32]);
    let note = format!("{}\n1\n{root}\n\n\u{2014} x AAAAAAA=\n", "\u{e9}".repeat(50_000));
    let (status, body) = said(address, &post(format!("old 0\n\n{note}").as_bytes()));
    assert_eq!((status, body.as_str()), (404, "no log of this origin is watched here\n"));
    let shown = "\u{e9}".repeat(100);
    let line = format!("{shown}... 1: 404, no log of this origin is watched here");
    assert_eq!(*lines.lock().unwrap(), [line]);
}
