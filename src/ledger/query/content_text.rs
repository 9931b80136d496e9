//! The texts of an event: statement, evidence, and the words of a fact.
//!
//! Always holds: every field of a body is included. Not here: choosing the body (`gather`).

use crate::ledger::query::row::{EvidenceRow, StatementRow, Withheld, WordsRow};
use annals_core::event::body::{Content, Evidence, Fact};

/// The statement and the evidence of a body.
pub fn statement_text(content: Result<&Content, Withheld>) -> StatementRow {
    let content = match content {
        Err(why) => return StatementRow { withheld: Some(why), ..StatementRow::default() },
        Ok(content) => content,
    };
    let statement = content.statement().map(str::to_owned);
    // The evidence of a fact is among its own words ([`words`]).
    let cited = if content.fact().is_some() { &[] } else { content.evidence() };
    let evidence = cited.iter().map(evidence).collect();
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
