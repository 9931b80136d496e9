//! The schemas of `docs/schema/`, and which of their parts were met by the answers of a test.
//!
//! Always holds: an answer is judged by the validator; the walk after it only counts which fields
//! and which alternatives an answer has. Not here: the answers (`answers`).

use jsonschema::{Registry, Validator};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The version of the schemas.
const VERSION: &str = "1";
/// What the names of the schemas begin with; there is nothing at this address.
const BASE: &str = "https://annals.example/schema/";

/// The schemas by file name.
pub struct Schemas {
    pub files: BTreeMap<String, Value>,
    registry: Registry<'static>,
}

/// How often a field was there, and how often with a value.
#[derive(Default)]
struct FieldCount {
    there: usize,
    filled: usize,
}

/// The parts of the schemas that answers have met.
pub struct Coverage<'s> {
    schemas: &'s Schemas,
    validators: BTreeMap<String, Validator>,
    objects: BTreeMap<String, usize>,
    fields: BTreeMap<String, FieldCount>,
    alternatives: BTreeSet<String>,
}

/// The folder of the schemas.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schema").join(VERSION)
}

/// The name of a schema by its `$id`.
pub fn id(file: &str) -> String {
    format!("{BASE}{VERSION}/{file}")
}

impl Schemas {
    /// Reads all schemas.
    pub fn read() -> Schemas {
        let mut files = BTreeMap::new();
        for entry in std::fs::read_dir(folder()).unwrap() {
            let entry = entry.unwrap();
            let text = std::fs::read_to_string(entry.path()).unwrap();
            let schema: Value = serde_json::from_str(&text).unwrap();
            files.insert(entry.file_name().into_string().unwrap(), schema);
        }
        let mut registry = Registry::new();
        for (file, schema) in &files {
            registry = registry.add(id(file), schema.clone()).unwrap();
        }
        Schemas { files, registry: registry.prepare().unwrap() }
    }

    /// The schema at a place such as `show.json#/$defs/of_fact`.
    fn at(&self, place: &str) -> &Value {
        let (file, pointer) = place.split_once('#').unwrap_or((place, ""));
        let file = self.files.get(file).unwrap_or_else(|| panic!("no schema {file}"));
        file.pointer(pointer).unwrap_or_else(|| panic!("nothing at {place}"))
    }

    /// The place for the lines of `--format jsonl`: the part `line`, or the whole schema.
    pub fn line(&self, file: &str) -> String {
        match self.files[file].pointer("/$defs/line") {
            Some(_) => format!("{file}#/$defs/line"),
            None => format!("{file}#"),
        }
    }

    /// Every object of every schema, with its place.
    pub fn objects(&self) -> Vec<(String, &Value)> {
        let mut found = Vec::new();
        for (file, schema) in &self.files {
            collect(&format!("{file}#"), schema, &mut found);
        }
        found
    }
}

/// Collects the schemas that name fields or alternatives.
fn collect<'v>(place: &str, schema: &'v Value, found: &mut Vec<(String, &'v Value)>) {
    let Value::Object(keywords) = schema else { return };
    if ["properties", "anyOf", "oneOf"].iter().any(|name| keywords.contains_key(*name)) {
        found.push((place.to_owned(), schema));
    }
    for (keyword, inner) in keywords {
        match (keyword.as_str(), inner) {
            ("$defs" | "properties", Value::Object(parts)) => {
                for (name, part) in parts {
                    collect(&format!("{place}/{keyword}/{name}"), part, found);
                }
            }
            ("anyOf" | "oneOf" | "allOf", Value::Array(parts)) => {
                for (index, part) in parts.iter().enumerate() {
                    collect(&format!("{place}/{keyword}/{index}"), part, found);
                }
            }
            ("items" | "additionalProperties", part) => {
                collect(&format!("{place}/{keyword}"), part, found);
            }
            _ => {}
        }
    }
}

impl<'s> Coverage<'s> {
    /// Nothing is met yet.
    pub fn of(schemas: &'s Schemas) -> Coverage<'s> {
        Coverage {
            schemas,
            validators: BTreeMap::new(),
            objects: BTreeMap::new(),
            fields: BTreeMap::new(),
            alternatives: BTreeSet::new(),
        }
    }

    /// The validator for a place.
    fn validator(&mut self, place: &str) -> &Validator {
        let registry = &self.schemas.registry;
        self.validators.entry(place.to_owned()).or_insert_with(|| {
            let (file, pointer) = place.split_once('#').unwrap();
            let schema = json!({"$ref": format!("{}#{pointer}", id(file))});
            jsonschema::draft202012::options().with_registry(registry).build(&schema).unwrap()
        })
    }

    /// Why a value does not fit.
    fn faults(&mut self, place: &str, value: &Value) -> Vec<String> {
        let errors = self.validator(place).iter_errors(value);
        errors.map(|error| format!("{}: {error}", error.instance_path())).collect()
    }

    /// Whether a value fits one of the places.
    pub fn fits(&mut self, places: &[String], value: &Value) -> bool {
        places.iter().any(|place| self.validator(place).is_valid(value))
    }

    /// Counts what a value has, or reports why it fits none of the places.
    pub fn check(&mut self, places: &[String], value: &Value) -> Result<(), String> {
        let mut why = Vec::new();
        for place in places {
            match self.faults(place, value).as_slice() {
                [] => {
                    self.walk(place, value);
                    return Ok(());
                }
                faults => why.push(format!("{place}: {}", faults.join("\n  "))),
            }
        }
        Err(why.join("\n"))
    }

    /// Walks a schema and a value that fits it.
    fn walk(&mut self, place: &str, value: &Value) {
        let Value::Object(keywords) = self.schemas.at(place) else { return };
        if let Some(Value::String(reference)) = keywords.get("$ref") {
            let file = place.split('#').next().unwrap();
            let target = match reference.split_once('#') {
                Some(("", pointer)) => format!("{file}#{pointer}"),
                Some(_) => reference.clone(),
                None => format!("{reference}#"),
            };
            self.walk(&target, value);
        }
        for keyword in ["allOf", "anyOf", "oneOf"] {
            let count = keywords.get(keyword).and_then(Value::as_array).map_or(0, Vec::len);
            for index in 0..count {
                let part = format!("{place}/{keyword}/{index}");
                if keyword == "allOf" || self.validator(&part).is_valid(value) {
                    self.alternatives.insert(part.clone());
                    self.walk(&part, value);
                }
            }
        }
        if let (Some(Value::Object(parts)), Value::Object(fields)) =
            (keywords.get("properties"), value)
        {
            *self.objects.entry(place.to_owned()).or_default() += 1;
            for name in parts.keys() {
                let Some(field) = fields.get(name) else { continue };
                let part = format!("{place}/properties/{name}");
                let count = self.fields.entry(part.clone()).or_default();
                count.there += 1;
                count.filled += usize::from(is_filled(field));
                self.walk(&part, field);
            }
        }
        if let (true, Value::Array(items)) = (keywords.contains_key("items"), value) {
            for item in items {
                self.walk(&format!("{place}/items"), item);
            }
        }
    }

    /// The parts of the schemas of these files that no answer has met.
    pub fn missed(&self, is_of: impl Fn(&str) -> bool) -> BTreeSet<String> {
        let mut missed = BTreeSet::new();
        for (place, schema) in self.schemas.objects().iter().filter(|(place, _)| is_of(place)) {
            let is_met = self.objects.contains_key(place);
            for name in properties(schema) {
                let part = format!("{place}/properties/{name}");
                let is_filled = self.fields.get(&part).is_some_and(|count| count.filled > 0);
                if !is_met {
                    missed.insert(format!("{place} was not met"));
                } else if !is_filled {
                    missed.insert(format!("{part} had no value"));
                }
            }
            for keyword in ["anyOf", "oneOf"] {
                let parts = schema.get(keyword).and_then(Value::as_array);
                let parts = parts.into_iter().flatten().zip(0..);
                // What is null in a good record is null in most; what never is has a value.
                let parts = parts.filter(|(part, _)| **part != json!({"type": "null"}));
                let parts = parts.map(|(_, index)| format!("{place}/{keyword}/{index}"));
                let not_met = parts.filter(|part| !self.alternatives.contains(part));
                missed.extend(not_met.map(|part| format!("{part} was not met")));
            }
        }
        missed
    }

    /// The fields that every answer had, and that are not required.
    pub fn always_there(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for (place, schema) in self.schemas.objects() {
            let required = schema.get("required").and_then(Value::as_array);
            let required: Vec<&str> =
                required.into_iter().flatten().filter_map(Value::as_str).collect();
            for name in properties(schema).filter(|name| !required.contains(name)) {
                let part = format!("{place}/properties/{name}");
                let there = self.fields.get(&part).map(|count| count.there);
                if there.is_some() && there.as_ref() == self.objects.get(&place) {
                    found.insert(part);
                }
            }
        }
        found
    }
}

/// The names of the fields that a schema has itself.
fn properties(schema: &Value) -> impl Iterator<Item = &str> {
    let fields = schema.get("properties").and_then(Value::as_object);
    fields.into_iter().flat_map(|fields| fields.keys().map(String::as_str))
}

/// The places of all objects in a value, except within what an event changed, which is any value.
pub fn objects_in(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let mut within = vec![(String::new(), value)];
    while let Some((place, value)) = within.pop() {
        match value {
            Value::Object(fields) => {
                let is_any = |name: &str| matches!(name, "before" | "after");
                let inner = fields.iter().filter(|(name, _)| !is_any(name));
                within.extend(inner.map(|(name, value)| (format!("{place}/{name}"), value)));
                found.push(place);
            }
            Value::Array(items) => {
                let items = items.iter().zip(0..);
                within.extend(items.map(|(item, index)| (format!("{place}/{index}"), item)));
            }
            _ => {}
        }
    }
    found
}

/// Whether a value is more than null or an empty list or text.
fn is_filled(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Array(items) => !items.is_empty(),
        Value::String(text) => !text.is_empty(),
        _ => true,
    }
}
