//! Refusals by the rules: the number of the rule, the reason, and advice.

use crate::editor::story::{desk, facts};

#[test]
fn own_words_are_not_confirmed() {
    facts().refuses(
        "ada",
        "confirm|4|--how|reread",
        (
            1,
            "annals: one draft is refused; nothing was written\n  rule 504 own-words: the present \
         words of fact 4 are the signer's own; another person confirms them\n",
        ),
    );
}

#[test]
fn one_person_confirms_once_and_one_refusal_refuses_all() {
    let desk = facts();
    desk.writes("bo", "confirm|4|--how|reread", "written at 8");
    desk.refuses(
        "bo",
        "confirm|5|4|--how|direct-contact",
        (
            1,
            "annals: one draft is refused; nothing was written\n  rule 505 confirmed-twice: this \
         person has confirmed event 4 already; another person may confirm too\n",
        ),
    );
}

#[test]
fn words_that_were_corrected_since_are_stale_where_their_own_number_is_given() {
    let desk = facts();
    let correct = |claim: &str| {
        format!("correct|6|--reason|wrong-figure|--statement|counted again|--claim|{claim}")
    };
    desk.writes("ada", &correct("The talks lasted three hours."), "written at 8");
    desk.writes("ada", &correct("The talks lasted four hours."), "written at 9");
    desk.refuses(
        "bo",
        "confirm|8|--how|reread",
        (
            1,
            "annals: one draft is refused; nothing was written\n  rule 503 stale: the present \
         revision of fact 6 is made by event 9, not by 8; read its present words with annals \
         show, then name the fact\n",
        ),
    );
    desk.writes("bo", "confirm|9|--how|reread", "written at 10");
}

#[test]
fn positions_that_are_no_fact_are_refused() {
    let desk = facts();
    let told = |position: &str| {
        format!(
            "annals: one draft is refused; nothing was written\n  fact: {position} is no fact; \
             annals replay lists them\n"
        )
    };
    desk.refuses("bo", "confirm|99|--how|reread", (1, &told("99")));
    let dispute = "dispute|3|--reason|fabricated|--statement|x";
    desk.refuses("bo", dispute, (1, &told("3")));
    let correct = "correct|99|--reason|entry-error|--statement|x|--claim|y";
    let why = "annals: one draft is refused; nothing was written\n  fact: 99 is no fact; annals \
               replay lists them\n";
    desk.refuses("bo", correct, (1, why));
    desk.refuses(
        "bo",
        "uphold|4|--statement|x",
        (
            1,
            "annals: one draft is refused; nothing was written\n  rule 501 target: event 4 is no \
         fact.disputed; fact 4 has no open dispute\n",
        ),
    );
    // Two bad ones are both reported.
    let both = "annals: 2 drafts are refused; nothing was written\n  fact: 98 is no fact; annals \
                replay lists them\n  fact: 99 is no fact; annals replay lists them\n";
    desk.refuses("bo", "confirm|98|99|4|--how|reread", (1, both));
}

#[test]
fn a_position_that_is_not_there_is_named_with_its_field_and_with_what_is_open() {
    let desk = facts();
    let no_event = |line: &str, field: &str| {
        let told = format!(
            "annals: one draft is refused; nothing was written\n  {field}: there is no event 99; \
             the last is 7, and annals log lists them\n"
        );
        desk.refuses("bo", line, (1, &told));
    };
    no_event("uphold|99|--statement|x", "dispute");
    no_event("reinstate|99|--statement|x", "retraction");
    no_event("relate|4|supports|99", "to");
    no_event("relate|99|supports|4", "from");
    no_event("relate|--withdraw|99|--statement|x", "relation");
    no_event("correct|4|--reason|entry-error|--statement|x|--claim|Y.|--resolves|99", "resolves");
    let refused = |line: &str, why: &str| {
        let told = format!("annals: one draft is refused; nothing was written\n  {why}\n");
        desk.refuses("ada", line, (1, &told));
    };
    desk.writes("bo", "dispute|4|--reason|misquotation|--statement|x", "written at 8");
    refused(
        "uphold|4|--statement|x",
        "rule 501 target: event 4 is no fact.disputed; fact 4 has one open dispute, 8",
    );
    desk.writes("cy", "dispute|4|--reason|misquotation|--statement|y", "written at 9");
    refused(
        "correct|4|--reason|entry-error|--statement|x|--claim|Y.|--resolves|5",
        "rule 501 target: event 5 is no fact.disputed; fact 4 has these open disputes: 8, 9",
    );
    desk.writes("bo", "relate|5|supports|6", "written at 10");
    refused(
        "relate|--withdraw|6|--statement|x",
        "rule 501 target: event 6 is no fact.related; fact 6 has these relations in force: 10",
    );
    desk.writes("bo", "correct|5|--reason|entry-error|--statement|x|--claim|Y.", "written at 11");
    refused(
        "relate|7|supports|11",
        "rule 501 target: event 11 is no fact.asserted; it corrects fact 5, which is named by 5",
    );
}

#[test]
fn reasons_and_statements_that_are_missing_are_named() {
    let desk = facts();
    let reasons = "misquotation, mistranslation, misattribution, wrong-date, wrong-figure, \
                   wrong-identity, out-of-context, contradicted, unverifiable, source-corrected, \
                   source-retracted, fabricated, duplicate, entry-error";
    let why = format!("annals: reason: give it with --reason, one of {reasons}\n");
    desk.refuses("bo", "dispute|4", (2, &why));
    desk.refuses(
        "bo",
        "retract|4|--reason|duplicate",
        (2, "annals: statement (why, in a sentence for readers): give it with --statement\n"),
    );
    desk.refuses(
        "bo",
        "confirm|4",
        (
            2,
            "annals: how do you confirm: give it with --how, one of reread, independent-document, \
         direct-contact\n",
        ),
    );
    desk.refuses(
        "bo",
        "dispute|4|--reason|more-precise|--statement|x",
        (2, "annals: --reason: more-precise is for corrections only\n"),
    );
}

#[test]
fn an_argument_that_cannot_be_read_says_what_was_expected_found_and_where() {
    let desk = desk();
    let number = "expected a whole number";
    for (line, told) in [
        ("show|seven", format!("<POSITION>: {number}, found \"seven\"")),
        ("show|--|-1", format!("<POSITION>: {number}, found \"-1\"")),
        (
            "confirm|4|x|--how|reread",
            "<FACTS>...: expected a position such as 3, or a range such as 3-22 or 3-5,9, found \
             \"x\""
                .to_owned(),
        ),
        ("replay|--document|1.5", format!("--document <POSITION>: {number}, found \"1.5\"")),
        ("verify|--jobs|300", format!("--jobs <N>: {number} from 1 to 256, found \"300\"")),
        ("verify|--jobs|many", format!("--jobs <N>: {number}, found \"many\"")),
        (
            "show|99999999999999999999",
            "<POSITION>: expected a smaller number, found \"99999999999999999999\"".to_owned(),
        ),
        (
            "replay|--status|bad",
            "--status <STATUS>: expected asserted, confirmed, disputed or retracted, found \"bad\""
                .to_owned(),
        ),
        (
            "witness|serve|--key|k|--for|v|--state|s|--listen|here",
            "--listen <ADDRESS>: expected an address with a port, such as 127.0.0.1:8080, found \
             \"here\""
                .to_owned(),
        ),
        (
            "confirm|4|--how|reread|--wait|long",
            "--wait: expected a span of time such as 10s or 2min, found \"long\"".to_owned(),
        ),
    ] {
        desk.refuses("bo", line, (2, &format!("annals: {told}\n")));
    }
}

#[test]
fn help_lists_the_reasons_that_a_command_takes() {
    let desk = desk();
    let lists = |command: &str| {
        let help = desk.run("", &format!("{command}|--help")).out;
        assert!(help.contains("entry-error"), "{help}");
        help.contains("more-precise")
    };
    assert_eq!(["dispute", "retract", "correct"].map(lists), [false, false, true]);
}

#[test]
fn a_line_break_of_a_draft_writes_no_line_of_its_own() {
    let desk = facts();
    let line = "x\\nyes: the record is whole";
    for draft in [
        format!(r#"{{"ref":"{line}","quote":"two hours","claim":""}}"#),
        format!(r#"{{"type":"{line}","quote":"two hours","claim":"C."}}"#),
        format!(r#"{{"type":"fact.related","from":6,"rel":"{line}","to":7}}"#),
        format!(r#"{{"{line}":1,"quote":"two hours","claim":"C."}}"#),
        format!(r#"{{"type":"document.captured","file":"{line}","title":"t","lang":"en"}}"#),
    ] {
        std::fs::write(desk.path("d.jsonl"), &draft).unwrap();
        let answer = desk.run("ada", "append|d.jsonl|--dry-run");
        assert_ne!(answer.exit, 0, "{draft}");
        assert!(!answer.err.contains("\nyes"), "{draft}: {}", answer.err);
    }
}

#[test]
fn a_type_that_is_none_is_answered_with_those_of_drafts() {
    let desk = facts();
    std::fs::write(desk.path("d.jsonl"), r#"{"type":"x"}"#).unwrap();
    let answer = desk.run("ada", "append|d.jsonl");
    let told = "annals: one draft is refused; nothing was written\n  line 1: type: unknown \
                word `x`; expected one of document.captured, document.described, fact.asserted, \
                fact.confirmed, fact.disputed, fact.upheld, fact.corrected, fact.retracted, \
                fact.reinstated, fact.related, relation.withdrawn (column 11)\n";
    assert_eq!((answer.exit, answer.err.as_str()), (1, told));
}

#[test]
fn a_damaged_document_is_not_called_a_damaged_journal() {
    let desk = facts();
    let folder = std::fs::read_dir(desk.path("ledger/document")).unwrap();
    let document = folder.map(|entry| entry.unwrap().path()).next().unwrap();
    let mut bytes = std::fs::read(&document).unwrap();
    bytes[0] ^= 1;
    std::fs::write(&document, bytes).unwrap();
    // Without an index the whole record is judged.
    std::fs::remove_dir_all(desk.path("ledger/index")).unwrap();
    let answer = desk.run("bo", "confirm|4|--how|reread");
    let advice = "annals verify lists all, annals repair --from COPY takes documents from another \
                  copy\n";
    assert!(answer.exit != 0 && answer.err.ends_with(advice), "{answer:?}");
    assert!(answer.err.contains("rule 606 document-digest"), "{answer:?}");
    assert!(!answer.err.contains("journal"), "{answer:?}");
}
