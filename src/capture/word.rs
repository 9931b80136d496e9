//! The text of a part of a DOCX file, as a reader sees it with all changes accepted.
//!
//! Always holds: what a tracked change deleted or moved away, what is struck out and what is hidden
//! is no text, by the run or by its style; codes of fields are none; an entity is one of the five
//! of XML or a character, so none grows. Not here: which parts there are (`docx`). Source: ECMA-376
//! part 1, 17 (WordprocessingML) and 22.1 (Office Math).

use crate::capture::flow::{Flow, TextGroup, is_figure};
use crate::capture::reading::Unquotable;
use crate::capture::table::places;
use crate::capture::word_fields::{Fields, attribute};
use crate::capture::word_notes::Notes;
use crate::capture::word_symbols::{SymbolFont, symbol};
use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use std::collections::HashMap;

/// Changes that took away what is in them.
const TAKEN_AWAY: [&str; 2] = ["w:del", "w:moveFrom"];
/// How many styles one style may be based on.
const MAX_BASES: usize = 32;
/// The least and the greatest move of a raised or lowered figure, in half points: about an eighth
/// of the height of usual letters, and all of it. A smaller one adjusts the line.
const MOVES: std::ops::RangeInclusive<i32> = 3..=26;

/// The text of a part.
pub(super) struct WordPart {
    /// Its text.
    pub(super) text: String,
    /// How many words of it are deleted, moved away or struck out.
    pub(super) struck: usize,
    /// How many files of other formats stand in it, of which nothing is read.
    pub(super) chunks: usize,
}

/// What a run is by its properties or its style; `None` where they do not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Look {
    shift: Option<Shift>,
    /// How far it is moved up, in half points.
    moved: Option<i32>,
    struck: Option<bool>,
    double_struck: Option<bool>,
    hidden: Option<bool>,
    /// The font, and whether it is one of signs.
    font: Option<Option<SymbolFont>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shift {
    None,
    Above,
    Below,
}

impl Look {
    /// Takes a property of a run.
    fn take(&mut self, tag: &BytesStart<'_>) {
        let value = attribute(tag, "w:val");
        let is_on = || Some(!matches!(value.as_deref(), Some("0" | "false" | "off" | "none")));
        match tag.name().as_ref() {
            "w:strike" => self.struck = is_on(),
            "w:dstrike" => self.double_struck = is_on(),
            "w:vanish" => self.hidden = is_on(),
            "w:vertAlign" => {
                self.shift = Some(match value.as_deref() {
                    Some("superscript") => Shift::Above,
                    Some("subscript") => Shift::Below,
                    _ => Shift::None,
                });
            }
            "w:rFonts" => {
                let font = attribute(tag, "w:ascii").or_else(|| attribute(tag, "w:hAnsi"));
                self.font = font.map(|font| SymbolFont::named(&font)).or(self.font);
            }
            "w:position" => self.moved = value.and_then(|value| value.parse().ok()),
            _ => {}
        }
    }

    /// This look, and that of the style below it where this one does not say.
    fn over(self, below: Look) -> Look {
        Look {
            shift: self.shift.or(below.shift),
            moved: self.moved.or(below.moved),
            struck: self.struck.or(below.struck),
            double_struck: self.double_struck.or(below.double_struck),
            hidden: self.hidden.or(below.hidden),
            font: self.font.or(below.font),
        }
    }

    /// The look of a character style in a paragraph style: a switch that is on in both is off.
    fn toggled(self, paragraph: Look) -> Look {
        let toggle = |one: Option<bool>, other: Option<bool>| match (one, other) {
            (Some(one), Some(other)) => Some(one ^ other),
            (one, other) => one.or(other),
        };
        Look {
            shift: self.shift.or(paragraph.shift),
            moved: self.moved.or(paragraph.moved),
            struck: toggle(self.struck, paragraph.struck),
            double_struck: self.double_struck.or(paragraph.double_struck),
            hidden: toggle(self.hidden, paragraph.hidden),
            font: self.font.or(paragraph.font),
        }
    }

    /// Where words are shown: a move makes figures alone superscripts and subscripts; other words
    /// may be moved for their look.
    fn shift_of(self, words: &str) -> Shift {
        let moved = self.moved.filter(|by| MOVES.contains(&by.saturating_abs()));
        match (self.shift, moved) {
            (Some(shift @ (Shift::Above | Shift::Below)), _) => shift,
            (_, Some(by)) if is_figure(words) && by > 0 => Shift::Above,
            (_, Some(_)) if is_figure(words) => Shift::Below,
            _ => Shift::None,
        }
    }

    fn is_struck(self) -> bool {
        self.struck == Some(true) || self.double_struck == Some(true)
    }
}

/// The styles of a file, by their identifiers.
#[derive(Debug, Default)]
pub(super) struct Styles {
    styles: HashMap<String, (Look, Option<String>)>,
    /// Of paragraphs that name no style.
    default: Option<String>,
}

impl Styles {
    /// Reads the part `styles.xml`; no bytes have no styles.
    pub(super) fn read(bytes: Vec<u8>) -> Result<Styles, Unquotable> {
        let xml = utf8(bytes)?;
        let mut reader = Reader::from_str(&xml);
        let mut styles = Styles::default();
        let (mut id, mut look, mut base) = (None, Look::default(), None);
        loop {
            let event = reader.read_event().map_err(broken)?;
            match &event {
                Event::Eof => return Ok(styles),
                Event::Start(tag) if tag.name().as_ref() == "w:style" => {
                    (id, look, base) = (attribute(tag, "w:styleId"), Look::default(), None);
                    let is = |name, values: &[&str]| {
                        attribute(tag, name).is_some_and(|value| values.contains(&value.as_str()))
                    };
                    if is("w:default", &["1", "true", "on"]) && is("w:type", &["paragraph"]) {
                        styles.default = id.clone();
                    }
                }
                Event::End(tag) if tag.name().as_ref() == "w:style" => {
                    if let Some(id) = id.take() {
                        styles.styles.insert(id, (look, base.take()));
                    }
                }
                Event::Start(tag) | Event::Empty(tag) => match tag.name().as_ref() {
                    "w:basedOn" => base = attribute(tag, "w:val"),
                    _ => look.take(tag),
                },
                _ => {}
            }
        }
    }

    fn look(&self, id: Option<&str>) -> Look {
        let mut look = Look::default();
        let mut next = id;
        for _ in 0..MAX_BASES {
            let Some((own, base)) = next.and_then(|id| self.styles.get(id)) else { break };
            look = look.over(*own);
            next = base.as_deref();
        }
        look
    }
}

impl WordPart {
    /// Reads a part.
    pub(super) fn read(
        bytes: Vec<u8>,
        styles: &Styles,
        notes: &mut Notes,
    ) -> Result<WordPart, Unquotable> {
        let xml = utf8(bytes)?;
        // A field whose code never ends hides nothing.
        match WordPart::parse(&xml, WordWriter::new(styles, notes))? {
            (part, false) => Ok(part),
            (_, true) => {
                let writer = WordWriter { follows_fields: false, ..WordWriter::new(styles, notes) };
                WordPart::parse(&xml, writer).map(|(part, _)| part)
            }
        }
    }

    /// The part, and whether the code of a field is open at its end.
    fn parse(xml: &str, mut writer: WordWriter<'_>) -> Result<(WordPart, bool), Unquotable> {
        let mut reader = Reader::from_str(xml);
        loop {
            let event = reader.read_event().map_err(broken)?;
            match event {
                Event::Eof => {
                    let struck = writer.struck.split_whitespace().count();
                    let chunks = writer.chunks;
                    let is_in_code = writer.fields.is_in_code();
                    let part = WordPart { text: writer.flow.finished(), struck, chunks };
                    return Ok((part, is_in_code));
                }
                Event::Start(tag) => {
                    writer.begin(&tag);
                    writer.open.push(tag.name().as_ref().to_owned());
                }
                Event::Empty(tag) => {
                    writer.begin(&tag);
                    writer.end(tag.name().as_ref());
                }
                Event::End(tag) => {
                    writer.open.pop();
                    writer.end(tag.name().as_ref());
                }
                Event::Text(words) => writer.text(&words.into_inner()),
                Event::CData(words) => writer.text(&words.into_inner()),
                Event::GeneralRef(name) if writer.is_in_text() => {
                    match name.resolve_char_ref().map_err(broken)? {
                        Some(character) => writer.text(character.encode_utf8(&mut [0; 4])),
                        None => {
                            let name = name.into_inner();
                            let known = resolve_predefined_entity(&name);
                            let unknown =
                                || Unquotable::Broken(format!("the entity {name} is not of XML"));
                            writer.text(known.ok_or_else(unknown)?);
                        }
                    }
                }
                _ => {}
            }
        }
    }
}

/// A paragraph that is open; one in a text box is inside of another one.
#[derive(Debug, Default)]
struct Paragraph {
    style: Look,
    /// The run that is open.
    run: Look,
    run_style: Option<Look>,
    /// Its end was deleted, so that the next one goes on.
    goes_on: bool,
    /// The texts of the boxes that it anchors.
    boxes: Vec<Flow>,
}

/// Signs around and between what a formula puts in delimiters.
#[derive(Debug)]
struct Delimiters {
    before: String,
    between: String,
    after: String,
    /// What stands in them has begun.
    is_open: bool,
}

impl Default for Delimiters {
    fn default() -> Delimiters {
        let [before, between, after] = ["(", "|", ")"].map(str::to_owned);
        Delimiters { before, between, after, is_open: false }
    }
}

/// A row or a cell of a table.
#[derive(Clone, Copy, PartialEq, Eq)]
enum RowPart {
    Shown,
    /// By a tracked change.
    Deleted,
    /// A cell in whose place the one above or before it goes on.
    Merged,
}

struct WordWriter<'s> {
    styles: &'s Styles,
    notes: &'s mut Notes,
    flow: Flow,
    /// The words that are taken away or struck out.
    struck: String,
    /// The names of the open elements.
    open: Vec<String>,
    paragraphs: Vec<Paragraph>,
    /// The reading of the characters of a `w:ruby`, which stands before them.
    reading: String,
    /// The texts around the open text boxes and readings.
    around: Vec<Flow>,
    /// Open elements whose content is a second form of what stands beside them.
    repeated: usize,
    /// Open elements whose content was taken away.
    taken_away: usize,
    /// Each open row, and each open cell in it.
    rows: Vec<RowPart>,
    /// The open delimiters of a formula.
    delimiters: Vec<Delimiters>,
    /// How many `w:altChunk` there are.
    chunks: usize,
    /// The open fields, and whether they are followed.
    fields: Fields,
    follows_fields: bool,
    /// The note whose text is open.
    note: Option<(String, String)>,
}

impl<'s> WordWriter<'s> {
    fn new(styles: &'s Styles, notes: &'s mut Notes) -> WordWriter<'s> {
        WordWriter {
            styles,
            notes,
            flow: Flow::default(),
            struck: String::new(),
            open: Vec::new(),
            paragraphs: Vec::new(),
            reading: String::new(),
            around: Vec::new(),
            repeated: 0,
            taken_away: 0,
            rows: Vec::new(),
            delimiters: Vec::new(),
            chunks: 0,
            fields: Fields::default(),
            follows_fields: true,
            note: None,
        }
    }

    fn is_inside(&self, name: &str) -> bool {
        self.open.last().is_some_and(|open| open == name)
    }

    fn is_inside_twice(&self, outer: &str, inner: &str) -> bool {
        self.is_inside(inner) && self.open.iter().rev().nth(1).is_some_and(|open| open == outer)
    }

    fn is_in_text(&self) -> bool {
        self.repeated == 0
            && ["w:t", "m:t", "w:delText"].into_iter().any(|name| self.is_inside(name))
    }

    fn begin(&mut self, tag: &BytesStart<'_>) {
        let name = tag.name();
        let name = name.as_ref();
        if name == "mc:Fallback" {
            self.repeated += 1;
        }
        if self.repeated > 0 {
            return;
        }
        if self.is_inside("w:rPr") {
            return self.run_property(tag);
        }
        if self.follows_fields
            && let Some(value) = self.fields.take(tag, self.open.last().map(String::as_str))
        {
            self.words(&value);
        }
        match name {
            "w:p" => {
                let style = self.styles.look(self.styles.default.as_deref());
                self.paragraphs.push(Paragraph { style, ..Paragraph::default() });
            }
            "w:pStyle" if self.is_inside_twice("w:p", "w:pPr") => {
                let look = self.styles.look(attribute(tag, "w:val").as_deref());
                if let Some(paragraph) = self.paragraphs.last_mut() {
                    paragraph.style = look;
                }
            }
            "w:r" | "m:r" => {
                if let Some(paragraph) = self.paragraphs.last_mut() {
                    (paragraph.run, paragraph.run_style) = (Look::default(), None);
                }
            }
            "w:del" | "w:cellDel" if self.is_inside("w:trPr") || self.is_inside("w:tcPr") => {
                if let Some(part) = self.rows.last_mut() {
                    *part = RowPart::Deleted;
                }
            }
            "w:vMerge" | "w:hMerge" if self.is_inside("w:tcPr") => {
                let goes_on = attribute(tag, "w:val").is_none_or(|kind| kind != "restart");
                if let Some(part @ RowPart::Shown) = self.rows.last_mut().filter(|_| goes_on) {
                    *part = RowPart::Merged;
                }
            }
            "w:gridSpan" if self.is_inside("w:tcPr") => {
                self.flow.widen_cell(places(attribute(tag, "w:val").as_deref()) - 1);
            }
            "w:gridBefore" if self.is_inside("w:trPr") => {
                let before = attribute(tag, "w:val").filter(|places| places != "0");
                self.flow.skip_cells(before.map_or(0, |before| places(Some(&before))));
            }
            name if TAKEN_AWAY.contains(&name) => self.taken_away += 1,
            "w:tbl" => self.flow.block(),
            "w:tr" => {
                self.flow.line();
                self.rows.push(RowPart::Shown);
            }
            "w:tc" => {
                self.rows.push(RowPart::Shown);
                self.flow.open_cell();
            }
            "w:framePr" if self.is_inside("w:pPr") => {
                let is_initial = attribute(tag, "w:dropCap").is_some_and(|kind| kind != "none");
                if let Some(paragraph) = self.paragraphs.last_mut().filter(|_| is_initial) {
                    paragraph.goes_on = true;
                }
            }
            "w:bdo" => {
                let is_left = attribute(tag, "w:val").is_some_and(|side| side == "rtl");
                self.flow.put(if is_left { "\u{202E}" } else { "\u{202D}" });
            }
            "w:txbxContent" => self.around.push(std::mem::take(&mut self.flow)),
            "w:rt" => self.around.push(std::mem::take(&mut self.flow)),
            "w:altChunk" => self.chunks += 1,
            "m:oMath" => {
                self.flow.end_shift();
                self.flow.bound();
            }
            "m:mr" => self.flow.line(),
            "w:footnote" | "w:endnote" => {
                self.note = attribute(tag, "w:id").map(|id| (name.to_owned(), id));
            }
            "m:sup" => self.flow.open(TextGroup::Above),
            "m:sub" => self.flow.open(TextGroup::Below),
            "m:lim" if self.is_inside("m:limUpp") => self.flow.open(TextGroup::Above),
            "m:lim" => self.flow.open(TextGroup::Below),
            "m:f" | "m:rad" => self.flow.apart(),
            "m:num" => self.flow.open(TextGroup::Operand),
            "m:den" => {
                self.flow.put("/");
                self.flow.open(TextGroup::Operand);
            }
            "m:deg" => self.flow.open(TextGroup::Above),
            "m:e" => self.begin_operand(),
            "m:d" => self.delimiters.push(Delimiters::default()),
            "m:begChr" | "m:sepChr" | "m:endChr" => {
                let sign = attribute(tag, "m:val").unwrap_or_default();
                let Some(delimiters) = self.delimiters.last_mut() else { return };
                match name {
                    "m:begChr" => delimiters.before = sign,
                    "m:sepChr" => delimiters.between = sign,
                    _ => delimiters.after = sign,
                }
            }
            "m:chr" if self.is_inside("m:naryPr") => {
                let sign = attribute(tag, "m:val").unwrap_or_default();
                self.flow.put(&sign);
            }
            _ => self.character(tag),
        }
    }

    /// A character that is an element.
    fn character(&mut self, tag: &BytesStart<'_>) {
        let name = tag.name();
        let sign = match name.as_ref() {
            "w:tab" | "w:ptab" if !self.is_inside("w:tabs") => "\t".to_owned(),
            "w:br" | "w:cr" => "\n".to_owned(),
            "w:noBreakHyphen" => "\u{2011}".to_owned(),
            "w:sym" => symbol(tag).to_string(),
            "w:footnoteReference" | "w:endnoteReference" => {
                let custom = attribute(tag, "w:customMarkFollows");
                if custom.is_some_and(|custom| !matches!(custom.as_str(), "0" | "false" | "off")) {
                    return;
                }
                let id = attribute(tag, "w:id").unwrap_or_default();
                return self.note_mark(name.as_ref(), &id);
            }
            "w:footnoteRef" | "w:endnoteRef" => {
                let Some((kind, id)) = self.note.clone() else { return };
                return self.note_mark(&kind, &id);
            }
            _ => return,
        };
        self.words(&sign);
    }

    /// The mark of a note, which is no exponent.
    fn note_mark(&mut self, kind: &str, id: &str) {
        if self.shown("").is_some() {
            let mark = self.notes.mark(kind, id);
            self.flow.end_shift();
            self.flow.put(&mark);
        }
    }

    fn run_property(&mut self, tag: &BytesStart<'_>) {
        let is_mark = self.is_inside_twice("w:pPr", "w:rPr");
        if self.is_inside_twice("w:rPrChange", "w:rPr") {
            // What the run was before a change.
            return;
        }
        let styles = self.styles;
        let Some(paragraph) = self.paragraphs.last_mut() else { return };
        match tag.name().as_ref() {
            name if is_mark => paragraph.goes_on |= TAKEN_AWAY.contains(&name),
            "w:rStyle" => {
                paragraph.run_style = Some(styles.look(attribute(tag, "w:val").as_deref()));
            }
            _ => paragraph.run.take(tag),
        }
    }

    fn text(&mut self, words: &str) {
        if self.is_in_text() {
            let shown = self.look().font.flatten().map(|font| font.shown(words));
            self.words(shown.as_deref().unwrap_or(words));
        }
    }

    /// Words of the run that is open.
    fn words(&mut self, words: &str) {
        let Some((shift, is_moved)) = self.shown(words) else { return };
        let group = match shift {
            Shift::Above => Some(TextGroup::Above),
            Shift::Below => Some(TextGroup::Below),
            Shift::None => None,
        };
        match group.filter(|group| !is_moved || self.flow.is_beside(*group)) {
            Some(group) => self.flow.shift(group),
            None => self.flow.end_shift(),
        }
        self.fields.show(words);
        self.flow.put(words);
    }

    /// The look of the run that is open.
    fn look(&self) -> Look {
        let look = self.paragraphs.last().map(|paragraph| {
            let style = paragraph.run_style.unwrap_or_default().toggled(paragraph.style);
            paragraph.run.over(style)
        });
        look.unwrap_or_default()
    }

    /// Where words of the run that is open are shown, and whether by a move; `None` if they are
    /// not.
    fn shown(&mut self, words: &str) -> Option<(Shift, bool)> {
        if self.fields.is_in_code() {
            return None;
        }
        let look = self.look();
        let is_deleted = self.taken_away > 0 || self.rows.contains(&RowPart::Deleted);
        let is_away = is_deleted || self.is_inside("w:delText");
        if is_away || look.is_struck() {
            self.struck.push_str(words);
            return None;
        }
        if look.hidden == Some(true) || self.rows.contains(&RowPart::Merged) {
            return None;
        }
        self.struck.push_str(if self.struck.ends_with(' ') { "" } else { " " });
        let shift = look.shift_of(words);
        Some((shift, look.shift != Some(shift)))
    }

    fn begin_operand(&mut self) {
        match self.open.last().map(String::as_str) {
            Some("m:rad") => {
                self.flow.put("√");
                self.flow.open(TextGroup::Operand);
            }
            Some("m:d") => {
                let Some(delimiters) = self.delimiters.last_mut() else { return };
                let is_open = std::mem::replace(&mut delimiters.is_open, true);
                let sign = if is_open { &delimiters.between } else { &delimiters.before };
                self.flow.put(sign);
            }
            Some("m:mr") => self.flow.open_cell(),
            Some("m:eqArr") => self.flow.line(),
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        if name == "mc:Fallback" {
            self.repeated = self.repeated.saturating_sub(1);
            return;
        }
        if self.repeated > 0 || self.is_inside("w:rPr") {
            return;
        }
        match name {
            "w:p" => self.end_paragraph(),
            "w:del" if self.is_inside("w:trPr") || self.is_inside("w:tcPr") => {}
            name if TAKEN_AWAY.contains(&name) => {
                self.taken_away = self.taken_away.saturating_sub(1);
            }
            "w:tbl" => self.flow.block(),
            "w:tr" => {
                self.rows.pop();
                self.flow.end_row();
            }
            "w:tc" => {
                self.rows.pop();
                self.flow.close_cell();
            }
            "w:bdo" => self.flow.put("\u{202C}"),
            "w:txbxContent" => {
                if let Some(around) = self.around.pop() {
                    let text = std::mem::replace(&mut self.flow, around);
                    match self.paragraphs.last_mut() {
                        Some(paragraph) => paragraph.boxes.push(text),
                        None => self.flow.append(text),
                    }
                }
            }
            "w:rt" => {
                let around = self.around.pop().unwrap_or_default();
                self.reading = std::mem::replace(&mut self.flow, around).finished();
            }
            "w:ruby" => {
                let reading = std::mem::take(&mut self.reading);
                self.flow.end_shift();
                self.flow.open(TextGroup::Parenthesized);
                self.flow.put(&reading);
                self.flow.close();
            }
            "m:sup" | "m:sub" | "m:lim" | "m:num" | "m:den" | "m:deg" => self.flow.close(),
            "m:e" => match self.open.last().map(String::as_str) {
                Some("m:rad") => self.flow.close(),
                Some("m:mr") => self.flow.close_cell(),
                Some("m:eqArr") => self.flow.line(),
                _ => {}
            },
            "m:mr" => self.flow.end_row(),
            "m:fName" => self.flow.space(),
            "m:oMath" => self.flow.bound(),
            "m:d" => {
                if let Some(delimiters) = self.delimiters.pop().filter(|it| it.is_open) {
                    self.flow.put(&delimiters.after);
                }
            }
            _ => {}
        }
    }

    fn end_paragraph(&mut self) {
        let Some(paragraph) = self.paragraphs.pop() else { return };
        self.flow.end_shift();
        if !paragraph.goes_on {
            self.flow.end_line();
        }
        for text in paragraph.boxes {
            self.flow.append(text);
        }
    }
}

pub(super) fn utf8(bytes: Vec<u8>) -> Result<String, Unquotable> {
    String::from_utf8(bytes).map_err(|error| Unquotable::Broken(error.utf8_error().to_string()))
}

pub(super) fn broken(error: quick_xml::Error) -> Unquotable {
    Unquotable::Broken(error.to_string())
}
