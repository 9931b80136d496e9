//! The closed words of statements and bodies: types, roles, reasons, stances.
//!
//! Always holds: each enum is one closed list of FORMAT.md section 4, spelled as there.
//! Not here: the effect of the words (`roster`, `state`). Source: FORMAT.md section 4.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! closed_words {
    ($($(#[$doc:meta])* $name:ident { $($variant:ident = $word:literal,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        pub enum $name {
            $(#[doc = concat!("`", $word, "`")] #[serde(rename = $word)] $variant,)*
        }

        impl $name {
            /// Every word of the list, in the order of FORMAT.md.
            pub const ALL: &'static [$name] = &[$($name::$variant),*];

            /// The word as it is spelled.
            pub fn as_str(self) -> &'static str {
                match self { $($name::$variant => $word,)* }
            }

            /// The value of a word; `None` if it is not in the list.
            pub fn parse(word: &str) -> Option<$name> {
                match word { $($word => Some($name::$variant),)* _ => None }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    )*};
}

closed_words! {
    /// The type of an event.
    Type {
        LedgerOpened = "ledger.opened",
        LedgerChanged = "ledger.changed",
        LedgerRekeyed = "ledger.rekeyed",
        LedgerRetimed = "ledger.retimed",
        LedgerUpgraded = "ledger.upgraded",
        EditorEnrolled = "editor.enrolled",
        EditorChanged = "editor.changed",
        EditorRevoked = "editor.revoked",
        DocumentCaptured = "document.captured",
        DocumentDescribed = "document.described",
        FactAsserted = "fact.asserted",
        FactConfirmed = "fact.confirmed",
        FactDisputed = "fact.disputed",
        FactUpheld = "fact.upheld",
        FactCorrected = "fact.corrected",
        FactRetracted = "fact.retracted",
        FactReinstated = "fact.reinstated",
        FactRelated = "fact.related",
        RelationWithdrawn = "relation.withdrawn",
        BodyReleased = "body.released",
        BodyRedacted = "body.redacted",
    }
    /// What a key may sign.
    Role { Admin = "admin", Editor = "editor", }
    /// Why the log key was replaced.
    RekeyReason { Rotated = "rotated", Compromised = "compromised", }
    /// Why a key was revoked.
    RevokeReason {
        Left = "left",
        Rotated = "rotated",
        Lost = "lost",
        Compromised = "compromised",
    }
    /// How a fact was confirmed.
    ConfirmationMethod {
        Reread = "reread",
        IndependentDocument = "independent-document",
        DirectContact = "direct-contact",
    }
    /// Why a fact is disputed, corrected or retracted. `more-precise` is for corrections only.
    Reason {
        Misquotation = "misquotation",
        Mistranslation = "mistranslation",
        Misattribution = "misattribution",
        WrongDate = "wrong-date",
        WrongFigure = "wrong-figure",
        WrongIdentity = "wrong-identity",
        OutOfContext = "out-of-context",
        Contradicted = "contradicted",
        Unverifiable = "unverifiable",
        SourceCorrected = "source-corrected",
        SourceRetracted = "source-retracted",
        Fabricated = "fabricated",
        Duplicate = "duplicate",
        EntryError = "entry-error",
        MorePrecise = "more-precise",
    }
    /// Where the error is: in the record, or in the document that it quotes.
    ErrorIn { Record = "record", Document = "document", }
    /// The relation of one fact to another.
    Relation {
        Supports = "supports",
        Contradicts = "contradicts",
        Qualifies = "qualifies",
        Updates = "updates",
        SameAs = "same-as",
        PartOf = "part-of",
    }
    /// Why a body was redacted.
    RedactReason {
        PersonalData = "personal-data",
        SourceProtection = "source-protection",
        TradeSecret = "trade-secret",
        GovernmentConfidential = "government-confidential",
        CourtOrder = "court-order",
        InvalidData = "invalid-data",
    }
    /// What an editor vouches for: that the document says it, or that it is true.
    Vouch { Said = "said", So = "so", }
    /// The stance of a document to the claim.
    Stance { Supports = "supports", Contradicts = "contradicts", Mentions = "mentions", }
    /// How reliable a document is, in the editor's opinion.
    Reliability { A = "A", B = "B", C = "C", D = "D", E = "E", F = "F", }
    /// The kind of translator.
    Translator { Human = "human", Machine = "machine", }
    /// The kind of an agent in an attribution.
    AgentType { Person = "person", Organization = "organization", Document = "document", }
    /// The origin of a date.
    Basis { Stated = "stated", Derived = "derived", Inferred = "inferred", }
}

impl Type {
    /// Whether an event of this type stands at its base only (rule 203): those about the ledger,
    /// its editors, and what is withheld.
    pub fn stands_at_its_base(self) -> bool {
        let word = self.as_str();
        ["ledger.", "editor.", "body."].iter().any(|group| word.starts_with(group))
    }
}
