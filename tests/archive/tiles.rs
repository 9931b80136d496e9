//! Tiles against the recursion of RFC 6962 and against the crate `tlog_tiles`.

use crate::support::files::root;
use crate::support::published::spelled;
use annals::archive::tile::{Tile, Tiling, bytes, ends};
use annals_core::hash::Hash;
use std::collections::BTreeMap;
use tlog_tiles::{Error, HashReader};

/// The stored hashes of `tlog_tiles`, in memory.
#[derive(Default)]
struct Stored(Vec<tlog_tiles::Hash>);

impl HashReader for Stored {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog_tiles::Hash>, Error> {
        Ok(indexes.iter().map(|index| self.0[*index as usize]).collect())
    }
}

fn leaf(i: u64) -> Hash {
    Hash::of(&[&[0], &i.to_be_bytes()])
}

/// Every tile after `size` leaves: the full ones and the partial ones of that size.
fn tiles(size: u64) -> BTreeMap<Tile, Vec<Hash>> {
    let mut tiling = Tiling::default();
    let mut found = BTreeMap::new();
    for i in 0..size {
        for (tile, hashes) in tiling.push(leaf(i)) {
            assert!(found.insert(tile, hashes).is_none(), "{tile:?} was filled twice");
        }
    }
    found.extend(tiling.partial().map(|(tile, hashes)| (tile, hashes.to_vec())));
    found
}

#[test]
fn tiles_are_those_of_another_implementation() {
    let mut stored = Stored::default();
    let mut size = 0;
    for next in [1, 2, 255, 256, 257, 511, 512, 70_000] {
        for i in size..next {
            let hash = tlog_tiles::Hash(leaf(i).0);
            let more = tlog_tiles::stored_hashes_for_record_hash(i, hash, &stored);
            stored.0.extend(more.expect("hashes"));
        }
        size = next;
        let ours = tiles(size);
        let theirs = tlog_tiles::Tile::new_tiles(8, 0, size);
        assert_eq!(ours.len(), theirs.len(), "tiles of size {size}");
        for tile in theirs {
            // The names of that crate also contain the height of a tile: tile/8/0/000.
            let name = tile.path().replacen("tile/8/", "tile/", 1);
            let ours = ours.iter().find(|(ours, _)| ours.name() == name);
            let (ours, hashes) = ours.unwrap_or_else(|| panic!("no {name} at size {size}"));
            assert_eq!(ours.width, u64::from(tile.width()));
            assert_eq!(bytes(hashes), tile.read_data(&stored).expect("hashes"), "{name}");
        }
    }
}

#[test]
fn a_hash_in_a_tile_is_the_root_of_its_events() {
    let leaves: Vec<Hash> = (0..70_000).map(leaf).collect();
    let found = tiles(70_000);
    for (tile, hashes) in found.iter().filter(|(tile, _)| tile.level > 0) {
        let under = 256_usize.pow(tile.level.into());
        for (hash, i) in hashes.iter().zip(0..) {
            let first = tile.first_event(i) as usize;
            assert_eq!(first, (tile.index * 256 + i) as usize * under);
            assert_eq!(*hash, root(&leaves[first..first + under]), "{tile:?} {i}");
        }
    }
    assert_eq!(found.len(), 274 + 2 + 1);
}

#[test]
fn names_are_spelled_in_groups_of_three() {
    let name = |index| Tile { level: 0, index, width: 256 }.bundle_name();
    for index in [0, 7, 999, 1_000, 1_234_067, 999_999_999, 1_000_000_000] {
        assert_eq!(name(index), format!("tile/entries/{}", spelled(index)));
    }
    assert_eq!(name(1_234_067), "tile/entries/x001/x234/067");
    assert_eq!(ends(u64::MAX >> 11).len(), 7);
}
