//! Advice for an author whose draft a rule refuses.
//!
//! Always holds: the rule's number and its text come first; advice names existing commands only.
//! Not here: the rules (`legal`), content checks (`verify`). Source: FORMAT.md section 6.

use annals_core::rule::{Fault, Rule};

/// A fault with its advice, for the author of the draft.
pub fn with_advice(fault: &Fault) -> String {
    let Fault { rule, why, .. } = fault;
    match advice(*rule) {
        Some(advice) => format!("rule {rule}: {why}; {advice}"),
        None => format!("rule {rule}: {why}"),
    }
}

fn advice(rule: Rule) -> Option<&'static str> {
    Some(match rule {
        Rule::SignerRevoked => "sign with a key that stands; annals status lists them",
        Rule::Target => "annals show shows what an event is",
        Rule::Retracted => "annals reinstate ends a retraction",
        Rule::Stale => "read its present words with annals show, then name the fact",
        Rule::OwnWords => "another person confirms them",
        Rule::ConfirmedTwice => "another person may confirm too",
        Rule::DisputeClosed => "annals show lists what closed it",
        Rule::UpholdOwn => "another person upholds it, or annals correct resolves the dispute",
        Rule::Resolves => "annals show lists the open disputes of the fact",
        Rule::RetractionStanding => "annals show lists what ended it",
        Rule::ReinstateOwn => "another person reinstates",
        Rule::RelationStanding => "annals show lists the relations of a fact",
        Rule::Independent => {
            "quote, with --quote and --document, a document that none of the \
                              fact's own come from"
        }
        _ => return None,
    })
}
