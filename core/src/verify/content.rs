//! Content: bodies against their commitments, quotations against their documents.
//!
//! Always holds: each check holds, fails with the number of its rule, or is not checkable because
//! a body or a document is withheld, and is counted as that. Not here: legality (`legal`).
//! Source: FORMAT.md sections 3 and 7.

use crate::event::args::{Args, Seal};
use crate::event::body::{Body, Content, Evidence};
use crate::event::record::{Place, Statement};
use crate::event::vocabulary::How;
use crate::fold::Ledger;
use crate::hash::Hash;
use crate::key::{Possession, possession_bytes};
use crate::quote::Quotation;
use crate::rule::{Fault, Rule};
use crate::state::State;
use crate::verify::chain::EventOutcome;
use crate::verify::examine::{BodyFound, Examined};
use crate::verify::independent::{Carriers, not_independent};
use crate::verify::library::{Library, LibraryEntry, LibraryRow};
use crate::verify::source::{Source, SourceError};
use crate::verify::visible_documents::VisibleDocuments;
use std::collections::BTreeMap;

/// How many content checks there were, and how many could not be made (FORMAT.md section 9,
/// "Counts").
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Bodies that are there and are the committed ones.
    pub bodies: u64,
    /// Quotations that hold in their documents.
    pub quotations: u64,
    /// Documents that are there with their digest.
    pub documents: u64,
    /// Bodies that are withheld, documents that are so by an event, and the checks of quotations
    /// (609) and independence (613) that could not be made.
    pub not_checkable: u64,
}

/// What is asked of the content of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckDepth {
    /// Nothing.
    Nothing,
    /// Everything.
    All,
    /// It was checked before: only the table of documents is filled, and what is withheld told.
    Known,
}

impl CheckDepth {
    /// Everything or nothing.
    pub fn of(contents: bool) -> CheckDepth {
        if contents { CheckDepth::All } else { CheckDepth::Nothing }
    }
}

/// The content of all events so far.
#[derive(Default)]
pub struct Contents {
    /// The captured documents.
    pub library: Library,
    /// Positions and the seals that their statements promise.
    withheld: Vec<(u64, Seal)>,
    missing: Vec<(u64, Seal)>,
    carriers: Carriers,
    /// What was counted.
    pub counts: Counts,
}

impl Contents {
    /// Judges the body of an event.
    pub fn judge(
        &mut self,
        event: (&Examined, &EventOutcome),
        around: EventContext<'_>,
        faults: &mut Vec<Fault>,
    ) -> Result<(), SourceError> {
        let (examined, judged) = event;
        self.carriers.keep(judged);
        let (Some(place), Some(statement)) = (&examined.reading.place, &examined.reading.statement)
        else {
            return Ok(());
        };
        let mut broken = Vec::new();
        match &examined.body {
            BodyFound::Withheld => {
                self.withheld.push((judged.position, statement.args.sealed()));
                self.counts.not_checkable += 1;
            }
            BodyFound::Bad(rule, why) => broken.push((*rule, why.clone())),
            BodyFound::Unknown => {}
            BodyFound::Good(body) => {
                self.counts.bodies += u64::from(!around.known);
                if body.by != statement.by || body.content.kind() != statement.kind {
                    let why = "the body is of another signer or type".to_owned();
                    broken.push((Rule::BodySigner, why));
                } else {
                    self.check(judged, (place, statement, body), around, &mut broken)?;
                }
            }
        }
        if judged.body_repeated {
            broken.push((Rule::BodyRepeated, "an earlier event has the same body".to_owned()));
        }
        broken.sort();
        broken.dedup_by_key(|(rule, _)| *rule);
        faults.extend(broken.into_iter().map(|(rule, why)| Fault::at(judged.position, rule, why)));
        Ok(())
    }

    fn check(
        &mut self,
        judged: &EventOutcome,
        event: (&Place, &Statement, &Body),
        around: EventContext<'_>,
        broken: &mut Vec<(Rule, String)>,
    ) -> Result<(), SourceError> {
        let (place, statement, body) = event;
        let EventContext { state, source, .. } = around;
        let before = if judged.applied { judged.position } else { u64::MAX };
        let named = VisibleDocuments { state, base: statement.base, before };
        match (&body.content, &statement.args) {
            (Content::DocumentCaptured(captured), _) => {
                named.check_derived(captured.derived_from, broken);
                let row = LibraryRow {
                    digest: captured.sha256,
                    media_type: captured.media_type.to_string(),
                    lang: captured.lang.clone(),
                    derived_from: captured.derived_from,
                };
                let document = (row, captured.bytes, statement.args.sealed());
                self.check_document(judged, document, around, broken)?;
            }
            (Content::DocumentDescribed(described), Args::DocumentDescribed(args)) => {
                named.check_derived(described.derived_from, broken);
                if judged.applied
                    && let Some(row) = self.library.row_mut(args.document)
                {
                    row.media_type = described.media_type.to_string();
                    row.lang = described.lang.clone();
                    row.derived_from = described.derived_from;
                }
            }
            (Content::EditorEnrolled(named), Args::EditorEnrolled(args)) => {
                let message = |ledger: &Ledger| {
                    possession_bytes(Possession::Editor, &ledger.origin, &args.key, &named.name)
                };
                // Without a ledger there is no origin that a signature could name.
                let held = state.fold.ledger.as_ref().map(message).zip(args.key.accept());
                if !held.is_some_and(|(message, key)| key.verifies(&message, &args.possession)) {
                    let why = "possession is not the enrolled key's over the name in the body";
                    broken.push((Rule::Possession, why.to_owned()));
                }
            }
            (Content::FactAsserted(content), _) => {
                named.check_sealed(&content.fact.evidence, statement.args.sealed(), broken);
                self.check_evidence(&content.fact.evidence, named, (source, broken))?;
            }
            (Content::FactCorrected(content), _) => {
                named.check_sealed(&content.fact.evidence, statement.args.sealed(), broken);
                self.check_evidence(&content.fact.evidence, named, (source, broken))?;
            }
            (Content::FactConfirmed(content), Args::FactConfirmed(args)) => {
                let evidence = content.evidence.as_deref().unwrap_or_default();
                self.check_evidence(evidence, named, (source, broken))?;
                if args.how == How::IndependentDocument {
                    let given = evidence.iter().filter(|entry| named.has(entry.document));
                    let known = (&self.library, state, source);
                    match self.carriers.judge(args.on, given, known)? {
                        Some(true) => {}
                        Some(false) => broken.push((Rule::Independent, not_independent(args.on))),
                        None => self.counts.not_checkable += 1,
                    }
                }
            }
            (Content::FactDisputed(content), _)
            | (Content::FactUpheld(content), _)
            | (Content::FactReinstated(content), _) => {
                let evidence = content.evidence.as_deref().unwrap_or_default();
                self.check_evidence(evidence, named, (source, broken))?;
            }
            (Content::BodyReleased(content), Args::BodyReleased(args)) => {
                let seal = state.history.act(args.event).map(|act| act.operation.seal());
                let early = matches!(seal, Some(Seal::Until(until)) if until > place.at);
                if early && content.because.is_none() {
                    let why = format!("the seal of event {} has not come to its end", args.event);
                    broken.push((Rule::ReleaseEarly, why));
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn check_document(
        &mut self,
        judged: &EventOutcome,
        document: (LibraryRow, u64, Seal),
        around: EventContext<'_>,
        broken: &mut Vec<(Rule, String)>,
    ) -> Result<(), SourceError> {
        let (row, size, seal) = document;
        if !around.known {
            let missing = (judged.position, seal);
            self.read_document(missing, (&row.digest, size), around.source, broken)?;
        }
        let earlier = self.library.earlier(&row.digest);
        if let Some(earlier) = earlier.filter(|earlier| !around.state.fold.is_redacted(*earlier)) {
            let why = format!("the same document was captured by event {earlier}");
            broken.push((Rule::DocumentRepeated, why));
        }
        if judged.applied {
            self.library.add(judged.position, row);
        }
        Ok(())
    }

    /// Rule 606, and what 605 will ask.
    fn read_document(
        &mut self,
        missing: (u64, Seal),
        said: (&Hash, u64),
        source: &dyn Source,
        broken: &mut Vec<(Rule, String)>,
    ) -> Result<(), SourceError> {
        let (digest, size) = said;
        let Some(bytes) = source.document(digest)? else {
            self.missing.push(missing);
            return Ok(());
        };
        let (found, length) = (Hash::of(&[&bytes]), bytes.len());
        if found == *digest && length as u64 == size {
            self.counts.documents += 1;
            self.library.keep_text(*digest, bytes);
        } else {
            let why = format!("expected {size} bytes of {digest}, found {length} bytes of {found}");
            broken.push((Rule::DocumentDigest, why));
        }
        Ok(())
    }

    fn check_evidence(
        &mut self,
        evidence: &[Evidence],
        named: VisibleDocuments<'_>,
        out: (&dyn Source, &mut Vec<(Rule, String)>),
    ) -> Result<(), SourceError> {
        let (source, broken) = out;
        let mut quoted: BTreeMap<u64, Vec<Quotation<'_>>> = BTreeMap::new();
        for entry in evidence {
            if !named.has(entry.document) {
                broken.push((Rule::DocumentNamed, format!("{} is no document", entry.document)));
            } else if let (Some(quote), Some(span)) = (&entry.quote, &entry.span) {
                quoted.entry(entry.document).or_default().push(Quotation { quote, span });
            }
        }
        for (document, quotations) in quoted {
            let all = quotations.len() as u64;
            let Some(row) = self.library.row(document).cloned() else {
                self.counts.not_checkable += all;
                continue;
            };
            if row.media_type != "text/plain" {
                let why = format!("document {document} is {}, not text/plain", row.media_type);
                broken.push((Rule::Quotation, why));
                continue;
            }
            match self.library.text(&row.digest, source)? {
                LibraryEntry::Absent => self.counts.not_checkable += all,
                LibraryEntry::NoText => {
                    let why = format!("document {document} is not UTF-8");
                    broken.push((Rule::Quotation, why));
                }
                LibraryEntry::Text(text) => {
                    for checked in text.check_all(&quotations) {
                        match checked {
                            Ok(()) => self.counts.quotations += 1,
                            Err(why) => {
                                let why = format!("in document {document}: {why}");
                                broken.push((Rule::Quotation, why));
                            }
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// Rules 604 and 605, which a later event may explain: judged at the end of the record.
    pub fn end(&mut self, state: &State, faults: &mut Vec<Fault>) {
        let explained = self.missing.iter().filter(|event| is_explained(state, event)).count();
        self.counts.not_checkable += explained as u64;
        faults.extend(self.unexplained(state, 0));
    }

    /// What of the events from this one on is not there and no event explains.
    pub fn unexplained(&self, state: &State, from: u64) -> Vec<Fault> {
        let lists = [
            (&self.withheld, Rule::BodyMissing, "the body is withheld and no event explains it"),
            (
                &self.missing,
                Rule::DocumentMissing,
                "the document is not there and no event explains it",
            ),
        ];
        let faults = lists.into_iter().flat_map(|(events, rule, why)| {
            let told = events.iter().filter(|event| event.0 >= from && !is_explained(state, event));
            told.map(move |event| Fault::at(event.0, rule, why))
        });
        faults.collect()
    }
}

/// Whether the seal of an event, or its redaction, explains that something of it is not there.
fn is_explained(state: &State, event: &(u64, Seal)) -> bool {
    let (position, seal) = *event;
    state.fold.sealed_now(position, seal).is_some() || state.fold.is_redacted(position)
}

/// What stands around an event: the state after it, and where documents are.
#[derive(Clone, Copy)]
pub struct EventContext<'a> {
    /// The state after the event.
    pub state: &'a State,
    /// Where documents and earlier bodies are read.
    pub source: &'a dyn Source,
    /// Whether the event was verified before: its document is not read again.
    pub known: bool,
}
