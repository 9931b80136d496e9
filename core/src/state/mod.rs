//! The state of a record: the fold of its applied events.
//!
//! Always holds: [`State::apply`] takes only what [`State::check`] allowed and never refuses; the
//! same events give the same state on any machine. Not here: bytes, chains, clocks.
//! Source: FORMAT.md section 8.

pub mod dump;

use crate::fold::history::{History, KeyIndex};
use crate::fold::operation::Operation;
use crate::fold::{Fact, Fold};
use crate::hash::Hash;
use crate::key::PublicKey;
use crate::legal;
use crate::legal::context::{Proposal, RuleContext};
use crate::rebuild::{self, Undone};
use crate::rule::Violation;
use crate::text::Person;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The status of a fact: the first that holds, in this order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// A retraction is in force.
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

/// The state of a record after some of its events.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// The history, which no refold changes.
    pub history: History,
    /// The fold of the events that are in force.
    pub fold: Fold,
    undone: Vec<Undone>,
}

impl State {
    /// Checks whether an event is legal at its place. Returns the first broken rule of section 6,
    /// by number.
    pub fn check(&self, proposal: &Proposal<'_>) -> Result<(), Violation> {
        let case = RuleContext::new(&self.history, &self.fold, proposal);
        legal::check(&case)?;
        match rebuild::refold_with(&self.history, &case) {
            Some(refolded) => legal::check_after_refold(&case, &refolded.fold),
            None => Ok(()),
        }
    }

    /// Applies an event that [`State::check`] allowed.
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

    /// Treats the key of this digest as the recovery key, in this fold and in every later one. For
    /// a dry run before the real recovery key is entered; that key must not have signed anything
    /// yet.
    pub fn suppose_recovery(&mut self, digest: Hash) {
        self.history.suppose_recovery(digest);
        if let Some(ledger) = &mut self.fold.ledger {
            ledger.recovery = Some(digest);
        }
    }

    /// A state restored from its parts; `undone` is sorted by position.
    pub fn restored(history: History, fold: Fold, undone: Vec<Undone>) -> State {
        State { history, fold, undone }
    }

    /// The events that suspect revocations undid, by position.
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
