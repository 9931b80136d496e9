//! `annals diff`: what changed between two points, as text, as a unified diff, as JSON.

use crate::archivist::story::{dark_story, story};
use serde_json::Value;
use std::collections::BTreeMap;

const FROM: &str = "from: as of position 9 (10 of 14 events), head \
     96893f2b6e98dcc95f23d697c8d63728dd211201d8f19f523bf07cd2113dd121, recorded \
     2022-01-27T08:00:06Z\n";
const TO: &str = "to: as of position 13 (14 of 14 events), head \
     2813f6aafd76c986e877d1ad83e7e8154013631218f0962b9dee84ca0a5d3327, recorded \
     2022-02-01T09:00:03Z\n";

#[test]
fn each_fact_that_changed_with_who_when_and_why() {
    let story = story();
    let expected = format!(
        "     5  asserted   corrected
                   Sullivan met Grushko in Moscow {{+on Wednesday+}}.
                   when: 2022-01-25 (“Wednesday”, derived) → 2022-01-26 (“Wednesday”, derived)
                   10: corrected, wrong-date, error in the record: “Wednesday was the 26th” — Bo
                   Berg, 2022-02-01 09:00Z

     6  retracted  retracted; was asserted
                   The talks lasted two hours.
                   11: retracted, unverifiable, error in the record: “nobody can say how long” — Bo
                   Berg, 2022-02-01 09:00Z

     7  disputed   disputed; was asserted
                   The core question was not answered.
                   12: disputed, misquotation, error in the document: “he said it otherwise” — Bo
                   Berg, 2022-02-01 09:00Z

relations

    13  2022-02-01 09:00Z  fact.related 5 supports 4, Bo Berg
        supports: they met for it

3 facts changed; 4 events between the points
{FROM}{TO}"
    );
    assert_eq!(story.told("diff 9 head"), expected);
    assert_eq!(story.told("diff 2022-01-27 2022-02-01"), expected);
    assert_eq!(story.told("diff 9"), expected);
}

#[test]
fn a_filter_narrows_to_facts_and_relations_and_lists_the_undated_apart() {
    let story = story();
    let told = story.told("diff 9 head --topic sullivan");
    assert!(told.starts_with("     5  asserted   corrected\n"), "{told}");
    assert!(told.contains("fact.related 5 supports 4"), "{told}");
    assert!(told.contains("\n1 fact changed; 4 events between the points\n"), "{told}");
    let told = story.told("diff 3 9 --when 2022-01");
    let expected = "     5  asserted   new
                   Sullivan met Grushko in Moscow.
                   5: asserted — Ada Example, 2022-01-27 08:00Z

4 facts without a date, which may be of any time:

     4  confirmed  new, confirmed
                   Two answers were given.
                   4: asserted — Ada Example, 2022-01-27 08:00Z
                   8: confirmed, reread — Bo Berg, 2022-01-27 08:00Z
";
    assert!(told.starts_with(expected), "{told}");
    assert!(told.contains("\n1 fact changed, when 2022-01; 6 events between the points\n"));
    let since =
        "since then 3 of these changed in words or status: 5 corrected, 6 retracted, 7 disputed\n";
    assert!(told.ends_with(since), "{told}");
}

#[test]
fn the_roster_and_what_a_stolen_key_undid() {
    let told = dark_story().told("diff 13 head");
    let expected = "     7  disputed   redacted
                   [the words are redacted]
                   15: words of 7 redacted, court-order: “order 1/22” — Ada Example, 2022-03-01
                   10:00Z

     9  asserted   undone, suspect
                   They met.
                   undone: 9 asserted
                   14: undone by the revocation of Cy Cole (key ed4928c628d1c2c6), compromised,
                   suspect from 9: “the laptop was stolen” — Ada Example, 2022-03-01 10:00Z

editors

    14  2022-03-01 10:00Z  editor.revoked, Ada Example
        revoked Cy Cole (key ed4928c628d1c2c6), suspect from 9: undoes 1 event: 9; turns 1 fact: 9
        asserted, as before, suspect
        compromised: the laptop was stolen

2 facts changed; 2 events between the points
";
    assert!(told.starts_with(expected), "{told}");
}

#[test]
fn nothing_changed_is_an_answer_and_the_wrong_order_is_an_error() {
    let story = story();
    let told = story.told("diff 13 head");
    assert!(
        told.starts_with("no fact changed; 0 events between the points\nfrom: as of position 13 ")
    );
    let answer = story.run("diff 2022-02-01 9");
    let why = "annals: expected the earlier point first, found \"2022-02-01\" (position 13) after \
               \"9\" (position 9): give the two in the other order\n";
    assert_eq!((answer.exit, answer.err.as_str(), answer.out.as_str()), (2, why, ""));
    assert_eq!(story.run("diff 9 head --format csv").exit, 2);
    assert_eq!(story.run("diff 9 head --unified --format json").exit, 2);
}

/// Applies a unified diff to texts by name, and checks every line that it expects.
fn patch(texts: &mut BTreeMap<String, Vec<String>>, diff: &str) {
    let mut lines = diff.lines().peekable();
    while let Some(line) = lines.next() {
        let Some(old) = line.strip_prefix("--- ") else { continue };
        let new = lines.next().unwrap().strip_prefix("+++ b/").unwrap();
        let name = new.split('\t').next().unwrap().to_owned();
        let before = texts.remove(&name).unwrap_or_default();
        assert_eq!(old.starts_with("/dev/null"), before.is_empty(), "{name}");
        let (mut after, mut at) = (Vec::new(), 0);
        while let Some(hunk) = lines.next_if(|line| line.starts_with("@@ -")) {
            let start = hunk["@@ -".len()..].split([',', ' ']).next().unwrap();
            let start: usize = start.parse().unwrap();
            after.extend_from_slice(&before[at..start.saturating_sub(1)]);
            at = start.saturating_sub(1);
            while let Some(line) =
                lines.next_if(|l| l.starts_with([' ', '+', '-']) && !l.starts_with("--- "))
            {
                let (sign, words) = line.split_at(1);
                if sign != "+" {
                    assert_eq!(before[at], words, "{name}");
                    at += 1;
                }
                if sign != "-" {
                    after.push(words.to_owned());
                }
            }
        }
        after.extend_from_slice(&before[at..]);
        texts.insert(name, after);
    }
}

#[test]
fn unified_diffs_apply_one_after_the_other() {
    let story = dark_story();
    let whole = story.run("diff 2021-12-31 head --unified");
    assert_eq!(whole.exit, 0);
    let (mut at_once, mut by_steps) = (BTreeMap::new(), BTreeMap::new());
    patch(&mut at_once, &whole.out);
    let names: Vec<&str> = at_once.keys().map(String::as_str).collect();
    let expected =
        ["document/3", "editors", "fact/4", "fact/5", "fact/6", "fact/7", "fact/9", "ledger"];
    assert_eq!(names, expected);
    for (from, to) in [("2021-12-31", "2"), ("2", "6"), ("6", "9"), ("9", "12"), ("12", "15")] {
        let answer = story.run(&format!("diff {from} {to} --unified"));
        assert_eq!(answer.exit, 0, "{}", answer.err);
        patch(&mut by_steps, &answer.out);
    }
    assert_eq!(by_steps, at_once);
    let fact = "fact: 6|status: retracted|revision: 6|claim: The talks lasted two hours.|\
                language: en|vouched for: said|when: the document does not say|\
                evidence: document 3 supports at 93 to 119: “The talks lasted two hours”|\
                retracted: 11 unverifiable, error in the record: “nobody can say how long” by Bo \
                Berg";
    assert_eq!(at_once["fact/6"].join("|"), fact);
}

#[test]
fn unified_is_three_lines_around_each_change() {
    let told = story().told("diff 9 head --topic sullivan --unified");
    let expected = "--- a/fact/5\tas of 9
+++ b/fact/5\tas of 13
@@ -1,10 +1,12 @@
 fact: 5
 status: asserted
-revision: 5
-claim: Sullivan met Grushko in Moscow.
+standing: corrected ×1
+revision: 10
+claim: Sullivan met Grushko in Moscow on Wednesday.
 language: en
 vouched for: said
-when: 2022-01-25 (“Wednesday”, derived)
+when: 2022-01-26 (“Wednesday”, derived)
 topic: John Sullivan
 topic: Alexander Grushko
 evidence: document 3 supports at 48 to 78: “Sullivan met Grushko in Moscow”
+relation: 13 5 supports 4 by Bo Berg
";
    assert_eq!(told, format!("{expected}{FROM}{TO}"));
}

#[test]
fn json_has_both_points_both_revisions_and_every_act() {
    let story = story();
    let told: Value = serde_json::from_str(&story.told("diff 9 head --format json")).unwrap();
    assert_eq!((&told["from"]["as_of"], &told["to"]["as_of"]), (&9.into(), &13.into()));
    let fact = &told["facts"][0];
    assert_eq!(fact["changes"], serde_json::json!(["corrected"]));
    assert_eq!((&fact["revision_before"], &fact["revision"]), (&5.into(), &10.into()));
    assert_eq!(fact["before"]["claim"], "Sullivan met Grushko in Moscow.");
    assert_eq!(fact["now"]["when"]["edtf"], "2022-01-26");
    assert_eq!(fact["marked"], "Sullivan met Grushko in Moscow {+on Wednesday+}.");
    let act = &fact["acts"][0];
    assert_eq!((&act["event"], &act["by"]), (&10.into(), &"Bo Berg".into()));
    assert_eq!((&act["why"], &act["error_in"]), (&"wrong-date".into(), &"record".into()));
    assert_eq!(told["facts"][1]["status_before"], "asserted");
    assert_eq!(told["relations"][0]["args"]["rel"], "supports");
    assert_eq!(told["editors"], serde_json::json!([]));
    let lines = story.told("diff 0 3 --format jsonl");
    let sections: Vec<Value> = lines.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let sections: Vec<&Value> = sections.iter().map(|line| &line["section"]).collect();
    assert_eq!(sections, ["documents", "editors", "editors"]);
}
