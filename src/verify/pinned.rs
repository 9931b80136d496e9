//! A record against what an auditor saw of it last.
//!
//! Always holds: a pin that is damaged accuses nobody; a shorter record is told as cut only if
//! everything that can be compared agrees, else as forked, with the events that first differ.
//! Not here: the pin's file (`pin`), what can be shown to others (`evidence`).
//! Source: FORMAT.md section 9, rules 801–804.

use crate::hash::Hash;
use crate::heading::later;
use crate::merkle::{Consistency, Plan, Subtree, Wanted, cover};
use crate::pin::Pin;
use crate::rule::{Fault, Rule};
use crate::verify::ends::Seen;
use std::collections::BTreeMap;
use std::ops::Range;

/// What is known of a whole record when its ends are judged.
#[derive(Clone, Copy)]
pub struct Looked<'a> {
    /// Number of events.
    pub size: u64,
    /// Hash of event 0.
    pub genesis: Option<Hash>,
    /// The record at the sizes that its ends speak of, and at its own.
    pub seen: &'a BTreeMap<u64, Seen>,
    /// The subtrees that [`plans`] asked for.
    pub nodes: &'a Wanted,
}

/// The subtrees that a comparison of this pin with a record of `size` events needs.
pub fn plans(pin: &Pin, size: u64) -> Vec<Plan> {
    let pinned = pin.checkpoint.size;
    std::iter::once(Plan::root(pinned)).chain(Plan::consistency(pinned, size)).collect()
}

/// Why 803 is told of these bytes.
pub fn damaged(bytes: &[u8]) -> String {
    match later(bytes, "pin") {
        Some(version) => format!(
            "a pin of version {version}: this program knows version 1, and a newer one is needed"
        ),
        None => "the pin is not in form or its sum does not hold; use a copy of it".to_owned(),
    }
}

/// Rules 801, 802 and 804.
pub fn judge(pin: &Pin, record: Looked<'_>, faults: &mut Vec<Fault>) {
    let mut tell = |rule: Rule, why: String| faults.push(Fault::of(rule, why));
    let (origin, pinned) = (&pin.checkpoint.origin, pin.checkpoint.size);
    let of = |seen: &Seen| seen.ledger.as_ref().map(|ledger| ledger.origin.clone());
    let present = record.seen.values().find_map(of);
    if let Some(present) = present.filter(|present| **present != **origin) {
        let why = format!("the pin is of {origin}, the record is of {present}");
        return tell(Rule::PinOrigin, why);
    }
    if record.genesis.is_some_and(|genesis| genesis != pin.genesis) {
        let why = format!("event 0 is not the pinned one, {}", pin.genesis);
        return tell(Rule::ForkedFromPin, why);
    }
    let differs = first_difference(pin, record.nodes).map(|range| events(&range));
    let size = record.size;
    match differs {
        Some(differing) if size < pinned => tell(
            Rule::ForkedFromPin,
            format!(
                "forked: the pin saw {pinned} events, the record has {size}; not the same: \
                 {differing}"
            ),
        ),
        None if size < pinned => {
            let same = match common(pinned, size) {
                0 => "no subtree can be compared".to_owned(),
                same => format!("the same: {}", events(&(0..same))),
            };
            let why = format!("cut: the pin saw {pinned} events, the record has {size}; {same}");
            tell(Rule::CutBelowPin, why);
        }
        _ if extends(pin, record) => {}
        differs => {
            let differing = differs.unwrap_or_else(|| events(&(0..pinned)));
            let why = format!(
                "forked: at size {pinned} the record is not the pinned one; not the same: \
                 {differing}"
            );
            tell(Rule::ForkedFromPin, why);
        }
    }
}

/// Whether the record, not shorter than the pin, extends it: by the chain and by the tree's proof.
fn extends(pin: &Pin, record: Looked<'_>) -> bool {
    let (old, root) = (pin.checkpoint.size, pin.checkpoint.root);
    let (Some(at), Some(end)) = (record.seen.get(&old), record.seen.get(&record.size)) else {
        return false;
    };
    let Some(plan) = Plan::consistency(old, record.size) else { return false };
    let path = plan.hashes(|subtree| record.nodes.get(subtree).ok_or(()));
    // Where the source counted wrong before it was walked, the subtrees of another size were kept;
    // that the events are the pinned ones then says the root of its size alone.
    let proven = path
        .map_or(true, |path| Consistency { old, new: record.size, path }.holds(&root, &end.root));
    proven && at.head == Some(pin.head) && at.root == root
}

/// The events of the first of the pin's complete subtrees that the record has otherwise.
pub fn first_difference(pin: &Pin, nodes: &Wanted) -> Option<Range<u64>> {
    let pinned = cover(0..pin.checkpoint.size).into_iter().zip(&pin.peaks);
    let mut differing =
        pinned.filter(|(subtree, peak)| nodes.get(*subtree).is_some_and(|found| found != **peak));
    differing.next().map(|(subtree, _)| leaves(subtree))
}

/// How many events from the start lie in complete subtrees of `pinned` within `size` events.
fn common(pinned: u64, size: u64) -> u64 {
    let ends = cover(0..pinned).into_iter().map(|subtree| leaves(subtree).end);
    ends.take_while(|end| *end <= size).last().unwrap_or(0)
}

fn leaves(subtree: Subtree) -> Range<u64> {
    subtree.index << subtree.level..(subtree.index + 1) << subtree.level
}

/// A range of events, for people.
pub fn events(range: &Range<u64>) -> String {
    match range.end.saturating_sub(range.start) {
        1 => format!("event {}", range.start),
        _ => format!("events {} to {}", range.start, range.end.saturating_sub(1)),
    }
}
