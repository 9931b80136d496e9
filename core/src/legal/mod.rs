//! Legality: one function for each numbered rule, the same on append and on verify.
//!
//! Always holds: a rule reads the history, the fold and the proposal, changes nothing, and is told
//! by its number; the first broken one decides. So nothing can be written that verify refuses.
//! Not here: content (`content`), signatures and chains (`verify`). Source: FORMAT.md section 6.

pub mod facts;
pub mod seals;
pub mod signers;
pub mod context;

use crate::fold::Fold;
use crate::fold::history::{Act, History};
use crate::key::PublicKey;
use crate::legal::context::Proposal;
use crate::legal::context::RuleContext;
use crate::rule::Rule;

/// A broken rule and why, for people.
pub type Violation = (Rule, String);

type Check = fn(&RuleContext<'_>) -> Result<(), String>;

/// Every rule of section 6, by number; 408's look into the refold is in [`judge_in_refold`].
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

/// What must hold of a suspect revocation's signer after the refold.
const IN_REFOLD: &[Check] = &[
    signers::signer_unknown,
    signers::signer_revoked,
    signers::signer_role,
    signers::admin_left,
    signers::key_named,
];

/// The first broken rule, by number. The whole of section 6 but what 408 asks of the refold.
pub fn judge(case: &RuleContext<'_>) -> Result<(), Violation> {
    check(case, RULES, &[])
}

/// The same for an act in a refold: all rules but 405, 408 and 411, which are the record's.
pub fn judge_refolding(
    history: &History,
    fold: &Fold,
    act: &Act,
    by: PublicKey,
) -> Result<(), Violation> {
    let event = Proposal { position: act.position, at: None, by, operation: &act.operation };
    let skipped = [Rule::KeyEnrolledOnce, Rule::SuspectFrom, Rule::Upgrade];
    check(&RuleContext::new(history, fold, &event), RULES, &skipped)
}

/// Rule 408 after the refold: could the signer still have signed?
pub fn judge_in_refold(case: &RuleContext<'_>, refolded: &Fold) -> Result<(), Violation> {
    let case = RuleContext::new(case.history, refolded, &case.event);
    for rule in IN_REFOLD {
        rule(&case).map_err(|why| {
            (Rule::SuspectFrom, format!("in the record without what this undoes, {why}"))
        })?;
    }
    Ok(())
}

fn check(
    case: &RuleContext<'_>,
    rules: &[(Rule, Check)],
    skipped: &[Rule],
) -> Result<(), Violation> {
    for (rule, check) in rules {
        if !skipped.contains(rule) {
            check(case).map_err(|why| (*rule, why))?;
        }
    }
    Ok(())
}
