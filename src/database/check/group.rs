//! The events that a check writes, and the heads between which they lead.
//!
//! Always holds: every event names its record, its part and its place in it, so that no two are the
//! same. The hash of a head is over all events before it; it is no hash of the format, which the
//! database does not know. Not here: what became of a group (`acknowledged`).

use crate::database::RowGroup;
use crate::store::StoreHead;
use annals_core::event::Entry;
use annals_core::hash::Hash;

/// Where the record of a check is kept, as its row says: nowhere that a server would look.
pub(super) const MARK: &str = "annals store check --write";
/// The events of a small group.
pub(super) const GROUP: u64 = 3;
/// The bytes of one event of a small group, about: as a short fact has them.
pub(super) const EVENT_BYTES: u64 = 512;

/// Events of a check, to be committed together.
#[derive(Clone, Debug)]
pub(super) struct CheckGroup {
    /// The head that they continue.
    pub from: StoreHead,
    /// The head after them.
    pub to: StoreHead,
    /// The events, in order.
    pub entries: Vec<Entry>,
}

impl CheckGroup {
    /// These events after a head.
    pub fn of(from: StoreHead, entries: Vec<Entry>) -> CheckGroup {
        let to = entries.iter().fold(from, head_after);
        CheckGroup { from, to, entries }
    }

    /// Three small events after a head; `name` is used once in a record.
    pub fn small(from: StoreHead, name: &str) -> CheckGroup {
        CheckGroup::of(from, small_entries(name, GROUP))
    }

    /// The rows to commit.
    pub fn rows(&self) -> RowGroup<'_> {
        RowGroup {
            from: self.from,
            to: self.to,
            root: self.to.hash.unwrap_or_else(|| Hash::of(&[])),
            entries: &self.entries,
            kept: Some(MARK),
        }
    }
}

/// Small events whose records begin with a name and a number; one of three has no body.
pub(super) fn small_entries(name: &str, count: u64) -> Vec<Entry> {
    let entry = |number: u64| {
        let half = EVENT_BYTES as usize / 2;
        let filled = |text: String| {
            let mut bytes = text.into_bytes();
            bytes.resize(half.max(bytes.len()), b'.');
            bytes
        };
        Entry {
            record: filled(format!("{name}, event {number} ")),
            body: (number % 3 != 2).then(|| filled(format!("the body of {name}, {number} "))),
        }
    };
    (0..count).map(entry).collect()
}

/// The head after one more event.
pub(super) fn head_after(head: StoreHead, entry: &Entry) -> StoreHead {
    let before = head.hash.map_or([0; 32], |hash| hash.0);
    let record = digest(&entry.record);
    let body = entry.body.as_ref().map_or([0; 32], |body| digest(body).0);
    StoreHead { size: head.size + 1, hash: Some(Hash::of(&[&before, &record.0, &body])) }
}

/// The hash of some bytes.
pub(super) fn digest(bytes: &[u8]) -> Hash {
    Hash::of(&[bytes])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_of_all_bytes_before_it() {
        let from = StoreHead::EMPTY;
        let entry = |record: &[u8], body: Option<&[u8]>| Entry {
            record: record.to_vec(),
            body: body.map(<[u8]>::to_vec),
        };
        let heads = [
            vec![entry(b"a", None)],
            vec![entry(b"a", Some(b""))],
            vec![entry(b"a", Some(b"b"))],
            vec![entry(b"ab", None)],
            vec![entry(b"a", None), entry(b"b", None)],
            vec![entry(b"b", None), entry(b"a", None)],
        ]
        .map(|entries| CheckGroup::of(from, entries).to);
        for (number, head) in heads.iter().enumerate() {
            assert!(!heads[..number].contains(head), "{number}: {head:?}");
        }
        let group = CheckGroup::small(heads[0], "a group");
        assert_eq!((group.from, group.to.size), (heads[0], 4));
        assert_eq!(group.entries.iter().filter(|entry| entry.body.is_none()).count(), 1);
    }
}
