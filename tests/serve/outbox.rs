//! What waits in an outbox: of which record it is, what another machine brought meanwhile, what is
//! never placed, and what cannot be read.
//!
//! Not here: answers that are lost (`faults`), the form of the files (`faults/outbox`).

use crate::serve::{Newsroom, RunningServer, answer, enter, json, proxy};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A server with Ada's copy and a document, and Ben's.
fn staffed() -> (Newsroom, RunningServer, u64) {
    let newsroom = Newsroom::found(None);
    let server = newsroom.serve(&[]);
    newsroom.join_as_founder("ada", &server.url);
    let document = newsroom.capture("ada", 99);
    newsroom.hire("ben", "Ben Best", &server.url, "ada");
    newsroom.good("ben", &["pull"]);
    (newsroom, server, document)
}

fn copy_keys(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for name in ["ben.key", "ben.pub"] {
        std::fs::copy(from.join(name), to.join(name)).unwrap();
    }
}

/// The address of a proxy before a server that loses its answers to POST while the number is 1.
fn loses_answers(server: &RunningServer, lost: usize) -> (Arc<AtomicUsize>, String) {
    let lost = Arc::new(AtomicUsize::new(lost));
    let (loses, address) = (Arc::clone(&lost), server.address.clone());
    let url = proxy(move |line, send| {
        let answer = send(&address);
        let is_lost = line.starts_with("POST ") && loses.load(Ordering::Relaxed) == 1;
        (!is_lost).then_some(answer)
    });
    (lost, url)
}

/// The files that wait.
fn files(newsroom: &Newsroom, machine: &str) -> Vec<PathBuf> {
    let listed = std::fs::read_dir(newsroom.path(machine).join("keys/outbox")).unwrap();
    let paths = listed.map(|file| file.unwrap().path()).filter(|path| path.is_file());
    paths.collect()
}

fn claims(newsroom: &Newsroom, wanted: &str) -> usize {
    newsroom.claims("server").iter().filter(|(_, claim)| claim == wanted).count()
}

/// Copies of two records with one folder of keys: what is signed for one is not shown in the copy
/// of the other, nor sent to its server.
#[test]
fn what_waits_is_of_the_record_that_it_was_signed_for() {
    let (newsroom, first, document) = staffed();
    std::fs::create_dir(newsroom.path("second")).unwrap();
    let init = ["init", "--origin", "other.example.org/record", "--title", "Other", "--yes"];
    let name = ["--name", "Ada Able", "--no-passphrase"];
    newsroom.good("second", &[&init[..], &name].concat());
    let second = newsroom.serve_machine("second");
    let (url, address) = (second.url.clone(), second.address.clone());
    newsroom.good("ben", &["clone", &url, "other"]);
    let key = ["key", "new", "ben2", "--name", "Ben Best", "--no-passphrase", "--ledger", "other"];
    newsroom.good("ben", &key);
    second.stop();
    let request = newsroom.path("ben/keys/ben2.request");
    let add = ["editor", "add", request.to_str().unwrap(), "--role", "editor", "--yes"];
    newsroom.good("second", &add);
    let text = "Boat 1 came in at 1 o'clock.\n";
    std::fs::write(newsroom.path("second").join("boats.txt"), text).unwrap();
    let capture = ["document", "add", "boats.txt", "--title", "B", "--lang", "en", "--yes"];
    newsroom.good("second", &capture);
    let second = newsroom.serve_on("second", &address, &[]);
    newsroom.good("ben", &["pull", "--ledger", "other"]);
    second.stop();
    // Signed for the other record while its server is away.
    let act = enter("2", 1);
    let act = [&act.each()[..], &["--ledger", "other"]].concat();
    assert_eq!(newsroom.annals("ben", &act).code, 2);
    assert_eq!(newsroom.good("ben", &["outbox"]), "nothing waits\n");
    assert_eq!(newsroom.good("ben", &["outbox", "send"]), "nothing waits\n");
    let status = json(&newsroom.good("ben", &["status", "--format", "json"]));
    assert_eq!(status["outbox"], 0);
    let waiting = files(&newsroom, "ben");
    let name = waiting[0].file_name().unwrap().to_str().unwrap().to_owned();
    assert_eq!(newsroom.annals("ben", &["outbox", "drop", &name, "--yes"]).code, 2);
    assert!(!first.said().contains("refuse"), "{}", first.said());
    assert_eq!(files(&newsroom, "ben"), waiting);
    let there = newsroom.good("ben", &["outbox", "--ledger", "other"]);
    assert!(there.starts_with(&name[..16]) && there.contains("Boat 1 came in"), "{there}");
    let second = newsroom.serve_on("second", &address, &[]);
    let sent = newsroom.good("ben", &["outbox", "send", "--ledger", "other"]);
    assert_eq!(sent, format!("{}: written at 3\n", &name[..16]));
    assert_eq!(files(&newsroom, "ben"), Vec::<PathBuf>::new());
    assert_eq!(newsroom.enter("ben", document, 1).code, 0);
    second.stop();
    first.stop();
}

/// What was corrected is named by the fact, as in the log, and the revision beside it.
#[test]
fn what_waits_names_the_fact_and_its_revision() {
    let (newsroom, server, document) = staffed();
    assert_eq!(newsroom.enter("ada", document, 1).code, 0);
    let correct = ["correct", "3", "--claim", "It came late.", "--reason", "wrong-figure"];
    newsroom.good("ada", &[&correct[..], &["--statement", "S.", "--yes"]].concat());
    newsroom.good("ben", &["pull"]);
    server.stop();
    let dispute = ["dispute", "3", "--reason", "wrong-figure", "--statement", "No.", "--yes"];
    let correct = ["correct", "3", "--claim", "It came on time.", "--reason", "more-precise"];
    let correct = [&correct[..], &["--statement", "S.", "--yes"]].concat();
    let confirm = ["confirm", "3", "--how", "reread", "--yes"];
    let acts: [(&[&str], &str, Option<&str>); 3] = [
        (&confirm, "fact.confirmed 3 (revision 4)", None),
        (&dispute, "fact.disputed 3 (revision 4) “No.”", None),
        (&correct, "fact.corrected 3 (revision 4) “It came on time.”", Some("It came on time.")),
    ];
    for (act, told, claim) in acts {
        assert_eq!(newsroom.annals("ben", act).code, 2);
        let listed = newsroom.good("ben", &["outbox"]);
        assert!(listed.ends_with(&format!("Z: {told}\n")), "{listed}");
        let report = json(&newsroom.good("ben", &["outbox", "--format", "json"]));
        let event = &report["waiting"][0]["events"][0];
        assert_eq!((&event["on"][0], event["claim"].as_str()), (&3.into(), claim), "{report}");
        let name = &listed[..16];
        let dropped = newsroom.annals("ben", &["outbox", "drop", name, "--yes"]);
        assert!(dropped.err.contains(&format!(": {told}\n")), "{dropped:?}");
    }
}

/// One editor, one key, two machines: the same acts are signed on both while the server is away.
#[test]
fn what_another_machine_brought_meanwhile_is_not_placed_twice() {
    let (newsroom, server, document) = staffed();
    let (url, address) = (server.url.clone(), server.address.clone());
    assert_eq!(newsroom.enter("ben", document, 9).code, 0);
    newsroom.join("ben2", &url);
    copy_keys(&newsroom.path("ben/keys"), &newsroom.path("ben2/keys"));
    server.stop();
    let dispute = ["dispute", "3", "--reason", "wrong-figure", "--statement", "No.", "--yes"];
    let capture = ["document", "add", "note.txt", "--title", "N", "--lang", "en", "--yes"];
    // With another topic it is the same passage and the same claim.
    let topic = enter(&document.to_string(), 2);
    let topic = [&topic.each()[..], &["--topic", "Boats"]].concat();
    let plain = [1, 2, 3].map(|line| enter(&document.to_string(), line));
    for machine in ["ben", "ben2"] {
        std::fs::write(newsroom.path(machine).join("note.txt"), "A note.\n").unwrap();
        let second = if machine == "ben" { plain[1].each() } else { topic.clone() };
        for act in [&plain[0].each()[..], &second, &plain[2].each(), &dispute, &capture] {
            let said = newsroom.annals(machine, act);
            assert_eq!(said.code, 2, "{said:?}");
        }
    }
    let server = newsroom.serve_at(&address, &[]);
    assert_eq!(newsroom.annals("ben", &["outbox", "send"]).code, 3);
    newsroom.good("ben", &capture);
    let facts = newsroom.claims("server");
    let at = |line| facts.iter().find(|(_, found)| *found == crate::serve::claim(line)).unwrap().0;
    assert_eq!([at(9), at(1), at(2), at(3)], [3, 4, 5, 6]);
    // The same commands on the other machine.
    let again = json(&newsroom.good("ben2", &plain[0].each()));
    assert_eq!((&again["status"], &again["position"]), (&"already".into(), &4.into()));
    assert_eq!(newsroom.good("ben2", &dispute), "already at 7\n");
    assert_eq!(newsroom.good("ben2", &capture), "already at 8\n");
    let said = newsroom.annals("ben2", &topic);
    assert_eq!((said.code, said.out.as_str()), (1, ""), "{said:?}");
    let why = "the same passage and the same claim are fact 5 since, asserted; another person \
               confirms it with annals confirm 5; --again enters it once more, annals outbox drop ";
    assert!(said.err.contains(why), "{}", said.err);
    // What waits there.
    let sent = newsroom.annals("ben2", &["outbox", "send"]);
    assert_eq!(sent.code, 1, "{sent:?}");
    let lines: Vec<(&str, &str)> = sent.out.lines().map(|line| line.split_at(16)).collect();
    let [(name, refused), (_, already)] = lines[..] else { panic!("{sent:?}") };
    let expected = format!(
        ": is refused: the same passage and the same claim are fact 5 since, asserted; another \
         person confirms it with annals confirm 5; annals outbox drop {name} gives it up"
    );
    assert_eq!((refused, already), (expected.as_str(), ": already at 6"));
    newsroom.good("ben2", &["outbox", "drop", name, "--yes"]);
    assert_eq!(newsroom.good("ben2", &["outbox", "send"]), "nothing waits\n");
    newsroom.good("ben2", &plain[0].each());
    assert_eq!(newsroom.claims("server").len(), 4);
    // On request a fact is entered once more, and what was signed on request is sent.
    server.stop();
    let more = [&plain[1].each()[..], &["--again"]].concat();
    assert_eq!(newsroom.annals("ben2", &more).code, 2);
    let server = newsroom.serve_at(&address, &[]);
    let sent = json(&newsroom.good("ben2", &["outbox", "send", "--format", "json"]));
    assert_eq!(sent["status"], "written", "{sent}");
    assert_eq!(claims(&newsroom, &crate::serve::claim(2)), 2);
    newsroom.expect_same(&["ada", "ben", "ben2"]);
    server.stop();
}

/// One editor, one key, three machines: what the first one brought was ended before the others send
/// theirs. It is in the record, and does not hold.
#[test]
fn what_was_brought_and_ended_since_is_not_taken_for_what_holds() {
    let (newsroom, server, document) = staffed();
    let (url, address) = (server.url.clone(), server.address.clone());
    assert_eq!(newsroom.enter("ben", document, 1).code, 0);
    for machine in ["ben2", "ben3"] {
        newsroom.join(machine, &url);
        copy_keys(&newsroom.path("ben/keys"), &newsroom.path(machine).join("keys"));
    }
    server.stop();
    let retract = ["retract", "3", "--reason", "unverifiable", "--statement", "No.", "--yes"];
    let document = document.to_string();
    let describe = ["document", "describe", &document, "--statement", "s", "--yes", "--title"];
    let described = |title| [&describe[..], &[title]].concat();
    for machine in ["ben", "ben2", "ben3"] {
        assert_eq!(newsroom.annals(machine, &retract).code, 2);
        assert_eq!(newsroom.annals(machine, &described("B")).code, 2);
    }
    let server = newsroom.serve_at(&address, &[]);
    newsroom.good("ben", &["outbox", "send"]);
    newsroom.good("ada", &["reinstate", "4", "--statement", "back", "--yes"]);
    newsroom.good("ada", &described("Boats"));
    let over = "this is in the record already and does not hold any more: event";
    let retraction = format!("{over} 4 is a retraction that was ended by 6");
    let sent = newsroom.annals("ben2", &["outbox", "send"]);
    assert_eq!(sent.code, 1, "{sent:?}");
    let lines: Vec<&str> = sent.out.lines().collect();
    for (line, why) in
        lines.iter().zip([&retraction, &format!("{over} 5 is a description that 7 replaced")])
    {
        let name = &line[..16];
        let expected = format!(
            "{name}: is refused: {why}; the command that signed it writes it once more with \
             --again; annals outbox drop {name} gives it up"
        );
        assert_eq!(*line, expected);
    }
    assert_eq!(lines.len(), 2);
    // The command says so as on the first machine, as often as it is said.
    let refused =
        format!("annals: {retraction}; nothing was written; --again writes it once more\n");
    for machine in ["ben", "ben2", "ben2"] {
        let said = newsroom.annals(machine, &retract);
        assert_eq!((said.code, said.err), (2, refused.clone()));
    }
    let again = newsroom.good("ben2", &[&retract[..], &["--again"]].concat());
    assert!(again.starts_with("written at 8\n"), "{again}");
    // Of several the last one counts.
    let sent = newsroom.annals("ben3", &["outbox", "send"]);
    let lines: Vec<&str> = sent.out.lines().collect();
    assert_eq!((sent.code, &lines[0][16..]), (1, ": already at 8"), "{sent:?}");
    server.stop();
}

/// A machine does not get the answer, and what was placed is ended before it sends once more.
#[test]
fn what_was_placed_and_ended_since_is_noted() {
    let (newsroom, server, document) = staffed();
    assert_eq!(newsroom.enter("ben", document, 1).code, 0);
    let (lost, url) = loses_answers(&server, 1);
    newsroom.join("ben2", &url);
    copy_keys(&newsroom.path("ben/keys"), &newsroom.path("ben2/keys"));
    let retract = ["retract", "3", "--reason", "unverifiable", "--statement", "No.", "--yes"];
    assert_eq!(newsroom.annals("ben2", &retract).code, 2);
    newsroom.good("ada", &["reinstate", "4", "--statement", "back", "--yes"]);
    lost.store(0, Ordering::Relaxed);
    let sent = newsroom.annals("ben2", &["outbox", "send"]);
    assert_eq!((sent.code, &sent.out[16..]), (0, ": written at 4\n"), "{sent:?}");
    assert_eq!(sent.err, "note: event 4 is a retraction that was ended by 5\n");
    server.stop();
}

/// In a record whose window is 0 an event stands where its signer had it, with the time of the
/// server: the outbox finds it by its statement, as with any window.
#[test]
fn what_was_placed_without_a_window_is_found_again() {
    let newsroom = Newsroom::found_with(None, &["--window", "0"]);
    let server = newsroom.serve(&[]);
    newsroom.join_as_founder("ada", &server.url);
    let document = newsroom.capture("ada", 99);
    newsroom.hire("ben", "Ben Best", &server.url, "ada");
    assert_eq!(newsroom.enter("ada", document, 1).code, 0);
    let (lost, url) = loses_answers(&server, 0);
    newsroom.join("ben2", &url);
    copy_keys(&newsroom.path("ben/keys"), &newsroom.path("ben2/keys"));
    let dispute = ["dispute", "3", "--reason", "wrong-figure", "--statement", "No.", "--yes"];
    let confirm = ["confirm", "3", "--how", "reread", "--yes"];
    let fact = enter(&document.to_string(), 2);
    for (act, line) in [(&dispute[..], 11), (&confirm, 12), (&fact.each(), 13)] {
        lost.store(1, Ordering::Relaxed);
        assert_eq!(newsroom.annals("ben2", act).code, 2);
        lost.store(0, Ordering::Relaxed);
        let between = json(&newsroom.enter("ada", document, line).out);
        let placed = between["position"].as_u64().unwrap() - 1;
        let said = newsroom.good("ben2", act);
        let already = format!("already at {placed}\n");
        assert!(said == already || json(&said)["status"] == "already", "{said}");
        assert_eq!(newsroom.good("ben2", &["outbox"]), "nothing waits\n");
    }
    let events = json(&newsroom.good("ada", &["log", "3", "--format", "json"]));
    assert_eq!(events["events"].as_array().unwrap().len(), 3, "{events}");
    newsroom.expect_same(&["ada", "ben", "ben2"]);
    server.stop();
}

/// A folder of keys that is named is there: a mistyped name does not say that nothing waits.
#[test]
fn an_outbox_in_a_folder_that_is_not_there_is_none() {
    let (newsroom, server, document) = staffed();
    server.stop();
    assert_eq!(newsroom.enter("ben", document, 1).code, 2);
    std::fs::write(newsroom.path("ben/README"), "a text").unwrap();
    let makes = ", `annals --keys nope key new NAME` makes one";
    for (keys, found, makes) in
        [("nope", "none", makes), ("/dev/null", "a device or a pipe", ""), ("README", "a file", "")]
    {
        for act in [&["outbox"][..], &["outbox", "send"], &["outbox", "drop", "12345678"]] {
            let said = newsroom.annals("ben", &[act, &["--keys", keys]].concat());
            let why = format!(
                "annals: expected a folder of keys at {keys}, found {found}; --keys DIR names \
                 another{makes}\n"
            );
            assert_eq!((said.code, said.err), (2, why), "{act:?}");
        }
    }
    let told = newsroom.good("ben", &[]);
    assert!(told.contains(" 1 signed submission waits (annals outbox shows it)\n"), "{told}");
    // A reader has none.
    std::fs::rename(newsroom.path("ben/keys"), newsroom.path("ben/away")).unwrap();
    assert_eq!(newsroom.good("ben", &["outbox"]), "nothing waits\n");
}

/// A record that was begun anew under the same name has not the event after which it was signed: its
/// body is not sent there.
#[test]
fn what_was_signed_for_another_record_of_the_name_is_not_sent() {
    let (newsroom, first, document) = staffed();
    let address = first.address.clone();
    first.stop();
    assert_eq!(newsroom.enter("ben", document, 7).code, 2);
    for folder in ["server", "ben/ledger", "ada"] {
        let aside = format!("{}.old", newsroom.path(folder).display());
        std::fs::rename(newsroom.path(folder), aside).unwrap();
    }
    std::fs::create_dir(newsroom.path("server")).unwrap();
    let init = ["init", "--origin", "desk.example.org/record", "--title", "A desk", "--yes"];
    let name = ["--name", "Ada Able", "--no-passphrase"];
    newsroom.good("server", &[&init[..], &name].concat());
    let second = newsroom.serve_at(&address, &[]);
    newsroom.join_as_founder("ada", &second.url);
    newsroom.capture("ada", 99);
    newsroom.good("ben", &["clone", &second.url, "ledger"]);
    let request = newsroom.path("ben/keys/ben.request");
    let add = ["editor", "add", request.to_str().unwrap(), "--role", "editor", "--yes"];
    newsroom.good("ada", &add);
    let sent = newsroom.annals("ben", &["outbox", "send"]);
    let name = sent.out[..16].to_owned();
    let expected = format!(
        "{name}: is refused: it was signed after an event that this record does not have: for \
         another record of this name, or for one that lost events; it was not sent; the command \
         that signed it signs it anew for this one; annals outbox drop {name} gives it up\n"
    );
    assert_eq!((sent.code, sent.out), (1, expected), "{}", sent.err);
    assert!(!second.said().contains("refuse"), "{}", second.said());
    assert_eq!(newsroom.claims("server").len(), 0);
    second.stop();
}

/// A dispute of the same words that is open is not written once more, on whatever machine it is said;
/// nor are several of a file that another machine brought.
#[test]
fn a_dispute_that_stands_is_not_written_twice() {
    let (newsroom, server, document) = staffed();
    let (url, address) = (server.url.clone(), server.address.clone());
    for line in [1, 2] {
        assert_eq!(newsroom.enter("ada", document, line).code, 0);
    }
    newsroom.join("ben2", &url);
    copy_keys(&newsroom.path("ben/keys"), &newsroom.path("ben2/keys"));
    let dispute = ["dispute", "3", "--reason", "wrong-figure", "--statement", "No.", "--yes"];
    assert!(newsroom.good("ben", &dispute).starts_with("written at 5\n"));
    let said = newsroom.annals("ben2", &dispute);
    let why =
        "the same dispute of fact 3 is event 5 already, and open; --again writes it once more";
    assert!(said.code == 1 && said.err.contains(why), "{said:?}");
    assert_eq!(newsroom.good("ben", &dispute), "already at 5\n");
    let other = ["dispute", "3", "--reason", "wrong-figure", "--statement", "Nor this.", "--yes"];
    assert!(newsroom.good("ben2", &other).starts_with("written at 6\n"));
    let draft = |fact| {
        format!(
            "{{\"type\":\"fact.disputed\",\"fact\":{fact},\"reason\":\"unverifiable\",\"statement\":\"D.\"}}\n"
        )
    };
    for machine in ["ben", "ben2"] {
        newsroom.good(machine, &["pull"]);
        std::fs::write(newsroom.path(machine).join("two.jsonl"), draft(3) + &draft(4)).unwrap();
    }
    server.stop();
    let append = ["append", "two.jsonl", "--yes"];
    for machine in ["ben", "ben2"] {
        assert_eq!(newsroom.annals(machine, &append).code, 2);
    }
    let server = newsroom.serve_at(&address, &[]);
    assert!(newsroom.good("ben", &append).starts_with("written at 7 to 8 "));
    assert_eq!(newsroom.annals("ben2", &["outbox", "send"]).code, 3);
    let said = newsroom.annals("ben2", &append);
    let told = said.err.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(said.code, 1, "{said:?}");
    for words in ["of fact 3 is event 7 already", "of fact 4 is event 8", "annals outbox drop "] {
        assert!(told.contains(words), "{told}");
    }
    // Once it is closed, it may be said again.
    newsroom.hire("cid", "Cid Cole", &server.url, "ada");
    newsroom.good("cid", &["uphold", "5", "--statement", "It is right.", "--yes"]);
    assert!(newsroom.good("ben2", &dispute).starts_with("written at 11\n"));
    server.stop();
}

/// A name that is not known, or a network that is not there: nothing was sent.
#[test]
fn where_nobody_can_be_reached_nothing_was_sent() {
    let (newsroom, server, document) = staffed();
    let mark = newsroom.path("ben/ledger/following");
    let text = std::fs::read_to_string(&mark).unwrap();
    let elsewhere = text.replace(&server.url, "http://record.invalid:8090");
    std::fs::write(&mark, elsewhere).unwrap();
    let said = newsroom.enter("ben", document, 1);
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.err.contains("cannot reach the server at http://record.invalid:8090"), "{said:?}");
    assert!(said.err.contains("nothing was sent") && said.err.contains("kept"), "{said:?}");
    let sent = newsroom.annals("ben", &["outbox", "send"]);
    assert!(sent.code == 2 && sent.out.contains("nothing was sent"), "{sent:?}");
    std::fs::write(&mark, text).unwrap();
    newsroom.good("ben", &["outbox", "send"]);
    server.stop();
}

/// Several drafts keep their places: after others wrote they are signed anew, by the command. If
/// the record refuses one of them by now, the command says what waits still.
#[test]
fn drafts_that_are_refused_by_now_are_given_up() {
    let (newsroom, server, document) = staffed();
    let address = server.address.clone();
    assert_eq!(newsroom.enter("ben", document, 1).code, 0);
    newsroom.good("ada", &["pull"]);
    let drafts = "{\"type\":\"fact.asserted\",\"claim\":\"Two.\",\"quote\":\"Boat 2 came in\",\
         \"document\":1}\n{\"type\":\"fact.confirmed\",\"on\":3,\"how\":\"reread\"}\n";
    let drafts = drafts.replace("\"document\":1", &format!("\"document\":{document}"));
    std::fs::write(newsroom.path("ada").join("two.jsonl"), drafts).unwrap();
    server.stop();
    let append = ["append", "two.jsonl", "--yes"];
    assert_eq!(newsroom.annals("ada", &append).code, 2);
    let server = newsroom.serve_at(&address, &[]);
    let retract = ["retract", "3", "--reason", "entry-error", "--statement", "Wrong.", "--yes"];
    newsroom.good("ben", &retract);
    let sent = newsroom.annals("ada", &["outbox", "send"]);
    assert_eq!(sent.code, 3, "{sent:?}");
    let name = sent.out[..16].to_owned();
    let said = newsroom.annals("ada", &append);
    assert_eq!(said.code, 1, "{said:?}");
    let told = said.err.split_whitespace().collect::<Vec<_>>().join(" ");
    let note = format!(
        "note: what was signed for these drafts before waits still: annals outbox drop {name} \
         gives it up"
    );
    assert!(told.contains(&note), "{told}");
    newsroom.good("ada", &["outbox", "drop", &name, "--yes"]);
    let said = newsroom.annals("ada", &append);
    assert!(said.code == 1 && !said.err.contains("outbox"), "{said:?}");
    server.stop();
}

/// What a key signed that was revoked, or lost its role, since.
#[test]
fn what_can_be_placed_no_more_is_refused_and_given_up() {
    let (newsroom, server, document) = staffed();
    newsroom.hire("cid", "Cid Cole", &server.url, "ada");
    let address = server.address.clone();
    newsroom.good("cid", &["pull"]);
    server.stop();
    for machine in ["ben", "cid"] {
        assert_eq!(newsroom.enter(machine, document, 1).code, 2);
    }
    let server = newsroom.serve_at(&address, &[]);
    let revoke = ["editor", "revoke", "Ben Best", "--reason", "left", "--statement", "Left."];
    newsroom.good("ada", &[&revoke[..], &["--yes"]].concat());
    newsroom.good("ada", &["editor", "change", "Cid Cole", "--role", "admin", "--yes"]);
    for (machine, rule) in [("ben", "rule 403"), ("cid", "rule 404")] {
        let sent = newsroom.annals(machine, &["outbox", "send"]);
        assert_eq!(sent.code, 1, "{sent:?}");
        let name = sent.out[..16].to_owned();
        assert!(sent.out.starts_with(&format!("{name}: is refused: ")), "{sent:?}");
        assert!(sent.out.contains(rule), "{sent:?}");
        let advice = format!("annals outbox drop {name} gives them up\n");
        assert!(sent.out.ends_with(&advice), "{sent:?}");
        newsroom.good(machine, &["outbox", "drop", &name, "--yes"]);
        assert_eq!(newsroom.good(machine, &["outbox", "send"]), "nothing waits\n");
    }
    let told = newsroom.good("ben", &[]);
    let line = "\nyou     a reader: the key ben is revoked since event ";
    assert!(told.contains(line), "{told}");
    assert_eq!(newsroom.claims("server").len(), 0);
    server.stop();
}

/// A file that is cut, changed or of a later version may hold a signed act: it is not passed over.
#[test]
fn a_file_that_cannot_be_read_waits_too() {
    let (newsroom, server, document) = staffed();
    let address = server.address.clone();
    server.stop();
    assert_eq!(newsroom.enter("ben", document, 1).code, 2);
    let server = newsroom.serve_at(&address, &[]);
    let path = files(&newsroom, "ben").pop().unwrap();
    let name = path.file_name().unwrap().to_str().unwrap().to_owned();
    let short = &name[..16];
    let good = std::fs::read_to_string(&path).unwrap();
    let form = "its first lines are not in form";
    for (bytes, why) in [
        (good[..good.len() - 40].to_owned(), "expected 4 lines of 1 events, found 3"),
        (String::new(), form),
        (good.replace("Boat 1", "Boat 7"), "event 3 is not the one that was signed"),
        (good.replacen("v2", "v3", 1), form),
    ] {
        std::fs::write(&path, bytes).unwrap();
        let told = newsroom.good("ben", &["outbox"]);
        let (begins, ends) = told.split_once(&format!("keys/outbox/{name}")).unwrap();
        assert!(begins.starts_with(&format!("{short}: cannot be read: ")), "{told}");
        let after = format!(
            ": {why}; run the command that signed it again, which signs it anew; annals outbox \
             drop {short} removes the file\n"
        );
        assert_eq!(ends, after);
        let sent = newsroom.annals("ben", &["outbox", "send"]);
        assert_eq!((sent.code, sent.out), (2, told), "{}", sent.err);
        let status = json(&newsroom.good("ben", &["status", "--format", "json"]));
        assert_eq!(status["outbox"], 1);
    }
    // The same command moves it aside and signs anew.
    assert_eq!(newsroom.enter("ben", document, 1).code, 0);
    assert_eq!(newsroom.good("ben", &["outbox", "send"]), "nothing waits\n");
    std::fs::write(&path, "").unwrap();
    newsroom.good("ben", &["outbox", "drop", short, "--yes"]);
    assert!(!path.exists());
    newsroom.expect_same(&["ada", "ben"]);
    server.stop();
}

/// A record may rest for days: its server starts, and says how far its clock is from the last
/// event. A clock before that event is refused, unless it is said to be right.
#[test]
fn a_record_that_rested_is_served() {
    let newsroom = Newsroom::found(Some("2026-01-02T00:00:00.000000Z"));
    let start = |clock: &str, more: &[&str]| {
        let serve = [&["serve", "--listen", "127.0.0.1:0"][..], more].concat();
        let mut command = newsroom.command("server", &serve);
        command.env("ANNALS_CLOCK", clock);
        command
    };
    let server = newsroom.begin(start("2026-01-05T00:00:00.000000Z", &[]), "server");
    assert_eq!(server.health(), 200);
    let said = server.stop();
    assert!(said.contains("the last event is of 2026-01-02T00:00:00.000000Z; the clock says 2026-01-05T00:00:00.000000Z, 3.0 days later\n"), "{said}");
    let before = "2026-01-01T00:00:00.000000Z";
    let refused = crate::serve::said(start(before, &[]));
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(
        refused.err.ends_with("; if the clock is right, say --clock-is-right\n"),
        "{refused:?}"
    );
    let server = newsroom.begin(start(before, &["--clock-is-right"]), "server");
    assert_eq!(server.health(), 200);
    server.stop();
}

/// A page to sign in, a redirect or a refusal in place of every answer: nobody knows whether there
/// is a server behind it. What is signed is kept.
#[test]
fn a_page_in_place_of_every_answer_is_no_record_of_files() {
    let (newsroom, server, document) = staffed();
    let page: Arc<Mutex<Option<&str>>> = Arc::default();
    let (given, address) = (Arc::clone(&page), server.address.clone());
    let url = proxy(move |_, send| match *given.lock().unwrap() {
        Some(status) => Some(answer(status, b"<html>Sign in first.")),
        None => Some(send(&address)),
    });
    newsroom.join("ben2", &url);
    copy_keys(&newsroom.path("ben/keys"), &newsroom.path("ben2/keys"));
    let statuses = ["200 OK", "302 Found\r\nLocation: http://127.0.0.1:1/", "403 No", "404 No"];
    for (status, line) in statuses.into_iter().zip(1..) {
        *page.lock().unwrap() = Some(status);
        let said = newsroom.enter("ben2", document, line);
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{status}: {said:?}");
        assert!(said.err.contains("kept"), "{status}: {said:?}");
        let sent = newsroom.annals("ben2", &["outbox", "send"]);
        assert_eq!(sent.code, 2, "{status}: {sent:?}");
        assert!(sent.out.contains(": waits still: "), "{status}: {sent:?}");
    }
    *page.lock().unwrap() = None;
    let sent = json(&newsroom.good("ben2", &["outbox", "send", "--format", "json"]));
    assert_eq!(sent["sent"].as_array().unwrap().len(), 4);
    assert_eq!(newsroom.claims("server").len(), 4);
    server.stop();
}

/// A document was taken only where the answer says so: a page is none.
#[test]
fn a_page_in_place_of_the_answer_to_a_document_is_none() {
    let (newsroom, server, _) = staffed();
    let address = server.address.clone();
    let url = proxy(move |line, send| match line.starts_with("PUT ") {
        true => Some(answer("200 OK", b"<html>Sign in first.")),
        false => Some(send(&address)),
    });
    newsroom.join("ben2", &url);
    copy_keys(&newsroom.path("ben/keys"), &newsroom.path("ben2/keys"));
    std::fs::write(newsroom.path("ben2").join("note.txt"), "A note.\n").unwrap();
    let capture = ["document", "add", "note.txt", "--title", "N", "--lang", "en", "--yes"];
    let said = newsroom.annals("ben2", &capture);
    assert_eq!(said.code, 2, "{said:?}");
    assert!(
        said.err.contains("(status 200 with") && said.err.contains("signed and kept"),
        "{said:?}"
    );
    server.stop();
}

/// Something between that answers a tail at once, without an event, is asked with a pause.
#[test]
fn a_tail_is_not_asked_for_again_at_once() {
    let (newsroom, server, _) = staffed();
    for (status, body) in [("204 No Content", &b""[..]), ("200 OK", b"<html>Sign in first.")] {
        let count = Arc::new(AtomicUsize::new(0));
        let (counted, address) = (Arc::clone(&count), server.address.clone());
        let url = proxy(move |line, send| match line.starts_with("GET /v1/tail") {
            true => {
                counted.fetch_add(1, Ordering::Relaxed);
                Some(answer(status, body))
            }
            false => Some(send(&address)),
        });
        let machine = format!("reader{}", &status[..3]);
        newsroom.join(&machine, &url);
        let mut command = newsroom.command(&machine, &["tail", "--format", "jsonl"]);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        std::thread::sleep(Duration::from_secs(5));
        child.kill().unwrap();
        child.wait().unwrap();
        let asked = count.load(Ordering::Relaxed);
        assert!((1..=4).contains(&asked), "{status}: {asked} requests in 5 seconds");
    }
    server.stop();
}

/// What waits is compared with a new fact, as the record is.
#[test]
fn a_fact_that_waits_is_named_where_its_passage_is_quoted_again() {
    let (newsroom, server, document) = staffed();
    let address = server.address.clone();
    server.stop();
    let document = document.to_string();
    let fact = |claim: &'static str, more: &[&'static str]| {
        let first = ["append", "--yes", "--document", &document, "--quote", "Boat 7 came in"];
        let said = newsroom.annals("ben", &[&first[..], &["--claim", claim], more].concat());
        assert_eq!(said.code, 2, "{said:?}");
        said.err.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let told = fact("Boat 7 cam in.", &[]);
    assert!(!told.contains("outbox quotes"), "{told}");
    let name = files(&newsroom, "ben")[0].file_name().unwrap().to_string_lossy()[..16].to_owned();
    let told = fact("Boat 7 came in.", &[]);
    let note = format!(
        "“Boat 7 came in.” quotes a passage that a fact in the outbox quotes too, with another \
         claim; it is signed and waits: annals outbox drop {name} gives it up"
    );
    assert!(told.contains(&note), "{told}");
    // The same drafts again are the same bytes, and are not compared with themselves.
    let again = fact("Boat 7 cam in.", &[]);
    assert!(!again.contains("with the same claim"), "{again}");
    let told = fact("Boat 7 came in.", &["--topic", "Boats"]);
    assert!(told.contains("with the same claim; it is signed and waits"), "{told}");
    let server = newsroom.serve_at(&address, &[]);
    for path in files(&newsroom, "ben") {
        let name = path.file_name().unwrap().to_string_lossy()[..16].to_owned();
        newsroom.good("ben", &["outbox", "drop", &name, "--yes"]);
    }
    server.stop();
}
