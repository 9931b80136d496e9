//! Legality: one function for each numbered rule, used on append and on verify.
//!
//! Always holds: a rule reads the history, the fold and the proposal, and changes nothing; the
//! first broken one is reported by its number. So nothing can be written that verify refuses. Not
//! here: content (`content`), signatures and chains (`verify`). Source: FORMAT.md section 6.

pub mod facts;
pub mod seals;
pub mod signers;
pub mod context;

use crate::fold::Fold;
use crate::fold::history::{Act, History};
use crate::key::PublicKey;
use crate::legal::context::{Proposal, RuleContext};
use crate::rule::{Rule, Violation};

type Check = fn(&RuleContext<'_>) -> Result<(), String>;

/// Every rule of section 6, by number; the part of 408 after the refold is in
/// [`check_after_refold`].
const RULES: &[(Rule, Check)] = &[
    (Rule::Opening, signers::opening),
    (Rule::SignerUnknown, signers::signer_unknown),
    (Rule::SignerRevoked, signers::signer_revoked),
    (Rule::SignerRole, signers::signer_role),
    (Rule::KeyEnrolledOnce, signers::key_enrolled_once),
    (Rule::LastAdmin, signers::last_admin),
    (Rule::KeyNamed, signers::key_named),
    (Rule::SuspectFrom, signers::suspect_from),
    (Rule::LogPossession, signers::log_possession),
    (Rule::Upgrade, signers::upgrade),
    (Rule::Target, facts::target),
    (Rule::Retracted, facts::retracted),
    (Rule::Stale, facts::stale),
    (Rule::OwnWords, facts::own_words),
    (Rule::ConfirmedTwice, facts::confirmed_twice),
    (Rule::DisputeClosed, facts::dispute_closed),
    (Rule::UpholdOwn, facts::uphold_own),
    (Rule::Resolves, facts::resolves),
    (Rule::RetractionStanding, facts::retraction_standing),
    (Rule::ReinstateOwn, facts::reinstate_own),
    (Rule::RelationEnds, facts::relation_ends),
    (Rule::RelationStanding, facts::relation_standing),
    (Rule::SealBound, seals::seal_bound),
    (Rule::SealLate, seals::seal_late),
    (Rule::Release, seals::release),
    (Rule::RedactOnce, seals::redact_once),
    (Rule::RedactOwn, seals::redact_own),
];

/// The rules for the signer of a suspect revocation after the refold.
const AFTER_REFOLD: &[Check] = &[
    signers::signer_unknown,
    signers::signer_revoked,
    signers::signer_role,
    signers::admin_left,
    signers::key_named,
];

/// Checks an event by section 6, without the part of 408 after the refold. Returns the first broken
/// rule, by number.
pub fn check(case: &RuleContext<'_>) -> Result<(), Violation> {
    first_broken(case, &[])
}

/// Checks an act during a refold: by all rules but 405, 408 and 411, which depend on the whole
/// record.
pub fn check_refolded(
    history: &History,
    fold: &Fold,
    act: &Act,
    by: PublicKey,
) -> Result<(), Violation> {
    let event = Proposal { position: act.position, at: None, by, operation: &act.operation };
    let skipped = [Rule::KeyEnrolledOnce, Rule::SuspectFrom, Rule::Upgrade];
    first_broken(&RuleContext::new(history, fold, &event), &skipped)
}

/// Rule 408 after the refold: the signer could still have signed.
pub fn check_after_refold(case: &RuleContext<'_>, refolded: &Fold) -> Result<(), Violation> {
    let case = RuleContext::new(case.history, refolded, &case.event);
    for rule in AFTER_REFOLD {
        rule(&case).map_err(|why| {
            let why = format!("in the record without what this undoes, {why}");
            Violation::of(Rule::SuspectFrom, why)
        })?;
    }
    Ok(())
}

fn first_broken(case: &RuleContext<'_>, skipped: &[Rule]) -> Result<(), Violation> {
    for (rule, check) in RULES.iter().filter(|(rule, _)| !skipped.contains(rule)) {
        check(case).map_err(|why| Violation::of(*rule, why))?;
    }
    Ok(())
}
