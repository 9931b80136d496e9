//! What waits in an outbox: of which record it is, what another machine brought meanwhile, what is
//! never placed, and what cannot be read.
//!
//! Not here: answers that are lost (`faults`), the form of the files (`faults/outbox`).

use crate::serve::{Newsroom, RunningServer, enter, json};
use std::path::{Path, PathBuf};

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

/// One editor, one key, two machines: the same drafts are signed on both while the server is away.
#[test]
fn a_fact_that_another_machine_brought_meanwhile_is_not_placed_twice() {
    let (newsroom, server, document) = staffed();
    let (url, address) = (server.url.clone(), server.address.clone());
    newsroom.join("ben2", &url);
    newsroom.good("ben", &["pull"]);
    copy_keys(&newsroom.path("ben/keys"), &newsroom.path("ben2/keys"));
    server.stop();
    for machine in ["ben", "ben2"] {
        for line in [1, 2] {
            assert_eq!(newsroom.enter(machine, document, line).code, 2);
        }
    }
    let server = newsroom.serve_at(&address, &[]);
    let sent = newsroom.good("ben", &["outbox", "send", "--format", "json"]);
    assert_eq!(json(&sent)["status"], "written");
    // The same command, on the other machine.
    let again = newsroom.enter("ben2", document, 1);
    assert_eq!((again.code, again.out.as_str()), (1, ""), "{again:?}");
    let why = "the same passage and the same claim are fact 3 since, asserted; another person \
               confirms it with annals confirm 3; --again enters it once more, annals outbox drop ";
    assert!(again.err.contains(why), "{}", again.err);
    // And what waits.
    let sent = newsroom.annals("ben2", &["outbox", "send"]);
    assert_eq!(sent.code, 1, "{sent:?}");
    let lines: Vec<&str> = sent.out.lines().collect();
    assert_eq!(lines.len(), 2, "{sent:?}");
    for (line, fact) in lines.into_iter().zip([3, 4]) {
        let name = &line[..16];
        assert_eq!(
            line,
            format!(
                "{name}: is refused: the same passage and the same claim are fact {fact} since, \
                 asserted; another person confirms it with annals confirm {fact}; annals outbox \
                 drop {name} gives it up"
            )
        );
    }
    for line in [1, 2] {
        assert_eq!(claims(&newsroom, &crate::serve::claim(line)), 1);
    }
    // On request it is entered once more, and what was signed on request is sent.
    let act = enter(&document.to_string(), 1);
    let act = [&act.each()[..], &["--again"]].concat();
    newsroom.good("ben2", &act);
    assert_eq!(claims(&newsroom, &crate::serve::claim(1)), 2);
    server.stop();
    let act = enter(&document.to_string(), 2);
    let act = [&act.each()[..], &["--again"]].concat();
    assert_eq!(newsroom.annals("ben2", &act).code, 2);
    let server = newsroom.serve_at(&address, &[]);
    let sent = json(&newsroom.good("ben2", &["outbox", "send", "--format", "json"]));
    assert_eq!(sent["status"], "written", "{sent}");
    assert_eq!(claims(&newsroom, &crate::serve::claim(2)), 2);
    newsroom.expect_same(&["ada", "ben", "ben2"]);
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
        (good.replacen("v1", "v2", 1), form),
    ] {
        std::fs::write(&path, bytes).unwrap();
        let told = newsroom.good("ben", &["outbox"]);
        let (begins, ends) = told.split_once(&format!("keys/outbox/{name}")).unwrap();
        assert!(begins.starts_with(&format!("{short}: cannot be read: ")), "{told}");
        let after = format!(
            ": {why}; say the command that signed it again, which signs it anew; annals outbox \
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
    assert!(said.contains("warning: expected a time near the last event's, 2026-01-02T00:00:00.000000Z; the clock says 2026-01-05T00:00:00.000000Z, 3.0 days later\n"), "{said}");
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
