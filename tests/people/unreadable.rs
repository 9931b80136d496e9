//! What cannot be examined is reported as such, with its path: it is not missing.

use crate::people::desk::Desk;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

/// A link to itself: following it gives the error of too many links.
fn loops(path: &Path) {
    symlink(path, path).unwrap();
}

const LOOP: &str = "  Too many levels of symbolic links (os error 40)\n";
const NO_NAMES: &str = "  Not a directory (os error 20)\n";

#[test]
fn a_folder_of_keys_that_cannot_be_looked_at_is_not_a_missing_one() {
    let desk = Desk::founded();
    fs::rename(desk.path("keys"), desk.path("elsewhere")).unwrap();
    loops(&desk.path("keys"));
    for (line, tried) in [
        ("ledger change --title New", "look into ~/keys/outbox"),
        ("key list", "look at ~/keys"),
        ("key show ada", "look at ~/keys"),
        ("key new bo --name Bo --no-passphrase", "look at ~/keys"),
        ("export --to bag", "look into ~/keys"),
    ] {
        let told = format!("annals: cannot {tried}\n{LOOP}");
        let answer = desk.run(line);
        assert_eq!((answer.exit, answer.out.as_str(), answer.err), (2, "", told.clone()), "{line}");
    }
    // A new ledger beside them is not created either, and nothing is left.
    fs::rename(desk.path("ledger"), desk.path("before")).unwrap();
    let init = "init --origin example.org/new --title New --name Ada --no-passphrase";
    let answer = desk.run(init);
    let told = format!("annals: cannot look into ./keys\n{LOOP}");
    assert_eq!((answer.exit, answer.out.as_str(), answer.err), (2, "", told));
    assert!(!desk.path("ledger").exists());
}

#[test]
fn a_file_in_the_place_of_the_keys_is_reported_as_no_folder() {
    let desk = Desk::founded();
    fs::rename(desk.path("keys"), desk.path("elsewhere")).unwrap();
    fs::write(desk.path("keys"), "a file").unwrap();
    let (exit, why) = desk.refused("export --to bag");
    assert_eq!((exit, why.contains("~/keys")), (2, true), "{why}");
    let (exit, why) = desk.refused("ledger change --title New");
    assert_eq!((exit, why.contains("~/keys")), (2, true), "{why}");
}

/// A reader needs no outbox, so what stands in its place stops none; a writer writes into none.
#[test]
fn an_outbox_that_is_no_folder_stops_no_reader() {
    for is_link in [false, true] {
        let desk = Desk::founded();
        fs::create_dir(desk.path("elsewhere")).unwrap();
        let _ = fs::remove_dir_all(desk.path("keys/outbox"));
        match is_link {
            true => symlink(desk.path("elsewhere"), desk.path("keys/outbox")).unwrap(),
            false => fs::write(desk.path("keys/outbox"), "a file").unwrap(),
        }
        for line in ["verify", "status", "log", "show 0", "replay", "repair"] {
            let answer = desk.run(line);
            assert_eq!(answer.exit, 0, "{line}: {}{}", answer.out, answer.err);
        }
        let (exit, why) = desk.refused("ledger change --title New");
        assert!(exit == 2 && why.contains("~/keys/outbox, found a "), "{why}");
        assert_eq!(fs::read_dir(desk.path("elsewhere")).unwrap().count(), 0);
    }
}

#[test]
fn a_ledger_that_cannot_be_looked_at_is_not_passed_over() {
    let desk = Desk::founded();
    fs::rename(desk.path("ledger"), desk.path("before")).unwrap();
    loops(&desk.path("ledger"));
    let told = format!("annals: cannot look at ~/ledger\n{LOOP}");
    for line in ["status", "replay", "ledger change --title New"] {
        let answer = desk.run(line);
        assert_eq!((answer.exit, answer.out.as_str(), answer.err), (2, "", told.clone()), "{line}");
    }
    let answer = desk.run("verify ledger");
    let told = format!("annals: cannot look at ledger\n{LOOP}");
    assert_eq!((answer.exit, answer.out.as_str(), answer.err), (2, "", told));
    // A name below a file: a file with the name of a ledger is none, and the one above is found.
    let answer = desk.run("verify before/checkpoint/x");
    let told = format!("annals: cannot look at before/checkpoint/x\n{NO_NAMES}");
    assert_eq!((answer.exit, answer.out.as_str(), answer.err), (2, "", told));
}

#[test]
fn a_store_that_cannot_be_looked_at_takes_no_answer_away() {
    let desk = Desk::founded();
    fs::rename(desk.path("ledger/db"), desk.path("db")).unwrap();
    loops(&desk.path("ledger/db"));
    let answer = desk.run("status");
    let told = format!("warning: cannot look at ~/ledger/db: {}", &LOOP[2..]);
    assert_eq!((answer.exit, answer.err), (0, told));
    assert!(answer.out.contains("example.org/record"), "{}", answer.out);
}
