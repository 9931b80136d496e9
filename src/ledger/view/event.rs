//! Events as rows of a log: who, when, what, why.
//!
//! Always holds: an event that could not be read or was not applied has a row that says so.
//! Not here: facts whole (`gather`).

use crate::event::args::Args;
use crate::event::body::Content;
use crate::event::words::Type;
use crate::hash::Hash;
use crate::key::PublicKey;
use crate::ledger::view::names::Names;
use crate::ledger::view::row::Withheld;
use crate::ledger::view::{Seen, View};
use crate::time::Time;
use hashbrown::HashMap;
use serde::Serialize;

/// An event of a log.
#[derive(Clone, Debug, Serialize)]
#[allow(missing_docs)]
pub struct EventRow {
    pub position: u64,
    pub hash: Hash,
    pub at: Option<Time>,
    pub said: Option<Time>,
    #[serde(rename = "type")]
    pub kind: Option<Type>,
    pub by: Option<String>,
    pub key: Option<PublicKey>,
    /// The facts or the document that it acts on, itself where it makes one.
    pub on: Vec<u64>,
    pub args: Option<Args>,
    /// Its claim, title, name or statement.
    pub words: Option<String>,
    /// The claim from this correction on.
    pub claim: Option<String>,
    /// Why these are not told.
    pub withheld: Option<Withheld>,
    pub applied: bool,
    pub undone_by: Option<u64>,
}

/// Which facts and documents the events met so far act on.
#[derive(Default)]
pub struct Owners {
    by_event: HashMap<u64, Vec<u64>>,
}

impl Owners {
    /// The facts or documents that this event makes or acts on; it is kept for later events.
    pub fn keep(&mut self, position: u64, args: &Args) -> Vec<u64> {
        let of = |owners: &Owners, event: &u64| owners.by_event.get(event).cloned();
        let named = args.positions();
        let on = match args {
            Args::FactAsserted(_) | Args::DocumentCaptured(_) => vec![position],
            Args::FactRelated(args) => vec![args.from, args.to],
            Args::EditorRevoked(_) => Vec::new(),
            _ => named.first().and_then(|event| of(self, event)).unwrap_or_default(),
        };
        if !on.is_empty() {
            self.by_event.insert(position, on.clone());
        }
        on
    }
}

/// The row of an event.
pub fn row(view: &View<'_>, names: &Names, seen: &Seen, on: Vec<u64>) -> EventRow {
    let statement = seen.statement();
    let content = view.content(seen);
    EventRow {
        position: seen.position,
        hash: seen.hash(),
        at: seen.at(),
        said: statement.map(|said| said.said),
        kind: statement.map(|said| said.kind),
        by: statement.map(|said| names.of(&said.by)),
        key: statement.map(|said| said.by),
        on,
        args: statement.map(|said| said.args.clone()),
        words: content.ok().and_then(words),
        claim: match content {
            Ok(Content::FactCorrected(body)) => Some(body.fact.claim.to_string()),
            _ => None,
        },
        withheld: content.err(),
        applied: view.is_applied(seen.position),
        undone_by: view.undone_by(seen.position),
    }
}

/// The words of an event that tell most.
fn words(content: &Content) -> Option<String> {
    Some(match content {
        Content::LedgerOpened(body) => body.title.to_string(),
        Content::LedgerChanged(body) => body.title.to_string(),
        Content::EditorEnrolled(body) | Content::EditorChanged(body) => body.name.to_string(),
        Content::DocumentCaptured(body) => body.title.to_string(),
        Content::FactAsserted(body) => body.fact.claim.to_string(),
        other => return super::saying::said(Ok(other)).statement,
    })
}
