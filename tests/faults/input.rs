//! Bad input at the command line: paths, arguments, environment, wrong files. Each gives a clear
//! error, nothing half written, no panic.

use crate::faults::newsroom::{EVENTS, JOURNAL, Newsroom, WHOLE, copy_folder, fact, newsroom};
use annals::disk::lock::Lock;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::time::Duration;

const READING: [&str; 6] = ["verify", "status", "log", "log 2", "replay", "show 2"];
const LAVROV: &str =
    r#"{"claim":"Lavrov spoke.","lang":"en","vouch":"said","quote":"Lavrov said"}"#;

fn with_drafts() -> Newsroom {
    let room = newsroom();
    room.write("drafts.jsonl", LAVROV);
    room
}

/// Every command that reads answers as usual.
fn expect_reads(room: &Newsroom, but: &[&str]) {
    for reading in READING.iter().filter(|reading| !but.contains(reading)) {
        let answer = room.run(reading);
        assert_eq!((answer.exit, &*answer.told()), (0, ""), "{reading}: {answer:?}");
    }
}

/// Every command, reading or writing, is refused with these words.
fn expect_refused(room: &Newsroom, more: &str, told: &str) {
    for command in READING.iter().chain(&["append drafts.jsonl", "repair"]) {
        let answer = room.run(&format!("{command}{more}"));
        assert_eq!((answer.exit, &*answer.out, &*answer.told()), (2, "", told), "{command}");
    }
}

#[test]
fn a_path_that_is_no_ledger() {
    let room = with_drafts();
    let before = room.snapshot();
    let told = "annals: no ledger at nowhere; found another at ledger: --ledger DIR names it\n";
    expect_refused(&room, " --ledger nowhere", told);
    let told = "annals: no ledger at no/where; annals init makes one, --ledger DIR names another\n";
    expect_refused(&room, " --ledger no/where", told);
    let told = "annals: expected a ledger's folder at ledger/document, found the folder document \
                of the ledger at ledger: name that folder\n";
    expect_refused(&room, " --ledger ledger/document", told);
    let told = "annals: expected a ledger's folder at keys, found a folder of keys; a ledger is \
                the folder that the journal is in\n";
    expect_refused(&room, " --ledger keys", told);
    let told = "annals: expected a ledger's folder at ., found the folder above the ledger at \
                ./ledger: name that folder\n";
    expect_refused(&room, " --ledger .", told);
    let told = "annals: expected a ledger's folder at article.txt, found a file; --ledger DIR \
                names the folder that the journal is in\n";
    expect_refused(&room, " --ledger article.txt", told);
    let told = "annals: nothing at 3.prof: expected a ledger's folder, a bag, a published \
                directory, a proof or an evidence file there\n";
    let answer = room.run("verify 3.prof");
    assert_eq!((answer.exit, &*answer.out, &*answer.told()), (2, "", told));
    assert!(room.snapshot() == before);
    room.rename("ledger", "elsewhere");
    let told = "annals: no ledger at ledger; found another at elsewhere: --ledger DIR names it\n";
    expect_refused(&room, "", told);
    fs::create_dir(room.path("empty")).unwrap();
    let told = "annals: no ledger at empty; annals init makes one, --ledger DIR names another\n";
    expect_refused(&room, " --ledger empty", told);
}

/// Another record above stands in for no ledger that is lost here: nothing is said of it, and nothing
/// written to it.
#[test]
fn a_ledger_that_is_lost_here_is_not_looked_for_above() {
    let above = with_drafts();
    for broken in ["no journal", "a file for the journal", "empty", "a file", "a link", "only keys"]
    {
        let room = above.copy();
        for name in ["ledger", "keys"] {
            copy_folder(&above.path(name), &room.path("desk").join(name));
        }
        let lost = "desk/ledger";
        match broken {
            "no journal" => room.remove("desk/ledger/journal"),
            "a file for the journal" => {
                room.remove("desk/ledger/journal");
                room.write("desk/ledger/journal", "x");
            }
            broken => {
                room.remove(lost);
                match broken {
                    "empty" => fs::create_dir(room.path(lost)).unwrap(),
                    "a file" => room.write(lost, "x"),
                    "a link" => {
                        std::os::unix::fs::symlink("../article.txt", room.path(lost)).unwrap()
                    }
                    _ => {}
                }
            }
        }
        let before = room.snapshot();
        for line in ["verify", "status", "append ../drafts.jsonl", "repair"] {
            let mut command = room.command(line);
            let answer = room.answer(command.current_dir(room.path("desk")).output().unwrap());
            // Of what is left of a ledger a repair can make it again, and that one alone.
            let is_made = line == "repair" && broken.ends_with("journal");
            assert!(answer.exit == 2 || is_made, "{broken}, {line}: {answer:?}");
            assert!(is_made || !answer.out.contains("whole"), "{broken}, {line}: {answer:?}");
            let is_same =
                |name: &str| room.snapshot().get(&room.path(name)) == before.get(&room.path(name));
            assert!(is_made || room.snapshot() == before, "{broken}, {line}");
            assert!(is_same(JOURNAL), "{broken}, {line}");
        }
    }
}

/// A folder above a bag or a published record is no place for a new ledger.
#[test]
fn a_folder_above_what_was_handed_over() {
    let room = with_drafts();
    fs::create_dir(room.path("above")).unwrap();
    let told = |what: &str| {
        format!(
            "annals: expected a ledger's folder at above, found the folder above the {what}: name \
             that folder\n"
        )
    };
    assert_eq!(room.run("publish above/pub").exit, 0);
    let verified = room.run("verify above");
    assert_eq!((verified.exit, verified.told()), (2, told("published record at above/pub")));
    assert_eq!(room.run("export --to above/bag").exit, 0);
    let verified = room.run("verify above");
    assert_eq!((verified.exit, verified.told()), (2, told("bag at above/bag")));
}

/// Another name is another record, and no fork of this one.
#[test]
fn a_record_is_not_published_over_one_of_another_name() {
    let room = with_drafts();
    assert_eq!(room.run("publish pub").exit, 0);
    let places = "--ledger other/ledger --keys other/keys";
    let init = "init --origin example.org/other --title O --name Oo --no-passphrase";
    fs::create_dir(room.path("other")).unwrap();
    assert_eq!(room.run(&format!("{init} {places}")).exit, 0);
    let before = room.snapshot();
    let refused = room.run(&format!("publish pub {places}"));
    let told = "annals: what is published there is a record named example.org/record, and this one \
                is named example.org/other; nothing was written; publish into another folder\n";
    assert_eq!((refused.exit, &*refused.told()), (2, told));
    assert!(room.snapshot() == before);
}

/// What was typed is shown as it is, also where the arguments cannot be read.
#[test]
fn a_message_about_arguments_shows_what_nobody_sees() {
    let room = with_drafts();
    for words in [["relate", "3", "x\u{202e}y", "4"], ["log", "--format", "\u{9b}31m", "3"]] {
        let mut command = room.command_of(words.iter().map(OsStr::new));
        let answer = room.answer(command.output().unwrap());
        assert_eq!(answer.exit, 2, "{answer:?}");
        assert!(!answer.err.contains(['\u{202e}', '\u{9b}']), "{answer:?}");
    }
    // No secret is shown, whether its lines are kept or lost.
    let pem = String::from_utf8(room.read("keys/ada.key")).unwrap();
    let secret = pem.lines().nth(1).unwrap();
    for key in [pem.clone(), pem.replace('\n', " "), pem.replace('\n', "")] {
        for words in [["verify", key.as_str()], ["clone", key.as_str()]] {
            for format in ["text", "json"] {
                let words = [words[0], "--format", format, words[1]];
                let mut command = room.command_of(words.iter().map(OsStr::new));
                let answer = room.answer(command.output().unwrap());
                assert_eq!(answer.exit, 2, "{answer:?}");
                assert!(!answer.err.contains(&secret[20..]), "{answer:?}");
            }
        }
        let words = ["verify".to_owned(), "x".to_owned(), format!("--log-key={key}")];
        let mut command = room.command_of(words.iter().map(OsStr::new));
        let answer = room.answer(command.output().unwrap());
        assert!(!answer.err.contains(&secret[20..]), "{answer:?}");
    }
    let policy = room.run("ledger change --corrections-policy javascript:alert(1) --by ada");
    let told = "annals: --corrections-policy: expected words or an address, found javascript:, \
                which is a program or a text\n";
    assert_eq!((policy.exit, &*policy.told()), (2, told));
}

/// A folder with a proof is no place for a new ledger, but one to check the proof in.
#[test]
fn a_folder_of_files_that_were_handed_over() {
    let room = with_drafts();
    fs::create_dir(room.path("handed")).unwrap();
    fs::write(room.path("handed/a note.txt"), "Please look at this.").unwrap();
    let none = "annals: no ledger at handed; annals init makes one, --ledger DIR names another\n";
    let verified = room.run("verify handed");
    assert_eq!((verified.exit, &*verified.told()), (2, none));
    assert_eq!(room.run("verify --pin handed/pin --init-pin").exit, 0);
    let told = |file: &str, checks: &str| {
        format!(
            "annals: expected a ledger's folder at handed, found a folder with {file}{checks}; a \
             ledger is the folder that the journal is in\n"
        )
    };
    let verified = room.run("verify handed");
    assert_eq!((verified.exit, verified.told()), (2, told("a pin, \"pin\"", "")));
    assert_eq!(room.run("prove 3 -o handed/it.proof").exit, 0);
    let proof = "a proof, \"it.proof\"";
    let checks = ": annals verify handed/it.proof checks it";
    let verified = room.run("verify handed");
    assert_eq!((verified.exit, verified.told()), (2, told(proof, checks)));
}

/// Ledgers may have other names than the usual one, and several may be in one folder.
#[test]
fn a_folder_above_ledgers_of_any_name() {
    let room = with_drafts();
    fs::create_dir(room.path("parent")).unwrap();
    room.rename("ledger", "parent/mine");
    let found = "annals: expected a ledger's folder at parent, found the folder above the ledger";
    let told = format!("{found} at parent/mine: name that folder\n");
    expect_refused(&room, " --ledger parent", &told);
    let answer = room.run("verify parent");
    assert_eq!((answer.exit, &*answer.out, &*answer.told()), (2, "", &*told));
    // One that a link leads to is not in the folder, and none is looked for further down.
    std::os::unix::fs::symlink("mine", room.path("parent/link")).unwrap();
    fs::create_dir(room.path("parent/a")).unwrap();
    fs::create_dir(room.path("parent/a/b")).unwrap();
    copy_folder(&room.path("parent/mine"), &room.path("parent/a/b/deep"));
    expect_refused(&room, " --ledger parent", &told);
    fs::create_dir(room.path("parent/sport")).unwrap();
    copy_folder(&room.path("parent/mine"), &room.path("parent/sport/ledger"));
    copy_folder(&room.path("parent/mine"), &room.path("parent/other"));
    let told = format!(
        "{found}s at parent/mine, parent/other and parent/sport/ledger: name one of these\n"
    );
    expect_refused(&room, " --ledger parent", &told);
    let answer = room.run("repair --from parent --ledger parent/mine");
    assert_eq!((answer.exit, &*answer.told()), (2, &*told));
    // Who stands in the folder, and names nothing.
    let mut command = room.command("status");
    let answer = room.answer(command.current_dir(room.path("parent")).output().unwrap());
    let told = "annals: no ledger at ledger; found others at mine, other and sport/ledger: \
                --ledger DIR names one of these\n";
    assert_eq!((answer.exit, &*answer.told()), (2, told));
    for name in ["n1", "n2", "n3", "n4"] {
        copy_folder(&room.path("parent/mine"), &room.path(&format!("parent/{name}")));
    }
    let told = format!(
        "{found}s at parent/mine, parent/n1, parent/n2, parent/n3, parent/n4 and 2 more: name one \
         of these\n"
    );
    expect_refused(&room, " --ledger parent", &told);
    // Nothing is advised that would take them away.
    let answer = room.run("init --ledger parent --origin other.example/record");
    let told = "annals: parent is there already; nothing was changed\n";
    assert_eq!((answer.exit, &*answer.told()), (2, told), "{answer:?}");
}

/// Who stands in what was handed over, and names nothing, also where a ledger is further up.
#[test]
fn a_bag_and_a_published_record_are_named_to_who_stands_in_them() {
    let room = newsroom();
    assert_eq!(room.run("export --to bag").exit, 0);
    assert_eq!(room.run("publish public").exit, 0);
    let places = [
        (
            "bag",
            "a bag: annals verify . checks it, annals import . --to LEDGER makes a ledger of it to \
             read\n",
        ),
        (
            "public",
            "a published record, which is only read: annals verify . checks it, annals import . \
             --to LEDGER makes a ledger of it to read; to write, name the ledger that it is \
             published from\n",
        ),
    ];
    for (place, found) in places {
        let told = format!("annals: expected a ledger's folder at ., found {found}");
        for line in ["verify", "status", "find Lavrov", "log", "pull"] {
            let mut command = room.command(line);
            let answer = room.answer(command.current_dir(room.path(place)).output().unwrap());
            assert_eq!((answer.exit, answer.told()), (2, told.clone()), "{place}: {line}");
        }
        // What needs no record goes on without one.
        let mut command = room.command("key list");
        let answer = room.answer(command.current_dir(room.path(place)).output().unwrap());
        assert!(!answer.err.contains("expected a ledger"), "{place}: {answer:?}");
        let told = format!("annals: expected a ledger's folder at {place}, found ");
        let answer = room.run(&format!("status --ledger {place}/ledger"));
        assert!(answer.exit == 2 && answer.told().starts_with(&told), "{answer:?}");
    }
    // A command that is advised can be pasted.
    assert_eq!(room.run("publish public").exit, 0);
    room.rename("public", "my public");
    let mut command = room.command("verify --ledger");
    let answer = room.answer(command.arg("my public/tile").output().unwrap());
    assert_eq!(answer.exit, 2, "{answer:?}");
    let mut command = room.command("publish more --ledger");
    let answer = room.answer(command.arg("my public").output().unwrap());
    let advice = "annals verify 'my public' checks it, annals import 'my public' --to LEDGER makes";
    assert!(answer.exit == 2 && answer.told().contains(advice), "{answer:?}");
    room.rename("ledger", "elsewhere");
    let mut command = room.command("status");
    let answer = room.answer(command.current_dir(room.path("bag")).output().unwrap());
    assert!(answer.exit == 2 && answer.told().contains("found a bag"), "{answer:?}");
}

#[test]
fn a_ledger_that_another_process_holds() {
    let room = with_drafts();
    let before = room.snapshot();
    let lock = Lock::take(&room.path("ledger/lock"), Duration::ZERO).unwrap();
    let holder = format!("process {}: ", std::process::id());
    for command in ["append drafts.jsonl", "repair"] {
        let answer = room.run(&format!("{command} --wait 50ms"));
        let told = answer.told();
        assert_eq!(answer.exit, 3, "{answer:?}");
        let waits = format!("waiting for another writer: {holder}");
        let told = match told.split_once('\n') {
            Some((first, rest)) if first.starts_with(&waits) => rest,
            _ => &told,
        };
        let start = format!("annals: ledger/lock is held by another writer: {holder}");
        assert!(told.starts_with(&start), "{told}");
    }
    expect_reads(&room, &[]);
    assert!(room.snapshot() == before);
    let answer = room.run("append drafts.jsonl --wait soon");
    assert_eq!(answer.exit, 2, "{answer:?}");
    let told = "annals: --wait: expected a span of time such as 10s or 2min, found \"soon\"\n";
    assert_eq!(answer.told(), told);
    // A waiting writer gets the lock when it is released.
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| room.run("append drafts.jsonl --wait 60s"));
        std::thread::sleep(Duration::from_millis(1_500));
        drop(lock);
        let answer = waiting.join().unwrap();
        assert_eq!(answer.exit, 0);
        // The holder was reported at once.
        let said = format!("waiting for another writer: {holder}");
        assert!(answer.told().starts_with(&said), "{answer:?}");
    });
}

#[test]
fn a_store_that_another_process_holds() {
    let room = with_drafts();
    let held = annals::store::sled::open(&room.path("ledger/db"), 0).unwrap();
    let answer = room.run("append drafts.jsonl");
    let told = "annals: the store at ledger/db is held by another process\n";
    assert_eq!((answer.exit, &*answer.told()), (3, told));
    expect_reads(&room, &[]);
    drop(held);
    assert_eq!(room.run("append drafts.jsonl").exit, 0);
}

#[test]
fn a_checkpoint_that_is_missing_or_garbage() {
    for bytes in [None, Some(b"nonsense\n".to_vec()), Some(vec![0xff; 3 << 20])] {
        let room = with_drafts();
        match &bytes {
            None => room.remove("ledger/checkpoint"),
            Some(bytes) => room.write("ledger/checkpoint", bytes),
        }
        expect_reads(&room, &["verify"]);
        let verified = room.run("verify");
        assert_eq!(verified.exit, 1, "{verified:?}");
        let said = match bytes {
            None => "fault: rule 701 checkpoint-form: there is no checkpoint\n",
            Some(_) => {
                "fault: rule 701 checkpoint-form: the checkpoint is not a signed note of three lines\n"
            }
        };
        assert!(verified.out.contains(said), "{verified:?}");
        let advice =
            "what to do: put back a copy of the checkpoint; without one the next writer signs it\n";
        assert!(verified.out.contains(advice), "{verified:?}");
        let written = room.run("append drafts.jsonl");
        let kept = "note: the checkpoint was kept as ledger/checkpoint-aside-1: rule 701 \
                    checkpoint-form: the checkpoint is not a signed note of three lines\n";
        let told = format!(
            "{}note: the checkpoint of 5 was signed\n",
            if bytes.is_some() { kept } else { "" }
        );
        assert_eq!((written.exit, written.told()), (0, told), "{written:?}");
        room.expect_whole(EVENTS + 1);
    }
}

/// A truncation that only the checkpoint shows: the writer does not sign over it.
#[test]
fn a_checkpoint_of_more_events_than_there_are() {
    let room = with_drafts();
    let text = room.journal();
    let cut = text.match_indices("\n= ").nth(2).unwrap().0 + 1;
    let end = cut + text[cut..].find('\n').unwrap() + 1;
    room.write(JOURNAL, &text[..end]);
    room.remove("keys/log.marks");
    room.remove("ledger/db");
    let before = room.snapshot();
    let answer = room.run("append drafts.jsonl");
    let told = "annals: the checkpoint covers 5 events, the journal has 4: events are missing at \
                its end; nothing was written; annals repair looks for them in the store, annals \
                repair --from COPY in another copy\n";
    assert_eq!((answer.exit, &*answer.told()), (2, told));
    let verified = room.run("verify");
    assert_eq!(verified.exit, 2, "{verified:?}");
    assert!(verified.out.contains("damage: rule 705 short: "), "{verified:?}");
    assert!(verified.out.contains("what to do: annals repair "), "{verified:?}");
    assert!(room.snapshot() == before);
}

#[test]
fn marks_that_are_garbage() {
    let room = with_drafts();
    let marks = room.read("keys/log.marks");
    room.write("keys/log.marks", [&marks, &b"garbage\n"[..]].concat());
    let why = "expected a mark `<origin> <size> <root> <signature>` as the last line of \
               keys/log.marks, found \"garbage\"; put back a copy, and sign nothing until then \
               (rule 911)\n";
    let before = room.snapshot();
    for command in ["append drafts.jsonl", "repair"] {
        let answer = room.run(command);
        assert_eq!((answer.exit, answer.told()), (2, format!("annals: {why}")), "{command}");
    }
    let verified = room.run("verify");
    assert_eq!(verified.exit, 2, "{verified:?}");
    assert!(verified.out.contains(&format!("damage: rule 911 unreadable: {why}")), "{verified:?}");
    assert!(room.run("status").out.contains("marks         cannot be read: "));
    expect_reads(&room, &["verify"]);
    assert!(room.snapshot() == before);
    // A last line without LF is not a mark.
    room.write("keys/log.marks", [&marks, &b"example.org/rec"[..]].concat());
    assert_eq!(room.run("append drafts.jsonl").exit, 0);
    room.expect_whole(EVENTS + 1);
}

#[test]
fn marks_that_are_garbage_beside_an_empty_journal() {
    let room = with_drafts();
    let marks = room.read("keys/log.marks");
    room.write(JOURNAL, "");
    room.remove("ledger/checkpoint");
    room.remove("ledger/db");
    let whole = room.run("verify");
    assert!(!whole.out.contains("rule 911"), "{whole:?}");
    room.write("keys/log.marks", [&marks, &b"garbage\n"[..]].concat());
    let verified = room.run("verify");
    assert_eq!(verified.exit, 1, "{verified:?}");
    assert!(verified.out.contains("damage: rule 911 unreadable: expected a mark"), "{verified:?}");
}

#[test]
fn files_that_cannot_be_read() {
    let advice = "  annals repair builds a journal that is damaged from the store; annals repair \
                  --from COPY takes it, or a document, from another copy\n";
    // A folder represents a file that nobody, not even root, can read.
    let room = with_drafts();
    room.remove(JOURNAL);
    fs::create_dir(room.path(JOURNAL)).unwrap();
    let told = format!("annals: expected a file at {JOURNAL}, found a folder\n{advice}");
    let (_, others) = READING.split_first().unwrap();
    for command in others.iter().chain(&["append drafts.jsonl"]) {
        let answer = room.run(command);
        assert_eq!((answer.exit, answer.told()), (2, told.clone()), "{command}");
    }
    // The verdict is given.
    let damage =
        format!("damage: rule 911 unreadable: expected a file at {JOURNAL}, found a folder");
    let verified = room.run("verify");
    assert_eq!((verified.exit, &*verified.told()), (2, ""), "{verified:?}");
    assert!(verified.out.contains(&damage), "{verified:?}");
    let repaired = room.run("repair");
    assert_eq!(repaired.exit, 0, "{repaired:?}");
    room.expect_whole(EVENTS);
    let room = with_drafts();
    room.remove("ledger/checkpoint");
    fs::create_dir(room.path("ledger/checkpoint")).unwrap();
    let told = "annals: expected a file at ledger/checkpoint, found a folder\n";
    for command in others.iter().chain(&["append drafts.jsonl"]) {
        let answer = room.run(command);
        assert_eq!((answer.exit, &*answer.told()), (2, told), "{command}");
    }
    let damage =
        "damage: rule 911 unreadable: expected a file at ledger/checkpoint, found a folder";
    let verified = room.run("verify");
    assert_eq!((verified.exit, &*verified.told()), (2, ""), "{verified:?}");
    assert!(verified.out.contains(damage), "{verified:?}");
    // The drafts themselves.
    let room = newsroom();
    let answer = room.run("append nothing.jsonl");
    let told = "annals: cannot read nothing.jsonl\n  No such file or directory (os error 2)\n";
    assert_eq!((answer.exit, &*answer.told()), (2, told));
    let answer = room.run("append ledger");
    let told = "annals: expected a file at ledger, found a folder\n";
    assert_eq!((answer.exit, &*answer.told()), (2, told));
    room.write("drafts.jsonl", [b"{\"claim\":\"".as_slice(), &[0xff, 0xfe]].concat());
    let answer = room.run("append drafts.jsonl");
    assert_eq!(answer.exit, 2, "{answer:?}");
    let told = "annals: drafts.jsonl: expected UTF-8, found other bytes, such as Windows-1252 has, \
                from byte 10 (line 1) on; save it as UTF-8 (a spreadsheet: CSV UTF-8)\n";
    assert_eq!(answer.told(), told);
    room.expect_whole(EVENTS);
}

#[test]
fn foreign_files_in_the_journals_folder() {
    let room = with_drafts();
    room.write("ledger/journal/notes.txt", "not of the record");
    fs::create_dir(room.path("ledger/journal/old")).unwrap();
    expect_reads(&room, &["verify"]);
    // Only 20 digits are a name of the record.
    room.write("ledger/journal/copy.log", "not of the record");
    room.write("ledger/journal/7.log", "not of the record");
    let verified = room.run("verify");
    assert_eq!(verified.exit, 0, "{verified:?}");
    for name in ["notes.txt", "old", "copy.log", "7.log"] {
        assert!(verified.err.contains(name) || verified.out.contains(name), "{name}: {verified:?}");
    }
    assert_eq!(room.run("append drafts.jsonl").exit, 0);
    room.expect_whole(EVENTS + 1);
}

#[cfg(unix)]
#[test]
fn arguments_and_environment_that_are_not_utf_8() {
    use std::os::unix::ffi::OsStrExt;
    let room = with_drafts();
    let bad = OsStr::from_bytes(b"\xff\xfe");
    let run =
        |words: &[&OsStr]| room.answer(room.command_of(words.iter().copied()).output().unwrap());
    let word = OsStr::new;
    for words in [
        &[word("log"), word("--ledger"), bad][..],
        &[word("log"), word("--editor"), bad],
        &[word("log"), word("--tz"), bad],
        &[word("show"), bad],
        &[word("replay"), word("--as-of"), bad],
        &[word("verify"), bad],
        &[word("append"), bad],
        &[word("append"), word("drafts.jsonl"), word("--by"), bad],
        &[word("repair"), word("--from"), bad],
        &[bad],
    ] {
        let answer = run(words);
        assert_eq!((answer.exit, &*answer.out), (2, ""), "{words:?}: {answer:?}");
        assert!(answer.told().len() > 20, "{words:?}: {answer:?}");
        assert!(!answer.err.contains("panicked"), "{words:?}: {answer:?}");
    }
    for name in ["ANNALS_LEDGER", "ANNALS_EDITOR", "ANNALS_CLOCK", "ANNALS_SEED", "ANNALS_KEYS"] {
        let mut command = room.command("append drafts.jsonl");
        let answer = room.answer(command.env(name, bad).output().unwrap());
        assert_eq!((answer.exit, &*answer.out), (2, ""), "{name}: {answer:?}");
        assert!(!answer.err.contains("panicked"), "{name}: {answer:?}");
    }
    let mut command = room.command("status");
    let answer = room.answer(command.env("ANNALS_SEED", bad).output().unwrap());
    let told = "annals: ANNALS_SEED: expected UTF-8, found \"\\xFF\\xFE\"\n";
    assert_eq!((answer.exit, &*answer.told()), (2, told));
    room.expect_whole(EVENTS);
}

/// docs/environment.md: a variable that is empty counts as not set.
#[test]
fn an_empty_variable_is_not_set() {
    let room = newsroom();
    for name in ["ANNALS_LEDGER", "ANNALS_KEYS", "ANNALS_EDITOR", "ANNALS_CLOCK", "ANNALS_SEED"] {
        let mut command = room.command("status");
        let answer = room.answer(command.env(name, "").output().unwrap());
        assert_eq!(answer.exit, 0, "{name}: {answer:?}");
        if matches!(name, "ANNALS_CLOCK" | "ANNALS_SEED") {
            continue;
        }
        let mut command = room.command("confirm 2 --how reread --dry-run");
        let answer = room.answer(command.env(name, "").output().unwrap());
        assert!(
            answer.told().contains("rule 504 own-words"),
            "{name}: the only key here signs: {answer:?}"
        );
    }
    // An option that is empty is none.
    let answer = room.answer(room.command("status").args(["--ledger", ""]).output().unwrap());
    assert_eq!(answer.exit, 2, "{answer:?}");
}

#[test]
fn a_clock_that_is_garbage() {
    let room = with_drafts();
    let expected = "annals: ANNALS_CLOCK: expected a UTC time like 2022-01-27T08:00:00Z, found ";
    for clock in ["yesterday", "2022-13-01T00:00:00Z", "2022-01-27", "-99999-01-01T00:00:00Z"] {
        for line in ["append drafts.jsonl", "log"] {
            let mut command = room.command(line);
            let told = format!("{expected}\"{clock}\"\n");
            let answer = room.answer(command.env("ANNALS_CLOCK", clock).output().unwrap());
            assert_eq!((answer.exit, answer.told()), (2, told), "{clock}");
        }
    }
    // A prompt asks about a clock that is far off.
    let mut command = room.command("append drafts.jsonl");
    let answer = room.answer(command.env("ANNALS_CLOCK", "2021-01-27T08:00:00Z").output().unwrap());
    assert_eq!(answer.exit, 2, "{answer:?}");
    assert!(answer.told().contains("if the clock is right, say --clock-is-right"), "{answer:?}");
    room.expect_whole(EVENTS);
}

/// A reader that closes the pipe early is not an error, for every command that writes to standard
/// output.
#[test]
fn a_closed_pipe_is_no_error() {
    let room = with_drafts();
    let commands = READING.iter().map(|command| (*command).to_owned());
    let formats = ["json", "jsonl", "csv"].into_iter();
    let formats = formats.map(|format| format!("log --format {format}"));
    let others = ["completions bash", "man", "--help", "repair", "append drafts.jsonl --dry-run"];
    let others = others.into_iter().map(str::to_owned);
    for line in commands.chain(formats).chain(others) {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let answer = room.answer(room.command(&line).stdout(writer).output().unwrap());
        let quiet = !answer.err.contains("annals: ") && !answer.err.contains("panicked");
        assert!(answer.exit == 0 && quiet, "{line}: {answer:?}");
    }
    assert!(room.run("verify").out.contains(WHOLE));
}

/// The shell's status with a reader that takes one line.
#[cfg(unix)]
#[test]
fn one_line_of_a_long_answer() {
    let room = with_drafts();
    let claims: Vec<String> = (0..60).map(|n| fact(&format!("Fact {n}."), "Lavrov said")).collect();
    room.expect_appended(&claims.join("\n"), "written at 5 to 64 (60 events)\n");
    for line in ["log", "replay", "log --format jsonl"] {
        let script = format!("set -o pipefail; {} {line} | head -1", env!("CARGO_BIN_EXE_annals"));
        let mut shell = std::process::Command::new("bash");
        crate::faults::newsroom::prepare(&mut shell, room.folder.path());
        let answer =
            room.answer(shell.args([OsString::from("-c"), script.into()]).output().unwrap());
        assert_eq!((answer.exit, &*answer.told()), (0, ""), "{line}: {answer:?}");
        assert_eq!(answer.out.lines().count(), 1, "{line}");
    }
}

/// The stamp of the last writer stands for a verification of journal and index; a document is read
/// where it is shown.
#[test]
fn a_proof_verifies_the_record_where_no_stamp_holds_or_on_request() {
    let room = newsroom();
    room.write("drafts.jsonl", LAVROV);
    let fact = room.run("append drafts.jsonl");
    assert_eq!(fact.exit, 0, "{fact:?}");
    let position = fact.out.split_whitespace().nth(2).unwrap().to_owned();
    let prove = |options: &str| room.run(format!("prove {position} {options}").trim());
    let made = prove("");
    assert_eq!(made.exit, 0, "{made:?}");
    let document = std::fs::read_dir(room.path("ledger/document")).unwrap().next().unwrap();
    let document = document.unwrap().path();
    std::fs::write(&document, "other words").unwrap();
    let made = prove("");
    assert_eq!(made.exit, 0, "the stamp holds: {made:?}");
    let judged = prove("--verify-first");
    assert_eq!(judged.exit, 1, "{judged:?}");
    assert!(judged.told().contains("warning: the record has"), "{judged:?}");
    room.remove("ledger/index/stamp");
    assert_eq!(prove("").exit, 1, "no stamp");
}

/// A closing line is after an event, and there may be no event at its position.
#[test]
fn a_closing_line_that_does_not_hold_is_after_its_event() {
    let room = newsroom();
    let text = room.journal();
    let last = text.trim_end().rfind("\n= ").unwrap() + 1;
    let sum = last + text[last..].find('\n').unwrap() - 1;
    room.write(JOURNAL, format!("{}~{}", &text[..sum], &text[sum + 1..]));
    let verified = room.run("verify --html page.html");
    let told = "fault: after event 4: rule 706 closing: the closing line is not in form\n";
    assert!((verified.exit, verified.out.contains(told)) == (1, true), "{verified:?}");
    let page = String::from_utf8(room.read("page.html")).unwrap();
    assert!(page.contains("<th scope=\"row\">after 4</th>"), "{page}");
}
