//! `annals append FILE`: JSON Lines and TOML, refs, every bad draft reported, nothing entered
//! twice.

use crate::editor::story::{Desk, answer, desk, facts};
use std::io::Write;
use std::path::Path;
use std::process::Stdio;

fn file(desk: &Desk, name: &str, text: &str) {
    std::fs::write(desk.path(name), text).unwrap();
}

const LINES: &str = r#"{"ref":"answers","claim":"Two answers were given.","quote":"two answers were given"}

{"ref":"talks","claim":"They talked for two hours.","quote":"The talks lasted two hours"}
{"type":"fact.related","from":"talks","rel":"supports","to":"answers","statement":"they talked about it"}
{"type":"fact.disputed","fact":"talks","reason":"wrong-figure","statement":"nobody counted"}
"#;

#[test]
fn json_lines_with_refs_and_the_same_again() {
    let desk = desk();
    file(&desk, "facts.jsonl", LINES);
    let answer = desk.run("ada", "append|facts.jsonl|--dry-run");
    assert_eq!(answer.out, "");
    let shown = "     4  fact.asserted  Two answers were given.
        document 3: “two answers were given”
     5  fact.asserted  They talked for two hours.
        document 3: “The talks lasted two hours”
     6  fact.related 5 4  5 supports 4: “they talked about it”
        “They talked for two hours.”
        “Two answers were given.”
     7  fact.disputed 5  wrong-figure, error in the record: “nobody counted”
        “They talked for two hours.”
4 events would be written; nothing was
";
    assert_eq!((answer.exit, answer.err.as_str()), (0, shown));
    assert_eq!(desk.size(), 4);
    let answer = desk.writes("ada", "append|facts.jsonl", "written at 4 to 7 (4 events)");
    assert_eq!(answer.err, "");
    desk.writes("ada", "append|facts.jsonl", "already at 4 to 7 (4 events)");
    let mut command = desk.command("ada", "append|-");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(LINES.as_bytes()).unwrap();
    let done = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(done.stdout).unwrap(), "already at 4 to 7 (4 events)\n");
    assert_eq!(desk.size(), 8);
}

#[test]
fn toml_is_read_too_and_a_file_it_names_is_beside_it() {
    let desk = desk();
    std::fs::create_dir(desk.path("drafts")).unwrap();
    file(&desk, "drafts/other.txt", "A witness says that they met.");
    let text = "[[draft]]\nref = \"other\"\ntype = \"document.captured\"\nfile = \"other.txt\"\n\
                title = \"Other\"\nlang = \"en\"\n\n[[draft]]\nclaim = \"They met.\"\nquote = \
                \"they met\"\ndocument = \"other\"\ntopics = [{ name = \"Meeting\" }]\n";
    file(&desk, "drafts/facts.toml", text);
    desk.writes("bo", "append|drafts/facts.toml", "written at 4 to 5 (2 events)");
    assert_eq!(desk.fact(5)["evidence"][0]["document"], 4);
    file(&desk, "bad.toml", &text.replace("claim", "clame").replace("lang", "language"));
    desk.refuses(
        "bo",
        "append|bad.toml",
        (
            1,
            "annals: 2 drafts are refused; nothing was written\n  line 4 (other): file: cannot read \
         other.txt: No such file or directory (os error 2)\n  line 6 (other): unknown field \
         `language`; the nearest known ones: lang\n  line 9: unknown field `clame`; the nearest \
         known ones: claim\n",
        ),
    );
}

#[test]
fn every_bad_draft_of_a_thousand_is_reported_and_none_is_written() {
    let desk = desk();
    let mut text = String::new();
    for line in 1..=1_000 {
        text.push_str(&match line {
            700 => format!(r#"{{"ref":"F{line}","clam":"x","quote":"two hours"}}"#),
            812 => format!(r#"{{"ref":"F{line}","claim":"x","quote":"three hours"}}"#),
            // It depends on a bad draft, and is reported with that one only.
            900 => r#"{"type":"fact.related","from":"F700","rel":"supports","to":"F1"}"#.to_owned(),
            _ => format!(r#"{{"ref":"F{line}","claim":"Fact {line}.","quote":"two hours"}}"#),
        });
        text.push('\n');
    }
    file(&desk, "many.jsonl", &text);
    desk.refuses(
        "ada",
        "append|many.jsonl",
        (
            1,
            "annals: 2 drafts are refused; nothing was written\n  line 700 (F700): unknown field \
         `clam`; the nearest known ones: claim (column 20)\n  line 812 (F812): quote: in document \
         3: the quotation does not stand in the document: the nearest place is \"hours\" at code \
         point 129; before it the document has \"y. The talks lasted two \", the quotation has \
         \"three \"\n",
        ),
    );
}

#[test]
fn a_span_in_bytes_is_recognised_and_reported() {
    let desk = desk();
    let exact = r#"{"claim":"x","evidence":[{"quote":{"exact":"two hours"},"span":{"start":133,"end":142}}]}"#;
    file(&desk, "bytes.jsonl", exact);
    let told = "annals: one draft is refused; nothing was written\n  line 1: quote: exact at \
                133..142 is \"s. Lavrov\" in the document, the draft has \"two hours\"; these are \
                byte offsets, expected offsets in code points, which here are 125..134\n";
    desk.refuses("ada", "append|bytes.jsonl", (1, told));
    let pointing = exact.replace(r#"{"exact":"two hours"}"#, r#""two hours""#);
    file(&desk, "bytes.jsonl", &pointing);
    desk.refuses("ada", "append|bytes.jsonl", (1, told));
    let beyond =
        r#"{"claim":"x","evidence":[{"quote":"answered","span":{"start":187,"end":195}}]}"#;
    file(&desk, "bytes.jsonl", beyond);
    desk.refuses(
        "ada",
        "append|bytes.jsonl",
        (
            1,
            "annals: one draft is refused; nothing was written\n  line 1: span: 187..195 is not in \
         document 3, which has 188 code points (196 bytes; offsets count code points); these are \
         byte offsets, expected offsets in code points, which here are 179..187\n",
        ),
    );
    let right = pointing.replace("133", "125").replace("142", "134");
    file(&desk, "right.jsonl", &right);
    desk.writes("ada", "append|right.jsonl", "written at 4");
}

#[test]
fn lines_that_cannot_be_read_say_what_was_expected() {
    let desk = desk();
    let text = "{\"claim\":\"x\"\n{\"type\":\"fact.confirmed\",\"fact\":true,\"how\":\"reread\"}\n\
                {\"claim\":\"x\",\"quote\":7}\n{\"type\":\"fact.told\"}\n\
                {\"type\":\"fact.confirmed\",\"fact\":\"F1\",\"how\":\"reread\"}\n";
    file(&desk, "bad.jsonl", text);
    let answer = desk.run("ada", "append|bad.jsonl");
    let told: Vec<&str> = answer.err.lines().collect();
    assert_eq!(answer.exit, 1, "{answer:?}");
    assert_eq!(told[0], "annals: 5 drafts are refused; nothing was written");
    let begins = [
        "  line 1: expected JSON, found its end too early (column 12)",
        "  line 2: fact: expected a position, or the ref of an earlier draft (column ",
        "  line 3: quote: expected words that point, or exact with prefix and suffix (column ",
        "  line 4: type: unknown word `fact.told`; the nearest known ones: fact.",
        "  line 5: fact: no earlier draft of this input has the ref \"F1\"",
    ];
    for (told, begins) in told[1..].iter().zip(begins) {
        assert!(told.starts_with(begins), "{told}");
    }
    assert_eq!(told.len(), 6);
    file(&desk, "empty.jsonl", "\n");
    desk.refuses(
        "ada",
        "append|empty.jsonl",
        (2, "annals: there are no drafts in the input; nothing was written\n"),
    );
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let to = to.join(path.file_name().unwrap());
        match path.is_dir() {
            true => copy(&path, &to),
            false => drop(std::fs::copy(&path, &to).unwrap()),
        }
    }
}

#[test]
fn what_was_written_to_a_newer_copy_is_entered_again_and_once() {
    let desk = desk();
    file(&desk, "facts.jsonl", LINES);
    copy(&desk.path("ledger"), &desk.path("before"));
    std::fs::copy(desk.path("keys/log.marks"), desk.path("before.marks")).unwrap();
    desk.writes("ada", "append|facts.jsonl", "written at 4 to 7 (4 events)");
    // An older copy of ledger and marks is restored: the receipt in the outbox is not of it.
    std::fs::remove_dir_all(desk.path("ledger")).unwrap();
    std::fs::rename(desk.path("before"), desk.path("ledger")).unwrap();
    std::fs::rename(desk.path("before.marks"), desk.path("keys/log.marks")).unwrap();
    assert_eq!(desk.size(), 4);
    let second = desk.writes("ada", "append|facts.jsonl", "written at 4 to 7 (4 events)");
    assert_eq!(second.err, "");
    desk.writes("ada", "append|facts.jsonl", "already at 4 to 7 (4 events)");
}

#[test]
fn an_editor_is_opened_on_a_template_and_a_refused_draft_is_kept() {
    let desk = desk();
    let editor = desk.path("editor.sh");
    let script = "#!/bin/sh\nsed -i -e 's/^quote = .*/quote = \"two ours\"/' \
                  -e 's/^claim = .*/claim = \"Two hours.\"/' \"$1\"\n";
    std::fs::write(&editor, script).unwrap();
    let sh = format!("sh {}", editor.display());
    let refused = answer(desk.command("ada", "append|--edit").env("VISUAL", &sh));
    assert_eq!(refused.exit, 1, "{refused:?}");
    let kept = "keys/drafts/2022-01-27T08-02-00.toml";
    let path = desk.path(kept).canonicalize().unwrap();
    let path = path.display();
    let note = format!("{path}; annals append --edit {path} (or remove the file: rm {path})\n");
    assert!(
        refused.err.starts_with(&format!("note: your drafts are kept in {note}")),
        "{refused:?}"
    );
    assert!(refused.err.contains("  line 8: quote: in document 3: "), "{refused:?}");
    std::fs::write(&editor, script.replace("two ours", "two hours")).unwrap();
    let line = format!("append|--edit|{kept}");
    let done = answer(desk.command("ada", &line).env("EDITOR", &sh));
    assert!(done.out.starts_with("written at 4\n"), "{done:?}");
    assert!(!desk.path(kept).exists());
    let left = answer(desk.command("ada", "append|--edit").env("EDITOR", "true"));
    let told = (left.exit, left.err.as_str());
    assert_eq!(told, (0, "nothing was changed; nothing was written\n"));
    desk.refuses(
        "ada",
        "append|--edit",
        (2, "annals: expected the name of an editor in VISUAL or EDITOR, found none\n"),
    );
    assert_eq!(std::fs::read_dir(desk.path("keys/drafts")).unwrap().count(), 0);
}

/// The report of each draft of a file, without the line that counts them.
fn told_of(desk: &Desk, name: &str) -> String {
    let answer = desk.run("ada", &format!("append|{name}"));
    assert_eq!((answer.exit, answer.out.as_str()), (1, ""), "{answer:?}");
    assert_eq!(desk.size(), 4);
    answer.err.split_once('\n').unwrap().1.to_owned()
}

/// What is written in a draft is not passed over, least of all where it makes another act of it.
#[test]
fn a_field_that_a_type_does_not_have_is_refused() {
    let desk = facts();
    desk.writes("bo", "dispute|5|--reason|wrong-date|--statement|no", "written at 8");
    let none = "which is the type where none is given";
    for (draft, why) in [
        (
            r#"{"fact":4,"reason":"entry-error","claim":"x","quote":"two hours"}"#,
            format!(
                "fact: expected a field of fact.asserted, {none}\n  line 1: \
                 reason: expected a field of fact.asserted, {none}"
            ),
        ),
        (
            r#"{"type":"fact.confirmed","fact":4,"how":"reread","claim":"x","topics":["NATO"]}"#,
            "claim: expected a field of fact.confirmed\n  line 1: topics: expected a field of \
             fact.confirmed"
                .to_owned(),
        ),
        (
            r#"{"type":"fact.retracted","fact":4,"reason":"wrong-date","statement":"x","quote":"y"}"#,
            "quote: expected a field of fact.retracted".to_owned(),
        ),
        (
            r#"{"claim":"x","quote":"two hours","basis":"inferred"}"#,
            "when: basis: expected edtf or as_written beside it, found none".to_owned(),
        ),
        (
            r#"{"type":"fact.confirmed","fact":4,"on":6,"how":"reread"}"#,
            "on: expected a revision of fact 4, which fact names, found one of fact 6; give one \
             of the two"
                .to_owned(),
        ),
    ] {
        file(&desk, "one.jsonl", &format!("{draft}\n"));
        let answer = desk.run("ada", "append|one.jsonl|--dry-run");
        let refused = "annals: one draft is refused; nothing was written";
        assert_eq!((answer.exit, answer.err.lines().next()), (1, Some(refused)), "{draft}");
        let expected = format!("  line 1: {why}\n");
        assert!(answer.err.ends_with(&expected), "{draft}: {}", answer.err);
    }
    file(&desk, "one.jsonl", r#"{"type":"fact.confirmed","fact":4,"on":4,"how":"reread"}"#);
    assert_eq!(desk.run("bo", "append|one.jsonl|--dry-run").exit, 0);
    // A position that this input would get may be somebody else's when it is written.
    let own = r#"{"claim":"Two hours.","quote":"two hours"}"#;
    let retracted = r#"{"type":"fact.retracted","fact":9,"reason":"entry-error","statement":"x"}"#;
    file(&desk, "one.jsonl", &format!("{own}\n{retracted}\n"));
    let answer = desk.run("ada", "append|one.jsonl|--again");
    let why = "  line 2: fact: event 9 is not in the record yet, and may become another one; an \
               earlier draft of the same input is named by its ref\n";
    assert!(answer.exit == 1 && answer.err.ends_with(why), "{answer:?}");
}

#[test]
fn a_draft_that_cannot_be_read_says_what_was_expected_found_and_where() {
    let desk = desk();
    file(
        &desk,
        "bad.jsonl",
        r#"{"claim":5}
{"claim":"x"
{"claim":"x"} {"claim":"y"}
{"nth":-1}
{"fact":-1}
{"type":"fact.correctd"}
{"evidence":{}}
{"evidence":["x"]}
{"ref":"when","when":{"foo":5}}
{"evidence":[{"stance":"foo"}]}
{"evidence":[{"span":{"start":1.5}}]}
{"claim":"a","claim":"b"}
{"claim":"x",}
{'claim':'x'}
{"file":true}
[1,2]
what they said
{"quote":5}
"#,
    );
    assert_eq!(
        told_of(&desk, "bad.jsonl"),
        "  line 1: claim: expected text in quotes, found 5 (column 10)
  line 1: fact.asserted needs the field quote (or evidence)
  line 2: expected JSON, found its end too early (column 12)
  line 3: expected JSON, found '{' (column 15): trailing characters
  line 4: nth: expected a whole number, found -1 (column 9)
  line 4: fact.asserted needs the field quote (or evidence)
  line 4: fact.asserted needs the field claim
  line 5: fact: expected a position, or the ref of an earlier draft (column 10)
  line 6: type: unknown word `fact.correctd`; the nearest known ones: fact.corrected, \
         fact.confirmed, fact.retracted (column 23)
  line 7: evidence: expected a list in brackets, found fields in braces (column 12)
  line 7: fact.asserted needs the field claim
  line 8: evidence[0]: expected fields in braces, found \"x\" (column 16)
  line 8: fact.asserted needs the field claim
  line 9 (when): when: unknown field `foo`, expected one of `edtf`, `as_written`, `basis` \
         (column 27)
  line 10: evidence[0].stance: unknown word `foo`, expected one of `supports`, `contradicts`, \
         `mentions` (column 28)
  line 10: evidence: at least one must support the claim with a quote
  line 10: fact.asserted needs the field claim
  line 11: evidence[0].span.start: expected a whole number, found 1.5 (column 33)
  line 11: evidence: at least one must support the claim with a quote
  line 11: fact.asserted needs the field claim
  line 12: expected a field once, found `claim` again (column 20)
  line 12: fact.asserted needs the field quote (or evidence)
  line 13: expected JSON, found '}' (column 14): trailing comma
  line 14: expected JSON, found '\\'' (column 2): key must be a string
  line 15: file: expected the name of a file, found true (column 12)
  line 15: fact.asserted needs the field quote (or evidence)
  line 15: fact.asserted needs the field claim
  line 16: expected a draft in braces, found \"[1,2]\"
  line 17: expected a draft in braces, found \"what they said\"
  line 18: quote: expected words that point, or exact with prefix and suffix (column 10)
  line 18: fact.asserted needs the field claim
"
    );
    file(
        &desk,
        "bad.toml",
        "[[draft]]\nclaim = \"A.\"\nquote = \"two hours\"\nnth = \"x\"\n\n[[draft]]\nclaim = \
         \"B.\"\nquote = \"two hours\"\nwhen = 2022\n\n[[draft]]\nclaim = \"C.\"\nquote = \"two \
         hours\"\ntopics = [5]\n",
    );
    assert_eq!(
        told_of(&desk, "bad.toml"),
        "  line 4: nth: expected a whole number, found \"x\"
  line 9: when: expected a date in quotes, or fields in braces, found 2022
  line 14: topics[0]: expected a name in quotes, or fields in braces, found 5
"
    );
    let tables = "  line 1: expected a table [[draft]] for each draft, and nothing beside them\n";
    for text in ["claim = \"x\"", "[draft]\nclaim = \"x\"", "draft = 3"] {
        file(&desk, "bad.toml", text);
        assert_eq!(told_of(&desk, "bad.toml"), tables, "{text}");
    }
    file(&desk, "bad.toml", "[[draft]]\nclaim = x\n");
    let toml = "  line 2: expected TOML: string values must be quoted, expected literal string\n";
    assert_eq!(told_of(&desk, "bad.toml"), toml);
}

#[test]
fn drafts_that_are_no_text_are_refused_by_what_they_are() {
    let desk = desk();
    std::fs::write(desk.path("bad.jsonl"), b"ab\xff").unwrap();
    let told = |name: &str| {
        format!(
            "annals: {name}: expected UTF-8, found other bytes, such as Windows-1252 has, from \
                 byte 2 (line 1) on; save it as UTF-8 (a spreadsheet: CSV UTF-8)\n"
        )
    };
    desk.refuses("ada", "append|bad.jsonl", (2, &told("bad.jsonl")));
    let mut command = desk.command("ada", "append|-");
    command.stdin(std::fs::File::open(desk.path("bad.jsonl")).unwrap());
    let answer = answer(&mut command);
    assert_eq!((answer.exit, answer.err), (2, told("standard input")));
}

#[test]
fn drafts_in_another_form_than_the_file_s_name_says_are_one_message() {
    let desk = desk();
    let toml = "[[draft]]\nclaim = \"C.\"\nquote = \"two answers were given\"\n";
    let many = toml.repeat(7);
    let array = format!("[\n{}\n]\n", LINES.lines().next().unwrap());
    let spread = "{\n  \"claim\": \"C.\",\n  \"quote\": \"two answers were given\"\n}\n";
    for (name, text, says) in [
        ("drafts.txt", many.as_str(), "found TOML: give the file a name that ends in .toml"),
        ("drafts.jsonl", toml, "found TOML: give the file a name that ends in .toml"),
        ("array.json", array.as_str(), "found one JSON array: leave out its brackets"),
        ("spread.json", spread, "found one JSON object over several lines"),
        (
            "article.txt",
            "The council voted.\n\nIt was late.\n",
            "what is quoted, such as an article, is captured with annals document add FILE",
        ),
        ("facts.yaml", "- quote: words\n  claim: They.\n- claim: b\n", "found YAML, which is not"),
        ("lines.toml", LINES, "found what looks like JSON Lines"),
    ] {
        file(&desk, name, text);
        let answer = desk.run("ada", &format!("append|{name}"));
        assert_ne!(answer.exit, 0, "{name}");
        let why = answer.err.replace('\n', " ");
        assert!(why.contains(says), "{name}: {why}");
        assert_eq!(answer.err.matches("expected").count(), 1, "{name}: {}", answer.err);
    }
    assert_eq!(desk.size(), 4, "nothing was written");
}

/// A document is captured, and not read as drafts.
#[test]
fn a_document_in_place_of_drafts_is_one_message() {
    let desk = desk();
    let captured =
        "a document is captured with annals document add FILE, and facts quote it from then on";
    let template = "annals append --template prints a file of drafts to begin with";
    let docx: &[u8] =
        b"PK\x03\x04\x14\x00 [Content_Types].xml PK\x03\x04\x14\x00 word/document.xml";
    for (name, bytes, kind, advice) in [
        ("ruling.pdf", &b"%PDF-1.7\n%\xE2\xE3\n"[..], "a PDF", captured),
        ("minutes.docx", docx, "a Word document", captured),
        ("page.html", b"\n<!DOCTYPE html>\n<p>Two met.</p>\n", "a page of HTML", captured),
        ("photo.jpg", b"\xFF\xD8\xFF\xE0\x00\x10JFIF", "an image", captured),
        ("scan.csv", b"II*\0\x08\0\0\0", "an image", captured),
        ("0.proof", b"annals proof v1\n", "a proof", template),
        ("ada.toml", b"-----BEGIN PUBLIC KEY-----\nMCo=\n", "a public key", template),
    ] {
        std::fs::write(desk.path(name), bytes).unwrap();
        let answer = desk.run("ada", &format!("append|{name}"));
        let told = format!("annals: {name}: expected drafts, found {kind}; {advice}\n");
        assert_eq!((answer.exit, answer.err), (2, told));
        let mut command = desk.command("ada", "append|-");
        command.stdin(std::fs::File::open(desk.path(name)).unwrap());
        let told = format!("annals: standard input: expected drafts, found {kind}; {advice}\n");
        let read = self::answer(&mut command);
        assert_eq!((read.exit, read.err), (2, told));
    }
    let table = b"PK\x03\x04\x14\x00 [Content_Types].xml PK\x03\x04\x14\x00 xl/workbook.xml";
    std::fs::write(desk.path("facts.xlsx"), table).unwrap();
    let answer = desk.run("ada", "append|facts.xlsx");
    assert!(answer.err.contains("save it as UTF-8 (a spreadsheet: CSV UTF-8)"), "{answer:?}");
    assert_eq!(desk.size(), 4, "nothing was written");
}

#[test]
fn all_that_is_wrong_in_each_draft_of_a_file_is_reported() {
    let desk = desk();
    let lines = r#"{"ref":"F1","claim":"x","quote":"three hours","vouch":"yes","when":"Tuesday","topics":[5,"NATO",6],"lang":"eng","clam":1}
{"ref":"F2","claim":5,"evidence":[{"quote":"two hours","stance":"foo"},{"quote":"two ours","nth":"x"}],"when":{"edtf":2022},"attribution":[{"agent":"K","agent_type":"persn"}],"vouch":"said","vouch":"so"}
{"claim":"Fine.","quote":"two hours"}
"#;
    file(&desk, "bad.jsonl", lines);
    let three = r#"quote: in document 3: the quotation does not stand in the document: the nearest place is "hours" at code point 129; before it the document has "y. The talks lasted two ", the quotation has "three ""#;
    let ours = r#"quote: in document 3: the quotation does not stand in the document: the nearest place is "two " at code point 39; after it the document has "answers were given. Sull", the quotation has "ours""#;
    let when = "when: edtf: expected an EDTF date or interval like 2022-01-26, 2022-01, 2022~ or 2021/2022, found \"Tuesday\"";
    let lang = "lang: expected the shorter code of the language, found eng: write en";
    let vouch = "vouch: unknown word `yes`, expected `said` or `so`";
    let topic = "expected a name in quotes, or fields in braces, found";
    let clam = "unknown field `clam`; the nearest known ones: claim";
    let claim = "claim: expected text in quotes, found 5";
    let stance = "evidence[0].stance: unknown word `foo`, expected one of `supports`, `contradicts`, `mentions`";
    let nth = "evidence[1].nth: expected a whole number, found \"x\"";
    let edtf = "when.edtf: expected text in quotes, found 2022";
    let persn = "attribution[0].agent_type: unknown word `persn`, expected one of `person`, `organization`, `document`";
    let told = format!(
        "annals: 2 drafts are refused; nothing was written
  line 1 (F1): {vouch} (column 59)
  line 1 (F1): topics[0]: {topic} 5 (column 88)
  line 1 (F1): topics[2]: {topic} 6 (column 97)
  line 1 (F1): {clam} (column 118)
  line 1 (F1): {three}
  line 1 (F1): {lang}
  line 1 (F1): {when}
  line 2 (F2): {claim} (column 21)
  line 2 (F2): {stance} (column 69)
  line 2 (F2): {nth} (column 100)
  line 2 (F2): {edtf} (column 122)
  line 2 (F2): {persn} (column 172)
  line 2 (F2): expected a field once, found `vouch` again (column 197)
  line 2 (F2): {ours}
"
    );
    desk.refuses("ada", "append|bad.jsonl", (1, &told));
    let mut command = desk.command("ada", "append|-");
    command.stdin(std::fs::File::open(desk.path("bad.jsonl")).unwrap());
    let input = answer(&mut command);
    assert_eq!((input.exit, input.err), (1, told));
    let toml = r#"[[draft]]
ref = "F1"
claim = "x"
quote = "three hours"
vouch = "yes"
when = "Tuesday"
topics = [
  5,
  "NATO",
  6,
]
lang = "eng"
clam = 1

[[draft]]
ref = "F2"
claim = 5
when.edtf = 2022

[[draft.evidence]]
quote = "two hours"
stance = "foo"

[[draft.evidence]]
quote = "two ours"
nth = "x"

[[draft.attribution]]
agent = "K"
agent_type = "persn"

[[draft]]
claim = "Fine."
quote = "two hours"
"#;
    file(&desk, "bad.toml", toml);
    let told = format!(
        "annals: 2 drafts are refused; nothing was written
  line 4 (F1): {three}
  line 5 (F1): {vouch}
  line 6 (F1): {when}
  line 8 (F1): topics[0]: {topic} 5
  line 10 (F1): topics[2]: {topic} 6
  line 12 (F1): {lang}
  line 13 (F1): {clam}
  line 17 (F2): {claim}
  line 18 (F2): {edtf}
  line 22 (F2): {stance}
  line 25 (F2): {ours}
  line 26 (F2): {nth}
  line 30 (F2): {persn}
"
    );
    desk.refuses("ada", "append|bad.toml", (1, &told));
    // An act names all that is wrong with it too.
    let acts = r#"{"type":"fact.disputed","fact":99,"quote":"two ours"}
{"type":"fact.related","from":99,"rel":"foo","to":"F9"}
{"type":"fact.corrected","fact":4,"statement":"s","resolves":["a","b"]}
{"type":"fact.asserted","quote":"zzz on it","on":{"x":1},"claim":"Z."}
"#;
    file(&desk, "acts.jsonl", acts);
    let it = r#"quote: in document 3: the quotation does not stand in the document: the nearest place is "on " at code point 94; after it the document has "Wednesday. The talks las", the quotation has "it""#;
    let told = format!(
        "annals: 4 drafts are refused; nothing was written
  line 1: fact: 99 is no fact; annals replay lists them
  line 1: fact.disputed needs the field reason
  line 1: fact.disputed needs the field statement
  line 1: {ours}
  line 2: rel: unknown word `foo`, expected one of `supports`, `contradicts`, `qualifies`, `updates`, `same-as`, `part-of` (column 44)
  line 2: to: no earlier draft of this input has the ref \"F9\"
  line 3: fact: 4 is no fact; annals replay lists them
  line 3: fact.corrected needs the field reason
  line 3: resolves: no earlier draft of this input has the ref \"a\"
  line 3: resolves: no earlier draft of this input has the ref \"b\"
  line 4: on: expected a position, or the ref of an earlier draft (column 49)
  line 4: {it}
"
    );
    desk.refuses("ada", "append|acts.jsonl", (1, &told));
}

/// A file of another program: what is wrong with each line is told once, and no list of fields is
/// repeated.
#[test]
fn what_is_wrong_with_many_lines_is_told_once() {
    let desk = desk();
    let line = |number: u64| {
        let quote = if number == 7 { "two ours" } else { "two hours" };
        format!(
            r#"{{"claim":"Talk {number}.","quote":"{quote}","headline":1,"autor":"A","body":"B"}}"#
        )
    };
    let text: Vec<String> = (1..=30).map(line).collect();
    file(&desk, "other.jsonl", &text.join("\n"));
    let answer = desk.run("ada", "append|other.jsonl");
    assert_eq!((answer.exit, answer.out.as_str()), (1, ""));
    let told: Vec<&str> = answer.err.lines().collect();
    assert_eq!(told[0], "annals: 30 drafts are refused; nothing was written");
    let listed = "  line 1: unknown field `headline`; expected one of ref, type, fact, on, ";
    assert!(told[1].starts_with(listed) && told[1].ends_with(" (column 49)"), "{}", told[1]);
    let the_same = "    the same in lines 2 to 30";
    assert_eq!(
        told[2..6],
        [
            the_same,
            "  line 1: unknown field `autor`; the nearest known ones: authors (column 59)",
            the_same,
            "  line 1: unknown field `body` (column 70)",
        ]
    );
    assert_eq!(told[6], the_same);
    assert!(told[7].starts_with("  line 7: quote: in document 3: "), "{}", told[7]);
    assert_eq!(told.len(), 8);
    // A program is told each one.
    let answer = desk.run("ada", "append|other.jsonl|--format|json");
    let error: serde_json::Value = serde_json::from_str(&answer.err).unwrap();
    assert_eq!(error["refused"].as_array().unwrap().len(), 91);
    let fields: Vec<String> = (0..60).map(|number| format!(r#""x{number:02}":{number}"#)).collect();
    file(&desk, "strange.jsonl", &format!("{{{}}}", fields.join(",")));
    let answer = desk.run("ada", "append|strange.jsonl");
    let told: Vec<&str> = answer.err.lines().collect();
    let more = "  line 1: more of its fields are wrong than the 20 that are shown";
    assert_eq!((answer.exit, told.len(), told[1]), (1, 22, more));
    // All that is wrong with one of twenty is shown.
    file(&desk, "twenty.jsonl", &format!("{{{}}}", fields[..20].join(",")));
    let answer = desk.run("ada", "append|twenty.jsonl");
    assert!(answer.exit == 1 && !answer.err.contains("more of its fields"), "{answer:?}");
}
