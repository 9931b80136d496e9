//! Which facts wait for a person.
//!
//! Always holds: nobody's own words wait for them, nor what they have confirmed or have an open
//! dispute of, nor words that are sealed or redacted. Not here: who reviews
//! (`provenance::reviewer`).

use crate::index::{Facets, IndexError, Snapshot};
use crate::ledger::query::fact_walk::{FactSource, FactWalk};
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

/// The facts that may wait for a person, by position: each that waits, and some that this person
/// disputed.
pub struct Candidates<'p> {
    person: &'p Person,
    walk: FactWalk,
}

impl<'p> Candidates<'p> {
    /// All of the record, or those that rest on a document, whose present words may have these
    /// facets.
    pub fn new(
        person: &'p Person,
        scope: ReviewScope,
        document: Option<u64>,
        facets: Facets,
    ) -> Candidates<'p> {
        let mut statuses = vec![Status::Asserted, Status::Disputed];
        statuses.extend((scope == ReviewScope::All).then_some(Status::Confirmed));
        let source = document.map_or(FactSource::Statuses(statuses), FactSource::Document);
        Candidates { person, walk: FactWalk::new(source).with(facets) }
    }

    /// The next `count` of them by the index; fewer only if there are no more.
    pub fn next(
        &self,
        snapshot: &Snapshot<'_>,
        state: &State,
        count: usize,
    ) -> Result<BTreeSet<u64>, IndexError> {
        let mine = |key| state.history.person(key) == Some(self.person);
        self.walk.next(snapshot, state, count, &|row| Ok(!row.vouching().any(mine)))
    }
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
    let (fold, revision) = (&state.fold, fact.revision);
    let is_readable = fold.seal(revision).is_none() && !fold.is_redacted(revision);
    fact.retraction().is_none() && is_readable && !mine && !disputed && counts
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

/// How many of the facts that wait are shown, as the beginning of a sentence; `at_most`: how many
/// wait at most, if that is known.
pub fn part(count: usize, reviewer: &str, at_most: Option<u64>) -> String {
    let facts = if count == 1 { "1 fact that waits" } else { &format!("{count} facts that wait") };
    let verb = if count == 1 { "is" } else { "are" };
    let most = at_most.map(|most| format!(" (at most {most} in all)")).unwrap_or_default();
    let reviewer = crate::cli::terminal::visible(reviewer);
    format!("{facts} for {reviewer} {verb} shown, there are more{most}")
}

/// How many signed submissions wait in the outbox, as a sentence with the command that shows them;
/// `None` if there are none.
pub fn outbox(count: u64, command: &str) -> Option<String> {
    match count {
        0 => None,
        1 => Some(format!("1 signed submission waits ({command} shows it)")),
        more => Some(format!("{more} signed submissions wait ({command} shows them)")),
    }
}
