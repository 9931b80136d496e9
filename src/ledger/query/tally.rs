//! The tally: what the record's own acts undid, set back or turned, counted.
//!
//! Always holds: it follows from the state alone; an act that a suspect revocation undid counts for
//! nothing. Not here: names and sentences (`cli`). Source: FORMAT.md section 8.

use annals_core::event::vocabulary::RevokeReason;
use annals_core::fold::operation::Operation;
use annals_core::key::PublicKey;
use annals_core::state::State;
use std::collections::BTreeMap;

/// A suspect revocation with how much it undid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undoing {
    /// The revocation.
    pub event: u64,
    /// Who signed it.
    pub signer: PublicKey,
    /// The key that it revokes.
    pub key: PublicKey,
    /// Why.
    pub reason: RevokeReason,
    /// From which event on the key is suspect.
    pub suspect_from: Option<u64>,
    /// How many events are undone by it: struck or set aside.
    pub events: u64,
}

/// A `ledger.retimed` that stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retiming {
    /// The event.
    pub event: u64,
    /// Who signed it.
    pub signer: PublicKey,
}

/// A change of how many confirmations the ledger asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThresholdChange {
    /// The event.
    pub event: u64,
    /// Who signed it.
    pub signer: PublicKey,
    /// How many it asked for before.
    pub before: u8,
    /// How many it asks for from there on.
    pub after: u8,
}

/// All of these, by position.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// What suspect revocations undid.
    pub undone: Vec<Undoing>,
    /// Where the record's time was set back.
    pub retimed: Vec<Retiming>,
    /// Where the ledger asked for another number of confirmations.
    pub thresholds: Vec<ThresholdChange>,
}

impl Tally {
    /// That of a state, of which all undone events are known.
    pub fn of(state: &State) -> Tally {
        let mut counts: BTreeMap<u64, u64> = BTreeMap::new();
        for undone in state.undone() {
            *counts.entry(undone.by).or_default() += 1;
        }
        let stands = |event: u64| {
            state.undone().binary_search_by_key(&event, |undone| undone.event).is_err()
        };
        let (mut tally, mut needed) = (Tally::default(), 1);
        for act in state.history.acts() {
            let Some(signer) = state.history.key(act.by) else { continue };
            let event = act.position;
            match &act.operation {
                Operation::Opened(opened) => needed = opened.confirmations,
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

/// The retimings of a state that a suspect revocation undid, by position.
pub fn undone_retimings(state: &State) -> Vec<u64> {
    let undone = state.undone().iter().map(|undone| undone.event);
    let retimed = undone.filter(|event| {
        state.history.act(*event).is_some_and(|act| matches!(act.operation, Operation::Retimed))
    });
    retimed.collect()
}
