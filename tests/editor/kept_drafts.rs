//! Drafts that are kept: the advised command enters them where and by whom they were typed, and the
//! file goes when they are written, whichever way.

use crate::editor::story::{Desk, answer, facts};
use crate::editor::talk::{talk, talk_of};
use std::path::PathBuf;

const DISPUTE: &str = "dispute|5|--reason|wrong-date|--statement|It was a Thursday.";

/// The files that are kept.
fn kept(desk: &Desk) -> Vec<PathBuf> {
    let listed = std::fs::read_dir(desk.path("keys/drafts")).into_iter().flatten();
    listed.map(|found| found.unwrap().path()).collect()
}

/// Says no to a command, and gives what it advises.
fn declined(desk: &Desk, by: &str, line: &str) -> String {
    let mut talk = talk_of(desk, by, line);
    talk.asks("and write 1 event? [y/N]", "n");
    talk.sees("note: your drafts are kept in ");
    let advice = talk.sees("\r\n");
    assert_eq!(talk.ends().1, 3);
    advice.split_once("; ").unwrap().1.trim_end().to_owned()
}

/// Whatever the variable of the editor says, and wherever the ledger is.
#[test]
fn the_advised_command_names_what_the_command_named() {
    let desk = facts();
    let advice = declined(&desk, "ada", &format!("{DISPUTE}|--by|bo|--ledger|ledger"));
    let file = kept(&desk).remove(0);
    let name = file.file_name().unwrap().to_str().unwrap();
    let path = format!("keys/drafts/{name}");
    assert_eq!(
        advice,
        format!("annals append ./{path} --ledger ledger --by bo (or remove the file: rm ./{path})")
    );
    let first = std::fs::read_to_string(&file).unwrap();
    let first = first.lines().next().unwrap();
    assert!(first.starts_with("# typed for example.org/record "), "{first}");
    assert!(first.ends_with(" at 7 by bo"), "{first}");
    let told = answer(&mut desk.command("cy", "--ledger|ledger|--keys|keys")).out;
    let line = format!(
        "drafts of bo that are not written: annals append {path} --ledger ledger --keys keys --by \
         bo (or remove the file)\n"
    );
    assert!(told.contains(&line), "{told}");
    // Another key is named before the question.
    let mut talk = talk_of(&desk, "ada", &format!("append|{path}"));
    talk.sees("note: these drafts were typed for the key bo to sign, and ada signs them");
    talk.asks("sign as ada and write 1 event? [y/N]", "n");
    assert_eq!(talk.ends().1, 3);
    desk.writes("ada", &format!("append|{path}|--ledger|ledger|--by|bo"), "written at 8");
    assert!(kept(&desk).is_empty());
}

/// A terminal that is closed at the last question loses nothing; what is written is not kept.
#[test]
fn what_was_typed_is_kept_before_the_last_question() {
    let desk = facts();
    let fact = "append|--quote|The talks … hours|--claim|They talked for two hours.";
    let correct = "correct|6|--reason|entry-error|--claim|Two hours.|--statement|It was wrong.";
    for (by, line, words) in [
        ("bo", DISPUTE, "It was a Thursday."),
        ("ada", fact, "They talked for two hours."),
        ("ada", correct, "It was wrong."),
    ] {
        let mut talk = talk_of(&desk, by, line);
        talk.sees(&format!("sign as {by} and write 1 event? [y/N]"));
        let file = kept(&desk).remove(0);
        assert!(std::fs::read_to_string(&file).unwrap().contains(words), "{line}");
        // The terminal is gone.
        drop(talk);
        assert_eq!(kept(&desk), std::slice::from_ref(&file), "{line}");
        let mut talk = talk_of(&desk, by, &format!("append|{}", file.display()));
        talk.asks(&format!("sign as {by} and write 1 event? [y/N]"), "y");
        assert_eq!((talk.ends().1, kept(&desk)), (0, Vec::new()), "{line}");
    }
    let mut talk = talk_of(&desk, "bo", "dispute|4|--reason|wrong-date|--statement|It was late.");
    // Ctrl-Z is no part of an answer.
    talk.asks("sign as bo and write 1 event? [y/N]", "\u{1a}y");
    assert_eq!((talk.ends().1, kept(&desk)), (0, Vec::new()));
}

/// A colleague corrects the fact before the kept dispute is written.
#[test]
fn drafts_of_other_words_than_the_present_ones_are_refused_or_asked_about() {
    let desk = facts();
    declined(&desk, "bo", DISPUTE);
    let file = kept(&desk).remove(0);
    let correct = "correct|5|--reason|wrong-date|--claim|They met.|--statement|No day is given.";
    desk.writes("ada", correct, "written at 8");
    let append = format!("append|{}", file.display());
    let refused = desk.run("bo", &append);
    let why = "fact 5 has other words since these drafts were typed: event 8";
    let expected = format!(
        "annals: one draft is refused; nothing was written\n  {why}; annals show 5 shows them; on \
         a terminal, without --yes, they are shown and asked about\n"
    );
    assert_eq!((refused.exit, refused.err), (1, expected));
    let mut talk = talk_of(&desk, "bo", &append);
    talk.sees(&format!("note: {why}"));
    talk.sees("They met.");
    talk.asks("sign as bo and write 1 event? [y/N]", "y");
    talk.sees("written at 9");
    assert_eq!((talk.ends().1, kept(&desk)), (0, Vec::new()));
}

/// Also where no option named the key; where it has gone, the drafts can be given up.
#[test]
fn drafts_say_whose_they_are() {
    let desk = facts();
    for name in ["bo.key", "cy.key"] {
        std::fs::remove_file(desk.path("keys").join(name)).unwrap();
    }
    let mut talk = talk_of(&desk, "", "retract|4|--reason|entry-error|--statement|It was wrong.");
    talk.asks("sign and write 1 event? [y/N]", "n");
    talk.sees("note: your drafts are kept in ");
    let note = talk.ends().0;
    assert!(note.contains(" --by ada (or remove the file: rm "), "{note}");
    let file = kept(&desk).remove(0);
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.lines().next().unwrap().ends_with(" at 7 by ada"), "{text}");
    let name = file.file_name().unwrap().to_str().unwrap();
    std::fs::write(&file, text.replace(" by ada", " by dee")).unwrap();
    let told = answer(&mut desk.command("", "--tz|UTC")).out;
    let line = told.lines().find(|line| line.contains("drafts of dee")).unwrap();
    let (what, file) = line.trim().split_once(": rm ").unwrap();
    assert_eq!(what, "drafts of dee that are not written, and no key dee is here");
    assert!(file.ends_with(&format!("/{name} gives them up")), "{line}");
}

#[test]
fn drafts_of_another_record_are_refused() {
    let (desk, other) = (facts(), facts());
    let origin = "ledger|change|--title|Other";
    other.writes("ada", origin, "written at 8");
    declined(&desk, "bo", DISPUTE);
    let file = kept(&desk).remove(0);
    let text = std::fs::read_to_string(&file).unwrap();
    // The same name, and another first event.
    let (before, after) = text.split_once("record ").unwrap();
    let changed = format!("{before}record {}{}", "0".repeat(64), &after[64..]);
    std::fs::write(&file, changed).unwrap();
    let refused = desk.run("bo", &format!("append|{}", file.display()));
    let expected = format!(
        "annals: {}: expected drafts for example.org/record, found drafts that were typed for \
         example.org/record, another record; name its ledger with --ledger\n",
        file.display()
    );
    assert_eq!((refused.exit, refused.err), (2, expected));
    // Wherever the file is.
    std::fs::copy(&file, desk.path("moved.jsonl")).unwrap();
    let refused = desk.run("bo", "append|moved.jsonl");
    assert!(refused.err.starts_with("annals: moved.jsonl: expected drafts for"), "{refused:?}");
    // What waits in another record does not wait here.
    let told = answer(&mut desk.command("bo", "--tz|UTC")).out;
    assert!(!told.contains("not written"), "{told}");
}

/// The same command again keeps one file, and removes it when it is written.
#[test]
fn a_draft_that_is_written_by_another_command_is_kept_no_longer() {
    let desk = facts();
    declined(&desk, "bo", DISPUTE);
    declined(&desk, "bo", DISPUTE);
    declined(&desk, "bo", "dispute|6|--reason|wrong-figure|--statement|It was three hours.");
    assert_eq!(kept(&desk).len(), 2);
    desk.writes("bo", &format!("{DISPUTE}|--yes"), "written at 8");
    let left = kept(&desk);
    assert_eq!(left.len(), 1);
    assert!(std::fs::read_to_string(&left[0]).unwrap().contains("three hours"));
    // Another person's act is another one.
    desk.writes(
        "cy",
        "dispute|6|--reason|wrong-figure|--statement|It was three hours.",
        "written at 9",
    );
    assert_eq!(kept(&desk), left);
}

/// A review that was left is written by the next one.
#[test]
fn a_review_takes_what_an_earlier_one_kept() {
    let desk = facts();
    let keys = "q finish: ";
    let mut talk = talk_of(&desk, "bo", "review");
    talk.sees(keys);
    talk.types("c");
    talk.sees("2 of 4");
    talk.sees(keys);
    talk.types("\u{3}");
    talk.sees("your drafts are kept in ");
    assert_eq!((talk.ends().1, kept(&desk).len()), (3, 1));
    let mut talk = talk_of(&desk, "bo", "review");
    for shown in ["1 of 4", "2 of 4"] {
        talk.sees(shown);
        talk.sees(keys);
        talk.types("c");
    }
    talk.sees("3 of 4");
    talk.sees(keys);
    talk.types("q");
    talk.asks("sign as bo and write 2 events?", "y");
    talk.sees("written at 8 to 9 (2 events)");
    assert_eq!((talk.ends().1, kept(&desk)), (0, Vec::new()));
}

/// What nobody typed is not kept, whatever the editor ended with.
#[test]
fn a_template_that_nobody_changed_is_no_draft() {
    let desk = facts();
    for (editor, exit) in [("true", 0), ("false", 2)] {
        let left = answer(desk.command("ada", "append|--edit").env("EDITOR", editor));
        assert_eq!(left.exit, exit, "{left:?}");
        assert!(left.err.starts_with("nothing was changed; nothing was written\n"), "{left:?}");
        assert!(!left.err.contains("kept in"), "{left:?}");
        assert!(kept(&desk).is_empty());
    }
    // Drafts that were typed stay.
    let script = "sed -i 's/^claim = .*/claim = \"x\"/' \"$1\"; exit 1\n";
    std::fs::write(desk.path("editor.sh"), script).unwrap();
    let mut command = desk.command("ada", "append|--edit");
    command.env("EDITOR", format!("sh {}", desk.path("editor.sh").display()));
    let left = answer(&mut command);
    assert!(left.exit == 2 && left.err.contains("note: your drafts are kept in "), "{left:?}");
    assert_eq!(kept(&desk).len(), 1);
}

/// The range that was confirmed before is the receipt again, as its facts by number are.
#[test]
fn a_range_that_was_confirmed_is_in_the_record_already() {
    let desk = facts();
    desk.writes("bo", "confirm|4-6|--how|reread", "written at 8 to 10 (3 events)");
    for line in ["confirm|4-6|--how|reread", "confirm|4|5|6|--how|reread"] {
        desk.writes("bo", line, "already at 8 to 10 (3 events)");
    }
    let none = desk.run("ada", "confirm|4-6|--how|reread");
    assert_eq!(none.exit, 1, "{none:?}");
    assert!(none.err.ends_with("no fact of these waits for Ada Example; nothing was written\n"));
    let mut command = desk.command("ada", "confirm|4-6|--how|reread");
    command.arg("--dry-run");
    assert_eq!(talk(command).ends().1, 1);
}

/// Facts that were confirmed by several commands are in the record already, whichever command named
/// them.
#[test]
fn a_range_that_was_confirmed_in_parts_is_in_the_record_already() {
    let desk = facts();
    desk.writes("bo", "confirm|5|--how|reread", "written at 8");
    let rest = desk.writes("bo", "confirm|4-6|--how|reread", "written at 9 to 10 (2 events)");
    assert!(rest.err.contains("or retracted): 5\n"), "{rest:?}");
    desk.writes("bo", "confirm|4-6|--how|reread", "already at 8 to 10 (3 events)");
    desk.writes("bo", "confirm|4-5|--how|reread", "already at 8 to 9 (2 events)");
    let apart = desk.run("bo", "confirm|5-6|--how|reread");
    assert_eq!((apart.exit, &*apart.out), (0, "already at 8\nalready at 10\n"), "{apart:?}");
    let json = desk.run("bo", "confirm|5-6|--how|reread|--format|json").out;
    let answer: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&answer["status"], &answer["count"]), (&"already".into(), &2.into()));
    assert_eq!(answer["parts"][1]["position"], 10);
    assert_eq!(answer["parts"][1]["fact"], 6);
}

/// Another way to confirm is another confirmation, which one person cannot make as well; the same
/// is in the record already, whichever way its facts are named.
#[test]
fn a_confirmation_in_another_way_is_not_in_the_record_already() {
    let desk = facts();
    let confirm = "confirm|4|5|6-7|--how|reread";
    desk.writes("bo", confirm, "written at 8 to 11 (4 events)");
    desk.writes("bo", confirm, "already at 8 to 11 (4 events)");
    desk.writes("bo", "confirm|5|--how|reread", "already at 9");
    desk.writes("bo", "confirm|5|4|--how|reread", "already at 8 to 9 (2 events)");
    desk.writes("bo", "confirm|6-7|--how|reread", "already at 10 to 11 (2 events)");
    let words = "confirm|5|--how|reread|--quote|two answers were given";
    for line in ["confirm|4|--how|direct-contact", "confirm|4-5|--how|direct-contact", words] {
        let refused = desk.run("bo", line);
        assert_eq!((refused.exit, &*refused.out), (1, ""), "{line}: {refused:?}");
        assert!(refused.err.contains("rule 505 "), "{line}: {refused:?}");
    }
    let again = desk.run("bo", "confirm|5|--how|reread|--again");
    assert!(again.exit == 1 && again.err.contains("rule 505 "), "{again:?}");
    assert_eq!(desk.size(), 12);
    // What another person confirmed, and a new fact beside facts that were confirmed.
    desk.writes("cy", "confirm|4|--how|reread", "written at 12");
    let fact = "append|--quote|Moscow on Wednesday|--claim|They met.";
    desk.writes("ada", fact, "written at 13");
    desk.writes("bo", "confirm|13|4-5|--how|reread", "written at 14");
}

/// What was written in another form is kept no longer, and so is what the record has already.
#[test]
fn a_draft_that_is_written_in_another_form_is_kept_no_longer() {
    let desk = facts();
    let fact = "append|--quote|The talks … hours|--claim|They talked for two hours.";
    declined(&desk, "ada", fact);
    assert_eq!(kept(&desk).len(), 1);
    std::fs::write(
        desk.path("fact.jsonl"),
        "{\"claim\": \"They talked for two hours.\", \"document\": 3, \"quote\": \"The talks lasted \
         two hours\"}\n",
    )
    .unwrap();
    desk.writes("ada", "append|fact.jsonl", "written at 8");
    assert!(kept(&desk).is_empty());
    // A confirmation of the revision that a review showed.
    let keys = "q finish: ";
    let mut talk = talk_of(&desk, "bo", "review");
    talk.sees(keys);
    talk.types("c");
    talk.sees("2 of ");
    talk.sees(keys);
    talk.types("\u{3}");
    talk.sees("your drafts are kept in ");
    assert_eq!((talk.ends().1, kept(&desk).len()), (3, 1));
    let file = kept(&desk).remove(0);
    let text = std::fs::read_to_string(&file).unwrap();
    desk.writes("bo", "confirm|4|--how|reread", "written at 9");
    assert!(kept(&desk).is_empty());
    // Where it stayed, its own refusal says that the record has it.
    std::fs::write(&file, text).unwrap();
    let refused = desk.run("bo", &format!("append|{}|--yes", file.display()));
    assert!(refused.exit == 1 && refused.err.contains("rule 505 "), "{refused:?}");
    assert!(kept(&desk).is_empty());
    // Other words of the same passage stay.
    declined(&desk, "ada", "append|--quote|The talks … hours|--claim|They talked long.");
    desk.writes("ada", "append|--quote|The talks|--claim|There were talks.", "written at 10");
    assert_eq!(kept(&desk).len(), 1);
}

/// A look at a part of what was seen is a look at an older copy, and is not remembered.
#[test]
fn a_look_at_a_part_forgets_nothing() {
    let desk = facts();
    let since = |line: &str| {
        let told = answer(&mut desk.command("bo", line)).out;
        told.lines().find(|line| line.starts_with("since")).unwrap().to_owned()
    };
    since("--tz|UTC");
    desk.run("ada", "export|--to|bag|--as-of|5");
    let imported = desk.run("ada", "import|bag|--to|part");
    assert_eq!(imported.exit, 0, "{imported:?}");
    for _ in 0..2 {
        let part = since("--ledger|part|--keys|keys");
        assert!(part.ends_with("there were 8 events, and here are 6: an older copy"), "{part}");
    }
    assert!(since("--tz|UTC").starts_with("since   nothing new since "));
}
