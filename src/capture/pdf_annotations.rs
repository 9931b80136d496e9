//! What is filled in, stamped and typed on the pages of a PDF: form fields and annotations.
//!
//! Each that has words of its own gets a page behind the others, on which it is drawn as on its
//! page, so that it is read as a page is.
//!
//! Always holds: what a reader sees and no text has is counted. Not here: marks of boxes (a glyph
//! of a font of signs), and where a value stands among the words of its page (`pdf_cells`). Source:
//! ISO 32000-1, 12.5 (annotations), 12.7 (forms).

use crate::capture::pdf_inherited::{inherited, rectangle};
use pdf_extract::{Dictionary, Document, Object, ObjectId, Stream, dictionary};

/// The most annotations of a document that get a page; others are counted.
const MOST: usize = 2_000;
/// Flags of an annotation: hidden, and not shown on a screen.
const UNSEEN: i64 = 1 << 1 | 1 << 5;
/// Flags of a field: a password, a button to push, a list that opens.
const PASSWORD: i64 = 1 << 13;
const PUSHED: i64 = 1 << 16;
const OPENS: i64 = 1 << 17;

/// An annotation that has a page of its own.
struct DrawnAnnotation {
    /// The number of the page on which it stands, and of its own.
    on: u32,
    number: u32,
    kind: AnnotationKind,
}

/// What an annotation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AnnotationKind {
    /// A form field with a value, or with what is drawn for it.
    Field,
    /// A signature: what is drawn for it.
    Signature,
    /// A stamp, or words that are typed on the page.
    Stamp,
    /// A remark beside the page.
    Remark,
    /// A line through words.
    Strike,
}

/// The annotations of a document.
#[derive(Default)]
pub(super) struct Annotations {
    drawn: Vec<DrawnAnnotation>,
    /// The number of the last page of the document itself.
    pub(super) last_page: u32,
    /// Those that are in no text.
    unread: Vec<AnnotationKind>,
}

impl Annotations {
    /// Gives each annotation with words a page behind the others.
    pub(super) fn give_pages(document: &mut Document) -> Annotations {
        let mut all = Annotations::default();
        let pages = document.get_pages();
        all.last_page = pages.keys().next_back().copied().unwrap_or(0);
        let mut next = all.last_page + 1;
        let mut added = Vec::new();
        for (number, page) in pages {
            for annotation in annotations(document, page) {
                if !is_on_page(document, page, &annotation) {
                    continue;
                }
                let Some((kind, content)) = shown(document, &annotation) else { continue };
                match content.filter(|_| added.len() < MOST) {
                    Some(content) => {
                        added.push(content);
                        all.drawn.push(DrawnAnnotation { on: number, number: next, kind });
                        next += 1;
                    }
                    None => all.unread(kind),
                }
            }
        }
        if !added.is_empty() && add_pages(document, added).is_none() {
            all.unread.extend(all.drawn.drain(..).map(|annotation| annotation.kind));
        }
        all
    }

    /// The numbers of the own pages of those on a page, and what they are.
    pub(super) fn of_page(&self, page: u32) -> Vec<(u32, AnnotationKind)> {
        let first = self.drawn.partition_point(|annotation| annotation.on < page);
        let on_page = self.drawn.iter().skip(first).take_while(|annotation| annotation.on == page);
        on_page.map(|annotation| (annotation.number, annotation.kind)).collect()
    }

    /// Counts one that no text has. A signature that draws nothing is not seen.
    pub(super) fn unread(&mut self, kind: AnnotationKind) {
        if kind != AnnotationKind::Signature {
            self.unread.push(kind);
        }
    }

    /// What no text has, in words; `None` where all of it is in the text.
    pub(super) fn left_out(&self) -> Option<String> {
        let kinds = [
            (AnnotationKind::Field, "form field", "form fields"),
            (AnnotationKind::Stamp, "stamp or typed note", "stamps or typed notes"),
            (AnnotationKind::Remark, "remark", "remarks"),
            (AnnotationKind::Strike, "line through words", "lines through words"),
        ];
        let count = |kind| self.unread.iter().filter(|unread| **unread == kind).count();
        let words = kinds.into_iter().filter_map(|(kind, one, many)| match count(kind) {
            0 => None,
            1 => Some(format!("1 {one}")),
            number => Some(format!("{number} {many}")),
        });
        let words: Vec<String> = words.collect();
        (!words.is_empty()).then(|| format!("{} on its pages", words.join(", ")))
    }
}

fn annotations(document: &Document, page: ObjectId) -> Vec<Dictionary> {
    let read = || {
        let list = document.get_dictionary(page).ok()?.get(b"Annots").ok()?;
        let (_, list) = document.dereference(list).ok()?;
        let entries = list.as_array().ok()?.iter();
        let annotations = entries.filter_map(|entry| {
            let (_, annotation) = document.dereference(entry).ok()?;
            annotation.as_dict().ok().cloned()
        });
        Some(annotations.collect())
    };
    read().unwrap_or_default()
}

/// Whether an annotation has an area, the middle of which is on the page.
fn is_on_page(document: &Document, page: ObjectId, annotation: &Dictionary) -> bool {
    let read = || {
        let rectangle = |sides: &Object| rectangle(document, sides);
        let (_, sides) = document.dereference(annotation.get(b"Rect").ok()?).ok()?;
        let [left, bottom, right, top] = rectangle(sides)?;
        let page = document.get_dictionary(page).ok()?;
        let shown = inherited(document, page, b"CropBox");
        let shown = shown.or_else(|| inherited(document, page, b"MediaBox"));
        let [from_x, from_y, to_x, to_y] = rectangle(shown?)?;
        let is_inside = (from_x..=to_x).contains(&((left + right) / 2.0))
            && (from_y..=to_y).contains(&((bottom + top) / 2.0));
        Some(left < right && bottom < top && is_inside)
    };
    read().unwrap_or(false)
}

/// What an annotation is, and a page that draws it; `None` where a reader sees none of it.
fn shown(document: &Document, annotation: &Dictionary) -> Option<(AnnotationKind, Option<Drawn>)> {
    let number = |object: Option<&Object>| object.and_then(|object| object.as_i64().ok());
    if number(annotation.get(b"F").ok()).unwrap_or(0) & UNSEEN != 0 {
        return None;
    }
    let has_text = |name: &[u8]| {
        let text = inherited(document, annotation, name);
        text.is_some_and(|text| match text {
            Object::String(text, _) => text.iter().any(|byte| byte.is_ascii_graphic()),
            Object::Array(parts) => !parts.is_empty(),
            // A long text is a stream.
            Object::Stream(_) => true,
            _ => false,
        })
    };
    let drawn = || Drawn::of(document, annotation);
    match annotation.get(b"Subtype").and_then(Object::as_name).ok()? {
        b"Widget" => {
            let flags = number(inherited(document, annotation, b"Ff")).unwrap_or(0);
            match inherited(document, annotation, b"FT")?.as_name().ok()? {
                b"Btn" => {
                    let state = annotation.get(b"AS").and_then(Object::as_name).unwrap_or(b"Off");
                    let is_on = flags & PUSHED == 0 && state != b"Off";
                    is_on.then_some((AnnotationKind::Field, None))
                }
                b"Sig" => Some((AnnotationKind::Signature, drawn())),
                b"Tx" if flags & PASSWORD != 0 => None,
                _ if !has_text(b"V") => None,
                // A list shows each choice, the chosen one in another colour.
                b"Ch" if flags & OPENS == 0 => Some((AnnotationKind::Field, None)),
                _ => Some((AnnotationKind::Field, drawn())),
            }
        }
        b"FreeText" | b"Stamp" => Some((AnnotationKind::Stamp, drawn())),
        b"StrikeOut" => Some((AnnotationKind::Strike, None)),
        b"Text" | b"Caret" | b"Highlight" | b"Underline" | b"Squiggly"
            if has_text(b"Contents") && !annotation.has(b"StateModel") =>
        {
            Some((AnnotationKind::Remark, None))
        }
        _ => None,
    }
}

/// The form that is drawn for an annotation, and where it is on the page.
struct Drawn {
    form: ObjectId,
    content: String,
}

impl Drawn {
    fn of(document: &Document, annotation: &Dictionary) -> Option<Drawn> {
        let normal = document.get_dict_in_dict(annotation, b"AP").ok()?.get(b"N").ok()?;
        let form = match document.dereference(normal).ok()? {
            (Some(id), Object::Stream(_)) => id,
            (_, Object::Dictionary(states)) => {
                let state = annotation.get(b"AS").and_then(Object::as_name).ok()?;
                states.get(state).and_then(Object::as_reference).ok()?
            }
            _ => return None,
        };
        let stream = document.get_object(form).and_then(Object::as_stream).ok()?;
        let entry = |of: &Dictionary, name: &[u8]| {
            let (_, entry) = document.dereference(of.get(name).ok()?).ok()?;
            Some(entry.clone())
        };
        let [left, bottom, right, top] = rectangle(document, &entry(annotation, b"Rect")?)?;
        let [box_left, box_bottom, box_right, box_top] =
            rectangle(document, &entry(&stream.dict, b"BBox")?)?;
        let matrix = entry(&stream.dict, b"Matrix").and_then(|numbers| {
            let numbers = numbers.as_array().ok()?.iter();
            let numbers = numbers.map(|number| number.as_float().ok().map(f64::from));
            <[f64; 6]>::try_from(numbers.collect::<Option<Vec<f64>>>()?).ok()
        });
        let [a, b, c, d, e, f] = matrix.unwrap_or([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);
        // The box that the form's own matrix makes of its box goes to the annotation's rectangle.
        let corners = [
            (box_left, box_bottom),
            (box_right, box_bottom),
            (box_left, box_top),
            (box_right, box_top),
        ];
        let corners = corners.map(|(x, y)| (a * x + c * y + e, b * x + d * y + f));
        let bounds = |of: fn(&(f64, f64)) -> f64| {
            let values = corners.each_ref().map(of);
            (
                values.iter().copied().fold(f64::INFINITY, f64::min),
                values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            )
        };
        let (from_x, to_x) = bounds(|corner| corner.0);
        let (from_y, to_y) = bounds(|corner| corner.1);
        let (wide, high) = ((right - left) / (to_x - from_x), (top - bottom) / (to_y - from_y));
        let (x, y) = (left - wide * from_x, bottom - high * from_y);
        let is_area = wide.is_finite() && high.is_finite() && wide > 0.0 && high > 0.0;
        let content = format!("q {wide} 0 0 {high} {x} {y} cm /Annotation Do Q");
        is_area.then_some(Drawn { form, content })
    }
}

/// Adds pages behind the others; `None` where the tree of pages cannot be changed.
fn add_pages(document: &mut Document, added: Vec<Drawn>) -> Option<()> {
    let root = document.catalog().ok()?.get(b"Pages").and_then(Object::as_reference).ok()?;
    let kids = document.get_dictionary(root).ok()?.get(b"Kids").ok()?;
    let mut kids = document.dereference(kids).ok()?.1.as_array().ok()?.clone();
    let form = document.get_dict_in_dict(document.catalog().ok()?, b"AcroForm").ok();
    let resources = form.and_then(|form| document.get_dict_in_dict(form, b"DR").ok());
    let resources = resources.cloned().unwrap_or_default();
    for drawn in added {
        let mut resources = resources.clone();
        resources.set("XObject", dictionary! { "Annotation" => drawn.form });
        let content = Stream::new(Dictionary::new(), drawn.content.into_bytes());
        let content = document.add_object(content);
        let page = document.add_object(dictionary! {
            "Type" => "Page",
            "Parent" => root,
            "MediaBox" => vec![0.into(), 0.into(), 1.into(), 1.into()],
            "Resources" => resources,
            "Contents" => content,
        });
        kids.push(page.into());
    }
    document.get_object_mut(root).and_then(Object::as_dict_mut).ok()?.set("Kids", kids);
    Some(())
}
