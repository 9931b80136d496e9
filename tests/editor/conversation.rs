//! `append` with nothing given, on a terminal: how many questions and keys a fact takes, the way
//! back, what is proposed, and that nothing typed is lost.

use crate::editor::story::{Desk, bare, desk};
use crate::editor::talk::{BACK, CTRL_C, Talk, talk_at_a_shell, talk_of};
use std::path::PathBuf;

const PASSAGE: &str = "passage (first words … last words; empty: none): ";
const CLAIM: &str = "claim (one sentence that stands by itself): ";
const WHO: &str = "according to whom (empty: the document itself): ";
const WHEN: &str = "when it was so (such as 2022-01-26; empty: no date): ";
const GO: &str = "sign as ada and write 1 event? [y/n/number/more/+]: ";

/// A desk whose article is of a Thursday.
fn dated() -> Desk {
    let desk = bare();
    let line = "document|add|article.txt|--title|The article|--lang|en|--published|2022-01-27";
    desk.writes("ada", line, "written at 3");
    desk
}

fn drafts(desk: &Desk) -> Vec<PathBuf> {
    let listed = std::fs::read_dir(desk.path("keys/drafts")).into_iter().flatten();
    listed.map(|found| found.unwrap().path()).collect()
}

fn written(mut talk: Talk, said: &str) {
    talk.sees(said);
    assert_eq!(talk.ends().1, 0);
}

/// The trial of one plain fact: five questions, and of keys besides the passage's words twenty.
#[test]
fn a_plain_fact_takes_five_questions() {
    let desk = dated();
    let mut talk = talk_of(&desk, "ada", "append");
    let words = "Sullivan met Grushko in Moscow";
    talk.asks(PASSAGE, words);
    talk.sees("⟦Sullivan met Grushko in Moscow⟧ on Wednesday.");
    // Tab offers the passage as a sentence.
    talk.asks(CLAIM, "\t");
    talk.asks(WHO, "");
    talk.sees("“Wednesday” is 2022-01-26, derived from the document's date, 2022-01-27");
    talk.asks(WHEN, "");
    for line in [
        "Sullivan met Grushko in Moscow.",
        "according to: the document in its own voice",
        "when: 2022-01-26 (“Wednesday”, derived)",
        "a number changes an answer: 1 passage, 2 claim, 3 according to, 4 when; more: topics",
    ] {
        talk.sees(line);
    }
    talk.asks(GO, "y");
    let keys = talk.keys - words.len();
    assert!(talk.prompts <= 5 && keys <= 20, "{} questions, {keys} keys", talk.prompts);
    written(talk, "written at 4");
    let fact = desk.fact(4);
    assert_eq!(fact["when"]["basis"], "derived");
    assert_eq!(fact["when"]["as_written"], "Wednesday");
    assert!(drafts(&desk).is_empty());
}

/// Six questions where there are several documents, nine with topics, role and what is vouched for.
#[test]
fn a_fact_takes_six_questions_and_in_full_nine() {
    let desk = dated();
    desk.writes(
        "ada",
        "append|--quote|two answers were given|--claim|Two answers.|--according-to|Kommersant|\
         --agent-type|organization|--act|reports|--role|newspaper|--topic|NATO",
        "written at 4",
    );
    let mut talk = talk_of(&desk, "ada", "append");
    talk.asks(PASSAGE, "Lavrov … not answered");
    talk.asks(CLAIM, "The core question was not answered.");
    talk.asks(WHO, "kom\t");
    talk.asks(WHEN, "");
    talk.asks(GO, "more");
    talk.asks("topics, with commas between them (empty: none): ", "Moscow, na\t");
    talk.asks("role of Kommersant (empty: as the record has it): ", "daily\u{17}");
    talk.asks("what you vouch for: ", "said");
    talk.sees("according to: Kommersant (newspaper) says that …");
    talk.sees("topics: Moscow, NATO");
    talk.sees("5 topics, 6 what they do, 7");
    talk.asks(GO, "y");
    assert_eq!(talk.prompts, 9);
    written(talk, "written at 5");
    assert_eq!(desk.fact(5)["topics"][1]["name"], "NATO");
    std::fs::write(desk.path("second.txt"), "Nothing was signed that day.").unwrap();
    desk.writes("ada", "document|add|second.txt|--title|Second|--lang|en", "written at 6");
    let mut talk = talk_of(&desk, "ada", "append");
    talk.sees("6: Second");
    talk.sees("3: The article");
    talk.asks("document (its position; empty: 6): ", "");
    talk.asks(PASSAGE, "Nothing was signed");
    talk.asks(CLAIM, "Nothing was signed.");
    talk.asks(WHO, "kom\t");
    talk.asks(WHEN, "");
    talk.asks(GO, "y");
    assert_eq!(talk.prompts, 6);
    written(talk, "written at 7");
}

#[test]
fn every_question_can_be_gone_back_to_and_every_answer_changed() {
    let desk = dated();
    let mut talk = talk_of(&desk, "ada", "append");
    talk.asks(PASSAGE, "<");
    talk.sees("this is the first question");
    talk.asks(PASSAGE, "Sullivan met Gruschko");
    talk.sees("the nearest place is \"Sullivan met Grus\" at code point 63");
    talk.sees(PASSAGE);
    // What was typed is there to be changed.
    talk.types(&format!("{}hko\r", BACK.repeat(4)));
    talk.asks(CLAIM, "Sullivan met 35 in Kyiv.");
    talk.sees("in no quoted word: “35”, “Kyiv”");
    talk.asks(WHO, "<");
    talk.sees(CLAIM);
    talk.types("\u{15}They met.\r");
    talk.asks(WHO, "Kommersant");
    talk.asks("Kommersant is new, and is a: ", "<");
    talk.sees(WHO);
    talk.types("\u{15}Interfax\r");
    talk.asks("Interfax is new, and is a: ", "2");
    talk.asks(WHEN, "\u{15}soon");
    talk.sees("expected a date or interval such as 2022-01 or 2021/2022, or words of the document");
    talk.asks(WHEN, "\u{15}2022-01-25");
    talk.sees("2  inferred");
    talk.asks("the date is: ", "i");
    talk.sees("when: 2022-01-25 (inferred)");
    talk.asks(GO, "4");
    talk.asks(WHEN, "\u{15}Wednesday");
    talk.sees("when: 2022-01-26 (“Wednesday”, derived)");
    talk.asks(GO, "2");
    talk.asks(CLAIM, "\u{15}Sullivan met Grushko.");
    talk.asks(GO, "6");
    talk.asks("what Interfax does: ", "\u{15}reports");
    talk.asks(GO, "12");
    talk.sees("expected y, n, the number of an answer, more, + or <");
    talk.asks(GO, "<");
    talk.asks(WHEN, "");
    talk.sees("Sullivan met Grushko.");
    talk.sees("according to: Interfax reports that …");
    talk.asks(GO, "y");
    written(talk, "written at 4");
    assert_eq!(desk.fact(4)["claim"], "Sullivan met Grushko.");
}

#[test]
fn a_date_that_is_not_that_of_the_quoted_words_is_not_taken_by_return() {
    let desk = bare();
    let text = "Mr Pryce, 58, who left office in 2022, did not comment. He was paid between May \
                2019 and February 2021. He said so in March 2022 and in May 2022.";
    std::fs::write(desk.path("p.txt"), text).unwrap();
    desk.writes("ada", "document|add|p.txt|--title|P|--lang|en", "written at 3");
    let mut talk = talk_of(&desk, "ada", "append");
    talk.asks(PASSAGE, "Mr Pryce, 58");
    talk.asks(CLAIM, "Mr Pryce is 58.");
    talk.asks(WHO, "");
    talk.sees("“2022” is 2022, stated; it is in no quoted word");
    talk.asks(WHEN, "");
    talk.sees("when: the document does not say");
    talk.asks(GO, "4");
    talk.sees(WHEN);
    talk.types("26 November 2026\r");
    talk.sees("found \"26 November 2026\": write 2026-11-26");
    talk.asks(WHEN, "\u{15}between May 2019 and February 2021");
    talk.sees("when: 2019-05/2021-02 (“between May 2019 and February 2021”, as the");
    talk.asks(GO, "4");
    talk.asks(WHEN, "\u{15}in March 2022 and in May 2022");
    talk.sees("3  another date, or none");
    talk.asks("these words give several dates; which is meant: ", "2");
    talk.sees("when: 2022-05 (“in March 2022 and in May 2022”, as the document states it)");
    talk.asks(GO, "y");
    written(talk, "written at 4");
}

#[test]
fn several_facts_are_signed_at_once_and_each_can_be_changed() {
    let desk = desk();
    let mut talk = talk_of(&desk, "ada", "append|--document|3");
    talk.asks(PASSAGE, "two");
    talk.sees("these words stand 2 times in the document");
    talk.asks("which: ", "2");
    talk.sees("The talks lasted ⟦two⟧ hours.");
    talk.asks(CLAIM, "There were two hours of talks.");
    talk.asks(WHO, "");
    talk.asks(WHEN, "");
    talk.asks(GO, "+");
    talk.asks(PASSAGE, "Sullivan met Grushko");
    talk.asks(CLAIM, "They met.");
    talk.asks(WHO, "");
    talk.asks(WHEN, "");
    talk.sees("4 when of fact 2, 1.2 the claim of");
    let go = "sign as ada and write 2 events? [y/n/number/more/+]: ";
    talk.asks(go, "1.2");
    talk.asks(CLAIM, "\u{15}The talks took two hours.");
    talk.asks(go, "+");
    // No third one.
    talk.asks(PASSAGE, "");
    talk.asks(go, "y");
    written(talk, "written at 4 to 5 (2 events)");
    assert_eq!(desk.fact(4)["claim"], "The talks took two hours.");
    assert_eq!(desk.fact(4)["evidence"][0]["span"]["start"], 125);
}

#[test]
fn what_was_typed_is_kept_and_gone_on_with() {
    let desk = desk();
    // Left in the midst.
    let mut talk = talk_of(&desk, "ada", "append");
    talk.asks(PASSAGE, "Sullivan met Grushko");
    talk.sees(CLAIM);
    talk.types(CTRL_C);
    talk.sees("your drafts are kept in ");
    assert_eq!((talk.ends().1, desk.size()), (3, 4));
    let kept = drafts(&desk);
    let line = format!("append|{}", kept[0].display());
    // It goes on with the first answer that is missing.
    let mut talk = talk_of(&desk, "ada", &line);
    talk.asks(CLAIM, "They met.");
    talk.asks(WHO, "");
    talk.asks(WHEN, "");
    talk.asks(GO, "n");
    talk.sees("your drafts are kept in ");
    assert_eq!((talk.ends().1, desk.size()), (3, 4));
    assert_eq!(drafts(&desk), kept);
    desk.writes("ada", &line, "written at 4");
    assert_eq!(desk.fact(4)["claim"], "They met.");
    assert!(drafts(&desk).is_empty());
}

/// A line that is left before its end is kept beside the answers, and gone on with.
#[test]
fn a_line_that_is_not_finished_is_kept_and_gone_on_with() {
    let desk = desk();
    for (answers, question, typed, rest) in [
        (vec![], PASSAGE, "Sullivan met", " Grushko"),
        (vec![(PASSAGE, "Sullivan met Grushko")], CLAIM, "They m", "et."),
    ] {
        let mut talk = talk_of(&desk, "ada", "append");
        answers.iter().for_each(|(question, answer)| talk.asks(question, answer));
        talk.sees(question);
        talk.types(typed);
        talk.sees(typed);
        talk.types(CTRL_C);
        talk.sees(&format!("note: your unsaved answer: {typed}"));
        talk.sees("your drafts are kept in ");
        assert_eq!((talk.ends().1, desk.size()), (3, 4));
        let kept = drafts(&desk);
        let file = kept.iter().find(|path| path.extension().unwrap() == "jsonl").unwrap();
        let mut talk = talk_of(&desk, "ada", &format!("append|{}", file.display()));
        talk.sees(question);
        talk.sees(typed);
        talk.types(&format!("{rest}\r"));
        let claim = if question == PASSAGE { "They met." } else { "" };
        if question == PASSAGE {
            talk.asks(CLAIM, claim);
        }
        talk.asks(WHO, "");
        talk.asks(WHEN, "");
        talk.sees("They met.");
        talk.asks(GO, "n");
        talk.sees("your drafts are kept in ");
        assert_eq!(talk.ends().1, 3);
        desk.run("ada", &format!("append|{}|--dry-run", file.display()));
        drafts(&desk).iter().for_each(|path| std::fs::remove_file(path).unwrap());
    }
}

/// A fact that was left at who or when is not shown as a whole one: its question is asked again.
#[test]
fn a_fact_that_is_left_at_who_or_when_goes_on_there() {
    let desk = desk();
    for (left_at, typed) in
        [(WHO, "Kommers"), (WHO, ""), (WHEN, "2022-01"), (WHEN, "26. 1. 2022"), (WHEN, "")]
    {
        let mut talk = talk_of(&desk, "ada", "append");
        talk.asks(PASSAGE, "Sullivan met Grushko");
        talk.asks(CLAIM, "They met.");
        if left_at == WHEN {
            talk.asks(WHO, "");
        }
        talk.sees(left_at);
        talk.types(typed);
        talk.sees(typed);
        talk.types(CTRL_C);
        talk.sees("your drafts are kept in ");
        assert_eq!((talk.ends().1, desk.size()), (3, 4));
        let kept = drafts(&desk);
        let file = kept.iter().find(|path| path.extension().unwrap() == "jsonl").unwrap();
        let mut talk = talk_of(&desk, "ada", &format!("append|{}", file.display()));
        talk.sees(left_at);
        talk.sees(typed);
        // Control-U takes what was typed.
        talk.types("\u{15}\r");
        if left_at == WHO {
            talk.asks(WHEN, "");
        }
        talk.asks(GO, "n");
        talk.sees("your drafts are kept in ");
        assert_eq!(talk.ends().1, 3);
        // Answered, it is a draft like others.
        let kept = drafts(&desk);
        assert_eq!(kept.len(), 1, "{kept:?}");
        let mut talk = talk_of(&desk, "ada", &format!("append|{}|--dry-run", kept[0].display()));
        talk.sees("They met.");
        assert_eq!(talk.ends().1, 0);
        kept.iter().for_each(|path| std::fs::remove_file(path).unwrap());
    }
}

/// What else can be answered stands in the list after `more`.
#[test]
fn the_reliability_of_the_document_is_an_answer() {
    let desk = desk();
    let mut talk = talk_of(&desk, "ada", "append");
    talk.asks(PASSAGE, "Sullivan met Grushko");
    talk.asks(CLAIM, "They met.");
    talk.asks(WHO, "");
    talk.asks(WHEN, "");
    talk.asks(GO, "11");
    talk.asks("reliability of the document, A (reliable) to F", "g");
    talk.sees("expected a letter from A to F");
    talk.asks("reliability of the document, A (reliable) to F", &format!("{BACK}b"));
    talk.asks(GO, "y");
    written(talk, "written at 4");
    assert_eq!(desk.fact(4)["evidence"][0]["reliability"], "B");
}

/// Where the disk takes no drafts, they are printed at the end.
#[test]
fn drafts_that_cannot_be_kept_are_printed() {
    let desk = desk();
    let mut talk = talk_of(&desk, "ada", "append");
    talk.asks(PASSAGE, "Sullivan met Grushko");
    talk.sees(CLAIM);
    std::fs::rename(desk.path("keys/drafts"), desk.path("away")).unwrap();
    talk.types("They met.\r");
    talk.sees("warning: an answer could not be kept in its file: ");
    talk.sees(WHO);
    talk.types(CTRL_C);
    talk.sees("here they are, as JSON Lines:");
    talk.sees("\"claim\":\"They met.\",\"quote\":\"Sullivan met Grushko\"}");
    talk.sees("nothing was written");
    assert_eq!((talk.ends().1, desk.size()), (3, 4));
}

#[test]
fn what_is_refused_can_be_changed() {
    let desk = desk();
    let fact = "append|--quote|two hours|--claim|It took two hours.";
    desk.writes("ada", fact, "written at 4");
    let mut talk = talk_of(&desk, "ada", "append");
    talk.asks(PASSAGE, "two hours");
    talk.asks(CLAIM, "It took two hours.");
    talk.asks(WHO, "");
    talk.asks(WHEN, "");
    talk.sees("fact 4");
    let refused = "try again, or change an answer? [y/n/number/more/+]: ";
    talk.sees(refused);
    talk.types("y\r");
    talk.asks(refused, "2");
    talk.asks(CLAIM, "\u{15}The talks took two hours.");
    talk.asks(GO, "y");
    written(talk, "written at 5");
}

#[test]
fn sixty_columns_are_enough() {
    let desk = dated();
    let mut talk = talk_at_a_shell(&desk, "append|--by|ada|--clock-is-right", 60);
    talk.asks(PASSAGE, "Sullivan met … in Moscow");
    talk.asks(CLAIM, "The ambassador Sullivan met the deputy minister Grushko in Moscow.");
    talk.asks(WHO, "");
    talk.asks(WHEN, "");
    talk.asks(GO, "n");
    talk.sees("exit 3");
    let screen = talk.screen(60);
    for line in [
        "claim (one sentence that stands by itself): The ambassador S",
        "ullivan met the deputy minister Grushko in Moscow.",
        "    ⟦Sullivan met Grushko in Moscow⟧ on Wednesday.",
        "    “Wednesday” is 2022-01-26, derived from the document's",
        "    date, 2022-01-27",
        "a number changes an answer: 1 passage, 2 claim, 3 according",
        "to, 4 when; more: topics, role and so on; + adds a fact",
    ] {
        assert_eq!(screen.lines().filter(|shown| *shown == line).count(), 1, "{line}\n{screen}");
    }
}

/// Words are read in their sentence, as they were proposed.
#[test]
fn a_typed_word_means_the_date_that_was_proposed_for_it() {
    let desk = dated();
    std::fs::write(desk.path("m.txt"), "They will meet on Monday in Rome.").unwrap();
    let add = "document|add|m.txt|--title|M|--lang|en|--published|2022-01-27";
    desk.writes("ada", add, "written at 4");
    let mut talk = talk_of(&desk, "ada", "append|--document|4");
    talk.asks(PASSAGE, "They will meet … Rome");
    talk.asks(CLAIM, "They meet in Rome.");
    talk.asks(WHO, "");
    talk.sees("“Monday” is 2022-01-31, derived from");
    talk.asks(WHEN, "\u{15}on Monday");
    talk.sees("when: 2022-01-31 (“on Monday”, derived)");
    talk.asks(GO, "y");
    written(talk, "written at 5");
}

/// The way back is open after what stands in the line already.
#[test]
fn the_way_back_is_open_behind_an_answer() {
    let desk = dated();
    let mut talk = talk_of(&desk, "ada", "append");
    talk.asks(PASSAGE, "Sullivan met Grushko");
    talk.asks(CLAIM, "They met.");
    talk.asks(WHO, "");
    talk.asks(WHEN, "<");
    talk.asks(WHO, "<");
    talk.asks(CLAIM, "<");
    talk.sees(PASSAGE);
    assert_eq!(talk.prompts, 6);
    talk.types(CTRL_C);
    assert_eq!(talk.ends().1, 3);
}

/// A date that counts from a document is another one in another document.
#[test]
fn another_document_or_passage_has_another_date() {
    let desk = dated();
    let text = "Sullivan met Grushko on Tuesday, and again on Monday.";
    std::fs::write(desk.path("m.txt"), text).unwrap();
    let add = "document|add|m.txt|--title|M|--lang|en|--published|2022-03-10";
    desk.writes("ada", add, "written at 4");
    let mut talk = talk_of(&desk, "ada", "append|--document|3");
    talk.asks(PASSAGE, "Sullivan met Grushko");
    talk.asks(CLAIM, "They met.");
    talk.asks(WHO, "");
    talk.asks(WHEN, "");
    talk.asks(GO, "10");
    talk.asks("document (its position", "\u{15}4");
    talk.asks(PASSAGE, "");
    talk.sees("“Tuesday” is 2022-03-08");
    talk.sees("“Monday” is 2022-03-07");
    // Of two dates none is meant more than the other.
    talk.asks(WHEN, "2022-03-08");
    talk.asks(GO, "1");
    talk.asks(PASSAGE, "\u{15}again on Monday");
    talk.asks(WHEN, "");
    talk.sees("when: 2022-03-07 (“Monday”, derived)");
    talk.asks(GO, "y");
    written(talk, "written at 5");
}
