//! A published record over HTTP, from servers that do well and servers that do not.

use crate::shelves::{ledger, write};
use crate::support::files::PIN;
use annals::archive::files::Files;
use annals::archive::published::Published;
use annals::archive::web::Web;
use annals::verify::ends::Ends;
use annals::verify::{Options, verify};
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

/// Answers one request after the other on every connection, until the test ends.
fn serve(answer: impl Fn(&str) -> Vec<u8> + Clone + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let answer = answer.clone();
            thread::spawn(move || talk(stream, &answer));
        }
    });
    address
}

fn talk(stream: TcpStream, answer: &dyn Fn(&str) -> Vec<u8>) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut writer = stream;
    loop {
        let mut request = String::new();
        reader.read_line(&mut request).ok().filter(|read| *read > 0)?;
        let mut line = String::new();
        while reader.read_line(&mut line).ok()? > 2 {
            line.clear();
        }
        let path = request.strip_prefix("GET ")?.split(' ').next()?;
        writer.write_all(&answer(path)).ok()?;
    }
}

fn ok(bytes: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", bytes.len());
    [head.as_bytes(), bytes].concat()
}

fn other(status: &str, header: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n{header}\r\n").into_bytes()
}

fn folder_server(folder: PathBuf) -> String {
    serve(move |path| match std::fs::read(folder.join(path.trim_start_matches('/'))) {
        Ok(bytes) => ok(&bytes),
        Err(_) => other("404 Not Found", ""),
    })
}

/// 300 events, published in a folder, and a pin of 280 beside it.
fn published(place: &Path) -> PathBuf {
    let ledger = ledger(300);
    write(place, &ledger.published(&[280, 300]));
    write(place, &[(PIN.to_owned(), ledger.pin(280).into_bytes())].into());
    place.join("published")
}

fn annals(arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_annals"));
    let done = command.args(arguments).output().expect("annals runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    (done.status.code().expect("a code"), text(done.stdout), text(done.stderr))
}

#[test]
fn an_address_is_judged_as_the_folder_is_and_moves_a_pin() {
    let place = tempfile::tempdir().unwrap();
    let folder = published(place.path());
    let address = folder_server(folder.clone());
    let pin = place.path().join(PIN);
    let pin = pin.to_str().unwrap();
    let told = |what: &str| {
        let (code, out, err) = annals(&["verify", what, "--format", "json"]);
        assert_eq!((code, err.as_str()), (0, ""), "{out}");
        out
    };
    assert_eq!(told(&address), told(folder.to_str().unwrap()));
    assert!(told(&address).contains(r#""size":300,"#));
    let (code, out, _) = annals(&["verify", &format!("{address}/"), "--pin", pin]);
    assert_eq!(code, 0);
    assert!(out.contains("pin: holds at size 280, moved forward to 300\n"), "{out}");
    std::fs::remove_file(folder.join("tile/entries/000")).unwrap();
    let (code, out, _) = annals(&["verify", &address, "--pin", pin]);
    assert_eq!(code, 2, "{out}");
    let missing = "damage: event 0: rule 971 bundle-missing: tile/entries/000: it is not there\n";
    assert!(out.contains(missing) && out.contains("pin: left as it was\n"), "{out}");
}

#[test]
fn a_server_that_redirects_fails_or_lies_about_lengths_is_an_error_and_no_verdict() {
    type Answer = fn(&str) -> Vec<u8>;
    let cases: [(Answer, &str); 5] = [
        (|_| other("302 Found", "Location: http://127.0.0.1:9/\r\n"), "found 302"),
        (|_| other("500 Oh", ""), "found 500"),
        (|_| b"SSH-2.0-OpenSSH_9\r\n\r\n".to_vec(), "checkpoint"),
        (|_| format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n", "y".repeat(70_000)).into(), "checkpoint"),
        (|_| b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n".to_vec(), "checkpoint"),
    ];
    for (answer, why) in cases {
        let address = serve(answer);
        let (code, out, err) = annals(&["verify", &address]);
        assert_eq!((code, out.as_str()), (2, ""), "{err}");
        let first = format!("annals: cannot read {address}/checkpoint\n");
        assert!(err.starts_with(&first) && err.contains(why), "{err}");
    }
    let (code, _, err) = annals(&["verify", &serve(|_| other("404 Not Found", ""))]);
    assert_eq!(code, 2);
    assert!(err.starts_with("annals: no record is published at http://127.0.0.1:"), "{err}");
    let (code, _, err) = annals(&["verify", "http://127.0.0.1:1/"]);
    assert_eq!((code, err.lines().count()), (2, 2), "{err}");
    let (code, _, err) = annals(&["verify", "https://example.org/record"]);
    assert!(code == 2 && err.starts_with("annals: https is not built in; "), "{err}");
}

#[test]
fn an_answer_without_end_is_read_to_its_bound_only() {
    let address = serve(|path| match path {
        "/checkpoint" => ok(b"small"),
        _ => ok(&vec![7; 100_000]),
    });
    let web = Web::at(&address).unwrap();
    assert_eq!(web.get("checkpoint", 3).unwrap().as_deref(), Some(&b"sma"[..]));
    assert_eq!(web.get("tile/0/000", 8_193).unwrap().map(|bytes| bytes.len()), Some(8_193));
}

/// Every bit of every file of a small publication is flipped in turn.
#[test]
fn a_flipped_bit_anywhere_never_gives_a_yes() {
    let mut ledger = crate::support::Ledger::opened();
    ledger.capture("ada", "A note.", "null");
    let files = ledger.published(&[2]);
    let mut unharmed = 0;
    for (name, bytes) in &files {
        for at in 0..bytes.len() {
            let mut flipped = files.clone();
            flipped.get_mut(name).unwrap()[at] ^= 1 << (at % 8);
            let below = crate::support::published::Below(flipped);
            let source = Published::open(Box::new(below)).unwrap();
            let checkpoint = source.checkpoint().map(<[u8]>::to_vec);
            let ends = Ends { checkpoint, ..Ends::default() };
            let report = verify(&source, &ends, Options::whole(1)).unwrap();
            match report.exit() {
                0 => unharmed += 1,
                _ => assert!(!report.faults.is_empty(), "{name} {at}"),
            }
        }
    }
    assert_eq!(unharmed, 0);
}
