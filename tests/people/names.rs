//! Names: the name that a reader sees, and that no person is shown as another.

use crate::people::desk::Desk;
use serde_json::Value;

/// Runs `key new`, whose name may have underscores for spaces and any letter.
fn asks(desk: &Desk, handle: &str, name: &str) -> (i32, String) {
    let line = format!("key new {handle} --no-passphrase --name");
    let mut command = desk.command(&line, &[]);
    let done = command.arg(name).output().unwrap();
    (done.status.code().unwrap(), String::from_utf8(done.stderr).unwrap())
}

#[test]
fn a_name_is_seen_as_it_is() {
    let desk = Desk::founded();
    let unfit = [
        ("Ada\u{200B} Example", "the invisible character U+200B"),
        ("Ada\u{AD} Example", "the invisible character U+00AD"),
        ("\u{3164}", "the invisible character U+3164"),
        ("Ada\u{A0}Example", "another space than the usual one, U+00A0"),
        (" Ada Example ", "a space at its beginning or end"),
        ("Ada  Example", "two spaces in a row"),
        ("   ", "no letter"),
        ("\u{410}da Example", "letters of two scripts in one word"),
        ("recovery key", "what the program writes in the place of a name"),
        ("Log Key", "what the program writes in the place of a name"),
        ("unknown", "what the program writes in the place of a name"),
        ("key 269153d183b31990", "what the program writes in the place of a name"),
    ];
    for (name, found) in unfit {
        let (exit, why) = asks(&desk, "bo", name);
        assert_eq!((exit, why.contains(found)), (2, true), "{name:?}: {why}");
        assert!(!desk.path("keys/bo.key").exists());
    }
    let change = "editor change ada --by ada --name";
    let init = "init --ledger other --keys others --origin example.org/o --title T --no-passphrase";
    for line in [change, &format!("{init} --name")] {
        let done = desk.command(line, &[]).arg("recovery key").output().unwrap();
        let why = String::from_utf8(done.stderr).unwrap();
        assert_eq!(done.status.code(), Some(2), "{why}");
        assert!(why.contains("what the program writes in the place of a name"), "{why}");
    }
    assert_eq!(desk.whole(), 1);
    assert_eq!(asks(&desk, "bo", "Бо Берг").0, 0);
}

/// A request with such a name may have been made by another program.
#[test]
fn a_request_with_an_unfit_name_is_refused() {
    let desk = Desk::founded();
    let secret = annals_core::key::SecretKey::from_seed([5; 32]);
    let origin = annals_core::text::Origin::new("example.org/record").unwrap();
    let name = annals_core::text::Words::new("Ada\u{200B} Example").unwrap();
    let request = annals::keys::Request::new(&secret, origin, name);
    std::fs::write(desk.path("eve.request"), request.write()).unwrap();
    for more in ["", " --same-name", " --person-of ada"] {
        let line = format!("editor add eve.request --role editor --by ada{more}");
        let (exit, why) = desk.refused(&line);
        assert_eq!((exit, why.contains("U+200B")), (2, true), "{why}");
    }
}

#[test]
fn the_name_of_another_person_is_taken_on_purpose_only() {
    let desk = Desk::founded();
    let names = ["Ada Example", "ada example", "Ada Examp1e", "Bo — Ada Example"];
    for (name, handle) in names.iter().zip(["b", "c", "d", "bo-ada"]) {
        assert_eq!(asks(&desk, handle, name).0, 0, "{name}");
        let add = format!("editor add keys/{handle}.request --role editor --by ada");
        let (exit, why) = desk.refused(&add);
        assert_eq!(exit, 2);
        let taken = "which a reader takes for Ada Example (key <16>)";
        assert!(why.contains(taken) && why.contains("--same-name"), "{why}");
    }
    // Another key of the same person has that person's name, and the two need not be distinguished.
    desk.told("editor add keys/b.request --role editor --by ada --person-of ada");
    assert!(desk.told("editor list").contains("Ada Example, admin and editor"));
    // A namesake, on request: each is shown with the digits of the key, wherever one is named.
    desk.told("editor add keys/c.request --role editor --by ada --same-name");
    let list = desk.told("editor list");
    assert!(list.contains("Ada Example (key <16>), admin and editor"), "{list}");
    assert!(list.contains("ada example (key <16>), editor"), "{list}");
    let log = desk.told("log");
    assert!(log.contains("Ada Example (key <16>)"), "{log}");
    // A change cannot take another person's name either, and a later change keeps the plain name.
    desk.told("key new bo --name Bo_Berg --no-passphrase");
    desk.told("editor add keys/bo.request --role editor --by ada");
    let (exit, why) = desk.refused("editor change bo --name ADA_EXAMPLE --by ada");
    assert_eq!((exit, why.contains("--same-name")), (2, true), "{why}");
    assert!(!why.contains("--person-of"), "an option of another command: {why}");
    let told = desk.told("editor change c --role admin --role editor --by ada");
    assert_eq!(told.matches("(key <16>)").count(), 1, "{told}");
    desk.told("editor change c --name Cy_Crane --by ada");
    assert_eq!(desk.whole(), 6);
}

/// No word of them has two scripts, and no letter belongs to the original name.
#[test]
fn a_name_of_another_script_alone_is_not_taken_for_one_of_latin_letters() {
    let desk = Desk::founded();
    assert_eq!(asks(&desk, "bo", "Hope Cox").0, 0);
    desk.told("editor add keys/bo.request --role editor --by ada");
    for (handle, name) in [("c", "Норе Сох"), ("d", "НОРЕ СОХ"), ("e", "ΗΟΡΕ СОХ")]
    {
        assert_eq!(asks(&desk, handle, name).0, 0, "{name}");
        let add = format!("editor add keys/{handle}.request --role editor --by ada");
        let (exit, why) = desk.refused(&add);
        let taken = "which a reader takes for Hope Cox (key <16>)";
        assert_eq!((exit, why.contains(taken)), (2, true), "{name}: {why}");
    }
    assert_eq!(asks(&desk, "f", "Надежда Кокс").0, 0);
    desk.told("editor add keys/f.request --role editor --by ada");
    assert_eq!(desk.whole(), 3);
}

/// The positions in an answer, with the signers.
fn signed(desk: &Desk, by: &str) -> Vec<String> {
    let told = desk.command("log --format json --by", &[]).arg(by).output().unwrap();
    let json: serde_json::Value = serde_json::from_slice(&told.stdout).unwrap();
    let events = json["events"].as_array().unwrap().iter();
    let line = |event: &serde_json::Value| {
        format!("{} {}", event["position"], event["by"].as_str().unwrap())
    };
    events.map(line).collect()
}

#[test]
fn who_is_named_is_one_person_with_all_keys() {
    let desk = Desk::with_bo();
    for (handle, name) in [("bo2", "Bo_Cole"), ("ann", "Ann_Bo")] {
        desk.told(&format!("key new {handle} --name {name} --no-passphrase"));
    }
    desk.told("editor add keys/bo2.request --role editor --person-of bo --by ada");
    desk.told("editor add keys/ann.request --role editor --by ada");
    std::fs::write(desk.path("note.txt"), "They met at once.").unwrap();
    for by in ["bo", "ann", "bo2"] {
        std::fs::write(desk.path("note.txt"), format!("They met. {by}")).unwrap();
        desk.told(&format!("document add note.txt --title T --lang en --by {by}"));
    }
    let of_bo = ["4 Bo Berg", "6 Bo Cole"];
    for name in ["bo", "bo2", "Bo Berg", "bo cole", "berg", "Cole"] {
        assert_eq!(signed(&desk, name), of_bo, "{name}");
    }
    for name in ["ann", "Ann Bo"] {
        assert_eq!(signed(&desk, name), ["5 Ann Bo"], "{name}");
    }
    // Without the key file `bo` is a word of several names.
    std::fs::remove_file(desk.path("keys/bo.pub")).unwrap();
    let why = "annals: --by: expected a whole name or digits of a key, found \"bo\", which may be \
               Ann Bo or Bo Berg or Bo Cole\n";
    assert_eq!(desk.refused("log --by bo"), (2, why.to_owned()));
}

#[test]
fn a_proof_shows_two_persons_of_one_name_apart() {
    let desk = Desk::with_bo();
    desk.told("key new cem --name Bo_Berg --no-passphrase");
    desk.told("editor add keys/cem.request --role editor --same-name --by ada");
    std::fs::write(desk.path("note.txt"), "They met at once.").unwrap();
    desk.told("document add note.txt --title T --lang en --by ada");
    desk.told("append --quote at_once --claim At_once. --by bo");
    desk.told("confirm 4 --how reread --by cem");
    desk.told("prove 4 --output p");
    let told = desk.run("verify p").out;
    for line in [
        "\n  asserted by Bo Berg (key <16>), 2027-03-01T08:06:00Z\n",
        "\n  5: confirmed by Bo Berg (key <16>), 2027-03-01T08:07:00Z: reread\n",
    ] {
        assert!(told.contains(line), "{line}: {told}");
    }
    let json: serde_json::Value =
        serde_json::from_str(&desk.run("verify p --format json").out).unwrap();
    let events = json["events"].as_array().unwrap().iter();
    let names: Vec<&str> = events.map(|event| event["name"].as_str().unwrap()).collect();
    let bo = "Bo Berg (key <16>)";
    assert_eq!(names, ["Ada Example", "Ada Example", "Ada Example", "Ada Example", bo, bo]);
}

/// Bo confirms, is renamed, confirms again, and leaves: one person, not two.
#[test]
fn a_proof_shows_who_was_renamed_as_one_person() {
    let desk = Desk::with_bo();
    std::fs::write(desk.path("note.txt"), "They met at once.").unwrap();
    desk.told("document add note.txt --title T --lang en --by ada");
    desk.told("append --quote at_once --claim At_once. --by ada");
    desk.told("confirm 3 --how reread --by bo");
    desk.told("editor change bo --name Bo_Hammer --by ada");
    desk.told("correct 3 --claim Now. --reason wrong-figure --statement S. --by ada");
    desk.told("confirm 3 --how reread --by bo");
    desk.told("editor change ada --name Ada_Berg --by ada");
    desk.told("editor revoke bo --reason left --statement Left. --by ada");
    desk.told("prove 3 --output p");
    let told = desk.run("verify p").out;
    for line in [
        "\n  asserted by Ada Example (now Ada Berg), ",
        "\n  4: confirmed by Bo Berg (now Bo Hammer), ",
        "\n  7: confirmed by Bo Hammer, ",
        "\n  9: the key of Bo Hammer revoked: left\n",
        "\nsigners\n    <64> Ada Example (now Ada Berg)\n    <64> Bo Berg (now Bo Hammer)\nin the",
    ] {
        assert!(told.contains(line), "{line}: {told}");
    }
    let json: serde_json::Value =
        serde_json::from_str(&desk.run("verify p --format json").out).unwrap();
    let names = |event: &u64| {
        let events = json["events"].as_array().unwrap().iter();
        let event = events.clone().find(|row| row["event"] == *event).unwrap();
        (event["name"].clone(), event["name_now"].clone())
    };
    let (old, new) = (serde_json::json!("Bo Berg"), serde_json::json!("Bo Hammer"));
    assert_eq!([4, 7].map(|event| names(&event)), [(old, new.clone()), (new, Value::Null)]);
}

/// Bo is renamed, and is then an admin too; Bo's own change of Ada is undone.
#[test]
fn a_list_of_editors_has_each_change_with_its_value_before() {
    let desk = Desk::with_bo();
    desk.told("editor change bo --name Bo_Hammer --by ada");
    desk.told("editor change bo --role admin --role editor --by ada");
    desk.told("editor change ada --name Mallory --by bo");
    let list = desk.told("editor list");
    let bo = "Bo Hammer, admin and editor, active
    key <64>
    enrolled by 1, 2027-03-01 08:02Z, Ada Example (now Mallory)
    changed by 2, 2027-03-01 08:03Z, Ada Example (now Mallory): name Bo Hammer, before Bo Berg
    changed by 3, 2027-03-01 08:04Z, Ada Example (now Mallory): roles admin and editor, before
    editor
2 keys, 2 active
";
    assert!(list.contains(bo), "{list}");
    desk.told("editor revoke bo --reason compromised --suspect-from 4 --statement S. --by ada");
    let list = desk.told("editor list");
    let ada = "\n    not changed by 4, 2027-03-01 08:05Z, Bo Hammer: name Mallory, before Ada Example; \
               undone by 5,";
    assert!(list.contains(ada) && list.starts_with("Ada Example, "), "{list}");
    let then = desk.told("editor list --as-of 2");
    assert!(then.contains(": name Bo Hammer, before Bo Berg\n2 keys"), "{then}");
    assert!(!desk.told("editor list --as-of 1").contains("changed by"));
    let json = |line: &str| -> Value { serde_json::from_str(&desk.run(line).out).unwrap() };
    let rows = json("editor list --format json");
    let changed = &rows["editors"][1]["changed"];
    let roles = serde_json::json!([{
        "field": "roles", "before": ["editor"], "after": ["admin", "editor"],
    }]);
    assert_eq!((&changed[1]["event"], &changed[1]["changes"]), (&3.into(), &roles));
    let events = json("log --format json --type editor.changed");
    let of_log = events["events"].as_array().unwrap().iter().find(|it| it["position"] == 2);
    assert_eq!(changed[0]["changes"], of_log.unwrap()["changes"]);
    assert_eq!(rows["editors"][0]["changed"][0]["undone_by"]["event"], 5);
}

/// The receipt of a change of a name may be lost; the same command again has the name from before.
#[test]
fn a_change_of_a_name_is_said_again_with_the_name_from_before_it() {
    let desk = Desk::with_bo();
    let change = "editor change Bo_Berg --name Bo_Bär --by ada";
    assert!(desk.told(change).starts_with("written at 2\n"));
    assert_eq!(desk.told(change), "already at 2\n");
    // Another name, or other roles, would be another change: of nobody who is called so now.
    for other in ["--name Bo_Berger", "--name Bo_Bär --role admin"] {
        let (exit, why) = desk.refused(&format!("editor change Bo_Berg {other} --by ada"));
        assert!(exit == 2 && why.contains("expected an editor of this record"), "{why}");
    }
    // Once the name was changed again, the first change is no more the last one.
    desk.told("editor change Bo_Bär --name Bo_Busch --by ada");
    let (exit, why) = desk.refused(change);
    assert!(exit == 2 && why.contains("expected an editor of this record"), "{why}");
    assert_eq!(desk.whole(), 4);
}

/// Two persons of one name are told apart in answers; a change of roles alone is no change of name.
#[test]
fn a_change_of_roles_of_a_namesake_is_no_change_of_name() {
    let desk = Desk::with_bo();
    desk.told("key new bo2 --name Bo_Berg --no-passphrase");
    desk.told("editor add keys/bo2.request --role editor --same-name --by ada");
    desk.told("editor change bo --role admin --role editor --by ada");
    let log = desk.told("log 3");
    let line = "        Bo Berg (key <16>): roles admin and editor, before editor\n";
    assert!(log.contains(line) && !log.contains("now called"), "{log}");
    let log: serde_json::Value = serde_json::from_str(&desk.told("log 3 --format json")).unwrap();
    let roles = serde_json::json!(
        [{"field": "roles", "before": ["editor"], "after": ["admin", "editor"]}]
    );
    assert_eq!(log["events"][0]["changes"], roles);
    desk.told("editor change bo --name Bo_Bergman --by ada");
    let log: serde_json::Value = serde_json::from_str(&desk.told("log 4 --format json")).unwrap();
    let name = serde_json::json!([{"field": "name", "before": "Bo Berg", "after": "Bo Bergman"}]);
    assert_eq!(log["events"][0]["changes"], name);
}

/// A topic and a person are found however their name is typed.
#[test]
fn a_name_is_found_in_any_unicode_spelling() {
    let desk = Desk::founded();
    std::fs::write(desk.path("article.txt"), "Two met on Monday. They spoke.").unwrap();
    desk.told("document add article.txt --title A_note --lang en --by ada");
    let topics = r#"["Énergie","İstanbul","O’Brien","NATO‑Russia","energy policy"]"#;
    let fact = format!(
        r#"{{"claim":"Two met.","lang":"en","vouch":"said","document":1,"quote":"Two met","topics":{topics}}}"#
    );
    std::fs::write(desk.path("fact.jsonl"), fact).unwrap();
    assert_eq!(asks(&desk, "emile", "Émile O’Brien").0, 0);
    desk.told("editor add keys/emile.request --role editor --by ada");
    desk.told("append fact.jsonl --by emile");
    for index in [true, false] {
        if !index {
            std::fs::remove_dir_all(desk.path("ledger/index")).unwrap();
        }
        let typed = [
            "E\u{301}NERGIE",
            "istanbul",
            "ISTANBUL",
            "O'Brien",
            "nato-russia",
            "energy  policy",
            "y pol",
        ];
        for topic in typed {
            for (command, lines) in [("replay", 1), ("log", 1), ("find met", 1), ("blame 1", 2)] {
                let line = format!("{command} --format jsonl --topic");
                let done = desk.command(&line, &[]).arg(topic).output().unwrap();
                let out = String::from_utf8(done.stdout).unwrap();
                assert_eq!(out.lines().count(), lines, "{command} {topic}: {out}");
                assert!(command != "blame 1" || out.contains("\"facts\":[3]"), "{topic}: {out}");
            }
        }
        for name in ["e\u{301}mile", "ÉMILE O'BRIEN", "O'Brien"] {
            let done = desk.command("replay --format jsonl --by", &[]).arg(name).output().unwrap();
            let lines = String::from_utf8(done.stdout).unwrap();
            assert_eq!(lines.lines().count(), 1, "{name}: {lines}");
        }
    }
}

/// No line is longer than the width but the one that gives the head of the record.
#[test]
fn lines_with_long_names_are_wrapped() {
    let desk = Desk::founded();
    let name = "Bo_Berg_of_the_Newsroom_of_the_Northern_Edition_at_the_Desk_for_Foreign_Affairs";
    desk.told(&format!("key new bo --name {name} --for example.org/record --no-passphrase"));
    desk.told("editor add keys/bo.request --role editor --role admin --by ada");
    desk.told("ledger change --confirmations 2 --by bo");
    desk.told("editor revoke bo --reason lost --suspect-from 2 --statement Gone --by ada");
    for line in ["log", "editor list"] {
        let told = desk.told(line);
        let (first, shown) = (&name[..7].replace('_', " "), told.lines());
        assert!(told.contains(first.as_str()), "{line}: {told}");
        for text in shown.filter(|text| !text.starts_with("as of ")) {
            assert!(text.chars().count() <= 100, "{line}: {text}");
        }
    }
}
