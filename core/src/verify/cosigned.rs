//! A ledger's checkpoint by a policy: its witnesses' lines and the quorum.
//!
//! Always holds: a checkpoint that is not there or not in form meets no policy. Not here: the log
//! key's own signature (`anchors`), proofs (`proof`). Source: FORMAT.md sections 11 and 12.

use crate::rule::{Fault, Rule};
use crate::tlog::policy::Policy;
use crate::tlog::{Checkpoint, Note};

/// What a policy says of a checkpoint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Witnessed {
    /// Name and latest time (seconds since 1970) of each witness that cosigned.
    pub witnesses: Vec<(String, u64)>,
    /// How many lines are of witnesses of the policy.
    pub lines: usize,
    /// What of the trust that was asked for is missing; empty if nothing is.
    pub missing: Vec<String>,
}

/// Judges a checkpoint's bytes by a policy; tells rule 1010.
pub fn judge(policy: &Policy, checkpoint: Option<&[u8]>, faults: &mut Vec<Fault>) -> Witnessed {
    let note = checkpoint.and_then(Note::parse);
    let in_form = note.filter(|note| Checkpoint::parse(&note.text).is_some());
    let Some(note) = in_form else {
        let missing = vec!["there is no checkpoint in form that could meet the policy".to_owned()];
        return Witnessed { missing, ..Witnessed::default() };
    };
    let judged = policy.judge(&note);
    faults.extend(judged.refusal().map(|why| Fault::of(Rule::Cosignature, why)));
    let mut missing: Vec<String> = judged.no_quorum().into_iter().collect();
    if !policy.logs.is_empty() && judged.logs.is_empty() {
        missing.push("no log of the policy signed the checkpoint".to_owned());
    }
    Witnessed { witnesses: judged.witnesses, lines: judged.lines, missing }
}
