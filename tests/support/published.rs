//! A published directory, made from FORMAT.md section 9, "Published directory" alone, and its files
//! as a source.
//!
//! Always holds: hashes come from the recursion of RFC 6962, names from code of this file; nothing
//! here calls the program's tiles. Not here: how the program publishes (`tests/archive`).

use super::files::{Files, root};
use super::ledger::{Ledger, Made};
use annals::archive;
use annals_core::hash::Hash;
use annals_core::verify::source::SourceError;

/// The beginning of the names of a published directory in a vector.
pub const PUBLISHED: &str = "published/";

/// `7` is `007`, `1234067` is `x001/x234/067`.
pub fn spelled(index: u64) -> String {
    let digits = format!("{index}");
    let padded = format!("{}{digits}", "0".repeat((3 - digits.len() % 3) % 3));
    let groups: Vec<&str> = (0..padded.len() / 3).map(|at| &padded[3 * at..3 * at + 3]).collect();
    let (last, first) = groups.split_last().expect("a group");
    first.iter().map(|group| format!("x{group}/")).collect::<String>() + last
}

impl Ledger {
    /// The files after publications of these sizes, in this order, with nothing withheld.
    pub fn published(&self, sizes: &[u64]) -> Files {
        let mut files = Files::new();
        let last = *sizes.last().expect("a size");
        for size in sizes {
            self.tiles(*size, &mut files);
        }
        files.retain(|name, _| !name.contains(".p/") || !is_filled(name, last));
        let made = &self.events[..last as usize];
        for event in made {
            let digest = Hash::of(&[event.body.as_bytes()]);
            files.insert(format!("published/body/{digest}"), event.body.clone().into_bytes());
            for (digest, bytes) in &self.documents {
                if event.body.contains(&format!(r#""sha256":"{digest}""#)) {
                    files.insert(format!("published/document/{digest}"), bytes.clone());
                }
            }
        }
        let checkpoint = self.checkpoint(last).into_bytes();
        files.insert("published/checkpoint".to_owned(), checkpoint);
        files
    }

    fn tiles(&self, size: u64, files: &mut Files) {
        let leaves: Vec<Hash> = self.events[..size as usize].iter().map(Made::hash).collect();
        let (mut level, mut under) = (0, 1);
        while under <= size {
            let hashes: Vec<Hash> = (0..size / under)
                .map(|i| root(&leaves[(i * under) as usize..((i + 1) * under) as usize]))
                .collect();
            for (tile, index) in hashes.chunks(256).zip(0..) {
                let ending =
                    if tile.len() < 256 { format!(".p/{}", tile.len()) } else { String::new() };
                let name = format!("{}{ending}", spelled(index));
                let bytes = tile.iter().flat_map(|hash| hash.0).collect();
                files.insert(format!("published/tile/{level}/{name}"), bytes);
                if level == 0 {
                    let first = (index * 256) as usize;
                    let events = &self.events[first..first + tile.len()];
                    files.insert(format!("published/tile/entries/{name}"), bundle(events));
                }
            }
            level += 1;
            under *= 256;
        }
    }
}

/// Records, each after its length.
pub fn bundle(events: &[Made]) -> Vec<u8> {
    let mut out = Vec::new();
    for event in events {
        let record = event.record().into_bytes();
        out.extend((record.len() as u16).to_be_bytes());
        out.extend(record);
    }
    out
}

/// Whether a size has the full tile of a partial one.
fn is_filled(name: &str, size: u64) -> bool {
    let rest = name.strip_prefix("published/tile/").expect("a tile");
    let (level, place) = rest.split_once('/').expect("a level");
    let place = place.split_once(".p/").expect("a partial one").0;
    let index: u64 = place.replace(['x', '/'], "").parse().expect("an index");
    let level: u32 = level.parse().unwrap_or(0);
    size / 256u64.pow(level + 1) > index
}

/// Files in memory, without the beginning of their names.
pub struct Below(pub Files);

impl archive::files::PublishedFiles for Below {
    fn get(&self, name: &str, bound: u64) -> Result<Option<Vec<u8>>, SourceError> {
        let found = self.0.get(&format!("{PUBLISHED}{name}"));
        Ok(found.map(|bytes| bytes[..bytes.len().min(bound as usize)].to_vec()))
    }

    fn place(&self) -> String {
        PUBLISHED.to_owned()
    }
}
