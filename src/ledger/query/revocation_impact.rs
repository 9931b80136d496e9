//! RevocationImpact: what a suspect revocation undoes, and what becomes of facts by it.
//!
//! Always holds: it is the difference of two folds, before and after, and nothing is guessed.
//! Not here: the refold itself (`rebuild`), words for people (`cli`).
//! Source: FORMAT.md section 8, "Refold".

use annals_core::rebuild::{How, Undone};
use annals_core::state::{State, Status};
use serde::Serialize;
use std::collections::BTreeMap;

/// A state as much of it as is compared.
#[derive(Clone, Debug, Default)]
pub struct StandingFacts {
    undone: Vec<Undone>,
    facts: BTreeMap<u64, (Status, bool)>,
}

/// A fact that is another one afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ChangedFact {
    /// Its position.
    pub fact: u64,
    /// Its status before.
    pub before: Status,
    /// Its status after.
    pub after: Status,
    /// Whether it is suspect from now on.
    pub suspect: bool,
}

/// What is undone, what is in force again, and which facts change.
#[derive(Clone, Debug, Default, Serialize)]
pub struct RevocationImpact {
    /// Events struck, by position.
    pub struck: Vec<u64>,
    /// Events set aside, by position.
    pub set_aside: Vec<u64>,
    /// Events in force again that were undone before.
    pub restored: Vec<u64>,
    /// Facts that change, by position.
    pub facts: Vec<ChangedFact>,
}

impl StandingFacts {
    /// What stands in a state.
    pub fn of(state: &State) -> StandingFacts {
        let fact =
            |fact: &annals_core::fold::Fact| (fact.position, (state.status(fact), fact.suspect));
        let facts = state.fold.facts().iter().map(fact).collect();
        StandingFacts { undone: state.undone().to_vec(), facts }
    }
}

impl RevocationImpact {
    /// From one to the other.
    pub fn between(before: &StandingFacts, after: &StandingFacts) -> RevocationImpact {
        let lacks = |standing: &StandingFacts, event: u64| {
            !standing.undone.iter().any(|undone| undone.event == event)
        };
        let new = |how: How| {
            let is_new = |undone: &&Undone| undone.how == how && lacks(before, undone.event);
            after.undone.iter().filter(is_new).map(|undone| undone.event).collect()
        };
        let restored = before.undone.iter().map(|undone| undone.event);
        let fallen = |(fact, now): (&u64, &(Status, bool))| {
            let then = before.facts.get(fact)?;
            let (fact, before, after) = (*fact, then.0, now.0);
            (then != now).then_some(ChangedFact { fact, before, after, suspect: now.1 && !then.1 })
        };
        RevocationImpact {
            struck: new(How::Struck),
            set_aside: new(How::SetAside),
            restored: restored.filter(|event| lacks(after, *event)).collect(),
            facts: after.facts.iter().filter_map(fallen).collect(),
        }
    }

    /// Whether nothing changes.
    pub fn is_nothing(&self) -> bool {
        self.struck.is_empty() && self.set_aside.is_empty() && self.restored.is_empty()
    }
}
