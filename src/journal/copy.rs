//! Copies a journal up to a size: the same commits, as bytes for the caller to write.
//!
//! Always holds: commits end where they end in the source; the commit that contains the last entry
//! ends there; files begin where a writer of these commits would begin them. Not here: files.
//! Source: FORMAT.md section 9, "Where commits end is no part of the record".

use crate::journal::write::{ROTATE_AT, commit_bytes};
use crate::journal::{FOLDER, JournalError};
use annals_core::event::Entry;
use annals_core::event::record::hash;
use annals_core::hash::Hash;
use annals_core::merkle::Tree;
use annals_core::verify::source::{Source, SourceError};

/// The next item of the copy.
pub enum Copied<'a> {
    /// A file of this name begins: `journal/<20 digits>.log`.
    File(String),
    /// The entry at this position, before it is written; the caller may withhold its body.
    Entry(u64, &'a mut Entry),
    /// The bytes of a commit.
    Commit(&'a [u8]),
    /// The size after a commit, or after an event within it, and the tree of that size.
    Root(u64, &'a Tree),
}

/// Copies the first `until` entries of a source, and calls `each` with every item, in order.
///
/// Returns the size and root of the copy.
pub fn copy<E>(
    source: &dyn Source,
    until: u64,
    take: &mut dyn FnMut(Copied<'_>) -> Result<(), E>,
) -> Result<(u64, Hash), E>
where
    E: From<SourceError> + From<JournalError>,
{
    let mut copying = Copying { tree: Tree::default(), open: Vec::new(), length: None };
    for batch in source.walk(0)? {
        let batch = batch?;
        let mut entries = batch.entries.into_iter();
        for closing in batch.commit_lines {
            let whole = closing.counted.saturating_sub(copying.size());
            for entry in entries.by_ref().take(whole as usize) {
                copying.push(entry, until, take)?;
            }
            copying.close(take)?;
        }
        for entry in entries {
            copying.push(entry, until, take)?;
        }
        if copying.size() >= until {
            break;
        }
    }
    copying.close(take)?;
    Ok((copying.tree.size(), copying.tree.root()))
}

struct Copying {
    tree: Tree,
    open: Vec<Entry>,
    /// The length of the present file in bytes; `None` before the first.
    length: Option<u64>,
}

impl Copying {
    /// The number of events so far, including those of the open commit.
    fn size(&self) -> u64 {
        self.tree.size()
    }

    fn push<E>(
        &mut self,
        mut entry: Entry,
        until: u64,
        take: &mut dyn FnMut(Copied<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        if self.size() >= until {
            return Ok(());
        }
        take(Copied::Entry(self.size(), &mut entry))?;
        self.tree.push(hash(&entry.record));
        self.open.push(entry);
        take(Copied::Root(self.size(), &self.tree))
    }

    fn close<E: From<JournalError>>(
        &mut self,
        take: &mut dyn FnMut(Copied<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        if self.open.is_empty() {
            return Ok(());
        }
        let first = self.size() - self.open.len() as u64;
        let bytes = commit_bytes(first, &self.open, self.tree.root())?;
        if self.length.is_none_or(|length| length >= ROTATE_AT) {
            take(Copied::File(format!("{FOLDER}/{first:020}.log")))?;
            self.length = Some(0);
        }
        take(Copied::Commit(&bytes))?;
        self.length = self.length.map(|length| length + bytes.len() as u64);
        self.open.clear();
        Ok(())
    }
}
