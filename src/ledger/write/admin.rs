//! Administrative events: one event about people or the ledger itself, signed and verified.
//!
//! Always holds: an event passes the verifier before a byte is written, and its position is its
//! base; only a retiming may have an earlier time than the event before it.
//! Not here: the content of the event (`editors`), drafts of facts (`append`).
//! Source: FORMAT.md sections 4 to 6.

use crate::ledger::error::LedgerError;
use crate::ledger::write::batch::{Signer, slot, verify_last};
use crate::ledger::write::prepared_batch::PreparedBatch;
use crate::ledger::write::resolve::ResolvedDraft;
use crate::ledger::write::sign::sign_draft;
use crate::ledger::write::writer::Writer;
use annals_core::event::vocabulary::Type;
use annals_core::time::Time;

/// Signs one event for the writer's next slot and verifies it.
pub fn prepare_act(
    writer: &mut Writer,
    resolved: ResolvedDraft,
    signer: &mut Signer<'_>,
) -> Result<PreparedBatch, LedgerError> {
    let kind = resolved.args.kind();
    writer.need_for(&resolved.args)?;
    let mut slot = slot(writer, signer.clock.now());
    if kind == Type::LedgerRetimed {
        slot.after = None;
    }
    let entry = sign_draft(&resolved, &slot, signer.key, signer.entropy)?;
    let (entries, resolved) = (vec![entry], vec![resolved]);
    let (first, unsigned) = (writer.size(), !signer.key.signs());
    let prepared = PreparedBatch { entries, resolved, first, unsigned, ..PreparedBatch::default() };
    match verify_last(writer, &prepared)? {
        None if unsigned => Ok(prepared),
        None => {
            writer.check_signatures()?;
            Ok(prepared)
        }
        Some(broken) => {
            writer.take_back();
            Err(LedgerError::NotAllowed { kind, why: broken.why })
        }
    }
}

/// Whether the writer's clock is compared with the record's times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockCheck {
    /// It is compared.
    On,
    /// It is not: the user states that the clock is right.
    Off,
}

/// Refuses a retiming that corrects nothing, because the clock is after the last event's time; and
/// one to a time before the record began, unless the user states that the clock is right: a clock
/// that lost its battery may be as wrong as one that ran ahead.
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
