//! `annals document add` of each kind of file: what is recorded, shown and said.

use crate::capture::made;
use crate::capture::served::{answer, serve};
use crate::editor::story::{Desk, bare};

fn kept(desk: &Desk, name: &str, bytes: &[u8]) {
    std::fs::write(desk.path(name), bytes).unwrap();
}

fn about(desk: &Desk, position: u64) -> serde_json::Value {
    desk.json(&format!("show|{position}"))["document"]["about"].clone()
}

/// The bytes of a document.
fn text(desk: &Desk, position: u64) -> String {
    let digest = about(desk, position)["sha256"].as_str().unwrap().to_owned();
    String::from_utf8(std::fs::read(desk.path("ledger/document").join(digest)).unwrap()).unwrap()
}

#[test]
fn a_page_and_its_text_are_recorded_in_one_act_and_the_text_is_quoted() {
    let desk = bare();
    kept(&desk, "page.html", made::page().as_bytes());
    let add = "document|add|page.html|--url|https://example.org/page";
    let told = desk.writes("ada", add, "written at 3 to 4 (2 events)");
    let receipt = "     3  text/html, as captured\n     4  its text, which can be quoted\n";
    assert!(told.out.ends_with(receipt), "{told:?}");
    assert!(told.err.contains("words of the page; --text page takes all\n"), "{told:?}");
    let says = "note: as the document says itself: title, language, authors, publisher, date of";
    assert!(told.err.contains(says), "{told:?}");
    for shown in
        ["     3  document.captured\n", "     4  document.captured\n", "made from document 3"]
    {
        assert!(told.err.contains(shown), "{shown}: {told:?}");
    }
    let (page, derived) = (about(&desk, 3), about(&desk, 4));
    for document in [&page, &derived] {
        assert_eq!(document["title"], "They met");
        assert_eq!(document["lang"], "en");
        assert_eq!(document["authors"], serde_json::json!(["Ann Author"]));
        assert_eq!(document["publisher"], "Example News");
        assert_eq!(document["published"]["edtf"], "2022-01-27");
        assert_eq!(document["url"], "https://example.org/page");
    }
    assert_eq!(
        (&page["media_type"], &page["derived_from"]),
        (&"text/html".into(), &serde_json::Value::Null)
    );
    assert_eq!(
        (&derived["media_type"], &derived["derived_from"]),
        (&"text/plain".into(), &3.into())
    );
    let method = derived["method"].as_str().unwrap();
    assert!(method.starts_with("main text by dom_smoothie 0."), "{method}");
    assert_eq!(std::fs::read(desk.path("page.html")).unwrap(), made::page().as_bytes());
    assert!(text(&desk, 4).contains("old harbour") && !text(&desk, 4).contains("Weather"));
    // The one document with a text is the one that is quoted.
    let fact = "append|--quote|two ministers met … on Thursday|--nth|1|--claim|Two ministers met.";
    desk.writes("ada", fact, "written at 5");
    assert_eq!(desk.fact(5)["evidence"][0]["document"], 4);
    let wrong = desk.run("ada", &format!("{fact}|--document|3|--again"));
    let why = "3 is text/html; only text/plain can be quoted; its text is document 4";
    assert!(wrong.exit == 1 && wrong.err.contains(why), "{wrong:?}");
    // The same again is the same act; another text of the same bytes is a new document.
    let again = desk.run("ada", add);
    assert_eq!(again.out, format!("already at 3 to 4 (2 events)\n{receipt}"));
    let told = desk.writes("ada", &format!("{add}|--text|page"), "written at 6");
    assert!(
        told.err.contains("note: the bytes are document 3 already; their text is new\n"),
        "{told:?}"
    );
    assert_eq!(about(&desk, 6)["derived_from"], 3);
    assert!(text(&desk, 6).contains("Weather"));
    assert_eq!(desk.run("", "verify").exit, 0);
}

#[test]
fn who_knows_the_page_learns_of_its_text_and_of_the_facts_on_it() {
    let desk = bare();
    kept(&desk, "page.html", made::page().as_bytes());
    desk.writes("ada", "document|add|page.html", "written at 3 to 4 (2 events)");
    let fact = "append|--quote|two ministers met … on Thursday|--nth|1|--claim|Two ministers met.";
    desk.writes("ada", fact, "written at 5");
    let note = "note: document 4 is derived from document 3, and facts may rest on it: ";
    let listed = |args: &str, more: &str| {
        let answer = desk.run("ada", args);
        assert!(answer.err.contains(&format!("{note}{more}\n")), "{args}: {answer:?}");
        answer.out
    };
    let told = |with: &str| {
        for command in ["replay|", "find|ministers|", "diff|0|5|", "review|"] {
            let out = listed(&format!("{command}--document|3"), "--document 4");
            assert!(!out.contains("Two ministers"), "{with}: {command}: {out}");
        }
        listed("timeline|--html|t.html|--document|3", "--document 4");
        assert!(!listed("blame|3", "annals blame 4").contains("Two ministers"));
        // Before the text was captured there is none.
        assert_eq!(desk.run("", "replay|--document|3|--as-of|3").err, "");
        assert_eq!(desk.run("", "replay|--document|4").err, "");
        let shown = desk.run("", "show|3").out;
        assert!(shown.contains("derived from it\n    4: They met\n"), "{with}: {shown}");
        assert_eq!(desk.json("show|3")["derived"], serde_json::json!([4]));
        let shown = desk.json("show|4");
        assert_eq!(shown.get("derived"), None);
        // The capture of the text names the page.
        let log = desk.json("log|--document|3");
        let events = log["events"].as_array().unwrap().iter().map(|event| &event["position"]);
        assert_eq!(events.collect::<Vec<_>>(), [3, 4], "{with}");
    };
    told("with the index");
    std::fs::remove_dir_all(desk.path("ledger/index")).unwrap();
    told("without the index");
    // A description that says otherwise changes it, from its point on.
    kept(&desk, "scan.html", b"<p>They met on Thursday.</p>");
    desk.writes("ada", "document|add|scan.html|--text|none|--title|Scan|--lang|en", "written at 6");
    let anew = "document|describe|4|--derived-from|6|--statement|It is of the scan.";
    desk.writes("ada", anew, "written at 7");
    assert_eq!(desk.json("show|3").get("derived"), None);
    assert_eq!(desk.json("show|6")["derived"], serde_json::json!([4]));
    assert_eq!(desk.json("show|3|--as-of|6")["derived"], serde_json::json!([4]));
    assert_eq!(desk.run("", "replay|--document|3").err, "");
}

#[test]
fn what_the_editor_says_goes_before_what_the_page_says() {
    let desk = bare();
    kept(&desk, "page.html", made::page().as_bytes());
    let add =
        "document|add|page.html|--title|Mine|--author|Me|--publisher||--published|2021|--text|none";
    let told = desk.writes("ada", add, "written at 3");
    assert!(told.err.contains("note: as the document says itself: language\n"), "{told:?}");
    let page = about(&desk, 3);
    assert_eq!((&page["title"], &page["authors"][0]), (&"Mine".into(), &"Me".into()));
    assert_eq!(
        (&page["publisher"], &page["published"]["edtf"]),
        (&serde_json::Value::Null, &"2021".into())
    );
}

#[test]
fn each_format_gives_a_text_of_its_own() {
    let body = "<w:p><w:r><w:t>They met &amp; left.</w:t></w:r></w:p>";
    let wide: Vec<u8> = "\u{FEFF}Zoë met.".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let all: [(&str, Vec<u8>, &str, &str); 5] = [
        ("a.pdf", made::pdf(&["They met."]), "application/pdf", "They met.\n"),
        (
            "a.docx",
            made::docx(body),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "They met & left.\n",
        ),
        ("a.md", b"# A *day*\n\nThey met.\n".to_vec(), "text/markdown", "A day\n\nThey met.\n"),
        (
            "a.txt",
            b"Caf\xE9, they say, in M\xFCnchen.".to_vec(),
            "application/octet-stream",
            "Café, they say, in München.",
        ),
        ("b.txt", wide, "application/octet-stream", "Zoë met."),
    ];
    let desk = bare();
    for ((name, bytes, kind, words), position) in all.into_iter().zip((3..).step_by(2)) {
        kept(&desk, name, &bytes);
        let add = format!("document|add|{name}|--title|T|--lang|en");
        desk.writes("ada", &add, &format!("written at {position} to {} (2 events)", position + 1));
        assert_eq!(about(&desk, position)["media_type"], kind, "{name}");
        assert_eq!(text(&desk, position + 1), words, "{name}");
        assert_eq!(about(&desk, position + 1)["derived_from"], position);
    }
    // A text that is there already is not recorded again.
    kept(&desk, "other.md", b"They *met*.");
    let told = desk.writes("ada", "document|add|other.md|--title|T|--lang|en", "written at 13");
    assert!(told.err.contains("note: its text is document 4 already, word for word\n"), "{told:?}");
    // A Markdown file without marks is its own text; a table is what it is.
    kept(&desk, "same.md", b"They met again.\n");
    desk.writes("ada", "document|add|same.md|--title|T|--lang|en", "written at 14");
    assert_eq!(about(&desk, 14)["media_type"], "text/plain");
    kept(&desk, "table.csv", b"a,b\n1,2\n");
    let told = desk.writes("ada", "document|add|table.csv|--title|T|--lang|en", "written at 15");
    let err = told.err.replace('\n', " ");
    assert!(err.contains("quoted as text/csv; it can with --media-type text/plain"), "{told:?}");
    // Words that are given as the document's are looked for in its text.
    kept(&desk, "dated.md", b"On *Thursday* they met.");
    let dated = "document|add|dated.md|--title|T|--lang|en|--published-as-written";
    let refused = desk.run("ada", &format!("{dated}|Friday"));
    assert!(refused.exit == 1 && refused.err.contains("no word of \"Friday\" does"), "{refused:?}");
    desk.writes("ada", &format!("{dated}|Thursday"), "written at 16 to 17 (2 events)");
    assert_eq!(desk.run("", "verify").exit, 0);
}

#[test]
fn a_document_without_text_is_recorded_with_a_note() {
    let desk = bare();
    let huge = vec![b' '; 300 << 20];
    let bomb = made::zip(&[("word/document.xml", &huge)]);
    let locked = made::pdf_of(
        &[
            "<< /Type /Catalog /Pages 2 0 R >>".into(),
            "<< /Type /Pages /Kids [] /Count 0 >>".into(),
            "<< /Filter /Standard /V 1 /R 2 /P -4 /O (00000000000000000000000000000000) \
             /U (00000000000000000000000000000000) >>"
                .into(),
            "<< >>".into(),
        ],
        "/Encrypt 3 0 R /ID [(0123456789abcdef) (0123456789abcdef)] ",
    );
    let all: [(&str, Vec<u8>, &str); 5] = [
        (
            "a.png",
            b"\x89PNG\r\n\x1A\n0000".to_vec(),
            "a file of image/png holds no text that can be read",
        ),
        ("scan.pdf", made::pdf(&[""]), "no text is in it: its pages are images"),
        (
            "locked.pdf",
            locked,
            "it is encrypted, and opens with a password only: open it with the password, save it \
             without one or print it to PDF, and add that file",
        ),
        ("cut.docx", made::docx("<w:p>")[..400].to_vec(), "it cannot be read: invalid Zip archive"),
        ("bomb.docx", bomb, "it unpacks to more than 268435456 bytes"),
    ];
    for ((name, bytes, why), position) in all.into_iter().zip(3..) {
        kept(&desk, name, &bytes);
        let add = format!("document|add|{name}|--title|T|--lang|en");
        let told = desk.writes("ada", &add, &format!("written at {position}"));
        let err = told.err.replace('\n', " ");
        assert!(
            err.contains("note: nothing of it can be quoted: ") && err.contains(why),
            "{name}: {told:?}"
        );
    }
    // A page of any depth ends nothing but, at most, the process that reads it.
    kept(&desk, "deep.html", format!("{}<p>They met.", "<div>".repeat(3_000)).as_bytes());
    assert_eq!(desk.run("ada", "document|add|deep.html|--title|T|--lang|en").exit, 0);
    kept(&desk, "empty.txt", b"");
    desk.refuses("ada", "document|add|empty.txt|--title|T|--lang|en", (
        2,
        "annals: empty.txt: expected at least one byte, found an empty file; nothing was written\n",
    ));
    assert_eq!(desk.run("", "verify").exit, 0);
}

#[test]
fn a_text_without_words_and_a_date_after_the_capture_are_noted() {
    let desk = bare();
    for (name, bytes) in [("a.txt", "  \n\n"), ("b.txt", "\u{FEFF}")] {
        kept(&desk, name, bytes.as_bytes());
        let told = desk.run("ada", &format!("document|add|{name}|--title|T|--lang|en|--dry-run"));
        assert!(
            told.err.starts_with("note: nothing of it can be quoted: it has no words\n"),
            "{told:?}"
        );
    }
    for (day, taken) in [("2022-01-28", true), ("2022-01-29", false), ("2099", false)] {
        let page = format!(
            "<html lang=en><title>T</title><meta name='dc.date' content='{day}'><p>They met."
        );
        kept(&desk, "page.html", page.as_bytes());
        let told = desk.run("ada", "document|add|page.html|--dry-run");
        let err = told.err.replace('\n', " ");
        let note = format!("it was published on {day}, after its capture; this date is not taken");
        assert_eq!((told.exit, err.contains(&note)), (0, !taken), "{told:?}");
        let proposed = err.contains("as the document says itself: title, language, date of");
        assert_eq!(proposed, taken, "{told:?}");
    }
}

#[test]
fn a_text_without_struck_words_says_how_many_there_are() {
    let desk = bare();
    kept(&desk, "a.md", b"It costs ~~10~~8 euros and makes 10<sup>6</sup> watts.\n");
    let add = "document|add|a.md|--title|T|--lang|en";
    let told = desk.writes("ada", add, "written at 3 to 4 (2 events)");
    let note = "note: its text is without a word that the document strikes out\n";
    assert!(told.err.contains(note), "{told:?}");
    assert_eq!(text(&desk, 4), "It costs 8 euros and makes 10⁶ watts.\n");
    let method = about(&desk, 4)["method"].as_str().unwrap().to_owned();
    assert!(method.contains(", text form 2, without a word struck out (annals "), "{method}");
    let quote = "append|--document|4|--claim|It makes 10⁶ watts.|--quote|makes 10⁶ watts";
    desk.writes("ada", quote, "written at 5");
    let struck = desk.run("ada", &quote.replace("makes 10⁶ watts", "costs 108 euros"));
    assert_eq!(struck.exit, 1, "{struck:?}");
}

#[test]
fn an_address_is_fetched_and_where_it_led_is_recorded() {
    let desk = bare();
    let server = serve(|path| match path {
        "/old" => answer("301 Moved", "Location: /new\r\n", b""),
        _ => answer("200 OK", "Content-Type: text/html\r\n", made::page().as_bytes()),
    });
    let add = format!("document|add|{}/old", server.address);
    let refused = desk.run("ada", &add);
    assert!(refused.exit == 2 && refused.err.contains("--allow-private takes it"), "{refused:?}");
    desk.writes("ada", &format!("{add}|--allow-private"), "written at 3 to 4 (2 events)");
    let page = about(&desk, 3);
    assert_eq!(page["url"], format!("{}/new", server.address));
    let way = format!("redirected: {0}/old (301) → {0}/new (annals ", server.address);
    assert!(page["method"].as_str().unwrap().contains(&way), "{page}");
    assert!(page["captured_at"].as_str().unwrap().starts_with("2022-01-27T08:0"), "{page}");
    assert_eq!(about(&desk, 4)["url"], page["url"]);
}

#[test]
fn a_web_archive_is_recorded_as_it_is_and_its_page_is_chosen() {
    let desk = bare();
    let one =
        made::warc_answer("https://example.org/1", "text/html", "<title>One</title><p>They met.");
    let two =
        made::warc_answer("https://example.org/2", "text/html", "<title>Two</title><p>They left.");
    kept(&desk, "a.warc", &[one, two].concat());
    desk.refuses("ada", "document|add|a.warc|--lang|en", (
        2,
        "annals: it holds several pages; name one with --page, or record the archive alone with \
         --text none; nothing was written\n  https://example.org/1\n  https://example.org/2\n",
    ));
    let add = "document|add|a.warc|--lang|en|--page|https://example.org/";
    desk.writes("ada", &format!("{add}2"), "written at 3 to 4 (2 events)");
    assert_eq!(about(&desk, 3)["media_type"], "application/warc");
    assert_eq!(
        (text(&desk, 4).as_str(), &about(&desk, 4)["title"]),
        ("They left.\n", &"Two".into())
    );
    assert_eq!(about(&desk, 4)["captured_at"], "2022-01-26T07:00:00.000000Z");
    desk.writes("ada", &format!("{add}1"), "written at 5");
    assert_eq!(
        (text(&desk, 5).as_str(), &about(&desk, 5)["derived_from"]),
        ("They met.\n", &3.into())
    );
}

#[test]
fn the_source_of_a_file_for_programs_is_not_quoted_as_its_words() {
    let desk = bare();
    let russian = b"<?xml version=\"1.0\" encoding=\"windows-1251\"?><n><!-- \xCD\xE5 --></n>";
    let files: [(&str, &[u8], &str); 4] = [
        ("a.xml", b"<?xml version=\"1.0\"?><n><!-- not --><p>They met.</p></n>", "text/xml"),
        ("b.xml", russian, "text/xml"),
        ("c.csv", b"\xE3\xEE\xE4;1\n", "text/csv"),
        ("d.srt", b"1\n00:01 --> 00:02\nThey met.\n", "application/x-subrip"),
    ];
    for ((name, bytes, kind), position) in files.into_iter().zip(3..) {
        kept(&desk, name, bytes);
        let add = format!("document|add|{name}|--title|T|--lang|en");
        let told = desk.writes("ada", &add, &format!("written at {position}"));
        let why = format!(
            "note: nothing of it can be quoted as {kind}; it can with --media-type text/plain"
        );
        assert!(told.err.replace('\n', " ").contains(&why), "{told:?}");
        assert_eq!(about(&desk, position)["media_type"], kind);
    }
    // Of bytes that are there the command is named that makes them quotable; then nothing is.
    let add = "document|add|d.srt|--title|T|--lang|en";
    let told = desk.writes("ada", add, "already at 6");
    let why = "it can with annals document describe 6 --media-type text/plain --statement WHY, as \
               it is ";
    assert!(told.err.replace('\n', " ").contains(why), "{told:?}");
    let told = desk.run("ada", &format!("{add}|--media-type|text/plain")).err.replace('\n', " ");
    let why = "rule 607 document-repeated: the same document was captured by event 6; it is \
               application/x-subrip, of which nothing can be quoted; where it is a text, annals \
               document describe 6 --media-type text/plain --statement WHY lets it be quoted as \
               it is; it gets another title or date with annals document describe";
    assert!(told.contains(why), "{told}");
    let describe = "document|describe|6|--media-type|text/plain|--statement|as it is";
    desk.writes("ada", describe, "written at 7");
    let told = desk.run("ada", add);
    assert!(!told.err.contains("nothing of it can be quoted"), "{told:?}");
    // The address of a page is of an archive.
    let told = desk.run("ada", "document|add|d.srt|--title|T|--lang|en|--page|https://a.example/");
    let why = "annals: --page is of a web archive: expected WARC or WACZ, found application/x-subrip; \
               where a page was found is --url; nothing was written\n";
    assert_eq!((told.exit, told.err.as_str()), (2, why));
    // The encoding that XML declares goes before a guess.
    let euro = b"<?xml version=\"1.0\" encoding=\"iso-8859-15\"?><p>5 \xA4</p>";
    kept(&desk, "e.xml", euro);
    let add = "document|add|e.xml|--title|T|--lang|en|--media-type|text/plain";
    desk.writes("ada", add, "written at 8 to 9 (2 events)");
    assert!(text(&desk, 9).ends_with("<p>5 €</p>"));
    assert!(about(&desk, 9)["method"].as_str().unwrap().starts_with("decoded from ISO-8859-15"));
}

/// Two desks, one page: whoever comes second is sent to the text that can be quoted.
#[test]
fn a_page_that_is_there_with_its_text_is_refused_with_the_number_of_the_text() {
    let desk = bare();
    kept(&desk, "page.html", made::page().as_bytes());
    let add = "document|add|page.html";
    desk.writes("ada", add, "written at 3 to 4 (2 events)");
    let whole = format!("{add}|--text|page");
    desk.writes("ada", &whole, "written at 5");
    for (line, text) in [(add.to_owned(), 4), (whole, 5)] {
        let told = desk.run("bo", &line);
        let why = format!(
            "rule 607 document-repeated: the same document was captured by event 3; its text is \
             document {text}: it is quoted with --document {text}; it gets another title \
             or date with annals document describe"
        );
        let err = told.err.replace('\n', " ");
        assert!(told.exit == 1 && err.contains(&why), "{told:?}");
    }
    let fact = "append|--document|4|--quote|two ministers met … on Thursday|--nth|1|--claim|\
                Two ministers met.";
    desk.writes("bo", fact, "written at 6");
}

#[test]
fn a_page_is_one_whatever_its_file_is_called() {
    let desk = bare();
    let page = "<!-- saved --> <!DOCTYPE html><title>X</title><p>They <del>never</del> met.</p>";
    let names = ["a.php", "example.com", "example.org", "feed.xml", "index.pl", "a.txt"];
    for (name, position) in names.into_iter().zip((3..).step_by(2)) {
        kept(&desk, name, format!("{page}<p>{name}").as_bytes());
        let add = format!("document|add|{name}|--title|T|--lang|en|--text|page");
        desk.writes("ada", &add, &format!("written at {position} to {} (2 events)", position + 1));
        assert_eq!(about(&desk, position)["media_type"], "text/html", "{name}");
        assert_eq!(text(&desk, position + 1), format!("They met.\n\n{name}\n"));
    }
    let source =
        "<?xml version=\"1.0\"?>\n<html xmlns=\"http://www.w3.org/1999/xhtml\"><p>a<br/>b</p>";
    kept(&desk, "b.xml", source.as_bytes());
    desk.writes("ada", "document|add|b.xml|--title|T|--lang|en", "written at 15 to 16 (2 events)");
    assert_eq!(about(&desk, 15)["media_type"], "application/xhtml+xml");
}

#[test]
fn a_text_that_is_there_is_the_same_however_it_is_made() {
    let desk = bare();
    kept(&desk, "page.html", b"<!doctype html><title>T</title><p>They met in Rome, they say.</p>");
    let add = "document|add|page.html|--title|T|--lang|en";
    desk.writes("ada", add, "written at 3 to 4 (2 events)");
    for extent in ["main", "page", "none"] {
        let again = desk.run("ada", &format!("{add}|--text|{extent}"));
        let out = "already at 3 to 4 (2 events)\n     3  text/html, as captured\n     4  its text, \
                   which can be quoted\n";
        assert_eq!((again.exit, again.out.as_str()), (0, out), "{extent}: {again:?}");
    }
}

#[test]
fn a_stray_control_character_makes_a_page_no_binary_file() {
    let desk = bare();
    kept(&desk, "p.html", b"<!DOCTYPE html><title>T</title><p>They met in Rome.\x13 He left.</p>");
    let add = "document|add|p.html|--title|T|--lang|en";
    desk.writes("ada", add, "written at 3 to 4 (2 events)");
    assert_eq!(about(&desk, 3)["media_type"], "text/html");
    desk.writes("ada", "append|--quote|in Rome. He|--claim|He left.|--document|4", "written at 5");
    kept(&desk, "p.md", b"# They met\n\nThey *met* in Rome.\x02\n");
    desk.writes("ada", "document|add|p.md|--title|T|--lang|en", "written at 6 to 7 (2 events)");
    assert_eq!(about(&desk, 6)["media_type"], "text/markdown");
}

#[test]
fn an_encoding_that_was_guessed_is_named_and_can_be_said() {
    let desk = bare();
    kept(&desk, "a.txt", b"The fee is \xA330, not \xA340.\n");
    let add = "document|add|a.txt|--title|T|--lang|en";
    let noted = desk.writes("ada", add, "written at 3 to 4 (2 events)").err;
    let says = "note: its encoding is not named, and was guessed: windows-1252; compare signs";
    assert!(noted.contains(says), "{noted}");
    assert_eq!(text(&desk, 4), "The fee is £30, not £40.\n");
    kept(&desk, "b.txt", b"The fee is \xD2not\xD3 \xA330.\n");
    let add = "document|add|b.txt|--title|T|--lang|en|--encoding|macintosh";
    let noted = desk.writes("ada", add, "written at 5 to 6 (2 events)").err;
    assert!(!noted.contains("guessed"), "{noted}");
    assert_eq!(text(&desk, 6), "The fee is “not” £30.\n");
    let wrong = desk.run("ada", &format!("{add}x"));
    let why = "annals: --encoding <NAME>: expected the name of an encoding, such as windows-1252, \
               macintosh or koi8-u, found \"macintoshx\"\n";
    assert!(wrong.exit == 2 && wrong.err == why, "{wrong:?}");
    kept(&desk, "a.pdf", &made::pdf(&["They met."]));
    let wrong = desk.run("ada", &add.replace("b.txt", "a.pdf"));
    assert!(
        wrong.exit == 2 && wrong.err.contains("--encoding is of a page or a text"),
        "{wrong:?}"
    );
}

#[test]
fn the_note_on_a_text_that_is_there_names_its_publication() {
    let desk = bare();
    let page = |paper: &str, day: &str| {
        format!(
            "<html lang=en><title>T</title><meta property='og:site_name' content='{paper}'><meta \
             property='article:published_time' content='{day}'><p>Nobody was hurt in it.</p>"
        )
    };
    kept(&desk, "a.html", page("Daily Harbour", "2022-01-01").as_bytes());
    kept(&desk, "b.html", page("Kos Times", "2022-01-04").as_bytes());
    desk.writes("ada", "document|add|a.html", "written at 3 to 4 (2 events)");
    let noted = desk.writes("ada", "document|add|b.html", "written at 5").err.replace('\n', " ");
    let says = "note: its text is document 4 already, word for word, of Daily Harbour, 2022-01-01:";
    assert!(noted.contains(says), "{noted}");
    let quoted = desk.run("ada", "append|--document|5|--quote|Nobody|--claim|Nobody.|--yes");
    let why = "document: 5 is text/html; only text/plain can be quoted; no text was made of it: \
               where the same words were in the record, they are the text of another document, which \
               annals document list shows";
    assert!(quoted.err.replace("\n  ", " ").contains(why), "{quoted:?}");
}
