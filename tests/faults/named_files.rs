//! Named files: by a person for an answer, by a draft for a document.
//!
//! Always holds: only a file of this program of the same kind is overwritten; nothing is written
//! into the input; drafts name no file outside their folder. Not here: other things in place of a
//! record's files (`special_files`).

use crate::faults::newsroom::{EVENTS, JOURNAL, Newsroom, copy_folder, fact, newsroom};
use annals::disk::lock::Lock;
use annals::keys::read_public;
use annals_core::tlog::vkey;
use std::fs;
use std::os::unix::fs::symlink;
use std::process::Stdio;
use std::time::Duration;

/// The answer of a command that must be refused and change nothing.
fn refused(room: &Newsroom, line: &str) -> String {
    let before = room.snapshot();
    let answer = room.run(line);
    assert_eq!(answer.exit, 2, "{line}: {answer:?}");
    assert!(room.snapshot() == before, "{line} changed something");
    answer.told()
}

#[test]
fn an_answer_is_written_over_nothing_but_its_own_kind() {
    let room = newsroom();
    let commands = [
        ("timeline --html page", "a page of annals timeline"),
        ("verify --html page", "a page of annals verify --html"),
    ];
    for (line, kind) in commands {
        let key = fs::read(room.path("keys/ada.key")).unwrap();
        let html = b"<!doctype html>\n<title>mine</title>\n".to_vec();
        for other in [key, html, b"".to_vec(), b"annals".to_vec()] {
            room.write("page", &other);
            let told = refused(&room, line);
            let said = format!("expected nothing at page, or {kind}, found another file");
            assert!(told.contains(&said), "{told}");
        }
        room.remove("page");
        fs::create_dir(room.path("page")).unwrap();
        assert!(refused(&room, line).contains("found a folder"));
        fs::remove_dir(room.path("page")).unwrap();
        room.write("other", "mine");
        symlink("other", room.path("page")).unwrap();
        assert!(refused(&room, line).contains("found a link"));
        room.remove("page");
        // Made, and made again.
        for _ in 0..2 {
            assert_eq!(room.run(line).exit, 0);
        }
        let kept = if line.starts_with("verify") { "timeline" } else { "verify" };
        assert!(refused(&room, &format!("{kept} --html page")).contains("found another file"));
        room.remove("page");
    }
    for line in ["prove 2 -o keys/ada.key", "prove 2 -o article.txt", "prove 2 -o keys/new"] {
        refused(&room, line);
    }
    for place in ["ledger/page", "ledger/journal/page", "keys/page"] {
        for command in ["timeline --html", "verify --html", "prove 2 -o"] {
            let told = refused(&room, &format!("{command} {place}"));
            assert!(told.contains("expected a place outside of the"), "{told}");
        }
    }
    fs::create_dir(room.path("man")).unwrap();
    room.write("man/annals-show.1", "mine");
    assert!(refused(&room, "man --to man").contains("found another file"));
    room.remove("man/annals-show.1");
    for _ in 0..2 {
        assert_eq!(room.run("man --to man").exit, 0);
    }
}

#[test]
fn nothing_is_written_into_what_it_is_made_of() {
    let room = newsroom();
    assert_eq!(room.run("export --to bag").exit, 0);
    assert_eq!(room.run("publish www").exit, 0);
    symlink("bag/data", room.path("inner")).unwrap();
    copy_folder(&room.path("ledger"), &room.path("other"));
    assert_eq!(room.run("verify --pin pin --init-pin").exit, 0);
    let lines = [
        "import bag --to bag/data/new",
        "import bag --to bag/new",
        "import bag --to inner/new",
        "clone www www/new",
        "export --to ledger/new",
        "export --to ledger/journal/../new",
        "export --to keys/new",
        "publish ledger",
        "publish ledger/new",
        "publish keys",
        "publish .",
        "repair --from ledger",
        "verify bag --html bag/page",
        "verify bag --pin bag/data/pin --init-pin",
        "verify bag --pin pin --evidence bag/evidence",
        "verify www --html www/page",
        "verify www --pin www/pin --init-pin",
        "verify other --html other/page",
        "verify other --pin pin --evidence other/journal/evidence",
        "verify --pin ledger/document/pin --init-pin",
    ];
    for line in lines {
        refused(&room, line);
    }
    // The ledger of a bag is read.
    room.write("drafts.jsonl", fact("Lavrov spoke.", "Lavrov said"));
    fs::create_dir(room.path("desk")).unwrap();
    symlink("../bag/data/ledger", room.path("desk/ledger")).unwrap();
    for line in [
        "append drafts.jsonl --yes",
        "confirm 2 --how reread --yes",
        "ledger change --title New --yes",
        "repair",
        "repair --index",
        "repair --from ledger",
    ] {
        // By its name, or by a link that leads to it.
        for there in ["bag/data/ledger", "desk/ledger", "bag/data/memento/../ledger"] {
            let told = refused(&room, &format!("{line} --ledger {there} --keys keys"));
            let found = "expected a ledger's folder at THERE, found that of the bag bag, which is";
            let found = found.replace("THERE", there);
            assert!(told.contains(&found) && told.contains("annals import bag "), "{told}");
        }
    }
    assert_eq!(room.run("verify bag").exit, 0);
    room.expect_whole(EVENTS);
    // An auditor's pin may be beside the keys.
    assert_eq!(room.run("verify --pin keys/auditor.pin --init-pin").exit, 0);
}

fn capture(file: &str) -> String {
    format!(r#"{{"type":"document.captured","file":"{file}","title":"Annex","lang":"en"}}"#)
}

#[test]
fn drafts_name_no_file_outside_of_their_folder() {
    let room = newsroom();
    fs::create_dir_all(room.path("inbox/deep")).unwrap();
    room.write("outside.txt", "Outside.");
    room.write("inbox/deep/inside.txt", "Inside.");
    symlink("../outside.txt", room.path("inbox/link.txt")).unwrap();
    symlink("deep/inside.txt", room.path("inbox/near.txt")).unwrap();
    let whole = room.path("outside.txt").display().to_string();
    let entered = |room: &Newsroom, file: &str, more: &str| {
        room.write("inbox/drafts.jsonl", capture(file));
        room.run(&format!("append inbox/drafts.jsonl{more}"))
    };
    for file in ["../outside.txt", "deep/../../outside.txt", "link.txt", &whole] {
        let answer = entered(&room, file, "");
        assert_eq!(answer.exit, 1, "{answer:?}");
        let said = "expected a file in the folder of the drafts, found";
        assert!(answer.err.contains(said), "{answer:?}");
    }
    // A secret key is refused even if a person allows the file.
    fs::copy(room.path("keys/ada.key"), room.path("inbox/annex.txt")).unwrap();
    let secret = [
        ("../keys/ada.key", " --any-file", "is in the folder of keys"),
        ("../keys/ada.pub", " --any-file", "is in the folder of keys"),
        ("annex.txt", "", "holds a secret key"),
    ];
    for (file, more, said) in secret {
        let answer = entered(&room, file, more);
        assert_eq!(answer.exit, 1, "{answer:?}");
        assert!(answer.err.contains(said), "{answer:?}");
    }
    let typed = room.run("document add keys/ada.key --title K --lang en");
    assert!(typed.exit != 0 && typed.err.contains("in the folder of keys"), "{typed:?}");
    room.expect_whole(EVENTS);
    let preview = entered(&room, "near.txt", " --dry-run");
    assert!(preview.err.contains("of the file inbox/near.txt"), "{preview:?}");
    assert_eq!(entered(&room, "near.txt", "").exit, 0);
    assert_eq!(entered(&room, "../outside.txt", " --any-file").exit, 0);
    room.expect_whole(EVENTS + 2);
}

#[test]
fn a_program_is_no_address() {
    let room = newsroom();
    for url in ["javascript:alert(1)", "data:text/html,x", "vbscript:x", "blob:x"] {
        let line = format!("document add article.txt --title T --lang en --url {url}");
        let answer = room.run(&line);
        assert!(answer.exit != 0 && answer.err.contains("url: expected an address"), "{answer:?}");
    }
    let escapes = "\u{1b}[31mred\u{202e}\u{200b}";
    room.write(
        "drafts.jsonl",
        format!("{{\"ref\":\"{}\",\"quote\":\"x\",\"claim\":\"y\"}}\n", "r\\u001b"),
    );
    let answer = room.run("append drafts.jsonl");
    assert!(answer.exit != 0 && !answer.err.contains('\u{1b}'), "{answer:?}");
    assert_eq!(room.run("export --to bag").exit, 0);
    fs::write(room.path("bag/data").join(escapes), "x").unwrap();
    for line in ["verify bag", "import bag --to new"] {
        let answer = room.run(line);
        assert!(answer.exit != 0, "{line}: {answer:?}");
        let said = format!("{}{}", answer.out, answer.err);
        assert!(said.contains("\\u{001b}[31mred\\u{202e}\\u{200b}"), "{line}: {said}");
        assert!(!said.contains('\u{1b}') && !said.contains('\u{202e}'), "{line}: {said}");
    }
    room.expect_whole(EVENTS);
}

#[test]
fn a_foreign_file_is_mentioned_and_is_no_fault() {
    let room = newsroom();
    for name in ["journal/0.log", "journal/notes.txt", "document/article.txt", "journal/.hidden"] {
        room.write(&format!("ledger/{name}"), "mine");
    }
    room.write("ledger/journal/aside-5", "ours");
    let answer = room.run("verify");
    assert_eq!(answer.exit, 0, "{answer:?}");
    let notes = ["journal/0.log", "journal/notes.txt", "document/article.txt"]
        .map(|name| format!("note: ledger/{name} is no file of a ledger, and was not looked at\n"));
    assert_eq!(answer.told(), notes.concat());
}

/// Nothing of a damaged document is shown as its words.
#[test]
fn a_damaged_document_is_called_damaged_and_its_words_are_not_shown() {
    let room = newsroom();
    let folder = std::fs::read_dir(room.path("ledger/document")).unwrap();
    let path = folder.map(|entry| entry.unwrap().path()).next().unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("on Wednesday", "on Thursdays!")).unwrap();
    let shown = room.run("show 2");
    assert!(shown.out.contains("the document here is damaged"), "{shown:?}");
    assert!(!shown.out.contains("Thursdays"), "{shown:?}");
    let blamed = room.run("blame 1");
    assert_eq!(blamed.exit, 2, "{blamed:?}");
    assert!(blamed.err.contains("the file in this copy is damaged"), "{blamed:?}");
    let page = room.run("timeline --html page.html");
    assert_eq!(page.exit, 0, "{page:?}");
    assert!(!String::from_utf8(room.read("page.html")).unwrap().contains("Thursdays"));
}

/// What an interrupted command left is removed, and never what a link of its name leads to.
#[test]
fn nothing_is_removed_or_written_through_a_link_beside_the_target() {
    let room = newsroom();
    assert_eq!(room.run("export --to bag").exit, 0);
    assert_eq!(room.run("publish www").exit, 0);
    fs::create_dir(room.path("letters")).unwrap();
    room.write("letters/novel.txt", "precious");
    for to in ["letters", "ledger"] {
        for (line, name) in [
            ("export --to new", ".new.partial"),
            ("import bag --to new", ".new.partial"),
            ("import www --to new", ".new.partial"),
            ("clone www new", ".new.clone"),
        ] {
            symlink(to, room.path(name)).unwrap();
            let told = refused(&room, line);
            let why = format!("expected a folder at {name}, found a link");
            assert!(told.contains(&why), "{line}: {told}");
            fs::remove_file(room.path(name)).unwrap();
            // Nor the files of somebody else, which no command left.
            fs::create_dir(room.path(name)).unwrap();
            room.write(&format!("{name}/novel.txt"), "precious");
            let told = refused(&room, line);
            let why = "expected what an interrupted command left, found other files: move the \
                       folder away, or name another target; nothing was changed";
            assert!(told.contains(why), "{line}: {told}");
            fs::remove_dir_all(room.path(name)).unwrap();
        }
    }
    assert_eq!(room.read("letters/novel.txt"), b"precious");
    room.expect_whole(EVENTS);
}

/// The one that waited for another of the same target finds it there.
#[test]
fn the_same_target_twice_at_once_is_there_already() {
    let room = newsroom();
    assert_eq!(room.run("export --to bag").exit, 0);
    assert_eq!(room.run("publish www").exit, 0);
    for (line, partial, lock, why) in [
        ("export --to new", ".new.partial", ".lock", "it is there already"),
        ("import bag --to new", ".new.partial", ".lock", "it is there already"),
        ("clone www new", ".new.clone", "lock", "name a folder that is not there, or is empty"),
    ] {
        let partial = room.path(partial);
        fs::create_dir(&partial).unwrap();
        let held = Lock::take(&partial.join(lock), Duration::ZERO).unwrap();
        let mut command = room.command(&format!("{line} --wait 30s"));
        let waiting = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(1_500));
        fs::rename(&partial, room.path("new")).unwrap();
        fs::write(room.path("new/file"), "").unwrap();
        drop(held);
        let answer = room.answer(waiting.wait_with_output().unwrap());
        assert_eq!(answer.exit, 2, "{line}: {answer:?}");
        assert!(answer.told().contains(why), "{line}: {answer:?}");
        fs::remove_dir_all(room.path("new")).unwrap();
    }
}

/// A name with a line break writes no line of its own.
#[test]
fn a_line_break_in_a_name_is_shown() {
    let room = newsroom();
    room.write("ledger/journal/f\nyes: the record is whole", "x");
    let verified = room.run("verify");
    assert!(verified.told().contains("f⏎yes: the record is whole is no file"), "{verified:?}");
    let mut command = room.command("verify");
    let answer = room.answer(command.arg("x\nyes: the record is whole").output().unwrap());
    assert_eq!(answer.exit, 2, "{answer:?}");
    assert!(answer.told().contains("x⏎yes: the record is whole"), "{answer:?}");
}

/// Nor into another record, its keys or a bag of it. A file may be beside a published record.
#[test]
fn nothing_is_written_into_another_record() {
    let room = newsroom();
    assert_eq!(room.run("export --to bag").exit, 0);
    assert_eq!(room.run("publish www").exit, 0);
    let other = newsroom();
    assert_eq!(other.run("export --to bag").exit, 0);
    fs::create_dir(room.path("other")).unwrap();
    for name in ["ledger", "keys", "bag"] {
        copy_folder(&other.path(name), &room.path("other").join(name));
    }
    for (folder, kind) in [
        ("other/ledger", "the ledger"),
        ("other/ledger/journal", "the ledger"),
        ("other/keys", "the folder of keys"),
        ("other/bag/data", "the bag"),
    ] {
        for line in [
            "publish TO",
            "export --to TO",
            "prove 2 -o TO",
            "verify --html TO",
            "timeline --html TO",
            "import bag --to TO",
            "clone www TO",
            "man --to TO",
            "man --to TO/pages",
        ] {
            let line = line.replace("TO", &format!("{folder}/new"));
            let told = refused(&room, &line);
            let why = format!("expected a place outside of {kind} ");
            assert!(told.contains(&why), "{line}: {told}");
        }
    }
    // What may be beside keys: a pin, evidence, and what a witness remembers.
    assert_eq!(room.run("verify --pin pin --init-pin").exit, 0);
    symlink("other/bag/data", room.path("inner")).unwrap();
    for (folder, kind) in [
        ("other/ledger", "the ledger"),
        ("other/ledger/journal", "the ledger"),
        ("other/bag/data", "the bag"),
        ("inner", "the bag"),
    ] {
        for line in [
            "verify --pin TO --init-pin",
            "verify www --pin TO --init-pin",
            "verify --pin pin --evidence TO",
            "witness serve --key w --for x --state TO --first",
        ] {
            let line = line.replace("TO", &format!("{folder}/new"));
            let told = refused(&room, &line);
            let why = format!("expected a place outside of {kind} ");
            assert!(told.contains(&why), "{line}: {told}");
        }
    }
    assert_eq!(room.run("verify other/bag").exit, 0);
    assert_eq!(room.run("timeline --html www/index.html").exit, 0);
}

/// As where a transfer stopped: it is no ledger that lost its journal.
#[test]
fn a_published_record_without_its_tiles_is_judged_as_one() {
    let room = newsroom();
    assert_eq!(room.run("publish www").exit, 0);
    fs::remove_dir_all(room.path("www/tile")).unwrap();
    for round in ["nothing", "a file"] {
        let verified = room.run("verify www");
        assert_eq!(verified.exit, 2, "{round}: {verified:?}");
        let said = if round == "nothing" { "could not tell: " } else { "" };
        assert!(verified.out.contains(said), "{round}: {verified:?}");
        for line in ["verify www", "status --ledger www", "pull --ledger www", "clone www new"] {
            let answer = room.run(line);
            let told = format!("{}{}", answer.out, answer.told());
            assert_ne!(answer.exit, 0, "{line}: {answer:?}");
            assert!(!told.contains("journal") && !told.contains("repair"), "{line}: {told}");
        }
        room.write("www/tile", "");
    }
}

/// Who serves or hands over a folder gives away what is in it.
#[test]
fn no_key_is_made_in_a_ledger_a_bag_or_a_published_record() {
    let room = newsroom();
    assert_eq!(room.run("export --to bag").exit, 0);
    assert_eq!(room.run("publish www").exit, 0);
    for (folder, kind) in [
        ("www", "the published directory"),
        ("bag", "the bag"),
        ("bag/data", "the bag"),
        ("ledger", "the ledger"),
        ("ledger/journal", "the ledger"),
    ] {
        for line in [
            "init --origin example.org/new --title T --name N --no-passphrase --yes",
            "key new new --name N --for example.org/new --no-passphrase --keys keys",
            "witness new new --name w.example.org/1",
        ] {
            let before = room.snapshot();
            let mut command = room.command(line);
            let answer = room.answer(command.current_dir(room.path(folder)).output().unwrap());
            assert_eq!(answer.exit, 2, "{folder}: {line}: {answer:?}");
            let why = format!("expected a place outside of {kind} ");
            assert!(answer.told().contains(&why), "{folder}: {line}: {answer:?}");
            assert!(room.snapshot() == before, "{folder}: {line}");
        }
    }
    // Nor with the folder itself, or a link into it, as the folder of keys.
    fs::create_dir(room.path("www/sub")).unwrap();
    for (link, to) in [("site", "www/sub"), ("inner", "bag/data"), ("book", "ledger")] {
        symlink(to, room.path(link)).unwrap();
    }
    for (folder, kind) in [
        ("www", "the published directory www"),
        ("site", "the published directory www"),
        ("site/keys", "the published directory www"),
        ("bag", "the bag bag"),
        ("inner/keys", "the bag bag"),
        ("ledger", "the ledger ledger"),
        ("book", "the ledger ledger"),
        ("book/keys", "the ledger ledger"),
    ] {
        for line in [
            "init --origin example.org/new --title T --name N --no-passphrase --yes --ledger new",
            "key new new --name N --for example.org/new --no-passphrase",
            "witness new new --name w.example.org/1",
        ] {
            let told = refused(&room, &format!("{line} --keys {folder}"));
            let why = format!("expected a place outside of {kind}, found {folder}; nothing was");
            assert!(told.contains(&why), "{folder}: {line}: {told}");
        }
    }
}

/// A file that plainly is of another kind is named as that, before any work, and not damaged.
#[test]
fn a_file_of_another_kind_is_not_called_a_damaged_one() {
    let room = newsroom();
    for line in ["verify --pin my.pin --init-pin", "publish pub", "export --to bag"] {
        assert_eq!(room.run(line).exit, 0, "{line}");
    }
    assert_eq!(room.run("prove 2 -o 2.proof").exit, 0);
    let new = "key new bo --name Bo --for example.org/record --no-passphrase";
    assert_eq!(room.run(new).exit, 0);
    let key = read_public("log.pub".as_ref(), &room.read("keys/log.pub")).unwrap();
    room.write("policy", format!("log {}\nquorum none\n", vkey("example.org/record", &key)));
    room.write("ruling.pdf", b"%PDF-1.7\n\xFF\xFE");
    room.write("minutes.docx", b"PK\x03\x04 [Content_Types].xml word/document.xml");
    room.write("photo.png", b"\x89PNG\r\n\x1A\n");
    room.write("page.html", b"<!doctype html>\n<p>Two ministers met.</p>\n");
    let kinds = [
        ("2.proof", "a proof"),
        ("keys/ada.key", "a secret key"),
        ("keys/ada.pub", "a public key"),
        ("keys/bo.request", "the request of a key"),
        ("keys/log.marks", "a log key's memory"),
        ("pub/checkpoint", "a checkpoint"),
        ("article.txt", "a text"),
        ("ruling.pdf", "a PDF"),
        ("minutes.docx", "a Word document"),
        ("photo.png", "an image"),
        ("page.html", "a page of HTML"),
    ];
    let said = |line: &str, told: String| {
        assert_eq!(refused(&room, line), format!("annals: {told}\n"), "{line}");
    };
    for (name, kind) in kinds {
        let advice = "name the pin, or with --init-pin a new file";
        let told = format!("expected a pin at {name}, found {kind}: {advice}");
        for line in ["verify", "verify --init-pin", "verify bag", "verify 2.proof"] {
            said(&format!("{line} --pin {name}"), told.clone());
        }
        let advice = "name the file of the policy";
        let told = format!("expected a policy at {name}, found {kind}: {advice}");
        said(&format!("verify --policy {name}"), told);
        // A text may be a damaged state: to begin anew would forget what was cosigned.
        let serve = format!("witness serve --key bo --for x --state {name}");
        if kind == "a text" {
            assert!(!refused(&room, &serve).contains("--first"), "{name}");
            continue;
        }
        let advice = "name the file of its state";
        let told = format!("expected the state of a witness at {name}, found {kind}: {advice}");
        said(&serve, told);
    }
    for (name, kind) in kinds.iter().filter(|(name, _)| !name.starts_with("keys/")) {
        let advice = "name the file NAME.request that annals key new made";
        let told = format!("expected the request of a key at {name}, found {kind}: {advice}");
        said(&format!("editor add {name} --role editor"), told);
        let told = format!("expected a secret key at {name}, found {kind}: name a key file in PEM");
        said(&format!("key import cy {name} --no-passphrase"), told);
    }
    said(
        "verify 2.proof --log-key keys/log.pub",
        "--log-key: expected the key of a log, <origin>+<id>+<key>, found the name of the file \
         keys/log.pub; annals witness list prints that key"
            .to_owned(),
    );
    said(
        "verify --pin policy",
        "expected a pin at policy, found a policy: name the pin, or with --init-pin a new file"
            .to_owned(),
    );
    // What may be a pin is judged as one.
    let pin = String::from_utf8(room.read("my.pin")).unwrap();
    let damaged =
        [pin.replacen('a', "b", 1), pin.replace('\n', "\r\n"), pin[..5].to_owned(), "".to_owned()];
    for text in damaged.into_iter().chain([format!("Dear Bo, here it is:\n\n{pin}")]) {
        room.write("my.pin", &text);
        let answer = room.run("verify --pin my.pin");
        let is_803 = answer.out.contains("damage: rule 803 pin-damaged");
        assert!(answer.exit == 2 && is_803, "{text}: {answer:?}");
    }
}

/// The file of a passphrase or of a recovery key is read as one only if it may be that.
#[test]
fn a_secret_is_read_from_no_file_of_another_kind() {
    let room = newsroom();
    assert_eq!(room.run("prove 2 -o 2.proof").exit, 0);
    let new = "key new cy --name Cy --for example.org/record --no-passphrase";
    assert_eq!(room.run(new).exit, 0);
    for (variable, expected) in
        [("ANNALS_PASSPHRASE_FILE", "the passphrase"), ("ANNALS_RECOVERY_FILE", "the recovery key")]
    {
        for (name, kind) in [("2.proof", "a proof"), ("keys/ada.key", "a secret key")] {
            let line = match variable {
                "ANNALS_RECOVERY_FILE" => "editor add keys/cy.request --role admin --recovery",
                _ => "key new bo --name Bo --for example.org/record",
            };
            let answer = room.answer(room.command(line).env(variable, name).output().unwrap());
            let told = format!("annals: {variable} {name}: expected {expected}, found {kind}\n");
            assert_eq!((answer.exit, answer.told()), (2, told), "{line}: {answer:?}");
        }
    }
}

/// Version control changes the line ends of documents as well, and of both kinds.
#[test]
fn a_document_with_other_line_ends_is_told_as_one() {
    let room = newsroom();
    let text = "First line.\nSecond line.\n";
    room.write("two.txt", text);
    assert_eq!(room.run("document add two.txt --by ada --title Two --lang en").exit, 0);
    let folder = std::fs::read_dir(room.path("ledger/document")).unwrap();
    let is_it = |path: &std::path::PathBuf| std::fs::read_to_string(path).unwrap() == text;
    let document = folder.map(|entry| entry.unwrap().path()).find(is_it).unwrap();
    std::fs::write(&document, text.replace('\n', "\r\n")).unwrap();
    let verified = room.run("verify");
    let fault = verified.out.lines().find(|line| line.starts_with("fault: ")).unwrap();
    assert_eq!(verified.exit, 1, "{verified:?}");
    assert!(fault.ends_with(": only the ends of the lines differ"), "{fault}");
    let advice = "\nwhat to do: if git changed the ends of the lines, put a file .gitattributes \
                  with the line `* -text` into the ledger's folder, commit it, remove document, \
                  and check it out again\n";
    assert!(verified.out.contains(advice), "{verified:?}");
    // Another change is none of these.
    std::fs::write(&document, text.replace('\n', "\r\n") + "more").unwrap();
    let verified = room.run("verify");
    assert!(verified.exit == 1 && !verified.out.contains("the lines"), "{verified:?}");
}

/// Files of this program that are not verified alone, and what is no file.
#[test]
fn what_is_not_verified_alone_is_named() {
    let room = newsroom();
    for line in ["verify --pin my.pin --init-pin", "publish pub", "export --to bag"] {
        assert_eq!(room.run(line).exit, 0, "{line}");
    }
    let new = "key new bo --name Bo --for example.org/record --no-passphrase";
    assert_eq!(room.run(new).exit, 0);
    let request = "the request of a key, which an admin enrols with annals editor add";
    let marks = "a log key's memory, which is compared with its ledger: --keys names the folder \
                 that it is in";
    let checkpoint = "a checkpoint, which is judged with its record: name the ledger or the \
                      published directory that it is of";
    let tile = "a file of the folder tile of the record published at pub: name that folder";
    let mut tar = vec![0; 512];
    tar[257..262].copy_from_slice(b"ustar");
    room.write("bag.tar", &tar);
    room.write("bag.tgz", b"\x1f\x8b\x08 packed");
    for (name, found) in [
        ("pub/tile/entries/000.p/5", tile),
        ("bag.tar", "an archive, which is unpacked first"),
        ("bag.tgz", "an archive, which is unpacked first"),
        ("ledger/checkpoint", "a file of the ledger ledger: name that folder"),
        (JOURNAL, "a file of the ledger ledger: name that folder"),
        ("bag/bagit.txt", "a file of the bag bag: name that folder"),
        ("bag/manifest-sha512.txt", "a file of the bag bag: name that folder"),
        ("pub/checkpoint", checkpoint),
        ("keys/log.marks", marks),
        ("keys/bo.request", request),
        ("keys/ada.key", "a secret key"),
        ("article.txt", "another file, or one whose first line is damaged"),
        ("/dev/null", "a device"),
        ("/dev/zero", "a device"),
    ] {
        let told = format!(
            "annals: {name}: expected a ledger's folder, a bag, a published directory, a proof or \
             an evidence file, found {found}\n"
        );
        assert_eq!(refused(&room, &format!("verify {name}")), told);
    }
    let told = "annals: expected a ledger's folder at /dev/null, found a device; --ledger DIR \
                names the folder that the journal is in\n";
    assert_eq!(refused(&room, "status --ledger /dev/null"), told);
}
