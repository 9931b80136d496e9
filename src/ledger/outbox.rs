//! The outbox: what was signed, kept before it is written, until long after.
//!
//! Always holds: a submission has one file, named by its digest; the same submission again finds
//! it, so no fact is entered twice after a lost receipt. Not here: signing (`append`).
//! Source: FORMAT.md section 9, the order of a commit.

use crate::disk::{self, Mode};
use crate::event::Entry;
use crate::event::record::Reading;
use crate::ledger::error::LedgerError;
use crate::ledger::record::read_if_there;
use crate::ledger::writer::Writer;
use std::path::Path;

/// The most bytes that an outbox file may have.
const BOUND: u64 = 4 << 30;

/// What a kept submission is to the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// All of it stands there from this position on.
    Recorded(u64),
    /// It was signed for the record's present end.
    Fits,
    /// The record went on without it.
    Stale,
}

/// Keeps signed entries, durably, under `path`; an older file of that name is replaced.
pub fn keep(path: &Path, entries: &[Entry]) -> Result<(), LedgerError> {
    let mut out = Vec::new();
    for entry in entries {
        out.extend_from_slice(&entry.record);
        out.extend_from_slice(entry.body.as_deref().unwrap_or_default());
        out.push(b'\n');
    }
    if let Some(folder) = path.parent()
        && !folder.is_dir()
    {
        disk::make_folder(folder)?;
    }
    Ok(disk::replace(path, &out, Mode::Private)?)
}

/// Reads a kept submission; `None` where there is none or it is not in form.
pub fn read(path: &Path) -> Result<Option<Vec<Entry>>, LedgerError> {
    let Some(bytes) = read_if_there(path, BOUND)? else { return Ok(None) };
    let lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
    let entries = lines.chunks_exact(4).map(|lines| Entry {
        record: lines[..3].concat(),
        body: lines[3].strip_suffix(b"\n").map(<[u8]>::to_vec),
    });
    Ok(Some(entries.collect::<Vec<_>>()).filter(|entries| !entries.is_empty()))
}

/// Compares a kept submission with the record.
pub fn compare(kept: &[Entry], writer: &Writer) -> Result<Kept, LedgerError> {
    let first = kept.first().map(|entry| Reading::of(&entry.record));
    let Some(statement) = first.and_then(|reading| reading.statement) else {
        return Ok(Kept::Stale);
    };
    let chain = &writer.judge.chain;
    if statement.base == chain.size() && statement.after == chain.head {
        return Ok(Kept::Fits);
    }
    let end = statement.base + kept.len() as u64;
    let same = writer.journal.read(statement.base..end)? == kept;
    Ok(if same { Kept::Recorded(statement.base) } else { Kept::Stale })
}
