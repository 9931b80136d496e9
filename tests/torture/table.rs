//! What is counted of one kind of case, and the row that shows it.
//!
//! Always holds: a case that went wrong is counted, and its first words are kept for the message
//! of the failing test.

use std::fmt::Write;

/// Counts of one row.
#[derive(Debug, Default)]
pub struct Row {
    /// What was done.
    pub name: String,
    /// Cases that were run.
    pub cases: u64,
    /// Cases that there are.
    pub all: u64,
    /// Cases in which the command under fault said that it had written.
    pub acknowledged: u64,
    /// Acknowledged, and not there afterwards.
    pub lost: u64,
    /// A record that breaks its rules afterwards: something was signed over unjudged.
    pub unjudged: u64,
    /// An honest record that is called another one, or evidence written against it.
    pub accused: u64,
    /// The same command again, twice, does not end it.
    pub dead_ends: u64,
    /// Panics, and commands that did not end.
    pub broken: u64,
    /// Verdicts of damage between the fault and the next command: a word, not a failure.
    pub damage_first: u64,
    /// What happened in the first cases that went wrong.
    pub why: Vec<String>,
}

impl Row {
    pub fn new(name: impl Into<String>) -> Row {
        Row { name: name.into(), ..Row::default() }
    }

    /// Keeps the words of a case that went wrong; the first eight are enough.
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

    /// Prints the row, for `scripts/torture`, and expects that nothing went wrong.
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

/// How many minutes a test may take; `None` in the short form.
pub fn minutes() -> Option<f64> {
    std::env::var("ANNALS_TORTURE_MINUTES").ok().and_then(|text| text.parse().ok())
}
