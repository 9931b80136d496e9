//! The operators of a PDF that show text on the next line, as those that the library knows.
//!
//! Always holds: `'` is `T*` and `Tj`, `"` is `Tw`, `Tc`, `T*` and `Tj`; a page or form without
//! them stays as it is. Source: ISO 32000-1, 9.4.3.

use pdf_extract::content::{Content, Operation};
use pdf_extract::{Document, Object, ObjectId};

/// Writes these operators of all pages and forms as others; what cannot be read stays as it is.
pub(super) fn spell_out(document: &mut Document) {
    let pages: Vec<ObjectId> = document.get_pages().into_values().collect();
    for page in pages {
        let content = document.get_page_content(page).ok();
        if let Some(content) = content.and_then(|content| spelled_out(&content)) {
            // A page that cannot be changed stays as it is.
            let _ = document.change_page_content(page, content);
        }
    }
    for object in document.objects.values_mut() {
        let Object::Stream(stream) = object else { continue };
        let is_form = |name: &Object| name.as_name().is_ok_and(|name| name == b"Form");
        if !stream.dict.get(b"Subtype").is_ok_and(is_form) {
            continue;
        }
        let content = stream.decompressed_content().ok();
        if let Some(content) = content.and_then(|content| spelled_out(&content)) {
            stream.set_plain_content(content);
        }
    }
}

/// A content stream without these operators; `None` where it has none.
fn spelled_out(content: &[u8]) -> Option<Vec<u8>> {
    if !content.contains(&b'\'') && !content.contains(&b'"') {
        return None;
    }
    let operations = Content::decode(content).ok()?.operations;
    let is_of_line = |operation: &Operation| matches!(operation.operator.as_str(), "'" | "\"");
    if !operations.iter().any(is_of_line) {
        return None;
    }
    let operations = operations.into_iter().flat_map(|operation| {
        let next_line = || Operation::new("T*", Vec::new());
        match (operation.operator.as_str(), operation.operands.as_slice()) {
            ("'", [shown]) => vec![next_line(), Operation::new("Tj", vec![shown.clone()])],
            ("\"", [words, characters, shown]) => vec![
                Operation::new("Tw", vec![words.clone()]),
                Operation::new("Tc", vec![characters.clone()]),
                next_line(),
                Operation::new("Tj", vec![shown.clone()]),
            ],
            _ => vec![operation],
        }
    });
    Content { operations: operations.collect::<Vec<_>>() }.encode().ok()
}
