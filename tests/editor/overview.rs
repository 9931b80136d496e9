//! `annals` with nothing given: who one is, what waits, what happened since the last look.

use crate::editor::story::{Desk, answer, bare, facts};

/// The answer with each of its lines whole.
fn whole(told: &str) -> String {
    told.replace("\n        ", " ")
}

/// The answer to no command at all.
fn home(desk: &Desk, by: &str) -> String {
    let mut command = desk.command(by, "--tz|UTC");
    let told = answer(&mut command);
    assert_eq!((told.exit, &*told.err), (0, ""), "{told:?}");
    told.out
}

#[test]
fn who_what_waits_and_what_is_new() {
    let desk = facts();
    let first = "record  example.org/record: The record
you     Bo Berg (bo): editor
waits   4 facts wait for Bo Berg: annals review
since   this is your first look
help    annals --help
";
    assert_eq!(home(&desk, "bo"), first);
    let again = home(&desk, "bo");
    assert!(again.contains("\nsince   nothing new since 2022-01-27 08:0"), "{again}");
    // Each person has a last look of her own.
    assert!(home(&desk, "ada").contains("\nsince   this is your first look\n"));
    desk.writes("bo", "dispute|5|--reason|wrong-date|--statement|It was Tuesday.", "written at 8");
    desk.writes("bo", "confirm|4|--how|reread", "written at 9");
    std::fs::create_dir_all(desk.path("keys/drafts")).unwrap();
    std::fs::write(desk.path("keys/drafts/one.jsonl"), "{}").unwrap();
    let told = home(&desk, "ada");
    for line in [
        "\nyou     Ada Example (ada): admin, editor\n",
        "\nwaits   no fact waits for Ada Example\n",
        "\n        fact 5 of yours is disputed: annals log 5\n",
        "keys/drafts/one.jsonl (or remove the file)\n",
        "\nsince   2 events since 2022-01-27 08:0",
        "  fact.disputed 5, Bo Berg\n",
        "  fact.confirmed 4, Bo Berg\n",
    ] {
        assert!(told.contains(line), "{line}\n{told}");
    }
    // A name that no key here has is nobody's advice to make one.
    for named in ["Bo Berg", "nobody"] {
        let told = home(&desk, named);
        let line = format!(
            "\nyou     a reader: {named}, whom --by or ANNALS_EDITOR names, has no key here that \
             may sign; here may sign Ada Example (ada): admin, editor; Bo Berg (bo)"
        );
        assert!(whole(&told).contains(&line), "{line}\n{told}");
        assert!(told.lines().all(|line| line.chars().count() <= 100 || line.contains("append")));
        assert!(!told.contains("annals review"), "{told}");
    }
    // Several keys are here, and nobody says who one is.
    let told = home(&desk, "");
    assert!(
        told.contains("you     one of Ada Example (ada): admin, editor; Bo Berg (bo)"),
        "{told}"
    );
}

/// Nothing of the ledger is written, and no key is needed.
#[test]
fn a_look_writes_one_file_beside_the_keys() {
    let desk = facts();
    let files = |folder: &str| {
        let listed = std::fs::read_dir(desk.path(folder)).unwrap();
        let mut names: Vec<_> = listed.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let (ledger, keys) = (files("ledger"), files("keys"));
    home(&desk, "ada");
    assert_eq!(files("ledger"), ledger);
    let new: Vec<_> = files("keys").into_iter().filter(|name| !keys.contains(name)).collect();
    assert_eq!(new, ["last-look.json"]);
    // A look is of a record: another one with the same folder of keys is not looked at yet.
    let path = desk.path("keys/last-look.json");
    let looked = |opening: &str| {
        let look = serde_json::json!({
            "size": 3, "head": "0".repeat(64), "at": "2022-01-27T08:00:00.000000Z"
        });
        serde_json::json!({ "records": { opening: look } }).to_string()
    };
    let opening = {
        let kept: serde_json::Value =
            serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        kept["records"].as_object().unwrap().keys().next().unwrap().clone()
    };
    let other = "1".repeat(64);
    std::fs::write(&path, looked(&other)).unwrap();
    assert!(home(&desk, "ada").contains("since   this is your first look"));
    let kept = std::fs::read_to_string(&path).unwrap();
    assert!(kept.contains(&other) && kept.contains(&opening), "{kept}");
    // What was seen and is no longer there is no continuation.
    std::fs::write(&path, looked(&opening)).unwrap();
    let told = home(&desk, "ada");
    let line = "there were 3 events, and these are not a continuation of them: annals verify";
    assert!(whole(&told).contains(line), "{told}");
    std::fs::rename(desk.path("keys"), desk.path("away")).unwrap();
    // A witness's key waits for no enrolment.
    let made = desk.run("", "witness|new|w1|--name|w.example/1");
    assert_eq!(made.exit, 0, "{made:?}");
    assert!(home(&desk, "").contains("you     a reader: no key here may sign"));
    std::fs::remove_dir_all(desk.path("keys")).unwrap();
    let told = home(&desk, "");
    assert!(told.contains("you     a reader: there is no folder of keys at "), "{told}");
    assert!(!desk.path("keys").exists());
}

#[test]
fn without_a_ledger_it_is_the_help() {
    let desk = bare();
    std::fs::create_dir(desk.path("empty")).unwrap();
    let mut command = desk.command("", "--tz|UTC");
    let told = answer(command.current_dir(desk.path("empty")).arg("--ledger").arg("none"));
    assert_eq!((told.exit, &*told.out), (2, ""));
    assert!(told.err.starts_with("A record of facts that nobody can quietly change"), "{told:?}");
    assert!(told.err.contains("Exit: 0 yes"), "{told:?}");
}

/// One key with two names needs no choice; two keys of which one is meant are chosen by name.
#[test]
fn advised_commands_sign_where_several_keys_are_here() {
    let desk = facts();
    let copy = |from: &str, to: &str| {
        std::fs::copy(desk.path("keys").join(from), desk.path("keys").join(to)).unwrap();
    };
    std::fs::create_dir_all(desk.path("keys/drafts")).unwrap();
    std::fs::write(desk.path("keys/drafts/one.jsonl"), "{}\n").unwrap();
    let told = home(&desk, "");
    assert!(told.contains("keys/drafts/one.jsonl --by NAME (or remove the file)\n"), "{told}");
    for name in ["ada.key", "cy.key"] {
        std::fs::remove_file(desk.path("keys").join(name)).unwrap();
    }
    copy("bo.key", "bob.key");
    copy("bo.pub", "bob.pub");
    let told = whole(&home(&desk, ""));
    for line in [
        "\nyou     Bo Berg (bo): editor; the same key is here as bob too\n",
        "\nwaits   4 facts wait for Bo Berg: annals review drafts that",
        "keys/drafts/one.jsonl (or remove the file)\n",
    ] {
        assert!(told.contains(line), "{line}\n{told}");
    }
    desk.writes("", "confirm|4|--how|reread", "written at 8");
}

/// A key that is named, and cannot sign yet or any more.
#[test]
fn a_named_key_that_is_not_enrolled_says_so() {
    let desk = facts();
    let new = desk.run("", "key|new|dee|--name|Dee|--no-passphrase");
    assert_eq!(new.exit, 0, "{new:?}");
    let told = whole(&home(&desk, "dee"));
    let line = "\nyou     a reader: the key dee is not enrolled in this ledger; hand dee.request, \
                which is beside the key, to an admin, who enrols it with annals editor add \
                dee.request --role editor\n";
    assert!(told.contains(line), "{told}");
    desk.writes(
        "ada",
        "editor|revoke|cy|--reason|left|--statement|She left.|--yes",
        "written at 8",
    );
    let told = home(&desk, "cy");
    assert!(told.contains("\nyou     a reader: the key cy is revoked since event 8\n"), "{told}");
    let told = whole(&answer(&mut desk.command("", "--keys|none")).out);
    let line = "\nyou     a reader: there is no folder of keys at none; --keys DIR names another, \
                annals --keys none key new NAME makes one\n";
    assert!(told.contains(line), "{told}");
}
