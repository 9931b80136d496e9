//! Rules 516–520: sealing, release and redaction.
//!
//! Always holds: each function is the rule of its number and reads only its context.
//! Not here: bodies themselves (`content`). Source: FORMAT.md section 6.

use crate::event::args::Seal;
use crate::fold::operation::Operation;
use crate::legal::context::RuleContext;
use crate::legal::facts;

/// 516: a seal promises at most ten years.
pub fn seal_bound(case: &RuleContext<'_>) -> Result<(), String> {
    let (Seal::Until(until), Some(at)) = (case.event.operation.seal(), case.event.at) else {
        return Ok(());
    };
    match at.seal_bound() {
        Some(bound) if until > bound => Err(format!("a seal ends by {bound}, found {until}")),
        _ => Ok(()),
    }
}

/// 517: a correction is sealed only while the revision it acts on is.
pub fn seal_late(case: &RuleContext<'_>) -> Result<(), String> {
    let Operation::Corrected(operation) = case.event.operation else { return Ok(()) };
    match operation.seal != Seal::Open && case.fold.seal(operation.on).is_none() {
        true => Err(format!("event {} is not sealed, so its correction cannot be", operation.on)),
        false => Ok(()),
    }
}

/// 518: only a sealed body is released.
pub fn release(case: &RuleContext<'_>) -> Result<(), String> {
    let Operation::Released { event } = case.event.operation else { return Ok(()) };
    match case.fold.seal(*event) {
        Some(_) => Ok(()),
        None => Err(format!("the body of event {event} is not sealed")),
    }
}

/// 519: a body is redacted once.
pub fn redact_once(case: &RuleContext<'_>) -> Result<(), String> {
    let Operation::Redacted { event } = case.event.operation else { return Ok(()) };
    match case.fold.is_redacted(*event) {
        true => Err(format!("the body of event {event} is redacted already")),
        false => Ok(()),
    }
}

/// 520: where two persons hold admin, nobody redacts a body of their own.
pub fn redact_own(case: &RuleContext<'_>) -> Result<(), String> {
    let Operation::Redacted { event } = case.event.operation else { return Ok(()) };
    let own = case.history.act(*event).is_some_and(|act| facts::is_signer(case, act.by));
    match own && case.fold.roster.admin_persons() >= 2 {
        true => Err(format!("the body of event {event} is the signer's own: ask the other admin")),
        false => Ok(()),
    }
}
