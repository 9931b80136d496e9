//! Prepared events as they are shown to their signer: their content, and what they act on. Where
//! the record changes while the signer thinks, those shown before are compared with those of now.
//!
//! Always holds: the positions of the events themselves and times set by the clock are not
//! compared. Not here: the question (`submit`), what is shown (`preview`).

use crate::ledger::write::earlier::last_description;
use crate::ledger::write::prepared_batch::{EventNote, PreparedBatch};
use crate::ledger::write::writer::Writer;
use annals_core::event::args::Args;
use annals_core::event::{body, canonical};
use annals_core::hash::Hash;
use annals_core::key::PublicKey;
use annals_core::state::Status;
use std::collections::BTreeMap;

/// Prepared events, how what they name stands with them and stood before them, and the notes on
/// them.
pub struct ShownEvents {
    events: Vec<String>,
    stands: BTreeMap<u64, Standing>,
    stood: BTreeMap<u64, Status>,
    notes: Vec<EventNote>,
}

/// How a fact or a document stands.
#[derive(Clone, PartialEq, Eq)]
enum Standing {
    /// A fact: the event that made its present words, and its status.
    Fact { revision: u64, status: String },
    /// A document that is described: its last description, if there is one after its capture.
    Document { described: Option<u64> },
}

impl ShownEvents {
    /// Of prepared events that this key signs.
    pub fn of(writer: &Writer, prepared: &PreparedBatch, key: &PublicKey) -> ShownEvents {
        let state = &writer.verifier.chain.state;
        let (mut events, mut stands) = (Vec::new(), BTreeMap::new());
        for resolved in &prepared.resolved {
            let content = body::write(&Hash([0; 32]), key, &resolved.content);
            let args = canonical::write(&resolved.args);
            let [args, content] = [args, content].map(|bytes| shifted(&bytes, prepared.first));
            events.push(format!("{} {args} {content}", resolved.args.kind()));
            let named = resolved.args.positions().into_iter().filter(|at| *at < prepared.first);
            for at in named {
                let fold = &state.fold;
                let Some(fact) = fold.fact(at).or_else(|| fold.fact_of_revision(at)) else {
                    continue;
                };
                let (revision, status) = (fact.revision, state.status(fact).to_string());
                stands.insert(fact.position, Standing::Fact { revision, status });
            }
            if let Args::DocumentDescribed(args) = &resolved.args {
                let described = last_description(state, args.document, prepared.first);
                stands.insert(args.document, Standing::Document { described });
            }
        }
        let (stood, notes) = (prepared.stood.clone(), prepared.notes.clone());
        ShownEvents { events, stands, stood, notes }
    }

    /// Whether a consent to what was shown before is one to these events: they and what they name
    /// are the same, and no note is new.
    pub fn is_as_shown(&self, before: &ShownEvents) -> bool {
        let is_known = |note: &EventNote| before.notes.iter().any(|it| it.text == note.text);
        self.events == before.events
            && self.stands == before.stands
            && self.notes.iter().all(is_known)
    }

    /// What changed in the facts and documents that the events name, as sentences.
    pub fn changes(&self, before: &ShownEvents) -> Vec<String> {
        let changes =
            self.stands.iter().filter_map(|(at, now)| match (before.stands.get(at)?, now) {
                (then, now) if then == now => None,
                (Standing::Fact { status: then, .. }, Standing::Fact { revision, status }) => {
                    let stood = (before.stood.get(at), self.stood.get(at));
                    Some(match stood {
                        _ if then == status => {
                            format!("fact {at} has other words, by event {revision}")
                        }
                        (Some(then), Some(now)) => format!("fact {at} is {now}, before {then}"),
                        _ => format!("fact {at} is {status}, before {then}"),
                    })
                }
                (_, Standing::Document { described: Some(by) }) => {
                    Some(format!("document {at} is described anew, by event {by}"))
                }
                _ => None,
            });
        changes.collect()
    }
}

/// The JSON with positions of new events replaced by their numbers, and without the time of
/// capture, which the clock sets if a draft omits it.
fn shifted(bytes: &[u8], first: u64) -> String {
    let mut value = serde_json::from_slice(bytes).unwrap_or_default();
    shift(&mut value, first);
    value.to_string()
}

/// The fields that name events.
const NAMING: [&str; 10] = [
    "document",
    "derived_from",
    "on",
    "dispute",
    "retraction",
    "relation",
    "from",
    "to",
    "resolves",
    "event",
];

fn shift(value: &mut serde_json::Value, first: u64) {
    use serde_json::Value;
    let new = |value: &mut Value| {
        if let Some(at) = value.as_u64().filter(|at| *at >= first) {
            *value = Value::String(format!("new event {}", at - first));
        }
    };
    match value {
        Value::Array(all) => all.iter_mut().for_each(|value| shift(value, first)),
        Value::Object(fields) => {
            fields.remove("captured_at");
            for (name, value) in fields.iter_mut() {
                match value {
                    Value::Array(all) if NAMING.contains(&name.as_str()) => {
                        all.iter_mut().for_each(new);
                    }
                    Value::Number(_) if NAMING.contains(&name.as_str()) => new(value),
                    _ => shift(value, first),
                }
            }
        }
        _ => {}
    }
}
