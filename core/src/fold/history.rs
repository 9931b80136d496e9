//! The history of a record, which no refold changes: every applied act, and every key that was ever
//! named.
//!
//! Always holds: acts are in order of position; a key's person is that of its first enrolment.
//! Not here: the fold (`state`, `refold`). Source: FORMAT.md section 8, last paragraph.

use crate::fold::operation::Operation;
use crate::hash::Hash;
use crate::key::PublicKey;
use crate::text::Person;
use hashbrown::HashMap;
use hashbrown::hash_map::Entry;

/// Index of a key in the history: small, because each of a million acts has one.
pub type KeyIndex = u32;

/// An applied event, as far as a fold needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// Its position.
    pub position: u64,
    /// Its signer.
    pub by: KeyIndex,
    /// What it does.
    pub operation: Operation,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct KeyRow {
    key: PublicKey,
    person: Option<Person>,
}

/// All applied acts, and all keys that signed or were named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    acts: Vec<Act>,
    keys: Vec<KeyRow>,
    by_key: HashMap<PublicKey, KeyIndex>,
    ever: HashMap<PublicKey, u64>,
    /// The largest `v` of an applied `ledger.upgraded`.
    pub upgraded: Option<u64>,
}

/// What keeping an act changed beside the acts, to take it back.
#[derive(Clone, Debug)]
pub(crate) struct KeptAct {
    /// The number of keys before.
    keys: usize,
    /// The largest announced format before.
    upgraded: Option<u64>,
    /// The keys that the act was the first to enrol or to make log key.
    first_seen: Vec<PublicKey>,
    /// The key that the act gave a person, if any.
    named: Option<KeyIndex>,
}

impl History {
    /// All acts, by position.
    pub fn acts(&self) -> &[Act] {
        &self.acts
    }

    /// The act at a position, if that event was applied.
    pub fn act(&self, position: u64) -> Option<&Act> {
        // In a record without faults each act is at its position.
        let guess = usize::try_from(position).ok().and_then(|index| self.acts.get(index));
        guess.filter(|act| act.position == position).or_else(|| {
            let index = self.acts.binary_search_by_key(&position, |act| act.position).ok()?;
            self.acts.get(index)
        })
    }

    /// The key of an index.
    pub fn key(&self, index: KeyIndex) -> Option<PublicKey> {
        self.keys.get(index as usize).map(|row| row.key)
    }

    /// The person that a key was enrolled with; `None` for the recovery key.
    pub fn person(&self, index: KeyIndex) -> Option<&Person> {
        self.keys.get(index as usize)?.person.as_ref()
    }

    /// The position at which a key was first enrolled or made log key.
    pub fn ever(&self, key: &PublicKey) -> Option<u64> {
        self.ever.get(key).copied()
    }

    /// Keeps an applied act.
    pub fn keep(&mut self, position: u64, by: PublicKey, operation: Operation) {
        self.keep_act(position, by, operation);
    }

    /// As [`History::keep`]; returns what takes it back.
    pub(crate) fn keep_act(
        &mut self,
        position: u64,
        by: PublicKey,
        operation: Operation,
    ) -> KeptAct {
        let (keys, upgraded) = (self.keys.len(), self.upgraded);
        let mut kept = KeptAct { keys, upgraded, first_seen: Vec::new(), named: None };
        let mut seen = |key: PublicKey| {
            if let Entry::Vacant(vacant) = self.ever.entry(key) {
                vacant.insert(position);
                kept.first_seen.push(key);
            }
        };
        match &operation {
            Operation::Opened(opened) => {
                seen(by);
                seen(opened.log_key);
                kept.named = self.enrolled(by, &opened.person);
            }
            Operation::Rekeyed(rekeyed) => seen(rekeyed.log_key),
            Operation::Enrolled(enrolled) => {
                seen(enrolled.key);
                kept.named = self.enrolled(enrolled.key, &enrolled.person);
            }
            Operation::Upgraded { v } => self.upgraded = self.upgraded.max(Some(*v)),
            _ => {}
        }
        let by = self.index(by);
        self.acts.push(Act { position, by, operation });
        kept
    }

    /// Takes back the last act, which was kept so.
    pub(crate) fn take_back(&mut self, kept: KeptAct) {
        let KeptAct { keys, upgraded, first_seen, named } = kept;
        self.acts.pop();
        self.upgraded = upgraded;
        for key in first_seen {
            self.ever.remove(&key);
        }
        if let Some(row) = named.and_then(|index| self.keys.get_mut(index as usize)) {
            row.person = None;
        }
        for row in self.keys.drain(keys..) {
            self.by_key.remove(&row.key);
        }
    }

    /// Changes the opening to name the recovery key of this digest.
    pub(crate) fn suppose_recovery(&mut self, digest: Hash) {
        if let Some(Act { operation: Operation::Opened(opened), .. }) = self.acts.first_mut() {
            opened.recovery = Some(digest);
        }
    }

    /// Gives these keys their indexes, in this order, before any act is kept.
    pub fn name_keys(&mut self, keys: &[PublicKey]) {
        for key in keys {
            self.index(*key);
        }
    }

    /// All keys that signed or were named, by index.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = PublicKey> + '_ {
        self.keys.iter().map(|row| row.key)
    }

    /// Gives a key its person; returns its index if it had none.
    fn enrolled(&mut self, key: PublicKey, person: &Person) -> Option<KeyIndex> {
        let index = self.index(key);
        let row = self.keys.get_mut(index as usize).filter(|row| row.person.is_none())?;
        row.person = Some(person.clone());
        Some(index)
    }

    fn index(&mut self, key: PublicKey) -> KeyIndex {
        let next = u32::try_from(self.keys.len()).unwrap_or(u32::MAX);
        let index = *self.by_key.entry(key).or_insert(next);
        if index == next {
            self.keys.push(KeyRow { key, person: None });
        }
        index
    }
}
