//! The requests of the server, by hand: what it answers, and that what it publishes is what
//! `annals publish` writes.

use crate::serve::{Newsroom, RunningServer, json, request};
use annals::keys::{KeyFolder, KeyName};
use annals::ledger::paths::Paths;
use annals::ledger::write::outbox::waiting;
use annals::record_server::{ServerAnswer, ServerConnection};
use annals_core::event::Entry;
use annals_core::event::record::Reading;
use annals_core::hash::Hash;
use annals_core::key::{EVENT_TAG, SecretKey, signed_bytes};
use annals_core::receipt::ReceiptText;
use annals_core::signed_request::{REQUEST_HEADER, RequestText};
use annals_core::submission::{SubmissionText, SubmittedEvent};
use annals_core::text::Origin;
use annals_core::time::Time;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::CertificateDer;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};
use ureq::tls::{Certificate, RootCerts};

const ORIGIN: &str = "desk.example.org/record";

/// A newsroom with an editor Ben, whose signed events are in the outbox and were never sent.
pub fn with_waiting(facts: u32) -> (Newsroom, RunningServer, Vec<Entry>) {
    let newsroom = Newsroom::found(None);
    let server = newsroom.serve(&[]);
    let (url, address) = (server.url.clone(), server.address.clone());
    newsroom.join_as_founder("ada", &url);
    newsroom.hire("ben", "Ben Best", &url, "ada");
    let document = newsroom.capture("ada", 99);
    newsroom.good("ben", &["pull"]);
    server.stop();
    for line in 1..=facts {
        assert_eq!(newsroom.enter("ben", document, line).code, 2);
    }
    let paths = Paths::new(newsroom.path("ben/ledger"), Some(newsroom.path("ben/keys")));
    let entries = waiting(&paths).unwrap().waiting.into_iter().flat_map(|one| one.entries);
    let entries: Vec<Entry> = entries.collect();
    assert_eq!(entries.len(), facts as usize);
    let server = newsroom.serve_at(&address, &[]);
    (newsroom, server, entries)
}

pub fn event(entry: &Entry) -> SubmittedEvent {
    let Reading { statement, signature, .. } = Reading::of(&entry.record);
    SubmittedEvent::new(statement.unwrap(), &signature.unwrap(), entry.body.clone().unwrap())
}

pub fn origin() -> Origin {
    Origin::new(ORIGIN).unwrap()
}

pub fn submit(server: &RunningServer, text: &[u8]) -> (u16, String) {
    request(&server.address, "POST /v1/submit HTTP/1.1", text)
}

pub fn get(server: &RunningServer, path: &str) -> (u16, String) {
    request(&server.address, &format!("GET {path} HTTP/1.1"), b"")
}

/// What a problem is: its status, its type without the beginning, and its rule.
pub fn problem((status, body): &(u16, String)) -> (u16, String, Option<u64>) {
    let problem = json(body);
    assert_eq!(problem["status"].as_u64(), Some(u64::from(*status)), "{body}");
    let kind = problem["type"].as_str().unwrap().strip_prefix("urn:annals:").unwrap();
    (*status, kind.to_owned(), problem["rule"].as_u64())
}

pub fn expect(answer: &(u16, String), status: u16, kind: &str, rule: Option<u64>) {
    assert_eq!(problem(answer), (status, kind.to_owned(), rule), "{answer:?}");
}

#[test]
fn every_published_file_is_answered_with_the_bytes_that_publish_writes() {
    let newsroom = Newsroom::found(None);
    let drafts: String = (1..=300)
        .map(|number| {
            let file = format!("note{number}.txt");
            std::fs::write(newsroom.path("server").join(&file), format!("Note {number}.")).unwrap();
            format!(
                "{{\"type\":\"document.captured\",\"file\":\"{file}\",\"title\":\"N\",\"lang\":\"en\"}}\n"
            )
        })
        .collect();
    std::fs::write(newsroom.path("server/drafts.jsonl"), drafts).unwrap();
    newsroom.good("server", &["append", "drafts.jsonl", "--yes"]);
    newsroom.good("server", &["publish", "www"]);
    let server = newsroom.serve(&[]);
    let mut names = Vec::new();
    list(&newsroom.path("server/www"), "", &mut names);
    names.retain(|name| !name.starts_with('.'));
    assert!(names.len() > 600, "{}", names.len());
    let mut stream = TcpStream::connect(&server.address).unwrap();
    for name in &names {
        let bytes = std::fs::read(newsroom.path("server/www").join(name)).unwrap();
        assert_eq!(kept_alive(&mut stream, name), bytes, "{name}");
    }
    // Partial tiles of every smaller size are answered too, and nothing beyond the size.
    for (name, is_there) in [
        ("/tile/0/001.p/45", true),
        ("/tile/0/001.p/1", true),
        ("/tile/0/001.p/46", false),
        ("/tile/0/001", false),
        ("/tile/0/1", false),
        ("/tile/0/000.p/256", false),
        ("/tile/00/000", false),
        ("/tile/1/000.p/1", true),
        ("/tile/1/000.p/2", false),
        ("/tile/2/000.p/1", false),
        ("/tile/entries/001.p/44", true),
        ("/tile/entries/001.p/99", false),
        ("/body/bundle/002", false),
        ("/body/bundle/18446744073709551615", false),
        ("/body/00", false),
        ("/document/../checkpoint", false),
        ("/../keys/log.key", false),
        ("/%2e%2e/keys/log.key", false),
    ] {
        let (status, body) = get(&server, name);
        assert_eq!(status, if is_there { 200 } else { 404 }, "{name}: {body}");
    }
    server.stop();
}

/// The files below a folder.
fn list(folder: &Path, below: &str, names: &mut Vec<String>) {
    for found in std::fs::read_dir(folder).unwrap() {
        let found = found.unwrap();
        let name = format!("{below}{}", found.file_name().to_str().unwrap());
        match found.file_type().unwrap().is_dir() {
            true => list(&found.path(), &format!("{name}/"), names),
            false => names.push(name),
        }
    }
}

/// The body of an answer on a connection that stays open.
fn kept_alive(stream: &mut TcpStream, name: &str) -> Vec<u8> {
    stream.write_all(format!("GET /{name} HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes()).unwrap();
    let (mut answer, mut chunk) = (Vec::new(), [0; 65_536]);
    loop {
        let read = stream.read(&mut chunk).unwrap();
        assert!(read > 0, "{name}");
        answer.extend_from_slice(&chunk[..read]);
        let Some(end) = answer.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&answer[..end]).to_lowercase();
        assert!(head.starts_with("http/1.1 200"), "{name}: {head}");
        let length: usize =
            head.lines().find_map(|l| l.strip_prefix("content-length: ")?.parse().ok()).unwrap();
        if answer.len() >= end + 4 + length {
            return answer[end + 4..].to_vec();
        }
    }
}

#[test]
fn each_class_of_bad_submission_has_its_answer_and_nothing_of_it_is_written() {
    let (newsroom, server, entries) = with_waiting(4);
    let next = SubmissionText::next(&origin(), event(&entries[0])).unwrap();
    let text = String::from_utf8(next.text()).unwrap();
    // What cannot be read.
    for bad in ["", "annals submission v2\n", &text.replacen("count 1", "count 2", 1), &text[1..]] {
        expect(&submit(&server, bad.as_bytes()), 400, "form", Some(1101));
    }
    // The base of a statement is not the position.
    let other = text.replacen("next 3", "next 2", 1);
    let lines: Vec<&str> = other.split_inclusive('\n').collect();
    let (sum, above) = lines.split_last().unwrap();
    assert!(sum.starts_with("sum "));
    let above = above.concat();
    let other = format!("{above}sum {}\n", Hash::of(&[above.as_bytes()]));
    expect(&submit(&server, other.as_bytes()), 400, "form", Some(1102));
    // Too large.
    let large = vec![b'a'; (8 << 20) + 1];
    expect(&submit(&server, &large), 413, "too-large", None);
    // Another record.
    let elsewhere = Origin::new("elsewhere.example.org/record").unwrap();
    let elsewhere = SubmissionText::next(&elsewhere, event(&entries[0])).unwrap();
    expect(&submit(&server, &elsewhere.text()), 422, "refused", None);
    // A signature that is not the key's: that of another statement.
    let signature = Reading::of(&entries[1].record).signature.unwrap();
    let statement = Reading::of(&entries[0].record).statement.unwrap();
    let body = entries[0].body.clone().unwrap();
    let forged = SubmittedEvent::new(statement.clone(), &signature, body.clone());
    let forged = SubmissionText::next(&origin(), forged).unwrap();
    expect(&submit(&server, &forged.text()), 401, "unsigned", Some(302));
    // A body that is not the one that was signed.
    let signature = Reading::of(&entries[0].record).signature.unwrap();
    let other = SubmittedEvent::new(statement, &signature, entries[1].body.clone().unwrap());
    let other = SubmissionText::next(&origin(), other).unwrap();
    expect(&submit(&server, &other.text()), 422, "refused", Some(601));
    // Times that are far from the server's clock.
    let mut late = entries[0].clone();
    let place = Reading::of(&late.record).place.unwrap();
    let at = Time::from_micros(place.at.micros() - 3_600_000_000).unwrap();
    late.record = event(&late).record(&annals_core::event::record::Place { at, ..place });
    let late = SubmissionText::exact(&origin(), &[late]).unwrap();
    expect(&submit(&server, &late.text()), 422, "refused", None);
    // Nothing was written.
    assert_eq!(newsroom.claims("server"), []);

    // The good one, and again: the same receipt but for the checkpoint's time, the same place.
    let first = submit(&server, &next.text());
    assert_eq!(first.0, 200, "{first:?}");
    let receipt = ReceiptText::parse(first.1.as_bytes()).unwrap();
    assert_eq!((receipt.from, receipt.first, receipt.places.len()), (3, 3, 1));
    assert_eq!(submit(&server, &next.text()), first);
    // Another for the same end was outrun; free, it is placed after.
    let outrun = SubmissionText::next(&origin(), event(&entries[1])).unwrap();
    let answer = submit(&server, &outrun.text());
    expect(&answer, 409, "outrun", None);
    assert_eq!(json(&answer.1)["size"].as_u64(), Some(4));
    let free = [event(&entries[1]), event(&entries[2])];
    let free = SubmissionText::free(&origin(), free.to_vec()).unwrap();
    let placed = submit(&server, &free.text());
    let receipt = ReceiptText::parse(placed.1.as_bytes()).unwrap();
    assert_eq!((receipt.from, receipt.first, receipt.places.len()), (3, 4, 2));
    assert_eq!(submit(&server, &free.text()), placed);
    // The receipt of one statement, by its digest.
    let path = |event: &SubmittedEvent| {
        format!("/v1/submission/{}?body={}", event.digest(), event.statement().body)
    };
    let (status, text) = get(&server, &path(&event(&entries[2])));
    assert_eq!(status, 200, "{text}");
    assert_eq!(ReceiptText::parse(text.as_bytes()).unwrap().first, 5);
    let none = event(&entries[3]).digest();
    expect(&get(&server, &path(&event(&entries[3]))), 404, "not-found", None);
    expect(&get(&server, &format!("/v1/submission/{none}")), 400, "form", None);
    expect(&get(&server, &format!("/v1/submission/xyz?body={none}")), 400, "form", None);
    expect(&get(&server, &format!("/v1/submission/{none}?body=xyz")), 400, "form", None);
    assert_eq!(newsroom.claims("server").len(), 3);
    // A key that is not enrolled, and one that is revoked: what it signed before has its receipt.
    let stranger = SecretKey::from_seed([9; 32]);
    let mut statement = Reading::of(&entries[3].record).statement.unwrap();
    statement.by = stranger.public();
    let signature = stranger.sign(&signed_bytes(EVENT_TAG, &statement.to_bytes()));
    let strange = SubmittedEvent::new(statement, &signature, entries[3].body.clone().unwrap());
    let strange = SubmissionText::free(&origin(), vec![strange]).unwrap();
    expect(&submit(&server, &strange.text()), 401, "unsigned", Some(402));
    let revoke =
        ["editor", "revoke", "Ben", "--reason", "left", "--statement", "He left.", "--yes"];
    newsroom.good("ada", &revoke);
    let (status, text) = submit(&server, &next.text());
    assert_eq!((status, ReceiptText::parse(text.as_bytes()).unwrap().first), (200, 3));
    let late = SubmissionText::free(&origin(), vec![event(&entries[3])]).unwrap();
    expect(&submit(&server, &late.text()), 401, "unsigned", Some(403));
    let verdict = newsroom.annals("server", &["verify"]);
    assert_eq!(verdict.code, 0, "{verdict:?}");
    server.stop();
}

#[test]
fn health_events_and_tails_say_what_the_checkpoint_covers() {
    let (_newsroom, server, entries) = with_waiting(2);
    let health = json(&get(&server, "/v1/health").1);
    assert_eq!(
        (health["status"].as_str(), health["size"].as_u64(), health["origin"].as_str()),
        (Some("ok"), Some(3), Some(ORIGIN))
    );
    let (status, events) = get(&server, "/v1/events?from=1");
    assert_eq!((status, events.lines().count()), (200, 8));
    assert_eq!(get(&server, "/v1/events?from=3"), (200, String::new()));
    assert_eq!(get(&server, "/v1/events?from=99"), (200, String::new()));
    expect(&get(&server, "/v1/events"), 400, "form", None);
    expect(&get(&server, "/v1/events?from=-1"), 400, "form", None);
    // A tail that waits for what is there already, and one that waits in vain.
    let (status, note) = get(&server, "/v1/tail?from=2&wait=5");
    assert_eq!((status, note.lines().nth(1)), (200, Some("3")));
    assert_eq!(get(&server, "/v1/tail?from=3&wait=0").0, 204);
    // Two tails that wait: one for the next checkpoint, one for each.
    let mut stream = TcpStream::connect(&server.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.write_all(b"GET /v1/tail?from=3 HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| get(&server, "/v1/tail?from=3&wait=20"));
        std::thread::sleep(Duration::from_millis(300));
        for entry in &entries {
            let free = SubmissionText::free(&origin(), vec![event(entry)]).unwrap();
            assert_eq!(submit(&server, &free.text()).0, 200);
            std::thread::sleep(Duration::from_millis(300));
        }
        let (status, note) = waiting.join().unwrap();
        assert_eq!((status, note.lines().nth(1)), (200, Some("4")));
    });
    let (mut text, mut chunk) = (String::new(), [0; 4_096]);
    while !text.contains("id: 5\n") {
        let read = stream.read(&mut chunk).unwrap();
        assert!(read > 0, "{text}");
        text.push_str(&String::from_utf8_lossy(&chunk[..read]));
    }
    assert!(text.contains("id: 4\n") && text.contains("data: 4\n"), "{text}");
    // It ends with the server.
    server.stop();
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest);
}

/// A request that a key signs.
pub struct Signed<'a> {
    pub key: &'a SecretKey,
    pub method: &'a str,
    pub path: &'a str,
    pub origin: &'a str,
    pub body: Hash,
    pub created: Time,
}

impl Signed<'_> {
    pub fn header(&self) -> String {
        let Signed { key, method, path, origin, body, created } = *self;
        RequestText { origin, method, path, body }.sign(key, created).unwrap()
    }

    pub fn head(&self) -> String {
        let (method, path, header) = (self.method, self.path, self.header());
        format!("{method} {path} HTTP/1.1\r\n{REQUEST_HEADER}: {header}")
    }
}

pub fn key(newsroom: &Newsroom, machine: &str, name: &str) -> SecretKey {
    let keys = KeyFolder::open(newsroom.path(machine).join("keys")).unwrap();
    keys.secret(&KeyName::new(name).unwrap(), &mut |_| Ok(None)).unwrap()
}

pub fn now() -> Time {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    Time::from_micros(i64::try_from(since.as_micros()).unwrap()).unwrap()
}

#[test]
fn documents_and_turns_are_for_those_who_are_enrolled() {
    let (newsroom, server, _) = with_waiting(0);
    let ben = key(&newsroom, "ben", "ben");
    let ada = key(&newsroom, "ada", "ada");
    let bytes = b"A document.";
    let digest = Hash::of(&[bytes]);
    let path = format!("/v1/document/{digest}");
    let put = |signed: &Signed<'_>, body: &[u8]| request(&server.address, &signed.head(), body);
    let good = Signed {
        key: &ben,
        method: "PUT",
        path: &path,
        origin: ORIGIN,
        body: digest,
        created: now(),
    };
    let unsigned = request(&server.address, &format!("PUT {path} HTTP/1.1"), bytes);
    expect(&unsigned, 401, "unsigned", None);
    let stranger = SecretKey::from_seed([9; 32]);
    let old = Time::from_micros(now().micros() - 301_000_000).unwrap();
    let early = Time::from_micros(now().micros() + 305_000_000).unwrap();
    expect(&put(&Signed { key: &stranger, ..good }, bytes), 401, "unsigned", Some(402));
    for bad in [
        Signed { origin: "other.example.org/r", ..good },
        Signed { body: Hash::of(&[b"other"]), ..good },
        Signed { created: old, ..good },
        Signed { created: early, ..good },
    ] {
        expect(&put(&bad, bytes), 401, "unsigned", None);
    }
    // The signature of another request.
    let turn = Signed { method: "POST", path: "/v1/turn", body: Hash::of(&[]), ..good };
    let header = turn.head().split_once("\r\n").unwrap().1.to_owned();
    let head = format!("PUT {path} HTTP/1.1\r\n{header}");
    expect(&request(&server.address, &head, bytes), 401, "unsigned", None);
    let challenge = whole_answer(&server.address, "POST /v1/turn HTTP/1.1");
    assert!(challenge.to_lowercase().contains("\r\nwww-authenticate: annals-request\r\n"));
    // Other bytes than its name says.
    expect(&put(&good, b"Another."), 400, "form", None);
    assert_eq!(put(&good, bytes).0, 201);
    assert_eq!(put(&good, bytes).0, 201);
    // It is not published before an event captures it.
    assert_eq!(get(&server, &format!("/document/{digest}")).0, 404);
    let kept = newsroom.path("server/ledger/.upload").join(ben.public().to_string());
    let names: Vec<_> = std::fs::read_dir(kept).unwrap().map(|f| f.unwrap().file_name()).collect();
    assert_eq!(names, [std::ffi::OsString::from(digest.to_string())]);

    // A turn is for admins, and not twice in ten seconds.
    expect(&put(&turn, b""), 403, "role", None);
    let turn = Signed { key: &ada, ..turn };
    let began = Instant::now();
    let (status, body) = put(&turn, b"");
    assert_eq!((status, json(&body)["seconds"].as_f64()), (200, Some(2.0)));
    let again = put(&turn, b"");
    assert!([429, 503].contains(&again.0), "{again:?}");
    // Ben waits for its end; nothing is refused.
    let said = newsroom.enter("ben", 2, 1);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(began.elapsed() > Duration::from_millis(1_900), "{:?}", began.elapsed());
    let again = put(&turn, b"");
    expect(&again, 429, "too-much", None);
    server.stop();
}

#[test]
fn slow_and_many_connections_keep_nobody_out() {
    let newsroom = Newsroom::found(None);
    let server = newsroom.serve(&[]);
    newsroom.join_as_founder("ada", &server.url);
    let document = newsroom.capture("ada", 9);
    // Some that say nothing, some that begin a request, some that begin a body, some that read
    // nothing of what they asked for.
    let mut silent = Vec::new();
    for number in 0..120 {
        let mut stream = TcpStream::connect(&server.address).unwrap();
        let begun: &[u8] = match number % 4 {
            0 => b"",
            1 => b"GET /checkpoint HTTP/1.1\r\nHo",
            2 => b"POST /v1/submit HTTP/1.1\r\nHost: x\r\nContent-Length: 8000000\r\n\r\nannals",
            _ => b"GET /v1/events?from=0 HTTP/1.1\r\nHost: x\r\n\r\n",
        };
        stream.write_all(begun).unwrap();
        silent.push(stream);
    }
    let said = newsroom.enter("ada", document, 1);
    assert_eq!(said.code, 0, "{said:?}");
    for odd in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..],
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /v1/submit HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"PUT /v1/document/00 HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n1",
        b"GET /v1/tail?from=99999999999999999999 HTTP/1.1\r\nHost: x\r\n\r\n",
    ] {
        let mut stream = TcpStream::connect(&server.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream.write_all(odd).unwrap();
        let mut answer = [0; 1_024];
        let read = stream.read(&mut answer).unwrap_or(0);
        let text = String::from_utf8_lossy(&answer[..read]).into_owned();
        assert!(text.is_empty() || text.starts_with("HTTP/1.1 4"), "{text}");
    }
    let said = newsroom.enter("ada", document, 2);
    assert_eq!(said.code, 0, "{said:?}");
    drop(silent);
    newsroom.expect_same(&["ada"]);
    server.stop();
}

#[test]
fn it_speaks_tls_and_reads_its_certificate_again() {
    let newsroom = Newsroom::found(None);
    let place = newsroom.path("server");
    let renew = || {
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        std::fs::write(place.join("cert.pem"), cert.pem()).unwrap();
        std::fs::write(place.join("key.pem"), signing_key.serialize_pem()).unwrap();
        cert.der().clone()
    };
    let first = renew();
    let server = newsroom.serve(&["--tls-cert", "cert.pem", "--tls-key", "key.pem"]);
    assert!(server.url.starts_with("https://127.0.0.1:"), "{}", server.url);
    let port = server.address.rsplit(':').next().unwrap();
    let ask = |trusted: &CertificateDer<'static>| {
        let roots = RootCerts::from(vec![Certificate::from_der(trusted).to_owned()]);
        let tls = ureq::tls::TlsConfig::builder().root_certs(roots).build();
        let agent = ureq::Agent::config_builder().tls_config(tls).build().new_agent();
        let answer = agent.get(format!("https://localhost:{port}/v1/health")).call();
        answer.map(|answer| answer.status().as_u16())
    };
    assert_eq!(ask(&first).unwrap(), 200);
    // Who does not trust it hears nothing, and plain HTTP is not answered.
    let said = newsroom.annals("server", &["clone", &server.url, "copy"]);
    assert_eq!(said.code, 2, "{said:?}");
    assert!(!String::from_utf8_lossy(said.err.as_bytes()).contains("cloned"), "{}", said.err);
    assert_eq!(get(&server, "/v1/health").0, 0);
    // A certificate that is not one leaves the earlier one in use; a new one is taken up.
    std::fs::write(place.join("cert.pem"), "no certificate").unwrap();
    server.hang_up();
    assert_eq!(ask(&first).unwrap(), 200);
    let second = renew();
    server.hang_up();
    assert_eq!(ask(&second).unwrap(), 200);
    assert!(ask(&first).is_err());
    let log = server.stop();
    assert!(log.contains("the earlier certificate stays: cert.pem"), "{log}");
    assert!(log.contains("the certificate was read again"), "{log}");
    let said = newsroom.annals("server", &["serve", "--tls-cert", "cert.pem"]);
    assert_eq!(said.code, 2, "{said:?}");
    std::fs::write(place.join("key.pem"), "no key").unwrap();
    let tls =
        ["serve", "--listen", "127.0.0.1:0", "--tls-cert", "cert.pem", "--tls-key", "key.pem"];
    let said = newsroom.annals("server", &tls);
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.err.contains("--tls-cert, --tls-key: key.pem: "), "{}", said.err);
    let why = "expected a private key that is not encrypted, in PEM, found none; openssl pkey ";
    assert!(said.err.contains(why), "{}", said.err);
    renew();
    let certificate = std::fs::read(place.join("cert.pem")).unwrap();
    renew();
    std::fs::write(place.join("cert.pem"), certificate).unwrap();
    let said = newsroom.annals("server", &tls);
    assert_eq!(said.code, 2, "{said:?}");
    let why = "key.pem: expected the private key of the certificate, found another one";
    assert!(said.err.contains(why), "{}", said.err);
}

/// With the scheme of a server that speaks the other protocol.
#[test]
fn the_wrong_scheme_is_named() {
    let newsroom = Newsroom::found(None);
    let plain = newsroom.serve(&[]);
    let url = plain.url.replace("http://", "https://");
    let said = newsroom.annals("server", &["clone", &url, "copy"]);
    let why = "no TLS is spoken there: name it with http://, if that is meant";
    assert!(said.code == 2 && said.err.contains(why), "{said:?}");
    plain.stop();
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    std::fs::write(newsroom.path("server/cert.pem"), cert.pem()).unwrap();
    std::fs::write(newsroom.path("server/key.pem"), signing_key.serialize_pem()).unwrap();
    let server = newsroom.serve(&["--tls-cert", "cert.pem", "--tls-key", "key.pem"]);
    let said = newsroom.annals("server", &["clone", &server.url, "copy"]);
    let why = "expected a certificate that a public authority signed for this name";
    assert!(said.code == 2 && said.err.contains(why), "{said:?}");
    let url = server.url.replace("https://", "http://");
    let said = newsroom.annals("server", &["clone", &url, "copy"]);
    let why = "if the server speaks TLS, name it with https://";
    assert!(said.code == 2 && said.err.contains(why), "{said:?}");
    server.stop();
}

#[test]
fn counts_are_on_an_address_of_their_own() {
    let newsroom = Newsroom::found(None);
    let listen = ["serve", "--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0"];
    let mut command = newsroom.command("server", &[&listen[..], &["--format", "json"]].concat());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let serving = json(&line);
    let address = |name: &str| {
        let url = serving[name].as_str().unwrap().strip_prefix("http://").unwrap();
        url.trim_end_matches("/metrics").to_owned()
    };
    assert_eq!((serving["origin"].as_str(), serving["size"].as_u64()), (Some(ORIGIN), Some(1)));
    assert_eq!(request(&address("url"), "GET /nothing HTTP/1.1", b"").0, 404);
    let (status, counts) = request(&address("metrics"), "GET /metrics HTTP/1.1", b"");
    assert_eq!(status, 200, "{counts}");
    for line in [
        "annals_record_size 1",
        "annals_can_place 1",
        "annals_home_warning 0",
        "annals_answers_total{status=\"4xx\"} 1",
        // What did not happen yet is there too.
        "annals_answers_total{status=\"5xx\"} 0",
        "annals_submissions_total{result=\"busy\"} 0",
        "annals_events_total 0",
        "annals_commits_total 0",
        "annals_tails 0",
    ] {
        assert!(counts.lines().any(|found| found == line), "{line}: {counts}");
    }
    assert_eq!(request(&address("url"), "GET /metrics HTTP/1.1", b"").0, 404);
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_key_has_so_many_events_that_wait_and_others_are_not_kept_out() {
    let (newsroom, server, entries) = with_waiting(1);
    let (ben, ada) = (key(&newsroom, "ben", "ben"), key(&newsroom, "ada", "ada"));
    newsroom.hire("cid", "Cid Cole", &server.url, "ada");
    // Signed statements that are not placed when it is their turn.
    let template = event(&entries[0]);
    let many = |seconds: i64, count: i64| {
        let events = (0..count).map(|number| {
            let mut statement = template.statement().clone();
            let micros = statement.said.micros() + seconds * 1_000_000 + number;
            statement.said = Time::from_micros(micros).unwrap();
            let signature = ben.sign(&signed_bytes(EVENT_TAG, &statement.to_bytes()));
            SubmittedEvent::new(statement, &signature, b"{}".to_vec())
        });
        SubmissionText::free(&origin(), events.collect()).unwrap().text()
    };
    let submissions: Vec<Vec<u8>> = (1..=3).map(|seconds| many(seconds, 1_500)).collect();
    let turn = Signed {
        key: &ada,
        method: "POST",
        path: "/v1/turn",
        origin: ORIGIN,
        body: Hash::of(&[]),
        created: now(),
    };
    // An editor's program takes the answer for what it is.
    let taken = ServerConnection::new(&server.url).take_turn(&turn.header()).unwrap();
    assert_eq!(taken, ServerAnswer::Done(()));
    // While Ada has her turn, Ben's wait: two of them may, the third is too much.
    std::thread::scope(|scope| {
        let waiting: Vec<_> = submissions
            .iter()
            .map(|submission| {
                let waiting = scope.spawn(|| submit(&server, submission));
                std::thread::sleep(Duration::from_millis(150));
                waiting
            })
            .collect();
        let began = Instant::now();
        let said = newsroom.enter("cid", 2, 7);
        assert_eq!(said.code, 0, "{said:?}");
        assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
        let answers: Vec<_> = waiting.into_iter().map(|waiting| waiting.join().unwrap()).collect();
        let too_much = (429, "too-much".to_owned(), None);
        let refused: Vec<_> = answers.iter().map(problem).collect();
        assert_eq!(refused.iter().filter(|one| **one == too_much).count(), 1, "{refused:?}");
        // The others had their turn: they are more than the window has.
        let others = refused.iter().filter(|one| **one == (409, "outrun".to_owned(), None));
        assert_eq!(others.count(), 2);
    });
    newsroom.expect_same(&["ada", "cid"]);
    server.stop();
}

/// The whole answer to a request without a body.
fn whole_answer(address: &str, head: &str) -> String {
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    let head = format!("{head}\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    std::io::Write::write_all(&mut stream, head.as_bytes()).unwrap();
    let mut answer = String::new();
    std::io::Read::read_to_string(&mut stream, &mut answer).unwrap();
    answer
}
