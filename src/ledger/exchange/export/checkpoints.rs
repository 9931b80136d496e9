//! The checkpoints of a bag: the earlier ones, and the one that its part is compared with.
//!
//! Always holds: a checkpoint has the record's origin and no larger size than the part; no
//! checkpoint is signed for events that the record does not hold. Not here: comparing roots
//! (`export` compares each with the tree). Source: FORMAT.md sections 9 and 14.

use crate::keys::{HighWaterMarks, Mark};
use crate::ledger::error::LedgerError;
use crate::ledger::exchange::export::part::Part;
use crate::ledger::reader::Record;
use annals_core::key::SecretKey;
use annals_core::pin::LogKeys;
use annals_core::tlog::{Checkpoint, Note, NoteSignature};

/// The checkpoints that the log key signed of the part: its marks and those of an import, by size.
pub fn known(record: &Record, part: &Part) -> Result<Vec<Mark>, LedgerError> {
    let mut known = Vec::new();
    for path in [record.paths.marks(), record.paths.checkpoints()] {
        let marks = HighWaterMarks::at(path);
        if !marks.is_out_of_reach() {
            known.extend(marks.all_for(&part.origin, part.end.size)?);
        }
    }
    known.sort_by_cached_key(|mark| (mark.size, mark.line()));
    known.dedup();
    Ok(known)
}

/// The checkpoint of a part that is not the whole record: the signed one of its size, else a new
/// one by the log keys, else the last earlier one.
pub fn choose(
    part: &Part,
    known: &[Mark],
    log_keys: &[SecretKey],
) -> Result<Option<Vec<u8>>, LedgerError> {
    let signed = known.iter().rev().filter_map(|mark| {
        let note = note_of(mark);
        let keys = part.keys(mark.size)?;
        keys.signed(&note, &part.origin).then_some((mark.size, note))
    });
    let last = signed.into_iter().next();
    if let Some((size, note)) = &last
        && *size == part.end.size
    {
        return Ok(Some(note.write().into_bytes()));
    }
    let note = part.keys(part.end.size).and_then(|keys| sign(part, keys, log_keys));
    let note = note.or(last.map(|(_, note)| note));
    Ok(note.map(|note| note.write().into_bytes()))
}

fn note_of(mark: &Mark) -> Note {
    let Mark { origin, size, root, .. } = mark;
    let checkpoint = Checkpoint { origin: origin.to_string(), size: *size, root: *root };
    Note { text: checkpoint.text(), signatures: vec![mark.signature()] }
}

/// A checkpoint of the part by all of its log keys, if they are available.
fn sign(part: &Part, keys: &LogKeys, log_keys: &[SecretKey]) -> Option<Note> {
    let origin = part.origin.to_string();
    let text = Checkpoint { origin, size: part.end.size, root: part.end.root }.text();
    let mut signatures = Vec::new();
    for public in keys.each() {
        let key = log_keys.iter().find(|key| key.public() == public)?;
        signatures.push(NoteSignature::sign(&text, &part.origin, key));
    }
    Some(Note { text, signatures })
}
