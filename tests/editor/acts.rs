//! Confirm, dispute, uphold, correct, retract, reinstate, relate.

use crate::editor::story::facts;

#[test]
fn several_facts_are_confirmed_at_once() {
    let desk = facts();
    let answer = desk.writes("bo", "confirm|4|5|6|--how|reread", "written at 8 to 10 (3 events)");
    assert_eq!(answer.err, "");
    assert_eq!(desk.fact(5)["status"], "confirmed");
    let again = desk.writes("bo", "confirm|4|5|6|--how|reread", "already at 8 to 10 (3 events)");
    assert_eq!(again.out, "already at 8 to 10 (3 events)\n");
}

#[test]
fn an_independent_document_confirms_with_its_words() {
    let desk = facts();
    let line = "confirm|6|--how|independent-document|--quote|two hours|--document";
    desk.refuses("bo", &format!("{line}|3"), (
        1,
        "annals: one draft is refused; nothing was written\n  rule 613 independent: no supporting \
         document is independent of those of event 6; quote, with --quote and --document, a \
         document that none of the fact's own come from\n",
    ));
    std::fs::write(desk.path("other.txt"), "It took them two hours, a witness says.").unwrap();
    desk.writes("bo", "doc|add|other.txt|--title|Other|--lang|en", "written at 8");
    desk.writes("bo", &format!("{line}|8"), "written at 9");
    let confirmation = &desk.fact(6)["confirmations"][0];
    assert_eq!(confirmation["how"], "independent-document");
    assert_eq!(confirmation["evidence"][0]["document"], 8);
}

#[test]
fn a_dispute_is_upheld_by_a_third_person() {
    let desk = facts();
    desk.writes(
        "bo",
        "dispute|7|--reason|misquotation|--error-in|source|--statement|he said it otherwise|\
         --quote|the core question",
        "written at 8",
    );
    let fact = desk.fact(7);
    let dispute = &fact["disputes"][0];
    assert_eq!(fact["status"], "disputed");
    assert_eq!(dispute["error_in"], "document");
    assert_eq!(dispute["evidence"][0]["stance"], "contradicts");
    desk.refuses(
        "ada",
        "uphold|8|--statement|no",
        (
            1,
            "annals: one draft is refused; nothing was written\n  rule 508 uphold-own: the signer \
         asserted fact 7 or its present words; another person upholds it, or annals correct \
         resolves the dispute\n",
        ),
    );
    desk.writes("cy", "uphold|8|--statement|the recording has these words", "written at 9");
    assert_eq!(desk.fact(7)["status"], "asserted");
}

#[test]
fn a_correction_takes_over_what_is_not_given_and_shows_before_and_after() {
    let desk = facts();
    let answer = desk.writes(
        "bo",
        "correct|5|--reason|wrong-date|--statement|Wednesday was the 26th|--claim|Sullivan met \
         Grushko in Moscow on Wednesday.|--quote|Sullivan met … on Wednesday|--when|2022-01-25|\
         --topic|Moscow",
        "written at 8",
    );
    let shown = "\
note: when: the words “Wednesday” have the weekday Wednesday, and 2022-01-25 is a Tuesday
     8  fact.corrected 5
        Sullivan met Grushko in Moscow {+on Wednesday+}.
        evidence before:
        document 3 supports, code points 63 to 93:
            ⟦Sullivan met Grushko in Moscow⟧ on Wednesday.
        evidence now:
        document 3 supports, code points 63 to 106:
            ⟦Sullivan met Grushko in Moscow on Wednesday⟧.
        when: 2022-01-26 (“Wednesday”, derived) → 2022-01-25 (“Wednesday”, derived)
        topics: John Sullivan, Moscow → Moscow
        wrong-date, error in the record: “Wednesday was the 26th”
";
    assert_eq!(answer.err, shown);
    let fact = desk.fact(5);
    assert_eq!(fact["when"]["as_written"], "Wednesday");
    assert_eq!((&fact["lang"], &fact["vouch"]), (&"en".into(), &"said".into()));
    assert_eq!(fact["revisions"][0]["claim"], "Sullivan met Grushko in Moscow.");
    // An empty value removes a field.
    let line = "correct|5|--reason|more-precise|--statement|no date|--when||--as-written||--topic|";
    desk.writes("bo", line, "written at 9");
    let fact = desk.fact(5);
    assert_eq!((fact["when"].is_null(), fact["topics"].as_array().unwrap().len()), (true, 0));
}

/// A source that took back its words has the error itself, unless something else is said.
#[test]
fn a_retracted_source_has_the_error_itself() {
    let desk = facts();
    for (reason, given, place) in [
        ("source-retracted", "", "document"),
        ("source-corrected", "", "document"),
        ("source-retracted", "|--error-in|record", "record"),
        ("wrong-date", "", "record"),
    ] {
        let line = format!("dispute|4|--reason|{reason}|--statement|They took it back{given}");
        let answer = desk.run("bo", &format!("{line}|--dry-run"));
        let shown = format!("{reason}, error in the {place}: “They took it back”");
        assert!(answer.err.contains(&shown), "{answer:?}");
    }
}

#[test]
fn open_disputes_are_named_and_resolved_by_number() {
    let desk = facts();
    let dispute = "dispute|6|--reason|wrong-figure|--statement|it was three";
    desk.writes("bo", dispute, "written at 8");
    let correct = "correct|6|--reason|wrong-figure|--statement|Bo is right|--claim|The talks \
                   lasted three hours.";
    let answer = desk.run("ada", &format!("{correct}|--dry-run"));
    let note = "note: fact 6 has open disputes, which stay open: 8; --resolves names those that \
                this resolves\n";
    assert!(answer.err.starts_with(note), "{}", answer.err);
    let answer = desk.writes("ada", &format!("{correct}|--resolves|8"), "written at 9");
    assert!(!answer.err.contains("open disputes"), "{}", answer.err);
    assert_eq!(desk.fact(6)["status"], "asserted");
    desk.refuses("cy", "uphold|8|--statement|too late", (
        1,
        "annals: one draft is refused; nothing was written\n  rule 507 dispute-closed: dispute 8 \
         of fact 6 is closed; annals show lists what closed it\n",
    ));
    desk.refuses("cy", "confirm|8|--how|reread", (
        1,
        "annals: one draft is refused; nothing was written\n  fact: 8 is no fact; annals replay \
         lists them\n",
    ));
}

#[test]
fn a_correction_of_nothing_is_refused() {
    let desk = facts();
    desk.refuses(
        "bo",
        "correct|6|--reason|entry-error|--statement|x",
        (
            2,
            "annals: expected what to correct (--claim, --quote, --according-to, --when, --topic, \
         --lang or --vouch), found none; nothing was written\n",
        ),
    );
}

#[test]
fn a_retraction_is_ended_by_another_person_by_either_number() {
    let desk = facts();
    let retract = "retract|6|--reason|unverifiable|--statement|nobody can say how long";
    desk.writes("bo", retract, "written at 8");
    desk.refuses(
        "cy",
        "confirm|6|--how|reread",
        (
            1,
            "annals: one draft is refused; nothing was written\n  rule 502 retracted: fact 6 is \
         retracted by event 8; annals reinstate ends a retraction\n",
        ),
    );
    desk.refuses(
        "bo",
        "reinstate|6|--statement|x",
        (
            1,
            "annals: one draft is refused; nothing was written\n  rule 512 reinstate-own: who \
         retracted cannot reinstate; another person reinstates\n",
        ),
    );
    // A fact that was never retracted is refused as other acts on the wrong thing are.
    let answer = desk.run("cy", "reinstate|4|--statement|x");
    assert_eq!(answer.exit, 1, "{answer:?}");
    assert!(answer.err.contains("fact 4 is not retracted"), "{answer:?}");
    desk.writes("cy", "reinstate|6|--statement|a witness can", "written at 9");
    desk.refuses(
        "cy",
        "reinstate|6|--statement|again",
        (
            1,
            "annals: one draft is refused; nothing was written\n  rule 511 retraction-standing: \
         retraction 8 of fact 6 is over; annals show lists what ended it\n",
        ),
    );
    desk.refuses(
        "cy",
        "reinstate|8|--statement|again",
        (
            1,
            "annals: one draft is refused; nothing was written\n  rule 511 retraction-standing: \
         retraction 8 of fact 6 is over; annals show lists what ended it\n",
        ),
    );
    desk.writes("bo", &format!("{retract} after all"), "written at 10");
    desk.writes("ada", "reinstate|10|--statement|by its number", "written at 11");
    assert_eq!(desk.fact(6)["status"], "asserted");
}

#[test]
fn relations_stand_in_the_order_that_the_rules_want_and_are_withdrawn() {
    let desk = facts();
    desk.writes("bo", "relate|7|contradicts|4|--statement|not both", "written at 8");
    let relation = &desk.fact(4)["relations"][0];
    assert_eq!((&relation["from"], &relation["to"]), (&4.into(), &7.into()));
    desk.writes("bo", "relate|7|supports|4", "written at 9");
    assert_eq!(desk.fact(4)["relations"][1]["from"], 7);
    desk.refuses(
        "ada",
        "relate|4|contradicts|7",
        (
            1,
            "annals: one draft is refused; nothing was written\n  rule 514 relation-standing: 4 \
         contradicts 7 stands already; annals show lists the relations of a fact\n",
        ),
    );
    desk.writes("ada", "relate|--withdraw|8|--statement|both can be", "written at 10");
    assert_eq!(desk.fact(4)["relations"][0]["stands"], false);
    desk.refuses("ada", "relate|4|supports|4", (
        1,
        "annals: one draft is refused; nothing was written\n  rule 513 relation-ends: a fact is \
         not related to itself\n",
    ));
}

#[test]
fn that_a_claim_is_as_before_is_said_outside_of_its_quotation_marks() {
    let desk = facts();
    let correct = "correct|7|--reason|more-precise|--statement|x";
    desk.writes("bo", &format!("{correct}|--topic|Talks"), "written at 8");
    let claim = "The core question was not answered. (the claim is as before)";
    desk.writes("bo", &format!("{correct}|--claim|{claim}"), "written at 9");
    let log = desk.run("", "log|7").out;
    let lines: Vec<&str> = log.lines().filter(|line| line.contains("as before")).collect();
    let expected = [
        "        the claim is as before: “The core question was not answered.”",
        "        now: “The core question was not answered. {+(the claim is as before)+}”",
    ];
    assert_eq!(lines, expected, "{log}");
}

#[test]
fn another_number_of_confirmations_names_the_facts_that_it_turns() {
    let desk = facts();
    desk.writes("bo", "confirm|4|5|--how|reread", "written at 8 to 9 (2 events)");
    let change = "ledger|change|--confirmations|2";
    let turned = "turns 2 facts: 4 asserted, before confirmed; 5 asserted, before confirmed";
    let tried = desk.run("ada", &format!("{change}|--dry-run"));
    let expected = format!(
        "change example.org/record\n  confirmations: 2, before 1\n  {turned}\none event would be \
         written; nothing was\n"
    );
    assert_eq!((tried.exit, tried.err.as_str()), (0, expected.as_str()));
    let written = desk.writes("ada", change, "written at 10");
    let after: Vec<&str> = written.out.lines().skip(2).collect();
    assert_eq!(after, ["confirmations: 2, before 1", turned]);
}
