//! Fields of a draft: values within their bounds, or the reason for a refusal.

use crate::capture::language;
use crate::wording::worded_date::why_no_date;
use annals_core::event::vocabulary::Type;
use annals_core::text::{Edtf, Lang, TextError, Uri, Words, is_unseen};
use std::fmt;

/// Why a draft cannot be resolved: the field, then what was expected and found.
pub type Unresolved = String;

/// A value within its bounds, or the reason, with the field's name.
pub fn field<T>(name: &str, value: Result<T, TextError>) -> Result<T, Unresolved> {
    value.map_err(|error| format!("{name}: {error}"))
}

/// Parses the EDTF date of the field `name`.
///
/// Errors: `text` is no EDTF date; the reason names what is wrong with it, or how the date is
/// written in EDTF.
pub fn edtf_of(name: &str, text: &str) -> Result<Edtf, Unresolved> {
    field(name, Edtf::new(text)).map_err(|why| format!("{why}{}", why_no_date(text)))
}

/// The language of a text.
pub fn lang_of(name: &str, text: &str) -> Result<Lang, Unresolved> {
    language(text).map_err(|why| format!("{name}: {why}"))
}

/// The language of words: not that of what has none.
pub fn lang_of_words(name: &str, text: &str) -> Result<Lang, Unresolved> {
    match text.split('-').next() {
        Some("zxx") => Err(format!(
            "{name}: expected the language of words, found {text}, which is for what has none"
        )),
        _ => lang_of(name, text),
    }
}

/// Words of an editor, of which a reader sees at least one character.
pub fn seen_words<const MAX: usize>(name: &str, text: &str) -> Result<Words<MAX>, Unresolved> {
    if !text.is_empty() && !is_seen(text) {
        return Err(format!("{name}: expected words, found only characters that nobody sees"));
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
pub fn need<T>(value: Option<T>, name: &str, kind: Type) -> Result<T, Unresolved> {
    value.ok_or_else(|| format!("{kind} needs the field {name}"))
}

/// All that is wrong with a draft.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reasons(pub Vec<Unresolved>);

impl From<Unresolved> for Reasons {
    fn from(why: Unresolved) -> Reasons {
        Reasons(vec![why])
    }
}

/// In one line.
impl fmt::Display for Reasons {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("; "))
    }
}

/// What was found; what is wrong with it is kept with the rest.
pub fn keep<T>(found: Result<T, impl Into<Reasons>>, wrong: &mut Reasons) -> Option<T> {
    found.map_err(|why| wrong.0.extend(why.into().0)).ok()
}

/// An address, if one is given and its scheme is allowed.
pub fn uri(name: &str, value: Option<&String>) -> Result<Option<Uri>, Unresolved> {
    let Some(text) = value else { return Ok(None) };
    let uri = field(name, Uri::new(text.as_str()))?;
    let scheme = uri.split(':').next().unwrap_or_default();
    if NO_ADDRESSES.contains(&scheme) {
        return Err(format!(
            "{name}: expected an address or a name, found {scheme}:, which is a program or a text"
        ));
    }
    let (_, rest) = uri.split_once("://").unwrap_or_default();
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.rsplit_once('@').is_some_and(|(user, _)| user.contains(':')) {
        return Err(format!(
            "{name}: expected an address without a name and password in it, for it is recorded"
        ));
    }
    Ok(Some(uri))
}

/// Schemes of content that a browser runs or shows by itself: they are refused.
pub const NO_ADDRESSES: [&str; 4] = ["blob", "data", "javascript", "vbscript"];
