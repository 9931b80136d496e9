//! The state of a record: what its applied events fold to.
//!
//! Always holds: [`State::apply`] takes only what [`State::judge`] allowed and never refuses;
//! the same events give the same state on any machine. Not here: bytes, chains, clocks.
//! Source: FORMAT.md section 8.

pub mod dump;

use crate::fold::history::{History, KeyIndex};
use crate::fold::operation::Operation;
use crate::fold::{Fact, Fold};
use crate::hash::Hash;
use crate::key::PublicKey;
use crate::legal::context::Proposal;
use crate::legal::context::RuleContext;
use crate::legal::{self, Violation};
use crate::rebuild::{self, Undone};
use crate::text::Person;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The status of a fact: the first that holds, in this order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// A retraction stands.
    Retracted,
    /// A dispute is open.
    Disputed,
    /// Enough persons confirmed the present revision.
    Confirmed,
    /// None of these.
    Asserted,
}

impl Status {
    /// The word as it is spelled.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Retracted => "retracted",
            Status::Disputed => "disputed",
            Status::Confirmed => "confirmed",
            Status::Asserted => "asserted",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Everything that a record says, after some of its events.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// What is never refolded.
    pub history: History,
    /// What stands.
    pub fold: Fold,
    undone: Vec<Undone>,
}

impl State {
    /// Whether an event may stand at its place: the first broken rule of section 6, by number.
    pub fn judge(&self, case: &Proposal<'_>) -> Result<(), Violation> {
        let case = RuleContext::new(&self.history, &self.fold, case);
        legal::judge(&case)?;
        match rebuild::refold_with(&self.history, &case) {
            Some(refolded) => legal::judge_in_refold(&case, &refolded.fold),
            None => Ok(()),
        }
    }

    /// Applies an event that [`State::judge`] allowed.
    pub fn apply(&mut self, position: u64, by: PublicKey, operation: Operation) {
        let suspect =
            matches!(&operation, Operation::Revoked(revoked) if revoked.suspect_from.is_some());
        self.history.keep(position, by, operation);
        if suspect {
            let refolded = rebuild::refold(&self.history, position);
            self.fold = refolded.fold;
            self.undone = refolded.undone;
        }
        if let Some(act) = self.history.acts().last() {
            self.fold.apply(act, &self.history);
        }
    }

    /// Takes the key of this digest for the recovery key, also in every fold from now on: for what
    /// is only tried, before the true one is typed, and where that has signed nothing yet.
    pub fn suppose_recovery(&mut self, digest: Hash) {
        self.history.suppose_recovery(digest);
        if let Some(ledger) = &mut self.fold.ledger {
            ledger.recovery = Some(digest);
        }
    }

    /// A state put together from what was kept of it; `undone` by position.
    pub fn restored(history: History, fold: Fold, undone: Vec<Undone>) -> State {
        State { history, fold, undone }
    }

    /// Events that suspect revocations undid, by position.
    pub fn undone(&self) -> &[Undone] {
        &self.undone
    }

    /// The status of a fact.
    pub fn status(&self, fact: &Fact) -> Status {
        let needed = self.fold.ledger.as_ref().map_or(1, |ledger| ledger.confirmations);
        if fact.retraction().is_some() {
            return Status::Retracted;
        }
        if !fact.disputes().is_empty() {
            return Status::Disputed;
        }
        match fact.confirmed_by().len() >= usize::from(needed) {
            true => Status::Confirmed,
            false => Status::Asserted,
        }
    }

    /// The person behind a key of the history; `None` for the recovery key.
    pub fn person(&self, key: KeyIndex) -> Option<&Person> {
        self.history.person(key)
    }
}
