//! `claims.jsonld`: facts, quotations, corrections and resolved disputes as schema.org objects.
//!
//! Always holds: the context is in the file, so that it can be read without a network; names are
//! relative to the file. Not here: the texts themselves (`ledger::query`). Source: schema.org
//! Claim, Quotation, CorrectionComment, ClaimReview; JSON-LD 1.1; FORMAT.md section 14.

use crate::ledger::error::LedgerError;
use crate::ledger::exchange::export::context::{BagContext, BagOutput, failed};
use crate::ledger::query::row::{ActRow, Charge, DocumentRow, FactRow, Revision};
use annals_core::event::body::Hop;
use annals_core::event::vocabulary::{AgentType, Type};
use serde_json::{Map, Value, json};

/// Writes the file, one object at a time.
pub fn graph(around: &BagContext<'_, '_>, out: &mut BagOutput<'_>) -> Result<(), LedgerError> {
    let context = json!({ "@vocab": "https://schema.org/" });
    write!(out, "{{\"@context\":{context},\"@graph\":[").map_err(failed)?;
    let mut between = "";
    let mut put = |value: Value| {
        let written = write!(out, "{between}{value}").map_err(failed);
        between = ",";
        written
    };
    around.rows.documents.values().filter_map(document).try_for_each(&mut put)?;
    around.rows.each(&mut |row| {
        around.steps.at("claims", row.fact);
        put(claim(&row))?;
        revisions(&row).flat_map(quotations).try_for_each(&mut put)?;
        revisions(&row).skip(1).filter_map(|it| correction(&row, it)).try_for_each(&mut put)?;
        row.disputes.iter().filter_map(|dispute| review(&row, dispute)).try_for_each(&mut put)
    })?;
    out.write_all(b"]}\n").map_err(failed)
}

/// An object without its null fields.
pub fn object(fields: Value) -> Value {
    let Value::Object(fields) = fields else { return fields };
    let there = |(_, value): &(String, Value)| match value {
        Value::Null => false,
        Value::Array(list) => !list.is_empty(),
        _ => true,
    };
    Value::Object(fields.into_iter().filter(there).collect::<Map<_, _>>())
}

fn id(name: String) -> Value {
    json!({ "@id": name })
}

fn person(act: &ActRow) -> Value {
    json!({ "@type": "Person", "name": act.signer().last(), "identifier": act.key })
}

fn document(row: &DocumentRow) -> Option<Value> {
    let about = row.about.as_deref()?;
    let text =
        |value: &Option<annals_core::event::body::Short>| value.as_deref().map(str::to_owned);
    let authors = about.authors.iter().flatten();
    let dated = about.published.as_ref().and_then(|dating| dating.edtf.as_deref());
    Some(object(json!({
        "@id": format!("ledger/document/{}", about.sha256),
        "@type": "DigitalDocument",
        "name": &*about.title,
        "identifier": row.document,
        "encodingFormat": &*about.media_type,
        "inLanguage": &*about.lang,
        "sha256": about.sha256,
        "url": about.url.as_deref(),
        "publisher": text(&about.publisher),
        "author": authors.map(|name| (**name).to_owned()).collect::<Vec<_>>(),
        "datePublished": dated,
        "archivedAt": about.archived_at.as_deref(),
        "usageInfo": text(&about.rights),
    })))
}

fn claim(row: &FactRow) -> Value {
    let words = &row.words;
    let first = row.revisions.first().map(|revision| &revision.act);
    let present = row.revisions.iter().find(|revision| revision.act.event == row.revision);
    let based: Vec<Value> = present.map(quotations).unwrap_or_default();
    let based = based.iter().filter_map(|quotation| quotation.get("@id"));
    let based: Vec<Value> = based.map(|name| json!({ "@id": name })).collect();
    let corrections = revisions(row).skip(1).filter(|it| it.words.withheld.is_none());
    let corrections = corrections.map(|it| id(format!("#event-{}", it.act.event)));
    object(json!({
        "@id": format!("#fact-{}", row.fact),
        "@type": "Claim",
        "identifier": row.fact,
        "text": words.claim,
        "inLanguage": words.lang,
        "creativeWorkStatus": row.status,
        "abstract": words.withheld.map(|why| format!("the words are {why:?}").to_lowercase()),
        "creator": first.map(person),
        "dateCreated": first.and_then(|act| act.at),
        "dateModified": present.filter(|it| it.act.event != row.fact).and_then(|it| it.act.at),
        "temporalCoverage": words.when.as_ref().and_then(|when| when.edtf.as_deref()),
        "about": words.topics.iter().map(|topic| object(json!({
            "@type": "Thing",
            "name": &*topic.name,
            "sameAs": topic.id.as_deref(),
        }))).collect::<Vec<_>>(),
        "isBasedOn": based,
        "correction": corrections.collect::<Vec<_>>(),
    }))
}

/// The assertion, and each correction that was not undone.
fn revisions(row: &FactRow) -> impl Iterator<Item = &Revision> {
    let counts = |it: &&Revision| it.act.event == row.fact || it.act.undone_by.is_none();
    row.revisions.iter().filter(counts)
}

/// The quotations of a revision.
fn quotations(revision: &Revision) -> Vec<Value> {
    let words = &revision.words;
    let speaks = |hop: &&Hop| hop.agent_type != AgentType::Document;
    let speaker = words.attribution.iter().rev().find(speaks).map(|hop| {
        let kind = match hop.agent_type {
            AgentType::Person => "Person",
            _ => "Organization",
        };
        object(json!({ "@type": kind, "name": &*hop.agent, "sameAs": hop.id.as_deref() }))
    });
    let quoted = words.evidence.iter().zip(1..).filter_map(|(row, index)| {
        let quote = row.evidence.quote.as_ref()?;
        let document = row.sha256.map(|digest| id(format!("ledger/document/{digest}")));
        Some(object(json!({
            "@id": format!("#quotation-{}-{index}", revision.act.event),
            "@type": "Quotation",
            "text": &*quote.exact,
            "isPartOf": document,
            "spokenByCharacter": speaker,
        })))
    });
    quoted.collect()
}

fn correction(row: &FactRow, revision: &Revision) -> Option<Value> {
    let statement = revision.statement.as_ref()?;
    Some(object(json!({
        "@id": format!("#event-{}", revision.act.event),
        "@type": "CorrectionComment",
        "about": id(format!("#fact-{}", row.fact)),
        "text": statement,
        "keywords": revision.reason,
        "creator": person(&revision.act),
        "dateCreated": revision.act.at,
    })))
}

/// The review of a dispute that `fact.upheld` closed, or that a correction resolved.
fn review(row: &FactRow, dispute: &Charge) -> Option<Value> {
    if dispute.stands || dispute.act.undone_by.is_some() {
        return None;
    }
    // The last one that names it, also if it was undone (FORMAT.md section 14).
    let ends = dispute.ended.iter().chain(&dispute.other_ends);
    let ended = ends.max_by_key(|end| end.act.event)?;
    let corrected = ended.act.kind == Type::FactCorrected;
    let disputed = row.revisions.iter().find(|revision| revision.act.event == dispute.on);
    let claim = disputed.and_then(|revision| revision.words.claim.clone())?;
    let rating = if corrected { "corrected" } else { "upheld" };
    Some(object(json!({
        "@id": format!("#event-{}-{}", dispute.act.event, ended.act.event),
        "@type": "ClaimReview",
        "claimReviewed": claim,
        "itemReviewed": id(format!("#fact-{}", row.fact)),
        "reviewAspect": dispute.reason,
        "reviewBody": ended.said.statement,
        "reviewRating": { "@type": "Rating", "alternateName": rating },
        "author": person(&ended.act),
        "datePublished": ended.act.at,
    })))
}
