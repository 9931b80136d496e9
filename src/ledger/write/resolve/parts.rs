//! Resolving the independent parts of a fact: exact words, topics, dates.
//!
//! Always holds: each refusal names its field. Not here: facts and documents (`resolve`).

use crate::ledger::error::{Unresolved, part_of};
use crate::ledger::write::draft::{DatingDraft, ExactDraft, QuoteDraft, TopicDraft};
use crate::ledger::write::resolve::fields::{edtf_of, field, is_seen, seen_words, uri};
use annals_core::event::body;
use annals_core::quote::Text;
use annals_core::quote_search::places::QuoteSearchError;
use annals_core::quote_search::{self, Edges, QuoteSearch};
use annals_core::text::Verbatim;
use annals_core::text::in_quotes;
use std::ops::Range;

/// The refusal of a draft that names no document where there is not exactly one.
pub(super) fn which_document(count: usize) -> Unresolved {
    match count {
        0 => {
            Unresolved::at("document", "the record has none yet; annals document add captures one")
        }
        _ => Unresolved::at(
            "document",
            format!(
                "the record has {count}; say which by its position, with --document or the \
                 field document; annals document list shows them"
            ),
        ),
    }
}

/// Checks that exact words, prefix and suffix (of any length) are the document's, and that pointing
/// words are those of the span beside them.
pub(super) fn check_words(
    quote: &QuoteDraft,
    anchor: &body::Quote,
    text: &Text,
    span: Range<usize>,
) -> Result<(), Unresolved> {
    let parts = match quote {
        QuoteDraft::Exact(given) => [
            ("exact", given.exact.as_deref(), &*anchor.exact),
            ("prefix", given.prefix.as_deref(), &*anchor.prefix),
            ("suffix", given.suffix.as_deref(), &*anchor.suffix),
        ],
        QuoteDraft::Pointing(typed) if quote_search::is_at(typed, &anchor.exact) => return Ok(()),
        QuoteDraft::Pointing(typed) => [
            ("exact", Some(typed.as_str()), &*anchor.exact),
            ("prefix", None, ""),
            ("suffix", None, ""),
        ],
    };
    for (name, given, found) in parts {
        let Some(given) = given.filter(|given| *given != found) else { continue };
        let (before, after) = around(text, span.clone());
        let is_around = match name {
            "prefix" => before.ends_with(given),
            "suffix" => after.starts_with(given),
            _ => false,
        };
        if is_around {
            continue;
        }
        let hint = if name == "exact" { as_bytes(quote, text, span.clone()) } else { None };
        let hint = hint.unwrap_or_default();
        let cut = |words: &str| words.chars().take(60).collect::<String>();
        let (given, found) = (cut(given), cut(found));
        return Err(Unresolved::at(
            "quote",
            format!(
                "{name} at {}..{} is {} in the document, the draft has \
                 {}{hint}",
                span.start,
                span.end,
                in_quotes(&found),
                in_quotes(&given)
            ),
        ));
    }
    Ok(())
}

/// The text before a span of code points, and the text after it.
fn around(text: &Text, span: Range<usize>) -> (&str, &str) {
    let all = text.as_str();
    let before = text.byte(span.start).and_then(|byte| all.get(..byte));
    let after = text.byte(span.end).and_then(|byte| all.get(byte..));
    (before.unwrap_or_default(), after.unwrap_or_default())
}

/// The only one of several places that stands between a prefix and a suffix.
pub(super) fn place_between(
    given: &ExactDraft,
    pointing: &QuoteSearch<'_>,
    text: &Text,
) -> Option<(usize, usize)> {
    let fits = |(start, end): &(usize, usize)| {
        let (before, after) = around(text, *start..*end);
        given.prefix.as_deref().is_none_or(|prefix| before.ends_with(prefix))
            && given.suffix.as_deref().is_none_or(|suffix| after.starts_with(suffix))
    };
    let mut places = pointing.all(text).ok()?.into_iter().filter(fits);
    places.next().filter(|_| places.next().is_none())
}

/// The hint that a span counts bytes, if the words are at these bytes, with their code points.
pub(super) fn as_bytes(quote: &QuoteDraft, text: &Text, span: Range<usize>) -> Option<String> {
    let words = text.as_str().get(span.clone())?;
    let same = match quote {
        QuoteDraft::Pointing(typed) => quote_search::is_at(typed, words),
        QuoteDraft::Exact(given) => given.exact.as_deref() == Some(words),
    };
    let first = text.as_str().get(..span.start)?.chars().count();
    let last = first + words.chars().count();
    same.then(|| {
        format!(
            "; these are byte offsets, expected offsets in code points, which here are \
             {first}..{last}"
        )
    })
}

/// The words of a translation, of which a reader sees at least one character.
pub(super) fn translated<const MAX: usize>(text: &str) -> Result<Verbatim<1, MAX>, Unresolved> {
    if !is_seen(text) {
        return Err(Unresolved::at(
            part_of("translation", "text"),
            "expected words, found only characters that nobody sees",
        ));
    }
    field("translation", Verbatim::new(text))
}

pub(super) fn topic(draft: &TopicDraft) -> Result<body::Topic, Unresolved> {
    let name = draft.name.as_deref();
    let name = name.ok_or_else(|| Unresolved::at("topics", "name is missing"))?;
    let name = seen_words(part_of("topics", "name"), name)?;
    Ok(body::Topic { name, id: uri(part_of("topics", "id"), draft.id.as_ref())? })
}

/// The document's own words for the typed ones, at their first occurrence. `name` is the field of
/// the draft.
pub(super) fn as_written<const MAX: usize>(
    name: &'static str,
    typed: &str,
    text: &Text,
) -> Result<Verbatim<1, MAX>, Unresolved> {
    let pointing = QuoteSearch { words: typed, nth: None, edges: Edges::Whole };
    let (start, end) = pointing.first(text).map_err(|error| match error {
        QuoteSearchError::Cut { unit, whole, .. } => Unresolved::at(
            part_of(name, "as_written"),
            format!("what was typed cuts the {unit} {}; give all of it", in_quotes(&whole)),
        ),
        other => {
            let why = other.to_string().replace("the quotation", "what was typed");
            Unresolved::at(
                part_of(name, "as_written"),
                format!(
                    "{why}; what does not stand in the document is not its words: \
                     leave as_written out"
                ),
            )
        }
    })?;
    let found = text.slice(start, end).unwrap_or_default();
    field(part_of(name, "as_written"), Verbatim::new(found))
}

/// The publication date of a document. Words given as the document's must be in its text, if it has
/// one that can be read.
pub(super) fn dating(
    draft: &DatingDraft,
    text: Option<&Text>,
) -> Result<Option<body::Dating>, Unresolved> {
    let edtf = draft.edtf.as_deref();
    let edtf = edtf.map(|text| edtf_of(part_of("published", "edtf"), text)).transpose()?;
    let as_written = match (draft.as_written.as_deref(), text) {
        (None, _) => None,
        (Some(typed), Some(text)) => Some(as_written("published", typed, text)?),
        (Some(typed), None) => {
            Some(field(part_of("published", "as_written"), Verbatim::new(typed))?)
        }
    };
    let dated = edtf.is_some() || as_written.is_some();
    Ok(dated.then_some(body::Dating { edtf, as_written }))
}
