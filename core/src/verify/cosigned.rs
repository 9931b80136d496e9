//! A ledger's checkpoint against a policy: the witnesses' lines and the quorum.
//!
//! Always holds: a checkpoint that is missing or not in form meets no policy. Not here: the log
//! key's own signature (`anchors`), proofs (`proof`). Source: FORMAT.md sections 11 and 12.

use crate::rule::{Fault, Rule};
use crate::tlog::policy::Policy;
use crate::tlog::{Checkpoint, Note};
use std::fmt;

/// A checkpoint checked against a policy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolicyResult {
    /// Name and latest time (seconds since 1970) of each witness that cosigned.
    pub witnesses: Vec<(String, u64)>,
    /// Number of lines of witnesses of the policy.
    pub lines: usize,
    /// Which of the requested trust is missing; empty if none is.
    pub missing: Vec<MissingTrust>,
}

/// A requirement of a policy that a checkpoint does not meet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MissingTrust {
    /// There is no checkpoint in form.
    Checkpoint,
    /// The quorum is not met; the message, with who cosigned.
    Quorum(String),
    /// No log of the policy signed the checkpoint.
    Log,
    /// All logs of the policy are of other records, of these origins.
    OtherRecord(String),
}

impl fmt::Display for MissingTrust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            MissingTrust::Checkpoint => "there is no checkpoint in form that could meet the policy",
            MissingTrust::Quorum(why) => why,
            MissingTrust::Log => "no log of the policy signed the checkpoint",
            MissingTrust::OtherRecord(origin) => {
                return write!(f, "the policy is of another record ({origin})");
            }
        })
    }
}

/// Checks a checkpoint's bytes against a policy; reports rule 1010.
pub fn check(policy: &Policy, checkpoint: Option<&[u8]>, faults: &mut Vec<Fault>) -> PolicyResult {
    let note = checkpoint.and_then(Note::parse);
    let in_form = note.and_then(|note| Some((Checkpoint::parse(&note.text)?, note)));
    let Some((checkpoint, note)) = in_form else {
        return PolicyResult { missing: vec![MissingTrust::Checkpoint], ..PolicyResult::default() };
    };
    let outcome = policy.check(&note);
    faults.extend(outcome.refusal().map(|why| Fault::of(Rule::Cosignature, why)));
    let mut missing: Vec<MissingTrust> =
        outcome.no_quorum().map(MissingTrust::Quorum).into_iter().collect();
    if !policy.logs.is_empty() && outcome.logs.is_empty() {
        let other = policy.other_origins(&checkpoint.origin).map(MissingTrust::OtherRecord);
        missing.push(other.unwrap_or(MissingTrust::Log));
    }
    PolicyResult { witnesses: outcome.witnesses, lines: outcome.lines, missing }
}
