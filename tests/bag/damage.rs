//! Each kind of damage of a bag is found, and reported with the file and its expected content.

use crate::bag::folders::{copy, edit, manifest_again};
use crate::bag::story::{Story, story};
use serde_json::json;
use std::fs;
use std::path::Path;

fn bag() -> (Story, std::path::PathBuf) {
    let story = story();
    story.told("export --to whole");
    let bag = story.folder.path().join("bag");
    copy(&story.folder.path().join("whole"), &bag);
    (story, bag)
}

/// The lines about damage, the exit code, and the verdict.
fn verdict(story: &Story) -> (Vec<String>, i32, String) {
    let answer = story.run("verify bag");
    let damage = |line: &&str| line.starts_with("damage: ") || line.starts_with("fault: ");
    let lines = answer.out.lines().filter(damage).map(str::to_owned).collect();
    let verdict = answer.out.lines().find(|line| line.contains(", in ")).unwrap_or_default();
    let verdict = verdict.split(", in ").next().unwrap_or_default().to_owned();
    (lines, answer.exit, verdict)
}

const JOURNAL: &str = "data/ledger/journal/00000000000000000000.log";

const DAMAGED: &str = "could not tell: the bag is damaged";

fn expect(change: impl FnOnce(&Path), expected: &[&str], exit: i32, said: &str) {
    let (story, bag) = bag();
    change(&bag);
    let (lines, code, verdict) = verdict(&story);
    let short: Vec<String> = lines.iter().map(|line| short(line)).collect();
    assert_eq!(short, expected);
    assert_eq!((code, verdict.as_str()), (exit, said));
}

/// A line with its digests taken out.
fn short(line: &str) -> String {
    let words = line.split(' ');
    words.map(|word| if word.contains('…') { "…" } else { word }).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_changed_payload_file() {
    expect(
        |bag| edit(&bag.join("data/facts.csv"), |bytes| bytes[0] ^= 1),
        &["damage: data/facts.csv: expected the SHA-512 … of manifest-sha512.txt, found …"],
        2,
        DAMAGED,
    );
}

#[test]
fn a_changed_tag_file() {
    expect(
        |bag| edit(&bag.join("VERIFY.txt"), |bytes| bytes[0] ^= 1),
        &["damage: VERIFY.txt: expected the SHA-512 … of tagmanifest-sha512.txt, found …"],
        2,
        DAMAGED,
    );
}

#[test]
fn a_missing_file() {
    expect(
        |bag| fs::remove_file(bag.join("data/state.json")).unwrap(),
        &["damage: data/state.json: manifest-sha512.txt lists it, and it is not there"],
        2,
        DAMAGED,
    );
}

/// A CR at the end of one line is part of its name: no such file is there.
#[test]
fn a_line_that_ends_with_cr_lf_among_others() {
    expect(
        |bag| {
            fs::remove_file(bag.join("tagmanifest-sha512.note")).unwrap();
            edit(&bag.join("tagmanifest-sha512.txt"), |bytes| {
                let end = bytes.iter().position(|byte| *byte == b'\n').unwrap();
                bytes.insert(end, b'\r');
            });
        },
        &[
            "damage: tagmanifest-sha512.txt: line 1: expected <128 hex>  <name>, a name inside the \
             bag",
            "damage: FORMAT.md: it is there, and tagmanifest-sha512.txt does not list it",
        ],
        2,
        DAMAGED,
    );
}

#[test]
fn files_that_nothing_lists() {
    expect(
        |bag| {
            fs::write(bag.join("data/extra"), "x").unwrap();
            fs::write(bag.join("note.txt"), "x").unwrap();
        },
        &[
            "damage: data/extra: it is there, and manifest-sha512.txt does not list it",
            "damage: note.txt: it is there, and tagmanifest-sha512.txt does not list it",
        ],
        2,
        DAMAGED,
    );
}

#[cfg(unix)]
#[test]
fn a_link_is_no_file() {
    expect(
        |bag| {
            let path = bag.join("data/state.json");
            fs::rename(&path, bag.join("../state.json")).unwrap();
            std::os::unix::fs::symlink("../../state.json", &path).unwrap();
        },
        &["damage: data/state.json: expected a file, found a link or something else"],
        2,
        DAMAGED,
    );
}

/// Something other than a regular file does not count as the file: a payload file, a tag file, a
/// document.
#[test]
fn a_folder_is_no_file() {
    for (name, list) in [
        ("data/facts.csv", "manifest-sha512.txt"),
        ("data/ledger/checkpoint", "manifest-sha512.txt"),
        ("VERIFY.txt", "tagmanifest-sha512.txt"),
    ] {
        for filled in [false, true] {
            let (story, bag) = bag();
            fs::remove_file(bag.join(name)).unwrap();
            fs::create_dir(bag.join(name)).unwrap();
            let mut expected = vec![format!("damage: {name}: expected a file, found a folder")];
            if filled {
                fs::write(bag.join(name).join("x"), "x").unwrap();
                let why = format!("it is there, and {list} does not list it");
                expected.push(format!("damage: {name}/x: {why}"));
            }
            let (lines, code, said) = verdict(&story);
            let of_files = |line: &&String| line.contains(name);
            let told: Vec<&String> = lines.iter().filter(of_files).collect();
            if name == "data/ledger/checkpoint" {
                let found = format!("expected a file at bag/{name}, found a folder");
                expected.push(format!("damage: rule 911 unreadable: {found}"));
            }
            assert_eq!(told, expected.iter().collect::<Vec<_>>());
            assert_eq!((code, said.as_str()), (2, DAMAGED));
            let imported = story.run("import bag --to copy");
            assert_eq!(imported.exit, 2, "{}", imported.out);
            assert!(!story.folder.path().join("copy").exists());
        }
    }
}

#[test]
fn an_empty_folder_that_no_file_is_in() {
    expect(
        |bag| {
            fs::create_dir(bag.join("data/ledger/document/more")).unwrap();
            fs::create_dir_all(bag.join("data/more/inside")).unwrap();
            fs::create_dir(bag.join("outside")).unwrap();
        },
        &[
            "damage: data/ledger/document/more: expected no such folder: it has no file",
            "damage: data/more/inside: expected no such folder: it has no file",
        ],
        2,
        DAMAGED,
    );
}

#[test]
fn a_name_that_leads_out_of_the_bag() {
    expect(
        |bag| {
            edit(&bag.join("manifest-sha512.txt"), |bytes| {
                let line = format!("{}  data/../../ledger/checkpoint\n", "0".repeat(128));
                bytes.extend_from_slice(line.as_bytes());
            });
        },
        &[
            "damage: manifest-sha512.txt: expected the SHA-512 … of tagmanifest-sha512.txt, found …",
            "damage: manifest-sha512.txt: line 16: expected <128 hex>  data/<name>, a name inside \
             the bag",
        ],
        2,
        DAMAGED,
    );
}

/// What is not there says nothing, and the record in the bag has no fault.
#[test]
fn a_list_or_an_account_that_is_missing_is_named_as_missing() {
    let note = "damage: tagmanifest-sha512.note: it cannot be compared: ";
    for (name, damage) in [
        ("bag-info.txt", format!("{note}bag-info.txt is not there or has no sizes")),
        ("tagmanifest-sha512.txt", format!("{note}tagmanifest-sha512.txt is not there")),
    ] {
        let (story, bag) = bag();
        fs::remove_file(bag.join(name)).unwrap();
        let (lines, code, _) = verdict(&story);
        assert_eq!(code, 1, "{lines:?}");
        assert!(lines.contains(&damage), "{lines:?}");
    }
    let (story, bag) = bag();
    fs::remove_file(bag.join("manifest-sha512.txt")).unwrap();
    let answer = story.run("verify bag");
    assert_eq!(answer.exit, 2);
    let views = "\nbag: not compared: the manifest lists none of them\n";
    assert!(answer.out.contains(views), "{}", answer.out);
    let (lines, ..) = verdict(&story);
    let missing = |line: &&String| line.contains("data/facts.csv");
    let of_facts: Vec<&String> = lines.iter().filter(missing).collect();
    let there = "damage: data/facts.csv: it is there, and manifest-sha512.txt does not list it";
    assert_eq!(of_facts, [there]);
    // A damaged pin is none of the record's faults: the derived files are compared.
    let (story, bag) = crate::bag::damage::bag();
    fs::write(bag.parent().unwrap().join("pin"), "cut").unwrap();
    let answer = story.run("verify bag --pin pin");
    assert!(answer.out.contains(" files follow from the record"), "{}", answer.out);
}

/// A bag without its record is damaged, and no command there is advised.
#[test]
fn a_bag_without_its_record_is_damaged() {
    for gone in ["data", "data/ledger", "data/ledger/journal"] {
        let (story, bag) = bag();
        fs::remove_dir_all(bag.join(gone)).unwrap();
        let why = "expected the record of a bag in bag/data/ledger/journal, found no folder there: \
                   the bag is damaged; take another copy of it";
        let answer = story.run("verify bag");
        assert_eq!((answer.exit, answer.err), (2, format!("annals: {why}\n")), "{gone}");
        let json = story.run("verify bag --format json");
        assert!(json.err.contains(&format!("\"message\":\"{why}\"")), "{}", json.err);
        let import = story.run("import bag --to new");
        assert_eq!(import.exit, 2, "{}", import.err);
        assert!(!import.err.contains("annals verify bag"), "{}", import.err);
    }
}

const OTHER: &str = "no: the bag is not the one that was signed, or the record breaks its rules";
const NOTE: &str = "damage: tagmanifest-sha512.note: it is signed for another tag manifest than \
                    the one that is here";

#[test]
fn a_view_that_does_not_follow_from_the_record_though_the_manifests_were_written_again() {
    expect(
        |bag| {
            edit(&bag.join("data/facts.csv"), |bytes| {
                *bytes = String::from_utf8_lossy(bytes).replace("retracted", "asserted").into();
            });
            manifest_again(bag);
        },
        &[
            "damage: data/facts.csv: it is not what follows from the record in this bag",
            "damage: bag-info.txt: it is not what follows from the record in this bag",
            NOTE,
        ],
        1,
        OTHER,
    );
}

#[test]
fn an_event_that_was_changed_though_the_manifests_were_written_again() {
    let (story, bag) = bag();
    edit(&bag.join("data/ledger/journal/00000000000000000000.log"), |bytes| {
        *bytes = String::from_utf8_lossy(bytes).replace("two hours", "ten hours").into();
    });
    manifest_again(&bag);
    let (lines, exit, _) = verdict(&story);
    assert!(lines.iter().any(|line| line.contains("601 body-digest")), "{lines:?}");
    assert_eq!(exit, 1);
}

#[test]
fn a_note_of_a_later_version_by_another_key_or_without_form() {
    let (story, bag) = bag();
    let note = bag.join("tagmanifest-sha512.note");
    let good = fs::read_to_string(&note).unwrap();
    fs::write(&note, good.replace("annals bag v1", "annals bag v2")).unwrap();
    let later = "damage: tagmanifest-sha512.note: it is of version 2, this program knows version 1";
    let newer = "could not tell: a newer program is needed".to_owned();
    assert_eq!(verdict(&story), (vec![later.to_owned()], 2, newer));
    fs::write(&note, good.replace("annals bag v1", "annals bog v1")).unwrap();
    let none = "damage: tagmanifest-sha512.note: expected a signed note over a bag, found none in \
                form";
    assert_eq!(verdict(&story), (vec![none.to_owned()], 1, OTHER.to_owned()));
    let stranger = annals_core::key::SecretKey::from_seed([9; 32]);
    let text = good.split("\n\n").next().unwrap().to_owned() + "\n";
    let signature = annals_core::tlog::NoteSignature::sign(&text, "example.org/record", &stranger);
    let forged = annals_core::tlog::Note { text, signatures: vec![signature] };
    fs::write(&note, forged.write()).unwrap();
    let other = "damage: tagmanifest-sha512.note: the log key of this record did not sign it";
    assert_eq!(verdict(&story), (vec![other.to_owned()], 1, OTHER.to_owned()));
}

#[test]
fn a_folder_without_its_declaration_is_no_bag() {
    let (story, bag) = bag();
    fs::remove_file(bag.join("bagit.txt")).unwrap();
    let answer = story.run("verify bag");
    let why = "annals: bag: expected bagit.txt, which is written last; found none: an export was \
               interrupted here, or this is no longer the whole bag\n";
    assert_eq!((answer.exit, answer.err.as_str()), (2, why));
}

#[test]
fn an_earlier_checkpoint_of_another_root_is_reported() {
    let (story, bag) = bag();
    let path = bag.join("data/ledger/checkpoints");
    let lines = fs::read_to_string(&path).unwrap();
    let first = lines.lines().next().unwrap();
    let other = first.replacen(" 1 ", " 2 ", 1);
    fs::write(&path, lines.replace(first, &other)).unwrap();
    manifest_again(&bag);
    let (lines, exit, _) = verdict(&story);
    let line = "damage: data/ledger/checkpoints: the one of size 2 does not hold";
    assert_eq!((lines[0].as_str(), exit), (line, 1));
}

#[test]
fn the_verdict_as_json_has_the_record_and_the_bag() {
    let (story, bag) = bag();
    let told = |exit: i32| {
        let answer = story.run("verify bag --format json");
        assert_eq!(answer.exit, exit, "{}", answer.err);
        serde_json::from_str::<serde_json::Value>(&answer.out).unwrap()
    };
    let good = told(0);
    let expected = serde_json::json!({
        "files": 15, "derived": 11, "checkpoints": 7, "signed": true, "of": 14, "wrong": [],
    });
    let mut of_bag = good["bag"].clone();
    let lines = of_bag.as_object_mut().unwrap().remove("lines").unwrap();
    assert_eq!(of_bag, expected);
    let lines: Vec<&str> =
        lines.as_array().unwrap().iter().map(|line| line["text"].as_str().unwrap()).collect();
    let text = [
        "15 of 15 files as the manifest says",
        "11 files follow from the record, byte for byte",
        "7 earlier checkpoints hold",
        "the log key signed the tag manifest",
        "the whole record of 14 events",
    ];
    assert_eq!(lines, text);
    assert_eq!((&good["exit"], &good["size"]), (&0.into(), &14.into()));
    fs::write(bag.join("data/extra"), "x").unwrap();
    let bad = told(2);
    assert_eq!(bad["verdict"], DAMAGED);
    let wrong = "data/extra: it is there, and manifest-sha512.txt does not list it";
    assert_eq!(bad["bag"]["wrong"], serde_json::json!([wrong]));
}

/// Version control or a mail program changed the line endings of the tag files: one fault for each
/// file, and no claim that another bag was signed.
#[test]
fn each_tag_file_that_was_changed_on_the_way_is_reported_once() {
    let (story, bag) = bag();
    for name in ["manifest-sha512.txt", "tagmanifest-sha512.txt", "tagmanifest-sha512.note"] {
        let text = fs::read_to_string(bag.join(name)).unwrap();
        fs::write(bag.join(name), text.replace('\n', "\r\n")).unwrap();
    }
    let (lines, exit, said) = verdict(&story);
    assert_eq!((exit, said.as_str()), (2, DAMAGED), "{lines:?}");
    assert!(lines.iter().all(|line| line.contains("its lines end with CR LF")), "{lines:?}");
    // The tag manifest, the manifest, the note.
    assert_eq!(lines.len(), 3, "{lines:?}");
}

/// What happened to the tag manifest is said of it, and not of its note too.
#[test]
fn the_note_of_a_tag_manifest_that_was_changed_on_the_way_is_not_judged() {
    let (story, bag) = bag();
    edit(&bag.join("tagmanifest-sha512.txt"), |bytes| {
        *bytes = String::from_utf8_lossy(bytes).replace('\n', "\r\n").into_bytes();
    });
    let (lines, exit, _) = verdict(&story);
    let why =
        "damage: tagmanifest-sha512.note: it is not judged, for tagmanifest-sha512.txt is not";
    assert_eq!((exit, lines.len(), lines[1].as_str()), (2, 2, why), "{lines:?}");
}

/// A declaration that is another one is one fault, not that of its digest too.
#[test]
fn another_declaration_is_reported_once() {
    let (story, bag) = bag();
    edit(&bag.join("bagit.txt"), |bytes| bytes[0] ^= 1);
    let (lines, exit, _) = verdict(&story);
    let why = "damage: bagit.txt: expected the two lines of BagIt 1.0 in UTF-8, found others";
    assert_eq!((exit, lines), (2, vec![why.to_owned()]));
}

/// The lines on what to do.
fn advice(story: &Story) -> Vec<String> {
    let answer = story.run("verify bag");
    let lines = answer.out.lines().filter_map(|line| line.strip_prefix("what to do: "));
    lines.map(str::to_owned).collect()
}

const ANOTHER: &str = "take another copy of the bag, or make a new one of the ledger with annals \
                       export: a bag is not repaired";

#[test]
fn what_to_do_about_files_beside_the_record() {
    let (story, bag) = bag();
    for name in ["data/.DS_Store", "desktop.ini"] {
        fs::write(bag.join(name), "x").unwrap();
    }
    let out = "move what no manifest lists out of the bag";
    let whole = format!("{out}: all that is listed is as it was written");
    assert_eq!(advice(&story), [whole]);
    edit(&bag.join("data/facts.csv"), |bytes| bytes[0] ^= 1);
    assert_eq!(advice(&story), [ANOTHER, out]);
    for name in ["data/.DS_Store", "desktop.ini"] {
        fs::remove_file(bag.join(name)).unwrap();
    }
    assert_eq!(advice(&story), [ANOTHER]);
    // The record, with which the file is compared, is not at fault.
    let json = story.run("verify bag --format json");
    let json: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!((&json["faults"], &json["store"]["why"]), (&json!([]), &json!("a bag has none")));
}

/// A checkout by git that ends lines with CR LF: each file is told once.
#[test]
fn line_ends_that_git_changed() {
    let (story, bag) = bag();
    let crlf = |bytes: &mut Vec<u8>| {
        *bytes = String::from_utf8_lossy(bytes).replace('\n', "\r\n").into_bytes();
    };
    for name in ["bagit.txt", "bag-info.txt", "manifest-sha512.txt", JOURNAL] {
        edit(&bag.join(name), crlf);
    }
    let (lines, exit, _) = verdict(&story);
    let ends = "its lines end with CR LF";
    let told = |name: &str| {
        lines.iter().filter(|line| line.starts_with(&format!("damage: {name}: {ends}"))).count()
    };
    for name in ["bagit.txt", "bag-info.txt", "manifest-sha512.txt", JOURNAL] {
        assert_eq!(told(name), 1, "{name}: {lines:?}");
    }
    let note = "damage: tagmanifest-sha512.note: it is not judged, for the journal is not";
    let of_record =
        format!("damage: rule 911 unreadable: bag/{JOURNAL} is not as it was written: ");
    assert_eq!(lines[4], note);
    assert_eq!((lines[5].clone(), lines.len()), (format!("{of_record}{ends}"), 6));
    assert_eq!(exit, 2);
    let git = "if git changed the ends of the lines, put a file .gitattributes with the line \
               `* -text` into the topmost folder of the bag, commit it, remove all other files, \
               and check them out again";
    assert_eq!(advice(&story), [git, ANOTHER]);
    // What it says may be done: the file is no fault of a bag.
    fs::write(bag.join(".gitattributes"), "* -text\n").unwrap();
    for name in ["bagit.txt", "bag-info.txt", "manifest-sha512.txt", JOURNAL] {
        fs::copy(story.folder.path().join("whole").join(name), bag.join(name)).unwrap();
    }
    assert_eq!(verdict(&story).1, 0);
}

/// Where the record is short, `bag-info.txt` is not what is wrong.
#[test]
fn a_journal_that_was_cut() {
    expect(
        |bag| edit(&bag.join(JOURNAL), |bytes| bytes.truncate(bytes.len() - 100)),
        &[
            "damage: data/ledger/journal/00000000000000000000.log: expected the SHA-512 … of \
             manifest-sha512.txt, found …",
            "damage: tagmanifest-sha512.note: the record in this bag has no opening, so no log key \
             that could have signed it",
            "damage: rule 705 short: the checkpoint covers 14 events, the record has 0: events 0 \
             to 13 are missing",
        ],
        1,
        OTHER,
    );
}

#[test]
fn the_note_of_a_bag_without_its_record_is_not_called_missing() {
    let (story, bag) = bag();
    fs::remove_dir_all(bag.join("data/ledger/journal")).unwrap();
    let answer = story.run("verify bag");
    for line in [
        "bag: the note is not judged: the record in it cannot be read\n",
        "bag: by bag-info.txt the whole record of 14 events\n",
    ] {
        assert!(answer.out.contains(line), "{}", answer.out);
    }
    assert!(!answer.out.contains("not signed"), "{}", answer.out);
}
