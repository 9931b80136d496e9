//! The files of bodies in a published folder, compared with their names.
//!
//! Always holds: nothing here changes a verdict, because a body that stands in a bundle is taken
//! from there; of a server no file is asked for. Not here: the verdict (`published`).
//! Source: FORMAT.md section 9, "Published directory".

use crate::archive::body_bundle::{self, MAX_BODY_BUNDLE};
use crate::archive::published::{BODY, BUNDLE, NextRecord, PublishedSource, body_name};
use crate::archive::tile::{self, Tile, WIDTH};
use annals_core::hash::Hash;
use annals_core::verify::source::SourceError;

/// What the files are of the bodies that stand in bundles too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BodyFiles {
    /// How many there should be.
    pub wanted: u64,
    /// How many are not there, or cannot be read.
    pub missing: u64,
    /// How many have other bytes than their name says.
    pub other: u64,
}

impl PublishedSource {
    /// Compares the file of each body that stands in a bundle with its name, from this event on;
    /// `None` of a server, of which they are not asked for.
    pub fn body_files(&self, from: u64) -> Result<Option<BodyFiles>, SourceError> {
        if self.is_served {
            return Ok(None);
        }
        let mut found = BodyFiles::default();
        for index in from / WIDTH..self.size.div_ceil(WIDTH) {
            let width = WIDTH.min(self.size - index * WIDTH);
            let tile = Tile { level: 0, index, width };
            let Some((records, _)) = self.get(tile, Tile::bundle_name, BUNDLE)? else { break };
            let records = tile::cut(&records, width).records.into_iter().map(NextRecord::of);
            let bodies = self.files.get(&body_bundle::name(index), MAX_BODY_BUNDLE)?;
            let bodies = bodies.unwrap_or_default();
            let events = records.zip(body_bundle::lines(&bodies)).zip(index * WIDTH..);
            for ((record, line), position) in events {
                let digest = Hash::of(&[line]);
                if position >= from && record.names == Some(digest) {
                    self.compare_body_file(&digest, &mut found);
                }
            }
        }
        Ok(Some(found))
    }

    /// What cannot be read, or is no file, is not there for a reader either.
    fn compare_body_file(&self, digest: &Hash, found: &mut BodyFiles) {
        found.wanted += 1;
        match self.files.get(&body_name(digest), BODY) {
            Ok(None) | Err(_) => found.missing += 1,
            Ok(Some(bytes)) if Hash::of(&[&bytes]) != *digest => found.other += 1,
            Ok(Some(_)) => {}
        }
    }
}
