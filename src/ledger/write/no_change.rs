//! Refuses drafts that change nothing: a correction or a new description that repeats the words in
//! force.
//!
//! Always holds: nothing is refused that changes a word, closes a dispute, or vouches for what a
//! stolen key entered. Not here: the rules (`legal`), acts on people and on the ledger (`cli`).

use crate::ledger::query::effect::{differences, object};
use crate::ledger::write::draft::Draft;
use crate::ledger::write::pending::WriterLookup;
use crate::ledger::write::resolve::ResolvedDraft;
use annals_core::event::args::Args;
use annals_core::event::body::Content;

/// Refuses an act that would change nothing, and says how one changes something.
pub fn check(
    draft: &Draft,
    resolved: &ResolvedDraft,
    lookup: &WriterLookup<'_>,
) -> Result<(), String> {
    match (&resolved.args, &resolved.content) {
        (Args::FactCorrected(args), Content::FactCorrected(content)) => {
            let standing = lookup.standing_revision(args.on);
            let Some(fact) = standing.filter(|_| args.resolves.is_empty()) else { return Ok(()) };
            match lookup.revision(args.on).is_some_and(|words| words == content.fact) {
                false => Ok(()),
                true => Err(format!(
                    "nothing would change: these are the present words of fact {fact}; say what \
                     does with --claim, --quote, --when, --topic or another field"
                )),
            }
        }
        (Args::DocumentDescribed(args), Content::DocumentDescribed(content)) => {
            let document = args.document;
            let Some(before) = lookup.description(document) else { return Ok(()) };
            let changes = differences(&before, &object(content));
            // The clock sets the time of capture where neither says it.
            let given = draft.captured_at.is_some();
            match changes.iter().any(|change| given || change.field != "captured_at") {
                true => Ok(()),
                false => Err(format!(
                    "nothing would change: document {document} is described so already; say what \
                     does with --title, --published, --url or another field"
                )),
            }
        }
        _ => Ok(()),
    }
}
