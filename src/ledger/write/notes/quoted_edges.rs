//! Quoted words that begin directly after a word that denies or limits them, or inside of a word
//! with a hyphen: `resign` of `will not resign`, `100 people` of `almost 100 people`, `violent` of
//! `non-violent`; and an amount that the quoted words limit and the claim does not.
//!
//! Always holds: it is a hint for the signer and refuses nothing; a claim that denies or limits
//! something is taken to do so with them, and one that has the whole word to mean it. Not here:
//! words in quotation marks in the claim (`unquoted`), a number that is cut (`edges`).

use crate::ledger::write::resolve::RecordLookup;
use crate::wording::compounds::{cut_at_end, cut_at_start, has_compound};
use crate::wording::hedges::{
    LimitedAmount, has_figures, has_hedge, hedge_at_end, hedges, is_amount, is_no_limit,
    limited_amounts,
};
use crate::wording::named_days::primary;
use crate::wording::negations::{has_negation, negation_at_end, negations};
use annals_core::event::body::Fact;

/// The most characters of quoted words that are shown.
const SHOWN: usize = 40;

/// The notes on the edges of the quoted words of a fact: of each kind the first one.
pub fn notes(fact: &Fact, lookup: &mut dyn RecordLookup) -> Vec<String> {
    let claimed_in = primary(&fact.lang);
    let may_deny = !negations(&claimed_in).is_empty() && !has_negation(&fact.claim, &claimed_in);
    let may_limit = !hedges(&claimed_in).is_empty() && !has_hedge(&fact.claim, &claimed_in);
    let (mut denied, mut limited, mut cut) = (None, None, None);
    for entry in &fact.evidence {
        let Some((quote, span)) = entry.quote.as_ref().zip(entry.span.as_ref()) else { continue };
        let Ok(document) = lookup.document(entry.document) else { continue };
        let byte = |point: u64| document.text.byte(usize::try_from(point).ok()?);
        let (Some(start), Some(end)) = (byte(span.start), byte(span.end)) else { continue };
        let text = document.text.as_str();
        let (Some(before), Some(after)) = (text.get(..start), text.get(end..)) else { continue };
        let (number, lang) = (entry.document, primary(&document.lang));
        let words = shortened(&quote.exact);
        if may_deny && denied.is_none() {
            denied = negation_at_end(before, &lang).map(|negation| {
                format!(
                    "in document {number} “{negation}” stands directly before the quoted words \
                     “{words}”, and the claim does not deny them"
                )
            });
        }
        if may_limit && limited.is_none() && is_amount(&quote.exact) {
            let hedge = hedge_at_end(before, &lang);
            let hedge = hedge.filter(|it| !is_no_limit(it, before, &quote.exact, &lang));
            limited = hedge.map(|hedge| {
                format!(
                    "in document {number} “{hedge}” stands directly before the quoted words \
                     “{words}”, and the claim does not say so"
                )
            });
        }
        if may_limit && limited.is_none() {
            let amounts = limited_amounts(&quote.exact, &lang);
            let claimed = amounts.iter().find(|it| has_figures(&fact.claim, it.figures));
            limited = claimed.map(|LimitedAmount { hedge, figures }| {
                format!(
                    "in document {number} “{hedge}” stands before {figures}, and the claim does \
                     not say so"
                )
            });
        }
        if cut.is_none() {
            let compound = cut_at_start(before, &quote.exact)
                .or_else(|| cut_at_end(&quote.exact, after, &lang))
                .filter(|compound| !has_compound(&fact.claim, compound));
            cut = compound.map(|compound| {
                format!(
                    "in document {number} the quoted words “{words}” are cut out of “{compound}”, \
                     which the claim does not have"
                )
            });
        }
    }
    [denied, limited, cut].into_iter().flatten().collect()
}

/// Quoted words, or the first of them.
fn shortened(exact: &str) -> String {
    let mut words: String = exact.chars().take(SHOWN).collect();
    if words.len() < exact.len() {
        words.push('…');
    }
    words
}
