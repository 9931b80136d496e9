//! Proofs of a tree: that it contains a leaf, and that it extends a smaller tree.
//!
//! Always holds: a [`Plan`] names the subtrees that a proof needs before any hash is requested, so
//! that the leaves are never all in memory; a proof with too few or too many hashes is refused. Not
//! here: the source of the hashes (`levels`, tiles), the text form of a proof.
//! Source: RFC 6962 sections 2.1.1 and 2.1.2; verified as in RFC 9162 2.1.3.2 and 2.1.4.2.

use crate::hash::Hash;
use crate::merkle::{Subtree, empty_root, fold_right, node, subtrees};
use std::ops::Range;

/// The greatest number of hashes of any proof that is in form.
pub const MAX_PATH: usize = 63;

/// The largest power of two that is smaller than `size`, which is at least 2.
fn split(size: u64) -> u64 {
    1 << (size - 1).ilog2()
}

/// The nodes of a proof before any hash is known, each a range of leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan(Vec<Range<u64>>);

impl Plan {
    /// The nodes that show that the tree of `size` contains leaf `index`; `None` unless
    /// `index` < `size`.
    pub fn inclusion(index: u64, size: u64) -> Option<Plan> {
        if index >= size {
            return None;
        }
        let (mut start, mut end, mut nodes) = (0, size, Vec::new());
        while end - start > 1 {
            let middle = start + split(end - start);
            if index < middle {
                nodes.push(middle..end);
                end = middle;
            } else {
                nodes.push(start..middle);
                start = middle;
            }
        }
        nodes.reverse();
        Some(Plan(nodes))
    }

    /// The nodes that show that the tree of size `new` extends that of size `old`; no node where
    /// `old` is 0 or `new`; `None` unless `old` ≤ `new`.
    pub fn consistency(old: u64, new: u64) -> Option<Plan> {
        if old > new {
            return None;
        }
        let (mut start, mut end, mut nodes) = (0, new, Vec::new());
        while old > 0 && end > old {
            let middle = start + split(end - start);
            if old <= middle {
                nodes.push(middle..end);
                end = middle;
            } else {
                nodes.push(start..middle);
                start = middle;
            }
        }
        // The old tree's last subtree; where it is the whole old tree, the verifier has its root.
        if start > 0 {
            nodes.push(start..end);
        }
        nodes.reverse();
        Some(Plan(nodes))
    }

    /// One node: the root of the tree of `size`.
    pub fn root(size: u64) -> Plan {
        Plan(std::iter::once(0..size).collect())
    }

    /// The complete subtrees whose hashes [`Plan::hashes`] requests.
    pub fn subtrees(&self) -> impl Iterator<Item = Subtree> + '_ {
        self.0.iter().flat_map(|range| subtrees(range.clone()))
    }

    /// The hash of each node, in the proof's order; `hash_of` returns the hash of a complete
    /// subtree.
    ///
    /// # Errors
    /// The first error of `hash_of`.
    pub fn hashes<E>(
        &self,
        mut hash_of: impl FnMut(Subtree) -> Result<Hash, E>,
    ) -> Result<Vec<Hash>, E> {
        let mut hashes = Vec::with_capacity(self.0.len());
        for range in &self.0 {
            let peaks: Result<Vec<Hash>, E> =
                subtrees(range.clone()).into_iter().map(&mut hash_of).collect();
            hashes.push(fold_right(&peaks?));
        }
        Ok(hashes)
    }
}

/// A proof that a tree contains a leaf at a position.
///
/// ```
/// use annals_core::{hash::Hash, merkle::{Inclusion, node}};
/// let (left, right) = (Hash([1; 32]), Hash([2; 32]));
/// let proof = Inclusion { index: 1, size: 2, path: vec![left] };
/// assert!(proof.holds(&right, &node(&left, &right)));
/// assert!(!proof.holds(&left, &node(&left, &right)));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inclusion {
    /// The leaf's position.
    pub index: u64,
    /// The tree's number of leaves.
    pub size: u64,
    /// The hashes beside the way from the leaf to the root.
    pub path: Vec<Hash>,
}

impl Inclusion {
    /// The root that the proof leads to from `leaf`; `None` if the number of hashes is not the one
    /// for this position and size.
    pub fn root(&self, leaf: &Hash) -> Option<Hash> {
        let mut last = self.size.checked_sub(1)?;
        let mut index = Some(self.index).filter(|index| *index <= last)?;
        let mut root = *leaf;
        for hash in &self.path {
            if last == 0 {
                return None;
            }
            if index & 1 == 1 || index == last {
                root = node(hash, &root);
                // A right edge without a sibling at this level goes up unchanged.
                let skipped = index.trailing_zeros();
                (index, last) = (index >> skipped, last >> skipped);
            } else {
                root = node(&root, hash);
            }
            (index, last) = (index >> 1, last >> 1);
        }
        (last == 0).then_some(root)
    }

    /// The root of the complete subtree of that level around `leaf`, by the first hashes of the
    /// path; `None` if the subtree is not within the tree or the path is shorter.
    pub fn subtree(&self, leaf: &Hash, level: u32) -> Option<Hash> {
        let end = (self.index.checked_shr(level)? + 1).checked_shl(level)?;
        let within = self.path.get(..level as usize).filter(|_| end <= self.size)?;
        let side = |root: Hash, (hash, level): (&Hash, u32)| match self.index >> level & 1 {
            1 => node(hash, &root),
            _ => node(&root, hash),
        };
        Some(within.iter().zip(0..).fold(*leaf, side))
    }

    /// Whether the tree of `size` whose root is `root` has `leaf` at `index`.
    pub fn holds(&self, leaf: &Hash, root: &Hash) -> bool {
        self.root(leaf).as_ref() == Some(root)
    }
}

/// A proof that a tree extends another: the smaller is a prefix of the larger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consistency {
    /// The smaller number of leaves.
    pub old: u64,
    /// The larger number of leaves.
    pub new: u64,
    /// The hashes, from the smallest subtree on.
    pub path: Vec<Hash>,
}

impl Consistency {
    /// Whether the tree of size `new` and root `new_root` extends that of size `old` and root
    /// `old_root`. From size 0 on every tree does, with no hash; at one size only the same root.
    pub fn holds(&self, old_root: &Hash, new_root: &Hash) -> bool {
        if self.old == 0 || self.old == self.new {
            let old_is_empty = self.old == 0 && *old_root == empty_root();
            let nothing_new = self.new == self.old && old_root == new_root;
            return self.path.is_empty()
                && if self.new == self.old { nothing_new } else { old_is_empty };
        }
        self.roots(old_root) == Some((*old_root, *new_root))
    }

    /// The roots that the proof leads to, old and new; 0 < `old` < `new`, else `None`.
    fn roots(&self, old_root: &Hash) -> Option<(Hash, Hash)> {
        if self.old >= self.new {
            return None;
        }
        let skipped = self.old.trailing_zeros();
        let (mut index, mut last) = ((self.old >> skipped) - 1, (self.new - 1) >> skipped);
        let whole = self.old.is_power_of_two();
        let (first, rest) = match whole {
            true => (old_root, self.path.as_slice()),
            false => self.path.split_first()?,
        };
        let (mut old, mut new) = (*first, *first);
        for hash in rest {
            if last == 0 {
                return None;
            }
            if index & 1 == 1 || index == last {
                (old, new) = (node(hash, &old), node(hash, &new));
                let skipped = if index == 0 { 0 } else { index.trailing_zeros() };
                (index, last) = (index >> skipped, last >> skipped);
            } else {
                new = node(&new, hash);
            }
            (index, last) = (index >> 1, last >> 1);
        }
        (last == 0).then_some((old, new))
    }
}
