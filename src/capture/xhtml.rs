//! XHTML as HTML: what XML writes in a way that a reader of HTML takes for something else.
//!
//! Always holds: an empty element ends where it stands, and CDATA is text; what is no XML from some
//! place on stays as it is from there. Not here: the page (`html`). Source: the HTML Standard,
//! chapters 13 and 14; XML 1.0.

use quick_xml::Reader;
use quick_xml::escape::escape;
use quick_xml::events::Event;

/// Elements that are always empty.
const VOID: &str = "area base br col embed hr img input link meta param source track wbr";
/// Elements whose text has no entities in HTML.
const RAW: [&str; 2] = ["style", "script"];

/// The page, as HTML.
pub(super) fn without_xml(xml: &str) -> String {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().check_end_names = false;
    let (mut html, mut is_raw, mut from) = (String::with_capacity(xml.len()), false, 0);
    loop {
        let event = reader.read_event();
        let to = usize::try_from(reader.buffer_position()).unwrap_or(xml.len());
        let source = xml.get(from..to).unwrap_or_default();
        match event {
            Err(_) | Ok(Event::Eof) => {
                html.push_str(xml.get(from..).unwrap_or_default());
                return html;
            }
            Ok(Event::Empty(tag)) => {
                let name = tag.name();
                let name = name.as_ref();
                html.push_str(source.trim_end_matches('>').trim_end_matches('/'));
                html.push('>');
                if !VOID.split(' ').any(|void| void == name) {
                    html.push_str(&format!("</{name}>"));
                }
            }
            Ok(Event::CData(words)) if is_raw => html.push_str(&words.into_inner()),
            Ok(Event::CData(words)) => html.push_str(&escape(&*words.into_inner())),
            Ok(Event::Start(tag)) => {
                is_raw = RAW.contains(&tag.name().as_ref());
                html.push_str(source);
            }
            // The declaration of XML, which HTML has not.
            Ok(Event::Decl(_) | Event::PI(_)) => {}
            Ok(_) => html.push_str(source),
        }
        from = to;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_elements_end_and_cdata_is_text() {
        for (xml, html) in [
            ("<p>a<iframe src='x'/>b<br/>c<del />d</p>", {
                "<p>a<iframe src='x'></iframe>b<br>c<del ></del>d</p>"
            }),
            (
                "<?xml version='1.0'?><p>1 <![CDATA[< 2 & 3]]> &lt;</p>",
                "<p>1 &lt; 2 &amp; 3 &lt;</p>",
            ),
            ("<style><![CDATA[a>b{}]]></style>", "<style>a>b{}</style>"),
            ("<p>a<s/>b<!-- c --><p", "<p>a<s></s>b<!-- c --><p"),
            ("<p>a &nbsp; <b>b</i> c", "<p>a &nbsp; <b>b</i> c"),
        ] {
            assert_eq!(without_xml(xml), html);
        }
    }
}
