//! Act: one event about people or the ledger itself, signed and judged.
//!
//! Always holds: an act passes the judge that verifies before a byte is written, and stands at its
//! base; a retiming, and nothing else, may have an earlier time than the event before it.
//! Not here: what the act says (`editors`), drafts of facts (`append`).
//! Source: FORMAT.md sections 4 to 6.

use crate::ledger::error::LedgerError;
use crate::ledger::write::batch::{Signer, slot, verify_last};
use crate::ledger::write::prepared::Prepared;
use crate::ledger::write::resolve::Resolved;
use crate::ledger::write::sign::seal;
use crate::ledger::write::writer::Writer;
use annals_core::event::vocabulary::Type;
use annals_core::time::Time;

/// Signs one event for the writer's next place and lets the judge take it.
pub fn prepare_act(
    writer: &mut Writer,
    resolved: Resolved,
    signer: &mut Signer<'_>,
) -> Result<Prepared, LedgerError> {
    let kind = resolved.args.kind();
    let mut slot = slot(writer, signer.clock.now());
    if kind == Type::LedgerRetimed {
        slot.after = None;
    }
    let entry = seal(&resolved, &slot, signer.key, signer.entropy)?;
    let (entries, resolved) = (vec![entry], vec![resolved]);
    let (first, unsigned) = (writer.size(), !signer.key.signs());
    let prepared = Prepared { entries, resolved, first, unsigned, ..Prepared::default() };
    match verify_last(writer, &prepared)? {
        None => Ok(prepared),
        Some(why) => Err(LedgerError::NotAllowed { kind, why }),
    }
}

/// Whether the writer's clock is compared with the record's times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockCheck {
    /// It is.
    On,
    /// It is not: the user says that the clock is right.
    Off,
}

/// Refuses a retiming that mends nothing: the clock is after the last event's time. And one to
/// before the record began, unless the clock is said to be right: a clock that lost its battery is
/// no better than one that ran ahead.
pub fn check_retime(
    writer: &Writer,
    began: Option<Time>,
    now: Time,
    check: ClockCheck,
) -> Result<(), LedgerError> {
    if let Some(last) = writer.verifier.chain.at.filter(|last| now > *last) {
        return Err(LedgerError::Usage(format!(
            "expected a clock that is behind the last event's time, {last}; the clock says {now}: \
             there is nothing to mend"
        )));
    }
    match began.filter(|began| now < *began && check == ClockCheck::On) {
        Some(began) => Err(LedgerError::Clock(format!(
            "expected a time after event 0's, {began}; the clock says {now}"
        ))),
        None => Ok(()),
    }
}
