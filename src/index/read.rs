//! Reading the index: the state as of a point, in the time of a walk down a tree.
//!
//! Always holds: an open index has the hashes of this very record, up to the journal's end; nothing
//! is written or locked. A writer may add to the files meanwhile; the existing part stays. Not
//! here: texts and answers (`ledger::query`).

use crate::disk::at::read_at;
use crate::disk::open::{Links, open};
use crate::index::node::Child;
use crate::index::node_file::{self, Blocks, Bytes};
use crate::index::row::{EventMark, Row, RowKind, RowValue, may_have};
use crate::index::terms::{TERM, Terms};
use crate::index::totals::Totals;
use crate::index::trie::{self, Root};
use crate::index::{
    EVENT, HASH, HEADER, IndexError, KEY, NAMES, ROOT, STRIDE, TreeKind, check, damaged, folder,
    numbers, stored_hash_index,
};
use annals_core::hash::Hash;
use annals_core::key::PublicKey;
use annals_core::merkle::{Subtree, Tree, subtrees};
use annals_core::time::Time;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// An open index of a record of known size and root.
pub struct Index {
    tree: Arc<Blocks>,
    hashes: Arc<Blocks>,
    roots: Arc<Blocks>,
    events: Arc<Blocks>,
    roots_there: u64,
    keys: Vec<PublicKey>,
    size: u64,
    ledger: PathBuf,
}

/// The index's entry of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventEntry {
    /// Its time.
    pub at: Time,
    /// Its offset in its journal file.
    pub place: u64,
    /// The facts or the document that it creates or is about.
    pub about: [Option<u64>; 2],
    rows: Range<u64>,
    /// The number of keys after it.
    pub(super) keys: u64,
    /// The number of roots after it.
    pub(super) roots: u64,
}

impl Index {
    /// Opens the index of the ledger in this folder, whose journal has `size` events and names
    /// `root` as their root.
    pub fn open(ledger: &Path, size: u64, root: Hash) -> Result<Index, IndexError> {
        let folder = folder(ledger);
        let open = |name: &str| match open(&folder.join(name), Links::Refuse) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(IndexError::Absent),
            other => Ok(other?),
        };
        let [tree, _, hashes, roots, .., events] = NAMES;
        let events = open(events)?;
        let has = events.metadata()?.len() / EVENT;
        if has < size {
            return Err(IndexError::Behind { has, size });
        }
        let tree = open(tree)?;
        let mut header = [0; HEADER.len()];
        read_at(&tree, &mut header, 0)?;
        match header == *HEADER {
            true => {}
            false if is_other_version(&header) => return Err(IndexError::Version),
            false => return Err(damaged("its first bytes")),
        }
        let blocks = |file| Arc::new(Blocks::new(file));
        let index = Index {
            tree: blocks(tree),
            hashes: blocks(open(hashes)?),
            roots: blocks(open(roots)?),
            events: blocks(events),
            roots_there: 0,
            keys: Vec::new(),
            size,
            ledger: ledger.to_owned(),
        };
        index.complete(root)
    }

    /// The index of the same record with `size` events, whose root is `root`: what is open and was
    /// read is kept, because the files only grow.
    ///
    /// Errors: the files were made again since, or end before.
    pub fn grown(&self, size: u64, root: Hash) -> Result<Index, IndexError> {
        let index = Index {
            tree: Arc::clone(&self.tree),
            hashes: Arc::clone(&self.hashes),
            roots: Arc::clone(&self.roots),
            events: Arc::clone(&self.events),
            roots_there: 0,
            keys: self.keys.clone(),
            size,
            ledger: self.ledger.clone(),
        };
        index.complete(root)
    }

    /// Compares the root, and reads what the last event says of the other files.
    fn complete(mut self, root: Hash) -> Result<Index, IndexError> {
        if self.root(self.size)? != root {
            return Err(IndexError::Other("its hashes do not give the journal's root".to_owned()));
        }
        if let Some(last) = self.size.checked_sub(1) {
            let last = self.event(last)?;
            self.roots_there = last.roots;
            self.read_keys(last.keys)?;
        }
        Ok(self)
    }

    /// The number of events.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The record's keys, in the order in which it names them, so that those as of a point come
    /// first.
    pub fn keys(&self) -> &[PublicKey] {
        &self.keys
    }

    /// The entry of an event.
    pub fn event(&self, position: u64) -> Result<EventEntry, IndexError> {
        let entry = UncheckedEntry::read(&self.events, "event", position, EVENT)?;
        let bytes = entry.checked(Some(&self.hash(position)?))?;
        let [at, place, first, after, one, other, counts] = numbers(&bytes);
        let at = Time::from_micros(at.cast_signed());
        let at = at.ok_or_else(|| damaged(format!("event {position}")))?;
        let about = [one, other].map(|name| name.checked_sub(1));
        let (keys, roots) = (counts & u64::from(u32::MAX), counts >> 32);
        Ok(EventEntry { at, place, about, rows: first..after, keys, roots })
    }

    /// The root of a complete subtree of the record's tree.
    pub fn subtree(&self, subtree: Subtree) -> Result<Hash, IndexError> {
        self.node(subtree.level, subtree.index)
    }

    fn node(&self, level: u32, index: u64) -> Result<Hash, IndexError> {
        let at = stored_hash_index(level, index);
        let bytes = UncheckedEntry::read(&self.hashes, "hash", at, HASH)?.checked(None)?;
        bytes.try_into().map(Hash).map_err(|_| damaged(format!("hash {at}")))
    }

    /// Reads the keys that are not there yet of the first `count`.
    fn read_keys(&mut self, count: u64) -> Result<(), IndexError> {
        let known = self.keys.len() as u64;
        if known >= count {
            return Ok(());
        }
        let [_, keys, ..] = NAMES;
        let keys = Blocks::new(open(&folder(&self.ledger).join(keys), Links::Refuse)?);
        let key = |number| {
            let entry = UncheckedEntry::read(&keys, "key", number, KEY)?;
            let [named] = numbers(&entry.bytes);
            let mut bytes = entry.checked(Some(&self.hash(named)?))?;
            let key = bytes.split_off(8).try_into().map(PublicKey);
            key.map_err(|_| damaged(format!("key {number}")))
        };
        let later = (known..count).map(key).collect::<Result<Vec<PublicKey>, IndexError>>()?;
        self.keys.extend(later);
        Ok(())
    }

    /// The root of the tree of the first `size` events.
    pub fn root(&self, size: u64) -> Result<Hash, IndexError> {
        Ok(self.tree(size)?.root())
    }

    /// The tree of the first `size` events.
    pub fn tree(&self, size: u64) -> Result<Tree, IndexError> {
        let peaks = subtrees(0..size).into_iter();
        let peaks: Vec<Hash> =
            peaks.map(|top| self.node(top.level, top.index)).collect::<Result<_, _>>()?;
        Tree::from_peaks(size, peaks).ok_or_else(|| damaged("a number of peaks"))
    }

    /// Opens the terms of the ledger in this folder, which is not written to: the file `terms` has
    /// this length.
    pub fn terms(ledger: &Path, length: u64) -> Result<Terms, IndexError> {
        let folder = folder(ledger);
        let [_, _, _, _, terms, sorted, ..] = NAMES;
        let open = |name: &str| Ok::<_, IndexError>(open(&folder.join(name), Links::Refuse)?);
        Ok(Terms::new(Blocks::new(open(terms)?), Blocks::new(open(sorted)?), length / TERM))
    }

    /// The terms of this record's events.
    pub fn own_terms(&self) -> Result<Terms, IndexError> {
        Index::terms(&self.ledger, self.terms_length()?)?.up_to(self.size, 0, self)
    }

    /// The folder of the ledger.
    pub(super) fn ledger(&self) -> &Path {
        &self.ledger
    }

    /// The length of the file `terms` in bytes.
    pub(super) fn terms_length(&self) -> Result<u64, IndexError> {
        let [_, _, _, _, terms, ..] = NAMES;
        Ok(folder(&self.ledger).join(terms).symlink_metadata()?.len())
    }

    /// The events that set the record's time back, by position, and whether each was undone.
    pub fn retimings(&self) -> Result<Vec<(u64, bool)>, IndexError> {
        let (mut events, whole) = (Vec::new(), self.snapshot(self.size)?);
        let kind = RowKind::Administration;
        whole.each(TreeKind::Administration, 0..u64::MAX, kind, &mut |row| {
            if matches!(row.what, RowValue::Administration { retimed: true, .. }) {
                events.push(row.of);
            }
            Ok(())
        })?;
        let undone = |event: u64| Ok((event, whole.mark(event)?.undone(event).is_some()));
        events.into_iter().map(undone).collect()
    }

    /// Up to two events whose hash begins with these hex digits, in lower case.
    pub fn find(&self, prefix: &str) -> Result<Vec<(u64, Hash)>, IndexError> {
        let mut found = Vec::new();
        let mut tree = Tree::default();
        for position in 0..self.size {
            let hash = self.hash(position)?;
            tree.push(hash);
            if found.len() < 2 && hash.to_string().starts_with(prefix) {
                found.push((position, hash));
            }
        }
        // Each hash is in its place if all together give the root.
        match tree.root() == self.root(self.size)? {
            true => Ok(found),
            false => Err(IndexError::Other("its hashes do not give the journal's root".to_owned())),
        }
    }

    /// The hash of an event.
    pub fn hash(&self, position: u64) -> Result<Hash, IndexError> {
        Bytes::hash(self, position)
    }

    /// The state after the first `size` events.
    pub fn snapshot(&self, size: u64) -> Result<Snapshot<'_>, IndexError> {
        let (mut low, mut high) = (0, self.roots_there);
        while low < high {
            let middle = low + (high - low) / 2;
            match self.top(middle)?.size <= size {
                true => low = middle + 1,
                false => high = middle,
            }
        }
        let root = match low.checked_sub(1) {
            Some(last) => self.top(last)?,
            None => {
                let after = HEADER.len() as u64;
                Top { size: 0, after, tops: [Root::default(); 3], totals: 0 }
            }
        };
        let mut since: [BTreeMap<u64, Child>; 3] = Default::default();
        if let Some(last) = size.checked_sub(1).filter(|last| *last >= root.size) {
            let end = self.event(last)?.rows.end;
            node_file::rows(self, root.after..end, &mut |to, row| {
                let kinds = row.what.kinds();
                since[row.what.which() as usize].insert(row.of, Child { to, kinds });
            })?;
        }
        Ok(Snapshot { index: self, size, tops: root.tops, totals: root.totals, since })
    }

    fn top(&self, number: u64) -> Result<Top, IndexError> {
        let entry = UncheckedEntry::read(&self.roots, "root", number, ROOT)?;
        let [size] = numbers(&entry.bytes);
        let last = size.checked_sub(1).ok_or_else(|| entry.damaged())?;
        let bytes = entry.checked(Some(&self.hash(last)?))?;
        let [size, after, standing, marks, administration, heights, totals] = numbers(&bytes);
        let height = |which: u32| (heights >> (8 * which) & 255) as u32;
        let nodes = [standing, marks, administration].into_iter().zip(0..);
        let mut tops = [Root::default(); 3];
        for (top, (node, which)) in tops.iter_mut().zip(nodes) {
            *top = Root { node, height: height(which) };
        }
        Ok(Top { size, after, tops, totals })
    }
}

impl Bytes for Index {
    fn bytes(&self, at: u64, count: usize) -> Result<Vec<u8>, IndexError> {
        self.tree.bytes(at, count)
    }

    fn hash(&self, event: u64) -> Result<Hash, IndexError> {
        match event < self.size {
            true => self.node(0, event),
            false => Err(damaged(format!("event {event} is not in the record"))),
        }
    }
}

/// The entry of a point in `roots`.
struct Top {
    size: u64,
    after: u64,
    tops: [Root; 3],
    /// The offset of the totals.
    totals: u64,
}

/// Whether the first bytes of `tree` are those of another version of this program: its number, and
/// as many line feeds as fill them.
pub(super) fn is_other_version(header: &[u8; HEADER.len()]) -> bool {
    let rest = header.strip_prefix(b"annals index ").and_then(|rest| rest.strip_suffix(b"\n"));
    let number = rest.map(|rest| rest.strip_suffix(b"\n").unwrap_or(rest));
    number.is_some_and(|number| number.iter().all(u8::is_ascii_digit)) && header != HEADER
}

/// An entry of a file with entries of equal length, not yet checked.
struct UncheckedEntry {
    what: &'static str,
    number: u64,
    bytes: Vec<u8>,
    check: Vec<u8>,
}

impl UncheckedEntry {
    fn read(
        blocks: &Blocks,
        what: &'static str,
        number: u64,
        count: u64,
    ) -> Result<UncheckedEntry, IndexError> {
        let ends = || damaged(format!("{what} {number}: the file ends"));
        let at = number.checked_mul(count).ok_or_else(ends)?;
        let mut bytes = blocks.bytes(at, count as usize)?;
        if bytes.len() as u64 != count {
            return Err(ends());
        }
        let check = bytes.split_off(count as usize - 8);
        Ok(UncheckedEntry { what, number, bytes, check })
    }

    /// Its bytes, if they were written after this event.
    fn checked(self, after: Option<&Hash>) -> Result<Vec<u8>, IndexError> {
        match self.check == check(self.what, self.number, after, &self.bytes) {
            true => Ok(self.bytes),
            false => Err(self.damaged()),
        }
    }

    fn damaged(&self) -> IndexError {
        damaged(format!("{} {}", self.what, self.number))
    }
}

/// The state as of a point.
pub struct Snapshot<'a> {
    index: &'a Index,
    /// The number of events.
    pub size: u64,
    pub(super) tops: [Root; 3],
    /// The offset of the totals of the root; 0: there is no root.
    totals: u64,
    pub(super) since: [BTreeMap<u64, Child>; 3],
}

impl<'a> Snapshot<'a> {
    /// The index that it belongs to.
    pub fn index(&self) -> &'a Index {
        self.index
    }

    /// The row of a position.
    pub fn get(&self, which: TreeKind, of: u64) -> Result<Option<Row>, IndexError> {
        match self.child(which, of)? {
            Some(child) => Ok(Some(node_file::row(self.index, child.to)?)),
            None => Ok(None),
        }
    }

    fn child(&self, which: TreeKind, of: u64) -> Result<Option<Child>, IndexError> {
        match self.since[which as usize].get(&of) {
            Some(child) => Ok(Some(*child)),
            None => trie::get(self.index, self.tops[which as usize], of),
        }
    }

    /// The number of confirmations that make a fact confirmed.
    pub fn confirmations(&self) -> Result<u8, IndexError> {
        let kind = RowKind::Administration;
        let all = self.places(TreeKind::Administration, 0..u64::MAX, kind)?;
        let Some((_, to)) = all.last() else { return Ok(1) };
        match node_file::row(self.index, *to)?.what {
            RowValue::Administration { confirmations, .. } => Ok(confirmations),
            _ => Err(damaged(format!("row at {to}: it is of another kind"))),
        }
    }

    /// What later events did to an event.
    pub fn mark(&self, event: u64) -> Result<EventMark, IndexError> {
        match self.get(TreeKind::Marks, event)?.map(|row| row.what) {
            Some(RowValue::Mark(mark)) => Ok(mark),
            _ => Ok(EventMark::default()),
        }
    }

    /// The rows of a kind at these positions, in order.
    pub fn each(
        &self,
        which: TreeKind,
        positions: Range<u64>,
        kind: RowKind,
        each: &mut dyn FnMut(Row) -> Result<(), IndexError>,
    ) -> Result<(), IndexError> {
        for (_, to) in self.places(which, positions, kind)? {
            each(node_file::row(self.index, to)?)?;
        }
        Ok(())
    }

    /// The positions of a kind, in order, without reading their rows.
    pub fn positions(&self, kind: RowKind) -> Result<Vec<u64>, IndexError> {
        let places = self.places(TreeKind::Standing, 0..u64::MAX, kind)?;
        Ok(places.into_iter().map(|(of, _)| of).collect())
    }

    /// The totals: those of the root, and the rows since.
    pub fn totals(&self) -> Result<Totals, IndexError> {
        let mut totals = match self.totals {
            0 => Totals::default(),
            at => node_file::totals(self.index, at)?,
        };
        let which = TreeKind::Standing as usize;
        for (of, child) in &self.since[which] {
            let before = match trie::get(self.index, self.tops[which], *of)? {
                Some(before) => Some(node_file::row(self.index, before.to)?.what),
                None => None,
            };
            totals.replace(before.as_ref(), &node_file::row(self.index, child.to)?.what);
        }
        Ok(totals)
    }

    /// The first `most` rows of a kind, by position.
    pub fn first(&self, kind: RowKind, most: usize) -> Result<Vec<u64>, IndexError> {
        let (mut found, mut next, mut step) = (Vec::new(), 0_u64, STRIDE);
        while found.len() < most && next < self.size {
            let end = next.saturating_add(step);
            let places = self.places(TreeKind::Standing, next..end, kind)?;
            found.extend(places.into_iter().map(|(of, _)| of));
            next = end;
            step = step.saturating_mul(4);
        }
        found.truncate(most);
        Ok(found)
    }

    fn places(
        &self,
        which: TreeKind,
        positions: Range<u64>,
        kind: RowKind,
    ) -> Result<Vec<(u64, u64)>, IndexError> {
        let mut found = Vec::new();
        let since = &self.since[which as usize];
        let may = |kinds: u32| may_have(kinds, kind);
        let top = self.tops[which as usize];
        trie::walk(self.index, top, &positions, &may, &mut |of, child| {
            if !since.contains_key(&of) {
                found.push((of, child.to));
            }
        })?;
        let newer = since.range(positions).filter(|(_, child)| may(child.kinds));
        found.extend(newer.map(|(of, child)| (*of, child.to)));
        found.sort_unstable();
        Ok(found)
    }

    /// The positions whose rows differ in another snapshot of the same index.
    pub fn differ(
        &self,
        other: &Snapshot<'_>,
        which: TreeKind,
    ) -> Result<BTreeSet<u64>, IndexError> {
        let mut may = BTreeSet::new();
        let (old, new) = (self.tops[which as usize], other.tops[which as usize]);
        trie::differ(self.index, old, new, &mut |of| {
            may.insert(of);
        })?;
        may.extend(self.since[which as usize].keys());
        may.extend(other.since[which as usize].keys());
        let mut found = BTreeSet::new();
        for of in may {
            let to = |child: Option<Child>| child.map(|child| child.to);
            if to(self.child(which, of)?) != to(other.child(which, of)?) {
                found.insert(of);
            }
        }
        Ok(found)
    }

    /// The events that create a fact or a document, or are about it, by position.
    pub fn life(&self, of: u64) -> Result<Vec<u64>, IndexError> {
        self.life_since(of, 0)
    }

    /// The events of [`life`](Self::life) from position `first` on, by position.
    pub fn life_since(&self, of: u64, first: u64) -> Result<Vec<u64>, IndexError> {
        let mut events = Vec::new();
        let mut next = self.child(TreeKind::Standing, of)?.map_or(0, |child| child.to);
        while next > 0 {
            let (event, link) = node_file::link(self.index, next)?;
            if link.of != of || link.before >= next {
                return Err(damaged(format!("row at {next}: it is of another position")));
            }
            if event < first {
                break;
            }
            if link.acted {
                events.push(event);
            }
            next = link.before;
        }
        events.reverse();
        events.dedup();
        Ok(events)
    }
}
