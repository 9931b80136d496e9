//! The input of a rule of legality: an event, its place, and the state before it.

use crate::fold::history::History;
use crate::fold::operation::Operation;
use crate::fold::{Fact, Fold};
use crate::key::PublicKey;
use crate::roster::Member;
use crate::time::Time;

/// A proposal with everything that the rules read.
#[derive(Clone, Copy, Debug)]
pub struct RuleContext<'a> {
    /// The history, which no refold changes.
    pub history: &'a History,
    /// The fold of the events before it.
    pub fold: &'a Fold,
    /// The event.
    pub event: Proposal<'a>,
    /// The signer's row.
    pub signer: Option<&'a Member>,
    /// Whether the signer is the recovery key.
    pub recovery: bool,
    /// The fact that the event acts on, whichever event of the fact it names.
    pub fact: Option<&'a Fact>,
}

impl<'a> RuleContext<'a> {
    /// The context of an event after the events of `fold`.
    pub fn new(history: &'a History, fold: &'a Fold, event: &Proposal<'a>) -> RuleContext<'a> {
        let signer = fold.roster.member(&event.by);
        let digest = fold.ledger.as_ref().and_then(|ledger| ledger.recovery);
        let recovery = signer.is_none() && digest.is_some_and(|d| event.by.digest() == d);
        let fact = fold.fact_acted_on(event.operation);
        RuleContext { history, fold, event: *event, signer, recovery, fact }
    }
}

/// An event that is proposed for a place.
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
