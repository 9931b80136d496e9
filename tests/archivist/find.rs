//! `annals find`: words in claims, quotations and attributions.

use crate::archivist::story::{dark_story, story};
use serde_json::Value;

const AS_OF: &str = "as of position 13 (14 of 14 events), head \
     2813f6aafd76c986e877d1ad83e7e8154013631218f0962b9dee84ca0a5d3327, recorded \
     2022-02-01T09:00:03Z\n";

#[test]
fn found_words_are_marked_where_they_stand() {
    let expected = format!(
        "     7  disputed   The ⟦core question⟧ was not answered.
                   quote of document 3: the ⟦core question⟧ was not answered
                   attribution: Sergey ⟦Lavrov⟧ (Foreign Minister) says
                   the document is disputed
                   — Ada Example, 2022-01-27 08:00Z

1 fact
{AS_OF}"
    );
    assert_eq!(story().told("find core_question LAVROV"), expected);
}

#[test]
fn no_hit_is_an_answer_and_no_word_is_an_error() {
    let story = story();
    assert_eq!(story.told("find Paris"), format!("no fact\n{AS_OF}"));
    let answer = story.run("find …");
    let why = "annals: expected words to find, found none in \"…\"\n";
    assert_eq!((answer.exit, answer.err.as_str()), (2, why));
    assert_eq!(story.run("find").exit, 2);
}

#[test]
fn find_matches_whole_words_or_parts_on_request_and_needs_all() {
    let story = story();
    let none: [u64; 0] = [];
    assert_eq!(story.facts("find answer"), none);
    assert_eq!(story.facts("find --part answer"), [4, 7]);
    assert_eq!(story.facts("find SULLIVAN"), [5, 9]);
    assert_eq!(story.facts("find Sullivan Moscow"), [5]);
    assert_eq!(story.facts("find Moscow_on_Wednesday"), [5]);
    assert_eq!(story.facts("find Wednesday_Moscow"), none);
}

#[test]
fn as_of_a_point_the_words_are_those_of_then() {
    let story = story();
    let none: [u64; 0] = [];
    assert_eq!(story.facts("find Wednesday"), [5]);
    assert_eq!(story.facts("find Wednesday --as-of 9"), none);
    let told = story.told("find talks --as-of 2022-01-27");
    let end = "as of position 9 (10 of 14 events), head \
               96893f2b6e98dcc95f23d697c8d63728dd211201d8f19f523bf07cd2113dd121, recorded \
               2022-01-27T08:00:06Z\nsince then 1 of these changed in words or status: 6 retracted\n";
    assert!(told.ends_with(end), "{told}");
}

#[test]
fn filters_and_facts_without_a_date() {
    let story = story();
    assert_eq!(story.facts("find Sullivan --status asserted --by cole"), [9]);
    assert_eq!(story.facts("find Sullivan --topic grushko"), [5]);
    assert_eq!(story.facts("find Sullivan --document 3"), [5, 9]);
    let told = story.told("find Sullivan --when 2022-01-25");
    let expected = "no fact when 2022-01-25

1 fact without a date, which may be of any time:

     9  asserted   They met.
                   quote of document 3: ⟦Sullivan⟧ met Grushko
";
    assert!(told.starts_with(expected), "{told}");
    assert_eq!(story.facts("find Sullivan --when 2022-01-26"), [5, 9]);
}

#[test]
fn facts_without_a_date_fill_what_those_with_one_leave_of_the_page() {
    let story = story();
    let counted = |args: &str| {
        let told = story.told(&format!("{args} --format json"));
        let told: Value = serde_json::from_str(&told).unwrap();
        let count = |name: &str| told[name].as_array().unwrap().len();
        (count("facts"), count("undated"), told["more"].as_bool().unwrap())
    };
    let find = "find e --part --when 2022-01-26 --as-of 11";
    assert_eq!(counted(find), (1, 4, false));
    assert_eq!(counted(&format!("{find} --limit 5")), (1, 4, false));
    assert_eq!(counted(&format!("{find} --limit 3")), (1, 2, true));
    assert_eq!(counted(&format!("{find} --limit 1")), (1, 0, true));
    let told = story.told(&format!("{find} --limit 1"));
    let says = "\n1 fact when 2022-01-26\n\nthere may be facts without a date, which may be of any \
                time (--limit)\n";
    assert!(told.contains(says), "{told}");
    let blame = "blame 3 --when 2022-01-26 --as-of 11";
    assert_eq!(counted(blame), (1, 4, false));
    assert_eq!(counted(&format!("{blame} --limit 2")), (1, 1, true));
}

#[test]
fn of_many_facts_the_first_are_shown_and_the_answer_says_so() {
    let story = story();
    // 5 has its present words from event 10, after 9.
    let expected = format!(
        "     9  asserted   They met.
                   quote of document 3: ⟦Sullivan⟧ met Grushko
                   — Cy Cole, 2022-01-27 08:00Z

1 fact is shown, there are more: --limit 2, or --limit all
{AS_OF}"
    );
    assert_eq!(story.told("find Sullivan --limit 1"), expected);
    let whole = story.told("find Sullivan");
    assert!(whole.contains("\n2 facts\n"), "{whole}");
    for limit in ["2", "all"] {
        assert_eq!(story.told(&format!("find Sullivan --limit {limit}")), whole);
    }
    // The page is of what passes the filters.
    assert_eq!(story.facts("find Sullivan --limit 1 --topic grushko"), [5]);
    let more = |line: &str| {
        let told: Value = serde_json::from_str(&story.told(line)).unwrap();
        (told["facts"].as_array().unwrap().len(), told["more"].as_bool().unwrap())
    };
    assert_eq!(more("find Sullivan --limit 1 --format json"), (1, true));
    assert_eq!(more("find Sullivan --format json"), (2, false));
    let answer = story.run("find Sullivan --limit 1 --format csv");
    let note = "note: 1 fact is shown, there are more: --limit 2, or --limit all\n";
    assert_eq!((answer.exit, answer.err.as_str()), (0, note));
    let answer = story.run("find Sullivan --limit 0");
    assert!(answer.exit == 2 && answer.err.contains("expected a number from 1 on, or all"));
}

#[test]
fn json_and_csv_say_where_in_code_points() {
    let story = story();
    let told: Value = serde_json::from_str(&story.told("find lavrov --format json")).unwrap();
    let hit = &told["facts"][0]["hits"][0];
    assert_eq!((&hit["in"], &hit["document"]), (&"attribution".into(), &Value::Null));
    assert_eq!(hit["marks"], serde_json::json!([{"start": 7, "end": 13}]));
    assert_eq!(told["words"], serde_json::json!(["lavrov"]));
    let told = story.told("find grushko --format csv");
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(lines[0], "as_of,head,fact,hash,status,when,in,document,marks,text");
    let end = ",asserted,2022-01-26,quote,3,13..20,Sullivan met Grushko in Moscow";
    assert!(lines[2].ends_with(end), "{told}");
    assert_eq!(lines.len(), 4);
}

#[test]
fn withheld_words_are_not_found_and_are_counted() {
    let answer = dark_story().run("find core");
    assert_eq!((answer.exit, answer.out.lines().next()), (0, Some("no fact")));
    let note = "note: 1 fact could not be matched: its words are withheld\n";
    assert_eq!(answer.err, note);
}
