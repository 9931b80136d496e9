//! Searching: the facts whose present words contain all of some phrases, by the index of words.
//!
//! Always holds: the answer is that of a scan (`scan`): the index says where words may be, and each
//! of these events is read and judged as a scan does it. Where the index cannot answer, or where
//! much of the record may have the words, it is a scan. An event that is not read is not checked.
//! Not here: comparing words (`annals_core::search`), showing hits (`cli`).

use crate::index::IndexError;
use crate::ledger::error::LedgerError;
use crate::ledger::query::View;
use crate::ledger::query::scan::{Scanned, scan};
use annals_core::search::Phrase;

/// Reading an event by itself costs as much as this many events in a scan.
const COST: u64 = 16;

/// Finds the facts with these phrases, on `jobs` threads if all are read.
pub fn search(view: &View<'_>, phrases: &[Phrase], jobs: usize) -> Result<Scanned, LedgerError> {
    match candidates(view, phrases) {
        Ok(Some(revisions)) => {
            let mut found = Scanned::default();
            for (revision, fact) in revisions {
                if let Some(event) = view.event(revision)? {
                    found.judge(view, fact, &event, phrases);
                }
            }
            Ok(found)
        }
        Ok(None) => scan(view, phrases, jobs),
        Err(why) => {
            view.record.folded_for(&why);
            scan(view, phrases, jobs)
        }
    }
}

/// The present revisions that may have the phrases, each with its fact; `None` if the view has no
/// index, or if they are many.
fn candidates(view: &View<'_>, phrases: &[Phrase]) -> Result<Option<Vec<(u64, u64)>>, IndexError> {
    let Some(slice) = &view.slice else { return Ok(None) };
    let words = slice.words(view.record)?;
    let size = view.as_of().size;
    let most = usize::try_from(size / COST).unwrap_or(usize::MAX).max(super::FEW as usize);
    let Some(found) = words.find(phrases, size, most)? else { return Ok(None) };
    let mut revisions = Vec::new();
    for event in found.into_iter().chain(words.end()..size) {
        revisions.extend(slice.revised(event)?.map(|fact| (event, fact)));
    }
    Ok(Some(revisions))
}
