//! Totals: how many facts and documents there are after a root, by their state.
//!
//! Always holds: they follow from the rows of facts and documents, of which each is counted as it
//! was last; events that were undone are counted by the revocation that undid them.
//! Not here: where totals are stored (`node_file`), those since the last root (`read`).

use crate::index::row::{MOST, RowValue};
use annals_core::refold::Undone;
use annals_core::state::Status;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The number of facts and documents by their state.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Facts neither disputed nor retracted, by their number of confirmations.
    confirmed: [u64; MOST + 1],
    disputed: u64,
    retracted: u64,
    /// Disputes of facts that are not retracted.
    pub open_disputes: u64,
    /// Facts that were corrected.
    pub corrected: u64,
    /// Facts that are suspect.
    pub suspect: u64,
    /// Documents, also those that were set aside.
    pub documents: u64,
    /// For each suspect revocation the number of events that it undid.
    pub undone: BTreeMap<u64, u64>,
}

impl Totals {
    /// Counts a row in place of the earlier one of its object.
    pub(super) fn replace(&mut self, before: Option<&RowValue>, now: &RowValue) {
        if let Some(before) = before {
            self.count(before, &|count, by| *count = count.saturating_sub(by));
        }
        self.count(now, &|count, by| *count += by);
    }

    fn count(&mut self, row: &RowValue, change: &dyn Fn(&mut u64, u64)) {
        let fact = match row {
            RowValue::Fact(fact) => fact,
            RowValue::Document(_) | RowValue::Gone { document: true } => {
                return change(&mut self.documents, 1);
            }
            _ => return,
        };
        let disputes = fact.disputes.len() as u64;
        if fact.retraction.is_some() {
            change(&mut self.retracted, 1);
        } else if disputes > 0 {
            change(&mut self.disputed, 1);
            change(&mut self.open_disputes, disputes);
        } else {
            change(&mut self.confirmed[fact.confirmed_by.len().min(MOST)], 1);
        }
        change(&mut self.corrected, u64::from(fact.corrected > 0));
        change(&mut self.suspect, u64::from(fact.suspect));
    }

    /// Counts the events that are undone now.
    pub(super) fn undo(&mut self, undone: &[Undone]) {
        self.undone.clear();
        for undone in undone {
            *self.undone.entry(undone.by).or_default() += 1;
        }
    }

    /// The facts by status, if this number of confirmations makes a fact confirmed; a status that
    /// no fact has is left out.
    pub fn by_status(&self, needed: u8) -> BTreeMap<Status, u64> {
        let (below, enough) = self.confirmed.split_at(usize::from(needed).min(MOST + 1));
        let all = [
            (Status::Asserted, below.iter().sum()),
            (Status::Confirmed, enough.iter().sum()),
            (Status::Disputed, self.disputed),
            (Status::Retracted, self.retracted),
        ];
        all.into_iter().filter(|(_, count)| *count > 0).collect()
    }
}
