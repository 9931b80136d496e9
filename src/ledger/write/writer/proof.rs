//! The proof that the record extends the last mark, for a memory that compares the trees itself.
//!
//! Not here: the memory (`memory`). Source: RFC 6962 section 2.1.2.

use super::Writer;
use crate::ledger::error::LedgerError;
use annals_core::event::record;
use annals_core::hash::Hash;
use annals_core::merkle::{NodeCollector, Plan, Subtree, Tree, subtrees};
use std::collections::BTreeMap;

impl Writer {
    /// Keeps the tree of the record as it is, if the last mark is of it: the next proof begins
    /// there.
    pub(super) fn prove_from_here(&mut self) {
        if self.mark.as_ref().is_some_and(|mark| mark.size == self.size()) {
            self.proven = self.verifier.chain.tree().clone();
        }
    }

    /// The consistency proof from the last mark to the record as it is. The events since the tree
    /// from which the last proof began are read.
    pub(super) fn extension_proof(&self) -> Result<Vec<Hash>, LedgerError> {
        let Some(mark) = self.mark.as_ref().filter(|mark| mark.size < self.size()) else {
            return Ok(Vec::new());
        };
        let known = Some(&self.proven).filter(|tree| tree.size() <= mark.size);
        let mut before = known.cloned().unwrap_or_default();
        let mut later = Vec::new();
        for entry in self.home.entries(before.size())? {
            let leaf = record::hash(&entry?.1.record);
            match before.size() < mark.size {
                true => before.push(leaf),
                false => later.push(leaf),
            }
        }
        let proof = proof(&before, &later);
        proof.ok_or_else(|| LedgerError::Usage("the record is shorter than it was read".to_owned()))
    }
}

/// The consistency proof from a tree to the one with these leaves more.
fn proof(before: &Tree, later: &[Hash]) -> Option<Vec<Hash>> {
    let plan = Plan::consistency(before.size(), before.size() + later.len() as u64)?;
    let peaks = subtrees(0..before.size()).into_iter().zip(before.peaks().iter().copied());
    let peaks: BTreeMap<Subtree, Hash> = peaks.collect();
    let mut nodes = NodeCollector::from(before.clone());
    nodes.want(&plan);
    later.iter().for_each(|leaf| nodes.push(*leaf));
    plan.hashes(|subtree| peaks.get(&subtree).copied().or_else(|| nodes.get(subtree)).ok_or(()))
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use annals_core::merkle::Consistency;

    #[test]
    fn every_tree_is_shown_to_extend_every_earlier_one() {
        let leaf = |n: u64| Hash::of(&[&n.to_be_bytes()]);
        let tree = |size: u64| {
            let mut tree = Tree::default();
            (0..size).for_each(|n| tree.push(leaf(n)));
            tree
        };
        for new in 1..=70 {
            for old in 1..=new {
                let later: Vec<Hash> = (old..new).map(leaf).collect();
                let path = proof(&tree(old), &later).unwrap();
                let shown = Consistency { old, new, path };
                assert!(shown.holds(&tree(old).root(), &tree(new).root()), "{old} {new}");
                assert!(!shown.holds(&tree(old + 1).root(), &tree(new).root()), "{old} {new}");
            }
        }
    }
}
