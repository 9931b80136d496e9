//! Every act submitted again, as after a lost receipt: the answer is the receipt of the first one,
//! or what happened to it. It is never silently recorded twice.

use crate::editor::story::{Desk, facts};

/// An act, its signer, and its position: then the same act again.
const ACTS: &[(&str, &str, u64)] = &[
    ("bo", "confirm|4|--how|reread", 8),
    ("bo", "dispute|6|--reason|wrong-figure|--statement|it was three", 9),
    ("cy", "uphold|9|--statement|the recording says two", 10),
    ("bo", "correct|5|--reason|wrong-date|--statement|the 25th|--when|2022-01-25", 11),
    ("bo", "correct|5|--reason|entry-error|--statement|whole|--quote|Sullivan met Grushko", 12),
    ("bo", "retract|6|--reason|unverifiable|--statement|nobody can say", 13),
    ("cy", "reinstate|6|--statement|a witness can", 14),
    ("bo", "retract|7|--reason|unverifiable|--statement|nobody can say", 15),
    ("cy", "reinstate|15|--statement|by its number", 16),
    ("bo", "relate|7|contradicts|4|--statement|not both", 17),
    ("ada", "relate|--withdraw|17|--statement|both can be", 18),
    ("ada", "document|describe|3|--title|Another title|--statement|renamed", 19),
    ("ada", "editor|change|bo|--role|admin|--role|editor", 20),
    ("ada", "editor|change|bo|--name|Bo Bergman", 21),
    ("ada", "ledger|change|--title|Another|--licence|CC0-1.0", 22),
    ("ada", "ledger|change|--confirmations|2|--corrections-policy|By new events.", 23),
    ("ada", "ledger|rekey|--reason|rotated|--statement|a year has passed", 24),
    ("ada", "editor|revoke|cy|--reason|left|--statement|Cy has left us", 25),
    ("ada", "editor|revoke|cy|--reason|lost|--suspect-from|18|--statement|it was stolen", 26),
    ("bo", "editor|revoke|bo|--reason|lost|--statement|my own end", 27),
    ("ada", "editor|add|--local|dee|--name|Dee|--role|editor|--no-passphrase", 28),
];

#[test]
fn a_repeated_act_with_the_same_statement_is_recorded_already() {
    let desk = facts();
    for (by, line, position) in ACTS {
        desk.writes(by, line, &format!("written at {position}"));
        desk.writes(by, line, &format!("already at {position}"));
        assert_eq!(desk.size(), position + 1, "{line}");
    }
    // The only key here that may sign: no option needs to name it, and it does not sign again.
    std::fs::remove_file(desk.path("keys/bo.key")).unwrap();
    std::fs::remove_file(desk.path("keys/cy.key")).unwrap();
    let change = "ledger|change|--confirmations|2|--corrections-policy|By new events.";
    desk.writes("", change, "already at 23");
}

/// An hour and a half after the last command: the clock of a desk ran ahead, and was set back.
fn retimed(desk: &Desk, clock: &str, line: &str) -> (i32, String, String) {
    let mut command = desk.command("ada", line);
    let answer = crate::editor::story::answer(command.env("ANNALS_CLOCK", clock));
    (answer.exit, answer.out.lines().next().unwrap_or_default().to_owned(), answer.err)
}

#[test]
fn a_clock_that_was_mended_is_not_mended_again() {
    let desk = facts();
    let retime = "ledger|retime|--statement|the clock was a day ahead";
    let ahead = retimed(&desk, "2022-01-28T08:00:00Z", "ledger|change|--title|Ahead");
    assert_eq!((ahead.0, ahead.1.as_str()), (0, "written at 8"));
    let mended = retimed(&desk, "2022-01-27T10:00:00Z", retime);
    assert_eq!((mended.0, mended.1.as_str()), (0, "written at 9"));
    let again = retimed(&desk, "2022-01-27T10:01:00Z", retime);
    assert_eq!(again, (0, "already at 9".to_owned(), String::new()));
    // With another statement there is nothing left to correct; if the clock ran ahead again, there
    // is.
    let other = retimed(&desk, "2022-01-27T10:02:00Z", "ledger|retime|--statement|once more");
    assert_eq!((other.0, other.2.contains("there is nothing to mend")), (2, true), "{}", other.2);
    retimed(&desk, "2022-01-28T08:00:00Z", "ledger|change|--title|Ahead again");
    let mended = retimed(&desk, "2022-01-27T10:03:00Z", retime);
    assert_eq!((mended.0, mended.1.as_str()), (0, "written at 11"));
}

#[test]
fn who_did_not_say_it_hears_that_nothing_would_change() {
    let desk = facts();
    desk.writes("ada", "editor|change|bo|--role|admin|--role|editor", "written at 8");
    desk.refuses(
        "bo",
        "editor|change|bo|--role|admin|--role|editor",
        (
            2,
            "annals: Bo Berg (key 8139770ea87d175f) is admin and editor already; say what changes \
         with --role or --name\n",
        ),
    );
}

/// The act, the act that overtook it, and how the first one stands then.
const OVERTAKEN: &[([(&str, &str); 2], &str)] = &[
    (
        [("bo", "relate|7|supports|5"), ("cy", "relate|--withdraw|8|--statement|it does not")],
        "event 8 is a relation that was withdrawn by 9",
    ),
    (
        [
            ("bo", "retract|6|--reason|unverifiable|--statement|nobody can say"),
            ("cy", "reinstate|6|--statement|a witness can"),
        ],
        "event 11 is a retraction that was ended by 12",
    ),
    (
        [
            ("bo", "dispute|7|--reason|misquotation|--statement|he said it otherwise"),
            ("cy", "uphold|14|--statement|he said it so"),
        ],
        "event 14 is a dispute that was closed by 15",
    ),
    (
        [
            ("bo", "document|describe|3|--title|Another title|--statement|renamed"),
            ("cy", "document|describe|3|--title|The article|--statement|as it was"),
        ],
        "event 17 is a description that 18 replaced",
    ),
    (
        [
            ("bo", "correct|5|--reason|entry-error|--statement|x|--claim|They met."),
            ("cy", "correct|5|--reason|entry-error|--statement|x|--claim|The two met."),
        ],
        "event 20 gave words that 21 corrected",
    ),
];

#[test]
fn an_act_that_was_undone_is_named_and_repeated_with_again() {
    let desk = facts();
    for (([(by, act), (other, later)], stands), position) in OVERTAKEN.iter().zip((8..).step_by(3))
    {
        desk.writes(by, act, &format!("written at {position}"));
        desk.writes(other, later, &format!("written at {}", position + 1));
        let told = format!(
            "annals: this is in the record already and does not hold any more: {stands}; nothing \
             was written; --again writes it once more\n"
        );
        desk.refuses(by, act, (2, &told));
        desk.writes(by, &format!("{act}|--again"), &format!("written at {}", position + 2));
    }
}

/// A confirmation is of words: of those after a correction there is none yet.
#[test]
fn who_confirmed_a_fact_confirms_its_corrected_words_by_the_same_command() {
    let desk = facts();
    let confirm = "confirm|4|--how|reread";
    desk.writes("bo", confirm, "written at 8");
    desk.writes("bo", confirm, "already at 8");
    let correct = "correct|4|--reason|entry-error|--statement|x|--claim|Two answers came.";
    desk.writes("cy", correct, "written at 9");
    let again = desk.writes("bo", confirm, "written at 10");
    assert!(again.err.starts_with("note: event 8 confirmed words that 9 corrected\n"), "{again:?}");
    desk.writes("bo", confirm, "already at 10");
    assert_eq!(desk.fact(4)["status"], "confirmed");
    let draft = r#"{"type":"fact.confirmed","fact":4,"how":"reread"}"#;
    std::fs::write(desk.path("c.jsonl"), draft).unwrap();
    desk.writes("cy", "correct|4|--reason|more-precise|--statement|x|--claim|Two replies came.", {
        "written at 11"
    });
    desk.writes("bo", "append|c.jsonl", "written at 12");
}

#[test]
fn a_repeated_act_on_a_fact_that_was_retracted_since_says_so() {
    let desk = facts();
    desk.writes("bo", "confirm|7|--how|reread", "written at 8");
    desk.writes("cy", "retract|7|--reason|fabricated|--statement|not his words", "written at 9");
    let told = "annals: this is in the record already and does not hold any more: event 8 \
                confirmed fact 7, which is retracted by 9 (annals reinstate 7 ends the \
                retraction); nothing was written; --again writes it once more\n";
    desk.refuses("bo", "confirm|7|--how|reread", (2, told));
    // The fact itself is in the record, and is not entered twice.
    let fact = "append|--quote|the core … not answered|--claim|The core question was not answered.";
    let again = desk.writes("ada", fact, "already at 7");
    let note = "note: event 7 is a fact that is retracted by 9: annals reinstate 7 ends the \
                retraction\n";
    assert_eq!(again.err.replace('\n', " ").trim_end(), note.trim_end());
    desk.writes(
        "cy",
        "correct|5|--reason|entry-error|--statement|x|--claim|They met.",
        "written at 10",
    );
    let fact = "append|--quote|Sullivan met … in Moscow|--claim|Sullivan met Grushko in Moscow.|\
                --when|2022-01-26|--as-written|Wednesday|--basis|derived|--topic|John Sullivan|\
                --topic|Moscow";
    let again = desk.writes("ada", fact, "already at 5");
    assert_eq!(again.err, "note: event 5 is a fact that has other words since 10\n");
}

#[test]
fn a_document_that_a_stolen_key_captured_is_vouched_for_by_another_person() {
    let desk = facts();
    std::fs::write(desk.path("two.txt"), "A second paper.\n").unwrap();
    let add = "document|add|two.txt|--title|Two|--lang|en";
    desk.writes("bo", add, "written at 8");
    let stolen = "editor|revoke|bo|--reason|compromised|--suspect-from|8|--statement|stolen";
    desk.writes("ada", stolen, "written at 9");
    let told = "note: these bytes are document 8, whose capture was undone by 9, because the key may be \
                stolen:\nannals document describe 8 by another person vouches for it\n\
                annals: one draft is refused; nothing was written\n  rule 607 document-repeated: the \
                same document was captured by event 8; it is quoted with --document and that \
                number, a page or a PDF with the number of its text (annals document list), and \
                annals document describe gives it another title or date; where a stolen key \
                captured it, another person vouches for it so, unless it was set aside\n";
    desk.refuses("ada", add, (1, told));
    // A description that changes nothing vouches for it.
    desk.writes("ada", "document|describe|8|--statement|I read it", "written at 10");
    assert_eq!(desk.json("show|8")["document"]["suspect"], false);
    let nothing = "annals: one draft is refused; nothing was written\n  nothing would change: \
                   document 8 is described so already; say what does with --title, --published, \
                   --url or another field\n";
    desk.refuses("ada", "document|describe|8|--statement|once more", (1, nothing));
}

#[test]
fn a_correction_that_corrects_nothing_is_refused_and_takes_no_confirmation_away() {
    let desk = facts();
    desk.writes("bo", "confirm|6|--how|reread", "written at 8");
    let nothing = "annals: one draft is refused; nothing was written\n  nothing would change: these \
                   are the present words of fact 6; say what does with --claim, --quote, --when, \
                   --topic or another field\n";
    let correct = "correct|6|--reason|entry-error|--statement|x";
    for more in ["|--claim|The talks lasted two hours.", "|--quote|The talks lasted two hours"] {
        desk.refuses("ada", &format!("{correct}{more}"), (1, nothing));
        desk.refuses("ada", &format!("{correct}{more}|--dry-run"), (1, nothing));
        desk.refuses("ada", &format!("{correct}{more}|--again"), (1, nothing));
    }
    assert_eq!(desk.fact(6)["status"], "confirmed");
    // A topic is a change, and so is a dispute that is closed.
    desk.writes("ada", &format!("{correct}|--topic|Talks"), "written at 9");
    desk.writes("bo", "dispute|6|--reason|misquotation|--statement|not so", "written at 10");
    let closes = format!("{correct}|--claim|The talks lasted two hours.|--resolves|10");
    desk.writes("ada", &closes, "written at 11");
    let same = "document|describe|3|--title|The article|--statement|x";
    let nothing = nothing.replace(
        "these are the present words of fact 6; say what does with --claim, --quote, --when, \
         --topic or another field",
        "document 3 is described so already; say what does with --title, --published, --url or \
         another field",
    );
    desk.refuses("ada", same, (1, &nothing));
}
