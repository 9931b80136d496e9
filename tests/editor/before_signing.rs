//! What is shown before it is signed is all that is signed; what cannot be meant is refused.

use crate::editor::story::{Desk, facts};
use crate::editor::talk::talk_of;
use serde_json::{Value, json};

/// Acts beside a fact, so that each is shown in a line.
const OTHERS: [&str; 3] = [
    r#"{"type":"fact.related","from":6,"rel":"contradicts","to":7}"#,
    r#"{"type":"fact.retracted","fact":6,"reason":"unverifiable","statement":"y"}"#,
    r#"{"type":"fact.disputed","fact":7,"reason":"misquotation","statement":"z"}"#,
];

/// Writes a file of drafts, and gives what is shown of them.
fn shown(desk: &Desk, by: &str, drafts: &str) -> String {
    std::fs::write(desk.path("d.jsonl"), drafts).unwrap();
    let answer = desk.run(by, "append|d.jsonl|--dry-run");
    assert_eq!(answer.exit, 0, "{answer:?}");
    answer.err
}

#[test]
fn reliability_translation_and_ids_are_shown() {
    let desk = facts();
    let evidence = |reliability: &str, words: &str| {
        format!(
            r#"[{{"document":3,"quote":"two hours","reliability":"{reliability}","translation":{{"lang":"uk","text":"{words}","by":"machine"}}}}]"#
        )
    };
    let draft = format!(
        r#"{{"claim":"Two hours.","attribution":[{{"agent":"Kommersant","act":"says","id":"https://example.org/k"}}],"topics":[{{"name":"NATO","id":"https://example.org/t"}}],"evidence":{}}}"#,
        evidence("A", "дві години")
    );
    let all = shown(&desk, "ada", &draft);
    let expected = "            The talks lasted ⟦two hours⟧.
            reliability A
            in uk, by a machine: “дві години”
        according to: Kommersant says that …
        when: the document does not say
        topics: NATO
        ids: Kommersant https://example.org/k; NATO https://example.org/t
";
    assert!(all.contains(expected), "{all}");
    let all = shown(&desk, "ada", &format!("{draft}\n{}", OTHERS.join("\n")));
    let expected =
        "        document 3: “two hours”, reliability A, in uk, by a machine: “дві години”
        according to Kommersant says that …
        ids: Kommersant https://example.org/k; NATO https://example.org/t
        topics: NATO
     9  fact.related 6 7  6 contradicts 7
        “The talks lasted two hours.”
        “The core question was not answered.”
    10  fact.retracted 6  unverifiable, error in the record: “y”
        “The talks lasted two hours.”
    11  fact.disputed 7  misquotation, error in the record: “z”
        “The core question was not answered.”
";
    assert!(all.contains(expected), "{all}");
    std::fs::write(desk.path("d.jsonl"), &draft).unwrap();
    desk.writes("ada", "append|d.jsonl", "written at 8");
    let text = desk.run("", "show|8").out;
    assert!(
        text.contains("Kommersant https://example.org/k; NATO https://example.org/t"),
        "{text}"
    );
    // In a correction, before and now.
    let draft = format!(
        r#"{{"type":"fact.corrected","fact":8,"reason":"more-precise","statement":"x","topics":[{{"name":"NATO","id":"https://example.org/u"}}],"evidence":{}}}"#,
        evidence("B", "2 години")
    );
    std::fs::write(desk.path("d.jsonl"), draft).unwrap();
    desk.writes("ada", "append|d.jsonl", "written at 9");
    let text = desk.run("", "show|8").out;
    let changed = "evidence: document 3 supports at 125 to 134: “two hours”, reliability A, in uk, \
                   by a machine: “дві години” → document 3 supports at 125 to 134: “two hours”, \
                   reliability B, in uk, by a machine: “2 години”";
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains(changed), "{text}");
    let topic = "topics: NATO (https://example.org/t) → NATO (https://example.org/u)";
    assert!(flat.contains(topic), "{text}");
}

#[test]
fn what_a_description_and_a_withdrawal_are_about_is_shown() {
    let desk = facts();
    let line = "document|describe|3|--publisher|Example|--title|An article|--statement|x";
    let answer = desk.run("ada", &format!("{line}|--dry-run"));
    let expected = "     8  document.described 3
        publisher “Example”
        title “An article”, before “The article”
        “x”
";
    assert!(answer.err.starts_with(expected), "{}", answer.err);
    desk.writes("ada", "relate|4|contradicts|7", "written at 8");
    let answer = desk.run("ada", "relate|--withdraw|8|--statement|both can be|--dry-run");
    let expected = "     9  relation.withdrawn 8
        4 contradicts 7
        “Two answers were given.”
        “The core question was not answered.”
        “both can be”
";
    assert!(answer.err.starts_with(expected), "{}", answer.err);
}

#[test]
fn a_description_by_a_draft_keeps_when_the_document_was_captured() {
    let desk = facts();
    let before = desk.json("show|3")["document"]["about"]["captured_at"].clone();
    let draft =
        r#"{"type":"document.described","document":3,"title":"T","lang":"en","statement":"x"}"#;
    std::fs::write(desk.path("d.jsonl"), draft).unwrap();
    desk.writes("ada", "append|d.jsonl", "written at 8");
    assert_eq!(desk.json("show|3")["document"]["about"]["captured_at"], before);
}

#[test]
fn a_correction_of_the_quotation_keeps_stance_and_reliability() {
    let desk = facts();
    let line = "append|--quote|The talks lasted|--claim|They talked.|--reliability|B";
    desk.writes("ada", line, "written at 8");
    let correct = "correct|8|--quote|talks lasted two hours|--reason|more-precise|--statement|x";
    let answer = desk.writes("ada", correct, "written at 9");
    assert_eq!(answer.err.matches("\n            reliability B\n").count(), 2, "{}", answer.err);
    assert_eq!(desk.fact(8)["evidence"][0]["reliability"], "B");
    desk.writes(
        "ada",
        &correct.replace("two hours", "two").replace("|--reason", "|--reliability|C|--reason"),
        "written at 10",
    );
    assert_eq!(desk.fact(8)["evidence"][0]["reliability"], "C");
}

#[test]
fn an_option_that_would_be_dropped_is_refused() {
    let desk = facts();
    let fact = "append|--quote|two hours|--claim|Two hours.";
    let correct = "correct|4|--reason|more-precise|--statement|x";
    for (line, why) in [
        (format!("{fact}|--according-to|Kommersant|--act|says|--act|denies"), {
            "--act: expected at most one for each --according-to (1), found 2; nothing was written"
        }),
        (format!("{correct}|--according-to||--role|newspaper"), {
            "--role: expected at most one for each --according-to (0), found 1; nothing was written"
        }),
        (format!("{fact}|--basis|derived"), {
            "--basis: expected --when or --as-written beside it, found none; nothing was written"
        }),
        (format!("{correct}|--basis|derived"), {
            "--basis: expected --when or --as-written beside it, found none; nothing was written"
        }),
        (format!("{correct}|--claim|x|--reliability|A"), {
            "--reliability: expected --quote beside it, found none"
        }),
        ("confirm|4|--how|reread|--reliability|A".to_owned(), {
            "--reliability: expected --quote or --document beside it, found none"
        }),
    ] {
        desk.refuses("bo", &line, (2, &format!("annals: {why}\n")));
    }
    // The basis of a date that is there is changed.
    desk.writes(
        "bo",
        "correct|5|--reason|wrong-date|--statement|x|--basis|inferred",
        "written at 8",
    );
    assert_eq!(desk.fact(5)["when"]["basis"], "inferred");
}

#[test]
fn words_that_nobody_sees_are_refused() {
    let desk = facts();
    for (field, name) in [
        (r#""claim":" ""#, "claim"),
        (r#""claim":"x","topics":["\u200b"]"#, "topics: name"),
        (
            r#""claim":"x","attribution":[{"agent":"\u00a0","agent_type":"person"}]"#,
            "attribution: agent",
        ),
    ] {
        let draft = format!(r#"{{{field},"quote":"two hours","document":3}}"#);
        std::fs::write(desk.path("d.jsonl"), draft).unwrap();
        let answer = desk.run("ada", "append|d.jsonl");
        let why = format!("{name}: expected words, found only characters that nobody sees");
        assert!(answer.exit == 1 && answer.err.contains(&why), "{answer:?}");
    }
    let answer = desk.run("ada", "document|describe|3|--title| |--statement|x");
    assert!(answer.err.contains("title: expected words, found only"), "{answer:?}");
}

#[test]
fn a_document_is_not_made_from_itself_and_no_address_has_a_password() {
    let desk = facts();
    std::fs::write(desk.path("b.txt"), "Another text.").unwrap();
    let add = "document|add|b.txt|--title|B|--lang|en|--derived-from|3";
    desk.writes("ada", add, "written at 8");
    for (line, why) in [
        ("3|--derived-from|3", "derived_from: expected another document, found 3 itself"),
        ("3|--derived-from|8", {
            "derived_from: expected a document that is not made from 3, found 8"
        }),
        ("3|--url|https://me:secret@example.org/", {
            "url: expected an address without a name and password in it, for it is recorded"
        }),
    ] {
        let answer = desk.run("ada", &format!("document|describe|{line}|--statement|x"));
        let flat = answer.err.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(answer.exit == 1 && flat.contains(why), "{answer:?}");
    }
}

#[test]
fn the_short_forms_of_a_correction_mean_what_the_options_mean() {
    let desk = facts();
    std::fs::write(desk.path("b.txt"), "They talked for two hours, it says here.").unwrap();
    desk.writes("ada", "document|add|b.txt|--title|B|--lang|en", "written at 8");
    let draft = |fields: &str| {
        let of = r#""type":"fact.corrected","fact":5,"reason":"entry-error","statement":"x""#;
        std::fs::write(desk.path("d.jsonl"), format!("{{{of},{fields}}}")).unwrap();
    };
    draft(r#""basis":"inferred""#);
    desk.writes("ada", "append|d.jsonl", "written at 9");
    let when = &desk.fact(5)["when"];
    assert_eq!((&when["edtf"], &when["basis"]), (&"2022-01-26".into(), &"inferred".into()));
    assert_eq!(when["as_written"], "Wednesday");
    draft(r#""quote":"for two hours","document":8"#);
    desk.writes("ada", "append|d.jsonl", "written at 10");
    let documents = desk.fact(5)["evidence"].as_array().unwrap().len();
    assert_eq!(documents, 2);
}

#[test]
fn a_short_form_in_a_correction_keeps_the_stance_and_takes_no_date_away() {
    let desk = facts();
    let draft = r#"{"claim":"They talked.","evidence":[{"document":3,"quote":"The talks lasted","stance":"mentions"},{"document":3,"quote":"two hours","stance":"mentions"},{"document":3,"quote":"the core question","stance":"supports"}],"when":"2022-01-26","as_written":"Wednesday"}"#;
    std::fs::write(desk.path("d.jsonl"), draft).unwrap();
    desk.writes("ada", "append|d.jsonl", "written at 8");
    let correct = |fields: &str| {
        let draft = format!(
            r#"{{"type":"fact.corrected","fact":8,"reason":"more-precise","statement":"x",{fields}}}"#
        );
        std::fs::write(desk.path("d.jsonl"), draft).unwrap();
        desk.run("ada", "append|d.jsonl|--dry-run")
    };
    // What is given alone leaves the rest, as the option does.
    let answer = correct(r#""as_written":"on Wednesday""#);
    assert!(answer.err.contains("2022-01-26 (“on Wednesday”"), "{answer:?}");
    let answer = correct(r#""when":"2022-01-27""#);
    assert!(answer.err.contains("2022-01-27 (“Wednesday”"), "{answer:?}");
    let answer = correct(r#""quote":"two hours","document":3"#);
    assert!(answer.err.contains("document 3 supports"), "{answer:?}");
    // A translation has words.
    let blank = r#""evidence":[{"document":3,"quote":"two hours","translation":{"lang":"uk","text":" \u200b","by":"human"}}]"#;
    let why = "translation: text: expected words, found only characters that nobody sees";
    let answer = correct(blank);
    assert!(answer.exit == 1 && answer.err.contains(why), "{answer:?}");
}

#[test]
fn slips_of_a_program_are_named_and_spaces_around_a_claim_are_none_of_it() {
    let desk = facts();
    let draft = r#"{"claim":"  The talks &amp; <b>more</b>.  ","quote":"The talks lasted","according_to":"null","agent_type":"person","topics":["NATO","NATO"]}"#;
    let all = shown(&desk, "ada", draft);
    for expected in [
        "the claim has what looks like HTML: “&amp;”, “<b>”, “</b>”",
        "the agent “null” looks like a missing value",
        "        The talks &amp; <b>more</b>.\n",
        "        topics: NATO\n",
    ] {
        assert!(all.contains(expected), "{expected}: {all}");
    }
}

/// What a correction does not name it takes over, and an empty value it leaves out: by options and
/// in a draft alike.
#[test]
fn a_date_is_corrected_alike_by_options_and_by_a_draft() {
    let text = "On 26 January 2022, a Wednesday, the envoy left.";
    let fact = r#"{"claim":"The envoy left.","quote":"the envoy left","when":"2022-01-26","as_written":"26 January 2022"}"#;
    let corrected = |line: &str, draft: Option<&str>| {
        let desk = crate::editor::story::bare();
        std::fs::write(desk.path("n.txt"), text).unwrap();
        desk.writes("ada", "document|add|n.txt|--title|N|--lang|en", "written at 3");
        std::fs::write(desk.path("f.jsonl"), fact).unwrap();
        desk.writes("ada", "append|f.jsonl", "written at 4");
        if let Some(fields) = draft {
            let draft = format!(
                r#"{{"type":"fact.corrected","fact":4,"reason":"entry-error","statement":"s",{fields}}}"#
            );
            std::fs::write(desk.path("c.jsonl"), draft).unwrap();
        }
        desk.writes("ada", line, "written at 5");
        desk.fact(4)["when"].clone()
    };
    for (options, draft, expected) in [
        (
            "--when|",
            r#""when":"""#,
            r#"{"edtf":null,"as_written":"26 January 2022","basis":"stated"}"#,
        ),
        (
            "--when|2022-01-27|--basis|derived",
            r#""when":"2022-01-27","basis":"derived""#,
            r#"{"edtf":"2022-01-27","as_written":"26 January 2022","basis":"derived"}"#,
        ),
        (
            "--as-written|Wednesday",
            r#""as_written":"Wednesday""#,
            r#"{"edtf":"2022-01-26","as_written":"Wednesday","basis":"stated"}"#,
        ),
        (
            "--as-written||--basis|inferred",
            r#""as_written":"","basis":"inferred""#,
            r#"{"edtf":"2022-01-26","as_written":null,"basis":"inferred"}"#,
        ),
        ("--when||--as-written|", r#""when":"","as_written":"""#, "null"),
    ] {
        let expected: serde_json::Value = serde_json::from_str(expected).unwrap();
        let by_options =
            corrected(&format!("correct|4|--reason|entry-error|--statement|s|{options}"), None);
        assert_eq!(by_options, expected, "{options}");
        assert_eq!(corrected("append|c.jsonl", Some(draft)), expected, "{draft}");
    }
}

#[test]
fn a_tab_between_the_cells_of_a_table_is_a_sign() {
    let desk = crate::editor::story::bare();
    let page = "<!DOCTYPE html><html lang=\"en\"><head><title>B</title></head><body><table><tr>\
                <th>Year</th><th>Deaths</th></tr><tr><td>2020</td><td>1,234</td></tr></table>\
                </body></html>";
    std::fs::write(desk.path("b.html"), page).unwrap();
    desk.writes("ada", "document|add|b.html", "written at 3 to 4 (2 events)");
    let line = "append|--document|4|--quote|2020 1,234|--claim|1,234 died in 2020.";
    let answer = desk.writes("ada", line, "written at 5");
    assert!(answer.err.contains("⟦2020⇥1,234⟧"), "{answer:?}");
    assert!(desk.run("", "show|5").out.contains("⟦2020⇥1,234⟧"));
    assert!(desk.run("", "find|1,234").out.contains("quote of document 4: 2020⇥⟦1,234⟧"));
}

/// As the option does, a draft quotes from the document that the fact quotes.
#[test]
fn what_a_correction_by_a_draft_quotes_stands_in_the_fact_s_own_document() {
    let desk = crate::editor::story::facts();
    std::fs::write(desk.path("two.txt"), "Die Bahn baut 117 Kilometer Gleise.").unwrap();
    desk.writes("ada", "document|add|two.txt|--title|Zwei|--lang|de", "written at 8");
    let draft = r#"{"type":"fact.corrected","fact":6,"quote":"The talks lasted two hours","reason":"misquotation","statement":"s"}"#;
    std::fs::write(desk.path("c.jsonl"), draft.replace("The talks lasted", "lasted")).unwrap();
    desk.writes("ada", "append|c.jsonl", "written at 9");
    assert_eq!(desk.fact(6)["evidence"][0]["document"], 3);
}

#[test]
fn an_empty_file_is_refused_by_a_draft_too() {
    let desk = crate::editor::story::bare();
    std::fs::write(desk.path("empty.txt"), "").unwrap();
    let draft = r#"{"type":"document.captured","file":"empty.txt","title":"T","lang":"en"}"#;
    std::fs::write(desk.path("d.jsonl"), draft).unwrap();
    let why = "annals: one draft is refused; nothing was written\n  line 1: file: expected at least \
               one byte, found an empty file\n";
    desk.refuses("ada", "append|d.jsonl", (1, why));
}

/// The second person is there to find just this.
#[test]
fn who_confirms_is_shown_what_the_first_signer_was() {
    let desk = crate::editor::story::facts();
    let claim = "On 27 January Lavrov gave 3 answers.";
    desk.writes("ada", &format!("append|--quote|two answers|--claim|{claim}"), "written at 8");
    let answer = desk.writes("bo", "confirm|8|--how|reread", "written at 9");
    let note = format!(
        "note: fact 8: in the claim “{claim}” and in no quoted word: “27”, “3”, “January Lavrov”\n"
    );
    assert_eq!(answer.err.replace("\n“", " “"), note);
    let plain = desk.writes("bo", "confirm|5|--how|reread", "written at 10");
    assert_eq!(plain.err, "");
}

/// A spreadsheet turns day and month round in rows that nobody looks at one by one.
#[test]
fn dates_languages_and_what_is_vouched_for_are_shown_of_each_fact_of_many() {
    let desk = facts();
    let rows: Vec<String> = (0..45)
        .map(|at| {
            let when = format!(r#""when":"2022-01-{:02}","basis":"inferred""#, at % 28 + 1);
            let rest = if at == 0 { r#","vouch":"so","topics":["NATO"],"lang":"und""# } else { "" };
            format!(r#"{{"claim":"They talked {at}.","quote":"two hours",{when}{rest}}}"#)
        })
        .collect();
    let all = shown(&desk, "ada", &format!("{}\n", rows.join("\n")));
    let first = "     8  fact.asserted  They talked 0.
        document 3: “two hours”
        when: 2022-01-01 (inferred); topics: NATO; language: und; vouched for: that it is so
     9  fact.asserted  They talked 1.
        document 3: “two hours”
        when: 2022-01-02 (inferred)
";
    assert!(all.contains(first), "{all}");
    assert!(all.contains("    52  fact.asserted  They talked 44."), "{all}");
    // Where there is a question, the last ones are shown in sum.
    let mut talk = talk_of(&desk, "ada", "append|d.jsonl");
    let sum = [
        "… and 5 more; --dry-run shows each",
        "when: 2022-01-13 to 2022-01-17 (5 inferred), 0 without a date",
        "language: 5 en",
        "vouched for: 5 that the document says so, 0 that it is so",
    ];
    sum.iter().for_each(|line| drop(talk.sees(line)));
    talk.asks("sign as ada and write 45 events? [y/N]", "n");
    talk.ends();
}

#[test]
fn who_confirms_sees_all_notes_of_the_first_signer() {
    let desk = facts();
    let line = "append|--quote|met Grushko in Moscow on Wednesday|--claim|They met &amp; talked.|\
                --when|2022-01-25|--as-written|on Wednesday";
    let notes = |err: &str| -> Vec<String> {
        let flat = err.split("     8  ").next().unwrap_or_default().split("     9  ").next();
        let flat = flat.unwrap_or_default().replace('\n', " ");
        flat.split("note: ").skip(1).map(|note| note.trim().to_owned()).collect()
    };
    let first = notes(&desk.writes("ada", line, "written at 8").err);
    assert_eq!(first.len(), 2, "{first:?}");
    let answer = desk.run("bo", "confirm|8|--how|reread|--dry-run");
    let again: Vec<String> = first.iter().map(|note| format!("fact 8: {note}")).collect();
    assert_eq!(notes(&answer.err), again, "{answer:?}");
}

#[test]
fn of_many_notes_those_on_figures_and_names_come_first_and_a_program_has_all() {
    let desk = facts();
    let quote = "The talks lasted two hours";
    let other = |letter: char| {
        format!(r#"{{"claim":"It was long ({letter}).","vouch":"so","quote":"{quote}"}}"#)
    };
    let mut drafts: Vec<String> = ('a'..='u').map(other).collect();
    drafts.push(r#"{"claim":"It took 900 hours, Mr Smith says.","quote":"two hours"}"#.to_owned());
    let all = shown(&desk, "ada", &drafts.join("\n"));
    let notes: Vec<&str> = all.lines().take_while(|line| line.starts_with("note: ")).collect();
    assert_eq!(notes.len(), 21, "{all}");
    let of_words = "in the claim “It took 900 hours, Mr Smith says.” and in no quoted word: “900”, \
                    “Mr Smith”";
    assert_eq!(notes[0], format!("note: {of_words}"));
    assert_eq!(notes[1], {
        "note: “It was long (a).” quotes a passage that fact 6 quotes too, with another claim"
    });
    assert_eq!(notes[20], {
        "note: 2 more notes, on 2 events, not shown: --dry-run --format json has all of them"
    });
    for line in ["append|d.jsonl|--dry-run", "append|d.jsonl"] {
        let receipt = desk.run("ada", &format!("{line}|--format|json")).out;
        let receipt: Value = serde_json::from_str(&receipt).unwrap();
        let all = receipt["notes"].as_array().unwrap();
        assert_eq!(all.len(), 22, "{line}");
        assert_eq!(all[21], json!({"position": 29, "note": of_words}), "{line}");
    }
}
