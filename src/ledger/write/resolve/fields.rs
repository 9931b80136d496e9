//! Fields of a draft: values within their bounds, or the reason for a refusal.

use crate::capture::language;
use crate::ledger::error::{DraftField, Reasons, Unresolved};
use crate::wording::worded_date::why_no_date;
use annals_core::event::vocabulary::Type;
use annals_core::text::{Edtf, Lang, TextError, Uri, Words, is_unseen};

/// A value within its bounds, or the reason, with its field.
pub fn field<T>(
    field: impl Into<DraftField>,
    value: Result<T, TextError>,
) -> Result<T, Unresolved> {
    value.map_err(|error| Unresolved::at(field, error.to_string()))
}

/// Parses the EDTF date of a field.
///
/// Errors: `text` is no EDTF date; the reason names what is wrong with it, or how the date is
/// written in EDTF.
pub fn edtf_of(field: impl Into<DraftField>, text: &str) -> Result<Edtf, Unresolved> {
    let why = |error| format!("{error}{}", why_no_date(text));
    Edtf::new(text).map_err(|error| Unresolved::at(field, why(error)))
}

/// The language of a text.
pub fn lang_of(field: impl Into<DraftField>, text: &str) -> Result<Lang, Unresolved> {
    language(text).map_err(|why| Unresolved::at(field, why))
}

/// The language of words: not that of what has none.
pub fn lang_of_words(field: impl Into<DraftField>, text: &str) -> Result<Lang, Unresolved> {
    match text.split('-').next() {
        Some("zxx") => Err(Unresolved::at(
            field,
            format!("expected the language of words, found {text}, which is for what has none"),
        )),
        _ => lang_of(field, text),
    }
}

/// Words of an editor, of which a reader sees at least one character.
pub fn seen_words<const MAX: usize>(
    name: impl Into<DraftField>,
    text: &str,
) -> Result<Words<MAX>, Unresolved> {
    if !text.is_empty() && !is_seen(text) {
        return Err(Unresolved::at(name, "expected words, found only characters that nobody sees"));
    }
    field(name, Words::new(text))
}

/// Whether a reader sees at least one character of a text; one that is a braille pattern without
/// dots is blank.
pub fn is_seen(text: &str) -> bool {
    let mut before = None;
    text.chars().any(|c| {
        let is_blank = c.is_whitespace() || c == '\u{2800}' || is_unseen(before, c);
        before = Some(c);
        !is_blank
    })
}

/// A value that events of this type must have.
pub fn need<T>(value: Option<T>, field: &'static str, kind: Type) -> Result<T, Unresolved> {
    value.ok_or(Unresolved::Missing { kind, field })
}

/// What was found; what is wrong with it is kept with the rest.
pub fn keep<T>(found: Result<T, impl Into<Reasons>>, wrong: &mut Reasons) -> Option<T> {
    found.map_err(|why| wrong.0.extend(why.into().0)).ok()
}

/// An address, if one is given and its scheme is allowed.
pub fn uri(name: impl Into<DraftField>, value: Option<&String>) -> Result<Option<Uri>, Unresolved> {
    let (Some(text), name) = (value, name.into()) else { return Ok(None) };
    let uri = field(name.clone(), Uri::new(text.as_str()))?;
    let scheme = uri.split(':').next().unwrap_or_default();
    if NO_ADDRESSES.contains(&scheme) {
        return Err(Unresolved::at(
            name,
            format!("expected an address or a name, found {scheme}:, which is a program or a text"),
        ));
    }
    let (_, rest) = uri.split_once("://").unwrap_or_default();
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.rsplit_once('@').is_some_and(|(user, _)| user.contains(':')) {
        return Err(Unresolved::at(
            name,
            "expected an address without a name and password in it, for it is recorded",
        ));
    }
    Ok(Some(uri))
}

/// Schemes of content that a browser runs or shows by itself: they are refused.
pub const NO_ADDRESSES: [&str; 4] = ["blob", "data", "javascript", "vbscript"];
