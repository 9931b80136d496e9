//! The Merkle tree of a record: RFC 6962, leaf *i* = event *i*.
//!
//! Always holds: [`Tree`] keeps one hash for each bit of its size and gives the root of every
//! prefix as it grows. Not here: leaves (`event::record::hash`), proofs, tiles.
//! Source: RFC 6962 section 2.1.

use crate::hash::Hash;

/// The hash of an inner node: SHA-256(01 ‖ left ‖ right).
pub fn node(left: &Hash, right: &Hash) -> Hash {
    Hash::of(&[&[1], &left.0, &right.0])
}

/// A growing tree: the roots of its complete subtrees, largest first.
///
/// ```
/// use annals::{event::record, merkle::Tree};
/// let mut tree = Tree::default();
/// tree.push(record::hash(b""));
/// tree.push(record::hash(b"\0"));
/// assert!(tree.root().to_string().starts_with("fac54203"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    size: u64,
    peaks: Vec<Hash>,
}

impl Tree {
    /// Adds the next leaf.
    pub fn push(&mut self, leaf: Hash) {
        let mut hash = leaf;
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                hash = node(&left, &hash);
            }
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    /// The number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root; SHA-256 of nothing for the empty tree.
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev();
        match peaks.next() {
            None => Hash::of(&[]),
            Some(last) => peaks.fold(*last, |right, left| node(left, &right)),
        }
    }
}
