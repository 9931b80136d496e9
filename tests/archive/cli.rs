//! `annals publish`, and `annals verify` on its output, as a person sees them.

use crate::archive::publish_targets::{cut, ledger, write};
use annals_core::hash::Hash;
use std::path::Path;
use std::process::Command;

struct Answer {
    code: i32,
    out: String,
    err: String,
}

fn annals(folder: &Path, arguments: &[&str]) -> Answer {
    let mut command = Command::new(env!("CARGO_BIN_EXE_annals"));
    command.current_dir(folder).args(arguments).env_remove("ANNALS_LEDGER");
    let done = command.output().expect("annals runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    Answer {
        code: done.status.code().expect("a code"),
        out: text(done.stdout),
        err: text(done.stderr),
    }
}

#[test]
fn a_record_is_published_verified_and_published_again() {
    let place = tempfile::tempdir().unwrap();
    let whole = ledger(7);
    write(place.path(), &cut(&whole, 6).files());
    let first = annals(place.path(), &["publish", "pub"]);
    assert_eq!((first.code, first.out.as_str()), (0, "published 6 events in pub\n"));
    // Six bodies, and all of them; a document, a tile, a bundle, the checkpoint.
    assert_eq!(first.err, "11 files written, 0 removed\n");
    let again = annals(place.path(), &["publish", "pub"]);
    assert_eq!(again.out, "published already: 6 events in pub\n");
    // Damage there is repaired and reported.
    std::fs::write(place.path().join("pub/tile/0/000.p/6"), "damage").unwrap();
    std::fs::remove_dir_all(place.path().join("pub/document")).unwrap();
    let mended = annals(place.path(), &["publish", "pub"]);
    assert_eq!((mended.code, mended.out.as_str()), (0, "published anew: 6 events in pub\n"));
    let why = "2 files written, 0 removed\n\
               2 of them were damaged or missing there, and written again\n";
    assert_eq!(mended.err, why);
    write(place.path(), &whole.files());
    let more = annals(place.path(), &["publish", "pub"]);
    assert_eq!(more.out, "published events 6 to 6 in pub\n");
    let verified = annals(place.path(), &["verify", "pub"]);
    assert_eq!((verified.code, verified.err.as_str()), (0, ""));
    let (before, _) = verified.out.split_once("yes: ").expect("yes");
    assert_eq!(
        before,
        "form                7 records                     good\n\
         chain               7 places, links, times        good\n\
         signature           7 signatures                  good\n\
         legality            7 roles and transitions       good\n\
         content             7 bodies                      good\n\
         document            1 documents                   good\n\
         quotation           1 quotations                  good\n\
         tile                1 tiles and their bundles     good\n\
         checkpoint          7 events signed for           good\n\
         store: not compared: a published record has none\n\
         body files: 7 files, each with the bytes that its name says\n\
         no external checkpoint was compared, only what is published there (see --pin)\n\
         anchored: events 0 to 6 (by the checkpoint of size 7)\n\
         threshold: changed 1 time, last by 6 (Ada Example): confirmations 7, before 1\n"
    );
}

#[test]
fn faults_of_a_published_folder_are_reported_by_rule() {
    let place = tempfile::tempdir().unwrap();
    write(place.path(), &ledger(6).files());
    annals(place.path(), &["publish", "pub"]);
    let tile = place.path().join("pub/tile/0/000.p/6");
    let mut bytes = std::fs::read(&tile).unwrap();
    bytes[33] ^= 1;
    std::fs::write(&tile, bytes).unwrap();
    let told = annals(place.path(), &["verify", "pub"]);
    assert_eq!(told.code, 1);
    let line = "fault: event 1: rule 974 tile-hash: tile/0/000.p/6: hash 1 is not the one that \
                follows from the records, ";
    assert!(told.out.contains(line), "{}", told.out);
    std::fs::remove_dir_all(place.path().join("pub/tile/0")).unwrap();
    let told = annals(place.path(), &["verify", "pub"]);
    assert_eq!(told.code, 2);
    let line = "damage: event 0: rule 973 tile-missing: tile/0/000.p/6: it is not there\n";
    assert!(told.out.contains(line), "{}", told.out);
    std::fs::remove_file(place.path().join("pub/checkpoint")).unwrap();
    // Tiles are there: a record that lost its checkpoint.
    let told = annals(place.path(), &["verify", "pub"]);
    let line = "fault: rule 701 checkpoint-form: there is no checkpoint\n";
    assert!(told.code == 1 && told.out.contains(line), "{}", told.out);
    std::fs::remove_dir_all(place.path().join("pub/tile")).unwrap();
    std::fs::create_dir_all(place.path().join("pub/tile/0")).unwrap();
    let told = annals(place.path(), &["verify", "pub"]);
    let why = "annals: no record is published at pub: expected a file `checkpoint` there; annals \
               publish DIR writes it last\n";
    assert_eq!((told.code, told.err.as_str()), (2, why));
}

/// The verdict takes the bodies from the bundle, and the report says what their own files are.
#[test]
fn files_of_bodies_in_a_folder_are_compared_with_their_names() {
    let place = tempfile::tempdir().unwrap();
    write(place.path(), &ledger(6).files());
    annals(place.path(), &["publish", "pub"]);
    let bundle = std::fs::read(place.path().join("pub/body/bundle/000")).unwrap();
    let mut digests = bundle.split(|byte| *byte == b'\n').map(|body| Hash::of(&[body]));
    let mut file = || place.path().join(format!("pub/body/{}", digests.next().unwrap()));
    let whole = "body files: 6 files, each with the bytes that its name says\n";
    let told = annals(place.path(), &["verify", "pub"]);
    assert!(told.code == 0 && told.out.contains(whole), "{}", told.out);
    assert!(!told.out.contains("what to do"), "{}", told.out);
    for (path, bytes) in [(file(), b"other".as_slice()), (file(), b"<html>".as_slice())] {
        std::fs::write(path, bytes).unwrap();
    }
    std::fs::remove_file(file()).unwrap();
    let told = annals(place.path(), &["verify", "pub"]);
    let lines = [
        "body files: 2 of 6 missing, 1 with other bytes than the name says; the bodies were taken \
         from the bundles\n",
        "what to do: whoever publishes it writes these files again: annals publish --verify-first\n\
         yes: the record is whole",
    ];
    assert_eq!(told.code, 0);
    for line in lines {
        assert!(told.out.contains(line), "{}", told.out);
    }
    let json = annals(place.path(), &["verify", "pub", "--format", "json"]);
    let files = r#""body_files":{"state":"differs","why":null,"wanted":6,"missing":2,"other":1}"#;
    assert!(json.out.contains(files), "{}", json.out);
    let told = annals(place.path(), &["publish", "pub", "--verify-first"]);
    assert_eq!(told.code, 0, "{}", told.err);
    assert!(annals(place.path(), &["verify", "pub"]).out.contains(whole));
    // What is no file is not there for a reader either, and hinders nobody.
    let first = Hash::of(&[bundle.split(|byte| *byte == b'\n').next().unwrap()]);
    let first = place.path().join(format!("pub/body/{first}"));
    std::fs::remove_file(&first).unwrap();
    std::fs::create_dir(&first).unwrap();
    let told = annals(place.path(), &["verify", "pub"]);
    assert!(told.code == 0 && told.out.contains("body files: 1 of 6 missing, 0 "), "{}", told.out);
    let told = annals(place.path(), &["import", "pub", "--to", "copy"]);
    assert_eq!(told.code, 0, "{}", told.err);
}

#[test]
fn another_place_is_refused_and_left_as_it_was() {
    let place = tempfile::tempdir().unwrap();
    write(place.path(), &ledger(6).files());
    std::fs::create_dir(place.path().join("letters")).unwrap();
    std::fs::write(place.path().join("letters/a.txt"), "a").unwrap();
    let told = annals(place.path(), &["publish", "letters"]);
    assert_eq!(told.code, 2);
    let why = "annals: cannot publish into letters\n  a.txt is no part of a published record; name \
               an empty folder\n";
    assert_eq!(told.err, why);
    let told = annals(place.path(), &["publish", "no/such/parent"]);
    assert_eq!(told.code, 2);
    assert!(told.err.starts_with("annals: cannot make folder no/such/parent\n"), "{}", told.err);
}

/// A network that requires a sign-in returns its page in place of each file: the page does not
/// count as a file, and the record is not reported as false.
#[test]
fn a_page_of_html_in_the_place_of_a_file_makes_no_record_false() {
    let place = tempfile::tempdir().unwrap();
    let whole = ledger(6);
    write(place.path(), &whole.files());
    annals(place.path(), &["publish", "pub"]);
    // Else the body would be found there.
    std::fs::remove_dir_all(place.path().join("pub/body/bundle")).unwrap();
    let body = annals_core::hash::Hash::of(&[whole.events[3].body.as_bytes()]);
    let body = format!("body/{body}");
    let page = "\u{feff}\n<!DOCTYPE html>\n<title>Sign in</title>\n";
    let missing = |rule: &str, name: &str| {
        format!("rule {rule}: {name}: a page of HTML, or nothing, came in its place\n")
    };
    let withheld = format!(
        "damage: event 3: rule 911 unreadable: the body did not come: a \
         page of HTML, or nothing, came in place of 1 file, the first: {body}\n"
    );
    for (name, told) in [
        ("tile/0/000.p/6", missing("973 tile-missing", "tile/0/000.p/6")),
        ("tile/entries/000.p/6", missing("971 bundle-missing", "tile/entries/000.p/6")),
        (body.as_str(), withheld),
    ] {
        let path = place.path().join("pub").join(name);
        let bytes = std::fs::read(&path).unwrap();
        std::fs::write(&path, page).unwrap();
        let answer = annals(place.path(), &["verify", "pub"]);
        assert_eq!(answer.code, 2, "{name}: {}", answer.out);
        assert!(answer.out.contains(&told), "{name}: {}", answer.out);
        std::fs::write(&path, bytes).unwrap();
    }
    std::fs::write(place.path().join("pub/checkpoint"), page).unwrap();
    let answer = annals(place.path(), &["verify", "pub"]);
    let why = "annals: cannot read pub/checkpoint\n  expected a signed checkpoint, found a page of \
               HTML or nothing: what is there is no record; a network that asks to sign in first, \
               or a server that has a page for every name, answers so\n";
    assert_eq!((answer.code, answer.out.as_str(), answer.err.as_str()), (2, "", why));
    // A publication repairs the damage there, and nothing of the page is left.
    let again = annals(place.path(), &["publish", "pub"]);
    assert_eq!(again.code, 2, "{}", again.out);
    assert_eq!(std::fs::read(place.path().join("pub/checkpoint")).unwrap(), page.as_bytes());
}

/// A published checkpoint that is malformed, or not signed by the log key, is never overwritten: it
/// may be of another record.
#[test]
fn nothing_is_published_over_a_damaged_checkpoint() {
    let place = tempfile::tempdir().unwrap();
    let whole = ledger(7);
    write(place.path(), &cut(&whole, 6).files());
    annals(place.path(), &["publish", "pub"]);
    write(place.path(), &whole.files());
    let path = place.path().join("pub/checkpoint");
    let good = std::fs::read_to_string(&path).unwrap();
    let form = "annals: the published checkpoint is not in form; nothing was written; remove it and \
                publish again, if this is the folder of this record, or publish into an empty \
                folder\n";
    let damaged = "annals: the published checkpoint is damaged: it says a record of 9 events, this \
                   one has 7, and the log key that it names did not sign that; nothing was \
                   written; remove it, and publish again\n";
    for (found, told) in [
        (String::new(), form),
        (good[..good.len() / 2].to_owned(), form),
        (good.replacen("\n6\n", "\n9\n", 1), damaged),
    ] {
        std::fs::write(&path, &found).unwrap();
        let answer = annals(place.path(), &["publish", "pub"]);
        assert_eq!((answer.code, answer.out.as_str(), answer.err.as_str()), (2, "", told));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), found);
        assert!(!place.path().join("pub/tile/0/000.p/7").exists());
    }
    std::fs::remove_file(&path).unwrap();
    let answer = annals(place.path(), &["publish", "pub"]);
    assert_eq!((answer.code, answer.out.as_str()), (0, "published 7 events in pub\n"));
}
