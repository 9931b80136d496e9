//! `annals append FILE`: JSON Lines and TOML, refs, every bad draft told, nothing twice.

use crate::story::{Desk, answer, desk};
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
     5  fact.asserted  They talked for two hours.
     6  fact.related 5 4  they talked about it
     7  fact.disputed 5  nobody counted
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
            "annals: 2 drafts are refused; nothing was written\n  line 1 (other): unknown field \
         `language`; the nearest known ones: lang\n  line 8: unknown field `clame`; the nearest \
         known ones: claim\n",
        ),
    );
}

#[test]
fn of_a_thousand_drafts_every_bad_one_is_told_and_nothing_is_written() {
    let desk = desk();
    let mut text = String::new();
    for line in 1..=1_000 {
        text.push_str(&match line {
            700 => format!(r#"{{"ref":"F{line}","clam":"x","quote":"two hours"}}"#),
            812 => format!(r#"{{"ref":"F{line}","claim":"x","quote":"three hours"}}"#),
            // Depends on a bad one: told by that one alone.
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
fn byte_offsets_are_told_as_such() {
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
        "  line 1: EOF while parsing an object (column 12)",
        "  line 2: expected a position, or the ref of an earlier draft (column ",
        "  line 3: expected words that point, or exact with prefix and suffix (column ",
        "  line 4: unknown variant `fact.told`; the nearest known ones: fact.",
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
fn what_was_signed_and_not_written_is_written_once_as_the_same_bytes() {
    let desk = desk();
    file(&desk, "facts.jsonl", LINES);
    copy(&desk.path("ledger"), &desk.path("before"));
    std::fs::copy(desk.path("keys/log.marks"), desk.path("before.marks")).unwrap();
    let first = desk.writes("ada", "append|facts.jsonl", "written at 4 to 7 (4 events)");
    // The machine stops after signing, before the journal has a byte of it.
    std::fs::remove_dir_all(desk.path("ledger")).unwrap();
    std::fs::rename(desk.path("before"), desk.path("ledger")).unwrap();
    std::fs::rename(desk.path("before.marks"), desk.path("keys/log.marks")).unwrap();
    assert_eq!(desk.size(), 4);
    let second = desk.writes("ada", "append|facts.jsonl", "written at 4 to 7 (4 events)");
    assert_eq!(second.out, first.out);
    let note = "note: this was signed before and not written; the same bytes are written now\n";
    assert_eq!(second.err, note);
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
    let note = format!("{path}; annals append --edit {path}\n");
    assert!(
        refused.err.starts_with(&format!("note: your drafts are kept in {note}")),
        "{refused:?}"
    );
    assert!(refused.err.contains("  line 6: quote: in document 3: "), "{refused:?}");
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
