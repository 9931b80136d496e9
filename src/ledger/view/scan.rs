//! Scanning: the facts whose present words have all of some phrases.
//!
//! Always holds: every present revision is read once, whether its words are told or not; nothing
//! is kept but positions. Not here: how words are compared (`search`), how hits are shown (`cli`).

use crate::event::body::{Content, Fact};
use crate::ledger::error::LedgerError;
use crate::ledger::view::View;
use crate::ledger::view::row::{Withheld, Words};
use crate::ledger::view::saying::words;
use crate::search::{Phrase, Searched};
use std::collections::BTreeSet;

/// What a scan found.
#[derive(Debug, Default)]
pub struct Scanned {
    /// The facts, by position.
    pub facts: BTreeSet<u64>,
    /// The facts whose words are not told.
    pub untold: BTreeSet<u64>,
    /// How many of those have bodies that are not the ones that were signed.
    pub damaged: u64,
}

/// Which text of a fact it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The claim.
    Claim,
    /// Words of this document.
    Quote(u64),
    /// A hop of the attribution: agent, role, why it is not named, act.
    Attribution,
}

/// The texts of a fact that are searched.
pub fn texts(words: &Words) -> Vec<(Place, String)> {
    let mut texts: Vec<(Place, String)> = Vec::new();
    texts.extend(words.claim.iter().map(|claim| (Place::Claim, claim.clone())));
    for row in &words.evidence {
        if let Some(quote) = &row.evidence.quote {
            texts.push((Place::Quote(row.evidence.document), quote.exact.to_string()));
        }
    }
    for hop in &words.attribution {
        let role = hop.role.as_deref().map(|role| format!(" ({role})")).unwrap_or_default();
        let unnamed = hop.unnamed_because.as_deref();
        let unnamed = unnamed.map(|why| format!(" (unnamed: {why})")).unwrap_or_default();
        texts.push((Place::Attribution, format!("{}{role}{unnamed} {}", hop.agent, hop.act)));
    }
    texts
}

/// Reads the words of every present revision.
pub fn scan(view: &View<'_>, phrases: &[Phrase]) -> Result<Scanned, LedgerError> {
    let mut scanned = Scanned::default();
    view.walk(0, view.as_of().size, &mut |seen| {
        let fact = view.state().fold.fact_of_revision(seen.position);
        let Some(fact) = fact.filter(|fact| fact.revision == seen.position) else { return true };
        let found = match view.content(seen) {
            Ok(Content::FactAsserted(body)) => has_all(&body.fact, phrases),
            Ok(Content::FactCorrected(body)) => has_all(&body.fact, phrases),
            Ok(_) => false,
            Err(why) => {
                scanned.untold.insert(fact.position);
                scanned.damaged += u64::from(why == Withheld::Damaged);
                false
            }
        };
        if found {
            scanned.facts.insert(fact.position);
        }
        true
    })?;
    Ok(scanned)
}

/// Whether each phrase stands in one of the texts.
fn has_all(fact: &Fact, phrases: &[Phrase]) -> bool {
    let texts: Vec<Searched> =
        texts(&words(fact)).iter().map(|(_, text)| Searched::new(text)).collect();
    let stands = |phrase: &Phrase| texts.iter().any(|text| !text.places(phrase).is_empty());
    phrases.iter().all(stands)
}
