//! What qualifies a fact beside its status, and what stands where words are withheld.
//!
//! Always holds: the same words for people and programs. Not here: colours (`cli`).

use crate::ledger::query::row::{FactRow, Withheld};
use annals_core::state::Status;

/// The status of a fact; of one whose assertion was undone, that it has none.
pub fn standing(status: Option<Status>) -> &'static str {
    status.map_or("without a status", Status::as_str)
}

/// How the overlay of a corrected fact begins.
pub const CORRECTED: &str = "corrected ×";

/// The overlays beside the status.
pub fn overlays(row: &FactRow) -> Vec<String> {
    let mut all = Vec::new();
    if row.corrected > 0 {
        all.push(format!("{CORRECTED}{}", row.corrected));
    }
    let flags = [
        (row.suspect, "suspect"),
        (row.document_disputed, "the document is disputed"),
        (row.sealed, "sealed"),
        (row.redacted, "redacted"),
    ];
    all.extend(flags.iter().filter(|(so, _)| *so).map(|(_, word)| (*word).to_owned()));
    if !row.described_anew.is_empty() {
        let events: Vec<String> = row.described_anew.iter().map(u64::to_string).collect();
        all.push(format!("the document was described anew by {}", events.join(", ")));
    }
    all.extend(row.suspect_documents.iter().map(|at| format!("document {at} is suspect")));
    all
}

/// The text in place of withheld words.
pub fn withheld_text(why: Option<Withheld>) -> String {
    let why = match why {
        Some(Withheld::Redacted) => "the words are redacted",
        Some(Withheld::Sealed) => "the words are sealed",
        Some(Withheld::Missing) => "the words are not in this copy",
        Some(Withheld::Damaged) => "the words here are not the ones that were signed",
        None => "no words",
    };
    format!("[{why}]")
}
