//! `annals blame`: the document with its facts in the margin.

use crate::archivist::story::{TEXT, dark_story, story};
use serde_json::Value;

#[test]
fn the_text_with_its_facts_beside_it() {
    let expected = "document 3: The article

Kommersant reports that ⟦⁴two answers were given⟧. ⟦⁵⟦⁹Sullivan   │ 4 confirmed, Ada Example;
met Grushko⟧ in Moscow⟧ on Wednesday. ⟦⁶The talks lasted two      │    confirmed by Bo Berg
hours⟧. Lavrov said that ⟦⁷the core question was not answered⟧.   │ 5 asserted, words by Bo Berg;
                                                                  │    corrected ×1
                                                                  │ 9 asserted, Cy Cole
                                                                  │ 6 retracted, Ada Example
                                                                  │ 7 disputed, Ada Example; the
                                                                  │    document is disputed

5 facts quote 112 of 173 code points (64 %); 61 in 3 places are quoted by none
as of position 13 (14 of 14 events), head \
2813f6aafd76c986e877d1ad83e7e8154013631218f0962b9dee84ca0a5d3327, recorded 2022-02-01T09:00:03Z
";
    assert_eq!(story().told("blame 3"), expected);
}

#[test]
fn with_a_date_the_others_are_not_drawn_in_and_the_undated_stand_apart() {
    let expected = "document 3: The article

Kommersant reports that two answers were given. ⟦⁵Sullivan met    │ 5 asserted, Ada Example
Grushko in Moscow⟧ on Wednesday. The talks lasted two hours.      │
Lavrov said that the core question was not answered.              │

4 facts without a date, which may be of any time:
     4  confirmed  Two answers were given.
     6  asserted   The talks lasted two hours.
     7  asserted   The core question was not answered.
     9  asserted   They met.

1 fact quotes 30 of 173 code points (17 %); 143 in 2 places are quoted by none of the facts that \
         were asked for, when 2022-01-25
";
    let told = story().told("blame 3 --when 2022-01-25 --as-of 9");
    assert!(told.starts_with(expected), "{told}");
    assert!(told.ends_with(
        "since then 3 of these changed in words or status: 5 corrected, 6 retracted, 7 disputed\n"
    ));
}

#[test]
fn json_segments_are_the_text_again() {
    let story = story();
    let told: Value = serde_json::from_str(&story.told("blame 3 --format json")).unwrap();
    let segments = told["segments"].as_array().unwrap();
    let text: String = segments.iter().map(|part| part["text"].as_str().unwrap()).collect();
    assert_eq!(text, TEXT);
    let mut at = 0;
    for part in segments {
        assert_eq!(part["start"], at);
        at = part["end"].as_u64().unwrap();
        let length = part["text"].as_str().unwrap().chars().count() as u64;
        assert_eq!(part["start"].as_u64().unwrap() + length, at);
    }
    assert_eq!(segments[3]["facts"], serde_json::json!([5, 9]));
    assert_eq!(segments[3]["text"], "Sullivan met Grushko");
    assert_eq!(told["coverage"]["unquoted"], 61);
    let confirmed = &told["facts"][0];
    assert_eq!(confirmed["confirmed_by"], serde_json::json!(["Bo Berg"]));
    let span = serde_json::json!({"start": 24, "end": 46, "stance": "supports", "holds": true});
    assert_eq!(confirmed["spans"][0], span);
    let lines = story.told("blame 3 --format jsonl");
    assert_eq!(lines.lines().count(), segments.len());
}

#[test]
fn a_page_has_the_facts_whose_present_words_came_first() {
    let story = story();
    let page = |line: &str| -> (Vec<u64>, bool) {
        let told: Value = serde_json::from_str(&story.told(line)).unwrap();
        let facts = told["facts"].as_array().unwrap().iter();
        let facts = facts.map(|fact| fact["fact"].as_u64().unwrap()).collect();
        (facts, told["more"].as_bool().unwrap())
    };
    // Fact 5 was corrected after the others were entered.
    assert_eq!(page("blame 3 --limit 4 --format json"), (vec![4, 6, 7, 9], true));
    assert_eq!(page("blame 3 --limit 1 --format json"), (vec![4], true));
    assert_eq!(page("blame 3 --limit 4 --as-of 9 --format json"), (vec![4, 5, 6, 7], true));
    for whole in ["", " --limit 5", " --limit all"] {
        let line = format!("blame 3{whole} --format json");
        assert_eq!(page(&line), (vec![4, 5, 6, 7, 9], false), "{whole}");
    }
    let told = story.told("blame 3 --limit 1");
    let end = "1 fact quotes 22 of 173 code points (12 %); 151 in 2 places are quoted by none of \
               these; there are more facts: --limit 2, or --limit all\n";
    assert!(told.contains(end), "{told}");
    assert!(!told.contains('⁹'), "{told}");
    let answer = story.run("blame 3 --limit 1 --format jsonl");
    let note = "note: 1 fact is shown, there are more: --limit 2, or --limit all\n";
    assert_eq!(answer.err, note);
}

#[test]
fn what_is_no_document_or_not_here_says_so() {
    let story = story();
    let answer = story.run("blame 5");
    let why = "annals: DOCUMENT: expected the position of a document (3), found 5\n";
    assert_eq!((answer.exit, answer.err.as_str()), (2, why));
    std::fs::remove_dir_all(story.folder.path().join("ledger/document")).unwrap();
    let answer = story.run("blame 3");
    let why = "annals: document 3: expected its text in this copy, found none of sha256 ";
    assert_eq!((answer.exit, answer.out.as_str()), (2, ""));
    assert!(answer.err.starts_with(why), "{}", answer.err);
}

#[test]
fn facts_with_withheld_words_are_counted() {
    let answer = dark_story().run("blame 3");
    assert_eq!(answer.exit, 0);
    let note = "note: 1 fact may quote it too: the words are withheld\n";
    assert_eq!(answer.err, note);
    assert!(!answer.out.contains('⁷'), "{}", answer.out);
    assert!(answer.out.contains("│ 9 asserted, Cy Cole, undone by\n"), "{}", answer.out);
    assert!(answer.out.contains("│    14; suspect\n"), "{}", answer.out);
}
