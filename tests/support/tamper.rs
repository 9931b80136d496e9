//! Tampering: changes of a record as by a thief, a careless person or a failing disk.
//!
//! Always holds: the same seed gives the same changes. Commit lines are made again or left, on
//! request.

use super::files::{Files, JOURNAL};
use super::ledger::{Ledger, Made};

/// A small random number generator (splitmix64): seeded, and equal on every system.
pub struct Dice(pub u64);

impl Dice {
    /// The next number.
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        (self.roll() % end.max(1) as u64) as usize
    }

    /// One of a list.
    pub fn pick<T: Clone>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())].clone()
    }
}

/// Replaces a text in a file; fails if it is not there.
pub fn replace(files: &mut Files, name: &str, from: &str, to: &str) {
    let text = String::from_utf8(files[name].clone()).expect("the file is text");
    assert!(text.contains(from), "{from:?} stands in {name}");
    files.insert(name.to_owned(), text.replacen(from, to, 1).into_bytes());
}

/// Flips a bit of a byte.
pub fn flip(files: &mut Files, name: &str, at: usize, bit: u8) {
    files.get_mut(name).expect("the file is there")[at] ^= 1 << bit;
}

/// Drops, doubles, moves or cuts events, and makes the commit lines again over the rest.
pub fn rearrange(ledger: &Ledger, change: impl FnOnce(&mut Vec<Made>)) -> Files {
    let mut changed = ledger.clone();
    change(&mut changed.events);
    changed.closes = (1..=changed.size()).collect();
    let mut all = ledger.files();
    all.insert(JOURNAL.to_owned(), changed.journal().into_bytes());
    all
}
