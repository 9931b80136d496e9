//! A dictionary of encryption that stands in the trailer of a PDF itself, as MuPDF writes it: the
//! library reads one behind a reference only.
//!
//! Always holds: the bytes of the file stay; what is added is an update of it (ISO 32000-1, 7.5.6).
//! Not here: decryption. Source: ISO 32000-1, 7.5.5 and 7.6.

use pdf_extract::content::{Content, Operation};
use pdf_extract::{Dictionary, Document, Object};

/// Entries of a trailer that is a stream, and of one with another one before it.
const NOT_COPIED: [&[u8]; 9] =
    [b"Type", b"W", b"Index", b"Filter", b"DecodeParms", b"Length", b"XRefStm", b"Prev", b"Size"];

/// A file with an update in which such a dictionary is behind a reference; `None` for others.
pub(super) fn with_reference(document: &Document, bytes: &[u8]) -> Option<Vec<u8>> {
    let encryption = document.trailer.get(b"Encrypt").and_then(Object::as_dict).ok()?;
    let number = document.max_id.checked_add(1)?;
    let mut trailer = document.trailer.clone();
    for name in NOT_COPIED {
        trailer.remove(name);
    }
    trailer.set("Encrypt", Object::Reference((number, 0)));
    trailer.set("Size", i64::from(number) + 1);
    trailer.set("Prev", i64::try_from(document.xref_start).ok()?);
    let (encryption, trailer) = (written(encryption.clone())?, written(trailer)?);
    let mut updated = [bytes, b"\n"].concat();
    let object = updated.len();
    updated.extend(format!("{number} 0 obj\n").bytes().chain(encryption));
    updated.extend(b"\nendobj\n");
    let table = updated.len();
    updated.extend(format!("xref\n{number} 1\n{object:010} 00000 n \ntrailer\n").bytes());
    updated.extend(trailer);
    updated.extend(format!("\nstartxref\n{table}\n%%EOF\n").bytes());
    Some(updated)
}

/// The bytes of a dictionary.
fn written(dictionary: Dictionary) -> Option<Vec<u8>> {
    // The library writes objects as the operands of an operator.
    let operation = Operation::new("d", vec![Object::Dictionary(dictionary)]);
    let mut bytes = Content { operations: vec![operation] }.encode().ok()?;
    let end = bytes.windows(2).rposition(|end| end == b">>")?;
    bytes.truncate(end + 2);
    Some(bytes)
}
