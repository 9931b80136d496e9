//! The numbered rules: one variant for each row of FORMAT.md, and what a fault is.
//!
//! Always holds: the numbers, names and classes are those of FORMAT.md (a test compares them).
//! Not here: the checks of a rule (`event`, `legal`, `verify`). Source: FORMAT.md.

use serde::Serialize;
use std::fmt;

/// What a broken rule means for the verdict.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// Unreadable or short: could not tell (exit 2).
    Damage,
    /// The record breaks its own rules (exit 1).
    Fault,
    /// The record is not the one that was verified or signed before (exit 4).
    Fork,
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Class::Damage => "damage",
            Class::Fault => "fault",
            Class::Fork => "fork",
        })
    }
}

macro_rules! rules {
    ($($number:literal $variant:ident $name:literal $class:ident;)*) => {
        /// A numbered rule of FORMAT.md.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Rule {
            $(#[doc = concat!("Rule ", $number, ": ", $name, ".")] $variant = $number,)*
        }

        impl Rule {
            /// Every rule, by number.
            pub const ALL: &'static [Rule] = &[$(Rule::$variant),*];

            /// Its name in FORMAT.md.
            pub fn name(self) -> &'static str {
                match self { $(Rule::$variant => $name,)* }
            }

            /// What a breach of it means for the verdict.
            pub fn class(self) -> Class {
                match self { $(Rule::$variant => Class::$class,)* }
            }
        }
    };
}

rules! {
    101 RecordForm "record-form" Fault;
    102 PlaceForm "place-form" Fault;
    103 StatementForm "statement-form" Fault;
    104 BodyForm "body-form" Fault;
    105 SignatureForm "signature-form" Fault;
    201 Place "place" Fault;
    202 Link "link" Fault;
    203 Base "base" Fault;
    204 NamedPosition "named-position" Fault;
    205 RepeatedStatement "repeated-statement" Fault;
    206 Time "time" Fault;
    207 Version "version" Fault;
    301 KeyRefused "key-refused" Fault;
    302 Signature "signature" Fault;
    401 Opening "opening" Fault;
    402 SignerUnknown "signer-unknown" Fault;
    403 SignerRevoked "signer-revoked" Fault;
    404 SignerRole "signer-role" Fault;
    405 KeyEnrolledOnce "key-enrolled-once" Fault;
    406 LastAdmin "last-admin" Fault;
    407 KeyNamed "key-named" Fault;
    408 SuspectFrom "suspect-from" Fault;
    410 LogPossession "log-possession" Fault;
    411 Upgrade "upgrade" Fault;
    501 Target "target" Fault;
    502 Retracted "retracted" Fault;
    503 Stale "stale" Fault;
    504 OwnWords "own-words" Fault;
    505 ConfirmedTwice "confirmed-twice" Fault;
    507 DisputeClosed "dispute-closed" Fault;
    508 UpholdOwn "uphold-own" Fault;
    509 Resolves "resolves" Fault;
    511 RetractionStanding "retraction-standing" Fault;
    512 ReinstateOwn "reinstate-own" Fault;
    513 RelationEnds "relation-ends" Fault;
    514 RelationStanding "relation-standing" Fault;
    516 SealBound "seal-bound" Fault;
    517 SealLate "seal-late" Fault;
    518 Release "release" Fault;
    519 RedactOnce "redact-once" Fault;
    520 RedactOwn "redact-own" Fault;
    601 BodyDigest "body-digest" Fault;
    602 BodySigner "body-signer" Fault;
    603 BodyRepeated "body-repeated" Fault;
    604 BodyMissing "body-missing" Fault;
    605 DocumentMissing "document-missing" Fault;
    606 DocumentDigest "document-digest" Fault;
    607 DocumentRepeated "document-repeated" Fault;
    608 DocumentNamed "document-named" Fault;
    609 Quotation "quotation" Fault;
    612 Possession "possession" Fault;
    613 Independent "independent" Fault;
    615 QuotesSealed "quotes-sealed" Fault;
    616 ReleaseEarly "release-early" Fault;
    701 CheckpointForm "checkpoint-form" Fault;
    702 CheckpointOrigin "checkpoint-origin" Fault;
    703 CheckpointSignature "checkpoint-signature" Fault;
    704 CheckpointRoot "checkpoint-root" Fault;
    705 Short "short" Damage;
    706 Closing "closing" Fault;
    707 BehindMark "behind-mark" Fork;
    801 CutBelowPin "cut-below-pin" Fork;
    802 ForkedFromPin "forked-from-pin" Fork;
    803 PinDamaged "pin-damaged" Damage;
    804 PinOrigin "pin-origin" Damage;
    901 Store "store" Damage;
    902 Index "index" Damage;
    910 JournalFraming "journal-framing" Damage;
    911 Unreadable "unreadable" Damage;
    971 BundleMissing "bundle-missing" Damage;
    972 BundleForm "bundle-form" Damage;
    973 TileMissing "tile-missing" Damage;
    974 TileHash "tile-hash" Fault;
    1001 ProofForm "proof-form" Fault;
    1002 ProofPosition "proof-position" Fault;
    1003 ProofInclusion "proof-inclusion" Fault;
    1004 ProofLink "proof-link" Fault;
    1005 ProofLeftOut "proof-left-out" Fault;
    1006 ProofOpening "proof-opening" Fault;
    1007 ProofFact "proof-fact" Fault;
    1008 ProofSigner "proof-signer" Fault;
    1009 ProofDocument "proof-document" Fault;
    1010 Cosignature "cosignature" Fault;
    1101 SubmissionForm "submission-form" Fault;
    1102 SubmissionPlace "submission-place" Fault;
    1111 ReceiptForm "receipt-form" Fault;
    1112 ReceiptOther "receipt-other" Fault;
    1113 ReceiptPlace "receipt-place" Fault;
    1114 ReceiptCheckpoint "receipt-checkpoint" Fault;
    1115 ReceiptConsistency "receipt-consistency" Fault;
}

impl Rule {
    /// Its number in FORMAT.md.
    pub fn number(self) -> u16 {
        self as u16
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.number(), self.name())
    }
}

/// A rule that an event breaks, before its position is added.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Violation {
    /// The rule.
    pub rule: Rule,
    /// What was expected and what was found.
    pub why: String,
}

impl Violation {
    /// A violation of `rule`.
    pub fn of(rule: Rule, why: impl Into<String>) -> Violation {
        Violation { rule, why: why.into() }
    }

    /// The faults of the event at `position`: each rule once, by number.
    pub fn faults(position: u64, mut violations: Vec<Violation>) -> impl Iterator<Item = Fault> {
        violations.sort();
        violations.dedup_by_key(|violation| violation.rule);
        violations.into_iter().map(move |Violation { rule, why }| Fault::at(position, rule, why))
    }
}

/// A rule that a record breaks: which, where, and what was found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The event's position; `None` if the fault belongs to no single event.
    pub position: Option<u64>,
    /// The rule.
    pub rule: Rule,
    /// What was expected and what was found.
    pub why: String,
}

impl Fault {
    /// A fault of the event at `position`.
    pub fn at(position: u64, rule: Rule, why: impl Into<String>) -> Fault {
        Fault { position: Some(position), rule, why: why.into() }
    }

    /// A fault that belongs to no single event.
    pub fn of(rule: Rule, why: impl Into<String>) -> Fault {
        Fault { position: None, rule, why: why.into() }
    }
}

impl std::error::Error for Fault {}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.position {
            Some(position) => write!(f, "event {position}: rule {}: {}", self.rule, self.why),
            None => write!(f, "rule {}: {}", self.rule, self.why),
        }
    }
}
