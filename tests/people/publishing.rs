//! A publication that goes on from the last one, and when it does not.
//!
//! Always holds: both ways leave the same files. Not here: each step of a publication
//! (`archive::interrupted`).

use crate::people::desk::Desk;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// A desk with a document and this number of facts.
fn with_facts(count: usize) -> Desk {
    let desk = Desk::with_bo();
    fs::write(desk.path("note.txt"), "Two met on Monday.\n").unwrap();
    let capture = r#"{"type":"document.captured","file":"note.txt","title":"Note","lang":"en"}"#;
    fs::write(desk.path("capture.jsonl"), capture).unwrap();
    desk.told("append capture.jsonl --by ada");
    append(&desk, "first", count);
    desk
}

fn append(desk: &Desk, name: &str, count: usize) {
    let fact = |number: usize| {
        format!(
            "{{\"claim\":\"Fact {name} {number}.\",\"lang\":\"en\",\"vouch\":\"said\",\
             \"quote\":\"Two met\"}}\n"
        )
    };
    let file = format!("{name}.jsonl");
    fs::write(desk.path(&file), (0..count).map(fact).collect::<String>()).unwrap();
    desk.told(&format!("append {file} --by ada"));
}

/// The published files by name, without what is temporary.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(inside) = open.pop() {
        for entry in fs::read_dir(inside).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if !path.file_name().unwrap().to_str().unwrap().starts_with('.') {
                let name = path.strip_prefix(folder).unwrap().to_owned();
                found.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    found
}

/// The published body of an event of the beginning.
fn an_old_body(folder: &Path) -> PathBuf {
    let bundle = fs::read(folder.join("body/bundle/000")).unwrap();
    let line = bundle.split(|byte| *byte == b'\n').nth(3).unwrap();
    folder.join("body").join(annals_core::hash::Hash::of(&[line]).to_string())
}

#[test]
fn only_what_is_new_is_written_and_it_is_the_same() {
    let desk = with_facts(300);
    assert_eq!(desk.told("publish out"), "published 303 events in out\n");
    let old = an_old_body(&desk.path("out"));
    fs::remove_file(&old).unwrap();
    for (name, count) in [("second", 1), ("third", 250)] {
        append(&desk, name, count);
        desk.told("publish out");
        // It went on: what is missing from earlier was not looked for.
        assert!(!old.exists(), "{name}");
        desk.told(&format!("publish {name}"));
        let (mut more, fresh) = (files(&desk.path("out")), files(&desk.path(name)));
        // Partial tiles of the size before are kept.
        more.retain(|path, _| fresh.contains_key(path) || !path.to_str().unwrap().contains(".p/"));
        more.insert(old.strip_prefix(desk.path("out")).unwrap().to_owned(), Vec::new());
        assert!(more.keys().eq(fresh.keys()), "{name}");
        let differs = fresh.iter().filter(|(path, bytes)| more[*path] != **bytes).count();
        assert_eq!(differs, 1, "{name}: the body that is missing, and nothing else");
    }
    assert_eq!(desk.told("publish out"), "published already: 554 events in out\n");
    assert!(!old.exists());
    let mended = desk.run("publish out --verify-first");
    assert_eq!(
        mended.err,
        "1 file written, 0 removed\n1 of them was damaged or missing there, and was written again\n"
    );
    assert!(old.exists());
    desk.told("verify out");
}

#[test]
fn without_a_whole_publication_or_a_stamp_everything_is_compared() {
    let desk = with_facts(3);
    desk.told("publish out");
    let old = an_old_body(&desk.path("out"));
    let mended = |why: &str| {
        fs::remove_file(&old).unwrap();
        let answer = desk.run("publish out");
        assert!(answer.err.starts_with("1 file written"), "{why}: {}", answer.err);
        assert!(old.exists(), "{why}");
    };
    // A publication that was stopped after it wrote the checkpoint.
    let settled = desk.path("out/.settled");
    let bytes = fs::read(desk.path("out/checkpoint")).unwrap();
    fs::remove_file(desk.path("out/checkpoint")).unwrap();
    fs::write(desk.path("out/checkpoint"), bytes).unwrap();
    mended("another file in place of the checkpoint");
    fs::remove_file(&settled).unwrap();
    mended("no whole publication");
    fs::write(&settled, "annals published v1\n").unwrap();
    mended("damage");
    fs::remove_file(desk.path("ledger/index/stamp")).unwrap();
    mended("no stamp of a writer");
}

/// A ledger that was taken over knows the sizes that were signed before: tiles of these are new in
/// the publication, not damaged there.
#[test]
fn nothing_was_damaged_where_a_ledger_that_was_taken_over_publishes() {
    let desk = with_facts(3);
    desk.told("publish out");
    desk.told("export --to bag");
    let take = "import bag --to other/ledger --take-over";
    fs::create_dir(desk.path("other")).unwrap();
    fs::create_dir(desk.path("other/keys")).unwrap();
    for file in fs::read_dir(desk.path("keys")).unwrap().map(|file| file.unwrap().path()) {
        if file.is_file() {
            fs::copy(&file, desk.path("other/keys").join(file.file_name().unwrap())).unwrap();
        }
    }
    desk.told(take);
    desk.told("confirm 3 --how reread --by bo --ledger other/ledger");
    let answer = desk.run("publish out --ledger other/ledger");
    assert_eq!(answer.out, "published events 6 to 6 in out\n");
    assert!(!answer.err.contains("damaged or missing"), "{}", answer.err);
    desk.told("verify out");
}

#[test]
fn damage_of_the_record_is_not_published() {
    let desk = with_facts(3);
    desk.told("publish out");
    let before = files(&desk.path("out"));
    append(&desk, "second", 3);
    let journal = desk.path("ledger/journal/00000000000000000000.log");
    let text = fs::read_to_string(&journal).unwrap();
    fs::write(&journal, text.replace("Fact second 1.", "Fact second 9.")).unwrap();
    let refused = desk.run("publish out");
    assert_eq!((refused.exit, refused.out.as_str()), (1, ""), "{}", refused.err);
    assert!(files(&desk.path("out")) == before);
    fs::write(&journal, text).unwrap();
    let document = fs::read_dir(desk.path("ledger/document")).unwrap().next().unwrap();
    fs::write(document.unwrap().path(), "Three met.").unwrap();
    fs::write(desk.path("other.txt"), "Four met on Monday.\n").unwrap();
    assert_ne!(desk.run("publish out").exit, 0);
    assert!(files(&desk.path("out")) == before);
}

/// An auditor's own folder of keys, with a policy that asks for a witness who never cosigned.
#[test]
fn the_policy_beside_named_keys_is_asked_of_everything_that_is_verified() {
    let desk = Desk::with_bo();
    desk.told("publish pub");
    desk.told("export --to bag");
    desk.told("witness new w1 --name w.example/1 --keys aud");
    let key = desk.read("aud/w1.witness");
    std::fs::write(desk.path("aud/policy"), format!("witness w1 {key}quorum w1\n")).unwrap();
    for place in ["ledger", "pub", "bag"] {
        let answer = desk.run(&format!("verify {place} --keys aud"));
        assert_eq!(answer.exit, 5, "{place}: {}", answer.out);
    }
    // A folder of keys that is not there is named, and nothing is published by it.
    let note = "there is no folder of keys at kyes: neither a log key's memory nor a policy in it \
                was compared";
    for place in ["ledger", "pub", "bag"] {
        let answer = desk.run(&format!("verify {place} --keys kyes"));
        assert_eq!((answer.exit, answer.err.as_str()), (2, ""), "{place}");
        assert!(answer.out.contains(&format!("\nkeys: {note}\n")), "{place}: {}", answer.out);
        let verdict = "\ncould not tell: the record is whole, and the folder of keys that was named \
                       is not there, in ";
        assert!(answer.out.contains(verdict), "{place}: {}", answer.out);
    }
    let json = desk.run("verify --keys kyes --format json");
    let json: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!((&json["keys_missing"], &json["exit"]), (&note.into(), &2.into()));
    let status = desk.run("status --keys kyes");
    assert_eq!((status.exit, status.err), (2, format!("warning: {note}\n")));
    for line in ["repair", "prove 0 -o proof", "export --to new --unsigned"] {
        let (exit, why) = desk.refused(&format!("{line} --keys kyes"));
        let expected = "annals: expected a folder of keys at kyes, found none: nothing was \
                        written, for the log key's memory in it is compared first\n";
        assert_eq!((exit, why.as_str()), (2, expected), "{line}");
    }
    let (exit, why) = desk.refused("witness list --keys kyes");
    let expected = "annals: expected a folder of keys at kyes, found none: no witness is listed, \
                    for the policy in it names them\n";
    assert_eq!((exit, why.as_str()), (2, expected));
    let (exit, why) = desk.refused("publish pub --keys kyes");
    let expected = "annals: expected a folder of keys at kyes, found none: nothing was published, \
                    for a policy in it has to be met first; --no-witness publishes without one\n";
    assert_eq!((exit, why.as_str()), (2, expected));
}

/// A ledger, a bag or a published record has no keys, and is no copy for that reason.
#[test]
fn a_folder_of_another_kind_in_place_of_the_keys_is_named() {
    let desk = Desk::with_bo();
    desk.told("publish pub");
    desk.told("export --to bag");
    std::fs::create_dir(desk.path("empty")).unwrap();
    let change = "ledger change --title New --by ada";
    for (name, found) in [
        ("ledger", "a ledger"),
        ("bag", "a bag"),
        ("pub", "a published record"),
        ("nowhere", "none"),
    ] {
        for line in [change, "ledger change --title New --by ada --dry-run"] {
            let (exit, why) = desk.refused(&format!("{line} --keys {name}"));
            let expected = format!(
                "annals: expected a folder of keys at {name}, found {found}: --keys DIR names the \
                 folder of the key that signs; nothing was written\n"
            );
            assert_eq!((exit, why), (2, expected), "{line}");
        }
    }
    let (exit, why) = desk.refused(&format!("{change} --keys empty"));
    let expected = "annals: expected the log key <64> in empty, found no key there: --keys names \
                    the folder of keys, if there is another; without its log key a record is only \
                    read. Nothing was written\n";
    assert_eq!((exit, why.as_str()), (2, expected));
}

/// What is no address of a server, and is nearly one.
#[test]
fn a_server_that_is_named_without_its_scheme_is_told_apart_from_a_folder() {
    let desk = Desk::founded();
    let hint = "for the server, write http://127.0.0.1:8090 or https://127.0.0.1:8090";
    for line in [
        "clone 127.0.0.1:8090 copy",
        "clone http:127.0.0.1:8090 copy",
        "import 127.0.0.1:8090 --to copy",
    ] {
        let (exit, why) = desk.refused(line);
        assert!(exit == 2 && why.ends_with(&format!("found nothing; {hint}\n")), "{line}: {why}");
    }
    let (exit, why) = desk.refused("verify 127.0.0.1:8090");
    assert!(exit == 2 && why.ends_with(&format!("evidence file there; {hint}\n")), "{why}");
    // A part that is sent to no server is refused as a query is.
    for end in ["#a", "?a=b"] {
        let (exit, why) = desk.refused(&format!("clone http://127.0.0.1:8090/{end} copy"));
        let expected = format!(
            "annals: expected an address like https://example.org/record, found \
             http://127.0.0.1:8090/{end}\n"
        );
        assert_eq!((exit, why), (2, expected));
    }
    // A span is checked also where nothing waits.
    let (exit, why) = desk.refused("status --wait x");
    assert!(exit == 2 && why.contains("--wait: expected a span of time"), "{why}");
}

#[test]
fn one_checkpoint_is_said_in_the_singular() {
    let desk = Desk::founded();
    desk.told("export --to bag");
    let told = desk.told("verify bag");
    assert!(told.contains("\nbag: 1 earlier checkpoint holds\n"), "{told}");
}
