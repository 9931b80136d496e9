//! Markdown: the text of the page that it is.
//!
//! Always holds: HTML in it is read as that of a page is; front matter (fields at the beginning) is
//! left out, and lines end where they end in the file. Not here: what is shown of a page (`page`).
//! Source: CommonMark, and GitHub's tables, notes and struck words.

use crate::capture::library::{DOM, MARKDOWN, text_method};
use crate::capture::page::{WordsLeftOut, as_shown, text_of};
use crate::capture::proposal::ProposedDescription;
use crate::capture::reading::{CaptureReading, CaptureRequest, DerivedText, Omission};
use crate::capture::text::{EncodingHints, decode};
use dom_query::Document;
use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, html};
use std::collections::HashMap;

/// The text and its title, which is the first heading of the first level.
pub(super) fn read(request: &CaptureRequest, bytes: &[u8]) -> CaptureReading {
    let decoded = match decode(bytes, EncodingHints::of(request, None)) {
        Ok(decoded) => decoded,
        Err(why) => return CaptureReading::unquotable(why),
    };
    let mut source = String::with_capacity(decoded.text.len() * 2);
    html::push_html(&mut source, events(without_front_matter(&decoded.text)));
    let page = Document::from(source);
    let WordsLeftOut { struck, .. } = as_shown(&page);
    let mut proposal = ProposedDescription::default();
    if let Some(heading) = page.select_single("h1").nodes().first() {
        proposal.offer_title(&text_of(heading));
    }
    let how = match decoded.method.is_empty() {
        true => format!("text by {MARKDOWN} and {DOM}"),
        false => format!("text by {MARKDOWN} and {DOM}, {}", decoded.method),
    };
    let guessed = decoded.guessed.map(Omission::Encoding);
    let left_out = (struck > 0).then_some(Omission::Struck(struck)).into_iter().chain(guessed);
    let derived = DerivedText {
        text: text_of(&page.root()) + "\n",
        method: text_method(&how, struck),
        left_out: left_out.collect(),
        page: None,
    };
    CaptureReading { proposal, text: Ok(derived) }
}

/// The text after its front matter: fields of YAML between lines of `---`, or of TOML between lines
/// of `+++`. Such lines around words are rules and headings.
fn without_front_matter(text: &str) -> &str {
    let mut lines = text.split_inclusive('\n');
    let fence = lines.next().map(str::trim_end).unwrap_or_default();
    let is_field: fn(&str) -> bool = match fence {
        "---" => is_yaml,
        "+++" => is_toml,
        _ => return text,
    };
    let mut end = text.find('\n').map_or(text.len(), |at| at + 1);
    let mut fields = 0;
    for line in lines {
        end += line.len();
        let line = line.trim_end();
        if line == fence || (fence == "---" && line == "...") {
            return if fields > 0 { text.get(end..).unwrap_or_default() } else { text };
        }
        // What is indented, or a sign alone, belongs to the field before it.
        let goes_on = line.starts_with([' ', '\t', ']', '}']) || line.starts_with("- ");
        let is_blank = line.is_empty() || line.starts_with('#');
        match is_blank || (goes_on && fields > 0) {
            true => {}
            false if is_field(line) => fields += 1,
            false => return text,
        }
    }
    text
}

/// Whether a line is `name:` or `name: value`.
fn is_yaml(line: &str) -> bool {
    line.split_once(':').is_some_and(|(name, value)| {
        is_name(name) && (value.is_empty() || value.starts_with([' ', '\t']))
    })
}

/// Whether a line is `name = value` or `[table]`.
fn is_toml(line: &str) -> bool {
    let is_table = line.starts_with('[') && line.ends_with(']');
    is_table || line.split_once('=').is_some_and(|(name, _)| is_name(name.trim_end()))
}

fn is_name(name: &str) -> bool {
    let name = name.trim_matches(['"', '\'']);
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "_-.".contains(c))
}

/// The events of a text; what Markdown has and HTML has not is made of HTML.
fn events(text: &str) -> impl Iterator<Item = Event<'_>> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_SUBSCRIPT
        | Options::ENABLE_TASKLISTS;
    let mut notes: HashMap<CowStr<'_>, usize> = HashMap::new();
    let mut number = move |name| {
        let next = notes.len() + 1;
        *notes.entry(name).or_insert(next)
    };
    // The paragraph that begins a note goes on after its number.
    let mut begins_note = false;
    // Of each open list the number of its last item.
    let mut lists: Vec<Option<u32>> = Vec::new();
    Parser::new_ext(text, options).into_offset_iter().filter_map(move |(event, place)| {
        let after_number = std::mem::take(&mut begins_note);
        Some(match event {
            Event::Start(Tag::List(_)) => {
                lists.push(None);
                event
            }
            Event::End(TagEnd::List(_)) => {
                lists.pop();
                event
            }
            Event::Start(Tag::Item) => {
                let written = number_of_item(text.get(place).unwrap_or_default());
                let last = lists.last_mut().and_then(|last| std::mem::replace(last, written));
                // Who writes 1 before each item lets readers count.
                match written.filter(|number| *number > 1 || last.is_some_and(|it| it > 1)) {
                    Some(number) => Event::Html(format!("<li value={number}>").into()),
                    None => event,
                }
            }
            // Lines that end in the file end in the text.
            Event::SoftBreak => Event::HardBreak,
            // Struck out for one reader of Markdown, a subscript for another: as it is written.
            Event::Start(Tag::Subscript) | Event::End(TagEnd::Subscript) => Event::Text("~".into()),
            Event::FootnoteReference(name) => {
                Event::InlineHtml(format!("<sup>[{}]</sup>", number(name)).into())
            }
            Event::Start(Tag::FootnoteDefinition(name)) => {
                begins_note = true;
                Event::Html(format!("<p>[{}] ", number(name)).into())
            }
            Event::End(TagEnd::FootnoteDefinition) => return None,
            Event::Start(Tag::Paragraph) if after_number => return None,
            event => event,
        })
    })
}

/// The number with which an item of a list begins in the file.
fn number_of_item(item: &str) -> Option<u32> {
    let item = item.trim_start();
    item.get(..item.find(['.', ')'])?)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn front_matter_is_of_fields_at_the_beginning() {
        for (text, rest) in [
            ("---\ntitle: x\ntags:\n- a\n  - b\n\n# c\n\"q\": [\n]\n---\nThey met.", "They met."),
            ("---\r\ntitle: x\r\n...\r\nThey met.", "They met."),
            ("+++\ntitle = 'x'\n[extra]\na.b = 1\n+++\n\nThey met.", "\nThey met."),
        ] {
            assert_eq!(without_front_matter(text), rest);
        }
        for text in [
            "---\nThe minister resigned.\n\nTwo follow.\n---\n\nThe end.",
            "---\nThe minister said: we resign.\n---\n",
            "---\n---\nThey met.",
            "---\n\n- one\n---\n",
            "---\ntitle: x\n\nThey met.\n",
            "They met.\n---\ntitle: x\n---\n",
            "+++\nThey = met",
            "---",
            "",
        ] {
            assert_eq!(without_front_matter(text), text);
        }
    }

    #[test]
    fn the_words_stay_and_the_marks_go() {
        let source = "---\ntitle: x\n---\n# A *day*\n\nThey **met** on\nThursday, [they say](x).\n\
                      \n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```\ncode\n```\n";
        let reading = read(&CaptureRequest::default(), source.as_bytes());
        let text = "A day\n\nThey met on\nThursday, they say.\n\none\ntwo\n\na\tb\n1\t2\n\ncode\n";
        assert_eq!(reading.text.unwrap().text, text);
        assert_eq!(reading.proposal.title.as_deref(), Some("A day"));
    }

    #[test]
    fn the_number_with_which_a_line_begins_stays() {
        for (source, text) in [
            ("12. Mai 2026 tagte der Rat nicht.\n", "12. Mai 2026 tagte der Rat nicht.\n"),
            ("1. Mai 2026 war ein Freitag.\n", "1. Mai 2026 war ein Freitag.\n"),
            (
                "12. Mai: Rat\n1986. The plant was closed.\n",
                "12. Mai: Rat\n1986. The plant was closed.\n",
            ),
            ("12. Mai\n12. Mai\n1. Juni\n", "12. Mai\n12. Mai\n1. Juni\n"),
            ("1. one\n1. two\n   - x\n1. three\n", "one\ntwo\n\nx\n\nthree\n"),
            ("1. one\n2. two\n", "one\ntwo\n"),
            ("- 12. Mai\n- b\n", "12. Mai\n\nb\n"),
        ] {
            let reading = read(&CaptureRequest::default(), source.as_bytes());
            assert_eq!(reading.text.map(|derived| derived.text).as_deref(), Ok(text));
        }
    }
}
