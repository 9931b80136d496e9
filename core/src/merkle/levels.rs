//! Where the hashes of complete subtrees come from when all leaves pass by once.
//!
//! Always holds: [`NodeCollector`] keeps only what was asked for beforehand; [`NodeStore`] keeps
//! everything.
//! Not here: hashes on disk. Source: RFC 6962 section 2.1.

use crate::hash::Hash;
use crate::merkle::{Plan, Subtree, Tree};
use std::collections::HashMap;

/// The subtrees that some plans need, caught in one pass over the leaves: memory for what is
/// wanted and for the tree's peaks, nothing more.
///
/// ```
/// use annals_core::{hash::Hash, merkle::{Inclusion, Plan, NodeCollector}};
/// let leaves: Vec<Hash> = (0..5).map(|byte| Hash([byte; 32])).collect();
/// let plan = Plan::inclusion(3, 5).unwrap();
/// let mut wanted = NodeCollector::default();
/// wanted.want(&plan);
/// leaves.iter().for_each(|leaf| wanted.push(*leaf));
/// let path = plan.hashes(|subtree| wanted.get(subtree).ok_or("missing")).unwrap();
/// assert!(Inclusion { index: 3, size: 5, path }.holds(&leaves[3], &wanted.tree().root()));
/// ```
#[derive(Clone, Debug, Default)]
pub struct NodeCollector {
    found: HashMap<Subtree, Option<Hash>>,
    tree: Tree,
}

impl NodeCollector {
    /// Asks for what `plan` needs; leaves that have passed by are not seen again.
    pub fn want(&mut self, plan: &Plan) {
        for subtree in plan.subtrees() {
            self.found.entry(subtree).or_insert(None);
        }
    }

    /// Takes the next leaf.
    pub fn push(&mut self, leaf: Hash) {
        let found = &mut self.found;
        self.tree.push_telling(leaf, |subtree, hash| {
            if let Some(slot) = found.get_mut(&subtree) {
                *slot = Some(*hash);
            }
        });
    }

    /// The tree of the leaves so far.
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// The hash of a wanted subtree; `None` if it was not asked for or is not complete yet.
    pub fn get(&self, subtree: Subtree) -> Option<Hash> {
        self.found.get(&subtree).copied().flatten()
    }
}

/// Every complete subtree of a tree that grows: about 64 bytes for each leaf.
#[derive(Clone, Debug, Default)]
pub struct NodeStore {
    levels: Vec<Vec<Hash>>,
    tree: Tree,
}

impl NodeStore {
    /// Takes the next leaf.
    pub fn push(&mut self, leaf: Hash) {
        let levels = &mut self.levels;
        self.tree.push_telling(leaf, |subtree, hash| {
            let level = subtree.level as usize;
            if levels.len() <= level {
                levels.push(Vec::new());
            }
            levels[level].push(*hash);
        });
    }

    /// The tree of the leaves so far.
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// The hash of a complete subtree; `None` if it is not complete yet.
    pub fn get(&self, subtree: Subtree) -> Option<Hash> {
        let level = self.levels.get(subtree.level as usize)?;
        level.get(usize::try_from(subtree.index).ok()?).copied()
    }
}
