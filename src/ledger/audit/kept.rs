//! What an auditor keeps: reading a pin, and moving it forward.
//!
//! Always holds: a pin moves only after a whole verification that found nothing, never to a smaller
//! size, and as a whole or not at all (`disk::replace`). Not here: what it says (`verify::pinned`).
//! Source: FORMAT.md section 9, "Pin".

use crate::disk::read_optional;
use crate::disk::{self, FileMode};
use crate::ledger::audit::options::Audit;
use crate::ledger::error::LedgerError;
use annals_core::pin::{LogKeys, MAX_PIN, Pin};
use annals_core::tlog::Note;
use annals_core::verdict::Verdict;
use annals_core::verify::Report;
use annals_core::verify::anchors::Anchors;

/// What became of the pin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PinFound {
    /// None was given.
    None,
    /// Made.
    Made(u64),
    /// Held, and moved forward from one size to another; the same size twice if nothing is new.
    Moved(u64, u64),
    /// Held at this size, and left there: only what is new was checked.
    Kept(u64),
    /// It saw so many events, more than this part of a record has: left as it was.
    Later(u64),
    /// It does not hold, or the record does not: left as it was.
    Left,
}

/// The bytes of the pin that was named; `None` if it is to be made, or none was named.
pub fn read(audit: &Audit) -> Result<Option<Vec<u8>>, LedgerError> {
    let Some(path) = &audit.pin else { return Ok(None) };
    let there = read_optional(path, MAX_PIN as u64)?;
    match (there, audit.init_pin) {
        (Some(_), true) => Err(LedgerError::ThereAlready(path.clone())),
        (None, false) => Err(LedgerError::NotFound(format!(
            "no pin at {}; --init-pin makes it from what is here now",
            path.display()
        ))),
        (there, _) => Ok(there),
    }
}

/// Moves the pin forward, never on a fault.
pub fn move_on(audit: &Audit, ends: &Anchors, report: &Report) -> Result<PinFound, LedgerError> {
    let Some(path) = &audit.pin else { return Ok(PinFound::None) };
    let Some(new) = of(report, ends).filter(|_| report.verdict() == Verdict::Yes) else {
        return Ok(PinFound::Left);
    };
    let size = new.checkpoint.size;
    let old = ends.pinned().map(|old| old.checkpoint.size);
    match old {
        Some(old) if audit.only_new => return Ok(PinFound::Kept(old)),
        Some(old) if old >= size => return Ok(PinFound::Moved(old, old)),
        _ => disk::replace(path, new.write().as_bytes(), FileMode::Shared)?,
    }
    Ok(old.map_or(PinFound::Made(size), |old| PinFound::Moved(old, size)))
}

/// What an auditor keeps of a verified record: all of it that is signed for.
pub fn of(report: &Report, ends: &Anchors) -> Option<Pin> {
    let checkpoint =
        report.anchors.checkpoint.clone().filter(|_| report.anchors.checkpoint_holds)?;
    let note = Note::parse(ends.checkpoint.as_deref()?)?;
    let at = report.heads.get(&checkpoint.size)?;
    let by_then = |keys: &&LogKeys| keys.size <= checkpoint.size;
    Some(Pin {
        genesis: report.genesis?,
        head: at.head?,
        peaks: at.peaks.clone(),
        log: report.log.iter().filter(by_then).copied().collect(),
        note,
        checkpoint,
    })
}
