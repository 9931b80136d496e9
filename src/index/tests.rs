//! Tests of the places of hashes, and of the errors.

use crate::index::{IndexError, stored_hash_index};
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

#[test]
fn an_error_of_writing_alone_is_called_so() {
    let of = |code: i32| IndexError::from(std::io::Error::from_raw_os_error(code)).to_string();
    assert_eq!(of(28), "the index cannot be written: No space left on device (os error 28)");
    assert_eq!(of(5), "the index cannot be read: Input/output error (os error 5)");
}
