//! The state of a record: the fold of its applied events.
//!
//! Always holds: [`State::apply`] takes only what [`State::check`] allowed and never refuses; the
//! same events give the same state on any machine. Not here: bytes, chains, clocks.
//! Source: FORMAT.md section 8.

pub mod dump;
mod undoings;

use crate::fold::history::{History, KeptAct, KeyIndex};
use crate::fold::operation::Operation;
use crate::fold::{Fact, Fold};
use crate::hash::Hash;
use crate::key::PublicKey;
use crate::legal;
use crate::legal::context::{Proposal, RuleContext};
use crate::refold::{self, Refold, Undone};
use crate::rule::Violation;
use crate::text::Person;
use serde::{Deserialize, Serialize};
use std::fmt;
pub use undoings::Undoings;

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
    undoings: Undoings,
    /// What each of the last acts changed, in order; `None` if it is not kept.
    applied: Option<Vec<AppliedAct>>,
}

/// What applying one act changed, to take it back.
#[derive(Clone, Debug)]
struct AppliedAct {
    kept: KeptAct,
    /// The number of changes that the fold kept before.
    changed: usize,
    /// The fold, and what was undone, before a refold.
    refolded: Option<Box<Refold>>,
}

impl State {
    /// Checks whether an event is legal at its place. Returns the first broken rule of section 6,
    /// by number.
    pub fn check(&self, proposal: &Proposal<'_>) -> Result<(), Violation> {
        let case = RuleContext::new(&self.history, &self.fold, proposal);
        legal::check(&case)?;
        match refold::refold_with(&self.history, &case) {
            Some(refolded) => legal::check_after_refold(&case, &refolded.fold),
            None => Ok(()),
        }
    }

    /// Applies an event that [`State::check`] allowed.
    pub fn apply(&mut self, position: u64, by: PublicKey, operation: Operation) {
        let suspect =
            matches!(&operation, Operation::Revoked(revoked) if revoked.suspect_from.is_some());
        let kept = self.history.keep_act(position, by, operation);
        let changed = self.fold.changed();
        let mut before = None;
        if suspect {
            let Refold { fold, undone } = refold::refold(&self.history, position);
            let fold = std::mem::replace(&mut self.fold, fold);
            let undone = std::mem::replace(&mut self.undone, undone);
            self.undoings.add(position, &undone, &self.undone);
            if self.applied.is_some() {
                self.fold.keep_changes();
                before = Some(Box::new(Refold { fold, undone }));
            }
        }
        if let Some(act) = self.history.acts().last() {
            self.fold.apply(act, &self.history);
        }
        if let Some(applied) = &mut self.applied {
            applied.push(AppliedAct { kept, changed, refolded: before });
        }
    }

    /// From now on keeps what each act changes, so that [`State::take_back`] can take it back;
    /// forgets what was kept before.
    pub fn keep_changes(&mut self) {
        self.fold.keep_changes();
        self.applied = Some(Vec::new());
    }

    /// The number of acts that can be taken back.
    pub fn revertible(&self) -> usize {
        self.applied.as_ref().map_or(0, Vec::len)
    }

    /// Takes back the last act that was applied since [`State::keep_changes`]. Returns false if
    /// there is none.
    pub fn take_back(&mut self) -> bool {
        let Some(last) = self.applied.as_mut().and_then(Vec::pop) else { return false };
        let AppliedAct { kept, changed, refolded } = last;
        if let Some(Refold { fold, undone }) = refolded.map(|before| *before) {
            (self.fold, self.undone) = (fold, undone);
            if let Some(act) = self.history.acts().last() {
                self.undoings.take_back(act.position);
            }
        }
        self.fold.take_back(changed);
        self.history.take_back(kept);
        true
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

    /// A state restored from its parts; `undone` is sorted by position. What an earlier suspect
    /// revocation undid, and a later one put in force again, is not known to it.
    pub fn restored(history: History, fold: Fold, undone: Vec<Undone>) -> State {
        let undoings = Undoings::at_a_point(&undone);
        State { history, fold, undone, undoings, applied: None }
    }

    /// The events that suspect revocations undid, by position.
    pub fn undone(&self) -> &[Undone] {
        &self.undone
    }

    /// Where each event was undone, as each suspect revocation left it.
    pub fn undoings(&self) -> &Undoings {
        &self.undoings
    }

    /// The suspect revocation that undid an event, for people: the one since which it has been
    /// undone, if that stands, and otherwise the one in `undone` of the state. A later revocation,
    /// also of another key, is named in `undone` of everything that was set aside before it.
    pub fn undoing(&self, event: u64) -> Option<u64> {
        let named = self.undone_by(event)?;
        let since = self.undoings.undone_since(event);
        Some(since.filter(|since| self.undone_by(*since).is_none()).unwrap_or(named))
    }

    /// The suspect revocation that `undone` of the state names for an event: see FORMAT.md section
    /// 8.
    pub fn undone_by(&self, event: u64) -> Option<u64> {
        let index = self.undone.binary_search_by_key(&event, |undone| undone.event).ok()?;
        self.undone.get(index).map(|undone| undone.by)
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
