//! The record at one of the sizes that a checkpoint, a pin or a mark names.

use crate::fold::Ledger;
use crate::hash::Hash;

/// The record at one of the sizes that its anchors name.
#[derive(Clone, Debug)]
pub struct TreeHead {
    /// Root of the tree of that size.
    pub root: Hash,
    /// The roots of its complete subtrees, largest first.
    pub peaks: Vec<Hash>,
    /// Hash of the last event.
    pub head: Option<Hash>,
    /// The ledger's parameters at that size.
    pub ledger: Option<Ledger>,
}
