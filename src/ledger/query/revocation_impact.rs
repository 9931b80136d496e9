//! RevocationImpact: the events that a suspect revocation undoes, and how facts change by it.
//!
//! Always holds: it is the difference of two folds, before and after.
//! Not here: the refold itself (`rebuild`), texts for people (`cli`).
//! Source: FORMAT.md section 8, "Refold".

use annals_core::rebuild::{How, Undone};
use annals_core::state::{State, Status};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// The part of a state that is compared.
#[derive(Clone, Debug, Default)]
pub struct StandingFacts {
    undone: Vec<Undone>,
    facts: BTreeMap<u64, StandingFact>,
}

/// Status, whether it is suspect, and the event whose words it has.
type StandingFact = (Status, bool, u64);

/// A fact whose state differs afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ChangedFact {
    /// Its position.
    pub fact: u64,
    /// Its status before; `None` if it did not stand.
    pub before: Option<Status>,
    /// Its status after; `None` if it does not stand any more.
    pub after: Option<Status>,
    /// Whether it is suspect afterwards, and was not before.
    pub suspect: bool,
    /// Whether it was suspect before, and is not afterwards.
    #[serde(skip_serializing_if = "is_false")]
    pub cleared: bool,
    /// The event whose words it has afterwards, if it had others before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<u64>,
}

/// Events undone, events in force again, and facts that change.
#[derive(Clone, Debug, Default, Serialize)]
pub struct RevocationImpact {
    /// Events struck, by position.
    pub struck: Vec<u64>,
    /// Events set aside, by position.
    pub set_aside: Vec<u64>,
    /// Events that were undone before and are in force again.
    pub restored: Vec<u64>,
    /// Facts that change, by position.
    pub facts: Vec<ChangedFact>,
}

fn is_false(value: &bool) -> bool {
    !value
}

impl StandingFacts {
    /// The part of a state that is compared.
    pub fn of(state: &State) -> StandingFacts {
        let fact = |fact: &annals_core::fold::Fact| {
            (fact.position, (state.status(fact), fact.suspect, fact.revision))
        };
        let facts = state.fold.facts().iter().map(fact).collect();
        StandingFacts { undone: state.undone().to_vec(), facts }
    }
}

impl RevocationImpact {
    /// The difference between two states.
    pub fn between(before: &StandingFacts, after: &StandingFacts) -> RevocationImpact {
        let lacks = |standing: &StandingFacts, event: u64| {
            standing.undone.binary_search_by_key(&event, |undone| undone.event).is_err()
        };
        let new = |how: How| {
            let is_new = |undone: &&Undone| undone.how == how && lacks(before, undone.event);
            after.undone.iter().filter(is_new).map(|undone| undone.event).collect()
        };
        let restored = before.undone.iter().map(|undone| undone.event);
        let facts: BTreeSet<u64> = before.facts.keys().chain(after.facts.keys()).copied().collect();
        let changed_fact = |fact: u64| {
            let (then, now) = (before.facts.get(&fact), after.facts.get(&fact));
            let is_suspect = |stood: Option<&StandingFact>| stood.is_some_and(|stood| stood.1);
            (then != now).then(|| ChangedFact {
                fact,
                before: then.map(|stood| stood.0),
                after: now.map(|stands| stands.0),
                suspect: is_suspect(now) && !is_suspect(then),
                cleared: is_suspect(then) && now.is_some() && !is_suspect(now),
                revision: now
                    .map(|now| now.2)
                    .filter(|now| then.is_some_and(|then| then.2 != *now)),
            })
        };
        RevocationImpact {
            struck: new(How::Struck),
            set_aside: new(How::SetAside),
            restored: restored.filter(|event| lacks(after, *event)).collect(),
            facts: facts.into_iter().filter_map(changed_fact).collect(),
        }
    }

    /// Whether there is no difference.
    pub fn is_nothing(&self) -> bool {
        self.struck.is_empty() && self.set_aside.is_empty() && self.restored.is_empty()
    }
}
