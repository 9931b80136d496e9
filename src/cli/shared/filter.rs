//! The filters of facts as options, and their notes; the same in every command.
//!
//! Not here: what passes a filter (`ledger::answer::filter`), points (`provenance`).

use crate::cli::render::provenance;
use crate::cli::terminal::{CliError, Context, note};
use crate::ledger::answer::filter::{FactFilters, Filter, status};
use crate::ledger::reader::Record;
use annals_core::state::Status;
use clap::Args;

/// The filters of facts.
#[derive(Clone, Debug, Default, Args)]
pub struct FilterArgs {
    /// What was so at this time: an EDTF date or interval, such as 2022-01 or 2021/2022
    #[arg(long, value_name = "EDTF", allow_negative_numbers = true)]
    pub when: Option<String>,
    /// Facts with a topic that has these words
    #[arg(long)]
    pub topic: Option<String>,
    /// Facts of this status
    #[arg(long, value_parser = status)]
    pub status: Option<Status>,
    /// Facts that rest on this document
    #[arg(long, value_name = "POSITION")]
    pub document: Option<u64>,
}

impl FilterArgs {
    /// The filters, with the editor of the global option.
    pub fn filters(&self, context: &Context) -> Result<FactFilters, CliError> {
        let FilterArgs { when, topic, status, document } = self.clone();
        Ok(FactFilters { when, topic, status, document, by: provenance::editor(context)? })
    }
}

/// Prints a note of what an answer leaves out: facts of documents that are derived from the
/// requested one, and facts that a filter could not test.
pub fn note_left_out(filter: &Filter, record: &Record) {
    if let Some((document, derived)) = filter.derived() {
        note_derived(document, derived, "--document");
    }
    let damaged = filter.untested_damaged();
    let rest = filter.untested().saturating_sub(damaged);
    let kinds = [(rest, withheld(record)), (damaged, "not as signed")];
    for (count, how) in kinds {
        match count {
            0 => {}
            1 => note(format!("note: 1 fact could not be matched: its words are {how}")),
            count => {
                note(format!("note: {count} facts could not be matched: their words are {how}"));
            }
        }
    }
}

/// Why words are not shown that may be withheld by events: where bodies are missing, this may be
/// the reason too.
pub fn withheld(record: &Record) -> &'static str {
    match record.absent() {
        0 => "withheld",
        _ => "withheld, or not in this copy",
    }
}

/// Prints a note that facts may rest on the documents `derived` from `document`. `ask` is the
/// option or command that selects a document; the position of the first one is appended to it.
pub fn note_derived(document: u64, derived: &[u64], ask: &str) {
    match derived {
        [] => {}
        [one] => note(format!(
            "note: document {one} is derived from document {document}, and facts may rest on it: \
             {ask} {one}"
        )),
        [first, ..] => {
            let all: Vec<String> = derived.iter().map(u64::to_string).collect();
            note(format!(
                "note: documents {} are derived from document {document}, and facts may rest on \
                 them: {ask} {first}",
                all.join(", ")
            ));
        }
    }
}

/// `no fact when 2022`, `1 fact when 2022`, `2 facts when 2022`.
pub fn facts(count: usize, what: &str) -> String {
    let text = match count {
        0 => format!("no fact {what}"),
        1 => format!("1 fact {what}"),
        more => format!("{more} facts {what}"),
    };
    text.trim_end().to_owned()
}

/// The heading of facts without a date.
pub const UNDATED: &str = "without a date, which may be of any time";
