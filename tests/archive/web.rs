//! A published record over HTTP, from correct servers and faulty ones.

use crate::archive::publish_targets::{ledger, write};
use crate::support::files::PIN;
use annals::archive::files::PublishedFiles;
use annals::archive::published::PublishedSource;
use annals::archive::web::Web;
use annals_core::verdict::Verdict;
use annals_core::verify::anchors::Anchors;
use annals_core::verify::{Options, verify};
use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

/// Answers one request after the other on every connection, until the test ends.
pub fn serve(answer: impl Fn(&str) -> Vec<u8> + Clone + Send + 'static) -> String {
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

pub fn ok(bytes: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", bytes.len());
    [head.as_bytes(), bytes].concat()
}

pub fn other(status: &str, header: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n{header}\r\n").into_bytes()
}

pub fn folder_server(folder: PathBuf) -> String {
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
    // Only the files of bodies, which are not asked for over HTTP, are another thing.
    let rest = |told: String| {
        let mut report: Value = serde_json::from_str(&told).unwrap();
        let files = report.as_object_mut().unwrap().remove("body_files").unwrap();
        for section in report["sections"].as_array_mut().unwrap() {
            let lines = section["lines"].as_array_mut().unwrap();
            lines.retain(|line| line["label"] != "body files");
        }
        (report, files["state"].as_str().unwrap().to_owned())
    };
    let (served, files) = rest(told(&address));
    assert_eq!(files, "not-compared");
    let (_, out, _) = annals(&["verify", &address]);
    assert!(out.contains("body files: not asked for where a bundle has the body\n"), "{out}");
    assert_eq!((served, "same".to_owned()), rest(told(folder.to_str().unwrap())));
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
        (
            |_| other("302 Found", "Location: http://127.0.0.1:9/\r\n"),
            "found 302, which leads to http://127.0.0.1:9/: no redirect is followed; ",
        ),
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
    // Nobody speaks TLS there.
    let address = serve(|_| ok(b"")).replace("http://", "https://");
    let (code, _, err) = annals(&["verify", &address]);
    assert_eq!(code, 2);
    assert!(err.starts_with(&format!("annals: cannot read {address}/checkpoint\n")), "{err}");
}

/// An answer with a page.
fn page(headers: &str) -> Vec<u8> {
    let body = "<!DOCTYPE html>\n<html><title>Sign in</title></html>\n";
    let length = body.len();
    format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n{headers}\r\n{body}").into_bytes()
}

/// A server of a folder, without some names.
fn server_with(
    folder: PathBuf,
    other_than: impl Fn(&str) -> Option<Vec<u8>> + Clone + Send + 'static,
) -> String {
    serve(move |path| {
        other_than(path).unwrap_or_else(|| {
            let found = std::fs::read(folder.join(path.trim_start_matches('/')));
            found.map_or_else(|_| other("404 Not Found", ""), |bytes| ok(&bytes))
        })
    })
}

#[test]
fn what_a_server_has_for_every_name_is_no_record() {
    type Page = fn() -> Vec<u8>;
    let cases: [(Page, &str); 6] = [
        (|| page("Content-Type: text/html\r\n"), "a page of HTML or nothing"),
        (|| page(""), "a page of HTML or nothing"),
        (|| ok(b"\xEF\xBB\xBF \n<HTML>"), "a page of HTML or nothing"),
        (|| ok(b""), "a page of HTML or nothing"),
        (|| ok(b"{\"error\":\"sign in\"}"), "19 bytes that begin \"{\\\"error\\\""),
        (|| ok(b"not\x1b[2Jhere\n"), "12 bytes that begin \"not\\u{1b}[2Jhere\\n\""),
    ];
    for (answer, found) in cases {
        let address = serve(move |_| answer());
        for form in [&[][..], &["--format", "json"]] {
            let (code, out, err) = annals(&[&["verify", &address], form].concat());
            assert_eq!((code, out.as_str()), (2, ""), "{err}");
            let why = format!("expected a signed checkpoint, found {found}");
            let message = format!("cannot read {address}/checkpoint");
            let told = match form.is_empty() {
                true => {
                    assert!(err.starts_with(&format!("annals: {message}\n")), "{err}");
                    err
                }
                false => {
                    let error: serde_json::Value =
                        serde_json::from_str(err.lines().last().unwrap()).unwrap();
                    assert_eq!((&error["message"], &error["exit"]), (&message.into(), &2.into()));
                    let causes = error["causes"].as_array().unwrap();
                    causes.iter().map(|cause| cause.as_str().unwrap()).collect()
                }
            };
            assert!(told.contains(&why), "{told}\n{why}");
            assert!(told.contains("what is there is no record"), "{told}");
        }
    }
}

#[test]
fn a_page_in_place_of_a_file_is_no_fault() {
    let place = tempfile::tempdir().unwrap();
    let folder = published(place.path());
    let ledger = ledger(300);
    let body = annals_core::hash::Hash::of(&[ledger.events[7].body.as_bytes()]);
    let document = ledger.documents.keys().next().unwrap();
    let names = [
        "/tile/0/000".to_owned(),
        "/tile/0/001.p/44".to_owned(),
        "/tile/1/000.p/1".to_owned(),
        "/tile/entries/000".to_owned(),
        "/tile/entries/001.p/44".to_owned(),
        format!("/body/{body}"),
        format!("/document/{document}"),
    ];
    for name in names {
        let strange = name.clone();
        for answer in [page(""), ok(b"")] {
            let strange = strange.clone();
            let address =
                server_with(folder.clone(), move |path| (path == strange).then(|| answer.clone()));
            let (code, out, err) = annals(&["verify", &address]);
            assert_eq!((code, err.as_str()), (2, ""), "{name}: {out}");
            assert!(out.contains("could not tell: something is damaged"), "{name}: {out}");
        }
    }
    // A server that returns the file, or something else, for every unknown name.
    for other in [page("Content-Type: text/html\r\n"), ok(b"nothing here"), ok(b"")] {
        for name in ["tile/0/000", "tile/entries/000", &format!("body/{body}")] {
            let (strange, other) = (format!("/{name}"), other.clone());
            let known = folder.clone();
            let address = server_with(folder.clone(), move |path| {
                let there = known.join(path.trim_start_matches('/')).is_file();
                (path == strange || !there).then(|| other.clone())
            });
            let (code, out, err) = annals(&["verify", &address]);
            assert_eq!(code, 2, "{name}: {out} {err}");
        }
    }
    // If the server reports missing files, another tile is another tile.
    let address = server_with(folder, |path| (path == "/tile/0/000").then(|| ok(&[7; 8_192])));
    let (code, out, _) = annals(&["verify", &address]);
    assert!(code == 1 && out.contains("rule 974 tile-hash"), "{out}");
}

#[test]
fn a_body_of_another_digest_is_requested_again() {
    let place = tempfile::tempdir().unwrap();
    let folder = published(place.path());
    let body = annals_core::hash::Hash::of(&[ledger(300).events[7].body.as_bytes()]);
    let asked = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    for (bad, code) in [(1, 0), (usize::MAX, 1)] {
        asked.store(0, std::sync::atomic::Ordering::SeqCst);
        let (asked, name) = (asked.clone(), format!("/body/{body}"));
        let address = server_with(folder.clone(), move |path| {
            let turn = || asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            (path == name && turn() < bad).then(|| ok(b"{\"half"))
        });
        let (exit, out, err) = annals(&["verify", &address]);
        assert_eq!((exit, err.as_str()), (code, ""), "{out}");
    }
}

#[test]
fn what_is_withheld_may_have_a_page_in_its_place() {
    let place = tempfile::tempdir().unwrap();
    let mut ledger = ledger(6);
    ledger.sign("dan", crate::support::acts::redacted(5));
    let mut files = ledger.published(&[7]);
    let body = annals_core::hash::Hash::of(&[ledger.events[5].body.as_bytes()]);
    files.remove(&format!("published/body/{body}")).expect("it was there");
    write(place.path(), &files);
    let folder = place.path().join("published");
    let known = folder.clone();
    let address = server_with(folder, move |path| {
        (!known.join(path.trim_start_matches('/')).is_file()).then(|| page(""))
    });
    let (code, out, err) = annals(&["verify", &address]);
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
}

#[test]
fn bytes_in_gzip_are_read_and_other_encodings_are_refused() {
    let place = tempfile::tempdir().unwrap();
    let folder = published(place.path());
    let zipped = folder.clone();
    let address = server_with(folder.clone(), move |path| {
        let file = zipped.join(path.trim_start_matches('/'));
        let done = Command::new("gzip").arg("-c").arg(&file).output().ok()?;
        let head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ";
        let head = format!("{head}{}\r\n\r\n", done.stdout.len());
        done.status.success().then(|| [head.into_bytes(), done.stdout].concat())
    });
    let (code, out, err) = annals(&["verify", &address]);
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    for (header, why) in [("br", "found the encoding br"), ("gzip", "")] {
        let answer = page(&format!("Content-Encoding: {header}\r\n"));
        let address = server_with(folder.clone(), move |path| {
            (path == "/tile/entries/000").then(|| answer.clone())
        });
        let (code, out, err) = annals(&["verify", &address]);
        assert_eq!((code, out.as_str()), (2, ""), "{err}");
        let first = format!("annals: cannot read {address}/tile/entries/000\n");
        assert!(err.starts_with(&first) && err.contains(why), "{err}");
    }
}

#[test]
fn a_reading_ends_where_the_server_lets_it_wait() {
    let place = tempfile::tempdir().unwrap();
    let folder = published(place.path());
    let address = serve(move |path| {
        thread::sleep(std::time::Duration::from_secs(3));
        std::fs::read(folder.join(path.trim_start_matches('/')))
            .map_or_else(|_| other("404 Not Found", ""), |bytes| ok(&bytes))
    });
    let began = std::time::Instant::now();
    let web = Web::at(&address).unwrap().within(std::time::Duration::from_secs(4));
    let source = PublishedSource::open_served(Box::new(web)).unwrap();
    let error = verify(&source, &Anchors::default(), Options::whole(1)).err().expect("it ends");
    let why = error.cause.to_string();
    assert!(why.starts_with("the server is too slow: ") && why.contains(" answers of "), "{why}");
    assert!(began.elapsed().as_secs() < 30);
}

#[test]
fn records_out_of_form_without_end_are_not_read_to_their_end() {
    let place = tempfile::tempdir().unwrap();
    let files = ledger(6).published(&[6]);
    let checkpoint = String::from_utf8(files["published/checkpoint"].clone()).unwrap();
    let larger = checkpoint.replacen("\n6\n", "\n9007199254740991\n", 1).into_bytes();
    let bundle: Vec<u8> = b"\0\x06a\nb\nc\n".repeat(256);
    let address = server_with(place.path().to_owned(), move |path| {
        let answer = if path == "/checkpoint" { &larger } else { &bundle };
        path.starts_with("/tile/entries/")
            .then(|| ok(&bundle))
            .or_else(|| (path == "/checkpoint").then(|| ok(answer)))
    });
    let (code, out, err) = annals(&["verify", &address]);
    assert_eq!((code, out.as_str()), (2, ""), "{err}");
    assert!(err.contains("found more than 10000 out of form"), "{err}");
}

#[test]
fn the_same_records_again_without_end_are_not_read_to_their_end() {
    let place = tempfile::tempdir().unwrap();
    let files = ledger(256).published(&[256]);
    let checkpoint = String::from_utf8(files["published/checkpoint"].clone()).unwrap();
    let larger = checkpoint.replacen("\n256\n", "\n9007199254740991\n", 1).into_bytes();
    let bundle = files["published/tile/entries/000"].clone();
    write(place.path(), &files);
    let address = server_with(place.path().join("published"), move |path| match path {
        "/checkpoint" => Some(ok(&larger)),
        path => path.starts_with("/tile/entries/").then(|| ok(&bundle)),
    });
    let (code, out, err) = annals(&["verify", &address]);
    assert_eq!((code, err.as_str()), (1, ""), "{out}");
    assert!(out.contains("rule 201 place"), "{out}");
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

/// Flips every bit of every file of a small publication in turn.
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
            let source = PublishedSource::open(Box::new(below)).unwrap();
            let checkpoint = source.checkpoint().map(<[u8]>::to_vec);
            let ends = Anchors { checkpoint, ..Anchors::default() };
            let report = verify(&source, &ends, Options::whole(1)).unwrap();
            match report.verdict() {
                Verdict::Yes => unharmed += 1,
                _ => assert!(!report.faults.is_empty(), "{name} {at}"),
            }
        }
    }
    assert_eq!(unharmed, 0);
}

/// What a server does not give contradicts nothing that was signed.
#[test]
fn a_body_or_document_that_a_server_does_not_give_is_no_fault() {
    let place = tempfile::tempdir().unwrap();
    let folder = published(place.path());
    for (name, what) in
        [("/document/", "the document did not come"), ("/body/", "the body did not come")]
    {
        let address = server_with(folder.clone(), move |path| {
            path.starts_with(name).then(|| other("404 Not Found", ""))
        });
        let (code, out, err) = annals(&["verify", &address]);
        assert_eq!((code, err.as_str()), (2, ""), "{out}");
        let line =
            format!(": rule 911 unreadable: {what}: the server answers that it is not there\n");
        assert!(out.contains(&line), "{out}");
        assert!(out.contains("could not tell: something is damaged"), "{out}");
        for word in ["no: ", "breaks its rules", "checks, withheld by events", "rule 60"] {
            assert!(!out.contains(word), "{word}: {out}");
        }
        let copy = place.path().join("copy");
        let (code, _, err) = annals(&["clone", &address, copy.to_str().unwrap()]);
        assert_eq!(code, 2, "{err}");
        assert!(err.contains(what), "{err}");
        assert!(!copy.exists());
    }
}

/// Nobody withheld what a server does not give, and no command repairs it.
#[test]
fn what_did_not_come_is_neither_withheld_nor_to_be_repaired() {
    let place = tempfile::tempdir().unwrap();
    let folder = published(place.path());
    let read = |address: &str, cache: &str, line: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_annals"));
        command.env("ANNALS_CACHE", place.path().join(cache));
        let done = command.args(["--ledger", address]).args(line).output().expect("annals runs");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
        (done.status.code().expect("a code"), text(done.stdout), text(done.stderr))
    };
    let address = server_with(folder.clone(), |path| {
        path.starts_with("/body/").then(|| other("404 Not Found", ""))
    });
    for line in [&["replay"][..], &["show", "5"], &["log", "5"], &["find", "note"]] {
        let (code, out, err) = read(&address, "bodies", line);
        assert_eq!(code, 2, "{line:?}: {err}");
        let words = "[the words are not in this copy]";
        assert!(line[0] == "find" || out.contains(words), "{line:?}: {out}");
        assert!(!out.contains("withheld"), "{line:?}: {out}");
        assert!(err.contains("did not come, and no event withholds them"), "{line:?}: {err}");
    }
    let (_, _, err) = read(&address, "bodies", &["replay", "--topic", "x"]);
    assert!(err.contains("its words are withheld, or not in this copy\n"), "{err}");
    for status in ["403 Forbidden", "500 Internal Server Error"] {
        let address = server_with(folder.clone(), move |path| {
            path.starts_with("/document/").then(|| other(status, ""))
        });
        let (code, _, err) = read(&address, status, &["blame", "4"]);
        assert_eq!(code, 2, "{err}");
        let advice = "\n  nothing here is damaged: try again, ask who runs the server, or read the \
                      record from another place\n";
        assert!(err.ends_with(advice) && !err.contains("repair"), "{err}");
    }
}

/// A file that is asked for twice, with a page each time, is one file.
#[test]
fn a_page_in_place_of_a_file_is_counted_once() {
    let place = tempfile::tempdir().unwrap();
    let folder = published(place.path());
    let address = server_with(folder, |path| path.starts_with("/document/").then(|| page("")));
    let copy = place.path().join("copy");
    for command in [&["verify", &address][..], &["clone", &address, copy.to_str().unwrap()]] {
        let (code, out, err) = annals(command);
        assert_eq!(code, 2, "{out}{err}");
        let line = "a page of HTML, or nothing, came in place of 1 file, the first: document/";
        assert!(format!("{out}{err}").contains(line), "{command:?}: {out}{err}");
    }
}

#[test]
fn a_page_in_place_of_a_tile_is_called_one_and_a_changed_checkpoint_too() {
    let place = tempfile::tempdir().unwrap();
    let folder = published(place.path());
    let address =
        server_with(folder.clone(), |path| (path == "/tile/entries/000").then(|| page("")));
    let (code, out, _) = annals(&["verify", &address]);
    assert_eq!(code, 2, "{out}");
    let line = "damage: event 0: rule 971 bundle-missing: tile/entries/000: a page of HTML, or \
                nothing, came in its place\n";
    assert!(out.contains(line), "{out}");
    let known = folder.clone();
    let address = server_with(folder, move |path| {
        let text = std::fs::read_to_string(known.join("checkpoint")).ok()?;
        (path == "/checkpoint").then(|| ok(text.replace('\n', "\r\n").as_bytes()))
    });
    let copy = place.path().join("copy");
    for command in [&["verify", &address][..], &["clone", &address, copy.to_str().unwrap()]] {
        let (code, out, err) = annals(command);
        let why = format!(
            "annals: cannot read {address}/checkpoint\n  expected the checkpoint as it was signed: \
             its lines end with CR LF; a mail program may have changed it: have it sent as an \
             attachment, or in an archive\n"
        );
        assert_eq!((code, out.as_str(), err.as_str()), (2, "", why.as_str()), "{command:?}");
    }
}

/// One request on each connection, which ends after the answer.
fn serve_and_close(answer: impl Fn(&str) -> Vec<u8> + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let mut reader = BufReader::new(stream.try_clone().expect("a stream"));
            let (mut request, mut line) = (String::new(), String::new());
            let _ = reader.read_line(&mut request);
            while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
                line.clear();
            }
            let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
            let _ = stream.write_all(&answer(&path));
        }
    });
    address
}

#[test]
fn an_answer_that_ends_early_is_reported_by_its_bytes() {
    let place = tempfile::tempdir().unwrap();
    let folder = published(place.path());
    let whole = std::fs::read(folder.join("tile/entries/000")).unwrap().len();
    let address = serve_and_close(move |path| {
        let bytes = std::fs::read(folder.join(path.trim_start_matches('/'))).unwrap_or_default();
        let bytes = ok(&bytes);
        match path {
            "/checkpoint" => bytes,
            _ => bytes[..bytes.len().min(300)].to_vec(),
        }
    });
    let (code, out, err) = annals(&["verify", &address]);
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {whole}\r\n\r\n").len();
    let why = format!(
        "annals: cannot read {address}/tile/entries/000\n  the answer ended after {} of {whole} \
         bytes\n",
        300 - head
    );
    assert_eq!((code, out.as_str(), err.as_str()), (2, "", why.as_str()));
    let address = serve_and_close(|_| Vec::new());
    let (code, _, err) = annals(&["verify", &address]);
    let why = format!(
        "annals: cannot read {address}/checkpoint\n  the connection ended before an answer came\n"
    );
    assert_eq!((code, err.as_str()), (2, why.as_str()));
}
