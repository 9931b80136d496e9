//! The names of glyphs in the encodings of a PDF's fonts, as the library knows them.
//!
//! Always holds: a font that says itself which characters its codes are (`ToUnicode`) stays as it
//! is. Not here: names of single fonts (`g12`), which say nothing. Source: Adobe Glyph List
//! Specification, 2; ISO 32000-1, 9.6.6 and 9.10.3.

use pdf_extract::{Dictionary, Document, Object, ObjectId, Stream};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Gives each font whose glyphs have the numbers of their characters for names (`uni2212`,
/// `u1D7CE`) what says so; and other glyphs the name without its variant (`one.oldstyle`).
pub(super) fn name_glyphs(document: &mut Document) {
    let fonts: Vec<(ObjectId, BTreeMap<u8, String>)> = document
        .objects
        .iter()
        .filter_map(|(id, object)| Some((*id, numbered(document, object.as_dict().ok()?))))
        .filter(|(_, codes)| !codes.is_empty())
        .collect();
    for (font, codes) in fonts {
        let map = document.add_object(Stream::new(Dictionary::new(), to_unicode(&codes)));
        if let Ok(font) = document.get_object_mut(font).and_then(Object::as_dict_mut) {
            font.set("ToUnicode", map);
        }
    }
    let lists: Vec<ObjectId> = document
        .objects
        .values()
        .filter_map(|object| object.as_dict().ok()?.get(b"Differences").ok()?.as_reference().ok())
        .collect();
    for list in lists {
        if let Ok(list) = document.get_object_mut(list).and_then(Object::as_array_mut) {
            plain(list);
        }
    }
    for object in document.objects.values_mut() {
        let Ok(dictionary) = object.as_dict_mut() else { continue };
        plain_differences(dictionary);
        if let Ok(encoding) = dictionary.get_mut(b"Encoding").and_then(Object::as_dict_mut) {
            plain_differences(encoding);
        }
    }
}

/// The characters of the codes of a font whose glyphs have their numbers for names; none where it
/// says itself what they are.
fn numbered(document: &Document, font: &Dictionary) -> BTreeMap<u8, String> {
    let is_font = font.get(b"Type").and_then(Object::as_name).is_ok_and(|name| name == b"Font");
    if !is_font || font.has(b"ToUnicode") {
        return BTreeMap::new();
    }
    let (mut found, mut code) = (BTreeMap::new(), 0_i64);
    for entry in differences(document, font).into_iter().flatten() {
        match document.dereference(entry).map_or(entry, |(_, entry)| entry) {
            Object::Integer(next) => code = *next,
            Object::Name(name) => {
                if let (Ok(code), Some(text)) = (u8::try_from(code), characters(name)) {
                    found.insert(code, text);
                }
                code = code.saturating_add(1);
            }
            _ => {}
        }
    }
    found
}

fn differences<'d>(document: &'d Document, font: &'d Dictionary) -> Option<&'d Vec<Object>> {
    let (_, encoding) = document.dereference(font.get(b"Encoding").ok()?).ok()?;
    let differences = encoding.as_dict().ok()?.get(b"Differences").ok()?;
    document.dereference(differences).ok()?.1.as_array().ok()
}

/// The characters that a name has the numbers of: `uni` and four digits for each, or `u` and four
/// to six; of a ligature, parts between `_`, of which one may be a letter.
fn characters(name: &[u8]) -> Option<String> {
    let name = std::str::from_utf8(name).ok()?.split('.').next()?;
    let is_upper = |digits: &str| {
        digits.bytes().all(|byte| byte.is_ascii_digit() || (b'A'..=b'F').contains(&byte))
    };
    let one = |digits: &str| {
        let number = u32::from_str_radix(digits, 16).ok().filter(|_| is_upper(digits))?;
        char::from_u32(number)
    };
    let part = |part: &str| -> Option<String> {
        match (part.strip_prefix("uni"), part.strip_prefix('u')) {
            (Some(digits), _) if !digits.is_empty() && digits.len().is_multiple_of(4) => {
                (0..digits.len() / 4).map(|at| one(digits.get(at * 4..at * 4 + 4)?)).collect()
            }
            (_, Some(digits)) if (4..=6).contains(&digits.len()) => one(digits).map(String::from),
            _ => None,
        }
    };
    if part(name).is_some() || !name.contains('_') {
        return part(name);
    }
    let letter = |text: &str| {
        let is_letter = text.len() == 1 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
        if is_letter { Some(text.to_owned()) } else { part(text) }
    };
    name.split('_').map(letter).collect()
}

/// A map from these codes to their characters.
fn to_unicode(codes: &BTreeMap<u8, String>) -> Vec<u8> {
    let mut map = "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n\
                   /CMapType 2 def\n1 begincodespacerange\n<00> <FF>\nendcodespacerange\n"
        .to_owned();
    let codes: Vec<(&u8, &String)> = codes.iter().collect();
    // A block of a map has at most 100 codes.
    for block in codes.chunks(100) {
        let mut lines = String::new();
        for (code, text) in block {
            let units = text.encode_utf16().map(|unit| format!("{unit:04X}"));
            let _ = writeln!(lines, "<{code:02X}> <{}>", units.collect::<String>());
        }
        let _ = write!(map, "{} beginbfchar\n{lines}endbfchar\n", block.len());
    }
    map.push_str("endcmap\nend\nend\n");
    map.into_bytes()
}

fn plain_differences(encoding: &mut Dictionary) {
    if let Ok(list) = encoding.get_mut(b"Differences").and_then(Object::as_array_mut) {
        plain(list);
    }
}

/// Takes the variants from the names of a list: what follows a point.
fn plain(list: &mut [Object]) {
    for entry in list {
        if let Object::Name(name) = entry {
            let point = name.iter().position(|byte| *byte == b'.');
            if let Some(point) = point.filter(|point| *point > 0) {
                name.truncate(point);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_the_numbers_of_its_characters() {
        for (name, expected) in [
            ("uni2212", Some("\u{2212}")),
            ("uni20AC.case", Some("€")),
            ("uni00660069", Some("fi")),
            ("u1D7CE", Some("\u{1D7CE}")),
            ("u0041", Some("A")),
            ("f_f", Some("ff")),
            ("f_uni0069", Some("fi")),
            ("one", None),
            ("f_hyphen", None),
            ("uni20ac", None),
            ("uniD800", None),
            ("uni221", None),
            ("u", None),
            ("union", None),
            ("umacron", None),
            ("g12", None),
            (".notdef", None),
        ] {
            assert_eq!(characters(name.as_bytes()).as_deref(), expected, "{name}");
        }
    }
}
