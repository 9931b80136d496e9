//! Events as rows of a log: signer, time, type and text.
//!
//! Always holds: an event that could not be read or was not applied has a row that states it; the
//! signer has the name at the time of the event.
//! Not here: rows of facts (`gather`).

use crate::ledger::error::LedgerError;
use crate::ledger::query::effect::{Effect, Effects};
use crate::ledger::query::row::{Named, Withheld};
use crate::ledger::query::{View, ViewedEvent, owners};
use annals_core::event::args::Args;
use annals_core::event::body::Content;
use annals_core::event::vocabulary::Type;
use annals_core::hash::Hash;
use annals_core::key::PublicKey;
use annals_core::time::Time;
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
    /// The signer's name at the event.
    pub by: Option<String>,
    /// The signer's name as of the view's point, where it differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_now: Option<String>,
    pub key: Option<PublicKey>,
    /// The facts or the document that it acts on; the event itself if it creates one.
    pub on: Vec<u64>,
    pub args: Option<Args>,
    /// Its claim, title, name or statement.
    pub words: Option<String>,
    /// The claim as of this correction.
    pub claim: Option<String>,
    /// Why these texts are withheld.
    pub withheld: Option<Withheld>,
    pub applied: bool,
    pub undone_by: Option<u64>,
    /// How it changed its object.
    #[serde(flatten)]
    pub effect: Effect,
}

impl EventRow {
    /// The signer's name at the event, and the present one where it differs.
    pub fn signer(&self) -> Named {
        Named { then: self.by.clone().unwrap_or_default(), now: self.by_now.clone() }
    }

    /// Whether it creates a fact.
    pub fn is_fact(&self) -> bool {
        self.kind == Some(Type::FactAsserted)
    }
}

/// The facts or documents that an event creates or acts on.
pub fn on(view: &View<'_>, position: u64, args: &Args) -> Vec<u64> {
    match args {
        Args::FactAsserted(_) | Args::DocumentCaptured(_) => vec![position],
        Args::FactRelated(args) => vec![args.from, args.to],
        Args::EditorRevoked(_) => Vec::new(),
        _ => args.positions().first().map(|event| owners(view, *event)).unwrap_or_default(),
    }
}

/// The row of an event, with its effect.
pub fn row(
    effects: &Effects<'_, '_>,
    event: &ViewedEvent,
    on: Vec<u64>,
) -> Result<EventRow, LedgerError> {
    let (view, names) = (effects.view, effects.names);
    let statement = event.statement();
    let content = view.content(event);
    let by = statement.map(|statement| names.at(&statement.by, event.position));
    let (by, by_now) = by.map_or((None, None), |named| (Some(named.then), named.now));
    Ok(EventRow {
        position: event.position,
        hash: event.hash(),
        at: event.at(),
        said: statement.map(|statement| statement.said),
        kind: statement.map(|statement| statement.kind),
        by,
        by_now,
        key: statement.map(|statement| statement.by),
        on,
        args: statement.map(|statement| statement.args.clone()),
        words: content.ok().and_then(words),
        claim: match content {
            Ok(Content::FactCorrected(body)) => Some(body.fact.claim.to_string()),
            _ => None,
        },
        withheld: content.err(),
        applied: view.is_applied(event.position),
        undone_by: view.undone_by(event.position),
        effect: effects.of(event)?,
    })
}

/// The most informative text of an event.
fn words(content: &Content) -> Option<String> {
    Some(match content {
        Content::LedgerOpened(body) => body.title.to_string(),
        Content::LedgerChanged(body) => body.title.to_string(),
        Content::EditorEnrolled(body) | Content::EditorChanged(body) => body.name.to_string(),
        Content::DocumentCaptured(body) => body.title.to_string(),
        Content::FactAsserted(body) => body.fact.claim.to_string(),
        other => return crate::ledger::query::content_text::statement_text(Ok(other)).statement,
    })
}
