//! Pages: how many facts an answer shows, and what it says where there are more.
//!
//! Always holds: a page that was cut says so, and how to get more. Not here: which facts come first
//! (the commands).

use crate::cli::terminal::{Format, note};
use clap::Args;
use serde::{Serialize, Serializer};

/// The number of facts of a page for people.
const PAGE: usize = 50;

/// How many facts are shown.
#[derive(Clone, Copy, Debug, Args)]
pub struct PageArgs {
    /// At most this many facts, or all [default: 50 as text, else all]
    #[arg(long, value_name = "N", value_parser = limit)]
    limit: Option<PageLimit>,
}

/// The maximum number of facts of an answer, as it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PageLimit {
    /// This many.
    Most(usize),
    /// There is none.
    All,
}

/// Reads a number of facts, or `all`.
fn limit(text: &str) -> Result<PageLimit, String> {
    match (text, text.parse()) {
        ("all", _) => Ok(PageLimit::All),
        (_, Ok(most)) if most > 0 => Ok(PageLimit::Most(most)),
        _ => Err("expected a number from 1 on, or all".to_owned()),
    }
}

impl PageArgs {
    /// The maximum number of facts of an answer in this format.
    pub fn most(self, format: Format) -> usize {
        match (self.limit, format) {
            (Some(PageLimit::Most(most)), _) => most,
            (None, Format::Text) => PAGE,
            _ => usize::MAX,
        }
    }
}

/// Whether a page has all that was asked for.
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

    /// The same as a note, where an answer in this format has no place for it.
    pub fn note(self, shown: usize, format: Format) {
        if self == PageEnd::More && matches!(format, Format::Jsonl | Format::Csv) {
            let facts = if shown == 1 { "fact" } else { "facts" };
            note(format!("note: {shown} {facts}{}", self.sentence(shown)));
        }
    }
}
