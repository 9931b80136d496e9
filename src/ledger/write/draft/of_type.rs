//! Which fields a draft of a type may have.
//!
//! Always holds: a field that a type does not have is refused, never passed over. Not here: which
//! of them it must have (`resolve`). Source: docs/drafts.md.

use annals_core::event::vocabulary::Type;

/// The quotation, in its short form or as a list.
const EVIDENCE: &[&str] =
    &["document", "quote", "nth", "exact_edges", "stance", "reliability", "evidence"];
/// The words of a fact.
const WORDS: &[&str] = &["claim", "lang", "vouch", "attribution", "when", "topics"];
/// A description of a document.
const ABOUT: &[&str] = &[
    "title",
    "lang",
    "media_type",
    "captured_at",
    "derived_from",
    "method",
    "url",
    "publisher",
    "authors",
    "published",
    "archived_at",
    "rights",
];
/// The error that an act names.
const ERROR: &[&str] = &["fact", "on", "reason", "error_in", "statement"];

/// The fields of a type, in groups; none for a type that is not made from a draft.
pub fn fields_of(kind: Type) -> &'static [&'static [&'static str]] {
    match kind {
        Type::FactAsserted => &[WORDS, EVIDENCE, &["sealed"]],
        Type::FactConfirmed => &[&["fact", "on", "how"], EVIDENCE],
        Type::FactDisputed => &[ERROR, EVIDENCE],
        Type::FactUpheld => &[&["dispute", "statement"], EVIDENCE],
        Type::FactCorrected => &[ERROR, &["resolves", "sealed"], WORDS, EVIDENCE],
        Type::FactRetracted => &[ERROR],
        Type::FactReinstated => &[&["retraction", "statement"], EVIDENCE],
        Type::FactRelated => &[&["from", "rel", "to", "statement"]],
        Type::RelationWithdrawn => &[&["relation", "statement"]],
        Type::DocumentCaptured => &[ABOUT, &["file", "sealed"]],
        Type::DocumentDescribed => &[ABOUT, &["document", "statement"]],
        _ => &[],
    }
}
