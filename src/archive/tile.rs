//! Tiles: the hashes of a growing tree, 256 to a file, and the names of the files.
//!
//! Always holds: a tile of width 256 is returned once, when it is full; hashes that fill no tile
//! are in one partial tile for each level. Not here: files. Source: C2SP tlog-tiles v0.1.0;
//! FORMAT.md section 9, "Published directory".

use annals_core::hash::Hash;
use annals_core::merkle::{Subtree, Tree};

/// The number of hashes in a full tile, and of records in a full bundle.
pub const WIDTH: u64 = 256;
/// The maximum size of a bundle, in bytes.
pub const MAX_BUNDLE: u64 = WIDTH * (2 + 65_535);

/// The coordinates of a tile: level, index in the level, number of hashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tile {
    /// 0 for event hashes; each level is eight levels of the tree higher.
    pub level: u8,
    /// From 0.
    pub index: u64,
    /// 1 to 256.
    pub width: u64,
}

impl Tile {
    /// The name of its file.
    ///
    /// ```
    /// use annals::archive::tile::Tile;
    /// let tile = Tile { level: 1, index: 1_234_067, width: 256 };
    /// assert_eq!(tile.name(), "tile/1/x001/x234/067");
    /// assert_eq!(Tile { index: 7, width: 3, ..tile }.name(), "tile/1/007.p/3");
    /// ```
    pub fn name(&self) -> String {
        format!("tile/{}/{}{}", self.level, path(self.index), self.ending())
    }

    /// The name of the entry bundle over the events of a tile of level 0.
    pub fn bundle_name(&self) -> String {
        format!("tile/entries/{}{}", path(self.index), self.ending())
    }

    /// The tile whose file has this name.
    pub fn named(name: &str) -> Option<Tile> {
        let (level, rest) = name.strip_prefix("tile/")?.split_once('/')?;
        let tile = Tile { level: level.parse().ok()?, ..Tile::at_path(rest)? };
        (tile.name() == name).then_some(tile)
    }

    /// The tile of level 0 over whose events the entry bundle of this name is.
    pub fn of_bundle(name: &str) -> Option<Tile> {
        let tile = Tile::at_path(name.strip_prefix("tile/entries/")?)?;
        (tile.bundle_name() == name).then_some(tile)
    }

    /// The tile of level 0 at a path with or without a width.
    fn at_path(text: &str) -> Option<Tile> {
        let (path, width) = match text.split_once(".p/") {
            Some((path, width)) => (path, width.parse().ok().filter(|w| (1..WIDTH).contains(w))?),
            None => (text, WIDTH),
        };
        Some(Tile { level: 0, index: index_of(path)?, width })
    }

    fn ending(&self) -> String {
        match self.width {
            WIDTH => String::new(),
            width => format!(".p/{width}"),
        }
    }

    /// The tile at this place in a record of `size` events.
    pub fn called_for(&self, size: u64) -> Tile {
        let hashes = size.checked_shr(8 * u32::from(self.level)).unwrap_or(0);
        // An index that a stranger named may be beyond every size.
        Tile { width: WIDTH.min(hashes.saturating_sub(self.index.saturating_mul(WIDTH))), ..*self }
    }

    /// The full tile at the same place.
    pub fn full(&self) -> Tile {
        Tile { width: WIDTH, ..*self }
    }

    /// The first event under hash `i`. Does not overflow for a tile of a record that can be read.
    pub fn first_event(&self, i: u64) -> u64 {
        let under = WIDTH.saturating_pow(u32::from(self.level));
        (self.index * WIDTH + i).saturating_mul(under)
    }
}

/// An index in groups of three digits, all but the last after an `x`.
pub fn path(index: u64) -> String {
    let mut out = format!("{:03}", index % 1_000);
    let mut rest = index / 1_000;
    while rest > 0 {
        out = format!("x{:03}/{out}", rest % 1_000);
        rest /= 1_000;
    }
    out
}

/// The index that a path of [`path`] says; `None` if it is no such path.
///
/// ```
/// use annals::archive::tile::{index_of, path};
/// assert_eq!(index_of(&path(1_234_067)), Some(1_234_067));
/// assert_eq!(index_of("x000/001"), None);
/// ```
pub fn index_of(text: &str) -> Option<u64> {
    let digits: String = text.split('/').map(|part| part.trim_start_matches('x')).collect();
    let index = digits.parse().ok()?;
    (path(index) == text).then_some(index)
}

/// The partial tiles of a record of `size` events, one for each level; the width is 0 if the level
/// ends with a full tile.
pub fn ends(size: u64) -> Vec<Tile> {
    let mut out = Vec::new();
    let mut hashes = size;
    while hashes > 0 {
        let level = out.len() as u8;
        out.push(Tile { level, index: hashes / WIDTH, width: hashes % WIDTH });
        hashes /= WIDTH;
    }
    out
}

/// The hashes of a growing tree that are not yet in a full tile, by level.
///
/// ```
/// use annals::archive::tile::Tiling;
/// use annals_core::hash::Hash;
/// let mut tiling = Tiling::default();
/// let mut full = Vec::new();
/// for _ in 0..256 {
///     full.extend(tiling.push(Hash::of(&[])));
/// }
/// assert_eq!(full[0].0.name(), "tile/0/000");
/// assert_eq!(tiling.partial().next().unwrap().0.name(), "tile/1/000.p/1");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Tiling {
    size: u64,
    levels: Vec<Vec<Hash>>,
}

impl Tiling {
    /// Adds the next event's hash; returns the tiles that it fills, lowest level first.
    pub fn push(&mut self, leaf: Hash) -> Vec<(Tile, Vec<Hash>)> {
        let mut full = Vec::new();
        let mut hash = leaf;
        self.size += 1;
        let mut count = self.size;
        for level in 0_u8.. {
            let at = usize::from(level);
            if self.levels.len() == at {
                self.levels.push(Vec::new());
            }
            let Some(hashes) = self.levels.get_mut(at) else { break };
            hashes.push(hash);
            if hashes.len() as u64 != WIDTH {
                break;
            }
            let hashes = std::mem::take(hashes);
            hash = root(&hashes);
            count /= WIDTH;
            full.push((Tile { level, index: count - 1, width: WIDTH }, hashes));
        }
        full
    }

    /// The hashes after `size` events, a multiple of the width: `node` gives the root of the
    /// subtree of the tree at a level, 0 for events, and an index.
    ///
    /// ```
    /// use annals::archive::tile::Tiling;
    /// use annals_core::hash::Hash;
    /// let tiling = Tiling::resume::<()>(512, |subtree| {
    ///     assert_eq!(subtree.level, 8);
    ///     Ok(Hash::of(&[]))
    /// });
    /// assert_eq!(tiling.unwrap().partial().next().unwrap().0.name(), "tile/1/000.p/2");
    /// ```
    pub fn resume<E>(size: u64, node: impl Fn(Subtree) -> Result<Hash, E>) -> Result<Tiling, E> {
        let hashes = |tile: Tile| {
            let first = tile.index * WIDTH;
            let level = 8 * u32::from(tile.level);
            (first..first + tile.width).map(|index| node(Subtree { level, index })).collect()
        };
        let levels = ends(size).into_iter().map(hashes).collect::<Result<_, E>>()?;
        Ok(Tiling { size, levels })
    }

    /// The tiles that are not yet full, lowest level first.
    pub fn partial(&self) -> impl Iterator<Item = (Tile, &[Hash])> {
        let levels = ends(self.size).into_iter().zip(&self.levels);
        levels.filter(|(tile, _)| tile.width > 0).map(|(tile, hashes)| (tile, hashes.as_slice()))
    }
}

fn root(hashes: &[Hash]) -> Hash {
    let mut tree = Tree::default();
    hashes.iter().for_each(|hash| tree.push(*hash));
    tree.root()
}

/// The bytes of a tile.
pub fn bytes(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| hash.0).collect()
}

/// Adds a record to a bundle; false if it is too long for one.
pub fn add_record(bundle: &mut Vec<u8>, record: &[u8]) -> bool {
    let Ok(length) = u16::try_from(record.len()) else { return false };
    bundle.extend_from_slice(&length.to_be_bytes());
    bundle.extend_from_slice(record);
    true
}

/// The first `width` records of a bundle, as bytes.
pub fn first_records(bundle: &[u8], width: u64) -> &[u8] {
    let lengths = cut(bundle, width).records.into_iter().map(|record| 2 + record.len());
    bundle.get(..lengths.sum()).unwrap_or(bundle)
}

/// A bundle split into records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// The complete records, at most as many as requested.
    pub records: Vec<Vec<u8>>,
    /// Bytes after the last of them.
    pub rest: usize,
}

/// Splits up to `width` records from the start of a bundle.
pub fn cut(bundle: &[u8], width: u64) -> Cut {
    let mut records = Vec::new();
    let mut rest = bundle;
    while (records.len() as u64) < width {
        let Some((length, after)) = rest.split_first_chunk::<2>() else { break };
        let length = usize::from(u16::from_be_bytes(*length));
        let Some((record, after)) = after.split_at_checked(length) else { break };
        records.push(record.to_vec());
        rest = after;
    }
    Cut { records, rest: rest.len() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_specification_has_its_tiles() {
        let names: Vec<_> = ends(70_000).iter().map(Tile::name).collect();
        assert_eq!(names, ["tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"]);
        assert_eq!(ends(256).iter().map(|t| t.width).collect::<Vec<_>>(), [0, 1]);
        assert!(ends(0).is_empty());
    }

    #[test]
    fn a_bundle_is_cut_where_it_was_joined() {
        let mut bundle = Vec::new();
        assert!(add_record(&mut bundle, b"one") && add_record(&mut bundle, b""));
        assert!(!add_record(&mut bundle, &[0; 65_536]));
        let both = Cut { records: vec![b"one".to_vec(), Vec::new()], rest: 0 };
        assert_eq!(cut(&bundle, 2), both);
        assert_eq!(cut(&bundle, 9), both);
        assert_eq!(cut(&bundle, 1).rest, 2);
        assert_eq!(cut(&bundle[..4], 2), Cut { records: Vec::new(), rest: 4 });
    }
}
