//! Trees over rows by position: 16 ways a node, changed by copying the nodes above a change.
//!
//! Always holds: a written node never changes, so every written root stays valid; two nodes of one
//! place have the same rows if and only if they have the same offset.
//! Not here: which rows exist (`build`), what changed since a root (`read`).

use crate::index::IndexError;
use crate::index::node::{Child, Node};
use crate::index::node_file::Bytes;
use std::ops::Range;

/// The trees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TreeKind {
    /// Facts, documents and relations.
    Standing,
    /// What later events did to events and their bodies.
    Marks,
    /// Events of the ledger and its editors.
    Administration,
}

impl TreeKind {
    /// All of them, in the order of `roots`.
    pub const ALL: [TreeKind; 3] = [TreeKind::Standing, TreeKind::Marks, TreeKind::Administration];
}

/// The top of a tree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Root {
    /// The offset of its node; 0: the tree is empty.
    pub node: u64,
    /// The number of digits of its positions.
    pub height: u32,
}

fn digit(position: u64, level: u32) -> u32 {
    (position >> (4 * level) & 15) as u32
}

/// The number of positions below a node of this level.
fn span(level: u32) -> u64 {
    1_u64.checked_shl(4 * (level + 1)).unwrap_or(u64::MAX)
}

/// The offset of the row at a position.
pub(super) fn get(
    bytes: &dyn Bytes,
    root: Root,
    position: u64,
) -> Result<Option<Child>, IndexError> {
    if root.node == 0 || position >= span(root.height - 1) {
        return Ok(None);
    }
    let mut at = Child { to: root.node, kinds: 0 };
    for level in (0..root.height).rev() {
        match bytes.node(at.to)?.get(digit(position, level)) {
            Some(child) => at = child,
            None => return Ok(None),
        }
    }
    Ok(Some(at))
}

/// Calls `each` with the rows at these positions, in order; `may` decides by the kinds of a node or
/// of a row whether it is visited.
pub(super) fn walk(
    bytes: &dyn Bytes,
    root: Root,
    positions: &Range<u64>,
    may: &dyn Fn(u32) -> bool,
    each: &mut dyn FnMut(u64, Child),
) -> Result<(), IndexError> {
    match root.node {
        0 => Ok(()),
        node => below(bytes, node, root.height - 1, 0, positions, may, each),
    }
}

/// Walks below the node at `at`, of this level, whose first position is `first`.
fn below(
    bytes: &dyn Bytes,
    at: u64,
    level: u32,
    first: u64,
    positions: &Range<u64>,
    may: &dyn Fn(u32) -> bool,
    each: &mut dyn FnMut(u64, Child),
) -> Result<(), IndexError> {
    for (digit, child) in bytes.node(at)?.all() {
        let start = first + (u64::from(digit) << (4 * level));
        let end = start.saturating_add(if level == 0 { 1 } else { span(level - 1) });
        if end <= positions.start || start >= positions.end || !may(child.kinds) {
            continue;
        }
        match level {
            0 => each(start, child),
            _ => below(bytes, child.to, level - 1, start, positions, may, each)?,
        }
    }
    Ok(())
}

/// Calls `each`, in order, with the positions at which two trees lead to different rows.
pub(super) fn differ(
    bytes: &dyn Bytes,
    old: Root,
    new: Root,
    each: &mut dyn FnMut(u64),
) -> Result<(), IndexError> {
    let height = old.height.max(new.height);
    let top = |root: Root| Some(root).filter(|root| root.node > 0);
    apart(bytes, top(old), top(new), height, 0, each)
}

/// Two roots raised to one height: each is a tree of that height or lower.
fn apart(
    bytes: &dyn Bytes,
    old: Option<Root>,
    new: Option<Root>,
    height: u32,
    first: u64,
    each: &mut dyn FnMut(u64),
) -> Result<(), IndexError> {
    if old == new {
        return Ok(());
    }
    if height == 0 {
        each(first);
        return Ok(());
    }
    let children = |root: Option<Root>| -> Result<[Option<Root>; 16], IndexError> {
        let mut out = [None; 16];
        match root {
            None => {}
            // A lower tree holds the lowest positions.
            Some(root) if root.height < height => out[0] = Some(root),
            Some(root) => {
                for (digit, child) in bytes.node(root.node)?.all() {
                    out[digit as usize] = Some(Root { node: child.to, height: height - 1 });
                }
            }
        }
        Ok(out)
    };
    let (old, new) = (children(old)?, children(new)?);
    for (digit, (old, new)) in (0_u64..).zip(old.into_iter().zip(new)) {
        let first = first + (digit << (4 * (height - 1)));
        apart(bytes, old, new, height - 1, first, each)?;
    }
    Ok(())
}

/// A file to which nodes are written.
pub(super) trait NodeWriter: Bytes {
    /// Writes a node; returns its offset.
    fn place(&mut self, node: &Node) -> Result<u64, IndexError>;
}

/// The tree with these changes, which are ascending and not empty.
pub(super) fn put(
    to: &mut dyn NodeWriter,
    root: Root,
    changes: &[(u64, Child)],
) -> Result<Root, IndexError> {
    let Some((last, _)) = changes.last() else { return Ok(root) };
    let mut root = root;
    root.height = root.height.max(1);
    while *last >= span(root.height - 1) {
        if root.node > 0 {
            let kinds = to.node(root.node)?.kinds();
            let mut above = Node::default();
            above.set(0, Child { to: root.node, kinds });
            root.node = to.place(&above)?;
        }
        root.height += 1;
    }
    let child = change(to, root.node, root.height - 1, changes)?;
    Ok(Root { node: child.to, height: root.height })
}

fn change(
    to: &mut dyn NodeWriter,
    at: u64,
    level: u32,
    changes: &[(u64, Child)],
) -> Result<Child, IndexError> {
    let mut node = if at == 0 { Node::default() } else { to.node(at)? };
    for group in changes.chunk_by(|(a, _), (b, _)| digit(*a, level) == digit(*b, level)) {
        let Some((position, child)) = group.first() else { continue };
        let digit = digit(*position, level);
        let below = node.get(digit).map_or(0, |child| child.to);
        let child = match level {
            0 => *child,
            _ => change(to, below, level - 1, group)?,
        };
        node.set(digit, child);
    }
    let kinds = node.kinds();
    Ok(Child { to: to.place(&node)?, kinds })
}
