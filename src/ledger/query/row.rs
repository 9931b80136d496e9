//! Rows: the facts and documents of an answer, in the shape of its JSON.
//!
//! Always holds: a row has the signer, the time and the position of every act; its fields are the
//! documented ones, in the documented order. Not here: filling rows (`gather`), showing them
//! (`cli`).

use annals_core::event::args::Seal;
use annals_core::event::body::{Captured, Dating, Evidence, Hop, Topic, When};
use annals_core::event::vocabulary::{
    ConfirmationMethod, ErrorIn, Reason, RedactReason, Relation, Stance, Type, Vouch,
};
use annals_core::hash::Hash;
use annals_core::key::PublicKey;
use annals_core::state::Status;
use annals_core::time::Time;
use serde::Serialize;
use serde_json::Value;
use std::fmt;

/// Why texts are withheld.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Withheld {
    /// Redacted by an admin.
    Redacted,
    /// Sealed and not yet released.
    Sealed,
    /// Missing in this copy.
    Missing,
    /// Damaged: not the bytes that were signed.
    Damaged,
}

/// Signer, time and position of an act.
#[derive(Clone, Debug, Serialize)]
pub struct ActRow {
    /// The event.
    pub event: u64,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: Type,
    /// Its time.
    pub at: Option<Time>,
    /// The time by the signer's clock.
    pub said: Option<Time>,
    /// The signer's name at the event.
    pub by: String,
    /// The signer's name as of the view's point, where it differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_now: Option<String>,
    /// The signer's key.
    pub key: PublicKey,
    /// The suspect revocation that undid it.
    pub undone_by: Option<u64>,
}

impl ActRow {
    /// The signer's name at the event, and the present name if it differs.
    pub fn signer(&self) -> Named {
        Named { then: self.by.clone(), now: self.by_now.clone() }
    }
}

/// A statement and its evidence, or why they are withheld.
#[derive(Clone, Debug, Default, Serialize)]
pub struct StatementRow {
    /// The statement.
    pub statement: Option<String>,
    /// Its evidence.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<EvidenceRow>,
    /// Why they are withheld.
    pub withheld: Option<Withheld>,
}

/// Evidence, with title and digest of its document.
#[derive(Clone, Debug, Serialize)]
pub struct EvidenceRow {
    /// The document's title.
    pub title: Option<String>,
    /// The document's digest.
    pub sha256: Option<Hash>,
    /// Its fields.
    #[serde(flatten)]
    pub evidence: Evidence,
}

/// The words of a revision, or why they are withheld.
#[derive(Clone, Debug, Default, Serialize)]
#[allow(missing_docs)]
pub struct WordsRow {
    pub claim: Option<String>,
    pub lang: Option<String>,
    pub vouch: Option<Vouch>,
    pub when: Option<When>,
    pub topics: Vec<Topic>,
    pub attribution: Vec<Hop>,
    pub evidence: Vec<EvidenceRow>,
    pub withheld: Option<Withheld>,
}

impl WordsRow {
    /// The first evidence that supports the claim with a quotation.
    pub fn supporting(&self) -> Option<&EvidenceRow> {
        let supports = |row: &&EvidenceRow| {
            row.evidence.stance == Stance::Supports && row.evidence.quote.is_some()
        };
        self.evidence.iter().find(supports)
    }
}

macro_rules! rows {
    ($($(#[$doc:meta])* $name:ident { $($(#[$attr:meta])* $field:ident: $kind:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Serialize)]
        #[allow(missing_docs)]
        pub struct $name { $($(#[$attr])* pub $field: $kind,)* }
    )*};
}

rows! {
    /// A revision of a fact: its assertion or a correction.
    Revision {
        #[serde(flatten)]
        act: ActRow,
        #[serde(skip)]
        on: Option<u64>,
        reason: Option<Reason>,
        error_in: Option<ErrorIn>,
        resolves: Vec<u64>,
        statement: Option<String>,
        #[serde(flatten)]
        words: WordsRow,
    }
    /// A confirmation; it is in force if it counts for the present revision.
    Confirmation {
        #[serde(flatten)]
        act: ActRow,
        on: u64,
        how: ConfirmationMethod,
        stands: bool,
        #[serde(flatten)]
        said: StatementRow,
    }
    /// The act that ended a dispute, a retraction or a relation.
    Ended {
        #[serde(flatten)]
        act: ActRow,
        #[serde(flatten)]
        said: StatementRow,
    }
    /// A dispute or a retraction; it is in force if nothing ended it.
    Charge {
        #[serde(flatten)]
        act: ActRow,
        on: u64,
        reason: Reason,
        error_in: ErrorIn,
        #[serde(flatten)]
        said: StatementRow,
        stands: bool,
        ended: Option<Ended>,
        /// Acts that ended it for a time: undone, or of before an undoing opened it again.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        other_ends: Vec<Ended>,
    }
    /// A relation of this fact to another.
    RelationRow {
        #[serde(flatten)]
        act: ActRow,
        from: u64,
        rel: Relation,
        to: u64,
        #[serde(flatten)]
        said: StatementRow,
        stands: bool,
        ended: Option<Ended>,
        /// As those of a dispute.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        other_ends: Vec<Ended>,
    }
    /// A release or a redaction of the body of one of the events above.
    Opening {
        #[serde(flatten)]
        act: ActRow,
        of: u64,
        reason: Option<RedactReason>,
        #[serde(flatten)]
        said: StatementRow,
    }
    /// A fact as of the point.
    FactRow {
        fact: u64,
        hash: Hash,
        /// `None` if its assertion is undone, so that it does not stand.
        status: Option<Status>,
        revision: u64,
        corrected: u32,
        suspect: bool,
        document_disputed: bool,
        /// Descriptions of its documents that are later than its present revision.
        described_anew: Vec<u64>,
        /// The documents of its evidence that are suspect.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        suspect_documents: Vec<u64>,
        sealed: bool,
        redacted: bool,
        #[serde(flatten)]
        words: WordsRow,
        revisions: Vec<Revision>,
        confirmations: Vec<Confirmation>,
        disputes: Vec<Charge>,
        retractions: Vec<Charge>,
        relations: Vec<RelationRow>,
        bodies: Vec<Opening>,
    }
    /// A description of a document, after its capture.
    Redescribed {
        #[serde(flatten)]
        act: ActRow,
        statement: Option<String>,
        withheld: Option<Withheld>,
        /// The fields that it changed, compared with the description before it.
        changes: Vec<FieldChange>,
    }
    /// A document as of the point.
    DocumentRow {
        document: u64,
        hash: Hash,
        suspect: bool,
        /// Whether it was set aside with its capture; then it is suspect for good.
        #[serde(skip)]
        set_aside: bool,
        sealed: bool,
        redacted: bool,
        #[serde(flatten)]
        captured: ActRow,
        #[serde(serialize_with = "description")]
        about: Option<Box<Captured>>,
        withheld: Option<Withheld>,
        described: Vec<Redescribed>,
    }
}

fn description<S: serde::Serializer>(
    about: &Option<Box<Captured>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    about.as_deref().serialize(serializer)
}

impl DocumentRow {
    /// The descriptions after its capture that count.
    pub fn standing_descriptions(&self) -> impl Iterator<Item = &Redescribed> {
        self.described.iter().filter(|described| described.act.undone_by.is_none())
    }
}

impl FactRow {
    /// Every act on the fact, by position.
    pub fn acts(&self) -> Vec<&ActRow> {
        let charges = self.disputes.iter().chain(&self.retractions);
        let charges = charges.flat_map(|row| {
            let ends = row.ended.iter().chain(&row.other_ends);
            std::iter::once(&row.act).chain(ends.map(|ended| &ended.act))
        });
        let relations = self.relations.iter().flat_map(|row| {
            let ends = row.ended.iter().chain(&row.other_ends);
            std::iter::once(&row.act).chain(ends.map(|ended| &ended.act))
        });
        let mut acts: Vec<&ActRow> = self.revisions.iter().map(|row| &row.act).collect();
        acts.extend(self.confirmations.iter().map(|row| &row.act));
        acts.extend(charges.chain(relations).chain(self.bodies.iter().map(|row| &row.act)));
        acts.sort_by_key(|act| act.event);
        acts.dedup_by_key(|act| act.event);
        acts
    }

    /// The present revision.
    pub fn present(&self) -> Option<&Revision> {
        self.revisions.iter().find(|revision| revision.act.event == self.revision)
    }

    /// The retraction in force.
    pub fn retraction(&self) -> Option<&Charge> {
        self.retractions.iter().find(|retraction| retraction.stands)
    }

    /// The revision that a correction is of; `None` for the assertion.
    pub fn corrected_in(&self, correction: &Revision) -> Option<&Revision> {
        let on = correction.on?;
        self.revisions.iter().find(|revision| revision.act.event == on)
    }

    /// The revision before the present one, if it is in force.
    pub fn before(&self) -> Option<&Revision> {
        let earlier = |revision: &&Revision| {
            revision.act.event < self.revision && revision.act.undone_by.is_none()
        };
        self.revisions.iter().rev().find(earlier)
    }

    /// Whether one of these keys asserted the fact or made one of its revisions.
    pub fn is_by(&self, keys: &[PublicKey]) -> bool {
        self.revisions.iter().any(|revision| keys.contains(&revision.act.key))
    }
}

/// A dating as text for people.
pub fn dated(dating: &Dating) -> String {
    let edtf = dating.edtf.as_deref().map(str::to_owned);
    let written = dating.as_written.as_deref().map(|text| format!("“{text}”"));
    [edtf, written].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// A seal as text for people.
pub fn sealed(seal: Seal) -> String {
    match seal {
        Seal::Open => "not sealed".to_owned(),
        Seal::ByHand => "sealed until it is released by hand".to_owned(),
        Seal::Until(time) => format!("sealed until {time}"),
    }
}

/// The name of a person at an event, with the present name if it differs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    /// The name at the event.
    pub then: String,
    /// The name as of the view's point, where it differs.
    pub now: Option<String>,
}

impl Named {
    /// The name as of the view's point.
    pub fn last(&self) -> &str {
        self.now.as_deref().unwrap_or(&self.then)
    }
}

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.now {
            Some(now) => write!(f, "{} (now {now})", self.then),
            None => f.write_str(&self.then),
        }
    }
}

/// A field that an event changed; null for an absent or unreadable value.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FieldChange {
    /// The name of the field in FORMAT.md.
    pub field: String,
    /// The value before.
    pub before: Value,
    /// The value after.
    pub after: Value,
}
