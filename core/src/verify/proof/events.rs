//! The events of a proof: each by itself, and each with the other events in the file.
//!
//! Always holds: an event is verified by the rules of a proof, and by those rules of a record that
//! need nothing outside the file; each rule is reported once for an event. Not here: the
//! checkpoint and trust (`trust`). Source: FORMAT.md section 12.

use crate::event::args::{Args, LedgerOpened};
use crate::event::body::{Captured, Content, Evidence};
use crate::event::record::{Place, Statement};
use crate::event::vocabulary::Type;
use crate::hash::Hash;
use crate::key::{KeyCache, Possession, ThreadKeys, Way, possession_bytes};
use crate::merkle::Inclusion;
use crate::quote::{Quotation, Text};
use crate::rule::{Fault, Rule, Violation};
use crate::verify::examine::{self, BodyFound, Examined, check_signatures};
use crate::verify::proof::form::Proof;
use crate::verify::proof::outcome::{body, in_form, named_key};
use std::collections::{BTreeMap, HashMap};

type Events = BTreeMap<u64, Examined>;

/// Reads every event and checks its signature.
pub fn examine(proof: &Proof) -> Events {
    let mut all: Vec<Examined> =
        proof.events.iter().map(|shown| examine::examine(&shown.entry)).collect();
    // One way alone, which has nothing to disagree with; an error would refuse every signature.
    let cache = KeyCache::new(Way::Reference);
    let _ = check_signatures(all.iter_mut(), &mut ThreadKeys::new(&cache));
    proof.events.iter().map(|shown| shown.position).zip(all).collect()
}

/// The parts of the file that the verification of one event needs.
struct ProofFile<'a> {
    proof: &'a Proof,
    events: &'a Events,
    opened: Option<&'a LedgerOpened>,
    texts: HashMap<u64, Option<Text>>,
    quotations: Quotations,
}

/// How many quotations were checked.
#[derive(Clone, Copy, Default)]
pub struct Quotations {
    /// Those that hold in documents of the file.
    pub checked: u64,
    /// Those whose document is not in the file.
    pub not_checkable: u64,
}

/// Verifies every event.
pub fn verify(
    proof: &Proof,
    events: &Events,
    opened: Option<&LedgerOpened>,
    faults: &mut Vec<Fault>,
) -> Quotations {
    let (texts, quotations) = (HashMap::new(), Quotations::default());
    let mut file = ProofFile { proof, events, opened, texts, quotations };
    for shown in &proof.events {
        let Some(examined) = events.get(&shown.position) else { continue };
        let mut violations = examined.reading.faults.clone();
        let checkpoint = &proof.checkpoint;
        let (index, size) = (shown.position, checkpoint.size);
        let inclusion = Inclusion { index, size, path: shown.path.clone() };
        if !inclusion.holds(&examined.reading.hash, &checkpoint.root) {
            let why = format!("not shown to be in the tree of size {size} that was signed");
            violations.push(Violation::of(Rule::ProofInclusion, why));
        }
        if let Some((place, statement)) = in_form(examined) {
            file.check_chain(shown.position, place, statement, &mut violations);
            violations.extend(examined.signature.iter().cloned());
            file.check_signer(shown.position, statement, &mut violations);
            file.check_content(shown.position, examined, statement, &mut violations);
        }
        if let Some(bytes) = proof.documents.get(&shown.position) {
            violations.extend(file.check_document(shown.position, bytes).err());
        }
        faults.extend(Violation::faults(shown.position, violations));
    }
    let fact = events.get(&proof.fact).and_then(in_form);
    if fact.is_none_or(|(_, fact)| fact.kind != Type::FactAsserted) {
        let why = format!("event {} is not here as a fact.asserted in form", proof.fact);
        faults.push(Fault::of(Rule::ProofFact, why));
    }
    file.quotations
}

impl ProofFile<'_> {
    fn hash(&self, position: u64) -> Option<Hash> {
        self.events.get(&position).map(|examined| examined.reading.hash)
    }

    /// Rules 1002 and 1004.
    fn check_chain(
        &self,
        position: u64,
        place: &Place,
        statement: &Statement,
        violations: &mut Vec<Violation>,
    ) {
        if place.seq != position {
            let why = format!("stands under {position} and says {}", place.seq);
            violations.push(Violation::of(Rule::ProofPosition, why));
        }
        let before = position.checked_sub(1).and_then(|before| self.hash(before));
        let broken = place.prev.is_none() != (position == 0)
            || before.is_some_and(|hash| place.prev != Some(hash));
        let last = statement.base.checked_sub(1).and_then(|last| self.hash(last));
        if broken || last.is_some_and(|hash| statement.after != Some(hash)) {
            let why = "prev or after is not the hash of the event in this file";
            violations.push(Violation::of(Rule::ProofLink, why));
        }
    }

    /// Rule 1008.
    fn check_signer(&self, position: u64, statement: &Statement, violations: &mut Vec<Violation>) {
        let founder = self.events.get(&0).and_then(in_form).map(|(_, first)| first.by);
        let recovery = self.opened.and_then(|opened| opened.recovery);
        let recovers = matches!(statement.kind, Type::EditorEnrolled | Type::EditorRevoked)
            && recovery == Some(statement.by.digest());
        let mut earlier = self.events.range(..position).filter_map(|(_, event)| in_form(event));
        let enrols = |other: &Statement| {
            other.kind == Type::EditorEnrolled && named_key(other) == Some(statement.by)
        };
        if founder != Some(statement.by) && !recovers && !earlier.any(|(_, other)| enrols(other)) {
            let why = format!("no enrolment of {} stands before it here", statement.by);
            violations.push(Violation::of(Rule::ProofSigner, why));
        }
    }

    /// Rules 104, 410, 601, 602, 609, 612 and 1009.
    fn check_content(
        &mut self,
        position: u64,
        examined: &Examined,
        statement: &Statement,
        violations: &mut Vec<Violation>,
    ) {
        if let (Args::LedgerRekeyed(args), Some(opened)) = (&statement.args, self.opened) {
            let origin: &str = &opened.origin;
            let message = possession_bytes(Possession::Log, origin, &args.log_key, origin);
            let key = args.log_key.accept();
            if !key.is_some_and(|key| key.verifies(&message, &args.possession)) {
                let why = "possession is not the new log key's signature";
                violations.push(Violation::of(Rule::LogPossession, why));
            }
        }
        if let BodyFound::Bad(violation) = &examined.body {
            violations.push(violation.clone());
        }
        let Some(body) = body(examined, statement) else {
            if matches!(examined.body, BodyFound::Good(_)) {
                let why = "the body is of another signer or type";
                violations.push(Violation::of(Rule::BodySigner, why));
            }
            return;
        };
        if let (Args::EditorEnrolled(args), Content::EditorEnrolled(named), Some(opened)) =
            (&statement.args, &body.content, self.opened)
        {
            let kind = Possession::Editor;
            let message = possession_bytes(kind, &opened.origin, &args.key, &named.name);
            let key = args.key.accept();
            if !key.is_some_and(|key| key.verifies(&message, &args.possession)) {
                let why = "possession is not the enrolled key's over the name in the body";
                violations.push(Violation::of(Rule::Possession, why));
            }
        }
        self.check_evidence(position, body.content.evidence(), violations);
    }

    fn check_evidence(
        &mut self,
        position: u64,
        evidence: &[Evidence],
        violations: &mut Vec<Violation>,
    ) {
        let mut quoted: BTreeMap<u64, Vec<Quotation<'_>>> = BTreeMap::new();
        for entry in evidence {
            let named = entry.document;
            let captured = self.events.get(&named).and_then(in_form);
            if named >= position || captured.is_none_or(|(_, s)| s.kind != Type::DocumentCaptured) {
                let why =
                    format!("document {named}, which it names, was not captured before it here");
                violations.push(Violation::of(Rule::ProofDocument, why));
            } else if let (Some(quote), Some(span)) = (&entry.quote, &entry.span) {
                quoted.entry(named).or_default().push(Quotation { quote, span });
            }
        }
        for (named, quotations) in quoted {
            let media_type = self.media_type(named, position);
            let (Some(media_type), Some(text)) = (media_type, self.text(named)) else {
                self.quotations.not_checkable += quotations.len() as u64;
                continue;
            };
            let checked = match text {
                _ if media_type != "text/plain" => {
                    vec![Err(format!("is {media_type}, not text/plain"))]
                }
                None => vec![Err("is not UTF-8".to_owned())],
                Some(text) => text.check_all(&quotations),
            };
            let held = checked.iter().filter(|checked| checked.is_ok()).count();
            self.quotations.checked += held as u64;
            violations.extend(
                checked
                    .into_iter()
                    .filter_map(Result::err)
                    .map(|why| Violation::of(Rule::Quotation, format!("document {named}: {why}"))),
            );
        }
    }

    /// Rule 606.
    fn check_document(&self, position: u64, bytes: &[u8]) -> Result<(), Violation> {
        let (length, found) = (bytes.len() as u64, Hash::of(&[bytes]));
        let why = match self.captured(position) {
            Some(captured) if (captured.sha256, captured.bytes) == (found, length) => return Ok(()),
            Some(captured) => format!(
                "expected {} bytes of {}, found {length} bytes of {found}",
                captured.bytes, captured.sha256
            ),
            None => "nothing here says which document was captured".to_owned(),
        };
        Err(Violation::of(Rule::DocumentDigest, why))
    }

    fn captured(&self, position: u64) -> Option<&Captured> {
        let examined = self.events.get(&position)?;
        match &body(examined, in_form(examined)?.1)?.content {
            Content::DocumentCaptured(captured) => Some(captured),
            _ => None,
        }
    }

    /// The media type of a document at the event at `position`.
    fn media_type(&self, document: u64, position: u64) -> Option<String> {
        let mut found = self.captured(document)?.media_type.to_string();
        for examined in self.events.range(..position).map(|(_, examined)| examined) {
            let Some((_, statement)) = in_form(examined) else { continue };
            let describes = matches!(&statement.args,
                Args::DocumentDescribed(args) if args.document == document);
            if let (true, Some(body)) = (describes, body(examined, statement))
                && let Content::DocumentDescribed(described) = &body.content
            {
                found = described.media_type.to_string();
            }
        }
        Some(found)
    }

    /// The text of a document that is present and is the captured one; `Some(None)` if it is not
    /// UTF-8.
    fn text(&mut self, document: u64) -> Option<Option<&Text>> {
        let bytes = self.proof.documents.get(&document)?;
        self.check_document(document, bytes).ok()?;
        let text = self.texts.entry(document).or_insert_with(|| Text::new(bytes.clone()));
        Some(text.as_ref())
    }
}
