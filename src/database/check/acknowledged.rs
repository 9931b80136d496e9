//! What the engine acknowledged, compared with what is there.
//!
//! The hash of a head is over all events before it, so an acknowledged group is at its place if and
//! only if the events that are there lead through its head.
//!
//! Always holds: a group whose loss was reported is not reported again. Not here: SQL.

use super::CheckRecord;
use super::group::{CheckGroup, digest, head_after};
use super::report::FoundFault;
use crate::database::DatabaseError;
use crate::store::StoreHead;
use annals_core::hash::Hash;
use std::collections::{BTreeMap, BTreeSet};

/// The groups that are there, and those that are not, as far as the engine said.
#[derive(Clone, Debug, Default)]
pub(super) struct Acknowledged {
    kept: Vec<KeptGroup>,
    /// The first record of each group that is not there.
    lost: BTreeSet<Hash>,
}

/// A group that was acknowledged, or found under the lock of the row.
#[derive(Clone, Debug)]
struct KeptGroup {
    first: u64,
    to: StoreHead,
}

const LOST: &str = "editors were told that these events are written, and the record has not got \
                    them there";

impl Acknowledged {
    /// Notes that a group is there.
    pub fn keep(&mut self, group: &CheckGroup) {
        self.kept.push(KeptGroup { first: group.from.size, to: group.to });
    }

    /// Notes that a group is not there, and never will be.
    pub fn lose(&mut self, group: &CheckGroup) {
        self.lost.extend(group.entries.first().map(|entry| digest(&entry.record)));
    }

    /// Adds what another one has.
    pub fn add(&mut self, other: Acknowledged) {
        self.kept.extend(other.kept);
        self.lost.extend(other.lost);
    }

    /// How many groups are there.
    pub fn groups(&self) -> u64 {
        self.kept.len() as u64
    }

    /// How many events they have.
    pub fn events(&self) -> u64 {
        self.kept.iter().map(|group| group.to.size - group.first).sum()
    }

    /// Reads the record from a head on, over a new connection, and compares every group after it;
    /// each kind of fault once, with its first position. A group that is missing is forgotten.
    ///
    /// Errors: the engine does not answer, or its rows have a gap.
    pub fn compare(
        &mut self,
        record: &CheckRecord,
        from: StoreHead,
    ) -> Result<Vec<FoundFault>, DatabaseError> {
        let end = record.settled()?.head;
        let mut database = record.connect()?;
        let (mut at, mut faults) = (from, Vec::<FoundFault>::new());
        let once = |faults: &mut Vec<FoundFault>, fault: FoundFault| {
            if !faults.iter().any(|other| other.meaning == fault.meaning) {
                faults.push(fault);
            }
        };
        let mut heads = BTreeMap::from([(at.size, at.hash)]);
        let mut records = BTreeSet::new();
        loop {
            let entries = database.events(record.id, at.size)?;
            if entries.is_empty() {
                break;
            }
            for entry in entries {
                let hash = digest(&entry.record);
                if self.lost.contains(&hash) {
                    let fault = FoundFault {
                        position: Some(at.size),
                        expected: "no events of a commit that was not there under the lock of the \
                                   row"
                        .to_owned(),
                        found: "the first event of one".to_owned(),
                        meaning: "a server has placed these events again, or has told an editor \
                                  that they are not written",
                    };
                    once(&mut faults, fault);
                }
                if !records.insert(hash) {
                    let fault = FoundFault {
                        position: Some(at.size),
                        expected: "each event once".to_owned(),
                        found: "an event that is there before too".to_owned(),
                        meaning: "the record has an event twice",
                    };
                    once(&mut faults, fault);
                }
                at = head_after(at, &entry);
                heads.insert(at.size, at.hash);
            }
        }
        if at != end {
            faults.push(FoundFault {
                position: Some(end.size.min(at.size)),
                expected: format!("{} events, as the row of the record says", end.size),
                found: match at.size == end.size {
                    true => "as many, and others than those of its head".to_owned(),
                    false => format!("{}", at.size),
                },
                meaning: "the events and the end of the record were not written together",
            });
        }
        faults.extend(self.forget_missing(from.size, &heads));
        Ok(faults)
    }

    /// The fault of all groups after `from` whose head is not among these; `None` without one.
    fn forget_missing(
        &mut self,
        from: u64,
        heads: &BTreeMap<u64, Option<Hash>>,
    ) -> Option<FoundFault> {
        let is_missing = |group: &KeptGroup| {
            group.first >= from && heads.get(&group.to.size) != Some(&group.to.hash)
        };
        let missing: Vec<KeptGroup> =
            self.kept.iter().filter(|group| is_missing(group)).cloned().collect();
        self.kept.retain(|group| !is_missing(group));
        let first = missing.iter().min_by_key(|group| group.first)?;
        let last = first.to.size - 1;
        Some(FoundFault {
            position: Some(first.first),
            expected: format!("events {} to {last}, which were acknowledged", first.first),
            found: match (heads.contains_key(&first.to.size), missing.len()) {
                (true, 1) => "other events there".to_owned(),
                (false, 1) => "none there".to_owned(),
                (true, groups) => format!("other events there; {groups} groups are missing"),
                (false, groups) => format!("none there; {groups} groups are missing"),
            },
            meaning: LOST,
        })
    }
}
