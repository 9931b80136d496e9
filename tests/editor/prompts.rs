//! Prompts that are answered wrongly, left, or ended by others: nothing that was typed is lost.

use crate::editor::story::{bare, desk, facts};
use crate::editor::talk::{CTRL_C, talk, talk_of};
use std::process::Command;

const PASSAGE: &str = "passage (first words … last words; empty: none): ";
const CLAIM: &str = "claim (one sentence that stands by itself): ";
const WHO: &str = "according to whom (empty: the document itself): ";
const WHEN: &str = "when it was so (such as 2022-01-26; empty: no date): ";
const GO: &str = "sign as ada and write 1 event? [y/n/number/more/+]: ";
/// Deletes the line up to the cursor.
const CTRL_U: &str = "\u{15}";

#[test]
fn a_slip_in_the_description_of_a_document_is_asked_again() {
    let desk = bare();
    std::fs::write(desk.path("page.html"), crate::capture::made::page()).unwrap();
    let mut talk = talk_of(&desk, "ada", "document|add|page.html");
    talk.asks("title of the document", "\u{15}My title");
    talk.asks("language of the document", "\u{15}english");
    talk.sees("expected a language tag like en or pt-BR, found \"english\"");
    talk.asks("language of the document", "\u{15}en");
    talk.asks("authors of the document", "");
    talk.asks("publisher of the document", "");
    talk.asks("date of publication of the document", "\u{15}27.1.2022");
    talk.sees("expected an EDTF date or interval like 2022-01-26, 2022-01, 2022~ or 2021/2022,");
    talk.asks("date of publication of the document", "\u{15}2022-01-27");
    // What is left then is shown.
    talk.asks("sign as ada and write 2 events?", "n");
    talk.sees("note: your unsaved answer: title of the document: My title\r\nnothing was written");
    assert_eq!((talk.ends().1, desk.size()), (3, 3));
}

#[test]
fn a_question_that_is_left_shows_the_answers_before_it() {
    let desk = facts();
    let mut talk = talk_of(&desk, "ada", "correct|6");
    talk.asks("claim", &format!("{CTRL_U}They took three."));
    talk.asks("reason: ", "entry-error");
    talk.sees("statement");
    talk.types(CTRL_C);
    talk.sees("note: your unsaved answer: claim: They took three.\r\nnothing was written");
    assert_eq!((talk.ends().1, desk.size()), (3, 8));
    let mut talk = talk_of(&desk, "bo", "review");
    talk.sees("1 of 4: c confirm");
    talk.types("e");
    talk.asks("claim", &format!("{CTRL_U}Three answers."));
    talk.sees("reason: ");
    talk.types(CTRL_C);
    talk.sees("note: your unsaved answer: claim: Three answers.\r\nnothing was written");
    assert_eq!((talk.ends().1, desk.size()), (3, 8));
}

/// What others changed is asked again; the other answers stay.
#[test]
fn a_fact_that_changed_during_a_review_is_asked_again() {
    let desk = facts();
    let mut talk = talk_of(&desk, "bo", "review");
    for at in 1..=4 {
        talk.sees(&format!("{at} of 4: c confirm"));
        talk.types("c");
    }
    talk.sees("sign as bo and write 4 events?");
    let correction = "--claim|They took two hours.|--reason|entry-error|--statement|better";
    desk.writes("ada", &format!("correct|6|{correction}"), "written at 8");
    let retraction = "retract|7|--reason|wrong-date|--statement|no";
    desk.writes("ada", retraction, "written at 9");
    talk.types("y\r");
    talk.sees("rule 503 stale: the present revision of fact 6 is made by event 8, not by 6");
    talk.sees("what others changed meanwhile is asked again; other answers stay");
    talk.sees("They took two hours.");
    talk.sees("3 of 3: c confirm");
    talk.types("c");
    talk.asks("sign as bo and write 3 events? [y/N/b: back]", "y");
    talk.sees("written at 10 to 12 (3 events)");
    assert_eq!(talk.ends().1, 0);
    assert_eq!(desk.fact(6)["status"], "confirmed");
    assert_eq!(desk.fact(7)["status"], "retracted");
    assert!(std::fs::read_dir(desk.path("keys/drafts")).unwrap().next().is_none());
}

/// Facts behind the changed one that were answered or passed over are not asked again.
#[test]
fn only_what_changed_during_a_review_is_asked_again() {
    let desk = facts();
    let mut talk = talk_of(&desk, "bo", "review");
    for (at, key) in ["c", "s", "c", "c"].iter().enumerate() {
        talk.sees(&format!("{} of 4: c confirm", at + 1));
        talk.types(key);
    }
    talk.sees("sign as bo and write 3 events?");
    let correction = "--claim|They met once.|--reason|entry-error|--statement|better";
    desk.writes("ada", &format!("correct|4|{correction}"), "written at 8");
    talk.types("y\r");
    talk.sees("what others changed meanwhile is asked again; other answers stay");
    talk.sees("They met once.");
    talk.sees("1 of 4: c confirm");
    talk.types("c");
    talk.sees("sign as bo and write 3 events? [y/N/b: back]");
    // The way back leads to what was asked last, and from there to the others.
    talk.types("b\r");
    talk.sees("so far: fact.confirmed");
    talk.sees("1 of 4: c confirm");
    talk.types("c");
    talk.asks("sign as bo and write 3 events? [y/N/b: back]", "y");
    talk.sees("written at 9 to 11 (3 events)");
    assert_eq!(talk.ends().1, 0);
    assert_eq!(desk.fact(4)["status"], "confirmed");
    assert_eq!(desk.fact(5)["status"], "asserted");
}

#[test]
fn the_questions_of_a_review_have_a_way_back() {
    let desk = facts();
    let mut talk = talk_of(&desk, "bo", "review");
    talk.sees("1 of 4: c confirm");
    talk.types("d");
    talk.asks("reason: ", "wrong-date");
    talk.asks("statement", "It was Tuesday.");
    talk.asks("the error is in the: ", "<");
    talk.asks("statement", "<");
    talk.asks("reason: ", "<");
    talk.sees("1 of 4: c confirm");
    talk.types("e");
    talk.asks("claim", &format!("{CTRL_U}Three answers."));
    talk.asks("reason: ", "entry-error");
    talk.asks("statement", "<");
    talk.asks("reason: ", "<");
    talk.sees("claim (< goes back): Three answers.");
    talk.types("<\r");
    talk.sees("the claim stays as it is");
    talk.sees("1 of 4: c confirm");
    talk.types("q");
    talk.sees("nothing was written");
    assert_eq!((talk.ends().1, desk.size()), (0, 8));
}

/// What others described meanwhile is taken over, and what changed is named.
#[test]
fn a_description_is_made_of_what_stands_when_it_is_written() {
    let desk = facts();
    let describe = "document|describe|3";
    let mut talk = talk_of(&desk, "ada", &format!("{describe}|--title|Mine|--statement|x"));
    talk.sees("title “Mine”, before “The article”");
    talk.sees("sign as ada and write 1 event?");
    let other = "--title|Theirs|--publisher|The Press|--url|https://a.example/1|--statement|y";
    desk.writes("bo", &format!("{describe}|{other}"), "written at 8");
    talk.types("y\r");
    talk.sees("this is not what was shown before: document 3 is described anew, by\r\nevent 8");
    talk.sees("title “Mine”, before “Theirs”");
    talk.sees("sign as ada and write 1 event?");
    talk.types("y\r");
    talk.sees("written at 9");
    assert_eq!(talk.ends().1, 0);
    let about = &desk.json("show|3")["document"]["about"];
    let found = [&about["title"], &about["publisher"], &about["url"]];
    assert_eq!(found, ["Mine", "The Press", "https://a.example/1"]);
    let mut talk = talk_of(&desk, "ada", "relate|4|supports|5");
    talk.sees("sign as ada and write 1 event?");
    desk.writes("ada", "retract|5|--reason|wrong-date|--statement|no", "written at 10");
    talk.types("y\r");
    talk.sees("not what was shown before: fact 5 is retracted, before\r\nasserted");
    talk.asks("sign as ada and write 1 event? [y/N]", "n");
    assert_eq!((talk.ends().1, desk.size()), (3, 11));
}

/// The shell prints the number of the process, and what the terminal is like after it.
#[test]
fn a_signal_at_a_prompt_leaves_the_terminal_as_it_was() {
    let desk = desk();
    let passphrase = desk.path("passphrase");
    std::fs::write(&passphrase, "four words are enough").unwrap();
    let mut new = desk.command("", "key|new|zoe|--name|Zoe|--for|example.org/record");
    assert!(new.env("ANNALS_PASSPHRASE_FILE", passphrase).status().unwrap().success());
    for (line, question, signal) in [
        ("append|--by|ada", PASSAGE, "TERM"),
        ("append|--by|ada|--quote|two hours|--claim|Two.", "[y/N]", "HUP"),
        ("key|passphrase|zoe|--no-passphrase", "passphrase of zoe: ", "INT"),
    ] {
        let mut shell = Command::new("sh");
        let script =
            "stty echo; sh -c 'echo process $$; exec \"$0\" \"$@\"' \"$0\" \"$@\"; stty -a";
        shell.args(["-c", script, env!("CARGO_BIN_EXE_annals")]).args(line.split('|'));
        shell.current_dir(desk.folder.path()).env_remove("ANNALS_PASSPHRASE_FILE");
        let mut talk = talk(shell);
        talk.sees("process ");
        let process = talk.sees("\r\n").trim().to_owned();
        talk.sees(question);
        let sent = Command::new("kill").args(["-s", signal, &process]).status().unwrap();
        assert!(sent.success());
        let (terminal, _) = talk.ends();
        let modes: Vec<&str> = terminal.split_whitespace().collect();
        for mode in ["echo", "isig", "icanon"] {
            assert!(modes.contains(&mode), "{signal} {mode}: {terminal}");
        }
    }
}

/// What is refused whatever is answered is refused before a question.
#[test]
fn nothing_is_asked_for_an_act_that_cannot_be() {
    let desk = facts();
    desk.writes("bo", "dispute|5|--reason|wrong-date|--statement|Tuesday", "written at 8");
    for (by, line, why) in [
        ("bo", "retract|99", "fact: 99 is no fact; annals replay lists them"),
        ("bo", "dispute|99", "fact: 99 is no fact; annals replay lists them"),
        ("bo", "confirm|99", "fact: 99 is no fact; annals replay lists them"),
        ("bo", "uphold|99", "dispute: there is no event 99; the last is 8"),
        ("ada", "uphold|8", "rule 508 "),
        ("bo", "relate|--withdraw|99", "relation: there is no event 99; the last is 8"),
        ("bo", "ledger|rekey|--reason|rotated", "404"),
        ("bo", "editor|revoke|cy|--reason|left", "404"),
        ("ada", "document|add|article.txt", "rule 607 document-repeated"),
        ("", "dispute|4", "several keys can sign; choose one with --by: ada, bo, cy"),
        ("", "correct|4", "several keys can sign; choose one with --by: ada, bo, cy"),
        ("", "append", "several keys can sign; choose one with --by: ada, bo, cy"),
        (
            "",
            "append|--quote|two hours",
            "several keys can sign; choose one with --by: ada, bo, cy",
        ),
    ] {
        let mut talk = talk_of(&desk, by, line);
        let shown = talk.sees(why);
        assert!(
            !["statement", "reason", "title of"].iter().any(|asked| shown.contains(asked)),
            "{line}: {shown}"
        );
        assert!([1, 2].contains(&talk.ends().1), "{line}");
    }
    assert_eq!(desk.size(), 9);
}

#[test]
fn each_of_many_places_can_be_chosen() {
    let desk = desk();
    let text = format!("{}The end.", "The war came. ".repeat(12));
    std::fs::write(desk.path("war.txt"), text).unwrap();
    desk.writes("ada", "document|add|war.txt|--title|W|--lang|en", "written at 4");
    let mut talk = talk_of(&desk, "ada", "append|--document|4");
    talk.asks(PASSAGE, "The war");
    talk.sees("these words stand 12 times in the document");
    talk.sees("  9  ⟦The war⟧ came. (from code point 112 on)\r\n");
    talk.sees(" 10 to 12: not listed\r\n");
    talk.sees(" 13  none of these: more words\r\n");
    talk.asks("which: ", "12");
    talk.asks(CLAIM, "The war came.");
    talk.asks(WHO, "");
    talk.asks(WHEN, "");
    talk.asks(GO, "y");
    talk.sees("written at 5");
    assert_eq!(talk.ends().1, 0);
    assert_eq!(desk.fact(5)["evidence"][0]["span"]["start"], 154);
}

/// A terminal that can edit no line has an answer of its own for the empty one.
#[test]
fn what_is_proposed_can_be_left_out_where_no_line_can_be_edited() {
    let desk = bare();
    std::fs::write(desk.path("m.txt"), "They will meet on Monday in Rome.").unwrap();
    let add = "document|add|m.txt|--title|M|--lang|en|--published|2022-01-27";
    desk.writes("ada", add, "written at 3");
    for (answer, shown) in
        [("", "when: 2022-01-31 (“Monday”, derived)"), ("-", "when: the document does not say")]
    {
        let mut shell = Command::new("sh");
        shell.args(["-c", "TERM=dumb exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_annals")]);
        shell.args(["append", "--by", "ada", "--clock-is-right"]).current_dir(desk.folder.path());
        let mut talk = talk(shell);
        talk.asks(PASSAGE.trim_end(), "They will meet");
        talk.asks(CLAIM.trim_end(), "They meet later.");
        talk.asks(WHO.trim_end(), "");
        let when = "when it was so (such as 2022-01-26; -: no date): ";
        talk.sees(&format!("{when}now “2022-01-31”; an empty line keeps it, - leaves it out"));
        talk.asks(when.trim_end(), answer);
        talk.sees(shown);
        talk.asks(GO.trim_end(), "n");
        assert_eq!(talk.ends().1, 3);
    }
}

#[test]
fn further_questions_have_a_way_back_to_the_one_before() {
    let desk = facts();
    let mut talk = talk_of(&desk, "ada", "append");
    talk.asks(PASSAGE, "lasted two hours");
    talk.asks(CLAIM, "They lasted two hours.");
    talk.asks(WHO, "Kommersant");
    talk.asks(WHEN, "");
    talk.asks(GO, "more");
    talk.asks("topics, with commas between them", "NATO");
    talk.asks("role of Kommersant", "<");
    talk.asks("topics, with commas between them", "<");
    talk.sees("topics: NATO");
    talk.asks(GO, "n");
    assert_eq!((talk.ends().1, desk.size()), (3, 8));
}

#[test]
fn a_description_that_changes_nothing_is_refused_before_a_question() {
    let desk = facts();
    let mut talk = talk_of(&desk, "ada", "document|describe|3");
    talk.sees("nothing would change: document 3 is described so already; say what does with");
    let (rest, exit) = talk.ends();
    assert!(exit == 1 && !rest.contains("statement"), "{rest}");
    let mut talk = talk_of(&desk, "ada", "document|describe|3|--title|Another");
    talk.asks("statement (why it is described anew): ", "Its title.");
    talk.asks("sign as ada and write 1 event?", "y");
    talk.sees("written at 8");
    assert_eq!(talk.ends().1, 0);
}
