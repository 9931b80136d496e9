//! The texts of a fact that are searched: its claim, its quotations, its attribution.
//!
//! Always holds: the index of words and a search read the same texts. Not here: comparing words
//! (`annals_core::search`).

use annals_core::event::body::{Evidence, Hop};

/// The kind of a text of a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextField {
    /// The claim.
    Claim,
    /// A quotation from this document.
    Quote(u64),
    /// A hop of the attribution: agent, role, reason for anonymity, act.
    Attribution,
}

/// The texts of a fact, in the order in which they are shown.
pub fn searched_texts<'a>(
    claim: Option<&'a str>,
    evidence: impl Iterator<Item = &'a Evidence>,
    attribution: &[Hop],
) -> Vec<(TextField, String)> {
    let mut texts: Vec<(TextField, String)> = Vec::new();
    texts.extend(claim.map(|claim| (TextField::Claim, claim.to_owned())));
    for entry in evidence {
        if let Some(quote) = &entry.quote {
            texts.push((TextField::Quote(entry.document), quote.exact.to_string()));
        }
    }
    for hop in attribution {
        let role = hop.role.as_deref().map(|role| format!(" ({role})")).unwrap_or_default();
        let unnamed = hop.unnamed_because.as_deref();
        let unnamed = unnamed.map(|why| format!(" (unnamed: {why})")).unwrap_or_default();
        texts.push((TextField::Attribution, format!("{}{role}{unnamed} {}", hop.agent, hop.act)));
    }
    texts
}
