//! Pages: whether an answer has all requested facts, and the sentence where there are more.
//!
//! Always holds: a page that was cut says so, and how to get more. Not here: which facts come first
//! (the answers).

use serde::{Serialize, Serializer};

/// The part of the facts that pass the filters which an answer has, by position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FactPage {
    /// Facts after this position; `None`: from the first one on.
    pub after: Option<u64>,
    /// The maximum number of facts.
    pub most: usize,
}

impl FactPage {
    /// All facts.
    pub const ALL: FactPage = FactPage { after: None, most: usize::MAX };
}

/// Whether a page has all requested facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageEnd {
    /// It has all.
    Whole,
    /// There are more.
    More,
}

/// As JSON: whether there are more.
impl Serialize for PageEnd {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bool(*self == PageEnd::More)
    }
}

impl PageEnd {
    /// What follows the number of facts of a page with this many, where there are more.
    pub fn sentence(self, shown: usize) -> String {
        match self {
            PageEnd::Whole => String::new(),
            PageEnd::More => {
                let verb = if shown == 1 { "is" } else { "are" };
                format!(" {verb} shown, there are more{}", self.hint(shown))
            }
        }
    }

    /// How to get more.
    pub fn hint(self, shown: usize) -> String {
        match self {
            PageEnd::Whole => String::new(),
            PageEnd::More => {
                format!(": --limit {}, or --limit all", shown.saturating_mul(2).max(1))
            }
        }
    }
}
