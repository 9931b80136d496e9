//! A ledger's checkpoint against a policy: the witnesses' lines and the quorum.
//!
//! Always holds: a checkpoint that is missing or not in form meets no policy. Not here: the log
//! key's own signature (`anchors`), proofs (`proof`). Source: FORMAT.md sections 11 and 12.

use crate::rule::{Fault, Rule};
use crate::tlog::policy::Policy;
use crate::tlog::{Checkpoint, Note};

/// A checkpoint checked against a policy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolicyResult {
    /// Name and latest time (seconds since 1970) of each witness that cosigned.
    pub witnesses: Vec<(String, u64)>,
    /// Number of lines of witnesses of the policy.
    pub lines: usize,
    /// Which of the requested trust is missing; empty if none is.
    pub missing: Vec<String>,
}

/// Checks a checkpoint's bytes against a policy; reports rule 1010.
pub fn check(policy: &Policy, checkpoint: Option<&[u8]>, faults: &mut Vec<Fault>) -> PolicyResult {
    let note = checkpoint.and_then(Note::parse);
    let in_form = note.filter(|note| Checkpoint::parse(&note.text).is_some());
    let Some(note) = in_form else {
        let missing = vec!["there is no checkpoint in form that could meet the policy".to_owned()];
        return PolicyResult { missing, ..PolicyResult::default() };
    };
    let outcome = policy.check(&note);
    faults.extend(outcome.refusal().map(|why| Fault::of(Rule::Cosignature, why)));
    let mut missing: Vec<String> = outcome.no_quorum().into_iter().collect();
    if !policy.logs.is_empty() && outcome.logs.is_empty() {
        missing.push("no log of the policy signed the checkpoint".to_owned());
    }
    PolicyResult { witnesses: outcome.witnesses, lines: outcome.lines, missing }
}
