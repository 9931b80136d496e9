//! The second implementation at a server: a client and a verifier that share no code with the
//! program (`scripts/submit.py`, `scripts/reverify.py`).
//!
//! Always holds: both programs say the same of the same address. Not here: the verdict on each rule
//! (`second_implementation`, `differ`). Source: FORMAT.md sections 9 and 17.

use crate::archive::web::{ok, other, serve};
use crate::serve::{Newsroom, Said, json, request, said};
use annals_core::receipt::ReceiptText;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

const ORIGIN: &str = "desk.example.org/record";

/// A script of the second implementation, run on a machine.
fn python(newsroom: &Newsroom, machine: &str, script: &str, arguments: &[&str]) -> Said {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let own = root.join("target/venv/bin/python");
    let python = match std::env::var_os("ANNALS_PYTHON") {
        Some(python) => PathBuf::from(python),
        None if own.exists() => own,
        None => PathBuf::from("python3"),
    };
    let mut command = Command::new(python);
    command.current_dir(newsroom.path(machine));
    command.arg(root.join("scripts").join(script)).args(arguments);
    said(command)
}

/// What the client says; its arguments are those of one act.
fn submit(newsroom: &Newsroom, url: &str, act: &[&str]) -> Said {
    let submit = [&["submit", "--url", url, "--key", "keys/pia.key"], act].concat();
    python(newsroom, "pia", "submit.py", &submit)
}

fn written(at: u64) -> Said {
    Said { code: 0, out: format!("written at {at}\n"), err: String::new() }
}

fn reverified(newsroom: &Newsroom, arguments: &[&str]) -> Said {
    python(newsroom, "server", "reverify.py", arguments)
}

/// A machine on which only the second implementation works: its editor's key is enrolled by Ada.
fn hire_pia(newsroom: &Newsroom) {
    std::fs::create_dir_all(newsroom.path("pia/keys")).unwrap();
    let name = ["--name", "Pia Python", "--no-passphrase"];
    let new = [&["key", "new", "pia", "--keys", "keys", "--for", ORIGIN][..], &name].concat();
    newsroom.good("pia", &new);
    let key = newsroom.path("pia/keys/pia.request");
    let add = ["editor", "add", key.to_str().unwrap(), "--role", "editor", "--yes"];
    newsroom.good("ada", &add);
}

#[test]
fn a_client_that_shares_no_code_captures_asserts_and_confirms() {
    let newsroom = Newsroom::found(None);
    let server = newsroom.serve(&[]);
    newsroom.join_as_founder("ada", &server.url);
    hire_pia(&newsroom);
    let document = newsroom.capture("ada", 9);
    let entered = newsroom.enter("ada", document, 1);
    let fact = json(&entered.out)["position"].as_u64().unwrap();
    assert_eq!((document, fact), (2, 3));
    let (url, pia) = (&*server.url.clone(), newsroom.path("pia"));

    // Its pin, and what it confirms.
    let pin = ["verify", url, "--pin", "../pia/pin", "--init-pin"];
    newsroom.good("server", &pin);
    let confirm = ["--confirm", "3", "--how", "reread"];
    assert_eq!(submit(&newsroom, url, &[&confirm[..], &["--pin", "pin"]].concat()), written(4));
    // It confirmed it before, by its own judgement and by the server's.
    let again = submit(&newsroom, url, &confirm);
    assert_eq!((again.code, again.out.as_str()), (1, ""), "{again:?}");
    let not_sent = "submit: not sent: 505 confirmed-twice: ";
    assert!(again.err.starts_with(not_sent), "{again:?}");
    let again = submit(&newsroom, url, &[&confirm[..], &["--unjudged"]].concat());
    let refused = "submit: refused (refused): 505 confirmed-twice: ";
    assert!(again.code == 1 && again.err.starts_with(refused), "{again:?}");

    // A document, with the signed request for it, and a fact with a quotation.
    std::fs::write(pia.join("note.txt"), "Zwölf boats, “or so”, came in.\n").unwrap();
    let capture = ["--capture", "note.txt", "--title", "A note", "--lang", "en"];
    assert_eq!(submit(&newsroom, url, &capture), written(5));
    let claim = ["--claim", "Twelve boats came in.", "--lang", "en"];
    let claim = [&claim[..], &["--document", "5", "--quote", "boats, “or so”, came"]].concat();
    let kept = [&claim[..], &["--keep", "kept", "--receipt", "first"]].concat();
    assert_eq!(submit(&newsroom, url, &kept), written(6));
    // Its own words are confirmed by others alone: the server says so, with the number.
    let own = ["--confirm", "6", "--how", "reread", "--unjudged", "--placing", "next"];
    let own = submit(&newsroom, url, &own);
    let refused = "submit: refused (refused): 504 own-words: ";
    assert!(own.code == 1 && own.err.starts_with(refused), "{own:?}");
    newsroom.good("ada", &["confirm", "6", "--how", "reread", "--yes"]);

    // The same bytes have the same receipt, and the first program reads it.
    let send = ["send", "kept", "--url", url, "--receipt", "second"];
    assert_eq!(python(&newsroom, "pia", "submit.py", &send), written(6));
    let receipt = |name| ReceiptText::parse(&std::fs::read(pia.join(name)).unwrap()).unwrap();
    let (first, second) = (receipt("first"), receipt("second"));
    assert_eq!((first.first, first.from), (6, 6));
    assert_eq!((second.first, second.from, &second.places), (6, 6, &first.places));
    assert_eq!((first.checkpoint.checkpoint.size, second.checkpoint.checkpoint.size), (7, 8));

    // The other placings; what cannot be sent now is kept, and sent later.
    for (at, placing) in [(8, "exact"), (9, "next")] {
        let quote = if at == 8 { "Boat 2 came" } else { "Boat 3 came" };
        let claim = ["--claim", quote, "--quote", quote, "--lang", "en", "--document", "2"];
        let act = [&claim[..], &["--placing", placing]].concat();
        assert_eq!(submit(&newsroom, url, &act), written(at));
    }
    let verdict = reverified(&newsroom, &[url, "--pin", "../pia/pin"]);
    assert!(verdict.code == 0 && verdict.out.starts_with("size 10\n"), "{verdict:?}");
    let names: Vec<_> = std::fs::read_dir(pia.join("keys")).unwrap().collect();
    assert_eq!(names.len(), 3, "nothing waits: {names:?}");
    newsroom.expect_same(&["ada"]);
    let facts = json(&newsroom.good("ada", &["replay", "--format", "json"]));
    let status: Vec<_> = facts["facts"].as_array().unwrap().iter().map(|f| &f["status"]).collect();
    assert_eq!(status, ["confirmed", "confirmed", "asserted", "asserted"]);
    server.stop();
    let silent = submit(&newsroom, url, &["--confirm", "8", "--how", "reread"]);
    assert!(silent.code == 2 && silent.out.is_empty(), "{silent:?}");
}

#[test]
fn a_submission_whose_answer_was_lost_is_sent_again_by_the_client() {
    let newsroom = Newsroom::found(None);
    let server = newsroom.serve(&[]);
    newsroom.join_as_founder("ada", &server.url);
    hire_pia(&newsroom);
    let document = newsroom.capture("ada", 9);
    newsroom.enter("ada", document, 1);
    let to = server.address.clone();
    // The server hears every submission, and nobody hears its answer.
    let lossy = crate::serve::proxy(move |line, send| {
        let answered = send(&to);
        (!line.starts_with("POST /v1/submit ")).then_some(answered)
    });
    let confirm = ["--confirm", "3", "--how", "reread"];
    let lost = submit(&newsroom, &lossy, &confirm);
    let why = "submit: it is not known whether the server placed it (";
    assert!(lost.code == 2 && lost.err.starts_with(why), "{lost:?}");
    let names = std::fs::read_dir(newsroom.path("pia/keys")).unwrap();
    let names = names.map(|found| found.unwrap().path());
    let kept: Vec<PathBuf> =
        names.filter(|p| p.extension() == Some("submission".as_ref())).collect();
    let [kept] = &kept[..] else { panic!("{kept:?}") };
    let kept = kept.to_str().unwrap();
    let send = ["send", kept, "--url", &server.url, "--receipt", "receipt"];
    assert_eq!(python(&newsroom, "pia", "submit.py", &send), written(4));
    // The second implementation's verdict on the files alone, with what is known at size 4.
    newsroom.good("ada", &["pull"]);
    let receipt = ["--submission", kept, "--receipt", "receipt", "--log-key", "nobody"];
    assert_eq!(python(&newsroom, "pia", "reverify.py", &receipt).code, 2);
    // The second time it is the server that says the same bytes are there.
    let bytes = std::fs::read(kept).unwrap();
    let (status, _) = request(&server.address, "POST /v1/submit HTTP/1.1", &bytes);
    assert_eq!(status, 200);
    newsroom.expect_same(&["ada"]);
    // A page in place of a receipt is no receipt.
    let to = server.address.clone();
    let page = crate::serve::proxy(move |line, send| match line.starts_with("POST ") {
        true => Some(crate::serve::answer("200 OK", b"<html>Sign in</html>")),
        false => Some(send(&to)),
    });
    let fact = ["--claim", "Boat 5 came.", "--lang", "en", "--document", "2", "--quote", "Boat 5"];
    let deceived = submit(&newsroom, &page, &fact);
    let why = "submit: it is not known whether the server placed it (status 200): send sends";
    assert!(deceived.code == 2 && deceived.err.starts_with(why), "{deceived:?}");
    server.stop();
}

/// The exit, and the rules and positions of the faults, of a report in JSON; no faults where
/// there is no report.
fn told(said: &Said) -> (i32, Vec<(u64, Option<u64>)>) {
    let report: Value = serde_json::from_str(&said.out).unwrap_or_default();
    let row = |row: &Value| (row["rule"].as_u64().unwrap(), row["position"].as_u64());
    let mut faults: Vec<_> = report["faults"].as_array().into_iter().flatten().map(row).collect();
    faults.sort_by_key(|(rule, position)| (*position, *rule));
    (said.code, faults)
}

/// What is done to a published file: the bytes of the answer, from those of the file.
type Tamper = fn(&[u8]) -> Vec<u8>;

fn flipped(bytes: &[u8]) -> Vec<u8> {
    let mut answer = bytes.to_vec();
    answer[40] ^= 1;
    ok(&answer)
}

#[test]
fn it_finds_the_faults_of_an_address_that_the_program_finds() {
    let newsroom = Newsroom::found(None);
    let place = newsroom.path("server");
    let text: String = (1..=9).map(|n| format!("Boat {n} came in at {n} o'clock.\n")).collect();
    std::fs::write(place.join("boats.txt"), text).unwrap();
    let add = ["document", "add", "boats.txt", "--title", "Boats", "--lang", "en", "--yes"];
    newsroom.good("server", &add);
    for line in 1..=3 {
        assert_eq!(newsroom.enter("server", 1, line).code, 0);
    }
    newsroom.good("server", &["publish", "www"]);
    newsroom.good("server", &["verify", "www", "--pin", "pin", "--init-pin"]);
    newsroom.enter("server", 1, 4);
    newsroom.good("server", &["publish", "later"]);

    let absent: Tamper = |_| other("404 Not Found", "");
    let broken: Tamper = |_| other("500 Oh", "");
    let moved: Tamper = |_| other("302 Found", "Location: http://127.0.0.1:9/\r\n");
    let nothing: Tamper = |_| ok(b"");
    let page: Tamper = |_| ok(b"<!doctype html>\n<title>Sign in</title>");
    let typed: Tamper = |_| {
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 8\r\n\r\n";
        format!("{head}\n <p>Oh.").into_bytes()
    };
    let renamed: Tamper = |bytes| ok(&[b"e", &bytes[1..]].concat());
    let cut: Tamper = |bytes| ok(&bytes[..bytes.len() - 1]);
    let cases: [(&str, Tamper, i32); 17] = [
        ("/nothing", absent, 0),
        ("/tile/entries/000", absent, 2),
        ("/tile/entries/000", flipped, 1),
        ("/tile/entries/000", cut, 2),
        ("/tile/entries/000", page, 2),
        ("/tile/0/000", absent, 2),
        ("/tile/0/000", flipped, 1),
        ("/tile/0/000", moved, 2),
        ("/document/", absent, 2),
        ("/document/", flipped, 1),
        ("/document/", typed, 2),
        ("/body/", absent, 2),
        ("/body/", nothing, 2),
        ("/body/bundle", broken, 0),
        ("/checkpoint", renamed, 1),
        ("/checkpoint", cut, 2),
        ("/checkpoint", absent, 2),
    ];
    let mut seen = Vec::new();
    for (name, tamper, code) in cases {
        let folder = place.join("later");
        let address = serve(move |path| {
            let Ok(bytes) = std::fs::read(folder.join(path.trim_start_matches('/'))) else {
                return other("404 Not Found", "");
            };
            match path.starts_with(name) {
                true => tamper(&bytes),
                false => ok(&bytes),
            }
        });
        let ours = newsroom.annals("server", &["verify", &address, "--format", "json"]);
        let theirs = reverified(&newsroom, &[&address, "--json"]);
        assert_eq!(told(&theirs), told(&ours), "{name}: {theirs:?} {ours:?}");
        assert_eq!(theirs.code, code, "{name}: {theirs:?}");
        seen.extend(told(&theirs).1.into_iter().map(|(rule, _)| rule));
    }
    seen.sort_unstable();
    seen.dedup();
    assert!([606, 911, 971, 972, 973, 974].iter().all(|it| seen.contains(it)), "{seen:?}");
    // A pin, and an address where an earlier state or nothing is.
    let state = |folder: &str| {
        let folder = place.join(folder);
        serve(move |path| match std::fs::read(folder.join(path.trim_start_matches('/'))) {
            Ok(bytes) => ok(&bytes),
            Err(_) => other("404 Not Found", ""),
        })
    };
    let (early, late) = (state("www"), state("later"));
    assert_eq!(reverified(&newsroom, &[&late, "--pin", "pin"]).code, 0);
    newsroom.good("server", &["verify", &late, "--pin", "pin"]);
    let theirs = reverified(&newsroom, &[&early, "--pin", "pin", "--json"]);
    let ours = newsroom.annals("server", &["verify", &early, "--pin", "pin", "--format", "json"]);
    assert_eq!((told(&theirs), theirs.code), (told(&ours), 4), "{theirs:?} {ours:?}");
    for (address, why) in [
        (format!("{late}/elsewhere"), "no record is published at "),
        ("http://127.0.0.1:1".to_owned(), "cannot read http://127.0.0.1:1/checkpoint: "),
        ("http://".to_owned(), "http://: expected an address like "),
    ] {
        let silent = reverified(&newsroom, &[&address]);
        assert_eq!((silent.code, silent.out.as_str()), (2, ""), "{silent:?}");
        assert!(silent.err.starts_with(&format!("reverify: {why}")), "{silent:?}");
    }
}

/// The commands of the page for programs of one's own: who signs a fact does not confirm it (504).
#[test]
fn the_page_confirms_with_another_key_than_the_one_that_signed() {
    let page = include_str!("../../docs/newsroom.md");
    let key = |what: &str| {
        let line =
            page.lines().find(|line| line.contains("submit.py submit") && line.contains(what));
        line.and_then(|line| line.split("--key ").nth(1)?.split(' ').next())
    };
    let (signs, confirms) = (key("--claim"), key("--confirm"));
    assert!(signs.is_some() && confirms.is_some() && signs != confirms, "{signs:?} {confirms:?}");
}
