//! `ro-crate-metadata.json`: a description of the files of the payload, as an RO-Crate.
//!
//! Always holds: the payload is the crate; each document and each derived file is an entity of it.
//! Not here: the files. Source: RO-Crate 1.1; FORMAT.md section 14.

use crate::ledger::error::LedgerError;
use crate::ledger::exchange::export::claims::object;
use crate::ledger::exchange::export::context::{BagContext, BagOutput, failed};
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

const CONTEXT: &str = "https://w3id.org/ro/crate/1.1/context";
const CONFORMS: &str = "https://w3id.org/ro/crate/1.1";

/// Files that every bag has: name, media type, description.
const FILES: [(&str, &str, &str); 6] = [
    ("bodies.jsonl", "application/jsonl", "The bodies of events, a line for each"),
    ("claims.jsonld", "application/ld+json", "Facts, quotations, corrections in schema.org words"),
    ("facts.csv", "text/csv", "The facts, a row for each"),
    ("memento/timemap.link", "application/link-format", "Which earlier states are here"),
    ("premis.xml", "application/xml", "PREMIS events, one for each act"),
    ("state.json", "application/json", "The state after the last event, in its one spelling"),
];

/// Folders that every bag has, and their descriptions.
const FOLDERS: [(&str, &str); 4] = [
    ("ledger/", "The ledger: what everything else follows from"),
    ("ledger/journal/", "The record: append-only text"),
    ("memento/", "Earlier states"),
    ("tile/", "The hashes of the tree"),
];

/// The payload itself; its fields are in alphabetical order, as those of all other entities.
#[derive(Serialize)]
struct Crate<'a, 'v> {
    #[serde(rename = "@id")]
    id: &'a str,
    #[serde(rename = "@type")]
    kind: &'a str,
    #[serde(rename = "datePublished")]
    published: &'a str,
    description: String,
    #[serde(rename = "hasPart")]
    parts: Parts<'a, 'v>,
    identifier: &'a str,
    license: &'a str,
    name: &'a str,
}

/// The names of all other entities, serialized one at a time.
struct Parts<'a, 'v>(&'a BagContext<'a, 'v>);

impl Serialize for Parts<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(parts(self.0).map(|part| json!({ "@id": part["@id"] })))
    }
}

/// All entities but the payload and this file.
fn parts<'a>(around: &'a BagContext<'_, '_>) -> impl Iterator<Item = Value> + 'a {
    let files = FILES.into_iter().map(|(name, media_type, what)| {
        json!({
            "@id": name,
            "@type": "File",
            "name": what,
            "encodingFormat": media_type,
        })
    });
    let folders = FOLDERS
        .into_iter()
        .map(|(name, what)| json!({ "@id": name, "@type": "Dataset", "name": what }));
    let documents = around.rows.documents.values().filter_map(|row| {
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
    });
    files.chain(folders).chain(documents)
}

/// Writes the file.
pub fn metadata(around: &BagContext<'_, '_>, out: &mut BagOutput<'_>) -> Result<(), LedgerError> {
    let about = around.about;
    let file = json!({
        "@id": "ro-crate-metadata.json",
        "@type": "CreativeWork",
        "about": { "@id": "./" },
        "conformsTo": { "@id": CONFORMS },
    });
    let size = around.view.as_of().size;
    let payload = Crate {
        id: "./",
        kind: "Dataset",
        published: &about.at,
        description: format!("The record {}, its first {size} events", about.origin),
        parts: Parts(around),
        identifier: &about.origin,
        license: &about.licence,
        name: if about.title.is_empty() { &about.origin } else { &about.title },
    };
    write!(out, "{{\"@context\":\"{CONTEXT}\",\"@graph\":[{file},").map_err(failed)?;
    serde_json::to_writer(&mut *out, &payload).map_err(|error| failed(error.into()))?;
    for part in parts(around) {
        write!(out, ",{part}").map_err(failed)?;
    }
    out.write_all(b"]}\n").map_err(failed)
}
