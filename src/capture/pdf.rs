//! PDF: the text of its pages, in their order.
//!
//! Always holds: a page that the library fails on is named in the method, so that a part is never
//! taken for the whole; small characters above or below the line are no part of the number before
//! them; a blank without width, which no reader sees, is no space; turned text reads as upright
//! text does, apart from it. Not here: recognition of letters
//! in images, and lines that are drawn through words. Source: ISO 32000.

use crate::capture::flow::{Flow, TextGroup, is_of_unspaced_script};
use crate::capture::library::{PDF, text_method};
use crate::capture::pdf_annotations::{AnnotationKind, Annotations};
use crate::capture::pdf_cells::{Cells, FilledValue, changed};
use crate::capture::pdf_east_asian::map_codes;
use crate::capture::pdf_encryption::with_reference;
use crate::capture::pdf_forms::place_forms;
use crate::capture::pdf_frame::{self, TextFrame};
use crate::capture::pdf_glyphs::name_glyphs;
use crate::capture::pdf_inherited::{inherited, rectangle};
use crate::capture::pdf_initials::{INITIAL, Initials};
use crate::capture::pdf_operators::spell_out;
use crate::capture::pdf_unseen::{FAR, move_off_page};
use crate::capture::pdf_widths::spell_out_widths;
use crate::capture::proposal::ProposedDescription;
use crate::capture::reading::{CaptureReading, DerivedText, Omission, Unquotable};
use crate::capture::right_to_left::{in_order_of_reading, is_arabic, is_right_to_left, letters};
use pdf_extract::{
    Document, MediaBox, Object, ObjectId, OutputDev, OutputError, Transform, output_doc_page,
};
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The text and the information of a file.
pub(super) fn read(bytes: &[u8]) -> CaptureReading {
    let load = |bytes: &[u8]| match catch_unwind(|| Document::load_mem(bytes)) {
        Ok(Ok(document)) => Ok(document),
        Ok(Err(error)) => Err(Unquotable::Broken(error.to_string())),
        Err(_) => Err(failed()),
    };
    let loaded = load(bytes).and_then(|document| match with_reference(&document, bytes) {
        Some(updated) => load(&updated).map_err(|_| Unquotable::Encrypted),
        None => Ok(document),
    });
    let mut document = match loaded {
        Ok(document) => document,
        Err(why) => return CaptureReading::unquotable(why),
    };
    let encrypted = document.is_encrypted();
    if encrypted && !matches!(catch_unwind(AssertUnwindSafe(|| document.decrypt(""))), Ok(Ok(()))) {
        return CaptureReading::unquotable(Unquotable::Encrypted);
    }
    let prepared = catch_unwind(AssertUnwindSafe(|| {
        let annotations = Annotations::give_pages(&mut document);
        name_glyphs(&mut document);
        map_codes(&mut document);
        spell_out(&mut document);
        spell_out_widths(&mut document);
        let is_recognised = move_off_page(&mut document);
        let images = place_forms(&mut document);
        PreparedPages { is_recognised, annotations, images }
    }));
    let text = match prepared {
        Ok(prepared) => text(&document, prepared),
        Err(_) => Err(failed()),
    };
    CaptureReading { proposal: proposal(&document), text }
}

/// What was found of a document before its text is read.
struct PreparedPages {
    /// Whether its text is what was recognised in images.
    is_recognised: bool,
    annotations: Annotations,
    /// The pages that images cover.
    images: BTreeSet<ObjectId>,
}

fn text(document: &Document, prepared: PreparedPages) -> Result<DerivedText, Unquotable> {
    let PreparedPages { is_recognised, mut annotations, images } = prepared;
    let pages = document.get_pages();
    let own = pages.range(..=annotations.last_page);
    let (mut texts, mut failing, mut shown) = (Vec::new(), Vec::new(), Vec::new());
    let (mut is_turned, count) = (false, own.clone().count());
    let lang = proposal(document).lang.unwrap_or_default();
    for (number, id) in own {
        let mut filled = Filled::on_page(document, *number, &lang, &mut annotations);
        match page_text(document, *number, &lang, &filled.values) {
            Some(page) => {
                is_turned |= page.is_turned;
                if page.start.is_none() && images.contains(id) {
                    shown.push(*number);
                }
                filled.apart.insert(0, tidied(&page.text));
            }
            None => failing.push(*number),
        }
        filled.apart.retain(|part| !part.is_empty());
        texts.extend(filled.apart);
    }
    if count == 0 || failing.len() == count {
        return Err(failed());
    }
    let text = texts.join("\n\n");
    if text.trim().is_empty() {
        let why = "its pages are images, such as those of a scan";
        return Err(Unquotable::NoText(why.to_owned()));
    }
    let mut without = [failing.as_slice(), &shown].concat();
    without.sort_unstable();
    let but = match without.is_empty() {
        true => String::new(),
        false => format!(", without {}", of_pages(&without, count)),
    };
    let layer = if is_recognised { "recognised text" } else { "text" };
    let order = if is_turned { ", lines from right to left in the order of reading" } else { "" };
    let method = text_method(&format!("{layer} of the pages by {PDF}{order}{but}"), 0);
    let mut left_out = Vec::new();
    if !failing.is_empty() {
        let pages = of_pages(&failing, count);
        left_out.push(Omission::Unread(format!("{pages}, which cannot be read")));
    }
    if !shown.is_empty() {
        let is = if shown.len() == 1 { "is an image" } else { "are images" };
        left_out.push(Omission::Unread(format!("{}, which {is}", of_pages(&shown, count))));
    }
    left_out.extend(annotations.left_out().map(Omission::Unread));
    left_out.extend(is_recognised.then_some(Omission::Pages));
    left_out.extend(is_turned.then_some(Omission::Order));
    Ok(DerivedText { text: format!("{}\n", text.trim()), method, left_out, page: None })
}

/// Numbers of pages in words: `page 2 of 3`, `pages 2-4, 7 of 9`.
fn of_pages(numbers: &[u32], count: usize) -> String {
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for number in numbers {
        match ranges.last_mut().filter(|(_, last)| last + 1 == *number) {
            Some((_, last)) => *last = *number,
            None => ranges.push((*number, *number)),
        }
    }
    let ranges = ranges.into_iter().map(|(first, last)| match first == last {
        true => first.to_string(),
        false => format!("{first}-{last}"),
    });
    let pages = if numbers.len() == 1 { "page" } else { "pages" };
    format!("{pages} {} of {count}", ranges.collect::<Vec<_>>().join(", "))
}

/// What is filled in and stamped on a page.
#[derive(Default)]
struct Filled {
    /// Values of form fields.
    values: Vec<FilledValue>,
    /// What stands behind the text of the page.
    apart: Vec<String>,
}

impl Filled {
    /// Reads the annotations of a page; counts those that are in no text.
    fn on_page(
        document: &Document,
        page: u32,
        lang: &str,
        annotations: &mut Annotations,
    ) -> Filled {
        let mut filled = Filled::default();
        for (number, kind) in annotations.of_page(page) {
            let read = page_text(document, number, lang, &[]);
            let read = read.map(|read| (tidied(&read.text), read.start));
            match (read, kind) {
                (Some((text, Some((x, y)))), AnnotationKind::Field) => {
                    filled.values.push(FilledValue { x, y, text });
                }
                (Some((text, Some(_))), _) => filled.apart.push(text),
                _ => annotations.unread(kind),
            }
        }
        filled
    }
}

/// The text of a page.
struct PageText {
    text: String,
    /// Whether its lines are drawn from left to right although they are read from right to left.
    is_turned: bool,
    /// Where its first letter is, if it has one.
    start: Option<(f64, f64)>,
}

/// The text of a page, with these values; `None` where the library fails on it.
fn page_text(
    document: &Document,
    number: u32,
    lang: &str,
    values: &[FilledValue],
) -> Option<PageText> {
    let drawn = |is_turned: bool| {
        let shown = crop_box(document, number);
        let mut page = DrawnPage { shown, is_turned, ..DrawnPage::default() };
        output_doc_page(document, &mut page, number).map(|()| page)
    };
    let read = || {
        let page = drawn(false)?;
        let (start, is_turned) = (page.start, page.rightward > page.leftward);
        let text = match is_turned {
            true => in_order_of_reading(&drawn(true)?.finished(lang, values)),
            false => letters(&page.finished(lang, values)),
        };
        Ok::<_, OutputError>(PageText { text, is_turned, start })
    };
    catch_unwind(AssertUnwindSafe(read)).ok()?.ok()
}

/// The part of a page that is shown, where it says so: left, bottom, right, top.
fn crop_box(document: &Document, number: u32) -> Option<[f64; 4]> {
    let page = document.get_dictionary(*document.get_pages().get(&number)?).ok()?;
    rectangle(document, inherited(document, page, b"CropBox")?)
}

/// The least gap between two words, as a part of the size of their letters; less is the space
/// between letters that are set apart.
const WORD_GAP: f64 = 0.16;

/// How far a character of the size of its line is above or below it, as a part of that size.
const RAISED: f64 = 0.25;
const LOWERED: f64 = -0.25;

/// From which distance on a string to the right of the last one is on another line: one nearer by
/// is on the line of a cell or a fraction.
const NEXT_LINE: f64 = 0.9;

/// Letters smaller than this part of the size of their line may be above or below it: those of
/// WeasyPrint at 11 points have 0.97 of it.
const SMALLER: f64 = 0.99;

/// The greatest distance of two characters that are drawn at one place, as a part of their size.
const ONE_PLACE: f64 = 0.02;

/// The greatest distance of the base lines of a turned line, in units of the page.
const SAME_LINE: f64 = 0.01;

/// The characters of a page, in the order in which they are drawn.
#[derive(Default)]
struct DrawnPage {
    flow: Flow,
    /// The part of the page that is shown, where it says so.
    shown: Option<[f64; 4]>,
    /// The direction in which its letters are written: places are those along it.
    frame: TextFrame,
    /// Whether the next character is the first of a string.
    begins: bool,
    /// Where the last character ends, and its base line.
    last: Option<(f64, f64)>,
    /// Where the last character begins, and its base line, if it is a blank.
    blank: Option<(f64, f64)>,
    /// Where the last string begins, its characters, and how many of them are drawn again.
    string: (f64, Vec<String>),
    again: Option<usize>,
    /// The number of characters of the present line, up to two, and whether they are letters.
    letters: (usize, bool),
    /// The base line of the present line, and the size of its letters; where it begins in the text.
    line: (f64, f64),
    line_start: usize,
    /// Whether the last string is above or below it.
    is_shifted: bool,
    /// The runs of words without a wide gap, and where the first letter is.
    cells: Cells,
    start: Option<(f64, f64)>,
    /// Large first letters of texts that are drawn before them.
    initials: Initials,
    /// Whether letters of one sign (a ligature) are put in the order in which a line is drawn from
    /// left to right.
    is_turned: bool,
    /// How many letters that are read from right to left are drawn to the right of the one before,
    /// and how many to the left of it; the one before, where it is such a letter.
    rightward: usize,
    leftward: usize,
    before: Option<(f64, f64)>,
}

impl DrawnPage {
    /// The text of the page, in a language, with values that are filled in.
    fn finished(mut self, lang: &str, values: &[FilledValue]) -> String {
        self.flow.end_shift();
        let mut apart = values.iter().map(|value| value.text.clone()).collect();
        self.flow.change(|text| {
            let mut changes = self.initials.changes(text, lang);
            // The order of cells on a line is another one there.
            if !self.is_turned {
                apart = self.cells.fill(text, values, &mut changes);
                self.cells.columns(text, &mut changes);
            }
            changed(text, changes)
        });
        let text = self.flow.finished();
        [vec![text], apart].concat().join("\n\n")
    }

    /// Puts a string at its place in the text: above or below the present line, or after it.
    fn begin_string(&mut self, character: &str, x: f64, y: f64, size: f64, width: f64) {
        if self.line != (y, size) {
            self.keep_initial();
        }
        let initial = self.initials.beside(x, y, size).filter(|_| self.frame == TextFrame::UPRIGHT);
        match self.shift(character, x, y, size).filter(|_| initial.is_none()) {
            Some(group) => {
                self.flow.shift(group);
                self.is_shifted = true;
            }
            None => {
                self.flow.end_shift();
                self.place(x, y, size, width);
                self.is_shifted = false;
                if let Some(number) = initial {
                    self.initials.put(number, self.flow.position());
                }
                if self.line != (y, size) {
                    self.letters = (0, true);
                    self.line_start = self.flow.position();
                }
                self.line = (y, size);
                self.cells.begin(self.frame, x, y, size, self.flow.position());
            }
        }
        self.string = (x, Vec::new());
    }

    /// Keeps the present line, if it is one letter.
    fn keep_initial(&mut self) {
        if let Some((end, last)) = self.last
            && self.frame == TextFrame::UPRIGHT
        {
            let line = self.flow.since(self.line_start);
            self.initials.keep(line, self.line_start, end, last, self.line.1);
        }
    }

    /// Goes on with letters that are written in another direction, after an empty line.
    fn turn(&mut self, frame: TextFrame) {
        self.keep_initial();
        self.flow.end_shift();
        if self.last.take().is_some() {
            self.flow.put_drawn("\n\n");
        }
        self.frame = frame;
        (self.is_shifted, self.string, self.again) = (false, Default::default(), None);
        (self.blank, self.before, self.letters) = (None, None, (0, true));
        self.line_start = self.flow.position();
    }

    /// Whether a character at `x` is above or below the present line right after the last one: a
    /// small one, or one of nearly the size of the line that is moved far and follows at once.
    fn shift(&self, character: &str, x: f64, y: f64, size: f64) -> Option<TextGroup> {
        let (base, full) = self.line;
        let (end, _) = self.last?;
        let raised = (y - base) / full;
        // The first letter of a text may be drawn over several of its lines.
        if self.letters == (1, true) && size < INITIAL * full {
            return None;
        }
        let follows = x > end - 0.3 * full && x < end + 0.5 * full;
        let is_small = size < 0.85 * full && follows;
        // A cell of a table on another base line is apart, and so is a word.
        let is_moved = || {
            let is_figure = character.starts_with(is_of_exponent) && size < 1.01 * full;
            (size < SMALLER * full || is_figure)
                && (x - end).abs() < WORD_GAP * full
                && !self.flow.ends_with(char::is_whitespace)
        };
        match raised {
            0.15..0.9 if is_small => Some(TextGroup::Above),
            -0.5..-0.05 if is_small => Some(TextGroup::Below),
            RAISED..0.9 if is_moved() => Some(TextGroup::Above),
            -0.5..LOWERED if is_moved() => Some(TextGroup::Below),
            _ => None,
        }
    }

    /// Ends the word or the line where the next string is apart from the last one.
    fn place(&mut self, x: f64, y: f64, size: f64, width: f64) {
        let Some((end, last)) = self.last else { return };
        let (base, full) = self.line;
        // What follows a raised character on the line is beside it.
        let last = if self.is_shifted { base } else { last };
        let is_beside = x > end - 0.3 * full && x < end + 0.5 * full;
        if self.letters == (1, true) && size < INITIAL * full && is_beside && y >= last {
            // The word whose first letter is drawn large.
            return;
        }
        let down = (y - last).abs();
        let is_line = down > size * if x < end { 0.5 } else { NEXT_LINE };
        let lines = usize::from(down > size * 1.5) + usize::from(is_line);
        self.flow.put_drawn(&"\n".repeat(lines));
        if x > end + size * WORD_GAP {
            self.flow.put_drawn_space();
        } else if lines == 0 && self.is_before(x, width, size) {
            // A cell, or a word, that is drawn after the one to the right of it.
            self.flow.put_drawn_space();
        } else if lines == 0 && (y - base).abs() > size * 0.05 {
            self.flow.apart();
        }
    }
}

impl DrawnPage {
    /// Whether a reader sees a character of this size here.
    fn is_seen(&self, frame: TextFrame, x: f64, y: f64, size: f64) -> bool {
        // A turned letter may stand to the left of its origin, or below it.
        let back = if frame == TextFrame::UPRIGHT { 0.0 } else { size };
        let is_in = |[left, bottom, right, top]: [f64; 4]| {
            (left - size..=right + back).contains(&x) && (bottom - size..=top + back).contains(&y)
        };
        size != 0.0 && x.abs() < FAR && y.abs() < FAR && self.shown.is_none_or(is_in)
    }

    /// Takes back a blank before a string that begins where the blank does: what stands there is a
    /// soft hyphen that ends no line, or another character without width. Between letters of
    /// Arabic it is the one that keeps them apart, between those of Thai the one between words.
    fn take_back_blank(&mut self, character: &str, x: f64, y: f64, size: f64) {
        let Some((start, line)) = self.blank.take() else { return };
        if (x - start).abs() > ONE_PLACE * size || (y - line).abs() > ONE_PLACE * size {
            return;
        }
        self.flow.take_back_space();
        self.string.1.pop();
        self.last = Some((start, line));
        let is_between =
            |of: fn(char) -> bool| self.flow.ends_with(of) && character.starts_with(of);
        if is_between(is_arabic_letter) {
            self.flow.put_drawn("\u{200C}");
        } else if is_between(is_of_unspaced_script) {
            self.flow.put_drawn("\u{200B}");
        }
    }

    /// Counts in which direction a letter is drawn that is read from right to left.
    fn count_direction(&mut self, character: &str, x: f64, y: f64) {
        let here = character.contains(is_right_to_left).then_some((x, y));
        if let (Some((before, line)), Some(_)) = (self.before, here)
            && (line - y).abs() < SAME_LINE
        {
            self.rightward += usize::from(x > before);
            self.leftward += usize::from(x < before);
        }
        self.before = here;
    }

    /// Whether a string that begins here is to the left of the last one, and not its neighbour.
    fn is_before(&self, x: f64, width: f64, size: f64) -> bool {
        let (start, _) = self.string;
        x < start - 0.3 * size && x + width * size < start - 0.1 * size
    }

    /// Whether this string is drawn where the last one was: that makes bold letters.
    fn is_over(&self, x: f64, y: f64, size: f64) -> bool {
        let (start, characters) = &self.string;
        let on_line = self.last.is_some_and(|(_, last)| (y - last).abs() < 0.1 * size);
        on_line && !characters.is_empty() && (x - start).abs() < 0.1 * size
    }
}

impl OutputDev for DrawnPage {
    fn begin_page(
        &mut self,
        _: u32,
        _: &MediaBox,
        _: Option<(f64, f64, f64, f64)>,
    ) -> Result<(), OutputError> {
        Ok(())
    }

    fn end_page(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn output_character(
        &mut self,
        at: &Transform,
        width: f64,
        _spacing: f64,
        font_size: f64,
        character: &str,
    ) -> Result<(), OutputError> {
        // The font does not say which character it is, or has the code of the glyph alone.
        let is_code = character.chars().all(|c| c.is_control() && !c.is_whitespace());
        let character = if is_code { "\u{FFFD}" } else { character };
        let size = pdf_frame::size(at, font_size);
        let frame = self.frame.of(at, font_size);
        if !self.is_seen(frame, at.m31, at.m32, size) {
            return Ok(());
        }
        if frame != self.frame {
            self.turn(frame);
        }
        let (x, y) = frame.place(at.m31, at.m32);
        if std::mem::take(&mut self.begins) {
            self.take_back_blank(character, x, y, size);
            self.again = self.is_over(x, y, size).then_some(0);
            if self.again.is_none() {
                self.begin_string(character, x, y, size, width);
            }
        }
        if let Some(at) = self.again {
            if self.string.1.get(at).is_some_and(|drawn| drawn == character) {
                self.again = Some(at + 1);
                return Ok(());
            }
            self.again = None;
        }
        self.count_direction(character, x, y);
        let is_letter = character.chars().all(char::is_alphabetic);
        self.letters = ((self.letters.0 + 1).min(2), self.letters.1 && is_letter);
        self.string.1.push(character.to_owned());
        match self.is_turned && character.contains(is_right_to_left) {
            true => self.flow.put_drawn(&character.chars().rev().collect::<String>()),
            false => self.flow.put_drawn(character),
        }
        self.last = Some((x + width * size, y));
        self.cells.reach(x + width * size);
        if self.start.is_none() && !character.chars().all(char::is_whitespace) {
            self.start = Some((at.m31, at.m32));
        }
        // A blank of a font that gives no widths may have one.
        let is_blank = character.chars().all(char::is_whitespace) && width > ONE_PLACE;
        self.blank = is_blank.then_some((x, y));
        Ok(())
    }

    fn begin_word(&mut self) -> Result<(), OutputError> {
        self.begins = true;
        Ok(())
    }

    fn end_word(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn end_line(&mut self) -> Result<(), OutputError> {
        Ok(())
    }
}

/// Whether an exponent or the mark of a note may begin with a character.
fn is_of_exponent(c: char) -> bool {
    c.is_ascii_digit() || "+-−–*†‡§".contains(c)
}

fn is_arabic_letter(c: char) -> bool {
    is_arabic(c) && c.is_alphabetic()
}

/// Lines without white space at their ends, and at most one empty line between two.
fn tidied(page: &str) -> String {
    let mut lines: Vec<&str> = page.lines().map(str::trim).collect();
    lines.dedup_by(|line, before| line.is_empty() && before.is_empty());
    lines.join("\n").trim().to_owned()
}

fn failed() -> Unquotable {
    Unquotable::Broken(format!("{PDF} fails on it: print it to PDF again, and add that file"))
}

/// What the document information and the catalog say.
fn proposal(document: &Document) -> ProposedDescription {
    let mut proposal = ProposedDescription::default();
    let value = |object: &Object| -> Option<String> {
        let (_, object) = document.dereference(object).ok()?;
        Some(pdf_text(object.as_str().ok()?))
    };
    if let Ok((_, Object::Dictionary(info))) =
        document.trailer.get(b"Info").and_then(|info| document.dereference(info))
    {
        let field = |name: &[u8]| info.get(name).ok().and_then(value).unwrap_or_default();
        proposal.offer_title(&field(b"Title"));
        proposal.offer_authors(field(b"Author").split(';'));
        proposal.offer_created(&field(b"CreationDate"));
    }
    let lang = document.catalog().ok().and_then(|catalog| catalog.get(b"Lang").ok());
    proposal.offer_lang(&lang.and_then(value).unwrap_or_default());
    proposal
}

/// A text string: UTF-16 or UTF-8 with a mark, else PDFDocEncoding, of which the part that is
/// Latin-1 is read.
fn pdf_text(bytes: &[u8]) -> String {
    match encoding_rs::Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding.decode(bytes).0.into_owned(),
        None => bytes.iter().map(|byte| char::from(*byte)).collect(),
    }
}
