//! `annals review` without a terminal: the waiting facts are listed, nothing is written.

use crate::editor::story::facts;
use crate::editor::talk::talk_of;

#[test]
fn what_waits_is_listed_in_its_place_in_the_document() {
    let desk = facts();
    let answer = desk.run("bo", "review|--topic|moscow");
    let expected = "     5  asserted   Sullivan met Grushko in Moscow.
                   document 3 supports: The article
                   code points 63 to 93:
                   ⟦Sullivan met Grushko in Moscow⟧ on Wednesday.
                   when: 2022-01-26 (“Wednesday”, derived)
                   topics: John Sullivan, Moscow
                   language: en
                   — Ada Example, 2022-01-27 08:03Z

1 fact waits for Bo Berg, of those with the topic “moscow”
as of position 7 (8 of 8 events), head ";
    assert_eq!((answer.exit, answer.err.as_str()), (0, ""));
    assert!(answer.out.starts_with(expected), "{}", answer.out);
    assert_eq!(desk.size(), 8);
}

fn waiting(desk: &crate::editor::story::Desk, line: &str) -> Vec<u64> {
    let told = desk.json(&format!("review|{line}"));
    let rows = told["waiting"].as_array().unwrap().iter();
    rows.map(|row| row["fact"].as_u64().unwrap()).collect()
}

#[test]
fn own_words_and_what_one_has_spoken_of_do_not_wait() {
    let desk = facts();
    assert_eq!(waiting(&desk, "--by|ada"), [0; 0]);
    assert_eq!(waiting(&desk, "--by|bo"), [4, 5, 6, 7]);
    desk.writes("bo", "confirm|4|--how|reread", "written at 8");
    desk.writes("bo", "dispute|5|--reason|wrong-date|--statement|x", "written at 9");
    desk.writes("bo", "retract|6|--reason|duplicate|--statement|x", "written at 10");
    assert_eq!(waiting(&desk, "--by|bo"), [7]);
    // Others have confirmed 4; it waits for Cy only with --all.
    assert_eq!(waiting(&desk, "--by|cy"), [5, 7]);
    assert_eq!(waiting(&desk, "--by|cy|--all"), [4, 5, 7]);
    assert_eq!(waiting(&desk, "--by|cy|--document|3"), [5, 7]);
    let answer = desk.run("", "review");
    let why = "annals: several keys can review; choose one with --by: ";
    assert_eq!((answer.exit, answer.err.starts_with(why)), (2, true), "{answer:?}");
}

#[test]
fn of_many_facts_the_first_are_listed_and_the_answer_says_so() {
    let desk = facts();
    let answer = desk.run("bo", "review|--by|bo|--limit|2");
    let end = "2 facts that wait for Bo Berg are shown, there are more (at most 4 in all): \
               --limit 4, or --limit all\n";
    assert!(answer.exit == 0 && answer.out.contains(end), "{answer:?}");
    let shown = |line: &str| {
        let answer = desk.run("bo", &format!("review|--by|bo|--format|json|{line}"));
        let told: serde_json::Value = serde_json::from_str(&answer.out).unwrap();
        let facts = told["waiting"].as_array().unwrap().iter();
        let facts: Vec<u64> = facts.map(|row| row["fact"].as_u64().unwrap()).collect();
        (facts, told["more"].as_bool().unwrap())
    };
    assert_eq!(shown("--limit|3"), (vec![4, 5, 6], true));
    assert_eq!(shown("--limit|4"), (vec![4, 5, 6, 7], false));
    assert_eq!(shown("--limit|all"), (vec![4, 5, 6, 7], false));
}

/// A range means the facts in it that wait for the signer.
#[test]
fn a_range_of_facts_is_confirmed_at_once() {
    let desk = facts();
    desk.writes("bo", "dispute|5|--reason|wrong-date|--statement|x", "written at 8");
    let answer = desk.run("bo", "confirm|3-22|--how|reread");
    assert_eq!(answer.exit, 0, "{answer:?}");
    assert!(answer.out.starts_with("written at 9 to 11 (3 events)\n"), "{answer:?}");
    let notes = "of 3-22 3 facts wait for Bo Berg; 9 to 22 are not there: the record ends at 8\n\
                 left out (own words, confirmed or disputed already, or retracted): 5\n";
    assert_eq!(answer.err, notes);
    // What is confirmed enough waits for nobody; named, it is confirmed once more.
    let by_cy = desk.run("cy", "confirm|4-5,7,7|--how|reread");
    assert!(by_cy.out.starts_with("written at 12 to 13 (2 events)\n"), "{by_cy:?}");
    let notes = "of 4-5 1 fact waits for Cy Cole\n\
                 left out (own words, confirmed or disputed already, or retracted): 4\n";
    assert_eq!(by_cy.err, notes);
    desk.refuses(
        "ada",
        "confirm|3-6|--how|reread",
        (
            1,
            "of 3-6 no fact waits for Ada Example\nleft out (own words, confirmed or disputed \
             already, or retracted): 4, 5, 6\nannals: fact.confirmed is refused: no fact of these \
             waits for Ada Example; nothing was written\n",
        ),
    );
    desk.refuses(
        "ada",
        "confirm|14-99|14|--how|reread",
        (
            1,
            "of 14-99 no fact waits for Ada Example; 14 to 99 are not there: the record ends at 13\n\
             annals: one draft is refused; nothing was written\n  fact: 14 is no fact; annals \
             replay lists them\n",
        ),
    );
    let one = desk.run("bo", "confirm|12-14|--how|reread");
    let notes = "of 12-14 no fact waits for Bo Berg; 14 is not there: the record ends at 13\n";
    assert!(one.exit == 1 && one.err.starts_with(notes), "{one:?}");
    let bad = desk.run("bo", "confirm|6-3|--how|reread");
    assert!(bad.exit == 2 && bad.err.contains("a range such as 3-22 or 3-5,9"), "{bad:?}");
}

/// Who types everything and is refused at the end has lost an hour.
#[test]
fn a_copy_to_read_says_so_before_the_first_question() {
    let desk = facts();
    for line in ["export|--to|bag", "import|bag|--to|read", "publish|www"] {
        let made = desk.run("ada", line);
        assert_eq!(made.exit, 0, "{line}: {made:?}");
    }
    for line in ["append", "review|--ask", "correct|4", "dispute|4", "confirm|4", "document|add|x"]
    {
        for (place, words) in [
            ("read", "the ledger at read is an imported copy, to be read only"),
            ("www", "expected a ledger's folder at www, found a published record"),
        ] {
            let mut talk = talk_of(&desk, "bo", &format!("{line}|--ledger|{place}|--keys|keys"));
            let before = talk.sees(words);
            let asked = before.lines().find(|line| !line.starts_with("note: "));
            assert_eq!(asked, Some("annals: "), "{line} {place}: {before}");
            assert_eq!(talk.ends().1, 2, "{line} {place}");
        }
    }
    let home = desk.run("bo", "--ledger|read|--keys|keys");
    assert!(home.out.contains("\ncopy    an imported copy, to be read only\n"), "{home:?}");
    assert!(home.out.contains("\nwaits   4 facts wait for Bo Berg\n"), "{home:?}");
    // A copy that is older than what was looked at is none of another record.
    desk.writes("bo", "confirm|4|--how|reread", "written at 8");
    assert_eq!(desk.run("bo", "--tz|UTC").exit, 0);
    let older = desk.run("bo", "--ledger|read|--keys|keys").out;
    assert!(older.contains(" there were 9 events, and here are 8: an older copy\n"), "{older}");
    // To read, it is as any other.
    let listed = desk.run("bo", "review|--format|json|--ledger|read|--keys|keys");
    assert_eq!(listed.exit, 0, "{listed:?}");
}

/// What is confirmed is shown: also what is vouched for, a translation, the reliability.
#[test]
fn what_is_confirmed_with_a_claim_is_shown_before() {
    let desk = facts();
    let translation =
        "\"translation\":{\"lang\":\"de\",\"text\":\"zwei Stunden\",\"by\":\"human\"}";
    let evidence = format!("{{\"quote\":\"two hours\",\"reliability\":\"B\",{translation}}}");
    let draft =
        format!("{{\"claim\":\"Two hours.\",\"vouch\":\"so\",\"evidence\":[{evidence}]}}\n");
    std::fs::write(desk.path("so.jsonl"), draft).unwrap();
    desk.writes("ada", "append|so.jsonl", "written at 8");
    let listed = desk.run("bo", "review").out;
    let confirmed = desk.run("bo", "confirm|8|--how|reread|--dry-run").err;
    for line in [
        "reliability B",
        "in de, by a human: “zwei Stunden”",
        "language: en",
        "vouched for: that it is so",
    ] {
        assert!(listed.contains(line), "{line}: {listed}");
        assert!(confirmed.contains(line), "{line}: {confirmed}");
    }
}
