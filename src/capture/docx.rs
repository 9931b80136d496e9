//! DOCX: the text of its body, paragraph by paragraph.
//!
//! Always holds: notes, headers and footers are taken with all of the file only; what they leave
//! out is counted. Not here: the text of a part (`word`). Source: ECMA-376 part 1
//! (WordprocessingML) and part 2 (core properties).

use crate::capture::library::{XML, text_method};
use crate::capture::proposal::ProposedDescription;
use crate::capture::reading::{CaptureReading, DerivedText, Omission, TextExtent, Unquotable};
use crate::capture::unzipped::Unzipped;
use crate::capture::word::{Styles, WordPart, broken, utf8};
use crate::capture::word_fields::attribute;
use crate::capture::word_notes::Notes;
use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event;

/// The name of the body, and of the styles, where the file does not say another one.
const BODY: &str = "word/document.xml";
const STYLES: &str = "word/styles.xml";
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
    let name = body_name(files)?;
    let missing = || Unquotable::Broken(format!("{name} is not in it"));
    let styles = styles(files)?;
    let styles = Styles::read(styles)?;
    let mut notes = Notes::default();
    let body = files.file(&name)?.ok_or_else(missing)?;
    let WordPart { mut text, mut struck, chunks } = WordPart::read(body, &styles, &mut notes)?;
    let mut beside: Vec<String> = files.names().collect();
    beside.retain(|name| {
        BESIDE.iter().any(|start| name.starts_with(start)) && name.ends_with(".xml")
    });
    beside.sort();
    let (mut count, mut words) = (0, 0);
    for name in &beside {
        let part = files.file(name)?.unwrap_or_default();
        let more = WordPart::read(part, &styles, &mut notes)?;
        if more.text.is_empty() {
            continue;
        }
        (count, words) = (count + 1, words + more.text.split_whitespace().count());
        if extent == TextExtent::Page {
            text.push_str("\n\n");
            text.push_str(&more.text);
            struck += more.struck;
        }
    }
    let text = format!("{}\n", text.trim());
    let (chosen, what) = match (extent, count) {
        (TextExtent::Page, _) => (None, "body, notes, headers and footers"),
        (TextExtent::Main, 0) => (None, "body"),
        (TextExtent::Main, _) => {
            let out = format!("{words} words of notes, headers and footers");
            (Some(Omission::Chosen(out)), "body")
        }
    };
    let struck_out = (struck > 0).then_some(Omission::Struck(struck));
    let files = if chunks == 1 { "a file" } else { &format!("{chunks} files") };
    let unread = || Omission::Unread(format!("{files} of another format that it includes"));
    let unread = (chunks > 0).then(unread);
    let left_out = chosen.into_iter().chain(struck_out).chain(unread).collect();
    let method = text_method(&format!("{what} by {XML}"), struck);
    Ok(DerivedText { text, method, left_out, page: None })
}

/// The name of the part that is the body.
fn body_name(files: &mut Unzipped<'_>) -> Result<String, Unquotable> {
    Ok(related(files, "", "officeDocument")?.unwrap_or_else(|| BODY.to_owned()))
}

/// The bytes of the styles; empty where there are none.
fn styles(files: &mut Unzipped<'_>) -> Result<Vec<u8>, Unquotable> {
    let body = body_name(files)?;
    let name = related(files, &body, "styles")?.unwrap_or_else(|| STYLES.to_owned());
    Ok(files.file(&name)?.unwrap_or_default())
}

/// The name of the part that is so related to another one, or to the file where that is "".
fn related(
    files: &mut Unzipped<'_>,
    part: &str,
    relation: &str,
) -> Result<Option<String>, Unquotable> {
    let (folder, name) = part.rsplit_once('/').unwrap_or(("", part));
    let folder = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    let relations = utf8(files.file(&format!("{folder}_rels/{name}.rels"))?.unwrap_or_default())?;
    let mut reader = Reader::from_str(&relations);
    loop {
        let tag = match reader.read_event().map_err(broken)? {
            Event::Eof => return Ok(None),
            Event::Start(tag) | Event::Empty(tag) => tag,
            _ => continue,
        };
        let kind = attribute(&tag, "Type").unwrap_or_default();
        let is_so = kind.rsplit('/').next() == Some(relation);
        if let Some(target) = attribute(&tag, "Target").filter(|_| is_so) {
            return Ok(Some(match target.strip_prefix('/') {
                Some(absolute) => absolute.to_owned(),
                None => format!("{folder}{target}"),
            }));
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
    let styles = utf8(styles(files)?)?;
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
