//! Drafts: what an editor types, in JSON Lines, TOML or a table, before it is resolved and signed.
//!
//! Always holds: a draft names its fields as the record does; an unknown field is refused with the
//! line it stands in; a draft that was read has no short form left. Not here: what the drafts
//! resolve to (`resolve`). Source: docs/drafts.md.

mod cell_quotes;
mod cells;
mod fields;
mod json_places;
mod of_type;
mod read;
mod short;
mod table;
mod template;
mod toml_lines;
mod unabridged;
mod write;
mod wrong_fields;

use crate::ledger::error::{LedgerError, Reasons};
use annals_core::event::vocabulary::{
    AgentType, Basis, ConfirmationMethod, ErrorIn, Reason, Relation, Reliability, Stance,
    Translator, Type, Vouch,
};
pub use cells::Columns;
pub use fields::{FIELDS, Field};
pub use of_type::fields_of;
pub use read::{json_lines, read_json_lines, read_toml, toml_tables};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
pub use table::{Separator, read_table};
pub use template::template;
pub use toml_lines::FieldLines;
pub use write::{DraftForm, written};

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

        impl $name {
            /// The fields that are given, by their names here.
            pub fn given(&self) -> impl Iterator<Item = &'static str> + use<> {
                let fields = [$((stringify!($field), self.$field.is_some()),)*];
                fields.into_iter().filter(|(_, given)| *given).map(|(name, _)| name)
            }
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
        how: ConfirmationMethod,
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
        stance: Stance,
        reliability: Reliability,
        evidence: Vec<EvidenceDraft>,
        #[serde(deserialize_with = "short::many")]
        attribution: Vec<HopDraft>,
        #[serde(deserialize_with = "short::one")]
        when: WhenDraft,
        #[serde(deserialize_with = "short::many")]
        topics: Vec<TopicDraft>,
        file: PathBuf,
        media_type: String,
        title: String,
        captured_at: String,
        derived_from: Name,
        method: String,
        url: String,
        publisher: String,
        #[serde(deserialize_with = "short::many")]
        authors: Vec<String>,
        #[serde(deserialize_with = "short::one")]
        published: DatingDraft,
        archived_at: String,
        rights: String,
        /// A short form, as are the next five: the agents of `attribution`.
        #[serde(deserialize_with = "short::several")]
        according_to: Vec<Option<String>>,
        /// What each of them is.
        #[serde(deserialize_with = "short::several")]
        agent_type: Vec<Option<AgentType>>,
        /// What each of them does.
        #[serde(deserialize_with = "short::several")]
        act: Vec<Option<String>>,
        /// The role of each of them.
        #[serde(deserialize_with = "short::several")]
        role: Vec<Option<String>>,
        /// `as_written` of `when`.
        as_written: String,
        /// `basis` of `when`.
        basis: Basis,
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

/// The placeholder of a statement that the editor is asked for later.
pub const STATEMENT_PLACEHOLDER: &str = "a statement";

impl Draft {
    /// Fills each answer on which no rule depends, to verify a draft before its questions.
    pub fn with_placeholders(self) -> Draft {
        let text = |given: Option<String>, placeholder: &str| {
            Some(given.unwrap_or_else(|| placeholder.to_owned()))
        };
        match self.kind {
            Some(Type::DocumentCaptured) => {
                Draft { title: text(self.title, "a title"), lang: text(self.lang, "en"), ..self }
            }
            Some(Type::FactConfirmed) => {
                Draft { how: self.how.or(Some(ConfirmationMethod::Reread)), ..self }
            }
            _ => Draft {
                reason: self.reason.or(self.needs_reason().then_some(Reason::EntryError)),
                statement: text(self.statement, STATEMENT_PLACEHOLDER),
                ..self
            },
        }
    }

    /// Whether its type has a reason.
    pub fn needs_reason(&self) -> bool {
        matches!(self.kind, Some(Type::FactDisputed | Type::FactRetracted))
    }

    /// Every position and `ref` that it names.
    pub fn names(&self) -> impl Iterator<Item = &Name> {
        let own = [
            &self.fact,
            &self.on,
            &self.dispute,
            &self.retraction,
            &self.relation,
            &self.from,
            &self.to,
            &self.document,
            &self.derived_from,
        ];
        let evidence = self.evidence.iter().flatten().filter_map(|entry| entry.document.as_ref());
        own.into_iter().flatten().chain(self.resolves.iter().flatten()).chain(evidence)
    }
}

/// A draft and where it stands in its input, for errors.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlacedDraft {
    /// The line (from 1) at which it begins, or the row of a table; 0 where it stands in no file.
    pub line: usize,
    /// The draft.
    pub draft: Draft,
    /// The fields that could not be read. They are refused; the rest is checked beside them.
    pub unread: Vec<String>,
    /// The lines of its fields, where they do not stand in one.
    pub lines: FieldLines,
}

impl PlacedDraft {
    /// A draft that was read whole.
    pub fn at(line: usize, draft: Draft) -> PlacedDraft {
        PlacedDraft { line, draft, ..PlacedDraft::default() }
    }
}

/// A draft, or a cell of one, that cannot be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DraftError {
    /// The line (from 1) at which the draft begins, or the row of a table.
    pub line: usize,
    /// The line of the field, where the draft has several.
    pub field_line: Option<usize>,
    /// The cell's column (from 0) in a table.
    pub column: Option<usize>,
    /// Its `ref`, if that could be read.
    pub name: Option<String>,
    /// What was expected and what was found.
    pub why: Reasons,
}

/// All drafts of an input: the readable ones and the errors of the others.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Input {
    /// The readable drafts, in order.
    pub drafts: Vec<PlacedDraft>,
    /// The errors of the others.
    pub unread: Vec<DraftError>,
    /// The columns of a table; none in a file of lines.
    pub columns: Columns,
    /// The rows of a table that are notes because they begin with `#`, and seem to be drafts: a
    /// word follows at once, and they have more cells.
    pub passed_over: Vec<usize>,
}

impl Input {
    /// Drafts that are not from a file.
    pub fn of(drafts: impl IntoIterator<Item = Draft>) -> Input {
        let placed = |draft| PlacedDraft::at(0, draft);
        Input { drafts: drafts.into_iter().map(placed).collect(), ..Input::default() }
    }

    /// The drafts, if all of them could be read.
    pub fn whole(self) -> Result<Vec<Draft>, LedgerError> {
        match self.unread.as_slice() {
            [] => Ok(self.drafts.into_iter().map(|placed| placed.draft).collect()),
            unread => {
                let refused = unread.iter().map(|error| self.columns.refusal(error));
                Err(LedgerError::Refused(refused.collect()))
            }
        }
    }
}

#[cfg(test)]
mod tests;
