//! What a rule of legality is asked about: an event, the state before it, its place.

use crate::fold::Fold;
use crate::fold::history::History;
use crate::fold::operation::Operation;
use crate::key::PublicKey;
use crate::roster::Member;
use crate::time::Time;

/// A proposal with everything that the rules look at.
#[derive(Clone, Copy, Debug)]
pub struct RuleContext<'a> {
    /// What is never refolded.
    pub history: &'a History,
    /// What stands before the event.
    pub fold: &'a Fold,
    /// The event.
    pub event: Proposal<'a>,
    /// The signer's row.
    pub signer: Option<&'a Member>,
    /// Whether the signer is the recovery key.
    pub recovery: bool,
}

impl<'a> RuleContext<'a> {
    /// The case of an event before which `fold` stands.
    pub fn new(history: &'a History, fold: &'a Fold, event: &Proposal<'a>) -> RuleContext<'a> {
        let signer = fold.roster.member(&event.by);
        let digest = fold.ledger.as_ref().and_then(|ledger| ledger.recovery);
        let recovery = signer.is_none() && digest.is_some_and(|d| event.by.digest() == d);
        RuleContext { history, fold, event: *event, signer, recovery }
    }
}

/// An event that wants to stand at a place.
#[derive(Clone, Copy, Debug)]
pub struct Proposal<'a> {
    /// Its position.
    pub position: u64,
    /// Its time by the ledger's clock.
    pub at: Option<Time>,
    /// Its signer.
    pub by: PublicKey,
    /// What it does.
    pub operation: &'a Operation,
}
