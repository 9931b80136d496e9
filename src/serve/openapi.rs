//! The description of all requests and answers, as OpenAPI.
//!
//! Always holds: it is one document that needs no other: the schemas of the commands' JSON are in
//! it, as they are in `docs/schema`. Not here: what it says (`docs/openapi.json`); which paths
//! there are (`routes`). Source: OpenAPI 3.1.1.

use serde_json::{Map, Value};
use std::sync::OnceLock;

/// What the server describes, with references to the schemas beside it.
const PATHS: &str = include_str!("../../docs/openapi.json");

/// The schemas that it refers to, by the names of their files.
const SCHEMAS: &[(&str, &str)] = &[
    ("common", include_str!("../../docs/schema/1/common.json")),
    ("replay", include_str!("../../docs/schema/1/replay.json")),
    ("show", include_str!("../../docs/schema/1/show.json")),
    ("log", include_str!("../../docs/schema/1/log.json")),
    ("diff", include_str!("../../docs/schema/1/diff.json")),
    ("find", include_str!("../../docs/schema/1/find.json")),
    ("blame", include_str!("../../docs/schema/1/blame.json")),
    ("problem", include_str!("../../docs/schema/1/problem.json")),
];

/// Where a reference in the description begins that leads to a schema.
const FOLDER: &str = "schema/1/";

/// The description as one JSON document.
///
/// Errors: a part of it is not JSON.
pub fn document() -> Result<&'static str, String> {
    static DOCUMENT: OnceLock<Result<String, String>> = OnceLock::new();
    let made = DOCUMENT.get_or_init(|| made().map_err(|why| format!("the description: {why}")));
    made.as_deref().map_err(Clone::clone)
}

fn made() -> Result<String, serde_json::Error> {
    let mut document: Value = serde_json::from_str(PATHS)?;
    point_inside(&mut document, "");
    let mut schemas = Map::new();
    for (name, text) in SCHEMAS {
        let mut schema: Value = serde_json::from_str(text)?;
        point_inside(&mut schema, name);
        if let Some(schema) = schema.as_object_mut() {
            schema.remove("$id");
            schema.remove("$schema");
        }
        schemas.insert((*name).to_owned(), schema);
    }
    if let Some(info) = document.get_mut("info").and_then(Value::as_object_mut) {
        info.insert("version".to_owned(), env!("CARGO_PKG_VERSION").into());
    }
    if let Some(components) = document.get_mut("components").and_then(Value::as_object_mut) {
        components.insert("schemas".to_owned(), Value::Object(schemas));
    }
    serde_json::to_string(&document)
}

/// Makes the references in a file lead to places in the whole document; `file` is the name of a
/// schema, or empty for the description.
fn point_inside(value: &mut Value, file: &str) {
    match value {
        Value::Object(parts) => {
            for (name, part) in parts {
                match part {
                    Value::String(place) if name == "$ref" => *place = inside(place, file),
                    part => point_inside(part, file),
                }
            }
        }
        Value::Array(parts) => parts.iter_mut().for_each(|part| point_inside(part, file)),
        _ => {}
    }
}

/// The place in the whole document of a reference in a file.
fn inside(place: &str, file: &str) -> String {
    let place = place.strip_prefix(FOLDER).unwrap_or(place);
    let (of, within) = place.split_once('#').unwrap_or((place, ""));
    match (of.strip_suffix(".json"), file) {
        (Some(other), _) => format!("#/components/schemas/{other}{within}"),
        (None, "") => place.to_owned(),
        (None, file) => format!("#/components/schemas/{file}{within}"),
    }
}
