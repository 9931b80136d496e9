//! Many needles in one pass: which of them occur in a text at exactly one place.
//!
//! Always holds: overlaps count; the work grows with the sum of the lengths of the text and the
//! needles, never with their product: after its second occurrence a needle is skipped. Not here:
//! the choice of the needles (`quote`). Source: Aho and Corasick, Efficient String Matching, 1975.

/// The node at which nothing is matched.
const ROOT: usize = 0;
/// No node.
const NONE: u32 = u32::MAX;

/// The beginnings of all needles as a tree, by length.
struct PatternTree {
    nodes: Vec<PatternNode>,
    /// The children of the nodes that have more than one, by their byte.
    tables: Vec<[u32; 256]>,
}

struct PatternNode {
    /// The byte that leads here.
    byte: u8,
    /// The only child.
    child: u32,
    /// The table of the children, where there are more.
    table: u32,
    /// The longest other beginning with which this one ends.
    shorter: u32,
    /// The nearest needle with which this beginning ends, along `shorter`; itself if it is a
    /// needle. Needles that were found twice are skipped.
    needle: u32,
    /// Number of occurrences of the needle that ends here; at most 2 are counted.
    occurrences: u8,
}

/// For each needle, whether it occurs in the text at exactly one place. No needle is empty.
pub(super) fn stand_once(text: &[u8], needles: &[&[u8]]) -> Vec<bool> {
    let mut tree = PatternTree { nodes: Vec::new(), tables: Vec::new() };
    tree.add(ROOT, 0);
    let ends = tree.grow(needles);
    tree.walk(text, &ends);
    ends.iter().map(|end| tree.nodes[*end].occurrences == 1).collect()
}

impl PatternTree {
    /// Adds all needles, one byte of each at a time; returns the nodes at which they end.
    fn grow(&mut self, needles: &[&[u8]]) -> Vec<usize> {
        let mut at = vec![ROOT; needles.len()];
        let mut growing: Vec<usize> = (0..needles.len()).collect();
        for depth in 0.. {
            growing.retain(|index| depth < needles[*index].len());
            if growing.is_empty() {
                break;
            }
            for index in &growing {
                let (node, byte) = (at[*index], needles[*index][depth]);
                at[*index] = self.child(node, byte).unwrap_or_else(|| self.add(node, byte));
            }
        }
        for end in at.iter().filter(|end| **end != ROOT) {
            self.nodes[*end].needle = *end as u32;
        }
        for node in 1..self.nodes.len() {
            if self.nodes[node].needle != node as u32 {
                self.nodes[node].needle = self.nodes[self.nodes[node].shorter as usize].needle;
            }
        }
        at
    }

    /// Adds a node; all shorter beginnings must exist already.
    fn add(&mut self, parent: usize, byte: u8) -> usize {
        let new = self.nodes.len();
        let mut node = PatternNode {
            byte,
            child: NONE,
            table: NONE,
            shorter: 0,
            needle: ROOT as u32,
            occurrences: 0,
        };
        if new != ROOT {
            if parent != ROOT {
                node.shorter = self.step(self.nodes[parent].shorter as usize, byte) as u32;
            }
            self.link(parent, byte, new as u32);
        }
        self.nodes.push(node);
        new
    }

    fn link(&mut self, parent: usize, byte: u8, new: u32) {
        let PatternNode { child: only, table, .. } = self.nodes[parent];
        if only == NONE && table == NONE {
            self.nodes[parent].child = new;
            return;
        }
        if table == NONE {
            let mut children = [NONE; 256];
            children[usize::from(self.nodes[only as usize].byte)] = only;
            self.nodes[parent].table = self.tables.len() as u32;
            self.tables.push(children);
        }
        self.tables[self.nodes[parent].table as usize][usize::from(byte)] = new;
    }

    fn child(&self, node: usize, byte: u8) -> Option<usize> {
        let PatternNode { child, table, .. } = self.nodes[node];
        let found = match self.tables.get(table as usize) {
            Some(children) => children[usize::from(byte)],
            None if child != NONE && self.nodes[child as usize].byte == byte => child,
            None => NONE,
        };
        (found != NONE).then_some(found as usize)
    }

    /// The longest beginning that is an end of `from` and one more byte.
    fn step(&self, from: usize, byte: u8) -> usize {
        let mut node = from;
        loop {
            match self.child(node, byte) {
                Some(child) => return child,
                None if node == ROOT => return ROOT,
                None => node = self.nodes[node].shorter as usize,
            }
        }
    }

    /// Counts the needles in the text, until each was found twice.
    fn walk(&mut self, text: &[u8], ends: &[usize]) {
        let mut ends = ends.to_vec();
        ends.sort_unstable();
        ends.dedup();
        let mut left = ends.len();
        let mut node = ROOT;
        for byte in text {
            node = self.step(node, *byte);
            let mut end = self.needle(node);
            while end != ROOT {
                self.nodes[end].occurrences += 1;
                let shorter = self.nodes[end].shorter;
                if self.nodes[end].occurrences == 2 {
                    self.nodes[end].needle = shorter;
                    left -= 1;
                }
                end = self.needle(shorter as usize);
            }
            if left == 0 {
                return;
            }
        }
    }

    /// The nearest needle with which a beginning ends and that was not found twice. Shortens the
    /// path to it.
    fn needle(&mut self, from: usize) -> usize {
        let mut node = from;
        loop {
            let next = self.nodes[node].needle as usize;
            if next == node {
                return node;
            }
            self.nodes[node].needle = self.nodes[next].needle;
            node = next;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_stands_once_is_what_a_comparison_of_each_place_finds(
            text in "[ab]{0,60}",
            needles in prop::collection::vec("[ab]{1,7}", 1..12),
        ) {
            let places = |needle: &String| {
                (0..text.len()).filter(|at| text[*at..].starts_with(needle.as_str())).count()
            };
            let compared: Vec<bool> = needles.iter().map(|needle| places(needle) == 1).collect();
            let bytes: Vec<&[u8]> = needles.iter().map(String::as_bytes).collect();
            prop_assert_eq!(stand_once(text.as_bytes(), &bytes), compared);
        }
    }

    /// At each place of the text all needles end but one, which keeps the pass going.
    #[test]
    fn needles_that_end_in_each_other_are_not_met_at_each_place() {
        let text = [vec![b'a'; 400_000], b"c".to_vec()].concat();
        let mut needles: Vec<Vec<u8>> = (1..4_000).map(|length| vec![b'a'; length]).collect();
        needles.push(b"c".to_vec());
        let bytes: Vec<&[u8]> = needles.iter().map(Vec::as_slice).collect();
        let once = stand_once(&text, &bytes);
        assert_eq!(once.iter().filter(|once| **once).count(), 1);
        assert_eq!(once.last(), Some(&true));
    }
}
