//! Acts: type, args and body of an event, written by hand, one function for each type.
//!
//! Always holds: the result of a function is well formed unless its caller changes it.
//! Not here: signer and position (`ledger`). Source: FORMAT.md section 4.

use super::keys;
use super::texts::{self, spell};
use annals_core::hash::Hash;
use std::fmt::Display;

/// The ledger's name in every story.
pub const ORIGIN: &str = "example.org/record";
/// Both roles.
pub const BOTH: &str = r#"["admin","editor"]"#;
/// The role admin alone.
pub const ADMIN: &str = r#"["admin"]"#;
/// The role editor alone.
pub const EDITOR: &str = r#"["editor"]"#;

/// The content of an event.
#[derive(Clone, Debug)]
pub struct Act {
    /// Its type.
    pub kind: String,
    /// Its args, an object.
    pub args: String,
    /// The fields of its body after `type`: empty, or a comma and fields.
    pub body: String,
}

/// An act from its parts.
pub fn act(kind: &str, args: impl Display, body: impl Display) -> Act {
    Act { kind: kind.to_owned(), args: args.to_string(), body: body.to_string() }
}

fn stated(kind: &str, args: impl Display) -> Act {
    act(kind, args, r#","statement":"For a reason.""#)
}

/// The variable parts of event 0.
#[derive(Clone, Debug)]
pub struct Opening {
    pub window: u64,
    pub confirmations: u64,
    pub recovery: Option<&'static str>,
    pub roles: &'static str,
    pub founder: &'static str,
    pub log: &'static str,
}

impl Default for Opening {
    fn default() -> Opening {
        let recovery = Some("recovery");
        Opening { window: 0, confirmations: 1, recovery, roles: BOTH, founder: "ada", log: "log" }
    }
}

pub fn opened(opening: &Opening) -> Act {
    let Opening { window, confirmations, roles, .. } = opening;
    let recovery = opening.recovery.map(|name| format!("\"{}\"", keys::key_digest(name)));
    let args = format!(
        r#"{{"nonce":"{}","origin":"{ORIGIN}","log_key":"{}","window":{window},"confirmations":{confirmations},"recovery":{},"person":"{}","roles":{roles}}}"#,
        keys::nonce(),
        keys::key(opening.log),
        recovery.as_deref().unwrap_or("null"),
        keys::person(opening.founder)
    );
    let name = spell(&keys::spoken(opening.founder));
    let body = format!(r#","title":"Example record","licence":"CC-BY-4.0","name":{name}"#);
    act("ledger.opened", args, body)
}

pub fn changed(confirmations: u64) -> Act {
    let args = format!(r#"{{"confirmations":{confirmations}}}"#);
    act("ledger.changed", args, r#","title":"Example record","licence":"CC-BY-4.0""#)
}

pub fn rekeyed(name: &str, reason: &str) -> Act {
    let possession = keys::possession("log", ORIGIN, name, ORIGIN);
    let key = keys::key(name);
    let args = format!(r#"{{"log_key":"{key}","reason":"{reason}","possession":"{possession}"}}"#);
    stated("ledger.rekeyed", args)
}

pub fn retimed() -> Act {
    stated("ledger.retimed", "{}")
}

pub fn upgraded(v: u64) -> Act {
    stated("ledger.upgraded", format!(r#"{{"v":{v}}}"#))
}

pub fn enrolled(name: &str, roles: &str) -> Act {
    let spoken = keys::spoken(name);
    let possession = keys::possession("editor", ORIGIN, name, &spoken);
    let (key, person) = (keys::key(name), keys::person(name));
    let args = format!(
        r#"{{"key":"{key}","person":"{person}","roles":{roles},"possession":"{possession}"}}"#
    );
    act("editor.enrolled", args, format!(r#","name":{}"#, spell(&spoken)))
}

pub fn roles(name: &str, roles: &str) -> Act {
    let args = format!(r#"{{"key":"{}","roles":{roles}}}"#, keys::key(name));
    act("editor.changed", args, format!(r#","name":{}"#, spell(&keys::spoken(name))))
}

pub fn revoked(name: &str, reason: &str, suspect_from: Option<u64>) -> Act {
    let from = suspect_from.map_or("null".to_owned(), |from| from.to_string());
    let key = keys::key(name);
    stated(
        "editor.revoked",
        format!(r#"{{"key":"{key}","reason":"{reason}","suspect_from":{from}}}"#),
    )
}

/// The revocation of a key that left.
pub fn left(name: &str) -> Act {
    revoked(name, "left", None)
}

/// The revocation of a key that was stolen before it signed event `from`.
pub fn stolen(name: &str, from: u64) -> Act {
    revoked(name, "compromised", Some(from))
}

/// The description of a text, from `media_type` on.
pub const DESCRIPTION: &str = r#""media_type":"text/plain","title":"Note","lang":"en","captured_at":"2026-01-01T00:00:00.000000Z""#;

/// A capture of `text`, `sealed` a JSON value.
pub fn captured_sealed(text: &str, sealed: &str) -> Act {
    let (digest, bytes) = (Hash::of(&[text.as_bytes()]), text.len());
    let body = format!(r#","sha256":"{digest}","bytes":{bytes},{DESCRIPTION}"#);
    act("document.captured", format!(r#"{{"sealed":{sealed}}}"#), body)
}

pub fn captured(text: &str) -> Act {
    captured_sealed(text, "null")
}

/// A capture with the document that it was derived from.
pub fn derived(text: &str, from: u64) -> Act {
    let mut act = captured(text);
    act.body.push_str(&format!(r#","derived_from":{from}"#));
    act
}

/// A new description, from `media_type` on.
pub fn described(document: u64, description: &str) -> Act {
    let body = format!(r#","statement":"For a reason.",{description}"#);
    act("document.described", format!(r#"{{"document":{document}}}"#), body)
}

/// An assertion that quotes the standard text, captured at `document`.
pub fn asserted(document: u64) -> Act {
    asserted_sealed(document, "null")
}

pub fn asserted_sealed(document: u64, sealed: &str) -> Act {
    asserted_fact(&texts::yes(document), sealed)
}

pub fn asserted_fact(fact: &str, sealed: &str) -> Act {
    act("fact.asserted", format!(r#"{{"sealed":{sealed}}}"#), format!(r#","fact":{fact}"#))
}

pub fn confirmed(on: u64) -> Act {
    act("fact.confirmed", format!(r#"{{"on":{on},"how":"reread"}}"#), "")
}

/// A confirmation by an independent document.
pub fn confirmed_by(on: u64, evidence: &[String]) -> Act {
    let body = format!(r#","evidence":[{}]"#, evidence.join(","));
    act("fact.confirmed", format!(r#"{{"on":{on},"how":"independent-document"}}"#), body)
}

pub fn disputed(on: u64) -> Act {
    disputed_in(on, "record")
}

pub fn disputed_in(on: u64, error_in: &str) -> Act {
    stated(
        "fact.disputed",
        format!(r#"{{"on":{on},"reason":"contradicted","error_in":"{error_in}"}}"#),
    )
}

pub fn upheld(dispute: u64) -> Act {
    stated("fact.upheld", format!(r#"{{"dispute":{dispute}}}"#))
}

/// A correction of `on` that quotes the standard text, captured at `document`.
pub fn corrected(on: u64, document: u64, resolves: &[u64]) -> Act {
    corrected_as(on, document, "wrong-figure", resolves, "null")
}

pub fn corrected_as(on: u64, doc: u64, reason: &str, resolves: &[u64], sealed: &str) -> Act {
    let list: Vec<String> = resolves.iter().map(u64::to_string).collect();
    let args = format!(
        r#"{{"on":{on},"reason":"{reason}","error_in":"record","resolves":[{}],"sealed":{sealed}}}"#,
        list.join(",")
    );
    let body = format!(r#","statement":"For a reason.","fact":{}"#, texts::yes(doc));
    act("fact.corrected", args, body)
}

pub fn retracted(on: u64) -> Act {
    stated("fact.retracted", format!(r#"{{"on":{on},"reason":"fabricated","error_in":"record"}}"#))
}

pub fn reinstated(retraction: u64) -> Act {
    stated("fact.reinstated", format!(r#"{{"retraction":{retraction}}}"#))
}

pub fn related(from: u64, rel: &str, to: u64) -> Act {
    act("fact.related", format!(r#"{{"from":{from},"rel":"{rel}","to":{to}}}"#), "")
}

pub fn withdrawn(relation: u64) -> Act {
    stated("relation.withdrawn", format!(r#"{{"relation":{relation}}}"#))
}

pub fn released(event: u64) -> Act {
    act("body.released", format!(r#"{{"event":{event}}}"#), r#","because":"It was time.""#)
}

pub fn redacted(event: u64) -> Act {
    stated("body.redacted", format!(r#"{{"event":{event},"reason":"personal-data"}}"#))
}
