//! Pages: how many facts an answer shows, and what it says where there are more.
//!
//! Always holds: a page that was cut says so. Not here: which facts come first (`ledger::answer`).

use crate::cli::terminal::{Format, note};
use crate::ledger::answer::page::PageEnd;
use clap::Args;

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
pub enum PageLimit {
    /// This many.
    Most(usize),
    /// There is none.
    All,
}

impl PageLimit {
    /// The number of facts.
    pub fn most(self) -> usize {
        match self {
            PageLimit::Most(most) => most,
            PageLimit::All => usize::MAX,
        }
    }
}

/// Reads a number of facts, or `all`.
pub fn limit(text: &str) -> Result<PageLimit, String> {
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
            (Some(limit), _) => limit.most(),
            (None, Format::Text) => PAGE,
            _ => usize::MAX,
        }
    }
}

/// Notes that there are more facts, where an answer in this format has no place for it.
pub fn note_more(end: PageEnd, shown: usize, format: Format) {
    if end == PageEnd::More && matches!(format, Format::Jsonl | Format::Csv) {
        let facts = if shown == 1 { "fact" } else { "facts" };
        note(format!("note: {shown} {facts}{}", end.sentence(shown)));
    }
}
