//! The character set that a page or a file of XML names in its first bytes, and the language of a
//! page.
//!
//! Not here: decoding (`text`), what a server says. Source: the HTML Standard, "prescan a byte
//! stream to determine its encoding"; XML 1.0, 4.3.3.

use dom_query::{Document, NodeRef};

/// How far into a page its character set is looked for.
const PRESCAN: usize = 1024;

/// That of a page: in the declaration of XML, or in a `meta` that is there for it. The names that
/// no `meta` can have mean others.
pub(super) fn charset_of_page(bytes: &[u8]) -> Option<String> {
    if let Some(label) = charset_of_xml(bytes) {
        return Some(label);
    }
    let of_meta = |meta: NodeRef<'_>| {
        let is_type = meta.attr("http-equiv").is_some_and(|of| of.trim() == "content-type");
        let content = meta.attr("content").filter(|_| is_type);
        let charset = meta.attr("charset").map(|charset| charset.trim().to_owned());
        charset.or_else(|| value(&content?, "charset")).filter(|label| !label.is_empty())
    };
    let page = Document::from(head(bytes));
    let label = page.select("meta").nodes().iter().copied().find_map(of_meta)?;
    Some(match label.as_str() {
        "x-user-defined" => "windows-1252".to_owned(),
        name if name.starts_with("utf-16") => "utf-8".to_owned(),
        _ => label,
    })
}

/// The language that a page says of itself.
pub(super) fn language_of_page(bytes: &[u8]) -> Option<String> {
    let page = Document::from(head(bytes));
    let html = page.select_single("html");
    html.attr("lang").or_else(|| html.attr("xml:lang")).map(|lang| lang.to_string())
}

/// That of the declaration of XML.
pub(super) fn charset_of_xml(bytes: &[u8]) -> Option<String> {
    let head = head(bytes);
    let (declaration, _) = head.trim_start().strip_prefix("<?xml")?.split_once('>')?;
    value(declaration, "encoding")
}

/// The first characters, in lower case.
fn head(bytes: &[u8]) -> String {
    let head = bytes.get(..PRESCAN.min(bytes.len())).unwrap_or_default();
    String::from_utf8_lossy(&head.to_ascii_lowercase()).into_owned()
}

/// The value of `name=` in a text.
fn value(text: &str, name: &str) -> Option<String> {
    let rest = text.split(name).skip(1).find_map(|rest| rest.trim_start().strip_prefix('='))?;
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
                "<META http-equiv='Content-Type' content='text/html; charset=Windows-1251'>",
                Some("windows-1251"),
            ),
            // A meta that is there for something else.
            ("<meta http-equiv=refresh content='9;url=/?charset=koi8-r'>", None),
            ("1 < 2 <meta data-x charset=\"big5\"/>", Some("big5")),
            ("<meta http-equiv=content-type content=text/html;charset=big5>", Some("big5")),
            ("<meta name=description content='charset=koi8-r'><meta charset=big5>", Some("big5")),
            ("<meta content='text/html; charset=KOI8-R'>", None),
            ("<meta name=a content='1 > 0'><meta charset=koi8-r>", Some("koi8-r")),
            ("<script>'<meta charset=koi8-r>'</script>", None),
            // What no page can be read as by its own word.
            ("<meta charset=x-user-defined>", Some("windows-1252")),
            ("<meta charset=UTF-16LE>", Some("utf-8")),
            ("<script charset=\"iso-8859-1\"></script><meta charset = 'koi8-r'>", Some("koi8-r")),
            ("<!-- <meta charset=x> --><link charset=y><p>charset=z", None),
            ("<?xml version='1.0' encoding='windows-1251'?><html>", Some("windows-1251")),
            ("<meta name='charset' content='a'><meta charset=big5>", Some("big5")),
            ("<meta charset=big5", None),
            ("<meta", None),
            ("<p>", None),
        ] {
            assert_eq!(charset_of_page(page.as_bytes()).as_deref(), charset, "{page}");
        }
    }
}
