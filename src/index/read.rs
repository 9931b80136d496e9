//! Reading the index: what stood as of a point, in the time of a walk down a tree.
//!
//! Always holds: an index that is open has the hashes of this very record, up to the journal's
//! end; nothing is written or locked. A writer may add to the files meanwhile: what was there
//! stays. Not here: words and answers (`ledger::view`).

use super::heap::{self, Blocks};
use super::numbers;
use super::row::{Kind, Mark, Row, What, may_have};
use super::trie::{self, Child, Root};
use super::{EVENT, HASH, HEADER, NAMES, ROOT, Unfit, Which, check, damaged, folder, hash_at};
use crate::disk::at::read_at;
use crate::hash::Hash;
use crate::key::PublicKey;
use crate::merkle::{Tree, cover};
use crate::time::Time;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io;
use std::ops::Range;
use std::path::Path;

/// An index that is open, of a record of known size and root.
pub struct Index {
    tree: Blocks,
    hashes: Blocks,
    roots: Blocks,
    events: Blocks,
    roots_there: u64,
    keys: Vec<PublicKey>,
    size: u64,
}

/// What the index keeps of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its time.
    pub at: Time,
    /// Its offset in the journal file that it stands in.
    pub place: u64,
    /// The facts or the document that it makes or is about.
    pub about: [Option<u64>; 2],
    rows: (u64, u64),
}

impl Index {
    /// Opens the index of the ledger in this folder, whose journal has `size` events and says that
    /// their root is `root`.
    pub fn open(ledger: &Path, size: u64, root: Hash) -> Result<Index, Unfit> {
        let folder = folder(ledger);
        let open = |name: &str| match File::open(folder.join(name)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(Unfit::Absent),
            other => Ok(other?),
        };
        let [tree, keys, hashes, roots, events] = NAMES;
        let events = open(events)?;
        let reaches = events.metadata()?.len() / EVENT;
        if reaches < size {
            return Err(Unfit::Other(format!("it has {reaches} events, the journal {size}")));
        }
        let (tree, roots) = (open(tree)?, open(roots)?);
        let mut header = [0; HEADER.len()];
        read_at(&tree, &mut header, 0)?;
        if header != *HEADER {
            return Err(Unfit::Other("it is of another version of this program".to_owned()));
        }
        let index = Index {
            tree: Blocks::new(tree),
            hashes: Blocks::new(open(hashes)?),
            roots_there: roots.metadata()?.len() / ROOT,
            roots: Blocks::new(roots),
            events: Blocks::new(events),
            keys: read_keys(open(keys)?)?,
            size,
        };
        match index.root(size)? == root {
            true => Ok(index),
            false => Err(Unfit::Other("its hashes do not give the journal's root".to_owned())),
        }
    }

    /// The number of events.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The record's keys, in the order in which it names them: those as of a point come first.
    pub fn keys(&self) -> &[PublicKey] {
        &self.keys
    }

    /// What is kept of an event.
    pub fn event(&self, position: u64) -> Result<Kept, Unfit> {
        let bytes = checked(&self.events, "event", position, EVENT)?;
        let [at, place, first, after, one, other] = numbers(&bytes);
        let at = Time::from_micros(at.cast_signed());
        let at = at.ok_or_else(|| damaged(format!("event {position}")))?;
        let about = [one, other].map(|name| name.checked_sub(1));
        Ok(Kept { at, place, about, rows: (first, after) })
    }

    /// The hash of an event.
    pub fn hash(&self, position: u64) -> Result<Hash, Unfit> {
        self.node(0, position)
    }

    fn node(&self, level: u32, index: u64) -> Result<Hash, Unfit> {
        let at = hash_at(level, index);
        let bytes = checked(&self.hashes, "hash", at, HASH)?;
        bytes.try_into().map(Hash).map_err(|_| damaged(format!("hash {at}")))
    }

    /// The root of the tree of the first `size` events.
    pub fn root(&self, size: u64) -> Result<Hash, Unfit> {
        let peaks = cover(0..size).into_iter();
        let peaks: Vec<Hash> =
            peaks.map(|top| self.node(top.level, top.index)).collect::<Result<_, _>>()?;
        let tree = Tree::from_peaks(size, peaks);
        tree.map(|tree| tree.root()).ok_or_else(|| damaged("a number of peaks"))
    }

    /// How many events there are up to the last one whose time is before `limit`.
    pub fn before(&self, limit: Time) -> Result<u64, Unfit> {
        // Times rise but where the record's time was set back.
        let mut starts = vec![0];
        let whole = self.slot(self.size)?;
        whole.each(Which::Administration, 0..u64::MAX, Kind::All, &mut |row| {
            if matches!(row.what, What::Administration { retimed: true, .. }) {
                starts.push(row.of);
            }
            Ok(())
        })?;
        let mut end = self.size;
        for start in starts.into_iter().rev() {
            let (mut low, mut high) = (start, end);
            while low < high {
                let middle = low + (high - low) / 2;
                match self.event(middle)?.at < limit {
                    true => low = middle + 1,
                    false => high = middle,
                }
            }
            if low > start {
                return Ok(low);
            }
            end = start;
        }
        Ok(0)
    }

    /// Up to two events whose hash begins with these hex digits, in lower case.
    pub fn find(&self, prefix: &str) -> Result<Vec<(u64, Hash)>, Unfit> {
        let mut found = Vec::new();
        for position in 0..self.size {
            let hash = self.hash(position)?;
            if hash.to_string().starts_with(prefix) {
                found.push((position, hash));
                if found.len() == 2 {
                    break;
                }
            }
        }
        Ok(found)
    }

    /// What stood after the first `size` events.
    pub fn slot(&self, size: u64) -> Result<Slot<'_>, Unfit> {
        let (mut low, mut high) = (0, self.roots_there);
        while low < high {
            let middle = low + (high - low) / 2;
            match self.entry(middle)?.size <= size {
                true => low = middle + 1,
                false => high = middle,
            }
        }
        let root = match low.checked_sub(1) {
            Some(last) => self.entry(last)?,
            None => Entry { size: 0, after: HEADER.len() as u64, tops: [Root::default(); 3] },
        };
        let mut since: [BTreeMap<u64, Child>; 3] = Default::default();
        if let Some(last) = size.checked_sub(1).filter(|last| *last >= root.size) {
            let end = self.event(last)?.rows.1;
            heap::rows(&self.tree, root.after..end, &mut |to, row| {
                let kinds = row.what.kinds();
                since[row.what.which() as usize].insert(row.of, Child { to, kinds });
            })?;
        }
        Ok(Slot { index: self, size, tops: root.tops, since })
    }

    fn entry(&self, number: u64) -> Result<Entry, Unfit> {
        let bytes = checked(&self.roots, "root", number, ROOT)?;
        let [size, after, standing, marks, administration, heights, _] = numbers(&bytes);
        let height = |which: u32| (heights >> (8 * which) & 255) as u32;
        let nodes = [standing, marks, administration].into_iter().zip(0..);
        let mut tops = [Root::default(); 3];
        for (top, (node, which)) in tops.iter_mut().zip(nodes) {
            *top = Root { node, height: height(which) };
        }
        Ok(Entry { size, after, tops })
    }
}

/// A root's entry.
struct Entry {
    size: u64,
    after: u64,
    tops: [Root; 3],
}

fn read_keys(file: File) -> Result<Vec<PublicKey>, Unfit> {
    let count = file.metadata()?.len() / HASH;
    let blocks = Blocks::new(file);
    let key = |number| {
        let bytes = checked(&blocks, "key", number, HASH)?;
        bytes.try_into().map(PublicKey).map_err(|_| damaged(format!("key {number}")))
    };
    (0..count).map(key).collect()
}

fn exact(blocks: &Blocks, at: u64, count: u64) -> Result<Vec<u8>, Unfit> {
    use heap::Bytes;
    let bytes = blocks.bytes(at, count as usize)?;
    match bytes.len() as u64 == count {
        true => Ok(bytes),
        false => Err(damaged(format!("a file ends before byte {}", at + count))),
    }
}

/// An entry without its check.
fn checked(blocks: &Blocks, what: &str, number: u64, count: u64) -> Result<Vec<u8>, Unfit> {
    let at = number * count;
    let mut bytes = exact(blocks, at, count)?;
    let found = bytes.split_off(count as usize - 8);
    match found == check(what, number, &bytes) {
        true => Ok(bytes),
        false => Err(damaged(format!("{what} {number}"))),
    }
}

/// What stood as of a point.
pub struct Slot<'a> {
    index: &'a Index,
    /// The number of events.
    pub size: u64,
    tops: [Root; 3],
    since: [BTreeMap<u64, Child>; 3],
}

impl<'a> Slot<'a> {
    /// The index that it is of.
    pub fn index(&self) -> &'a Index {
        self.index
    }

    /// The row of a position.
    pub fn get(&self, which: Which, of: u64) -> Result<Option<Row>, Unfit> {
        match self.child(which, of)? {
            Some(child) => Ok(Some(heap::row(&self.index.tree, child.to)?)),
            None => Ok(None),
        }
    }

    fn child(&self, which: Which, of: u64) -> Result<Option<Child>, Unfit> {
        match self.since[which as usize].get(&of) {
            Some(child) => Ok(Some(*child)),
            None => trie::get(&self.index.tree, self.tops[which as usize], of),
        }
    }

    /// How many confirmations make a fact confirmed.
    pub fn confirmations(&self) -> Result<u8, Unfit> {
        let all = self.places(Which::Administration, 0..u64::MAX, Kind::All)?;
        let Some((_, to)) = all.last() else { return Ok(1) };
        match heap::row(&self.index.tree, *to)?.what {
            What::Administration { confirmations, .. } => Ok(confirmations),
            _ => Err(damaged(format!("row at {to}: it is of another kind"))),
        }
    }

    /// The mark of an event.
    pub fn mark(&self, event: u64) -> Result<Mark, Unfit> {
        match self.get(Which::Marks, event)?.map(|row| row.what) {
            Some(What::Mark(mark)) => Ok(mark),
            _ => Ok(Mark::default()),
        }
    }

    /// The rows of a kind at these positions, in order.
    pub fn each(
        &self,
        which: Which,
        positions: Range<u64>,
        kind: Kind,
        each: &mut dyn FnMut(Row) -> Result<(), Unfit>,
    ) -> Result<(), Unfit> {
        for (_, to) in self.places(which, positions, kind)? {
            each(heap::row(&self.index.tree, to)?)?;
        }
        Ok(())
    }

    /// The positions of a kind, in order, without reading their rows.
    pub fn positions(&self, kind: Kind) -> Result<Vec<u64>, Unfit> {
        let places = self.places(Which::Standing, 0..u64::MAX, kind)?;
        Ok(places.into_iter().map(|(of, _)| of).collect())
    }

    fn places(
        &self,
        which: Which,
        positions: Range<u64>,
        kind: Kind,
    ) -> Result<Vec<(u64, u64)>, Unfit> {
        let mut found = Vec::new();
        let since = &self.since[which as usize];
        let may = |kinds: u16| may_have(kinds, kind);
        let top = self.tops[which as usize];
        trie::walk(&self.index.tree, top, &positions, &may, &mut |of, child| {
            if !since.contains_key(&of) {
                found.push((of, child.to));
            }
        })?;
        let newer = since.range(positions).filter(|(_, child)| may(child.kinds));
        found.extend(newer.map(|(of, child)| (*of, child.to)));
        found.sort_unstable();
        Ok(found)
    }

    /// The positions whose rows are others in another slot of the same index.
    pub fn differ(&self, other: &Slot<'_>, which: Which) -> Result<BTreeSet<u64>, Unfit> {
        let mut may = BTreeSet::new();
        let tops = (self.tops[which as usize], other.tops[which as usize]);
        trie::differ(&self.index.tree, tops, &mut |of| {
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

    /// The events that made a fact or a document, or were about it, by position.
    pub fn life(&self, of: u64) -> Result<Vec<u64>, Unfit> {
        self.life_since(of, 0)
    }

    /// Those of them from position `first` on.
    pub fn life_since(&self, of: u64, first: u64) -> Result<Vec<u64>, Unfit> {
        let mut events = Vec::new();
        let mut next = self.child(Which::Standing, of)?.map_or(0, |child| child.to);
        while next > 0 {
            let row = heap::row(&self.index.tree, next)?;
            if row.of != of || row.before >= next {
                return Err(damaged(format!("row at {next}: it is of another position")));
            }
            if row.event < first {
                break;
            }
            if row.acted {
                events.push(row.event);
            }
            next = row.before;
        }
        events.reverse();
        events.dedup();
        Ok(events)
    }
}
