//! Drafts: the input of an editor, in JSON Lines or TOML, before it is resolved and signed.
//!
//! Always holds: a draft has the same field names as the record; an unknown field is refused with
//! its line. Not here: what drafts resolve to (`resolve`). Source: README.md, the editor's page.

mod read;

use annals_core::event::vocabulary::{
    AgentType, Basis, ErrorIn, How, Reason, Relation, Reliability, Stance, Translator, Type, Vouch,
};
pub use read::{json_lines, read_json_lines, read_toml, toml_tables};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// A position, or the `ref` of an earlier draft of the same input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, expecting = "expected a position, or the ref of an earlier draft")]
pub enum Name {
    /// A position in the record.
    Position(u64),
    /// A name given by `ref`.
    Ref(String),
}

/// A quotation: words that point at a passage, or the exact words with their context.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged, expecting = "expected words that point, or exact with prefix and suffix")]
pub enum QuoteDraft {
    /// Words that point at a passage: the words themselves, or `first … last`.
    Pointing(String),
    /// Exact words; a prefix or suffix, if present, must be that of the document.
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
    /// A draft of one event: the fields of its type, flat.
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
        exact_edges: bool,
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
    /// Evidence; without a stance it is `supports`.
    EvidenceDraft {
        document: Name,
        stance: Stance,
        quote: QuoteDraft,
        nth: usize,
        exact_edges: bool,
        span: SpanDraft,
        reliability: Reliability,
        translation: TranslationDraft,
    }
    /// Exact words of a document.
    ExactDraft { exact: String, prefix: String, suffix: String, }
    /// A range of code points.
    SpanDraft { start: u64, end: u64, }
    /// A translation of the quotation.
    TranslationDraft { lang: String, text: String, by: Translator, }
    /// A hop of attribution; type and role are those of the agent's first use.
    HopDraft {
        agent: String,
        agent_type: AgentType,
        act: String,
        role: String,
        id: String,
        unnamed_because: String,
    }
    /// The time of a fact.
    WhenDraft { edtf: String, as_written: String, basis: Basis, }
    /// The publication date of a document.
    DatingDraft { edtf: String, as_written: String, }
    /// A topic.
    TopicDraft { name: String, id: String, }
}

/// A draft and its line in the input, for errors.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed {
    /// The first line of the draft (from 1); 0 if it is not from a file.
    pub line: usize,
    /// The draft.
    pub draft: Draft,
}

/// A draft that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftError {
    /// The line (from 1).
    pub line: usize,
    /// Its `ref`, if that could be read.
    pub name: Option<String>,
    /// What was expected and what was found.
    pub why: String,
}

/// All drafts of an input: the readable ones and the errors of the others.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Input {
    /// The readable drafts, in order.
    pub drafts: Vec<Placed>,
    /// The errors of the others.
    pub unread: Vec<DraftError>,
}

impl Input {
    /// Drafts that are not from a file.
    pub fn of(drafts: impl IntoIterator<Item = Draft>) -> Input {
        let placed = |draft| Placed { line: 0, draft };
        Input { drafts: drafts.into_iter().map(placed).collect(), unread: Vec::new() }
    }
}
