//! On a terminal: the conversation of `append`, the questions of `review` and of `correct`.

use crate::editor::story::{bare, desk, facts};
use crate::editor::talk::{BACK, CTRL_C, CTRL_D, talk, talk_at_a_shell, talk_of};

/// The question for a fact in a review of four.
fn keys(at: usize) -> String {
    let all = "c confirm, d dispute, e edit as correct, s skip, b back, q finish: ";
    format!("{at} of 4: {all}")
}

#[test]
fn what_a_page_says_of_itself_is_agreed_to_or_changed() {
    let desk = bare();
    std::fs::write(desk.path("page.html"), crate::capture::made::page()).unwrap();
    let mut talk = talk_of(&desk, "ada", "document|add|page.html");
    talk.asks("title of the document", "");
    talk.asks("language of the document", "");
    talk.asks("authors of the document (with ; between them)", "; Ben Bylined");
    talk.asks("publisher of the document", &BACK.repeat("Example News".len()));
    talk.asks("date of publication of the document", "");
    talk.sees("by Ann Author; Ben Bylined");
    talk.sees("made from document 3");
    talk.sees("sign as ada and write 2 events?");
    talk.types("y\r");
    talk.sees("written at 3 to 4 (2 events)");
    assert_eq!(talk.ends().1, 0);
    let about = &desk.json("show|4")["document"]["about"];
    assert_eq!(
        (&about["title"], &about["publisher"]),
        (&"They met".into(), &serde_json::Value::Null)
    );
    assert_eq!(about["published"]["edtf"], "2022-01-27");
}

#[test]
fn each_waiting_fact_takes_one_key_and_all_is_signed_at_the_end() {
    let desk = facts();
    let mut talk = talk_of(&desk, "bo", "review");
    talk.sees("Kommersant reports – “in short” – that ⟦two answers were given⟧.");
    talk.sees(&keys(1));
    talk.types("b");
    talk.sees("this is the first fact");
    talk.sees(&keys(1));
    talk.types("\u{1b}[A");
    talk.sees("expected one of these keys");
    talk.sees(&keys(1));
    // A cursor key whose bytes come apart, and a function key of a console.
    for key in ["\u{1b}", "[", "C", "\u{1b}", "O", "D", "\u{1b}", "[[", "C"] {
        std::thread::sleep(std::time::Duration::from_millis(50));
        talk.types(key);
        if ["C", "D"].contains(&key) {
            talk.sees("expected one of these keys");
            talk.sees(&keys(1));
        }
    }
    talk.types("c");
    talk.sees("⟦Sullivan met Grushko in Moscow⟧ on Wednesday.");
    talk.sees(&keys(2));
    talk.types("c");
    talk.sees(&keys(3));
    // Back, and another answer.
    talk.types("b");
    talk.sees("so far: fact.confirmed");
    talk.sees(&keys(2));
    talk.types("d");
    talk.asks("reason: ", "wrong-d");
    talk.asks("statement", "Wednesday was another day");
    talk.asks("the error is in the: ", "record");
    talk.sees(&keys(3));
    talk.types("e");
    talk.asks("claim (< goes back): ", &format!("{}three hours.", BACK.repeat("two hours.".len())));
    talk.asks("reason: ", "wrong-f");
    talk.asks("statement (what was wrong, in a sentence for readers): ", "it was three");
    talk.sees(&keys(4));
    talk.types("q");
    talk.sees("The talks lasted [-two-]{+three+} hours.");
    // Back from the last question to the fact that was asked about last.
    talk.asks("sign as bo and write 3 events? [y/N/b: back]", "b");
    talk.sees(&keys(4));
    talk.types("b");
    talk.sees("so far: fact.corrected");
    talk.sees(&keys(3));
    talk.types("q");
    talk.sees("The talks lasted [-two-]{+three+} hours.");
    talk.asks("sign as bo and write 3 events? [y/N/b: back]", "y");
    talk.sees("written at 8 to 10 (3 events)");
    assert_eq!(talk.ends().1, 0);
    assert_eq!(desk.fact(4)["status"], "confirmed");
    assert_eq!(desk.fact(6)["claim"], "The talks lasted three hours.");
    let dispute = &desk.fact(5)["disputes"][0];
    assert_eq!(
        (&dispute["reason"], &dispute["error_in"]),
        (&"wrong-date".into(), &"record".into())
    );
}

#[test]
fn nothing_chosen_is_nothing_written() {
    let desk = facts();
    let mut talk = talk_of(&desk, "bo", "review");
    talk.sees(&keys(1));
    talk.types("q");
    let (rest, exit) = talk.ends();
    assert!(rest.contains("nothing was written"), "{rest}");
    assert_eq!((exit, desk.size()), (0, 8));
    // What was chosen and not signed is kept.
    let mut talk = talk_of(&desk, "bo", "review");
    talk.sees(&keys(1));
    talk.types("c");
    talk.sees(&keys(2));
    talk.types("q");
    talk.asks("sign as bo and write 1 event?", "n");
    talk.sees("your drafts are kept in ");
    assert_eq!((talk.ends().1, desk.size()), (3, 8));
    let kept = std::fs::read_dir(desk.path("keys/drafts")).unwrap().next().unwrap().unwrap();
    desk.writes("bo", &format!("append|{}", kept.path().display()), "written at 8");
}

/// Ctrl-C at a key leaves the terminal as it was, and what was answered is kept.
#[test]
fn a_review_can_be_left_at_a_key() {
    let desk = facts();
    let mut talk = talk_at_a_shell(&desk, "review|--by|bo", 60);
    talk.sees("1 of 4");
    talk.sees("finish: ");
    talk.types("c");
    talk.sees("2 of 4");
    talk.sees("finish: ");
    talk.types(CTRL_C);
    talk.sees("your drafts are kept in ");
    talk.sees("exit 3");
    let screen = talk.screen(60);
    assert!(screen.contains("\n     4  asserted   Two answers were given.\n"), "{screen}");
    let (terminal, _) = talk.ends();
    let modes: Vec<&str> = terminal.split_whitespace().collect();
    for mode in ["echo", "isig", "icanon"] {
        assert!(modes.contains(&mode), "{mode}: {terminal}");
    }
    assert!(terminal.contains("min = 1"), "{terminal}");
}

#[test]
fn a_correction_asks_which_disputes_it_resolves() {
    let desk = facts();
    let dispute = "dispute|6|--reason|wrong-figure|--statement|it was three";
    desk.writes("bo", dispute, "written at 8");
    let line = "correct|6|--reason|wrong-figure|--statement|Bo is right";
    let mut talk = talk_of(&desk, "ada", line);
    talk.sees("claim");
    talk.types(&format!("{}three hours.\r", BACK.repeat("two hours.".len())));
    talk.sees("dispute 8: wrong-figure, error in the record: “it was three” (Bo Berg");
    talk.sees("does this correction resolve it?");
    talk.types("y\r");
    talk.sees("The talks lasted [-two-]{+three+} hours.");
    talk.sees("wrong-figure, error in the record, resolves dispute 8: “Bo is right”");
    talk.sees("sign as ada and write 1 event?");
    talk.types("y\r");
    talk.sees("written at 9");
    assert_eq!(talk.ends().1, 0);
    assert_eq!(desk.fact(6)["status"], "asserted");
}

#[test]
fn a_new_passphrase_is_typed_twice_and_never_shown() {
    let desk = desk();
    let new = "key|new|zoe|--name|Zoe|--for|example.org/record";
    let mut talk = talk_at_a_shell(&desk, new, 80);
    talk.asks("new passphrase of zoe: ", "");
    talk.sees("expected at least one character");
    talk.asks("new passphrase of zoe: ", "long words");
    talk.asks("once more: ", "other words");
    talk.sees("the two differ");
    talk.asks("new passphrase of zoe: ", "long wörds");
    talk.asks("once more: ", "long wörds");
    let shown = talk.sees("zoe.key: secret, encrypted");
    assert!(!shown.contains("long"), "{shown:?}");
    talk.sees("exit 0");
    // The question for it can be left.
    let open = "key|passphrase|zoe|--no-passphrase";
    let mut talk = talk_at_a_shell(&desk, open, 80);
    talk.sees("passphrase of zoe: ");
    talk.types(CTRL_D);
    talk.sees("nothing was written");
    talk.sees("exit 3");
    // The passphrase is the one that was typed.
    let mut talk = talk_at_a_shell(&desk, open, 80);
    talk.asks("passphrase of zoe: ", "long words");
    talk.asks("that was wrong; passphrase of zoe: ", "long wörds");
    let shown = talk.sees("zoe.key: not encrypted any more");
    assert!(!shown.contains("long"), "{shown:?}");
    talk.sees("exit 0");
}

#[test]
fn a_question_for_a_passphrase_can_be_left_and_the_terminal_is_as_before() {
    let desk = desk();
    for leaves in [CTRL_C, CTRL_D] {
        let new = "key|new|zoe|--name|Zoe|--for|example.org/record";
        let mut talk = talk_at_a_shell(&desk, new, 80);
        talk.sees("new passphrase of zoe: ");
        talk.types(leaves);
        talk.sees("nothing was written");
        talk.sees("exit 3");
        let (terminal, _) = talk.ends();
        let modes: Vec<&str> = terminal.split_whitespace().collect();
        for mode in ["echo", "isig", "icanon"] {
            assert!(modes.contains(&mode), "{mode}: {terminal}");
        }
        assert!(terminal.contains("eol = <undef>"), "{terminal}");
        assert!(!desk.path("keys/zoe.key").exists());
    }
}

#[test]
fn ctrl_c_leaves_a_list_and_nothing_is_lost() {
    let desk = facts();
    let mut talk = talk_of(&desk, "bo", "dispute|4");
    talk.sees("reason");
    talk.types(CTRL_C);
    talk.sees("nothing was written");
    assert_eq!((talk.ends().1, desk.size()), (3, 8));
    // What was chosen in a review up to then is kept.
    let mut talk = talk_of(&desk, "bo", "review");
    talk.sees(&keys(1));
    talk.types("c");
    talk.sees(&keys(2));
    talk.types("d");
    talk.sees("reason: ");
    talk.types(CTRL_C);
    talk.sees("your drafts are kept in ");
    assert_eq!((talk.ends().1, desk.size()), (3, 8));
}

/// Nobody waits while a person thinks, and what came in between does not matter by itself.
#[test]
fn others_write_while_a_question_is_open() {
    let desk = desk();
    let fact = "append|--quote|two hours|--claim|It took two hours.|--wait|0s";
    let mut talk = talk_of(&desk, "ada", fact);
    talk.sees("sign as ada and write 1 event?");
    let other = "append|--quote|Sullivan met|--claim|They met.|--wait|0s";
    desk.writes("bo", other, "written at 4");
    talk.types("y\r");
    talk.sees("written at 5");
    let (rest, exit) = talk.ends();
    assert_eq!(exit, 0, "{rest}");
    assert!(!rest.contains("not what was shown before"), "{rest}");
    assert_eq!(desk.fact(5)["claim"], "It took two hours.");
    // A document and a fact of it: the position that the fact names is another one too.
    std::fs::write(desk.path("second.txt"), "Nothing was signed that day.").unwrap();
    let lines = r#"{"type":"document.captured","file":"second.txt","title":"Second","lang":"en","ref":"d"}
{"claim":"Nothing was signed.","quote":"Nothing was signed","document":"d"}"#;
    std::fs::write(desk.path("both.jsonl"), lines).unwrap();
    let mut talk = talk_of(&desk, "ada", "append|both.jsonl");
    talk.sees("sign as ada and write 2 events?");
    desk.writes("bo", "append|--quote|Sullivan met|--claim|They met, I say.", "written at 6");
    talk.types("y\r");
    talk.sees("written at 7 to 8 (2 events)");
    assert_eq!(talk.ends().1, 0);
    assert_eq!(desk.fact(8)["evidence"][0]["document"], 7);
}

/// What was agreed to is another thing now: it is shown and asked about again.
#[test]
fn a_change_by_another_person_needs_a_new_confirmation() {
    let desk = facts();
    let mut talk = talk_of(&desk, "bo", "confirm|5|--how|reread");
    talk.sees("sign as bo and write 1 event?");
    let correct = "correct|5|--reason|entry-error|--statement|better|--claim|Sullivan met Grushko.";
    desk.writes("ada", correct, "written at 8");
    talk.types("y\r");
    talk.sees("note: the record went on, and this is not what was shown before");
    talk.sees("Sullivan met Grushko.");
    talk.sees("sign as bo and write 1 event?");
    // Nobody waits for this question either.
    desk.writes("cy", "confirm|4|--how|reread", "written at 9");
    talk.types("y\r");
    talk.sees("written at 10");
    assert_eq!(talk.ends().1, 0);
}

/// What is named is how the fact stood when it was shown, and a note that is new is shown too.
#[test]
fn what_came_between_is_named_as_it_was_shown() {
    let desk = facts();
    let mut talk = talk_of(&desk, "bo", "confirm|5|--how|reread");
    talk.sees("sign as bo and write 1 event?");
    desk.writes("cy", "dispute|5|--reason|wrong-date|--statement|the 25th", "written at 8");
    talk.types("y\r");
    talk.sees("this is not what was shown before: fact 5 is disputed, before asserted");
    talk.asks("sign as bo and write 1 event?", "n");
    assert_eq!(talk.ends().1, 3);
    let quote = "append|--quote|on Wednesday|--claim|";
    let mut talk = talk_of(&desk, "ada", &format!("{quote}It was on Wednesday."));
    talk.sees("sign as ada and write 1 event?");
    desk.writes("bo", &format!("{quote}It was not on Thursday."), "written at 9");
    talk.types("y\r");
    talk.sees("note: the record went on, and this is not what was shown before\r\n");
    talk.sees("quotes a passage that fact 9 quotes too, with another claim");
    talk.sees("sign as ada and write 1 event?");
    talk.types("y\r");
    talk.sees("written at 10");
    assert_eq!(talk.ends().1, 0);
}

#[test]
fn a_confirmation_waits_without_the_lock() {
    let desk = facts();
    let change = "ledger|change|--confirmations|2";
    let mut talk = talk_of(&desk, "ada", change);
    talk.sees("sign as ada and write this?");
    desk.writes(
        "bo",
        "dispute|5|--reason|wrong-date|--statement|the 25th|--wait|0s",
        "written at 8",
    );
    talk.types("y\r");
    talk.sees("written at 9");
    assert_eq!(talk.ends().1, 0);
    // What it changes is no more what was shown: nothing is written that was not agreed to.
    let mut talk = talk_of(&desk, "ada", "ledger|change|--confirmations|4");
    talk.sees("confirmations: 4, before 2");
    talk.sees("sign as ada and write this?");
    desk.writes("ada", "ledger|change|--confirmations|3", "written at 10");
    talk.types("y\r");
    talk.sees("confirmations: 4, before 3");
    talk.sees("sign as ada and write this?");
    talk.types("n\r");
    assert_eq!(talk.ends().1, 3);
    assert_eq!(desk.size(), 11);
}

/// What is refused, or not agreed to, is kept as a file of drafts; it goes when it is written.
#[test]
fn a_refused_correction_or_dispute_is_kept_until_it_is_written() {
    let desk = facts();
    let drafts = || {
        let listed = std::fs::read_dir(desk.path("keys/drafts")).into_iter().flatten();
        listed.map(|found| found.unwrap().path()).collect::<Vec<_>>()
    };
    let dispute = "dispute|5|--reason|wrong-date|--statement|It was a Thursday.|--quote|no such";
    let mut talk = talk_of(&desk, "bo", dispute);
    talk.sees("your drafts are kept in ");
    talk.sees("quote: in document 3");
    assert_eq!(talk.ends().1, 1);
    let correct = "correct|6|--reason|entry-error|--statement|better|--claim|They took two hours.";
    let mut talk = talk_of(&desk, "ada", correct);
    talk.sees("sign as ada and write 1 event?");
    talk.types("n\r");
    talk.sees("your drafts are kept in ");
    assert_eq!(talk.ends().1, 3);
    let kept = drafts();
    assert_eq!(kept.len(), 2);
    let texts = kept.iter().map(|path| std::fs::read_to_string(path).unwrap());
    let texts: Vec<String> = texts.collect();
    assert!(texts.iter().any(|text| text.contains("It was a Thursday.")), "{texts:?}");
    let right = texts.iter().position(|text| text.contains("They took two hours.")).unwrap();
    let line = format!("append|{}", kept[right].display());
    desk.writes("ada", &format!("{line}|--yes"), "written at 8");
    assert_eq!(drafts().len(), 1, "what was written goes");
    assert_eq!(desk.fact(6)["claim"], "They took two hours.");
}

/// Of many events each is shown with the words that it quotes, and whose they are.
#[test]
fn the_preview_of_a_batch_shows_quotations_and_attributions() {
    let desk = desk();
    let lines: String = ["two hours", "core question", "two answers", "in Moscow"]
        .iter()
        .map(|quote| {
            format!(
                "{{\"claim\":\"About {quote}.\",\"quote\":\"{quote}\",\"attribution\":\
                 [{{\"agent\":\"Kommersant\",\"agent_type\":\"organization\"}}]}}\n"
            )
        })
        .collect();
    std::fs::write(desk.path("four.jsonl"), lines).unwrap();
    let shown = desk.run("ada", "append|four.jsonl|--dry-run");
    assert_eq!(shown.exit, 0, "{shown:?}");
    for quote in ["two hours", "core question", "two answers", "in Moscow"] {
        assert!(shown.err.contains(&format!("document 3: “{quote}”")), "{shown:?}");
    }
    assert_eq!(shown.err.matches("according to Kommersant").count(), 4, "{shown:?}");
}

/// Whoever confirms or disputes sees the fact, and what will be signed of it, before the question.
#[test]
fn a_fact_is_shown_before_it_is_confirmed_or_disputed() {
    let desk = facts();
    for (line, signed) in [
        ("confirm|4|--how|reread", "fact.confirmed 4|“Two answers were given.”|reread"),
        (
            "dispute|4|--reason|wrong-date|--statement|it was Tuesday",
            "fact.disputed 4|“Two answers were given.”|wrong-date, error in the record: “it was \
             Tuesday”",
        ),
    ] {
        let mut talk = talk_of(&desk, "bo", line);
        for text in [
            "fact 4: asserted",
            "“Two answers were given.”",
            "document 3 supports",
            "Kommersant reports – “in short” – that ⟦two answers were given⟧.",
            "according to: Kommersant reports that …",
            "when: the document does not say",
            "— Ada Example, 2022-01-27 08:02Z",
        ] {
            talk.sees(text);
        }
        signed.split('|').for_each(|text| drop(talk.sees(text)));
        talk.sees("sign as bo and write 1 event? [y/N] ");
        talk.types("n\r");
        talk.sees("nothing was written");
        assert_eq!((talk.ends().1, desk.size()), (3, 8), "{line}");
    }
}

/// A slip in the drafts goes back to the editor, or is left with its exit code, and kept.
#[test]
fn a_slip_goes_back_to_the_editor() {
    let desk = desk();
    let script = "#!/bin/sh\nif grep -q 'two ours' \"$1\"; then new=hours; else new=ours; fi\n\
                  sed -i -e \"s/^quote = .*/quote = \\\"two $new\\\"/\" \
                  -e 's/^claim = .*/claim = \"Two hours.\"/' \"$1\"\n";
    std::fs::write(desk.path("editor.sh"), script).unwrap();
    let edit = |answer: &str| {
        let mut command = desk.command("ada", "append|--edit");
        command.env("VISUAL", format!("sh {}", desk.path("editor.sh").display()));
        let mut talk = talk(command);
        talk.sees("line 8: quote: in document 3: ");
        talk.asks("back to the editor? [y/N]", answer);
        talk
    };
    let mut left = edit("n");
    left.sees("your drafts are kept in ");
    assert_eq!((left.ends().1, desk.size()), (1, 4));
    let mut mended = edit("y");
    mended.asks("sign as ada and write 1 event? [y/N]", "y");
    mended.sees("written at 4");
    assert_eq!(mended.ends().1, 0);
}

/// The receipt of what a person signed is for the program that asked them.
#[test]
fn a_review_on_the_terminal_has_a_receipt_for_a_program() {
    let desk = facts();
    let mut talk = talk_of(&desk, "bo", "review|--ask|--format|json");
    talk.sees(&keys(1));
    talk.types("c");
    talk.sees(&keys(2));
    talk.types("s");
    talk.sees(&keys(3));
    talk.types("c");
    talk.sees(&keys(4));
    talk.types("q");
    talk.sees("sign as bo and write 2 events?");
    talk.types("y\r");
    talk.sees("{\"status\":\"written\",\"position\":8,\"count\":2,\"head\":\"");
    let parts = "\"parts\":[{\"position\":8,\"status\":\"written\",\"type\":\"fact.confirmed\",\
                 \"fact\":4,\"revision\":4},{\"position\":9,\"status\":\"written\",\"type\":\
                 \"fact.confirmed\",\"fact\":6,\"revision\":6}]}";
    talk.sees(parts);
    assert_eq!(talk.ends().1, 0);
    // Nothing chosen, nothing written.
    let mut talk = talk_of(&desk, "bo", "review|--ask|--format|json");
    talk.sees("1 of 2: c confirm");
    talk.types("q");
    talk.sees("{\"status\":\"nothing\",\"count\":0}");
    assert_eq!(talk.ends().1, 0);
    assert_eq!(desk.size(), 10);
}

/// Nothing is typed for a record that its database keeps.
#[test]
fn nothing_is_asked_for_in_the_copy_of_a_database() {
    let desk = facts();
    let mark = "annals home v1\nplace postgres://db.example/news\n";
    std::fs::write(desk.path("ledger/home"), mark).unwrap();
    let lines =
        ["append", "confirm|5", "dispute|5", "retract|5", "correct|5", "relate|5|contradicts|6"];
    for line in lines.into_iter().chain(["document|describe|2", "document|add|page.html"]) {
        let mut talk = talk_of(&desk, "ada", line);
        talk.sees("annals: the record at ");
        let (rest, code) = talk.ends();
        let why = "is kept in the database at postgres://db.example/news";
        let rest = rest.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(code == 2 && rest.contains(why), "{line}: {rest}");
    }
}
