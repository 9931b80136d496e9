//! Advice for an author whose draft a rule refuses.
//!
//! Always holds: the rule's number and its text come first; advice names existing commands only.
//! Not here: the rules (`legal`), content checks (`verify`). Source: FORMAT.md section 6.

use crate::ledger::error::Unresolved;
use annals_core::event::args::Args;
use annals_core::event::vocabulary::Type;
use annals_core::fold::Fact;
use annals_core::rule::{Fault, Rule};
use annals_core::state::State;

/// A fault with its advice, for the author of the draft.
pub fn with_advice(fault: &Fault) -> String {
    let Fault { rule, why, .. } = fault;
    match advice(*rule) {
        Some(advice) => advised(fault, advice),
        None => format!("rule {rule}: {why}"),
    }
}

/// The text of a fault: its rule, its reason, and `advice`.
pub fn advised(fault: &Fault, advice: &str) -> String {
    format!("rule {}: {}; {advice}", fault.rule, fault.why)
}

/// Refuses args that name an event which is not there, in the words of their field.
pub fn no_event(args: &Args, size: u64) -> Result<(), Unresolved> {
    let named: Vec<(&'static str, u64)> = match args {
        Args::FactUpheld(args) => vec![("dispute", args.dispute)],
        Args::FactReinstated(args) => vec![("retraction", args.retraction)],
        Args::FactRelated(args) => vec![("from", args.from), ("to", args.to)],
        Args::RelationWithdrawn(args) => vec![("relation", args.relation)],
        Args::DocumentDescribed(args) => vec![("document", args.document)],
        Args::FactCorrected(args) => {
            args.resolves.iter().map(|dispute| ("resolves", *dispute)).collect()
        }
        _ => Vec::new(),
    };
    match (named.into_iter().find(|(_, position)| *position >= size), size.checked_sub(1)) {
        (Some((field, position)), Some(last)) => Err(Unresolved::at(
            field,
            format!("there is no event {position}; the last is {last}, and annals log lists them"),
        )),
        _ => Ok(()),
    }
}

/// The advice that the present state gives where args name an event of another kind: what is open,
/// and what was perhaps meant.
pub fn standing_advice(rule: Rule, args: &Args, state: &State) -> Option<String> {
    let fold = &state.fold;
    match (rule, args) {
        (Rule::Target, Args::FactUpheld(args)) => {
            Some(open_disputes(fold.fact_of_revision(args.dispute)?))
        }
        (Rule::Target | Rule::Resolves, Args::FactCorrected(args)) if !args.resolves.is_empty() => {
            Some(open_disputes(fold.fact_of_revision(args.on)?))
        }
        (Rule::Target, Args::FactReinstated(args)) => {
            let fact = fold.fact_of_revision(args.retraction)?;
            Some(match fact.retraction() {
                Some(by) => format!("fact {} is retracted by {by}", fact.position),
                None => format!("fact {} is not retracted", fact.position),
            })
        }
        (Rule::Target, Args::FactRelated(args)) => {
            let mut ends = [args.from, args.to].into_iter();
            let end = ends.find(|end| fold.fact(*end).is_none())?;
            let fact = fold.fact_of_revision(end)?.position;
            Some(format!("it corrects fact {fact}, which is named by {fact}"))
        }
        (Rule::Target, Args::DocumentDescribed(args)) => {
            let captured = state.history.act(args.document)?.operation.kind();
            let by = state.undoing(args.document)?;
            (captured == Type::DocumentCaptured).then(|| {
                format!(
                    "its capture was set aside by {by}: facts can cite it, and it stays suspect"
                )
            })
        }
        (Rule::Target, Args::RelationWithdrawn(args)) => {
            let fact = fold.fact_of_revision(args.relation)?.position;
            let of = fold
                .relations()
                .iter()
                .filter(|(_, triple)| triple.from == fact || triple.to == fact);
            let of: Vec<String> = of.map(|(relation, _)| relation.to_string()).collect();
            Some(match of.is_empty() {
                true => format!("fact {fact} has no relation in force"),
                false => format!("fact {fact} has these relations in force: {}", of.join(", ")),
            })
        }
        _ => None,
    }
}

fn open_disputes(fact: &Fact) -> String {
    let open: Vec<String> =
        fact.disputes().iter().map(|dispute| dispute.position.to_string()).collect();
    match open.as_slice() {
        [] => format!("fact {} has no open dispute", fact.position),
        [only] => format!("fact {} has one open dispute, {only}", fact.position),
        _ => format!("fact {} has these open disputes: {}", fact.position, open.join(", ")),
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
        Rule::DocumentRepeated => {
            "it is quoted with --document and that number, a page or a PDF with the number of its \
             text (annals document list), and annals document describe gives it another title or \
             date; where a stolen key captured it, another person vouches for it \
             so, unless it was set aside"
        }
        Rule::Independent => {
            "quote, with --quote and --document, a document that none of the \
                              fact's own come from"
        }
        _ => return None,
    })
}
