//! Markdown: its text without the marks.
//!
//! Always holds: blocks are separated by an empty line, code and table cells keep their words; HTML
//! in it and front matter are left out. Source: CommonMark.

use crate::capture::library::{MARKDOWN, method};
use crate::capture::proposal::ProposedDescription;
use crate::capture::reading::{CaptureReading, CaptureRequest, DerivedText};
use crate::capture::text::decode;
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// The text and its title, which is the first heading of the first level.
pub(super) fn read(request: &CaptureRequest, bytes: &[u8]) -> CaptureReading {
    let decoded = match decode(bytes, &[request.charset.as_deref()]) {
        Ok(decoded) => decoded,
        Err(why) => return CaptureReading::unquotable(why),
    };
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS
        | Options::ENABLE_PLUSES_DELIMITED_METADATA_BLOCKS;
    let mut text = String::with_capacity(decoded.text.len());
    let mut proposal = ProposedDescription::default();
    let (mut heading, mut matter) = (None, false);
    for event in Parser::new_ext(&decoded.text, options) {
        match event {
            Event::Start(Tag::Heading { level: HeadingLevel::H1, .. }) => {
                heading = Some(text.len())
            }
            Event::Start(Tag::MetadataBlock(_)) => matter = true,
            Event::End(TagEnd::MetadataBlock(_)) => matter = false,
            Event::End(TagEnd::Heading(_)) => {
                if let Some(start) = heading.take() {
                    proposal.offer_title(&text[start..]);
                }
                text.push_str("\n\n");
            }
            Event::Text(words) | Event::Code(words) if !matter => text.push_str(&words),
            Event::SoftBreak | Event::HardBreak => text.push('\n'),
            Event::End(TagEnd::TableCell) => text.push('\t'),
            Event::Start(Tag::List(_)) | Event::End(TagEnd::TableRow | TagEnd::TableHead) => {
                end_line(&mut text);
            }
            Event::End(TagEnd::Item) => end_line(&mut text),
            Event::End(TagEnd::Paragraph | TagEnd::CodeBlock | TagEnd::List(_) | TagEnd::Table) => {
                end_line(&mut text);
                text.push('\n');
            }
            _ => {}
        }
    }
    let how = match decoded.method.is_empty() {
        true => format!("text by {MARKDOWN}"),
        false => format!("text by {MARKDOWN}, {}", decoded.method),
    };
    text.truncate(text.trim_end().len());
    text.push('\n');
    let derived = DerivedText { text, method: method(&how), left_out: None, page: None };
    CaptureReading { proposal, text: Ok(derived) }
}

fn end_line(text: &mut String) {
    let kept = text.trim_end_matches([' ', '\t']).len();
    text.truncate(kept);
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_stay_and_the_marks_go() {
        let source = "---\ntitle: x\n---\n# A *day*\n\nThey **met** on\nThursday, [they say](x).\n\
                      \n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```\ncode\n```\n";
        let reading = read(&CaptureRequest::default(), source.as_bytes());
        let text = "A day\n\nThey met on\nThursday, they say.\n\none\ntwo\n\na\tb\n1\t2\n\ncode\n";
        assert_eq!(reading.text.unwrap().text, text);
        assert_eq!(reading.proposal.title.as_deref(), Some("A day"));
    }
}
