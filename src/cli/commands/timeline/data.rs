//! The data of a timeline page: documents, facts, every event that concerns them, and frames.
//!
//! Always holds: sealed, redacted and missing texts are not included, but the reason is. The page
//! decides nothing: the states of facts come from frames. Not here: HTML (`page`).

use crate::cli::render::{effect, reason, words};
use crate::cli::terminal::{CliError, zone};
use crate::ledger::answer::word_diff::{DiffPart, parts};
use crate::ledger::query::effect::Effects;
use crate::ledger::query::event::{on, row};
use crate::ledger::query::frames::{Frame, frames};
use crate::ledger::query::names::Names;
use crate::ledger::query::row::{DocumentRow, FactRow, dated};
use crate::ledger::query::tally::retimings;
use crate::ledger::query::{AsOf, View};
use crate::ledger::reader::DocumentFound;
use annals_core::event::body::Content;
use annals_core::event::vocabulary::Type;
use annals_core::hash::Hash;
use annals_core::quote::Text;
use annals_core::time::Time;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// The requested facts.
pub struct Picked {
    /// Those of the requested date, or all.
    pub dated: Vec<FactRow>,
    /// Those without a date, if a date was requested.
    pub undated: Vec<FactRow>,
    /// The requested date.
    pub when: Option<String>,
}

/// The data that a page shows.
#[derive(Serialize)]
pub struct Data {
    title: Option<String>,
    origin: Option<String>,
    licence: Option<String>,
    /// The zone of displayed times.
    zone: String,
    as_of: AsOf,
    when: Option<String>,
    undated: Vec<u64>,
    documents: Vec<DocumentData>,
    facts: Vec<FactData>,
    steps: Vec<StepData>,
    frames: Vec<Frame>,
}

#[derive(Serialize)]
struct DocumentData {
    document: u64,
    /// What describes it at some event; none if its capture is withheld.
    descriptions: Vec<DescriptionData>,
    sha256: Option<Hash>,
    text: Option<String>,
    /// Why there is no text.
    why: Option<String>,
}

/// A description of a document, by the event that gave it.
#[derive(Serialize)]
struct DescriptionData {
    event: u64,
    title: String,
    publisher: Option<String>,
    published: Option<String>,
    lang: String,
}

#[derive(Serialize)]
struct FactData {
    #[serde(flatten)]
    row: FactRow,
    /// For each revision the changes of the claim from the one that it corrects, part by part.
    marks: Vec<Vec<(DiffPart, String)>>,
}

/// An event on the slider.
#[derive(Serialize)]
struct StepData {
    position: u64,
    hash: Hash,
    at: Option<Time>,
    /// The greatest time of it and all earlier events: its time in a question by date.
    latest: Option<Time>,
    #[serde(rename = "type")]
    kind: Option<Type>,
    by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    by_now: Option<String>,
    /// How it changed its object, for people.
    effect: Vec<String>,
    on: Vec<u64>,
    why: Option<String>,
    words: Option<String>,
    withheld: Option<String>,
    undone_by: Option<u64>,
    applied: bool,
}

impl Data {
    /// The number of facts without a date, if a date was requested.
    pub fn undated(&self) -> usize {
        self.undated.len()
    }

    /// The title of the record.
    pub fn title(&self) -> &str {
        self.title.as_deref().unwrap_or("A record of facts")
    }

    /// The origin of the record.
    pub fn origin(&self) -> &str {
        self.origin.as_deref().unwrap_or_default()
    }

    /// The point of the page.
    pub fn as_of(&self) -> &AsOf {
        &self.as_of
    }

    /// The facts as of the point.
    pub fn rows(&self) -> impl Iterator<Item = &FactRow> {
        self.facts.iter().map(|fact| &fact.row)
    }
}

/// Collects the data. A document that no selected fact cites is left out.
pub fn of(
    view: &View<'_>,
    names: &Names,
    picked: Picked,
    documents: BTreeMap<u64, DocumentRow>,
) -> Result<Data, CliError> {
    let undated: Vec<u64> = picked.undated.iter().map(|row| row.fact).collect();
    let mut rows: Vec<FactRow> = picked.dated.into_iter().chain(picked.undated).collect();
    rows.sort_by_key(|row| row.fact);
    let wanted: BTreeSet<u64> = rows.iter().map(|row| row.fact).collect();
    let used: BTreeSet<u64> = rows.iter().flat_map(used).collect();
    let mut documents = documents;
    documents.retain(|document, _| used.contains(document));
    // What is cited as a document, and is none, is not on the page.
    let shown: BTreeSet<u64> = documents.keys().copied().collect();
    let frames = frames(view, &rows, &documents);
    let documents = documents.into_values();
    let documents =
        documents.map(|row| document(view, row)).collect::<Result<Vec<_>, CliError>>()?;
    let ledger = view.state().fold.ledger.as_ref();
    Ok(Data {
        title: names.title.clone(),
        origin: ledger.map(|ledger| ledger.origin.to_string()),
        licence: names.licence.clone(),
        zone: zone::name(),
        as_of: view.as_of(),
        when: picked.when,
        undated,
        steps: steps(view, names, &wanted, &shown)?,
        frames,
        documents,
        facts: rows.into_iter().map(fact).collect(),
    })
}

/// The documents that any revision of a fact, or an act on it, cites.
fn used(row: &FactRow) -> Vec<u64> {
    let revisions = row.revisions.iter().flat_map(|revision| &revision.words.evidence);
    let confirmations = row.confirmations.iter().flat_map(|row| &row.said.evidence);
    let charges = row.disputes.iter().chain(&row.retractions).flat_map(|row| &row.said.evidence);
    let all = revisions.chain(confirmations).chain(charges);
    all.map(|row| row.evidence.document).collect()
}

fn document(view: &View<'_>, row: DocumentRow) -> Result<DocumentData, CliError> {
    let mut text = None;
    let mut why = row.withheld.map(|why| words::withheld_text(Some(why)));
    if let Some(about) = &row.about {
        why = match view.record.document(&about.sha256)? {
            DocumentFound::Absent => {
                Some("the document is not in this copy of the record".to_owned())
            }
            DocumentFound::Damaged => {
                Some("the document in this copy is damaged: it has another digest".to_owned())
            }
            DocumentFound::Whole(bytes) => {
                text = Text::new(bytes).map(|text| text.as_str().to_owned());
                match &text {
                    Some(_) => None,
                    None => Some(format!("no text: {}", &*about.media_type)),
                }
            }
        };
    }
    Ok(DocumentData {
        document: row.document,
        descriptions: descriptions(view, &row)?,
        sha256: row.about.as_ref().map(|about| about.sha256),
        text,
        why,
    })
}

/// The capture of a document and the events that described it, as far as they can be read.
fn descriptions(view: &View<'_>, row: &DocumentRow) -> Result<Vec<DescriptionData>, CliError> {
    let mut descriptions = Vec::new();
    let events = std::iter::once(row.document);
    for event in events.chain(row.described.iter().map(|row| row.act.event)) {
        let Some(viewed) = view.event(event)? else { continue };
        let (title, publisher, published, lang) = match view.content(&viewed) {
            Ok(Content::DocumentCaptured(body)) => {
                (&body.title, &body.publisher, &body.published, &body.lang)
            }
            Ok(Content::DocumentDescribed(body)) if row.about.is_some() => {
                (&body.title, &body.publisher, &body.published, &body.lang)
            }
            _ => continue,
        };
        descriptions.push(DescriptionData {
            event,
            title: title.to_string(),
            publisher: publisher.as_deref().map(str::to_owned),
            published: published.as_ref().map(dated),
            lang: lang.to_string(),
        });
    }
    Ok(descriptions)
}

fn fact(row: FactRow) -> FactData {
    let marks = row.revisions.iter().map(|revision| {
        let before = row.corrected_in(revision).and_then(|before| before.words.claim.as_deref());
        match (before, revision.words.claim.as_deref()) {
            (Some(before), Some(claim)) => parts(before, claim),
            _ => Vec::new(),
        }
    });
    FactData { marks: marks.collect(), row }
}

/// The events that concern these facts and documents, and those of the ledger and its editors.
fn steps(
    view: &View<'_>,
    names: &Names,
    facts: &BTreeSet<u64>,
    documents: &BTreeSet<u64>,
) -> Result<Vec<StepData>, CliError> {
    let effects = Effects::new(view, names);
    let set_back = set_back(view)?;
    let mut latest = None;
    let (mut steps, mut failed) = (Vec::new(), Ok(()));
    view.each(&mut |event| {
        let Some(statement) = event.statement() else { return };
        let on = on(view, event.position, &statement.args);
        let own = on.is_empty() || on.iter().any(|on| facts.contains(on) || documents.contains(on));
        if own && failed.is_ok() {
            let row = match row(&effects, event, on) {
                Ok(row) => row,
                Err(error) => {
                    failed = Err(error.into());
                    return;
                }
            };
            let effect = effect::lines(&row);
            let earlier = set_back.iter().take_while(|(retimed, _)| *retimed <= row.position);
            latest = earlier.map(|(_, at)| *at).chain([latest, row.at]).max().flatten();
            steps.push(StepData {
                position: row.position,
                hash: row.hash,
                at: row.at,
                latest,
                kind: row.kind,
                by: row.by,
                by_now: row.by_now,
                effect,
                on: row.on,
                why: row.args.as_ref().and_then(reason),
                words: row.words,
                withheld: row.withheld.map(|why| words::withheld_text(Some(why))),
                undone_by: row.undone_by,
                applied: row.applied,
            });
        }
    })?;
    failed.map(|()| steps)
}

/// Each event that set the record's time back, with the time of the event before it: elsewhere
/// times rise.
fn set_back(view: &View<'_>) -> Result<Vec<(u64, Option<Time>)>, CliError> {
    let before = |retimed: u64| {
        let before = retimed.checked_sub(1).map(|before| view.event(before));
        let before = before.transpose()?.flatten();
        Ok((retimed, before.and_then(|event| event.at())))
    };
    retimings(view.state()).map(before).collect()
}
