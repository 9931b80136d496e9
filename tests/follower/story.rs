//! A copy is made, read without its publisher, and brought up to date.

use crate::archive::publish_targets::ledger;
use crate::archive::web::{folder_server, other, serve};
use crate::follower::Desk;

#[test]
fn a_copy_is_made_read_and_brought_up_to_date() {
    let ledger = ledger(310);
    let desk = Desk::of(&ledger, 300);
    let out = desk.good(&["clone", "www", "a/deep/copy"]);
    assert_eq!(out, "cloned 300 events of example.org/record from DESK/www to a/deep/copy\n");
    let mark = std::fs::read_to_string(desk.path("a/deep/copy/following")).unwrap();
    let www = desk.path("www").canonicalize().unwrap();
    let expected = format!(
        "annals following v1\nplace {}\npulled 2026-11-29T08:00:00.000000Z\n",
        www.display()
    );
    assert_eq!(mark, expected);
    let copy = ["--ledger", "a/deep/copy"];
    let with = |line: &[&'static str]| [line, &copy].concat();
    let out = desk.good(&with(&["status"]));
    let lines = "copy of       DESK/www\n\
                 pulled        2026-11-29T08:00:00Z, 0 seconds ago: what was published after \
                 that is not here (annals --ledger a/deep/copy pull)\n\
                 store         present\n\
                 marks         absent: the log key's memory is not here\n";
    assert!(out.contains(lines), "{out}");
    assert_eq!(desk.good(&with(&["pull"])), "up to date: 300 events of DESK/www\n");
    desk.publish(&ledger, 310);
    assert_eq!(desk.good(&with(&["pull"])), "pulled events 300 to 309 from DESK/www\n");
    let json = desk.good(&with(&["pull", "--format", "json"]));
    let expected = "{\"status\":\"already\",\"folder\":\"a/deep/copy\",\"place\":\"DESK/www\",\
                    \"origin\":\"example.org/record\",\"before\":310,\"size\":310,\
                    \"verified\":\"nothing\"}\n";
    assert_eq!(json, expected);
    desk.expect_as_fresh("a/deep/copy", "www");
    // Without its publisher every answer is that of the ledger, but for what only a writer knows.
    std::fs::remove_dir_all(desk.path("www")).unwrap();
    for line in [
        &["replay", "--format", "json"][..],
        &["show", "3", "--format", "json"],
        &["log", "--format", "json"],
        &["diff", "5", "--format", "json"],
        &["find", "met", "--format", "json"],
        &["blame", "3", "--format", "json"],
        &["document", "list", "--format", "json"],
        &["timeline", "--html", "-"],
    ] {
        let of = |ledger: &'static str| desk.annals(&[line, &["--ledger", ledger]].concat());
        assert_eq!(of("a/deep/copy"), of("ledger"), "{line:?}");
    }
    let status = desk.good(&with(&["status", "--format", "json"]));
    let status: serde_json::Value = serde_json::from_str(&status).unwrap();
    let following = serde_json::json!({
        "place": "DESK/www", "pulled": "2026-11-29T08:00:00.000000Z", "size": 310,
        "evidence": null,
    });
    assert_eq!(status["following"], following);
    desk.good(&with(&["export", "--to", "bag", "--unsigned"]));
    desk.good(&["verify", "bag"]);
    let refused = desk.annals(&with(&["pull"]));
    assert_eq!(refused.code, 2, "{refused:?}");
    let why = "annals: no record is published at DESK/www: expected a file `checkpoint` there; \
               annals publish DIR writes it last\n";
    assert_eq!(refused.err, why);
    assert!(desk.good(&with(&["status"])).contains("copy of       DESK/www\n"));
}

#[test]
fn nothing_but_a_pull_writes_to_a_copy() {
    let ledger = ledger(7);
    let desk = Desk::of(&ledger, 6);
    desk.good(&["clone", "www", "copy"]);
    let refused = "annals: the ledger at copy is a copy of DESK/www, which annals --ledger copy pull \
                   brings up to date; nothing was written; to add to the record, send a file of drafts to who \
                   writes it, who enters it with annals append FILE\n";
    for line in [
        &["confirm", "4", "--how", "reread"][..],
        &["ledger", "rekey", "--reason", "compromised", "--statement", "S"],
        &["append", "--claim", "C", "--quote", "met", "--dry-run"],
    ] {
        let answer = desk.annals(&[line, &["--ledger", "copy"]].concat());
        assert_eq!((answer.code, answer.err.as_str()), (2, refused), "{line:?}");
    }
    // A mark that is damaged is nobody's leave to write.
    std::fs::write(desk.path("copy/following"), "annals following v1\n").unwrap();
    let answer = desk.annals(&["confirm", "4", "--how", "reread", "--ledger", "copy"]);
    let why = "annals: copy/following is not in form: what this ledger is a copy of is not known; \
               nothing was written; put the file back, or make the copy again with annals clone\n";
    assert_eq!((answer.code, answer.err.as_str()), (2, why));
    assert_eq!(desk.annals(&["pull", "--ledger", "copy"]).err, why);
    let answer = desk.annals(&["status", "--ledger", "copy"]);
    assert_eq!(answer.code, 2, "{answer:?}");
    assert!(answer.err.starts_with("warning: copy/following is not in form"), "{answer:?}");
    // One of a later version is not damaged, and is nobody's leave to write either.
    let place = desk.place.path().join("www");
    let later = format!("annals following v2\nplace {}\n", place.display());
    std::fs::write(desk.path("copy/following"), later).unwrap();
    let why = "annals: copy/following is of version 2: this program knows version 1, and a newer \
               one is needed; nothing was written\n";
    for line in [&["confirm", "4", "--how", "reread"][..], &["pull"]] {
        let answer = desk.annals(&[line, &["--ledger", "copy"]].concat());
        assert_eq!((answer.code, answer.err.as_str()), (2, why), "{line:?}");
    }
}

#[test]
fn a_copy_is_not_moved() {
    let desk = Desk::of(&ledger(7), 6);
    desk.good(&["clone", "www", "copy"]);
    let refused = "annals: expected the ledger that keeps the record at copy, found a copy of the \
                   record at DESK/www, which is kept there: only who runs that can move it; \
                   nothing was moved\n";
    for way in ["--to", "--from"] {
        let line = ["move", way, "postgres://desk@127.0.0.1:1/news", "--ledger", "copy"];
        let answer = desk.annals(&line);
        assert_eq!((answer.code, answer.err.as_str()), (2, refused), "{way}");
    }
}

/// The folder is replaced: a shell in it would stand in a folder that is gone.
#[test]
fn a_copy_is_not_made_in_the_folder_in_which_the_command_runs() {
    let desk = Desk::of(&ledger(7), 6);
    std::fs::create_dir(desk.path("here")).unwrap();
    for name in [".", "../here"] {
        let mut command = desk.command(&["clone", "../www", name]);
        let done = command.current_dir(desk.path("here")).output().unwrap();
        let told = String::from_utf8(done.stderr).unwrap();
        let why = ", which it would replace: run it in the folder above, with the name here\n";
        assert!(done.status.code() == Some(2) && told.ends_with(why), "{told}");
    }
    assert_eq!(std::fs::read_dir(desk.path("here")).unwrap().count(), 0);
}

#[test]
fn a_folder_with_something_in_it_is_no_place_for_a_copy() {
    let desk = Desk::of(&ledger(6), 6);
    let there = |desk: &Desk, name: &str, advice: &str| {
        let before = crate::follower::files(&desk.path(name));
        let answer = desk.annals(&["clone", "www", name]);
        let why = format!("annals: {name} is there already; nothing was changed; {advice}\n");
        assert_eq!((answer.code, answer.err), (2, why));
        assert_eq!(crate::follower::files(&desk.path(name)), before);
    };
    let name_another = "name a folder that is not there, or is empty";
    there(&desk, "ledger", name_another);
    std::fs::write(desk.path("file"), "mine").unwrap();
    there(&desk, "file", name_another);
    std::fs::create_dir(desk.path("empty")).unwrap();
    desk.good(&["clone", "www", "empty"]);
    there(&desk, "empty", "annals pull brings a copy up to date");
    let answer = desk.annals(&["clone", "www", "www/copy"]);
    assert_eq!(answer.code, 2, "{answer:?}");
    assert!(answer.err.contains("expected a place outside of the published directory"));
    for (place, why) in [
        ("file", "annals: expected a published record at file, found a file: name the"),
        ("nowhere", "annals: expected a published record at nowhere, found nothing: name"),
    ] {
        let answer = desk.annals(&["clone", place, "copy"]);
        assert!(answer.code == 2 && answer.err.starts_with(why), "{answer:?}");
    }
    let address = serve(|_| other("404 Not Found", ""));
    let answer = desk.annals(&["clone", &address, "copy"]);
    let why = format!("annals: no record is published at {address}: expected a file `checkpoint`");
    assert!(answer.code == 2 && answer.err.starts_with(&why), "{answer:?}");
    let answer = desk.annals(&["pull", "--ledger", "ledger"]);
    let why = "annals: the ledger at ledger follows no published record; annals clone URL|FOLDER \
               [DIR] makes a copy that does\n";
    assert_eq!((answer.code, answer.err.as_str()), (2, why));
}

#[test]
fn an_address_is_followed_as_its_folder_is_and_only_what_is_new_is_verified() {
    let ledger = ledger(900);
    let desk = Desk::of(&ledger, 300);
    let address = folder_server(desk.path("www"));
    desk.good(&["clone", &format!("{address}/"), "copy"]);
    let mark = std::fs::read_to_string(desk.path("copy/following")).unwrap();
    assert!(mark.contains(&format!("place {address}\n")), "{mark}");
    desk.publish(&ledger, 301);
    assert_eq!(desk.pulled("copy"), ("new".to_owned(), 301));
    desk.publish(&ledger, 850);
    assert_eq!(desk.pulled("copy"), ("new".to_owned(), 850));
    assert_eq!(desk.pulled("copy"), ("nothing".to_owned(), 850));
    // Without the user's key, and where a file was touched, the whole is verified.
    std::fs::remove_dir_all(desk.path("cache")).unwrap();
    assert_eq!(desk.pulled("copy"), ("whole".to_owned(), 850));
    assert_eq!(desk.pulled("copy"), ("nothing".to_owned(), 850));
    let log = desk.path("copy/journal/00000000000000000000.log");
    let bytes = std::fs::read(&log).unwrap();
    std::fs::write(&log, &bytes).unwrap();
    desk.publish(&ledger, 900);
    assert_eq!(desk.pulled("copy"), ("whole".to_owned(), 900));
    desk.expect_as_fresh("copy", "www");
    // Damage here accuses nobody.
    let mut changed = std::fs::read(&log).unwrap();
    changed[200_000] ^= 1;
    std::fs::write(&log, &changed).unwrap();
    let answer = desk.annals(&["pull", "--ledger", "copy"]);
    assert!(matches!(answer.code, 1 | 2), "{answer:?}");
    assert!(answer.err.starts_with("annals: the record has "), "{answer:?}");
    assert!(!desk.path("copy/following.evidence").exists());
    assert_eq!(std::fs::read(&log).unwrap(), changed);
}

/// A pin that saw more than a copy that was not pulled: the copy may be brought up to date.
#[test]
fn a_later_pin_advises_a_pull() {
    let ledger = ledger(300);
    let desk = Desk::of(&ledger, 290);
    desk.good(&["clone", "www", "copy"]);
    desk.publish(&ledger, 300);
    desk.good(&["verify", "www", "--pin", "pin", "--init-pin"]);
    let judged = desk.annals(&["verify", "copy", "--pin", "pin"]);
    assert_eq!(judged.code, 4, "{judged:?}");
    let advice = "what to do: annals --ledger copy pull brings this copy up to date: then verify it again; where \
                  the pin still saw more, keep the pin and ask who keeps the record\n";
    assert!(judged.out.contains(advice), "{}", judged.out);
    let why = "no evidence file: a pull may bring what this copy lacks, and nothing contradicts \
               the pin; keep the pin\n";
    assert!(judged.out.contains(why), "{}", judged.out);
    assert!(!desk.path("pin.evidence").exists());
    desk.good(&["pull", "--ledger", "copy"]);
    desk.good(&["verify", "copy", "--pin", "pin"]);
}

/// Who stands in a ledger of any name, or below it, means that one, whatever is further up.
#[test]
fn the_ledger_that_one_stands_in_is_meant() {
    let ledger = ledger(310);
    let desk = Desk::of(&ledger, 300);
    desk.good(&["clone", "www", "cl"]);
    desk.publish(&ledger, 310);
    // The journal of another program is no ledger.
    std::fs::create_dir_all(desk.path("other/journal")).unwrap();
    for (place, size) in
        [(".", 310), ("cl", 300), ("cl/journal", 300), ("ledger/document", 310), ("other", 310)]
    {
        let mut command = desk.command(&["status", "--format", "json"]);
        let done = command.current_dir(desk.path(place)).output().unwrap();
        let status: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
        assert_eq!(status["of"], size, "{place}");
    }
    // One that lost its journal is it still.
    std::fs::remove_dir_all(desk.path("cl/journal")).unwrap();
    let done = desk.command(&["status"]).current_dir(desk.path("cl")).output().unwrap();
    let err = String::from_utf8(done.stderr).unwrap();
    assert!(done.status.code() != Some(0) && err.contains("/cl"), "{err}");
}
