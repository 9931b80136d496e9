//! Settling the parts of a fact that stand by themselves: exact words, topics, dates.
//!
//! Always holds: each refusal names its field. Not here: facts and documents (`settle`).

use super::{Unsettled, field, uri};
use crate::event::body;
use crate::event::words::Basis;
use crate::ledger::draft::{DatingDraft, QuoteDraft, TopicDraft, WhenDraft};
use crate::pointing;
use crate::quote::Text;
use crate::text::{Edtf, Verbatim, Words};

/// Which document is meant, where a draft does not say and there is not only one.
pub(super) fn which_document(count: usize) -> Unsettled {
    match count {
        0 => "document: the record has none yet; annals document add captures one".to_owned(),
        _ => format!(
            "document: the record has {count}; say which, as --document 3 or document: 3; annals \
             document list shows them"
        ),
    }
}

/// Exact words, a prefix or a suffix that are given must be the document's; words that point must
/// be those of the span beside them.
pub(super) fn check_words(
    quote: &QuoteDraft,
    anchor: &body::Quote,
    place: (&Text, usize, usize),
) -> Result<(), Unsettled> {
    let (_, start, end) = place;
    let parts = match quote {
        QuoteDraft::Exact(given) => [
            ("exact", given.exact.as_deref(), &*anchor.exact),
            ("prefix", given.prefix.as_deref(), &*anchor.prefix),
            ("suffix", given.suffix.as_deref(), &*anchor.suffix),
        ],
        QuoteDraft::Pointing(typed) if pointing::is_at(typed, &anchor.exact) => return Ok(()),
        QuoteDraft::Pointing(typed) => [
            ("exact", Some(typed.as_str()), &*anchor.exact),
            ("prefix", None, ""),
            ("suffix", None, ""),
        ],
    };
    for (name, given, found) in parts {
        let Some(given) = given.filter(|given| *given != found) else { continue };
        let hint = if name == "exact" { as_bytes(quote, place) } else { None };
        let hint = hint.unwrap_or_default();
        let cut = |words: &str| words.chars().take(60).collect::<String>();
        let (given, found) = (cut(given), cut(found));
        return Err(format!(
            "quote: {name} at {start}..{end} is {found:?} in the document, the draft has \
             {given:?}{hint}"
        ));
    }
    Ok(())
}

/// That a span counts bytes, where the words stand at these bytes: and which code points they are.
pub(super) fn as_bytes(quote: &QuoteDraft, place: (&Text, usize, usize)) -> Option<String> {
    let (text, start, end) = place;
    let words = text.as_str().get(start..end)?;
    let same = match quote {
        QuoteDraft::Pointing(typed) => pointing::is_at(typed, words),
        QuoteDraft::Exact(given) => given.exact.as_deref() == Some(words),
    };
    let first = text.as_str().get(..start)?.chars().count();
    let last = first + words.chars().count();
    same.then(|| {
        format!(
            "; these are byte offsets, expected offsets in code points, which here are \
             {first}..{last}"
        )
    })
}

pub(super) fn topic(draft: &TopicDraft) -> Result<body::Topic, Unsettled> {
    let name = draft.name.as_deref().ok_or("topics: name is missing")?;
    let name = field("topics: name", Words::new(name))?;
    Ok(body::Topic { name, id: uri("topics: id", draft.id.as_ref())? })
}

pub(super) fn when(draft: &WhenDraft) -> Result<Option<body::When>, Unsettled> {
    let edtf =
        draft.edtf.as_deref().map(|text| field("when: edtf", Edtf::new(text))).transpose()?;
    let as_written = draft.as_written.as_deref();
    let as_written =
        as_written.map(|text| field("when: as_written", Verbatim::new(text))).transpose()?;
    if edtf.is_none() && as_written.is_none() {
        return Ok(None);
    }
    Ok(Some(body::When { edtf, as_written, basis: draft.basis.unwrap_or(Basis::Stated) }))
}

pub(super) fn dating(draft: &DatingDraft) -> Result<Option<body::Dating>, Unsettled> {
    let both =
        WhenDraft { edtf: draft.edtf.clone(), as_written: draft.as_written.clone(), basis: None };
    let dated = when(&both).map_err(|why| why.replacen("when:", "published:", 1))?;
    Ok(dated.map(|when| body::Dating { edtf: when.edtf, as_written: when.as_written }))
}
