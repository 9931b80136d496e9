//! The `args` of each type: positions and closed words. They alone decide status and legality.
//!
//! Always holds: an [`Args`] has the fields of its type in the order of FORMAT.md section 4. Not
//! here: free text (`body`), the effect of the args (`roster`, `state`). Source: FORMAT.md section
//! 4.

use crate::event::canonical::{integer, integer_or_null};
use crate::event::spelling::SpellingReader;
use crate::event::vocabulary::{
    ConfirmationMethod, ErrorIn, Reason, RedactReason, RekeyReason, Relation, RevokeReason, Role,
    Type,
};
use crate::hash::{Hash, deserialize_hex, serialize_hex};
use crate::key::{PublicKey, Signature};
use crate::text::{Origin, Person};
use crate::time::Time;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// One or both roles: `["admin"]`, `["editor"]`, `["admin","editor"]`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(into = "Vec<Role>")]
pub struct Roles {
    /// May enrol, revoke, change the ledger, redact.
    pub admin: bool,
    /// May enter and change facts.
    pub editor: bool,
}

impl Roles {
    /// Whether `role` is among them.
    pub fn has(&self, role: Role) -> bool {
        match role {
            Role::Admin => self.admin,
            Role::Editor => self.editor,
        }
    }
}

impl From<Roles> for Vec<Role> {
    fn from(roles: Roles) -> Vec<Role> {
        Role::ALL.iter().copied().filter(|role| roles.has(*role)).collect()
    }
}

impl<'de> Deserialize<'de> for Roles {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Roles, D::Error> {
        match Vec::<Role>::deserialize(deserializer)?.as_slice() {
            [Role::Admin] => Ok(Roles { admin: true, editor: false }),
            [Role::Editor] => Ok(Roles { admin: false, editor: true }),
            [Role::Admin, Role::Editor] => Ok(Roles { admin: true, editor: true }),
            _ => Err(D::Error::custom("expected roles admin, editor, or both in this order")),
        }
    }
}

/// Whether and how long a body is sealed: `null`, `"by-hand"`, or a time.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Seal {
    /// Not sealed.
    Open,
    /// Until it is released by hand.
    ByHand,
    /// Promised to be released at this time.
    Until(Time),
}

impl Serialize for Seal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Seal::Open => serializer.serialize_none(),
            Seal::ByHand => serializer.serialize_str("by-hand"),
            Seal::Until(time) => time.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Seal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Seal, D::Error> {
        match Option::<String>::deserialize(deserializer)?.as_deref() {
            None => Ok(Seal::Open),
            Some("by-hand") => Ok(Seal::ByHand),
            Some(text) => Time::parse(text)
                .map(Seal::Until)
                .ok_or_else(|| D::Error::custom("expected null, \"by-hand\" or a UTC time")),
        }
    }
}

/// 16 random bytes, 32 hex digits: no two ledgers begin alike.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Nonce(pub [u8; 16]);

impl Serialize for Nonce {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize_hex(&self.0, serializer)
    }
}

impl<'de> Deserialize<'de> for Nonce {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Nonce, D::Error> {
        deserialize_hex(deserializer).map(Nonce)
    }
}

macro_rules! args {
    ($($name:ident { $($(#[$attr:meta])* $field:ident: $kind:ty,)* })*) => {
        $(
            #[doc = concat!("Args of a `", stringify!($name), "` event; fields as in FORMAT.md.")]
            #[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
            #[serde(deny_unknown_fields)]
            #[allow(missing_docs)]
            pub struct $name { $($(#[$attr])* pub $field: $kind,)* }
        )*

        /// The args of an event; the variant is its type.
        #[derive(Clone, PartialEq, Eq, Debug, Serialize)]
        #[serde(untagged)]
        pub enum Args {
            $(#[doc = concat!("Of `", stringify!($name), "`.")] $name($name),)*
        }

        impl Args {
            /// The type that these args belong to.
            pub fn kind(&self) -> Type {
                match self { $(Args::$name(_) => Type::$name,)* }
            }

            /// Reads the args of `kind` from JSON.
            pub fn parse(kind: Type, json: &str) -> Result<Args, serde_json::Error> {
                Ok(match kind { $(Type::$name => Args::$name(serde_json::from_str(json)?),)* })
            }

            /// Reads the args of `kind` where a reader stands.
            pub(crate) fn read(kind: Type, reader: &mut SpellingReader<'_>) -> Option<Args> {
                Some(match kind { $(Type::$name => Args::$name(reader.value()?),)* })
            }
        }
    };
}

args! {
    LedgerOpened {
        nonce: Nonce,
        origin: Origin,
        log_key: PublicKey,
        #[serde(deserialize_with = "window")]
        window: u64,
        #[serde(deserialize_with = "confirmations")]
        confirmations: u64,
        recovery: Option<Hash>,
        person: Person,
        #[serde(deserialize_with = "founder_roles")]
        roles: Roles,
    }
    LedgerChanged {
        #[serde(deserialize_with = "confirmations")]
        confirmations: u64,
    }
    LedgerRekeyed { log_key: PublicKey, reason: RekeyReason, possession: Signature, }
    LedgerRetimed {}
    LedgerUpgraded {
        #[serde(deserialize_with = "integer")]
        v: u64,
    }
    EditorEnrolled { key: PublicKey, person: Person, roles: Roles, possession: Signature, }
    EditorChanged { key: PublicKey, roles: Roles, }
    EditorRevoked {
        key: PublicKey,
        reason: RevokeReason,
        #[serde(deserialize_with = "suspect_from")]
        suspect_from: Option<u64>,
    }
    DocumentCaptured { sealed: Seal, }
    DocumentDescribed {
        #[serde(deserialize_with = "integer")]
        document: u64,
    }
    FactAsserted { sealed: Seal, }
    FactConfirmed {
        #[serde(deserialize_with = "integer")]
        on: u64,
        how: ConfirmationMethod,
    }
    FactDisputed {
        #[serde(deserialize_with = "integer")]
        on: u64,
        #[serde(deserialize_with = "error_reason")]
        reason: Reason,
        error_in: ErrorIn,
    }
    FactUpheld {
        #[serde(deserialize_with = "integer")]
        dispute: u64,
    }
    FactCorrected {
        #[serde(deserialize_with = "integer")]
        on: u64,
        reason: Reason,
        error_in: ErrorIn,
        #[serde(deserialize_with = "ascending")]
        resolves: Vec<u64>,
        sealed: Seal,
    }
    FactRetracted {
        #[serde(deserialize_with = "integer")]
        on: u64,
        #[serde(deserialize_with = "error_reason")]
        reason: Reason,
        error_in: ErrorIn,
    }
    FactReinstated {
        #[serde(deserialize_with = "integer")]
        retraction: u64,
    }
    FactRelated {
        #[serde(deserialize_with = "integer")]
        from: u64,
        rel: Relation,
        #[serde(deserialize_with = "integer")]
        to: u64,
    }
    RelationWithdrawn {
        #[serde(deserialize_with = "integer")]
        relation: u64,
    }
    BodyReleased {
        #[serde(deserialize_with = "integer")]
        event: u64,
    }
    BodyRedacted {
        #[serde(deserialize_with = "integer")]
        event: u64,
        reason: RedactReason,
    }
}

impl Args {
    /// Every position that the args name, in the order of the fields.
    pub fn positions(&self) -> Vec<u64> {
        match self {
            Args::EditorRevoked(args) => args.suspect_from.into_iter().collect(),
            Args::DocumentDescribed(args) => vec![args.document],
            Args::FactConfirmed(args) => vec![args.on],
            Args::FactDisputed(args) => vec![args.on],
            Args::FactUpheld(args) => vec![args.dispute],
            Args::FactCorrected(args) => {
                std::iter::once(args.on).chain(args.resolves.iter().copied()).collect()
            }
            Args::FactRetracted(args) => vec![args.on],
            Args::FactReinstated(args) => vec![args.retraction],
            Args::FactRelated(args) => vec![args.from, args.to],
            Args::RelationWithdrawn(args) => vec![args.relation],
            Args::BodyReleased(args) => vec![args.event],
            Args::BodyRedacted(args) => vec![args.event],
            _ => Vec::new(),
        }
    }

    /// The seal that the args promise; [`Seal::Open`] for types that have none.
    pub fn sealed(&self) -> Seal {
        match self {
            Args::DocumentCaptured(args) => args.sealed,
            Args::FactAsserted(args) => args.sealed,
            Args::FactCorrected(args) => args.sealed,
            _ => Seal::Open,
        }
    }

    /// The public key that the args name.
    pub fn key(&self) -> Option<PublicKey> {
        match self {
            Args::LedgerOpened(args) => Some(args.log_key),
            Args::LedgerRekeyed(args) => Some(args.log_key),
            Args::EditorEnrolled(args) => Some(args.key),
            Args::EditorChanged(args) => Some(args.key),
            Args::EditorRevoked(args) => Some(args.key),
            _ => None,
        }
    }
}

fn within<E: Error>(value: u64, low: u64, high: u64) -> Result<u64, E> {
    if (low..=high).contains(&value) {
        return Ok(value);
    }
    Err(E::custom(format!("expected {low} to {high}, found {value}")))
}

fn window<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    within(integer(deserializer)?, 0, 65_536)
}

fn confirmations<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    within(integer(deserializer)?, 1, 9)
}

fn suspect_from<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    match integer_or_null(deserializer)? {
        Some(0) => Err(D::Error::custom("suspect_from is at least 1: event 0 is never undone")),
        other => Ok(other),
    }
}

fn founder_roles<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Roles, D::Error> {
    let roles = Roles::deserialize(deserializer)?;
    if !roles.admin {
        return Err(D::Error::custom("the founder's roles must have admin"));
    }
    Ok(roles)
}

fn error_reason<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Reason, D::Error> {
    match Reason::deserialize(deserializer)? {
        Reason::MorePrecise => Err(D::Error::custom("more-precise is for corrections only")),
        reason => Ok(reason),
    }
}

fn ascending<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u64>, D::Error> {
    let list = Vec::<u64>::deserialize(deserializer)?;
    for value in &list {
        within::<D::Error>(*value, 0, crate::event::canonical::MAX_INTEGER)?;
    }
    if list.len() > 64 || !list.is_sorted_by(|a, b| a < b) {
        return Err(D::Error::custom("expected at most 64 positions, ascending, none twice"));
    }
    Ok(list)
}
