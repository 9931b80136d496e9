//! Effects for people: the person that an event names, each field with its value before, the events
//! that it undid.
//!
//! Always holds: these lines contain every change of an event; a key is shown by its holder's name
//! at the event and its first digits; text of strangers goes through `visible`.
//! Not here: computing the effect (`ledger::query::effect`).

use crate::cli::render::{key_names, words};
use crate::cli::terminal::{moment, visible};
use crate::ledger::query::effect::Subject;
use crate::ledger::query::event::EventRow;
use crate::ledger::query::revocation_impact::{ChangedFact, ChangedKey, RevocationImpact};
use crate::ledger::query::row::{FieldChange, Named};
use annals_core::event::args::Args;
use annals_core::time::Time;
use serde_json::{Value, json};

/// The maximum number of positions in a line.
const LISTED: usize = 20;

/// The lines of an event's effect; none if it has no effect beside its own texts.
pub fn lines(row: &EventRow) -> Vec<String> {
    let effect = &row.effect;
    let who = effect.subject.as_ref().map(named).unwrap_or_default();
    let mut lines = Vec::new();
    match &row.args {
        Some(Args::EditorRevoked(args)) => {
            let suspect = args.suspect_from.map(|from| format!(", suspect from {from}"));
            let undoes = effect.impact.as_ref().map(|impact| format!(": {}", undoes(impact)));
            let (suspect, undoes) = (suspect.unwrap_or_default(), undoes.unwrap_or_default());
            lines.push(format!("revoked {who}{suspect}{undoes}"));
        }
        Some(Args::EditorEnrolled(_)) => {
            let fields: Vec<String> = effect.changes.iter().map(field).collect();
            lines.push(format!("enrolled {who}: {}", fields.join("; ")));
        }
        Some(Args::EditorChanged(_)) => {
            for change in &effect.changes {
                lines.push(match change.field.as_str() {
                    "name" => {
                        let who = effect.subject.as_ref().map(called).unwrap_or_default();
                        format!("{who} is now called {}", shown("name", &change.after))
                    }
                    _ if lines.is_empty() => format!("{who}: {}", field(change)),
                    _ => field(change),
                });
            }
        }
        Some(Args::LedgerOpened(_)) => {
            let fields: Vec<String> = effect.changes.iter().map(field).collect();
            lines.push(format!("founded by {who}: {}", fields.join("; ")));
        }
        // The claim of a correction is shown with its changed words marked.
        Some(Args::FactCorrected(_)) => {
            let others = effect.changes.iter().filter(|change| change.field != "claim");
            lines.extend(others.map(field));
        }
        _ => lines.extend(effect.changes.iter().map(field)),
    }
    if let Some(impact) = &effect.impact {
        lines.extend(turned(impact));
        lines.extend(changed_keys(impact));
        lines.extend(impact.ledger.iter().map(field));
    }
    lines
}

/// The holder of a key by the name just before the event, with the key's first digits.
fn called(subject: &Subject) -> String {
    key_names::called(&subject.name, &subject.key)
}

/// As [`called`], with the present name if it differs.
pub fn named(subject: &Subject) -> String {
    let then = called(subject);
    let now = subject.name_now.as_deref().map(visible);
    Named { then, now }.to_string()
}

/// `undoes 2 events: 6, 7`, with the manner if it matters.
pub fn undoes(impact: &RevocationImpact) -> String {
    let mut parts = Vec::new();
    match (impact.struck.len(), impact.set_aside.len()) {
        (0, 0) => parts.push("undoes nothing".to_owned()),
        (_, 0) => parts.push(format!("undoes {}", events(&impact.struck))),
        (0, _) => parts.push(format!("undoes {}, set aside", events(&impact.set_aside))),
        (struck, aside) => parts.push(format!(
            "undoes {} events: {} struck ({}), {} set aside ({})",
            struck + aside,
            struck,
            listed(&impact.struck),
            aside,
            listed(&impact.set_aside)
        )),
    }
    if !impact.restored.is_empty() {
        parts.push(format!("in force again: {}", events(&impact.restored)));
    }
    parts.join("; ")
}

/// `turns 2 facts: 4 asserted, before confirmed; 7 without a status, before asserted`; `None` if no
/// fact changes.
pub fn turned(impact: &RevocationImpact) -> Option<String> {
    let facts = &impact.facts;
    let one = |changed_fact: &ChangedFact| {
        format!("{} {}", changed_fact.fact, status_change(changed_fact))
    };
    let count = match facts.len() {
        0 => return None,
        1 => "1 fact".to_owned(),
        more => format!("{more} facts"),
    };
    let all: Vec<String> = facts.iter().take(LISTED).map(one).collect();
    Some(format!("turns {count}: {}{}", all.join("; "), rest(facts.len())))
}

/// `changes 1 key: Bo Berg (key <16>) signs again, as editor`; `None` if no key changes.
fn changed_keys(impact: &RevocationImpact) -> Option<String> {
    let keys = &impact.keys;
    let count = match keys.len() {
        0 => return None,
        1 => "1 key".to_owned(),
        more => format!("{more} keys"),
    };
    let all: Vec<String> = keys.iter().take(LISTED).map(key_change).collect();
    Some(format!("changes {count}: {}{}", all.join("; "), rest(keys.len())))
}

/// `Bo Berg (key <16>) signs again, as editor`.
pub fn key_change(changed_key: &ChangedKey) -> String {
    let who = key_names::called(&changed_key.name, &changed_key.key);
    let roles = |roles| shown("roles", &json!(roles));
    match (changed_key.before, changed_key.after) {
        (None, after) => format!("{who} signs again, as {}", roles(after)),
        (before, None) => format!("{who} signs nothing any more, before as {}", roles(before)),
        (before, after) => format!("{who}: {}, before {}", roles(after), roles(before)),
    }
}

/// `asserted, before confirmed, suspect`.
pub fn status_change(changed_fact: &ChangedFact) -> String {
    let ChangedFact { before, after, suspect, cleared, revision, .. } = *changed_fact;
    let (was, is) = (words::standing(before), words::standing(after));
    let suspect = match (suspect, cleared) {
        (true, _) => ", suspect",
        (false, true) => ", no longer suspect",
        (false, false) => "",
    };
    let words = revision.map(|event| format!(", with the words of {event}")).unwrap_or_default();
    match before == after {
        true => format!("{is}, as before{words}{suspect}"),
        false => format!("{is}, before {was}{words}{suspect}"),
    }
}

fn events(positions: &[u64]) -> String {
    let noun = if positions.len() == 1 { "event" } else { "events" };
    format!("{} {noun}: {}", positions.len(), listed(positions))
}

fn listed(positions: &[u64]) -> String {
    let all: Vec<String> = positions.iter().take(LISTED).map(u64::to_string).collect();
    format!("{}{}", all.join(", "), rest(positions.len()))
}

fn rest(count: usize) -> String {
    match count.checked_sub(LISTED) {
        Some(more @ 1..) => format!(" and {more} more"),
        _ => String::new(),
    }
}

/// `confirmations 2, before 1`.
pub fn field(change: &FieldChange) -> String {
    let name = change.field.as_str();
    let (mut before, mut after) = (shown(name, &change.before), shown(name, &change.after));
    if before == after {
        (before, after) = (visible(&change.before.to_string()), visible(&change.after.to_string()));
    }
    let label = match name {
        "at" => "the record's time".to_owned(),
        "v" => "format".to_owned(),
        "keys_of_person" => "keys of this person:".to_owned(),
        name => name.replace('_', " "),
    };
    match (&change.before, &change.after) {
        (Value::Null, _) => format!("{label} {after}"),
        (_, Value::Null) => format!("{label} none, before {before}"),
        _ => format!("{label} {after}, before {before}"),
    }
}

/// The value of a field as text for people.
pub fn shown(name: &str, value: &Value) -> String {
    let text = |value: &Value| value.as_str().map(visible).unwrap_or_default();
    let join = |list: &[Value], between: &str, one: &dyn Fn(&Value) -> String| {
        list.iter().map(one).collect::<Vec<_>>().join(between)
    };
    match (name, value) {
        (_, Value::Null) => "none".to_owned(),
        ("log_key", Value::String(key)) => key.get(..16).unwrap_or(key).to_owned(),
        ("origin" | "lang" | "media_type" | "vouch", Value::String(text)) => visible(text),
        ("at" | "captured_at", Value::String(at)) => {
            Time::parse(at).map_or_else(|| visible(at), moment)
        }
        ("name", Value::String(name)) => visible(name),
        (_, Value::String(text)) => format!("“{}”", visible(text)),
        ("roles", Value::Array(list)) => join(list, " and ", &text),
        ("keys_of_person", Value::Array(list)) => {
            join(list, ", ", &|key| text(key).get(..16).unwrap_or_default().to_owned())
        }
        ("topics", Value::Array(list)) => join(list, ", ", &|topic| text(&topic["name"])),
        ("attribution", Value::Array(list)) => join(list, "; ", &|hop| {
            let role = text(&hop["role"]);
            let role = if role.is_empty() { role } else { format!(" ({role})") };
            format!("{}{role} {}", text(&hop["agent"]), text(&hop["act"]))
        }),
        ("evidence", Value::Array(list)) => join(list, "; ", &|row| {
            let quote = match &row["quote"]["exact"] {
                Value::String(exact) => format!(" “{}”", visible(exact)),
                _ => String::new(),
            };
            let part = |name: &str, value: &Value| match value {
                Value::String(value) => format!(", {name} {}", visible(value)),
                _ => String::new(),
            };
            let grade = part("reliability", &row["reliability"]);
            let translation = match &row["translation"]["text"] {
                Value::String(words) => {
                    let (lang, by) = (&row["translation"]["lang"], &row["translation"]["by"]);
                    format!("{}, by {}: “{}”", part("in", lang), text(by), visible(words))
                }
                _ => String::new(),
            };
            let stance = text(&row["stance"]);
            format!("document {} {stance}{quote}{grade}{translation}", row["document"])
        }),
        ("authors", Value::Array(list)) => join(list, "; ", &text),
        (_, Value::Array(list)) => join(list, ", ", &|entry| match entry {
            Value::String(text) => visible(text),
            other => visible(&other.to_string()),
        }),
        ("when" | "published", Value::Object(_)) => {
            let written = text(&value["as_written"]);
            let written = if written.is_empty() { written } else { format!("“{written}”") };
            let parts = [text(&value["edtf"]), written, text(&value["basis"])];
            let parts: Vec<&str> =
                parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
            parts.join(", ")
        }
        (_, other) => visible(&other.to_string()),
    }
}
