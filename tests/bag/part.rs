//! A part of a record, imported: what it is called beside what was seen or signed later, and what
//! is made of it.

use crate::bag::folders::files;
use crate::bag::story::{Story, story};
use std::fs;

/// The first 10 of 14 events, imported beside the newsroom's own keys.
fn part_beside_the_keys() -> Story {
    let story = story();
    story.told("export --to bag --as-of 9");
    story.told("import bag --to part");
    story
}

/// The lines of a verdict after its table of checks, without the time that it took.
fn verdict(out: &str) -> Vec<&str> {
    let is_check = |line: &&str| !line.ends_with(" good") && !line.starts_with("acts ");
    let lines = out.lines().filter(is_check);
    lines.map(|line| line.split(", in 0.").next().unwrap_or(line)).collect()
}

/// What the log key signed later accuses no part of being a fork.
#[test]
fn a_part_is_older_than_the_log_keys_memory_by_its_own_account() {
    let story = part_beside_the_keys();
    let before = files(&story.folder.path().join("part"));
    let judged = story.run("verify part");
    let lines = verdict(&judged.out);
    let end = "could not tell: this part (10 of 14) is older than the log key's own memory, which \
               signed 14, by its own account";
    let memory = "memory: of size 14, later than this part; this is no evidence against the \
                  publisher";
    for expected in [memory, end] {
        assert!(lines.contains(&expected), "{expected}: {}", judged.out);
    }
    assert_eq!(judged.exit, 2, "{}", judged.out);
    for word in ["fork", "707", "pin,", "evidence file", "repair", "restore", "what to do"] {
        assert!(!judged.out.contains(word), "{word}: {}", judged.out);
    }
    let json = story.run("verify part --format json");
    let json: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!((&json["memory_later"], &json["exit"]), (&14.into(), &2.into()));
    let pinned = story.run("verify part --pin pin --init-pin");
    assert_eq!(pinned.exit, 2, "{}", pinned.out);
    assert!(!story.folder.path().join("pin").exists());
    assert_eq!(files(&story.folder.path().join("part")), before);
    // A memory of the same size is compared as ever.
    story.told("export --to whole");
    story.told("import whole --to whole-copy");
    assert_eq!(story.run("verify whole-copy").exit, 0);
}

/// Every answer about a part is given as if the log key's memory were not here.
#[test]
fn a_part_beside_the_keys_is_read_proved_and_repaired() {
    let story = part_beside_the_keys();
    let status = story.run("status --ledger part");
    assert_eq!(status.exit, 0, "{}", status.err);
    let marks = "marks         the log key signed 14 events, later than this part of 10\n";
    assert!(status.out.contains(marks), "{}", status.out);
    let json = story.run("status --ledger part --format json");
    let json: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(json["marks"], serde_json::json!({"later": 14}));
    let proved = story.run("prove 4 --ledger part -o proof");
    assert_eq!((proved.exit, proved.err.contains("warning")), (0, false), "{}", proved.err);
    let repaired = story.run("repair --ledger part");
    let found = "journal: whole, 10 events, at part/journal\n";
    assert!(repaired.out.starts_with(found), "{}{}", repaired.out, repaired.err);
    assert!(repaired.out.contains("store: built from the journal, 10 events\n"));
    assert_eq!(repaired.exit, 2, "{}", repaired.out);
}

/// The same of a ledger that lost its last events, and says nothing of a part: a fork.
#[test]
fn what_is_no_part_is_still_behind_the_log_key() {
    let story = part_beside_the_keys();
    fs::remove_file(story.folder.path().join("part/imported")).unwrap();
    let judged = story.run("verify part");
    assert_eq!(judged.exit, 4, "{}", judged.out);
    assert!(judged.out.contains("fork: rule 707 behind-mark"), "{}", judged.out);
    assert!(judged.out.contains("what to do: keep a copy of this record as it is"));
    assert!(!judged.out.contains("the pin saw"), "{}", judged.out);
}

/// The second implementation, by the same sentence of FORMAT.md.
#[test]
fn both_implementations_accuse_no_part() {
    let story = part_beside_the_keys();
    story.told("verify --pin pin --init-pin");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/reverify.py");
    for (beside, exit) in
        [(&["--marks", "keys/log.marks"][..], 2), (&["--pin", "pin"], 2), (&[], 0)]
    {
        let mut second = std::process::Command::new("python3");
        second.current_dir(story.folder.path()).arg(script).arg("part").args(beside);
        let judged = second.output().unwrap();
        let said = String::from_utf8_lossy(&judged.stdout);
        assert_eq!(judged.status.code(), Some(exit), "{beside:?}: {said}");
        assert!(said.contains("0 faults"), "{beside:?}: {said}");
    }
}

/// A publication says nowhere that it is a part, so none is made of one.
#[test]
fn a_part_is_not_published() {
    let story = part_beside_the_keys();
    let refused = story.run("publish pub --ledger part");
    let why = "annals: the ledger at part is a part of its record, the first 10 of 14 events, and \
               what is published does not say that of itself; nothing was published; annals \
               --ledger part export --to BAG hands it on as the part that it is\n";
    assert_eq!((refused.exit, refused.out.as_str(), refused.err.as_str()), (2, "", why));
    assert!(!story.folder.path().join("pub").exists());
    // What is exported of it is a part, and so is a part of that.
    story.told("export --ledger part --to again --unsigned");
    story.told("export --ledger part --to less --as-of 4 --unsigned");
    for (bag, part) in [("again", "this part (10 of 14)"), ("less", "this part (5 of 14)")] {
        let judged = story.run(&format!("verify {bag}"));
        assert!(judged.out.contains(&format!("yes: {part} is as signed")), "{}", judged.out);
    }
    assert_eq!(story.run("publish pub").exit, 0);
}

#[test]
fn a_tail_of_a_part_says_that_it_is_one() {
    let story = part_beside_the_keys();
    let shown = story.run("tail --ledger part --count 2");
    let note = "note: a part of a record: 10 of 14 events are here\n";
    assert!(shown.exit == 0 && shown.err.contains(note), "{}", shown.err);
    assert!(!story.run("tail --count 2").err.contains("a part"));
}

/// What came between the end of a part and a date is not in it.
#[test]
fn a_date_after_the_end_of_a_part_is_noted() {
    let story = part_beside_the_keys();
    let answer = story.run("replay --as-of 2042-01-01 --ledger part");
    let note = "note: this is a part, the first 10 of 14 events, and \"2042-01-01\" ends after its \
                last one: which of the others came before that is not known here\n";
    assert!(answer.err.contains(note), "{}", answer.err);
    let answer = story.run("replay --as-of 5 --ledger part");
    assert!(!answer.err.contains("this is a part"), "{}", answer.err);
    assert!(answer.out.contains("\nsince then, up to the end of this part, "), "{}", answer.out);
}

/// A position of the record that is not in the part came later.
#[test]
fn a_position_after_the_end_of_a_part_came_later() {
    let story = part_beside_the_keys();
    let later = |position: u64| {
        format!(
            "annals: this is a part, the first 10 of 14 events: expected one of them, found \
             {position}, which came later and is not in it\n"
        )
    };
    let lines = ["show 10", "log 10", "replay --as-of 10", "diff 3 10", "prove 10", "blame 10"];
    for line in lines {
        assert_eq!(refusal(&story, &format!("{line} --ledger part")), later(10), "{line}");
    }
    let refused = refusal(&story, "replay --document 13 --ledger part");
    assert_eq!(refused, later(13));
    let none = "annals: expected a position from 0 to 9, found 14\n";
    assert_eq!(refusal(&story, "show 14 --ledger part"), none);
    let hash = refusal(&story, "replay --as-of h:00000000 --ledger part");
    let end = "among 10 events; this is a part of a record of 14, and what came later is not in \
               it\n";
    assert!(hash.ends_with(end), "{hash}");
}

/// Who makes a proof of a part learns that the record has more.
#[test]
fn a_proof_of_a_part_is_called_that() {
    let story = part_beside_the_keys();
    let proved = story.run("prove 4 --ledger part -o one --format json");
    assert_eq!(proved.exit, 0, "{}", proved.err);
    let line = "fact 4 in the first 10 events, a part of a record of 14: ";
    assert!(proved.err.contains(line), "{}", proved.err);
    let json: serde_json::Value = serde_json::from_str(&proved.out).unwrap();
    assert_eq!((&json["size"], &json["part_of"]), (&10.into(), &14.into()));
    let proved = story.run("prove 4 -o two --format json");
    assert!(proved.err.contains("fact 4 in the record of size 14: "), "{}", proved.err);
    assert!(!proved.out.contains("part_of"), "{}", proved.out);
}

/// The error of a command, which ends with exit 2 and no verdict.
fn refusal(story: &Story, line: &str) -> String {
    let refused = story.run(line);
    assert_eq!((refused.exit, refused.out.as_str()), (2, ""), "{line}: {}", refused.err);
    refused.err
}

/// The data of a bag is called that, and never a broken record.
#[test]
fn what_is_inside_of_a_bag_is_named() {
    let story = part_beside_the_keys();
    let advice = "annals verify bag checks it, annals import bag --to LEDGER makes a ledger of it \
                  to read\n";
    for line in ["verify bag/data", "replay --ledger bag/data"] {
        let expected = format!(
            "annals: expected a ledger's folder at bag/data, found the data of the bag at bag: \
             {advice}"
        );
        assert_eq!(refusal(&story, line), expected, "{line}");
    }
    for inner in ["data/tile", "data/ledger/journal", "data/ledger/document"] {
        let expected = format!(
            "annals: expected a ledger's folder at bag/{inner}, found a folder inside of the bag \
             at bag: {advice}"
        );
        assert_eq!(refusal(&story, &format!("verify bag/{inner}")), expected);
    }
    let clone = format!(
        "annals: expected a published record at bag/data, found the data of the bag at bag: {advice}"
    );
    assert_eq!(refusal(&story, "clone bag/data x"), clone);
    // The ledger in it is the part that the bag is.
    let inner = story.run("verify bag/data/ledger");
    assert!(inner.out.contains("yes: this part (10 of 14) is as signed"), "{}", inner.out);
    let replayed = story.told("replay --ledger bag/data/ledger");
    assert!(replayed.contains("10 of 10 events, a part of a record of 14)"), "{replayed}");
    // Without the bag around it, the data says no more than that.
    fs::rename(story.folder.path().join("bag/data"), story.folder.path().join("data")).unwrap();
    let alone = "annals: expected a ledger's folder at data, found the data of a bag without the \
                 rest of it: the lists of its files and their signature are beside the folder data\n";
    assert_eq!(refusal(&story, "verify data"), alone);
}

/// A folder of a ledger, of a publication and of the keys is named with the one it is in.
#[test]
fn a_folder_inside_of_another_is_named_and_no_init_is_advised() {
    let story = part_beside_the_keys();
    assert_eq!(story.run("publish pub").exit, 0);
    story.told("repair");
    fs::create_dir_all(story.folder.path().join("keys/outbox")).unwrap();
    let found = |line: &str, place: &str| {
        let refused = refusal(&story, line);
        let before = format!("annals: expected a ledger's folder at {place}, found ");
        let kind = refused.strip_prefix(&before).map(|kind| kind.trim_end().to_owned());
        kind.unwrap_or_else(|| panic!("{line}: {refused}"))
    };
    for inner in ["journal", "document", "db", "index"] {
        let place = format!("ledger/{inner}");
        let expected = format!("the folder {inner} of the ledger at ledger: name that folder");
        assert_eq!(found(&format!("verify {place}"), &place), expected);
        assert_eq!(found(&format!("replay --ledger {place}"), &place), expected);
    }
    for inner in ["tile", "body", "tile/0"] {
        let place = format!("pub/{inner}");
        let first = inner.split('/').next().unwrap();
        let expected =
            format!("the folder {first} of the record published at pub: name that folder");
        assert_eq!(found(&format!("verify {place}"), &place), expected);
    }
    let keys = "the folder outbox of the keys at keys; a ledger is the folder that the journal \
                is in";
    assert_eq!(found("verify keys/outbox", "keys/outbox"), keys);
}

/// `clone` and `import` name what they were given, and the command that makes of it what they take.
#[test]
fn clone_and_import_name_a_ledger_and_a_bag() {
    let story = part_beside_the_keys();
    let bag = "a bag: annals verify bag checks it, annals import bag --to LEDGER makes a ledger of \
               it to read\n";
    let expected = format!("annals: expected a published record at bag, found {bag}");
    assert_eq!(refusal(&story, "clone bag x"), expected);
    let ledger = "a ledger: annals publish DIR --ledger ledger publishes it, annals export --to \
                  BAG --ledger ledger makes a bag of it\n";
    let expected = format!("annals: expected a published record at ledger, found {ledger}");
    assert_eq!(refusal(&story, "clone ledger x"), expected);
    let expected =
        format!("annals: expected a bag or a published record at ledger, found {ledger}");
    assert_eq!(refusal(&story, "import ledger --to x"), expected);
    assert_eq!(story.run("publish pub").exit, 0);
    let expected = "annals: expected a bag or a published record at pub/tile, found the folder \
                    tile of the record published at pub: name that folder\n";
    assert_eq!(refusal(&story, "import pub/tile --to x"), expected);
    assert!(!story.folder.path().join("x").exists());
}

/// The ledger in the bag of a part is a part too, also without the account of an import.
#[test]
fn a_bag_of_a_part_in_a_bag_is_a_part() {
    let story = part_beside_the_keys();
    for (from, to) in [("part", "one"), ("bag/data/ledger", "two")] {
        let made = story.run(&format!("export --ledger {from} --keys keys --to {to}"));
        assert_eq!(made.exit, 0, "{}{}", made.out, made.err);
        assert!(made.out.contains("10 of 14 events"), "{}", made.out);
        let judged = story.run(&format!("verify {to}"));
        assert!(judged.out.contains("yes: this part (10 of 14) is as signed"), "{}", judged.out);
    }
}

/// Whatever name or link leads to the ledger of a bag of a part.
#[test]
fn the_ledger_of_a_bag_is_a_part_behind_a_link() {
    let story = story();
    story.told("export --to bag --as-of 9");
    let folder = story.folder.path();
    std::os::unix::fs::symlink("bag/data/ledger", folder.join("link")).unwrap();
    for there in ["bag/data/ledger", "link"] {
        let judged = story.run(&format!("verify {there}"));
        let end = "this part (10 of 14) is ";
        assert!(judged.out.contains(end), "{there}: {}", judged.out);
        let status = story.run(&format!("status --format json --ledger {there}"));
        let status: serde_json::Value = serde_json::from_str(&status.out).unwrap();
        assert_eq!(status["part_of"], 14, "{there}: {status}");
        let published = story.run(&format!("publish {there}.www --ledger {there} --keys none"));
        assert!(published.err.contains("part"), "{there}: {}{}", published.out, published.err);
        assert_ne!(published.exit, 0, "{there}");
    }
}

/// No command puts a cosignature into a bag.
#[test]
fn for_the_cosignatures_of_a_bag_its_maker_is_asked() {
    let story = story();
    story.told("export --to bag");
    let json: serde_json::Value =
        serde_json::from_str(&story.told("verify bag --format json")).unwrap();
    let log = json["log_keys"][0]["verifier"].as_str().unwrap();
    let witness = story.run("witness new w1 --name w.example/w").out;
    let policy = format!("log {log}\nwitness w1 {}\nquorum w1\n", witness.trim());
    fs::write(story.folder.path().join("policy"), policy).unwrap();
    let judged = story.run("verify bag --policy policy");
    let advice = "what to do: ask who made the bag for one whose checkpoint has the cosignatures \
                  that the policy names: annals witness collect in the ledger, then annals export\n";
    assert!(judged.out.contains(advice), "{}{}", judged.out, judged.err);
    let here = story.run("verify --policy policy");
    let advice = "what to do: collect the cosignatures that the policy names with annals witness \
                  collect\n";
    assert!(here.out.contains(advice), "{}{}", here.out, here.err);
}

/// A whole bag of the day before has fewer events than the pin, and is nobody's forgery.
#[test]
fn a_bag_that_is_older_than_the_pin_is_not_called_another_record() {
    let story = story();
    story.told("export --to bag");
    let retract = "retract 9 --reason duplicate --statement twice --by ada --yes";
    let done = story.run_with(retract, &[("ANNALS_CLOCK", "2022-02-03T09:00:00Z")]);
    assert_eq!(done.exit, 0, "{}", done.err);
    story.told("verify --pin pin --init-pin");
    let judged = story.run("verify bag --pin pin");
    let advice = "what to do: keep the pin, the evidence file and a copy of this record as they \
                  are; a bag that is older than the pin has fewer events, which is no evidence \
                  against the publisher (Annals-Recorded in its bag-info.txt is the time of its \
                  last event): take a newer one, or ask who keeps the record for the one that the \
                  pin saw";
    let end = "no: events that were seen before are missing here";
    let lines = verdict(&judged.out);
    assert_eq!(judged.exit, 4, "{}", judged.out);
    assert!(lines.contains(&advice) && lines.contains(&end), "{}", judged.out);
}
