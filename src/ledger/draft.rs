//! Drafts: what an editor types, in JSON Lines or TOML, before it is settled and signed.
//!
//! Always holds: a draft names its fields as the record does; an unknown field is refused with the
//! line it stands in. Not here: what the drafts resolve to (`settle`). Source: README.md, the
//! editor's page.

use crate::event::words::{
    AgentType, Basis, ErrorIn, How, Reason, Relation, Reliability, Stance, Translator, Type, Vouch,
};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// A position, or the `ref` of an earlier draft of the same input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Name {
    /// A position in the record.
    Position(u64),
    /// A name given by `ref`.
    Ref(String),
}

/// A quotation: words that point, or the exact ones with their context.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum QuoteDraft {
    /// Words that point at a place: themselves, or `first … last`.
    Pointing(String),
    /// Exact words; prefix and suffix, where given, must be the document's.
    Exact(ExactDraft),
}

macro_rules! drafts {
    ($($(#[$doc:meta])* $name:ident { $($(#[$attr:meta])* $field:ident: $kind:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        #[allow(missing_docs)]
        pub struct $name {
            $(
                $(#[$attr])*
                #[serde(skip_serializing_if = "Option::is_none")]
                pub $field: Option<$kind>,
            )*
        }
    )*};
}

drafts! {
    /// One event to be: the fields of its type, flat.
    Draft {
        #[serde(rename = "ref")]
        name: String,
        #[serde(rename = "type")]
        kind: Type,
        fact: Name,
        on: Name,
        dispute: Name,
        retraction: Name,
        relation: Name,
        from: Name,
        rel: Relation,
        to: Name,
        document: Name,
        resolves: Vec<Name>,
        how: How,
        reason: Reason,
        error_in: ErrorIn,
        sealed: String,
        statement: String,
        claim: String,
        lang: String,
        vouch: Vouch,
        quote: QuoteDraft,
        nth: usize,
        evidence: Vec<EvidenceDraft>,
        attribution: Vec<HopDraft>,
        when: WhenDraft,
        topics: Vec<TopicDraft>,
        file: PathBuf,
        media_type: String,
        title: String,
        captured_at: String,
        derived_from: Name,
        method: String,
        url: String,
        publisher: String,
        authors: Vec<String>,
        published: DatingDraft,
        archived_at: String,
        rights: String,
    }
    /// Evidence; a stance that is left out is `supports`.
    EvidenceDraft {
        document: Name,
        stance: Stance,
        quote: QuoteDraft,
        nth: usize,
        span: SpanDraft,
        reliability: Reliability,
        translation: TranslationDraft,
    }
    /// Exact words of a document.
    ExactDraft { exact: String, prefix: String, suffix: String, }
    /// A place in code points.
    SpanDraft { start: u64, end: u64, }
    /// A translation of the quotation.
    TranslationDraft { lang: String, text: String, by: Translator, }
    /// A hop of attribution; type and role are kept from the agent's first use.
    HopDraft {
        agent: String,
        agent_type: AgentType,
        act: String,
        role: String,
        id: String,
        unnamed_because: String,
    }
    /// When it was so.
    WhenDraft { edtf: String, as_written: String, basis: Basis, }
    /// When a document was published.
    DatingDraft { edtf: String, as_written: String, }
    /// A topic.
    TopicDraft { name: String, id: String, }
}

/// A draft and where it stands in its input, for errors.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed {
    /// The line (from 1) at which it begins.
    pub line: usize,
    /// The draft.
    pub draft: Draft,
}

/// A draft that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftError {
    /// The line (from 1).
    pub line: usize,
    /// What was expected and found.
    pub why: String,
}

/// Reads JSON Lines: one draft a line; empty lines are passed over. All bad lines are told.
///
/// ```
/// use annals::ledger::draft::json_lines;
/// let drafts = json_lines(r#"{"type":"fact.confirmed","fact":17,"how":"reread"}"#);
/// assert_eq!(drafts.map(|drafts| drafts.len()), Ok(1));
/// ```
pub fn json_lines(text: &str) -> Result<Vec<Placed>, Vec<DraftError>> {
    let mut drafts = Vec::new();
    let mut errors = Vec::new();
    for (line, content) in text.lines().enumerate().map(|(at, line)| (at + 1, line)) {
        if content.trim().is_empty() {
            continue;
        }
        match serde_json::from_str(content) {
            Ok(draft) => drafts.push(Placed { line, draft }),
            Err(error) => errors.push(DraftError { line, why: json_why(&error) }),
        }
    }
    if errors.is_empty() { Ok(drafts) } else { Err(errors) }
}

fn json_why(error: &serde_json::Error) -> String {
    // The library counts lines within one line; the column is what helps.
    let text = error.to_string();
    let cut = text.rfind(" at line ").unwrap_or(text.len());
    format!("{} (column {})", &text[..cut], error.column())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TomlDrafts {
    draft: Vec<toml::Spanned<Draft>>,
}

/// Reads TOML: a `[[draft]]` table for each draft.
pub fn toml_tables(text: &str) -> Result<Vec<Placed>, Vec<DraftError>> {
    let line_of = |at: usize| text.get(..at).map_or(1, |before| before.matches('\n').count() + 1);
    match toml::from_str::<TomlDrafts>(text) {
        Ok(drafts) => Ok(drafts
            .draft
            .into_iter()
            .map(|draft| Placed { line: line_of(draft.span().start), draft: draft.into_inner() })
            .collect()),
        Err(error) => {
            let line = line_of(error.span().map_or(0, |span| span.start));
            Err(vec![DraftError { line, why: error.message().to_owned() }])
        }
    }
}
