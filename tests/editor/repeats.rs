//! Facts that are entered again: refused with the position of the fact, unless allowed.

use crate::editor::story::{Answer, Desk, bare, facts};

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

/// A correction makes one of two facts: entered anew, it would be refused.
#[test]
fn a_correction_to_the_words_of_another_fact_is_refused() {
    let desk = facts();
    let fact = |claim: &str| format!("append|--quote|met Grushko in Moscow|--claim|{claim}");
    desk.writes("ada", &fact("Sullivan never met Grushko in Moscow."), "written at 8");
    let correct = "correct|8|--reason|entry-error|--statement|a slip|--claim|";
    let same = format!("{correct}Sullivan met Grushko in Moscow.");
    let why = "annals: one draft is refused; nothing was written\n  the same passage and the same \
               claim are fact 5 already, asserted; annals retract 8 --reason duplicate takes this \
               one back; --again corrects it all the same\n";
    desk.refuses("ada", &same, (1, why));
    // To its own words in other letters there is no other fact.
    desk.writes("ada", &format!("{correct}Sullivan NEVER met Grushko in Moscow!"), "written at 9");
    desk.writes("ada", &format!("{same}|--again"), "written at 10");
}

/// The headline and the lead say the same.
#[test]
fn the_same_claim_of_another_passage_is_noted() {
    let desk = facts();
    let claim = "Sullivan met Grushko in Moscow";
    expect_refused(&desk, "bo", &draft(claim, "Sullivan met Grushko in Moscow"), SAME);
    let answer = append(&desk, "bo", &draft(claim, "two hours"), "");
    assert_eq!(answer.exit, 0, "{answer:?}");
    let note = "note: the same claim is fact 5 too, of another passage of document 3\n";
    assert!(answer.err.contains(note), "{answer:?}");
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

/// A part of the facts that quote a passage is not told as all of them.
#[test]
fn where_more_facts_quote_a_passage_than_are_named_that_is_noted() {
    let desk = facts();
    let quote = "Sullivan met Grushko in Moscow";
    let many: String = (0..15).map(|n| draft(&format!("They met, {n}."), quote)).collect();
    append(&desk, "bo", &many, "");
    let told = "note: more facts quote this passage than are named here: annals blame 3 lists them";
    let named = "quotes a passage that fact ";
    for (claim, first) in [("They met, at noon.", false), ("They met, at one.", true)] {
        for options in ["|--dry-run", "|--dry-run|--verify-first", ""] {
            let answer = append(&desk, "ada", &draft(claim, quote), options);
            let shown = answer.err.split_whitespace().collect::<Vec<_>>().join(" ");
            assert_eq!(shown.matches(named).count(), 16, "{options}: {answer:?}");
            assert_eq!(shown.contains(told), first, "{options}: {answer:?}");
        }
    }
}

/// The revisions of one fact are one fact.
#[test]
fn a_fact_that_was_corrected_often_is_named_once() {
    let desk = facts();
    let quote = "Sullivan met Grushko in Moscow";
    append(&desk, "bo", &draft("They met, 0.", quote), "");
    for n in 1..18 {
        let correct = format!(
            "correct|8|--reason|wrong-figure|--statement|better|--claim|They met, {n}.|--yes"
        );
        assert_eq!(desk.run("bo", &correct).exit, 0);
    }
    let answer = append(&desk, "ada", &draft("Both met.", quote), "|--dry-run");
    let shown = answer.err.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(shown.contains("quotes a passage that fact 8 quotes too"), "{answer:?}");
    assert!(!shown.contains("more facts quote this passage"), "{answer:?}");
}

/// An old file is entered after a colleague corrected what it gave.
#[test]
fn words_that_were_corrected_away_are_refused() {
    let desk = facts();
    let quote = "Sullivan met Grushko in Moscow";
    desk.writes("ada", &format!("append|--quote|{quote}|--claim|Six met."), "written at 8");
    let correct = "correct|8|--reason|wrong-figure|--statement|two|--claim|Two met.";
    desk.writes("ada", correct, "written at 9");
    let why = "the same passage and the same claim were those of fact 8 until event 9 corrected \
               them (wrong-figure); it has other words now, asserted: “Two met.”; --again enters \
               them once more";
    expect_refused(&desk, "bo", &draft("Six met.", quote), why);
    // With the old words again, the fact is found by its present ones.
    desk.writes("ada", &correct.replace("Two", "Six"), "written at 10");
    let why = "the same passage and the same claim are fact 8 already";
    expect_refused(&desk, "bo", &draft("Six met.", quote), why);
    desk.writes("ada", "retract|8|--reason|entry-error|--statement|no", "written at 11");
    let answer = append(&desk, "bo", &draft("Two met.", quote), "");
    assert!(answer.out.starts_with("written at 12\n"), "{answer:?}");
}

/// Keyboards and newsroom systems have other marks.
#[test]
fn the_same_claim_with_other_marks_is_the_same() {
    let desk = facts();
    let quote = "Sullivan met Grushko in Moscow";
    let claim = "Sullivan's word was “a body blow” – it's so.";
    desk.writes("ada", &format!("append|--quote|{quote}|--claim|{claim}"), "written at 8");
    let other = "Sullivan’s word was \\\"a\u{A0}body blow\\\" - it’s so.";
    let why = "the same passage and the same claim are fact 8 already";
    expect_refused(&desk, "bo", &draft(other, quote), why);
}

#[test]
fn the_same_fact_of_another_text_of_the_page_is_refused() {
    let desk = bare();
    let page = "<!DOCTYPE html><html lang=\"en\"><head><title>They met</title></head><body>\
        <nav>Menu of the site</nav><article><h1>They met</h1><p>They met in Rome on Wednesday and \
        talked about the budget for hours, as the ministry said later.</p><p>They left on Friday, \
        the ministry said, without an agreement on the budget of the union.</p></article>\
        <footer>Contact us here</footer></body></html>";
    std::fs::write(desk.path("p.html"), page).unwrap();
    assert_eq!(desk.run("ada", "document|add|p.html").exit, 0);
    let answer = desk.run("ada", "document|add|p.html|--text|page");
    assert_eq!(answer.out.lines().next(), Some("written at 5"), "{answer:?}");
    let fact = |document: u64| {
        format!("append|--document|{document}|--quote|They met in Rome|--claim|They met in Rome.")
    };
    desk.writes("ada", &fact(4), "written at 6");
    let told = "annals: one draft is refused; nothing was written\n  the same words and the same \
                claim are fact 6 already, asserted, of document 4, another text of the same page; \
                another person confirms it with annals confirm 6; --again enters it once more\n";
    let answer = desk.run("bo", &fact(5));
    assert_eq!((answer.exit, answer.err.as_str()), (1, told));
    // Another claim of the same words is another fact.
    let other = fact(5).replace("--claim|They met in Rome.", "--claim|They met there.");
    assert_eq!(desk.run("bo", &format!("{other}|--dry-run")).exit, 0);
    desk.writes("bo", &format!("{}|--again", fact(5)), "written at 7");
    // In one input, and of a page that was captured anew.
    let draft = |document: u64| {
        format!(
            "{{\"claim\":\"It was on Wednesday.\",\"document\":{document},\"quote\":\"on Wednesday\"}}\n"
        )
    };
    let why = "line 2: the same words and the same claim are in an earlier draft of this input, of \
               document 4, another text of the same page";
    expect_refused(&desk, "ada", &format!("{}{}", draft(4), draft(5)), why);
    std::fs::write(desk.path("q.html"), page.replace("Contact us", "Write to us")).unwrap();
    let answer = desk.run("ada", "document|add|q.html|--text|page");
    assert_eq!(answer.out.lines().next(), Some("written at 8 to 9 (2 events)"), "{answer:?}");
    let answer = desk.run("bo", &format!("{}|--dry-run", fact(9)));
    let note = "note: the same words and the same claim are fact 6 too, of document 4\n\
                note: the same words and the same claim are fact 7 too, of document 5\n";
    assert!(answer.exit == 0 && answer.err.starts_with(note), "{answer:?}");
}

/// A name with other apostrophes or quotation marks is the person that the record has.
#[test]
fn an_agent_with_other_marks_is_the_one_of_the_record() {
    let desk = facts();
    let line = "append|--quote|two hours|--claim|Two hours.|--according-to|Ann O'Dea";
    desk.writes("ada", &format!("{line}|--agent-type|person|--role|envoy"), "written at 8");
    desk.writes("bo", "append|--quote|The talks|--claim|They met.|--according-to|Ann O’Dea", {
        "written at 9"
    });
    let drafts = "{\"claim\":\"They talked.\",\"quote\":\"talks lasted\",\"according_to\":\"Ann \
                  O’Dea\",\"agent_type\":\"person\"}\n{\"claim\":\"So it was.\",\"quote\":\"talks \
                  lasted two\",\"according_to\":\"The “Post”\",\"agent_type\":\"organization\"}\n\
                  {\"claim\":\"It lasted.\",\"quote\":\"lasted two\",\"according_to\":\"The \
                  \\\"Post\\\"\"}\n";
    let answer = append(&desk, "bo", drafts, "|--yes");
    assert_eq!(answer.exit, 0, "{answer:?}");
    let agent = |fact: u64| desk.fact(fact)["attribution"][0]["agent"].clone();
    assert_eq!([8, 9, 10].map(agent), ["Ann O'Dea"; 3]);
    assert_eq!(desk.fact(9)["attribution"][0]["role"], "envoy");
    assert_eq!([11, 12].map(agent), ["The “Post”"; 2]);
}
