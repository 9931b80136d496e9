//! RevocationImpact: the events that a suspect revocation undoes, and how facts, keys and the
//! ledger change by it.
//!
//! Always holds: it is the difference of two folds, before and after.
//! Not here: the refold itself (`refold`), texts for people (`cli`).
//! Source: FORMAT.md section 8, "Refold".

use crate::ledger::query::row::FieldChange;
use annals_core::event::args::Roles;
use annals_core::key::PublicKey;
use annals_core::refold::{UndoKind, Undone};
use annals_core::state::{State, Status};
use serde::Serialize;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// The part of a state that is compared.
#[derive(Clone, Debug, Default)]
pub struct StandingFacts {
    undone: Vec<Undone>,
    facts: BTreeMap<u64, StandingFact>,
    /// The keys that may sign, with their roles, in the order of their enrolments.
    keys: Vec<(PublicKey, Roles)>,
    /// The number of confirmations, and the log key.
    ledger: Option<(u8, PublicKey)>,
}

/// Status, whether it is suspect, and the event whose words it has.
type StandingFact = (Status, bool, u64);

/// A fact whose state differs afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ChangedFact {
    /// Its position.
    pub fact: u64,
    /// Its status before; `None` if it did not stand.
    pub before: Option<Status>,
    /// Its status after; `None` if it does not stand any more.
    pub after: Option<Status>,
    /// Whether it is suspect afterwards, and was not before.
    pub suspect: bool,
    /// Whether it was suspect before, and is not afterwards.
    #[serde(skip_serializing_if = "is_false")]
    pub cleared: bool,
    /// The event whose words it has afterwards, if it had others before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<u64>,
}

/// A key that may sign, or has roles, otherwise than before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChangedKey {
    /// The name of its holder.
    pub name: String,
    /// The key.
    pub key: PublicKey,
    /// Its roles before; `None` if it might not sign.
    pub before: Option<Roles>,
    /// Its roles after; `None` if it may not sign.
    pub after: Option<Roles>,
}

/// The key that a suspect revocation names, which changes of itself, and the names of all keys.
#[derive(Clone, Copy)]
pub struct RevokedKey<'a> {
    /// The key.
    pub key: PublicKey,
    /// The name of the holder of a key.
    pub name: &'a dyn Fn(&PublicKey) -> String,
}

/// Events undone, events in force again, and what changes.
#[derive(Clone, Debug, Default, Serialize)]
pub struct RevocationImpact {
    /// Events struck, by position.
    pub struck: Vec<u64>,
    /// Events set aside, by position.
    pub set_aside: Vec<u64>,
    /// Events that were undone before and are in force again.
    pub restored: Vec<u64>,
    /// Facts that change, by position.
    pub facts: Vec<ChangedFact>,
    /// Keys that change, but for the one that is revoked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<ChangedKey>,
    /// What changes of the ledger's number of confirmations and log key.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ledger: Vec<FieldChange>,
}

fn is_false(value: &bool) -> bool {
    !value
}

impl StandingFacts {
    /// The part of a state that is compared.
    pub fn of(state: &State) -> StandingFacts {
        let fact = |fact: &annals_core::fold::Fact| {
            (fact.position, (state.status(fact), fact.suspect, fact.revision))
        };
        let facts = state.fold.facts().iter().map(fact).collect();
        let signing = state.fold.roster.members().iter().filter(|row| row.revoked.is_none());
        let keys = signing.map(|row| (row.key, row.roles)).collect();
        let ledger = state.fold.ledger.as_ref();
        let ledger = ledger.map(|ledger| (ledger.confirmations, ledger.log_key));
        StandingFacts { undone: state.undone().to_vec(), facts, keys, ledger }
    }
}

impl RevocationImpact {
    /// The difference between two states. Keys and the ledger are compared where a revocation is
    /// what lies between them.
    pub fn between(
        before: &StandingFacts,
        after: &StandingFacts,
        revoked: Option<RevokedKey<'_>>,
    ) -> RevocationImpact {
        let lacks = |standing: &StandingFacts, event: u64| {
            standing.undone.binary_search_by_key(&event, |undone| undone.event).is_err()
        };
        let new = |how: UndoKind| {
            let is_new = |undone: &&Undone| undone.how == how && lacks(before, undone.event);
            after.undone.iter().filter(is_new).map(|undone| undone.event).collect()
        };
        let restored = before.undone.iter().map(|undone| undone.event);
        let facts: BTreeSet<u64> = before.facts.keys().chain(after.facts.keys()).copied().collect();
        let changed_fact = |fact: u64| {
            let (then, now) = (before.facts.get(&fact), after.facts.get(&fact));
            let is_suspect = |stood: Option<&StandingFact>| stood.is_some_and(|stood| stood.1);
            (then != now).then(|| ChangedFact {
                fact,
                before: then.map(|stood| stood.0),
                after: now.map(|stands| stands.0),
                suspect: is_suspect(now) && !is_suspect(then),
                cleared: is_suspect(then) && now.is_some() && !is_suspect(now),
                revision: now
                    .map(|now| now.2)
                    .filter(|now| then.is_some_and(|then| then.2 != *now)),
            })
        };
        RevocationImpact {
            struck: new(UndoKind::Struck),
            set_aside: new(UndoKind::SetAside),
            restored: restored.filter(|event| lacks(after, *event)).collect(),
            facts: facts.into_iter().filter_map(changed_fact).collect(),
            keys: revoked.map(|revoked| changed_keys(before, after, revoked)).unwrap_or_default(),
            ledger: revoked.map(|_| changed_ledger(before, after)).unwrap_or_default(),
        }
    }

    /// Whether no event is struck, set aside or restored.
    pub fn is_nothing(&self) -> bool {
        self.struck.is_empty() && self.set_aside.is_empty() && self.restored.is_empty()
    }
}

/// The keys that may sign otherwise afterwards, but for the one that is revoked.
fn changed_keys(
    before: &StandingFacts,
    after: &StandingFacts,
    revoked: RevokedKey<'_>,
) -> Vec<ChangedKey> {
    let roles_in = |standing: &StandingFacts, key: PublicKey| {
        standing.keys.iter().find(|row| row.0 == key).map(|row| row.1)
    };
    let is_new = |row: &&(PublicKey, Roles)| roles_in(before, row.0).is_none();
    let keys = before.keys.iter().chain(after.keys.iter().filter(is_new)).map(|row| row.0);
    let change = |key: PublicKey| {
        let (then, now) = (roles_in(before, key), roles_in(after, key));
        let name = || (revoked.name)(&key);
        (then != now).then(|| ChangedKey { name: name(), key, before: then, after: now })
    };
    keys.filter(|key| *key != revoked.key).filter_map(change).collect()
}

/// The number of confirmations and the log key, where they differ.
fn changed_ledger(before: &StandingFacts, after: &StandingFacts) -> Vec<FieldChange> {
    let (Some(then), Some(now)) = (before.ledger, after.ledger) else { return Vec::new() };
    let fields =
        [("confirmations", json!(then.0), json!(now.0)), ("log_key", json!(then.1), json!(now.1))];
    let differing = fields.into_iter().filter(|(_, then, now)| then != now);
    let change = |(field, before, after): (&str, _, _)| FieldChange {
        field: field.to_owned(),
        before,
        after,
    };
    differing.map(change).collect()
}
