//! The tally: counts of the events that suspect revocations undid, of retimings, of new log keys
//! and of new thresholds.
//!
//! Always holds: it follows from the state alone; an act that a suspect revocation undid does not
//! count. Not here: names and sentences (`cli`). Source: FORMAT.md section 8.

use annals_core::event::vocabulary::{RekeyReason, RevokeReason};
use annals_core::fold::operation::Operation;
use annals_core::key::PublicKey;
use annals_core::state::State;
use std::collections::BTreeMap;

/// A suspect revocation and the number of events that it undid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undoing {
    /// The revocation.
    pub event: u64,
    /// The key that signed it.
    pub signer: PublicKey,
    /// The key that it revokes.
    pub key: PublicKey,
    /// The reason.
    pub reason: RevokeReason,
    /// The first event from which the key is suspect.
    pub suspect_from: Option<u64>,
    /// The number of events that it struck or set aside.
    pub events: u64,
}

/// A `ledger.retimed` in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retiming {
    /// The event.
    pub event: u64,
    /// The key that signed it.
    pub signer: PublicKey,
}

/// A change of the number of confirmations that the ledger requires.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThresholdChange {
    /// The event.
    pub event: u64,
    /// The key that signed it.
    pub signer: PublicKey,
    /// The number required before.
    pub before: u8,
    /// The number required afterwards.
    pub after: u8,
}

/// A new log key, in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rekeying {
    /// The event.
    pub event: u64,
    /// The key that signed it.
    pub signer: PublicKey,
    /// The log key.
    pub key: PublicKey,
    /// The log key before it.
    pub before: PublicKey,
    /// The reason.
    pub reason: RekeyReason,
}

/// All of these events, by position.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Suspect revocations that undid events.
    pub undone: Vec<Undoing>,
    /// Events at which the record's time was set back.
    pub retimed: Vec<Retiming>,
    /// New log keys.
    pub rekeyed: Vec<Rekeying>,
    /// Changes of the number of confirmations.
    pub thresholds: Vec<ThresholdChange>,
}

impl Tally {
    /// The tally of a state in which all undone events are known.
    pub fn of(state: &State) -> Tally {
        let mut counts: BTreeMap<u64, u64> = BTreeMap::new();
        for undone in state.undone() {
            *counts.entry(state.undoing(undone.event).unwrap_or(undone.by)).or_default() += 1;
        }
        Tally::counted(state, &counts)
    }

    /// The tally of a state of the ledger and its editors, with the number of events that each
    /// suspect revocation undid.
    pub fn counted(state: &State, counts: &BTreeMap<u64, u64>) -> Tally {
        let stands = |event: u64| {
            state.undone().binary_search_by_key(&event, |undone| undone.event).is_err()
        };
        let (mut tally, mut needed, mut log_key) = (Tally::default(), 1, None);
        for act in state.history.acts() {
            let Some(signer) = state.history.key(act.by) else { continue };
            let event = act.position;
            match &act.operation {
                Operation::Opened(opened) => {
                    (needed, log_key) = (opened.confirmations, Some(opened.log_key));
                }
                Operation::Rekeyed(rekeyed) if stands(event) => {
                    let (key, reason) = (rekeyed.log_key, rekeyed.reason);
                    if let Some(before) = log_key.replace(key) {
                        tally.rekeyed.push(Rekeying { event, signer, key, before, reason });
                    }
                }
                Operation::Changed { confirmations } if stands(event) => {
                    let (before, after) = (needed, *confirmations);
                    if before != after {
                        tally.thresholds.push(ThresholdChange { event, signer, before, after });
                    }
                    needed = after;
                }
                Operation::Retimed if stands(event) => {
                    tally.retimed.push(Retiming { event, signer })
                }
                Operation::Revoked(revoked) => {
                    if let Some(events) = counts.get(&event).copied() {
                        let (key, reason) = (revoked.key, revoked.reason);
                        let suspect_from = revoked.suspect_from;
                        let undoing = Undoing { event, signer, key, reason, suspect_from, events };
                        tally.undone.push(undoing);
                    }
                }
                _ => {}
            }
        }
        tally
    }
}

/// The retimings of a state, by position.
pub fn retimings(state: &State) -> impl Iterator<Item = u64> {
    let acts = state.history.acts().iter();
    let retimings = acts.filter(|act| matches!(act.operation, Operation::Retimed));
    retimings.map(|act| act.position)
}

/// The retimings of a state that a suspect revocation undid, by position.
pub fn undone_retimings(state: &State) -> Vec<u64> {
    let undone = state.undone().iter().map(|undone| undone.event);
    let retimed = undone.filter(|event| {
        state.history.act(*event).is_some_and(|act| matches!(act.operation, Operation::Retimed))
    });
    retimed.collect()
}
