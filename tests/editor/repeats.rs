//! Facts that are entered again: refused with the position of the fact, unless allowed.

use crate::editor::story::{Answer, Desk, facts};

const SAME: &str = "the same passage and the same claim are fact 5 already";

fn draft(claim: &str, quote: &str) -> String {
    format!("{{\"claim\":\"{claim}\",\"quote\":\"{quote}\"}}\n")
}

fn append(desk: &Desk, by: &str, text: &str, options: &str) -> Answer {
    std::fs::write(desk.path("again.jsonl"), text).unwrap();
    desk.run(by, &format!("append|again.jsonl{options}"))
}

fn expect_refused(desk: &Desk, by: &str, text: &str, why: &str) {
    let before = desk.size();
    let answer = append(desk, by, text, "");
    assert_eq!((answer.exit, &*answer.out), (1, ""), "{answer:?}");
    assert!(answer.err.contains(why), "{answer:?}");
    assert_eq!(desk.size(), before);
    let trial = append(desk, by, text, "|--dry-run");
    assert!(trial.exit == 1 && trial.err.contains(why), "{trial:?}");
}

#[test]
fn the_same_fact_is_refused_with_its_number() {
    let desk = facts();
    let claim = "Sullivan met Grushko in Moscow.";
    let quote = "Sullivan met Grushko in Moscow";
    // One of a batch alone, with other options; a colleague's; other letters and spaces; a longer
    // passage around the same words.
    expect_refused(&desk, "ada", &draft(claim, quote), SAME);
    expect_refused(&desk, "bo", &draft(claim, quote), SAME);
    expect_refused(&desk, "bo", &draft("SULLIVAN met  Grushko in moscow.", quote), SAME);
    expect_refused(&desk, "bo", &draft(claim, "met Grushko"), SAME);
    let by_options = format!("append|--quote|{quote}|--claim|{claim}");
    let answer = desk.run("bo", &by_options);
    assert!(answer.exit == 1 && answer.err.contains(SAME), "{answer:?}");
    desk.writes("bo", &format!("{by_options}|--again"), "written at 8");
}

#[test]
fn the_same_draft_twice_in_one_file_is_refused() {
    let desk = facts();
    let new = draft("They talked.", "two hours");
    let why = "  line 2: the same passage and the same claim are in an earlier draft of this input";
    expect_refused(&desk, "ada", &format!("{new}{new}"), why);
    let other = draft("THEY TALKED.", "two hours");
    expect_refused(&desk, "ada", &format!("{new}{other}"), why);
    // Among so many drafts that they are signed on another thread.
    let many: String = (0..60).map(|n| draft(&format!("Claim {n}."), "two hours")).collect();
    let twice = format!("{many}{}", draft("Claim 7.", "lasted two hours"));
    expect_refused(&desk, "ada", &twice, &why.replace("line 2", "line 61"));
    let answer = append(&desk, "ada", &format!("{new}{new}"), "|--again");
    assert!(answer.out.starts_with("written at 8 to 9 (2 events)\n"), "{answer:?}");
}

#[test]
fn another_claim_for_the_same_passage_is_noted() {
    let desk = facts();
    let answer =
        append(&desk, "bo", &draft("There was a meeting.", "Sullivan met Grushko in Moscow"), "");
    assert!(answer.out.starts_with("written at 8\n"), "{answer:?}");
    let told = "note: “There was a meeting.” quotes a passage that fact 5 quotes too, with another";
    assert!(answer.err.contains(told), "{answer:?}");
    // A corrected fact counts by its present words.
    let correct = "correct|8|--reason|entry-error|--statement|better|--claim|They met.";
    desk.writes("bo", correct, "written at 9");
    let again = append(&desk, "ada", &draft("They met.", "Sullivan met Grushko in Moscow"), "");
    assert!(again.err.contains("are fact 8 already"), "{again:?}");
    // A retracted fact may be entered again, with a note.
    desk.writes("bo", "retract|8|--reason|entry-error|--statement|no", "written at 10");
    let again = append(&desk, "ada", &draft("They met.", "Sullivan met Grushko in Moscow"), "");
    assert!(again.out.starts_with("written at 11\n"), "{again:?}");
    assert!(again.err.contains("are fact 8, which is retracted"), "{again:?}");
}
