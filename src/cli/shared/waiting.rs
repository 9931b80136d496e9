//! Which facts wait for a person.
//!
//! Always holds: nobody's own words wait for them, nor what they have confirmed or disputed. Not
//! here: who reviews (`provenance::reviewer`).

use crate::index::{IndexError, Row, RowKind, Snapshot, TreeKind};
use annals_core::fold::Fact;
use annals_core::fold::history::KeyIndex;
use annals_core::state::{State, Status};
use annals_core::text::Person;
use std::collections::BTreeSet;

/// Which of the facts that a person has not spoken of wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReviewScope {
    /// Those that others have not confirmed often enough.
    Unconfirmed,
    /// All.
    All,
}

/// The facts that may wait for a person, by the index: each that waits, and some that this person
/// disputed; if `of` is given, of these facts only.
pub fn may_wait(
    person: &Person,
    slot: &Snapshot<'_>,
    state: &State,
    which: ReviewScope,
    of: Option<BTreeSet<u64>>,
) -> Result<BTreeSet<u64>, IndexError> {
    let mine = |row: &Row| row.vouching().any(|key| state.history.person(key) == Some(person));
    let mut found = BTreeSet::new();
    if let Some(of) = of {
        for fact in of {
            if !slot.get(TreeKind::Standing, fact)?.is_some_and(|row| mine(&row)) {
                found.insert(fact);
            }
        }
        return Ok(found);
    }
    let needed = state.fold.ledger.as_ref().map_or(1, |ledger| ledger.confirmations);
    let mut kinds = vec![Status::Asserted, Status::Disputed];
    kinds.extend((which == ReviewScope::All).then_some(Status::Confirmed));
    for status in kinds {
        let kind = RowKind::Status(status, needed);
        slot.each(TreeKind::Standing, 0..u64::MAX, kind, &mut |row| {
            if !mine(&row) {
                found.insert(row.of);
            }
            Ok(())
        })?;
    }
    Ok(found)
}

/// Whether the present words of a fact wait for a person.
pub fn waits_for(person: &Person, state: &State, fact: &Fact, which: ReviewScope) -> bool {
    let of = |key: KeyIndex| state.history.person(key) == Some(person);
    let mine = of(fact.author) || fact.confirmed_by().iter().any(|key| of(*key));
    let disputed = fact
        .disputes()
        .iter()
        .any(|dispute| state.history.act(dispute.position).is_some_and(|act| of(act.by)));
    let needed = state.fold.ledger.as_ref().map_or(1, |ledger| ledger.confirmations);
    let enough = fact.confirmed_by().len() >= usize::from(needed);
    let counts = which == ReviewScope::All || !enough;
    fact.retraction().is_none() && !mine && !disputed && counts
}

/// How many facts wait, as a sentence.
pub fn sentence(count: usize, reviewer: &str) -> String {
    let waiting = match count {
        0 => "no fact waits".to_owned(),
        1 => "1 fact waits".to_owned(),
        more => format!("{more} facts wait"),
    };
    format!("{waiting} for {}", crate::cli::terminal::visible(reviewer))
}
