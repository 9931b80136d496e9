//! DOCX: the text of its body, paragraph by paragraph.
//!
//! Always holds: text that a tracked change deleted, and codes of fields, are no text; an entity is
//! one of the five of XML or a character, so none grows. Source: ECMA-376 part 1 (WordprocessingML)
//! and part 2 (core properties).

use crate::capture::library::{XML, method};
use crate::capture::proposal::ProposedDescription;
use crate::capture::reading::{CaptureReading, DerivedText, Omission, TextExtent, Unquotable};
use crate::capture::unzipped::Unzipped;
use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event;

const BODY: &str = "word/document.xml";
/// Beginnings of the names of parts with text beside the body.
const BESIDE: [&str; 5] =
    ["word/footnotes", "word/endnotes", "word/comments", "word/header", "word/footer"];

/// The text and the core properties of a file.
pub(super) fn read(extent: TextExtent, bytes: &[u8]) -> CaptureReading {
    let mut files = match Unzipped::open(bytes) {
        Ok(files) => files,
        Err(why) => return CaptureReading::unquotable(why),
    };
    CaptureReading {
        proposal: proposal(&mut files).unwrap_or_default(),
        text: text(&mut files, extent),
    }
}

fn text(files: &mut Unzipped<'_>, extent: TextExtent) -> Result<DerivedText, Unquotable> {
    let missing = || Unquotable::Broken(format!("{BODY} is not in it"));
    let mut text = part(files.file(BODY)?.ok_or_else(missing)?)?;
    let mut beside: Vec<String> = files.names().collect();
    beside.retain(|name| {
        BESIDE.iter().any(|start| name.starts_with(start)) && name.ends_with(".xml")
    });
    beside.sort();
    let (mut count, mut words) = (0, 0);
    for name in &beside {
        let more = part(files.file(name)?.unwrap_or_default())?;
        if more.trim().is_empty() {
            continue;
        }
        (count, words) = (count + 1, words + more.split_whitespace().count());
        if extent == TextExtent::Page {
            text.push_str("\n\n");
            text.push_str(&more);
        }
    }
    let text = format!("{}\n", text.trim());
    let (left_out, what) = match (extent, count) {
        (TextExtent::Page, _) => (None, "body, notes, headers and footers"),
        (TextExtent::Main, 0) => (None, "body"),
        (TextExtent::Main, _) => {
            let out = format!("{words} words of notes, headers and footers");
            (Some(Omission::Chosen(out)), "body")
        }
    };
    Ok(DerivedText { text, method: method(&format!("{what} by {XML}")), left_out, page: None })
}

/// The text of a part.
fn part(bytes: Vec<u8>) -> Result<String, Unquotable> {
    let xml = utf8(bytes)?;
    let mut reader = Reader::from_str(&xml);
    let (mut text, mut in_text, mut fallback) = (String::new(), false, 0_usize);
    loop {
        match reader.read_event().map_err(broken)? {
            Event::Eof => return Ok(text),
            // The second form of what stands there already.
            Event::Start(tag) if tag.name().as_ref() == "mc:Fallback" => fallback += 1,
            Event::End(tag) if tag.name().as_ref() == "mc:Fallback" => {
                fallback = fallback.saturating_sub(1);
            }
            _ if fallback > 0 => {}
            Event::Start(tag) => in_text = tag.name().as_ref() == "w:t",
            Event::Empty(tag) => match tag.name().as_ref() {
                "w:tab" => text.push('\t'),
                "w:br" | "w:cr" | "w:p" => text.push('\n'),
                "w:noBreakHyphen" => text.push('\u{2011}'),
                _ => {}
            },
            Event::End(tag) => match tag.name().as_ref() {
                "w:t" => in_text = false,
                "w:p" => text.push('\n'),
                "w:tbl" => text.push('\n'),
                _ => {}
            },
            Event::Text(words) if in_text => text.push_str(&words.into_inner()),
            Event::CData(words) if in_text => text.push_str(&words.into_inner()),
            Event::GeneralRef(name) if in_text => match name.resolve_char_ref().map_err(broken)? {
                Some(character) => text.push(character),
                None => {
                    let name = name.into_inner();
                    let known = resolve_predefined_entity(&name);
                    let unknown = || Unquotable::Broken(format!("the entity {name} is not of XML"));
                    text.push_str(known.ok_or_else(unknown)?);
                }
            },
            _ => {}
        }
    }
}

/// The core properties, and the language of the styles.
fn proposal(files: &mut Unzipped<'_>) -> Result<ProposedDescription, Unquotable> {
    let mut proposal = ProposedDescription::default();
    let xml = utf8(files.file("docProps/core.xml")?.unwrap_or_default())?;
    let mut reader = Reader::from_str(&xml);
    let (mut name, mut value) = (String::new(), String::new());
    loop {
        match reader.read_event().map_err(broken)? {
            Event::Eof => break,
            Event::Start(tag) => {
                name = tag.name().as_ref().to_owned();
                value.clear();
            }
            Event::Text(words) => value.push_str(&words.into_inner()),
            Event::GeneralRef(entity) => {
                let entity = entity.into_inner();
                value.push_str(resolve_predefined_entity(&entity).unwrap_or_default());
            }
            Event::End(_) => {
                match name.as_str() {
                    "dc:title" => proposal.offer_title(&value),
                    "dc:creator" => proposal.offer_authors(value.split(';')),
                    "dc:language" => proposal.offer_lang(&value),
                    "dc:publisher" => proposal.offer_publisher(&value),
                    "dcterms:created" => proposal.offer_created(&value),
                    _ => {}
                }
                name.clear();
            }
            _ => {}
        }
    }
    let styles = utf8(files.file("word/styles.xml")?.unwrap_or_default())?;
    let mut reader = Reader::from_str(&styles);
    while proposal.lang.is_none() {
        let tag = match reader.read_event().map_err(broken)? {
            Event::Eof => break,
            Event::Start(tag) | Event::Empty(tag) if tag.name().as_ref() == "w:lang" => tag,
            _ => continue,
        };
        if let Ok(Some(lang)) = tag.try_get_attribute("w:val") {
            proposal.offer_lang(&lang.value);
        }
    }
    Ok(proposal)
}

fn utf8(bytes: Vec<u8>) -> Result<String, Unquotable> {
    String::from_utf8(bytes).map_err(|error| Unquotable::Broken(error.utf8_error().to_string()))
}

fn broken(error: quick_xml::Error) -> Unquotable {
    Unquotable::Broken(error.to_string())
}
