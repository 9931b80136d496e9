//! Answers that a filter narrows: what they leave out is not said not to be there.

use crate::people::desk::Desk;
use crate::people::undone_acts::{append, two_facts};

/// 5 Ada takes the topic of 3 away; Bo: 6 confirms 4, 7 relates the two.
fn desk() -> Desk {
    let desk = two_facts();
    append(
        &desk,
        concat!(
            r#"{"claim":"On Monday.","lang":"en","vouch":"said","document":2,"quote":"Monday","#,
            r#""topics":["Days"]}"#
        ),
        "ada",
    );
    append(
        &desk,
        r#"{"type":"fact.corrected","fact":5,"reason":"entry-error","statement":"S.","topics":["Weeks"]}"#,
        "ada",
    );
    desk.told("confirm 4 --how reread --by bo");
    desk.told("relate 3 contradicts 4 --by bo");
    desk
}

#[test]
fn a_difference_has_what_lost_its_topic_and_what_a_person_did() {
    let desk = desk();
    for topic in ["days", "weeks"] {
        let diff = desk.told(&format!("diff 5 8 --topic {topic}"));
        assert!(diff.contains("\n                   topics: Days → Weeks\n"), "{diff}");
        assert!(diff.contains("\n1 fact changed; "), "{diff}");
    }
    let diff = desk.told("diff 5 8 --by Bo_Berg");
    assert!(diff.starts_with("     4  confirmed  confirmed; was asserted\n"), "{diff}");
    assert!(diff.contains("\n     8  2027-03-01 08:07Z  fact.related 3 contradicts 4, "), "{diff}");
    assert!(diff.contains("\n1 fact changed; "), "{diff}");
}

#[test]
fn what_other_facts_quote_is_not_quoted_by_none() {
    let desk = desk();
    let last = |line: &str| {
        let told = desk.told(line);
        let counted = |line: &&str| line.contains(" code points");
        told.lines().find(counted).unwrap_or_else(|| panic!("{told}")).to_owned()
    };
    let all = "3 facts quote 27 of 30 code points (90 %); the others are spaces and marks";
    assert_eq!(last("blame 2"), all);
    let some = "1 fact quotes 10 of 30 code points (33 %); 20 in 1 place are quoted by none of \
                the facts that were asked for";
    assert_eq!(last("blame 2 --status confirmed"), some);
    let none = "no fact that was asked for quotes any of 30 code points";
    assert_eq!(last("blame 2 --status retracted"), none);
}

#[test]
fn what_waits_under_a_filter_is_said_with_it() {
    let desk = desk();
    let last = |line: &str| {
        let told = desk.told(line);
        let waits = |line: &&str| line.contains(" wait");
        told.lines().find(waits).unwrap_or_else(|| panic!("{told}")).to_owned()
    };
    assert_eq!(last("review --by bo"), "2 facts wait for Bo Berg");
    let topic = "no fact waits for Bo Berg, of those with the topic “none”";
    assert_eq!(last("review --by bo --topic none"), topic);
    let both = "1 fact waits for Bo Berg, of those with the topic “weeks” and that rest on 2";
    assert_eq!(last("review --by bo --topic weeks --document 2"), both);
}

#[test]
fn a_dispute_a_retraction_and_a_relation_are_shown_with_what_ended_them() {
    let desk = desk();
    desk.told("key new cy --name Cy_Cole --no-passphrase");
    desk.told("editor add keys/cy.request --role editor --by ada");
    desk.told("dispute 3 --reason wrong-figure --statement Three. --by bo");
    desk.told("retract 4 --reason duplicate --statement Twice. --by ada");
    let show = desk.told("show 10");
    assert!(!show.contains("ended by"), "{show}");
    desk.told("uphold 10 --statement It_says_two. --by cy");
    desk.told("reinstate 4 --statement Once. --by bo");
    desk.told("relate --withdraw 8 --statement No. --by ada");
    for (event, line) in [
        (10, "12: fact.upheld, “It says two.” — Cy Cole, 2027-03-01 08:13Z"),
        (11, "13: fact.reinstated, “Once.” — Bo Berg, 2027-03-01 08:14Z"),
        (8, "14: relation.withdrawn, “No.” — Ada Example, 2027-03-01 08:15Z"),
    ] {
        let show = desk.told(&format!("show {event}"));
        assert!(show.contains(&format!("\n    ended by {line}\n")), "{show}");
        let json = desk.told(&format!("show {event} --format json"));
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        let by = line.split(':').next().unwrap().parse::<u64>().unwrap();
        assert_eq!(json["ended"]["event"], by, "{json}");
    }
    let show = desk.told("show 10 --as-of 11");
    assert!(!show.contains("ended by"), "{show}");
}

#[test]
fn a_review_of_what_is_no_document_is_refused() {
    let desk = desk();
    for (position, found) in [(2, None), (3, Some("found 3")), (99, Some("found 99"))] {
        let review = desk.run(&format!("review --document {position} --by ada"));
        let why = "--document: expected the position of a document";
        assert_eq!(review.err.contains(why), found.is_some(), "{position}: {}", review.err);
        let said = found.is_none_or(|found| review.err.contains(found));
        assert!(said && (review.exit == 2) == found.is_some(), "{position}: {}", review.err);
    }
}

/// An empty variable of a script names no topic.
#[test]
fn a_topic_without_a_word_is_refused() {
    let desk = two_facts();
    for command in
        ["replay", "find met", "log", "diff 2", "blame 2", "review --by bo", "timeline --html t"]
    {
        for (topic, found) in [("", "\"\""), ("_", "\" \""), ("\u{ad}", "\"\\u{ad}\"")] {
            let (exit, why) = desk.refused(&format!("{command} --topic {topic}"));
            let expected = "annals: --topic: expected words of the name of a topic, found ";
            assert_eq!((exit, why), (2, format!("{expected}{found}\n")), "{command}");
        }
    }
}

/// Ada Example is Alva Example from 5 on; Ada Berg is another person.
#[test]
fn a_word_of_two_names_is_refused_and_a_name_as_answers_show_it_is_read() {
    let desk = two_facts();
    desk.told("editor change ada --name Alva_Example --by ada");
    desk.told("key new berg --name Ada_Berg --no-passphrase");
    desk.told("editor add keys/berg.request --role editor --by ada");
    let (exit, why) = desk.refused("replay --by Ada");
    let expected = "annals: --by: expected a whole name or digits of a key, found \"Ada\", which \
                    may be Ada Berg or Alva Example\n";
    assert_eq!((exit, why.as_str()), (2, expected));
    let all = desk.told("log --by Alva_Example");
    for name in ["Ada_Example_(now_Alva_Example)", "Ada_Example"] {
        assert_eq!(desk.told(&format!("log --by {name}")), all, "{name}");
    }
    let key = founders_key(&desk);
    for name in [format!("key_{key}"), format!("Alva_Example_(key_{key})")] {
        assert_eq!(desk.told(&format!("log --by {name}")), all, "{name}");
    }
}

/// The first 16 digits of the founder's key.
fn founders_key(desk: &Desk) -> String {
    let line = desk.command("editor list --format json", &[]).output().unwrap();
    let list: serde_json::Value = serde_json::from_slice(&line.stdout).unwrap();
    list["editors"][0]["key"].as_str().unwrap()[..16].to_owned()
}

#[test]
fn a_value_that_begins_with_a_minus_is_told_from_an_option() {
    let desk = two_facts();
    for (line, found) in [
        ("append --document 2 --quote -5_degrees --claim Five. --by ada", "-5 degrees"),
        ("append --document 2 --quote met --claim -40 --by ada", "-40"),
        ("find -5_degrees", "-5 degrees"),
    ] {
        let (exit, why) = desk.refused(line);
        let expected = format!(
            "annals: expected an option, found \"{found}\"; a value that begins with a minus is \
             joined to its option by =, as in --claim=\"{found}\"; words to find stand behind --, \
             as in annals find -- \"{found}\"\n"
        );
        assert_eq!((exit, why), (2, expected), "{line}");
    }
    for (line, found, code, option) in [
        ("append \u{2013}-quote met --claim x --by ada", "\u{2013}-quote", "2013", "quote"),
        ("append \u{2014}quote met --claim x --by ada", "\u{2014}quote", "2014", "quote"),
        (
            "append \u{2212}\u{2212}quote=met --claim x a --by ada",
            "\u{2212}\u{2212}quote=met",
            "2212",
            "quote",
        ),
        ("verify \u{2013}-pin x", "\u{2013}-pin", "2013", "pin"),
        ("status \u{2013}-format json", "\u{2013}-format", "2013", "format"),
    ] {
        let (exit, why) = desk.refused(line);
        let expected = format!(
            "annals: expected an option, found \"{found}\", which begins with another dash \
             (U+{code}); write --{option}\n"
        );
        assert_eq!((exit, why), (2, expected), "{line}");
    }
    // The values of other options are not what was not expected.
    for line in ["append --quote met --claim \u{2014}no --bz ada", "find \u{2014}day --bogus"] {
        let (_, why) = desk.refused(line);
        assert!(why.starts_with("error: unexpected argument '--b"), "{why}");
    }
    // A value that no quotation marks hold together.
    for (line, option, value, rest, quoted) in [
        (
            "append --quote The council met --claim x --by ada",
            "--quote",
            "The",
            "council met",
            "'The council met'",
        ),
        (
            "dispute 3 --reason wrong-date --statement He said no --by ada",
            "--statement",
            "He",
            "said no",
            "'He said no'",
        ),
        (
            "append --quote \u{201c}The council met\u{201d} --claim x",
            "--quote",
            "\u{201c}The",
            "council met\u{201d}",
            "'The council met'",
        ),
    ] {
        let (exit, why) = desk.refused(line);
        let marks =
            if value.starts_with('\u{201c}') { "straight quotation marks" } else { "quotes" };
        let expected = format!(
            "annals: expected one value after {option}, found the words \"{rest}\" after \
             \"{value}\"; a value of several words stands in {marks}: {option} {quoted}\n"
        );
        assert_eq!((exit, why), (2, expected), "{line}");
    }
    let (exit, why) = desk.refused("append --quote The council --claim x --by ada");
    let expected = "annals: expected either drafts (a file, or --edit) or the options of one \
                    fact, found both: \"council\" is taken for a file of drafts, and there is \
                    none; a value of several words stands in quotes\n";
    assert_eq!((exit, why.as_str()), (2, expected));
    // An option without a value has none of several words.
    let (_, why) = desk.refused("append x --yes a b");
    assert!(why.starts_with("error: unexpected argument 'a' found\n"), "{why}");
    // A second word is no value that begins with a minus.
    let (_, why) = desk.refused("append a_b c_d");
    assert!(why.starts_with("error: unexpected argument 'c d' found\n"), "{why}");
    desk.told("find -- -5_degrees");
    assert!(desk.refused("find --nothing").1.contains("unexpected argument '--nothing'"));
}
