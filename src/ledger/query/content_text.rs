//! The texts of an event: statement, evidence, and the words of a fact.
//!
//! Always holds: every field of a body is included. Not here: choosing the body (`gather`).

use crate::ledger::query::row::{EvidenceRow, StatementRow, Withheld, WordsRow};
use annals_core::event::body::{Content, Evidence, Fact};

/// The statement and the evidence of a body.
pub fn statement_text(content: Result<&Content, Withheld>) -> StatementRow {
    let evidence = |list: &Option<Vec<Evidence>>| list.iter().flatten().map(evidence).collect();
    let (statement, evidence) = match content {
        Err(why) => return StatementRow { withheld: Some(why), ..StatementRow::default() },
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
    StatementRow { statement, evidence, withheld: None }
}

fn evidence(evidence: &Evidence) -> EvidenceRow {
    EvidenceRow { title: None, sha256: None, evidence: evidence.clone() }
}

/// The words of a revision.
pub fn words(fact: &Fact) -> WordsRow {
    WordsRow {
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
