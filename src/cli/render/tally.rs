//! The tally for people: events undone, retimings, new log keys, and changes of the number of
//! confirmations.
//!
//! Always holds: each entry has its event and its signer, by the name at that time.
//! Not here: its JSON (`ledger::answer::tally`), the counting (`ledger::query::tally`).

use crate::cli::render::key_names::called;
use crate::cli::terminal::{counted, visible};
use crate::ledger::answer::tally::{SignedBy, TallyReport};
use crate::ledger::query::row::Named;
use annals_core::event::vocabulary::RekeyReason;

/// The maximum number of acts of a kind in a line.
const LISTED: usize = 8;

/// A label and a text for each kind that the record has.
pub fn lines(tally: &TallyReport) -> Vec<(&'static str, String)> {
    let mut lines = Vec::new();
    for row in tally.undone.iter().take(LISTED) {
        let key = called(&row.name, &row.key);
        let from = row.suspect_from.map(|from| format!(", suspect from {from}"));
        let from = from.unwrap_or_default();
        let events = counted(row.events, "event");
        let by = by(&row.signed);
        lines.push(("undone", format!("{events}, by {by}: {key} {}{from}", row.reason)));
    }
    if let Some(more @ 1..) = tally.undone.len().checked_sub(LISTED) {
        let more = counted(more as u64, "more revocation");
        let undone: u64 = tally.undone.iter().map(|row| row.events).sum();
        lines.push(("undone", format!("{} in all, by {more}", undone)));
    }
    if !tally.retimed.is_empty() {
        let times = counted(tally.retimed.len() as u64, "time");
        let all: Vec<String> = tally.retimed.iter().take(LISTED).map(by).collect();
        let more = match tally.retimed.len().checked_sub(LISTED) {
            Some(more @ 1..) => format!(" and {more} more"),
            _ => String::new(),
        };
        lines.push(("retimed", format!("{times}, by {}{more}", all.join(", "))));
    }
    for row in tally.rekeyed.iter().rev().take(LISTED).rev() {
        let (by, key, before) = (by(&row.signed), row.key.short(), row.before.short());
        let old = match row.reason {
            RekeyReason::Compromised => ", which signs no more",
            RekeyReason::Rotated => "",
        };
        let what = format!("{key}, by {by}, {}: before {before}{old}", row.reason);
        lines.push(("log key", what));
    }
    if let Some(last) = tally.thresholds.last() {
        let times = counted(tally.thresholds.len() as u64, "time");
        let (by, after, before) = (by(&last.signed), last.after, last.before);
        let last = format!("{times}, last by {by}: confirmations {after}, before {before}");
        lines.push(("threshold", format!("changed {last}")));
    }
    lines
}

/// `9 (recovery key)`.
fn by(signed: &SignedBy) -> String {
    let by = Named { then: visible(&signed.by), now: signed.by_now.as_deref().map(visible) };
    format!("{} ({by})", signed.event)
}
