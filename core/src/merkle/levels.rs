//! The hashes of complete subtrees, collected in one pass over the leaves.
//!
//! Always holds: [`NodeCollector`] keeps only what was requested before the pass; [`NodeStore`]
//! keeps everything. Not here: hashes on disk. Source: RFC 6962 section 2.1.

use crate::hash::Hash;
use crate::merkle::{Plan, Subtree, Tree};
use std::collections::HashMap;

/// The subtrees that some plans need, collected in one pass over the leaves. It uses memory only
/// for the requested subtrees and the tree's peaks.
///
/// ```
/// use annals_core::{hash::Hash, merkle::{Inclusion, Plan, NodeCollector}};
/// let leaves: Vec<Hash> = (0..5).map(|byte| Hash([byte; 32])).collect();
/// let plan = Plan::inclusion(3, 5).unwrap();
/// let mut nodes = NodeCollector::default();
/// nodes.want(&plan);
/// leaves.iter().for_each(|leaf| nodes.push(*leaf));
/// let path = plan.hashes(|subtree| nodes.get(subtree).ok_or("missing")).unwrap();
/// assert!(Inclusion { index: 3, size: 5, path }.holds(&leaves[3], &nodes.tree().root()));
/// ```
#[derive(Clone, Debug, Default)]
pub struct NodeCollector {
    found: HashMap<Subtree, Option<Hash>>,
    tree: Tree,
}

impl From<Tree> for NodeCollector {
    /// Continues a tree; subtrees of its leaves so far cannot be requested any more.
    fn from(tree: Tree) -> NodeCollector {
        NodeCollector { found: HashMap::new(), tree }
    }
}

impl NodeCollector {
    /// Requests the subtrees that `plan` needs, before the leaves that they contain are added.
    pub fn want(&mut self, plan: &Plan) {
        for subtree in plan.subtrees() {
            self.found.entry(subtree).or_insert(None);
        }
    }

    /// Adds the next leaf.
    pub fn push(&mut self, leaf: Hash) {
        let found = &mut self.found;
        self.tree.push_with(leaf, |subtree, hash| {
            if let Some(slot) = found.get_mut(&subtree) {
                *slot = Some(*hash);
            }
        });
    }

    /// Goes back to an earlier tree of the same leaves.
    pub(crate) fn go_back(&mut self, tree: Tree) {
        self.tree = tree;
        let size = self.tree.size();
        for (subtree, hash) in &mut self.found {
            if (subtree.index + 1) << subtree.level > size {
                *hash = None;
            }
        }
    }

    /// The tree of the leaves so far.
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// The hash of a requested subtree; `None` if it was not requested or is not complete yet.
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
    /// Adds the next leaf.
    pub fn push(&mut self, leaf: Hash) {
        let levels = &mut self.levels;
        self.tree.push_with(leaf, |subtree, hash| {
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
