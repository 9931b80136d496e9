//! `annals append --quote`: one fact by a pointing quotation.

use crate::editor::story::{bare, desk, facts};

#[test]
fn the_document_s_own_words_are_shown_and_recorded() {
    let desk = desk();
    let answer = desk.writes(
        "ada",
        "append|--quote|reports - \"in  short\" … were given|--claim|Two answers were given.|\
         --according-to|Kommersant|--agent-type|organization|--act|reports|--when|2022-01|\
         --basis|derived|--topic|Answers|--topic|Kommersant|--vouch|so|--reliability|B",
        "written at 4",
    );
    let shown = "     4  fact.asserted
        Two answers were given.
        document 3 supports, code points 11 to 61:
            Kommersant ⟦reports – “in short” – that two answers were given⟧.
            reliability B
        according to: Kommersant reports that …
        when: 2022-01 (derived)
        topics: Answers, Kommersant
        language: en
        vouched for: that it is so
";
    assert_eq!(answer.err, shown);
    let fact = desk.fact(4);
    let evidence = &fact["evidence"][0];
    assert_eq!(evidence["quote"]["exact"], "reports – “in short” – that two answers were given");
    assert_eq!(evidence["reliability"], "B");
    // The type of an agent is known from its first use on.
    let again = "append|--quote|Sullivan met Grushko|--claim|They met.|--according-to|Kommersant";
    desk.writes("bo", again, "written at 5");
    assert_eq!(desk.fact(5)["attribution"][0]["agent_type"], "organization");
    assert_eq!(desk.fact(5)["attribution"][0]["act"], "says");
}

#[test]
fn a_repeated_draft_is_reported_and_not_written_twice() {
    let desk = facts();
    let same = "append|--quote|The talks lasted two hours|--claim|The talks lasted two hours.";
    assert_eq!(desk.writes("ada", same, "already at 6").out, "already at 6\n");
    desk.writes("ada", &format!("{same}|--again"), "written at 8");
    desk.refuses("bo", same, (
        1,
        "annals: one draft is refused; nothing was written\n  the same passage and the same claim \
         are fact 6 already, asserted; another person confirms it with annals confirm 6; --again \
         enters it once more\n",
    ));
    desk.writes("bo", &format!("{same}|--again"), "written at 9");
}

#[test]
fn a_dry_run_shows_and_writes_nothing() {
    let desk = desk();
    let line = "append|--quote|two hours|--claim|It took two hours.|--dry-run";
    let answer = desk.run("ada", line);
    assert_eq!((answer.exit, answer.out.as_str()), (0, ""));
    assert!(answer.err.contains("⟦two hours⟧."), "{}", answer.err);
    assert!(answer.err.ends_with("1 event would be written; nothing was\n"), "{}", answer.err);
    assert_eq!(desk.size(), 4);
    assert!(!desk.path("keys/outbox").join("x").exists());
}

#[test]
fn a_missing_quotation_is_reported_with_the_nearest_place() {
    let desk = desk();
    desk.refuses("ada", "append|--quote|Sullivan met Gruschko|--claim|x", (
        1,
        "annals: one draft is refused; nothing was written\n  quote: in document 3: the quotation \
         does not stand in the document: the nearest place is \"Sullivan met Grus\" at code point \
         63; after it the document has \"hko in Moscow on Wednesd\", the quotation has \"chko\"\n",
    ));
}

#[test]
fn a_quotation_that_stands_twice_wants_more_words_or_nth() {
    let desk = desk();
    desk.refuses("ada", "append|--quote|two|--claim|x", (
        1,
        "annals: one draft is refused; nothing was written\n  quote: in document 3: the quotation \
         stands 2 times in the document, at code points 39..42, 125..128; give more words, or say \
         which with nth\n",
    ));
    desk.refuses("ada", "append|--quote|two|--nth|3|--claim|x", (
        1,
        "annals: one draft is refused; nothing was written\n  quote: in document 3: expected an \
         occurrence from 1 to 2, found 3\n",
    ));
    desk.writes("ada", "append|--quote|two|--nth|2|--claim|Two of them.", "written at 4");
    assert_eq!(desk.fact(4)["evidence"][0]["span"]["start"], 125);
}

#[test]
fn the_document_is_required_unless_there_is_exactly_one() {
    let desk = bare();
    desk.refuses("ada", "append|--quote|two|--claim|x", (
        1,
        "annals: one draft is refused; nothing was written\n  document: the record has none yet; \
         annals document add captures one\n",
    ));
    for (file, at) in [("article.txt", 3), ("other.txt", 4)] {
        std::fs::write(desk.path("other.txt"), "Two other answers were given.").unwrap();
        let add = format!("document|add|{file}|--title|{file}|--lang|en");
        desk.writes("ada", &add, &format!("written at {at}"));
    }
    desk.refuses(
        "ada",
        "append|--quote|answers were given|--claim|x",
        (
            1,
            "annals: one draft is refused; nothing was written\n  document: the record has 2; say \
         which by its position, with --document or the field document; annals document list shows \
         them\n",
        ),
    );
    let line = "append|--quote|answers were given|--document|4|--claim|Other answers.";
    desk.writes("ada", line, "written at 5");
    desk.refuses("ada", "append|--quote|x|--document|2|--claim|x", (
        1,
        "annals: one draft is refused; nothing was written\n  document: 2 is no document; annals \
         document list shows them\n",
    ));
}

#[test]
fn what_is_missing_is_named_with_its_option() {
    let desk = desk();
    desk.refuses(
        "ada",
        "append|--quote|two hours",
        (2, "annals: claim (one sentence that stands by itself): give it with --claim\n"),
    );
    desk.refuses(
        "ada",
        "append",
        (
            2,
            "annals: expected a file of drafts (- for standard input), --quote with --claim, or \
         --edit; on a terminal, nothing, and each thing is asked for\n",
        ),
    );
    std::fs::write(desk.path("x.jsonl"), "{}").unwrap();
    desk.refuses(
        "ada",
        "append|x.jsonl|--topic|NATO",
        (
            2,
            "annals: expected either drafts (a file, or --edit) or the options of one fact, found \
         both; a draft says all of its fact itself\n",
        ),
    );
    let line = "append|--quote|two hours|--claim|Two hours.|--according-to|TASS";
    desk.refuses("ada", line, (
        1,
        "annals: one draft is refused; nothing was written\n  attribution: agent_type of \"TASS\" \
         is missing at its first use: person, organization or document\n",
    ));
    desk.refuses(
        "ada",
        "append|--quote|two hours|--claim|Two hours.|--when|Wednesday",
        (
            1,
            "annals: one draft is refused; nothing was written\n  when: edtf: expected an EDTF \
         date or interval like 2022-01-26, 2022-01, 2022~ or 2021/2022, found \"Wednesday\"\n",
        ),
    );
}

#[test]
fn a_clock_that_is_far_off_needs_a_confirmation() {
    let desk = facts();
    let at = |clock: &str, more: &str| {
        let line = format!("append|--quote|two hours|--claim|Two hours.{more}");
        crate::editor::story::answer(desk.command("ada", &line).env("ANNALS_CLOCK", clock))
    };
    let years = "2023-02-27T08:00:00Z";
    let answer = at(years, "");
    assert_eq!(answer.exit, 2);
    let expected = "annals: expected a time within a year of the last event's, ";
    assert!(answer.err.starts_with(expected), "{}", answer.err);
    assert!(answer.err.ends_with(" later; if the clock is right, say --clock-is-right\n"));
    assert_eq!(at(years, "|--dry-run").exit, 2);
    let answer = at(years, "|--clock-is-right");
    assert_eq!((answer.exit, answer.out.starts_with("written at 8\n")), (0, true));
}

/// A weekend, or a summer: nothing is asked, and the time that is written is said.
#[test]
fn a_record_that_rested_is_written_to() {
    let desk = facts();
    let at = |clock: &str, more: &str| {
        let line = format!("append|--quote|two hours|--claim|Two hours.{more}");
        crate::editor::story::answer(desk.command("ada", &line).env("ANNALS_CLOCK", clock))
    };
    for (clock, days) in [("2022-01-31T08:00:00Z", "4.0"), ("2022-08-01T08:00:00Z", "186.0")] {
        let answer = at(clock, "|--dry-run");
        assert_eq!(answer.exit, 0, "{answer:?}");
        let note = format!("T08:00:00.000000Z, {days} days later\n");
        assert!(answer.err.contains("note: the last event is of 2022-01-27T08:0"), "{answer:?}");
        assert!(answer.err.contains(&note), "{answer:?}");
    }
    let answer = at("2022-01-31T08:00:00Z", "");
    assert_eq!((answer.exit, answer.out.starts_with("written at 8\n")), (0, true), "{answer:?}");
    let answer = at("2022-01-31T09:00:00Z", "|--again");
    assert!(answer.exit == 0 && !answer.err.contains("the last event is of"), "{answer:?}");
}

#[test]
fn the_signer_is_required_where_several_keys_can_sign() {
    let desk = desk();
    desk.refuses(
        "",
        "append|--quote|two hours|--claim|Two hours.",
        (2, "annals: several keys can sign; choose one with --by: ada, bo, cy\n"),
    );
}
