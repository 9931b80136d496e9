//! Deeds: what legality and the fold need of an event's args, and nothing more.
//!
//! Always holds: an [`Operation`] is a function of the args alone, so status comes from statements
//! alone. It is 16 bytes, because a million of them are kept for refolds.
//! Not here: how a operation changes the state (`state`). Source: FORMAT.md sections 4, 6, 8.

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
    RolesChanged(Box<(PublicKey, Roles)>),
    Revoked(Box<Revoked>),
    Captured,
    Asserted,
    Sealed(Box<SealedDeed>),
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
pub struct SealedDeed {
    pub document: bool,
    pub seal: Seal,
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
            Args::EditorChanged(a) => Operation::RolesChanged(Box::new((a.key, a.roles))),
            Args::EditorRevoked(a) => Operation::Revoked(Box::new(Revoked {
                key: a.key,
                reason: a.reason,
                suspect_from: a.suspect_from,
            })),
            Args::DocumentCaptured(a) => entered(true, a.sealed),
            Args::FactAsserted(a) => entered(false, a.sealed),
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
            Operation::Sealed(operation) if operation.document => Type::DocumentCaptured,
            Operation::Sealed(_) => Type::FactAsserted,
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

    /// The event that makes the revision which this operation acts on.
    pub fn on(&self) -> Option<u64> {
        match self {
            Operation::Confirmed { on }
            | Operation::Disputed { on }
            | Operation::DisputedDocument { on }
            | Operation::Retracted { on } => Some(*on),
            Operation::Corrected(operation) => Some(operation.on),
            _ => None,
        }
    }

    /// The seal that the operation promises.
    pub fn seal(&self) -> Seal {
        match self {
            Operation::Sealed(operation) => operation.seal,
            Operation::Corrected(operation) => operation.seal,
            _ => Seal::Open,
        }
    }
}

fn entered(document: bool, seal: Seal) -> Operation {
    match (seal, document) {
        (Seal::Open, true) => Operation::Captured,
        (Seal::Open, false) => Operation::Asserted,
        (seal, document) => Operation::Sealed(Box::new(SealedDeed { document, seal })),
    }
}
