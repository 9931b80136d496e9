//! HTML: the main text of a page, or all of it.
//!
//! Always holds: the main text is chosen from what a reader sees. Not here: what that is and how it
//! reads (`page`); what the page says of itself (`metadata`). Source: the HTML Standard.

use crate::capture::library::{DOM, READABILITY, text_method};
use crate::capture::media_type::XHTML;
use crate::capture::metadata;
use crate::capture::page::{as_shown, text_of};
use crate::capture::reading::{
    CaptureReading, CaptureRequest, DerivedText, Omission, TextExtent, Unquotable,
};
use crate::capture::text::decode;
use crate::capture::xhtml::without_xml;
use dom_query::Document;
use dom_smoothie::Readability;

/// How far into a page its character set is looked for.
const PRESCAN: usize = 1024;

/// The text and the metadata of a page.
pub(super) fn read(request: &CaptureRequest, bytes: &[u8]) -> CaptureReading {
    let declared = declared_charset(bytes);
    let labels = [request.charset.as_deref(), declared.as_deref()];
    let decoded = match decode(bytes, &labels) {
        Ok(decoded) => decoded,
        Err(why) => return CaptureReading::unquotable(why),
    };
    let source = match request.media_type == XHTML {
        true => without_xml(&decoded.text),
        false => decoded.text,
    };
    let page = Document::from(source);
    let proposal = metadata::of_page(&page);
    let struck = as_shown(&page);
    let whole = line_ended(text_of(&page.root()));
    let main = match request.extent {
        TextExtent::Main => main_text(page),
        TextExtent::Page => None,
    };
    let decoded = match decoded.method.as_str() {
        "" => String::new(),
        how => format!(", {how}"),
    };
    let (text, how, chosen) = match main {
        Some(text) => {
            let left_out = left_out(&text, &whole);
            (text, format!("main text by {READABILITY} and {DOM}{decoded}"), left_out)
        }
        None => (whole, format!("whole page by {DOM}{decoded}"), None),
    };
    let struck_out = (struck > 0).then_some(Omission::Struck(struck));
    let derived = DerivedText {
        text,
        method: text_method(&how, struck),
        left_out: chosen.into_iter().chain(struck_out).collect(),
        page: None,
    };
    let text = match derived.text.trim().is_empty() {
        true => Err(Unquotable::NoText("the page shows none without its scripts".to_owned())),
        false => Ok(derived),
    };
    CaptureReading { proposal, text }
}

/// How much of the page is not in its main text.
fn left_out(main: &str, whole: &str) -> Option<Omission> {
    let count = |text: &str| text.split_whitespace().count();
    let (main, whole) = (count(main), count(whole));
    let out = || Omission::Chosen(format!("{} of {whole} words of the page", whole - main));
    (main < whole).then(out)
}

/// The main text; `None` where none stands out.
fn main_text(page: Document) -> Option<String> {
    let article = Readability::with_document(page, None, None).ok()?.parse().ok()?;
    let text = text_of(&Document::fragment(article.content).root());
    Some(text).filter(|text| !text.is_empty()).map(line_ended)
}

fn line_ended(text: String) -> String {
    text + "\n"
}

/// The character set that a page names in its first bytes: in a `meta`, or in the declaration of
/// XML.
fn declared_charset(bytes: &[u8]) -> Option<String> {
    let head = bytes.get(..PRESCAN.min(bytes.len()))?.to_ascii_lowercase();
    let head = String::from_utf8_lossy(&head);
    let mut rest = &*head;
    while let Some(start) = rest.find('<') {
        let tag = rest.get(start..).unwrap_or_default();
        if let Some(comment) = tag.strip_prefix("<!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        let (tag, after) = tag.split_once('>').unwrap_or((tag, ""));
        let name = match tag.split_whitespace().next() {
            Some("<meta" | "<meta/") => "charset",
            Some("<?xml") => "encoding",
            _ => "",
        };
        let label = Some(name).filter(|name| !name.is_empty()).and_then(|name| value(tag, name));
        if label.is_some() {
            return label;
        }
        rest = after;
    }
    None
}

/// The value of `name=` in a tag.
fn value(tag: &str, name: &str) -> Option<String> {
    let rest = tag.split(name).skip(1).find_map(|rest| rest.trim_start().strip_prefix('='))?;
    let label = rest.trim_start_matches(['"', '\'', ' ']);
    let end = label.find(|c: char| !c.is_ascii_alphanumeric() && !"-_:.".contains(c));
    Some(label[..end.unwrap_or(label.len())].to_owned()).filter(|label| !label.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_character_set_is_that_of_a_meta() {
        for (page, charset) in [
            ("<meta charset=utf-8>", Some("utf-8")),
            (
                "<META http-equiv='x' content='text/html; charset=Windows-1251'>",
                Some("windows-1251"),
            ),
            ("<script charset=\"iso-8859-1\"></script><meta charset = 'koi8-r'>", Some("koi8-r")),
            ("<!-- <meta charset=x> --><link charset=y><p>charset=z", None),
            ("<?xml version='1.0' encoding='windows-1251'?><html>", Some("windows-1251")),
            ("<meta name='charset' content='a'><meta charset=big5", Some("big5")),
            ("<meta", None),
        ] {
            assert_eq!(declared_charset(page.as_bytes()).as_deref(), charset, "{page}");
        }
    }

    fn page(extent: TextExtent, html: &[u8]) -> DerivedText {
        let request = CaptureRequest { extent, ..CaptureRequest::default() };
        read(&request, html).text.unwrap()
    }

    #[test]
    fn the_whole_page_keeps_words_apart() {
        let html = "<header>Example News</header><nav><a>Home</a></nav><main><h1>They met</h1>\
                    <p>On <b>Thurs</b>day &amp; Friday.</p><figure><img><figcaption>Photo\
                    </figcaption></figure><table><tr><td>1</td><td>2</td></tr></table></main>\
                    <footer>Imprint</footer><script>no()</script>";
        let derived = page(TextExtent::Page, html.as_bytes());
        let expected = "Example News\n\nHome\n\nThey met\n\nOn Thursday & Friday.\n\nPhoto\n\n\
                        1\t2\n\nImprint\n";
        assert_eq!(derived.text, expected);
        assert!(derived.method.starts_with("whole page by dom_query"), "{}", derived.method);
    }

    #[test]
    fn the_main_text_leaves_out_menus_and_says_so() {
        let sentence = "The two ministers met in the old harbour, their offices say, to talk. ";
        let paragraphs = format!("<p>{}</p>", sentence.repeat(5)).repeat(4);
        let menu =
            "<nav><ul><li><a href=/a>Weather</a></li><li><a href=/b>Sports</a></li></ul></nav>";
        let html =
            format!("<html><body>{menu}<article><h1>They met</h1>{paragraphs}</article></body>");
        let derived = page(TextExtent::Main, html.as_bytes());
        assert!(derived.text.contains("in the old harbour"), "{}", derived.text);
        assert!(!derived.text.contains("Weather"), "{}", derived.text);
        assert!(matches!(derived.left_out[..], [Omission::Chosen(_)]));
        assert!(page(TextExtent::Page, html.as_bytes()).text.contains("Weather"));
    }

    #[test]
    fn a_page_says_its_character_set() {
        let html = b"<meta charset='windows-1251'><p>\xCF\xF0\xE8\xE2\xE5\xF2</p>";
        assert_eq!(page(TextExtent::Page, html).text, "Привет\n");
        assert_eq!(
            declared_charset(b"<meta content='text/html; charset=KOI8-R'>").unwrap(),
            "koi8-r"
        );
        assert_eq!(declared_charset(b"<p>"), None);
    }

    #[test]
    fn a_page_without_text_has_none() {
        let reading = read(&CaptureRequest::default(), b"<div id=app></div><script>run()</script>");
        assert!(matches!(reading.text, Err(Unquotable::NoText(_))), "{reading:?}");
    }
}
