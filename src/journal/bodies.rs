//! Puts bodies into a journal or takes them out: each file that changes is replaced whole.
//!
//! Always holds: the records, the commits and the names of the files stay; a file is the one before
//! or the new one, whatever happens. Not here: which bodies those are (`ledger`), the lock, which
//! the caller holds. Source: FORMAT.md section 9.

use crate::disk::{self, FileMode};
use crate::journal::write::commit_bytes;
use crate::journal::{Journal, JournalError};
use annals_core::event::Entry;
use annals_core::verify::source::{Source, SourceError};
use std::collections::BTreeSet;

/// Calls `change` with the entries at these positions, and writes the files that contain them
/// again. A file is in memory while it is written.
pub fn change_bodies<E>(
    journal: &Journal,
    positions: &BTreeSet<u64>,
    change: &mut dyn FnMut(u64, &mut Entry) -> Result<(), E>,
) -> Result<(), E>
where
    E: From<SourceError> + From<JournalError>,
{
    let starts: Vec<u64> = journal.starts().collect();
    let ends = starts.iter().skip(1).copied().chain([journal.size()]);
    for ((first, end), log) in starts.iter().copied().zip(ends).zip(&journal.files().logs) {
        if positions.range(first..end).next().is_none() {
            continue;
        }
        let mut file = ChangedFile { first, open: Vec::new(), bytes: Vec::new() };
        for batch in journal.walk(first)? {
            let batch = batch?;
            let mut entries = batch.entries.into_iter().zip(batch.first..).peekable();
            let mut take = |file: &mut ChangedFile, until: u64| -> Result<(), E> {
                while let Some((mut entry, at)) = entries.next_if(|(_, at)| *at < until.min(end)) {
                    if positions.contains(&at) {
                        change(at, &mut entry)?;
                    }
                    file.open.push(entry);
                }
                Ok(())
            };
            for line in batch.commit_lines.iter().filter(|line| line.counted <= end) {
                take(&mut file, line.counted)?;
                if let Some(parsed) = line.parsed {
                    let bytes = commit_bytes(file.first, &file.open, parsed.root)?;
                    file.first += file.open.len() as u64;
                    file.bytes.extend(bytes);
                    file.open.clear();
                }
            }
            take(&mut file, end)?;
            if file.first >= end {
                break;
            }
        }
        if file.first != end {
            let (said, counted) = (end, file.first);
            return Err(JournalError::Size { said, counted }.into());
        }
        disk::replace(&log.path, &file.bytes, FileMode::Shared).map_err(JournalError::from)?;
    }
    Ok(())
}

/// A file of a journal that is made again.
struct ChangedFile {
    /// The position of the first event that no commit line ends yet.
    first: u64,
    /// The events from there on.
    open: Vec<Entry>,
    /// All commits before that.
    bytes: Vec<u8>,
}
