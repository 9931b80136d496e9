//! A record against what an auditor saw of it last.
//!
//! Always holds: a pin that is damaged accuses nobody; a shorter record is told as cut only if
//! everything that can be compared agrees, else as forked, with the events that first differ.
//! Not here: the pin's file (`pin`), what can be shown to others (`evidence`).
//! Source: FORMAT.md section 9, rules 801–804.

use crate::hash::Hash;
use crate::merkle::{Consistency, NodeCollector, Plan, Subtree, subtrees};
use crate::pin::{LogKeys, Pin};
use crate::rule::Rule;
use crate::transfer::changed;
use crate::verify::explained::Damaged;
use crate::verify::tree_head::TreeHead;
use crate::version_line::later;
use std::collections::BTreeMap;
use std::ops::Range;

/// What is known of a whole record when its ends are judged.
#[derive(Clone, Copy)]
pub struct VerifiedTree<'a> {
    /// Number of events.
    pub size: u64,
    /// Hash of event 0.
    pub genesis: Option<Hash>,
    /// The record at the sizes that its ends speak of, and at its own.
    pub seen: &'a BTreeMap<u64, TreeHead>,
    /// The subtrees that [`plans`] asked for.
    pub nodes: &'a NodeCollector,
    /// Its log keys, by size.
    pub log: &'a [LogKeys],
    /// What it says against itself.
    pub damaged: Damaged,
}

/// What speaks against a record at one of its ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Against {
    /// Nothing.
    Nothing,
    /// A rule is broken, and why.
    Broken(Rule, String),
    /// The record is another one, which its own faults explain.
    Explained(String),
    /// The record is shorter, and text is there that is no event.
    Lost(String),
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
        None => match changed(bytes) {
            Some(changed) => format!("the pin is not judged: {changed}"),
            None => "the pin is not in form or its sum does not hold; use a copy of it".to_owned(),
        },
    }
}

/// Rules 801, 802 and 804, and 705 of events that the pin saw and that are damaged here.
pub fn judge(pin: &Pin, record: VerifiedTree<'_>) -> Against {
    let (origin, pinned) = (&pin.checkpoint.origin, pin.checkpoint.size);
    let of = |seen: &TreeHead| seen.ledger.as_ref().map(|ledger| ledger.origin.clone());
    let present = record.seen.values().find_map(of);
    if let Some(present) = present.filter(|present| **present != **origin) {
        let why = format!("the pin is of {origin}, the record is of {present}");
        return Against::Broken(Rule::PinOrigin, why);
    }
    let explains = |size: u64| record.damaged.explains(size);
    if record.genesis.is_some_and(|genesis| genesis != pin.genesis) && !explains(1) {
        let why = format!("event 0 is not the pinned one, {}", pin.genesis);
        return Against::Broken(Rule::ForkedFromPin, why);
    }
    match record.size < pinned {
        true => shorter(pin, record),
        false if extends(pin, record) => Against::Nothing,
        false => {
            let differing = first_difference(pin, record.nodes).unwrap_or(0..pinned);
            let other = format!("at size {pinned} the record is not the pinned one");
            // The record names its first event that is not as it was written; else only the
            // subtrees of the pin can be compared.
            match record.damaged.from.filter(|from| *from < pinned) {
                Some(from) => {
                    Against::Explained(format!("{other}: event {from} is not as it was written"))
                }
                None => {
                    let why = format!("forked: {other}; not the same: {}", events(&differing));
                    Against::Broken(Rule::ForkedFromPin, why)
                }
            }
        }
    }
}

/// A record of fewer events than the pin saw.
fn shorter(pin: &Pin, record: VerifiedTree<'_>) -> Against {
    let (pinned, size) = (pin.checkpoint.size, record.size);
    let saw = format!("the pin saw {pinned} events, the record has {size}");
    let mut differing = differences(pin, record.nodes);
    if let Some(range) = differing.find(|range| !record.damaged.explains(range.end)) {
        let why = format!("forked: {saw}; not the same: {}", events(&range));
        return Against::Broken(Rule::ForkedFromPin, why);
    }
    if record.damaged.lost {
        return Against::Lost(saw);
    }
    let same = match common(pinned, size) {
        0 => "no subtree can be compared".to_owned(),
        _ if record.damaged.explains(size) => "what differs is damaged".to_owned(),
        same => format!("the same: {}", events(&(0..same))),
    };
    Against::Broken(Rule::CutBelowPin, format!("cut: {saw}; {same}"))
}

/// Whether the record, not shorter than the pin, extends it: by the chain and by the tree's proof.
fn extends(pin: &Pin, record: VerifiedTree<'_>) -> bool {
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
pub fn first_difference(pin: &Pin, nodes: &NodeCollector) -> Option<Range<u64>> {
    differences(pin, nodes).next()
}

/// The events of each of the pin's complete subtrees that the record has otherwise.
fn differences(pin: &Pin, nodes: &NodeCollector) -> impl Iterator<Item = Range<u64>> {
    let pinned = subtrees(0..pin.checkpoint.size).into_iter().zip(&pin.peaks);
    let differing =
        pinned.filter(|(subtree, peak)| nodes.get(*subtree).is_some_and(|found| found != **peak));
    differing.map(|(subtree, _)| leaves(subtree))
}

/// How many events from the start lie in complete subtrees of `pinned` within `size` events.
fn common(pinned: u64, size: u64) -> u64 {
    let ends = subtrees(0..pinned).into_iter().map(|subtree| leaves(subtree).end);
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
