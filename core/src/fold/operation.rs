//! Deeds: what legality and the fold need of an event's args, and nothing more.
//!
//! Always holds: a [`Deed`] is a function of the args alone, so status comes from statements
//! alone. It is 16 bytes, because a million of them are kept for refolds.
//! Not here: how a deed changes the state (`state`). Source: FORMAT.md sections 4, 6, 8.

use crate::event::args::{Args, Roles, Seal};
use crate::event::vocabulary::{ErrorIn, Reason, RekeyReason, Relation, RevokeReason, Type};
use crate::hash::Hash;
use crate::key::{PublicKey, Signature};
use crate::text::{Origin, Person};

/// What an event does.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Deed {
    Opened(Box<Opened>),
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
pub struct Opened {
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

impl Deed {
    /// The deed of an event with these args.
    pub fn of(args: &Args) -> Deed {
        let small = |count: u64| u8::try_from(count).unwrap_or(u8::MAX);
        match args {
            Args::LedgerOpened(a) => Deed::Opened(Box::new(Opened {
                origin: a.origin.clone(),
                log_key: a.log_key,
                window: a.window,
                confirmations: small(a.confirmations),
                recovery: a.recovery,
                person: a.person.clone(),
                roles: a.roles,
            })),
            Args::LedgerChanged(a) => Deed::Changed { confirmations: small(a.confirmations) },
            Args::LedgerRekeyed(a) => Deed::Rekeyed(Box::new(Rekeyed {
                log_key: a.log_key,
                reason: a.reason,
                possession: a.possession,
            })),
            Args::LedgerRetimed(_) => Deed::Retimed,
            Args::LedgerUpgraded(a) => Deed::Upgraded { v: a.v },
            Args::EditorEnrolled(a) => Deed::Enrolled(Box::new(Enrolled {
                key: a.key,
                person: a.person.clone(),
                roles: a.roles,
            })),
            Args::EditorChanged(a) => Deed::RolesChanged(Box::new((a.key, a.roles))),
            Args::EditorRevoked(a) => Deed::Revoked(Box::new(Revoked {
                key: a.key,
                reason: a.reason,
                suspect_from: a.suspect_from,
            })),
            Args::DocumentCaptured(a) => entered(true, a.sealed),
            Args::FactAsserted(a) => entered(false, a.sealed),
            Args::DocumentDescribed(a) => Deed::Described { document: a.document },
            Args::FactConfirmed(a) => Deed::Confirmed { on: a.on },
            Args::FactDisputed(a) => match a.error_in {
                ErrorIn::Record => Deed::Disputed { on: a.on },
                ErrorIn::Document => Deed::DisputedDocument { on: a.on },
            },
            Args::FactUpheld(a) => Deed::Upheld { dispute: a.dispute },
            Args::FactCorrected(a) => Deed::Corrected(Box::new(Corrected {
                on: a.on,
                more_precise: a.reason == Reason::MorePrecise,
                resolves: a.resolves.clone(),
                seal: a.sealed,
            })),
            Args::FactRetracted(a) => Deed::Retracted { on: a.on },
            Args::FactReinstated(a) => Deed::Reinstated { retraction: a.retraction },
            Args::FactRelated(a) => {
                Deed::Related(Box::new(Triple { from: a.from, rel: a.rel, to: a.to }))
            }
            Args::RelationWithdrawn(a) => Deed::Withdrawn { relation: a.relation },
            Args::BodyReleased(a) => Deed::Released { event: a.event },
            Args::BodyRedacted(a) => Deed::Redacted { event: a.event },
        }
    }

    /// The type of the event.
    pub fn kind(&self) -> Type {
        match self {
            Deed::Opened(_) => Type::LedgerOpened,
            Deed::Changed { .. } => Type::LedgerChanged,
            Deed::Rekeyed(_) => Type::LedgerRekeyed,
            Deed::Retimed => Type::LedgerRetimed,
            Deed::Upgraded { .. } => Type::LedgerUpgraded,
            Deed::Enrolled(_) => Type::EditorEnrolled,
            Deed::RolesChanged(_) => Type::EditorChanged,
            Deed::Revoked(_) => Type::EditorRevoked,
            Deed::Captured => Type::DocumentCaptured,
            Deed::Asserted => Type::FactAsserted,
            Deed::Sealed(deed) if deed.document => Type::DocumentCaptured,
            Deed::Sealed(_) => Type::FactAsserted,
            Deed::Described { .. } => Type::DocumentDescribed,
            Deed::Confirmed { .. } => Type::FactConfirmed,
            Deed::Disputed { .. } | Deed::DisputedDocument { .. } => Type::FactDisputed,
            Deed::Upheld { .. } => Type::FactUpheld,
            Deed::Corrected(_) => Type::FactCorrected,
            Deed::Retracted { .. } => Type::FactRetracted,
            Deed::Reinstated { .. } => Type::FactReinstated,
            Deed::Related(_) => Type::FactRelated,
            Deed::Withdrawn { .. } => Type::RelationWithdrawn,
            Deed::Released { .. } => Type::BodyReleased,
            Deed::Redacted { .. } => Type::BodyRedacted,
        }
    }

    /// The event that makes the revision which this deed acts on.
    pub fn on(&self) -> Option<u64> {
        match self {
            Deed::Confirmed { on }
            | Deed::Disputed { on }
            | Deed::DisputedDocument { on }
            | Deed::Retracted { on } => Some(*on),
            Deed::Corrected(deed) => Some(deed.on),
            _ => None,
        }
    }

    /// The seal that the deed promises.
    pub fn seal(&self) -> Seal {
        match self {
            Deed::Sealed(deed) => deed.seal,
            Deed::Corrected(deed) => deed.seal,
            _ => Seal::Open,
        }
    }
}

fn entered(document: bool, seal: Seal) -> Deed {
    match (seal, document) {
        (Seal::Open, true) => Deed::Captured,
        (Seal::Open, false) => Deed::Asserted,
        (seal, document) => Deed::Sealed(Box::new(SealedDeed { document, seal })),
    }
}
