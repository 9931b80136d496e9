//! `annals document`: add, describe, list.

use crate::capture::made::docx;
use crate::editor::story::{answer, bare, desk};
use crate::editor::talk::talk_of;

const LIST: &str = "     3  The article
        en, text/plain, 196 bytes
        sha256 SHA
        — Ada Example, 2022-01-27 08:02Z

1 document
";

#[test]
fn a_file_is_captured_and_listed() {
    let desk = bare();
    let answer = desk.run("", "document|list");
    assert!(answer.out.starts_with("no document\nas of position 2 (3 of 3 events), head "));
    let add = "doc|add|article.txt|--title|The article|--lang|en";
    desk.writes("ada", add, "written at 3");
    let told = desk.run("", "doc|list").out;
    let sha = annals_core::hash::Hash::of(&[crate::editor::story::TEXT.as_bytes()]).to_string();
    let expected = LIST.replace("SHA", &sha);
    assert!(told.starts_with(&expected), "{told}");
    assert!(told[expected.len()..].starts_with("as of position 3 (4 of 4 events), head "));
    let kept = desk.path("ledger/document").join(sha);
    assert!(kept.is_file() || kept.with_extension("").exists(), "{kept:?}");
    assert!(desk.run("", "doc|list|--as-of|2").out.starts_with("no document\n"));
}

#[test]
fn every_field_is_recorded_and_a_new_description_takes_over_what_is_not_given() {
    let desk = desk();
    std::fs::write(desk.path("page.html"), "<p>They met.</p>").unwrap();
    desk.writes(
        "bo",
        "document|add|page.html|--title|A page|--lang|en|--publisher|Example|--url|\
         https://example.org/page|--author|Ann Author|--author|Ben Bylined|--published|2022-01-27|\
         --published-as-written|Thursday|--archived-at|https://archive.example/1|--rights|Example|\
         --method|saved by hand|--derived-from|3|--captured-at|2022-01-27T07:00:00Z|--text|none",
        "written at 4",
    );
    let about = &desk.json("show|4")["document"]["about"];
    assert_eq!(about["media_type"], "text/html");
    assert_eq!(about["authors"][1], "Ben Bylined");
    assert_eq!(about["published"]["as_written"], "Thursday");
    assert_eq!(about["derived_from"], 3);
    let statement = "--statement|the name of the publisher was wrong";
    let describe =
        format!("document|describe|4|--publisher|Example News|--rights||--author|Ann|{statement}");
    desk.writes("ada", &describe, "written at 5");
    let about = &desk.json("show|4")["document"]["about"];
    assert_eq!(about["publisher"], "Example News");
    assert_eq!(about["rights"], serde_json::Value::Null);
    assert_eq!(about["authors"], serde_json::json!(["Ann"]));
    assert_eq!(about["url"], "https://example.org/page");
    assert_eq!(about["published"]["edtf"], "2022-01-27");
    assert_eq!(about["captured_at"], "2022-01-27T07:00:00.000000Z");
    let correct = format!("doc|correct|4|--title|The page|{statement}");
    desk.writes("ada", &correct, "written at 6");
    assert_eq!(desk.json("show|4")["document"]["about"]["publisher"], "Example News");
}

#[test]
fn no_word_of_a_stranger_is_a_formula_in_a_spreadsheet() {
    // Given a document and a fact with words that a spreadsheet would execute.
    let desk = desk();
    std::fs::write(desk.path("trap.txt"), "It is =1+1 they say, or -1 then.").unwrap();
    let add = "document|add|trap.txt|--lang|en|--title|=HYPERLINK(\"http://evil\")|--author|@ed";
    desk.writes("ada", &format!("{add}|--publisher|'+plus"), "written at 4");
    let fact = "append|--quote|=1+1|--claim=-2+3|--document|4|--topic|=cmd|--as-written=-1";
    desk.writes("ada", fact, "written at 5");
    let cells = |line: &str, row: usize| {
        let text = desk.run("", &format!("{line}|--format|csv")).out;
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let named = reader.headers().unwrap().clone();
        let record = reader.records().nth(row).unwrap().unwrap();
        move |name: &str| {
            let at = named.iter().position(|known| known == name).unwrap();
            record[at].to_owned()
        }
    };
    // Then each of them has an apostrophe in front, and numbers have none.
    let document = cells("document|list", 1);
    assert_eq!(document("title"), "'=HYPERLINK(\"http://evil\")");
    assert_eq!((document("authors"), document("publisher")), ("'@ed".into(), "''+plus".into()));
    let fact = cells("replay", 0);
    assert_eq!((fact("claim"), fact("quote")), ("'-2+3".into(), "'=1+1".into()));
    assert_eq!((fact("topics"), fact("when_as_written")), ("'=cmd".into(), "-1".into()));
    assert_eq!(cells("find|=1+1", 0)("text"), "'=1+1");
    assert_eq!(cells("log|5", 0)("words"), "'-2+3");
    // And the other formats have the words unchanged.
    assert_eq!(desk.fact(5)["claim"], "-2+3");
    // And a bag has the same file.
    assert_eq!(desk.run("ada", "export|--to|bag").exit, 0);
    let replay = desk.run("", "replay|--format|csv").out;
    assert_eq!(std::fs::read_to_string(desk.path("bag/data/facts.csv")).unwrap(), replay);
}

#[test]
fn the_stable_formats_carry_as_of_and_head() {
    let desk = desk();
    let told = desk.json("document|list");
    assert_eq!((&told["as_of"], &told["documents"][0]["document"]), (&3.into(), &3.into()));
    let csv = desk.run("", "document|list|--format|csv").out;
    let mut lines = csv.lines();
    let columns = "as_of,head,document,hash,sha256,bytes,media_type,title,lang,captured_at,\
                   derived_from,method,url,publisher,authors,published,published_as_written,\
                   archived_at,rights,described,suspect,sealed,redacted,by,key";
    assert_eq!(lines.next(), Some(columns));
    assert!(lines.next().unwrap().contains(",text/plain,The article,en,2022-01-27T08:01:00"));
    let line = desk.run("", "document|list|--format|jsonl").out;
    let line: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!((&line["as_of"], &line["by"]), (&3.into(), &"Ada Example".into()));
}

#[test]
fn a_bad_document_is_refused_with_the_reason() {
    let desk = desk();
    desk.refuses(
        "ada",
        "document|add|article.txt|--lang|en",
        (2, "annals: title of the document: give it with --title\n"),
    );
    desk.refuses(
        "ada",
        "document|describe|1|--title|x|--statement|y",
        (
            1,
            "annals: one draft is refused; nothing was written\n  document: 1 is no document; \
             annals document list shows them\n",
        ),
    );
    desk.refuses("ada", "document|add|article.txt|--title|x|--lang|English please", (
        1,
        "annals: one draft is refused; nothing was written\n  lang: expected a language tag like \
         en or pt-BR, found \"English please\"\n",
    ));
    desk.refuses(
        "ada",
        "document|add|nothing.txt|--title|x|--lang|en",
        (2, "annals: cannot read nothing.txt\n  No such file or directory (os error 2)\n"),
    );
}

/// A secret that is beside the drafts is not signed into the record.
#[test]
fn a_file_with_a_passphrase_is_not_captured() {
    let desk = bare();
    std::fs::write(desk.path("secret.txt"), "four words are enough").unwrap();
    let draft = r#"{"type":"document.captured","file":"secret.txt","title":"T","lang":"en"}"#;
    std::fs::write(desk.path("one.jsonl"), draft).unwrap();
    for variable in ["ANNALS_PASSPHRASE_FILE", "ANNALS_RECOVERY_FILE"] {
        for line in ["append|one.jsonl", "document|add|secret.txt|--title|T|--lang|en"] {
            let mut command = desk.command("ada", line);
            let answer = answer(command.env(variable, desk.path("secret.txt")));
            let why = "holds a passphrase or a recovery key, as the environment says; it is not \
                       captured\n";
            assert!(answer.exit == 1 && answer.err.ends_with(why), "{line}: {answer:?}");
        }
    }
    assert_eq!(desk.size(), 3);
}

/// All that is wrong with a document is reported at once, as with a fact.
#[test]
fn every_fault_of_a_description_is_named() {
    let desk = desk();
    std::fs::write(desk.path("m.txt"), "New words.").unwrap();
    let wrong = "--lang|xx|--published|2022-13|--captured-at|x|--url|zzz|--derived-from|99";
    let lines = [
        "published: edtf: expected an EDTF date or interval like 2022-01-26, 2022-01, 2022~ or \
         2021/2022, found \"2022-13\": 2022 has no month 13",
        "lang: expected a language (ISO 639, such as en, de or uk), found xx, which is none",
        "captured_at: expected a time like 2022-01-27T08:00:00Z, or one with its offset or zone, \
         found \"x\"",
        "derived_from: 99 is no document; annals document list shows them",
        "url: expected a URI with its scheme, like https://example.org/page, without spaces, \
         found \"zzz\"",
    ];
    let told = |lines: &[&str]| {
        let lines = lines.join("; ");
        format!("annals: one draft is refused; nothing was written\n  {lines}\n")
    };
    desk.refuses("ada", &format!("document|add|m.txt|--title|T|{wrong}"), (1, &told(&lines)));
    let describe = format!("document|describe|3|--statement|s|{wrong}");
    desk.refuses("ada", &describe, (1, &told(&lines)));
    let draft = r#"{"type":"document.captured","file":"none.txt","title":"T","lang":"xx"}"#;
    std::fs::write(desk.path("d.jsonl"), draft).unwrap();
    let answer = desk.run("ada", "append|d.jsonl");
    assert_eq!(answer.exit, 1, "{answer:?}");
    assert!(answer.err.contains("line 1: file: "), "{answer:?}");
    assert!(answer.err.contains(lines[1]) && !answer.err.contains("needs the field"), "{answer:?}");
    // What is no document is one refusal, whatever is done to it.
    let no_document = told(&["document: 99 is no document; annals document list shows them"]);
    desk.refuses("ada", "document|describe|99|--title|X|--statement|s", (1, &no_document));
    desk.refuses("ada", "append|--document|99|--quote|a|--claim|b", (1, &no_document));
}

/// Of a file that is not read here a note says in which form to save it; its source is no text.
#[test]
fn a_file_of_another_program_is_named_with_the_form_to_save_it_in() {
    let desk = bare();
    let word = "save it as DOCX, PDF or text in the program that opens it";
    let page = "save a page in the browser as a complete page or as PDF, and a mail as PDF or text";
    let book = "save it as PDF in the program that opens it";
    for (name, content, kind, form) in [
        ("a.rtf", "{\\rtf1\\ansi They met.}", "application/rtf", word),
        ("a.odt", "PK\u{3}\u{4} They met.", "application/vnd.oasis.opendocument.text", word),
        ("a.epub", "PK\u{3}\u{4} They met there.", "application/epub+zip", book),
        ("a.eml", "Subject: x\n\nThey met.\n", "message/rfc822", page),
        ("a.mhtml", "MIME-Version: 1.0\n\nThey met.\n", "message/rfc822", page),
    ] {
        std::fs::write(desk.path(name), content).unwrap();
        let answer = desk.run("ada", &format!("document|add|{name}|--title|T|--lang|en|--dry-run"));
        let flat = answer.err.replace('\n', " ");
        let note = format!(
            "note: nothing of it can be quoted: a file of {kind} holds no text that can be read \
             here: {form}, and add that file "
        );
        assert!(answer.exit == 0 && flat.contains(&note), "{answer:?}");
        assert!(!flat.contains("--media-type"), "{answer:?}");
    }
}

#[test]
fn a_date_of_publication_after_the_capture_is_named() {
    let desk = bare();
    let line = "document|add|article.txt|--title|T|--lang|en|--captured-at|2026-11-30T10:00:00Z";
    for (published, is_later) in
        [("2062-11-12", true), ("2027", true), ("2026-12-01", false), ("2026", false)]
    {
        let answer = desk.run("ada", &format!("{line}|--published|{published}|--dry-run"));
        assert_eq!(answer.exit, 0, "{answer:?}");
        let note = format!(
            "note: published: {published} is after the document was captured, on 2026-11-30: check \
             the year, and that day and month are not swapped "
        );
        assert_eq!(answer.err.replace('\n', " ").contains(&note), is_later, "{answer:?}");
    }
}

#[test]
fn a_capture_that_is_still_to_come_is_named() {
    let desk = bare();
    for (at, is_later) in [("2062-01-27T10:00:00Z", true), ("2022-01-27T04:00:00Z", false)] {
        let line =
            format!("document|add|article.txt|--title|T|--lang|en|--captured-at|{at}|--dry-run");
        let answer = desk.run("ada", &line);
        assert_eq!(answer.exit, 0, "{answer:?}");
        let note = "note: captured_at: 2062-01-27T10:00:00.000000Z is still to come, by the clock \
                    of this machine ";
        assert_eq!(answer.err.replace('\n', " ").contains(note), is_later, "{answer:?}");
    }
    let line = "document|add|article.txt|--title|T|--lang|en|--captured-at|2022-01-27T10:00+20:00";
    let answer = desk.run("ada", line);
    assert!(answer.exit == 1 && answer.err.contains("captured_at: expected a time"), "{answer:?}");
}

/// Who names the page or the file that was captured means the text that was made of it.
#[test]
fn a_document_without_a_text_names_the_one_that_is_its_text() {
    let desk = desk();
    let body = "<w:p><w:r><w:t>Two ministers met.</w:t></w:r></w:p>";
    std::fs::write(desk.path("minutes.docx"), docx(body)).unwrap();
    let add = "document|add|minutes.docx|--title|The minutes|--lang|en|--text|page";
    desk.writes("ada", add, "written at 4 to 5 (2 events)");
    let blame = desk.run("", "blame|4");
    let why = "annals: document 4: expected a text in UTF-8, found other bytes of type ";
    assert!(blame.exit == 2 && blame.err.starts_with(why), "{blame:?}");
    assert!(blame.err.ends_with("; its text is document 5\n"), "{blame:?}");
    assert_eq!(desk.run("", "blame|5").exit, 0);
    let fact = "append|--document|4|--quote|ministers met|--claim|They met.|--dry-run";
    let refused = desk.run("ada", fact);
    assert!(refused.exit == 1 && refused.err.contains("its text is document 5"), "{refused:?}");
    let mut talk = talk_of(&desk, "ada", "append|--document|4");
    talk.sees("--document: 4 is no document that can be quoted; its text is document 5");
    assert_eq!(talk.ends().1, 2);
    let mut talk = talk_of(&desk, "ada", "append");
    talk.asks("document (its position; empty: 5): ", "4");
    talk.sees("4 is no document that can be quoted; its text is document 5");
    talk.asks("document (its position; empty: 5): ", "5");
    talk.sees("passage");
    drop(talk);
    // One of which no text was made.
    std::fs::write(desk.path("photo.png"), b"\x89PNG\r\n\x1A\n\0\0").unwrap();
    let add = "document|add|photo.png|--title|A photo|--lang|en|--text|none";
    desk.writes("ada", add, "written at 6");
    let none = desk.run("", "blame|6");
    assert!(none.exit == 2 && none.err.ends_with("of type image/png\n"), "{none:?}");
}
