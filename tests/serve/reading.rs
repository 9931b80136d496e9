//! The facts over HTTP: the same bytes as the commands print, as long as they may be shown.
//!
//! Not here: the answers themselves (`archivist`, `index`), their description (`src/serve/routes`).

use crate::index::{entry, make};
use crate::serve::grouped::put;
use crate::serve::wire::submit;
use crate::serve::{Newsroom, RunningServer, json};
use crate::support::submission::SubmissionParts;
use crate::support::tamper::Dice;
use crate::support::{Ledger, acts, random, texts};
use annals::ledger::answer::AnswerError;
use annals::ledger::answer::diff::{DiffPoints, DiffReach, DiffView};
use annals::ledger::answer::filter::FactFilters;
use annals::ledger::answer::find::{FindRequest, FindView};
use annals::ledger::answer::log::{LogAnswer, LogOrder, LogRequest};
use annals::ledger::answer::page::FactPage;
use annals::ledger::answer::replay::FactsView;
use annals::ledger::answer::show::ShowAnswer;
use annals::ledger::error::LedgerError;
use annals::ledger::exchange::publish::served::ServedRecord;
use annals::ledger::paths::Paths;
use annals::ledger::reader::{self, Record};
use annals_core::hash::Hash;
use annals_core::search::WordMatch;
use annals_core::verify::Verifier;
use annals_core::verify::content::CheckDepth;
use annals_core::verify::examine::examine;
use annals_core::verify::memory::MemorySource;
use std::io::{Read, Write};
use std::net::TcpStream;

const CLOCK: &str = "2026-01-01T00:01:00.000000Z";

/// An answer with its headers.
struct Got {
    status: u16,
    headers: String,
    body: String,
}

impl Got {
    fn header(&self, name: &str) -> Option<&str> {
        let of =
            |line: &'_ str| line.split_once(": ").filter(|(other, _)| *other == name).is_some();
        let line = self.headers.lines().find(|line| of(line))?;
        line.split_once(": ").map(|(_, value)| value)
    }

    fn detail(&self) -> String {
        json(&self.body)["detail"].as_str().unwrap_or_default().to_owned()
    }
}

/// Asks with a method and further headers, each with its CRLF.
fn ask(server: &RunningServer, method: &str, path: &str, more: &str) -> Got {
    let mut stream = TcpStream::connect(&server.address).unwrap();
    let head = format!("{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{more}\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (headers, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = headers[9..12].parse().unwrap();
    // An answer in chunks would need more than this.
    assert!(!headers.contains("transfer-encoding"), "{headers}");
    Got { status, headers: headers.replace("\r\n", "\n"), body: body.to_owned() }
}

fn get(server: &RunningServer, path: &str) -> Got {
    ask(server, "GET", path, "")
}

/// A record of random events that break no rule.
fn lawful(dice: &mut Dice, size: u64) -> Ledger {
    let confirmations = 1 + dice.below(2) as u64;
    let mut ledger = Ledger::newsroom_as(&acts::Opening { confirmations, ..Default::default() });
    let mut verifier = Verifier::default();
    verifier.keep_changes();
    let mut source = MemorySource::default();
    let mut judge = |ledger: &Ledger, verifier: &mut Verifier| {
        for document in ledger.documents.values() {
            source.add_document(document.clone());
        }
        let from = usize::try_from(verifier.chain.size()).unwrap();
        for event in &ledger.events[from..] {
            let examined = examine(&entry(event));
            verifier.event(&examined, &source, CheckDepth::All).unwrap();
        }
        verifier.faults.is_empty()
    };
    assert!(judge(&ledger, &mut verifier));
    while ledger.size() < size {
        let mut tried = ledger.clone();
        let (by, act) = random::act(&mut tried, dice);
        // A stolen key from time to time, not with every third event.
        let is_suspect =
            act.args.contains("\"suspect_from\":") && !act.args.contains("from\":null");
        if is_suspect && dice.below(6) > 0 {
            continue;
        }
        tried.sign(by, act);
        match judge(&tried, &mut verifier) {
            true => ledger = tried,
            false => assert!(verifier.take_back()),
        }
    }
    ledger
}

/// A request and the command whose output it must have.
struct Pair {
    path: String,
    command: Vec<String>,
}

fn encoded(text: &str) -> String {
    let one = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(one).collect()
}

impl Pair {
    /// A request with these parameters, which are options of the command too, but for those of
    /// which the command has another form.
    fn new(path: &str, command: &str, options: &[(&str, &str)]) -> Pair {
        let mut query = Vec::new();
        let mut words: Vec<String> = command.split(' ').map(str::to_owned).collect();
        words.extend(["--format", "json"].map(str::to_owned));
        for (name, value) in options {
            query.push(format!("{name}={}", encoded(value)));
            match *name {
                "position" | "words" => words.push((*value).to_owned()),
                "newest" | "part" => words.push(format!("--{name}")),
                name => words.extend([format!("--{name}"), (*value).to_owned()]),
            }
        }
        Pair { path: format!("{path}?{}", query.join("&")), command: words }
    }

    /// That the server answers what the command prints; whether there was an answer.
    fn check(&self, newsroom: &Newsroom, server: &RunningServer) -> bool {
        let got = get(server, &self.path);
        let words: Vec<&str> = self.command.iter().map(String::as_str).collect();
        let said = newsroom.annals("other", &words);
        match got.status {
            200 => assert_eq!(got.body, said.out, "{} {words:?}: {}", self.path, said.err),
            400 | 404 => assert_eq!(said.code, 2, "{} {words:?}: {} {said:?}", self.path, got.body),
            other => panic!("{}: {other}: {}", self.path, got.body),
        }
        assert!(got.status != 200 || said.code < 2, "{words:?}: {said:?}");
        got.status == 200
    }
}

/// Random questions about a record of this size.
fn pairs(size: usize, dice: &mut Dice) -> Vec<Pair> {
    let (one, other) = (dice.below(size), dice.below(size));
    let (first, last) = (one.min(other).to_string(), one.max(other).to_string());
    let (first, last) = (first.as_str(), last.as_str());
    let event = dice.below(one.max(other) + 1).to_string();
    let event = event.as_str();
    let limit = (1 + dice.below(12)).to_string();
    let limit = limit.as_str();
    let status = ["asserted", "confirmed", "disputed", "retracted"][dice.below(4)];
    let by = ["Ada", "Ben", "Dan"][dice.below(3)];
    let kind = ["fact", "fact.corrected", "editor", "body", "document.captured"][dice.below(5)];
    let document = (4 + dice.below(30)).to_string();
    let document = document.as_str();
    let facts = |options| Pair::new("/v1/facts", "replay", options);
    let log = |options| Pair::new("/v1/log", "log", options);
    let find = |options| Pair::new("/v1/find", "find", options);
    let diff = |options: &[(&str, &str)]| {
        let mut pair = Pair::new("/v1/diff", &format!("diff {first} {last}"), options);
        let more = if options.is_empty() { "" } else { "&" };
        pair.path = pair.path.replace('?', &format!("?from={first}&to={last}{more}"));
        pair
    };
    let of = |path: &str, command: &str, position: &str, options: &[(&str, &str)]| {
        Pair::new(&format!("{path}/{position}"), &format!("{command} {position}"), options)
    };
    vec![
        facts(&[("limit", limit)]),
        facts(&[("limit", limit), ("after", first)]),
        facts(&[("limit", "1000"), ("as-of", last)]),
        facts(&[("as-of", last), ("limit", limit), ("after", event), ("status", status)]),
        facts(&[("by", by), ("limit", limit), ("as-of", last)]),
        facts(&[("when", "2022"), ("limit", limit)]),
        facts(&[("when", "2022-01"), ("limit", "400"), ("as-of", last)]),
        facts(&[("document", document), ("limit", "50")]),
        facts(&[("topic", "t"), ("limit", limit)]),
        facts(&[("as-of", "2022-02-01"), ("limit", "50")]),
        facts(&[("as-of", "2 weeks ago"), ("limit", "50"), ("tz", "Europe/Berlin")]),
        of("/v1/facts", "show", event, &[("as-of", last)]),
        of("/v1/facts", "show", last, &[]),
        of("/v1/facts", "show", last, &[("as-of", first)]),
        log(&[("limit", limit)]),
        log(&[("from", first), ("until", last), ("limit", limit)]),
        log(&[("from", first), ("newest", "true"), ("limit", limit)]),
        log(&[("type", kind), ("limit", limit)]),
        log(&[("type", kind), ("newest", "true"), ("limit", "500")]),
        log(&[("by", by), ("until", last), ("newest", "true"), ("limit", limit)]),
        log(&[("position", event), ("until", last), ("limit", "500")]),
        log(&[("position", event), ("newest", "true"), ("limit", limit)]),
        log(&[("document", document), ("limit", limit)]),
        log(&[("topic", "t"), ("limit", limit), ("as-of", last)]),
        diff(&[]),
        diff(&[("status", status)]),
        diff(&[("by", by)]),
        diff(&[("when", "2022")]),
        find(&[("words", "yes"), ("limit", limit)]),
        find(&[("words", "ye"), ("part", "true"), ("limit", limit), ("as-of", last)]),
        find(&[("words", "she"), ("words", "yes"), ("limit", "50"), ("status", status)]),
        find(&[("words", "she"), ("limit", limit), ("when", "2022"), ("by", by)]),
        of("/v1/blame", "blame", document, &[("as-of", last)]),
        of("/v1/blame", "blame", document, &[("status", status)]),
        of("/v1/blame", "blame", document, &[("limit", "1")]),
    ]
}

/// `ANNALS_HISTORIES` sets the number of further histories.
#[test]
fn every_answer_is_what_the_command_prints() {
    let more = std::env::var("ANNALS_HISTORIES").ok().and_then(|text| text.parse().ok());
    let (mut answered, mut refused) = (0, 0);
    for seed in 2..3 + more.unwrap_or(0_u64) {
        let mut dice = Dice(seed);
        let ledger = lawful(&mut dice, 330);
        let newsroom = Newsroom::found(Some(CLOCK));
        put(&newsroom.path("other"), &ledger);
        let server = newsroom.serve_machine("other");
        for _ in 0..2 {
            for pair in pairs(330, &mut dice) {
                let is_answer = pair.check(&newsroom, &server);
                *(if is_answer { &mut answered } else { &mut refused }) += 1;
            }
        }
        // A proof is no JSON.
        let facts = random::positions(&ledger, &["fact.asserted"]);
        for fact in facts.into_iter().step_by(19) {
            for (query, option) in [("", None), ("?c2sp=true", Some("--c2sp"))] {
                let fact = fact.to_string();
                let command = ["prove", &fact].into_iter().chain(option);
                let said = newsroom.annals("other", &command.collect::<Vec<_>>());
                let got = get(&server, &format!("/v1/proof/{fact}{query}"));
                assert_eq!((got.status, &got.body), (200, &said.out), "{fact}: {}", said.err);
                assert_eq!(got.header("content-type"), Some("text/plain; charset=utf-8"));
            }
        }
        // Page after page has all facts, each once.
        let (mut paged, mut after) = (Vec::new(), String::new());
        loop {
            let page = json(&get(&server, &format!("/v1/facts?limit=9&when=2022{after}")).body);
            let lists = ["facts", "undated"].map(|name| page[name].as_array().unwrap().clone());
            let mut all: Vec<u64> =
                lists.iter().flatten().map(|fact| fact["fact"].as_u64().unwrap()).collect();
            all.sort_unstable();
            after = all.last().map(|last| format!("&after={last}")).unwrap_or_default();
            paged.extend(all);
            if page["more"] == false {
                break;
            }
        }
        let whole =
            json(&newsroom.good("other", &["replay", "--when", "2022", "--format", "json"]));
        let lists = ["facts", "undated"].map(|name| whole[name].as_array().unwrap().clone());
        let mut all: Vec<u64> =
            lists.iter().flatten().map(|fact| fact["fact"].as_u64().unwrap()).collect();
        all.sort_unstable();
        assert_eq!(paged, all);
        server.stop();
    }
    assert!(answered > 40 && refused > 2, "{answered} {refused}");
}

#[test]
fn an_answer_is_asked_for_again_and_comes_again_only_when_it_is_another_one() {
    let newsroom = Newsroom::found(Some(CLOCK));
    let mut ledger = Ledger::newsroom_as(&acts::Opening { window: 9, ..Default::default() });
    put(&newsroom.path("other"), &ledger);
    let server = newsroom.serve_machine("other");
    let path = "/v1/facts?as-of=5&limit=9";
    let first = get(&server, path);
    let tag = first.header("etag").unwrap().to_owned();
    assert_eq!(first.header("cache-control"), Some("no-cache"));
    assert_eq!(first.header("content-type"), Some("application/json"));
    assert!(tag.len() == 66 && tag.starts_with('"') && tag.ends_with('"'), "{tag}");
    let again = |tag: &str| ask(&server, "GET", path, &format!("If-None-Match: {tag}\r\n"));
    for known in [tag.clone(), format!("\"x\", W/{tag}"), "*".to_owned()] {
        let answer = again(&known);
        assert_eq!((answer.status, answer.body.as_str()), (304, ""), "{known}");
        assert_eq!(answer.header("etag"), Some(tag.as_str()));
        assert_eq!(answer.header("cache-control"), Some("no-cache"));
    }
    assert_eq!(again("\"x\"").body, first.body);
    // The order of the parameters does not matter; every other request has another answer.
    assert_eq!(get(&server, "/v1/facts?limit=9&as-of=5").header("etag"), Some(tag.as_str()));
    for other in ["/v1/facts?as-of=4&limit=9", "/v1/facts?as-of=5&limit=8", "/v1/facts/5?as-of=5"] {
        assert_ne!(get(&server, other).header("etag"), Some(tag.as_str()), "{other}");
    }
    let head = ask(&server, "HEAD", path, "");
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    assert_eq!(head.header("etag"), Some(tag.as_str()));
    // An event that is appended changes `of`, also of an answer as of an earlier point.
    let position = ledger.sign("bo", acts::confirmed(5));
    let parts = SubmissionParts::unplaced(&format!("next {position}"), &ledger, &[position]);
    assert_eq!(submit(&server, parts.text().as_bytes()).0, 200);
    let appended = again(&tag);
    let later = appended.header("etag").unwrap().to_owned();
    assert_eq!(appended.status, 200);
    assert_ne!(later, tag);
    let claim = json(&appended.body)["facts"][0]["claim"].as_str().unwrap().to_owned();
    // The server gave the event its place and its time.
    let placed = get(&server, &format!("/v1/events?from={position}")).body;
    ledger.events[position as usize].place = placed.lines().next().unwrap().to_owned();
    // A redaction changes what was there.
    let redacting = ledger.sign("dan", acts::redacted(5));
    let parts = SubmissionParts::unplaced(&format!("next {redacting}"), &ledger, &[redacting]);
    let (status, said) = submit(&server, parts.text().as_bytes());
    assert_eq!(status, 200, "{said}");
    let redacted = again(&later);
    assert_eq!(redacted.status, 200);
    assert!(!redacted.body.contains(&claim), "{}", redacted.body);
    // What was asked for as of a point before is asked for by its position and is there no more.
    for path in ["/v1/facts/5?as-of=5", "/v1/log?until=5", "/v1/find?words=yes&as-of=5"] {
        let answer = get(&server, path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        assert!(!answer.body.contains(&claim), "{path}: {}", answer.body);
    }
    server.stop();
}

#[test]
fn what_is_sealed_or_redacted_is_in_no_answer_that_is_read() {
    let newsroom = Newsroom::found(Some(CLOCK));
    let mut ledger = Ledger::newsroom_as(&acts::Opening { window: 9, ..Default::default() });
    let fact = texts::yes(4).replace("She said yes.", "Nobody may read this yet.");
    let sealed = ledger.sign("ada", acts::asserted_fact(&fact, "\"by-hand\""));
    let text = "A document that is to be forgotten by everybody.";
    let document = ledger.capture("ada", text, "null");
    ledger.sign("dan", acts::redacted(document));
    put(&newsroom.path("other"), &ledger);
    let server = newsroom.serve_machine("other");
    let (secret, open) = ("Nobody may read this yet.", "She said yes.");
    assert!(ledger.events[sealed as usize].body.contains(secret));
    let digest = Hash::of(&[text.as_bytes()]).to_string();
    assert!(ledger.events[document as usize].body.contains(&digest));
    let paths = [
        "/v1/facts".to_owned(),
        "/v1/log?limit=1000".to_owned(),
        "/v1/log?newest=true".to_owned(),
        "/v1/diff?from=0".to_owned(),
        "/v1/find?words=Nobody".to_owned(),
        format!("/v1/find?words=Nobody&part=true&as-of={sealed}"),
        format!("/v1/facts/{sealed}"),
        format!("/v1/facts/{document}"),
        format!("/v1/facts/{document}?as-of={document}"),
        format!("/v1/log?position={sealed}"),
        format!("/v1/log?position={document}"),
        format!("/v1/blame/{document}"),
        "/v1/blame/4".to_owned(),
        format!("/v1/proof/{sealed}"),
        "/v1/proof/5".to_owned(),
    ];
    let mut shown = 0;
    for path in &paths {
        let answer = get(&server, path);
        assert!(matches!(answer.status, 200 | 404), "{path}: {}", answer.body);
        for hidden in [secret, text, digest.as_str()] {
            assert!(!answer.body.contains(hidden), "{path}: {}", answer.body);
        }
        shown += usize::from(answer.body.contains(open));
    }
    assert!(shown > 4, "{shown}");
    server.stop();
}

#[test]
fn a_bad_request_is_told_which_parameter_what_was_expected_and_what_was_found() {
    let newsroom = Newsroom::found(Some(CLOCK));
    put(&newsroom.path("other"), &Ledger::newsroom());
    let server = newsroom.serve_machine("other");
    let last = Ledger::newsroom().size() - 1;
    let position = "expected a position such as 17, found";
    let cases: Vec<(&str, u16, String)> = vec![
        ("/v1/facts?limit=0", 400, "limit: expected a number from 1 to 1000, found \"0\"".into()),
        ("/v1/facts?limit=1001", 400, "limit: expected a number from 1 to 1000, found \"1001\"".into()),
        ("/v1/facts?limit=all", 400, "limit: expected a number from 1 to 1000, found \"all\"".into()),
        ("/v1/facts?limit=3&limit=4", 400, "limit: expected one value, found several".into()),
        ("/v1/facts?after=-1", 400, format!("after: {position} \"-1\"")),
        ("/v1/facts?after=01", 400, format!("after: {position} \"01\"")),
        ("/v1/facts?after=99999999999999999999", 400, format!("after: {position} \"99999999999999999999\"")),
        (
            "/v1/facts?status=good",
            400,
            "status: expected asserted, confirmed, disputed or retracted, found \"good\"".into(),
        ),
        (
            "/v1/facts?when=soon",
            400,
            "when: expected an EDTF date or interval such as 2022-01-26 or 2021/2022, found \
             \"soon\""
                .into(),
        ),
        ("/v1/facts?document=5", 400, "document: expected the position of a document (4), found 5".into()),
        ("/v1/facts?by=Nobody", 400, "by: expected an editor of this record (".into()),
        ("/v1/facts?tz=Atlantis", 400, "tz: expected a zone like UTC or Europe/Berlin, found \"Atlantis\"".into()),
        ("/v1/facts?clock=new", 400, "clock: expected recorded or corrected, found \"new\"".into()),
        ("/v1/facts?as-of=whenever", 400, "as-of: expected a position (17), a date or time (".into()),
        ("/v1/facts?as-of=99", 400, format!("as-of: expected a position from 0 to {last}, found 99")),
        ("/v1/facts?asof=3", 400, "expected parameters among as-of, when, topic, status, ".into()),
        ("/v1/proof/5?as-of=3", 400, "expected parameters among c2sp, found \"as-of\"".into()),
        ("/v1/health?x=1", 400, "expected no parameter, found \"x\"".into()),
        ("/v1/facts/x", 400, format!("position: {position} \"x\"")),
        ("/v1/facts/99", 404, format!("expected a position from 0 to {last}, found 99")),
        ("/v1/facts/5?as-of=4", 404, "expected a position among the first 5 events, up to the point that was asked for; found 5, which came later".into()),
        ("/v1/log?position=99", 404, format!("expected a position from 0 to {last}, found 99")),
        ("/v1/log?type=facts", 400, "type: expected fact, document, editor, ledger, relation, body, or one of ".into()),
        ("/v1/log?newest=yes", 400, "newest: expected true or false, found \"yes\"".into()),
        ("/v1/log?until=3&as-of=3", 400, "until: expected one last point, found as-of too".into()),
        (
            "/v1/log?from=5&until=3",
            400,
            "expected from a point that is not after that of until, found \"5\" after \"3\"; say \
             the two the other way round"
                .into(),
        ),
        ("/v1/diff", 400, "from: expected a point, found none; it is the earlier one of two".into()),
        ("/v1/diff?from=5&to=3", 400, "expected the earlier point first, found \"5\" (position 5) after \"3\" (position 3)".into()),
        ("/v1/find", 400, "words: expected words to find, found none".into()),
        ("/v1/find?words=caf%E9", 400, "words: expected UTF-8, percent-encoded, as %C3%A9 is for é, found \"caf%E9\"".into()),
        ("/v1/facts?topic=M%E9dia", 400, "topic: expected UTF-8, percent-encoded, ".into()),
        ("/v1/facts?topic=%FF", 400, "topic: expected UTF-8, percent-encoded, ".into()),
        ("/v1/facts?topic=%zz", 400, "topic: expected UTF-8, percent-encoded, ".into()),
        ("/v1/facts?topic=10%", 400, "topic: expected UTF-8, percent-encoded, ".into()),
        ("/v1/facts?by=%2", 400, "by: expected UTF-8, percent-encoded, ".into()),
        ("/v1/log?type=%C3", 400, "type: expected UTF-8, percent-encoded, ".into()),
        ("/v1/facts?%FF=1", 400, "the name of a parameter: expected UTF-8, percent-encoded, ".into()),
        ("/v1/find?words=%21", 400, "words: expected words to find, found none in \"!\"".into()),
        ("/v1/events", 400, "expected a position: ?from=N".into()),
        ("/v1/blame/5", 404, "position: expected the position of a document (4), found 5".into()),
        ("/v1/proof/4", 404, "expected the position of a fact, found document.captured at 4".into()),
        ("/v1/proof/99", 404, format!("expected a position from 0 to {last}, found 99")),
        ("/v1/nothing", 404, "expected a path of this server".into()),
        ("/v1/facts/", 404, "expected a path of this server".into()),
    ];
    for (path, status, words) in cases {
        let answer = get(&server, path);
        assert_eq!(answer.status, status, "{path}: {}", answer.body);
        assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{path}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
        let detail = answer.detail();
        assert!(detail.starts_with(&words), "{path}: {detail}");
        let kind = if status == 404 { "urn:annals:not-found" } else { "urn:annals:form" };
        assert_eq!(json(&answer.body)["type"], kind, "{path}");
    }
    for (method, path) in [("POST", "/v1/facts"), ("DELETE", "/v1/facts/5"), ("PUT", "/v1/log")] {
        let answer = ask(&server, method, path, "Content-Length: 0\r\n");
        assert_eq!(answer.status, 405, "{method} {path}: {}", answer.body);
        assert_eq!(answer.detail(), format!("expected the method GET, found {method}"));
        assert!(answer.header("allow").is_some_and(|allow| allow.contains("GET")));
    }
    let description = get(&server, "/v1/openapi.json");
    assert_eq!(description.header("content-type"), Some("application/json"));
    assert_eq!(json(&description.body)["openapi"], "3.1.1");
    // Where the index cannot answer nothing is folded.
    let index = newsroom.path("other/ledger/index");
    let away = newsroom.path("other/ledger/index-away");
    std::fs::rename(&index, &away).unwrap();
    let answer = get(&server, "/v1/facts");
    assert_eq!(answer.status, 503, "{}", answer.body);
    assert!(answer.header("retry-after").is_some());
    std::fs::rename(&away, &index).unwrap();
    assert_eq!(get(&server, "/v1/facts").status, 200);
    let log = server.stop();
    assert!(log.contains("cannot answer: "), "{log}");
}

/// How many events an answer may read.
const BOUND: u64 = 120;

/// What an answer writes, of the record with a bound and without.
type Written = dyn Fn(&Record, &mut dyn Write) -> Result<(), AnswerError>;

#[test]
fn an_answer_that_would_read_more_than_it_may_is_refused_and_nothing_is_folded() {
    let folder = tempfile::tempdir().unwrap();
    let paths: Paths = put(folder.path(), &lawful(&mut Dice(3), 330));
    make(&paths.ledger);
    let note = reader::checkpoint(&paths).unwrap().unwrap();
    let served = ServedRecord::open(&paths.ledger, note).unwrap();
    let whole = Record::open(paths).unwrap();
    let topic = FactFilters { topic: Some("nothing".to_owned()), ..FactFilters::default() };
    let facts = |filters: FactFilters, most: usize| -> Box<Written> {
        Box::new(move |record, out| {
            let page = FactPage { after: None, most };
            let of = FactsView::open(record, record.size(), &filters, page)?;
            let mut answer = of.answer()?;
            let undone = answer.undone()?.undone;
            answer.write_json(out, &undone)
        })
    };
    let log = |kind: Option<&'static str>, topic: Option<&'static str>| -> Box<Written> {
        Box::new(move |record, out| {
            let request = LogRequest {
                position: None,
                from: 0,
                until: record.size(),
                by: None,
                kind: kind.map(str::to_owned),
                document: None,
                topic: topic.map(str::to_owned),
                order: LogOrder::OldestFirst,
                most: 5,
            };
            LogAnswer::open(record, request)?.write_json(out)
        })
    };
    let diff = |first: u64, last: u64| -> Box<Written> {
        Box::new(move |record, out| {
            let points = DiffPoints { from: "a", to: "b", first, last };
            let none = FactFilters::default();
            DiffView::open(record, points, &none, DiffReach::Between)?.answer()?.write_json(out)
        })
    };
    let find = |words: &'static str| -> Box<Written> {
        Box::new(move |record, out| {
            let request = FindRequest::new(vec![words.to_owned()], WordMatch::Whole, 2)?;
            let none = FactFilters::default();
            FindView::open(record, record.size(), &none)?.answer(&request)?.write_json(out)
        })
    };
    // Each with whether so few events are enough.
    let answers: Vec<(&str, Box<Written>, bool)> = vec![
        ("a page", facts(FactFilters::default(), 3), true),
        ("a large page", facts(FactFilters::default(), 300), false),
        ("a filter that nothing passes", facts(topic, 3), false),
        ("the first events", log(None, None), true),
        ("events of a type that is rare", log(Some("ledger.upgraded"), None), false),
        ("events of a topic", log(None, Some("t")), true),
        ("a short time", diff(0, 8), true),
        ("a long time", diff(10, 320), false),
        ("words that are not there", find("nowhere"), true),
        (
            "an event",
            Box::new(|record, out| ShowAnswer::read(record, 330, 5)?.write_json(out)),
            true,
        ),
    ];
    for (what, answer, is_enough) in answers {
        let mut expected = Vec::new();
        answer(&whole, &mut expected).unwrap();
        let mut found = Vec::new();
        let bounded = served.record(BOUND).unwrap();
        match answer(&bounded, &mut found) {
            Ok(()) => assert!(is_enough && found == expected, "{what}"),
            Err(AnswerError::Ledger(LedgerError::BeyondBound { bound: BOUND, .. })) => {
                assert!(!is_enough, "{what}");
            }
            Err(error) => panic!("{what}: {error}"),
        }
        assert_eq!(bounded.trouble(), None, "{what}");
        let mut found = Vec::new();
        answer(&served.record(5_000).unwrap(), &mut found).unwrap();
        assert_eq!(Hash::of(&[&found]), Hash::of(&[&expected]), "{what}");
    }
}

/// A precondition counts only where the answer without it would be 200.
#[test]
fn what_is_not_there_is_not_unchanged() {
    let newsroom = Newsroom::found(None);
    let server = newsroom.serve(&[]);
    newsroom.join_as_founder("ada", &server.url);
    let document = newsroom.capture("ada", 3);
    assert_eq!(newsroom.enter("ada", document, 1).code, 0);
    for (path, status) in [
        ("/v1/facts", 200),
        ("/v1/facts/2", 200),
        ("/v1/facts/9", 404),
        ("/v1/proof/1", 404),
        ("/v1/blame/2", 404),
        ("/v1/facts?by=Nobody", 400),
        ("/v1/facts?document=77", 400),
        ("/v1/log?position=77", 404),
    ] {
        let plain = ask(&server, "GET", path, "");
        assert_eq!(plain.status, status, "{path}: {}", plain.body);
        for header in ["If-None-Match: *\r\n", "If-None-Match: \"other\", *\r\n"] {
            let found = ask(&server, "GET", path, header);
            let expected = if status == 200 { 304 } else { status };
            assert_eq!(found.status, expected, "{path}: {header}");
            assert_eq!(found.header("etag"), plain.header("etag"), "{path}");
        }
    }
    server.stop();
}

/// A condition that does not hold is answered with 412, and a body in a coding with 415 (RFC 9110).
#[test]
fn a_condition_that_does_not_hold_and_a_body_in_a_coding_are_refused() {
    let newsroom = Newsroom::found(None);
    let server = newsroom.serve(&[]);
    let refused = |found: &Got, status: u16, word: &str| {
        assert_eq!(found.status, status, "{}", found.body);
        assert_eq!(json(&found.body)["type"], format!("urn:annals:{word}"));
    };
    let facts = |header: &str| ask(&server, "GET", "/v1/facts", header);
    let first = facts("");
    let tag = first.header("etag").unwrap();
    for good in [format!("If-Match: \"x\", {tag}\r\n"), "If-Match: *\r\n".to_owned()] {
        assert_eq!((facts(&good).status, &facts(&good).body), (200, &first.body), "{good}");
    }
    for other in [format!("If-Match: W/{tag}\r\n"), "If-Match: \"x\"\r\n".to_owned()] {
        refused(&facts(&other), 412, "precondition");
        // It is judged before what the asker has.
        let both = format!("{other}If-None-Match: {tag}\r\n");
        refused(&facts(&both), 412, "precondition");
    }
    // What is not there is not there under any condition.
    refused(&ask(&server, "GET", "/v1/facts/9", "If-Match: \"x\"\r\n"), 404, "not-found");
    // Answers without a tag.
    for (method, path) in [("GET", "/checkpoint"), ("POST", "/v1/submit"), ("GET", "/v1/health")] {
        let found = ask(&server, method, path, "If-Match: \"x\"\r\n");
        refused(&found, 412, "precondition");
    }
    assert_eq!(ask(&server, "GET", "/checkpoint", "If-Match: *\r\n").status, 200);
    let document = format!("/v1/document/{}", "0".repeat(64));
    for (method, path) in [("POST", "/v1/submit"), ("PUT", document.as_str())] {
        let coded = "Content-Length: 0\r\nContent-Encoding: gzip\r\n";
        let found = ask(&server, method, path, coded);
        refused(&found, 415, "coding");
        assert_eq!(found.header("accept-encoding"), Some("identity"));
        let plain =
            ask(&server, method, path, "Content-Length: 0\r\nContent-Encoding: identity\r\n");
        assert!([400, 401].contains(&plain.status), "{}", plain.body);
    }
    server.stop();
}

/// Positions and seconds have one spelling, wherever they are.
#[test]
fn a_number_in_another_spelling_is_refused() {
    let newsroom = Newsroom::found(None);
    let server = newsroom.serve(&[]);
    for path in [
        "/v1/events?from=%2B1",
        "/v1/events?from=001",
        "/v1/events?from=",
        "/v1/events",
        "/v1/events?from=1&from=1",
        "/v1/tail?from=%2B1&wait=0",
        "/v1/tail?from=1&wait=00",
        "/v1/tail?from=1&wait=%2B0",
        "/v1/facts/00",
        "/v1/facts?after=%2B1",
    ] {
        let found = ask(&server, "GET", path, "");
        assert_eq!(
            (found.status, json(&found.body)["type"].as_str()),
            (400, Some("urn:annals:form")),
            "{path}"
        );
    }
    for id in ["abc", "01", "+1"] {
        let found =
            ask(&server, "GET", "/v1/tail?from=4&wait=0", &format!("Last-Event-ID: {id}\r\n"));
        assert_eq!(found.status, 400, "{id}");
    }
    assert_eq!(ask(&server, "GET", "/v1/tail?from=0&wait=0", "Last-Event-ID: 1\r\n").status, 204);
    assert_eq!(ask(&server, "GET", "/v1/tail?from=0&wait=0", "").status, 200);
    server.stop();
}

/// A proof of more acts than one may have is too large, as every other answer that is.
#[test]
fn a_proof_of_too_many_acts_is_beyond_the_bound() {
    let newsroom = Newsroom::found(None);
    let document = newsroom.capture("server", 1);
    assert_eq!(newsroom.enter("server", document, 1).code, 0);
    let act = |number| {
        format!(
            "{{\"type\":\"fact.disputed\",\"on\":2,\"reason\":\"unverifiable\",\
             \"statement\":\"No {number}.\"}}\n"
        )
    };
    let drafts: String = (1..4_096).map(act).collect();
    std::fs::write(newsroom.path("server").join("acts.jsonl"), drafts).unwrap();
    newsroom.good("server", &["append", "acts.jsonl", "--yes"]);
    let server = newsroom.serve(&[]);
    let found = ask(&server, "GET", "/v1/proof/2", "");
    let problem = json(&found.body);
    assert_eq!((found.status, problem["type"].as_str()), (422, Some("urn:annals:bound")));
    assert_eq!(found.detail(), "a proof has at most 4096 events, this one would have 4098");
    server.stop();
}
