//! Operations: the part of an event's args that legality and the fold need.
//!
//! Always holds: an [`Operation`] is a function of the args alone, so status depends on statements
//! alone. It has 16 bytes, because a million of them are kept for refolds.
//! Not here: how an operation changes the state (`fold`). Source: FORMAT.md sections 4, 6, 8.

use crate::event::args::{Args, Roles, Seal};
use crate::event::vocabulary::{ErrorIn, Reason, RekeyReason, Relation, RevokeReason, Type};
use crate::hash::Hash;
use crate::key::{PublicKey, Signature};
use crate::text::{Origin, Person};

/// What an event does.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Operation {
    Opened(Box<OpenedLedger>),
    Changed { confirmations: u8 },
    Rekeyed(Box<Rekeyed>),
    Retimed,
    Upgraded { v: u64 },
    Enrolled(Box<Enrolled>),
    RolesChanged(Box<RolesChange>),
    Revoked(Box<Revoked>),
    Captured,
    Asserted,
    Sealed(Box<SealedEntry>),
    Described { document: u64 },
    Confirmed { on: u64 },
    Disputed { on: u64 },
    DisputedDocument { on: u64 },
    Upheld { dispute: u64 },
    Corrected(Box<Corrected>),
    Retracted { on: u64 },
    Reinstated { retraction: u64 },
    Related(Box<Triple>),
    Withdrawn { relation: u64 },
    Released { event: u64 },
    Redacted { event: u64 },
}

/// The parameters of a ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct OpenedLedger {
    pub origin: Origin,
    pub log_key: PublicKey,
    pub window: u64,
    pub confirmations: u8,
    pub recovery: Option<Hash>,
    pub person: Person,
    pub roles: Roles,
}

/// A new log key.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Rekeyed {
    pub log_key: PublicKey,
    pub reason: RekeyReason,
    pub possession: Signature,
}

/// A key that is enrolled.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Enrolled {
    pub key: PublicKey,
    pub person: Person,
    pub roles: Roles,
}

/// A key whose roles change.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct RolesChange {
    pub key: PublicKey,
    pub roles: Roles,
}

/// A key that is revoked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Revoked {
    pub key: PublicKey,
    pub reason: RevokeReason,
    pub suspect_from: Option<u64>,
}

/// A capture or an assertion whose body is sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct SealedEntry {
    pub kind: EntryKind,
    pub seal: Seal,
}

/// What an entry adds to the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// A capture adds a document.
    Document,
    /// An assertion adds a fact.
    Fact,
}

/// A correction.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Corrected {
    pub on: u64,
    pub more_precise: bool,
    pub resolves: Vec<u64>,
    pub seal: Seal,
}

/// A relation between two facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)]
pub struct Triple {
    pub from: u64,
    pub rel: Relation,
    pub to: u64,
}

impl Operation {
    /// The operation of an event with these args.
    pub fn of(args: &Args) -> Operation {
        let small = |count: u64| u8::try_from(count).unwrap_or(u8::MAX);
        match args {
            Args::LedgerOpened(a) => Operation::Opened(Box::new(OpenedLedger {
                origin: a.origin.clone(),
                log_key: a.log_key,
                window: a.window,
                confirmations: small(a.confirmations),
                recovery: a.recovery,
                person: a.person.clone(),
                roles: a.roles,
            })),
            Args::LedgerChanged(a) => Operation::Changed { confirmations: small(a.confirmations) },
            Args::LedgerRekeyed(a) => Operation::Rekeyed(Box::new(Rekeyed {
                log_key: a.log_key,
                reason: a.reason,
                possession: a.possession,
            })),
            Args::LedgerRetimed(_) => Operation::Retimed,
            Args::LedgerUpgraded(a) => Operation::Upgraded { v: a.v },
            Args::EditorEnrolled(a) => Operation::Enrolled(Box::new(Enrolled {
                key: a.key,
                person: a.person.clone(),
                roles: a.roles,
            })),
            Args::EditorChanged(a) => {
                Operation::RolesChanged(Box::new(RolesChange { key: a.key, roles: a.roles }))
            }
            Args::EditorRevoked(a) => Operation::Revoked(Box::new(Revoked {
                key: a.key,
                reason: a.reason,
                suspect_from: a.suspect_from,
            })),
            Args::DocumentCaptured(a) => entry(EntryKind::Document, a.sealed),
            Args::FactAsserted(a) => entry(EntryKind::Fact, a.sealed),
            Args::DocumentDescribed(a) => Operation::Described { document: a.document },
            Args::FactConfirmed(a) => Operation::Confirmed { on: a.on },
            Args::FactDisputed(a) => match a.error_in {
                ErrorIn::Record => Operation::Disputed { on: a.on },
                ErrorIn::Document => Operation::DisputedDocument { on: a.on },
            },
            Args::FactUpheld(a) => Operation::Upheld { dispute: a.dispute },
            Args::FactCorrected(a) => Operation::Corrected(Box::new(Corrected {
                on: a.on,
                more_precise: a.reason == Reason::MorePrecise,
                resolves: a.resolves.clone(),
                seal: a.sealed,
            })),
            Args::FactRetracted(a) => Operation::Retracted { on: a.on },
            Args::FactReinstated(a) => Operation::Reinstated { retraction: a.retraction },
            Args::FactRelated(a) => {
                Operation::Related(Box::new(Triple { from: a.from, rel: a.rel, to: a.to }))
            }
            Args::RelationWithdrawn(a) => Operation::Withdrawn { relation: a.relation },
            Args::BodyReleased(a) => Operation::Released { event: a.event },
            Args::BodyRedacted(a) => Operation::Redacted { event: a.event },
        }
    }

    /// The type of the event.
    pub fn kind(&self) -> Type {
        match self {
            Operation::Opened(_) => Type::LedgerOpened,
            Operation::Changed { .. } => Type::LedgerChanged,
            Operation::Rekeyed(_) => Type::LedgerRekeyed,
            Operation::Retimed => Type::LedgerRetimed,
            Operation::Upgraded { .. } => Type::LedgerUpgraded,
            Operation::Enrolled(_) => Type::EditorEnrolled,
            Operation::RolesChanged(_) => Type::EditorChanged,
            Operation::Revoked(_) => Type::EditorRevoked,
            Operation::Captured => Type::DocumentCaptured,
            Operation::Asserted => Type::FactAsserted,
            Operation::Sealed(entry) => match entry.kind {
                EntryKind::Document => Type::DocumentCaptured,
                EntryKind::Fact => Type::FactAsserted,
            },
            Operation::Described { .. } => Type::DocumentDescribed,
            Operation::Confirmed { .. } => Type::FactConfirmed,
            Operation::Disputed { .. } | Operation::DisputedDocument { .. } => Type::FactDisputed,
            Operation::Upheld { .. } => Type::FactUpheld,
            Operation::Corrected(_) => Type::FactCorrected,
            Operation::Retracted { .. } => Type::FactRetracted,
            Operation::Reinstated { .. } => Type::FactReinstated,
            Operation::Related(_) => Type::FactRelated,
            Operation::Withdrawn { .. } => Type::RelationWithdrawn,
            Operation::Released { .. } => Type::BodyReleased,
            Operation::Redacted { .. } => Type::BodyRedacted,
        }
    }

    /// The revision that this operation acts on, by the event that made it.
    pub fn on(&self) -> Option<u64> {
        match self {
            Operation::Confirmed { on }
            | Operation::Disputed { on }
            | Operation::DisputedDocument { on }
            | Operation::Retracted { on } => Some(*on),
            Operation::Corrected(correction) => Some(correction.on),
            _ => None,
        }
    }

    /// The seal that the operation sets.
    pub fn seal(&self) -> Seal {
        match self {
            Operation::Sealed(entry) => entry.seal,
            Operation::Corrected(correction) => correction.seal,
            _ => Seal::Open,
        }
    }
}

fn entry(kind: EntryKind, seal: Seal) -> Operation {
    match (seal, kind) {
        (Seal::Open, EntryKind::Document) => Operation::Captured,
        (Seal::Open, EntryKind::Fact) => Operation::Asserted,
        (seal, kind) => Operation::Sealed(Box::new(SealedEntry { kind, seal })),
    }
}
