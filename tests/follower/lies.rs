//! A publisher who lies, in each way once: the copy is left as it was, a fork or a step back that
//! the log key signed is shown to others, and an honest publisher is followed again.

use crate::archive::publish_targets::{cut, ledger, write};
use crate::archive::web::{folder_server, ok, serve};
use crate::follower::{Answer, Desk, files};
use crate::support::files::{Files, note};
use crate::support::{Ledger, acts};
use std::collections::BTreeMap;

/// What is published of the first `size` events, by name.
fn published(ledger: &Ledger, size: u64) -> Files {
    cut(ledger, size).published_now(&[size])
}

/// Puts these files in the place of what is published.
fn publish(desk: &Desk, files: &Files) {
    std::fs::remove_dir_all(desk.path("www")).ok();
    let names = |name: &String| name.strip_prefix("published/").map(|name| format!("www/{name}"));
    let files: Files =
        files.iter().filter_map(|(name, bytes)| Some((names(name)?, bytes.clone()))).collect();
    write(&desk.path(""), &files);
}

/// The copy without evidence and without times of pulls, and the evidence.
fn split(desk: &Desk) -> (BTreeMap<String, Vec<u8>>, Vec<String>) {
    let (evidence, rest): (BTreeMap<_, _>, BTreeMap<_, _>) = files(&desk.path("copy"))
        .into_iter()
        .partition(|(name, _)| name.starts_with("following.evidence"));
    (rest, evidence.into_keys().collect())
}

/// A desk with a copy of 300 events, and the ledger.
fn copied() -> (Desk, Ledger) {
    let ledger = ledger(320);
    let desk = Desk { place: tempfile::tempdir().unwrap() };
    publish(&desk, &published(&ledger, 300));
    desk.good(&["clone", "www", "copy"]);
    (desk, ledger)
}

/// Another record that the same log key signed: it differs from the event at `position` on.
fn forked(ledger: &Ledger, position: u64, size: u64) -> Ledger {
    let mut fork = cut(ledger, position);
    while fork.size() < size {
        fork.sign("dan", acts::changed(1 + (fork.size() + 4) % 9));
    }
    fork
}

/// Pulls, and expects this exit code, an error with these words, and an untouched copy.
fn refused(desk: &Desk, code: i32, words: &str) -> Answer {
    let (before, kept) = split(desk);
    let answer = desk.annals(&["pull", "--ledger", "copy"]);
    assert_eq!(answer.code, code, "{words}: {answer:?}");
    assert!(answer.err.contains(words), "{words}: {answer:?}");
    let (after, evidence) = split(desk);
    assert!(before == after, "{words}: the copy was changed");
    if code != 4 {
        assert_eq!(evidence, kept, "{words}");
    }
    answer
}

/// The honest publisher is followed again.
fn followed_again(desk: &Desk, ledger: &Ledger) {
    publish(desk, &published(ledger, 320));
    assert_eq!(desk.pulled("copy"), ("new".to_owned(), 320));
    desk.expect_as_fresh("copy", "www");
}

#[test]
fn a_publisher_who_goes_back_is_shown_to_others() {
    let (desk, ledger) = copied();
    publish(&desk, &published(&ledger, 280));
    let answer = refused(&desk, 4, "rule 801 cut-below-pin: ");
    let evidence = "; nothing was written; copy/following.evidence has both checkpoints that the log \
                    key signed, to show them to others, and annals verify copy/following.evidence \
                    says what they prove; pull no more from there, and ask the publisher\n";
    assert!(answer.err.ends_with(evidence), "{answer:?}");
    let begins = "annals: what is published at DESK/www does not continue this copy: 1 fault, the \
                  first: rule 801 cut-below-pin: cut: this copy has 300 events, 280 are published; \
                  the same: events 0 to 279; nothing was written";
    assert!(answer.err.starts_with(begins), "{answer:?}");
    let judged = desk.annals(&["verify", "copy/following.evidence"]);
    // Both sizes are signed; no checkpoint says a time.
    assert_eq!(judged.code, 2, "{judged:?}");
    assert!(judged.out.contains("shown: this key signed sizes 300 and 280; "), "{judged:?}");
    // Who looks at the copy later sees it too.
    let says = "what is published contradicts this copy: annals verify ";
    let status = desk.good(&["status", "--ledger", "copy"]);
    assert!(status.contains(&format!("\nevidence      {says}")), "{status}");
    assert!(!status.contains("(annals pull)"), "{status}");
    let home = desk.good(&["--ledger", "copy"]);
    assert!(home.contains(&format!("\ncopy    {says}")), "{home}");
    // The same again is the same file, another is another one.
    refused(&desk, 4, "copy/following.evidence has");
    publish(&desk, &published(&ledger, 270));
    refused(&desk, 4, "copy/following.evidence-");
    assert_eq!(split(&desk).1.len(), 2);
    followed_again(&desk, &ledger);
    let status = desk.good(&["status", "--ledger", "copy"]);
    assert!(status.contains("\nevidence      of an earlier pull: annals verify "), "{status}");
    assert!(!desk.good(&["--ledger", "copy"]).contains("contradicts"));
    let evidence = |line: &[&str]| -> serde_json::Value {
        let said = desk.good(&[line, &["--format", "json"]].concat());
        serde_json::from_str(&said).unwrap()
    };
    let earlier = serde_json::json!({"file": "copy/following.evidence-aside-2", "latest": false});
    assert_eq!(evidence(&["status", "--ledger", "copy"])["following"]["evidence"], earlier);
    assert_eq!(evidence(&["--ledger", "copy"])["evidence"], earlier);
    // Whatever times the files of a copied folder have.
    let times = std::fs::FileTimes::new().set_modified(std::time::SystemTime::UNIX_EPOCH);
    let mark = std::fs::File::options().append(true).open(desk.path("copy/following")).unwrap();
    mark.set_times(times).unwrap();
    let status = desk.good(&["status", "--ledger", "copy"]);
    assert!(status.contains("\nevidence      of an earlier pull: annals verify "), "{status}");
    // The same contradiction once more is the latest one again.
    publish(&desk, &published(&ledger, 280));
    refused(&desk, 4, "copy/following.evidence has");
    let latest = serde_json::json!({"file": "copy/following.evidence", "latest": true});
    assert_eq!(evidence(&["status", "--ledger", "copy"])["following"]["evidence"], latest);
    assert_eq!(evidence(&["--ledger", "copy"])["evidence"], latest);
    publish(&desk, &published(&ledger, 320));
    assert_eq!(desk.pulled("copy"), ("nothing".to_owned(), 320));
    let earlier = serde_json::json!({"file": "copy/following.evidence-aside-3", "latest": false});
    assert_eq!(evidence(&["--ledger", "copy"])["evidence"], earlier);
}

/// Another record at the address: of another name, or of the same name, set up anew.
#[test]
fn another_record_is_named_as_that() {
    let (desk, _) = copied();
    std::fs::create_dir(desk.path("o")).unwrap();
    let ask = "; nothing was written; ask who runs it whether it was set up anew: annals clone \
               DESK/www DIR makes a copy of what is there now, in another folder\n";
    for (origin, code, why) in [
        ("other.org/record", 2, "expected the record example.org/record, found other.org/record"),
        ("example.org/record", 4, "expected the event 0 of this copy, "),
    ] {
        let place = ["--ledger", "o/ledger", "--keys", "o/keys"];
        let init = ["init", "--origin", origin, "--title", "T", "--name", "X", "--no-passphrase"];
        desk.good(&[&init[..], &place].concat());
        std::fs::remove_dir_all(desk.path("www")).unwrap();
        desk.good(&[&["publish", "www"][..], &place].concat());
        std::fs::remove_dir_all(desk.path("o/ledger")).unwrap();
        std::fs::remove_dir_all(desk.path("o/keys")).unwrap();
        let answer = refused(&desk, code, why);
        assert!(answer.err.starts_with("annals: another record is at DESK/www than"), "{answer:?}");
        assert!(answer.err.ends_with(ask), "{answer:?}");
        assert_eq!(split(&desk).1, [""; 0]);
    }
}

#[test]
fn a_fork_is_shown_to_others_whatever_its_size() {
    // Of 290 events, the last two are in no complete subtree of 300.
    for (position, size) in [(285, 300), (285, 310), (285, 290), (289, 290)] {
        let (desk, ledger) = copied();
        publish(&desk, &published(&forked(&ledger, position, size), size));
        refused(&desk, 4, "802 forked-from-pin");
        let judged = desk.annals(&["verify", "copy/following.evidence"]);
        assert_eq!(judged.code, 4, "{size}: {judged:?}");
        followed_again(&desk, &ledger);
    }
}

/// What proves most is named, while it is the latest and afterwards.
#[test]
fn of_several_contradictions_the_one_that_convicts_is_named() {
    let (desk, ledger) = copied();
    publish(&desk, &published(&ledger, 280));
    refused(&desk, 4, "801 cut-below-pin");
    publish(&desk, &published(&forked(&ledger, 285, 310), 310));
    refused(&desk, 4, "802 forked-from-pin");
    let named = |wanted: &str, is_latest: bool| {
        let status = desk.good(&["status", "--ledger", "copy", "--format", "json"]);
        let status: serde_json::Value = serde_json::from_str(&status).unwrap();
        let evidence = &status["following"]["evidence"];
        assert_eq!(evidence["latest"], is_latest, "{evidence}");
        let file = evidence["file"].as_str().unwrap();
        assert!(file.starts_with(wanted), "{file}");
        let judged = desk.annals(&["verify", file]);
        assert_eq!(judged.code, 4, "{judged:?}");
    };
    named("copy/following.evidence-", true);
    followed_again(&desk, &ledger);
    named("copy/following.evidence-aside-2", false);
    let names = ["copy/following.evidence-aside-1", "copy/following.evidence-aside-2"];
    let names = names.map(|name| name.replace("copy/", ""));
    assert_eq!(split(&desk).1, names);
    // A later one that proves less does not hide it.
    publish(&desk, &published(&ledger, 270));
    refused(&desk, 4, "copy/following.evidence has");
    publish(&desk, &published(&ledger, 320));
    assert_eq!(desk.pulled("copy"), ("nothing".to_owned(), 320));
    named("copy/following.evidence-aside-2", false);
}

/// As a pull is that was stopped before it put the checkpoint in its place.
fn stopped_before_the_checkpoint() -> (Desk, Ledger) {
    let (desk, ledger) = copied();
    let checkpoint = std::fs::read(desk.path("copy/checkpoint")).unwrap();
    publish(&desk, &published(&ledger, 320));
    desk.good(&["verify", "www", "--pin", "pin", "--init-pin"]);
    std::fs::copy(desk.path("pin"), desk.path("copy/following.pin")).unwrap();
    desk.good(&["pull", "--ledger", "copy"]);
    assert!(!desk.path("copy/following.pin").exists(), "the pull is finished");
    std::fs::copy(desk.path("pin"), desk.path("copy/following.pin")).unwrap();
    std::fs::write(desk.path("copy/checkpoint"), checkpoint).unwrap();
    (desk, ledger)
}

#[test]
fn what_a_stopped_pull_has_verified_convicts_too() {
    let (desk, ledger) = stopped_before_the_checkpoint();
    publish(&desk, &published(&forked(&ledger, 310, 330), 330));
    refused(&desk, 4, "802 forked-from-pin");
    let judged = desk.annals(&["verify", "copy/following.evidence"]);
    assert_eq!(judged.code, 4, "{judged:?}");
    publish(&desk, &published(&ledger, 310));
    refused(&desk, 4, "801 cut-below-pin");
    publish(&desk, &published(&ledger, 320));
    assert_eq!(desk.pulled("copy"), ("whole".to_owned(), 320));
    desk.expect_as_fresh("copy", "www");
}

#[test]
fn a_record_that_is_not_what_its_checkpoint_signs_is_refused() {
    let (desk, ledger) = copied();
    let honest = published(&ledger, 320);
    let entries = "published/tile/entries/001.p/64";
    let change = |name: &str, change: &dyn Fn(&mut Vec<u8>)| {
        let mut files = honest.clone();
        change(files.get_mut(name).unwrap_or_else(|| panic!("{name}")));
        files
    };
    let cases: Vec<(&str, Files, i32, &str)> = vec![
        (
            "an event is dropped",
            change(entries, &|bytes| {
                let lines: Vec<Vec<u8>> =
                    bytes.split_inclusive(|b| *b == b'\n').map(<[u8]>::to_vec).collect();
                let at = lines.len() - 9;
                *bytes = lines.iter().take(at).chain(&lines[at + 3..]).flatten().copied().collect();
            }),
            1,
            "rule 705 short",
        ),
        (
            "two events change places",
            {
                let mut other = cut(&ledger, 320);
                other.events.swap(310, 311);
                let mut files = published(&other, 320);
                let checkpoint = "published/checkpoint".to_owned();
                files.insert(checkpoint.clone(), honest[&checkpoint].clone());
                files
            },
            1,
            "rule 704 checkpoint-root",
        ),
        (
            "a byte of a record",
            change(entries, &|bytes| {
                let at = bytes.len() - 40;
                bytes[at] = if bytes[at] == b'a' { b'b' } else { b'a' };
            }),
            1,
            "rule ",
        ),
        (
            "the records of other events",
            {
                let mut files = honest.clone();
                let own = cut(&ledger, 64).published_now(&[64]);
                let bytes = own["published/tile/entries/000.p/64"].clone();
                files.insert(entries.to_owned(), bytes);
                files
            },
            1,
            "rule 704 checkpoint-root",
        ),
        (
            "a body is another one",
            {
                let mut files = honest.clone();
                let bodies: Vec<String> = files
                    .keys()
                    .filter(|name| name.starts_with("published/body/"))
                    .filter(|name| !published(&ledger, 300).contains_key(*name))
                    .cloned()
                    .collect();
                files.retain(|name, _| !name.starts_with("published/body/bundle/"));
                for name in bodies {
                    files.insert(name, b"{}".to_vec());
                }
                files
            },
            1,
            "rule 601 body-digest",
        ),
        (
            "a body is kept back",
            {
                let mut files = published(&ledger, 300);
                files.retain(|name, _| name.starts_with("published/body/"));
                let mut rest = honest.clone();
                rest.retain(|name, _| {
                    !name.starts_with("published/body/") || files.contains_key(name)
                });
                rest.retain(|name, _| !name.starts_with("published/body/bundle/"));
                rest
            },
            1,
            "rule 604 body-missing",
        ),
        (
            "the checkpoint of another log",
            {
                let mut other = crate::archive::publish_targets::ledger(6);
                other.sign("ada", acts::changed(4));
                let mut files = honest.clone();
                let text = "another.example/record\n320\n";
                let root = String::from_utf8(honest["published/checkpoint"].clone()).unwrap();
                let root = root.lines().nth(2).unwrap().to_owned();
                let bytes = note(&format!("{text}{root}\n"), &["log".to_owned()]).into_bytes();
                files.insert("published/checkpoint".to_owned(), bytes);
                files
            },
            1,
            "rule 702 checkpoint-origin",
        ),
        (
            "a checkpoint that another key signed",
            {
                let mut files = honest.clone();
                let mut other = cut(&ledger, 320);
                other.log = vec!["log-2".to_owned()];
                let bytes = other.checkpoint(320).into_bytes();
                files.insert("published/checkpoint".to_owned(), bytes);
                files
            },
            1,
            "rule 703 checkpoint-signature",
        ),
        (
            "a checkpoint of another root",
            {
                let mut files = honest.clone();
                let other = published(&forked(&ledger, 315, 320), 320);
                let name = "published/checkpoint".to_owned();
                files.insert(name.clone(), other[&name].clone());
                files
            },
            1,
            "rule 704 checkpoint-root",
        ),
        (
            "an event that its signer did not sign",
            {
                let mut other = cut(&ledger, 310);
                let mut draft = other.draft("ada", acts::changed(3));
                draft.signer = "bo".to_owned();
                other.put(draft);
                published(&other, 311)
            },
            1,
            "event 310: rule 302 signature",
        ),
        (
            "an event that the rules refuse",
            {
                let mut other = cut(&ledger, 310);
                other.sign("bo", acts::changed(3));
                published(&other, 311)
            },
            1,
            "event 310: rule 404 signer-role",
        ),
        (
            "a page for the checkpoint",
            {
                let mut files = honest.clone();
                let page = b"<!doctype html><p>Sign in".to_vec();
                files.insert("published/checkpoint".to_owned(), page);
                files
            },
            2,
            "found a page of HTML or nothing",
        ),
    ];
    for (lie, files, code, words) in cases {
        publish(&desk, &files);
        eprintln!("{lie}");
        refused(&desk, code, words);
        // A first copy of it is none.
        let answer = desk.annals(&["clone", "www", "new"]);
        assert!(matches!(answer.code, 1 | 2), "{lie}: {answer:?}");
        assert!(!desk.path("new").exists(), "{lie}");
    }
    followed_again(&desk, &ledger);
}

#[test]
fn a_wrong_tile_is_no_clone_and_over_http_what_a_liar_sent_is_forgotten() {
    let ledger = ledger(320);
    let desk = Desk { place: tempfile::tempdir().unwrap() };
    publish(&desk, &published(&ledger, 300));
    let address = folder_server(desk.path("www"));
    let mut files = published(&ledger, 300);
    let tile = files.get_mut("published/tile/0/001.p/44").unwrap();
    tile[7] ^= 1;
    publish(&desk, &files);
    let answer = desk.annals(&["clone", &address, "copy"]);
    assert!(matches!(answer.code, 1 | 2), "{answer:?}");
    assert!(answer.err.contains("974 tile-hash: tile/0/001.p/44"), "{answer:?}");
    publish(&desk, &published(&ledger, 300));
    desk.good(&["clone", &address, "copy"]);
    let mut files = published(&ledger, 320);
    let bundle = files.get_mut("published/tile/entries/001.p/64").unwrap();
    let at = bundle.len() - 40;
    bundle[at] ^= 1;
    publish(&desk, &files);
    refused(&desk, 1, "does not continue this copy");
    assert!(!desk.path("copy/.pull").exists());
    followed_again(&desk, &ledger);
}

#[test]
fn a_server_that_has_a_page_for_every_name_says_nothing() {
    let ledger = ledger(6);
    let desk = Desk { place: tempfile::tempdir().unwrap() };
    publish(&desk, &published(&ledger, 6));
    let folder = desk.path("www");
    let address = serve(move |path| match std::fs::read(folder.join(&path[1..])) {
        Ok(bytes) if path != "/tile/entries/000.p/6" => ok(&bytes),
        _ => ok(b"<!doctype html><p>Sign in"),
    });
    let answer = desk.annals(&["clone", &address, "copy"]);
    assert_eq!(answer.code, 2, "{answer:?}");
    assert!(!desk.path("copy").exists());
}

/// What a program changed on its way is no step back, in a folder as at an address.
#[test]
fn a_checkpoint_that_was_changed_on_its_way_is_no_fork() {
    let (desk, ledger) = copied();
    publish(&desk, &published(&ledger, 320));
    let path = desk.path("www/checkpoint");
    let signed = std::fs::read_to_string(&path).unwrap();
    for changed in [signed.replace('\n', "\r\n"), format!("\u{feff}{signed}")] {
        std::fs::write(&path, changed).unwrap();
        refused(&desk, 2, "expected the checkpoint as it was signed: ");
    }
    std::fs::write(&path, signed).unwrap();
    assert_eq!(desk.pulled("copy").1, 320);
}

/// A pull makes the tree of the events itself.
#[test]
fn a_tile_of_hashes_that_is_wrong_changes_no_copy() {
    let (desk, ledger) = copied();
    let mut files = published(&ledger, 320);
    let is_tile = |name: &&String| name.starts_with("published/tile/0/");
    let tile = files.keys().find(is_tile).unwrap().clone();
    files.get_mut(&tile).unwrap()[40] ^= 1;
    publish(&desk, &files);
    assert_eq!(desk.annals(&["verify", "www"]).code, 1);
    assert_eq!(desk.annals(&["clone", "www", "new"]).code, 1);
    assert_eq!(desk.pulled("copy").1, 320);
    desk.good(&["verify", "copy"]);
}
