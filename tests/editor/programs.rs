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
                "message": "unknown word `yes`, expected `said` or `so`"}])
    );
    let answer = desk.run("ada", "append|none.csv|--format|json");
    let told = error(&answer);
    assert_eq!((answer.exit, &told["error"]), (2, &json!("could-not-tell")));
    let answer = desk.run("ada", "confirm|4|--how|reread|--format|csv");
    let why = "annals: confirm: expected --format text, json or jsonl, found csv\n";
    assert_eq!((answer.exit, answer.err.as_str()), (2, why));
}
