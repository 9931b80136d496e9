//! The tally for people and as JSON: events undone, retimings, and changes of the number of
//! confirmations.
//!
//! Always holds: each entry has its event and its signer, by the name at that time.
//! Not here: the counting (`ledger::query::tally`).

use crate::cli::render::key_names::digits;
use crate::cli::terminal::visible;
use crate::ledger::query::row::Named;
use crate::ledger::query::tally::Tally;
use annals_core::event::vocabulary::RevokeReason;
use annals_core::key::PublicKey;
use serde::Serialize;

/// The maximum number of acts of a kind in a line.
const LISTED: usize = 8;

/// The signer and the position of an act.
#[derive(Clone, Debug, Serialize)]
pub struct SignedBy {
    event: u64,
    by: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    by_now: Option<String>,
    by_key: PublicKey,
}

/// A suspect revocation and the number of events that it undid.
#[derive(Clone, Debug, Serialize)]
pub struct UndoingReport {
    #[serde(flatten)]
    signed: SignedBy,
    /// The number of events that it undid.
    events: u64,
    /// The holder of the key that it revokes.
    name: String,
    key: PublicKey,
    reason: RevokeReason,
    suspect_from: Option<u64>,
}

/// A change of the number of confirmations that the ledger requires.
#[derive(Clone, Debug, Serialize)]
pub struct Threshold {
    #[serde(flatten)]
    signed: SignedBy,
    before: u8,
    after: u8,
}

/// All of these events, by position.
#[derive(Clone, Debug, Default, Serialize)]
pub struct TallyReport {
    undone: Vec<UndoingReport>,
    retimed: Vec<SignedBy>,
    thresholds: Vec<Threshold>,
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
        let thresholds = tally.thresholds.iter().map(|row| Threshold {
            signed: signed(&row.signer, row.event),
            before: row.before,
            after: row.after,
        });
        TallyReport {
            undone: undone.collect(),
            retimed: tally.retimed.iter().map(|row| signed(&row.signer, row.event)).collect(),
            thresholds: thresholds.collect(),
        }
    }

    /// The revocations that undid events.
    pub fn undoings(&self) -> &[UndoingReport] {
        &self.undone
    }

    /// The number of events undone.
    fn undone(&self) -> u64 {
        self.undone.iter().map(|row| row.events).sum()
    }

    /// A label and a text for each kind that the record has.
    pub fn lines(&self) -> Vec<(&'static str, String)> {
        let mut lines = Vec::new();
        for row in self.undone.iter().take(LISTED) {
            let key = format!("{} (key {})", visible(&row.name), digits(&row.key));
            let from = row.suspect_from.map(|from| format!(", suspect from {from}"));
            let from = from.unwrap_or_default();
            let events = counted(row.events, "event");
            let by = row.signed.text();
            lines.push(("undone", format!("{events}, by {by}: {key} {}{from}", row.reason)));
        }
        if let Some(more @ 1..) = self.undone.len().checked_sub(LISTED) {
            let more = counted(more as u64, "more revocation");
            lines.push(("undone", format!("{} in all, by {more}", self.undone())));
        }
        if !self.retimed.is_empty() {
            let times = counted(self.retimed.len() as u64, "time");
            let by: Vec<String> = self.retimed.iter().take(LISTED).map(SignedBy::text).collect();
            let more = match self.retimed.len().checked_sub(LISTED) {
                Some(more @ 1..) => format!(" and {more} more"),
                _ => String::new(),
            };
            lines.push(("retimed", format!("{times}, by {}{more}", by.join(", "))));
        }
        if let Some(last) = self.thresholds.last() {
            let times = counted(self.thresholds.len() as u64, "time");
            let (by, after, before) = (last.signed.text(), last.after, last.before);
            let last = format!("{times}, last by {by}: confirmations {after}, before {before}");
            lines.push(("threshold", format!("changed {last}")));
        }
        lines
    }
}

impl SignedBy {
    /// `9 (recovery key)`.
    fn text(&self) -> String {
        let by = Named { then: visible(&self.by), now: self.by_now.as_deref().map(visible) };
        format!("{} ({by})", self.event)
    }
}

fn counted(count: u64, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
