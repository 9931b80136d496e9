//! The Merkle tree of a record: RFC 6962, leaf *i* = event *i*.
//!
//! Always holds: [`Tree`] keeps at most one hash for each bit of its size, and has the root of
//! every prefix as it grows; size and peaks are its whole state. Not here: leaves
//! (`event::record::hash`), tiles as files, the storage of subtree hashes. Source: RFC 6962 section
//! 2.1.

mod levels;
mod proof;

pub use levels::{NodeCollector, NodeStore};
pub use proof::{Consistency, Inclusion, MAX_PATH, Plan};

use crate::hash::Hash;
use std::ops::Range;

/// The hash of an inner node: SHA-256(01 ‖ left ‖ right).
pub fn node(left: &Hash, right: &Hash) -> Hash {
    Hash::of(&[&[1], &left.0, &right.0])
}

/// The root of the empty tree: SHA-256 of nothing.
pub fn empty_root() -> Hash {
    Hash::of(&[])
}

/// A complete subtree: the 2^`level` leaves from `index` · 2^`level` on. Level 0 is a leaf.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Subtree {
    /// Height above the leaves, 0–63.
    pub level: u32,
    /// Its number within its level, from 0.
    pub index: u64,
}

/// The complete subtrees over the leaves `range` of a tree, left to right. The root over the range
/// is folded from them. Empty for an empty range.
///
/// `range` must be a node of some RFC 6962 tree: it begins at a multiple of the largest power of
/// two that is not greater than its length. `0..size` always is.
pub fn subtrees(range: Range<u64>) -> Vec<Subtree> {
    let mut found = Vec::new();
    let mut start = range.start;
    while start < range.end {
        let level = (range.end - start).ilog2().min(start.trailing_zeros());
        found.push(Subtree { level, index: start >> level });
        start += 1 << level;
    }
    found
}

/// Folds complete subtrees, largest first, into the root over them.
fn fold_right(peaks: &[Hash]) -> Hash {
    match peaks.split_last() {
        None => empty_root(),
        Some((last, rest)) => rest.iter().rev().fold(*last, |right, left| node(left, &right)),
    }
}

/// A growing tree: the roots of its complete subtrees, largest first.
///
/// ```
/// use annals_core::{event::record, merkle::Tree};
/// let mut tree = Tree::default();
/// tree.push(record::hash(b""));
/// tree.push(record::hash(b"\0"));
/// assert!(tree.root().to_string().starts_with("fac54203"));
/// let again = Tree::from_peaks(2, tree.peaks().to_vec());
/// assert_eq!(again, Some(tree));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    size: u64,
    peaks: Vec<Hash>,
}

impl Tree {
    /// The tree of `size` leaves whose complete subtrees, largest first, have the roots `peaks`;
    /// `None` if their number is not that of the one-bits of `size`.
    pub fn from_peaks(size: u64, peaks: Vec<Hash>) -> Option<Tree> {
        let fits = u32::try_from(peaks.len()) == Ok(size.count_ones());
        fits.then_some(Tree { size, peaks })
    }

    /// Adds the next leaf.
    pub fn push(&mut self, leaf: Hash) {
        self.push_with(leaf, |_, _| ());
    }

    /// Adds the next leaf and calls `completed` with each subtree that it completes: first the leaf
    /// itself, then by rising level.
    pub fn push_with(&mut self, leaf: Hash, mut completed: impl FnMut(Subtree, &Hash)) {
        let mut hash = leaf;
        let mut subtree = Subtree { level: 0, index: self.size };
        completed(subtree, &hash);
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                hash = node(&left, &hash);
                subtree = Subtree { level: subtree.level + 1, index: subtree.index >> 1 };
                completed(subtree, &hash);
            }
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    /// The number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The roots of the complete subtrees of [`subtrees`]`(0..size)`, largest first.
    pub fn peaks(&self) -> &[Hash] {
        &self.peaks
    }

    /// The root; SHA-256 of nothing for the empty tree.
    pub fn root(&self) -> Hash {
        fold_right(&self.peaks)
    }
}
