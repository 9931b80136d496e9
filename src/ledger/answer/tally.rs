//! The tally as JSON: events undone, retimings, new log keys, and changes of the number of
//! confirmations.
//!
//! Always holds: each entry has its event and its signer, by the name at that time.
//! Not here: the counting (`ledger::query::tally`), sentences (`cli`).

use crate::ledger::query::row::Named;
use crate::ledger::query::tally::Tally;
use annals_core::event::vocabulary::{RekeyReason, RevokeReason};
use annals_core::key::PublicKey;
use serde::Serialize;

/// The signer and the position of an act.
#[derive(Clone, Debug, Serialize)]
pub struct SignedBy {
    /// The position of the act.
    pub event: u64,
    /// Its signer, by the name at that time.
    pub by: String,
    /// The name now, if it differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_now: Option<String>,
    /// The key that signed it.
    pub by_key: PublicKey,
}

/// A suspect revocation and the number of events that it undid.
#[derive(Clone, Debug, Serialize)]
pub struct UndoingReport {
    /// The act.
    #[serde(flatten)]
    pub signed: SignedBy,
    /// The number of events that it undid.
    pub events: u64,
    /// The holder of the key that it revokes.
    pub name: String,
    /// The key that it revokes.
    pub key: PublicKey,
    /// The reason.
    pub reason: RevokeReason,
    /// The first event from which the key is suspect.
    pub suspect_from: Option<u64>,
}

/// A change of the number of confirmations that the ledger requires.
#[derive(Clone, Debug, Serialize)]
pub struct Threshold {
    /// The act.
    #[serde(flatten)]
    pub signed: SignedBy,
    /// The number required before.
    pub before: u8,
    /// The number required afterwards.
    pub after: u8,
}

/// A new log key.
#[derive(Clone, Debug, Serialize)]
pub struct RekeyingReport {
    /// The act.
    #[serde(flatten)]
    pub signed: SignedBy,
    /// The log key.
    pub key: PublicKey,
    /// The log key before it.
    pub before: PublicKey,
    /// The reason: after `rotated` the old one signs too, after `compromised` it signs nothing.
    pub reason: RekeyReason,
}

/// All of these events, by position.
#[derive(Clone, Debug, Default, Serialize)]
pub struct TallyReport {
    /// Suspect revocations that undid events.
    pub undone: Vec<UndoingReport>,
    /// Events at which the record's time was set back.
    pub retimed: Vec<SignedBy>,
    /// New log keys.
    pub rekeyed: Vec<RekeyingReport>,
    /// Changes of the number of confirmations.
    pub thresholds: Vec<Threshold>,
}

impl TallyReport {
    /// The tally, with the name that `name` returns for a key at an event.
    pub fn of(tally: &Tally, name: &dyn Fn(&PublicKey, u64) -> Named) -> TallyReport {
        let signed = |key: &PublicKey, event: u64| {
            let Named { then: by, now: by_now } = name(key, event);
            SignedBy { event, by, by_now, by_key: *key }
        };
        let undone = tally.undone.iter().map(|row| UndoingReport {
            signed: signed(&row.signer, row.event),
            events: row.events,
            name: name(&row.key, row.event).then,
            key: row.key,
            reason: row.reason,
            suspect_from: row.suspect_from,
        });
        let rekeyed = tally.rekeyed.iter().map(|row| RekeyingReport {
            signed: signed(&row.signer, row.event),
            key: row.key,
            before: row.before,
            reason: row.reason,
        });
        let thresholds = tally.thresholds.iter().map(|row| Threshold {
            signed: signed(&row.signer, row.event),
            before: row.before,
            after: row.after,
        });
        TallyReport {
            undone: undone.collect(),
            retimed: tally.retimed.iter().map(|row| signed(&row.signer, row.event)).collect(),
            rekeyed: rekeyed.collect(),
            thresholds: thresholds.collect(),
        }
    }
}
