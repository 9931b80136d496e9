//! Quoted words that begin directly after the word that denies them: `resign` of `will not resign`.
//!
//! Always holds: it is a hint for the signer and refuses nothing; a claim that denies something is
//! taken to deny them. Not here: words in quotation marks in the claim (`unquoted`).

use crate::ledger::write::resolve::RecordLookup;
use crate::wording::named_days::primary;
use crate::wording::negations::{has_negation, negation_at_end, negations};
use annals_core::event::body::Fact;

/// The most characters of quoted words that are shown.
const SHOWN: usize = 40;

/// The first quoted words of a fact that stand after a negation, where its claim has none.
pub fn note(fact: &Fact, lookup: &mut dyn RecordLookup) -> Option<String> {
    let claimed_in = primary(&fact.lang);
    if negations(&claimed_in).is_empty() || has_negation(&fact.claim, &claimed_in) {
        return None;
    }
    fact.evidence.iter().find_map(|entry| {
        let (quote, span) = entry.quote.as_ref().zip(entry.span.as_ref())?;
        let document = lookup.document(entry.document).ok()?;
        let byte = document.text.byte(usize::try_from(span.start).ok()?)?;
        let before = document.text.as_str().get(..byte)?;
        let negation = negation_at_end(before, &primary(&document.lang))?;
        let mut words: String = quote.exact.chars().take(SHOWN).collect();
        if words.len() < quote.exact.len() {
            words.push('…');
        }
        Some(format!(
            "in document {} “{negation}” stands directly before the quoted words “{words}”, and \
             the claim does not deny them",
            entry.document
        ))
    })
}
