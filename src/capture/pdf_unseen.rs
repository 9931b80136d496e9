//! The text of a PDF that no reader sees: text without ink, and of layers that are switched off.
//!
//! It is moved far off the page (text rise), so that what is drawn after it keeps its place.
//!
//! Always holds: where more text is without ink than with it, it is the recognised text of scanned
//! pages, and stays. Not here: text outside of the page or without size (`pdf`); what a clipping
//! path or an image hides. Source: ISO 32000-1, 9.3.6 (text rendering mode), 8.11 (optional
//! content).

use pdf_extract::content::{Content, Operation};
use pdf_extract::{Dictionary, Document, Object, ObjectId};
use std::collections::{BTreeMap, BTreeSet};

/// The rise of text that is moved off the page, in units of the page.
const OFF_PAGE: i64 = 1_000_000_000;
/// How far from its origin nothing on a page is, in units of the page.
pub(super) const FAR: f64 = 1_000_000.0;
/// Text rendering modes without ink: invisible, and for clipping alone.
const NO_INK: [i64; 2] = [3, 7];
/// How deep layers may contain each other.
const NESTED: usize = 8;

/// Where text stands.
enum TextPlace {
    Page(ObjectId),
    Form(ObjectId),
}

/// The stream of a page or of a form.
struct TextStream {
    operations: Vec<Operation>,
    /// The layers that are switched off, by the names that the stream has for them.
    off: BTreeSet<Vec<u8>>,
    /// Whether all of it is of a layer that is switched off.
    all_off: bool,
}

/// Moves text that is not shown off the pages. Returns whether text without ink stays, because it
/// is the recognised text of scanned pages.
pub(super) fn move_off_page(document: &mut Document) -> bool {
    let layers = layers_off(document);
    let pages = document.get_pages().into_values().map(TextPlace::Page);
    let forms = document.objects.keys().copied().map(TextPlace::Form);
    let (mut inked, mut bare, mut unseen) = (0, 0, Vec::new());
    for place in pages.chain(forms) {
        let Some(stream) = TextStream::read(document, &place, &layers) else { continue };
        let mut is_seen = true;
        for text in stream.texts() {
            is_seen &= text.has_ink && !text.is_off;
            match text.has_ink {
                _ if text.is_off => {}
                true => inked += text.length,
                false => bare += text.length,
            }
        }
        if !is_seen {
            unseen.push(place);
        }
    }
    let is_recognised = bare > inked;
    for place in unseen {
        let stream = TextStream::read(document, &place, &layers);
        let Some(content) = stream.and_then(|stream| stream.moved(is_recognised)) else { continue };
        match place {
            // A page that cannot be changed stays as it is.
            TextPlace::Page(page) => drop(document.change_page_content(page, content)),
            TextPlace::Form(form) => {
                if let Some(Object::Stream(stream)) = document.objects.get_mut(&form) {
                    stream.set_plain_content(content);
                }
            }
        }
    }
    is_recognised
}

/// The layers that are switched off when the document is opened.
fn layers_off(document: &Document) -> BTreeSet<ObjectId> {
    let read = || {
        let properties =
            document.get_dict_in_dict(document.catalog().ok()?, b"OCProperties").ok()?;
        let shown = document.get_dict_in_dict(properties, b"D").ok()?;
        let list = |of: &Dictionary, name: &[u8]| -> BTreeSet<ObjectId> {
            let list = of.get(name).and_then(|list| document.dereference(list));
            let list = list.ok().and_then(|(_, list)| list.as_array().ok());
            list.into_iter().flatten().filter_map(|layer| layer.as_reference().ok()).collect()
        };
        let base = shown.get(b"BaseState").and_then(Object::as_name).unwrap_or(b"ON");
        let mut off = match base {
            b"OFF" => &list(properties, b"OCGs") - &list(shown, b"ON"),
            _ => BTreeSet::new(),
        };
        off.extend(list(shown, b"OFF"));
        Some(off)
    };
    read().unwrap_or_default()
}

/// The names of these resources for layers that are switched off.
fn names_off(
    document: &Document,
    resources: &Dictionary,
    layers: &BTreeSet<ObjectId>,
) -> BTreeSet<Vec<u8>> {
    let Ok(properties) = document.get_dict_in_dict(resources, b"Properties") else {
        return BTreeSet::new();
    };
    let names = properties.iter().filter(|(_, layer)| is_off(document, layer, layers, NESTED));
    names.map(|(name, _)| name.clone()).collect()
}

/// Whether a layer, or a group of layers of which one has to be on, is switched off.
fn is_off(document: &Document, layer: &Object, layers: &BTreeSet<ObjectId>, nested: usize) -> bool {
    if layer.as_reference().is_ok_and(|id| layers.contains(&id)) {
        return true;
    }
    let Ok((_, Object::Dictionary(group))) = document.dereference(layer) else { return false };
    let is_any = group.get(b"P").and_then(Object::as_name).unwrap_or(b"AnyOn") == b"AnyOn";
    if nested == 0 || !group.has_type(b"OCMD") || !is_any || group.has(b"VE") {
        return false;
    }
    let Ok((_, inner)) = group.get(b"OCGs").and_then(|inner| document.dereference(inner)) else {
        return false;
    };
    let inner = match inner {
        Object::Array(inner) => inner.clone(),
        // The reference itself says which layer it is.
        _ => group.get(b"OCGs").into_iter().cloned().collect(),
    };
    !inner.is_empty() && inner.iter().all(|layer| is_off(document, layer, layers, nested - 1))
}

/// One operation that shows text.
struct ShownText {
    /// Its number among the operations.
    at: usize,
    /// The number of bytes that it shows.
    length: usize,
    has_ink: bool,
    /// Whether it is of a layer that is switched off.
    is_off: bool,
    /// The text rise.
    rise: Object,
}

/// The part of the graphics state that decides whether text is seen.
#[derive(Clone)]
struct TextState {
    mode: i64,
    rise: Object,
}

impl TextStream {
    /// Reads what stands at a place; `None` if it is no text, or cannot be read.
    fn read(
        document: &Document,
        place: &TextPlace,
        layers: &BTreeSet<ObjectId>,
    ) -> Option<TextStream> {
        match place {
            TextPlace::Page(page) => {
                let content = document.get_page_content(*page).ok()?;
                let (own, inherited) = document.get_page_resources(*page).ok()?;
                let inherited = inherited.into_iter();
                let inherited = inherited.filter_map(|id| document.get_dictionary(id).ok());
                let off = own.into_iter().chain(inherited);
                let off = off.flat_map(|resources| names_off(document, resources, layers));
                let operations = Content::decode(&content).ok()?.operations;
                Some(TextStream { operations, off: off.collect(), all_off: false })
            }
            TextPlace::Form(form) => {
                let Some(Object::Stream(stream)) = document.objects.get(form) else { return None };
                let is_form = |name: &Object| name.as_name().is_ok_and(|name| name == b"Form");
                if !stream.dict.get(b"Subtype").is_ok_and(is_form) {
                    return None;
                }
                let content = stream.decompressed_content().ok()?;
                let resources = document.get_dict_in_dict(&stream.dict, b"Resources").ok();
                let off = resources.map(|resources| names_off(document, resources, layers));
                let layer = stream.dict.get(b"OC").ok();
                let all_off = layer.is_some_and(|layer| is_off(document, layer, layers, NESTED));
                let operations = Content::decode(&content).ok()?.operations;
                Some(TextStream { operations, off: off.unwrap_or_default(), all_off })
            }
        }
    }

    /// The operations that show text.
    fn texts(&self) -> impl Iterator<Item = ShownText> {
        let mut now = TextState { mode: 0, rise: Object::Integer(0) };
        let (mut saved, mut marked) = (Vec::new(), Vec::new());
        self.operations.iter().enumerate().filter_map(move |(at, operation)| {
            let operands = operation.operands.as_slice();
            match (operation.operator.as_str(), operands) {
                ("q", _) => saved.push(now.clone()),
                ("Q", _) => now = saved.pop().unwrap_or_else(|| now.clone()),
                ("Tr", [mode]) => now.mode = mode.as_i64().unwrap_or(0),
                ("Ts", [rise]) => now.rise = rise.clone(),
                ("BDC", [Object::Name(tag), Object::Name(name)]) => {
                    marked.push(tag == b"OC" && self.off.contains(name));
                }
                ("BDC" | "BMC", _) => marked.push(false),
                ("EMC", _) => drop(marked.pop()),
                ("Tj" | "TJ", [shown]) => {
                    let is_off = self.all_off || marked.contains(&true);
                    let has_ink = !NO_INK.contains(&now.mode);
                    let (length, rise) = (length(shown), now.rise.clone());
                    return Some(ShownText { at, length, has_ink, is_off, rise });
                }
                _ => {}
            }
            None
        })
    }

    /// The stream with the text that is not seen off the page; `None` if all of its text is seen.
    fn moved(&self, keeps_bare: bool) -> Option<Vec<u8>> {
        let is_unseen = |text: &ShownText| text.is_off || !(text.has_ink || keeps_bare);
        let unseen = self.texts().filter(is_unseen).map(|text| (text.at, text.rise));
        let unseen: BTreeMap<usize, Object> = unseen.collect();
        if unseen.is_empty() {
            return None;
        }
        let rise = |to: Object| Operation::new("Ts", vec![to]);
        let mut operations = Vec::new();
        for (at, operation) in self.operations.iter().enumerate() {
            match unseen.get(&at) {
                Some(before) => operations.extend([
                    rise(Object::Integer(OFF_PAGE)),
                    operation.clone(),
                    rise(before.clone()),
                ]),
                None => operations.push(operation.clone()),
            }
        }
        Content { operations }.encode().ok()
    }
}

/// The number of bytes of text.
fn length(shown: &Object) -> usize {
    match shown {
        Object::String(text, _) => text.len(),
        Object::Array(parts) => parts.iter().map(length).sum(),
        _ => 0,
    }
}
