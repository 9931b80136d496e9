//! What is said of words in the journal that are not the ones that were signed: by every command
//! that meets them.

use crate::people::desk::Desk;

/// 0 opened, 1 Bo; Ada: 2 document; Bo: 3 fact, 4 its correction.
fn corrected() -> Desk {
    let desk = Desk::with_bo();
    std::fs::write(desk.path("note.txt"), "The talks lasted 3 hours.").unwrap();
    desk.told("document add note.txt --title T --lang en --by ada");
    desk.told("append --quote The_talks_lasted --claim The_talks_lasted_three. --by bo");
    let words = "--statement As_printed. --claim The_talks_lasted.";
    desk.told(&format!("correct 3 --reason more-precise {words} --by bo"));
    desk
}

/// Changes words in the journal.
fn damage(desk: &Desk, from: &str, to: &str) {
    let path = desk.path("ledger/journal/00000000000000000000.log");
    let journal = std::fs::read_to_string(&path).unwrap();
    assert!(journal.contains(from), "{from}");
    std::fs::write(path, journal.replace(from, to)).unwrap();
}

const ONE: &str =
    "warning: 1 body text not as signed and not shown; annals verify lists all faults\n";

#[test]
fn every_command_that_reads_a_damaged_claim_warns() {
    let desk = corrected();
    damage(&desk, "As printed.", "As written.");
    for line in ["show 3", "replay", "log 3", "log", "log --format json", "find talks", "blame 2"] {
        let answer = desk.run(line);
        assert_eq!((answer.exit, answer.err.contains(ONE)), (1, true), "{line}: {}", answer.err);
        assert!(!answer.err.contains("withheld"), "{line}: {}", answer.err);
    }
    let find = desk.run("find talks").err;
    assert!(find.contains("note: 1 fact could not be matched: its words are not as signed\n"));
    let blame = desk.run("blame 2").err;
    assert!(blame.contains("note: 1 fact may quote it too: the words are not as signed\n"));
    let diff = desk.run("diff 3 4");
    assert_eq!(diff.exit, 1);
    assert!(!diff.out.contains("none"), "{}", diff.out);
}

#[test]
fn every_command_that_names_a_person_warns_of_a_damaged_name() {
    let desk = corrected();
    damage(&desk, "Bo Berg", "Bo Borg");
    for line in ["editor list", "replay", "log", "show 1", "show 3", "find talks", "blame 2"] {
        let answer = desk.run(line);
        assert_eq!((answer.exit, answer.err.contains(ONE)), (1, true), "{line}: {}", answer.err);
        assert!(!answer.out.contains("Bo Borg"), "{line}: {}", answer.out);
    }
}

/// What is new since a pin rests on a document that was verified before.
#[test]
fn a_document_that_new_events_quote_is_read_again() {
    let desk = corrected();
    desk.told("verify --pin my.pin --init-pin");
    desk.told("append --quote 3_hours --claim Three_hours. --by ada");
    let whole = desk.run("verify --pin my.pin --only-new");
    assert_eq!(whole.exit, 0, "{}", whole.out);
    let listed = "signatures, bodies, documents and quotations of the first 5 events";
    assert!(whole.out.contains(listed), "{}", whole.out);
    let document = std::fs::read_dir(desk.path("ledger/document")).unwrap().next().unwrap();
    let document = document.unwrap().path();
    for (bytes, rule, bytes_are) in [
        (Some("The talks lasted 9 hours."), "606", "damaged in this copy: those that are there"),
        (None, "605", "not in this copy"),
    ] {
        match bytes {
            Some(bytes) => std::fs::write(&document, bytes).unwrap(),
            None => std::fs::remove_file(&document).unwrap(),
        }
        for line in ["verify --pin my.pin --only-new", "verify --pin my.pin"] {
            let verdict = desk.run(line);
            assert_ne!(verdict.exit, 0, "{line}: {}", verdict.out);
            assert!(verdict.out.contains(rule), "{line}: {}", verdict.out);
            assert!(!verdict.out.contains("withheld by events\n"), "{line}: {}", verdict.out);
        }
        assert!(desk.run("show 2").out.contains(bytes_are), "{}", desk.run("show 2").out);
    }
}

/// A repair verifies as the command does: also what is beside the record, and by the policy.
#[test]
fn a_repair_has_the_verdict_of_verify_after_it() {
    let verdict = |desk: &Desk, line: &str| {
        let answer = desk.run(&format!("{line} --format json"));
        let told: serde_json::Value = serde_json::from_str(&answer.out).unwrap();
        (answer.exit, told["verdict"].clone(), told["faults"].clone())
    };
    for file in ["ledger/imported", "ledger/checkpoints", "ledger/home"] {
        let desk = corrected();
        std::fs::write(desk.path(file), "junk\n").unwrap();
        let (repaired, verified) = (verdict(&desk, "repair"), verdict(&desk, "verify"));
        assert_eq!(repaired, verified, "{file}");
        assert_eq!(repaired.0, 2, "{file}: {repaired:?}");
    }
    let desk = corrected();
    let made = desk.told("witness new w --name one.example/w");
    desk.told(&format!("witness add one {} http://127.0.0.1:9/", made.trim()));
    let (repaired, verified) = (verdict(&desk, "repair"), verdict(&desk, "verify"));
    assert_eq!(repaired, verified);
    assert_eq!(repaired.0, 5, "{repaired:?}");
}
