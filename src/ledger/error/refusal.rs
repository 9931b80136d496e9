//! The refusal of a draft: where it stands, what refuses it, and why.
//!
//! Always holds: the message begins with the field that it is about, if it is about one and its
//! column does not name it. Not here: what is refused (`write`).

use crate::ledger::error::unresolved::{Reasons, Unresolved};
use annals_core::rule::Rule;

/// Where something stands in an input.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum InputPlace {
    /// A line of a draft.
    Line {
        /// The line (from 1) at which the draft begins.
        draft: usize,
        /// The line that is meant.
        line: usize,
    },
    /// A row of a table (from 1, the names of the columns are the first), and the cell in it.
    Row {
        /// The row.
        row: usize,
        /// The cell's column, where one cell is meant.
        column: Option<Column>,
    },
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Column {
    /// From 0.
    pub index: usize,
    /// Its name.
    pub name: String,
}

impl Column {
    /// Its letters, as a spreadsheet has them: A to Z, AA and so on.
    pub fn letters(&self) -> String {
        let mut letters = Vec::new();
        let mut rest = self.index + 1;
        while let Some(before) = rest.checked_sub(1) {
            letters.push(char::from(b'A' + (before % 26) as u8));
            rest = before / 26;
        }
        letters.iter().rev().collect()
    }
}

/// A draft, or a line of one, that is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Where it stands in the input, if it does.
    pub place: Option<InputPlace>,
    /// The draft's `ref`.
    pub name: Option<String>,
    /// The rule that refuses it; `None` where it is refused before its event is judged.
    pub rule: Option<Rule>,
    /// All that is wrong with it, and the field that it is about.
    pub why: Reasons,
}

impl Refusal {
    /// A refusal for this reason, without a place in an input and without a rule.
    pub fn of(why: impl Into<Unresolved>) -> Refusal {
        Refusal { place: None, name: None, rule: None, why: Reasons::from(why) }
    }

    /// What is wrong, as it is written beside its place.
    pub fn beside_place(&self) -> Reasons {
        match &self.place {
            Some(InputPlace::Row { column: Some(column), .. }) => {
                Reasons(self.why.0.iter().map(|why| why.beside(&column.name)).collect())
            }
            _ => self.why.clone(),
        }
    }
}
