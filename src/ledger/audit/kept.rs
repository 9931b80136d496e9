//! The pin of an auditor: reading it, and moving it forward.
//!
//! Always holds: a pin moves only after a complete verification without faults, never to a smaller
//! size, and atomically (`disk::replace`). Not here: the content of a pin (`verify::pinned`).
//! Source: FORMAT.md section 9, "Pin".

use crate::disk::{self, FileMode, read_optional};
use crate::ledger::audit::options::Audit;
use crate::ledger::error::{LedgerError, chain};
use crate::ledger::reader::pin_of;
use annals_core::pin::MAX_PIN;
use annals_core::verdict::Verdict;
use annals_core::verify::Report;
use annals_core::verify::anchors::Anchors;

/// The result of the comparison with the pin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PinFound {
    /// No pin was given.
    None,
    /// The pin was created at this size.
    Made(u64),
    /// The pin holds and was moved.
    Moved {
        /// Its size before.
        from: u64,
        /// Its size now; the same if there is no new event.
        to: u64,
    },
    /// The pin holds at this size and was not moved: only new events were checked.
    Kept(u64),
    /// The pin is of more events than this part of a record has; it was not changed.
    Later(u64),
    /// The pin or the record does not hold; the pin was not changed.
    Left,
    /// The record holds, and the pin could not be written; the reason.
    NotWritten(String),
}

/// The bytes of the given pin; `None` if it is to be created, or none was given.
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

/// Moves the pin forward; not if there is a fault. A pin that cannot be written takes no verdict
/// away.
pub fn move_on(audit: &Audit, anchors: &Anchors, report: &Report) -> PinFound {
    let Some(path) = &audit.pin else { return PinFound::None };
    let Some(new) = pin_of(report, anchors).filter(|_| report.verdict() == Verdict::Yes) else {
        return PinFound::Left;
    };
    let size = new.checkpoint.size;
    let old = anchors.pinned().map(|old| old.checkpoint.size);
    match old {
        Some(old) if audit.only_new => PinFound::Kept(old),
        Some(old) if old >= size => PinFound::Moved { from: old, to: old },
        _ => match disk::replace(path, new.write().as_bytes(), FileMode::Shared) {
            Ok(()) => old.map_or(PinFound::Made(size), |from| PinFound::Moved { from, to: size }),
            Err(error) => PinFound::NotWritten(chain(&error)),
        },
    }
}
