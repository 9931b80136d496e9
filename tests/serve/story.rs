//! A day in a newsroom: a server, the founder's machine, and two editors.

use crate::serve::{Newsroom, enter, json, said};
use annals_core::time::Time;
use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::Duration;

const CLOCK: &str = "2026-11-29T08:00:00Z";

/// The lines of a text without those about the clock and the randomness of tests.
fn plain(text: &str) -> String {
    let is_plain = |line: &&str| !line.contains("ANNALS_CLOCK") && !line.contains("ANNALS_SEED");
    text.lines().filter(is_plain).map(|line| format!("{line}\n")).collect()
}

#[test]
fn editors_sign_on_their_machines_and_the_server_places_what_they_signed() {
    let newsroom = Newsroom::found(Some(CLOCK));
    let server = newsroom.serve(&[]);
    let url = server.url.clone();
    newsroom.join_as_founder("ada", &url);
    newsroom.hire("ben", "Ben Best", &url, "ada");
    newsroom.hire("cid", "Cid Cole", &url, "ada");
    let document = newsroom.capture("ben", 9);
    assert_eq!(document, 3);

    // One alone: placed at the end, whoever wrote meanwhile.
    let said = newsroom.enter("cid", document, 1);
    assert_eq!(said.code, 0, "{said:?}");
    let receipt = json(&said.out);
    assert_eq!(
        (receipt["status"].as_str(), receipt["position"].as_u64()),
        (Some("written"), Some(4))
    );
    assert_eq!(receipt["size"].as_u64(), Some(5));
    // The same again is found.
    let again = json(&newsroom.enter("cid", document, 1).out);
    assert_eq!((again["status"].as_str(), again["position"].as_u64()), (Some("already"), Some(4)));

    // Ben's copy is older: what he says is on the present record all the same.
    let said = newsroom.annals("ben", &["confirm", "4", "--how", "reread", "--yes"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.out.starts_with("written at 5\nhead "), "{}", said.out);
    // The rules of the record hold here as anywhere: nobody confirms a second time.
    let said = newsroom.annals("ben", &["confirm", "4", "--how", "reread", "--yes", "--again"]);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.err.contains("rule 505"), "{}", said.err);

    // Several that name each other keep their places.
    std::fs::write(newsroom.path("cid").join("evening.txt"), "It was dark at six.\n").unwrap();
    let drafts = [
        r#"{"ref":"d","type":"document.captured","file":"evening.txt","title":"Evening","lang":"en"}"#,
        r#"{"type":"fact.asserted","claim":"It was dark.","evidence":[{"document":"d","quote":"dark at six"}]}"#,
    ];
    std::fs::write(newsroom.path("cid").join("drafts.jsonl"), drafts.join("\n") + "\n").unwrap();
    let said = newsroom.annals("cid", &["append", "drafts.jsonl", "--yes"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.out.starts_with("written at 6 to 7 (2 events)\n"), "{}", said.out);

    // Acts about people: by the founder, in a copy.
    let said = newsroom.annals(
        "ada",
        &["editor", "revoke", "Cid", "--reason", "left", "--statement", "He left.", "--yes"],
    );
    assert_eq!(said.code, 0, "{said:?}");
    let said = newsroom.enter("cid", document, 2);
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.err.contains("revoked"), "{}", said.err);
    // A log key is held by the server alone.
    let said = newsroom.annals(
        "ada",
        &["ledger", "rekey", "--reason", "rotated", "--statement", "A year is over.", "--yes"],
    );
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.err.contains("end annals serve there"), "{}", said.err);

    // A dry run sends nothing and brings nothing up to date.
    let before = newsroom.good("ben", &["log", "--format", "json"]);
    let mut tried = super::enter(&document.to_string(), 3).each().join("\u{0}");
    tried.push_str("\u{0}--dry-run");
    let tried: Vec<&str> = tried.split('\u{0}').collect();
    let said = newsroom.annals("ben", &tried);
    assert_eq!((said.code, json(&said.out)["status"].as_str()), (0, Some("dry-run")), "{said:?}");
    assert_eq!(newsroom.good("ben", &["log", "--format", "json"]), before);

    newsroom.expect_same(&["ada", "ben", "cid"]);
    let log = server.stop();
    let placed = |from: u64, count: u64| {
        let events = if count == 1 { "event" } else { "events" };
        format!("{count} {events} for {from}: placed\n")
    };
    let expected = format!(
        "serving desk.example.org/record, 1 event; annals clone {url} makes a copy\n{}{}{}{}{}{}{}\
         stopping: what waits is finished\n",
        placed(1, 1),
        placed(2, 1),
        placed(3, 1),
        placed(4, 1),
        placed(5, 1),
        placed(6, 2),
        placed(8, 1)
    );
    assert_eq!(plain(&log), expected);
    // No key of an editor but the founder's, who made the record there, is on the server.
    let keys = std::fs::read_dir(newsroom.path("server/keys")).unwrap();
    let mut keys: Vec<String> =
        keys.map(|found| found.unwrap().file_name().into_string().unwrap()).collect();
    keys.retain(|name| name.ends_with(".key"));
    keys.sort();
    assert_eq!(keys, ["ada.key", "log.key"]);
}

#[test]
fn what_waits_says_what_it_is_and_what_the_record_refuses_is_given_up_by_name() {
    let newsroom = Newsroom::found(Some(CLOCK));
    let server = newsroom.serve(&[]);
    let (url, address) = (server.url.clone(), server.address.clone());
    newsroom.join_as_founder("ada", &url);
    newsroom.hire("ben", "Ben Best", &url, "ada");
    let document = newsroom.capture("ada", 9);
    assert_eq!(newsroom.enter("ada", document, 1).code, 0);
    newsroom.good("ben", &["pull"]);
    server.stop();

    let fact = (document + 1).to_string();
    let confirmed = newsroom.annals("ben", &["confirm", &fact, "--how", "reread", "--yes"]);
    assert!(confirmed.err.contains("annals outbox send sends the same bytes"), "{confirmed:?}");
    std::fs::write(newsroom.path("ben/new.txt"), "A paper with words.\n").unwrap();
    let add = ["document", "add", "new.txt", "--title", "New", "--lang", "en", "--yes"];
    let captured = newsroom.annals("ben", &add);
    assert!(captured.err.contains("run the same command again, which sends them"), "{captured:?}");
    let lines = newsroom.good("ben", &["outbox"]);
    let acts = lines.lines().filter_map(|line| Some(line.split_once("Z: ")?.1));
    let mut acts: Vec<&str> = acts.collect();
    acts.sort_unstable();
    let expected = ["document.captured “New”".to_owned(), format!("fact.confirmed {fact}")];
    assert_eq!(acts, expected, "{lines}");

    // Meanwhile the fact is corrected: what was signed confirms words that are its no more.
    let server = newsroom.serve_at(&address, &[]);
    let correct = [
        "correct",
        &fact,
        "--reason",
        "entry-error",
        "--statement",
        "x",
        "--claim",
        "Other words.",
    ];
    newsroom.good("ada", &[&correct[..], &["--yes"]].concat());
    let sent = newsroom.annals("ben", &["outbox", "send"]);
    let line = sent.out.lines().next().unwrap_or_default();
    let name = line.split_once(':').map(|(name, _)| name).unwrap_or_default();
    let advice = format!("annals outbox drop {name} gives them up");
    assert!(line.contains(": is refused: ") && line.contains("rule 503 stale"), "{sent:?}");
    assert!(line.ends_with(&advice), "{sent:?}");
    newsroom.good("ben", &["outbox", "drop", name, "--yes"]);
    newsroom.good("ben", &add);
    assert_eq!(newsroom.good("ben", &["outbox"]), "nothing waits\n");
    server.stop();
}

#[test]
fn what_was_signed_while_the_server_was_gone_waits_and_is_sent_as_the_same_bytes() {
    let newsroom = Newsroom::found(Some(CLOCK));
    let server = newsroom.serve(&[]);
    let (url, address) = (server.url.clone(), server.address.clone());
    newsroom.join_as_founder("ada", &url);
    newsroom.hire("ben", "Ben Best", &url, "ada");
    let document = newsroom.capture("ada", 9);
    newsroom.good("ben", &["pull"]);
    server.stop();

    // Reading goes on, and so does signing.
    newsroom.good("ben", &["show", &document.to_string()]);
    let said = newsroom.enter("ben", document, 1);
    assert_eq!(said.code, 2, "{said:?}");
    for part in [
        format!("note: the server at {url} does not answer"),
        "they are signed and kept: annals outbox send sends the same bytes".to_owned(),
    ] {
        assert!(said.err.contains(&part), "{part}: {}", said.err);
    }
    let waiting = json(&newsroom.good("ben", &["outbox", "--format", "json"]));
    assert_eq!(waiting["waiting"].as_array().map(Vec::len), Some(1), "{waiting}");
    assert_eq!(waiting["waiting"][0]["events"][0]["claim"].as_str(), Some(&*super::claim(1)));
    let status = newsroom.good("ben", &["status"]);
    let line = "outbox        1 signed submission waits (annals outbox shows it)\n";
    assert!(status.contains(line), "{status}");
    let kept: Vec<String> = kept(&newsroom);
    // Still gone: it waits still.
    let said = newsroom.annals("ben", &["outbox", "send"]);
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.out.contains(": waits still: cannot reach the server at "), "{}", said.out);
    assert_eq!(self::kept(&newsroom), kept);

    // The record goes on before it is sent.
    let server = newsroom.serve_at(&address, &[]);
    assert_eq!(newsroom.enter("ada", document, 2).code, 0);
    let said = newsroom.annals("ben", &["outbox", "send", "--format", "json"]);
    assert_eq!(said.code, 0, "{said:?}");
    let sent = json(&said.out);
    assert_eq!(
        (sent["status"].as_str(), sent["sent"][0]["position"].as_u64()),
        (Some("written"), Some(4))
    );
    assert_eq!(newsroom.good("ben", &["outbox"]), "nothing waits\n");
    // The signed lines are those that waited.
    let event = newsroom.good("server", &["log", "--format", "jsonl"]);
    assert_eq!(event.lines().count(), 5);
    let journal = read_journal(&newsroom);
    let signature = kept.get(8).expect("the signature of the event");
    assert!(journal.contains(signature.as_str()), "{signature}");
    // The same command finds it.
    let again = json(&newsroom.enter("ben", document, 1).out);
    assert_eq!((again["status"].as_str(), again["position"].as_u64()), (Some("already"), Some(4)));
    // What was given up is not sent.
    server.stop();
    assert_eq!(newsroom.enter("ben", document, 3).code, 2);
    let waiting = json(&newsroom.good("ben", &["outbox", "--format", "json"]));
    let name = waiting["waiting"][0]["name"].as_str().unwrap();
    let said = newsroom.annals("ben", &["outbox", "drop", &name[..12], "--yes"]);
    assert_eq!(
        (said.code, said.out.as_str()),
        (0, "given up; a server that has it may still write it\n")
    );
    let server = newsroom.serve_at(&address, &[]);
    assert_eq!(newsroom.good("ben", &["outbox", "send"]), "nothing waits\n");
    newsroom.expect_same(&["ada", "ben"]);
    server.stop();
}

#[test]
fn a_tail_shows_each_event_once_the_copy_has_it() {
    let newsroom = Newsroom::found(None);
    let server = newsroom.serve(&[]);
    let (url, address) = (server.url.clone(), server.address.clone());
    newsroom.join_as_founder("ada", &url);
    let document = newsroom.capture("ada", 9);
    newsroom.join("watcher", &url);
    let mut tail = newsroom.command("watcher", &["tail", "--count", "4", "--format", "jsonl"]);
    let mut tail = tail.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(tail.stdout.take().unwrap()).lines();
    let mut next = || json(&lines.next().unwrap().unwrap());
    let kind = |row: &serde_json::Value| row["type"].as_str().unwrap().to_owned();
    // What is there already comes first.
    assert_eq!([kind(&next()), kind(&next())], ["ledger.opened", "document.captured"]);
    assert_eq!(newsroom.enter("ada", document, 1).code, 0);
    let row = next();
    assert_eq!((kind(&row), row["position"].as_u64()), ("fact.asserted".to_owned(), Some(2)));
    // A server that is gone for a while is asked again.
    server.stop();
    std::thread::sleep(Duration::from_millis(300));
    let server = newsroom.serve_at(&address, &[]);
    assert_eq!(newsroom.enter("ada", document, 2).code, 0);
    assert_eq!(next()["position"].as_u64(), Some(3));
    let done = tail.wait_with_output().unwrap();
    assert!(done.status.success(), "{done:?}");
    let err = String::from_utf8(done.stderr).unwrap();
    assert!(err.is_empty() || err.starts_with("note: the server does not answer ("), "{err}");
    // The copy has what was shown; a ledger of one's own is watched likewise.
    assert_eq!(newsroom.claims("watcher").len(), 2);
    let mut own = newsroom.command("server", &["tail", "--from", "3", "--count", "2"]);
    let own = own.args(["--every", "100ms"]).stdout(Stdio::piped()).spawn().unwrap();
    assert_eq!(newsroom.enter("ada", document, 3).code, 0);
    let done = own.wait_with_output().unwrap();
    let text = String::from_utf8(done.stdout).unwrap();
    assert!(text.contains("Boat 2 came in") && text.contains("Boat 3 came in"), "{text}");
    let newest = newsroom.good("server", &["tail", "--count", "2", "--format", "jsonl"]);
    let newest: Vec<u64> =
        newest.lines().map(|line| json(line)["position"].as_u64().unwrap()).collect();
    assert_eq!(newest, [3, 4]);
    server.stop();
}

/// The time of an event is the server's; the signer hears that the own clock is wrong.
#[test]
fn a_clock_that_is_far_from_the_servers_is_noted() {
    let newsroom = Newsroom::found(None);
    let server = newsroom.serve(&[]);
    newsroom.join_as_founder("ada", &server.url);
    let document = newsroom.capture("ada", 9);
    let enter_at = |line, days: i64| {
        let act = enter(&document.to_string(), line);
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        let clock = Time::from_micros(now.as_micros() as i64 + days * 86_400_000_000).unwrap();
        let mut command = newsroom.command("ada", &act.each());
        command.env("ANNALS_CLOCK", clock.as_str());
        let written = said(command);
        assert_eq!(written.code, 0, "{written:?}");
        written.err
    };
    let note = "note: the clock of this machine is 40 days ahead of the server's";
    assert!(enter_at(1, 40).contains(note));
    let plain = newsroom.enter("ada", document, 2);
    assert!(plain.code == 0 && !plain.err.contains("the clock of this machine"), "{plain:?}");
    server.stop();
}

/// The lines of the only file in Ben's outbox.
fn kept(newsroom: &Newsroom) -> Vec<String> {
    let listed = std::fs::read_dir(newsroom.path("ben/keys/outbox")).unwrap();
    let files = listed.map(|found| found.unwrap().path()).filter(|path| path.is_file());
    let files: Vec<_> = files.collect();
    assert_eq!(files.len(), 1, "{files:?}");
    std::fs::read_to_string(&files[0]).unwrap().lines().map(str::to_owned).collect()
}

fn read_journal(newsroom: &Newsroom) -> String {
    super::read(&newsroom.path("server/ledger/journal"), "00000000000000000000.log")
}
