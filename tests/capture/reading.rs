//! What is read of bytes, by the library.

use crate::capture::made;
use annals::capture::{
    CaptureReading, CaptureRequest, Omission, TextExtent, Unquotable, detect, media_type, read,
};

fn reading(kind: &str, extent: TextExtent, bytes: &[u8]) -> CaptureReading {
    let request = CaptureRequest { media_type: kind.into(), extent, ..CaptureRequest::default() };
    read(&request, bytes)
}

#[test]
fn what_bytes_are_is_seen_by_their_beginning() {
    let all: [(&[u8], Option<&str>, &str, &str); 12] = [
        (&made::pdf(&["x"]), Some("text/plain"), "a.txt", media_type::PDF),
        (&made::docx(""), None, "a.zip", media_type::DOCX),
        (&made::zip(&[("a", b"a")]), None, "a.zip", "application/zip"),
        (b"\x89PNG\r\n\x1A\n", None, "a.html", "image/png"),
        (b"WARC/1.0\r\n", None, "a", media_type::WARC),
        (b"\xEF\xBB\xBF <!DOCTYPE html>", None, "", media_type::HTML),
        (b"<p>", Some("text/html"), "a", media_type::HTML),
        (b"# A", Some("text/plain"), "a.md", media_type::MARKDOWN),
        (b"caf\xE9", None, "a.txt", media_type::PLAIN),
        (b"\0\x01", None, "a.txt", media_type::OCTETS),
        (b"\xFF\xFEA\0", None, "a.txt", media_type::PLAIN),
        (b"two", None, "a", media_type::PLAIN),
    ];
    for (bytes, named, name, kind) in all {
        assert_eq!(detect(bytes, named, name.as_ref()), kind, "{name} {named:?}");
    }
}

#[test]
fn a_pdf_gives_the_text_of_its_pages_and_its_information() {
    let found =
        reading(media_type::PDF, TextExtent::Main, &made::pdf(&["They met.", "Then left."]));
    let text = found.text.unwrap();
    assert_eq!(text.text, "They met.\n\nThen left.\n");
    assert!(text.method.starts_with("text of the pages by pdf-extract 0."), "{}", text.method);
    assert_eq!(found.proposal.title.as_deref(), Some("A report"));
    assert_eq!(found.proposal.authors, ["Ann Author"]);
    assert_eq!(found.proposal.lang.as_deref(), Some("en-GB"));
    let dates = (found.proposal.published, found.proposal.created.as_deref());
    assert_eq!(dates, (None, Some("2022-01-27")));
}

#[test]
fn a_pdf_without_text_or_that_is_broken_says_so() {
    let scan = reading(media_type::PDF, TextExtent::Main, &made::pdf(&["", ""])).text;
    assert!(matches!(scan, Err(Unquotable::NoText(_))), "{scan:?}");
    let broken = reading(media_type::PDF, TextExtent::Main, b"%PDF-1.4\nnothing").text;
    assert!(matches!(broken, Err(Unquotable::Broken(_))), "{broken:?}");
}

#[test]
fn a_docx_gives_its_paragraphs_and_core_properties() {
    let body = "<w:p><w:r><w:t>They </w:t></w:r><w:r><w:t>m&#101;t &amp; left.</w:t></w:r></w:p>\
                <w:p><w:r><w:delText>gone</w:delText><w:t>a</w:t><w:tab/><w:t>b</w:t></w:r></w:p>";
    let file = made::docx(body);
    let main = reading(media_type::DOCX, TextExtent::Main, &file);
    let text = main.text.unwrap();
    assert_eq!(text.text, "They met & left.\na\tb\n");
    let out = "3 words of notes, headers and footers";
    assert_eq!(text.left_out, [Omission::Chosen(out.to_owned()), Omission::Struck(1)]);
    assert_eq!(main.proposal.title.as_deref(), Some("A & B"));
    assert_eq!(main.proposal.authors, ["Ann Author", "Ben Bylined"]);
    assert_eq!(main.proposal.lang.as_deref(), Some("en-GB"));
    let whole = reading(media_type::DOCX, TextExtent::Page, &file).text.unwrap();
    assert_eq!(whole.text, "They met & left.\na\tb\n\n[1] A note.\n");
}

#[test]
fn a_broken_docx_and_one_without_bounds_say_so() {
    let file = made::docx("<w:p><w:t>open");
    assert!(matches!(
        reading(media_type::DOCX, TextExtent::Main, &file).text,
        Err(Unquotable::Broken(_))
    ));
    let cut = &made::docx("")[..100];
    assert!(matches!(
        reading(media_type::DOCX, TextExtent::Main, cut).text,
        Err(Unquotable::Broken(_))
    ));
    let entity = made::docx("<w:p><w:t>&lol;</w:t></w:p>");
    let found = reading(media_type::DOCX, TextExtent::Main, &entity).text;
    assert!(matches!(found, Err(Unquotable::Broken(_))), "{found:?}");
}

#[test]
fn the_page_that_is_meant_is_read_from_a_web_archive() {
    let (one, two) = ("https://example.org/1", "https://example.org/2");
    let html = |words: &str| format!("<title>{words}</title><p>{words}.</p>");
    let first = made::warc_answer(one, "text/html; charset=utf-8", &html("They met"));
    let style = made::warc_answer("https://example.org/s.css", "text/css", "p { }");
    let second = made::warc_answer(two, "text/html", &html("They left"));
    let request = |page: Option<&str>, kind: &str| CaptureRequest {
        media_type: kind.into(),
        page: page.map(str::to_owned),
        ..CaptureRequest::default()
    };
    let alone = [first.clone(), style.clone()].concat();
    for archive in [alone.clone(), made::gzip(&alone)] {
        let found = read(&request(None, media_type::WARC), &archive);
        let text = found.text.unwrap();
        assert_eq!(text.text, "They met.\n");
        assert!(text.method.starts_with("page in the archive by warc 0."), "{}", text.method);
        let page = text.page.unwrap();
        assert_eq!(
            (page.address.as_str(), page.captured_at.as_deref()),
            (one, Some("2022-01-26T07:00:00Z"))
        );
        assert_eq!(found.proposal.title.as_deref(), Some("They met"));
    }
    let both = [first, style, second].concat();
    let found = read(&request(None, media_type::WARC), &both).text;
    assert_eq!(found, Err(Unquotable::Pages(vec![one.to_owned(), two.to_owned()])));
    assert_eq!(
        read(&request(Some(two), media_type::WARC), &both).text.unwrap().text,
        "They left.\n"
    );
    let missing = read(&request(Some("https://example.org/3"), media_type::WARC), &both).text;
    assert!(matches!(missing, Err(Unquotable::NoPage(..))), "{missing:?}");
    let pages = format!("{{\"format\":\"json-pages-1.0\"}}\n{{\"url\":\"{two}\"}}\n");
    let wacz = made::zip(&[
        ("datapackage.json", b"{}"),
        ("archive/data.warc.gz", &made::gzip(&both)),
        ("pages/pages.jsonl", pages.as_bytes()),
    ]);
    assert_eq!(detect(&wacz, None, "a.wacz".as_ref()), media_type::WACZ);
    assert_eq!(read(&request(None, media_type::WACZ), &wacz).text.unwrap().text, "They left.\n");
}
