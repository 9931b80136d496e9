//! A record compared with a pin: the state that an auditor verified last.
//!
//! Always holds: a damaged pin reports no fork; a shorter record is reported as cut only if
//! everything that can be compared agrees, else as forked, with the first events that differ.
//! Not here: the pin's file (`pin`), proof of a fork for others (`evidence`).
//! Source: FORMAT.md section 9, rules 801–804.

use crate::hash::Hash;
use crate::mailed::{how_damaged, mail_change};
use crate::merkle::{Consistency, NodeCollector, Plan, Subtree, subtrees};
use crate::pin::{LogKeys, Pin};
use crate::rule::Rule;
use crate::transfer::changed_text;
use crate::verify::explained::RecordDamage;
use crate::verify::tree_head::TreeHead;
use crate::version_line::later;
use std::collections::BTreeMap;
use std::ops::Range;

/// A record that was read to its end, as its anchors are compared with it.
#[derive(Clone, Copy)]
pub struct VerifiedTree<'a> {
    /// Number of events.
    pub size: u64,
    /// Hash of event 0.
    pub genesis: Option<Hash>,
    /// The record at the sizes that its anchors name, and at its own size.
    pub heads: &'a BTreeMap<u64, TreeHead>,
    /// The subtrees that [`plans`] requested.
    pub nodes: &'a NodeCollector,
    /// Its log keys, by size.
    pub log: &'a [LogKeys],
    /// The damage that it shows.
    pub damage: RecordDamage,
}

/// A record compared with a pin or a mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnchorComparison {
    /// The record is the same, or extends it.
    Same,
    /// A rule is broken, and why.
    Broken(Rule, String),
    /// The record differs, and its own faults explain it.
    Explained(String),
    /// The record is shorter, and has text that cannot be read as events.
    Lost(String),
}

/// The subtrees that a comparison of this pin with a record of `size` events needs.
pub fn plans(pin: &Pin, size: u64) -> Vec<Plan> {
    let pinned = pin.checkpoint.size;
    std::iter::once(Plan::root(pinned)).chain(Plan::consistency(pinned, size)).collect()
}

/// The version of a pin that a newer program wrote; it is not damaged.
pub fn later_version(bytes: &[u8]) -> Option<u64> {
    later(bytes, "pin")
}

/// The message of rule 803 for these bytes.
pub fn pin_damage(bytes: &[u8]) -> String {
    match later_version(bytes) {
        Some(version) => format!(
            "a pin of version {version}: this program knows version 1, and a newer one is needed"
        ),
        None => match changed_text(bytes) {
            Some(changed) => format!("the pin is not judged: {changed}"),
            None => {
                let how = how_damaged(mail_change(bytes));
                format!("the pin is not in form or its sum does not hold{how}")
            }
        },
    }
}

/// Rules 801, 802 and 804, and 705 for pinned events that are damaged in the record.
pub fn compare(pin: &Pin, record: VerifiedTree<'_>) -> AnchorComparison {
    let (origin, pinned) = (&pin.checkpoint.origin, pin.checkpoint.size);
    let origin_of = |head: &TreeHead| head.ledger.as_ref().map(|ledger| ledger.origin.clone());
    let present = record.heads.values().find_map(origin_of);
    if let Some(present) = present.filter(|present| **present != **origin) {
        let why = format!("the pin is of {origin}, the record is of {present}");
        return AnchorComparison::Broken(Rule::PinOrigin, why);
    }
    let explains = |size: u64| record.damage.explains(size);
    if record.genesis.is_some_and(|genesis| genesis != pin.genesis) && !explains(1) {
        let why = format!("event 0 is not the pinned one, {}", pin.genesis);
        return AnchorComparison::Broken(Rule::ForkedFromPin, why);
    }
    match record.size < pinned {
        true => shorter(pin, record),
        false if extends(pin, record) => AnchorComparison::Same,
        false => {
            let differing = first_difference(pin, record.nodes).unwrap_or(0..pinned);
            let other = format!("at size {pinned} the record is not the pinned one");
            // A damaged record names its first damaged event; otherwise only the subtrees of the
            // pin can be compared.
            match record.damage.from.filter(|from| *from < pinned) {
                Some(from) => AnchorComparison::Explained(format!(
                    "{other}: event {from} is not as it was written"
                )),
                None => {
                    let why = format!("forked: {other}; {}", first_differing(&differing));
                    AnchorComparison::Broken(Rule::ForkedFromPin, why)
                }
            }
        }
    }
}

/// A record with fewer events than the pin.
fn shorter(pin: &Pin, record: VerifiedTree<'_>) -> AnchorComparison {
    let (pinned, size) = (pin.checkpoint.size, record.size);
    let saw = format!("the pin saw {pinned} events, the record has {size}");
    let mut differing = differences(pin, record.nodes);
    if let Some(range) = differing.find(|range| !record.damage.explains(range.end)) {
        let why = format!("forked: {saw}; {}", first_differing(&range));
        return AnchorComparison::Broken(Rule::ForkedFromPin, why);
    }
    if record.damage.lost {
        return AnchorComparison::Lost(saw);
    }
    let same = match common(pinned, size) {
        0 => "no subtree can be compared".to_owned(),
        _ if record.damage.explains(size) => "what differs is damaged".to_owned(),
        same => format!("the same: {}", events(&(0..same))),
    };
    AnchorComparison::Broken(Rule::CutBelowPin, format!("cut: {saw}; {same}"))
}

/// Whether the record, which is not shorter than the pin, extends it: by the chain and by a
/// consistency proof of the tree.
fn extends(pin: &Pin, record: VerifiedTree<'_>) -> bool {
    let (old, root) = (pin.checkpoint.size, pin.checkpoint.root);
    let (Some(at), Some(end)) = (record.heads.get(&old), record.heads.get(&record.size)) else {
        return false;
    };
    let Some(plan) = Plan::consistency(old, record.size) else { return false };
    let path = plan.hashes(|subtree| record.nodes.get(subtree).ok_or(()));
    // A source that counts wrong before the walk leads to the subtrees of another size. Then only
    // the root of the pin's size shows that the events are the pinned ones.
    let proven = path
        .map_or(true, |path| Consistency { old, new: record.size, path }.holds(&root, &end.root));
    proven && at.head == Some(pin.head) && at.root == root
}

/// The events of the first of the pin's complete subtrees that differs in the record.
pub fn first_difference(pin: &Pin, nodes: &NodeCollector) -> Option<Range<u64>> {
    differences(pin, nodes).next()
}

/// The events of each of the pin's complete subtrees that differs in the record.
fn differences(pin: &Pin, nodes: &NodeCollector) -> impl Iterator<Item = Range<u64>> {
    let pinned = subtrees(0..pin.checkpoint.size).into_iter().zip(&pin.peaks);
    let differing =
        pinned.filter(|(subtree, peak)| nodes.get(*subtree).is_some_and(|found| found != **peak));
    differing.map(|(subtree, _)| leaves(subtree))
}

/// Number of events from the start in complete subtrees of `pinned` that lie within `size` events.
fn common(pinned: u64, size: u64) -> u64 {
    let ends = subtrees(0..pinned).into_iter().map(|subtree| leaves(subtree).end);
    ends.take_while(|end| *end <= size).last().unwrap_or(0)
}

fn leaves(subtree: Subtree) -> Range<u64> {
    subtree.index << subtree.level..(subtree.index + 1) << subtree.level
}

/// That the first difference is in a range: events before it in the range may be the same, and
/// later ones may differ too.
fn first_differing(range: &Range<u64>) -> String {
    match range.end.saturating_sub(range.start) {
        1 => format!("the first difference is event {}", range.start),
        _ => format!("the first difference is among {}", events(range)),
    }
}

/// A range of events, as text.
pub fn events(range: &Range<u64>) -> String {
    match range.end.saturating_sub(range.start) {
        1 => format!("event {}", range.start),
        _ => format!("events {} to {}", range.start, range.end.saturating_sub(1)),
    }
}
