//! Content: bodies against their commitments, quotations against their documents.
//!
//! Always holds: each check holds, fails by the number of its rule, or is counted as not checkable
//! because a body or a document is withheld. Not here: legality (`legal`).
//! Source: FORMAT.md sections 3 and 7.

use crate::event::args::{Args, Seal};
use crate::event::body::{Body, Content, Evidence};
use crate::event::record::{Place, Statement};
use crate::event::vocabulary::ConfirmationMethod;
use crate::fold::Ledger;
use crate::hash::Hash;
use crate::key::{Possession, possession_bytes};
use crate::quote::Quotation;
use crate::rule::{Fault, Rule, Violation};
use crate::state::State;
use crate::transfer::with_other_line_ends;
use crate::verify::chain::EventOutcome;
use crate::verify::examine::BodyFound;
use crate::verify::independent::{Carriers, not_independent};
use crate::verify::library::{Library, LibraryEntry, LibraryRow};
use crate::verify::source::{Source, SourceError};
use crate::verify::visible_documents::VisibleDocuments;
use std::collections::BTreeSet;

/// The number of content checks, and of those that could not be made (FORMAT.md section 9,
/// "Counts").
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Bodies that are present and are the committed ones.
    pub bodies: u64,
    /// Quotations that hold in their documents.
    pub quotations: u64,
    /// Documents that are present with their digest.
    pub documents: u64,
    /// Withheld bodies, documents that an event withholds, and checks of quotations (609) and
    /// independence (613) that could not be made.
    pub not_checkable: u64,
}

/// How deep the content of an event is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckDepth {
    /// Not at all.
    Nothing,
    /// Completely.
    All,
    /// It was checked before: only the table of documents and the list of what is withheld are
    /// filled.
    Known,
}

/// The content of all events so far.
#[derive(Default)]
pub struct Contents {
    /// The captured documents.
    pub library: Library,
    withheld_bodies: Vec<Absence>,
    missing_documents: Vec<Absence>,
    /// The documents that were verified before and are not read again unless a quotation needs one.
    unread: BTreeSet<u64>,
    carriers: Carriers,
    /// The counts of the checks.
    pub counts: Counts,
}

/// The content of all events before an event.
#[derive(Clone, Debug)]
pub(super) struct ContentsBefore {
    library: usize,
    carriers: usize,
    withheld_bodies: usize,
    missing_documents: usize,
    counts: Counts,
}

/// An event whose body or document is absent.
#[derive(Clone, Copy)]
struct Absence {
    position: u64,
    /// The seal in its statement.
    seal: Seal,
}

impl Absence {
    /// Whether its seal or its redaction explains the absence.
    fn is_explained(&self, state: &State) -> bool {
        state.fold.sealed_now(self.position, self.seal).is_some()
            || state.fold.is_redacted(self.position)
    }
}

impl From<Library> for Contents {
    /// Continues after events with these documents, which were verified before.
    fn from(library: Library) -> Contents {
        Contents { library, ..Contents::default() }
    }
}

impl Contents {
    /// From now on keeps what events change; forgets what was kept before.
    pub(super) fn keep_changes(&mut self) {
        self.library.keep_changes();
        self.carriers.keep_changes();
    }

    /// The content before the next event.
    pub(super) fn before(&self) -> ContentsBefore {
        ContentsBefore {
            library: self.library.changed(),
            carriers: self.carriers.changed(),
            withheld_bodies: self.withheld_bodies.len(),
            missing_documents: self.missing_documents.len(),
            counts: self.counts,
        }
    }

    /// Goes back to before the last event.
    pub(super) fn take_back(&mut self, before: ContentsBefore) {
        let ContentsBefore { library, carriers, withheld_bodies, missing_documents, counts } =
            before;
        self.library.take_back(library);
        self.carriers.take_back(carriers);
        self.withheld_bodies.truncate(withheld_bodies);
        self.missing_documents.truncate(missing_documents);
        self.counts = counts;
    }

    /// Keeps which document an event carries, whatever its content is.
    pub(super) fn keep_carrier(&mut self, outcome: &EventOutcome) {
        self.carriers.keep(outcome);
    }

    /// Verifies the body of an event.
    pub fn verify(
        &mut self,
        body: &BodyFound,
        context: EventContext<'_>,
        faults: &mut Vec<Fault>,
    ) -> Result<(), SourceError> {
        let EventContext { outcome, statement, .. } = context;
        let position = outcome.position;
        let mut violations = Vec::new();
        match body {
            BodyFound::Withheld => {
                self.withheld_bodies.push(Absence { position, seal: statement.args.sealed() });
                self.counts.not_checkable += 1;
            }
            BodyFound::Bad(violation) => violations.push(violation.clone()),
            BodyFound::Unknown => {}
            BodyFound::Good(body) => {
                self.counts.bodies += u64::from(!context.is_known());
                if body.by != statement.by || body.content.kind() != statement.kind {
                    let why = "the body is of another signer or type";
                    violations.push(Violation::of(Rule::BodySigner, why));
                } else {
                    self.check(body, context, &mut violations)?;
                    self.check_unread(&body.content, context, faults)?;
                }
            }
        }
        if outcome.body_repeated {
            let why = "an earlier event has the same body";
            violations.push(Violation::of(Rule::BodyRepeated, why));
        }
        faults.extend(Violation::faults(position, violations));
        Ok(())
    }

    fn check(
        &mut self,
        body: &Body,
        context: EventContext<'_>,
        violations: &mut Vec<Violation>,
    ) -> Result<(), SourceError> {
        let EventContext { outcome, place, statement, state, source, .. } = context;
        let visible = context.visible_documents();
        match (&body.content, &statement.args) {
            (Content::DocumentCaptured(captured), _) => {
                visible.check_derived(captured.derived_from, violations);
                let row = LibraryRow {
                    digest: captured.sha256,
                    media_type: captured.media_type.to_string(),
                    lang: captured.lang.clone(),
                    derived_from: captured.derived_from,
                };
                self.check_document(row, captured.bytes, context, violations)?;
            }
            (Content::DocumentDescribed(described), Args::DocumentDescribed(args)) => {
                visible.check_derived(described.derived_from, violations);
                if outcome.applied
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
                // Without a ledger there is no origin for the signature.
                let held = state.fold.ledger.as_ref().map(message).zip(args.key.accept());
                if !held.is_some_and(|(message, key)| key.verifies(&message, &args.possession)) {
                    let why = "possession is not the enrolled key's over the name in the body";
                    violations.push(Violation::of(Rule::Possession, why));
                }
            }
            (Content::FactAsserted(_) | Content::FactCorrected(_), _) => {
                let evidence = body.content.evidence();
                visible.check_sealed(evidence, statement.args.sealed(), violations);
                self.check_evidence(evidence, context, violations)?;
            }
            (Content::FactConfirmed(content), Args::FactConfirmed(args)) => {
                let evidence = content.evidence.as_deref().unwrap_or_default();
                self.check_evidence(evidence, context, violations)?;
                if args.how == ConfirmationMethod::IndependentDocument {
                    let named = evidence.iter().filter(|entry| visible.has(entry.document));
                    let (on, library) = (args.on, &self.library);
                    match self.carriers.has_independent(on, named, library, state, source)? {
                        Some(true) => {}
                        Some(false) => {
                            violations.push(Violation::of(Rule::Independent, not_independent(on)));
                        }
                        None => self.counts.not_checkable += 1,
                    }
                }
            }
            (Content::FactDisputed(_) | Content::FactUpheld(_) | Content::FactReinstated(_), _) => {
                self.check_evidence(body.content.evidence(), context, violations)?
            }
            (Content::BodyReleased(content), Args::BodyReleased(args)) => {
                let seal = state.history.act(args.event).map(|act| act.operation.seal());
                let early = matches!(seal, Some(Seal::Until(until)) if until > place.at);
                if early && content.because.is_none() {
                    let why = format!("the seal of event {} has not come to its end", args.event);
                    violations.push(Violation::of(Rule::ReleaseEarly, why));
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn check_document(
        &mut self,
        row: LibraryRow,
        bytes: u64,
        context: EventContext<'_>,
        violations: &mut Vec<Violation>,
    ) -> Result<(), SourceError> {
        let position = context.outcome.position;
        if context.is_known() {
            self.unread.insert(position);
        } else {
            match context.source.document(&row.digest)? {
                Some(document) => self.check_digest(row.digest, bytes, document, violations),
                None => {
                    let seal = context.statement.args.sealed();
                    self.missing_documents.push(Absence { position, seal });
                }
            }
        }
        let earlier = self.library.earlier(&row.digest);
        if let Some(earlier) = earlier.filter(|earlier| !context.state.fold.is_redacted(*earlier)) {
            let why = format!("the same document was captured by event {earlier}");
            violations.push(Violation::of(Rule::DocumentRepeated, why));
        }
        if context.outcome.applied {
            self.library.add(position, row);
        }
        Ok(())
    }

    /// Rules 605 and 606 for the documents that an event quotes and that were verified before.
    fn check_unread(
        &mut self,
        content: &Content,
        context: EventContext<'_>,
        faults: &mut Vec<Fault>,
    ) -> Result<(), SourceError> {
        if self.unread.is_empty() {
            return Ok(());
        }
        for document in content.evidence().iter().map(|entry| entry.document) {
            let Some(row) = self.library.row(document) else { continue };
            if context.is_known() || !self.unread.remove(&document) {
                continue;
            }
            let digest = row.digest;
            match context.source.document(&digest)? {
                Some(bytes) if Hash::of(&[&bytes]) == digest => {}
                Some(bytes) => {
                    let (found, length) = (Hash::of(&[&bytes]), bytes.len());
                    let ends = line_ends(digest, &bytes);
                    let why = format!("expected {digest}, found {length} bytes of {found}{ends}");
                    faults.push(Fault::at(document, Rule::DocumentDigest, why));
                }
                None => {
                    let seal = context.state.history.act(document).map(|act| act.operation.seal());
                    let seal = seal.unwrap_or(Seal::Open);
                    self.missing_documents.push(Absence { position: document, seal });
                }
            }
        }
        Ok(())
    }

    /// Rule 606.
    fn check_digest(
        &mut self,
        digest: Hash,
        bytes: u64,
        document: Vec<u8>,
        violations: &mut Vec<Violation>,
    ) {
        let (found, length) = (Hash::of(&[&document]), document.len());
        if found == digest && length as u64 == bytes {
            self.counts.documents += 1;
            self.library.keep_text(digest, document);
        } else {
            let ends = line_ends(digest, &document);
            let why = format!(
                "expected {bytes} bytes of {digest}, found {length} bytes of {found}{ends}"
            );
            violations.push(Violation::of(Rule::DocumentDigest, why));
        }
    }

    fn check_evidence(
        &mut self,
        evidence: &[Evidence],
        context: EventContext<'_>,
        violations: &mut Vec<Violation>,
    ) -> Result<(), SourceError> {
        let visible = context.visible_documents();
        let mut quoted: Vec<(u64, Quotation<'_>)> = Vec::new();
        for entry in evidence {
            if !visible.has(entry.document) {
                let why = format!("{} is no document", entry.document);
                violations.push(Violation::of(Rule::DocumentNamed, why));
            } else if let (Some(quote), Some(span)) = (&entry.quote, &entry.span) {
                quoted.push((entry.document, Quotation { quote, span }));
            }
        }
        quoted.sort_by_key(|(document, _)| *document);
        for group in quoted.chunk_by(|(one, _), (other, _)| one == other) {
            let Some((document, _)) = group.first().copied() else { continue };
            let quotations: Vec<Quotation<'_>> = group.iter().map(|(_, one)| *one).collect();
            let all = quotations.len() as u64;
            let Some(row) = self.library.row(document) else {
                self.counts.not_checkable += all;
                continue;
            };
            let digest = row.digest;
            if row.media_type != "text/plain" {
                let why = format!("document {document} is {}, not text/plain", row.media_type);
                violations.push(Violation::of(Rule::Quotation, why));
                continue;
            }
            match self.library.text(&digest, context.source)? {
                LibraryEntry::Absent => self.counts.not_checkable += all,
                LibraryEntry::NoText => {
                    let why = format!("document {document} is not UTF-8");
                    violations.push(Violation::of(Rule::Quotation, why));
                }
                LibraryEntry::Text(text) => {
                    for checked in text.check_all(&quotations) {
                        match checked {
                            Ok(()) => self.counts.quotations += 1,
                            Err(why) => {
                                let why = format!("in document {document}: {why}");
                                violations.push(Violation::of(Rule::Quotation, why));
                            }
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// Rules 604 and 605. A later event may explain an absence, so they are checked at the end of
    /// the record.
    pub fn check_absent(&mut self, state: &State, faults: &mut Vec<Fault>) {
        let documents = self.missing_documents.iter();
        let explained = documents.filter(|absence| absence.is_explained(state)).count();
        self.counts.not_checkable += explained as u64;
        faults.extend(self.unexplained(state, 0));
    }

    /// The absent bodies and documents of the events from `from` on that no event explains.
    pub fn unexplained(&self, state: &State, from: u64) -> Vec<Fault> {
        let faults = |absences: &[Absence], rule: Rule, why: &str| -> Vec<Fault> {
            let later = absences.iter().filter(|absence| absence.position >= from);
            let unexplained = later.filter(|absence| !absence.is_explained(state));
            unexplained.map(|absence| Fault::at(absence.position, rule, why)).collect()
        };
        let body = "the body is withheld and no event explains it";
        let document = "the document is not there and no event explains it";
        [
            faults(&self.withheld_bodies, Rule::BodyMissing, body),
            faults(&self.missing_documents, Rule::DocumentMissing, document),
        ]
        .concat()
    }
}

/// The context of an event: what all checks of its content need.
#[derive(Clone, Copy)]
pub struct EventContext<'a> {
    /// What the chain made of the event.
    pub outcome: &'a EventOutcome,
    /// The place of the event.
    pub place: &'a Place,
    /// The statement of the event.
    pub statement: &'a Statement,
    /// The state after the event.
    pub state: &'a State,
    /// The source of documents and earlier bodies.
    pub source: &'a dyn Source,
    /// How deep the content is checked.
    pub depth: CheckDepth,
}

impl<'a> EventContext<'a> {
    /// Whether the content was verified before, so that its document is not read again.
    fn is_known(&self) -> bool {
        self.depth == CheckDepth::Known
    }

    /// The documents that the event can name.
    fn visible_documents(&self) -> VisibleDocuments<'a> {
        let before = if self.outcome.applied { self.outcome.position } else { u64::MAX };
        VisibleDocuments { state: self.state, base: self.statement.base, before }
    }
}

/// What is said of a document whose line ends alone are not those that it was captured with.
pub const LINE_ENDS: &str = ": only the ends of the lines differ";

/// [`LINE_ENDS`], if it is so.
fn line_ends(digest: Hash, document: &[u8]) -> &'static str {
    match with_other_line_ends(document).is_some_and(|text| Hash::of(&[&text]) == digest) {
        true => LINE_ENDS,
        false => "",
    }
}
