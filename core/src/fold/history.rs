//! The history of a record, which no refold changes: every applied act, and every key that was ever
//! named.
//!
//! Always holds: acts are in order of position; a key's person is that of its first enrolment.
//! Not here: the fold (`state`, `rebuild`). Source: FORMAT.md section 8, last paragraph.

use crate::fold::operation::Operation;
use crate::hash::Hash;
use crate::key::PublicKey;
use crate::text::Person;
use hashbrown::HashMap;

/// Index of a key in the history: small, because each of a million acts has one.
pub type KeyIndex = u32;

/// An applied event, as far as a fold needs it.
#[derive(Clone, Debug)]
pub struct Act {
    /// Its position.
    pub position: u64,
    /// Its signer.
    pub by: KeyIndex,
    /// What it does.
    pub operation: Operation,
}

#[derive(Clone, Debug)]
struct KeyRow {
    key: PublicKey,
    person: Option<Person>,
}

/// All applied acts, and all keys that signed or were named.
#[derive(Clone, Debug, Default)]
pub struct History {
    acts: Vec<Act>,
    keys: Vec<KeyRow>,
    by_key: HashMap<PublicKey, KeyIndex>,
    ever: HashMap<PublicKey, u64>,
    /// The largest `v` of an applied `ledger.upgraded`.
    pub upgraded: Option<u64>,
}

impl History {
    /// All acts, by position.
    pub fn acts(&self) -> &[Act] {
        &self.acts
    }

    /// The act at a position, if that event was applied.
    pub fn act(&self, position: u64) -> Option<&Act> {
        let index = self.acts.binary_search_by_key(&position, |act| act.position).ok()?;
        self.acts.get(index)
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

    /// Keeps an applied act; returns the index of its signer.
    pub fn keep(&mut self, position: u64, by: PublicKey, operation: Operation) -> KeyIndex {
        match &operation {
            Operation::Opened(opened) => {
                self.ever.entry(by).or_insert(position);
                self.ever.entry(opened.log_key).or_insert(position);
                self.enrolled(by, &opened.person);
            }
            Operation::Rekeyed(rekeyed) => {
                self.ever.entry(rekeyed.log_key).or_insert(position);
            }
            Operation::Enrolled(enrolled) => {
                self.ever.entry(enrolled.key).or_insert(position);
                self.enrolled(enrolled.key, &enrolled.person);
            }
            Operation::Upgraded { v } => self.upgraded = self.upgraded.max(Some(*v)),
            _ => {}
        }
        let by = self.index(by);
        self.acts.push(Act { position, by, operation });
        by
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

    fn enrolled(&mut self, key: PublicKey, person: &Person) {
        let index = self.index(key) as usize;
        if let Some(row) = self.keys.get_mut(index) {
            row.person.get_or_insert_with(|| person.clone());
        }
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
