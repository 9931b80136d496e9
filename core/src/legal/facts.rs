//! Rules 501–514: acts on facts, disputes, retractions and relations.
//!
//! Always holds: each function is the rule of its number and reads only its context; it assumes
//! that the rules before it hold. Not here: signers, seals. Source: FORMAT.md section 6.

use crate::event::vocabulary::{Relation, Type};
use crate::fold::Target;
use crate::fold::history::KeyIndex;
use crate::fold::operation::Operation;
use crate::legal::context::RuleContext;
use crate::text::Person;

/// 501: every position in args names an applied event of the required type.
pub fn target(case: &RuleContext<'_>) -> Result<(), String> {
    let fold = case.fold;
    let is_dispute = |event: &u64| matches!(fold.target(*event), Some(Target::Dispute(_)));
    let wrong = |event: u64, expected: &str| Err(format!("event {event} is no {expected}"));
    if let Some(on) = case.event.operation.on()
        && case.fact.is_none()
    {
        return wrong(on, "fact.asserted or fact.corrected that stands");
    }
    match case.event.operation {
        Operation::Upheld { dispute } if !is_dispute(dispute) => wrong(*dispute, "fact.disputed"),
        Operation::Corrected(operation) => {
            match operation.resolves.iter().find(|event| !is_dispute(event)) {
                Some(event) => wrong(*event, "fact.disputed"),
                None => Ok(()),
            }
        }
        Operation::Reinstated { retraction } => match fold.target(*retraction) {
            Some(Target::Retraction(..)) => Ok(()),
            _ => wrong(*retraction, "fact.retracted"),
        },
        Operation::Related(triple) => {
            match [triple.from, triple.to].into_iter().find(|end| fold.fact(*end).is_none()) {
                Some(end) => wrong(end, "fact.asserted"),
                None => Ok(()),
            }
        }
        Operation::Withdrawn { relation } => match fold.target(*relation) {
            Some(Target::Relation(_)) => Ok(()),
            _ => wrong(*relation, "fact.related"),
        },
        Operation::Described { document } if fold.document(*document).is_none() => {
            wrong(*document, "document.captured")
        }
        Operation::Released { event } | Operation::Redacted { event }
            if case.history.act(*event).is_none() =>
        {
            wrong(*event, "event that stands")
        }
        _ => Ok(()),
    }
}

/// 502: a retracted fact takes only reinstatement and relations.
pub fn retracted(case: &RuleContext<'_>) -> Result<(), String> {
    if case.event.operation.kind() == Type::FactReinstated {
        return Ok(());
    }
    let Some(fact) = case.fact else { return Ok(()) };
    match fact.retraction() {
        Some(by) => Err(format!("fact {} is retracted by event {by}", fact.position)),
        None => Ok(()),
    }
}

/// 503: a confirmation, dispute, correction or retraction names the present revision.
pub fn stale(case: &RuleContext<'_>) -> Result<(), String> {
    let (Some(on), Some(fact)) = (case.event.operation.on(), case.fact) else { return Ok(()) };
    if fact.revision == on {
        return Ok(());
    }
    let (name, now) = (fact.position, fact.revision);
    Err(format!("the present revision of fact {name} is made by event {now}, not by {on}"))
}

/// 504: nobody confirms their own words.
pub fn own_words(case: &RuleContext<'_>) -> Result<(), String> {
    let (Operation::Confirmed { .. }, Some(fact)) = (case.event.operation, case.fact) else {
        return Ok(());
    };
    match is_signer(case, fact.author) {
        true => Err(format!("the present words of fact {} are the signer's own", fact.position)),
        false => Ok(()),
    }
}

/// 505: a person confirms a revision once.
pub fn confirmed_twice(case: &RuleContext<'_>) -> Result<(), String> {
    let (Operation::Confirmed { .. }, Some(fact)) = (case.event.operation, case.fact) else {
        return Ok(());
    };
    match fact.confirmed_by().iter().any(|key| is_signer(case, *key)) {
        true => Err(format!("this person has confirmed event {} already", fact.revision)),
        false => Ok(()),
    }
}

/// 507: only an open dispute is upheld.
pub fn dispute_closed(case: &RuleContext<'_>) -> Result<(), String> {
    let (Operation::Upheld { dispute }, Some(fact)) = (case.event.operation, case.fact) else {
        return Ok(());
    };
    match fact.disputes().iter().any(|open| open.position == *dispute) {
        true => Ok(()),
        false => Err(format!("dispute {dispute} of fact {} is closed", fact.position)),
    }
}

/// 508: nobody upholds their own fact.
pub fn uphold_own(case: &RuleContext<'_>) -> Result<(), String> {
    let (Operation::Upheld { .. }, Some(fact)) = (case.event.operation, case.fact) else {
        return Ok(());
    };
    match is_signer(case, fact.asserter) || is_signer(case, fact.author) {
        true => Err(format!("the signer asserted fact {} or its present words", fact.position)),
        false => Ok(()),
    }
}

/// 509: a correction resolves open disputes of its own fact, and none if nothing was wrong.
pub fn resolves(case: &RuleContext<'_>) -> Result<(), String> {
    let (Operation::Corrected(operation), Some(fact)) = (case.event.operation, case.fact) else {
        return Ok(());
    };
    if operation.more_precise && !operation.resolves.is_empty() {
        return Err("more-precise says that nothing was wrong, so it resolves nothing".to_owned());
    }
    let open = |event: &&u64| fact.disputes().iter().any(|open| open.position == **event);
    match operation.resolves.iter().find(|event| !open(event)) {
        Some(event) => Err(format!("{event} is no open dispute of fact {}", fact.position)),
        None => Ok(()),
    }
}

/// 511: only a retraction in force is ended.
pub fn retraction_standing(case: &RuleContext<'_>) -> Result<(), String> {
    let (Operation::Reinstated { retraction }, Some(fact)) = (case.event.operation, case.fact)
    else {
        return Ok(());
    };
    match fact.retraction() == Some(*retraction) {
        true => Ok(()),
        false => Err(format!("retraction {retraction} of fact {} is over", fact.position)),
    }
}

/// 512: the person who retracted does not reinstate.
pub fn reinstate_own(case: &RuleContext<'_>) -> Result<(), String> {
    let Operation::Reinstated { retraction } = case.event.operation else { return Ok(()) };
    match case.fold.target(*retraction) {
        Some(Target::Retraction(_, by)) if is_signer(case, by) => {
            Err("who retracted cannot reinstate".to_owned())
        }
        _ => Ok(()),
    }
}

/// 513: a relation has two different ends; where it has no direction, the earlier fact is first.
pub fn relation_ends(case: &RuleContext<'_>) -> Result<(), String> {
    let Operation::Related(triple) = case.event.operation else { return Ok(()) };
    let symmetric = matches!(triple.rel, Relation::SameAs | Relation::Contradicts);
    if triple.from == triple.to {
        return Err("a fact is not related to itself".to_owned());
    }
    match symmetric && triple.from > triple.to {
        true => Err(format!("{} has no direction: the earlier fact comes first", triple.rel)),
        false => Ok(()),
    }
}

/// 514: a relation is in force once, and only one in force is withdrawn.
pub fn relation_standing(case: &RuleContext<'_>) -> Result<(), String> {
    match case.event.operation {
        Operation::Related(triple) if case.fold.is_related(triple) => {
            Err(format!("{} {} {} stands already", triple.from, triple.rel, triple.to))
        }
        Operation::Withdrawn { relation } if !case.fold.relations().contains_key(relation) => {
            Err(format!("relation {relation} is withdrawn already"))
        }
        _ => Ok(()),
    }
}

/// Whether the signer holds `key`.
pub fn is_signer(case: &RuleContext<'_>, key: KeyIndex) -> bool {
    let person: Option<&Person> = case.signer.map(|signer| &signer.person);
    person.is_some() && case.history.person(key) == person
}
