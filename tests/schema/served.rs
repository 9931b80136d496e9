//! A served record, and the outbox of a copy of it.
//!
//! Always holds: a server that this starts ends with it, and listens on this machine alone. Not
//! here: what a server answers (`serve`).

use crate::schema::answers::{Answers, Printed};
use crate::schema::elsewhere::Serving;
use serde_json::Value;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;

const TEXT: &str = "Kommersant reports that two answers were given.\n";

/// A server, what its editor signs while it does not run, and what becomes of that.
pub fn all(answers: &mut Answers<'_>) {
    let (server, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (server, copy) = (server.path(), copy.path());
    let cache = copy.join("cache");
    let own = [("ANNALS_CACHE", cache.to_str().unwrap())];
    let init = "init --origin c.example/record --title T --name Ada --no-passphrase";
    assert_eq!(answers.run(server, init, &own).exit, 0);
    let counted = "serve --listen 127.0.0.1:0 --metrics 127.0.0.1:0 --format json";
    let serving = serve(answers, server, counted, &own);
    let url = serving.url();
    // The editor's key is where the editor is.
    fs::create_dir(copy.join("keys")).unwrap();
    for name in ["ada.key", "ada.pub"] {
        fs::rename(server.join("keys").join(name), copy.join("keys").join(name)).unwrap();
    }
    fs::write(copy.join("article.txt"), TEXT).unwrap();
    fs::write(copy.join("notes.txt"), "Notes.\n").unwrap();
    let mut run = |line: &str, exit: i32| {
        let printed = answers.run(copy, &format!("{line} --format json"), &own);
        assert_eq!(printed.exit, exit, "{line}: {}", printed.err);
        printed.out
    };
    run(&format!("clone {url}"), 0);
    let added: Value =
        serde_json::from_str(&run("document add article.txt --title T --lang en", 0)).unwrap();
    drop(serving);
    run("append --quote two_answers_were_given --claim Two_answers.", 2);
    run("document add notes.txt --title T --lang en", 2);
    let document = &added["position"];
    run(&format!("document describe {document} --title Told --statement S."), 2);
    run("status", 0);
    let waiting: Value = serde_json::from_str(&run("outbox", 0)).unwrap();
    assert_eq!(waiting["waiting"].as_array().unwrap().len(), 3);
    run("outbox send", 2);
    // A file that cannot be read is no less there.
    let damaged = copy.join("keys/outbox").join("0".repeat(64));
    fs::write(&damaged, "annals outbox v1\n").unwrap();
    let waiting: Value = serde_json::from_str(&run("outbox", 0)).unwrap();
    assert_eq!(waiting["damaged"][0]["name"], "0".repeat(64));
    run("outbox send", 2);
    run(&format!("outbox drop {} --yes", "0".repeat(16)), 0);
    assert!(!damaged.exists());
    let address = url.strip_prefix("http://").unwrap();
    let again = format!("serve --listen {address} --format json");
    let _serving = serve(answers, server, &again, &own);
    problems(answers, address);
    let mut run = |line: &str, exit: i32| {
        let printed = answers.run(copy, &format!("{line} --format json"), &own);
        assert_eq!(printed.exit, exit, "{line}: {}", printed.err);
        printed.out
    };
    // The bytes of a document are not in the outbox.
    run("outbox send", 3);
    let waiting: Value = serde_json::from_str(&run("outbox", 0)).unwrap();
    let rows = waiting["waiting"].as_array().unwrap().iter();
    for name in rows.map(|row| row["name"].as_str().unwrap()) {
        run(&format!("outbox drop {name} --yes"), 0);
    }
    run("outbox send", 0);
}

/// What a server answers to what is no request of its own, and to what is no submission.
fn problems(answers: &mut Answers<'_>, address: &str) {
    for request in ["GET /nothing", "POST /v1/submit"] {
        let mut stream = TcpStream::connect(address).unwrap();
        let head = "HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 1\r\n";
        stream.write_all(format!("{request} {head}\r\nx").as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.contains("content-type: application/problem+json"), "{head}");
        let problem: Value = serde_json::from_str(body).unwrap();
        let checked = answers.coverage.check(&["problem.json#".to_owned()], &problem);
        answers.wrong.extend(checked.err());
    }
}

fn serve(
    answers: &mut Answers<'_>,
    folder: &Path,
    line: &str,
    environment: &[(&str, &str)],
) -> Serving {
    let words: Vec<&str> = line.split(' ').collect();
    let serving = Serving::start(folder, &words, environment);
    answers.check(line, &Printed { out: serving.1.clone(), err: String::new(), exit: 0 });
    serving
}
