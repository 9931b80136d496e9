//! A node of a tree: children by 4 bits of the position.
//!
//! Always holds: children are in the order of their digits. Not here: trees (`trie`).

use serde::{Deserialize, Serialize};

/// A child of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Child {
    /// The offset of the node or the row in `tree`.
    pub to: u64,
    /// The kinds of rows below it.
    pub kinds: u32,
}

/// A node: children by 4 bits of the position, the lowest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Node {
    /// A bit for each of the 16 children that exist.
    there: u16,
    /// The existing children.
    children: Vec<Child>,
}

impl Node {
    pub fn index(&self, digit: u32) -> usize {
        (self.there & ((1 << digit) - 1)).count_ones() as usize
    }

    pub fn get(&self, digit: u32) -> Option<Child> {
        match self.there >> digit & 1 {
            0 => None,
            _ => self.children.get(self.index(digit)).copied(),
        }
    }

    pub fn set(&mut self, digit: u32, child: Child) {
        let index = self.index(digit);
        match self.get(digit) {
            Some(_) => self.children[index] = child,
            None => self.children.insert(index, child),
        }
        self.there |= 1 << digit;
    }

    pub fn all(&self) -> impl Iterator<Item = (u32, Child)> + '_ {
        (0..16).filter_map(|digit| Some((digit, self.get(digit)?)))
    }

    pub fn kinds(&self) -> u32 {
        self.children.iter().fold(0, |all, child| all | child.kinds)
    }
}
