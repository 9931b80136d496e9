//! Tests of the places of hashes.

use crate::index::stored_hash_index;
use annals_core::hash::Hash;
use annals_core::merkle::Tree;

#[test]
fn hashes_stand_in_the_order_in_which_they_are_completed() {
    let mut tree = Tree::default();
    let mut next = 0;
    for leaf in 0..1_000_u64 {
        tree.push_with(Hash::of(&[&leaf.to_le_bytes()]), |subtree, _| {
            assert_eq!(stored_hash_index(subtree.level, subtree.index), next, "{subtree:?}");
            next += 1;
        });
    }
}
