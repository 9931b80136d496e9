//! What an event says: who, when, the statement, the evidence, the words of a fact.
//!
//! Always holds: nothing is left out of what a body says. Not here: which body it is (`gather`).

use crate::ledger::query::names::Names;
use crate::ledger::query::row::{Act, EvidenceRow, Said, Withheld, Words};
use crate::ledger::query::{Seen, View};
use annals_core::event::body::{Content, Evidence, Fact};

/// Who did what an event says; `None` if its statement is not in form.
pub fn act(view: &View<'_>, names: &Names, seen: &Seen) -> Option<Act> {
    let said = seen.statement()?;
    let named = names.at(&said.by, seen.position);
    Some(Act {
        event: seen.position,
        kind: said.kind,
        at: seen.at(),
        said: Some(said.said),
        by: named.then,
        by_now: named.now,
        key: said.by,
        undone_by: view.undone_by(seen.position),
    })
}

/// The statement and the evidence of a body.
pub fn said(content: Result<&Content, Withheld>) -> Said {
    let evidence = |list: &Option<Vec<Evidence>>| list.iter().flatten().map(evidence).collect();
    let (statement, evidence) = match content {
        Err(why) => return Said { withheld: Some(why), ..Said::default() },
        Ok(content) => match content {
            Content::FactConfirmed(body) => (None, evidence(&body.evidence)),
            Content::FactDisputed(body)
            | Content::FactUpheld(body)
            | Content::FactReinstated(body) => {
                (Some(body.statement.to_string()), evidence(&body.evidence))
            }
            Content::FactRetracted(body)
            | Content::RelationWithdrawn(body)
            | Content::BodyRedacted(body)
            | Content::EditorRevoked(body)
            | Content::LedgerRekeyed(body)
            | Content::LedgerRetimed(body)
            | Content::LedgerUpgraded(body) => (Some(body.statement.to_string()), Vec::new()),
            Content::FactCorrected(body) => (Some(body.statement.to_string()), Vec::new()),
            Content::DocumentDescribed(body) => (Some(body.statement.to_string()), Vec::new()),
            Content::FactRelated(body) => (body.statement.as_deref().map(str::to_owned), vec![]),
            Content::BodyReleased(body) => (body.because.as_deref().map(str::to_owned), vec![]),
            _ => (None, Vec::new()),
        },
    };
    Said { statement, evidence, withheld: None }
}

fn evidence(evidence: &Evidence) -> EvidenceRow {
    EvidenceRow { title: None, sha256: None, evidence: evidence.clone() }
}

/// What a revision says.
pub fn words(fact: &Fact) -> Words {
    Words {
        claim: Some(fact.claim.to_string()),
        lang: Some(fact.lang.to_string()),
        vouch: Some(fact.vouch),
        when: fact.when.clone(),
        topics: fact.topics.clone().unwrap_or_default(),
        attribution: fact.attribution.clone().unwrap_or_default(),
        evidence: fact.evidence.iter().map(evidence).collect(),
        withheld: None,
    }
}
