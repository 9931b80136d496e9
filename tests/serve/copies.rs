//! What an editor's copy expects of its server, keeps until it is written, and shows of it.

use crate::serve::wire::{event, expect, origin, submit, with_waiting};
use crate::serve::{Newsroom, json, proxy};
use annals_core::submission::SubmissionText;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

/// A thief with an admin's key changed the log key; the revocation makes the earlier one the
/// present one again, and the server signs the receipt with it.
#[test]
fn a_revocation_that_undoes_a_rekey_is_written() {
    let newsroom = Newsroom::found(None);
    let server = newsroom.serve(&[]);
    let (url, address) = (server.url.clone(), server.address.clone());
    newsroom.join_as_founder("ada", &url);
    newsroom.join("eve", &url);
    newsroom.good("eve", &["key", "new", "eve", "--name", "Eve Ek", "--no-passphrase"]);
    let request = newsroom.path("eve/keys/eve.request");
    let add = ["editor", "add", request.to_str().unwrap(), "--role", "admin", "--yes"];
    newsroom.good("ada", &add);
    server.stop();
    let rekey = ["ledger", "rekey", "--reason", "rotated", "--statement", "By the thief", "--yes"];
    newsroom.good("server", &rekey);
    let server = newsroom.serve_at(&address, &[]);
    newsroom.good("eve", &["pull"]);
    let why = ["--reason", "compromised", "--suspect-from", "2", "--statement", "Stolen"];
    let revoke = [&["editor", "revoke", "Ada Able"], &why[..], &["--yes", "--format", "json"]];
    let revoke = revoke.concat();
    for status in ["written", "already"] {
        let told = json(&newsroom.good("eve", &revoke));
        let found = (told["status"].as_str(), told["position"].as_u64());
        assert_eq!(found, (Some(status), Some(3)), "{told}");
    }
    newsroom.expect_same(&["ada", "eve"]);
    server.stop();
}

/// Who names the server to a command that writes is told of the way that works.
#[test]
fn an_act_at_an_address_names_the_clone_in_which_it_can_be_said() {
    let newsroom = Newsroom::found(None);
    let server = newsroom.serve(&[]);
    newsroom.join_as_founder("ada", &server.url);
    let url = &server.url;
    let said =
        newsroom.annals("ada", &["confirm", "3", "--how", "reread", "--ledger", url, "--yes"]);
    let told = said.err.split_whitespace().collect::<Vec<_>>().join(" ");
    let way = format!("annals clone {url} makes a copy in which this can be said");
    assert!(said.code == 2 && told.contains(&way), "{said:?}");
    server.stop();
}

#[test]
fn a_batch_that_fits_no_submission_is_not_kept() {
    let newsroom = Newsroom::found(None);
    let server = newsroom.serve(&[]);
    newsroom.join_as_founder("ada", &server.url);
    let document = newsroom.capture("ada", 1);
    let draft = |n| {
        let quote = "\"quote\":\"Boat 1 came in\"";
        format!("{{\"claim\":\"Claim {n}.\",{quote},\"document\":{document}}}\n")
    };
    std::fs::write(newsroom.path("ada/a.jsonl"), (0..4_097).map(draft).collect::<String>())
        .unwrap();
    let said = newsroom.annals("ada", &["append", "a.jsonl", "--yes"]);
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.err.contains("expected a count of 1 to 4096, found \"4097\""), "{}", said.err);
    assert!(said.err.contains("enter them in smaller parts"), "{}", said.err);
    assert_eq!(newsroom.good("ada", &["outbox"]), "nothing waits\n");
    assert!(newsroom.claims("server").is_empty());
    server.stop();
}

/// Whether a file below a folder has these words.
fn has(folder: &Path, words: &str) -> bool {
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).any(|path| {
        match path.is_dir() {
            true => has(&path, words),
            false => String::from_utf8_lossy(&std::fs::read(&path).unwrap()).contains(words),
        }
    })
}

#[test]
fn what_is_given_up_is_in_no_file_however_often_it_was_signed() {
    let newsroom = Newsroom::found(None);
    let server = newsroom.serve(&[]);
    newsroom.join_as_founder("ada", &server.url);
    let document = newsroom.capture("ada", 2);
    let to = server.address.clone();
    // No submission arrives.
    let url = proxy(move |line, send| (!line.starts_with("POST ")).then(|| send(&to)));
    newsroom.hire("ben", "Ben Best", &url, "ada");
    let draft = |n| {
        let claim = format!("\"claim\":\"Olena said so, {n}.\"");
        format!("{{{claim},\"quote\":\"Boat {n} came in\",\"document\":{document}}}\n")
    };
    let drafts = newsroom.path("ben/drafts.jsonl");
    std::fs::write(&drafts, draft(1) + &draft(2)).unwrap();
    let append = ["append", "drafts.jsonl", "--yes"];
    assert_eq!(newsroom.annals("ben", &append).code, 2);
    // Their times are too far from the clock by now: they are signed anew.
    std::thread::sleep(Duration::from_secs(6));
    assert_eq!(newsroom.annals("ben", &append).code, 2);
    std::fs::remove_file(&drafts).unwrap();
    let waiting = json(&newsroom.good("ben", &["outbox", "--format", "json"]));
    let name = waiting["waiting"][0]["name"].as_str().unwrap();
    let superseded = newsroom.path("ben/keys/outbox/superseded");
    assert!(has(&superseded, "Olena"));
    newsroom.good("ben", &["outbox", "drop", name, "--yes"]);
    assert!(!has(&newsroom.path("ben"), "Olena"));
    // What finds a late placing stays.
    let files: Vec<_> = std::fs::read_dir(&superseded).unwrap().collect();
    let [Ok(file)] = files.as_slice() else { panic!("{files:?}") };
    let text = std::fs::read_to_string(file.path()).unwrap();
    let begins = format!("annals outbox v2\norigin desk.example.org/record\nsubmission {name}\n");
    assert!(text.starts_with(&begins), "{text}");
    assert_eq!(text.lines().count(), 7, "{text}");
    server.stop();
}

#[test]
fn the_password_of_an_address_is_shown_nowhere() {
    let newsroom = Newsroom::found(None);
    let server = newsroom.serve(&[]);
    newsroom.join_as_founder("ada", &server.url);
    let document = newsroom.capture("ada", 2);
    let url = server.url.replace("://", "://bo:s3cret@");
    newsroom.hire("ben", "Ben Best", &url, "ada");
    let path = newsroom.path("ben/ledger/following");
    let kept = std::fs::read_to_string(&path).unwrap();
    assert!(kept.starts_with(&format!("annals following v1\nplace {url}\n")), "{kept}");
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    std::fs::create_dir(newsroom.path("eve")).unwrap();
    let shown = server.url.clone();
    let expect_hidden = |machine: &str, arguments: &[&str], wanted: &str| {
        let said = newsroom.annals(machine, arguments);
        let all = said.out + &said.err;
        assert!(!all.contains("s3cret") && !all.contains("bo:"), "{arguments:?}: {all}");
        // A note has lines of its own.
        let all = all.replace('\n', " ");
        assert!(all.contains(&format!("{wanted}{shown}")), "{arguments:?}: {all}");
    };
    expect_hidden("eve", &["clone", &url, "copy"], " from ");
    expect_hidden("ben", &["pull"], " from ");
    expect_hidden("ben", &["pull", "--format", "json"], "\"place\":\"");
    expect_hidden("ben", &["status"], "copy of       ");
    expect_hidden("ben", &["status", "--format", "json"], "\"place\":\"");
    let none = format!("{url}/none");
    expect_hidden("eve", &["verify", &none], "no record is published at ");
    let advice =
        "; the address of a record may have a path, as …/record: ask who runs the server\n";
    assert!(newsroom.annals("eve", &["verify", &none]).err.ends_with(advice));
    expect_hidden("eve", &["replay", "--ledger", &none], "no record is published at ");
    expect_hidden("eve", &["tail", "--ledger", &none], "annals clone ");
    // A password that is written as it is makes another host of the address.
    let said = newsroom.annals("eve", &["clone", &url.replace("s3c", "s3/c"), "bad"]);
    let why = "annals: expected an address like https://example.org/record, found …@127.0.0.1:";
    assert!(said.code == 2 && said.err.starts_with(why), "{said:?}");
    assert!(!newsroom.path("eve/.bad.clone").exists());
    for line in [
        &["tail", "--ledger"][..],
        &["outbox", "--ledger"],
        &["serve", "--ledger"],
        &["status", "--ledger"],
        &["verify"],
        &["document", "add"],
    ] {
        let said = newsroom.annals("ben", &[line, &[&url.replace("s3c", "s3/c")]].concat());
        assert!(said.code == 2 && said.err.contains("…@127.0.0.1:"), "{line:?}: {said:?}");
        let all = said.out + &said.err;
        assert!(!all.contains("bo:") && !all.contains("cret@"), "{line:?}: {all}");
    }
    server.stop();
    let enter = crate::serve::enter(&document.to_string(), 1);
    expect_hidden("ben", &enter.each(), "the server at ");
    expect_hidden("ben", &["pull"], "cannot read ");
    expect_hidden("ben", &["outbox", "send"], "the server at ");
    expect_hidden("eve", &["clone", &url, "other"], "cannot read ");
}

/// FORMAT.md section 17, step 2: what was placed after its base is no answer to a submission that
/// is for the base alone.
#[test]
fn a_statement_that_stands_after_its_base_is_outrun_where_it_is_sent_for_its_base() {
    let (_newsroom, server, entries) = with_waiting(2);
    for entry in &entries {
        let free = SubmissionText::free(&origin(), vec![event(entry)]).unwrap();
        assert_eq!(submit(&server, &free.text()).0, 200);
    }
    let next = |entry| SubmissionText::next(&origin(), event(entry)).unwrap().text();
    assert_eq!(submit(&server, &next(&entries[0])).0, 200);
    expect(&submit(&server, &next(&entries[1])), 409, "outrun", None);
    let exact = SubmissionText::exact(&origin(), &entries[1..]).unwrap();
    expect(&submit(&server, &exact.text()), 409, "outrun", None);
    // In any place that its base allows it is found.
    let free = SubmissionText::free(&origin(), vec![event(&entries[1])]).unwrap();
    assert_eq!(submit(&server, &free.text()).0, 200);
    server.stop();
}
