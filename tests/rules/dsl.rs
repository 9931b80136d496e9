//! given, when, then: a small language for the stories.
//!
//! Given: 0 Ada opens (both roles), 1 Bo (editor), 2 Cy (editor), 3 Dan (both roles), 4 Ada
//! captures the text, 5 Ada asserts a fact; then the story's own acts from 6 on.

use crate::support::acts::Opening;
use crate::support::{Act, Ledger, Outcome, judge};
use serde_json::Value;

/// Signers and their acts.
pub type Step = (&'static str, Act);

/// The document of the newsroom.
pub const DOC: u64 = 4;
/// The fact of the newsroom.
pub const FACT: u64 = 5;
/// The first event of a story's own.
pub const NEXT: u64 = 6;

/// A newsroom and its events.
#[derive(Clone)]
pub struct Story(pub Ledger);

/// The newsroom after these acts; all of them must be accepted.
pub fn given(steps: Vec<Step>) -> Story {
    given_as(&Opening::default(), steps)
}

/// The newsroom with `confirmations` 2.
pub fn given_two(steps: Vec<Step>) -> Story {
    given_as(&Opening { confirmations: 2, ..Opening::default() }, steps)
}

fn given_as(opening: &Opening, steps: Vec<Step>) -> Story {
    let mut ledger = Ledger::newsroom_as(opening);
    for (by, act) in steps {
        ledger.sign(by, act);
    }
    let outcome = judge(&ledger.files());
    assert!(outcome.faults.is_empty(), "given is allowed: {outcome}");
    Story(ledger)
}

impl Story {
    /// A person signs; returns the result.
    pub fn when(&self, by: &'static str, act: Act) -> Then {
        let mut ledger = self.0.clone();
        let position = ledger.sign(by, act.clone());
        Then { told: format!("{by} {}", act.kind), position, outcome: judge(&ledger.files()) }
    }
}

/// The result of an act.
pub struct Then {
    told: String,
    position: u64,
    outcome: Outcome,
}

impl Then {
    /// It is accepted, and there is no fault; returns its state.
    pub fn stands(self) -> State {
        assert!(self.outcome.faults.is_empty(), "{} stands: {}", self.told, self.outcome);
        State(self.outcome.json())
    }

    /// It is refused by exactly this rule, at its own position.
    pub fn refused(self, rule: u16) {
        let expected = [(rule, Some(self.position))];
        assert_eq!(self.outcome.faults, expected, "{} is refused by {rule}", self.told);
    }

    /// It is accepted (`Ok`: the status of the newsroom's fact) or refused (`Err`: by this rule).
    pub fn is(self, expected: Result<&str, u16>) {
        let told = self.told.clone();
        match expected {
            Ok(status) => assert_eq!(self.stands().status(FACT), status, "{told}"),
            Err(rule) => self.refused(rule),
        }
    }
}

/// The state as JSON, with queries.
pub struct State(pub Value);

impl State {
    /// The row of a list in which `field` is `value`.
    pub fn row(&self, list: &str, field: &str, value: u64) -> Value {
        let rows = self.0[list].as_array().expect("a list");
        let row = rows.iter().find(|row| row[field] == value);
        row.unwrap_or_else(|| panic!("no {field} {value} in {list}: {}", self.0)).clone()
    }

    /// The row of a fact.
    pub fn fact(&self, position: u64) -> Value {
        self.row("facts", "fact", position)
    }

    /// The status of a fact.
    pub fn status(&self, position: u64) -> String {
        self.fact(position)["status"].as_str().expect("a word").to_owned()
    }

    /// The undone events: event, revocation, manner.
    pub fn undone(&self) -> Vec<(u64, u64, String)> {
        let rows = self.0["undone"].as_array().expect("a list").iter();
        let number = |value: &Value| value.as_u64().expect("a position");
        rows.map(|row| {
            (number(&row["event"]), number(&row["by"]), row["how"].as_str().unwrap().to_owned())
        })
        .collect()
    }
}
