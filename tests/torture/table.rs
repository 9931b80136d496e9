//! The counts of one kind of case, and the row that shows them.
//!
//! Always holds: a failed case is counted, and its first message is kept for the message of the
//! failing test.

use std::fmt::Write;

/// Counts of one row.
#[derive(Debug, Default)]
pub struct Row {
    /// The name of the row.
    pub name: String,
    /// The number of cases that were run.
    pub cases: u64,
    /// The number of all cases.
    pub all: u64,
    /// Cases in which the command under fault acknowledged its events.
    pub acknowledged: u64,
    /// Events acknowledged and not recorded afterwards.
    pub lost: u64,
    /// A record that breaks its rules afterwards: something was signed without verification.
    pub unjudged: u64,
    /// An honest record reported as another one, or evidence written against it.
    pub accused: u64,
    /// Repeating the command twice does not complete it.
    pub dead_ends: u64,
    /// Panics, and commands that did not end.
    pub broken: u64,
    /// Verdicts of damage between the fault and the next command: counted, but not a failure.
    pub damage_first: u64,
    /// The messages of the first failed cases.
    pub why: Vec<String>,
}

impl Row {
    pub fn new(name: impl Into<String>) -> Row {
        Row { name: name.into(), ..Row::default() }
    }

    /// Keeps the message of a failed case; the first eight are enough.
    pub fn note(&mut self, why: String) {
        if self.why.len() < 8 {
            self.why.push(why);
        }
    }

    pub fn line(&self) -> String {
        format!(
            "{:<34} {:>5} of {:<5} {:>12} {:>5} {:>9} {:>8} {:>9} {:>7} {:>7}",
            self.name,
            self.cases,
            self.all,
            self.acknowledged,
            self.lost,
            self.unjudged,
            self.accused,
            self.dead_ends,
            self.broken,
            self.damage_first
        )
    }

    /// Prints the row, for `scripts/torture`, and expects no failure.
    pub fn finish(self) {
        eprintln!("row: {}", self.line());
        let wrong = self.lost + self.unjudged + self.accused + self.dead_ends + self.broken;
        let mut text = String::new();
        for why in &self.why {
            let _ = write!(text, "\n- {why}");
        }
        assert_eq!(wrong, 0, "{}{text}", self.line());
        assert!(self.cases > 0, "{}: no case was run", self.name);
    }
}

/// The number of minutes of a test; `None` in the short form.
pub fn minutes() -> Option<f64> {
    std::env::var("ANNALS_TORTURE_MINUTES").ok().and_then(|text| text.parse().ok())
}
