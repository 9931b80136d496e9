//! `ro-crate-metadata.json`: what the files of the payload are, as RO-Crate says it.
//!
//! Always holds: the payload is the crate; each document and each derived file is an entity of it.
//! Not here: the files. Source: RO-Crate 1.1; FORMAT.md section 14.

use crate::ledger::exchange::export::claims::object;
use crate::ledger::exchange::export::derive::Around;
use serde_json::{Value, json};

const CONTEXT: &str = "https://w3id.org/ro/crate/1.1/context";
const CONFORMS: &str = "https://w3id.org/ro/crate/1.1";

/// Files that every bag has: name, media type, what it is.
const FILES: [(&str, &str, &str); 6] = [
    ("bodies.jsonl", "application/jsonl", "The bodies of events, a line for each"),
    ("claims.jsonld", "application/ld+json", "Facts, quotations, corrections in schema.org words"),
    ("facts.csv", "text/csv", "The facts, a row for each"),
    ("memento/timemap.link", "application/link-format", "Which earlier states are here"),
    ("premis.xml", "application/xml", "PREMIS events, one for each act"),
    ("state.json", "application/json", "The state after the last event, in its one spelling"),
];

/// Folders that every bag has, and what is in them.
const FOLDERS: [(&str, &str); 4] = [
    ("ledger/", "The ledger: what everything else follows from"),
    ("ledger/journal/", "The record: append-only text"),
    ("memento/", "Earlier states"),
    ("tile/", "The hashes of the tree"),
];

/// The file.
pub fn metadata(around: &Around<'_>) -> String {
    let about = around.about;
    let mut parts = Vec::new();
    for (name, media_type, what) in FILES {
        parts.push(json!({
            "@id": name,
            "@type": "File",
            "name": what,
            "encodingFormat": media_type,
        }));
    }
    for (name, what) in FOLDERS {
        parts.push(json!({ "@id": name, "@type": "Dataset", "name": what }));
    }
    parts.extend(around.gathered.documents.values().filter_map(|row| {
        let about = row.about.as_deref()?;
        Some(object(json!({
            "@id": format!("ledger/document/{}", about.sha256),
            "@type": "File",
            "name": &*about.title,
            "encodingFormat": &*about.media_type,
            "contentSize": about.bytes.to_string(),
            "inLanguage": &*about.lang,
            "url": about.url.as_deref(),
        })))
    }));
    let listed: Vec<Value> = parts.iter().map(|part| json!({ "@id": part["@id"] })).collect();
    let name = if about.title.is_empty() { &about.origin } else { &about.title };
    let size = around.view.as_of().size;
    let mut graph = vec![
        json!({
            "@id": "ro-crate-metadata.json",
            "@type": "CreativeWork",
            "about": { "@id": "./" },
            "conformsTo": { "@id": CONFORMS },
        }),
        json!({
            "@id": "./",
            "@type": "Dataset",
            "name": name,
            "description": format!("The record {}, its first {size} events", about.origin),
            "identifier": about.origin,
            "datePublished": about.at,
            "license": about.licence,
            "hasPart": listed,
        }),
    ];
    graph.append(&mut parts);
    format!("{}\n", json!({ "@context": CONTEXT, "@graph": graph }))
}
