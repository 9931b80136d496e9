//! Rules 401–411: signers and keys.
//!
//! Always holds: each function is the rule of its number and reads only its context.
//! Not here: facts (`facts`), seals (`seals`). Source: FORMAT.md section 6.

use crate::event::vocabulary::{RevokeReason, Role, Type};
use crate::fold::operation::Operation;
use crate::key::{Possession, possession_bytes};
use crate::legal::context::RuleContext;

/// 401: event 0 is `ledger.opened`, and no other is.
pub fn opening(case: &RuleContext<'_>) -> Result<(), String> {
    let opened = case.fold.ledger.is_some();
    let is_opening = matches!(case.event.operation, Operation::Opened(_));
    match (is_opening, opened) {
        (true, true) => Err("the ledger is already opened by event 0".to_owned()),
        (true, false) if case.event.position != 0 => {
            Err("ledger.opened stands at position 0 only".to_owned())
        }
        (false, false) => Err("no ledger.opened stands before it".to_owned()),
        _ => Ok(()),
    }
}

/// 402: the signer is enrolled, or is the recovery key and signs one of its two types.
pub fn signer_unknown(case: &RuleContext<'_>) -> Result<(), String> {
    let kind = case.event.operation.kind();
    let recovers = case.recovery && matches!(kind, Type::EditorEnrolled | Type::EditorRevoked);
    if case.signer.is_some() || recovers || kind == Type::LedgerOpened {
        return Ok(());
    }
    match case.recovery {
        true => {
            Err(format!("the recovery key may sign editor.enrolled and editor.revoked, not {kind}"))
        }
        false => Err(format!("the key {} is not enrolled", case.event.by)),
    }
}

/// 403: the signer is not revoked.
pub fn signer_revoked(case: &RuleContext<'_>) -> Result<(), String> {
    match case.signer.and_then(|signer| signer.revoked) {
        Some(at) => Err(format!("the key {} is revoked since event {at}", case.event.by)),
        None => Ok(()),
    }
}

/// 404: the signer has the role that the type requires.
pub fn signer_role(case: &RuleContext<'_>) -> Result<(), String> {
    let Some(signer) = case.signer else { return Ok(()) };
    let kind = case.event.operation.kind();
    let itself = matches!(case.event.operation, Operation::Revoked(r) if r.key == case.event.by);
    let role = role_for(kind);
    if itself || signer.roles.has(role) {
        return Ok(());
    }
    Err(format!("{kind} needs the role {role}, which the key {} has not", case.event.by))
}

/// The role that a type requires of its signer.
pub fn role_for(kind: Type) -> Role {
    match kind {
        Type::LedgerOpened
        | Type::LedgerChanged
        | Type::LedgerRekeyed
        | Type::LedgerRetimed
        | Type::LedgerUpgraded
        | Type::EditorEnrolled
        | Type::EditorChanged
        | Type::EditorRevoked
        | Type::BodyRedacted => Role::Admin,
        _ => Role::Editor,
    }
}

/// 405: a key is enrolled, or becomes log key, once, ever.
pub fn key_enrolled_once(case: &RuleContext<'_>) -> Result<(), String> {
    let (key, recovery) = match case.event.operation {
        Operation::Opened(opened) => {
            if opened.log_key == case.event.by {
                return Err("the log key and the founder's key are one".to_owned());
            }
            if opened.recovery == Some(case.event.by.digest()) {
                return Err("the founder's key is the recovery key".to_owned());
            }
            (opened.log_key, opened.recovery)
        }
        Operation::Enrolled(enrolled) => (enrolled.key, recovery(case)),
        Operation::Rekeyed(rekeyed) => (rekeyed.log_key, recovery(case)),
        _ => return Ok(()),
    };
    if let Some(at) = case.history.ever(&key) {
        return Err(format!("the key {key} was named before, by event {at}"));
    }
    match recovery == Some(key.digest()) {
        true => Err("the recovery key is enrolled nowhere".to_owned()),
        false => Ok(()),
    }
}

fn recovery(case: &RuleContext<'_>) -> Option<crate::hash::Hash> {
    case.fold.ledger.as_ref().and_then(|ledger| ledger.recovery)
}

/// 406: at least one unrevoked key keeps the role admin. A suspect revocation is checked after its
/// refold, which may restore admins that a thief revoked.
pub fn last_admin(case: &RuleContext<'_>) -> Result<(), String> {
    match case.event.operation {
        Operation::Revoked(revoked) if revoked.suspect_from.is_some() => Ok(()),
        _ => admin_left(case),
    }
}

/// Whether an unrevoked key with the role admin is left after the event.
pub fn admin_left(case: &RuleContext<'_>) -> Result<(), String> {
    let key = match case.event.operation {
        Operation::RolesChanged(change) if !change.roles.admin => change.key,
        Operation::Revoked(revoked) => revoked.key,
        _ => return Ok(()),
    };
    let is_admin = case.fold.roster.admins().any(|member| member.key == key);
    match case.fold.roster.admins().count().saturating_sub(usize::from(is_admin)) {
        0 => Err("no admin would be left; enrol another one first".to_owned()),
        _ => Ok(()),
    }
}

/// 407: a key that is changed or revoked is enrolled and not revoked. Exception: a revoked key can
/// be revoked again as suspect.
pub fn key_named(case: &RuleContext<'_>) -> Result<(), String> {
    let (key, suspect) = match case.event.operation {
        Operation::RolesChanged(change) => (change.key, false),
        Operation::Revoked(revoked) => (revoked.key, revoked.suspect_from.is_some()),
        _ => return Ok(()),
    };
    match case.fold.roster.member(&key) {
        None => Err(format!("the key {key} is not enrolled")),
        Some(member) => match member.revoked.filter(|_| !suspect) {
            Some(at) => Err(format!("the key {key} is already revoked by event {at}")),
            None => Ok(()),
        },
    }
}

/// 408, the part without a refold: the reason, and the recovery key.
pub fn suspect_from(case: &RuleContext<'_>) -> Result<(), String> {
    let Operation::Revoked(revoked) = case.event.operation else { return Ok(()) };
    let stolen = matches!(revoked.reason, RevokeReason::Lost | RevokeReason::Compromised);
    if revoked.suspect_from.is_some() && !stolen {
        let reason = revoked.reason;
        return Err(format!("suspect_from needs the reason lost or compromised, not {reason}"));
    }
    match case.recovery && revoked.suspect_from.is_none() {
        true => Err("the recovery key revokes only with suspect_from".to_owned()),
        false => Ok(()),
    }
}

/// 410: the signer proves possession of the new log key.
pub fn log_possession(case: &RuleContext<'_>) -> Result<(), String> {
    let (Operation::Rekeyed(rekeyed), Some(ledger)) = (case.event.operation, &case.fold.ledger)
    else {
        return Ok(());
    };
    let origin = &ledger.origin;
    let message = possession_bytes(Possession::Log, origin, &rekeyed.log_key, origin);
    let accepted = rekeyed.log_key.accept();
    match accepted.is_some_and(|key| key.verifies(&message, &rekeyed.possession)) {
        true => Ok(()),
        false => Err("possession is not the new log key's signature".to_owned()),
    }
}

/// 411: an upgrade names a higher format.
pub fn upgrade(case: &RuleContext<'_>) -> Result<(), String> {
    let Operation::Upgraded { v } = case.event.operation else { return Ok(()) };
    match *v >= 2 && Some(*v) > case.history.upgraded {
        true => Ok(()),
        false => Err(format!("format {v} is not higher than the present one")),
    }
}
