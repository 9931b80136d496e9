//! The texts of a fact that are searched: its claim, its quotations, its attribution.
//!
//! Always holds: the index of words and a search read the same texts. Not here: comparing words
//! (`annals_core::search`).

use annals_core::event::body::{Evidence, Hop};
use std::borrow::Cow;

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
) -> Vec<(TextField, Cow<'a, str>)> {
    let mut texts: Vec<(TextField, Cow<'a, str>)> = Vec::new();
    texts.extend(claim.map(|claim| (TextField::Claim, Cow::Borrowed(claim))));
    for entry in evidence {
        if let Some(quote) = &entry.quote {
            texts.push((TextField::Quote(entry.document), Cow::Borrowed(&*quote.exact)));
        }
    }
    for hop in attribution {
        let mut text = String::from(&*hop.agent);
        for (opening, part) in [(" (", &hop.role), (" (unnamed: ", &hop.unnamed_because)] {
            if let Some(part) = part {
                text.extend([opening, part, ")"]);
            }
        }
        text.extend([" ", &*hop.act]);
        texts.push((TextField::Attribution, Cow::Owned(text)));
    }
    texts
}
