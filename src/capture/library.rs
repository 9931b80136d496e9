//! The libraries that make texts, by name and version, as a document's `method` names them.
//!
//! Always holds: the versions are those of `Cargo.lock` (a test below compares them).

/// Decodes texts of another encoding than UTF-8.
pub const ENCODING: &str = "encoding_rs 0.8.44";
/// Guesses the encoding of a text that names none.
pub const DETECTION: &str = "chardetng 1.0.0";
/// Reads HTML.
pub const DOM: &str = "dom_query 0.29.0";
/// Finds the main text of a page.
pub const READABILITY: &str = "dom_smoothie 0.19.0";
/// Reads PDF.
pub const PDF: &str = "pdf-extract 0.12.1";
/// Reads the XML of DOCX.
pub const XML: &str = "quick-xml 0.42.0";
/// Reads Markdown.
pub const MARKDOWN: &str = "pulldown-cmark 0.13.6";
/// Reads web archives.
pub const WARC: &str = "warc 0.4.0";
/// Fetches pages.
pub const HTTP: &str = "ureq 3.5.2";

/// The words of a method: what was done, by this program.
pub fn method(what: &str) -> String {
    format!("{what} (annals {})", env!("CARGO_PKG_VERSION"))
}

/// The form of the texts that are made of documents with marks (docs/editor.md). It goes up when
/// another text is made of the same bytes.
const TEXT_FORM: u32 = 2;

/// The words of a method that makes a text of a document with marks. `struck` is the number of
/// words that the document strikes out, which the text leaves out.
pub fn text_method(what: &str, struck: usize) -> String {
    let without = match struck {
        0 => String::new(),
        1 => ", without a word struck out".to_owned(),
        words => format!(", without {words} words struck out"),
    };
    method(&format!("{what}, text form {TEXT_FORM}{without}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_versions_are_those_that_are_built_in() {
        let lock = include_str!("../../Cargo.lock").replace('\r', "");
        let all = [ENCODING, DETECTION, DOM, READABILITY, PDF, XML, MARKDOWN, WARC, HTTP];
        for (name, version) in all.iter().filter_map(|library| library.split_once(' ')) {
            let locked = format!("name = \"{name}\"\nversion = \"{version}\"\n");
            assert!(lock.contains(&locked), "{name} {version} is not what Cargo.lock has");
        }
    }
}
