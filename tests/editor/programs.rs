//! `--format json` where something is written: receipts on stdout, errors on stderr.

use crate::editor::story::{Answer, desk};
use serde_json::{Value, json};

fn object(text: &str) -> Value {
    assert_eq!(text.lines().count(), 1, "{text}");
    serde_json::from_str(text).unwrap()
}

/// The object on stderr, after the notes about clock and randomness.
fn error(answer: &Answer) -> Value {
    assert_eq!(answer.out, "", "{answer:?}");
    object(answer.err.lines().last().unwrap())
}

#[test]
fn a_receipt_is_an_object_and_so_is_what_would_be_written() {
    let desk = desk();
    let fact = "append|--quote|two hours|--claim|It took two hours.|--format|json";
    let tried = object(&desk.run("ada", &format!("{fact}|--dry-run")).out);
    assert_eq!(tried, json!({"status": "dry-run", "position": 4, "count": 1}));
    let written = object(&desk.run("ada", fact).out);
    assert_eq!((&written["status"], &written["position"]), (&json!("written"), &json!(4)));
    assert_eq!((&written["count"], &written["size"]), (&json!(1), &json!(5)));
    assert_eq!(written["head"].as_str().map(str::len), Some(64));
    assert_eq!(object(&desk.run("ada", fact).out)["status"], "already");
    for (by, line, position) in [
        ("bo", "confirm|4|--how|reread", 5),
        ("bo", "dispute|4|--reason|wrong-figure|--statement|Nobody counted.", 6),
        ("cy", "uphold|6|--statement|The text counts them.", 7),
        ("ada", "correct|4|--reason|more-precise|--statement|S.|--claim|Two hours.", 8),
        ("ada", "retract|4|--reason|unverifiable|--statement|Nobody knows.", 9),
        ("bo", "reinstate|4|--statement|It is known.", 10),
        ("ada", "ledger|change|--title|Other", 11),
        ("ada", "document|describe|3|--title|T|--statement|S.", 12),
        ("ada", "editor|change|cy|--name|Cyril Cole", 13),
    ] {
        let answer = desk.run(by, &format!("{line}|--format|json"));
        assert_eq!(answer.exit, 0, "{line}: {answer:?}");
        let told = object(&answer.out);
        assert_eq!(told["position"], position, "{line}");
        assert_eq!(told["status"], "written", "{line}");
    }
}

#[test]
fn an_error_is_an_object_with_its_class_and_its_exit_code() {
    let desk = desk();
    let table = "ref,quote,claim,vouch\nF1,two hours,C.,yes\n";
    std::fs::write(desk.path("bad.csv"), table).unwrap();
    let answer = desk.run("ada", "append|bad.csv|--format|json");
    let told = error(&answer);
    assert_eq!((answer.exit, &told["exit"], &told["error"]), (1, &json!(1), &json!("no")));
    assert_eq!(told["message"], "one row is refused; nothing was written");
    assert_eq!(
        told["refused"],
        json!([{"line": null, "row": 2, "column": "D", "field": "vouch", "ref": "F1",
                "message": "unknown word `yes`, expected `said` or `so`", "where": null,
                "expected": "`said` or `so`", "found": "unknown word `yes`", "hint": null}])
    );
    let answer = desk.run("ada", "append|none.csv|--format|json");
    let told = error(&answer);
    assert_eq!((answer.exit, &told["error"]), (2, &json!("could-not-tell")));
    let answer = desk.run("ada", "confirm|4|--how|reread|--format|csv");
    let why = "annals: confirm: expected --format text, json or jsonl, found csv\n";
    assert_eq!((answer.exit, answer.err.as_str()), (2, why));
}

/// The parts of an error: where, expected, found, what to do.
fn parts(error: &Value) -> [Option<&str>; 4] {
    ["where", "expected", "found", "hint"].map(|part| error[part].as_str())
}

#[test]
fn the_parts_of_an_error_are_fields() {
    let desk = desk();
    let answer = desk.run("", "unlock|--for|25h|--format|json");
    let whole = json!({
        "error": "could-not-tell",
        "message": "--for: expected a span of time from 1s to 24h, found \"25h\"",
        "causes": [], "where": "--for", "expected": "a span of time from 1s to 24h",
        "found": "25h", "hint": null, "refused": [], "exit": 2,
    });
    assert_eq!((answer.exit, error(&answer)), (2, whole));
    let answer = desk.run("", "show|40|--format|json");
    assert_eq!(
        parts(&error(&answer)),
        [None, Some("a position from 0 to 3"), Some("40"), None],
        "{answer:?}"
    );
    let answer = desk.run("ada", "document|add|article.txt|--title|x|--lang|?|--format|json");
    let refused = &error(&answer)["refused"][0];
    let expected = "a language tag like en or pt-BR";
    assert_eq!(parts(refused), [Some("lang"), Some(expected), Some("?"), None]);
    let fact = "append|--quote|two hours|--claim|C.|--document|1|--format|json";
    let refused = &error(&desk.run("ada", fact))["refused"][0];
    let hint = "annals document list shows them";
    assert_eq!(parts(refused), [Some("document"), None, None, Some(hint)]);
}

/// Whatever is wrong with the arguments, and wherever the format stands among them.
#[test]
fn an_argument_that_cannot_be_read_is_an_object_too() {
    let desk = desk();
    let rows: [(&str, [Option<&str>; 4]); 7] = [
        ("--format|json|verfy", [None, None, Some("verfy"), Some("verify")]),
        ("replay|--statu|x|--format=json", [None, None, Some("--statu"), Some("--status")]),
        ("export|--format|jsonl", [None, Some("--to <DIR>"), None, None]),
        (
            "confirm|4|--how|x|--format|json",
            [
                Some("--how <HOW>"),
                Some("reread, independent-document, direct-contact"),
                Some("x"),
                None,
            ],
        ),
        (
            "replay|--status|x|--format|json",
            [
                Some("--status <STATUS>"),
                Some("asserted, confirmed, disputed or retracted"),
                Some("x"),
                None,
            ],
        ),
        (
            "completions|bash|--format|json",
            [Some("completions"), Some("--format text, its only form"), Some("json"), None],
        ),
        (
            "prove|3|--format|jsonl",
            [Some("prove"), Some("--format text, its only form"), Some("jsonl"), None],
        ),
    ];
    for (line, expected) in rows {
        let answer = desk.run("", line);
        let told = error(&answer);
        assert_eq!((answer.exit, &told["exit"]), (2, &json!(2)), "{line}: {answer:?}");
        assert_eq!(told["error"], "could-not-tell", "{line}");
        assert!(!told["message"].as_str().unwrap().is_empty(), "{line}");
        assert_eq!(parts(&told), expected, "{line}");
    }
    // For people it is text, and a word after -- is no option.
    for line in ["confirm|4|--how|x", "confirm|4|--how|x|--format|text", "verfy|--|--format=json"] {
        let answer = desk.run("", line);
        assert!(answer.exit == 2 && answer.err.starts_with("error: "), "{line}: {answer:?}");
    }
    // Help that is asked for is help.
    let answer = desk.run("", "confirm|--help|--format|json");
    assert!(answer.exit == 0 && answer.out.contains("Usage: "), "{answer:?}");
}

#[test]
fn a_capture_names_its_parts() {
    let desk = desk();
    std::fs::write(desk.path("page.html"), crate::capture::made::page()).unwrap();
    let part = |position: u64, status: &str, part: &str, media_type: &str| json!({"position": position, "status": status, "part": part, "media_type": media_type});
    let both = |status: &str| {
        json!([part(4, status, "captured", "text/html"), part(5, status, "text", "text/plain")])
    };
    let add = "document|add|page.html|--format|json";
    let tried = object(&desk.run("ada", &format!("{add}|--dry-run")).out);
    assert_eq!((&tried["parts"], &tried["count"]), (&both("dry-run"), &json!(2)));
    let written = object(&desk.run("ada", add).out);
    assert_eq!((&written["parts"], &written["position"]), (&both("written"), &json!(4)));
    assert_eq!(object(&desk.run("ada", add).out)["parts"], both("already"));
    // Other bytes with the same text: the text is there already.
    let other = crate::capture::made::page() + "<!-- -->";
    std::fs::write(desk.path("page.html"), other).unwrap();
    let written = object(&desk.run("ada", add).out);
    let parts = json!([
        part(6, "written", "captured", "text/html"),
        part(5, "already", "text", "text/plain")
    ]);
    assert_eq!(written["parts"], parts, "{written}");
    // A plain text is one document.
    std::fs::write(desk.path("plain.txt"), "They met again.").unwrap();
    let plain = "document|add|plain.txt|--title|P|--lang|en|--format|json";
    let written = object(&desk.run("ada", plain).out);
    assert_eq!(written["parts"], json!([part(7, "written", "captured", "text/plain")]));
}

#[test]
fn a_proof_has_a_receipt() {
    let desk = desk();
    let fact = "append|--quote|two hours|--claim|It took two hours.";
    desk.writes("ada", fact, "written at 4");
    let told = object(&desk.run("", "prove|4|-o|4.proof|--format|json").out);
    let bytes = std::fs::metadata(desk.path("4.proof")).unwrap().len();
    let expected = json!({
        "status": "written", "file": "4.proof", "bytes": bytes, "fact": 4,
        "fact_status": "asserted", "corrected": 0, "suspect": false, "size": 5,
        "events": told["events"], "bodies_left_out": [], "documents_left_out": [3],
        "unsigned": 0, "exit": 0,
    });
    assert_eq!(told, expected);
    let retract = "retract|4|--reason|unverifiable|--statement|Nobody can say.";
    desk.writes("ada", retract, "written at 5");
    let told = object(&desk.run("", "prove|4|-o|5.proof|--format|json").out);
    assert_eq!(told["fact_status"], "retracted");
}

/// A program lists what waits and answers with drafts; the answer counts for what was shown.
#[test]
fn a_review_by_a_program_is_a_list_and_drafts() {
    let desk = crate::editor::story::facts();
    let waiting = object(&desk.run("bo", "review|--format|json").out);
    let revision = &waiting["waiting"][0]["revision"];
    let draft = json!({"type": "fact.confirmed", "on": revision, "how": "reread"});
    std::fs::write(desk.path("answers.jsonl"), format!("{draft}\n")).unwrap();
    let receipt = object(&desk.run("bo", "append|answers.jsonl|--format|json").out);
    assert_eq!((&receipt["status"], &receipt["position"]), (&json!("written"), &json!(8)));
    let answer = desk.run("bo", "review|--ask|--format|json");
    let expected = Some("a terminal to ask on");
    assert_eq!((answer.exit, error(&answer)["expected"].as_str()), (2, expected));
}

/// A program asks what is new as often as it likes: a person's look stays where it was.
#[test]
fn who_waits_and_what_is_new_is_an_object_and_no_look() {
    let desk = crate::editor::story::facts();
    let home = |by: &str, line: &str| crate::editor::story::answer(&mut desk.command(by, line));
    let first = object(&home("bo", "--format|json").out);
    assert_eq!((&first["as_of"], &first["size"]), (&json!(7), &json!(8)));
    assert_eq!(first["origin"], "example.org/record");
    assert_eq!(first["title"], "The record");
    let key = first["keys"][0]["key"].as_str().unwrap();
    let expected = json!([{"name": "bo", "key": key, "holder": "Bo Berg", "roles": ["editor"]}]);
    assert_eq!(first["keys"], expected);
    assert_eq!((&first["reviewer"], &first["waiting"]), (&json!("Bo Berg"), &json!([4, 5, 6, 7])));
    assert_eq!(first["since"], json!({"at": null, "size": null, "goes_on": true}));
    assert_eq!((&first["events"], &first["left_out"]), (&json!([]), &json!(0)));
    assert!(!desk.path("keys/last-look.json").exists());
    home("ada", "--tz|UTC");
    desk.writes("bo", "dispute|5|--reason|wrong-date|--statement|It was Tuesday.", "written at 8");
    for _ in 0..2 {
        let told = object(&home("ada", "--format|json").out);
        assert_eq!((&told["disputed"], &told["since"]["size"]), (&json!([5]), &json!(8)));
        assert_eq!(told["events"][0]["type"], "fact.disputed");
        assert_eq!(told["events"].as_array().unwrap().len(), 1);
    }
    // Without a ledger there is nothing to tell.
    let elsewhere = tempfile::tempdir().unwrap();
    let mut command = desk.command("", "--format|json");
    let answer = crate::editor::story::answer(command.current_dir(elsewhere.path()));
    assert_eq!((answer.exit, error(&answer)["found"].as_str()), (2, Some("neither")));
}
